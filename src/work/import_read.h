/* Reading a file of records: encoding, then CSV or JSON lines, row by row. Private to the import.
 */
#ifndef FANGXIN_WORK_IMPORT_READ_H
#define FANGXIN_WORK_IMPORT_READ_H

#include <jansson.h>

#include "base/csv.h"
#include "store/op.h"

#define IMPORT_COLUMNS_MAX CSV_COLUMNS_MAX

struct import_file {
    struct buf text;      /* UTF-8; empty while the bytes given are UTF-8 themselves */
    struct arena *arena;  /* of the op that opened it: names of columns */
    const char *at, *end; /* what is left to read */
    size_t size;          /* of the text */
    const char *start;
    char encoding[32]; /* "UTF-8", "GB18030" … */
    bool jsonl;
    struct csv_reader csv;
    size_t rows; /* records without the header, counted before the first is read */
    size_t row;  /* number of the record last read; the header of a CSV is 1 */
    size_t n_columns;
    const char *columns[IMPORT_COLUMNS_MAX]; /* JSON lines: keys in the order met, "a.b" for nested
                                                ones; grows while rows are read */
};

/* One record. A cell that holds U+FFFD could not be read in the file's encoding. */
struct import_row {
    size_t number;
    size_t n;
    const char *cells[IMPORT_COLUMNS_MAX]; /* in the arena of the call; NULL or "" = empty */
    const json_t
        *values[IMPORT_COLUMNS_MAX]; /* JSON lines: the value itself; belongs to `object` */
    json_t *object;                  /* JSON lines: owned; NULL otherwise */
};

/**
 * Finds out encoding and shape and reads the header. @p bytes must live until import_file_close.
 * @return ERR_INVALID for an empty file, a header without columns or with one name twice, or an
 *         encoding that this system cannot convert
 */
enum err_code import_file_open(struct op *op, const char *bytes, size_t n,
                               struct import_file *ret) MUST_CHECK;
void import_file_close(struct import_file *f);
/**
 * The next record, into @p op's arena.
 * @param[out] ret_more  false at the end
 * @return ERR_INVALID with a message for a record that cannot be read; reading goes on behind it
 */
enum err_code import_file_next(struct op *op, struct import_file *f, struct import_row *ret,
                               bool *ret_more) MUST_CHECK;
void import_row_release(struct import_row *row);

#endif
