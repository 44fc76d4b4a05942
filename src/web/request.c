/* Reading a request: headers, cookies, and the few headers with a grammar of their own. */
#include "web/request.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char *const method_names[] = {
    [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",   [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OTHER] = "OTHER",
};

enum http_method http_method_by_name(const char *name)
{
    for (int m = HTTP_GET; m < HTTP_OTHER; m++)
        if (strcmp(name, method_names[m]) == 0)
            return (enum http_method)m;
    return HTTP_OTHER;
}

const char *http_method_name(enum http_method method)
{
    return method_names[method];
}

const char *request_header(const struct request *req, const char *name)
{
    for (size_t i = 0; i < req->n_headers; i++)
        if (strcasecmp(req->headers[i].name, name) == 0)
            return req->headers[i].value;
    return NULL;
}

static const char *pair_value(const struct pair *pairs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return NULL;
}

const char *request_query(const struct request *req, const char *name)
{
    return pair_value(req->query, req->n_query, name);
}

const char *request_param(const struct request *req, const char *name)
{
    const char *value = pair_value(req->params, req->n_params, name);

    INVARIANT(value != NULL);
    return value;
}

/* "a=b; fangxin_session=xyz": RFC 6265 section 4.2.1. */
static bool cookie_in(const char *header, const char *name, char *ret, size_t size)
{
    size_t name_len = strlen(name);

    for (const char *p = header; *p != '\0';) {
        size_t len;

        while (*p == ' ' || *p == ';')
            p++;
        len = strcspn(p, ";");
        if (len > name_len && strncmp(p, name, name_len) == 0 && p[name_len] == '=') {
            size_t n = len - name_len - 1;

            if (n >= size)
                return false;
            memcpy(ret, p + name_len + 1, n);
            ret[n] = '\0';
            return true;
        }
        p += len;
    }
    return false;
}

bool request_cookie(const struct request *req, const char *name, char *ret, size_t size)
{
    for (size_t i = 0; i < req->n_headers; i++)
        if (strcasecmp(req->headers[i].name, "Cookie") == 0 &&
            cookie_in(req->headers[i].value, name, ret, size))
            return true;
    return false;
}

enum err_code request_if_match(const struct request *req, int64_t *ret_version, struct err *err)
{
    const char *value = request_header(req, "If-Match");
    char digits[24];
    size_t n;

    if (value == NULL) {
        *ret_version = -1;
        return ERR_OK;
    }
    n = strlen(value);
    if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
        value++;
        n -= 2;
    }
    if (n > 0 && n < sizeof digits && value[0] != '-') {
        memcpy(digits, value, n);
        digits[n] = '\0';
        if (text_int64(digits, ret_version))
            return ERR_OK;
    }
    return err_field(err, ERR_INVALID, "If-Match", "if_match",
                     "If-Match 要写这件的版本号，例如 \"7\"",
                     "If-Match takes the version of the matter, for example \"7\"");
}

enum err_code request_idempotency_key(const struct request *req, const char **ret_key,
                                      struct err *err)
{
    const char *value = request_header(req, "Idempotency-Key");
    size_t n;

    *ret_key = value;
    if (value == NULL)
        return ERR_OK;
    n = strlen(value);
    for (size_t i = 0; i < n; i++)
        if (value[i] <= ' ' || value[i] > '~')
            n = 0;
    if (n >= IDEMPOTENCY_KEY_MIN && n <= IDEMPOTENCY_KEY_MAX)
        return ERR_OK;
    return err_field(err, ERR_INVALID, "Idempotency-Key", "idempotency_key",
                     "Idempotency-Key 要 16 到 200 个可见的英文字符",
                     "Idempotency-Key takes 16 to 200 visible ASCII characters");
}

enum err_code request_pin(const struct request *req, char ret_pin[REQUEST_PIN_TEXT],
                          struct err *err)
{
    const char *value = request_header(req, "Fangxin-Pin");
    size_t n = 0;

    ret_pin[0] = '\0';
    if (value == NULL)
        return ERR_OK;
    for (; *value != '\0'; value++) {
        char c = *value;

        if (c == ' ' || c == '-')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (n >= REQUEST_PIN_TEXT - 1 || !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) {
            n = 0;
            break;
        }
        ret_pin[n++] = c;
    }
    ret_pin[n] = '\0';
    if (n == REQUEST_PIN_TEXT - 1)
        return ERR_OK;
    ret_pin[0] = '\0';
    return err_field(err, ERR_INVALID, "Fangxin-Pin", "pin_length", "查询码是 8 位字母和数字",
                     "The PIN is eight letters and digits");
}

bool request_takes_gzip(const struct request *req)
{
    const char *p = request_header(req, "Accept-Encoding");

    while (p != NULL && *p != '\0') {
        const char *q;
        size_t n;

        p += strspn(p, " ,");
        n = strcspn(p, ",");
        if (strncasecmp(p, "gzip", 4) == 0 && (p[4] == '\0' || strchr(" ,;", p[4]) != NULL)) {
            q = memmem(p, n, "q=0", 3);
            return q == NULL || strspn(q + 2, "0.") < strcspn(q + 2, " ,;");
        }
        p += n;
    }
    return false;
}

bool request_has_etag(const struct request *req, const char *etag)
{
    const char *p = request_header(req, "If-None-Match");
    size_t n = strlen(etag);

    if (p == NULL)
        return false;
    if (strcmp(p, "*") == 0)
        return true;
    while (*p != '\0') {
        while (*p == ' ' || *p == ',')
            p++;
        if (strncmp(p, "W/", 2) == 0)
            p += 2;
        if (strncmp(p, etag, n) == 0 && (p[n] == '\0' || p[n] == ',' || p[n] == ' '))
            return true;
        p += strcspn(p, ",");
    }
    return false;
}
