/* DOCX: the text. Headings are real headings, tables real tables with a head that repeats on every
 * page, and each figure stands in a bookmark of its own. */
#include "insight/docx_internal.h"

#include <ctype.h>
#include <string.h>

#define WIDE_COLUMNS 9  /* more are set smaller */
#define BOOKMARK_MAX 40 /* characters: Word cuts longer ones */

/* A4 with the margins of GB/T 9704, in twentieths of a point. */
#define PAGE_WIDTH 11906
#define PAGE_HEIGHT 16838
#define MARGIN_TOP 2098
#define MARGIN_LEFT 1587
#define MARGIN_RIGHT 1474
#define MARGIN_BOTTOM 1984
#define TEXT_WIDTH (PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT)

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

static void text_element(struct part *p, const char *text)
{
    part_open(p, "w:t");
    part_attr(p, "xml:space", "preserve");
    part_text(p, text);
    part_close(p);
}

static void plain_run(struct part *p, const char *text, bool strong)
{
    part_open(p, "w:r");
    if (strong) {
        part_open(p, "w:rPr");
        part_leaf(p, "w:b", NULL, NULL);
        part_close(p);
    }
    text_element(p, text);
    part_close(p);
}

static void figure_run(struct docx *x, struct part *p, const char *text, const char *figure,
                       bool strong)
{
    struct docx_name *n = figure == NULL ? NULL : name_of(x, figure);
    unsigned id = x->bookmarks + 1;

    if (figure != NULL && n == NULL)
        p->failed = true;
    if (n == NULL) {
        plain_run(p, text, strong);
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
    plain_run(p, text, strong);
    part_open(p, "w:bookmarkEnd");
    part_attrf(p, "w:id", "%u", id);
    part_close(p);
}

static void paragraph_begin(struct part *p, const char *style)
{
    part_open(p, "w:p");
    part_open(p, "w:pPr");
    part_leaf(p, "w:pStyle", "w:val", style);
    part_close(p);
}

static void paragraph(struct part *p, const char *style, const char *text)
{
    paragraph_begin(p, style);
    plain_run(p, text, false);
    part_close(p);
}

static void heading(struct part *p, const struct block *b)
{
    static const char *const styles[] = {"", "Heading1", "Heading2", "Heading3"};
    char ordinal[ORDINAL_TEXT];

    document_ordinal(b->level, b->ordinal, ordinal);
    paragraph_begin(p, styles[b->level]);
    part_open(p, "w:r");
    text_element(p, ordinal);
    text_element(p, b->text);
    part_close(p);
    part_close(p);
}

/* ---- tables ---- */

static void width_of(struct part *p, const char *element, double twentieths)
{
    part_open(p, element);
    part_attrf(p, "w:w", "%d", (int)twentieths);
    part_attr(p, "w:type", "dxa");
    part_close(p);
}

static double share(const struct document_table *t, size_t column)
{
    double all = 0;

    for (size_t i = 0; i < t->n_columns; i++)
        all += t->columns[i].width > 0 ? t->columns[i].width : 1;
    return TEXT_WIDTH * (t->columns[column].width > 0 ? t->columns[column].width : 1) / all;
}

static void cell_begin(struct part *p, const struct document_table *t, size_t column)
{
    part_open(p, "w:tc");
    part_open(p, "w:tcPr");
    width_of(p, "w:tcW", share(t, column));
    part_leaf(p, "w:vAlign", "w:val", "center");
    part_close(p);
    paragraph_begin(p, t->n_columns > WIDE_COLUMNS
                           ? t->columns[column].number ? "TableNumberSmall" : "TableTextSmall"
                       : t->columns[column].number ? "TableNumber"
                                                   : "TableText");
}

static void cell_end(struct part *p)
{
    part_close(p);
    part_close(p);
}

static void head_row(struct part *p, const struct document_table *t)
{
    part_open(p, "w:tr");
    part_open(p, "w:trPr");
    part_leaf(p, "w:cantSplit", NULL, NULL);
    part_leaf(p, "w:tblHeader", NULL, NULL);
    part_close(p);
    for (size_t i = 0; i < t->n_columns; i++) {
        cell_begin(p, t, i);
        plain_run(p, t->columns[i].label, true);
        cell_end(p);
    }
    part_close(p);
}

static void body_row(struct docx *x, struct part *p, const struct block *b, const struct row *r)
{
    bool strong = r->kind == ROW_TOTAL;

    part_open(p, "w:tr");
    part_open(p, "w:trPr");
    part_leaf(p, "w:cantSplit", NULL, NULL);
    part_close(p);
    for (size_t i = 0; i < b->table.n_columns; i++) {
        const struct document_cell *c = &r->cells[i];

        cell_begin(p, &b->table, i);
        if (c->text != NULL && c->text[0] != '\0')
            figure_run(x, p, c->text, c->figure, strong);
        if (c->warning != NULL) {
            part_open(p, "w:r");
            part_leaf(p, "w:br", NULL, NULL);
            text_element(p, c->warning);
            part_close(p);
        }
        cell_end(p);
    }
    part_close(p);
}

static bool has_total(const struct block *b)
{
    const struct row *last = NULL;

    for (const struct row *r = b->rows; r != NULL; r = r->next)
        last = r;
    return last != NULL && last->kind == ROW_TOTAL;
}

static void table(struct docx *x, struct part *p, const struct block *b)
{
    const struct document_table *t = &b->table;

    if (t->caption != NULL) {
        paragraph_begin(p, "Caption");
        part_open(p, "w:r");
        part_open(p, "w:t");
        part_attr(p, "xml:space", "preserve");
        if (!p->failed && xmlTextWriterWriteFormatString(p->w, "表%u ", b->ordinal) < 0)
            p->failed = true;
        part_close(p);
        text_element(p, t->caption);
        part_close(p);
        part_close(p);
    }
    part_open(p, "w:tbl");
    part_open(p, "w:tblPr");
    part_leaf(p, "w:tblStyle", "w:val", "Figures");
    width_of(p, "w:tblW", TEXT_WIDTH);
    part_leaf(p, "w:tblLayout", "w:type", "fixed");
    part_open(p, "w:tblLook");
    part_attr(p, "w:val", has_total(b) ? "0060" : "0020");
    part_attr(p, "w:firstRow", "1");
    part_attr(p, "w:lastRow", has_total(b) ? "1" : "0");
    part_close(p);
    part_close(p);
    part_open(p, "w:tblGrid");
    for (size_t i = 0; i < t->n_columns; i++) {
        part_open(p, "w:gridCol");
        part_attrf(p, "w:w", "%d", (int)share(t, i));
        part_close(p);
    }
    part_close(p);
    head_row(p, t);
    for (const struct row *r = b->rows; r != NULL; r = r->next)
        body_row(x, p, b, r);
    part_close(p);
}

/* ---- the whole ---- */

static void section(struct part *p)
{
    part_open(p, "w:sectPr");
    part_open(p, "w:footerReference");
    part_attr(p, "w:type", "default");
    part_attr(p, "r:id", "rId4");
    part_close(p);
    part_open(p, "w:pgSz");
    part_attrf(p, "w:w", "%d", PAGE_WIDTH);
    part_attrf(p, "w:h", "%d", PAGE_HEIGHT);
    part_close(p);
    part_open(p, "w:pgMar");
    part_attrf(p, "w:top", "%d", MARGIN_TOP);
    part_attrf(p, "w:right", "%d", MARGIN_RIGHT);
    part_attrf(p, "w:bottom", "%d", MARGIN_BOTTOM);
    part_attrf(p, "w:left", "%d", MARGIN_LEFT);
    part_attr(p, "w:header", "851");
    part_attr(p, "w:footer", "1400");
    part_attr(p, "w:gutter", "0");
    part_close(p);
    part_close(p);
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
        paragraph_begin(p, "BodyText");
        for (const struct run *r = b->runs; r != NULL; r = r->next)
            figure_run(x, p, r->text, r->figure, false);
        part_close(p);
        break;
    case BLOCK_TABLE:
        table(x, p, b);
        break;
    case BLOCK_CHART:
        docx_chart_place(&b->chart, ++*charts, p);
        break;
    case BLOCK_PAGE_BREAK:
        part_open(p, "w:p");
        part_open(p, "w:r");
        part_leaf(p, "w:br", "w:type", "page");
        part_close(p);
        part_close(p);
        break;
    }
}

void docx_body(struct docx *x, struct part *p)
{
    unsigned charts = 0;

    part_open(p, "w:document");
    part_attr(p, "xmlns:w", NS_W);
    part_attr(p, "xmlns:r", NS_R);
    part_attr(p, "xmlns:wp",
              "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing");
    part_attr(p, "xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main");
    part_attr(p, "xmlns:c", "http://schemas.openxmlformats.org/drawingml/2006/chart");
    part_open(p, "w:body");
    paragraph(p, "Title", x->d->title);
    for (const struct block *b = x->d->blocks; b != NULL; b = b->next)
        block(x, p, b, &charts);
    section(p);
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
