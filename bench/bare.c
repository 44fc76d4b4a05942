/* The bare loop that bench/run holds the product against: the same rows, made by the same code, but
 * written by a plain loop that binds, steps and commits, with no thread, queue or savepoint. The
 * product's store_apply is replaced at link time (--wrap) by that loop, and only the loop's own
 * time counts. synchronous=FULL, the store's cache and log settings.
 *
 *     bare filings COUNT SETS_PER_COMMIT FOLDER
 *     bare import FILE MAP FOLDER
 *
 * Prints one JSON object: sets, rows and seconds spent writing. */
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "tests/store/fixture.h"
#include "work/filing.h"
#include "work/import.h"
#include "work/staff.h"

#define LOG_PAGES 1500
#define STATEMENTS 128
#define CELLS 65536

enum err_code __real_store_apply(struct op *op, struct changes *ch, enum store_queue queue);
enum err_code __wrap_store_apply(struct op *op, struct changes *ch, enum store_queue queue);

static struct bare {
    bool on;
    sqlite3 *db;
    sqlite3_stmt *by_id[SQL_COUNT], *begin, *commit;
    int64_t event, rows, sets, commits;
    unsigned per_commit, open;
    double seconds;
    struct tally_delta *cells;
    size_t n_cells;
    char *texts; /* keys of the cells of one commit */
    size_t texts_at;
} bare;

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void step(sqlite3_stmt *s)
{
    int rc;

    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
        ;
    if (rc != SQLITE_DONE) {
        fprintf(stderr, "bare: %s\n", sqlite3_errmsg(bare.db));
        abort();
    }
    sqlite3_reset(s);
}

static sqlite3_stmt *statement(int id)
{
    if (bare.by_id[id] == NULL &&
        sqlite3_prepare_v3(bare.db, sql_texts[id], -1, SQLITE_PREPARE_PERSISTENT, &bare.by_id[id],
                           NULL) != SQLITE_OK)
        abort();
    return bare.by_id[id];
}

/* Where parameter $n stands in a statement. */
static int place(sqlite3_stmt *s, size_t n)
{
    char name[16];

    snprintf(name, sizeof name, "$%zu", n);
    return sqlite3_bind_parameter_index(s, name);
}

static void write_change(const struct changes *ch, const struct change *c)
{
    static int places[SQL_COUNT][64];
    sqlite3_stmt *s = statement(c->sql);

    for (size_t i = 0; i < c->n; i++) {
        const struct value *v = &ch->values[c->first + i];
        int at = places[c->sql][i];

        if (at == 0)
            at = places[c->sql][i] = place(s, i + 1);
        if (v->kind == VALUE_NULL)
            sqlite3_bind_null(s, at);
        else if (v->kind == VALUE_INT)
            sqlite3_bind_int64(s, at, v->is.number);
        else if (v->kind == VALUE_TEXT)
            sqlite3_bind_text(s, at, v->is.bytes, (int)v->size, SQLITE_STATIC);
        else
            sqlite3_bind_blob(s, at, v->is.bytes, (int)v->size, SQLITE_STATIC);
    }
    if (c->event)
        sqlite3_bind_int64(s, 1, ++bare.event);
    step(s);
    bare.rows++;
}

static int by_key(const void *a, const void *b)
{
    return tally_key_compare(&((const struct tally_delta *)a)->key,
                             &((const struct tally_delta *)b)->key);
}

static const char *keep_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *kept = bare.texts + bare.texts_at;

    memcpy(kept, text, n);
    bare.texts_at += n;
    return kept;
}

/* Each cell once per commit, as the store does. */
static void write_cells(void)
{
    size_t kept = 0;

    qsort(bare.cells, bare.n_cells, sizeof bare.cells[0], by_key);
    for (size_t i = 0; i < bare.n_cells; i++) {
        if (kept > 0 && by_key(&bare.cells[kept - 1], &bare.cells[i]) == 0) {
            bare.cells[kept - 1].n += bare.cells[i].n;
            bare.cells[kept - 1].sum += bare.cells[i].sum;
        } else {
            bare.cells[kept++] = bare.cells[i];
        }
    }
    for (size_t i = 0; i < kept; i++) {
        const struct tally_delta *d = &bare.cells[i];
        sqlite3_stmt *s = statement(SQL_tally_add);
        char grain[2] = {d->key.grain, '\0'};

        sqlite3_bind_text(s, place(s, 1), d->key.measure, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, place(s, 2), d->key.dimension, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, place(s, 3), grain, 1, SQLITE_STATIC);
        sqlite3_bind_int64(s, place(s, 4), d->key.period);
        sqlite3_bind_text(s, place(s, 5), d->key.body, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, place(s, 6), d->key.value, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, place(s, 7), d->n);
        sqlite3_bind_int64(s, place(s, 8), d->sum);
        step(s);
        bare.rows++;
    }
    bare.n_cells = 0;
    bare.texts_at = 0;
}

static void commit(void)
{
    if (bare.open == 0)
        return;
    write_cells();
    step(bare.commit);
    bare.open = 0;
    bare.commits++;
}

enum err_code __wrap_store_apply(struct op *op, struct changes *ch, enum store_queue queue)
{
    double began;

    if (!bare.on)
        return __real_store_apply(op, ch, queue);
    began = seconds();
    if (bare.open++ == 0)
        step(bare.begin);
    for (size_t i = 0; i < ch->n_list; i++)
        write_change(ch, &ch->list[i]);
    for (size_t i = 0; i < ch->n_tallies && bare.n_cells < CELLS; i++) {
        struct tally_delta *d = &bare.cells[bare.n_cells++];

        *d = ch->tallies[i];
        d->key.measure = keep_text(d->key.measure);
        d->key.dimension = keep_text(d->key.dimension);
        d->key.value = keep_text(d->key.value);
        d->key.body = keep_text(d->key.body);
    }
    bare.sets++;
    if (bare.open == bare.per_commit)
        commit();
    bare.seconds += seconds() - began;
    return ERR_OK;
}

/* ---- what is written ---- */

static void open_bare(struct fixture *f)
{
    char path[512];

    snprintf(path, sizeof path, "%s/bare.db", f->dir);
    {
        char command[1200]; /* the store's schema, without its rows */

        snprintf(command, sizeof command,
                 "sqlite3 %s/fangxin.db .schema | grep -v '^CREATE TABLE sqlite_' | sqlite3 %s",
                 f->dir, path);
        if (system(command) != 0)
            abort();
    }
    if (sqlite3_open(path, &bare.db) != SQLITE_OK)
        abort();
    sqlite3_exec(bare.db,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                 "PRAGMA cache_size = -16384",
                 NULL, NULL, NULL);
    sqlite3_wal_autocheckpoint(bare.db, LOG_PAGES);
    sqlite3_prepare_v2(bare.db, "BEGIN IMMEDIATE", -1, &bare.begin, NULL);
    sqlite3_prepare_v2(bare.db, "COMMIT", -1, &bare.commit, NULL);
    bare.cells = calloc(CELLS, sizeof bare.cells[0]);
    bare.texts = malloc((size_t)CELLS * 128);
    bare.on = true;
}

static struct op *new_op(struct fixture *f, struct setups *setups)
{
    struct op *op = op_start(f);

    op->now_ms = instant_now_ms();
    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    op->setup = setup_hold(setups);
    return op;
}

static void drop_op(struct op *op, struct setups *setups)
{
    setup_letgo(setups, op->setup);
    op_end(op);
}

/* A filing like those of bench/load.c. */
static json_t *some_filing(size_t i)
{
    char name[40], phone[32], facts[400], shop[64];

    snprintf(name, sizeof name, "王%06zu", i);
    snprintf(phone, sizeof phone, "138%08zu", i);
    snprintf(shop, sizeof shop, "晴川家电城%zu", i % 320);
    snprintf(facts, sizeof facts,
             "我在%s买了空调，花了%zu元，安装后漏水。找过商家%zu次，没有结果，保留了付款记录和聊天"
             "截图，希望帮忙协调处理。",
             shop, i % 5000 + 20, i % 9 + 1);
    return json_pack("{s:s, s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s}, s:s, s:s, s:i, s:s, s:[s], s:b}",
                     "kind", "complaint", "consumer", "name", name, "phone", phone, "address",
                     "安澜县人民路1号", "respondent", "name", shop, "address", "人民路1号",
                     "division", "420202", "category", "goods.appliance", "problem", "quality",
                     "amount_fen", (int)(i % 5000) * 100, "facts", facts, "demands", "refund",
                     "truthful", 1);
}

static void write_filings(struct fixture *f, struct setups *setups, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct op *op = new_op(f, setups);
        json_t *filing = some_filing(i);
        struct receipt receipt;
        struct matter m = {0};

        op->actor = (struct actor){.kind = ACTOR_PUBLIC, .body_path = ""};
        if (matter_receive(op, filing, &m, &receipt) != ERR_OK) {
            fprintf(stderr, "bare: %s %s\n", op->err.why,
                    op->err.n_items > 0 ? op->err.items[0].en : "");
            exit(1);
        }
        matter_release(&m);
        json_decref(filing);
        drop_op(op, setups);
    }
}

static void write_import(struct fixture *f, struct setups *setups, const char *path,
                         const char *map)
{
    const struct embedded_file *m = import_map_named(embedded_packs, map);
    struct import_options options = {.path = path};
    struct import_report *report = calloc(1, sizeof *report);
    struct op *op = new_op(f, setups);

    if (m == NULL || report == NULL)
        exit(2);
    options.map = (const char *)m->data;
    options.map_size = m->size;
    if (import_matters(op, &options, report) != ERR_OK)
        exit(1);
    printf("{\"added\":%zu,", report->added);
    free(report);
    drop_op(op, setups);
}

static void add_body(struct fixture *f, struct setups *setups)
{
    static const struct body_draft root = {
        .code = "420202", .kind = "bureau", .name_zh = "县局", .name_en = "Bureau"};
    struct op *op = new_op(f, setups);
    struct err err = {.code = ERR_OK};

    if (body_add(op, &root) != ERR_OK || setups_reload(setups, &err) != ERR_OK)
        exit(1);
    drop_op(op, setups);
}

int main(int argc, char **argv)
{
    bool filings = argc == 5 && strcmp(argv[1], "filings") == 0;
    struct fixture f;
    struct setups *setups;
    struct err err = {.code = ERR_OK};

    if (!filings && (argc != 5 || strcmp(argv[1], "import") != 0))
        return 2;
    setenv("TMPDIR", argv[4], 1);
    fixture_start(&f);
    if (setups_new(f.store, embedded_packs, &setups, &err) != ERR_OK)
        return 1;
    add_body(&f, setups);
    if (store_settle(new_op(&f, setups)) != ERR_OK)
        return 1;
    open_bare(&f);
    bare.per_commit = filings ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    if (filings) {
        printf("{");
        write_filings(&f, setups, strtoul(argv[2], NULL, 10));
    } else {
        write_import(&f, setups, argv[2], argv[3]);
    }
    {
        double began = seconds();

        commit();
        bare.seconds += seconds() - began;
    }
    printf("\"sets\":%lld,\"rows\":%lld,\"commits\":%lld,\"seconds\":%.3f}\n", (long long)bare.sets,
           (long long)bare.rows, (long long)bare.commits, bare.seconds);
    fflush(stdout);
    remove_folder(f.dir);
    _exit(0);
}
