/* Encodings and records of files to import. */
#include "work/import_read.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <uchardet/uchardet.h>

#include "base/json.h"
#include "base/text.h"

#define LOOK_BYTES ((size_t)1 << 20) /* the detector looks at no more */
#define UNREADABLE "\xef\xbf\xbd"    /* U+FFFD */

/* ---- encoding ---- */

/* The detector's names of Chinese encodings are all parts of GB18030. */
static const char *wider(const char *name)
{
    static const char *const chinese[] = {"GB2312", "GBK", "GB18030", "HZ-GB-2312", "CP936"};

    for (size_t i = 0; i < sizeof chinese / sizeof chinese[0]; i++)
        if (strcasecmp(name, chinese[i]) == 0)
            return "GB18030";
    return name;
}

/* Whether all of it reads as that encoding. */
static bool reads_as(const char *encoding, const char *bytes, size_t n)
{
    iconv_t cd = iconv_open("UTF-8", encoding);
    char *in = (char *)(uintptr_t)bytes, out[4096];
    bool good = true;

    if (cd == (iconv_t)-1)
        return false;
    while (n > 0 && good) {
        char *to = out;
        size_t room = sizeof out;

        if (iconv(cd, &in, &n, &to, &room) == (size_t)-1 && errno != E2BIG)
            good = errno == EINVAL; /* cut off at the end of the look */
        if (!good || (room == sizeof out && n > 0))
            break;
    }
    iconv_close(cd);
    return good;
}

static void detect(const char *bytes, size_t n, char ret[32])
{
    size_t look = n < LOOK_BYTES ? n : LOOK_BYTES;
    uchardet_t detector;
    const char *name = "";

    snprintf(ret, 32, "UTF-8");
    if ((n >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0) ||
        (n >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)) {
        snprintf(ret, 32, "UTF-16");
        return;
    }
    if (utf8_valid(bytes, n) || (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0))
        return;
    detector = uchardet_new();
    if (detector != NULL && uchardet_handle_data(detector, bytes, look) == 0) {
        uchardet_data_end(detector);
        name = uchardet_get_charset(detector);
    }
    /* Short Chinese texts are often taken for Korean, Greek or the like. */
    if (strcmp(name, "UTF-8") != 0 && strncmp(name, "UTF-16", 6) != 0 &&
        reads_as("GB18030", bytes, look))
        name = "GB18030";
    if (*name != '\0' && strcmp(name, "ASCII") != 0)
        snprintf(ret, 32, "%.31s", wider(name));
    if (detector != NULL)
        uchardet_delete(detector);
}

/* Converts; what cannot be read, and NUL, becomes U+FFFD, so that its row can be named. */
static enum err_code convert(struct op *op, const char *encoding, const char *bytes, size_t n,
                             struct buf *out)
{
    iconv_t cd = iconv_open("UTF-8", encoding);
    char *in = (char *)(uintptr_t)bytes, piece[16384];

    if (cd == (iconv_t)-1)
        return err_field(&op->err, ERR_INVALID, "file", "encoding",
                         "文件的编码读不了，存成 UTF-8 再导入",
                         "The encoding of the file is unknown; save it as UTF-8.");
    while (n > 0) {
        char *to = piece, *nul, *from = piece;
        size_t room = sizeof piece;
        int why = iconv(cd, &in, &n, &to, &room) == (size_t)-1 ? errno : 0;

        while ((nul = memchr(from, '\0', (size_t)(to - from))) != NULL) {
            buf_add(out, from, (size_t)(nul - from));
            buf_adds(out, UNREADABLE);
            from = nul + 1;
        }
        buf_add(out, from, (size_t)(to - from));
        if ((why == EILSEQ || why == EINVAL) && n > 0) {
            buf_adds(out, UNREADABLE);
            in++;
            n--;
        }
    }
    iconv_close(cd);
    return out->failed ? err_set(&op->err, ERR_NO_MEMORY, "converting the file") : ERR_OK;
}

/* ---- shape ---- */

/* Records of the text, a last one without line end included. Empty lines do not count. */
static size_t count_records(const struct import_file *f)
{
    size_t n = 0;
    bool quoted = false, any = false;

    for (const char *p = f->start; p < f->end; p++) {
        if (*p == '"' && !f->jsonl) {
            quoted = !quoted;
        } else if (*p == '\n' && !quoted) {
            n += any;
            any = false;
            continue;
        }
        any = any || *p != '\r';
    }
    return n + any;
}

static enum err_code bad_header(struct op *op, const char *zh, const char *en)
{
    return err_field(&op->err, ERR_INVALID, "file", "header", zh, en);
}

/* The separator that stands most often in the first line: exports differ. */
static char find_delimiter(const struct import_file *f)
{
    static const char choices[] = {',', '\t', ';'};
    size_t best = 0;
    char found = ',';

    for (size_t i = 0; i < sizeof choices; i++) {
        size_t n = 0;

        for (const char *p = f->start; p < f->end && *p != '\n'; p++)
            n += *p == choices[i];
        if (n > best) {
            best = n;
            found = choices[i];
        }
    }
    return found;
}

static enum err_code read_header(struct op *op, struct import_file *f)
{
    struct csv_record record;
    bool more;

    csv_open(&f->csv, f->start, (size_t)(f->end - f->start));
    f->csv.delimiter = find_delimiter(f);
    TRY(csv_next(&f->csv, op->arena, &record, &more, &op->err));
    if (!more)
        return bad_header(op, "文件是空的", "The file is empty.");
    for (size_t i = 0; i < record.n; i++) {
        const char *name = text_trim(op->arena, record.cells[i]);

        if (name == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "header");
        if (*name == '\0')
            name = arena_printf(op->arena, "column %zu", i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(f->columns[k], name) == 0)
                return bad_header(op, "有两列同名，先改列名", "Two columns have the same name.");
        f->columns[i] = name;
    }
    f->n_columns = record.n;
    f->row = 1;
    return ERR_OK;
}

enum err_code import_file_open(struct op *op, const char *bytes, size_t n, struct import_file *ret)
{
    const char *p;

    *ret = (struct import_file){.arena = op->arena};
    buf_init(&ret->text, n * 4 + 64);
    detect(bytes, n, ret->encoding);
    if (strcmp(ret->encoding, "UTF-8") == 0 && utf8_valid(bytes, n)) {
        ret->start = bytes;
        ret->size = n;
    } else {
        TRY(convert(op, ret->encoding, bytes, n, &ret->text));
        ret->start = buf_text(&ret->text);
        ret->size = ret->text.len;
    }
    ret->end = ret->start + ret->size;
    if (ret->size >= 3 && memcmp(ret->start, "\xef\xbb\xbf", 3) == 0)
        ret->start += 3;
    for (p = ret->start; p < ret->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'); p++)
        ;
    if (p == ret->end)
        return bad_header(op, "文件是空的", "The file is empty.");
    ret->jsonl = *p == '{';
    ret->at = ret->start;
    ret->rows = count_records(ret);
    if (ret->jsonl)
        return ERR_OK;
    ret->rows -= ret->rows > 0;
    return read_header(op, ret);
}

void import_file_close(struct import_file *f)
{
    buf_release(&f->text);
}

/* ---- records ---- */

/* An empty line, or a row of a sheet in which nothing stands. */
static bool is_empty(const struct csv_record *record)
{
    for (size_t i = 0; i < record->n; i++)
        if (record->cells[i][0] != '\0')
            return false;
    return true;
}

static enum err_code next_csv(struct op *op, struct import_file *f, struct import_row *ret,
                              bool *ret_more)
{
    struct csv_record record;
    enum err_code rc;

    do {
        rc = csv_next(&f->csv, op->arena, &record, ret_more, &op->err);
        f->row += *ret_more;
        ret->number = f->row;
        f->at = f->csv.at;
        if (rc != ERR_OK || !*ret_more)
            return rc;
    } while (is_empty(&record));
    if (record.n > f->n_columns)
        return err_set(&op->err, ERR_INVALID, "%zu cells in %zu columns", record.n, f->n_columns);
    ret->n = record.n;
    for (size_t i = 0; i < record.n; i++)
        ret->cells[i] = record.cells[i];
    return ERR_OK;
}

static enum err_code put_value(struct op *op, struct import_file *f, struct import_row *row,
                               const char *name, const json_t *value)
{
    size_t i = 0;
    char *text;

    while (i < f->n_columns && strcmp(f->columns[i], name) != 0)
        i++;
    if (i == IMPORT_COLUMNS_MAX)
        return err_set(&op->err, ERR_INVALID, "more than %d keys", IMPORT_COLUMNS_MAX);
    if (i == f->n_columns) {
        f->columns[i] = arena_strdup(f->arena, name);
        if (f->columns[i] == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "columns");
        f->n_columns++;
    }
    if (i >= row->n)
        row->n = i + 1;
    row->values[i] = value;
    if (json_is_string(value)) {
        row->cells[i] = json_string_value(value);
    } else if (!json_is_null(value)) {
        text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        row->cells[i] = text == NULL ? NULL : arena_strdup(op->arena, text);
        free(text);
    }
    return ERR_OK;
}

/* Objects inside become columns "a.b", so that one map fits both forms. */
static enum err_code put_object(struct op *op, struct import_file *f, struct import_row *row,
                                const char *prefix, json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        const char *name = arena_printf(op->arena, "%s%s", prefix, key);

        if (name == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "a row");
        if (json_is_object(value))
            TRY(put_object(op, f, row, arena_printf(op->arena, "%s.", name), value));
        else
            TRY(put_value(op, f, row, name, value));
    }
    return ERR_OK;
}

static enum err_code next_line(struct op *op, struct import_file *f, struct import_row *ret,
                               bool *ret_more)
{
    const char *line, *nl;
    size_t n;

    do {
        *ret_more = f->at < f->end;
        if (!*ret_more)
            return ERR_OK;
        line = f->at;
        nl = memchr(line, '\n', (size_t)(f->end - line));
        n = nl == NULL ? (size_t)(f->end - line) : (size_t)(nl - line);
        f->at = nl == NULL ? f->end : nl + 1;
        ret->number = ++f->row;
    } while (n == 0 || (n == 1 && *line == '\r'));
    TRY(json_parse(line, n, &ret->object, &op->err));
    if (!json_is_object(ret->object))
        return err_set(&op->err, ERR_INVALID, "the line is no JSON object");
    return put_object(op, f, ret, "", ret->object);
}

enum err_code import_file_next(struct op *op, struct import_file *f, struct import_row *ret,
                               bool *ret_more)
{
    enum err_code rc;

    *ret = (struct import_row){0};
    rc = f->jsonl ? next_line(op, f, ret, ret_more) : next_csv(op, f, ret, ret_more);
    return rc == ERR_OK || rc == ERR_NO_MEMORY ? rc : ERR_INVALID;
}

void import_row_release(struct import_row *row)
{
    json_decref(row->object);
    row->object = NULL;
}
