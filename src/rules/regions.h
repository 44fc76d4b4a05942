/* Divisions with their names: packs/regions, one file per county with its streets.
 *
 * Codes are those of GB/T 2260 (province two, city four, county six digits) and of the National
 * Bureau of Statistics (street or town nine digits). A code begins with that of what it lies in. */
#ifndef FANGXIN_RULES_REGIONS_H
#define FANGXIN_RULES_REGIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/embed.h"
#include "base/err.h"
#include "rules/label.h"

struct region {
    const char *code;
    struct label label;
};

struct regions;

/* Every file in "regions/". ERR_INVALID names file and field: a code of other than six or nine
 * digits, a street that lies in another county, a code twice, a label missing in one language. */
enum err_code regions_load(const struct embedded_file *files, struct regions **ret,
                           struct err *err) MUST_CHECK;
void regions_free(struct regions *regions);
void regions_freep(struct regions **regions);

size_t regions_count(const struct regions *regions);
/* In order of their codes. */
const struct region *regions_at(const struct regions *regions, size_t i);
/* By code, of any length; NULL when there is none. */
const struct region *regions_find(const struct regions *regions, const char *code);
/* The street whose name stands in the address, else the county; NULL where none is named, or
 * several that do not lie in one another. */
const struct region *regions_in(const struct regions *regions, const char *address);

/* Six or nine digits. */
bool division_valid(const char *code);
/* Whether @p code is @p within or lies in it. */
bool division_within(const char *code, const char *within);

#endif
