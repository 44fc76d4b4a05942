/* A summary under way. For summary*.c alone. */
#ifndef FANGXIN_INSIGHT_SUMMARY_INTERNAL_H
#define FANGXIN_INSIGHT_SUMMARY_INTERNAL_H

#include "insight/figure_columns.h"
#include "insight/figure_frozen.h"
#include "insight/summary.h"

enum made_form { MADE_VALUE, MADE_CHANGE, MADE_GROWTH, MADE_RANK };

/* A number that stands in the text. */
struct made_figure {
    const char *id; /* without @ and edition */
    enum made_form form;
    const struct indicator *indicator; /* NULL for ranks */
    const char *part;                  /* name of the cell; NULL for the whole */
    enum summary_when when;
    struct figure_value is;
    int decimals;
    int sign;       /* of a change or growth: -1 0 1 */
    size_t of[2];   /* operands of a change or growth */
    size_t asks[2]; /* of a value: numerator, denominator; NO_ASK */
};
#define NO_ASK SIZE_MAX

struct made_want {
    const struct indicator *indicator;
    enum figure_dimension by;
};
#define WANTS_MAX 160
#define MADE_MAX 4000

struct maker {
    struct op *op;
    const struct indicators *indicators;
    const struct summary_query *q;
    const struct summary_world *world;
    const struct summary_words *words;
    struct period periods[WHEN_COUNT];
    struct made_want wants[WHEN_COUNT][WANTS_MAX];
    size_t n_wants[WHEN_COUNT];
    struct figure_columns *columns; /* owned: the matters of all periods */
    struct figure_list lists[WHEN_COUNT];
    struct made_figure *made; /* MADE_MAX */
    size_t n_made;
    struct frozen_ask *asks; /* 2 * MADE_MAX */
    size_t n_asks;
    json_t *blocks; /* array */
    struct snapshot *snap;
    json_t *kept; /* array: figures of registers, which stand behind those made */
};

/* Notes in m->wants which figures the form asks for. ERR_INVALID when they are too many. */
enum err_code make_wants(struct maker *m) MUST_CHECK;
/* Reads the matters of all that is asked for, in one walk, into m->columns. */
enum err_code make_columns(struct maker *m, struct snapshot *snap) MUST_CHECK;
/* Computes from them the figures asked for, into m->lists. */
enum err_code make_figures(struct maker *m) MUST_CHECK;
/* The number of an indicator in a period, whole (by DIM_NONE, key "") or of one cell. */
enum err_code made_value(struct maker *m, const struct indicator *ind, enum summary_when when,
                         enum figure_dimension by, const char *key, size_t *ret) MUST_CHECK;
/* How far figure @p a is from figure @p b, absolute or in percent. */
enum err_code made_change(struct maker *m, size_t a, size_t b, size_t *ret) MUST_CHECK;
enum err_code made_growth(struct maker *m, size_t a, size_t b, size_t *ret) MUST_CHECK;
enum err_code made_rank(struct maker *m, const char *key, size_t rank, size_t *ret) MUST_CHECK;
/* The figure of an indicator by a dimension, with its cells; wanted before. */
const struct figure *made_figure_of(struct maker *m, const struct indicator *ind,
                                    enum summary_when when, enum figure_dimension by);
/* Name of a cell as printed. */
const char *made_name(struct maker *m, enum figure_dimension by, const char *key);
/* @p n bytes of text, with , : ; ( ) in the width that the form asks for. In the arena; NULL: no
 * memory. */
const char *made_marks(struct maker *m, const char *text, size_t n);
enum err_code made_no_memory(struct op *op);
/* a < b as decimals. */
bool decimal_less(const char *a, const char *b);

/* ---- summary_text.c, summary_table.c: blocks ---- */
enum err_code make_text(struct maker *m, const struct summary_block *b) MUST_CHECK;
enum err_code make_words(struct maker *m, const char *text, const char **ret) MUST_CHECK;
enum err_code make_table(struct maker *m, const struct summary_table *t) MUST_CHECK;
enum err_code make_chart(struct maker *m, const struct summary_block *b) MUST_CHECK;
/* Adds a block; takes the reference. */
enum err_code make_block(struct maker *m, json_t *block) MUST_CHECK;

#endif
