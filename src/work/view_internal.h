/* Small writers shared by the view files. */
#ifndef FANGXIN_WORK_VIEW_INTERNAL_H
#define FANGXIN_WORK_VIEW_INTERNAL_H

#include "rules/flow.h"
#include "work/view.h"

void view_instant(struct json_writer *w, const char *key, int64_t ms, int zone_min);
/* "told": the parties in told (ms since 1970 of each; borrowed, may be NULL) with the instant; null
 * when it is empty. */
void view_told(struct json_writer *w, const json_t *told, int zone_min);
void view_date(struct json_writer *w, const char *key, date_t date);
/* "受理", then "受理或改派"; the same label twice changes nothing. */
struct label view_one_more(struct op *op, struct label all, struct label one);
/* A clock to be explained, of a matter or of another record. */
struct explained {
    const struct deadline_rule *rule; /* as it counts for this clock */
    const struct matter_clock *clock;
    const struct pause *pauses;
    const struct label *why; /* of each pause, what for; texts NULL where it is not known */
    size_t n_pauses;
    struct label started_by; /* texts NULL where it is not known */
};
/* Schema DeadlineExplained. @p m NULL: of another record; then paused_days is counted here. */
enum err_code view_explained(struct op *op, const struct matter *m, const struct explained *of,
                             struct json_writer *w) MUST_CHECK;
/* {"id","display"} of an officer, null for nobody. */
void view_officer(struct op *op, struct json_writer *w, const char *key, int64_t id);
/* Whether op->actor may see another matter; ids of matters that are gone are not seen. */
bool view_sees(struct op *op, struct snapshot *snap, int64_t id);
/* Array "fields": what an act asks for. */
void view_fields(struct op *op, const struct pack_act *act, struct json_writer *w);
/* Object "acts": labels, keys and fields of all acts. */
void view_acts_of(struct op *op, const struct pack *pack, struct json_writer *w);
/* Members of the open object: id, revision, label, instrument, states with their parts, acts. */
void view_flow(struct op *op, const struct flow *flow, struct json_writer *w);

/* Member "jurisdiction" of a matter before the decision: which row of the pack's table fits. */
/* What other laws ask for by the subject of a report (rules/subject_rules.h). */
void view_subject_rules(struct op *op, const struct matter *m, struct json_writer *w);
void view_jurisdiction(struct op *op, const struct matter *m, const json_t *filing,
                       struct json_writer *w);
/* Member "procedure" of a matter as its officers see it; null for enquiries. */
enum err_code view_procedure(struct op *op, struct snapshot *snap, const struct matter *m,
                             struct json_writer *w) MUST_CHECK;

/* Members "rules" (the packs that may govern it, side by side) and "rule_chosen". */
enum err_code view_rules(struct op *op, const struct matter *m, struct json_writer *w) MUST_CHECK;

#endif
