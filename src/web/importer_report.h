/* The report of an import as schema Import. */
#ifndef FANGXIN_WEB_IMPORTER_REPORT_H
#define FANGXIN_WEB_IMPORTER_REPORT_H

#include "work/import.h"

struct importer_said {
    const char *id, *target, *state;
    int64_t started_at;
    int zone_min;
    int64_t seconds_left; /* -1: not known; said only while it runs */
};

/* To be freed by the caller; NULL when out of memory. */
char *importer_json(const struct importer_said *said, const struct import_report *r);

#endif
