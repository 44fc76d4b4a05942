/* Registers as sheets: taking entries out, the empty template, and rows brought in. */
#ifndef FANGXIN_WORK_ENTRY_SHEET_H
#define FANGXIN_WORK_ENTRY_SHEET_H

#include "work/entry.h"

#define ENTRY_IMPORT_MAX 500

/* All entries of the filter (its page does not count) that MAY_EXPORT allows: first row labels,
 * second row the names of the fields, then one row per entry. Persons stay masked.
 * @param[out] ret_fd  at offset 0, the caller's */
enum err_code entry_export(struct op *op, const struct entry_filter *filter, enum sheet_kind kind,
                           int *ret_fd, int64_t *ret_bytes) MUST_CHECK;
/* The two header rows alone, of what registering takes, or the act of that id ("number" and its
 * fields); NULL or "": registering. ERR_INVALID field "act". */
enum err_code entry_template(struct op *op, const struct register_def *def, const char *act,
                             int *ret_fd, int64_t *ret_bytes) MUST_CHECK;
/**
 * Registers rows, or does one act on each entry they number, each by itself.
 * @param act   id of the act; NULL or "": the rows are new entries
 * @param rows  array of 1 … ENTRY_IMPORT_MAX objects {name of field: text as in the sheet}, besides
 *              "body" of a new entry, "number" of one that is there
 * @param dry   only says what would happen
 * @return ERR_INVALID field "act"
 * Writes {"done","failed","items":[{"row","number","errors"}]}.
 */
enum err_code entry_import(struct op *op, const struct register_def *def, const char *act,
                           const json_t *rows, bool dry, struct json_writer *w) MUST_CHECK;

#endif
