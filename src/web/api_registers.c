/* Registers: definitions, lists and counts of entries, one entry, registering, acts. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_registers.h"
#include "web/register_forms.h"
#include "work/access.h"
#include "work/entry_print.h"
#include "work/record_clock.h"

#define PAGE_MOST 200

static const struct form_field entry_fields[] = {
    {"body", INPUT_TEXT, .max_bytes = 160, .max_chars = 40, .zh = "单位", .en = "The body"},
    {"fields", INPUT_OBJECT, .required = true, .zh = "各项内容", .en = "The fields"},
};
const struct form form_entry = {entry_fields, sizeof entry_fields / sizeof entry_fields[0]};

static const struct form_field act_fields[] = {
    {"fields", INPUT_OBJECT, .zh = "各项内容", .en = "The fields"},
    {"reason", INPUT_TEXT, .max_bytes = 2000, .max_chars = 500, .zh = "更正原因",
     .en = "The reason"},
    {"text", INPUT_TEXT, .max_bytes = 12000, .max_chars = 4000, .zh = "备注", .en = "The note"},
};
const struct form form_entry_act = {act_fields, sizeof act_fields / sizeof act_fields[0]};

static const struct form_field import_fields[] = {
    {"act", INPUT_TEXT, .max_bytes = 60, .max_chars = 60, .zh = "办理动作", .en = "The act"},
    {"rows", INPUT_OBJECTS, .required = true, .min = 1, .max = 500, .zh = "各行", .en = "The rows"},
    {"dry_run", INPUT_BOOL, .zh = "只检查", .en = "Whether only to check"},
};
const struct form form_entry_import = {import_fields,
                                       sizeof import_fields / sizeof import_fields[0]};

enum err_code call_register(struct call *call, const struct register_def **ret)
{
    return register_for(call->op, request_param(call->req, "id"), ret);
}

/* ---- definitions ---- */

enum err_code registers_get(struct call *call)
{
    return registers_view(call->op, call_answer(call, 200));
}

enum err_code register_get(struct call *call)
{
    const struct register_def *def;

    const char *revision = call_query_text(call, "revision");

    TRY(call_register(call, &def));
    if (revision != NULL) {
        def = registers_at_revision(call->op->setup->registers, def->flow.id, revision);
        if (strcmp(def->flow.revision, revision) != 0)
            return err_set(&call->op->err, ERR_NOT_FOUND, "no such revision is kept");
    }
    return register_view(call->op, def, call_answer(call, 200));
}

/* ---- lists ---- */

static bool is_common(const char *name)
{
    static const char *const names[] = {"status", "open", "body",  "from",   "to",
                                        "q",      "sort", "limit", "cursor", "due"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The filters of the definition, by the names of its fields. */
static enum err_code read_values(struct call *call, struct entry_filter *f)
{
    for (size_t i = 0; i < call->req->n_query; i++) {
        const struct pair *p = &call->req->query[i];

        if (is_common(p->name) || *p->value == '\0')
            continue;
        if (!entry_filters_by(f->def, p->name) || f->n_values == ENTRY_FILTERS_MAX)
            return call_refuse(call, ERR_INVALID, p->name, "unknown_parameter",
                               "这个台账不按这一项筛选", "The register has no such filter");
        f->values[f->n_values].field = p->name;
        f->values[f->n_values++].value = p->value;
    }
    return ERR_OK;
}

static enum err_code read_choices(struct call *call, struct entry_filter *f)
{
    const char *level = call_query_text(call, "due"), *sort = call_query_text(call, "sort");
    int64_t open;

    f->status = call_query_text(call, "status");
    f->level = level == NULL ? ENTRY_ANY : entry_level_find(level);
    f->sort = sort == NULL ? ENTRY_NEWEST : entry_sort_find(sort);
    if (f->level == ENTRY_LEVELS)
        return call_bad_choice(call, "due", level, "late, today, soon, later");
    if (f->sort == ENTRY_SORTS)
        return call_bad_choice(call, "sort", sort, "-day, day, due");
    if (f->status != NULL && !entry_has_state(f->def, f->status))
        return call_bad_choice(call, "status", f->status, "GET /registers/{id}");
    TRY(call_query_int(call, "open", 0, 1, -1, &open));
    f->open = (int)open;
    return ERR_OK;
}

enum err_code call_entry_filter(struct call *call, const struct register_def *def,
                                struct entry_filter *ret)
{
    const char *code = call_query_text(call, "body");
    const struct body *body = code == NULL ? NULL : setup_body(call->op->setup, code);
    int64_t limit;

    *ret = (struct entry_filter){.def = def,
                                 .words = call_query_text(call, "q"),
                                 .cursor = call_query_text(call, "cursor"),
                                 .today = call_today(call),
                                 .soon_until = call_soon(call)};
    TRY(read_choices(call, ret));
    TRY(call_query_date(call, "from", &ret->from));
    TRY(call_query_date(call, "to", &ret->to));
    TRY(call_query_int(call, "limit", 1, PAGE_MOST, 50, &limit));
    ret->max = (size_t)limit;
    if (code != NULL)
        ret->body_path = body == NULL ? "/-/" : body->path;
    return read_values(call, ret);
}

enum err_code entries_get(struct call *call)
{
    const struct register_def *def;
    struct entry_filter filter;

    TRY(call_register(call, &def));
    TRY(call_entry_filter(call, def, &filter));
    return entry_list_view(call->op, &filter, call_answer(call, 200));
}

enum err_code entries_count_get(struct call *call)
{
    const struct register_def *def;
    struct entry_filter filter;

    TRY(call_register(call, &def));
    TRY(call_entry_filter(call, def, &filter));
    return entry_count_view(call->op, &filter, call_answer(call, 200));
}

/* ---- one ---- */

static enum err_code answer_entry(struct call *call, int status, const struct record *r)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(call->op, &snap));
    response_headerf(call->resp, "ETag", "\"%" PRId64 "\"", r->version);
    return entry_view(call->op, snap, r, call_answer(call, status));
}

/* The entry that the address names. */
static enum err_code read_entry(struct call *call, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct register_def *def;

    TRY(call_register(call, &def));
    TRY(snapshot_open(call->op, &snap));
    return entry_by_number(call->op, snap, def, request_param(call->req, "number"), MAY_READ_ENTRY,
                           ret);
}

enum err_code entry_get(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};

    TRY(read_entry(call, &r));
    access_note(call->op, r.id, "read");
    return answer_entry(call, 200, &r);
}

enum err_code entry_print_get(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const char *print = request_param(call->req, "print");
    enum err_code rc;

    TRY(read_entry(call, &r));
    access_note(call->op, r.id, "print");
    rc = entry_print(call->op, &r, print, &call->resp->body);
    if (rc != ERR_OK) {
        buf_reset(&call->resp->body);
        return rc;
    }
    api_send_pdf(call, arena_printf(call->op->arena, "%s.pdf", record_member(&r, "number")));
    return ERR_OK;
}

/* The entries of a list as the register prints them. */
enum err_code register_print_get(struct call *call)
{
    const struct register_def *def;
    struct entry_filter filter;
    const char *body = call_query_text(call, "body"), *print = request_param(call->req, "print");
    enum err_code rc;

    TRY(call_register(call, &def));
    TRY(call_entry_filter(call, def, &filter));
    rc = entry_print_list(call->op, &filter, body == NULL ? call->op->actor.body : body, print,
                          &call->resp->body);
    if (rc != ERR_OK) {
        buf_reset(&call->resp->body);
        return rc;
    }
    api_send_pdf(call, arena_printf(call->op->arena, "%s-%s.pdf", def->flow.id, print));
    return ERR_OK;
}

/* Why a date is due. */
enum err_code entry_deadline_get(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;

    TRY(read_entry(call, &r));
    def = entry_def(call->op, &r);
    if (def == NULL)
        return err_set(&call->op->err, ERR_CORRUPT, "an entry of no register");
    return record_clock_explained(call->op, &def->flow, json_object_get(r.state, "clocks"),
                                  request_param(call->req, "rule"), 0, call_answer(call, 200));
}

enum err_code entries_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;

    TRY(call_register(call, &def));
    TRY(entry_make(call->op, def, call->body, &r));
    response_headerf(call->resp, "Location", "/api/v1/registers/%s/entries/%s", def->flow.id,
                     record_member(&r, "number"));
    return answer_entry(call, 201, &r);
}

struct named {
    const struct register_def *def;
    const char *number;
};

static enum err_code write_current(struct call *call, struct snapshot *snap, const void *of,
                                   struct json_writer *w)
{
    CLEANUP(record_release) struct record r = {0};
    const struct named *named = of;

    TRY(entry_by_number(call->op, snap, named->def, named->number, MAY_READ_ENTRY, &r));
    access_note(call->op, r.id, "read");
    return entry_view(call->op, snap, &r, w);
}

enum err_code entry_act_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const char *number = request_param(call->req, "number");
    const struct register_def *def;
    int64_t version;
    enum err_code rc;

    TRY(call_register(call, &def));
    TRY(call_version(call, &version));
    rc = entry_act(call->op, def, number, request_param(call->req, "act"), call->body, version, &r);
    if (rc == ERR_CONFLICT || rc == ERR_NOT_ALLOWED)
        call_keep_current(call, write_current, &(struct named){def, number});
    TRY(rc);
    return answer_entry(call, 200, &r);
}
