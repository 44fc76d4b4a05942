/* An expression being read; only for expr_parse.c (precedence and types), expr_tokens.c and
 * expr_functions.c. */
#ifndef FANGXIN_RULES_EXPR_PARSER_H
#define FANGXIN_RULES_EXPR_PARSER_H

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

/* ---- tokens; a fault is said once ---- */

node_t parser_fault(struct parser *p, size_t at, const char *code, const char *zh, const char *en);
node_t parser_wrong_type(struct parser *p, size_t at);
void parser_advance(struct parser *p);
bool parser_at_mark(const struct parser *p, const char *mark);
bool parser_at_word(const struct parser *p, const char *word);
bool parser_takes(struct parser *p, const char *mark);
bool parser_needs(struct parser *p, const char *mark);

/* ---- nodes, names and precedence ---- */

node_t parser_node(struct parser *p, enum expr_op op, enum value_kind kind, const node_t *args,
                   size_t n_args);
bool parser_is_day(enum value_kind kind);
node_t parser_as(struct parser *p, node_t node, enum value_kind kind);
node_t parser_want(struct parser *p, size_t at, node_t node, enum value_kind kind);
bool parser_code_fits(struct parser *p, size_t at, node_t name, node_t text);
const struct expr_name *parser_name_in_scope(const struct parser *p, const char *name);
/* ".member" behind @p of; NULL with a fault. */
const struct expr_name *parser_member(struct parser *p, const struct expr_name *of);
node_t parser_unknown(struct parser *p, size_t at, const char *name);
node_t parser_expression(struct parser *p);

/* ---- functions ---- */

node_t parser_function(struct parser *p);

#endif
