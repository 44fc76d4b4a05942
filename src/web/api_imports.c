/* Files of records: looked at, kept, taken in. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/embed.h"
#include "web/api.h"
#include "web/importer.h"
#include "web/web_internal.h"
#include "work/import_record.h"

static json_t *column_names(const struct import_look *look)
{
    json_t *names = json_array();

    for (size_t c = 0; c < look->n_columns; c++)
        json_array_append_new(names, json_string(look->columns[c]));
    return names;
}

/* Whoever may take anything in may have a file looked at. */
static enum err_code may_look(struct call *call)
{
    if (call_may(call, MAY_IMPORT_ORDERS) == ERR_OK)
        return ERR_OK;
    err_clear(&call->op->err);
    return call_may(call, MAY_IMPORT);
}

static enum err_code may_take(struct call *call, const json_t *map)
{
    enum may_act need;

    if (!import_target_need(body_text(map, "target"), &need))
        return call_refuse(call, ERR_INVALID, "map.target", "choice", "可以导入 matters 或 orders",
                           "The targets are matters and orders");
    return call_may(call, need);
}

static enum err_code look_and_keep(struct call *call, struct import_look *look, json_t *columns,
                                   char ret_id[IMPORT_ID_TEXT])
{
    const struct request *req = call->req;
    struct importer_file file = {
        .bytes = req->body, .n = req->body_bytes, .name = request_query(req, "name")};
    CLEANUP(json_decrefp) json_t *names = NULL;
    int64_t above = 0;

    if (route_takes(call->route, "above"))
        TRY(call_query_int(call, "above", 0, 1000, 0, &above));
    if (req->body_bytes == 0)
        return call_refuse(call, ERR_INVALID, "", "empty", "文件是空的", "The file is empty");
    TRY(import_look(call->op, embedded_packs, req->body, req->body_bytes, look));
    names = column_names(look);
    json_array_extend(columns, names);
    file.rows = look->rows;
    file.above = (size_t)above;
    file.map_name = look->map_name;
    file.plan = look->plan;
    file.columns = columns;
    return importer_keep(call->web->importer, call->op, &file, ret_id);
}

static enum err_code write_remembered(struct call *call, const json_t *columns,
                                      struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *kept = NULL;
    char when[INSTANT_TEXT];
    struct officer officer;
    bool known;

    TRY(import_map_recall(call->op, columns, &kept));
    if (kept == NULL) {
        json_none(w, "remembered");
        return ERR_OK;
    }
    instant_format(json_integer_value(json_object_get(kept, "saved_at")), call->op->zone_min, when);
    known = officer_by_id(call->op, json_integer_value(json_object_get(kept, "officer")),
                          &officer) == ERR_OK;
    json_open_object(w, "remembered");
    json_text(w, "saved_at", when);
    json_text(w, "officer", known ? officer.display : NULL);
    json_key(w, "map");
    json_put_tree(w, json_object_get(kept, "map"));
    json_object_end(w);
    return ERR_OK;
}

static enum err_code write_look(struct call *call, const char *id, const struct import_look *look,
                                const json_t *columns)
{
    struct json_writer *w = call_answer(call, 201);

    json_object_begin(w);
    json_text(w, "id", id);
    json_text(w, "format", look->format);
    json_text(w, "encoding", look->encoding);
    json_int(w, "rows_estimate", (int64_t)look->rows);
    json_key(w, "columns");
    json_put_tree(w, columns);
    json_open_array(w, "sample");
    for (size_t r = 0; r < look->n_sample; r++) {
        json_array_begin(w);
        for (size_t c = 0; c < look->n_columns; c++)
            json_put_text(w, look->sample[r][c] == NULL ? "" : look->sample[r][c]);
        json_array_end(w);
    }
    json_array_end(w);
    json_text(w, "target", look->target);
    json_text(w, "map_name", look->map_name);
    json_key(w, "suggested_map");
    if (look->plan == NULL)
        json_put_null(w);
    else
        json_put_tree(w, look->plan);
    TRY(write_remembered(call, columns, w));
    json_object_end(w);
    return ERR_OK;
}

enum err_code uploads_post(struct call *call)
{
    CLEANUP(json_decrefp) json_t *columns = json_array();
    struct import_look look = {0};
    char id[IMPORT_ID_TEXT];
    enum err_code rc;

    TRY(may_look(call));
    rc = look_and_keep(call, &look, columns, id);
    if (rc == ERR_OK)
        rc = write_look(call, id, &look, columns);
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
    TRY(may_take(call, map));
    TRY(importer_start(call->web->importer, call->op, upload, map, true, id));
    return answer_started(call, id);
}

/* The file itself, with ?map=NAME of a shipped map. */
static enum err_code start_by_name(struct call *call)
{
    const char *name = request_query(call->req, "map");
    const struct embedded_file *shipped =
        import_map_named(embedded_packs, name == NULL || name[0] == '\0' ? "own" : name);
    CLEANUP(json_decrefp) json_t *map = NULL, *columns = json_array();
    struct import_look look = {0};
    char upload[IMPORT_ID_TEXT], id[IMPORT_ID_TEXT];
    enum err_code rc;

    if (shipped == NULL)
        return call_refuse(call, ERR_INVALID, "map", "unknown_map", "没有这个对应关系",
                           "There is no such map");
    TRY(json_parse((const char *)shipped->data, shipped->size, &map, &call->op->err));
    TRY(may_take(call, map));
    rc = look_and_keep(call, &look, columns, upload);
    if (rc == ERR_OK)
        rc = importer_start(call->web->importer, call->op, upload, map, false, id);
    json_decref(look.plan);
    return rc == ERR_OK ? answer_started(call, id) : rc;
}

enum err_code imports_post(struct call *call)
{
    const char *type = request_header(call->req, "Content-Type");

    TRY(may_look(call));
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

/* Whoever goes on with an import may still begin one of its kind. */
static enum err_code may_go_on(struct call *call, const char *id)
{
    CLEANUP(json_decrefp) json_t *map = NULL;
    char *report;

    TRY(importer_report(call->web->importer, call->op, id, &report));
    map = json_loads(report, 0, NULL); /* what counts of a map is its target */
    return may_take(call, map);
}

enum err_code import_act_post(struct call *call)
{
    const char *id = request_param(call->req, "id"), *act = request_param(call->req, "act");

    if (strcmp(act, "pause") == 0)
        TRY(importer_pause(call->web->importer, call->op, id));
    else if (strcmp(act, "resume") == 0) {
        TRY(may_go_on(call, id));
        TRY(importer_go_on(call->web->importer, call->op, id));
    } else
        return call_refuse(call, ERR_NOT_FOUND, "act", "unknown_act", "没有这种办理动作",
                           "There is no such act.");
    call->resp->status = 204;
    return ERR_OK;
}

enum err_code imports_get(struct call *call)
{
    int64_t ids[IMPORTS_SHOWN];
    struct json_writer *w;
    size_t n;

    TRY(importer_unended(call->op, ids, &n));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        CLEANUP(json_decrefp) json_t *one = NULL;
        char *report;

        TRY(importer_report(call->web->importer, call->op,
                            arena_printf(call->op->arena, "%" PRId64, ids[i]), &report));
        one = json_loads(report, 0, NULL);
        json_put_tree(w, one);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code import_delete(struct call *call)
{
    TRY(importer_cancel(call->web->importer, call->op, request_param(call->req, "id")));
    call->resp->status = 204;
    return ERR_OK;
}
