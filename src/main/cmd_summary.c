/* summary, and trace of figures of saved ones. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "main/command.h"
#include "work/acts.h"
#include "work/summary.h"

#define DOCUMENT_MAX ((size_t)256 << 20)
#define NUMBER_ARENA ((size_t)64 << 10)

static int failed(struct command_run *run)
{
    return command_failed(run, &run->op->err);
}

/* ---- JSON ---- */

static void write_figure(struct json_writer *w, struct op *op, const json_t *f, const char *edition)
{
    static const char *const members[][2] = {
        {"label", "label"},         {"unit", "unit"},
        {"value", "value"},         {"numerator", "num"},
        {"denominator", "den"},     {"decimals", "decimals"},
        {"indicator", "indicator"}, {"definition", "definition"},
        {"form", "form"},           {"of", "of"}};

    json_object_begin(w);
    json_text(
        w, "id",
        arena_printf(op->arena, "%s@%s", json_string_value(json_object_get(f, "id")), edition));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const json_t *value = json_object_get(f, members[i][1]);

        if (value == NULL)
            continue;
        json_key(w, members[i][0]);
        json_put_tree(w, value);
    }
    json_object_end(w);
}

static void write_json(struct op *op, const json_t *content, const char *edition, struct buf *out)
{
    static const char *const members[] = {"form",   "title",    "body",   "body_name",
                                          "period", "position", "reports"};
    const json_t *figures = json_object_get(content, "figures");
    struct json_writer w;

    json_begin(&w, out);
    json_object_begin(&w);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_key(&w, members[i]);
        json_put_tree(&w, json_object_get(content, members[i]));
    }
    json_open_array(&w, "figures");
    for (size_t i = 0; i < json_array_size(figures); i++)
        write_figure(&w, op, json_array_get(figures, i), edition);
    json_array_end(&w);
    json_key(&w, "blocks");
    json_put_tree(&w, json_object_get(content, "blocks"));
    json_object_end(&w);
    buf_addc(out, '\n');
}

/* ---- output ---- */

struct output {
    const char *path; /* NULL: standard output */
    enum document_format format;
    bool json;
};

static bool read_output(struct command_run *run, struct output *ret)
{
    const char *format = take_option(run, "--format");

    ret->path = command_path(run, take_option(run, "-o"));
    ret->json = run->json || (format != NULL && strcmp(format, "json") == 0);
    ret->format = DOCUMENT_MARKDOWN;
    if (ret->json || format == NULL || document_format_find(format, &ret->format))
        return true;
    (void)usage_error(run, "--format wants md, docx, xlsx or json");
    return false;
}

static int put_out(struct command_run *run, const struct output *o, const struct buf *bytes)
{
    FILE *to = o->path == NULL ? run->out : fopen(o->path, "wxe");
    bool good;

    if (to == NULL)
        return usage_error(run, "%s: %s", o->path, strerror(errno));
    good = fwrite(buf_text(bytes), 1, bytes->len, to) == bytes->len;
    if (o->path != NULL)
        good = fclose(to) == 0 && good;
    if (good)
        return EXIT_OK;
    (void)err_set(&run->op->err, ERR_IO, "writing the summary: %s", strerror(errno));
    return failed(run);
}

static int saved(struct command_run *run, const char *key, const struct output *o)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *content = NULL;
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(DOCUMENT_MAX);

    if (snapshot_open(run->op, &snap) != ERR_OK || summary_by_key(run->op, snap, key, &r) != ERR_OK)
        return failed(run);
    if (o->json) {
        if (summary_content(run->op, &r, &content) != ERR_OK)
            return failed(run);
        write_json(run->op, content, key, &out);
    } else if (summary_bytes(run->op, &r, o->format, embedded_packs, &out) != ERR_OK) {
        return failed(run);
    }
    return put_out(run, o, &out);
}

static int composed(struct command_run *run, const struct summary_request *q,
                    const struct output *o)
{
    CLEANUP(summary_release) struct summary summary = {0};
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(DOCUMENT_MAX);
    const char *position;

    if (summary_compose(run->op, run->summaries, run->indicators, q, false, &summary) != ERR_OK)
        return failed(run);
    position = arena_printf(run->op->arena, "%lld", (long long)summary.position);
    if (o->json)
        write_json(run->op, summary.content, position == NULL ? "" : position, &out);
    else if (summary_bytes_of(run->op, &summary, o->format, embedded_packs, &out) != ERR_OK)
        return failed(run);
    return put_out(run, o, &out);
}

static int save(struct command_run *run, const struct summary_request *q, bool issue)
{
    CLEANUP(record_release) struct record r = {0};

    if (summary_save(run->op, run->summaries, run->indicators, q, &r) != ERR_OK ||
        (issue &&
         summary_act(run->op, run->summaries, run->indicators, &r, "issue", ANY_VERSION) != ERR_OK))
        return failed(run);
    fprintf(run->out, "%s\n", record_member(&r, "key"));
    return EXIT_OK;
}

int cmd_summary(struct command_run *run)
{
    const char *period = take_option(run, "--period"), *key = take_option(run, "--saved");
    bool keep = take_flag(run, "--save"), issue = take_flag(run, "--issue");
    struct summary_request q = {.form = take_option(run, "--kind"),
                                .body = take_option(run, "--body"),
                                .reports = !take_flag(run, "--without-reports"),
                                .title = take_option(run, "--title")};
    struct output o;

    if (!read_output(run, &o))
        return EXIT_USAGE;
    if (left_over(run))
        return EXIT_USAGE;
    if (key != NULL)
        return saved(run, key, &o);
    if (q.form == NULL || q.body == NULL || period == NULL)
        return usage_error(run, "summary wants --body B, --period P and --kind K, or --saved KEY");
    if (period_parse(period, &q.period, &run->op->err) != ERR_OK)
        return failed(run);
    return keep || issue ? save(run, &q, issue) : composed(run, &q, &o);
}

/* ---- trace ---- */

bool figure_is_saved(const char *id)
{
    const char *at = strrchr(id, '@');
    int64_t position;

    return at != NULL && !text_int64(at + 1, &position);
}

/* One after the other, in an arena of their own: there may be a million. */
static enum err_code print_numbers(struct command_run *run, struct snapshot *snap,
                                   const struct member_list *members, bool sums,
                                   struct json_writer *w)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(NUMBER_ARENA);
    struct op op = *run->op;
    enum err_code rc = ERR_OK;

    op.arena = arena;
    for (size_t i = 0; i < members->n && rc == ERR_OK; i++) {
        const char *number = NULL;

        arena_reset(arena);
        rc = summary_matter_number(&op, snap, members->ids[i], &number);
        if (rc != ERR_OK)
            break;
        if (w == NULL) {
            fprintf(run->out, "%s\n", number == NULL ? "—" : number);
        } else if (sums) {
            json_object_begin(w);
            json_text(w, "number", number);
            json_int(w, "sum", members->sums[i]);
            json_object_end(w);
        } else {
            json_put_text(w, number);
        }
    }
    run->op->err = op.err;
    return rc;
}

static enum err_code trace_json(struct command_run *run, struct snapshot *snap,
                                const struct record *r, const json_t *figure, const char *id)
{
    CLEANUP(member_list_release) struct member_list num = {0}, den = {0};
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(DOCUMENT_MAX);
    struct json_writer w;

    TRY(summary_members(run->op, r, figure, SUMMARY_NUM, &num));
    TRY(summary_members(run->op, r, figure, SUMMARY_DEN, &den));
    json_begin(&w, &out);
    json_object_begin(&w);
    json_text(&w, "id", id);
    json_open_array(&w, "numerator");
    TRY(print_numbers(run, snap, &num, false, &w));
    json_array_end(&w);
    json_open_array(&w, "denominator");
    TRY(print_numbers(run, snap, &den, false, &w));
    json_array_end(&w);
    if (num.summed) {
        json_open_array(&w, "parts");
        TRY(print_numbers(run, snap, &num, true, &w));
        json_array_end(&w);
    }
    json_object_end(&w);
    if (out.failed)
        return err_set(&run->op->err, ERR_TOO_LARGE, "the trace is too large");
    fprintf(run->out, "%s\n", buf_text(&out));
    return ERR_OK;
}

static enum err_code trace_figure(struct command_run *run, const char *id, const char *part)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *content = NULL;
    CLEANUP(member_list_release) struct member_list members = {0};
    const json_t *figure;

    TRY(snapshot_open(run->op, &snap));
    TRY(summary_by_key(run->op, snap, strrchr(id, '@') + 1, &r));
    TRY(summary_content(run->op, &r, &content));
    figure = summary_figure(content, id);
    if (figure == NULL)
        return err_field(&run->op->err, ERR_NOT_FOUND, "id", "unknown", "这份通报里没有这个数字",
                         "This summary has no such figure");
    if (run->json)
        return trace_json(run, snap, &r, figure, id);
    TRY(summary_members(run->op, &r, figure,
                        part != NULL && strcmp(part, "den") == 0 ? SUMMARY_DEN : SUMMARY_NUM,
                        &members));
    return print_numbers(run, snap, &members, false, NULL);
}

int trace_saved(struct command_run *run, const char *id, const char *part)
{
    return trace_figure(run, id, part) == ERR_OK ? EXIT_OK : failed(run);
}
