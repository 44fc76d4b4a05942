/* Loading what an installation runs with, and swapping it while ops go on. */
#include "work/setup.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "insight/kept_hits.h"
#include "insight/kept_list.h"
#include "insight/kept_matters.h"
#include "insight/kept_open.h"
#include "insight/kept_states.h"
#include "sql_queries.h"
#include "store/vault.h"
#include "work/entry_numbers.h"
#include "work/setup_fixed.h"
#include "work/setup_registers.h"

#define SETUP_ARENA ((size_t)64 * 1024 * 1024)

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
    struct entry_numbers *numbers;
    struct kept_matters *matters;
    struct kept_open *open;
    struct kept_states *states;
    struct kept_hits *hits;
    struct kept_list *rows;
};

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
                              .numbers = setups->numbers,
                              .matters = setups->matters,
                              .open = setups->open,
                              .states = setups->states,
                              .hits = setups->hits,
                              .rows = setups->rows,
                              .calendar = setups->fixed.calendar,
                              .calendar_base = setups->fixed.calendar_base,
                              .all = setups,
                              .mark = setup_mark(setups->store),
                              .codes = setups->fixed.codes,
                              .regions = setups->fixed.regions,
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
    char own[4096];
    enum err_code rc;

    if (s == NULL)
        return err_set(err, ERR_NO_MEMORY, "setups");
    s->store = store;
    pthread_mutex_init(&s->lock, NULL);
    if (dir == NULL)
        snprintf(own, sizeof own, "%s/packs", store_dir(store));
    else
        snprintf(own, sizeof own, "%s", dir);
    s->numbers = entry_numbers_new();
    s->matters = kept_matters_new();
    s->open = kept_open_new();
    s->states = kept_states_new();
    s->hits = kept_hits_new();
    s->rows = kept_list_new();
    rc = s->numbers == NULL || s->matters == NULL || s->open == NULL || s->states == NULL ||
                 s->hits == NULL || s->rows == NULL
             ? err_set(err, ERR_NO_MEMORY, "setups")
             : fixed_load(store, packs, own, &s->fixed, err);
    if (rc == ERR_OK)
        rc = fixed_load_registers(packs, own, dir != NULL, &s->fixed, err);
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
    fixed_release(&setups->fixed);
    entry_numbers_free(setups->numbers);
    kept_matters_free(setups->matters);
    kept_open_free(setups->open);
    kept_states_free(setups->states);
    kept_hits_free(setups->hits);
    kept_list_free(setups->rows);
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
