/* Asking: a list counted by up to two columns, each number with the filter that opens its list. */
#include <string.h>

#include "insight/cross.h"
#include "web/api.h"
#include "work/business.h"

#define COLUMNS                                                                                    \
    "body, branch, officer, status, waiting_for, kind, channel, sector, category, problem, "       \
    "themes, outcome, business, month, day, due"

struct asked {
    enum cross_column by, and;
};

/* "by=body,waiting_for" or "by=body&and=waiting_for". */
static enum err_code read_columns(struct call *call, struct asked *ret)
{
    const char *by = request_query(call->req, "by"), *and = request_query(call->req, "and");
    const char *comma = by == NULL ? NULL : strchr(by, ',');

    if (comma != NULL && (and == NULL || and[0] == '\0')) {
        and = comma + 1;
        by = arena_strndup(call->op->arena, by, (size_t)(comma - by));
        if (by == NULL)
            return err_set(&call->op->err, ERR_NO_MEMORY, "columns");
    }
    ret->by = cross_column_find(by);
    ret->and = cross_column_find(and);
    if (ret->by == CROSS_COUNT || ret->by == CROSS_NOTHING)
        return call_bad_choice(call, "by", by == NULL ? "" : by, COLUMNS);
    if (ret->and == CROSS_COUNT)
        return call_bad_choice(call, "and", and, COLUMNS);
    if (ret->and == ret->by)
        return call_refuse(call, ERR_INVALID, "and", "twice", "两列要不一样",
                           "Choose two different columns");
    return ERR_OK;
}

bool asks_table(const struct call *call)
{
    const char *by = request_query(call->req, "by"), *and = request_query(call->req, "and");
    const char *whole = request_query(call->req, "whole");
    const char *format = request_query(call->req, "format");

    return (and != NULL && and[0] != '\0') || (by != NULL && strchr(by, ',') != NULL) ||
           (whole != NULL && strcmp(whole, "true") == 0) || (format != NULL && format[0] != '\0') ||
           (list_by_find(by) == BY_COUNT && cross_column_find(by) != CROSS_COUNT);
}

/* ---- labels ---- */

static struct label label_of_officer(struct call *call, const char *key)
{
    struct officer officer;
    const char *name = key;

    if (key[0] == '\0')
        return (struct label){"没有人", "Nobody"};
    if (officer_by_id(call->op, strtoll(key, NULL, 10), &officer) == ERR_OK)
        name = officer.display;
    else
        err_clear(&call->op->err);
    return (struct label){name, name};
}

static struct label label_of_business(struct call *call, const char *key)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record business = {0};
    const char *name = key;

    if (key[0] == '\0')
        return (struct label){"没有确认商家", "No business confirmed"};
    if (snapshot_open(call->op, &snap) == ERR_OK &&
        business_find(call->op, snap, strtoll(key, NULL, 10), &business) == ERR_OK &&
        record_member(&business, "name") != NULL)
        name = arena_strdup(call->op->arena, record_member(&business, "name"));
    else
        err_clear(&call->op->err);
    return (struct label){name, name};
}

static struct label label_of_branch(struct call *call, const struct cross_table *table,
                                    const char *key)
{
    struct label label = label_of_key(call, BY_BODY, key);
    bool alone = table->by == CROSS_BRANCH ? table->n_rows > 1 : table->n_columns > 1;

    if (table->top == NULL || strcmp(table->top, key) != 0 || !alone)
        return label;
    return (struct label){arena_printf(call->op->arena, "%s（本级）", label.zh),
                          arena_printf(call->op->arena, "%s itself", label.en)};
}

struct label cross_key_label(struct call *call, const struct cross_table *table,
                             enum cross_column column, const char *key)
{
    static const enum list_by as[CROSS_COUNT] = {
        [CROSS_BODY] = BY_BODY,         [CROSS_STATUS] = BY_STATUS,
        [CROSS_KIND] = BY_KIND,         [CROSS_WAITING_FOR] = BY_WAITING_FOR,
        [CROSS_CHANNEL] = BY_CHANNEL,   [CROSS_SECTOR] = BY_CATEGORY,
        [CROSS_CATEGORY] = BY_CATEGORY, [CROSS_OUTCOME] = BY_OUTCOME,
        [CROSS_DUE] = BY_LEVEL,
    };

    if (column == CROSS_OFFICER)
        return label_of_officer(call, key);
    if (column == CROSS_BRANCH)
        return label_of_branch(call, table, key);
    if (column == CROSS_BUSINESS)
        return label_of_business(call, key);
    if (key[0] == '\0')
        return column == CROSS_OUTCOME ? (struct label){"还没有结果", "No outcome yet"}
                                       : (struct label){"未填", "Not given"};
    if (column == CROSS_PROBLEM)
        return setup_label(call->op->setup, "problems", key);
    if (column == CROSS_THEME)
        return setup_label(call->op->setup, "themes", key);
    return label_of_key(call, as[column], key);
}

struct label cross_column_label(enum cross_column column)
{
    static const struct label labels[CROSS_COUNT] = {
        [CROSS_NOTHING] = {"件数", "Matters"},
        [CROSS_BODY] = {"单位", "Body"},
        [CROSS_BRANCH] = {"分局、所（含下级）", "Branch with those below"},
        [CROSS_OFFICER] = {"承办人", "Officer"},
        [CROSS_STATUS] = {"状态", "State"},
        [CROSS_WAITING_FOR] = {"等谁", "Waiting for"},
        [CROSS_KIND] = {"种类", "Kind"},
        [CROSS_CHANNEL] = {"来源", "Channel"},
        [CROSS_SECTOR] = {"商品或服务", "Goods or services"},
        [CROSS_CATEGORY] = {"类别", "Category"},
        [CROSS_PROBLEM] = {"问题", "Problem"},
        [CROSS_THEME] = {"专题", "Theme"},
        [CROSS_OUTCOME] = {"结果", "Outcome"},
        [CROSS_BUSINESS] = {"商家", "Business"},
        [CROSS_MONTH] = {"收到的月份", "Month of receipt"},
        [CROSS_DAY] = {"收到的日期", "Day of receipt"},
        [CROSS_DUE] = {"期限", "Due"},
    };

    return labels[column];
}

/* ---- the answer ---- */

static enum err_code write_opens(struct call *call, const struct list_filter *filter,
                                 const struct cross_table *table, const char *row,
                                 const char *column)
{
    struct cross_pair pairs[CROSS_PAIRS_MAX];
    size_t n;

    TRY(cross_opens(call->op, filter, table, row, column, pairs, &n));
    json_open_object(&call->w, "filter");
    for (size_t i = 0; i < n; i++)
        json_text(&call->w, pairs[i].name, pairs[i].value);
    json_object_end(&call->w);
    return ERR_OK;
}

static enum err_code write_axis(struct call *call, const struct list_filter *filter,
                                const struct cross_table *table, bool rows)
{
    const struct cross_key *keys = rows ? table->rows : table->columns;
    size_t n = rows ? table->n_rows : table->n_columns;
    enum cross_column column = rows ? table->by : table->and;
    struct json_writer *w = &call->w;

    json_open_array(w, rows ? "rows" : "columns");
    for (size_t i = 0; i < n && column != CROSS_NOTHING; i++) {
        struct label label = cross_key_label(call, table, column, keys[i].key);

        json_object_begin(w);
        json_text(w, "key", keys[i].key);
        view_label(w, "label", &label);
        json_int(w, "n", keys[i].n);
        TRY(write_opens(call, filter, table, rows ? keys[i].key : NULL, rows ? NULL : keys[i].key));
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

static enum err_code write_cells(struct call *call, const struct list_filter *filter,
                                 const struct cross_table *table)
{
    struct json_writer *w = &call->w;

    json_open_array(w, "cells");
    for (size_t i = 0; i < table->n_cells && table->and != CROSS_NOTHING; i++) {
        const struct cross_cell *cell = &table->cells[i];

        json_object_begin(w);
        json_int(w, "row", cell->row);
        json_int(w, "column", cell->column);
        json_int(w, "n", cell->n);
        TRY(write_opens(call, filter, table, table->rows[cell->row].key,
                        table->columns[cell->column].key));
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

static enum err_code write_table(struct call *call, const struct list_filter *filter,
                                 const struct cross_table *table)
{
    struct json_writer *w = call_answer(call, 200);
    struct label label = cross_column_label(table->by);
    char when[INSTANT_TEXT];

    instant_format(call->op->now_ms, call->op->zone_min, when);
    json_object_begin(w);
    json_int(w, "total", table->total);
    json_bool(w, "total_capped", false);
    json_text(w, "by", cross_column_name(table->by));
    view_label(w, "by_label", &label);
    if (table->and == CROSS_NOTHING) {
        json_none(w, "and");
        json_none(w, "and_label");
    } else {
        label = cross_column_label(table->and);
        json_text(w, "and", cross_column_name(table->and));
        view_label(w, "and_label", &label);
    }
    json_bool(w, "overlap", table->overlap);
    TRY(write_axis(call, filter, table, true));
    TRY(write_axis(call, filter, table, false));
    TRY(write_cells(call, filter, table));
    json_text(w, "as_of", when);
    json_int(w, "position", table->position);
    json_object_end(w);
    return ERR_OK;
}

enum err_code matters_table(struct call *call, const struct list_filter *filter)
{
    const char *format = request_query(call->req, "format");
    struct cross_table table;
    struct asked asked;

    TRY(read_columns(call, &asked));
    TRY(cross_count(call->op, filter, call->op->setup->matters, asked.by, asked.and, &table));
    if (format != NULL && format[0] != '\0' && strcmp(format, "json") != 0)
        return table_save(call, &table);
    return write_table(call, filter, &table);
}
