/* One-time codes 一次性码 of registers (rules/register.h, struct register_slips): a ballot, a
 * survey.
 *
 * A code is drawn for an entry – a round of votes, a survey – and lets who holds it make one entry
 * of another register without signing in. It consists of a running number and a keyed hash over it,
 * so no list of codes is kept; what was drawn stands in the state of the entry it was drawn for:
 *   slips [{"from", "n", "population", "seed"}]   numbers from … from+n-1; of a list with so many
 *                                                 places, which ones the seed says
 * Beside the answer stands only a keyed mark of the code, by which it is taken once. */
#ifndef FANGXIN_WORK_ENTRY_SLIPS_H
#define FANGXIN_WORK_ENTRY_SLIPS_H

#include "rules/register_slips.h"
#include "work/entry_run.h"

#define SLIP_TEXT 15 /* "ABCD-EFGH-JKLM" */

/* The register whose entries are made by codes drawn for entries of @p def; NULL: none. */
const struct register_def *entry_slips_of(struct op *op, const struct register_def *def);

/* Whether the actor may draw codes for the entry as it is. */
bool entry_slips_may(struct op *op, const struct record *r);
/* The act "draw": {"fields": {"n", "population"?}}. The caller begins and saves. */
enum err_code entry_slips_draw(struct entry_run *run, const json_t *input) MUST_CHECK;
/* "slips" of schema Entry; null where none can be drawn. */
enum err_code entry_slips_view(struct op *op, struct snapshot *snap, const struct record *r,
                               struct json_writer *w) MUST_CHECK;
/* The codes as a sheet, for who may draw them; the look is noted. ERR_NOT_FOUND, ERR_FORBIDDEN.
 * @param[out] ret_fd  at offset 0, the caller's */
enum err_code entry_slips_sheet(struct op *op, const struct register_def *def, const char *number,
                                int *ret_fd, int64_t *ret_bytes) MUST_CHECK;

/* ---- the public ---- */

/* Schema PublicSlip of the public code of an entry: what is asked. ERR_NOT_FOUND. */
enum err_code entry_slips_form(struct op *op, const char *code, struct json_writer *w) MUST_CHECK;
/**
 * Takes an answer.
 * @param input  {"slip", "fields": {…}}
 * @return ERR_NOT_FOUND no such public entry; ERR_NOT_ALLOWED item "slip" "closed": not in its
 * days; ERR_INVALID items "slip" ("no_match", "unique") and "fields.NAME"; ERR_RATE after wrong
 *         codes from this address
 */
enum err_code entry_slips_answer(struct op *op, const char *code, const json_t *input,
                                 struct json_writer *w) MUST_CHECK;

#endif
