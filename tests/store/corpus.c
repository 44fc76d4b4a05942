/* Invented bodies, officers and matters. */
#include "tests/store/corpus.h"

#include <stdio.h>

#include "base/text.h"
#include "insight/measures.h"
#include "rules/number.h"
#include "store/vault.h"

#define DAY_MS INT64_C(86400000)
#define SLICE 100

const char *const corpus_words[] = {
    "牛奶",   "变质",   "退款",     "商家",  "拒绝",  "健身房", "关门", "预付卡", "手机", "屏幕",
    "碎裂",   "保修",   "汽车",     "刹车",  "异响",  "美容",   "过敏", "快递",   "丢失", "餐馆",
    "苍蝇",   "发票",   "价格",     "欺诈",  "虚假",  "宣传",   "鞋子", "开胶",   "空调", "不制冷",
    "家具",   "甲醛",   "旅游",     "强制",  "购物",  "药店",   "过期", "网购",   "假货", "客服",
    "不理",   "宾馆",   "押金",     "不退",  "培训",  "停课",   "火锅", "底料",   "头发", "电梯",
    "扣费",   "会员",   "自动",     "续费",  "洗衣",  "损坏",   "眼镜", "度数",   "珠宝", "掺假",
    "refund", "iphone", "warranty", "delay", "fraud",
};
const size_t corpus_n_words = sizeof corpus_words / sizeof corpus_words[0];

static const char *const channels[] = {"web", "phone", "visit", "letter", "12345"};
static const char *const categories[] = {"goods.food",      "goods.food.milk", "goods.vehicle",
                                         "goods.phone",     "service.fitness", "service.travel",
                                         "service.catering"};
static const char *const divisions[] = {"420202005", "420202006", "420202", "420203001", NULL};
static const char *const problems[] = {"quality", "price", "contract.refund", "contract.delay"};
static const char *const waits[] = {"unit", "officer", "consumer", "business", "leader"};
static const char *const open_states[] = {"registered", "assigned", "accepted", "mediating"};
static const char *const outcomes[] = {"settled", "terminated", "refused", "withdrawn"};
static const char *const businesses[] = {"瑞缘金行",   "好再来火锅店", "强身健身房", "远航旅行社",
                                         "明亮眼镜店", "顺达汽修厂",   "甜甜奶站",   "新潮手机城"};

#define PICK(c, list) ((list)[corpus_random((c), sizeof(list) / sizeof(list)[0])])

uint64_t corpus_random(struct corpus *c, uint64_t below)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return (c->random >> 11) % below;
}

static void must(struct op *op, enum err_code rc, const char *what)
{
    if (rc == ERR_OK)
        return;
    fprintf(stderr, "%s: %s %s\n", what, err_info(rc)->name, op == NULL ? "" : op->err.why);
    abort();
}

/* ---- bodies and officers: a bureau, seven branches, twelve stations ---- */

static void name_bodies(struct corpus *c)
{
    struct corpus_body *b = c->bodies;

    b[0] = (struct corpus_body){.parent = -1, .code = "420202", .path = "/420202/"};
    for (int i = 1; i < CORPUS_BODIES; i++) {
        int parent = i <= 7 ? 0 : 1 + (i - 8) % 7;
        struct corpus_body above = b[parent];

        b[i].parent = parent;
        if (i <= 7)
            snprintf(b[i].code, sizeof b[i].code, "4202020%d", i);
        else
            snprintf(b[i].code, sizeof b[i].code, "%.8s%02d", above.code, i);
        snprintf(b[i].path, sizeof b[i].path, "%.40s%s/", above.path, b[i].code);
    }
}

static void put_bodies(struct corpus *c, struct op *op, struct changes *ch)
{
    (void)op;
    for (int i = 0; i < CORPUS_BODIES; i++) {
        const struct corpus_body *b = &c->bodies[i];

        changes_row(ch, SQL_body_insert, 1, ERR_CONFLICT);
        changes_int(ch, i + 1);
        changes_text(ch, b->code);
        changes_text(ch, b->parent < 0 ? NULL : c->bodies[b->parent].code);
        changes_text(ch, b->path);
        changes_text(ch, i == 0 ? "bureau" : i <= 7 ? "branch" : "station");
        changes_text(ch, b->code);
        changes_text(ch, b->code);
        changes_null(ch);
        changes_text(ch, "[]");
        changes_null(ch);
        changes_null(ch);
        changes_int(ch, 10000);
        changes_blob(ch, "", 0);
    }
}

static void put_officers(struct changes *ch)
{
    for (int i = 1; i <= CORPUS_OFFICERS; i++) {
        char name[32];

        snprintf(name, sizeof name, "officer%d", i);
        changes_row(ch, SQL_officer_insert, 1, ERR_CONFLICT);
        changes_int(ch, i);
        changes_text(ch, name);
        changes_text(ch, name);
        changes_text(ch, "420202");
        changes_int(ch, ROLE_HANDLER);
        changes_int(ch, 10000);
        changes_blob(ch, "", 0);
    }
}

/* ---- matters ---- */

static void write_facts(struct corpus *c, struct sample *s)
{
    size_t n = 3 + corpus_random(c, 9), at = 0;
    static const char *const between[] = {"", "，", "", "。", "的", " "};

    for (size_t i = 0; i < n; i++) {
        /* squared: the first words are common, the last rare */
        size_t r = corpus_random(c, 1000), word = r * r * corpus_n_words / 1000000;
        /* words of letters are found from their beginning, so they stand apart */
        const char *apart = (unsigned char)corpus_words[word][0] < 0x80 ? " " : "";

        at += (size_t)snprintf(s->facts + at, sizeof s->facts - at, "%s%s%s", apart,
                               corpus_words[word], *apart != '\0' ? apart : PICK(c, between));
    }
    if (corpus_random(c, 3) == 0)
        snprintf(s->facts + at, sizeof s->facts - at, "，联系%s电话%s", s->name, s->phone);
}

static void draw_progress(struct corpus *c, struct sample *s)
{
    bool young = instant_of_date(CORPUS_TODAY, ZONE_CHINA_MIN) - s->received_at < 60 * DAY_MS;

    s->open = corpus_random(c, young ? 2 : 40) == 0;
    s->told = corpus_random(c, 4) == 0 ? NULL : corpus_random(c, 10) == 0 ? "late" : "on_time";
    s->next_due = DATE_NONE;
    if (s->open) {
        s->status = PICK(c, open_states);
        s->assigned = strcmp(s->status, "registered") != 0;
        s->waiting_for = PICK(c, waits);
        s->paused = corpus_random(c, 8) == 0;
        if (corpus_random(c, 6) != 0)
            s->next_due = CORPUS_TODAY - 6 + (date_t)corpus_random(c, 20);
        return;
    }
    s->assigned = true;
    s->waiting_for = "nobody";
    s->outcome = strcmp(s->kind, "complaint") == 0 ? PICK(c, outcomes)
                 : s->secret ? (corpus_random(c, 3) == 0 ? "filed" : "not_filed")
                             : "answered";
    s->status = corpus_random(c, 2) == 0 ? "closed" : s->outcome;
    s->ended_at = s->received_at + (int64_t)corpus_random(c, 40) * DAY_MS / 2;
    if (strcmp(s->outcome, "settled") == 0)
        s->recovered_fen = (int64_t)corpus_random(c, 500000);
    if (corpus_random(c, 3) == 0)
        s->rating = 1 + (int64_t)corpus_random(c, 5);
}

static void draw(struct corpus *c, struct sample *s, size_t i)
{
    static char phones[64][16];
    static const char *const names[] = {"刘小明", "欧阳芳菲", "张大山", "王丽丽"};
    uint64_t kind = corpus_random(c, 10);
    int phone = (int)corpus_random(c, 64);
    date_t day = CORPUS_TODAY - 400 + (date_t)(i * 400 / c->n);

    memset(s, 0, sizeof *s);
    s->kind = kind < 6 ? "complaint" : kind < 8 ? "report" : "enquiry";
    s->secret = strcmp(s->kind, "report") == 0;
    s->received_at =
        instant_of_date(day, ZONE_CHINA_MIN) + (int64_t)corpus_random(c, (uint64_t)DAY_MS);
    s->id = store_next_id(c->store.store, date_month_index(day));
    s->version = 1;
    s->body = (int)corpus_random(c, CORPUS_BODIES);
    s->channel = PICK(c, channels);
    s->category = corpus_random(c, 9) == 0 ? NULL : PICK(c, categories);
    s->problem = corpus_random(c, 9) == 0 ? NULL : PICK(c, problems);
    s->division = divisions[i % (sizeof divisions / sizeof divisions[0])];
    s->respondent = PICK(c, businesses);
    s->name = PICK(c, names);
    snprintf(phones[phone], sizeof phones[phone], "138%08d", 10000000 + phone * 7);
    s->phone = phones[phone];
    s->amount_fen = (int64_t)corpus_random(c, 1000000);
    s->registered_by =
        corpus_random(c, 2) == 0 ? 0 : 1 + (int64_t)corpus_random(c, CORPUS_OFFICERS);
    draw_progress(c, s);
    if (s->assigned && corpus_random(c, 5) != 0)
        s->officer = 1 + (int64_t)corpus_random(c, CORPUS_OFFICERS);
    write_facts(c, s);
}

static void put_number_or_null(struct changes *ch, int64_t value, int64_t none)
{
    if (value == none)
        changes_null(ch);
    else
        changes_int(ch, value);
}

static const char *detail_of(const struct sample *s)
{
    return s->assigned ? "{\"filing_version\":1,\"assigned\":true}" : "{\"filing_version\":1}";
}

static void put_matter(struct corpus *c, struct op *op, struct changes *ch, const struct sample *s)
{
    char number[NUMBER_TEXT];

    must(op, number_format(s->id, vault_number_key(op->store), number, &op->err), "number");
    changes_row(ch, SQL_matter_insert, 1, ERR_CONFLICT);
    changes_int(ch, s->id);
    changes_text(ch, number);
    changes_text(ch, s->kind);
    changes_int(ch, s->version);
    changes_blob(ch, "", 0);
    changes_text(ch, s->status);
    changes_int(ch, s->open);
    changes_int(ch, s->secret);
    changes_text(ch, c->bodies[s->body].code);
    put_number_or_null(ch, s->officer, 0);
    changes_null(ch);
    changes_int(ch, s->registered_by);
    changes_text(ch, s->channel);
    changes_int(ch, s->received_at);
    changes_int(ch, s->received_at);
    put_number_or_null(ch, s->ended_at, 0);
    changes_text(ch, s->category);
    changes_text(ch, s->problem);
    changes_text(ch, s->division);
    changes_int(ch, s->amount_fen);
    changes_int(ch, s->recovered_fen);
    changes_text(ch, s->secret ? NULL : s->respondent);
    changes_text(ch, s->secret ? NULL : s->respondent);
    changes_null(ch); /* no business confirmed */
    changes_text(ch, s->secret ? NULL : s->respondent);
    if (s->secret || s->id % 2 == 0) /* a row from before the name was kept */
        changes_null(ch);
    else
        changes_text(ch, mask_name(op->arena, s->name));
    changes_text(ch, s->waiting_for);
    changes_int(ch, s->received_at);
    changes_text(ch, s->next_due == DATE_NONE ? NULL : "D1");
    put_number_or_null(ch, s->next_due, DATE_NONE);
    changes_int(ch, s->paused);
    changes_null(ch); /* in no group */
    changes_text(ch, s->outcome);
    changes_null(ch);
    changes_text(ch, s->told);
    put_number_or_null(ch, s->rating, 0);
    changes_int(ch, 1);
    changes_null(ch);
    changes_null(ch);
    changes_null(ch);
    changes_text(ch, detail_of(s));
}

static void put_sealed(struct op *op, struct changes *ch, enum key_class cls, const char *place,
                       const char *plain)
{
    unsigned char *sealed;
    size_t n;

    must(op, vault_seal(op, cls, place, plain, strlen(plain), &sealed, &n), "seal");
    changes_blob(ch, "salt", 4);
    changes_blob(ch, sealed, n);
}

static void put_person(struct op *op, struct changes *ch, const struct sample *s)
{
    unsigned char blind[BLIND_BYTES];
    long long id = (long long)s->id;
    const char *plain =
        arena_printf(op->arena, "{\"name\":\"%s\",\"phone\":\"%s\"}", s->name, s->phone);
    enum key_class cls = s->secret ? KEY_REPORTER : KEY_CONSUMER;

    changes_row(ch, s->secret ? SQL_reporter_put : SQL_person_put, 1, ERR_CONFLICT);
    changes_int(ch, s->id);
    if (!s->secret)
        changes_text(ch, "consumer");
    changes_int(ch, 1);
    put_sealed(op, ch, cls,
               s->secret ? arena_printf(op->arena, "reporter|%lld|reporter", id)
                         : arena_printf(op->arena, "person|%lld|consumer", id),
               plain);
    vault_blind(op, cls, "phone", s->phone, blind);
    changes_blob(ch, blind, sizeof blind);
    if (!s->secret)
        changes_null(ch);
}

static void put_text(struct op *op, struct changes *ch, const struct sample *s)
{
    changes_row(ch, SQL_text_insert, 1, ERR_CONFLICT);
    changes_int(ch, s->id);
    changes_int(ch, 1);
    changes_text(ch, s->secret ? "report" : "text");
    put_sealed(op, ch, s->secret ? KEY_REPORT : KEY_TEXT,
               arena_printf(op->arena, "text|%lld|1", (long long)s->id),
               arena_printf(op->arena, "{\"facts\":\"%s\",\"respondent\":{\"name\":\"%s\"}}",
                            s->facts, s->respondent));
}

void corpus_update(const struct corpus *c, struct changes *ch, const struct sample *s)
{
    changes_row(ch, SQL_matter_update_plain, 1, ERR_CONFLICT);
    changes_int(ch, s->id);
    changes_int(ch, s->version - 1);
    changes_int(ch, s->version);
    changes_blob(ch, "", 0);
    changes_text(ch, s->status);
    changes_int(ch, s->secret);
    changes_null(ch);
    changes_int(ch, s->registered_by);
    changes_text(ch, s->channel);
    changes_int(ch, s->received_at);
    put_number_or_null(ch, s->ended_at, 0);
    changes_text(ch, s->problem);
    changes_text(ch, s->division);
    changes_int(ch, s->amount_fen);
    changes_int(ch, s->recovered_fen);
    changes_text(ch, s->secret ? NULL : s->respondent);
    changes_null(ch); /* title */
    changes_null(ch); /* consumer */
    changes_text(ch, s->waiting_for);
    changes_int(ch, s->received_at);
    changes_null(ch);
    changes_int(ch, s->paused);
    changes_text(ch, s->outcome);
    changes_null(ch);
    changes_text(ch, s->told);
    put_number_or_null(ch, s->rating, 0);
    changes_int(ch, 1);
    changes_null(ch);
    changes_null(ch);
    changes_text(ch, detail_of(s));
    changes_row(ch, SQL_matter_update_indexed, 1, ERR_CONFLICT);
    changes_int(ch, s->id);
    changes_int(ch, s->open);
    changes_text(ch, c->bodies[s->body].code);
    put_number_or_null(ch, s->officer, 0);
    changes_int(ch, s->received_at);
    changes_text(ch, s->category);
    changes_text(ch, s->secret ? NULL : s->respondent);
    changes_null(ch); /* business */
    put_number_or_null(ch, s->next_due, DATE_NONE);
    changes_null(ch); /* group_id */
    changes_null(ch); /* order_id */
}

void corpus_event(struct op *op, struct changes *ch, const struct sample *s)
{
    struct event ev = {.kind = "matter",
                       .record = s->id,
                       .version = s->version,
                       .act = s->version == 1 ? "register" : "note",
                       .actor_kind = "system",
                       .at = s->received_at,
                       .recorded_at = s->received_at,
                       .body = "{}",
                       .body_size = 2};

    changes_event(op, ch, &ev, NULL);
}

static void put_slice(struct corpus *c, size_t from, size_t to)
{
    OP(op, &c->store);
    struct changes *ch = changes_new(op);

    for (size_t i = from; i < to; i++) {
        struct figure_facts facts = corpus_measure_facts(c, &c->samples[i]);

        corpus_event(op, ch, &c->samples[i]);
        put_matter(c, op, ch, &c->samples[i]);
        put_text(op, ch, &c->samples[i]);
        put_person(op, ch, &c->samples[i]);
        measure_difference(op, ch, indicators_measures(c->indicators), NULL, &facts);
    }
    must(op, store_apply(op, ch, QUEUE_INTERACTIVE), "apply");
}

static void index_slice(struct corpus *c, size_t from, size_t to)
{
    OP(op, &c->store);
    int64_t ids[SLICE];

    for (size_t i = from; i < to; i++)
        ids[i - from] = c->samples[i].id;
    must(op, index_matters(op, c->folder, NULL, ids, to - from, NULL), "index");
}

void corpus_start(struct corpus *c, size_t n, bool indexed)
{
    struct err err = {.code = ERR_OK};
    struct changes *ch;

    memset(c, 0, sizeof *c);
    c->random = 88172645463325252u;
    c->n = n;
    c->samples = calloc(n, sizeof *c->samples);
    fixture_start(&c->store);
    must(NULL, folder_new(&c->folder, &err), "folder");
    must(NULL, indicators_load(embedded_packs, NULL, &c->indicators, &err), "indicators");
    name_bodies(c);
    {
        OP(op, &c->store);

        ch = changes_new(op);
        put_bodies(c, op, ch);
        put_officers(ch);
        must(op, store_apply(op, ch, QUEUE_INTERACTIVE), "bodies");
    }
    for (size_t i = 0; i < n; i++)
        draw(c, &c->samples[i], i);
    for (size_t i = 0; i < n; i += SLICE)
        put_slice(c, i, i + SLICE < n ? i + SLICE : n);
    for (size_t i = 0; indexed && i < n; i += SLICE)
        index_slice(c, i, i + SLICE < n ? i + SLICE : n);
}

void corpus_end(struct corpus *c)
{
    folder_free(c->folder);
    indicators_free(c->indicators);
    free(c->samples);
    fixture_end(&c->store);
}

struct op *corpus_op(struct corpus *c, int64_t officer, unsigned roles, int body)
{
    struct op *op = op_start(&c->store);

    op->now_ms = instant_of_date(CORPUS_TODAY, ZONE_CHINA_MIN) + DAY_MS / 2;
    if (officer == 0)
        return op;
    op->actor.kind = ACTOR_OFFICER;
    op->actor.officer_id = officer;
    op->actor.roles = roles;
    op->actor.body_path = c->bodies[body].path;
    snprintf(op->actor.body, sizeof op->actor.body, "%s", c->bodies[body].code);
    return op;
}

void corpus_op_reset(struct op *op)
{
    arena_reset(op->arena);
    err_clear(&op->err);
}

struct record_facts corpus_facts(const struct corpus *c, const struct sample *s)
{
    return (struct record_facts){
        .matter_id = s->id,
        .kind = matter_kind_find(s->kind),
        .secret = s->secret,
        .body_path = c->bodies[s->body].path,
        .assigned = s->assigned,
        .officer_id = s->officer,
        .registered_by = s->registered_by,
        .waits_for_leader = strcmp(s->waiting_for, "leader") == 0,
    };
}

struct figure_facts corpus_measure_facts(const struct corpus *c, const struct sample *s)
{
    return (struct figure_facts){
        .kind = s->kind,
        .assigned = DATE_NONE,
        .accepted = DATE_NONE,
        .told_on = DATE_NONE,
        .told_business = s->secret ? NULL : s->respondent,
        .officer = s->officer,
        .status = s->status,
        .body = c->bodies[s->body].code,
        .channel = s->channel,
        .outcome = s->outcome,
        .told = s->told,
        .category = s->category,
        .problem = s->problem,
        .division = s->division,
        .rating = s->rating,
        .amount_fen = s->amount_fen,
        .recovered_fen = s->recovered_fen,
        .received = date_of_instant(s->received_at, ZONE_CHINA_MIN),
        .ended = s->ended_at == 0 ? DATE_NONE : date_of_instant(s->ended_at, ZONE_CHINA_MIN),
    };
}
