/* Orders that another system (12345) passes on: records of kind "order", their life in
 * packs/orders.
 *
 * The state of the record:
 *   key "SYSTEM NUMBER" (unique: the same sheet twice adds nothing), system, number, body, status,
 *   day (received, civil date), received_at (ms), due (civil date, the other system's; absent where
 *   it gave none), kind (what the order says it is, if it does), secret, assigned, officer (who
 *   signed), registered_by, import and row (where it came in), matters [ids], reason and asked_by,
 *   asked_at (of a return), returned_at, replied_at and reply (version that holds its text), purged
 *   {at, persons [roles], texts: true} (work/retention.h: caller and texts are gone).
 * Sealed with the first event: {"filing": JSON of what a matter would be filed with, "cells": JSON
 * array of the row as it came}, and the caller as a person.
 *
 * received = returned + done + in progress always: every state lies in one part
 * (rules/order_flow.h) and the rows counted (insight/orders.h) follow from the state alone. */
#ifndef FANGXIN_WORK_ORDER_H
#define FANGXIN_WORK_ORDER_H

#include "base/json.h"
#include "rules/order_flow.h"
#include "work/matter.h"
#include "work/record.h"

/* Where an order came in. */
struct order_origin {
    int64_t import; /* record of the import; 0: none */
    int64_t row;
    const json_t *cells; /* array of texts and nulls, one per column; NULL */
};

/**
 * Receives one order into a change set.
 * @param filing  as for matter_receive: external.number needed, external.system and .due, facts
 *                needed, received_at, consumer (the caller), kind, respondent, category … optional
 * @return ERR_INVALID with an item per fault. store_apply gives ERR_CONFLICT when the system's
 *         number is known already.
 */
enum err_code order_receive_into(struct op *op, struct changes *ch, const json_t *filing,
                                 const struct order_origin *origin, int64_t *ret_id) MUST_CHECK;
/* "SYSTEM NUMBER" of a filing, in the arena; NULL where it has no number. */
const char *order_key(struct op *op, const json_t *filing);

/* What may() looks at. */
struct record_facts order_facts(struct op *op, const struct record *order);
size_t order_matters(const struct record *order);
const struct flow_state *order_state_of(struct op *op, const struct record *order);
/* Loads an order the actor may see, or else ERR_NOT_FOUND. */
enum err_code order_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                        struct record *ret) MUST_CHECK;
/* {"facts","respondent",…}: new reference. The caller: *ret NULL where none is kept. */
enum err_code order_filing(struct op *op, struct snapshot *snap, const struct record *order,
                           json_t **ret) MUST_CHECK;
enum err_code order_caller(struct op *op, struct snapshot *snap, const struct record *order,
                           json_t **ret) MUST_CHECK;
/* The row as it came in; an empty array where it did not come in a sheet. New reference. */
enum err_code order_cells(struct op *op, struct snapshot *snap, const struct record *order,
                          json_t **ret) MUST_CHECK;
/* Text of the reply; NULL where there is none, or no more. In the arena. */
enum err_code order_reply(struct op *op, struct snapshot *snap, const struct record *order,
                          const char **ret) MUST_CHECK;

/**
 * One act of packs/orders on one order; see matter_act.
 * @param input    object with the act's fields, checked for shape
 * @param version  that the actor saw, or ANY_VERSION
 * @param[out] ret  the new state, released by the caller; @param[out] ret_matter  id of the matter
 *                  that the act filed or attached; 0: none
 */
enum err_code order_act(struct op *op, int64_t id, const char *act, const json_t *input,
                        int64_t version, struct record *ret, int64_t *ret_matter) MUST_CHECK;
/* The same into a change set, on a state already loaded, at a time given. Asks no version. */
enum err_code order_act_into(struct op *op, struct changes *ch, struct record *order,
                             const char *act, const json_t *input, int64_t at,
                             int64_t *ret_matter) MUST_CHECK;

/* The caller in clear with a reason of the table reveal_reasons; see matter_reveal. */
enum err_code order_reveal(struct op *op, int64_t id, const char *reason, json_t **ret) MUST_CHECK;

/* For record_kinds. */
void order_project(struct op *op, struct changes *ch, const struct record *before,
                   const struct record *after);
enum err_code order_check(struct op *op, struct snapshot *snap, const struct record *order,
                          const char **ret_table) MUST_CHECK;

#endif
