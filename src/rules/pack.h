/* A rule pack: law as data, read once at start and never changed.
 *
 * packs/rules/market-2026.json fills these structs; docs/rule-packs.md describes the file. Whoever
 * loads a pack owns it and may share it between threads. Pointers into it live as long as it does.
 * Ask workflow.h what may happen; nothing else compares states. */
#ifndef FANGXIN_RULES_PACK_H
#define FANGXIN_RULES_PACK_H

#include "base/embed.h"
#include "rules/deadline.h"
#include "rules/field.h"
#include "rules/roles.h"

/* Whom a matter waits for. */
enum waiting_for {
    WAIT_KEEP = -1, /* in a step: as before */
    WAIT_UNIT,
    WAIT_OFFICER,
    WAIT_CONSUMER,
    WAIT_BUSINESS,
    WAIT_TESTER,
    WAIT_LEADER,
    WAIT_SECOND,   /* another officer, who confirms */
    WAIT_MEDIATOR, /* the body to which mediation is entrusted */
    WAIT_NOBODY,
};

enum act_class {
    ACT_LIKELY, /* the likely next one, first and filled */
    ACT_OTHER,
    ACT_ENDING, /* ends the matter without what was asked for; shown in red */
    ACT_RARE,   /* under 更多 */
};

/* Does the act by itself on each member of a group of so many. */
struct act_watch {
    int64_t members;         /* 0: it does not */
    const char *input;       /* what is sent, as JSON … */
    const char *count_field; /* … with the number of members here (NULL: nowhere) … */
    const char *words_field; /* … and these words here, {n} being that number */
    struct label says;
};

struct pack_act {
    const char *id; /* "accept" */
    struct label label;
    struct label effect; /* what recording it does: 记录后：期限停在今天. NULL texts if plain */
    char key;            /* desk key in upper case, 0 = none */
    enum act_class act_class;
    const struct act_field *fields;
    size_t n_fields;
    struct act_watch watch;
};

/* ---- life of a matter ---- */

struct guard; /* a named pure predicate over struct workflow_facts; the list is in workflow.h */

#define STATES_MAX 64
#define TARGETS_MAX 4
#define CLOCKS_MAX 8
#define GUARDS_MAX 4

/* An act that is probably next, while the predicate holds (NULL = always). */
struct pack_likely {
    int act; /* index in the pack's acts */
    const struct guard *when;
};

struct pack_state {
    const char *id; /* "mediating" */
    struct label label;
    struct label to_filer; /* how the portal says it, as a sentence */
    bool final;            /* may end here */
    bool ended;            /* the body has decided: counted as ended in the figures */
    enum waiting_for waiting_for;
    size_t n_likely;
    struct pack_likely likely[TARGETS_MAX]; /* the first allowed one leads the act bar */
};

struct pack_outcome {
    const char *id; /* "settled" */
    struct label label;
};

/* Something that happens only if a predicate holds; NULL = always. */
struct pack_target {
    int state; /* index in states; STATE_SAME */
    const struct guard *when;
};
struct pack_waiting {
    enum waiting_for waiting_for;
    const struct guard *when;
};

/* A clock started by registering counts from the receipt, one started by an act from its day. */
enum clock_effect {
    CLOCK_START,
    CLOCK_STOP,
    CLOCK_CANCEL,
    CLOCK_PAUSE,
    CLOCK_RESUME,
    CLOCK_EXTEND
};
struct pack_clock {
    enum clock_effect effect;
    const struct deadline_rule *rule;
    const struct guard *when;
};

#define STATE_SAME (-1)

struct pack_transition {
    uint64_t from; /* bit per index in states */
    int act;       /* index in the pack's acts */
    unsigned roles;
    size_t n_to, n_guards, n_clocks, n_waiting;
    struct pack_target to[TARGETS_MAX];     /* the first whose predicate holds; the last has none */
    const struct guard *guards[GUARDS_MAX]; /* all must hold */
    struct pack_clock clocks[CLOCKS_MAX];
    struct pack_waiting waiting[TARGETS_MAX]; /* the first that holds; none = as before, or the
                                                 default of the state entered */
    const char *outcome;                      /* set by it; "" = cleared; NULL = as before */
    const char *ground; /* ground it implies (withdrawal after acceptance: T1), or NULL */
    struct label label; /* its own name when it differs from the act's (申请延期); NULL texts */
    struct basis basis;
};

/* Why an act cannot be done now: the first entry that fits the state is shown. */
struct pack_why_not {
    int act;
    uint64_t states; /* where this text fits */
    struct label why;
    struct basis basis; /* texts NULL where it has none */
};

enum ground_use { GROUND_REFUSAL, GROUND_TERMINATION };

struct pack_ground {
    const char *code; /* "NA1" … "NA7", "T1" … "T8" */
    enum ground_use use;
    struct label label;
    struct label text;     /* as printed in the letter */
    struct label remedies; /* what else the person can do */
    struct basis basis;
    const struct guard *needs; /* must hold for it to be given (T5: the term is over), or NULL */
    struct label needs_why;    /* said when it does not */
    struct label hint;         /* what the officer should write or have, texts NULL if nothing */
    bool second;               /* counts only once another officer has confirmed it */
    /* NA4: a term that must have passed at the receipt, counted from the day in that field of the
     * act, where the officer gives one; NULL */
    const struct deadline_rule *term;
    const char *term_from;
};

#define CHANNEL_PUBLIC 1u /* filed by the person */
#define CHANNEL_STAFF 2u  /* written down by an officer */

struct required_field {
    const char *path;     /* "consumer.name", "respondent.name", "truthful" */
    unsigned channels;    /* CHANNEL_ bits */
    const char *unless;   /* not needed when this path is given (purchase.platform), or NULL */
    struct label message; /* what to say when it is missing */
    struct basis basis;   /* texts NULL where it has none */
};

/* What a filing says about where the business is, for the table of jurisdiction. */
#define PLACE_PLATFORM 1u     /* sold on somebody's platform */
#define PLACE_NO_ADDRESS 2u   /* no address is known */
#define PLACE_ONLINE 4u       /* bought online */
#define PLACE_IS_PLATFORM 8u  /* the business is the platform itself */
#define PLACE_ADVERTISING 16u /* a report about an advert */

struct pack_jurisdiction {
    const char *id;
    unsigned when;      /* PLACE_ bits that must all be there */
    struct label label; /* which row it is */
    struct label says;  /* who is competent */
    struct basis basis;
};

/* What the filer may give and must not be asked for. */
struct unasked_field {
    const char *path; /* "consumer.id_number" */
    struct label why;
};

/* A kind that the pack says nothing about has no states. */
struct pack_kind {
    enum matter_kind kind;
    struct label label;
    const struct pack_state *states;
    size_t n_states;
    int initial;                            /* index in states */
    struct pack_clock creation[CLOCKS_MAX]; /* clocks started by registering */
    size_t n_creation;
    struct basis basis; /* of registering */
    const struct pack_transition *transitions;
    size_t n_transitions;
    const size_t *by_act;     /* indices in transitions, act by act, each act's in their order */
    const size_t *act_begins; /* index in by_act, for each act and behind the last one */
    const struct pack_why_not *why_not;
    size_t n_why_not;
    const struct pack_outcome *outcomes;
    size_t n_outcomes;
    const struct pack_ground *grounds;
    size_t n_grounds;
    const struct required_field *required;
    size_t n_required;
    const struct pack_jurisdiction *jurisdiction; /* the first that fits applies; the last always */
    size_t n_jurisdiction;
    const struct unasked_field *not_asked;
    size_t n_not_asked;
};

struct pack {
    const char *id;              /* "market-2026" */
    const char *revision;        /* "1" */
    date_t valid_from, valid_to; /* by the day the competent body received it; valid_to DATE_NONE */
    struct label name;
    struct label instrument;
    struct label earlier_rule; /* shown instead of clocks for matters received before valid_from */
    const char *calendar;      /* id of the calendar it counts by */
    const struct pack_act *acts;
    size_t n_acts;
    const struct deadline_rule *deadlines;
    size_t n_deadlines;
    struct pack_kind kinds[KIND_COUNT];
    /* The whole pack as JSON, with what it takes over from the one it is based on: what is kept in
     * the database and what pack_load reads again without files. */
    const char *text;
};

/**
 * Reads and checks a pack: every state is entered and, unless final, left; every state can be
 * reached from the initial one; (state, act, role) is unique; every deadline has a length and a
 * source; every act, state, deadline, guard, ground and outcome named exists and every act defined
 * is used; every label stands in both languages; desk keys are not given twice; no unknown keys.
 * A pack with "based_on" holds only what differs from another one (pack_overlay.c); that one is
 * taken from @p files, "rules/<id>.json", and must not be based on a third.
 * @param files     embedded_packs; NULL where no pack is based on another
 * @param[out] ret  give it back with pack_free
 * @return ERR_MALFORMED for broken JSON; ERR_INVALID with one item per fault, the field as a path
 *         ("kinds.complaint.transitions.3.act"); ERR_NO_MEMORY
 */
enum err_code pack_load(const struct embedded_file *files, const char *bytes, size_t n,
                        struct pack **ret, struct err *err) MUST_CHECK;
void pack_free(struct pack *pack); /* NULL is fine */
void pack_freep(struct pack **pack);

/* Whether a shipped file is a rule pack of matters: "rules/…" that says what holds before it, as
 * every such pack does, or is based on one (the folder holds other rules and flows as well). */
bool pack_file(const struct embedded_file *file);

/**
 * Packs of one family (the id up to its last hyphen: market-2020, market-2026) follow one another:
 * on one day one of them is in force.
 * @return ERR_INVALID when @p pack and @p other are of one family, not the same, and overlap
 */
enum err_code pack_apart(const struct pack *pack, const struct pack *other,
                         struct err *err) MUST_CHECK;

/* Whether a matter received on that day falls under the pack; if not it gets no clocks. */
bool pack_covers(const struct pack *pack, date_t received);

/* Look-ups by id; NULL or -1 when there is none. */
const struct pack_act *pack_act(const struct pack *pack, const char *id);
const struct pack_state *pack_state(const struct pack *pack, enum matter_kind kind, const char *id);
int pack_state_index(const struct pack *pack, enum matter_kind kind, const char *id);
const struct deadline_rule *pack_deadline(const struct pack *pack, const char *id);
const struct pack_ground *pack_ground(const struct pack *pack, enum matter_kind kind,
                                      const char *code);
/* The row of the table that fits a filing; NULL when the kind has no table. */
const struct pack_jurisdiction *pack_jurisdiction(const struct pack *pack, enum matter_kind kind,
                                                  unsigned place);
/* Whether the kind has an act for this role. */
bool pack_asks(const struct pack *pack, enum matter_kind kind, unsigned role);
const struct pack_outcome *pack_outcome(const struct pack *pack, enum matter_kind kind,
                                        const char *id);
const struct act_field *act_field(const struct pack_act *act, const char *name);

const char *waiting_for_name(enum waiting_for waiting); /* "unit" … "nobody" */
/* WAIT_KEEP when there is no such name. */
enum waiting_for waiting_for_find(const char *name);
const struct label *waiting_for_label(enum waiting_for waiting);
const char *act_class_name(enum act_class act_class); /* "likely" "other" "ending" "rare" */

#endif
