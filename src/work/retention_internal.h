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
    bool papers;  /* that of texts and letters is over as well */
};

/* Goes on behind the mark, over the terms in turn, until the page is full or all are done. */
enum err_code retention_page(struct op *op, struct snapshot *snap, const struct term *terms,
                             size_t n_terms, date_t on, struct mark *mark, struct over *ret,
                             size_t max, size_t *ret_n) MUST_CHECK;
/* How many of one term are over on a day, held ones included; counts no further than @p max. */
enum err_code retention_count(struct op *op, struct snapshot *snap, const struct term *t, date_t on,
                              int64_t max, int64_t *ret) MUST_CHECK;

/* What is still there of what goes. */
struct left {
    const char *persons[PERSONS_MAX]; /* roles */
    size_t n_persons;
    int64_t files, texts; /* files of evidence; events that have sealed texts */
    int64_t letters[LETTERS_MAX];
    size_t n_letters;
};
/* @param papers  texts and letters too; otherwise they count as none */
enum err_code retention_left(struct op *op, struct snapshot *snap, const struct matter *m,
                             bool papers, struct left *ret) MUST_CHECK;

#endif
