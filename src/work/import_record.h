/* Imports as records, so that one goes on after a restart, and maps remembered per body.
 *
 * Record "import": status (running, paused, done, failed, cancelled), body, day (of the start or
 * the last pause), officer, target, map (JSON text), columns (the sheet's layout), above (rows over
 * the header), blob (the sealed file until it ends), rows, and how far it is on disk: row, done,
 * added, skipped, failed; started_at, ended_at, purged (work/retention.h: what was sealed is gone).
 * Sealed: the file's name with the first event, the
 * report (schema Import) with a pause and the end.
 *
 * Record "import_map": the last map that an import of this layout went by, key "BODY LAYOUT". */
#ifndef FANGXIN_WORK_IMPORT_RECORD_H
#define FANGXIN_WORK_IMPORT_RECORD_H

#include "work/import.h"
#include "work/record.h"

struct import_begin {
    const char *bytes;
    size_t n;
    const char *name;      /* of the file; NULL */
    const char *target;    /* "matters", "orders" */
    const char *map;       /* JSON text */
    const json_t *columns; /* array of texts */
    size_t above, rows;
};

/* Keeps the file sealed and notes that the import runs. The permission was asked before. */
enum err_code import_record_start(struct op *op, const struct import_begin *begin,
                                  int64_t *ret_id) MUST_CHECK;
/* How far it is; about every two seconds. */
enum err_code import_record_note(struct op *op, int64_t id, size_t rows,
                                 const struct import_settled *settled) MUST_CHECK;
/* It stops and keeps its file; @param report  JSON text. */
enum err_code import_record_pause(struct op *op, int64_t id, const struct import_settled *settled,
                                  size_t rows, const char *report) MUST_CHECK;
/* It runs again. ERR_NOT_ALLOWED when it was not paused. */
enum err_code import_record_resume(struct op *op, int64_t id) MUST_CHECK;
/* @param status  done, failed, cancelled; @param report  JSON text. The file is let go. */
enum err_code import_record_end(struct op *op, int64_t id, const char *status,
                                const struct import_settled *settled, size_t rows,
                                const char *report) MUST_CHECK;

/* One of this officer's; else ERR_NOT_FOUND. */
enum err_code import_record_of(struct op *op, struct snapshot *snap, int64_t id,
                               struct record *ret) MUST_CHECK;
/* The report kept with the last event, in the arena; NULL while it runs, and once it was purged. */
enum err_code import_record_report(struct op *op, struct snapshot *snap, const struct record *r,
                                   char **ret) MUST_CHECK;
/* Those of a status, oldest first; "running" before any runs: those that a stop of the process
 * broke off. @param to  last "day", or DATE_NONE */
enum err_code import_records_in(struct op *op, const char *status, date_t to, int64_t *ret_ids,
                                size_t max, size_t *ret_n) MUST_CHECK;
/* Of one of them: the file in the arena, and where it stands. */
enum err_code import_record_again(struct op *op, int64_t id, struct record *ret, char **ret_bytes,
                                  size_t *ret_n, struct import_settled *ret_from) MUST_CHECK;

/* Remembers a map for sheets of these columns; nothing when it is the same as before. */
enum err_code import_map_remember(struct op *op, const json_t *columns,
                                  const json_t *map) MUST_CHECK;
/* The one remembered by the actor's body or one above it: {"map":{…},"saved_at","officer"} as new
 * reference; NULL where there is none. */
enum err_code import_map_recall(struct op *op, const json_t *columns, json_t **ret) MUST_CHECK;

#endif
