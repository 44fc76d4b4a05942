/* Real kills: a child files with four threads and writes each acknowledged id to a pipe until it
 * is killed with SIGKILL; what it told must be there. (This shows that recovery works, not that
 * syncs are made: for that see test_powercut.c.) */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "disk.h"
#include "workload.h"

#define KILLS 24 /* or as the variable of that name says */
#define IDS_MAX 4000000

static _Noreturn void child(struct fixture *fx, int to)
{
    struct workload *w = workload_new(fx, FILINGS_MAX);
    struct err err = {.code = ERR_OK};

    if (fixture_open(fx, &err) != ERR_OK) {
        fprintf(stderr, "child: %s\n", err.why);
        _exit(3);
    }
    w->notify = to;
    w->blobs = 5;
    w->settles = 50;
    workload_start(w);
    workload_join(w);
    for (;;) /* all filed: wait for the kill */
        pause();
}

/* Lets a child work for a while, kills it and reads what it told. */
static size_t run_and_kill(struct fixture *fx, unsigned ms, int64_t *ids, size_t n)
{
    int pipes[2], status;
    int64_t id;
    pid_t pid;

    if (pipe2(pipes, O_CLOEXEC) != 0)
        abort();
    pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        child(fx, pipes[1]);
    }
    close(pipes[1]);
    if (read(pipes[0], &id, sizeof id) == sizeof id) /* it is at work */
        ids[n++] = id;
    usleep(ms * 1000);
    kill(pid, SIGKILL);
    while (n < IDS_MAX && read(pipes[0], &id, sizeof id) == sizeof id)
        ids[n++] = id;
    close(pipes[0]);
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return n;
}

static size_t missing(struct fixture *fx, const int64_t *ids, size_t n)
{
    OP(op, fx);
    size_t lost = 0;
    char sql[100];

    for (size_t i = 0; i < n; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM matter WHERE id = %lld", (long long)ids[i]);
        lost += number_of(op, sql) != 1;
    }
    return lost;
}

/* Two events of one version, or a record twice. */
static int64_t doubled(struct fixture *fx)
{
    OP(op, fx);

    return number_of(op, "SELECT (SELECT count(*) FROM event) - (SELECT count(*) FROM (SELECT "
                         "DISTINCT kind, record, version FROM event))");
}

static void killed_and_nothing_lost(void **state)
{
    const char *wanted = getenv("KILLS");
    int kills = wanted == NULL ? KILLS : (int)strtol(wanted, NULL, 10);
    struct fixture fx = {.log_pages = 200};
    int64_t *ids = calloc(IDS_MAX, sizeof *ids);
    struct err err = {.code = ERR_OK};
    size_t n = 0, checked = 0;

    (void)state;
    assert_non_null(ids);
    fixture_folder(&fx);
    disk_watch(NULL, 20261121);
    for (int i = 0; i < kills; i++) {
        n = run_and_kill(&fx, (unsigned)disk_random(80), ids, n);
        assert_int_equal(fixture_open(&fx, &err), ERR_OK);
        assert_int_equal(missing(&fx, ids + checked, n - checked), 0);
        if (i % 8 == 7) {
            OP(op, &fx);

            assert_clean(op);
        }
        checked = n;
        fixture_close(&fx);
    }
    assert_int_equal(fixture_open(&fx, &err), ERR_OK);
    assert_int_equal(missing(&fx, ids, n), 0);
    assert_int_equal(doubled(&fx), 0);
    print_message("%d kills: acknowledged %zu, found %zu, lost 0, duplicated 0\n", kills, n, n);
    assert_true(n >= (size_t)kills);
    fixture_end(&fx);
    free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_and_nothing_lost),
    };

    return cmocka_run_group_tests_name("kills", tests, NULL, NULL);
}
