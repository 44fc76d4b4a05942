/* For importer*.c alone. Whatever is said to be under the lock wants importer.lock held. */
#ifndef FANGXIN_WEB_IMPORTER_INTERNAL_H
#define FANGXIN_WEB_IMPORTER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "web/importer.h"

#define UPLOADS_MAX 16
#define RUNS_KEPT 8
#define AGAIN_MAX 16

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
    size_t began_at; /* rows done before a restart or a pause */
    char target[16];
    char *json; /* schema Import; NULL until the first report */
    bool live;  /* its job works */
    atomic_bool cancel;
    atomic_bool pausing; /* cancel is only to pause it */
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

struct import_report;

/* Under the lock. A file of this officer; NULL. */
struct upload *importer_upload(struct importer *importer, int64_t officer, const char *id);
void importer_upload_clear(struct upload *upload);

/* Under the lock. A run of this officer; NULL. */
struct run *importer_run(struct importer *importer, int64_t officer, const char *id);
/* Schema Import. New text, to be freed; NULL without memory. */
char *importer_report_json(const struct run *run, const struct import_report *report,
                           const char *state, int zone_min);
/* Under the lock, with no run going on: a record's import goes on in the thread. */
enum err_code importer_run_again(struct importer *importer, struct op *op,
                                 int64_t record) MUST_CHECK;
/* Under the lock. ERR_BUSY while a run goes on. */
enum err_code importer_is_free(const struct importer *importer, struct op *op) MUST_CHECK;

#endif
