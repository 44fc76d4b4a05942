/* Registers whose entries are messages sent by a gateway (docs/registers.md). */
#ifndef FANGXIN_RULES_REGISTER_SENDS_H
#define FANGXIN_RULES_REGISTER_SENDS_H

#include "rules/register.h"

/* Codes of the channel that a gateway serves. */
#define SENDS_SMS "sms"
#define SENDS_EMAIL "email"

struct register_sends {
    const struct flow_state *state, *done; /* in which it is being sent; then */
    const struct act_field *to; /* sealed text: a number, or an address of e-mail, on each line */
    const struct act_field *text, *subject;
    const struct act_field *channel;       /* FIELD_CHOICE */
    const struct act_field *count;         /* how many it goes to */
    const struct act_field *sent, *failed; /* tried so far, and not taken */
    const struct act_field *day;           /* on which the last was sent */
};

#endif
