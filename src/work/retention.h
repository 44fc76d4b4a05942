/* Keeping for a time, and no longer. An office says in the setting "retention.years" how many years
 * it keeps matters under each rule pack after they ended: "market-2026=10/30 pboc-2020=5". The
 * first number is for who filed them and for their evidence, the second for texts and letters,
 * which without one are kept for ever. Without a term for its pack a matter is kept for ever; none
 * may be shorter than packs/rules/retention.json says. What is on hold is kept all the same
 * (hold.h).
 *
 * What is over: matters in a final state whose last day of keeping has passed, counted from the day
 * of the outcome and from the day on which they came to rest. The job takes away who filed them
 * (person, reporter) and every file of their evidence, removed ones included, and after the second
 * term what was written about them and their letters; it leaves the event "purge", which says what
 * went:
 *   "detail": {"purged": {"at", "years", "persons": [roles], "files": n[, "orders": 1][, "papers":
 *    years, "texts": n, "letters": n, "visits": n]}, "files": […]}
 * and on each letter another, {"set": {"purged": {"at", "texts": true}, "blob": null}}. With the
 * first term goes the order of a hotline that the matter was made for, its caller and all its
 * texts, with {"set": {"purged": {"at", "persons": [roles], "texts": true}}}, as soon as it is done
 * or returned, was at rest as long as the matter, and none of its other matters stays; with the
 * second one what was said in its return visit (event "purge" there too). What an import says of
 * the rows that it could not take belongs to no matter: it goes when the longest first term has
 * passed since its end. Figures,
 * the respondent's name, codes, days and the chain of events with its commitments stay; after the
 * first term the texts leave the full-text index, because the names in them can no longer be
 * masked. */
#ifndef FANGXIN_WORK_RETENTION_H
#define FANGXIN_WORK_RETENTION_H

#include "base/json.h"
#include "work/matter.h"

/* What the term of keeping took from this matter has gone. */
bool matter_purged(const struct matter *m);

/* ERR_INVALID field "value": the setting "retention.years". */
enum err_code retention_years_check(struct op *op, const char *value) MUST_CHECK;

/* Takes away what is over, up to @p max matters, and reports of imports; for the job. @p ret_n  how
 * many of both. */
enum err_code retention_purge(struct op *op, size_t max, int64_t *ret_n) MUST_CHECK;

/**
 * What will be over on a day, so that it can be looked at before: {"on", "terms": [{"pack",
 * "name", "years", "papers", "over", "more"}], "items": [{"number", "kind", "pack", "ended_on",
 * "kept_until", "papers_until", "held", "may_hold", "persons", "files", "texts", "letters",
 * "orders", "visits"}], "hidden", "next"}. Matters that the actor may not read are counted in
 * "hidden".
 * @param after  "next" of the page before, "" for the first one
 * @return ERR_FORBIDDEN; ERR_INVALID field "after"
 */
enum err_code retention_write(struct op *op, date_t on, const char *after, size_t max,
                              struct json_writer *w) MUST_CHECK;

#endif
