/* CSV after RFC 4180: quotes, line breaks in cells, CRLF or LF, an optional UTF-8 mark at the
 * start. */
#ifndef FANGXIN_BASE_CSV_H
#define FANGXIN_BASE_CSV_H

#include "base/buf.h"

#define CSV_COLUMNS_MAX 200

struct csv_reader {
    const char *at, *end; /* what is left to read */
    size_t row;           /* number of the record last read, 1 = first */
    char delimiter;
};

struct csv_record {
    size_t n;
    char *cells[CSV_COLUMNS_MAX]; /* in the arena */
};

void csv_open(struct csv_reader *r, const char *bytes, size_t n);
/**
 * The next record.
 * @param[out] ret_more  false at the end of the input; then ret is untouched
 * @return ERR_INVALID for an open quote or too many columns; reading goes on with the next line
 */
enum err_code csv_next(struct csv_reader *r, struct arena *arena, struct csv_record *ret,
                       bool *ret_more, struct err *err) MUST_CHECK;

/* Writes one cell: quoted where needed, and a cell that a spreadsheet would run as a formula
 * (= + - @, also full width, tab, carriage-return) gets an apostrophe in front. A plain number
 * stays a number. */
void csv_cell(struct buf *out, const char *text, bool first);
void csv_row_end(struct buf *out);

#endif
