/* DOCX: tables. The head repeats on every page; a column is never narrower than its widest number,
 * so that no figure breaks across lines. */
#include "insight/docx_internal.h"

#include <string.h>

/* How a table is set: letters and widths, in twentieths of a point. */
struct setting {
    const char *text, *number; /* styles of packs/documents/docx/styles.xml */
    int letter;                /* height, as in these styles */
    int widths[DOCUMENT_COLUMNS_MAX];
};
#define CELL_SIDES 80  /* both, as in the style of tables */
#define ROWS_KEPT 14   /* a table of no more stays on one page */
#define HEAD_LETTERS 4 /* of a head on one line */
#define NAME_LETTERS 5 /* of a column of texts at least; longer ones take lines */

/* ---- widths ---- */

/* What a text takes at most, in hundredths of its height: bold digits of a wide fallback font, and
 * the gap that word processors leave between Han and other letters. */
static int hundredths(const char *text)
{
    int n = 0;
    bool han = false;

    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c >= 0x80 && *c < 0xc0) /* inside a letter */
            continue;
        if (c != (const unsigned char *)text && han != (*c >= 0x80))
            n += 25;
        han = *c >= 0x80;
        n += han || *c == '%' || *c == '+' ? 100 : 70;
    }
    return n;
}

/* A long head takes two lines, what stands below a threshold has a line of its own. */
static int need_of(const struct block *b, size_t column, int letter)
{
    const struct document_column *of = &b->table.columns[column];
    int n = hundredths(of->label);

    if (n > HEAD_LETTERS * 100)
        n = (n + 100) / 2;
    if (!of->number)
        n = n > NAME_LETTERS * 100 ? n : NAME_LETTERS * 100;
    for (const struct row *r = b->rows; of->number && r != NULL; r = r->next) {
        const struct document_cell *c = &r->cells[column];
        int text = c->text == NULL ? 0 : hundredths(c->text);
        int warning = c->warning == NULL ? 0 : hundredths(c->warning);

        n = n > text ? n : text;
        n = n > warning ? n : warning;
    }
    return n * letter / 100 + CELL_SIDES;
}

/* Shares @p width as the columns ask for; a column that needs more than its share gets that first.
 * False when there is not enough for all. */
static bool share(const struct block *b, int width, struct setting *s)
{
    const struct document_table *t = &b->table;
    bool fixed[DOCUMENT_COLUMNS_MAX] = {false}, again = true;
    int need[DOCUMENT_COLUMNS_MAX], all = 0;

    for (size_t i = 0; i < t->n_columns; i++)
        all += need[i] = need_of(b, i, s->letter);
    while (again) {
        double asked = 0;
        int left = width;

        again = false;
        for (size_t i = 0; i < t->n_columns; i++)
            if (fixed[i])
                left -= need[i];
            else
                asked += t->columns[i].width > 0 ? t->columns[i].width : 1;
        for (size_t i = 0; i < t->n_columns && !again; i++) {
            double own = t->columns[i].width > 0 ? t->columns[i].width : 1;

            s->widths[i] = all > width ? (int)((double)width * need[i] / all)
                           : fixed[i]  ? need[i]
                                       : (int)(left * own / asked);
            again = all <= width && s->widths[i] < need[i];
            fixed[i] = fixed[i] || again;
        }
    }
    return all <= width;
}

/* Smaller letters when the usual ones leave no room; false when these do not fit either. */
static bool set(const struct block *b, int width, struct setting *s)
{
    *s = (struct setting){.text = "TableText", .number = "TableNumber", .letter = 180};
    if (share(b, width, s))
        return true;
    *s = (struct setting){.text = "TableTextSmall", .number = "TableNumberSmall", .letter = 150};
    return share(b, width, s);
}

bool docx_table_fits(const struct block *b, int width)
{
    struct setting s;

    return set(b, width, &s);
}

/* ---- cells and rows ---- */

static void width_of(struct part *p, const char *element, int twentieths)
{
    part_open(p, element);
    part_attrf(p, "w:w", "%d", twentieths);
    part_attr(p, "w:type", "dxa");
    part_close(p);
}

/* @p keep: on the page of the next row. */
static void cell_begin(struct part *p, const struct setting *s, const struct document_table *t,
                       size_t column, bool keep)
{
    part_open(p, "w:tc");
    part_open(p, "w:tcPr");
    width_of(p, "w:tcW", s->widths[column]);
    part_leaf(p, "w:vAlign", "w:val", "center");
    part_close(p);
    part_open(p, "w:p");
    part_open(p, "w:pPr");
    part_leaf(p, "w:pStyle", "w:val", t->columns[column].number ? s->number : s->text);
    if (keep)
        part_leaf(p, "w:keepNext", NULL, NULL);
    part_close(p);
}

static void cell_end(struct part *p)
{
    part_close(p);
    part_close(p);
}

static void head_row(struct part *p, const struct setting *s, const struct document_table *t)
{
    part_open(p, "w:tr");
    part_open(p, "w:trPr");
    part_leaf(p, "w:cantSplit", NULL, NULL);
    part_leaf(p, "w:tblHeader", NULL, NULL);
    part_close(p);
    for (size_t i = 0; i < t->n_columns; i++) {
        cell_begin(p, s, t, i, true);
        docx_run(p, t->columns[i].label, true);
        cell_end(p);
    }
    part_close(p);
}

static void body_row(struct docx *x, struct part *p, const struct setting *s, const struct block *b,
                     const struct row *r, bool keep)
{
    bool strong = r->kind == ROW_TOTAL;

    part_open(p, "w:tr");
    part_open(p, "w:trPr");
    part_leaf(p, "w:cantSplit", NULL, NULL);
    part_close(p);
    for (size_t i = 0; i < b->table.n_columns; i++) {
        const struct document_cell *c = &r->cells[i];

        cell_begin(p, s, &b->table, i, keep);
        if (c->text != NULL && c->text[0] != '\0')
            docx_figure_run(x, p, c->text, c->figure, strong);
        if (c->warning != NULL) {
            part_open(p, "w:r");
            part_leaf(p, "w:br", NULL, NULL);
            docx_text(p, c->warning);
            part_close(p);
        }
        cell_end(p);
    }
    part_close(p);
}

void docx_table(struct docx *x, struct part *p, const struct block *b)
{
    const struct document_table *t = &b->table;
    const struct row *last = NULL;
    struct setting s;
    size_t rows = 0;
    bool total;

    for (const struct row *r = b->rows; r != NULL; r = r->next, rows++)
        last = r;
    total = last != NULL && last->kind == ROW_TOTAL;
    (void)set(b, x->text_width, &s); /* what does not fit breaks, rather than being cut off */

    if (t->caption != NULL) {
        docx_paragraph(p, "Caption");
        part_open(p, "w:r");
        part_open(p, "w:t");
        part_attr(p, "xml:space", "preserve");
        if (!p->failed && xmlTextWriterWriteFormatString(p->w, "表%u ", b->ordinal) < 0)
            p->failed = true;
        part_close(p);
        docx_text(p, t->caption);
        part_close(p);
        part_close(p);
    }
    part_open(p, "w:tbl");
    part_open(p, "w:tblPr");
    part_leaf(p, "w:tblStyle", "w:val", "Figures");
    width_of(p, "w:tblW", x->text_width);
    part_leaf(p, "w:tblLayout", "w:type", "fixed");
    part_open(p, "w:tblLook");
    part_attr(p, "w:val", total ? "0060" : "0020");
    part_attr(p, "w:firstRow", "1");
    part_attr(p, "w:lastRow", total ? "1" : "0");
    part_close(p);
    part_close(p);
    part_open(p, "w:tblGrid");
    for (size_t i = 0; i < t->n_columns; i++) {
        part_open(p, "w:gridCol");
        part_attrf(p, "w:w", "%d", s.widths[i]);
        part_close(p);
    }
    part_close(p);
    head_row(p, &s, t);
    for (const struct row *r = b->rows; r != NULL; r = r->next)
        body_row(x, p, &s, b, r, r != last && (rows <= ROWS_KEPT || r->next == last));
    part_close(p);
}
