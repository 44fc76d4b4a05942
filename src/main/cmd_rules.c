/* deadline, check-id, pack: the rules alone, without an installation. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "main/command.h"
#include "rules/identifiers.h"
#include "rules/pack.h"

#define PAUSES_MAX 32

/* ---- deadline ---- */

static bool take_pauses(struct command_run *run, struct pause *ret, size_t *ret_n)
{
    const char *text;

    *ret_n = 0;
    while ((text = take_option(run, "--pause")) != NULL) {
        char from[DATE_TEXT];
        const char *dots = strstr(text, "..");

        if (dots == NULL || dots - text != 10 || *ret_n == PAUSES_MAX)
            return false;
        snprintf(from, sizeof from, "%.10s", text);
        ret[*ret_n] = (struct pause){date_parse(from), date_parse(dots + 2)};
        if (ret[*ret_n].from == DATE_NONE || ret[*ret_n].to == DATE_NONE)
            return false;
        (*ret_n)++;
    }
    return true;
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
        fprintf(run->out, " %s\n", e->days[i].reason.zh);
    }
}

static void print_json(struct command_run *run, const struct deadline_rule *rule,
                       const struct deadline_explanation *e)
{
    CLEANUP(buf_release) struct buf out;
    struct json_writer w;
    char text[DATE_TEXT];

    buf_init(&out, 1 << 20);
    json_begin(&w, &out);
    json_object_begin(&w);
    json_text(&w, "rule", rule->id);
    date_format(e->due.due_raw, text);
    json_text(&w, "due_raw", text);
    date_format(e->due.due, text);
    json_text(&w, "due", text);
    json_bool(&w, "provisional", e->due.provisional);
    json_text(&w, "basis", rule->basis.text.zh);
    json_open_array(&w, "days");
    for (size_t i = 0; i < e->n_days; i++) {
        json_object_begin(&w);
        date_format(e->days[i].date, text);
        json_text(&w, "date", text);
        json_text(&w, "kind", deadline_day_kind_name(e->days[i].kind));
        json_int(&w, "number", e->days[i].number);
        json_text(&w, "why", e->days[i].why);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    fprintf(run->out, "%s\n", buf_text(&out));
}

static enum err_code load_rules(const char *pack_name, struct pack **ret_pack,
                                struct calendar **ret_cal, struct err *err)
{
    char path[128];
    const struct embedded_file *file, *cal = embedded_find(embedded_packs, "calendars/cn.json");

    snprintf(path, sizeof path, "rules/%s.json", pack_name);
    file = embedded_find(embedded_packs, path);
    if (file == NULL || cal == NULL)
        return err_set(err, ERR_NOT_FOUND, "no pack %s", pack_name);
    TRY(pack_load(embedded_packs, (const char *)file->data, file->size, ret_pack, err));
    return calendar_load((const char *)cal->data, cal->size, ret_cal, err);
}

static int compute(struct command_run *run, const char *pack_name, const char *rule_id, date_t from,
                   const struct pause *pauses, size_t n, int extensions)
{
    CLEANUP(pack_freep) struct pack *pack = NULL;
    CLEANUP(calendar_freep) struct calendar *cal = NULL;
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)16 << 20);
    const struct deadline_rule *rule;
    struct deadline_explanation e;
    struct err err = {0};

    if (load_rules(pack_name, &pack, &cal, &err) != ERR_OK)
        return command_failed(run, &err);
    rule = pack_deadline(pack, rule_id);
    if (rule == NULL) {
        fprintf(run->err, "fangxin: pack %s has no rule %s; it has", pack_name, rule_id);
        for (size_t i = 0; i < pack->n_deadlines; i++)
            fprintf(run->err, " %s", pack->deadlines[i].id);
        fprintf(run->err, "\n");
        return EXIT_USAGE;
    }
    if (deadline_explain(arena, rule, from, pauses, n, extensions, cal, &e, &err) != ERR_OK)
        return command_failed(run, &err);
    if (run->json)
        print_json(run, rule, &e);
    else
        print_explanation(run, rule, &e);
    return EXIT_OK;
}

int cmd_deadline(struct command_run *run)
{
    const char *pack = take_option(run, "--pack"), *rule = take_option(run, "--rule");
    const char *from = take_option(run, "--from");
    struct pause pauses[PAUSES_MAX];
    int extensions = 0;
    size_t n;

    if (!take_pauses(run, pauses, &n))
        return usage_error(run, "--pause wants DATE..DATE");
    while (take_flag(run, "--extend"))
        extensions++;
    if (rule == NULL || from == NULL || date_parse(from) == DATE_NONE)
        return usage_error(run, "deadline wants --rule R and --from YYYY-MM-DD");
    if (left_over(run))
        return EXIT_USAGE;
    return compute(run, pack == NULL ? "market-2026" : pack, rule, date_parse(from), pauses, n,
                   extensions);
}

/* ---- check-id ---- */

static int say(struct command_run *run, const char *normal, const char *fault,
               const struct label *why)
{
    bool right = strcmp(fault, "ok") == 0;

    if (run->json) {
        CLEANUP(buf_release) struct buf out;
        struct json_writer w;

        buf_init(&out, 4096);
        json_begin(&w, &out);
        json_object_begin(&w);
        json_bool(&w, "valid", right);
        json_text(&w, "normal", normal);
        json_text(&w, "fault", fault);
        json_object_end(&w);
        fprintf(run->out, "%s\n", buf_text(&out));
    } else if (right) {
        fprintf(run->out, "%s ok\n", normal);
    } else {
        fprintf(run->out, "%s / %s\n", why->zh, why->en);
    }
    return right ? EXIT_OK : EXIT_FOUND;
}

int cmd_check_id(struct command_run *run)
{
    const char *kind = take_argument(run), *value = take_argument(run);

    if (kind == NULL || value == NULL || left_over(run))
        return usage_error(run, "check-id wants uscc, citizen or phone and a value");
    if (strcmp(kind, "uscc") == 0) {
        struct uscc r = uscc_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    if (strcmp(kind, "citizen") == 0) {
        struct citizen_id r = citizen_id_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    if (strcmp(kind, "phone") == 0) {
        struct phone r = phone_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    return usage_error(run, "check-id knows uscc, citizen and phone, not '%s'", kind);
}

/* ---- pack ---- */

int cmd_pack(struct command_run *run)
{
    const char *what = take_argument(run), *path = take_argument(run);
    CLEANUP(buf_release) struct buf text;
    CLEANUP(pack_freep) struct pack *pack = NULL;
    struct err err = {0};
    char part[8192];
    size_t n;
    FILE *f;

    buf_init(&text, (size_t)16 << 20);
    if (what == NULL || strcmp(what, "check") != 0 || path == NULL || left_over(run))
        return usage_error(run, "pack wants check FILE");
    f = fopen(path, "re");
    if (f == NULL)
        return usage_error(run, "cannot open %s", path);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(&text, part, n);
    fclose(f);
    if (pack_load(embedded_packs, buf_text(&text), text.len, &pack, &err) != ERR_OK)
        return command_failed(run, &err);
    fprintf(run->out, "%s revision %s: %zu acts, %zu deadlines, nothing wrong\n", pack->id,
            pack->revision, pack->n_acts, pack->n_deadlines);
    return EXIT_OK;
}
