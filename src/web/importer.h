/* Imports asked for over HTTP: files kept for a while, and one run at a time in a thread of its own
 * with progress. A run is a record with the sealed file (work/import_record.h): what a stop of the
 * process breaks off goes on with the next start. A file that was only looked at is in memory, and
 * is sent again after a restart. */
#ifndef FANGXIN_WEB_IMPORTER_H
#define FANGXIN_WEB_IMPORTER_H

#include <jansson.h>

#include "store/op.h"

struct importer;
struct setups;

#define IMPORT_ID_TEXT 17

enum err_code importer_new(struct store *store, struct setups *setups, struct importer **ret,
                           struct err *err) MUST_CHECK;
/* Goes on with the runs that the last stop broke off, one after the other. Once, at the start. */
enum err_code importer_resume(struct importer *importer, struct err *err) MUST_CHECK;
/* Breaks the run off and waits for it. NULL is fine. */
void importer_free(struct importer *importer);

struct importer_file {
    const char *bytes;
    size_t n, rows;
    size_t above;          /* rows of the sheet over the header, which are not in the file */
    const char *name;      /* of the file; NULL */
    const char *map_name;  /* of the shipped map that fits */
    const json_t *plan;    /* what it makes of each column; a reference is kept */
    const json_t *columns; /* array of names; a reference is kept */
};
/* Keeps a copy of a file for an hour, for this officer. ERR_BUSY when too much is kept already. */
enum err_code importer_keep(struct importer *importer, struct op *op,
                            const struct importer_file *file,
                            char ret_id[IMPORT_ID_TEXT]) MUST_CHECK;

/**
 * Starts a run with a file kept before. Columns of @p map that say the same as the plan take the
 * shipped map's fuller rule for them. The map's "target" says what rows become; that the officer
 * may do it was asked before.
 * @param remember  the map for sheets of this layout, for the officer's body
 * @return ERR_NOT_FOUND without such a file of this officer; ERR_BUSY while another run goes on
 */
enum err_code importer_start(struct importer *importer, struct op *op, const char *upload,
                             const json_t *map, bool remember,
                             char ret_id[IMPORT_ID_TEXT]) MUST_CHECK;

/* Schema Import of a run of this officer, in the arena. ERR_NOT_FOUND. */
enum err_code importer_report(struct importer *importer, struct op *op, const char *id,
                              char **ret_json) MUST_CHECK;
/* Ends a run after what is under way, or one that is paused. ERR_NOT_FOUND. */
enum err_code importer_cancel(struct importer *importer, struct op *op, const char *id) MUST_CHECK;
/* Pauses a run after what is under way; it keeps its sealed file. ERR_NOT_FOUND; ERR_NOT_ALLOWED
 * when it has ended. */
enum err_code importer_pause(struct importer *importer, struct op *op, const char *id) MUST_CHECK;
/* Goes on with a paused one behind the last row it took. That the officer may was asked before.
 * ERR_NOT_FOUND; ERR_NOT_ALLOWED when it is not paused; ERR_BUSY while another run goes on. */
enum err_code importer_go_on(struct importer *importer, struct op *op, const char *id) MUST_CHECK;
/* This officer's that run or are paused. */
#define IMPORTS_SHOWN 20
enum err_code importer_unended(struct op *op, int64_t ret_ids[IMPORTS_SHOWN],
                               size_t *ret_n) MUST_CHECK;
/* Ends those that have been paused for a month: their files are let go. */
enum err_code importer_let_go(struct op *op) MUST_CHECK;

#endif
