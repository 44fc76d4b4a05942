/* Uploads and import runs. One lock over all of it; the run's thread takes it ten times a second to
 * leave its report as JSON. */
#include "web/importer.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "store/store.h"
#include "work/import.h"
#include "work/setup.h"

#define UPLOADS_MAX 4
#define UPLOADS_BYTES ((size_t)128 * 1024 * 1024)
#define UPLOAD_KEPT_MS (60 * 60 * 1000)
#define RUNS_KEPT 8
#define RUN_ARENA ((size_t)512 * 1024 * 1024)
#define UNMATCHED_SHOWN 200

struct upload {
    char id[IMPORT_ID_TEXT];
    int64_t officer, kept_ms;
    char *bytes;
    size_t n;
    char map_name[64];
    json_t *plan;
};

struct run {
    char id[IMPORT_ID_TEXT];
    int64_t officer, started_at, began_ms;
    char *json; /* schema Import; NULL until the first report */
    atomic_bool cancel;
};

struct importer {
    struct store *store;
    struct setups *setups;
    pthread_mutex_t lock;
    struct upload uploads[UPLOADS_MAX];
    struct run runs[RUNS_KEPT]; /* the newest at (n_runs - 1) % RUNS_KEPT */
    unsigned n_runs;
    bool running, has_thread;
    pthread_t thread;
};

/* What the thread works on; its own from start to end. */
struct job {
    struct importer *importer;
    struct run *run;
    struct arena *arena;
    struct op op;
    char *bytes; /* taken over from the upload */
    size_t n;
    char *map;
    char *rejects; /* DIR/import-ID-rejected.csv: row, field and reason of what was not taken */
};

static void new_id(char ret[IMPORT_ID_TEXT])
{
    unsigned char bytes[(IMPORT_ID_TEXT - 1) / 2];

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(ret, IMPORT_ID_TEXT, bytes, sizeof bytes);
}

enum err_code importer_new(struct store *store, struct setups *setups, struct importer **ret,
                           struct err *err)
{
    struct importer *im = calloc(1, sizeof *im);

    if (im == NULL || sodium_init() < 0) {
        free(im);
        return err_set(err, ERR_NO_MEMORY, "importer");
    }
    im->store = store;
    im->setups = setups;
    pthread_mutex_init(&im->lock, NULL);
    *ret = im;
    return ERR_OK;
}

static void upload_clear(struct upload *u)
{
    free(u->bytes);
    json_decref(u->plan);
    *u = (struct upload){0};
}

void importer_free(struct importer *im)
{
    if (im == NULL)
        return;
    for (int i = 0; i < RUNS_KEPT; i++)
        atomic_store(&im->runs[i].cancel, true);
    if (im->has_thread)
        pthread_join(im->thread, NULL);
    for (int i = 0; i < UPLOADS_MAX; i++)
        upload_clear(&im->uploads[i]);
    for (int i = 0; i < RUNS_KEPT; i++)
        free(im->runs[i].json);
    pthread_mutex_destroy(&im->lock);
    free(im);
}

/* ---- uploads ---- */

static struct upload *find_upload(struct importer *im, int64_t officer, const char *id)
{
    for (int i = 0; i < UPLOADS_MAX; i++)
        if (im->uploads[i].bytes != NULL && im->uploads[i].officer == officer &&
            strcmp(im->uploads[i].id, id) == 0)
            return &im->uploads[i];
    return NULL;
}

/* A free place for @p n bytes; old files give way, an officer's own earlier one as well. */
static struct upload *make_place(struct importer *im, int64_t officer, size_t n, int64_t now_ms)
{
    struct upload *place = NULL;
    size_t held = 0;

    for (int i = 0; i < UPLOADS_MAX; i++) {
        struct upload *u = &im->uploads[i];

        if (u->bytes != NULL && (now_ms - u->kept_ms > UPLOAD_KEPT_MS || u->officer == officer))
            upload_clear(u);
        if (u->bytes == NULL)
            place = u;
        else
            held += u->n;
    }
    return held + n <= UPLOADS_BYTES ? place : NULL;
}

enum err_code importer_keep(struct importer *im, struct op *op, const char *bytes, size_t n,
                            const char *map_name, json_t *plan, char ret_id[IMPORT_ID_TEXT])
{
    char *copy = malloc(n + 1);
    struct upload *u;

    if (copy == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "upload of %zu bytes", n);
    memcpy(copy, bytes, n);
    copy[n] = '\0';
    pthread_mutex_lock(&im->lock);
    u = make_place(im, op->actor.officer_id, n, monotonic_ms());
    if (u != NULL) {
        *u = (struct upload){.officer = op->actor.officer_id,
                             .kept_ms = monotonic_ms(),
                             .bytes = copy,
                             .n = n,
                             .plan = json_incref(plan)};
        snprintf(u->map_name, sizeof u->map_name, "%s", map_name == NULL ? "" : map_name);
        new_id(u->id);
        memcpy(ret_id, u->id, IMPORT_ID_TEXT);
    }
    pthread_mutex_unlock(&im->lock);
    if (u == NULL) {
        free(copy);
        return err_set(&op->err, ERR_BUSY, "uploads: no place for %zu bytes", n);
    }
    return ERR_OK;
}

/* ---- the report ---- */

static void write_faults(struct json_writer *w, const struct import_report *r)
{
    json_open_array(w, "errors");
    for (size_t i = 0; i < r->n_faults; i++) {
        json_object_begin(w);
        json_int(w, "row", (int64_t)r->faults[i].row);
        json_text(w, "field", r->faults[i].field);
        json_text(w, "reason", r->faults[i].reason_zh);
        json_text(w, "reason_en", r->faults[i].reason_en);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_names(struct json_writer *w, const char *key, const char **names, size_t n)
{
    json_open_array(w, key);
    for (size_t i = 0; i < n; i++)
        json_put_text(w, names[i]);
    json_array_end(w);
}

static void write_unmatched(struct json_writer *w, const struct import_tally *t)
{
    json_open_array(w, "unmatched");
    for (size_t i = 0; i < t->n && i < UNMATCHED_SHOWN; i++) {
        json_object_begin(w);
        json_text(w, "column", t->list[i].column);
        json_text(w, "value", t->list[i].value);
        json_int(w, "n", (int64_t)t->list[i].n);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Seconds to go at the pace so far; -1 while nothing is known. */
static int64_t seconds_left(const struct run *run, const struct import_report *r)
{
    int64_t took = monotonic_ms() - run->began_ms;

    if (r->done == 0 || r->rows <= r->done)
        return r->rows <= r->done && r->rows > 0 ? 0 : -1;
    return took * (int64_t)(r->rows - r->done) / (int64_t)r->done / 1000 + 1;
}

static void put_report(struct importer *im, struct run *run, const struct import_report *r,
                       const char *state, int zone_min)
{
    struct json_writer w;
    struct buf out;
    char when[INSTANT_TEXT];
    int64_t left = seconds_left(run, r);
    bool running = strcmp(state, "running") == 0;

    buf_init(&out, (size_t)4 * 1024 * 1024);
    json_begin(&w, &out);
    instant_format(run->started_at, zone_min, when);
    json_object_begin(&w);
    json_text(&w, "id", run->id);
    json_text(&w, "state", state);
    json_text(&w, "encoding", r->encoding);
    json_int(&w, "rows", (int64_t)r->rows);
    json_int(&w, "done", (int64_t)r->done);
    json_int(&w, "added", (int64_t)r->added);
    json_int(&w, "skipped", (int64_t)r->skipped);
    json_int(&w, "failed", (int64_t)r->failed);
    write_unmatched(&w, &r->unmatched);
    write_faults(&w, r);
    write_names(&w, "dropped", r->dropped, r->n_dropped);
    write_names(&w, "missing", r->missing, r->n_missing);
    json_text(&w, "started_at", when);
    if (running && left >= 0)
        json_int(&w, "seconds_left", left);
    else
        json_none(&w, "seconds_left");
    json_object_end(&w);
    if (out.failed) {
        buf_release(&out);
        return;
    }
    pthread_mutex_lock(&im->lock);
    free(run->json);
    run->json = out.data;
    pthread_mutex_unlock(&im->lock);
}

static void on_progress(void *arg, const struct import_report *so_far)
{
    struct job *job = arg;

    put_report(job->importer, job->run, so_far, "running", job->op.zone_min);
}

/* ---- the run ---- */

static void job_free(struct job *job)
{
    if (job->op.setup != NULL)
        setup_letgo(job->importer->setups, job->op.setup);
    arena_free(job->arena);
    free(job->bytes);
    free(job->map);
    free(job);
}

static void *run_import(void *arg)
{
    struct job *job = arg;
    struct importer *im = job->importer;
    struct import_options options = {
        .bytes = job->bytes,
        .size = job->n,
        .map = job->map,
        .map_size = strlen(job->map),
        .reject_path = job->rejects,
        .progress = on_progress,
        .arg = job,
        .cancel = &job->run->cancel,
    };
    struct import_report *report = calloc(1, sizeof *report);
    enum err_code rc;

    INVARIANT(report != NULL);
    rc = import_matters(&job->op, &options, report);
    if (rc != ERR_OK && report->n_faults < IMPORT_FAULTS_KEPT) {
        const struct err_item *item = job->op.err.n_items > 0 ? &job->op.err.items[0] : NULL;

        report->faults[report->n_faults++] = (struct import_fault){
            0, item == NULL ? "" : item->field, item == NULL ? err_info(rc)->zh : item->zh,
            item == NULL ? err_info(rc)->en : item->en};
        log_line(LOG_WARN, "import failed", "import=%s code=%s", job->run->id, err_info(rc)->name);
    }
    put_report(im, job->run, report,
               rc != ERR_OK        ? "failed"
               : report->cancelled ? "cancelled"
                                   : "done",
               job->op.zone_min);
    free(report);
    job_free(job);
    pthread_mutex_lock(&im->lock);
    im->running = false;
    pthread_mutex_unlock(&im->lock);
    return NULL;
}

/* The map as it will be used: the shipped one's settings and fuller rules, the columns chosen. */
static char *whole_map(const struct upload *u, const json_t *map)
{
    const struct embedded_file *shipped = import_map_named(embedded_packs, u->map_name);
    json_t *base = NULL, *columns = json_object(), *value;
    const json_t *full;
    const char *key;
    struct err err;
    char *text;

    if (shipped == NULL ||
        json_parse((const char *)shipped->data, shipped->size, &base, &err) != ERR_OK)
        base = json_object();
    full = json_object_get(base, "columns");
    json_object_foreach(json_object_get(map, "columns"), key, value)
    {
        json_t *rule = json_object_get(full, key);
        bool same = rule != NULL && json_equal(value, json_object_get(u->plan, key));

        json_object_set(columns, key, same ? rule : value);
    }
    json_object_foreach((json_t *)(uintptr_t)map, key, value) json_object_set(base, key, value);
    json_object_set_new(base, "columns", columns);
    text = json_dumps(base, JSON_COMPACT);
    json_decref(base);
    return text;
}

static struct job *make_job(struct importer *im, const struct op *op, const struct upload *u,
                            const json_t *map)
{
    struct job *job = calloc(1, sizeof *job);

    if (job == NULL)
        return NULL;
    job->importer = im;
    job->arena = arena_new(RUN_ARENA);
    job->map = whole_map(u, map);
    job->bytes = malloc(u->n + 1);
    if (job->arena == NULL || job->map == NULL || job->bytes == NULL) {
        job_free(job);
        return NULL;
    }
    memcpy(job->bytes, u->bytes, u->n + 1);
    job->n = u->n;
    job->op = (struct op){.arena = job->arena,
                          .store = im->store,
                          .setup = setup_hold(im->setups),
                          .actor = op->actor,
                          .now_ms = op->now_ms,
                          .zone_min = op->zone_min};
    job->op.actor.body_path = arena_strdup(job->arena, op->actor.body_path);
    return job;
}

/* Under the lock. The thread of the run before has ended or is about to. */
static enum err_code begin_run(struct importer *im, struct op *op, const struct upload *u,
                               const json_t *map, char ret_id[IMPORT_ID_TEXT])
{
    struct run *run = &im->runs[im->n_runs % RUNS_KEPT];
    struct job *job;

    if (im->has_thread)
        pthread_join(im->thread, NULL);
    im->has_thread = false;
    job = make_job(im, op, u, map);
    if (job == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import");
    free(run->json);
    run->json = NULL;
    atomic_store(&run->cancel, false);
    run->officer = op->actor.officer_id;
    run->started_at = op->now_ms;
    run->began_ms = monotonic_ms();
    new_id(run->id);
    job->run = run;
    job->rejects =
        arena_printf(job->arena, "%s/import-%s-rejected.csv", store_dir(im->store), run->id);
    if (pthread_create(&im->thread, NULL, run_import, job) != 0) {
        job_free(job);
        return err_set(&op->err, ERR_NO_MEMORY, "import: thread");
    }
    im->has_thread = im->running = true;
    im->n_runs++;
    memcpy(ret_id, run->id, IMPORT_ID_TEXT);
    return ERR_OK;
}

enum err_code importer_start(struct importer *im, struct op *op, const char *upload,
                             const json_t *map, char ret_id[IMPORT_ID_TEXT])
{
    struct upload *u;
    enum err_code rc;

    pthread_mutex_lock(&im->lock);
    u = find_upload(im, op->actor.officer_id, upload);
    if (u == NULL)
        rc = err_field(&op->err, ERR_NOT_FOUND, "upload", "unknown_upload",
                       "没有这个文件，可能已过一小时，重新上传",
                       "There is no such file; send it again");
    else if (im->running)
        rc = err_field(&op->err, ERR_BUSY, "", "import_running", "另一个导入还在进行，等它结束",
                       "Another import is running; wait for its end");
    else
        rc = begin_run(im, op, u, map, ret_id);
    pthread_mutex_unlock(&im->lock);
    return rc;
}

static struct run *find_run(struct importer *im, int64_t officer, const char *id)
{
    for (int i = 0; i < RUNS_KEPT; i++)
        if (im->runs[i].officer == officer && strcmp(im->runs[i].id, id) == 0)
            return &im->runs[i];
    return NULL;
}

enum err_code importer_report(struct importer *im, struct op *op, const char *id, char **ret_json)
{
    struct run *run;

    *ret_json = NULL;
    pthread_mutex_lock(&im->lock);
    run = find_run(im, op->actor.officer_id, id);
    if (run != NULL && run->json == NULL) {
        struct import_report none = {0};

        pthread_mutex_unlock(&im->lock);
        put_report(im, run, &none, "running", op->zone_min);
        pthread_mutex_lock(&im->lock);
    }
    if (run != NULL)
        *ret_json = arena_strdup(op->arena, run->json);
    pthread_mutex_unlock(&im->lock);
    if (run == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no import %s", id);
    return *ret_json == NULL ? err_set(&op->err, ERR_NO_MEMORY, "import report") : ERR_OK;
}

enum err_code importer_cancel(struct importer *im, struct op *op, const char *id)
{
    struct run *run;

    pthread_mutex_lock(&im->lock);
    run = find_run(im, op->actor.officer_id, id);
    if (run != NULL)
        atomic_store(&run->cancel, true);
    pthread_mutex_unlock(&im->lock);
    return run == NULL ? err_set(&op->err, ERR_NOT_FOUND, "no import %s", id) : ERR_OK;
}
