/* One-time codes: drawing them, and the sheet that hands them out. */
#include "work/entry_slips.h"

#include <sodium.h>
#include <string.h>

#include "insight/sheet.h"
#include "sql_queries.h"
#include "work/access.h"
#include "work/acts.h"
#include "work/entry_slips_internal.h"
#include "work/view_internal.h"

#define DRAW_MOST 20000
#define POPULATION_MOST 1000000
#define SEED_HEX (2 * randombytes_SEEDBYTES + 1)

static const struct act_field draw_fields[] = {
    {.name = "n",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = DRAW_MOST,
     .label = {"抽多少个", "How many"}},
    {.name = "population",
     .kind = FIELD_INT,
     .min = 1,
     .max = POPULATION_MOST,
     .label = {"名单上有多少人", "People on the list"},
     .hint = {"填了就从名单里随机抽，表里写抽中第几位；不填就只发码",
              "With it places of the list are drawn at random; without it codes alone are made"}},
};
const struct pack_act entry_draw = {.id = "draw",
                                    .label = {"发放一次性码", "Draw one-time codes"},
                                    .act_class = ACT_OTHER,
                                    .fields = draw_fields,
                                    .n_fields = 2};

const struct register_def *entry_slips_of(struct op *op, const struct register_def *def)
{
    for (size_t i = 0; def != NULL && i < registers_count(op->setup->registers); i++) {
        const struct register_def *of = registers_at(op->setup->registers, i);

        if (of->slips != NULL && strcmp(of->slips->other->flow.id, def->flow.id) == 0 &&
            register_in_profile(of, op->setup->profile->id))
            return of;
    }
    return NULL;
}

/* ---- what was drawn ---- */

int64_t slips_drawn(const json_t *state)
{
    const json_t *list = json_object_get(state, "slips");
    int64_t n = 0;

    for (size_t i = 0; i < json_array_size(list); i++)
        n += json_integer_value(json_object_get(json_array_get(list, i), "n"));
    return n;
}

bool slips_in_state(const struct register_slips *s, const struct record *r)
{
    return (register_state_bit(s->other, record_member(r, "status")) & s->states) != 0;
}

/* The number in four signs, the keyed hash over it in eight. */
void slip_text(struct op *op, int64_t entry, int64_t n, char ret[SLIP_TEXT])
{
    static const char signs[] = SLIP_SIGNS;
    unsigned char blind[BLIND_BYTES];
    char what[64];
    uint64_t hash = 0;
    int at = 0;

    snprintf(what, sizeof what, "%lld %lld", (long long)entry, (long long)n);
    vault_blind(op, KEY_CONSUMER, "slip of an entry", what, blind);
    memcpy(&hash, blind, 5);
    for (int i = 0; i < 12; i++) {
        if (i == 4 || i == 8)
            ret[at++] = '-';
        ret[at++] =
            signs[i < 4 ? (n >> (5 * (3 - i))) & 31 : (int64_t)(hash >> (5 * (11 - i))) & 31];
    }
    ret[at] = '\0';
}

/* ---- drawing ---- */

static bool may_draw(struct op *op, const struct register_def *of, const struct record *r)
{
    return (entry_roles(op, of->slips->other, r) & of->slips->draw) != 0;
}

bool entry_slips_may(struct op *op, const struct record *r)
{
    const struct register_def *of = entry_slips_of(op, entry_def(op, r));

    return of != NULL && slips_in_state(of->slips, r) && may_draw(op, of, r);
}

static enum err_code check_draw(struct entry_run *run, const struct register_def *of)
{
    if (of == NULL)
        return err_set(&run->op->err, ERR_NOT_FOUND, "no codes are drawn for this register");
    if (!may_draw(run->op, of, run->r))
        return entry_run_refuse(run, ERR_FORBIDDEN, "act", "role", "您的岗位不办这一步",
                                "Not a step for your role.");
    if (!slips_in_state(of->slips, run->r))
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "state", "现在的状态不能发一次性码",
                                "No codes are drawn in its present state.");
    return ERR_OK;
}

/* What must stand there before people are asked. */
static enum err_code check_ready(struct entry_run *run, const struct register_slips *s, int64_t n,
                                 int64_t population)
{
    const json_t *fields = json_object_get(run->r->state, "fields"),
                 *drawn = json_object_get(run->r->state, "slips");

    if (s->rows_of != NULL && json_array_size(json_object_get(fields, s->rows_of->name)) == 0)
        (void)entry_run_refuse(
            run, ERR_NOT_ALLOWED, "act", "empty",
            arena_printf(run->op->arena, "先填%s，再发一次性码", s->rows_of->label.zh),
            arena_printf(run->op->arena, "Fill in %s first.", s->rows_of->label.en));
    if (population > 0 && n > population)
        (void)entry_run_refuse(run, ERR_INVALID, "fields.n", "range", "不能比名单上的人还多",
                               "More than stand on the list.");
    for (size_t i = 0; population > 0 && i < json_array_size(drawn); i++)
        if (json_object_get(json_array_get(drawn, i), "population") != NULL)
            (void)entry_run_refuse(run, ERR_INVALID, "fields.population", "twice",
                                   "已经按名单抽过一次样，再抽会抽到同一个人",
                                   "A list was drawn from already; drawing again could hit the "
                                   "same people.");
    if (slips_drawn(run->r->state) + n > SLIPS_MOST)
        (void)entry_run_refuse(run, ERR_INVALID, "fields.n", "range", "一次性码发得太多了",
                               "That is more codes than there can be.");
    return run->op->err.n_items > 0 ? run->op->err.code : ERR_OK;
}

static void keep_draw(struct entry_run *run, int64_t n, int64_t population)
{
    json_t *list = json_deep_copy(json_object_get(run->state, "slips")), *draw;
    unsigned char seed[randombytes_SEEDBYTES];
    char hex[SEED_HEX];

    if (list == NULL)
        list = json_array();
    draw = json_pack("{s:I, s:I}", "from", (json_int_t)slips_drawn(run->state) + 1, "n",
                     (json_int_t)n);
    if (population > 0) {
        randombytes_buf(seed, sizeof seed);
        sodium_bin2hex(hex, sizeof hex, seed, sizeof seed);
        json_object_set_new(draw, "population", json_integer(population));
        json_object_set_new(draw, "seed", json_string(hex));
    }
    json_array_append_new(list, draw);
    entry_run_put(run, "slips", list);
    record_in(&run->d, "n", json_integer(n));
    if (population > 0)
        record_in(&run->d, "population", json_integer(population));
}

enum err_code entry_slips_draw(struct entry_run *run, const json_t *input)
{
    const struct register_def *of = entry_slips_of(run->op, run->def);
    const json_t *given = json_object_get(input, "fields");
    CLEANUP(json_decrefp) json_t *none = json_object();
    int64_t n, population;

    TRY(check_draw(run, of));
    TRY(entry_input_check(run->op, run->snap, &entry_draw, given == NULL ? none : given, true));
    n = json_integer_value(json_object_get(given, "n"));
    population = json_integer_value(json_object_get(given, "population"));
    TRY(check_ready(run, of->slips, n, population));
    keep_draw(run, n, population);
    return ERR_OK;
}

enum err_code entry_slips_view(struct op *op, struct snapshot *snap, const struct record *r,
                               struct json_writer *w)
{
    const struct register_def *of = entry_slips_of(op, entry_def(op, r));
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    json_key(w, "slips");
    if (of == NULL) {
        json_put_null(w);
        return ERR_OK;
    }
    TRY(snapshot_prepare(op, snap, SQL_entry_links_count, &s));
    TRY(stmt_bind_int64(op, s, 1, r->id));
    TRY(stmt_bind_text(op, s, 2, of->slips->of->name));
    TRY(stmt_bind_text(op, s, 3, of->flow.id));
    TRY(stmt_one_row(op, s));
    json_object_begin(w);
    json_text(w, "register", of->flow.id);
    view_label(w, "title", &of->slips->title);
    json_int(w, "drawn", slips_drawn(r->state));
    json_int(w, "answers", stmt_int64(s, 0));
    json_bool(w, "may_take", may_draw(op, of, r));
    json_object_end(w);
    return ERR_OK;
}

/* ---- the sheet ---- */

/* Which places of a list of @p population are drawn, in order: each place in turn, with the chance
 * that is left. The same seed says the same. */
static enum err_code places(struct op *op, const json_t *draw, int64_t n, int64_t **ret)
{
    int64_t population = json_integer_value(json_object_get(draw, "population")), got = 0;
    const char *hex = json_string_value(json_object_get(draw, "seed"));
    unsigned char seed[randombytes_SEEDBYTES];
    CLEANUP(buf_release) struct buf random = BUF_UP_TO(sizeof(uint32_t) * (POPULATION_MOST + 1));
    uint32_t *at;

    *ret = ARENA_ARRAY(op->arena, int64_t, (size_t)n + 1);
    at = (uint32_t *)(void *)buf_room(&random, sizeof *at * (size_t)population);
    if (*ret == NULL || at == NULL || hex == NULL ||
        sodium_hex2bin(seed, sizeof seed, hex, strlen(hex), NULL, NULL, NULL) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "drawing places");
    randombytes_buf_deterministic(at, sizeof *at * (size_t)population, seed);
    for (int64_t i = 0; i < population && got < n; i++)
        if ((int64_t)(((uint64_t)at[i] * (uint64_t)(population - i)) >> 32) < n - got)
            (*ret)[got++] = i + 1;
    return ERR_OK;
}

static enum err_code write_draw(struct op *op, const struct record *r, const json_t *draw,
                                const char *until, struct sheet *sheet)
{
    int64_t from = json_integer_value(json_object_get(draw, "from")),
            n = json_integer_value(json_object_get(draw, "n")), *place = NULL;
    const char *site = op->setup->site_url == NULL ? "" : op->setup->site_url;
    char code[SLIP_TEXT], link[400];

    if (json_object_get(draw, "population") != NULL)
        TRY(places(op, draw, n, &place));
    for (int64_t i = 0; i < n; i++) {
        slip_text(op, r->id, from + i, code);
        sheet_int(sheet, from + i);
        if (place == NULL)
            sheet_text(sheet, NULL);
        else
            sheet_int(sheet, place[i]);
        sheet_text(sheet, code);
        snprintf(link, sizeof link, "%s/answer/%s#%s", site, record_member(r, "code"), code);
        sheet_text(sheet, link);
        sheet_text(sheet, until);
        sheet_row_end(sheet);
    }
    return ERR_OK;
}

enum err_code entry_slips_sheet(struct op *op, const struct register_def *def, const char *number,
                                int *ret_fd, int64_t *ret_bytes)
{
    static const struct sheet_column columns[] = {
        {"序号", 8}, {"名单第几位", 12}, {"一次性码", 18}, {"链接", 60}, {"截止", 12}};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    const struct register_def *of = entry_slips_of(op, def);
    struct sheet_form form = {.kind = SHEET_CSV,
                              .title = def->flow.label.zh,
                              .columns = columns,
                              .n_columns = sizeof columns / sizeof columns[0],
                              .made_ms = op->now_ms,
                              .zone_min = op->zone_min,
                              .mark = true};
    struct changes *ch = changes_new(op);
    const json_t *draws;

    if (of == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no codes are drawn for this register");
    TRY(snapshot_open(op, &snap));
    TRY(entry_by_number(op, snap, def, number, MAY_ACT_ENTRY, &r));
    if (!may_draw(op, of, &r))
        return err_set(&op->err, ERR_FORBIDDEN, "codes are for who may draw them");
    access_add(op, ch, r.id, "slips", NULL);
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE));
    TRY(sheet_open(&form, &sheet, &op->err));
    draws = json_object_get(r.state, "slips");
    for (size_t i = 0; i < json_array_size(draws); i++)
        TRY(write_draw(op, &r, json_array_get(draws, i),
                       json_string_value(json_object_get(json_object_get(r.state, "fields"),
                                                         of->slips->to->name)),
                       sheet));
    return sheet_finish(&sheet, ret_fd, ret_bytes, &op->err);
}
