/* The list of matter columns. Order: that of the statement matter_by_id. */
#include "work/matter_columns.h"

#include <string.h>

#define AT(member) offsetof(struct matter, member)

const struct matter_column matter_columns[MATTER_COLUMNS] = {
    {"id", COLUMN_INT, AT(id), false, false},
    {"number", COLUMN_TEXT, AT(number), true, false},
    {"kind", COLUMN_TEXT, AT(kind), true, false},
    {"version", COLUMN_INT, AT(version), false, false},
    {"head", COLUMN_HASH, AT(head), false, false},
    {"status", COLUMN_TEXT, AT(status), true, false},
    {"open", COLUMN_INT, AT(open), true, true},
    {"secret", COLUMN_INT, AT(secret), true, false},
    {"body", COLUMN_TEXT, AT(body), true, true},
    {"officer", COLUMN_INT, AT(officer), true, true},
    {"first_officer", COLUMN_INT, AT(first_officer), true, false},
    {"registered_by", COLUMN_INT, AT(registered_by), true, false},
    {"channel", COLUMN_TEXT, AT(channel), true, false},
    {"received_at", COLUMN_INT, AT(received_at), true, true},
    {"registered_at", COLUMN_INT, AT(registered_at), true, false},
    {"ended_at", COLUMN_INT, AT(ended_at), true, false},
    {"category", COLUMN_TEXT, AT(category), true, true},
    {"problem", COLUMN_TEXT, AT(problem), true, false},
    {"division", COLUMN_TEXT, AT(division), true, false},
    {"amount_fen", COLUMN_INT, AT(amount_fen), true, false},
    {"recovered_fen", COLUMN_INT, AT(recovered_fen), true, false},
    {"respondent", COLUMN_TEXT, AT(respondent), true, false},
    {"respondent_key", COLUMN_TEXT, AT(respondent_key), true, true},
    {"business", COLUMN_INT, AT(business), true, true},
    {"title", COLUMN_TEXT, AT(title), false, false},
    {"consumer", COLUMN_TEXT, AT(consumer), false, false},
    {"waiting_for", COLUMN_TEXT, AT(waiting_for), true, false},
    {"waiting_since", COLUMN_INT, AT(waiting_since), true, false},
    {"next_rule", COLUMN_TEXT, AT(next_rule), false, false},
    {"next_due", COLUMN_INT, AT(next_due), false, true},
    {"paused", COLUMN_INT, AT(paused), false, false},
    {"group_id", COLUMN_INT, AT(group_id), true, true},
    {"outcome", COLUMN_TEXT, AT(outcome), true, false},
    {"ground", COLUMN_TEXT, AT(ground), true, false},
    {"told", COLUMN_TEXT, AT(told), true, false},
    {"rating", COLUMN_INT, AT(rating), true, false},
    {"pin_generation", COLUMN_INT, AT(pin_generation), true, false},
    {"pack", COLUMN_TEXT, AT(pack), true, false},
    {"pack_revision", COLUMN_INT, AT(pack_revision), true, false},
    {"order_id", COLUMN_INT, AT(order_id), true, true},
    {"detail", COLUMN_JSON, AT(detail), false, false},
};

const struct matter_column *matter_column_find(const char *name)
{
    for (size_t i = 0; i < MATTER_COLUMNS; i++)
        if (strcmp(matter_columns[i].name, name) == 0)
            return &matter_columns[i];
    return NULL;
}

int64_t *matter_int_at(struct matter *m, const struct matter_column *c)
{
    return (int64_t *)(void *)((char *)m + c->offset);
}

const char **matter_text_at(struct matter *m, const struct matter_column *c)
{
    return (const char **)(void *)((char *)m + c->offset);
}

bool matter_column_equal(const struct matter_column *c, const struct matter *a,
                         const struct matter *b)
{
    const void *x = (const char *)a + c->offset, *y = (const char *)b + c->offset;
    const char *s, *t;

    switch (c->kind) {
    case COLUMN_INT:
        return memcmp(x, y, sizeof(int64_t)) == 0;
    case COLUMN_HASH:
        return memcmp(x, y, HASH_BYTES) == 0;
    case COLUMN_JSON:
        return json_equal(a->detail, b->detail) == 1;
    case COLUMN_TEXT:
        break;
    }
    memcpy(&s, x, sizeof s);
    memcpy(&t, y, sizeof t);
    return s == t || (s != NULL && t != NULL && strcmp(s, t) == 0);
}
