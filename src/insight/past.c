/* Entries of a matter's past: written from events, read into states. */
#include "insight/past.h"

#include <string.h>

#include "base/varint.h"

/* Numbers of facts in an entry: texts, then numbers, then the lists. Whoever changes them, or what
 * an entry holds, raises PAST_FORMAT. */
#define FACT_THEMES (PAST_TEXTS + PAST_NUMBERS)
#define FACT_REMEDIES (FACT_THEMES + 1)
#define FACT_CLOCKS (FACT_REMEDIES + 1)

static const char *const text_columns[PAST_TEXTS] = {
    [PAST_KIND] = "kind",
    [PAST_STATUS] = "status",
    [PAST_BODY] = "body",
    [PAST_CHANNEL] = "channel",
    [PAST_OUTCOME] = "outcome",
    [PAST_GROUND] = "ground",
    [PAST_TOLD] = "told",
    [PAST_CATEGORY] = "category",
    [PAST_PROBLEM] = "problem",
    [PAST_DIVISION] = "division",
    [PAST_TOLD_BUSINESS] = "respondent_key",
};
static const char *const number_columns[PAST_NUMBERS] = {
    [PAST_BUSINESS] = "business",
    [PAST_OFFICER] = "officer",
    [PAST_RATING] = "rating",
    [PAST_AMOUNT_FEN] = "amount_fen",
    [PAST_RECOVERED_FEN] = "recovered_fen",
    [PAST_RECEIVED_AT] = "received_at",
    [PAST_ENDED_AT] = "ended_at",
};
static const char *const number_details[PAST_NUMBERS] = {
    [PAST_HEADS] = "heads",
    [PAST_ASSIGNED_AT] = "assigned_at",
    [PAST_ACCEPTED_AT] = "accepted_at",
    [PAST_TOLD_AT] = "told_at",
    [PAST_FROM_COMPLAINT] = "from_complaint",
};

/* ---- writing ---- */

static void put_text(struct buf *out, const char *text)
{
    size_t n = text == NULL ? 0 : strlen(text);

    varint_put(out, n);
    buf_add(out, text == NULL ? "" : text, n);
}

static void put_number(struct buf *out, size_t fact, int64_t value)
{
    varint_put(out, PAST_TEXTS + fact);
    varint_put_signed(out, value);
}

static int64_t number_of(const json_t *value)
{
    return json_is_integer(value) ? json_integer_value(value) : PAST_NONE;
}

static void put_columns(struct buf *out, const json_t *set)
{
    for (size_t i = 0; i < PAST_TEXTS; i++) {
        const json_t *value =
            text_columns[i] == NULL ? NULL : json_object_get(set, text_columns[i]);

        if (value == NULL)
            continue;
        varint_put(out, i);
        put_text(out, json_string_value(value));
    }
    for (size_t i = 0; i < PAST_NUMBERS; i++)
        if (number_columns[i] != NULL && json_object_get(set, number_columns[i]) != NULL)
            put_number(out, i, number_of(json_object_get(set, number_columns[i])));
}

static void put_themes(struct buf *out, const json_t *themes)
{
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(themes); i++)
        n += json_is_string(json_array_get(themes, i));
    n = n > PAST_THEMES_MAX ? PAST_THEMES_MAX : n;
    varint_put(out, FACT_THEMES);
    varint_put(out, n);
    for (size_t i = 0; n > 0; i++) {
        const char *theme = json_string_value(json_array_get(themes, i));

        if (theme == NULL)
            continue;
        put_text(out, theme);
        n--;
    }
}

static void put_disclosure(struct buf *out, const json_t *detail)
{
    const json_t *mark = json_object_get(detail, "disclosure");
    const json_t *consents = json_object_get(detail, "consents");
    const json_t *police = json_object_get(detail, "police");

    if (mark != NULL) {
        varint_put(out, PAST_DISCLOSURE);
        put_text(out, json_string_value(json_object_get(mark, "state")));
    }
    if (consents != NULL)
        put_number(out, PAST_AGREED_DISCLOSURE,
                   json_is_true(json_object_get(consents, "disclosure")));
    if (police != NULL)
        put_number(out, PAST_POLICE, !json_is_null(police));
}

static void put_detail(struct buf *out, const json_t *detail)
{
    const json_t *offer = json_object_get(detail, "offer");
    const json_t *settlement = json_object_get(detail, "settlement");
    const json_t *themes = json_object_get(detail, "themes");

    for (size_t i = 0; i < PAST_NUMBERS; i++)
        if (number_details[i] != NULL && json_object_get(detail, number_details[i]) != NULL)
            put_number(out, i, number_of(json_object_get(detail, number_details[i])));
    if (offer != NULL) {
        const char *state = json_string_value(json_object_get(offer, "state"));

        put_number(out, PAST_BY_PARTIES, state != NULL && strcmp(state, "accepted") == 0);
    }
    if (settlement != NULL)
        put_number(out, PAST_SETTLED, !json_is_null(settlement));
    if (themes != NULL)
        put_themes(out, themes);
    put_disclosure(out, detail);
}

static void put_remedies(struct buf *out, const json_t *remedies)
{
    size_t n = json_array_size(remedies);

    if (n == 0)
        return;
    n = n > PAST_REMEDIES_MAX ? PAST_REMEDIES_MAX : n;
    varint_put(out, FACT_REMEDIES);
    varint_put(out, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(remedies, i);

        put_text(out, json_string_value(json_object_get(one, "kind")));
        put_text(out, json_string_value(json_object_get(one, "payer")));
        varint_put_signed(out, json_integer_value(json_object_get(one, "amount_fen")));
    }
}

/* A first run that is open changes nothing. */
static bool clock_counts(const json_t *clock)
{
    const char *state = json_string_value(json_object_get(clock, "state"));

    return clock_ended(state) || json_integer_value(json_object_get(clock, "seq")) > 1;
}

static void put_clocks(struct buf *out, const json_t *clocks)
{
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(clocks); i++)
        n += clock_counts(json_array_get(clocks, i));
    if (n == 0)
        return;
    n = n > PAST_CLOCKS_MAX ? PAST_CLOCKS_MAX : n;
    varint_put(out, FACT_CLOCKS);
    varint_put(out, n);
    for (size_t i = 0; n > 0; i++) {
        const json_t *clock = json_array_get(clocks, i);
        const char *state = json_string_value(json_object_get(clock, "state"));

        if (!clock_counts(clock))
            continue;
        put_text(out, json_string_value(json_object_get(clock, "rule")));
        put_text(out, clock_ended(state) ? state : NULL);
        n--;
    }
}

void past_entry(struct buf *out, int64_t event, int64_t at, const json_t *body)
{
    CLEANUP(buf_release) struct buf facts = BUF_UP_TO(out->max);

    put_columns(&facts, json_object_get(body, "set"));
    put_detail(&facts, json_object_get(body, "detail"));
    if (json_object_get(json_object_get(body, "detail"), "settlement") != NULL)
        put_remedies(&facts, json_object_get(body, "remedies"));
    put_clocks(&facts, json_object_get(body, "clocks"));
    out->failed |= facts.failed;
    if (facts.len == 0)
        return;
    varint_put(out, (uint64_t)event);
    varint_put_signed(out, at);
    varint_put(out, facts.len);
    buf_add(out, facts.data, facts.len);
}

/* ---- reading ---- */

bool past_next(const unsigned char **at, const unsigned char *end, struct past_change *ret,
               bool *ret_bad)
{
    struct varint_cursor c = {.at = *at, .end = end};
    uint64_t n;

    *ret_bad = false;
    if (c.at == end)
        return false;
    ret->event = (int64_t)varint_get(&c);
    ret->at = varint_get_signed(&c);
    n = varint_get(&c);
    *ret_bad = c.bad || n > (uint64_t)(end - c.at);
    if (*ret_bad)
        return false;
    ret->facts = c.at;
    ret->end = *at = c.at + n;
    return true;
}

bool past_counts(const struct past_change *change, struct figure_as_of as_of)
{
    switch (as_of.kind) {
    case AS_OF_NOW:
        break;
    case AS_OF_INSTANT:
        return change->at <= as_of.at;
    case AS_OF_EVENT:
        return change->event <= as_of.at;
    }
    return true;
}

void past_state_init(struct past_state *state)
{
    memset(state, 0, offsetof(struct past_state, themes));
    for (size_t i = 0; i < PAST_NUMBERS; i++)
        state->numbers[i] = PAST_NONE;
}

static struct past_text get_text(struct varint_cursor *c)
{
    struct past_text text = {.n = varint_get(c)};

    if (text.n > (size_t)(c->end - c->at)) {
        c->bad = true;
        return (struct past_text){NULL, 0};
    }
    text.at = (const char *)c->at;
    c->at += text.n;
    return text;
}

static size_t get_count(struct varint_cursor *c, size_t max)
{
    uint64_t n = varint_get(c);

    if (n > max)
        c->bad = true;
    return c->bad ? 0 : n;
}

/* The last run of a rule stands for it. */
static void get_clock(struct varint_cursor *c, struct past_state *state)
{
    struct past_text rule = get_text(c), how = get_text(c);
    size_t i = 0;

    while (!c->bad && i < state->n_clocks &&
           (state->clocks[i].rule.n != rule.n ||
            memcmp(state->clocks[i].rule.at, rule.at, rule.n) != 0))
        i++;
    c->bad |= i == PAST_CLOCKS_MAX;
    if (c->bad)
        return;
    if (i == state->n_clocks)
        state->n_clocks++;
    state->clocks[i] = (struct past_clock){rule, how};
}

static void get_fact(struct varint_cursor *c, struct past_state *state)
{
    uint64_t fact = varint_get(c);

    if (fact < PAST_TEXTS)
        state->texts[fact] = get_text(c);
    else if (fact < FACT_THEMES) {
        state->numbers[fact - PAST_TEXTS] = varint_get_signed(c);
        if (fact - PAST_TEXTS == PAST_SETTLED)
            state->n_remedies = 0; /* a settlement's own follow it; it may give nothing */
    } else if (fact == FACT_THEMES) {
        state->n_themes = get_count(c, PAST_THEMES_MAX);
        for (size_t i = 0; i < state->n_themes; i++)
            state->themes[i] = get_text(c);
    } else if (fact == FACT_REMEDIES) {
        state->n_remedies = get_count(c, PAST_REMEDIES_MAX);
        for (size_t i = 0; i < state->n_remedies; i++) {
            struct past_remedy *r = &state->remedies[i];

            r->kind = get_text(c);
            r->payer = get_text(c);
            r->amount_fen = varint_get_signed(c);
        }
    } else if (fact == FACT_CLOCKS) {
        for (size_t n = get_count(c, PAST_CLOCKS_MAX); n > 0; n--)
            get_clock(c, state);
    } else
        c->bad = true;
}

bool past_apply(const struct past_change *change, struct past_state *state)
{
    struct varint_cursor c = {.at = change->facts, .end = change->end};

    while (c.at < c.end && !c.bad)
        get_fact(&c, state);
    return !c.bad;
}
