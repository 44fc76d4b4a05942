/* The HTTP adapter under bytes that clients and attackers send: LIBRARIES of the design, section on
 * libmicrohttpd, point by point. A real server on a free port, raw sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/date.h"
#include "web/http.h"
#include "web/problem.h"
#include "web_wire.h"

#define BODY_MAX 65536

struct place {
    struct http *http;
    uint16_t port;
    atomic_int ran, head_calls;
    atomic_bool gate; /* /gate waits while this is true */
};

static void on_head(void *self, struct request *req, struct response *resp, struct http_plan *plan)
{
    struct place *p = self;

    atomic_fetch_add(&p->head_calls, 1);
    if (strcmp(req->path, "/fixed") == 0) {
        response_fixed(resp, 200, "text/plain", "fixed", 5);
        plan->kind = HTTP_ANSWER;
        return;
    }
    plan->kind = HTTP_RUN;
    plan->upload = strcmp(req->path, "/upload") == 0;
    plan->body_max = plan->upload ? 8 * 1024 * 1024 : req->method == HTTP_POST ? BODY_MAX : 0;
}

static void on_run(void *self, struct request *req, struct response *resp)
{
    struct place *p = self;
    unsigned sum = 0;

    if (strcmp(req->path, "/gate") == 0)
        while (atomic_load(&p->gate))
            usleep(1000);
    atomic_fetch_add(&p->ran, 1);
    for (size_t i = 0; i < req->body_bytes; i++)
        sum = sum * 31 + (unsigned char)req->body[i];
    if (strcmp(req->path, "/nothing") == 0) {
        resp->status = 204;
        return;
    }
    response_json(resp, 200);
    buf_addf(&resp->body, "{\"path\":\"%s\",\"bytes\":%zu,\"sum\":%u,\"q\":\"%s\"}", req->path,
             req->body_bytes, sum, request_query(req, "q") == NULL ? "" : request_query(req, "q"));
    if (arena_alloc(req->arena, 100) == NULL)
        resp->status = 500;
}

static struct http_options small_options(void)
{
    struct http_options o;

    http_options_init(&o);
    o.port = 0;
    o.workers = 2;
    o.executors = 8;
    o.queue_max = 200;
    o.per_address_max = 0;
    return o;
}

static void start(struct place *p, const struct http_options *o)
{
    struct http_calls calls = {p, on_head, on_run, NULL};
    struct err err;

    err_clear(&err);
    atomic_store(&p->gate, false);
    atomic_store(&p->ran, 0);
    assert_int_equal(http_start(o, &calls, &p->http, &err), ERR_OK);
    p->port = http_port(p->http);
}

static void begin(struct place *p)
{
    struct http_options o = small_options();

    start(p, &o);
}

/* What the server answers to these bytes, until it closes or falls silent. */
static const char *ask_n(struct place *p, const char *bytes, size_t n, bool *ret_closed)
{
    static _Thread_local char heard[65536];
    int fd = wire_open(p->port);
    size_t got;

    assert_true(fd >= 0);
    wire_say(fd, bytes, n);
    got = wire_await(fd, heard, sizeof heard, "\r\n\r\n", ret_closed);
    if (!*ret_closed)
        wire_hear(fd, heard + got, sizeof heard - got, 500, ret_closed);
    close(fd);
    return heard;
}

static const char *ask(struct place *p, const char *bytes, bool *ret_closed)
{
    return ask_n(p, bytes, strlen(bytes), ret_closed);
}

static void refused(struct place *p, const char *label, const char *bytes)
{
    bool closed;
    int before = atomic_load(&p->ran);
    const char *a = ask(p, bytes, &closed);

    if (strncmp(a, "HTTP/1.1 4", 10) != 0 || !closed || strstr(a, "HTTP/1.1 2") != NULL)
        fail_msg("%s: %s%.300s", label, closed ? "" : "(left open) ", a);
    if (atomic_load(&p->ran) != before)
        fail_msg("%s: something ran", label);
}

#define H "Host: x\r\n"

static void smuggling_is_refused(void **state)
{
    static const struct {
        const char *label, *bytes;
    } cases[] = {
        {"two lengths",
         "POST /p HTTP/1.1\r\n" H
         "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcdGET /smuggled HTTP/1.1\r\n" H "\r\n"},
        {"two equal lengths",
         "POST /p HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"},
        {"length and chunked", "POST /p HTTP/1.1\r\n" H "Content-Length: 4\r\nTransfer-Encoding: "
                               "chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n" H "\r\n"},
        {"unknown coding", "POST /p HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        {"two codings",
         "POST /p HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        {"coding twice",
         "POST /p HTTP/1.1\r\n" H
         "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
        {"coding on 1.0", "POST /p HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"space before colon", "POST /p HTTP/1.1\r\n" H "Content-Length : 5\r\n\r\nabcde"},
        {"signed length", "POST /p HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\nabcde"},
        {"hex length", "POST /p HTTP/1.1\r\n" H "Content-Length: 0x5\r\n\r\nabcde"},
        {"list of lengths", "POST /p HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\nabcde"},
        {"negative length", "POST /p HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n"},
        {"length beyond 64 bits",
         "POST /p HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n"},
        {"no host", "GET /p HTTP/1.1\r\n\r\n"},
        {"two hosts", "GET /p HTTP/1.1\r\n" H "Host: y\r\n\r\n"},
        {"control in header", "GET /p HTTP/1.1\r\n" H "X-A: a\001b\r\n\r\n"},
        {"broken UTF-8 in header", "GET /p HTTP/1.1\r\n" H "X-A: \xff\xfe\r\n\r\n"},
        {"PIN twice", "GET /p HTTP/1.1\r\n" H "Fangxin-Pin: A\r\nfangxin-pin: B\r\n\r\n"},
        {"unknown expectation",
         "POST /p HTTP/1.1\r\n" H "Expect: gold\r\nContent-Length: 1\r\n\r\na"},
        {"version 1.2", "GET /p HTTP/1.2\r\n" H "\r\n"},
    };
    struct place p = {0};

    (void)state;
    begin(&p);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused(&p, cases[i].label, cases[i].bytes);
    http_stop(p.http);
}

static void targets_have_one_meaning(void **state)
{
    static const char *const targets[] = {
        "/a%00b",    "/a%2fb", "/a%5Cb",    "/a\\b",    "/a/../b",    "/..",    "/./a",    "/a/./b",
        "//a",       "/a//b",  "/%2e%2e/a", "/a%2",     "/a%zz",      "/a%0ab", "/%ff%fe", "a",
        "http://x/", "/a%7f",  "/a?q=%00",  "/a?q=%ff", "/a?q=1&q=2", "/a?%zz", "*",
    };
    struct place p = {0};
    bool closed;

    (void)state;
    begin(&p);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char bytes[200];

        snprintf(bytes, sizeof bytes, "GET %s HTTP/1.1\r\n" H "\r\n", targets[i]);
        refused(&p, targets[i], bytes);
    }
    assert_non_null(
        strstr(ask(&p, "GET /%E8%B4%A8?q=%E9%87%8F+a%26b&x HTTP/1.1\r\n" H "\r\n", &closed),
               "{\"path\":\"/质\",\"bytes\":0,\"sum\":0,\"q\":\"量 a&b\"}"));
    http_stop(p.http);
}

static void a_bare_line_feed_hides_nothing(void **state)
{
    struct place p = {0};
    bool closed;
    const char *a;

    (void)state;
    begin(&p);
    /* RFC 9112 section 2.2 allows a lone LF as line end; then the length after it must count. */
    a = ask(&p, "POST /p HTTP/1.1\nHost: x\nX: a\nContent-Length: 5\n\nabcde", &closed);
    assert_int_equal(wire_count(a, "HTTP/1.1 "), 1);
    assert_non_null(strstr(a, "\"bytes\":5"));
    refused(&p, "second length behind a line feed",
            "POST /p HTTP/1.1\r\n" H "X: a\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nabcde");
    http_stop(p.http);
}

static void bodies_have_a_limit(void **state)
{
    struct place p = {0};
    size_t big = 10 * 1024 * 1024;
    char *bytes = malloc(big + 200);
    bool closed;
    const char *a;
    int n;

    (void)state;
    begin(&p);
    memset(bytes, 'x', big + 200);
    n = snprintf(bytes, 200, "POST /p HTTP/1.1\r\n" H "Content-Length: %zu\r\n\r\n", big);
    bytes[n] = 'x';
    a = ask_n(&p, bytes, (size_t)n + big, &closed); /* read and thrown away, then answered */
    assert_true(strncmp(a, "HTTP/1.1 413", 12) == 0);
    assert_non_null(strstr(a, "\"code\":\"too_large\""));
    a = ask(&p, "POST /p HTTP/1.1\r\n" H "Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n",
            &closed); /* told before a byte of it is sent */
    assert_true(strncmp(a, "HTTP/1.1 413", 12) == 0 && closed);
    a = ask(&p, "POST /p HTTP/1.1\r\n" H "Content-Length: 999999999\r\n\r\nabc", &closed);
    assert_true(strncmp(a, "HTTP/1.1 413", 12) == 0 && closed);
    n = snprintf(bytes, 200, "POST /p HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n%x\r\n",
                 BODY_MAX + 1);
    bytes[n] = 'x';
    memcpy(bytes + n + BODY_MAX + 1, "\r\n0\r\n\r\n", 7);
    a = ask_n(&p, bytes, (size_t)n + BODY_MAX + 8, &closed);
    assert_true(strncmp(a, "HTTP/1.1 413", 12) == 0);
    n = snprintf(bytes, 200,
                 "POST /upload HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n%x\r\n", 5000000);
    bytes[n] = 'x';
    memcpy(bytes + n + 5000000, "\r\n0\r\n\r\n", 7);
    a = ask_n(&p, bytes, (size_t)n + 5000007, &closed);
    assert_non_null(strstr(a, "\"bytes\":5000000"));
    a = ask(&p, "GET /p HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", &closed);
    assert_true(strncmp(a, "HTTP/1.1 400", 12) == 0); /* this route takes no body */
    assert_int_equal(http_state(p.http).bodies_bytes, 0);
    free(bytes);
    http_stop(p.http);
}

static void bodies_share_a_budget(void **state)
{
    struct place p = {0};
    struct http_options o = small_options();
    bool closed;
    int holder;
    const char *a;
    static char heard[4096];

    (void)state;
    o.bodies_bytes = 3 * 1024 * 1024;
    start(&p, &o);
    holder = wire_open(p.port);
    wire_text(holder, "POST /upload HTTP/1.1\r\n" H "Content-Length: 3000000\r\n\r\nabc");
    for (int i = 0; i < 100 && http_state(p.http).bodies_bytes == 0; i++)
        usleep(10000);
    a = ask(&p,
            "POST /upload HTTP/1.1\r\n" H "Content-Length: 3000000\r\nExpect: 100-continue\r\n\r\n",
            &closed);
    assert_true(strncmp(a, "HTTP/1.1 503", 12) == 0);
    assert_non_null(strstr(a, "Retry-After: "));
    shutdown(holder, SHUT_WR);
    wire_hear(holder, heard, sizeof heard, 1000, &closed);
    close(holder);
    for (int i = 0; i < 100 && http_state(p.http).bodies_bytes != 0; i++)
        usleep(10000);
    assert_int_equal(http_state(p.http).bodies_bytes, 0);
    http_stop(p.http);
}

static void pipelined_requests_keep_their_order(void **state)
{
    struct place p = {0};
    bool closed;
    const char *a, *at;

    (void)state;
    begin(&p);
    a = ask(&p,
            "GET /one HTTP/1.1\r\n" H "\r\nPOST /two HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"
            "GET /fixed HTTP/1.1\r\n" H "\r\nPOST /three HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"
            "DELETE /nothing HTTP/1.1\r\n" H "\r\nHEAD /four HTTP/1.1\r\n" H
            "\r\nGET /five HTTP/1.1\r\n" H "\r\n",
            &closed);
    assert_false(closed);
    assert_int_equal(wire_count(a, "HTTP/1.1 200"), 6);
    assert_int_equal(wire_count(a, "HTTP/1.1 204"), 1);
    at = strstr(a, "\"/one\"");
    at = at == NULL ? NULL : strstr(at, "\"/two\"");
    at = at == NULL ? NULL : strstr(at, "fixed");
    at = at == NULL ? NULL : strstr(at, "\"/three\"");
    at = at == NULL ? NULL : strstr(at, "HTTP/1.1 204");
    at = at == NULL ? NULL : strstr(at, "\"/five\"");
    assert_non_null(at);
    assert_null(strstr(a, "\"/four\"")); /* HEAD has no body */
    http_stop(p.http);
}

#define PARKED 120

static void many_parked_at_once(void **state)
{
    struct place p = {0};
    struct http_options o = small_options();
    static char heard[4096];
    int fds[PARKED];
    unsigned ok = 0;
    bool closed;
    const char *a;

    (void)state;
    o.executors = PARKED + 2;
    start(&p, &o);
    atomic_store(&p.gate, true);
    for (int i = 0; i < PARKED; i++) {
        fds[i] = wire_open(p.port);
        wire_text(fds[i], "GET /gate HTTP/1.1\r\n" H "\r\n");
    }
    for (int i = 0; i < 500 && http_state(p.http).executor.running < PARKED; i++)
        usleep(10000);
    assert_int_equal(http_state(p.http).executor.running, PARKED);
    a = ask(&p, "GET /other HTTP/1.1\r\n" H "\r\n", &closed); /* nobody is starved by them */
    assert_non_null(strstr(a, "\"/other\""));
    atomic_store(&p.gate, false);
    for (int i = 0; i < PARKED; i++) {
        wire_await(fds[i], heard, sizeof heard, "\"/gate\"", &closed);
        ok += strstr(heard, "\"/gate\"") != NULL;
        close(fds[i]);
    }
    assert_int_equal(ok, PARKED);
    http_stop(p.http);
}

static void a_full_queue_says_so(void **state)
{
    struct place p = {0};
    struct http_options o = small_options();
    int fds[4];
    bool closed;
    const char *a;
    static char heard[4096];

    (void)state;
    o.executors = 2;
    o.queue_max = 4;
    start(&p, &o);
    atomic_store(&p.gate, true);
    for (int i = 0; i < 4; i++) {
        fds[i] = wire_open(p.port);
        wire_text(fds[i], "GET /gate HTTP/1.1\r\n" H "\r\n");
    }
    for (int i = 0; i < 500; i++) {
        struct executor_state s = http_state(p.http).executor;

        if (s.running + s.waiting == 4)
            break;
        usleep(10000);
    }
    a = ask(&p, "POST /p HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\n{}", &closed);
    assert_true(strncmp(a, "HTTP/1.1 503", 12) == 0);
    assert_false(closed);
    assert_non_null(strstr(a, "Retry-After: "));
    assert_non_null(strstr(a, "\"code\":\"busy\""));
    assert_non_null(strstr(ask(&p, "GET /fixed HTTP/1.1\r\n" H "\r\n", &closed), "fixed"));
    atomic_store(&p.gate, false);
    for (int i = 0; i < 4; i++) {
        wire_await(fds[i], heard, sizeof heard, "\"/gate\"", &closed);
        assert_non_null(strstr(heard, "\"/gate\""));
        close(fds[i]);
    }
    http_stop(p.http);
}

static void waiting_too_long_is_not_begun(void **state)
{
    struct place p = {0};
    struct http_options o = small_options();
    int first, second;
    bool closed;
    static char heard[4096];

    (void)state;
    o.executors = 1;
    o.deadline_ms = 1000;
    start(&p, &o);
    atomic_store(&p.gate, true);
    first = wire_open(p.port);
    wire_text(first, "GET /gate HTTP/1.1\r\n" H "\r\n");
    for (int i = 0; i < 500 && http_state(p.http).executor.running == 0; i++)
        usleep(10000);
    second = wire_open(p.port);
    wire_text(second, "GET /late HTTP/1.1\r\n" H "\r\n");
    for (int i = 0; i < 500 && http_state(p.http).executor.waiting == 0; i++)
        usleep(10000);
    usleep((useconds_t)(o.deadline_ms + 100) * 1000);
    atomic_store(&p.gate, false);
    wire_await(second, heard, sizeof heard, "\r\n\r\n", &closed);
    assert_true(strncmp(heard, "HTTP/1.1 503", 12) == 0);
    assert_int_equal(atomic_load(&p.ran), 1);
    close(first);
    close(second);
    http_stop(p.http);
}

static void who_drips_is_ended(void **state)
{
    struct place p = {0};
    struct http_options o = small_options();
    int head, body;
    bool closed = false, head_closed = false, body_closed = false;
    char heard[1000];
    int64_t began = monotonic_ms();

    (void)state;
    o.idle_s = 1;
    o.head_s = 1;
    o.body_s = 2;
    start(&p, &o);
    head = wire_open(p.port);
    body = wire_open(p.port);
    wire_text(body, "POST /p HTTP/1.1\r\n" H "Content-Length: 60\r\n\r\n");
    wire_text(head, "GET /p HTTP/1.1\r\nX: ");
    while (monotonic_ms() - began < 8000 && !(head_closed && body_closed)) {
        if (!head_closed) { /* a byte each 0.3 s keeps an idle time-out from ending it */
            wire_say(head, "x", 1);
            wire_hear(head, heard, sizeof heard, 150, &closed);
            head_closed = closed;
        }
        if (!body_closed) {
            wire_say(body, "x", 1);
            wire_hear(body, heard, sizeof heard, 150, &closed);
            body_closed = closed;
        }
    }
    assert_true(head_closed);
    assert_true(body_closed);
    close(head);
    close(body);
    http_stop(p.http);
}

static void *stop_soon(void *arg)
{
    struct place *p = arg;

    usleep(150000);
    atomic_store(&p->gate, false);
    return NULL;
}

static void stopping_answers_what_is_parked(void **state)
{
    struct place p = {0};
    struct http_options o = small_options();
    int fds[20];
    unsigned answered = 0;
    static char heard[4096];
    pthread_t t;
    bool closed;

    (void)state;
    o.executors = 2;
    start(&p, &o);
    atomic_store(&p.gate, true);
    for (int i = 0; i < 20; i++) {
        fds[i] = wire_open(p.port);
        wire_text(fds[i], "GET /gate HTTP/1.1\r\n" H "\r\n");
    }
    for (int i = 0; i < 500; i++) {
        struct executor_state s = http_state(p.http).executor;

        if (s.running + s.waiting == 20)
            break;
        usleep(10000);
    }
    pthread_create(&t, NULL, stop_soon, &p);
    http_stop(p.http);
    pthread_join(t, NULL);
    for (int i = 0; i < 20; i++) {
        wire_await(fds[i], heard, sizeof heard, "\"/gate\"", &closed);
        answered += strstr(heard, "\"/gate\"") != NULL;
        close(fds[i]);
    }
    assert_int_equal(atomic_load(&p.ran), 20);
    assert_int_equal(answered, 20);
}

static void large_heads_are_refused(void **state)
{
    struct place p = {0};
    char *bytes = malloc(70000);
    bool closed;
    const char *a;
    int n = snprintf(bytes, 100, "GET /p HTTP/1.1\r\n" H "X: ");

    (void)state;
    begin(&p);
    memset(bytes + n, 'a', 60000);
    memcpy(bytes + n + 60000, "\r\n\r\n", 4);
    a = ask_n(&p, bytes, (size_t)n + 60004, &closed);
    assert_true(closed);
    assert_true(a[0] == '\0' || strncmp(a, "HTTP/1.1 4", 10) == 0);
    n = snprintf(bytes, 100, "GET /p HTTP/1.1\r\n" H);
    for (int i = 0; i < 80; i++)
        n += snprintf(bytes + n, 20, "X-%d: a\r\n", i);
    memcpy(bytes + n, "\r\n", 3);
    refused(&p, "80 headers", bytes);
    free(bytes);
    http_stop(p.http);
}

struct client {
    struct place *place;
    unsigned good;
};

static void *many_requests(void *arg)
{
    struct client *c = arg;
    int fd = wire_open(c->place->port);
    char heard[4096];

    for (int i = 0; i < 200; i++) {
        char bytes[300];
        bool closed;
        int n = snprintf(bytes, sizeof bytes,
                         "POST /n%d HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nabcde", i);

        wire_say(fd, bytes, (size_t)n);
        wire_await(fd, heard, sizeof heard, "\"q\":\"\"}", &closed);
        snprintf(bytes, sizeof bytes, "{\"path\":\"/n%d\",\"bytes\":5", i);
        c->good += strstr(heard, bytes) != NULL;
    }
    close(fd);
    return NULL;
}

static void answers_go_to_who_asked(void **state)
{
    struct place p = {0};
    struct client clients[12];
    pthread_t threads[12];

    (void)state;
    begin(&p);
    for (int i = 0; i < 12; i++) {
        clients[i] = (struct client){&p, 0};
        pthread_create(&threads[i], NULL, many_requests, &clients[i]);
    }
    for (int i = 0; i < 12; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(clients[i].good, 200);
    }
    http_stop(p.http);
}

static void a_taken_address_is_an_error(void **state)
{
    struct place p = {0};
    struct http_options o = small_options(), same = small_options();
    struct http_calls calls = {&p, on_head, on_run, NULL};
    struct http *second = NULL;
    struct err err;

    (void)state;
    err_clear(&err);
    begin(&p);
    same.port = p.port;
    assert_int_equal(http_start(&same, &calls, &second, &err), ERR_IO);
    assert_non_null(strstr(err.why, "another program has 127.0.0.1 port "));
    assert_null(second);
    http_stop(p.http);
    start(&p, &same); /* once it is free, at once */
    http_stop(p.http);
    err_clear(&err);
    o.address = "not an address";
    assert_int_equal(http_start(&o, &calls, &second, &err), ERR_INVALID);
    o.address = "203.0.113.7"; /* no interface here has it */
    assert_int_equal(http_start(&o, &calls, &second, &err), ERR_IO);
    assert_null(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smuggling_is_refused),
        cmocka_unit_test(targets_have_one_meaning),
        cmocka_unit_test(a_bare_line_feed_hides_nothing),
        cmocka_unit_test(bodies_have_a_limit),
        cmocka_unit_test(bodies_share_a_budget),
        cmocka_unit_test(pipelined_requests_keep_their_order),
        cmocka_unit_test(many_parked_at_once),
        cmocka_unit_test(a_full_queue_says_so),
        cmocka_unit_test(waiting_too_long_is_not_begun),
        cmocka_unit_test(who_drips_is_ended),
        cmocka_unit_test(stopping_answers_what_is_parked),
        cmocka_unit_test(large_heads_are_refused),
        cmocka_unit_test(answers_go_to_who_asked),
        cmocka_unit_test(a_taken_address_is_an_error),
    };

    return cmocka_run_group_tests_name("web/http", tests, NULL, NULL);
}
