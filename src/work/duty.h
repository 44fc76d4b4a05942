/* Duty roster: who takes the hotline in which shift of which day, and which leader is on call.
 *
 * A record of kind "roster" per shift: {"body", "status": "planned", "day", "key":
 * "BODY|YYYY-MM-DD|SHIFT", "shift", "officers": [ids], "leader": id}. Acts: plan, swap, cover,
 * hand_over. Rules: packs/rules/duty.json. */
#ifndef FANGXIN_WORK_DUTY_H
#define FANGXIN_WORK_DUTY_H

#include "work/record.h"

/**
 * Names who is on duty; again for a shift that was planned before.
 * @param input  {"body", "day", "shift", "officers": [ids], "leader": id}
 * @param version  of the shift as the actor saw it, 0 for one not planned yet, ANY_VERSION
 * @return ERR_INVALID with items for body, day, shift, officers, leader; ERR_FORBIDDEN;
 *         ERR_CONFLICT
 */
enum err_code duty_plan(struct op *op, const json_t *input, int64_t version,
                        struct record *ret) MUST_CHECK;
/**
 * Acts on a planned shift: "swap" {"officer", "with": id of another shift, "for": officer,
 * "reason"}, "cover" {"officer", "by", "reason"}, "hand_over" {"text"}. A swap is one change of
 * both shifts.
 */
enum err_code duty_act(struct op *op, int64_t id, const char *act, const json_t *input,
                       int64_t version, struct record *ret) MUST_CHECK;

/* Schema DutyShift as object. */
enum err_code duty_view(struct op *op, struct snapshot *snap, const struct record *r,
                        struct json_writer *w) MUST_CHECK;
/* Schema DutyMonth: each day of the month with what it wants, its shifts and its gaps. */
enum err_code duty_month(struct op *op, const char *body, date_t first,
                         struct json_writer *w) MUST_CHECK;
/* Members "duty": the shifts of one day, into an object that is open. */
enum err_code duty_day(struct op *op, struct snapshot *snap, const char *body, date_t day,
                       struct json_writer *w) MUST_CHECK;

#endif
