/* Cells read as values: dates, money, yes and no, codes. Private to the import. */
#ifndef FANGXIN_WORK_IMPORT_VALUE_H
#define FANGXIN_WORK_IMPORT_VALUE_H

#include "work/import.h"
#include "work/setup.h"

enum value_kind {
    VALUE_TEXT,
    VALUE_NUMBER,
    VALUE_YUAN, /* "1,234.50 元" → fen */
    VALUE_FEN,
    VALUE_BOOL,
    VALUE_DATE,
    VALUE_INSTANT,
    VALUE_CODE,  /* of a code table */
    VALUE_CODES, /* several, parted by the rule's split */
    VALUE_OUTCOME,
    VALUE_SOURCE,
    VALUE_REPLY, /* filled in when the sheet goes back (work/order_sheet.h) */
    VALUE_DROP,
};

/* Where it goes: into the filing at `path`, or into what is known beside it. */
enum value_to {
    TO_FILING,
    TO_TITLE,
    TO_KEY,
    TO_OUTCOME,
    TO_GROUND,
    TO_ENDED_AT,
    TO_RECOVERED,
    TO_ANSWER,
    TO_ANSWERED_AT,
    TO_BODY,
    TO_RATING,
};

struct import_field {
    const char *path; /* as maps write it; also the place in the filing for TO_FILING */
    enum value_kind kind;
    enum value_to to;
    const char *table; /* VALUE_CODE, VALUE_CODES */
};
const struct import_field *import_field_find(const char *path);
bool import_field_many(const struct import_field *f);

enum dates { DATES_YMD, DATES_MDY, DATES_DMY };
bool dates_find(const char *text, enum dates *ret);
/* A date, with or without a time and a zone (else @p zone_min), as a file or a spreadsheet writes
 * it: its day, and the instant in ms. */
bool dates_read(const char *text, enum dates order, int zone_min, date_t *ret_day, int64_t *ret_ms);

/* How a column's cells are read. */
struct value_rule {
    enum dates dates;
    const char *split;     /* one or more characters, each a separator */
    const json_t *values;  /* {text: code | [codes] | null = nothing}; NULL */
    const char *otherwise; /* code for what is not found; NULL: none */
};

struct import_value {
    int64_t number; /* also ms and fen, 1 for yes */
    char date[DATE_TEXT];
    const char *code; /* of the fault */
    struct label why; /* of the fault */
};
/* False with code and why when the text is not of that kind. */
bool import_value_read(enum value_kind kind, const struct value_rule *how, int zone_min,
                       const char *text, struct import_value *ret);
/* Appends the codes of a cell to @p codes; false when something of it is not known, which is then
 * counted. */
bool import_codes(struct op *op, const struct value_rule *how, const struct import_field *f,
                  const char *column, const char *text, struct import_tally *unmatched,
                  json_t *codes);

#endif
