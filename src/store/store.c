/* Opening an installation: its folder, its lock, engine, keys, zone; ids of new records. */
#include "store/changes_internal.h"
#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "sql/sql_queries.h"
#include "store/files.h"
#include "store/vault_internal.h"

#define SEQUENCE_BITS 28

static enum err_code take_lock(struct store *store, struct err *err)
{
    char path[PATH_BYTES];

    TRY(path_join(store->dir, "lock", path, err));
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (store->lock_fd < 0)
        return io_error(err, "open", path, errno);
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ERR_BUSY, "another process works on %s", store->dir);
    return ERR_OK;
}

static enum err_code make_folders(struct store *store, struct err *err)
{
    char path[PATH_BYTES];

    if (store->read_only)
        return ERR_OK;
    TRY(path_join(store->dir, "keys", path, err));
    TRY(folder_make(path, S_IRWXU, err));
    TRY(path_join(store->dir, "files/ff", path, err));
    if (!file_exists(path))
        TRY(blob_folders_make(store->dir, err));
    return folder_sync(store->dir, err);
}

static enum err_code prepare(const struct store_options *o, struct store *store, struct err *err)
{
    store->lock_fd = -1;
    store->read_only = o->read_only;
    store->filling = o->filling;
    store->sync = !o->test_no_sync && !o->filling;
    store->sql = o->sql;
    atomic_store(&store->zone_min, ZONE_UNSET);
    pthread_mutex_init(&store->ids_lock, NULL);
    store->dir = strdup(o->dir);
    store->key_file = o->key_file == NULL ? NULL : strdup(o->key_file);
    store->next_id = calloc(MONTHS_MAX, sizeof store->next_id[0]);
    if (store->dir == NULL || store->next_id == NULL ||
        (o->key_file != NULL && store->key_file == NULL))
        return err_set(err, ERR_NO_MEMORY, "no memory for the store");
    return cipher_start(err);
}

static enum err_code open_all(const struct store_options *o, struct store *store, struct err *err)
{
    TRY(prepare(o, store, err));
    if (o->create)
        TRY(folder_make_all(o->dir, S_IRWXU, err));
    else if (!file_exists(o->dir))
        return err_set(err, ERR_NOT_FOUND, "no folder %s", o->dir);
    TRY(take_lock(store, err));
    if (o->create)
        TRY(make_folders(store, err));
    TRY(engine_open(o, store, err));
    TRY(make_folders(store, err));
    TRY(vault_start(store, o->create, o->cipher, err));
    /* Anywhere: one that is started anew within the hour comes to the last folders too. */
    atomic_store(&store->swept, randombytes_uniform(BLOB_FOLDERS));
    return engine_start(store->engine, err);
}

enum err_code store_open(const struct store_options *options, struct store **ret, struct err *err)
{
    struct store *store = calloc(1, sizeof *store);
    enum err_code rc;

    if (store == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for the store");
    rc = open_all(options, store, err);
    if (rc != ERR_OK) {
        store_close(store);
        return rc;
    }
    *ret = store;
    return ERR_OK;
}

/* What was written without waiting for the disk is on it when the store is closed. */
static void sync_all(const struct store *store)
{
    CLEANUP(fd_closep) int fd = open(store->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        (void)syncfs(fd); /* a file that the disk lost is one that `verify` names */
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    engine_stop(store->engine);
    engine_close(store->engine);
    if (store->filling && store->dir != NULL)
        sync_all(store);
    vault_stop(store->vault);
    pthread_mutex_destroy(&store->ids_lock);
    fd_closep(&store->lock_fd);
    free((void *)store->next_id);
    free(store->id_end);
    free(store->key_file);
    free(store->dir);
    free(store);
}

const char *store_dir(const struct store *store)
{
    return store->dir;
}

enum err_code store_apply(struct op *op, struct changes *changes, enum store_queue queue)
{
    if (changes == NULL || changes->failed || arena_lacked(op->arena) || json_lacked())
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for the change set");
    changes_pack(changes);
    snapshot_let_go(op); /* what is read next holds what is written now */
    return engine_apply(op->store->engine, changes, queue, &op->err);
}

enum err_code store_filled(struct op *op)
{
    snapshot_let_go(op);
    return engine_filled(op->store->engine, &op->err);
}

enum err_code store_settle(struct op *op)
{
    return engine_settle(op->store->engine, &op->err);
}

void store_stats(struct store *store, struct store_stats *ret)
{
    memset(ret, 0, sizeof *ret);
    engine_stats(store->engine, ret);
}

bool store_rest(struct store *store)
{
    return engine_rest(store->engine);
}

/* ---- small reads of the store's own ---- */

static enum err_code read_zone(struct op *op, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_store_setting, &s));
    TRY(stmt_bind_text(op, s, 1, "zone_min"));
    TRY(stmt_one_row(op, s));
    return stmt_text(s, 0) != NULL && text_int64(stmt_text(s, 0), ret) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err_code read_highest(struct op *op, int64_t from, int64_t to, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_store_highest_id, &s));
    TRY(stmt_bind_int64(op, s, 1, from));
    TRY(stmt_bind_int64(op, s, 2, to));
    TRY(stmt_one_row(op, s));
    *ret = stmt_is_null(s, 0) ? from : stmt_int64(s, 0);
    return ERR_OK;
}

int store_zone_min(const struct store *store)
{
    struct store *own = (struct store *)(uintptr_t)store; /* only the cached value changes */
    int zone = atomic_load(&own->zone_min);
    struct op op = {.store = own};
    int64_t found = ZONE_CHINA_MIN;

    if (zone != ZONE_UNSET)
        return zone;
    op.arena = arena_new((size_t)64 << 10);
    if (op.arena == NULL)
        return ZONE_CHINA_MIN;
    if (read_zone(&op, &found) == ERR_OK)
        atomic_store(&own->zone_min, (int)found);
    arena_free(op.arena);
    return (int)found;
}

/* The first free id of the month, from the events there are. Until that can be read nothing could
 * be written either; the id then starts over, and its event meets ERR_CONFLICT. */
static int64_t first_free(struct store *store, int month)
{
    int64_t from = (int64_t)month << SEQUENCE_BITS, highest = from;
    struct op op = {.store = store, .arena = arena_new((size_t)64 << 10)};

    for (int tries = 0; op.arena != NULL && tries < 3; tries++)
        if (read_highest(&op, from, from + (INT64_C(1) << SEQUENCE_BITS), &highest) == ERR_OK)
            break;
    arena_free(op.arena);
    return highest + 1;
}

#define IDS_AT_ONCE 64

/* Where several processes give out ids, each sets some aside for itself. */
static int64_t next_reserved(struct store *store, int month)
{
    const struct engine_kind *kind = store->engine->kind;
    struct err ignored = {.code = ERR_OK};
    int64_t first = 0, id;

    pthread_mutex_lock(&store->ids_lock);
    if (store->id_end == NULL)
        store->id_end = calloc(MONTHS_MAX, sizeof store->id_end[0]);
    if (store->id_end != NULL && store->next_id[month] == store->id_end[month] &&
        kind->reserve_ids(store->engine, month, first_free(store, month), IDS_AT_ONCE, &first,
                          &ignored) == ERR_OK) {
        store->next_id[month] = first;
        store->id_end[month] = first + IDS_AT_ONCE;
    }
    id = store->id_end != NULL && store->next_id[month] < store->id_end[month]
             ? store->next_id[month]++
             : ((int64_t)month << SEQUENCE_BITS) + 1; /* nothing can be written either */
    pthread_mutex_unlock(&store->ids_lock);
    return id;
}

int64_t store_next_id(struct store *store, int month_index)
{
    int month = month_index < 0 ? 0 : month_index >= MONTHS_MAX ? MONTHS_MAX - 1 : month_index;
    atomic_int_fast64_t *next = &store->next_id[month];

    if (store->engine->kind->reserve_ids != NULL)
        return next_reserved(store, month);
    if (atomic_load(next) == 0) {
        pthread_mutex_lock(&store->ids_lock);
        if (atomic_load(next) == 0)
            atomic_store(next, first_free(store, month));
        pthread_mutex_unlock(&store->ids_lock);
    }
    return atomic_fetch_add(next, 1);
}

#define RECORD_ID_SHIFT 10 /* 1024 records a millisecond; 2^53 is reached in the year 2248 */

int64_t store_next_record_id(struct store *store, int64_t now_ms)
{
    int64_t last = atomic_load(&store->last_record_id), next;

    do {
        int64_t by_clock = (int64_t)((uint64_t)now_ms << RECORD_ID_SHIFT);

        next = last + 1 > by_clock ? last + 1 : by_clock;
    } while (!atomic_compare_exchange_weak(&store->last_record_id, &last, next));
    return next;
}
