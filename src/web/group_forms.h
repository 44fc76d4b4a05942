/* Forms of groups. */
#ifndef FANGXIN_WEB_GROUP_FORMS_H
#define FANGXIN_WEB_GROUP_FORMS_H

#include "web/forms.h"

extern const struct form form_group, form_group_act;

#endif
