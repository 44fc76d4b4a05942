/* Which body a matter belongs to: a suggestion with its reason, for the clerk to take or overrule.
 *
 * Three sources, the surer first: the nine-digit street code, the longest known place name inside
 * the address or the text, the business's name. When they disagree or nothing is known, none. */
#ifndef FANGXIN_RULES_ROUTING_H
#define FANGXIN_RULES_ROUTING_H

#include "base/arena.h"
#include "rules/label.h"

struct routing;

struct routing *routing_new(void); /* NULL when out of memory */
void routing_free(struct routing *r);
void routing_freep(struct routing **r);

/**
 * Adds one place name. Later ones replace earlier ones of the same normal form.
 * @param confidence_pct 0 … 100
 * @param support        how many decided matters stand behind it; 0 = entered by hand
 * @return ERR_INVALID for an alias without two letters or Han, or an empty body; ERR_NO_MEMORY
 */
enum err_code routing_add_alias(struct routing *r, const char *alias, const char *body,
                                const char *body_name, int confidence_pct, int support,
                                struct err *err) MUST_CHECK;
/* Nine-digit street code, or six-digit county code as the last resort. */
enum err_code routing_add_division(struct routing *r, const char *code, const char *body,
                                   const char *body_name, struct err *err) MUST_CHECK;
/* The street of a body that has one alone; NULL for the others. */
const char *routing_only_street(const struct routing *r, const char *body);

struct routing_import {
    size_t rows, added, refused;
    size_t first_refused_row; /* 1 = the header; 0 = none */
};
/* CSV with header alias,office_code,office_name,confidence,support (confidence 0 … 1; support a
 * number or "manual"). Bad rows are counted and left out. ERR_INVALID when a column is missing. */
enum err_code routing_import_csv(struct routing *r, const char *bytes, size_t n,
                                 struct routing_import *ret, struct err *err) MUST_CHECK;

/* After the last addition and before the first question. From then on r may be shared. */
enum err_code routing_ready(struct routing *r, struct err *err) MUST_CHECK;

struct routing_query {
    const char *division; /* six or nine digits, or NULL */
    const char *address;  /* of the business, as said; or NULL */
    const char *business; /* its name, or NULL */
    const char *text;     /* the facts, or NULL: looked at last */
};

enum routing_source {
    ROUTED_NOT,
    ROUTED_STREET,
    ROUTED_ADDRESS,
    ROUTED_BUSINESS,
    ROUTED_TEXT,
    ROUTED_COUNTY
};

struct routing_suggestion {
    const char *body; /* NULL when unsure; owned by r */
    const char *body_name;
    enum routing_source source;
    int certainty_pct;
    const char *matched; /* the alias or code that decided, owned by r; NULL */
    struct label reason; /* in the arena; also says why there is none */
};
/* Never fails: without memory for the reason it suggests none. */
struct routing_suggestion routing_suggest(const struct routing *r, struct arena *arena,
                                          const struct routing_query *query);

#endif
