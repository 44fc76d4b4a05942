/* The pack on disclosure. */
#include "rules/disclosure.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read.h"

#define DISCLOSURE_BYTES ((size_t)64 << 10)
#define NAMES_MAX 32

struct kept {
    struct disclosure d; /* first: what the caller holds */
    struct arena *arena;
    const char *kinds[NAMES_MAX], *outcomes[NAMES_MAX], *grounds[NAMES_MAX];
};

/* A list of names, ended by NULL. */
static void read_names(struct reader *r, const json_t *root, const char *key,
                       const char *ret[NAMES_MAX])
{
    const json_t *list = read_array(r, root, key, true);

    if (json_array_size(list) >= NAMES_MAX)
        reader_fault(r, key, "range", "太多了。", "There are too many.");
    for (size_t i = 0; i < json_array_size(list) && i + 1 < NAMES_MAX; i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (name == NULL)
            reader_fault(r, key, "type", "要是文字。", "Texts are expected.");
        ret[i] = name == NULL ? "" : arena_strdup(r->arena, name);
    }
}

static void check_kinds(struct reader *r, const char *const kinds[NAMES_MAX])
{
    for (size_t i = 0; i < NAMES_MAX && kinds[i] != NULL; i++)
        if (matter_kind_find(kinds[i]) == KIND_COUNT)
            reader_fault(r, "kinds", "unknown_name", "没有这一类。", "There is no such kind.");
}

static void read_all(struct reader *r, const json_t *root, struct kept *k)
{
    static const char *const keys[] = {"id",       "revision",        "instrument", "kinds",
                                       "outcomes", "without_grounds", "consent",    "never",
                                       "shows",    "state",           NULL};

    if (!read_object(r, root, keys))
        return;
    k->d.id = read_text(r, root, "id", true);
    k->d.revision = read_text(r, root, "revision", true);
    k->d.instrument = read_label(r, root, "instrument", true);
    k->d.never = read_label(r, root, "never", true);
    k->d.shows = read_label(r, root, "shows", true);
    k->d.state = read_label(r, root, "state", true);
    k->d.consent = read_bool(r, root, "consent", true);
    read_names(r, root, "kinds", k->kinds);
    check_kinds(r, k->kinds);
    read_names(r, root, "outcomes", k->outcomes);
    read_names(r, root, "without_grounds", k->grounds);
}

enum err_code disclosure_load(const char *json, size_t n, struct disclosure **ret, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct kept *k;
    struct reader r;
    enum err_code rc;

    TRY(json_parse(json, n, &root, err));
    k = calloc(1, sizeof *k);
    if (k == NULL || (k->arena = arena_new(DISCLOSURE_BYTES)) == NULL) {
        free(k);
        return err_set(err, ERR_NO_MEMORY, "disclosure");
    }
    reader_init(&r, k->arena, err);
    read_all(&r, root, k);
    rc = reader_result(&r);
    if (rc != ERR_OK) {
        disclosure_free(&k->d);
        return rc;
    }
    *ret = &k->d;
    return ERR_OK;
}

void disclosure_free(struct disclosure *d)
{
    struct kept *k = (struct kept *)(void *)d;

    if (k == NULL)
        return;
    arena_free(k->arena);
    free(k);
}

static bool holds(const char *const *list, const char *name)
{
    for (; *list != NULL; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

bool disclosure_counts(const struct disclosure *d, const char *kind, const char *outcome,
                       const char *ground)
{
    const struct kept *k = (const struct kept *)(const void *)d;

    return holds(k->kinds, kind) && holds(k->outcomes, outcome) && !holds(k->grounds, ground);
}
