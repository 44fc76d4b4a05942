/* serve: store, jobs, web and control socket, until a signal says stop. */
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "base/log.h"
#include "base/text.h"
#include "jobs/jobs.h"
#include "main/control.h"
#include "sql_queries.h"
#include "insight/letter_pdf.h"
#include "web/web.h"
#include "work/access.h"
#include "work/backoff.h"
#include "work/media.h"

struct server {
    const char *packs; /* folder of own definitions; NULL: that of the installation */
    struct copy_plan copies;
    struct store *store;
    struct setups *setups;
    struct indicators *indicators;
    struct summary_forms *summaries;
    struct access_log *access;
    struct backoff *backoff;
    struct media *media;
    struct press *press;
    struct jobs *jobs;
    struct control *control;
    struct web *web;
};

/* Nothing new comes in while what is under way is finished. Jobs write the looks noted last and
 * report to the web's metrics: they stop between its draining and its end. */
static void stop(struct server *s)
{
    control_stop(s->control);
    web_drain(s->web);
    jobs_stop(s->jobs);
    web_stop(s->web);
    backoff_free(s->backoff);
    media_free(s->media);
    press_free(s->press);
    press_end();
    access_log_free(s->access);
    summary_forms_free(s->summaries);
    indicators_free(s->indicators);
    setups_free(s->setups);
    store_close(s->store);
}

static void on_job(void *arg, const char *job, int64_t value)
{
    struct server *s = arg;

    static const struct {
        const char *job;
        enum metric metric;
    } told[] = {{"index", METRIC_INDEX_LAG_MS},
                {"waiting", METRIC_INDEX_WAITING},
                {"late", METRIC_LATE_MATTERS}};

    for (size_t i = 0; i < sizeof told / sizeof told[0] && s->web != NULL; i++)
        if (strcmp(job, told[i].job) == 0)
            web_set_metric(s->web, told[i].metric, value);
    if (strcmp(job, "due") == 0 && value > 0)
        log_line(LOG_WARN, "matters or cases went late", "announced=%lld", (long long)value);
}

static enum err_code open_parts(struct server *s, struct command_run *run, struct err *err)
{
    struct store_options options = {
        .dir = run->dir, .database = run->database, .sql = embedded_sql, .migrate = true};

    TRY(store_open(&options, &s->store, err));
    TRY(setups_new_with(s->store, embedded_packs, s->packs, &s->setups, err));
    TRY(indicators_load(embedded_packs, run->dir, &s->indicators, err));
    TRY(summary_forms_load(embedded_packs, run->dir, s->indicators, &s->summaries, err));
    s->access = access_log_new();
    s->backoff = backoff_new();
    s->media = media_new(NULL);
    s->press = press_new();
    return s->access == NULL || s->backoff == NULL || s->media == NULL || s->press == NULL
               ? err_set(err, ERR_NO_MEMORY, "serve")
               : ERR_OK;
}

/* A setting by name; false when it is not "1". */
static bool setting_on(struct server *s, const char *name)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(65536);
    struct op op = {.arena = arena, .store = s->store};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *st = NULL;
    bool row = true, on = false;

    if (snapshot_open(&op, &snap) != ERR_OK ||
        snapshot_prepare(&op, snap, SQL_setting_all, &st) != ERR_OK)
        return false;
    while (row && stmt_step(&op, st, &row) == ERR_OK)
        if (row && strcmp(stmt_text(st, 0), name) == 0)
            on = strcmp(stmt_text(st, 1), "1") == 0;
    return on;
}

static bool parse_listen(const char *text, char *address, size_t size, uint16_t *ret_port)
{
    const char *colon = text == NULL ? NULL : strrchr(text, ':');
    int64_t port;

    if (colon == NULL || (size_t)(colon - text) >= size || !text_int64(colon + 1, &port) ||
        port < 0 || port > 65535)
        return false;
    snprintf(address, size, "%.*s", (int)(colon - text), text);
    *ret_port = (uint16_t)port;
    return true;
}

/* As many requests at work as there are processors. With PostgreSQL on the same ones a request is
 * at work here or there, and one more fills the time between; for one elsewhere a thread mostly
 * waits. */
static unsigned places_for(const struct store *store)
{
    if (store_afar(store))
        return 0;
    return (unsigned)get_nprocs() + (store_shared(store) ? 1 : 0);
}

static enum err_code start(struct server *s, struct web_options *web, struct command_run *run,
                           struct err *err)
{
    struct jobs_options jobs = {.copies = s->copies, .report = on_job, .arg = s};
    struct control_options control = {.dir = run->dir};

    TRY(open_parts(s, run, err));
    web->http.places = places_for(s->store);
    jobs.store = control.store = web->store = s->store;
    jobs.setups = control.setups = web->setups = s->setups;
    jobs.access = control.access = web->access = s->access;
    control.indicators = web->indicators = s->indicators;
    control.summaries = web->summaries = s->summaries;
    web->backoff = s->backoff;
    web->media = s->media;
    web->press = jobs.press = s->press;
    web->ui = embedded_ui;
    web->demo = setting_on(s, "demo");
    TRY(web_start(web, &s->web, err));
    TRY(jobs_start(&jobs, &s->jobs, err));
    return control_start(&control, &s->control, err);
}

static void wait_for_signal(void)
{
    sigset_t set;
    int sig;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigwait(&set, &sig);
}

/* Answers and page caches come and go in pieces of 64 KiB to 2 MiB. Given back to the system each
 * time, they cost a page fault per 4 KiB (a tenth of a search); some are kept instead. */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
}

/* False after saying what is wrong. */
static bool copies_given(struct command_run *run, struct copy_plan *ret)
{
    const char *every = take_option(run, "--copies-every"),
               *keep = take_option(run, "--copies-keep");
    int64_t minutes = 60, days = 35;

    ret->folder = take_option(run, "--copies");
    if (every != NULL && (!text_int64(every, &minutes) || minutes < 1 || minutes > 100000))
        return usage_error(run, "--copies-every wants minutes, 1 to 100000") == EXIT_OK;
    if (keep != NULL && (!text_int64(keep, &days) || days < 1 || days > 36500))
        return usage_error(run, "--copies-keep wants days, 1 to 36500") == EXIT_OK;
    if (ret->folder != NULL && run->database != NULL)
        return usage_error(run, "--copies is for SQLite; for PostgreSQL take pgBackRest") ==
               EXIT_OK;
    ret->every_min = (int)minutes;
    ret->keep_days = (int)days;
    ret->full_days = COPY_FULL_DAYS;
    return true;
}

int cmd_serve(struct command_run *run)
{
    struct server s = {0};
    struct web_options web;
    struct err err = {0};
    char address[80];
    uint16_t port;
    const char *listen = take_option(run, "--listen"), *executors = take_option(run, "--executors");
    sigset_t set;
    int64_t n;
    int status = EXIT_OK;

    keep_memory();
    web_options_init(&web);
    web.trusted_proxies = take_option(run, "--trusted-proxy");
    web.rate_limit = take_option(run, "--rate-limit");
    s.packs = take_option(run, "--packs");
    if (!copies_given(run, &s.copies))
        return EXIT_USAGE;
    if (!parse_listen(listen == NULL ? "127.0.0.1:8315" : listen, address, sizeof address, &port))
        return usage_error(run, "--listen wants ADDR:PORT, not '%s'", listen);
    if (executors != NULL) {
        if (!text_int64(executors, &n) || n < 1 || n > 512)
            return usage_error(run, "--executors wants 1 to 512");
        web.http.executors = (unsigned)n;
    }
    if (left_over(run))
        return EXIT_USAGE;
    web.http.address = address;
    web.http.port = port;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL); /* threads inherit it; only wait_for_signal takes them */
    if (start(&s, &web, run, &err) != ERR_OK) {
        status = command_failed(run, &err);
    } else {
        fprintf(run->out, "portal http://%s:%u/\ndesk   http://%s:%u/desk/\n", address,
                web_port(s.web), address, web_port(s.web));
        fflush(run->out);
        wait_for_signal();
    }
    stop(&s);
    return status;
}
