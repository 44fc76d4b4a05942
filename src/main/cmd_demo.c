/* demo: the sample county, into an empty folder. */
#include <malloc.h>
#include <string.h>

#include "base/text.h"
#include "main/command.h"
#include "work/demo.h"
#include "work/setting.h"

#define ARENA_BYTES ((size_t)1024 * 1024 * 1024)

static void print_progress(void *arg, size_t done, size_t total)
{
    struct command_run *run = arg;

    fprintf(run->err, "\r%zu of %zu matters", done, total);
    if (done == total)
        fprintf(run->err, "\n");
    fflush(run->err);
}

static enum err_code fill(struct command_run *run, struct store *store, struct setups *setups,
                          const struct demo_options *options, struct err *err)
{
    struct op op = {.store = store, .now_ms = instant_now_ms(), .arena = arena_new(ARENA_BYTES)};
    struct demo_report report;
    enum err_code rc = ERR_OK;

    if (op.arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "demo");
    op.actor.kind = ACTOR_SYSTEM;
    op.actor.body_path = "";
    op.setup = setup_hold(setups);
    op.zone_min = op.setup->zone_min;
    if (op.setup->n_bodies > 0) {
        fprintf(run->out, "%s is in use already; nothing was changed\n", run->dir);
    } else {
        rc = demo_make(&op, setups, embedded_packs, options, &report);
        if (rc == ERR_OK)
            rc = setting_mark_demo(&op);
        if (rc == ERR_OK)
            fprintf(run->out, "%zu matters, %zu acts, %zu bodies, %zu officers\n", report.matters,
                    report.acts, report.bodies, report.n_accounts);
    }
    *err = op.err;
    setup_letgo(setups, op.setup);
    arena_free(op.arena);
    return rc;
}

static bool detail_named(const char *name, enum demo_detail *ret)
{
    static const char *const names[] = {
        [DEMO_USUAL] = "usual", [DEMO_SHORT] = "short", [DEMO_LONG] = "long"};

    for (int i = 0; i < 3; i++)
        if (name == NULL || strcmp(name, names[i]) == 0) {
            *ret = (enum demo_detail)i;
            return true;
        }
    return false;
}

int cmd_demo(struct command_run *run)
{
    const char *until = take_option(run, "--until"), *matters = take_option(run, "--matters");
    struct demo_options options = {.password = take_option(run, "--password"),
                                   .until = until == NULL ? DATE_NONE : date_parse(until),
                                   .progress = print_progress,
                                   .arg = run};
    struct store_options store_options = {.dir = run->dir,
                                          .database = run->database,
                                          .sql = embedded_sql,
                                          .create = true,
                                          .migrate = true,
                                          .filling = true};
    struct store *store = NULL;
    struct setups *setups = NULL;
    struct err err = {0};
    enum err_code rc;
    const char *detail = take_option(run, "--detail");
    int64_t n = 0;

    if (until != NULL && options.until == DATE_NONE)
        return usage_error(run, "--until wants YYYY-MM-DD");
    if (matters != NULL && (!text_int64(matters, &n) || n < 1 || n > 10000000))
        return usage_error(run, "--matters wants 1 to 10000000");
    if (!detail_named(detail, &options.detail))
        return usage_error(run, "--detail wants short, usual or long");
    if (left_over(run))
        return EXIT_USAGE;
    options.matters = (size_t)n;
    if (options.password == NULL)
        options.password = "fangxin-demo";
    mallopt(M_MMAP_THRESHOLD, 1 << 20); /* what one set took, the next takes again */
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    rc = store_open(&store_options, &store, &err);
    if (rc == ERR_OK)
        rc = setups_new(store, embedded_packs, &setups, &err);
    if (rc == ERR_OK)
        rc = fill(run, store, setups, &options, &err);
    setups_free(setups);
    store_close(store);
    return rc == ERR_OK ? EXIT_OK : command_failed(run, &err);
}
