/* JSON bodies: what is read, written and read again is the same; text survives the writer. */
#include "base/json.h"
#include "base/text.h"
#include "tests/fuzz/target.h"

static void write_and_read(const json_t *value)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 << 20);
    CLEANUP(json_decrefp) json_t *again = NULL;
    struct json_writer w;

    json_begin(&w, &out);
    json_put_tree(&w, value);
    INVARIANT(!out.failed);
    INVARIANT(json_parse(buf_text(&out), out.len, &again, NULL) == ERR_OK);
    INVARIANT(json_equal(value, again));
}

static void text_survives(const char *text, size_t n)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 << 20);
    CLEANUP(json_decrefp) json_t *again = NULL;
    struct json_writer w;
    const json_t *list;

    json_begin(&w, &out);
    json_object_begin(&w);
    json_open_array(&w, "k");
    json_put_textn(&w, text, n);
    json_put_textn(&w, text, n / 2);
    json_array_end(&w);
    json_object_end(&w);
    if (!utf8_valid(text, n) || !utf8_valid(text, n / 2))
        return;
    INVARIANT(json_parse(buf_text(&out), out.len, &again, NULL) == ERR_OK);
    list = json_object_get(again, "k");
    INVARIANT(json_array_size(list) == 2);
    INVARIANT(json_string_length(json_array_get(list, 0)) == n);
    INVARIANT(memcmp(json_string_value(json_array_get(list, 0)), text, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(json_decrefp) json_t *value = NULL;
    struct err err = {0};

    if (json_parse((const char *)data, size, &value, &err) == ERR_OK) {
        INVARIANT(utf8_count((const char *)data, size) <= size);
        write_and_read(value);
    } else {
        INVARIANT(err.code == ERR_MALFORMED && err.n_items == 1);
        INVARIANT(utf8_valid(err.items[0].en, strlen(err.items[0].en)));
    }
    text_survives((const char *)data, size);
    return 0;
}
