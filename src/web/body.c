/* Reading a JSON body before its fields are looked at. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "web/forms.h"

static enum err_code refuse(struct err *err, const char *code, const char *zh, const char *en)
{
    return err_field(err, ERR_MALFORMED, "", code, zh, en);
}

/* One pass over the bytes: how deep, and any NUL, raw or escaped. The parser would refuse a NUL
 * too, but not say so in words that help. */
static enum err_code scan(const char *bytes, size_t n, struct err *err)
{
    size_t depth = 0;
    bool in_text = false;

    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];

        if (c == '\0')
            return refuse(err, "nul", "内容里有空字符", "The body holds a NUL character");
        if (in_text && c == '\\') {
            if (n - i > 5 && memcmp(bytes + i, "\\u0000", 6) == 0)
                return refuse(err, "nul", "内容里有空字符", "The body holds a NUL character");
            i++;
        } else if (c == '"') {
            in_text = !in_text;
        } else if (!in_text && (c == '{' || c == '[')) {
            if (++depth > BODY_DEPTH_MAX)
                return refuse(err, "depth", "内容套了太多层", "The body is nested too deeply");
        } else if (!in_text && (c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return ERR_OK;
}

enum err_code body_parse(const char *bytes, size_t n, json_t **ret, struct err *err)
{
    json_t *value;

    if (n == 0) {
        *ret = json_object();
        return *ret == NULL ? err_set(err, ERR_NO_MEMORY, "body") : ERR_OK;
    }
    TRY(scan(bytes, n, err));
    if (!utf8_valid(bytes, n))
        return refuse(err, "utf8", "内容不是 UTF-8 编码", "The body is not well-formed UTF-8");
    TRY(json_parse(bytes, n, &value, err));
    if (!json_is_object(value)) {
        json_decref(value);
        return refuse(err, "not_object", "内容要是一个 JSON 对象",
                      "The body must be a JSON object");
    }
    *ret = value;
    return ERR_OK;
}

const char *body_text(const json_t *body, const char *name)
{
    return json_string_value(json_object_get(body, name));
}

int64_t body_int(const json_t *body, const char *name, int64_t fallback)
{
    const json_t *v = json_object_get(body, name);

    return json_is_integer(v) ? json_integer_value(v) : fallback;
}

bool body_bool(const json_t *body, const char *name)
{
    return json_is_true(json_object_get(body, name));
}
