/* What an act asks for: the same table checks what arrives and builds the desk's form. */
#ifndef FANGXIN_RULES_FIELD_H
#define FANGXIN_RULES_FIELD_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#include "rules/label.h"

enum matter_kind { KIND_ENQUIRY, KIND_COMPLAINT, KIND_REPORT, KIND_COUNT };

enum field_kind {
    FIELD_TEXT,  /* one or more lines, max_bytes */
    FIELD_INT,   /* min … max */
    FIELD_MONEY, /* int64 fen, min … max */
    FIELD_BOOL,
    FIELD_DATE,      /* "2026-10-13" */
    FIELD_INSTANT,   /* RFC 3339; not in the future unless future is set */
    FIELD_CHOICE,    /* one of choices, or of the code table `codes` */
    FIELD_CHOICES,   /* array of those, 1 … max items, none twice */
    FIELD_BODY,      /* code of a body */
    FIELD_OFFICER,   /* id of an officer */
    FIELD_NUMBER,    /* printed number of another matter */
    FIELD_GROUP,     /* id of a group (work/group.h) */
    FIELD_REMEDIES,  /* array of {kind, amount_fen, paid_by, payer}; kinds from `codes` */
    FIELD_AMENDMENT, /* object of filing fields to replace */
    FIELD_BUSINESS,  /* id of a business (work/business.h) */
    FIELD_REPORT,    /* object {facts, violation?, respondent?}: a report to be split off */
};

struct choice {
    const char *code;
    struct label label;
    unsigned kinds; /* bit 1 << enum matter_kind: where it may be chosen */
};

struct act_field {
    const char *name;
    enum field_kind kind;
    bool required;
    bool act_time;    /* this instant is when the act happened (tell, contact) */
    bool future;      /* an instant that may lie ahead (an appointed meeting) */
    bool sealed;      /* free text about people: goes to the vault, never into an event in clear */
    size_t max_bytes; /* of the value as UTF-8; 0 for kinds without text */
    int64_t min, max; /* FIELD_INT, FIELD_MONEY; FIELD_CHOICES and FIELD_REMEDIES: how many */
    const struct choice *choices;
    size_t n_choices;
    const char *codes; /* name of a code table ("themes"), or NULL */
    struct label label;
    struct label hint;      /* texts NULL when there is none */
    const char *when_field; /* asked and required only while that field holds when_value; or NULL */
    const char *when_value;
};

/* The choice of that code in that kind of matter; NULL when it may not be chosen there. */
const struct choice *field_choice(const struct act_field *field, enum matter_kind kind,
                                  const char *code);
const char *field_kind_name(enum field_kind kind);
const char *matter_kind_name(enum matter_kind kind); /* "enquiry" "complaint" "report" */
/* KIND_COUNT when there is no such kind. */
enum matter_kind matter_kind_find(const char *name);

#endif
