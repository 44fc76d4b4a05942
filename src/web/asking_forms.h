/* Forms of saved views, return visits and holds. */
#ifndef FANGXIN_WEB_ASKING_FORMS_H
#define FANGXIN_WEB_ASKING_FORMS_H

#include "web/forms.h"

extern const struct form form_view, form_visit_result, form_visit_answer, form_hold, form_hold_lift;

#endif
