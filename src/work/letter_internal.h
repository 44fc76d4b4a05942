/* What the files of letters share. */
#ifndef FANGXIN_WORK_LETTER_INTERNAL_H
#define FANGXIN_WORK_LETTER_INTERNAL_H

#include "work/letter.h"

#define LETTER_JOB "letters" /* the queue of letters that have no file yet */

/* What a letter is made from. */
struct letter_source {
    struct op *op;
    struct snapshot *snap;
    struct matter *m;
    const struct letter_form *form;
    const json_t *asks;
    const struct body *issuer, *unit;
    date_t today;
};

/* In whose name a letter of this body is issued: itself or the nearest above that may. NULL. */
const struct body *letter_issuer(const struct op *op, const struct body *body);
/* "安市监": of the settings, else made from the name. NULL. In the arena. */
const char *letter_word(struct op *op, const struct body *issuer);

/* {slot: text} for the form's fields and asks; new reference. */
enum err_code letter_values(const struct letter_source *src, json_t **ret) MUST_CHECK;

/* 2026年10月13日 */
char *letter_date(struct arena *arena, date_t date);
/* "ABCD-EFGH-JKMN-PQRS" in the arena */
char *letter_code_shown(struct arena *arena, const char *code);
/* Where it can be checked: the portal's address, or NULL where none is set. In the arena. */
char *letter_verify_url(struct op *op, const char *code);

/* Draws what letter_fill made. @p number, @p code NULL: a preview. */
enum err_code letter_draw(struct op *op, const json_t *content, const char *number,
                          const char *code, struct buf *out, int *ret_pages) MUST_CHECK;

/* ---- what acts on letters share ---- */

/* Both there and alike. */
bool letter_same(const char *a, const char *b);
/* The letter that an earlier request with op's key left. ERR_REPLAYED: its body was another. */
enum err_code letter_earlier(struct op *op, struct record *ret, bool *ret_found) MUST_CHECK;

#endif
