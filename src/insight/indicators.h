/* Indicators: what a figure states, as data (packs/indicators).
 *
 * One file holds a list; the installation may add files of its own under DIR/packs/indicators,
 * where an id given again replaces the shipped one. docs/figures.md describes the format. */
#ifndef FANGXIN_INSIGHT_INDICATORS_H
#define FANGXIN_INSIGHT_INDICATORS_H

#include "base/embed.h"
#include "insight/measures.h"
#include "insight/period.h"

enum indicator_form {
    FORM_COUNT, /* num */
    FORM_SUM,   /* sum of a number */
    FORM_RATE,  /* num / den in percent */
    FORM_MEAN,  /* sum / number of matters */
};

/* Matters of one cohort that meet conditions, and what is summed of them. */
struct indicator_part {
    bool by_ended; /* those ended in the period, else those received in it */
    struct conditions where;
    enum fact sum; /* FACT_NONE */
};

enum cutoff_kind {
    CUTOFF_NOW,  /* as things stand */
    CUTOFF_DAYS, /* as things stood that many days after the last of the period */
};

#define HASH_TEXT 65

struct indicator {
    const char *id;
    struct label label, unit, definition;
    enum indicator_form form;
    int decimals;
    int64_t per; /* a sum or mean is divided by it: 100 makes yuan of fen, 1000000 万元 */
    enum cutoff_kind cutoff;
    int cutoff_days;
    struct indicator_part num, den; /* den counts for FORM_RATE alone */
    bool only_reports;              /* counts nothing but reports */
    bool dashboard, site;           /* where it is shown */
    char hash[HASH_TEXT];           /* BLAKE2b-256 of the definition, hex */
};

struct indicators;

/**
 * Loads indicators/measures.json and every other file below indicators/ of @p files
 * (embedded_packs), then those of the installation, in order of name.
 * @param dir  the installation; its packs/indicators may be missing. NULL: none
 * @return ERR_MALFORMED, ERR_INVALID naming file and path of each fault. Shared between threads
 * once loaded.
 */
enum err_code indicators_load(const struct embedded_file *files, const char *dir,
                              struct indicators **ret, struct err *err) MUST_CHECK;
void indicators_free(struct indicators *indicators); /* NULL is fine */
void indicators_freep(struct indicators **indicators);
const struct measures *indicators_measures(const struct indicators *indicators);
size_t indicators_count(const struct indicators *indicators);
const struct indicator *indicators_at(const struct indicators *indicators, size_t i);
const struct indicator *indicators_find(const struct indicators *indicators, const char *id);

#endif
