/* The seam between the store and its engines: what each engine does, as one table of functions.
 * Private to the store. store.c opens an engine by its table; engine.c turns the calls of store.h
 * and index.h into calls of it. An engine's own structures begin with those below. */
#ifndef FANGXIN_STORE_ENGINE_H
#define FANGXIN_STORE_ENGINE_H

#include "store/index.h"
#include "store/jobs.h"
#include "store/store_internal.h"

struct engine {
    const struct engine_kind *kind;
    struct store *store;
    bool is_new; /* the schema stands but nothing was ever put into it */
    bool afar;   /* it works on another machine, as far as is known */
};

struct snapshot {
    struct engine *engine;
    struct op *op;    /* whose snapshot it is */
    unsigned holders; /* how often it was opened */
    bool let_go;      /* ends with its last close though the op keeps its views */
    int64_t position;
};

struct stmt {
    const struct engine_kind *kind;
};

enum index_table { INDEX_WORD, INDEX_BUSINESS };

/* Every function is given; those marked "NULL" may be missing. */
struct engine_kind {
    const char *const *sql; /* by enum sql_id */
    bool shared;            /* other processes may write to the same database */

    /* Puts the engine into store->engine, on success only. */
    enum err_code (*open)(const struct store_options *options, struct store *store,
                          struct err *err);
    /* NULL, or: what runs beside requests begins when the keys are there, and ends before them. */
    enum err_code (*start)(struct engine *e, struct err *err);
    void (*stop)(struct engine *e);
    void (*close)(struct engine *e);
    void (*stats)(struct engine *e, struct store_stats *ret);
    /* NULL, or: what store_rest does. */
    bool (*rest)(struct engine *e);
    enum err_code (*apply)(struct engine *e, struct changes *ch, enum store_queue queue,
                           struct err *err);
    enum err_code (*settle)(struct engine *e, struct err *err);
    /* NULL, or: what store_filled does. */
    enum err_code (*filled)(struct engine *e, struct err *err);
    enum err_code (*check)(struct op *op, struct snapshot *snap, engine_found_fn *found, void *arg);
    enum err_code (*copy)(struct op *op, struct snapshot *snap, const char *path,
                          store_progress_fn *progress, void *arg);
    /* NULL, or: what store_load does with the copy at @p path. */
    enum err_code (*load)(const struct store_options *options, const char *path,
                          store_progress_fn *progress, void *arg, struct err *err);

    /* Sealed files; NULL where they lie in the folder. put replaces one of that name; get
     * allocates, and gives no more than the first @p most bytes where that is less than a part. */
    enum err_code (*file_put)(struct op *op, const char *name, const void *bytes, size_t n);
    enum err_code (*file_get)(struct op *op, const char *name, size_t most, unsigned char **ret,
                              size_t *ret_n);
    /* Deletes those without a row that were written before that instant. */
    enum err_code (*file_sweep)(struct op *op, int64_t before, int *ret_swept);
    size_t file_max; /* plain bytes of one file; 0: what blob.c says */

    /* A snapshot in the op's arena, its own part and position filled. */
    enum err_code (*snapshot_begin)(struct op *op, struct snapshot **ret);
    void (*snapshot_end)(struct snapshot *snap);
    void (*snapshot_long)(struct snapshot *snap);
    enum err_code (*prepare)(struct op *op, struct snapshot *snap, int sql, struct stmt **ret);
    enum err_code (*prepare_text)(struct op *op, struct snapshot *snap, const char *sql,
                                  struct stmt **ret);

    void (*stmt_close)(struct stmt *s);
    enum err_code (*bind_int64)(struct op *op, struct stmt *s, int n, int64_t value);
    enum err_code (*bind_text)(struct op *op, struct stmt *s, int n, const char *text);
    enum err_code (*bind_blob)(struct op *op, struct stmt *s, int n, const void *bytes,
                               size_t size);
    enum err_code (*step)(struct op *op, struct stmt *s, bool *ret_row);
    void (*reset)(struct stmt *s);
    const char *(*sql_of)(const struct stmt *s);
    bool (*is_null)(struct stmt *s, int column);
    int64_t (*int64)(struct stmt *s, int column);
    const char *(*text)(struct stmt *s, int column);
    const void *(*blob)(struct stmt *s, int column, size_t *ret_size);
    enum value_kind (*value)(struct stmt *s, int column, int64_t *ret_number,
                             const void **ret_bytes, size_t *ret_size);

    enum err_code (*index_apply)(struct op *op, enum index_table table,
                                 const struct index_doc *docs, size_t n);
    /* NULL, or: what index_fill does; else documents are applied, then the reach is set. */
    enum err_code (*index_fill)(struct op *op, enum index_table table, const struct index_doc *docs,
                                size_t n, const struct index_reach *reach);
    enum err_code (*index_apply_past)(struct op *op, const struct index_past *pieces, size_t n,
                                      struct index_past_mark from, struct index_past_mark to);
    enum err_code (*index_clear)(struct op *op);
    enum err_code (*index_tidy)(struct op *op, bool *ret_more);
    enum err_code (*index_meta_get)(struct op *op, const char *name, int64_t *ret);
    enum err_code (*index_meta_set)(struct op *op, const char *name, int64_t value);
    /* NULL: queries are written as FTS5 has them. */
    char *(*index_match)(struct arena *arena, const char *fts5);

    /* NULL unless shared: rows are read, and stay until job_done. Else they are leased, so that no
     * other process takes them meanwhile. */
    enum err_code (*job_take)(struct op *op, const char *job, struct job_row *ret, size_t max,
                              size_t *ret_n);
    /* NULL unless shared. Sets aside @p n ids of a month, none of them
     * below @p least: *ret_first and those behind it. */
    enum err_code (*reserve_ids)(struct engine *e, int month, int64_t least, int n,
                                 int64_t *ret_first, struct err *err);
    /* NULL where event ids are dense and the ledger's row is always whole. Else adds what acts have
     * left to be folded into it; *ret_sound: their checksums fit. */
    enum err_code (*ledger_pending)(struct op *op, struct snapshot *snap, int64_t *events,
                                    unsigned char digest[HASH_BYTES], bool *ret_sound);
};

extern const struct engine_kind sqlite_kind;
extern const struct engine_kind pg_kind;

#endif
