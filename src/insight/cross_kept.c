/* Counting by two columns from the matters kept in memory: what the filter and the actor's scope
 * ask of a text is decided once per text, then each row is looked at. The same conditions as those
 * of compose_filters and compose_scope, which count what is not kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "insight/cross_internal.h"
#include "insight/kept_matters.h"

#define NUMBER_TEXT_BYTES 24

/* ---- what is asked ---- */

struct sieve {
    const struct list_filter *f;
    const struct visible *visible;
    bool all_seen; /* the actor sees everything */
    int64_t officer_id;
    const bool *texts[KEPT_TEXTS]; /* by code; NULL: any will do */
    const bool *reach;             /* bodies at or below the actor's, by code */
    const bool *own_body;          /* the actor's */
    const bool *leader;            /* waiting for one */
};

bool cross_is_kept(const struct list_filter *f, enum cross_column by, enum cross_column and)
{
    return !given(f->q) && f->group == 0 && f->business == 0 && !given(f->respondent_key) &&
           by != CROSS_DUE && and != CROSS_DUE &&
           (f->level == DUE_ANY || f->level == DUE_OPEN || f->level == DUE_ENDED);
}

/* A condition on a text. */
typedef bool text_fn(const struct counting *c, const char *asked, const char *text);

static bool is_it(const struct counting *c, const char *asked, const char *text)
{
    (void)c;
    return strcmp(asked, text) == 0;
}

static bool lies_in_path(const struct counting *c, const char *path, const char *text)
{
    const char *own = cross_path_of(c, text);

    return own != NULL && strncmp(own, path, strlen(path)) == 0;
}

/* Codes of a tree: with those below, alone behind ".none", or none at all. */
static bool code_fits(const struct counting *c, const char *asked, const char *text)
{
    size_t n = strlen(asked), tail = strlen("." LIST_NONE);

    (void)c;
    if (strcmp(asked, LIST_NONE) == 0)
        return *text == '\0';
    if (n > tail && strcmp(asked + n - tail, "." LIST_NONE) == 0)
        return strlen(text) == n - tail && strncmp(text, asked, n - tail) == 0;
    return strncmp(text, asked, n) == 0 && (text[n] == '\0' || text[n] == '.');
}

static bool outcome_fits(const struct counting *c, const char *asked, const char *text)
{
    return strcmp(asked, LIST_NONE) == 0 ? *text == '\0' : is_it(c, asked, text);
}

/* Each of the themes asked for stands in the list, between quotes. */
static bool themes_fit(const struct counting *c, const char *asked, const char *text)
{
    (void)c;
    if (strcmp(asked, LIST_NONE) == 0)
        return strchr(text, '"') == NULL;
    while (*asked != '\0') {
        size_t n = strcspn(asked, ",");
        const char *at = text;

        while ((at = strchr(at, '"')) != NULL &&
               !(strncmp(at + 1, asked, n) == 0 && at[n + 1] == '"'))
            at++;
        if (at == NULL)
            return false;
        asked += n + (asked[n] == ',');
    }
    return true;
}

static enum err_code decide(struct counting *c, const struct kept_rows *rows, enum kept_text column,
                            text_fn *fn, const char *asked, const bool **ret)
{
    const struct kept_texts *t = &rows->texts[column];
    const bool *before = *ret;
    bool *holds;

    if (!given(asked))
        return ERR_OK;
    holds = ARENA_ARRAY(c->op->arena, bool, t->n);
    if (holds == NULL)
        return cross_no_memory(c->op);
    for (size_t i = 0; i < t->n; i++)
        holds[i] = (before == NULL || before[i]) && fn(c, asked, t->texts[i]);
    *ret = holds;
    return ERR_OK;
}

static enum err_code sieve_texts(struct counting *c, const struct kept_rows *rows, struct sieve *s)
{
    const struct list_filter *f = s->f;

    if (c->r.body_path != NULL)
        TRY(decide(c, rows, KEPT_BODY, f->body_only ? is_it : lies_in_path,
                   f->body_only ? f->body : c->r.body_path, &s->texts[KEPT_BODY]));
    TRY(decide(c, rows, KEPT_KIND, is_it, f->kind, &s->texts[KEPT_KIND]));
    TRY(decide(c, rows, KEPT_STATUS, is_it, f->status, &s->texts[KEPT_STATUS]));
    TRY(decide(c, rows, KEPT_CHANNEL, is_it, f->channel, &s->texts[KEPT_CHANNEL]));
    TRY(decide(c, rows, KEPT_WAITING_FOR, is_it, f->waiting_for, &s->texts[KEPT_WAITING_FOR]));
    TRY(decide(c, rows, KEPT_CATEGORY, code_fits, f->category, &s->texts[KEPT_CATEGORY]));
    TRY(decide(c, rows, KEPT_PROBLEM, code_fits, f->problem, &s->texts[KEPT_PROBLEM]));
    TRY(decide(c, rows, KEPT_OUTCOME, outcome_fits, f->outcome, &s->texts[KEPT_OUTCOME]));
    return decide(c, rows, KEPT_THEMES, themes_fit, f->themes, &s->texts[KEPT_THEMES]);
}

static enum err_code sieve_make(struct counting *c, const struct kept_rows *rows, struct sieve *ret)
{
    const struct actor *actor = &c->op->actor;
    const char *path = actor->body_path;

    *ret = (struct sieve){.f = c->r.f,
                          .visible = &c->r.visible,
                          .all_seen = c->r.visible.may.open_all && c->r.visible.may.secret_all,
                          .officer_id = actor->officer_id};
    TRY(sieve_texts(c, rows, ret));
    if (ret->all_seen)
        return ERR_OK;
    TRY(decide(c, rows, KEPT_BODY, lies_in_path, path, &ret->reach));
    TRY(decide(c, rows, KEPT_BODY, is_it, actor->body, &ret->own_body));
    return decide(c, rows, KEPT_WAITING_FOR, is_it, "leader", &ret->leader);
}

/* ---- one row ---- */

static bool seen(const struct sieve *s, const struct kept_row *row)
{
    uint16_t body = row->texts[KEPT_BODY];

    return s->all_seen || visible_has(s->visible, s->officer_id,
                                      &(struct visible_facts){
                                          .secret = row->secret,
                                          .assigned = row->assigned,
                                          .for_leader = s->leader[row->texts[KEPT_WAITING_FOR]],
                                          .reach = s->reach != NULL && s->reach[body],
                                          .own_body = s->own_body != NULL && s->own_body[body],
                                          .officer = row->officer,
                                          .registered_by = row->registered_by});
}

static bool passes(const struct sieve *s, const struct kept_row *row)
{
    const struct list_filter *f = s->f;

    for (int i = 0; i < KEPT_TEXTS; i++)
        if (s->texts[i] != NULL && !s->texts[i][row->texts[i]])
            return false;
    if (row->received == DATE_NONE || (given_date(f->from) && row->received < f->from) ||
        (given_date(f->to) && row->received > f->to))
        return false;
    if ((f->officer > 0 && row->officer != f->officer) ||
        ((f->officer_none || f->unassigned) && row->officer != 0) ||
        (f->business_none && row->business != 0))
        return false;
    if (((f->level == DUE_OPEN || f->unassigned) && !row->open) ||
        (f->level == DUE_ENDED && row->open))
        return false;
    return seen(s, row);
}

/* ---- columns ---- */

/* A column of the table: by a text of the row, by its day, or by a number. */
struct source {
    struct axis *axis;
    int text;       /* enum kept_text; -1: not by a text */
    uint32_t *raws; /* by code, and by day: where its meaning stands, 1 and up; 0: not yet known */
    date_t first;   /* of days */
    size_t n;
};

static int text_of_column(enum cross_column column)
{
    static const int texts[CROSS_COUNT] = {
        [CROSS_NOTHING] = -1,
        [CROSS_BODY] = KEPT_BODY,
        [CROSS_BRANCH] = KEPT_BODY,
        [CROSS_OFFICER] = -1,
        [CROSS_STATUS] = KEPT_STATUS,
        [CROSS_WAITING_FOR] = KEPT_WAITING_FOR,
        [CROSS_KIND] = KEPT_KIND,
        [CROSS_CHANNEL] = KEPT_CHANNEL,
        [CROSS_SECTOR] = KEPT_CATEGORY,
        [CROSS_CATEGORY] = KEPT_CATEGORY,
        [CROSS_PROBLEM] = KEPT_PROBLEM,
        [CROSS_THEME] = KEPT_THEMES,
        [CROSS_OUTCOME] = KEPT_OUTCOME,
        [CROSS_BUSINESS] = -1,
        [CROSS_MONTH] = -1,
        [CROSS_DAY] = -1,
        [CROSS_DUE] = -1,
    };

    return texts[column];
}

static enum err_code source_make(struct counting *c, const struct kept_rows *rows,
                                 struct axis *axis, struct source *ret)
{
    date_t last = 0;

    *ret = (struct source){.axis = axis, .text = text_of_column(axis->column), .n = 1};
    if (ret->text >= 0)
        ret->n = rows->texts[ret->text].n;
    if (axis->column == CROSS_MONTH || axis->column == CROSS_DAY) {
        ret->first = INT32_MAX;
        for (size_t i = 0; i < rows->n; i++)
            if (rows->rows[i].received != DATE_NONE) {
                ret->first =
                    rows->rows[i].received < ret->first ? rows->rows[i].received : ret->first;
                last = rows->rows[i].received > last ? rows->rows[i].received : last;
            }
        ret->n = last < ret->first ? 1 : (size_t)(last - ret->first) + 1;
    }
    ret->raws = ARENA_ARRAY(c->op->arena, uint32_t, ret->n);
    if (ret->raws == NULL)
        return cross_no_memory(c->op);
    memset(ret->raws, 0, ret->n * sizeof *ret->raws);
    return ERR_OK;
}

/* What the row says in words, as the statement of a count would. */
static const char *words_of(const struct kept_rows *rows, const struct source *s,
                            const struct kept_row *row, char room[NUMBER_TEXT_BYTES])
{
    int64_t number = s->axis->column == CROSS_OFFICER ? row->officer : row->business;

    if (s->text >= 0)
        return rows->texts[s->text].texts[row->texts[s->text]];
    if (s->axis->column == CROSS_MONTH || s->axis->column == CROSS_DAY)
        snprintf(room, NUMBER_TEXT_BYTES, "%d", (int)row->received);
    else if (s->axis->column == CROSS_NOTHING || number == 0)
        return "";
    else
        snprintf(room, NUMBER_TEXT_BYTES, "%lld", (long long)number);
    return room;
}

static enum err_code raw_of(struct counting *c, const struct kept_rows *rows, struct source *s,
                            const struct kept_row *row, uint32_t *ret)
{
    bool many = s->axis->column == CROSS_OFFICER || s->axis->column == CROSS_BUSINESS;
    size_t at = s->text >= 0 ? row->texts[s->text]
                : s->axis->column == CROSS_MONTH || s->axis->column == CROSS_DAY
                    ? (size_t)(row->received - s->first)
                    : 0;
    char room[NUMBER_TEXT_BYTES];

    if (!many && s->raws[at] != 0) {
        *ret = s->raws[at] - 1;
        return ERR_OK;
    }
    TRY(cross_raw(c, s->axis, words_of(rows, s, row, room), ret));
    if (!many)
        s->raws[at] = *ret + 1;
    return ERR_OK;
}

static enum err_code count_rows(struct counting *c, const struct kept_rows *rows)
{
    struct source by, and;
    struct sieve sieve;

    TRY(sieve_make(c, rows, &sieve));
    TRY(source_make(c, rows, &c->by, &by));
    TRY(source_make(c, rows, &c->and, &and));
    for (size_t i = 0; i < rows->n; i++) {
        uint32_t a, b;

        if (!passes(&sieve, &rows->rows[i]))
            continue;
        TRY(raw_of(c, rows, &by, &rows->rows[i], &a));
        TRY(raw_of(c, rows, &and, &rows->rows[i], &b));
        TRY(cross_count_raws(c, a, b));
    }
    return ERR_OK;
}

enum err_code cross_count_kept(struct counting *c, struct kept_matters *kept, int64_t *ret_position,
                               bool *ret_counted)
{
    const struct kept_rows *rows;
    enum err_code rc;

    TRY(kept_matters_hold(c->op, c->r.snap, kept, &rows));
    *ret_counted = rows != NULL;
    if (rows == NULL)
        return ERR_OK;
    rc = count_rows(c, rows);
    *ret_position = rows->position;
    kept_matters_letgo(kept);
    return rc;
}
