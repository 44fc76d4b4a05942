/* What the law gives beyond the price, and rewards for reports. The multiples, floors and shares
 * come from packs/rules/compensation.json; money is fen, shares are basis points (1 % = 100),
 * halves up. */
#ifndef FANGXIN_RULES_COMPENSATION_H
#define FANGXIN_RULES_COMPENSATION_H

#include <stdint.h>

#include "rules/deadline.h"

struct damages_rule {
    const char *id; /* "CPL55" "FSL148" */
    struct label label;
    int64_t price_times; /* 3, 10 */
    int64_t loss_times;  /* 0 = loss does not count; the larger of the two is taken */
    int64_t minimum_fen;
    struct label excluded; /* when it does not apply */
    struct basis basis;
};

struct reward_level {
    int level;
    int64_t share_bp;  /* of fine and confiscation */
    int64_t floor_fen; /* also where no money was imposed */
};

struct reward_rule {
    const char *id; /* "RWD" */
    struct label label;
    const struct reward_level *levels;
    size_t n_levels;
    int64_t cap_fen, finance_approval_fen;
    struct deadline_rule claim; /* for the reporter, from the day he is told; length 0: none */
    struct basis basis;
};

struct compensation;
enum err_code compensation_load(const char *bytes, size_t n, struct compensation **ret,
                                struct err *err) MUST_CHECK;
void compensation_free(struct compensation *c);
void compensation_freep(struct compensation **c);
/* NULL when there is no such rule. */
const struct damages_rule *compensation_damages(const struct compensation *c, const char *id);
const struct reward_rule *compensation_reward(const struct compensation *c, const char *id);

struct damages {
    int64_t amount_fen;
    bool minimum; /* the floor was taken */
    bool by_loss; /* the loss gave more than the price */
};
/* ERR_INVALID for negative money or a result that does not fit. */
enum err_code damages_compute(const struct damages_rule *rule, int64_t price_fen, int64_t loss_fen,
                              struct damages *ret, struct err *err) MUST_CHECK;

struct reward {
    int64_t amount_fen; /* a base; officers set the final amount */
    bool floor, cap, finance_approval;
};
enum err_code reward_compute(const struct reward_rule *rule, int level, int64_t imposed_fen,
                             struct reward *ret, struct err *err) MUST_CHECK;

#endif
