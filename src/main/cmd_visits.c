/* Return visits by hand. */
#include <string.h>

#include "main/command.h"
#include "work/visit.h"

int cmd_visits(struct command_run *run)
{
    const char *what = take_argument(run), *text = take_option(run, "--day");
    date_t day =
        text == NULL ? date_of_instant(run->op->now_ms, run->op->zone_min) : date_parse(text);
    int64_t n;

    if (what == NULL || strcmp(what, "draw") != 0 || day == DATE_NONE)
        return usage_error(run, "visits draw [--day 2026-03-15]");
    if (left_over(run))
        return EXIT_USAGE;
    if (visits_draw_day(run->op, day, &n) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "%lld matters to visit\n", (long long)n);
    return EXIT_OK;
}
