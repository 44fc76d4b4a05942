/* deadline: one due date with its reasons, or one for each line of a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "main/command.h"
#include "rules/pack.h"
#include "work/own_packs.h"

#define PAUSES_MAX 32
#define PACKS_MAX 32
#define ANSWER_BYTES ((size_t)4 << 20)
#define LINE_BYTES 8192

struct loaded {
    struct arena *arena; /* files of the folder named */
    struct calendar *cal;
    struct pack *packs[PACKS_MAX];
    size_t n;
};

struct question {
    const char *pack, *rule;
    date_t from;
    struct pause pauses[PAUSES_MAX];
    size_t n_pauses;
    int extensions;
    bool steps;
};

static void loaded_release(struct loaded *l)
{
    for (size_t i = 0; i < l->n; i++)
        pack_free(l->packs[i]);
    calendar_free(l->cal);
    arena_free(l->arena);
}

/* ---- packs and rules by name ---- */

static const struct pack *pack_found(const struct loaded *l, const char *id)
{
    for (size_t i = 0; id != NULL && i < l->n; i++)
        if (strcmp(l->packs[i]->id, id) == 0)
            return l->packs[i];
    return NULL;
}

/* All packs that have deadlines; packs/rules holds other rules as well. @p own: a folder of packs
 * of one's own, or NULL. */
static enum err_code load_all(struct loaded *l, const char *own, struct err *err)
{
    const struct embedded_file *cal = embedded_find(embedded_packs, "calendars/cn.json");
    const struct embedded_file *files = embedded_packs;

    l->arena = arena_new(OWN_PACKS_BYTES);
    if (l->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "deadline");
    if (own != NULL)
        TRY(own_packs_over(l->arena, embedded_packs, own, &files, err));
    if (cal == NULL)
        return err_set(err, ERR_NOT_FOUND, "no calendar cn");
    TRY(calendar_load((const char *)cal->data, cal->size, &l->cal, err));
    for (const struct embedded_file *f = files; f->path != NULL; f++) {
        if (!pack_file(f) || l->n == PACKS_MAX)
            continue;
        TRY(pack_in_file(pack_load(files, (const char *)f->data, f->size, &l->packs[l->n], err),
                         f->path, err));
        l->n++;
    }
    return ERR_OK;
}

static enum err_code unknown(struct err *err, const char *field, const char *zh, const char *en,
                             const char *names)
{
    char text_zh[200], text_en[200];

    snprintf(text_zh, sizeof text_zh, "%s：%s", zh, names);
    snprintf(text_en, sizeof text_en, "%s: %s", en, names);
    return err_field(err, ERR_NOT_FOUND, field, "unknown_name", text_zh, text_en);
}

static enum err_code rule_for(const struct loaded *l, const struct question *q,
                              const struct pack **ret_pack, const struct deadline_rule **ret,
                              struct err *err)
{
    CLEANUP(buf_release) struct buf names = BUF_UP_TO(160);

    *ret_pack = pack_found(l, q->pack);
    if (*ret_pack == NULL) {
        for (size_t i = 0; i < l->n; i++)
            buf_addf(&names, "%s%s", i > 0 ? " " : "", l->packs[i]->id);
        return unknown(err, "pack", "没有这个规则包，有", "There is no such pack; there are",
                       buf_text(&names));
    }
    *ret = pack_deadline(*ret_pack, q->rule);
    if (*ret != NULL)
        return ERR_OK;
    for (size_t i = 0; i < (*ret_pack)->n_deadlines; i++)
        buf_addf(&names, "%s%s", i > 0 ? " " : "", (*ret_pack)->deadlines[i].id);
    return unknown(err, "rule", "规则包里没有这个期限，有", "The pack has no such rule; it has",
                   buf_text(&names));
}

/* ---- answers ---- */

static void put_date(struct json_writer *w, const char *key, date_t date)
{
    char text[DATE_TEXT];

    if (date == DATE_NONE) {
        json_none(w, key);
        return;
    }
    date_format(date, text);
    json_text(w, key, text);
}

static void put_label(struct json_writer *w, const char *key, const struct label *label)
{
    json_open_object(w, key);
    json_text(w, "zh", label->zh);
    json_text(w, "en", label->en);
    json_object_end(w);
}

static void put_basis(struct json_writer *w, const char *key, const struct basis *basis)
{
    json_open_object(w, key);
    json_text(w, "instrument", basis->instrument);
    json_text(w, "article", basis->article);
    json_text(w, "zh", basis->text.zh);
    json_text(w, "en", basis->text.en);
    json_object_end(w);
}

static void put_steps(struct json_writer *w, const struct deadline_explanation *e)
{
    json_open_array(w, "steps");
    for (size_t i = 0; i < e->n_days; i++) {
        const struct deadline_day *d = &e->days[i];

        json_object_begin(w);
        put_date(w, "date", d->date);
        json_text(w, "kind", deadline_day_kind_name(d->kind));
        json_text(w, "day", day_kind_name(d->day_kind));
        json_int(w, "number", d->number);
        json_text(w, "why", d->why);
        json_bool(w, "provisional", d->provisional);
        put_label(w, "reason", &d->reason);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_answer(struct buf *out, const struct calendar *cal, const struct question *q,
                       const struct pack *pack, const struct deadline_rule *rule,
                       const struct deadline_explanation *e)
{
    struct json_writer w;

    json_begin(&w, out);
    json_object_begin(&w);
    json_text(&w, "rule", rule->id);
    put_date(&w, "start", q->from);
    put_date(&w, "due_raw", e->due.due_raw);
    put_date(&w, "due", e->due.due);
    json_bool(&w, "provisional", e->due.provisional);
    put_basis(&w, "basis", &rule->basis);
    if (q->steps) {
        put_label(&w, "label", &rule->label);
        json_text(&w, "pack", pack->id);
        json_text(&w, "revision", pack->revision);
        json_int(&w, "length", rule->length + q->extensions * rule->extension);
        json_text(&w, "unit", deadline_unit_name(rule->unit));
        json_text(&w, "roll", deadline_roll_name(rule->roll));
        json_int(&w, "extensions", q->extensions);
        if (q->extensions > 0)
            put_basis(&w, "extension_basis", &rule->extension_basis);
        json_int(&w, "paused_days", e->paused);
        json_open_object(&w, "calendar");
        json_text(&w, "id", calendar_id(cal));
        json_text(&w, "revision", calendar_revision(cal));
        json_object_end(&w);
        put_label(&w, "sentence", &e->sentence);
        put_steps(&w, e);
    }
    json_object_end(&w);
    buf_adds(out, "\n");
}

static void put_failure(struct buf *out, const struct err *err)
{
    struct json_writer w;

    json_begin(&w, out);
    json_object_begin(&w);
    json_open_array(&w, "errors");
    for (size_t i = 0; i < err->n_items; i++) {
        json_object_begin(&w);
        json_text(&w, "field", err->items[i].field);
        json_text(&w, "code", err->items[i].code);
        json_text(&w, "zh", err->items[i].zh);
        json_text(&w, "en", err->items[i].en);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_adds(out, "\n");
}

static void print_explanation(struct command_run *run, const struct deadline_rule *rule,
                              const struct deadline_explanation *e)
{
    char raw[DATE_TEXT], due[DATE_TEXT], day[DATE_TEXT];

    date_format(e->due.due_raw, raw);
    date_format(e->due.due, due);
    fprintf(run->out, "%s %s / %s\ndue %s (counted to %s)%s\n", rule->id, rule->label.zh,
            rule->label.en, due, raw,
            e->due.provisional ? ", provisional: no notice for that year yet" : "");
    fprintf(run->out, "%s\n%s\n%s / %s\n", e->sentence.zh, e->sentence.en, rule->basis.text.zh,
            rule->basis.text.en);
    for (size_t i = 0; i < e->n_days; i++) {
        date_format(e->days[i].date, day);
        fprintf(run->out, "%s %-8s", day, deadline_day_kind_name(e->days[i].kind));
        if (e->days[i].number > 0)
            fprintf(run->out, " %3d", e->days[i].number);
        else
            fprintf(run->out, "    ");
        fprintf(run->out, " %s / %s\n", e->days[i].reason.zh, e->days[i].reason.en);
    }
}

/* Checks and counts; everything returned lives in the arena. */
static enum err_code answer(struct arena *arena, const struct loaded *l, const struct question *q,
                            const struct pack **ret_pack, const struct deadline_rule **ret_rule,
                            struct deadline_explanation *ret, struct err *err)
{
    TRY(rule_for(l, q, ret_pack, ret_rule, err));
    TRY(deadline_check(*ret_rule, q->from, q->pauses, q->n_pauses, q->extensions, l->cal, err));
    TRY(deadline_explain(arena, *ret_rule, q->from, q->pauses, q->n_pauses, q->extensions, l->cal,
                         ret, err));
    if (ret->due.due > calendar_last_day(l->cal))
        return err_field(err, ERR_INVALID, "from", "outside_calendar",
                         "数到了日历之外，算不出期限。", "The count runs past the calendar.");
    return ERR_OK;
}

/* ---- one ---- */

/* "A..B"; false when it is written otherwise. */
static bool read_pause(const char *text, struct pause *ret)
{
    char from[DATE_TEXT];
    const char *dots = text == NULL ? NULL : strstr(text, "..");

    if (dots == NULL || dots - text != 10)
        return false;
    snprintf(from, sizeof from, "%.10s", text);
    *ret = (struct pause){date_parse(from), date_parse(dots + 2)};
    return ret->from != DATE_NONE && ret->to != DATE_NONE;
}

static int answer_one(struct command_run *run, struct loaded *l, const struct question *q)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)16 << 20);
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(ANSWER_BYTES);
    const struct pack *pack;
    const struct deadline_rule *rule;
    struct deadline_explanation e;
    struct err err = {0};
    enum err_code rc;

    if (arena == NULL)
        return EXIT_FOUND;
    rc = answer(arena, l, q, &pack, &rule, &e, &err);
    if (rc != ERR_OK) {
        (void)command_failed(run, &err);
        if (run->json)
            put_failure(&out, &err);
    } else if (run->json) {
        put_answer(&out, l->cal, q, pack, rule, &e);
    } else {
        print_explanation(run, rule, &e);
    }
    fputs(buf_text(&out), run->out);
    return rc == ERR_OK ? EXIT_OK : rc == ERR_NOT_FOUND ? EXIT_USAGE : EXIT_FOUND;
}

/* ---- a line each ---- */

static enum err_code bad_line(struct err *err, const char *field, const char *zh, const char *en)
{
    return err_field(err, ERR_INVALID, field, "type", zh, en);
}

static enum err_code read_question(const json_t *line, struct question *q, struct err *err)
{
    const json_t *pauses = json_object_get(line, "pauses"),
                 *n = json_object_get(line, "extensions");
    const char *from = json_string_value(json_object_get(line, "from"));

    *q = (struct question){.pack = json_string_value(json_object_get(line, "pack")),
                           .rule = json_string_value(json_object_get(line, "rule")),
                           .from = from == NULL ? DATE_NONE : date_parse(from),
                           .extensions = (int)json_integer_value(n),
                           .steps = json_is_true(json_object_get(line, "steps")),
                           .n_pauses = json_array_size(pauses)};
    if (q->from == DATE_NONE)
        return bad_line(err, "from", "日期要写成 2026-04-15。", "YYYY-MM-DD is expected.");
    if (n != NULL && (!json_is_integer(n) || q->extensions < 0))
        return bad_line(err, "extensions", "写延长几次。", "A whole number is expected.");
    if (q->n_pauses > PAUSES_MAX)
        return bad_line(err, "pauses", "暂停太多。", "Too many pauses.");
    for (size_t i = 0; i < q->n_pauses; i++)
        if (!read_pause(json_string_value(json_array_get(pauses, i)), &q->pauses[i]))
            return bad_line(err, "pauses", "写成 2026-04-15..2026-04-20。", "A..B is expected.");
    return ERR_OK;
}

static bool answer_line(struct arena *arena, const struct loaded *l, const char *line, size_t n,
                        struct buf *out)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct question q;
    const struct pack *pack;
    const struct deadline_rule *rule;
    struct deadline_explanation e;
    struct err err = {0};
    enum err_code rc = json_parse(line, n, &root, &err);

    if (rc != ERR_OK)
        rc = bad_line(&err, "", "这一行不是 JSON。", "This line is not JSON.");
    if (rc == ERR_OK)
        rc = read_question(root, &q, &err);
    if (rc == ERR_OK)
        rc = answer(arena, l, &q, &pack, &rule, &e, &err);
    if (rc == ERR_OK)
        put_answer(out, l->cal, &q, pack, rule, &e);
    else
        put_failure(out, &err);
    return rc == ERR_OK;
}

static int answer_lines(struct command_run *run, const struct loaded *l, FILE *in)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)16 << 20);
    char line[LINE_BYTES];
    bool all = true;

    while (arena != NULL && fgets(line, sizeof line, in) != NULL) {
        CLEANUP(buf_release) struct buf out = BUF_UP_TO(ANSWER_BYTES);

        all &= answer_line(arena, l, line, strcspn(line, "\n"), &out);
        fputs(buf_text(&out), run->out);
        arena_reset(arena);
    }
    return all && arena != NULL ? EXIT_OK : EXIT_FOUND;
}

static int batch(struct command_run *run, const struct loaded *l, const char *path)
{
    FILE *in;
    int status;

    if (strcmp(path, "-") == 0)
        return answer_lines(run, l, stdin);
    in = fopen(path, "re");
    if (in == NULL)
        return usage_error(run, "cannot open %s: %s", path, strerror(errno));
    status = answer_lines(run, l, in);
    fclose(in);
    return status;
}

int cmd_deadline(struct command_run *run)
{
    CLEANUP(loaded_release) struct loaded l = {0};
    struct question q = {.steps = true};
    const char *lines = take_option(run, "--lines"), *own = take_option(run, "--packs"), *from,
               *text;
    struct err err = {0};

    q.pack = take_option(run, "--pack");
    q.rule = take_option(run, "--rule");
    from = take_option(run, "--from");
    while ((text = take_option(run, "--pause")) != NULL) {
        if (q.n_pauses == PAUSES_MAX || !read_pause(text, &q.pauses[q.n_pauses]))
            return usage_error(run, "--pause wants DATE..DATE");
        q.n_pauses++;
    }
    while (take_flag(run, "--extend"))
        q.extensions++;
    q.from = from == NULL ? DATE_NONE : date_parse(from);
    if (lines == NULL && (q.rule == NULL || q.from == DATE_NONE))
        return usage_error(run, "deadline wants --rule R and --from YYYY-MM-DD");
    if (left_over(run))
        return EXIT_USAGE;
    if (load_all(&l, own, &err) != ERR_OK)
        return command_failed(run, &err);
    if (q.pack == NULL)
        q.pack = "market-2026";
    return lines != NULL ? batch(run, &l, lines) : answer_one(run, &l, &q);
}
