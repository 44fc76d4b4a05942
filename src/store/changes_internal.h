/* What a change set looks like to the engine that applies it. Private to the store. */
#ifndef FANGXIN_STORE_CHANGES_INTERNAL_H
#define FANGXIN_STORE_CHANGES_INTERNAL_H

#include "store/vault.h"

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };

struct value {
    enum value_kind kind;
    size_t size; /* bytes of a text or blob */
    union {
        int64_t number;
        const void *bytes;
    } is;
};

struct change {
    int sql;          /* enum sql_id, or -1: text */
    const char *text; /* the statement when sql is -1 */
    int rows;
    enum err_code otherwise;
    bool event;      /* parameter 1 is the event's id, put in by the writer */
    bool packed;     /* the event's body is as it will be stored */
    size_t first, n; /* its parameters in values */
};

struct tally_delta {
    struct tally_key key; /* texts in the arena */
    uint64_t hash;        /* of the key */
    int64_t n, sum;
};

struct changes {
    struct arena *arena;
    int64_t now_ms;
    struct store *store;
    bool failed; /* out of memory, or used wrongly: store_apply reports it */
    struct change *list;
    size_t n_list, cap_list;
    struct value *values;
    size_t n_values, cap_values;
    struct tally_delta *tallies;
    size_t n_tallies, cap_tallies;
    int64_t n_events;
    unsigned char digest[HASH_BYTES]; /* sum of the events' hashes */
    int64_t last_event;               /* given by the writer */
};

/* A statement that is not in sql/queries: tests only. */
void changes_row_text(struct changes *ch, const char *sql, int rows, enum err_code otherwise);

/* Packs the bodies of the events, which until then are JSON: all at once, since the first of a row
 * finds the dictionary out of the processor's caches and costs four times as much as the others. */
void changes_pack(struct changes *ch);

/* sum += hash modulo 2^256, both little endian. */
void digest_add(unsigned char sum[HASH_BYTES], const unsigned char hash[HASH_BYTES]);
/* Feeds a row checksum: kind, size and bytes of each value. */
struct buf;
void value_to_mac(struct buf *out, const struct value *v);
/* Row checksum of a queue row. */
void queue_mac(struct store *store, const char *job, int64_t record, int64_t not_before,
               int64_t queued_at, unsigned char ret[BLIND_BYTES]);
/* < 0, 0, > 0: the order in which tally cells are written. */
int tally_key_compare(const struct tally_key *a, const struct tally_key *b);

#endif
