/* A summary and its figures as JSON. */
#include "web/summary_call.h"

#include <string.h>

#include "web/web_internal.h"
#include "work/setup.h"
#include "work/staff.h"
#include "work/summary.h"
#include "work/view.h"

enum err_code summary_of_path(struct call *call, struct snapshot **snap, struct record *r)
{
    TRY(snapshot_open(call->op, snap));
    return summary_by_key(call->op, *snap, request_param(call->req, "key"), r);
}

void summary_write_instant(struct call *call, const char *key, int64_t ms)
{
    char text[INSTANT_TEXT];

    if (ms == 0) {
        json_none(&call->w, key);
        return;
    }
    instant_format(ms, call->op->zone_min, text);
    json_text(&call->w, key, text);
}

void summary_write_person(struct call *call, const char *key, int64_t id)
{
    struct officer officer;

    if (id <= 0 || officer_by_id(call->op, id, &officer) != ERR_OK)
        json_none(&call->w, key);
    else
        json_text(&call->w, key, officer.display);
}

void summary_write_head(struct call *call, const struct record *r)
{
    struct json_writer *w = &call->w;
    const char *body = record_member(r, "body"), *form = record_member(r, "form");
    const struct body *b = setup_body(call->op->setup, body);
    const struct summary_form *f = summary_forms_find(call->web->options.summaries, form);
    struct label name = b == NULL ? (struct label){body, body} : b->name;
    struct label kind = f == NULL ? (struct label){form, form} : f->label;
    bool draft = strcmp(record_member(r, "status"), "draft") == 0;

    json_text(w, "key", record_member(r, "key"));
    json_int(w, "version", r->version);
    json_text(w, "status", record_member(r, "status"));
    json_text(w, "form", form);
    view_label(w, "form_label", &kind);
    json_text(w, "title", record_member(r, "title"));
    json_text(w, "body", body);
    view_label(w, "body_name", &name);
    json_text(w, "period", record_member(r, "period"));
    json_bool(w, "reports", json_is_true(json_object_get(r->state, "reports")));
    json_int(w, "position", record_number(r, "position"));
    json_int(w, "n_figures", record_number(r, "n_figures"));
    summary_write_person(call, "made_by", record_number(r, "made_by"));
    summary_write_instant(call, "made_at", record_number(r, "made_at"));
    summary_write_person(call, "issued_by", record_number(r, "issued_by"));
    summary_write_instant(call, "issued_at", record_number(r, "issued_at"));
    json_text(w, "corrects", record_member(r, "corrects"));
    json_bool(w, "may_issue", draft && summary_may(call->op, r, MAY_ISSUE_SUMMARY));
    json_bool(w, "may_write", draft && summary_may(call->op, r, MAY_WRITE_SUMMARY));
    json_bool(w, "may_correct", !draft && summary_may(call->op, r, MAY_WRITE_SUMMARY));
}

const json_t *summary_same_figure(const json_t *content, const json_t *figure)
{
    return content == NULL
               ? NULL
               : summary_figure(content, json_string_value(json_object_get(figure, "id")));
}

static bool same_value(const json_t *a, const json_t *b)
{
    static const char *const members[] = {"value", "num", "den"};

    for (size_t i = 0; i < 3; i++) {
        const json_t *x = json_object_get(a, members[i]), *y = json_object_get(b, members[i]);

        if (!json_equal((json_t *)(uintptr_t)x, (json_t *)(uintptr_t)y))
            return false;
    }
    return true;
}

static void write_member(struct json_writer *w, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    json_key(w, key);
    if (value == NULL)
        json_put_null(w);
    else
        json_put_tree(w, value);
}

void summary_write_value(struct json_writer *w, const json_t *figure)
{
    static const char *const members[] = {"value", "num", "den"};

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        write_member(w, figure, members[i]);
}

void summary_write_changes(struct call *call, const json_t *content, const json_t *now)
{
    const json_t *figures = json_object_get(content, "figures");
    struct json_writer *w = &call->w;

    json_open_array(w, "changed");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *f = json_array_get(figures, i), *other = summary_same_figure(now, f);

        if (other == NULL || same_value(f, other))
            continue;
        json_object_begin(w);
        json_int(w, "figure", (int64_t)i);
        summary_write_value(w, other);
        json_object_end(w);
    }
    json_array_end(w);
}

void summary_write_figure(struct json_writer *w, const json_t *f, const char *key)
{
    static const char *const members[] = {"form", "label",    "unit",      "value",      "num",
                                          "den",  "decimals", "indicator", "definition", "meaning",
                                          "of",   "register", "measure"};
    CLEANUP(buf_release) struct buf id = BUF_UP_TO(4096);

    buf_addf(&id, "%s@%s", json_string_value(json_object_get(f, "id")), key);
    json_text(w, "id", buf_text(&id));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        write_member(w, f, members[i]);
    json_bool(w, "traced", json_object_get(f, "at") != NULL);
}

void summary_write_content(struct call *call, const json_t *content, const char *key)
{
    struct json_writer *w = &call->w;
    const json_t *figures = json_object_get(content, "figures");

    json_open_array(w, "figures");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        json_object_begin(w);
        summary_write_figure(w, json_array_get(figures, i), key);
        json_object_end(w);
    }
    json_array_end(w);
    write_member(w, content, "blocks");
}
