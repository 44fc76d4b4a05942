/* Exact numbers in units of 1/10,000, as expressions and figures of registers use them. */
#include <stdio.h>
#include <string.h>

#include "rules/expr_internal.h"

#define DECIMALS_MAX 4

static const int powers[DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000};

struct value value_whole(int64_t whole)
{
    int64_t number;

    if (__builtin_mul_overflow(whole, (int64_t)NUMBER_ONE, &number))
        return (struct value){.kind = VALUE_EMPTY};
    return value_number(number);
}

bool decimal_parse(const char *text, int64_t *ret)
{
    bool negative = *text == '-';
    int64_t n = 0;
    int behind = -1; /* digits behind the point; -1 before it */
    const char *at = text + negative;

    if (*at < '0' || *at > '9')
        return false;
    for (; *at != '\0'; at++) {
        if (*at == '.' && behind < 0 && at[1] != '\0') {
            behind = 0;
            continue;
        }
        if (*at < '0' || *at > '9' || behind == DECIMALS_MAX)
            return false;
        behind += behind >= 0;
        if (__builtin_mul_overflow(n, (int64_t)10, &n) ||
            __builtin_add_overflow(n, (int64_t)(*at - '0'), &n))
            return false;
    }
    if (__builtin_mul_overflow(n, (int64_t)powers[DECIMALS_MAX - (behind < 0 ? 0 : behind)], &n))
        return false;
    *ret = negative ? -n : n;
    return true;
}

bool decimal_divide(__int128 num, __int128 den, int64_t *ret)
{
    bool negative = (num < 0) != (den < 0);
    __int128 q;

    num = num < 0 ? -num : num;
    den = den < 0 ? -den : den;
    q = (num + den / 2) / den;
    if (q > INT64_MAX)
        return false;
    *ret = negative ? -(int64_t)q : (int64_t)q;
    return true;
}

void decimal_format(int64_t number, int decimals, char ret_text[DECIMAL_TEXT])
{
    int unit = powers[DECIMALS_MAX - decimals];
    int64_t shown = 0; /* in units of the last digit */
    uint64_t size;

    (void)decimal_divide(number, unit, &shown); /* becomes smaller: always fits */
    size = shown < 0 ? -(uint64_t)shown : (uint64_t)shown;
    if (decimals == 0)
        snprintf(ret_text, DECIMAL_TEXT, "%s%llu", shown < 0 ? "-" : "", (unsigned long long)size);
    else
        snprintf(ret_text, DECIMAL_TEXT, "%s%llu.%0*llu", shown < 0 ? "-" : "",
                 (unsigned long long)(size / (unsigned)powers[decimals]), decimals,
                 (unsigned long long)(size % (unsigned)powers[decimals]));
}

struct value number_quotient(int64_t num, int64_t den, int factor, int decimals)
{
    int64_t rounded;

    if (den == 0 || !decimal_divide((__int128)num * factor * powers[decimals], den, &rounded) ||
        __builtin_mul_overflow(rounded, (int64_t)powers[DECIMALS_MAX - decimals], &rounded))
        return (struct value){.kind = VALUE_EMPTY};
    return value_number(rounded);
}
