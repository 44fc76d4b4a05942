/* Making the sample county: bodies and officers first, then the year, told by a few threads. A
 * thread takes one month after the other, so that the numbers of a month are given in order. */
#include "work/demo.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/text.h"
#include "work/demo_around.h"

#define MATTERS_DEFAULT 12000
#define WHOLE_FROM 2000 /* below, only the matters are told */
#define MATTERS_MAX 10000000
#define WORKERS_MAX 16
#define WORKERS_DEFAULT 3 /* two tell while the set of the third is written */
#define WORKER_ARENA ((size_t)512 << 20)
#define MATTERS_PER_SET 256 /* one transaction: each cell of the tallies is written once in it */
#define MATTERS_PER_LONG_SET 128 /* of some 17 events each: PostgreSQL takes 4,096 */
#define CLOSING_TIME_MS (INT64_C(17) * 3600 * 1000 + 1800000) /* half past five */
#define PROGRESS_NS 100000000

struct year {
    struct op *op;
    const struct county *county;
    const struct plan *plan;
    size_t n;
    int64_t end_ms, now_ms;
    pthread_mutex_t lock;
    size_t next; /* first matter that nobody took yet */
    enum err_code rc;
    struct err err;
    atomic_size_t told, acts;
    atomic_bool stop;
    atomic_uint working;
};

/* ---- threads ---- */

/* The matters of the next month; false when none is left. */
static bool take_month(struct year *y, size_t *ret_from, size_t *ret_to)
{
    bool some;
    int month;

    pthread_mutex_lock(&y->lock);
    *ret_from = *ret_to = y->next;
    some = y->next < y->n && !atomic_load(&y->stop);
    if (some) {
        int zone = y->op->zone_min;

        month = date_month_index(date_of_instant(y->plan[y->next].received_at, zone));
        while (*ret_to < y->n &&
               date_month_index(date_of_instant(y->plan[*ret_to].received_at, zone)) == month)
            ++*ret_to;
        y->next = *ret_to;
    }
    pthread_mutex_unlock(&y->lock);
    return some;
}

static enum err_code tell_one(struct year *y, struct op *op, struct changes *ch,
                              const struct plan *plan)
{
    struct story *st = arena_alloc(op->arena, sizeof *st);
    enum err_code rc;

    if (plan->second)
        return ERR_OK; /* told when the first one is in the store */
    if (st == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a matter");
    *st = (struct story){
        .op = op, .county = y->county, .changes = ch, .plan = plan, .end_ms = y->end_ms};
    rc = story_tell(st);
    op->now_ms = y->now_ms;
    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    if (rc == ERR_OK)
        matter_save(op, ch, NULL, &st->m);
    if (rc == ERR_OK && plan->special == SPECIAL_SCHOOL) {
        struct demo_group *g = y->county->school_group;

        g->members[plan->member].id = st->m.id;
        g->members[plan->member].amount_fen = st->amount_fen;
        snprintf(g->members[plan->member].number, NUMBER_TEXT, "%s", st->m.number);
    }
    if (rc == ERR_OK && story_has_second(plan)) {
        struct demo_first *f = story_first(y->county, plan);

        f->told = *st;
        f->told.m = (struct matter){0};
        f->id = st->m.id;
        snprintf(f->number, NUMBER_TEXT, "%s", st->m.number);
    }
    atomic_fetch_add(&y->acts, st->acts);
    matter_release(&st->m);
    return rc;
}

static enum err_code tell_some(struct year *y, struct op *op, size_t from, size_t to)
{
    struct changes *ch;
    enum err_code rc;

    arena_reset(op->arena);
    err_clear(&op->err);
    op->now_ms = y->now_ms;
    ch = changes_new(op);
    for (size_t i = from; i < to; i++)
        TRY(tell_one(y, op, ch, &y->plan[i]));
    do
        rc = store_apply(op, ch, QUEUE_BULK);
    while (rc == ERR_BUSY);
    return rc;
}

static void *worker(void *arg)
{
    struct year *y = arg;
    struct op op = op_apart(y->op, arena_new(WORKER_ARENA));
    enum err_code rc = ERR_OK;
    size_t most = y->county->detail == DEMO_LONG ? MATTERS_PER_LONG_SET : MATTERS_PER_SET;
    size_t from, to;

    snapshot_keep(&op); /* one view for each set, until it is written */
    op.key = NULL;
    op.access = NULL;
    if (op.arena == NULL)
        rc = err_set(&op.err, ERR_NO_MEMORY, "a worker");
    while (rc == ERR_OK && take_month(y, &from, &to)) {
        while (from < to && rc == ERR_OK && !atomic_load(&y->stop)) {
            size_t some = to - from < most ? to - from : most;

            rc = tell_some(y, &op, from, from + some);
            from += some;
            atomic_fetch_add(&y->told, some);
        }
    }
    if (rc != ERR_OK) {
        pthread_mutex_lock(&y->lock);
        y->rc = rc;
        y->err = op.err;
        pthread_mutex_unlock(&y->lock);
        atomic_store(&y->stop, true);
    }
    snapshot_let_go(&op);
    arena_free(op.arena);
    atomic_fetch_sub(&y->working, 1);
    return NULL;
}

static enum err_code tell_year(struct year *y, const struct demo_options *o)
{
    unsigned wanted = o->workers == 0            ? WORKERS_DEFAULT
                      : o->workers > WORKERS_MAX ? WORKERS_MAX
                                                 : o->workers;
    const struct timespec wait = {.tv_nsec = PROGRESS_NS};
    pthread_t threads[WORKERS_MAX];
    unsigned n = 0;

    pthread_mutex_init(&y->lock, NULL);
    atomic_store(&y->working, wanted);
    while (n < wanted && pthread_create(&threads[n], NULL, worker, y) == 0)
        n++;
    atomic_fetch_sub(&y->working, wanted - n);
    if (n == 0)
        y->rc = err_set(&y->err, ERR_NO_MEMORY, "no thread");
    while (atomic_load(&y->working) > 0) {
        nanosleep(&wait, NULL);
        if (o->progress != NULL)
            o->progress(o->arg, atomic_load(&y->told), y->n);
    }
    for (unsigned i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&y->lock);
    if (y->rc != ERR_OK)
        y->op->err = y->err;
    return y->rc;
}

/* ---- all of it ---- */

static enum err_code year_of(struct op *op, const struct county *c, const struct demo_options *o,
                             struct demo_report *ret)
{
    struct year y = {.op = op, .county = c, .now_ms = op->now_ms, .rc = ERR_OK};
    struct plan *plan;

    y.n = o->matters == 0 ? MATTERS_DEFAULT : o->matters;
    y.end_ms = instant_of_date(o->until, op->zone_min) + CLOSING_TIME_MS;
    if (y.end_ms > op->now_ms)
        y.end_ms = op->now_ms;
    TRY(plan_year(op, c, o->until, y.end_ms, y.n, &plan));
    y.plan = plan;
    TRY(tell_year(&y, o));
    TRY(store_filled(op)); /* what follows finds matters by their indexes */
    TRY(county_repeats(op, c, plan, y.n, y.end_ms));
    TRY(county_around(op, c, o->until, y.end_ms));
    TRY(county_close(op, c, y.end_ms));
    op->now_ms = y.now_ms;
    ret->matters = y.n;
    ret->acts = atomic_load(&y.acts);
    return ERR_OK;
}

static enum err_code make(struct op *op, struct setups *setups, struct county *c,
                          const struct demo_options *o, struct demo_report *ret)
{
    const int64_t now_ms = op->now_ms;
    enum err_code rc;

    TRY(county_found(op, setups, c->county, o, ret));
    op->setup = setup_hold(setups);
    rc = county_load(op, c);
    if (rc == ERR_OK)
        rc = county_register(op, c, o->until);
    op->now_ms = now_ms;
    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    if (rc == ERR_OK)
        rc = year_of(op, c, o, ret);
    setup_letgo(setups, op->setup);
    return rc;
}

enum err_code demo_make(struct op *op, struct setups *setups, const struct embedded_file *packs,
                        const struct demo_options *options, struct demo_report *ret)
{
    const struct setup *before = op->setup;
    const struct actor actor = op->actor;
    struct demo_options o = *options;
    struct county *c = arena_alloc(op->arena, sizeof *c);
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    enum err_code rc;

    *ret = (struct demo_report){0};
    if (c == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "the county");
    if (before->n_bodies > 0)
        return err_set(&op->err, ERR_CONFLICT, "there are bodies already");
    if (o.until == DATE_NONE || o.until > today)
        o.until = today;
    if (o.matters > MATTERS_MAX || o.until < date_from_ymd(2008, 1, 1))
        return err_field(&op->err, ERR_INVALID, "matters", "range", "超出范围", "Out of range.");
    if (o.password == NULL || utf8_count(o.password, strlen(o.password)) < 8)
        return err_field(&op->err, ERR_INVALID, "password", "length", "密码至少 8 个字符",
                         "A password has at least 8 characters.");
    c->school_group = arena_alloc(op->arena, sizeof *c->school_group);
    c->firsts = ARENA_ARRAY(op->arena, struct demo_first, 2 * PAIRS_MAX);
    if (c->school_group == NULL || c->firsts == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "the county");
    c->whole = o.matters == 0 || o.matters >= WHOLE_FROM;
    c->seed = o.seed == 0 ? 1 : o.seed;
    c->detail = o.detail;
    c->county = county_pack(packs, "demo/county.json", &op->err);
    c->stories = county_pack(packs, "demo/stories.json", &op->err);
    rc = c->county == NULL || c->stories == NULL ? op->err.code : make(op, setups, c, &o, ret);
    json_decref(c->county);
    json_decref(c->stories);
    op->setup = before;
    op->actor = actor;
    return rc;
}
