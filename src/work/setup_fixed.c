/* Loading the packs that the profile of the installation names, its own among them. */
#include "work/setup_fixed.h"

#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "rules/register.h"
#include "rules/retention.h"
#include "rules/subject_rules.h"
#include "sql_queries.h"
#include "store/vault.h"
#include "work/own_packs.h"

/* A file of packs, for one reader. */
struct pack_bytes {
    const char *path, *bytes;
    size_t n;
};

static enum err_code load_pack(const struct embedded_file *files, const char *path,
                               struct pack_bytes *ret, struct err *err)
{
    const struct embedded_file *file = embedded_find(files, path);

    if (file == NULL)
        return err_set(err, ERR_NOT_FOUND, "pack %s is missing", path);
    *ret = (struct pack_bytes){path, (const char *)file->data, file->size};
    return ERR_OK;
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
    struct pack_bytes f;
    char path[96];

    if (has_pack(ret, id))
        return ERR_OK;
    if (ret->n_packs == PACKS_MAX)
        return err_set(err, ERR_INVALID, "profile %s: too many packs", ret->profile->id);
    snprintf(path, sizeof path, "rules/%s.json", id);
    TRY(load_pack(files, path, &f, err));
    TRY(pack_in_file(pack_load(files, f.bytes, f.n, &ret->packs[ret->n_packs], err), f.path, err));
    ret->n_packs++;
    for (size_t i = 0; i + 1 < ret->n_packs; i++)
        TRY(pack_in_file(pack_apart(ret->packs[ret->n_packs - 1], ret->packs[i], err), f.path,
                         err));
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

/* Those that every profile reads from one file of a fixed name. */
static enum err_code load_single(const struct embedded_file *packs, struct fixed *ret,
                                 struct err *err)
{
    const char *groups =
        ret->profile->groups == NULL ? "watches/groups.json" : ret->profile->groups;
    struct pack_bytes f;

    TRY(load_pack(packs, "orders/12345.json", &f, err));
    TRY(pack_in_file(order_flow_load(f.bytes, f.n, &ret->orders, err), f.path, err));
    TRY(load_pack(packs, "rules/case-2018.json", &f, err));
    TRY(pack_in_file(case_flow_load(f.bytes, f.n, &ret->cases, err), f.path, err));
    TRY(load_pack(packs, "rules/evidence.json", &f, err));
    TRY(pack_in_file(evidence_load(f.bytes, f.n, &ret->evidence, err), f.path, err));
    TRY(load_pack(packs, "rules/retention.json", &f, err));
    TRY(pack_in_file(retention_load(f.bytes, f.n, &ret->retention, err), f.path, err));
    TRY(load_pack(packs, "rules/duty.json", &f, err));
    TRY(pack_in_file(duty_load(f.bytes, f.n, &ret->duty, err), f.path, err));
    TRY(load_pack(packs, "rules/compensation.json", &f, err));
    TRY(pack_in_file(compensation_load(f.bytes, f.n, &ret->compensation, err), f.path, err));
    TRY(load_pack(packs, "rules/disclosure.json", &f, err));
    TRY(pack_in_file(disclosure_load(f.bytes, f.n, &ret->disclosure, err), f.path, err));
    TRY(load_pack(packs, "visits/market.json", &f, err));
    TRY(pack_in_file(visits_load(f.bytes, f.n, &ret->visits, err), f.path, err));
    TRY(load_pack(packs, groups, &f, err));
    TRY(pack_in_file(group_rules_load(f.bytes, f.n, &ret->groups, err), f.path, err));
    TRY(load_pack(packs, "watches/factors.json", &f, err));
    TRY(pack_in_file(factor_rules_load(f.bytes, f.n, &ret->factors, err), f.path, err));
    TRY(load_pack(packs, "watches/subjects.json", &f, err));
    return pack_in_file(subject_rules_load(f.bytes, f.n, &ret->subjects, err), f.path, err);
}

enum err_code fixed_load(struct store *store, const struct embedded_file *shipped, const char *dir,
                         struct fixed *ret, struct err *err)
{
    const struct embedded_file *packs;
    struct pack_bytes f;

    ret->own = arena_new(OWN_PACKS_BYTES);
    if (ret->own == NULL)
        return err_set(err, ERR_NO_MEMORY, "packs of the installation");
    TRY(own_packs_over(ret->own, shipped, dir, &packs, err));
    TRY(load_profile(store, packs, ret, err));
    TRY(load_pack(packs, "calendars/cn.json", &f, err));
    TRY(calendar_load(f.bytes, f.n, &ret->calendar, err));
    TRY(json_parse(f.bytes, f.n, &ret->calendar_base, err));
    TRY(codes_load(packs, ret->profile->codes, &ret->codes, err));
    TRY(regions_load(packs, &ret->regions, err));
    TRY(load_pack(packs, "indicators/measures.json", &f, err));
    TRY(measures_load(f.bytes, f.n, &ret->measures, err));
    TRY(load_single(packs, ret, err));
    TRY(letters_load(packs, (const struct pack *const *)ret->packs, ret->n_packs, &ret->letters,
                     err));
    return folder_new(&ret->folder, err);
}

enum err_code fixed_load_registers(const struct embedded_file *packs, const char *dir, bool named,
                                   struct fixed *ret, struct err *err)
{
    char path[4096];
    struct stat found;

    snprintf(path, sizeof path, "%s/registers", dir);
    if (stat(path, &found) != 0 || !S_ISDIR(found.st_mode)) {
        if (named)
            return err_set(err, ERR_NOT_FOUND, "there is no folder %s", path);
        return registers_load(packs, NULL, ret->codes, &ret->registers, err);
    }
    return registers_load(packs, path, ret->codes, &ret->registers, err);
}

void fixed_release(struct fixed *f)
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
    regions_free(f->regions);
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
    arena_free(f->own);
}
