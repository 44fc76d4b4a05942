/* Businesses as the JSON of the API (src/web/openapi/businesses.json). */
#ifndef FANGXIN_WORK_BUSINESS_VIEW_H
#define FANGXIN_WORK_BUSINESS_VIEW_H

#include "base/json.h"
#include "insight/businesses.h"
#include "insight/facts.h"
#include "work/business.h"

/* {"items":[BusinessRow…]}: what was typed, or without it the businesses of the newest matters.
 * ERR_FORBIDDEN without MAY_READ_BUSINESS, here and below. */
enum err_code view_businesses(struct op *op, const char *typed, size_t max,
                              struct json_writer *w) MUST_CHECK;
/* Schema Business page: the record, what the actor may count of its matters, disclosure. */
enum err_code view_business(struct op *op, struct snapshot *snap, const struct record *r,
                            struct json_writer *w) MUST_CHECK;
/* {"events":[RecordEvent…]} */
enum err_code view_business_events(struct op *op, struct snapshot *snap, const struct record *r,
                                   struct json_writer *w) MUST_CHECK;

/* Key and {"id","name","status","uscc"} of a business, of the survivor where it was merged; null
 * for MATTER_NONE or 0. */
enum err_code view_business_ref(struct op *op, struct snapshot *snap, struct json_writer *w,
                                const char *key, int64_t id) MUST_CHECK;
/* Members of a BusinessRow, into an object that is open. */
enum err_code view_business_row(struct op *op, struct snapshot *snap, const struct record *r,
                                const struct business_hit *hit, struct json_writer *w) MUST_CHECK;

/* Arrays of {"key","label","n"} out of facts: by kind, by outcome; by month {"month","n"}. */
void view_facts_kinds(struct op *op, const struct facts *f, struct json_writer *w);
void view_facts_outcomes(struct op *op, const struct facts *f, struct json_writer *w);
void view_facts_months(struct op *op, const struct facts *f, struct json_writer *w);

#endif
