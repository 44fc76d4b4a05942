/* Businesses: records of kind "business", which matters point to once a clerk confirms them.
 *
 * State: {"name", "aliases": [text…], "uscc"?, "address"?, "division"?, "industry"? (code table
 * industries), "status": open | closed | unreachable | merged, "contact"?: true, "into"?: id of the
 * survivor, "day": when it was registered, "key": the uscc while it is this record's own}. The
 * contact, a person, is sealed beside the event (role contact).
 *
 * "login"? and "logins"?: of its login (business_login.h).
 *
 * Acts: register, amend {…}, mark {status, reason?}, issue_login, close_login, merge {into,
 * reason?} (of the record that ends), absorb {from} (of the survivor, with the names it takes
 * over). A merge cannot be undone.
 */
#ifndef FANGXIN_WORK_BUSINESS_H
#define FANGXIN_WORK_BUSINESS_H

#include "work/matter.h"
#include "work/record.h"

#define BUSINESS_ALIASES_MAX 200 /* also after merges */

/**
 * Registers a business.
 * @param input  {"name", "aliases"?, "uscc"?, "address"?, "division"?, "industry"?, "status"?,
 *               "contact"?: {"name"?, "phone"?}}, shape checked by the caller
 * @return ERR_INVALID with an item per field (a code that another business has: "uscc" "taken"),
 *         ERR_FORBIDDEN
 */
enum err_code business_register(struct op *op, const json_t *input, struct record *ret) MUST_CHECK;
/* The same into a change set of the caller (import, demo), who has checked that the code is free.
 * @p at is when it was registered. */
enum err_code business_register_into(struct op *op, struct changes *ch, const json_t *input,
                                     int64_t at, struct record *ret) MUST_CHECK;
/**
 * An act on a business: amend (members as above; null takes one away), mark, issue_login or
 * close_login.
 * @return ERR_NOT_FOUND also for an unknown act; ERR_CONFLICT; ERR_NOT_ALLOWED on a merged one
 */
enum err_code business_act(struct op *op, int64_t id, const char *act, const json_t *input,
                           int64_t version, struct record *ret) MUST_CHECK;
/**
 * Merges business @p id into another: the survivor takes over its names, the matters of the merged
 * one are moved by events of their own (at once up to MERGE_AT_ONCE, else by job "merge").
 * @param[out] ret  the survivor
 */
enum err_code business_merge(struct op *op, int64_t id, const json_t *input, int64_t version,
                             struct record *ret) MUST_CHECK;
#define MERGE_AT_ONCE 60
/* Moves the matters of one merged business, some at a time. *ret_left: some are left. */
enum err_code business_move_matters(struct op *op, int64_t merged, bool *ret_left) MUST_CHECK;

/* The record, or the survivor it was merged into. ERR_NOT_FOUND. */
enum err_code business_find(struct op *op, struct snapshot *snap, int64_t id,
                            struct record *ret) MUST_CHECK;
/* Lets a change set fail with ERR_CONFLICT unless the business is still there and not merged. */
void business_hold(struct changes *ch, int64_t id);

/* The contact in clear: {"name","phone"}, new reference; the look is recorded before.
 * @param reason  code of the table reveal_reasons */
enum err_code business_reveal(struct op *op, int64_t id, const char *reason,
                              json_t **ret) MUST_CHECK;

/* ---- of the record core (record_kinds) ---- */

void business_project(struct op *op, struct changes *ch, const struct record *before,
                      const struct record *after);
enum err_code business_check(struct op *op, struct snapshot *snap, const struct record *record,
                             const char **ret_table) MUST_CHECK;

#endif
