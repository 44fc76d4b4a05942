/* A letter as PDF: A4, laid out like an official document, text selectable, fonts embedded as far
 * as used.
 *
 * What stands on the page is decided elsewhere (work/letter_fill.h); this knows paragraphs, tables,
 * the place of the seal, and how they break over pages. */
#ifndef FANGXIN_INSIGHT_LETTER_PDF_H
#define FANGXIN_INSIGHT_LETTER_PDF_H

#include "base/buf.h"

#define LETTER_CELLS 4

/* One row of a table: label, text, and perhaps a second pair beside it. */
struct letter_row {
    const char *cells[LETTER_CELLS]; /* 2 or 4 of them; NULL behind the last */
};

enum letter_block_kind {
    LETTER_ADDRESS, /* who it is addressed to: from the margin, ends in ： */
    LETTER_TEXT,    /* a paragraph, its first line moved in by two characters */
    LETTER_HEAD,    /* a small heading */
    LETTER_TABLE,
    LETTER_SIGN, /* who signs with name and seal: lines with room to write */
    LETTER_GRID, /* rows under headings */
};

/* Columns under headings, which stand again at the head of each page. */
struct letter_grid {
    size_t n_columns, n_rows;
    const char *const *cells; /* the headings, then row by row; NULL: empty */
};

struct letter_block {
    enum letter_block_kind kind;
    const char *text;              /* not of tables and grids */
    const struct letter_row *rows; /* LETTER_TABLE */
    size_t n_rows;
    const struct letter_grid *grid; /* LETTER_GRID */
};

struct letter_page {
    const char *issuer; /* the body in whose name it is issued */
    const char *title;
    const char *number; /* 安市监受〔2026〕第12号; NULL: not numbered yet; "": has none */
    const struct letter_block *blocks;
    size_t n_blocks;
    bool wide;               /* the page lies on its side */
    const char *signer;      /* over the date, with the place of the seal; NULL: no signature */
    const char *date;        /* 2026年10月13日 */
    const char *mark;        /* across the page, 预览; NULL */
    const char *verify;      /* what the QR code holds; NULL: none */
    const char *verify_hint; /* small lines beside it */
};

/* Fonts and what is kept between letters; may be used by several threads, one letter at a time. */
struct press;
struct press *press_new(void);    /* NULL when out of memory */
void press_free(struct press *p); /* NULL is fine */

/* Gives back what the font library keeps for the whole process. Only at its end: no press may be
 * left, none may be made. */
void press_end(void);

/**
 * Adds the PDF to @p out.
 * @param[out] ret_pages  how many pages it has
 * @return ERR_TOO_LARGE when @p out is full, ERR_NO_MEMORY, ERR_IO when there is no font for
 * Chinese
 */
enum err_code letter_pdf(struct press *press, const struct letter_page *page, struct buf *out,
                         int *ret_pages, struct err *err) MUST_CHECK;

#endif
