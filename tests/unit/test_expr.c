/* Do expressions give what they say, and is every slip in one found with its place? */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "rules/expr.h"

/* ---- what the expressions name ---- */

static const char *const colours[] = {"red", "amber", "green"};
static const char *const cell_codes[] = {"in", "out"};
static const struct expr_name weight_members[] = {{.name = "value", .kind = VALUE_NUMBER},
                                                  {.name = "unit", .kind = VALUE_TEXT}};
static const struct expr_name columns[] = {
    {.name = "n", .kind = VALUE_NUMBER},
    {.name = "way", .kind = VALUE_TEXT, .codes = cell_codes, .n_codes = 2},
    {.name = "on", .kind = VALUE_DATE},
    {.name = "weight", .kind = VALUE_FILLED, .members = weight_members, .n_members = 2},
};
static const struct expr_name names[] = {
    {.name = "a", .kind = VALUE_NUMBER},
    {.name = "b", .kind = VALUE_NUMBER},
    {.name = "none", .kind = VALUE_NUMBER},
    {.name = "huge", .kind = VALUE_NUMBER},
    {.name = "colour", .kind = VALUE_TEXT, .codes = colours, .n_codes = 3},
    {.name = "word", .kind = VALUE_TEXT},
    {.name = "no_word", .kind = VALUE_TEXT},
    {.name = "yes", .kind = VALUE_BOOL},
    {.name = "unknown", .kind = VALUE_BOOL},
    {.name = "from", .kind = VALUE_DATE},
    {.name = "to", .kind = VALUE_DATE},
    {.name = "no_day", .kind = VALUE_DATE},
    {.name = "at", .kind = VALUE_INSTANT},
    {.name = "until", .kind = VALUE_INSTANT},
    {.name = "list", .kind = VALUE_LIST, .codes = colours, .n_codes = 3},
    {.name = "person", .kind = VALUE_FILLED},
    {.name = "t", .kind = VALUE_FILLED, .table = true, .members = columns, .n_members = 4},
    {.name = "u", .kind = VALUE_FILLED, .table = true, .members = columns, .n_members = 4},
    {.name = "plan", .kind = VALUE_TEXT},
    {.name = "weight", .kind = VALUE_FILLED, .members = weight_members, .n_members = 2},
};

static const struct expr_name *linked(void *arg, const char *field, const char *name)
{
    static const struct expr_name target = {.name = "target", .kind = VALUE_NUMBER};

    (void)arg;
    return strcmp(field, "plan") == 0 && strcmp(name, "target") == 0 ? &target : NULL;
}

static const struct expr_scope scope = {
    .names = names, .n_names = sizeof names / sizeof names[0], .linked = linked};

static struct value of_text(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text};
}

static struct value of_day(const char *text)
{
    return (struct value){.kind = VALUE_DATE, .date = date_parse(text)};
}

/* Three rows of t: n 1.5 in 2026-03-01 2 kg; n empty out 2026-02-01 3 kg; n 4 in 2026-05-01 -; u
 * has none. */
static struct value of_row(const struct expr_at *at)
{
    static const char *const days[] = {"2026-03-01", "2026-02-01", "2026-05-01"};

    if (at->member == &columns[0])
        return at->row == 1 ? (struct value){0} : value_number(at->row == 0 ? 15000 : 40000);
    if (at->member == &columns[1])
        return of_text(at->row == 1 ? "out" : "in");
    if (at->member == &columns[2])
        return of_day(days[at->row]);
    if (at->row == 2)
        return (struct value){0};
    return at->deeper == &weight_members[0] ? value_whole(at->row == 0 ? 2 : 3) : of_text("kg");
}

static void look_up(void *arg, const struct expr_at *at, struct value *ret)
{
    const char *n = at->name->name;
    const json_t *list = arg;
    int64_t ms = 0;

    *ret = (struct value){0};
    if (at->name->table)
        *ret = of_row(at);
    else if (strcmp(n, "a") == 0)
        *ret = value_whole(7);
    else if (strcmp(n, "b") == 0)
        *ret = value_number(25000);
    else if (strcmp(n, "huge") == 0)
        *ret = value_number(INT64_MAX);
    else if (strcmp(n, "colour") == 0)
        *ret = of_text("amber");
    else if (strcmp(n, "word") == 0)
        *ret = of_text("江川");
    else if (strcmp(n, "yes") == 0)
        *ret = (struct value){.kind = VALUE_BOOL, .truth = true};
    else if (strcmp(n, "from") == 0)
        *ret = of_day("2026-01-31");
    else if (strcmp(n, "to") == 0)
        *ret = of_day("2026-02-28");
    else if (strcmp(n, "list") == 0)
        *ret = (struct value){.kind = VALUE_LIST, .list = list};
    else if (strcmp(n, "person") == 0)
        *ret = (struct value){.kind = VALUE_FILLED};
    else if (at->member != NULL)
        *ret = at->member == &weight_members[0] ? value_number(125000) : of_text("kg");
    else if (strcmp(n, "at") == 0 || strcmp(n, "until") == 0) {
        assert_true(
            instant_parse(n[0] == 'a' ? "2026-03-14T22:30:00+08:00" : "2026-03-16T01:00:00+08:00",
                          ZONE_CHINA_MIN, &ms));
        *ret = (struct value){.kind = VALUE_INSTANT, .number = ms};
    }
}

static size_t rows(void *arg, const struct expr_name *table)
{
    (void)arg;
    return strcmp(table->name, "t") == 0 ? 3 : 0;
}

static void link_to(void *arg, const char *field, const char *name, struct value *ret)
{
    (void)arg;
    (void)field;
    (void)name;
    *ret = value_whole(500);
}

static void in_words(const struct value *v, bool fine, char ret[64])
{
    char text[DECIMAL_TEXT];

    if (!fine) {
        snprintf(ret, 64, "%s", "beyond");
        return;
    }
    switch (v->kind) {
    case VALUE_EMPTY:
        snprintf(ret, 64, "%s", "empty");
        break;
    case VALUE_NUMBER:
        decimal_format(v->number, 4, text);
        snprintf(ret, 64, "%s", text);
        for (size_t n = strlen(ret); ret[n - 1] == '0' || ret[n - 1] == '.'; n--) {
            bool point = ret[n - 1] == '.';

            ret[n - 1] = '\0';
            if (point)
                break;
        }
        break;
    case VALUE_BOOL:
        snprintf(ret, 64, "%s", v->truth ? "true" : "false");
        break;
    case VALUE_DATE:
        date_format(v->date, text);
        snprintf(ret, 64, "%s", text);
        break;
    case VALUE_TEXT:
        snprintf(ret, 64, "%s", v->text);
        break;
    case VALUE_INSTANT:
    case VALUE_LIST:
    case VALUE_FILLED:
        snprintf(ret, 64, "%s", "other");
        break;
    }
}

static const struct row {
    const char *text, *gives;
} right[] = {
    /* arithmetic */
    {"1 + 2", "3"},
    {"a - 10", "-3"},
    {"2 + 3 * 4", "14"},
    {"(2 + 3) * 4", "20"},
    {"10 - 3 - 2", "5"},
    {"100 / 10 / 2", "5"},
    {"-a + 1", "-6"},
    {"- (a + 1)", "-8"},
    {"a * b", "17.5"},
    {"a / 3", "2.3333"},
    {"2 / 3", "0.6667"},
    {"-2 / 3", "-0.6667"},
    {"0.0001 * 0.5", "0.0001"},
    {"-0.0001 * 0.5", "-0.0001"},
    {"a / 0", "empty"},
    {"0 / 0", "empty"},
    {"0.1 + 0.2 = 0.3", "true"},
    {"a + none", "empty"},
    {"none * 0", "empty"},
    {"huge + 1", "beyond"},
    {"huge * 2", "beyond"},
    {"huge / 0.5", "beyond"},
    {"0 - huge - 1", "beyond"},
    {"huge - huge", "0"},
    {"abs(3 - a)", "4"},
    {"abs(none)", "empty"},
    {"round(2.45, 1)", "2.5"},
    {"round(-2.45, 1)", "-2.5"},
    {"round(2.5)", "3"},
    {"round(2.4444, 3)", "2.444"},
    {"round(a, 9)", "empty"},
    {"min(a, b, 3)", "2.5"},
    {"max(a, b)", "7"},
    {"max(a, none)", "empty"},
    {"max(from, to)", "2026-02-28"},
    {"min(from, to)", "2026-01-31"},
    /* comparison */
    {"a = 7", "true"},
    {"a != 7", "false"},
    {"a > b and b > 0", "true"},
    {"a <= 7", "true"},
    {"a >= 7.0001", "false"},
    {"none = 7", "empty"},
    {"none != 7", "empty"},
    {"colour = \"amber\"", "true"},
    {"colour != \"red\"", "true"},
    {"\"green\" = colour", "false"},
    {"word = \"江川\"", "true"},
    {"no_word = \"x\"", "empty"},
    {"yes = true", "true"},
    {"from < to", "true"},
    {"from = \"2026-01-31\"", "true"},
    {"\"2026-02-01\" > from", "true"},
    {"at < until", "true"},
    {"at = \"2026-03-14\"", "true"},
    {"colour in [\"red\", \"amber\"]", "true"},
    {"colour in [\"red\"]", "false"},
    {"no_word in [\"x\"]", "empty"},
    {"a in [1, 7, -2]", "true"},
    /* conditions */
    {"true", "true"},
    {"not yes", "false"},
    {"not unknown", "empty"},
    {"unknown and false", "false"},
    {"false and unknown", "false"},
    {"unknown and yes", "empty"},
    {"unknown or yes", "true"},
    {"yes or unknown", "true"},
    {"unknown or false", "empty"},
    {"true or false and false", "true"},
    {"not yes or yes", "true"},
    {"not (yes and yes)", "false"},
    {"false and huge + 1 > 0", "false"},
    {"if(yes, a, b)", "7"},
    {"if(a < 3, a, b)", "2.5"},
    {"if(unknown, a, b)", "empty"},
    {"if(yes, \"x\", word)", "x"},
    {"if(yes, a, 1 / 0)", "7"},
    {"if(yes, from, \"2026-12-31\")", "2026-01-31"},
    {"default(none, 0) + a", "7"},
    {"default(a, 0)", "7"},
    {"empty(none)", "true"},
    {"empty(a)", "false"},
    {"empty(person)", "false"},
    {"empty(t)", "false"},
    {"empty(u)", "true"},
    {"empty(a + none)", "true"},
    {"has(list, \"red\")", "true"},
    {"has(list, \"amber\")", "false"},
    {"count(list)", "2"},
    {"rank(colour)", "2"},
    {"rank(colour) <= 2", "true"},
    /* members and tables */
    {"weight.value * 2", "25"},
    {"weight.unit = \"kg\"", "true"},
    {"sum(t.n)", "5.5"},
    {"sum(u.n)", "0"},
    {"count(t)", "3"},
    {"count(u)", "0"},
    {"count(t.way = \"in\")", "2"},
    {"count(t.n > 2)", "1"},
    {"sum(t.n, t.way = \"in\")", "5.5"},
    {"sum(t.n, t.way = \"out\")", "0"},
    {"sum(t.n * 2 + 1)", "13"},
    {"sum(t.weight.value)", "5"},
    {"sum(t.weight.value, t.weight.unit = \"kg\")", "5"},
    {"min(t.n)", "1.5"},
    {"max(t.n, t.way = \"out\")", "empty"},
    {"max(t.on)", "2026-05-01"},
    {"min(u.on)", "empty"},
    {"sum(t.n) + count(t) * a", "26.5"},
    {"same_quantities(t.weight, t.weight)", "true"},
    {"same_quantities(t.weight, u.weight)", "false"},
    {"same_quantities(u.weight, u.weight)", "true"},
    {"same_text(\"Ａ b\", \"aB \")", "true"},
    {"same_text(\"12315\", \"１２３１５\")", "true"},
    {"same_text(word, \"　江 川\")", "true"},
    {"same_text(word, \"江\")", "false"},
    {"same_text(no_word, \"x\")", "empty"},
    {"count(same_text(t.way, \"IN\"))", "2"},
    /* days */
    {"days(from, to)", "28"},
    {"days(to, from)", "-28"},
    {"days(from, no_day)", "empty"},
    {"days(at, until)", "2"},
    {"hours(at, until)", "26.5"},
    {"workdays(\"2026-09-30\", \"2026-10-10\")", "3"},
    {"add_days(from, 1)", "2026-02-01"},
    {"add_days(from, 0 - 31)", "2025-12-31"},
    {"add_days(from, 0.5)", "empty"},
    {"add_days(from, 1000000)", "empty"},
    {"add_workdays(\"2026-09-30\", 3)", "2026-10-10"},
    {"add_workdays(from, 0)", "2026-01-31"},
    {"add_workdays(from, 0 - 1)", "empty"},
    {"add_months(from, 1)", "2026-02-28"},
    {"add_months(from, 13)", "2027-02-28"},
    {"add_months(from, 0 - 1)", "2025-12-31"},
    {"add_months(from, 0 - 13)", "2024-12-31"},
    {"year(from)", "2026"},
    {"month(at)", "3"},
    {"year(no_day)", "empty"},
    /* links */
    {"link(plan, target) - a", "493"},
};

static const struct wrong_row {
    const char *text, *code;
    int at; /* the character named */
} wrong[] = {
    {"1 +", "syntax", 4},
    {"", "syntax", 1},
    {"(a", "syntax", 3},
    {"a b", "syntax", 3},
    {"a = = 3", "syntax", 5},
    {"1 < 2 < 3", "syntax", 7},
    {"\"open", "syntax", 1},
    {"a ; b", "syntax", 3},
    {"1.23456", "syntax", 1},
    {"99999999999999999999", "syntax", 1},
    {"nothing + 1", "unknown_name", 1},
    {"weight.colour", "unknown_name", 8},
    {"a.value", "unknown_name", 3},
    {"frob(a)", "unknown_name", 1},
    {"colour = \"blue\"", "unknown_name", 10},
    {"colour in [\"red\", \"blue\"]", "unknown_name", 19},
    {"has(list, \"blue\")", "unknown_name", 11},
    {"link(plan, nothing)", "unknown_name", 12},
    {"link(a, target)", "unknown_name", 9},
    {"a + word", "type", 5},
    {"word + a", "type", 1},
    {"word < \"x\"", "type", 1},
    {"a = \"x\"", "type", 5},
    {"from = 3", "type", 8},
    {"from = \"2026-02-30\"", "type", 8},
    {"not a", "type", 5},
    {"a and yes", "type", 1},
    {"yes and a", "type", 9},
    {"yes = 1", "type", 7},
    {"if(a, 1, 2)", "type", 4},
    {"if(yes, 1, word)", "type", 12},
    {"if(yes, list, list)", "type", 9},
    {"t.n + 1", "type", 1},
    {"sum(a)", "type", 1},
    {"sum(t.way)", "type", 5},
    {"count(t.n)", "type", 7},
    {"count(a)", "type", 7},
    {"sum(t.n + u.n)", "type", 11},
    {"sum(sum(t.n) + t.n)", "type", 5},
    {"person = person", "type", 1},
    {"list = list", "type", 1},
    {"rank(word)", "type", 6},
    {"same_text(a, word)", "type", 11},
    {"same_quantities(t.n, u.weight)", "type", 17},
    {"same_quantities(weight, u.weight)", "type", 17},
    {"same_quantities(t.weight)", "syntax", 25},
    {"days(a, to)", "type", 6},
    {"hours(from, to)", "type", 7},
    {"has(colour, \"red\")", "type", 5},
    {"days(from)", "syntax", 1},
    {"if(yes, 1)", "syntax", 1},
    {"person", "type", 1},
    {"江 + 1", "syntax", 1},
    {"a + 江", "syntax", 5},
};

static const struct expr *parse(struct arena *arena, const char *text, enum value_kind kind,
                                struct err *err)
{
    struct reader r;
    const struct expr *e;

    err_clear(err);
    reader_init(&r, arena, err);
    e = expr_parse(&r, text, kind, &scope);
    assert_true((e == NULL) == r.failed);
    return e;
}

static void each_gives_what_it_says(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 24);
    struct calendar *calendar = shipped_calendar();
    json_t *list = json_pack("[s,s]", "red", "green");
    struct expr_env env = {.lookup = look_up,
                           .rows = rows,
                           .link = link_to,
                           .arg = list,
                           .calendar = calendar,
                           .zone_min = ZONE_CHINA_MIN};
    size_t n = sizeof right / sizeof right[0];

    (void)state;
    assert_true(n >= 80);
    for (size_t i = 0; i < n; i++) {
        struct err err;
        const struct expr *e = parse(arena, right[i].text, VALUE_EMPTY, &err);
        struct value v;
        char words[64];
        bool fine;

        if (e == NULL)
            fail_msg("%s: %s", right[i].text, err.why);
        fine = expr_eval(e, &env, &v);
        in_words(&v, fine, words);
        if (strcmp(words, right[i].gives) != 0)
            fail_msg("%s gives %s, not %s", right[i].text, words, right[i].gives);
        assert_string_equal(expr_text(e), right[i].text);
    }
    json_decref(list);
    calendar_free(calendar);
}

static void each_slip_is_named(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 24);

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err err;
        char place[32];

        if (parse(arena, wrong[i].text, VALUE_EMPTY, &err) != NULL)
            fail_msg("%s was taken", wrong[i].text);
        snprintf(place, sizeof place, "Character %d:", wrong[i].at);
        assert_int_equal(err.n_items, 1);
        if (strcmp(err.items[0].code, wrong[i].code) != 0 ||
            strncmp(err.items[0].en, place, strlen(place)) != 0)
            fail_msg("%s: %s %s", wrong[i].text, err.items[0].code, err.items[0].en);
    }
}

/* Length, depth and the kind that is wanted. */
static void limits(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 24);
    char text[2200];
    struct err err;

    (void)state;
    memset(text, '(', 40);
    snprintf(text + 40, sizeof text - 40, "1");
    assert_null(parse(arena, text, VALUE_EMPTY, &err));
    assert_string_equal(err.items[0].code, "too_deep");
    memset(text, '(', 30);
    text[30] = '1';
    memset(text + 31, ')', 30);
    text[61] = '\0';
    assert_non_null(parse(arena, text, VALUE_NUMBER, &err));
    for (size_t i = 0; i < 40; i++)
        memcpy(text + 4 * i, "not ", 4);
    snprintf(text + 160, sizeof text - 160, "yes");
    assert_null(parse(arena, text, VALUE_EMPTY, &err));
    assert_string_equal(err.items[0].code, "too_deep");
    memset(text, ' ', 2100);
    text[2100] = '\0';
    assert_null(parse(arena, text, VALUE_EMPTY, &err));
    assert_string_equal(err.items[0].code, "too_long");
    for (size_t i = 0; i < 900; i++)
        memcpy(text + 2 * i, "1+", 2);
    memcpy(text + 1800, "1", 2);
    assert_null(parse(arena, text, VALUE_EMPTY, &err));
    assert_string_equal(err.items[0].code, "too_long");
    assert_null(parse(arena, "a", VALUE_BOOL, &err));
    assert_null(parse(arena, "a = 1", VALUE_NUMBER, &err));
    assert_non_null(parse(arena, "at", VALUE_DATE, &err));
    assert_non_null(parse(arena, "\"2026-01-01\"", VALUE_DATE, &err));
}

/* ---- against an evaluation of its own ---- */

/* A random expression of whole numbers with + - * and parentheses, and its value by 128-bit
 * arithmetic done while it is written. False once a step goes beyond int64 in 1/10,000. */
static bool grow(struct buf *b, unsigned *seed, int depth, __int128 *ret)
{
    __int128 one, other, limit = (__int128)INT64_MAX / NUMBER_ONE;
    bool fine;
    int op;

    if (depth == 0 || rand_r(seed) % 4 == 0) {
        int n = rand_r(seed) % 10000;

        buf_addf(b, "%d", n);
        *ret = n;
        return true;
    }
    op = rand_r(seed) % 3;
    buf_addc(b, '(');
    fine = grow(b, seed, depth - 1, &one);
    buf_addf(b, " %c ", "+-*"[op]);
    fine &= grow(b, seed, depth - 1, &other);
    buf_addc(b, ')');
    if (!fine)
        return false;
    *ret = op == 0 ? one + other : op == 1 ? one - other : one * other;
    return *ret <= limit && *ret >= -limit;
}

static void agrees_with_plain_arithmetic(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
    struct expr_env env = {.lookup = look_up};
    unsigned seed = 20260315;
    int beyond = 0;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        CLEANUP(buf_release) struct buf b = BUF_UP_TO(1900);
        struct err err;
        const struct expr *e;
        struct value v;
        __int128 expected = 0;
        bool fine;

        arena_reset(arena);
        fine = grow(&b, &seed, 5, &expected);
        e = parse(arena, buf_text(&b), VALUE_NUMBER, &err);
        assert_non_null(e);
        assert_int_equal(expr_eval(e, &env, &v), fine);
        beyond += !fine;
        if (fine && v.number != (int64_t)(expected * NUMBER_ONE))
            fail_msg("%s", buf_text(&b));
    }
    assert_true(beyond > 0); /* both outcomes came up */
}

static void decimals(void **state)
{
    static const struct {
        const char *text;
        int64_t number;
    } rows_of[] = {{"0", 0},      {"12.50", 125000}, {"-3", -30000},
                   {"0.0001", 1}, {"-0.5", -5000},   {"922337203685477.5807", INT64_MAX}};
    static const char *const no[] = {
        "", ".5", "5.", "1.23456", "1e3", "+1", " 1", "1.2.3", "--1", "１", "922337203685477.5808",
        "-"};
    char text[DECIMAL_TEXT];
    int64_t n;

    (void)state;
    for (size_t i = 0; i < sizeof rows_of / sizeof rows_of[0]; i++) {
        assert_true(decimal_parse(rows_of[i].text, &n));
        assert_true(n == rows_of[i].number);
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (decimal_parse(no[i], &n))
            fail_msg("'%s' was taken", no[i]);
    decimal_format(1248499, 1, text);
    assert_string_equal(text, "124.8");
    decimal_format(-500, 1, text);
    assert_string_equal(text, "-0.1");
    decimal_format(9995, 2, text);
    assert_string_equal(text, "1.00");
    /* 624 batches against 500, 236 of 624 failed (INVENTORY 4.4). */
    decimal_format(number_quotient(624, 500, 100, 1).number, 1, text);
    assert_string_equal(text, "124.8");
    decimal_format(number_quotient(236, 624, 100, 1).number, 1, text);
    assert_string_equal(text, "37.8");
    assert_int_equal(number_quotient(1, 0, 100, 1).kind, VALUE_EMPTY);
    assert_int_equal(number_quotient(INT64_MAX, 1, 100, 1).kind, VALUE_EMPTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_gives_what_it_says),
        cmocka_unit_test(each_slip_is_named),
        cmocka_unit_test(limits),
        cmocka_unit_test(decimals),
        cmocka_unit_test(agrees_with_plain_arithmetic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
