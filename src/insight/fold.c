/* Folding by a table of two stages.
 *
 * ICU decides everything, but asking it per code point is slow, so its answers are kept: one entry
 * per code point, in pages of 256, equal pages shared. An entry holds the distance to the folded
 * code point and how it behaves. Only signs that fold to several code points, or that may join
 * with the next one (e + ´, ｶ + ﾞ), go through ICU's normaliser, in segments between two of its
 * boundaries. */
#include "insight/fold.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/text.h"

#define PAGE 256
#define PAGES (0x110000 / PAGE)
#define PLANES_USED 0x32000 /* beyond: unassigned, private use, and the tags of plane 14 */

/* An entry: the distance in the high 24 bits, the flags in the low 8. */
#define ENTRY_KIND 3    /* enum fold_kind of the folded code point */
#define ENTRY_STARTS 4  /* nothing before it can join with it */
#define ENTRY_SEVERAL 8 /* folds to several code points: ask ICU */
#define ENTRY_DROP 16   /* folds to nothing */

#define HAN_FIRST 0x4e00 /* the block in which traditional forms lie */
#define HAN_LAST 0x9fff
#define SEGMENT_MAX 32 /* code points; longer heaps of marks are cut */
#define EXPANSION_MAX 20

struct folder {
    const UNormalizer2 *nfkc;
    uint16_t page_of[PAGES];
    size_t n_pages;
    int32_t (*pages)[PAGE];
};

/* What traditional characters become, by code point minus HAN_FIRST. */
struct simple_forms {
    UChar of[HAN_LAST - HAN_FIRST + 1];
};

/* All characters go through the transliterator at once, a line break between each two: a call per
 * character would take seconds. */
static enum err_code load_simple_forms(struct simple_forms *ret, struct err *err)
{
    static const char name[] = "Traditional-Simplified";
    const size_t count = HAN_LAST - HAN_FIRST + 1;
    const int32_t cap = (int32_t)count * 4;
    UErrorCode status = U_ZERO_ERROR;
    UChar id[sizeof name];
    UTransliterator *trans;
    UChar *row = calloc((size_t)cap, sizeof *row);
    int32_t len = (int32_t)count * 2, limit = len, at = 0;

    if (row == NULL)
        return err_set(err, ERR_NO_MEMORY, "fold: no memory for simplified forms");
    for (size_t i = 0; i < count; i++) {
        row[2 * i] = (UChar)(HAN_FIRST + i);
        row[2 * i + 1] = '\n';
    }
    u_uastrcpy(id, name);
    trans = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_SUCCESS(status))
        utrans_transUChars(trans, row, &len, cap, 0, &limit, &status);
    utrans_close(trans);
    for (size_t i = 0; i < count && U_SUCCESS(status); i++) {
        int32_t from = at;

        while (at < len && row[at] != '\n')
            at++;
        /* A form outside the plane or of two characters is left as it was. */
        ret->of[i] = at - from == 1 ? row[from] : (UChar)(HAN_FIRST + i);
        at++;
    }
    free(row);
    if (U_FAILURE(status))
        return err_set(err, ERR_INTERNAL, "fold: ICU %s: %s", name, u_errorName(status));
    return ERR_OK;
}

/* The last step: simplified form, plain digit. Followed to its end, so that folding twice changes
 * nothing. */
static UChar32 simplest(const struct simple_forms *forms, UChar32 c)
{
    for (int i = 0; i < 4 && c >= HAN_FIRST && c <= HAN_LAST; i++) {
        if (forms->of[c - HAN_FIRST] == c)
            break;
        c = forms->of[c - HAN_FIRST];
    }
    if (c > 0x7f && u_charType(c) == U_DECIMAL_DIGIT_NUMBER)
        c = '0' + u_charDigitValue(c);
    return c;
}

static enum fold_kind kind_of(UChar32 c)
{
    static const UScriptCode unspaced[] = {USCRIPT_HAN,     USCRIPT_HIRAGANA, USCRIPT_KATAKANA,
                                           USCRIPT_HANGUL,  USCRIPT_BOPOMOFO, USCRIPT_YI,
                                           USCRIPT_THAI,    USCRIPT_LAO,      USCRIPT_KHMER,
                                           USCRIPT_MYANMAR, USCRIPT_TIBETAN};

    if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) == 0)
        return FOLD_GAP;
    if (c < 0x300)
        return FOLD_WORD;
    for (size_t i = 0; i < sizeof unspaced / sizeof unspaced[0]; i++)
        if (uscript_hasScript(c, unspaced[i]))
            return FOLD_HAN;
    return FOLD_WORD;
}

static int32_t entry_of(const struct folder *f, const struct simple_forms *forms, UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar in[2], out[EXPANSION_MAX];
    UChar32 folded = c;
    int32_t n = 0, len, at = 0;

    if (u_hasBinaryProperty(c, UCHAR_UNIFIED_IDEOGRAPH)) {
        folded = simplest(forms, c);
        return (folded - c) * PAGE + (FOLD_HAN | ENTRY_STARTS);
    }
    if (u_charType(c) == U_UNASSIGNED || U_IS_SURROGATE(c))
        return FOLD_GAP | ENTRY_STARTS;
    U16_APPEND_UNSAFE(in, n, c);
    len = unorm2_normalize(f->nfkc, in, n, out, EXPANSION_MAX, &status);
    n = unorm2_hasBoundaryBefore(f->nfkc, c) ? ENTRY_STARTS : 0;
    if (U_FAILURE(status))
        return n | ENTRY_SEVERAL;
    if (len == 0)
        return n | ENTRY_DROP;
    U16_NEXT(out, at, len, folded);
    if (at < len)
        return n | ENTRY_SEVERAL;
    folded = simplest(forms, folded);
    return (folded - c) * PAGE + (n | (int32_t)kind_of(folded));
}

/* Keeps one page, or finds its like among those kept. */
static bool keep_page(struct folder *f, size_t page, const int32_t entries[PAGE])
{
    for (size_t i = f->n_pages; i-- > 0;) {
        if (memcmp(f->pages[i], entries, sizeof f->pages[i]) == 0) {
            f->page_of[page] = (uint16_t)i;
            return true;
        }
    }
    if (f->n_pages % 32 == 0) {
        void *p = realloc(f->pages, (f->n_pages + 32) * sizeof f->pages[0]);

        if (p == NULL)
            return false;
        f->pages = p;
    }
    memcpy(f->pages[f->n_pages], entries, sizeof f->pages[0]);
    f->page_of[page] = (uint16_t)f->n_pages++;
    return true;
}

static bool fill(struct folder *f, const struct simple_forms *forms)
{
    int32_t entries[PAGE];

    for (size_t page = 0; page < PAGES; page++) {
        bool used = page * PAGE < PLANES_USED || page == 0xe0000 / PAGE;

        for (size_t i = 0; i < PAGE; i++)
            entries[i] = used ? entry_of(f, forms, (UChar32)(page * PAGE + i)) : ENTRY_STARTS;
        if (!keep_page(f, page, entries))
            return false;
    }
    return true;
}

enum err_code folder_new(struct folder **ret, struct err *err)
{
    CLEANUP(folder_freep) struct folder *f = calloc(1, sizeof *f);
    struct simple_forms *forms = calloc(1, sizeof *forms);
    UErrorCode status = U_ZERO_ERROR;
    enum err_code rc = ERR_OK;

    if (f == NULL || forms == NULL)
        rc = err_set(err, ERR_NO_MEMORY, "fold: no memory");
    if (rc == ERR_OK) {
        f->nfkc = unorm2_getNFKCCasefoldInstance(&status);
        if (U_FAILURE(status))
            rc = err_set(err, ERR_INTERNAL, "fold: ICU: %s", u_errorName(status));
    }
    if (rc == ERR_OK)
        rc = load_simple_forms(forms, err);
    if (rc == ERR_OK && !fill(f, forms))
        rc = err_set(err, ERR_NO_MEMORY, "fold: no memory for the table");
    free(forms);
    if (rc != ERR_OK)
        return rc;
    *ret = f;
    f = NULL;
    return ERR_OK;
}

void folder_free(struct folder *folder)
{
    if (folder == NULL)
        return;
    free(folder->pages);
    free(folder);
}

void folder_freep(struct folder **folder)
{
    folder_free(*folder);
    *folder = NULL;
}

static inline int32_t lookup(const struct folder *f, uint32_t cp)
{
    return f->pages[f->page_of[cp / PAGE]][cp % PAGE];
}

/* utf8_at with the signs of nearly all texts decoded in place: ASCII, and three bytes from U+1000
 * to U+CFFF, which hold Han and its punctuation. */
static inline uint32_t sign_at(const char *s, size_t n, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)s;

    if (p[0] < 0x80) {
        *ret_len = 1;
        return p[0];
    }
    if (n >= 3 && p[0] > 0xe0 && p[0] < 0xed && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        *ret_len = 3;
        return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    }
    return utf8_at(s, n, ret_len);
}

/* The distance of an entry; division of the value without its flags is exact. */
static inline uint32_t moved(uint32_t cp, int32_t entry)
{
    return (uint32_t)((int32_t)cp + (entry - (entry & (PAGE - 1))) / PAGE);
}

struct output {
    struct arena *arena;
    struct fold_unit *units;
    size_t n, cap;
    size_t run; /* code points of the present run */
    enum fold_kind last;
    bool gap; /* a gap stands before what comes next */
    uint32_t gap_from, gap_to;
};

static bool push(struct output *o, struct fold_unit unit)
{
    if (o->n == o->cap) {
        size_t cap = o->cap * 2 + 16;
        struct fold_unit *units = ARENA_ARRAY(o->arena, struct fold_unit, cap);

        if (units == NULL)
            return false;
        if (o->n > 0)
            memcpy(units, o->units, o->n * sizeof *units);
        o->units = units;
        o->cap = cap;
    }
    o->units[o->n++] = unit;
    return true;
}

/* Adds one folded code point behind a gap, at the beginning, or where a run ends. */
static bool emit_apart(struct output *o, struct fold_unit unit)
{
    if (unit.kind == FOLD_GAP) {
        if (!o->gap)
            o->gap_from = unit.from;
        o->gap = true;
        o->gap_to = unit.to;
        return true;
    }
    if (o->n > 0) {
        struct fold_unit gap = {' ', FOLD_GAP, o->gap ? o->gap_from : unit.from,
                                o->gap ? o->gap_to : unit.from};

        if (!push(o, gap))
            return false;
    }
    o->gap = false;
    o->last = unit.kind;
    o->run = 1;
    return push(o, unit);
}

/* Adds one folded code point, with the gap that belongs before it. */
static inline bool emit(struct output *o, uint32_t cp, enum fold_kind kind, uint32_t from,
                        uint32_t to)
{
    const struct fold_unit unit = {cp, kind, from, to};

    if (o->n == 0 || o->gap || kind != o->last || (kind == FOLD_WORD && o->run == FOLD_WORD_MAX))
        return emit_apart(o, unit);
    o->run++;
    if (o->n == o->cap)
        return push(o, unit);
    o->units[o->n++] = unit;
    return true;
}

/* Normalises one segment of the original and adds what comes out. */
static bool emit_segment(const struct folder *f, struct output *o, const char *text, uint32_t from,
                         uint32_t to)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar in[SEGMENT_MAX * 2], out[SEGMENT_MAX * EXPANSION_MAX];
    int32_t n = 0, len, at = 0;
    UChar32 c;

    for (size_t i = from, step; i < to; i += step) {
        c = (UChar32)utf8_at(text + i, to - i, &step);
        U16_APPEND_UNSAFE(in, n, c);
    }
    len = unorm2_normalize(f->nfkc, in, n, out, SEGMENT_MAX * EXPANSION_MAX, &status);
    if (U_FAILURE(status))
        return emit(o, ' ', FOLD_GAP, from, to);
    while (at < len) {
        int32_t entry;

        U16_NEXT(out, at, len, c);
        entry = lookup(f, (uint32_t)c);
        if (entry & ENTRY_DROP)
            continue;
        if (!emit(o, moved((uint32_t)c, entry), (enum fold_kind)(entry & ENTRY_KIND), from, to))
            return false;
    }
    return true;
}

enum err_code fold_text(const struct folder *folder, struct arena *arena, const char *text,
                        size_t n, struct folded *ret)
{
    struct output o = {.arena = arena};
    uint32_t cp;
    int32_t entry;
    size_t len = 0;

    if (n > FOLD_TEXT_MAX)
        return ERR_TOO_LARGE;
    for (size_t i = 0; i < n; i++) /* code points, as far as it is UTF-8 */
        o.cap += ((unsigned char)text[i] & 0xc0) != 0x80;
    o.cap += o.cap / 4 + 4;
    o.units = ARENA_ARRAY(arena, struct fold_unit, o.cap);
    if (o.units == NULL)
        return ERR_NO_MEMORY;
    cp = n == 0 ? 0 : sign_at(text, n, &len);
    entry = lookup(folder, cp);
    for (size_t i = 0, end; i < n; i = end) {
        const uint32_t first = cp;
        const int32_t first_entry = entry;
        size_t count = 1;
        bool ok = true;

        for (end = i + len; end < n; end += len, count++) {
            cp = sign_at(text + end, n - end, &len);
            entry = lookup(folder, cp);
            if ((entry & ENTRY_STARTS) || count == SEGMENT_MAX)
                break;
        }
        if (count > 1 || (first_entry & ENTRY_SEVERAL))
            ok = emit_segment(folder, &o, text, (uint32_t)i, (uint32_t)end);
        else if (!(first_entry & ENTRY_DROP))
            ok = emit(&o, moved(first, first_entry), (enum fold_kind)(first_entry & ENTRY_KIND),
                      (uint32_t)i, (uint32_t)end);
        if (!ok)
            return ERR_NO_MEMORY;
    }
    *ret = (struct folded){.n = o.n, .units = o.units};
    return ERR_OK;
}

size_t utf8_put(uint32_t cp, char ret[4])
{
    if (cp < 0x80) {
        ret[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        ret[0] = (char)(0xc0 | cp >> 6);
        ret[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        ret[0] = (char)(0xe0 | cp >> 12);
        ret[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        ret[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    ret[0] = (char)(0xf0 | cp >> 18);
    ret[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    ret[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    ret[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

char *fold_utf8(struct arena *arena, const struct fold_unit *units, size_t n)
{
    char *text = arena_alloc(arena, n * 4 + 1);
    size_t len = 0;

    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        len += utf8_put(units[i].cp, text + len);
    text[len] = '\0';
    return text;
}
