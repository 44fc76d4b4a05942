/* The numbers of packs/watches/groups.json. */
#include "rules/group_rules.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read_internal.h"

#define RULES_BYTES ((size_t)64 << 10)
#define COUNT_MAX 100000

/* First: the rules are what the arena belongs to. */
struct held {
    struct group_rules rules;
    struct arena *arena;
};

static size_t read_acts(struct reader *r, const json_t *object, const char *key,
                        const char *ret[GROUP_ACTS_MAX])
{
    const json_t *list = read_array(r, object, key, true);
    size_t n = json_array_size(list);

    if (n > GROUP_ACTS_MAX) {
        reader_fault(r, key, "count", "太多了。", "At most %d.", GROUP_ACTS_MAX);
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text == NULL)
            reader_fault(r, key, "type", "要是文字。", "Names of acts.");
        ret[i] = arena_strdup(r->arena, text == NULL ? "" : text);
    }
    return n;
}

static void read_proposal(struct reader *r, const json_t *root, struct group_rules *ret)
{
    static const char *const keys[] = {"members", "days", "likeness", "again", "looked_at", NULL};
    const json_t *v = read_member(r, root, "proposal", true);
    size_t at = reader_key(r, "proposal");

    if (read_object(r, v, keys)) {
        ret->members = read_int(r, v, "members", 0, 2, COUNT_MAX);
        ret->days = read_int(r, v, "days", 0, 1, 3660);
        ret->likeness = read_int(r, v, "likeness", 0, 0, 1000);
        ret->again = read_int(r, v, "again", 0, 1, COUNT_MAX);
        ret->looked_at = read_int(r, v, "looked_at", 0, 2, 2000);
    }
    reader_up(r, at);
}

static void read_people(struct reader *r, const json_t *root, struct group_rules *ret)
{
    static const char *const keys[] = {"max", "basis", "change", NULL};
    const json_t *v = read_member(r, root, "representatives", true);
    size_t at = reader_key(r, "representatives");

    if (read_object(r, v, keys)) {
        ret->representatives = read_int(r, v, "max", 0, 1, 100);
        ret->representatives_basis = read_label(r, v, "basis", true);
        ret->change_basis = read_label(r, v, "change", true);
    }
    reader_up(r, at);
}

static void read_decision(struct reader *r, const json_t *root, struct group_rules *ret)
{
    static const char *const keys[] = {"acts", "agreed", "basis", NULL};
    static const char *const meeting_keys[] = {"act", NULL};
    const json_t *v = read_member(r, root, "decision", true);
    size_t at = reader_key(r, "decision");

    if (read_object(r, v, keys)) {
        ret->n_decisions = read_acts(r, v, "acts", ret->decisions);
        ret->n_agreed = read_acts(r, v, "agreed", ret->agreed);
        ret->decision_basis = read_label(r, v, "basis", true);
    }
    reader_up(r, at);
    v = read_member(r, root, "meeting", false);
    if (v == NULL)
        return;
    at = reader_key(r, "meeting");
    if (read_object(r, v, meeting_keys))
        ret->meeting_act = read_text(r, v, "act", true);
    reader_up(r, at);
}

enum err_code group_rules_load(const char *bytes, size_t n, struct group_rules **ret,
                               struct err *err)
{
    static const char *const keys[] = {"id",       "revision", "proposal", "representatives",
                                       "decision", "meeting",  NULL};
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct held *held = calloc(1, sizeof *held);
    struct reader r;
    enum err_code rc;

    if (held == NULL || (held->arena = arena_new(RULES_BYTES)) == NULL) {
        free(held);
        return err_set(err, ERR_NO_MEMORY, "group rules");
    }
    rc = json_parse(bytes, n, &root, err);
    if (rc == ERR_OK) {
        reader_init(&r, held->arena, err);
        if (read_object(&r, root, keys)) {
            held->rules.revision = read_text(&r, root, "revision", true);
            read_proposal(&r, root, &held->rules);
            read_people(&r, root, &held->rules);
            read_decision(&r, root, &held->rules);
        }
        rc = reader_result(&r);
    }
    if (rc != ERR_OK) {
        group_rules_free(&held->rules);
        return rc;
    }
    *ret = &held->rules;
    return ERR_OK;
}

void group_rules_free(struct group_rules *rules)
{
    struct held *held = (struct held *)rules;

    if (held == NULL)
        return;
    arena_free(held->arena);
    free(held);
}

static bool holds(const char *const *list, size_t n, const char *act)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], act) == 0)
            return true;
    return false;
}

bool group_rules_decides(const struct group_rules *rules, const char *act)
{
    return holds(rules->decisions, rules->n_decisions, act);
}

bool group_rules_needs_consent(const struct group_rules *rules, const char *act)
{
    return holds(rules->agreed, rules->n_agreed, act);
}
