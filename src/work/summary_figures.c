/* Figures of a saved summary: what stood behind them, and what stands there now. */
#include <string.h>

#include "sql_queries.h"
#include "work/staff.h"
#include "work/summary_internal.h"
#include "work/view.h"

/* ---- names ---- */

struct label summary_label(struct op *op, enum figure_dimension by, const char *key)
{
    const char *month = by == DIM_MONTH && strlen(key) == 7
                            ? arena_printf(op->arena, "%d月", (key[5] - '0') * 10 + key[6] - '0')
                            : NULL;

    return month == NULL ? view_figure_key(op, by, key) : (struct label){month, key};
}

/* ---- figures ---- */

const json_t *summary_figure(const json_t *content, const char *id)
{
    const json_t *figures = json_object_get(content, "figures");
    const char *at = strrchr(id, '@');
    size_t n = at == NULL ? strlen(id) : (size_t)(at - id);

    for (size_t i = 0; i < json_array_size(figures); i++) {
        const char *own = json_string_value(json_object_get(json_array_get(figures, i), "id"));

        if (own != NULL && strlen(own) == n && memcmp(own, id, n) == 0)
            return json_array_get(figures, i);
    }
    return NULL;
}

enum err_code summary_members(struct op *op, const struct record *r, const json_t *figure,
                              enum summary_part part, struct member_list *ret)
{
    const json_t *places = json_object_get(figure, "at");
    const json_t *at = json_array_get(places, part == SUMMARY_DEN ? 1 : 0);
    CLEANUP(buf_release) struct buf bytes = {0};
    struct frozen_place place;

    if (at == NULL)
        return ERR_OK;
    place = (struct frozen_place){
        .table = (uint32_t)json_integer_value(json_array_get(at, 0)),
        .part = (uint32_t)json_integer_value(json_array_get(at, 1)),
        .dim = (uint32_t)json_integer_value(json_array_get(at, 2)),
        .key = (uint32_t)json_integer_value(json_array_get(at, 3)),
    };
    TRY(summary_members_file(op, r, &bytes));
    return frozen_read(op, buf_text(&bytes), bytes.len, place, ret);
}

enum err_code summary_members_now(struct op *op, const struct indicators *indicators,
                                  const struct record *r, const json_t *figure,
                                  enum summary_part part, struct member_list *ret)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    bool reports = json_is_true(json_object_get(r->state, "reports"));
    struct actor asker = op->actor;
    const char *id;
    enum err_code rc;

    if (json_array_get(json_object_get(figure, "at"), part == SUMMARY_DEN ? 1 : 0) == NULL ||
        body == NULL)
        return ERR_OK;
    id = arena_printf(op->arena, "%s@0", json_string_value(json_object_get(figure, "id")));
    if (id == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for members");
    op->actor = summary_authority(op, body, reports);
    rc = figure_members(op, indicators, id, part == SUMMARY_DEN ? PART_DEN : PART_NUM, ret);
    op->actor = asker;
    return rc;
}

enum err_code summary_matter_number(struct op *op, struct snapshot *snap, int64_t id,
                                    const char **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = NULL;
    TRY(snapshot_prepare(op, snap, SQL_summary_number, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return ERR_OK;
    *ret = stmt_text_dup(op, s, 0);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "no memory for a number") : ERR_OK;
}
