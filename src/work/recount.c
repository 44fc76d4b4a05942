/* Runs over open clocks: slices of matters, then of cases and entries, each a small change set of
 * the bulk queue that also says how far the run came. A matter that an act took meanwhile is read
 * and counted again. */
#include "work/recount.h"

#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/clock.h"
#include "work/recount_internal.h"
#include "work/setup_internal.h"

#define SLICE 40 /* matters of one change set: a few milliseconds of the writer's time */
#define SLICE_ARENA ((size_t)32 << 20)
#define TRIES 20
/* Other daemons look every two seconds whether the calendar is another (job "setup"); what they
 * began by the one before is through by then. */
#define FOLLOWED_MS 10000

/* ---- the row of a run ---- */

static void run_values(struct op *op, struct changes *ch, const struct calendar_run *r)
{
    changes_int(ch, r->id);
    changes_text(ch, r->calendar);
    changes_text(ch, r->revision);
    changes_int(ch, r->position);
    changes_int(ch, r->total);
    changes_int(ch, r->done);
    changes_int(ch, r->moved);
    changes_int(ch, r->after);
    changes_int(ch, r->started_at);
    if (r->finished_at == 0)
        changes_null(ch);
    else
        changes_int(ch, r->finished_at);
    changes_mac(op, ch, "calendar_run");
}

static void run_step(struct op *op, struct changes *ch, const struct calendar_run *before,
                     const struct calendar_run *now)
{
    changes_row(ch, SQL_calendar_run_step, 1, ERR_CONFLICT);
    run_values(op, ch, now);
    changes_int(ch, before->after);
    changes_int(ch, before->position);
}

enum err_code calendar_last_run(struct op *op, struct snapshot *snap, struct calendar_run *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = (struct calendar_run){0};
    TRY(snapshot_prepare(op, snap, SQL_calendar_run_last, &s));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return ERR_OK;
    *ret = (struct calendar_run){
        .id = stmt_int64(s, 0),
        .calendar = stmt_text_dup(op, s, 1),
        .revision = stmt_text_dup(op, s, 2),
        .position = stmt_int64(s, 3),
        .total = stmt_int64(s, 4),
        .done = stmt_int64(s, 5),
        .moved = stmt_int64(s, 6),
        .after = stmt_int64(s, 7),
        .started_at = stmt_int64(s, 8),
        .finished_at = stmt_int64(s, 9),
    };
    return ERR_OK;
}

enum err_code recount_begin(struct op *op, struct changes *ch, const char *calendar,
                            int64_t edition)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct calendar_run last, ended, run = {.calendar = calendar, .started_at = op->now_ms};

    TRY(snapshot_open(op, &snap));
    TRY(calendar_last_run(op, snap, &last));
    if (last.id != 0 && last.finished_at == 0) {
        ended = last;
        ended.finished_at = op->now_ms;
        run_step(op, ch, &last, &ended);
    }
    run.id = last.id + 1;
    run.revision = arena_printf(op->arena, "%lld", (long long)edition);
    run.position = snapshot_position(snap);
    TRY(snapshot_number(op, snap, SQL_open_clocks_count, &run.total));
    changes_row(ch, SQL_calendar_run_put, 1, ERR_CONFLICT);
    run_values(op, ch, &run);
    return ERR_OK;
}

enum err_code calendar_watch(struct op *op)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct changes *ch = changes_new(op);
    struct calendar_run last;
    const char *text;
    int64_t edition = 0;

    TRY(snapshot_open(op, &snap));
    TRY(calendar_last_run(op, snap, &last));
    snapshot_closep(&snap);
    if (last.id != 0)
        (void)text_int64(last.revision, &edition);
    /* A greater one: an import whose setup is not loaded yet. */
    if (edition >= op->setup->calendar_edition)
        return ERR_OK;
    text = json_compact(op->arena, op->setup->calendar_base);
    if (text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "calendar");
    if (op->setup->calendar_edition % CALENDAR_EDITIONS == 0)
        revision_keep(op, ch, "calendar", calendar_id(op->setup->calendar),
                      op->setup->calendar_edition, text);
    TRY(recount_begin(op, ch, calendar_id(op->setup->calendar), op->setup->calendar_edition));
    return store_apply(op, ch, QUEUE_BULK);
}

/* ---- counting ---- */

/* What has a clock: a matter, or a record of a kind that keeps clocks. */
struct counted {
    int64_t id;
    bool record; /* not a matter */
    char kind[8];
};

/* Who is counted: by the events up to @p to, those with open clocks that they registered, or those
 * that one of them behind @p from touched. */
struct span {
    bool touched;
    int64_t from, to;
};

static enum err_code next_ids(struct op *op, struct span span, int64_t after,
                              struct counted ret[SLICE], size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap,
                         span.touched ? SQL_clock_records_touched : SQL_open_clock_records, &s));
    TRY(stmt_bind_int64(op, s, 1, after));
    TRY(stmt_bind_int64(op, s, 2, SLICE));
    TRY(stmt_bind_int64(op, s, 3, span.to));
    if (span.touched)
        TRY(stmt_bind_int64(op, s, 4, span.from));
    for (;;) {
        struct counted *one = &ret[*ret_n];

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        *one = (struct counted){.id = stmt_int64(s, 0)};
        snprintf(one->kind, sizeof one->kind, "%s", stmt_text(s, 1));
        one->record = strcmp(one->kind, "matter") != 0;
        ++*ret_n;
    }
}

static void put_clock(struct changes *ch, int64_t matter, const struct matter_clock *c)
{
    changes_row(ch, SQL_clock_move, 1, ERR_CONFLICT);
    changes_int(ch, matter);
    changes_text(ch, c->rule);
    changes_int(ch, c->seq);
    changes_int(ch, c->due_raw);
    changes_int(ch, c->due);
    changes_int(ch, c->paused_days);
    changes_int(ch, c->provisional);
}

static bool is_open(const struct matter_clock *c)
{
    return c->state == CLOCK_RUNNING || c->state == CLOCK_PAUSED;
}

static enum err_code count_one(struct op *op, struct snapshot *snap, int64_t id,
                               struct calendar_run *run, struct changes *ch)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct matter before;
    bool changed;

    TRY(matter_load(op, snap, id, &m));
    before = m;
    TRY(matter_recount(op, &m, &changed));
    for (size_t i = 0; i < m.n_clocks; i++) {
        const struct matter_clock *old = &before.clocks[i], *now = &m.clocks[i];

        run->done += is_open(now);
        if (old->due_raw == now->due_raw && old->due == now->due &&
            old->provisional == now->provisional && old->paused_days == now->paused_days)
            continue;
        put_clock(ch, id, now);
        if (old->due == now->due && old->due_raw == now->due_raw)
            continue;
        calendar_moved_put(op, ch, run->id,
                           &(struct moved){id, old->rule, old->seq, old->due_raw, old->due,
                                           now->due_raw, now->due});
        run->moved++;
    }
    if (!changed)
        return ERR_OK;
    changes_row(ch, SQL_matter_due_move, 1, ERR_CONFLICT);
    changes_int(ch, id);
    changes_int(ch, m.version);
    changes_text(ch, m.next_rule);
    if (m.next_due == MATTER_NONE)
        changes_null(ch);
    else
        changes_int(ch, m.next_due);
    return ERR_OK;
}

/* The first date of a record; its clocks follow from the calendar wherever they are looked at. */
static enum err_code count_record(struct op *op, struct snapshot *snap, const struct counted *one,
                                  struct calendar_run *run, struct changes *ch)
{
    struct record_shift shift;

    TRY(record_shift_of(op, snap, one->kind, one->id, &shift));
    run->done += shift.runs;
    if (shift.old == shift.now)
        return ERR_OK;
    record_shift_put(ch, one->kind, one->id, &shift);
    if (!shift.runs)
        return ERR_OK;
    calendar_moved_put(
        op, ch, run->id,
        &(struct moved){one->id, shift.rule, 0, shift.old, shift.old, shift.now, shift.now});
    run->moved++;
    return ERR_OK;
}

static enum err_code count_all(struct op *op, const struct counted *ids, size_t n,
                               struct calendar_run *run, struct changes *ch)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    for (size_t i = 0; i < n; i++)
        TRY(ids[i].record ? count_record(op, snap, &ids[i], run, ch)
                          : count_one(op, snap, ids[i].id, run, ch));
    return ERR_OK;
}

/* ---- a run ---- */

/* The next in order of those there were when the run began. @p ret_end: there were none. */
static enum err_code one_slice(struct op *op, const struct calendar_run *run, bool *ret_end)
{
    struct changes *ch = changes_new(op);
    struct calendar_run now = *run;
    struct counted ids[SLICE];
    size_t n;

    TRY(next_ids(op, (struct span){.to = run->position}, run->after, ids, &n));
    *ret_end = n == 0;
    if (n == 0)
        return ERR_OK;
    TRY(count_all(op, ids, n, &now, ch));
    now.after = ids[n - 1].id;
    run_step(op, ch, run, &now);
    return store_apply(op, ch, QUEUE_BULK);
}

static enum err_code position_now(struct op *op, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    *ret = snapshot_position(snap);
    return ERR_OK;
}

/* Matters that acts touched since the run began, then the end of the run. Everybody who could still
 * count by the calendar before has let go of it by now, so what comes after this moment need not be
 * looked at: under a rush of filings there would be no end to that. */
static enum err_code finish(struct op *op, const struct calendar_run *run)
{
    struct span touched = {.touched = true, .from = run->position};
    struct calendar_run now = *run;
    struct counted ids[SLICE];
    int64_t after = 0;
    size_t n;

    TRY(position_now(op, &touched.to));
    do {
        struct changes *ch = changes_new(op);

        TRY(next_ids(op, touched, after, ids, &n));
        TRY(count_all(op, ids, n, &now, ch));
        if (n > 0)
            after = ids[n - 1].id;
        if (n < SLICE) {
            now.done = run->total;
            now.finished_at = op->now_ms > run->started_at ? op->now_ms : run->started_at;
            run_step(op, ch, run, &now);
        }
        TRY(store_apply(op, ch, QUEUE_BULK));
    } while (n == SLICE);
    return ERR_OK;
}

/* Whether everybody here, and every daemon on the same database, counts by the calendar of the run.
 */
static bool all_follow(const struct op *op, const struct calendar_run *run)
{
    return setup_settled(op->setup) &&
           (!store_shared(op->store) || op->now_ms >= run->started_at + FOLLOWED_MS);
}

/* @p ret_more: call again; @p ret_wait: later, somebody works with the calendar before. */
static enum err_code go_on(struct op *op, bool *ret_more, bool *ret_wait)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct calendar_run run;
    int64_t edition = 0;
    bool end;

    TRY(snapshot_open(op, &snap));
    TRY(calendar_last_run(op, snap, &run));
    snapshot_closep(&snap);
    *ret_more = run.id != 0 && run.finished_at == 0;
    if (!*ret_more)
        return ERR_OK;
    (void)text_int64(run.revision, &edition);
    *ret_wait = edition != op->setup->calendar_edition;
    if (*ret_wait)
        return ERR_OK;
    TRY(one_slice(op, &run, &end));
    if (!end)
        return ERR_OK;
    *ret_wait = !all_follow(op, &run);
    return *ret_wait ? ERR_OK : finish(op, &run);
}

enum err_code calendar_recount(struct op *op, int64_t budget_ms, bool *ret_more)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(SLICE_ARENA);
    int64_t until = monotonic_ms() + budget_ms;
    struct op own = op_apart(op, arena);
    bool wait = false;
    int tries = 0;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "recount");
    do {
        enum err_code rc;

        err_clear(&own.err);
        rc = go_on(&own, ret_more, &wait);
        arena_reset(arena);
        /* An act was faster: the slice is read again. */
        if (rc != ERR_OK && (rc != ERR_CONFLICT || ++tries == TRIES)) {
            op->err = own.err;
            return rc;
        }
        if (rc == ERR_OK)
            tries = 0;
    } while (*ret_more && !wait && monotonic_ms() < until);
    return ERR_OK;
}

/* ---- what would move ---- */

static void add_shift(struct calendar_shifts *all, const char *rule, int days)
{
    size_t i = 0;

    while (i < all->n && (strcmp(all->list[i].rule, rule) != 0 || all->list[i].days != days))
        i++;
    if (i == CALENDAR_SHIFTS_MAX) {
        all->more = true;
        return;
    }
    if (i == all->n) {
        all->list[i] = (struct calendar_shift){.days = days};
        snprintf(all->list[i].rule, sizeof all->list[i].rule, "%s", rule);
        all->n++;
    }
    all->list[i].n++;
}

static enum err_code preview_record(struct op *op, struct snapshot *snap, const struct counted *one,
                                    struct calendar_shifts *ret)
{
    struct record_shift shift;

    TRY(record_shift_of(op, snap, one->kind, one->id, &shift));
    ret->clocks += shift.runs;
    if (!shift.runs || shift.old == shift.now)
        return ERR_OK;
    ret->moved++;
    add_shift(ret, shift.rule, shift.now - shift.old);
    return ERR_OK;
}

static enum err_code preview_one(struct op *op, struct snapshot *snap, int64_t id,
                                 struct calendar_shifts *ret)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct matter before;
    bool changed;

    TRY(matter_load(op, snap, id, &m));
    before = m;
    TRY(matter_recount(op, &m, &changed));
    for (size_t i = 0; i < m.n_clocks; i++) {
        const struct matter_clock *old = &before.clocks[i], *now = &m.clocks[i];

        ret->clocks += is_open(now);
        if (old->due == now->due && old->due_raw == now->due_raw)
            continue;
        ret->moved++;
        add_shift(ret, old->rule, now->due - old->due);
    }
    return ERR_OK;
}

enum err_code recount_preview(struct op *op, const struct calendar *cal,
                              struct calendar_shifts *ret)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(SLICE_ARENA);
    struct setup other = *op->setup;
    struct op own = op_apart(op, arena);
    struct counted ids[SLICE];
    int64_t after = 0;
    enum err_code rc = ERR_OK;
    size_t n;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "preview");
    other.calendar = cal;
    own.setup = &other;
    *ret = (struct calendar_shifts){.n = 0};
    do {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        rc = next_ids(&own, (struct span){.to = INT64_MAX}, after, ids, &n);
        if (rc == ERR_OK)
            rc = snapshot_open(&own, &snap);
        for (size_t i = 0; i < n && rc == ERR_OK; i++)
            rc = ids[i].record ? preview_record(&own, snap, &ids[i], ret)
                               : preview_one(&own, snap, ids[i].id, ret);
        if (n > 0)
            after = ids[n - 1].id;
        snapshot_closep(&snap);
        arena_reset(arena);
    } while (rc == ERR_OK && n == SLICE);
    op->err = own.err;
    return rc;
}
