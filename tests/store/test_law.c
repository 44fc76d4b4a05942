/* Packs that were used are kept: matters stay under their revision, and no pack changes silently.
 */
#include "tests/store/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "rules/number.h"
#include "rules/pack.h"
#include "rules/retention.h"
#include "rules/roles.h"
#include "work/acts.h"
#include "work/draft.h"
#include "work/evidence_file.h"
#include "work/filing.h"
#include "work/hold.h"
#include "work/retention.h"
#include "work/setting.h"
#include "work/verify.h"
#include "work/view.h"
#include "work/case.h"
#include "work/matter.h"
#include "work/setup.h"
#include "work/staff.h"
#include "work/visit.h"

#define FILES 400

/* The shipped packs, some of them replaced. */
struct files {
    struct embedded_file list[FILES];
    char *texts[FILES];
    size_t n;
};

static void files_start(struct files *f)
{
    *f = (struct files){.n = 0};
    for (const struct embedded_file *e = embedded_packs; e->path != NULL; e++) {
        assert_true(f->n + 1 < FILES);
        f->list[f->n++] = *e;
    }
}

static void files_end(struct files *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->texts[i]);
}

/* The first @p old of a file becomes @p now. */
static void change(struct files *f, const char *path, const char *old, const char *now)
{
    for (size_t i = 0; i < f->n; i++) {
        struct embedded_file *file = &f->list[i];
        const char *text = (const char *)file->data, *at;
        size_t size, before;
        char *made;

        if (strcmp(file->path, path) != 0)
            continue;
        at = strstr(text, old);
        assert_non_null(at);
        before = (size_t)(at - text);
        size = file->size + strlen(now) - strlen(old);
        made = malloc(size + 1);
        assert_non_null(made);
        snprintf(made, size + 1, "%.*s%s%s", (int)before, text, now, at + strlen(old));
        free(f->texts[i]);
        f->texts[i] = made;
        file->data = (const unsigned char *)made;
        file->size = size;
        return;
    }
    fail_msg("no file %s", path);
}

#define REVISION "\"revision\": \""

/* The revision that a file says. */
static int revision_in(const struct files *f, const char *path)
{
    for (size_t i = 0; i < f->n; i++) {
        const char *at = strstr((const char *)f->list[i].data, REVISION);

        if (strcmp(f->list[i].path, path) == 0 && at != NULL)
            return (int)strtol(at + strlen(REVISION), NULL, 10);
    }
    fail_msg("no revision in %s", path);
    return 0;
}

/* The file says the revision behind its own. */
static void raise_revision(struct files *f, const char *path)
{
    int was = revision_in(f, path);
    char old[40], now[40];

    snprintf(old, sizeof old, REVISION "%d\"", was);
    snprintf(now, sizeof now, REVISION "%d\"", was + 1);
    change(f, path, old, now);
}

#define P2026 "rules/market-2026.json"
#define P2020 "rules/market-2020.json"

/* The installation with these files; a refusal leaves *ret NULL and its first item in @p err. */
static enum err_code open_with(struct fixture *store, const struct files *f, struct setups **ret,
                               struct err *err)
{
    *ret = NULL;
    *err = (struct err){.code = ERR_OK};
    return setups_new(store->store, f == NULL ? embedded_packs : f->list, ret, err);
}

static int warn_days_of(struct setups *setups, const char *id, int64_t revision)
{
    const struct setup *s = setup_hold(setups);
    int days = pack_deadline(setup_pack_at(s, id, revision), "D1")->warn_days;

    setup_letgo(setups, s);
    return days;
}

static void used_packs_are_kept(void **state)
{
    struct fixture store;
    struct setups *setups;
    struct files f;
    struct err err;
    int now_2026, now_2020;

    (void)state;
    fixture_start(&store);
    assert_int_equal(open_with(&store, NULL, &setups, &err), ERR_OK);
    setups_free(setups);
    {
        OP(op, &store);
        assert_int_equal(number_of(op, "SELECT count(*) FROM revision WHERE kind = 'pack'"), 3);
        assert_int_equal(findings_of(op, err.why, sizeof err.why), 0);
    }
    /* The same again keeps nothing twice. */
    assert_int_equal(open_with(&store, NULL, &setups, &err), ERR_OK);
    setups_free(setups);
    /* Changed without a new revision: refused, the pack and the way out named in both languages. */
    files_start(&f);
    now_2026 = revision_in(&f, P2026);
    now_2020 = revision_in(&f, P2020);
    change(&f, P2026, "\"warn_days\": 2", "\"warn_days\": 4");
    assert_int_equal(open_with(&store, &f, &setups, &err), ERR_INVALID);
    assert_null(setups);
    assert_string_equal(err.items[0].code, "same_revision");
    assert_non_null(strstr(err.items[0].field, "market-20"));
    assert_non_null(strstr(err.items[0].zh, "版本号"));
    assert_non_null(strstr(err.items[0].en, "another revision"));
    /* With one: what was received before stays under the older. The pack based on it changed too.
     */
    raise_revision(&f, P2026);
    assert_int_equal(open_with(&store, &f, &setups, &err), ERR_INVALID);
    assert_non_null(strstr(err.items[0].field, "market-2020"));
    raise_revision(&f, P2020);
    assert_int_equal(open_with(&store, &f, &setups, &err), ERR_OK);
    assert_int_equal(warn_days_of(setups, "market-2026", now_2026), 2);
    assert_int_equal(warn_days_of(setups, "market-2026", now_2026 + 1), 4);
    assert_int_equal(warn_days_of(setups, "market-2020", now_2020), 2);
    /* One that was never kept is judged by the newest. */
    assert_int_equal(warn_days_of(setups, "market-2026", now_2026 + 2), 4);
    setups_free(setups);
    {
        OP(op, &store);
        assert_int_equal(number_of(op, "SELECT count(*) FROM revision WHERE kind = 'pack'"), 5);
    }
    /* The program of before still opens it and takes its own as they are. */
    assert_int_equal(open_with(&store, NULL, &setups, &err), ERR_OK);
    assert_int_equal(warn_days_of(setups, "market-2026", now_2026), 2);
    assert_int_equal(warn_days_of(setups, "market-2026", now_2026 + 1), 4);
    setups_free(setups);
    files_end(&f);
    fixture_end(&store);
}

#define CASES "rules/case-2018.json"

static int case_warn_days_of(struct setups *setups, const char *revision)
{
    const struct setup *s = setup_hold(setups);
    int days = pack_deadline(&setup_case_flow(s, revision)->acts, "D7")->warn_days;

    setup_letgo(setups, s);
    return days;
}

/* Cases go on under the life that they were filed under. */
static void the_life_of_cases_is_kept(void **state)
{
    struct fixture store;
    struct setups *setups;
    struct files f;
    struct err err;

    (void)state;
    fixture_start(&store);
    assert_int_equal(open_with(&store, NULL, &setups, &err), ERR_OK);
    setups_free(setups);
    files_start(&f);
    change(&f, CASES, "\"warn_days\": 5", "\"warn_days\": 9");
    assert_int_equal(open_with(&store, &f, &setups, &err), ERR_INVALID);
    assert_string_equal(err.items[0].code, "same_revision");
    assert_non_null(strstr(err.items[0].field, "case-2018"));
    change(&f, CASES, "\"revision\": \"2\"", "\"revision\": \"3\"");
    assert_int_equal(open_with(&store, &f, &setups, &err), ERR_OK);
    assert_int_equal(case_warn_days_of(setups, "2"), 5);
    assert_int_equal(case_warn_days_of(setups, "3"), 9);
    assert_int_equal(case_warn_days_of(setups, NULL), 9); /* filed before cases kept it */
    setups_free(setups);
    /* The program of before goes on with what it knows, and keeps what came meanwhile. */
    assert_int_equal(open_with(&store, NULL, &setups, &err), ERR_OK);
    assert_int_equal(case_warn_days_of(setups, "3"), 9);
    assert_int_equal(case_warn_days_of(setups, NULL), 5);
    setups_free(setups);
    {
        OP(op, &store);
        assert_int_equal(number_of(op, "SELECT count(*) FROM revision WHERE kind = 'flow'"), 2);
        assert_int_equal(findings_of(op, err.why, sizeof err.why), 0);
    }
    files_end(&f);
    fixture_end(&store);
}

static void packs_of_a_family_do_not_overlap(void **state)
{
    struct fixture store;
    struct setups *setups;
    struct files f;
    struct err err;

    (void)state;
    fixture_start(&store);
    files_start(&f);
    change(&f, P2020, "\"valid_to\": \"2026-04-14\"", "\"valid_to\": \"2026-04-15\"");
    assert_int_equal(open_with(&store, &f, &setups, &err), ERR_INVALID);
    assert_string_equal(err.items[0].code, "overlap");
    assert_non_null(strstr(err.items[0].field, "rules/market-2020.json: valid_from"));
    {
        OP(op, &store);
        assert_int_equal(number_of(op, "SELECT count(*) FROM revision"), 0);
    }
    files_end(&f);
    fixture_end(&store);
}

static void add_the_bureau(struct fixture *store, struct setups *setups)
{
    static const struct body_draft bureau = {
        .code = "420202", .kind = "bureau", .name_zh = "县局", .name_en = "Bureau"};
    struct err err = {0};
    OP(op, store);

    op->setup = setup_hold(setups);
    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    assert_int_equal(body_add(op, &bureau), ERR_OK);
    setup_letgo(setups, op->setup);
    assert_int_equal(setups_reload(setups, &err), ERR_OK);
}

/* A complaint told and filed away, received under the newest revision. */
static void add_filed_away(struct op *op, date_t day)
{
    struct changes *ch = changes_new(op);
    struct matter m = {.id = matter_id_make(date_month_index(day), 1),
                       .number = "N1",
                       .kind = "complaint",
                       .version = 1,
                       .status = "archived",
                       .outcome = "settled",
                       .body = "420202",
                       .officer = MATTER_NONE,
                       .first_officer = MATTER_NONE,
                       .channel = "phone",
                       .waiting_for = "nobody",
                       .next_due = MATTER_NONE,
                       .rating = MATTER_NONE,
                       .pack = "market-2026",
                       .pack_revision = 6,
                       .detail = json_object()};

    m.received_at = m.registered_at = instant_of_date(day - 9, op->zone_min);
    m.ended_at = instant_of_date(day - 5, op->zone_min);
    matter_save(op, ch, NULL, &m);
    json_decref(m.detail);
    assert_int_equal(store_apply(op, ch, QUEUE_BULK), ERR_OK);
}

/* Under a revision that lets a matter filed away take no call it stays as it is, and its visit
 * alone keeps the result. */
static void filed_away_under_another_revision(void **state)
{
    static const struct visit_result result = {.result = "reached", .satisfaction = 5};
    date_t day = date_parse("2026-06-10");
    struct fixture store;
    struct setups *setups;
    struct files f;
    struct err err;
    int64_t n, id;

    (void)state;
    fixture_start(&store);
    files_start(&f);
    change(&f, P2026, "\"from\": [\"disclosed\", \"exempt\", \"archived\"], \"act\": \"follow_up\"",
           "\"from\": [\"accepted\"                       ], \"act\": \"follow_up\"");
    assert_int_equal(open_with(&store, &f, &setups, &err), ERR_OK);
    add_the_bureau(&store, setups);
    {
        OP(op, &store);
        op->zone_min = ZONE_CHINA_MIN;
        op->now_ms = instant_of_date(day, ZONE_CHINA_MIN);
        op->setup = setup_hold(setups);
        op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
        add_filed_away(op, day);
        assert_int_equal(visits_draw_day(op, day, &n), ERR_OK);
        assert_int_equal(n, 1);
        id = number_of(op, "SELECT id FROM record WHERE kind = 'visit'");
        op->actor = (struct actor){.kind = ACTOR_OFFICER,
                                   .officer_id = 1,
                                   .body = "420202",
                                   .body_path = setup_body(op->setup, "420202")->path,
                                   .roles = ROLE_SUPERVISOR};
        assert_int_equal(visit_record(op, id, &result, 1), ERR_OK);
        assert_int_equal(number_of(op, "SELECT version FROM matter"), 1);
        assert_int_equal(number_of(op, "SELECT count(*) FROM matter WHERE rating IS NULL"), 1);
        assert_int_equal(number_of(op, "SELECT count(*) FROM record WHERE kind = 'visit' AND "
                                       "status = 'reached'"),
                         1);
        setup_letgo(setups, op->setup);
    }
    setups_free(setups);
    files_end(&f);
    fixture_end(&store);
}

static struct actor officer_as(const struct op *op, int64_t id)
{
    return (struct actor){.kind = ACTOR_OFFICER,
                          .officer_id = id,
                          .body = "420202",
                          .body_path = setup_body(op->setup, "420202")->path,
                          .roles = ROLE_HANDLER | ROLE_SUPERVISOR | ROLE_LEADER};
}

/* One act; the JSON of its input is given with its reference. */
static enum err_code acts(struct op *op, int64_t id, const char *act, json_t *input)
{
    struct record r;
    enum err_code rc;

    assert_non_null(input);
    err_clear(&op->err);
    rc = case_act(op, id, act, input, ANY_VERSION, &r);
    record_release(&r);
    json_decref(input);
    return rc;
}

static int64_t add_officer(struct op *op, const char *name)
{
    const struct officer_draft draft = {
        .name = name, .display = name, .body = "420202", .roles = ROLE_HANDLER};
    int64_t id;

    assert_int_equal(officer_add(op, &draft, &id), ERR_OK);
    return id;
}

static int64_t decided_case(struct op *op, int64_t first, int64_t second)
{
    struct record r;
    json_t *input =
        json_pack("{s:s, s:s, s:s}", "source", "inspection", "business", "店", "facts", "过期");
    int64_t id;

    assert_int_equal(case_make(op, input, &r), ERR_OK);
    id = r.id;
    record_release(&r);
    json_decref(input);
    assert_int_equal(
        acts(op, id, "assign",
             json_pack("{s:I, s:I}", "first", (json_int_t)first, "second", (json_int_t)second)),
        ERR_OK);
    assert_int_equal(acts(op, id, "start", json_object()), ERR_OK);
    assert_int_equal(acts(op, id, "submit", json_pack("{s:s}", "text", "x")), ERR_OK);
    assert_int_equal(
        acts(op, id, "notice", json_pack("{s:s, s:s}", "served_on", "2026-06-10", "text", "x")),
        ERR_OK);
    assert_int_equal(
        acts(op, id, "statement", json_pack("{s:s, s:s}", "choice", "none", "text", "x")), ERR_OK);
    assert_int_equal(
        acts(op, id, "decide",
             json_pack("{s:i, s:s, s:s}", "fine_fen", 100, "discretion", "usual", "text", "x")),
        ERR_OK);
    return id;
}

static json_t *served(const char *day)
{
    return json_pack("{s:s, s:s}", "served_on", day, "how", "public_notice");
}

/* A decision that reaches nobody is served when its public notice has run for 30 days, on that day
 * and not sooner. 2026-06-10 and 30 days: Friday 10 July. */
static void served_by_public_notice(void **state)
{
    struct fixture store;
    struct setups *setups;
    struct err err;
    date_t day = date_parse("2026-06-10");

    (void)state;
    fixture_start(&store);
    assert_int_equal(open_with(&store, NULL, &setups, &err), ERR_OK);
    add_the_bureau(&store, setups);
    {
        int64_t id, first, second;
        OP(op, &store);
        op->zone_min = ZONE_CHINA_MIN;
        op->now_ms = instant_of_date(day, ZONE_CHINA_MIN) + 36000000;
        op->setup = setup_hold(setups);
        op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
        first = add_officer(op, "first");
        second = add_officer(op, "second");
        op->actor = officer_as(op, first);
        id = decided_case(op, first, second);
        assert_int_equal(acts(op, id, "serve", served("2026-06-10")), ERR_NOT_ALLOWED);
        assert_int_equal(acts(op, id, "post_notice",
                              json_pack("{s:s, s:s, s:s}", "posted_on", "2026-06-10", "place", "栏",
                                        "text", "x")),
                         ERR_OK);
        op->now_ms = instant_of_date(day + 30, ZONE_CHINA_MIN) + 36000000;
        assert_int_equal(acts(op, id, "serve", served("2026-07-10")), ERR_NOT_ALLOWED);
        op->now_ms = instant_of_date(day + 32, ZONE_CHINA_MIN) + 36000000;
        assert_int_equal(acts(op, id, "serve", served("2026-07-11")), ERR_INVALID);
        assert_string_equal(op->err.items[0].field, "served_on");
        assert_non_null(strstr(op->err.items[0].en, "2026-07-10"));
        assert_int_equal(acts(op, id, "serve", served("2026-07-10")), ERR_OK);
        assert_int_equal(number_of(op, "SELECT count(*) FROM record WHERE kind = 'case' AND "
                                       "status = 'served'"),
                         1);
        setup_letgo(setups, op->setup);
    }
    setups_free(setups);
    fixture_end(&store);
}

/* ---- keeping for a time ---- */

static bool say_finding(void *arg, const char *table, int64_t record, const char *what)
{
    (void)arg;
    print_message("finding: %s %lld %s\n", table, (long long)record, what);
    return true;
}

static int64_t rebuild_findings(struct op *op)
{
    struct verify_counts counts = {0};

    assert_int_equal(verify_rebuild(op, say_finding, NULL, &counts), ERR_OK);
    return counts.findings;
}

static int64_t filed(struct op *op, const char *kind)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct receipt receipt;

    filing = json_pack("{s:s, s:s, s:s, s:b, s:{s:s, s:s, s:s}, s:{s:s, s:s}}", "kind", kind,
                       "channel", "phone", "facts", "刘婷买的金项链短重", "truthful", 1, "consumer",
                       "name", "刘婷", "phone", "13800001234", "address", "文昌路5号", "respondent",
                       "name", "瑞缘金行", "address", "东门路1号");
    assert_non_null(filing);
    if (strcmp(kind, "complaint") == 0)
        json_object_set_new(filing, "demands", json_pack("[s]", "refund"));
    if (matter_receive(op, filing, &m, &receipt) != ERR_OK)
        fail_msg("%s %s", op->err.why, op->err.n_items == 0 ? "" : op->err.items[0].field);
    return receipt.id;
}

/* A picture sent with it, then the end: what attach and the acts of the pack leave. */
static void attached_and_ended(struct op *op, int64_t id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0}, end = {0};
    struct evidence_kept kept = {.type = evidence_type(op->setup->evidence, "image/png"),
                                 .answer.found = MEDIA_PICTURE};
    struct changes *ch = changes_new(op);

    assert_int_equal(blob_put(op, "original", 8, &kept.original), ERR_OK);
    assert_int_equal(blob_put(op, "large", 5, &kept.large), ERR_OK);
    assert_int_equal(blob_put(op, "thumb", 5, &kept.thumb), ERR_OK);
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(matter_load(op, snap, id, &m), ERR_OK);
    matter_copy(&m, &before);
    draft_begin(op, &d, &m, "attach", op->now_ms);
    draft_text(&d, "name", "小票.png");
    draft_detail(&d, "files",
                 json_pack("[o]", evidence_state(&kept, m.version + 1, op->now_ms, 0)));
    assert_int_equal(draft_record(&d, ch), ERR_OK);
    evidence_add_rows(op, ch, id, &kept);
    draft_begin(op, &end, &m, "archive", op->now_ms);
    draft_set(&end, "status", json_string(m.secret ? "closed" : "archived"));
    draft_set(&end, "open", json_integer(0));
    draft_set(&end, "ended_at", json_integer(op->now_ms));
    draft_set(&end, "waiting_for", json_string("nobody"));
    assert_int_equal(draft_record(&end, ch), ERR_OK);
    matter_save(op, ch, &before, &m);
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
}

static void put_setting(struct op *op, struct setups *setups, const char *name, const char *value)
{
    assert_int_equal(setting_put(op, name, value), ERR_OK);
    setup_letgo(setups, op->setup);
    assert_int_equal(setups_reload(setups, &op->err), ERR_OK);
    op->setup = setup_hold(setups);
}

static int64_t purged_on(struct op *op, const char *day)
{
    int64_t n;

    op->now_ms = instant_of_date(date_parse(day), ZONE_CHINA_MIN) + 36000000;
    assert_int_equal(retention_purge(op, 100, &n), ERR_OK);
    return n;
}

/* What an officer reads on the page of a matter and in its timeline. */
static void page_of(struct op *op, int64_t id, struct buf *page)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct actor before = op->actor;
    struct json_writer w;

    json_begin(&w, page);
    op->actor = officer_as(op, 1);
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(matter_load(op, snap, id, &m), ERR_OK);
    assert_true(matter_purged(&m));
    json_array_begin(&w);
    assert_int_equal(view_matter(op, snap, &m, &w), ERR_OK);
    assert_int_equal(view_events(op, snap, &m, &w), ERR_OK);
    json_array_end(&w);
    op->actor = before;
}

static int64_t texts_of(struct op *op, int64_t id)
{
    return number_of(op, arena_printf(op->arena, "SELECT count(*) FROM text WHERE record = %lld",
                                      (long long)id));
}

/* Three complaints and a report of 10 June 2026. Without a term nothing goes; with five years they
 * go on 11 June 2031 and not on the tenth, but for the one on hold; one still open stays. Nothing
 * of who filed them is left, the files are forgotten, and the record is whole. Four years later
 * what was written goes too. */
static void kept_for_a_time(void **state)
{
    struct fixture store;
    struct setups *setups;
    struct err err;

    (void)state;
    fixture_start(&store);
    assert_int_equal(open_with(&store, NULL, &setups, &err), ERR_OK);
    add_the_bureau(&store, setups);
    {
        int64_t ids[4], hold;
        char number[NUMBER_TEXT];
        OP(op, &store);
        op->zone_min = ZONE_CHINA_MIN;
        op->now_ms = instant_of_date(date_parse("2026-06-10"), ZONE_CHINA_MIN) + 36000000;
        op->setup = setup_hold(setups);
        op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
        for (size_t i = 0; i < 4; i++)
            ids[i] = filed(op, i == 3 ? "report" : "complaint");
        for (size_t i = 1; i < 4; i++)
            attached_and_ended(op, ids[i]);
        assert_int_equal(number_of(op, "SELECT count(*) FROM blob"), 9);
        assert_int_equal(rebuild_findings(op), 0);
        assert_int_equal(purged_on(op, "2066-01-01"), 0);

        assert_int_equal(setting_put(op, "retention.years", "market-2026"), ERR_INVALID);
        assert_int_equal(setting_put(op, "retention.years", "none=4"), ERR_INVALID);
        assert_int_equal(setting_put(op, "retention.years", "market-2026=5/4"), ERR_INVALID);
        assert_int_equal(number_format(ids[2], op->setup->number_key, number, &op->err), ERR_OK);
        put_setting(op, setups, "retention.years", "market-2020=9, market-2026=5");
        op->actor = officer_as(op, 1);
        assert_int_equal(hold_put(op, "2606-x", "涉诉", &hold), ERR_INVALID);
        assert_int_equal(hold_put(op, number, "涉诉", &hold), ERR_OK);
        op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
        assert_int_equal(purged_on(op, "2031-06-10"), 0);
        assert_int_equal(purged_on(op, "2031-06-11"), 2);
        assert_int_equal(purged_on(op, "2031-06-12"), 0);

        assert_int_equal(number_of(op, "SELECT count(*) FROM person"), 2);
        assert_int_equal(number_of(op, "SELECT count(*) FROM reporter"), 0);
        assert_int_equal(number_of(op, "SELECT count(*) FROM blob"), 3);
        assert_int_equal(number_of(op, "SELECT count(*) FROM scan"), 1);
        assert_int_equal(number_of(op, "SELECT count(*) FROM event WHERE act = 'purge'"), 2);
        assert_int_equal(number_of(op, "SELECT count(*) FROM matter WHERE consumer = ''"), 1);
        assert_int_equal(rebuild_findings(op), 0);
        assert_clean(op);
        {
            CLEANUP(buf_release) struct buf page = BUF_UP_TO(1 << 20);

            page_of(op, ids[1], &page);
            assert_non_null(strstr(buf_text(&page), "\"consumer\":null"));
            assert_non_null(strstr(buf_text(&page), "\"state\":\"purged\""));
            assert_non_null(strstr(buf_text(&page), "清除个人信息和证据"));
            assert_null(strstr(buf_text(&page), "13800001234"));
        }
        op->actor = officer_as(op, 1);
        assert_int_equal(hold_lift(op, hold, "判决生效", 1), ERR_OK);
        op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
        assert_int_equal(purged_on(op, "2031-06-12"), 1);
        assert_int_equal(rebuild_findings(op), 0);
        put_setting(op, setups, "retention.years", "market-2026=5/9");
        assert_int_equal(purged_on(op, "2035-06-10"), 0);
        assert_int_equal(purged_on(op, "2035-06-11"), 3);
        assert_int_equal(purged_on(op, "2035-06-12"), 0);
        assert_int_equal(number_of(op, "SELECT count(*) FROM matter WHERE title = ''"), 2);
        for (size_t i = 1; i < 4; i++)
            assert_int_equal(texts_of(op, ids[i]), 0);
        assert_true(texts_of(op, ids[0]) > 0);
        assert_int_equal(rebuild_findings(op), 0);
        assert_clean(op);
        setup_letgo(setups, op->setup);
    }
    setups_free(setups);
    fixture_end(&store);
}

static void last_days_of_keeping(void **state)
{
    (void)state;
    assert_int_equal(retention_last_day(date_parse("2026-06-10"), 5), date_parse("2031-06-10"));
    assert_int_equal(retention_last_day(date_parse("2024-02-29"), 3), date_parse("2027-02-28"));
    assert_int_equal(retention_last_day(date_parse("2024-02-29"), 4), date_parse("2028-02-29"));
    for (date_t day = date_parse("2026-01-01"); day < date_parse("2029-06-01"); day++) {
        date_t cut = retention_cut(day, 3);

        assert_true(retention_last_day(cut, 3) < day);
        assert_true(retention_last_day(cut + 1, 3) >= day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(used_packs_are_kept),
        cmocka_unit_test(the_life_of_cases_is_kept),
        cmocka_unit_test(packs_of_a_family_do_not_overlap),
        cmocka_unit_test(filed_away_under_another_revision),
        cmocka_unit_test(served_by_public_notice),
        cmocka_unit_test(last_days_of_keeping),
        cmocka_unit_test(kept_for_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
