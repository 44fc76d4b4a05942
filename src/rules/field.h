/* What an act asks for: the same table checks what arrives and builds the desk's form. */
#ifndef FANGXIN_RULES_FIELD_H
#define FANGXIN_RULES_FIELD_H

#include <jansson.h>

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
    /* Of registers alone (rules/register.h). */
    FIELD_DECIMAL,   /* text "12.50" with at most `decimals` digits behind the point */
    FIELD_QUANTITY,  /* object {"value": "12.5", "unit": "kg"}; units from code table units */
    FIELD_PERIOD,    /* text "2026", "2026Q3" or "2026-03" */
    FIELD_PERSON,    /* object {name, phone?, id_number?}; always sealed */
    FIELD_MATTER,    /* printed number of a matter, kept as a link */
    FIELD_CASE,      /* id of an enforcement case, kept as a link */
    FIELD_ENTRY,     /* number of an entry of register `of_register`, kept as a link */
    FIELD_PLACE,     /* object {text, lat?, lon?}; degrees as texts with up to 6 decimals */
    FIELD_CHECKLIST, /* object {"items": {ID: {"score": 3, "note"?}}} */
    FIELD_TABLE,     /* array of at most max objects whose members are `columns` */
    FIELD_FILE,      /* at most max files under seal (work/entry_files.h); sent by itself */
};
#define FIELD_KINDS (FIELD_FILE + 1)
/* Those a rule pack, an order or a case may name; the others are a register's. */
#define FIELD_KINDS_OF_ACTS (FIELD_REPORT + 1)

struct choice {
    const char *code;
    struct label label;
    unsigned kinds; /* bit 1 << enum matter_kind: where it may be chosen */
};

/* One line of a checklist. */
struct check_item {
    const char *id;
    struct label label;
    int max;             /* the score lies in 0 … max, max ≥ 1 */
    const char *illegal; /* class of breach it stands for (unfair terms), or NULL */
};

/* Whence the rows of a table are filled: what stands there under the same names. */
struct field_given {
    const char *link, *table; /* rows of that table of the entry that field `link` names … */
    const char *column;    /* … or, row by row, the entry that this column names; one is NULL */
    const char *const *in; /* ids of the states in which that entry must be; none = any */
    size_t n_in;
};

struct act_field {
    const char *name;
    enum field_kind kind;
    bool required;
    bool act_time;    /* this instant is when the act happened (tell, contact) */
    bool future;      /* an instant that may lie ahead (an appointed meeting) */
    bool sealed;      /* free text about people: goes to the vault, never into an event in clear */
    bool unkept;      /* looked at and kept nowhere: a code that somebody shows */
    bool mark;        /* sealed, and only a keyed mark of it is kept: nobody can read it again */
    size_t max_bytes; /* of the value as UTF-8; 0 for kinds without text */
    int64_t min, max; /* FIELD_INT, FIELD_MONEY; FIELD_CHOICES and FIELD_REMEDIES: how many */
    const struct choice *choices;
    size_t n_choices;
    const char *codes; /* name of a code table ("themes"), or NULL */
    struct label label;
    struct label hint;      /* texts NULL when there is none */
    const char *when_field; /* asked and required only while that field holds when_value; or NULL */
    const char *when_value;

    /* Of registers alone; zero elsewhere. */
    bool long_text;           /* FIELD_TEXT of many lines */
    bool later;               /* not in the form of registering: an act fills it */
    int decimals;             /* FIELD_DECIMAL 1 … 4, FIELD_QUANTITY 0 … 3 */
    const char *section;      /* id of one of the register's sections, or NULL */
    uint64_t required_in;     /* bit per index in the flow's states: filled before one is entered */
    const char *const *units; /* FIELD_QUANTITY: codes allowed; none = the whole table */
    size_t n_units;
    const struct act_field *columns; /* FIELD_TABLE: of kinds that field_is_simple */
    size_t n_columns;
    const struct field_given *given; /* FIELD_TABLE; NULL: nothing is */
    const struct check_item *items;  /* FIELD_CHECKLIST */
    size_t n_items;
    const char *of_register; /* FIELD_ENTRY: id of the other register */
    const json_t *preset;    /* what registering takes where nothing is sent: a value of the kind,
                                "@today", "@me", "@body"; NULL: nothing. Owned by the definition */
};

/* May stand in a column of a table: no table, checklist or person. */
bool field_is_simple(enum field_kind kind);

/* The choice of that code in that kind of matter; NULL when it may not be chosen there. */
const struct choice *field_choice(const struct act_field *field, enum matter_kind kind,
                                  const char *code);
const char *field_kind_name(enum field_kind kind);
const char *matter_kind_name(enum matter_kind kind); /* "enquiry" "complaint" "report" */
/* KIND_COUNT when there is no such kind. */
enum matter_kind matter_kind_find(const char *name);

#endif
