/* A request as handlers see it: checked, decoded, with its own memory. Knows nothing of the HTTP
 * library.
 *
 * Every text in here is well-formed UTF-8 without NUL. It lives until the answer is handed over. */
#ifndef FANGXIN_WEB_REQUEST_H
#define FANGXIN_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OTHER,
};

struct pair {
    const char *name, *value;
};

#define REQUEST_HEADERS_MAX 64
#define REQUEST_QUERY_MAX 32
#define REQUEST_PARAMS_MAX 4
#define ADDRESS_TEXT 48
#define REQUEST_ID_TEXT 24

struct request {
    enum http_method method;
    bool http11;
    const char *path;       /* decoded; starts with '/', no empty, "." or ".." segment */
    const char *query_text; /* as sent, "" without one */
    size_t n_headers, n_query, n_params;
    struct pair headers[REQUEST_HEADERS_MAX];
    struct pair query[REQUEST_QUERY_MAX];   /* decoded */
    struct pair params[REQUEST_PARAMS_MAX]; /* {name} parts of the route; set by the router */
    char param_text[600];
    const char *body; /* NUL follows the last byte; NULL when there is none */
    size_t body_bytes;
    char peer[ADDRESS_TEXT];   /* who opened the connection */
    char client[ADDRESS_TEXT]; /* who asks: the peer, or what a trusted proxy says */
    char id[REQUEST_ID_TEXT];
    int64_t began_us;    /* monotonic */
    int64_t deadline_ms; /* monotonic; who works past it wastes his time */
    struct arena *arena; /* of the executor thread; NULL on the event loop */
    const void *route;   /* of the router */
};

enum http_method http_method_by_name(const char *name);
const char *http_method_name(enum http_method method);

/* Whether it may change something. */
static inline bool request_is_write(const struct request *req)
{
    return req->method != HTTP_GET && req->method != HTTP_HEAD;
}

/* The value of the first header of that name (any case); NULL when it is absent. */
const char *request_header(const struct request *req, const char *name);
/* NULL when absent. */
const char *request_query(const struct request *req, const char *name);
/* A {name} of the route's pattern, which is always there. */
const char *request_param(const struct request *req, const char *name);

/* The cookie's value copied to ret (size bytes with NUL); false when absent or too long. */
bool request_cookie(const struct request *req, const char *name, char *ret, size_t size);

/**
 * `If-Match: "7"` or `If-Match: 7`.
 * @param[out] ret_version  the version, -1 when the header is absent
 * @return ERR_INVALID for anything else, weak tags and lists included
 */
enum err_code request_if_match(const struct request *req, int64_t *ret_version,
                               struct err *err) MUST_CHECK;

#define IDEMPOTENCY_KEY_MIN 16
#define IDEMPOTENCY_KEY_MAX 200
/**
 * `Idempotency-Key`: 16 to 200 visible ASCII characters.
 * @param[out] ret_key  NULL when the header is absent
 */
enum err_code request_idempotency_key(const struct request *req, const char **ret_key,
                                      struct err *err) MUST_CHECK;

#define REQUEST_PIN_TEXT 9
/**
 * `Fangxin-Pin`: eight letters and digits, spaces and hyphens left out, made upper case. Whether
 * it is the right one is for the work layer.
 * @param[out] ret_pin  "" when the header is absent
 */
enum err_code request_pin(const struct request *req, char ret_pin[REQUEST_PIN_TEXT],
                          struct err *err) MUST_CHECK;

/* True when Accept-Encoding names gzip, and not with quality 0. */
bool request_takes_gzip(const struct request *req);

/* True when If-None-Match names this tag (with its quotes) or is "*". */
bool request_has_etag(const struct request *req, const char *etag);

#endif
