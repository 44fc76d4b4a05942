/* Letters as data: packs/letters. docs/letters.md describes the format.
 *
 * letters.json holds what all share (who issues, how numbers look); every other file is one form.
 * A form names the fields it may hold; nothing else ever reaches it, so a letter cannot tell its
 * reader what he must not know. */
#ifndef FANGXIN_RULES_LETTER_FORMS_H
#define FANGXIN_RULES_LETTER_FORMS_H

#include <jansson.h>

#include "rules/pack.h"

enum letter_to {
    LETTER_TO_FILE = 1u, /* stays in the file */
    LETTER_TO_CONSUMER = 2u,
    LETTER_TO_BUSINESS = 4u,
    LETTER_TO_REPORTER = 8u,
    LETTER_TO_BODY = 16u, /* another unit */
};
/* "file" "consumer" "business" "reporter" "body", in the order of the bits; NULL at the end. */
extern const char *const letter_to_names[];

struct letter_form_row {
    const char *cells[4]; /* 2 or 4; NULL behind the last */
    const char *when;     /* "proxy.name", "!reporter.name"; NULL always */
};

struct letter_form_block {
    const char *kind; /* "address" "text" "head" "sign" "table" */
    const char *text; /* with {{slots}}; not of tables */
    const char *when;
    const struct letter_form_row *rows;
    size_t n_rows;
};

struct letter_form {
    const char *id, *revision, *style; /* style: number of the official form */
    struct label label;
    const char *series;          /* 受理: the word of the number */
    unsigned kinds;              /* bit 1 << enum matter_kind */
    unsigned to, tells;          /* enum letter_to; tells: serving it on them is telling them */
    const char *const *tells_in; /* states in which it is; NULL-terminated */
    bool sign;                   /* ends in name, seal and date */
    const char *const *packs, *const *states, *const *outcomes,
                                                  *const *fields; /* NULL-terminated */
    struct pack_act asks; /* what the officer fills in: its fields, as of an act */
    const struct letter_form_block *blocks;
    size_t n_blocks;
};

struct letter_abbreviation {
    const char *ends, *as; /* 县市场监督管理局 → 市监 */
};

struct letter_forms {
    const struct letter_form *forms; /* in order of style */
    size_t n;
    const char *const *issuer_kinds; /* kinds of bodies that issue in their own name */
    const char *number;              /* {{abbreviation}}{{series}}〔{{year}}〕第{{n}}号 */
    const struct letter_abbreviation *abbreviations;
    size_t n_abbreviations;
    const char *verify; /* said beside the code */
};

struct letter_pack;
/**
 * Reads letters/letters.json and all forms of @p files.
 * @param packs  the rule packs of the installation: a state that a form names must be in one of the
 *               form's packs, an outcome in each; a pack that is not installed is passed over
 * @return ERR_INVALID with an item per fault, the field being file and path; ERR_MALFORMED
 */
enum err_code letters_load(const struct embedded_file *files, const struct pack *const *packs,
                           size_t n_packs, struct letter_pack **ret, struct err *err) MUST_CHECK;
/* One form alone, for `pack check`. */
enum err_code letter_form_check(const char *bytes, size_t n, const struct pack *const *packs,
                                size_t n_packs, struct err *err) MUST_CHECK;
void letters_free(struct letter_pack *pack); /* NULL is fine */
const struct letter_forms *letter_forms(const struct letter_pack *pack);

const struct letter_form *letter_form_find(const struct letter_forms *forms, const char *id);
/* Whether this form is one for a matter in that state. @p outcome NULL: undecided. */
bool letter_form_fits(const struct letter_form *form, const char *pack, enum matter_kind kind,
                      const char *state, const char *outcome);
/* Whether serving it on that party (a name of letter_to_names) tells the present decision. */
bool letter_form_tells(const struct letter_form *form, const char *party, const char *state);
bool letter_form_takes(const struct letter_form *form, const char *field);
/* The abbreviation of a body by its name; NULL when no ending fits. In the arena. */
const char *letter_abbreviation(const struct letter_forms *forms, struct arena *arena,
                                const char *name);

/**
 * Fills a form: pure.
 * @param values  {slot: text}; only what the form's fields name is ever looked at, and "ask.…"
 * @return {"title","issuer","date","signer","blocks":[{"kind","text"}|{"kind":"table","rows":
 *         [[…]]}]}, new reference; NULL without memory. A slot without value is a line to write on
 *         in a paragraph, a stroke in a table.
 */
json_t *letter_fill(const struct letter_form *form, const json_t *values);
/* A text with {{names}} of @p values put in, in the arena. */
char *letter_put(struct arena *arena, const char *text, const json_t *values, const char *blank);

#endif
