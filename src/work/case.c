/* Enforcement cases: who may, filing one, the row for lists. */
#include "work/case.h"

#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/business.h"
#include "work/case_internal.h"
#include "work/filing_check.h"
#include "work/idempotency.h"
#include "work/staff.h"

#define OFFICERS_MAX 8

static enum err_code refuse(struct op *op, const char *field, const char *code, const char *zh,
                            const char *en)
{
    return err_field(&op->err, ERR_INVALID, field, code, zh, en);
}

/* ---- who may ---- */

struct record_facts case_facts(struct op *op, const struct record *r)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    const json_t *list = json_object_get(r->state, "officers");
    int64_t *officers = ARENA_ARRAY(op->arena, int64_t, OFFICERS_MAX);
    size_t n = 0;

    for (size_t i = 0; officers != NULL && i < json_array_size(list) && i < OFFICERS_MAX; i++)
        officers[n++] = json_integer_value(json_array_get(list, i));
    return (struct record_facts){.body_path = body == NULL ? "" : body->path,
                                 .officers = officers,
                                 .n_officers = n,
                                 .registered_by = record_number(r, "registered_by")};
}

const struct flow *case_flow_of(struct op *op, const struct record *r)
{
    return setup_case_flow(op->setup, record_member(r, "revision"));
}

enum err_code case_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                       struct record *ret)
{
    struct record_facts facts;
    enum err_code rc;

    TRY(record_load(op, snap, CASE, id, ret));
    facts = case_facts(op, ret);
    rc = may(&op->actor, MAY_READ_CASE, &facts).yes
             ? may_check(&op->actor, need, &facts, &op->err)
             : err_set(&op->err, ERR_NOT_FOUND, "case out of sight");
    if (rc != ERR_OK)
        record_release(ret);
    return rc;
}

/* ---- filing ---- */

struct making {
    struct op *op;
    struct snapshot *snap;
    struct changes *ch;
    const json_t *input;
    struct record *r;
    struct record_draft d;
    const struct body *body;
    date_t day;
};

static enum err_code check_body(struct making *m)
{
    struct op *op = m->op;
    const char *code = filing_text(m->input, "body");
    struct record_facts facts = {0};

    m->body = setup_body(op->setup, code == NULL ? op->actor.body : code);
    if (m->body == NULL || !m->body->current)
        return refuse(op, "body", "unknown_body", "没有这个单位", "There is no such body.");
    facts.body_path = m->body->path;
    return may_check(&op->actor, MAY_MAKE_CASE, &facts, &op->err);
}

static enum err_code check_day(struct making *m)
{
    struct op *op = m->op;
    const char *text = filing_text(m->input, "filed_on");
    date_t today = date_of_instant(op->now_ms, op->zone_min);

    m->day = text == NULL ? today : date_parse(text);
    if (m->day == DATE_NONE)
        return refuse(op, "filed_on", "date", "日期写成 2026-10-13",
                      "A date is written 2026-10-13.");
    if (m->day > today)
        return refuse(op, "filed_on", "future", "立案日期不能晚于今天",
                      "A case cannot be filed ahead.");
    return ERR_OK;
}

static enum err_code put_business(struct making *m)
{
    CLEANUP(record_release) struct record business = {0};
    const json_t *id = json_object_get(m->input, "business_id");
    enum err_code rc;

    if (filing_text(m->input, "business") == NULL)
        return refuse(m->op, "business", "required", "写清当事人", "Name the party.");
    record_set(&m->d, "business", json_string(filing_text(m->input, "business")));
    if (!json_is_integer(id))
        return ERR_OK;
    rc = business_find(m->op, m->snap, json_integer_value(id), &business);
    if (rc == ERR_NOT_FOUND)
        return refuse(m->op, "business_id", "unknown_business", "没有这个经营者",
                      "There is no such business.");
    TRY(rc);
    record_set(&m->d, "business_id", json_integer(business.id));
    business_hold(m->ch, business.id);
    return ERR_OK;
}

/* The report gets an event that names the case; the case only an id that its page shows to nobody
 * who may not see the report. */
static enum err_code join_report(struct making *m)
{
    CLEANUP(matter_release) struct matter report = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0};
    struct op *op = m->op;
    int64_t id;

    if (matter_id_of(op, filing_text(m->input, "report"), &id) != ERR_OK ||
        matter_for(op, m->snap, id, MAY_ACT, &report) != ERR_OK ||
        matter_kind_of(&report) != KIND_REPORT) {
        err_clear(&op->err); /* the same words, whether there is none or none to be seen */
        return refuse(op, "report", "unknown_number", "没有这个编号的举报",
                      "There is no report with this number.");
    }
    if (report.outcome == NULL || strcmp(report.outcome, "filed") != 0)
        return refuse(op, "report", "not_filed", "这件举报还没有立案，先在举报上办立案",
                      "This report is not filed; record the act file on it first.");
    if (json_is_integer(json_object_get(report.detail, "case")))
        return refuse(op, "report", "has_case", "这件举报已经有案件",
                      "This report has a case already.");
    matter_copy(&report, &before);
    draft_begin(op, &d, &report, "open_case", op->now_ms);
    draft_detail(&d, "case", json_integer(m->r->id));
    TRY(draft_record(&d, m->ch));
    matter_save(op, m->ch, &before, &report);
    record_set(&m->d, "report", json_integer(report.id));
    return ERR_OK;
}

static enum err_code put_source(struct making *m)
{
    static const char *const sources[] = {"report", "inspection", "handover", "other"};
    const char *source = filing_text(m->input, "source");
    bool known = false;

    for (size_t i = 0; i < sizeof sources / sizeof sources[0] && source != NULL; i++)
        known |= strcmp(source, sources[i]) == 0;
    if (!known)
        return refuse(m->op, "source", "unknown_choice", "案件来源从列表里选",
                      "Choose where the case comes from: report, inspection, handover, other.");
    record_set(&m->d, "source", json_string(source));
    if (strcmp(source, "report") == 0)
        return join_report(m);
    if (filing_text(m->input, "report") != NULL)
        return refuse(m->op, "report", "not_of_report", "来源不是举报，不写举报编号",
                      "The case does not come from a report: name none.");
    return ERR_OK;
}

static enum err_code put_clocks(struct making *m)
{
    const struct flow *flow = m->op->setup->cases;
    json_t *clocks = json_array();
    enum err_code rc = clocks == NULL ? err_set(&m->op->err, ERR_NO_MEMORY, "clocks") : ERR_OK;

    for (size_t i = 0; i < flow->n_creation && rc == ERR_OK; i++)
        rc = record_clock_apply(m->op, &flow->acts, clocks, &flow->creation[i], 0, m->day);
    record_set(&m->d, "clocks", clocks);
    return rc;
}

static enum err_code put_all(struct making *m)
{
    struct op *op = m->op;
    const char *number = filing_text(m->input, "number");

    record_set(&m->d, "body", json_string(m->body->code));
    record_set(&m->d, "pack", json_string(op->setup->cases->id));
    record_set(&m->d, "revision", json_string(op->setup->cases->revision));
    record_set(&m->d, "status", json_string(op->setup->cases->initial->id));
    record_set(&m->d, "day", json_integer(m->day));
    record_set(&m->d, "registered_by", json_integer(op->actor.officer_id));
    if (number != NULL) {
        record_set(&m->d, "number", json_string(number));
        record_set(&m->d, "key", json_string(arena_printf(op->arena, "case %s", number)));
    }
    err_clear(&op->err);
    check_code(op, "violation", filing_at(m->input, "violation"), "violations");
    if (op->err.n_items > 0)
        return ERR_INVALID;
    if (filing_text(m->input, "violation") != NULL)
        record_set(&m->d, "violation", json_string(filing_text(m->input, "violation")));
    if (filing_text(m->input, "facts") == NULL)
        return refuse(op, "facts", "required", "写清涉嫌违法的事实", "Say what is suspected.");
    record_text(&m->d, "facts", filing_text(m->input, "facts"));
    TRY(put_business(m));
    TRY(put_source(m));
    return put_clocks(m);
}

static enum err_code make_once(struct op *op, const json_t *input, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct making m = {.op = op, .input = input, .r = ret, .ch = changes_new(op)};
    enum err_code rc;

    TRY(check_body(&m));
    TRY(check_day(&m));
    TRY(record_new(op, CASE, ret));
    TRY(snapshot_open(op, &snap));
    m.snap = snap;
    record_draft_begin(op, &m.d, ret, "file", op->now_ms);
    rc = put_all(&m);
    if (rc == ERR_OK)
        rc = record_write(&m.d, m.ch);
    record_draft_release(&m.d);
    TRY(rc);
    result = json_pack("{s:I}", "id", (json_int_t)ret->id);
    idempotency_add(op, m.ch, op->key, result);
    rc = store_apply(op, m.ch, QUEUE_INTERACTIVE);
    if (rc == ERR_CONFLICT && filing_text(input, "number") != NULL) {
        err_clear(&op->err);
        return refuse(op, "number", "taken", "这个案号已经有了，或者举报刚被别人改过",
                      "This number is taken, or the report changed meanwhile.");
    }
    return rc;
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
    return case_for(op, snap, json_integer_value(json_object_get(result, "id")), MAY_READ_CASE,
                    ret);
}

enum err_code case_make(struct op *op, const json_t *input, struct record *ret)
{
    enum err_code rc;
    bool found;

    *ret = (struct record){0};
    TRY(earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    rc = make_once(op, input, ret);
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    return rc == ERR_REPLAYED ? earlier(op, ret, &found) : rc;
}

/* ---- amounts ---- */

static int64_t member_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

int64_t case_goods_fen(const struct record *r)
{
    const json_t *goods = json_object_get(r->state, "goods");
    int64_t sum = 0;

    for (size_t i = 0; i < json_array_size(goods); i++)
        if (!json_is_true(json_object_get(json_array_get(goods, i), "gone")))
            sum += member_of(json_array_get(goods, i), "value_fen");
    return sum;
}

int64_t case_owed_fen(const struct record *r)
{
    const json_t *penalty = json_object_get(r->state, "penalty");

    return member_of(penalty, "fine_fen") + member_of(penalty, "income_fen") +
           record_number(r, "late_fine_fen");
}

bool case_quantity(const char *text, int64_t *ret_milli)
{
    int64_t whole = 0, part = 0, scale = 1000;
    const char *p = text;

    if (p == NULL || *p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        whole = whole * 10 + (*p - '0');
        if (whole > INT64_C(1000000000))
            return false;
    }
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9' && scale > 1; p++) {
            scale /= 10;
            part += (*p - '0') * scale;
        }
    *ret_milli = whole * 1000 + part;
    return *p == '\0' && p[-1] != '.' && *ret_milli > 0;
}

const char *case_quantity_text(struct op *op, int64_t milli)
{
    char *text =
        arena_printf(op->arena, "%lld.%03d", (long long)(milli / 1000), (int)(milli % 1000));
    size_t n = text == NULL ? 0 : strlen(text);

    while (n > 0 && text[n - 1] == '0')
        text[--n] = '\0';
    if (n > 0 && text[n - 1] == '.')
        text[n - 1] = '\0';
    return text;
}

/* ---- the row for lists ---- */

#define ROW_TEXTS 8
#define ROW_NUMBERS 12
struct row {
    const char *texts[ROW_TEXTS]; /* status part waiting_for body number violation outcome rule */
    int64_t numbers[ROW_NUMBERS]; /* MATTER_NONE: NULL */
};

static int64_t number_or_none(const struct record *r, const char *name)
{
    const json_t *value = json_object_get(r->state, name);

    return json_is_integer(value) ? json_integer_value(value) : MATTER_NONE;
}

static struct row row_of(struct op *op, const struct record *r)
{
    const struct flow *flow = case_flow_of(op, r);
    const struct flow_state *state = flow_state(flow, record_member(r, "status"));
    const json_t *penalty = json_object_get(r->state, "penalty");
    const json_t *officers = json_object_get(r->state, "officers");
    struct record_next next =
        record_clocks_next(op, &flow->acts, json_object_get(r->state, "clocks"));
    bool penalised = penalty != NULL;

    return (struct row){
        .texts = {record_member(r, "status"),
                  case_part_name(state == NULL ? CASE_IN_HAND : (enum case_part)state->part),
                  waiting_for_name(state == NULL ? WAIT_UNIT : state->waiting_for),
                  record_member(r, "body"), record_member(r, "number"),
                  record_member(r, "violation"), record_member(r, "outcome"), next.rule},
        .numbers = {json_array_size(officers) == 0
                        ? MATTER_NONE
                        : json_integer_value(json_array_get(officers, 0)),
                    json_array_size(officers) < 2 ? MATTER_NONE
                                                  : json_integer_value(json_array_get(officers, 1)),
                    record_number(r, "registered_by"), record_number(r, "day"),
                    number_or_none(r, "decided_day"), number_or_none(r, "closed_day"),
                    next.due == DATE_NONE ? INT32_MAX : next.due, member_of(penalty, "fine_fen"),
                    member_of(penalty, "income_fen"), penalised ? case_goods_fen(r) : 0,
                    record_number(r, "paid_fen"),
                    json_object_get(r->state, "report") == NULL ? 0 : 1},
    };
}

void case_project(struct op *op, struct changes *ch, const struct record *before,
                  const struct record *after)
{
    struct row row = row_of(op, after);

    (void)before;
    changes_row(ch, SQL_case_put, 1, ERR_CONFLICT);
    changes_int(ch, after->id);
    for (size_t i = 0; i < ROW_TEXTS; i++)
        changes_text(ch, row.texts[i]);
    for (size_t i = 0; i < ROW_NUMBERS; i++)
        if (row.numbers[i] == MATTER_NONE)
            changes_null(ch);
        else
            changes_int(ch, row.numbers[i]);
}

static bool same_text(struct stmt *s, int column, const char *expected)
{
    if (expected == NULL)
        return stmt_is_null(s, column);
    return !stmt_is_null(s, column) && strcmp(stmt_text(s, column), expected) == 0;
}

enum err_code case_check(struct op *op, struct snapshot *snap, const struct record *r,
                         const char **ret_table)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct row row = row_of(op, r);
    bool found, same;

    *ret_table = NULL;
    TRY(snapshot_prepare(op, snap, SQL_case_by_id, &s));
    TRY(stmt_bind_int64(op, s, 1, r->id));
    TRY(stmt_step(op, s, &found));
    same = found;
    for (int i = 0; same && i < ROW_TEXTS; i++)
        same = same_text(s, i + 1, row.texts[i]);
    for (int i = 0; same && i < ROW_NUMBERS; i++)
        same = stmt_is_null(s, i + 1 + ROW_TEXTS)
                   ? row.numbers[i] == MATTER_NONE
                   : stmt_int64(s, i + 1 + ROW_TEXTS) == row.numbers[i];
    if (!same)
        *ret_table = "enforcement_case";
    return ERR_OK;
}
