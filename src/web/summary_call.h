/* What the routes of summaries share: the summary of the path, and how its parts are written. */
#ifndef FANGXIN_WEB_SUMMARY_CALL_H
#define FANGXIN_WEB_SUMMARY_CALL_H

#include "web/call.h"
#include "work/record.h"

/* The summary of the path's {key}, through a view that is opened for it. */
enum err_code summary_of_path(struct call *call, struct snapshot **ret_snap,
                              struct record *ret) MUST_CHECK;
/* null for 0, and for nobody */
void summary_write_instant(struct call *call, const char *key, int64_t ms);
void summary_write_person(struct call *call, const char *key, int64_t id);

/* Members of schema Summary, into an object that is open. */
void summary_write_head(struct call *call, const struct record *r);
/* Members "figures" and "blocks". @p key: of the summary, part of the figures' ids */
void summary_write_content(struct call *call, const json_t *content, const char *key);
/* Member "changed": figures that are other in @p now, with position, value, num, den. */
void summary_write_changes(struct call *call, const json_t *content, const json_t *now);

/* Schema SummaryFigure without the places of its matters. */
void summary_write_figure(struct json_writer *w, const json_t *figure, const char *key);
/* Members "value", "num", "den". */
void summary_write_value(struct json_writer *w, const json_t *figure);
/* The figure with the same id; NULL where there is none, or no content. */
const json_t *summary_same_figure(const json_t *content, const json_t *figure);

#endif
