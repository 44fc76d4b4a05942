/* Loading and saving the state of a matter. */
#include "work/matter.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/workflow.h"
#include "sql_queries.h"
#include "work/evidence.h"
#include "work/matter_columns.h"
#include "work/act_disclosure.h"
#include "work/procedure.h"
#include "work/retention.h"
#include "work/reward.h"

static const char *const clock_states[] = {"running", "paused", "met", "missed", "cancelled"};

const char *clock_state_name(enum clock_state state)
{
    return clock_states[state];
}

void matter_release(struct matter *m)
{
    json_decref(m->detail);
    m->detail = NULL;
}

void matter_copy(const struct matter *from, struct matter *to)
{
    *to = *from;
    to->detail = json_copy(from->detail);
}

enum matter_kind matter_kind_of(const struct matter *m)
{
    return matter_kind_find(m->kind);
}

static enum err_code column_load(struct op *op, struct stmt *s, int i, struct matter *m)
{
    const struct matter_column *c = &matter_columns[i];
    const void *bytes;
    const char *text;
    enum err_code rc;
    size_t n;

    switch (c->kind) {
    case COLUMN_INT:
        *matter_int_at(m, c) = stmt_is_null(s, i) ? MATTER_NONE : stmt_int64(s, i);
        return ERR_OK;
    case COLUMN_TEXT:
        if (stmt_is_null(s, i)) {
            *matter_text_at(m, c) = NULL;
            return ERR_OK;
        }
        *matter_text_at(m, c) = stmt_text_dup(op, s, i);
        return *matter_text_at(m, c) != NULL ? ERR_OK : err_set(&op->err, ERR_NO_MEMORY, "matter");
    case COLUMN_HASH:
        bytes = stmt_blob(s, i, &n);
        if (n != HASH_BYTES)
            return err_set(&op->err, ERR_CORRUPT, "matter %lld: head has %zu bytes",
                           (long long)m->id, n);
        memcpy(m->head, bytes, HASH_BYTES);
        return ERR_OK;
    case COLUMN_JSON:
        break;
    }
    text = stmt_text(s, i) == NULL ? "" : stmt_text(s, i);
    rc = json_parse(text, strlen(text), &m->detail, &op->err);
    if (rc == ERR_NO_MEMORY)
        return rc;
    if (rc != ERR_OK || !json_is_object(m->detail))
        return err_set(&op->err, ERR_CORRUPT, "matter %lld: detail is no object", (long long)m->id);
    return ERR_OK;
}

static enum err_code clocks_load(struct op *op, struct snapshot *snap, struct matter *m)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_clocks_of, &s));
    TRY(stmt_bind_int64(op, s, 1, m->id));
    for (;;) {
        struct matter_clock *c;
        size_t state;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (m->n_clocks == MATTER_CLOCKS_MAX)
            return err_set(&op->err, ERR_CORRUPT, "matter %lld: too many clocks", (long long)m->id);
        c = &m->clocks[m->n_clocks++];
        snprintf(c->rule, sizeof c->rule, "%s", stmt_text(s, 0));
        c->seq = stmt_int64(s, 1);
        for (state = 0; state < CLOCK_CANCELLED; state++)
            if (strcmp(clock_states[state], stmt_text(s, 2)) == 0)
                break;
        c->state = (enum clock_state)state;
        c->start = (date_t)stmt_int64(s, 3);
        c->due_raw = (date_t)stmt_int64(s, 4);
        c->due = (date_t)stmt_int64(s, 5);
        c->extensions = stmt_int64(s, 6);
        c->paused_days = stmt_int64(s, 7);
        c->provisional = stmt_int64(s, 8) != 0;
        c->met_at = stmt_is_null(s, 9) ? MATTER_NONE : stmt_int64(s, 9);
    }
}

enum err_code matter_load(struct op *op, struct snapshot *snap, int64_t id, struct matter *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    enum err_code rc = ERR_OK;

    memset(ret, 0, sizeof *ret);
    TRY(snapshot_prepare(op, snap, SQL_matter_by_id, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_one_row(op, s));
    for (int i = 0; i < MATTER_COLUMNS && rc == ERR_OK; i++)
        rc = column_load(op, s, i, ret);
    if (rc == ERR_OK)
        rc = clocks_load(op, snap, ret);
    if (rc != ERR_OK)
        matter_release(ret);
    return rc;
}

enum err_code matter_id_of(struct op *op, const char *number, int64_t *ret)
{
    struct err ignored = {0};

    if (number_parse(number, op->setup->number_key, ret, &ignored) != ERR_OK)
        return err_set(&op->err, ERR_NOT_FOUND, "no such number");
    return ERR_OK;
}

/* ---- saving ---- */

static void column_put(struct op *op, struct changes *ch, const struct matter_column *c,
                       const struct matter *m)
{
    struct matter *at = (struct matter *)(uintptr_t)m; /* only read: the accessors ask for it */

    switch (c->kind) {
    case COLUMN_INT:
        if (*matter_int_at(at, c) == MATTER_NONE)
            changes_null(ch);
        else
            changes_int(ch, *matter_int_at(at, c));
        break;
    case COLUMN_TEXT:
        changes_text(ch, *matter_text_at(at, c));
        break;
    case COLUMN_HASH:
        changes_blob(ch, m->head, HASH_BYTES);
        break;
    case COLUMN_JSON:
        changes_text(ch, json_compact(op->arena, m->detail));
        break;
    }
}

static bool indexed_differs(const struct matter *before, const struct matter *after)
{
    for (size_t i = 0; i < MATTER_COLUMNS; i++)
        if (matter_columns[i].indexed && !matter_column_equal(&matter_columns[i], before, after))
            return true;
    return false;
}

static void row_save(struct op *op, struct changes *ch, const struct matter *before,
                     const struct matter *after)
{
    if (before == NULL) {
        changes_row(ch, SQL_matter_insert, 1, ERR_CONFLICT);
        for (size_t i = 0; i < MATTER_COLUMNS; i++)
            column_put(op, ch, &matter_columns[i], after);
        return;
    }
    changes_row(ch, SQL_matter_update_plain, 1, ERR_CONFLICT);
    changes_int(ch, after->id);
    changes_int(ch, before->version);
    for (size_t i = 0; i < MATTER_COLUMNS; i++) {
        const struct matter_column *c = &matter_columns[i];

        if (!c->indexed && i != 0 && strcmp(c->name, "number") != 0 && strcmp(c->name, "kind") != 0)
            column_put(op, ch, c, after);
    }
    if (!indexed_differs(before, after))
        return;
    changes_row(ch, SQL_matter_update_indexed, 1, ERR_CONFLICT);
    changes_int(ch, after->id);
    for (size_t i = 0; i < MATTER_COLUMNS; i++)
        if (matter_columns[i].indexed)
            column_put(op, ch, &matter_columns[i], after);
}

static bool clock_equal(const struct matter_clock *a, const struct matter_clock *b)
{
    return strcmp(a->rule, b->rule) == 0 && a->seq == b->seq && a->state == b->state &&
           a->start == b->start && a->due_raw == b->due_raw && a->due == b->due &&
           a->extensions == b->extensions && a->paused_days == b->paused_days &&
           a->provisional == b->provisional && a->met_at == b->met_at;
}

static const struct matter_clock *clock_same(const struct matter *m, const struct matter_clock *c)
{
    for (size_t i = 0; m != NULL && i < m->n_clocks; i++)
        if (m->clocks[i].seq == c->seq && strcmp(m->clocks[i].rule, c->rule) == 0)
            return &m->clocks[i];
    return NULL;
}

static void clocks_save(struct changes *ch, const struct matter *before, const struct matter *after)
{
    for (size_t i = 0; i < after->n_clocks; i++) {
        const struct matter_clock *c = &after->clocks[i], *old = clock_same(before, c);

        if (old != NULL && clock_equal(old, c))
            continue;
        changes_row(ch, SQL_clock_put, 1, ERR_CONFLICT);
        changes_int(ch, after->id);
        changes_text(ch, c->rule);
        changes_int(ch, c->seq);
        changes_text(ch, clock_states[c->state]);
        changes_int(ch, c->start);
        changes_int(ch, c->due_raw);
        changes_int(ch, c->due);
        changes_int(ch, c->extensions);
        changes_int(ch, c->paused_days);
        changes_int(ch, c->provisional);
        if (c->met_at == MATTER_NONE)
            changes_null(ch);
        else
            changes_int(ch, c->met_at);
    }
}

/* Whether what the search finds may have changed. */
static bool index_differs(const struct matter *before, const struct matter *after)
{
    return before == NULL || strcmp(before->body, after->body) != 0 ||
           before->officer != after->officer || matter_purged(before) != matter_purged(after) ||
           !json_equal(json_object_get(before->detail, "filing_version"),
                       json_object_get(after->detail, "filing_version"));
}

void matter_save(struct op *op, struct changes *ch, const struct matter *before,
                 const struct matter *after)
{
    struct figure_facts now = matter_measure_facts(op, after), was;

    row_save(op, ch, before, after);
    clocks_save(ch, before, after);
    if (before != NULL)
        was = matter_measure_facts(op, before);
    measure_difference(op, ch, op->setup->measures, before == NULL ? NULL : &was, &now);
    if (index_differs(before, after))
        changes_queue(ch, "index", after->id, 0);
}

struct figure_facts matter_measure_facts(struct op *op, const struct matter *m)
{
    return (struct figure_facts){
        .kind = m->kind,
        .status = m->status,
        .outcome = m->outcome,
        .ground = m->ground,
        .told = m->told,
        .channel = m->channel,
        .category = m->category,
        .problem = m->problem,
        .division = m->division,
        .body = m->body,
        .received = date_of_instant(m->received_at, op->zone_min),
        .ended =
            m->ended_at == MATTER_NONE ? DATE_NONE : date_of_instant(m->ended_at, op->zone_min),
        .amount_fen = m->amount_fen,
        .recovered_fen = m->recovered_fen,
        .rating = m->rating == MATTER_NONE ? 0 : (int)m->rating,
        .assigned = DATE_NONE, /* tallies do not keep stage times */
        .accepted = DATE_NONE,
        .told_on = DATE_NONE,
    };
}

/* ---- what rules look at ---- */

struct matter_clock *matter_clock(struct matter *m, const char *rule)
{
    struct matter_clock *found = NULL;

    for (size_t i = 0; i < m->n_clocks; i++)
        if (strcmp(m->clocks[i].rule, rule) == 0 &&
            (found == NULL || found->seq < m->clocks[i].seq))
            found = &m->clocks[i];
    return found;
}

size_t matter_pauses(const struct matter *m, struct pause *ret, size_t max)
{
    const json_t *list = json_object_get(m->detail, "pauses");
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(list) && n < max; i++) {
        const json_t *p = json_array_get(list, i);
        const json_t *to = json_object_get(p, "to");

        if (!json_is_true(json_object_get(p, "excluded")))
            continue;
        if (!json_is_integer(to))
            ret[n++] =
                (struct pause){(date_t)json_integer_value(json_object_get(p, "from")), DATE_NONE};
        else if (pause_span((date_t)json_integer_value(json_object_get(p, "from")),
                            (date_t)json_integer_value(to), &ret[n]))
            n++;
    }
    return n;
}

const struct pack *matter_pack(const struct op *op, const struct matter *m)
{
    const struct pack *pack = setup_pack_at(op->setup, m->pack, m->pack_revision);

    if (pack == NULL)
        pack = setup_pack_of(op->setup, matter_kind_of(m));
    return pack == NULL ? op->setup->pack : pack;
}

struct record_facts matter_facts(struct op *op, const struct matter *m)
{
    const struct body *body = setup_body(op->setup, m->body);

    const int64_t *recused = NULL;
    size_t n_recused = procedure_recused(op, m, &recused);

    return (struct record_facts){
        .recused = recused,
        .n_recused = n_recused,
        .matter_id = m->id,
        .kind = matter_kind_of(m),
        .secret = m->secret != 0,
        .body_path = body == NULL ? "" : body->path,
        .assigned = json_is_true(json_object_get(m->detail, "assigned")),
        .officer_id = m->officer == MATTER_NONE ? 0 : m->officer,
        .registered_by = m->registered_by,
        .waits_for_leader = strcmp(m->waiting_for, "leader") == 0,
        .business = m->business == MATTER_NONE ? 0 : m->business,
        .sent_to_business = op->actor.kind == ACTOR_BUSINESS &&
                            pack_asks(matter_pack(op, m), matter_kind_of(m), ROLE_BUSINESS),
    };
}

static bool pause_open(const struct matter *m)
{
    const json_t *list = json_object_get(m->detail, "pauses");
    size_t n = json_array_size(list);

    return n > 0 && !json_is_integer(json_object_get(json_array_get(list, n - 1), "to"));
}

/* Whether there is evidence that the actor may take away: the party only what it sent. */
static bool files_there(const struct op *op, const struct matter *m)
{
    const json_t *list = json_object_get(m->detail, "files");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (evidence_removable(op, json_array_get(list, i)))
            return true;
    return false;
}

bool conflict_of_interest(const struct matter *m, int64_t officer, const char *body)
{
    const json_t *against = json_object_get(m->detail, "against");
    const char *its_body = json_string_value(json_object_get(against, "body"));
    int64_t person = json_integer_value(json_object_get(against, "officer"));

    return (person != 0 && person == officer) ||
           (its_body != NULL && body != NULL && strcmp(its_body, body) == 0);
}

/* Whoever approves or checks a decision again stands above the body that made it; at the top it is
 * its management. Never the officer who handles it. */
static bool stands_above(struct op *op, const struct matter *m)
{
    const char *code = json_string_value(json_object_get(m->detail, "decided_body"));
    const struct body *its = setup_body(op->setup, code == NULL ? m->body : code);

    if (op->actor.kind == ACTOR_SYSTEM)
        return true;
    if (op->actor.kind != ACTOR_OFFICER || its == NULL || op->actor.body_path == NULL ||
        op->actor.officer_id == json_integer_value(json_object_get(m->detail, "decided_by")) ||
        (code == NULL && op->actor.officer_id == m->officer))
        return false;
    return body_path_within(its->path, op->actor.body_path) &&
           (its->parent == NULL || strcmp(its->path, op->actor.body_path) != 0);
}

static bool term_over(struct op *op, const struct deadline_rule *rule, int64_t from_ms,
                      date_t today)
{
    date_t start = date_of_instant(from_ms, op->zone_min);
    struct deadline_due due;
    struct err err = {0};

    return deadline_compute(rule, start, NULL, 0, 0, op->setup->calendar, &due, &err) == ERR_OK &&
           today > due.due;
}

/* Whether a term of the filer's own, counted from when he was told, has passed. */
static bool filer_late(struct op *op, const struct matter *m, const json_t *told, date_t today)
{
    const struct pack *pack = matter_pack(op, m);

    for (size_t i = 0; json_is_integer(told) && i < pack->n_deadlines; i++) {
        const struct deadline_rule *rule = &pack->deadlines[i];

        if (rule->of_filer)
            return term_over(op, rule, json_integer_value(told), today);
    }
    return false;
}

struct workflow_facts matter_workflow_facts(struct op *op, const struct matter *m)
{
    const json_t *told = json_object_get(m->detail, "told");
    const json_t *offer = json_object_get(m->detail, "offer");
    const char *offer_state = json_string_value(json_object_get(offer, "state"));
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    bool decided = m->outcome != NULL; /* before a decision it is the acceptance that was told */
    bool consumer_told = json_is_integer(json_object_get(told, "consumer"));
    struct workflow_facts f = {
        .outcome = m->outcome,
        .earlier_rule = m->pack == NULL,
        .anonymous = json_is_true(json_object_get(m->detail, "anonymous")),
        .has_officer = m->officer != MATTER_NONE,
        .acceptance_told = !decided && consumer_told,
        .consumer_told = decided && consumer_told,
        .business_told = decided && json_is_integer(json_object_get(told, "business")),
        .offer_open = offer_state != NULL && strcmp(offer_state, "open") == 0,
        .offer_sent_by_business = json_is_true(json_object_get(offer, "own")),
        .performed = json_is_true(json_object_get(m->detail, "performed")),
        .rated = m->rating != MATTER_NONE,
        .paused = pause_open(m),
        .has_files = files_there(op, m),
        .in_group = m->group_id != MATTER_NONE,
        .conflict = conflict_of_interest(m, op->actor.officer_id, op->actor.body),
        .above = stands_above(op, m),
        .longer = json_string_value(json_object_get(m->detail, "longer")),
    };

    for (size_t i = 0; i < m->n_clocks; i++) {
        const struct matter_clock *c = &m->clocks[i];
        const struct deadline_rule *rule = pack_deadline(matter_pack(op, m), c->rule);

        if (rule == NULL || (c->state != CLOCK_RUNNING && c->state != CLOCK_PAUSED))
            continue;
        if (rule->extensions_max > 0 && c->extensions >= rule->extensions_max)
            f.extended = true;
        if (c->state == CLOCK_RUNNING && rule->pauses_excluded && today > c->due)
            f.term_over = true;
    }
    procedure_facts(op, m, &f);
    disclosure_facts(op, m, &f);
    reward_facts(op, m, &f);
    f.filer_term_over = filer_late(op, m, json_object_get(told, "consumer"), today);
    return f;
}
