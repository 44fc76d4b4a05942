/* Loading what an installation runs with, and swapping it while ops go on. */
#include "work/setup.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/pack.h"
#include "rules/register.h"
#include "rules/retention.h"
#include "rules/subject_rules.h"
#include "sql_queries.h"
#include "store/vault.h"
#include "work/setup_internal.h"
#include "work/setup_registers.h"

#define SETUP_ARENA ((size_t)64 * 1024 * 1024)

#define PACKS_MAX 16

/* Packs are read once; bodies and aliases again at each reload. */
struct fixed {
    struct profiles *profiles;
    const struct profile *profile;
    struct pack *packs[PACKS_MAX]; /* those of the profile, each once, in its order */
    size_t n_packs;
    struct order_flow *orders;
    struct kept_packs kept;
    struct flow *cases;
    struct kept_flows cases_kept;
    struct registers *registers;
    struct calendar *calendar;
    json_t *calendar_base;
    struct codes *codes;
    struct measures *measures;
    struct disclosure *disclosure;
    struct evidence_pack *evidence;
    struct retention_pack *retention;
    struct duty_pack *duty;
    struct compensation *compensation;
    struct group_rules *groups;
    struct factor_rules *factors;
    struct subject_rules *subjects;
    struct letter_pack *letters;
    struct folder *folder;
    struct visits *visits;
};

struct held {
    struct setup setup; /* first: a setup is its held */
    struct arena *arena;
    struct routing *routing;
    struct calendar *calendar; /* its own where a notice was imported */
    unsigned holders;
};

struct setups {
    struct store *store;
    struct fixed fixed;
    pthread_mutex_t lock;
    struct held *current;
    unsigned older; /* setups before the current one that somebody still holds */
};

static enum err_code load_pack(const struct embedded_file *files, const char *path,
                               const char **ret, size_t *ret_n, struct err *err)
{
    const struct embedded_file *file = embedded_find(files, path);

    if (file == NULL)
        return err_set(err, ERR_NOT_FOUND, "pack %s is missing", path);
    *ret = (const char *)file->data;
    *ret_n = file->size;
    return ERR_OK;
}

/* A fault of a shipped file is named by its file as well. */
static enum err_code in_file(enum err_code rc, const char *path, struct err *err)
{
    for (size_t i = 0; rc != ERR_OK && i < err->n_items; i++) {
        char place[sizeof err->items[i].field];

        snprintf(place, sizeof place, "%.29s: %.32s", path, err->items[i].field);
        memcpy(err->items[i].field, place, sizeof place);
    }
    return rc;
}

/* The name that init stored; "market" in folders made before there was a choice. */
static enum err_code read_profile_name(struct store *store, char ret[32], struct err *err)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 << 10);
    struct op op = {.store = store, .arena = arena, .now_ms = instant_now_ms()};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *st = NULL;
    bool row = false;
    enum err_code rc;

    op.actor.kind = ACTOR_SYSTEM;
    snprintf(ret, 32, "market");
    rc = arena == NULL ? ERR_NO_MEMORY : snapshot_open(&op, &snap);
    if (rc == ERR_OK)
        rc = snapshot_prepare(&op, snap, SQL_store_setting, &st);
    if (rc == ERR_OK)
        rc = stmt_bind_text(&op, st, 1, "profile");
    if (rc == ERR_OK)
        rc = stmt_step(&op, st, &row);
    if (rc == ERR_OK && row)
        snprintf(ret, 32, "%s", stmt_text(st, 0));
    if (rc != ERR_OK)
        *err = op.err;
    return rc;
}

static bool has_pack(const struct fixed *f, const char *id)
{
    for (size_t i = 0; i < f->n_packs; i++)
        if (strcmp(f->packs[i]->id, id) == 0)
            return true;
    return false;
}

static enum err_code load_rules(const struct embedded_file *files, const char *id,
                                struct fixed *ret, struct err *err)
{
    char path[96];
    const char *bytes;
    size_t n;

    if (has_pack(ret, id))
        return ERR_OK;
    if (ret->n_packs == PACKS_MAX)
        return err_set(err, ERR_INVALID, "profile %s: too many packs", ret->profile->id);
    snprintf(path, sizeof path, "rules/%s.json", id);
    TRY(load_pack(files, path, &bytes, &n, err));
    TRY(in_file(pack_load(files, bytes, n, &ret->packs[ret->n_packs], err), path, err));
    ret->n_packs++;
    for (size_t i = 0; i + 1 < ret->n_packs; i++)
        TRY(in_file(pack_apart(ret->packs[ret->n_packs - 1], ret->packs[i], err), path, err));
    return ERR_OK;
}

/* Every pack of a family must know the kinds it is to govern. */
static enum err_code check_family(const struct fixed *f, const struct profile_family *family,
                                  struct err *err)
{
    for (size_t i = 0; i < f->n_packs; i++)
        for (size_t k = 0; k < family->n_packs; k++)
            for (int kind = 0; kind < KIND_COUNT; kind++)
                if (strcmp(f->packs[i]->id, family->packs[k]) == 0 &&
                    (family->kinds >> kind & 1) != 0 && f->packs[i]->kinds[kind].n_states == 0)
                    return err_set(err, ERR_INVALID, "profile %s: pack %s does not know %s",
                                   f->profile->id, f->packs[i]->id,
                                   matter_kind_name((enum matter_kind)kind));
    return ERR_OK;
}

/* The pack for complaints that come the usual way is the first. */
static enum err_code load_profile(struct store *store, const struct embedded_file *files,
                                  struct fixed *ret, struct err *err)
{
    char name[32];
    const struct profile_family *usual;

    TRY(profiles_load(files, &ret->profiles, err));
    TRY(read_profile_name(store, name, err));
    ret->profile = profile_find(ret->profiles, name);
    if (ret->profile == NULL)
        return err_set(err, ERR_NOT_FOUND, "the setting profile names %s, which there is not",
                       name);
    usual = profile_family(ret->profile, KIND_COMPLAINT, NULL);
    for (size_t i = 0; i < usual->n_packs; i++)
        TRY(load_rules(files, usual->packs[i], ret, err));
    for (size_t i = 0; i < ret->profile->n_families; i++) {
        const struct profile_family *f = &ret->profile->families[i];

        for (size_t k = 0; k < f->n_packs; k++)
            TRY(load_rules(files, f->packs[k], ret, err));
        TRY(check_family(ret, f, err));
    }
    return ERR_OK;
}

static enum err_code load_fixed(struct store *store, const struct embedded_file *packs,
                                struct fixed *ret, struct err *err)
{
    const char *bytes;
    size_t n;

    TRY(load_profile(store, packs, ret, err));
    TRY(load_pack(packs, "calendars/cn.json", &bytes, &n, err));
    TRY(calendar_load(bytes, n, &ret->calendar, err));
    TRY(json_parse(bytes, n, &ret->calendar_base, err));
    TRY(load_pack(packs, "orders/12345.json", &bytes, &n, err));
    TRY(order_flow_load(bytes, n, &ret->orders, err));
    TRY(load_pack(packs, "rules/case-2018.json", &bytes, &n, err));
    TRY(case_flow_load(bytes, n, &ret->cases, err));
    TRY(codes_load(packs, ret->profile->codes, &ret->codes, err));
    TRY(load_pack(packs, "rules/evidence.json", &bytes, &n, err));
    TRY(evidence_load(bytes, n, &ret->evidence, err));
    TRY(load_pack(packs, "rules/retention.json", &bytes, &n, err));
    TRY(retention_load(bytes, n, &ret->retention, err));
    TRY(load_pack(packs, "rules/duty.json", &bytes, &n, err));
    TRY(duty_load(bytes, n, &ret->duty, err));
    TRY(load_pack(packs, "rules/compensation.json", &bytes, &n, err));
    TRY(compensation_load(bytes, n, &ret->compensation, err));
    TRY(load_pack(packs, "indicators/measures.json", &bytes, &n, err));
    TRY(measures_load(bytes, n, &ret->measures, err));
    TRY(load_pack(packs, "rules/disclosure.json", &bytes, &n, err));
    TRY(disclosure_load(bytes, n, &ret->disclosure, err));
    TRY(load_pack(packs, "visits/market.json", &bytes, &n, err));
    TRY(visits_load(bytes, n, &ret->visits, err));
    TRY(load_pack(packs,
                  ret->profile->groups == NULL ? "watches/groups.json" : ret->profile->groups,
                  &bytes, &n, err));
    TRY(group_rules_load(bytes, n, &ret->groups, err));
    TRY(load_pack(packs, "watches/factors.json", &bytes, &n, err));
    TRY(factor_rules_load(bytes, n, &ret->factors, err));
    TRY(load_pack(packs, "watches/subjects.json", &bytes, &n, err));
    TRY(subject_rules_load(bytes, n, &ret->subjects, err));
    TRY(letters_load(packs, (const struct pack *const *)ret->packs, ret->n_packs, &ret->letters,
                     err));
    return folder_new(&ret->folder, err);
}

/* Those of the program, and the installation's own. */
static enum err_code load_registers(struct store *store, const struct embedded_file *packs,
                                    const char *dir, struct fixed *ret, struct err *err)
{
    char path[4096];
    struct stat found;

    if (dir == NULL)
        snprintf(path, sizeof path, "%s/packs/registers", store_dir(store));
    else
        snprintf(path, sizeof path, "%s/registers", dir);
    if (stat(path, &found) != 0 || !S_ISDIR(found.st_mode)) {
        if (dir != NULL)
            return err_set(err, ERR_NOT_FOUND, "there is no folder %s", path);
        return registers_load(packs, NULL, ret->codes, &ret->registers, err);
    }
    return registers_load(packs, path, ret->codes, &ret->registers, err);
}

static void free_fixed(struct fixed *f)
{
    for (size_t i = 0; i < f->n_packs; i++)
        pack_free(f->packs[i]);
    profiles_free(f->profiles);
    order_flow_free(f->orders);
    kept_packs_release(&f->kept);
    case_flow_free(f->cases);
    kept_flows_release(&f->cases_kept);
    registers_free(f->registers);
    calendar_free(f->calendar);
    json_decref(f->calendar_base);
    codes_free(f->codes);
    measures_free(f->measures);
    disclosure_free(f->disclosure);
    evidence_free(f->evidence);
    retention_free(f->retention);
    duty_free(f->duty);
    compensation_free(f->compensation);
    group_rules_free(f->groups);
    factor_rules_free(f->factors);
    subject_rules_free(f->subjects);
    letters_free(f->letters);
    folder_free(f->folder);
    visits_free(f->visits);
}

/* ---- settings and the calendar ---- */

/* A setting's value; NULL where it is not set. */
static enum err_code read_setting(struct op *op, struct snapshot *snap, const char *name,
                                  const char **ret)
{
    CLEANUP(stmt_closep) struct stmt *st = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_store_setting, &st));
    TRY(stmt_bind_text(op, st, 1, name));
    TRY(stmt_step(op, st, &row));
    if (row && stmt_text(st, 0)[0] != '\0')
        *ret = stmt_text_dup(op, st, 0);
    return ERR_OK;
}

/* The calendar with the notices imported since, where there are any. */
static enum err_code read_calendar(struct op *op, struct snapshot *snap, struct held *h)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *whole = NULL;
    const json_t *base = h->setup.calendar_base;
    const char *text;

    TRY(calendar_record(op, snap, calendar_id(h->setup.calendar), &r));
    h->setup.calendar_edition = calendar_edition(base, record_number(&r, "imports"));
    if (r.version == 0)
        return ERR_OK;
    whole = calendar_with(base, json_object_get(r.state, "years"), record_number(&r, "imports"));
    text = whole == NULL ? NULL : json_compact(op->arena, whole);
    if (text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "calendar");
    TRY(calendar_load(text, strlen(text), &h->calendar, &op->err));
    h->setup.calendar = h->calendar;
    return ERR_OK;
}

static enum err_code fill(struct op *op, struct held *h)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(read_calendar(op, snap, h));
    TRY(setup_read_bodies(op, snap, &h->setup));
    for (size_t i = 0; i < h->setup.n_bodies && h->setup.intake == NULL; i++)
        if (h->setup.bodies[i].parent == NULL && h->setup.bodies[i].current)
            h->setup.intake = &h->setup.bodies[i];
    h->routing = routing_new();
    if (h->routing == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "routing");
    TRY(setup_read_streets(op, snap, &h->setup, h->routing));
    TRY(setup_read_aliases(op, snap, &h->setup, h->routing));
    TRY(routing_ready(h->routing, &op->err));
    TRY(read_setting(op, snap, "scanner", &h->setup.scanner));
    TRY(read_setting(op, snap, "relay", &h->setup.relay.address));
    TRY(read_setting(op, snap, "relay.from", &h->setup.relay.from));
    TRY(read_setting(op, snap, "relay.login", &h->setup.relay.login));
    TRY(read_setting(op, snap, "relay.ca", &h->setup.relay.ca));
    TRY(read_setting(op, snap, "relay.sms", &h->setup.relay_sms));
    TRY(read_setting(op, snap, "site.url", &h->setup.site_url));
    TRY(read_setting(op, snap, "letters.words", &h->setup.letter_words));
    TRY(read_setting(op, snap, "letters.review", &h->setup.letter_review));
    TRY(read_setting(op, snap, "deadlines.targets", &h->setup.targets));
    TRY(read_setting(op, snap, "retention.years", &h->setup.retention_years));
    h->setup.routing = h->routing;
    return ERR_OK;
}

static void free_held(struct held *h)
{
    if (h == NULL)
        return;
    routing_free(h->routing);
    calendar_free(h->calendar);
    arena_free(h->arena);
    free(h);
}

static enum err_code make_held(struct setups *setups, struct held **ret, struct err *err)
{
    struct held *h = calloc(1, sizeof *h);
    struct op op = {.store = setups->store, .now_ms = instant_now_ms()};
    enum err_code rc;

    if (h == NULL)
        return err_set(err, ERR_NO_MEMORY, "setup");
    h->arena = arena_new(SETUP_ARENA);
    op.arena = h->arena;
    op.actor.kind = ACTOR_SYSTEM;
    h->setup = (struct setup){.profile = setups->fixed.profile,
                              .pack = setups->fixed.packs[0],
                              .packs = (const struct pack *const *)setups->fixed.packs,
                              .n_packs = setups->fixed.n_packs,
                              .kept = (const struct pack *const *)setups->fixed.kept.packs,
                              .n_kept = setups->fixed.kept.n,
                              .orders = setups->fixed.orders,
                              .cases = setups->fixed.cases,
                              .cases_kept = setups->fixed.cases_kept.flows,
                              .n_cases_kept = setups->fixed.cases_kept.n,
                              .registers = setups->fixed.registers,
                              .calendar = setups->fixed.calendar,
                              .calendar_base = setups->fixed.calendar_base,
                              .all = setups,
                              .mark = setup_mark(setups->store),
                              .codes = setups->fixed.codes,
                              .measures = setups->fixed.measures,
                              .disclosure = setups->fixed.disclosure,
                              .evidence = evidence_rules(setups->fixed.evidence),
                              .retention = setups->fixed.retention,
                              .duty = duty_rules(setups->fixed.duty),
                              .reward = compensation_reward(setups->fixed.compensation, "RWD"),
                              .visits = visits_rules(setups->fixed.visits),
                              .groups = setups->fixed.groups,
                              .factors = setups->fixed.factors,
                              .subjects = setups->fixed.subjects,
                              .letters = letter_forms(setups->fixed.letters),
                              .folder = setups->fixed.folder,
                              .number_key = vault_number_key(setups->store),
                              .zone_min = store_zone_min(setups->store)};
    rc = h->arena == NULL ? err_set(&op.err, ERR_NO_MEMORY, "setup") : fill(&op, h);
    if (rc != ERR_OK) {
        *err = op.err;
        free_held(h);
        return rc;
    }
    *ret = h;
    return ERR_OK;
}

/* ---- life cycle ---- */

static enum err_code keep_packs(struct setups *s, struct err *err)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(SETUP_ARENA);
    struct op op = {.arena = arena, .store = s->store, .now_ms = instant_now_ms()};
    enum err_code rc;

    if (arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "kept packs");
    op.actor.kind = ACTOR_SYSTEM;
    rc = kept_packs_load(&op, s->fixed.packs, s->fixed.n_packs, &s->fixed.kept);
    if (rc == ERR_OK)
        rc = kept_case_flows_load(&op, s->fixed.cases, &s->fixed.cases_kept);
    if (rc == ERR_OK)
        rc = kept_registers_load(&op, s->fixed.registers, s->fixed.codes);
    if (rc != ERR_OK)
        *err = op.err;
    return rc;
}

enum err_code setups_new(struct store *store, const struct embedded_file *packs,
                         struct setups **ret, struct err *err)
{
    return setups_new_with(store, packs, NULL, ret, err);
}

enum err_code setups_new_with(struct store *store, const struct embedded_file *packs,
                              const char *dir, struct setups **ret, struct err *err)
{
    struct setups *s = calloc(1, sizeof *s);
    enum err_code rc;

    if (s == NULL)
        return err_set(err, ERR_NO_MEMORY, "setups");
    s->store = store;
    pthread_mutex_init(&s->lock, NULL);
    rc = load_fixed(store, packs, &s->fixed, err);
    if (rc == ERR_OK)
        rc = load_registers(store, packs, dir, &s->fixed, err);
    if (rc == ERR_OK)
        rc = keep_packs(s, err);
    if (rc == ERR_OK)
        rc = make_held(s, &s->current, err);
    if (rc != ERR_OK) {
        setups_free(s);
        return rc;
    }
    s->current->holders = 1;
    *ret = s;
    return ERR_OK;
}

void setups_free(struct setups *setups)
{
    if (setups == NULL)
        return;
    free_held(setups->current);
    free_fixed(&setups->fixed);
    pthread_mutex_destroy(&setups->lock);
    free(setups);
}

const struct setup *setup_hold(struct setups *setups)
{
    struct held *h;

    pthread_mutex_lock(&setups->lock);
    h = setups->current;
    h->holders++;
    pthread_mutex_unlock(&setups->lock);
    return &h->setup;
}

void setup_letgo(struct setups *setups, const struct setup *setup)
{
    struct held *h = (struct held *)(uintptr_t)setup;
    bool last;

    if (setup == NULL)
        return;
    pthread_mutex_lock(&setups->lock);
    last = --h->holders == 0;
    setups->older -= last && h != setups->current;
    pthread_mutex_unlock(&setups->lock);
    if (last)
        free_held(h);
}

enum err_code setups_reload(struct setups *setups, struct err *err)
{
    struct held *fresh, *old;

    TRY(make_held(setups, &fresh, err));
    fresh->holders = 1;
    pthread_mutex_lock(&setups->lock);
    old = setups->current;
    setups->current = fresh;
    setups->older++; /* the old one, until the last holder lets go */
    pthread_mutex_unlock(&setups->lock);
    setup_letgo(setups, &old->setup);
    return ERR_OK;
}

bool setup_settled(const struct setup *setup)
{
    struct setups *all = setup->all;
    bool settled;

    pthread_mutex_lock(&all->lock);
    settled = &all->current->setup == setup && all->older == 0;
    pthread_mutex_unlock(&all->lock);
    return settled;
}
