/* Entries 台账记录 of registers: records of kind "entry", whose fields, checks, life and figures a
 * definition gives (packs/registers, rules/register.h). docs/registers.md describes both.
 *
 * The state of the record:
 *   register revision number year n key ("REGISTER NUMBER") body status day registered_by officer
 *   fields {name: value}     as the API has them; sealed ones hold the version of the event beside
 *                            which they lie: {"sealed": 3}
 *   linked {"field.name": value}   what link(field, name) gave when it was last written
 *   clocks [see record_clock.h] acted_by amended_by (officers, for four eyes) code (public page)
 * What is written about people – persons, sealed texts – is sealed beside the events. */
#ifndef FANGXIN_WORK_ENTRY_H
#define FANGXIN_WORK_ENTRY_H

#include "base/json.h"
#include "insight/period.h"
#include "insight/sheet.h"
#include "rules/register.h"
#include "work/record.h"

#define ENTRY "entry"

/* The definition of that id which the profile has, ERR_NOT_FOUND also where the actor may read
 * nothing of it. */
enum err_code register_for(struct op *op, const char *id,
                           const struct register_def **ret) MUST_CHECK;
/* Of an entry, at the revision it was written under (or as it is now, where that was never kept);
 * NULL when the program has no such register any more. */
const struct register_def *entry_def(struct op *op, const struct record *r);

bool entry_filters_by(const struct register_def *def, const char *name);
bool entry_has_state(const struct register_def *def, const char *state);

/* What may() looks at. */
struct record_facts entry_facts(struct op *op, const struct record *r);
/* Loads an entry that the actor may see, or else ERR_NOT_FOUND; ERR_FORBIDDEN for what he may not
 * do. @p def NULL: of any register. */
enum err_code entry_for(struct op *op, struct snapshot *snap, const struct register_def *def,
                        int64_t id, enum may_act need, struct record *ret) MUST_CHECK;
/* Its id alone, whoever asks; ERR_NOT_FOUND. */
enum err_code entry_id_of(struct op *op, const char *of_register, const char *number,
                          int64_t *ret) MUST_CHECK;
enum err_code entry_by_number(struct op *op, struct snapshot *snap, const struct register_def *def,
                              const char *number, enum may_act need, struct record *ret) MUST_CHECK;

/**
 * Registers an entry.
 * @param input  {"body"?, "fields": {…}}
 * @return ERR_INVALID with an item per fault ("fields.NAME"), ERR_FORBIDDEN, ERR_NOT_FOUND
 */
enum err_code entry_make(struct op *op, const struct register_def *def, const json_t *input,
                         struct record *ret) MUST_CHECK;
/**
 * One act: of the definition {"fields"}, "amend" {"fields", "reason"} or "note" {"text"}.
 * @param version  that the actor saw, or ANY_VERSION
 */
enum err_code entry_act(struct op *op, const struct register_def *def, const char *number,
                        const char *act, const json_t *input, int64_t version,
                        struct record *ret) MUST_CHECK;

/* ---- as JSON ---- */

/* Schema Registers: those the actor may read. */
enum err_code registers_view(struct op *op, struct json_writer *w) MUST_CHECK;
/* Schema Register: the definition as forms and lists need it. */
enum err_code register_view(struct op *op, const struct register_def *def,
                            struct json_writer *w) MUST_CHECK;
/* Schema Entry, closed. The caller has checked MAY_READ_ENTRY. */
enum err_code entry_view(struct op *op, struct snapshot *snap, const struct record *r,
                         struct json_writer *w) MUST_CHECK;
/* Schema EntryRow, closed. */
enum err_code entry_view_row(struct op *op, struct snapshot *snap, const struct record *r,
                             struct json_writer *w) MUST_CHECK;
/* Array @p key of the entries that link to a record and the actor may see (schema EntryLink). */
enum err_code entry_view_links_to(struct op *op, struct snapshot *snap, const char *kind,
                                  int64_t other, const char *key, struct json_writer *w) MUST_CHECK;

/* ---- lists ---- */

enum entry_sort { ENTRY_NEWEST, ENTRY_OLDEST, ENTRY_BY_DUE, ENTRY_SORTS };
enum entry_sort entry_sort_find(const char *name); /* "-day" "day" "due"; ENTRY_SORTS */
enum entry_level { ENTRY_ANY, ENTRY_LATE, ENTRY_TODAY, ENTRY_SOON, ENTRY_LATER, ENTRY_LEVELS };
enum entry_level entry_level_find(const char *name); /* ENTRY_LEVELS: no such name */

#define ENTRY_FILTERS_MAX 16
struct entry_filter {
    const struct register_def *def;
    const char *status;    /* NULL: any */
    int open;              /* 0, 1; -1: any */
    const char *body_path; /* this body and below; NULL: any */
    date_t from, to;       /* DATE_NONE: open */
    enum entry_level level;
    date_t today, soon_until;
    const char *words;  /* NULL: any; a number or words of the title and the plain texts */
    const char *number; /* of one entry alone; found by the list itself from words */
    size_t n_values;    /* rows of entry_value that must be there */
    struct {
        const char *field, *value;
    } values[ENTRY_FILTERS_MAX];
    enum entry_sort sort;
    const char *cursor; /* NULL: the first page */
    size_t max;         /* 1 … 200 */
};
/* {"items": [EntryRow], "next"}. ERR_INVALID field "cursor". */
enum err_code entry_list_view(struct op *op, const struct entry_filter *filter,
                              struct json_writer *w) MUST_CHECK;
/* Ids alone, for taking out: at most filter->max, and where to go on. */
enum err_code entry_list_ids(struct op *op, struct snapshot *snap,
                             const struct entry_filter *filter, int64_t *ret, size_t *ret_n,
                             const char **ret_next) MUST_CHECK;
/* Schema EntryCounts. */
enum err_code entry_count_view(struct op *op, const struct entry_filter *filter,
                               struct json_writer *w) MUST_CHECK;

/* ---- for record_kinds and verify ---- */

void entry_project(struct op *op, struct changes *ch, const struct record *before,
                   const struct record *after);
enum err_code entry_check(struct op *op, struct snapshot *snap, const struct record *r,
                          const char **ret_table) MUST_CHECK;
/* What the entry adds to tallies; to balances (measure ENTRY_BALANCE, dimension register.balance,
 * value the key); to the number of rows of entry_value (measure ENTRY_ROWS). */
#define ENTRY_BALANCE "=balance"
#define ENTRY_ROWS "=rows"
void entry_cells(struct op *op, const struct record *r, measure_emit_fn *emit, void *arg);

#endif
