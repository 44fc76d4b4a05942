/* Embedded files over HTTP. */
#include "web/static.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ETAG_TEXT 28
#define FORMS 2 /* plain, gzip */

struct static_file {
    const struct embedded_file *file, *gzip; /* gzip NULL when the build made none */
    const char *type;
    char etag[FORMS][ETAG_TEXT]; /* each form has its own */
};

struct statics {
    size_t n;
    struct static_file *portal, *desk; /* the two entries; NULL without an interface */
    struct static_file files[];        /* ascending by path */
};

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json"},
};

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (text_ends(path, types[i].suffix))
            return types[i].type;
    return "application/octet-stream";
}

static const struct embedded_file *gzip_of(const struct embedded_file *files, const char *path)
{
    char name[256];

    if (snprintf(name, sizeof name, "%s.gz", path) >= (int)sizeof name)
        return NULL;
    return embedded_find(files, name);
}

static void make_etag(const struct embedded_file *file, char ret[ETAG_TEXT])
{
    unsigned char hash[16]; /* the least that generichash gives */
    char hex[33];

    crypto_generichash(hash, sizeof hash, file->data, file->size, NULL, 0);
    hex_encode(hash, sizeof hash, hex);
    snprintf(ret, ETAG_TEXT, "\"%.20s\"", hex);
}

static struct static_file *find_file(const struct statics *s, const char *path)
{
    size_t lo = 0, hi = s->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strcmp(s->files[mid].file->path, path);

        if (c == 0)
            return (struct static_file *)(uintptr_t)&s->files[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct static_file *)a)->file->path,
                  ((const struct static_file *)b)->file->path);
}

enum err_code statics_new(const struct embedded_file *files, struct statics **ret, struct err *err)
{
    size_t n = 0;
    struct statics *s;

    while (files[n].path != NULL)
        n++;
    s = calloc(1, sizeof *s + n * sizeof s->files[0]);
    if (s == NULL || sodium_init() < 0) {
        free(s);
        return err_set(err, ERR_NO_MEMORY, "static files");
    }
    for (size_t i = 0; i < n; i++) {
        struct static_file *f = &s->files[s->n];

        if (text_ends(files[i].path, ".gz"))
            continue;
        f->file = &files[i];
        f->gzip = gzip_of(files, files[i].path);
        f->type = type_of(files[i].path);
        make_etag(f->file, f->etag[0]);
        if (f->gzip != NULL)
            make_etag(f->gzip, f->etag[1]);
        s->n++;
    }
    qsort(s->files, s->n, sizeof s->files[0], by_path);
    s->portal = find_file(s, "index.html");
    s->desk = find_file(s, "desk/index.html");
    if (s->desk == NULL)
        s->desk = find_file(s, "desk.html");
    *ret = s;
    return ERR_OK;
}

void statics_free(struct statics *s)
{
    free(s);
}

/* A page that the interface draws itself: no dot in its last part. */
static bool is_page(const char *path)
{
    const char *last = strrchr(path, '/');

    return strchr(last == NULL ? path : last, '.') == NULL;
}

bool statics_answer(const struct statics *s, const struct request *req, struct response *resp)
{
    const char *path = req->path + 1;
    const struct static_file *f = *path == '\0' ? s->portal : find_file(s, path);
    const struct embedded_file *bytes;
    bool asset = text_starts(req->path, "/assets/"), gzip;

    if (f == NULL && !asset && is_page(req->path))
        f = strcmp(req->path, "/desk") == 0 || text_starts(req->path, "/desk/") ? s->desk
                                                                                : s->portal;
    if (f == NULL)
        return false;
    gzip = f->gzip != NULL && request_takes_gzip(req);
    bytes = gzip ? f->gzip : f->file;
    if (f->gzip != NULL)
        response_header(resp, "Vary", "Accept-Encoding");
    response_header(resp, "ETag", f->etag[gzip]);
    response_header(resp, "Cache-Control",
                    asset ? "public, max-age=31536000, immutable" : "no-cache");
    if (request_has_etag(req, f->etag[gzip])) {
        resp->status = 304;
        return true;
    }
    if (gzip)
        response_header(resp, "Content-Encoding", "gzip");
    response_fixed(resp, 200, f->type, bytes->data, bytes->size);
    return true;
}
