/* What the tests of search share: one folder for all, an arena per test. */
#ifndef FANGXIN_TESTS_SEARCH_TEST_H
#define FANGXIN_TESTS_SEARCH_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/fold.h"

struct search_test {
    struct folder *folder;
    struct arena *arena;
};

static inline int search_test_group_setup(void **state)
{
    static struct search_test t;

    if (folder_new(&t.folder, NULL) != ERR_OK)
        return -1;
    *state = &t;
    return 0;
}

static inline int search_test_group_teardown(void **state)
{
    folder_free(((struct search_test *)*state)->folder);
    return 0;
}

static inline int search_test_setup(void **state)
{
    struct search_test *t = *state;

    t->arena = arena_new((size_t)256 << 20);
    return t->arena == NULL ? -1 : 0;
}

static inline int search_test_teardown(void **state)
{
    struct search_test *t = *state;

    arena_freep(&t->arena);
    return 0;
}

#define SEARCH_TEST(name)                                                                          \
    cmocka_unit_test_setup_teardown(name, search_test_setup, search_test_teardown)

/* A small generator of its own: the same numbers on every run and machine. */
static inline uint32_t next_number(uint64_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 32) % below;
}

#endif
