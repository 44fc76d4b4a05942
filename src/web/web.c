/* Starting and stopping the web layer, and the headers every answer carries. */
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "web/web_internal.h"

/* The interface asks no other host for anything and is never framed. Styles may be inline: chart
 * and table widgets set them on elements. */
static const struct pair fixed_headers[] = {
    {"Content-Security-Policy",
     "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
     "data: "
     "blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
     "form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {NULL, NULL},
};

void web_options_init(struct web_options *options)
{
    *options = (struct web_options){0};
    http_options_init(&options->http);
    options->http.headers = fixed_headers;
}

static bool is_loopback(const char *address)
{
    return text_starts(address, "127.") || strcmp(address, "::1") == 0;
}

static enum err_code make_names(struct web *web, struct err *err)
{
    web->route_names = calloc(n_api_routes, sizeof web->route_names[0]);
    if (web->route_names == NULL)
        return err_set(err, ERR_NO_MEMORY, "web");
    for (size_t i = 0; i < n_api_routes; i++) {
        char *name;

        if (asprintf(&name, "%s %s", http_method_name(api_routes[i].method),
                     api_routes[i].pattern) < 0)
            return err_set(err, ERR_NO_MEMORY, "web");
        web->route_names[i] = name;
    }
    web->metrics = metrics_new(web->route_names, n_api_routes);
    return web->metrics == NULL ? err_set(err, ERR_NO_MEMORY, "web") : ERR_OK;
}

static enum err_code make_parts(struct web *web, struct err *err)
{
    const struct web_options *o = &web->options;
    struct http_calls calls = {web, dispatch_head, dispatch_run, dispatch_done};

    TRY(proxies_parse(o->trusted_proxies, &web->proxies, err));
    if (!is_loopback(o->http.address) && web->proxies.n == 0)
        return err_set(err, ERR_FORBIDDEN,
                       "%s is reachable from outside by plain HTTP: put a proxy with TLS in front "
                       "and declare it with --trusted-proxy",
                       o->http.address);
    TRY(ratelimit_new(o->rate_limit, &web->rates, err));
    TRY(router_new(api_routes, n_api_routes, &web->router, err));
    TRY(statics_new(o->ui, &web->statics, err));
    TRY(make_names(web, err));
    TRY(importer_new(o->store, o->setups, &web->importer, err));
    TRY(importer_resume(web->importer, err));
    TRY(batches_new(o->store, o->setups, &web->batches, err));
    if (web->proxies.n > 0)
        web->options.http.per_address_max = 0; /* all come from the proxy */
    return http_start(&web->options.http, &calls, &web->http, err);
}

enum err_code web_start(const struct web_options *options, struct web **ret, struct err *err)
{
    struct web *web = calloc(1, sizeof *web);
    enum err_code rc;

    if (web == NULL)
        return err_set(err, ERR_NO_MEMORY, "web");
    web->options = *options;
    pthread_mutex_init(&web->site_lock, NULL);
    rc = make_parts(web, err);
    if (rc != ERR_OK)
        web_stop(web);
    else
        *ret = web;
    return rc;
}

void web_drain(struct web *web)
{
    if (web == NULL)
        return;
    http_stop(web->http);
    web->http = NULL;
}

void web_stop(struct web *web)
{
    if (web == NULL)
        return;
    web_drain(web);
    batches_free(web->batches);
    importer_free(web->importer);
    metrics_free(web->metrics);
    for (size_t i = 0; web->route_names != NULL && i < n_api_routes; i++)
        free((char *)(uintptr_t)web->route_names[i]);
    free(web->route_names);
    statics_free(web->statics);
    router_free(web->router);
    ratelimit_free(web->rates);
    pthread_mutex_destroy(&web->site_lock);
    free(web->site_json);
    free(web);
}

uint16_t web_port(const struct web *web)
{
    return http_port(web->http);
}

void web_set_metric(struct web *web, enum metric metric, int64_t value)
{
    metrics_set(web->metrics, metric, value);
}

bool web_is_secure(const struct web *web, const struct request *req)
{
    const char *proto = request_header(req, "X-Forwarded-Proto");

    return proxies_trust(&web->proxies, req->peer) && proto != NULL &&
           strcasecmp(proto, "https") == 0;
}
