/* From the filled text of a letter to its PDF. */
#include <ctype.h>
#include <string.h>

#include "work/letter_internal.h"

static enum letter_block_kind kind_of(const char *name)
{
    static const char *const names[] = {"address", "text", "head", "table", "sign"};

    for (int i = 0; name != NULL && i < 5; i++)
        if (strcmp(names[i], name) == 0)
            return (enum letter_block_kind)i;
    return LETTER_TEXT;
}

static bool read_rows(struct arena *arena, const json_t *list, struct letter_block *ret)
{
    size_t n = json_array_size(list);
    struct letter_row *rows = ARENA_ARRAY(arena, struct letter_row, n + 1);

    for (size_t i = 0; rows != NULL && i < n; i++)
        for (size_t k = 0; k < LETTER_CELLS; k++)
            rows[i].cells[k] = json_string_value(json_array_get(json_array_get(list, i), k));
    ret->rows = rows;
    ret->n_rows = n;
    return rows != NULL;
}

static enum err_code read_content(struct op *op, const json_t *content, struct letter_page *ret)
{
    const json_t *list = json_object_get(content, "blocks");
    size_t n = json_array_size(list);
    struct letter_block *blocks = ARENA_ARRAY(op->arena, struct letter_block, n + 1);

    for (size_t i = 0; blocks != NULL && i < n; i++) {
        const json_t *b = json_array_get(list, i);

        blocks[i].kind = kind_of(json_string_value(json_object_get(b, "kind")));
        blocks[i].text = json_string_value(json_object_get(b, "text"));
        if (blocks[i].kind == LETTER_TABLE &&
            !read_rows(op->arena, json_object_get(b, "rows"), &blocks[i]))
            blocks = NULL;
    }
    if (blocks == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "letter");
    ret->blocks = blocks;
    ret->n_blocks = n;
    ret->title = json_string_value(json_object_get(content, "title"));
    ret->issuer = json_string_value(json_object_get(content, "issuer"));
    ret->date = json_string_value(json_object_get(content, "date"));
    ret->signer = json_is_true(json_object_get(content, "sign")) ? ret->issuer : NULL;
    return ERR_OK;
}

char *letter_code_shown(struct arena *arena, const char *code)
{
    return arena_printf(arena, "%.4s-%.4s-%.4s-%.4s", code, code + 4, code + 8, code + 12);
}

char *letter_verify_url(struct op *op, const char *code)
{
    return op->setup->site_url == NULL
               ? NULL
               : arena_printf(op->arena, "%s/verify/%s", op->setup->site_url, code);
}

enum err_code letter_draw(struct op *op, const json_t *content, const char *number,
                          const char *code, struct buf *out, int *ret_pages)
{
    struct letter_page page = {.number = number};
    struct press *own = op->press == NULL ? press_new() : NULL;
    struct press *press = op->press == NULL ? own : op->press;
    enum err_code rc;

    if (press == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "letter");
    rc = read_content(op, content, &page);
    if (code == NULL) {
        page.mark = "预览";
    } else {
        const char *url = letter_verify_url(op, code);

        page.verify = url != NULL ? url : arena_printf(op->arena, "%s %s", number, code);
        page.verify_hint =
            arena_printf(op->arena, "%s\n核验码 %s%s%s", op->setup->letters->verify,
                         letter_code_shown(op->arena, code), url == NULL ? "" : "\n",
                         op->setup->site_url == NULL
                             ? ""
                             : arena_printf(op->arena, "%s/verify", op->setup->site_url));
    }
    if (rc == ERR_OK)
        rc = letter_pdf(press, &page, out, ret_pages, &op->err);
    press_free(own);
    return rc;
}
