/* How a list is read: streams and phases. For list*.c, search.c and figures*.c alone.
 *
 * A stream is one walk along one index in the wanted order (the queue of one body, the matters of
 * one category). Few streams are merged here, so that a branch with four stations reads four short
 * stretches instead of the county's. A phase is one part of an order: with a date, without, ended.
 */
#ifndef FANGXIN_INSIGHT_LIST_INTERNAL_H
#define FANGXIN_INSIGHT_LIST_INTERNAL_H

#include "insight/compose.h"
#include "insight/kept_hits.h"
#include "insight/list.h"
#include "insight/tokens.h"
#include "store/vault.h"

#define STREAMS_MAX 64
#define REACH_STREAMS_MAX 16 /* bodies merged; more: one walk over all, checked row by row */

enum stream_key {
    STREAM_ALL,
    STREAM_TEXT,
    STREAM_NUMBER,
    STREAM_DAYS,  /* between two instants of receipt, those of the filter */
    STREAM_HITS,  /* text: what to MATCH; number: ids below */
    STREAM_PHONE, /* blind: the keyed index; number: ids below */
};

struct stream {
    int from; /* enum sql_id of the driver */
    enum stream_key key;
    const char *text;
    int64_t number;
    unsigned char blind[BLIND_BYTES];
    bool body;        /* the driver already keeps to the bodies wanted */
    bool not_reach;   /* without the actor's reach, which other streams give */
    bool not_officer; /* without what the actor handles */
};

struct reading {
    struct op *op;
    struct snapshot *snap;
    const struct list_filter *f;
    struct visible visible;
    const char *body_path;     /* of filter->body; NULL none */
    bool nothing;              /* nothing can be found */
    const struct stream *only; /* instead of all others: what was searched for */
    const struct query *query; /* the words, for marks; NULL for a number or a phone */
    struct hits_asked asked;   /* the same for the index, parted */
    bool from_memory;          /* ids were not asked of their rows: see kept_ids */
    bool missed;               /* some rows of a page did not fit */
};

enum phase { PHASE_DUE, PHASE_UNDATED, PHASE_ENDED, PHASE_RECEIVED };

struct key {
    int64_t key, id;
    enum phase phase;
};

bool given(const char *text);
bool given_date(date_t date);

/* The snapshot is the caller's. Looks the body up and asks may_scope. */
enum err_code reading_begin(struct op *op, struct snapshot *snap, const struct list_filter *f,
                            enum may_act act, struct reading *ret) MUST_CHECK;

/* The streams that together hold every row wanted, each once. @p due: open matters by date. */
enum err_code streams_for(struct reading *r, bool due, struct stream ret[STREAMS_MAX],
                          size_t *ret_n) MUST_CHECK;
/* Adds driver, filters and scope. */
enum err_code compose_stream(struct reading *r, struct composed *c,
                             const struct stream *s) MUST_CHECK;
/* Adds the filters alone; the driver keeps to the bodies if @p body_done. */
enum err_code compose_filters(struct reading *r, struct composed *c, bool body_done) MUST_CHECK;

/* Open matters are few: with a level in the filter their own index is walked, and sorted when the
 * order is that of receipt. */
bool walks_open(const struct reading *r, enum phase phase);
/* The statement of one stream in one phase. */
enum err_code compose_keys(struct reading *r, struct composed *c, const struct stream *s,
                           enum phase phase, bool descending, const struct key *after,
                           size_t want) MUST_CHECK;
/* Up to @p want keys behind @p after of one phase, in order. @p ret has room for want. */
enum err_code phase_keys(struct reading *r, enum phase phase, bool descending,
                         const struct key *after, size_t want, struct key *ret,
                         size_t *ret_n) MUST_CHECK;
/* Up to @p want ids of the filter in any order. */
enum err_code some_ids(struct reading *r, size_t want, int64_t *ret, size_t *ret_n) MUST_CHECK;
/* How many rows there are, at most @p cap. */
enum err_code reading_total(struct reading *r, int64_t cap, int64_t *ret) MUST_CHECK;

/* Counts by one column, of the newest @p cap; with more, total_capped. */
enum err_code count_cells(struct reading *r, enum list_by by, int64_t cap,
                          struct list_count *ret) MUST_CHECK;

/* Open matters by level (DUE_LATE to DUE_PAUSED), and two of their counts. */
#define OPEN_LEVELS 5
struct open_counts {
    int64_t levels[OPEN_LEVELS], waiting_leader, unassigned;
};
enum err_code count_open(struct reading *r, struct open_counts *ret) MUST_CHECK;

/* ---- kept_open.c ---- */

/* Whether what is asked of open matters is their body alone. */
bool kept_open_answers(const struct list_filter *f);
struct body_opens {
    const char *body;
    struct open_counts counts; /* of those lying with it that fit and may be seen */
};
/* For a reading that it answers: each body once, as of its snapshot or later. */
enum err_code kept_open_count(struct reading *r, struct kept_open *kept, struct body_opens **ret,
                              size_t *ret_n) MUST_CHECK;

/* Rows of these ids in this order; those out of scope are left out. */
enum err_code rows_load(struct op *op, struct snapshot *snap, const struct visible *visible,
                        const int64_t *ids, size_t n, date_t today, date_t soon_until,
                        struct list_row **ret, size_t *ret_n) MUST_CHECK;

/* The same for a page of a reading, from memory where they are kept there (kept_list.h). @p fit:
 * those that do not fit its filter are left out, too. */
enum err_code page_rows(struct reading *r, bool fit, const int64_t *ids, size_t n,
                        struct list_row **ret, size_t *ret_n) MUST_CHECK;

/* Ids as a JSON array, to be bound as one value; in the arena. */
enum err_code ids_text(struct op *op, const int64_t *ids, size_t n, const char **ret) MUST_CHECK;

/* Finds out what filter->q asks for and lets the reading walk that (@p r->only). With nothing to
 * search for, r->nothing. */
enum err_code search_begin(struct reading *r) MUST_CHECK;
/* 1 … LIST_LIMIT_MAX. */
int limit_of(int limit);

/* Cursors: up to 6 numbers behind a letter, "d0.20740.86704128001.153.0". */
#define CURSOR_NUMBERS_MAX 6
const char *cursor_make(struct op *op, char letter, const int64_t *numbers, size_t n);
/* ERR_INVALID field "cursor" unless it is that letter and exactly n numbers. */
enum err_code cursor_read(struct op *op, const char *cursor, char letter, int64_t *ret,
                          size_t n) MUST_CHECK;

#endif
