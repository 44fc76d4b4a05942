/* Checks what is sent for the fields of an entry: every fault in one go, each with its path. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/identifiers.h"
#include "rules/register_check.h"

#define LINK_BYTES 60
#define ID_MAX (INT64_C(1) << 53)

void check_fault(struct check *c, const char *code, const char *zh, const char *en)
{
    (void)err_field(c->err, ERR_INVALID, c->path, code, zh, en);
    c->faults++;
}

void check_fault_range(struct check *c, const char *low, const char *high)
{
    char zh[160], en[160];

    snprintf(zh, sizeof zh, "要在 %s 到 %s 之间", low, high);
    snprintf(en, sizeof en, "It must lie between %s and %s.", low, high);
    check_fault(c, "range", zh, en);
}

static size_t check_go_to(struct check *c, const char *part)
{
    size_t mark = strlen(c->path);

    snprintf(c->path + mark, sizeof c->path - mark, "%s%s", mark > 0 ? "." : "", part);
    return mark;
}

static void check_go_back(struct check *c, size_t mark)
{
    c->path[mark] = '\0';
}

static bool check_blank(const char *text)
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
    return v == NULL || json_is_null(v) ||
           (json_is_string(v) && check_blank(json_string_value(v))) ||
           (json_is_array(v) && json_array_size(v) == 0) ||
           (json_is_object(v) && json_object_size(v) == 0);
}

void check_wrong_kind(struct check *c, const char *zh, const char *en)
{
    check_fault(c, "type", zh, en);
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
            check_fault(c, "unknown", "多了不认识的内容", "There is a member that is not known.");
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
        check_wrong_kind(c, "这里要数量和单位", "A quantity and its unit are expected.");
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
        check_fault(c, "unit", "没有这个单位", "There is no such unit here.");
}

static void check_person(struct check *c, const json_t *v)
{
    static const char *const keys[] = {"name", "phone", "id_number", NULL};
    const char *phone = json_string_value(json_object_get(v, "phone"));
    const char *id = json_string_value(json_object_get(v, "id_number"));
    size_t mark;

    if (!json_is_object(v)) {
        check_wrong_kind(c, "这里要一个人", "A person is expected.");
        return;
    }
    if (!only_keys(c, v, keys))
        return;
    mark = check_go_to(c, "name");
    if (not_given(json_object_get(v, "name")))
        check_fault(c, "required", "要写姓名", "The name is needed.");
    else
        check_text(c, json_object_get(v, "name"), 120);
    check_go_back(c, mark);
    mark = check_go_to(c, "phone");
    if (phone != NULL && *phone != '\0') {
        struct phone r = phone_check(phone);

        if (strcmp(id_fault_name(r.fault), "ok") != 0)
            check_fault(c, "phone", r.why.zh, r.why.en);
    }
    check_go_back(c, mark);
    mark = check_go_to(c, "id_number");
    if (id != NULL && *id != '\0') {
        struct citizen_id r = citizen_id_check(id);

        if (strcmp(id_fault_name(r.fault), "ok") != 0)
            check_fault(c, "id_number", r.why.zh, r.why.en);
    }
    check_go_back(c, mark);
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
        check_wrong_kind(c, "这里要一个地点", "A place is expected.");
        return;
    }
    if (!only_keys(c, v, keys))
        return;
    if (not_given(json_object_get(v, "text")))
        check_fault(c, "required", "要写地点", "The place is needed in words.");
    else
        check_text(c, json_object_get(v, "text"), f->max_bytes);
    if ((lat == NULL) != (lon == NULL) ||
        (lat != NULL && (!degrees(lat, 90) || !degrees(lon, 180))))
        check_fault(c, "degrees", "经纬度不对", "Latitude and longitude are not right.");
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
        check_wrong_kind(c, "这里要检查表", "A checklist is expected.");
        return;
    }
    if (!only_keys(c, v, keys))
        return;
    json_object_foreach(items, key, value)
    {
        const struct check_item *item = item_of(f, key);
        size_t mark = check_go_to(c, key);

        if (item == NULL) {
            check_fault(c, "unknown", "检查表没有这一项", "The checklist has no such item.");
        } else if (!json_is_object(value)) {
            check_wrong_kind(c, "这里要评分", "A score is expected.");
        } else if (only_keys(c, value, item_keys)) {
            check_int(c, json_object_get(value, "score"), 0, item->max);
            if (json_object_get(value, "note") != NULL)
                check_text(c, json_object_get(value, "note"), 1000);
        }
        check_go_back(c, mark);
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
        check_wrong_kind(c, "这里要一张表", "A table is expected.");
        return;
    }
    if (json_array_size(v) > (size_t)f->max) {
        snprintf(zh, sizeof zh, "最多 %lld 行", (long long)f->max);
        snprintf(en, sizeof en, "At most %lld rows.", (long long)f->max);
        check_fault(c, "too_many", zh, en);
        return;
    }
    c->whole = true; /* a row is always given whole */
    for (size_t i = 0; i < json_array_size(v); i++) {
        char part[24];
        size_t mark;

        snprintf(part, sizeof part, "%zu", i);
        mark = check_go_to(c, part);
        c->input = json_array_get(v, i);
        if (json_is_object(c->input))
            check_fields(c, f->columns, f->n_columns, c->input);
        else
            check_wrong_kind(c, "这里要一行", "A row is expected.");
        check_go_back(c, mark);
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
            check_wrong_kind(c, "这里要是或否", "Yes or no is expected.");
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
        check_fault(c, "type", "照片和文件登记后另传",
                    "Files are sent by themselves, once it is registered.");
        break;
    case FIELD_NUMBER:
    case FIELD_GROUP:
    case FIELD_REMEDIES:
    case FIELD_AMENDMENT:
    case FIELD_REPORT:
        check_fault(c, "type", "这里没有这种字段", "No register has a field of this kind.");
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
    size_t mark = check_go_to(c, f->name), before = c->faults;

    if (not_given(v)) {
        if (f->required && register_asked(f, input) && (c->whole || v != NULL))
            check_fault(c, "required", "这一项要填", "This is needed.");
    } else {
        check_shape(c, f, v);
        if (c->faults == before && is_link(f->kind) && c->world != NULL &&
            c->world->exists != NULL && !c->world->exists(c->world->arg, f, v))
            check_fault(c, "not_found", "没有找到，或者您看不到它",
                        "It is not there, or not for you.");
    }
    check_go_back(c, mark);
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
        mark = check_go_to(c, key);
        check_fault(c, "unknown", "没有这个字段", "There is no such field.");
        check_go_back(c, mark);
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
        check_wrong_kind(&c, "这里要一个对象", "An object is expected.");
        return ERR_INVALID;
    }
    check_fields(&c, fields, n, input);
    return c.faults > 0 ? ERR_INVALID : ERR_OK;
}
