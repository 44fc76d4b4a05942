/* Calendars that change while they are in use: importing a notice, and counting open clocks again.
 *
 * The notices imported stand in a record of kind "calendar", one event each; what comes with the
 * program is the base below them. An import also keeps the whole calendar as a revision and begins
 * a run, which counts every open clock again in slices on the bulk queue. The dates of open clocks
 * are a projection of the matter's events and the calendar in force, so no event of a matter is
 * written (clock.h). Acts that loaded the calendar before may still finish: the run looks again at
 * every matter touched meanwhile, once nobody holds the older setup. */
#ifndef FANGXIN_WORK_CALENDARS_H
#define FANGXIN_WORK_CALENDARS_H

#include "base/json.h"
#include "work/record.h"

/**
 * Reads a notice: one year as in packs/calendars/cn.json, {"years": [year …]}, or a CSV with the
 * columns year, date, name, is_off_day, paper.
 * @param[out] ret  array of years, new reference
 * @return ERR_MALFORMED, ERR_INVALID with what is wrong with the file
 */
enum err_code calendar_read_file(struct op *op, const char *bytes, size_t n,
                                 json_t **ret) MUST_CHECK;

/**
 * Takes years over into calendar @p id: replaces those given, begins a run. The caller then calls
 * setups_reload, and calendar_recount with the new setup.
 * @param version  of the calendar's record as it was seen, ANY_VERSION (work/acts.h) passes
 * @return ERR_FORBIDDEN without MAY_ADMIN_RULES; ERR_NOT_FOUND for another id; ERR_INVALID with the
 * fields ("years.0.holidays.2.off.1"), or "years" when nothing is new; ERR_CONFLICT
 */
enum err_code calendar_import(struct op *op, const char *id, const json_t *years,
                              int64_t version) MUST_CHECK;

/* What an import would move, by rule and number of days; nothing is written. */
#define CALENDAR_SHIFTS_MAX 64
struct calendar_shift {
    char rule[8];
    int days; /* later; negative: earlier; 0: only the provisional mark or the counted day */
    int64_t n;
};
struct calendar_shifts {
    struct calendar_shift list[CALENDAR_SHIFTS_MAX];
    size_t n;
    int64_t clocks, moved;
    bool more; /* there are kinds of shifts beyond the list */
};
enum err_code calendar_preview(struct op *op, const char *id, const json_t *years,
                               struct calendar_shifts *ret) MUST_CHECK;

/* Goes on with the newest run for about @p budget_ms. @p ret_more: it is not finished, because of
 * the budget or because somebody still works with the calendar before (another daemon on the same
 * database may, for ten seconds of op->now_ms). */
enum err_code calendar_recount(struct op *op, int64_t budget_ms, bool *ret_more) MUST_CHECK;
/* Begins a run when the program came with another calendar than the last run counted by. */
enum err_code calendar_watch(struct op *op) MUST_CHECK;

struct calendar_run {
    int64_t id; /* 0: there was none */
    const char *calendar, *revision;
    int64_t position, total, done, moved, after, started_at;
    int64_t finished_at; /* 0 while it goes on */
};
enum err_code calendar_last_run(struct op *op, struct snapshot *snap,
                                struct calendar_run *ret) MUST_CHECK;

/* Object: schema Calendar. */
enum err_code calendar_write(struct op *op, struct snapshot *snap,
                             struct json_writer *w) MUST_CHECK;
/* Object: schema CalendarRun. */
void calendar_write_run(struct op *op, const struct calendar_run *run, struct json_writer *w);
/**
 * Object {"items": [...], "hidden", "next"}: moved clocks behind the mark @p after ("" for the
 * first), matters that the actor may not see counted and not named.
 */
enum err_code calendar_write_moved(struct op *op, struct snapshot *snap,
                                   const struct calendar_run *run, const char *after, size_t max,
                                   struct json_writer *w) MUST_CHECK;

#endif
