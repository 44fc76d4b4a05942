/* import and demo: many records at once. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "main/command.h"
#include "work/import.h"

/* ---- import ---- */

static void print_import_progress(void *arg, const struct import_report *r)
{
    struct command_run *run = arg;

    fprintf(run->err, "\r%zu of %zu rows: %zu new, %zu taken before, %zu refused", r->done, r->rows,
            r->added, r->skipped, r->failed);
    fflush(run->err);
}

static void print_import(struct command_run *run, const struct import_report *r)
{
    fprintf(run->err, "\n");
    fprintf(run->out, "%zu rows (%s): %zu new, %zu taken before, %zu refused\n", r->rows,
            r->encoding, r->added, r->skipped, r->failed);
    for (size_t i = 0; i < r->n_dropped; i++)
        fprintf(run->out, "column left out by the map: %s\n", r->dropped[i]);
    for (size_t i = 0; i < r->n_missing; i++)
        fprintf(run->out, "column named by the map, not in the file: %s\n", r->missing[i]);
    for (size_t i = 0; i < r->unmatched.n; i++)
        fprintf(run->out, "no code for %s \"%s\": %zu rows\n", r->unmatched.list[i].column,
                r->unmatched.list[i].value, r->unmatched.list[i].n);
    for (size_t i = 0; i < r->n_faults; i++)
        fprintf(run->out, "row %zu %s: %s / %s\n", r->faults[i].row, r->faults[i].field,
                r->faults[i].reason_zh, r->faults[i].reason_en);
}

static bool read_map(struct command_run *run, const char *name, struct buf *ret)
{
    const struct embedded_file *shipped = import_map_named(embedded_packs, name);
    const char *path = command_path(run, name);
    char part[8192];
    size_t n;
    FILE *f;

    if (shipped != NULL) {
        buf_add(ret, shipped->data, shipped->size);
        return true;
    }
    f = fopen(path, "re");
    if (f == NULL) {
        (void)usage_error(run, "map %s: %s", path, strerror(errno));
        return false;
    }
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(ret, part, n);
    fclose(f);
    return true;
}

int cmd_import(struct command_run *run)
{
    const char *what = take_argument(run), *path = command_path(run, take_argument(run));
    const char *map = take_option(run, "--map");
    CLEANUP(buf_release) struct buf map_text = BUF_UP_TO((size_t)4 << 20);
    struct import_options options = {
        .path = path,
        .source = take_option(run, "--source"),
        .reject_path = command_path(run, take_option(run, "--rejects")),
        .progress = print_import_progress,
        .arg = run,
    };
    struct import_report *report;
    bool businesses;

    businesses = what != NULL && strcmp(what, "businesses") == 0;
    if (what == NULL || (!businesses && strcmp(what, "matters") != 0) || path == NULL)
        return usage_error(run, "import wants matters|businesses FILE --map MAP");
    if (left_over(run))
        return EXIT_USAGE;
    if (!read_map(run, map != NULL ? map : businesses ? "businesses" : "own", &map_text))
        return EXIT_USAGE;
    options.map = buf_text(&map_text);
    options.map_size = map_text.len;
    report = ARENA_NEW(run->op->arena, struct import_report);
    if (report == NULL || import_matters(run->op, &options, report) != ERR_OK)
        return command_failed(run, &run->op->err);
    print_import(run, report);
    return report->failed == 0 ? EXIT_OK : EXIT_FOUND;
}
