/* Parts of DOCX: XML by libxml2's writer, collected into a zip by libzip. For document_docx*.c. */
#ifndef FANGXIN_INSIGHT_DOCX_INTERNAL_H
#define FANGXIN_INSIGHT_DOCX_INTERNAL_H

#include <libxml/xmlwriter.h>

#include "insight/document_internal.h"

#define NS_W "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define NS_R "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define NS_PIC "http://schemas.openxmlformats.org/drawingml/2006/picture"
#define NS_RELS "http://schemas.openxmlformats.org/package/2006/relationships"

/* One part being written. What fails is kept until part_end. */
struct part {
    xmlBufferPtr bytes;
    xmlTextWriterPtr w;
    bool failed;
};
void part_begin(struct part *p);
void part_release(struct part *p);
void part_open(struct part *p, const char *element); /* with its prefix: "w:p" */
void part_attr(struct part *p, const char *name, const char *value);
void part_attrf(struct part *p, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
void part_text(struct part *p, const char *text);
void part_close(struct part *p);
/* <element attr="value"/>; @p attr NULL: none. */
void part_leaf(struct part *p, const char *element, const char *attr, const char *value);

/* The document under way. */
struct docx {
    const struct document *d;
    unsigned bookmarks, charts;
    struct docx_name *names; /* of bookmarks */
    int text_width;          /* of the page under way, in twentieths of a point */
};

/* The body: word/document.xml. */
void docx_body(struct docx *x, struct part *p);
/* Begins a paragraph of that style; the caller adds runs and closes it. */
void docx_paragraph(struct part *p, const char *style);
/* A text element, for a run that is open. */
void docx_text(struct part *p, const char *text);
void docx_run(struct part *p, const char *text, bool strong);
/* A run in a bookmark of @p figure; NULL: a plain one. */
void docx_figure_run(struct docx *x, struct part *p, const char *text, const char *figure,
                     bool strong);
/* Whether every number of the table stays on one line in that width. */
bool docx_table_fits(const struct block *b, int width);
/* A table as wide as the text. */
void docx_table(struct docx *x, struct part *p, const struct block *b);
/* The picture of chart number @p n, from 1: word/media/chartN.emf. */
void docx_chart(const struct document_chart *chart, unsigned n, struct part *p);
/* customXml/item1.xml: figures by bookmark. */
void docx_figures(struct docx *x, struct part *p);

/* The bookmark a figure has where it stands first. In the document's arena; NULL: no memory. */
const char *docx_bookmark(struct docx *x, const char *figure);

#endif
