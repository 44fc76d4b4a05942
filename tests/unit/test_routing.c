/* Does a sentence-like address find its body, and does it stay silent when it should? */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "rules/regions.h"
#include "rules/routing.h"

static const char own_csv[] = "alias,office_code,office_name,confidence,support\n"
                              "花湖镇,HH,花湖市场监管所,0.9,manual\n"
                              "花湖,HH,花湖市场监管所,0.84,manual\n"
                              "花湖步行街,CB,城北市场监管所,1.0,27\n"
                              "石港市花湖镇步行街,CB,城北市场监管所,1.0,12\n"
                              "石港市花湖镇康乐街63号,HH,花湖市场监管所,1.0,3\n"
                              "石港市老广场,CB,城北市场监管所,1.0,6\n"
                              "石港市铝厂三村,TC,铁山市场监管所,1.0,8\n"
                              "石港市云顶超市（个体工商户）,HH,花湖市场监管所,1.0,2\n"
                              "cc-mall,HH,花湖市场监管所,1.0,2\n"
                              "康乐街35-2,HH,花湖市场监管所,1.0,2\n"
                              "商城,CB,城北市场监管所,1.0,3\n"
                              "铝厂,TC,铁山市场监管所,1.0,12\n"
                              "周大明商户,CB,城北市场监管所,1.0,3\n"
                              "坏行,,没有代码,1.0,2\n"
                              "坏行二,HH,花湖市场监管所,1.7,2\n"
                              "坏,HH,花湖市场监管所,1.0,2\n"
                              "坏行三,HH,花湖市场监管所,1.0,many\n";

static struct routing *own(void)
{
    struct routing *r = routing_new();
    struct routing_import counts;
    struct err err = {0};

    assert_non_null(r);
    assert_int_equal(routing_import_csv(r, own_csv, strlen(own_csv), &counts, &err), ERR_OK);
    assert_int_equal(counts.rows, 17);
    assert_int_equal(counts.added, 13);
    assert_int_equal(counts.refused, 4);
    assert_int_equal(counts.first_refused_row, 15);
    assert_int_equal(routing_add_division(r, "420202005", "SJY", "沈家营市场监管所", &err), ERR_OK);
    assert_int_equal(routing_add_division(r, "420202", "JU", "区局", &err), ERR_OK);
    assert_int_equal(routing_add_division(r, "4202", "JU", "区局", &err), ERR_INVALID);
    assert_int_equal(routing_ready(r, &err), ERR_OK);
    return r;
}

static void places_are_found(void **state)
{
    static const struct {
        const char *division, *address, *business, *text;
        const char *body; /* NULL = unsure */
        enum routing_source source;
    } rows[] = {
        {"420202005", "花湖步行街", NULL, NULL, "SJY", ROUTED_STREET},
        {NULL, "我在花湖步行街附近的一家店买的", NULL, NULL, "CB", ROUTED_ADDRESS},
        {NULL, "花湖 步行街１号", NULL, NULL, "CB", ROUTED_ADDRESS},
        {NULL, "花湖镇政府对面", NULL, NULL, "HH", ROUTED_ADDRESS},
        {NULL, "就在花湖", NULL, NULL, "HH", ROUTED_ADDRESS},
        /* entered with the county's name, said without it */
        {NULL, "花湖镇步行街东头", NULL, NULL, "CB", ROUTED_ADDRESS},
        {NULL, "到老广场买的烟花", NULL, NULL, "CB", ROUTED_ADDRESS},
        {NULL, NULL, "云顶超市", NULL, "HH", ROUTED_BUSINESS},
        {NULL, NULL, "周大明黄金", NULL, "CB", ROUTED_BUSINESS},
        {NULL, "CC Mall 二楼", NULL, NULL, "HH", ROUTED_ADDRESS},
        {NULL, "ＣＣ－ＭＡＬＬ", NULL, NULL, "HH", ROUTED_ADDRESS},
        {NULL, NULL, NULL, "上周在铝厂三村门口买了一袋米", "TC", ROUTED_TEXT},
        /* longer numbers are other houses */
        {NULL, "康乐街35-2", NULL, NULL, "HH", ROUTED_ADDRESS},
        {NULL, "康乐街35-21", NULL, NULL, NULL, ROUTED_NOT},
        {NULL, "acc-mall2", NULL, NULL, NULL, ROUTED_NOT},
        /* a short name inside another word is not the place */
        {NULL, "京东商城自营店", NULL, NULL, NULL, ROUTED_NOT},
        {NULL, "花湖路口", NULL, NULL, NULL, ROUTED_NOT},
        {NULL, "在商城二楼", NULL, NULL, "CB", ROUTED_ADDRESS},
        /* where one lives is not where one bought */
        {NULL, "我家住铝厂，在花湖步行街买的鞋", NULL, NULL, "CB", ROUTED_ADDRESS},
        {NULL, "在花湖步行街买的，寄到铝厂三村", NULL, NULL, "CB", ROUTED_ADDRESS},
        /* two places of two bodies, equally long */
        {NULL, "铝厂三村和老广场两家店", NULL, NULL, NULL, ROUTED_NOT},
        {NULL, "铝厂。三村", NULL, NULL, "TC", ROUTED_ADDRESS},
        {"420202", "某处的店", NULL, NULL, "JU", ROUTED_COUNTY},
        {"420202999", "花湖步行街", NULL, NULL, "CB", ROUTED_ADDRESS},
        {"420202", "铝厂三村和老广场两家店", NULL, NULL, NULL, ROUTED_NOT},
        {NULL, "随便一个地方", "没听过的店", "退款", NULL, ROUTED_NOT},
        {NULL, "", "", "", NULL, ROUTED_NOT},
        {NULL, NULL, NULL, NULL, NULL, ROUTED_NOT},
        {NULL, "\xff\xfe花湖步行街", NULL, NULL, "CB", ROUTED_ADDRESS},
    };
    struct routing *r = own();
    struct arena *arena = arena_new((size_t)1 << 20);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct routing_query q = {rows[i].division, rows[i].address, rows[i].business,
                                  rows[i].text};
        struct routing_suggestion s = routing_suggest(r, arena, &q);
        const char *body = s.body != NULL ? s.body : "-";
        if (strcmp(body, rows[i].body != NULL ? rows[i].body : "-") != 0 ||
            s.source != rows[i].source)
            fail_msg("%zu %s: %s from %d: %s", i, rows[i].address, body, s.source, s.reason.zh);
        assert_true(s.reason.zh[0] != '\0' && s.reason.en[0] != '\0');
        assert_true(s.body == NULL || (s.certainty_pct > 50 && s.certainty_pct < 100));
    }
    arena_free(arena);
    routing_free(r);
}

static void reasons_are_words(void **state)
{
    struct routing *r = own();
    struct arena *arena = arena_new((size_t)1 << 20);
    struct routing_query q = {.address = "花湖步行街口"};
    struct routing_query two = {.address = "铝厂三村和老广场"};

    (void)state;
    assert_string_equal(routing_suggest(r, arena, &q).reason.zh,
                        "地址里的“花湖步行街”归城北市场监管所");
    assert_non_null(strstr(routing_suggest(r, arena, &two).reason.zh, "拿不准"));
    arena_free(arena);
    routing_free(r);
}

static void a_body_of_one_street_tells_it(void **state)
{
    struct routing *r = own();
    struct err err = {0};

    (void)state;
    assert_string_equal(routing_only_street(r, "SJY"), "420202005");
    assert_null(routing_only_street(r, "JU")); /* a county is no street */
    assert_null(routing_only_street(r, "HH"));
    assert_null(routing_only_street(r, NULL));
    assert_int_equal(routing_add_division(r, "420202006", "SJY", "沈家营市场监管所", &err), ERR_OK);
    assert_null(routing_only_street(r, "SJY"));
    routing_free(r);
}

/* ---- divisions and their names ---- */

#define COUNTY(code, zh, streets)                                                                  \
    "{\"id\": \"" code "\", \"label\": {\"zh\": \"" zh                                             \
    "\", \"en\": \"x\"}, \"source\": \"made up\", "                                                \
    "\"path\": [{\"code\": \"42\", \"label\": {\"zh\": \"湖北省\", \"en\": \"Hubei\"}}], "      \
    "\"streets\": "                                                                                \
    "[" streets "]}"
#define STREET(code, zh) "{\"code\": \"" code "\", \"label\": {\"zh\": \"" zh "\", \"en\": \"x\"}}"

static struct embedded_file file_of(const char *path, const char *text)
{
    return (struct embedded_file){path, (const unsigned char *)text, strlen(text)};
}

static void addresses_name_streets(void **state)
{
    static const struct {
        const char *address, *code; /* code NULL: not known */
    } rows[] = {
        {"安澜县沈家营街道1号", "420202005"},
        {"黄石港区", "420202"},
        {"黄石港区某路", "420202"},
        {"黄石港区城关镇2号", "420202100"},
        {"西塞山区城关镇2号", "420203100"},
        {"城关镇2号", NULL}, /* of two counties */
        {"黄石港区和西塞山区", NULL},
        {"黄石港区沈家营街道和城关镇之间", "420202"},
        {"西塞山区沈家营街道", "420203"}, /* no street of that county */
        {"沈家营路1号", NULL},
        {"", NULL},
    };
    const struct embedded_file files[] = {
        file_of("codes/x.json", "{}"),
        file_of("regions/420202.json",
                COUNTY("420202", "黄石港区",
                       STREET("420202005", "沈家营街道") ", " STREET("420202100", "城关镇"))),
        file_of("regions/420203.json", COUNTY("420203", "西塞山区", STREET("420203100", "城关镇"))),
        {NULL, NULL, 0}};
    struct regions *regions = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(regions_load(files, &regions, &err), ERR_OK);
    assert_int_equal(regions_count(regions), 6);
    assert_string_equal(regions_at(regions, 0)->label.zh, "湖北省");
    assert_string_equal(regions_find(regions, "420203100")->label.zh, "城关镇");
    assert_null(regions_find(regions, "420203101"));
    assert_null(regions_find(regions, NULL));
    assert_null(regions_in(regions, NULL));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct region *found = regions_in(regions, rows[i].address);

        if (rows[i].code == NULL ? found != NULL
                                 : found == NULL || strcmp(found->code, rows[i].code) != 0)
            fail_msg("%s: %s", rows[i].address, found == NULL ? "nothing" : found->code);
    }
    regions_free(regions);
}

static void faults_of_divisions_are_named(void **state)
{
    static const struct {
        const char *text, *place;
    } rows[] = {
        {COUNTY("4202", "市", ""), "regions/a.json.id"},
        {COUNTY("430202", "县", ""), "regions/a.json.path.0.code"},
        {COUNTY("420202", "县", STREET("420203005", "街")), "regions/a.json.streets.0.code"},
        {COUNTY("420202", "县", STREET("42020200", "街")), "regions/a.json.streets.0.code"},
        {COUNTY("420202", "县", STREET("420202005", "甲") ", " STREET("420202005", "乙")),
         "regions/a.json.streets.1.code"},
        {COUNTY("420202", "县", "{\"code\": \"420202005\"}"), "regions/a.json.streets.0.label"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct embedded_file files[] = {file_of("regions/a.json", rows[i].text),
                                              {NULL, NULL, 0}};
        struct regions *regions = NULL;
        struct err err = {0};

        assert_int_equal(regions_load(files, &regions, &err), ERR_INVALID);
        assert_string_equal(err.items[0].field, rows[i].place);
    }
}

static void a_missing_column_is_named(void **state)
{
    static const char csv[] = "alias,office_code,office_name,confidence\n甲乙,A,B,1\n";
    struct routing *r = routing_new();
    struct routing_import counts;
    struct err err = {0};

    (void)state;
    assert_int_equal(routing_import_csv(r, csv, strlen(csv), &counts, &err), ERR_INVALID);
    assert_string_equal(err.items[0].field, "support");
    assert_int_equal(routing_import_csv(r, "", 0, &counts, &err), ERR_INVALID);
    routing_free(r);
}

/* ---- real place names of one county, where the data is at hand ---- */

#define SHARED "/../../../shared/data/zh_routing/address_alias_to_office.csv"

static char *read_shared(size_t *ret_n)
{
    char path[600];
    const char *slash = strrchr(__FILE__, '/');
    FILE *f;
    char *bytes;

    snprintf(path, sizeof path, "%.*s" SHARED, slash != NULL ? (int)(slash - __FILE__) : 1,
             slash != NULL ? __FILE__ : ".");
    f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    bytes = malloc((size_t)1 << 20);
    assert_non_null(bytes);
    *ret_n = fread(bytes, 1, (size_t)1 << 20, f);
    fclose(f);
    return bytes;
}

static const char *const sentences[] = {
    "%s",
    "我在%s附近的一家店买的衣服，洗一次就破了",
    "本人上周五到%s买了一箱牛奶，回家发现过期",
    "%s对面的老王水果店缺斤少两，请查一下",
    "商家地址：%s，电话一直打不通",
    "昨天晚上，位于%s的好再来饭店多收了我 38 元。",
    "我住在阳光小区，在%s办的健身卡，现在关门了",
    "请问%s那边的手机店归哪里管？店员说不退不换",
    "好又多生活馆（%s），2026年3月2日购买电饭锅一台，型号A-35",
    "我们一家三口在外面吃饭，地点是%s旁边的烧烤店，吃完拉肚子，要求赔偿医药费",
    "网上下的单，到店自提，店在%s。客服电话400-820-8820没人接",
    "听说%s有家店卖假烟",
};
#define SENTENCES (sizeof sentences / sizeof sentences[0])

static void real_aliases_in_sentences(void **state)
{
    struct arena *arena = arena_new((size_t)8 << 20), *scratch = arena_new((size_t)1 << 20);
    struct routing *r = routing_new();
    struct routing_import counts;
    struct csv_reader reader;
    struct csv_record row;
    size_t n = 0, asked = 0, right = 0, wrong = 0, silent = 0;
    char *bytes = read_shared(&n);
    bool more = true;

    (void)state;
    if (bytes == NULL) {
        print_message("skipped: no shared place names here\n");
        arena_free(arena);
        arena_free(scratch);
        routing_free(r);
        skip();
    }
    assert_int_equal(routing_import_csv(r, bytes, n, &counts, NULL), ERR_OK);
    assert_int_equal(counts.refused, 0);
    assert_int_equal(routing_ready(r, NULL), ERR_OK);
    csv_open(&reader, bytes, n);
    assert_int_equal(csv_next(&reader, arena, &row, &more, NULL), ERR_OK);
    while (csv_next(&reader, arena, &row, &more, NULL) == ERR_OK && more) {
        for (size_t i = 0; i < SENTENCES; i++) {
            const char *gap = strstr(sentences[i], "%s");
            struct routing_query q = {0};
            struct routing_suggestion s;
            arena_reset(scratch);
            q.address = arena_printf(scratch, "%.*s%s%s", (int)(gap - sentences[i]), sentences[i],
                                     row.cells[0], gap + 2);
            s = routing_suggest(r, scratch, &q);
            asked++;
            if (s.body == NULL) {
                silent++;
            } else if (strcmp(s.body, row.cells[1]) == 0) {
                right++;
            } else {
                wrong++;
                print_message("wrong: %s -> %s, want %s\n", q.address, s.body, row.cells[1]);
            }
            if (s.body == NULL && i < 2)
                print_message("silent: %s (%s)\n", q.address, s.reason.zh);
        }
    }
    print_message("%zu sentences: %zu right, %zu wrong, %zu unsure\n", asked, right, wrong, silent);
    assert_true(right * 100 >= asked * 90);
    assert_true(wrong * 100 <= asked * 3);
    free(bytes);
    arena_free(arena);
    arena_free(scratch);
    routing_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(reasons_are_words),
        cmocka_unit_test(a_body_of_one_street_tells_it),
        cmocka_unit_test(addresses_name_streets),
        cmocka_unit_test(faults_of_divisions_are_named),
        cmocka_unit_test(a_missing_column_is_named),
        cmocka_unit_test(real_aliases_in_sentences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
