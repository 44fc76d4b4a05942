/* The index of words as tsvector: the same tokens that SQLite's FTS5 gets, with their places, so
 * that phrases mean the same; behind "s:" the tokens of the scope, without places. */
#include "store/pg_engine.h"

#include "base/buf.h"
#include "base/text.h"

#define SCOPE_MARK "s:"
#define PLACES_MAX 16383 /* further ones are all taken for this one */
#define LEXEME_BYTES                                                                               \
    2000 /* PostgreSQL takes 2046; a longer word is cut in documents and queries                   \
          */
#define DOC_BYTES ((size_t)16 << 20)
#define ARENA_BYTES ((size_t)256 << 20)

static void add_lexeme(struct buf *out, const char *mark, const char *word, size_t n)
{
    if (n > LEXEME_BYTES)
        n = LEXEME_BYTES;
    while (n > 0 && n == LEXEME_BYTES && ((unsigned char)word[n] & 0xc0) == 0x80)
        n--;
    buf_addc(out, '\'');
    buf_adds(out, mark);
    for (size_t i = 0; i < n; i++) {
        if (word[i] == '\'' || word[i] == '\\')
            buf_addc(out, word[i]);
        buf_addc(out, word[i]);
    }
    buf_addc(out, '\'');
}

/* Tokens apart by spaces, as text of a tsvector. */
static void add_tokens(struct buf *out, const char *tokens, bool scope)
{
    int64_t place = 0;

    for (const char *p = tokens == NULL ? "" : tokens; *p != '\0';) {
        size_t n = strcspn(p, " ");

        if (n > 0) {
            buf_addc(out, ' ');
            add_lexeme(out, scope ? SCOPE_MARK : "", p, n);
            if (!scope) {
                place += place < PLACES_MAX;
                buf_addc(out, ':');
                buf_add_int(out, place);
            }
        }
        p += n + (p[n] == ' ');
    }
}

/* ---- queries ---- */

/* A phrase between quotes from @p p on; returns what follows it. */
static const char *add_phrase(struct buf *out, const char *p, bool scope)
{
    const char *end = strchr(p, '"');
    bool prefix, first = true;

    if (end == NULL)
        end = p + strlen(p);
    prefix = text_starts(end, "\" *");
    while (p < end) {
        size_t n = strcspn(p, " \"");

        if (n > 0) {
            if (!first)
                buf_adds(out, " <-> ");
            first = false;
            add_lexeme(out, scope ? SCOPE_MARK : "", p, n);
        }
        p += n + (p[n] == ' ');
    }
    if (prefix)
        buf_adds(out, ":*");
    return *end == '\0' ? end : end + (prefix ? 3 : 1);
}

/* Knows what search puts together (insight/tokens.h, insight/search.c): phrases, AND, brackets, and
 * the columns {words} and {scope}. */
char *pg_index_match(struct arena *arena, const char *fts5)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)256 << 10);
    bool scope = false;

    for (const char *p = fts5; *p != '\0';) {
        if (*p == '"') {
            p = add_phrase(&out, p + 1, scope);
            scope = false;
        } else if (text_starts(p, "AND")) {
            buf_adds(&out, " & ");
            p += 3;
        } else if (text_starts(p, "{scope} :")) {
            scope = true;
            p += strlen("{scope} :");
        } else if (text_starts(p, "{words} :")) {
            p += strlen("{words} :");
        } else {
            if (*p == '(' || *p == ')')
                buf_addc(&out, *p);
            p++;
        }
    }
    return buf_dup(&out, arena);
}

/* ---- writing ---- */

/* A set of the index's own, beside what the op is about. */
static enum err_code begin_set(struct op *op, struct op *own, struct changes **ret)
{
    *own = (struct op){.store = op->store, .now_ms = op->now_ms, .arena = arena_new(ARENA_BYTES)};
    *ret = own->arena == NULL ? NULL : changes_new(own);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "no memory for the index") : ERR_OK;
}

static enum err_code end_set(struct op *op, struct op *own, struct changes *ch)
{
    enum err_code rc = store_apply(own, ch, QUEUE_BULK);

    if (rc != ERR_OK)
        err_note(&op->err, rc, "%s", own->err.why);
    arena_free(own->arena);
    return rc;
}

static void row(struct changes *ch, const char *sql)
{
    changes_row_text(ch, sql, ANY_ROWS, ERR_BUSY);
}

static void put_doc(struct changes *ch, enum index_table table, const struct index_doc *doc)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(DOC_BYTES);

    if (doc->words == NULL) {
        row(ch, table == INDEX_WORD ? "DELETE FROM idx.word WHERE id = $1"
                                    : "DELETE FROM idx.business WHERE id = $1");
        changes_int(ch, doc->id);
        return;
    }
    add_tokens(&text, doc->words, false);
    if (table == INDEX_WORD)
        add_tokens(&text, doc->scope, true);
    if (text.failed) {
        changes_fail(ch);
        return;
    }
    row(ch, table == INDEX_WORD ? "INSERT INTO idx.word (id, doc) VALUES ($1, $2::tsvector) "
                                  "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc"
                                : "INSERT INTO idx.business (id, doc) VALUES ($1, $2::tsvector) "
                                  "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc");
    changes_int(ch, doc->id);
    changes_text(ch, buf_text(&text));
}

static void put_shown(struct changes *ch, const struct index_doc *doc)
{
    if (doc->words == NULL || doc->shown == NULL || *doc->shown == '\0') {
        row(ch, "DELETE FROM idx.shown WHERE id = $1");
        changes_int(ch, doc->id);
        return;
    }
    row(ch, "INSERT INTO idx.shown (id, text) VALUES ($1, $2) "
            "ON CONFLICT (id) DO UPDATE SET text = excluded.text");
    changes_int(ch, doc->id);
    changes_text(ch, doc->shown);
}

enum err_code pg_index_apply(struct op *op, enum index_table table, const struct index_doc *docs,
                             size_t n)
{
    struct changes *ch;
    struct op own;

    TRY(begin_set(op, &own, &ch));
    for (size_t i = 0; i < n; i++) {
        put_doc(ch, table, &docs[i]);
        if (table == INDEX_WORD)
            put_shown(ch, &docs[i]);
    }
    atomic_store(&pg_of(op)->index_written, true);
    return end_set(op, &own, ch);
}

static void set_meta(struct changes *ch, const char *name, int64_t value)
{
    row(ch, "INSERT INTO idx.meta (name, value) VALUES ($1, $2) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    changes_text(ch, name);
    changes_int(ch, value);
}

/* Two daemons may come to the same events: the second one, which waits for the first at the row of
 * past_to, must find it where it began; else it has nothing to add. */
enum err_code pg_index_apply_past(struct op *op, const struct index_past *pieces, size_t n,
                                  struct index_past_mark from, struct index_past_mark to)
{
    struct changes *ch;
    enum err_code rc;
    struct op own;

    TRY(begin_set(op, &own, &ch));
    if (from.event == 0) {
        set_meta(ch, "past_to", to.event);
        row(ch, "DELETE FROM idx.past");
    } else {
        changes_row_text(ch, "UPDATE idx.meta SET value = $1 WHERE name = 'past_to' AND value = $2",
                         1, ERR_CONFLICT);
        changes_int(ch, to.event);
        changes_int(ch, from.event);
    }
    for (size_t i = 0; i < n; i++) {
        row(ch, "INSERT INTO idx.past (id, facts) VALUES ($1, $2) "
                "ON CONFLICT (id) DO UPDATE SET facts = past.facts || excluded.facts");
        changes_int(ch, pieces[i].id);
        changes_blob(ch, pieces[i].facts, pieces[i].n);
    }
    set_meta(ch, "past_from", from.event);
    set_meta(ch, "past_from_mark", from.hash);
    set_meta(ch, "past_to_mark", to.hash);
    rc = end_set(op, &own, ch);
    if (rc != ERR_CONFLICT)
        return rc;
    err_clear(&op->err); /* another daemon went on from there */
    return ERR_OK;
}

enum err_code pg_index_clear(struct op *op)
{
    static const char *const tables[] = {"DELETE FROM idx.word", "DELETE FROM idx.shown",
                                         "DELETE FROM idx.business", "DELETE FROM idx.past",
                                         "DELETE FROM idx.meta"};
    struct changes *ch;
    struct op own;

    TRY(begin_set(op, &own, &ch));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        row(ch, tables[i]);
    return end_set(op, &own, ch);
}

/* What was added lately lies in a list beside the index, which every search reads through: in idle
 * moments it goes into the index. */
enum err_code pg_index_tidy(struct op *op, bool *ret_more)
{
    struct pg_engine *e = pg_of(op);
    struct pg_conn *conn;
    enum err_code rc;
    int64_t pages;

    *ret_more = false;
    if (!atomic_exchange(&e->index_written, false))
        return ERR_OK;
    TRY(pg_take(e, &e->writers, &conn, &op->err));
    rc = pg_number(conn, "SELECT gin_clean_pending_list('idx.word_doc')", &pages, &op->err);
    pg_give(&e->writers, conn);
    return rc;
}

static enum err_code read_meta(struct op *own, const char *name, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool found;

    TRY(snapshot_open(own, &snap));
    TRY(snapshot_prepare_text(own, snap, "SELECT value FROM idx.meta WHERE name = $1", &s));
    TRY(stmt_bind_text(own, s, 1, name));
    TRY(stmt_step(own, s, &found));
    *ret = found ? stmt_int64(s, 0) : 0;
    return ERR_OK;
}

enum err_code pg_index_meta_get(struct op *op, const char *name, int64_t *ret)
{
    struct op own = {.store = op->store, .arena = arena_new((size_t)64 << 10)};
    enum err_code rc;

    if (own.arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for the index");
    rc = read_meta(&own, name, ret);
    if (rc != ERR_OK)
        err_note(&op->err, rc, "%s", own.err.why);
    arena_free(own.arena);
    return rc;
}

enum err_code pg_index_meta_set(struct op *op, const char *name, int64_t value)
{
    struct changes *ch;
    struct op own;

    TRY(begin_set(op, &own, &ch));
    set_meta(ch, name, value);
    return end_set(op, &own, ch);
}
