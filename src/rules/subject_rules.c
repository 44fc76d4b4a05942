/* Reading packs/watches/subjects.json. */
#include "rules/subject_rules.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read_internal.h"

#define RULES_BYTES ((size_t)64 << 10)

static const char *const uses[] = {"tell", "reward", "hand_over", "other_rules", NULL};

/* First: the rules are what the arena belongs to. */
struct held {
    struct subject_rules rules;
    struct arena *arena;
};

static void read_codes(struct reader *r, const json_t *v, struct subject_rule *ret)
{
    const json_t *list = read_array(r, v, "violations", true);
    const char **codes = read_room(r, json_array_size(list), sizeof *codes);

    for (size_t i = 0; codes != NULL && i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));

        if (code == NULL) {
            reader_fault(r, "violations", "format", "要写违法类型的代码", "codes of violations");
            return;
        }
        codes[i] = arena_strdup(r->arena, code);
        r->no_memory |= codes[i] == NULL;
        ret->n_violations = i + 1;
    }
    ret->violations = codes;
}

static void read_rule(struct reader *r, const json_t *v, void *one)
{
    struct subject_rule *ret = one;
    static const char *const keys[] = {"id",    "violations", "use",   "working_days",
                                       "named", "says",       "basis", NULL};

    if (!read_object(r, v, keys))
        return;
    ret->id = read_text(r, v, "id", true);
    read_codes(r, v, ret);
    ret->use = (enum subject_use)read_name(r, v, "use", uses, SUBJECT_TELL, true);
    ret->working_days = (int)read_int(r, v, "working_days", 0, 1, 366);
    ret->named = read_bool(r, v, "named", false);
    ret->says = read_label(r, v, "says", true);
    ret->basis = read_label(r, v, "basis", true);
}

enum err_code subject_rules_load(const char *bytes, size_t n, struct subject_rules **ret,
                                 struct err *err)
{
    static const char *const keys[] = {"id", "revision", "rules", NULL};
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct held *held = calloc(1, sizeof *held);
    struct reader r;
    enum err_code rc;

    if (held == NULL || (held->arena = arena_new(RULES_BYTES)) == NULL) {
        free(held);
        return err_set(err, ERR_NO_MEMORY, "subject rules");
    }
    rc = json_parse(bytes, n, &root, err);
    if (rc == ERR_OK) {
        reader_init(&r, held->arena, err);
        if (read_object(&r, root, keys)) {
            (void)read_text(&r, root, "id", true);
            held->rules.revision = read_text(&r, root, "revision", true);
            held->rules.rules = read_each(&r, root, "rules", sizeof(struct subject_rule), read_rule,
                                          &held->rules.n_rules);
        }
        rc = reader_result(&r);
    }
    if (rc != ERR_OK) {
        subject_rules_free(&held->rules);
        return rc;
    }
    *ret = &held->rules;
    return ERR_OK;
}

void subject_rules_free(struct subject_rules *rules)
{
    struct held *held = (struct held *)rules;

    if (held == NULL)
        return;
    arena_free(held->arena);
    free(held);
}

bool subject_fits(const struct subject_rule *rule, const char *violation, bool anonymous)
{
    if (violation == NULL || (rule->named && anonymous))
        return false;
    for (size_t i = 0; i < rule->n_violations; i++)
        if (strcmp(rule->violations[i], violation) == 0)
            return true;
    return false;
}

const char *subject_use_name(enum subject_use use)
{
    return uses[use];
}
