/* Evidence against the store's rows. */
#include "work/verify_evidence.h"

#include "sql_queries.h"
#include "work/evidence.h"

/* Whether the store has a file of that name for this matter or record; @p size 0: of any size. */
static enum err_code known(struct op *op, struct stmt *s, int64_t matter, const char *name,
                           int64_t size, bool *ret)
{
    bool row;

    *ret = true;
    if (name == NULL)
        return ERR_OK;
    stmt_reset(s);
    TRY(stmt_bind_text(op, s, 1, name));
    TRY(stmt_step(op, s, &row));
    *ret = row && stmt_int64(s, 0) == matter && (size == 0 || stmt_int64(s, 1) == size);
    return ERR_OK;
}

enum err_code verify_file(struct op *op, struct snapshot *snap, int64_t owner,
                          const struct evidence_file *file, const char **ret_table)
{
    CLEANUP(stmt_closep) struct stmt *blob = NULL, *scan = NULL;
    bool original, large, thumb, row;

    TRY(snapshot_prepare(op, snap, SQL_blob_known, &blob));
    TRY(snapshot_prepare(op, snap, SQL_scan_get, &scan));
    TRY(known(op, blob, owner, file->blob, file->size, &original));
    TRY(known(op, blob, owner, file->large, 0, &large));
    TRY(known(op, blob, owner, file->thumb, 0, &thumb));
    TRY(stmt_bind_text(op, scan, 1, file->blob));
    TRY(stmt_step(op, scan, &row));
    if (!original || !large || !thumb)
        *ret_table = "blob";
    else if (!row)
        *ret_table = "scan";
    return ERR_OK;
}

enum err_code verify_evidence(struct op *op, struct snapshot *snap, const struct matter *m,
                              const char **ret_table)
{
    struct evidence_file files[EVIDENCE_MAX];
    size_t n = evidence_files(m, files);

    *ret_table = NULL;
    for (size_t i = 0; i < n; i++)
        if (!files[i].purged)
            TRY(verify_file(op, snap, m->id, &files[i], ret_table));
    return ERR_OK;
}
