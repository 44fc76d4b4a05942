/* What the store costs above SQLite: the same change sets (the rows of a complaint: event, matter,
 * text, person, 2 deadlines, 2 queue rows, 6 tally cells) written
 *   bare   by a loop that binds, steps and commits every BATCH sets, no thread, no savepoint,
 *          tallies added up per batch as the store does
 *   store  by store_apply from many threads
 * into fresh folders on the same disk, with synchronous=FULL and the same cache and log settings.
 * The sets are made before the clock starts. Prints sets per second and their ratio.
 *
 *     bare_loop [SETS [THREADS [FOLDER]]] */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/store/fixture.h"

#define BATCH 64
#define LOG_PAGES 4000

struct bench {
    struct fixture fx;
    struct op **ops;
    struct changes **sets;
    size_t n;
    atomic_size_t next;
    atomic_size_t failed;
};

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time of the whole process: what a busy machine does not blur. */
static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_sets(struct bench *b)
{
    static const char facts[] =
        "本人于上月在该店购买新车一辆，提车三日后发现变速箱异响，多次到店检修仍未解决，"
        "要求退款并赔偿相应损失，商家以已过三包为由拒绝处理，特此投诉，请予调解。";

    for (size_t i = 0; i < b->n; i++) {
        struct filing f = {.facts = facts, .name = "王小明", .phone = "13800002046"};

        b->ops[i] = op_start(&b->fx);
        f.id = store_next_id(b->fx.store, TEST_MONTH);
        b->sets[i] = filing_changes(b->ops[i], &f);
    }
}

static void drop_sets(struct bench *b)
{
    for (size_t i = 0; i < b->n; i++)
        op_end(b->ops[i]);
}

static void start(struct bench *b, const char *folder)
{
    if (folder != NULL)
        setenv("TMPDIR", folder, 1);
    fixture_start(&b->fx);
    make_sets(b);
}

/* ---- bare ---- */

struct bare {
    sqlite3 *db;
    sqlite3_stmt *by_text[64];
    const char *texts[64];
    size_t n;
    int64_t event;
};

static sqlite3_stmt *statement(struct bare *bare, const char *sql)
{
    for (size_t i = 0; i < bare->n; i++)
        if (bare->texts[i] == sql || strcmp(bare->texts[i], sql) == 0)
            return bare->by_text[i];
    if (bare->n == 64 || sqlite3_prepare_v3(bare->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                            &bare->by_text[bare->n], NULL) != SQLITE_OK)
        abort();
    bare->texts[bare->n] = sql;
    return bare->by_text[bare->n++];
}

static void step(sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE)
        abort();
    sqlite3_reset(s);
}

/* Statements of this benchmark name $1, $2 … in order, so SQLite's numbers are ours. */
static void write_change(struct bare *bare, const struct changes *ch, const struct change *c)
{
    sqlite3_stmt *s = statement(bare, c->sql >= 0 ? sql_texts[c->sql] : c->text);

    for (size_t i = 0; i < c->n; i++) {
        const struct value *v = &ch->values[c->first + i];
        int at = (int)i + 1;

        switch (v->kind) {
        case VALUE_NULL:
            sqlite3_bind_null(s, at);
            break;
        case VALUE_INT:
            sqlite3_bind_int64(s, at, v->is.number);
            break;
        case VALUE_TEXT:
            sqlite3_bind_text(s, at, v->is.bytes, (int)v->size, SQLITE_STATIC);
            break;
        case VALUE_BLOB:
            sqlite3_bind_blob(s, at, v->is.bytes, (int)v->size, SQLITE_STATIC);
            break;
        }
    }
    if (c->event)
        sqlite3_bind_int64(s, 1, ++bare->event);
    step(s);
}

/* Every set moves the same cells: like the store, the loop writes each once per batch. */
static void write_tally(struct bare *bare, const struct tally_delta *d, int64_t times)
{
    sqlite3_stmt *s = statement(bare, sql_texts[SQL_tally_add]);
    char grain[2] = {d->key.grain, '\0'};

    sqlite3_bind_text(s, 1, d->key.measure, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, d->key.dimension, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, grain, 1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, d->key.period);
    sqlite3_bind_text(s, 5, d->key.body, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 6, d->key.value, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 7, d->n * times);
    sqlite3_bind_int64(s, 8, d->sum * times);
    step(s);
}

static double run_bare(struct bench *b, double *ret_cpu)
{
    struct bare bare = {.event = 0};
    char path[512];
    double began, ended;

    fixture_close(&b->fx);
    snprintf(path, sizeof path, "%s/fangxin.db", b->fx.dir);
    sqlite3_open(path, &bare.db);
    sqlite3_exec(bare.db, "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384", NULL, NULL,
                 NULL);
    sqlite3_wal_autocheckpoint(bare.db, LOG_PAGES);
    *ret_cpu = cpu_seconds();
    began = seconds();
    for (size_t i = 0; i < b->n; i++) {
        const struct changes *ch = b->sets[i];

        if (i % BATCH == 0)
            step(statement(&bare, "BEGIN IMMEDIATE"));
        for (size_t k = 0; k < ch->n_list; k++)
            write_change(&bare, ch, &ch->list[k]);
        if (i % BATCH != BATCH - 1 && i + 1 != b->n)
            continue;
        for (size_t k = 0; k < ch->n_tallies; k++)
            write_tally(&bare, &ch->tallies[k], (int64_t)(i % BATCH) + 1);
        step(statement(&bare, "COMMIT"));
    }
    ended = seconds();
    *ret_cpu = cpu_seconds() - *ret_cpu;
    for (size_t i = 0; i < bare.n; i++)
        sqlite3_finalize(bare.by_text[i]);
    sqlite3_close(bare.db);
    return (double)b->n / (ended - began);
}

/* ---- store ---- */

static void *apply_many(void *arg)
{
    struct bench *b = arg;

    for (;;) {
        size_t i = atomic_fetch_add(&b->next, 1);

        if (i >= b->n)
            return NULL;
        if (store_apply(b->ops[i], b->sets[i], QUEUE_INTERACTIVE) != ERR_OK)
            atomic_fetch_add(&b->failed, 1);
    }
}

static double run_store(struct bench *b, unsigned n_threads, struct store_stats *ret,
                        double *ret_cpu)
{
    pthread_t threads[512];
    double began = seconds(), ended;

    *ret_cpu = cpu_seconds();
    for (unsigned i = 0; i < n_threads; i++)
        pthread_create(&threads[i], NULL, apply_many, b);
    for (unsigned i = 0; i < n_threads; i++)
        pthread_join(threads[i], NULL);
    ended = seconds();
    *ret_cpu = cpu_seconds() - *ret_cpu;
    store_stats(b->fx.store, ret);
    return (double)b->n / (ended - began);
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    unsigned long threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 64;
    const char *folder = argc > 3 ? argv[3] : ".";
    struct bench b = {.n = n};
    struct store_stats stats;
    double bare, store, bare_cpu = 0, store_cpu = 0;

    if (n == 0 || threads == 0 || threads > 512)
        return 2;
    b.ops = calloc(n, sizeof *b.ops);
    b.sets = calloc(n, sizeof *b.sets);
    if (b.ops == NULL || b.sets == NULL)
        return 1;
    start(&b, folder);
    bare = run_bare(&b, &bare_cpu);
    drop_sets(&b);
    remove_folder(b.fx.dir);
    start(&b, folder);
    store = run_store(&b, (unsigned)threads, &stats, &store_cpu);
    drop_sets(&b);
    fixture_end(&b.fx);
    printf("bare %.0f sets/s in batches of %d; store %.0f sets/s from %lu threads (%.1f sets per "
           "commit, %zu failed); ratio %.2f; processor time per set %.0f and %.0f us, ratio %.2f\n",
           bare, BATCH, store, threads,
           (double)n / (double)(stats.commits == 0 ? 1 : stats.commits), atomic_load(&b.failed),
           store / bare, bare_cpu * 1e6 / (double)n, store_cpu * 1e6 / (double)n,
           bare_cpu / store_cpu);
    free(b.ops);
    free(b.sets);
    return 0;
}
