/* What a document is made of. For document*.c alone. */
#ifndef FANGXIN_INSIGHT_DOCUMENT_INTERNAL_H
#define FANGXIN_INSIGHT_DOCUMENT_INTERNAL_H

#include "insight/document.h"

enum block_kind {
    BLOCK_SUBTITLE,
    BLOCK_HEADING,
    BLOCK_PARAGRAPH,
    BLOCK_NOTE,
    BLOCK_TABLE,
    BLOCK_CHART,
};

struct run {
    const char *text, *figure;
    struct run *next;
};

struct row {
    enum document_row kind;
    struct document_cell *cells; /* as many as the table has columns */
    struct row *next;
};

struct block {
    enum block_kind kind;
    int level;        /* of a heading */
    unsigned ordinal; /* of a heading within its level, of a table in the document; from 1 */
    const char *text; /* of a heading, subtitle or note */
    struct run *runs, **runs_end;
    struct document_table table;
    struct row *rows, **rows_end, *open; /* open: the row under way */
    size_t filled;                       /* cells of the open row */
    struct document_chart chart;
    struct block *next;
};

struct figure_entry {
    struct document_figure is;
    struct figure_entry *next;
};

struct document {
    struct arena *arena;
    const char *title;
    int64_t made_ms;
    struct block *blocks, **blocks_end, *last;
    struct figure_entry *figures, **figures_end;
    unsigned ordinals[4], tables;
    bool failed;
};

/* "一、" "（一）" "1." for a heading of that level; @p ret has room of 32 bytes. */
#define ORDINAL_TEXT 32
void document_ordinal(int level, unsigned n, char ret[ORDINAL_TEXT]);

enum err_code document_markdown(const struct document *d, struct buf *out,
                                struct err *err) MUST_CHECK;
enum err_code document_docx(const struct document *d, const struct embedded_file *packs,
                            struct buf *out, struct err *err) MUST_CHECK;
enum err_code document_xlsx(const struct document *d, struct buf *out, struct err *err) MUST_CHECK;

#endif
