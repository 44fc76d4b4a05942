/* Packed bodies of events: what comes back is what was put in, and damage is an error, never a
 * wrong body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"
#include "store/event_body.h"

static const char body[] =
    "{\"clocks\":[{\"due\":20432,\"due_raw\":20432,\"met_at\":1765268153000,\"rule\":\"D1\","
    "\"seq\":1,"
    "\"start\":20423,\"state\":\"met\"}],\"commit\":{\"text\":"
    "\"551c6a4f0602f08f2416ad4a9e1ec6aaac2dbdddae66af5f87c800b95b30df26\"},\"detail\":{\"told\":"
    "{\"consumer\":1765268153000},\"told_at\":1765268153000},\"in\":{\"channel\":\"sms\",\"party\":"
    "\"consumer\"},\"set\":{\"told\":\"on_time\"}}";

static void same_again(const char *json, size_t n)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 << 20);
    CLEANUP(buf_release) struct buf again = BUF_UP_TO(EVENT_BODY_MAX);
    struct err err = {.code = ERR_OK};
    size_t packed_n;
    const void *packed = event_body_pack(arena, json, n, &packed_n);

    assert_true(packed_n <= n);
    assert_int_equal(event_body_unpack(packed, packed_n, &again, &err), ERR_OK);
    assert_int_equal(again.len, n);
    assert_memory_equal(buf_text(&again), json, n);
}

static void every_size_comes_back(void **state)
{
    size_t most = (size_t)3 << 20;
    char *large = malloc(most);
    uint32_t x = 7;

    (void)state;
    assert_non_null(large);
    for (size_t n = 1; n < sizeof body; n++)
        same_again(body, n);
    for (size_t i = 0; i < most; i++) { /* does not get shorter */
        x = x * 1664525 + 1013904223;
        large[i] = i == 0 ? '{' : (char)(x >> 24);
    }
    same_again(large, most);
    for (size_t i = 0; i < most; i++)
        large[i] = body[i % (sizeof body - 1)];
    same_again(large, most);
    free(large);
}

static void words_of_acts_get_shorter(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
    static const char two[] = "{}";
    size_t n;

    (void)state;
    event_body_pack(arena, body, sizeof body - 1, &n);
    assert_true(n * 3 < sizeof body);
    assert_ptr_equal(event_body_pack(arena, two, 2, &n), two);
    assert_int_equal(n, 2);
}

/* Rows of earlier days: the dictionary may never become another. */
static void what_was_packed_once_is_read_for_ever(void **state)
{
    CLEANUP(buf_release) struct buf again = BUF_UP_TO(EVENT_BODY_MAX);
    struct err err = {.code = ERR_OK};
    static const char hex[] =
        "01604e007d0200f3440b42e410b29750a15137557db893a6b2fb052164d09d52ca9eb7f792a8ace5a5ae74b595"
        "b2ec31d543b5ded3c5c30efc27f36e366719ee1bced75ed64409702c8345deaf538d3398334c289902";
    unsigned char packed[sizeof hex / 2];

    (void)state;
    assert_true(hex_decode(hex, packed, sizeof packed));
    assert_int_equal(event_body_unpack(packed, sizeof packed, &again, &err), ERR_OK);
    assert_string_equal(buf_text(&again), body);
    assert_int_equal(event_body_unpack(body, sizeof body - 1, &again, &err),
                     ERR_OK); /* never packed */
    assert_string_equal(buf_text(&again), body);
}

static void damage_is_an_error(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
    CLEANUP(buf_release) struct buf again = BUF_UP_TO(EVENT_BODY_MAX);
    struct err err = {.code = ERR_OK};
    size_t n, read = 0, refused = 0;
    const unsigned char *packed = event_body_pack(arena, body, sizeof body - 1, &n);
    unsigned char *bad = arena_alloc(arena, n);

    (void)state;
    for (size_t i = 1; i < n; i++) /* cut short */
        assert_int_equal(event_body_unpack(packed, i, &again, &err), ERR_CORRUPT);
    for (size_t bit = 8; bit < n * 8; bit++) {
        memcpy(bad, packed, n);
        bad[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (event_body_unpack(bad, n, &again, &err) == ERR_OK)
            read++; /* some other text, which the event's hash does not fit */
        else {
            assert_int_equal(err.code, ERR_CORRUPT);
            refused++;
        }
    }
    assert_true(refused > 40 && read + refused == (n - 1) * 8);
    memset(bad, 0xff, n);
    bad[0] = packed[0];
    assert_int_equal(event_body_unpack(bad, n, &again, &err), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_comes_back),
        cmocka_unit_test(words_of_acts_get_shorter),
        cmocka_unit_test(what_was_packed_once_is_read_for_ever),
        cmocka_unit_test(damage_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
