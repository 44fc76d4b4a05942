/* Printed numbers: a small keyed permutation and a check character modulo 31.
 *
 * The permutation is a Feistel network on an even number of bits just above the range, walked until
 * the value lies in the range again ("cycle walking"), so it maps the range onto itself. It hides
 * how many matters there are and which are neighbours; it protects no secret: the PIN does that. */
#include "rules/number.h"

#include <stdio.h>
#include <string.h>

#define SMALL_DIGITS 5
#define SMALL_RANGE 100000u
#define LARGE_DIGITS 8
#define LARGE_RANGE 100000000u
#define ROUNDS 8
#define MONTHS 1200 /* 2000-01 … 2099-12 */

int64_t matter_id_make(int month_index, int64_t sequence)
{
    return (int64_t)month_index << NUMBER_SEQUENCE_BITS | sequence;
}

int matter_id_month(int64_t id)
{
    return (int)(id >> NUMBER_SEQUENCE_BITS);
}

int64_t matter_id_sequence(int64_t id)
{
    return id & ((INT64_C(1) << NUMBER_SEQUENCE_BITS) - 1);
}

/* ---- permutation ---- */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 29;
    x *= UINT64_C(0x9fb21c651e98df25);
    x ^= x >> 32;
    return x;
}

static uint64_t key_word(const unsigned char *key, unsigned i)
{
    uint64_t w = 0;

    for (unsigned b = 0; b < 8; b++)
        w |= (uint64_t)key[8 * (i % 4) + b] << (8 * b);
    return w;
}

/* Keyed by the installation, the month and the round; also by the range, so that the two number
 * lengths of a month are unrelated. */
static uint32_t round_value(const unsigned char *key, uint32_t tweak, unsigned round, uint32_t half)
{
    uint64_t x = key_word(key, round) + ((uint64_t)tweak << 32) + half;

    return (uint32_t)mix(x ^ mix(key_word(key, round + 1) + round));
}

static uint32_t feistel(uint32_t value, unsigned half_bits, const unsigned char *key,
                        uint32_t tweak, bool backwards)
{
    uint32_t mask = (1u << half_bits) - 1;
    uint32_t left = value >> half_bits, right = value & mask;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t next;
        if (backwards) {
            next = right ^ (round_value(key, tweak, ROUNDS - 1 - i, left) & mask);
            right = left;
            left = next;
        } else {
            next = left ^ (round_value(key, tweak, i, right) & mask);
            left = right;
            right = next;
        }
    }
    return left << half_bits | right;
}

static uint32_t permute(uint32_t value, uint32_t range, const unsigned char *key, int month,
                        bool backwards)
{
    unsigned half_bits = range == SMALL_RANGE ? 9 : 14; /* 2^18 and 2^28 are just above */
    uint32_t tweak = (uint32_t)month * 2 + (range == SMALL_RANGE);

    do
        value = feistel(value, half_bits, key, tweak, backwards);
    while (value >= range);
    return value;
}

/* ---- check character ---- */

/* 31 characters, a prime, without 0 1 I L O; the digits stand for themselves. */
static const char alphabet[] = "AB23456789CDEFGHJKMNPQRSTUVWXYZ";

/* Weights are powers of 3 modulo 31: none is 1 and no two neighbours are equal, so a wrong digit
 * and a swap change the sum, the swap of the last digit with the check character included. */
static int check_value(const char *digits, size_t n)
{
    int sum = 0, weight = 1;

    for (size_t i = n; i > 0; i--) {
        weight = weight * 3 % 31;
        sum = (sum + (digits[i - 1] - '0') * weight) % 31;
    }
    return (31 - sum) % 31;
}

enum err_code number_format(int64_t id, const unsigned char key[NUMBER_KEY_BYTES],
                            char ret_text[NUMBER_TEXT], struct err *err)
{
    int month = matter_id_month(id);
    int64_t sequence = matter_id_sequence(id);
    bool small = sequence < SMALL_RANGE;
    char digits[NUMBER_TEXT];

    if (id < 0 || month >= MONTHS || sequence > NUMBER_SEQUENCE_MAX)
        return err_set(err, ERR_INVALID, "number: id %lld has no printed form", (long long)id);
    snprintf(digits, sizeof digits, "%02u%02u%0*u", (unsigned)month / 12 % 100U,
             (unsigned)month % 12 + 1, small ? SMALL_DIGITS : LARGE_DIGITS,
             permute((uint32_t)sequence, small ? SMALL_RANGE : LARGE_RANGE, key, month, false) %
                 LARGE_RANGE);
    snprintf(ret_text, NUMBER_TEXT, "%.4s-%.8s-%c", digits, digits + 4,
             alphabet[check_value(digits, strlen(digits))]);
    return ERR_OK;
}

/* Takes one character or separator; returns its length in bytes, 0 when it cannot stand there. */
static size_t take(const char *at, char *ret)
{
    static const char *const skipped[] = {" ", "-", "\t", "　", "－", "–", "—", "‐", NULL};
    char c = *at;

    *ret = '\0';
    for (int i = 0; skipped[i] != NULL; i++) {
        size_t n = strlen(skipped[i]);
        if (strncmp(at, skipped[i], n) == 0)
            return n;
    }
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) {
        *ret = c;
        return 1;
    }
    return 0;
}

static enum err_code parse_fault(struct err *err, const char *code, const char *zh, const char *en)
{
    return err_field(err, ERR_INVALID, "number", code, zh, en);
}

enum err_code number_parse(const char *text, const unsigned char key[NUMBER_KEY_BYTES],
                           int64_t *ret_id, struct err *err)
{
    char c, chars[16];
    const char *check;
    size_t n = 0, step;
    uint32_t value = 0;
    bool small;
    int month;

    for (const char *at = text; *at != '\0'; at += step) {
        step = take(at, &c);
        if (step == 0)
            return parse_fault(err, "character", "编号里只有数字和字母。",
                               "A number has digits and letters only.");
        if (c != '\0' && n + 1 < sizeof chars)
            chars[n] = c;
        n += c != '\0';
    }
    if (n != 4 + SMALL_DIGITS + 1 && n != 4 + LARGE_DIGITS + 1)
        return parse_fault(err, "length", "编号长度不对。", "The number has a wrong length.");
    n--;
    check = strchr(alphabet, chars[n]);
    for (size_t i = 0; i < n; i++) {
        if (chars[i] < '0' || chars[i] > '9')
            return parse_fault(err, "character", "编号里有抄错的地方。",
                               "The number holds a wrong character.");
        if (i >= 4)
            value = value * 10 + (uint32_t)(chars[i] - '0');
    }
    if (check == NULL || check - alphabet != check_value(chars, n))
        return parse_fault(err, "check", "编号对不上，核对一下有没有抄错。",
                           "The check character does not fit; look for a slip.");
    month = (chars[2] - '0') * 10 + (chars[3] - '0');
    if (month < 1 || month > 12)
        return parse_fault(err, "month", "没有这个编号。", "There is no such number.");
    month += ((chars[0] - '0') * 10 + (chars[1] - '0')) * 12 - 1;
    small = n == 4 + SMALL_DIGITS;
    value = permute(value, small ? SMALL_RANGE : LARGE_RANGE, key, month, true);
    if (!small && value < SMALL_RANGE)
        return parse_fault(err, "month", "没有这个编号。", "There is no such number.");
    *ret_id = matter_id_make(month, value);
    return ERR_OK;
}
