/* Forms of registers; the fields of a definition are checked by the work layer. */
#ifndef FANGXIN_WEB_REGISTER_FORMS_H
#define FANGXIN_WEB_REGISTER_FORMS_H

#include "web/forms.h"

extern const struct form form_entry, form_entry_act, form_entry_import, form_answer,
    form_self_check;

#endif
