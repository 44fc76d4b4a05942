/* What goes on around the matters of the sample county: orders of the hotline, a group that was
 * decided, duty and diary, return visits. Private to the sample county. */
#ifndef FANGXIN_WORK_DEMO_AROUND_H
#define FANGXIN_WORK_DEMO_AROUND_H

#include "work/demo_internal.h"

/* All of it, after the year was told. Days and officers are drawn by the county's seed. */
enum err_code county_around(struct op *op, const struct county *c, date_t until,
                            int64_t end_ms) MUST_CHECK;

/* Its parts. Each moves op->now_ms and op->actor. */
enum err_code county_orders(struct op *op, const struct county *c, date_t until,
                            int64_t end_ms) MUST_CHECK;
enum err_code county_group(struct op *op, const struct county *c, int64_t end_ms) MUST_CHECK;
enum err_code county_duty(struct op *op, const struct county *c, date_t until) MUST_CHECK;
enum err_code county_diary(struct op *op, const struct county *c, date_t until,
                           int64_t end_ms) MUST_CHECK;
enum err_code county_registers(struct op *op, const struct county *c, date_t until,
                               int64_t end_ms) MUST_CHECK;
enum err_code county_visits(struct op *op, const struct county *c, date_t until,
                            int64_t end_ms) MUST_CHECK;

#endif
