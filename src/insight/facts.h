/* Facts about one business or one person: how many matters of which kind, when, how they ended.
 * Only matters that the actor may count; counts, never a judgement. */
#ifndef FANGXIN_INSIGHT_FACTS_H
#define FANGXIN_INSIGHT_FACTS_H

#include "insight/list.h"

enum facts_about {
    FACTS_BUSINESS,  /* id: matters confirmed to be against it */
    FACTS_SAME_NAME, /* id: not confirmed, told under one of its names */
    FACTS_NAME,      /* key: told under this folded name, confirmed or not */
    FACTS_PERSON,    /* phone: of the consumer or proxy; never of reporters */
};

struct facts_query {
    enum facts_about about;
    int64_t id;
    const char *key;
    const char *phone; /* as written; nothing is found when it is no phone */
};

/* One cell: matters that agree in all of these. Texts are "" where there is none. */
struct fact_cell {
    const char *kind, *outcome, *ground, *told;
    bool open;
    int month; /* of receipt, base/date.h */
    int64_t n, amount_fen, recovered_fen, performed, consented, disclosed, exempt;
};

struct facts {
    struct fact_cell *cells;
    size_t n_cells;
    int64_t total, open;
    int64_t *ids; /* the newest first, at most the number asked for */
    size_t n_ids;
};
enum err_code facts_of(struct op *op, struct snapshot *snap, const struct facts_query *query,
                       size_t newest, struct facts *ret) MUST_CHECK;

/* The newest ids alone. */
enum err_code facts_newest(struct op *op, struct snapshot *snap, const struct facts_query *query,
                           size_t newest, struct facts *ret) MUST_CHECK;

/* Against whom, the most first. */
struct fact_business {
    int64_t id;       /* 0: nobody confirmed it */
    const char *name; /* as told, when id is 0; "" where none was told (reports) */
    int64_t n;
};
enum err_code facts_businesses(struct op *op, struct snapshot *snap,
                               const struct facts_query *query, size_t max,
                               struct fact_business *ret, size_t *ret_n) MUST_CHECK;

/* How many matters there are, counting no further than @p cap. */
enum err_code facts_count(struct op *op, struct snapshot *snap, const struct facts_query *query,
                          int64_t cap, int64_t *ret) MUST_CHECK;

/* Businesses of the newest matters, the one with the most among them first. @p ret has room for
 * max. */
enum err_code facts_recent(struct op *op, struct snapshot *snap, size_t max,
                           struct fact_business *ret, size_t *ret_n) MUST_CHECK;

#endif
