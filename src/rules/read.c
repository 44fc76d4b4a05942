/* Checked reading of pack files; see read.h. */
#include "rules/read.h"

#include <stdio.h>
#include <string.h>

void reader_init(struct reader *r, struct arena *arena, struct err *err)
{
    memset(r, 0, sizeof *r);
    r->arena = arena;
    r->err = err;
}

enum err_code reader_result(const struct reader *r)
{
    if (r->no_memory)
        return err_set(r->err, ERR_NO_MEMORY, "pack: out of memory");
    return r->failed ? ERR_INVALID : ERR_OK;
}

static size_t path_add(struct reader *r, const char *part)
{
    size_t mark = r->path_len;
    size_t room = sizeof r->path - r->path_len;
    int n = snprintf(r->path + r->path_len, room, "%s%s", mark > 0 ? "." : "", part);

    if (n > 0)
        r->path_len += (size_t)n < room ? (size_t)n : room - 1;
    return mark;
}

size_t reader_key(struct reader *r, const char *key)
{
    return path_add(r, key);
}

size_t reader_index(struct reader *r, size_t index)
{
    char part[24];

    snprintf(part, sizeof part, "%zu", index);
    return path_add(r, part);
}

void reader_up(struct reader *r, size_t mark)
{
    r->path_len = mark;
    r->path[mark] = '\0';
}

void reader_fault(struct reader *r, const char *key, const char *code, const char *zh,
                  const char *en_fmt, ...)
{
    char en[200];
    va_list args;
    size_t mark = r->path_len;

    va_start(args, en_fmt);
    vsnprintf(en, sizeof en, en_fmt, args);
    va_end(args);
    if (key != NULL)
        path_add(r, key);
    if (!r->failed)
        err_note(r->err, ERR_INVALID, "pack: %s: %s", r->path, en);
    err_add_item(r->err, ERR_INVALID, r->path, code, zh, en);
    r->failed = true;
    reader_up(r, mark);
}

bool read_object(struct reader *r, const json_t *v, const char *const *keys)
{
    const char *key;
    json_t *value;

    if (!json_is_object(v)) {
        reader_fault(r, NULL, "type", "这里要一个对象。", "An object is expected here.");
        return false;
    }
    json_object_foreach((json_t *)v, key, value)
    {
        size_t i = 0;
        while (keys[i] != NULL && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i] == NULL)
            reader_fault(r, key, "unknown_key", "没有这一项。", "This key is not known.");
    }
    return true;
}

const json_t *read_member(struct reader *r, const json_t *object, const char *key, bool required)
{
    const json_t *v = json_object_get(object, key);

    if (v == NULL || json_is_null(v)) {
        if (required)
            reader_fault(r, key, "missing", "缺这一项。", "This key is missing.");
        return NULL;
    }
    return v;
}

const char *read_text(struct reader *r, const json_t *object, const char *key, bool required)
{
    const json_t *v = read_member(r, object, key, required);
    const char *copy;

    if (v == NULL)
        return NULL;
    if (!json_is_string(v)) {
        reader_fault(r, key, "type", "这里要文字。", "A text is expected here.");
        return NULL;
    }
    if (json_string_length(v) == 0) {
        if (required)
            reader_fault(r, key, "empty", "这里不能空着。", "This text is empty.");
        return NULL;
    }
    copy = arena_strdup(r->arena, json_string_value(v));
    if (copy == NULL)
        r->no_memory = true;
    return copy;
}

struct label read_label(struct reader *r, const json_t *object, const char *key, bool required)
{
    static const char *const keys[] = {"zh", "en", NULL};
    const json_t *v = read_member(r, object, key, required);
    struct label label = {NULL, NULL};
    size_t mark;

    if (v == NULL)
        return label;
    mark = reader_key(r, key);
    if (read_object(r, v, keys)) {
        label.zh = read_text(r, v, "zh", true);
        label.en = read_text(r, v, "en", true);
    }
    reader_up(r, mark);
    return label;
}

int64_t read_int(struct reader *r, const json_t *object, const char *key, int64_t absent,
                 int64_t min, int64_t max)
{
    const json_t *v = json_object_get(object, key);

    if (v == NULL || json_is_null(v))
        return absent;
    if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max) {
        reader_fault(r, key, "range", "数不对。", "A whole number from %lld to %lld is expected.",
                     (long long)min, (long long)max);
        return absent;
    }
    return json_integer_value(v);
}

bool read_bool(struct reader *r, const json_t *object, const char *key, bool absent)
{
    const json_t *v = json_object_get(object, key);

    if (v == NULL || json_is_null(v))
        return absent;
    if (!json_is_boolean(v)) {
        reader_fault(r, key, "type", "这里要 true 或 false。", "true or false is expected.");
        return absent;
    }
    return json_is_true(v);
}

int read_name(struct reader *r, const json_t *object, const char *key, const char *const *names,
              int absent, bool required)
{
    const json_t *v = read_member(r, object, key, required);

    if (v == NULL)
        return absent;
    if (json_is_string(v)) {
        for (int i = 0; names[i] != NULL; i++) {
            if (strcmp(names[i], json_string_value(v)) == 0)
                return i;
        }
    }
    reader_fault(r, key, "unknown_name", "没有这个名称。", "This name is not known.");
    return absent;
}

const json_t *read_array(struct reader *r, const json_t *object, const char *key, bool required)
{
    const json_t *v = read_member(r, object, key, required);

    if (v != NULL && !json_is_array(v)) {
        reader_fault(r, key, "type", "这里要一个列表。", "A list is expected here.");
        return NULL;
    }
    return v;
}

void *read_room(struct reader *r, size_t n, size_t bytes)
{
    void *room;

    if (n == 0)
        return NULL;
    room = arena_alloc(r->arena, n * bytes);
    if (room == NULL)
        r->no_memory = true;
    return room;
}

struct read_walk read_begin(struct reader *r, const json_t *object, const char *key, size_t bytes,
                            bool required)
{
    struct read_walk w = {.r = r, .list = read_array(r, object, key, required)};

    w.n = json_array_size(w.list);
    if (bytes > 0) {
        w.room = read_room(r, w.n, bytes);
        w.n = w.room == NULL ? 0 : w.n;
    }
    w.at = reader_key(r, key);
    return w;
}

void read_at_most(struct read_walk *w, size_t most)
{
    if (json_array_size(w->list) <= most)
        return;
    reader_fault(w->r, NULL, "too_many", "项数太多。", "At most %zu.", most);
    w->n = w->n > most ? most : w->n;
}

bool read_next(struct read_walk *w)
{
    if (w->v != NULL) {
        reader_up(w->r, w->mark);
        w->i++;
    }
    w->v = w->i < w->n ? json_array_get(w->list, w->i) : NULL;
    if (w->v == NULL) {
        reader_up(w->r, w->at);
        return false;
    }
    w->mark = reader_index(w->r, w->i);
    return true;
}

static void *read_list(struct reader *r, const json_t *v, const char *key, size_t bytes,
                       read_member_fn one, bool required, size_t *ret_n)
{
    struct read_walk w = read_begin(r, v, key, bytes, required);

    *ret_n = w.n;
    while (read_next(&w))
        one(r, w.v, (char *)w.room + w.i * bytes);
    return w.room;
}

void *read_each(struct reader *r, const json_t *v, const char *key, size_t bytes,
                read_member_fn one, size_t *ret_n)
{
    return read_list(r, v, key, bytes, one, true, ret_n);
}

void *read_any(struct reader *r, const json_t *v, const char *key, size_t bytes, read_member_fn one,
               size_t *ret_n)
{
    return read_list(r, v, key, bytes, one, false, ret_n);
}
