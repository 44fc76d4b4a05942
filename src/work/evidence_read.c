/* Showing evidence: who may, what stands in between, and how a matter lists its files. */
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/evidence_file.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/view_internal.h"

#define NO_TYPE "application/octet-stream"

static bool from_party(const struct evidence_file *f)
{
    return f->by == 0;
}

/* The party sees what it sent, as long as it is there. */
static bool listed_for(const struct op *op, const struct evidence_file *f)
{
    return op->actor.kind != ACTOR_PARTY || (from_party(f) && f->removed == 0);
}

/* ---- what the scanner said ---- */

enum err_code evidence_scanned(struct op *op, struct snapshot *snap, const struct evidence_file *f,
                               enum evidence_state *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    if (f->purged) {
        *ret = EVIDENCE_PURGED;
        return ERR_OK;
    }
    TRY(snapshot_prepare(op, snap, SQL_scan_get, &s));
    TRY(stmt_bind_text(op, s, 1, f->blob));
    TRY(stmt_step(op, s, &row));
    if (row && strcmp(stmt_text(s, 0), "infected") == 0)
        *ret = EVIDENCE_INFECTED;
    else if (row && strcmp(stmt_text(s, 0), "clean") == 0)
        *ret = EVIDENCE_READY;
    else
        *ret = op->setup->scanner == NULL ? EVIDENCE_UNSCANNED : EVIDENCE_WAITING;
    return ERR_OK;
}

const char *evidence_state_name(enum evidence_state state)
{
    static const char *const names[] = {[EVIDENCE_READY] = "ready",
                                        [EVIDENCE_UNSCANNED] = "unscanned",
                                        [EVIDENCE_WAITING] = "waiting",
                                        [EVIDENCE_INFECTED] = "infected",
                                        [EVIDENCE_PURGED] = "purged"};

    return names[state];
}

static enum err_code not_now(struct op *op, const char *code, const char *zh, const char *en)
{
    return err_field(&op->err, ERR_NOT_ALLOWED, "file", code, zh, en);
}

enum err_code evidence_may_open(struct op *op, struct snapshot *snap, const struct evidence_file *f)
{
    enum evidence_state state;

    TRY(evidence_scanned(op, snap, f, &state));
    if (state == EVIDENCE_WAITING)
        return not_now(op, "file_waiting", "正在查毒，查完就能看。",
                       "It is being scanned for viruses; it can be seen afterwards.");
    if (state == EVIDENCE_INFECTED)
        return not_now(op, "file_infected", "查出病毒，不能打开。",
                       "A virus was found in it; it cannot be opened.");
    if (state == EVIDENCE_PURGED)
        return not_now(op, "file_purged", "保存期满，文件已经清除。",
                       "The term of keeping is over; the file was deleted.");
    return ERR_OK;
}

/* ---- one part of one file ---- */

static enum err_code find_file(struct op *op, const struct matter *m, int64_t id,
                               struct evidence_file *ret)
{
    struct evidence_file files[EVIDENCE_MAX];
    size_t n = evidence_files(m, files);

    for (size_t i = 0; i < n; i++)
        if (files[i].id == id && listed_for(op, &files[i])) {
            *ret = files[i];
            return ERR_OK;
        }
    return err_set(&op->err, ERR_NOT_FOUND, "no such file");
}

enum err_code evidence_reason(struct op *op, const char *reason)
{
    const struct code_table *reasons = codes_table(op->setup->codes, "reveal_reasons");

    if (reason == NULL || reasons == NULL || code_find(reasons, reason) == NULL)
        return err_field(&op->err, ERR_INVALID, "reason", "unknown_code",
                         "原件带着拍摄时间和地点，选查看的理由",
                         "The original tells when and where it was taken: choose a reason.");
    return ERR_OK;
}

enum err_code evidence_bytes(struct op *op, const struct evidence_file *f, enum evidence_part part,
                             const char *owner, struct buf *out, struct evidence_shown *ret)
{
    const struct file_type *type = evidence_type(op->setup->evidence, f->type);
    const char *blob = part == EVIDENCE_ORIGINAL ? f->blob
                       : part == EVIDENCE_LARGE  ? f->large
                                                 : f->thumb;

    if (blob == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "a document has no picture");
    ret->type = part != EVIDENCE_ORIGINAL ? "image/jpeg" : type == NULL ? NO_TYPE : type->type;
    if (part != EVIDENCE_ORIGINAL || ret->name == NULL)
        ret->name = arena_printf(op->arena, "%s-%lld.%s", owner, (long long)f->id,
                                 part != EVIDENCE_ORIGINAL ? "jpg"
                                 : type == NULL            ? "bin"
                                                           : type->extension);
    return blob_read(op, blob, out);
}

/* Who may, and for originals why: a photograph tells where it was taken and with what. */
static enum err_code check_may(struct op *op, const struct matter *m, const struct evidence_file *f,
                               enum evidence_part part, const char *reason)
{
    struct record_facts facts = matter_facts(op, m);
    bool officer = op->actor.kind == ACTOR_OFFICER;

    if (f->removed != 0 && part != EVIDENCE_ORIGINAL)
        return not_now(op, "file_removed", "这份证据已经删除。", "This file was removed.");
    if (f->removed != 0)
        TRY(may_check(&op->actor, MAY_READ_REMOVED, &facts, &op->err));
    else if (part == EVIDENCE_ORIGINAL && f->large != NULL)
        TRY(may_check(&op->actor, MAY_READ_ORIGINAL, &facts, &op->err));
    else
        TRY(may_check(&op->actor, MAY_READ_FILE, &facts, &op->err));
    if (part != EVIDENCE_ORIGINAL || !officer || (f->large == NULL && f->removed == 0))
        return ERR_OK;
    return evidence_reason(op, reason);
}

static enum err_code name_of(struct op *op, struct snapshot *snap, const struct matter *m,
                             const struct evidence_file *f, const char **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const char *name;

    *ret = NULL;
    if (m->secret && op->actor.kind != ACTOR_PARTY)
        return ERR_OK; /* a name may tell who sent it */
    TRY(texts_open(op, snap, m, f->id, &texts));
    name = filing_text(texts, "name");
    *ret = name == NULL ? NULL : arena_strdup(op->arena, name);
    return ERR_OK;
}

enum err_code evidence_read(struct op *op, struct snapshot *snap, const struct matter *m,
                            int64_t file_id, enum evidence_part part, const char *reason,
                            struct buf *out, struct evidence_shown *ret)
{
    struct evidence_file f;

    TRY(find_file(op, m, file_id, &f));
    TRY(check_may(op, m, &f, part, reason));
    TRY(evidence_may_open(op, snap, &f));
    TRY(name_of(op, snap, m, &f, &ret->name));
    return evidence_bytes(op, &f, part, m->number, out, ret);
}

/* ---- the list ---- */

static void view_by(struct op *op, const struct evidence_file *f, struct json_writer *w)
{
    if (op->actor.kind == ACTOR_PARTY || !from_party(f))
        view_officer(op, w, "officer", f->by);
    else
        json_none(w, "officer");
    json_bool(w, "from_party", from_party(f));
}

static enum err_code view_removed(struct op *op, struct snapshot *snap, const struct matter *m,
                                  const struct evidence_file *f, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (f->removed == 0) {
        json_none(w, "removed");
        return ERR_OK;
    }
    TRY(texts_open(op, snap, m, f->removed, &texts));
    json_open_object(w, "removed");
    json_int(w, "version", f->removed);
    json_text(w, "reason", filing_text(texts, "reason"));
    json_bool(w, "from_party", f->removed_by_party);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_file(struct op *op, struct snapshot *snap, const struct matter *m,
                               const struct evidence_file *f, bool may_see, struct json_writer *w)
{
    const struct file_type *type = evidence_type(op->setup->evidence, f->type);
    enum evidence_state state;
    const char *name;

    TRY(evidence_scanned(op, snap, f, &state));
    TRY(name_of(op, snap, m, f, &name));
    json_object_begin(w);
    json_int(w, "id", f->id);
    json_text(w, "name", name);
    json_text(w, "type", f->type);
    view_label(w, "label", type == NULL ? NULL : &type->label);
    json_text(w, "shown", f->large == NULL ? "document" : "picture");
    json_int(w, "size", f->size);
    json_key(w, "width");
    f->large == NULL ? json_put_null(w) : json_put_int(w, f->width);
    json_key(w, "height");
    f->large == NULL ? json_put_null(w) : json_put_int(w, f->height);
    view_instant(w, "at", f->at, op->zone_min);
    view_by(op, f, w);
    json_text(w, "state", evidence_state_name(state));
    json_bool(w, "open",
              may_see && f->removed == 0 &&
                  (state == EVIDENCE_READY || state == EVIDENCE_UNSCANNED));
    TRY(view_removed(op, snap, m, f, w));
    json_object_end(w);
    return ERR_OK;
}

enum err_code view_files(struct op *op, struct snapshot *snap, const struct matter *m,
                         const char *key, struct json_writer *w)
{
    struct evidence_file files[EVIDENCE_MAX];
    size_t n = evidence_files(m, files);
    struct record_facts facts = matter_facts(op, m);
    bool may_see = n > 0 && may(&op->actor, MAY_READ_FILE, &facts).yes;

    json_open_array(w, key);
    for (size_t i = 0; i < n; i++)
        if (listed_for(op, &files[i]))
            TRY(view_file(op, snap, m, &files[i], may_see, w));
    json_array_end(w);
    return ERR_OK;
}

enum err_code view_file_by_id(struct op *op, struct snapshot *snap, const struct matter *m,
                              int64_t id, struct json_writer *w)
{
    struct evidence_file f;

    TRY(find_file(op, m, id, &f));
    return view_file(op, snap, m, &f, true, w);
}
