/* Forms of letters. */
#ifndef FANGXIN_WEB_LETTER_FORMS_H
#define FANGXIN_WEB_LETTER_FORMS_H

#include "web/forms.h"

extern const struct form form_letter, form_letter_serve, form_letter_void;

#endif
