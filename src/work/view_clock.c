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

void view_told(struct json_writer *w, const json_t *told, int zone_min)
{
    static const char *const parties[] = {"consumer", "business"};

    if (json_object_size(told) == 0) {
        json_none(w, "told");
        return;
    }
    json_open_object(w, "told");
    for (size_t i = 0; i < sizeof parties / sizeof parties[0]; i++) {
        const json_t *at = json_object_get(told, parties[i]);

        if (at != NULL)
            view_instant(w, parties[i], json_integer_value(at), zone_min);
    }
    json_object_end(w);
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

/* What takes time out of a clock: of a matter only tests, of other records several things. */
static const struct label of_tests = {"检测", "testing"};
static const struct label of_pauses = {"暂停", "pauses"};

/* "第60天，扣检测 12 天，10月4日（周日）休息，顺延，暂定": the short reason beside a date. */
static struct label short_reason(struct op *op, const struct deadline_rule *rule,
                                 const struct matter_clock *c, const struct label *paused)
{
    bool wd = rule->unit == UNIT_WD;
    int64_t length = rule->length + c->extensions * rule->extension;
    const char *zh = with_number(op->arena, "第", length, wd ? "个工作日" : "天");
    const char *en = with_number(op->arena, wd ? "working day " : "day ", length, "");

    if (c->paused_days > 0) {
        zh = arena_printf(op->arena, "%s，扣%s %lld 天", zh, paused->zh, (long long)c->paused_days);
        en = arena_printf(op->arena, "%s, %lld days of %s left out", en, (long long)c->paused_days,
                          paused->en);
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

/* When so many days of the rule are over; false where that cannot be counted. */
static bool target_due(struct op *op, const struct matter *m, const struct matter_clock *c,
                       const struct deadline_rule *rule, int target, date_t *ret)
{
    struct deadline_rule shorter = *rule;
    struct matter_clock own = *c;
    struct pause pauses[MATTER_PAUSES_MAX];
    struct err kept = op->err;
    bool counted;

    shorter.length = target;
    counted = clock_count(op, &shorter, pauses, matter_pauses(m, pauses, MATTER_PAUSES_MAX),
                          &own) == ERR_OK;
    err_back(&op->err, &kept);
    *ret = own.due;
    return counted;
}

/* The house's own date beside that of the law, for those who work on it; a matter that is not at
 * hand, or a clock that stands or has ended, has none. */
static void view_target(struct op *op, const struct matter *m, const struct matter_clock *c,
                        const struct deadline_rule *rule, struct json_writer *w)
{
    bool runs = m != NULL && c->state == CLOCK_RUNNING && op->actor.kind == ACTOR_OFFICER;
    int target = runs ? house_target(op->setup, m->body, rule) : 0;
    date_t due;

    if (target <= 0 || !target_due(op, m, c, rule, target, &due)) {
        json_none(w, "target");
        return;
    }
    json_open_object(w, "target");
    json_int(w, "length", target);
    view_date(w, "due", due);
    json_bool(w, "over", date_of_instant(op->now_ms, op->zone_min) > due);
    json_object_end(w);
}

static void clock_fields(struct op *op, const struct matter *m, const struct matter_clock *c,
                         const struct deadline_rule *rule, const struct label *paused,
                         struct json_writer *w)
{
    struct deadline_state state;
    const char *level = level_text(op, rule, c, &state);
    struct label reason = short_reason(op, rule, c, paused);
    bool superseded = false;

    for (size_t i = 0; m != NULL && i < m->n_clocks; i++)
        if (strcmp(m->clocks[i].rule, c->rule) == 0 && m->clocks[i].seq > c->seq)
            superseded = true;
    json_text(w, "rule", rule->id);
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
    clock_fields(op, m, clock, rule, &of_tests, w);
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

/* Of a paused day: what it was paused for, where that is known. */
static struct label day_reason(struct op *op, const struct explained *of,
                               const struct deadline_day *d)
{
    for (size_t i = 0; d->kind == DD_PAUSED && i < of->n_pauses; i++)
        if (d->date >= of->pauses[i].from &&
            (of->pauses[i].to == DATE_NONE || d->date <= of->pauses[i].to) && of->why[i].zh != NULL)
            return (struct label){arena_printf(op->arena, "%s，不计", of->why[i].zh),
                                  arena_printf(op->arena, "%s, not counted", of->why[i].en)};
    return d->reason;
}

static void view_days(struct op *op, const struct explained *of,
                      const struct deadline_explanation *e, struct json_writer *w)
{
    json_open_array(w, "days");
    for (size_t i = 0; i < e->n_days; i++) {
        const struct deadline_day *d = &e->days[i];
        const struct label mark = {d->mark, d->mark}, reason = day_reason(op, of, d);

        json_object_begin(w);
        view_date(w, "date", d->date);
        json_text(w, "kind", day_kind_text(d->kind));
        if (d->number > 0)
            json_int(w, "number", d->number);
        else
            json_none(w, "number");
        view_label(w, "label", &mark);
        view_label(w, "why", &reason);
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

static struct label row_words(struct op *op, const struct explained *of,
                              const struct deadline_day *first)
{
    if (row_kind(first->kind) == DD_COUNTED)
        return (struct label){"逐日计算", "counted day by day"};
    if (first->kind == DD_PASSED)
        return (struct label){"放假，往后顺延", "days off, moved on"};
    return day_reason(op, of, first);
}

static void view_spans(struct op *op, const struct explained *of,
                       const struct deadline_explanation *e, struct json_writer *w)
{
    json_open_array(w, "spans");
    for (size_t i = 0; i < e->n_days;) {
        const struct deadline_day *first = &e->days[i];
        const struct label what = row_words(op, of, first);
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

static enum err_code explain_by(struct op *op, const struct explained *a,
                                const struct calendar *cal, struct deadline_explanation *ret)
{
    return deadline_explain(op->arena, a->rule, a->clock->start, a->pauses, a->n_pauses,
                            (int)a->clock->extensions, cal, ret, &op->err);
}

static bool ends_as_recorded(const struct explained *a, const struct deadline_explanation *e)
{
    return e->due.due == a->clock->due && e->due.due_raw == a->clock->due_raw;
}

/* A clock that was met keeps the dates of the calendar of then: the newest kept one that gives
 * them. Where none does, the calendar in force explains. */
static enum err_code explain_then(struct op *op, const struct explained *a,
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

enum err_code view_explained(struct op *op, const struct matter *m, const struct explained *of,
                             struct json_writer *w)
{
    const char *revision = calendar_revision(op->setup->calendar);
    struct matter_clock c = *of->clock;
    struct deadline_explanation e;

    TRY(explain_by(op, of, op->setup->calendar, &e));
    if (c.state != CLOCK_RUNNING && c.state != CLOCK_PAUSED && !ends_as_recorded(of, &e))
        TRY(explain_then(op, of, &e, &revision));
    if (m == NULL)
        c.paused_days = e.paused;
    json_object_begin(w);
    clock_fields(op, m, &c, of->rule, m == NULL ? &of_pauses : &of_tests, w);
    view_label(w, "started_by", &of->started_by);
    view_label(w, "question", &e.question);
    view_label(w, "explanation", &e.sentence);
    view_label(w, "extension_basis", c.extensions > 0 ? &of->rule->extension_basis.text : NULL);
    view_days(op, of, &e, w);
    view_spans(op, of, &e, w);
    json_open_object(w, "calendar");
    json_text(w, "id", calendar_id(op->setup->calendar));
    json_text(w, "revision", revision);
    json_bool(w, "provisional", e.due.provisional);
    json_object_end(w);
    json_object_end(w);
    return ERR_OK;
}

struct label view_one_more(struct op *op, struct label all, struct label one)
{
    if (all.zh == NULL)
        return one;
    if (one.zh == NULL || strstr(all.zh, one.zh) != NULL)
        return all;
    return (struct label){arena_printf(op->arena, "%s或%s", all.zh, one.zh),
                          arena_printf(op->arena, "%s or %s", all.en, one.en)};
}

/* What starts clocks of this rule in the matter's pack: registering, or the acts, each once. */
static struct label started_by(struct op *op, const struct pack *pack, enum matter_kind kind,
                               const struct deadline_rule *rule, const struct matter_clock *c)
{
    const struct pack_kind *k = &pack->kinds[kind];
    struct label found = {NULL, NULL};

    for (size_t i = 0; i < k->n_creation && c->seq <= 1; i++)
        if (k->creation[i].rule == rule)
            return (struct label){"收到", "Receipt"};
    for (size_t i = 0; i < k->n_transitions; i++) {
        const struct pack_transition *t = &k->transitions[i];

        for (size_t n = 0; n < t->n_clocks; n++)
            if (t->clocks[n].rule == rule && t->clocks[n].effect == CLOCK_START)
                found = view_one_more(op, found, pack->acts[t->act].label);
    }
    return found;
}

enum err_code view_clock_explained(struct op *op, const struct matter *m, const char *rule_id,
                                   struct json_writer *w)
{
    struct matter copy = *m;
    const struct matter_clock *c = matter_clock(&copy, rule_id);
    const struct pack *pack = matter_pack(op, m);
    const struct deadline_rule *rule = pack_deadline(pack, rule_id);
    struct pause pauses[MATTER_PAUSES_MAX];
    struct label why[MATTER_PAUSES_MAX];
    struct explained of = {rule, c, pauses, why, 0, {NULL, NULL}};
    size_t n;

    if (c == NULL || rule == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no clock %s", rule_id);
    n = matter_pauses(m, pauses, MATTER_PAUSES_MAX);
    for (size_t i = 0; i < n; i++) {
        if (pauses[i].to != DATE_NONE && pauses[i].to <= c->start)
            continue;
        why[of.n_pauses] = (struct label){"检测", "paused for a test"};
        pauses[of.n_pauses++] = pauses[i];
    }
    of.started_by = started_by(op, pack, matter_kind_of(m), rule, c);
    return view_explained(op, m, &of, w);
}
