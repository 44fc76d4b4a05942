/* DOCX: the text. Headings are real headings, each figure stands in a bookmark of its own, and
 * wide tables stand with their headings and notes on pages that lie. */
#include "insight/docx_internal.h"

#include <ctype.h>
#include <string.h>

#define UPRIGHT_COLUMNS 10 /* tables of more lie */
#define BOOKMARK_MAX 40    /* characters: Word cuts longer ones */

/* A4 in twentieths of a point. Upright with the margins of GB/T 9704; a page that lies is bound at
 * its top and has narrower sides, for the columns' sake. */
struct page {
    int width, height, top, right, bottom, left, footer;
};
static const struct page upright = {11906, 16838, 2098, 1474, 1984, 1587, 1400};
static const struct page lying = {16838, 11906, 1587, 1474, 1474, 1474, 850};

struct docx_name {
    const char *figure, *bookmark;
    unsigned used;
    struct docx_name *next;
};

/* ---- bookmarks ---- */

static uint32_t checksum(const char *text)
{
    uint32_t h = 2166136261u; /* FNV-1a */

    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return h;
}

/* A letter first, then letters, digits and underscores: "received_420202_2026_09". What follows the
 * last @ names the edition and is the same for all. */
static const char *bookmark_of(struct arena *arena, const char *figure)
{
    const char *at = strrchr(figure, '@');
    size_t n = at == NULL ? strlen(figure) : (size_t)(at - figure);
    char *name = arena_strndup(arena, figure, n);

    if (name == NULL)
        return NULL;
    for (char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
    if (n > BOOKMARK_MAX - 4) /* room for _2 … _999 */
        return arena_printf(arena, "%.27s_%08x", name, (unsigned)checksum(figure));
    return name;
}

static struct docx_name *name_of(struct docx *x, const char *figure)
{
    struct docx_name *n = x->names;

    while (n != NULL && strcmp(n->figure, figure) != 0)
        n = n->next;
    if (n != NULL)
        return n;
    n = ARENA_NEW(x->d->arena, struct docx_name);
    if (n == NULL)
        return NULL;
    n->figure = figure;
    n->bookmark = bookmark_of(x->d->arena, figure);
    n->next = x->names;
    x->names = n;
    return n->bookmark == NULL ? NULL : n;
}

const char *docx_bookmark(struct docx *x, const char *figure)
{
    struct docx_name *n = name_of(x, figure);

    return n == NULL ? NULL : n->bookmark;
}

/* ---- runs ---- */

void docx_text(struct part *p, const char *text)
{
    part_open(p, "w:t");
    part_attr(p, "xml:space", "preserve");
    part_text(p, text);
    part_close(p);
}

void docx_run(struct part *p, const char *text, bool strong)
{
    part_open(p, "w:r");
    if (strong) {
        part_open(p, "w:rPr");
        part_leaf(p, "w:b", NULL, NULL);
        part_close(p);
    }
    docx_text(p, text);
    part_close(p);
}

void docx_figure_run(struct docx *x, struct part *p, const char *text, const char *figure,
                     bool strong)
{
    struct docx_name *n = figure == NULL ? NULL : name_of(x, figure);
    unsigned id = x->bookmarks + 1;

    if (figure != NULL && n == NULL)
        p->failed = true;
    if (n == NULL) {
        docx_run(p, text, strong);
        return;
    }
    x->bookmarks = id;
    part_open(p, "w:bookmarkStart");
    part_attrf(p, "w:id", "%u", id);
    if (++n->used == 1)
        part_attr(p, "w:name", n->bookmark);
    else
        part_attrf(p, "w:name", "%s_%u", n->bookmark, n->used);
    part_close(p);
    docx_run(p, text, strong);
    part_open(p, "w:bookmarkEnd");
    part_attrf(p, "w:id", "%u", id);
    part_close(p);
}

void docx_paragraph(struct part *p, const char *style)
{
    part_open(p, "w:p");
    part_open(p, "w:pPr");
    part_leaf(p, "w:pStyle", "w:val", style);
    part_close(p);
}

static void paragraph(struct part *p, const char *style, const char *text)
{
    docx_paragraph(p, style);
    docx_run(p, text, false);
    part_close(p);
}

static void heading(struct part *p, const struct block *b)
{
    static const char *const styles[] = {"", "Heading1", "Heading2", "Heading3"};
    char ordinal[ORDINAL_TEXT];

    document_ordinal(b->level, b->ordinal, ordinal);
    docx_paragraph(p, styles[b->level]);
    part_open(p, "w:r");
    docx_text(p, ordinal);
    docx_text(p, b->text);
    part_close(p);
    part_close(p);
}

/* ---- the whole ---- */

static int text_width(const struct page *page)
{
    return page->width - page->left - page->right;
}

/* The pages of the blocks before it. */
static void section(struct part *p, const struct page *page)
{
    part_open(p, "w:sectPr");
    part_open(p, "w:footerReference");
    part_attr(p, "w:type", "default");
    part_attr(p, "r:id", "rId4");
    part_close(p);
    part_open(p, "w:pgSz");
    part_attrf(p, "w:w", "%d", page->width);
    part_attrf(p, "w:h", "%d", page->height);
    if (page == &lying)
        part_attr(p, "w:orient", "landscape");
    part_close(p);
    part_open(p, "w:pgMar");
    part_attrf(p, "w:top", "%d", page->top);
    part_attrf(p, "w:right", "%d", page->right);
    part_attrf(p, "w:bottom", "%d", page->bottom);
    part_attrf(p, "w:left", "%d", page->left);
    part_attr(p, "w:header", "851");
    part_attrf(p, "w:footer", "%d", page->footer);
    part_attr(p, "w:gutter", "0");
    part_close(p);
    part_close(p);
}

/* A paragraph too low to be seen or to need a page of its own; ends a section when @p page is
 * given. */
static void end_mark(struct part *p, const struct page *page)
{
    part_open(p, "w:p");
    part_open(p, "w:pPr");
    part_leaf(p, "w:pStyle", "w:val", "EndMark");
    if (page != NULL)
        section(p, page);
    part_close(p);
    part_close(p);
}

static bool wide(const struct block *b)
{
    return b != NULL && b->kind == BLOCK_TABLE &&
           (b->table.n_columns > UPRIGHT_COLUMNS || !docx_table_fits(b, text_width(&upright)));
}

/* The page of @p b that follows @p before: what leads to a wide table and the notes under it stand
 * with it. */
static const struct page *page_of(const struct block *b, const struct block *before,
                                  const struct page *page_before)
{
    if (b != NULL && b->kind == BLOCK_NOTE && before != NULL)
        return wide(before) || before->kind == BLOCK_NOTE ? page_before : &upright;
    while (b != NULL && (b->kind == BLOCK_HEADING || b->kind == BLOCK_SUBTITLE))
        b = b->next;
    return wide(b) ? &lying : &upright;
}

static void block(struct docx *x, struct part *p, const struct block *b, unsigned *charts)
{
    switch (b->kind) {
    case BLOCK_SUBTITLE:
        paragraph(p, "Subtitle", b->text);
        break;
    case BLOCK_NOTE:
        paragraph(p, "Note", b->text);
        break;
    case BLOCK_HEADING:
        heading(p, b);
        break;
    case BLOCK_PARAGRAPH:
        docx_paragraph(p, "BodyText");
        for (const struct run *r = b->runs; r != NULL; r = r->next)
            docx_figure_run(x, p, r->text, r->figure, false);
        part_close(p);
        break;
    case BLOCK_TABLE:
        docx_table(x, p, b);
        break;
    case BLOCK_CHART:
        docx_chart(&b->chart, ++*charts, p);
        break;
    }
}

void docx_body(struct docx *x, struct part *p)
{
    unsigned charts = 0;
    const struct block *before = NULL;
    const struct page *page = page_of(x->d->blocks, NULL, NULL);

    part_open(p, "w:document");
    part_attr(p, "xmlns:w", NS_W);
    part_attr(p, "xmlns:r", NS_R);
    part_attr(p, "xmlns:wp",
              "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing");
    part_attr(p, "xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main");
    part_attr(p, "xmlns:pic", NS_PIC);
    part_open(p, "w:body");
    paragraph(p, "Title", x->d->title);
    for (const struct block *b = x->d->blocks; b != NULL; before = b, b = b->next) {
        const struct page *next = page_of(b, before, page);

        if (next != page)
            end_mark(p, page);
        page = next;
        x->text_width = text_width(page);
        block(x, p, b, &charts);
    }
    if (before != NULL && before->kind == BLOCK_TABLE) /* Word sets a line of text behind a table */
        end_mark(p, NULL);
    section(p, page);
    part_close(p);
    part_close(p);
}

static void optional(struct part *p, const char *name, const char *value)
{
    if (value != NULL)
        part_attr(p, name, value);
}

void docx_figures(struct docx *x, struct part *p)
{
    part_open(p, "figures");
    part_attr(p, "xmlns", "urn:fangxin:figures:1");
    for (const struct figure_entry *e = x->d->figures; e != NULL; e = e->next) {
        const char *bookmark = docx_bookmark(x, e->is.id);

        part_open(p, "figure");
        part_attr(p, "id", e->is.id);
        optional(p, "bookmark", bookmark);
        optional(p, "label", e->is.label);
        optional(p, "value", e->is.value);
        optional(p, "unit", e->is.unit);
        optional(p, "numerator", e->is.numerator);
        optional(p, "denominator", e->is.denominator);
        optional(p, "definition", e->is.definition);
        part_close(p);
    }
    part_close(p);
}
