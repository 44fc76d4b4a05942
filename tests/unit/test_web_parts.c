/* The small parts of the web layer: headers with a grammar, clients behind proxies, rates, routes,
 * metrics, embedded files, problem details. No server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/json.h"
#include "web/client.h"
#include "web/metrics.h"
#include "web/problem.h"
#include "web/ratelimit.h"
#include "web/router.h"
#include "web/static.h"

static void with_header(struct request *req, const char *name, const char *value)
{
    req->headers[req->n_headers++] = (struct pair){name, value};
}

static void cookies_are_found_whole(void **state)
{
    struct request req = {0};
    char value[20];

    (void)state;
    with_header(&req, "cookie", "a=1; fangxin_session=abc; xfangxin_session=no");
    assert_true(request_cookie(&req, "fangxin_session", value, sizeof value));
    assert_string_equal(value, "abc");
    assert_true(request_cookie(&req, "a", value, sizeof value));
    assert_string_equal(value, "1");
    assert_false(request_cookie(&req, "session", value, sizeof value));
    assert_false(request_cookie(&req, "fangxin_session", value, 3)); /* no room: no cookie */
}

static void if_match_is_bare_or_quoted(void **state)
{
    static const struct {
        const char *value;
        int64_t version; /* -2: refused */
    } cases[] = {
        {"7", 7},   {"\"7\"", 7}, {NULL, -1},     {"W/\"7\"", -2}, {"*", -2},
        {"-1", -2}, {"", -2},     {"\"7\"x", -2}, {"7, 8", -2},    {"99999999999999999999", -2}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request req = {0};
        struct err err;
        int64_t version = -5;
        enum err_code rc;

        err_clear(&err);
        if (cases[i].value != NULL)
            with_header(&req, "If-Match", cases[i].value);
        rc = request_if_match(&req, &version, &err);
        if (cases[i].version == -2)
            assert_int_equal(rc, ERR_INVALID);
        else if (rc != ERR_OK || version != cases[i].version)
            fail_msg("%s: %lld", cases[i].value, (long long)version);
    }
}

static void keys_and_pins_have_a_length(void **state)
{
    struct request req = {0};
    struct err err;
    const char *key;
    char pin[REQUEST_PIN_TEXT];

    (void)state;
    err_clear(&err);
    assert_int_equal(request_idempotency_key(&req, &key, &err), ERR_OK);
    assert_null(key);
    assert_int_equal(request_pin(&req, pin, &err), ERR_OK);
    assert_string_equal(pin, "");
    with_header(&req, "Idempotency-Key", "0123456789abcde");
    assert_int_equal(request_idempotency_key(&req, &key, &err), ERR_INVALID);
    req.headers[0].value = "0123456789abcdef";
    assert_int_equal(request_idempotency_key(&req, &key, &err), ERR_OK);
    req.headers[0].value = "0123456789 abcdef";
    assert_int_equal(request_idempotency_key(&req, &key, &err), ERR_INVALID);
    with_header(&req, "fangxin-pin", "7f3k-9q tm");
    assert_int_equal(request_pin(&req, pin, &err), ERR_OK);
    assert_string_equal(pin, "7F3K9QTM");
    req.headers[1].value = "7F3K9QTMX";
    assert_int_equal(request_pin(&req, pin, &err), ERR_INVALID);
    req.headers[1].value = "7F3K9QT";
    assert_int_equal(request_pin(&req, pin, &err), ERR_INVALID);
    req.headers[1].value = "7F3K9QT\xe4\xb8\x80";
    assert_int_equal(request_pin(&req, pin, &err), ERR_INVALID);
}

static void etags_match_in_lists(void **state)
{
    struct request req = {0};

    (void)state;
    assert_false(request_has_etag(&req, "\"a\""));
    with_header(&req, "If-None-Match", "\"b\", W/\"a\"");
    assert_true(request_has_etag(&req, "\"a\""));
    assert_true(request_has_etag(&req, "\"b\""));
    assert_false(request_has_etag(&req, "\"c\""));
    req.headers[0].value = "*";
    assert_true(request_has_etag(&req, "\"c\""));
}

static void forwarding_counts_from_trusted_proxies_only(void **state)
{
    static const struct {
        const char *trusted, *peer, *forwarded, *client;
    } cases[] = {
        {NULL, "127.0.0.1", "9.9.9.9", "127.0.0.1"},
        {"10.0.0.1", "127.0.0.1", "9.9.9.9", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", "9.9.9.9", "9.9.9.9"},
        {"127.0.0.1", "127.0.0.1", "1.1.1.1, 9.9.9.9", "9.9.9.9"},
        {"127.0.0.1,10.0.0.0/8", "10.1.2.3", "8.8.8.8, 9.9.9.9, 10.5.5.5", "9.9.9.9"},
        {"127.0.0.1", "127.0.0.1", "nonsense", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", "9.9.9.9, nonsense", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", NULL, "127.0.0.1"},
        {"::1", "::1", "2001:db8::7", "2001:db8::7"},
        {"2001:db8::/32", "2001:db8:1::1", "9.9.9.9", "9.9.9.9"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request req = {0};
        struct proxies proxies;
        struct err err;

        err_clear(&err);
        assert_int_equal(proxies_parse(cases[i].trusted, &proxies, &err), ERR_OK);
        snprintf(req.peer, sizeof req.peer, "%s", cases[i].peer);
        snprintf(req.client, sizeof req.client, "%s", cases[i].peer);
        if (cases[i].forwarded != NULL)
            with_header(&req, "X-Forwarded-For", cases[i].forwarded);
        client_find(&req, &proxies);
        if (strcmp(req.client, cases[i].client) != 0)
            fail_msg("%zu: %s", i, req.client);
    }
}

static void wrong_proxies_are_refused(void **state)
{
    static const char *const wrong[] = {"x",           "10.0.0.0/33", "::/129",   "10.0.0.0/",
                                        "10.0.0.0/-1", "1.2.3.4,,",   "300.1.1.1"};
    struct proxies proxies;
    struct err err;

    (void)state;
    err_clear(&err);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(proxies_parse(wrong[i], &proxies, &err), ERR_INVALID);
}

static void one_ipv6_customer_is_one_key(void **state)
{
    unsigned char a[16], b[16];

    (void)state;
    assert_true(client_key("2001:db8::1", a) && client_key("2001:db8::ffff", b));
    assert_memory_equal(a, b, 16);
    assert_true(client_key("2001:db8:0:1::1", b));
    assert_memory_not_equal(a, b, 16);
    assert_true(client_key("1.2.3.4", a) && client_key("1.2.3.5", b));
    assert_memory_not_equal(a, b, 16);
    assert_false(client_key("x", a));
}

static void rates_hold_and_refill(void **state)
{
    struct ratelimit *rl = NULL;
    struct err err;
    int wait_s = 0;
    unsigned taken = 0;

    (void)state;
    err_clear(&err);
    assert_int_equal(ratelimit_new("file=10/60", &rl, &err), ERR_OK);
    for (int i = 0; i < 30; i++)
        taken += ratelimit_take(rl, RATE_FILE, "a", 1, 1000, &wait_s);
    assert_int_equal(taken, 10);
    assert_in_range(wait_s, 1, 7);
    assert_true(ratelimit_take(rl, RATE_FILE, "b", 1, 1000, &wait_s));  /* another address */
    assert_true(ratelimit_take(rl, RATE_LOGIN, "a", 1, 1000, &wait_s)); /* another class */
    assert_true(ratelimit_take(rl, RATE_FILE, "a", 1, 8000, &wait_s));  /* one more after 6 s */
    assert_false(ratelimit_take(rl, RATE_FILE, "a", 1, 8000, &wait_s));
    ratelimit_free(rl);
    assert_int_equal(ratelimit_new("off", &rl, &err), ERR_OK);
    for (int i = 0; i < 100000; i++)
        assert_true(ratelimit_take(rl, RATE_FILE, "a", 1, 0, &wait_s));
    ratelimit_free(rl);
}

static void wrong_rates_are_refused(void **state)
{
    static const char *const wrong[] = {"x",        "file",     "file=",    "file=1",    "file=0/1",
                                        "file=1/0", "mail=1/1", "file=a/b", "file=1/1,x"};
    struct ratelimit *rl = NULL;
    struct err err;

    (void)state;
    err_clear(&err);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(ratelimit_new(wrong[i], &rl, &err), ERR_INVALID);
}

static enum err_code nothing(struct call *call)
{
    (void)call;
    return ERR_OK;
}

static void routes_are_found(void **state)
{
    static const struct route routes[] = {
        {.method = HTTP_GET, .pattern = "/api/v1/matters", .handler = nothing},
        {.method = HTTP_POST, .pattern = "/api/v1/matters", .handler = nothing},
        {.method = HTTP_GET, .pattern = "/api/v1/matters/count", .handler = nothing},
        {.method = HTTP_GET, .pattern = "/api/v1/matters/{number}", .handler = nothing},
        {.method = HTTP_POST, .pattern = "/api/v1/matters/{number}/acts/{act}", .handler = nothing},
    };
    static const struct {
        enum http_method method;
        const char *path;
        enum err_code rc;
        int index;
    } cases[] = {
        {HTTP_GET, "/api/v1/matters", ERR_OK, 0},
        {HTTP_HEAD, "/api/v1/matters", ERR_OK, 0},
        {HTTP_POST, "/api/v1/matters", ERR_OK, 1},
        {HTTP_DELETE, "/api/v1/matters", ERR_METHOD, -1},
        {HTTP_GET, "/api/v1/matters/count", ERR_OK, 2},
        {HTTP_GET, "/api/v1/matters/2610-12345-K", ERR_OK, 3},
        {HTTP_POST, "/api/v1/matters/2610-12345-K", ERR_METHOD, -1},
        {HTTP_POST, "/api/v1/matters/n/acts/accept", ERR_OK, 4},
        {HTTP_GET, "/api/v1/matters/n/acts", ERR_NOT_FOUND, -1},
        {HTTP_GET, "/api/v1", ERR_NOT_FOUND, -1},
        {HTTP_GET, "/", ERR_NOT_FOUND, -1},
        {HTTP_GET, "/a/b/c/d/e/f/g/h/i/j/k/l", ERR_NOT_FOUND, -1},
    };
    struct router *router = NULL;
    struct err err;
    char allow[64], longest[1200] = "/api/v1/matters/";

    (void)state;
    err_clear(&err);
    assert_int_equal(router_new(routes, 5, &router, &err), ERR_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request req = {.method = cases[i].method, .path = cases[i].path};
        const struct route *route = NULL;

        assert_int_equal(router_match(router, &req, &route, allow), cases[i].rc);
        if (cases[i].index >= 0)
            assert_ptr_equal(route, &routes[cases[i].index]);
        if (cases[i].index == 4) {
            assert_string_equal(request_param(&req, "number"), "n");
            assert_string_equal(request_param(&req, "act"), "accept");
        }
    }
    memset(longest + 16, 'x', 1000);
    {
        struct request req = {.method = HTTP_DELETE, .path = "/api/v1/matters"};
        struct request big = {.method = HTTP_GET, .path = longest};
        const struct route *route;

        assert_int_equal(router_match(router, &req, &route, allow), ERR_METHOD);
        assert_string_equal(allow, "GET, HEAD, POST");
        assert_int_equal(router_match(router, &big, &route, allow), ERR_NOT_FOUND);
    }
    router_free(router);
}

static void metrics_read_as_text(void **state)
{
    static const char *const names[] = {"GET /api/v1/x"};
    struct metrics *m = metrics_new(names, 1);
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    metrics_request(m, 0, 200, 700);
    metrics_request(m, 0, 404, 30000000);
    metrics_request(m, 7, 500, 1);
    metrics_set(m, METRIC_INDEX_LAG_MS, 42);
    metrics_write(m, &out);
    assert_non_null(strstr(out.data, "fangxin_http_requests_total{method=\"GET\",route=\"/api/v1/"
                                     "x\",status=\"2xx\"} 1\n"));
    assert_non_null(strstr(out.data, "le=\"0.0005\"} 0\n"));
    assert_non_null(strstr(out.data, "le=\"0.001\"} 1\n"));
    assert_non_null(strstr(out.data, "le=\"+Inf\"} 2\n"));
    assert_non_null(strstr(out.data, "route=\"other\",status=\"5xx\"} 1\n"));
    assert_non_null(strstr(out.data, "\nfangxin_index_lag_milliseconds 42\n"));
    buf_release(&out);
    metrics_free(m);
}

static const char *header_of(const struct response *resp, const char *name)
{
    for (size_t i = 0; i < resp->n_headers; i++)
        if (strcmp(resp->headers[i].name, name) == 0)
            return resp->headers[i].value;
    return "";
}

#define BYTES(s) (const unsigned char *)(s), sizeof(s) - 1

static const struct embedded_file ui[] = {
    {"assets/app-1a2b.js", BYTES("code")}, {"assets/app-1a2b.js.gz", BYTES("gz")},
    {"desk/index.html", BYTES("desk")},    {"favicon.svg", BYTES("<svg/>")},
    {"index.html", BYTES("portal")},       {NULL, NULL, 0},
};

static void pages_and_assets(void **state)
{
    static const struct {
        const char *path, *body; /* NULL: nothing there */
    } cases[] = {
        {"/", "portal"},
        {"/index.html", "portal"},
        {"/track", "portal"},
        {"/track/2610", "portal"},
        {"/desk", "desk"},
        {"/desk/", "desk"},
        {"/desk/matters/1", "desk"},
        {"/favicon.svg", "<svg/>"},
        {"/assets/app-1a2b.js", "code"},
        {"/assets/other.js", NULL},
        {"/assets/none", NULL},
        {"/robots.txt", NULL},
        {"/desk/x.js", NULL},
    };
    struct statics *s = NULL;
    struct err err;
    struct response resp;
    struct request req = {0};
    char etag[40];

    (void)state;
    err_clear(&err);
    assert_int_equal(statics_new(ui, &s, &err), ERR_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        req.path = cases[i].path;
        response_init(&resp);
        if (statics_answer(s, &req, &resp) != (cases[i].body != NULL) ||
            (cases[i].body != NULL && (resp.fixed_bytes != strlen(cases[i].body) ||
                                       memcmp(resp.fixed, cases[i].body, resp.fixed_bytes) != 0)))
            fail_msg("%s", cases[i].path);
    }
    req.path = "/assets/app-1a2b.js";
    with_header(&req, "Accept-Encoding", "gzip, br");
    response_init(&resp);
    assert_true(statics_answer(s, &req, &resp));
    assert_int_equal(resp.fixed_bytes, 2);
    assert_string_equal(header_of(&resp, "Cache-Control"), "public, max-age=31536000, immutable");
    snprintf(etag, sizeof etag, "%s", header_of(&resp, "ETag"));
    with_header(&req, "If-None-Match", etag);
    response_init(&resp);
    assert_true(statics_answer(s, &req, &resp));
    assert_int_equal(resp.status, 304);
    statics_free(s);
}

static void problems_are_whole_json(void **state)
{
    struct request req = {.id = "r1"};
    struct response resp;
    struct err err;
    json_t *body = NULL;
    char zh[300];

    (void)state;
    response_init(&resp);
    err_clear(&err);
    memset(zh, 0, sizeof zh);
    for (size_t i = 0; i + 3 < sizeof zh; i += 3) /* longer than the place for it */
        memcpy(zh + i, "\xe8\xb4\xa8", 3);
    (void)err_field(&err, ERR_INVALID, "a.b", "code", zh, "en \"quoted\"");
    (void)err_set(&err, ERR_INVALID, "secret detail for the log");
    problem_write(&resp, &req, ERR_INVALID, &err, NULL);
    assert_int_equal(resp.status, 422);
    assert_null(strstr(resp.body.data, "secret detail"));
    assert_int_equal(json_parse(resp.body.data, resp.body.len, &body, &err), ERR_OK);
    assert_string_equal(json_string_value(json_object_get(body, "code")), "invalid");
    assert_int_equal(json_array_size(json_object_get(body, "errors")), 1);
    json_decref(body);
    response_reset(&resp);
    problem_write(&resp, &req, ERR_BUSY, NULL, NULL);
    assert_int_equal(resp.status, 503);
    assert_string_equal(resp.headers[0].name, "Retry-After");
    response_reset(&resp);
    problem_write(&resp, &req, ERR_CONFLICT, NULL, "{\"number\":\"1\"}");
    assert_non_null(strstr(resp.body.data, "\"current\":{\"number\":\"1\"}"));
    response_release(&resp);
}

/* The name a browser saves under: plain letters for old ones, the whole in RFC 8187's form. */
static void downloads_have_names(void **state)
{
    struct response resp;

    (void)state;
    response_init(&resp);
    response_download(&resp, "2026年9月\r\n\"通报\".docx");
    assert_string_equal(resp.headers[0].name, "Content-Disposition");
    assert_string_equal(resp.headers[0].value,
                        "attachment; filename=\"20269____.docx\"; filename*=UTF-8''2026%E5%B9%B4"
                        "9%E6%9C%88%0D%0A%22%E9%80%9A%E6%8A%A5%22.docx");
    response_release(&resp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookies_are_found_whole),
        cmocka_unit_test(if_match_is_bare_or_quoted),
        cmocka_unit_test(keys_and_pins_have_a_length),
        cmocka_unit_test(etags_match_in_lists),
        cmocka_unit_test(forwarding_counts_from_trusted_proxies_only),
        cmocka_unit_test(wrong_proxies_are_refused),
        cmocka_unit_test(one_ipv6_customer_is_one_key),
        cmocka_unit_test(rates_hold_and_refill),
        cmocka_unit_test(wrong_rates_are_refused),
        cmocka_unit_test(routes_are_found),
        cmocka_unit_test(metrics_read_as_text),
        cmocka_unit_test(pages_and_assets),
        cmocka_unit_test(problems_are_whole_json),
        cmocka_unit_test(downloads_have_names),
    };

    return cmocka_run_group_tests_name("web/parts", tests, NULL, NULL);
}
