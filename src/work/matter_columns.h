/* The columns of table `matter` as members of struct matter: one list for loading, saving, folding
 * and comparing. */
#ifndef FANGXIN_WORK_MATTER_COLUMNS_H
#define FANGXIN_WORK_MATTER_COLUMNS_H

#include "work/matter.h"

enum column_kind { COLUMN_INT, COLUMN_TEXT, COLUMN_HASH, COLUMN_JSON };

struct matter_column {
    const char *name;
    enum column_kind kind;
    size_t offset;
    bool folded;  /* an event may set it */
    bool indexed; /* stands in matter_update_indexed, not in matter_update_plain */
};

#define MATTER_COLUMNS 41
extern const struct matter_column matter_columns[MATTER_COLUMNS];

/* NULL when there is none. */
const struct matter_column *matter_column_find(const char *name);
int64_t *matter_int_at(struct matter *m, const struct matter_column *c);
const char **matter_text_at(struct matter *m, const struct matter_column *c);
/* Equal values; NULL and NULL are equal. JSON columns by value. */
bool matter_column_equal(const struct matter_column *c, const struct matter *a,
                         const struct matter *b);

#endif
