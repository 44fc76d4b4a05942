/* Phone, identity and card numbers in free text. */
#include <string.h>

#include "insight/mask_internal.h"

#define RUNS_MAX 12 /* pieces of one number */
#define LONG_RUN 12 /* digits: from here on a run is always replaced */
#define NUMBER_MAX 19
#define CUE_REACH 12 /* signs between the word that announces a phone and its end */

/* Digits side by side. */
struct run {
    size_t first; /* sign */
    size_t len;
    bool joined; /* only blanks or hyphens stand between it and the run before */
    bool masked; /* the rest of a masked number: 2046 of 138****2046 */
};

static char digit(const struct masking *m, size_t sign)
{
    return (char)m->signs[sign].cp;
}

/* Whether the four asterisks of a mask, and a digit before them, stand before the sign. */
static bool behind_mask(const struct masking *m, size_t sign)
{
    size_t from = m->signs[sign].from;

    return from > 4 && memcmp(m->text + from - 4, "****", 4) == 0 && m->text[from - 5] >= '0' &&
           m->text[from - 5] <= '9';
}

/* The run that begins at the first digit from @p at on; false at the end of the text. */
static bool next_run(const struct masking *m, size_t at, struct run *ret)
{
    const struct sign *s = m->signs;
    size_t end;

    while (at < m->n && !sign_is_digit(&s[at]))
        at++;
    if (at == m->n)
        return false;
    end = at + 1;
    while (end < m->n && sign_is_digit(&s[end]) && s[end].before == SPACE_NONE)
        end++;
    *ret = (struct run){.first = at,
                        .len = end - at,
                        .joined = at > 0 && sign_is_digit(&s[at - 1]) && s[at].before == SPACE_JOIN,
                        .masked = behind_mask(m, at)};
    return true;
}

static bool mobile_at(const struct masking *m, size_t sign)
{
    return digit(m, sign) == '1' && digit(m, sign + 1) >= '3';
}

/* Length of a landline's area code by its first digits, 0 when it is none. */
static size_t area_code(const struct masking *m, size_t sign)
{
    char second = digit(m, sign + 1);

    if (digit(m, sign) != '0' || second == '0')
        return 0;
    if (second == '1')
        return digit(m, sign + 2) == '0' ? 3 : 0;
    return second == '2' ? 3 : 4;
}

static bool landline(const struct masking *m, size_t sign, size_t len)
{
    size_t area = len >= 10 && len <= 12 ? area_code(m, sign) : 0;

    return area > 0 && (len - area == 7 || len - area == 8);
}

static const char *phone_mask(const struct masking *m, size_t sign, size_t len)
{
    char d[NUMBER_MAX];

    for (size_t i = 0; i < len; i++)
        d[i] = digit(m, sign + i);
    if (d[0] == '0')
        return arena_printf(m->arena, "%.*s****", (int)area_code(m, sign), d);
    return arena_printf(m->arena, "%.3s****%.4s", d, d + len - 4);
}

/* How many digits of a country code stand before a mobile number of @p len digits in all. */
static size_t country_code(const struct masking *m, size_t sign, size_t len)
{
    if (len == 13 && digit(m, sign) == '8' && digit(m, sign + 1) == '6')
        return 2;
    if (len == 15 && digit(m, sign) == '0' && digit(m, sign + 1) == '0' &&
        digit(m, sign + 2) == '8' && digit(m, sign + 3) == '6')
        return 4;
    return 0;
}

/* Whether pieces of these lengths are the usual way to write a mobile number: 3 4 4, 3 8, 7 4,
 * 4 4 3 … or spelled in ones and twos; a date beside an amount (1998-12-15 208) is not. */
static bool mobile_pieces(const struct run *runs, size_t n)
{
    bool small = n >= 6, large = true;

    for (size_t i = 0; i < n; i++) {
        small = small && runs[i].len <= 2;
        large = large && (runs[i].len >= 3 || (i > 0 && runs[0].len == 3 && runs[i].len == 2));
    }
    return small || large;
}

/* Pieces of four, the last one of any length up to four: a card. Six, then a date: an identity
 * number, whose last sign may be an X. */
static bool card_or_identity(const struct masking *m, const struct run *runs, size_t n, size_t len)
{
    size_t i = 0, end = runs[n - 1].first + runs[n - 1].len;
    bool x = end < m->n && m->signs[end].cp == 'x' && m->signs[end].before <= SPACE_JOIN;

    if (runs[0].len == 6 && n >= 2 && (len == 18 || (len == 17 && x)))
        return digit(m, runs[1].first) == '1' || digit(m, runs[1].first) == '2';
    while (i < n && runs[i].len == 4)
        i++;
    return len >= 13 && (i == n || (i == n - 1 && runs[i].len < 4));
}

/* Looks at runs[0…n) written as one number; NULL when they are none. */
static const char *joined_mask(const struct masking *m, const struct run *runs, size_t n)
{
    size_t first = runs[0].first, end = runs[n - 1].first + runs[n - 1].len, len = end - first;

    if (len == 11 && mobile_at(m, first) && mobile_pieces(runs, n))
        return phone_mask(m, first, len);
    if (landline(m, first, len) && (n == 1 || runs[0].len == area_code(m, first)))
        return phone_mask(m, first, len);
    if (n >= 2 && card_or_identity(m, runs, n, len))
        return "****";
    return NULL;
}

static bool inside_word(const struct masking *m, size_t at)
{
    return at > 0 && m->signs[at - 1].kind == FOLD_WORD && m->signs[at].before == SPACE_NONE;
}

/* Whether one of the words that announce a phone stands shortly before the sign, no mask in
 * between. */
static bool announced(const struct masking *m, size_t sign)
{
    static const uint32_t cues[][6] = {
        {0x7535, 0x8bdd}, /* 电话 */
        {0x624b, 0x673a}, /* 手机 */
        {0x5ea7, 0x673a}, /* 座机 */
        {0x8054, 0x7cfb}, /* 联系 */
        {0x81f4, 0x7535}, /* 致电 */
        {0x62e8, 0x6253}, /* 拨打 */
        {'t', 'e', 'l'},  /* also telephone */
        {'p', 'h', 'o', 'n', 'e'}, {'c', 'a', 'l', 'l'},
    };
    size_t from = sign;

    while (from > 0 && sign - from < CUE_REACH && m->signs[from].before != SPACE_STAR)
        from--;
    for (size_t c = 0; c < sizeof cues / sizeof cues[0]; c++) {
        size_t len = 0;

        while (len < 6 && cues[c][len] != 0)
            len++;
        for (size_t at = from; at + len <= sign; at++) {
            size_t i = 0;

            if (cues[c][0] < 0x80 && inside_word(m, at))
                continue; /* approximately */
            while (i < len && m->signs[at + i].cp == cues[c][i])
                i++;
            if (i == len)
                return true;
        }
    }
    return false;
}

static bool year(const struct masking *m, const struct run *run)
{
    char d = digit(m, run->first), e = digit(m, run->first + 1);

    return (d == '1' && e == '9') || (d == '2' && e == '0');
}

/* Seven or eight digits, in one piece or two, that are announced as a phone and are no date
 * (20260315), no amount (16000.00) and no number before a year (9708 2018年). */
static bool local_number(const struct masking *m, const struct run *runs, size_t n, size_t total)
{
    if ((total != 7 && total != 8) || n > 2 || runs[0].joined || runs[0].masked)
        return false;
    if (n == 1 && total == 8 && year(m, &runs[0]))
        return false;
    if (n == 2 && (runs[1].len <= 2 || (runs[1].len == 4 && year(m, &runs[1]))))
        return false;
    return announced(m, runs[0].first);
}

/* A whole run of @p len ≥ LONG_RUN digits. */
static enum err_code cut_long(struct masking *m, const struct run *run)
{
    size_t code = country_code(m, run->first, run->len), end = run->first + run->len;

    if (code > 0 && mobile_at(m, run->first + code))
        return masking_cut(m, run->first, end, phone_mask(m, run->first + code, 11));
    if (landline(m, run->first, run->len))
        return masking_cut(m, run->first, end, phone_mask(m, run->first, run->len));
    if (run->len == 17 && end < m->n && m->signs[end].cp == 'x')
        end++;
    return masking_cut(m, run->first, end, "****");
}

/* Collects what may belong to one number, the longest reading first. */
static enum err_code cut_joined(struct masking *m, const struct run *first, size_t *ret_end)
{
    struct run runs[RUNS_MAX] = {*first};
    size_t n = 1, total = first->len, at = first->first + first->len;
    struct run next;

    *ret_end = at;
    while (n < RUNS_MAX && next_run(m, at, &next) && next.first == at && next.joined &&
           total + next.len <= NUMBER_MAX) {
        runs[n++] = next;
        total += next.len;
        at = next.first + next.len;
    }
    for (; n > 0; total -= runs[--n].len) {
        const char *with = first->masked && n > 1 ? NULL : joined_mask(m, runs, n);
        size_t end = runs[n - 1].first + runs[n - 1].len;

        if (with == NULL && local_number(m, runs, n, total))
            with = "****";
        if (with == NULL)
            continue;
        if (total == 17 && end < m->n && m->signs[end].cp == 'x')
            end++;
        *ret_end = end;
        return masking_cut(m, first->first, end, with);
    }
    return ERR_OK;
}

enum err_code masking_numbers(struct masking *m)
{
    struct run run;

    for (size_t at = 0; next_run(m, at, &run);) {
        at = run.first + run.len;
        if (run.len >= LONG_RUN)
            TRY(cut_long(m, &run));
        else
            TRY(cut_joined(m, &run, &at));
    }
    return ERR_OK;
}
