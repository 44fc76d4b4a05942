/* Functions of expressions: what each takes, and the node it becomes. */
#include <string.h>

#include "rules/expr_parser.h"

struct arguments {
    node_t items[ARGS_MAX];
    size_t at[ARGS_MAX];
    size_t n;
};

static bool parse_arguments(struct parser *p, struct arguments *a)
{
    a->n = 0;
    if (!parser_needs(p, "("))
        return false;
    while (!parser_at_mark(p, ")") && a->n < ARGS_MAX) {
        if (a->n > 0 && !parser_needs(p, ","))
            return false;
        a->at[a->n] = p->token.at;
        a->items[a->n] = parser_expression(p);
        if (a->items[a->n] == NULL)
            return false;
        a->n++;
    }
    return parser_needs(p, ")");
}

static bool count_is(struct parser *p, size_t at, const struct arguments *a, size_t min, size_t max)
{
    if (a->n >= min && a->n <= max)
        return true;
    parser_fault(p, at, "syntax", "参数的个数不对。", "wrong number of arguments.");
    return false;
}

static node_t over_rows(struct parser *p, enum expr_op op, enum value_kind kind,
                        const struct arguments *a, const struct expr_name *table)
{
    struct expr_node *node = (struct expr_node *)parser_node(p, op, kind, a->items, a->n);

    if (node != NULL)
        node->table = table;
    return node;
}

/* count(t.c = "x"), count(t), count(choices). */
static node_t make_count(struct parser *p, size_t at, const struct arguments *a,
                         const struct expr_name *table)
{
    node_t it = a->items[0];
    struct expr_node *node;

    if (!count_is(p, at, a, 1, 1))
        return NULL;
    if (table != NULL)
        return it->kind == VALUE_BOOL ? over_rows(p, OP_COUNT_ROWS, VALUE_NUMBER, a, table)
                                      : parser_wrong_type(p, a->at[0]);
    if (it->kind == VALUE_LIST)
        return parser_node(p, OP_ITEMS, VALUE_NUMBER, a->items, 1);
    if (it->op != OP_NAME || !it->at.name->table)
        return parser_wrong_type(p, a->at[0]);
    node = (struct expr_node *)parser_node(p, OP_ROWS, VALUE_NUMBER, NULL, 0);
    if (node != NULL)
        node->at = it->at;
    return node;
}

/* sum, min and max of a column, with a condition on the rows. */
static node_t make_of_rows(struct parser *p, enum expr_op op, size_t at, const struct arguments *a,
                           const struct expr_name *table)
{
    enum value_kind kind;

    if (!count_is(p, at, a, 1, 2))
        return NULL;
    kind = parser_is_day(a->items[0]->kind) && op != OP_SUM_ROWS ? VALUE_DATE : VALUE_NUMBER;
    if (parser_as(p, a->items[0], kind) == NULL)
        return parser_wrong_type(p, a->at[0]);
    if (a->n == 2 && a->items[1]->kind != VALUE_BOOL)
        return parser_wrong_type(p, a->at[1]);
    return over_rows(p, op, kind, a, table);
}

/* min and max of numbers or days. */
static node_t make_least(struct parser *p, enum expr_op op, size_t at, struct arguments *a)
{
    enum value_kind kind;

    if (!count_is(p, at, a, 1, ARGS_MAX))
        return NULL;
    kind = parser_is_day(a->items[0]->kind) ? VALUE_DATE : VALUE_NUMBER;
    for (size_t i = 0; i < a->n; i++)
        if ((a->items[i] = parser_want(p, a->at[i], a->items[i], kind)) == NULL)
            return NULL;
    return parser_node(p, op, kind, a->items, a->n);
}

/* The functions whose arguments may name columns of a table. */
static node_t parse_over_rows(struct parser *p, size_t at, const char *name)
{
    const struct expr_name *outer_rows = p->rows, *table;
    bool outer = p->in_rows, fine, most = strcmp(name, "max") == 0;
    struct arguments a;

    p->in_rows = true;
    p->rows = NULL;
    fine = parse_arguments(p, &a);
    table = p->rows;
    p->in_rows = outer;
    p->rows = outer_rows;
    if (!fine)
        return NULL;
    if (table != NULL && outer)
        return parser_fault(p, at, "type", "sum、count 不能套着写。", "sum and count do not nest.");
    if (a.n == 0)
        return parser_fault(p, at, "syntax", "参数的个数不对。", "wrong number of arguments.");
    if (strcmp(name, "count") == 0)
        return make_count(p, at, &a, table);
    if (strcmp(name, "sum") == 0)
        return table == NULL ? parser_fault(p, at, "type", "sum 里要写表的一列。",
                                            "sum wants a column of a table.")
                             : make_of_rows(p, OP_SUM_ROWS, at, &a, table);
    return table != NULL ? make_of_rows(p, most ? OP_MAX_ROWS : OP_MIN_ROWS, at, &a, table)
                         : make_least(p, most ? OP_MAX : OP_MIN, at, &a);
}

static node_t make_if(struct parser *p, struct arguments *a)
{
    enum value_kind kind;

    if (a->items[0]->kind != VALUE_BOOL)
        return parser_wrong_type(p, a->at[0]);
    kind = a->items[1]->kind;
    if (parser_is_day(kind) || parser_is_day(a->items[2]->kind))
        kind = VALUE_DATE;
    for (size_t i = 1; i < 3; i++)
        if ((a->items[i] = parser_want(p, a->at[i], a->items[i], kind)) == NULL)
            return NULL;
    return kind == VALUE_FILLED || kind == VALUE_LIST ? parser_wrong_type(p, a->at[1])
                                                      : parser_node(p, OP_IF, kind, a->items, 3);
}

static node_t make_default(struct parser *p, struct arguments *a)
{
    enum value_kind kind = parser_is_day(a->items[0]->kind) ? VALUE_DATE : a->items[0]->kind;

    if (kind == VALUE_FILLED || kind == VALUE_LIST)
        return parser_wrong_type(p, a->at[0]);
    a->items[1] = parser_want(p, a->at[1], a->items[1], kind);
    return parser_node(p, OP_DEFAULT, kind, a->items, 2);
}

static node_t make_rank(struct parser *p, struct arguments *a)
{
    node_t of = a->items[0];
    const struct expr_name *last;

    if (of->op != OP_NAME || of->kind != VALUE_TEXT)
        return parser_wrong_type(p, a->at[0]);
    last = of->at.deeper != NULL   ? of->at.deeper
           : of->at.member != NULL ? of->at.member
                                   : of->at.name;
    return last->codes == NULL ? parser_wrong_type(p, a->at[0])
                               : parser_node(p, OP_RANK, VALUE_NUMBER, a->items, 1);
}

static node_t make_has(struct parser *p, struct arguments *a)
{
    if (a->items[0]->kind != VALUE_LIST)
        return parser_wrong_type(p, a->at[0]);
    if ((a->items[1] = parser_want(p, a->at[1], a->items[1], VALUE_TEXT)) == NULL ||
        !parser_code_fits(p, a->at[1], a->items[0], a->items[1]))
        return NULL;
    return parser_node(p, OP_HAS, VALUE_BOOL, a->items, 2);
}

/* The functions whose arguments have one kind each. */
static const struct plain_function {
    const char *name;
    enum expr_op op;
    enum value_kind gives;
    size_t min, max;
    enum value_kind takes[2];
} plain_functions[] = {
    {"abs", OP_ABS, VALUE_NUMBER, 1, 1, {VALUE_NUMBER}},
    {"round", OP_ROUND, VALUE_NUMBER, 1, 2, {VALUE_NUMBER, VALUE_NUMBER}},
    {"days", OP_DAYS, VALUE_NUMBER, 2, 2, {VALUE_DATE, VALUE_DATE}},
    {"workdays", OP_WORKDAYS, VALUE_NUMBER, 2, 2, {VALUE_DATE, VALUE_DATE}},
    {"hours", OP_HOURS, VALUE_NUMBER, 2, 2, {VALUE_INSTANT, VALUE_INSTANT}},
    {"add_days", OP_ADD_DAYS, VALUE_DATE, 2, 2, {VALUE_DATE, VALUE_NUMBER}},
    {"add_workdays", OP_ADD_WORKDAYS, VALUE_DATE, 2, 2, {VALUE_DATE, VALUE_NUMBER}},
    {"add_months", OP_ADD_MONTHS, VALUE_DATE, 2, 2, {VALUE_DATE, VALUE_NUMBER}},
    {"year", OP_YEAR, VALUE_NUMBER, 1, 1, {VALUE_DATE}},
    {"month", OP_MONTH, VALUE_NUMBER, 1, 1, {VALUE_DATE}},
    {"same_text", OP_SAME_TEXT, VALUE_BOOL, 2, 2, {VALUE_TEXT, VALUE_TEXT}},
};

/* link(FIELD, NAME): two bare names. */
static node_t parse_link(struct parser *p, size_t at)
{
    const struct expr_name *field, *linked;
    struct expr_node *node;
    const char *name;

    if (p->scope->linked == NULL)
        return parser_fault(p, at, "type", "这里不能用 link。", "link cannot be used here.");
    if (!parser_needs(p, "("))
        return NULL;
    field = p->token.kind == TOKEN_NAME ? parser_name_in_scope(p, p->token.text) : NULL;
    if (field == NULL)
        return parser_unknown(p, p->token.at, p->token.text == NULL ? "" : p->token.text);
    parser_advance(p);
    if (!parser_needs(p, ","))
        return NULL;
    name = p->token.kind == TOKEN_NAME ? p->token.text : "";
    linked = p->scope->linked(p->scope->arg, field->name, name);
    if (linked == NULL)
        return parser_unknown(p, p->token.at, name);
    if (linked->kind == VALUE_LIST || linked->kind == VALUE_FILLED || linked->table)
        return parser_wrong_type(p, p->token.at);
    parser_advance(p);
    if (!parser_needs(p, ")"))
        return NULL;
    node = (struct expr_node *)parser_node(p, OP_LINK, linked->kind, NULL, 0);
    if (node != NULL) {
        node->at.name = field;
        node->link = name;
    }
    return node;
}

static bool is_quantity(const struct expr_name *column)
{
    return column->kind == VALUE_FILLED && column->n_members == 2 &&
           strcmp(column->members[0].name, "value") == 0;
}

/* TABLE.COLUMN, all rows of it. */
static node_t parse_quantities(struct parser *p)
{
    size_t at = p->token.at;
    const char *name = p->token.kind == TOKEN_NAME ? p->token.text : "";
    struct expr_at found = {.name = parser_name_in_scope(p, name)};
    struct expr_node *node;

    if (found.name == NULL)
        return parser_unknown(p, at, name);
    parser_advance(p);
    if (!found.name->table || !parser_at_mark(p, "."))
        return parser_wrong_type(p, at);
    found.member = parser_member(p, found.name);
    if (found.member == NULL)
        return NULL;
    if (!is_quantity(found.member))
        return parser_wrong_type(p, at);
    node = (struct expr_node *)parser_node(p, OP_NAME, VALUE_FILLED, NULL, 0);
    if (node != NULL)
        node->at = found;
    return node;
}

/* same_quantities(t.c, u.d): two bare columns. */
static node_t parse_same_quantities(struct parser *p)
{
    node_t both[2] = {NULL, NULL};

    if (!parser_needs(p, "(") || (both[0] = parse_quantities(p)) == NULL || !parser_needs(p, ",") ||
        (both[1] = parse_quantities(p)) == NULL || !parser_needs(p, ")"))
        return NULL;
    return parser_node(p, OP_SAME_QUANTITIES, VALUE_BOOL, both, 2);
}

node_t parser_function(struct parser *p)
{
    size_t at = p->token.at;
    const char *name = p->token.text;
    struct arguments a;

    parser_advance(p);
    if (strcmp(name, "link") == 0)
        return parse_link(p, at);
    if (strcmp(name, "same_quantities") == 0)
        return parse_same_quantities(p);
    if (strcmp(name, "sum") == 0 || strcmp(name, "count") == 0 || strcmp(name, "min") == 0 ||
        strcmp(name, "max") == 0)
        return parse_over_rows(p, at, name);
    if (!parse_arguments(p, &a))
        return NULL;
    if (strcmp(name, "if") == 0)
        return count_is(p, at, &a, 3, 3) ? make_if(p, &a) : NULL;
    if (strcmp(name, "empty") == 0)
        return count_is(p, at, &a, 1, 1) ? parser_node(p, OP_EMPTY, VALUE_BOOL, a.items, 1) : NULL;
    if (strcmp(name, "default") == 0)
        return count_is(p, at, &a, 2, 2) ? make_default(p, &a) : NULL;
    if (strcmp(name, "rank") == 0)
        return count_is(p, at, &a, 1, 1) ? make_rank(p, &a) : NULL;
    if (strcmp(name, "has") == 0)
        return count_is(p, at, &a, 2, 2) ? make_has(p, &a) : NULL;
    for (size_t i = 0; i < sizeof plain_functions / sizeof plain_functions[0]; i++) {
        const struct plain_function *f = &plain_functions[i];

        if (strcmp(name, f->name) != 0)
            continue;
        if (!count_is(p, at, &a, f->min, f->max))
            return NULL;
        for (size_t k = 0; k < a.n; k++)
            if ((a.items[k] = parser_want(p, a.at[k], a.items[k], f->takes[k])) == NULL)
                return NULL;
        return parser_node(p, f->op, f->gives, a.items, a.n);
    }
    return parser_unknown(p, at, name);
}
