/* Markdown: what a person types elsewhere as text. The id of a figure follows its number in a
 * comment; charts are SVG pictures inside the file. */
#include "insight/document_internal.h"

#include <string.h>

/* Characters that would mean something at this place are taken literally. */
static void escaped(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            buf_addc(out, ' ');
            continue;
        }
        if (strchr("\\`*_[]<>|#~", *text) != NULL)
            buf_addc(out, '\\');
        buf_addc(out, *text);
    }
}

static void figure_comment(struct buf *out, const char *figure)
{
    if (figure == NULL)
        return;
    buf_adds(out, "<!-- ");
    buf_adds(out, figure);
    buf_adds(out, " -->");
}

static void runs(struct buf *out, const struct block *b)
{
    for (const struct run *r = b->runs; r != NULL; r = r->next) {
        escaped(out, r->text);
        figure_comment(out, r->figure);
    }
    buf_adds(out, "\n\n");
}

static void cell(struct buf *out, const struct document_cell *c, bool strong)
{
    bool empty = c->text == NULL || c->text[0] == '\0';

    buf_addc(out, ' ');
    if (strong && !empty)
        buf_adds(out, "**");
    if (!empty)
        escaped(out, c->text);
    if (strong && !empty)
        buf_adds(out, "**");
    figure_comment(out, c->figure);
    if (c->warning != NULL) {
        buf_adds(out, " (");
        escaped(out, c->warning);
        buf_addc(out, ')');
    }
    buf_adds(out, " |");
}

static void table(struct buf *out, const struct block *b)
{
    const struct document_table *t = &b->table;

    if (t->caption != NULL) {
        buf_addf(out, "**表%u ", b->ordinal);
        escaped(out, t->caption);
        buf_adds(out, "**\n\n");
    }
    buf_addc(out, '|');
    for (size_t i = 0; i < t->n_columns; i++) {
        buf_addc(out, ' ');
        escaped(out, t->columns[i].label);
        buf_adds(out, " |");
    }
    buf_adds(out, "\n|");
    for (size_t i = 0; i < t->n_columns; i++)
        buf_adds(out, t->columns[i].number ? " ---: |" : " --- |");
    buf_addc(out, '\n');
    for (const struct row *r = b->rows; r != NULL; r = r->next) {
        buf_addc(out, '|');
        for (size_t i = 0; i < t->n_columns; i++)
            cell(out, &r->cells[i], r->kind == ROW_TOTAL);
        buf_addc(out, '\n');
    }
    buf_addc(out, '\n');
}

static void base64(struct buf *out, const char *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)(unsigned char)bytes[i] << 16;
        char four[4];

        if (i + 1 < n)
            v |= (unsigned)(unsigned char)bytes[i + 1] << 8;
        if (i + 2 < n)
            v |= (unsigned)(unsigned char)bytes[i + 2];
        four[0] = digits[v >> 18 & 63];
        four[1] = digits[v >> 12 & 63];
        four[2] = i + 1 < n ? digits[v >> 6 & 63] : '=';
        four[3] = i + 2 < n ? digits[v & 63] : '=';
        buf_add(out, four, 4);
    }
}

static void chart(struct buf *out, const struct document_chart *c)
{
    CLEANUP(buf_release) struct buf svg = BUF_UP_TO((size_t)1 << 20);
    CLEANUP(buf_release) struct buf words = BUF_UP_TO((size_t)1 << 16);

    chart_svg(c, &svg);
    chart_words(c, &words);
    buf_adds(out, "![");
    escaped(out, buf_text(&words));
    buf_adds(out, "](data:image/svg+xml;base64,");
    base64(out, buf_text(&svg), svg.len);
    buf_adds(out, ")\n\n");
}

static void heading(struct buf *out, const struct block *b)
{
    char ordinal[ORDINAL_TEXT];

    document_ordinal(b->level, b->ordinal, ordinal);
    buf_addf(out, "%s ", b->level == 1 ? "##" : b->level == 2 ? "###" : "####");
    buf_adds(out, ordinal);
    escaped(out, b->text);
    buf_adds(out, "\n\n");
}

enum err_code document_markdown(const struct document *d, struct buf *out, struct err *err)
{
    (void)err;
    buf_adds(out, "# ");
    escaped(out, d->title);
    buf_adds(out, "\n\n");
    for (const struct block *b = d->blocks; b != NULL; b = b->next)
        switch (b->kind) {
        case BLOCK_HEADING:
            heading(out, b);
            break;
        case BLOCK_PARAGRAPH:
            runs(out, b);
            break;
        case BLOCK_SUBTITLE:
        case BLOCK_NOTE:
            escaped(out, b->text);
            buf_adds(out, "\n\n");
            break;
        case BLOCK_TABLE:
            table(out, b);
            break;
        case BLOCK_CHART:
            chart(out, &b->chart);
            break;
        }
    return ERR_OK;
}
