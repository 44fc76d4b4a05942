/* Facts and conditions. */
#include "insight/matter_facts.h"

#include <stdio.h>
#include <string.h>

#include "rules/read.h"

static const struct {
    const char *name;
    bool kept; /* by tallies */
} facts_known[FACT_COUNT] = {
    [FACT_KIND] = {"kind", true},
    [FACT_STATUS] = {"status", true},
    [FACT_OUTCOME] = {"outcome", true},
    [FACT_GROUND] = {"ground", true},
    [FACT_TOLD] = {"told", true},
    [FACT_CHANNEL] = {"channel", true},
    [FACT_CATEGORY] = {"category", true},
    [FACT_PROBLEM] = {"problem", true},
    [FACT_DIVISION] = {"division", true},
    [FACT_SETTLED_AT] = {"settled_at", false},
    [FACT_THEME] = {"theme", false},
    [FACT_REMEDY] = {"remedy", false},
    [FACT_PAYER] = {"payer", false},
    [FACT_CLOCK] = {"clock", false},
    [FACT_DISCLOSURE] = {"disclosure", false},
    [FACT_RATING] = {"rating", true},
    [FACT_AMOUNT_FEN] = {"amount_fen", true},
    [FACT_RECOVERED_FEN] = {"recovered_fen", true},
    [FACT_HEADS] = {"heads", false},
    [FACT_FROM_COMPLAINT] = {"from_complaint", false},
    [FACT_DAYS_TO_TELL] = {"days_to_tell", false},
    [FACT_DAYS_TO_ACCEPT] = {"days_to_accept", false},
    [FACT_DAYS_TO_ASSIGN] = {"days_to_assign", false},
    [FACT_DAYS_IN_HAND] = {"days_in_hand", false},
    [FACT_DAYS_TO_END] = {"days_to_end", false},
};

const char *fact_name(enum fact fact)
{
    return fact < FACT_COUNT ? facts_known[fact].name : "";
}

enum fact fact_find(const char *name)
{
    int i = 0;

    while (i < FACT_COUNT && (name == NULL || strcmp(facts_known[i].name, name) != 0))
        i++;
    return (enum fact)i;
}

bool fact_is_number(enum fact fact)
{
    return fact >= FACT_RATING && fact < FACT_COUNT;
}

bool fact_is_kept(enum fact fact)
{
    return fact < FACT_COUNT && facts_known[fact].kept;
}

const char *fact_text(const struct figure_facts *f, enum fact fact)
{
    switch (fact) {
    case FACT_KIND:
        return f->kind;
    case FACT_STATUS:
        return f->status;
    case FACT_OUTCOME:
        return f->outcome;
    case FACT_GROUND:
        return f->ground;
    case FACT_TOLD:
        return f->told;
    case FACT_CHANNEL:
        return f->channel;
    case FACT_CATEGORY:
        return f->category;
    case FACT_PROBLEM:
        return f->problem;
    case FACT_DIVISION:
        return f->division;
    case FACT_SETTLED_AT:
        if (f->outcome == NULL || strcmp(f->outcome, "settled") != 0)
            return NULL;
        return f->by_parties ? "parties" : f->body_class;
    case FACT_DISCLOSURE:
        return f->disclosure;
    case FACT_THEME:
    case FACT_REMEDY:
    case FACT_PAYER:
    case FACT_CLOCK:
    case FACT_RATING:
    case FACT_AMOUNT_FEN:
    case FACT_RECOVERED_FEN:
    case FACT_HEADS:
    case FACT_FROM_COMPLAINT:
    case FACT_DAYS_TO_TELL:
    case FACT_DAYS_TO_ACCEPT:
    case FACT_DAYS_TO_ASSIGN:
    case FACT_DAYS_IN_HAND:
    case FACT_DAYS_TO_END:
    case FACT_COUNT:
        break;
    }
    return NULL;
}

static int64_t days_between(date_t from, date_t to)
{
    return from == DATE_NONE || to == DATE_NONE ? DAYS_NONE : (int64_t)to - from;
}

int64_t fact_number(const struct figure_facts *f, enum fact fact)
{
    switch (fact) {
    case FACT_RATING:
        return f->rating;
    case FACT_AMOUNT_FEN:
        return f->amount_fen;
    case FACT_RECOVERED_FEN:
        return f->recovered_fen;
    case FACT_HEADS:
        return f->heads > 0 ? f->heads : 1;
    case FACT_FROM_COMPLAINT:
        return f->from_complaint;
    case FACT_DAYS_TO_TELL:
        return days_between(f->received, f->told_on);
    case FACT_DAYS_TO_ACCEPT:
        return days_between(f->received, f->accepted);
    case FACT_DAYS_TO_ASSIGN:
        return days_between(f->received, f->assigned);
    case FACT_DAYS_IN_HAND:
        return days_between(f->accepted, f->ended);
    case FACT_DAYS_TO_END:
        return days_between(f->received, f->ended);
    case FACT_KIND:
    case FACT_STATUS:
    case FACT_OUTCOME:
    case FACT_GROUND:
    case FACT_TOLD:
    case FACT_CHANNEL:
    case FACT_CATEGORY:
    case FACT_PROBLEM:
    case FACT_DIVISION:
    case FACT_SETTLED_AT:
    case FACT_THEME:
    case FACT_REMEDY:
    case FACT_PAYER:
    case FACT_CLOCK:
    case FACT_DISCLOSURE:
    case FACT_COUNT:
        break;
    }
    return 0;
}

const char *disclosure_word(const char *mark, bool agreed, bool police)
{
    bool decided = mark != NULL && *mark != '\0';

    if (decided && (agreed || strcmp(mark, "disclosed") == 0))
        return mark;
    if (!decided && police)
        return NULL;
    return agreed ? "open" : "declined";
}

bool clock_ended(const char *state)
{
    return state != NULL && (strcmp(state, "met") == 0 || strcmp(state, "missed") == 0);
}

void clock_word(char words[FACT_CLOCKS_BYTES], const char *rule, const char *state)
{
    size_t n = strlen(words);

    if (clock_ended(state) && n + 1 + strlen(rule) + 1 + strlen(state) < FACT_CLOCKS_BYTES)
        snprintf(words + n, FACT_CLOCKS_BYTES - n, "%s%s.%s", n == 0 ? "" : " ", rule, state);
}

/* ---- conditions ---- */

static bool forms_tree(enum fact fact)
{
    return fact == FACT_CATEGORY || fact == FACT_PROBLEM || fact == FACT_CLOCK;
}

/* The code itself, or one below it for the facts whose codes form trees. */
static bool code_fits(enum fact fact, const char *value, const char *code)
{
    size_t n = strlen(code);

    if (strcmp(value, code) == 0)
        return true;
    if (fact == FACT_DIVISION)
        return strncmp(value, code, n) == 0;
    return forms_tree(fact) && strncmp(value, code, n) == 0 && value[n] == '.';
}

static bool text_fits(const struct condition *c, const char *value)
{
    if (value == NULL || *value == '\0')
        return c->none;
    for (size_t i = 0; i < c->n_values; i++)
        if (code_fits(c->fact, value, c->values[i]))
            return !c->none;
    return c->n_values == 0 || c->none;
}

static bool some_clock_fits(const struct condition *c, const char *words)
{
    char word[FACT_CLOCKS_BYTES];
    size_t n;

    for (; words != NULL && *words != '\0'; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, words);
        if (text_fits(c, word))
            return true;
    }
    return false;
}

static bool number_fits(const struct condition *c, int64_t number)
{
    if (number == DAYS_NONE)
        return false;
    return number >= c->min && number <= c->max &&
           (!c->set || number > 0 || c->fact >= FACT_DAYS_TO_TELL);
}

static bool of_remedy(const struct condition *c)
{
    return c->fact == FACT_REMEDY || c->fact == FACT_PAYER;
}

bool conditions_take(const struct conditions *c, const struct fact_remedy *remedy)
{
    for (size_t i = 0; i < c->n; i++)
        if (of_remedy(&c->list[i]) &&
            !text_fits(&c->list[i], c->list[i].fact == FACT_REMEDY ? remedy->kind : remedy->payer))
            return false;
    return true;
}

bool condition_holds(const struct condition *c, const struct figure_facts *f)
{
    if (fact_is_number(c->fact))
        return number_fits(c, fact_number(f, c->fact));
    if (c->fact == FACT_THEME) {
        for (size_t i = 0; i < f->n_themes; i++)
            if (text_fits(c, f->themes[i]))
                return true;
        return false;
    }
    if (c->fact == FACT_CLOCK)
        return some_clock_fits(c, f->clocks);
    if (of_remedy(c)) {
        struct conditions one = {.list = {*c}, .n = 1};

        for (size_t i = 0; i < f->n_remedies; i++)
            if (conditions_take(&one, &f->remedies[i]))
                return true;
        return false;
    }
    return text_fits(c, fact_text(f, c->fact));
}

static bool ask_for_remedies(const struct conditions *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (of_remedy(&c->list[i]))
            return true;
    return false;
}

bool conditions_hold(const struct conditions *c, const struct figure_facts *f)
{
    for (size_t i = 0; i < c->n; i++)
        if (!of_remedy(&c->list[i]) && !condition_holds(&c->list[i], f))
            return false;
    if (!ask_for_remedies(c))
        return true;
    for (size_t i = 0; i < f->n_remedies; i++)
        if (conditions_take(c, &f->remedies[i]))
            return true;
    return false;
}

int64_t conditions_sum(const struct conditions *c, const struct figure_facts *f, enum fact sum)
{
    int64_t total = 0;

    if (sum == FACT_NONE)
        return 0;
    if (sum != FACT_RECOVERED_FEN || !ask_for_remedies(c)) {
        total = fact_number(f, sum);
        return total == DAYS_NONE ? 0 : total;
    }
    for (size_t i = 0; i < f->n_remedies; i++)
        if (conditions_take(c, &f->remedies[i]))
            total += f->remedies[i].amount_fen;
    return total;
}

bool condition_implies(const struct condition *a, const struct condition *b)
{
    if (a->fact != b->fact || a->none || b->none)
        return false;
    if (fact_is_number(a->fact))
        return a->min >= b->min && a->max <= b->max && (!b->set || a->set || a->min > 0);
    if (b->n_values == 0)
        return true; /* b: set at all */
    for (size_t i = 0; i < a->n_values; i++) {
        size_t k = 0;

        while (k < b->n_values && !code_fits(a->fact, a->values[i], b->values[k]))
            k++;
        if (k == b->n_values)
            return false;
    }
    return a->n_values > 0;
}

/* ---- reading ---- */

static bool fact_has_several(enum fact fact)
{
    return fact == FACT_THEME || fact == FACT_REMEDY || fact == FACT_PAYER || fact == FACT_CLOCK;
}

static void read_values(struct reader *r, const json_t *value, struct condition *ret)
{
    size_t n = json_array_size(value);

    if (fact_is_number(ret->fact) || n == 0) {
        reader_fault(r, NULL, "values", "这里要一组编码", "A list of codes is expected here");
        return;
    }
    ret->values = read_room(r, n, sizeof *ret->values);
    for (size_t i = 0; ret->values != NULL && i < n; i++) {
        const char *text = json_string_value(json_array_get(value, i));

        ret->values[i] = text == NULL ? NULL : arena_strdup(r->arena, text);
        if (text == NULL || *text == '\0')
            reader_fault(r, NULL, "values", "编码是文字", "A code is a text");
        else if (ret->values[i] == NULL)
            r->no_memory = true;
    }
    ret->n_values = ret->values == NULL ? 0 : n;
}

static void read_condition(struct reader *r, const json_t *value, struct condition *ret)
{
    static const char *const keys[] = {"set", "not", "min", "max", NULL};
    const json_t *min = json_object_get(value, "min"), *max = json_object_get(value, "max");
    const json_t *set = json_object_get(value, "set"), *not = json_object_get(value, "not");

    ret->min = INT64_MIN;
    ret->max = INT64_MAX;
    if (json_is_array(value)) {
        read_values(r, value, ret);
        return;
    }
    if (!read_object(r, value, keys))
        return;
    if (set != NULL && !json_is_true(set))
        reader_fault(r, "set", "set", "set 只能是 true", "set is true or absent");
    if ((min != NULL || max != NULL) &&
        (!fact_is_number(ret->fact) || (min != NULL && !json_is_integer(min)) ||
         (max != NULL && !json_is_integer(max))))
        reader_fault(r, NULL, "range", "min、max 是整数，只用于数字",
                     "min and max are whole numbers, for numbers alone");
    if (not != NULL && (set != NULL || fact_has_several(ret->fact)))
        reader_fault(r, "not", "not", "not 只用于一个值的列，不和 set 一起用",
                     "not is for facts of one value, and not beside set");
    else if (not != NULL) {
        ret->none = true;
        read_values(r, not, ret);
    }
    if (set == NULL && not == NULL && min == NULL && max == NULL)
        reader_fault(r, NULL, "empty", "没有条件", "There is no condition");
    ret->set = set != NULL;
    if (min != NULL)
        ret->min = json_integer_value(min);
    if (max != NULL)
        ret->max = json_integer_value(max);
}

struct conditions read_conditions(struct reader *r, const json_t *object, const char *key)
{
    const json_t *where = read_member(r, object, key, false);
    struct conditions ret = {.n = 0};
    const char *name;
    json_t *value;
    size_t mark = reader_key(r, key);

    if (where != NULL && !json_is_object(where))
        reader_fault(r, NULL, "type", "这里要一组条件", "An object of conditions is expected here");
    json_object_foreach((json_t *)where, name, value)
    {
        struct condition *c = &ret.list[ret.n];
        size_t inner;

        if (ret.n == CONDITIONS_MAX) {
            reader_fault(r, NULL, "many", "条件太多", "There are too many conditions");
            break;
        }
        c->fact = fact_find(name);
        if (c->fact == FACT_NONE) {
            reader_fault(r, name, "unknown_fact", "没有这一列", "There is no such fact");
            continue;
        }
        inner = reader_key(r, name);
        read_condition(r, value, c);
        reader_up(r, inner);
        ret.n++;
    }
    reader_up(r, mark);
    return ret;
}
