/* Reads what entries of a register are printed as. */
#include <string.h>

#include "rules/register_internal.h"
#include "rules/register_prints.h"

#define PRINTS_MAX 10
#define LINES_MAX 40

const char *const register_print_names[] = {"number", "day", "today", "body", "status", NULL};

const struct register_print *register_print(const struct register_def *def, const char *id)
{
    for (size_t i = 0; i < def->n_prints; i++)
        if (strcmp(def->prints[i].id, id) == 0)
            return &def->prints[i];
    return NULL;
}

bool register_print_fits(const struct register_def *def, const struct register_print *print,
                         const char *state)
{
    return (print->states & register_state_bit(def, state)) != 0;
}

/* What is told on paper: nothing sealed, and what is one line of words. */
static bool printable(const struct register_def *def, const char *name)
{
    const struct act_field *f = register_field(def, name);

    for (size_t i = 0; register_print_names[i] != NULL; i++)
        if (strcmp(register_print_names[i], name) == 0)
            return true;
    for (size_t i = 0; i < def->n_computed; i++)
        if (strcmp(def->computed[i].name, name) == 0)
            return true;
    return f != NULL && !f->sealed && f->kind != FIELD_PERSON && f->kind != FIELD_FILE &&
           f->kind != FIELD_TABLE && f->kind != FIELD_CHECKLIST;
}

static void check_slots(struct register_reader *rr, const char *key, const char *text)
{
    while (text != NULL && (text = strstr(text, "{{")) != NULL) {
        const char *close = strstr(text, "}}");
        char name[64] = "";

        if (close != NULL && (size_t)(close - text - 2) < sizeof name)
            memcpy(name, text + 2, (size_t)(close - text - 2));
        if (!printable(rr->def, name))
            reader_fault(&rr->p.r, key, "unknown_name", "没有这个字段，或者它不能印出来。",
                         "There is no field \"%s\" that can be printed.", name);
        text = close == NULL ? NULL : close + 2;
    }
}

static const char *read_slots(struct register_reader *rr, const json_t *v, const char *key,
                              bool required)
{
    const char *text = read_text(&rr->p.r, v, key, required);

    check_slots(rr, key, text);
    return text;
}

static void read_print(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id",     "label", "states", "title", "address",
                                       "number", "lines", "sign",   "code",  NULL};
    struct reader *r = &rr->p.r;
    struct register_print *p = (struct register_print *)rr->def->prints + i;

    if (!read_object(r, v, keys))
        return;
    p->id = read_text(r, v, "id", true);
    p->label = read_label(r, v, "label", true);
    p->states = register_read_states(rr, v, "states", UINT64_MAX);
    p->title = read_slots(rr, v, "title", true);
    p->address = read_slots(rr, v, "address", false);
    p->number = read_slots(rr, v, "number", false);
    p->lines = register_read_texts(r, v, "lines", true, LINES_MAX, &p->n_lines);
    for (size_t k = 0; p->lines != NULL && k < p->n_lines; k++)
        check_slots(rr, "lines", p->lines[k]);
    p->sign = read_bool(r, v, "sign", false);
    p->code = read_bool(r, v, "code", false);
    if (p->code && (rr->def->open == NULL || (p->states & ~rr->def->open->states) != 0))
        reader_fault(r, "code", "condition", "要印二维码，这些状态都要公开。",
                     "A code leads to the public page: the states must be public.");
    for (size_t k = 0; p->id != NULL && k < i; k++)
        if (rr->def->prints[k].id != NULL && strcmp(rr->def->prints[k].id, p->id) == 0)
            reader_fault(r, "id", "twice", "名称重复。", "%s is there twice.", p->id);
}

void register_read_prints(struct register_reader *rr)
{
    size_t n = json_array_size(json_object_get(rr->root, "prints"));

    rr->def->prints = read_room(&rr->p.r, n, sizeof *rr->def->prints);
    if (rr->def->prints != NULL)
        rr->def->n_prints = register_each(rr, "prints", PRINTS_MAX, read_print);
}
