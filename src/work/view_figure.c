/* Figures as JSON, and the words for the keys of their breakdowns. */
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/place.h"
#include "work/staff.h"
#include "work/view.h"

static const struct {
    const char *key;
    struct label label;
} levels[] = {
    {"bureau", {"局", "Bureau"}},
    {"branch", {"分局、所", "Branch"}},
    {"station", {"维权站", "Station"}},
    {"parties", {"双方和解", "Between the parties"}},
};

static struct label key_itself(const char *key)
{
    return (struct label){key, key};
}

static struct label level_label(const char *key)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (strcmp(levels[i].key, key) == 0)
            return levels[i].label;
    return key_itself(key);
}

static struct label kind_label(const struct op *op, const char *key)
{
    enum matter_kind kind = matter_kind_find(key);

    return kind == KIND_COUNT ? key_itself(key) : setup_kind_label(op->setup, kind);
}

/* Of states, outcomes and grounds, which each kind names for itself. */
static struct label pack_label(const struct op *op, enum figure_dimension by, const char *key)
{
    const struct setup *setup = op->setup;

    for (int k = 0; k < KIND_COUNT; k++) {
        enum matter_kind kind = (enum matter_kind)k;
        const struct pack_state *state = by == DIM_STATUS ? setup_state(setup, kind, key) : NULL;
        const struct pack_outcome *end = by == DIM_OUTCOME ? setup_outcome(setup, kind, key) : NULL;
        const struct pack_ground *ground = by == DIM_GROUND ? setup_ground(setup, kind, key) : NULL;

        if (state != NULL)
            return state->label;
        if (end != NULL)
            return end->label;
        if (ground != NULL)
            return ground->label;
    }
    return key_itself(key);
}

static struct label officer_label(struct op *op, const char *key)
{
    struct officer officer;
    int64_t id;

    if (text_int64(key, &id) && officer_by_id(op, id, &officer) == ERR_OK)
        return key_itself(officer.display);
    err_clear(&op->err);
    return key_itself(key);
}

/* The name of the record, or the name as told last. */
static enum err_code business_name(struct op *op, const char *key, const char **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool told = text_starts(key, FIGURE_TOLD), row = false;
    int64_t id;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, told ? SQL_figure_told_name : SQL_business_names_of, &s));
    if (told)
        TRY(stmt_bind_text(op, s, 1, key + strlen(FIGURE_TOLD)));
    else if (text_int64(key, &id))
        TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_step(op, s, &row));
    *ret = row ? stmt_text_dup(op, s, told ? 0 : 2) : NULL;
    return ERR_OK;
}

static struct label business_label(struct op *op, const char *key)
{
    const char *name = NULL;

    if (business_name(op, key, &name) != ERR_OK)
        err_clear(&op->err);
    return key_itself(name == NULL ? key : name);
}

static struct label told_label(const char *key)
{
    if (strcmp(key, "on_time") == 0)
        return (struct label){"按期", "In time"};
    return strcmp(key, "late") == 0 ? (struct label){"超期", "Late"} : key_itself(key);
}

struct label view_figure_key(struct op *op, enum figure_dimension by, const char *key)
{
    const struct body *body;

    if (key[0] == '\0')
        return (struct label){"未填", "Not given"};
    switch (by) {
    case DIM_BODY:
    case DIM_BRANCH:
        body = setup_body(op->setup, key);
        return body == NULL ? key_itself(key) : body->name;
    case DIM_BODY_CLASS:
    case DIM_SETTLED_AT:
        return level_label(key);
    case DIM_KIND:
        return kind_label(op, key);
    case DIM_CHANNEL:
        return setup_label(op->setup, "channels", key);
    case DIM_SECTOR:
    case DIM_CATEGORY:
        return setup_label(op->setup, "categories", key);
    case DIM_PROBLEM:
        return setup_label(op->setup, "problems", key);
    case DIM_DISTRICT:
        return place_label(op, key);
    case DIM_THEME:
        return setup_label(op->setup, "themes", key);
    case DIM_REMEDY:
        return setup_label(op->setup, "demands", key);
    case DIM_PAYER:
        return setup_label(op->setup, "payers", key);
    case DIM_OUTCOME:
    case DIM_STATUS:
    case DIM_GROUND:
        return pack_label(op, by, key);
    case DIM_TOLD:
        return told_label(key);
    case DIM_OFFICER:
        return officer_label(op, key);
    case DIM_BUSINESS:
        return business_label(op, key);
    case DIM_NONE:
    case DIM_MONTH:
    case DIM_DAY:
    case DIM_RATING:
    case DIM_COUNT:
        break;
    }
    return key_itself(key);
}

static void write_value(struct json_writer *w, const struct figure_value *v)
{
    json_text(w, "value", v->value);
    json_int(w, "num", v->num);
    if (v->has_den)
        json_int(w, "den", v->den);
    else
        json_none(w, "den");
}

static void write_cell(struct op *op, const struct figure *f, const struct figure_cell *cell,
                       struct json_writer *w)
{
    struct label label = view_figure_key(op, f->by, cell->key);

    json_object_begin(w);
    json_text(w, "id", figure_cell_id(op, f, cell->key));
    json_text(w, "key", cell->key);
    view_label(w, "label", &label);
    write_value(w, &cell->is);
    json_int(w, "n", cell->n);
    json_int(w, "sum", cell->sum);
    if (f->against_period[0] != '\0') {
        json_open_object(w, "against");
        write_value(w, &cell->against);
        json_object_end(w);
    } else {
        json_none(w, "against");
    }
    json_object_end(w);
}

static void write_against(const struct figure *f, struct json_writer *w)
{
    if (f->against_period[0] == '\0') {
        json_none(w, "against");
        return;
    }
    json_open_object(w, "against");
    write_value(w, &f->against);
    json_text(w, "period", f->against_period);
    json_object_end(w);
}

static void write_breakdown(struct op *op, const struct figure *f, struct json_writer *w)
{
    if (f->by == DIM_NONE) {
        json_none(w, "breakdown");
        json_none(w, "overlap");
        return;
    }
    json_open_array(w, "breakdown");
    for (size_t i = 0; i < f->n_cells; i++)
        write_cell(op, f, &f->cells[i], w);
    json_array_end(w);
    json_int(w, "overlap", f->overlap);
}

void view_figure(struct op *op, const struct figure *f, struct json_writer *w)
{
    json_object_begin(w);
    json_text(w, "id", f->id);
    json_text(w, "indicator", f->indicator->id);
    view_label(w, "label", &f->indicator->label);
    view_label(w, "unit", &f->indicator->unit);
    view_label(w, "definition", &f->indicator->definition);
    write_value(w, &f->is);
    json_int(w, "decimals", f->indicator->decimals);
    json_text(w, "hash", f->indicator->hash);
    json_bool(w, "without_reports", f->without_reports);
    write_against(f, w);
    write_breakdown(op, f, w);
    json_object_end(w);
}
