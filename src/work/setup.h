/* What an installation runs with: rule packs, calendar, code tables, bodies, routing, measures.
 *
 * Immutable once made; an op holds one for its whole life, so a change of bodies (setup_reload)
 * never shows half-way through an act. */
#ifndef FANGXIN_WORK_SETUP_H
#define FANGXIN_WORK_SETUP_H

#include <jansson.h>

#include "insight/fold.h"
#include "insight/measures.h"
#include "rules/calendar.h"
#include "rules/case_flow.h"
#include "rules/codes.h"
#include "rules/compensation.h"
#include "rules/disclosure.h"
#include "rules/duty.h"
#include "rules/evidence.h"
#include "rules/factor_rules.h"
#include "rules/group_rules.h"
#include "rules/letter_forms.h"
#include "rules/order_flow.h"
#include "rules/profile.h"
#include "rules/regions.h"
#include "rules/routing.h"
#include "rules/visits.h"
#include "store/store.h"
#include "work/relay.h"

struct body {
    int64_t id;
    const char *code, *parent; /* parent NULL for the root */
    const char *path;          /* "/420202/42020201/" */
    const char *kind;          /* bureau, branch, station */
    struct label name;
    const char *division, *address, *phone; /* NULL where unknown */
    int depth;
    bool current; /* valid today */
};

struct registers; /* rules/register.h */
struct entry_numbers;
struct kept_hits;
struct kept_list;
struct kept_matters;
struct kept_open;
struct kept_states;

struct setup {
    const struct profile *profile;   /* what sort of office this is */
    const struct pack *pack;         /* the newest for complaints that come the usual way */
    const struct pack *const *packs; /* of the profile, that one first */
    size_t n_packs;
    const struct pack *const *kept; /* older revisions that matters were received under */
    size_t n_kept;
    const struct order_flow *orders; /* 12345 */
    const struct flow *cases;        /* enforcement, for what is filed now */
    struct flow *const *cases_kept;  /* older revisions that cases were filed under */
    size_t n_cases_kept;
    const struct registers *registers;
    struct entry_numbers *numbers;   /* of entries that are on their way (entry_numbers.h) */
    struct kept_matters *matters;    /* matters in memory, for counts (insight/kept_matters.h) */
    struct kept_open *open;          /* the open ones, by due day (insight/kept_open.h) */
    struct kept_states *states;      /* for searches among a state (insight/kept_states.h) */
    struct kept_hits *hits;          /* of words searched for (insight/kept_hits.h) */
    struct kept_list *rows;          /* of lists (insight/kept_list.h) */
    const struct calendar *calendar; /* with the notices imported since */
    const json_t *calendar_base;     /* as it comes with the program */
    int64_t calendar_edition;        /* see setup_internal.h; another one counts otherwise */
    struct setups *all;
    int64_t mark; /* of what it was made from, where other processes write too (setup_follow) */
    const struct codes *codes;
    const struct routing *routing;
    const struct regions *regions; /* divisions with their names */
    const struct measures *measures;
    const struct disclosure *disclosure;
    const struct evidence_rules *evidence;
    const struct retention_pack *retention; /* least terms of keeping */
    const struct duty_rules *duty;
    const struct reward_rule *reward; /* for reports of major violations */
    const char *scanner;         /* setting "scanner", the virus scanner's address; NULL: none */
    struct relay_place relay;    /* settings "relay" and "relay.*"; NULL each: none */
    const char *relay_sms;       /* setting "relay.sms": domain of the SMS gateway; NULL: none */
    const char *site_url;        /* setting "site.url", without a slash at its end; NULL: none */
    const char *letter_review;   /* setting "letters.review": the house's text on review and suit */
    const char *letter_words;    /* setting "letters.words": CODE=安市监 …; NULL: none */
    const char *retention_years; /* setting "retention.years" (retention.h); NULL: kept for ever */
    const char *targets;         /* setting "deadlines.targets" (house_target.h); NULL: none */
    const struct letter_forms *letters;
    const struct visit_rules *visits;
    const struct group_rules *groups;
    const struct factor_rules *factors;
    const struct subject_rules *subjects;
    const struct folder *folder;     /* case, width and traditional characters, for search */
    const unsigned char *number_key; /* 32 bytes */
    const struct body *bodies;       /* in order of path: a parent before its children */
    size_t n_bodies;
    const struct body *intake; /* who receives what the public files; NULL before init */
    int zone_min;
};

/* The setups of a running process: the current one and those still held. */
struct setups;

/* Loads packs and bodies. Packs are checked here: a broken one is ERR_INVALID with its faults. */
enum err_code setups_new(struct store *store, const struct embedded_file *packs,
                         struct setups **ret, struct err *err) MUST_CHECK;
/* The same with the installation's own files: DIR/rules/ID.json adds a rule pack or takes the place
 * of one, so do codes, letters, profiles and the like (own_packs.h), and registers. @p dir NULL:
 * the folder packs of the installation, where there is one. */
enum err_code setups_new_with(struct store *store, const struct embedded_file *packs,
                              const char *dir, struct setups **ret, struct err *err) MUST_CHECK;
void setups_free(struct setups *setups);
const struct setup *setup_hold(struct setups *setups);
void setup_letgo(struct setups *setups, const struct setup *setup);
/* Reads bodies, aliases and settings again; ops begun before keep what they hold. */
enum err_code setups_reload(struct setups *setups, struct err *err) MUST_CHECK;

/* Reloads when another daemon on the same database has changed what a setup is made from. */
enum err_code setup_follow(struct op *op, bool *ret_changed) MUST_CHECK;

/* By id, the newest revision; NULL when there is no such pack. */
const struct pack *setup_pack(const struct setup *setup, const char *id);
/* The revision that a matter was received under; the newest where that one was never kept. */
const struct pack *setup_pack_at(const struct setup *setup, const char *id, int64_t revision);
/* The life of the case that was filed under this revision; today's where that one was never kept.
 */
const struct flow *setup_case_flow(const struct setup *setup, const char *revision);
/* This setup is the current one and nobody works with an older one any more. */
bool setup_settled(const struct setup *setup);
/* The one in force on the day on which the competent body received a matter; NULL before all, or
 * where the office takes none of that kind. @p channel: see profile_family. */
const struct pack *setup_pack_on(const struct setup *setup, enum matter_kind kind,
                                 const char *channel, date_t received);
/* The newest that knows the kind, for words and forms; NULL where the office takes none of it. */
const struct pack *setup_pack_of(const struct setup *setup, enum matter_kind kind);
/* What the packs of the profile say, the newest first; NULL when none knows it. */
const struct pack_act *setup_act(const struct setup *setup, const char *id);
const struct pack_state *setup_state(const struct setup *setup, enum matter_kind kind,
                                     const char *id);
const struct pack_outcome *setup_outcome(const struct setup *setup, enum matter_kind kind,
                                         const char *id);
const struct pack_ground *setup_ground(const struct setup *setup, enum matter_kind kind,
                                       const char *code);
/* How the office calls a kind; a plain word where it takes none of it. */
struct label setup_kind_label(const struct setup *setup, enum matter_kind kind);
/* NULL when there is no such body. */
const struct body *setup_body(const struct setup *setup, const char *code);
/* The first text behind all paths at or below this one: a range for a query. "" for "". */
const char *body_path_end(struct arena *arena, const char *path);
const struct body *setup_root(const struct setup *setup, const struct body *body);
/* The label of a code in a table; the code itself in both languages where it is unknown. */
struct label setup_label(const struct setup *setup, const char *table, const char *code);

#endif
