/* Records other than matters: state folded from events, texts and persons sealed, lists, verify. */
#include "tests/store/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "store/event_body.h"
#include "work/acts.h"
#include "work/record.h"
#include "work/seal.h"
#include "work/verify.h"

#define NOW TEST_NOW

struct world {
    struct fixture store;
    struct setups *setups;
    struct op *op;
};

static void begin_op(struct world *w)
{
    w->op = op_start(&w->store);
    w->op->now_ms = NOW;
    w->op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    w->op->setup = setup_hold(w->setups);
}

static void end_op(struct world *w)
{
    setup_letgo(w->setups, w->op->setup);
    op_end(w->op);
}

static int start(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err err = {0};

    fixture_start(&w->store);
    assert_int_equal(setups_new(w->store.store, embedded_packs, &w->setups, &err), ERR_OK);
    begin_op(w);
    *state = w;
    return 0;
}

static int stop(void **state)
{
    struct world *w = *state;

    end_op(w);
    setups_free(w->setups);
    fixture_end(&w->store);
    free(w);
    return 0;
}

/* A view of one body on one day. @return its id */
static int64_t add(struct world *w, const char *body, int64_t day, const char *key)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(w->op);

    assert_int_equal(record_new(w->op, "view", &r), ERR_OK);
    record_draft_begin(w->op, &d, &r, "make", NOW);
    record_set(&d, "body", json_string(body));
    record_set(&d, "status", json_string("shared"));
    record_set(&d, "day", json_integer(day));
    if (key != NULL)
        record_set(&d, "key", json_string(key));
    record_set(&d, "columns", json_pack("[s, s]", "body", "waiting_for"));
    record_in(&d, "from", json_string("queue"));
    record_text(&d, "title", "轮胎投诉 13800002046");
    assert_int_equal(record_write(&d, ch), ERR_OK);
    assert_int_equal(r.version, 1);
    if (store_apply(w->op, ch, QUEUE_INTERACTIVE) != ERR_OK)
        return 0;
    return r.id;
}

static enum err_code load(struct world *w, int64_t id, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    return record_load(w->op, snap, "view", id, ret);
}

static void state_is_folded(void **state)
{
    struct world *w = *state;
    CLEANUP(record_release) struct record r = {0}, stale = {0}, other = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0}, late = {0};
    struct changes *ch = changes_new(w->op), *lost = changes_new(w->op);
    int64_t id = add(w, "420202", 20000, "queue one");

    assert_true(id > (INT64_C(1) << 50) && id < (INT64_C(1) << 53));
    assert_int_equal(load(w, id, &r), ERR_OK);
    assert_int_equal(load(w, id, &stale), ERR_OK);
    record_draft_begin(w->op, &d, &r, "change", NOW + 5);
    record_set(&d, "status", json_null());
    record_set(&d, "columns", json_pack("[s]", "month"));
    assert_int_equal(record_write(&d, ch), ERR_OK);
    assert_int_equal(store_apply(w->op, ch, QUEUE_INTERACTIVE), ERR_OK);
    assert_int_equal(load(w, id, &other), ERR_OK);
    assert_int_equal(other.version, 2);
    assert_null(record_member(&other, "status"));
    assert_string_equal(record_member(&other, "key"), "queue one");
    assert_true(json_equal(other.state, r.state));
    assert_int_equal(record_expect(w->op, &other, 1), ERR_CONFLICT);
    assert_int_equal(record_expect(w->op, &other, ANY_VERSION), ERR_OK);
    /* who saw the state before loses */
    record_draft_begin(w->op, &late, &stale, "change", NOW + 6);
    record_set(&late, "status", json_string("own"));
    assert_int_equal(record_write(&late, lost), ERR_OK);
    assert_int_equal(store_apply(w->op, lost, QUEUE_INTERACTIVE), ERR_CONFLICT);
}

static void a_key_is_unique(void **state)
{
    struct world *w = *state;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    int64_t id = add(w, "420202", 20001, "12345 A-1");

    assert_int_equal(add(w, "420202", 20002, "12345 A-1"), 0);
    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    assert_int_equal(record_by_key(w->op, snap, "view", "12345 A-1", &r), ERR_OK);
    assert_int_equal(r.id, id);
    record_release(&r);
    assert_int_equal(record_by_key(w->op, snap, "order", "12345 A-1", &r), ERR_NOT_FOUND);
}

/* Events whose body holds the text. */
static size_t events_saying(struct op *op, struct snapshot *snap, const char *text)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t found = 0;
    bool row;

    assert_int_equal(snapshot_prepare(op, snap, SQL_verify_event, &s), ERR_OK);
    while (stmt_step(op, s, &row) == ERR_OK && row) {
        CLEANUP(buf_release) struct buf body = BUF_UP_TO(EVENT_BODY_MAX);
        size_t n;
        const void *bytes = stmt_blob(s, 10, &n);

        assert_int_equal(event_body_unpack(bytes, n, &body, &op->err), ERR_OK);
        found += strstr(buf_text(&body), text) != NULL;
    }
    return found;
}

static void texts_and_persons_are_sealed(void **state)
{
    struct world *w = *state;
    CLEANUP(json_decrefp)
    json_t *person = json_pack("{s:s, s:s}", "name", "王小明", "phone", "13800002046");
    CLEANUP(json_decrefp) json_t *texts = NULL, *opened = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct changes *ch = changes_new(w->op);
    int64_t id = add(w, "420202", 20003, NULL);

    assert_int_equal(load(w, id, &r), ERR_OK);
    record_draft_begin(w->op, &d, &r, "name", NOW);
    assert_int_equal(record_person(&d, ch, "caller", person), ERR_OK);
    assert_int_equal(record_write(&d, ch), ERR_OK);
    assert_int_equal(store_apply(w->op, ch, QUEUE_INTERACTIVE), ERR_OK);
    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    assert_int_equal(record_texts(w->op, snap, &r, 1, &texts), ERR_OK);
    assert_string_equal(json_string_value(json_object_get(texts, "title")), "轮胎投诉 13800002046");
    assert_int_equal(seal_open_person(w->op, snap, id, "caller", &opened), ERR_OK);
    assert_true(json_equal(opened, person));
    assert_int_equal(events_saying(w->op, snap, "轮胎投诉"), 0);
    assert_int_equal(events_saying(w->op, snap, "13800002046"), 0);
    assert_true(events_saying(w->op, snap, "\"commit\"") > 0);
    assert_int_equal(
        number_of(w->op, "SELECT count(*) FROM record WHERE replace(state, '轮胎', '') <> state"),
        0);
}

static size_t list(struct world *w, struct record_filter *filter, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    size_t n;

    filter->kind = "view";
    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    assert_int_equal(records_list(w->op, snap, filter, ret, &n), ERR_OK);
    return n;
}

static void lists_go_on_behind_the_last(void **state)
{
    struct world *w = *state;
    struct record page[3];
    struct record_filter filter = {.body = "9901", .from = 30000, .to = DATE_NONE, .max = 3};
    int64_t last_day = INT64_MAX, seen = 0;
    size_t n;

    for (int i = 0; i < 7; i++)
        assert_true(add(w, "9901", 30000 + i / 2, NULL) != 0);
    assert_true(add(w, "9902", 30001, NULL) != 0);
    do {
        n = list(w, &filter, page);
        for (size_t i = 0; i < n; i++) {
            assert_string_equal(record_member(&page[i], "body"), "9901");
            assert_true(record_number(&page[i], "day") <= last_day);
            last_day = record_number(&page[i], "day");
            filter.after_day = (date_t)last_day;
            filter.after_id = page[i].id;
            record_release(&page[i]);
            seen++;
        }
    } while (n == 3);
    assert_int_equal(seen, 7);
    filter = (struct record_filter){
        .body = "9901", .status = "shared", .from = 30001, .to = 30002, .max = 3};
    n = list(w, &filter, page);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_in_range(record_number(&page[i], "day"), 30001, 30002);
        record_release(&page[i]);
    }
    filter = (struct record_filter){.status = "own", .from = DATE_NONE, .to = DATE_NONE, .max = 3};
    assert_int_equal(list(w, &filter, page), 0);
}

/* ---- verify ---- */

struct findings {
    int n;
    char last[64];
};

static bool found(void *arg, const char *table, int64_t record, const char *what)
{
    struct findings *f = arg;

    f->n++;
    snprintf(f->last, sizeof f->last, "%s", table);
    (void)record;
    (void)what;
    return true;
}

static struct findings rebuilt(struct world *w)
{
    struct findings f = {0};
    struct verify_counts counts = {0};

    assert_int_equal(verify_rebuild(w->op, found, &f, &counts), ERR_OK);
    assert_true(counts.records >= 10);
    return f;
}

static void altered(struct world *w, const char *sql, const char *back, const char *table)
{
    struct changes *ch = changes_new(w->op);
    struct findings f;

    changes_row_text(ch, sql, ANY_ROWS, ERR_OK);
    assert_int_equal(store_apply(w->op, ch, QUEUE_INTERACTIVE), ERR_OK);
    f = rebuilt(w);
    if (f.n == 0 || strcmp(f.last, table) != 0)
        fail_msg("%s: %d findings, the last in %s", sql, f.n, f.last);
    ch = changes_new(w->op);
    changes_row_text(ch, back, ANY_ROWS, ERR_OK);
    assert_int_equal(store_apply(w->op, ch, QUEUE_INTERACTIVE), ERR_OK);
    assert_int_equal(rebuilt(w).n, 0);
}

static void verify_names_what_differs(void **state)
{
    struct world *w = *state;

    assert_clean(w->op);
    assert_int_equal(rebuilt(w).n, 0);
    altered(w, "UPDATE record SET day = day + 1 WHERE key = 'queue one'",
            "UPDATE record SET day = day - 1 WHERE key = 'queue one'", "record");
    altered(w, "UPDATE record SET body = '9' WHERE body = '9902'",
            "UPDATE record SET body = '9902' WHERE body = '9'", "record");
    altered(w, "UPDATE record SET state = replace(state, 'month', 'mouth') WHERE key = 'queue one'",
            "UPDATE record SET state = replace(state, 'mouth', 'month') WHERE key = 'queue one'",
            "record");
    altered(w, "UPDATE text SET record = -record WHERE record > 1000000000000000",
            "UPDATE text SET record = -record WHERE record < 0", "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_is_folded),
        cmocka_unit_test(a_key_is_unique),
        cmocka_unit_test(texts_and_persons_are_sealed),
        cmocka_unit_test(lists_go_on_behind_the_last),
        cmocka_unit_test(verify_names_what_differs),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
