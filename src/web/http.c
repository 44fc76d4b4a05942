/* The HTTP adapter on libmicrohttpd 0.9.75.
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
#include "web/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "web/head.h"
#include "web/inbody.h"
#include "web/problem.h"
#include "web/watch.h"

#define DRAIN_MAX ((uint64_t)16 * 1024 * 1024) /* of a refused body, read to deliver the answer */
#define STOP_SEND_MS 3000 /* a client that does not read holds the stop up no longer */

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

struct http {
    struct http_options options;
    struct http_calls calls;
    struct MHD_Daemon *daemon;
    struct executor *executor;
    uint16_t port;
    char id_prefix[9];
    _Atomic uint64_t next_id;
    struct inbody_budget bodies;
    struct watch *watch;
    atomic_uint owed; /* exchanges whose work was begun and whose answer is not yet sent */
};

int64_t http_now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

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

static void run_parked(void *job, struct arena *arena)
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

static enum MHD_Result on_access(void *cls, struct MHD_Connection *conn, const char *url,
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
static void *on_target(void *cls, const char *uri, struct MHD_Connection *conn)
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

static void on_completed(void *cls, struct MHD_Connection *conn, void **con_cls,
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

static void on_connection(void *cls, struct MHD_Connection *conn, void **socket_context,
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

/* ---- start and stop ---- */

static size_t keep_escapes(void *cls, struct MHD_Connection *conn, char *text)
{
    (void)cls;
    (void)conn;
    return strlen(text); /* we decode the raw target ourselves */
}

__attribute__((format(printf, 2, 0))) static void on_library_log(void *cls, const char *fmt,
                                                                 va_list ap)
{
    char text[300];

    (void)cls;
    vsnprintf(text, sizeof text, fmt, ap);
    log_line(LOG_DEBUG, "http library", "what=\"%s\"", text);
}

void http_options_init(struct http_options *options)
{
    *options = (struct http_options){
        .address = "127.0.0.1",
        .port = 8315,
        .executors = 32,
        .queue_max = 512,
        .arena_bytes = (size_t)8 * 1024 * 1024,
        .connections_max = 2048,
        .per_address_max = 512,
        .head_bytes = (size_t)32 * 1024,
        .bodies_bytes = (size_t)160 * 1024 * 1024,
        .idle_s = 30,
        .head_s = 15,
        .body_s = 60,
        .upload_s = 900,
        .send_s = 300,
        .deadline_ms = 10000,
    };
}

static enum err_code parse_address(const struct http_options *o, struct sockaddr_storage *ret,
                                   struct err *err)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(o->port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(o->port)};

    *ret = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, o->address, &in.sin_addr) == 1)
        memcpy(ret, &in, sizeof in);
    else if (inet_pton(AF_INET6, o->address, &in6.sin6_addr) == 1)
        memcpy(ret, &in6, sizeof in6);
    else
        return err_set(err, ERR_INVALID, "listen: %s is not an IP address", o->address);
    return ERR_OK;
}

static enum err_code start_daemon(struct http *h, struct err *err)
{
    const struct http_options *o = &h->options;
    long cores = o->workers > 0 ? (long)o->workers : sysconf(_SC_NPROCESSORS_ONLN);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct sockaddr_storage address;
    const union MHD_DaemonInfo *info;
    struct MHD_OptionItem pool[] = {
        {cores > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, cores, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    TRY(parse_address(o, &address, err));
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    h->daemon = MHD_start_daemon(
        flags, o->port, NULL, NULL, on_access, h, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT,
        o->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->per_address_max,
        MHD_OPTION_CONNECTION_TIMEOUT, o->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->head_bytes,
        MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, h,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_ARRAY, pool, MHD_OPTION_END);
    if (h->daemon == NULL)
        return err_set(err, ERR_IO, "listen: %s port %u: error %d", o->address, o->port, errno);
    info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    h->port = info == NULL ? o->port : info->port;
    return ERR_OK;
}

enum err_code http_start(const struct http_options *options, const struct http_calls *calls,
                         struct http **ret, struct err *err)
{
    struct executor_options eo = {options->executors, options->queue_max, options->arena_bytes,
                                  run_parked};
    struct http *h = calloc(1, sizeof *h);
    unsigned seed = 0;
    enum err_code rc;

    if (h == NULL)
        return err_set(err, ERR_NO_MEMORY, "http");
    h->options = *options;
    h->calls = *calls;
    h->bodies.max_bytes = options->bodies_bytes;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        seed = (unsigned)http_now_us();
    snprintf(h->id_prefix, sizeof h->id_prefix, "%08x", seed);
    rc = executor_new(&eo, &h->executor, err);
    if (rc == ERR_OK)
        rc = watch_new(&h->watch, err);
    if (rc == ERR_OK) {
        *ret = h;
        rc = start_daemon(h, err);
    }
    if (rc != ERR_OK) {
        http_stop(h);
        *ret = NULL;
    }
    return rc;
}

/* What was done is also said: the loop gets time to send the answers of the work that was begun. */
static void send_what_is_owed(struct http *http)
{
    int64_t until = monotonic_ms() + STOP_SEND_MS;

    while (atomic_load(&http->owed) > 0 && monotonic_ms() < until)
        usleep(2000);
}

void http_stop(struct http *http)
{
    MHD_socket listening = MHD_INVALID_SOCKET;

    if (http == NULL)
        return;
    if (http->daemon != NULL)
        listening = MHD_quiesce_daemon(http->daemon);
    if (http->executor != NULL)
        executor_stop(http->executor); /* all parked connections are resumed after this */
    if (http->daemon != NULL)
        send_what_is_owed(http);
    if (http->daemon != NULL)
        MHD_stop_daemon(http->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
    executor_free(http->executor);
    watch_free(http->watch);
    free(http);
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

struct http_state http_state(struct http *http)
{
    return (struct http_state){
        .connections = watch_count(http->watch),
        .bodies_bytes = atomic_load(&http->bodies.used_bytes),
        .executor = executor_state(http->executor),
    };
}
