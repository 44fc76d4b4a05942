/* Forms of the routes of summaries. */
#ifndef FANGXIN_WEB_SUMMARY_FORMS_H
#define FANGXIN_WEB_SUMMARY_FORMS_H

#include "web/forms.h"

extern const struct form form_summary;
extern const struct form form_nothing; /* {} */

#endif
