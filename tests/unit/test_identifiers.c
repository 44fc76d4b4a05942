/* Identifiers, numbers, codes and calculators: the vectors of RULES sections 2.8, 6 and 10. */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

#include "rules/codes.h"
#include "rules/compensation.h"
#include "rules/identifiers.h"
#include "rules/number.h"

static void uscc_vectors(void **state)
{
    static const struct {
        const char *text;
        enum id_fault fault;
        int position;
    } rows[] = {
        {"91350100M000100Y43", ID_OK, 0},
        {"91110000000000000E", ID_OK, 0},
        {"91330300MA0000007C", ID_OK, 0},
        {"11330300MB00000001", ID_OK, 0},
        {"52310000MJ000000XA", ID_OK, 0},
        {"911100000000004570", ID_OK, 0}, /* sum divides by 31: the check is 0, not 31 */
        {"91350100m000100y43", ID_OK, 0},
        {" 9135 0100 M000 100Y 43 ", ID_OK, 0},
        {"91350100M000100Y44", ID_CHECK, 18},
        {"91350100M000100I43", ID_CHARACTER, 16},
        {"91350100M000100Y4", ID_LENGTH, 0},
        {"91350100M000100Y433", ID_LENGTH, 0},
        {"9135010AM000100Y43", ID_CHARACTER, 8},
        {"", ID_EMPTY, 0},
        {"统一社会信用代码", ID_LENGTH, 0},
        {"统一社会信用", ID_CHARACTER, 1}, /* 18 bytes */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uscc u = uscc_check(rows[i].text);
        if (u.fault != rows[i].fault || u.position != rows[i].position)
            fail_msg("%s: %s at %d", rows[i].text, id_fault_name(u.fault), u.position);
        assert_int_equal(u.why.zh == NULL, u.fault == ID_OK);
        if (u.fault == ID_OK)
            assert_int_equal(strlen(u.normal), 18);
    }
    assert_true(uscc_check("52310000MJ000000XA").org_check_fits); /* check X */
    assert_true(uscc_check("91350100M000100Y43").org_check_fits);
    assert_string_equal(uscc_check("91350100M000100Y43").division, "350100");
    assert_int_equal(uscc_check(NULL).fault, ID_EMPTY);
}

static void citizen_id_vectors(void **state)
{
    static const struct {
        const char *text;
        enum id_fault fault;
        const char *normal;
        bool female;
    } rows[] = {
        {"11010519491231002X", ID_OK, "11010519491231002X", true},
        {"440524188001010014", ID_OK, "440524188001010014", false},
        {"33030219900101003X", ID_OK, "33030219900101003X", false},
        {"330302199001010013", ID_OK, "330302199001010013", false},
        {"110101200002290018", ID_OK, "110101200002290018", false}, /* leap day */
        {"810000199001010019", ID_OK, "810000199001010019", false}, /* Hong Kong */
        {"11010519491231002x", ID_OK, "11010519491231002X", true},
        {"110105491231002", ID_OK, "11010519491231002X", true},
        {"110101190002290011", ID_DATE, "", false}, /* the check fits, the day does not exist */
        {"330302199001010014", ID_CHECK, "", false},
        {"3303021990010100133", ID_LENGTH, "", false},
        {"33030219900101X013", ID_CHARACTER, "", false},
        {"990302199001010013", ID_DIVISION, "", false},
        {"110105491331002", ID_DATE, "", false},
        {"", ID_EMPTY, "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct citizen_id c = citizen_id_check(rows[i].text);
        if (c.fault != rows[i].fault || strcmp(c.normal, rows[i].normal) != 0 ||
            c.female != rows[i].female)
            fail_msg("%s: %s %s", rows[i].text, id_fault_name(c.fault), c.normal);
        assert_int_equal(c.why.zh == NULL, c.fault == ID_OK);
    }
    assert_true(citizen_id_check("810000199001010019").resident);
    assert_true(citizen_id_check("110105491231002").upgraded);
    assert_int_equal(citizen_id_check("110101200002290018").birth, day("2000-02-29"));
    assert_int_equal(citizen_id_check_on("110101200002290018", day("2000-02-28")).fault, ID_DATE);
    assert_int_equal(citizen_id_check(NULL).fault, ID_EMPTY);
}

static void phone_vectors(void **state)
{
    static const struct {
        const char *text;
        enum id_fault fault;
        enum phone_kind kind;
        const char *normal;
    } rows[] = {
        {"13800002046", ID_OK, PHONE_MOBILE, "13800002046"},
        {"138 0000 2046", ID_OK, PHONE_MOBILE, "13800002046"},
        {"+86 138-0000-2046", ID_OK, PHONE_MOBILE, "13800002046"},
        {"008613800002046", ID_OK, PHONE_MOBILE, "13800002046"},
        {"0714-6512345", ID_OK, PHONE_LANDLINE, "07146512345"},
        {"(010) 62345678", ID_OK, PHONE_LANDLINE, "01062345678"},
        {"（0714）6512345转801", ID_OK, PHONE_LANDLINE, "07146512345"},
        {"6512345", ID_OK, PHONE_LANDLINE, "6512345"},
        {"400-820-8820", ID_OK, PHONE_SERVICE, "4008208820"},
        {"12315", ID_OK, PHONE_SERVICE, "12315"},
        {"1380000204", ID_LENGTH, PHONE_NONE, ""},
        {"138000020466", ID_LENGTH, PHONE_NONE, ""},
        {"12800002046", ID_FORM, PHONE_NONE, ""},
        {"123", ID_FORM, PHONE_NONE, ""},
        {"call me", ID_CHARACTER, PHONE_NONE, ""},
        {"99999999999999999999999999999999999", ID_FORM, PHONE_NONE, ""},
        {"", ID_EMPTY, PHONE_NONE, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct phone p = phone_check(rows[i].text);
        if (p.fault != rows[i].fault || p.kind != rows[i].kind ||
            strcmp(p.normal, rows[i].normal) != 0)
            fail_msg("%s: %s %d %s", rows[i].text, id_fault_name(p.fault), p.kind, p.normal);
    }
    assert_int_equal(phone_check("1380000204").digits, 10);
}

/* ---- printed numbers ---- */

static const unsigned char key[NUMBER_KEY_BYTES] = "a key of thirty-two bytes, yes!";

static void print_number(int64_t id, char text[NUMBER_TEXT])
{
    assert_int_equal(number_format(id, key, text, NULL), ERR_OK);
}

static void numbers_come_back(void **state)
{
    static const int64_t sequences[] = {0, 1, 2, 99998, 99999, 100000, 100001, 12345678, 99999999};
    static const int months[] = {0, 11, 12, 321, 1199};
    char text[NUMBER_TEXT], other[NUMBER_TEXT];
    static bool seen[100000];

    (void)state;
    for (size_t m = 0; m < sizeof months / sizeof months[0]; m++)
        for (size_t s = 0; s < sizeof sequences / sizeof sequences[0]; s++) {
            int64_t id = matter_id_make(months[m], sequences[s]), back = -1;
            assert_int_equal(number_format(id, key, text, NULL), ERR_OK);
            assert_int_equal(strlen(text), sequences[s] < 100000 ? 12 : 15);
            assert_int_equal(number_parse(text, key, &back, NULL), ERR_OK);
            assert_int_equal(back, id);
        }
    /* a permutation: every sequence of a month has its own number */
    for (int64_t s = 0; s < 100000; s++) {
        unsigned n = 0;
        assert_int_equal(number_format(matter_id_make(321, s), key, text, NULL), ERR_OK);
        for (int i = 5; i < 10; i++)
            n = n * 10 + (unsigned)(text[i] - '0');
        assert_false(seen[n]);
        seen[n] = true;
    }
    assert_memory_equal(text, "2610-", 5);
    print_number(matter_id_make(321, 1), text);
    print_number(matter_id_make(322, 1), other);
    assert_string_not_equal(text + 5, other + 5);
    assert_int_equal(number_format(matter_id_make(1200, 1), key, text, NULL), ERR_INVALID);
    assert_int_equal(number_format(matter_id_make(1, 100000000), key, text, NULL), ERR_INVALID);
    assert_int_equal(number_format(-1, key, text, NULL), ERR_INVALID);
}

static void neighbours_are_far(void **state)
{
    int adjacent = 0;
    long last = 0;

    (void)state;
    for (int64_t s = 0; s < 2000; s++) {
        char text[NUMBER_TEXT], five[6] = {0};
        long n;
        assert_int_equal(number_format(matter_id_make(300, s), key, text, NULL), ERR_OK);
        memcpy(five, text + 5, 5);
        n = strtol(five, NULL, 10);
        adjacent += s > 0 && labs(n - last) <= 10;
        last = n;
    }
    assert_in_range(adjacent, 0, 5); /* 0.4 by chance */
}

static void loose_writing_is_read(void **state)
{
    char text[NUMBER_TEXT], loose[40];
    int64_t id = matter_id_make(321, 4711), back = 0;
    struct err err = {0};

    (void)state;
    print_number(id, text);
    snprintf(loose, sizeof loose, " %.4s %.5s%c ", text, text + 5, text[11] | 0x20);
    assert_int_equal(number_parse(loose, key, &back, NULL), ERR_OK);
    assert_int_equal(back, id);
    snprintf(loose, sizeof loose, "%.4s－%.5s—%c", text, text + 5, text[11]);
    assert_int_equal(number_parse(loose, key, &back, NULL), ERR_OK);
    assert_int_equal(number_parse("", key, &back, &err), ERR_INVALID);
    assert_string_equal(err.items[0].field, "number");
    assert_int_equal(number_parse("2610-1234-A", key, &back, NULL), ERR_INVALID);
    assert_int_equal(number_parse("2610-12345-甲", key, &back, NULL), ERR_INVALID);
    assert_int_equal(number_parse("26101234567890123456789012345", key, &back, NULL), ERR_INVALID);
}

/* Every single wrong character and every swap of neighbours is found. */
static void slips_are_found(void **state)
{
    static const char chars[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const int64_t sequences[] = {1, 77, 4711, 99999, 100000, 31415926};

    (void)state;
    for (size_t s = 0; s < sizeof sequences / sizeof sequences[0]; s++) {
        char text[NUMBER_TEXT], bare[NUMBER_TEXT], wrong[NUMBER_TEXT];
        size_t n = 0;
        int64_t back;
        print_number(matter_id_make(321, sequences[s]), text);
        for (const char *c = text; *c != '\0'; c++) {
            if (*c != '-')
                bare[n++] = *c;
        }
        bare[n] = '\0';
        for (size_t i = 0; i < n; i++) {
            for (const char *c = chars; *c != '\0'; c++) {
                if (*c == bare[i])
                    continue;
                memcpy(wrong, bare, n + 1);
                wrong[i] = *c;
                if (number_parse(wrong, key, &back, NULL) == ERR_OK)
                    fail_msg("%s passes for %s", wrong, bare);
            }
            if (i + 1 < n && bare[i] != bare[i + 1]) {
                memcpy(wrong, bare, n + 1);
                wrong[i] = bare[i + 1];
                wrong[i + 1] = bare[i];
                if (number_parse(wrong, key, &back, NULL) == ERR_OK)
                    fail_msg("%s passes for %s", wrong, bare);
            }
        }
    }
}

/* ---- codes ---- */

static void codes_are_whole(void **state)
{
    static const char *const tables[] = {"categories", "problems",       "demands",
                                         "channels",   "violations",     "themes",
                                         "relations",  "reveal_reasons", "return_reasons"};
    struct codes *codes = NULL;
    struct err err = {0};
    const struct code_table *t;

    (void)state;
    if (codes_load(embedded_packs, NULL, &codes, &err) != ERR_OK)
        fail_msg("%s", err.why);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        t = codes_table(codes, tables[i]);
        if (t == NULL)
            fail_msg("no table %s", tables[i]);
        assert_true(t->n_codes >= 4);
    }
    t = codes_table(codes, "categories");
    assert_string_equal(code_find(t, "goods.vehicle")->label.zh, "交通工具");
    assert_string_equal(code_find(t, "service.fitness")->parent, "service.leisure");
    assert_string_equal(code_by_label(t, "食品")->code, "goods.food");
    assert_null(code_find(t, "goods.dragon"));
    assert_null(code_find(NULL, "goods.food"));
    assert_null(code_find(t, "goods.food")->official);
    assert_string_equal(code_find(codes_table(codes, "channels"), "web")->group, "public");
    assert_null(codes_table(codes, "nothing"));
    codes_free(codes);
}

static void code_faults_are_named(void **state)
{
    static const struct {
        const char *json, *field;
    } rows[] = {
        {"{\"id\":\"x\",\"label\":{\"zh\":\"甲\",\"en\":\"a\"},\"codes\":[{\"code\":\"a\","
         "\"label\":{\"zh\":\"甲\"}}]}",
         "codes/x.json.codes.0.label.en"},
        {"{\"id\":\"x\",\"label\":{\"zh\":\"甲\",\"en\":\"a\"},\"codes\":[{\"code\":\"a\","
         "\"label\":{\"zh\":\"甲\",\"en\":\"a\"},\"parent\":\"b\"}]}",
         "codes/x.json.codes.0.parent"},
        {"{\"id\":\"x\",\"label\":{\"zh\":\"甲\",\"en\":\"a\"},\"codes\":[],\"more\":1}",
         "codes/x.json.more"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct embedded_file files[] = {
            {"codes/x.json", (const unsigned char *)rows[i].json, strlen(rows[i].json)},
            {NULL, NULL, 0},
        };
        struct codes *codes = NULL;
        struct err err = {0};
        assert_int_equal(codes_load(files, NULL, &codes, &err), ERR_INVALID);
        assert_string_equal(err.items[0].field, rows[i].field);
        assert_null(codes);
    }
}

/* ---- calculators ---- */

static void compensation_vectors(void **state)
{
    static const struct {
        const char *rule;
        int64_t price, loss, amount;
        bool minimum;
    } damages[] = {
        {"CPL55", 12000, 0, 50000, true},       {"CPL55", 20000, 0, 60000, false},
        {"FSL148", 1200, 0, 100000, true},      {"FSL148", 15000, 0, 150000, false},
        {"FSL148", 1200, 50000, 150000, false}, {"CPL55", 20000, 900000, 60000, false},
    };
    static const struct {
        int level;
        int64_t imposed, amount;
        bool floor, cap, finance;
    } rewards[] = {
        {1, 8000000, 500000, true, false, false},      {2, 300000000, 9000000, false, false, false},
        {1, 3000000000, 100000000, false, true, true}, {3, 0, 100000, true, false, false},
        {1, 1000000000, 50000000, false, false, true},
    };
    const struct embedded_file *file = shipped("rules/compensation.json");
    struct compensation *c = NULL;
    struct err err = {0};

    (void)state;
    if (compensation_load((const char *)file->data, file->size, &c, &err) != ERR_OK)
        fail_msg("%s", err.why);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct damages d;
        assert_int_equal(damages_compute(compensation_damages(c, damages[i].rule), damages[i].price,
                                         damages[i].loss, &d, NULL),
                         ERR_OK);
        assert_int_equal(d.amount_fen, damages[i].amount);
        assert_int_equal(d.minimum, damages[i].minimum);
    }
    for (size_t i = 0; i < sizeof rewards / sizeof rewards[0]; i++) {
        struct reward w;
        assert_int_equal(reward_compute(compensation_reward(c, "RWD"), rewards[i].level,
                                        rewards[i].imposed, &w, NULL),
                         ERR_OK);
        assert_int_equal(w.amount_fen, rewards[i].amount);
        assert_true(w.floor == rewards[i].floor && w.cap == rewards[i].cap &&
                    w.finance_approval == rewards[i].finance);
    }
    assert_int_equal(
        damages_compute(compensation_damages(c, "CPL55"), -1, 0, &(struct damages){0}, NULL),
        ERR_INVALID);
    assert_int_equal(
        damages_compute(compensation_damages(c, "CPL55"), INT64_MAX, 0, &(struct damages){0}, NULL),
        ERR_INVALID);
    assert_int_equal(reward_compute(compensation_reward(c, "RWD"), 4, 0, &(struct reward){0}, NULL),
                     ERR_INVALID);
    assert_null(compensation_damages(c, "nothing"));
    compensation_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uscc_vectors),          cmocka_unit_test(citizen_id_vectors),
        cmocka_unit_test(phone_vectors),         cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(neighbours_are_far),    cmocka_unit_test(loose_writing_is_read),
        cmocka_unit_test(slips_are_found),       cmocka_unit_test(codes_are_whole),
        cmocka_unit_test(code_faults_are_named), cmocka_unit_test(compensation_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
