/* Import of real records: every row becomes a matter with events, sealed texts, tallies and an
 * index entry, like a filing.
 *
 * Rows are remembered under (source, key): a file taken twice, or a run that was killed and begun
 * again, adds nothing twice. A row that cannot be taken goes to the reject file and stops nobody.
 * Rows may become orders instead (work/order.h): what a map calls its target (import_target.h).
 * A map (packs/imports, docs/import.md) says what each column becomes. */
#ifndef FANGXIN_WORK_IMPORT_H
#define FANGXIN_WORK_IMPORT_H

#include <jansson.h>
#include <stdatomic.h>

#include "base/embed.h"
#include "store/op.h"

#define IMPORT_FAULTS_KEPT 100
#define IMPORT_UNMATCHED_KEPT 2000

struct import_fault {
    size_t
        row; /* as a spreadsheet counts: the header of a CSV is 1 where nothing stands above it */
    const char *field, *reason_zh, *reason_en;
};

struct import_unmatched {
    const char *column, *value;
    size_t n;
};

/* Values that no code table knows; texts in the arena. Beyond IMPORT_UNMATCHED_KEPT different ones
 * only `lost` counts. */
struct import_tally {
    struct arena *arena;
    struct import_unmatched *list; /* in the order met */
    size_t n, lost;
    uint16_t *slots; /* hash table of positions + 1 */
};

struct import_report {
    char encoding[32];
    size_t rows;                         /* in the file */
    size_t done, added, skipped, failed; /* skipped: taken before */
    bool cancelled;
    struct import_tally unmatched;
    struct import_fault faults[IMPORT_FAULTS_KEPT]; /* the first ones; all are in the reject file */
    size_t n_faults;
    const char **dropped, **missing; /* columns left out by the map; named by it but not there */
    size_t n_dropped, n_missing;
    /* As far as rows are on disk: the last of them and the counts up to it. What a run that is
     * broken off goes on from. */
    struct import_settled {
        size_t row, done, added, skipped, failed;
    } settled;
};

/* Called about ten times a second and at the end, always from the thread that called. */
typedef void import_progress_fn(void *arg, const struct import_report *so_far);

struct import_options {
    const char *path; /* the file; or */
    const char *bytes;
    size_t size;
    const char *map; /* JSON */
    size_t map_size;
    const char *source;      /* name that rows are remembered under; NULL: the map's, or "import" */
    const char *reject_path; /* CSV row,field,reason; written only when a row fails; NULL: none */
    import_progress_fn *progress;
    void *arg;
    const atomic_bool *cancel; /* set by another thread or a signal: ends after what is under way */
    size_t above;              /* rows of the sheet above the header, which are not in the file */
    int64_t record;            /* of the import, for targets that point to it; 0: none */
    /* Going on after a restart. Rows up to that one are read again and taken where they are
     * missing, but counted only once. Zeroed: from the beginning. */
    struct import_settled from;
};

/**
 * Needs MAY_IMPORT, or what the map's target needs; the records themselves are made by
 * ACTOR_SYSTEM. What ended (a change set that was applied) stays; the same call again goes on.
 * @param[out] ret  filled in as far as it came, also on errors; texts in op->arena
 * @return ERR_INVALID for a file or map that cannot be read at all, ERR_FORBIDDEN, ERR_STORE_FULL,
 *         ERR_IO; single rows never end it
 */
enum err_code import_matters(struct op *op, const struct import_options *options,
                             struct import_report *ret) MUST_CHECK;

#define IMPORT_SAMPLE_ROWS 5

/* What a file looks like, before it is taken. */
struct import_look {
    char encoding[32];
    const char *format; /* "csv" or "jsonl" */
    size_t rows;
    size_t n_columns;
    const char *const *columns;
    size_t n_sample;
    const char *const *sample[IMPORT_SAMPLE_ROWS]; /* n_columns cells each, NULL = empty */
    const char *target;                            /* of that map: "matters", "orders" */
    const char *map_name; /* the shipped map that fits, "own" when none does better */
    json_t *plan;         /* {column: field | "source" | "drop"}; give back with json_decref */
};
enum err_code import_look(struct op *op, const struct embedded_file *packs, const char *bytes,
                          size_t n, struct import_look *ret) MUST_CHECK;

/* What taking rows in as this target needs; false for a name that is none. NULL: matters. */
bool import_target_need(const char *target, enum may_act *ret);

/* The shipped map of that name ("heimao_complaints"); NULL when there is none. */
const struct embedded_file *import_map_named(const struct embedded_file *packs, const char *name);

#endif
