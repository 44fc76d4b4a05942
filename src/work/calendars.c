/* Importing a notice, and what the record of a calendar says. */
#include "work/calendars.h"

#include <string.h>

#include "sql_queries.h"
#include "work/access.h"
#include "work/recount.h"
#include "work/setup_internal.h"

#define IMPORT_TRIES 5

static enum err_code check_id(struct op *op, const char *id)
{
    if (id != NULL && strcmp(id, calendar_id(op->setup->calendar)) == 0)
        return ERR_OK;
    return err_field(&op->err, ERR_NOT_FOUND, "calendar", "unknown_name", "没有这个日历。",
                     "There is no such calendar.");
}

static enum err_code may_change(struct op *op)
{
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};

    return may_check(&op->actor, MAY_ADMIN_RULES, &facts, &op->err);
}

/* ---- the years ---- */

/* The years alone as a calendar, so that a fault is named by its place in what was sent. */
static enum err_code check_years(struct op *op, const json_t *years)
{
    CLEANUP(calendar_freep) struct calendar *cal = NULL;
    CLEANUP(json_decrefp) json_t *alone = json_copy((json_t *)(uintptr_t)op->setup->calendar_base);
    const char *text;

    if (!json_is_array(years) || json_array_size(years) == 0 || json_array_size(years) > 70)
        return err_field(&op->err, ERR_INVALID, "years", "missing", "缺年份。",
                         "The years are missing.");
    for (size_t i = 0; i < json_array_size(years); i++) {
        json_int_t year = json_integer_value(json_object_get(json_array_get(years, i), "year"));

        for (size_t k = 0; k < i; k++)
            if (json_integer_value(json_object_get(json_array_get(years, k), "year")) == year)
                return err_field(&op->err, ERR_INVALID,
                                 arena_printf(op->arena, "years.%zu.year", i), "twice",
                                 "同一年写了两次。", "This year is given twice.");
    }
    if (alone == NULL || json_object_set(alone, "years", (json_t *)(uintptr_t)years) != 0 ||
        (text = json_compact(op->arena, alone)) == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "calendar");
    return calendar_load(text, strlen(text), &cal, &op->err);
}

/* The imported years after this import: {"2027": {…}}. @p ret_new: some year is not as before. */
static json_t *years_after(const struct setup *setup, const struct record *r, const json_t *years,
                           bool *ret_new)
{
    json_t *old = json_object_get(r->state, "years");
    json_t *all = old == NULL ? json_object() : json_copy(old);
    json_t *now = calendar_with(setup->calendar_base, old, 1);
    const json_t *list = json_object_get(now, "years");

    *ret_new = false;
    for (size_t i = 0; all != NULL && i < json_array_size(years); i++) {
        json_t *year = json_array_get(years, i);
        json_int_t number = json_integer_value(json_object_get(year, "year"));
        bool same = false;
        char key[24];

        for (size_t k = 0; k < json_array_size(list); k++)
            same |= json_equal(json_array_get(list, k), year);
        *ret_new |= !same;
        snprintf(key, sizeof key, "%lld", (long long)number);
        if (json_object_set(all, key, year) != 0) {
            json_decref(all);
            all = NULL;
        }
    }
    json_decref(now);
    return all;
}

struct import {
    struct record r;
    json_t *years; /* all imported ones */
    char *text;    /* the whole calendar */
    int64_t imports;
};

static void import_release(struct import *im)
{
    record_release(&im->r);
    json_decref(im->years);
}

static enum err_code prepare(struct op *op, const char *id, const json_t *years, struct import *im)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *whole = NULL;
    CLEANUP(calendar_freep) struct calendar *cal = NULL;
    bool fresh;

    TRY(check_id(op, id));
    TRY(may_change(op));
    TRY(check_years(op, years));
    TRY(snapshot_open(op, &snap));
    TRY(calendar_record(op, snap, id, &im->r));
    im->imports = record_number(&im->r, "imports") + 1;
    im->years = years_after(op->setup, &im->r, years, &fresh);
    if (im->years == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "calendar");
    if (!fresh)
        return err_field(&op->err, ERR_INVALID, "years", "same", "和现在的日历一样，没有要改的。",
                         "The calendar says this already.");
    whole = calendar_with(op->setup->calendar_base, im->years, im->imports);
    im->text = whole == NULL ? NULL : json_compact(op->arena, whole);
    if (im->text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "calendar");
    return calendar_load(im->text, strlen(im->text), &cal, &op->err);
}

static json_t *year_numbers(const json_t *years)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(years); i++)
        json_array_append(list, json_object_get(json_array_get(years, i), "year"));
    return list;
}

static enum err_code import_once(struct op *op, const char *id, const json_t *years,
                                 int64_t version)
{
    CLEANUP(import_release) struct import im = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);
    int64_t edition;

    TRY(prepare(op, id, years, &im));
    TRY(record_expect(op, &im.r, version));
    if (im.r.version == 0) {
        record_release(&im.r);
        TRY(record_new(op, "calendar", &im.r));
    }
    edition = calendar_edition(op->setup->calendar_base, im.imports);
    record_draft_begin(op, &d, &im.r, "import", op->now_ms);
    record_in(&d, "years", year_numbers(years));
    if (im.r.version == 0)
        record_set(&d, "key", json_string(id));
    record_set(&d, "imports", json_integer(im.imports));
    record_set(&d, "years", json_incref(im.years));
    TRY(record_write(&d, ch));
    revision_keep(op, ch, "calendar", id, edition, im.text);
    TRY(recount_begin(op, ch, id, edition));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* The run before, which an import ends, may come further or to its end meanwhile, at another daemon
 * too: then all is read again, the version with it. */
enum err_code calendar_import(struct op *op, const char *id, const json_t *years, int64_t version)
{
    enum err_code rc = import_once(op, id, years, version);

    for (int tries = 0; rc == ERR_CONFLICT && tries < IMPORT_TRIES; tries++) {
        err_clear(&op->err);
        rc = import_once(op, id, years, version);
    }
    return rc;
}

enum err_code calendar_preview(struct op *op, const char *id, const json_t *years,
                               struct calendar_shifts *ret)
{
    CLEANUP(import_release) struct import im = {0};
    CLEANUP(calendar_freep) struct calendar *cal = NULL;

    TRY(prepare(op, id, years, &im));
    TRY(calendar_load(im.text, strlen(im.text), &cal, &op->err));
    return recount_preview(op, cal, ret);
}

/* ---- what it says ---- */

void calendar_write_run(struct op *op, const struct calendar_run *run, struct json_writer *w)
{
    char text[INSTANT_TEXT];

    if (run->id == 0) {
        json_put_null(w);
        return;
    }
    json_object_begin(w);
    json_int(w, "id", run->id);
    json_text(w, "revision", run->revision);
    json_text(w, "state", run->finished_at == 0 ? "running" : "done");
    json_int(w, "total", run->total);
    json_int(w, "done", run->done);
    json_int(w, "moved", run->moved);
    instant_format(run->started_at, op->zone_min, text);
    json_text(w, "started_at", text);
    if (run->finished_at == 0) {
        json_none(w, "finished_at");
    } else {
        instant_format(run->finished_at, op->zone_min, text);
        json_text(w, "finished_at", text);
    }
    json_object_end(w);
}

static void write_year(struct op *op, const struct record *r, int year, struct json_writer *w)
{
    const struct calendar *cal = op->setup->calendar;
    char key[16];

    snprintf(key, sizeof key, "%d", year);
    json_object_begin(w);
    json_int(w, "year", year);
    json_bool(w, "provisional", calendar_paper(cal, year) == NULL);
    json_text(w, "paper", calendar_paper(cal, year));
    json_int(w, "working_days", calendar_working_days_in_year(cal, year));
    json_bool(w, "imported", json_object_get(json_object_get(r->state, "years"), key) != NULL);
    json_object_end(w);
}

enum err_code calendar_write(struct op *op, struct snapshot *snap, struct json_writer *w)
{
    CLEANUP(record_release) struct record r = {0};
    const struct calendar *cal = op->setup->calendar;
    struct calendar_run run;
    int this_year = date_year(date_of_instant(op->now_ms, op->zone_min));
    int last = calendar_last_year(cal) > this_year ? calendar_last_year(cal) : this_year;

    TRY(calendar_record(op, snap, calendar_id(cal), &r));
    TRY(calendar_last_run(op, snap, &run));
    json_object_begin(w);
    json_text(w, "id", calendar_id(cal));
    json_text(w, "revision", calendar_revision(cal));
    json_int(w, "version", r.version);
    json_text(w, "source", calendar_source(cal));
    json_open_array(w, "years");
    for (int year = last + 1; year >= calendar_first_year(cal); year--)
        write_year(op, &r, year, w);
    json_array_end(w);
    json_key(w, "run");
    calendar_write_run(op, &run, w);
    json_object_end(w);
    return ERR_OK;
}
