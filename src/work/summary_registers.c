/* What registers have to say in a summary: the sentences of their definitions, each number a
 * figure.
 */
#include <string.h>

#include "work/entry_reading.h"
#include "work/summary_internal.h"

struct saying {
    struct reading reading;
    struct register_numbers numbers;
    json_t *figures; /* of the summary */
    json_t *runs;    /* of the paragraph */
};

/* ---- figures ---- */

static const struct register_measure *measure_of(const struct register_piece *p)
{
    return p->kind == PIECE_RATE ? p->rate->num : p->measure;
}

static int64_t number_of(struct saying *s, const struct register_measure *m,
                         const struct register_dimension *by, const char *value)
{
    int64_t number = 0;

    (void)s->numbers.measure(s->numbers.arg, m, by, value, &number);
    return number;
}

/* REGISTER.MEASURE, REGISTER.MEASURE.DIMENSION=VALUE or REGISTER.RATE, of a body and period. */
static const char *id_of(struct saying *s, const struct register_piece *p)
{
    struct arena *arena = s->reading.op->arena;
    const char *of = measure_of(p)->of->flow.id;
    char period[PERIOD_TEXT];

    period_format(&s->reading.period, period);
    if (p->kind == PIECE_RATE)
        return arena_printf(arena, "register:%s.%s:%s:%s", s->reading.def->flow.id, p->rate->id,
                            s->reading.body->code, period);
    if (p->by == NULL)
        return arena_printf(arena, "register:%s.%s:%s:%s", of, p->measure->id,
                            s->reading.body->code, period);
    return arena_printf(arena, "register:%s.%s:%s:%s:%s=%s", of, p->measure->id,
                        s->reading.body->code, period, p->by->name, p->value);
}

static int decimals_of(const char *text)
{
    const char *dot = strchr(text, '.');

    return dot == NULL ? 0 : (int)strlen(dot + 1);
}

static json_t *figure_json(struct saying *s, const struct register_piece *p, const char *id)
{
    struct op *op = s->reading.op;
    const struct register_measure *m = measure_of(p);
    const struct register_rate *rate = p->kind == PIECE_RATE ? p->rate : NULL;
    const struct label *label = rate == NULL ? &m->label : &rate->label;
    const char *unit = m->money ? "元" : m->unit.zh == NULL ? "" : m->unit.zh;
    int64_t num = number_of(s, m, rate == NULL ? p->by : NULL, rate == NULL ? p->value : NULL);
    int64_t den = rate == NULL ? 0 : number_of(s, rate->den, NULL, NULL);
    const char *value = rate == NULL ? register_measure_text(op->arena, m, num, false)
                                     : register_rate_text(op->arena, rate, num, den);
    const char *part =
        rate == NULL && p->by != NULL
            ? arena_printf(op->arena, "（%s）", entry_dimension_label(op, p->by, p->value).zh)
            : "";
    const char *what = arena_printf(op->arena, "%s%s：%s%s", s->numbers.when_zh,
                                    s->reading.def->flow.label.zh, label->zh, part);

    if (value == NULL || part == NULL || what == NULL)
        return NULL;
    if (rate != NULL)
        unit = rate->factor == 100 ? "%" : "";
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:o, s:s, s:s, s:s}", "id", id, "form",
                     "value", "label", what, "unit", unit, "value", value, "num",
                     (json_int_t)(num / NUMBER_ONE), "decimals", decimals_of(value), "den",
                     rate == NULL ? json_null() : json_integer(den / NUMBER_ONE), "register",
                     m->of->flow.id, "measure", m->id, "meaning",
                     s->reading.def->about.zh == NULL ? "" : s->reading.def->about.zh);
}

/* Its position among the figures; added where it is not there yet. */
static enum err_code figure_of(struct saying *s, const struct register_piece *p, size_t *ret)
{
    struct op *op = s->reading.op;
    const char *id = id_of(s, p);
    json_t *figure;

    if (id == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "figures of registers");
    for (*ret = 0; *ret < json_array_size(s->figures); ++*ret)
        if (strcmp(json_string_value(json_object_get(json_array_get(s->figures, *ret), "id")),
                   id) == 0)
            return ERR_OK;
    figure = figure_json(s, p, id);
    if (figure == NULL || json_array_append_new(s->figures, figure) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "figures of registers");
    return ERR_OK;
}

/* ---- sentences ---- */

/* Whether there is anything to tell, and every number is there. */
static bool says_something(struct saying *s, const struct register_sentence *sentence)
{
    bool some = false;

    for (size_t i = 0; i < sentence->n_zh; i++) {
        const struct register_piece *p = &sentence->zh[i];

        if (register_piece_text(s->reading.op->arena, p, &s->numbers, true) == NULL)
            return false;
        if (p->kind == PIECE_MEASURE)
            some |= number_of(s, p->measure, p->by, p->value) != 0;
    }
    return some;
}

static enum err_code add_piece(struct saying *s, const struct register_piece *p)
{
    struct op *op = s->reading.op;
    const char *text = register_piece_text(op->arena, p, &s->numbers, true);
    json_t *run = json_pack("{s:s}", "text", text);
    size_t at;

    if (run != NULL && (p->kind == PIECE_MEASURE || p->kind == PIECE_RATE)) {
        enum err_code rc = figure_of(s, p, &at);

        if (rc != ERR_OK) {
            json_decref(run);
            return rc;
        }
        json_object_set_new(run, "figure", json_integer((json_int_t)at));
    }
    return run == NULL || json_array_append_new(s->runs, run) != 0
               ? err_set(&op->err, ERR_NO_MEMORY, "sentences of registers")
               : ERR_OK;
}

static enum err_code add_sentences(struct saying *s)
{
    const struct register_def *def = s->reading.def;

    for (size_t i = 0; i < def->n_sentences; i++) {
        const struct register_sentence *sentence = &def->sentences[i];

        TRY(entry_reading_sentence(&s->reading, sentence));
        if (!says_something(s, sentence))
            continue;
        for (size_t k = 0; k < sentence->n_zh; k++)
            TRY(add_piece(s, &sentence->zh[k]));
    }
    return ERR_OK;
}

static enum err_code add_register(struct saying *s, const struct register_def *def, json_t *texts)
{
    CLEANUP(json_decrefp) json_t *runs = json_array();

    entry_reading_next(&s->reading, def);
    s->runs = runs;
    TRY(add_sentences(s));
    if (json_array_size(runs) == 0)
        return ERR_OK;
    return json_array_append_new(texts, json_pack("{s:O}", "runs", runs)) != 0
               ? err_set(&s->reading.op->err, ERR_NO_MEMORY, "sentences of registers")
               : ERR_OK;
}

enum err_code summary_registers(void *arg, struct snapshot *snap, const struct summary_query *query,
                                unsigned groups, json_t *figures, json_t *texts)
{
    struct op *op = arg;
    const struct registers *registers = op->setup->registers;
    struct saying s = {.figures = figures};

    TRY(entry_reading_begin(op, NULL, query->body, &query->period, &s.reading));
    s.reading.snap = snap;
    s.numbers = entry_reading_numbers(&s.reading);
    for (size_t i = 0; i < registers_count(registers); i++) {
        const struct register_def *def = registers_at(registers, i);

        if ((groups >> def->group & 1) != 0 && register_in_profile(def, op->setup->profile->id))
            TRY(add_register(&s, def, texts));
    }
    return ERR_OK;
}
