/* Filing, reading and acting on matters. */
#include <stdio.h>
#include <string.h>

#include "web/api.h"
#include "web/api_forms.h"
#include "work/access.h"

enum err_code matters_post(struct call *call)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct receipt receipt = {0};

    TRY(matter_receive(call->op, call->body, &m, &receipt));
    if (receipt.replayed)
        response_header(call->resp, "Idempotent-Replayed", "true");
    response_headerf(call->resp, "Location", "/api/v1/matters/%s", m.number);
    return view_receipt(call->op, &m, receipt.also, call_answer(call, 201));
}

static void set_version(struct call *call, int64_t version)
{
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)version);
}

enum err_code matter_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(call_matter(call, snap, "read", &m));
    set_version(call, m.version);
    return view_matter(call->op, snap, &m, call_answer(call, 200));
}

enum err_code matter_events_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(call_matter(call, snap, "timeline", &m));
    return view_events(call->op, snap, &m, call_answer(call, 200));
}

enum err_code matter_deadline_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(call_matter(call, snap, "deadline", &m));
    if (call->op->actor.kind == ACTOR_PARTY && m.secret)
        return err_set(&call->op->err, ERR_NOT_FOUND, "clocks of a report are not for its filer");
    return view_clock_explained(call->op, &m, request_param(call->req, "rule"),
                                call_answer(call, 200));
}

static enum err_code write_current(struct call *call, struct snapshot *snap, const void *of,
                                   struct json_writer *w)
{
    CLEANUP(matter_release) struct matter m = {0};
    enum may_act need = call->op->actor.kind == ACTOR_PARTY ? MAY_SEE : MAY_READ;

    TRY(matter_for(call->op, snap, *(const int64_t *)of, need, &m));
    TRY(access_look(call->op, m.id, m.secret, "read"));
    return view_matter(call->op, snap, &m, w);
}

/* The act as the matter's own pack has it; as the newest pack does where none is to be seen.
 * @p ret  the matter, where it is to be seen */
static const struct pack_act *act_of(struct call *call, int64_t id, const char *act,
                                     struct matter *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct pack_act *known = NULL;

    if (snapshot_open(call->op, &snap) == ERR_OK &&
        matter_for(call->op, snap, id, MAY_SEE, ret) == ERR_OK)
        known = pack_act(matter_pack(call->op, ret), act);
    err_clear(&call->op->err); /* whether he may is the act's own question */
    return known == NULL ? setup_act(call->op->setup, act) : known;
}

static enum err_code check_act(struct call *call, int64_t id, const char *act, struct matter *ret)
{
    const struct pack_act *known = act_of(call, id, act, ret);
    struct form form;

    if (known == NULL)
        return call_refuse(call, ERR_NOT_FOUND, "act", "unknown_act", "没有这个操作",
                           "There is no such act");
    if (form_of_act(call->op->arena, call->op->setup, known, call->body, &form) != ERR_OK)
        return err_set(&call->op->err, ERR_NO_MEMORY, "form of act");
    return call_check(call, &form);
}

static enum err_code answer_matter(struct call *call, struct matter *m, bool with_pin)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    char pin[PIN_TEXT];

    TRY(snapshot_open(call->op, &snap));
    set_version(call, m->version);
    TRY(view_matter(call->op, snap, m, call_answer(call, 200)));
    if (with_pin) {
        matter_pin(call->op, m, pin);
        call_add_shown_once(call, "pin", pin);
    }
    return ERR_OK;
}

enum err_code matter_act_post(struct call *call)
{
    CLEANUP(matter_release) struct matter m = {0};
    const char *act = request_param(call->req, "act");
    int64_t id, version;
    enum err_code rc;

    TRY(call_matter_id(call, &id));
    if (call->op->actor.kind == ACTOR_OFFICER)
        TRY(call_version(call, &version));
    else
        TRY(request_if_match(call->req, &version, &call->op->err));
    TRY(check_act(call, id, act, &m));
    rc = matter_act(call->op, id, act, call->body, version < 0 ? ANY_VERSION : version, &m);
    if (rc == ERR_CONFLICT || rc == ERR_NOT_ALLOWED)
        call_keep_current(call, write_current, &id);
    if (rc != ERR_OK)
        return rc;
    return answer_matter(call, &m, strcmp(act, "issue_pin") == 0);
}

#define REVEAL_MS (5 * 60 * 1000) /* how long the interface shows it */

enum err_code matter_reveal_post(struct call *call)
{
    struct json_writer *w;
    json_t *person = NULL, *value;
    const char *key;
    char until[INSTANT_TEXT];
    int64_t id;

    TRY(matter_id_of(call->op, request_param(call->req, "number"), &id));
    TRY(matter_reveal(call->op, id, body_text(call->body, "party"), body_text(call->body, "reason"),
                      &person));
    w = call_answer(call, 200);
    instant_format(call->op->now_ms + REVEAL_MS, call->op->zone_min, until);
    json_object_begin(w);
    json_object_foreach(person, key, value)
    {
        json_key(w, key);
        json_put_tree(w, value);
    }
    json_text(w, "until", until);
    json_object_end(w);
    json_decref(person);
    return ERR_OK;
}
