/* Identifiers: GB 32100-2015, GB 11714, GB 11643-1999, Chinese phone numbers. */
#include "rules/identifiers.h"

#include <string.h>

const char *id_fault_name(enum id_fault fault)
{
    static const char *const names[] = {"ok",       "empty", "length", "character",
                                        "division", "date",  "check",  "form"};

    return names[fault];
}

/* Copies without spaces and hyphens, letters in upper case; returns how many characters there are,
 * also beyond the room. Anything else, a byte of UTF-8 included, is copied and refused later. */
static size_t squeeze(const char *text, char *ret, size_t room)
{
    size_t n = 0;

    for (; text != NULL && *text != '\0'; text++) {
        char c = *text;
        if (c == ' ' || c == '-' || c == '\t')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (n + 1 < room)
            ret[n] = c;
        n++;
    }
    ret[n < room ? n : room - 1] = '\0';
    return n;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- unified social credit code ---- */

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int uscc_value(char c)
{
    const char *at = c != '\0' ? strchr(uscc_alphabet, c) : NULL;

    return at != NULL ? (int)(at - uscc_alphabet) : -1;
}

static bool org_check_fits(const char *code)
{
    static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0, check;
    char want;

    for (int i = 0; i < 8; i++) {
        char c = code[8 + i];
        sum += weights[i] * (is_digit(c) ? c - '0' : c - 'A' + 10);
    }
    check = 11 - sum % 11;
    want = check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
    return code[16] == want;
}

struct uscc uscc_check(const char *text)
{
    static const int weights[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    struct uscc r = {0};
    char code[64];
    size_t n = squeeze(text, code, sizeof code);
    int sum = 0;

    if (n != 18) {
        r.fault = n == 0 ? ID_EMPTY : ID_LENGTH;
        r.why = n == 0 ? (struct label){"写上统一社会信用代码", "Enter the code"}
                       : (struct label){"统一社会信用代码要 18 位", "The code has 18 characters"};
        return r;
    }
    for (int i = 0; i < 18; i++) {
        /* after the authority and its category the division is digits only */
        if (uscc_value(code[i]) < 0 || (i >= 2 && i < 8 && !is_digit(code[i]))) {
            r.fault = ID_CHARACTER;
            r.position = i + 1;
            r.why = (struct label){"统一社会信用代码里有不会出现的字符",
                                   "The code holds a character that cannot stand there"};
            return r;
        }
    }
    memcpy(r.normal, code, 19);
    memcpy(r.division, code + 2, 6);
    for (int i = 0; i < 17; i++)
        sum += uscc_value(code[i]) * weights[i];
    if (uscc_value(code[17]) != (31 - sum % 31) % 31) {
        r.fault = ID_CHECK;
        r.position = 18;
        r.why = (struct label){"统一社会信用代码对不上，核对一下有没有抄错",
                               "The check character does not fit; look for a slip"};
        return r;
    }
    r.org_check_fits = org_check_fits(code);
    return r;
}

/* ---- citizen identity number ---- */

/* GB/T 2260 codes of provinces, and 81 82 83: holders of residence permits. */
static bool province_known(const char *code)
{
    static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                "50 51 52 53 54 61 62 63 64 65 71 81 82 83 ";

    for (const char *at = known; *at != '\0'; at += 3) {
        if (at[0] == code[0] && at[1] == code[1])
            return true;
    }
    return false;
}

static char citizen_check(const char *digits17)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (int i = 0; i < 17; i++)
        sum += (digits17[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

static int number_of(const char *digits, int n)
{
    int value = 0;

    while (n-- > 0)
        value = value * 10 + (*digits++ - '0');
    return value;
}

static struct citizen_id citizen_fault(enum id_fault fault, int position)
{
    static const struct label why[] = {
        [ID_EMPTY] = {"写上身份证号", "Enter the identity number"},
        [ID_LENGTH] = {"身份证号要 18 位", "The identity number has 18 characters"},
        [ID_CHARACTER] = {"身份证号里有不会出现的字符，最后一位可以是 X",
                          "Only digits, and an X at the end, can stand there"},
        [ID_DIVISION] = {"身份证号开头的地区不存在", "The first two digits are no province"},
        [ID_DATE] = {"身份证号里的出生日期不存在", "The date of birth does not exist"},
        [ID_CHECK] = {"身份证号对不上，核对一下有没有抄错",
                      "The check character does not fit; look for a slip"},
        [ID_FORM] = {"", ""},
    };
    struct citizen_id r = {.fault = fault, .position = position, .birth = DATE_NONE};

    r.why = why[fault];
    return r;
}

struct citizen_id citizen_id_check_on(const char *text, date_t today)
{
    struct citizen_id r = {.birth = DATE_NONE};
    char code[64], full[19];
    size_t n = squeeze(text, code, sizeof code);
    date_t birth;

    if (n != 18 && n != 15)
        return citizen_fault(n == 0 ? ID_EMPTY : ID_LENGTH, 0);
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(code[i]) && !(i == 17 && code[i] == 'X'))
            return citizen_fault(ID_CHARACTER, (int)i + 1);
    }
    if (n == 15) { /* born in the 1900s, no check character */
        memcpy(full, code, 6);
        memcpy(full + 6, "19", 2);
        memcpy(full + 8, code + 6, 9);
        full[17] = citizen_check(full);
        full[18] = '\0';
    } else {
        memcpy(full, code, 19);
    }
    if (!province_known(full))
        return citizen_fault(ID_DIVISION, 1);
    birth = date_from_ymd(number_of(full + 6, 4), number_of(full + 10, 2), number_of(full + 12, 2));
    if (birth == DATE_NONE || birth < date_from_ymd(1850, 1, 1) || birth > today)
        return citizen_fault(ID_DATE, 7);
    if (full[17] != citizen_check(full))
        return citizen_fault(ID_CHECK, 18);
    r.birth = birth;
    r.upgraded = n == 15;
    r.resident = full[0] == '8';
    r.female = (full[16] - '0') % 2 == 0;
    memcpy(r.normal, full, 19);
    memcpy(r.division, full, 6);
    return r;
}

struct citizen_id citizen_id_check(const char *text)
{
    return citizen_id_check_on(text, date_from_ymd(9999, 12, 31));
}

/* ---- phone ---- */

/* Digits with the signs people write between them; an extension (转 or 分机 or #, ext) ends it. */
static bool phone_digits(const char *text, char *ret, size_t room, int *ret_n)
{
    static const char *const ends[] = {"转", "分机", "#", "ext", "EXT", "x", NULL};
    size_t n = 0;

    while (*text != '\0') {
        for (int i = 0; ends[i] != NULL; i++) {
            if (n > 0 && strncmp(text, ends[i], strlen(ends[i])) == 0) {
                ret[n < room ? n : room - 1] = '\0';
                *ret_n = (int)n;
                return true;
            }
        }
        if (is_digit(*text)) {
            if (n + 1 < room)
                ret[n] = *text;
            n++;
        } else if (strchr(" -()+.", *text) == NULL) {
            if (strncmp(text, "（", 3) != 0 && strncmp(text, "）", 3) != 0 &&
                strncmp(text, "－", 3) != 0)
                return false;
            text += 2;
        }
        text++;
    }
    ret[n < room ? n : room - 1] = '\0';
    *ret_n = (int)n;
    return true;
}

static enum phone_kind phone_kind_of(const char *d, int n)
{
    if (n == 11 && d[0] == '1' && d[1] >= '3')
        return PHONE_MOBILE;
    /* 010 and 02x take eight digits, other area codes three or four digits and seven or eight */
    if (d[0] == '0' && d[1] >= '1' && n >= 10 && n <= 12)
        return PHONE_LANDLINE;
    if (n == 10 && (strncmp(d, "400", 3) == 0 || strncmp(d, "800", 3) == 0))
        return PHONE_SERVICE;
    if ((n == 5 || n == 6) && (d[0] == '1' || d[0] == '9')) /* 12315, 95588, 955xxx */
        return PHONE_SERVICE;
    if ((n == 7 || n == 8) && d[0] >= '2') /* local, without the area code */
        return PHONE_LANDLINE;
    return PHONE_NONE;
}

struct phone phone_check(const char *text)
{
    struct phone r = {0};
    char digits[24];
    const char *d = digits;
    bool looks_mobile;

    if (text == NULL || *text == '\0') {
        r.fault = ID_EMPTY;
        r.why = (struct label){"写上电话", "Enter a phone number"};
        return r;
    }
    if (!phone_digits(text, digits, sizeof digits, &r.digits)) {
        r.fault = ID_CHARACTER;
        r.why = (struct label){"电话里只写数字", "A phone number is digits only"};
        return r;
    }
    if (r.digits < (int)sizeof digits) {
        if (r.digits == 15 && strncmp(d, "0086", 4) == 0)
            d += 4;
        else if (r.digits >= 12 && strncmp(d, "86", 2) == 0)
            d += 2;
        r.digits = (int)strlen(d);
        r.kind = phone_kind_of(d, r.digits);
    }
    looks_mobile = d[0] == '1' && r.digits >= 8;
    if (r.kind != PHONE_NONE) {
        memcpy(r.normal, d, strlen(d) + 1);
    } else if (looks_mobile && r.digits != 11) {
        r.fault = ID_LENGTH;
        r.why = (struct label){"手机号要 11 位", "A mobile number has 11 digits"};
    } else {
        r.fault = ID_FORM;
        r.why = (struct label){"写手机号，或者带区号的固定电话",
                               "Enter a mobile number, or a landline with its area code"};
    }
    return r;
}
