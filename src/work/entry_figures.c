/* Figures of a register. Whole months come from the tallies; other periods from the rows that the
 * entries themselves keep for each measure. Both are written by the acts that change the entries.
 */
#include "work/entry_figures.h"

#include <string.h>

#include "insight/compose.h"
#include "sql_queries.h"
#include "work/entry_reading.h"
#include "work/entry_recount.h"
#include "work/view_internal.h"

#define CELLS_MAX 4000

/* ---- reading ---- */

static enum err_code keep_cells(struct reading *r, const struct register_measure *m,
                                const struct register_dimension *by, struct stmt *s, int value,
                                int n)
{
    bool row;

    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        if (stmt_int64(s, n) == 0)
            continue;
        if (r->n == CELLS_MAX)
            return err_set(&r->op->err, ERR_TOO_LARGE, "figures of %s", r->def->flow.id);
        r->cells[r->n++] = (struct figure_cell_of){m, by, stmt_text_dup(r->op, s, value),
                                                   stmt_int64(s, n), stmt_int64(s, n + 1)};
    }
}

/* Month by month, or day by day for the whole of a measure. */
static enum err_code from_tallies(struct reading *r, const struct register_measure *m,
                                  const struct register_dimension *by, const char *grain,
                                  int64_t first, int64_t last)
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    compose_init(&c);
    compose(&c, SQL_figure_reach);
    TRY(compose_reach(r->op, &c, SQL_figure_if_below, r->body->path));
    compose(&c, SQL_figure_cells_by_value);
    compose_int(&c, first);
    compose_int(&c, last);
    compose_text(&c, arena_printf(r->op->arena, "%s.%s", m->of->flow.id, m->id));
    compose_text(&c, by == NULL ? "total" : by->name);
    compose_text(&c, grain);
    compose(&c, SQL_figure_group_value);
    TRY(compose_prepare(r->op, r->snap, &c, &s));
    return keep_cells(r, m, by, s, 0, 3);
}

static enum err_code from_entries(struct reading *r, const struct register_measure *m,
                                  const struct register_dimension *by)
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    compose_init(&c);
    compose(&c, SQL_entry_cells);
    compose_text(&c, m->of->flow.id);
    compose_text(&c, entry_measure_row(r->op, m->id, by == NULL ? NULL : by->name));
    compose_int(&c, m->standing ? INT32_MIN : r->period.first);
    compose_int(&c, r->period.last);
    TRY(compose_reach(r->op, &c, SQL_entry_cells_below, r->body->path));
    compose(&c, SQL_entry_group_value);
    TRY(compose_prepare(r->op, r->snap, &c, &s));
    return keep_cells(r, m, by, s, 0, 2);
}

enum err_code entry_reading_cells(struct reading *r, const struct register_measure *m,
                                  const struct register_dimension *by)
{
    int first, last;
    bool months = period_months(&r->period, &first, &last);

    for (size_t i = 0; i < r->n; i++)
        if (r->cells[i].measure == m && r->cells[i].by == by)
            return ERR_OK;
    if (m->standing)
        first = 0; /* from the beginning: January 2000 */
    if (months)
        return from_tallies(r, m, by, "m", first, last);
    return m->standing || by != NULL
               ? from_entries(r, m, by)
               : from_tallies(r, m, NULL, "d", r->period.first, r->period.last);
}

static enum err_code read_piece(struct reading *r, const struct register_piece *p)
{
    if (p->kind == PIECE_MEASURE)
        return entry_reading_cells(r, p->measure, p->by);
    if (p->kind != PIECE_RATE)
        return ERR_OK;
    TRY(entry_reading_cells(r, p->rate->num, NULL));
    return entry_reading_cells(r, p->rate->den, NULL);
}

enum err_code entry_reading_sentence(struct reading *r, const struct register_sentence *sentence)
{
    for (size_t i = 0; i < sentence->n_zh; i++)
        TRY(read_piece(r, &sentence->zh[i]));
    for (size_t i = 0; i < sentence->n_en; i++)
        TRY(read_piece(r, &sentence->en[i]));
    return ERR_OK;
}

static enum err_code read_measure(struct reading *r, const struct register_measure *m)
{
    TRY(entry_reading_cells(r, m, NULL));
    for (size_t i = 0; i < m->n_by; i++)
        TRY(entry_reading_cells(r, m, &m->by[i]));
    return ERR_OK;
}

/* A rate may take a measure of another register. */
static enum err_code read_other(struct reading *r, const struct register_measure *m)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->cells[i].measure == m)
            return ERR_OK;
    return m->of == r->def ? ERR_OK : read_measure(r, m);
}

static int64_t value_of(const struct register_measure *m, const struct figure_cell_of *c)
{
    return m->sum == NULL ? c->n * NUMBER_ONE : c->sum;
}

static int64_t total_of(const struct reading *r, const struct register_measure *m,
                        const struct register_dimension *by, const char *value, int64_t *ret_n)
{
    int64_t total = 0, n = 0;

    for (size_t i = 0; i < r->n; i++) {
        const struct figure_cell_of *c = &r->cells[i];

        if (c->measure != m || c->by != by || (value != NULL && strcmp(value, c->value) != 0))
            continue;
        total += value_of(m, c);
        n += c->n;
    }
    if (ret_n != NULL)
        *ret_n = n;
    return total;
}

enum err_code entry_reading_begin(struct op *op, const struct register_def *def, const char *body,
                                  const struct period *period, struct reading *ret)
{
    struct record_facts facts = {0};

    *ret = (struct reading){.op = op, .def = def, .period = *period};
    ret->body = setup_body(op->setup, body);
    if (ret->body == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "body", "unknown_body", "没有这个单位",
                         "There is no such body.");
    facts.body_path = ret->body->path;
    TRY(may_check(&op->actor, MAY_READ_FIGURES, &facts, &op->err));
    ret->cells = ARENA_ARRAY(op->arena, struct figure_cell_of, CELLS_MAX);
    return ret->cells == NULL ? err_set(&op->err, ERR_NO_MEMORY, "figures") : ERR_OK;
}

void entry_reading_next(struct reading *r, const struct register_def *def)
{
    r->def = def;
    r->n = 0;
}

/* ---- as JSON ---- */

/* Without needless zeros: "12.5", "624". */
static const char *number_text(struct op *op, int64_t number)
{
    char text[DECIMAL_TEXT];
    size_t n;

    decimal_format(number, 4, text);
    n = strlen(text);
    while (n > 0 && text[n - 1] == '0')
        text[--n] = '\0';
    if (n > 0 && text[n - 1] == '.')
        text[n - 1] = '\0';
    return arena_strdup(op->arena, text);
}

struct label entry_dimension_label(struct op *op, const struct register_dimension *by,
                                   const char *value)
{
    struct label label = {value, value};
    const struct flow_state *state = by->states == NULL ? NULL : flow_state(by->states, value);

    if (state != NULL)
        return state->label;
    if (by->computed != NULL)
        return register_computed_words(by->computed, value);
    if (by->field == NULL)
        return label;
    if (by->field->kind == FIELD_BOOL)
        return strcmp(value, "true") == 0 ? (struct label){"是", "Yes"}
                                          : (struct label){"否", "No"};
    for (size_t i = 0; i < by->field->n_choices; i++)
        if (strcmp(by->field->choices[i].code, value) == 0)
            return by->field->choices[i].label;
    return by->field->codes == NULL ? label : setup_label(op->setup, by->field->codes, value);
}

static void write_by(const struct reading *r, const struct register_measure *m,
                     struct json_writer *w)
{
    json_open_object(w, "by");
    for (size_t i = 0; i < m->n_by; i++) {
        json_open_array(w, m->by[i].name);
        for (size_t k = 0; k < r->n; k++) {
            const struct figure_cell_of *c = &r->cells[k];
            struct label label;

            if (c->measure != m || c->by != &m->by[i])
                continue;
            label = entry_dimension_label(r->op, c->by, c->value);
            json_object_begin(w);
            json_text(w, "value", c->value);
            view_label(w, "label", &label);
            json_text(w, "n", number_text(r->op, value_of(m, c)));
            json_object_end(w);
        }
        json_array_end(w);
    }
    json_object_end(w);
}

static void write_measures(const struct reading *r, struct json_writer *w)
{
    json_open_array(w, "measures");
    for (size_t i = 0; i < r->def->n_measures; i++) {
        const struct register_measure *m = &r->def->measures[i];
        int64_t n, value = total_of(r, m, NULL, NULL, &n);

        json_object_begin(w);
        json_text(w, "id", m->id);
        view_label(w, "label", &m->label);
        view_label(w, "unit", m->unit.zh == NULL ? NULL : &m->unit);
        json_text(w, "value", number_text(r->op, value));
        json_text(w, "n", number_text(r->op, n * NUMBER_ONE));
        json_bool(w, "money", m->money);
        write_by(r, m, w);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_rates(const struct reading *r, struct json_writer *w)
{
    json_open_array(w, "rates");
    for (size_t i = 0; i < r->def->n_rates; i++) {
        const struct register_rate *rate = &r->def->rates[i];
        int64_t num = total_of(r, rate->num, NULL, NULL, NULL);
        int64_t den = total_of(r, rate->den, NULL, NULL, NULL);

        json_object_begin(w);
        json_text(w, "id", rate->id);
        view_label(w, "label", &rate->label);
        json_text(w, "num", number_text(r->op, num));
        json_text(w, "den", number_text(r->op, den));
        json_text(w, "value", register_rate_text(r->op->arena, rate, num, den));
        json_object_end(w);
    }
    json_array_end(w);
}

/* The key "v1|v2" with its fields. */
static void write_keys(struct op *op, const struct register_def *def,
                       const struct register_balance *b, const char *key, struct json_writer *w)
{
    json_open_array(w, "keys");
    for (size_t i = 0; i < b->n_by; i++) {
        const char *bar = strchr(key, '|');
        const char *value =
            arena_strndup(op->arena, key, bar == NULL ? strlen(key) : (size_t)(bar - key));
        const struct act_field *f = register_field(def, b->by[i]);
        struct register_dimension by = {.name = b->by[i], .field = f};
        struct label label = entry_dimension_label(op, &by, value == NULL ? "" : value);

        if (f == NULL && strstr(b->by[i], ".unit") != NULL)
            label = setup_label(op->setup, "units", value);
        json_object_begin(w);
        json_text(w, "field", b->by[i]);
        json_text(w, "value", value);
        json_text(w, "text", label.zh);
        json_object_end(w);
        key = bar == NULL ? "" : bar + 1;
    }
    json_array_end(w);
}

static enum err_code write_balance(const struct reading *r, const struct register_balance *b,
                                   struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = r->op;
    bool row;

    TRY(snapshot_prepare(op, r->snap, SQL_entry_balances, &s));
    TRY(stmt_bind_text(op, s, 1, b->in_register));
    TRY(stmt_bind_text(op, s, 2, b->in_balance));
    TRY(stmt_bind_text(op, s, 3, r->body->path));
    TRY(stmt_bind_text(op, s, 4, body_path_end(op->arena, r->body->path)));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        json_object_begin(w);
        json_text(w, "id", b->id);
        view_label(w, "label", &b->label);
        json_text(w, "body", stmt_text(s, 0));
        write_keys(op, r->def, b, stmt_text(s, 1), w);
        json_text(w, "n", number_text(op, stmt_int64(s, 2)));
        json_bool(w, "money", b->money);
        json_object_end(w);
    }
}

/* ---- sentences ---- */

static bool measure_number(void *arg, const struct register_measure *m,
                           const struct register_dimension *by, const char *value, int64_t *ret)
{
    *ret = total_of(arg, m, by, value, NULL);
    return true;
}

static const char *when_en(struct op *op, const struct period *p)
{
    char text[PERIOD_TEXT];

    period_format(p, text);
    return arena_strdup(op->arena, text);
}

/* 2026年, 2026年上半年, 2026年第三季度, 2026年3月, else from day to day. */
static const char *when_zh(struct op *op, const struct period *p)
{
    static const char *const quarters[] = {"一", "二", "三", "四"};
    int y, m, d, y2, m2, d2;

    date_to_ymd(p->first, &y, &m, &d);
    date_to_ymd(p->last, &y2, &m2, &d2);
    switch (p->kind) {
    case PERIOD_YEAR:
        return arena_printf(op->arena, "%d年", y);
    case PERIOD_HALF:
        return arena_printf(op->arena, "%d年%s半年", y, m == 1 ? "上" : "下");
    case PERIOD_QUARTER:
        return arena_printf(op->arena, "%d年第%s季度", y, quarters[(m - 1) / 3]);
    case PERIOD_MONTH:
        return arena_printf(op->arena, "%d年%d月", y, m);
    case PERIOD_DAYS:
        break;
    }
    if (p->first == p->last)
        return arena_printf(op->arena, "%d年%d月%d日", y, m, d);
    return arena_printf(op->arena, "%d年%d月%d日至%d年%d月%d日", y, m, d, y2, m2, d2);
}

struct register_numbers entry_reading_numbers(struct reading *r)
{
    return (struct register_numbers){.measure = measure_number,
                                     .arg = r,
                                     .when_zh = when_zh(r->op, &r->period),
                                     .when_en = when_en(r->op, &r->period),
                                     .body_zh = r->body->name.zh,
                                     .body_en = r->body->name.en};
}

static void write_sentences(struct reading *r, struct json_writer *w)
{
    struct register_numbers numbers = entry_reading_numbers(r);

    json_open_array(w, "sentences");
    for (size_t i = 0; i < r->def->n_sentences; i++) {
        struct label text = register_sentence_text(r->op->arena, &r->def->sentences[i], &numbers);

        if (text.zh == NULL)
            continue;
        json_object_begin(w);
        json_text(w, "id", r->def->sentences[i].id);
        json_text(w, "zh", text.zh);
        json_text(w, "en", text.en);
        json_object_end(w);
    }
    json_array_end(w);
}

enum err_code entry_figures_view(struct op *op, const struct register_def *def, const char *body,
                                 const struct period *period, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    char text[PERIOD_TEXT];
    struct reading r;
    int64_t left;

    TRY(entry_reading_begin(op, def, body, period, &r));
    TRY(entries_recount_left(op, def, &left));
    TRY(snapshot_open(op, &snap));
    r.snap = snap;
    for (size_t i = 0; i < def->n_measures; i++)
        TRY(read_measure(&r, &def->measures[i]));
    for (size_t i = 0; i < def->n_rates; i++) {
        TRY(read_other(&r, def->rates[i].num));
        TRY(read_other(&r, def->rates[i].den));
    }
    for (size_t i = 0; i < def->n_sentences; i++)
        TRY(entry_reading_sentence(&r, &def->sentences[i]));
    period_format(period, text);
    json_object_begin(w);
    json_int(w, "position", snapshot_position(snap));
    json_text(w, "period", text);
    json_text(w, "body", r.body->code);
    json_int(w, "recounting", left);
    write_measures(&r, w);
    write_rates(&r, w);
    json_open_array(w, "balances");
    for (size_t i = 0; i < def->n_balances; i++)
        TRY(write_balance(&r, &def->balances[i], w));
    json_array_end(w);
    write_sentences(&r, w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code entry_measure_value(struct op *op, const struct register_def *def,
                                  const char *measure, const char *dimension,
                                  const char **ret_field)
{
    const struct register_measure *m = register_measure(def, measure);
    bool known = dimension == NULL || *dimension == '\0';

    if (m == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "measure", "unknown_measure", "没有这个指标",
                         "There is no such measure.");
    if (known)
        dimension = NULL;
    for (size_t i = 0; i < m->n_by && !known; i++)
        known = strcmp(m->by[i].name, dimension) == 0;
    if (!known)
        return err_field(&op->err, ERR_INVALID, "dimension", "unknown_choice",
                         "这个指标不按这一项分", "The measure has no such dimension.");
    *ret_field = entry_measure_row(op, m->id, dimension);
    return *ret_field == NULL ? err_set(&op->err, ERR_NO_MEMORY, "measure") : ERR_OK;
}
