/* Checking the store against itself. One snapshot, these passes:
 *
 * 1. the engine's structure and the migrations;
 * 2. events in order of (kind, record, version): each chain hashed again, the sum of all hashes,
 *    and, side by side, the projections that carry version and head;
 * 3. event ids one by one, and the ledger;
 * 4. row checksums, sealed values against their commitments, files. */
#include "sql/sql_queries.h"
#include "store/engine.h"
#include "store/event_body.h"
#include "store/verify_internal.h"

#define GAPS_NAMED 20

void verify_report(struct check *c, const char *table, int64_t record, const char *fmt, ...)
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

    verify_report(c, table, 0, "%s", what);
    return !c->stopped;
}

/* ---- events and heads ---- */

/* A projection with version and head, read beside the events of its kind. Table `record` holds many
 * kinds, in the order in which their events are read: there `kind` is that of the row under way. */
struct heads {
    const char *kind;
    struct stmt *s;
    bool row, many;
};

static enum err_code heads_next(struct check *c, struct heads *h)
{
    TRY(stmt_step(c->op, h->s, &h->row));
    if (h->many)
        h->kind = h->row ? verify_text(h->s, 3) : "";
    return ERR_OK;
}

bool verify_same_bytes(struct stmt *s, int column, const void *bytes, size_t n)
{
    size_t size;
    const void *stored = stmt_blob(s, column, &size);

    return size == n && stored != NULL && memcmp(stored, bytes, n) == 0;
}

/* Compares the row of @p record with its last event; rows before it have no events. */
static enum err_code heads_compare(struct check *c, struct heads *h, int64_t record,
                                   int64_t version, const unsigned char hash[HASH_BYTES])
{
    const char *table = h->many ? "record" : h->kind;
    char kind[64];

    snprintf(kind, sizeof kind, "%s", h->kind);
    while (h->row && strcmp(h->kind, kind) == 0 && stmt_int64(h->s, 0) < record) {
        verify_report(c, table, stmt_int64(h->s, 0), "row without events");
        TRY(heads_next(c, h));
    }
    if (!h->row || strcmp(h->kind, kind) != 0 || stmt_int64(h->s, 0) != record) {
        verify_report(c, table, record, "events without a row");
        return ERR_OK;
    }
    c->counts.rows++;
    if (stmt_int64(h->s, 1) != version)
        verify_report(c, table, record, "version %lld, its last event is %lld",
                      (long long)stmt_int64(h->s, 1), (long long)version);
    else if (!verify_same_bytes(h->s, 2, hash, HASH_BYTES))
        verify_report(c, table, record, "head is not the hash of its last event");
    return heads_next(c, h);
}

static enum err_code heads_rest(struct check *c, struct heads *h)
{
    while (h->row) {
        verify_report(c, h->many ? "record" : h->kind, stmt_int64(h->s, 0), "row without events");
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

/* Rows of table `record` whose kinds come before the chain's: nothing was done to them. */
static enum err_code heads_reach(struct check *c, struct heads *h, const char *kind)
{
    while (h->many && h->row && strcmp(h->kind, kind) < 0) {
        verify_report(c, "record", stmt_int64(h->s, 0), "row without events");
        TRY(heads_next(c, h));
    }
    return ERR_OK;
}

static enum err_code chain_end(struct check *c, struct chain *chain, struct heads *heads, size_t n)
{
    if (!chain->any)
        return ERR_OK;
    c->counts.records++;
    for (size_t i = 0; i < n; i++)
        TRY(heads_reach(c, &heads[i], chain->kind));
    for (size_t i = 0; i < n; i++)
        if (strcmp(heads[i].kind, chain->kind) == 0)
            return heads_compare(c, &heads[i], chain->record, chain->version, chain->hash);
    return ERR_OK;
}

const char *verify_text(struct stmt *s, int column)
{
    const char *text = stmt_text(s, column);

    return text == NULL ? "" : text;
}

static enum err_code event_check(struct check *c, struct stmt *s, struct chain *chain)
{
    CLEANUP(buf_release) struct buf body = BUF_UP_TO(EVENT_BODY_MAX);
    const void *bytes;
    size_t n;
    struct event ev = {
        .id = stmt_int64(s, 0),
        .kind = verify_text(s, 1),
        .record = stmt_int64(s, 2),
        .version = stmt_int64(s, 3),
        .act = verify_text(s, 4),
        .actor_kind = verify_text(s, 5),
        .actor = stmt_int64(s, 6),
        .on_behalf_of = stmt_int64(s, 7),
        .at = stmt_int64(s, 8),
        .recorded_at = stmt_int64(s, 9),
    };

    bytes = stmt_blob(s, 10, &n);
    if (event_body_unpack(bytes, n, &body, &c->op->err) == ERR_NO_MEMORY)
        return ERR_NO_MEMORY;
    ev.body = buf_text(&body); /* where it cannot be unpacked its hash does not fit */
    ev.body_size = body.len;
    event_hash(&ev, ev.version == 1 ? NULL : chain->hash, ev.hash);
    c->counts.events++;
    if (ev.version != chain->version + 1)
        verify_report(c, "event", ev.record, "%s: version %lld follows %lld (event %lld)", ev.kind,
                      (long long)ev.version, (long long)chain->version, (long long)ev.id);
    else if (!verify_same_bytes(s, 11, ev.hash, HASH_BYTES))
        verify_report(c, "event", ev.record,
                      "%s: the hash of version %lld does not fit (event %lld)", ev.kind,
                      (long long)ev.version, (long long)ev.id);
    /* The chain goes on from the stored hash, so that one altered row is one finding. */
    if (!verify_same_bytes(s, 11, ev.hash, HASH_BYTES)) {
        size_t size;
        const void *stored = stmt_blob(s, 11, &size);

        memset(ev.hash, 0, HASH_BYTES);
        memcpy(ev.hash, stored == NULL ? "" : stored, size < HASH_BYTES ? size : HASH_BYTES);
    }
    digest_add(c->digest, ev.hash);
    memcpy(chain->hash, ev.hash, HASH_BYTES);
    chain->version = ev.version;
    return ERR_OK;
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
            strcmp(verify_text(s, 1), chain.kind) != 0) {
            TRY(chain_end(c, &chain, heads, n));
            chain = (struct chain){.any = true, .record = stmt_int64(s, 2)};
            snprintf(chain.kind, sizeof chain.kind, "%s", verify_text(s, 1));
        }
        TRY(event_check(c, s, &chain));
    }
    TRY(chain_end(c, &chain, heads, n));
    for (size_t i = 0; i < n && !c->stopped; i++)
        TRY(heads_rest(c, &heads[i]));
    return ERR_OK;
}

static enum err_code check_events(struct check *c)
{
    CLEANUP(stmt_closep)
    struct stmt *events = NULL, *matter = NULL, *body = NULL, *officer = NULL, *record = NULL;
    struct heads heads[4];

    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_event, &events));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_head_matter, &matter));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_head_body, &body));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_head_officer, &officer));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_head_record, &record));
    heads[0] = (struct heads){.kind = "matter", .s = matter};
    heads[1] = (struct heads){.kind = "body", .s = body};
    heads[2] = (struct heads){.kind = "officer", .s = officer};
    heads[3] = (struct heads){.kind = "", .s = record, .many = true};
    for (size_t i = 0; i < 4; i++)
        TRY(heads_next(c, &heads[i]));
    return events_read(c, events, heads, 4);
}

/* ---- ids and the ledger ---- */

static void missing(struct check *c, int64_t from, int64_t to, int64_t *named)
{
    c->counts.missing_events += from < to ? to - from : 0;
    for (int64_t id = from; id < to && *named < GAPS_NAMED; id++, (*named)++)
        verify_report(c, "event", id, "event %lld is missing", (long long)id);
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
            verify_report(c, "event", id, "event id %lld", (long long)id);
        missing(c, expected, id <= last ? id : expected, &named);
        if (id > last)
            verify_report(c, "event", id, "event %lld is behind the ledger's last", (long long)id);
        expected = id >= expected ? id + 1 : expected;
    }
    missing(c, expected, last + 1, &named);
    *ret_highest = expected - 1;
    return ERR_OK;
}

static enum err_code check_ledger(struct check *c)
{
    enum err_code (*pending)(struct op *, struct snapshot *, int64_t *, unsigned char *, bool *) =
        c->op->store->engine->kind->ledger_pending;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    unsigned char digest[HASH_BYTES] = {0}, mac[BLIND_BYTES];
    int64_t events, last, highest = 0;
    const void *stored;
    bool row, sound = true;
    size_t size;

    TRY(snapshot_prepare(c->op, c->snap, SQL_ledger_get, &s));
    TRY(stmt_step(c->op, s, &row));
    if (!row || stmt_is_null(s, 0)) {
        verify_report(c, "ledger", 1, "the row is missing");
        return ERR_OK;
    }
    events = stmt_int64(s, 0);
    last = stmt_int64(s, 1);
    stored = stmt_blob(s, 2, &size);
    if (size == HASH_BYTES)
        memcpy(digest, stored, HASH_BYTES);
    ledger_mac(c->op->store, events, last, digest, mac);
    if (size != HASH_BYTES || !verify_same_bytes(s, 3, mac, BLIND_BYTES))
        verify_report(c, "ledger", 1, "the row's checksum does not fit");
    if (pending == NULL)
        TRY(check_ids(c, last, &highest));
    else
        TRY(pending(c->op, c->snap, &events, digest, &sound));
    if (!sound)
        verify_report(c, "ledger_delta", 0, "a row's checksum does not fit");
    if (events != c->counts.events)
        verify_report(c, "ledger", 1, "%lld events are recorded, %lld are there", (long long)events,
                      (long long)c->counts.events);
    if (memcmp(digest, c->digest, HASH_BYTES) != 0)
        verify_report(c, "ledger", 1, "the digest of all events does not fit");
    return ERR_OK;
}

/* ---- all passes ---- */

static enum err_code check_engine(struct check *c)
{
    return engine_check(c->op, c->snap, engine_fault, c);
}

/* A pass that meets pages that cannot be read is itself a finding; the others still run. */
static enum err_code check_all(struct check *c)
{
    static enum err_code (*const passes[])(struct check *) = {
        check_engine,  check_events, check_ledger, verify_macs,
        verify_sealed, verify_files, verify_keys,
    };

    for (size_t i = 0; i < sizeof passes / sizeof passes[0] && !c->stopped; i++) {
        enum err_code rc = passes[i](c);

        if (rc == ERR_CORRUPT)
            verify_report(c, "database", 0, "%.200s", c->op->err.why);
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
