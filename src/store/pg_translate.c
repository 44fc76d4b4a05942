/* Word by word. */
#include "store/pg_translate.h"

#include <string.h>

static bool in_word(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* A comment up to its line's end, or a text in quotes; 0 where neither begins. */
static size_t kept_whole(const char *p)
{
    const char *end;

    if (p[0] == '-' && p[1] == '-') {
        end = strchr(p, '\n');
        return end == NULL ? strlen(p) : (size_t)(end - p);
    }
    if (p[0] == '\'' || p[0] == '"') {
        end = strchr(p + 1, p[0]);
        return end == NULL ? strlen(p) : (size_t)(end - p) + 1;
    }
    return 0;
}

void pg_translate(const char *sql, struct buf *out)
{
    static const struct {
        const char *here, *there;
    } words[] = {
        {"INTEGER", "BIGINT"},
        {"BLOB", "BYTEA"},
        {"TEXT", "TEXT COLLATE \"C\""},
        {"WITHOUT ROWID", ""},
    };

    for (const char *p = sql; *p != '\0';) {
        size_t n = kept_whole(p);
        const char *said = NULL;

        if (n == 0 && in_word(*p)) {
            while (in_word(p[n]))
                n++;
            for (size_t i = 0; i < sizeof words / sizeof words[0] && said == NULL; i++) {
                size_t size = strlen(words[i].here);

                if (strncmp(p, words[i].here, size) == 0 && !in_word(p[size])) {
                    said = words[i].there;
                    n = size;
                }
            }
        }
        n = n == 0 ? 1 : n;
        if (said != NULL)
            buf_adds(out, said);
        else
            buf_add(out, p, n);
        p += n;
    }
}
