/* What the passes of verify share. Private to the store. */
#ifndef FANGXIN_STORE_VERIFY_INTERNAL_H
#define FANGXIN_STORE_VERIFY_INTERNAL_H

#include "store/vault_internal.h"
#include "store/verify.h"

struct check {
    struct op *op;
    struct snapshot *snap;
    struct arena *arena; /* of the row under way */
    verify_found_fn *found;
    void *arg;
    struct verify_counts counts;
    bool stopped;
    unsigned char digest[HASH_BYTES];
};

/* Counts a finding and tells it. */
void verify_report(struct check *c, const char *table, int64_t record, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
bool verify_same_bytes(struct stmt *s, int column, const void *bytes, size_t n);
const char *verify_text(struct stmt *s, int column); /* "" for NULL */

/* ---- passes of verify_rows.c ---- */

enum err_code verify_macs(struct check *c) MUST_CHECK;
enum err_code verify_sealed(struct check *c) MUST_CHECK;
enum err_code verify_files(struct check *c) MUST_CHECK;
enum err_code verify_keys(struct check *c) MUST_CHECK;

#endif
