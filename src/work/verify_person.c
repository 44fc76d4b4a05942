/* Recomputing the keyed indexes. */
#include "work/verify_person.h"

#include <string.h>

#include "rules/identifiers.h"
#include "sql_queries.h"
#include "work/filing.h"
#include "work/filing_check.h"

static bool same_index(struct op *op, struct stmt *s, int column, enum key_class cls,
                       const char *what, const char *value)
{
    unsigned char blind[BLIND_BYTES];
    size_t n;
    const void *stored = stmt_blob(s, column, &n);

    if (value == NULL || *value == '\0')
        return stmt_is_null(s, column);
    vault_blind(op, cls, what, value, blind);
    return n == sizeof blind && memcmp(stored, blind, sizeof blind) == 0;
}

static enum err_code check_rows(struct op *op, struct snapshot *snap, const struct matter *m,
                                int sql, enum key_class cls, bool *ret_same)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_same = true;
    TRY(snapshot_prepare(op, snap, sql, &s));
    TRY(stmt_bind_int64(op, s, 1, m->id));
    for (;;) {
        CLEANUP(json_decrefp) json_t *person = NULL;
        const char *phone;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (person_open(op, snap, m, stmt_text(s, 0), &person) != ERR_OK || person == NULL) {
            *ret_same = false;
            continue;
        }
        phone = filing_text(person, "phone");
        if (!same_index(op, s, 1, cls, "phone", phone == NULL ? NULL : phone_check(phone).normal) ||
            (cls == KEY_CONSUMER &&
             !same_index(op, s, 2, cls, "id", filing_text(person, "id_number"))))
            *ret_same = false;
    }
}

enum err_code verify_persons(struct op *op, struct snapshot *snap, const struct matter *m,
                             const char **ret_table)
{
    bool persons, reporter;

    TRY(check_rows(op, snap, m, SQL_person_indexes, KEY_CONSUMER, &persons));
    TRY(check_rows(op, snap, m, SQL_reporter_index, KEY_REPORTER, &reporter));
    *ret_table = !persons ? "person" : !reporter ? "reporter" : NULL;
    return ERR_OK;
}
