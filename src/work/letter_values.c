/* What the records say, as texts for the slots of a letter. Only what the form's own list of fields
 * names is opened. */
#include <string.h>

#include "base/text.h"
#include "rules/subject_rules.h"
#include "sql_queries.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/letter_internal.h"
#include "work/staff.h"

#define WEEKDAYS 7

struct ctx {
    const struct letter_source *src;
    struct op *op;
    const struct matter *m;
    const struct pack *pack;
    enum matter_kind kind;
    json_t *filing, *persons; /* persons: {role: person or null}, opened when first asked for */
};

/* ---- words ---- */

char *letter_date(struct arena *arena, date_t date)
{
    int y, m, d;

    if (date == DATE_NONE)
        return NULL;
    date_to_ymd(date, &y, &m, &d);
    return arena_printf(arena, "%d年%d月%d日", y, m, d);
}

static char *day_of(struct ctx *c, int64_t ms)
{
    return letter_date(c->op->arena, date_of_instant(ms, c->op->zone_min));
}

/* 2026年10月14日（星期三）9时30分 */
static char *moment(struct ctx *c, int64_t ms)
{
    static const char *const names[WEEKDAYS] = {"一", "二", "三", "四", "五", "六", "日"};
    date_t day = date_of_instant(ms, c->op->zone_min);
    int minute = (int)((ms - instant_of_date(day, c->op->zone_min)) / 60000);

    return arena_printf(c->op->arena, "%s（星期%s）%d时%02d分", letter_date(c->op->arena, day),
                        names[date_weekday(day)], minute / 60, minute % 60);
}

static char *yuan(struct ctx *c, int64_t fen)
{
    return fen % 100 == 0 ? arena_printf(c->op->arena, "%lld元", (long long)fen / 100)
                          : arena_printf(c->op->arena, "%lld.%02lld元", (long long)fen / 100,
                                         (long long)fen % 100);
}

static const char *code_word(struct ctx *c, const char *table, const char *code)
{
    return code == NULL ? NULL : setup_label(c->op->setup, table, code).zh;
}

static char *joined(struct ctx *c, const char *before, const char *between, const char *text)
{
    if (text == NULL)
        return before == NULL ? NULL : arena_strdup(c->op->arena, before);
    return before == NULL ? arena_strdup(c->op->arena, text)
                          : arena_printf(c->op->arena, "%s%s%s", before, between, text);
}

/* A text that closes a sentence of the form's own: without the stop it may end in. */
static const char *unstopped(struct ctx *c, const char *text)
{
    size_t n = text == NULL ? 0 : strlen(text);

    if (n > 3 && (text_ends(text, "。") || text_ends(text, "；")))
        return arena_strndup(c->op->arena, text, n - 3);
    return text;
}

/* ---- the matter ---- */

static const char *demands(struct ctx *c)
{
    const json_t *codes = json_object_get(c->m->detail, "demands");
    const char *text = NULL;

    for (size_t i = 0; i < json_array_size(codes); i++)
        text = joined(c, text, "、",
                      code_word(c, "demands", json_string_value(json_array_get(codes, i))));
    return joined(c, text, "；", unstopped(c, filing_text(c->filing, "demand_text")));
}

static const char *consent(struct ctx *c, const char *name)
{
    const json_t *v = json_object_get(json_object_get(c->m->detail, "consents"), name);

    return v == NULL ? NULL : json_is_true(v) ? "同意" : "不同意";
}

static const char *purchase(struct ctx *c)
{
    const json_t *p = json_object_get(c->filing, "purchase");
    const char *date = filing_text(p, "date");

    return date == NULL ? NULL : letter_date(c->op->arena, date_parse(date));
}

static const char *officer_name(struct ctx *c, int64_t id)
{
    struct officer officer;

    if (id == MATTER_NONE || id == 0 || officer_by_id(c->op, id, &officer) != ERR_OK) {
        err_clear(&c->op->err);
        return NULL;
    }
    return officer.display;
}

static const char *outcome_word(struct ctx *c)
{
    const struct pack_outcome *o =
        c->m->outcome == NULL ? NULL : pack_outcome(c->pack, c->kind, c->m->outcome);

    return o == NULL ? NULL : o->label.zh;
}

static const char *matter_value(struct ctx *c, const char *name)
{
    const struct matter *m = c->m;
    const struct body *b = setup_body(c->op->setup, m->body);

    if (strcmp(name, "number") == 0)
        return m->number;
    if (strcmp(name, "kind") == 0)
        return c->pack->kinds[c->kind].label.zh;
    if (strcmp(name, "received") == 0)
        return day_of(c, m->received_at);
    if (strcmp(name, "channel") == 0)
        return code_word(c, "channels", m->channel);
    if (strcmp(name, "registrar") == 0)
        return officer_name(c, m->registered_by);
    if (strcmp(name, "facts") == 0)
        return filing_text(c->filing, "facts");
    if (strcmp(name, "demands") == 0)
        return demands(c);
    if (strcmp(name, "amount") == 0)
        return m->amount_fen == MATTER_NONE ? NULL : yuan(c, m->amount_fen);
    if (strcmp(name, "category") == 0)
        return code_word(c, "categories", m->category);
    if (strcmp(name, "problem") == 0)
        return code_word(c, "problems", m->problem);
    if (strcmp(name, "violation") == 0)
        return code_word(c, "violations", filing_text(m->detail, "violation"));
    if (strcmp(name, "purchase") == 0)
        return purchase(c);
    if (strcmp(name, "truthful") == 0)
        return "提交人承诺所提供的信息真实，并对其真实性负责。";
    if (strcmp(name, "anonymous") == 0)
        return json_is_true(json_object_get(m->detail, "anonymous")) ? "匿名" : NULL;
    if (strcmp(name, "consent_disclosure") == 0)
        return consent(c, "disclosure");
    if (strcmp(name, "consent_entrusted") == 0)
        return consent(c, "entrusted");
    if (strcmp(name, "outcome") == 0)
        return outcome_word(c);
    return strcmp(name, "target_body") == 0 && b != NULL ? b->name.zh : NULL;
}

/* ---- persons ---- */

static enum err_code person_of(struct ctx *c, const char *role, const json_t **ret)
{
    json_t *p = json_object_get(c->persons, role);

    if (p == NULL) {
        TRY(person_open(c->op, c->src->snap, c->m, role, &p));
        json_object_set_new(c->persons, role, p == NULL ? json_null() : p);
    }
    *ret = json_object_get(c->persons, role);
    return ERR_OK;
}

static enum err_code person_value(struct ctx *c, const char *role, const char *name,
                                  const char **ret)
{
    const json_t *p = NULL;

    TRY(person_of(c, role, &p));
    *ret = filing_text(p, name);
    if (*ret != NULL)
        *ret = arena_strdup(c->op->arena, *ret);
    return ERR_OK;
}

/* Of a matter in a group: those that the group named, at most as many as the law lets it. */
static enum err_code representatives(struct ctx *c, const char **ret)
{
    CLEANUP(record_release) struct record group = {0};
    const json_t *ids;

    *ret = NULL;
    if (c->m->group_id == MATTER_NONE)
        return ERR_OK;
    TRY(record_load(c->op, c->src->snap, "group", c->m->group_id, &group));
    ids = json_object_get(group.state, "representatives");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        CLEANUP(matter_release) struct matter m = {0};
        CLEANUP(json_decrefp) json_t *person = NULL;

        TRY(matter_load(c->op, c->src->snap, json_integer_value(json_array_get(ids, i)), &m));
        TRY(person_open(c->op, c->src->snap, &m, "consumer", &person));
        *ret = joined(c, *ret, "、", filing_text(person, "name"));
    }
    return ERR_OK;
}

static const char *respondent_value(struct ctx *c, const char *name)
{
    const json_t *r = json_object_get(c->filing, "respondent");

    if (strcmp(name, "name") == 0 && c->m->respondent != NULL)
        return c->m->respondent;
    return filing_text(r, name);
}

/* ---- the law ---- */

/* The article of an act, or of what reaches an outcome: one of the two is given. */
static const char *law_of(struct ctx *c, const char *act, const char *outcome)
{
    const struct pack_kind *kind = &c->pack->kinds[c->kind];

    for (size_t i = 0; i < kind->n_transitions; i++) {
        const struct pack_transition *t = &kind->transitions[i];

        if (t->basis.text.zh == NULL)
            continue;
        if (act != NULL ? strcmp(c->pack->acts[t->act].id, act) == 0
                        : t->outcome != NULL && strcmp(t->outcome, outcome) == 0)
            return t->basis.text.zh;
    }
    return NULL;
}

static const char *ground_value(struct ctx *c, const char *name)
{
    const struct pack_ground *g =
        c->m->ground == NULL ? NULL : pack_ground(c->pack, c->kind, c->m->ground);

    if (g == NULL)
        return NULL;
    if (strcmp(name, "text") == 0)
        return g->text.zh;
    return strcmp(name, "law") == 0 ? g->basis.text.zh : g->remedies.zh;
}

/* "D2.due", "D2.law", "D2.term" */
static const char *deadline_value(struct ctx *c, const char *name)
{
    const char *dot = strchr(name, '.');
    const struct deadline_rule *rule;
    const struct matter_clock *clock;
    char id[8];

    if (dot == NULL || (size_t)(dot - name) >= sizeof id)
        return NULL;
    snprintf(id, sizeof id, "%.*s", (int)(dot - name), name);
    rule = pack_deadline(c->pack, id);
    clock = matter_clock(c->src->m, id);
    if (rule == NULL || clock == NULL)
        return NULL;
    if (strcmp(dot, ".law") == 0)
        return rule->basis.text.zh;
    if (strcmp(dot, ".term") == 0)
        return arena_printf(c->op->arena, "%d%s", rule->length,
                            rule->unit == UNIT_WD ? "个工作日" : "日");
    if (clock->provisional) /* counted into a year whose days off are not known yet */
        return arena_printf(c->op->arena, "%s（暂定，以当年放假安排为准）",
                            letter_date(c->op->arena, clock->due));
    return letter_date(c->op->arena, clock->due);
}

/* ---- acts ---- */

/* The last event of the act: when, and the value of one field. */
static enum err_code act_value(struct ctx *c, const char *name, const char **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const char *dot = strchr(name, '.');
    int64_t version = 0, at = 0;
    bool row;

    *ret = NULL;
    if (dot == NULL)
        return ERR_OK;
    TRY(snapshot_prepare(c->op, c->src->snap, SQL_events_of, &s));
    TRY(stmt_bind_text(c->op, s, 1, "matter"));
    TRY(stmt_bind_int64(c->op, s, 2, c->m->id));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row)
            break;
        if (strlen(stmt_text(s, 2)) != (size_t)(dot - name) ||
            strncmp(stmt_text(s, 2), name, (size_t)(dot - name)) != 0)
            continue;
        version = stmt_int64(s, 1);
        at = stmt_int64(s, 6);
    }
    if (version == 0)
        return ERR_OK;
    if (strcmp(dot, ".date") == 0) {
        *ret = day_of(c, at);
        return ERR_OK;
    }
    TRY(texts_open(c->op, c->src->snap, c->m, version, &texts));
    if (filing_text(texts, dot + 1) != NULL)
        *ret = arena_strdup(c->op->arena, filing_text(texts, dot + 1));
    return ERR_OK;
}

static enum err_code remedies(struct ctx *c, const char **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t version =
        json_integer_value(json_object_get(json_object_get(c->m->detail, "settlement"), "version"));
    bool row;

    *ret = NULL;
    TRY(snapshot_prepare(c->op, c->src->snap, SQL_remedies_of, &s));
    TRY(stmt_bind_int64(c->op, s, 1, c->m->id));
    for (;;) {
        char *one;

        TRY(stmt_step(c->op, s, &row));
        if (!row)
            return ERR_OK;
        if (stmt_int64(s, 0) != version)
            continue;
        one = arena_strdup(c->op->arena, code_word(c, "demands", stmt_text(s, 2)));
        if (stmt_int64(s, 3) > 0)
            one = joined(c, one, "", yuan(c, stmt_int64(s, 3)));
        if (stmt_text(s, 4) != NULL)
            one = arena_printf(c->op->arena, "%s，%s前付清", one,
                               letter_date(c->op->arena, date_parse(stmt_text(s, 4))));
        *ret = joined(c, *ret, "；", one);
    }
}

/* ---- one slot ---- */

static const char *place_value(struct ctx *c, const struct body *b, const char *name)
{
    if (strcmp(name, "name") == 0)
        return b->name.zh;
    if (strcmp(name, "phone") == 0)
        return b->phone != NULL ? b->phone : c->src->issuer->phone;
    return b->address != NULL ? b->address : c->src->issuer->address;
}

static enum err_code slot_value(struct ctx *c, const char *slot, const char **ret)
{
    const char *name = strchr(slot, '.') + 1;

    *ret = NULL;
    if (text_starts(slot, "matter."))
        *ret = matter_value(c, name);
    else if (text_starts(slot, "consumer."))
        return person_value(c, "consumer", name, ret);
    else if (text_starts(slot, "proxy."))
        return person_value(c, "proxy", name, ret);
    else if (text_starts(slot, "reporter."))
        return person_value(c, "reporter", name, ret);
    else if (text_starts(slot, "representatives."))
        return representatives(c, ret);
    else if (text_starts(slot, "settlement."))
        return remedies(c, ret);
    else if (text_starts(slot, "act."))
        return act_value(c, name, ret);
    else if (text_starts(slot, "respondent."))
        *ret = respondent_value(c, name);
    else if (text_starts(slot, "ground."))
        *ret = ground_value(c, name);
    else if (text_starts(slot, "deadline."))
        *ret = deadline_value(c, name);
    else if (text_starts(slot, "law."))
        *ret = strcmp(name, "outcome") == 0
                   ? (c->m->outcome == NULL ? NULL : law_of(c, NULL, c->m->outcome))
                   : law_of(c, name, NULL);
    else if (text_starts(slot, "body."))
        *ret = place_value(c, c->src->issuer, name);
    else if (text_starts(slot, "unit."))
        *ret = place_value(c, c->src->unit, name);
    else if (strcmp(slot, "officer.name") == 0)
        *ret = officer_name(c, c->op->actor.officer_id);
    else if (strcmp(slot, "letter.date") == 0)
        *ret = letter_date(c->op->arena, c->src->today);
    return ERR_OK;
}

/* ---- what the officer filled in ---- */

/* The provision by which a reporter is told, where the subject's own law has one. */
static const char *duty_of(struct ctx *c)
{
    const struct subject_rules *all = c->op->setup->subjects;
    const char *violation = filing_text(c->m->detail, "violation");
    bool anonymous = json_is_true(json_object_get(c->m->detail, "anonymous"));

    for (size_t i = 0; i < all->n_rules; i++)
        if (all->rules[i].use == SUBJECT_TELL && subject_fits(&all->rules[i], violation, anonymous))
            return all->rules[i].basis.zh;
    return NULL;
}

static const char *ask_value(struct ctx *c, const struct act_field *f)
{
    const char *text = json_string_value(json_object_get(c->src->asks, f->name));
    const struct choice *choice;
    int64_t ms;

    if ((text == NULL || *text == '\0') && strcmp(f->name, "review") == 0)
        text = c->op->setup->letter_review; /* the house's own, unless he writes another */
    if ((text == NULL || *text == '\0') && strcmp(f->name, "duty") == 0)
        text = duty_of(c);
    if (text == NULL || *text == '\0')
        return NULL;
    switch ((int)f->kind) {
    case FIELD_DATE:
        return letter_date(c->op->arena, date_parse(text));
    case FIELD_INSTANT:
        return instant_parse(text, c->op->zone_min, &ms) ? moment(c, ms) : NULL;
    case FIELD_CHOICE:
        choice = field_choice(f, c->kind, text);
        return choice == NULL ? NULL : choice->label.zh;
    default:
        return unstopped(c, text);
    }
}

static void put(json_t *values, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        json_object_set_new(values, name, json_string(text));
}

static enum err_code fill(struct ctx *c, json_t *values)
{
    const struct letter_form *form = c->src->form;

    for (const char *const *f = form->fields; *f != NULL; f++) {
        const char *text;

        TRY(slot_value(c, *f, &text));
        put(values, *f, text);
    }
    for (size_t i = 0; i < form->asks.n_fields; i++)
        put(values, arena_printf(c->op->arena, "ask.%s", form->asks.fields[i].name),
            ask_value(c, &form->asks.fields[i]));
    return ERR_OK;
}

enum err_code letter_values(const struct letter_source *src, json_t **ret)
{
    CLEANUP(json_decrefp) json_t *values = json_object();
    struct ctx c = {.src = src,
                    .op = src->op,
                    .m = src->m,
                    .pack = matter_pack(src->op, src->m),
                    .kind = matter_kind_of(src->m),
                    .persons = json_object()};
    enum err_code rc = filing_open(src->op, src->snap, src->m, &c.filing);

    if (rc == ERR_OK)
        rc = fill(&c, values);
    json_decref(c.filing);
    json_decref(c.persons);
    if (rc != ERR_OK)
        return rc;
    *ret = json_incref(values);
    return ERR_OK;
}
