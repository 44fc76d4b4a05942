/* Drawing a sample of the matters that were closed in some days, of the consumers who filed them
 * (each by one of his matters, so that who he is stays with those who may see it), of the
 * businesses that they are about, or of the entries of a register: each gets a score from the seed
 * that the entry keeps, SHA-256 of "seed|number" (of a business its id), and the lowest are drawn.
 * So anybody who reads the entry can draw it again, and what is drawn later goes on where the first
 * draw ended. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql_queries.h"
#include "work/entry_gather_internal.h"
#include "work/entry_given.h"

#define SEED_BYTES 16
#define POOL_MAX 1000000

struct ball {
    const char *number;
    int64_t id;
    unsigned char score[crypto_hash_sha256_BYTES];
};

/* Whether the table's column takes businesses; else matters. */
static bool of_businesses(const struct register_gather *g)
{
    for (size_t i = 0; i < g->field->n_columns; i++)
        if (strcmp(g->field->columns[i].name, g->key) == 0)
            return g->field->columns[i].kind == FIELD_BUSINESS;
    return false;
}

struct urn {
    struct ball *list; /* those not drawn before */
    size_t n, room;
    int64_t pool; /* all, drawn before or not */
};

static enum err_code put_in(struct op *op, struct urn *u, int64_t id, const char *number,
                            const char *seed)
{
    char text[2 * SEED_BYTES + 80];
    struct ball *b;
    int n;

    if (u->n == u->room) {
        size_t room = u->room == 0 ? 512 : u->room * 2;
        struct ball *more = ARENA_ARRAY(op->arena, struct ball, room);

        if (more == NULL || u->pool > POOL_MAX)
            return err_set(&op->err, ERR_NO_MEMORY, "a sample");
        if (u->n > 0)
            memcpy(more, u->list, u->n * sizeof *more);
        u->list = more;
        u->room = room;
    }
    b = &u->list[u->n++];
    b->id = id;
    b->number = arena_strdup(op->arena, number);
    if (b->number == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a sample");
    n = snprintf(text, sizeof text, "%s|%s", seed, number);
    if (n < 0 || (size_t)n >= sizeof text)
        return err_set(&op->err, ERR_CORRUPT, "the seed of a sample");
    crypto_hash_sha256(b->score, (const unsigned char *)text, (size_t)n);
    return ERR_OK;
}

static int by_score(const void *a, const void *b)
{
    const struct ball *x = a, *y = b;
    int order = memcmp(x->score, y->score, sizeof x->score);

    return order != 0 ? order : strcmp(x->number, y->number);
}

static date_t day_of(const struct entry_run *run, const struct act_field *f)
{
    const char *text = json_string_value(json_object_get(run->values, f->name));

    return text == NULL ? DATE_NONE : date_parse(text);
}

/* Whether the choices that must be alike are: those that are filled here. */
static enum err_code is_like(struct entry_run *run, const struct register_gather *g, int64_t id,
                             bool *ret)
{
    CLEANUP(record_release) struct record r = {0};
    const json_t *fields;

    *ret = true;
    if (g->n_like == 0)
        return ERR_OK;
    TRY(record_load(run->op, run->snap, ENTRY, id, &r));
    fields = json_object_get(r.state, "fields");
    for (size_t i = 0; i < g->n_like; i++) {
        const json_t *here = json_object_get(run->values, g->like[i]->name);

        if (here != NULL && !json_equal(here, json_object_get(fields, g->like[i]->name)))
            *ret = false;
    }
    return ERR_OK;
}

/* Of a register: entries of the body, of those below it and of those above. */
static enum err_code fill_with_entries(struct entry_run *run, const struct register_gather *g,
                                       const char *seed, const json_t *drawn, struct urn *u)
{
    struct op *op = run->op;
    const struct body *body = setup_body(op->setup, record_member(run->r, "body"));
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row, like;

    if (body == NULL)
        return ERR_OK;
    TRY(snapshot_prepare(op, run->snap, SQL_entry_draw_entries, &s));
    TRY(stmt_bind_text(op, s, 1, g->of->flow.id));
    TRY(stmt_bind_text(op, s, 2, body->path));
    TRY(stmt_bind_text(op, s, 3, body_path_end(op->arena, body->path)));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if ((register_state_bit(g->of, stmt_text(s, 2)) & g->states) == 0)
            continue;
        TRY(is_like(run, g, stmt_int64(s, 0), &like));
        if (!like)
            continue;
        u->pool++;
        if (json_object_get(drawn, stmt_text(s, 1)) == NULL)
            TRY(put_in(op, u, stmt_int64(s, 0), stmt_text(s, 1), seed));
    }
}

static enum err_code fill_urn(struct entry_run *run, const struct register_gather *g,
                              const char *seed, const json_t *drawn, struct urn *u)
{
    struct op *op = run->op;
    const struct body *body = setup_body(op->setup, record_member(run->r, "body"));
    date_t from = day_of(run, g->from), to = day_of(run, g->to);
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool businesses = of_businesses(g), row;

    if (body == NULL || from == DATE_NONE || to == DATE_NONE)
        return ERR_OK;
    TRY(snapshot_prepare(op, run->snap,
                         businesses  ? SQL_entry_draw_businesses
                         : g->people ? SQL_entry_draw_people
                                     : SQL_entry_draw_matters,
                         &s));
    TRY(stmt_bind_int64(op, s, 1, instant_of_date(from, op->zone_min)));
    TRY(stmt_bind_int64(op, s, 2, instant_of_date(to + 1, op->zone_min)));
    TRY(stmt_bind_text(op, s, 3, body->path));
    TRY(stmt_bind_text(op, s, 4, body_path_end(op->arena, body->path)));
    for (;;) {
        const char *number;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        number = businesses ? arena_printf(op->arena, "%lld", (long long)stmt_int64(s, 0))
                            : stmt_text(s, 1);
        if (number == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "a sample");
        u->pool++;
        if (json_object_get(drawn, number) == NULL)
            TRY(put_in(op, u, stmt_int64(s, 0), number, seed));
    }
    return ERR_OK;
}

static const char *seed_of(struct entry_run *run, const struct register_gather *g)
{
    const char *kept = json_string_value(json_object_get(run->values, g->seed->name));
    unsigned char seed[SEED_BYTES];
    char hex[2 * SEED_BYTES + 1];

    if (kept != NULL)
        return kept;
    randombytes_buf(seed, sizeof seed);
    sodium_bin2hex(hex, sizeof hex, seed, sizeof seed);
    entry_gather_put(run, g->seed, json_string(hex));
    return json_string_value(json_object_get(run->values, g->seed->name));
}

static enum err_code refuse(struct entry_run *run, const struct register_gather *g,
                            const struct urn *u, int64_t have, int64_t want)
{
    struct arena *arena = run->op->arena;

    if (g->of == NULL && day_of(run, g->to) < day_of(run, g->from))
        return entry_run_refuse(run, ERR_INVALID, arena_printf(arena, "fields.%s", g->to->name),
                                "range", arena_printf(arena, "不能早于“%s”", g->from->label.zh),
                                arena_printf(arena, "Not before \"%s\".", g->from->label.en));
    if (want > g->field->max)
        return entry_run_refuse(
            run, ERR_NOT_ALLOWED, "act", "too_many",
            arena_printf(arena, "%s最多 %lld", g->n->label.zh, (long long)g->field->max),
            arena_printf(arena, "%s: at most %lld.", g->n->label.en, (long long)g->field->max));
    if (have >= want)
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "twice",
                                arena_printf(arena, "已经抽了 %lld 个。要再抽，先把%s改大",
                                             (long long)have, g->n->label.zh),
                                arena_printf(arena, "%lld are drawn. To draw more, raise %s first.",
                                             (long long)have, g->n->label.en));
    if (u->n < (size_t)(want - have))
        return entry_run_refuse(
            run, ERR_NOT_ALLOWED, "act", "empty",
            arena_printf(arena,
                         g->of != NULL ? "符合条件的只有 %lld 条，不够抽 %lld 条"
                         : of_businesses(g) ? "这些天办结的诉求只涉及 %lld 家经营者，不够抽 %lld 家"
                         : g->people ? "这些天办结的诉求只来自 %lld 人，不够抽 %lld 人"
                                     : "这些天办结的诉求只有 %lld 件，不够抽 %lld 件",
                         (long long)u->pool, (long long)want),
            arena_printf(
                arena,
                g->of != NULL ? "There are only %lld of them, not %lld."
                : of_businesses(g)
                    ? "The matters closed in these days are about %lld businesses, not %lld."
                : g->people ? "The matters closed in these days are of %lld persons, not %lld."
                            : "Only %lld matters were closed in these days, not %lld.",
                (long long)u->pool, (long long)want));
    return ERR_OK;
}

static json_t *numbers_of(struct arena *arena, const json_t *rows, const char *column)
{
    json_t *numbers = json_object();

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *cell = json_object_get(json_array_get(rows, i), column);
        const char *number = json_is_integer(cell)
                                 ? arena_printf(arena, "%lld", (long long)json_integer_value(cell))
                                 : json_string_value(cell);

        if (number != NULL)
            json_object_set_new(numbers, number, json_true());
    }
    return numbers;
}

enum err_code entry_draw_sample(struct entry_run *run, const struct register_gather *g)
{
    const json_t *before = json_object_get(run->values, g->field->name);
    CLEANUP(json_decrefp) json_t *drawn = numbers_of(run->op->arena, before, g->key);
    CLEANUP(json_decrefp) json_t *rows = before == NULL ? json_array() : json_deep_copy(before);
    int64_t have = (int64_t)json_object_size(drawn),
            want = json_integer_value(json_object_get(run->values, g->n->name));
    json_t *links = json_deep_copy(json_object_get(run->state, "links"));
    struct urn u = {0};
    bool businesses = of_businesses(g);
    enum err_code rc = g->of != NULL ? fill_with_entries(run, g, seed_of(run, g), drawn, &u)
                                     : fill_urn(run, g, seed_of(run, g), drawn, &u);

    if (u.n > 0)
        qsort(u.list, u.n, sizeof *u.list, by_score);
    if (rc == ERR_OK)
        rc = refuse(run, g, &u, have, want);
    if (links == NULL)
        links = json_array();
    for (size_t i = 0; rc == ERR_OK && i < (size_t)(want - have); i++) {
        json_array_append_new(rows, json_pack("{s:o}", g->key,
                                              businesses ? json_integer((json_int_t)u.list[i].id)
                                                         : json_string(u.list[i].number)));
        json_array_append_new(links, json_pack("{s:s, s:s, s:I}", "field", g->field->name, "kind",
                                               g->of != NULL ? ENTRY
                                               : businesses  ? "business"
                                                             : "matter",
                                               "id", (json_int_t)u.list[i].id));
    }
    entry_run_put(run, "links", links);
    TRY(rc);
    if (g->field->given != NULL && g->field->given->column != NULL)
        TRY(entry_given_fill(run->op, run->snap, g->field, NULL, NULL, rows));
    entry_gather_put(run, g->pool, json_integer(u.pool));
    entry_gather_put(run, g->field, json_incref(rows));
    return ERR_OK;
}
