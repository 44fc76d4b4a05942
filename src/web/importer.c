/* Import runs. One lock over them and the uploads; the run's thread takes it ten times a second to
 * leave its report as JSON. */
#include "web/importer_internal.h"

#include <inttypes.h>
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

#define RUN_ARENA ((size_t)512 * 1024 * 1024)
#define NOTE_MS 2000
#define BESIDE_ARENA ((size_t)16 * 1024 * 1024)

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
    struct import_report *report; /* filled as it goes */
    int64_t noted_ms;
    size_t noted_row;
    char *map, *last; /* last: the report at its end */
    char *rejects;    /* DIR/import-ID-rejected.csv: row, field and reason of what was not taken */
};

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
        importer_upload_clear(&im->uploads[i]);
    for (int i = 0; i < RUNS_KEPT; i++)
        free(im->runs[i].json);
    pthread_mutex_destroy(&im->lock);
    free(im);
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

char *importer_report_json(const struct run *run, const struct import_report *r, const char *state,
                           int zone_min)
{
    const struct importer_said said = {.id = run->id,
                                       .target = run->target,
                                       .state = state,
                                       .started_at = run->started_at,
                                       .zone_min = zone_min,
                                       .seconds_left = seconds_left(run, r)};

    return importer_json(&said, r);
}

static void put_report(struct importer *im, struct run *run, const struct import_report *r,
                       const char *state, int zone_min)
{
    char *json = importer_report_json(run, r, state, zone_min);

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
    free(job->report);
    free(job->map);
    free(job->last);
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

/* The record's end, or its pause. A process that is told to stop leaves the record running: it goes
 * on with the next start. */
static void end_record(struct job *job, const char *state, const struct import_report *report)
{
    struct import_settled settled = {.row = report->settled.row,
                                     .done = report->done,
                                     .added = report->added,
                                     .skipped = report->skipped,
                                     .failed = report->failed};
    enum err_code rc;

    job->beside.now_ms = instant_now_ms();
    if (strcmp(state, "cancelled") == 0 && atomic_load(&job->importer->stopping)) {
        (void)!import_record_note(&job->beside, job->record, report->rows, &report->settled);
        return;
    }
    rc = strcmp(state, "paused") == 0
             ? import_record_pause(&job->beside, job->record, &settled, report->rows, job->last)
             : import_record_end(&job->beside, job->record, state, &settled, report->rows,
                                 job->last);
    if (rc != ERR_OK)
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
    struct import_report *report = job->report;
    const char *state;
    enum err_code rc;
    bool paused;

    job->noted_ms = monotonic_ms();
    rc = import_matters(&job->op, &options, report);
    paused = atomic_load(&job->run->pausing) && !atomic_load(&im->stopping);
    if (rc != ERR_OK)
        say_failure(job, rc, report);
    state = rc != ERR_OK ? "failed" : !report->cancelled ? "done" : paused ? "paused" : "cancelled";
    job->last = importer_report_json(job->run, report, state, job->op.zone_min);
    end_record(job, state, report);
}

/* What came of it is said only now that its record has it, and then another may begin. @p free_now:
 * no other run waits its turn. */
static void end_run(struct job *job, bool free_now)
{
    struct importer *im = job->importer;

    pthread_mutex_lock(&im->lock);
    if (job->last != NULL) {
        free(job->run->json);
        job->run->json = job->last;
        job->last = NULL;
    }
    job->run->live = false;
    if (free_now)
        im->running = false;
    pthread_mutex_unlock(&im->lock);
    job_free(job);
}

/* The map as it will be used: the shipped one's settings and fuller rules, the columns chosen. */
static char *whole_map(const struct upload *u, const json_t *map)
{
    const struct embedded_file *shipped = import_map_named(embedded_packs, u->map_name);
    json_t *base = NULL, *columns = json_object(), *value;
    const json_t *full;
    const char *key;
    struct err err = {.code = ERR_OK};
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
    job->report = calloc(1, sizeof *job->report);
    if (job->arena == NULL || job->beside.arena == NULL || map == NULL || job->bytes == NULL ||
        job->report == NULL) {
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

/* A place among the runs, under the lock; that of the same import before a pause is given up. */
static void take_run(struct importer *im, struct job *job, int64_t started_at, const char *target)
{
    struct run *run = &im->runs[im->n_runs % RUNS_KEPT];
    struct run *before;
    char id[IMPORT_ID_TEXT];

    snprintf(id, sizeof id, "%" PRId64, job->record);
    before = importer_run(im, job->op.actor.officer_id, id);
    if (before != NULL)
        before->id[0] = '\0';
    free(run->json);
    run->json = NULL;
    run->live = true;
    atomic_store(&run->cancel, false);
    atomic_store(&run->pausing, false);
    run->officer = job->op.actor.officer_id;
    run->started_at = started_at;
    run->began_ms = monotonic_ms();
    run->began_at = job->from.done;
    memcpy(run->id, id, sizeof run->id);
    snprintf(run->target, sizeof run->target, "%s", target);
    job->run = run;
    job->rejects =
        arena_printf(job->arena, "%s/import-%s-rejected.csv", store_dir(im->store), run->id);
    im->n_runs++;
}

/* Under the lock. NULL: op->err says why. */
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
    take_run(im, job, record_number(&r, "started_at"), record_member(&r, "target"));
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
    pthread_mutex_lock(&im->lock);
    job = job_again(im, &op, id);
    pthread_mutex_unlock(&im->lock);
    setup_letgo(im->setups, op.setup);
    if (job == NULL)
        return;
    run_import(job);
    end_run(job, false);
}

static void *run_first(void *arg)
{
    struct job *job = arg;

    run_import(job);
    end_run(job, true);
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
    rc = importer_let_go(&op);
    if (rc == ERR_OK)
        rc = import_records_in(&op, "running", DATE_NONE, im->again, AGAIN_MAX, &im->n_again);
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

enum err_code importer_is_free(const struct importer *im, struct op *op)
{
    if (!im->running)
        return ERR_OK;
    return err_field(&op->err, ERR_BUSY, "", "import_running", "另一个导入还在进行，等它结束",
                     "Another import is running; wait for its end");
}

enum err_code importer_run_again(struct importer *im, struct op *op, int64_t record)
{
    struct job *job = job_again(im, op, record);
    enum err_code rc;

    if (job == NULL)
        return err_set(&op->err, ERR_IO, "import %" PRId64 " cannot go on", record);
    rc = begin_thread(im, run_first, job, &op->err);
    if (rc != ERR_OK) {
        job->run->live = false;
        job_free(job);
    }
    return rc;
}

enum err_code importer_start(struct importer *im, struct op *op, const char *upload,
                             const json_t *map, bool remember, char ret_id[IMPORT_ID_TEXT])
{
    struct upload *u;
    enum err_code rc;

    TRY(importer_let_go(op));
    pthread_mutex_lock(&im->lock);
    u = importer_upload(im, op->actor.officer_id, upload);
    if (u == NULL)
        rc = err_field(&op->err, ERR_NOT_FOUND, "upload", "unknown_upload",
                       "没有这个文件，可能已过一小时，重新上传",
                       "There is no such file; send it again");
    else if ((rc = importer_is_free(im, op)) == ERR_OK)
        rc = begin_run(im, op, u, map, ret_id);
    if (rc == ERR_OK && remember)
        rc = import_map_remember(op, u->columns, map);
    pthread_mutex_unlock(&im->lock);
    return rc;
}
