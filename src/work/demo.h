/* The sample county: an invented county with a year of matters that ends on a given day, told by
 * the same acts that officers do, each dated and done by the officer whose affair it was. The same
 * seed and day tell the same year. */
#ifndef FANGXIN_WORK_DEMO_H
#define FANGXIN_WORK_DEMO_H

#include "work/setup.h"

/* Called about ten times a second from the thread that called. */
typedef void demo_progress_fn(void *arg, size_t done, size_t total);

/* How much is told of each matter. */
enum demo_detail {
    DEMO_USUAL, /* six events, as a county's records have them */
    DEMO_SHORT, /* four and a half: what its life cannot do without */
    DEMO_LONG   /* seventeen: notices to the parties, notes, and of complaints and reports files */
};

struct demo_options {
    date_t until;         /* the last day told; DATE_NONE: today */
    const char *password; /* of every account; at least 8 characters */
    size_t matters;       /* about so many; 0: 12,000 */
    enum demo_detail detail;
    uint64_t seed;    /* 0: 1 */
    unsigned workers; /* threads; 0: 3 */
    demo_progress_fn *progress;
    void *arg;
};

struct demo_account {
    const char *name, *display, *body_zh;
    unsigned roles;
};

struct demo_report {
    size_t matters, acts, bodies, n_accounts;
    const struct demo_account *accounts; /* in op->arena; those of the bureau first */
};

/**
 * Fills an empty installation. The op's actor is the operator (ACTOR_SYSTEM); its setup is the one
 * before, @p setups has the new one afterwards.
 * @return ERR_CONFLICT when there is a body already; ERR_INVALID for the password or a pack
 */
enum err_code demo_make(struct op *op, struct setups *setups, const struct embedded_file *packs,
                        const struct demo_options *options, struct demo_report *ret) MUST_CHECK;

#endif
