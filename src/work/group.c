/* Groups: who may see one, making one, its acts. */
#include "work/group_internal.h"

#include <string.h>

#include "insight/fold.h"
#include "insight/list.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/filing_check.h"
#include "work/idempotency.h"
#include "work/staff.h"

#define TRIES 4

static enum err_code refuse(struct op *op, enum err_code rc, const char *field, const char *code,
                            const char *zh, const char *en)
{
    return err_field(&op->err, rc, field, code, zh, en);
}

static struct record_facts facts_of(struct op *op, const struct record *r)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));

    return (struct record_facts){.body_path = body == NULL ? "" : body->path};
}

static enum err_code sees_a_member(struct op *op, int64_t id, bool *ret)
{
    struct list_filter filter = {.group = id};
    struct list_page page;

    TRY(list_matters(op, &filter, SORT_RECEIVED_DESC, 1, NULL, &page));
    *ret = page.n > 0;
    return ERR_OK;
}

enum err_code group_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                        struct record *ret)
{
    struct record_facts facts;
    enum err_code rc;
    bool member = false;

    TRY(record_load(op, snap, GROUP, id, ret));
    facts = facts_of(op, ret);
    rc = may_check(&op->actor, MAY_SEE_GROUP, &facts, &op->err);
    if (rc != ERR_OK) {
        err_clear(&op->err);
        rc = sees_a_member(op, id, &member);
        if (rc == ERR_OK && !member)
            rc = err_set(&op->err, ERR_NOT_FOUND, "group out of sight");
    }
    if (rc == ERR_OK && need != MAY_SEE_GROUP)
        rc = may_check(&op->actor, need, &facts, &op->err);
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    *ret = (struct record){0};
    return rc;
}

const char *group_name(struct op *op, int64_t id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct err kept = op->err;
    const char *name = NULL;

    if (snapshot_open(op, &snap) == ERR_OK && record_load(op, snap, GROUP, id, &r) == ERR_OK)
        name = arena_strdup(op->arena, record_member(&r, "business"));
    op->err = kept;
    return name == NULL ? "?" : name;
}

enum err_code group_size(struct op *op, struct snapshot *snap, int64_t id, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_group_size, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_one_row(op, s));
    *ret = stmt_int64(s, 0);
    return ERR_OK;
}

/* ---- parts ---- */

static void set_title(struct record_draft *d, const char *title)
{
    if (title == NULL)
        return;
    record_text(d, "title", title);
    record_set(d, "title_at", json_integer(d->r->version + 1));
}

/* The leader belongs to the group's body or one below. */
static enum err_code set_officer(struct op *op, struct record_draft *d, int64_t id)
{
    const struct body *body =
        setup_body(op->setup, json_object_get(d->set, "body") != NULL
                                  ? json_string_value(json_object_get(d->set, "body"))
                                  : record_member(d->r, "body"));
    struct officer officer;
    const struct body *his;

    if (id == 0)
        return ERR_OK;
    if (officer_by_id(op, id, &officer) != ERR_OK || !officer.active) {
        err_clear(&op->err);
        return refuse(op, ERR_INVALID, "officer", "unknown_officer", "没有这位承办人",
                      "There is no such officer.");
    }
    his = setup_body(op->setup, officer.body);
    if (body == NULL || his == NULL || !body_path_within(his->path, body->path))
        return refuse(op, ERR_INVALID, "officer", "other_body", "承办人不在这个单位",
                      "The officer does not belong to this body.");
    record_set(d, "officer", json_integer(id));
    record_in(d, "officer", json_integer(id));
    return ERR_OK;
}

/* A complaint the actor may see, named in the input. */
static enum err_code named_matter(struct op *op, struct snapshot *snap, const char *field,
                                  const char *number, struct matter *ret)
{
    int64_t id;

    if (number == NULL || matter_id_of(op, number, &id) != ERR_OK ||
        matter_for(op, snap, id, MAY_SEE, ret) != ERR_OK || matter_kind_of(ret) != KIND_COMPLAINT) {
        err_clear(&op->err);
        return refuse(op, ERR_INVALID, field, "unknown_number", "没有这个编号的投诉",
                      "There is no complaint with this number.");
    }
    return ERR_OK;
}

/* ---- made by hand ---- */

/* What two paths have in common, up to a whole body. */
static void common_path(char *path, const char *other)
{
    size_t n = 0, whole = 0;

    for (; path[n] != '\0' && path[n] == other[n]; n++)
        if (path[n] == '/')
            whole = n + 1;
    path[whole] = '\0';
}

static const struct body *body_at(const struct setup *setup, const char *path)
{
    for (size_t i = 0; i < setup->n_bodies; i++)
        if (strcmp(setup->bodies[i].path, path) == 0)
            return &setup->bodies[i];
    return NULL;
}

static enum err_code take_matters(struct op *op, struct snapshot *snap, const json_t *numbers,
                                  struct record_draft *d, const struct body **ret_body)
{
    char *path = NULL;
    size_t i;
    json_t *value;

    json_array_foreach((json_t *)(uintptr_t)numbers, i, value)
    {
        CLEANUP(matter_release) struct matter m = {0};
        char field[32];
        const struct body *body;

        snprintf(field, sizeof field, "numbers.%zu", i);
        TRY(named_matter(op, snap, field, json_string_value(value), &m));
        if (m.group_id != MATTER_NONE)
            return refuse(op, ERR_INVALID, field, "in_group", "这件已经在一个群体里",
                          "This one belongs to a group already.");
        body = setup_body(op->setup, m.body);
        if (body != NULL && path == NULL)
            path = arena_strdup(op->arena, body->path);
        else if (body != NULL)
            common_path(path, body->path);
        if (i > 0)
            continue;
        record_set(d, "business", json_string(m.respondent == NULL ? "" : m.respondent));
        if (m.respondent_key != NULL)
            record_set(d, "respondent_key", json_string(m.respondent_key));
        if (m.category != NULL)
            record_set(d, "category", json_string(m.category));
    }
    *ret_body = path == NULL ? NULL : body_at(op->setup, path);
    return *ret_body == NULL ? err_set(&op->err, ERR_INTERNAL, "a group of no body") : ERR_OK;
}

static enum err_code make_once(struct op *op, const json_t *numbers, const char *title,
                               int64_t officer, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);
    struct record_facts facts = {0};
    const struct body *body;

    TRY(record_new(op, GROUP, ret));
    record_draft_begin(op, &d, ret, "make", op->now_ms);
    TRY(snapshot_open(op, &snap));
    TRY(take_matters(op, snap, numbers, &d, &body));
    facts.body_path = body->path;
    TRY(may_check(&op->actor, MAY_WORK_GROUP, &facts, &op->err));
    record_set(&d, "body", json_string(body->code));
    record_set(&d, "status", json_string("open"));
    record_set(&d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_in(&d, "n", json_integer((json_int_t)json_array_size(numbers)));
    set_title(&d, title);
    TRY(set_officer(
        op, &d, officer == 0 && op->actor.kind == ACTOR_OFFICER ? op->actor.officer_id : officer));
    snapshot_closep(&snap);
    TRY(record_write(&d, ch));
    result = json_pack("{s:I}", "id", (json_int_t)ret->id);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code earlier(struct op *op, struct record *ret, bool *ret_found)
{
    CLEANUP(json_decrefp) json_t *result = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    *ret_found = false;
    TRY(idempotency_find(op, op->key, &result));
    if (result == NULL)
        return ERR_OK;
    *ret_found = true;
    TRY(snapshot_open(op, &snap));
    return group_for(op, snap, json_integer_value(json_object_get(result, "id")), MAY_SEE_GROUP,
                     ret);
}

static void drop(struct record *r)
{
    record_release(r);
    *r = (struct record){0};
}

enum err_code group_make(struct op *op, const json_t *numbers, const char *title, int64_t officer,
                         struct record *ret)
{
    enum err_code rc;
    bool found;

    *ret = (struct record){0};
    TRY(earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    rc = make_once(op, numbers, title, officer, ret);
    if (rc == ERR_OK)
        return ERR_OK;
    drop(ret);
    if (rc == ERR_REPLAYED)
        return earlier(op, ret, &found);
    return rc;
}

/* ---- acts ---- */

struct group_run {
    struct op *op;
    struct snapshot *snap;
    struct record *r;
    struct record_draft *d;
    const json_t *input;
};

static enum err_code do_confirm(struct group_run *run)
{
    const json_t *officer = json_object_get(run->input, "officer");

    record_set(run->d, "status", json_string("open"));
    set_title(run->d, filing_text(run->input, "title"));
    return set_officer(run->op, run->d, json_integer_value(officer));
}

static enum err_code do_dismiss(struct group_run *run)
{
    record_set(run->d, "status", json_string("dismissed"));
    record_text(run->d, "reason", filing_text(run->input, "reason"));
    return ERR_OK;
}

static enum err_code do_lead(struct group_run *run)
{
    return set_officer(run->op, run->d, json_integer_value(json_object_get(run->input, "officer")));
}

static enum err_code do_rename(struct group_run *run)
{
    set_title(run->d, filing_text(run->input, "title"));
    return ERR_OK;
}

/* The paper by which they were chosen, with its day; others than before need the consent of those
 * they stand for. */
static enum err_code mandate(struct group_run *run, const json_t *ids)
{
    const json_t *before = json_object_get(run->r->state, "representatives");
    const char *paper = filing_text(run->input, "paper"),
               *on = filing_text(run->input, "signed_on");
    struct op *op = run->op;
    date_t day = on == NULL ? DATE_NONE : date_parse(on);
    bool others = json_array_size(before) > 0 && !json_equal(before, ids);

    if (others && !json_is_true(json_object_get(run->input, "agreed")))
        return refuse(op, ERR_INVALID, "agreed", "not_agreed", op->setup->groups->change_basis.zh,
                      op->setup->groups->change_basis.en);
    if (paper == NULL || json_array_size(ids) == 0) {
        if (others || json_array_size(ids) == 0)
            record_set(run->d, "mandate", json_null());
        return ERR_OK;
    }
    if (day == DATE_NONE || day > date_of_instant(op->now_ms, op->zone_min))
        return refuse(op, ERR_INVALID, "signed_on", day == DATE_NONE ? "required" : "future",
                      "写上推选书是哪天签的，不晚于今天",
                      "Give the day on which the mandate was signed, not ahead.");
    record_text(run->d, "paper", paper);
    record_set(run->d, "mandate",
               json_pack("{s:i, s:I, s:I, s:I}", "signed_on", day, "version",
                         (json_int_t)run->r->version + 1, "at", (json_int_t)run->d->at, "by",
                         (json_int_t)op->actor.officer_id));
    return ERR_OK;
}

static enum err_code do_represent(struct group_run *run)
{
    const json_t *numbers = json_object_get(run->input, "numbers");
    struct op *op = run->op;
    json_t *ids = json_array(), *value;
    enum err_code rc = ERR_OK;
    size_t i;

    if ((int64_t)json_array_size(numbers) > op->setup->groups->representatives)
        rc = refuse(op, ERR_INVALID, "numbers", "too_many",
                    op->setup->groups->representatives_basis.zh,
                    op->setup->groups->representatives_basis.en);
    json_array_foreach((json_t *)(uintptr_t)numbers, i, value)
    {
        CLEANUP(matter_release) struct matter m = {0};
        char field[32];

        if (rc != ERR_OK)
            break;
        snprintf(field, sizeof field, "numbers.%zu", i);
        rc = named_matter(op, run->snap, field, json_string_value(value), &m);
        if (rc == ERR_OK && m.group_id != run->r->id)
            rc = refuse(op, ERR_INVALID, field, "no_member", "这件不在这个群体里",
                        "This one does not belong to the group.");
        json_array_append_new(ids, json_integer(m.id));
    }
    record_in(run->d, "numbers", json_deep_copy(numbers));
    if (rc == ERR_OK)
        rc = mandate(run, ids);
    record_set(run->d, "representatives", ids);
    return rc;
}

/* Nothing is decided through representatives whose mandate nobody has seen. */
static enum err_code mandate_seen(struct group_run *run)
{
    if (json_array_size(json_object_get(run->r->state, "representatives")) == 0 ||
        json_object_get(run->r->state, "mandate") != NULL)
        return ERR_OK;
    return refuse(run->op, ERR_INVALID, "paper", "no_paper",
                  "代表人的书面推选书还没有登记，先登记再作决定",
                  "The written mandate of the representatives is not recorded yet.");
}

static enum err_code do_meet(struct group_run *run)
{
    const char *text = filing_text(run->input, "at"), *mode = filing_text(run->input, "mode");
    int64_t at;

    if (text == NULL || !instant_parse(text, run->op->zone_min, &at))
        return refuse(run->op, ERR_INVALID, "at", "instant",
                      "写成 2026-10-13T09:42:00+08:00 这样的时间",
                      "Write a time like 2026-10-13T09:42:00+08:00.");
    record_set(run->d, "meeting",
               json_pack("{s:I, s:s?, s:I}", "at", (json_int_t)at, "mode", mode, "version",
                         (json_int_t)run->r->version + 1));
    record_in(run->d, "at", json_string(text));
    if (mode != NULL)
        record_in(run->d, "mode", json_string(mode));
    record_text(run->d, "place", filing_text(run->input, "place"));
    return ERR_OK;
}

static enum err_code do_decide(struct group_run *run)
{
    static const char *const coded[] = {"form", "ground"};
    const char *act = filing_text(run->input, "act");

    if (act == NULL || !group_rules_decides(run->op->setup->groups, act))
        return refuse(run->op, ERR_INVALID, "act", "unknown_choice",
                      "列表里没有这一项，从列表里选一个",
                      "This is not in the list; choose one from it.");
    TRY(mandate_seen(run));
    record_in(run->d, "act", json_string(act));
    for (size_t i = 0; i < 2; i++)
        if (filing_text(run->input, coded[i]) != NULL)
            record_in(run->d, coded[i], json_string(filing_text(run->input, coded[i])));
    record_text(run->d, "terms", filing_text(run->input, "terms"));
    record_text(run->d, "reason", filing_text(run->input, "reason"));
    record_set(run->d, "status", json_string("decided"));
    record_set(run->d, "decision",
               json_pack("{s:s, s:I, s:I}", "act", act, "version", (json_int_t)run->r->version + 1,
                         "at", (json_int_t)run->d->at));
    return ERR_OK;
}

static enum err_code do_close(struct group_run *run)
{
    record_set(run->d, "status", json_string("closed"));
    record_text(run->d, "reason", filing_text(run->input, "reason"));
    return ERR_OK;
}

static enum err_code do_note(struct group_run *run)
{
    record_text(run->d, "text", filing_text(run->input, "text"));
    return ERR_OK;
}

static const struct group_act_spec {
    const char *act;
    enum err_code (*run)(struct group_run *run);
    enum may_act need;
    const char *needed; /* of the input; NULL nothing */
    bool proposed;      /* on a proposed one; else on an open or decided one */
} specs[] = {
    {"confirm", do_confirm, MAY_JUDGE_GROUP, NULL, true},
    {"dismiss", do_dismiss, MAY_JUDGE_GROUP, "reason", true},
    {"lead", do_lead, MAY_JUDGE_GROUP, "officer", false},
    {"rename", do_rename, MAY_WORK_GROUP, "title", false},
    {"represent", do_represent, MAY_WORK_GROUP, "numbers", false},
    {"meet", do_meet, MAY_WORK_GROUP, "at", false},
    {"decide", do_decide, MAY_WORK_GROUP, "act", false},
    {"close", do_close, MAY_WORK_GROUP, NULL, false},
    {"note", do_note, MAY_WORK_GROUP, "text", false},
};

static const struct group_act_spec *spec_of(const char *act)
{
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        if (strcmp(specs[i].act, act) == 0)
            return &specs[i];
    return NULL;
}

static bool in_state(const struct group_act_spec *spec, const char *status)
{
    return spec->proposed ? strcmp(status, "proposed") == 0
                          : strcmp(status, "open") == 0 || strcmp(status, "decided") == 0;
}

void group_allowed(struct op *op, const struct record *r, struct json_writer *w)
{
    struct record_facts facts = facts_of(op, r);
    const char *status = record_member(r, "status");

    json_open_array(w, "allowed");
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        if (in_state(&specs[i], status == NULL ? "" : status) &&
            may(&op->actor, specs[i].need, &facts).yes)
            json_put_text(w, specs[i].act);
    json_array_end(w);
}

static enum err_code act_once(struct op *op, int64_t id, const struct group_act_spec *spec,
                              const json_t *input, int64_t version, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *result = json_pack("{s:I}", "id", (json_int_t)id);
    struct group_run run = {.op = op, .r = ret, .d = &d, .input = input};
    struct changes *ch = changes_new(op);
    const char *status;

    TRY(snapshot_open(op, &snap));
    run.snap = snap;
    TRY(group_for(op, snap, id, spec->need, ret));
    TRY(record_expect(op, ret, version));
    status = record_member(ret, "status");
    if (!in_state(spec, status == NULL ? "" : status))
        return refuse(op, ERR_NOT_ALLOWED, "act", "state", "群体现在的状态不能办这一步",
                      "The group is not in a state for this.");
    if (spec->needed != NULL && filing_at(input, spec->needed) == NULL)
        return refuse(op, ERR_INVALID, spec->needed, "required", "这一项要填", "This is needed.");
    record_draft_begin(op, &d, ret, spec->act, op->now_ms);
    TRY(spec->run(&run));
    snapshot_closep(&snap);
    TRY(record_write(&d, ch));
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code group_act(struct op *op, int64_t id, const char *act, const json_t *input,
                        int64_t version, struct record *ret)
{
    const struct group_act_spec *spec = spec_of(act);
    enum err_code rc = ERR_CONFLICT;
    bool found;

    *ret = (struct record){0};
    if (spec == NULL)
        return refuse(op, ERR_NOT_FOUND, "act", "unknown_act", "没有这种办理动作",
                      "There is no such act.");
    TRY(earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    for (int i = 0; i < (version == ANY_VERSION ? TRIES : 1) && rc == ERR_CONFLICT; i++) {
        drop(ret);
        err_clear(&op->err);
        rc = act_once(op, id, spec, input, version, ret);
    }
    if (rc == ERR_OK)
        return ERR_OK;
    drop(ret);
    if (rc == ERR_REPLAYED)
        return earlier(op, ret, &found);
    return rc;
}
