/* Imports and their maps as records. */
#include "work/import_record.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "store/vault.h"

/* ---- runs ---- */

static void put_settled(struct record_draft *d, size_t rows, const struct import_settled *s)
{
    record_set(d, "rows", json_integer((json_int_t)rows));
    record_set(d, "row", json_integer((json_int_t)s->row));
    record_set(d, "done", json_integer((json_int_t)s->done));
    record_set(d, "added", json_integer((json_int_t)s->added));
    record_set(d, "skipped", json_integer((json_int_t)s->skipped));
    record_set(d, "failed", json_integer((json_int_t)s->failed));
}

static void put_start(struct record_draft *d, const struct import_begin *begin,
                      const struct blob *blob)
{
    static const struct import_settled none = {0};
    struct op *op = d->op;

    record_set(d, "status", json_string("running"));
    record_set(d, "body", json_string(op->actor.body));
    record_set(d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_set(d, "officer", json_integer(op->actor.officer_id));
    record_set(d, "target", json_string(begin->target));
    record_set(d, "map", json_string(begin->map));
    record_set(d, "columns", json_deep_copy(begin->columns));
    record_set(d, "above", json_integer((json_int_t)begin->above));
    record_set(d, "blob", json_string(blob->name));
    record_set(d, "started_at", json_integer(op->now_ms));
    put_settled(d, begin->rows, &none);
    record_text(d, "name", begin->name);
}

enum err_code import_record_start(struct op *op, const struct import_begin *begin, int64_t *ret_id)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);
    struct blob blob;

    TRY(record_new(op, "import", &r));
    TRY(blob_put(op, begin->bytes, begin->n, &blob));
    record_draft_begin(op, &d, &r, "start", op->now_ms);
    put_start(&d, begin, &blob);
    changes_row(ch, SQL_blob_insert, 1, ERR_CONFLICT);
    changes_text(ch, blob.name);
    changes_int(ch, r.id);
    changes_int(ch, blob.size);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "blob");
    TRY(record_write(&d, ch));
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE));
    *ret_id = r.id;
    return ERR_OK;
}

static enum err_code load(struct op *op, int64_t id, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return record_load(op, snap, "import", id, ret);
}

/* An act on an import: the caller says what it sets, then writes it. */
static enum err_code begin(struct op *op, int64_t id, const char *act, struct record *r,
                           struct record_draft *d)
{
    TRY(load(op, id, r));
    record_draft_begin(op, d, r, act, op->now_ms);
    return ERR_OK;
}

/* Only where the import stands is set: goes behind what people wait for. */
static enum err_code write_settled(struct op *op, struct record_draft *d, struct changes *ch)
{
    TRY(record_write(d, ch));
    return store_apply(op, ch, QUEUE_BULK);
}

enum err_code import_record_note(struct op *op, int64_t id, size_t rows,
                                 const struct import_settled *settled)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);

    TRY(begin(op, id, "note", &r, &d));
    put_settled(&d, rows, settled);
    return write_settled(op, &d, ch);
}

enum err_code import_record_pause(struct op *op, int64_t id, const struct import_settled *settled,
                                  size_t rows, const char *report)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);

    TRY(begin(op, id, "pause", &r, &d));
    put_settled(&d, rows, settled);
    record_set(&d, "status", json_string("paused"));
    record_set(&d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_text(&d, "report", report);
    return write_settled(op, &d, ch);
}

enum err_code import_record_resume(struct op *op, int64_t id)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);

    TRY(begin(op, id, "resume", &r, &d));
    if (strcmp(record_member(&r, "status"), "paused") != 0)
        return err_field(&op->err, ERR_NOT_ALLOWED, "", "not_paused", "这个导入没有暂停",
                         "This import is not paused");
    record_set(&d, "status", json_string("running"));
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code import_record_end(struct op *op, int64_t id, const char *status,
                                const struct import_settled *settled, size_t rows,
                                const char *report)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);

    TRY(begin(op, id, "end", &r, &d));
    put_settled(&d, rows, settled);
    record_set(&d, "status", json_string(status));
    record_set(&d, "ended_at", json_integer(op->now_ms));
    record_text(&d, "report", report);
    if (record_member(&r, "blob") != NULL) { /* the file itself is swept later */
        changes_row(ch, SQL_blob_forget, ANY_ROWS, ERR_OK);
        changes_text(ch, record_member(&r, "blob"));
        record_set(&d, "blob", json_null());
    }
    return write_settled(op, &d, ch);
}

enum err_code import_record_of(struct op *op, struct snapshot *snap, int64_t id, struct record *ret)
{
    TRY(record_load(op, snap, "import", id, ret));
    if (record_number(ret, "officer") == op->actor.officer_id)
        return ERR_OK;
    record_release(ret);
    return err_set(&op->err, ERR_NOT_FOUND, "an import of somebody else");
}

enum err_code import_record_report(struct op *op, struct snapshot *snap, const struct record *r,
                                   char **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const char *text;

    *ret = NULL;
    TRY(record_texts(op, snap, r, r->version, &texts));
    text = json_string_value(json_object_get(texts, "report"));
    *ret = text == NULL ? NULL : arena_strdup(op->arena, text);
    return ERR_OK;
}

enum err_code import_records_in(struct op *op, const char *status, date_t to, int64_t *ret_ids,
                                size_t max, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_filter filter = {
        .kind = "import", .status = status, .from = DATE_NONE, .to = to, .max = max};
    struct record *list = ARENA_ARRAY(op->arena, struct record, max);
    size_t n;

    *ret_n = 0;
    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "imports");
    TRY(snapshot_open(op, &snap));
    TRY(records_list(op, snap, &filter, list, &n));
    for (size_t i = n; i > 0; i--) { /* the list is newest first */
        ret_ids[(*ret_n)++] = list[i - 1].id;
        record_release(&list[i - 1]);
    }
    return ERR_OK;
}

enum err_code import_record_again(struct op *op, int64_t id, struct record *ret, char **ret_bytes,
                                  size_t *ret_n, struct import_settled *ret_from)
{
    unsigned char *bytes;
    enum err_code rc;

    TRY(load(op, id, ret));
    rc = record_member(ret, "blob") == NULL
             ? err_set(&op->err, ERR_CORRUPT, "import %lld has no file", (long long)id)
             : blob_get(op, record_member(ret, "blob"), &bytes, ret_n);
    if (rc != ERR_OK) {
        record_release(ret);
        return rc;
    }
    *ret_bytes = (char *)bytes;
    *ret_from = (struct import_settled){.row = (size_t)record_number(ret, "row"),
                                        .done = (size_t)record_number(ret, "done"),
                                        .added = (size_t)record_number(ret, "added"),
                                        .skipped = (size_t)record_number(ret, "skipped"),
                                        .failed = (size_t)record_number(ret, "failed")};
    return ERR_OK;
}

/* ---- maps ---- */

#define LAYOUT_BYTES 16

/* Column names in their order. */
static void layout_of(const json_t *columns, char ret[2 * LAYOUT_BYTES + 1])
{
    unsigned char hash[LAYOUT_BYTES];
    crypto_generichash_state st;

    crypto_generichash_init(&st, NULL, 0, sizeof hash);
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const char *name = json_string_value(json_array_get(columns, i));

        if (name != NULL)
            crypto_generichash_update(&st, (const unsigned char *)name, strlen(name) + 1);
    }
    crypto_generichash_final(&st, hash, sizeof hash);
    hex_encode(hash, sizeof hash, ret);
}

static char *map_key(struct op *op, const char *body, const json_t *columns)
{
    char layout[2 * LAYOUT_BYTES + 1];

    layout_of(columns, layout);
    return arena_printf(op->arena, "%s %s", body, layout);
}

static enum err_code find_map(struct op *op, const char *body, const json_t *columns,
                              struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return record_by_key(op, snap, "import_map", map_key(op, body, columns), ret);
}

enum err_code import_map_remember(struct op *op, const json_t *columns, const json_t *map)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);
    enum err_code rc = find_map(op, op->actor.body, columns, &r);

    if (rc == ERR_OK && json_equal(json_object_get(r.state, "map"), map))
        return ERR_OK;
    if (rc == ERR_NOT_FOUND) {
        err_clear(&op->err);
        rc = record_new(op, "import_map", &r);
    }
    TRY(rc);
    record_draft_begin(op, &d, &r, "save", op->now_ms);
    record_set(&d, "key", json_string(map_key(op, op->actor.body, columns)));
    record_set(&d, "body", json_string(op->actor.body));
    record_set(&d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_set(&d, "officer", json_integer(op->actor.officer_id));
    record_set(&d, "saved_at", json_integer(op->now_ms));
    record_set(&d, "map", json_deep_copy(map));
    TRY(record_write(&d, ch));
    rc = store_apply(op, ch, QUEUE_INTERACTIVE);
    return rc == ERR_CONFLICT ? ERR_OK : rc; /* a colleague saved one at the same moment */
}

enum err_code import_map_recall(struct op *op, const json_t *columns, json_t **ret)
{
    const struct body *body = setup_body(op->setup, op->actor.body);

    *ret = NULL;
    for (; body != NULL; body = body->parent == NULL ? NULL : setup_body(op->setup, body->parent)) {
        CLEANUP(record_release) struct record r = {0};
        enum err_code rc = find_map(op, body->code, columns, &r);

        if (rc == ERR_OK) {
            *ret = json_pack("{s:O, s:I, s:I}", "map", json_object_get(r.state, "map"), "saved_at",
                             (json_int_t)record_number(&r, "saved_at"), "officer",
                             (json_int_t)record_number(&r, "officer"));
            return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "a map") : ERR_OK;
        }
        if (rc != ERR_NOT_FOUND)
            return rc;
        err_clear(&op->err);
    }
    return ERR_OK;
}
