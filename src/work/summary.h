/* Saved summaries: bulletins that never change.
 *
 * A record of kind "summary". Its state:
 *   {"body", "status": draft|issued|discarded, "day", "key", "form", "title", "period", "position",
 *    "reports", "made_by", "made_at", "issued_by", "issued_at", "corrects", "n_figures",
 *    "content": {"file", "size", "sha256"}, "members": {"file", "size", "sha256"}}
 * Content (insight/summary.h) and members (insight/figure_frozen.h) are sealed files; the events
 * hold their SHA-256. A draft may be made anew (refresh) or thrown away; an issued one never
 * changes: a correction is another summary. Its key, "month-420202-2026-09-1", stands behind the @
 * of its figures' ids. */
#ifndef FANGXIN_WORK_SUMMARY_H
#define FANGXIN_WORK_SUMMARY_H

#include "base/embed.h"
#include "insight/figure_frozen.h"
#include "insight/summary.h"
#include "work/record.h"

struct summary_request {
    const char *form, *body;
    struct period period;
    bool reports;         /* figures of reports too */
    const char *title;    /* in place of the form's; NULL */
    const char *corrects; /* key of an issued summary; NULL */
};

/* The figures, text and members without saving: what the command prints. */
enum err_code summary_compose(struct op *op, const struct summary_forms *forms,
                              const struct indicators *indicators,
                              const struct summary_request *request, bool members,
                              struct summary *ret) MUST_CHECK;

/**
 * Makes and saves a draft.
 * @return ERR_FORBIDDEN, ERR_NOT_FOUND as for figures; ERR_INVALID fields "form", "period",
 * "corrects"
 */
enum err_code summary_save(struct op *op, const struct summary_forms *forms,
                           const struct indicators *indicators,
                           const struct summary_request *request, struct record *ret) MUST_CHECK;

/* By key, if the actor may read it: ERR_NOT_FOUND. */
enum err_code summary_by_key(struct op *op, struct snapshot *snap, const char *key,
                             struct record *ret) MUST_CHECK;
/* issue, refresh, discard on a draft. @p r as loaded. ERR_NOT_ALLOWED on another state. */
enum err_code summary_act(struct op *op, const struct summary_forms *forms,
                          const struct indicators *indicators, struct record *r, const char *act,
                          int64_t version) MUST_CHECK;

/* What of a summary the actor may do, for the page. */
bool summary_may(struct op *op, const struct record *r, enum may_act act);

/* New reference; ERR_CORRUPT where it is not what was saved. */
enum err_code summary_content(struct op *op, const struct record *r, json_t **ret) MUST_CHECK;
/* The file in that format. */
enum err_code summary_bytes(struct op *op, const struct record *r, enum document_format format,
                            const struct embedded_file *packs, struct buf *out) MUST_CHECK;
/* The same of one that is not saved. */
enum err_code summary_bytes_of(struct op *op, const struct summary *summary,
                               enum document_format format, const struct embedded_file *packs,
                               struct buf *out) MUST_CHECK;

/* ---- figures of a saved summary ---- */

enum summary_part { SUMMARY_NUM, SUMMARY_DEN };

/* The figure of that id (with or without @key) in the content; NULL. Borrowed. */
const json_t *summary_figure(const json_t *content, const char *id);
/* The matters behind it, ascending, as they were; all of them: show through list_rows. Empty for
 * figures made of others. @p ret begins empty, and the caller releases it. */
enum err_code summary_members(struct op *op, const struct record *r, const json_t *figure,
                              enum summary_part part, struct member_list *ret) MUST_CHECK;
/* The same as of now. */
enum err_code summary_members_now(struct op *op, const struct indicators *indicators,
                                  const struct record *r, const json_t *figure,
                                  enum summary_part part, struct member_list *ret) MUST_CHECK;
/* The content made now, for comparison: new reference. ERR_NOT_FOUND when the form is gone. */
enum err_code summary_now(struct op *op, const struct summary_forms *forms,
                          const struct indicators *indicators, const struct record *r,
                          json_t **ret) MUST_CHECK;
/* Printed number of a matter; NULL when it is gone. */
enum err_code summary_matter_number(struct op *op, struct snapshot *snap, int64_t id,
                                    const char **ret) MUST_CHECK;

/* Schema MissingSummaries: whole periods of forms with "due" that have no issued summary, the
 * newest first: of @p body, and of bodies below it that issued one of that form before. Of a body
 * that never did, the last period alone. Looks a year back. ERR_NOT_FOUND field "body". */
enum err_code summaries_missing_view(struct op *op, const struct summary_forms *forms,
                                     const char *body, struct json_writer *w) MUST_CHECK;

/* One page of those the actor may read, newest first: @p ret has room for max. @p after_day and
 * @p after_id as in record_filter; *ret_more false at the end. */
struct summaries_filter {
    const char *body, *form, *status; /* NULL: any */
    date_t after_day;
    int64_t after_id;
    size_t max;
};
enum err_code summaries_list(struct op *op, const struct summaries_filter *filter,
                             struct record *ret, size_t *ret_n, bool *ret_more) MUST_CHECK;

#endif
