/* calendar: notices of working days into an installation. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "main/command.h"
#include "work/acts.h"
#include "work/calendars.h"

#define FILE_BYTES ((size_t)16 << 20)
#define ROUND_MS 500
#define PAUSE_MS 100
#define WAIT_MS 60000
#define PAGE 500

static enum err_code read_file(struct command_run *run, const char *path, json_t **ret)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(FILE_BYTES);

    TRY(command_read(run, path, &text, &run->op->err));
    return calendar_read_file(run->op, buf_text(&text), text.len, ret);
}

/* The setup that was just loaded, in place of the one the command began with. */
static enum err_code take_new_setup(struct command_run *run)
{
    TRY(setups_reload(run->setups, &run->op->err));
    setup_letgo(run->setups, run->op->setup);
    run->op->setup = setup_hold(run->setups);
    return ERR_OK;
}

/* Counts until the run is done, or others will end it who have not let go of the old calendar. */
static enum err_code count_open(struct command_run *run, struct calendar_run *ret)
{
    int64_t until = monotonic_ms() + WAIT_MS, said = -1;
    bool more = true, same;

    while (more) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        const struct timespec pause = {0, PAUSE_MS * 1000000L};

        run->op->now_ms = instant_now_ms();
        TRY(calendar_recount(run->op, ROUND_MS, &more));
        TRY(snapshot_open(run->op, &snap));
        TRY(calendar_last_run(run->op, snap, ret));
        snapshot_closep(&snap);
        same = said == ret->done;
        if (!run->json && (!same || !more))
            fprintf(run->out, "%lld of %lld clocks counted, %lld moved\n", (long long)ret->done,
                    (long long)ret->total, (long long)ret->moved);
        said = ret->done;
        fflush(run->out);
        if (more && monotonic_ms() > until)
            break;
        if (more && (same || ret->done >= ret->total))
            nanosleep(&pause, NULL);
    }
    return ERR_OK;
}

/* One page of what moved; NULL as next mark at the end. */
static enum err_code print_moved(struct command_run *run, const struct calendar_run *ran,
                                 const char *after, const char **ret_next, int64_t *hidden)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO((size_t)4 << 20);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *page = NULL;
    const json_t *items;
    struct json_writer w;

    json_begin(&w, &text);
    TRY(snapshot_open(run->op, &snap));
    TRY(calendar_write_moved(run->op, snap, ran, after, PAGE, &w));
    TRY(json_parse(buf_text(&text), text.len, &page, &run->op->err));
    items = json_object_get(page, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *m = json_array_get(items, i);

        if (run->json)
            fprintf(run->out, "%s\n", json_compact(run->op->arena, m));
        else
            fprintf(run->out, "%s %s %s -> %s\n", json_string_value(json_object_get(m, "number")),
                    json_string_value(json_object_get(m, "rule")),
                    json_string_value(json_object_get(m, "old_due")),
                    json_string_value(json_object_get(m, "new_due")));
    }
    *hidden += json_integer_value(json_object_get(page, "hidden"));
    *ret_next =
        arena_strdup(run->op->arena, json_string_value(json_object_get(page, "next")) == NULL
                                         ? ""
                                         : json_string_value(json_object_get(page, "next")));
    return ERR_OK;
}

static enum err_code import(struct command_run *run, const char *id, const char *path)
{
    CLEANUP(json_decrefp) json_t *years = NULL;
    struct calendar_run ran;
    const char *next = "";
    int64_t hidden = 0;

    TRY(read_file(run, path, &years));
    TRY(calendar_import(run->op, id, years, ANY_VERSION));
    TRY(take_new_setup(run));
    TRY(count_open(run, &ran));
    do
        TRY(print_moved(run, &ran, next, &next, &hidden));
    while (*next != '\0');
    if (run->json)
        fprintf(run->out,
                "{\"clocks\":%lld,\"moved\":%lld,\"reports\":%lld,\"revision\":\"%s\",\"state\":\"%"
                "s\"}\n",
                (long long)ran.total, (long long)ran.moved, (long long)hidden, ran.revision,
                ran.finished_at == 0 ? "running" : "done");
    else
        fprintf(run->out, "%lld clocks counted, %lld moved (%lld of reports, not named)%s\n",
                (long long)ran.total, (long long)ran.moved, (long long)hidden,
                ran.finished_at == 0 ? "; the server finishes the rest" : "");
    return ERR_OK;
}

static enum err_code list(struct command_run *run)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO((size_t)1 << 20);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct calendar *cal = run->op->setup->calendar;
    struct json_writer w;

    if (run->json) {
        json_begin(&w, &text);
        TRY(snapshot_open(run->op, &snap));
        TRY(calendar_write(run->op, snap, &w));
        fprintf(run->out, "%s\n", buf_text(&text));
        return ERR_OK;
    }
    buf_init(&text, 64);
    fprintf(run->out, "%s revision %s\n", calendar_id(cal), calendar_revision(cal));
    for (int year = calendar_last_year(cal); year >= calendar_first_year(cal); year--)
        fprintf(run->out, "%d %3d working days  %s\n", year,
                calendar_working_days_in_year(cal, year),
                calendar_paper(cal, year) == NULL ? "provisional" : calendar_paper(cal, year));
    return ERR_OK;
}

int cmd_calendar(struct command_run *run)
{
    const char *id = take_option(run, "--id"), *what = take_argument(run), *path = NULL;
    enum err_code rc;

    if (what != NULL && strcmp(what, "import") == 0)
        path = take_argument(run);
    if (what == NULL || (strcmp(what, "list") != 0 && path == NULL))
        return usage_error(run, "calendar wants import FILE or list");
    if (left_over(run))
        return EXIT_USAGE;
    rc = path == NULL ? list(run) : import(run, id == NULL ? "cn" : id, path);
    return rc == ERR_OK ? EXIT_OK : command_failed(run, &run->op->err);
}
