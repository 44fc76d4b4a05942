/* Files of entries: photographs and documents in a field of kind "file".
 *
 * A file is added by the event "attach", beside which its name lies sealed, and taken away by
 * "detach". What is there stands in the state under fields.NAME as an array of what evidence.h
 * describes, with the version of the attaching event as "id"; what was taken away stands in
 * "removed_files" and keeps its seal. */
#ifndef FANGXIN_WORK_ENTRY_FILES_H
#define FANGXIN_WORK_ENTRY_FILES_H

#include "work/entry.h"
#include "work/evidence.h"

struct entry_run;

/**
 * Adds a file to a field of an entry that is not finished.
 * @param[out] ret     the new state
 * @param[out] ret_id  of the file
 * @return ERR_NOT_FOUND: no such entry or field; ERR_NOT_ALLOWED, ERR_FORBIDDEN as for acts;
 *         ERR_INVALID with an item for "file" as evidence_attach, "file_count" when the field is
 *         full
 */
enum err_code entry_file_attach(struct op *op, const struct register_def *def, const char *number,
                                const char *field, const struct evidence_upload *upload,
                                struct record *ret, int64_t *ret_id) MUST_CHECK;
/* The act "detach": {"fields": {"file": id}, "reason"}. The caller begins, settles and saves. */
enum err_code entry_file_detach(struct entry_run *run, const json_t *input) MUST_CHECK;

/* One part of one file for who may read the entry and, by MAY_READ_FILE and MAY_READ_ORIGINAL, its
 * files; an original of a picture wants @p reason. The look is noted.
 * @return as evidence_read */
enum err_code entry_file_read(struct op *op, struct snapshot *snap, const struct record *r,
                              int64_t id, enum evidence_part part, const char *reason,
                              struct buf *out, struct evidence_shown *ret) MUST_CHECK;
/* The files of a field as the API has them: [{"id", "type", "shown", "size", "width", "height",
 * "at", "state", "open"}], new reference. */
enum err_code entry_files_shown(struct op *op, struct snapshot *snap, const struct record *r,
                                const json_t *files, json_t **ret) MUST_CHECK;
/* Whether the actor may add and take away files of the entry as it is. */
bool entry_file_may(struct op *op, const struct register_def *def, const struct record *r);
/* verify: "blob" or "scan" when a row of one of its files is missing; NULL when all are there. */
enum err_code entry_files_check(struct op *op, struct snapshot *snap, const struct record *r,
                                const char **ret_table) MUST_CHECK;

#endif
