/* Reading the open matters into memory, following them, counting them. */
#include "insight/kept_open.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "insight/list_internal.h"
#include "sql_queries.h"

#define ROWS_FIRST 1024
#define FEW_EVENTS 64 /* are followed whatever there is … */
#define FOLLOWED 16 /* … more of them up to one event for so many rows; beyond it all are read */
#define NOT_THERE SIZE_MAX

struct open_row {
    int64_t id, officer, registered_by; /* 0: none */
    date_t due;                         /* DATE_NONE: no clock runs */
    uint16_t body;                      /* place among the codes */
    bool secret, paused, assigned, for_leader;
};

/* How far the last run over open clocks came. */
struct clock_run {
    int64_t id; /* 0: none yet */
    bool ended;
};

struct kept_open {
    pthread_mutex_t lock;
    bool there;
    struct open_row *rows; /* ascending by id */
    size_t n, cap;
    char **bodies; /* codes */
    size_t n_bodies, cap_bodies;
    int64_t position; /* the last event that is in it */
    struct clock_run run;
};

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for open matters");
}

/* ---- life ---- */

struct kept_open *kept_open_new(void)
{
    struct kept_open *kept = calloc(1, sizeof *kept);

    if (kept != NULL)
        pthread_mutex_init(&kept->lock, NULL);
    return kept;
}

static void forget(struct kept_open *k)
{
    for (size_t i = 0; i < k->n_bodies; i++)
        free(k->bodies[i]);
    free(k->bodies);
    free(k->rows);
    k->bodies = NULL;
    k->rows = NULL;
    k->n = k->cap = k->n_bodies = k->cap_bodies = 0;
    k->there = false;
}

void kept_open_free(struct kept_open *kept)
{
    if (kept == NULL)
        return;
    forget(kept);
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

/* ---- rows ---- */

/* Room for one more. */
static void *grown(void *old, size_t n, size_t first, size_t size, size_t *cap)
{
    size_t more = *cap == 0 ? first : *cap + *cap / 2;
    void *array = old;

    if (n < *cap)
        return old;
    array = reallocarray(old, more, size);
    if (array != NULL)
        *cap = more;
    return array;
}

/* The place of a body's code; NOT_THERE: no memory. Few of them, and most rows have that of the row
 * before. */
static size_t body_of(struct kept_open *k, const char *code, size_t before)
{
    size_t i = 0;
    char **more;

    if (before < k->n_bodies && strcmp(k->bodies[before], code) == 0)
        return before;
    while (i < k->n_bodies && strcmp(k->bodies[i], code) != 0)
        i++;
    if (i < k->n_bodies)
        return i;
    more = grown(k->bodies, k->n_bodies, 64, sizeof *more, &k->cap_bodies);
    if (more == NULL || i == UINT16_MAX)
        return NOT_THERE;
    k->bodies = more;
    k->bodies[i] = strdup(code);
    if (k->bodies[i] == NULL)
        return NOT_THERE;
    k->n_bodies++;
    return i;
}

/* Where the id stands, or would. */
static size_t place_of(const struct kept_open *k, int64_t id)
{
    size_t low = 0, high = k->n;

    if (k->n > 0 && k->rows[k->n - 1].id < id)
        return k->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (k->rows[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool stands_at(const struct kept_open *k, size_t at, int64_t id)
{
    return at < k->n && k->rows[at].id == id;
}

static enum err_code put_row(struct op *op, struct kept_open *k, size_t at,
                             const struct open_row *row)
{
    if (!stands_at(k, at, row->id)) {
        struct open_row *rows = grown(k->rows, k->n, ROWS_FIRST, sizeof *rows, &k->cap);

        if (rows == NULL)
            return no_memory(op);
        k->rows = rows;
        memmove(rows + at + 1, rows + at, (k->n - at) * sizeof *rows);
        k->n++;
    }
    k->rows[at] = *row;
    return ERR_OK;
}

static void drop_row(struct kept_open *k, int64_t id)
{
    size_t at = place_of(k, id);

    if (!stands_at(k, at, id))
        return;
    k->n--;
    memmove(k->rows + at, k->rows + at + 1, (k->n - at) * sizeof *k->rows);
}

/* ---- reading ---- */

static enum err_code row_from(struct op *op, struct kept_open *k, struct stmt *s,
                              struct open_row *ret)
{
    const char *code = stmt_text(s, 4);
    size_t body =
        code == NULL ? NOT_THERE : body_of(k, code, k->n > 0 ? k->rows[k->n - 1].body : 0);

    if (body == NOT_THERE)
        return no_memory(op);
    *ret = (struct open_row){.id = stmt_int64(s, 0),
                             .due = stmt_is_null(s, 1) ? DATE_NONE : (date_t)stmt_int64(s, 1),
                             .paused = stmt_int64(s, 2) != 0,
                             .secret = stmt_int64(s, 3) != 0,
                             .body = (uint16_t)body,
                             .officer = stmt_int64(s, 5),
                             .registered_by = stmt_int64(s, 6),
                             .for_leader = stmt_int64(s, 7) != 0,
                             .assigned = stmt_int64(s, 8) != 0};
    return ERR_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct open_row *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static enum err_code read_all(struct op *op, struct snapshot *snap, struct kept_open *k)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    struct open_row one;
    bool row = true;

    forget(k);
    compose_init(&c);
    compose(&c, SQL_open_row);
    compose(&c, SQL_list_from_open_due);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        TRY(row_from(op, k, s, &one));
        TRY(put_row(op, k, k->n, &one));
    }
    if (k->n > 0)
        qsort(k->rows, k->n, sizeof *k->rows, by_id);
    return ERR_OK;
}

static enum err_code read_again(struct op *op, struct snapshot *snap, struct kept_open *k,
                                int64_t id)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    struct open_row one;
    bool row;

    compose_init(&c);
    compose(&c, SQL_open_row);
    compose(&c, SQL_list_from_id);
    compose_int(&c, id);
    compose(&c, SQL_list_if_open);
    TRY(compose_prepare(op, snap, &c, &s));
    TRY(stmt_step(op, s, &row));
    if (!row) {
        drop_row(k, id);
        return ERR_OK;
    }
    TRY(row_from(op, k, s, &one));
    return put_row(op, k, place_of(k, id), &one);
}

static enum err_code read_changed(struct op *op, struct snapshot *snap, struct kept_open *k)
{
    CLEANUP(stmt_closep) struct stmt *changed = NULL;
    bool row = true;

    TRY(snapshot_prepare(op, snap, SQL_kept_changed, &changed));
    TRY(stmt_bind_int64(op, changed, 1, k->position));
    for (;;) {
        TRY(stmt_step(op, changed, &row));
        if (!row)
            return ERR_OK;
        TRY(read_again(op, snap, k, stmt_int64(changed, 0)));
    }
}

static enum err_code last_run(struct op *op, struct snapshot *snap, struct clock_run *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = (struct clock_run){.ended = true};
    TRY(snapshot_prepare(op, snap, SQL_clock_run_last, &s));
    TRY(stmt_step(op, s, &row));
    if (row)
        *ret = (struct clock_run){.id = stmt_int64(s, 0), .ended = !stmt_is_null(s, 1)};
    return ERR_OK;
}

/* Whether so few events came since that the matters they touched are read rather than all. */
static enum err_code little_behind(struct op *op, struct snapshot *snap, const struct kept_open *k,
                                   bool *ret)
{
    int64_t few = FEW_EVENTS + (int64_t)(k->n / FOLLOWED), events;

    TRY(snapshot_beyond(op, snap, k->position, few + 1, &events));
    *ret = events <= few;
    return ERR_OK;
}

/* As of the snapshot, or later. */
static enum err_code read_to(struct op *op, struct snapshot *snap, struct kept_open *k)
{
    int64_t position = snapshot_position(snap);
    struct clock_run run;
    enum err_code rc;
    bool stands, follows = false;

    TRY(last_run(op, snap, &run));
    stands = k->there && !(run.id > k->run.id || (run.id == k->run.id && !k->run.ended));
    if (stands && position <= k->position)
        return ERR_OK;
    if (stands)
        TRY(little_behind(op, snap, k, &follows));
    rc = follows ? read_changed(op, snap, k) : read_all(op, snap, k);
    k->there = rc == ERR_OK;
    k->position = position;
    k->run = run;
    return rc;
}

/* ---- counting ---- */

bool kept_open_answers(const struct list_filter *f)
{
    return !given(f->q) && !given(f->kind) && !given(f->status) && f->officer == 0 &&
           !f->unassigned && !f->officer_none && !given(f->category) && !given(f->problem) &&
           !given(f->themes) && !given(f->channel) && !given(f->waiting_for) &&
           !given(f->respondent_key) && f->business == 0 && !f->business_none && f->group == 0 &&
           !given(f->outcome) && f->level == DUE_ANY && !given_date(f->from) && !given_date(f->to);
}

/* What is asked of a row's body, decided once for each. */
struct body_says {
    bool wanted, reach, own;
};

static void ask_body(const struct reading *r, const char *code, const char *path,
                     struct body_says *ret)
{
    const struct actor *actor = &r->op->actor;

    *ret = (struct body_says){
        .wanted = r->body_path == NULL || (r->f->body_only ? strcmp(code, r->f->body) == 0
                                                           : body_path_within(path, r->body_path)),
        .reach = given(actor->body_path) && body_path_within(path, actor->body_path),
        .own = strcmp(code, actor->body) == 0};
}

static enum err_code ask_bodies(struct reading *r, const struct kept_open *k,
                                struct body_says **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct body_says *says = ARENA_ARRAY(r->op->arena, struct body_says, k->n_bodies + 1);
    bool row = true;

    if (says == NULL)
        return no_memory(r->op);
    memset(says, 0, (k->n_bodies + 1) * sizeof *says);
    TRY(snapshot_prepare(r->op, r->snap, SQL_cross_bodies, &s));
    for (;;) {
        const char *code;

        TRY(stmt_step(r->op, s, &row));
        if (!row)
            break;
        code = stmt_text(s, 0);
        for (size_t i = 0; i < k->n_bodies; i++)
            if (strcmp(k->bodies[i], code) == 0)
                ask_body(r, code, stmt_text(s, 1), &says[i]);
    }
    *ret = says;
    return ERR_OK;
}

static void count_row(const struct reading *r, const struct open_row *row, struct open_counts *ret)
{
    ret->levels[due_level_of(row->due, row->paused, r->f->today, r->f->soon_until) - DUE_LATE]++;
    ret->waiting_leader += row->for_leader;
    ret->unassigned += row->officer == 0;
}

static enum err_code count_rows(struct reading *r, const struct kept_open *k,
                                struct body_opens **ret, size_t *ret_n)
{
    struct body_opens *opens = ARENA_ARRAY(r->op->arena, struct body_opens, k->n_bodies + 1);
    struct body_says *says;

    if (opens == NULL)
        return no_memory(r->op);
    TRY(ask_bodies(r, k, &says));
    for (size_t i = 0; i < k->n_bodies; i++) {
        opens[i] = (struct body_opens){.body = arena_strdup(r->op->arena, k->bodies[i])};
        if (opens[i].body == NULL)
            return no_memory(r->op);
    }
    for (size_t i = 0; i < k->n; i++) {
        const struct open_row *row = &k->rows[i];
        const struct body_says *body = &says[row->body];

        if (body->wanted &&
            visible_has(&r->visible, r->op->actor.officer_id,
                        &(struct visible_facts){.secret = row->secret,
                                                .reach = body->reach,
                                                .own_body = body->own,
                                                .assigned = row->assigned,
                                                .for_leader = row->for_leader,
                                                .officer = row->officer,
                                                .registered_by = row->registered_by}))
            count_row(r, row, &opens[row->body].counts);
    }
    *ret = opens;
    *ret_n = k->n_bodies;
    return ERR_OK;
}

enum err_code kept_open_count(struct reading *r, struct kept_open *kept, struct body_opens **ret,
                              size_t *ret_n)
{
    enum err_code rc;

    INVARIANT(kept_open_answers(r->f));
    *ret_n = 0;
    if (r->nothing)
        return ERR_OK;
    pthread_mutex_lock(&kept->lock);
    rc = read_to(r->op, r->snap, kept);
    if (rc == ERR_OK)
        rc = count_rows(r, kept, ret, ret_n);
    pthread_mutex_unlock(&kept->lock);
    return rc;
}
