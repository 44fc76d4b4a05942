/* What an actor sees, as the JSON of the API: everything masked or left out that he may not see.
 * docs of the shapes: src/web/openapi.json. */
#ifndef FANGXIN_WORK_VIEW_H
#define FANGXIN_WORK_VIEW_H

#include "base/json.h"
#include "insight/figures.h"
#include "work/matter.h"

/* The matter as one JSON object (schema Matter): staff fields for officers, the filer's view for
 * ACTOR_PARTY. The caller has checked MAY_READ (matter_for). */
enum err_code view_matter(struct op *op, struct snapshot *snap, struct matter *m,
                          struct json_writer *w) MUST_CHECK;
/* One clock of a pack's rule (schema Deadline) as object, @p m NULL in lists; with days and spans
 * (schema DeadlineExplained). */
void view_clock(struct op *op, const struct pack *pack, const struct matter *m,
                const struct matter_clock *clock, struct json_writer *w);
enum err_code view_clock_explained(struct op *op, const struct matter *m, const char *rule,
                                   struct json_writer *w) MUST_CHECK;
/* The answer to a filing: number, pin, status, deadlines, next steps, also. */
enum err_code view_receipt(struct op *op, struct matter *m, int64_t also,
                           struct json_writer *w) MUST_CHECK;
/* {"items":[…]}: the timeline, newest first. */
enum err_code view_events(struct op *op, struct snapshot *snap, struct matter *m,
                          struct json_writer *w) MUST_CHECK;
/* Array @p key of the matter's files (schema File) as far as op->actor knows of them. */
enum err_code view_files(struct op *op, struct snapshot *snap, const struct matter *m,
                         const char *key, struct json_writer *w) MUST_CHECK;
/* One of them as object. ERR_NOT_FOUND. */
enum err_code view_file_by_id(struct op *op, struct snapshot *snap, const struct matter *m,
                              int64_t id, struct json_writer *w) MUST_CHECK;
/* One row of a list (schema Row). */
enum err_code view_row(struct op *op, struct snapshot *snap, const struct list_row *row,
                       struct json_writer *w) MUST_CHECK;
/* GET /workflow, /codes, /bodies: what forms are made from. */
void view_workflow(struct op *op, const struct pack *pack, struct json_writer *w);
void view_codes(struct op *op, struct json_writer *w);
void view_bodies(struct op *op, struct json_writer *w);
/* Key and {"zh","en"}; null where the label has no text. */
void view_label(struct json_writer *w, const char *key, const struct label *label);

/* One figure (schema Figure), with its breakdown where it has one. */
void view_figure(struct op *op, const struct figure *figure, struct json_writer *w);
/* The words for the key of a cell; the key itself where there are none. */
struct label view_figure_key(struct op *op, enum figure_dimension by, const char *key);

#endif
