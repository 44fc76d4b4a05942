/* Code tables: packs/codes/NAME.json. Codes are ours ("goods.food"); `official` is the slot for the
 * code of a national standard once one is known. */
#ifndef FANGXIN_RULES_CODES_H
#define FANGXIN_RULES_CODES_H

#include "base/embed.h"
#include "base/err.h"
#include "rules/label.h"

struct code {
    const char *code;
    struct label label;
    const char *parent;   /* code in the same table, or NULL */
    const char *official; /* NULL until mapped */
    const char *group;    /* free mark of the table ("public" "staff" for channels), or NULL */
};

struct code_table {
    const char *id; /* "categories" */
    struct label label;
    const char *source;       /* the standard it is taken from, or NULL */
    const struct code *codes; /* in the order of the file: the order of lists */
    size_t n_codes;
};

struct codes;

/* Loads every file in "codes/". ERR_INVALID names file and field: unknown key, code twice,
 * unknown parent, label missing in one language.
 * @param folder  "bank": a table in codes/bank/ stands in for the one of the same file name; NULL
 */
enum err_code codes_load(const struct embedded_file *files, const char *folder, struct codes **ret,
                         struct err *err) MUST_CHECK;
void codes_free(struct codes *codes);
void codes_freep(struct codes **codes);

size_t codes_count(const struct codes *codes);
const struct code_table *codes_at(const struct codes *codes, size_t i);
/* NULL when there is none. */
const struct code_table *codes_table(const struct codes *codes, const char *id);
const struct code *code_find(const struct code_table *table, const char *code);
/* By Chinese or English label, for import maps. */
const struct code *code_by_label(const struct code_table *table, const char *label);

#endif
