/* Checks of identifiers people give: unified social credit code, citizen identity number, phone.
 * Pure; what is wrong is said in both languages and never repeats the value. */
#ifndef FANGXIN_RULES_IDENTIFIERS_H
#define FANGXIN_RULES_IDENTIFIERS_H

#include "base/date.h"
#include "rules/label.h"

enum id_fault {
    ID_OK,
    ID_EMPTY,
    ID_LENGTH,    /* wrong number of characters */
    ID_CHARACTER, /* a character that cannot stand at `position` */
    ID_DIVISION,  /* the first two digits are no province */
    ID_DATE,      /* no such day of birth */
    ID_CHECK,     /* the check character does not fit */
    ID_FORM,      /* phone: neither mobile, landline nor service number */
};
const char *id_fault_name(enum id_fault fault); /* "ok" "empty" "length" … */

/* GB 32100-2015. */
struct uscc {
    enum id_fault fault;
    int position;        /* 1-based, of the first wrong character; 0 when not about one */
    char normal[19];     /* upper case, without spaces and hyphens; "" unless 18 characters */
    bool org_check_fits; /* position 17 after GB 11714; some old codes differ, so not a fault */
    char division[7];
    struct label why; /* NULL texts when ID_OK */
};
struct uscc uscc_check(const char *text);

/* GB 11643-1999; 15 digits are lengthened; 81, 82, 83 are holders of residence permits. */
struct citizen_id {
    enum id_fault fault;
    int position;
    char normal[19]; /* 18 characters, X in upper case */
    bool upgraded;   /* came with 15 digits */
    bool resident;   /* prefix of a Hong Kong, Macao or Taiwan residence permit */
    bool female;
    date_t birth;     /* DATE_NONE unless ID_OK */
    char division[7]; /* may be a code no longer in use */
    struct label why;
};
struct citizen_id citizen_id_check(const char *text);
/* With a day to hold the birth against: a birth after it is ID_DATE. */
struct citizen_id citizen_id_check_on(const char *text, date_t today);

enum phone_kind { PHONE_NONE, PHONE_MOBILE, PHONE_LANDLINE, PHONE_SERVICE };
struct phone {
    enum id_fault fault;
    enum phone_kind kind;
    char normal[24];  /* digits only: 13800002046, 0714-6512345 as 07146512345; extension dropped */
    struct label why; /* NULL texts when ID_OK; `digits` says how many there were */
    int digits;
};
struct phone phone_check(const char *text);

#endif
