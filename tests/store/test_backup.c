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
    assert_int_equal(store_restore(tar, back.dir, &err), ERR_OK);
    assert_int_equal(store_restore(tar, back.dir, &err), ERR_INVALID); /* not empty now */
    assert_int_equal(fixture_open(&back, &err), ERR_FORBIDDEN);        /* no key yet */
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
        assert_int_equal(store_restore(damaged, dir, &err), ERR_CORRUPT);
        remove_folder(dir);
    }
    free(bytes);
    assert_int_equal(store_restore("/nonexistent", dir, &err), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_drill, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_backup_is_refused, begin, end),
    };

    return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
