/* Filling the index: the texts of a matter opened, masked, folded and cut into tokens. */
#include "insight/search_internal.h"

#include <string.h>

#include "base/json.h"
#include "insight/list_internal.h"
#include "insight/mask.h"
#include "insight/tokens.h"
#include "sql_queries.h"
#include "store/index.h"

#define PARTIES_MAX 3
#define WORDS_BYTES ((size_t)4 * 1024 * 1024)

/* Tokens of bodies met in one view: many matters lie with the same. */
#define SCOPES_KEPT 32
struct scopes {
    struct {
        const char *body, *tokens; /* of the bodies above it */
    } kept[SCOPES_KEPT];
    size_t n;
};

/* One matter as it is opened; JSON in clear, given back by filing_release. */
struct filing {
    struct op *op;
    struct snapshot *snap;
    const struct folder *folder;
    struct scopes *scopes; /* NULL: this one alone */
    int64_t id;
    bool found, secret;
    const char *body, *category, *problem, *respondent;
    int64_t version; /* of the text in force */
    json_t *text;
    json_t *parties[PARTIES_MAX];
    size_t n_parties;
};

static void filing_release(struct filing *f)
{
    json_decref(f->text);
    for (size_t i = 0; i < f->n_parties; i++)
        json_decref(f->parties[i]);
}

void scope_token(struct buf *out, const char *body)
{
    buf_addc(out, 'b');
    for (const unsigned char *p = (const unsigned char *)body; *p != '\0'; p++)
        if ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z'))
            buf_addc(out, (char)*p);
        else if (*p >= 'A' && *p <= 'Z')
            buf_addc(out, (char)(*p - 'A' + 'a'));
        else
            buf_addf(out, "x%02x", *p);
}

/* ---- opening ---- */

/* Each of these reads for all matters of a batch by one statement, whose rows come in their order.
 */
struct batch {
    struct op *op;
    struct snapshot *snap;
    struct filing *filings;
    size_t n;
};

/* The statement with a page of those that are asked for; NULL where there is none of them. */
static enum err_code ask(struct batch *b, int sql, bool (*wanted)(const struct filing *f),
                         void (*add)(struct buf *page, const struct filing *f),
                         const char *brackets, struct stmt **ret)
{
    CLEANUP(buf_release) struct buf page = BUF_UP_TO((size_t)1 << 20);
    const char *text;

    for (size_t i = 0; i < b->n; i++) {
        if (!wanted(&b->filings[i]))
            continue;
        buf_addc(&page, page.len == 0 ? brackets[0] : ',');
        add(&page, &b->filings[i]);
    }
    if (page.len == 0)
        return ERR_OK;
    buf_addc(&page, brackets[1]);
    text = buf_dup(&page, b->op->arena);
    if (text == NULL)
        return err_set(&b->op->err, ERR_NO_MEMORY, "no memory for a page");
    TRY(snapshot_prepare(b->op, b->snap, sql, ret));
    return stmt_bind_text(b->op, *ret, 1, text);
}

/* The next row and the matter it belongs to, whose id is its first column; NULL behind the last.
 * @p at: where the search goes on */
static enum err_code next_row(struct batch *b, struct stmt *s, size_t *at, struct filing **ret)
{
    bool row = false;

    *ret = NULL;
    if (s != NULL)
        TRY(stmt_step(b->op, s, &row));
    if (!row)
        return ERR_OK;
    while (*at < b->n && b->filings[*at].id != stmt_int64(s, 0))
        ++*at;
    INVARIANT(*at < b->n);
    *ret = &b->filings[*at];
    return ERR_OK;
}

static void add_id(struct buf *page, const struct filing *f)
{
    buf_add_int(page, f->id);
}

static void add_version(struct buf *page, const struct filing *f)
{
    buf_addf(page, "\"%lld\":%lld", (long long)f->id, (long long)f->version);
}

static bool is_asked(const struct filing *f)
{
    (void)f;
    return true;
}

static bool is_found(const struct filing *f)
{
    return f->found;
}

static bool has_text(const struct filing *f)
{
    return f->found && f->version > 0;
}

static bool is_secret(const struct filing *f)
{
    return f->found && f->secret;
}

static enum err_code load_rows(struct batch *b)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = b->op;
    struct filing *f;
    size_t at = 0;

    TRY(ask(b, SQL_search_matters, is_asked, add_id, "[]", &s));
    for (;;) {
        CLEANUP(json_decrefp) json_t *detail = NULL;
        const char *text;

        TRY(next_row(b, s, &at, &f));
        if (f == NULL)
            return ERR_OK;
        f->found = true;
        f->secret = stmt_int64(s, 1) != 0;
        f->body = stmt_text_dup(op, s, 2);
        f->category = stmt_text_dup(op, s, 3);
        f->problem = stmt_text_dup(op, s, 4);
        f->respondent = stmt_text_dup(op, s, 5);
        if (f->body == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for a matter");
        text = stmt_text(s, 6);
        TRY(json_parse(text, strlen(text), &detail, &op->err));
        /* names of those who were purged cannot be masked any more: no text at all */
        if (json_object_get(detail, "purged") == NULL)
            f->version = json_integer_value(json_object_get(detail, "filing_version"));
    }
}

static enum err_code opened(struct op *op, enum key_class cls, const char *place, struct stmt *s,
                            int column, json_t **ret)
{
    size_t n, size;
    const void *sealed = stmt_blob(s, column, &n);
    char *plain;

    if (place == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a place");
    TRY(vault_open(op, cls, place, sealed, n, &plain, &size));
    return json_parse(plain, size, ret, &op->err);
}

static enum err_code load_texts(struct batch *b)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = b->op;
    struct filing *f;
    size_t at = 0;

    TRY(ask(b, SQL_search_texts, has_text, add_version, "{}", &s));
    for (;;) {
        TRY(next_row(b, s, &at, &f)); /* one is missing: erased */
        if (f == NULL)
            return ERR_OK;
        TRY(opened(
            op, strcmp(stmt_text(s, 1), "report") == 0 ? KEY_REPORT : KEY_TEXT,
            arena_printf(op->arena, "text|%lld|%lld", (long long)f->id, (long long)f->version), s,
            2, &f->text));
    }
}

/* @p sql  gives the role of a person and what is sealed, in the table of that name */
static enum err_code load_parties(struct batch *b, int sql, bool (*wanted)(const struct filing *f),
                                  enum key_class cls, const char *table)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = b->op;
    struct filing *f;
    size_t at = 0;

    TRY(ask(b, sql, wanted, add_id, "[]", &s));
    for (;;) {
        TRY(next_row(b, s, &at, &f));
        if (f == NULL)
            return ERR_OK;
        if (f->n_parties == PARTIES_MAX)
            continue;
        TRY(opened(op, cls,
                   arena_printf(op->arena, "%s|%lld|%s", table, (long long)f->id, stmt_text(s, 1)),
                   s, 2, &f->parties[f->n_parties]));
        f->n_parties++;
    }
}

/* @p filings: their ids, op, view and folder are filled in */
static enum err_code filings_load(struct op *op, struct snapshot *snap, struct filing *filings,
                                  size_t n)
{
    struct batch b = {.op = op, .snap = snap, .filings = filings, .n = n};

    TRY(load_rows(&b));
    TRY(load_texts(&b));
    TRY(load_parties(&b, SQL_search_persons, is_found, KEY_CONSUMER, "person"));
    return load_parties(&b, SQL_search_reporters, is_secret, KEY_REPORTER, "reporter");
}

static enum err_code filing_load(struct filing *f)
{
    TRY(filings_load(f->op, f->snap, f, 1));
    return f->found ? ERR_OK
                    : err_set(&f->op->err, ERR_NOT_FOUND, "no matter %lld", (long long)f->id);
}

/* ---- masking ---- */

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static enum err_code masked(struct filing *f, const char *text, const char **ret)
{
    struct secret secrets[PARTIES_MAX * 3];
    size_t n = 0;
    char *out;

    for (size_t i = 0; i < f->n_parties; i++) {
        secrets[n++] = (struct secret){SECRET_NAME, text_at(f->parties[i], "name")};
        secrets[n++] = (struct secret){SECRET_PHONE, text_at(f->parties[i], "phone")};
        secrets[n++] = (struct secret){SECRET_ADDRESS, text_at(f->parties[i], "address")};
    }
    *ret = "";
    if (*text == '\0')
        return ERR_OK;
    TRY(mask_text(f->folder, f->op->arena, text, secrets, n, &out));
    *ret = out;
    return ERR_OK;
}

enum err_code shown_facts(struct op *op, struct stmt *shown, int64_t id, const char **ret)
{
    bool row = false;

    *ret = NULL;
    TRY(stmt_bind_int64(op, shown, 1, id));
    TRY(stmt_step(op, shown, &row));
    if (row && (*ret = stmt_text_dup(op, shown, 0)) == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for facts");
    stmt_reset(shown);
    return ERR_OK;
}

enum err_code search_masked_facts(struct op *op, const struct folder *folder, int64_t matter_id,
                                  const char **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *shown = NULL;
    CLEANUP(filing_release)
    struct filing f = {.op = op, .folder = folder, .id = matter_id};

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_search_shown, &shown));
    TRY(shown_facts(op, shown, matter_id, ret));
    if (*ret != NULL)
        return ERR_OK;
    f.snap = snap;
    TRY(filing_load(&f));
    return masked(&f, text_at(f.text, "facts"), ret);
}

/* ---- documents ---- */

static enum err_code add_field(struct filing *f, struct search_document *doc, const char *text)
{
    const char *field;

    if (text == NULL || *text == '\0' || doc->n_fields == SEARCH_FIELDS_MAX)
        return ERR_OK;
    TRY(masked(f, text, &field));
    doc->fields[doc->n_fields++] = field;
    return ERR_OK;
}

static enum err_code add_label(struct filing *f, struct search_document *doc,
                               const struct codes *codes, const char *table, const char *code)
{
    const struct code_table *t = codes == NULL ? NULL : codes_table(codes, table);
    const struct code *c = t == NULL || code == NULL ? NULL : code_find(t, code);

    if (c == NULL || doc->n_fields + 2 > SEARCH_FIELDS_MAX)
        return ERR_OK;
    /* Words of the code table, nobody's: there is nothing to mask. */
    doc->fields[doc->n_fields++] = arena_strdup(f->op->arena, c->label.zh);
    doc->fields[doc->n_fields++] = arena_strdup(f->op->arena, c->label.en);
    if (doc->fields[doc->n_fields - 1] == NULL || doc->fields[doc->n_fields - 2] == NULL)
        return err_set(&f->op->err, ERR_NO_MEMORY, "no memory for a label");
    return ERR_OK;
}

static enum err_code tokens_above(struct filing *f, const char **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(4096);
    struct op *op = f->op;
    bool row = false;

    TRY(snapshot_prepare(op, f->snap, SQL_list_body_path, &s));
    TRY(stmt_bind_text(op, s, 1, f->body));
    TRY(stmt_step(op, s, &row));
    if (row) {
        char *path = stmt_text_dup(op, s, 0);

        for (char *code = path, *slash; code != NULL; code = slash) {
            slash = strchr(code, '/');
            if (slash != NULL)
                *slash++ = '\0';
            if (*code != '\0') {
                buf_addc(&text, ' ');
                scope_token(&text, code);
            }
        }
    }
    *ret = text.len == 0 ? "" : buf_dup(&text, op->arena);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "no memory for a scope") : ERR_OK;
}

static enum err_code scope_of(struct filing *f, const char **ret)
{
    struct scopes *scopes = f->scopes;
    const char *above = NULL;

    for (size_t i = 0; scopes != NULL && i < scopes->n && above == NULL; i++)
        if (strcmp(scopes->kept[i].body, f->body) == 0)
            above = scopes->kept[i].tokens;
    if (above == NULL) {
        TRY(tokens_above(f, &above));
        if (scopes != NULL && scopes->n < SCOPES_KEPT) {
            scopes->kept[scopes->n].body = f->body;
            scopes->kept[scopes->n++].tokens = above;
        }
    }
    *ret = arena_printf(f->op->arena, "%s%s", f->secret ? SCOPE_SECRET : SCOPE_OPEN, above);
    return *ret == NULL ? err_set(&f->op->err, ERR_NO_MEMORY, "no memory for a scope") : ERR_OK;
}

static enum err_code document_of(struct filing *f, const struct codes *codes,
                                 struct search_document *ret)
{
    const json_t *respondent = json_object_get(f->text, "respondent");
    const json_t *product = json_object_get(f->text, "product");
    const char *name = f->respondent != NULL ? f->respondent : text_at(respondent, "name");

    *ret = (struct search_document){.id = f->id};
    TRY(add_field(f, ret, text_at(f->text, "facts")));
    if (!f->secret && ret->n_fields == 1)
        ret->shown = ret->fields[0];
    TRY(add_field(f, ret, text_at(f->text, "demand_text")));
    TRY(add_field(f, ret, name));
    TRY(add_field(f, ret, text_at(respondent, "address")));
    TRY(add_field(f, ret, text_at(product, "name")));
    TRY(add_field(f, ret, text_at(product, "brand")));
    TRY(add_field(f, ret, text_at(product, "model")));
    TRY(add_label(f, ret, codes, "categories", f->category));
    TRY(add_label(f, ret, codes, "problems", f->problem));
    return scope_of(f, &ret->scope);
}

enum err_code search_document(struct op *op, const struct folder *folder, const struct codes *codes,
                              int64_t matter_id, struct search_document *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(filing_release)
    struct filing f = {.op = op, .folder = folder, .id = matter_id};

    TRY(snapshot_open(op, &snap));
    f.snap = snap;
    TRY(filing_load(&f));
    return document_of(&f, codes, ret);
}

/* ---- writing ---- */

static enum err_code words_of(struct op *op, const struct folder *folder,
                              const struct search_document *doc, const char **ret)
{
    CLEANUP(buf_release) struct buf words = BUF_UP_TO(WORDS_BYTES);

    for (size_t i = 0; i < doc->n_fields; i++) {
        struct folded text;

        TRY(fold_text(folder, op->arena, doc->fields[i], strlen(doc->fields[i]), &text));
        if (i > 0)
            buf_adds(&words, FIELD_GAP);
        tokens_join(&text, &words);
    }
    buf_adds(&words, "");
    *ret = words.len == 0 ? "" : buf_dup(&words, op->arena);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "no memory for words") : ERR_OK;
}

static enum err_code make_documents(struct op *op, struct filing *filings, size_t n,
                                    const struct codes *codes, struct index_doc *docs)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(filings_load(op, snap, filings, n));
    for (size_t i = 0; i < n; i++) {
        struct filing *f = &filings[i];
        struct search_document doc;

        docs[i] = (struct index_doc){.id = f->id};
        if (!f->found)
            continue;
        f->snap = snap;
        TRY(document_of(f, codes, &doc));
        TRY(words_of(op, f->folder, &doc, &docs[i].words));
        docs[i].scope = doc.scope;
        docs[i].shown = doc.shown;
    }
    return ERR_OK;
}

enum err_code index_matters(struct op *op, const struct folder *folder, const struct codes *codes,
                            const int64_t *ids, size_t n, const struct index_reach *reach)
{
    struct index_doc *docs = ARENA_ARRAY(op->arena, struct index_doc, n + 1);
    struct filing *filings = ARENA_ARRAY(op->arena, struct filing, n + 1);
    struct scopes scopes = {.n = 0};
    enum err_code rc;

    if (docs == NULL || filings == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for documents");
    for (size_t i = 0; i < n; i++)
        filings[i] = (struct filing){.op = op, .folder = folder, .scopes = &scopes, .id = ids[i]};
    rc = make_documents(op, filings, n, codes, docs);
    for (size_t i = 0; i < n; i++)
        filing_release(&filings[i]);
    TRY(rc);
    return index_apply(op, docs, n, reach);
}
