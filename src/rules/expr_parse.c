/* Reads expressions: tokens, a recursive descent by precedence, and types as it goes.
 *
 *   or → and → not → comparison → sum → product → sign → literal, name, function, (…) */
#include <string.h>

#include "base/text.h"
#include "rules/expr_internal.h"

#define TEXT_MAX 2000
#define DEPTH_MAX 32
#define NODES_MAX 600
#define ARGS_MAX 40
#define NAME_MAX_BYTES 60

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_NAME, TOKEN_MARK };

struct token {
    enum token_kind kind;
    size_t at;        /* byte in the text */
    const char *text; /* of a name, a text or a mark ("<=") */
    int64_t number;   /* TOKEN_NUMBER */
};

struct parser {
    struct reader *r;
    const struct expr_scope *scope;
    const char *text;
    size_t next; /* byte behind the token */
    struct token token;
    const struct expr_name *rows; /* the table whose rows an aggregate goes through */
    bool in_rows;
    int depth;
    size_t nodes;
    bool failed;
};

typedef const struct expr_node *node_t;

static node_t parse_or(struct parser *p);

/* ---- faults ---- */

static node_t fault(struct parser *p, size_t at, const char *code, const char *zh, const char *en)
{
    if (!p->failed) {
        size_t n = utf8_count(p->text, at) + 1;

        reader_fault(p->r, NULL, code, arena_printf(p->r->arena, "第 %zu 个字：%s", n, zh),
                     "Character %zu: %s", n, en);
    }
    p->failed = true;
    return NULL;
}

static node_t wrong_type(struct parser *p, size_t at)
{
    return fault(p, at, "type", "类型不对，这里不能这样用。", "the type does not fit here.");
}

/* ---- tokens ---- */

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void take_number(struct parser *p)
{
    size_t n = 0;
    char digits[40];
    const char *from = p->text + p->next;

    while (is_digit(from[n]) || (from[n] == '.' && is_digit(from[n + 1])))
        n++;
    if (n >= sizeof digits) {
        fault(p, p->next, "syntax", "数太长。", "the number is too long.");
        return;
    }
    memcpy(digits, from, n);
    digits[n] = '\0';
    if (!decimal_parse(digits, &p->token.number))
        fault(p, p->next, "syntax", "数写得不对，最多四位小数。",
              "not a number with at most four decimals.");
    p->token.kind = TOKEN_NUMBER;
    p->next += n;
}

static void take_text(struct parser *p)
{
    const char *from = p->text + p->next + 1, *to = strchr(from, '"');

    if (to == NULL) {
        fault(p, p->next, "syntax", "引号没有收尾。", "the quotation is not closed.");
        return;
    }
    p->token.kind = TOKEN_TEXT;
    p->token.text = arena_strndup(p->r->arena, from, (size_t)(to - from));
    p->r->no_memory |= p->token.text == NULL;
    p->next += (size_t)(to - from) + 2;
}

static void take_name(struct parser *p)
{
    const char *from = p->text + p->next;
    size_t n = 1;

    while (starts_name(from[n]) || is_digit(from[n]))
        n++;
    if (n > NAME_MAX_BYTES)
        fault(p, p->next, "syntax", "名称太长。", "the name is too long.");
    p->token.kind = TOKEN_NAME;
    p->token.text = arena_strndup(p->r->arena, from, n);
    p->r->no_memory |= p->token.text == NULL;
    p->next += n;
}

static void take_mark(struct parser *p)
{
    static const char *const marks[] = {"!=", "<=", ">=", "+", "-", "*", "/", "=",
                                        "<",  ">",  "(",  ")", "[", "]", ",", "."};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (text_starts(p->text + p->next, marks[i])) {
            p->token.kind = TOKEN_MARK;
            p->token.text = marks[i];
            p->next += strlen(marks[i]);
            return;
        }
    fault(p, p->next, "syntax", "这个字符不认识。", "this character is not known.");
}

static void advance(struct parser *p)
{
    while (p->text[p->next] == ' ' || p->text[p->next] == '\n' || p->text[p->next] == '\t')
        p->next++;
    p->token = (struct token){.kind = TOKEN_END, .at = p->next};
    if (p->text[p->next] == '\0' || p->failed)
        return;
    if (is_digit(p->text[p->next]))
        take_number(p);
    else if (p->text[p->next] == '"')
        take_text(p);
    else if (starts_name(p->text[p->next]))
        take_name(p);
    else
        take_mark(p);
    if (p->failed || p->r->no_memory)
        p->token.kind = TOKEN_END;
}

static bool at_mark(const struct parser *p, const char *mark)
{
    return p->token.kind == TOKEN_MARK && strcmp(p->token.text, mark) == 0;
}

static bool at_word(const struct parser *p, const char *word)
{
    return p->token.kind == TOKEN_NAME && strcmp(p->token.text, word) == 0;
}

static bool take_if_mark(struct parser *p, const char *mark)
{
    if (!at_mark(p, mark))
        return false;
    advance(p);
    return true;
}

static bool need_mark(struct parser *p, const char *mark)
{
    if (take_if_mark(p, mark))
        return true;
    fault(p, p->token.at, "syntax", arena_printf(p->r->arena, "这里要写“%s”。", mark),
          arena_printf(p->r->arena, "\"%s\" is expected.", mark));
    return false;
}

/* ---- nodes ---- */

static node_t new_node(struct parser *p, enum expr_op op, enum value_kind kind, const node_t *args,
                       size_t n_args)
{
    struct expr_node *node = ARENA_NEW(p->r->arena, struct expr_node);
    node_t *kept = n_args == 0 ? NULL : ARENA_ARRAY(p->r->arena, node_t, n_args);

    for (size_t i = 0; i < n_args; i++)
        if (args[i] == NULL)
            return NULL;
    if (node == NULL || (n_args > 0 && kept == NULL)) {
        p->r->no_memory = true;
        p->failed = true;
        return NULL;
    }
    if (++p->nodes > NODES_MAX)
        return fault(p, p->token.at, "too_long", "表达式太长。", "the expression is too long.");
    if (n_args > 0)
        memcpy(kept, args, n_args * sizeof *args);
    *node = (struct expr_node){.op = op, .kind = kind, .args = kept, .n_args = n_args};
    return node;
}

static node_t constant(struct parser *p, struct value value)
{
    struct expr_node *node = (struct expr_node *)new_node(p, OP_CONST, value.kind, NULL, 0);

    if (node != NULL)
        node->constant = value;
    return node;
}

static bool is_day(enum value_kind kind)
{
    return kind == VALUE_DATE || kind == VALUE_INSTANT;
}

/* The node as a value of that kind: a written day "2026-03-15" becomes a date. NULL when it cannot
 * be one. */
static node_t as_kind(struct parser *p, node_t node, enum value_kind kind)
{
    date_t date;

    if (node == NULL || node->kind == kind || (kind == VALUE_DATE && node->kind == VALUE_INSTANT))
        return node;
    if (kind != VALUE_DATE || node->op != OP_CONST || node->kind != VALUE_TEXT)
        return NULL;
    date = date_parse(node->constant.text);
    return date == DATE_NONE ? NULL : constant(p, (struct value){.kind = VALUE_DATE, .date = date});
}

static node_t want(struct parser *p, size_t at, node_t node, enum value_kind kind)
{
    node_t fits = as_kind(p, node, kind);

    return node != NULL && fits == NULL ? wrong_type(p, at) : fits;
}

/* The choice that a text is compared with must be one of its codes. */
static bool code_fits(struct parser *p, size_t at, node_t name, node_t text)
{
    const struct expr_name *of;

    if (name->op != OP_NAME && name->op != OP_LINK)
        return true;
    if (text->op != OP_CONST || text->kind != VALUE_TEXT)
        return true;
    of = name->at.deeper != NULL   ? name->at.deeper
         : name->at.member != NULL ? name->at.member
                                   : name->at.name;
    if (of->codes == NULL || name->op == OP_LINK)
        return true;
    for (size_t i = 0; i < of->n_codes; i++)
        if (strcmp(of->codes[i], text->constant.text) == 0)
            return true;
    fault(p, at, "unknown_name",
          arena_printf(p->r->arena, "%s 没有“%s”这一项。", of->name, text->constant.text),
          arena_printf(p->r->arena, "%s has no choice \"%s\".", of->name, text->constant.text));
    return false;
}

/* ---- names ---- */

static const struct expr_name *name_among(const struct expr_name *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i].name, name) == 0)
            return &names[i];
    return NULL;
}

static const struct expr_name *name_in_scope(const struct parser *p, const char *name)
{
    const struct expr_name *found = name_among(p->scope->more, p->scope->n_more, name);

    return found != NULL ? found : name_among(p->scope->names, p->scope->n_names, name);
}

static node_t unknown(struct parser *p, size_t at, const char *name)
{
    return fault(p, at, "unknown_name", arena_printf(p->r->arena, "没有“%s”这个名称。", name),
                 arena_printf(p->r->arena, "there is no name \"%s\".", name));
}

/* ".member" behind @p of; NULL with a fault. */
static const struct expr_name *take_member(struct parser *p, const struct expr_name *of)
{
    const struct expr_name *member;

    advance(p);
    if (p->token.kind != TOKEN_NAME) {
        fault(p, p->token.at, "syntax", "点后面要写名称。", "a name is expected behind the point.");
        return NULL;
    }
    member = name_among(of->members, of->n_members, p->token.text);
    if (member == NULL) {
        unknown(p, p->token.at, p->token.text);
        return NULL;
    }
    advance(p);
    return member;
}

/* A column is named inside an aggregate alone, and all of one table. */
static bool row_fits(struct parser *p, size_t at, const struct expr_name *table)
{
    if (!p->in_rows || (p->rows != NULL && p->rows != table)) {
        fault(p, at, "type", "表里的列只能写在同一个 sum、count、min、max 里。",
              "columns of one table stand inside sum, count, min or max.");
        return false;
    }
    p->rows = table;
    return true;
}

static node_t parse_name(struct parser *p)
{
    size_t at = p->token.at;
    struct expr_at found = {.name = name_in_scope(p, p->token.text)};
    const struct expr_name *last = found.name;
    struct expr_node *node;

    if (last == NULL)
        return unknown(p, at, p->token.text);
    advance(p);
    if (at_mark(p, ".")) {
        last = found.member = take_member(p, last);
        if (last != NULL && at_mark(p, "."))
            last = found.deeper = take_member(p, last);
    }
    if (last == NULL)
        return NULL;
    if (found.name->table && found.member != NULL && !row_fits(p, at, found.name))
        return NULL;
    node =
        (struct expr_node *)new_node(p, OP_NAME, last->table ? VALUE_FILLED : last->kind, NULL, 0);
    if (node != NULL)
        node->at = found;
    return node;
}

/* ---- functions ---- */

struct arguments {
    node_t items[ARGS_MAX];
    size_t at[ARGS_MAX];
    size_t n;
};

static bool parse_arguments(struct parser *p, struct arguments *a)
{
    a->n = 0;
    if (!need_mark(p, "("))
        return false;
    while (!at_mark(p, ")") && a->n < ARGS_MAX) {
        if (a->n > 0 && !need_mark(p, ","))
            return false;
        a->at[a->n] = p->token.at;
        a->items[a->n] = parse_or(p);
        if (a->items[a->n] == NULL)
            return false;
        a->n++;
    }
    return need_mark(p, ")");
}

static bool count_is(struct parser *p, size_t at, const struct arguments *a, size_t min, size_t max)
{
    if (a->n >= min && a->n <= max)
        return true;
    fault(p, at, "syntax", "参数的个数不对。", "wrong number of arguments.");
    return false;
}

static node_t over_rows(struct parser *p, enum expr_op op, enum value_kind kind,
                        const struct arguments *a, const struct expr_name *table)
{
    struct expr_node *node = (struct expr_node *)new_node(p, op, kind, a->items, a->n);

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
                                      : wrong_type(p, a->at[0]);
    if (it->kind == VALUE_LIST)
        return new_node(p, OP_ITEMS, VALUE_NUMBER, a->items, 1);
    if (it->op != OP_NAME || !it->at.name->table)
        return wrong_type(p, a->at[0]);
    node = (struct expr_node *)new_node(p, OP_ROWS, VALUE_NUMBER, NULL, 0);
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
    kind = is_day(a->items[0]->kind) && op != OP_SUM_ROWS ? VALUE_DATE : VALUE_NUMBER;
    if (as_kind(p, a->items[0], kind) == NULL)
        return wrong_type(p, a->at[0]);
    if (a->n == 2 && a->items[1]->kind != VALUE_BOOL)
        return wrong_type(p, a->at[1]);
    return over_rows(p, op, kind, a, table);
}

/* min and max of numbers or days. */
static node_t make_least(struct parser *p, enum expr_op op, size_t at, struct arguments *a)
{
    enum value_kind kind;

    if (!count_is(p, at, a, 1, ARGS_MAX))
        return NULL;
    kind = is_day(a->items[0]->kind) ? VALUE_DATE : VALUE_NUMBER;
    for (size_t i = 0; i < a->n; i++)
        if ((a->items[i] = want(p, a->at[i], a->items[i], kind)) == NULL)
            return NULL;
    return new_node(p, op, kind, a->items, a->n);
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
        return fault(p, at, "type", "sum、count 不能套着写。", "sum and count do not nest.");
    if (a.n == 0)
        return fault(p, at, "syntax", "参数的个数不对。", "wrong number of arguments.");
    if (strcmp(name, "count") == 0)
        return make_count(p, at, &a, table);
    if (strcmp(name, "sum") == 0)
        return table == NULL
                   ? fault(p, at, "type", "sum 里要写表的一列。", "sum wants a column of a table.")
                   : make_of_rows(p, OP_SUM_ROWS, at, &a, table);
    return table != NULL ? make_of_rows(p, most ? OP_MAX_ROWS : OP_MIN_ROWS, at, &a, table)
                         : make_least(p, most ? OP_MAX : OP_MIN, at, &a);
}

static node_t make_if(struct parser *p, struct arguments *a)
{
    enum value_kind kind;

    if (a->items[0]->kind != VALUE_BOOL)
        return wrong_type(p, a->at[0]);
    kind = a->items[1]->kind;
    if (is_day(kind) || is_day(a->items[2]->kind))
        kind = VALUE_DATE;
    for (size_t i = 1; i < 3; i++)
        if ((a->items[i] = want(p, a->at[i], a->items[i], kind)) == NULL)
            return NULL;
    return kind == VALUE_FILLED || kind == VALUE_LIST ? wrong_type(p, a->at[1])
                                                      : new_node(p, OP_IF, kind, a->items, 3);
}

static node_t make_default(struct parser *p, struct arguments *a)
{
    enum value_kind kind = is_day(a->items[0]->kind) ? VALUE_DATE : a->items[0]->kind;

    if (kind == VALUE_FILLED || kind == VALUE_LIST)
        return wrong_type(p, a->at[0]);
    a->items[1] = want(p, a->at[1], a->items[1], kind);
    return new_node(p, OP_DEFAULT, kind, a->items, 2);
}

static node_t make_rank(struct parser *p, struct arguments *a)
{
    node_t of = a->items[0];
    const struct expr_name *last;

    if (of->op != OP_NAME || of->kind != VALUE_TEXT)
        return wrong_type(p, a->at[0]);
    last = of->at.deeper != NULL   ? of->at.deeper
           : of->at.member != NULL ? of->at.member
                                   : of->at.name;
    return last->codes == NULL ? wrong_type(p, a->at[0])
                               : new_node(p, OP_RANK, VALUE_NUMBER, a->items, 1);
}

static node_t make_has(struct parser *p, struct arguments *a)
{
    if (a->items[0]->kind != VALUE_LIST)
        return wrong_type(p, a->at[0]);
    if ((a->items[1] = want(p, a->at[1], a->items[1], VALUE_TEXT)) == NULL ||
        !code_fits(p, a->at[1], a->items[0], a->items[1]))
        return NULL;
    return new_node(p, OP_HAS, VALUE_BOOL, a->items, 2);
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
};

/* link(FIELD, NAME): two bare names. */
static node_t parse_link(struct parser *p, size_t at)
{
    const struct expr_name *field, *linked;
    struct expr_node *node;
    const char *name;

    if (p->scope->linked == NULL)
        return fault(p, at, "type", "这里不能用 link。", "link cannot be used here.");
    if (!need_mark(p, "("))
        return NULL;
    field = p->token.kind == TOKEN_NAME ? name_in_scope(p, p->token.text) : NULL;
    if (field == NULL)
        return unknown(p, p->token.at, p->token.text == NULL ? "" : p->token.text);
    advance(p);
    if (!need_mark(p, ","))
        return NULL;
    name = p->token.kind == TOKEN_NAME ? p->token.text : "";
    linked = p->scope->linked(p->scope->arg, field->name, name);
    if (linked == NULL)
        return unknown(p, p->token.at, name);
    if (linked->kind == VALUE_LIST || linked->kind == VALUE_FILLED || linked->table)
        return wrong_type(p, p->token.at);
    advance(p);
    if (!need_mark(p, ")"))
        return NULL;
    node = (struct expr_node *)new_node(p, OP_LINK, linked->kind, NULL, 0);
    if (node != NULL) {
        node->at.name = field;
        node->link = name;
    }
    return node;
}

static node_t parse_function(struct parser *p)
{
    size_t at = p->token.at;
    const char *name = p->token.text;
    struct arguments a;

    advance(p);
    if (strcmp(name, "link") == 0)
        return parse_link(p, at);
    if (strcmp(name, "sum") == 0 || strcmp(name, "count") == 0 || strcmp(name, "min") == 0 ||
        strcmp(name, "max") == 0)
        return parse_over_rows(p, at, name);
    if (!parse_arguments(p, &a))
        return NULL;
    if (strcmp(name, "if") == 0)
        return count_is(p, at, &a, 3, 3) ? make_if(p, &a) : NULL;
    if (strcmp(name, "empty") == 0)
        return count_is(p, at, &a, 1, 1) ? new_node(p, OP_EMPTY, VALUE_BOOL, a.items, 1) : NULL;
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
            if ((a.items[k] = want(p, a.at[k], a.items[k], f->takes[k])) == NULL)
                return NULL;
        return new_node(p, f->op, f->gives, a.items, a.n);
    }
    return unknown(p, at, name);
}

/* ---- precedence ---- */

static bool calls(const struct parser *p)
{
    size_t next = p->next;

    while (p->text[next] == ' ')
        next++;
    return p->text[next] == '(';
}

static node_t parse_primary(struct parser *p)
{
    struct token t = p->token;
    node_t node;

    switch (t.kind) {
    case TOKEN_NUMBER:
        advance(p);
        return constant(p, value_number(t.number));
    case TOKEN_TEXT:
        advance(p);
        return constant(p, (struct value){.kind = VALUE_TEXT, .text = t.text});
    case TOKEN_NAME:
        if (at_word(p, "true") || at_word(p, "false")) {
            advance(p);
            return constant(p, (struct value){.kind = VALUE_BOOL, .truth = t.text[0] == 't'});
        }
        return calls(p) ? parse_function(p) : parse_name(p);
    case TOKEN_MARK:
        if (!take_if_mark(p, "("))
            break;
        node = parse_or(p);
        return node != NULL && need_mark(p, ")") ? node : NULL;
    case TOKEN_END:
        break;
    }
    return fault(p, t.at, "syntax", "这里缺一个值。", "a value is expected.");
}

static node_t parse_sign(struct parser *p)
{
    size_t at = p->token.at;
    node_t of;

    if (!take_if_mark(p, "-"))
        return parse_primary(p);
    of = want(p, at, parse_primary(p), VALUE_NUMBER);
    return of == NULL ? NULL : new_node(p, OP_NEGATE, VALUE_NUMBER, &of, 1);
}

/* Left to right, numbers on both sides. */
static node_t parse_chain(struct parser *p, node_t (*operand)(struct parser *), const char *one,
                          enum expr_op op_one, const char *other, enum expr_op op_other)
{
    size_t at = p->token.at;
    node_t left = operand(p);

    while (left != NULL && (at_mark(p, one) || at_mark(p, other))) {
        enum expr_op op = at_mark(p, one) ? op_one : op_other;
        node_t both[2];
        size_t right;

        advance(p);
        right = p->token.at;
        both[0] = want(p, at, left, VALUE_NUMBER);
        both[1] = both[0] == NULL ? NULL : want(p, right, operand(p), VALUE_NUMBER);
        left = both[1] == NULL ? NULL : new_node(p, op, VALUE_NUMBER, both, 2);
    }
    return left;
}

static node_t parse_product(struct parser *p)
{
    return parse_chain(p, parse_sign, "*", OP_MULTIPLY, "/", OP_DIVIDE);
}

static node_t parse_sum(struct parser *p)
{
    return parse_chain(p, parse_product, "+", OP_ADD, "-", OP_SUBTRACT);
}

/* ["x", "y"] behind `in`: constants of the left side's kind. */
static node_t parse_in(struct parser *p, size_t at, node_t left)
{
    node_t items[ARGS_MAX] = {left};
    size_t n = 1;

    if (left->kind != VALUE_TEXT && left->kind != VALUE_NUMBER)
        return wrong_type(p, at);
    if (!need_mark(p, "["))
        return NULL;
    do {
        size_t item = p->token.at;

        if (n == ARGS_MAX)
            return fault(p, item, "too_long", "列表太长。", "the list is too long.");
        items[n] = want(p, item, parse_sign(p), left->kind);
        if (items[n] == NULL || !code_fits(p, item, left, items[n]))
            return NULL;
        n++;
    } while (take_if_mark(p, ","));
    return need_mark(p, "]") ? new_node(p, OP_IN, VALUE_BOOL, items, n) : NULL;
}

static node_t compare(struct parser *p, enum expr_op op, size_t at, node_t left, size_t right_at,
                      node_t right)
{
    node_t both[2] = {left, right};
    enum value_kind kind;

    if (right == NULL)
        return NULL;
    kind = left->kind;
    if (is_day(kind) || is_day(right->kind)) {
        if (left->kind != right->kind) {
            both[0] = want(p, at, left, VALUE_DATE);
            both[1] = want(p, right_at, right, VALUE_DATE);
        }
    } else if (kind != right->kind) {
        return wrong_type(p, right_at);
    } else if (kind == VALUE_LIST || kind == VALUE_FILLED ||
               (kind != VALUE_NUMBER && op != OP_EQUAL && op != OP_UNEQUAL)) {
        return wrong_type(p, at);
    } else if (kind == VALUE_TEXT &&
               (!code_fits(p, right_at, left, right) || !code_fits(p, at, right, left))) {
        return NULL;
    }
    return new_node(p, op, VALUE_BOOL, both, 2);
}

static node_t parse_comparison(struct parser *p)
{
    static const struct {
        const char *mark;
        enum expr_op op;
    } marks[] = {{"=", OP_EQUAL},       {"!=", OP_UNEQUAL}, {"<=", OP_LESS_EQUAL},
                 {">=", OP_MORE_EQUAL}, {"<", OP_LESS},     {">", OP_MORE}};
    size_t at = p->token.at, right;
    node_t left = parse_sum(p);

    if (left == NULL)
        return NULL;
    if (at_word(p, "in")) {
        advance(p);
        return parse_in(p, at, left);
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (!take_if_mark(p, marks[i].mark))
            continue;
        right = p->token.at;
        return compare(p, marks[i].op, at, left, right, parse_sum(p));
    }
    return left;
}

static node_t parse_not(struct parser *p)
{
    size_t at;
    node_t of;

    if (!at_word(p, "not"))
        return parse_comparison(p);
    if (++p->depth > DEPTH_MAX)
        return fault(p, p->token.at, "too_deep", "括号套得太深。", "nested too deep.");
    advance(p);
    at = p->token.at;
    of = want(p, at, parse_not(p), VALUE_BOOL);
    p->depth--;
    return of == NULL ? NULL : new_node(p, OP_NOT, VALUE_BOOL, &of, 1);
}

/* Left to right, conditions on both sides. */
static node_t parse_conditions(struct parser *p, node_t (*operand)(struct parser *),
                               const char *word, enum expr_op op)
{
    size_t at = p->token.at;
    node_t left = operand(p);

    while (left != NULL && at_word(p, word)) {
        node_t both[2];
        size_t right;

        advance(p);
        right = p->token.at;
        both[0] = want(p, at, left, VALUE_BOOL);
        both[1] = both[0] == NULL ? NULL : want(p, right, operand(p), VALUE_BOOL);
        left = both[1] == NULL ? NULL : new_node(p, op, VALUE_BOOL, both, 2);
    }
    return left;
}

static node_t parse_and(struct parser *p)
{
    return parse_conditions(p, parse_not, "and", OP_AND);
}

static node_t parse_or(struct parser *p)
{
    node_t node;

    if (++p->depth > DEPTH_MAX)
        return fault(p, p->token.at, "too_deep", "括号套得太深。", "nested too deep.");
    node = parse_conditions(p, parse_and, "or", OP_OR);
    p->depth--;
    return node;
}

/* ---- the whole ---- */

const struct expr *expr_parse(struct reader *r, const char *text, enum value_kind kind,
                              const struct expr_scope *scope)
{
    struct parser p = {.r = r, .scope = scope, .text = text};
    struct expr *e;
    node_t root;

    if (strlen(text) > TEXT_MAX) {
        fault(&p, 0, "too_long", "表达式太长。", "the expression is too long.");
        return NULL;
    }
    advance(&p);
    root = parse_or(&p);
    if (root != NULL && p.token.kind != TOKEN_END)
        root =
            fault(&p, p.token.at, "syntax", "后面多了东西。", "something stands behind the end.");
    if (root != NULL && kind != VALUE_EMPTY)
        root = want(&p, 0, root, kind);
    else if (root != NULL && (root->kind == VALUE_FILLED || root->kind == VALUE_LIST))
        root = wrong_type(&p, 0);
    if (p.failed) /* a token behind the end may be what is wrong */
        return NULL;
    e = root == NULL ? NULL : ARENA_NEW(r->arena, struct expr);
    if (e == NULL) {
        r->no_memory |= root != NULL;
        return NULL;
    }
    e->text = arena_strdup(r->arena, text);
    e->root = root;
    r->no_memory |= e->text == NULL;
    return e;
}

const struct expr *read_expr(struct reader *r, const json_t *object, const char *key, bool required,
                             enum value_kind kind, const struct expr_scope *scope)
{
    const char *text = read_text(r, object, key, required);
    const struct expr *e;
    size_t at;

    if (text == NULL)
        return NULL;
    at = reader_key(r, key);
    e = expr_parse(r, text, kind, scope);
    reader_up(r, at);
    return e;
}

enum value_kind expr_kind(const struct expr *e)
{
    return e->root->kind;
}

const char *expr_text(const struct expr *e)
{
    return e->text;
}

static void name_nodes(node_t node, expr_named_fn *named, void *arg)
{
    if (node->op == OP_NAME || node->op == OP_LINK || node->op == OP_ROWS)
        named(arg, node->at.name, node->op == OP_LINK);
    if (node->op == OP_NAME && node->at.member != NULL)
        named(arg, node->at.member, false);
    if (node->op == OP_NAME && node->at.deeper != NULL)
        named(arg, node->at.deeper, false);
    for (size_t i = 0; i < node->n_args; i++)
        name_nodes(node->args[i], named, arg);
}

void expr_names(const struct expr *e, expr_named_fn *named, void *arg)
{
    name_nodes(e->root, named, arg);
}
