/* Building an answer. */
#include "web/response.h"

#include <stdio.h>
#include <string.h>

void response_init(struct response *resp)
{
    resp->status = 0;
    resp->content_type = NULL;
    resp->fixed = NULL;
    resp->fixed_bytes = 0;
    buf_init(&resp->body, RESPONSE_BODY_MAX);
    resp->close = false;
    resp->n_headers = 0;
    resp->text_used = 0;
}

void response_release(struct response *resp)
{
    buf_release(&resp->body);
}

void response_reset(struct response *resp)
{
    response_release(resp);
    response_init(resp);
}

static const char *keep(struct response *resp, const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = resp->text + resp->text_used;

    INVARIANT(n <= sizeof resp->text - resp->text_used);
    INVARIANT(strpbrk(text, "\r\n") == NULL);
    memcpy(p, text, n);
    resp->text_used += n;
    return p;
}

void response_header(struct response *resp, const char *name, const char *value)
{
    INVARIANT(resp->n_headers < RESPONSE_HEADERS_MAX);
    resp->headers[resp->n_headers].name = keep(resp, name);
    resp->headers[resp->n_headers].value = keep(resp, value);
    resp->n_headers++;
}

void response_headerf(struct response *resp, const char *name, const char *fmt, ...)
{
    char value[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(value, sizeof value, fmt, ap);
    va_end(ap);
    response_header(resp, name, value);
}

void response_json(struct response *resp, int status)
{
    resp->status = status;
    resp->content_type = "application/json";
}

void response_fixed(struct response *resp, int status, const char *content_type, const void *bytes,
                    size_t n)
{
    resp->status = status;
    resp->content_type = content_type;
    resp->fixed = bytes;
    resp->fixed_bytes = n;
}
