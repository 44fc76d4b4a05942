/* The law an installation runs by, as its database keeps it: for setup*.c and calendars.c. */
#ifndef FANGXIN_WORK_SETUP_INTERNAL_H
#define FANGXIN_WORK_SETUP_INTERNAL_H

#include "rules/routing.h"
#include "work/record.h"

/* All bodies, those that ended too; then the streets they stand for, and the aliases. */
enum err_code setup_read_bodies(struct op *op, struct snapshot *snap, struct setup *s) MUST_CHECK;
enum err_code setup_read_streets(struct op *op, struct snapshot *snap, const struct setup *s,
                                 struct routing *routing) MUST_CHECK;
enum err_code setup_read_aliases(struct op *op, struct snapshot *snap, const struct setup *s,
                                 struct routing *routing) MUST_CHECK;

/* Adds the row of a revision in use; @p content is what pack_load or calendar_load reads. */
void revision_keep(struct op *op, struct changes *ch, const char *kind, const char *name,
                   int64_t revision, const char *content);

/* ERR_INVALID: a pack has changed and its revision has not. */
enum err_code revision_changed_silently(struct op *op, const char *name,
                                        int64_t revision) MUST_CHECK;

/* Changes with bodies, aliases, packs and calendars; 0 where no other process writes. */
int64_t setup_mark(struct store *store);

struct kept_packs {
    struct pack **packs; /* malloc'd, as each pack */
    size_t n;
};
/**
 * Reads the revisions of rule packs that the database keeps besides @p current, and keeps those of
 * @p current that are new.
 * @return ERR_INVALID when a pack has changed and its revision has not, or when a kept one cannot
 * be read by this program
 */
enum err_code kept_packs_load(struct op *op, struct pack *const *current, size_t n,
                              struct kept_packs *ret) MUST_CHECK;
void kept_packs_release(struct kept_packs *kept);

struct kept_flows {
    struct flow **flows; /* malloc'd, as each flow */
    size_t n;
};
/* The same for the life of cases. */
enum err_code kept_case_flows_load(struct op *op, const struct flow *current,
                                   struct kept_flows *ret) MUST_CHECK;
void kept_flows_release(struct kept_flows *kept);

#define CALENDAR_EDITIONS 1000
/* Of the calendar's own revision and the notices imported since: 2026 and 3 are 2026003. */
int64_t calendar_edition(const json_t *base, int64_t imports);
/**
 * A calendar as JSON with the imported years in place of its own.
 * @param years    {"2027": year object}; NULL for none
 * @param imports  how many imports made it; its revision is "2026.3" then
 * @return a new reference; NULL without memory
 */
json_t *calendar_with(const json_t *base, const json_t *years, int64_t imports);
/* The record that holds the imports; with id and version 0 and an empty state before the first. */
enum err_code calendar_record(struct op *op, struct snapshot *snap, const char *id,
                              struct record *ret) MUST_CHECK;

#endif
