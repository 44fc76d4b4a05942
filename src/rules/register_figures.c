/* Reads what a register counts and says: measures, rates, sentences and frequencies. */
#include <string.h>

#include "base/text.h"
#include "rules/register_internal.h"

#define MEASURES_MAX 60
#define PIECES_MAX 120

/* ---- measures ---- */

static void read_dimension(struct register_reader *rr, const char *name,
                           struct register_dimension *by)
{
    struct reader *r = &rr->p.r;
    const struct act_field *f = register_field(rr->def, name);
    const struct register_computed *c = register_computed(rr->def, name);
    bool status = strcmp(name, "status") == 0;

    by->name = name;
    by->field = f;
    by->computed = c;
    by->states = status ? &rr->def->flow : NULL;
    if (f != NULL && f->kind == FIELD_CHOICES && !f->sealed)
        return;
    if (f != NULL && (f->kind == FIELD_CHOICE || f->kind == FIELD_ENTRY) && !f->sealed)
        by->value = expr_parse(r, name, VALUE_TEXT, &rr->scope);
    else if (f != NULL && f->kind == FIELD_BOOL)
        by->value = expr_parse(r, name, VALUE_BOOL, &rr->scope);
    else if (status || (c != NULL && c->kind == COMPUTED_TEXT))
        by->value = expr_parse(r, name, VALUE_TEXT, &rr->scope);
    else
        reader_fault(r, NULL, "type", "只能按选项分。",
                     "%s is no choice, yes or no, link, computed text or status.", name);
    if (by->value != NULL)
        register_no_today(rr, NULL, by->value);
}

/* Digits behind the point of what is named. */
static void most_decimals(void *arg, const struct expr_name *name, bool link)
{
    int *decimals = arg, its = 0;

    if (link)
        return;
    if (name->id == NAME_FIELD || name->id == NAME_MEMBER) {
        const struct act_field *f = name->of;

        its = f->kind == FIELD_DECIMAL || f->kind == FIELD_QUANTITY ? f->decimals : 0;
    } else if (name->id == NAME_COMPUTED) {
        its = ((const struct register_computed *)name->of)->decimals;
    }
    *decimals = its > *decimals ? its : *decimals;
}

static void read_measure(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id", "label",    "unit",     "where", "sum",
                                       "by", "standing", "decimals", "money", NULL};
    struct reader *r = &rr->p.r;
    struct register_measure *m = (struct register_measure *)rr->def->measures + i;
    const char *const *by;
    int decimals = 0;

    m->of = rr->def;
    rr->def->n_measures = i + 1;
    if (read_object(r, v, keys))
        m->id = read_text(r, v, "id", true);
    if (m->id == NULL) {
        m->id = "?";
        return;
    }
    if (register_measure(rr->def, m->id) != m)
        reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
    m->label = read_label(r, v, "label", true);
    m->unit = read_label(r, v, "unit", false);
    m->where = read_expr(r, v, "where", false, VALUE_BOOL, &rr->scope);
    m->sum = read_expr(r, v, "sum", false, VALUE_NUMBER, &rr->scope);
    m->standing = read_bool(r, v, "standing", false);
    m->money = read_bool(r, v, "money", m->sum != NULL && register_is_money(m->sum));
    if (m->sum != NULL && !m->money)
        expr_names(m->sum, most_decimals, &decimals);
    m->decimals = (int)read_int(r, v, "decimals", decimals, 0, 4);
    register_no_today(rr, "where", m->where);
    register_no_today(rr, "sum", m->sum);
    by = register_read_texts(r, v, "by", false, MEASURE_BY_MAX, &m->n_by);
    for (size_t k = 0; by != NULL && k < m->n_by; k++) {
        size_t at = reader_key(r, "by"), mark = reader_index(r, k);

        read_dimension(rr, by[k], &m->by[k]);
        reader_up(r, mark);
        reader_up(r, at);
    }
}

void register_read_measures(struct register_reader *rr)
{
    struct register_def *def = rr->def;
    size_t n = json_array_size(json_object_get(rr->root, "measures"));

    def->measures = read_room(&rr->p.r, n, sizeof *def->measures);
    if (def->measures != NULL)
        register_each(rr, "measures", MEASURES_MAX, read_measure);
}

const struct register_measure *register_measure_named(struct register_reader *rr, const char *name)
{
    const char *dot = strchr(name, '.');
    const struct register_def *of = rr->def;
    const char *id;

    if (dot == NULL)
        return register_measure(of, name);
    id = arena_strndup(rr->p.r.arena, name, (size_t)(dot - name));
    of = id == NULL ? NULL : registers_find(rr->all, id);
    return of == NULL ? NULL : register_measure(of, dot + 1);
}

/* ---- rates ---- */

static const struct register_measure *read_measure_name(struct register_reader *rr, const json_t *v,
                                                        const char *key)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct register_measure *m = name == NULL ? NULL : register_measure_named(rr, name);

    if (name != NULL && m == NULL)
        reader_fault(&rr->p.r, key, "unknown_name", "没有这个指标。", "There is no measure %s.",
                     name);
    return m;
}

static void read_rate(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id", "label", "num", "den", "decimals", "factor", NULL};
    struct reader *r = &rr->p.r;
    struct register_rate *rate = (struct register_rate *)rr->def->rates + i;

    rr->def->n_rates = i + 1;
    if (read_object(r, v, keys))
        rate->id = read_text(r, v, "id", true);
    if (rate->id == NULL) {
        rate->id = "?";
        return;
    }
    if (register_measure(rr->def, rate->id) != NULL || register_rate(rr->def, rate->id) != rate)
        reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
    rate->label = read_label(r, v, "label", true);
    rate->num = read_measure_name(rr, v, "num");
    rate->den = read_measure_name(rr, v, "den");
    rate->decimals = (int)read_int(r, v, "decimals", 1, 0, 4);
    rate->factor = (int)read_int(r, v, "factor", 100, 1, 100000);
}

/* ---- sentences ---- */

static bool slot_fault(struct register_reader *rr, const char *key, const char *slot)
{
    reader_fault(&rr->p.r, key, "unknown_name", "句子里的数没有定义。",
                 "There is no measure or rate for {%s}.", slot);
    return false;
}

static const struct register_dimension *dimension_named(const struct register_measure *m,
                                                        const char *name)
{
    for (size_t i = 0; i < m->n_by; i++)
        if (strcmp(m->by[i].name, name) == 0)
            return &m->by[i];
    return NULL;
}

/* A value of a dimension must be one of its codes where they are known. */
static bool value_fits(struct register_reader *rr, const struct register_dimension *by,
                       const char *value)
{
    const struct register_def *def = rr->def;
    const struct act_field *f = by->field;
    const struct code_table *table;

    if (f == NULL)
        return strcmp(by->name, "status") != 0 || register_state_bit(def, value) != 0;
    if (f->kind == FIELD_BOOL)
        return strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
    for (size_t i = 0; i < f->n_choices; i++)
        if (strcmp(f->choices[i].code, value) == 0)
            return true;
    table = f->codes == NULL || rr->codes == NULL ? NULL : codes_table(rr->codes, f->codes);
    return f->n_choices == 0 && (table == NULL || code_find(table, value) != NULL);
}

/* NAME, NAME_wan, NAME:VALUE, NAME@DIMENSION:VALUE, RATE, when, body. @p slot is written to. */
static bool read_slot(struct register_reader *rr, const char *key, char *slot,
                      struct register_piece *piece)
{
    const char *whole = arena_strdup(rr->p.r.arena, slot);
    char *value = strchr(slot, ':'), *by = strchr(slot, '@');
    size_t n;

    if (strcmp(slot, "when") == 0 || strcmp(slot, "body") == 0) {
        piece->kind = slot[0] == 'w' ? PIECE_WHEN : PIECE_BODY;
        return true;
    }
    piece->rate = register_rate(rr->def, slot);
    if (piece->rate != NULL) {
        piece->kind = PIECE_RATE;
        return true;
    }
    if (value != NULL)
        *value++ = '\0';
    if (by != NULL)
        *by++ = '\0';
    piece->kind = PIECE_MEASURE;
    piece->measure = register_measure_named(rr, slot);
    n = strlen(slot);
    if (piece->measure == NULL && text_ends(slot, "_wan")) {
        slot[n - 4] = '\0';
        piece->measure = register_measure_named(rr, slot);
        piece->wan = true;
    }
    if (piece->measure == NULL || whole == NULL || (by != NULL && value == NULL))
        return slot_fault(rr, key, whole == NULL ? slot : whole);
    if (value == NULL)
        return true;
    piece->by = by != NULL                 ? dimension_named(piece->measure, by)
                : piece->measure->n_by > 0 ? &piece->measure->by[0]
                                           : NULL;
    piece->value = value;
    if (piece->by == NULL || (piece->measure->of == rr->def && !value_fits(rr, piece->by, value)))
        return slot_fault(rr, key, whole);
    return true;
}

/* Each slot, the words before it, and those at the end. */
static size_t pieces_of(const char *text)
{
    size_t n = 1;

    for (const char *at = text; at != NULL && *at != '\0'; at++)
        n += *at == '{' ? 2 : 0;
    return n;
}

static const struct register_piece *read_pieces(struct register_reader *rr, const json_t *v,
                                                const char *key, size_t *ret_n,
                                                const char **ret_text)
{
    struct reader *r = &rr->p.r;
    const char *text = read_text(r, v, key, true), *at = text;
    size_t n = 0, most = pieces_of(text);
    struct register_piece *pieces;

    *ret_text = text;
    *ret_n = 0;
    if (most > PIECES_MAX) {
        reader_fault(r, key, "too_many", "句子太长。", "The sentence is too long.");
        return NULL;
    }
    pieces = read_room(r, most, sizeof *pieces);
    while (pieces != NULL && at != NULL && *at != '\0') {
        const char *open = strchr(at, '{'), *close = open == NULL ? NULL : strchr(open, '}');
        size_t plain = open == NULL ? strlen(at) : (size_t)(open - at);

        if (open != NULL && close == NULL) {
            reader_fault(r, key, "syntax", "句子写得不对。", "The sentence cannot be read.");
            return pieces;
        }
        if (plain > 0)
            pieces[n++] = (struct register_piece){.kind = PIECE_WORDS,
                                                  .words = arena_strndup(r->arena, at, plain)};
        if (open != NULL) {
            char *slot = arena_strndup(r->arena, open + 1, (size_t)(close - open - 1));

            if (slot == NULL || !read_slot(rr, key, slot, &pieces[n]))
                return pieces;
            n++;
        }
        at = open == NULL ? NULL : close + 1;
    }
    *ret_n = n;
    return pieces;
}

static bool is_number(const struct register_piece *p)
{
    return p->kind == PIECE_MEASURE || p->kind == PIECE_RATE;
}

/* Two numbers without words between them could not be told apart. */
static void check_pieces(struct register_reader *rr, const char *key,
                         const struct register_piece *pieces, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (pieces[i].kind != PIECE_WORDS && pieces[i + 1].kind != PIECE_WORDS &&
            (is_number(&pieces[i]) || is_number(&pieces[i + 1])) && pieces[i].kind != PIECE_WHEN)
            reader_fault(&rr->p.r, key, "syntax", "两个数之间要有字。",
                         "Words must stand between two slots.");
}

static void read_sentence(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id", "zh", "en", NULL};
    struct register_sentence *s = (struct register_sentence *)rr->def->sentences + i;

    rr->def->n_sentences = i + 1;
    if (!read_object(&rr->p.r, v, keys))
        return;
    s->id = read_text(&rr->p.r, v, "id", true);
    s->zh = read_pieces(rr, v, "zh", &s->n_zh, &s->zh_text);
    s->en = read_pieces(rr, v, "en", &s->n_en, &s->en_text);
    check_pieces(rr, "zh", s->zh, s->n_zh);
}

/* ---- frequencies ---- */

static const char *const every_names[] = {"month", "quarter", "half", "year", "week", NULL};

const char *frequency_every_name(enum frequency_every every)
{
    return every_names[every];
}

static void read_places(struct register_reader *rr, const json_t *v, struct register_frequency *f)
{
    static const char *const keys[] = {"register", "states", "bodies", NULL};
    struct reader *r = &rr->p.r;
    const json_t *places = read_member(r, v, "places", true);
    const struct register_def *of;
    size_t at = reader_key(r, "places");

    if (places != NULL && read_object(r, places, keys) && !read_bool(r, places, "bodies", false)) {
        f->places = read_text(r, places, "register", true);
        f->states = register_read_texts(r, places, "states", false, STATES_MAX, &f->n_states);
        of = f->places == NULL ? NULL : registers_find(rr->all, f->places);
        if (f->places != NULL && of == NULL)
            reader_fault(r, "register", "unknown_name", "没有这本台账。",
                         "There is no register %s.", f->places);
        for (size_t i = 0; of != NULL && i < f->n_states; i++)
            if (register_state_bit(of, f->states[i]) == 0)
                reader_fault(r, "states", "unknown_name", "没有这个状态。", "There is no state %s.",
                             f->states[i]);
    }
    reader_up(r, at);
}

static bool names_places(const struct register_frequency *f)
{
    if (f->place == NULL || f->places == NULL)
        return f->place != NULL && f->place->kind == FIELD_BODY;
    return f->place->kind == FIELD_ENTRY && strcmp(f->place->of_register, f->places) == 0;
}

static void read_frequency(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id",    "label",    "places", "place",
                                       "every", "at_least", "count",  NULL};
    struct reader *r = &rr->p.r;
    struct register_frequency *f = (struct register_frequency *)rr->def->frequencies + i;
    const char *place;

    if (!read_object(r, v, keys))
        return;
    f->id = read_text(r, v, "id", true);
    f->label = read_label(r, v, "label", true);
    read_places(rr, v, f);
    place = read_text(r, v, "place", f->places != NULL);
    f->place = place == NULL ? NULL : register_field(rr->def, place);
    if (place != NULL && !names_places(f))
        reader_fault(r, "place", "type", "地点要是链接到那本台账的字段，按单位算的是单位字段。",
                     "%s is no field that names these places.", place);
    f->every = (enum frequency_every)read_name(r, v, "every", every_names, EVERY_MONTH, true);
    f->at_least = (int)read_int(r, v, "at_least", 1, 1, 1000);
    f->count = read_expr(r, v, "count", false, VALUE_BOOL, &rr->scope);
    register_no_today(rr, "count", f->count);
}

/* ---- the whole ---- */

static void check_links(struct register_reader *rr, const struct act_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].kind == FIELD_ENTRY && fields[i].of_register != NULL &&
            registers_find(rr->all, fields[i].of_register) == NULL)
            reader_fault(&rr->p.r, "fields", "unknown_name", "没有这本台账。",
                         "%s links to register %s, which there is not.", fields[i].name,
                         fields[i].of_register);
        check_links(rr, fields[i].columns, fields[i].n_columns);
    }
}

void register_read_figures(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    struct register_def *def = rr->def;
    size_t n = json_array_size(json_object_get(rr->root, "frequencies"));

    check_links(rr, def->registering.fields, def->registering.n_fields);
    for (size_t i = 0; i < def->flow.acts.n_acts; i++)
        check_links(rr, def->flow.acts.acts[i].fields, def->flow.acts.acts[i].n_fields);
    register_check_balances(rr);
    register_read_shown(rr);
    def->frequencies = read_room(r, n, sizeof *def->frequencies);
    if (def->frequencies != NULL)
        def->n_frequencies = register_each(rr, "frequencies", 10, read_frequency);
    n = json_array_size(json_object_get(rr->root, "rates"));
    def->rates = read_room(r, n, sizeof *def->rates);
    if (def->rates != NULL)
        register_each(rr, "rates", 30, read_rate);
    n = json_array_size(json_object_get(rr->root, "sentences"));
    def->sentences = read_room(r, n, sizeof *def->sentences);
    if (def->sentences != NULL)
        register_each(rr, "sentences", 30, read_sentence);
    register_check_demo(rr);
}
