/* A change set: what one act writes, collected outside the writer and applied as a whole.
 *
 *     struct changes *ch = changes_new(op);
 *     changes_row(ch, SQL_matter_update, 1, ERR_CONFLICT);
 *     changes_int(ch, id); changes_int(ch, version); changes_text(ch, status);
 *     changes_event(op, ch, &event);
 *     TRY(store_apply(op, ch, QUEUE_INTERACTIVE));
 *
 * Everything (values copied) lives in op->arena; an allocation that failed is kept and reported by
 * store_apply. Statements run in the order they were added. */
#ifndef FANGXIN_STORE_CHANGES_H
#define FANGXIN_STORE_CHANGES_H

#include "store/store.h"

#define HASH_BYTES 32

struct changes *changes_new(struct op *op);

#define ANY_ROWS (-1)
/* Begins a statement (enum sql_id). When it does not change exactly @p rows rows, or meets a row of
 * the same key, the whole set is undone and store_apply returns @p otherwise. */
void changes_row(struct changes *ch, int sql, int rows, enum err_code otherwise);
/* The next parameter of that statement. */
void changes_int(struct changes *ch, int64_t value);
void changes_text(struct changes *ch, const char *text); /* NULL: SQL NULL */
void changes_blob(struct changes *ch, const void *bytes, size_t size);
void changes_null(struct changes *ch);
/* Something the set needs could not be made: store_apply will return ERR_NO_MEMORY. */
void changes_fail(struct changes *ch);
/* As last parameter: a keyed checksum over the table's name and the parameters so far, for rows
 * that are neither sealed nor folded from events; `verify` recomputes it (store/verify.h). The
 * parameters are therefore all columns in the table's order, without mac and without an id that
 * the engine gives (access, queue); an update gives them all again. */
void changes_mac(struct op *op, struct changes *ch, const char *table);

/* The trace of an act. Ids are given by the writer: dense, ascending, identity and not order. */
struct event {
    int64_t id;       /* 0 before it is stored */
    const char *kind; /* "matter", "body", "officer", "calendar", "setting" … */
    int64_t record;
    int64_t version; /* 1 for the first event of the record */
    const char *act;
    int64_t actor;          /* officer id; 0 public or system */
    const char *actor_kind; /* "officer" "party" "public" "system" */
    int64_t on_behalf_of;   /* 0 none */
    int64_t at;             /* when it happened */
    int64_t recorded_at;    /* when it was recorded */
    const char *body;       /* the exact JSON bytes */
    size_t body_size;
    unsigned char hash[HASH_BYTES];
};

/**
 * Hashes the event over its predecessor's hash (@p previous, NULL for version 1), fills ev->hash,
 * and adds its row. UNIQUE(kind, record, version) makes a lost race ERR_CONFLICT.
 * Hash: BLAKE2b-256 over (algorithm, kind, record, version, act, actor kind, actor, on behalf of,
 * at, recorded at, body bytes, previous hash), lengths in front of texts.
 */
void changes_event(struct op *op, struct changes *ch, struct event *ev,
                   const unsigned char *previous);
void event_hash(const struct event *ev, const unsigned char *previous,
                unsigned char ret[HASH_BYTES]);

/* Where a set stands, and back to there: what was added since is forgotten. For sets of many
 * records, of which one may turn out not to be possible. The mark lives in the set's arena. */
struct changes *changes_mark(const struct changes *ch);
void changes_back(struct changes *ch, const struct changes *mark);

/* Id of the last event of the set, after store_apply returned ERR_OK. */
int64_t changes_last_event(const struct changes *ch);

/* A row of work for a job, in the same transaction. @p not_before ms, 0 = at once. */
void changes_queue(struct changes *ch, const char *job, int64_t record, int64_t not_before);

/* Adds (n, sum) to one tally cell; cells are applied in key order, equal ones merged, changes of
 * zero dropped. A cell that comes back to zero stays as a row of zeros. */
struct tally_key {
    const char *measure, *dimension, *value, *body;
    char grain;     /* 'm' month, 'd' day */
    int32_t period; /* month index or civil date */
};
void changes_tally(struct changes *ch, const struct tally_key *key, int64_t n, int64_t sum);

#endif
