/* The record of an extension, from the question to the telling. */
#include "work/extension.h"

#include <string.h>

#include "work/filing.h"
#include "work/filing_check.h"
#include "work/view_internal.h"

static json_t *list_of(const struct act_run *run)
{
    json_t *list = json_deep_copy(json_object_get(run->m->detail, "extensions"));

    if (list == NULL)
        list = json_array();
    if (json_array_size(list) == EXTENSIONS_KEPT)
        json_array_remove(list, 0);
    return list;
}

static json_t *add(struct act_run *run, json_t *list)
{
    json_t *one = json_pack("{s:s}", "act", run->d.act);

    json_array_append_new(list, one);
    return one;
}

/* The newest, if it has not come so far yet. */
static json_t *newest_without(json_t *list, const char *member)
{
    json_t *last = json_array_get(list, json_array_size(list) - 1);

    return json_object_get(last, member) == NULL ? last : NULL;
}

static void note(const struct act_run *run, json_t *one, const char *by, const char *at,
                 const char *version)
{
    if (run->op->actor.kind == ACTOR_OFFICER)
        json_object_set_new(one, by, json_integer(run->op->actor.officer_id));
    json_object_set_new(one, at, json_integer(run->d.at));
    json_object_set_new(one, version, json_integer(run->m->version + 1));
}

void extension_asked(struct act_run *run)
{
    json_t *list = list_of(run);

    note(run, add(run, list), "asked_by", "asked_at", "asked");
    draft_detail(&run->d, "extensions", list);
}

void extension_answered(struct act_run *run, bool granted)
{
    json_t *list = list_of(run);
    json_t *one = newest_without(list, "answer");

    if (one == NULL)
        one = add(run, list);
    note(run, one, "by", "at", "answered");
    json_object_set_new(one, "answer", json_string(granted ? "granted" : "refused"));
    draft_detail(&run->d, "extensions", list);
}

void extension_told(struct act_run *run)
{
    json_t *list = list_of(run);
    json_t *one = newest_without(list, "told_at");

    if (one != NULL) {
        json_object_set_new(one, "told_at", json_integer(run->d.at));
        if (filing_text(run->input, "channel") != NULL)
            json_object_set_new(one, "channel", json_string(filing_text(run->input, "channel")));
    }
    draft_detail(&run->d, "extensions", list);
}

/* ---- shown ---- */

static const struct basis *basis_of(const struct pack *pack, enum matter_kind kind, int act)
{
    const struct pack_kind *k = &pack->kinds[kind];

    for (size_t i = 0; i < k->n_transitions; i++)
        if (k->transitions[i].act == act && k->transitions[i].basis.text.zh != NULL)
            return &k->transitions[i].basis;
    return NULL;
}

static enum err_code view_reason(struct op *op, struct snapshot *snap, const struct matter *m,
                                 const char *key, const json_t *version, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (json_is_integer(version))
        TRY(texts_open(op, snap, m, json_integer_value(version), &texts));
    json_text(w, key, filing_text(texts, "reason"));
    return ERR_OK;
}

static void view_at(const struct op *op, struct json_writer *w, const char *key, const json_t *one)
{
    const json_t *at = json_object_get(one, key);

    view_instant(w, key, json_is_integer(at) ? json_integer_value(at) : MATTER_NONE, op->zone_min);
}

static enum err_code view_one(struct op *op, struct snapshot *snap, const struct matter *m,
                              const json_t *one, struct json_writer *w)
{
    const struct pack *pack = matter_pack(op, m);
    const struct pack_act *act = pack_act(pack, filing_text(one, "act"));
    const struct basis *basis =
        act == NULL ? NULL : basis_of(pack, matter_kind_of(m), (int)(act - pack->acts));

    json_object_begin(w);
    json_text(w, "act", filing_text(one, "act"));
    view_label(w, "label", act == NULL ? NULL : &act->label);
    view_label(w, "basis", basis == NULL ? NULL : &basis->text);
    view_officer(op, w, "asked_by", json_integer_value(json_object_get(one, "asked_by")));
    view_at(op, w, "asked_at", one);
    TRY(view_reason(op, snap, m, "reason", json_object_get(one, "asked"), w));
    json_text(w, "answer", filing_text(one, "answer"));
    view_officer(op, w, "by", json_integer_value(json_object_get(one, "by")));
    view_at(op, w, "at", one);
    TRY(view_reason(op, snap, m, "remark", json_object_get(one, "answered"), w));
    view_at(op, w, "told_at", one);
    json_object_end(w);
    return ERR_OK;
}

enum err_code view_extensions(struct op *op, struct snapshot *snap, const struct matter *m,
                              struct json_writer *w)
{
    const json_t *list = json_object_get(m->detail, "extensions");

    json_open_array(w, "extensions");
    for (size_t i = 0; i < json_array_size(list); i++)
        TRY(view_one(op, snap, m, json_array_get(list, i), w));
    json_array_end(w);
    return ERR_OK;
}
