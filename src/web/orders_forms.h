/* Forms of the order routes. */
#ifndef FANGXIN_WEB_ORDERS_FORMS_H
#define FANGXIN_WEB_ORDERS_FORMS_H

#include "web/forms.h"

#define ORDERS_AT_ONCE 200

extern const struct form form_orders_many, form_order_reveal;

#endif
