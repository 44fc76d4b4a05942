/* Signing in and out. */
#include <stdio.h>
#include <string.h>

#include "web/api.h"
#include "web/web_internal.h"

void write_officer(struct call *call, const struct officer *officer, bool with_open)
{
    struct json_writer *w = &call->w;
    const struct body *body = setup_body(call->op->setup, officer->body);

    json_int(w, "id", officer->id);
    json_text(w, "name", officer->name);
    json_text(w, "display", officer->display);
    json_text(w, "body", officer->body);
    view_label(w, "body_name", body == NULL ? &(struct label){NULL, NULL} : &body->name);
    json_open_array(w, "roles");
    for (unsigned bit = 1; bit <= ROLES_OFFICER; bit <<= 1)
        if (officer->roles & bit)
            json_put_text(w, role_name(bit));
    json_array_end(w);
    if (with_open)
        json_int(w, "open", officer->open);
}

/* What the interface asks before it shows a page; the work layer decides each act again. */
static void write_permissions(struct call *call)
{
    static const struct {
        const char *name;
        enum may_act act;
    } permissions[] = {
        {"create", MAY_CREATE_STAFF},
        {"import", MAY_IMPORT},
        {"figures", MAY_READ_FIGURES},
        {"read_access", MAY_READ_ACCESS_LOG},
        {"admin_user", MAY_ADMIN_USER},
        {"admin_rules", MAY_ADMIN_RULES},
        {"admin_keys", MAY_ADMIN_KEYS},
        {"read_business", MAY_READ_BUSINESS},
        {"duty", MAY_READ_DUTY},
        {"write_business", MAY_WRITE_BUSINESS},
        {"export", MAY_EXPORT},
        {"retention", MAY_READ_RETENTION},
        {"hold", MAY_HOLD},
        {"read_visits", MAY_READ_VISITS},
        {"orders", MAY_READ_ORDER},
        {"cases", MAY_READ_CASE},
        {"make_case", MAY_MAKE_CASE},
        {"registers", MAY_READ_ENTRY},
        {"import_orders", MAY_IMPORT_ORDERS},
        {"export_orders", MAY_EXPORT_ORDERS},
    };
    struct record_facts own = {.body_path = call->op->actor.body_path};

    json_open_array(&call->w, "permissions");
    for (size_t i = 0; i < sizeof permissions / sizeof permissions[0]; i++)
        if (may(&call->op->actor, permissions[i].act, &own).yes)
            json_put_text(&call->w, permissions[i].name);
    json_array_end(&call->w);
}

static enum err_code answer_session(struct call *call)
{
    const struct session *s = &call->session;
    struct json_writer *w = call_answer(call, 200);
    char when[INSTANT_TEXT];

    instant_format(s->expires_at, call->op->zone_min, when);
    json_object_begin(w);
    json_text(w, "csrf", s->csrf);
    json_open_object(w, "officer");
    write_officer(call, &s->officer, false);
    json_object_end(w);
    write_permissions(call);
    json_bool(w, "report_counts",
              figures_report_counts(&call->op->actor, call->op->actor.body_path));
    json_text(w, "expires_at", when);
    json_object_end(w);
    return ERR_OK;
}

static void set_cookie(struct call *call, const char *value, const char *more)
{
    response_headerf(call->resp, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
                     SESSION_COOKIE, value, more,
                     web_is_secure(call->web, call->req) ? "; Secure" : "");
}

enum err_code session_post(struct call *call)
{
    TRY(session_open(call->op, body_text(call->body, "name"), body_text(call->body, "password"),
                     &call->session));
    TRY(actor_set_officer(call->op, &call->session.officer));
    set_cookie(call, call->session.token, "");
    return answer_session(call);
}

enum err_code session_get(struct call *call)
{
    return answer_session(call);
}

enum err_code session_delete(struct call *call)
{
    TRY(session_end(call->op, call->session.token));
    set_cookie(call, "", "; Max-Age=0");
    call->resp->status = 204;
    return ERR_OK;
}

enum err_code session_password(struct call *call)
{
    TRY(officer_change_password(call->op, body_text(call->body, "old"),
                                body_text(call->body, "new")));
    call->resp->status = 204;
    return ERR_OK;
}
