/* Does the store still say what was written? Each finding is one line that names table and row. */
#ifndef FANGXIN_STORE_VERIFY_H
#define FANGXIN_STORE_VERIFY_H

#include "store/vault.h"

/* One finding; @p record 0 when it is not about one. Return false to stop. */
typedef bool verify_found_fn(void *arg, const char *table, int64_t record, const char *what);

struct verify_counts {
    int64_t events, records, rows, sealed;
    int64_t findings, missing_events;
};

/**
 * Checks the engine's own structure (integrity_check), the hash chain of every record, dense event
 * ids, the ledger (number and digest of all events, kept by the writer), that every matter's
 * version is its last event's, every row checksum, every sealed value against its commitment,
 * migrations' checksums. Projections are compared by work/verify.h, which knows how to fold.
 */
enum err_code store_verify(struct op *op, verify_found_fn *found, void *arg,
                           struct verify_counts *ret) MUST_CHECK;

#endif
