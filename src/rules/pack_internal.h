/* How a pack is read: pack_read.c reads acts and deadlines, pack_kinds.c the life of each kind,
 * pack_check.c looks at the whole. Only for these files, pack.c and flow.c. */
#ifndef FANGXIN_RULES_PACK_INTERNAL_H
#define FANGXIN_RULES_PACK_INTERNAL_H

#include "rules/pack.h"
#include "rules/read.h"
#include "rules/workflow.h"

/* What pack_load allocates: the public part first, so that one pointer serves for both. */
struct loaded_pack {
    struct pack pack;
    struct arena *arena;
};

extern const char *const pack_kind_names[]; /* each list ends in NULL */
extern const char *const pack_waiting_names[];
extern const char *const pack_field_names[];
extern const char *const pack_class_names[];

/* Instruments by their short id, to spell out an article. */
struct instruments {
    size_t n;
    struct {
        const char *id;
        struct label name;
    } items[12];
};

struct pack_reader {
    struct reader r;
    struct pack *pack;
    struct instruments instruments;
    bool of_register; /* reading a register: more kinds, limits may be left out */
    const struct pack_act *entry_fields; /* which its acts may name; NULL */
};

/* For those that read_each calls: the reader it was given is the first member. */
static inline struct pack_reader *pack_reader_of(struct reader *r)
{
    return (struct pack_reader *)r;
}

/* {"instrument": "O121", "article": "15"}; texts NULL when absent and not required. */
struct basis read_basis(struct pack_reader *p, const json_t *object, const char *key,
                        bool required);
/* A predicate by name under key; NULL when absent. */
const struct guard *read_guard(struct pack_reader *p, const json_t *object, const char *key);
/* Index of the act named under key; -1 after a fault. */
int read_act_name(struct pack_reader *p, const json_t *object, const char *key);
const struct deadline_rule *read_rule_name(struct pack_reader *p, const char *key,
                                           const char *name);

/* pack_overlay.c: @p base with what @p over changes; new reference, NULL without memory. Faults go
 * to the reader. */
json_t *pack_overlay(struct reader *r, const json_t *base, const json_t *over);

void read_instruments(struct pack_reader *p, const json_t *root);
/* {"start": "D1", "when": "…"}: exactly one effect and its rule; "when" is the caller's to read.
 * False when it is no such object. */
bool read_clock_effect(struct pack_reader *p, const json_t *item, enum clock_effect *ret_effect,
                       const struct deadline_rule **ret_rule);
void read_deadlines(struct pack_reader *p, const json_t *root);
/* The fields under @p key (pack_fields.c). */
void read_fields(struct pack_reader *p, const json_t *v, const char *key, struct pack_act *act);
/* The same as those of an act, without a pack around them. */
void read_act_fields(struct reader *r, const json_t *v, const char *key, struct pack_act *act);
/* The choices under "choices", which may be left out (pack_fields.c): how many. */
size_t pack_read_choices(struct pack_reader *p, const json_t *v, const struct choice **ret);
void read_acts(struct pack_reader *p, const json_t *root);
void read_jurisdiction(struct pack_reader *p, const json_t *v, struct pack_kind *k);
void read_kinds(struct pack_reader *p, const json_t *root);
/* Fills the choices of fields that stand for the grounds of refusal or termination. */
void resolve_ground_fields(struct pack_reader *p);
void check_pack(struct pack_reader *p);

#endif
