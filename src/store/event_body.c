/* Packing of events' bodies by zstd with a dictionary.
 *
 * The dictionary was made by `zstd --train --maxdict=8192` from 29,000 bodies of the sample county
 * (invented people and shops), at most 1,500 of an act. A body of 300 bytes becomes one of 80. */
#include "store/event_body.h"

#include <pthread.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/embed.h"

#define DICTIONARY 1 /* the first byte of a packed body */
#define MAGIC_BYTES 4
#define LEVEL 3

extern const struct embedded_file embedded_dictionary[];

static const unsigned char magic[MAGIC_BYTES] = {0x28, 0xb5, 0x2f, 0xfd};

/* The dictionary made ready, once for the process. */
static struct {
    ZSTD_CDict *pack;
    ZSTD_DDict *unpack;
} dictionary;

/* Of one thread: a context is hundreds of kilobytes, too many to make for each body. */
struct contexts {
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool ready;

static void contexts_free(void *arg)
{
    struct contexts *c = arg;

    ZSTD_freeCCtx(c->pack);
    ZSTD_freeDCtx(c->unpack);
    free(c);
}

static void prepare(void)
{
    const struct embedded_file *file = embedded_dictionary;

    dictionary.pack = ZSTD_createCDict(file->data, file->size, LEVEL);
    dictionary.unpack = ZSTD_createDDict(file->data, file->size);
    ready = dictionary.pack != NULL && dictionary.unpack != NULL &&
            pthread_key_create(&key, contexts_free) == 0;
}

/* NULL when there is no memory. */
static struct contexts *contexts_own(void)
{
    struct contexts *c;

    pthread_once(&once, prepare);
    if (!ready)
        return NULL;
    c = pthread_getspecific(key);
    if (c != NULL)
        return c;
    c = calloc(1, sizeof *c);
    if (c != NULL && pthread_setspecific(key, c) != 0) {
        free(c);
        return NULL;
    }
    return c;
}

static ZSTD_CCtx *pack_context(void)
{
    struct contexts *c = contexts_own();

    if (c == NULL || c->pack != NULL)
        return c == NULL ? NULL : c->pack;
    c->pack = ZSTD_createCCtx();
    if (c->pack != NULL && (ZSTD_isError(ZSTD_CCtx_setParameter(c->pack, ZSTD_c_dictIDFlag, 0)) ||
                            ZSTD_isError(ZSTD_CCtx_refCDict(c->pack, dictionary.pack)))) {
        ZSTD_freeCCtx(c->pack);
        c->pack = NULL;
    }
    return c->pack;
}

static ZSTD_DCtx *unpack_context(void)
{
    struct contexts *c = contexts_own();

    if (c != NULL && c->unpack == NULL)
        c->unpack = ZSTD_createDCtx();
    return c == NULL ? NULL : c->unpack;
}

const void *event_body_pack(struct arena *arena, const char *json, size_t n, size_t *ret_n)
{
    ZSTD_CCtx *context = n > 1 ? pack_context() : NULL;
    unsigned char *packed;
    size_t got;

    *ret_n = n;
    if (context == NULL)
        return json;
    packed = arena_alloc(arena, n + MAGIC_BYTES); /* more than a body that becomes shorter takes */
    if (packed == NULL)
        return json;
    got = ZSTD_compress2(context, packed, n + MAGIC_BYTES - 1, json, n);
    if (ZSTD_isError(got) || got - MAGIC_BYTES + 1 >= n)
        return json;
    packed[MAGIC_BYTES - 1] = DICTIONARY;
    *ret_n = got - MAGIC_BYTES + 1;
    return packed + MAGIC_BYTES - 1;
}

/* Undoes the frame @p n bytes behind the dictionary's number. */
static enum err_code frame_unpack(const unsigned char *bytes, size_t n, struct buf *ret,
                                  struct err *err)
{
    CLEANUP(buf_release) struct buf frame = BUF_UP_TO(EVENT_BODY_MAX);
    ZSTD_DCtx *context = unpack_context();
    unsigned long long size;
    char *room;
    size_t got;

    buf_add(&frame, magic, sizeof magic);
    buf_add(&frame, bytes, n);
    if (context == NULL || frame.failed)
        return err_set(err, ERR_NO_MEMORY, "no memory to read an event");
    size = ZSTD_getFrameContentSize(frame.data, frame.len);
    if (size > EVENT_BODY_MAX) /* or unknown, or no frame */
        return err_set(err, ERR_CORRUPT, "the body of an event is not one that was packed");
    room = buf_room(ret, size);
    if (room == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory to read an event");
    got = ZSTD_decompress_usingDDict(context, room, size, frame.data, frame.len, dictionary.unpack);
    if (ZSTD_isError(got) || got != size)
        return err_set(err, ERR_CORRUPT, "the body of an event cannot be unpacked: %s",
                       ZSTD_isError(got) ? ZSTD_getErrorName(got) : "length");
    buf_used(ret, room + got);
    return ERR_OK;
}

enum err_code event_body_unpack(const void *bytes, size_t n, struct buf *ret, struct err *err)
{
    const unsigned char *p = bytes;

    buf_reset(ret);
    if (n > 0 && p[0] == DICTIONARY)
        return frame_unpack(p + 1, n - 1, ret, err);
    buf_add(ret, bytes, n);
    return ret->failed ? err_set(err, ERR_NO_MEMORY, "no memory to read an event") : ERR_OK;
}

enum err_code stmt_event_body(struct op *op, struct stmt *s, int column, json_t **ret)
{
    CLEANUP(buf_release) struct buf json = BUF_UP_TO(EVENT_BODY_MAX);
    size_t n;
    const void *bytes = stmt_blob(s, column, &n);

    TRY(event_body_unpack(bytes, n, &json, &op->err));
    return json_parse(json.data, json.len, ret, &op->err);
}
