/* bench-deadlines [SECONDS]: due dates by the pure function on one core, over the rules of every
 * pack, starts of three years, a third of them with pauses. Prints {"dates", "seconds"}. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "rules/pack.h"

#define STARTS 1096

static int fail(const char *what)
{
    fprintf(stderr, "bench-deadlines: %s\n", what);
    return 1;
}

/* One pass over all starts of a rule; the sum keeps the compiler from leaving anything out. */
static int64_t count(const struct deadline_rule *rule, const struct calendar *cal, int64_t *sum)
{
    date_t first = date_from_ymd(2024, 6, 1);

    for (date_t start = first; start < first + STARTS; start++) {
        struct pause pauses[2] = {{start + 3, start + 5}, {start + 20, start + 31}};
        size_t n = rule->pauses_excluded && start % 3 == 0 ? 2 : 0;
        struct deadline_due due;

        if (deadline_compute(rule, start, pauses, n, 0, cal, &due, NULL) != ERR_OK)
            exit(fail(rule->id));
        *sum += due.due;
    }
    return STARTS;
}

int main(int argc, char **argv)
{
    const struct embedded_file *file = embedded_find(embedded_packs, "calendars/cn.json");
    int64_t until = (argc > 1 ? atoll(argv[1]) : 5) * 1000, began, dates = 0, sum = 0;
    struct calendar *cal = NULL;
    struct pack *packs[32];
    struct err err = {0};
    size_t n = 0;

    if (file == NULL || calendar_load((const char *)file->data, file->size, &cal, &err) != ERR_OK)
        return fail("no calendar");
    for (const struct embedded_file *f = embedded_packs; f->path != NULL; f++)
        if (pack_file(f) && n < 32 &&
            pack_load(embedded_packs, (const char *)f->data, f->size, &packs[n++], &err) != ERR_OK)
            return fail(f->path);
    began = monotonic_ms();
    while (monotonic_ms() - began < until)
        for (size_t p = 0; p < n; p++)
            for (size_t i = 0; i < packs[p]->n_deadlines; i++)
                dates += count(&packs[p]->deadlines[i], cal, &sum);
    printf("{\"dates\": %" PRId64 ", \"seconds\": %.3f, \"sum\": %" PRId64 "}\n", dates,
           (double)(monotonic_ms() - began) / 1000, sum);
    for (size_t p = 0; p < n; p++)
        pack_free(packs[p]);
    calendar_free(cal);
    return 0;
}
