/* Recognising: entries are found by a word they share with the name of the goods, then compared
 * whole. The name told must hold the entry's, or be a good part of it; of two brands that are both
 * known one must hold the other. Phrases of the newest entries of a register are looked for in what
 * is told: one that stands there is enough, and is said. */
#include "work/entry_recognise.h"

#include <string.h>

#include "base/text.h"
#include "insight/fold.h"
#include "rules/register_recognise.h"
#include "sql_queries.h"
#include "work/entry_internal.h"
#include "work/view_internal.h"

#define SHOWN 5
#define LOOKED_AT 200 /* entries that share one word */
#define CANDIDATES 200
#define PHRASED 300 /* entries whose phrases are looked for */
#define PHRASES_SAID_BYTES 200
#define NAME_LEAST_BYTES 4 /* folded: a single sign says nothing … */
#define PART_LEAST_BYTES 9 /* … and two signs, as part of a longer name, not enough */

/* Folded without gaps: "婴儿 手推车" and "婴儿手推车" are one. */
static enum err_code plain(struct op *op, const char *text, const char **ret)
{
    struct folded f;
    size_t n = 0;

    *ret = "";
    if (text == NULL)
        return ERR_OK;
    TRY(fold_text(op->setup->folder, op->arena, text, strlen(text), &f));
    for (size_t i = 0; i < f.n; i++)
        if (f.units[i].kind != FOLD_GAP)
            f.units[n++] = f.units[i];
    *ret = fold_utf8(op->arena, f.units, n);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "goods") : ERR_OK;
}

static bool one_holds_other(const char *a, const char *b)
{
    return strstr(a, b) != NULL || strstr(b, a) != NULL;
}

static bool is_same(const struct goods *told, const struct goods *listed)
{
    bool named =
        strlen(listed->name) >= NAME_LEAST_BYTES && strstr(told->name, listed->name) != NULL;
    bool part = strlen(told->name) >= PART_LEAST_BYTES && strstr(listed->name, told->name) != NULL;

    return (named || part) && (*told->brand == '\0' || *listed->brand == '\0' ||
                               one_holds_other(told->brand, listed->brand));
}

static const char *text_in(const struct record *r, const struct act_field *f)
{
    return f == NULL
               ? NULL
               : json_string_value(json_object_get(json_object_get(r->state, "fields"), f->name));
}

/* ---- candidates ---- */

struct found {
    int64_t id;
    date_t day;
};

static int newest_first(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    return x->day != y->day ? (x->day < y->day) - (x->day > y->day)
                            : (x->id < y->id) - (x->id > y->id);
}

/* Ids of entries in the right states that share the word. */
static enum err_code by_word(struct op *op, struct snapshot *snap, const struct register_def *def,
                             const char *word, struct found *ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_entry_with_value, &s));
    TRY(stmt_bind_text(op, s, 1, def->flow.id));
    TRY(stmt_bind_text(op, s, 2, ENTRY_WORD));
    TRY(stmt_bind_text(op, s, 3, word));
    TRY(stmt_bind_int64(op, s, 4, LOOKED_AT));
    for (;;) {
        bool known;

        TRY(stmt_step(op, s, &row));
        if (!row || *ret_n == CANDIDATES)
            return ERR_OK;
        known = (register_state_bit(def, stmt_text(s, 2)) & def->recognise->states) == 0;
        for (size_t i = 0; i < *ret_n && !known; i++)
            known = ret[i].id == stmt_int64(s, 0);
        if (!known)
            ret[(*ret_n)++] = (struct found){stmt_int64(s, 0), (date_t)stmt_int64(s, 1)};
    }
}

/* ---- as JSON ---- */

static void write_shown(const struct label *label, const char *text, struct json_writer *w)
{
    json_object_begin(w);
    view_label(w, "label", label);
    json_text(w, "text", text);
    json_object_end(w);
}

/* @p said  the phrases by which it was known; "": by the name of goods */
static enum err_code write_one(struct op *op, struct snapshot *snap, const struct register_def *def,
                               const struct record *r, const char *said, struct json_writer *w)
{
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};
    const struct register_def *own = entry_def(op, r);
    const struct flow_state *state = flow_state(&def->flow, record_member(r, "status"));
    struct record_facts facts = entry_facts(op, r);
    struct actor as = entry_reader(op, def);
    const char *title;

    TRY(entry_title(op, snap, own == NULL ? def : own, r, &title));
    json_object_begin(w);
    json_text(w, "register", def->flow.id);
    view_label(w, "register_label", &def->flow.label);
    json_text(w, "number", record_member(r, "number"));
    json_text(w, "title", title);
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    view_date(w, "day", (date_t)record_number(r, "day"));
    json_bool(w, "may_read", may(&as, MAY_READ_ENTRY, &facts).yes);
    json_open_array(w, "shows");
    if (*said != '\0')
        write_shown(&def->recognise->phrases->label, said, w);
    for (size_t i = 0; i < def->recognise->n_shows; i++) {
        CLEANUP(json_decrefp) json_t *value = NULL;
        const char *text;

        TRY(entry_shown(&s, def->recognise->shows[i], &value, &text));
        if (text != NULL && *text != '\0')
            write_shown(&def->recognise->shows[i]->label, text, w);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

/* Of one register: those that are the goods, up to what is still to be shown. */
static enum err_code write_of(struct op *op, struct snapshot *snap, const struct register_def *def,
                              const struct goods *mine, const struct entry_words *words,
                              int64_t but, size_t *left, struct json_writer *w)
{
    struct found found[CANDIDATES];
    size_t n = 0;

    for (size_t i = 0; i < words->n; i++)
        TRY(by_word(op, snap, def, words->items[i], found, &n));
    qsort(found, n, sizeof found[0], newest_first);
    for (size_t i = 0; i<n && * left> 0; i++) {
        CLEANUP(record_release) struct record r = {0};
        struct goods its;

        if (found[i].id == but)
            continue;
        TRY(record_load(op, snap, ENTRY, found[i].id, &r));
        TRY(plain(op, text_in(&r, def->recognise->name), &its.name));
        TRY(plain(op, text_in(&r, def->recognise->brand), &its.brand));
        if (!is_same(mine, &its))
            continue;
        TRY(write_one(op, snap, def, &r, "", w));
        --*left;
    }
    return ERR_OK;
}

/* ---- phrases ---- */

/* The next of several phrases, *at behind it; NULL at the end. */
static const char *next_phrase(struct arena *arena, const char **at)
{
    static const char *const marks[] = {"、", "，", "；", "。", ",", ";", "\n"};
    const char *from = *at, *end = from + strlen(from);
    size_t skip = 0;

    if (*from == '\0')
        return NULL;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *found = strstr(from, marks[i]);

        if (found != NULL && found < end) {
            end = found;
            skip = strlen(marks[i]);
        }
    }
    *at = end + skip;
    return arena_strndup(arena, from, (size_t)(end - from));
}

/* Those of the entry's phrases that stand in @p told, "、" between them. */
static enum err_code phrases_in(struct op *op, const char *phrases, const char *told,
                                struct buf *said)
{
    const char *phrase, *folded;

    while (phrases != NULL && (phrase = next_phrase(op->arena, &phrases)) != NULL) {
        TRY(plain(op, phrase, &folded));
        if (strlen(folded) >= PART_LEAST_BYTES && strstr(told, folded) != NULL &&
            said->len + strlen(phrase) < PHRASES_SAID_BYTES)
            buf_addf(said, "%s%s", said->len > 0 ? "、" : "", text_trim(op->arena, phrase));
    }
    return ERR_OK;
}

/* Of one register: those of whose phrases one stands in what is told. */
static enum err_code write_phrased(struct op *op, struct snapshot *snap,
                                   const struct register_def *def, const char *told, int64_t but,
                                   size_t *left, struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_entry_newest_of, &s));
    TRY(stmt_bind_text(op, s, 1, def->flow.id));
    TRY(stmt_bind_int64(op, s, 2, PHRASED));
    for (;;) {
        CLEANUP(record_release) struct record r = {0};
        CLEANUP(buf_release) struct buf said = BUF_UP_TO(2 * PHRASES_SAID_BYTES);

        TRY(stmt_step(op, s, &row));
        if (!row || *left == 0)
            return ERR_OK;
        if ((register_state_bit(def, stmt_text(s, 1)) & def->recognise->states) == 0 ||
            stmt_int64(s, 0) == but)
            continue;
        TRY(record_load(op, snap, ENTRY, stmt_int64(s, 0), &r));
        TRY(phrases_in(op, text_in(&r, def->recognise->phrases), told, &said));
        if (said.len == 0)
            continue;
        TRY(write_one(op, snap, def, &r, buf_text(&said), w));
        --*left;
    }
}

/* ---- the whole ---- */

static const struct register_recognise_in *named(const struct register_def *def, const char *in)
{
    for (size_t i = 0; i < def->recognise->n_in; i++)
        if (strcmp(def->recognise->in[i].of->flow.id, in) == 0)
            return &def->recognise->in[i];
    return NULL;
}

/* Of one register, in what is told. */
static enum err_code recognised_of(struct op *op, struct snapshot *snap,
                                   const struct register_def *def, const struct goods *told,
                                   int64_t but, size_t *left, struct json_writer *w)
{
    struct goods mine;
    struct entry_words words;

    TRY(plain(op, told->name, &mine.name));
    TRY(plain(op, told->brand, &mine.brand));
    TRY(plain(op, def->recognise->phrases == NULL ? NULL : told->text, &mine.text));
    if (def->recognise->name != NULL && strlen(mine.name) >= NAME_LEAST_BYTES) {
        TRY(entry_words_asked(op, told->name, &words));
        TRY(write_of(op, snap, def, &mine, &words, but, left, w));
    }
    if (strlen(mine.text) >= PART_LEAST_BYTES)
        TRY(write_phrased(op, snap, def, mine.text, but, left, w));
    return ERR_OK;
}

/* @p r: the entry in which they are recognised; NULL: a filing about @p goods. */
static enum err_code recognised(struct op *op, struct snapshot *snap, const struct record *r,
                                const struct goods *goods, struct json_writer *w)
{
    const struct registers *all = op->setup->registers;
    size_t left = SHOWN;

    json_open_array(w, "recognised");
    for (size_t i = 0; i < registers_count(all); i++) {
        const struct register_def *def = registers_at(all, i);
        struct goods told = goods == NULL ? (struct goods){0} : *goods;

        if (def->recognise == NULL || !register_in_profile(def, op->setup->profile->id))
            continue;
        if (r != NULL) {
            const struct register_recognise_in *in = named(def, record_member(r, "register"));

            if (in == NULL)
                continue;
            told =
                (struct goods){text_in(r, in->name), text_in(r, in->brand), text_in(r, in->text)};
        }
        TRY(recognised_of(op, snap, def, &told, r == NULL ? 0 : r->id, &left, w));
    }
    json_array_end(w);
    return ERR_OK;
}

enum err_code entry_recognised(struct op *op, struct snapshot *snap, const struct goods *goods,
                               struct json_writer *w)
{
    return recognised(op, snap, NULL, goods, w);
}

enum err_code entry_recognised_in(struct op *op, struct snapshot *snap, const struct record *r,
                                  struct json_writer *w)
{
    return recognised(op, snap, r, NULL, w);
}
