/* Imports asked for over HTTP: files kept for a while, and one run at a time in a thread of its own
 * with progress. All in memory: after a restart a file is sent again, and rows that were taken are
 * known by their keys (work/import.h). */
#ifndef FANGXIN_WEB_IMPORTER_H
#define FANGXIN_WEB_IMPORTER_H

#include <jansson.h>

#include "store/op.h"

struct importer;
struct setups;

#define IMPORT_ID_TEXT 17

enum err_code importer_new(struct store *store, struct setups *setups, struct importer **ret,
                           struct err *err) MUST_CHECK;
/* Cancels the run and waits for it. NULL is fine. */
void importer_free(struct importer *importer);

/**
 * Keeps a copy of a file for an hour, for this officer.
 * @param map_name  of the shipped map that fits; @param plan  what it makes of each column; a
 *                  reference is kept
 * @return ERR_BUSY when too much is kept already
 */
enum err_code importer_keep(struct importer *importer, struct op *op, const char *bytes, size_t n,
                            const char *map_name, json_t *plan,
                            char ret_id[IMPORT_ID_TEXT]) MUST_CHECK;

/**
 * Starts a run with a file kept before. Columns of @p map that say the same as the plan take the
 * shipped map's fuller rule for them.
 * @return ERR_NOT_FOUND without such a file of this officer; ERR_BUSY while another run goes on
 */
enum err_code importer_start(struct importer *importer, struct op *op, const char *upload,
                             const json_t *map, char ret_id[IMPORT_ID_TEXT]) MUST_CHECK;

/* Schema Import of a run of this officer, in the arena. ERR_NOT_FOUND. */
enum err_code importer_report(struct importer *importer, struct op *op, const char *id,
                              char **ret_json) MUST_CHECK;
/* Ends a run after what is under way. ERR_NOT_FOUND. */
enum err_code importer_cancel(struct importer *importer, struct op *op, const char *id) MUST_CHECK;

#endif
