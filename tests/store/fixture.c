/* A store in a temporary folder. */
#include "fixture.h"

#include <ftw.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "store/files.h"

static _Noreturn void give_up(const char *what, const struct err *err)
{
    fprintf(stderr, "%s: %s (%s)\n", what, err == NULL ? "" : err->why,
            err == NULL ? "" : err_info(err->code)->name);
    abort();
}

void fixture_folder(struct fixture *f)
{
    const char *tmp = getenv("TMPDIR");

    if (tmp == NULL)
        tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(f->dir, sizeof f->dir, "%.200s/fangxin-test-XXXXXX", tmp);
    if (mkdtemp(f->dir) == NULL)
        give_up("no folder", NULL);
    f->database[0] = '\0';
    if (on_postgres())
        database_make("", f->database, sizeof f->database);
}

enum err_code fixture_open(struct fixture *f, struct err *err)
{
    const struct store_options options = {
        .dir = f->dir,
        .database = f->database[0] == '\0' ? NULL : f->database,
        .sql = embedded_sql,
        .create = true,
        .migrate = true,
        .log_pages = f->log_pages,
        .cipher = f->cipher,
        .test_vfs = f->vfs,
        .test_no_sync = f->no_sync,
        .filling = f->filling,
    };

    return store_open(&options, &f->store, err);
}

void fixture_reopen(struct fixture *f)
{
    struct err err = {.code = ERR_OK};

    fixture_close(f);
    if (fixture_open(f, &err) != ERR_OK)
        give_up("open", &err);
}

void fixture_start(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    fixture_folder(f);
    fixture_reopen(f);
}

void fixture_close(struct fixture *f)
{
    store_close(f->store);
    f->store = NULL;
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    remove(path);
    return 0;
}

void remove_folder(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void fixture_end(struct fixture *f)
{
    fixture_close(f);
    remove_folder(f->dir);
    database_drop(f->database);
}

struct op *op_start(struct fixture *f)
{
    struct op *op = calloc(1, sizeof *op);

    if (op == NULL)
        give_up("no memory", NULL);
    op->arena = arena_new((size_t)64 << 20);
    op->store = f->store;
    op->now_ms = TEST_NOW;
    op->zone_min = ZONE_CHINA_MIN;
    op->actor.kind = ACTOR_SYSTEM;
    return op;
}

void op_end(struct op *op)
{
    if (op == NULL)
        return;
    arena_free(op->arena);
    free(op);
}

void op_endp(struct op **op)
{
    op_end(*op);
    *op = NULL;
}

/* ---- change sets ---- */

static void seal_into(struct op *op, struct changes *ch, enum key_class cls, const char *place,
                      const char *content, const unsigned char salt[SALT_BYTES])
{
    unsigned char *sealed;
    size_t n;

    if (vault_seal(op, cls, place, content, strlen(content), &sealed, &n) != ERR_OK)
        give_up("seal", &op->err);
    changes_blob(ch, salt, SALT_BYTES);
    changes_blob(ch, sealed, n);
}

static void add_commitment(struct buf *body, const char *name, const unsigned char *salt,
                           const char *content)
{
    unsigned char hash[HASH_BYTES];
    char hex[HASH_BYTES * 2 + 1];

    vault_commitment(salt, content, strlen(content), hash);
    hex_encode(hash, HASH_BYTES, hex);
    buf_addf(body, "\"%s\":\"%s\",", name, hex);
}

static void add_person(struct op *op, struct changes *ch, const struct filing *f,
                       const char *person, const unsigned char *salt)
{
    unsigned char blind[BLIND_BYTES];
    enum key_class cls = f->report ? KEY_REPORTER : KEY_CONSUMER;

    changes_row_text(ch,
                     f->report ? "INSERT INTO reporter (matter_id, version, salt, sealed, "
                                 "phone_index) VALUES ($1, $2, $3, $4, $5)"
                               : "INSERT INTO person (record, role, version, salt, sealed, "
                                 "phone_index) VALUES ($1, 'consumer', $2, $3, $4, $5)",
                     1, ERR_CONFLICT);
    changes_int(ch, f->id);
    changes_int(ch, 1);
    seal_into(op, ch, cls,
              f->report ? vault_place(op, "reporter", f->id, "reporter")
                        : vault_place(op, "person", f->id, "consumer"),
              person, salt);
    vault_blind(op, cls, "phone", f->phone, blind);
    changes_blob(ch, blind, sizeof blind);
}

static void add_text(struct op *op, struct changes *ch, const struct filing *f,
                     const unsigned char *salt)
{
    changes_row_text(
        ch, "INSERT INTO text (record, version, class, salt, sealed) VALUES ($1, $2, $3, $4, $5)",
        1, ERR_CONFLICT);
    changes_int(ch, f->id);
    changes_int(ch, 1);
    changes_text(ch, f->report ? "report" : "text");
    seal_into(op, ch, f->report ? KEY_REPORT : KEY_TEXT, vault_place(op, "text", f->id, "1"),
              f->facts, salt);
}

static void add_matter(struct op *op, struct changes *ch, const struct filing *f)
{
    char number[40];

    snprintf(number, sizeof number, "T%lld", (long long)f->id);
    changes_row_text(
        ch,
        "INSERT INTO matter (id, number, kind, version, head, status, open, secret, body, "
        "registered_by, channel, received_at, registered_at, category, problem, amount_fen, "
        "recovered_fen, respondent, respondent_key, title, waiting_for, waiting_since, next_rule, "
        "next_due, paused, pin_generation, pack, pack_revision, detail) VALUES ($1, $2, "
        "'complaint', 1, $3, 'registered', 1, $4, '420202', 0, 'web', $5, $5, 'goods.vehicle', "
        "'quality', 48000, 0, $6, $6, $7, 'unit', $5, 'D1', 20380, 0, 1, 'market-2026', 1, $8)",
        1, ERR_CONFLICT);
    changes_int(ch, f->id);
    changes_text(ch, number);
    changes_blob(ch, f->head, HASH_BYTES);
    changes_int(ch, f->report);
    changes_int(ch, op->now_ms);
    changes_text(ch, "黄石港区某汽车服务有限公司");
    changes_text(ch, "新车交付三个月内变速箱异响，多次维修未果");
    changes_text(ch, "{\"product\":{\"brand\":\"x\",\"model\":\"y\",\"quantity\":1}}");
}

static void add_deadlines(struct changes *ch, int64_t id)
{
    static const char *const rules[] = {"D1", "D2"};

    for (size_t i = 0; i < 2; i++) {
        changes_row_text(
            ch,
            "INSERT INTO deadline (matter_id, rule, seq, state, start, due_raw, due, extensions, "
            "paused_days, provisional) VALUES ($1, $2, 1, 'running', 20370, 20380, 20380, 0, 0, 0)",
            1, ERR_CONFLICT);
        changes_int(ch, id);
        changes_text(ch, rules[i]);
    }
}

static void add_tallies(struct changes *ch)
{
    static const struct tally_key keys[] = {
        {"received", "", "", "420202", 'm', TEST_MONTH},
        {"received", "", "", "420202", 'd', 20370},
        {"received", "channel", "web", "420202", 'm', TEST_MONTH},
        {"received", "category", "goods.vehicle", "420202", 'm', TEST_MONTH},
        {"received", "problem", "quality", "420202", 'm', TEST_MONTH},
        {"received", "kind", "complaint", "420202", 'm', TEST_MONTH},
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        changes_tally(ch, &keys[i], 1, 48000);
}

static void add_key(struct op *op, struct changes *ch, const struct filing *f)
{
    unsigned char body_hash[HASH_BYTES] = {7};
    char result[64];

    snprintf(result, sizeof result, "{\"id\":%lld}", (long long)f->id);
    changes_row_text(ch,
                     "INSERT INTO idempotency (principal, route, key, body_hash, created_at, "
                     "result, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                     1, ERR_REPLAYED);
    changes_text(ch, "public");
    changes_text(ch, "POST /api/v1/matters");
    changes_text(ch, f->key);
    changes_blob(ch, body_hash, sizeof body_hash);
    changes_int(ch, op->now_ms);
    changes_text(ch, result);
    changes_mac(op, ch, "idempotency");
}

static void add_blob(struct op *op, struct changes *ch, const struct filing *f)
{
    changes_row(ch, SQL_blob_insert, 1, ERR_CONFLICT);
    changes_text(ch, f->blob->name);
    changes_int(ch, f->id);
    changes_int(ch, f->blob->size);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "blob");
}

struct changes *filing_changes(struct op *op, struct filing *f)
{
    CLEANUP(buf_release) struct buf body = BUF_UP_TO(65536);
    CLEANUP(buf_release) struct buf person = BUF_UP_TO(65536);
    unsigned char salts[2][SALT_BYTES];
    struct changes *ch = changes_new(op);
    struct event ev = {.kind = "matter",
                       .record = f->id,
                       .version = 1,
                       .act = "register",
                       .actor_kind = "public",
                       .at = op->now_ms,
                       .recorded_at = op->now_ms};

    vault_salt(salts[0]);
    vault_salt(salts[1]);
    buf_addf(&person, "{\"name\":\"%s\",\"phone\":\"%s\"}", f->name, f->phone);
    buf_adds(&body, "{\"kind\":\"complaint\",\"channel\":\"web\",\"category\":\"goods.vehicle\",");
    add_commitment(&body, "facts", salts[0], f->facts);
    add_commitment(&body, "person", salts[1], buf_text(&person));
    buf_adds(&body, "\"amount_fen\":48000}");
    ev.body = buf_text(&body);
    ev.body_size = body.len;
    if (f->key != NULL)
        add_key(op, ch, f);
    changes_event(op, ch, &ev, NULL);
    memcpy(f->head, ev.hash, HASH_BYTES);
    add_matter(op, ch, f);
    add_text(op, ch, f, salts[0]);
    add_person(op, ch, f, buf_text(&person), salts[1]);
    if (f->blob != NULL)
        add_blob(op, ch, f);
    add_deadlines(ch, f->id);
    changes_queue(ch, "index", f->id, 0);
    changes_queue(ch, "notice", f->id, 0);
    add_tallies(ch);
    return ch;
}

struct changes *act_changes(struct op *op, int64_t id, int64_t version,
                            unsigned char head[HASH_BYTES])
{
    struct changes *ch = changes_new(op);
    struct event ev = {.kind = "matter",
                       .record = id,
                       .version = version + 1,
                       .act = "note",
                       .actor_kind = "officer",
                       .actor = 7,
                       .at = op->now_ms,
                       .recorded_at = op->now_ms,
                       .body = "{}",
                       .body_size = 2};

    changes_event(op, ch, &ev, head);
    memcpy(head, ev.hash, HASH_BYTES);
    changes_row_text(ch, "UPDATE matter SET version = $3, head = $4 WHERE id = $1 AND version = $2",
                     1, ERR_CONFLICT);
    changes_int(ch, id);
    changes_int(ch, version);
    changes_int(ch, version + 1);
    changes_blob(ch, ev.hash, HASH_BYTES);
    return ch;
}

/* ---- looking ---- */

static enum err_code read_number(struct op *op, const char *sql, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare_text(op, snap, sql, &s));
    TRY(stmt_one_row(op, s));
    *ret = stmt_int64(s, 0);
    return ERR_OK;
}

int64_t number_of(struct op *op, const char *sql)
{
    int64_t n;

    return read_number(op, sql, &n) == ERR_OK ? n : -1;
}

static bool name_table(void *arg, const char *table, int64_t record, const char *what)
{
    struct buf *out = arg;

    buf_addf(out, "%s(%lld): %s,", table, (long long)record, what);
    return true;
}

int64_t findings_of(struct op *op, char *named, size_t size)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)1 << 20);
    struct verify_counts counts;

    if (store_verify(op, name_table, &out, &counts) != ERR_OK)
        give_up("verify", &op->err);
    snprintf(named, size, "%s", buf_text(&out));
    return counts.findings;
}

void assert_clean(struct op *op)
{
    char named[4096];

    if (findings_of(op, named, sizeof named) != 0) {
        fprintf(stderr, "verify: %s\n", named);
        abort();
    }
}
