/* What a filing must hold before it becomes a matter: the rule pack says which fields, code tables
 * and identifiers say which values. All faults are collected, none stops the others. */
#ifndef FANGXIN_WORK_FILING_CHECK_H
#define FANGXIN_WORK_FILING_CHECK_H

#include <jansson.h>

#include "work/setup.h"

struct filing_facts {
    enum matter_kind kind;
    bool staff;          /* an officer writes it down */
    bool anonymous;      /* report without a name */
    int64_t received_at; /* ms */
    const char *channel;
};

/* ERR_INVALID with an item per fault; ERR_FORBIDDEN for fields only officers may give. */
enum err_code filing_check(struct op *op, const json_t *filing,
                           struct filing_facts *ret) MUST_CHECK;
/* The pack that governs it; NULL when it was received before any, or the office takes no such kind.
 */
const struct pack *filing_pack(const struct op *op, const struct filing_facts *f);
/* Identifiers and codes of the fields that an amendment gives. */
enum err_code filing_check_amendment(struct op *op, enum matter_kind kind,
                                     const json_t *fields) MUST_CHECK;
/* The value at a path like "consumer.phone"; NULL when absent, null or an empty text. */
const json_t *filing_at(const json_t *filing, const char *path);
const char *filing_text(const json_t *filing, const char *path);
/* One code of a table, as field @p path; nothing is fine. */
void check_code(struct op *op, const char *path, const json_t *value, const char *table);

#endif
