/* The place of a matter: the division in which the business trades, by which figures know districts
 * (docs/figures.md#districts). */
#ifndef FANGXIN_WORK_PLACE_H
#define FANGXIN_WORK_PLACE_H

#include "work/draft.h"

struct record; /* work/record.h */

/**
 * What is said of the respondent: the division as given, made finer by the address where that lies
 * in it; else the address alone. An address tells by the name of a street or county in it
 * (packs/regions), or by a known place (alias) of a body that has one street.
 * @return six or nine digits; NULL when neither says anything
 */
const char *place_as_told(struct op *op, const json_t *filing);
/* The same of a matter, whatever its business added since; NULL: nothing. */
const char *place_told(const struct matter *m);
/* Sets the matter's division: that of the business where a clerk confirmed one and it is finer than
 * what was told, or nothing was. @p told and @p business may be NULL. */
void place_put(struct draft *d, const char *told, const struct record *business);
/* The name of a division; a word with its code where no pack has it. Nothing for NULL. */
struct label place_label(struct op *op, const char *code);

#endif
