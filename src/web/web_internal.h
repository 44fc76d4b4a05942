/* What the files of the web layer share about the running server. */
#ifndef FANGXIN_WEB_WEB_INTERNAL_H
#define FANGXIN_WEB_WEB_INTERNAL_H

#include <pthread.h>

#include "web/batches.h"
#include "web/client.h"
#include "web/importer.h"
#include "web/ratelimit.h"
#include "web/router.h"
#include "web/static.h"
#include "web/web.h"

#define SESSION_COOKIE "fangxin_session"

struct web {
    struct web_options options;
    struct proxies proxies;
    struct ratelimit *rates;
    struct router *router;
    struct statics *statics;
    struct metrics *metrics;
    const char **route_names; /* "GET /api/v1/…", by index in api_routes */
    struct importer *importer;
    struct batches *batches;
    struct http *http;
    pthread_mutex_t site_lock; /* over the next two */
    char *site_json;           /* answer of GET /site; NULL until asked */
    int64_t site_made_ms;
};

extern const struct route api_routes[];
extern const size_t n_api_routes;

/* The two halves of a request, see http.h. self is the web. */
void dispatch_head(void *self, struct request *req, struct response *resp, struct http_plan *plan);
void dispatch_run(void *self, struct request *req, struct response *resp);
void dispatch_done(void *self, const struct request *req, int status, int64_t took_us);

/* Whether the client reached us, or the trusted proxy in front of us, by TLS. */
bool web_is_secure(const struct web *web, const struct request *req);

#endif
