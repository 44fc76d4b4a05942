/* pack: files of packs/ read as the start reads them, without an installation. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "insight/measures.h"
#include "main/command.h"
#include "rules/calendar.h"
#include "rules/case_flow.h"
#include "rules/compensation.h"
#include "rules/disclosure.h"
#include "rules/duty.h"
#include "rules/evidence.h"
#include "rules/factor_rules.h"
#include "rules/group_rules.h"
#include "rules/letter_forms.h"
#include "rules/order_flow.h"
#include "rules/pack.h"
#include "rules/profile.h"
#include "rules/regions.h"
#include "rules/register.h"
#include "rules/retention.h"
#include "rules/subject_rules.h"
#include "rules/visits.h"
#include "work/import_map.h"

#define FILE_BYTES ((size_t)16 << 20)

/* ---- rule packs ---- */

/* Against the packs that come with the program. */
static enum err_code check_apart(const struct pack *pack, struct err *err)
{
    for (const struct embedded_file *f = embedded_packs; f->path != NULL; f++) {
        CLEANUP(pack_freep) struct pack *other = NULL;

        if (!pack_file(f))
            continue;
        TRY(pack_load(embedded_packs, (const char *)f->data, f->size, &other, err));
        TRY(pack_apart(pack, other, err));
    }
    return ERR_OK;
}

/* File, place, reason, one fault a line. */
static int pack_faults(struct command_run *run, const char *path, const struct err *err)
{
    if (err->n_items == 0)
        fprintf(run->err, "%s: %s\n", path, err->why);
    for (size_t i = 0; i < err->n_items; i++)
        fprintf(run->err, "%s: %s: %s / %s\n", path, err->items[i].field, err->items[i].zh,
                err->items[i].en);
    return EXIT_FOUND;
}

/* Every rule pack shipped, for what names their states. */
#define SHIPPED_MAX 16

static void free_packs(struct pack **packs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pack_free(packs[i]);
}

/* Files of rules/ that are no matter packs do not load as such and are passed over. */
static size_t shipped_packs(struct pack *packs[SHIPPED_MAX])
{
    size_t n = 0;

    for (const struct embedded_file *f = embedded_packs; f->path != NULL && n < SHIPPED_MAX; f++) {
        struct err err = {0};

        if (strncmp(f->path, "rules/", 6) == 0 &&
            pack_load(embedded_packs, (const char *)f->data, f->size, &packs[n], &err) == ERR_OK)
            n++;
    }
    return n;
}

/* ---- registers: looked at together, as they name each other ---- */

static int say_register(struct command_run *run, const char *path, const struct register_def *def)
{
    fprintf(run->out,
            "%s: register %s revision %s: %zu fields, %zu states, %zu acts, %zu measures, "
            "nothing wrong\n",
            path, def->flow.id, def->flow.revision, def->registering.n_fields, def->flow.n_states,
            def->flow.acts.n_acts, def->n_measures);
    return EXIT_OK;
}

/* What is wrong with another file is said of that one. */
static int register_faults(struct command_run *run, const char *path, const struct err *err)
{
    if (strncmp(err->why, REGISTER_CHECKED, strlen(REGISTER_CHECKED)) == 0 || err->n_items == 0)
        return pack_faults(run, path, err);
    fprintf(run->err, "%s\n", err->why);
    return EXIT_FOUND;
}

/* @p more: the other files named on the command line. */
static int check_register(struct command_run *run, const char *path, const struct buf *text,
                          const char *const *more, size_t n_more)
{
    CLEANUP(registers_freep) struct registers *all = NULL;
    CLEANUP(codes_freep) struct codes *codes = NULL;
    const struct register_def *def = NULL;
    struct err err = {0};

    if (codes_load(embedded_packs, NULL, &codes, &err) != ERR_OK ||
        registers_check(embedded_packs, more, n_more, buf_text(text), text->len, codes, &all, &def,
                        &err) != ERR_OK)
        return register_faults(run, path, &err);
    return say_register(run, path, def);
}

/* Each of the files with all of them at hand. */
static int check_registers(struct command_run *run, const char *const *paths, size_t n)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(FILE_BYTES);
    struct err err = {0};
    int worst = EXIT_OK;

    for (size_t i = 0; i < n; i++) {
        int rc;

        if (command_read(run, paths[i], &text, &err) != ERR_OK)
            return command_failed(run, &err);
        rc = check_register(run, paths[i], &text, paths, n);
        worst = rc != EXIT_OK ? rc : worst;
    }
    return worst;
}

/* ---- one file of any other kind ---- */

/* A file under check, and the shipped ones with it in its place, for what is only read together. */
struct candidate {
    const char *bytes;
    size_t n;
    const char *place; /* "codes/bank/units.json" */
    const struct embedded_file *files;
};

static enum err_code check_pack(const struct candidate *c, struct err *err)
{
    CLEANUP(pack_freep) struct pack *pack = NULL;

    TRY(pack_load(embedded_packs, c->bytes, c->n, &pack, err));
    return check_apart(pack, err);
}

static enum err_code check_letter(const struct candidate *c, struct err *err)
{
    struct pack *packs[SHIPPED_MAX] = {NULL};
    size_t n = shipped_packs(packs);
    enum err_code rc = letter_form_check(c->bytes, c->n, (const struct pack *const *)packs, n, err);

    free_packs(packs, n);
    return rc;
}

/* Those that a loader reads alone, from their bytes. */
#define CHECK_ALONE(name, type, load, free_it)                                                     \
    static enum err_code name(const struct candidate *c, struct err *err)                          \
    {                                                                                              \
        type *read = NULL;                                                                         \
        enum err_code rc = load(c->bytes, c->n, &read, err);                                       \
                                                                                                   \
        if (rc == ERR_OK)                                                                          \
            free_it(read);                                                                         \
        return rc;                                                                                 \
    }
CHECK_ALONE(check_calendar, struct calendar, calendar_load, calendar_free)
CHECK_ALONE(check_case, struct flow, case_flow_load, case_flow_free)
CHECK_ALONE(check_order, struct order_flow, order_flow_load, order_flow_free)
CHECK_ALONE(check_compensation, struct compensation, compensation_load, compensation_free)
CHECK_ALONE(check_disclosure, struct disclosure, disclosure_load, disclosure_free)
CHECK_ALONE(check_duty, struct duty_pack, duty_load, duty_free)
CHECK_ALONE(check_evidence, struct evidence_pack, evidence_load, evidence_free)
CHECK_ALONE(check_retention, struct retention_pack, retention_load, retention_free)
CHECK_ALONE(check_visits, struct visits, visits_load, visits_free)
CHECK_ALONE(check_groups, struct group_rules, group_rules_load, group_rules_free)
CHECK_ALONE(check_factors, struct factor_rules, factor_rules_load, factor_rules_free)
CHECK_ALONE(check_subjects, struct subject_rules, subject_rules_load, subject_rules_free)

static enum err_code check_codes(const struct candidate *c, struct err *err)
{
    CLEANUP(codes_freep) struct codes *codes = NULL;
    const char *name = c->place + strlen("codes/"), *slash = strchr(name, '/');
    char folder[64] = "";

    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    return codes_load(c->files, slash == NULL ? NULL : folder, &codes, err);
}

static enum err_code check_regions(const struct candidate *c, struct err *err)
{
    CLEANUP(regions_freep) struct regions *regions = NULL;

    return regions_load(c->files, &regions, err);
}

static enum err_code check_profile(const struct candidate *c, struct err *err)
{
    struct profiles *profiles = NULL;
    enum err_code rc = profiles_load(c->files, &profiles, err);

    if (rc == ERR_OK)
        profiles_free(profiles);
    return rc;
}

static enum err_code check_indicators(const struct candidate *c, struct err *err)
{
    CLEANUP(indicators_freep) struct indicators *indicators = NULL;

    return indicators_load(c->files, NULL, &indicators, err);
}

static enum err_code check_summary(const struct candidate *c, struct err *err)
{
    CLEANUP(indicators_freep) struct indicators *indicators = NULL;
    CLEANUP(summary_forms_freep) struct summary_forms *forms = NULL;

    TRY(indicators_load(c->files, NULL, &indicators, err));
    return summary_forms_load(c->files, NULL, indicators, &forms, err);
}

static enum err_code check_map(const struct candidate *c, struct err *err)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)1 << 20);
    struct op op = {.arena = arena};
    struct import_map *map = NULL;
    enum err_code rc;

    if (arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "a map");
    rc = import_map_load(&op, c->bytes, c->n, &map);
    import_map_release(map);
    *err = op.err;
    return rc;
}

/* A kind is known by members that no other has, in this order; the last one is for the rest, so
 * that what lacks everything is measured by the longest list. */
static const struct file_kind {
    const char *member, *and; /* NULL: that one is enough */
    const char *folder, *what;
    enum err_code (*check)(const struct candidate *c, struct err *err);
} kinds[] = {
    {"series", "blocks", "letters", "a form of letters", check_letter},
    {"periods", "blocks", "summaries", "a form of summaries", check_summary},
    {"quarter_1", NULL, "documents", "the words of documents", check_summary},
    {"families", NULL, "profiles", "a profile", check_profile},
    {"streets", NULL, "regions", "divisions of a county", check_regions},
    {"codes", NULL, "codes", "a table of codes", check_codes},
    {"columns", NULL, "imports", "a map of imports", check_map},
    {"indicators", NULL, "indicators", "indicators", check_indicators},
    {"measures", NULL, "indicators", "measures", check_indicators},
    {"years", NULL, "calendars", "a calendar", check_calendar},
    {"system", "transitions", "orders", "the life of orders", check_order},
    {"creation", "transitions", "rules", "the life of cases", check_case},
    {"damages", NULL, "rules", "rules on damages and rewards", check_compensation},
    {"without_grounds", NULL, "rules", "rules on disclosure", check_disclosure},
    {"shifts", NULL, "rules", "rules on duty", check_duty},
    {"max_pixels", NULL, "rules", "rules on evidence", check_evidence},
    {"share_percent", NULL, "visits", "rules on return visits", check_visits},
    {"proposal", NULL, "watches", "rules on groups", check_groups},
    {"factors", NULL, "watches", "factors to consider", check_factors},
    {"rules", NULL, "watches", "rules by subject", check_subjects},
    {"least", NULL, "rules", "least terms of keeping", check_retention},
    {NULL, NULL, "rules", "a rule pack", check_pack},
};

static const struct file_kind *kind_of_file(const json_t *root)
{
    const struct file_kind *k = kinds;

    while (k->member != NULL && (json_object_get(root, k->member) == NULL ||
                                 (k->and != NULL && json_object_get(root, k->and) == NULL)))
        k++;
    return k;
}

/* "codes/bank/units.json": what stands behind packs/, or the folder of its kind and its name. */
static char *place_of(struct arena *arena, const struct file_kind *kind, const char *path)
{
    const char *name = strrchr(path, '/'), *at = NULL;

    for (const char *p = path; (p = strstr(p, "packs/")) != NULL; p++)
        at = p + strlen("packs/");
    if (at != NULL && strncmp(at, kind->folder, strlen(kind->folder)) == 0)
        return arena_strdup(arena, at);
    return arena_printf(arena, "%s/%s", kind->folder, name == NULL ? path : name + 1);
}

/* The shipped files with this one in its place, in order of their paths. */
static struct embedded_file *with_file(struct arena *arena, const char *place, const char *bytes,
                                       size_t size)
{
    const struct embedded_file own = {place, (const unsigned char *)bytes, size};
    struct embedded_file *all;
    bool in = false;
    size_t n = 0, at = 0;

    while (embedded_packs[n].path != NULL)
        n++;
    all = ARENA_ARRAY(arena, struct embedded_file, n + 2);
    for (size_t i = 0; all != NULL && i < n; i++) {
        int order = strcmp(embedded_packs[i].path, place);

        if (order >= 0 && !in) {
            all[at++] = own;
            in = true;
        }
        if (order != 0)
            all[at++] = embedded_packs[i];
    }
    if (all != NULL && !in)
        all[at++] = own;
    if (all != NULL)
        all[at] = (struct embedded_file){NULL, NULL, 0};
    return all;
}

static int check_other(struct command_run *run, const char *path, const struct buf *text,
                       const json_t *root)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)1 << 20);
    const struct file_kind *kind = kind_of_file(root);
    struct candidate c = {.bytes = buf_text(text), .n = text->len};
    struct err err = {0};

    c.place = arena == NULL ? NULL : place_of(arena, kind, path);
    c.files = c.place == NULL ? NULL : with_file(arena, c.place, c.bytes, c.n);
    if (c.files == NULL) {
        (void)err_set(&err, ERR_NO_MEMORY, "pack check");
        return command_failed(run, &err);
    }
    if (kind->check(&c, &err) != ERR_OK)
        return pack_faults(run, path, &err);
    fprintf(run->out, "%s: %s, nothing wrong\n", path, kind->what);
    return EXIT_OK;
}

/* ---- any file ---- */

#define PATHS_MAX 400

int cmd_pack(struct command_run *run)
{
    const char *what = take_argument(run), *path = take_argument(run), *paths[PATHS_MAX];
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(FILE_BYTES);
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct err err = {0};
    size_t n = 0;

    for (const char *next = path; next != NULL && n < PATHS_MAX; next = take_argument(run))
        paths[n++] = next;
    if (what == NULL || strcmp(what, "check") != 0 || path == NULL || left_over(run))
        return usage_error(run, "pack wants check FILE");
    if (command_read(run, path, &text, &err) != ERR_OK)
        return command_failed(run, &err);
    if (json_parse(buf_text(&text), text.len, &root, &err) != ERR_OK)
        return pack_faults(run, path, &err);
    if (register_file(root))
        return check_registers(run, paths, n);
    if (n > 1)
        return usage_error(run, "several files are checked together only when they are registers");
    return check_other(run, path, &text, root);
}
