/* Files of records: looked at, kept, taken in. */
#include <string.h>
#include <strings.h>

#include "base/embed.h"
#include "web/api.h"
#include "web/importer.h"
#include "web/web_internal.h"
#include "work/import.h"

static enum err_code look_and_keep(struct call *call, struct import_look *look,
                                   char ret_id[IMPORT_ID_TEXT])
{
    const struct request *req = call->req;

    TRY(call_may(call, MAY_IMPORT));
    if (req->body_bytes == 0)
        return call_refuse(call, ERR_INVALID, "", "empty", "文件是空的", "The file is empty");
    TRY(import_look(call->op, embedded_packs, req->body, req->body_bytes, look));
    return importer_keep(call->web->importer, call->op, req->body, req->body_bytes, look->map_name,
                         look->plan, ret_id);
}

static void write_look(struct call *call, const char *id, const struct import_look *look)
{
    struct json_writer *w = call_answer(call, 201);

    json_object_begin(w);
    json_text(w, "id", id);
    json_text(w, "format", look->format);
    json_text(w, "encoding", look->encoding);
    json_int(w, "rows_estimate", (int64_t)look->rows);
    json_open_array(w, "columns");
    for (size_t c = 0; c < look->n_columns; c++)
        json_put_text(w, look->columns[c]);
    json_array_end(w);
    json_open_array(w, "sample");
    for (size_t r = 0; r < look->n_sample; r++) {
        json_array_begin(w);
        for (size_t c = 0; c < look->n_columns; c++)
            json_put_text(w, look->sample[r][c] == NULL ? "" : look->sample[r][c]);
        json_array_end(w);
    }
    json_array_end(w);
    json_text(w, "map_name", look->map_name);
    json_key(w, "suggested_map");
    if (look->plan == NULL)
        json_put_null(w);
    else
        json_put_tree(w, look->plan);
    json_object_end(w);
}

enum err_code uploads_post(struct call *call)
{
    struct import_look look = {0};
    char id[IMPORT_ID_TEXT];
    enum err_code rc = look_and_keep(call, &look, id);

    if (rc == ERR_OK)
        write_look(call, id, &look);
    json_decref(look.plan);
    return rc;
}

static enum err_code answer_started(struct call *call, const char *id)
{
    struct json_writer *w = call_answer(call, 202);

    response_headerf(call->resp, "Location", "/api/v1/imports/%s", id);
    json_object_begin(w);
    json_text(w, "id", id);
    json_object_end(w);
    return ERR_OK;
}

/* {"upload":ID,"map":{"columns":{…},"kind":…}} */
static enum err_code start_by_map(struct call *call)
{
    const json_t *map;
    const char *upload;
    char id[IMPORT_ID_TEXT];

    TRY(body_parse(call->req->body, call->req->body_bytes, &call->body, &call->op->err));
    map = json_object_get(call->body, "map");
    upload = body_text(call->body, "upload");
    if (upload == NULL)
        return call_refuse(call, ERR_INVALID, "upload", "missing", "还没写上传编号",
                           "The upload's id is missing");
    if (!json_is_object(map) || !json_is_object(json_object_get(map, "columns")))
        return call_refuse(call, ERR_INVALID, "map", "missing", "写明每一列变成什么",
                           "Say what each column becomes");
    TRY(importer_start(call->web->importer, call->op, upload, map, id));
    return answer_started(call, id);
}

/* The file itself, with ?map=NAME of a shipped map. */
static enum err_code start_by_name(struct call *call)
{
    const char *name = request_query(call->req, "map");
    const struct embedded_file *shipped =
        import_map_named(embedded_packs, name == NULL || name[0] == '\0' ? "own" : name);
    struct import_look look = {0};
    json_t *map = NULL;
    char upload[IMPORT_ID_TEXT], id[IMPORT_ID_TEXT];
    enum err_code rc;

    if (shipped == NULL)
        return call_refuse(call, ERR_INVALID, "map", "unknown_map", "没有这个对应关系",
                           "There is no such map");
    TRY(json_parse((const char *)shipped->data, shipped->size, &map, &call->op->err));
    rc = look_and_keep(call, &look, upload);
    if (rc == ERR_OK)
        rc = importer_start(call->web->importer, call->op, upload, map, id);
    json_decref(look.plan);
    json_decref(map);
    return rc == ERR_OK ? answer_started(call, id) : rc;
}

enum err_code imports_post(struct call *call)
{
    const char *type = request_header(call->req, "Content-Type");

    TRY(call_may(call, MAY_IMPORT));
    if (type != NULL && strncasecmp(type, "application/json", 16) == 0)
        return start_by_map(call);
    return start_by_name(call);
}

enum err_code import_get(struct call *call)
{
    char *json;

    TRY(importer_report(call->web->importer, call->op, request_param(call->req, "id"), &json));
    call_answer(call, 200);
    buf_adds(&call->resp->body, json);
    return ERR_OK;
}

enum err_code import_delete(struct call *call)
{
    TRY(importer_cancel(call->web->importer, call->op, request_param(call->req, "id")));
    call->resp->status = 204;
    return ERR_OK;
}
