/* Import reports as JSON. */
#include "web/importer_report.h"

#include <string.h>

#include "base/json.h"

#define UNMATCHED_SHOWN 200
#define REPORT_BYTES ((size_t)4 * 1024 * 1024)

static void write_faults(struct json_writer *w, const struct import_report *r)
{
    json_open_array(w, "errors");
    for (size_t i = 0; i < r->n_faults; i++) {
        json_object_begin(w);
        json_int(w, "row", (int64_t)r->faults[i].row);
        json_text(w, "field", r->faults[i].field);
        json_text(w, "reason", r->faults[i].reason_zh);
        json_text(w, "reason_en", r->faults[i].reason_en);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_names(struct json_writer *w, const char *key, const char **names, size_t n)
{
    json_open_array(w, key);
    for (size_t i = 0; i < n; i++)
        json_put_text(w, names[i]);
    json_array_end(w);
}

static void write_unmatched(struct json_writer *w, const struct import_tally *t)
{
    json_open_array(w, "unmatched");
    for (size_t i = 0; i < t->n && i < UNMATCHED_SHOWN; i++) {
        json_object_begin(w);
        json_text(w, "column", t->list[i].column);
        json_text(w, "value", t->list[i].value);
        json_int(w, "n", (int64_t)t->list[i].n);
        json_object_end(w);
    }
    json_array_end(w);
}

char *importer_json(const struct importer_said *said, const struct import_report *r)
{
    struct json_writer w;
    struct buf out;
    char when[INSTANT_TEXT];

    buf_init(&out, REPORT_BYTES);
    json_begin(&w, &out);
    instant_format(said->started_at, said->zone_min, when);
    json_object_begin(&w);
    json_text(&w, "id", said->id);
    json_text(&w, "target", said->target);
    json_text(&w, "state", said->state);
    json_text(&w, "encoding", r->encoding);
    json_int(&w, "rows", (int64_t)r->rows);
    json_int(&w, "done", (int64_t)r->done);
    json_int(&w, "added", (int64_t)r->added);
    json_int(&w, "skipped", (int64_t)r->skipped);
    json_int(&w, "failed", (int64_t)r->failed);
    write_unmatched(&w, &r->unmatched);
    write_faults(&w, r);
    write_names(&w, "dropped", r->dropped, r->n_dropped);
    write_names(&w, "missing", r->missing, r->n_missing);
    json_text(&w, "started_at", when);
    if (strcmp(said->state, "running") == 0 && said->seconds_left >= 0)
        json_int(&w, "seconds_left", said->seconds_left);
    else
        json_none(&w, "seconds_left");
    json_object_end(&w);
    if (out.failed) {
        buf_release(&out);
        return NULL;
    }
    return out.data;
}
