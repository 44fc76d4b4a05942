/* Key epochs: beginning a new one, sealing old values again, looking at all.
 *
 * The tables with sealed values are walked by key in slices, then the files. A slice is one change
 * set: each row is replaced only if it still holds the bytes that were read, so an act that
 * writes the row meanwhile wins. When a whole walk found nothing older, the superseded keys of
 * that class go, but not before RETIRE_MS have passed since the new epoch began: an act that
 * sealed with the old key just before may still be on its way. */
#include "store/vault_internal.h"

#include <sodium.h>

#include "base/text.h"
#include "sql/sql_queries.h"

#define SLICE 64
#define RETIRE_MS INT64_C(600000)

struct sealed_row {
    int64_t id;
    char column[64];
    enum key_class cls;
    const void *sealed;
    size_t size;
};

struct sealed_table {
    const char *name;
    int from, update;
    int sealed_column; /* of the statement `from`: id, [version or role,] [class,] sealed */
};

static const struct sealed_table tables[] = {
    {"text", SQL_vault_text_from, SQL_vault_text_update, 3},
    {"person", SQL_vault_person_from, SQL_vault_person_update, 2},
    {"reporter", SQL_vault_reporter_from, SQL_vault_reporter_update, 1},
};
#define TABLES ((int)(sizeof tables / sizeof tables[0]))
#define TABLE_FILES TABLES

enum err_code key_rotate(struct op *op, const char *cipher)
{
    struct vault *v = op->store->vault;
    struct data_key keys[KEY_CLASS_COUNT];
    struct changes *ch = changes_new(op);
    enum err_code rc;

    if (cipher_find(cipher) == CIPHER_NONE)
        return err_field(&op->err, ERR_INVALID, "cipher", "unknown_choice", "选 xchacha20 或 sm4",
                         "Choose xchacha20 or sm4.");
    for (int c = 0; c < KEY_CLASS_COUNT; c++) {
        struct data_key newest;

        keys[c].cipher = cipher_find(cipher);
        if (cipher == NULL && vault_key(v, (enum key_class)c, 0, &newest)) {
            keys[c].cipher = newest.cipher;
            sodium_memzero(&newest, sizeof newest);
        }
        keys[c].epoch = vault_newest(v, (enum key_class)c) + 1;
        keys[c].created_at = op->now_ms;
        randombytes_buf(keys[c].bytes, KEY_BYTES);
        if (ch != NULL)
            key_epoch_add(ch, v, key_class_names[c], &keys[c]);
        if (v->n_keys[c] >= EPOCHS_MAX)
            return err_set(&op->err, ERR_CONFLICT, "too many epochs: re-seal first");
    }
    rc = store_apply(op, ch, QUEUE_INTERACTIVE);
    if (rc == ERR_OK) {
        pthread_rwlock_wrlock(&v->lock);
        for (int c = 0; c < KEY_CLASS_COUNT; c++)
            v->keys[c][v->n_keys[c]++] = keys[c];
        pthread_rwlock_unlock(&v->lock);
        pthread_mutex_lock(&v->reseal_lock);
        v->reseal = (struct reseal_at){.left = -1};
        pthread_mutex_unlock(&v->reseal_lock);
    }
    sodium_memzero(keys, sizeof keys);
    return rc;
}

/* ---- walking ---- */

static void row_key(int table, struct stmt *s, struct sealed_row *ret)
{
    ret->id = stmt_int64(s, 0);
    ret->column[0] = '\0';
    ret->cls = KEY_REPORTER;
    if (table == 0) {
        snprintf(ret->column, sizeof ret->column, "%lld", (long long)stmt_int64(s, 1));
        ret->cls = text_class(stmt_text(s, 2));
    } else if (table == 1) {
        snprintf(ret->column, sizeof ret->column, "%s", stmt_text(s, 1));
        ret->cls = KEY_CONSUMER;
    }
}

static enum err_code bind_from(struct op *op, struct stmt *s, int table, int64_t id,
                               const char *column, int limit)
{
    int64_t version = INT64_MIN;

    TRY(stmt_bind_int64(op, s, 1, id));
    if (table == 0 && column[0] != '\0' && !text_int64(column, &version))
        return err_set(&op->err, ERR_INTERNAL, "not a version: %s", column);
    if (table == 0)
        TRY(stmt_bind_int64(op, s, 2, version));
    if (table == 1)
        TRY(stmt_bind_text(op, s, 2, column));
    return stmt_bind_int64(op, s, table == 2 ? 2 : 3, limit);
}

/* The next rows of a table behind (id, column), in op->arena. */
static enum err_code read_rows(struct op *op, int table, int64_t id, const char *column,
                               struct sealed_row rows[SLICE], size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t n = 0, size;
    bool row;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, tables[table].from, &s));
    TRY(bind_from(op, s, table, id, column, SLICE));
    while (n < SLICE) {
        const void *sealed;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        row_key(table, s, &rows[n]);
        sealed = stmt_blob(s, tables[table].sealed_column, &size);
        rows[n].sealed = arena_strndup(op->arena, sealed == NULL ? "" : sealed, size);
        rows[n].size = size;
        if (rows[n].sealed == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for sealed rows");
        n++;
    }
    *ret_n = n;
    return ERR_OK;
}

static char *place_of_row(struct op *op, int table, const struct sealed_row *r)
{
    return vault_place(op, tables[table].name, r->id, table == 2 ? "reporter" : r->column);
}

static bool is_older(struct op *op, const struct sealed_row *r)
{
    return vault_epoch_of(r->sealed, r->size) < vault_newest(op->store->vault, r->cls);
}

/* Calls @p each for every sealed row and, after them, for every file (table TABLE_FILES, name in
 * column, cls KEY_FILE). Memory goes back after each slice. */
typedef enum err_code each_fn(struct op *op, int table, const struct sealed_row *row, void *arg);

static enum err_code walk_table(struct op *op, int table, each_fn *each, void *arg)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 << 20);
    struct sealed_row rows[SLICE];
    struct op own = op_apart(op, arena);
    int64_t id = INT64_MIN;
    char column[64] = "";
    enum err_code rc = ERR_OK;
    size_t n;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory to walk");
    do {
        arena_reset(arena);
        n = 0;
        rc = read_rows(&own, table, id, column, rows, &n);
        for (size_t i = 0; i < n && rc == ERR_OK; i++)
            rc = each(&own, table, &rows[i], arg);
        if (n > 0) {
            id = rows[n - 1].id;
            snprintf(column, sizeof column, "%s", rows[n - 1].column);
        }
    } while (rc == ERR_OK && n == SLICE);
    op->err = own.err;
    return rc;
}

static enum err_code read_names(struct op *op, const char *after, struct sealed_row rows[SLICE],
                                size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t n = 0;
    bool row;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_blob_from, &s));
    TRY(stmt_bind_text(op, s, 1, after));
    TRY(stmt_bind_int64(op, s, 2, SLICE));
    while (n < SLICE) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        rows[n] = (struct sealed_row){.id = stmt_int64(s, 1), .cls = KEY_FILE};
        snprintf(rows[n++].column, sizeof rows[0].column, "%s", stmt_text(s, 0));
    }
    *ret_n = n;
    return ERR_OK;
}

static enum err_code walk_files(struct op *op, each_fn *each, void *arg)
{
    struct sealed_row rows[SLICE];
    char after[64] = "";
    size_t n;

    do {
        TRY(read_names(op, after, rows, &n));
        for (size_t i = 0; i < n; i++)
            TRY(each(op, TABLE_FILES, &rows[i], arg));
        if (n > 0)
            snprintf(after, sizeof after, "%s", rows[n - 1].column);
    } while (n == SLICE);
    return ERR_OK;
}

static enum err_code walk_all(struct op *op, each_fn *each, void *arg)
{
    for (int t = 0; t < TABLES; t++)
        TRY(walk_table(op, t, each, arg));
    return walk_files(op, each, arg);
}

/* ---- looking at all ---- */

static enum err_code open_row(struct op *op, int table, const struct sealed_row *r)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)1 << 30);
    struct op own = op_apart(op, arena);
    unsigned char *file;
    char *plain;
    size_t n;

    if (arena == NULL)
        return ERR_NO_MEMORY;
    if (table == TABLE_FILES)
        return blob_get(&own, r->column, &file, &n);
    return vault_open(&own, r->cls, place_of_row(&own, table, r), r->sealed, r->size, &plain, &n);
}

static enum err_code epoch_of_row(struct op *op, int table, const struct sealed_row *r,
                                  uint32_t *ret)
{
    if (table == TABLE_FILES)
        return blob_epoch(op, r->column, ret);
    *ret = vault_epoch_of(r->sealed, r->size);
    return ERR_OK;
}

static enum err_code check_row(struct op *op, int table, const struct sealed_row *r, void *arg)
{
    struct key_report *report = arg;
    enum err_code rc = open_row(op, table, r);
    uint32_t epoch = 0;

    if (rc == ERR_NO_MEMORY)
        return err_set(&op->err, rc, "no memory to open a sealed value");
    if (rc != ERR_OK || epoch_of_row(op, table, r, &epoch) != ERR_OK)
        report->unreadable++;
    else if (epoch < report->epoch[r->cls])
        report->older[r->cls]++;
    return ERR_OK;
}

enum err_code key_check(struct op *op, struct key_report *ret)
{
    struct key_report report = {.unreadable = 0};

    for (int c = 0; c < KEY_CLASS_COUNT; c++) {
        struct data_key newest;

        report.epoch[c] = vault_newest(op->store->vault, (enum key_class)c);
        report.cipher[c] = "none";
        if (vault_key(op->store->vault, (enum key_class)c, 0, &newest))
            report.cipher[c] = cipher_name(newest.cipher);
        sodium_memzero(&newest, sizeof newest);
    }
    TRY(walk_all(op, check_row, &report));
    err_clear(&op->err);
    *ret = report;
    return ERR_OK;
}

/* ---- sealing again ---- */

static enum err_code count_row(struct op *op, int table, const struct sealed_row *r, void *arg)
{
    int64_t *older = arg;
    uint32_t epoch = 0;

    if (epoch_of_row(op, table, r, &epoch) == ERR_OK &&
        epoch < vault_newest(op->store->vault, r->cls))
        older[r->cls]++;
    return ERR_OK;
}

static enum err_code count_older(struct op *op, int64_t older[KEY_CLASS_COUNT], int64_t *ret_sum)
{
    int64_t sum = 0;

    memset(older, 0, sizeof older[0] * KEY_CLASS_COUNT);
    TRY(walk_all(op, count_row, older));
    for (int c = 0; c < KEY_CLASS_COUNT; c++)
        sum += older[c];
    *ret_sum = sum;
    return ERR_OK;
}

/* One slice of a table; rows that do not open are left for key_check and verify to name. */
static enum err_code reseal_slice(struct op *op, struct reseal_at *at, int *left_to_do)
{
    struct sealed_row rows[SLICE];
    struct changes *ch = changes_new(op);
    size_t n, changed = 0;

    TRY(read_rows(op, at->table, at->id, at->column, rows, &n));
    for (size_t i = 0; i<n && * left_to_do> 0; i++) {
        const struct sealed_row *r = &rows[i];
        unsigned char *sealed;
        char *plain, *place = place_of_row(op, at->table, r);
        size_t plain_n, sealed_n;
        int64_t version;

        at->id = r->id;
        snprintf(at->column, sizeof at->column, "%s", r->column);
        if (!is_older(op, r) ||
            vault_open(op, r->cls, place, r->sealed, r->size, &plain, &plain_n) != ERR_OK)
            continue;
        TRY(vault_seal(op, r->cls, place, plain, plain_n, &sealed, &sealed_n));
        sodium_memzero(plain, plain_n);
        changes_row(ch, tables[at->table].update, ANY_ROWS, ERR_OK);
        changes_blob(ch, sealed, sealed_n);
        changes_int(ch, r->id);
        if (at->table == 0 && text_int64(r->column, &version))
            changes_int(ch, version);
        if (at->table == 1)
            changes_text(ch, r->column);
        changes_blob(ch, r->sealed, r->size);
        changed++;
        (*left_to_do)--;
    }
    if (changed > 0)
        TRY(store_apply(op, ch, QUEUE_BULK));
    if (n<SLICE && * left_to_do> 0)
        *at = (struct reseal_at){.table = at->table + 1, .left = at->left};
    if (at->table < TABLES && at->id == 0 && at->column[0] == '\0')
        at->id = INT64_MIN;
    at->left -= (int64_t)changed;
    return ERR_OK;
}

static enum err_code reseal_files(struct op *op, struct reseal_at *at, int *left_to_do)
{
    struct sealed_row rows[SLICE];
    size_t n;

    TRY(read_names(op, at->column, rows, &n));
    for (size_t i = 0; i<n && * left_to_do> 0; i++) {
        uint32_t epoch = 0;
        bool done = false;

        snprintf(at->column, sizeof at->column, "%s", rows[i].column);
        if (blob_epoch(op, rows[i].column, &epoch) != ERR_OK ||
            epoch >= vault_newest(op->store->vault, KEY_FILE) ||
            blob_reseal(op, rows[i].column, &done) != ERR_OK)
            continue;
        at->left -= done;
        (*left_to_do)--;
    }
    if (n<SLICE && * left_to_do> 0)
        at->table = TABLE_FILES + 1;
    return ERR_OK;
}

/* Forgets superseded keys of the classes that nothing older is left of. */
static enum err_code retire(struct op *op, const int64_t older[KEY_CLASS_COUNT])
{
    struct vault *v = op->store->vault;
    struct changes *ch = changes_new(op);
    bool gone[KEY_CLASS_COUNT] = {false}, any = false;

    for (int c = 0; c < KEY_CLASS_COUNT; c++) {
        struct data_key newest;

        if (v->n_keys[c] < 2 || older[c] != 0 || !vault_key(v, (enum key_class)c, 0, &newest) ||
            newest.created_at + RETIRE_MS > op->now_ms)
            continue;
        gone[c] = any = true;
        changes_row(ch, SQL_key_epoch_delete, ANY_ROWS, ERR_OK);
        changes_text(ch, key_class_names[c]);
        changes_int(ch, newest.epoch);
    }
    if (!any)
        return ERR_OK;
    TRY(store_apply(op, ch, QUEUE_BULK));
    pthread_rwlock_wrlock(&v->lock);
    for (int c = 0; c < KEY_CLASS_COUNT; c++)
        if (gone[c]) {
            v->keys[c][0] = v->keys[c][v->n_keys[c] - 1];
            sodium_memzero(&v->keys[c][1], sizeof v->keys[c][1] * (EPOCHS_MAX - 1));
            v->n_keys[c] = 1;
        }
    pthread_rwlock_unlock(&v->lock);
    return ERR_OK;
}

/* With one epoch of every class nothing older can be opened: there is nothing to walk for. */
static bool was_rotated(struct vault *v)
{
    bool rotated = false;

    pthread_rwlock_rdlock(&v->lock);
    for (int c = 0; c < KEY_CLASS_COUNT; c++)
        rotated |= v->n_keys[c] > 1;
    pthread_rwlock_unlock(&v->lock);
    return rotated;
}

/* A slice in memory of its own: a table is many times what one run may hold. */
static enum err_code reseal_some(struct op *op, struct reseal_at *at, int *left_to_do)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 << 20);
    struct op own = op_apart(op, arena);
    enum err_code rc;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory to re-seal");
    rc = at->table < TABLES ? reseal_slice(&own, at, left_to_do)
                            : reseal_files(&own, at, left_to_do);
    op->err = own.err;
    return rc;
}

static enum err_code reseal(struct op *op, struct reseal_at *at, int limit, int64_t *ret_left)
{
    int64_t older[KEY_CLASS_COUNT];

    *ret_left = 0;
    if (!was_rotated(op->store->vault))
        return ERR_OK;
    if (at->left < 0) {
        TRY(count_older(op, older, &at->left));
        at->id = INT64_MIN;
    }
    while (limit > 0 && at->table <= TABLE_FILES)
        TRY(reseal_some(op, at, &limit));
    if (at->table > TABLE_FILES) { /* the walk is over: look again, for acts that came between */
        TRY(count_older(op, older, &at->left));
        *ret_left = at->left;
        TRY(retire(op, older));
        *at = (struct reseal_at){.left = -1};
        return ERR_OK;
    }
    *ret_left = at->left;
    return ERR_OK;
}

enum err_code key_reseal(struct op *op, int limit, int64_t *ret_left)
{
    struct vault *v = op->store->vault;
    enum err_code rc;

    pthread_mutex_lock(&v->reseal_lock);
    rc = reseal(op, &v->reseal, limit, ret_left);
    if (rc != ERR_OK)
        v->reseal = (struct reseal_at){.left = -1};
    pthread_mutex_unlock(&v->reseal_lock);
    if (rc == ERR_OK)
        err_clear(&op->err);
    return rc;
}
