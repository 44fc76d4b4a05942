/* The numbers of packs/watches/factors.json. */
#include "rules/factor_rules.h"

#include <stdlib.h>

#include "rules/read_internal.h"

#define RULES_BYTES ((size_t)64 << 10)

/* First: the rules are what the arena belongs to. */
struct held {
    struct factor_rules rules;
    struct arena *arena;
};

static void read_factor(struct reader *r, const json_t *v, void *one)
{
    struct factor_rule *f = one;
    static const char *const keys[] = {"id", "counts", "days", "least", "says", "basis", NULL};
    static const char *const counts[] = {"quantity",
                                         "of_person",
                                         "of_person_business_category",
                                         "of_business_category_problem",
                                         "without_proof",
                                         "names_of_phone",
                                         "names_of_address",
                                         NULL};

    if (!read_object(r, v, keys))
        return;
    f->id = read_text(r, v, "id", true);
    f->counts = (enum factor_counts)read_name(r, v, "counts", counts, (int)FACTOR_QUANTITY, true);
    f->days = read_int(r, v, "days", 0, 1, 3660);
    f->least = read_int(r, v, "least", 0, 0, 100000);
    f->says = read_label(r, v, "says", true);
    f->basis = read_label(r, v, "basis", true);
}

enum err_code factor_rules_load(const char *bytes, size_t n, struct factor_rules **ret,
                                struct err *err)
{
    static const char *const keys[] = {"id", "revision", "looked_at", "factors", NULL};
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct held *held = calloc(1, sizeof *held);
    struct reader r;
    enum err_code rc;

    if (held == NULL || (held->arena = arena_new(RULES_BYTES)) == NULL) {
        free(held);
        return err_set(err, ERR_NO_MEMORY, "factor rules");
    }
    rc = json_parse(bytes, n, &root, err);
    if (rc == ERR_OK) {
        reader_init(&r, held->arena, err);
        if (read_object(&r, root, keys)) {
            held->rules.revision = read_text(&r, root, "revision", true);
            held->rules.looked_at = read_int(&r, root, "looked_at", 0, 2, 500);
            held->rules.factors = read_each(&r, root, "factors", sizeof(struct factor_rule),
                                            read_factor, &held->rules.n_factors);
        }
        rc = reader_result(&r);
    }
    if (rc != ERR_OK) {
        factor_rules_free(&held->rules);
        return rc;
    }
    *ret = &held->rules;
    return ERR_OK;
}

void factor_rules_free(struct factor_rules *rules)
{
    struct held *held = (struct held *)rules;

    if (held == NULL)
        return;
    arena_free(held->arena);
    free(held);
}
