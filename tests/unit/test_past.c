/* Pasts: what events change of the facts of figures, written small and read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "insight/past.h"

/* A matter's events: received, assigned and settled, opened again. */
static const struct {
    int64_t id, at;
    const char *body;
} events[] = {
    {5, 1000,
     "{\"set\": {\"kind\": \"complaint\", \"status\": \"registered\", \"body\": \"420202\", "
     "\"channel\": \"phone\", \"category\": \"goods.food\", \"problem\": null, "
     "\"respondent_key\": \"鑫宏 超市\", \"received_at\": 900, \"amount_fen\": 123456, "
     "\"title\": \"nobody counts by it\"}, \"detail\": {\"heads\": 3, "
     "\"themes\": [\"online\", \"elderly\"], \"consents\": {\"disclosure\": true}}, "
     "\"clocks\": [{\"rule\": \"D1\", \"seq\": 1, \"state\": \"running\"}]}"},
    {9, 500, "{\"set\": {\"body\": \"42020201\", \"officer\": 7}}"},
    {11, 3000, "{\"in\": {\"note\": \"changes nothing\"}}"},
    {12, 4000,
     "{\"set\": {\"status\": \"settled\", \"outcome\": \"settled\", \"ended_at\": 4000, "
     "\"recovered_fen\": 5000}, \"detail\": {\"settlement\": {\"version\": 4}, \"offer\": "
     "{\"state\": \"accepted\"}, \"accepted_at\": 2000}, \"remedies\": [{\"kind\": \"refund\", "
     "\"payer\": \"market\", \"amount_fen\": 4000}, {\"kind\": \"repair\", \"amount_fen\": "
     "1000}], \"clocks\": [{\"rule\": \"D1\", \"seq\": 1, \"state\": \"met\"}, {\"rule\": \"D2\", "
     "\"seq\": 1, \"state\": \"missed\"}]}"},
    {20, 5000,
     "{\"set\": {\"status\": \"accepted\", \"outcome\": null, \"ended_at\": null, "
     "\"recovered_fen\": 0}, \"detail\": {\"settlement\": null, \"offer\": null, \"themes\": [], "
     "\"disclosure\": {\"state\": \"exempt\"}, \"police\": {}}, \"clocks\": [{\"rule\": \"D2\", "
     "\"seq\": 2, \"state\": \"running\"}]}"},
};
#define EVENTS (sizeof events / sizeof events[0])

static void write_one(struct buf *out, int64_t id, int64_t at, const char *text)
{
    struct err err = {.code = ERR_OK};
    json_t *body = NULL;

    assert_int_equal(json_parse(text, strlen(text), &body, &err), ERR_OK);
    past_entry(out, id, at, body);
    json_decref(body);
    assert_false(out->failed);
}

static void write_all(struct buf *out)
{
    for (size_t i = 0; i < EVENTS; i++)
        write_one(out, events[i].id, events[i].at, events[i].body);
}

/* The state as of then; how many entries counted. */
static size_t state_as_of(const struct buf *past, struct figure_as_of as_of, struct past_state *ret)
{
    const unsigned char *at = (const unsigned char *)past->data, *end = at + past->len;
    struct past_change change;
    size_t n = 0;
    bool bad;

    past_state_init(ret);
    while (past_next(&at, end, &change, &bad)) {
        if (!past_counts(&change, as_of))
            continue;
        assert_true(past_apply(&change, ret));
        n++;
    }
    assert_false(bad);
    return n;
}

static void assert_text(struct past_text text, const char *expected)
{
    assert_int_equal(text.n, strlen(expected));
    if (text.n > 0)
        assert_memory_equal(text.at, expected, text.n);
}

static void facts_come_back(void **state)
{
    CLEANUP(buf_release) struct buf past = BUF_UP_TO(4096);
    struct past_state s;

    (void)state;
    write_all(&past);
    assert_int_equal(state_as_of(&past, (struct figure_as_of){AS_OF_INSTANT, 4999}, &s), 3);
    assert_text(s.texts[PAST_KIND], "complaint");
    assert_text(s.texts[PAST_BODY], "42020201");
    assert_text(s.texts[PAST_OUTCOME], "settled");
    assert_text(s.texts[PAST_PROBLEM], "");
    assert_text(s.texts[PAST_TOLD_BUSINESS], "鑫宏 超市");
    assert_int_equal(s.numbers[PAST_OFFICER], 7);
    assert_int_equal(s.numbers[PAST_AMOUNT_FEN], 123456);
    assert_int_equal(s.numbers[PAST_RECEIVED_AT], 900);
    assert_int_equal(s.numbers[PAST_ENDED_AT], 4000);
    assert_int_equal(s.numbers[PAST_HEADS], 3);
    assert_int_equal(s.numbers[PAST_BY_PARTIES], 1);
    assert_int_equal(s.numbers[PAST_SETTLED], 1);
    assert_true(s.numbers[PAST_RATING] == PAST_NONE && s.numbers[PAST_BUSINESS] == PAST_NONE);
    assert_int_equal(s.n_themes, 2);
    assert_text(s.themes[1], "elderly");
    assert_int_equal(s.n_remedies, 2);
    assert_text(s.remedies[0].payer, "market");
    assert_text(s.remedies[1].payer, "");
    assert_int_equal(s.remedies[1].amount_fen, 1000);
    assert_int_equal(s.numbers[PAST_AGREED_DISCLOSURE], 1);
    assert_text(s.texts[PAST_DISCLOSURE], "");
    assert_true(s.numbers[PAST_POLICE] == PAST_NONE);
    assert_int_equal(s.n_clocks, 2);
    assert_text(s.clocks[0].rule, "D1");
    assert_text(s.clocks[0].state, "met");
    assert_text(s.clocks[1].rule, "D2");
    assert_text(s.clocks[1].state, "missed");
}

static void what_is_taken_back_is_gone(void **state)
{
    CLEANUP(buf_release) struct buf past = BUF_UP_TO(4096);
    struct past_state s;

    (void)state;
    write_all(&past);
    assert_int_equal(state_as_of(&past, (struct figure_as_of){AS_OF_NOW, 0}, &s), 4);
    assert_text(s.texts[PAST_OUTCOME], "");
    assert_true(s.numbers[PAST_ENDED_AT] == PAST_NONE);
    assert_int_equal(s.numbers[PAST_BY_PARTIES], 0);
    assert_int_equal(s.numbers[PAST_SETTLED], 0);
    assert_int_equal(s.n_themes, 0);
    assert_text(s.texts[PAST_DISCLOSURE], "exempt");
    assert_int_equal(s.numbers[PAST_POLICE], 1);
    assert_int_equal(s.n_clocks, 2);
    assert_text(s.clocks[0].state, "met");
    assert_text(s.clocks[1].state, ""); /* its next run is open */
}

/* Settled again for nothing: what the settlement before gave is not given. */
static void remedies_go_with_their_settlement(void **state)
{
    CLEANUP(buf_release) struct buf past = BUF_UP_TO(4096);
    struct past_state s;

    (void)state;
    write_all(&past);
    write_one(&past, 21, 6000, "{\"detail\": {\"settlement\": {\"version\": 6}}}");
    state_as_of(&past, (struct figure_as_of){AS_OF_NOW, 0}, &s);
    assert_int_equal(s.numbers[PAST_SETTLED], 1);
    assert_int_equal(s.n_remedies, 0);
    write_one(&past, 22, 7000,
              "{\"remedies\": [{\"kind\": \"refund\", \"amount_fen\": 1}]}"); /* of no settlement */
    state_as_of(&past, (struct figure_as_of){AS_OF_NOW, 0}, &s);
    assert_int_equal(s.n_remedies, 0);
    state_as_of(&past, (struct figure_as_of){AS_OF_EVENT, 12}, &s);
    assert_int_equal(s.n_remedies, 2);
}

/* An act written down late belongs to an instant before, not to an event before. */
static void late_entries(void **state)
{
    CLEANUP(buf_release) struct buf past = BUF_UP_TO(4096);
    struct past_state s;

    (void)state;
    write_all(&past);
    assert_int_equal(state_as_of(&past, (struct figure_as_of){AS_OF_INSTANT, 700}, &s), 1);
    assert_text(s.texts[PAST_BODY], "42020201");
    assert_text(s.texts[PAST_KIND], "");
    assert_int_equal(state_as_of(&past, (struct figure_as_of){AS_OF_EVENT, 5}, &s), 1);
    assert_text(s.texts[PAST_BODY], "420202");
    assert_int_equal(state_as_of(&past, (struct figure_as_of){AS_OF_EVENT, 4}, &s), 0);
}

/* Whatever is cut off or turned over reads as bad or as other facts, never beyond the bytes. */
static void broken_bytes(void **state)
{
    CLEANUP(buf_release) struct buf past = BUF_UP_TO(4096);
    size_t refused = 0;

    (void)state;
    write_all(&past);
    for (size_t cut = 0; cut < past.len; cut++) {
        unsigned char *bytes = malloc(cut == 0 ? 1 : cut);
        const unsigned char *at = bytes, *end = bytes + cut;
        struct past_change change;
        struct past_state s;
        bool bad, unread = false;

        memcpy(bytes, past.data, cut);
        if (cut > 0)
            bytes[cut / 2] ^= 0x85;
        past_state_init(&s);
        while (past_next(&at, end, &change, &bad))
            unread |= !past_apply(&change, &s);
        refused += bad || unread;
        free(bytes);
    }
    assert_true(refused > past.len / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_back),
        cmocka_unit_test(what_is_taken_back_is_gone),
        cmocka_unit_test(remedies_go_with_their_settlement),
        cmocka_unit_test(late_entries),
        cmocka_unit_test(broken_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
