/* The list behind a number of a cross table: the filter narrowed by the keys of its row and column,
 * told as the parameters that differ. A key never widens what was asked for already. */
#include "insight/cross.h"

#include <string.h>

#include "insight/list_internal.h"

/* Whether the code asked for lies at or below @p key. */
static bool lies_below(const char *asked, const char *key)
{
    size_t n = strlen(key);

    return given(asked) && strncmp(asked, key, n) == 0 && (asked[n] == '\0' || asked[n] == '.');
}

/* @p whole: the key takes what lies below it too. */
static const char *narrow_code(struct op *op, const char *asked, const char *key, bool whole)
{
    if (key[0] == '\0')
        return LIST_NONE;
    if (lies_below(asked, key))
        return whole || strcmp(asked, key) != 0 ? asked : arena_printf(op->arena, "%s.none", key);
    return whole ? key : arena_printf(op->arena, "%s.none", key);
}

/* '…,b' holds b. */
static bool holds_theme(const char *themes, const char *theme)
{
    size_t n = strlen(theme);

    for (const char *p = themes; given(p);) {
        size_t len = strcspn(p, ",");

        if (len == n && strncmp(p, theme, n) == 0)
            return true;
        p += len + (p[len] == ',');
    }
    return false;
}

static const char *narrow_themes(struct op *op, const char *asked, const char *key)
{
    if (key[0] == '\0')
        return LIST_NONE;
    if (!given(asked))
        return key;
    return holds_theme(asked, key) ? asked : arena_printf(op->arena, "%s,%s", asked, key);
}

static void narrow_days(struct list_filter *f, date_t from, date_t to)
{
    if (!given_date(f->from) || f->from < from)
        f->from = from;
    if (!given_date(f->to) || f->to > to)
        f->to = to;
}

static void narrow_officer(struct list_filter *f, const char *key)
{
    if (key[0] != '\0')
        f->officer = strtoll(key, NULL, 10);
    else if (!f->unassigned)
        f->officer_none = true;
}

/* The body asked for stands for its own matters alone; the root where none was asked for. */
static void narrow_branch(struct list_filter *f, const struct cross_table *table, const char *key)
{
    bool top = given(f->body) ? strcmp(f->body, key) == 0
                              : table->top != NULL && strcmp(table->top, key) == 0;

    if (f->body_only)
        return;
    f->body = key;
    f->body_only = top;
}

static enum err_code narrow(struct op *op, struct list_filter *f, const struct cross_table *table,
                            enum cross_column column, const char *key)
{
    date_t day;

    switch (column) {
    case CROSS_BODY:
        f->body = key;
        f->body_only = true;
        break;
    case CROSS_BRANCH:
        narrow_branch(f, table, key);
        break;
    case CROSS_OFFICER:
        narrow_officer(f, key);
        break;
    case CROSS_STATUS:
        f->status = key;
        break;
    case CROSS_WAITING_FOR:
        f->waiting_for = key;
        break;
    case CROSS_KIND:
        f->kind = key;
        break;
    case CROSS_CHANNEL:
        f->channel = key;
        break;
    case CROSS_SECTOR:
        f->category = narrow_code(op, f->category, key, true);
        break;
    case CROSS_CATEGORY: /* "goods" in the second level: those that have none */
        f->category = narrow_code(op, f->category, key, strchr(key, '.') != NULL);
        break;
    case CROSS_PROBLEM:
        f->problem = narrow_code(op, f->problem, key, strchr(key, '.') != NULL);
        break;
    case CROSS_THEME:
        f->themes = narrow_themes(op, f->themes, key);
        break;
    case CROSS_OUTCOME:
        f->outcome = key[0] == '\0' ? LIST_NONE : key;
        break;
    case CROSS_BUSINESS:
        f->business = key[0] == '\0' ? 0 : strtoll(key, NULL, 10);
        f->business_none = key[0] == '\0';
        break;
    case CROSS_MONTH:
        day = date_parse(arena_printf(op->arena, "%s-01", key));
        narrow_days(f, day, date_month_start(date_month_index(day) + 1) - 1);
        break;
    case CROSS_DAY:
        day = date_parse(key);
        narrow_days(f, day, day);
        break;
    case CROSS_DUE:
        f->level = due_level_find(key);
        break;
    case CROSS_NOTHING:
    case CROSS_COUNT:
        break;
    }
    return ERR_OK;
}

/* ---- the difference ---- */

static void pair(struct cross_pair *ret, size_t *n, const char *name, const char *before,
                 const char *after)
{
    if (after == before || (before != NULL && after != NULL && strcmp(before, after) == 0))
        return;
    INVARIANT(*n < CROSS_PAIRS_MAX);
    ret[(*n)++] = (struct cross_pair){name, after};
}

static void pair_day(struct op *op, struct cross_pair *ret, size_t *n, const char *name,
                     date_t before, date_t after)
{
    char *text = arena_alloc(op->arena, DATE_TEXT);

    if (before == after || text == NULL)
        return;
    date_format(after, text);
    pair(ret, n, name, NULL, text);
}

enum err_code cross_opens(struct op *op, const struct list_filter *filter,
                          const struct cross_table *table, const char *row, const char *column,
                          struct cross_pair ret[CROSS_PAIRS_MAX], size_t *ret_n)
{
    struct list_filter f = *filter;
    size_t n = 0;

    if (row != NULL)
        TRY(narrow(op, &f, table, table->by, row));
    if (column != NULL)
        TRY(narrow(op, &f, table, table->and, column));
    pair(ret, &n, "body", filter->body, f.body);
    if (f.body_only && !filter->body_only)
        pair(ret, &n, "scope", NULL, "own");
    if (f.officer_none && !filter->officer_none)
        pair(ret, &n, "officer", NULL, "nobody");
    else if (f.officer != filter->officer)
        pair(ret, &n, "officer", NULL, arena_printf(op->arena, "%lld", (long long)f.officer));
    if (f.business_none && !filter->business_none)
        pair(ret, &n, "business", NULL, LIST_NONE);
    else if (f.business != filter->business)
        pair(ret, &n, "business", NULL, arena_printf(op->arena, "%lld", (long long)f.business));
    pair(ret, &n, "status", filter->status, f.status);
    pair(ret, &n, "waiting_for", filter->waiting_for, f.waiting_for);
    pair(ret, &n, "kind", filter->kind, f.kind);
    pair(ret, &n, "channel", filter->channel, f.channel);
    pair(ret, &n, "category", filter->category, f.category);
    pair(ret, &n, "problem", filter->problem, f.problem);
    pair(ret, &n, "themes", filter->themes, f.themes);
    pair(ret, &n, "outcome", filter->outcome, f.outcome);
    if (f.level != filter->level)
        pair(ret, &n, "due", NULL, due_level_name(f.level));
    pair_day(op, ret, &n, "from", filter->from, f.from);
    pair_day(op, ret, &n, "to", filter->to, f.to);
    for (size_t i = 0; i < n; i++)
        if (ret[i].value == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for a filter");
    *ret_n = n;
    return ERR_OK;
}
