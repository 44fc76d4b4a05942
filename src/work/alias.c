/* Importing address aliases. */
#include "work/alias.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/text.h"
#include "sql_queries.h"
#include "store/changes.h"

enum { ALIAS, CODE, CONFIDENCE, SUPPORT, COLUMNS };

static enum err_code find_columns(struct op *op, const struct csv_record *head, size_t ret[COLUMNS])
{
    static const char *const names[COLUMNS] = {"alias", "office_code", "confidence", "support"};

    for (int c = 0; c < COLUMNS; c++) {
        ret[c] = head->n;
        for (size_t i = 0; i < head->n; i++)
            if (strcmp(head->cells[i], names[c]) == 0)
                ret[c] = i;
        if (ret[c] == head->n)
            return err_field(&op->err, ERR_INVALID, names[c], "missing_column", "表里缺这一列",
                             "This column is missing.");
    }
    return ERR_OK;
}

/* "0.87" as thousandths, without floating point; -1 for anything else. */
static int64_t thousandths(const char *text)
{
    int64_t value = 0;
    int digits = -1;

    for (; *text != '\0' && digits < 3; text++) {
        if (*text == '.' && digits < 0)
            digits = 0;
        else if (*text < '0' || *text > '9')
            return -1;
        else {
            value = value * 10 + (*text - '0');
            digits += digits >= 0;
        }
        if (value > 1000000)
            return -1;
    }
    for (digits = digits < 0 ? 0 : digits; digits < 3; digits++)
        value *= 10;
    return value <= 1000 ? value : -1;
}

static bool add_row(struct op *op, struct changes *ch, const struct csv_record *row,
                    const size_t at[COLUMNS])
{
    int64_t confidence, support = 0;

    for (int c = 0; c < COLUMNS; c++)
        if (at[c] >= row->n)
            return false;
    confidence = thousandths(row->cells[at[CONFIDENCE]]);
    (void)text_int64(row->cells[at[SUPPORT]], &support);
    if (confidence < 0 || utf8_count(row->cells[at[ALIAS]], strlen(row->cells[at[ALIAS]])) < 2 ||
        setup_body(op->setup, row->cells[at[CODE]]) == NULL)
        return false;
    changes_row(ch, SQL_alias_put, 1, ERR_CONFLICT);
    changes_text(ch, row->cells[at[ALIAS]]);
    changes_text(ch, row->cells[at[CODE]]);
    changes_int(ch, confidence);
    changes_int(ch, support);
    changes_mac(op, ch, "alias");
    return true;
}

enum err_code alias_import(struct op *op, const char *csv, size_t n, struct alias_report *ret)
{
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};
    struct changes *ch = changes_new(op);
    struct csv_record row;
    struct csv_reader reader;
    size_t at[COLUMNS];
    bool more;

    *ret = (struct alias_report){0};
    TRY(may_check(&op->actor, MAY_ADMIN_RULES, &facts, &op->err));
    csv_open(&reader, csv, n);
    TRY(csv_next(&reader, op->arena, &row, &more, &op->err));
    if (!more)
        row.n = 0;
    TRY(find_columns(op, &row, at));
    for (;;) {
        enum err_code rc = csv_next(&reader, op->arena, &row, &more, &op->err);

        if (rc == ERR_OK && !more)
            break;
        ret->rows++;
        if (rc == ERR_OK && add_row(op, ch, &row, at)) {
            ret->taken++;
        } else {
            ret->refused++;
            if (ret->first_refused_row == 0)
                ret->first_refused_row = reader.row;
        }
    }
    err_clear(&op->err);
    return store_apply(op, ch, QUEUE_BULK);
}
