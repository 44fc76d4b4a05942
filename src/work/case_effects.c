/* What each act on a case does to it, beyond its step and its clocks. */
#include <string.h>

#include "work/case_run.h"
#include "work/filing_check.h"
#include "work/staff.h"

static enum err_code refuse(struct case_run *run, const char *field, const char *code,
                            const char *zh, const char *en)
{
    return err_field(&run->op->err, ERR_INVALID, field, code, zh, en);
}

static int64_t int_of(const struct case_run *run, const char *name)
{
    return case_number(run->input, name);
}

json_t *case_list_copy(const struct record *r, const char *name)
{
    json_t *list = json_deep_copy(json_object_get(r->state, name));

    return list == NULL ? json_array() : list;
}

bool case_goods_left(const struct record *r)
{
    const json_t *goods = json_object_get(r->state, "goods");

    for (size_t i = 0; i < json_array_size(goods); i++)
        if (!json_is_true(json_object_get(json_array_get(goods, i), "gone")))
            return true;
    return false;
}

/* Officers see the cases of their body and those below: whoever is named can open it. */
static enum err_code check_officer(struct case_run *run, const char *field, int64_t id)
{
    struct op *op = run->op;
    const struct body *body = setup_body(op->setup, record_member(run->r, "body")), *his;
    struct officer officer;

    if (officer_by_id(op, id, &officer) != ERR_OK || !officer.active) {
        err_clear(&op->err);
        return refuse(run, field, "unknown_officer", "没有这位办案人员",
                      "There is no such officer.");
    }
    his = setup_body(op->setup, officer.body);
    if (body == NULL || his == NULL || !body_path_within(body->path, his->path))
        return refuse(run, field, "other_body", "办案人员要属于办案单位或者上级单位",
                      "The officer belongs to the case's body or one above.");
    return ERR_OK;
}

static enum err_code assign(struct case_run *run)
{
    static const char *const fields[] = {"first", "second", "third"};
    json_t *officers = json_array();
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < 3 && rc == ERR_OK; i++) {
        int64_t id = int_of(run, fields[i]);

        if (id == 0)
            continue;
        for (size_t k = 0; k < json_array_size(officers) && rc == ERR_OK; k++)
            if (json_integer_value(json_array_get(officers, k)) == id)
                rc = refuse(run, fields[i], "twice", "要两名不同的办案人员",
                            "Two different officers are needed.");
        if (rc == ERR_OK)
            rc = check_officer(run, fields[i], id);
        json_array_append_new(officers, json_integer(id));
    }
    record_set(&run->d, "officers", officers);
    return rc;
}

static enum err_code ask_assist(struct case_run *run)
{
    json_t *assists = case_list_copy(run->r, "assists");

    run->no = (int64_t)json_array_size(assists) + 1;
    json_array_append_new(assists, json_pack("{s:I, s:O, s:I}", "no", (json_int_t)run->no, "to",
                                             json_object_get(run->input, "to"), "asked",
                                             (json_int_t)run->today));
    record_set(&run->d, "assists", assists);
    return ERR_OK;
}

static enum err_code answered(struct case_run *run)
{
    json_t *assists = case_list_copy(run->r, "assists"), *one;

    run->no = int_of(run, "assist");
    one = json_array_get(assists, (size_t)(run->no - 1));
    if (one != NULL)
        json_object_set_new(one, "answered", json_integer(run->today));
    record_set(&run->d, "assists", assists);
    if (one == NULL || record_clock(run->clocks, "D11", run->no) == NULL)
        return refuse(run, "assist", "unknown_assist", "没有这次协查，或者已经答复",
                      "There is no such request, or it was answered.");
    return ERR_OK;
}

static enum err_code quantity_of(struct case_run *run, int64_t *ret)
{
    if (case_quantity(filing_text(run->input, "quantity"), ret))
        return ERR_OK;
    return refuse(run, "quantity", "quantity", "数量写成 12 或 12.5，最多三位小数",
                  "Write a quantity like 12 or 12.5, with three decimals at most.");
}

static enum err_code add_goods(struct case_run *run)
{
    json_t *goods = case_list_copy(run->r, "goods");
    int64_t milli = 0;
    enum err_code rc = quantity_of(run, &milli);

    if (rc == ERR_OK)
        json_array_append_new(goods, json_pack("{s:I, s:O, s:I, s:O, s:O, s:i}", "no",
                                               (json_int_t)json_array_size(goods) + 1, "name",
                                               json_object_get(run->input, "name"),
                                               "quantity_milli", (json_int_t)milli, "unit",
                                               json_object_get(run->input, "unit"), "value_fen",
                                               json_object_get(run->input, "value_fen"),
                                               "disposed_milli", 0));
    record_set(&run->d, "goods", goods);
    return rc;
}

/* Line @p field of a copy of the goods; NULL after a fault. */
static json_t *goods_line(struct case_run *run, json_t *goods, enum err_code *rc)
{
    int64_t no = int_of(run, "item");
    json_t *line = json_array_get(goods, (size_t)(no - 1));

    if (line != NULL && !json_is_true(json_object_get(line, "gone")))
        return line;
    *rc = refuse(run, "item", "unknown_item", "没有这一项物品", "There is no such line of goods.");
    return NULL;
}

static enum err_code drop_goods(struct case_run *run)
{
    json_t *goods = case_list_copy(run->r, "goods"), *line;
    enum err_code rc = ERR_OK;

    line = goods_line(run, goods, &rc);
    if (line != NULL)
        json_object_set_new(line, "gone", json_true());
    record_set(&run->d, "goods", goods);
    return rc;
}

static enum err_code dispose(struct case_run *run)
{
    json_t *goods = case_list_copy(run->r, "goods"), *line;
    int64_t milli = 0;
    enum err_code rc = quantity_of(run, &milli);

    line = rc == ERR_OK ? goods_line(run, goods, &rc) : NULL;
    if (line != NULL) {
        int64_t after = case_number(line, "disposed_milli") + milli;

        if (after > case_number(line, "quantity_milli"))
            rc = refuse(run, "quantity", "more_than_held", "比没收的数量多",
                        "More than was confiscated.");
        json_object_set_new(line, "disposed_milli", json_integer(after));
    }
    record_set(&run->d, "goods", goods);
    return rc;
}

static enum err_code decide(struct case_run *run)
{
    static const char *const kept[] = {"fine_fen",   "income_fen", "warning",  "correct", "licence",
                                       "discretion", "ground",     "document", NULL};
    json_t *penalty = json_object();
    const char *discretion = filing_text(run->input, "discretion");
    bool something = case_goods_left(run->r), lawful = true;

    for (size_t i = 0; kept[i] != NULL; i++) {
        json_t *value = json_object_get(run->input, kept[i]);

        if (value == NULL || json_is_null(value))
            continue;
        json_object_set(penalty, kept[i], value);
        something |=
            json_is_true(value) || json_integer_value(value) > 0 || strcmp(kept[i], "licence") == 0;
    }
    if (discretion != NULL && strcmp(discretion, "usual") != 0)
        lawful = filing_text(run->input, "ground") != NULL;
    record_set(&run->d, "penalty", penalty);
    record_set(&run->d, "outcome", json_string("penalised"));
    record_set(&run->d, "decided_day", json_integer(run->today));
    if (!lawful)
        return refuse(run, "ground", "required", "从轻、减轻、从重要写理由",
                      "A lighter, mitigated or heavier penalty needs its ground.");
    if (!something)
        return refuse(run, "fine_fen", "no_penalty", "没有写任何处罚；不处罚的办“不予处罚”",
                      "No penalty is given; use not_penalise to impose none.");
    return ERR_OK;
}

static void ended(struct case_run *run, const char *outcome)
{
    record_set(&run->d, "outcome", json_string(outcome));
    record_set(&run->d, "decided_day", json_integer(run->today));
    if (filing_text(run->input, "ground") != NULL)
        record_set(&run->d, "ground", json_string(filing_text(run->input, "ground")));
}

/* The day an act gives for something that happened: not ahead, not before the case. */
static enum err_code day_of(struct case_run *run, const char *field, date_t *ret)
{
    const char *text = filing_text(run->input, field);

    *ret = text == NULL ? DATE_NONE : date_parse(text);
    if (*ret == DATE_NONE)
        return refuse(run, field, "date", "日期写成 2026-10-13", "A date is written 2026-10-13.");
    if (*ret > run->today || *ret < (date_t)record_number(run->r, "day"))
        return refuse(run, field, "range", "日期要在立案之后、今天以前",
                      "The day lies between filing and today.");
    return ERR_OK;
}

/* Served, or put up, on or after the day of the decision. */
static enum err_code day_since_decision(struct case_run *run, const char *field, date_t *ret)
{
    TRY(day_of(run, field, ret));
    if (*ret < (date_t)record_number(run->r, "decided_day"))
        return refuse(run, field, "range", "日期要在作出决定以后",
                      "The day lies on or after that of the decision.");
    return ERR_OK;
}

bool case_by_public_notice(const struct case_run *run)
{
    const char *how = filing_text(run->input, "how");

    return how != NULL && strcmp(how, "public_notice") == 0;
}

/* By public notice it is served on the day on which the notice has run, and on no other. */
static enum err_code day_of_notice(struct case_run *run, date_t day)
{
    const struct pack *rules = &case_flow_of(run->op, run->r)->acts;
    const json_t *notice = record_clock(run->clocks, "D10P", 0);
    char text[DATE_TEXT];
    date_t due;

    if (!case_by_public_notice(run) || notice == NULL)
        return ERR_OK;
    due = record_clock_date(run->op, rules, notice).due;
    if (day == due)
        return ERR_OK;
    date_format(due, text);
    return refuse(run, "served_on", "range",
                  arena_printf(run->op->arena, "公告送达的送达日期是公告期满那天：%s", text),
                  arena_printf(run->op->arena,
                               "By public notice it is served on the day the notice ends: %s.",
                               text));
}

static enum err_code pay(struct case_run *run)
{
    int64_t paid = record_number(run->r, "paid_fen") + int_of(run, "amount_fen");
    date_t on;

    TRY(day_of(run, "paid_on", &on));
    if (int_of(run, "amount_fen") <= 0 || paid > case_owed_fen(run->r))
        return refuse(run, "amount_fen", "range", "缴款要大于零，加起来不超过罚没款",
                      "A payment is above zero, and all together not more than is owed.");
    record_set(&run->d, "paid_fen", json_integer(paid));
    return ERR_OK;
}

static void late_fine(struct case_run *run)
{
    record_set(&run->d, "late_fine_fen",
               json_integer(record_number(run->r, "late_fine_fen") + int_of(run, "amount_fen")));
}

enum err_code case_effect(struct case_run *run, const struct flow_transition *t)
{
    struct record_draft *d = &run->d;
    date_t day;

    switch ((enum case_does)t->does) {
    case CASE_MOVES:
    case CASE_STATES:
        return ERR_OK;
    case CASE_ASSIGNS:
        return assign(run);
    case CASE_ASKS_ASSIST:
        return ask_assist(run);
    case CASE_ANSWERED:
        return answered(run);
    case CASE_ADDS_GOODS:
        return add_goods(run);
    case CASE_DROPS_GOODS:
        return drop_goods(run);
    case CASE_PAUSES:
        record_set(d, "pause",
                   json_pack("{s:O, s:I}", "reason", json_object_get(run->input, "reason"), "from",
                             (json_int_t)run->today));
        return ERR_OK;
    case CASE_RESUMES:
        record_set(d, "pause", json_null());
        return ERR_OK;
    case CASE_SUSPENDS:
        record_set(d, "before", json_string(record_member(run->r, "status")));
        return ERR_OK;
    case CASE_CONTINUES:
        record_set(d, "before", json_null());
        return ERR_OK;
    case CASE_EXTENDS_AGAIN:
        return record_clock_lengthen(run->op, &case_flow_of(run->op, run->r)->acts, run->clocks,
                                     "D7", int_of(run, "days"));
    case CASE_NOTICES:
        return day_of(run, "served_on", &run->day);
    case CASE_DECIDES:
        return decide(run);
    case CASE_NOT_PENALISES:
        ended(run, "not_penalised");
        return ERR_OK;
    case CASE_ENDS:
        ended(run, t->to->id);
        return ERR_OK;
    case CASE_POSTS:
        return day_since_decision(run, "posted_on", &run->day);
    case CASE_SERVES:
        TRY(day_since_decision(run, "served_on", &run->day));
        TRY(day_of_notice(run, run->day));
        record_set(d, "served_day", json_integer(run->day));
        return ERR_OK;
    case CASE_PAYS:
        return pay(run);
    case CASE_DEFERS:
        day = date_parse(filing_text(run->input, "until"));
        if (day == DATE_NONE || day <= run->today)
            return refuse(run, "until", "range", "缴清日期要在今天以后", "The day lies ahead.");
        record_set(d, "deferred_until", json_integer(day));
        return ERR_OK;
    case CASE_FINES_LATE:
        late_fine(run);
        return ERR_OK;
    case CASE_DISPOSES:
        TRY(day_of(run, "on", &day));
        return dispose(run);
    case CASE_CLOSES:
        record_set(d, "closed_day", json_integer(run->today));
        return ERR_OK;
    }
    return ERR_OK;
}
