/* Tokens of expressions, and what is wrong with them. */
#include <string.h>

#include "base/text.h"
#include "rules/expr_parser.h"

/* ---- faults ---- */

node_t parser_fault(struct parser *p, size_t at, const char *code, const char *zh, const char *en)
{
    if (!p->failed) {
        size_t n = utf8_count(p->text, at) + 1;

        reader_fault(p->r, NULL, code, arena_printf(p->r->arena, "第 %zu 个字：%s", n, zh),
                     "Character %zu: %s", n, en);
    }
    p->failed = true;
    return NULL;
}

node_t parser_wrong_type(struct parser *p, size_t at)
{
    return parser_fault(p, at, "type", "类型不对，这里不能这样用。", "the type does not fit here.");
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
        parser_fault(p, p->next, "syntax", "数太长。", "the number is too long.");
        return;
    }
    memcpy(digits, from, n);
    digits[n] = '\0';
    if (!decimal_parse(digits, &p->token.number))
        parser_fault(p, p->next, "syntax", "数写得不对，最多四位小数。",
                     "not a number with at most four decimals.");
    p->token.kind = TOKEN_NUMBER;
    p->next += n;
}

static void take_text(struct parser *p)
{
    const char *from = p->text + p->next + 1, *to = strchr(from, '"');

    if (to == NULL) {
        parser_fault(p, p->next, "syntax", "引号没有收尾。", "the quotation is not closed.");
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
        parser_fault(p, p->next, "syntax", "名称太长。", "the name is too long.");
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
    parser_fault(p, p->next, "syntax", "这个字符不认识。", "this character is not known.");
}

void parser_advance(struct parser *p)
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

bool parser_at_mark(const struct parser *p, const char *mark)
{
    return p->token.kind == TOKEN_MARK && strcmp(p->token.text, mark) == 0;
}

bool parser_at_word(const struct parser *p, const char *word)
{
    return p->token.kind == TOKEN_NAME && strcmp(p->token.text, word) == 0;
}

bool parser_takes(struct parser *p, const char *mark)
{
    if (!parser_at_mark(p, mark))
        return false;
    parser_advance(p);
    return true;
}

bool parser_needs(struct parser *p, const char *mark)
{
    if (parser_takes(p, mark))
        return true;
    parser_fault(p, p->token.at, "syntax", arena_printf(p->r->arena, "这里要写“%s”。", mark),
                 arena_printf(p->r->arena, "\"%s\" is expected.", mark));
    return false;
}
