/* The timeline: what was done, by whom, when, in one sentence each. */
#include <string.h>

#include "rules/pack.h"
#include "sql_queries.h"
#include "store/event_body.h"
#include "work/group.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/record.h"
#include "work/staff.h"
#include "work/view_internal.h"

/* What the person who filed sees of the timeline, and which texts of it. */
static const struct {
    const char *act, *field; /* NULL: no text */
} for_filer[] = {
    {"register", NULL},       {"assign", NULL},        {"accept", NULL},
    {"refuse", "reason"},     {"tell", NULL},          {"mediate", "place"},
    {"pause", NULL},          {"resume", NULL},        {"offer", "terms"},
    {"accept_offer", NULL},   {"decline_offer", NULL}, {"settle", "terms"},
    {"terminate", "reason"},  {"withdraw", "reason"},  {"answer", "text"},
    {"supplement", "text"},   {"rate", "remark"},      {"reopen", NULL},
    {"close", NULL},          {"archive", NULL},       {"attach", "name"},
    {"detach", "reason"},     {"respond", "text"},     {"give_back", "reason"},
    {"revoke_refusal", NULL},
};

static const struct {
    const char *act, *icon;
} icons[] = {
    {"register", "phone"},      {"contact", "phone"},     {"tell", "check"},
    {"accept", "doc"},          {"refuse", "doc"},        {"settle", "doc"},
    {"terminate", "doc"},       {"mediate", "people"},    {"pause", "pause"},
    {"resume", "resume"},       {"offer", "offer"},       {"accept_offer", "offer"},
    {"decline_offer", "offer"}, {"spawn_report", "lock"}, {"assign", "flag"},
    {"reassign", "flag"},       {"answer", "check"},      {"rate", "check"},
    {"archive", "check"},       {"close", "check"},       {"attach", "doc"},
    {"detach", "doc"},
};

static bool filer_sees(const char *act, const char **ret_field)
{
    for (size_t i = 0; i < sizeof for_filer / sizeof for_filer[0]; i++)
        if (strcmp(for_filer[i].act, act) == 0) {
            *ret_field = for_filer[i].field;
            return true;
        }
    return false;
}

static bool about_evidence(const char *act)
{
    return strcmp(act, "attach") == 0 || strcmp(act, "detach") == 0;
}

static const char *icon_of(const char *act)
{
    for (size_t i = 0; i < sizeof icons / sizeof icons[0]; i++)
        if (strcmp(icons[i].act, act) == 0)
            return icons[i].icon;
    return "note";
}

/* ---- one sentence ---- */

static struct label choice_label(struct op *op, const struct matter *m, const struct act_field *f,
                                 const char *code)
{
    const struct choice *c = field_choice(f, matter_kind_of(m), code);

    if (c != NULL)
        return c->label;
    return f->codes == NULL ? (struct label){code, code} : setup_label(op->setup, f->codes, code);
}

static struct label officer_label(struct op *op, int64_t id)
{
    struct officer officer;

    if (officer_by_id(op, id, &officer) != ERR_OK)
        return (struct label){"?", "?"};
    return (struct label){officer.display, officer.display};
}

/* "2000" or "48.50". */
static const char *yuan(struct op *op, int64_t fen)
{
    if (fen % 100 == 0)
        return arena_printf(op->arena, "%lld", (long long)fen / 100);
    return arena_printf(op->arena, "%lld.%02lld", (long long)fen / 100, (long long)fen % 100);
}

static struct label business_label(struct op *op, int64_t id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const char *name;

    if (snapshot_open(op, &snap) != ERR_OK || record_load(op, snap, "business", id, &r) != ERR_OK) {
        err_clear(&op->err);
        return (struct label){"?", "?"};
    }
    name = arena_strdup(op->arena, record_member(&r, "name"));
    return (struct label){name, name};
}

static struct label value_label(struct op *op, const struct matter *m, const struct act_field *f,
                                const json_t *value)
{
    const char *text = json_string_value(value);
    const struct body *body;

    switch (f->kind) {
    case FIELD_CHOICE:
        return choice_label(op, m, f, text);
    case FIELD_BODY:
        body = setup_body(op->setup, text);
        return body == NULL ? (struct label){text, text} : body->name;
    case FIELD_OFFICER:
        return officer_label(op, json_integer_value(value));
    case FIELD_BUSINESS:
        return business_label(op, json_integer_value(value));
    case FIELD_MONEY:
        text = yuan(op, json_integer_value(value));
        return (struct label){arena_printf(op->arena, "%s 元", text),
                              arena_printf(op->arena, "%s yuan", text)};
    case FIELD_INT:
        text =
            arena_printf(op->arena, "%s %lld", f->label.zh, (long long)json_integer_value(value));
        return (struct label){text, arena_printf(op->arena, "%s %lld", f->label.en,
                                                 (long long)json_integer_value(value))};
    case FIELD_BOOL:
        return json_is_true(value) ? f->label : (struct label){NULL, NULL};
    case FIELD_GROUP:
        text = group_name(op, json_integer_value(value));
        return (struct label){text, text};
    case FIELD_TEXT:
    case FIELD_NUMBER:
        return (struct label){text, text};
    case FIELD_DATE:
    case FIELD_INSTANT:
    case FIELD_CHOICES:
    case FIELD_REMEDIES:
    case FIELD_AMENDMENT:
    case FIELD_REPORT:
    case FIELD_DECIMAL:
    case FIELD_QUANTITY:
    case FIELD_PERIOD:
    case FIELD_PERSON:
    case FIELD_MATTER:
    case FIELD_CASE:
    case FIELD_ENTRY:
    case FIELD_PLACE:
    case FIELD_CHECKLIST:
    case FIELD_TABLE:
    case FIELD_FILE:
        break;
    }
    return (struct label){NULL, NULL};
}

/* What kind of file came, and how its sender calls it. */
static struct label file_label(struct op *op, const json_t *data)
{
    const char *code = filing_text(data, "type"), *name = filing_text(data, "name");
    const struct file_type *type = code == NULL ? NULL : evidence_type(op->setup->evidence, code);

    if (type == NULL || name == NULL)
        return type == NULL ? (struct label){NULL, NULL} : type->label;
    return (struct label){arena_printf(op->arena, "%s：%s", type->label.zh, name),
                          arena_printf(op->arena, "%s: %s", type->label.en, name)};
}

static void sentence(struct op *op, const struct matter *m, const struct pack_act *act,
                     const json_t *data, struct json_writer *w)
{
    CLEANUP(buf_release) struct buf zh = BUF_UP_TO(65536);
    CLEANUP(buf_release) struct buf en = BUF_UP_TO(65536);

    for (size_t i = 0; act != NULL && i < act->n_fields; i++) {
        const json_t *value = filing_at(data, act->fields[i].name);
        struct label label = {0};

        if (value != NULL)
            label = value_label(op, m, &act->fields[i], value);
        if (label.zh == NULL)
            continue;
        buf_adds(&zh, zh.len > 0 ? "，" : "");
        buf_adds(&zh, label.zh);
        buf_adds(&en, en.len > 0 ? ", " : "");
        buf_adds(&en, label.en == NULL ? label.zh : label.en);
    }
    if (act != NULL && strcmp(act->id, "attach") == 0) {
        struct label label = file_label(op, data);

        view_label(w, "text", &label);
        return;
    }
    view_label(w, "text", &(struct label){buf_text(&zh), buf_text(&en)});
}

/* ---- one event ---- */

struct row {
    int64_t id, version, actor, at, recorded_at;
    const char *act, *actor_kind;
    json_t *body;
};

struct rows {
    struct row *list; /* in the arena, oldest first */
    size_t n;
};

static void rows_release(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        json_decref(rows->list[i].body);
}

/* A refusal that awaits a second officer is no decision yet: nobody outside reads of it. */
static bool proposed(const struct row *r)
{
    return strcmp(r->act, "refuse") == 0 &&
           json_is_object(json_object_get(json_object_get(r->body, "detail"), "proposal"));
}

/* The act as the filer knows it: that two officers made the decision is the body's own affair. */
static const char *act_for_filer(const char *act)
{
    return strcmp(act, "confirm_refusal") == 0 ? "refuse" : act;
}

/* What was sent: codes from the event, texts from the vault, for the filer only the named one. */
static enum err_code event_data(struct op *op, struct snapshot *snap, const struct matter *m,
                                const struct row *r, const char *only, bool party, json_t **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const char *key;
    json_t *value;

    TRY(texts_open(op, snap, m, r->version, &texts));
    *ret = json_copy(json_object_get(r->body, "in"));
    if (*ret == NULL)
        *ret = json_object();
    if (strcmp(r->act, "register") == 0)
        return ERR_OK; /* the filing itself stands on the page */
    if (m->secret && !party)
        json_object_del(texts, "name"); /* a file's name may tell who sent it */
    json_object_foreach(texts, key, value) if (!party || (only != NULL && strcmp(key, only) == 0))
        json_object_set(*ret, key, value);
    if (party) {
        json_object_del(*ret, "officer");
        json_object_del(*ret, "by_business");
    }
    return ERR_OK;
}

static void view_actor(struct op *op, const struct row *r, bool party, struct json_writer *w)
{
    struct label label = {"", ""};

    if (strcmp(r->actor_kind, "officer") == 0 && !party)
        label = officer_label(op, r->actor);
    else if (strcmp(r->actor_kind, "officer") == 0)
        label = (struct label){"承办单位", "the body"};
    else if (strcmp(r->actor_kind, "system") == 0)
        label = (struct label){"自动", "automatic"};
    else if (strcmp(r->actor_kind, "business") == 0)
        label = (struct label){"经营者", "the business"};
    else
        label = (struct label){"本人", "the person"};
    json_open_object(w, "actor");
    json_text(w, "display", label.zh);
    json_text(w, "kind", r->actor_kind);
    json_object_end(w);
}

static bool took_papers(const struct row *r)
{
    return strcmp(r->act, "purge") == 0 &&
           json_object_get(json_object_get(json_object_get(r->body, "detail"), "purged"),
                           "texts") != NULL;
}

/* Of what is no act of the pack. */
static struct label label_of_other(const struct row *r)
{
    static const struct {
        const char *act;
        struct label label;
    } others[] = {
        {"join_order", {"并入工单", "Joined to an order"}},
        {"open_case", {"建立案件", "Case opened"}},
        {"purge",
         {"保存期满，清除个人信息和证据",
          "Persons and evidence taken away at the end of the term"}},
    };

    if (took_papers(r))
        return (struct label){"保存期满，清除文字和文书",
                              "Texts and letters taken away at the end of the term"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(others[i].act, r->act) == 0)
            return others[i].label;
    return (struct label){"登记", "Registered"};
}

/* The business reads what was written without what leads to a person. */
static enum err_code mask_data(struct op *op, struct snapshot *snap, const struct matter *m,
                               struct masked_persons *persons, const char *only, json_t *data)
{
    const char *masked;

    TRY(filing_mask(op, snap, m, persons, only == NULL ? NULL : filing_text(data, only), &masked));
    if (masked != NULL)
        json_object_set_new(data, only, json_string(masked));
    return ERR_OK;
}

static enum err_code view_event(struct op *op, struct snapshot *snap, const struct matter *m,
                                const struct row *r, struct masked_persons *persons,
                                struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *data = NULL;
    bool business = op->actor.kind == ACTOR_BUSINESS;
    bool party = business || op->actor.kind == ACTOR_PARTY; /* outside the office */
    const char *name = party ? act_for_filer(r->act) : r->act;
    const struct pack_act *act = pack_act(matter_pack(op, m), name);
    struct label other = label_of_other(r);
    const char *only = NULL;

    if (party && (!filer_sees(name, &only) || proposed(r)))
        return ERR_OK;
    if (business && (about_evidence(r->act) || strcmp(r->act, "rate") == 0))
        return ERR_OK; /* between the consumer and the body */
    if (party && about_evidence(r->act) && strcmp(r->actor_kind, "officer") == 0)
        return ERR_OK; /* a party sees the evidence it sent, and what it took back */
    TRY(event_data(op, snap, m, r, only, party, &data));
    if (business)
        TRY(mask_data(op, snap, m, persons, only, data));
    json_object_begin(w);
    json_int(w, "id", r->id);
    json_int(w, "version", r->version);
    json_text(w, "act", name);
    view_label(w, "label", act == NULL ? &other : &act->label);
    view_actor(op, r, party, w);
    view_instant(w, "at", r->at, op->zone_min);
    view_instant(w, "recorded_at", r->recorded_at, op->zone_min);
    json_bool(w, "late_recorded",
              date_of_instant(r->at, op->zone_min) !=
                  date_of_instant(r->recorded_at, op->zone_min));
    sentence(op, m, act, data, w);
    json_key(w, "data");
    json_put_tree(w, data);
    json_text(w, "icon", icon_of(r->act));
    json_object_end(w);
    return ERR_OK;
}

/* An act whose only trace is a link to something the actor may not see is left out. */
static bool hidden(struct op *op, struct snapshot *snap, const struct row *r)
{
    const json_t *links, *link;

    if (strcmp(r->act, "spawn_report") != 0 && strcmp(r->act, "link") != 0 &&
        strcmp(r->act, "duplicate") != 0 && strcmp(r->act, "not_again") != 0 &&
        strcmp(r->act, "merge_report") != 0)
        return false;
    links = json_object_get(r->body, "links");
    link = json_array_get(links, 0);
    if (link == NULL) /* "it is a new one" names no other */
        return strcmp(r->act, "duplicate") != 0;
    return !view_sees(op, snap, json_integer_value(json_object_get(link, "other")));
}

static enum err_code rows_read(struct op *op, struct snapshot *snap, const struct matter *m,
                               struct rows *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t cap = (size_t)m->version;
    bool more;

    ret->list = ARENA_ARRAY(op->arena, struct row, cap);
    if (ret->list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "timeline");
    TRY(snapshot_prepare(op, snap, SQL_events_of, &s));
    TRY(stmt_bind_text(op, s, 1, "matter"));
    TRY(stmt_bind_int64(op, s, 2, m->id));
    while (ret->n < cap) {
        json_t *body;

        TRY(stmt_step(op, s, &more));
        if (!more)
            break;
        TRY(stmt_event_body(op, s, 8, &body));
        ret->list[ret->n++] = (struct row){
            .id = stmt_int64(s, 0),
            .version = stmt_int64(s, 1),
            .act = stmt_text_dup(op, s, 2),
            .actor_kind = stmt_text_dup(op, s, 3),
            .actor = stmt_int64(s, 4),
            .at = stmt_int64(s, 6),
            .recorded_at = stmt_int64(s, 7),
            .body = body,
        };
    }
    return ERR_OK;
}

enum err_code view_events(struct op *op, struct snapshot *snap, struct matter *m,
                          struct json_writer *w)
{
    CLEANUP(masked_persons_release) struct masked_persons persons = {0};
    CLEANUP(rows_release) struct rows rows = {0};

    TRY(rows_read(op, snap, m, &rows));
    json_object_begin(w);
    json_open_array(w, "items");
    if (!(m->secret && op->actor.kind == ACTOR_PARTY))
        for (size_t i = rows.n; i-- > 0;)
            if (!hidden(op, snap, &rows.list[i]))
                TRY(view_event(op, snap, m, &rows.list[i], &persons, w));
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}
