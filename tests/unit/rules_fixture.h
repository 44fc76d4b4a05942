/* The shipped packs, for the tests of rules. */
#ifndef FANGXIN_TESTS_RULES_FIXTURE_H
#define FANGXIN_TESTS_RULES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/embed.h"
#include "rules/calendar.h"
#include "rules/workflow.h"

static inline const struct embedded_file *shipped(const char *path)
{
    const struct embedded_file *file = embedded_find(embedded_packs, path);

    assert_non_null(file);
    return file;
}

static inline struct calendar *shipped_calendar(void)
{
    const struct embedded_file *file = shipped("calendars/cn.json");
    struct calendar *cal = NULL;
    struct err err = {0};

    if (calendar_load((const char *)file->data, file->size, &cal, &err) != ERR_OK)
        fail_msg("calendar: %s", err.why);
    return cal;
}

static inline struct pack *shipped_pack(void)
{
    const struct embedded_file *file = shipped("rules/market-2026.json");
    struct pack *pack = NULL;
    struct err err = {0};

    if (pack_load(embedded_packs, (const char *)file->data, file->size, &pack, &err) != ERR_OK)
        fail_msg("pack: %s", err.why);
    return pack;
}

static inline date_t day(const char *text)
{
    date_t date = date_parse(text);

    assert_int_not_equal(date, DATE_NONE);
    return date;
}

#endif
