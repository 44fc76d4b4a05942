/* The targets of imports. */
#include "work/import_target.h"

#include <string.h>

#include "work/business_import.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/import_ends.h"
#include "work/order.h"

static enum err_code take_matter(struct op *op, struct changes *ch,
                                 const struct import_options *options, struct import_made *made,
                                 size_t number, int64_t *ret_id)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct receipt receipt;

    (void)options;
    (void)number;
    if (json_object_get(made->filing, "consumer") == NULL &&
        filing_text(made->filing, "kind") != NULL &&
        strcmp(filing_text(made->filing, "kind"), "report") == 0)
        json_object_set_new(made->filing, "anonymous", json_true());
    TRY(matter_receive_into(op, ch, made->filing, &m, &receipt));
    TRY(import_ends(op, ch, &m, made));
    matter_save(op, ch, NULL, &m);
    *ret_id = receipt.id;
    return ERR_OK;
}

static const char *key_of_order(struct op *op, const struct import_made *made)
{
    return order_key(op, made->filing);
}

static enum err_code take_order(struct op *op, struct changes *ch,
                                const struct import_options *options, struct import_made *made,
                                size_t number, int64_t *ret_id)
{
    struct order_origin origin = {
        .import = options->record, .row = (int64_t)number, .cells = made->cells};

    if (made->body != NULL)
        json_object_set_new(made->filing, "body", json_string(made->body));
    return order_receive_into(op, ch, made->filing, &origin, ret_id);
}

static const struct import_target targets[] = {
    {"matters", MAY_IMPORT, NULL, false, NULL, take_matter},
    {"businesses", MAY_IMPORT, "businesses", false, business_row_key, business_row_take},
    {"orders", MAY_IMPORT_ORDERS, "orders", true, key_of_order, take_order},
};

bool import_target_need(const char *target, enum may_act *ret)
{
    const struct import_target *t = import_target_find(target);

    if (t != NULL)
        *ret = t->need;
    return t != NULL;
}

const struct import_target *import_target_find(const char *name)
{
    if (name == NULL)
        return &targets[0];
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        if (strcmp(targets[i].name, name) == 0)
            return &targets[i];
    return NULL;
}
