/* Importing: every row becomes a matter or a line of the reject file; nothing comes twice. */
#include "tests/store/fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/import.h"
#include "work/staff.h"
#include "work/verify.h"

#define NOW INT64_C(1791855720000) /* 2026-10-13T09:42+08:00 */

struct world {
    struct fixture store;
    struct setups *setups;
    struct op *op;
    struct import_report report;
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
    static const struct body_draft bodies[] = {
        {.code = "420202", .kind = "bureau", .name_zh = "县局", .name_en = "Bureau"},
        {.code = "42020201",
         .parent = "420202",
         .kind = "branch",
         .name_zh = "城关所",
         .name_en = "Branch"},
    };
    struct world *w = calloc(1, sizeof *w);
    struct err err = {0};

    fixture_start(&w->store);
    assert_int_equal(setups_new(w->store.store, embedded_packs, &w->setups, &err), ERR_OK);
    for (int i = 0; i < 2; i++) {
        begin_op(w);
        assert_int_equal(body_add(w->op, &bodies[i]), ERR_OK);
        end_op(w);
        assert_int_equal(setups_reload(w->setups, &err), ERR_OK);
    }
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

static enum err_code run(struct world *w, const struct import_options *options)
{
    enum err_code rc;

    end_op(w); /* an arena of its own for every run */
    begin_op(w);
    rc = import_matters(w->op, options, &w->report);
    if (rc != ERR_OK)
        print_message("%s %s\n", w->op->err.why,
                      w->op->err.n_items > 0 ? w->op->err.items[0].en : "");
    return rc;
}

static struct import_options with(const char *text, const char *map)
{
    return (struct import_options){
        .bytes = text, .size = strlen(text), .map = map, .map_size = strlen(map)};
}

static struct import_options shipped(const char *text, const char *name)
{
    const struct embedded_file *map = import_map_named(embedded_packs, name);

    assert_non_null(map);
    return with(text, (const char *)map->data);
}

static int64_t count(struct world *w, const char *sql)
{
    return number_of(w->op, sql);
}

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "re");
    static char text[65536];
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static bool finding(void *arg, const char *table, int64_t record, const char *what)
{
    (void)arg;
    print_message("%s %lld: %s\n", table, (long long)record, what);
    return true;
}

static void assert_sound(struct world *w)
{
    struct verify_counts counts = {0};

    assert_clean(w->op);
    assert_int_equal(verify_rebuild(w->op, finding, NULL, &counts), ERR_OK);
    assert_int_equal(counts.findings, 0);
}

/* ---- the own layout ---- */

static const char own_rows[] =
    "编号,类型,收到时间,姓名,电话,被投诉单位,内容,要求,类别,金额,结果,办结时间,挐回,办理备注\r\n"
    "A1,投诉,2026-03-02 10:11,刘晓东,13800002046,瑞缘金行,\"手链断了,\n要求退\",退货|修理,首饰,"
    "\"1,280.50\",已达成协议,2026-03-09,,老系统\r\n"
    "A2,投诉,2026-03-03,王芳,1380000,瑞缘金行,电话少了,退货,首饰,10,,,,\r\n"
    "A3,投诉,2026-02-30,王芳,13800002047,瑞缘金行,没有这一天,退货,首饰,10,,,,\r\n"
    "A4,咨询,2026-03-04T08:00:00+08:00,,,,营业执照在哪里查,,,,,,,\r\n"
    "A5,举报,2026/3/5 9:01,,,某小馆,后厨有老鼠,,食品药品,,不予立案,2026年3月9日,,\r\n"
    "A6,投诉,2026-03-06,王芳,13800002047,瑞缘金行,,退货,首饰,10,,,,\r\n"
    "A1,投诉,2026-03-02 10:11,刘晓东,13800002046,瑞缘金行,同一编号,退货,首饰,1,,,,\r\n"
    "A7,投诉,2026-03-06,王芳,13800002047,=瑞缘(金行),金额不对,退货,首饰,-10,,,,\r\n";

/* What no field takes stands on the page as it was. */
static void kept_as_it_was(struct world *w)
{
    CLEANUP(matter_release) struct matter m = {0};
    CLEANUP(json_decrefp) json_t *texts = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    assert_int_equal(matter_load(w->op, snap,
                                 count(w, "SELECT id FROM matter WHERE kind = 'complaint' LIMIT 1"),
                                 &m),
                     ERR_OK);
    assert_int_equal(filing_open(w->op, snap, &m, &texts), ERR_OK);
    assert_string_equal(filing_text(texts, "source.办理备注"), "老系统");
}

static void own_layout(void **state)
{
    struct world *w = *state;
    struct import_options options = shipped(own_rows, "own");
    char rejects[300];

    snprintf(rejects, sizeof rejects, "%s/rejects.csv", w->store.dir);
    options.reject_path = rejects;
    assert_int_equal(run(w, &options), ERR_OK);
    assert_string_equal(w->report.encoding, "UTF-8");
    assert_int_equal(w->report.rows, 8);
    assert_int_equal(w->report.added, 3);
    assert_int_equal(w->report.skipped, 1);
    assert_int_equal(w->report.failed, 4);
    assert_int_equal(w->report.unmatched.n, 1);
    assert_string_equal(w->report.unmatched.list[0].value, "食品药品");
    assert_int_equal(count(w, "SELECT count(*) FROM matter"), 3);
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE kind = 'complaint' AND status = "
                              "'archived' AND outcome = 'settled' AND amount_fen = 128050"),
                     1);
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE kind = 'report' AND status = "
                              "'closed' AND outcome = 'not_filed'"),
                     1);
    /* received under the older rules, which they keep; all three have ended */
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE pack = 'market-2020'"), 3);
    assert_int_equal(count(w, "SELECT count(*) FROM deadline WHERE state = 'running'"), 0);
    assert_true(count(w, "SELECT count(*) FROM deadline WHERE state IN ('met', 'missed')") >= 3);
    assert_non_null(strstr(file_text(rejects), "3,consumer.phone,"));
    assert_non_null(strstr(file_text(rejects), "4,收到时间,"));
    assert_non_null(strstr(file_text(rejects), "7,facts,"));
    assert_non_null(strstr(file_text(rejects), "9,金额,"));
    assert_sound(w);

    kept_as_it_was(w);

    /* again: nothing is added */
    assert_int_equal(run(w, &options), ERR_OK);
    assert_int_equal(w->report.added, 0);
    assert_int_equal(w->report.skipped, 4);
    assert_int_equal(count(w, "SELECT count(*) FROM matter"), 3);
}

/* What the map drops is told and nowhere to be found; what it names and the file lacks is told too.
 */
static void dropped_and_missing(void **state)
{
    struct world *w = *state;
    static const char map[] = "{\"kind\":\"complaint\",\"columns\":{\"no\":\"key\",\"text\":"
                              "\"facts\",\"votes\":\"source\",\"pass\":\"drop\",\"gone\":"
                              "\"title\"}}";
    struct import_options options = with("no,text,votes,pass\n1,秤不准,七票,口令甲乙丙\n", map);
    CLEANUP(matter_release) struct matter m = {0};
    CLEANUP(json_decrefp) json_t *texts = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    char *all;

    assert_int_equal(run(w, &options), ERR_OK);
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.n_dropped, 1);
    assert_string_equal(w->report.dropped[0], "pass");
    assert_int_equal(w->report.n_missing, 1);
    assert_string_equal(w->report.missing[0], "gone");
    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    assert_int_equal(matter_load(w->op, snap, count(w, "SELECT max(id) FROM matter"), &m), ERR_OK);
    assert_int_equal(filing_open(w->op, snap, &m, &texts), ERR_OK);
    assert_string_equal(filing_text(texts, "source.votes"), "七票");
    all = json_dumps(texts, 0);
    assert_null(strstr(all, "口令"));
    free(all);
}

static void json_lines(void **state)
{
    struct world *w = *state;
    static const char lines[] =
        "{\"key\":\"J1\",\"kind\":\"complaint\",\"received_at\":\"2026-05-06T10:00:00+08:00\","
        "\"consumer\":{\"name\":\"刘晓东\",\"phone\":\"13800002046\"},\"respondent\":{\"name\":"
        "\"瑞缘金行\"},\"facts\":\"手链断了\",\"demands\":\"refund\",\"body\":\"城关所\"}\n"
        "{\"key\":\"J2\",\"facts\":12\n"
        "\n"
        "{\"key\":\"J3\",\"facts\":\"没有别的\",\"outcome\":\"answered\"}\n";
    struct import_options options = shipped(lines, "own");

    assert_int_equal(run(w, &options), ERR_OK);
    assert_int_equal(w->report.rows, 3);
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.failed, 2); /* broken JSON; a complaint is not answered */
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE body = '42020201' AND status = "
                              "'assigned'"),
                     1);
    assert_int_equal(count(w, "SELECT count(*) FROM deadline WHERE rule = 'D1'"), 1);
    assert_sound(w);
}

/* ---- encodings ---- */

static void gb18030(void **state)
{
    struct world *w = *state;
    /* "编号,内容" and "B1,商家不给退货" in GB18030 */
    static const char rows[] = "\xb1\xe0\xba\xc5,\xc4\xda\xc8\xdd\n"
                               "B1,\xc9\xcc\xbc\xd2\xb2\xbb\xb8\xf8\xcd\xcb\xbb\xf5\n"
                               "B2,\xff\xff\n";
    struct import_options options = shipped(rows, "own");

    assert_int_equal(run(w, &options), ERR_OK);
    assert_string_equal(w->report.encoding, "GB18030");
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.failed, 1);
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE title = '商家不给退货'"), 1);
}

static void bad_files(void **state)
{
    struct world *w = *state;
    struct import_options options = shipped("", "own");

    assert_int_equal(run(w, &options), ERR_INVALID);
    options = shipped("a,a\n1,2\n", "own");
    assert_int_equal(run(w, &options), ERR_INVALID);
    options = with("a\n1\n", "{\"columns\":{\"a\":\"nonsense\"}}");
    assert_int_equal(run(w, &options), ERR_INVALID);
    options = with("a\n1\n", "{");
    assert_int_equal(run(w, &options), ERR_MALFORMED);
    options = with("a\n\"open\n", "{\"columns\":{\"a\":\"facts\"}}");
    assert_int_equal(run(w, &options), ERR_OK);
    assert_int_equal(w->report.failed, 1);
    w->op->actor.kind = ACTOR_PUBLIC;
    assert_int_not_equal(import_matters(w->op, &options, &w->report), ERR_OK);
}

/* ---- stopping and going on ---- */

static atomic_bool stop_now;

static void stop_after(void *arg, const struct import_report *so_far)
{
    if (so_far->done >= *(const size_t *)arg)
        atomic_store(&stop_now, true);
}

static void cancelled_and_again(void **state)
{
    struct world *w = *state;
    CLEANUP(buf_release) struct buf rows = BUF_UP_TO(1 << 20);
    struct import_options options;
    size_t limit = 1;

    buf_adds(&rows, "key,facts\n");
    for (int i = 0; i < 500; i++)
        buf_addf(&rows, "K%d,第 %d 行的内容\n", i, i);
    options = shipped(buf_text(&rows), "own");
    options.cancel = &stop_now;
    options.progress = stop_after;
    options.arg = &limit;
    assert_int_equal(run(w, &options), ERR_OK);
    assert_true(w->report.cancelled);
    assert_true(w->report.added < 500);
    options.cancel = NULL;
    options.progress = NULL;
    assert_int_equal(run(w, &options), ERR_OK);
    assert_int_equal(w->report.added + w->report.skipped, 500);
    assert_int_equal(count(w, "SELECT count(*) FROM matter"), 500);
    assert_int_equal(count(w, "SELECT count(*) FROM queue WHERE job = 'index'"), 500);
    assert_sound(w);
}

/* ---- killed ---- */

static char *many_rows(int n)
{
    struct buf rows;
    char *text;

    buf_init(&rows, (size_t)8 << 20);
    buf_adds(&rows, "key,facts,consumer.phone,outcome,ended_at,received_at\n");
    for (int i = 0; i < n; i++)
        buf_addf(&rows, "K%d,第 %d 行的内容，很长的一段话,138%08d,settled,2026-03-09,2026-03-01\n",
                 i, i, i);
    text = strdup(buf_text(&rows));
    buf_release(&rows);
    return text;
}

static void tell_parent(void *arg, const struct import_report *so_far)
{
    atomic_store((atomic_size_t *)arg, so_far->done);
}

/* In a process of its own that ends only by being killed or by being done. */
static _Noreturn void import_in_child(struct fixture *f, const char *text, atomic_size_t *done)
{
    struct world w = {.store = *f};
    struct err err = {.code = ERR_OK};
    struct import_options options = shipped(text, "own");

    options.progress = tell_parent;
    options.arg = done;
    if (fixture_open(&w.store, &err) != ERR_OK ||
        setups_new(w.store.store, embedded_packs, &w.setups, &err) != ERR_OK)
        _exit(3);
    begin_op(&w);
    _exit(run(&w, &options) == ERR_OK ? 0 : 4);
}

/* Killed once so many rows are done and a moment more, at another moment each time; the last run is
 * let go to its end, and then every row is there once. */
static void killed_and_again(void **state)
{
    enum { ROWS = 1500, KILLS = 8 };
    struct world *w = *state;
    char *text = many_rows(ROWS);
    atomic_size_t *done =
        mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0, kills = 0;

    assert_ptr_not_equal(done, MAP_FAILED);
    end_op(w); /* the store is for one process: close it for the children */
    setups_free(w->setups);
    fixture_close(&w->store);
    for (int round = 0; round <= KILLS; round++) {
        size_t enough = (size_t)round * ROWS / (KILLS + 1);
        pid_t child;

        atomic_store(done, 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
            import_in_child(&w->store, text, done);
        while (waitpid(child, &status, WNOHANG) == 0) {
            usleep(1000);
            if (round < KILLS && atomic_load(done) > enough) {
                usleep((unsigned)round * 1700 % 9000);
                kill(child, SIGKILL);
            }
        }
        kills += WIFSIGNALED(status);
    }
    munmap(done, sizeof *done);
    assert_true(WIFEXITED(status) && kills >= KILLS / 2);
    assert_int_equal(WEXITSTATUS(status), 0);
    {
        struct err err = {.code = ERR_OK};

        assert_int_equal(fixture_open(&w->store, &err), ERR_OK);
        assert_int_equal(setups_new(w->store.store, embedded_packs, &w->setups, &err), ERR_OK);
    }
    begin_op(w);
    print_message("killed %d times\n", kills);
    assert_int_equal(count(w, "SELECT count(*) FROM matter"), ROWS);
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE status = 'archived'"), ROWS);
    assert_int_equal(count(w, "SELECT count(*) FROM imported"), ROWS);
    assert_sound(w);
    free(text);
}

/* ---- the sets beside the project ---- */

static bool beside(char ret[512], const char *name)
{
    const char *root = getenv("FANGXIN_SHARED");
    struct stat st;

    snprintf(ret, 512, "%s/data/%s", root == NULL ? "../shared" : root, name);
    if (stat(ret, &st) == 0)
        return true;
    print_message("%s is not beside the project: skipped\n", name);
    return false;
}

/* Every column of the file is named by the map: a field, kept as source data, or dropped. */
static void assert_columns_ruled(struct world *w, const char *path, const struct embedded_file *map)
{
    CLEANUP(json_decrefp) json_t *rules = json_loadb((const char *)map->data, map->size, 0, NULL);
    struct import_look look;
    static char head[1 << 20];
    FILE *f = fopen(path, "re");
    size_t n;

    assert_non_null(f);
    assert_non_null(rules);
    n = fread(head, 1, sizeof head, f);
    fclose(f);
    assert_int_equal(import_look(w->op, embedded_packs, head, n, &look), ERR_OK);
    json_decref(look.plan);
    assert_true(look.n_columns > 5);
    for (size_t i = 0; i < look.n_columns; i++)
        if (json_object_get(json_object_get(rules, "columns"), look.columns[i]) == NULL)
            fail_msg("%s: nothing is said of the column %s", path, look.columns[i]);
}

static void real_set(struct world *w, const char *file, const char *map, size_t least)
{
    const struct embedded_file *m = import_map_named(embedded_packs, map);
    char path[512];
    struct import_options options = {
        .path = path, .map = (const char *)m->data, .map_size = m->size};

    if (!beside(path, file))
        skip();
    assert_columns_ruled(w, path, m);
    assert_int_equal(run(w, &options), ERR_OK);
    print_message("%s: %zu rows, %zu added, %zu failed, %zu values without a code\n", file,
                  w->report.rows, w->report.added, w->report.failed, w->report.unmatched.n);
    for (size_t i = 0; i < w->report.n_faults && i < 5; i++)
        print_message("  row %zu %s: %s\n", w->report.faults[i].row, w->report.faults[i].field,
                      w->report.faults[i].reason_en);
    assert_int_equal(w->report.added + w->report.failed, w->report.rows);
    assert_int_equal(w->report.n_missing, 0);
    assert_true(w->report.added >= least && w->report.failed <= w->report.rows / 50);
    assert_int_equal(run(w, &options), ERR_OK);
    assert_int_equal(w->report.added, 0);
}

static void civic_messages(void **state)
{
    real_set(*state, "zh_civic/messages_hot.csv", "messages_hot", 2600);
}

static void site_complaints(void **state)
{
    real_set(*state, "zh_consumer/heimao_complaints.csv", "heimao_complaints", 60);
}

static void cfpb(void **state)
{
    real_set(*state, "en_cfpb/complaints.csv", "cfpb_complaints", 3900);
}

static void looks(void **state)
{
    struct world *w = *state;
    struct import_look look;

    assert_int_equal(import_look(w->op, embedded_packs, own_rows, strlen(own_rows), &look), ERR_OK);
    assert_string_equal(look.map_name, "own");
    assert_string_equal(look.format, "csv");
    assert_int_equal(look.rows, 8);
    assert_int_equal(look.n_columns, 14);
    assert_int_equal(look.n_sample, IMPORT_SAMPLE_ROWS);
    assert_string_equal(look.sample[0][3], "刘晓东");
    assert_string_equal(json_string_value(json_object_get(look.plan, "电话")), "consumer.phone");
    assert_string_equal(json_string_value(json_object_get(look.plan, "办理备注")), "source");
    json_decref(look.plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(own_layout, start, stop),
        cmocka_unit_test_setup_teardown(dropped_and_missing, start, stop),
        cmocka_unit_test_setup_teardown(json_lines, start, stop),
        cmocka_unit_test_setup_teardown(gb18030, start, stop),
        cmocka_unit_test_setup_teardown(bad_files, start, stop),
        cmocka_unit_test_setup_teardown(cancelled_and_again, start, stop),
        cmocka_unit_test_setup_teardown(killed_and_again, start, stop),
        cmocka_unit_test_setup_teardown(looks, start, stop),
        cmocka_unit_test_setup_teardown(civic_messages, start, stop),
        cmocka_unit_test_setup_teardown(site_complaints, start, stop),
        cmocka_unit_test_setup_teardown(cfpb, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
