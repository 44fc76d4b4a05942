/* One row of a register becomes a business. */
#include "work/business_import.h"

#include <string.h>

#include "base/text.h"
#include "rules/identifiers.h"
#include "work/business_internal.h"
#include "work/filing_check.h"

#define PARTING "；;、|\n"

static const char *cell(const struct import_made *made, const char *path)
{
    return filing_text(made->filing, path);
}

const char *business_row_key(struct op *op, const struct import_made *made)
{
    const char *uscc = cell(made, "business.uscc"), *name = cell(made, "business.name");
    const char *address = cell(made, "business.address");
    struct uscc u;

    if (uscc != NULL) {
        u = uscc_check(uscc);
        if (u.fault == ID_OK)
            return arena_strdup(op->arena, u.normal);
    }
    return name == NULL ? NULL
                        : arena_printf(op->arena, "%s|%s", name, address == NULL ? "" : address);
}

/* Names parted by ；;、| or lines. */
static json_t *names_of(struct op *op, const char *text)
{
    json_t *list = json_array();
    char *rest = arena_strdup(op->arena, text), *from = rest;

    while (rest != NULL && *rest != '\0') {
        size_t len;

        (void)utf8_at(rest, strlen(rest), &len);
        if (memmem(PARTING, strlen(PARTING), rest, len) != NULL) {
            *rest = '\0';
            if (*text_trim(op->arena, from) != '\0')
                json_array_append_new(list, json_string(text_trim(op->arena, from)));
            from = rest + len;
        }
        rest += len;
    }
    if (from != NULL && *text_trim(op->arena, from) != '\0')
        json_array_append_new(list, json_string(text_trim(op->arena, from)));
    return list;
}

/* A code, its label, or the number that the standard gives it; NULL and a fault for another text.
 */
static const char *code_of(struct op *op, const char *table, const char *field, const char *text)
{
    const struct code_table *t = codes_table(op->setup->codes, table);
    const struct code *c;

    if (text == NULL)
        return NULL;
    c = code_find(t, text);
    if (c == NULL)
        c = code_by_label(t, text);
    for (size_t i = 0; t != NULL && c == NULL && i < t->n_codes; i++)
        if (t->codes[i].official != NULL && strcmp(t->codes[i].official, text) == 0)
            c = &t->codes[i];
    if (c == NULL)
        (void)err_field(&op->err, ERR_INVALID, field, "unknown_code",
                        "表里没有这一项，写代码或名称",
                        "No table has this; write its code or name.");
    return c == NULL ? NULL : c->code;
}

static void put(json_t *input, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(input, name, json_string(text));
}

enum err_code business_row_take(struct op *op, struct changes *ch,
                                const struct import_options *options, struct import_made *made,
                                size_t number, int64_t *ret_id)
{
    CLEANUP(json_decrefp) json_t *input = json_object();
    CLEANUP(record_release) struct record r = {0};
    static const char *const plain[] = {"name", "uscc", "address", "division"};
    const char *aliases = cell(made, "business.aliases");

    (void)options;
    (void)number;
    err_clear(&op->err);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        put(input, plain[i], cell(made, arena_printf(op->arena, "business.%s", plain[i])));
    put(input, "industry", code_of(op, "industries", "industry", cell(made, "business.industry")));
    put(input, "status", code_of(op, "business_statuses", "status", cell(made, "business.status")));
    if (op->err.n_items > 0)
        return ERR_INVALID;
    if (aliases != NULL)
        json_object_set_new(input, "aliases", names_of(op, aliases));
    if (cell(made, "business.contact_name") != NULL || cell(made, "business.contact_phone") != NULL)
        json_object_set_new(input, "contact",
                            json_pack("{s:s?, s:s?}", "name", cell(made, "business.contact_name"),
                                      "phone", cell(made, "business.contact_phone")));
    TRY(business_code_free(op, input));
    TRY(business_register_into(op, ch, input, op->now_ms, &r));
    *ret_id = r.id;
    return ERR_OK;
}
