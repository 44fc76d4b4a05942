/* Files of entries: taking them in, taking them away, showing them. */
#include "work/entry_files.h"

#include <string.h>

#include "rules/field.h"
#include "work/access.h"
#include "work/acts.h"
#include "work/entry_run.h"
#include "work/evidence_file.h"
#include "work/idempotency.h"
#include "work/verify_evidence.h"

#define TRIES 8
#define REMOVED "removed_files"

/* ---- who may ---- */

static bool finished(const struct register_def *def, const struct record *r)
{
    const struct flow_state *now = flow_state(&def->flow, record_member(r, "status"));

    return now == NULL || now->final;
}

static bool has_files(const struct register_def *def)
{
    for (size_t i = 0; i < def->registering.n_fields; i++)
        if (def->registering.fields[i].kind == FIELD_FILE)
            return true;
    return false;
}

bool entry_file_may(struct op *op, const struct register_def *def, const struct record *r)
{
    return has_files(def) && !finished(def, r) && entry_roles(op, def, r) != 0;
}

static enum err_code check_may(struct entry_run *run)
{
    if (entry_roles(run->op, run->def, run->r) == 0)
        return entry_run_refuse(run, ERR_FORBIDDEN, "act", "role", "您的岗位不办这件事",
                                "Your role does not include this.");
    if (finished(run->def, run->r))
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "state",
                                "已经办完的记录不再增减照片和文件",
                                "What is finished takes no more files.");
    return ERR_OK;
}

static enum err_code check_count(struct op *op, const struct act_field *f, const json_t *state)
{
    const json_t *fields = json_object_get(state, "fields");
    size_t removed = json_array_size(json_object_get(state, REMOVED));
    char zh[120], en[120];

    if ((int64_t)json_array_size(json_object_get(fields, f->name)) < f->max &&
        (int64_t)removed < op->setup->evidence->max_removed)
        return ERR_OK;
    snprintf(zh, sizeof zh, "%.60s最多 %lld 份，已经满了。", f->label.zh, (long long)f->max);
    snprintf(en, sizeof en, "%.60s: %lld files at most.", f->label.en, (long long)f->max);
    return err_field(&op->err, ERR_INVALID, "file", "file_count", zh, en);
}

/* ---- taking in ---- */

/* What one sending brings. */
struct sending {
    const struct register_def *def;
    const struct act_field *field;
    const char *number, *name;
    struct evidence_kept kept;
};

/* The entry as it stands, and whether it takes the file; the run holds both. */
static enum err_code begin(struct entry_run *run, const struct sending *s)
{
    TRY(snapshot_open(run->op, &run->snap));
    TRY(entry_by_number(run->op, run->snap, s->def, s->number, MAY_ACT_ENTRY, run->r));
    run->def = entry_def(run->op, run->r); /* as it was written */
    TRY(check_may(run));
    TRY(check_count(run->op, s->field, run->r->state));
    return entry_run_begin(run, "attach");
}

static enum err_code check_allowed(struct op *op, const struct sending *s)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(entry_run_release) struct entry_run run = {.op = op, .def = s->def, .r = &r};

    return begin(&run, s);
}

static void put_file(struct entry_run *run, const struct sending *s)
{
    CLEANUP(json_decrefp) json_t *in = evidence_event(&s->kept);
    json_t *fields = entry_run_fields_of(run->state), *value,
           *list = json_deep_copy(json_object_get(fields, s->field->name));
    const char *name;

    if (list == NULL)
        list = json_array();
    json_array_append_new(
        list, evidence_state(&s->kept, run->file, run->op->now_ms, run->op->actor.officer_id));
    json_object_set(fields, s->field->name, list);
    json_object_set_new(run->values, s->field->name, list);
    record_in(&run->d, "field", json_string(s->field->name));
    json_object_foreach(in, name, value)
    {
        record_in(&run->d, name, json_incref(value));
    }
    record_text(&run->d, "name", s->name);
}

static enum err_code attach_once(struct op *op, const struct sending *s, struct record *ret,
                                 int64_t *ret_id)
{
    CLEANUP(entry_run_release) struct entry_run run = {.op = op, .def = s->def, .r = ret};

    TRY(begin(&run, s));
    *ret_id = run.file = ret->version + 1;
    put_file(&run, s);
    TRY(entry_run_settle(&run));
    evidence_add_rows(op, run.ch, ret->id, &s->kept);
    return entry_run_save(&run);
}

enum err_code entry_file_attach(struct op *op, const struct register_def *def, const char *number,
                                const char *field, const struct evidence_upload *upload,
                                struct record *ret, int64_t *ret_id)
{
    struct sending s = {.def = def,
                        .field = register_field(def, field),
                        .number = number,
                        .name = evidence_name(op, upload->name)};
    enum err_code rc = ERR_CONFLICT;
    bool done;

    *ret = (struct record){0};
    if (s.field == NULL || s.field->kind != FIELD_FILE)
        return err_set(&op->err, ERR_NOT_FOUND, "no such field for files");
    TRY(entry_run_earlier(op, def, ret, ret_id, &done));
    if (done)
        return ERR_OK;
    TRY(check_allowed(op, &s));
    TRY(evidence_keep(op, upload, &s.kept));
    for (int i = 0; i < TRIES && rc == ERR_CONFLICT; i++) {
        record_release(ret);
        *ret = (struct record){0};
        err_clear(&op->err);
        rc = attach_once(op, &s, ret, ret_id);
    }
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    *ret = (struct record){0};
    return rc == ERR_REPLAYED ? entry_run_earlier(op, def, ret, ret_id, &done) : rc;
}

/* ---- taking away ---- */

static size_t index_of(const json_t *files, int64_t id)
{
    size_t i = 0;

    while (i < json_array_size(files) &&
           json_integer_value(json_object_get(json_array_get(files, i), "id")) != id)
        i++;
    return i;
}

/* The field that holds the file, and where; NULL: none does. */
static const struct act_field *holder(const struct register_def *def, const json_t *state,
                                      int64_t id, size_t *ret_at)
{
    const json_t *fields = json_object_get(state, "fields");

    for (size_t i = 0; i < def->registering.n_fields; i++) {
        const struct act_field *f = &def->registering.fields[i];
        const json_t *files = json_object_get(fields, f->name);

        *ret_at = index_of(files, id);
        if (f->kind == FIELD_FILE && *ret_at < json_array_size(files))
            return f;
    }
    return NULL;
}

static void move_away(struct entry_run *run, const struct act_field *f, size_t at)
{
    json_t *fields = entry_run_fields_of(run->state),
           *list = json_deep_copy(json_object_get(fields, f->name)),
           *removed = json_deep_copy(json_object_get(run->state, REMOVED)),
           *file = json_array_get(list, at);

    if (removed == NULL)
        removed = json_array();
    json_object_set_new(file, "removed", json_integer(run->r->version + 1));
    json_array_append(removed, file);
    json_array_remove(list, at);
    entry_run_put(run, REMOVED, removed);
    if (json_array_size(list) > 0) {
        json_object_set(fields, f->name, list);
        json_object_set_new(run->values, f->name, list);
        return;
    }
    json_decref(list);
    json_object_del(fields, f->name);
    json_object_del(run->values, f->name);
}

enum err_code entry_file_detach(struct entry_run *run, const json_t *input)
{
    const json_t *id = json_object_get(json_object_get(input, "fields"), "file"),
                 *reason = json_object_get(input, "reason");
    const struct act_field *f;
    size_t at;

    TRY(check_may(run));
    f = holder(run->def, run->r->state, json_integer_value(id), &at);
    if (entry_blank(reason))
        (void)entry_run_refuse(run, ERR_INVALID, "reason", "required", "写去掉的原因", "Say why.");
    if (f == NULL)
        (void)entry_run_refuse(run, ERR_INVALID, "fields.file", "not_found", "没有这份文件",
                               "There is no such file.");
    if (run->op->err.n_items > 0)
        return ERR_INVALID;
    record_in(&run->d, "field", json_string(f->name));
    record_in(&run->d, "file", json_incref((json_t *)(uintptr_t)id));
    record_text(&run->d, "reason", json_string_value(reason));
    move_away(run, f, at);
    return entry_run_settle(run);
}

/* ---- showing ---- */

static const json_t *file_of(const struct register_def *def, const struct record *r, int64_t id)
{
    size_t at;
    const struct act_field *f = holder(def, r->state, id, &at);
    const json_t *fields = json_object_get(r->state, "fields");

    return f == NULL ? NULL : json_array_get(json_object_get(fields, f->name), at);
}

/* The sender's name for it, to who may act on the entry. */
static enum err_code name_of(struct op *op, struct snapshot *snap, const struct record *r,
                             int64_t id, const char **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    struct record_facts facts = entry_facts(op, r);
    const char *name;

    *ret = NULL;
    if (!may(&op->actor, MAY_ACT_ENTRY, &facts).yes)
        return ERR_OK;
    TRY(record_texts(op, snap, r, id, &texts));
    name = json_string_value(json_object_get(texts, "name"));
    *ret = name == NULL ? NULL : arena_strdup(op->arena, name);
    return ERR_OK;
}

/* A look at an original is on the disk before anything is shown. */
static enum err_code note_look(struct op *op, const struct record *r, int64_t id,
                               const char *reason)
{
    struct changes *ch;

    if (reason == NULL) {
        access_note_part(op, r->id, "file", id);
        return ERR_OK;
    }
    ch = changes_new(op);
    access_add(op, ch, r->id, arena_printf(op->arena, "original:%lld", (long long)id), reason);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code entry_file_read(struct op *op, struct snapshot *snap, const struct record *r,
                              int64_t id, enum evidence_part part, const char *reason,
                              struct buf *out, struct evidence_shown *ret)
{
    const struct register_def *def = entry_def(op, r);
    const json_t *file = def == NULL ? NULL : file_of(def, r, id);
    struct record_facts facts = entry_facts(op, r);
    struct evidence_file f;
    bool original;

    if (file == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no such file");
    f = evidence_file_of(file);
    original = part == EVIDENCE_ORIGINAL && f.large != NULL;
    TRY(may_check(&op->actor, original ? MAY_READ_ORIGINAL : MAY_READ_FILE, &facts, &op->err));
    if (original)
        TRY(evidence_reason(op, reason));
    TRY(evidence_may_open(op, snap, &f));
    TRY(name_of(op, snap, r, id, &ret->name));
    TRY(note_look(op, r, id, original ? reason : NULL));
    return evidence_bytes(op, &f, part, record_member(r, "number"), out, ret);
}

static json_t *picture_size(const struct evidence_file *f, int64_t size)
{
    return f->large == NULL ? json_null() : json_integer(size);
}

enum err_code entry_files_shown(struct op *op, struct snapshot *snap, const struct record *r,
                                const json_t *files, json_t **ret)
{
    CLEANUP(json_decrefp) json_t *list = json_array();
    struct record_facts facts = entry_facts(op, r);
    bool may_see = may(&op->actor, MAY_READ_FILE, &facts).yes;

    for (size_t i = 0; i < json_array_size(files); i++) {
        struct evidence_file f = evidence_file_of(json_array_get(files, i));
        enum evidence_state state;
        char at[INSTANT_TEXT];

        TRY(evidence_scanned(op, snap, &f, &state));
        instant_format(f.at, op->zone_min, at);
        json_array_append_new(
            list,
            json_pack("{s:I, s:s, s:s, s:I, s:o, s:o, s:s, s:s, s:b}", "id", (json_int_t)f.id,
                      "type", f.type, "shown", f.large == NULL ? "document" : "picture", "size",
                      (json_int_t)f.size, "width", picture_size(&f, f.width), "height",
                      picture_size(&f, f.height), "at", at, "state", evidence_state_name(state),
                      "open", may_see && (state == EVIDENCE_READY || state == EVIDENCE_UNSCANNED)));
    }
    *ret = json_incref(list);
    return ERR_OK;
}

/* ---- verify ---- */

static enum err_code check_list(struct op *op, struct snapshot *snap, const struct record *r,
                                const json_t *files, const char **ret_table)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        struct evidence_file f = evidence_file_of(json_array_get(files, i));

        TRY(verify_file(op, snap, r->id, &f, ret_table));
    }
    return ERR_OK;
}

enum err_code entry_files_check(struct op *op, struct snapshot *snap, const struct record *r,
                                const char **ret_table)
{
    const struct register_def *def = entry_def(op, r);
    const json_t *fields = json_object_get(r->state, "fields");

    for (size_t i = 0; def != NULL && i < def->registering.n_fields; i++)
        if (def->registering.fields[i].kind == FIELD_FILE)
            TRY(check_list(op, snap, r, json_object_get(fields, def->registering.fields[i].name),
                           ret_table));
    return check_list(op, snap, r, json_object_get(r->state, REMOVED), ret_table);
}
