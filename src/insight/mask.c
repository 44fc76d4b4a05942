/* Masking of free text: parties and e-mail here, numbers in mask_digits.c.
 *
 * Everything is looked for in the folded text, so that no way of writing hides it, and cut from
 * the original. Places are collected first and applied together: what two finds share is replaced
 * whole. */
#include "insight/mask.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "insight/mask_internal.h"

#define NAME_MIN 2        /* signs; a single character names nobody */
#define LATIN_WHOLE_MAX 4 /* a Latin name this short must be a word of its own */
#define PHONE_MIN 5
/* Signs in a row that give an address away: 阳光小区三栋, 12号3栋, 221bbakerst, "12 high street".
 */
#define ADDRESS_HAN 6
#define ADDRESS_HAN_DIGIT 4
#define ADDRESS_LATIN 12
#define ADDRESS_LATIN_DIGIT 8

static bool joiner(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == 0xa0 || cp == 0x3000 ||
           (cp >= 0x2000 && cp <= 0x2015) || cp == '-' || cp == 0xff0d || cp == 0x2212 ||
           cp == '.' || cp == 0xff0e || cp == 0xb7 || cp == 0x30fb || cp == '(' || cp == ')' ||
           cp == 0xff08 || cp == 0xff09 || cp == '_' || cp == 0xff3f;
}

static enum space space_of(const char *text, const struct fold_unit *gap)
{
    size_t count = 0;
    bool join = true;

    if (gap->from == gap->to)
        return SPACE_NONE;
    for (size_t i = gap->from, len; i < gap->to; i += len, count++) {
        uint32_t cp = utf8_at(text + i, gap->to - i, &len);

        if (cp == '*')
            return SPACE_STAR;
        join = join && joiner(cp);
    }
    return join && count <= 3 ? SPACE_JOIN : SPACE_FAR;
}

/* The signs of a text, gaps turned into what stands before the next sign. */
static enum err_code read_signs(const struct folder *folder, struct masking *m)
{
    enum space before = SPACE_FAR;
    struct folded f;

    TRY(fold_text(folder, m->arena, m->text, strlen(m->text), &f));
    m->signs = ARENA_ARRAY(m->arena, struct sign, f.n + 1);
    if (m->signs == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < f.n; i++) {
        const struct fold_unit *u = &f.units[i];

        if (u->kind == FOLD_GAP) {
            before = space_of(m->text, u);
            continue;
        }
        m->signs[m->n++] = (struct sign){u->cp, u->from, u->to, u->kind, before};
        before = SPACE_NONE;
    }
    if (m->n > 0 && m->signs[0].from > 0 && m->text[m->signs[0].from - 1] == '*')
        m->signs[0].before = SPACE_STAR;
    return ERR_OK;
}

static enum err_code add_cut(struct masking *m, size_t from, size_t to, const char *with)
{
    if (with == NULL)
        return ERR_NO_MEMORY;
    if (m->n_cuts == m->cap_cuts) {
        size_t cap = m->cap_cuts * 2 + 16;
        struct cut *cuts = ARENA_ARRAY(m->arena, struct cut, cap);

        if (cuts == NULL)
            return ERR_NO_MEMORY;
        if (m->n_cuts > 0)
            memcpy(cuts, m->cuts, m->n_cuts * sizeof *cuts);
        m->cuts = cuts;
        m->cap_cuts = cap;
    }
    m->cuts[m->n_cuts++] = (struct cut){from, to, with};
    return ERR_OK;
}

enum err_code masking_cut(struct masking *m, size_t first_sign, size_t end_sign, const char *with)
{
    const struct sign *s = m->signs;
    size_t from = first_sign, end = end_sign;

    while (from > 0 && s[from].before == SPACE_NONE && sign_is_digit(&s[from]) &&
           sign_is_digit(&s[from - 1]))
        from--;
    while (end < m->n && s[end].before == SPACE_NONE && sign_is_digit(&s[end]) &&
           sign_is_digit(&s[end - 1]))
        end++;
    if (with != NULL && (from != first_sign || end != end_sign))
        with = "****";
    return add_cut(m, s[from].from, s[end - 1].to, with);
}

/* Whether the bytes before a sign are made of these ASCII signs or their full width forms. */
static bool gap_of(const struct masking *m, size_t sign, const char *allowed)
{
    size_t i = m->signs[sign - 1].to, end = m->signs[sign].from;

    for (size_t len; i < end; i += len) {
        uint32_t cp = utf8_narrow(utf8_at(m->text + i, end - i, &len));

        if (cp >= 0x80 || cp == 0 || strchr(allowed, (int)cp) == NULL)
            return false;
    }
    return true;
}

/* name@host.tld: the @ stands alone in its gap, or among what a local part may hold. */
static enum err_code cut_mail(struct masking *m)
{
    for (size_t at = 1; at < m->n; at++) {
        size_t from = at - 1, end = at + 1;
        bool dot = false;

        if (m->signs[at].from <= m->signs[from].to || m->signs[at].kind != FOLD_WORD ||
            m->signs[from].kind != FOLD_WORD || gap_of(m, at, "._%+-") || !gap_of(m, at, "@._%+-"))
            continue;
        while (from > 0 && m->signs[from - 1].kind == FOLD_WORD && gap_of(m, from, "._%+-"))
            from--;
        while (end < m->n && m->signs[end].kind == FOLD_WORD && gap_of(m, end, ".-")) {
            dot = dot || m->signs[end].from > m->signs[end - 1].to;
            end++;
        }
        if (dot)
            TRY(masking_cut(m, from, end, "****"));
    }
    return ERR_OK;
}

/* Where the signs of @p want stand from @p at on, with no more than joiners between them; 0 or
 * the number of signs. */
static size_t stands_at(const struct masking *m, size_t at, const struct masking *want)
{
    if (want->n == 0 || want->n > m->n - at)
        return 0;
    for (size_t i = 0; i < want->n; i++) {
        enum space most = SPACE_JOIN;

        if (want->signs[i].before > most) /* "Smith, John" stands in the text with its comma */
            most = want->signs[i].before;
        if (m->signs[at + i].cp != want->signs[i].cp || (i > 0 && m->signs[at + i].before > most))
            return 0;
    }
    return want->n;
}

/* Whether a mask (S*, ****) stands right before or behind these bytes: a letter may have stood
 * there. Other asterisks (**Ann**) are only signs. */
static bool glued_to_mask(const char *text, size_t from, size_t to)
{
    size_t star = from;

    while (star > 0 && text[star - 1] == '*')
        star--;
    if ((from - star == 1 || from - star == 4) && star > 0 && (unsigned char)text[star - 1] > ' ')
        return true;
    return strncmp(text + to, "****", 4) == 0;
}

/* Whether the signs are a word of their own: no letter stands beside them. */
static bool whole_word(const struct masking *m, size_t at, size_t end)
{
    const struct sign *s = m->signs;

    if (glued_to_mask(m->text, s[at].from, s[end - 1].to))
        return false;
    if (at > 0 && s[at].before == SPACE_NONE && s[at - 1].kind == FOLD_WORD &&
        !sign_is_digit(&s[at - 1]))
        return false;
    return end == m->n || s[end].before != SPACE_NONE || s[end].kind != FOLD_WORD ||
           sign_is_digit(&s[end]);
}

/* Every place of these digits; the mask shows the ends of a mobile number only. */
static enum err_code cut_digits(struct masking *m, const struct masking *digits)
{
    char *plain = arena_alloc(m->arena, digits->n + 1);
    bool mobile = digits->n == 11 && digits->signs[0].cp == '1';

    if (plain == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < digits->n; i++)
        plain[i] = (char)digits->signs[i].cp;
    for (size_t at = 0; at < m->n; at++) {
        size_t len = stands_at(m, at, digits);

        if (len > 0)
            TRY(masking_cut(m, at, at + len, mobile ? mask_phone(m->arena, plain) : "****"));
    }
    return ERR_OK;
}

static enum err_code cut_phone(struct masking *m, struct masking *phone)
{
    size_t n = 0;

    for (size_t i = 0; i < phone->n; i++)
        if (sign_is_digit(&phone->signs[i]))
            phone->signs[n++] = phone->signs[i];
    phone->n = n;
    if (n > 11 && phone->signs[0].cp == '8' && phone->signs[1].cp == '6') { /* country code */
        phone->signs += 2;
        phone->n -= 2;
    }
    if (phone->n < PHONE_MIN)
        return ERR_OK;
    TRY(cut_digits(m, phone));
    if (phone->signs[0].cp == '0' && phone->n >= 10) { /* without its area code */
        size_t area = phone->signs[1].cp == '1' || phone->signs[1].cp == '2' ? 3 : 4;

        phone->signs += area;
        phone->n -= area;
        return cut_digits(m, phone);
    }
    return ERR_OK;
}

static enum err_code cut_name(struct masking *m, struct masking *name)
{
    bool latin = true, digits = true;

    if (name->n < NAME_MIN)
        return ERR_OK;
    for (size_t i = 0; i < name->n; i++) {
        latin = latin && name->signs[i].kind == FOLD_WORD;
        digits = digits && sign_is_digit(&name->signs[i]);
    }
    if (digits) /* nobody's name: a number given in its place */
        return cut_phone(m, name);
    for (size_t at = 0; at < m->n; at++) {
        size_t len = stands_at(m, at, name);
        const struct sign *s = &m->signs[at];
        size_t shown;

        if (len == 0 || (latin && len <= LATIN_WHOLE_MAX && !whole_word(m, at, at + len)))
            continue;
        /* ㍿ is four signs in one: it would show the whole name */
        shown = s[0].from == s[1].from ? 0 : utf8_prefix(m->text + s->from, s->to - s->from, 1);
        TRY(masking_cut(m, at, at + len,
                        arena_printf(m->arena, "%.*s*", (int)shown, m->text + s->from)));
    }
    return ERR_OK;
}

/* The end of the first of @p ends (one Han character each) within @p reach signs of @p from;
 * @p from itself when there is none. */
static size_t behind(const struct masking *a, size_t from, size_t reach, const uint32_t *ends)
{
    for (size_t i = from + 1; i < a->n && i < from + reach; i++) {
        uint32_t last = a->signs[i - 1].cp;

        if (last == 0x5c0f || last == 0x793e || last == 0x56ed) /* 小区 社区 园区 are no county */
            continue;
        for (size_t e = 0; ends[e] != 0; e++)
            if (a->signs[i].cp == ends[e])
                return i + 1;
    }
    return from;
}

/* Where the private part of an address begins: behind 省, 市, 区 or 县, 街道 or 镇. */
static size_t private_part(const struct masking *a)
{
    static const uint32_t province[] = {0x7701, 0};                       /* 省 */
    static const uint32_t city[] = {0x5e02, 0x5dde, 0x76df, 0};           /* 市 州 盟 */
    static const uint32_t county[] = {0x533a, 0x53bf, 0x5e02, 0x65d7, 0}; /* 区 县 市 旗 */
    static const uint32_t town[] = {0x9547, 0x4e61, 0};                   /* 镇 乡 */
    size_t at = behind(a, 0, 5, province);

    at = behind(a, at, 8, city);
    at = behind(a, at, 8, county);
    for (size_t i = at; i + 1 < a->n && i < at + 8; i++)
        if (a->signs[i].cp == 0x8857 && a->signs[i + 1].cp == 0x9053) /* 街道 */
            return i + 2;
    return behind(a, at, 6, town);
}

/* Signs that stand in both texts from there on; a mask in between ends them. */
static size_t shared_at(const struct masking *m, size_t at, const struct masking *a, size_t from)
{
    size_t len = 0;

    while (at + len < m->n && from + len < a->n &&
           m->signs[at + len].cp == a->signs[from + len].cp &&
           (len == 0 || m->signs[at + len].before != SPACE_STAR))
        len++;
    return len;
}

/* How many signs in a row give an address away, by what is among them. */
static size_t telling(const struct masking *m, size_t at, size_t len)
{
    bool han = false, digit = false, letter = false;

    for (size_t i = at; i < at + len; i++) {
        han = han || m->signs[i].kind == FOLD_HAN;
        digit = digit || sign_is_digit(&m->signs[i]);
        letter = letter || (m->signs[i].kind == FOLD_WORD && !sign_is_digit(&m->signs[i]));
    }
    if (han)
        return digit ? ADDRESS_HAN_DIGIT : ADDRESS_HAN;
    return digit && letter ? ADDRESS_LATIN_DIGIT : ADDRESS_LATIN;
}

static enum err_code cut_address(struct masking *m, const struct masking *address)
{
    size_t begin = private_part(address);

    for (size_t at = 0; at < m->n; at++) {
        size_t longest = shared_at(m, at, address, 0);

        if (longest < address->n || longest < ADDRESS_HAN_DIGIT)
            longest = 0; /* the public part counts only before the rest */
        for (size_t from = begin; from < address->n; from++) {
            size_t len = shared_at(m, at, address, from);

            if (len > longest && len >= telling(m, at, len))
                longest = len;
        }
        if (longest > 0)
            TRY(masking_cut(m, at, at + longest, "****"));
    }
    return ERR_OK;
}

static enum err_code cut_secret(const struct folder *folder, struct masking *m,
                                const struct secret *secret)
{
    struct masking want = {.arena = m->arena, .text = secret->text};

    if (secret->text == NULL)
        return ERR_OK;
    TRY(read_signs(folder, &want));
    switch (secret->kind) {
    case SECRET_NAME:
        return cut_name(m, &want);
    case SECRET_PHONE:
        return cut_phone(m, &want);
    case SECRET_ADDRESS:
        return cut_address(m, &want);
    }
    return ERR_OK;
}

static int by_start(const void *a, const void *b)
{
    const struct cut *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to; /* the longest first */
}

/* One cut where several overlap, which shows nothing unless they agree. */
static void join_cuts(struct masking *m)
{
    size_t kept = 0;

    if (m->n_cuts > 0)
        qsort(m->cuts, m->n_cuts, sizeof *m->cuts, by_start);
    for (size_t i = 0; i < m->n_cuts; i++) {
        struct cut *last = kept > 0 ? &m->cuts[kept - 1] : NULL;

        if (last == NULL || m->cuts[i].from >= last->to) {
            m->cuts[kept++] = m->cuts[i];
        } else {
            if (m->cuts[i].to > last->to)
                last->to = m->cuts[i].to;
            if (strcmp(m->cuts[i].with, last->with) != 0)
                last->with = "****";
        }
    }
    m->n_cuts = kept;
}

enum err_code mask_text(const struct folder *folder, struct arena *arena, const char *text,
                        const struct secret *secrets, size_t n_secrets, char **ret)
{
    struct masking m = {.arena = arena, .text = text};
    size_t at = 0, len = strlen(text), need = len + 1, put = 0;
    char *out;

    TRY(read_signs(folder, &m));
    TRY(cut_mail(&m));
    TRY(masking_numbers(&m));
    for (size_t i = 0; i < n_secrets; i++)
        TRY(cut_secret(folder, &m, &secrets[i]));
    join_cuts(&m);
    for (size_t i = 0; i < m.n_cuts; i++)
        need += strlen(m.cuts[i].with);
    out = arena_alloc(arena, need);
    if (out == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < m.n_cuts; i++) {
        size_t with = strlen(m.cuts[i].with);

        memcpy(out + put, text + at, m.cuts[i].from - at);
        put += m.cuts[i].from - at;
        memcpy(out + put, m.cuts[i].with, with);
        put += with;
        at = m.cuts[i].to;
    }
    memcpy(out + put, text + at, len - at + 1);
    *ret = out;
    return ERR_OK;
}
