/* Sheets: a table written row by row, as CSV or XLSX, in constant memory.
 *
 *     CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
 *     TRY(sheet_open(&(struct sheet_form){.kind = SHEET_XLSX, .title = "诉求", .columns = columns,
 *                                         .n_columns = n, .made_ms = op->now_ms, …}, &sheet, err));
 *     for each row: sheet_text(sheet, number); sheet_int(sheet, days); sheet_money(sheet, fen); …
 *                   sheet_row_end(sheet);
 *     TRY(sheet_finish(&sheet, &fd, &bytes, err));
 *
 * A text never runs as a formula: CSV cells are escaped (base/csv.h), XLSX cells are strings.
 * Values are typed in XLSX: numbers, yuan with two decimals, dates. The same rows and the same
 * made_ms give the same bytes. A failure while rows are written is kept and reported by
 * sheet_finish. */
#ifndef FANGXIN_INSIGHT_SHEET_H
#define FANGXIN_INSIGHT_SHEET_H

#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"

enum sheet_kind { SHEET_CSV, SHEET_XLSX };
/* "csv" "xlsx"; false for any other name. */
bool sheet_kind_find(const char *name, enum sheet_kind *ret);
const char *sheet_content_type(enum sheet_kind kind);
const char *sheet_suffix(enum sheet_kind kind); /* ".csv" */

struct sheet_column {
    const char *label; /* first row; repeated on paper and on every further sheet */
    double width;      /* in characters, XLSX only; 0: 14 */
};

#define SHEET_COLUMNS_MAX 120

struct sheet_form {
    enum sheet_kind kind;
    const char *title;                  /* name of the sheet and of the document; XLSX only */
    const struct sheet_column *columns; /* must outlive the sheet, labels too */
    size_t n_columns;                   /* 1 … SHEET_COLUMNS_MAX */
    int64_t made_ms;                    /* stands in the document's properties */
    int zone_min;                       /* in which instants are written */
    bool mark;          /* CSV begins with the UTF-8 mark, without which Excel guesses GBK */
    const char *folder; /* where the nameless temporary file lies; NULL: /tmp */
};

struct sheet;

/* Writes the row of labels. ERR_IO, ERR_STORE_FULL, ERR_NO_MEMORY. */
enum err_code sheet_open(const struct sheet_form *form, struct sheet **ret,
                         struct err *err) MUST_CHECK;
/* For CLEANUP: forgets an unfinished sheet; NULL inside is fine. */
void sheet_abandonp(struct sheet **sheet);

/* The next cell of the row; NULL text is an empty cell. Cells beyond the columns are an invariant.
 */
void sheet_text(struct sheet *sheet, const char *text);
void sheet_int(struct sheet *sheet, int64_t value);
void sheet_money(struct sheet *sheet, int64_t fen); /* "2760.50" */
/* A decimal as printed, "87.5"; @p decimals as many as it has. NULL: empty. */
void sheet_decimal(struct sheet *sheet, const char *value, int decimals);
void sheet_date(struct sheet *sheet, date_t date);   /* DATE_NONE: empty */
void sheet_instant(struct sheet *sheet, int64_t ms); /* to the minute; 0: empty */
/* Cells not given stay empty. */
void sheet_row_end(struct sheet *sheet);

/**
 * Ends the file and frees the sheet (*sheet becomes NULL).
 * @param[out] ret_fd  at offset 0, without a name: gone when closed; the caller's
 */
enum err_code sheet_finish(struct sheet **sheet, int *ret_fd, int64_t *ret_bytes,
                           struct err *err) MUST_CHECK;

/* ---- for other writers of XLSX (document_xlsx.c) ---- */

/* A nameless file in @p folder (NULL: /tmp), and the path by which a library may open it. */
#define TEMPORARY_PATH 40
enum err_code temporary_file(const char *folder, int *ret_fd, char ret_path[TEMPORARY_PATH],
                             struct err *err) MUST_CHECK;

#endif
