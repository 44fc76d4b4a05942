/* An answer under construction. */
#ifndef FANGXIN_WEB_RESPONSE_H
#define FANGXIN_WEB_RESPONSE_H

#include "base/buf.h"
#include "web/request.h"

#define RESPONSE_HEADERS_MAX 12
#define RESPONSE_BODY_MAX ((size_t)64 * 1024 * 1024)

struct response {
    int status;
    const char *content_type; /* NULL when there is no body */
    const void *fixed;        /* bytes that live as long as the process; used instead of body */
    size_t fixed_bytes;
    int file; /* -1, or a descriptor at offset 0 whose bytes are sent instead of body */
    int64_t file_bytes;
    struct buf body; /* handed over to the HTTP library without a copy */
    bool close;      /* end the connection after this answer */
    size_t n_headers;
    struct pair headers[RESPONSE_HEADERS_MAX];
    size_t text_used;
    char text[3072]; /* the headers' texts */
};

void response_init(struct response *resp);
void response_release(struct response *resp);
/* Forgets status, headers and body. */
void response_reset(struct response *resp);

/* Copies both texts; a value with line breaks or beyond the room is left out (an invariant). */
void response_header(struct response *resp, const char *name, const char *value);
void response_headerf(struct response *resp, const char *name, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* 200 with application/json; the body is written into resp->body by the caller. */
void response_json(struct response *resp, int status);
void response_fixed(struct response *resp, int status, const char *content_type, const void *bytes,
                    size_t n);

/* Compresses the body by gzip and says so, where the client takes it and it gets smaller. For
 * answers that many ask for and that seldom change: it costs about 20 us per KiB. */
void response_pack(struct response *resp, const struct request *req);

/* Sends a file as download, without reading it into memory. @p fd at offset 0, given away.
 * @p name is what the browser saves it as; it may be Chinese. */
void response_file(struct response *resp, const char *content_type, const char *name, int fd,
                   int64_t bytes);
/* Content-Disposition for a download of that name: in ASCII, and in full as RFC 8187 has it. */
void response_download(struct response *resp, const char *name);

#endif
