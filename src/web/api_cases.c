/* Enforcement cases: list, counts, the life cycle, one, filing one, its acts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_forms.h"
#include "web/case_forms.h"
#include "work/access.h"
#include "work/case.h"
#include "work/record_clock.h"

#define PAGE_MOST 200

static const struct form_field make_fields[] = {
    {"source", INPUT_TEXT, .required = true, .max_bytes = 40, .max_chars = 20, .zh = "案件来源",
     .en = "Where it comes from"},
    {"report", INPUT_TEXT, .max_bytes = 160, .max_chars = 40, .zh = "举报编号",
     .en = "The report's number"},
    {"business", INPUT_TEXT, .required = true, .max_bytes = 400, .max_chars = 100, .zh = "当事人",
     .en = "The party"},
    {"business_id", INPUT_INT, .min = 1, .zh = "经营者", .en = "The business"},
    {"violation", INPUT_TEXT, .max_bytes = 240, .max_chars = 60, .zh = "违法类型",
     .en = "The violation"},
    {"number", INPUT_TEXT, .max_bytes = 120, .max_chars = 40, .zh = "案号",
     .en = "The case number"},
    {"filed_on", INPUT_DATE, .zh = "立案日期", .en = "The day of filing"},
    {"body", INPUT_TEXT, .max_bytes = 160, .max_chars = 40, .zh = "办案单位", .en = "The body"},
    {"facts", INPUT_TEXT, .required = true, .max_bytes = 20000, .max_chars = 5000,
     .zh = "涉嫌违法的事实", .en = "What is suspected"},
};
const struct form form_case = {make_fields, sizeof make_fields / sizeof make_fields[0]};

static enum err_code path_id(struct call *call, int64_t *ret)
{
    const char *text = request_param(call->req, "id");

    if (text != NULL && text_int64(text, ret) && *ret > 0)
        return ERR_OK;
    return err_set(&call->op->err, ERR_NOT_FOUND, "no case of this id");
}

/* ---- lists ---- */

static bool is_outcome(const char *text)
{
    static const char *const outcomes[] = {"penalised", "not_penalised", "dismissed",
                                           "transferred"};

    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        if (strcmp(outcomes[i], text) == 0)
            return true;
    return false;
}

static enum err_code read_choices(struct call *call, struct case_filter *f)
{
    const char *level = call_query_text(call, "due");

    f->part = call_query_text(call, "part");
    f->status = call_query_text(call, "status");
    f->outcome = call_query_text(call, "outcome");
    f->violation = call_query_text(call, "violation");
    f->level = level == NULL ? CASE_ANY : case_level_find(level);
    if (f->level == CASE_LEVELS)
        return call_bad_choice(call, "due", level, "late, today, soon, later");
    if (f->part != NULL && case_part_find(f->part) == CASE_PARTS)
        return call_bad_choice(call, "part", f->part, "in_hand, decided, closed");
    if (f->status != NULL && flow_state(call->op->setup->cases, f->status) == NULL)
        return call_bad_choice(call, "status", f->status, "GET /cases/flow");
    if (f->outcome != NULL && !is_outcome(f->outcome))
        return call_bad_choice(call, "outcome", f->outcome,
                               "penalised, not_penalised, dismissed, transferred");
    return ERR_OK;
}

static enum err_code read_filter(struct call *call, struct case_filter *ret)
{
    const char *code = call_query_text(call, "body");
    const struct body *body = code == NULL ? NULL : setup_body(call->op->setup, code);
    int64_t mine;

    *ret = (struct case_filter){.today = call_today(call), .soon_until = call_soon(call)};
    TRY(read_choices(call, ret));
    TRY(call_query_date(call, "from", &ret->from));
    TRY(call_query_date(call, "to", &ret->to));
    TRY(call_query_int(call, "mine", 0, 1, 0, &mine));
    ret->mine = mine == 1;
    if (code != NULL)
        ret->body_path = body == NULL ? "/-/" : body->path;
    return ERR_OK;
}

static enum err_code read_cursor(struct call *call, struct case_filter *ret)
{
    const char *text = call_query_text(call, "cursor");
    char *end;

    if (text == NULL)
        return ERR_OK;
    ret->after_due = strtoll(text, &end, 10);
    if (end != text && *end == '.' && text_int64(end + 1, &ret->after_id) && ret->after_id > 0)
        return ERR_OK;
    return call_refuse(call, ERR_INVALID, "cursor", "cursor", "这一页接不上，从第一页看起",
                       "This page cannot be continued; begin with the first");
}

enum err_code cases_get(struct call *call)
{
    struct case_filter filter;
    int64_t limit;

    TRY(read_filter(call, &filter));
    TRY(read_cursor(call, &filter));
    TRY(call_query_int(call, "limit", 1, PAGE_MOST, 50, &limit));
    filter.max = (size_t)limit;
    return case_list_view(call->op, &filter, call_answer(call, 200));
}

enum err_code cases_count_get(struct call *call)
{
    struct case_filter filter;

    TRY(read_filter(call, &filter));
    return case_count_view(call->op, &filter, call_answer(call, 200));
}

enum err_code cases_flow_get(struct call *call)
{
    case_view_flow(call->op, call_query_text(call, "revision"), call_answer(call, 200));
    return ERR_OK;
}

/* ---- one ---- */

static enum err_code answer_case(struct call *call, int status, const struct record *r)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(call->op, &snap));
    response_headerf(call->resp, "ETag", "\"%" PRId64 "\"", r->version);
    return case_view(call->op, snap, r, call_answer(call, status));
}

enum err_code case_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    int64_t id;

    TRY(path_id(call, &id));
    TRY(snapshot_open(call->op, &snap));
    TRY(case_for(call->op, snap, id, MAY_READ_CASE, &r));
    access_note(call->op, id, "read");
    return answer_case(call, 200, &r);
}

/* Why a date is due. */
enum err_code case_deadline_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    int64_t id, no;

    TRY(path_id(call, &id));
    TRY(call_query_int(call, "no", 0, 999, 0, &no));
    TRY(snapshot_open(call->op, &snap));
    TRY(case_for(call->op, snap, id, MAY_READ_CASE, &r));
    return record_clock_explained(call->op, case_flow_of(call->op, &r),
                                  json_object_get(r.state, "clocks"),
                                  request_param(call->req, "rule"), no, call_answer(call, 200));
}

enum err_code cases_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};

    TRY(case_make(call->op, call->body, &r));
    response_headerf(call->resp, "Location", "/api/v1/cases/%" PRId64, r.id);
    return answer_case(call, 201, &r);
}

static enum err_code write_current(struct call *call, struct snapshot *snap, const void *of,
                                   struct json_writer *w)
{
    CLEANUP(record_release) struct record r = {0};

    TRY(case_for(call->op, snap, *(const int64_t *)of, MAY_READ_CASE, &r));
    access_note(call->op, r.id, "read");
    return case_view(call->op, snap, &r, w);
}

/* By the fields of the revision that the case goes by. */
static enum err_code check_input(struct call *call, int64_t id, const char *act)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct op *op = call->op;
    const struct pack_act *known;
    struct form form;

    TRY(snapshot_open(op, &snap));
    TRY(case_for(op, snap, id, MAY_READ_CASE, &r));
    known = pack_act(&case_flow_of(op, &r)->acts, act);
    if (known == NULL)
        return call_refuse(call, ERR_NOT_FOUND, "act", "unknown_act", "没有这个操作",
                           "There is no such act");
    if (form_of_act(op->arena, op->setup, known, call->body, &form) != ERR_OK)
        return err_set(&op->err, ERR_NO_MEMORY, "form of act");
    form.n = known->n_fields; /* the days that matter are fields of their own */
    return form_check(&form, call->body, op->now_ms, op->zone_min, &op->err);
}

enum err_code case_act_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const char *act = request_param(call->req, "act");
    int64_t id, version;
    enum err_code rc;

    TRY(path_id(call, &id));
    TRY(call_version(call, &version));
    TRY(check_input(call, id, act));
    rc = case_act(call->op, id, act, call->body, version, &r);
    if (rc == ERR_CONFLICT || rc == ERR_NOT_ALLOWED)
        call_keep_current(call, write_current, &id);
    TRY(rc);
    return answer_case(call, 200, &r);
}
