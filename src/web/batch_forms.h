/* Forms of acts on many matters. */
#ifndef FANGXIN_WEB_BATCH_FORMS_H
#define FANGXIN_WEB_BATCH_FORMS_H

#include "web/forms.h"

extern const struct form form_batch, form_batch_item, form_batch_choices;

#endif
