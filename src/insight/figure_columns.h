/* The matters behind many figures, read once: for documents, which ask hundreds of figures of the
 * same matters. For figure*.c and summary_make.c alone.
 *
 * One walk over the pasts (past.h) gives each matter's facts as they are and as they were at each
 * cut-off, with codes for texts. Facts that did not change share a row. About 130 bytes a matter
 * that counts in one of the periods. */
#ifndef FANGXIN_INSIGHT_FIGURE_COLUMNS_H
#define FANGXIN_INSIGHT_FIGURE_COLUMNS_H

#include "insight/figures_internal.h"
#include "insight/past.h"

struct column_row {
    int64_t id, business, officer, amount_fen, recovered_fen, heads, rating, from_complaint;
    date_t received, ended, assigned, accepted, told_on;
    uint32_t texts[PAST_TEXTS];      /* codes; 0: none */
    uint32_t themes_at, remedies_at; /* in the lists of the columns */
    uint8_t n_themes, n_remedies;
    bool by_parties;
};

/* The texts of one column, by code; texts[0] is "". */
struct column_texts {
    const char **texts;
    size_t n, cap;
    uint32_t *slots; /* codes, 0: empty; a power of two of them */
    size_t n_slots;
};

#define COLUMNS_PERIODS_MAX 3
#define COLUMNS_AS_OF_MAX 16

struct figure_columns {
    struct arena *arena; /* texts */
    struct column_row *rows;
    size_t n, cap;
    struct column_texts texts[PAST_TEXTS];
    const struct figure_body **bodies; /* by code of PAST_BODY; NULL outside the scope */
    size_t bodies_cap;
    const char **themes;
    size_t n_themes, themes_cap;
    struct fact_remedy *remedies;
    size_t n_remedies, remedies_cap;
    struct period periods[COLUMNS_PERIODS_MAX];
    size_t n_periods;
    struct figure_as_of as_of[COLUMNS_AS_OF_MAX];
    size_t n_as_of;
    struct column_list {
        uint32_t *rows; /* of the matters that were there */
        size_t n, cap;
    } lists[COLUMNS_AS_OF_MAX];
};

struct columns_want {
    const struct period *periods; /* what counts in none of them is left out */
    size_t n_periods;
    const struct figure_as_of *as_of; /* as_of_or_now has been asked */
    size_t n_as_of;
    bool ended_then;    /* what ended in a period is asked for as of a cut-off too */
    int64_t events_max; /* behind the pasts that are read one by one; 0: COLUMNS_EVENTS_MAX */
};
#define COLUMNS_EVENTS_MAX 500000 /* some seconds */

/* Reads them, in scope and with the rights of @p f. ERR_NO_MEMORY, ERR_CORRUPT; ERR_BUSY while a
 * job still makes the pasts, as behind an upgrade that keeps more of them. */
enum err_code columns_load(struct figuring *f, const struct columns_want *want,
                           struct figure_columns **ret) MUST_CHECK;
void columns_freep(struct figure_columns **columns);

/* The rows as of a cut-off; NULL when that, or the period, was not asked for. */
const struct column_list *columns_list(const struct figure_columns *columns,
                                       const struct period *period, struct figure_as_of as_of);
/* Whether a row counts in a period. */
static inline bool columns_in_period(const struct column_row *row, bool by_ended,
                                     const struct period *period)
{
    date_t date = by_ended ? row->ended : row->received;

    return date != DATE_NONE && date >= period->first && date <= period->last;
}
void columns_facts(const struct figure_columns *columns, const struct column_row *row,
                   struct figure_facts *ret);

/* ---- column_texts.c: how they grow ---- */

/* Room for one more behind @p n in a malloc'ed list of @p cap; false: no memory. */
bool columns_room(void **list, size_t *cap, size_t n, size_t bytes);
/* The code of a text, 0 for an empty one; false: no memory. */
bool columns_code(struct figure_columns *columns, struct column_texts *texts, struct past_text text,
                  uint32_t *ret);

/* ---- figure_parts.c: rows, their conditions and keys ---- */

/* A part made ready: conditions on texts as tables of codes. */
struct column_part {
    const struct indicator_part *part;
    struct {
        int column;
        const bool *holds; /* by code */
    } texts[CONDITIONS_MAX];
    size_t n_texts;
    bool more; /* other conditions */
};
enum err_code column_part(struct figuring *f, const struct figure_columns *columns,
                          const struct indicator_part *part, struct column_part *ret) MUST_CHECK;

/* A row with its facts, made when first needed. */
struct column_seen {
    const struct figure_columns *columns;
    const struct column_row *row;
    bool made;
    struct figure_facts facts;
};
const struct figure_facts *column_seen_facts(struct column_seen *seen);
bool column_part_holds(const struct column_part *part, struct column_seen *seen);

/* A dimension made ready: where one text decides, its keys by code, as numbers. */
struct column_keys {
    enum figure_dimension by;
    int column;        /* -1: dimension_keys decides */
    const char **keys; /* by code of the column */
};
enum err_code column_keys(struct figuring *f, const struct figure_columns *columns,
                          const struct indicator_part *part, enum figure_dimension by,
                          struct column_keys *ret) MUST_CHECK;

/* Counts those asks that columns hold and that are not done; sets done. */
enum err_code columns_answer(struct figuring *f, struct figure_ask **asks, size_t n) MUST_CHECK;

#endif
