/* Building a document, and choosing its writer. */
#include "insight/document_internal.h"

#include <string.h>

static const struct {
    const char *name, *suffix, *type;
} formats[] = {
    [DOCUMENT_MARKDOWN] = {"md", ".md", "text/markdown; charset=utf-8"},
    [DOCUMENT_DOCX] = {"docx", ".docx",
                       "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    [DOCUMENT_XLSX] = {"xlsx", ".xlsx",
                       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

bool document_format_find(const char *name, enum document_format *ret)
{
    for (size_t i = 0; name != NULL && i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *ret = (enum document_format)i;
            return true;
        }
    return false;
}

const char *document_content_type(enum document_format format)
{
    return formats[format].type;
}

const char *document_suffix(enum document_format format)
{
    return formats[format].suffix;
}

struct document *document_new(struct arena *arena, const char *title, int64_t made_ms)
{
    struct document *d = ARENA_NEW(arena, struct document);

    if (d == NULL)
        return NULL;
    d->arena = arena;
    d->title = title;
    d->made_ms = made_ms;
    d->blocks_end = &d->blocks;
    d->figures_end = &d->figures;
    return d;
}

static struct block *add(struct document *d, enum block_kind kind)
{
    struct block *b = d->failed ? NULL : ARENA_NEW(d->arena, struct block);

    if (b == NULL) {
        d->failed = true;
        return NULL;
    }
    b->kind = kind;
    b->runs_end = &b->runs;
    b->rows_end = &b->rows;
    *d->blocks_end = b;
    d->blocks_end = &b->next;
    d->last = b;
    return b;
}

static void add_text(struct document *d, enum block_kind kind, const char *text)
{
    struct block *b = add(d, kind);

    if (b != NULL)
        b->text = text;
}

void document_subtitle(struct document *d, const char *text)
{
    add_text(d, BLOCK_SUBTITLE, text);
}

void document_note(struct document *d, const char *text)
{
    add_text(d, BLOCK_NOTE, text);
}

void document_heading(struct document *d, int level, const char *text)
{
    struct block *b = add(d, BLOCK_HEADING);

    INVARIANT(level >= 1 && level <= 3);
    if (b == NULL)
        return;
    b->level = level;
    b->text = text;
    b->ordinal = ++d->ordinals[level];
    for (int below = level + 1; below <= 3; below++)
        d->ordinals[below] = 0;
}

void document_paragraph(struct document *d)
{
    add(d, BLOCK_PARAGRAPH);
}

void document_run(struct document *d, const char *text, const char *figure)
{
    struct run *r = d->failed ? NULL : ARENA_NEW(d->arena, struct run);

    if (r == NULL) {
        d->failed = true;
        return;
    }
    INVARIANT(d->last != NULL && d->last->kind == BLOCK_PARAGRAPH);
    *r = (struct run){.text = text, .figure = figure};
    *d->last->runs_end = r;
    d->last->runs_end = &r->next;
}

/* ---- tables ---- */

void document_table(struct document *d, const struct document_table *table)
{
    struct block *b = add(d, BLOCK_TABLE);

    INVARIANT(table->n_columns > 0 && table->n_columns <= DOCUMENT_COLUMNS_MAX);
    if (b == NULL)
        return;
    b->table = *table;
    b->ordinal = ++d->tables;
}

static struct row *open_row(struct document *d)
{
    struct block *b = d->last;
    struct row *r;

    if (d->failed || b->open != NULL)
        return d->failed ? NULL : b->open;
    r = ARENA_NEW(d->arena, struct row);
    if (r != NULL)
        r->cells = ARENA_ARRAY(d->arena, struct document_cell, b->table.n_columns);
    if (r == NULL || r->cells == NULL) {
        d->failed = true;
        return NULL;
    }
    b->open = r;
    b->filled = 0;
    return r;
}

void document_cell(struct document *d, const struct document_cell *cell)
{
    struct row *r = open_row(d);

    if (r == NULL)
        return;
    INVARIANT(d->last->kind == BLOCK_TABLE && d->last->filled < d->last->table.n_columns);
    r->cells[d->last->filled++] = *cell;
}

void document_row(struct document *d, enum document_row kind)
{
    struct row *r = open_row(d);

    if (r == NULL)
        return;
    r->kind = kind;
    *d->last->rows_end = r;
    d->last->rows_end = &r->next;
    d->last->open = NULL;
}

void document_chart(struct document *d, const struct document_chart *chart)
{
    struct block *b = add(d, BLOCK_CHART);

    if (b != NULL)
        b->chart = *chart;
}

void document_figure(struct document *d, const struct document_figure *figure)
{
    struct figure_entry *e = d->failed ? NULL : ARENA_NEW(d->arena, struct figure_entry);

    if (e == NULL) {
        d->failed = true;
        return;
    }
    e->is = *figure;
    *d->figures_end = e;
    d->figures_end = &e->next;
}

/* ---- writing ---- */

/* 1 … 99 in Han numerals. */
static void han_number(unsigned n, char *ret, size_t size)
{
    static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    unsigned tens = n / 10 % 10;

    snprintf(ret, size, "%s%s%s", tens > 1 ? digits[tens] : "", tens > 0 ? "十" : "",
             digits[n % 10]);
}

void document_ordinal(int level, unsigned n, char ret[ORDINAL_TEXT])
{
    char han[16];

    han_number(n, han, sizeof han);
    if (level == 1)
        snprintf(ret, ORDINAL_TEXT, "%s、", han);
    else if (level == 2)
        snprintf(ret, ORDINAL_TEXT, "（%s）", han);
    else
        snprintf(ret, ORDINAL_TEXT, "%u.", n);
}

enum err_code document_write(const struct document *d, enum document_format format,
                             const struct embedded_file *packs, struct buf *out, struct err *err)
{
    if (d->failed)
        return err_set(err, ERR_NO_MEMORY, "no memory for a document");
    switch (format) {
    case DOCUMENT_MARKDOWN:
        TRY(document_markdown(d, out, err));
        break;
    case DOCUMENT_DOCX:
        TRY(document_docx(d, packs, out, err));
        break;
    case DOCUMENT_XLSX:
        TRY(document_xlsx(d, out, err));
        break;
    }
    return out->failed ? err_set(err, ERR_TOO_LARGE, "the document is too large") : ERR_OK;
}
