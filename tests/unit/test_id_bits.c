/* Sets of ids against plain arrays of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/id_bits.h"

#define IDS 30000 /* over eight blocks, of which the third is left out */
#define FIRST (INT64_C(315) << 28)

static uint64_t drawn = 88172645463325252u;

static unsigned draw(unsigned n)
{
    drawn ^= drawn << 13;
    drawn ^= drawn >> 7;
    drawn ^= drawn << 17;
    return (unsigned)(drawn % n);
}

struct plain {
    struct id_bits bits;
    bool in[IDS];
};

static void put(struct plain *p, unsigned place, bool in)
{
    assert_true(id_bits_put(&p->bits, FIRST + place, in));
    p->in[place] = in;
}

static void fill(struct plain *p, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned place = draw(IDS);

        if (place / 4096 != 2)
            put(p, place, draw(4) != 0);
    }
}

static void same_from_the_highest_down(const struct plain *const *sets, size_t n)
{
    const struct id_bits *bits[ID_BITS_SETS];
    int64_t below = INT64_MAX;

    for (size_t i = 0; i < n; i++)
        bits[i] = &sets[i]->bits;
    for (unsigned place = IDS; place-- > 0;) {
        bool in = true;

        for (size_t i = 0; i < n; i++)
            in = in && sets[i]->in[place];
        if (!in)
            continue;
        below = id_bits_below(bits, n, below);
        assert_int_equal(below, FIRST + place);
    }
    assert_int_equal(id_bits_below(bits, n, below), 0);
    assert_int_equal(id_bits_below(bits, n, 0), 0);
}

static void what_was_put_in_is_found(void **state)
{
    static struct plain a, b, c;
    static const unsigned char places[] = {0x00, 0x00, 0x0f, 0xff, 0x01, 0x02};
    const struct plain *const sets[] = {&a, &b, &c};

    (void)state;
    same_from_the_highest_down(sets, 3); /* nothing is in */
    for (int turn = 0; turn < 3; turn++) {
        fill(&a, 20000);
        fill(&b, 3000);
        fill(&c, 40000);
        for (size_t n = 1; n <= 3; n++)
            same_from_the_highest_down(sets, n);
    }
    assert_true(id_bits_add(&b.bits, (FIRST >> 12) + 2, places, sizeof places));
    b.in[2 * 4096] = b.in[2 * 4096 + 0xfff] = b.in[2 * 4096 + 0x102] = true;
    same_from_the_highest_down(sets + 1, 1);
    same_from_the_highest_down(sets, 2);
    assert_true(id_bits_bytes(&b.bits) >= 8 * 520);
    id_bits_release(&a.bits);
    id_bits_release(&b.bits);
    id_bits_release(&c.bits);
    assert_int_equal(id_bits_bytes(&a.bits), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
