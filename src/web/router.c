/* Matching paths against patterns, segment by segment. */
#include "web/router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENTS_MAX 10
#define ALLOW_TEXT 64

struct segment {
    const char *text; /* into the pattern or the path */
    size_t n;
    bool param; /* text is the name without braces */
};

struct entry {
    const struct route *route;
    size_t n_segments;
    struct segment segments[SEGMENTS_MAX];
};

struct router {
    size_t n;
    struct entry entries[];
};

/* How many; SEGMENTS_MAX + 1 when there are more. */
static size_t split(const char *path, struct segment ret[SEGMENTS_MAX])
{
    size_t n = 0;

    for (const char *p = path; *p == '/' && p[1] != '\0';) {
        size_t len = strcspn(p + 1, "/");

        if (n == SEGMENTS_MAX)
            return SEGMENTS_MAX + 1;
        ret[n++] = (struct segment){p + 1, len, false};
        p += 1 + len;
    }
    return n;
}

enum err_code router_new(const struct route *routes, size_t n, struct router **ret, struct err *err)
{
    struct router *router = calloc(1, sizeof *router + n * sizeof router->entries[0]);

    if (router == NULL)
        return err_set(err, ERR_NO_MEMORY, "router");
    router->n = n;
    for (size_t i = 0; i < n; i++) {
        struct entry *e = &router->entries[i];

        e->route = &routes[i];
        e->n_segments = split(routes[i].pattern, e->segments);
        INVARIANT(e->n_segments <= SEGMENTS_MAX);
        for (size_t k = 0; k < e->n_segments; k++) {
            struct segment *s = &e->segments[k];

            if (s->text[0] == '{') {
                INVARIANT(s->n > 2 && s->text[s->n - 1] == '}');
                *s = (struct segment){s->text + 1, s->n - 2, true};
            }
        }
    }
    *ret = router;
    return ERR_OK;
}

void router_free(struct router *router)
{
    free(router);
}

static bool fits(const struct entry *e, const struct segment *path, size_t n)
{
    if (e->n_segments != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!e->segments[i].param && (e->segments[i].n != path[i].n ||
                                      memcmp(e->segments[i].text, path[i].text, path[i].n) != 0))
            return false;
    return true;
}

/* Copies the {name} parts; false when they are longer than there is room. */
static bool take_params(struct request *req, const struct entry *e, const struct segment *path)
{
    size_t used = 0;

    req->n_params = 0;
    for (size_t i = 0; i < e->n_segments; i++) {
        const struct segment *name = &e->segments[i];
        char *text = req->param_text + used;

        if (!name->param)
            continue;
        if (used + name->n + path[i].n + 2 > sizeof req->param_text ||
            req->n_params == REQUEST_PARAMS_MAX)
            return false;
        memcpy(text, name->text, name->n);
        text[name->n] = '\0';
        memcpy(text + name->n + 1, path[i].text, path[i].n);
        text[name->n + 1 + path[i].n] = '\0';
        req->params[req->n_params++] = (struct pair){text, text + name->n + 1};
        used += name->n + path[i].n + 2;
    }
    return true;
}

static void add_allow(char *allow, const char *method)
{
    size_t n = strlen(allow);

    if (strstr(allow, method) == NULL)
        snprintf(allow + n, ALLOW_TEXT - n, "%s%s", n > 0 ? ", " : "", method);
}

enum err_code router_match(const struct router *router, struct request *req,
                           const struct route **ret, char *ret_allow)
{
    struct segment path[SEGMENTS_MAX];
    size_t n = split(req->path, path);
    enum http_method method = req->method == HTTP_HEAD ? HTTP_GET : req->method;
    const struct entry *found = NULL;

    ret_allow[0] = '\0';
    for (size_t i = 0; i < router->n; i++) {
        const struct entry *e = &router->entries[i];

        if (!fits(e, path, n))
            continue;
        add_allow(ret_allow, http_method_name(e->route->method));
        if (e->route->method == HTTP_GET)
            add_allow(ret_allow, "HEAD");
        if (e->route->method == method && found == NULL)
            found = e;
    }
    if (found == NULL)
        return ret_allow[0] == '\0' ? ERR_NOT_FOUND : ERR_METHOD;
    if (!take_params(req, found, path))
        return ERR_NOT_FOUND;
    *ret = found->route;
    return ERR_OK;
}

bool route_takes(const struct route *route, const char *name)
{
    for (size_t i = 0; route->query != NULL && route->query[i] != NULL; i++)
        if (strcmp(route->query[i], name) == 0 || strcmp(route->query[i], "*") == 0)
            return true;
    return false;
}
