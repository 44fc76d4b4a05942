/* Working days: a byte per day between 1990 and 2069 with running counts, built once. */
#include "rules/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read.h"

#define TABLE_FIRST_YEAR 1990
#define TABLE_LAST_YEAR 2069
#define NAMES_MAX 600
#define FIXED_MAX 31
#define CALENDAR_BYTES ((size_t)4 << 20)
/* A notice may order days of the neighbouring years around New Year. */
#define NEIGHBOUR_DAYS 7

struct day {
    uint8_t kind;  /* enum day_kind */
    bool noticed;  /* named by a notice, so final even in a provisional year */
    uint16_t name; /* index in names; 0 = the weekday's name */
    bool final;    /* noticed, or in a year that has its notice */
};

struct fixed_day {
    int month, day;
    uint16_t name;
};

struct calendar {
    struct arena *arena;
    const char *id, *revision, *source;
    int first_year, last_year; /* with a notice */
    const char *papers[TABLE_LAST_YEAR - TABLE_FIRST_YEAR + 1];
    bool noticed_years[TABLE_LAST_YEAR - TABLE_FIRST_YEAR + 1];
    date_t table_first; /* 1990-01-01 */
    int n_days;
    struct day *days;
    int32_t *worked; /* worked[i] = working days among days[0 … i] */
    size_t n_names;
    struct label names[NAMES_MAX];
    size_t n_fixed;
    struct fixed_day fixed[FIXED_MAX];
};

static const struct label weekdays[] = {
    {"一", "Mon"}, {"二", "Tue"}, {"三", "Wed"}, {"四", "Thu"},
    {"五", "Fri"}, {"六", "Sat"}, {"日", "Sun"},
};
static const struct label weekday_names[] = {
    {"周一", "Monday"}, {"周二", "Tuesday"},  {"周三", "Wednesday"}, {"周四", "Thursday"},
    {"周五", "Friday"}, {"周六", "Saturday"}, {"周日", "Sunday"},
};

static bool is_weekend(date_t date)
{
    return date_weekday(date) >= SATURDAY;
}

static bool kind_works(enum day_kind kind)
{
    return kind == DAY_WORK || kind == DAY_ADJUSTED_WORK;
}

static uint16_t fixed_name(const struct calendar *cal, int month, int day)
{
    for (size_t i = 0; i < cal->n_fixed; i++) {
        if (cal->fixed[i].month == month && cal->fixed[i].day == day)
            return cal->fixed[i].name;
    }
    return 0;
}

static bool year_noticed(const struct calendar *cal, int year)
{
    return year >= TABLE_FIRST_YEAR && year <= TABLE_LAST_YEAR &&
           cal->noticed_years[year - TABLE_FIRST_YEAR];
}

/* A day no notice speaks of. */
static struct day plain_day(const struct calendar *cal, date_t date)
{
    struct day day = {is_weekend(date) ? DAY_WEEKEND : DAY_WORK, false, 0, false};
    int y, m, d;

    date_to_ymd(date, &y, &m, &d);
    if (!year_noticed(cal, y)) {
        day.name = fixed_name(cal, m, d);
        if (day.name != 0)
            day.kind = DAY_STATUTORY;
    }
    return day;
}

static bool in_table(const struct calendar *cal, date_t date)
{
    return date >= cal->table_first && date < cal->table_first + cal->n_days;
}

static uint16_t add_name(struct reader *r, struct calendar *cal, struct label name)
{
    if (cal->n_names == NAMES_MAX) {
        reader_fault(r, "name", "too_many", "节日太多。", "Too many holidays.");
        return 0;
    }
    cal->names[cal->n_names] = name;
    return (uint16_t)cal->n_names++;
}

static void read_fixed(struct reader *r, struct calendar *cal, const json_t *root)
{
    static const char *const keys[] = {"day", "name", NULL};
    const json_t *list = read_array(r, root, "fixed", true);
    size_t at = reader_key(r, "fixed");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        size_t mark = reader_index(r, i);
        const char *text;
        struct fixed_day *f = &cal->fixed[cal->n_fixed];
        char full[16] = "2000-";

        if (cal->n_fixed == FIXED_MAX) {
            reader_fault(r, NULL, "too_many", "固定节日太多。", "Too many fixed days.");
        } else if (read_object(r, v, keys)) {
            date_t date;
            int y;
            text = read_text(r, v, "day", true);
            strncat(full, text != NULL ? text : "", 6);
            date = date_parse(full);
            if (date == DATE_NONE) {
                reader_fault(r, "day", "date", "日期要写成 05-01。", "MM-DD is expected.");
            } else {
                date_to_ymd(date, &y, &f->month, &f->day);
                f->name = add_name(r, cal, read_label(r, v, "name", true));
                cal->n_fixed++;
            }
        }
        reader_up(r, mark);
    }
    reader_up(r, at);
}

static void set_day(struct reader *r, struct calendar *cal, int year, date_t date,
                    enum day_kind kind, uint16_t name)
{
    struct day *day;

    if (!in_table(cal, date) || date < date_from_ymd(year, 1, 1) - NEIGHBOUR_DAYS ||
        date > date_from_ymd(year, 12, 31) + NEIGHBOUR_DAYS) {
        reader_fault(r, NULL, "date", "日期不在这一年。", "The date lies outside the year.");
        return;
    }
    day = &cal->days[date - cal->table_first];
    if (kind == DAY_ADJUSTED_WORK && !is_weekend(date)) {
        reader_fault(r, NULL, "weekday", "调休上班日应是周末。",
                     "A make-up day must be a Saturday or Sunday.");
        return;
    }
    if (day->noticed && kind != DAY_STATUTORY &&
        kind_works((enum day_kind)day->kind) != kind_works(kind)) {
        reader_fault(r, NULL, "contradiction", "同一天又休又上班。",
                     "The same day is given as worked and as off.");
        return;
    }
    if (day->noticed && day->kind == DAY_STATUTORY)
        return;
    *day = (struct day){(uint8_t)kind, true, name, true};
}

static date_t read_date(struct reader *r, const json_t *v)
{
    date_t date = json_is_string(v) ? date_parse(json_string_value(v)) : DATE_NONE;

    if (date == DATE_NONE)
        reader_fault(r, NULL, "date", "日期要写成 2026-10-01。", "YYYY-MM-DD is expected.");
    return date;
}

/* A list of days, or of [first, last]. */
static void read_days(struct reader *r, struct calendar *cal, int year, const json_t *holiday,
                      const char *key, enum day_kind kind, uint16_t name)
{
    const json_t *list = read_array(r, holiday, key, false);
    size_t at = reader_key(r, key);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        size_t mark = reader_index(r, i);
        bool range = json_is_array(v) && json_array_size(v) == 2;
        date_t from = read_date(r, range ? json_array_get(v, 0) : v);
        date_t to = range ? read_date(r, json_array_get(v, 1)) : from;

        if (from != DATE_NONE && to != DATE_NONE && (to < from || to > from + 31))
            reader_fault(r, NULL, "range", "起止颠倒或太长。",
                         "The range is reversed or too long.");
        else if (from != DATE_NONE && to != DATE_NONE)
            for (date_t d = from; d <= to; d++)
                set_day(r, cal, year, d, kind, name);
        reader_up(r, mark);
    }
    reader_up(r, at);
}

static void read_year(struct reader *r, struct calendar *cal, const json_t *v)
{
    static const char *const keys[] = {"year", "papers", "holidays", NULL};
    static const char *const holiday_keys[] = {"name", "off", "statutory", "work", NULL};
    const json_t *papers, *holidays;
    int year;
    size_t at;

    if (!read_object(r, v, keys))
        return;
    year = (int)read_int(r, v, "year", 0, TABLE_FIRST_YEAR + 1, TABLE_LAST_YEAR - 1);
    if (year == 0) {
        reader_fault(r, "year", "missing", "缺年份。", "The year is missing.");
        return;
    }
    papers = read_array(r, v, "papers", true);
    if (!json_is_string(json_array_get(papers, 0)))
        reader_fault(r, "papers", "missing", "缺通知的网址。", "The paper's address is missing.");
    else
        cal->papers[year - TABLE_FIRST_YEAR] =
            arena_strdup(cal->arena, json_string_value(json_array_get(papers, 0)));
    holidays = read_array(r, v, "holidays", true);
    at = reader_key(r, "holidays");
    for (size_t i = 0; i < json_array_size(holidays); i++) {
        const json_t *h = json_array_get(holidays, i);
        size_t mark = reader_index(r, i);
        if (read_object(r, h, holiday_keys)) {
            uint16_t name = add_name(r, cal, read_label(r, h, "name", true));
            read_days(r, cal, year, h, "off", DAY_ADJUSTED_OFF, name);
            read_days(r, cal, year, h, "statutory", DAY_STATUTORY, name);
            read_days(r, cal, year, h, "work", DAY_ADJUSTED_WORK, name);
        }
        reader_up(r, mark);
    }
    reader_up(r, at);
}

/* First which years have a notice, because that decides what their plain days are. */
static void mark_years(struct calendar *cal, const json_t *years)
{
    for (size_t i = 0; i < json_array_size(years); i++) {
        json_int_t year = json_integer_value(json_object_get(json_array_get(years, i), "year"));
        if (year <= TABLE_FIRST_YEAR || year >= TABLE_LAST_YEAR)
            continue;
        cal->noticed_years[year - TABLE_FIRST_YEAR] = true;
        if (cal->first_year == 0 || year < cal->first_year)
            cal->first_year = (int)year;
        if (year > cal->last_year)
            cal->last_year = (int)year;
    }
}

static void build(struct reader *r, struct calendar *cal, const json_t *root)
{
    static const char *const keys[] = {"id", "revision", "name", "source", "fixed", "years", NULL};
    const json_t *years;
    int32_t worked = 0;
    size_t at;

    if (!read_object(r, root, keys))
        return;
    cal->id = read_text(r, root, "id", true);
    cal->revision = read_text(r, root, "revision", true);
    cal->source = read_text(r, root, "source", true);
    (void)read_label(r, root, "name", true);
    cal->names[cal->n_names++] = (struct label){"", ""}; /* 0 = the weekday's name */
    read_fixed(r, cal, root);
    years = read_array(r, root, "years", true);
    mark_years(cal, years);
    for (int i = 0; i < cal->n_days; i++)
        cal->days[i] = plain_day(cal, cal->table_first + i);
    at = reader_key(r, "years");
    for (size_t i = 0; i < json_array_size(years); i++) {
        size_t mark = reader_index(r, i);
        read_year(r, cal, json_array_get(years, i));
        reader_up(r, mark);
    }
    reader_up(r, at);
    for (int i = 0; i < cal->n_days; i++) {
        cal->days[i].final |= year_noticed(cal, date_year(cal->table_first + i));
        worked += kind_works((enum day_kind)cal->days[i].kind);
        cal->worked[i] = worked;
    }
}

enum err_code calendar_load(const char *bytes, size_t n, struct calendar **ret, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    CLEANUP(calendar_freep) struct calendar *cal = NULL;
    struct reader r;

    TRY(json_parse(bytes, n, &root, err));
    cal = calloc(1, sizeof *cal);
    if (cal == NULL)
        return err_set(err, ERR_NO_MEMORY, "calendar");
    cal->arena = arena_new(CALENDAR_BYTES);
    if (cal->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "calendar");
    cal->table_first = date_from_ymd(TABLE_FIRST_YEAR, 1, 1);
    cal->n_days = date_from_ymd(TABLE_LAST_YEAR, 12, 31) - cal->table_first + 1;
    cal->days = ARENA_ARRAY(cal->arena, struct day, cal->n_days);
    cal->worked = ARENA_ARRAY(cal->arena, int32_t, cal->n_days);
    if (cal->days == NULL || cal->worked == NULL)
        return err_set(err, ERR_NO_MEMORY, "calendar");
    reader_init(&r, cal->arena, err);
    build(&r, cal, root);
    TRY(reader_result(&r));
    *ret = cal;
    cal = NULL;
    return ERR_OK;
}

void calendar_free(struct calendar *cal)
{
    if (cal == NULL)
        return;
    arena_free(cal->arena);
    free(cal);
}

void calendar_freep(struct calendar **cal)
{
    calendar_free(*cal);
    *cal = NULL;
}

const char *calendar_id(const struct calendar *cal)
{
    return cal->id;
}

const char *calendar_revision(const struct calendar *cal)
{
    return cal->revision;
}

const char *calendar_source(const struct calendar *cal)
{
    return cal->source;
}

int calendar_first_year(const struct calendar *cal)
{
    return cal->first_year;
}

int calendar_last_year(const struct calendar *cal)
{
    return cal->last_year;
}

date_t calendar_first_day(const struct calendar *cal)
{
    return date_from_ymd(cal->first_year, 1, 1);
}

date_t calendar_last_day(const struct calendar *cal)
{
    return cal->table_first + cal->n_days - 1;
}

const char *calendar_paper(const struct calendar *cal, int year)
{
    return year_noticed(cal, year) ? cal->papers[year - TABLE_FIRST_YEAR] : NULL;
}

static struct day day_at(const struct calendar *cal, date_t date)
{
    return in_table(cal, date) ? cal->days[date - cal->table_first] : plain_day(cal, date);
}

struct calendar_day calendar_day(const struct calendar *cal, date_t date)
{
    struct day day = day_at(cal, date);
    struct calendar_day ret = {
        .kind = (enum day_kind)day.kind,
        .name = day.name != 0 ? cal->names[day.name] : weekday_names[date_weekday(date)],
        .provisional = !day.final,
    };

    return ret;
}

bool calendar_is_working(const struct calendar *cal, date_t date)
{
    return kind_works((enum day_kind)day_at(cal, date).kind);
}

bool calendar_is_provisional(const struct calendar *cal, date_t date)
{
    return !day_at(cal, date).final;
}

int calendar_working_days_in_year(const struct calendar *cal, int year)
{
    return calendar_working_days_between(cal, date_from_ymd(year, 1, 1) - 1,
                                         date_from_ymd(year, 12, 31));
}

int calendar_working_days_between(const struct calendar *cal, date_t from, date_t to)
{
    int n = 0;

    if (to < from)
        return -calendar_working_days_between(cal, to, from);
    if (in_table(cal, from) && in_table(cal, to))
        return cal->worked[to - cal->table_first] - cal->worked[from - cal->table_first];
    for (date_t d = from; d < to; d++)
        n += calendar_is_working(cal, d + 1);
    return n;
}

date_t calendar_add_working_days(const struct calendar *cal, date_t from, int n)
{
    date_t d = from;

    while (n > 0) {
        d++;
        n -= calendar_is_working(cal, d);
    }
    return d;
}

const char *day_kind_name(enum day_kind kind)
{
    static const char *const names[] = {"work", "weekend", "statutory", "adjusted_off",
                                        "adjusted_work"};

    return names[kind];
}

const struct label *weekday_label(date_t date)
{
    return &weekdays[date_weekday(date)];
}
