/* Reads expressions: tokens, a recursive descent by precedence, and types as it goes.
 *
 *   or → and → not → comparison → sum → product → sign → literal, name, function, (…) */
#include <string.h>

#include "base/text.h"
#include "rules/expr_parser.h"

/* ---- nodes ---- */

node_t parser_node(struct parser *p, enum expr_op op, enum value_kind kind, const node_t *args,
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
        return parser_fault(p, p->token.at, "too_long", "表达式太长。",
                            "the expression is too long.");
    if (n_args > 0)
        memcpy(kept, args, n_args * sizeof *args);
    *node = (struct expr_node){.op = op, .kind = kind, .args = kept, .n_args = n_args};
    return node;
}

static node_t parser_constant(struct parser *p, struct value value)
{
    struct expr_node *node = (struct expr_node *)parser_node(p, OP_CONST, value.kind, NULL, 0);

    if (node != NULL)
        node->constant = value;
    return node;
}

bool parser_is_day(enum value_kind kind)
{
    return kind == VALUE_DATE || kind == VALUE_INSTANT;
}

/* The node as a value of that kind: a written day "2026-03-15" becomes a date. NULL when it cannot
 * be one. */
node_t parser_as(struct parser *p, node_t node, enum value_kind kind)
{
    date_t date;

    if (node == NULL || node->kind == kind || (kind == VALUE_DATE && node->kind == VALUE_INSTANT))
        return node;
    if (kind != VALUE_DATE || node->op != OP_CONST || node->kind != VALUE_TEXT)
        return NULL;
    date = date_parse(node->constant.text);
    return date == DATE_NONE ? NULL
                             : parser_constant(p, (struct value){.kind = VALUE_DATE, .date = date});
}

node_t parser_want(struct parser *p, size_t at, node_t node, enum value_kind kind)
{
    node_t fits = parser_as(p, node, kind);

    return node != NULL && fits == NULL ? parser_wrong_type(p, at) : fits;
}

/* The choice that a text is compared with must be one of its codes. */
bool parser_code_fits(struct parser *p, size_t at, node_t name, node_t text)
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
    parser_fault(
        p, at, "unknown_name",
        arena_printf(p->r->arena, "%s 没有“%s”这一项。", of->name, text->constant.text),
        arena_printf(p->r->arena, "%s has no choice \"%s\".", of->name, text->constant.text));
    return false;
}

/* ---- names ---- */

static const struct expr_name *parser_name_among(const struct expr_name *names, size_t n,
                                                 const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i].name, name) == 0)
            return &names[i];
    return NULL;
}

const struct expr_name *parser_name_in_scope(const struct parser *p, const char *name)
{
    const struct expr_name *found = parser_name_among(p->scope->more, p->scope->n_more, name);

    return found != NULL ? found : parser_name_among(p->scope->names, p->scope->n_names, name);
}

node_t parser_unknown(struct parser *p, size_t at, const char *name)
{
    return parser_fault(p, at, "unknown_name",
                        arena_printf(p->r->arena, "没有“%s”这个名称。", name),
                        arena_printf(p->r->arena, "there is no name \"%s\".", name));
}

const struct expr_name *parser_member(struct parser *p, const struct expr_name *of)
{
    const struct expr_name *member;

    parser_advance(p);
    if (p->token.kind != TOKEN_NAME) {
        parser_fault(p, p->token.at, "syntax", "点后面要写名称。",
                     "a name is expected behind the point.");
        return NULL;
    }
    member = parser_name_among(of->members, of->n_members, p->token.text);
    if (member == NULL) {
        parser_unknown(p, p->token.at, p->token.text);
        return NULL;
    }
    parser_advance(p);
    return member;
}

/* A column is named inside an aggregate alone, and all of one table. */
static bool parser_row_fits(struct parser *p, size_t at, const struct expr_name *table)
{
    if (!p->in_rows || (p->rows != NULL && p->rows != table)) {
        parser_fault(p, at, "type", "表里的列只能写在同一个 sum、count、min、max 里。",
                     "columns of one table stand inside sum, count, min or max.");
        return false;
    }
    p->rows = table;
    return true;
}

static node_t parser_name(struct parser *p)
{
    size_t at = p->token.at;
    struct expr_at found = {.name = parser_name_in_scope(p, p->token.text)};
    const struct expr_name *last = found.name;
    struct expr_node *node;

    if (last == NULL)
        return parser_unknown(p, at, p->token.text);
    parser_advance(p);
    if (parser_at_mark(p, ".")) {
        last = found.member = parser_member(p, last);
        if (last != NULL && parser_at_mark(p, "."))
            last = found.deeper = parser_member(p, last);
    }
    if (last == NULL)
        return NULL;
    if (found.name->table && found.member != NULL && !parser_row_fits(p, at, found.name))
        return NULL;
    node = (struct expr_node *)parser_node(p, OP_NAME, last->table ? VALUE_FILLED : last->kind,
                                           NULL, 0);
    if (node != NULL)
        node->at = found;
    return node;
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
        parser_advance(p);
        return parser_constant(p, value_number(t.number));
    case TOKEN_TEXT:
        parser_advance(p);
        return parser_constant(p, (struct value){.kind = VALUE_TEXT, .text = t.text});
    case TOKEN_NAME:
        if (parser_at_word(p, "true") || parser_at_word(p, "false")) {
            parser_advance(p);
            return parser_constant(p,
                                   (struct value){.kind = VALUE_BOOL, .truth = t.text[0] == 't'});
        }
        return calls(p) ? parser_function(p) : parser_name(p);
    case TOKEN_MARK:
        if (!parser_takes(p, "("))
            break;
        node = parser_expression(p);
        return node != NULL && parser_needs(p, ")") ? node : NULL;
    case TOKEN_END:
        break;
    }
    return parser_fault(p, t.at, "syntax", "这里缺一个值。", "a value is expected.");
}

static node_t parse_sign(struct parser *p)
{
    size_t at = p->token.at;
    node_t of;

    if (!parser_takes(p, "-"))
        return parse_primary(p);
    of = parser_want(p, at, parse_primary(p), VALUE_NUMBER);
    return of == NULL ? NULL : parser_node(p, OP_NEGATE, VALUE_NUMBER, &of, 1);
}

/* Left to right, numbers on both sides. */
static node_t parse_chain(struct parser *p, node_t (*operand)(struct parser *), const char *one,
                          enum expr_op op_one, const char *other, enum expr_op op_other)
{
    size_t at = p->token.at;
    node_t left = operand(p);

    while (left != NULL && (parser_at_mark(p, one) || parser_at_mark(p, other))) {
        enum expr_op op = parser_at_mark(p, one) ? op_one : op_other;
        node_t both[2];
        size_t right;

        parser_advance(p);
        right = p->token.at;
        both[0] = parser_want(p, at, left, VALUE_NUMBER);
        both[1] = both[0] == NULL ? NULL : parser_want(p, right, operand(p), VALUE_NUMBER);
        left = both[1] == NULL ? NULL : parser_node(p, op, VALUE_NUMBER, both, 2);
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
        return parser_wrong_type(p, at);
    if (!parser_needs(p, "["))
        return NULL;
    do {
        size_t item = p->token.at;

        if (n == ARGS_MAX)
            return parser_fault(p, item, "too_long", "列表太长。", "the list is too long.");
        items[n] = parser_want(p, item, parse_sign(p), left->kind);
        if (items[n] == NULL || !parser_code_fits(p, item, left, items[n]))
            return NULL;
        n++;
    } while (parser_takes(p, ","));
    return parser_needs(p, "]") ? parser_node(p, OP_IN, VALUE_BOOL, items, n) : NULL;
}

static node_t compare(struct parser *p, enum expr_op op, size_t at, node_t left, size_t right_at,
                      node_t right)
{
    node_t both[2] = {left, right};
    enum value_kind kind;

    if (right == NULL)
        return NULL;
    kind = left->kind;
    if (parser_is_day(kind) || parser_is_day(right->kind)) {
        if (left->kind != right->kind) {
            both[0] = parser_want(p, at, left, VALUE_DATE);
            both[1] = parser_want(p, right_at, right, VALUE_DATE);
        }
    } else if (kind != right->kind) {
        return parser_wrong_type(p, right_at);
    } else if (kind == VALUE_LIST || kind == VALUE_FILLED ||
               (kind != VALUE_NUMBER && op != OP_EQUAL && op != OP_UNEQUAL)) {
        return parser_wrong_type(p, at);
    } else if (kind == VALUE_TEXT && (!parser_code_fits(p, right_at, left, right) ||
                                      !parser_code_fits(p, at, right, left))) {
        return NULL;
    }
    return parser_node(p, op, VALUE_BOOL, both, 2);
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
    if (parser_at_word(p, "in")) {
        parser_advance(p);
        return parse_in(p, at, left);
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (!parser_takes(p, marks[i].mark))
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

    if (!parser_at_word(p, "not"))
        return parse_comparison(p);
    if (++p->depth > DEPTH_MAX)
        return parser_fault(p, p->token.at, "too_deep", "括号套得太深。", "nested too deep.");
    parser_advance(p);
    at = p->token.at;
    of = parser_want(p, at, parse_not(p), VALUE_BOOL);
    p->depth--;
    return of == NULL ? NULL : parser_node(p, OP_NOT, VALUE_BOOL, &of, 1);
}

/* Left to right, conditions on both sides. */
static node_t parse_conditions(struct parser *p, node_t (*operand)(struct parser *),
                               const char *word, enum expr_op op)
{
    size_t at = p->token.at;
    node_t left = operand(p);

    while (left != NULL && parser_at_word(p, word)) {
        node_t both[2];
        size_t right;

        parser_advance(p);
        right = p->token.at;
        both[0] = parser_want(p, at, left, VALUE_BOOL);
        both[1] = both[0] == NULL ? NULL : parser_want(p, right, operand(p), VALUE_BOOL);
        left = both[1] == NULL ? NULL : parser_node(p, op, VALUE_BOOL, both, 2);
    }
    return left;
}

static node_t parse_and(struct parser *p)
{
    return parse_conditions(p, parse_not, "and", OP_AND);
}

node_t parser_expression(struct parser *p)
{
    node_t node;

    if (++p->depth > DEPTH_MAX)
        return parser_fault(p, p->token.at, "too_deep", "括号套得太深。", "nested too deep.");
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
        parser_fault(&p, 0, "too_long", "表达式太长。", "the expression is too long.");
        return NULL;
    }
    parser_advance(&p);
    root = parser_expression(&p);
    if (root != NULL && p.token.kind != TOKEN_END)
        root = parser_fault(&p, p.token.at, "syntax", "后面多了东西。",
                            "something stands behind the end.");
    if (root != NULL && kind != VALUE_EMPTY)
        root = parser_want(&p, 0, root, kind);
    else if (root != NULL && (root->kind == VALUE_FILLED || root->kind == VALUE_LIST))
        root = parser_wrong_type(&p, 0);
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
