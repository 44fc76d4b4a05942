/* Matters as counts by columns need them (cross.h), kept in memory: 64 bytes each, so that a count
 * of a million looks at rows instead of reading them. One for all requests of a process.
 *
 * A job reads them once a count has asked; until then counts read for themselves. From then on they
 * follow the events: whoever holds them has every event of his snapshot. What changes without an
 * event of the matter, the next due day, is not kept. */
#ifndef FANGXIN_INSIGHT_KEPT_MATTERS_H
#define FANGXIN_INSIGHT_KEPT_MATTERS_H

#include "base/date.h"
#include "store/store.h"

enum kept_text {
    KEPT_KIND,
    KEPT_BODY,
    KEPT_STATUS,
    KEPT_WAITING_FOR,
    KEPT_CHANNEL,
    KEPT_CATEGORY,
    KEPT_PROBLEM,
    KEPT_OUTCOME,
    KEPT_THEMES, /* the list of codes as JSON */
    KEPT_TEXTS
};

struct kept_row {
    int64_t id, officer, registered_by, business; /* 0: none */
    date_t received;                              /* DATE_NONE: the matter is gone */
    uint16_t texts[KEPT_TEXTS];                   /* codes; 0: none */
    bool open, secret, assigned;
};

/* The texts of one column, each once; texts[0] is "". */
struct kept_texts {
    const char **texts;
    size_t n, cap;
};

struct kept_rows {
    struct kept_row *rows;
    size_t n, cap;
    struct kept_texts texts[KEPT_TEXTS];
    int64_t position; /* the last event that is in it */
};

struct kept_matters;
struct kept_matters *kept_matters_new(void); /* NULL: no memory */
void kept_matters_free(struct kept_matters *kept);

/* The rows as of the snapshot, or later; they stay as they are until kept_matters_letgo.
 * @param[out] ret  NULL: they are not there (yet), and there is nothing to let go */
enum err_code kept_matters_hold(struct op *op, struct snapshot *snap, struct kept_matters *kept,
                                const struct kept_rows **ret) MUST_CHECK;
void kept_matters_letgo(struct kept_matters *kept);
/* For the job: reads them when somebody has asked. */
enum err_code kept_matters_fill(struct op *op, struct kept_matters *kept) MUST_CHECK;

#endif
