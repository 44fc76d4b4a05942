/* Counting days: one walk from the day after the start decides, explains and marks every day, so
 * the date and its explanation cannot disagree. */
#include "rules/deadline.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* No rule counts further; it ends a walk through a mistaken pause of centuries. */
#define WALK_MAX_DAYS 20000

struct walk {
    const struct deadline_rule *rule;
    const struct calendar *cal;
    const struct pause *pauses;
    size_t n_pauses;
    int length;       /* with extensions, in days that count */
    date_t open_from; /* of the open pause; DATE_NONE when there is none */
};

bool pause_span(date_t paused_on, date_t resumed_on, struct pause *ret)
{
    if (paused_on == DATE_NONE || resumed_on == DATE_NONE || resumed_on <= paused_on)
        return false;
    *ret = (struct pause){paused_on, resumed_on - 1};
    return true;
}

static enum err_code walk_init(struct walk *w, const struct deadline_rule *rule, date_t start,
                               const struct pause *pauses, size_t n_pauses, int extensions,
                               const struct calendar *cal, struct err *err)
{
    *w = (struct walk){rule, cal, pauses, rule->pauses_excluded ? n_pauses : 0, 0, DATE_NONE};
    if (start == DATE_NONE)
        return err_field(err, ERR_INVALID, "from", "date", "缺起算日期。",
                         "The day it starts is missing.");
    if (extensions < 0 || extensions > rule->extensions_max)
        return err_field(err, ERR_INVALID, "extensions", "too_many", "不能再延长。",
                         "It cannot be extended so often.");
    for (size_t i = 0; i < n_pauses; i++) {
        const struct pause *p = &pauses[i];
        if (p->from == DATE_NONE || (p->to != DATE_NONE && p->to < p->from))
            return err_field(err, ERR_INVALID, "pause", "range", "暂停的起止日期颠倒。",
                             "A pause ends before it begins.");
        if (i < w->n_pauses && p->to == DATE_NONE &&
            (w->open_from == DATE_NONE || p->from < w->open_from))
            w->open_from = p->from;
    }
    w->length = rule->length + extensions * rule->extension;
    if (rule->unit == UNIT_YEARS)
        w->length = date_years_later(start, w->length) - start;
    return ERR_OK;
}

static bool is_paused(const struct walk *w, date_t date)
{
    for (size_t i = 0; i < w->n_pauses; i++) {
        if (date >= w->pauses[i].from && (w->pauses[i].to == DATE_NONE || date <= w->pauses[i].to))
            return true;
    }
    return false;
}

static bool is_holiday(const struct walk *w, date_t date)
{
    enum day_kind kind = calendar_day(w->cal, date).kind;

    return kind == DAY_STATUTORY || kind == DAY_ADJUSTED_OFF;
}

static date_t roll(const struct walk *w, date_t raw)
{
    date_t due = raw;

    switch (w->rule->roll) {
    case ROLL_NONE:
        break;
    case ROLL_STATUTORY:
        while (is_holiday(w, due))
            due++;
        break;
    case ROLL_ANY_OFFDAY:
        while (!calendar_is_working(w->cal, due))
            due++;
        break;
    }
    return due;
}

static bool counts(const struct walk *w, date_t date)
{
    return w->rule->unit != UNIT_WD || calendar_is_working(w->cal, date);
}

static enum err_code walk_due(const struct walk *w, date_t start, struct deadline_due *ret,
                              struct err *err)
{
    struct deadline_due due = {DATE_NONE, DATE_NONE, false, false, 0};
    int number = 0;

    if (w->length == 0) { /* due on the day it starts from */
        due.due_raw = start;
        due.due = roll(w, start);
        due.provisional = calendar_is_provisional(w->cal, due.due);
        *ret = due;
        return ERR_OK;
    }
    for (date_t d = start + 1; d < start + WALK_MAX_DAYS; d++) {
        if (d == w->open_from || (w->open_from != DATE_NONE && w->open_from <= start)) {
            due.paused = true;
            due.left_at_pause = w->length - number;
            *ret = due;
            return ERR_OK;
        }
        due.provisional |= calendar_is_provisional(w->cal, d);
        if (is_paused(w, d) || !counts(w, d))
            continue;
        if (++number == w->length) {
            due.due_raw = d;
            due.due = roll(w, d);
            for (date_t p = d; p <= due.due; p++)
                due.provisional |= calendar_is_provisional(w->cal, p);
            *ret = due;
            return ERR_OK;
        }
    }
    return err_field(err, ERR_INVALID, "pause", "range", "暂停太长，算不出期限。",
                     "The pauses are too long to count through.");
}

enum err_code deadline_compute(const struct deadline_rule *rule, date_t start,
                               const struct pause *pauses, size_t n_pauses, int extensions,
                               const struct calendar *cal, struct deadline_due *ret,
                               struct err *err)
{
    struct walk w;

    TRY(walk_init(&w, rule, start, pauses, n_pauses, extensions, cal, err));
    return walk_due(&w, start, ret, err);
}

struct deadline_state deadline_level(const struct deadline_rule *rule,
                                     const struct deadline_due *due, date_t today,
                                     const struct calendar *cal)
{
    struct deadline_state s = {LEVEL_OK, false, 0, 0};

    if (due->paused || due->due == DATE_NONE) {
        s.level = LEVEL_PAUSED;
        s.left = due->left_at_pause;
        return s;
    }
    s.today = today == due->due;
    s.wd_left = calendar_working_days_between(cal, today, due->due);
    s.left = rule->unit == UNIT_WD ? s.wd_left : due->due - today;
    if (today > due->due) {
        s.level = LEVEL_LATE;
        if (s.wd_left == 0)
            s.wd_left = -1; /* the first days over are days off */
        if (s.left == 0)
            s.left = -1;
    } else if (calendar_working_days_between(cal, today, due->due_raw) <= rule->warn_days) {
        s.level = LEVEL_WARN;
    }
    return s;
}

const char *deadline_level_name(enum deadline_level level)
{
    static const char *const names[] = {"ok", "warn", "late", "paused"};

    return names[level];
}

const char *deadline_day_kind_name(enum deadline_day_kind kind)
{
    static const char *const names[] = {"start", "counted", "skipped", "paused",
                                        "last",  "passed",  "rolled"};

    return names[kind];
}

const char *deadline_unit_name(enum deadline_unit unit)
{
    static const char *const names[] = {"WD", "ND", "Y"};

    return names[unit];
}

const char *deadline_roll_name(enum deadline_roll roll)
{
    static const char *const names[] = {"NONE", "STATUTORY", "ANY_OFFDAY"};

    return names[roll];
}

/* ---- the explanation ---- */

static const char *const months_en[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

static struct label date_text(struct arena *arena, date_t date, bool with_year)
{
    struct label t;
    char year[12] = "", year_en[12] = "";
    int y, m, d;

    date_to_ymd(date, &y, &m, &d);
    if (with_year) {
        snprintf(year, sizeof year, "%d年", y);
        snprintf(year_en, sizeof year_en, " %d", y);
    }
    t.zh = arena_printf(arena, "%s%d月%d日（周%s）", year, m, d, weekday_label(date)->zh);
    t.en = arena_printf(arena, "%s %d %s%s", weekday_label(date)->en, d, months_en[m - 1], year_en);
    return t;
}

struct label date_label(struct arena *arena, date_t date)
{
    return date_text(arena, date, false);
}

/* What a day off is called: 国庆节放假, 周六. */
static struct label off_reason(struct arena *arena, struct calendar_day day, bool weekend)
{
    struct label l;

    if (weekend) {
        l.zh = arena_printf(arena, "%s，不计", day.name.zh);
        l.en = arena_printf(arena, "%s, not counted", day.name.en);
    } else {
        l.zh = arena_printf(arena, "%s放假，不计", day.name.zh);
        l.en = arena_printf(arena, "%s holiday, not counted", day.name.en);
    }
    return l;
}

static const char *off_mark(date_t date, enum day_kind kind)
{
    if (kind == DAY_WEEKEND)
        return date_weekday(date) == SATURDAY ? "六" : "日";
    return "休";
}

static const char *off_why(enum day_kind kind)
{
    return kind == DAY_WEEKEND ? "weekend" : kind == DAY_STATUTORY ? "statutory" : "adjusted_off";
}

static void mark_counted(struct arena *arena, const struct walk *w, struct deadline_day *day,
                         int number, struct calendar_day c)
{
    const char *unit = w->rule->unit == UNIT_WD ? "个工作日" : "天";
    const char *unit_en = w->rule->unit == UNIT_WD ? "working day" : "day";

    day->number = number;
    day->kind = number == w->length ? DD_LAST : DD_COUNTED;
    day->why = number == w->length ? "last" : "counted";
    if (c.kind == DAY_ADJUSTED_WORK && w->rule->unit == UNIT_WD) {
        day->mark = "班";
        if (day->kind == DD_COUNTED)
            day->why = "make_up";
        day->reason.zh = arena_printf(arena, "%s调休上班，计入，第 %d %s", c.name.zh, number, unit);
        day->reason.en =
            arena_printf(arena, "worked in lieu (%s): %s %d", c.name.en, unit_en, number);
        return;
    }
    day->reason.zh = arena_printf(arena, "第 %d %s", number, unit);
    day->reason.en = arena_printf(arena, "%s %d", unit_en, number);
}

/* Fills one day; *number goes up when it counts. */
static void mark_day(struct arena *arena, const struct walk *w, const struct deadline_due *due,
                     date_t start, struct deadline_day *day, int *number)
{
    struct calendar_day c = calendar_day(w->cal, day->date);

    day->day_kind = c.kind;
    day->provisional = c.provisional;
    day->mark = "";
    if (day->date == start) {
        day->kind = DD_START;
        day->mark = w->rule->from == FROM_RECEIPT ? "收" : "起";
        day->why = "start";
        day->reason = (struct label){"起算当天，不计", "the day it starts, not counted"};
    } else if (due->due_raw != DATE_NONE && day->date > due->due_raw) {
        bool last = day->date == due->due;
        day->kind = last ? DD_ROLLED : DD_PASSED;
        day->why = last ? "rolled" : off_why(c.kind);
        day->mark = last ? (c.kind == DAY_ADJUSTED_WORK ? "班" : "") : off_mark(day->date, c.kind);
        day->reason = last ? (struct label){"顺延到这一天", "moved to this day"}
                           : off_reason(arena, c, c.kind == DAY_WEEKEND);
    } else if (is_paused(w, day->date)) {
        day->kind = DD_PAUSED;
        day->mark = "停";
        day->why = "paused";
        day->reason = (struct label){"暂停，不计", "paused, not counted"};
    } else if (!counts(w, day->date)) {
        day->kind = DD_SKIPPED;
        day->mark = off_mark(day->date, c.kind);
        day->why = off_why(c.kind);
        day->reason = off_reason(arena, c, c.kind == DAY_WEEKEND);
    } else {
        mark_counted(arena, w, day, ++*number, c);
    }
}

/* Names of the holidays skipped, each once: 国庆节、中秋节. */
static struct label skipped_names(struct arena *arena, const struct deadline_explanation *e,
                                  const struct calendar *cal)
{
    struct label names = {"", ""};
    const char *last = NULL;
    bool weekend = false;

    for (size_t i = 0; i < e->n_days; i++) {
        const struct deadline_day *day = &e->days[i];
        struct calendar_day c;
        if (day->kind != DD_SKIPPED)
            continue;
        if (day->day_kind == DAY_WEEKEND) {
            weekend = true;
            continue;
        }
        c = calendar_day(cal, day->date);
        if (last != NULL && strcmp(last, c.name.zh) == 0)
            continue;
        last = c.name.zh;
        names.zh = arena_printf(arena, "%s%s%s", names.zh != NULL ? names.zh : "",
                                names.zh != NULL && *names.zh != '\0' ? "、" : "", c.name.zh);
        names.en = arena_printf(arena, "%s%s%s", names.en != NULL ? names.en : "",
                                names.en != NULL && *names.en != '\0' ? ", " : "", c.name.en);
    }
    if (last == NULL)
        return (struct label){"周末", "weekends"};
    if (weekend) {
        names.zh = arena_printf(arena, "%s放假和周末", names.zh != NULL ? names.zh : "");
        names.en = arena_printf(arena, "%s and weekends", names.en != NULL ? names.en : "");
    } else {
        names.zh = arena_printf(arena, "%s放假", names.zh != NULL ? names.zh : "");
    }
    return names;
}

static void add_counting(struct arena *arena, const struct walk *w,
                         const struct deadline_explanation *e, struct buf *zh, struct buf *en)
{
    bool wd = w->rule->unit == UNIT_WD;
    int paused = e->paused;

    if (e->skipped > 0) {
        struct label names = skipped_names(arena, e, w->cal);
        buf_addf(zh, "其中%s共 %d 天不计。", names.zh, e->skipped);
        buf_addf(en, " %d days off are not counted (%s).", e->skipped, names.en);
    }
    for (size_t i = 0; wd && i < e->n_days; i++) {
        const struct deadline_day *day = &e->days[i];
        if (day->number > 0 && day->day_kind == DAY_ADJUSTED_WORK) {
            struct label l = date_text(arena, day->date, false);
            buf_addf(zh, "%s调休上班，计入。", l.zh);
            buf_addf(en, " %s is worked in lieu and counted.", l.en);
        }
    }
    if (paused > 0) {
        buf_addf(zh, "暂停的 %d 天不计。", paused);
        buf_addf(en, " %d paused days are not counted.", paused);
    }
}

static void write_sentence(struct arena *arena, const struct walk *w, date_t start,
                           struct deadline_explanation *e)
{
    struct buf zh, en;
    const struct deadline_due *due = &e->due;
    const char *unit = w->rule->unit == UNIT_WD ? "个工作日" : "天";
    const char *unit_en = w->rule->unit == UNIT_WD ? "working days" : "days";
    struct label from = date_text(arena, start, false);

    buf_init(&zh, 4096);
    buf_init(&en, 4096);
    buf_addf(&zh, "%s起算，当天不计，从次日数起。", from.zh);
    buf_addf(&en, "It starts on %s; that day is not counted.", from.en);
    if (w->length == 0) {
        buf_reset(&zh);
        buf_reset(&en);
        buf_addf(&zh, "到 %s 当天为止。", from.zh);
        buf_addf(&en, "It ends on %s itself.", from.en);
    } else if (due->paused) {
        buf_addf(&zh, "现在暂停，还剩 %d %s，恢复后接着数。", due->left_at_pause, unit);
        buf_addf(&en, " It is paused with %d %s left and goes on when work resumes.",
                 due->left_at_pause, unit_en);
    } else {
        bool with_year = date_year(due->due) != date_year(start);
        struct label raw = date_text(arena, due->due_raw, with_year);

        if (w->rule->unit == UNIT_YEARS) {
            buf_addf(&zh, "满 %d 年是 %s。", w->rule->length, raw.zh);
            buf_addf(&en, " %d years end on %s.", w->rule->length, raw.en);
        } else {
            buf_addf(&zh, "第 %d %s是 %s。", w->length, unit, raw.zh);
            buf_addf(&en, " %d %s end on %s.", w->length, unit_en, raw.en);
        }
    }
    add_counting(arena, w, e, &zh, &en);
    if (!due->paused && due->due != due->due_raw) {
        struct label to = date_text(arena, due->due, date_year(due->due) != date_year(start));
        buf_addf(&zh, "最后一天放假，顺延到 %s。", to.zh);
        buf_addf(&en, " The last day is a day off, so it moves to %s.", to.en);
    }
    if (due->provisional) {
        buf_adds(&zh, "有的年份放假安排还没公布，日期是暂定的。");
        buf_adds(&en, " A year without a published notice is touched, so the date is provisional.");
    }
    e->sentence.zh = buf_dup(&zh, arena);
    e->sentence.en = buf_dup(&en, arena);
    buf_release(&zh);
    buf_release(&en);
}

enum err_code deadline_explain(struct arena *arena, const struct deadline_rule *rule, date_t start,
                               const struct pause *pauses, size_t n_pauses, int extensions,
                               const struct calendar *cal, struct deadline_explanation *ret,
                               struct err *err)
{
    struct walk w;
    struct deadline_explanation e = {0};
    struct deadline_day *days;
    date_t end;
    int number = 0;

    TRY(walk_init(&w, rule, start, pauses, n_pauses, extensions, cal, err));
    TRY(walk_due(&w, start, &e.due, err));
    end = e.due.paused ? w.open_from - 1 : e.due.due;
    if (end < start)
        end = start;
    e.n_days = (size_t)(end - start + 1);
    days = ARENA_ARRAY(arena, struct deadline_day, e.n_days);
    if (days == NULL)
        return err_set(err, ERR_NO_MEMORY, "deadline explanation");
    for (size_t i = 0; i < e.n_days; i++) {
        days[i].date = start + (date_t)i;
        mark_day(arena, &w, &e.due, start, &days[i], &number);
        e.counted += days[i].number > 0;
        e.skipped += days[i].kind == DD_SKIPPED;
        e.paused += days[i].kind == DD_PAUSED;
    }
    e.days = days;
    if (e.due.paused) {
        e.question = (struct label){"为什么现在不走期限", "Why the clock stands still"};
    } else {
        struct label to = date_text(arena, e.due.due, date_year(e.due.due) != date_year(start));
        e.question.zh = arena_printf(arena, "为什么是 %s", to.zh);
        e.question.en = arena_printf(arena, "Why %s", to.en);
    }
    write_sentence(arena, &w, start, &e);
    if (e.sentence.zh == NULL || e.sentence.en == NULL || e.question.zh == NULL)
        return err_set(err, ERR_NO_MEMORY, "deadline explanation");
    *ret = e;
    return ERR_OK;
}
