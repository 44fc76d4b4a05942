/* Power cuts: concurrent filings with files and checkpoints on a disk that forgets what was not
 * synced (disk.h). After each cut the store is opened the usual way: nothing acknowledged may be
 * missing and verify must be clean. With syncs turned off the same test must find losses, else it
 * would prove nothing. SEEDS in the environment sets the number of cuts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "disk.h"
#include "workload.h"

#define CUTS 240 /* a tenth as many without syncs */

struct outcome {
    size_t acknowledged, lost;
    int64_t doubled;
    bool opened, clean, files_again;
    char why[1000];
};

static unsigned long seeds(unsigned long usual)
{
    const char *text = getenv("SEEDS");
    unsigned long n = text == NULL ? 0 : strtoul(text, NULL, 10);

    return n == 0 ? usual : n;
}

/* Opens with the usual VFS what the cut left, and looks. */
static void look(struct fixture *fx, struct workload *w, struct outcome *ret)
{
    struct err err = {.code = ERR_OK};
    struct filing filing = {.facts = "后来的", .name = "李", .phone = "1"};

    fx->vfs = NULL;
    fx->no_sync = false;
    ret->opened = fixture_open(fx, &err) == ERR_OK;
    snprintf(ret->why, sizeof ret->why, "%s", err.why);
    if (!ret->opened)
        return;
    ret->lost = workload_lost(w);
    {
        OP(op, fx);

        ret->doubled =
            number_of(op, "SELECT (SELECT count(*) FROM event) - (SELECT count(*) FROM (SELECT "
                          "DISTINCT kind, record, version FROM event))");
        ret->clean = findings_of(op, ret->why, sizeof ret->why) == 0;
        filing.id = store_next_id(fx->store, TEST_MONTH);
        ret->files_again =
            store_apply(op, filing_changes(op, &filing), QUEUE_INTERACTIVE) == ERR_OK;
    }
}

static void one_cut(uint64_t seed, bool no_sync, struct outcome *ret)
{
    struct fixture fx = {.vfs = "cut", .no_sync = no_sync};
    struct err err = {.code = ERR_OK};
    struct workload *w = workload_new(&fx, 60);

    memset(ret, 0, sizeof *ret);
    fixture_folder(&fx);
    disk_watch(fx.dir, seed);
    w->blobs = 1 + (unsigned)disk_random(6);
    w->settles = disk_random(2) == 0 ? 0 : 10 + (unsigned)disk_random(20);
    fx.log_pages = 20 + (unsigned)disk_random(300);
    if (seed % 8 == 0) /* while the store is being made */
        disk_cut_at(1 + disk_random(420));
    if (fixture_open(&fx, &err) == ERR_OK) {
        if (seed % 8 != 0)
            disk_cut_at(1 + disk_random(2600));
        workload_start(w);
        workload_join(w);
    }
    fixture_close(&fx);
    ret->acknowledged = workload_acknowledged(w);
    disk_cut_at(1); /* when the work was done before */
    (void)disk_operation(true);
    disk_cut_apply();
    look(&fx, w, ret);
    fixture_end(&fx);
    workload_free(w);
}

static void nothing_acknowledged_is_lost(void **state)
{
    unsigned long n = seeds(CUTS);
    size_t acknowledged = 0;

    (void)state;
    for (unsigned long seed = 1; seed <= n; seed++) {
        struct outcome o;

        one_cut(seed, false, &o);
        acknowledged += o.acknowledged;
        if (!o.opened || o.lost > 0 || o.doubled != 0 || !o.clean || !o.files_again)
            fail_msg(
                "seed %lu: opened %d, lost %zu of %zu, doubled %lld, clean %d, files again %d: %s",
                seed, o.opened, o.lost, o.acknowledged, (long long)o.doubled, o.clean,
                o.files_again, o.why);
    }
    print_message("%lu cuts: acknowledged %zu, found %zu, lost 0, duplicated 0\n", n, acknowledged,
                  acknowledged);
    assert_true(acknowledged > n * 5);
}

static void without_syncs_losses_are_noticed(void **state)
{
    unsigned long n = (seeds(CUTS) + 9) / 10, noticed = 0;
    size_t lost = 0;

    (void)state;
    for (unsigned long seed = 1; seed <= n; seed++) {
        struct outcome o;

        if (seed % 8 == 0)
            continue;
        one_cut(seed, true, &o);
        noticed += !o.opened || o.lost > 0 || !o.clean;
        lost += o.lost;
    }
    print_message("without syncs %lu of %lu cuts did damage, %zu acknowledged filings lost\n",
                  noticed, n - n / 8, lost);
    assert_true(noticed > n / 2);
    assert_true(lost > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost),
        cmocka_unit_test(without_syncs_losses_are_noticed),
    };

    disk_vfs_register();
    return cmocka_run_group_tests_name("power cuts", tests, NULL, NULL);
}
