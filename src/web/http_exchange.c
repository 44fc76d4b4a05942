/* Requests and answers on the wire, by libmicrohttpd 0.9.75.
 *
 * What this library needs (each point has its test in tests/unit/test_web_http.c):
 * - epoll only; its callbacks never block. Work is parked: MHD_suspend_connection first, then the
 *   connection is published to the executor's queue, then nothing of it is touched on the loop.
 * - A suspended connection never times out, so every one has an owner with a deadline; all are
 *   resumed before MHD_stop_daemon.
 * - An answer queued at the first call of the handler closes the connection, and a client that is
 *   still sending may lose it. So answers wait for the second call, and a small refused body is
 *   read and thrown away first; only what cannot be trusted is answered at once, to close.
 * - Its time-outs are idle time-outs only; a sweeper ends heads, bodies and answers that drip.
 *
 * One struct exchange belongs to a connection and serves its requests one after the other. Its
 * phase says who may touch it: the loop, or, while PARKED, the executor thread. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "web/head.h"
#include "web/http_internal.h"
#include "web/problem.h"

#define DRAIN_MAX ((uint64_t)16 * 1024 * 1024) /* of a refused body, read to deliver the answer */

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_UPLOAD, PHASE_PARKED, PHASE_SENDING };

struct exchange {
    struct watched watched; /* first: until when this phase may last */
    struct http *http;
    struct MHD_Connection *conn;
    atomic_int phase;
    char *target;
    size_t target_cap;
    bool target_there;
    struct head_length length;
    struct http_plan plan;
    struct request req;
    struct response resp;
    enum err_code refused; /* the body is read and thrown away, then this is answered */
    bool answered;         /* resp was filled by the head call and waits for the body's end */
    bool owed;             /* its work was begun: whoever stops the server waits for its answer */
    uint64_t drained;
    struct inbody body;
    struct MHD_Response *answer;
};

/* The longest a phase may last, in ms; 0 = as long as its owner needs. */
static int64_t phase_limit_ms(const struct http_options *o, enum phase phase)
{
    switch (phase) {
    case PHASE_HEAD:
        return (int64_t)(o->idle_s + o->head_s) * 1000;
    case PHASE_BODY:
        return (int64_t)o->body_s * 1000;
    case PHASE_UPLOAD:
        return (int64_t)o->upload_s * 1000;
    case PHASE_SENDING:
        return (int64_t)o->send_s * 1000;
    case PHASE_PARKED:
        break;
    }
    return 0;
}

static void set_phase(struct exchange *x, enum phase phase)
{
    int64_t limit = phase_limit_ms(&x->http->options, phase);

    atomic_store(&x->watched.until_ms, limit == 0 ? 0 : monotonic_ms() + limit);
    atomic_store(&x->phase, (int)phase);
}

/* ---- answers ---- */

static void refuse(struct exchange *x, enum err_code code, const struct err *err)
{
    response_reset(&x->resp);
    problem_write(&x->resp, &x->req, code, err, NULL);
}

/* What an answer is that could not be written. An act may have been done: its key tells. */
static enum err_code unwritten(const struct exchange *x)
{
    if (!x->resp.body.lacked)
        return ERR_INTERNAL;
    return request_is_write(&x->req) && x->resp.status < 400 ? ERR_UNCERTAIN : ERR_NO_MEMORY;
}

/* Turns resp into the library's answer; afterwards resp holds nothing. */
static void make_answer(struct exchange *x)
{
    struct response *resp = &x->resp;
    struct MHD_Response *r;
    const struct pair *fixed = x->http->options.headers;

    if (resp->body.failed)
        refuse(x, unwritten(x), NULL);
    if (resp->file >= 0) {
        r = MHD_create_response_from_fd64((uint64_t)resp->file_bytes, resp->file);
        if (r != NULL)
            resp->file = -1; /* the library closes it */
    } else if (resp->fixed != NULL || resp->body.len == 0) {
        r = MHD_create_response_from_buffer(resp->fixed_bytes, (void *)(uintptr_t)resp->fixed,
                                            MHD_RESPMEM_PERSISTENT);
        buf_release(&resp->body);
    } else {
        r = MHD_create_response_from_buffer(resp->body.len, resp->body.data, MHD_RESPMEM_MUST_FREE);
        if (r != NULL)
            buf_init(&resp->body, RESPONSE_BODY_MAX);
    }
    x->answer = r;
    if (r == NULL)
        return;
    if (resp->content_type != NULL)
        MHD_add_response_header(r, "Content-Type", resp->content_type);
    MHD_add_response_header(r, "X-Request-Id", x->req.id);
    for (size_t i = 0; i < resp->n_headers; i++)
        MHD_add_response_header(r, resp->headers[i].name, resp->headers[i].value);
    for (; fixed != NULL && fixed->name != NULL; fixed++)
        MHD_add_response_header(r, fixed->name, fixed->value);
    if (resp->close)
        MHD_add_response_header(r, "Connection", "close");
}

static void tell_done(struct exchange *x)
{
    if (x->http->calls.done != NULL)
        x->http->calls.done(x->http->calls.self, &x->req, x->resp.status,
                            http_now_us() - x->req.began_us);
}

/* On the loop, inside the access handler only. */
static enum MHD_Result queue_answer(struct exchange *x)
{
    enum MHD_Result rc;

    if (x->answer == NULL)
        return MHD_NO; /* no memory for an answer: the connection ends */
    set_phase(x, PHASE_SENDING);
    rc = MHD_queue_response(x->conn, (unsigned)x->resp.status, x->answer);
    MHD_destroy_response(x->answer);
    x->answer = NULL;
    return rc;
}

static enum MHD_Result answer_now(struct exchange *x)
{
    make_answer(x);
    tell_done(x);
    return queue_answer(x);
}

/* ---- parked work ---- */

void exchange_run(void *job, struct arena *arena)
{
    struct exchange *x = job;
    struct http *h = x->http;

    x->req.arena = arena;
    if (monotonic_ms() >= x->req.deadline_ms)
        refuse(x, ERR_BUSY, NULL);
    else
        h->calls.run(h->calls.self, &x->req, &x->resp);
    x->req.arena = NULL;
    make_answer(x);
    tell_done(x);
    MHD_resume_connection(x->conn); /* from here on x is the loop's */
}

static enum MHD_Result park(struct exchange *x)
{
    struct http *h = x->http;

    if (!executor_reserve(h->executor)) {
        refuse(x, ERR_BUSY, NULL);
        return answer_now(x);
    }
    x->req.body = x->length.has_body ? inbody_text(&x->body) : NULL;
    x->req.body_bytes = x->length.has_body ? x->body.len : 0;
    x->req.deadline_ms = monotonic_ms() + h->options.deadline_ms;
    x->owed = true;
    atomic_fetch_add(&h->owed, 1);
    set_phase(x, PHASE_PARKED);
    MHD_suspend_connection(x->conn);
    executor_submit(h->executor, x);
    return MHD_YES;
}

/* ---- the head ---- */

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    struct request *req = cls;

    (void)kind;
    if (req->n_headers < REQUEST_HEADERS_MAX)
        req->headers[req->n_headers] = (struct pair){name, value};
    req->n_headers++;
    return MHD_YES;
}

static void new_request_id(struct http *h, char ret[REQUEST_ID_TEXT])
{
    uint64_t n = atomic_fetch_add(&h->next_id, 1);

    snprintf(ret, REQUEST_ID_TEXT, "%s%010llx", h->id_prefix, (unsigned long long)n & 0xffffffffff);
}

static enum err_code read_head(struct exchange *x, const char *version, struct err *err)
{
    struct request *req = &x->req;

    MHD_get_connection_values(x->conn, MHD_HEADER_KIND, collect_header, req);
    if (req->n_headers > REQUEST_HEADERS_MAX) {
        req->n_headers = 0;
        return err_field(err, ERR_MALFORMED, "", "header_many", "请求头太多", "Too many headers");
    }
    req->http11 = strcmp(version, "HTTP/1.1") == 0;
    if (!req->http11 && strcmp(version, "HTTP/1.0") != 0)
        return err_field(err, ERR_MALFORMED, "", "version", "只认 HTTP/1.1 和 HTTP/1.0",
                         "The versions taken are HTTP/1.1 and HTTP/1.0");
    if (!x->target_there)
        return err_set(err, ERR_NO_MEMORY, "no memory for the target");
    TRY(head_check(req, &x->length, err));
    return head_target(req, x->target, err);
}

/* What the body's length alone refuses. */
static enum err_code judge_length(struct exchange *x)
{
    if (!x->length.has_body)
        return ERR_OK;
    if (x->plan.body_max == 0)
        return ERR_MALFORMED;
    inbody_begin(&x->body, x->plan.body_max, x->plan.upload);
    return inbody_room(&x->body, x->length.chunked ? 0 : (size_t)x->length.bytes);
}

static enum MHD_Result on_head(struct exchange *x, const char *method, const char *version)
{
    struct request *req = &x->req;
    struct err err;
    enum err_code rc;

    err_overlook(&err);
    response_init(&x->resp);
    x->plan = (struct http_plan){0};
    x->refused = ERR_OK;
    x->answered = false;
    x->drained = 0;
    req->began_us = http_now_us();
    req->method = http_method_by_name(method);
    req->n_headers = req->n_query = req->n_params = 0;
    req->path = req->query_text = "";
    req->body = NULL;
    req->body_bytes = 0;
    req->route = NULL;
    memcpy(req->client, req->peer, sizeof req->client);
    new_request_id(x->http, req->id);
    rc = read_head(x, version, &err);
    if (rc != ERR_OK) {
        refuse(x, rc, &err);
        x->resp.close = true;
        return answer_now(x);
    }
    x->http->calls.head(x->http->calls.self, req, &x->resp, &x->plan);
    x->answered = x->plan.kind == HTTP_ANSWER;
    if (!x->answered)
        x->refused = judge_length(x);
    if ((x->answered || x->refused != ERR_OK) &&
        (x->length.expects_continue || x->length.bytes > DRAIN_MAX)) {
        if (!x->answered)
            refuse(x, x->refused, NULL);
        x->resp.close = true;
        return answer_now(x);
    }
    set_phase(x, x->plan.upload ? PHASE_UPLOAD : PHASE_BODY);
    return MHD_YES;
}

static enum MHD_Result on_body(struct exchange *x, const char *bytes, size_t n)
{
    if (!x->answered && x->refused == ERR_OK) {
        x->refused = inbody_add(&x->body, bytes, n);
        if (x->refused == ERR_OK)
            return MHD_YES;
        inbody_end(&x->body);
    }
    x->drained += n;
    return x->drained > DRAIN_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result on_body_end(struct exchange *x)
{
    if (!x->answered && x->refused == ERR_OK)
        return park(x);
    if (!x->answered)
        refuse(x, x->refused, NULL);
    return answer_now(x);
}

enum MHD_Result exchange_on_access(void *cls, struct MHD_Connection *conn, const char *url,
                                   const char *method, const char *version, const char *upload_data,
                                   size_t *upload_size, void **con_cls)
{
    struct exchange *x = *con_cls;

    (void)cls;
    (void)conn;
    (void)url;
    if (x == NULL)
        return MHD_NO;
    switch ((enum phase)atomic_load(&x->phase)) {
    case PHASE_HEAD:
        return on_head(x, method, version);
    case PHASE_BODY:
    case PHASE_UPLOAD:
        if (*upload_size > 0) {
            size_t n = *upload_size;

            *upload_size = 0;
            return on_body(x, upload_data, n);
        }
        return on_body_end(x);
    case PHASE_PARKED: /* resumed: the executor thread is done with x */
        return queue_answer(x);
    case PHASE_SENDING:
        break;
    }
    return MHD_NO;
}

/* ---- connections ---- */

static struct exchange *exchange_of(struct MHD_Connection *conn)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info == NULL ? NULL : info->socket_context;
}

/* The raw request target, before the library decodes or cuts it. Its result becomes con_cls. */
void *exchange_on_target(void *cls, const char *uri, struct MHD_Connection *conn)
{
    struct exchange *x = exchange_of(conn);
    size_t n = uri == NULL ? 0 : strlen(uri);

    (void)cls;
    if (x == NULL)
        return NULL;
    x->target_there = false;
    if (uri == NULL)
        return x;
    if (n + 1 > x->target_cap) {
        char *p = realloc(x->target, n + 128);

        if (p == NULL)
            return x;
        x->target = p;
        x->target_cap = n + 128;
    }
    memcpy(x->target, uri, n + 1);
    x->target_there = true;
    return x;
}

void exchange_on_completed(void *cls, struct MHD_Connection *conn, void **con_cls,
                           enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *con_cls;

    (void)cls;
    (void)conn;
    (void)why;
    if (x == NULL)
        return;
    *con_cls = NULL;
    if (x->answer != NULL)
        MHD_destroy_response(x->answer);
    x->answer = NULL;
    response_release(&x->resp);
    inbody_end(&x->body);
    if (x->owed)
        atomic_fetch_sub(&x->http->owed, 1);
    x->owed = false;
    set_phase(x, PHASE_HEAD);
}

static void peer_text(struct MHD_Connection *conn, char ret[ADDRESS_TEXT])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *sa = info == NULL ? NULL : info->client_addr;

    ret[0] = '\0';
    if (sa != NULL && sa->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, sa, sizeof in);
        inet_ntop(AF_INET, &in.sin_addr, ret, ADDRESS_TEXT);
    } else if (sa != NULL && sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, sa, sizeof in6);
        inet_ntop(AF_INET6, &in6.sin6_addr, ret, ADDRESS_TEXT);
    }
}

static void connection_opened(struct http *h, struct MHD_Connection *conn, void **socket_context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct exchange *x = calloc(1, sizeof *x);

    *socket_context = x;
    if (x == NULL)
        return;
    x->http = h;
    x->conn = conn;
    x->watched.fd = info == NULL ? -1 : info->connect_fd;
    x->body.budget = &h->bodies;
    response_init(&x->resp);
    peer_text(conn, x->req.peer);
    set_phase(x, PHASE_HEAD);
    watch_add(h->watch, &x->watched);
}

static void connection_closed(struct http *h, struct exchange *x)
{
    watch_remove(h->watch, &x->watched);
    inbody_end(&x->body);
    inbody_release(&x->body);
    free(x->target);
    free(x);
}

void exchange_on_connection(void *cls, struct MHD_Connection *conn, void **socket_context,
                            enum MHD_ConnectionNotificationCode what)
{
    struct http *h = cls;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        connection_opened(h, conn, socket_context);
    } else if (*socket_context != NULL) {
        connection_closed(h, *socket_context);
        *socket_context = NULL;
    }
}
