/* Reading packs/letters. For letter_form*.c alone. */
#ifndef FANGXIN_RULES_LETTER_FORMS_INTERNAL_H
#define FANGXIN_RULES_LETTER_FORMS_INTERNAL_H

#include "rules/letter_forms.h"
#include "rules/read.h"

/* The member "blocks"; the form's fields and asks were read, for nothing else may stand in a slot.
 */
void letter_form_read_blocks(struct reader *r, const json_t *root, struct letter_form *form);

#endif
