/* Taking evidence in. */
#include "work/evidence.h"

#include <string.h>

#include "base/text.h"
#include "rules/roles.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/draft.h"
#include "work/evidence_file.h"
#include "work/idempotency.h"

#define CONFLICT_TRIES 8

struct evidence_file evidence_file_of(const json_t *f)
{
    return (struct evidence_file){
        .id = json_integer_value(json_object_get(f, "id")),
        .size = json_integer_value(json_object_get(f, "size")),
        .width = json_integer_value(json_object_get(f, "width")),
        .height = json_integer_value(json_object_get(f, "height")),
        .at = json_integer_value(json_object_get(f, "at")),
        .by = json_integer_value(json_object_get(f, "by")),
        .removed = json_integer_value(json_object_get(f, "removed")),
        .type = json_string_value(json_object_get(f, "type")),
        .blob = json_string_value(json_object_get(f, "blob")),
        .large = json_string_value(json_object_get(f, "large")),
        .thumb = json_string_value(json_object_get(f, "thumb")),
        .removed_by_party = json_is_true(json_object_get(f, "removed_by_party")),
        .purged = json_is_true(json_object_get(f, "purged")),
    };
}

bool evidence_removable(const struct op *op, const json_t *file)
{
    struct evidence_file f = evidence_file_of(file);

    return f.removed == 0 && (op->actor.kind != ACTOR_PARTY || f.by == 0);
}

size_t evidence_files(const struct matter *m, struct evidence_file ret[EVIDENCE_MAX])
{
    const json_t *list = json_object_get(m->detail, "files");
    size_t n = json_array_size(list);

    for (size_t i = 0; i < n && i < EVIDENCE_MAX; i++)
        ret[i] = evidence_file_of(json_array_get(list, i));
    return n < EVIDENCE_MAX ? n : EVIDENCE_MAX;
}

/* ---- what is refused, in plain words ---- */

static enum err_code refuse(struct op *op, const char *code, const char *zh, const char *en)
{
    return err_field(&op->err, ERR_INVALID, "file", code, zh, en);
}

static enum err_code refuse_size(struct op *op, const struct evidence_rules *rules)
{
    long long mb = (long long)(rules->max_bytes >> 20);
    char zh[120], en[120];

    snprintf(zh, sizeof zh, "这个文件超过 %lld MB。换一个小的，或以后补。", mb);
    snprintf(en, sizeof en, "This file is over %lld MB. Choose a smaller one or add it later.", mb);
    return refuse(op, "file_size", zh, en);
}

static enum err_code refuse_count(struct op *op, const struct evidence_rules *rules)
{
    char zh[120], en[120];

    snprintf(zh, sizeof zh, "一件最多 %lld 份证据，已经满了。", (long long)rules->max_files);
    snprintf(en, sizeof en, "A matter takes %lld files at most, and has them.",
             (long long)rules->max_files);
    return refuse(op, "file_count", zh, en);
}

static enum err_code refuse_type(struct op *op)
{
    return refuse(op, "file_type", "这种文件收不了。能收 JPEG、PNG、WebP、HEIC 照片和 PDF。",
                  "This kind of file is not taken. JPEG, PNG, WebP and HEIC pictures and PDF are.");
}

static enum err_code refuse_answer(struct op *op, const struct media_answer *answer,
                                   const struct evidence_rules *rules)
{
    if (strcmp(answer->why, "empty") == 0)
        return refuse(op, "file_empty", "这个文件是空的。", "This file is empty.");
    if (strcmp(answer->why, "too_large") == 0)
        return refuse_size(op, rules);
    if (strcmp(answer->why, "too_many_pixels") == 0)
        return refuse(op, "file_pixels", "这张图的尺寸太大，缩小再传。",
                      "This picture has too many pixels; make it smaller.");
    if (strcmp(answer->why, "type") == 0)
        return refuse_type(op);
    return refuse(op, "file_broken", "这张图打不开，可能没有传完整。重新拍一张或再传一次。",
                  "This picture cannot be opened; it may be incomplete. Send it again.");
}

/* ---- checks before anything is looked at ---- */

static enum err_code check_count(struct op *op, const struct matter *m)
{
    const struct evidence_rules *rules = op->setup->evidence;
    struct evidence_file files[EVIDENCE_MAX];
    size_t n = evidence_files(m, files);
    int64_t there = 0;

    for (size_t i = 0; i < n; i++)
        there += files[i].removed == 0;
    if (there >= rules->max_files || (int64_t)n - there >= rules->max_removed)
        return refuse_count(op, rules);
    return ERR_OK;
}

/* Whether the actor may attach to the matter as it is. The draft holds the step. */
static enum err_code begin(struct op *op, struct draft *d, struct matter *m)
{
    struct record_facts record = matter_facts(op, m);
    struct workflow_facts facts = matter_workflow_facts(op, m);

    draft_begin(op, d, m, "attach", op->now_ms);
    TRY(draft_decide(d, may_roles(&op->actor, &record), &facts));
    return check_count(op, m);
}

static enum err_code check_allowed(struct op *op, int64_t id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    CLEANUP(draft_release) struct draft d = {0};

    TRY(snapshot_open(op, &snap));
    TRY(matter_for(op, snap, id, MAY_SEE, &m));
    return begin(op, &d, &m);
}

/* ---- the bytes ---- */

enum err_code evidence_keep(struct op *op, const struct evidence_upload *up,
                            struct evidence_kept *ret)
{
    const struct evidence_rules *rules = op->setup->evidence;
    struct media_answer *a = &ret->answer;

    if (up->n == 0)
        return refuse(op, "file_empty", "这个文件是空的。", "This file is empty.");
    if ((int64_t)up->n > rules->max_bytes)
        return refuse_size(op, rules);
    if (op->media == NULL)
        return err_set(&op->err, ERR_IO, "no fangxin-media");
    TRY(media_look(op->media, op->arena, up->bytes, up->n, rules, a, &op->err));
    ret->type = evidence_type(rules, a->type);
    if (ret->type == NULL && a->type[0] != '\0')
        return refuse_type(op);
    if (a->found == MEDIA_REFUSED || ret->type == NULL)
        return refuse_answer(op, a, rules);
    if ((ret->type->shown == SHOWN_PICTURE) != (a->found == MEDIA_PICTURE))
        return err_set(&op->err, ERR_INTERNAL, "%s was not shown as the pack says", a->type);
    TRY(blob_put(op, up->bytes, up->n, &ret->original));
    if (a->found != MEDIA_PICTURE)
        return ERR_OK;
    TRY(blob_put(op, a->large, a->large_bytes, &ret->large));
    return blob_put(op, a->thumb, a->thumb_bytes, &ret->thumb);
}

const char *evidence_name(struct op *op, const char *name)
{
    char *copy, *to;

    if (name == NULL)
        return NULL;
    for (const char *p = name; *p != '\0'; p++)
        if (*p == '/' || *p == '\\')
            name = p + 1;
    copy = arena_strndup(op->arena, name, utf8_prefix(name, strlen(name), EVIDENCE_NAME_MAX));
    if (copy == NULL)
        return NULL;
    to = copy;
    for (const char *p = copy; *p != '\0'; p++)
        if ((unsigned char)*p >= ' ' && *p != 0x7f)
            *to++ = *p;
    *to = '\0';
    return copy[0] == '\0' ? NULL : copy;
}

/* ---- the event ---- */

static void add_blob(struct op *op, struct changes *ch, int64_t owner, const struct blob *blob)
{
    changes_row(ch, SQL_blob_insert, 1, ERR_CONFLICT);
    changes_text(ch, blob->name);
    changes_int(ch, owner);
    changes_int(ch, blob->size);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "blob");
}

void evidence_add_rows(struct op *op, struct changes *ch, int64_t owner,
                       const struct evidence_kept *kept)
{
    add_blob(op, ch, owner, &kept->original);
    if (kept->answer.found == MEDIA_PICTURE) {
        add_blob(op, ch, owner, &kept->large);
        add_blob(op, ch, owner, &kept->thumb);
    }
    changes_row(ch, SQL_scan_put, 1, ERR_CONFLICT);
    changes_text(ch, kept->original.name);
    changes_int(ch, owner);
    changes_text(ch, "waiting");
    changes_text(ch, "");
    changes_text(ch, "");
    changes_int(ch, 0);
    changes_mac(op, ch, "scan");
}

json_t *evidence_state(const struct evidence_kept *kept, int64_t id, int64_t at, int64_t by)
{
    json_t *file = json_pack("{s:I, s:s, s:I, s:s, s:I, s:I}", "id", (json_int_t)id, "type",
                             kept->type->type, "size", (json_int_t)kept->original.size, "blob",
                             kept->original.name, "at", (json_int_t)at, "by", (json_int_t)by);

    if (kept->answer.found == MEDIA_PICTURE)
        json_object_update_new(file,
                               json_pack("{s:s, s:s, s:I, s:I}", "large", kept->large.name, "thumb",
                                         kept->thumb.name, "width", (json_int_t)kept->answer.width,
                                         "height", (json_int_t)kept->answer.height));
    return file;
}

json_t *evidence_event(const struct evidence_kept *kept)
{
    char sha[2 * HASH_BYTES + 1];

    hex_encode(kept->original.sha256, HASH_BYTES, sha);
    return json_pack("{s:s, s:I, s:s}", "type", kept->type->type, "size",
                     (json_int_t)kept->original.size, "sha256", sha);
}

static void put_file(struct draft *d, const struct evidence_kept *kept)
{
    CLEANUP(json_decrefp) json_t *in = evidence_event(kept);
    const json_t *before = json_object_get(d->m->detail, "files");
    json_t *list = before == NULL ? json_array() : json_copy((json_t *)(uintptr_t)before), *value;
    bool party = d->op->actor.kind == ACTOR_PARTY;
    const char *name;

    json_array_append_new(
        list, evidence_state(kept, d->m->version + 1, d->at, party ? 0 : d->op->actor.officer_id));
    draft_detail(d, "files", list);
    json_object_foreach(in, name, value)
    {
        draft_in(d, name, json_incref(value));
    }
}

enum err_code evidence_attach_into(struct op *op, struct changes *ch, struct matter *m,
                                   const char *name, const struct evidence_kept *kept)
{
    CLEANUP(draft_release) struct draft d = {0};

    TRY(begin(op, &d, m));
    draft_text(&d, "name", name);
    put_file(&d, kept);
    TRY(draft_take(&d));
    TRY(draft_record(&d, ch));
    evidence_add_rows(op, ch, m->id, kept);
    return ERR_OK;
}

static enum err_code attach_once(struct op *op, int64_t id, const char *name,
                                 const struct evidence_kept *kept, struct matter *ret,
                                 int64_t *ret_id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter before = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);

    TRY(snapshot_open(op, &snap));
    TRY(matter_for(op, snap, id, MAY_SEE, ret));
    matter_copy(ret, &before);
    *ret_id = ret->version + 1;
    TRY(evidence_attach_into(op, ch, ret, name, kept));
    matter_save(op, ch, &before, ret);
    result = json_pack("{s:I, s:I}", "id", (json_int_t)id, "file", (json_int_t)*ret_id);
    idempotency_add(op, ch, op->key, result);
    snapshot_closep(&snap);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* Whether this request was done before; then @p ret is the matter as it is now. */
static enum err_code done_before(struct op *op, int64_t id, struct matter *ret, int64_t *ret_id,
                                 bool *ret_done)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *earlier = NULL;

    TRY(idempotency_find(op, op->key, &earlier));
    *ret_done = earlier != NULL;
    if (earlier == NULL)
        return ERR_OK;
    *ret_id = json_integer_value(json_object_get(earlier, "file"));
    TRY(snapshot_open(op, &snap));
    return matter_for(op, snap, id, MAY_SEE, ret);
}

enum err_code evidence_attach(struct op *op, int64_t matter_id,
                              const struct evidence_upload *upload, struct matter *ret,
                              int64_t *ret_id)
{
    const char *name = evidence_name(op, upload->name);
    struct evidence_kept kept = {0};
    enum err_code rc;
    bool done;

    *ret = (struct matter){0};
    TRY(done_before(op, matter_id, ret, ret_id, &done));
    if (done)
        return ERR_OK;
    TRY(check_allowed(op, matter_id));
    TRY(evidence_keep(op, upload, &kept));
    rc = ERR_CONFLICT;
    for (int i = 0; i < CONFLICT_TRIES && rc == ERR_CONFLICT; i++) {
        matter_release(ret);
        *ret = (struct matter){0};
        err_clear(&op->err);
        rc = attach_once(op, matter_id, name, &kept, ret, ret_id);
    }
    if (rc == ERR_OK)
        return ERR_OK;
    matter_release(ret);
    *ret = (struct matter){0};
    return rc == ERR_REPLAYED ? done_before(op, matter_id, ret, ret_id, &done) : rc;
}
