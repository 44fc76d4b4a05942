/* Records other than matters: businesses, groups, orders, visits, summaries and so on.
 *
 * The state of such a record is one JSON object, the fold of its events: an event's body is
 *   {"in": what was sent, "set": {member: value, null takes it away}, "commit": {"text": hex}}
 * and folding replaces the members of "set". Four members are also columns of table `record`, for
 * lists: "body" (code), "status", "day" (civil date as integer) and "key" (unique within the kind).
 * What people write about persons is sealed beside the event, as with matters.
 *
 *     CLEANUP(record_release) struct record r = {0};
 *     CLEANUP(record_draft_release) struct record_draft d = {0};
 *     struct changes *ch = changes_new(op);
 *     TRY(record_load(op, snap, "group", id, &r));
 *     TRY(record_expect(op, &r, version));
 *     record_draft_begin(op, &d, &r, "decide", at);
 *     record_set(&d, "status", json_string("decided"));
 *     record_text(&d, "decision", text);
 *     TRY(record_write(&d, ch));                     r is now the new state
 *     TRY(store_apply(op, ch, QUEUE_INTERACTIVE));
 */
#ifndef FANGXIN_WORK_RECORD_H
#define FANGXIN_WORK_RECORD_H

#include <jansson.h>

#include "base/json.h"
#include "store/changes.h"
#include "work/setup.h"

struct record {
    const char *kind; /* a name of record_kinds */
    int64_t id;       /* 2^53 at most, so that browsers keep it exactly */
    int64_t version;  /* 0: not written yet */
    unsigned char head[HASH_BYTES];
    json_t *state; /* owned */
};

/* What a kind adds to the common handling. Every kind that is written stands in the table. */
struct record_kind {
    const char *name;
    /* Rows of the kind's own tables that follow from the state: @p before NULL for a new record.
     * NULL when it has none. */
    void (*project)(struct op *op, struct changes *ch, const struct record *before,
                    const struct record *after);
    /* Whether those rows say the same as the state; @p ret_table names the first that does not,
     * NULL when all do. NULL with project. */
    enum err_code (*check)(struct op *op, struct snapshot *snap, const struct record *record,
                           const char **ret_table);
    /* What the state adds to tallies and to other sums that `verify` counts again. NULL: nothing.
     */
    void (*cells)(struct op *op, const struct record *record, measure_emit_fn *emit, void *arg);
};
extern const struct record_kind record_kinds[];
extern const size_t n_record_kinds;
const struct record_kind *record_kind_find(const char *name); /* NULL */

void record_release(struct record *r); /* leaves an empty one, {0} */

/* A new record with an id of its own; nothing is stored before record_write and store_apply. */
enum err_code record_new(struct op *op, const char *kind, struct record *ret) MUST_CHECK;
/* ERR_NOT_FOUND. Does not ask who may. */
enum err_code record_load(struct op *op, struct snapshot *snap, const char *kind, int64_t id,
                          struct record *ret) MUST_CHECK;
enum err_code record_by_key(struct op *op, struct snapshot *snap, const char *kind, const char *key,
                            struct record *ret) MUST_CHECK;
/* ERR_CONFLICT when the actor saw another version; ANY_VERSION (work/acts.h) passes. */
enum err_code record_expect(struct op *op, const struct record *r, int64_t version) MUST_CHECK;

/* Members of the state: NULL and 0 where there is none. Texts live as long as the state. */
const char *record_member(const struct record *r, const char *name);
int64_t record_number(const struct record *r, const char *name);

/* ---- writing ---- */

struct record_draft {
    struct op *op;
    struct record *r;
    const char *act;
    int64_t at;
    json_t *in, *set, *texts, *commit;
    bool report; /* its texts belong to a report: sealed with that class's key */
    bool failed;
};

/* @param act  name of the act, at when it happened (ms UTC) */
void record_draft_begin(struct op *op, struct record_draft *d, struct record *r, const char *act,
                        int64_t at);
void record_draft_release(struct record_draft *d);
/* Values given are owned by the draft; a failed allocation is reported by record_write. */
void record_in(struct record_draft *d, const char *name, json_t *value);
void record_set(struct record_draft *d, const char *name, json_t *value);     /* json_null: away */
void record_text(struct record_draft *d, const char *name, const char *text); /* NULL is skipped */
/* Seals a person beside this event: role "caller", "contact" … (work/seal.h). Before record_write.
 */
enum err_code record_person(struct record_draft *d, struct changes *ch, const char *role,
                            const json_t *person) MUST_CHECK;
/* Seals the texts, adds event, row and the kind's own rows to @p ch; d->r is the new state. A taken
 * "key" or a lost race makes store_apply return ERR_CONFLICT. */
enum err_code record_write(struct record_draft *d, struct changes *ch) MUST_CHECK;

/* ---- reading ---- */

/* Texts sealed with one event: {"decision": "…"}, new reference; an empty object where none. */
enum err_code record_texts(struct op *op, struct snapshot *snap, const struct record *r,
                           int64_t version, json_t **ret) MUST_CHECK;
/* Array "events" of schema RecordEvent, oldest first, with texts in clear where @p texts. */
enum err_code record_write_events(struct op *op, struct snapshot *snap, const struct record *r,
                                  bool texts, struct json_writer *w) MUST_CHECK;

struct record_filter {
    const char *kind;
    const char *body_path; /* this body and below; NULL: all */
    const char *body;      /* this body alone; NULL: any */
    const char *status;    /* NULL: any */
    date_t from, to;       /* "day", both included; DATE_NONE: open */
    date_t after_day;      /* where the last page ended … */
    int64_t after_id;      /* … its last record; 0: the first page */
    size_t max;            /* 1 … 200 */
};
/* Newest day first. @p ret has room for filter->max, each released by the caller. */
enum err_code records_list(struct op *op, struct snapshot *snap, const struct record_filter *filter,
                           struct record *ret, size_t *ret_n) MUST_CHECK;

#endif
