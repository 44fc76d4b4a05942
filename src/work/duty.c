/* Planning duty and changing it. */
#include "work/duty.h"

#include <string.h>

#include "rules/duty.h"
#include "rules/roles.h"
#include "work/acts.h"
#include "work/filing_check.h"
#include "work/idempotency.h"
#include "work/staff.h"
#include "work/view_internal.h"

#define OFFICERS_MAX 50

static enum err_code refuse(struct op *op, const char *field, const char *code, const char *zh,
                            const char *en)
{
    return err_field(&op->err, ERR_INVALID, field, code, zh, en);
}

static enum err_code check_may(struct op *op, enum may_act act, const char *code)
{
    const struct body *body = setup_body(op->setup, code);
    struct record_facts facts = {.body_path = body == NULL ? "" : body->path};

    if (body == NULL)
        return refuse(op, "body", "unknown_body", "没有这个单位", "There is no such body.");
    return may_check(&op->actor, act, &facts, &op->err);
}

/* An officer of the body or one below; @p roles: one of them, 0 any. */
static enum err_code check_person(struct op *op, const char *field, const json_t *id,
                                  const struct body *body, unsigned roles)
{
    struct officer o;
    const struct body *his;

    if (!json_is_integer(id) || officer_by_id(op, json_integer_value(id), &o) != ERR_OK ||
        !o.active)
        return refuse(op, field, "unknown_officer", "没有这个人", "There is no such officer.");
    his = setup_body(op->setup, o.body);
    if (his == NULL || !body_path_within(his->path, body->path))
        return refuse(op, field, "other_body", "不是这个单位的人", "Not an officer of this body.");
    if (roles != 0 && (o.roles & roles) == 0)
        return refuse(op, field, "no_leader", "带班的要是领导或所长",
                      "The one on call is a leader or a supervisor.");
    return ERR_OK;
}

static enum err_code check_officers(struct op *op, const json_t *list, const struct body *body)
{
    size_t n = json_array_size(list);

    if (n == 0) /* none given, or none in it: a shift without anybody is no plan */
        return refuse(op, "officers", "required", "写上谁值班，至少一个人",
                      "Say who is on duty, one at least.");
    if (n > OFFICERS_MAX)
        return refuse(op, "officers", "many", "人太多", "Too many.");
    for (size_t i = 0; i < n; i++) {
        TRY(check_person(op, "officers", json_array_get(list, i), body, 0));
        for (size_t k = 0; k < i; k++)
            if (json_equal(json_array_get(list, i), json_array_get(list, k)))
                return refuse(op, "officers", "twice", "同一个人写了两次", "The same one twice.");
    }
    return ERR_OK;
}

static char *key_of(struct op *op, const char *body, date_t day, const char *shift)
{
    char text[DATE_TEXT];

    date_format(day, text);
    return arena_printf(op->arena, "%s|%s|%s", body, text, shift);
}

static enum err_code find(struct op *op, const char *key, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    enum err_code rc;

    TRY(snapshot_open(op, &snap));
    rc = record_by_key(op, snap, "roster", key, ret);
    if (rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&op->err);
    return record_new(op, "roster", ret);
}

enum err_code duty_plan(struct op *op, const json_t *input, int64_t version, struct record *ret)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    const char *code = filing_text(input, "body"), *shift = filing_text(input, "shift");
    const char *day_text = filing_text(input, "day");
    const struct body *body = setup_body(op->setup, code);
    date_t day = day_text == NULL ? DATE_NONE : date_parse(day_text);
    json_t *officers = json_object_get(input, "officers"),
           *leader = json_object_get(input, "leader");
    struct changes *ch = changes_new(op);

    TRY(check_may(op, MAY_PLAN_DUTY, code));
    if (day == DATE_NONE)
        return refuse(op, "day", "date", "写成 2026-10-13 这样的日期",
                      "Write a date like 2026-10-13.");
    if (duty_shift(op->setup->duty, shift) == NULL)
        return refuse(op, "shift", "unknown_shift", "没有这个班次", "There is no such shift.");
    TRY(check_officers(op, officers, body));
    if (json_is_integer(leader))
        TRY(check_person(op, "leader", leader, body, ROLE_LEADER | ROLE_SUPERVISOR));
    TRY(find(op, key_of(op, code, day, shift), ret));
    TRY(record_expect(op, ret, version));
    record_draft_begin(op, &d, ret, "plan", op->now_ms);
    record_set(&d, "body", json_string(code));
    record_set(&d, "status", json_string("planned"));
    record_set(&d, "day", json_integer(day));
    record_set(&d, "key", json_string(key_of(op, code, day, shift)));
    record_set(&d, "shift", json_string(shift));
    record_set(&d, "officers", json_deep_copy(officers));
    record_set(&d, "leader", json_is_integer(leader) ? json_incref(leader) : json_null());
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- swap, cover, hand over ---- */

static bool on_duty(const struct record *r, const json_t *officer)
{
    json_t *list = json_object_get(r->state, "officers"), *v;
    size_t i;

    json_array_foreach(list, i, v) if (json_equal(v, officer)) return true;
    return false;
}

/* The officers with one replaced. */
static json_t *with(const struct record *r, const json_t *out, json_t *in)
{
    json_t *list = json_array(), *v;
    size_t i;

    json_array_foreach(json_object_get(r->state, "officers"), i, v)
        json_array_append(list, json_equal(v, out) ? in : v);
    return list;
}

/* One who comes off a shift and one who takes his place, with the fields that named them. */
struct relief {
    const char *act, *reason;
    const char *out_field, *in_field;
    json_t *out, *in;
};

static enum err_code replace(struct op *op, struct changes *ch, struct record *r,
                             const struct relief *by)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    const struct body *body = setup_body(op->setup, record_member(r, "body"));

    if (!on_duty(r, by->out))
        return refuse(op, by->out_field, "not_on_duty", "这个人不在那一班", "Not on that shift.");
    if (on_duty(r, by->in))
        return refuse(op, by->in_field, "on_duty", "这个人已经在那一班", "On that shift already.");
    TRY(check_person(op, by->in_field, by->in, body, 0));
    record_draft_begin(op, &d, r, by->act, op->now_ms);
    record_in(&d, "officer", json_incref(by->out));
    record_in(&d, "by", json_incref(by->in));
    record_set(&d, "officers", with(r, by->out, by->in));
    record_text(&d, "reason", by->reason);
    return record_write(&d, ch);
}

static enum err_code swap(struct op *op, struct changes *ch, struct record *r, const json_t *input)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record other = {0};
    json_t *mine = json_object_get(input, "officer"), *his = json_object_get(input, "for");
    struct relief here = {"swap", filing_text(input, "reason"), "officer", "for", mine, his};
    struct relief there = {"swap", here.reason, "for", "officer", his, mine};
    int64_t id = json_integer_value(json_object_get(input, "with"));

    TRY(snapshot_open(op, &snap));
    if (id == r->id || record_load(op, snap, "roster", id, &other) != ERR_OK ||
        strcmp(record_member(&other, "body"), record_member(r, "body")) != 0) {
        err_clear(&op->err);
        return refuse(op, "with", "unknown_shift", "没有这一班", "There is no such shift.");
    }
    TRY(replace(op, ch, r, &here));
    return replace(op, ch, &other, &there);
}

static enum err_code hand_over(struct op *op, struct changes *ch, struct record *r,
                               const json_t *input)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};

    if (filing_text(input, "text") == NULL)
        return refuse(op, "text", "required", "写上交接什么", "Write what is handed over.");
    record_draft_begin(op, &d, r, "hand_over", op->now_ms);
    record_set(&d, "handed_over", json_integer(op->now_ms));
    record_text(&d, "text", filing_text(input, "text"));
    return record_write(&d, ch);
}

enum err_code duty_act(struct op *op, int64_t id, const char *act, const json_t *input,
                       int64_t version, struct record *ret)
{
    struct changes *ch = changes_new(op);
    bool handing = strcmp(act, "hand_over") == 0, swapping = strcmp(act, "swap") == 0;

    if (!handing && !swapping && strcmp(act, "cover") != 0)
        return err_field(&op->err, ERR_NOT_FOUND, "act", "unknown_act", "没有这个操作",
                         "There is no such act.");
    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(record_load(op, snap, "roster", id, ret));
    }
    TRY(check_may(op, MAY_READ_DUTY, record_member(ret, "body")));
    TRY(check_may(op, handing ? MAY_WRITE_DIARY : MAY_PLAN_DUTY, record_member(ret, "body")));
    TRY(record_expect(op, ret, version));
    if (!handing && filing_text(input, "reason") == NULL)
        return refuse(op, "reason", "required", "写上理由", "Give a reason.");
    if (handing)
        TRY(hand_over(op, ch, ret, input));
    else if (swapping)
        TRY(swap(op, ch, ret, input));
    else
        TRY(replace(op, ch, ret,
                    &(struct relief){"cover", filing_text(input, "reason"), "officer", "by",
                                     json_object_get(input, "officer"),
                                     json_object_get(input, "by")}));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- reading ---- */

static void view_gap(struct json_writer *w, const char *code, const char *zh, const char *en)
{
    json_object_begin(w);
    json_text(w, "code", code);
    view_label(w, "why", &(struct label){zh, en});
    json_object_end(w);
}

/* What the shift lacks, as array "gaps"; how many. */
static size_t view_gaps(const struct record *r, int64_t least, struct json_writer *w)
{
    int64_t n = r == NULL ? 0 : (int64_t)json_array_size(json_object_get(r->state, "officers"));
    bool leader = r != NULL && record_number(r, "leader") != 0;

    json_open_array(w, "gaps");
    if (n == 0)
        view_gap(w, "nobody", "没有人值班", "Nobody is on duty");
    else if (n < least)
        view_gap(w, "few", "双岗，还差人", "Doubled: one more is wanted");
    if (!leader)
        view_gap(w, "no_leader", "没有带班领导", "No leader is on call");
    json_array_end(w);
    return (n < least) + !leader;
}

static size_t view_shift(struct op *op, const struct duty_shift *shift, const struct record *r,
                         int64_t least, struct json_writer *w)
{
    json_t *v;
    size_t i, gaps;

    json_object_begin(w);
    json_text(w, "shift", shift->id);
    view_label(w, "label", &shift->label);
    json_text(w, "from", shift->from);
    json_text(w, "to", shift->to);
    json_key(w, "id");
    r == NULL ? json_put_null(w) : json_put_int(w, r->id);
    json_int(w, "version", r == NULL ? 0 : r->version);
    json_open_array(w, "officers");
    if (r != NULL)
        json_array_foreach(json_object_get(r->state, "officers"), i, v)
        {
            struct officer o;

            if (officer_by_id(op, json_integer_value(v), &o) != ERR_OK)
                continue;
            json_object_begin(w);
            json_int(w, "id", o.id);
            json_text(w, "display", o.display);
            json_object_end(w);
        }
    json_array_end(w);
    view_officer(op, w, "leader", r == NULL ? 0 : record_number(r, "leader"));
    json_bool(w, "handed_over", r != NULL && record_number(r, "handed_over") != 0);
    gaps = view_gaps(r, least, w);
    json_object_end(w);
    return gaps;
}

enum err_code duty_view(struct op *op, struct snapshot *snap, const struct record *r,
                        struct json_writer *w)
{
    const struct label *why;
    const struct duty_shift *shift = duty_shift(op->setup->duty, record_member(r, "shift"));

    (void)snap;
    if (shift == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no such shift");
    view_shift(
        op, shift, r,
        duty_least(op->setup->duty, op->setup->calendar, (date_t)record_number(r, "day"), &why), w);
    return ERR_OK;
}

static enum err_code view_shifts(struct op *op, struct snapshot *snap, const char *body, date_t day,
                                 int64_t least, struct json_writer *w, size_t *ret_gaps)
{
    const struct duty_rules *rules = op->setup->duty;

    for (size_t i = 0; i < rules->n_shifts; i++) {
        CLEANUP(record_release) struct record r = {0};
        enum err_code rc =
            record_by_key(op, snap, "roster", key_of(op, body, day, rules->shifts[i].id), &r);

        if (rc == ERR_NOT_FOUND)
            err_clear(&op->err);
        else if (rc != ERR_OK)
            return rc;
        *ret_gaps += view_shift(op, &rules->shifts[i], rc == ERR_OK ? &r : NULL, least, w);
    }
    return ERR_OK;
}

enum err_code duty_day(struct op *op, struct snapshot *snap, const char *body, date_t day,
                       struct json_writer *w)
{
    const struct label *why;
    int64_t least = duty_least(op->setup->duty, op->setup->calendar, day, &why);
    size_t gaps = 0;

    json_open_array(w, "duty");
    TRY(view_shifts(op, snap, body, day, least, w, &gaps));
    json_array_end(w);
    return ERR_OK;
}

enum err_code duty_month(struct op *op, const char *body, date_t first, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    date_t end = date_month_start(date_month_index(first) + 1);
    size_t gaps = 0;

    TRY(check_may(op, MAY_READ_DUTY, body));
    TRY(snapshot_open(op, &snap));
    json_object_begin(w);
    json_text(w, "body", body);
    json_open_array(w, "days");
    for (date_t day = first; day < end; day++) {
        struct calendar_day c = calendar_day(op->setup->calendar, day);
        const struct label *why;
        int64_t least = duty_least(op->setup->duty, op->setup->calendar, day, &why);

        json_object_begin(w);
        view_date(w, "date", day);
        json_text(w, "kind", day_kind_name(c.kind));
        view_label(w, "label", &c.name);
        view_label(w, "weekday", weekday_label(day));
        json_bool(w, "provisional", c.provisional);
        json_int(w, "least", least);
        view_label(w, "why", why);
        json_open_array(w, "shifts");
        TRY(view_shifts(op, snap, body, day, least, w, &gaps));
        json_array_end(w);
        json_object_end(w);
    }
    json_array_end(w);
    json_int(w, "gaps", (int64_t)gaps);
    json_bool(w, "may_plan",
              may(&op->actor, MAY_PLAN_DUTY,
                  &(struct record_facts){.body_path = setup_body(op->setup, body)->path})
                  .yes);
    json_object_end(w);
    return ERR_OK;
}
