/* Damages and rewards from the numbers of packs/rules/compensation.json. */
#include "rules/compensation.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read.h"

#define COMPENSATION_BYTES ((size_t)256 << 10)
#define BASIS_POINTS 10000
#define MONEY_MAX INT64_C(100000000000000) /* a million million yuan: beyond it, a mistake */

struct compensation {
    struct arena *arena;
    struct damages_rule *damages;
    size_t n_damages;
    struct reward_rule *rewards;
    size_t n_rewards;
};

static void read_source(struct reader *r, const json_t *v, struct basis *ret)
{
    ret->instrument = read_text(r, v, "instrument_id", true);
    ret->article = read_text(r, v, "article", false);
    ret->text = read_label(r, v, "instrument", true);
}

static void read_damages(struct reader *r, const json_t *v, void *one)
{
    struct damages_rule *ret = one;
    static const char *const keys[] = {"id",          "label",    "price_times", "loss_times",
                                       "minimum_fen", "excluded", "instrument",  "instrument_id",
                                       "article",     NULL};

    if (!read_object(r, v, keys))
        return;
    ret->id = read_text(r, v, "id", true);
    ret->label = read_label(r, v, "label", true);
    ret->price_times = read_int(r, v, "price_times", 0, 1, 100);
    ret->loss_times = read_int(r, v, "loss_times", 0, 0, 100);
    ret->minimum_fen = read_int(r, v, "minimum_fen", 0, 0, MONEY_MAX);
    ret->excluded = read_label(r, v, "excluded", true);
    read_source(r, v, &ret->basis);
}

static void read_level(struct reader *r, const json_t *v, void *one)
{
    static const char *const keys[] = {"level", "share_bp", "floor_fen", NULL};
    struct reward_level *ret = one;

    if (!read_object(r, v, keys))
        return;
    ret->level = (int)read_int(r, v, "level", 0, 1, 9);
    ret->share_bp = read_int(r, v, "share_bp", 0, 1, BASIS_POINTS);
    ret->floor_fen = read_int(r, v, "floor_fen", 0, 0, MONEY_MAX);
}

static void read_claim(struct reader *r, const json_t *v, struct deadline_rule *ret)
{
    static const char *const keys[] = {"length", "unit", "roll", NULL};
    static const char *const units[] = {"WD", "ND", NULL};
    static const char *const rolls[] = {"NONE", "STATUTORY", "ANY_OFFDAY", NULL};
    size_t at;

    if (v == NULL)
        return;
    at = reader_key(r, "claim");
    if (read_object(r, v, keys)) {
        ret->length = (int)read_int(r, v, "length", 0, 1, 400);
        ret->unit = (enum deadline_unit)read_name(r, v, "unit", units, UNIT_WD, true);
        ret->roll = (enum deadline_roll)read_name(r, v, "roll", rolls, ROLL_NONE, true);
    }
    reader_up(r, at);
}

static void read_reward(struct reader *r, const json_t *v, void *one)
{
    struct reward_rule *ret = one;
    static const char *const keys[] = {
        "id",    "label",      "levels",        "cap_fen", "finance_approval_fen",
        "claim", "instrument", "instrument_id", "article", NULL};

    if (!read_object(r, v, keys))
        return;
    ret->id = read_text(r, v, "id", true);
    ret->label = read_label(r, v, "label", true);
    ret->levels = read_each(r, v, "levels", sizeof *ret->levels, read_level, &ret->n_levels);
    ret->cap_fen = read_int(r, v, "cap_fen", MONEY_MAX, 1, MONEY_MAX);
    ret->finance_approval_fen = read_int(r, v, "finance_approval_fen", MONEY_MAX, 1, MONEY_MAX);
    read_claim(r, json_object_get(v, "claim"), &ret->claim);
    read_source(r, v, &ret->basis);
}

static void read_all(struct reader *r, const json_t *root, struct compensation *c)
{
    static const char *const keys[] = {"id", "revision", "damages", "rewards", NULL};

    if (!read_object(r, root, keys))
        return;
    (void)read_text(r, root, "id", true);
    (void)read_text(r, root, "revision", true);
    c->damages = read_each(r, root, "damages", sizeof *c->damages, read_damages, &c->n_damages);
    c->rewards = read_each(r, root, "rewards", sizeof *c->rewards, read_reward, &c->n_rewards);
}

enum err_code compensation_load(const char *bytes, size_t n, struct compensation **ret,
                                struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    CLEANUP(compensation_freep) struct compensation *c = NULL;
    struct reader r;

    TRY(json_parse(bytes, n, &root, err));
    c = calloc(1, sizeof *c);
    if (c == NULL)
        return err_set(err, ERR_NO_MEMORY, "compensation");
    c->arena = arena_new(COMPENSATION_BYTES);
    if (c->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "compensation");
    reader_init(&r, c->arena, err);
    read_all(&r, root, c);
    TRY(reader_result(&r));
    *ret = c;
    c = NULL;
    return ERR_OK;
}

void compensation_free(struct compensation *c)
{
    if (c == NULL)
        return;
    arena_free(c->arena);
    free(c);
}

void compensation_freep(struct compensation **c)
{
    compensation_free(*c);
    *c = NULL;
}

const struct damages_rule *compensation_damages(const struct compensation *c, const char *id)
{
    for (size_t i = 0; i < c->n_damages; i++) {
        if (strcmp(c->damages[i].id, id) == 0)
            return &c->damages[i];
    }
    return NULL;
}

const struct reward_rule *compensation_reward(const struct compensation *c, const char *id)
{
    for (size_t i = 0; i < c->n_rewards; i++) {
        if (strcmp(c->rewards[i].id, id) == 0)
            return &c->rewards[i];
    }
    return NULL;
}

static enum err_code money_fault(struct err *err, const char *field)
{
    return err_field(err, ERR_INVALID, field, "money", "金额不对。", "The amount is not possible.");
}

enum err_code damages_compute(const struct damages_rule *rule, int64_t price_fen, int64_t loss_fen,
                              struct damages *ret, struct err *err)
{
    struct damages d = {0};
    int64_t by_loss;

    if (price_fen < 0 || price_fen > MONEY_MAX)
        return money_fault(err, "price_fen");
    if (loss_fen < 0 || loss_fen > MONEY_MAX)
        return money_fault(err, "loss_fen");
    d.amount_fen = price_fen * rule->price_times;
    by_loss = loss_fen * rule->loss_times;
    if (by_loss > d.amount_fen) {
        d.amount_fen = by_loss;
        d.by_loss = true;
    }
    if (d.amount_fen < rule->minimum_fen) {
        d.amount_fen = rule->minimum_fen;
        d.minimum = true;
        d.by_loss = false;
    }
    *ret = d;
    return ERR_OK;
}

enum err_code reward_compute(const struct reward_rule *rule, int level, int64_t imposed_fen,
                             struct reward *ret, struct err *err)
{
    struct reward w = {0};

    if (imposed_fen < 0 || imposed_fen > MONEY_MAX)
        return money_fault(err, "imposed_fen");
    for (size_t i = 0; i < rule->n_levels; i++) {
        const struct reward_level *l = &rule->levels[i];
        if (l->level != level)
            continue;
        w.amount_fen = (imposed_fen * l->share_bp + BASIS_POINTS / 2) / BASIS_POINTS;
        w.floor = w.amount_fen < l->floor_fen;
        if (w.floor)
            w.amount_fen = l->floor_fen;
        w.cap = w.amount_fen > rule->cap_fen;
        if (w.cap)
            w.amount_fen = rule->cap_fen;
        w.finance_approval = w.amount_fen >= rule->finance_approval_fen;
        *ret = w;
        return ERR_OK;
    }
    return err_field(err, ERR_INVALID, "level", "unknown", "没有这个等级。",
                     "There is no such level.");
}
