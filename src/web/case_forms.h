/* Forms of cases. */
#ifndef FANGXIN_WEB_CASE_FORMS_H
#define FANGXIN_WEB_CASE_FORMS_H

#include "web/forms.h"

extern const struct form form_case;

#endif
