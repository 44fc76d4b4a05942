/* Reading the setting of targets. */
#include "work/house_target.h"

#include <string.h>

#include "base/text.h"
#include "rules/pack.h"

#define BETWEEN " ,"

struct part {
    const char *body, *rule; /* not ended: the lengths count */
    size_t body_len, rule_len, len;
    int64_t length; /* -1: not understood */
};

static struct part read_part(struct arena *arena, const char *at)
{
    struct part p = {.body = at, .len = strcspn(at, BETWEEN), .length = -1};
    const char *colon = memchr(at, ':', p.len);
    const char *equals = colon == NULL ? NULL : memchr(colon, '=', (size_t)(at + p.len - colon));

    if (equals == NULL)
        return p;
    p.body_len = (size_t)(colon - at);
    p.rule = colon + 1;
    p.rule_len = (size_t)(equals - p.rule);
    if (!text_int64(arena_strndup(arena, equals + 1, (size_t)(at + p.len - equals - 1)), &p.length))
        p.length = -1;
    return p;
}

static bool same(const char *text, size_t n, const char *whole)
{
    return whole != NULL && strlen(whole) == n && strncmp(text, whole, n) == 0;
}

/* -1: nothing is set for this body. Numbers were checked when they were put. */
static int set_for(const char *value, const char *body, const char *rule)
{
    for (const char *at = value; *at != '\0';) {
        size_t len = strcspn(at, BETWEEN), n = strlen(body), k = strlen(rule);

        if (len > n + k + 2 && strncmp(at, body, n) == 0 && at[n] == ':' &&
            strncmp(at + n + 1, rule, k) == 0 && at[n + 1 + k] == '=') {
            int length = 0;

            for (const char *p = at + n + k + 2; p < at + len && *p >= '0' && *p <= '9'; p++)
                length = length * 10 + (*p - '0');
            return length;
        }
        at += len;
        at += strspn(at, BETWEEN);
    }
    return -1;
}

int house_target(const struct setup *setup, const char *body, const struct deadline_rule *rule)
{
    const struct body *b = setup_body(setup, body);
    int length = -1;

    for (; b != NULL && length < 0 && setup->targets != NULL; b = setup_body(setup, b->parent))
        length = set_for(setup->targets, b->code, rule->id);
    if (length < 0)
        return rule->target;
    return length < rule->length ? length : 0;
}

/* ---- checking ---- */

/* The shortest term that a rule of this name has in the packs of the office; 0: no such rule. */
static int shortest(const struct setup *setup, const char *rule, size_t n)
{
    int least = 0;

    for (size_t i = 0; i < setup->n_packs; i++)
        for (size_t k = 0; k < setup->packs[i]->n_deadlines; k++) {
            const struct deadline_rule *d = &setup->packs[i]->deadlines[k];

            if (same(rule, n, d->id) && (least == 0 || d->length < least))
                least = d->length;
        }
    return least;
}

static enum err_code refuse(struct op *op, const struct part *p, const char *code, const char *zh,
                            const char *en)
{
    const char *part = arena_strndup(op->arena, p->body, p->len);

    return err_field(&op->err, ERR_INVALID, "value", code,
                     arena_printf(op->arena, "“%s”：%s", part, zh),
                     arena_printf(op->arena, "\"%s\": %s", part, en));
}

static enum err_code check_part(struct op *op, const struct part *p)
{
    const char *body = arena_strndup(op->arena, p->body, p->body_len);
    int term;

    if (p->rule == NULL || p->length < 0)
        return refuse(op, p, "format", "写成 420202:D1=4（单位:期限=天数）",
                      "Write 420202:D1=4 (body:rule=days).");
    if (setup_body(op->setup, body) == NULL)
        return refuse(op, p, "unknown_body", "没有这个单位", "There is no such body.");
    term = shortest(op->setup, p->rule, p->rule_len);
    if (term == 0)
        return refuse(op, p, "unknown_rule", "规则包里没有这个期限",
                      "No rule pack has such a deadline.");
    if (p->length >= term)
        return refuse(op, p, "range", arena_printf(op->arena, "内部目标要短于法定期限 %d", term),
                      arena_printf(op->arena, "A target is shorter than the term of %d.", term));
    return ERR_OK;
}

enum err_code house_targets_check(struct op *op, const char *value)
{
    for (const char *at = value + strspn(value, BETWEEN); *at != '\0';) {
        struct part p = read_part(op->arena, at);

        TRY(check_part(op, &p));
        at += p.len;
        at += strspn(at, BETWEEN);
    }
    return ERR_OK;
}
