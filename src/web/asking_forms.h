/* Forms of saved views and return visits. */
#ifndef FANGXIN_WEB_ASKING_FORMS_H
#define FANGXIN_WEB_ASKING_FORMS_H

#include "web/forms.h"

extern const struct form form_view, form_visit_result, form_visit_answer;

#endif
