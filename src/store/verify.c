/* Checking the store against itself. One snapshot, these passes:
 *
 * 1. the engine's structure and the migrations;
 * 2. events in order of (kind, record, version): each chain hashed again, the sum of all hashes,
 *    and, side by side, the projections that carry version and head;
 * 3. event ids one by one, and the ledger;
 * 4. row checksums, sealed values against their commitments, files. */
#include "store/verify.h"

#include <sodium.h>

#include "base/buf.h"
#include "base/text.h"
#include "sql/sql_queries.h"
#include "store/files.h"
#include "store/vault_internal.h"

#define GAPS_NAMED 20
#define ROW_MAX ((size_t)16 << 20)

struct check {
    struct op *op;
    struct snapshot *snap;
    struct arena *arena; /* of the row under way */
    verify_found_fn *found;
    void *arg;
    struct verify_counts counts;
    bool stopped;
    unsigned char digest[HASH_BYTES];
};

static void report(struct check *c, const char *table, int64_t record, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void report(struct check *c, const char *table, int64_t record, const char *fmt, ...)
{
    char what[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    c->counts.findings++;
    if (!c->stopped && !c->found(c->arg, table, record, what))
        c->stopped = true;
}

static bool engine_fault(void *arg, const char *table, const char *what)
{
    struct check *c = arg;

    report(c, table, 0, "%s", what);
    return !c->stopped;
}

/* ---- events and heads ---- */

/* A projection with version and head, read beside the events of its kind. */
struct heads {
    const char *kind;
    struct stmt *s;
    bool row;
};

static enum err_code heads_next(struct check *c, struct heads *h)
{
    return stmt_step(c->op, h->s, &h->row);
}

static bool same_bytes(struct stmt *s, int column, const void *bytes, size_t n)
{
    size_t size;
    const void *stored = stmt_blob(s, column, &size);

    return size == n && stored != NULL && memcmp(stored, bytes, n) == 0;
}

/* Compares the row of @p record with its last event; rows before it have no events. */
static enum err_code heads_compare(struct check *c, struct heads *h, int64_t record,
                                   int64_t version, const unsigned char hash[HASH_BYTES])
{
    while (h->row && stmt_int64(h->s, 0) < record) {
        report(c, h->kind, stmt_int64(h->s, 0), "row without events");
        TRY(heads_next(c, h));
    }
    if (!h->row || stmt_int64(h->s, 0) != record) {
        report(c, h->kind, record, "events without a row");
        return ERR_OK;
    }
    c->counts.rows++;
    if (stmt_int64(h->s, 1) != version)
        report(c, h->kind, record, "version %lld, its last event is %lld",
               (long long)stmt_int64(h->s, 1), (long long)version);
    else if (!same_bytes(h->s, 2, hash, HASH_BYTES))
        report(c, h->kind, record, "head is not the hash of its last event");
    return heads_next(c, h);
}

static enum err_code heads_rest(struct check *c, struct heads *h)
{
    while (h->row) {
        report(c, h->kind, stmt_int64(h->s, 0), "row without events");
        TRY(heads_next(c, h));
    }
    return ERR_OK;
}

struct chain { /* the record whose events are being read */
    char kind[64];
    int64_t record, version;
    unsigned char hash[HASH_BYTES];
    bool any;
};

static enum err_code chain_end(struct check *c, struct chain *chain, struct heads *heads, size_t n)
{
    if (!chain->any)
        return ERR_OK;
    c->counts.records++;
    for (size_t i = 0; i < n; i++)
        if (strcmp(heads[i].kind, chain->kind) == 0)
            return heads_compare(c, &heads[i], chain->record, chain->version, chain->hash);
    return ERR_OK;
}

static const char *text_or_empty(struct stmt *s, int column)
{
    const char *text = stmt_text(s, column);

    return text == NULL ? "" : text;
}

static void event_check(struct check *c, struct stmt *s, struct chain *chain)
{
    struct event ev = {
        .id = stmt_int64(s, 0),
        .kind = text_or_empty(s, 1),
        .record = stmt_int64(s, 2),
        .version = stmt_int64(s, 3),
        .act = text_or_empty(s, 4),
        .actor_kind = text_or_empty(s, 5),
        .actor = stmt_int64(s, 6),
        .on_behalf_of = stmt_int64(s, 7),
        .at = stmt_int64(s, 8),
        .recorded_at = stmt_int64(s, 9),
    };

    ev.body = stmt_blob(s, 10, &ev.body_size);
    event_hash(&ev, ev.version == 1 ? NULL : chain->hash, ev.hash);
    c->counts.events++;
    if (ev.version != chain->version + 1)
        report(c, "event", ev.record, "%s: version %lld follows %lld (event %lld)", ev.kind,
               (long long)ev.version, (long long)chain->version, (long long)ev.id);
    else if (!same_bytes(s, 11, ev.hash, HASH_BYTES))
        report(c, "event", ev.record, "%s: the hash of version %lld does not fit (event %lld)",
               ev.kind, (long long)ev.version, (long long)ev.id);
    /* The chain goes on from the stored hash, so that one altered row is one finding. */
    if (!same_bytes(s, 11, ev.hash, HASH_BYTES)) {
        size_t size;
        const void *stored = stmt_blob(s, 11, &size);

        memset(ev.hash, 0, HASH_BYTES);
        memcpy(ev.hash, stored == NULL ? "" : stored, size < HASH_BYTES ? size : HASH_BYTES);
    }
    digest_add(c->digest, ev.hash);
    memcpy(chain->hash, ev.hash, HASH_BYTES);
    chain->version = ev.version;
}

static enum err_code events_read(struct check *c, struct stmt *s, struct heads *heads, size_t n)
{
    struct chain chain = {.any = false};
    bool row;

    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            break;
        if (!chain.any || stmt_int64(s, 2) != chain.record ||
            strcmp(text_or_empty(s, 1), chain.kind) != 0) {
            TRY(chain_end(c, &chain, heads, n));
            chain = (struct chain){.any = true, .record = stmt_int64(s, 2)};
            snprintf(chain.kind, sizeof chain.kind, "%s", text_or_empty(s, 1));
        }
        event_check(c, s, &chain);
    }
    TRY(chain_end(c, &chain, heads, n));
    for (size_t i = 0; i < n && !c->stopped; i++)
        TRY(heads_rest(c, &heads[i]));
    return ERR_OK;
}

static enum err_code check_events(struct check *c)
{
    CLEANUP(stmt_closep) struct stmt *events = NULL, *matter = NULL, *body = NULL, *officer = NULL;
    struct heads heads[3];

    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_event, &events));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_head_matter, &matter));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_head_body, &body));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_head_officer, &officer));
    heads[0] = (struct heads){.kind = "matter", .s = matter};
    heads[1] = (struct heads){.kind = "body", .s = body};
    heads[2] = (struct heads){.kind = "officer", .s = officer};
    for (size_t i = 0; i < 3; i++)
        TRY(heads_next(c, &heads[i]));
    return events_read(c, events, heads, 3);
}

/* ---- ids and the ledger ---- */

static void missing(struct check *c, int64_t from, int64_t to, int64_t *named)
{
    for (int64_t id = from; id < to && *named < GAPS_NAMED; id++, (*named)++)
        report(c, "event", id, "event %lld is missing", (long long)id);
    if (*named == GAPS_NAMED && from < to)
        c->counts.findings++;
}

static enum err_code check_ids(struct check *c, int64_t last, int64_t *ret_highest)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t expected = 1, named = 0;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_event_ids, &s));
    for (;;) {
        int64_t id;

        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            break;
        id = stmt_int64(s, 0);
        if (id < expected)
            report(c, "event", id, "event id %lld", (long long)id);
        missing(c, expected, id <= last ? id : expected, &named);
        if (id > last)
            report(c, "event", id, "event %lld is behind the ledger's last", (long long)id);
        expected = id >= expected ? id + 1 : expected;
    }
    missing(c, expected, last + 1, &named);
    *ret_highest = expected - 1;
    return ERR_OK;
}

static enum err_code check_ledger(struct check *c)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    unsigned char digest[HASH_BYTES] = {0}, mac[BLIND_BYTES];
    int64_t events, last, highest = 0;
    const void *stored;
    size_t size;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, SQL_ledger_get, &s));
    TRY(stmt_step(c->op, s, &row));
    if (!row || stmt_is_null(s, 0)) {
        report(c, "ledger", 1, "the row is missing");
        return ERR_OK;
    }
    events = stmt_int64(s, 0);
    last = stmt_int64(s, 1);
    stored = stmt_blob(s, 2, &size);
    if (size == HASH_BYTES)
        memcpy(digest, stored, HASH_BYTES);
    ledger_mac(c->op->store, events, last, digest, mac);
    if (size != HASH_BYTES || !same_bytes(s, 3, mac, BLIND_BYTES))
        report(c, "ledger", 1, "the row's checksum does not fit");
    TRY(check_ids(c, last, &highest));
    if (events != c->counts.events)
        report(c, "ledger", 1, "%lld events are recorded, %lld are there", (long long)events,
               (long long)c->counts.events);
    if (memcmp(digest, c->digest, HASH_BYTES) != 0)
        report(c, "ledger", 1, "the digest of all events does not fit");
    return ERR_OK;
}

/* ---- rows with a checksum ---- */

static const struct {
    const char *table;
    int sql;
    int columns; /* covered ones */
} mac_tables[] = {
    {"blob", SQL_verify_mac_blob, 4},
    {"queue", SQL_verify_mac_queue, 4},
    {"idempotency", SQL_verify_mac_idempotency, 6},
    {"password", SQL_verify_mac_password, 3},
    {"session", SQL_verify_mac_session, 7},
    {"access", SQL_verify_mac_access, 5},
    {"alias", SQL_verify_mac_alias, 4},
    {"imported", SQL_verify_mac_imported, 3},
    {"revision", SQL_verify_mac_revision, 6},
    {"setting", SQL_verify_mac_setting, 2},
};

static void column_value(struct stmt *s, int column, struct value *ret)
{
    int64_t number = 0;
    const void *bytes = NULL;

    ret->size = 0;
    ret->kind = stmt_value(s, column, &number, &bytes, &ret->size);
    if (ret->kind == VALUE_INT)
        ret->is.number = number;
    else
        ret->is.bytes = bytes;
}

static enum err_code check_macs(struct check *c, const char *table, int sql, int columns)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(buf_release) struct buf input;
    bool row;

    buf_init(&input, ROW_MAX);
    TRY(snapshot_prepare(c->op, c->snap, sql, &s));
    for (;;) {
        unsigned char mac[BLIND_BYTES];

        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        buf_reset(&input);
        for (int i = 1; i <= columns; i++) {
            struct value v;

            column_value(s, i, &v);
            value_to_mac(&input, &v);
        }
        if (input.failed)
            return err_set(&c->op->err, ERR_NO_MEMORY, "no memory for a row of %s", table);
        vault_mac(c->op, table, buf_text(&input), input.len, mac);
        c->counts.rows++;
        if (!same_bytes(s, columns + 1, mac, BLIND_BYTES))
            report(c, table, stmt_int64(s, 0), "the row's checksum does not fit");
    }
}

/* ---- sealed values ---- */

/* The event's body must hold the commitment, in hexadecimal. */
static enum err_code find_commitment(struct check *c, struct stmt *body, int64_t record,
                                     int64_t version, const unsigned char hash[HASH_BYTES],
                                     bool *ret)
{
    char hex[HASH_BYTES * 2 + 1];
    const void *bytes;
    size_t n = 0;
    bool row;

    hex_encode(hash, HASH_BYTES, hex);
    stmt_reset(body);
    TRY(stmt_bind_text(c->op, body, 1, "matter"));
    TRY(stmt_bind_int64(c->op, body, 2, record));
    TRY(stmt_bind_int64(c->op, body, 3, version));
    TRY(stmt_step(c->op, body, &row));
    bytes = row ? stmt_blob(body, 0, &n) : NULL;
    *ret = bytes != NULL && memmem(bytes, n, hex, HASH_BYTES * 2) != NULL;
    return ERR_OK;
}

/* Row: matter, version, class or role, salt, sealed. */
static enum err_code check_sealed_row(struct check *c, const char *table, struct stmt *s,
                                      struct stmt *body)
{
    struct op own = *c->op;
    int64_t record = stmt_int64(s, 0), version = stmt_int64(s, 1);
    const char *column = text_or_empty(s, 2);
    bool text = strcmp(table, "text") == 0, there = false;
    enum key_class cls = text                             ? text_class(column)
                         : strcmp(table, "reporter") == 0 ? KEY_REPORTER
                                                          : KEY_CONSUMER;
    unsigned char hash[HASH_BYTES];
    const void *salt, *sealed;
    size_t salt_n, sealed_n, plain_n;
    char number[24], *plain;

    own.arena = c->arena;
    c->counts.sealed++;
    snprintf(number, sizeof number, "%lld", (long long)version);
    salt = stmt_blob(s, 3, &salt_n);
    sealed = stmt_blob(s, 4, &sealed_n);
    if (salt_n != SALT_BYTES) {
        report(c, table, record, "version %lld: the salt is not one", (long long)version);
        return ERR_OK;
    }
    if (text && strcmp(column, key_class_names[cls]) != 0) {
        report(c, table, record, "version %lld: class %.20s", (long long)version, column);
        return ERR_OK;
    }
    if (vault_open(&own, cls, vault_place(&own, table, record, text ? number : column), sealed,
                   sealed_n, &plain, &plain_n) != ERR_OK) {
        report(c, table, record, "version %lld: the sealed value does not open",
               (long long)version);
        return ERR_OK;
    }
    vault_commitment(salt, plain, plain_n, hash);
    sodium_memzero(plain, plain_n);
    TRY(find_commitment(c, body, record, version, hash, &there));
    if (!there)
        report(c, table, record, "version %lld: its event does not hold this commitment",
               (long long)version);
    return ERR_OK;
}

static enum err_code check_sealed(struct check *c, const char *table, int sql)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL, *body = NULL;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, sql, &s));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_event_body, &body));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        arena_reset(c->arena);
        TRY(check_sealed_row(c, table, s, body));
    }
}

static enum err_code check_files(struct check *c)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, SQL_blob_from, &s));
    TRY(stmt_bind_text(c->op, s, 1, ""));
    TRY(stmt_bind_int64(c->op, s, 2, INT64_MAX));
    for (;;) {
        struct op own = *c->op;
        unsigned char *bytes;
        size_t n = 0;
        enum err_code rc;

        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        arena_reset(c->arena);
        own.arena = c->arena;
        c->counts.sealed++;
        rc = blob_get(&own, text_or_empty(s, 0), &bytes, &n);
        if (rc == ERR_NOT_FOUND)
            report(c, "blob", stmt_int64(s, 1), "file %.32s is missing", text_or_empty(s, 0));
        else if (rc != ERR_OK || (int64_t)n != stmt_int64(s, 2))
            report(c, "blob", stmt_int64(s, 1), "file %.32s does not open, or has another size",
                   text_or_empty(s, 0));
    }
}

static enum err_code check_keys(struct check *c)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const struct vault *v = c->op->store->vault;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, SQL_key_epoch_all, &s));
    for (;;) {
        const unsigned char *wrapped;
        struct data_key key = {.epoch = 0};
        size_t n;

        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        key.epoch = (uint32_t)stmt_int64(s, 1);
        key.created_at = stmt_int64(s, 2);
        wrapped = stmt_blob(s, 3, &n);
        if (!key_epoch_opens(v, text_or_empty(s, 0), &key, wrapped, n))
            report(c, "key_epoch", key.epoch, "the key of class %.20s does not open",
                   text_or_empty(s, 0));
        sodium_memzero(&key, sizeof key);
        c->counts.rows++;
    }
}

static enum err_code check_engine(struct check *c)
{
    return engine_check(c->op, c->snap, engine_fault, c);
}

static enum err_code check_all_macs(struct check *c)
{
    for (size_t i = 0; i < sizeof mac_tables / sizeof mac_tables[0]; i++)
        TRY(check_macs(c, mac_tables[i].table, mac_tables[i].sql, mac_tables[i].columns));
    return ERR_OK;
}

static enum err_code check_all_sealed(struct check *c)
{
    TRY(check_sealed(c, "text", SQL_verify_text));
    TRY(check_sealed(c, "person", SQL_verify_person));
    return check_sealed(c, "reporter", SQL_verify_reporter);
}

/* A pass that meets pages that cannot be read is itself a finding; the others still run. */
static enum err_code check_all(struct check *c)
{
    static enum err_code (*const passes[])(struct check *) = {
        check_engine,     check_events, check_ledger, check_all_macs,
        check_all_sealed, check_files,  check_keys,
    };

    for (size_t i = 0; i < sizeof passes / sizeof passes[0] && !c->stopped; i++) {
        enum err_code rc = passes[i](c);

        if (rc == ERR_CORRUPT)
            report(c, "database", 0, "%.200s", c->op->err.why);
        else
            TRY(rc);
    }
    return ERR_OK;
}

enum err_code store_verify(struct op *op, verify_found_fn *found, void *arg,
                           struct verify_counts *ret)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)2 << 30);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct check c = {.op = op, .arena = arena, .found = found, .arg = arg};

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory to verify");
    TRY(snapshot_open(op, &snap));
    snapshot_long(snap);
    c.snap = snap;
    TRY(check_all(&c));
    *ret = c.counts;
    return ERR_OK;
}
