/* Steps that stories are made of. Private to the sample county. */
#ifndef FANGXIN_WORK_DEMO_STORY_H
#define FANGXIN_WORK_DEMO_STORY_H

#include "work/demo_internal.h"

/* ---- time: st->now moves on ---- */

date_t story_day_of(const struct story *st, int64_t ms);
/* Some time of the working day, after now. */
int64_t story_office_time(struct story *st, date_t day);
/* To the nth working day from now; 0: today if the office is still open. */
void story_later(struct story *st, int64_t working_days);
/* A few minutes. */
void story_soon(struct story *st);
/* To the next working day on or after this many days. */
void story_days_later(struct story *st, int64_t days);
/* From then to the last day told. */
int story_working_days_ago(const struct story *st, int64_t ms);

/* ---- acts: nothing happens once the story is over ---- */

struct actor story_party_of(const struct story *st);
/* @p input is taken over. */
enum err_code story_act_as(struct story *st, const struct actor *actor, const char *act,
                           json_t *input) MUST_CHECK;
enum err_code story_act(struct story *st, const struct demo_officer *officer, const char *name,
                        json_t *input) MUST_CHECK;
enum err_code story_handle(struct story *st, const char *name, json_t *input) MUST_CHECK;
json_t *story_text_input(struct story *st, const char *field, const char *list);
enum err_code story_assign(struct story *st, bool named) MUST_CHECK;
enum err_code story_tell_party(struct story *st, const char *party) MUST_CHECK;
/* The business is confirmed while an officer writes it down, or after by the clerk. */
void story_confirm(struct story *st, json_t *filing, bool officer);
enum err_code story_identify(struct story *st) MUST_CHECK;
/* Whether the story has to pass this state because it is to stop there. */
bool story_must(const struct story *st, const char *state);

/* What else is written into it at this point where much is told of each matter. */
enum err_code story_more(struct story *st) MUST_CHECK;

enum err_code story_complaint(struct story *st) MUST_CHECK;
/* From the decision on a verified report to its end. */
enum err_code story_report_ends(struct story *st) MUST_CHECK;
/* The body disputes that it has the power, and the superior is asked to designate. */
enum err_code story_dispute(struct story *st) MUST_CHECK;
/* Whether a report is named a repeat, merged or handed over; and how that goes. */
bool story_unverified(const struct story *st);
enum err_code story_not_verified(struct story *st) MUST_CHECK;

#endif
