/* The login of a business (经营者登录码): how who answers for a business reaches what was sent to
 * it, and nothing else. A clerk gives the code; a new one takes the place of the one before.
 *
 * Not stored: the code is a keyed hash of the business and of how many codes it was given (member
 * "logins" of its state; "login" is there while the newest one opens). A merged or closed record
 * opens nothing. */
#ifndef FANGXIN_WORK_BUSINESS_LOGIN_H
#define FANGXIN_WORK_BUSINESS_LOGIN_H

#include "base/json.h"
#include "work/record.h"

#define BUSINESS_LOGIN_TEXT 48

/* Whether it is one of the acts on the login: "issue_login", "close_login". */
bool business_login_act(const char *act);
/* A code is given to an open business; one that is in use is closed. */
bool business_login_allows(const struct record *r, const char *act);
/* Such an act into the draft; ERR_NOT_ALLOWED where it is not allowed. */
enum err_code business_login_put(struct record_draft *d, const char *act) MUST_CHECK;
bool business_login_open(const struct record *r);
/* "1234-ABCD-EFGH-JKMN-PQRS", of the newest code. */
void business_login_text(struct op *op, const struct record *r, char ret[BUSINESS_LOGIN_TEXT]);

/**
 * Makes op->actor the holder of a business's code.
 * @param login  as above; blanks, hyphens and case do not matter behind the first hyphen
 * @return ERR_UNAUTHENTICATED for a wrong business and a wrong code alike; ERR_RATE after wrong
 *         tries from this address for this business
 */
enum err_code business_enter(struct op *op, const char *login) MUST_CHECK;

/* {"business","items","counts"}: what was sent to the business of op->actor, what is open first,
 * BUSINESS_SENT_MAX at most. */
#define BUSINESS_SENT_MAX 200
enum err_code view_business_sent(struct op *op, struct json_writer *w) MUST_CHECK;

#endif
