/* Places of the executor: how many jobs work at once, in which order they begin, and who gives a
 * place up. Nothing is timed: a job that would wait for ever otherwise shows that another began. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/waiting.h"
#include "web/executor.h"

#define JOBS 400
#define NEVER_MS 600000

static struct place {
    struct executor *executor;
    atomic_int working, most, begun;
    int order[JOBS];
    sem_t done, other;
} place;

static void set_up(unsigned threads, unsigned places, unsigned long_ms,
                   void (*run)(void *job, struct arena *arena))
{
    struct executor_options o = {.threads = threads,
                                 .places = places,
                                 .long_ms = long_ms,
                                 .queue_max = JOBS,
                                 .arena_bytes = 4096,
                                 .run = run};
    struct err err;

    place = (struct place){.executor = NULL};
    sem_init(&place.done, 0, 0);
    sem_init(&place.other, 0, 0);
    assert_int_equal(executor_new(&o, &place.executor, &err), ERR_OK);
}

static void tear_down(void)
{
    executor_free(place.executor);
    sem_destroy(&place.done);
    sem_destroy(&place.other);
}

static void submit(intptr_t job)
{
    assert_true(executor_reserve(place.executor));
    executor_submit(place.executor, (void *)job);
}

static void count_working(void *job, struct arena *arena)
{
    int now = atomic_fetch_add(&place.working, 1) + 1, most = atomic_load(&place.most);

    (void)arena;
    place.order[atomic_fetch_add(&place.begun, 1)] = (int)(intptr_t)job;
    while (now > most && !atomic_compare_exchange_weak(&place.most, &most, now))
        ;
    for (int i = 0; i < 20; i++)
        sched_yield();
    atomic_fetch_sub(&place.working, 1);
    sem_post(&place.done);
}

static void run_jobs(unsigned threads, unsigned places)
{
    set_up(threads, places, NEVER_MS, count_working);
    for (intptr_t i = 0; i < JOBS; i++)
        submit(i + 1);
    for (int i = 0; i < JOBS; i++)
        sem_wait(&place.done);
    assert_int_equal(atomic_load(&place.begun), JOBS);
}

static void no_more_work_than_there_are_places(void **state)
{
    (void)state;
    run_jobs(8, 2);
    assert_in_range(atomic_load(&place.most), 1, 2);
    tear_down();
    run_jobs(8, 0); /* all threads may */
    assert_in_range(atomic_load(&place.most), 1, 8);
    tear_down();
}

static void they_begin_in_their_order(void **state)
{
    (void)state;
    run_jobs(8, 1);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(place.order[i], i + 1);
    tear_down();
}

/* The first of two needs the second. */
static void first_needs_second(void *job, struct arena *arena)
{
    bool tells = (intptr_t)job == 1;

    (void)arena;
    if ((intptr_t)job == 3) {
        sem_post(&place.other);
    } else {
        if (tells)
            waiting_begin();
        sem_wait(&place.other);
        if (tells)
            waiting_end();
    }
    sem_post(&place.done);
}

static void a_job_that_waits_has_no_place(void **state)
{
    (void)state;
    set_up(2, 1, NEVER_MS, first_needs_second);
    submit(1);
    submit(3);
    sem_wait(&place.done);
    sem_wait(&place.done);
    tear_down();
}

static void a_long_job_gives_its_place_up(void **state)
{
    (void)state;
    set_up(2, 1, 1, first_needs_second);
    submit(2);
    submit(3);
    sem_wait(&place.done);
    sem_wait(&place.done);
    tear_down();
}

/* Several long ones at once, and one behind them that ends them all. */
static void many_long_ones_hold_nobody_up(void **state)
{
    (void)state;
    set_up(6, 2, 1, first_needs_second);
    for (int i = 0; i < 5; i++)
        submit(2);
    for (int i = 0; i < 5; i++)
        submit(3);
    for (int i = 0; i < 10; i++)
        sem_wait(&place.done);
    tear_down();
}

static void what_waits_at_the_end_is_still_done(void **state)
{
    (void)state;
    set_up(4, 1, NEVER_MS, count_working);
    for (intptr_t i = 0; i < JOBS; i++)
        submit(i + 1);
    executor_stop(place.executor);
    assert_int_equal(atomic_load(&place.begun), JOBS);
    assert_false(executor_reserve(place.executor));
    tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_work_than_there_are_places),
        cmocka_unit_test(they_begin_in_their_order),
        cmocka_unit_test(a_job_that_waits_has_no_place),
        cmocka_unit_test(a_long_job_gives_its_place_up),
        cmocka_unit_test(many_long_ones_hold_nobody_up),
        cmocka_unit_test(what_waits_at_the_end_is_still_done),
    };

    return cmocka_run_group_tests_name("web/executor", tests, NULL, NULL);
}
