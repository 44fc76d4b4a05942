/* What is sent with an act on a record: checked and kept by the act's fields. */
#include "work/record_input.h"

#include <string.h>

#include "work/filing_check.h"

enum err_code record_input_check(struct op *op, const struct pack_act *act, const json_t *input)
{
    err_clear(&op->err);
    for (size_t i = 0; i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        const json_t *value = filing_at(input, f->name);

        if (value == NULL && f->required)
            (void)err_field(&op->err, ERR_INVALID, f->name, "required", "这一项要填",
                            "This is needed.");
        else if (value != NULL && f->codes != NULL)
            check_code(op, f->name, value, f->codes);
    }
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

void record_input_keep(struct record_draft *d, const struct pack_act *act, const json_t *input,
                       const char *except)
{
    for (size_t i = 0; i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        const json_t *value = filing_at(input, f->name);

        if (value == NULL || (except != NULL && strcmp(f->name, except) == 0))
            continue;
        if (f->sealed)
            record_text(d, f->name, json_string_value(value));
        else
            record_in(d, f->name, json_deep_copy(value));
    }
}
