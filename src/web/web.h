/* The web layer: HTTP in front, the work layer behind.
 *
 *     struct web_options o;
 *     web_options_init(&o);
 *     o.store = store; o.setups = setups; …
 *     TRY(web_start(&o, &web, err));
 *     …
 *     web_stop(web);
 */
#ifndef FANGXIN_WEB_WEB_H
#define FANGXIN_WEB_WEB_H

#include "base/embed.h"
#include "web/http.h"
#include "web/metrics.h"

struct web;
struct store;
struct setups;
struct indicators;
struct summary_forms;
struct access_log;
struct backoff;
struct media;
struct press;

struct web_options {
    struct http_options http;
    struct store *store;
    struct setups *setups;
    struct indicators *indicators;
    struct summary_forms *summaries;
    struct access_log *access;
    struct backoff *backoff;
    struct media *media;            /* looks at evidence; NULL: none is taken */
    struct press *press;            /* makes letters */
    const struct embedded_file *ui; /* embedded_ui */
    const char *trusted_proxies;    /* "127.0.0.1,10.0.0.0/8"; NULL none */
    const char *rate_limit;         /* see ratelimit.h; NULL as by default */
    bool demo;                      /* a sample county: said on the pages, loopback only */
};

void web_options_init(struct web_options *options);

/**
 * Starts to serve. Everything given must outlive the web.
 * @return ERR_FORBIDDEN when plain HTTP would be reachable beyond this machine without a declared
 *         proxy; ERR_INVALID for a setting that cannot be read; ERR_IO when it cannot listen
 */
enum err_code web_start(const struct web_options *options, struct web **ret,
                        struct err *err) MUST_CHECK;
/* Answers what is under way and takes nothing more; metrics may still be set. NULL is fine. */
void web_drain(struct web *web);
/* Drains and frees. NULL is fine. */
void web_stop(struct web *web);

uint16_t web_port(const struct web *web);
/* For jobs: gauges of /metrics. */
void web_set_metric(struct web *web, enum metric metric, int64_t value);

#endif
