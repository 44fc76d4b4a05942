/* Which pack governs, and what the packs of an office say: look-ups in a setup. */
#include <string.h>

#include "base/text.h"
#include "rules/pack.h"
#include "work/setup.h"

const struct pack *setup_pack(const struct setup *setup, const char *id)
{
    for (size_t i = 0; id != NULL && i < setup->n_packs; i++)
        if (strcmp(setup->packs[i]->id, id) == 0)
            return setup->packs[i];
    return NULL;
}

static const struct pack *of_revision(const struct pack *const *packs, size_t n, const char *id,
                                      int64_t revision)
{
    for (size_t i = 0; id != NULL && i < n; i++) {
        int64_t its;

        if (strcmp(packs[i]->id, id) == 0 && text_int64(packs[i]->revision, &its) &&
            its == revision)
            return packs[i];
    }
    return NULL;
}

const struct pack *setup_pack_at(const struct setup *setup, const char *id, int64_t revision)
{
    const struct pack *found = of_revision(setup->packs, setup->n_packs, id, revision);

    if (found == NULL)
        found = of_revision(setup->kept, setup->n_kept, id, revision);
    return found == NULL ? setup_pack(setup, id) : found;
}

const struct pack *setup_pack_on(const struct setup *setup, enum matter_kind kind,
                                 const char *channel, date_t received)
{
    const struct profile_family *f = profile_family(setup->profile, kind, channel);

    for (size_t i = 0; f != NULL && i < f->n_packs; i++) {
        const struct pack *pack = setup_pack(setup, f->packs[i]);

        if (pack != NULL && pack_covers(pack, received))
            return pack;
    }
    return NULL;
}

const struct pack *setup_pack_of(const struct setup *setup, enum matter_kind kind)
{
    for (size_t i = 0; i < setup->n_packs; i++)
        if (setup->packs[i]->kinds[kind].n_states > 0)
            return setup->packs[i];
    return NULL;
}

const struct pack_act *setup_act(const struct setup *setup, const char *id)
{
    const struct pack_act *act = NULL;

    for (size_t i = 0; i < setup->n_packs && act == NULL; i++)
        act = pack_act(setup->packs[i], id);
    return act;
}

const struct pack_state *setup_state(const struct setup *setup, enum matter_kind kind,
                                     const char *id)
{
    const struct pack_state *state = NULL;

    for (size_t i = 0; i < setup->n_packs && state == NULL; i++)
        state = pack_state(setup->packs[i], kind, id);
    return state;
}

const struct pack_outcome *setup_outcome(const struct setup *setup, enum matter_kind kind,
                                         const char *id)
{
    const struct pack_outcome *outcome = NULL;

    for (size_t i = 0; i < setup->n_packs && outcome == NULL; i++)
        outcome = pack_outcome(setup->packs[i], kind, id);
    return outcome;
}

const struct pack_ground *setup_ground(const struct setup *setup, enum matter_kind kind,
                                       const char *code)
{
    const struct pack_ground *ground = NULL;

    for (size_t i = 0; i < setup->n_packs && ground == NULL; i++)
        ground = pack_ground(setup->packs[i], kind, code);
    return ground;
}

struct label setup_kind_label(const struct setup *setup, enum matter_kind kind)
{
    static const struct label plain[KIND_COUNT] = {
        [KIND_ENQUIRY] = {"咨询", "Enquiry"},
        [KIND_COMPLAINT] = {"投诉", "Complaint"},
        [KIND_REPORT] = {"举报", "Report"},
    };
    const struct pack *pack = setup_pack_of(setup, kind);

    return pack == NULL ? plain[kind] : pack->kinds[kind].label;
}
