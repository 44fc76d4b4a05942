/* What an officer asks of his imports: how far, pause, go on, end. */
#include "web/importer_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "web/importer_report.h"
#include "work/import_record.h"

struct run *importer_run(struct importer *im, int64_t officer, const char *id)
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
    run = importer_run(im, op->actor.officer_id, id);
    if (run != NULL && run->json == NULL) {
        static const struct import_report none = {0};

        run->json = importer_report_json(run, &none, "running", op->zone_min);
    }
    if (run != NULL && run->json != NULL)
        *ret_json = arena_strdup(op->arena, run->json);
    pthread_mutex_unlock(&im->lock);
    if (run == NULL)
        return report_of_record(op, id, ret_json);
    return *ret_json == NULL ? err_set(&op->err, ERR_NO_MEMORY, "import report") : ERR_OK;
}

/* ---- pause, go on, end ---- */

#define PAUSED_KEPT_DAYS 30
#define PAUSED_MAX 200

/* The report of a paused one, in another state. New text, to be freed; NULL without memory. */
static char *in_state(const char *report, const char *state)
{
    json_t *tree = report == NULL ? NULL : json_loads(report, 0, NULL);
    char *text;

    json_object_set_new(tree, "state", json_string(state));
    text = json_dumps(tree, JSON_COMPACT);
    json_decref(tree);
    return text;
}

/* Ends a paused import: its file is let go. */
static enum err_code end_paused(struct op *op, const struct record *r)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct import_settled settled = {.row = (size_t)record_number(r, "row"),
                                           .done = (size_t)record_number(r, "done"),
                                           .added = (size_t)record_number(r, "added"),
                                           .skipped = (size_t)record_number(r, "skipped"),
                                           .failed = (size_t)record_number(r, "failed")};
    enum err_code rc;
    char *report, *ended;

    TRY(snapshot_open(op, &snap));
    TRY(import_record_report(op, snap, r, &report));
    ended = in_state(report, "cancelled");
    if (ended == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import report");
    rc = import_record_end(op, r->id, "cancelled", &settled, (size_t)record_number(r, "rows"),
                           ended);
    free(ended);
    return rc;
}

static enum err_code find_record(struct op *op, const char *id, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    int64_t number;

    if (!text_int64(id, &number))
        return err_set(&op->err, ERR_NOT_FOUND, "no import %s", id);
    TRY(snapshot_open(op, &snap));
    return import_record_of(op, snap, number, ret);
}

static bool is(const struct record *r, const char *status)
{
    return strcmp(record_member(r, "status"), status) == 0;
}

/* After a restart imports go on one after the other. */
static enum err_code waits_its_turn(struct op *op)
{
    return err_field(&op->err, ERR_BUSY, "", "import_waits", "它还在排队，轮到了再停",
                     "It waits its turn; stop it when it runs");
}

/* Tells a run that works to stop. @return false when none of this officer's does. */
static bool stop_run(struct importer *im, struct op *op, const char *id, bool pausing)
{
    struct run *run;
    bool live;

    pthread_mutex_lock(&im->lock);
    run = importer_run(im, op->actor.officer_id, id);
    live = run != NULL && run->live;
    if (live) {
        atomic_store(&run->pausing, pausing);
        atomic_store(&run->cancel, true);
    }
    pthread_mutex_unlock(&im->lock);
    return live;
}

enum err_code importer_cancel(struct importer *im, struct op *op, const char *id)
{
    CLEANUP(record_release) struct record r = {0};
    struct run *run;

    if (stop_run(im, op, id, false))
        return ERR_OK;
    TRY(find_record(op, id, &r));
    if (is(&r, "running"))
        return waits_its_turn(op);
    if (!is(&r, "paused"))
        return ERR_OK; /* it has ended */
    TRY(end_paused(op, &r));
    pthread_mutex_lock(&im->lock); /* from now on its record says what came of it */
    run = importer_run(im, op->actor.officer_id, id);
    if (run != NULL)
        run->id[0] = '\0';
    pthread_mutex_unlock(&im->lock);
    return ERR_OK;
}

enum err_code importer_pause(struct importer *im, struct op *op, const char *id)
{
    CLEANUP(record_release) struct record r = {0};

    if (stop_run(im, op, id, true))
        return ERR_OK;
    TRY(find_record(op, id, &r));
    if (is(&r, "running"))
        return waits_its_turn(op);
    if (is(&r, "paused"))
        return ERR_OK;
    return err_field(&op->err, ERR_NOT_ALLOWED, "", "not_running", "这个导入没有在进行",
                     "This import is not running");
}

enum err_code importer_go_on(struct importer *im, struct op *op, const char *id)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct run *run;
    enum err_code rc;
    char *report;

    TRY(find_record(op, id, &r));
    TRY(snapshot_open(op, &snap));
    TRY(import_record_report(op, snap, &r, &report));
    pthread_mutex_lock(&im->lock);
    rc = importer_is_free(im, op);
    if (rc == ERR_OK)
        rc = import_record_resume(op, r.id);
    if (rc == ERR_OK)
        rc = importer_run_again(im, op, r.id);
    run = rc == ERR_OK ? importer_run(im, op->actor.officer_id, id) : NULL;
    if (run != NULL && run->json == NULL) /* until the first row */
        run->json = in_state(report, "running");
    pthread_mutex_unlock(&im->lock);
    return rc;
}

enum err_code importer_unended(struct op *op, int64_t ret_ids[IMPORTS_SHOWN], size_t *ret_n)
{
    static const char *const open[] = {"running", "paused"};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        int64_t ids[PAUSED_MAX];
        size_t n;

        TRY(import_records_in(op, open[i], DATE_NONE, ids, PAUSED_MAX, &n));
        for (size_t k = 0; k < n && *ret_n < IMPORTS_SHOWN; k++) {
            CLEANUP(record_release) struct record r = {0};
            enum err_code rc = import_record_of(op, snap, ids[k], &r);

            if (rc != ERR_OK && rc != ERR_NOT_FOUND)
                return rc;
            if (rc == ERR_OK)
                ret_ids[(*ret_n)++] = ids[k];
            err_clear(&op->err);
        }
    }
    return ERR_OK;
}

enum err_code importer_let_go(struct op *op)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    int64_t ids[PAUSED_MAX];
    size_t n;

    TRY(import_records_in(op, "paused", today - PAUSED_KEPT_DAYS, ids, PAUSED_MAX, &n));
    for (size_t i = 0; i < n; i++) {
        CLEANUP(record_release) struct record r = {0};
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(record_load(op, snap, "import", ids[i], &r));
        TRY(end_paused(op, &r));
    }
    return ERR_OK;
}
