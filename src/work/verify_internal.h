/* What the files of `verify --rebuild` share. */
#ifndef FANGXIN_WORK_VERIFY_INTERNAL_H
#define FANGXIN_WORK_VERIFY_INTERNAL_H

#include "work/matter.h"
#include "work/verify.h"

/* Tallies counted again: what every record adds, per cell. Starts as {0}. */
struct tally_cells {
    struct tally_cell *cells; /* open addressing; cap is 0 or a power of two */
    size_t cap, used;
    bool no_memory; /* something was not counted: the numbers mean nothing */
};

/* Adds to one cell; a measure_emit_fn whose @p cells is a struct tally_cells. */
void tally_cells_add(void *cells, const struct tally_key *key, int64_t n, int64_t sum);
void tally_cells_release(struct tally_cells *cells);

/* One run. */
struct rebuild {
    struct op *op; /* its arena is emptied again and again */
    struct snapshot *snap;
    verify_found_fn *found;
    void *arg;
    struct verify_counts *counts;
    struct tally_cells cells;
    bool stop; /* found() has heard enough */
};

/* Counts a finding and tells it, until found() says stop. */
void rebuild_report(struct rebuild *r, const char *table, int64_t record, const char *what);

/* Calls @p one for each record of the kind that has events, by id, and counts it. Empties the
 * arena as it goes. */
typedef enum err_code rebuild_record_fn(struct rebuild *r, int64_t id, void *arg);
enum err_code rebuild_each_record(struct rebuild *r, const char *kind, rebuild_record_fn *one,
                                  void *arg) MUST_CHECK;
/* Calls @p fold for each event of one record, the oldest first. Of @p ev record, version and hash
 * are set. */
typedef enum err_code rebuild_event_fn(struct rebuild *r, const struct event *ev,
                                       const json_t *body, void *arg);
enum err_code rebuild_each_event(struct rebuild *r, const char *kind, int64_t id,
                                 rebuild_event_fn *fold, void *arg) MUST_CHECK;

/* The parts of a run. Matters and records add their cells, so tallies come last. */
enum err_code rebuild_matters(struct rebuild *r) MUST_CHECK;
enum err_code rebuild_staff(struct rebuild *r) MUST_CHECK; /* bodies and officers */
enum err_code rebuild_records(struct rebuild *r) MUST_CHECK;
enum err_code rebuild_tallies(struct rebuild *r) MUST_CHECK; /* and balances of registers */

#endif
