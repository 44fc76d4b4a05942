/* The CSV reader and writer. */
#include "base/csv.h"

#include <string.h>

void csv_open(struct csv_reader *r, const char *bytes, size_t n)
{
    if (n == 0)
        bytes = ""; /* NULL is fine then */
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        n -= 3;
    }
    *r = (struct csv_reader){.at = bytes, .end = bytes + n, .delimiter = ','};
}

static void skip_line(struct csv_reader *r)
{
    while (r->at < r->end && *r->at != '\n')
        r->at++;
    if (r->at < r->end)
        r->at++;
}

/* Reads one cell into the arena and stops at its delimiter; NULL on an open quote. */
static char *read_cell(struct csv_reader *r, struct arena *arena)
{
    const char *p = r->at;
    CLEANUP(buf_release) struct buf cell = BUF_UP_TO((size_t)(r->end - p));

    if (p < r->end && *p == '"') {
        for (p++;; p++) {
            if (p >= r->end)
                return NULL;
            if (*p == '"') {
                if (p + 1 < r->end && p[1] == '"')
                    p++;
                else
                    break;
            }
            buf_addc(&cell, *p);
        }
        p++;
        while (p < r->end && *p != r->delimiter && *p != '\n' && *p != '\r')
            buf_addc(&cell, *p++); /* text behind the quote is kept */
        r->at = p;
        return buf_dup(&cell, arena);
    }
    while (p < r->end && *p != r->delimiter && *p != '\n' && *p != '\r')
        p++;
    {
        char *text = arena_strndup(arena, r->at, (size_t)(p - r->at));

        r->at = p;
        return text;
    }
}

enum err_code csv_next(struct csv_reader *r, struct arena *arena, struct csv_record *ret,
                       bool *ret_more, struct err *err)
{
    const char *start = r->at;

    *ret_more = r->at < r->end;
    if (!*ret_more)
        return ERR_OK;
    r->row++;
    ret->n = 0;
    for (;;) {
        char *cell;

        if (ret->n >= CSV_COLUMNS_MAX) {
            skip_line(r);
            return err_set(err, ERR_INVALID, "csv: more than %d columns", CSV_COLUMNS_MAX);
        }
        cell = read_cell(r, arena);
        if (cell == NULL) {
            r->at = start;
            skip_line(r);
            return err_set(err, ERR_INVALID, "csv: a quote is not closed, or no memory");
        }
        ret->cells[ret->n++] = cell;
        if (r->at >= r->end)
            return ERR_OK;
        if (*r->at == r->delimiter) {
            r->at++;
            continue;
        }
        if (*r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n')
            r->at++;
        r->at++;
        return ERR_OK;
    }
}

static bool is_number(const char *s)
{
    bool digit = false;

    if (*s == '-')
        s++;
    for (; *s != '\0'; s++) {
        if (*s >= '0' && *s <= '9')
            digit = true;
        else if (*s != '.')
            return false;
    }
    return digit;
}

/* Spreadsheets take the full width signs ＝ ＋ － ＠ for the plain ones. */
static bool is_formula(const char *s)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};

    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (strncmp(s, wide[i], strlen(wide[i])) == 0)
            return true;
    return s[0] != '\0' && strchr("=+-@\t\r", s[0]) != NULL && !is_number(s);
}

void csv_cell(struct buf *out, const char *text, bool first)
{
    bool formula = is_formula(text);

    if (!first)
        buf_addc(out, ',');
    if (!formula && strpbrk(text, ",\"\n\r") == NULL) {
        buf_adds(out, text);
        return;
    }
    buf_addc(out, '"');
    if (formula)
        buf_addc(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_addc(out, '"');
        buf_addc(out, *text);
    }
    buf_addc(out, '"');
}

void csv_row_end(struct buf *out)
{
    buf_adds(out, "\r\n");
}
