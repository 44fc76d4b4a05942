/* The closed list of failures and the small struct that carries one up. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct err_info infos[] = {
#define X(name, http, retry, zh, en) [ERR_##name] = {#name, http, retry, zh, en},
    ERR_TABLE(X)
#undef X
};

const struct err_info *err_info(enum err_code code)
{
    INVARIANT((size_t)code < sizeof infos / sizeof infos[0]);
    return &infos[code];
}

void err_clear(struct err *err)
{
    err->code = ERR_OK;
    err->why[0] = '\0';
    err->n_items = 0;
}

void err_overlook(struct err *err)
{
    err_clear(err);
    err->fault = ERR_OK;
}

/* Most hold no item; each that is copied for nothing is half a kilobyte. */
static void copy(struct err *to, const struct err *from)
{
    memcpy(to, from, offsetof(struct err, items) + from->n_items * sizeof from->items[0]);
}

void err_keep(const struct err *err, struct err *ret_kept)
{
    copy(ret_kept, err);
}

void err_back(struct err *err, const struct err *earlier)
{
    enum err_code fault = err->fault;

    copy(err, earlier);
    if (err->fault == ERR_OK)
        err->fault = fault;
}

/* Those that pass: the same request may go well later. */
static bool is_fault(enum err_code code)
{
    return code == ERR_BUSY || code == ERR_IO || code == ERR_NO_MEMORY;
}

enum err_code err_truly(const struct err *err, enum err_code refusal)
{
    bool in_doubt =
        err->fault == ERR_NO_MEMORY && (refusal == ERR_INTERNAL || refusal == ERR_CORRUPT);

    if (refusal == ERR_OK || err->fault == ERR_OK)
        return refusal;
    return infos[refusal].http < 500 || in_doubt ? err->fault : refusal;
}

void err_note(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return;
    err->code = code;
    if (is_fault(code) && err->fault == ERR_OK)
        err->fault = code;
    va_start(ap, fmt);
    vsnprintf(err->why, sizeof err->why, fmt, ap);
    va_end(ap);
}

void err_add_item(struct err *err, enum err_code code, const char *field, const char *item,
                  const char *zh, const char *en)
{
    struct err_item *it;

    if (err == NULL)
        return;
    err->code = code;
    if (err->n_items >= ERR_ITEMS_MAX)
        return;
    it = &err->items[err->n_items++];
    snprintf(it->field, sizeof it->field, "%s", field);
    snprintf(it->code, sizeof it->code, "%s", item);
    snprintf(it->zh, sizeof it->zh, "%s", zh);
    snprintf(it->en, sizeof it->en, "%s", en);
    if (err->why[0] == '\0')
        snprintf(err->why, sizeof err->why, "%s: %s", field, item);
}

_Noreturn void invariant_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "level=fatal msg=\"broken invariant\" what=\"%s\" at=%s:%d\n", what, file,
            line);
    abort();
}
