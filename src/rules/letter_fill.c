/* Filling a form. The one gate through which values reach a letter: take() asks the form's own list
 * of fields first, whatever the caller knows. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "rules/letter_forms.h"

#define TEXT_MAX ((size_t)256 * 1024)
#define BLANK_TEXT "＿＿＿＿"
#define BLANK_CELL "／"

/* NULL when the form may not hold it, or there is nothing. */
static const char *take(const struct letter_form *form, const json_t *values, const char *name)
{
    const char *text;

    if (form != NULL && !letter_form_takes(form, name))
        return NULL;
    text = json_string_value(json_object_get(values, name));
    return text == NULL || *text == '\0' ? NULL : text;
}

static bool holds(const struct letter_form *form, const json_t *values, const char *when)
{
    if (when == NULL)
        return true;
    return *when == '!' ? take(form, values, when + 1) == NULL : take(form, values, when) != NULL;
}

/* Puts the text in, with slots filled; false where a slot is cut short. */
static void put(struct buf *out, const struct letter_form *form, const char *text,
                const json_t *values, const char *blank)
{
    const char *open;

    while ((open = strstr(text, "{{")) != NULL) {
        const char *close = strstr(open, "}}"), *value;
        char name[64];

        if (close == NULL || (size_t)(close - open - 2) >= sizeof name)
            break;
        buf_add(out, text, (size_t)(open - text));
        memcpy(name, open + 2, (size_t)(close - open - 2));
        name[close - open - 2] = '\0';
        value = take(form, values, name);
        buf_adds(out, value == NULL ? blank : value);
        text = close + 2;
    }
    buf_adds(out, text);
}

char *letter_put(struct arena *arena, const char *text, const json_t *values, const char *blank)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(TEXT_MAX);

    put(&out, NULL, text, values, blank);
    return buf_dup(&out, arena);
}

static json_t *filled(const struct letter_form *form, const char *text, const json_t *values,
                      const char *blank)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(TEXT_MAX);

    put(&out, form, text, values, blank);
    return out.failed ? NULL : json_string(buf_text(&out));
}

static json_t *fill_rows(const struct letter_form *form, const struct letter_form_block *b,
                         const json_t *values)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < b->n_rows; i++) {
        const struct letter_form_row *row = &b->rows[i];
        json_t *cells;

        if (!holds(form, values, row->when))
            continue;
        cells = json_array();
        for (size_t k = 0; k < 4 && row->cells[k] != NULL; k++)
            json_array_append_new(cells, filled(form, row->cells[k], values, BLANK_CELL));
        json_array_append_new(rows, cells);
    }
    return rows;
}

/* "下列材料：。" A sentence that a filled text ended already does not end twice. */
static json_t *fill_block(const struct letter_form *form, const struct letter_form_block *b,
                          const json_t *values)
{
    if (strcmp(b->kind, "table") == 0)
        return json_pack("{s:s, s:o}", "kind", "table", "rows", fill_rows(form, b, values));
    return json_pack("{s:s, s:o}", "kind", b->kind, "text",
                     filled(form, b->text, values, BLANK_TEXT));
}

json_t *letter_fill(const struct letter_form *form, const json_t *values)
{
    const char *issuer = take(form, values, "body.name"), *date = take(form, values, "letter.date");
    json_t *blocks = json_array(), *content;

    for (size_t i = 0; i < form->n_blocks; i++)
        if (holds(form, values, form->blocks[i].when))
            json_array_append_new(blocks, fill_block(form, &form->blocks[i], values));
    content = json_pack("{s:s, s:s, s:s, s:b, s:o}", "title", form->label.zh, "issuer",
                        issuer == NULL ? "" : issuer, "date", date == NULL ? "" : date, "sign",
                        (int)form->sign, "blocks", blocks);
    return content;
}
