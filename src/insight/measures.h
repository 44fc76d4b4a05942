/* Measures: what the tallies keep of matters, as data (packs/indicators/measures.json).
 *
 * A measure picks matters by conditions, says by which day they count (received or ended), what is
 * summed besides, and by which dimensions cells are kept. A cell is (measure, dimension, grain,
 * period, body, value) → n, sum. `value` always begins with the kind, so that reports can be left
 * out: "complaint" (dimension total), "complaint|phone" (channel).
 *
 * The work layer asks for the cells of a matter before and after an act and writes the difference
 * (measure_difference), so a tally always equals the count of its matters. What no measure keeps is
 * counted from the matters (figure_walk.c); indicators do not know the difference. */
#ifndef FANGXIN_INSIGHT_MEASURES_H
#define FANGXIN_INSIGHT_MEASURES_H

#include "insight/matter_facts.h"
#include "rules/label.h"
#include "store/changes.h"

struct measure_dimension {
    const char *id;  /* "total", or the fact's name */
    enum fact fact;  /* FACT_NONE for total */
    bool month, day; /* grains kept */
};

#define MEASURE_DIMENSIONS_MAX 6

struct measure {
    const char *id;
    struct label label;
    bool by_ended; /* counts in the period it ended, else in which it was received */
    struct conditions where;
    enum fact sum; /* FACT_NONE, FACT_AMOUNT_FEN, FACT_RECOVERED_FEN, FACT_RATING */
    struct measure_dimension dimensions[MEASURE_DIMENSIONS_MAX];
    size_t n_dimensions;
};

struct measures;

/**
 * @return ERR_MALFORMED broken JSON; ERR_INVALID with the path of each fault: unknown key, fact,
 *         dimension or grain, id twice, label missing in a language, no dimension.
 */
enum err_code measures_load(const char *bytes, size_t n, struct measures **ret,
                            struct err *err) MUST_CHECK;
void measures_free(struct measures *measures); /* NULL is fine */
void measures_freep(struct measures **measures);
size_t measures_count(const struct measures *measures);
const struct measure *measures_at(const struct measures *measures, size_t i);
const struct measure *measures_find(const struct measures *measures, const char *id);

/* Whether the matter counts in it (whatever the period). */
bool measure_holds(const struct measure *measure, const struct figure_facts *facts);

typedef void measure_emit_fn(void *arg, const struct tally_key *key, int64_t n, int64_t sum);
/* Calls @p emit for each cell this matter counts in, n = 1. The key lives during the call only. */
void measure_cells(const struct measures *measures, const struct figure_facts *facts,
                   measure_emit_fn *emit, void *arg);

/* Adds to @p ch what turns the tallies of @p before into those of @p after (either may be NULL);
 * cells that do not change are left out by changes_tally. */
void measure_difference(struct op *op, struct changes *ch, const struct measures *measures,
                        const struct figure_facts *before, const struct figure_facts *after);

#endif
