/* Reading the pasts into columns: one walk along idx.past, with the events behind it merged in. */
#include "insight/figure_columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "rules/number.h"
#include "sql_queries.h"
#include "store/event_body.h"

#define TEXTS_BYTES ((size_t)256 << 20)
#define TAIL_BYTES ((size_t)1 << 30)
#define NO_ROW UINT32_MAX

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for columns");
}

void columns_freep(struct figure_columns **columns)
{
    struct figure_columns *c = *columns;

    if (c == NULL)
        return;
    for (size_t i = 0; i < PAST_TEXTS; i++) {
        free(c->texts[i].texts);
        free(c->texts[i].slots);
    }
    for (size_t i = 0; i < COLUMNS_AS_OF_MAX; i++)
        free(c->lists[i].rows);
    free(c->rows);
    free(c->bodies);
    free(c->themes);
    free(c->remedies);
    arena_free(c->arena);
    free(c);
    *columns = NULL;
}

/* ---- rows ---- */

struct loading {
    struct figuring *f;
    struct figure_columns *c;
    int64_t position, events_max;
    struct past_change *changes; /* of the matter at hand; malloc'ed */
    size_t n_changes, changes_cap;
};

static int64_t number(const struct past_state *s, enum past_number_fact fact)
{
    return s->numbers[fact] == PAST_NONE ? 0 : s->numbers[fact];
}

static date_t day(const struct loading *l, const struct past_state *s, enum past_number_fact fact)
{
    return s->numbers[fact] == PAST_NONE ? DATE_NONE
                                         : date_of_instant(s->numbers[fact], l->f->op->zone_min);
}

static bool in_some_period(const struct figure_columns *c, date_t date)
{
    for (size_t i = 0; date != DATE_NONE && i < c->n_periods; i++)
        if (date >= c->periods[i].first && date <= c->periods[i].last)
            return true;
    return false;
}

/* The code of a body, and whether it is in scope. */
static bool body_code(struct loading *l, struct past_text text, uint32_t *ret, bool *ret_in)
{
    struct figure_columns *c = l->c;
    struct column_texts *t = &c->texts[PAST_BODY];
    size_t before = t->n;

    if (!columns_code(c, t, text, ret))
        return false;
    if (t->n > before) {
        const struct figure_body *body = figuring_body(l->f, t->texts[*ret]);
        bool in = l->f->scope == SCOPE_OWN ? strcmp(t->texts[*ret], l->f->body) == 0
                                           : body != NULL && body->branch != NULL;

        if (!columns_room((void **)&c->bodies, &c->bodies_cap, before, sizeof *c->bodies))
            return false;
        c->bodies[before] = in ? body : NULL;
    }
    *ret_in = *ret != 0 && c->bodies[*ret] != NULL;
    return true;
}

static bool add_lists(struct figure_columns *c, const struct past_state *s, struct column_row *row)
{
    row->themes_at = (uint32_t)c->n_themes;
    for (size_t i = 0; i < s->n_themes; i++) {
        if (!columns_room((void **)&c->themes, &c->themes_cap, c->n_themes, sizeof *c->themes))
            return false;
        c->themes[c->n_themes] = arena_strndup(c->arena, s->themes[i].at, s->themes[i].n);
        if (c->themes[c->n_themes++] == NULL)
            return false;
    }
    row->n_themes = (uint8_t)s->n_themes;
    row->remedies_at = (uint32_t)c->n_remedies;
    if (number(s, PAST_SETTLED) == 0)
        return true;
    for (size_t i = 0; i < s->n_remedies; i++) {
        const struct past_remedy *r = &s->remedies[i];
        struct fact_remedy *to;

        if (!columns_room((void **)&c->remedies, &c->remedies_cap, c->n_remedies,
                          sizeof *c->remedies))
            return false;
        to = &c->remedies[c->n_remedies++];
        *to = (struct fact_remedy){.amount_fen = r->amount_fen};
        to->kind = r->kind.n == 0 ? "" : arena_strndup(c->arena, r->kind.at, r->kind.n);
        if (r->payer.n > 0)
            to->payer = arena_strndup(c->arena, r->payer.at, r->payer.n);
        if (to->kind == NULL || (r->payer.n > 0 && to->payer == NULL))
            return false;
    }
    row->n_remedies = (uint8_t)s->n_remedies;
    return true;
}

/* Codes of what a row's facts have in words of their own. */
static bool word_codes(struct figure_columns *c, const struct past_state *s, struct column_row *row)
{
    struct past_text mark = s->texts[PAST_DISCLOSURE];
    char words[FACT_CLOCKS_BYTES] = "", rule[FACT_CLOCKS_BYTES], state[FACT_CLOCKS_BYTES];
    const char *word;

    snprintf(state, sizeof state, "%.*s", (int)mark.n, mark.n == 0 ? "" : mark.at);
    word =
        disclosure_word(state, number(s, PAST_AGREED_DISCLOSURE) != 0, number(s, PAST_POLICE) != 0);
    if (!columns_code(c, &c->texts[PAST_DISCLOSURE],
                      (struct past_text){word, word == NULL ? 0 : strlen(word)},
                      &row->texts[PAST_DISCLOSURE]))
        return false;
    for (size_t i = 0; i < s->n_clocks; i++) {
        const struct past_clock *k = &s->clocks[i];

        snprintf(rule, sizeof rule, "%.*s", (int)k->rule.n, k->rule.at);
        snprintf(state, sizeof state, "%.*s", (int)k->state.n, k->state.at);
        clock_word(words, rule, state);
    }
    return columns_code(c, &c->texts[PAST_CLOCKS], (struct past_text){words, strlen(words)},
                        &row->texts[PAST_CLOCKS]);
}

/* The row of a state; NO_ROW when it counts in nothing. */
static enum err_code add_row(struct loading *l, int64_t id, const struct past_state *s,
                             uint32_t *ret)
{
    struct figure_columns *c = l->c;
    struct column_row row = {
        .id = id, .received = day(l, s, PAST_RECEIVED_AT), .ended = day(l, s, PAST_ENDED_AT)};
    bool in;

    *ret = NO_ROW;
    if (!in_some_period(c, row.received) && !in_some_period(c, row.ended))
        return ERR_OK;
    if (!l->f->reports && s->texts[PAST_KIND].n == 6 &&
        memcmp(s->texts[PAST_KIND].at, "report", 6) == 0)
        return ERR_OK;
    if (!body_code(l, s->texts[PAST_BODY], &row.texts[PAST_BODY], &in))
        return no_memory(l->f->op);
    if (!in)
        return ERR_OK;
    for (size_t i = 0; i < PAST_DISCLOSURE; i++)
        if (i != PAST_BODY && !columns_code(c, &c->texts[i], s->texts[i], &row.texts[i]))
            return no_memory(l->f->op);
    if (!word_codes(c, s, &row))
        return no_memory(l->f->op);
    row.business = number(s, PAST_BUSINESS);
    row.officer = number(s, PAST_OFFICER);
    row.rating = number(s, PAST_RATING);
    row.amount_fen = number(s, PAST_AMOUNT_FEN);
    row.recovered_fen = number(s, PAST_RECOVERED_FEN);
    row.heads = number(s, PAST_HEADS);
    row.from_complaint = number(s, PAST_FROM_COMPLAINT);
    row.assigned = day(l, s, PAST_ASSIGNED_AT);
    row.accepted = day(l, s, PAST_ACCEPTED_AT);
    row.told_on = day(l, s, PAST_TOLD_AT);
    row.by_parties = number(s, PAST_BY_PARTIES) != 0;
    if (!add_lists(c, s, &row) || c->n >= NO_ROW ||
        !columns_room((void **)&c->rows, &c->cap, c->n, sizeof *c->rows))
        return no_memory(l->f->op);
    *ret = (uint32_t)c->n;
    c->rows[c->n++] = row;
    return ERR_OK;
}

/* ---- one matter ---- */

static enum err_code corrupt(struct op *op, int64_t id)
{
    return err_set(&op->err, ERR_CORRUPT, "the past of matter %lld does not read", (long long)id);
}

/* Changes up to event @p last; the index may be ahead of this view. */
static enum err_code take_apart(struct loading *l, int64_t id, const void *bytes, size_t n,
                                int64_t last)
{
    const unsigned char *at = bytes, *end = at + n;
    struct past_change change;
    bool bad;

    while (past_next(&at, end, &change, &bad)) {
        if (change.event > last)
            continue;
        if (!columns_room((void **)&l->changes, &l->changes_cap, l->n_changes, sizeof *l->changes))
            return no_memory(l->f->op);
        l->changes[l->n_changes++] = change;
    }
    return bad ? corrupt(l->f->op, id) : ERR_OK;
}

/* Two cut-offs that take the same changes have the same facts. */
static bool same_changes(const struct loading *l, struct figure_as_of a, struct figure_as_of b)
{
    for (size_t i = 0; i < l->n_changes; i++)
        if (past_counts(&l->changes[i], a) != past_counts(&l->changes[i], b))
            return false;
    return true;
}

static enum err_code row_as_of(struct loading *l, int64_t id, struct figure_as_of as_of,
                               uint32_t *ret)
{
    struct past_state state;
    bool any = false;

    *ret = NO_ROW;
    past_state_init(&state);
    for (size_t i = 0; i < l->n_changes; i++) {
        if (!past_counts(&l->changes[i], as_of))
            continue;
        any = true;
        if (!past_apply(&l->changes[i], &state))
            return corrupt(l->f->op, id);
    }
    return any ? add_row(l, id, &state, ret) : ERR_OK;
}

static enum err_code add_matter(struct loading *l, int64_t id)
{
    struct figure_columns *c = l->c;
    uint32_t rows[COLUMNS_AS_OF_MAX];

    for (size_t k = 0; k < c->n_as_of; k++) {
        struct column_list *list = &c->lists[k];
        size_t same = 0;

        while (same < k && !same_changes(l, c->as_of[same], c->as_of[k]))
            same++;
        if (same < k)
            rows[k] = rows[same];
        else
            TRY(row_as_of(l, id, c->as_of[k], &rows[k]));
        if (rows[k] == NO_ROW)
            continue;
        if (!columns_room((void **)&list->rows, &list->cap, list->n, sizeof *list->rows))
            return no_memory(l->f->op);
        list->rows[list->n++] = rows[k];
    }
    return ERR_OK;
}

/* ---- what the index does not have yet ---- */

struct tail_entry {
    int64_t record, event;
    size_t at, n; /* in the bytes */
};
struct tail {
    struct buf bytes;
    struct tail_entry *list; /* malloc'ed */
    size_t n, cap, next;
};

static void tail_release(struct tail *t)
{
    buf_release(&t->bytes);
    free(t->list);
}

static int by_record(const void *a, const void *b)
{
    const struct tail_entry *x = a, *y = b;

    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->event < y->event ? -1 : x->event > y->event;
}

static enum err_code not_too_many(struct loading *l, int64_t after)
{
    struct op *op = l->f->op;
    int64_t events;

    TRY(snapshot_beyond(op, l->f->snap, after, l->events_max + 1, &events));
    if (events > l->events_max)
        return err_set(&op->err, ERR_BUSY, "the pasts end more than %lld events before now",
                       (long long)l->events_max);
    return ERR_OK;
}

static enum err_code read_tail(struct loading *l, int64_t after, int64_t first, int64_t end,
                               struct tail *t)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = l->f->op;
    bool row = true;

    TRY(snapshot_prepare(op, l->f->snap, SQL_past_events, &s));
    TRY(stmt_bind_int64(op, s, 1, after));
    TRY(stmt_bind_int64(op, s, 2, first));
    TRY(stmt_bind_int64(op, s, 3, end));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;
        size_t at = t->bytes.len;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        TRY(stmt_event_body(op, s, 3, &body));
        past_entry(&t->bytes, stmt_int64(s, 0), stmt_int64(s, 2), body);
        if (t->bytes.failed || !columns_room((void **)&t->list, &t->cap, t->n, sizeof *t->list))
            return no_memory(op);
        t->list[t->n++] =
            (struct tail_entry){stmt_int64(s, 1), stmt_int64(s, 0), at, t->bytes.len - at};
    }
    if (t->n > 0)
        qsort(t->list, t->n, sizeof *t->list, by_record);
    return ERR_OK;
}

/* This view has them all, also those beyond its position (other acts are under way on PostgreSQL):
 * the tallies count them too. */
static enum err_code take_tail(struct loading *l, struct tail *t, int64_t id)
{
    for (; t->next < t->n && t->list[t->next].record == id; t->next++)
        TRY(take_apart(l, id, t->bytes.data + t->list[t->next].at, t->list[t->next].n, INT64_MAX));
    return ERR_OK;
}

/* Matters of the tail before @p id, which the index does not have. */
static enum err_code tail_alone(struct loading *l, struct tail *t, int64_t id)
{
    while (t->next < t->n && t->list[t->next].record < id) {
        int64_t own = t->list[t->next].record;

        l->n_changes = 0;
        TRY(take_tail(l, t, own));
        TRY(add_matter(l, own));
    }
    return ERR_OK;
}

/* ---- the walk ---- */

static enum err_code walk(struct loading *l, int64_t first, int64_t end)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct tail tail CLEANUP(tail_release) = {0};
    struct op *op = l->f->op;
    struct index_past_mark position;
    bool row = true;

    buf_init(&tail.bytes, TAIL_BYTES);
    TRY(past_position(op, l->f->snap, &position));
    TRY(not_too_many(l, position.event));
    TRY(read_tail(l, position.event, first, end, &tail));
    TRY(snapshot_prepare(op, l->f->snap, SQL_past_rows, &s));
    TRY(stmt_bind_int64(op, s, 1, position.event == 0 ? end : first));
    TRY(stmt_bind_int64(op, s, 2, end));
    for (;;) {
        const char *bytes;
        int64_t id;
        size_t n;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return tail_alone(l, &tail, INT64_MAX);
        id = stmt_int64(s, 0);
        TRY(tail_alone(l, &tail, id));
        bytes = stmt_blob(s, 1, &n);
        l->n_changes = 0;
        TRY(take_apart(l, id, bytes, n, l->position));
        TRY(take_tail(l, &tail, id));
        TRY(add_matter(l, id));
    }
}

/* The first month of which matters may count: what ended in a period came in before. */
static enum err_code first_month(struct figuring *f, const struct columns_want *want, int *ret)
{
    *ret = INT32_MAX;
    for (size_t i = 0; i < want->n_periods; i++) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;
        int month = date_month_index(want->periods[i].first);
        int64_t from, until;

        *ret = month < *ret ? month : *ret;
        period_instants(&want->periods[i], f->op->zone_min, &from, &until);
        TRY(snapshot_prepare(f->op, f->snap, SQL_past_first_ended, &s));
        TRY(stmt_bind_int64(f->op, s, 1, from));
        TRY(stmt_bind_int64(f->op, s, 2, until));
        TRY(stmt_one_row(f->op, s));
        month = stmt_is_null(s, 0) ? month : matter_id_month(stmt_int64(s, 0));
        *ret = month < *ret ? month : *ret;
    }
    if (want->ended_then) /* may have been opened again since */
        *ret = 0;
    return ERR_OK;
}

static enum err_code begin(struct figure_columns *c, const struct columns_want *want)
{
    c->arena = arena_new(TEXTS_BYTES);
    if (c->arena == NULL || want->n_periods > COLUMNS_PERIODS_MAX ||
        want->n_as_of > COLUMNS_AS_OF_MAX)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < PAST_TEXTS; i++) {
        if (!columns_room((void **)&c->texts[i].texts, &c->texts[i].cap, 0,
                          sizeof *c->texts[i].texts))
            return ERR_NO_MEMORY;
        c->texts[i].texts[c->texts[i].n++] = "";
    }
    if (!columns_room((void **)&c->bodies, &c->bodies_cap, 0, sizeof *c->bodies))
        return ERR_NO_MEMORY;
    c->bodies[0] = NULL;
    memcpy(c->periods, want->periods, want->n_periods * sizeof *c->periods);
    c->n_periods = want->n_periods;
    memcpy(c->as_of, want->as_of, want->n_as_of * sizeof *c->as_of);
    c->n_as_of = want->n_as_of;
    return ERR_OK;
}

enum err_code columns_load(struct figuring *f, const struct columns_want *want,
                           struct figure_columns **ret)
{
    CLEANUP(columns_freep) struct figure_columns *c = calloc(1, sizeof *c);
    struct loading l = {.f = f,
                        .c = c,
                        .position = snapshot_position(f->snap),
                        .events_max =
                            want->events_max != 0 ? want->events_max : COLUMNS_EVENTS_MAX};
    int first, last = 0;
    enum err_code rc;

    if (c == NULL || begin(c, want) != ERR_OK)
        return no_memory(f->op);
    TRY(figuring_bodies(f));
    TRY(first_month(f, want, &first));
    for (size_t i = 0; i < want->n_periods; i++)
        last = date_month_index(want->periods[i].last) > last
                   ? date_month_index(want->periods[i].last)
                   : last;
    rc = walk(&l, matter_id_make(first, 0), matter_id_make(last + 1, 0));
    free(l.changes);
    TRY(rc);
    *ret = c;
    c = NULL;
    return ERR_OK;
}
