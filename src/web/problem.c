/* Problem details: one writer for every refusal. */
#include "web/problem.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

const char *problem_code(enum err_code code)
{
    static const char *const codes[] = {
        [ERR_OK] = "ok",
        [ERR_INVALID] = "invalid",
        [ERR_MALFORMED] = "malformed",
        [ERR_TOO_LARGE] = "too_large",
        [ERR_UNAUTHENTICATED] = "unauthenticated",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_METHOD] = "method",
        [ERR_CONFLICT] = "conflict",
        [ERR_NOT_ALLOWED] = "not_allowed",
        [ERR_REPLAYED] = "replayed",
        [ERR_RATE] = "rate",
        [ERR_BUSY] = "busy",
        [ERR_STORE_FULL] = "store_full",
        [ERR_UNCERTAIN] = "uncertain",
        [ERR_IO] = "io",
        [ERR_NO_MEMORY] = "busy",
        [ERR_CORRUPT] = "internal",
        [ERR_INTERNAL] = "internal",
    };

    return codes[code];
}

/* A fixed array may have cut a text inside a character; the half one is left out. */
static void put_whole(struct json_writer *w, const char *key, const char *text)
{
    size_t n = strlen(text);

    while (n > 0 && !utf8_valid(text, n))
        n--;
    json_key(w, key);
    json_put_textn(w, text, n);
}

static int retry_after_s(enum err_code code)
{
    return code == ERR_STORE_FULL ? 30 : code == ERR_RATE ? 60 : 1;
}

static bool has_header(const struct response *resp, const char *name)
{
    for (size_t i = 0; i < resp->n_headers; i++)
        if (strcmp(resp->headers[i].name, name) == 0)
            return true;
    return false;
}

void problem_write(struct response *resp, const struct request *req, enum err_code code,
                   const struct err *err, const char *current)
{
    const struct err_info *info = err_info(code);
    struct json_writer w;

    buf_reset(&resp->body);
    resp->fixed = NULL;
    resp->status = info->http;
    resp->content_type = "application/problem+json";
    if ((info->http == 429 || info->http == 503) && !has_header(resp, "Retry-After"))
        response_headerf(resp, "Retry-After", "%d", retry_after_s(code));
    json_begin(&w, &resp->body);
    json_object_begin(&w);
    json_text(&w, "type", "about:blank");
    json_text(&w, "title", info->en);
    json_text(&w, "title_zh", info->zh);
    json_int(&w, "status", info->http);
    json_text(&w, "code", problem_code(code));
    json_text(&w, "request_id", req->id);
    json_open_array(&w, "errors");
    for (size_t i = 0; err != NULL && i < err->n_items; i++) {
        json_object_begin(&w);
        put_whole(&w, "field", err->items[i].field);
        put_whole(&w, "code", err->items[i].code);
        put_whole(&w, "zh", err->items[i].zh);
        put_whole(&w, "en", err->items[i].en);
        json_object_end(&w);
    }
    json_array_end(&w);
    if (current != NULL)
        json_raw(&w, "current", current);
    json_object_end(&w);
}
