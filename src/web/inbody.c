/* Memory for request bodies. */
#include "web/inbody.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define KEPT_BYTES ((size_t)16 * 1024) /* a buffer up to this size is not charged and stays */

void inbody_begin(struct inbody *b, size_t max, bool upload)
{
    b->max = max;
    b->upload = upload;
    b->len = 0;
}

/* What is charged stays so until the end of the request. */
static bool charge(struct inbody *b, size_t bytes)
{
    size_t more = bytes > b->charged ? bytes - b->charged : 0;

    if (more == 0)
        return true;
    if (atomic_fetch_add(&b->budget->used_bytes, more) + more > b->budget->max_bytes) {
        atomic_fetch_sub(&b->budget->used_bytes, more);
        return false;
    }
    b->charged += more;
    return true;
}

static enum err_code room_mapped(struct inbody *b, size_t bytes)
{
    void *p;

    if (!charge(b, bytes))
        return ERR_BUSY;
    if (b->mapped)
        return ERR_OK;
    p = mmap(NULL, b->max + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
             -1, 0);
    if (p == MAP_FAILED)
        return ERR_BUSY;
    free(b->data);
    b->data = p;
    b->cap = b->max + 1;
    b->mapped = true;
    return ERR_OK;
}

enum err_code inbody_room(struct inbody *b, size_t bytes)
{
    size_t cap = b->cap < 1024 ? 1024 : b->cap;
    char *p;

    if (bytes > b->max)
        return ERR_TOO_LARGE;
    if (b->upload)
        return room_mapped(b, bytes);
    if (bytes < b->cap)
        return ERR_OK;
    while (cap <= bytes)
        cap *= 2;
    if (cap > KEPT_BYTES && !charge(b, cap))
        return ERR_BUSY;
    p = realloc(b->data, cap);
    if (p == NULL)
        return ERR_BUSY;
    b->data = p;
    b->cap = cap;
    return ERR_OK;
}

enum err_code inbody_add(struct inbody *b, const char *bytes, size_t n)
{
    if (n > b->max - b->len)
        return ERR_TOO_LARGE;
    TRY(inbody_room(b, b->len + n));
    memcpy(b->data + b->len, bytes, n);
    b->len += n;
    return ERR_OK;
}

const char *inbody_text(struct inbody *b)
{
    if (b->data == NULL)
        return "";
    b->data[b->len] = '\0';
    return b->data;
}

void inbody_end(struct inbody *b)
{
    if (b->mapped || b->cap > KEPT_BYTES)
        inbody_release(b);
    atomic_fetch_sub(&b->budget->used_bytes, b->charged);
    b->charged = 0;
    b->len = 0;
}

void inbody_release(struct inbody *b)
{
    if (b->mapped)
        munmap(b->data, b->cap);
    else
        free(b->data);
    b->data = NULL;
    b->cap = 0;
    b->mapped = false;
}
