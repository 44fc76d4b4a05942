/* What taking away and looking ahead share. */
#ifndef FANGXIN_WORK_RETENTION_INTERNAL_H
#define FANGXIN_WORK_RETENTION_INTERNAL_H

#include "work/retention.h"

#define TERMS_MAX 32
#define PERSONS_MAX 4   /* roles of one matter */
#define LETTERS_MAX 200 /* of one matter at a time; the next run takes the rest */

struct term {
    const char *pack;
    int years;  /* for who filed it and the evidence */
    int papers; /* for texts and letters, not fewer; 0: kept for ever */
};
/* Of the setting; those that cannot be read are left out. In the arena. */
size_t retention_terms(struct op *op, struct term ret[TERMS_MAX]);

/* Where a page ended: the term, and the end and id of its last matter. */
struct mark {
    size_t term;
    int64_t ended_at, id;
};

struct over {
    int64_t id;
    const struct term *term;
    date_t since; /* the day from which the terms run */
    int64_t cut;  /* ms UTC: what was at rest before it is over by the first term */
    bool papers;  /* the term of texts and letters is over as well */
};

/* Goes on behind the mark, over the terms in turn, until the page is full or all are done. */
enum err_code retention_page(struct op *op, struct snapshot *snap, const struct term *terms,
                             size_t n_terms, date_t on, struct mark *mark, struct over *ret,
                             size_t max, size_t *ret_n) MUST_CHECK;
/* How many of one term are over on a day, held ones included; counts no further than @p max. */
enum err_code retention_count(struct op *op, struct snapshot *snap, const struct term *t, date_t on,
                              int64_t max, int64_t *ret) MUST_CHECK;

struct roles {
    const char *names[PERSONS_MAX];
    size_t n;
};

/* What is still there of what goes. */
struct left {
    struct roles persons;
    int64_t files, texts; /* files of evidence; events that have sealed texts */
    int64_t letters[LETTERS_MAX];
    size_t n_letters;
    int64_t order; /* the order that goes with it; 0: none */
    int64_t visit; /* its return visit, where that has texts; 0: none */
};
/* Texts, letters and the visit count as none before their own term is over. */
enum err_code retention_left(struct op *op, struct snapshot *snap, const struct matter *m,
                             const struct over *o, struct left *ret) MUST_CHECK;

/* ---- of any record ---- */

/* Roles of the persons that are kept with it. */
enum err_code retention_roles(struct op *op, struct snapshot *snap, int64_t record,
                              struct roles *ret) MUST_CHECK;
json_t *retention_roles_json(const struct roles *roles); /* new reference */
void retention_forget_persons(struct changes *ch, int64_t record);
void retention_forget_texts(struct changes *ch, int64_t record);

/* ---- what stands beside a matter ---- */

/* The order that goes with this matter now; 0 where there is none, where it has gone, or where
 * something keeps it: it is under way, was acted on since, or holds another matter that stays. */
enum err_code retention_order_of(struct op *op, struct snapshot *snap, const struct matter *m,
                                 const struct over *o, int64_t *ret) MUST_CHECK;
/* Its caller and all its texts: both terms are one here, because the row as it came in names the
 * caller in clear. The change set is undone, ERR_CONFLICT, where another matter keeps it meanwhile.
 */
enum err_code retention_forget_order(struct op *op, struct snapshot *snap, struct changes *ch,
                                     const struct matter *m, const struct over *o,
                                     int64_t order) MUST_CHECK;
/* What was said and answered in its return visit: opinion, remark, answer. */
enum err_code retention_visit_of(struct op *op, struct snapshot *snap, const struct matter *m,
                                 int64_t *ret) MUST_CHECK;
enum err_code retention_forget_visit(struct op *op, struct snapshot *snap, struct changes *ch,
                                     int64_t visit) MUST_CHECK;
/* Names of files and reports of imports: rows that became no matter, values that no table knows.
 * They go when the longest first term has passed since the import ended. Adds to *ret_n. */
enum err_code retention_purge_imports(struct op *op, const struct term *terms, size_t n_terms,
                                      int64_t *ret_n) MUST_CHECK;
/* The instant (ms UTC) before which something must have ended for so many years to be over on a
 * day; 0 for no years. */
int64_t retention_cut_ms(const struct op *op, date_t on, int years);

#endif
