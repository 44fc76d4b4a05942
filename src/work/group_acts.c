/* Acts of a group: a table from act to what it changes. */
#include <string.h>

#include "work/acts.h"
#include "work/filing_check.h"
#include "work/group_internal.h"
#include "work/idempotency.h"

#define TRIES 4

static enum err_code refuse(struct op *op, enum err_code rc, const char *field, const char *code,
                            const char *zh, const char *en)
{
    return err_field(&op->err, rc, field, code, zh, en);
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
    group_set_title(run->d, filing_text(run->input, "title"));
    return group_set_officer(run->op, run->d, json_integer_value(officer));
}

static enum err_code do_dismiss(struct group_run *run)
{
    record_set(run->d, "status", json_string("dismissed"));
    record_text(run->d, "reason", filing_text(run->input, "reason"));
    return ERR_OK;
}

static enum err_code do_lead(struct group_run *run)
{
    return group_set_officer(run->op, run->d,
                             json_integer_value(json_object_get(run->input, "officer")));
}

static enum err_code do_rename(struct group_run *run)
{
    group_set_title(run->d, filing_text(run->input, "title"));
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
    if (json_array_size(ids) == 0) {
        record_set(run->d, "mandate", json_null());
        return ERR_OK;
    }
    if (paper == NULL) {
        bool known = json_equal(before, ids) && json_object_get(run->r->state, "mandate") != NULL;

        return known ? ERR_OK
                     : refuse(op, ERR_INVALID, "paper", "required",
                              "代表人要书面推选：写上是什么推选书、哪天签的",
                              "Representatives are named in writing: give the paper and its day.");
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
        rc = group_named_matter(op, run->snap, field, json_string_value(value), &m);
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

/* Where each member is decided by itself, nothing is decided for all. */
static bool possible(const struct op *op, const struct group_act_spec *spec)
{
    return spec->run != do_decide || op->setup->groups->n_decisions > 0;
}

void group_allowed(struct op *op, const struct record *r, struct json_writer *w)
{
    struct record_facts facts = group_facts(op, r);
    const char *status = record_member(r, "status");

    json_open_array(w, "allowed");
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        if (in_state(&specs[i], status == NULL ? "" : status) && possible(op, &specs[i]) &&
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
    TRY(group_earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    for (int i = 0; i < (version == ANY_VERSION ? TRIES : 1) && rc == ERR_CONFLICT; i++) {
        record_release(ret);
        err_clear(&op->err);
        rc = act_once(op, id, spec, input, version, ret);
    }
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    if (rc == ERR_REPLAYED)
        return group_earlier(op, ret, &found);
    return rc;
}
