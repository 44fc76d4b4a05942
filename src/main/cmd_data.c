/* routes, export, figures, trace: records in and out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "main/command.h"
#include "work/alias.h"
#include "work/view.h"

#define TRACE_ROWS 5000

/* ---- routes ---- */

int cmd_routes(struct command_run *run)
{
    const char *verb = take_argument(run), *path = take_argument(run);
    CLEANUP(buf_release) struct buf text = BUF_UP_TO((size_t)64 << 20);
    struct alias_report report;

    if (verb == NULL || strcmp(verb, "import") != 0 || path == NULL || left_over(run))
        return usage_error(run, "routes wants import FILE.csv");
    if (command_read(run, path, &text, &run->op->err) != ERR_OK ||
        alias_import(run->op, buf_text(&text), text.len, &report) != ERR_OK ||
        setups_reload(run->setups, &run->op->err) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "%zu rows: %zu taken, %zu refused\n", report.rows, report.taken,
            report.refused);
    return EXIT_OK;
}

/* ---- export ---- */

struct export_run {
    struct command_run *run;
    struct list_filter filter;
    FILE *to;
    bool csv;
    int64_t rows;
};

static const char *const csv_columns[] = {
    "number",  "kind",       "status",   "received_at", "body",    "channel", "category",
    "problem", "respondent", "consumer", "amount_fen",  "outcome", "title"};

static void csv_line(struct op *op, const struct list_row *r, struct buf *out)
{
    char received[INSTANT_TEXT];
    const char *amount = arena_printf(op->arena, "%lld", (long long)r->amount_fen);
    const char *cells[] = {r->number,  r->kind,     r->status,  received,      r->body,
                           r->channel, r->category, r->problem, r->respondent, r->consumer,
                           amount,     r->outcome,  r->title};

    instant_format(r->received_at, op->zone_min, received);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        csv_cell(out, cells[i] == NULL ? "" : cells[i], i == 0);
    csv_row_end(out);
}

static enum err_code export_page(struct export_run *e, struct op *op, const char *cursor,
                                 struct list_page *page)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 << 20);

    TRY(list_matters(op, &e->filter, SORT_RECEIVED, LIST_LIMIT_MAX, cursor, page));
    for (size_t i = 0; i < page->n; i++) {
        struct json_writer w;

        if (page->rows[i].secret)
            continue;
        e->rows++;
        if (e->csv) {
            csv_line(op, &page->rows[i], &out);
            continue;
        }
        json_begin(&w, &out);
        TRY(view_row(op, NULL, &page->rows[i], &w));
        buf_addc(&out, '\n');
    }
    if (fwrite(buf_text(&out), 1, out.len, e->to) != out.len)
        return err_set(&op->err, ERR_IO, "writing the export");
    return ERR_OK;
}

static enum err_code export_all(struct export_run *e)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 << 20);
    struct op page_op = *e->run->op;
    char cursor[256] = "";
    struct list_page page;
    enum err_code rc;

    page_op.arena = arena;
    do {
        arena_reset(arena);
        rc = export_page(e, &page_op, *cursor ? cursor : NULL, &page);
        if (rc != ERR_OK) {
            e->run->op->err = page_op.err;
            return rc;
        }
        snprintf(cursor, sizeof cursor, "%s", page.next == NULL ? "" : page.next);
    } while (*cursor);
    return ERR_OK;
}

int cmd_export(struct command_run *run)
{
    const char *what = take_argument(run), *from = take_option(run, "--from");
    const char *to = take_option(run, "--to"), *format = take_option(run, "--format");
    const char *path = command_path(run, take_option(run, "-o"));
    struct export_run e = {
        .run = run, .to = run->out, .csv = format == NULL || strcmp(format, "csv") == 0};
    enum err_code rc;

    if (what == NULL || strcmp(what, "matters") != 0)
        return usage_error(run, "export wants matters");
    if (format != NULL && strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0)
        return usage_error(run, "--format wants csv or jsonl");
    if (left_over(run))
        return EXIT_USAGE;
    e.filter.from = from == NULL ? DATE_NONE : date_parse(from);
    e.filter.to = to == NULL ? DATE_NONE : date_parse(to);
    if ((from != NULL && e.filter.from == DATE_NONE) || (to != NULL && e.filter.to == DATE_NONE))
        return usage_error(run, "--from and --to want YYYY-MM-DD");
    if (path != NULL && (e.to = fopen(path, "wxe")) == NULL)
        return usage_error(run, "%s: %s", path, strerror(errno));
    if (e.csv) {
        for (size_t i = 0; i < sizeof csv_columns / sizeof csv_columns[0]; i++)
            fprintf(e.to, "%s%s", i == 0 ? "" : ",", csv_columns[i]);
        fprintf(e.to, "\r\n");
    }
    rc = export_all(&e);
    if (path != NULL && fclose(e.to) != 0 && rc == ERR_OK)
        rc = err_set(&run->op->err, ERR_IO, "%s: %s", path, strerror(errno));
    if (rc != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->err, "%lld matters\n", (long long)e.rows);
    return EXIT_OK;
}

/* ---- figures and trace ---- */

static void print_figure(struct command_run *run, const struct figure *f)
{
    const struct indicator *i = f->indicator;

    fprintf(run->out, "%-44s %s %s", f->id, f->is.value == NULL ? "—" : f->is.value, i->unit.zh);
    if (f->is.has_den)
        fprintf(run->out, "  %lld/%lld", (long long)f->is.num, (long long)f->is.den);
    fprintf(run->out, "  %s / %s", i->label.zh, i->label.en);
    if (f->against_period[0] != '\0')
        fprintf(run->out, "  (%s: %s)", f->against_period,
                f->against.value == NULL ? "—" : f->against.value);
    fprintf(run->out, "\n");
}

static void value_json(struct json_writer *w, const struct figure_value *v)
{
    json_int(w, "numerator", v->num);
    if (v->has_den)
        json_int(w, "denominator", v->den);
    else
        json_none(w, "denominator");
    json_text(w, "value", v->value);
}

/* With "against" where a comparison is asked for. */
static void figure_json(struct json_writer *w, const struct figure *f, int64_t position)
{
    json_object_begin(w);
    json_text(w, "id", f->id);
    json_text(w, "indicator", f->indicator->id);
    view_label(w, "label", &f->indicator->label);
    view_label(w, "unit", &f->indicator->unit);
    value_json(w, &f->is);
    json_int(w, "position", position);
    if (f->against_period[0] != '\0') {
        json_open_object(w, "against");
        json_text(w, "period", f->against_period);
        value_json(w, &f->against);
        json_object_end(w);
    }
    json_object_end(w);
}

static void print_figures(struct command_run *run, const struct figure_list *list)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)4 << 20);
    struct json_writer w;

    if (!run->json) {
        for (size_t i = 0; i < list->n; i++)
            print_figure(run, &list->figures[i]);
        return;
    }
    json_begin(&w, &out);
    json_array_begin(&w);
    for (size_t i = 0; i < list->n; i++)
        figure_json(&w, &list->figures[i], list->position);
    json_array_end(&w);
    fprintf(run->out, "%s\n", buf_text(&out));
}

int cmd_figures(struct command_run *run)
{
    const char *period = take_option(run, "--period"), *as_of = take_option(run, "--as-of");
    const char *ids[64], *id;
    struct figures_query q = {.body = take_option(run, "--body"), .ids = ids};
    struct figure_list list;

    while ((id = take_option(run, "--indicator")) != NULL && q.n_ids < 64)
        ids[q.n_ids++] = id;
    if (!figure_scope_find(take_option(run, "--scope"), &q.scope))
        return usage_error(run, "--scope wants own or subtree");
    if (!figure_against_find(take_option(run, "--against"), &q.against))
        return usage_error(run, "--against wants prev or lastyear");
    if (q.body == NULL || period == NULL)
        return usage_error(run, "figures wants --body B and --period P");
    if (left_over(run))
        return EXIT_USAGE;
    if (period_parse(period, &q.period, &run->op->err) != ERR_OK ||
        figure_as_of_parse(run->op, as_of, &q.as_of) != ERR_OK ||
        figures_query(run->op, run->indicators, &q, &list) != ERR_OK)
        return command_failed(run, &run->op->err);
    print_figures(run, &list);
    return EXIT_OK;
}

/* ---- trace ---- */

struct tracing {
    struct command_run *run;
    struct json_writer *w; /* NULL: plain lines */
    const char *id;
};

/* Each slice in an arena of its own: a figure may have a million matters. */
static enum err_code trace_slice(const struct tracing *t, struct op *op, enum figure_part part,
                                 bool sums, char cursor[256])
{
    struct figure_trace_row *rows;
    const char *next;
    size_t n;

    TRY(figure_trace(op, t->run->indicators, t->id, part, TRACE_ROWS, *cursor ? cursor : NULL,
                     &rows, &n, &next));
    for (size_t i = 0; i < n; i++) {
        if (t->w == NULL) {
            fprintf(t->run->out, "%s\n", rows[i].number);
        } else if (sums) {
            json_object_begin(t->w);
            json_text(t->w, "number", rows[i].number);
            json_int(t->w, "sum", rows[i].sum);
            json_object_end(t->w);
        } else {
            json_put_text(t->w, rows[i].number);
        }
    }
    snprintf(cursor, 256, "%s", next == NULL ? "" : next);
    return ERR_OK;
}

static enum err_code trace_part(const struct tracing *t, enum figure_part part, bool sums)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)256 << 20);
    struct op op = *t->run->op;
    char cursor[256] = "";
    enum err_code rc;

    op.arena = arena;
    do {
        arena_reset(arena);
        rc = trace_slice(t, &op, part, sums, cursor);
    } while (rc == ERR_OK && *cursor);
    t->run->op->err = op.err;
    return rc;
}

/* {"id", "numerator": [numbers], "denominator": [numbers], "parts": [{"number", "sum"}] of a sum}
 */
static enum err_code trace_json(struct command_run *run, const char *id)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)256 << 20);
    struct json_writer w;
    struct tracing t = {.run = run, .w = &w, .id = id};
    struct figure figure;

    json_begin(&w, &out);
    TRY(figure_by_id(run->op, run->indicators, id, &figure));
    json_object_begin(&w);
    json_text(&w, "id", figure.id);
    json_open_array(&w, "numerator");
    TRY(trace_part(&t, PART_NUM, false));
    json_array_end(&w);
    json_open_array(&w, "denominator");
    if (figure.is.has_den)
        TRY(trace_part(&t, PART_DEN, false));
    json_array_end(&w);
    if (figure.indicator->form == FORM_SUM || figure.indicator->form == FORM_MEAN) {
        json_open_array(&w, "parts");
        TRY(trace_part(&t, PART_NUM, true));
        json_array_end(&w);
    }
    json_object_end(&w);
    if (out.failed)
        return err_set(&run->op->err, ERR_NO_MEMORY, "the trace is too long");
    fprintf(run->out, "%s\n", buf_text(&out));
    return ERR_OK;
}

int cmd_trace(struct command_run *run)
{
    const char *id = take_argument(run), *part = take_option(run, "--part");
    bool den = part != NULL && strcmp(part, "den") == 0;
    struct tracing t = {.run = run, .id = id};
    enum err_code rc;

    if (id == NULL || (part != NULL && !den && strcmp(part, "num") != 0))
        return usage_error(run, "trace wants a FIGURE and --part num or den");
    if (left_over(run))
        return EXIT_USAGE;
    if (figure_is_saved(id))
        return trace_saved(run, id, part);
    rc = run->json ? trace_json(run, id) : trace_part(&t, den ? PART_DEN : PART_NUM, false);
    return rc == ERR_OK ? EXIT_OK : command_failed(run, &run->op->err);
}
