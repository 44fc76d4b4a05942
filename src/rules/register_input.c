/* Checks what is sent for the fields of an entry: every fault in one go, each with its path. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/identifiers.h"
#include "rules/register_values.h"

#define PATH_MAX_BYTES 64
#define LINK_BYTES 60
#define ID_MAX (INT64_C(1) << 53)
#define INSTANT_SLACK_MS 300000 /* clocks of browsers run a little ahead */

struct check {
    const struct register_world *world;
    const json_t *input; /* the whole, for "when" */
    bool whole;
    int zone_min;
    struct err *err;
    size_t faults;
    char path[PATH_MAX_BYTES];
};

static void fault(struct check *c, const char *code, const char *zh, const char *en)
{
    (void)err_field(c->err, ERR_INVALID, c->path, code, zh, en);
    c->faults++;
}

static void fault_range(struct check *c, const char *low, const char *high)
{
    char zh[160], en[160];

    snprintf(zh, sizeof zh, "要在 %s 到 %s 之间", low, high);
    snprintf(en, sizeof en, "It must lie between %s and %s.", low, high);
    fault(c, "range", zh, en);
}

static size_t go_to(struct check *c, const char *part)
{
    size_t mark = strlen(c->path);

    snprintf(c->path + mark, sizeof c->path - mark, "%s%s", mark > 0 ? "." : "", part);
    return mark;
}

static void go_back(struct check *c, size_t mark)
{
    c->path[mark] = '\0';
}

static bool blank(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text != ' ' && *text != '\n' && *text != '\t' && *text != '\r') {
            if (!text_starts(text, "\xe3\x80\x80")) /* U+3000 */
                return false;
            text += 2;
        }
    return true;
}

/* Not given: absent, null, a blank text, an empty list. */
static bool not_given(const json_t *v)
{
    return v == NULL || json_is_null(v) || (json_is_string(v) && blank(json_string_value(v))) ||
           (json_is_array(v) && json_array_size(v) == 0) ||
           (json_is_object(v) && json_object_size(v) == 0);
}

static void wrong_kind(struct check *c, const char *zh, const char *en)
{
    fault(c, "type", zh, en);
}

/* ---- simple kinds ---- */

static void check_text(struct check *c, const json_t *v, size_t max_bytes)
{
    char zh[120], en[120];

    if (!json_is_string(v)) {
        wrong_kind(c, "这里要文字", "A text is expected.");
    } else if (json_string_length(v) > max_bytes) {
        snprintf(zh, sizeof zh, "太长，最多 %zu 个汉字", max_bytes / 3);
        snprintf(en, sizeof en, "Too long: at most %zu bytes.", max_bytes);
        fault(c, "too_long", zh, en);
    }
}

static void check_int(struct check *c, const json_t *v, int64_t min, int64_t max)
{
    char low[32], high[32];

    if (!json_is_integer(v)) {
        wrong_kind(c, "这里要整数", "A whole number is expected.");
    } else if (json_integer_value(v) < min || json_integer_value(v) > max) {
        snprintf(low, sizeof low, "%lld", (long long)min);
        snprintf(high, sizeof high, "%lld", (long long)max);
        fault_range(c, low, high);
    }
}

/* Fen: the person sees yuan. */
static void check_money(struct check *c, const json_t *v, const struct act_field *f)
{
    char low[40], high[40];

    if (!json_is_integer(v)) {
        wrong_kind(c, "金额按分写成整数", "An amount is a whole number of fen.");
    } else if (json_integer_value(v) < f->min || json_integer_value(v) > f->max) {
        snprintf(low, sizeof low, "%lld.%02lld 元", (long long)f->min / 100,
                 (long long)f->min % 100);
        snprintf(high, sizeof high, "%lld.%02lld 元", (long long)f->max / 100,
                 (long long)f->max % 100);
        fault_range(c, low, high);
    }
}

/* How many digits stand behind the point. */
static int behind_point(const char *text)
{
    const char *point = strchr(text, '.');

    return point == NULL ? 0 : (int)strlen(point + 1);
}

static void check_decimal(struct check *c, const json_t *v, const struct act_field *f)
{
    const char *text = json_string_value(v);
    char zh[120], en[120], low[32], high[32];
    int64_t number;

    if (text == NULL || !decimal_parse(text, &number) || behind_point(text) > f->decimals) {
        snprintf(zh, sizeof zh, "这里要数，最多 %d 位小数，写成文字 \"12.5\"", f->decimals);
        snprintf(en, sizeof en, "A number with at most %d decimals, as a text \"12.5\".",
                 f->decimals);
        fault(c, "type", zh, en);
    } else if (number < f->min * NUMBER_ONE || number > f->max * NUMBER_ONE) {
        snprintf(low, sizeof low, "%lld", (long long)f->min);
        snprintf(high, sizeof high, "%lld", (long long)f->max);
        fault_range(c, low, high);
    }
}

static void check_day(struct check *c, const json_t *v)
{
    const char *text = json_string_value(v);
    date_t day = text == NULL ? DATE_NONE : date_parse(text);

    if (day == DATE_NONE)
        fault(c, "date", "日期写成 2026-03-15", "A date is written 2026-03-15.");
    else if (date_year(day) < 1900 || date_year(day) > 2200)
        fault_range(c, "1900-01-01", "2200-12-31");
}

static void check_instant(struct check *c, const json_t *v, const struct act_field *f)
{
    const char *text = json_string_value(v);
    int64_t ms;

    if (text == NULL || !instant_parse(text, c->zone_min, &ms))
        fault(c, "instant", "时间写成 2026-03-15T09:30:00+08:00",
              "A time is written 2026-03-15T09:30:00+08:00.");
    else if (!f->future && c->world != NULL && c->world->now_ms > 0 &&
             ms > c->world->now_ms + INSTANT_SLACK_MS)
        fault(c, "future", "时间还没到", "This time lies ahead.");
}

static bool is_period(const char *t)
{
    size_t n = strlen(t);

    if (n < 4 || strspn(t, "0123456789") < 4)
        return false;
    if (n == 4)
        return true;
    if (n == 6 && t[4] == 'Q')
        return t[5] >= '1' && t[5] <= '4';
    return n == 7 && t[4] == '-' &&
           ((t[5] == '0' && t[6] >= '1' && t[6] <= '9') ||
            (t[5] == '1' && t[6] >= '0' && t[6] <= '2'));
}

static void check_period(struct check *c, const json_t *v)
{
    if (!json_is_string(v) || !is_period(json_string_value(v)))
        fault(c, "period", "期间写成 2026、2026Q3 或 2026-03",
              "A period is written 2026, 2026Q3 or 2026-03.");
}

/* ---- codes ---- */

static bool code_known(const struct check *c, const struct act_field *f, const char *code)
{
    const struct code_table *table;

    for (size_t i = 0; i < f->n_choices; i++)
        if (strcmp(f->choices[i].code, code) == 0)
            return true;
    if (f->n_choices > 0)
        return false;
    table =
        c->world == NULL || c->world->codes == NULL ? NULL : codes_table(c->world->codes, f->codes);
    return table == NULL || code_find(table, code) != NULL;
}

static void check_choice(struct check *c, const json_t *v, const struct act_field *f)
{
    if (!json_is_string(v))
        wrong_kind(c, "这里要选一项", "A choice is expected.");
    else if (!code_known(c, f, json_string_value(v)))
        fault(c, "choice", "没有这个选项", "There is no such choice.");
}

static void check_choices(struct check *c, const json_t *v, const struct act_field *f)
{
    if (!json_is_array(v)) {
        wrong_kind(c, "这里要选几项", "A list of choices is expected.");
        return;
    }
    if (json_array_size(v) < (size_t)f->min || json_array_size(v) > (size_t)f->max)
        fault(c, "range", "选的项数不对", "Too few or too many are chosen.");
    for (size_t i = 0; i < json_array_size(v); i++) {
        const char *code = json_string_value(json_array_get(v, i));

        if (code == NULL || !code_known(c, f, code)) {
            fault(c, "choice", "没有这个选项", "There is no such choice.");
            return;
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(json_string_value(json_array_get(v, k)), code) == 0) {
                fault(c, "twice", "同一项选了两次", "A choice is given twice.");
                return;
            }
    }
}

/* ---- objects ---- */

static bool only_keys(struct check *c, const json_t *v, const char *const *keys)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)v, key, value)
    {
        size_t i = 0;

        while (keys[i] != NULL && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i] == NULL) {
            fault(c, "unknown", "多了不认识的内容", "There is a member that is not known.");
            return false;
        }
    }
    return true;
}

static void check_quantity(struct check *c, const json_t *v, const struct act_field *f)
{
    static const char *const keys[] = {"value", "unit", NULL};
    const char *unit = json_string_value(json_object_get(v, "unit"));
    const struct code_table *units;
    bool known = f->n_units == 0;

    if (!json_is_object(v)) {
        wrong_kind(c, "这里要数量和单位", "A quantity and its unit are expected.");
        return;
    }
    if (!only_keys(c, v, keys))
        return;
    check_decimal(c, json_object_get(v, "value"), f);
    for (size_t i = 0; unit != NULL && i < f->n_units; i++)
        known |= strcmp(f->units[i], unit) == 0;
    units =
        c->world == NULL || c->world->codes == NULL ? NULL : codes_table(c->world->codes, "units");
    if (unit == NULL || !known || (units != NULL && code_find(units, unit) == NULL))
        fault(c, "unit", "没有这个单位", "There is no such unit here.");
}

static void check_person(struct check *c, const json_t *v)
{
    static const char *const keys[] = {"name", "phone", "id_number", NULL};
    const char *phone = json_string_value(json_object_get(v, "phone"));
    const char *id = json_string_value(json_object_get(v, "id_number"));
    size_t mark;

    if (!json_is_object(v)) {
        wrong_kind(c, "这里要一个人", "A person is expected.");
        return;
    }
    if (!only_keys(c, v, keys))
        return;
    mark = go_to(c, "name");
    if (not_given(json_object_get(v, "name")))
        fault(c, "required", "要写姓名", "The name is needed.");
    else
        check_text(c, json_object_get(v, "name"), 120);
    go_back(c, mark);
    mark = go_to(c, "phone");
    if (phone != NULL && *phone != '\0') {
        struct phone r = phone_check(phone);

        if (strcmp(id_fault_name(r.fault), "ok") != 0)
            fault(c, "phone", r.why.zh, r.why.en);
    }
    go_back(c, mark);
    mark = go_to(c, "id_number");
    if (id != NULL && *id != '\0') {
        struct citizen_id r = citizen_id_check(id);

        if (strcmp(id_fault_name(r.fault), "ok") != 0)
            fault(c, "id_number", r.why.zh, r.why.en);
    }
    go_back(c, mark);
}

/* Degrees as a text with at most six decimals. */
static bool degrees(const json_t *v, int most)
{
    const char *text = json_string_value(v), *at = text;
    int whole = 0;
    size_t n;

    if (text == NULL)
        return false;
    at += *at == '-';
    n = strspn(at, "0123456789");
    if (n < 1 || n > 3)
        return false;
    for (size_t i = 0; i < n; i++)
        whole = whole * 10 + (at[i] - '0');
    at += n;
    if (*at == '.') {
        n = strspn(at + 1, "0123456789");
        if (n < 1 || n > 6 || at[n + 1] != '\0')
            return false;
        return whole < most;
    }
    return *at == '\0' && whole <= most;
}

static void check_place(struct check *c, const json_t *v, const struct act_field *f)
{
    static const char *const keys[] = {"text", "lat", "lon", NULL};
    const json_t *lat = json_object_get(v, "lat"), *lon = json_object_get(v, "lon");

    if (!json_is_object(v)) {
        wrong_kind(c, "这里要一个地点", "A place is expected.");
        return;
    }
    if (!only_keys(c, v, keys))
        return;
    if (not_given(json_object_get(v, "text")))
        fault(c, "required", "要写地点", "The place is needed in words.");
    else
        check_text(c, json_object_get(v, "text"), f->max_bytes);
    if ((lat == NULL) != (lon == NULL) ||
        (lat != NULL && (!degrees(lat, 90) || !degrees(lon, 180))))
        fault(c, "degrees", "经纬度不对", "Latitude and longitude are not right.");
}

static const struct check_item *item_of(const struct act_field *f, const char *id)
{
    for (size_t i = 0; i < f->n_items; i++)
        if (strcmp(f->items[i].id, id) == 0)
            return &f->items[i];
    return NULL;
}

static void check_checklist(struct check *c, const json_t *v, const struct act_field *f)
{
    static const char *const keys[] = {"items", NULL};
    static const char *const item_keys[] = {"score", "note", NULL};
    json_t *items = json_object_get(v, "items"), *value;
    const char *key;

    if (!json_is_object(v) || !json_is_object(items)) {
        wrong_kind(c, "这里要检查表", "A checklist is expected.");
        return;
    }
    if (!only_keys(c, v, keys))
        return;
    json_object_foreach(items, key, value)
    {
        const struct check_item *item = item_of(f, key);
        size_t mark = go_to(c, key);

        if (item == NULL) {
            fault(c, "unknown", "检查表没有这一项", "The checklist has no such item.");
        } else if (!json_is_object(value)) {
            wrong_kind(c, "这里要评分", "A score is expected.");
        } else if (only_keys(c, value, item_keys)) {
            check_int(c, json_object_get(value, "score"), 0, item->max);
            if (json_object_get(value, "note") != NULL)
                check_text(c, json_object_get(value, "note"), 1000);
        }
        go_back(c, mark);
    }
}

static void check_fields(struct check *c, const struct act_field *fields, size_t n,
                         const json_t *input);

static void check_table(struct check *c, const json_t *v, const struct act_field *f)
{
    const json_t *outer = c->input;
    bool whole = c->whole;
    char zh[80], en[80];

    if (!json_is_array(v)) {
        wrong_kind(c, "这里要一张表", "A table is expected.");
        return;
    }
    if (json_array_size(v) > (size_t)f->max) {
        snprintf(zh, sizeof zh, "最多 %lld 行", (long long)f->max);
        snprintf(en, sizeof en, "At most %lld rows.", (long long)f->max);
        fault(c, "too_many", zh, en);
        return;
    }
    c->whole = true; /* a row is always given whole */
    for (size_t i = 0; i < json_array_size(v); i++) {
        char part[24];
        size_t mark;

        snprintf(part, sizeof part, "%zu", i);
        mark = go_to(c, part);
        c->input = json_array_get(v, i);
        if (json_is_object(c->input))
            check_fields(c, f->columns, f->n_columns, c->input);
        else
            wrong_kind(c, "这里要一行", "A row is expected.");
        go_back(c, mark);
    }
    c->input = outer;
    c->whole = whole;
}

/* ---- a field ---- */

static void check_shape(struct check *c, const struct act_field *f, const json_t *v)
{
    switch (f->kind) {
    case FIELD_TEXT:
        check_text(c, v, f->max_bytes);
        break;
    case FIELD_INT:
        check_int(c, v, f->min, f->max);
        break;
    case FIELD_MONEY:
        check_money(c, v, f);
        break;
    case FIELD_DECIMAL:
        check_decimal(c, v, f);
        break;
    case FIELD_QUANTITY:
        check_quantity(c, v, f);
        break;
    case FIELD_BOOL:
        if (!json_is_boolean(v))
            wrong_kind(c, "这里要是或否", "Yes or no is expected.");
        break;
    case FIELD_DATE:
        check_day(c, v);
        break;
    case FIELD_INSTANT:
        check_instant(c, v, f);
        break;
    case FIELD_CHOICE:
        check_choice(c, v, f);
        break;
    case FIELD_CHOICES:
        check_choices(c, v, f);
        break;
    case FIELD_PERIOD:
        check_period(c, v);
        break;
    case FIELD_PERSON:
        check_person(c, v);
        break;
    case FIELD_PLACE:
        check_place(c, v, f);
        break;
    case FIELD_CHECKLIST:
        check_checklist(c, v, f);
        break;
    case FIELD_TABLE:
        check_table(c, v, f);
        break;
    case FIELD_OFFICER:
    case FIELD_BUSINESS:
    case FIELD_CASE:
        check_int(c, v, 1, ID_MAX);
        break;
    case FIELD_BODY:
    case FIELD_MATTER:
    case FIELD_ENTRY:
        check_text(c, v, LINK_BYTES);
        break;
    case FIELD_FILE:
        fault(c, "type", "照片和文件登记后另传",
              "Files are sent by themselves, once it is registered.");
        break;
    case FIELD_NUMBER:
    case FIELD_GROUP:
    case FIELD_REMEDIES:
    case FIELD_AMENDMENT:
    case FIELD_REPORT:
        fault(c, "type", "这里没有这种字段", "No register has a field of this kind.");
        break;
    }
}

static bool is_link(enum field_kind kind)
{
    return kind == FIELD_OFFICER || kind == FIELD_BUSINESS || kind == FIELD_CASE ||
           kind == FIELD_BODY || kind == FIELD_MATTER || kind == FIELD_ENTRY;
}

/* A field with "when" is asked for only while the other field has that value. */
bool register_asked(const struct act_field *f, const json_t *input)
{
    const json_t *other = f->when_field == NULL ? NULL : json_object_get(input, f->when_field);

    if (f->when_field == NULL)
        return true;
    if (json_is_boolean(other))
        return strcmp(f->when_value, json_is_true(other) ? "true" : "false") == 0;
    for (size_t i = 0; json_is_array(other) && i < json_array_size(other); i++) {
        const char *item = json_string_value(json_array_get(other, i));

        if (item != NULL && strcmp(item, f->when_value) == 0)
            return true;
    }
    return json_is_string(other) && strcmp(json_string_value(other), f->when_value) == 0;
}

static void check_field(struct check *c, const struct act_field *f, const json_t *input)
{
    const json_t *v = json_object_get(input, f->name);
    size_t mark = go_to(c, f->name), before = c->faults;

    if (not_given(v)) {
        if (f->required && register_asked(f, input) && (c->whole || v != NULL))
            fault(c, "required", "这一项要填", "This is needed.");
    } else {
        check_shape(c, f, v);
        if (c->faults == before && is_link(f->kind) && c->world != NULL &&
            c->world->exists != NULL && !c->world->exists(c->world->arg, f, v))
            fault(c, "not_found", "没有找到，或者您看不到它", "It is not there, or not for you.");
    }
    go_back(c, mark);
}

static void check_fields(struct check *c, const struct act_field *fields, size_t n,
                         const json_t *input)
{
    const char *key;
    json_t *value;

    for (size_t i = 0; i < n; i++)
        check_field(c, &fields[i], input);
    json_object_foreach((json_t *)input, key, value)
    {
        size_t i = 0, mark;

        while (i < n && strcmp(fields[i].name, key) != 0)
            i++;
        if (i < n)
            continue;
        mark = go_to(c, key);
        fault(c, "unknown", "没有这个字段", "There is no such field.");
        go_back(c, mark);
    }
}

enum err_code register_fields_check(const struct act_field *fields, size_t n, const json_t *input,
                                    const char *prefix, bool whole, int zone_min,
                                    const struct register_world *world, struct err *err)
{
    struct check c = {
        .world = world, .input = input, .whole = whole, .zone_min = zone_min, .err = err};

    snprintf(c.path, sizeof c.path, "%s", prefix);
    if (input != NULL && !json_is_object(input)) {
        wrong_kind(&c, "这里要一个对象", "An object is expected.");
        return ERR_INVALID;
    }
    check_fields(&c, fields, n, input);
    return c.faults > 0 ? ERR_INVALID : ERR_OK;
}
