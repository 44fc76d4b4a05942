/* A set of keys in memory, open addressing. */
#include "work/import_keys.h"

#include <string.h>

#include "base/text.h"
#include "sql_queries.h"

static unsigned char *slot_of(struct import_keys *k, const unsigned char *key)
{
    static const unsigned char none[BLIND_BYTES];
    uint64_t h;
    size_t i;

    memcpy(&h, key, sizeof h);
    for (i = (size_t)h & (k->cap - 1);
         memcmp(k->keys[i], none, BLIND_BYTES) != 0 && memcmp(k->keys[i], key, BLIND_BYTES) != 0;
         i = (i + 1) & (k->cap - 1))
        ;
    return k->keys[i];
}

static bool grow(struct import_keys *k)
{
    static const unsigned char none[BLIND_BYTES];
    struct import_keys more = {.cap = k->cap == 0 ? 4096 : k->cap * 2, .used = k->used};

    more.keys = calloc(more.cap, sizeof more.keys[0]);
    if (more.keys == NULL)
        return false;
    for (size_t i = 0; i < k->cap; i++)
        if (memcmp(k->keys[i], none, BLIND_BYTES) != 0)
            memcpy(slot_of(&more, k->keys[i]), k->keys[i], BLIND_BYTES);
    free(k->keys);
    *k = more;
    return true;
}

bool import_keys_add(struct import_keys *k, const unsigned char *key, bool *ret_failed)
{
    unsigned char *slot;

    *ret_failed = k->used * 2 >= k->cap && !grow(k);
    if (*ret_failed)
        return false;
    slot = slot_of(k, key);
    if (memcmp(slot, key, BLIND_BYTES) == 0)
        return false;
    memcpy(slot, key, BLIND_BYTES);
    k->used++;
    return true;
}

enum err_code import_keys_load(struct op *op, const char *source, struct import_keys *k)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    unsigned char key[BLIND_BYTES];
    bool row, failed;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_imported_of_source, &s));
    TRY(stmt_bind_text(op, s, 1, source));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (strlen(stmt_text(s, 0)) != IMPORT_KEY_TEXT - 1 ||
            !hex_decode(stmt_text(s, 0), key, sizeof key))
            return err_set(&op->err, ERR_CORRUPT, "a key in imported");
        (void)import_keys_add(k, key, &failed);
        if (failed)
            return err_set(&op->err, ERR_NO_MEMORY, "keys");
    }
}

void import_keys_release(struct import_keys *k)
{
    free(k->keys);
    *k = (struct import_keys){0};
}
