/* Clocks as JSON: due date, level, basis, and the days behind it. */
#include <string.h>

#include "rules/pack.h"
#include "sql_queries.h"
#include "work/clock.h"
#include "work/house_target.h"
#include "work/view_internal.h"

void view_label(struct json_writer *w, const char *key, const struct label *label)
{
    if (label == NULL || label->zh == NULL) {
        json_none(w, key);
        return;
    }
    json_open_object(w, key);
    json_text(w, "zh", label->zh);
    json_text(w, "en", label->en == NULL ? label->zh : label->en);
    json_object_end(w);
}

void view_instant(struct json_writer *w, const char *key, int64_t ms, int zone_min)
{
    char text[INSTANT_TEXT];

    if (ms == MATTER_NONE) {
        json_none(w, key);
        return;
    }
    instant_format(ms, zone_min, text);
    json_text(w, key, text);
}

void view_date(struct json_writer *w, const char *key, date_t date)
{
    char text[DATE_TEXT];

    if (date == DATE_NONE) {
        json_none(w, key);
        return;
    }
    date_format(date, text);
    json_text(w, key, text);
}

/* A number between two texts: every row of a list has some, and printf would take longer than all
 * the rest of it. NULL without memory. */
static const char *with_number(struct arena *arena, const char *before, int64_t n,
                               const char *behind)
{
    char digits[24], *to = digits + sizeof digits, *text;
    size_t a = strlen(before), b = strlen(behind), len;

    INVARIANT(n >= 0);
    do
        *--to = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    len = (size_t)(digits + sizeof digits - to);
    text = arena_alloc(arena, a + len + b + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, before, a);
    memcpy(text + a, to, len);
    memcpy(text + a + len, behind, b + 1);
    return text;
}

/* "第60天，扣检测 12 天，10月4日（周日）休息，顺延，暂定": the short reason beside a date. */
static struct label short_reason(struct op *op, const struct deadline_rule *rule,
                                 const struct matter_clock *c)
{
    bool wd = rule->unit == UNIT_WD;
    int64_t length = rule->length + c->extensions * rule->extension;
    const char *zh = with_number(op->arena, "第", length, wd ? "个工作日" : "天");
    const char *en = with_number(op->arena, wd ? "working day " : "day ", length, "");

    if (c->paused_days > 0) {
        zh = arena_printf(op->arena, "%s，扣检测 %lld 天", zh, (long long)c->paused_days);
        en = arena_printf(op->arena, "%s, %lld days of testing left out", en,
                          (long long)c->paused_days);
    }
    if (c->due != c->due_raw && c->due != DATE_NONE) {
        struct label raw = date_label(op->arena, c->due_raw);

        zh = arena_printf(op->arena, "%s，%s休息，顺延", zh, raw.zh);
        en = arena_printf(op->arena, "%s, moved from %s, a day off", en, raw.en);
    }
    if (c->provisional) {
        zh = arena_printf(op->arena, "%s，暂定", zh);
        en = arena_printf(op->arena, "%s, provisional", en);
    }
    return (struct label){zh, en};
}

static const char *level_text(struct op *op, const struct deadline_rule *rule,
                              const struct matter_clock *c, struct deadline_state *ret)
{
    struct deadline_due due = {
        .due_raw = c->due_raw, .due = c->due, .paused = c->state == CLOCK_PAUSED};

    *ret = (struct deadline_state){0};
    if (c->state == CLOCK_PAUSED)
        return "paused";
    if (c->state != CLOCK_RUNNING)
        return "done";
    *ret =
        deadline_level(rule, &due, date_of_instant(op->now_ms, op->zone_min), op->setup->calendar);
    return deadline_level_name(ret->level);
}

/* The house's own date beside that of the law, for those who work on it; a matter that is not at
 * hand, or a clock that stands or has ended, has none. */
static void view_target(struct op *op, const struct matter *m, const struct matter_clock *c,
                        const struct deadline_rule *rule, struct json_writer *w)
{
    struct deadline_rule shorter = *rule;
    struct matter_clock own = *c;
    struct pause pauses[MATTER_PAUSES_MAX];
    struct err kept = op->err;
    int target = m == NULL ? 0 : house_target(op->setup, m->body, rule);
    bool counted = false;

    shorter.length = target;
    if (m != NULL && target > 0 && c->state == CLOCK_RUNNING && op->actor.kind == ACTOR_OFFICER)
        counted = clock_count(op, &shorter, pauses, matter_pauses(m, pauses, MATTER_PAUSES_MAX),
                              &own) == ERR_OK;
    err_back(&op->err, &kept);
    if (!counted) {
        json_none(w, "target");
        return;
    }
    json_open_object(w, "target");
    json_int(w, "length", target);
    view_date(w, "due", own.due);
    json_bool(w, "over", date_of_instant(op->now_ms, op->zone_min) > own.due);
    json_object_end(w);
}

static void clock_fields(struct op *op, const struct matter *m, const struct matter_clock *c,
                         const struct deadline_rule *rule, struct json_writer *w)
{
    struct deadline_state state;
    const char *level = level_text(op, rule, c, &state);
    struct label reason = short_reason(op, rule, c);
    bool superseded = false;

    for (size_t i = 0; m != NULL && i < m->n_clocks; i++)
        if (strcmp(m->clocks[i].rule, c->rule) == 0 && m->clocks[i].seq > c->seq)
            superseded = true;
    json_text(w, "rule", c->rule);
    view_label(w, "label", &rule->label);
    json_text(w, "state", clock_state_name(c->state));
    view_date(w, "start", c->start);
    view_date(w, "due_raw", c->due_raw);
    view_date(w, "due", c->due);
    json_text(w, "level", level);
    json_open_object(w, "left");
    json_int(w, "days", state.left);
    json_text(w, "unit", deadline_unit_name(rule->unit));
    json_object_end(w);
    json_text(w, "unit", deadline_unit_name(rule->unit));
    json_int(w, "length", rule->length);
    json_int(w, "extensions", c->extensions);
    json_int(w, "paused_days", c->paused_days);
    view_instant(w, "met_at", c->met_at, op->zone_min);
    json_bool(w, "provisional", c->provisional);
    view_label(w, "basis", &rule->basis.text);
    view_label(w, "sentence", &reason);
    json_bool(w, "superseded", superseded);
    view_target(op, m, c, rule, w);
}

void view_clock(struct op *op, const struct pack *pack, const struct matter *m,
                const struct matter_clock *clock, struct json_writer *w)
{
    const struct deadline_rule *rule = pack_deadline(pack, clock->rule);

    if (rule == NULL) {
        json_put_null(w);
        return;
    }
    json_object_begin(w);
    clock_fields(op, m, clock, rule, w);
    json_object_end(w);
}

/* ---- explained ---- */

static const char *day_kind_text(enum deadline_day_kind kind)
{
    static const char *const names[] = {
        [DD_START] = "start",   [DD_COUNTED] = "counted", [DD_SKIPPED] = "skipped",
        [DD_PAUSED] = "paused", [DD_LAST] = "last",       [DD_PASSED] = "skipped",
        [DD_ROLLED] = "rolled"};

    return names[kind];
}

static void view_days(const struct deadline_explanation *e, struct json_writer *w)
{
    json_open_array(w, "days");
    for (size_t i = 0; i < e->n_days; i++) {
        const struct deadline_day *d = &e->days[i];
        struct label mark = {d->mark, d->mark};

        json_object_begin(w);
        view_date(w, "date", d->date);
        json_text(w, "kind", day_kind_text(d->kind));
        if (d->number > 0)
            json_int(w, "number", d->number);
        else
            json_none(w, "number");
        view_label(w, "label", &mark);
        view_label(w, "why", &d->reason);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Days that stand in one row of the table: the first, counted ones, a pause, days off behind the
 * last one, the day it moved to. */
static enum deadline_day_kind row_kind(enum deadline_day_kind kind)
{
    return kind == DD_LAST || kind == DD_SKIPPED ? DD_COUNTED : kind;
}

static struct label row_words(const struct deadline_day *first)
{
    if (row_kind(first->kind) == DD_COUNTED)
        return (struct label){"逐日计算", "counted day by day"};
    if (first->kind == DD_PASSED)
        return (struct label){"放假，往后顺延", "days off, moved on"};
    return first->reason;
}

static void view_spans(const struct deadline_explanation *e, struct json_writer *w)
{
    json_open_array(w, "spans");
    for (size_t i = 0; i < e->n_days;) {
        const struct deadline_day *first = &e->days[i];
        const struct label what = row_words(first);
        int counted = 0;

        do
            counted += e->days[i++].number > 0;
        while (i < e->n_days && row_kind(e->days[i].kind) == row_kind(first->kind));
        json_object_begin(w);
        view_date(w, "from", first->date);
        view_date(w, "to", e->days[i - 1].date);
        view_label(w, "what", &what);
        json_int(w, "counted", counted);
        json_object_end(w);
    }
    json_array_end(w);
}

struct asked {
    const struct deadline_rule *rule;
    const struct matter_clock *clock;
    const struct pause *pauses;
    size_t n_pauses;
};

static enum err_code explain_by(struct op *op, const struct asked *a, const struct calendar *cal,
                                struct deadline_explanation *ret)
{
    return deadline_explain(op->arena, a->rule, a->clock->start, a->pauses, a->n_pauses,
                            (int)a->clock->extensions, cal, ret, &op->err);
}

static bool ends_as_recorded(const struct asked *a, const struct deadline_explanation *e)
{
    return e->due.due == a->clock->due && e->due.due_raw == a->clock->due_raw;
}

/* A clock that was met keeps the dates of the calendar of then: the newest kept one that gives
 * them. Where none does, the calendar in force explains. */
static enum err_code explain_then(struct op *op, const struct asked *a,
                                  struct deadline_explanation *ret, const char **ret_revision)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_revisions_of, &s));
    TRY(stmt_bind_text(op, s, 1, "calendar"));
    for (;;) {
        CLEANUP(calendar_freep) struct calendar *cal = NULL;
        struct deadline_explanation e;
        const char *text;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        text = stmt_text(s, 2);
        TRY(calendar_load(text, strlen(text), &cal, &op->err));
        TRY(explain_by(op, a, cal, &e));
        if (!ends_as_recorded(a, &e))
            continue;
        *ret = e;
        *ret_revision = arena_strdup(op->arena, calendar_revision(cal));
    }
}

enum err_code view_clock_explained(struct op *op, const struct matter *m, const char *rule_id,
                                   struct json_writer *w)
{
    struct matter copy = *m;
    const struct matter_clock *c = matter_clock(&copy, rule_id);
    const struct deadline_rule *rule = pack_deadline(matter_pack(op, m), rule_id);
    const char *revision = calendar_revision(op->setup->calendar);
    struct deadline_explanation e;
    struct pause pauses[MATTER_PAUSES_MAX];
    struct asked asked = {rule, c, pauses, 0};
    size_t n, kept = 0;

    if (c == NULL || rule == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no clock %s", rule_id);
    n = matter_pauses(m, pauses, MATTER_PAUSES_MAX);
    for (size_t i = 0; i < n; i++)
        if (pauses[i].to == DATE_NONE || pauses[i].to > c->start)
            pauses[kept++] = pauses[i];
    asked.n_pauses = kept;
    TRY(explain_by(op, &asked, op->setup->calendar, &e));
    if (c->state != CLOCK_RUNNING && c->state != CLOCK_PAUSED && !ends_as_recorded(&asked, &e))
        TRY(explain_then(op, &asked, &e, &revision));
    json_object_begin(w);
    clock_fields(op, m, c, rule, w);
    view_label(w, "question", &e.question);
    view_label(w, "explanation", &e.sentence);
    view_days(&e, w);
    view_spans(&e, w);
    json_open_object(w, "calendar");
    json_text(w, "id", calendar_id(op->setup->calendar));
    json_text(w, "revision", revision);
    json_bool(w, "provisional", e.due.provisional);
    json_object_end(w);
    json_object_end(w);
    return ERR_OK;
}
