/* Dimensions: what a figure is broken down by, and under which keys a matter stands. */
#include <stdio.h>
#include <string.h>

#include "insight/figures_internal.h"

#define BUSINESS_KEY 1024
#define COUNTY_DIGITS 6 /* of a division code; two zeros at its end: a city */
#define DIVISION_DIGITS 9

enum kind { FROM_MATTERS, FROM_CELLS, FROM_EACH, FROM_EACH_AND_BODIES };

static const struct dimension {
    const char *name;
    struct label label;
    enum fact fact;
    enum kind kind;
} dimensions[DIM_COUNT] = {
    [DIM_NONE] = {"", {"合计", "Total"}, FACT_NONE, FROM_CELLS},
    [DIM_MONTH] = {"month", {"月份", "Month"}, FACT_NONE, FROM_EACH},
    [DIM_DAY] = {"day", {"日期", "Day"}, FACT_NONE, FROM_EACH},
    [DIM_BODY] = {"body", {"承办单位", "Body"}, FACT_NONE, FROM_EACH},
    [DIM_BRANCH] = {"branch", {"下级单位", "Branch"}, FACT_NONE, FROM_EACH_AND_BODIES},
    [DIM_BODY_CLASS] = {"body_class",
                        {"单位层级", "Class of body"},
                        FACT_NONE,
                        FROM_EACH_AND_BODIES},
    [DIM_KIND] = {"kind", {"类型", "Kind"}, FACT_NONE, FROM_CELLS},
    [DIM_CHANNEL] = {"channel", {"渠道", "Channel"}, FACT_CHANNEL, FROM_CELLS},
    [DIM_SECTOR] = {"sector", {"商品或服务", "Goods or services"}, FACT_CATEGORY, FROM_CELLS},
    [DIM_CATEGORY] = {"category", {"类别", "Category"}, FACT_CATEGORY, FROM_CELLS},
    [DIM_PROBLEM] = {"problem", {"问题", "Problem"}, FACT_PROBLEM, FROM_CELLS},
    [DIM_DISTRICT] = {"district", {"区域", "District"}, FACT_DIVISION, FROM_CELLS},
    [DIM_OUTCOME] = {"outcome", {"结果", "Outcome"}, FACT_OUTCOME, FROM_CELLS},
    [DIM_GROUND] = {"ground", {"理由", "Ground"}, FACT_GROUND, FROM_CELLS},
    [DIM_STATUS] = {"status", {"状态", "Status"}, FACT_STATUS, FROM_CELLS},
    [DIM_TOLD] = {"told", {"告知", "Told"}, FACT_TOLD, FROM_CELLS},
    [DIM_THEME] = {"theme", {"专题", "Theme"}, FACT_THEME, FROM_MATTERS},
    [DIM_SETTLED_AT] = {"settled_at", {"化解层级", "Settled at"}, FACT_SETTLED_AT, FROM_MATTERS},
    [DIM_REMEDY] = {"remedy", {"补偿方式", "Remedy"}, FACT_REMEDY, FROM_MATTERS},
    [DIM_PAYER] = {"payer", {"给付方", "Payer"}, FACT_PAYER, FROM_MATTERS},
    [DIM_BUSINESS] = {"business", {"经营者", "Business"}, FACT_NONE, FROM_MATTERS},
    [DIM_OFFICER] = {"officer", {"承办人", "Officer"}, FACT_NONE, FROM_MATTERS},
    [DIM_RATING] = {"rating", {"评分", "Rating"}, FACT_RATING, FROM_CELLS},
};

const char *figure_dimension_name(enum figure_dimension dimension)
{
    return dimensions[dimension].name;
}

enum figure_dimension figure_dimension_find(const char *name)
{
    int i = DIM_NONE;

    if (!given(name))
        return DIM_NONE;
    while (i < DIM_COUNT && strcmp(dimensions[i].name, name) != 0)
        i++;
    return (enum figure_dimension)i;
}

const struct label *figure_dimension_label(enum figure_dimension dimension)
{
    return &dimensions[dimension].label;
}

enum fact dimension_fact(enum figure_dimension by)
{
    return dimensions[by].fact;
}

bool dimension_from_tallies(enum figure_dimension by)
{
    return dimensions[by].kind != FROM_MATTERS;
}

bool dimension_needs_each(enum figure_dimension by)
{
    return dimensions[by].kind >= FROM_EACH;
}

bool dimension_needs_bodies(enum figure_dimension by)
{
    return dimensions[by].kind == FROM_EACH_AND_BODIES || by == DIM_SETTLED_AT ||
           by == DIM_DISTRICT;
}

const char *dimension_key_of_code(enum figure_dimension by, const char *code,
                                  char room[DIMENSION_KEY])
{
    size_t n = code == NULL ? 0 : strlen(code);

    if (by == DIM_SECTOR && n > 0)
        n = strcspn(code, ".");
    snprintf(room, DIMENSION_KEY, "%.*s", (int)n, code == NULL ? "" : code);
    return room;
}

const char *dimension_key_of_date(enum figure_dimension by, date_t date, char room[DIMENSION_KEY])
{
    date_format(date, room);
    if (by == DIM_MONTH)
        room[7] = '\0';
    return room;
}

static const char *branch_of(const struct figuring *f, const char *code)
{
    const struct figure_body *body = figuring_body(f, code);

    return body == NULL || body->branch == NULL ? "" : body->branch;
}

static const char *class_of(const struct figuring *f, const char *code)
{
    const struct figure_body *body = figuring_body(f, code);

    return body == NULL ? "" : body->kind;
}

/* Each kind (or payer) once, with what its remedies add to the sum. */
static void remedy_keys(const struct indicator_part *part, enum figure_dimension by,
                        const struct figure_facts *f, int64_t whole, dimension_fn *fn, void *arg)
{
    bool amounts = part->sum == FACT_RECOVERED_FEN, any = false;

    for (size_t i = 0; i < f->n_remedies; i++) {
        const char *key = by == DIM_REMEDY ? f->remedies[i].kind : f->remedies[i].payer;
        int64_t sum = 0;
        bool before = false;

        if (!conditions_take(&part->where, &f->remedies[i]))
            continue;
        for (size_t k = 0; k < f->n_remedies; k++) {
            const char *other = by == DIM_REMEDY ? f->remedies[k].kind : f->remedies[k].payer;

            if (strcmp(key == NULL ? "" : key, other == NULL ? "" : other) != 0 ||
                !conditions_take(&part->where, &f->remedies[k]))
                continue;
            before |= k < i;
            sum += f->remedies[k].amount_fen;
        }
        any = true;
        if (!before)
            fn(arg, key == NULL ? "" : key, 1, amounts ? sum : whole);
    }
    if (!any)
        fn(arg, "", 1, whole);
}

/* The record that a clerk confirmed, else the name as told. */
static const char *business_key(const struct figure_facts *f, char ret[BUSINESS_KEY])
{
    if (f->business > 0)
        snprintf(ret, BUSINESS_KEY, "%lld", (long long)f->business);
    else
        snprintf(ret, BUSINESS_KEY, "%s%s", f->told_business == NULL ? "" : FIGURE_TOLD,
                 f->told_business == NULL ? "" : f->told_business);
    return ret;
}

static void theme_keys(const struct figure_facts *f, int64_t sum, dimension_fn *fn, void *arg)
{
    for (size_t i = 0; i < f->n_themes; i++) {
        size_t k = 0;

        while (strcmp(f->themes[k], f->themes[i]) != 0)
            k++;
        if (k == i) /* each once */
            fn(arg, f->themes[i], 1, sum);
    }
}

/* Of a county its streets, and of other counties the county; of a city or more its counties. */
static const char *district_key(const struct figuring *f, const char *division,
                                char room[DIMENSION_KEY])
{
    const char *own = f->division;
    bool streets = division != NULL && own != NULL && strlen(own) >= COUNTY_DIGITS &&
                   strncmp(own + COUNTY_DIGITS - 2, "00", 2) != 0 &&
                   strncmp(division, own, COUNTY_DIGITS) == 0;

    snprintf(room, DIMENSION_KEY, "%.*s", streets ? DIVISION_DIGITS : COUNTY_DIGITS,
             division == NULL ? "" : division);
    return room;
}

void dimension_keys(const struct figuring *f, const struct indicator_part *part,
                    enum figure_dimension by, const struct figure_facts *facts, dimension_fn *fn,
                    void *arg)
{
    int64_t sum = conditions_sum(&part->where, facts, part->sum);
    char room[DIMENSION_KEY], name[BUSINESS_KEY];
    const char *key = "";

    switch (by) {
    case DIM_NONE:
        break;
    case DIM_MONTH:
    case DIM_DAY:
        key = dimension_key_of_date(by, part->by_ended ? facts->ended : facts->received, room);
        break;
    case DIM_BODY:
        key = facts->body;
        break;
    case DIM_BRANCH:
        key = branch_of(f, facts->body);
        break;
    case DIM_BODY_CLASS:
        key = class_of(f, facts->body);
        break;
    case DIM_KIND:
        key = facts->kind;
        break;
    case DIM_CHANNEL:
    case DIM_SECTOR:
    case DIM_CATEGORY:
    case DIM_PROBLEM:
    case DIM_OUTCOME:
    case DIM_GROUND:
    case DIM_STATUS:
    case DIM_TOLD:
    case DIM_SETTLED_AT:
        key = dimension_key_of_code(by, fact_text(facts, dimensions[by].fact), room);
        break;
    case DIM_DISTRICT:
        key = district_key(f, facts->division, room);
        break;
    case DIM_THEME:
        theme_keys(facts, sum, fn, arg);
        if (facts->n_themes > 0)
            return;
        break;
    case DIM_REMEDY:
    case DIM_PAYER:
        remedy_keys(part, by, facts, sum, fn, arg);
        return;
    case DIM_BUSINESS:
        key = business_key(facts, name);
        break;
    case DIM_OFFICER:
        if (facts->officer > 0) {
            snprintf(room, sizeof room, "%lld", (long long)facts->officer);
            key = room;
        }
        break;
    case DIM_RATING:
        if (facts->rating > 0) {
            snprintf(room, sizeof room, "%d", (int)facts->rating);
            key = room;
        }
        break;
    case DIM_COUNT:
        return;
    }
    fn(arg, key, 1, sum);
}
