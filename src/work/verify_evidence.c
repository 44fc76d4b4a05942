/* Evidence against the store's rows. */
#include "work/verify_evidence.h"

#include "sql_queries.h"
#include "work/evidence.h"

/* Whether the store has a file of that name for this matter; @p size 0: of any size. */
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

enum err_code verify_evidence(struct op *op, struct snapshot *snap, const struct matter *m,
                              const char **ret_table)
{
    CLEANUP(stmt_closep) struct stmt *blob = NULL, *scan = NULL;
    struct evidence_file files[EVIDENCE_MAX];
    size_t n = evidence_files(m, files);

    *ret_table = NULL;
    if (n == 0)
        return ERR_OK;
    TRY(snapshot_prepare(op, snap, SQL_blob_known, &blob));
    TRY(snapshot_prepare(op, snap, SQL_scan_get, &scan));
    for (size_t i = 0; i < n; i++) {
        bool original, large, thumb, row;

        TRY(known(op, blob, m->id, files[i].blob, files[i].size, &original));
        TRY(known(op, blob, m->id, files[i].large, 0, &large));
        TRY(known(op, blob, m->id, files[i].thumb, 0, &thumb));
        stmt_reset(scan);
        TRY(stmt_bind_text(op, scan, 1, files[i].blob));
        TRY(stmt_step(op, scan, &row));
        if (!original || !large || !thumb)
            *ret_table = "blob";
        else if (!row)
            *ret_table = "scan";
    }
    return ERR_OK;
}
