/* Hygiene of a request's head: framing after RFC 9112 section 6.3, targets with one meaning. */
#include "web/head.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static enum err_code refuse(struct err *err, const char *code, const char *zh, const char *en)
{
    return err_field(err, ERR_MALFORMED, "", code, zh, en);
}

/* token of RFC 9110 section 5.6.2; a name with a space before its colon is not one. */
static bool is_token(const char *s)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++)
        if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
              strchr(marks, *s) != NULL))
            return false;
    return true;
}

static bool is_clean_value(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p++)
        if ((*p < 0x20 && *p != '\t') || *p == 0x7f)
            return false;
    return utf8_valid(s, strlen(s));
}

static bool parse_length(const char *s, uint64_t *ret)
{
    uint64_t v = 0;
    size_t n = strlen(s);

    if (n == 0 || n > 18)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(s[i] - '0');
    }
    *ret = v;
    return true;
}

/* Headers that decide framing, identity or retry: one of each, or no one knows which counts. */
static const char *const single_headers[] = {
    "Host",         "Content-Length", "Transfer-Encoding", "Content-Type",
    "Expect",       "If-Match",       "Idempotency-Key",   "Fangxin-Pin",
    "Fangxin-Csrf", "Authorization",  "Fangxin-Business",
};
#define N_SINGLE (sizeof single_headers / sizeof single_headers[0])

static enum err_code check_headers(const struct request *req, struct err *err)
{
    unsigned seen[N_SINGLE] = {0};

    for (size_t i = 0; i < req->n_headers; i++) {
        const struct pair *h = &req->headers[i];

        if (!is_token(h->name) || h->value == NULL || !is_clean_value(h->value))
            return refuse(err, "header_syntax", "请求头写得不对", "A header is not well-formed");
        for (size_t k = 0; k < N_SINGLE; k++)
            if (strcasecmp(h->name, single_headers[k]) == 0 && ++seen[k] > 1)
                return refuse(err, "header_twice", "同一个请求头出现了两次",
                              "A header that must be single came twice");
    }
    if (req->http11 && seen[0] != 1)
        return refuse(err, "host_missing", "缺少 Host 请求头", "The Host header is missing");
    return ERR_OK;
}

enum err_code head_check(const struct request *req, struct head_length *ret, struct err *err)
{
    const char *length, *coding, *expect;

    *ret = (struct head_length){0};
    TRY(check_headers(req, err));
    length = request_header(req, "Content-Length");
    coding = request_header(req, "Transfer-Encoding");
    expect = request_header(req, "Expect");
    if (length != NULL && coding != NULL)
        return refuse(err, "framing", "Content-Length 和 Transfer-Encoding 不能同时出现",
                      "Content-Length and Transfer-Encoding exclude each other");
    if (coding != NULL && (!req->http11 || strcasecmp(coding, "chunked") != 0))
        return refuse(err, "framing", "Transfer-Encoding 只认 chunked",
                      "The only Transfer-Encoding taken is chunked, on HTTP/1.1");
    if (length != NULL && !parse_length(length, &ret->bytes))
        return refuse(err, "framing", "Content-Length 要是一个整数",
                      "Content-Length must be one whole number");
    if (expect != NULL && strcasecmp(expect, "100-continue") != 0)
        return refuse(err, "expect", "Expect 只认 100-continue", "Expect takes 100-continue only");
    ret->chunked = coding != NULL;
    ret->has_body = ret->chunked || ret->bytes > 0;
    ret->expects_continue = expect != NULL;
    return ERR_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool head_decode(char *s, bool plus_is_space)
{
    char *out = s;

    for (const char *p = s; *p != '\0'; p++) {
        char c = *p;

        if (c == '%') {
            int hi = hex_digit(p[1]), lo = hi < 0 ? -1 : hex_digit(p[2]);

            if (lo < 0)
                return false;
            c = (char)(hi << 4 | lo);
            p += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        } else if (c == ' ') {
            return false;
        }
        if ((unsigned char)c < 0x20 && !(plus_is_space && (c == '\n' || c == '\r' || c == '\t')))
            return false;
        if (c == 0x7f)
            return false;
        *out++ = c;
    }
    *out = '\0';
    return utf8_valid(s, (size_t)(out - s));
}

/* An encoded slash would make one segment two, and a backslash is one on some servers. */
static bool has_hidden_slash(const char *path)
{
    for (const char *p = path; *p != '\0'; p++)
        if (*p == '\\' || strncasecmp(p, "%2f", 3) == 0 || strncasecmp(p, "%5c", 3) == 0)
            return true;
    return false;
}

static bool has_bad_segment(const char *path)
{
    for (const char *p = path; *p == '/';) {
        const char *start = p + 1;
        size_t n = strcspn(start, "/");

        if ((n == 0 && start[0] == '/') || (n == 1 && start[0] == '.') ||
            (n == 2 && start[0] == '.' && start[1] == '.'))
            return true;
        p = start + n;
    }
    return false;
}

static enum err_code split_query(struct request *req, char *text, struct err *err)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "&");
        char *next = text + n + (text[n] == '&'), *value;

        text[n] = '\0';
        if (*text != '\0') {
            if (req->n_query == REQUEST_QUERY_MAX)
                return refuse(err, "query_many", "地址里的条件太多",
                              "The address has too many parameters");
            value = strchr(text, '=');
            if (value != NULL)
                *value++ = '\0';
            if (!head_decode(text, true) || (value != NULL && !head_decode(value, true)))
                return refuse(err, "query_syntax", "地址里的条件读不懂",
                              "The parameters of the address cannot be read");
            for (size_t i = 0; i < req->n_query; i++)
                if (strcmp(req->query[i].name, text) == 0)
                    return refuse(err, "query_twice", "同一个条件出现了两次",
                                  "A parameter came twice");
            req->query[req->n_query++] = (struct pair){text, value == NULL ? "" : value};
        }
        text = next;
    }
    return ERR_OK;
}

enum err_code head_target(struct request *req, char *target, struct err *err)
{
    char *query;

    req->n_query = 0;
    req->query_text = "";
    req->path = "";
    if (target[0] != '/')
        return refuse(err, "target", "地址要以 / 开头", "The address must start with a slash");
    target[strcspn(target, "#")] = '\0';
    query = strchr(target, '?');
    if (query != NULL)
        *query++ = '\0';
    if (has_hidden_slash(target) || !head_decode(target, false) || has_bad_segment(target))
        return refuse(err, "target", "地址读不懂", "The address cannot be read");
    req->path = target;
    if (query == NULL)
        return ERR_OK;
    req->query_text = query;
    return split_query(req, query, err);
}
