/* Building an answer. */
#include "web/response.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

void response_init(struct response *resp)
{
    resp->status = 0;
    resp->content_type = NULL;
    resp->fixed = NULL;
    resp->fixed_bytes = 0;
    resp->file = -1;
    resp->file_bytes = 0;
    buf_init(&resp->body, RESPONSE_BODY_MAX);
    resp->close = false;
    resp->n_headers = 0;
    resp->text_used = 0;
}

void response_release(struct response *resp)
{
    buf_release(&resp->body);
    if (resp->file >= 0)
        close(resp->file);
    resp->file = -1;
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

void response_download(struct response *resp, const char *name)
{
    char ascii[64], full[3 * 200 + 1];
    size_t n = 0, m = 0;

    for (const unsigned char *c = (const unsigned char *)name; *c != '\0' && m + 3 < sizeof full;
         c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
                     (*c >= 'A' && *c <= 'Z') || strchr("-._", *c) != NULL;

        if (*c < 0x80 && n + 1 < sizeof ascii)
            ascii[n++] = plain ? (char)*c : '_';
        if (plain)
            full[m++] = (char)*c;
        else
            m += (size_t)snprintf(full + m, sizeof full - m, "%%%02X", *c);
    }
    ascii[n] = full[m] = '\0';
    response_headerf(resp, "Content-Disposition",
                     "attachment; filename=\"%s\"; filename*=UTF-8''%s",
                     n > 0 && ascii[0] != '.' ? ascii : "download", full);
}

void response_file(struct response *resp, const char *content_type, const char *name, int fd,
                   int64_t bytes)
{
    resp->status = 200;
    resp->content_type = content_type;
    resp->file = fd;
    resp->file_bytes = bytes;
    response_download(resp, name);
}

#define PACK_MIN 1024
#define GZIP_WINDOW (15 + 16) /* 32 KiB, with a gzip head */

void response_pack(struct response *resp, const struct request *req)
{
    CLEANUP(buf_release) struct buf packed = BUF_UP_TO(RESPONSE_BODY_MAX);
    z_stream z = {0};
    size_t room;

    response_header(resp, "Vary", "Accept-Encoding");
    if (resp->body.failed || resp->body.len < PACK_MIN || !request_takes_gzip(req) ||
        deflateInit2(&z, 6, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    room = deflateBound(&z, resp->body.len);
    z.next_in = (Bytef *)resp->body.data;
    z.avail_in = (uInt)resp->body.len;
    z.next_out = buf_reserve(&packed, room) ? (Bytef *)packed.data : NULL;
    z.avail_out = (uInt)room;
    if (z.next_out != NULL && deflate(&z, Z_FINISH) == Z_STREAM_END &&
        z.total_out < resp->body.len) {
        struct buf plain = resp->body;

        packed.len = z.total_out;
        packed.data[packed.len] = '\0';
        resp->body = packed;
        packed = plain;
        response_header(resp, "Content-Encoding", "gzip");
    }
    deflateEnd(&z);
}
