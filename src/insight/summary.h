/* Summaries: a form of packs/summaries filled with the figures of a body and a period.
 *
 * What comes out is one JSON object that holds all there is to print (docs/bulletins.md shows it):
 *   {"form", "form_hash", "title", "body", "body_name", "period", "position", "reports",
 *    "figures": [{"id", "label", "unit", "value", "num", "den", "decimals", "indicator",
 * "definition", "form": value|change|growth|rank, "of": [figure, figure], "at": [[…], […]]} |
 *                {…, "register", "measure"}: of a register, without "at"],
 *    "blocks": [{"heading", "level"} | {"runs": [{"text", "figure"}]} | {"table"} | {"chart"} |
 *               {"note"}]}
 * where "figure" is a position in "figures" and "at" the places of its matters (figure_frozen.h).
 */
#ifndef FANGXIN_INSIGHT_SUMMARY_H
#define FANGXIN_INSIGHT_SUMMARY_H

#include "insight/document.h"
#include "insight/summary_form.h"

/* Names that only the layer above knows. */
struct summary_query;
struct summary_world {
    void *arg;
    struct label (*label)(void *arg, enum figure_dimension by, const char *key);
    const char *const *branches; /* codes right below the body, in order */
    size_t n_branches;
    const char *body_name;
    /**
     * What the registers of these groups (bits of enum register_group) say of the body and period.
     * @param figures  array: a figure of the content for each number, without "at"
     * @param texts    array: {"runs"} for each register, whose "figure" counts in @p figures
     */
    enum err_code (*registers)(void *arg, struct snapshot *snap, const struct summary_query *query,
                               unsigned groups, json_t *figures, json_t *texts);
};

struct summary_query {
    const struct summary_forms *forms;
    const struct summary_form *form;
    const char *body;
    struct period period;
    bool reports; /* figures of reports: the actor's right, which the caller has asked for */
    bool members; /* freeze the matters too */
};

struct summary {
    json_t *content;    /* owned */
    int64_t position;   /* the last event these figures know */
    struct buf members; /* figure_frozen.h; empty without query.members */
};
void summary_release(struct summary *summary);

/* Figures, text and members from one view. As figure_compute; ERR_INVALID field "period" where the
 * form is not made for such a period; ERR_CORRUPT when members and figures disagree. */
enum err_code summary_make(struct op *op, const struct indicators *indicators,
                           const struct summary_query *query, const struct summary_world *world,
                           struct summary *ret) MUST_CHECK;

/* What stands on the paper beside the content. */
struct summary_edition {
    const char *key;      /* behind the @ of each figure's id */
    const char *subtitle; /* "安澜县市场监督管理局　2026年10月9日"; NULL: none */
    int64_t made_ms;      /* in the properties of the file */
};
/* The document of a content, which must outlive it. ERR_CORRUPT where the content has not the shape
 * above. */
enum err_code summary_document(struct op *op, const json_t *content,
                               const struct summary_edition *edition,
                               struct document **ret) MUST_CHECK;

/* "2026年9月", "2026年上半年" … and the short form without the year: "9月". In the arena. */
char *summary_period_name(struct arena *arena, const struct summary_words *words,
                          const struct period *period, bool with_year);

#endif
