/* Documents: a title, headings, paragraphs, tables and charts, and the figures that stand in them.
 *
 *     struct document *d = document_new(arena, "2026年9月投诉举报办理情况通报", made_ms);
 *     document_heading(d, 1, "总体情况");                     "一、" is set by the writer
 *     document_paragraph(d);
 *     document_run(d, "共受理消费者诉求", NULL);
 *     document_run(d, "1013", "received:420202:2026-09@…");
 *     document_table(d, &(struct document_table){…}); document_cell(d, …) …; document_row(d,
 * ROW_BODY); document_chart(d, &chart); TRY(document_write(d, DOCUMENT_DOCX, embedded_packs, &out,
 * err));
 *
 * A document lives in its arena and keeps the texts it is given (they are not copied). An
 * allocation that failed is kept and reported by document_write. The same document gives the same
 * bytes.
 *
 * A figure's id travels with the number: Markdown has it in a comment behind the number, DOCX in a
 * bookmark around it (its name is the id with _ for what Word does not take, shortened with a
 * checksum above 40 characters) and in full in the part customXml/item1.xml, XLSX on the sheet
 * "数字". */
#ifndef FANGXIN_INSIGHT_DOCUMENT_H
#define FANGXIN_INSIGHT_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/embed.h"

enum document_format { DOCUMENT_MARKDOWN, DOCUMENT_DOCX, DOCUMENT_XLSX };
/* "md" "docx" "xlsx"; false for any other name. */
bool document_format_find(const char *name, enum document_format *ret);
const char *document_content_type(enum document_format format);
const char *document_suffix(enum document_format format); /* ".docx" */

struct document;

/* @p made_ms stands in the document's properties instead of the clock. NULL: no memory. */
struct document *document_new(struct arena *arena, const char *title, int64_t made_ms);
/* The line under the title: who, when. */
void document_subtitle(struct document *d, const char *text);
/* @p level 1 … 3; the writer sets 一、 (一) 1. in front. */
void document_heading(struct document *d, int level, const char *text);
void document_paragraph(struct document *d);
/* A piece of the paragraph begun last. @p figure: id, or NULL for plain text. */
void document_run(struct document *d, const char *text, const char *figure);
/* Small print: how a table is to be read. */
void document_note(struct document *d, const char *text);

/* ---- tables ---- */

struct document_column {
    const char *label;
    bool number;  /* to the right */
    double width; /* share of the table, any unit; 0: 1 */
};
#define DOCUMENT_COLUMNS_MAX 40
struct document_table {
    const char *caption; /* "各所投诉办理情况"; the writer sets 表1 in front */
    const char *name;    /* of the sheet in XLSX */
    const struct document_column *columns;
    size_t n_columns; /* 1 … DOCUMENT_COLUMNS_MAX */
};
void document_table(struct document *d, const struct document_table *table);

struct document_cell {
    const char *text;    /* as printed: "96.2%"; NULL: empty */
    const char *figure;  /* id, or NULL */
    const char *number;  /* the same as a plain decimal, "96.2"; NULL: a text */
    int decimals;        /* of number */
    const char *suffix;  /* printed behind the number: "%"; NULL: nothing */
    bool sign;           /* printed with + when above zero */
    const char *warning; /* "低于95%"; NULL: none */
};
/* The next cell of the table begun last; copied. */
void document_cell(struct document *d, const struct document_cell *cell);
enum document_row { ROW_BODY, ROW_TOTAL };
/* Ends the row; cells not given are empty. */
void document_row(struct document *d, enum document_row row);

/* ---- charts ---- */

enum document_chart_form {
    CHART_BARS, /* lying, one per label: categories, bodies */
    CHART_LINE, /* standing columns by time: months */
};
struct document_chart {
    enum document_chart_form form;
    const char *title, *unit;
    const char *const *labels;
    const char *const *values;  /* plain decimals */
    const char *const *figures; /* ids, or NULL */
    size_t n;
};
/* Kept, not copied. */
void document_chart(struct document *d, const struct document_chart *chart);

/* ---- figures ---- */

/* What is known of a figure that stands in the document. */
struct document_figure {
    const char *id, *label, *value, *unit;
    const char *numerator, *denominator; /* NULL: none */
    const char *definition;              /* hash, hexadecimal */
};
void document_figure(struct document *d, const struct document_figure *figure);

/**
 * Writes the whole document.
 * @param packs  embedded_packs: documents/docx/… are the fixed parts of DOCX
 * @param out    initialised; its maximum limits the document
 * @return ERR_TOO_LARGE, ERR_NO_MEMORY, ERR_IO
 */
enum err_code document_write(const struct document *d, enum document_format format,
                             const struct embedded_file *packs, struct buf *out,
                             struct err *err) MUST_CHECK;

/* Pictures of the chart: bars start at zero, every value is labelled. The letters of both are text,
 * set by whoever shows them, so that no font stands behind the bytes. */
void chart_svg(const struct document_chart *chart, struct buf *out);
void chart_emf(const struct document_chart *chart, struct buf *out); /* for Word */
#define CHART_EMF_WIDTH_MM 155
/* What the picture says, for those who cannot see it: "诉求较多的类别（件）：食品 46；服务 12". */
void chart_words(const struct document_chart *chart, struct buf *out);

#endif
