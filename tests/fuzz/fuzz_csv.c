/* CSV: reading ends, and what was read can be written and read again. */
#include "base/csv.h"
#include "tests/fuzz/target.h"

#define ROWS_MAX 200

struct table {
    size_t n;
    struct csv_record rows[ROWS_MAX];
};

static void read_table(struct arena *arena, const char *bytes, size_t n, struct table *ret)
{
    struct csv_reader r;
    bool more = true;

    csv_open(&r, bytes, n);
    for (size_t steps = 0;; steps++) {
        struct csv_record *row = &ret->rows[ret->n];
        const char *before = r.at;
        enum err_code rc = csv_next(&r, arena, row, &more, NULL);

        INVARIANT(steps <= n);
        INVARIANT(r.at <= r.end && (r.at > before || !more));
        if (!more)
            break;
        if (rc != ERR_OK)
            continue;
        INVARIANT(row->n >= 1 && row->n <= CSV_COLUMNS_MAX);
        if (++ret->n == ROWS_MAX)
            break;
    }
}

/* A written cell comes back as it was, or with the apostrophe that stops a formula. */
static void compare(const struct table *a, const struct table *b)
{
    INVARIANT(a->n == b->n);
    for (size_t i = 0; i < a->n; i++) {
        INVARIANT(a->rows[i].n == b->rows[i].n);
        for (size_t c = 0; c < a->rows[i].n; c++) {
            const char *was = a->rows[i].cells[c], *is = b->rows[i].cells[c];

            if (is[0] == '\'' && was[0] != '\'')
                is++;
            else
                INVARIANT(was[0] == '\0' || strchr("=+@\t\r", was[0]) == NULL);
            INVARIANT(strcmp(was, is) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct table a, b; /* large; cleared below */
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 << 20);
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 << 20);

    INVARIANT(arena != NULL);
    a.n = b.n = 0;
    read_table(arena, (const char *)data, size, &a);
    buf_adds(&out, "\xef\xbb\xbf");
    for (size_t i = 0; i < a.n; i++) {
        for (size_t c = 0; c < a.rows[i].n; c++)
            csv_cell(&out, a.rows[i].cells[c], c == 0);
        csv_row_end(&out);
    }
    INVARIANT(!out.failed);
    read_table(arena, buf_text(&out), out.len, &b);
    compare(&a, &b);
    return 0;
}
