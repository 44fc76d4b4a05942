/* What a JSON body may hold, as tables, and the check of a body against one.
 *
 * A form says names, kinds, lengths and ranges; it knows no rule of the work. Static tables and the
 * acts of a rule pack (api_forms.h) fill the same structs. All faults are collected, each with its
 * JSON path ("consumer.phone", "remedies.0.kind") and plain words in both languages. */
#ifndef FANGXIN_WEB_FORMS_H
#define FANGXIN_WEB_FORMS_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"

enum input_kind {
    INPUT_TEXT,  /* max_bytes, max_chars; min = fewest characters */
    INPUT_INT,   /* min … max */
    INPUT_MONEY, /* int64 fen, min (0 unless set) … max */
    INPUT_BOOL,
    INPUT_DATE,    /* "2026-10-13", from 2000 on */
    INPUT_INSTANT, /* RFC 3339 with zone, from 2000 on */
    INPUT_CHOICE,  /* one of choices */
    INPUT_CHOICES, /* array of choices, none twice, min … max items */
    INPUT_TEXTS,   /* array of texts, min … max items */
    INPUT_OBJECT,  /* of form sub; NULL: the handler checks its members */
    INPUT_OBJECTS, /* array of them, min … max items */
    INPUT_MAP,     /* object of short texts with free names, at most max entries */
};

struct form;

struct form_field {
    const char *name;
    enum input_kind kind;
    bool required;               /* present, not null and, for texts, not blank */
    bool past;                   /* dates and instants: not after now */
    size_t max_bytes, max_chars; /* of each text; max_chars 0 = max_bytes decides alone */
    int64_t min, max;            /* max 0 = no upper limit for numbers, 50 items for arrays */
    const char *const *choices;
    size_t n_choices;
    const struct form *sub;
    const char *zh, *en; /* label: 电话, Phone */
};

struct form {
    const struct form_field *fields;
    size_t n;
};

#define FORM(table) ((struct form){(table), sizeof(table) / sizeof((table)[0])})

#define BODY_DEPTH_MAX 12

/**
 * Reads a request body: one JSON object, no deeper than BODY_DEPTH_MAX, no NUL, good UTF-8, no key
 * twice. An empty body reads as {}.
 * @param[out] ret  a new reference
 * @return ERR_MALFORMED with one item that says what and where
 */
enum err_code body_parse(const char *bytes, size_t n, json_t **ret, struct err *err) MUST_CHECK;

/**
 * @param now_ms    for `past`
 * @param zone_min  of the installation
 * @return ERR_INVALID with an item per fault (as many as fit)
 */
enum err_code form_check(const struct form *form, const json_t *body, int64_t now_ms, int zone_min,
                         struct err *err) MUST_CHECK;

/* What a checked body holds; NULL, fallback or false where the field is absent or null. */
const char *body_text(const json_t *body, const char *name);
int64_t body_int(const json_t *body, const char *name, int64_t fallback);
bool body_bool(const json_t *body, const char *name);

#endif
