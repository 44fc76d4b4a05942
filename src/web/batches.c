/* The thread of long batches, and how a batch looks as JSON. One lock over all; slices run outside
 * it, and items below `shown` never change again. */
#include "web/batches.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "rules/pack.h"
#include "store/store.h"
#include "web/problem.h"
#include "work/setup.h"
#include "work/view.h"

#define RUNS_MAX 32
#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define REPORT_MAX ((size_t)8 * 1024 * 1024)

struct run {
    bool used, ended, stop;
    struct actor actor;
    char *act, *route, *key_text, *body_path;
    struct request_key key;
    struct batch batch;
    size_t shown; /* items that readers may look at */
    const char *state;
    int64_t began_ms;
};

struct batches {
    struct store *store;
    struct setups *setups;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct arena *arena; /* the thread's */
    bool ending;
    struct run runs[RUNS_MAX];
};

/* ---- as JSON ---- */

static void write_problem(struct json_writer *w, const struct batch_item *it)
{
    const struct err_info *info = err_info(it->code);

    json_open_object(w, "problem");
    json_text(w, "title", info->en);
    json_text(w, "title_zh", info->zh);
    json_int(w, "status", info->http);
    json_text(w, "code", problem_code(it->code));
    json_key(w, "errors");
    if (it->errors == NULL)
        json_put_raw(w, "[]");
    else
        json_put_tree(w, it->errors);
    json_object_end(w);
}

static void write_item(struct json_writer *w, const struct batch_item *it)
{
    static const char *const states[] = {
        [ITEM_WAITING] = "waiting", [ITEM_DONE] = "done", [ITEM_FAILED] = "failed"};

    json_object_begin(w);
    json_text(w, "number", it->number);
    json_text(w, "state", states[it->state]);
    if (it->after == 0)
        json_none(w, "version");
    else
        json_int(w, "version", it->after);
    if (it->state == ITEM_FAILED)
        write_problem(w, it);
    else
        json_none(w, "problem");
    json_object_end(w);
}

static void write_some(struct op *op, const struct batch *batch, size_t shown, const char *state,
                       int64_t seconds_left, struct json_writer *w)
{
    const struct pack_act *act = setup_act(op->setup, batch->act);
    int64_t done = 0, failed = 0;

    for (size_t i = 0; i < shown; i++) {
        done += batch->items[i].state == ITEM_DONE;
        failed += batch->items[i].state == ITEM_FAILED;
    }
    json_object_begin(w);
    json_text(w, "id", batch->id);
    json_text(w, "act", batch->act);
    view_label(w, "label", act == NULL ? NULL : &act->label);
    json_text(w, "state", state);
    json_int(w, "total", (int64_t)batch->n);
    json_int(w, "done", done);
    json_int(w, "failed", failed);
    if (seconds_left < 0)
        json_none(w, "seconds_left");
    else
        json_int(w, "seconds_left", seconds_left);
    json_open_array(w, "items");
    for (size_t i = 0; i < shown; i++)
        write_item(w, &batch->items[i]);
    json_array_end(w);
    json_object_end(w);
}

void batch_write(struct op *op, const struct batch *batch, const char *state, int64_t seconds_left,
                 struct json_writer *w)
{
    write_some(op, batch, batch->n, state, seconds_left, w);
}

/* ---- the thread ---- */

static void run_release(struct run *run)
{
    batch_release(&run->batch);
    free(run->act);
    free(run->route);
    free(run->key_text);
    free(run->body_path);
    *run = (struct run){0};
}

static enum err_code one_slice(struct batches *b, struct run *run, struct arena *arena, bool last)
{
    struct op op = {.arena = arena,
                    .store = b->store,
                    .setup = setup_hold(b->setups),
                    .actor = run->actor,
                    .now_ms = instant_now_ms(),
                    .zone_min = store_zone_min(b->store)};
    enum err_code rc;

    rc = last ? batch_keep(&op, &run->batch) : batch_slice(&op, &run->batch, QUEUE_BULK);
    if (rc != ERR_OK)
        log_line(LOG_WARN, "batch stopped", "batch=%s code=%s why=\"%s\"", run->batch.id,
                 err_info(rc)->name, op.err.why);
    setup_letgo(b->setups, op.setup);
    arena_reset(arena);
    return rc;
}

/* The next with work left, in turn. */
static struct run *next_run(struct batches *b, size_t *turn)
{
    for (size_t i = 0; i < RUNS_MAX; i++) {
        struct run *run = &b->runs[(*turn + i) % RUNS_MAX];

        if (run->used && !run->ended) {
            *turn = (*turn + i + 1) % RUNS_MAX;
            return run;
        }
    }
    return NULL;
}

static void take_turn(struct batches *b, struct run *run, struct arena *arena, bool stop)
{
    enum err_code rc = ERR_OK;
    bool ended = stop;

    if (!stop)
        rc = one_slice(b, run, arena, false);
    ended |= rc != ERR_OK || run->batch.done == run->batch.n;
    if (ended)
        (void)one_slice(b, run, arena, true);
    pthread_mutex_lock(&b->lock);
    run->shown = ended ? run->batch.n : run->batch.done;
    if (ended) {
        run->state = run->batch.done == run->batch.n ? "done" : "stopped";
        run->ended = true;
    }
    pthread_mutex_unlock(&b->lock);
}

static void *run_batches(void *arg)
{
    struct batches *b = arg;
    size_t turn = 0;

    pthread_mutex_lock(&b->lock);
    for (;;) {
        struct run *run = next_run(b, &turn);
        bool stop;

        if (run == NULL && b->ending)
            break;
        if (run == NULL) {
            pthread_cond_wait(&b->wake, &b->lock);
            continue;
        }
        stop = run->stop || b->ending;
        pthread_mutex_unlock(&b->lock);
        take_turn(b, run, b->arena, stop);
        pthread_mutex_lock(&b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

/* ---- life ---- */

enum err_code batches_new(struct store *store, struct setups *setups, struct batches **ret,
                          struct err *err)
{
    struct batches *b = calloc(1, sizeof *b);

    if (b == NULL)
        return err_set(err, ERR_NO_MEMORY, "batches");
    b->store = store;
    b->setups = setups;
    b->arena = arena_new(ARENA_BYTES);
    if (b->arena == NULL) {
        free(b);
        return err_set(err, ERR_NO_MEMORY, "batches");
    }
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->wake, NULL);
    if (pthread_create(&b->thread, NULL, run_batches, b) != 0) {
        arena_free(b->arena);
        free(b);
        return err_set(err, ERR_NO_MEMORY, "batches: no thread");
    }
    *ret = b;
    return ERR_OK;
}

void batches_free(struct batches *b)
{
    if (b == NULL)
        return;
    pthread_mutex_lock(&b->lock);
    b->ending = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    for (size_t i = 0; i < RUNS_MAX; i++)
        run_release(&b->runs[i]);
    pthread_cond_destroy(&b->wake);
    pthread_mutex_destroy(&b->lock);
    arena_free(b->arena);
    free(b);
}

/* A free place, or that of the run that ended longest ago. */
static struct run *free_place(struct batches *b)
{
    struct run *oldest = NULL;

    for (size_t i = 0; i < RUNS_MAX; i++) {
        struct run *run = &b->runs[i];

        if (!run->used)
            return run;
        if (run->ended && (oldest == NULL || run->began_ms < oldest->began_ms))
            oldest = run;
    }
    if (oldest != NULL)
        run_release(oldest);
    return oldest;
}

static bool own_texts(struct run *run, const struct op *op, const struct batch *batch)
{
    run->act = strdup(batch->act);
    run->route = strdup(batch->key->route);
    run->key_text = strdup(batch->key->key);
    run->body_path = strdup(op->actor.body_path);
    return run->act != NULL && run->route != NULL && run->key_text != NULL &&
           run->body_path != NULL;
}

enum err_code batches_start(struct batches *b, struct op *op, struct batch *batch)
{
    enum err_code rc = ERR_OK;
    struct run *run;

    pthread_mutex_lock(&b->lock);
    run = free_place(b);
    if (run == NULL) {
        rc = err_set(&op->err, ERR_BUSY, "too many batches");
    } else if (!own_texts(run, op, batch)) {
        run_release(run);
        rc = err_set(&op->err, ERR_NO_MEMORY, "batch");
    } else {
        run->actor = op->actor;
        run->actor.body_path = run->body_path;
        run->key = *batch->key;
        run->key.route = run->route;
        run->key.key = run->key_text;
        run->batch = *batch;
        run->batch.act = run->act;
        run->batch.key = &run->key;
        run->shown = batch->done;
        run->state = "running";
        run->began_ms = monotonic_ms();
        run->used = true;
        *batch = (struct batch){0};
        pthread_cond_signal(&b->wake);
    }
    pthread_mutex_unlock(&b->lock);
    return rc;
}

/* ---- looking ---- */

static struct run *find_run(struct batches *b, const struct op *op, const char *id)
{
    for (size_t i = 0; i < RUNS_MAX; i++)
        if (b->runs[i].used && b->runs[i].actor.officer_id == op->actor.officer_id &&
            strcmp(b->runs[i].batch.id, id) == 0)
            return &b->runs[i];
    return NULL;
}

static int64_t seconds_left(const struct run *run)
{
    int64_t took = monotonic_ms() - run->began_ms;

    if (run->ended || run->shown == 0)
        return -1;
    return took * (int64_t)(run->batch.n - run->shown) / (int64_t)run->shown / 1000 + 1;
}

enum err_code batches_report(struct batches *b, struct op *op, const char *id,
                             const unsigned char *body_hash, char **ret_json)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(REPORT_MAX);
    struct json_writer w;
    enum err_code rc = ERR_OK;
    struct run *run;

    *ret_json = NULL;
    json_begin(&w, &out);
    pthread_mutex_lock(&b->lock);
    run = find_run(b, op, id);
    if (run != NULL && body_hash != NULL && memcmp(body_hash, run->key.body_hash, HASH_BYTES) != 0)
        rc = err_field(&op->err, ERR_REPLAYED, "Idempotency-Key", "other_body",
                       "这个请求编号已用于别的内容，换一个编号",
                       "This key was used with another body; use a new one.");
    else if (run != NULL)
        write_some(op, &run->batch, run->shown, run->state, seconds_left(run), &w);
    pthread_mutex_unlock(&b->lock);
    if (rc == ERR_OK && run != NULL) {
        *ret_json = buf_dup(&out, op->arena);
        if (*ret_json == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "batch report");
    }
    return rc;
}

bool batches_stop(struct batches *b, const struct op *op, const char *id)
{
    struct run *run;

    pthread_mutex_lock(&b->lock);
    run = find_run(b, op, id);
    if (run != NULL)
        run->stop = true;
    pthread_mutex_unlock(&b->lock);
    return run != NULL;
}
