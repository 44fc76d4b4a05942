/* Uploads and import runs. One lock over all of it; the run's thread takes it ten times a second to
 * leave its report as JSON. */
#include "web/importer.h"

#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "store/store.h"
#include "web/importer_report.h"
#include "work/import_record.h"
#include "work/setup.h"

#define UPLOADS_MAX 16
#define UPLOADS_BYTES ((size_t)128 * 1024 * 1024)
#define UPLOAD_KEPT_MS (60 * 60 * 1000)
#define RUNS_KEPT 8
#define RUN_ARENA ((size_t)512 * 1024 * 1024)
#define NOTE_MS 2000
#define AGAIN_MAX 16
#define BESIDE_ARENA ((size_t)16 * 1024 * 1024)

struct upload {
    char id[IMPORT_ID_TEXT];
    int64_t officer, kept_ms;
    char *bytes;
    size_t n;
    char map_name[64], name[256];
    json_t *plan, *columns;
    size_t above, rows;
};

struct run {
    char id[IMPORT_ID_TEXT];
    int64_t officer, started_at, began_ms;
    size_t began_at; /* rows done before a restart */
    char target[16];
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
    atomic_bool stopping; /* the process ends */
    pthread_t thread;
    int64_t again[AGAIN_MAX]; /* imports that a stop broke off; only the thread reads them */
    size_t n_again;
};

/* What the thread works on; its own from start to end. */
struct job {
    struct importer *importer;
    struct run *run;
    struct arena *arena;
    struct op op, beside; /* beside: for notes while op is at work */
    int64_t record;       /* of the import */
    char *bytes;          /* taken over from the upload */
    size_t n, above;
    struct import_settled from;
    int64_t noted_ms;
    size_t noted_row;
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
    json_decref(u->columns);
    *u = (struct upload){0};
}

void importer_free(struct importer *im)
{
    if (im == NULL)
        return;
    atomic_store(&im->stopping, true);
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

enum err_code importer_keep(struct importer *im, struct op *op, const struct importer_file *file,
                            char ret_id[IMPORT_ID_TEXT])
{
    char *copy = malloc(file->n + 1);
    struct upload *u;

    if (copy == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "upload of %zu bytes", file->n);
    memcpy(copy, file->bytes, file->n);
    copy[file->n] = '\0';
    pthread_mutex_lock(&im->lock);
    u = make_place(im, op->actor.officer_id, file->n, monotonic_ms());
    if (u != NULL) {
        *u = (struct upload){.officer = op->actor.officer_id,
                             .kept_ms = monotonic_ms(),
                             .bytes = copy,
                             .n = file->n,
                             .above = file->above,
                             .rows = file->rows,
                             .plan = json_incref((json_t *)(uintptr_t)file->plan),
                             .columns = json_incref((json_t *)(uintptr_t)file->columns)};
        snprintf(u->map_name, sizeof u->map_name, "%s",
                 file->map_name == NULL ? "" : file->map_name);
        snprintf(u->name, sizeof u->name, "%s", file->name == NULL ? "" : file->name);
        new_id(u->id);
        memcpy(ret_id, u->id, IMPORT_ID_TEXT);
    }
    pthread_mutex_unlock(&im->lock);
    if (u == NULL) {
        free(copy);
        return err_set(&op->err, ERR_BUSY, "uploads: no place for %zu bytes", file->n);
    }
    return ERR_OK;
}

/* ---- the report ---- */

/* Seconds to go at the pace so far; -1 while nothing is known. */
static int64_t seconds_left(const struct run *run, const struct import_report *r)
{
    int64_t took = monotonic_ms() - run->began_ms;
    size_t here = r->done - run->began_at;

    if (here == 0 || r->rows <= r->done)
        return r->rows <= r->done && r->rows > 0 ? 0 : -1;
    return took * (int64_t)(r->rows - r->done) / (int64_t)here / 1000 + 1;
}

static void put_report(struct importer *im, struct run *run, const struct import_report *r,
                       const char *state, int zone_min)
{
    const struct importer_said said = {.id = run->id,
                                       .target = run->target,
                                       .state = state,
                                       .started_at = run->started_at,
                                       .zone_min = zone_min,
                                       .seconds_left = seconds_left(run, r)};
    char *json = importer_json(&said, r);

    if (json == NULL)
        return;
    pthread_mutex_lock(&im->lock);
    free(run->json);
    run->json = json;
    pthread_mutex_unlock(&im->lock);
}

/* How far it is on disk, every two seconds, for going on after a restart. A note that cannot be
 * written is left out: the rows themselves are safe. */
static void note(struct job *job, const struct import_report *so_far)
{
    int64_t now = monotonic_ms();

    if (now < job->noted_ms + NOTE_MS || so_far->settled.row == job->noted_row)
        return;
    job->noted_ms = now;
    job->noted_row = so_far->settled.row;
    job->beside.now_ms = instant_now_ms();
    (void)!import_record_note(&job->beside, job->record, so_far->rows, &so_far->settled);
    arena_reset(job->beside.arena);
}

static void on_progress(void *arg, const struct import_report *so_far)
{
    struct job *job = arg;

    put_report(job->importer, job->run, so_far, "running", job->op.zone_min);
    note(job, so_far);
}

/* ---- the run ---- */

static void job_free(struct job *job)
{
    if (job->op.setup != NULL)
        setup_letgo(job->importer->setups, job->op.setup);
    arena_free(job->arena);
    arena_free(job->beside.arena);
    free(job->bytes);
    free(job->map);
    free(job);
}

/* What ended a run before its last row, as the first fault of the list. */
static void say_failure(struct job *job, enum err_code rc, struct import_report *report)
{
    const struct err_item *item = job->op.err.n_items > 0 ? &job->op.err.items[0] : NULL;

    if (report->n_faults < IMPORT_FAULTS_KEPT)
        report->faults[report->n_faults++] = (struct import_fault){
            0, item == NULL ? "" : item->field, item == NULL ? err_info(rc)->zh : item->zh,
            item == NULL ? err_info(rc)->en : item->en};
    log_line(LOG_WARN, "import failed", "import=%s code=%s", job->run->id, err_info(rc)->name);
}

/* The record's end. A process that is told to stop leaves the record running: it goes on with the
 * next start. */
static void end_record(struct job *job, const char *state, const struct import_report *report)
{
    struct import_settled settled = {.row = report->settled.row,
                                     .done = report->done,
                                     .added = report->added,
                                     .skipped = report->skipped,
                                     .failed = report->failed};

    job->beside.now_ms = instant_now_ms();
    if (strcmp(state, "cancelled") == 0 && atomic_load(&job->importer->stopping)) {
        (void)!import_record_note(&job->beside, job->record, report->rows, &report->settled);
        return;
    }
    if (import_record_end(&job->beside, job->record, state, &settled, report->rows,
                          job->run->json) != ERR_OK)
        log_line(LOG_WARN, "import not noted", "import=%s why=\"%s\"", job->run->id,
                 job->beside.err.why);
}

static void run_import(struct job *job)
{
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
        .above = job->above,
        .record = job->record,
        .from = job->from,
    };
    struct import_report *report = calloc(1, sizeof *report);
    const char *state;
    enum err_code rc;

    INVARIANT(report != NULL);
    job->noted_ms = monotonic_ms();
    rc = import_matters(&job->op, &options, report);
    if (rc != ERR_OK)
        say_failure(job, rc, report);
    state = rc != ERR_OK ? "failed" : report->cancelled ? "cancelled" : "done";
    put_report(im, job->run, report, state, job->op.zone_min);
    end_record(job, state, report);
    free(report);
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
    json_object_del(base, "target"); /* the map says it, or it is matters */
    json_object_foreach((json_t *)(uintptr_t)map, key, value) json_object_set(base, key, value);
    json_object_set_new(base, "columns", columns);
    text = json_dumps(base, JSON_COMPACT);
    json_decref(base);
    return text;
}

/* A job with an op of its own, on the authority of the system: the officer was asked for his
 * permission when he began it. Takes @p map over. */
static struct job *make_job(struct importer *im, const struct actor *actor, char *map,
                            const char *bytes, size_t n)
{
    struct job *job = calloc(1, sizeof *job);

    if (job == NULL) {
        free(map);
        return NULL;
    }
    job->importer = im;
    job->map = map;
    job->arena = arena_new(RUN_ARENA);
    job->beside.arena = arena_new(BESIDE_ARENA);
    job->bytes = malloc(n + 1);
    if (job->arena == NULL || job->beside.arena == NULL || map == NULL || job->bytes == NULL) {
        job_free(job);
        return NULL;
    }
    memcpy(job->bytes, bytes, n);
    job->bytes[n] = '\0';
    job->n = n;
    job->op = (struct op){.arena = job->arena,
                          .store = im->store,
                          .setup = setup_hold(im->setups),
                          .actor = {.kind = ACTOR_SYSTEM, .officer_id = actor->officer_id},
                          .now_ms = instant_now_ms(),
                          .zone_min = store_zone_min(im->store)};
    memcpy(job->op.actor.body, actor->body, sizeof actor->body);
    job->op.actor.body_path = "";
    job->beside = (struct op){.arena = job->beside.arena,
                              .store = im->store,
                              .setup = job->op.setup,
                              .actor = job->op.actor,
                              .now_ms = job->op.now_ms,
                              .zone_min = job->op.zone_min};
    return job;
}

/* A place among the runs, under the lock. */
static void take_run(struct importer *im, struct job *job, int64_t started_at, const char *target)
{
    struct run *run = &im->runs[im->n_runs % RUNS_KEPT];

    free(run->json);
    run->json = NULL;
    atomic_store(&run->cancel, false);
    run->officer = job->op.actor.officer_id;
    run->started_at = started_at;
    run->began_ms = monotonic_ms();
    run->began_at = job->from.done;
    snprintf(run->id, sizeof run->id, "%" PRId64, job->record);
    snprintf(run->target, sizeof run->target, "%s", target);
    job->run = run;
    job->rejects =
        arena_printf(job->arena, "%s/import-%s-rejected.csv", store_dir(im->store), run->id);
    im->n_runs++;
}

static struct job *job_again(struct importer *im, struct op *op, int64_t id)
{
    CLEANUP(record_release) struct record r = {0};
    struct actor actor = {.kind = ACTOR_SYSTEM};
    struct import_settled from;
    struct job *job;
    char *bytes;
    size_t n;

    if (import_record_again(op, id, &r, &bytes, &n, &from) != ERR_OK) {
        log_line(LOG_WARN, "import cannot go on", "import=%" PRId64 " why=\"%s\"", id, op->err.why);
        return NULL;
    }
    actor.officer_id = record_number(&r, "officer");
    snprintf(actor.body, sizeof actor.body, "%s", record_member(&r, "body"));
    job = make_job(im, &actor, strdup(record_member(&r, "map")), bytes, n);
    if (job == NULL)
        return NULL;
    job->record = id;
    job->from = from;
    job->above = (size_t)record_number(&r, "above");
    pthread_mutex_lock(&im->lock);
    take_run(im, job, record_number(&r, "started_at"), record_member(&r, "target"));
    pthread_mutex_unlock(&im->lock);
    return job;
}

static void run_again(struct importer *im, int64_t id)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(RUN_ARENA);
    struct op op = {.arena = arena,
                    .store = im->store,
                    .actor = {.kind = ACTOR_SYSTEM, .body_path = ""},
                    .now_ms = instant_now_ms(),
                    .zone_min = store_zone_min(im->store)};
    struct job *job;

    if (arena == NULL)
        return;
    op.setup = setup_hold(im->setups);
    job = job_again(im, &op, id);
    setup_letgo(im->setups, op.setup);
    if (job == NULL)
        return;
    run_import(job);
    job_free(job);
}

static void *run_first(void *arg)
{
    struct job *job = arg;
    struct importer *im = job->importer;

    run_import(job);
    job_free(job);
    pthread_mutex_lock(&im->lock);
    im->running = false;
    pthread_mutex_unlock(&im->lock);
    return NULL;
}

static void *run_broken_off(void *arg)
{
    struct importer *im = arg;

    for (size_t i = 0; i < im->n_again && !atomic_load(&im->stopping); i++)
        run_again(im, im->again[i]);
    pthread_mutex_lock(&im->lock);
    im->running = false;
    pthread_mutex_unlock(&im->lock);
    return NULL;
}

static enum err_code begin_thread(struct importer *im, void *(*run)(void *), void *arg,
                                  struct err *err)
{
    if (im->has_thread)
        pthread_join(im->thread, NULL); /* it has ended or is about to */
    im->has_thread = false;
    if (pthread_create(&im->thread, NULL, run, arg) != 0)
        return err_set(err, ERR_NO_MEMORY, "import: thread");
    im->has_thread = im->running = true;
    return ERR_OK;
}

enum err_code importer_resume(struct importer *im, struct err *err)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(BESIDE_ARENA);
    struct op op = {.arena = arena,
                    .store = im->store,
                    .actor = {.kind = ACTOR_SYSTEM, .body_path = ""},
                    .now_ms = instant_now_ms(),
                    .zone_min = store_zone_min(im->store)};
    enum err_code rc;

    if (arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "importer");
    op.setup = setup_hold(im->setups);
    rc = import_records_broken_off(&op, im->again, AGAIN_MAX, &im->n_again);
    setup_letgo(im->setups, op.setup);
    if (rc != ERR_OK) {
        *err = op.err;
        return rc;
    }
    return im->n_again == 0 ? ERR_OK : begin_thread(im, run_broken_off, im, err);
}

/* Under the lock: the record, then the run. */
static enum err_code begin_run(struct importer *im, struct op *op, const struct upload *u,
                               const json_t *map, char ret_id[IMPORT_ID_TEXT])
{
    const char *target = json_string_value(json_object_get(map, "target"));
    struct job *job = make_job(im, &op->actor, whole_map(u, map), u->bytes, u->n);
    struct import_begin begin = {.bytes = u->bytes,
                                 .n = u->n,
                                 .name = u->name[0] == '\0' ? NULL : u->name,
                                 .target = target == NULL ? "matters" : target,
                                 .columns = u->columns,
                                 .above = u->above,
                                 .rows = u->rows};
    enum err_code rc;

    if (job == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import");
    begin.map = job->map;
    job->above = u->above;
    rc = import_record_start(op, &begin, &job->record);
    if (rc == ERR_OK) {
        take_run(im, job, op->now_ms, begin.target);
        memcpy(ret_id, job->run->id, IMPORT_ID_TEXT);
        rc = begin_thread(im, run_first, job, &op->err);
    }
    if (rc != ERR_OK)
        job_free(job);
    return rc;
}

enum err_code importer_start(struct importer *im, struct op *op, const char *upload,
                             const json_t *map, bool remember, char ret_id[IMPORT_ID_TEXT])
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
    if (rc == ERR_OK && remember)
        rc = import_map_remember(op, u->columns, map);
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

/* One that ended before this process began, or waits its turn to go on. */
static enum err_code report_of_record(struct op *op, const char *id, char **ret_json)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct importer_said said = {.id = id, .seconds_left = -1, .zone_min = op->zone_min};
    struct import_report so_far = {0};
    int64_t number;
    char *json;

    if (!text_int64(id, &number))
        return err_set(&op->err, ERR_NOT_FOUND, "no import %s", id);
    TRY(snapshot_open(op, &snap));
    TRY(import_record_of(op, snap, number, &r));
    TRY(import_record_report(op, snap, &r, ret_json));
    if (*ret_json != NULL)
        return ERR_OK;
    said.target = record_member(&r, "target");
    said.state = record_member(&r, "status");
    said.started_at = record_number(&r, "started_at");
    so_far.rows = (size_t)record_number(&r, "rows");
    so_far.done = (size_t)record_number(&r, "done");
    so_far.added = (size_t)record_number(&r, "added");
    so_far.skipped = (size_t)record_number(&r, "skipped");
    so_far.failed = (size_t)record_number(&r, "failed");
    json = importer_json(&said, &so_far);
    *ret_json = json == NULL ? NULL : arena_strdup(op->arena, json);
    free(json);
    return *ret_json == NULL ? err_set(&op->err, ERR_NO_MEMORY, "import report") : ERR_OK;
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
        return report_of_record(op, id, ret_json);
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
