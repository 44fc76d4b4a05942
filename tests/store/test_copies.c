/* Copies for restoring: a folder of a full copy and steps makes the installation of each of their
 * moments again, to the byte, or says why not. */
#include "fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "store/copies.h"
#include "store/files.h"
#include "store/vault_internal.h"

#define HOUR INT64_C(3600000)

static struct fixture fx;
static char folder[512], key[512];
static struct copy_plan plan;
static atomic_bool stop;

static int begin(void **state)
{
    struct err err = {.code = ERR_OK};

    (void)state;
    fixture_start(&fx);
    snprintf(folder, sizeof folder, "%s-copies", fx.dir);
    snprintf(key, sizeof key, "%s/key.txt", fx.dir);
    plan = (struct copy_plan){.folder = folder, .every_min = 60, .full_days = 7};
    return key_export(fx.store, "restore drill", key, &err) == ERR_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    remove_folder(folder);
    fixture_end(&fx);
    return 0;
}

static void file_one(const struct blob *blob)
{
    OP(op, &fx);
    struct filing f = {
        .facts = "很特别的事实经过", .name = "欧阳特别", .phone = "13912345678", .blob = blob};

    f.id = store_next_id(fx.store, TEST_MONTH);
    assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
}

static void file_many(int n)
{
    for (int i = 0; i < n; i++)
        file_one(NULL);
}

static struct copy_made copy(int64_t at_ms)
{
    OP(op, &fx);
    struct copy_made made;

    op->now_ms = at_ms;
    if (copies_make(op, &plan, false, &made) != ERR_OK)
        fail_msg("%s", op->err.why);
    assert_true(made.bytes > 0);
    return made;
}

/* What a matter count says after restoring the copy of that moment; the files of @p blobs open. */
static int64_t restored(int64_t at_ms, const struct blob *blobs, size_t n)
{
    struct fixture back = {.dir = ""};
    struct err err = {.code = ERR_OK};
    char name[COPY_NAME];
    int64_t matters;

    fixture_folder(&back);
    remove_folder(back.dir);
    if (copies_restore(folder, at_ms, back.dir, name, &err) != ERR_OK)
        fail_msg("%s", err.why);
    assert_int_equal(fixture_open(&back, &err), ERR_FORBIDDEN); /* no key yet */
    assert_int_equal(key_import(back.dir, NULL, key, "restore drill", &err), ERR_OK);
    assert_int_equal(fixture_open(&back, &err), ERR_OK);
    {
        OP(op, &back);
        unsigned char *bytes;
        size_t size;

        matters = number_of(op, "SELECT count(*) FROM matter");
        for (size_t i = 0; i < n; i++)
            assert_int_equal(blob_get(op, blobs[i].name, &bytes, &size), ERR_OK);
        assert_clean(op);
    }
    fixture_end(&back);
    return matters;
}

static enum err_code restore_fails(int64_t at_ms)
{
    char dir[600], name[COPY_NAME];
    struct err err = {.code = ERR_OK};
    enum err_code rc;

    snprintf(dir, sizeof dir, "%s/refused", fx.dir);
    rc = copies_restore(folder, at_ms, dir, name, &err);
    remove_folder(dir);
    return rc;
}

static struct blob put(const char *text)
{
    OP(op, &fx);
    struct blob blob;

    assert_int_equal(blob_put(op, text, strlen(text), &blob), ERR_OK);
    file_one(&blob);
    return blob;
}

static void each_moment_comes_back(void **state)
{
    struct copy_made made;
    struct blob blobs[3];

    (void)state;
    file_many(120);
    blobs[0] = put("a photo of 欧阳特别");
    made = copy(TEST_NOW);
    assert_true(made.full && made.files == 0);
    file_many(3);
    blobs[1] = put("another");
    made = copy(TEST_NOW + HOUR);
    assert_false(made.full);
    assert_int_equal(made.files, 1);
    assert_true(made.pages > 0 && made.pages < 200);
    file_many(30);
    made = copy(TEST_NOW + 2 * HOUR);
    assert_int_equal(made.files, 0);
    blobs[2] = put("a third");
    made = copy(TEST_NOW + 3 * HOUR);
    assert_int_equal(made.files, 1);
    assert_int_equal(restored(TEST_NOW, blobs, 1), 121);
    assert_int_equal(restored(TEST_NOW + HOUR + 1000, blobs, 2), 125);
    assert_int_equal(restored(TEST_NOW + 3 * HOUR - 1000, blobs, 2), 155);
    assert_int_equal(restored(INT64_MAX, blobs, 3), 156);
    assert_int_equal(restore_fails(TEST_NOW - 1000), ERR_NOT_FOUND);
}

static void what_lies_in_the_folder_is_left_alone(void **state)
{
    struct fixture back = {.dir = ""};
    struct err err = {.code = ERR_OK};
    char path[700], name[COPY_NAME];

    (void)state;
    copy(TEST_NOW);
    fixture_folder(&back);
    snprintf(path, sizeof path, "%s/of somebody", back.dir);
    close(creat(path, 0600));
    assert_int_equal(copies_restore(folder, INT64_MAX, back.dir, name, &err), ERR_INVALID);
    assert_true(file_exists(path));
    remove_folder(back.dir);
}

static void a_file_sealed_anew_is_copied_and_one_that_went_goes(void **state)
{
    struct fixture back = {.dir = ""};
    struct blob blobs[2] = {put("first"), put("second")};
    struct err err = {.code = ERR_OK};
    char path[700], name[COPY_NAME];
    bool done;

    (void)state;
    copy(TEST_NOW);
    {
        OP(op, &fx);
        struct changes *ch = changes_new(op);

        assert_int_equal(key_rotate(op, NULL), ERR_OK);
        assert_int_equal(blob_reseal(op, blobs[0].name, &done), ERR_OK);
        changes_row(ch, SQL_blob_forget, 1, ERR_NOT_FOUND);
        changes_text(ch, blobs[1].name);
        assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
    }
    assert_int_equal(copy(TEST_NOW + HOUR).files, 1);
    fixture_folder(&back);
    remove_folder(back.dir);
    assert_int_equal(copies_restore(folder, INT64_MAX, back.dir, name, &err), ERR_OK);
    snprintf(path, sizeof path, "%s/files/%.2s/%s", back.dir, blobs[1].name, blobs[1].name);
    assert_false(file_exists(path));
    assert_int_equal(key_import(back.dir, NULL, key, "restore drill", &err), ERR_OK);
    assert_int_equal(fixture_open(&back, &err), ERR_OK);
    {
        OP(op, &back);
        unsigned char *bytes;
        uint32_t epoch;
        size_t n;

        assert_int_equal(blob_get(op, blobs[0].name, &bytes, &n), ERR_OK);
        assert_memory_equal(bytes, "first", 5);
        assert_int_equal(blob_epoch(op, blobs[0].name, &epoch), ERR_OK);
        assert_int_equal(epoch, 2);
    }
    fixture_end(&back);
}

/* Once the database is copied: a key is rotated, and the file sealed by it. */
static bool rotate_meanwhile(void *arg, int64_t done, int64_t total)
{
    struct blob *blob = arg;
    bool resealed = false;
    OP(op, &fx);

    if (blob->size == 0 || done < total)
        return true;
    blob->size = 0;
    assert_int_equal(key_rotate(op, NULL), ERR_OK);
    assert_int_equal(blob_reseal(op, blob->name, &resealed), ERR_OK);
    assert_true(resealed);
    return true;
}

static void a_key_rotated_while_a_copy_is_made(void **state)
{
    struct blob first = put("first"), second = put("second");
    struct blob blobs[] = {first, second};

    (void)state;
    plan.progress = rotate_meanwhile;
    plan.arg = &first;
    assert_true(copy(TEST_NOW).full);
    assert_int_equal(first.size, 0);
    plan.arg = &second;
    assert_int_equal(copy(TEST_NOW + HOUR).files, 2); /* the first as it lies there by now */
    assert_int_equal(second.size, 0);
    plan.progress = NULL;
    assert_int_equal(copy(TEST_NOW + 2 * HOUR).files, 1);
    assert_int_equal(copy(TEST_NOW + 3 * HOUR).files, 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(restored(TEST_NOW + i * HOUR, blobs, 2), 2);
}

static void *keep_filing(void *arg)
{
    (void)arg;
    while (!atomic_load(&stop))
        file_one(NULL);
    return NULL;
}

static void while_others_file(void **state)
{
    pthread_t writer;
    int64_t last = 0;

    (void)state;
    atomic_store(&stop, false);
    assert_int_equal(pthread_create(&writer, NULL, keep_filing, NULL), 0);
    for (int i = 0; i < 4; i++)
        copy(TEST_NOW + i * HOUR);
    atomic_store(&stop, true);
    pthread_join(writer, NULL);
    for (int i = 1; i < 4; i += 2) {
        int64_t matters = restored(TEST_NOW + i * HOUR, NULL, 0);

        assert_true(matters >= last);
        last = matters;
    }
}

static char *path_of(const struct copy_made *made)
{
    static char path[sizeof folder + 1 + sizeof made->name];

    snprintf(path, sizeof path, "%s/%.*s", folder, (int)sizeof made->name, made->name);
    return path;
}

static void damage_is_noticed(void **state)
{
    struct copy_made made[3];
    struct err err = {.code = ERR_OK};
    unsigned char *bytes = NULL;
    char away[800];
    size_t n;

    (void)state;
    for (int i = 0; i < 3; i++) {
        file_many(5);
        made[i] = copy(TEST_NOW + i * HOUR);
    }
    for (size_t at = 600; at < 9000; at += 1500) {
        FILE *file;

        assert_int_equal(file_read(path_of(&made[1]), (size_t)1 << 30, &bytes, &n, &err), ERR_OK);
        bytes[at] ^= 1;
        file = fopen(path_of(&made[1]), "w");
        assert_int_equal(fwrite(bytes, 1, n, file), n);
        fclose(file);
        assert_int_equal(restore_fails(INT64_MAX), ERR_CORRUPT);
        bytes[at] ^= 1;
        file = fopen(path_of(&made[1]), "w");
        assert_int_equal(fwrite(bytes, 1, n, file), n);
        fclose(file);
        free(bytes);
    }
    for (int i = 0; i < 2; i++) { /* a part of the chain is missing */
        snprintf(away, sizeof away, "%s.away", path_of(&made[i]));
        assert_int_equal(rename(path_of(&made[i]), away), 0);
        assert_int_equal(restore_fails(INT64_MAX), ERR_CORRUPT);
        assert_int_equal(rename(away, path_of(&made[i])), 0);
    }
    assert_int_equal(rename(path_of(&made[1]), away), 0); /* the next does not stand on nothing */
    assert_true(copy(TEST_NOW + 3 * HOUR).full);
    assert_int_equal(rename(away, path_of(&made[1])), 0);
    assert_int_equal(restored(INT64_MAX, NULL, 0), 15);
    {
        char dir[600];

        snprintf(dir, sizeof dir, "%s/one", fx.dir);
        assert_int_equal(store_restore(path_of(&made[1]), dir, false, &err), ERR_INVALID);
        remove_folder(dir);
    }
}

static size_t held(void)
{
    struct copy_entry *all = NULL;
    struct err err = {.code = ERR_OK};
    size_t n;

    assert_int_equal(copies_list(folder, &all, &n, &err), ERR_OK);
    free(all);
    return n;
}

static void old_series_go(void **state)
{
    (void)state;
    plan.keep_days = 10;
    for (int day = 0; day <= 30; day++) {
        bool full = copy(TEST_NOW + day * 24 * HOUR).full;

        assert_int_equal(full, day % 8 == 0); /* a week and a day later */
        if (day % 13 == 12)                   /* ten days ago is still there */
            assert_int_equal(restored(TEST_NOW + (day - 10) * 24 * HOUR, NULL, 0), 0);
        assert_true(held() <= 10 + 8 + 1);
    }
    assert_int_equal(restore_fails(TEST_NOW), ERR_NOT_FOUND);
}

static bool due(int64_t at_ms)
{
    OP(op, &fx);
    bool is;

    op->now_ms = at_ms;
    assert_int_equal(copies_due(op, &plan, &is), ERR_OK);
    return is;
}

static void when_one_is_due(void **state)
{
    char sums[700];

    (void)state;
    assert_true(due(TEST_NOW));
    copy(TEST_NOW);
    assert_false(due(TEST_NOW + HOUR - 1000));
    assert_true(due(TEST_NOW + HOUR));
    assert_true(due(TEST_NOW - HOUR)); /* the clock was set back */
    copy(TEST_NOW - HOUR);
    assert_false(due(TEST_NOW - HOUR));
    assert_int_equal(restored(TEST_NOW - HOUR, NULL, 0), 0);
    snprintf(sums, sizeof sums, "%s/newest.sums", folder);
    unlink(sums);
    assert_true(due(TEST_NOW));
    assert_true(copy(TEST_NOW + HOUR).full); /* nothing to compare with */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_moment_comes_back, begin, end),
        cmocka_unit_test_setup_teardown(what_lies_in_the_folder_is_left_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_file_sealed_anew_is_copied_and_one_that_went_goes, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_key_rotated_while_a_copy_is_made, begin, end),
        cmocka_unit_test_setup_teardown(while_others_file, begin, end),
        cmocka_unit_test_setup_teardown(damage_is_noticed, begin, end),
        cmocka_unit_test_setup_teardown(old_series_go, begin, end),
        cmocka_unit_test_setup_teardown(when_one_is_due, begin, end),
    };

    return cmocka_run_group_tests_name("copies", tests, NULL, NULL);
}
