/* What the parts of the store share, whichever engine is behind it. Private to the store. */
#ifndef FANGXIN_STORE_INTERNAL_H
#define FANGXIN_STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/changes_internal.h"
#include "store/vault.h"

struct engine; /* engine.h */
struct vault;  /* vault_internal.h */

#define MONTHS_MAX 3600 /* 2000-01 to 2299-12 */

struct store {
    char *dir;
    char *key_file;
    const struct embedded_file *sql; /* migrations */
    int lock_fd;
    bool read_only;
    bool filling;
    bool sync; /* each file at once; not while filling, nor in tests that must notice it */
    struct engine *engine;
    struct vault *vault;
    atomic_int zone_min; /* ZONE_UNSET until the setting was found */
    pthread_mutex_t ids_lock;
    atomic_int_fast64_t last_record_id;
    atomic_int_fast64_t *next_id; /* by month index; 0: not loaded yet */
    atomic_uint swept;            /* folders of files that were swept (blob_sweep) */
    int64_t *id_end; /* where the ids set aside end, by month index; NULL: they are all ours */
};

#define ZONE_UNSET INT32_MIN

/* ---- what an engine does (engine.h) ---- */

enum err_code engine_open(const struct store_options *options, struct store *store,
                          struct err *err) MUST_CHECK;
enum err_code engine_start(struct engine *engine, struct err *err) MUST_CHECK;
void engine_stop(struct engine *engine);  /* NULL is fine */
void engine_close(struct engine *engine); /* NULL is fine */
void engine_stats(struct engine *engine, struct store_stats *ret);
bool engine_rest(struct engine *engine);
/* True when the schema stands but nothing was ever put into it. */
bool engine_is_new(const struct engine *engine);
enum err_code engine_apply(struct engine *engine, struct changes *ch, enum store_queue queue,
                           struct err *err) MUST_CHECK;
enum err_code engine_filled(struct engine *engine, struct err *err) MUST_CHECK;
enum err_code engine_settle(struct engine *engine, struct err *err) MUST_CHECK;
/* Structure and migrations; calls @p found for each fault. */
typedef bool engine_found_fn(void *arg, const char *table, const char *what);
enum err_code engine_check(struct op *op, struct snapshot *snap, engine_found_fn *found,
                           void *arg) MUST_CHECK;
/* A copy of the database as the snapshot sees it, as a file of its own at @p path. */
enum err_code engine_copy(struct op *op, struct snapshot *snap, const char *path,
                          store_progress_fn *progress, void *arg) MUST_CHECK;
/* The column as it is stored; number and bytes are those of its kind. */
enum value_kind stmt_value(struct stmt *s, int column, int64_t *ret_number, const void **ret_bytes,
                           size_t *ret_size);
/* The snapshot may take as long as it needs (backup, verify). */
void snapshot_long(struct snapshot *snap);

/* ---- shared ---- */

#define LEDGER_PARTS (8 + 8 + HASH_BYTES)
/* Keyed checksum of the ledger's row. */
void ledger_mac(const struct store *store, int64_t events, int64_t last,
                const unsigned char digest[HASH_BYTES], unsigned char ret[BLIND_BYTES]);
/* Path of the sealed file of that name; false when it is not such a name. */
bool blob_path(const struct store *store, const char *name, char *ret, size_t size);
/* The bytes of a file as they are sealed, malloc'ed; ERR_NOT_FOUND. */
enum err_code blob_sealed(struct op *op, const char *name, unsigned char **ret,
                          size_t *ret_n) MUST_CHECK;
/* The same, sealed by a key no newer than @p newest: where the file was sealed anew since, it is
 * sealed again in memory and *ret_back says so. @return ERR_BUSY when that key is retired */
enum err_code blob_sealed_by(struct op *op, const char *name, uint32_t newest, unsigned char **ret,
                             size_t *ret_n, bool *ret_back) MUST_CHECK;
/* DIR/files and its 256 folders. */
enum err_code blob_folders_make(const char *dir, struct err *err) MUST_CHECK;

#endif
