/* Matters as they were at a cut-off: the fold of the events up to then.
 *
 * Only matters that changed since have to be folded; all others are as they stand. With an instant
 * an event counts by when it happened, with an event by when it was recorded: an act written down
 * late belongs to the first and not to the second. */
#include <string.h>

#include "base/json.h"
#include "insight/figures_internal.h"
#include "rules/number.h"
#include "sql_queries.h"
#include "store/event_body.h"

#define THEMES_MAX 32
#define REMEDIES_MAX 64
#define MONTH_FIRST 0 /* January 2000 */

struct figure_as_of as_of_or_now(const struct figuring *f, struct figure_as_of as_of)
{
    int64_t position = snapshot_position(f->snap);

    if (as_of.kind == AS_OF_NOW || (as_of.kind == AS_OF_INSTANT && as_of.at >= f->op->now_ms) ||
        (as_of.kind == AS_OF_EVENT && as_of.at >= position))
        return f->beyond ? (struct figure_as_of){AS_OF_EVENT, position}
                         : (struct figure_as_of){AS_OF_NOW, 0};
    return as_of;
}

void past_months(bool by_ended, const struct period *period, int *ret_first, int *ret_last)
{
    *ret_first = by_ended ? MONTH_FIRST : date_month_index(period->first);
    *ret_last = date_month_index(period->last);
}

/* ---- one matter ---- */

/* A state being folded, as far as figures look at it. */
struct matter_then {
    json_t *columns, *detail, *remedies;
    json_t *clocks; /* rule: state of its last run */
    bool any;
};

static void matter_then_release(struct matter_then *f)
{
    json_decref(f->columns);
    json_decref(f->detail);
    json_decref(f->remedies);
    json_decref(f->clocks);
    *f = (struct matter_then){0};
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL || *text == '\0' ? NULL : text;
}

static const char *known_text(const json_t *object, const char *key)
{
    const char *text = text_of(object, key);

    return text == NULL ? "" : text;
}

static void fold_event(struct matter_then *f, const json_t *body)
{
    const json_t *detail = json_object_get(body, "detail");
    const char *key;
    json_t *value;
    size_t i;

    if (!f->any)
        *f = (struct matter_then){.columns = json_object(),
                                  .detail = json_object(),
                                  .clocks = json_object(),
                                  .any = true};
    json_object_update(f->columns, json_object_get(body, "set"));
    json_object_foreach((json_t *)detail, key, value)
    {
        if (json_is_null(value))
            json_object_del(f->detail, key);
        else
            json_object_set(f->detail, key, value);
    }
    if (json_object_get(detail, "settlement") != NULL) { /* it may give nothing */
        json_decref(f->remedies);
        f->remedies = json_incref(json_object_get(body, "remedies"));
    }
    json_array_foreach(json_object_get(body, "clocks"), i, value)
    {
        json_object_set(f->clocks, known_text(value, "rule"), json_object_get(value, "state"));
    }
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static date_t day_of(const struct op *op, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? date_of_instant(json_integer_value(value), op->zone_min)
                                  : DATE_NONE;
}

/* What facts point to besides the JSON. */
struct lists {
    const char *themes[THEMES_MAX];
    struct fact_remedy remedies[REMEDIES_MAX];
    char clocks[FACT_CLOCKS_BYTES];
};

static void figure_facts_lists(const struct matter_then *f, struct lists *lists,
                               struct figure_facts *ret)
{
    const json_t *themes = json_object_get(f->detail, "themes");
    const char *rule;
    json_t *state;

    lists->clocks[0] = '\0';
    json_object_foreach(f->clocks, rule, state)
    {
        clock_word(lists->clocks, rule, json_string_value(state));
    }
    ret->clocks = lists->clocks;
    ret->themes = lists->themes;
    for (size_t i = 0; i < json_array_size(themes) && ret->n_themes < THEMES_MAX; i++) {
        const char *theme = json_string_value(json_array_get(themes, i));

        if (theme != NULL)
            lists->themes[ret->n_themes++] = theme;
    }
    ret->remedies = lists->remedies;
    if (json_object_get(f->detail, "settlement") == NULL)
        return;
    for (size_t i = 0; i < json_array_size(f->remedies) && i < REMEDIES_MAX; i++) {
        const json_t *one = json_array_get(f->remedies, i);

        lists->remedies[ret->n_remedies++] =
            (struct fact_remedy){.kind = known_text(one, "kind"),
                                 .payer = text_of(one, "payer"),
                                 .amount_fen = number_of(one, "amount_fen")};
    }
}

static struct figure_facts figure_facts_of(const struct figuring *f, const struct matter_then *s,
                                           int64_t id, struct lists *lists)
{
    const json_t *c = s->columns, *d = s->detail;
    const char *offer = text_of(json_object_get(d, "offer"), "state");
    const struct figure_body *body = figuring_body(f, known_text(c, "body"));
    struct figure_facts facts = {
        .id = id,
        .kind = known_text(c, "kind"),
        .status = known_text(c, "status"),
        .body = known_text(c, "body"),
        .channel = known_text(c, "channel"),
        .outcome = text_of(c, "outcome"),
        .ground = text_of(c, "ground"),
        .told = text_of(c, "told"),
        .category = text_of(c, "category"),
        .problem = text_of(c, "problem"),
        .division = text_of(c, "division"),
        .by_parties = offer != NULL && strcmp(offer, "accepted") == 0,
        .told_business = text_of(c, "respondent_key"),
        .disclosure = disclosure_word(
            text_of(json_object_get(d, "disclosure"), "state"),
            json_is_true(json_object_get(json_object_get(d, "consents"), "disclosure")),
            json_object_get(d, "police") != NULL),
        .business = number_of(c, "business"),
        .officer = number_of(c, "officer"),
        .rating = number_of(c, "rating"),
        .amount_fen = number_of(c, "amount_fen"),
        .recovered_fen = number_of(c, "recovered_fen"),
        .heads = number_of(d, "heads"),
        .from_complaint = number_of(d, "from_complaint"),
        .received_at = number_of(c, "received_at"),
        .ended_at = number_of(c, "ended_at"),
        .received = day_of(f->op, c, "received_at"),
        .ended = day_of(f->op, c, "ended_at"),
        .assigned = day_of(f->op, d, "assigned_at"),
        .accepted = day_of(f->op, d, "accepted_at"),
        .told_on = day_of(f->op, d, "told_at"),
        .body_class = body == NULL ? NULL : body->kind,
    };

    figure_facts_lists(s, lists, &facts);
    return facts;
}

static enum err_code fold_matter(struct figuring *f, struct stmt *s, int64_t id,
                                 struct figure_as_of as_of, past_fn *fn, void *arg)
{
    struct matter_then now CLEANUP(matter_then_release) = {0},
                           then CLEANUP(matter_then_release) = {0};
    struct lists now_lists, then_lists;
    struct figure_facts now_facts, then_facts;
    bool row = true;

    stmt_reset(s);
    TRY(stmt_bind_int64(f->op, s, 1, id));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;

        TRY(stmt_step(f->op, s, &row));
        if (!row)
            break;
        TRY(stmt_event_body(f->op, s, 2, &body));
        if (as_of.kind == AS_OF_EVENT ? stmt_int64(s, 0) <= as_of.at : stmt_int64(s, 1) <= as_of.at)
            fold_event(&then, body);
        fold_event(&now, body);
    }
    if (!now.any)
        return ERR_OK;
    now_facts = figure_facts_of(f, &now, id, &now_lists);
    if (then.any)
        then_facts = figure_facts_of(f, &then, id, &then_lists);
    return fn(arg, &now_facts, then.any ? &then_facts : NULL);
}

/* ---- all that changed ---- */

enum err_code past_each(struct figuring *f, struct figure_as_of as_of, int first_month,
                        int last_month, past_fn *fn, void *arg)
{
    CLEANUP(stmt_closep) struct stmt *changed = NULL, *events = NULL;
    struct op *op = f->op;
    bool row = true;

    TRY(figuring_bodies(f));
    TRY(snapshot_prepare(op, f->snap,
                         as_of.kind == AS_OF_EVENT ? SQL_figure_changed_since_event
                                                   : SQL_figure_changed_since,
                         &changed));
    TRY(stmt_bind_int64(op, changed, 1, as_of.at));
    TRY(stmt_bind_int64(op, changed, 2, matter_id_make(first_month, 0)));
    TRY(stmt_bind_int64(op, changed, 3, matter_id_make(last_month + 1, 0)));
    TRY(snapshot_prepare(op, f->snap, SQL_figure_events_of, &events));
    for (;;) {
        TRY(stmt_step(op, changed, &row));
        if (!row)
            return ERR_OK;
        TRY(fold_matter(f, events, stmt_int64(changed, 0), as_of, fn, arg));
    }
}
