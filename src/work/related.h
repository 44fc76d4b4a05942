/* Beside a matter: what else the same person filed, what else is known of the same business, and
 * which of it reads alike. Counts by kind, month and business; no judgement and no label. Only
 * matters that the actor may count; nothing about reporters. */
#ifndef FANGXIN_WORK_RELATED_H
#define FANGXIN_WORK_RELATED_H

#include "base/json.h"
#include "insight/facts.h"
#include "work/matter.h"

/* Schema Related, for an officer who may read the matter. */
enum err_code view_related(struct op *op, struct snapshot *snap, struct matter *m,
                           struct json_writer *w) MUST_CHECK;

/* Key and object {"total","open","by_kind","by_month","by_business"?,"items":[Row…]} of facts; rows
 * of @p without (a matter's id, 0 none) are left out, its number is counted. */
enum err_code view_kin(struct op *op, struct snapshot *snap, const char *key,
                       const struct facts_query *query, bool businesses, int64_t without,
                       struct json_writer *w) MUST_CHECK;

#endif
