/* Reading packs/rules/duty.json, and how many officers a day wants. */
#include "rules/duty.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read_internal.h"

#define DUTY_BYTES ((size_t)64 << 10)

struct duty_pack {
    struct arena *arena;
    struct duty_rules rules;
};

static bool is_time(const char *text)
{
    return text != NULL && strlen(text) == 5 && text[2] == ':' && text[0] >= '0' &&
           text[0] <= '2' && text[1] >= '0' && text[1] <= '9' && text[3] >= '0' && text[3] <= '5' &&
           text[4] >= '0' && text[4] <= '9' && strncmp(text, "23:59", 5) <= 0;
}

static void read_shift(struct reader *r, const json_t *v, void *one)
{
    struct duty_shift *ret = one;
    static const char *const keys[] = {"id", "label", "from", "to", NULL};

    if (!read_object(r, v, keys))
        return;
    ret->id = read_text(r, v, "id", true);
    ret->label = read_label(r, v, "label", true);
    ret->from = read_text(r, v, "from", true);
    ret->to = read_text(r, v, "to", true);
    if (!is_time(ret->from) || !is_time(ret->to))
        reader_fault(r, "from", "time", "写成 08:30 这样的时间。", "Write times like 08:30.");
}

/* "03-14" is 314 */
static int read_day(struct reader *r, const json_t *v)
{
    const char *text = json_string_value(v);
    char full[16];
    int year, month, day;
    date_t date;

    snprintf(full, sizeof full, "2024-%.6s", text == NULL ? "" : text);
    date = date_parse(full);
    if (date == DATE_NONE) {
        reader_fault(r, "days", "day", "写成 03-14 这样的日子。", "Write days like 03-14.");
        return 0;
    }
    date_to_ymd(date, &year, &month, &day);
    return month * 100 + day;
}

static unsigned read_kind(struct reader *r, const json_t *v)
{
    const char *text = json_string_value(v);

    for (int kind = DAY_WORK; kind <= DAY_ADJUSTED_WORK; kind++)
        if (text != NULL && strcmp(day_kind_name((enum day_kind)kind), text) == 0)
            return 1u << kind;
    reader_fault(r, "kinds", "kind", "没有这种日子。", "There is no such kind of day.");
    return 0;
}

static void read_double(struct reader *r, const json_t *v, void *one)
{
    struct duty_double *ret = one;
    static const char *const keys[] = {"days", "kinds", "least", "label", NULL};
    const json_t *days, *kinds;
    int *list;

    if (!read_object(r, v, keys))
        return;
    days = read_array(r, v, "days", true);
    kinds = read_array(r, v, "kinds", true);
    list = read_room(r, json_array_size(days), sizeof *list);
    for (size_t i = 0; list != NULL && i < json_array_size(days); i++)
        list[ret->n_days++] = read_day(r, json_array_get(days, i));
    ret->days = list;
    for (size_t i = 0; i < json_array_size(kinds); i++)
        ret->kinds |= read_kind(r, json_array_get(kinds, i));
    ret->least = read_int(r, v, "least", 0, 1, 50);
    ret->label = read_label(r, v, "label", true);
}

static void read_all(struct reader *r, const json_t *root, struct duty_rules *ret)
{
    static const char *const keys[] = {
        "id", "revision", "least", "horizon_days", "catch_up_days", "shifts", "double", NULL};

    if (!read_object(r, root, keys))
        return;
    (void)read_text(r, root, "id", true);
    (void)read_text(r, root, "revision", true);
    ret->least = read_int(r, root, "least", 0, 1, 50);
    ret->horizon_days = read_int(r, root, "horizon_days", 0, 1, 366);
    ret->catch_up_days = read_int(r, root, "catch_up_days", 0, 1, 366);
    ret->shifts = read_each(r, root, "shifts", sizeof *ret->shifts, read_shift, &ret->n_shifts);
    ret->doubles = read_each(r, root, "double", sizeof *ret->doubles, read_double, &ret->n_doubles);
}

enum err_code duty_load(const char *bytes, size_t n, struct duty_pack **ret, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    CLEANUP(duty_freep) struct duty_pack *pack = NULL;
    struct reader r;

    TRY(json_parse(bytes, n, &root, err));
    pack = calloc(1, sizeof *pack);
    if (pack == NULL)
        return err_set(err, ERR_NO_MEMORY, "duty");
    pack->arena = arena_new(DUTY_BYTES);
    if (pack->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "duty");
    reader_init(&r, pack->arena, err);
    read_all(&r, root, &pack->rules);
    TRY(reader_result(&r));
    *ret = pack;
    pack = NULL;
    return ERR_OK;
}

void duty_free(struct duty_pack *pack)
{
    if (pack == NULL)
        return;
    arena_free(pack->arena);
    free(pack);
}

void duty_freep(struct duty_pack **pack)
{
    duty_free(*pack);
}

const struct duty_rules *duty_rules(const struct duty_pack *pack)
{
    return &pack->rules;
}

const struct duty_shift *duty_shift(const struct duty_rules *rules, const char *id)
{
    for (size_t i = 0; id != NULL && i < rules->n_shifts; i++)
        if (strcmp(rules->shifts[i].id, id) == 0)
            return &rules->shifts[i];
    return NULL;
}

int64_t duty_least(const struct duty_rules *rules, const struct calendar *calendar, date_t day,
                   const struct label **ret_why)
{
    unsigned kind = 1u << calendar_day(calendar, day).kind;
    int64_t least = rules->least;
    int year, month, d;

    *ret_why = NULL;
    date_to_ymd(day, &year, &month, &d);
    for (size_t i = 0; i < rules->n_doubles; i++) {
        const struct duty_double *rule = &rules->doubles[i];
        bool holds = (rule->kinds & kind) != 0;

        for (size_t k = 0; k < rule->n_days; k++)
            holds |= rule->days[k] == month * 100 + d;
        if (holds && rule->least > least) {
            least = rule->least;
            *ret_why = &rule->label;
        }
    }
    return least;
}
