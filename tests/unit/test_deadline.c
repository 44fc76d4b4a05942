/* Is every due date of RULES section 5 the one the law gives? */
#include "unit/rules_fixture.h"

#include <string.h>

#include "rules/deadline.h"

static struct deadline_rule rule(int length, enum deadline_unit unit, enum deadline_roll roll)
{
    struct deadline_rule r = {
        .id = "X",
        .length = length,
        .unit = unit,
        .roll = roll,
        .pauses_excluded = true,
        .warn_days = 2,
    };

    return r;
}

struct vector {
    const char *start;
    int length;
    enum deadline_unit unit;
    enum deadline_roll roll;
    const char *pause_from, *pause_to;
    const char *raw, *due;
};

#define WD7(start, due)                                                                            \
    {                                                                                              \
        start, 7, UNIT_WD, ROLL_ANY_OFFDAY, NULL, NULL, due, due                                   \
    }
#define WD(start, n, due)                                                                          \
    {                                                                                              \
        start, n, UNIT_WD, ROLL_ANY_OFFDAY, NULL, NULL, due, due                                   \
    }
#define ND(start, n, raw, due)                                                                     \
    {                                                                                              \
        start, n, UNIT_ND, ROLL_ANY_OFFDAY, NULL, NULL, raw, due                                   \
    }
#define FIN(start, n, due)                                                                         \
    {                                                                                              \
        start, n, UNIT_ND, ROLL_NONE, NULL, NULL, due, due                                         \
    }

static const struct vector vectors[] = {
    WD7("2026-04-30", "2026-05-13"),
    WD7("2026-04-18", "2026-04-28"),
    WD7("2026-02-13", "2026-03-02"),
    WD7("2026-02-14", "2026-03-03"),
    WD7("2026-09-18", "2026-09-29"),
    WD7("2026-09-29", "2026-10-14"),
    WD7("2026-09-30", "2026-10-15"),
    WD7("2025-12-31", "2026-01-12"),
    WD7("2025-01-20", "2025-02-05"),
    WD("2026-09-21", 10, "2026-10-12"),
    WD("2026-09-21", 15, "2026-10-19"),
    WD("2026-09-21", 30, "2026-11-09"),
    {"2026-09-21", 15, UNIT_WD, ROLL_ANY_OFFDAY, "2026-10-09", "2026-10-20", "2026-10-30",
     "2026-10-30"},
    WD("2026-03-02", 45, "2026-05-08"),
    ND("2026-03-02", 60, "2026-05-01", "2026-05-06"),
    ND("2026-08-05", 60, "2026-10-04", "2026-10-08"),
    ND("2026-04-20", 60, "2026-06-19", "2026-06-22"),
    ND("2026-07-01", 60, "2026-08-30", "2026-08-31"),
    FIN("2026-07-01", 60, "2026-08-30"),
    {"2026-06-01", 60, UNIT_ND, ROLL_ANY_OFFDAY, "2026-06-20", "2026-07-09", "2026-08-20",
     "2026-08-20"},
    ND("2026-09-28", 60, "2026-11-27", "2026-11-27"),
    FIN("2026-09-20", 15, "2026-10-05"),
    FIN("2026-11-21", 15, "2026-12-06"),
    FIN("2026-11-21", 30, "2026-12-21"),
    FIN("2026-11-21", 60, "2027-01-20"),
    ND("2026-05-15", 90, "2026-08-13", "2026-08-13"),
    ND("2026-05-15", 120, "2026-09-12", "2026-09-14"),
    /* a holiday moves the day, an ordinary Sunday does not */
    {"2026-03-02", 60, UNIT_ND, ROLL_STATUTORY, NULL, NULL, "2026-05-01", "2026-05-06"},
    {"2026-07-01", 60, UNIT_ND, ROLL_STATUTORY, NULL, NULL, "2026-08-30", "2026-08-30"},
};

static void every_worked_example(void **state)
{
    struct calendar *cal = shipped_calendar();

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const struct vector *v = &vectors[i];
        struct deadline_rule r = rule(v->length, v->unit, v->roll);
        struct pause p = {0, 0};
        struct deadline_due due;
        struct err err = {0};
        char raw[DATE_TEXT], rolled[DATE_TEXT];

        if (v->pause_from != NULL)
            p = (struct pause){day(v->pause_from), day(v->pause_to)};
        assert_int_equal(
            deadline_compute(&r, day(v->start), &p, v->pause_from != NULL, 0, cal, &due, &err),
            ERR_OK);
        date_format(due.due_raw, raw);
        date_format(due.due, rolled);
        if (strcmp(raw, v->raw) != 0 || strcmp(rolled, v->due) != 0)
            fail_msg("%s + %d %s: %s / %s, want %s / %s", v->start, v->length,
                     deadline_unit_name(v->unit), raw, rolled, v->raw, v->due);
        assert_int_equal(due.provisional, due.due >= day("2027-01-01"));
    }
    calendar_free(cal);
}

/* The walk that explains agrees with the walk that computes, for every start of three years. */
static void explanation_agrees(void **state)
{
    struct calendar *cal = shipped_calendar();
    struct arena *arena = arena_new((size_t)1 << 20);

    (void)state;
    for (date_t start = day("2024-06-01"); start < day("2027-02-01"); start++) {
        struct pause p[2] = {{start + 3, start + 5}, {start + 5, start + 9}};
        struct deadline_rule rules[2] = {rule(7, UNIT_WD, ROLL_ANY_OFFDAY),
                                         rule(60, UNIT_ND, ROLL_ANY_OFFDAY)};
        for (size_t i = 0; i < 4; i++) {
            struct deadline_explanation e;
            struct deadline_due due;
            int number = 0;
            assert_int_equal(
                deadline_compute(&rules[i % 2], start, p, i / 2 * 2, 0, cal, &due, NULL), ERR_OK);
            assert_int_equal(
                deadline_explain(arena, &rules[i % 2], start, p, i / 2 * 2, 0, cal, &e, NULL),
                ERR_OK);
            assert_int_equal(e.due.due, due.due);
            assert_int_equal(e.days[0].kind, DD_START);
            assert_int_equal(e.days[e.n_days - 1].date, due.due);
            assert_int_equal(e.days[e.n_days - 1].kind,
                             due.due == due.due_raw ? DD_LAST : DD_ROLLED);
            for (size_t d = 0; d < e.n_days; d++) {
                if (e.days[d].number > 0)
                    assert_int_equal(e.days[d].number, ++number);
                assert_true(e.days[d].reason.zh[0] != '\0' && e.days[d].reason.en[0] != '\0');
            }
            assert_int_equal(number, rules[i % 2].length);
            assert_int_equal(e.counted + e.skipped + e.paused, due.due_raw - start);
            arena_reset(arena);
        }
    }
    arena_free(arena);
    calendar_free(cal);
}

static void explanation_says_why(void **state)
{
    struct calendar *cal = shipped_calendar();
    struct arena *arena = arena_new((size_t)1 << 20);
    struct deadline_rule r = rule(7, UNIT_WD, ROLL_ANY_OFFDAY);
    struct deadline_explanation e;

    (void)state;
    assert_int_equal(deadline_explain(arena, &r, day("2026-09-30"), NULL, 0, 0, cal, &e, NULL),
                     ERR_OK);
    assert_string_equal(e.question.zh, "为什么是 10月15日（周四）");
    assert_string_equal(
        e.sentence.zh, "9月30日（周三）起算，当天不计，从次日数起。第 7 个工作日是 "
                       "10月15日（周四）。其中国庆节放假和周末共 8 天不计。10月10日（周六）调休上班"
                       "，计入。");
    assert_string_equal(e.days[0].mark, "收");
    assert_string_equal(e.days[1].mark, "休");
    assert_string_equal(e.days[1].why, "statutory");
    assert_string_equal(e.days[10].mark, "班");
    assert_string_equal(e.days[10].why, "make_up");
    assert_string_equal(e.days[11].mark, "日");
    r = rule(60, UNIT_ND, ROLL_ANY_OFFDAY);
    assert_int_equal(deadline_explain(arena, &r, day("2026-08-05"), NULL, 0, 0, cal, &e, NULL),
                     ERR_OK);
    assert_non_null(strstr(e.sentence.zh, "第 60 天是 10月4日（周日）"));
    assert_non_null(strstr(e.sentence.zh, "顺延到 10月8日（周四）"));
    assert_non_null(strstr(e.sentence.en, "moves to Thu 8 October"));
    r = rule(7, UNIT_WD, ROLL_ANY_OFFDAY);
    assert_int_equal(deadline_explain(arena, &r, day("2026-12-30"), NULL, 0, 0, cal, &e, NULL),
                     ERR_OK);
    assert_true(e.due.provisional);
    assert_non_null(strstr(e.sentence.zh, "暂定"));
    assert_non_null(strstr(e.sentence.zh, "2027年1月"));
    arena_free(arena);
    calendar_free(cal);
}

static void open_pause_stands_still(void **state)
{
    struct calendar *cal = shipped_calendar();
    struct arena *arena = arena_new((size_t)1 << 20);
    struct deadline_rule r = rule(60, UNIT_ND, ROLL_ANY_OFFDAY);
    struct pause p = {day("2026-06-20"), DATE_NONE};
    struct deadline_due due;
    struct deadline_explanation e;
    struct deadline_state s;

    (void)state;
    assert_int_equal(deadline_compute(&r, day("2026-06-01"), &p, 1, 0, cal, &due, NULL), ERR_OK);
    assert_true(due.paused);
    assert_int_equal(due.due, DATE_NONE);
    assert_int_equal(due.left_at_pause, 42); /* 18 of 60 were counted */
    s = deadline_level(&r, &due, day("2027-01-01"), cal);
    assert_int_equal(s.level, LEVEL_PAUSED);
    assert_int_equal(deadline_explain(arena, &r, day("2026-06-01"), &p, 1, 0, cal, &e, NULL),
                     ERR_OK);
    assert_int_equal(e.n_days, 19);
    assert_non_null(strstr(e.sentence.zh, "还剩 42 天"));
    /* closed again, the days go on: RULES example with 20 days out */
    assert_true(pause_span(day("2026-06-20"), day("2026-07-10"), &p));
    assert_int_equal(deadline_compute(&r, day("2026-06-01"), &p, 1, 0, cal, &due, NULL), ERR_OK);
    assert_int_equal(due.due, day("2026-08-20"));
    assert_false(pause_span(day("2026-06-20"), day("2026-06-20"), &p));
    /* a recusal does not stop a clock that does not exclude pauses */
    r.pauses_excluded = false;
    p = (struct pause){day("2026-06-20"), DATE_NONE};
    assert_int_equal(deadline_compute(&r, day("2026-06-01"), &p, 1, 0, cal, &due, NULL), ERR_OK);
    assert_int_equal(due.due, day("2026-07-31"));
    /* a pause after the last day changes nothing */
    r.pauses_excluded = true;
    p = (struct pause){day("2026-08-20"), DATE_NONE};
    assert_int_equal(deadline_compute(&r, day("2026-06-01"), &p, 1, 0, cal, &due, NULL), ERR_OK);
    assert_false(due.paused);
    assert_int_equal(due.due, day("2026-07-31"));
    arena_free(arena);
    calendar_free(cal);
}

static void extensions_add_up(void **state)
{
    struct calendar *cal = shipped_calendar();
    struct deadline_rule r = rule(15, UNIT_WD, ROLL_ANY_OFFDAY);
    struct deadline_due due;

    (void)state;
    r.extension = 15;
    r.extensions_max = 1;
    assert_int_equal(deadline_compute(&r, day("2026-09-21"), NULL, 0, 0, cal, &due, NULL), ERR_OK);
    assert_int_equal(due.due, day("2026-10-19"));
    assert_int_equal(deadline_compute(&r, day("2026-09-21"), NULL, 0, 1, cal, &due, NULL), ERR_OK);
    assert_int_equal(due.due, day("2026-11-09"));
    assert_int_equal(deadline_compute(&r, day("2026-09-21"), NULL, 0, 2, cal, &due, NULL),
                     ERR_INVALID);
    assert_int_equal(deadline_compute(&r, DATE_NONE, NULL, 0, 0, cal, &due, NULL), ERR_INVALID);
    calendar_free(cal);
}

static void levels(void **state)
{
    static const struct {
        enum deadline_unit unit;
        const char *raw, *due, *today;
        enum deadline_level level;
        int left, wd_left;
    } rows[] = {
        {UNIT_WD, "2026-10-15", "2026-10-15", "2026-09-30", LEVEL_OK, 7, 7},
        {UNIT_WD, "2026-10-15", "2026-10-15", "2026-10-12", LEVEL_OK, 3, 3},
        {UNIT_WD, "2026-10-15", "2026-10-15", "2026-10-13", LEVEL_WARN, 2, 2},
        {UNIT_WD, "2026-10-15", "2026-10-15", "2026-10-15", LEVEL_WARN, 0, 0},
        {UNIT_WD, "2026-10-15", "2026-10-15", "2026-10-16", LEVEL_LATE, -1, -1},
        {UNIT_WD, "2026-10-16", "2026-10-16", "2026-10-17", LEVEL_LATE, -1, -1},
        {UNIT_WD, "2026-10-16", "2026-10-16", "2026-10-20", LEVEL_LATE, -2, -2},
        /* the counted day is a holiday: warn by it, late only behind the rolled day */
        {UNIT_ND, "2026-10-04", "2026-10-08", "2026-09-28", LEVEL_WARN, 10, 3},
        {UNIT_ND, "2026-10-04", "2026-10-08", "2026-10-06", LEVEL_WARN, 2, 1},
        {UNIT_ND, "2026-10-04", "2026-10-08", "2026-10-08", LEVEL_WARN, 0, 0},
        {UNIT_ND, "2026-10-04", "2026-10-08", "2026-10-11", LEVEL_LATE, -3, -2},
    };
    struct calendar *cal = shipped_calendar();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct deadline_rule r = rule(7, rows[i].unit, ROLL_ANY_OFFDAY);
        struct deadline_due due = {day(rows[i].raw), day(rows[i].due), false, false, 0};
        struct deadline_state s = deadline_level(&r, &due, day(rows[i].today), cal);
        if (s.level != rows[i].level || s.left != rows[i].left || s.wd_left != rows[i].wd_left)
            fail_msg("%s on %s: %s %d %d", rows[i].due, rows[i].today, deadline_level_name(s.level),
                     s.left, s.wd_left);
        assert_int_equal(s.today, strcmp(rows[i].today, rows[i].due) == 0);
    }
    calendar_free(cal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_worked_example), cmocka_unit_test(explanation_agrees),
        cmocka_unit_test(explanation_says_why), cmocka_unit_test(open_pause_stands_still),
        cmocka_unit_test(extensions_add_up),    cmocka_unit_test(levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
