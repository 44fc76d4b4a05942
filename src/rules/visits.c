/* The rule of return visits, read from its pack. */
#include "rules/visits.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read_internal.h"

#define VISITS_BYTES ((size_t)64 << 10)

struct visits {
    struct arena *arena;
    struct visit_rules rules;
};

static void read_kinds(struct reader *r, const json_t *v, struct visit_rules *ret)
{
    const json_t *list = read_array(r, v, "kinds", true);
    bool any = false;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        enum matter_kind kind = name == NULL ? KIND_COUNT : matter_kind_find(name);

        if (kind == KIND_COUNT || kind == KIND_REPORT)
            reader_fault(r, "kinds", "kind", "举报不回访", "reports are not visited, and \"%s\"",
                         name == NULL ? "" : name);
        else
            ret->kinds[kind] = any = true;
    }
    if (!any)
        reader_fault(r, "kinds", "required", "至少要有一种", "no kind is named");
}

static void read_codes(struct reader *r, const json_t *v, const char *key, struct visit_codes *ret)
{
    const json_t *list = read_array(r, v, key, true);

    if (json_array_size(list) > VISIT_STATES_MAX)
        reader_fault(r, key, "too_many", "太多了", "more than %d codes", VISIT_STATES_MAX);
    for (size_t i = 0; i < json_array_size(list) && ret->n < VISIT_STATES_MAX; i++) {
        const char *name = json_string_value(json_array_get(list, i));

        ret->list[ret->n] = name == NULL ? NULL : arena_strdup(r->arena, name);
        if (ret->list[ret->n] == NULL)
            reader_fault(r, key, "text", "要写代码", "not a code");
        else
            ret->n++;
    }
}

static void read_filed(struct reader *r, const json_t *v, struct visit_rules *ret)
{
    static const char *const keys[] = {"states", "not_outcomes", NULL};
    const json_t *filed = json_object_get(v, "filed");

    if (filed == NULL || !read_object(r, filed, keys))
        return;
    read_codes(r, filed, "states", &ret->filed);
    read_codes(r, filed, "not_outcomes", &ret->filed_not);
}

static void read_rules(struct reader *r, const json_t *v, struct visit_rules *ret)
{
    static const char *const keys[] = {"id",
                                       "revision",
                                       "label",
                                       "source",
                                       "kinds",
                                       "states",
                                       "filed",
                                       "least",
                                       "most",
                                       "share_percent",
                                       "closed_within_days",
                                       "catch_up_working_days",
                                       "attempts",
                                       "satisfied_from",
                                       "opinion_working_days",
                                       NULL};

    if (!read_object(r, v, keys))
        return;
    ret->id = read_text(r, v, "id", true);
    ret->revision = read_text(r, v, "revision", true);
    ret->label = read_label(r, v, "label", true);
    ret->source = read_label(r, v, "source", true);
    read_kinds(r, v, ret);
    read_codes(r, v, "states", &ret->states);
    read_filed(r, v, ret);
    ret->least = (int)read_int(r, v, "least", 5, 1, 100);
    ret->most = (int)read_int(r, v, "most", 10, 1, 100);
    ret->share_percent = (int)read_int(r, v, "share_percent", 10, 0, 100);
    ret->closed_within_days = (int)read_int(r, v, "closed_within_days", 30, 1, 366);
    ret->catch_up_working_days = (int)read_int(r, v, "catch_up_working_days", 5, 1, VISIT_DAYS_MAX);
    ret->attempts = (int)read_int(r, v, "attempts", 3, 1, 20);
    ret->satisfied_from = (int)read_int(r, v, "satisfied_from", 4, 1, 5);
    ret->opinion_working_days = (int)read_int(r, v, "opinion_working_days", 5, 1, 60);
    if (ret->least > ret->most)
        reader_fault(r, "least", "range", "最少不能多于最多", "least is more than most");
}

enum err_code visits_load(const char *bytes, size_t n, struct visits **ret, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct visits *v = calloc(1, sizeof *v);
    struct reader r;
    enum err_code rc;

    if (v == NULL || (v->arena = arena_new(VISITS_BYTES)) == NULL) {
        free(v);
        return err_set(err, ERR_NO_MEMORY, "visits");
    }
    rc = json_parse(bytes, n, &root, err);
    if (rc == ERR_OK) {
        reader_init(&r, v->arena, err);
        read_rules(&r, root, &v->rules);
        rc = reader_result(&r);
    }
    if (rc != ERR_OK) {
        visits_free(v);
        return rc;
    }
    *ret = v;
    return ERR_OK;
}

void visits_free(struct visits *visits)
{
    if (visits == NULL)
        return;
    arena_free(visits->arena);
    free(visits);
}

const struct visit_rules *visits_rules(const struct visits *visits)
{
    return &visits->rules;
}

static bool has(const struct visit_codes *codes, const char *code)
{
    for (size_t i = 0; i < codes->n; i++)
        if (strcmp(codes->list[i], code) == 0)
            return true;
    return false;
}

bool visits_is_filed(const struct visit_rules *rules, const char *status)
{
    return has(&rules->filed, status);
}

bool visits_takes(const struct visit_rules *rules, enum matter_kind kind, const char *status,
                  const char *outcome)
{
    if (!rules->kinds[kind])
        return false;
    if (has(&rules->states, status))
        return true;
    return has(&rules->filed, status) && (outcome == NULL || !has(&rules->filed_not, outcome));
}

size_t visits_sample_size(const struct visit_rules *rules, size_t pool)
{
    size_t n = (pool * (size_t)rules->share_percent + 99) / 100;

    if (n < (size_t)rules->least)
        n = (size_t)rules->least;
    if (n > (size_t)rules->most)
        n = (size_t)rules->most;
    return n < pool ? n : pool;
}

size_t visits_days(const struct visit_rules *rules, const struct calendar *cal, date_t last,
                   date_t today, date_t ret[VISIT_DAYS_MAX])
{
    size_t want = last == DATE_NONE ? 1 : (size_t)rules->catch_up_working_days, n = 0;
    date_t first = last == DATE_NONE ? today : last + 1;

    for (date_t day = today; day >= first && n < want; day--)
        if (calendar_is_working(cal, day))
            ret[n++] = day;
    for (size_t i = 0; i < n / 2; i++) { /* oldest first */
        date_t day = ret[i];

        ret[i] = ret[n - 1 - i];
        ret[n - 1 - i] = day;
    }
    return n;
}
