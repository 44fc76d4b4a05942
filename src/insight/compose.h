/* Statements put together from fragments of sql/queries: nothing else gets into their text, and
 * every value is bound. Used by lists, counts, search, changes, figures and lists of records. */
#ifndef FANGXIN_INSIGHT_COMPOSE_H
#define FANGXIN_INSIGHT_COMPOSE_H

#include "base/buf.h"
#include "store/store.h"

#define COMPOSE_VALUES_MAX 56
#define COMPOSE_FRAGMENTS_MAX 128

struct composed {
    size_t n_fragments;
    struct {
        int sql;
        size_t behind; /* how many values stand before its own */
    } fragments[COMPOSE_FRAGMENTS_MAX];
    size_t n;
    struct {
        bool is_text;
        bool is_blob;
        const char *text; /* kept, not copied */
        size_t size;
        int64_t number;
    } values[COMPOSE_VALUES_MAX];
    bool failed;
};

void compose_init(struct composed *c);
/* Adds a fragment (enum sql_id) and then its values, $1 first. A fragment's $n is numbered anew
 * behind the values that stand already. */
void compose(struct composed *c, int sql);
void compose_int(struct composed *c, int64_t value);
void compose_text(struct composed *c, const char *text);
void compose_blob(struct composed *c, const void *bytes, size_t size);

/* The whole statement as its text, and its values bound to it: the two halves of compose_prepare.
 */
void compose_statement(const struct op *op, const struct composed *c, struct buf *out);
enum err_code compose_bind(struct op *op, struct stmt *s, const struct composed *c) MUST_CHECK;

/* A mark of what stands in it, mixed with @p seed: the same for the same fragments and values, most
 * likely another for others. For hints, not for proofs. */
uint64_t compose_mark(const struct composed *c, uint64_t seed);

/* Prepares and binds. ERR_INTERNAL when it grew too long. */
enum err_code compose_prepare(struct op *op, struct snapshot *snap, const struct composed *c,
                              struct stmt **ret) MUST_CHECK;

/* Adds a fragment with the two ends of what lies at or below a path: path ≤ x < end. In the
 * arena: end is the path with the last slash replaced by the next character. */
enum err_code compose_reach(struct op *op, struct composed *c, int sql,
                            const char *path) MUST_CHECK;

/* Whether it is the path of the root body. */
bool path_is_root(const char *path);

/* What an actor may see, as may() has it. */
struct visible {
    struct may_scope may;
    bool nothing; /* no row can be seen: do not ask */
};
struct visible visible_to(const struct actor *actor, enum may_act act);
/* Adds "AND (… OR …)" over the matter m. Not for visible.nothing. */
enum err_code compose_scope(struct op *op, struct composed *c,
                            const struct visible *visible) MUST_CHECK;
/* The same of a matter in memory. */
struct visible_facts {
    bool secret, assigned, for_leader; /* for_leader: it waits for one */
    bool reach, own_body;              /* its body lies at or below the actor's; is the actor's */
    int64_t officer, registered_by;    /* 0: none */
};
bool visible_has(const struct visible *visible, int64_t officer_id, const struct visible_facts *f);

#endif
