/* Files of matters and of entries of registers, sent as raw bytes, shown as pictures made anew. */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_registers.h"
#include "web/head.h"
#include "work/access.h"
#include "work/entry_files.h"
#include "work/evidence.h"

/* Whatever the bytes are, a browser shows them as what the header says and runs nothing of them. */
#define FILE_POLICY "default-src 'none'; sandbox"

/* ---- taking ---- */

/* `Fangxin-File-Name`: how the sender calls it, UTF-8 with percent signs. NULL when absent. */
static enum err_code file_name(struct call *call, const char **ret)
{
    const char *value = request_header(call->req, "Fangxin-File-Name");
    char *copy;

    *ret = NULL;
    if (value == NULL)
        return ERR_OK;
    copy = arena_strdup(call->op->arena, value);
    if (copy == NULL)
        return err_set(&call->op->err, ERR_NO_MEMORY, "file name");
    if (strlen(copy) > 2000 || !head_decode(copy, false))
        return call_refuse(call, ERR_INVALID, "Fangxin-File-Name", "file_name",
                           "文件名要用百分号编码的 UTF-8，最多 2000 个字符",
                           "The name takes percent-encoded UTF-8, 2000 characters at most");
    *ret = copy;
    return ERR_OK;
}

enum err_code files_post(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct evidence_upload upload = {.bytes = call->req->body, .n = call->req->body_bytes};
    struct json_writer *w;
    int64_t id, file;

    TRY(file_name(call, &upload.name));
    TRY(call_matter_id(call, &id));
    TRY(evidence_attach(call->op, id, &upload, &m, &file));
    TRY(snapshot_open(call->op, &snap));
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)m.version);
    response_headerf(call->resp, "Location", "/api/v1/matters/%s/files/%lld", m.number,
                     (long long)file);
    w = call_answer(call, 201);
    json_object_begin(w);
    json_int(w, "version", m.version);
    json_key(w, "file");
    TRY(view_file_by_id(call->op, snap, &m, file, w));
    json_object_end(w);
    return ERR_OK;
}

enum err_code files_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct json_writer *w;

    TRY(snapshot_open(call->op, &snap));
    TRY(call_matter(call, snap, "files", &m));
    w = call_answer(call, 200);
    json_object_begin(w);
    TRY(view_files(call->op, snap, &m, "items", w));
    json_object_end(w);
    return ERR_OK;
}

/* ---- showing ---- */

/* Notes an officer's look. At a report's evidence and at originals it is on the disk before
 * anything is shown. */
static enum err_code note_look(struct call *call, const struct matter *m, const char *what,
                               int64_t file, const char *reason)
{
    struct op *op = call->op;
    struct changes *ch;

    if (op->actor.kind != ACTOR_OFFICER)
        return ERR_OK;
    if (!m->secret && reason == NULL) {
        access_note_part(op, m->id, what, file);
        return ERR_OK;
    }
    ch = changes_new(op);
    access_add(op, ch, m->id, arena_printf(op->arena, "%s:%lld", what, (long long)file), reason);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* RFC 6266: the name in percent-encoded UTF-8; nothing of it reaches the header as it came. */
static const char *disposition(struct call *call, const char *how, const char *name)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(2048);

    buf_addf(&text, "%s; filename*=UTF-8''", how);
    for (const unsigned char *p = (const unsigned char *)name; *p != '\0'; p++)
        if ((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
            *p == '-' || *p == '.' || *p == '_')
            buf_addc(&text, (char)*p);
        else
            buf_addf(&text, "%%%02X", *p);
    return buf_dup(&text, call->op->arena);
}

/* What was read into the answer's body, or why not. */
static enum err_code answer_bytes(struct call *call, enum evidence_part part,
                                  const struct evidence_shown *shown, enum err_code rc)
{
    struct response *resp = call->resp;

    if (rc != ERR_OK) {
        buf_reset(&resp->body);
        return rc;
    }
    resp->status = 200;
    resp->content_type = shown->type;
    response_header(
        resp, "Content-Disposition",
        disposition(call, part == EVIDENCE_ORIGINAL ? "attachment" : "inline", shown->name));
    response_header(resp, "Content-Security-Policy", FILE_POLICY);
    response_header(resp, "Cross-Origin-Resource-Policy", "same-origin");
    return ERR_OK;
}

static enum err_code answer_file(struct call *call, enum evidence_part part, const char *what,
                                 const char *reason)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct evidence_shown shown;
    enum err_code rc;
    int64_t id, file;

    TRY(call_matter_id(call, &id));
    if (!text_int64(request_param(call->req, "id"), &file) || file < 1)
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such file");
    TRY(snapshot_open(call->op, &snap));
    TRY(matter_for(call->op, snap, id, call->op->actor.kind == ACTOR_PARTY ? MAY_SEE : MAY_READ,
                   &m));
    rc = evidence_read(call->op, snap, &m, file, part, reason, &call->resp->body, &shown);
    if (rc == ERR_OK)
        rc = note_look(call, &m, what, file, reason);
    return answer_bytes(call, part, &shown, rc);
}

static enum err_code read_size(struct call *call, enum evidence_part *ret)
{
    const char *size = request_query(call->req, "size");

    if (size != NULL && strcmp(size, "large") != 0 && strcmp(size, "thumb") != 0)
        return call_bad_choice(call, "size", size, "large, thumb");
    *ret = size != NULL && strcmp(size, "thumb") == 0 ? EVIDENCE_THUMB : EVIDENCE_LARGE;
    return ERR_OK;
}

enum err_code file_get(struct call *call)
{
    enum evidence_part part = EVIDENCE_LARGE;

    TRY(read_size(call, &part));
    return answer_file(call, part, part == EVIDENCE_THUMB ? "thumb" : "file", NULL);
}

enum err_code file_original_get(struct call *call)
{
    return answer_file(call, EVIDENCE_ORIGINAL, "original", request_query(call->req, "reason"));
}

/* ---- of entries ---- */

enum err_code entry_files_post(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct evidence_upload upload = {.bytes = call->req->body, .n = call->req->body_bytes};
    const struct register_def *def;
    int64_t file;

    TRY(file_name(call, &upload.name));
    TRY(call_register(call, &def));
    TRY(entry_file_attach(call->op, def, request_param(call->req, "number"),
                          request_param(call->req, "field"), &upload, &r, &file));
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r.version);
    response_headerf(call->resp, "Location", "/api/v1/registers/%s/entries/%s/files/%lld",
                     def->flow.id, record_member(&r, "number"), (long long)file);
    TRY(snapshot_open(call->op, &snap));
    return entry_view(call->op, snap, &r, call_answer(call, 201));
}

static enum err_code answer_entry_file(struct call *call, enum evidence_part part,
                                       const char *reason)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;
    struct evidence_shown shown;
    int64_t file;

    TRY(call_register(call, &def));
    if (!text_int64(request_param(call->req, "file"), &file) || file < 1)
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such file");
    TRY(snapshot_open(call->op, &snap));
    TRY(entry_by_number(call->op, snap, def, request_param(call->req, "number"), MAY_READ_ENTRY,
                        &r));
    return answer_bytes(
        call, part, &shown,
        entry_file_read(call->op, snap, &r, file, part, reason, &call->resp->body, &shown));
}

enum err_code entry_file_get(struct call *call)
{
    enum evidence_part part = EVIDENCE_LARGE;

    TRY(read_size(call, &part));
    return answer_entry_file(call, part, NULL);
}

enum err_code entry_file_original_get(struct call *call)
{
    return answer_entry_file(call, EVIDENCE_ORIGINAL, request_query(call->req, "reason"));
}
