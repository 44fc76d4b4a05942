/* The blocks of a form of letters: texts with {{slots}}, tables, and when each is there. */
#include <string.h>

#include "rules/letter_forms_internal.h"

static void check_slot(struct reader *r, const struct letter_form *form, const char *name)
{
    if (!letter_form_takes(form, name))
        reader_fault(r, NULL, "not_listed", "字段没有列在 fields 或者 asks 里。",
                     "%s is neither in fields nor in asks.", name);
}

static void check_text(struct reader *r, const struct letter_form *form, const char *text)
{
    const char *open;

    while (text != NULL && (open = strstr(text, "{{")) != NULL) {
        const char *close = strstr(open, "}}");
        char name[64];

        if (close == NULL || (size_t)(close - open - 2) >= sizeof name) {
            reader_fault(r, NULL, "slot", "{{ 没有配上 }}。", "A slot is not closed.");
            return;
        }
        snprintf(name, sizeof name, "%.*s", (int)(close - open - 2), open + 2);
        check_slot(r, form, name);
        text = close + 2;
    }
}

static const char *read_when(struct reader *r, const struct letter_form *form, const json_t *v)
{
    const char *when = read_text(r, v, "when", false);

    if (when != NULL)
        check_slot(r, form, *when == '!' ? when + 1 : when);
    return when;
}

static void read_row(struct reader *r, const struct letter_form *form, const json_t *v,
                     struct letter_form_row *ret)
{
    static const char *const keys[] = {"cells", "when", NULL};
    const json_t *cells = v;
    size_t n;

    if (!json_is_array(v)) {
        if (!read_object(r, v, keys))
            return;
        ret->when = read_when(r, form, v);
        cells = read_array(r, v, "cells", true);
    }
    n = json_array_size(cells);
    if (n != 2 && n != 4) {
        reader_fault(r, NULL, "cells", "一行是 2 格或者 4 格。", "A row has 2 or 4 cells.");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(cells, i));

        ret->cells[i] = arena_strdup(r->arena, text == NULL ? "" : text);
        if (text == NULL || ret->cells[i] == NULL)
            reader_fault(r, NULL, "type", "应当是文字。", "A text is needed.");
        else
            check_text(r, form, text);
    }
}

static void read_rows(struct reader *r, const struct letter_form *form, const json_t *v,
                      struct letter_form_block *ret)
{
    struct read_walk w = read_begin(r, v, "rows", sizeof(struct letter_form_row), true);
    struct letter_form_row *rows = w.room;

    for (ret->rows = rows; read_next(&w); ret->n_rows = w.i + 1)
        read_row(r, form, w.v, &rows[w.i]);
}

static void read_block(struct reader *r, const struct letter_form *form, const json_t *v,
                       struct letter_form_block *ret)
{
    static const char *const keys[] = {"kind", "text", "when", "rows", NULL};
    static const char *const kinds[] = {"address", "text", "head", "sign", "table", NULL};
    int kind;

    if (!read_object(r, v, keys))
        return;
    kind = read_name(r, v, "kind", kinds, 1, true);
    ret->kind = kinds[kind];
    ret->when = read_when(r, form, v);
    if (kind == 4) {
        read_rows(r, form, v, ret);
        return;
    }
    ret->text = read_text(r, v, "text", true);
    check_text(r, form, ret->text);
}

void letter_form_read_blocks(struct reader *r, const json_t *root, struct letter_form *form)
{
    struct read_walk w = read_begin(r, root, "blocks", sizeof(struct letter_form_block), true);
    struct letter_form_block *blocks = w.room;

    for (form->blocks = blocks; read_next(&w); form->n_blocks = w.i + 1)
        read_block(r, form, w.v, &blocks[w.i]);
}
