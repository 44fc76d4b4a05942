/* A list counted by one or two columns, whole: every matter of the filter that the actor may count,
 * without a cap. Each number opens its list: cross_opens says by which filter.
 *
 *     struct list_filter f = {.q = "轮胎", .from = day, .folder = folder, .today = …};
 *     struct cross_table table;
 *     TRY(cross_count(op, &f, kept, CROSS_BRANCH, CROSS_WAITING_FOR, &table));
 *
 * A matter stands once in each axis, but for themes, of which it may have several or none: then
 * `overlap` says so, cells add up to more than the totals, and the totals still count each matter
 * once. Everything returned lies in op->arena. Rule: docs/asking.md. */
#ifndef FANGXIN_INSIGHT_CROSS_H
#define FANGXIN_INSIGHT_CROSS_H

#include "insight/kept_matters.h"
#include "insight/list.h"

enum cross_column {
    CROSS_NOTHING,
    CROSS_BODY,   /* each body by itself */
    CROSS_BRANCH, /* bodies right below the one asked for with all that is below them, and itself */
    CROSS_OFFICER,
    CROSS_STATUS,
    CROSS_WAITING_FOR,
    CROSS_KIND,
    CROSS_CHANNEL,
    CROSS_SECTOR,   /* first level of the category: goods, service */
    CROSS_CATEGORY, /* second level: goods.food */
    CROSS_PROBLEM,
    CROSS_THEME,
    CROSS_OUTCOME,
    CROSS_BUSINESS, /* the confirmed one; key: its id */
    CROSS_MONTH,    /* of receipt; key "2026-03" */
    CROSS_DAY,      /* of receipt; key "2026-03-15" */
    CROSS_DUE,      /* level of the next due day; key "ended" where none can be due */
    CROSS_COUNT
};
/* "body" "branch" "officer" …; CROSS_COUNT when there is no such name, CROSS_NOTHING for NULL or
 * "". */
enum cross_column cross_column_find(const char *name);
const char *cross_column_name(enum cross_column column);

#define CROSS_KEYS_MAX 5000
#define CROSS_CELLS_MAX 50000

struct cross_key {
    const char *key; /* "" where the matter has no such value */
    int64_t n;       /* matters, each once */
};
struct cross_cell {
    uint32_t row, column; /* into rows and columns */
    int64_t n;            /* never 0: what is missing is 0 */
};
struct cross_table {
    enum cross_column by, and;
    int64_t total;
    bool overlap;
    struct cross_key *rows, *columns; /* days ascend, bodies follow the tree, levels their order;
                                         the rest is largest first, "" last */
    size_t n_rows, n_columns;         /* one column with key "" when and is CROSS_NOTHING */
    struct cross_cell *cells;         /* by row, then column */
    size_t n_cells;
    const char *top; /* code of the body whose branches were counted: the one asked for, the root */
    int64_t position; /* id of the last event the count has seen */
};

/**
 * @param kept the matters kept in memory, for what they answer; NULL: all is read
 * @param by   not CROSS_NOTHING and not the same as @p and
 * @return ERR_INVALID with field "by" for more than CROSS_KEYS_MAX values of a column or more than
 *         CROSS_CELLS_MAX cells
 */
enum err_code cross_count(struct op *op, const struct list_filter *filter,
                          struct kept_matters *kept, enum cross_column by, enum cross_column and,
                          struct cross_table *ret) MUST_CHECK;

/* Parameters of the list that a number opens, to be put over those of the filter. */
#define CROSS_PAIRS_MAX 15
struct cross_pair {
    const char *name, *value;
};
/* @p row and @p column are keys of the table or NULL for a total. */
enum err_code cross_opens(struct op *op, const struct list_filter *filter,
                          const struct cross_table *table, const char *row, const char *column,
                          struct cross_pair ret[CROSS_PAIRS_MAX], size_t *ret_n) MUST_CHECK;

#endif
