/* What people write: sentences of stories.json put together, slots filled with what the matter is
 * about, so that hardly any text comes twice. */
#include <string.h>

#include "base/buf.h"
#include "work/demo_story.h"

#define TEXT_MAX ((size_t)16384)
#define DAY_MS INT64_C(86400000)

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void add_day(struct buf *out, int64_t ms, int zone_min)
{
    int year, month, day;

    date_to_ymd(date_of_instant(ms, zone_min), &year, &month, &day);
    buf_addf(out, "%d月%d日", month, day);
}

static void add_yuan(struct buf *out, int64_t fen)
{
    if (fen % 100 == 0)
        buf_addf(out, "%lld", (long long)(fen / 100));
    else
        buf_addf(out, "%lld.%02d", (long long)(fen / 100), (int)(fen % 100));
}

static void add_slot(struct story *st, struct buf *out, char slot)
{
    int64_t days;

    switch (slot) {
    case 'a':
        add_yuan(out, st->amount_fen);
        break;
    case 'm':
        add_yuan(out, st->small_fen);
        break;
    case 'b':
        buf_adds(out, st->business == NULL ? "一家店" : st->business->name);
        break;
    case 'i':
        buf_adds(out, st->item == NULL ? "商品" : st->item);
        break;
    case 'w':
        buf_adds(out, st->business == NULL ? "人民路" : st->business->road);
        break;
    case 'p':
        buf_adds(out, st->platform == NULL ? "网上" : st->platform);
        break;
    case 'q':
        buf_adds(out, st->question == NULL ? "" : st->question);
        break;
    case 'n': /* days since then, where they are counted */
        buf_add_int(out, chance_between(&st->chance, 3,
                                        st->bought > 0 && st->bought < 29 ? st->bought : 29));
        break;
    case 'k':
        buf_add_int(out, chance_between(&st->chance, 2, 9));
        break;
    case 'd': /* the day of the purchase, or one shortly before */
        days = st->bought > 0 ? st->bought : chance_between(&st->chance, 0, 12);
        add_day(out, st->now - days * DAY_MS, st->op->zone_min);
        break;
    case 'e': /* the evening before */
        add_day(out, st->now - DAY_MS, st->op->zone_min);
        break;
    default:
        break;
    }
}

const char *story_fill(struct story *st, const char *form)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(TEXT_MAX);

    for (const char *p = form; *p != '\0'; p++) {
        if (p[0] == '{' && p[1] != '\0' && p[2] == '}') {
            add_slot(st, &out, p[1]);
            p += 2;
        } else {
            buf_addc(&out, *p);
        }
    }
    return buf_dup(&out, st->op->arena);
}

const char *story_text_of(struct story *st, const json_t *list)
{
    const char *form = json_string_value(pick(&st->chance, list));
    const char *text = form == NULL ? NULL : story_fill(st, form);

    return text == NULL ? "" : text;
}

const char *story_text(struct story *st, const char *list)
{
    return story_text_of(st, json_object_get(json_object_get(st->county->stories, "texts"), list));
}

static const char *of_stories(struct story *st, const char *list)
{
    return story_text_of(st, json_object_get(st->county->stories, list));
}

/* ---- what it is about ---- */

static void choose_business(struct story *st)
{
    const struct county *c = st->county;
    const json_t *cats = json_object_get(c->stories, "categories");
    const json_t *chosen;
    size_t cat = 0, first, many;
    int64_t a, b;

    do /* what is handed over is food */
        chosen = pick_weighted(&st->chance, cats);
    while (story_must(st, "handed_over") && strcmp(text_at(chosen, "code"), "goods.food") != 0);
    for (size_t i = 0; i < json_array_size(cats); i++)
        if (json_array_get(cats, i) == chosen)
            cat = i;
    first = c->first_of_category[cat];
    many = c->first_of_category[cat + 1] - first;
    /* some are complained of often, most seldom */
    a = chance_below(&st->chance, (int64_t)many);
    b = chance_below(&st->chance, (int64_t)many);
    st->business = &c->businesses[first + (size_t)(a * b / (int64_t)many)];
    if (st->plan->special == SPECIAL_GYM)
        st->business = &c->gym;
    if (st->plan->special == SPECIAL_SCHOOL)
        st->business = &c->school;
    st->category = json_array_get(cats, st->business->category);
    st->branch = &c->branches[st->business->branch];
    st->item = json_string_value(pick(&st->chance, json_object_get(st->category, "items")));
}

static void choose_amount(struct story *st)
{
    const json_t *price = json_object_get(st->category, "price");
    int64_t low = json_integer_value(json_array_get(price, 0));
    int64_t high = json_integer_value(json_array_get(price, 1));
    /* the least of three: small sums are the common ones */
    int64_t yuan = chance_between(&st->chance, low, high);

    for (int i = 0; i < 2; i++) {
        int64_t other = chance_between(&st->chance, low, high);

        yuan = other < yuan ? other : yuan;
    }
    st->amount_fen =
        yuan * 100 + (chance_hits(&st->chance, 300) ? chance_below(&st->chance, 100) : 0);
    st->small_fen = chance_between(&st->chance, 5, yuan < 40 ? 20 : yuan / 2) * 100;
}

/* The sentences of a problem that fit what was bought; NULL when the problem does not arise there.
 */
static const json_t *sentences_of(const struct story *st, const json_t *problem)
{
    return json_object_get(json_object_get(problem, "sentences"), text_at(st->category, "group"));
}

static void choose(struct story *st)
{
    struct chance *c = &st->chance;
    const json_t *problem;

    choose_business(st);
    choose_amount(st);
    do
        problem = pick_weighted(c, json_object_get(st->county->stories, "problems"));
    while (sentences_of(st, problem) == NULL);
    st->problem = text_at(problem, "code");
    st->sentences = sentences_of(st, problem);
    if (st->plan->special == SPECIAL_GYM || st->plan->special == SPECIAL_SCHOOL)
        st->problem = "contract";
    if (st->plan->special == SPECIAL_CLAIMER)
        st->problem = "false_promotion";
    st->online = st->plan->special != SPECIAL_GYM && st->plan->special != SPECIAL_SCHOOL &&
                 chance_hits(c, 580);
    /* many file once, some again, one two hundred times */
    st->person = st->plan->special == SPECIAL_CLAIMER ? 0
                 : chance_hits(c, 120)                ? (uint64_t)chance_between(c, 1, 600)
                                                      : 1000 + st->plan->which;
}

static const char *complaint_facts(struct story *st)
{
    const char *opening, *what, *effort, *wish;

    if (st->plan->special == SPECIAL_GYM)
        return arena_printf(st->op->arena, "%s%s", of_stories(st, "gym"),
                            of_stories(st, "gym_endings"));
    if (st->plan->special == SPECIAL_SCHOOL)
        return arena_printf(st->op->arena, "%s%s", of_stories(st, "school"),
                            of_stories(st, "school_endings"));
    if (st->plan->special == SPECIAL_CLAIMER)
        return of_stories(st, "claimer");
    opening = of_stories(st, st->online ? "online_openings" : "openings");
    what = story_text_of(st, st->sentences);
    effort = chance_hits(&st->chance, 700) ? of_stories(st, "efforts") : "";
    wish = of_stories(st, "wishes");
    return arena_printf(st->op->arena, "%s%s。%s%s", opening, what, effort, wish);
}

/* ---- the filing ---- */

static void put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static void put_themes(struct story *st, json_t *filing)
{
    json_t *themes = json_array();
    int year, month, day;

    date_to_ymd(date_of_instant(st->now, st->op->zone_min), &year, &month, &day);
    if (st->plan->special == SPECIAL_GYM || st->plan->special == SPECIAL_SCHOOL)
        json_array_append_new(themes, json_string("group"));
    if (strcmp(st->problem, "contract") == 0 && st->category != NULL &&
        (strcmp(text_at(st->category, "code"), "service.fitness") == 0 ||
         strcmp(text_at(st->category, "code"), "service.beauty") == 0))
        json_array_append_new(themes, json_string("prepaid"));
    if (st->online)
        json_array_append_new(themes, json_string("online"));
    if (month == 3 && day >= 10 && day <= 20 && chance_hits(&st->chance, 250))
        json_array_append_new(themes, json_string("day_315"));
    put(filing, "themes", themes);
}

static void put_demands(struct story *st, json_t *filing)
{
    const json_t *list =
        json_object_get(json_object_get(st->county->stories, "demands"), st->problem);
    json_t *demands = json_array();
    size_t n = json_array_size(list), first = (size_t)chance_below(&st->chance, (int64_t)n);

    json_array_append(demands, json_array_get(list, first));
    if (n > 1 && chance_hits(&st->chance, 350))
        json_array_append(demands, json_array_get(list, (first + 1) % n));
    put(filing, "demands", demands);
}

static void put_purchase(struct story *st, json_t *filing)
{
    char date[DATE_TEXT];
    json_t *purchase;

    date_format(date_of_instant(st->now, st->op->zone_min) - (date_t)st->bought, date);
    purchase = json_pack("{s:s, s:b}", "date", date, "online", st->online);
    if (st->online) {
        put(purchase, "platform", json_string(st->platform));
        put(purchase, "order_no",
            json_sprintf("%012llu",
                         (unsigned long long)(chance_next(&st->chance) % 1000000000000u)));
    }
    put(filing, "purchase", purchase);
    put(filing, "product", json_pack("{s:s}", "name", st->item));
}

static json_t *respondent(const struct story *st)
{
    return json_pack("{s:s, s:s, s:s}", "name", st->business->name, "address",
                     st->business->address, "division", "420202");
}

static void put_complaint(struct story *st, json_t *filing)
{
    st->bought = chance_between(&st->chance, 3, 40);
    st->platform =
        json_string_value(pick(&st->chance, json_object_get(st->county->county, "platforms")));
    put(filing, "facts", json_string(complaint_facts(st)));
    put(filing, "respondent", respondent(st));
    put(filing, "category", json_incref(json_object_get(st->category, "code")));
    put(filing, "problem", json_string(st->problem));
    put(filing, "amount_fen", json_integer(st->amount_fen));
    put_demands(st, filing);
    put_themes(st, filing);
    put_purchase(st, filing);
    put(filing, "consents",
        json_pack("{s:b, s:b}", "disclosure", chance_hits(&st->chance, 800), "entrusted",
                  chance_hits(&st->chance, 600)));
    if (chance_hits(&st->chance, 90))
        put(filing, "flags", json_pack("{s:b}", "elderly", 1));
}

static void put_report(struct story *st, json_t *filing)
{
    const json_t *r = pick_weighted(&st->chance, json_object_get(st->county->stories, "reports"));
    const char *facts;

    st->violation = st->plan->special == SPECIAL_HANDED ? "food_safety" : text_at(r, "violation");
    st->anonymous = st->plan->special == SPECIAL_NONE && !story_must(st, "told") &&
                    chance_hits(&st->chance, 380);
    facts = st->plan->special == SPECIAL_CLAIMER ? of_stories(st, "claimer")
            : st->plan->special == SPECIAL_HANDED
                ? of_stories(st, "handed")
                : arena_printf(st->op->arena, "%s。",
                               story_text_of(st, json_object_get(r, "sentences")));
    if (st->plan->second && st->plan->special == SPECIAL_MERGED)
        facts = arena_printf(st->op->arena, "%s%s", facts, story_text(st, "new_facts"));
    put(filing, "facts", json_string(facts));
    put(filing, "respondent", respondent(st));
    put(filing, "violation", json_string(st->violation));
    if (st->anonymous)
        put(filing, "anonymous", json_true());
}

static void put_enquiry(struct story *st, json_t *filing)
{
    const json_t *q = pick(&st->chance, json_object_get(st->county->stories, "questions"));

    st->question = story_fill(st, text_at(q, "q"));
    put(filing, "facts", json_string(of_stories(st, "question_openings")));
    if (chance_hits(&st->chance, 500))
        put(filing, "category", json_incref(json_object_get(st->category, "code")));
    /* the answer belongs to the question */
    st->question =
        arena_printf(st->op->arena, "%s%s", text_at(q, "a"), of_stories(st, "answer_closings"));
}

json_t *story_filing(struct story *st)
{
    json_t *filing = json_object();

    choose(st);
    put(filing, "kind", json_string(matter_kind_name(st->plan->kind)));
    put(filing, "truthful", json_true());
    if (st->plan->kind == KIND_COMPLAINT)
        put_complaint(st, filing);
    else if (st->plan->kind == KIND_REPORT)
        put_report(st, filing);
    else
        put_enquiry(st, filing);
    if (!st->anonymous)
        put(filing, "consumer", county_person(st->county, st->person));
    return filing;
}
