/* Lists and counts of matters: filter × sort, page by page, only what the actor may see.
 *
 *     struct list_filter f = { .level = DUE_OPEN, .today = today, .soon_until = soon };
 *     struct list_page page;
 *     TRY(list_matters(op, &f, SORT_DUE, 50, NULL, &page));
 *
 * Statements are put together from the fragments of sql/queries/lists.sql; values are bound. Pages
 * go on behind the last key (never OFFSET). Everything returned lies in op->arena. The public and
 * a PIN holder get empty lists. Rule: docs/search.md, DESIGN.md section 4. */
#ifndef FANGXIN_INSIGHT_LIST_H
#define FANGXIN_INSIGHT_LIST_H

#include <stdint.h>

#include "store/op.h"

struct folder;
struct kept_hits;
struct kept_list;
struct kept_open;
struct kept_states;

/* How near the next due day is, by dates alone and only while open. */
enum due_level {
    DUE_ANY,
    DUE_LATE,   /* next_due < today */
    DUE_TODAY,  /* next_due = today */
    DUE_SOON,   /* today < next_due <= soon_until */
    DUE_LATER,  /* after soon_until, or open without a clock */
    DUE_PAUSED, /* the clock stands, whatever the date */
    DUE_OPEN,   /* all of the above */
    DUE_ENDED,  /* in a final state: no clock can run any more */
    DUE_COUNT
};
/* "late" "today" "soon" "later" "paused" "open" "ended"; DUE_ANY is "". */
const char *due_level_name(enum due_level level);
/* DUE_COUNT when there is no such name. */
enum due_level due_level_find(const char *name);
/* Whether the level is one of open matters alone. */
bool due_level_is_open(enum due_level level);

enum list_sort {
    SORT_DUE, /* next due first, then open ones without a date, then ended ones, newest first */
    SORT_DUE_DESC,      /* the same, the furthest due day first */
    SORT_RECEIVED_DESC, /* newest receipt first; what a search always gives */
    SORT_RECEIVED,      /* oldest receipt first */
    SORT_COUNT
};
/* "due" "-due" "-received" "received"; SORT_COUNT when there is no such name. */
enum list_sort list_sort_find(const char *name);

/* A zeroed filter wants everything. Texts that are NULL or "" and dates that are 0 or DATE_NONE
 * are not asked for. Codes that exist nowhere give empty lists, not errors. LIST_NONE asks for
 * matters that have no such value. A further member is also one that kept_open_answers looks at. */
#define LIST_NONE "none"
#define LIST_THEMES_MAX 8
struct list_filter {
    const char *q;               /* words, a number, or a phone number; see search.h */
    const struct folder *folder; /* needed with q (insight/fold.h) */
    struct kept_states *states;  /* helps with q and a status (kept_states.h); may be NULL */
    struct kept_hits *hits;      /* helps with q on PostgreSQL (kept_hits.h); may be NULL */
    struct kept_list *rows;      /* helps on PostgreSQL (kept_list.h); may be NULL */
    const char *kind;            /* complaint, report, enquiry */
    const char *status;
    const char *body;     /* code: this body and those below … */
    bool body_only;       /* … or it alone */
    int64_t officer;      /* handling it; 0 any */
    bool unassigned;      /* nobody handles it; open ones only */
    bool officer_none;    /* nobody handles or handled it, ended ones too */
    const char *category; /* this code or those below it ("goods" takes "goods.food"); it alone
                             with ".none" behind it ("goods.none"); LIST_NONE */
    const char *problem;  /* likewise */
    const char *themes;   /* all of these, parted by commas; LIST_NONE */
    const char *channel;
    const char *waiting_for; /* unit, officer, consumer, business, tester, leader, second, mediator,
                                nobody */
    const char *respondent_key;
    int64_t business;    /* confirmed to be against this one; 0 any */
    bool business_none;  /* no business is confirmed */
    int64_t group;       /* members of it; 0 any */
    const char *outcome; /* or LIST_NONE */
    enum due_level level;
    date_t from, to;   /* days of receipt, both included */
    date_t today;      /* needed for levels */
    date_t soon_until; /* the second working day after today */
};

/* The running clock that ends first, as stored. */
struct list_deadline {
    const char *rule;  /* "D1"; NULL: none runs */
    const char *state; /* running, paused … */
    date_t start, due_raw, due;
    int64_t seq, extensions, paused_days;
    bool provisional;
};

/* Code points to mark: from included, to not. */
struct list_mark {
    uint32_t from, to;
};

struct list_row {
    int64_t id;
    const char *number, *kind, *status;
    bool secret, open;
    int64_t version;
    const char *title;      /* masked; NULL for reports */
    const char *respondent; /* NULL for reports */
    const char *consumer;   /* masked name, NULL for reports and where none was given */
    const char *channel, *category, *problem;
    int64_t received_at, registered_at;
    int64_t ended_at; /* 0: not ended */
    const char *body;
    int64_t officer;             /* 0: nobody */
    const char *officer_display; /* NULL: nobody */
    const char *waiting_for;
    int64_t waiting_since;
    const char *outcome, *ground; /* NULL: none */
    int64_t amount_fen, recovered_fen;
    int64_t rating; /* 0: none */
    bool paused;
    struct list_deadline next;
    enum due_level level; /* DUE_ANY once ended */
    const char *pack;     /* NULL: earlier rule */
    int64_t pack_revision;
    int64_t group, group_size; /* 0: none; how many belong to it */
    const char *themes;        /* a JSON array of codes; NULL: none */

    /* only with q */
    const struct list_mark *title_marks, *respondent_marks;
    size_t n_title_marks, n_respondent_marks;
    const char *snippet; /* masked words around the hit; NULL when the title has it */
    const struct list_mark *snippet_marks;
    size_t n_snippet_marks;
};

#define LIST_LIMIT_DEFAULT 50
#define LIST_LIMIT_MAX 200
#define LIST_TOTAL_MAX 1000   /* a page's own total stops here: more is "1000+" */
#define COUNT_TOTAL_MAX 10000 /* count_matters stops here */
#define SEARCH_TOTAL_MAX 100  /* with q here */

struct list_page {
    struct list_row *rows;
    size_t n;
    const char *next; /* cursor of the page behind, NULL at the end */
    int64_t total;
    bool total_capped;
    int64_t position; /* id of the last event this page has seen */
};

/**
 * @param limit   0: LIST_LIMIT_DEFAULT; more than LIST_LIMIT_MAX is cut
 * @param cursor  NULL or "" for the first page, else `next` of the page before, with the same
 *                filter and sort
 * @return ERR_INVALID with field "cursor"; store errors
 */
enum err_code list_matters(struct op *op, const struct list_filter *filter, enum list_sort sort,
                           int limit, const char *cursor, struct list_page *ret) MUST_CHECK;

/* The rows of these ids that the actor may see, in the order given. @p today and @p soon_until are
 * for the level. */
enum err_code list_rows(struct op *op, const int64_t *ids, size_t n, date_t today,
                        date_t soon_until, struct list_row **ret, size_t *ret_n) MUST_CHECK;

enum list_by {
    BY_NOTHING,
    BY_LEVEL,
    BY_STATUS,
    BY_KIND,
    BY_WAITING_FOR,
    BY_BODY,
    BY_CATEGORY,
    BY_MONTH, /* of receipt; key "2026-03" */
    BY_CHANNEL,
    BY_OUTCOME,
    BY_COUNT
};
/* "level" "status" "kind" "waiting_for" "body" "category" "month" "channel" "outcome"; BY_COUNT
 * when there is no such name, BY_NOTHING for NULL or "". */
enum list_by list_by_find(const char *name);

struct list_cell {
    const char *key; /* "" where the column is empty (no category, no outcome) */
    int64_t n;
};
struct list_count {
    int64_t total;
    bool total_capped; /* counting stopped at COUNT_TOTAL_MAX: the cells are of the newest ones */
    struct list_cell *cells;
    size_t n;
};
/* BY_LEVEL gives exactly late, today, soon, later, paused in this order (never capped: it looks at
 * the open matters alone); months ascend, other cells come largest first. @p open: open matters in
 * memory (kept_open.h), which answer by level where only a body is asked for; NULL: their index is
 * walked. */
enum err_code count_matters(struct op *op, const struct list_filter *filter, struct kept_open *open,
                            enum list_by by, struct list_count *ret) MUST_CHECK;

/* What the matters of a filter come to. */
struct list_sums {
    int64_t n, open, late;
    int64_t settled;                   /* with an agreement */
    int64_t persons;                   /* heads as filed, one where nothing was said */
    int64_t amount_fen, recovered_fen; /* disputed; from settlements */
    date_t next_due;                   /* the nearest of the open ones; DATE_NONE */
};
enum err_code list_sums(struct op *op, const struct list_filter *filter,
                        struct list_sums *ret) MUST_CHECK;

/* The level of an open matter. @p next_due DATE_NONE: no clock runs. */
enum due_level due_level_of(date_t next_due, bool paused, date_t today, date_t soon_until);

#endif
