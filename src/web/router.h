/* The table of routes, and finding one. */
#ifndef FANGXIN_WEB_ROUTER_H
#define FANGXIN_WEB_ROUTER_H

#include "web/forms.h"
#include "web/ratelimit.h"
#include "web/request.h"

struct call; /* call.h */

typedef enum err_code handler_fn(struct call *call);

enum route_access {
    ACCESS_PUBLIC, /* anybody; as an officer when a session comes with it */
    ACCESS_PARTY, /* with a session, or with the PIN of the matter in the path, or on those that the
                     document says with the login code of its business */
    ACCESS_BUSINESS, /* with the login code of a business alone */
    ACCESS_STAFF,    /* with a session */
    ACCESS_LOGIN,    /* sessions themselves: no look-up before the handler */
};

#define ROUTE_LOOP (1u << 0)   /* runs on the event loop: memory only, no store, no op */
#define ROUTE_UPLOAD (1u << 1) /* the body is bytes, not JSON, and may be large */
#define ROUTE_FORM_OF_ACT                                                                          \
    (1u << 2) /* the handler checks the body: its form depends on the path                         \
               */

struct route {
    enum http_method method;
    const char *pattern; /* "/api/v1/matters/{number}" */
    handler_fn *handler;
    enum route_access access;
    enum rate_class rate;     /* for those without a session */
    unsigned flags;           /* ROUTE_ bits */
    size_t body_max;          /* 0: no body is taken */
    const struct form *form;  /* of the JSON body; NULL: none, or the handler's own */
    const char *const *query; /* names of parameters, ending with NULL; NULL: none is taken; "*"
                                 among them: any, the handler refuses what it does not know */
};

struct router;

/* @p routes must outlive it. */
enum err_code router_new(const struct route *routes, size_t n, struct router **ret,
                         struct err *err) MUST_CHECK;
void router_free(struct router *router);

/**
 * Finds the route of req->method and req->path, HEAD as GET, and fills req->params.
 * @param[out] ret_allow  for ERR_METHOD: "GET, POST", at least 64 bytes
 * @return ERR_NOT_FOUND no pattern fits; ERR_METHOD one fits, with other methods
 */
enum err_code router_match(const struct router *router, struct request *req,
                           const struct route **ret, char *ret_allow) MUST_CHECK;

/* Whether @p name may stand in the query of this route. */
bool route_takes(const struct route *route, const char *name);

#endif
