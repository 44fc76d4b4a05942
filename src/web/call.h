/* One request on its way through the layers: what a handler gets and gives. */
#ifndef FANGXIN_WEB_CALL_H
#define FANGXIN_WEB_CALL_H

#include "base/json.h"
#include "insight/figures.h"
#include "web/metrics.h"
#include "web/problem.h"
#include "web/router.h"
#include "web/web.h"
#include "work/acts.h"
#include "work/filing.h"
#include "work/idempotency.h"
#include "work/staff.h"

struct call {
    struct web *web;
    struct request *req;
    struct response *resp;
    const struct route *route;
    struct op *op;          /* NULL on the event loop */
    json_t *body;           /* of a JSON route: checked; NULL when the route takes none */
    struct session session; /* when signed_in */
    bool signed_in;
    struct request_key key; /* op->key points here when the request has one */
    char *current;          /* JSON of the record, for a 409; in the arena */
    struct json_writer w;   /* on resp->body, after call_answer */
};

/* Begins a JSON answer and readies call->w. */
struct json_writer *call_answer(struct call *call, int status);

/* Checks the body against a form made by the handler (ROUTE_FORM_OF_ACT). */
enum err_code call_check(struct call *call, const struct form *form) MUST_CHECK;

/* One text more in the object that was just closed as the answer: what is shown once, and no view
 * writes (a PIN, a login code). @p value needs no escapes. */
void call_add_shown_once(struct call *call, const char *name, const char *value);
/* Who sent the login code of a business becomes op->actor as ACTOR_BUSINESS. ERR_UNAUTHENTICATED,
 * ERR_RATE. */
enum err_code call_business(struct call *call) MUST_CHECK;

/**
 * The matter of the path's {number}, for the officer signed in, for who sent the login code of its
 * business, or for who sent its PIN, who becomes op->actor as ACTOR_PARTY. An officer's look is
 * noted.
 * @param what  of it is shown, for the access log: "read", "timeline" …; lives as long as the
 * program
 * @return ERR_UNAUTHENTICATED neither session nor PIN; ERR_NOT_FOUND the number or PIN is wrong, or
 *         the officer may not see it; ERR_RATE after wrong PINs
 */
enum err_code call_matter(struct call *call, struct snapshot *snap, const char *what,
                          struct matter *ret) MUST_CHECK;
/* The same without loading it: only who asks, and the id. */
enum err_code call_matter_id(struct call *call, int64_t *ret) MUST_CHECK;

/* ERR_FORBIDDEN unless the officer may do it in his own body. */
enum err_code call_may(struct call *call, enum may_act need) MUST_CHECK;

/* The record as it stands, for a 409: @p write writes it, and the refusal stays in op->err. */
typedef enum err_code call_current_fn(struct call *call, struct snapshot *snap, const void *of,
                                      struct json_writer *w);
void call_keep_current(struct call *call, call_current_fn *write, const void *of);

/* The version that an officer saw, from If-Match; ERR_INVALID where it is not said. */
enum err_code call_version(struct call *call, int64_t *ret) MUST_CHECK;

/* The day it is in the installation's zone, and the second working day after it (level soon). */
date_t call_today(const struct call *call);
date_t call_soon(const struct call *call);

/* A text of the query; NULL when it is absent or empty. */
const char *call_query_text(const struct call *call, const char *name);
/* A whole number of the query; ERR_INVALID outside least … most. Absent: @p fallback. */
enum err_code call_query_int(struct call *call, const char *name, int64_t least, int64_t most,
                             int64_t fallback, int64_t *ret) MUST_CHECK;
/* A civil date of the query; DATE_NONE when absent. */
enum err_code call_query_date(struct call *call, const char *name, date_t *ret) MUST_CHECK;
/* Says that a query parameter has no such choice, or is missing (@p value NULL). */
enum err_code call_bad_choice(struct call *call, const char *name, const char *value,
                              const char *choices);

/* One item of a refusal, in the words of the API. */
enum err_code call_refuse(struct call *call, enum err_code code, const char *field,
                          const char *item, const char *zh, const char *en);

#endif
