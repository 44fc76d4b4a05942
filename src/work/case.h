/* Enforcement cases 案件: records of kind "case", their life in packs/rules/case-2018.json
 * (SAMR Order 2 (2018) on penalty procedure).
 *
 * The state of the record:
 *   pack revision (under which it was filed; both absent in older ones) body status day (filed,
 * civil date) key (number 案号, where given; unique) number business (as named) business_id
 * violation (code) source (report inspection handover other) report (matter id) registered_by
 * officers [ids, two or more once named] clocks [{rule, no, start, pauses: [{from, to, act,
 * reason}], extensions, extra, stopped, cancelled, due_raw, due, provisional}] pause {reason, from}
 * before (state it was suspended from) assists [{no, to, asked, answered}] goods [{no, name,
 * quantity_milli, unit, value_fen, disposed_milli, gone}] penalty {fine_fen, income_fen, warning,
 * correct, licence, discretion, ground, document} outcome (penalised not_penalised dismissed
 * transferred) ground decided_day served_day closed_day paid_fen late_fine_fen deferred_until What
 * people write is sealed beside the events. A report that a case came from is known only to those
 * who may see that report: neither source nor link nor number is shown to others, and the case
 * never holds who made it. */
#ifndef FANGXIN_WORK_CASE_H
#define FANGXIN_WORK_CASE_H

#include "base/json.h"
#include "rules/case_flow.h"
#include "work/draft.h"
#include "work/record.h"

#define CASE "case"

/* What may() looks at; @p officers of the record live as long as op. */
struct record_facts case_facts(struct op *op, const struct record *r);
/* Loads a case the actor may see, or else ERR_NOT_FOUND; ERR_FORBIDDEN for what he may not do. */
enum err_code case_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                       struct record *ret) MUST_CHECK;

/**
 * Files a case.
 * @param input  {body?, source, report? (number), business, business_id?, violation?, number?,
 *               filed_on?, facts, first?, second?}; a report must be filed (act file) and seen by
 *               the actor, and gets an event that names the case
 */
enum err_code case_make(struct op *op, const json_t *input, struct record *ret) MUST_CHECK;
/* One act of the pack. @param version  that the actor saw, or ANY_VERSION */
enum err_code case_act(struct op *op, int64_t id, const char *act, const json_t *input,
                       int64_t version, struct record *ret) MUST_CHECK;

/* The life that a case goes by: that of the revision it was filed under. */
const struct flow *case_flow_of(struct op *op, const struct record *r);

/* Schema Case, closed. The caller has checked MAY_READ_CASE. */
enum err_code case_view(struct op *op, struct snapshot *snap, const struct record *r,
                        struct json_writer *w) MUST_CHECK;
/* Member "case" of a matter: {"id","number","status_label"} for who may read it, else null. */
void case_view_brief(struct op *op, struct snapshot *snap, int64_t id, struct json_writer *w);
/* Schema CaseFlow. @param revision  NULL, or one that is not kept: today's */
void case_view_flow(struct op *op, const char *revision, struct json_writer *w);

enum case_level { CASE_ANY, CASE_LATE, CASE_TODAY, CASE_SOON, CASE_LATER, CASE_LEVELS };
/* "" "late" "today" "soon" "later"; CASE_LEVELS when there is no such name. */
enum case_level case_level_find(const char *name);
struct case_filter {
    const char *status, *part, *outcome, *violation; /* NULL: any */
    const char *body_path;                           /* this body and below */
    bool mine;
    enum case_level level;
    date_t from, to, today, soon_until; /* day of filing; 0 or DATE_NONE: open */
    int64_t after_due, after_id;        /* where the last page ended; id 0: the first page */
    size_t max;
};
/* Schema Cases: by due day, those without one last. */
enum err_code case_list_view(struct op *op, const struct case_filter *filter,
                             struct json_writer *w) MUST_CHECK;
/* Schema CaseCounts: how many in each state and part, fines, goods; parts add up to all. */
enum err_code case_count_view(struct op *op, const struct case_filter *filter,
                              struct json_writer *w) MUST_CHECK;

/* For record_kinds: table enforcement_case. */
void case_project(struct op *op, struct changes *ch, const struct record *before,
                  const struct record *after);
enum err_code case_check(struct op *op, struct snapshot *snap, const struct record *r,
                         const char **ret_table) MUST_CHECK;

#endif
