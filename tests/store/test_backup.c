/* Backup while serving, and the drill: a backup and the exported key make a store again. */
#include "fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>
#include <cmocka.h>

#include "store/files.h"

static struct fixture fx;
static atomic_bool stop;
static atomic_int filed;

static int begin(void **state)
{
    (void)state;
    fixture_start(&fx);
    atomic_store(&stop, false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fx);
    return 0;
}

static void file_one(const struct blob *blob)
{
    OP(op, &fx);
    struct filing f = {
        .facts = "很特别的事实经过", .name = "欧阳特别", .phone = "13912345678", .blob = blob};

    f.id = store_next_id(fx.store, TEST_MONTH);
    if (store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE) == ERR_OK)
        atomic_fetch_add(&filed, 1);
}

static void *keep_filing(void *arg)
{
    (void)arg;
    while (!atomic_load(&stop))
        file_one(NULL);
    return NULL;
}

static bool progress(void *arg, int64_t done, int64_t total)
{
    (*(int *)arg)++;
    return done <= total;
}

static bool refuse(void *arg, int64_t done, int64_t total)
{
    (void)arg;
    (void)done;
    (void)total;
    return false;
}

static bool holds(const char *path, const char *text)
{
    struct err err = {.code = ERR_OK};
    CLEANUP(free_bytesp) unsigned char *bytes = NULL;
    size_t n;

    assert_int_equal(file_read(path, (size_t)1 << 30, &bytes, &n, &err), ERR_OK);
    return memmem(bytes, n, text, strlen(text)) != NULL;
}

static int told;

static bool rows_told(void *arg, int64_t done, int64_t total)
{
    (void)arg;
    told++;
    return done <= total;
}

static enum err_code load(struct fixture *f, struct err *err)
{
    const struct store_options options = {
        .dir = f->dir, .database = f->database, .sql = embedded_sql};

    return store_load(&options, rows_told, NULL, err);
}

static void the_drill(void **state)
{
    struct fixture back = {.dir = ""};
    struct err err = {.code = ERR_OK};
    char tar[512], key[512];
    struct blob blob;
    pthread_t writer;
    int calls = 0, before;

    (void)state;
    snprintf(tar, sizeof tar, "%s/backup.tar", fx.dir);
    snprintf(key, sizeof key, "%s/key.txt", fx.dir);
    {
        OP(op, &fx);

        assert_int_equal(blob_put(op, "a photo of 欧阳特别", 20, &blob), ERR_OK);
    }
    file_one(&blob);
    for (int i = 0; i < 200; i++)
        file_one(NULL);
    assert_int_equal(pthread_create(&writer, NULL, keep_filing, NULL), 0);
    before = atomic_load(&filed);
    {
        OP(op, &fx);

        assert_int_equal(store_backup(op, tar, progress, &calls), ERR_OK);
        assert_int_equal(store_backup(op, tar, progress, &calls), ERR_INVALID);
        assert_true(calls > 0);
    }
    atomic_store(&stop, true);
    pthread_join(writer, NULL);
    assert_int_equal(key_export(fx.store, "restore drill", key, &err), ERR_OK);
    assert_false(holds(tar, "欧阳特别"));
    assert_false(holds(tar, "13912345678"));
    assert_false(holds(tar, "很特别的事实经过"));

    fixture_folder(&back);
    if (on_postgres()) /* its events' ids are not SQLite's */
        assert_int_equal(store_restore(tar, back.dir, false, &err), ERR_INVALID);
    remove_folder(back.dir);
    assert_int_equal(store_restore(tar, back.dir, on_postgres(), &err), ERR_OK);
    assert_int_equal(store_restore(tar, back.dir, on_postgres(), &err),
                     ERR_INVALID); /* not empty now */
    if (on_postgres()) {
        assert_int_equal(load(&back, &err), ERR_OK);
        assert_int_equal(load(&back, &err), ERR_NOT_FOUND); /* it left the folder */
    }
    assert_int_equal(fixture_open(&back, &err), ERR_FORBIDDEN); /* no key yet */
    assert_int_equal(key_import(back.dir, NULL, key, "restore drill", &err), ERR_OK);
    assert_int_equal(fixture_open(&back, &err), ERR_OK);
    {
        OP(op, &back);
        unsigned char *bytes;
        size_t n;
        int64_t matters = number_of(op, "SELECT count(*) FROM matter");

        assert_true(matters >= before && matters <= atomic_load(&filed));
        assert_int_equal(blob_get(op, blob.name, &bytes, &n), ERR_OK);
        assert_memory_equal(bytes, "a photo of 欧阳特别", 20);
        assert_clean(op);
        assert_int_equal(told > 0, on_postgres());
    }
    fixture_end(&back);
}

static void a_damaged_backup_is_refused(void **state)
{
    char tar[512], damaged[512], dir[512];
    struct err err = {.code = ERR_OK};
    unsigned char *bytes = NULL;
    size_t n;

    (void)state;
    snprintf(tar, sizeof tar, "%s/backup.tar", fx.dir);
    snprintf(damaged, sizeof damaged, "%s/damaged.tar", fx.dir);
    snprintf(dir, sizeof dir, "%s/restored", fx.dir);
    file_one(NULL);
    {
        OP(op, &fx);

        assert_int_equal(store_backup(op, damaged, refuse, NULL), ERR_CONFLICT);
        assert_false(file_exists(damaged));
        assert_int_equal(store_backup(op, tar, NULL, NULL), ERR_OK);
    }
    assert_int_equal(file_read(tar, (size_t)1 << 30, &bytes, &n, &err), ERR_OK);
    for (size_t i = 0; i < 3; i++) {
        FILE *file = fopen(damaged, "w");
        size_t at = i == 0 ? 3000 : i == 1 ? n - 1500 : 20;
        size_t size = i == 2 ? n / 2 : n;

        if (i < 2)
            bytes[at] ^= 1;
        assert_int_equal(fwrite(bytes, 1, size, file), size);
        fclose(file);
        if (i < 2)
            bytes[at] ^= 1;
        assert_int_equal(store_restore(damaged, dir, on_postgres(), &err), ERR_CORRUPT);
        remove_folder(dir);
    }
    free(bytes);
    assert_int_equal(store_restore("/nonexistent", dir, on_postgres(), &err), ERR_NOT_FOUND);
}

/* Numbers, one a row, and hashes. */
static void sums(struct fixture *f, int64_t ret[5])
{
    OP(op, f);
    static const char *const sql[] = {"SELECT count(*) FROM event", "SELECT sum(id) FROM event",
                                      "SELECT sum(id) FROM matter", "SELECT count(*) FROM queue",
                                      "SELECT sum(n) FROM tally"};

    for (int i = 0; i < 5; i++)
        ret[i] = number_of(op, sql[i]);
}

/* An installation on SQLite goes on in PostgreSQL: the same backup, restored into a database. */
static void from_sqlite_to_postgres(void **state)
{
    struct fixture lite = {.dir = ""}, moved = {.dir = ""};
    struct filing more = {.facts = "后来的", .name = "李", .phone = "1"};
    struct err err = {.code = ERR_OK};
    char tar[512], key[512];
    int64_t before[5], after[5];
    struct blob blob;

    (void)state;
    if (!on_postgres())
        skip();
    databases_off(true);
    fixture_start(&lite);
    snprintf(tar, sizeof tar, "%s/backup.tar", lite.dir);
    snprintf(key, sizeof key, "%s/key.txt", lite.dir);
    for (int i = 0; i < 300; i++) {
        OP(op, &lite);
        struct filing f = {.facts = "事实\n\t\\", .name = "名", .phone = "13912345678"};
        char *large = arena_alloc(op->arena, 3000000);

        memset(large, 'x', 3000000);
        if (i == 7)
            assert_int_equal(blob_put(op, large, 3000000, &blob), ERR_OK);
        f.blob = i == 7 ? &blob : NULL;
        f.report = i % 5 == 0;
        f.id = store_next_id(lite.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
    }
    sums(&lite, before);
    {
        OP(op, &lite);

        assert_int_equal(store_backup(op, tar, NULL, NULL), ERR_OK);
    }
    assert_int_equal(key_export(lite.store, "restore drill", key, &err), ERR_OK);
    databases_off(false);

    fixture_folder(&moved);
    assert_int_equal(store_restore(tar, moved.dir, true, &err), ERR_OK);
    assert_int_equal(key_import(moved.dir, NULL, key, "restore drill", &err), ERR_OK);
    assert_int_equal(load(&moved, &err), ERR_OK);
    assert_int_equal(fixture_open(&moved, &err), ERR_OK);
    sums(&moved, after);
    for (int i = 0; i < 5; i++)
        assert_int_equal(after[i], before[i]);
    {
        OP(op, &moved);
        unsigned char *bytes;
        size_t n;

        assert_clean(op);
        assert_int_equal(blob_get(op, blob.name, &bytes, &n), ERR_OK);
        assert_int_equal(n, 3000000);
        more.id = store_next_id(moved.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &more), QUEUE_INTERACTIVE), ERR_OK);
    }
    {
        OP(op, &moved);

        assert_clean(op);
        assert_int_equal(number_of(op, "SELECT count(*) FROM event"), before[0] + 1);
        assert_int_equal(load(&moved, &err), ERR_NOT_FOUND);
    }
    fixture_close(&moved);
    /* a database in use takes nothing in */
    remove_folder(moved.dir);
    assert_int_equal(store_restore(tar, moved.dir, true, &err), ERR_OK);
    assert_int_equal(load(&moved, &err), ERR_CONFLICT);
    fixture_end(&moved);
    fixture_end(&lite);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_sqlite_to_postgres),
        cmocka_unit_test_setup_teardown(the_drill, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_backup_is_refused, begin, end),
    };

    return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
