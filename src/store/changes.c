/* Collecting a change set. */
#include "store/changes_internal.h"

#include <sodium.h>

#include "base/buf.h"
#include "sql/sql_queries.h"
#include "store/event_body.h"
#include "store/vault.h"

#define MAC_INPUT_MAX ((size_t)4 << 20)
#define FIRST_CHANGES 16
#define EVENT_BODY 10 /* place of the body among the values of an event */
#define FIRST_VALUES 160

struct changes *changes_new(struct op *op)
{
    struct changes *ch = ARENA_NEW(op->arena, struct changes);

    if (ch == NULL)
        return NULL;
    ch->arena = op->arena;
    ch->store = op->store;
    ch->now_ms = op->now_ms;
    return ch;
}

/* Room for one more in a list that lives in the arena; the old copy stays until the arena goes. */
static bool grow(struct changes *ch, void **list, size_t n, size_t *cap, size_t size, size_t first)
{
    size_t more;
    void *bigger;

    if (n < *cap)
        return true;
    more = *cap == 0 ? first : *cap * 2;
    bigger = arena_alloc(ch->arena, more * size);
    if (bigger == NULL) {
        ch->failed = true;
        return false;
    }
    if (n > 0)
        memcpy(bigger, *list, n * size);
    *list = bigger;
    *cap = more;
    return true;
}

static struct change *add_change(struct changes *ch)
{
    struct change *c;
    void *list = ch->list;

    if (ch->failed || !grow(ch, &list, ch->n_list, &ch->cap_list, sizeof *c, FIRST_CHANGES))
        return NULL;
    ch->list = list;
    c = &ch->list[ch->n_list++];
    *c = (struct change){.first = ch->n_values}; /* where one was that changes_back took away */
    return c;
}

void changes_row(struct changes *ch, int sql, int rows, enum err_code otherwise)
{
    struct change *c = ch == NULL ? NULL : add_change(ch);

    if (c == NULL)
        return;
    INVARIANT(sql >= 0 && sql < SQL_COUNT);
    c->sql = sql;
    c->rows = rows;
    c->otherwise = otherwise;
}

void changes_row_text(struct changes *ch, const char *sql, int rows, enum err_code otherwise)
{
    struct change *c = ch == NULL ? NULL : add_change(ch);

    if (c == NULL)
        return;
    c->sql = -1;
    c->text = sql;
    c->rows = rows;
    c->otherwise = otherwise;
}

static void add_value(struct changes *ch, enum value_kind kind, const void *bytes, size_t size,
                      int64_t number)
{
    struct value *v;
    void *list;

    if (ch == NULL || ch->failed)
        return;
    INVARIANT(ch->n_list > 0);
    list = ch->values;
    if (!grow(ch, &list, ch->n_values, &ch->cap_values, sizeof *v, FIRST_VALUES))
        return;
    ch->values = list;
    v = &ch->values[ch->n_values];
    v->kind = kind;
    v->size = size;
    if (kind == VALUE_INT) {
        v->is.number = number;
    } else if (kind != VALUE_NULL) {
        v->is.bytes = arena_strndup(ch->arena, bytes, size);
        if (v->is.bytes == NULL) {
            ch->failed = true;
            return;
        }
    }
    ch->n_values++;
    ch->list[ch->n_list - 1].n++;
}

void changes_int(struct changes *ch, int64_t value)
{
    add_value(ch, VALUE_INT, NULL, 0, value);
}

void changes_text(struct changes *ch, const char *text)
{
    if (text == NULL)
        changes_null(ch);
    else
        add_value(ch, VALUE_TEXT, text, strlen(text), 0);
}

void changes_blob(struct changes *ch, const void *bytes, size_t size)
{
    if (bytes == NULL)
        changes_null(ch);
    else
        add_value(ch, VALUE_BLOB, bytes, size, 0);
}

void changes_null(struct changes *ch)
{
    add_value(ch, VALUE_NULL, NULL, 0, 0);
}

void changes_fail(struct changes *ch)
{
    if (ch != NULL)
        ch->failed = true;
}

void value_to_mac(struct buf *out, const struct value *v)
{
    uint64_t size = v->size;

    buf_addc(out, (char)('0' + (int)v->kind));
    if (v->kind == VALUE_INT) {
        buf_add(out, &v->is.number, sizeof v->is.number);
    } else if (v->kind != VALUE_NULL) {
        buf_add(out, &size, sizeof size);
        buf_add(out, v->is.bytes, v->size);
    }
}

void changes_mac(struct op *op, struct changes *ch, const char *table)
{
    CLEANUP(buf_release) struct buf input = BUF_UP_TO(MAC_INPUT_MAX);
    unsigned char mac[BLIND_BYTES];
    const struct change *c;

    if (ch == NULL || ch->failed)
        return;
    INVARIANT(ch->n_list > 0);
    c = &ch->list[ch->n_list - 1];
    for (size_t i = 0; i < c->n; i++)
        value_to_mac(&input, &ch->values[c->first + i]);
    if (input.failed) {
        ch->failed = true;
        return;
    }
    vault_mac(op, table, buf_text(&input), input.len, mac);
    changes_blob(ch, mac, sizeof mac);
}

/* ---- events ---- */

static void hash_number(crypto_generichash_state *st, int64_t value)
{
    unsigned char le[8];

    for (int i = 0; i < 8; i++)
        le[i] = (unsigned char)((uint64_t)value >> (8 * i));
    crypto_generichash_update(st, le, sizeof le);
}

static void hash_bytes(crypto_generichash_state *st, const void *bytes, size_t n)
{
    hash_number(st, (int64_t)n);
    if (n > 0)
        crypto_generichash_update(st, bytes, n);
}

static void hash_text(crypto_generichash_state *st, const char *text)
{
    hash_bytes(st, text, strlen(text));
}

void event_hash(const struct event *ev, const unsigned char *previous,
                unsigned char ret[HASH_BYTES])
{
    static const unsigned char none[HASH_BYTES];
    crypto_generichash_state st;

    crypto_generichash_init(&st, NULL, 0, HASH_BYTES);
    hash_text(&st, "fangxin-event-1");
    hash_text(&st, ev->kind);
    hash_number(&st, ev->record);
    hash_number(&st, ev->version);
    hash_text(&st, ev->act);
    hash_text(&st, ev->actor_kind);
    hash_number(&st, ev->actor);
    hash_number(&st, ev->on_behalf_of);
    hash_number(&st, ev->at);
    hash_number(&st, ev->recorded_at);
    hash_bytes(&st, ev->body, ev->body_size);
    hash_bytes(&st, previous == NULL ? none : previous, HASH_BYTES);
    crypto_generichash_final(&st, ret, HASH_BYTES);
}

void digest_add(unsigned char sum[HASH_BYTES], const unsigned char hash[HASH_BYTES])
{
    unsigned carry = 0;

    for (int i = 0; i < HASH_BYTES; i++) {
        carry += (unsigned)sum[i] + hash[i];
        sum[i] = (unsigned char)carry;
        carry >>= 8;
    }
}

void changes_event(struct op *op, struct changes *ch, struct event *ev,
                   const unsigned char *previous)
{
    (void)op;
    event_hash(ev, previous, ev->hash);
    changes_row(ch, SQL_event_insert, 1, ERR_CONFLICT);
    if (ch == NULL || ch->failed)
        return;
    ch->list[ch->n_list - 1].event = true;
    changes_null(ch); /* the id */
    changes_text(ch, ev->kind);
    changes_int(ch, ev->record);
    changes_int(ch, ev->version);
    changes_text(ch, ev->act);
    changes_text(ch, ev->actor_kind);
    changes_int(ch, ev->actor);
    changes_int(ch, ev->on_behalf_of);
    changes_int(ch, ev->at);
    changes_int(ch, ev->recorded_at);
    changes_blob(ch, ev->body, ev->body_size);
    changes_blob(ch, ev->hash, HASH_BYTES);
    ch->n_events++;
    digest_add(ch->digest, ev->hash);
}

void changes_pack(struct changes *ch)
{
    for (size_t i = 0; i < ch->n_list; i++) {
        struct change *c = &ch->list[i];
        struct value *body = &ch->values[c->first + EVENT_BODY];

        if (c->event && !c->packed)
            body->is.bytes = event_body_pack(ch->arena, body->is.bytes, body->size, &body->size);
        c->packed = c->event;
    }
}

struct changes *changes_mark(const struct changes *ch)
{
    struct changes *mark = ch == NULL ? NULL : ARENA_NEW(ch->arena, struct changes);

    if (mark != NULL)
        *mark = *ch; /* the lists only ever grow, so the old lengths are enough */
    return mark;
}

void changes_back(struct changes *ch, const struct changes *mark)
{
    if (ch == NULL)
        return;
    if (mark == NULL)
        ch->failed = true;
    else
        *ch = *mark;
}

int64_t changes_last_event(const struct changes *ch)
{
    return ch->last_event;
}

/* ---- queue rows and tallies ---- */

void queue_mac(struct store *store, const char *job, int64_t record, int64_t not_before,
               int64_t queued_at, unsigned char ret[BLIND_BYTES])
{
    const struct value values[] = {
        {.kind = VALUE_TEXT, .size = strlen(job), .is.bytes = job},
        {.kind = VALUE_INT, .is.number = record},
        {.kind = VALUE_INT, .is.number = not_before},
        {.kind = VALUE_INT, .is.number = queued_at},
    };
    struct op op = {.store = store};
    CLEANUP(buf_release) struct buf input = BUF_UP_TO(4096);

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        value_to_mac(&input, &values[i]);
    vault_mac(&op, "queue", buf_text(&input), input.len, ret);
}

void changes_queue(struct changes *ch, const char *job, int64_t record, int64_t not_before)
{
    unsigned char mac[BLIND_BYTES];

    if (ch == NULL || ch->failed)
        return;
    queue_mac(ch->store, job, record, not_before, ch->now_ms, mac);
    changes_row(ch, SQL_queue_insert, 1, ERR_INTERNAL);
    changes_text(ch, job);
    changes_int(ch, record);
    changes_int(ch, not_before);
    changes_int(ch, ch->now_ms);
    changes_blob(ch, mac, sizeof mac);
}

int tally_key_compare(const struct tally_key *a, const struct tally_key *b)
{
    int c = strcmp(a->measure, b->measure);

    if (c == 0)
        c = strcmp(a->dimension, b->dimension);
    if (c == 0)
        c = (a->grain > b->grain) - (a->grain < b->grain);
    if (c == 0)
        c = (a->period > b->period) - (a->period < b->period);
    if (c == 0)
        c = strcmp(a->body, b->body);
    return c != 0 ? c : strcmp(a->value, b->value);
}

/* FNV-1a over the parts of the key. */
static uint64_t tally_hash(const struct tally_key *key)
{
    const char *texts[] = {key->measure, key->dimension, key->body, key->value};
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)(uint32_t)key->period ^
                 ((uint64_t)(unsigned char)key->grain << 32);

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (const char *p = texts[i];; p++) {
            h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
            if (*p == '\0')
                break;
        }
    return h;
}

void changes_tally(struct changes *ch, const struct tally_key *key, int64_t n, int64_t sum)
{
    struct tally_delta *d;
    void *list;

    if (ch == NULL || ch->failed || (n == 0 && sum == 0))
        return;
    list = ch->tallies;
    if (!grow(ch, &list, ch->n_tallies, &ch->cap_tallies, sizeof *d, FIRST_CHANGES))
        return;
    ch->tallies = list;
    d = &ch->tallies[ch->n_tallies];
    d->key = *key;
    d->key.measure = arena_strdup(ch->arena, key->measure);
    d->key.dimension = arena_strdup(ch->arena, key->dimension);
    d->key.value = arena_strdup(ch->arena, key->value);
    d->key.body = arena_strdup(ch->arena, key->body);
    if (d->key.measure == NULL || d->key.dimension == NULL || d->key.value == NULL ||
        d->key.body == NULL) {
        ch->failed = true;
        return;
    }
    d->hash = tally_hash(&d->key);
    d->n = n;
    d->sum = sum;
    ch->n_tallies++;
}
