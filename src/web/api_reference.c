/* What forms and pages are made from: code tables, the workflow, bodies, officers, the site. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql_queries.h"
#include "web/api.h"
#include "web/web_internal.h"

/* These change only with the program or a pack, so a browser may ask whether its copy is good. */
static bool same_as_before(struct call *call, const char *etag)
{
    response_header(call->resp, "ETag", etag);
    if (!request_has_etag(call->req, etag))
        return false;
    call->resp->status = 304;
    return true;
}

/* The answer's tag: another for the compressed form, as the bytes differ. */
static const char *tag(struct call *call, const char *what, const struct pack *pack)
{
    return arena_printf(call->op->arena, "\"%s.%s.%s.%s%s\"", what, pack->id, pack->revision,
                        FANGXIN_VERSION, request_takes_gzip(call->req) ? ".gz" : "");
}

enum err_code codes_get(struct call *call)
{
    const char *etag = tag(call, "codes", call->op->setup->pack);

    if (etag != NULL && same_as_before(call, etag))
        return ERR_OK;
    view_codes(call->op, call_answer(call, 200));
    response_pack(call->resp, call->req);
    return ERR_OK;
}

enum err_code workflow_get(struct call *call)
{
    const char *id = request_query(call->req, "pack"), *etag;
    const struct pack *pack = id == NULL ? call->op->setup->pack : setup_pack(call->op->setup, id);

    if (pack == NULL)
        return call_refuse(call, ERR_NOT_FOUND, "pack", "unknown_pack", "没有这个规则包",
                           "There is no such rule pack");
    etag = tag(call, "workflow", pack);
    if (etag != NULL && same_as_before(call, etag))
        return ERR_OK;
    view_workflow(call->op, pack, call_answer(call, 200));
    response_pack(call->resp, call->req);
    return ERR_OK;
}

enum err_code bodies_get(struct call *call)
{
    view_bodies(call->op, call_answer(call, 200));
    return ERR_OK;
}

enum err_code officers_get(struct call *call)
{
    const char *code = request_query(call->req, "body");
    struct officer *officers;
    size_t n;

    if (code == NULL || code[0] == '\0')
        code = call->op->actor.body;
    if (setup_body(call->op->setup, code) == NULL)
        return call_refuse(call, ERR_NOT_FOUND, "body", "unknown_body", "没有这个单位",
                           "There is no such body");
    TRY(officer_list(call->op, code, &officers, &n));
    json_object_begin(call_answer(call, 200));
    json_open_array(&call->w, "items");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(&call->w);
        write_officer(call, &officers[i], true);
        json_object_end(&call->w);
    }
    json_array_end(&call->w);
    json_object_end(&call->w);
    return ERR_OK;
}

/* ---- the site ---- */

struct site_settings {
    const char *phone, *address, *hours_zh, *hours_en;
};

/* What the operator set about the office; NULL where nothing is. */
static enum err_code read_settings(struct call *call, struct site_settings *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = (struct site_settings){0};
    TRY(snapshot_open(call->op, &snap));
    TRY(snapshot_prepare(call->op, snap, SQL_setting_all, &s));
    for (;;) {
        const char *name;

        TRY(stmt_step(call->op, s, &row));
        if (!row)
            return ERR_OK;
        name = stmt_text(s, 0);
        if (strcmp(name, "site.phone") == 0)
            ret->phone = stmt_text_dup(call->op, s, 1);
        else if (strcmp(name, "site.address") == 0)
            ret->address = stmt_text_dup(call->op, s, 1);
        else if (strcmp(name, "site.hours_zh") == 0)
            ret->hours_zh = stmt_text_dup(call->op, s, 1);
        else if (strcmp(name, "site.hours_en") == 0)
            ret->hours_en = stmt_text_dup(call->op, s, 1);
    }
}

/* The public figures of this year, by the authority of the installation; never of reports. */
static enum err_code write_site_figures(struct call *call, const struct body *root)
{
    const struct indicators *all = call->web->options.indicators;
    struct op *system = arena_alloc(call->op->arena, sizeof *system);
    const char *ids[8];
    struct figures_query query = {.body = root->code, .ids = ids};
    struct figure_list list = {0};
    char period[5];

    for (size_t i = 0; i < indicators_count(all) && query.n_ids < 8; i++)
        if (indicators_at(all, i)->site && !indicators_at(all, i)->only_reports)
            ids[query.n_ids++] = indicators_at(all, i)->id;
    if (system == NULL)
        return err_set(&call->op->err, ERR_NO_MEMORY, "site");
    *system = op_apart(call->op, call->op->arena);
    system->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    system->access = NULL;
    snprintf(period, sizeof period, "%04u", (unsigned)date_year(call_today(call)) % 10000);
    TRY(period_parse(period, &query.period, &call->op->err));
    if (query.n_ids > 0)
        TRY(figures_query(system, all, &query, &list));
    write_figures(call, "figures", &list);
    return ERR_OK;
}

static void write_stations(struct call *call)
{
    const struct setup *setup = call->op->setup;
    struct json_writer *w = &call->w;

    json_open_array(w, "stations");
    for (size_t i = 0; i < setup->n_bodies; i++) {
        const struct body *b = &setup->bodies[i];

        if (!b->current || strcmp(b->kind, "station") != 0)
            continue;
        json_object_begin(w);
        view_label(w, "name", &b->name);
        json_text(w, "address", b->address);
        json_text(w, "phone", b->phone);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_evidence(struct call *call)
{
    const struct evidence_rules *rules = call->op->setup->evidence;
    struct json_writer *w = &call->w;

    json_open_object(w, "evidence");
    json_int(w, "max_files", rules->max_files);
    json_int(w, "max_bytes", rules->max_bytes);
    json_open_array(w, "types");
    for (size_t i = 0; i < rules->n_types; i++)
        json_put_text(w, rules->types[i].type);
    json_array_end(w);
    json_object_end(w);
}

static enum err_code write_site(struct call *call)
{
    const struct setup *setup = call->op->setup;
    const struct pack *law = setup_pack_of(setup, KIND_COMPLAINT);
    const struct body *root = setup->n_bodies == 0 ? NULL : &setup->bodies[0];
    struct json_writer *w = call_answer(call, 200);
    struct site_settings s;
    struct label name = {"放心", "Fangxin"}, hours;

    TRY(read_settings(call, &s));
    hours = (struct label){s.hours_zh, s.hours_en == NULL ? s.hours_zh : s.hours_en};
    json_object_begin(w);
    view_label(w, "name", root == NULL ? &name : &root->name);
    json_text(w, "phone", s.phone == NULL ? setup->profile->phone : s.phone);
    view_label(w, "law", law == NULL ? NULL : &law->instrument);
    view_label(w, "hours", &hours);
    json_text(w, "address", s.address != NULL ? s.address : root == NULL ? NULL : root->address);
    json_bool(w, "demo", call->web->options.demo);
    json_bool(w, "sms", false);
    if (root != NULL) {
        TRY(write_site_figures(call, root));
    } else {
        json_open_array(w, "figures");
        json_array_end(w);
    }
    write_stations(call);
    write_evidence(call);
    json_open_array(w, "warnings");
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

#define SITE_KEPT_MS 30000

/* The first page everybody opens: kept for half a minute. */
enum err_code site_get(struct call *call)
{
    struct web *web = call->web;
    struct buf *out = &call->resp->body;
    int64_t now = monotonic_ms();
    bool fresh;

    pthread_mutex_lock(&web->site_lock);
    fresh = web->site_json != NULL && now - web->site_made_ms < SITE_KEPT_MS;
    if (fresh)
        buf_adds(out, web->site_json);
    pthread_mutex_unlock(&web->site_lock);
    if (fresh) {
        response_json(call->resp, 200);
        response_pack(call->resp, call->req);
        return ERR_OK;
    }
    TRY(write_site(call));
    pthread_mutex_lock(&web->site_lock);
    free(web->site_json);
    web->site_json = strdup(buf_text(out));
    web->site_made_ms = now;
    pthread_mutex_unlock(&web->site_lock);
    response_pack(call->resp, call->req);
    return ERR_OK;
}
