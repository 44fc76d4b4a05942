/* A request's way: route, rate, who asks, shape of the input, handler, answer.
 *
 * On the event loop only memory is looked at. On an executor thread the store may be asked. A
 * session counts for a write only with its CSRF word; on public routes one without it is treated as
 * the public, so the portal works beside a signed-in desk. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/log.h"
#include "web/call.h"
#include "web/web_internal.h"

#define COOKIE_TEXT 128

/* ---- on the event loop ---- */

static bool has_cookie(const struct request *req)
{
    char value[COOKIE_TEXT];

    return request_cookie(req, SESSION_COOKIE, value, sizeof value);
}

static bool take_by_address(struct web *web, const struct request *req, enum rate_class rate,
                            struct response *resp)
{
    unsigned char key[16];
    int wait_s = 1;

    if (!client_key(req->client, key) ||
        ratelimit_take(web->rates, rate, key, sizeof key, monotonic_ms(), &wait_s))
        return true;
    response_headerf(resp, "Retry-After", "%d", wait_s);
    return false;
}

static void run_on_loop(struct web *web, const struct route *route, struct request *req,
                        struct response *resp)
{
    struct call call = {.web = web, .req = req, .resp = resp, .route = route};
    enum err_code rc = route->handler(&call);

    if (rc != ERR_OK)
        problem_write(resp, req, rc, NULL, NULL);
}

void dispatch_head(void *self, struct request *req, struct response *resp, struct http_plan *plan)
{
    struct web *web = self;
    const struct route *route = NULL;
    char allow[64];
    enum err_code rc;

    plan->kind = HTTP_ANSWER;
    client_find(req, &web->proxies);
    rc = router_match(web->router, req, &route, allow);
    if (rc == ERR_NOT_FOUND && !request_is_write(req) && strncmp(req->path, "/api/", 5) != 0 &&
        statics_answer(web->statics, req, resp))
        return;
    if (rc == ERR_METHOD)
        response_header(resp, "Allow", allow);
    if (rc == ERR_OK) {
        req->route = route;
        if ((route->access == ACCESS_LOGIN || !has_cookie(req)) &&
            !take_by_address(web, req, route->rate, resp))
            rc = ERR_RATE;
    }
    if (rc != ERR_OK) {
        response_header(resp, "Cache-Control", "no-store");
        problem_write(resp, req, rc, NULL, NULL);
        return;
    }
    if (route->flags & ROUTE_LOOP) {
        run_on_loop(web, route, req, resp);
        return;
    }
    plan->kind = HTTP_RUN;
    plan->body_max = route->body_max;
    plan->upload = (route->flags & ROUTE_UPLOAD) != 0;
}

/* ---- on an executor thread ---- */

static enum err_code check_query(struct call *call)
{
    for (size_t i = 0; i < call->req->n_query; i++) {
        const char *name = call->req->query[i].name;
        char zh[120], en[120];

        if (route_takes(call->route, name))
            continue;
        snprintf(zh, sizeof zh, "这个地址没有“%.40s”这个条件", name);
        snprintf(en, sizeof en, "This address takes no parameter \"%.40s\"", name);
        (void)err_field(&call->op->err, ERR_INVALID, name, "unknown_parameter", zh, en);
    }
    return call->op->err.n_items == 0 ? ERR_OK : ERR_INVALID;
}

/* Browsers say where a request comes from; a write from another site is never wanted. */
static enum err_code check_site(struct call *call)
{
    const char *site = request_header(call->req, "Sec-Fetch-Site");

    if (!request_is_write(call->req) || site == NULL || strcasecmp(site, "cross-site") != 0)
        return ERR_OK;
    return err_set(&call->op->err, ERR_FORBIDDEN, "a write from another site");
}

/* Puts the officer of the session into the op. */
static enum err_code find_session(struct call *call)
{
    const struct request *req = call->req;
    const char *csrf = request_header(req, "Fangxin-Csrf");
    bool staff = call->route->access == ACCESS_STAFF;
    char token[COOKIE_TEXT];
    enum err_code rc;

    if (call->route->access == ACCESS_LOGIN)
        return ERR_OK;
    if (!request_cookie(req, SESSION_COOKIE, token, sizeof token))
        return staff ? err_set(&call->op->err, ERR_UNAUTHENTICATED, "no session") : ERR_OK;
    if (!staff &&
        ((request_is_write(req) && csrf == NULL) || request_header(req, "Fangxin-Pin") != NULL ||
         request_header(req, "Fangxin-Business") != NULL))
        return ERR_OK;
    rc = session_find(call->op, token, request_is_write(req) ? (csrf == NULL ? "" : csrf) : NULL,
                      &call->session);
    if (rc == ERR_UNAUTHENTICATED && !staff) {
        err_clear(&call->op->err);
        return ERR_OK;
    }
    call->signed_in = rc == ERR_OK;
    return rc;
}

static enum err_code check_rate(struct call *call)
{
    int wait_s = 1;

    if (!call->signed_in) {
        if (call->route->access == ACCESS_LOGIN || !has_cookie(call->req))
            return ERR_OK; /* was counted on the loop */
        return take_by_address(call->web, call->req, call->route->rate, call->resp) ? ERR_OK
                                                                                    : ERR_RATE;
    }
    if (ratelimit_take(call->web->rates, RATE_STAFF, &call->session.officer.id,
                       sizeof call->session.officer.id, monotonic_ms(), &wait_s))
        return ERR_OK;
    response_headerf(call->resp, "Retry-After", "%d", wait_s);
    return ERR_RATE;
}

static enum err_code read_body(struct call *call)
{
    const struct request *req = call->req;
    const struct route *route = call->route;

    if (route->body_max == 0 || (route->flags & ROUTE_UPLOAD))
        return ERR_OK;
    TRY(body_parse(req->body, req->body_bytes, &call->body, &call->op->err));
    return route->form == NULL ? ERR_OK : call_check(call, route->form);
}

static enum err_code read_key(struct call *call)
{
    const struct request *req = call->req;
    const char *key = NULL, *route;

    if (!request_is_write(req))
        return ERR_OK;
    TRY(request_idempotency_key(req, &key, &call->op->err));
    if (key == NULL)
        return ERR_OK;
    route = arena_printf(call->op->arena, "%s %s", http_method_name(req->method), req->path);
    if (route == NULL)
        return err_set(&call->op->err, ERR_NO_MEMORY, "route");
    request_key_make(&call->key, route, key, req->body == NULL ? "" : req->body, req->body_bytes);
    call->op->key = &call->key;
    return ERR_OK;
}

static enum err_code run_route(struct call *call)
{
    TRY(check_query(call));
    TRY(check_site(call));
    TRY(find_session(call));
    TRY(check_rate(call));
    TRY(read_body(call));
    TRY(read_key(call));
    return call->route->handler(call);
}

/* What the request comes to. Nothing is called missing or forbidden that could not be looked at,
 * and no page is shown with holes where the store did not answer. What was written stays written.
 */
static enum err_code outcome(struct call *call, enum err_code rc)
{
    struct err *err = &call->op->err;
    enum err_code truly;

    if ((json_lacked() || arena_lacked(call->op->arena)) && err->fault == ERR_OK)
        err->fault = ERR_NO_MEMORY;
    truly = err_truly(err, rc);
    if (rc == ERR_OK && err->fault != ERR_OK && !request_is_write(call->req)) {
        response_reset(call->resp);
        truly = err->fault;
    }
    if (truly != rc)
        err->n_items = 0; /* they belong to what was said before */
    return truly;
}

static void log_failure(const struct call *call, enum err_code code)
{
    const struct request *req = call->req;

    log_line(err_info(code)->http >= 500 && code != ERR_BUSY ? LOG_ERROR : LOG_DEBUG,
             "request refused", "request=%s method=%s route=%s code=%s why=\"%s\"", req->id,
             http_method_name(req->method), call->route->pattern, problem_code(code),
             err_info(code)->http >= 500 ? call->op->err.why : "");
}

/* What one may not see is refused in the same words as what is not there. */
static void hide_existence(enum err_code code, struct err *err)
{
    if (code == ERR_NOT_FOUND && err->n_items == 1 &&
        strcmp(err->items[0].code, "not_visible") == 0)
        err->n_items = 0;
}

void dispatch_run(void *self, struct request *req, struct response *resp)
{
    struct web *web = self;
    struct op op = {
        .arena = req->arena,
        .store = web->options.store,
        .setup = setup_hold(web->options.setups),
        .actor = {.kind = ACTOR_PUBLIC, .body_path = ""},
        .now_ms = instant_now_ms(),
        .access = web->options.access,
        .backoff = web->options.backoff,
        .media = web->options.media,
        .press = web->options.press,
    };
    struct call call = {.web = web, .req = req, .resp = resp, .route = req->route, .op = &op};
    enum err_code rc;

    (void)json_lacked(); /* by an earlier request of this thread */
    op.zone_min = op.setup->zone_min;
    snprintf(op.request_id, sizeof op.request_id, "%s", req->id);
    snprintf(op.address, sizeof op.address, "%s", req->client);
    if (!(call.route->flags & ROUTE_UPLOAD)) /* a file may be looked at for long */
        snapshot_keep(&op);
    rc = outcome(&call, run_route(&call));
    snapshot_let_go(&op);
    if (rc != ERR_OK) {
        hide_existence(rc, &op.err);
        problem_write(resp, req, rc, &op.err, call.current);
        log_failure(&call, rc);
    }
    response_header(resp, "Cache-Control", "no-store");
    json_decref(call.body);
    setup_letgo(web->options.setups, op.setup);
}

void dispatch_done(void *self, const struct request *req, int status, int64_t took_us)
{
    struct web *web = self;
    const struct route *route = req->route;

    metrics_request(web->metrics, route == NULL ? n_api_routes : (size_t)(route - api_routes),
                    status, took_us);
}
