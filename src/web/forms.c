/* The check of a JSON body against a form. */
#include "web/forms.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"

#define ITEMS_MAX_DEFAULT 50
#define MAP_TEXT_BYTES 500
#define PATH_TEXT 64

struct check {
    int64_t now_ms;
    int zone_min;
    struct err *err;
    size_t faults;
};

struct words {
    char zh[200], en[200];
};

static void fault(struct check *c, const char *path, const char *code, const struct words *w)
{
    c->faults++;
    (void)err_field(c->err, ERR_INVALID, path, code, w->zh, w->en);
}

static void wrong_kind(struct check *c, const char *path, const struct form_field *f)
{
    static const struct {
        const char *zh, *en;
    } kinds[] = {
        [INPUT_TEXT] = {"文字", "text in quotes"},
        [INPUT_INT] = {"整数", "a whole number"},
        [INPUT_MONEY] = {"整数，以分为单位", "a whole number of fen"},
        [INPUT_BOOL] = {"true 或 false", "true or false"},
        [INPUT_DATE] = {"日期，例如 2026-10-13", "a date, for example 2026-10-13"},
        [INPUT_INSTANT] = {"带时区的时间，例如 2026-10-13T09:42:00+08:00",
                           "a time with zone, for example 2026-10-13T09:42:00+08:00"},
        [INPUT_CHOICE] = {"一个选项", "one of the choices, as text"},
        [INPUT_CHOICES] = {"一列选项", "a list of choices"},
        [INPUT_TEXTS] = {"一列文字", "a list of texts"},
        [INPUT_OBJECT] = {"一个对象", "an object"},
        [INPUT_OBJECTS] = {"一列对象", "a list of objects"},
        [INPUT_MAP] = {"一个对象，各项是文字", "an object of texts"},
    };
    struct words w;

    snprintf(w.zh, sizeof w.zh, "%s要写成%s", f->zh, kinds[f->kind].zh);
    snprintf(w.en, sizeof w.en, "%s must be %s", f->en, kinds[f->kind].en);
    fault(c, path, "type", &w);
}

static bool is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

static bool has_control(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p++)
        if ((*p < 0x20 && *p != '\n' && *p != '\r' && *p != '\t') || *p == 0x7f)
            return true;
    return false;
}

static void check_text(struct check *c, const char *path, const struct form_field *f,
                       const json_t *value)
{
    const char *s = json_string_value(value);
    size_t n = json_string_length(value), chars;
    struct words w;

    if (s == NULL) {
        wrong_kind(c, path, f);
        return;
    }
    chars = utf8_count(s, n);
    if (has_control(s)) {
        snprintf(w.zh, sizeof w.zh, "%s里有看不见的控制字符", f->zh);
        snprintf(w.en, sizeof w.en, "%s holds control characters", f->en);
        fault(c, path, "control", &w);
    } else if (f->max_chars > 0 && chars > f->max_chars) {
        snprintf(w.zh, sizeof w.zh, "%s最多 %zu 字，现在是 %zu 字", f->zh, f->max_chars, chars);
        snprintf(w.en, sizeof w.en, "%s takes at most %zu characters; this has %zu", f->en,
                 f->max_chars, chars);
        fault(c, path, "too_long", &w);
    } else if (f->max_bytes > 0 && n > f->max_bytes) {
        snprintf(w.zh, sizeof w.zh, "%s太长：最多 %zu 字节，现在是 %zu 字节", f->zh, f->max_bytes,
                 n);
        snprintf(w.en, sizeof w.en, "%s is too long: at most %zu bytes; this has %zu", f->en,
                 f->max_bytes, n);
        fault(c, path, "too_long", &w);
    } else if (f->kind == INPUT_TEXT && f->min > 0 && (int64_t)chars < f->min) {
        snprintf(w.zh, sizeof w.zh, "%s至少 %lld 字，现在是 %zu 字", f->zh, (long long)f->min,
                 chars);
        snprintf(w.en, sizeof w.en, "%s takes at least %lld characters; this has %zu", f->en,
                 (long long)f->min, chars);
        fault(c, path, "too_short", &w);
    }
}

static void check_number(struct check *c, const char *path, const struct form_field *f,
                         const json_t *value)
{
    int64_t v;
    struct words w;

    if (!json_is_integer(value)) {
        wrong_kind(c, path, f);
        return;
    }
    v = json_integer_value(value);
    if (v < f->min) {
        snprintf(w.zh, sizeof w.zh, "%s不能小于 %lld", f->zh, (long long)f->min);
        snprintf(w.en, sizeof w.en, "%s must be at least %lld", f->en, (long long)f->min);
        fault(c, path, "too_small", &w);
    } else if (f->max > 0 && v > f->max) {
        snprintf(w.zh, sizeof w.zh, "%s不能大于 %lld", f->zh, (long long)f->max);
        snprintf(w.en, sizeof w.en, "%s must be at most %lld", f->en, (long long)f->max);
        fault(c, path, "too_great", &w);
    }
}

static void check_time(struct check *c, const char *path, const struct form_field *f,
                       const json_t *value)
{
    const char *s = json_string_value(value);
    int64_t ms = 0;
    date_t day = DATE_NONE;
    bool late;
    struct words w;

    if (s != NULL && f->kind == INPUT_DATE)
        day = date_parse(s);
    else if (s != NULL && strlen(s) > 10 && instant_parse(s, c->zone_min, &ms))
        day = date_of_instant(ms, c->zone_min);
    if (day == DATE_NONE) {
        wrong_kind(c, path, f);
        return;
    }
    late = f->kind == INPUT_DATE ? day > date_of_instant(c->now_ms, c->zone_min) : ms > c->now_ms;
    if (day < date_from_ymd(2000, 1, 1) || day > date_from_ymd(2199, 12, 31)) {
        snprintf(w.zh, sizeof w.zh, "%s要在 2000 年以后", f->zh);
        snprintf(w.en, sizeof w.en, "%s must be in the year 2000 or later", f->en);
        fault(c, path, "date_range", &w);
    } else if (f->past && late) {
        snprintf(w.zh, sizeof w.zh, "%s不能晚于现在", f->zh);
        snprintf(w.en, sizeof w.en, "%s must not lie in the future", f->en);
        fault(c, path, "future", &w);
    }
}

/* "goods、services、…" up to the room there is. */
static void list_names(char *ret, size_t size, const char *const *names, size_t n, const char *sep)
{
    size_t used = 0;

    ret[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        size_t need = strlen(names[i]) + strlen(sep);

        if (used + need + 4 >= size) {
            snprintf(ret + used, size - used, "%s", "…");
            return;
        }
        used += (size_t)snprintf(ret + used, size - used, "%s%s", i > 0 ? sep : "", names[i]);
    }
}

/* A text somebody sent, short enough to be said back. */
static int echo_bytes(const char *s)
{
    return (int)utf8_prefix(s, strlen(s), 20);
}

static void check_choice(struct check *c, const char *path, const struct form_field *f,
                         const json_t *value)
{
    const char *s = json_string_value(value);
    char names[100];
    struct words w;

    if (s == NULL) {
        wrong_kind(c, path, f);
        return;
    }
    for (size_t i = 0; i < f->n_choices; i++)
        if (strcmp(f->choices[i], s) == 0)
            return;
    list_names(names, sizeof names, f->choices, f->n_choices, "、");
    snprintf(w.zh, sizeof w.zh, "%s没有“%.*s”，可以是：%s", f->zh, echo_bytes(s), s, names);
    list_names(names, sizeof names, f->choices, f->n_choices, ", ");
    snprintf(w.en, sizeof w.en, "%s has no choice \"%.*s\"; there are: %s", f->en, echo_bytes(s), s,
             names);
    fault(c, path, "choice", &w);
}

static void check_form(struct check *c, const char *path, const struct form *form,
                       const json_t *body);

static void check_one(struct check *c, const char *path, const struct form_field *f,
                      const json_t *value);

static bool appears_before(const json_t *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (json_equal(json_array_get(list, k), json_array_get(list, i)))
            return true;
    return false;
}

static void check_list(struct check *c, const char *path, const struct form_field *f,
                       const json_t *value)
{
    size_t n = json_array_size(value);
    int64_t max = f->max > 0 ? f->max : ITEMS_MAX_DEFAULT;
    struct form_field item = *f;
    struct words w;

    item.kind = f->kind == INPUT_CHOICES ? INPUT_CHOICE
                : f->kind == INPUT_TEXTS ? INPUT_TEXT
                                         : INPUT_OBJECT;
    item.min = item.max = 0;
    if (!json_is_array(value)) {
        wrong_kind(c, path, f);
        return;
    }
    if ((int64_t)n > max || (int64_t)n < f->min || (f->required && n == 0)) {
        int64_t least = f->min > 0 ? f->min : f->required ? 1 : 0;

        snprintf(w.zh, sizeof w.zh, "%s要 %lld 到 %lld 项，现在是 %zu 项", f->zh, (long long)least,
                 (long long)max, n);
        snprintf(w.en, sizeof w.en, "%s takes %lld to %lld entries; this has %zu", f->en,
                 (long long)least, (long long)max, n);
        fault(c, path, "count", &w);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char sub[PATH_TEXT];

        snprintf(sub, sizeof sub, "%s.%zu", path, i);
        if (f->kind == INPUT_CHOICES && appears_before(value, i)) {
            snprintf(w.zh, sizeof w.zh, "%s里有一项写了两次", f->zh);
            snprintf(w.en, sizeof w.en, "%s names one choice twice", f->en);
            fault(c, sub, "twice", &w);
        } else {
            check_one(c, sub, &item, json_array_get(value, i));
        }
    }
}

static void check_map(struct check *c, const char *path, const struct form_field *f,
                      const json_t *value)
{
    const char *key;
    json_t *entry;
    int64_t max = f->max > 0 ? f->max : ITEMS_MAX_DEFAULT;
    struct words w;

    if (!json_is_object(value)) {
        wrong_kind(c, path, f);
        return;
    }
    if ((int64_t)json_object_size(value) > max) {
        snprintf(w.zh, sizeof w.zh, "%s最多 %lld 项", f->zh, (long long)max);
        snprintf(w.en, sizeof w.en, "%s takes at most %lld entries", f->en, (long long)max);
        fault(c, path, "count", &w);
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, entry)
    {
        char sub[PATH_TEXT];

        if (json_is_string(entry) && json_string_length(entry) <= MAP_TEXT_BYTES &&
            strlen(key) <= MAP_TEXT_BYTES)
            continue;
        snprintf(sub, sizeof sub, "%s.%s", path, key);
        wrong_kind(c, sub, f);
    }
}

static void check_one(struct check *c, const char *path, const struct form_field *f,
                      const json_t *value)
{
    switch (f->kind) {
    case INPUT_TEXT:
        check_text(c, path, f, value);
        break;
    case INPUT_INT:
    case INPUT_MONEY:
        check_number(c, path, f, value);
        break;
    case INPUT_BOOL:
        if (!json_is_boolean(value))
            wrong_kind(c, path, f);
        break;
    case INPUT_DATE:
    case INPUT_INSTANT:
        check_time(c, path, f, value);
        break;
    case INPUT_CHOICE:
        check_choice(c, path, f, value);
        break;
    case INPUT_CHOICES:
    case INPUT_TEXTS:
    case INPUT_OBJECTS:
        check_list(c, path, f, value);
        break;
    case INPUT_OBJECT:
        if (!json_is_object(value))
            wrong_kind(c, path, f);
        else if (f->sub != NULL)
            check_form(c, path, f->sub, value);
        break;
    case INPUT_MAP:
        check_map(c, path, f, value);
        break;
    }
}

static void path_join(char ret[PATH_TEXT], const char *path, const char *name)
{
    snprintf(ret, PATH_TEXT, "%s%s%s", path, path[0] == '\0' ? "" : ".", name);
}

static void check_unknown(struct check *c, const char *path, const struct form *form,
                          const json_t *body)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)body, key, value)
    {
        char sub[PATH_TEXT], names[100];
        const char *all[64];
        size_t n = 0;
        bool known = false;
        struct words w;

        (void)value;
        for (size_t i = 0; i < form->n && !known; i++)
            known = strcmp(form->fields[i].name, key) == 0;
        if (known)
            continue;
        for (size_t i = 0; i < form->n && n < 64; i++)
            all[n++] = form->fields[i].name;
        path_join(sub, path, key);
        list_names(names, sizeof names, all, n, "、");
        snprintf(w.zh, sizeof w.zh, "这里没有“%.*s”这一项，可以写：%s", echo_bytes(key), key,
                 names);
        list_names(names, sizeof names, all, n, ", ");
        snprintf(w.en, sizeof w.en, "There is no field \"%.*s\" here; allowed are: %s",
                 echo_bytes(key), key, names);
        fault(c, sub, "unknown_field", &w);
    }
}

static void check_form(struct check *c, const char *path, const struct form *form,
                       const json_t *body)
{
    for (size_t i = 0; i < form->n; i++) {
        const struct form_field *f = &form->fields[i];
        const json_t *value = json_object_get(body, f->name);
        char sub[PATH_TEXT];
        bool there = value != NULL && !json_is_null(value) &&
                     !(f->required && f->kind == INPUT_TEXT && json_is_string(value) &&
                       is_blank(json_string_value(value)));

        path_join(sub, path, f->name);
        if (there) {
            check_one(c, sub, f, value);
        } else if (f->required) {
            struct words w;

            snprintf(w.zh, sizeof w.zh, "还没写%s", f->zh);
            snprintf(w.en, sizeof w.en, "%s is missing", f->en);
            fault(c, sub, "missing", &w);
        }
    }
    check_unknown(c, path, form, body);
}

enum err_code form_check(const struct form *form, const json_t *body, int64_t now_ms, int zone_min,
                         struct err *err)
{
    struct check c = {now_ms, zone_min, err, 0};

    check_form(&c, "", form, body);
    return c.faults == 0 ? ERR_OK : ERR_INVALID;
}
