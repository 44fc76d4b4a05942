/* Which acts can be done on how many of a selection, and why not on the rest. */
#include <string.h>

#include "rules/workflow.h"
#include "work/acts.h"
#include "work/batch.h"
#include "work/view.h"

#define REASONS_MAX 24

/* Of one act: the matters it can be done on, and those it cannot, by reason. */
struct reason {
    struct label why;
    struct label basis;
    json_t *numbers;
};

struct tally {
    const struct pack_act *act;
    json_t *can;
    size_t n_reasons;
    struct reason reasons[REASONS_MAX];
};

static struct tally *tally_of(struct tally *list, size_t *n, const struct pack_act *act)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(list[i].act->id, act->id) == 0)
            return &list[i];
    if (*n == WORKFLOW_ACTS_MAX)
        return NULL;
    list[*n] = (struct tally){.act = act, .can = json_array()};
    return &list[(*n)++];
}

/* Reasons beyond the last place are counted with it. */
static void put_reason(struct tally *t, const struct workflow_refusal *why, const char *number)
{
    struct reason *r = NULL;

    for (size_t i = 0; i < t->n_reasons && r == NULL; i++)
        if (strcmp(t->reasons[i].why.zh, why->why.zh) == 0)
            r = &t->reasons[i];
    if (r == NULL && t->n_reasons < REASONS_MAX) {
        r = &t->reasons[t->n_reasons++];
        *r = (struct reason){why->why, why->basis, json_array()};
    }
    json_array_append_new((r == NULL ? &t->reasons[REASONS_MAX - 1] : r)->numbers,
                          json_string(number));
}

static enum err_code count_matter(struct op *op, int64_t id, const char *number, struct tally *list,
                                  size_t *n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct workflow_choice choices[WORKFLOW_ACTS_MAX];
    struct record_facts record;
    struct workflow_facts facts;
    size_t n_choices;

    TRY(snapshot_open(op, &snap));
    TRY(matter_for(op, snap, id, MAY_SEE, &m));
    record = matter_facts(op, &m);
    facts = matter_workflow_facts(op, &m);
    n_choices = workflow_allowed(matter_pack(op, &m), matter_kind_of(&m), m.status,
                                 may_roles(&op->actor, &record), &facts, choices);
    for (size_t i = 0; i < n_choices; i++) {
        struct tally *t = tally_of(list, n, choices[i].act);

        if (t != NULL && choices[i].allowed)
            json_array_append_new(t->can, json_string(number));
        else if (t != NULL)
            put_reason(t, &choices[i].why, number);
    }
    return ERR_OK;
}

static void write_tally(struct json_writer *w, const struct tally *t)
{
    char key[2] = {t->act->key, '\0'};

    json_object_begin(w);
    json_text(w, "act", t->act->id);
    view_label(w, "label", &t->act->label);
    json_text(w, "key", t->act->key == 0 ? NULL : key);
    json_text(w, "class", act_class_name(t->act->act_class));
    view_label(w, "effect", &t->act->effect);
    json_key(w, "can");
    json_put_tree(w, t->can);
    json_open_array(w, "cannot");
    for (size_t i = 0; i < t->n_reasons; i++) {
        json_object_begin(w);
        view_label(w, "why", &t->reasons[i].why);
        view_label(w, "basis", &t->reasons[i].basis);
        json_key(w, "numbers");
        json_put_tree(w, t->reasons[i].numbers);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

static void release(struct tally *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_decref(list[i].can);
        for (size_t k = 0; k < list[i].n_reasons; k++)
            json_decref(list[i].reasons[k].numbers);
    }
}

/* In the order of the rule pack, so that the same selection always shows the same bar. */
static void write_all(struct op *op, const struct tally *list, size_t n, struct json_writer *w)
{
    json_open_array(w, "acts");
    for (size_t p = 0; p < op->setup->n_packs; p++) {
        const struct pack *pack = op->setup->packs[p];

        for (size_t i = 0; i < pack->n_acts; i++)
            for (size_t k = 0; k < n; k++)
                if (setup_act(op->setup, pack->acts[i].id) == &pack->acts[i] &&
                    strcmp(list[k].act->id, pack->acts[i].id) == 0 &&
                    json_array_size(list[k].can) > 0)
                    write_tally(w, &list[k]);
    }
    json_array_end(w);
}

enum err_code batch_choices(struct op *op, const json_t *numbers, struct json_writer *w)
{
    struct tally *list = ARENA_ARRAY(op->arena, struct tally, WORKFLOW_ACTS_MAX);
    size_t n = 0, i;
    int64_t seen = 0;
    json_t *value;

    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "choices");
    json_array_foreach((json_t *)(uintptr_t)numbers, i, value)
    {
        const char *number = json_string_value(value);
        enum err_code rc;
        int64_t id;

        rc = matter_id_of(op, number, &id);
        if (rc == ERR_OK)
            rc = count_matter(op, id, number, list, &n);
        if (rc != ERR_OK && rc != ERR_NOT_FOUND && rc != ERR_FORBIDDEN) {
            release(list, n);
            return rc;
        }
        err_clear(&op->err);
        seen += rc == ERR_OK;
    }
    json_int(w, "seen", seen);
    write_all(op, list, n, w);
    release(list, n);
    return ERR_OK;
}
