/* Expressions of registers over any bytes: what is taken is evaluated without names' values, and
 * reads the same when it is read again. */
#include <string.h>

#include "base/text.h"
#include "rules/expr.h"
#include "tests/fuzz/target.h"

static const char *const codes[] = {"x", "y"};
static const struct expr_name columns[] = {{.name = "n", .kind = VALUE_NUMBER},
                                           {.name = "c", .kind = VALUE_TEXT}};
static const struct expr_name names[] = {
    {.name = "a", .kind = VALUE_NUMBER},
    {.name = "b", .kind = VALUE_BOOL},
    {.name = "d", .kind = VALUE_DATE},
    {.name = "l", .kind = VALUE_LIST, .codes = codes, .n_codes = 2},
    {.name = "s", .kind = VALUE_TEXT, .codes = codes, .n_codes = 2},
    {.name = "t", .kind = VALUE_FILLED, .table = true, .members = columns, .n_members = 2},
};
static const struct expr_scope scope = {.names = names, .n_names = sizeof names / sizeof names[0]};

static void look_up(void *arg, const struct expr_at *at, struct value *ret)
{
    (void)arg;
    *ret = (struct value){.kind = VALUE_EMPTY};
    if (at->name == &names[0] || at->member == &columns[0])
        *ret = value_number(INT64_MAX / 3);
    else if (at->name == &names[1])
        *ret = (struct value){.kind = VALUE_BOOL, .truth = true};
    else if (at->name == &names[2])
        *ret = (struct value){.kind = VALUE_DATE, .date = 20000};
    else if (at->name == &names[4])
        *ret = (struct value){.kind = VALUE_TEXT, .text = "y"};
}

static size_t rows(void *arg, const struct expr_name *table)
{
    (void)arg;
    (void)table;
    return 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct expr_env env = {.lookup = look_up, .rows = rows};
    struct arena *arena = arena_new((size_t)8 << 20);
    struct reader r;
    struct err err = {0};
    struct value v, again;
    const struct expr *e, *second;
    char *text;

    INVARIANT(arena != NULL);
    text = arena_strndup(arena, (const char *)data, n);
    if (text != NULL && strlen(text) == n && utf8_valid(text, n)) {
        reader_init(&r, arena, &err);
        e = expr_parse(&r, text, VALUE_EMPTY, &scope);
        INVARIANT((e == NULL) == (r.failed || r.no_memory));
        if (e != NULL) {
            bool fine = expr_eval(e, &env, &v);

            second = expr_parse(&r, expr_text(e), expr_kind(e), &scope);
            INVARIANT(second != NULL && expr_eval(second, &env, &again) == fine);
            INVARIANT(v.kind == again.kind && (fine || v.kind == VALUE_EMPTY));
        }
    }
    arena_free(arena);
    return 0;
}
