/* What forms are made from: acts and states of the pack, code tables, bodies. And list rows. */
#include <string.h>

#include "base/text.h"
#include "rules/workflow.h"
#include "work/view_internal.h"

static void view_choices(struct op *op, const struct act_field *f, struct json_writer *w)
{
    const struct code_table *table =
        f->codes == NULL ? NULL : codes_table(op->setup->codes, f->codes);

    json_text(w, "codes", f->codes);
    if (f->n_choices == 0 && table == NULL) {
        json_none(w, "choices");
        return;
    }
    json_open_array(w, "choices");
    for (size_t i = 0; i < f->n_choices; i++) {
        json_object_begin(w);
        json_text(w, "code", f->choices[i].code);
        json_text(w, "zh", f->choices[i].label.zh);
        json_text(w, "en", f->choices[i].label.en);
        json_open_array(w, "kinds");
        for (int k = 0; k < KIND_COUNT; k++)
            if (f->choices[i].kinds & (1u << k))
                json_put_text(w, matter_kind_name((enum matter_kind)k));
        json_array_end(w);
        json_object_end(w);
    }
    for (size_t i = 0; f->n_choices == 0 && i < table->n_codes; i++) {
        json_object_begin(w);
        json_text(w, "code", table->codes[i].code);
        json_text(w, "zh", table->codes[i].label.zh);
        json_text(w, "en", table->codes[i].label.en);
        json_text(w, "parent", table->codes[i].parent);
        json_object_end(w);
    }
    json_array_end(w);
}

static void view_field(struct op *op, const struct act_field *f, struct json_writer *w)
{
    json_object_begin(w);
    json_text(w, "name", f->name);
    json_text(w, "kind", field_kind_name(f->kind));
    json_bool(w, "required", f->required);
    json_int(w, "max_bytes", (int64_t)f->max_bytes);
    json_int(w, "min", f->min);
    json_int(w, "max", f->max);
    json_bool(w, "future", f->future);
    json_bool(w, "act_time", f->act_time);
    view_label(w, "label", &f->label);
    view_label(w, "hint", &f->hint);
    view_choices(op, f, w);
    json_text(w, "when_field", f->when_field);
    json_text(w, "when_value", f->when_value);
    json_object_end(w);
}

void view_fields(struct op *op, const struct pack_act *act, struct json_writer *w)
{
    json_open_array(w, "fields");
    for (size_t f = 0; f < act->n_fields; f++)
        view_field(op, &act->fields[f], w);
    json_array_end(w);
}

void view_acts_of(struct op *op, const struct pack *pack, struct json_writer *w)
{
    json_open_object(w, "acts");
    for (size_t i = 0; i < pack->n_acts; i++) {
        const struct pack_act *a = &pack->acts[i];
        char key[2] = {a->key, '\0'};

        json_open_object(w, a->id);
        view_label(w, "label", &a->label);
        json_text(w, "key", a->key == 0 ? NULL : key);
        json_text(w, "class", act_class_name(a->act_class));
        view_label(w, "effect", &a->effect);
        view_fields(op, a, w);
        json_object_end(w);
    }
    json_object_end(w);
}

static void view_grounds(const struct pack_kind *kind, enum ground_use use, const char *key,
                         struct json_writer *w)
{
    json_open_array(w, key);
    for (size_t i = 0; i < kind->n_grounds; i++) {
        const struct pack_ground *g = &kind->grounds[i];

        if (g->use != use)
            continue;
        json_object_begin(w);
        json_text(w, "code", g->code);
        json_text(w, "zh", g->label.zh);
        json_text(w, "en", g->label.en);
        view_label(w, "basis", &g->basis.text);
        view_label(w, "remedies", &g->remedies);
        view_label(w, "hint", &g->hint);
        view_label(w, "needs", &g->needs_why);
        json_bool(w, "second", g->second);
        json_object_end(w);
    }
    json_array_end(w);
}

/* What a form for a kind has to know: how it is called, its first clock, what must not be asked. */
static void view_kind(const struct pack_kind *kind, struct json_writer *w)
{
    const struct deadline_rule *first = kind->n_creation > 0 ? kind->creation[0].rule : NULL;

    json_open_object(w, matter_kind_name(kind->kind));
    view_label(w, "label", &kind->label);
    if (first == NULL) {
        json_none(w, "first_clock");
    } else {
        json_open_object(w, "first_clock");
        json_text(w, "rule", first->id);
        view_label(w, "label", &first->label);
        json_int(w, "length", first->length);
        json_text(w, "unit", deadline_unit_name(first->unit));
        view_label(w, "basis", &first->basis.text);
        json_object_end(w);
    }
    json_open_array(w, "required");
    for (size_t i = 0; i < kind->n_required; i++)
        json_put_text(w, kind->required[i].path);
    json_array_end(w);
    json_open_array(w, "not_asked");
    for (size_t i = 0; i < kind->n_not_asked; i++) {
        json_object_begin(w);
        json_text(w, "path", kind->not_asked[i].path);
        view_label(w, "why", &kind->not_asked[i].why);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

void view_flow(struct op *op, const struct flow *flow, struct json_writer *w)
{
    json_text(w, "id", flow->id);
    json_text(w, "revision", flow->revision);
    view_label(w, "label", &flow->label);
    view_label(w, "instrument", &flow->instrument);
    json_open_array(w, "states");
    for (size_t i = 0; i < flow->n_states; i++) {
        json_object_begin(w);
        json_text(w, "id", flow->states[i].id);
        view_label(w, "label", &flow->states[i].label);
        json_text(w, "part", flow->kind->parts[flow->states[i].part]);
        json_bool(w, "final", flow->states[i].final);
        json_object_end(w);
    }
    json_array_end(w);
    view_acts_of(op, &flow->acts, w);
}

void view_workflow(struct op *op, const struct pack *pack, struct json_writer *w)
{
    json_object_begin(w);
    json_open_object(w, "pack");
    json_text(w, "id", pack->id);
    json_text(w, "revision", pack->revision);
    view_label(w, "name", &pack->name);
    view_label(w, "instrument", &pack->instrument);
    json_object_end(w);
    view_acts_of(op, pack, w);
    json_open_object(w, "kinds");
    for (int k = 0; k < KIND_COUNT; k++)
        if (pack->kinds[k].n_states > 0)
            view_kind(&pack->kinds[k], w);
    json_object_end(w);
    json_open_object(w, "states");
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct pack_kind *kind = &pack->kinds[k];

        json_open_array(w, matter_kind_name(kind->kind));
        for (size_t i = 0; i < kind->n_states; i++) {
            json_object_begin(w);
            json_text(w, "id", kind->states[i].id);
            view_label(w, "label", &kind->states[i].label);
            json_bool(w, "final", kind->states[i].final);
            json_bool(w, "ended", kind->states[i].ended);
            json_object_end(w);
        }
        json_array_end(w);
    }
    json_object_end(w);
    json_open_object(w, "grounds");
    view_grounds(&pack->kinds[KIND_COMPLAINT], GROUND_REFUSAL, "refuse", w);
    view_grounds(&pack->kinds[KIND_COMPLAINT], GROUND_TERMINATION, "terminate", w);
    json_object_end(w);
    json_object_end(w);
}

static void view_one_code(struct json_writer *w, const char *code, const struct label *label,
                          const char *parent, const char *group)
{
    json_object_begin(w);
    json_text(w, "code", code);
    json_text(w, "zh", label->zh);
    json_text(w, "en", label->en);
    json_text(w, "parent", parent);
    json_text(w, "group", group);
    json_object_end(w);
}

/* Counties and streets as one more table: what a division may be. */
static void view_divisions(struct op *op, struct json_writer *w)
{
    const struct region *county = NULL;

    json_open_array(w, "divisions");
    for (size_t i = 0; i < regions_count(op->setup->regions); i++) {
        const struct region *one = regions_at(op->setup->regions, i);

        if (!division_valid(one->code))
            continue;
        if (county == NULL || !division_within(one->code, county->code))
            county = one;
        view_one_code(w, one->code, &one->label, county == one ? NULL : county->code, NULL);
    }
    json_array_end(w);
}

void view_codes(struct op *op, struct json_writer *w)
{
    json_object_begin(w);
    view_divisions(op, w);
    for (size_t t = 0; t < codes_count(op->setup->codes); t++) {
        const struct code_table *table = codes_at(op->setup->codes, t);

        json_open_array(w, table->id);
        for (size_t i = 0; i < table->n_codes; i++) {
            const struct code *c = &table->codes[i];

            view_one_code(w, c->code, &c->label, c->parent, c->group);
        }
        json_array_end(w);
    }
    json_object_end(w);
}

void view_bodies(struct op *op, struct json_writer *w)
{
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < op->setup->n_bodies; i++) {
        const struct body *b = &op->setup->bodies[i];

        if (!b->current)
            continue;
        json_object_begin(w);
        json_text(w, "code", b->code);
        view_label(w, "name", &b->name);
        json_text(w, "kind", b->kind);
        json_text(w, "parent", b->parent);
        json_int(w, "depth", b->depth);
        json_text(w, "address", b->address);
        json_text(w, "phone", b->phone);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

/* ---- rows of lists ---- */

static void view_marks(const char *key, const struct list_mark *marks, size_t n,
                       struct json_writer *w)
{
    json_open_array(w, key);
    for (size_t i = 0; i < n; i++) {
        json_array_begin(w);
        json_put_int(w, marks[i].from);
        json_put_int(w, marks[i].to);
        json_array_end(w);
    }
    json_array_end(w);
}

static void view_row_labels(struct op *op, const struct list_row *row, struct json_writer *w)
{
    const struct {
        const char *key, *label, *table, *code;
    } coded[] = {{"category", "category_label", "categories", row->category},
                 {"problem", "problem_label", "problems", row->problem},
                 {"channel", "channel_label", "channels", row->channel}};
    const struct body *body = setup_body(op->setup, row->body);

    for (size_t i = 0; i < 3; i++) {
        struct label label = {0};

        if (coded[i].code != NULL)
            label = setup_label(op->setup, coded[i].table, coded[i].code);
        json_text(w, coded[i].key, coded[i].code);
        view_label(w, coded[i].label, &label);
    }
    json_text(w, "body", row->body);
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
}

/* The theme for which it goes before others, by the mark "first" of the table of themes. */
static void view_first(struct op *op, const struct list_row *row, struct json_writer *w)
{
    const struct code_table *themes = codes_table(op->setup->codes, "themes");

    for (size_t i = 0; row->themes != NULL && themes != NULL && i < themes->n_codes; i++) {
        const struct code *c = &themes->codes[i];
        const char *quoted;

        if (c->group == NULL || strcmp(c->group, "first") != 0)
            continue;
        quoted = arena_printf(op->arena, "\"%s\"", c->code);
        if (quoted != NULL && strstr(row->themes, quoted) != NULL) {
            view_label(w, "first", &c->label);
            return;
        }
    }
    json_none(w, "first");
}

static void view_row_clock(struct op *op, const struct list_row *row, struct json_writer *w)
{
    struct matter_clock clock = {
        .seq = row->next.seq,
        .state = row->next.state != NULL && strcmp(row->next.state, "paused") == 0 ? CLOCK_PAUSED
                                                                                   : CLOCK_RUNNING,
        .start = row->next.start,
        .due_raw = row->next.due_raw,
        .due = row->next.due,
        .extensions = row->next.extensions,
        .paused_days = row->next.paused_days,
        .provisional = row->next.provisional,
        .met_at = MATTER_NONE,
    };

    const struct pack *pack = setup_pack(op->setup, row->pack);

    json_key(w, "next_deadline");
    if (row->next.rule == NULL || pack == NULL) {
        json_put_null(w);
        return;
    }
    snprintf(clock.rule, sizeof clock.rule, "%s", row->next.rule);
    view_clock(op, pack, NULL, &clock, w);
}

enum err_code view_row(struct op *op, struct snapshot *snap, const struct list_row *row,
                       struct json_writer *w)
{
    enum matter_kind kind = matter_kind_find(row->kind);
    const struct pack *pack = setup_pack(op->setup, row->pack);
    const struct pack_state *state = pack == NULL ? setup_state(op->setup, kind, row->status)
                                                  : pack_state(pack, kind, row->status);

    (void)snap;
    json_object_begin(w);
    json_text(w, "number", row->number);
    json_text(w, "kind", row->kind);
    json_text(w, "status", row->status);
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_bool(w, "secret", row->secret);
    json_bool(w, "open", row->open);
    json_int(w, "version", row->version);
    json_text(w, "title", row->title);
    view_marks("title_marks", row->title_marks, row->n_title_marks, w);
    if (row->snippet == NULL) {
        json_none(w, "snippet");
    } else {
        json_open_object(w, "snippet");
        json_text(w, "text", row->snippet);
        view_marks("marks", row->snippet_marks, row->n_snippet_marks, w);
        json_object_end(w);
    }
    json_text(w, "respondent", row->respondent);
    view_marks("respondent_marks", row->respondent_marks, row->n_respondent_marks, w);
    json_text(w, "consumer", row->consumer);
    view_row_labels(op, row, w);
    view_instant(w, "received_at", row->received_at, op->zone_min);
    view_first(op, row, w);
    json_text(w, "officer", row->officer_display);
    json_open_object(w, "waiting_for");
    json_text(w, "who", row->waiting_for);
    view_label(w, "label", waiting_for_label(waiting_for_find(row->waiting_for)));
    view_instant(w, "since", row->waiting_since, op->zone_min);
    json_object_end(w);
    json_int(w, "amount_fen", row->amount_fen);
    json_int(w, "recovered_fen", row->recovered_fen);
    json_text(w, "outcome", row->outcome);
    json_text(w, "level", due_level_name(row->level));
    view_row_clock(op, row, w);
    if (row->group == 0) {
        json_none(w, "group");
    } else {
        json_open_object(w, "group");
        json_int(w, "id", row->group);
        json_int(w, "n", row->group_size);
        json_object_end(w);
    }
    json_object_end(w);
    return ERR_OK;
}
