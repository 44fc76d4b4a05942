/* What entries and figures of a register look like in words: values, titles, numbers, sentences. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/register_internal.h"
#include "rules/register_values.h"

#define LINE_MAX_BYTES 20000
#define WAN 10000

static struct label same(const char *text)
{
    return (struct label){text, text};
}

/* ---- values ---- */

static struct label code_label(const struct act_field *f, const char *code,
                               const struct codes *codes)
{
    const struct code *found;

    for (size_t i = 0; code != NULL && i < f->n_choices; i++)
        if (strcmp(f->choices[i].code, code) == 0)
            return f->choices[i].label;
    found =
        codes == NULL || f->codes == NULL ? NULL : code_find(codes_table(codes, f->codes), code);
    return found == NULL ? same(code) : found->label;
}

static struct label choices_label(struct arena *arena, const struct act_field *f,
                                  const json_t *list, const struct codes *codes)
{
    CLEANUP(buf_release) struct buf zh = BUF_UP_TO(LINE_MAX_BYTES);
    CLEANUP(buf_release) struct buf en = BUF_UP_TO(LINE_MAX_BYTES);

    for (size_t i = 0; i < json_array_size(list); i++) {
        struct label l = code_label(f, json_string_value(json_array_get(list, i)), codes);

        if (l.zh == NULL)
            continue;
        buf_addf(&zh, "%s%s", zh.len > 0 ? "、" : "", l.zh);
        buf_addf(&en, "%s%s", en.len > 0 ? ", " : "", l.en);
    }
    return (struct label){buf_dup(&zh, arena), buf_dup(&en, arena)};
}

/* Fen as yuan: "1200.50". */
static const char *yuan(struct arena *arena, int64_t fen)
{
    uint64_t size = fen < 0 ? -(uint64_t)fen : (uint64_t)fen;

    return arena_printf(arena, "%s%llu.%02llu", fen < 0 ? "-" : "", (unsigned long long)size / 100,
                        (unsigned long long)size % 100);
}

static struct label quantity_label(struct arena *arena, const json_t *v, const struct codes *codes)
{
    const char *value = json_string_value(json_object_get(v, "value"));
    const char *unit = json_string_value(json_object_get(v, "unit"));
    const struct code *found = codes == NULL ? NULL : code_find(codes_table(codes, "units"), unit);

    if (value == NULL || unit == NULL)
        return (struct label){NULL, NULL};
    return (struct label){
        arena_printf(arena, "%s%s", value, found == NULL ? unit : found->label.zh),
        arena_printf(arena, "%s %s", value, found == NULL ? unit : found->label.en)};
}

static const char *checklist_text(struct arena *arena, const struct act_field *f, const json_t *v)
{
    long long score = 0, max = 0;

    for (size_t i = 0; i < f->n_items; i++) {
        const json_t *item =
            json_object_get(json_object_get(json_object_get(v, "items"), f->items[i].id), "score");

        if (json_is_integer(item)) {
            score += json_integer_value(item);
            max += f->items[i].max;
        }
    }
    return arena_printf(arena, "%lld/%lld", score, max);
}

/* "2026-03-15 09:30" from what was sent. */
static const char *instant_text(struct arena *arena, const char *text)
{
    char *copy =
        text == NULL ? NULL : arena_strndup(arena, text, strlen(text) < 16 ? strlen(text) : 16);

    if (copy != NULL && strlen(copy) > 10 && copy[10] == 'T')
        copy[10] = ' ';
    return copy;
}

struct label register_text(struct arena *arena, const struct act_field *field, const json_t *value,
                           const struct codes *codes)
{
    static const struct label none = {NULL, NULL}, yes = {"是", "Yes"}, no = {"否", "No"};
    long long n = json_integer_value(value);

    if (value == NULL || json_is_null(value))
        return none;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_BODY:
    case FIELD_NUMBER:
    case FIELD_PERIOD:
    case FIELD_MATTER:
    case FIELD_ENTRY:
    case FIELD_DECIMAL:
    case FIELD_DATE:
        return same(json_string_value(value));
    case FIELD_INT:
    case FIELD_OFFICER:
    case FIELD_BUSINESS:
    case FIELD_CASE:
    case FIELD_GROUP:
        return same(arena_printf(arena, "%lld", n));
    case FIELD_MONEY:
        return same(yuan(arena, n));
    case FIELD_BOOL:
        return json_is_true(value) ? yes : no;
    case FIELD_INSTANT:
        return same(instant_text(arena, json_string_value(value)));
    case FIELD_CHOICE:
        return code_label(field, json_string_value(value), codes);
    case FIELD_CHOICES:
        return choices_label(arena, field, value, codes);
    case FIELD_QUANTITY:
        return quantity_label(arena, value, codes);
    case FIELD_PERSON:
        if (json_string_value(json_object_get(value, "name")) == NULL)
            return none;
        return same(mask_name(arena, json_string_value(json_object_get(value, "name"))));
    case FIELD_PLACE:
        return same(json_string_value(json_object_get(value, "text")));
    case FIELD_CHECKLIST:
        return same(checklist_text(arena, field, value));
    case FIELD_TABLE:
        return (struct label){arena_printf(arena, "%zu 行", json_array_size(value)),
                              arena_printf(arena, "%zu rows", json_array_size(value))};
    case FIELD_FILE:
        return (struct label){arena_printf(arena, "%zu 份", json_array_size(value)),
                              arena_printf(arena, "%zu files", json_array_size(value))};
    case FIELD_REMEDIES:
    case FIELD_AMENDMENT:
    case FIELD_REPORT:
        break;
    }
    return none;
}

/* ---- computed ---- */

static int64_t whole_of(int64_t number)
{
    return number / NUMBER_ONE;
}

struct label register_computed_words(const struct register_computed *computed, const char *value)
{
    for (size_t i = 0; i < computed->n_choices; i++)
        if (strcmp(computed->choices[i].code, value) == 0)
            return computed->choices[i].label;
    return same(value);
}

struct label register_computed_text(struct arena *arena, const struct register_computed *computed,
                                    const struct value *value)
{
    char text[DECIMAL_TEXT];

    switch (value->kind) {
    case VALUE_NUMBER:
        if (computed->kind == COMPUTED_MONEY)
            return same(yuan(arena, whole_of(value->number)));
        decimal_format(value->number, computed->decimals, text);
        return same(
            arena_printf(arena, "%s%s", text, computed->kind == COMPUTED_PERCENT ? "%" : ""));
    case VALUE_TEXT:
        return register_computed_words(computed, arena_strdup(arena, value->text));
    case VALUE_BOOL:
        return value->truth ? (struct label){"是", "Yes"} : (struct label){"否", "No"};
    case VALUE_DATE:
        date_format(value->date, text);
        return same(arena_strdup(arena, text));
    case VALUE_EMPTY:
    case VALUE_INSTANT:
    case VALUE_LIST:
    case VALUE_FILLED:
        break;
    }
    return (struct label){NULL, NULL};
}

json_t *register_computed_json(const struct register_computed *computed, const struct value *value)
{
    char text[DECIMAL_TEXT];

    switch (value->kind) {
    case VALUE_NUMBER:
        if (computed->kind == COMPUTED_MONEY || computed->kind == COMPUTED_INT)
            return json_integer(whole_of(value->number));
        decimal_format(value->number, computed->decimals, text);
        return json_string(text);
    case VALUE_TEXT:
        return json_string(value->text);
    case VALUE_BOOL:
        return json_boolean(value->truth);
    case VALUE_DATE:
        date_format(value->date, text);
        return json_string(text);
    case VALUE_EMPTY:
    case VALUE_INSTANT:
    case VALUE_LIST:
    case VALUE_FILLED:
        break;
    }
    return json_null();
}

const char *register_title(struct arena *arena, const struct register_env *env,
                           const struct codes *codes)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(LINE_MAX_BYTES);
    const struct register_def *def = env->def;

    for (size_t i = 0; i < def->n_title; i++) {
        const struct act_field *f = register_field(def, def->title[i]);
        const struct register_computed *c = register_computed(def, def->title[i]);
        struct label l = {NULL, NULL};

        if (f != NULL)
            l = register_text(arena, f, json_object_get(env->values, f->name), codes);
        else if (c != NULL && env->computed != NULL)
            l = register_computed_text(arena, c, &env->computed[c - def->computed]);
        else if (strcmp(def->title[i], "number") == 0)
            l.zh = env->number;
        if (l.zh != NULL && *l.zh != '\0')
            buf_addf(&b, "%s%s", b.len > 0 ? " " : "", l.zh);
    }
    return b.len == 0 ? env->number : buf_dup(&b, arena);
}

/* ---- numbers of figures ---- */

/* Without the zeros that end it behind the point. */
static const char *shorten(struct arena *arena, const char *text)
{
    size_t n = strlen(text);

    if (strchr(text, '.') == NULL)
        return arena_strdup(arena, text);
    while (text[n - 1] == '0')
        n--;
    return arena_strndup(arena, text, text[n - 1] == '.' ? n - 1 : n);
}

/* Money in yuan, its fen only where there are some; in 万 with at most two decimals. */
const char *register_measure_text(struct arena *arena, const struct register_measure *measure,
                                  int64_t value, bool wan)
{
    struct value v = value_number(value);
    char text[DECIMAL_TEXT];

    if (wan || measure->money) {
        v = number_quotient(value, (int64_t)NUMBER_ONE * (measure->money ? 100 : 1), 1, 2);
        if (wan)
            v = number_quotient(value, (int64_t)NUMBER_ONE * WAN * (measure->money ? 100 : 1), 1,
                                2);
        if (v.kind != VALUE_NUMBER)
            return NULL;
        decimal_format(v.number, 2, text);
        return wan || strcmp(text + strlen(text) - 3, ".00") == 0 ? shorten(arena, text)
                                                                  : arena_strdup(arena, text);
    }
    decimal_format(value, measure->decimals, text);
    return arena_strdup(arena, text);
}

const char *register_rate_text(struct arena *arena, const struct register_rate *rate, int64_t num,
                               int64_t den)
{
    char text[DECIMAL_TEXT];
    struct value v;

    /* Fen over a number is yuan for each. */
    if (rate->num->money != rate->den->money &&
        __builtin_mul_overflow(rate->num->money ? den : num, (int64_t)100,
                               rate->num->money ? &den : &num))
        return NULL;
    v = number_quotient(num, den, rate->factor, rate->decimals);
    if (v.kind != VALUE_NUMBER)
        return NULL;
    decimal_format(v.number, rate->decimals, text);
    return arena_strdup(arena, text);
}

/* ---- sentences ---- */

/* A sentence says 579 and not 579.000; money keeps its fen. */
static const char *said(struct arena *arena, const struct register_measure *measure,
                        const char *text)
{
    return text == NULL || measure->money || strchr(text, '.') == NULL ? text
                                                                       : shorten(arena, text);
}

const char *register_piece_text(struct arena *arena, const struct register_piece *p,
                                const struct register_numbers *numbers, bool zh)
{
    int64_t value = 0, den = 0;

    switch (p->kind) {
    case PIECE_WORDS:
        return p->words;
    case PIECE_WHEN:
        return zh ? numbers->when_zh : numbers->when_en;
    case PIECE_BODY:
        return zh ? numbers->body_zh : numbers->body_en;
    case PIECE_MEASURE:
        return numbers->measure(numbers->arg, p->measure, p->by, p->value, &value)
                   ? said(arena, p->measure,
                          register_measure_text(arena, p->measure, value, p->wan))
                   : NULL;
    case PIECE_RATE:
        return numbers->measure(numbers->arg, p->rate->num, NULL, NULL, &value) &&
                       numbers->measure(numbers->arg, p->rate->den, NULL, NULL, &den)
                   ? register_rate_text(arena, p->rate, value, den)
                   : NULL;
    }
    return NULL;
}

/* NULL when a number is missing. */
static const char *pieces_text(struct arena *arena, const struct register_piece *pieces, size_t n,
                               const struct register_numbers *numbers, bool zh)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(LINE_MAX_BYTES);

    for (size_t i = 0; i < n; i++) {
        const char *text = register_piece_text(arena, &pieces[i], numbers, zh);

        if (text == NULL)
            return NULL;
        buf_adds(&b, text);
    }
    return buf_dup(&b, arena);
}

struct label register_sentence_text(struct arena *arena, const struct register_sentence *sentence,
                                    const struct register_numbers *numbers)
{
    struct label l = {pieces_text(arena, sentence->zh, sentence->n_zh, numbers, true),
                      pieces_text(arena, sentence->en, sentence->n_en, numbers, false)};

    return l.zh == NULL || l.en == NULL ? (struct label){NULL, NULL} : l;
}

static size_t number_length(const char *text)
{
    size_t n = *text == '-', digits = strspn(text + n, "0123456789");

    if (digits == 0)
        return 0;
    n += digits;
    if (text[n] == '.' && (digits = strspn(text + n + 1, "0123456789")) > 0)
        n += 1 + digits;
    return n;
}

bool register_sentence_parse(struct arena *arena, const struct register_sentence *sentence,
                             const char *text, const char **ret)
{
    const struct register_piece *p = sentence->zh;

    for (size_t i = 0; i < sentence->n_zh; i++) {
        size_t n;

        ret[i] = NULL;
        if (p[i].kind == PIECE_WORDS) {
            if (!text_starts(text, p[i].words))
                return false;
            text += strlen(p[i].words);
            continue;
        }
        if (p[i].kind == PIECE_MEASURE || p[i].kind == PIECE_RATE) {
            n = number_length(text);
        } else if (i + 1 < sentence->n_zh && p[i + 1].kind == PIECE_WORDS) {
            const char *end = strstr(text, p[i + 1].words);

            n = end == NULL ? 0 : (size_t)(end - text);
        } else {
            n = strlen(text);
        }
        if (n == 0)
            return false;
        ret[i] = arena_strndup(arena, text, n);
        if (ret[i] == NULL)
            return false;
        text += n;
    }
    return *text == '\0';
}
