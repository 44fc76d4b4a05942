/* Maps: which column of a file becomes what. Private to the import, but for reading one alone,
 * which `pack check` does too; docs/import.md describes the JSON. */
#ifndef FANGXIN_WORK_IMPORT_MAP_H
#define FANGXIN_WORK_IMPORT_MAP_H

#include "work/import.h"
#include "work/import_read.h"

struct import_map;

/**
 * Reads a map. It lives in @p op's arena; its JSON must be given back with import_map_release.
 * @return ERR_INVALID with an item per fault: unknown field, table, date order, zone
 */
enum err_code import_map_load(struct op *op, const char *json, size_t n,
                              struct import_map **ret) MUST_CHECK;
void import_map_release(struct import_map *map);
const char *import_map_source(const struct import_map *map); /* NULL when the map names none */
const char *import_map_target(const struct import_map *map); /* NULL when the map names none */

/* What one record becomes. */
struct import_made {
    json_t *filing; /* owned */
    json_t *cells;  /* owned: the row as it came, for targets that keep it; NULL */
    const char *key;
    /* what came of it, where the record says so */
    const char *outcome, *ground, *answer, *body;
    int64_t ended_at, answered_at; /* INT64_MIN: not said */
    int64_t recovered_fen, rating; /* 0: not said */
};

/**
 * Turns a record into a filing. Values that no table knows are counted in @p report and kept as
 * source data.
 * @return ERR_INVALID with an item per cell that cannot be read as what the map says
 */
enum err_code import_map_row(struct op *op, struct import_map *map, const struct import_file *f,
                             const struct import_row *row, struct import_tally *unmatched,
                             struct import_made *ret) MUST_CHECK;
void import_made_release(struct import_made *made);

/* Columns the map leaves out on purpose, and columns it names that the file does not have. */
enum err_code import_map_columns(struct op *op, const struct import_map *map,
                                 const struct import_file *f, struct import_report *ret) MUST_CHECK;
/* {column: field | "source" | "drop"} for the columns of this file; new reference. How many of them
 * the map itself names comes in ret_named. */
json_t *import_map_plan(const struct import_map *map, const struct import_file *f,
                        size_t *ret_named);

/* Values without a code, with their numbers. */
void import_tally_add(struct import_tally *t, const char *column, const char *value);

#endif
