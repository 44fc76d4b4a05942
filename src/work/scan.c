/* Scanning evidence: what waits, and again when the scanner has newer signatures. */
#include <string.h>

#include "sql_queries.h"
#include "store/vault.h"
#include "work/evidence.h"
#include "work/scanner.h"

#define MOST 64
#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

struct waiting {
    char name[40];
    int64_t matter;
};

static enum err_code take_rows(struct op *op, struct stmt *s, struct waiting *ret, size_t *ret_n)
{
    bool row;

    for (*ret_n = 0;; (*ret_n)++) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        snprintf(ret[*ret_n].name, sizeof ret[*ret_n].name, "%s", stmt_text(s, 0));
        ret[*ret_n].matter = stmt_int64(s, 1);
    }
}

static enum err_code find_waiting(struct op *op, size_t max, struct waiting ret[MOST],
                                  size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_scan_waiting, &s));
    TRY(stmt_bind_int64(op, s, 1, (int64_t)max));
    return take_rows(op, s, ret, ret_n);
}

/* Files that older signatures let pass, or held back, not looked at within the hour. */
static enum err_code find_older(struct op *op, size_t max, const char *engine,
                                struct waiting ret[MOST], size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_scan_older, &s));
    TRY(stmt_bind_int64(op, s, 1, op->now_ms));
    TRY(stmt_bind_text(op, s, 2, engine));
    TRY(stmt_bind_int64(op, s, 3, op->now_ms - op->setup->evidence->rescan_days * DAY_MS));
    TRY(stmt_bind_int64(op, s, 4, (int64_t)max));
    return take_rows(op, s, ret, ret_n);
}

static enum err_code scan_one(struct op *op, const struct waiting *w, const char *engine)
{
    CLEANUP(buf_release) struct buf bytes = BUF_UP_TO((size_t)op->setup->evidence->max_bytes + 1);
    struct scanner_answer answer;
    struct changes *ch = changes_new(op);

    TRY(blob_read(op, w->name, &bytes));
    TRY(scanner_scan(op->setup->scanner, buf_text(&bytes), bytes.len, &answer, &op->err));
    changes_row(ch, SQL_scan_put, 1, ERR_CONFLICT);
    changes_text(ch, w->name);
    changes_int(ch, w->matter);
    changes_text(ch, answer.infected ? "infected" : "clean");
    changes_text(ch, engine);
    changes_text(ch, answer.found);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "scan");
    return store_apply(op, ch, QUEUE_BULK);
}

enum err_code evidence_scan(struct op *op, size_t max, bool again, int64_t *ret_scanned)
{
    struct waiting files[MOST];
    char engine[SCANNER_TEXT];
    enum err_code rc = ERR_OK;
    size_t n = 0;

    *ret_scanned = 0;
    if (op->setup->scanner == NULL)
        return ERR_OK;
    if (max > MOST)
        max = MOST;
    if (!again) {
        TRY(find_waiting(op, max, files, &n));
        if (n == 0)
            return ERR_OK;
    }
    TRY(scanner_version(op->setup->scanner, engine, &op->err));
    if (again)
        TRY(find_older(op, max, engine, files, &n));
    for (size_t i = 0; i < n; i++) {
        enum err_code one = scan_one(op, &files[i], engine);

        *ret_scanned += one == ERR_OK;
        if (one != ERR_OK)
            rc = one; /* one file that cannot be scanned does not hold up the others */
    }
    return rc;
}
