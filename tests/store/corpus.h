/* A county of invented matters and, beside it, what each of them is: what a list, count, search or
 * figure says is held against this. The same seed makes the same county. */
#ifndef FANGXIN_TESTS_STORE_CORPUS_H
#define FANGXIN_TESTS_STORE_CORPUS_H

#include "insight/figures.h"
#include "insight/search.h"
#include "tests/store/fixture.h"

#define CORPUS_BODIES 20
#define CORPUS_OFFICERS 40
#define CORPUS_TODAY 20527 /* 2026-03-15 */
#define CORPUS_SOON (CORPUS_TODAY + 2)

struct sample {
    int64_t id, version;
    const char *kind, *status, *channel, *category, *problem, *division, *waiting_for, *outcome,
        *told;
    const char *respondent, *name, *phone;
    bool open, secret, assigned, paused;
    int body;                       /* index in corpus.bodies */
    int64_t officer, registered_by; /* 0 nobody */
    int64_t received_at, ended_at;  /* 0 not ended */
    date_t next_due;                /* DATE_NONE */
    int64_t amount_fen, recovered_fen, rating;
    char facts[400];
};

struct corpus_body {
    char code[24], path[80];
    int parent; /* -1 root */
};

struct corpus {
    struct fixture store;
    struct folder *folder;
    struct indicators *indicators;
    struct corpus_body bodies[CORPUS_BODIES];
    struct sample *samples;
    size_t n;
    uint64_t random;
};

/* @p indexed: also fills the index of words. */
void corpus_start(struct corpus *c, size_t n, bool indexed);
void corpus_end(struct corpus *c);
uint64_t corpus_random(struct corpus *c, uint64_t below);

/* A unit of work at noon of CORPUS_TODAY. Officer ids are 1 …; roles are given here. */
struct op *corpus_op(struct corpus *c, int64_t officer, unsigned roles, int body);
struct record_facts corpus_facts(const struct corpus *c, const struct sample *s);
struct figure_facts corpus_measure_facts(const struct corpus *c, const struct sample *s);
/* Writes the row of a sample that was changed and given its next version; and the event of its
 * version, which says nothing but that it was there. */
void corpus_update(const struct corpus *c, struct changes *ch, const struct sample *s);
void corpus_event(struct op *op, struct changes *ch, const struct sample *s);
/* An empty arena again, for loops. */
void corpus_op_reset(struct op *op);

/* Words as they stand in facts, some rare, some common. */
extern const char *const corpus_words[];
extern const size_t corpus_n_words;

#endif
