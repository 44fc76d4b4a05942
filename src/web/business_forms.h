/* Forms of businesses. */
#ifndef FANGXIN_WEB_BUSINESS_FORMS_H
#define FANGXIN_WEB_BUSINESS_FORMS_H

#include "web/forms.h"

extern const struct form form_business;        /* POST /businesses */
extern const struct form form_business_act;    /* amend, mark, merge */
extern const struct form form_business_reveal; /* the contact in clear */

#endif
