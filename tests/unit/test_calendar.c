/* Is every day of the notices read as it was published? */
#include "unit/rules_fixture.h"

#include <string.h>

static void days_have_their_kind(void **state)
{
    static const struct {
        const char *date;
        enum day_kind kind;
        const char *name;
        bool provisional;
    } rows[] = {
        {"2026-01-01", DAY_STATUTORY, "元旦", false},
        {"2026-01-03", DAY_ADJUSTED_OFF, "元旦", false},
        {"2026-01-04", DAY_ADJUSTED_WORK, "元旦", false},
        {"2026-02-14", DAY_ADJUSTED_WORK, "春节", false},
        {"2026-02-15", DAY_ADJUSTED_OFF, "春节", false},
        {"2026-02-16", DAY_STATUTORY, "春节", false},
        {"2026-02-19", DAY_STATUTORY, "春节", false},
        {"2026-02-20", DAY_ADJUSTED_OFF, "春节", false},
        {"2026-02-28", DAY_ADJUSTED_WORK, "春节", false},
        {"2026-04-05", DAY_STATUTORY, "清明节", false},
        {"2026-05-02", DAY_STATUTORY, "劳动节", false},
        {"2026-05-03", DAY_ADJUSTED_OFF, "劳动节", false},
        {"2026-06-19", DAY_STATUTORY, "端午节", false},
        {"2026-09-20", DAY_ADJUSTED_WORK, "国庆节", false},
        {"2026-10-04", DAY_ADJUSTED_OFF, "国庆节", false},
        {"2026-10-10", DAY_ADJUSTED_WORK, "国庆节", false},
        {"2026-10-11", DAY_WEEKEND, "周日", false},
        {"2026-10-12", DAY_WORK, "周一", false},
        {"2024-05-02", DAY_ADJUSTED_OFF, "劳动节", false},
        {"2008-02-06", DAY_STATUTORY, "春节", false},
        {"2007-05-03", DAY_STATUTORY, "劳动节", false},
        {"2027-01-01", DAY_STATUTORY, "元旦", true},
        {"2027-02-08", DAY_WORK, "周一", true},
        {"2027-05-02", DAY_STATUTORY, "劳动节", true},
        {"2027-10-09", DAY_WEEKEND, "周六", true},
        {"2006-12-30", DAY_ADJUSTED_WORK, "元旦", false},
        {"2006-10-02", DAY_STATUTORY, "国庆节", true},
        {"1980-01-01", DAY_STATUTORY, "元旦", true},
        {"2099-10-01", DAY_STATUTORY, "国庆节", true},
    };
    struct calendar *cal = shipped_calendar();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct calendar_day d = calendar_day(cal, day(rows[i].date));
        if (d.kind != rows[i].kind || strcmp(d.name.zh, rows[i].name) != 0 ||
            d.provisional != rows[i].provisional)
            fail_msg("%s: %s %s%s", rows[i].date, day_kind_name(d.kind), d.name.zh,
                     d.provisional ? " provisional" : "");
        assert_int_equal(calendar_is_working(cal, day(rows[i].date)),
                         d.kind == DAY_WORK || d.kind == DAY_ADJUSTED_WORK);
        assert_int_equal(calendar_is_provisional(cal, day(rows[i].date)), rows[i].provisional);
        assert_true(d.name.en[0] != '\0');
    }
    calendar_free(cal);
}

static void years_have_their_working_days(void **state)
{
    struct calendar *cal = shipped_calendar();

    (void)state;
    assert_int_equal(calendar_first_year(cal), 2007);
    assert_int_equal(calendar_last_year(cal), 2026);
    assert_int_equal(calendar_working_days_in_year(cal, 2024), 251);
    assert_int_equal(calendar_working_days_in_year(cal, 2025), 248);
    assert_int_equal(calendar_working_days_in_year(cal, 2026), 248);
    for (int year = 2007; year <= 2026; year++) {
        int n = 0;
        assert_non_null(calendar_paper(cal, year));
        for (date_t d = date_from_ymd(year, 1, 1); d <= date_from_ymd(year, 12, 31); d++)
            n += calendar_is_working(cal, d);
        assert_int_equal(calendar_working_days_in_year(cal, year), n);
        assert_in_range(n, 246, 254);
    }
    assert_null(calendar_paper(cal, 2027));
    assert_string_equal(calendar_id(cal), "cn");
    assert_non_null(strstr(calendar_source(cal), "holiday-cn"));
    calendar_free(cal);
}

static void counting_between_days(void **state)
{
    struct calendar *cal = shipped_calendar();
    date_t from = day("2026-09-30");

    (void)state;
    assert_int_equal(calendar_working_days_between(cal, from, from), 0);
    assert_int_equal(calendar_working_days_between(cal, from, day("2026-10-07")), 0);
    assert_int_equal(calendar_working_days_between(cal, from, day("2026-10-10")), 3);
    assert_int_equal(calendar_working_days_between(cal, day("2026-10-10"), from), -3);
    assert_int_equal(calendar_add_working_days(cal, from, 1), day("2026-10-08"));
    assert_int_equal(calendar_add_working_days(cal, from, 7), day("2026-10-15"));
    /* across the border of the table, counted one by one */
    assert_int_equal(calendar_working_days_between(cal, day("2069-12-25"), day("2070-01-08")), 9);
    calendar_free(cal);
}

static void load_fault(const char *json, const char *field)
{
    struct calendar *cal = NULL;
    struct err err = {0};

    assert_int_not_equal(calendar_load(json, strlen(json), &cal, &err), ERR_OK);
    assert_null(cal);
    assert_true(err.n_items > 0);
    for (size_t i = 0; i < err.n_items; i++) {
        if (strcmp(err.items[i].field, field) == 0)
            return;
    }
    fail_msg("no item for %s; first is %s: %s", field, err.items[0].field, err.items[0].en);
}

#define HEAD                                                                                       \
    "{\"id\":\"x\",\"revision\":\"1\",\"name\":{\"zh\":\"甲\",\"en\":\"a\"},\"source\":\"s\","    \
    "\"fixed\":[],\"years\":[{\"year\":2030,\"papers\":[\"p\"],\"holidays\":[{"                    \
    "\"name\":{\"zh\":\"元旦\",\"en\":\"New Year\"},"
#define AT "years.0.holidays.0."

static void faults_are_named(void **state)
{
    (void)state;
    load_fault("{", "");
    load_fault("{\"id\":\"x\",\"colour\":1}", "colour");
    load_fault(HEAD "\"off\":[\"2030-13-01\"]}]}]}", AT "off.0");
    load_fault(HEAD "\"off\":[\"2031-03-01\"]}]}]}", AT "off.0");
    load_fault(HEAD "\"off\":[[\"2030-01-03\",\"2030-01-01\"]]}]}]}", AT "off.0");
    load_fault(HEAD "\"work\":[\"2030-01-01\"]}]}]}", AT "work.0");
    load_fault(HEAD "\"off\":[\"2030-01-05\"],\"work\":[\"2030-01-05\"]}]}]}", AT "work.0");
    load_fault(HEAD "\"on\":[]}]}]}", AT "on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_have_their_kind),
        cmocka_unit_test(years_have_their_working_days),
        cmocka_unit_test(counting_between_days),
        cmocka_unit_test(faults_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
