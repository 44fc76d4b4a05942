/* Parts of the sample county. */
#ifndef FANGXIN_WORK_DEMO_INTERNAL_H
#define FANGXIN_WORK_DEMO_INTERNAL_H

#include <jansson.h>

#include "work/demo.h"
#include "work/matter.h"

#define BRANCHES_MAX 16
#define OFFICERS_MAX 80
#define HANDLERS_MAX 8

/* ---- chance: the same on every machine ---- */

struct chance {
    uint64_t state;
};
struct chance chance_of(uint64_t seed, uint64_t what, uint64_t which);
uint64_t chance_next(struct chance *c);
int64_t chance_below(struct chance *c, int64_t n); /* 0 … n-1; 0 for n < 1 */
int64_t chance_between(struct chance *c, int64_t low, int64_t high);
bool chance_hits(struct chance *c, int per_thousand);

/* ---- the county ---- */

struct demo_officer {
    struct actor actor;
    const char *name, *display;
};

struct demo_branch {
    const char *code, *name;
    const json_t *roads; /* names */
    int weight;
    const struct demo_officer *handlers[HANDLERS_MAX], *supervisor, *keeper;
    const char *station; /* code of the station that the keeper keeps */
    size_t n_handlers;
};

struct business {
    int64_t id; /* of its record */
    const char *name, *address, *road;
    size_t branch, category;
};

/* Complaints that are handled together; those who tell them fill it in. */
#define GROUP_MEMBERS 14
struct demo_group {
    struct {
        int64_t id, amount_fen;
        char number[NUMBER_TEXT];
    } members[GROUP_MEMBERS];
    size_t n; /* planned */
};

struct county {
    uint64_t seed;
    json_t *county, *stories; /* the packs */
    struct demo_officer officers[OFFICERS_MAX];
    size_t n_officers;
    const struct demo_officer *intake[2], *leader, *supervisor;
    struct demo_branch branches[BRANCHES_MAX];
    size_t n_branches;
    int branch_weight;
    struct business *businesses; /* by category */
    size_t n_businesses;
    size_t *first_of_category; /* n_categories + 1 positions in businesses */
    size_t n_categories;
    struct business gym, school;
    enum demo_detail detail;
    bool whole; /* large enough for all that goes on around the matters */
    struct demo_group *school_group;
    struct demo_first *firsts; /* 2 × PAIRS_MAX */
};

/* Bodies, officers, aliases, settings: written; then the setups are loaded again. */
enum err_code county_found(struct op *op, struct setups *setups, const json_t *pack,
                           const struct demo_options *options,
                           struct demo_report *report) MUST_CHECK;
/* Who is who, and the businesses; @p op has the new setup. */
enum err_code county_load(struct op *op, struct county *c) MUST_CHECK;
/* Registers the businesses before the year begins; their ids go into the county. */
enum err_code county_register(struct op *op, struct county *c, date_t until) MUST_CHECK;
/* What became of some of them when the year ends. */
enum err_code county_close(struct op *op, const struct county *c, int64_t end_ms) MUST_CHECK;
/* Aliases etc. need the pack only. */
json_t *county_pack(const struct embedded_file *packs, const char *path, struct err *err);

/* Name, phone and address of the person with this number: {"name","phone","address"}. */
json_t *county_person(const struct county *c, uint64_t person);

/* Applies a set behind the bulk queue, as often as the store is busy. */
enum err_code county_apply(struct op *op, struct changes *ch) MUST_CHECK;

/* ---- what happens when ---- */

enum special {
    SPECIAL_NONE,
    SPECIAL_GYM,
    SPECIAL_CLAIMER,
    SPECIAL_SCHOOL,
    SPECIAL_ENTRUSTED, /* mediated by another body */
    SPECIAL_HANDED,    /* a report on food, handed over */
    SPECIAL_AGAIN,     /* reported twice */
    SPECIAL_MERGED     /* reported again with new facts */
};
#define PAIRS_MAX 12 /* of reports, of each of the two sorts */

struct plan {
    int64_t received_at;
    enum matter_kind kind;
    enum special special;
    size_t member;    /* of the school's group; of another special sort, 0 the youngest */
    uint64_t which;   /* number of the matter: seeds its chance; a second has that of the first */
    bool second;      /* of a pair of reports */
    int64_t first_at; /* when the first of the pair came */
    const char *stop; /* a state to stop at; NULL */
};
/* The year's filings in order of receipt. */
enum err_code plan_year(struct op *op, const struct county *c, date_t until, int64_t end_ms,
                        size_t n, struct plan **ret) MUST_CHECK;

/* ---- one matter ---- */

struct story {
    struct op *op;
    const struct county *county;
    struct changes *changes;
    const struct plan *plan;
    struct chance chance;
    struct matter m;
    int64_t now, end_ms;
    bool over; /* the day told of is reached, or the state to stop at */
    bool more; /* story_more is telling */
    size_t acts;
    /* what it is about */
    const struct demo_branch *branch;
    const struct business *business;
    const struct demo_officer *handler, *clerk;
    const json_t *category, *sentences;
    const char *problem, *violation, *item, *question;
    const char *platform; /* of a purchase online */
    int64_t amount_fen, small_fen;
    int64_t bought; /* days before the filing; 0: not told */
    bool online, anonymous;
    bool confirms; /* a clerk is still to confirm the business */
    uint64_t person;
};

/* The first of a pair of reports, as far as it was told before the second. */
struct demo_first {
    struct story told; /* without its matter */
    int64_t id;
    char number[NUMBER_TEXT];
};
struct demo_first *story_first(const struct county *c, const struct plan *plan);
bool story_has_second(const struct plan *plan);
/* The second ones, and how the firsts go on; @p plan  the year's. */
enum err_code county_repeats(struct op *op, const struct county *c, const struct plan *plan,
                             size_t n, int64_t end_ms) MUST_CHECK;

/* Tells one matter into the change set. */
enum err_code story_tell(struct story *st) MUST_CHECK;
/* The filing, as JSON; fills in what the story is about. */
json_t *story_filing(struct story *st);
/* A text of stories.json, its slots filled: a list under "texts". In op->arena. */
const char *story_text(struct story *st, const char *list);
const char *story_text_of(struct story *st, const json_t *list);
const char *story_fill(struct story *st, const char *form);
/* An element by weight, or any element of a list. */
const json_t *pick_weighted(struct chance *c, const json_t *list);
const json_t *pick(struct chance *c, const json_t *list);
/* Any text of stories.json "around"; "" when there is none. */
const char *county_text(const struct county *c, struct chance *chance, const char *list);

#endif
