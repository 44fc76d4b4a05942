/* Making a summary: its view, its blocks, its members, its content. */
#include "insight/figures_internal.h"
#include "insight/summary_internal.h"
#include "sql_queries.h"

#define MEMBERS_MAX ((size_t)256 << 20)
#define KEPT "of_registers" /* marks a block whose figures are m->kept */

enum err_code made_no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for a summary");
}

void summary_release(struct summary *summary)
{
    json_decref(summary->content);
    summary->content = NULL;
    buf_release(&summary->members);
}

/* ---- blocks ---- */

enum err_code make_block(struct maker *m, json_t *block)
{
    return block == NULL || json_array_append_new(m->blocks, block) != 0 ? made_no_memory(m->op)
                                                                         : ERR_OK;
}

/* Definitions of registers do not know in which form their sentences will stand. */
static enum err_code set_marks(struct maker *m, json_t *runs)
{
    json_t *run;
    size_t i;

    json_array_foreach(runs, i, run)
    {
        const char *text = json_string_value(json_object_get(run, "text"));

        if (json_object_get(run, "figure") != NULL)
            continue;
        text = made_marks(m, text, strlen(text));
        if (text == NULL || json_object_set_new(run, "text", json_string(text)) != 0)
            return made_no_memory(m->op);
    }
    return ERR_OK;
}

/* A paragraph for each register; the heading only where one has something to say. */
static enum err_code make_registers(struct maker *m, const struct summary_block *b)
{
    CLEANUP(json_decrefp) json_t *texts = json_array();
    const char *heading;

    TRY(m->world->registers(m->world->arg, m->snap, m->q, b->groups, m->kept, texts));
    if (b->text != NULL && json_array_size(texts) > 0) {
        TRY(make_words(m, b->text, &heading));
        TRY(make_block(m, json_pack("{s:s, s:i}", "heading", heading, "level", b->level)));
    }
    for (size_t i = 0; i < json_array_size(texts); i++) {
        json_t *text = json_array_get(texts, i);

        TRY(set_marks(m, json_object_get(text, "runs")));
        json_object_set_new(text, KEPT, json_true());
        TRY(make_block(m, json_incref(text)));
    }
    return ERR_OK;
}

/* Now that it is known how many figures were made. */
static void place_kept(struct maker *m)
{
    for (size_t i = 0; i < json_array_size(m->blocks); i++) {
        json_t *block = json_array_get(m->blocks, i), *runs = json_object_get(block, "runs");

        if (json_object_get(block, KEPT) == NULL)
            continue;
        json_object_del(block, KEPT);
        for (size_t k = 0; k < json_array_size(runs); k++) {
            json_t *figure = json_object_get(json_array_get(runs, k), "figure");

            if (figure != NULL)
                json_integer_set(figure, json_integer_value(figure) + (json_int_t)m->n_made);
        }
    }
}

static enum err_code make_blocks(struct maker *m)
{
    const struct summary_form *form = m->q->form;
    const char *text;

    for (size_t i = 0; i < form->n_blocks; i++) {
        const struct summary_block *b = &form->blocks[i];

        if (b->reports && !m->q->reports)
            continue;
        switch (b->kind) {
        case SUMMARY_HEADING:
            TRY(make_words(m, b->text, &text));
            TRY(make_block(m, json_pack("{s:s, s:i}", "heading", text, "level", b->level)));
            break;
        case SUMMARY_NOTE:
            TRY(make_words(m, b->text, &text));
            TRY(make_block(m, json_pack("{s:s}", "note", text)));
            break;
        case SUMMARY_TEXT:
            TRY(make_text(m, b));
            break;
        case SUMMARY_TABLE:
            TRY(make_table(m, b->table));
            break;
        case SUMMARY_CHART:
            TRY(make_chart(m, b));
            break;
        case SUMMARY_REGISTERS:
            TRY(make_registers(m, b));
            break;
        }
    }
    return ERR_OK;
}

/* ---- members ---- */

/* What was frozen must be what was counted. */
static enum err_code check_members(struct maker *m)
{
    for (size_t i = 0; i < m->n_made; i++) {
        const struct made_figure *f = &m->made[i];
        const struct frozen_ask *num, *den;
        bool good = false;

        if (f->asks[0] == NO_ASK)
            continue;
        num = &m->asks[f->asks[0]];
        den = f->asks[1] == NO_ASK ? NULL : &m->asks[f->asks[1]];
        switch (f->indicator->form) {
        case FORM_SUM:
            good = num->sum == f->is.num;
            break;
        case FORM_MEAN:
            good = num->sum == f->is.num && num->n == f->is.den;
            break;
        case FORM_COUNT:
        case FORM_RATE:
            good = num->n == f->is.num && (den == NULL || den->n == f->is.den);
            break;
        }
        if (!good)
            return err_set(&m->op->err, ERR_CORRUPT, "figure %s is %lld, its matters are %lld",
                           f->id, (long long)f->is.num, (long long)num->n);
    }
    return ERR_OK;
}

/* ---- the content ---- */

static json_t *place_json(const struct maker *m, size_t at)
{
    const struct frozen_place *p = &m->asks[at].at;

    return json_pack("[i, i, i, i]", (int)p->table, (int)p->part, (int)p->dim, (int)p->key);
}

static const char *label_of(struct maker *m, const struct made_figure *f)
{
    const char *name = f->indicator == NULL ? "" : f->indicator->label.zh;
    const char *period = summary_period_name(m->op->arena, m->words, &m->periods[f->when], true);

    if (f->form != MADE_VALUE)
        period = summary_period_name(m->op->arena, m->words, &m->periods[WHEN_NOW], true);
    return arena_printf(m->op->arena, "%s%s%s%s", period == NULL ? "" : period,
                        f->part == NULL ? "" : f->part, f->part == NULL ? "" : "，", name);
}

static json_t *figure_json(struct maker *m, const struct made_figure *f)
{
    static const char *const forms[] = {"value", "change", "growth", "rank"};
    const char *label = label_of(m, f), *unit = f->indicator == NULL ? "" : f->indicator->unit.zh;
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:s, s:s?, s:I, s:i}", "id", f->id, "form", forms[f->form],
                  "label", label == NULL ? "" : label, "unit", f->form == MADE_GROWTH ? "%" : unit,
                  "value", f->is.value, "num", (json_int_t)f->is.num, "decimals", f->decimals);

    if (o == NULL)
        return NULL;
    json_object_set_new(o, "den", f->is.has_den ? json_integer(f->is.den) : json_null());
    if (f->indicator != NULL) {
        json_object_set_new(o, "indicator", json_string(f->indicator->id));
        json_object_set_new(o, "definition", json_string(f->indicator->hash));
        json_object_set_new(o, "meaning", json_string(f->indicator->definition.zh));
    }
    if (f->form == MADE_CHANGE || f->form == MADE_GROWTH)
        json_object_set_new(o, "of", json_pack("[i, i]", (int)f->of[0], (int)f->of[1]));
    if (f->asks[0] != NO_ASK) {
        json_t *at = json_array();

        json_array_append_new(at, place_json(m, f->asks[0]));
        if (f->asks[1] != NO_ASK)
            json_array_append_new(at, place_json(m, f->asks[1]));
        json_object_set_new(o, "at", at);
    }
    return o;
}

static enum err_code make_content(struct maker *m, json_t **ret)
{
    CLEANUP(json_decrefp) json_t *figures = json_array();
    char period[PERIOD_TEXT];
    const char *title;

    for (size_t i = 0; i < m->n_made; i++)
        if (json_array_append_new(figures, figure_json(m, &m->made[i])) != 0)
            return made_no_memory(m->op);
    if (json_array_extend(figures, m->kept) != 0)
        return made_no_memory(m->op);
    place_kept(m);
    TRY(make_words(m, m->q->form->title, &title));
    period_format(&m->q->period, period);
    *ret = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:O, s:O}", "form", m->q->form->id,
                     "form_hash", m->q->form->hash, "title", title, "body", m->q->body, "body_name",
                     m->world->body_name, "period", period, "position",
                     (json_int_t)m->lists[WHEN_NOW].position, "reports", (int)m->q->reports,
                     "figures", figures, "blocks", m->blocks);
    return *ret == NULL ? made_no_memory(m->op) : ERR_OK;
}

static enum err_code check_period(struct op *op, const struct summary_query *q)
{
    if ((q->form->periods >> q->period.kind & 1) != 0)
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "period", "period_kind", "这种通报不用这样的期间",
                     "This kind of summary is not made for such a period");
}

static enum err_code make(struct maker *m, struct snapshot *snap, struct summary *ret)
{
    const struct summary_query *q = m->q;

    m->made = ARENA_ARRAY(m->op->arena, struct made_figure, MADE_MAX);
    m->asks = ARENA_ARRAY(m->op->arena, struct frozen_ask, 2 * MADE_MAX);
    if (m->made == NULL || m->asks == NULL || m->blocks == NULL || m->kept == NULL)
        return made_no_memory(m->op);
    m->periods[WHEN_NOW] = q->period;
    m->periods[WHEN_PREVIOUS] = period_previous(&q->period);
    m->periods[WHEN_LAST_YEAR] = period_last_year(&q->period);
    TRY(make_wants(m));
    TRY(make_columns(m, snap));
    TRY(make_figures(m));
    TRY(make_blocks(m));
    if (q->members) {
        TRY(figures_freeze(m->op, m->indicators, q->body, SCOPE_SUBTREE, m->columns, m->asks,
                           m->n_asks, &ret->members));
        TRY(check_members(m));
    }
    ret->position = m->lists[WHEN_NOW].position;
    return make_content(m, &ret->content);
}

#define SETTLE_TRIES 100
#define SETTLE_NS 20000000

/* A view that holds no event beyond its position, so that its figures are those of that position
 * for good. On PostgreSQL another act may be under way; after two seconds of that any view will do.
 */
static enum err_code open_settled(struct op *op, struct snapshot **ret)
{
    const struct timespec wait = {.tv_nsec = SETTLE_NS};

    for (int i = 0; i < SETTLE_TRIES; i++) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        int64_t beyond;

        TRY(snapshot_open(op, &snap));
        TRY(snapshot_beyond(op, snap, snapshot_position(snap), 1, &beyond));
        if (beyond == 0 || i + 1 == SETTLE_TRIES) {
            *ret = snap;
            snap = NULL;
            return ERR_OK;
        }
        snapshot_closep(&snap);
        nanosleep(&wait, NULL);
    }
    return ERR_OK;
}

enum err_code summary_make(struct op *op, const struct indicators *indicators,
                           const struct summary_query *query, const struct summary_world *world,
                           struct summary *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct maker *m = ARENA_NEW(op->arena, struct maker);
    enum err_code rc;

    *ret = (struct summary){0};
    buf_init(&ret->members, MEMBERS_MAX);
    if (m == NULL)
        return made_no_memory(op);
    TRY(check_period(op, query));
    TRY(open_settled(op, &snap)); /* one view for all of it */
    *m = (struct maker){.op = op,
                        .indicators = indicators,
                        .q = query,
                        .world = world,
                        .words = summary_words(query->forms),
                        .blocks = json_array(),
                        .snap = snap,
                        .kept = json_array()};
    rc = make(m, snap, ret);
    columns_freep(&m->columns);
    json_decref(m->blocks);
    json_decref(m->kept);
    if (rc != ERR_OK)
        summary_release(ret);
    return rc;
}
