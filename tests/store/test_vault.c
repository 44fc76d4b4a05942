/* The vault: sealing, blind indexes, PINs, files, epochs, the master key and its exported copy. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "store/files.h"

static struct fixture fx;

static int begin(void **state)
{
    (void)state;
    fixture_start(&fx);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fx);
    return 0;
}

static void path_of(const char *name, char ret[512])
{
    snprintf(ret, 512, "%s/%s", fx.dir, name);
}

static void opens_only_what_and_where_it_was_sealed(void **state)
{
    OP(op, &fx);
    unsigned char *sealed, *again;
    size_t n, again_n, plain_n;
    char *plain;

    (void)state;
    assert_int_equal(vault_seal(op, KEY_CONSUMER, "person|5|consumer", "王小明", 9, &sealed, &n),
                     ERR_OK);
    assert_int_equal(
        vault_seal(op, KEY_CONSUMER, "person|5|consumer", "王小明", 9, &again, &again_n), ERR_OK);
    assert_int_equal(n, 1 + 4 + 24 + 9 + 16);
    assert_memory_not_equal(sealed, again, n); /* a nonce of its own */
    assert_null(memmem(sealed, n, "王小明", 9));
    assert_int_equal(vault_epoch_of(sealed, n), 1);
    assert_int_equal(vault_open(op, KEY_CONSUMER, "person|5|consumer", sealed, n, &plain, &plain_n),
                     ERR_OK);
    assert_string_equal(plain, "王小明");
    assert_int_equal(plain_n, 9);
    assert_int_equal(vault_open(op, KEY_CONSUMER, "person|6|consumer", sealed, n, &plain, &plain_n),
                     ERR_CORRUPT);
    assert_int_equal(vault_open(op, KEY_REPORTER, "person|5|consumer", sealed, n, &plain, &plain_n),
                     ERR_CORRUPT);
    assert_int_equal(
        vault_open(op, KEY_CONSUMER, "person|5|consumer", sealed, n - 1, &plain, &plain_n),
        ERR_CORRUPT);
    for (size_t i = 0; i < n; i++) {
        sealed[i] ^= 1;
        assert_int_equal(
            vault_open(op, KEY_CONSUMER, "person|5|consumer", sealed, n, &plain, &plain_n),
            ERR_CORRUPT);
        sealed[i] ^= 1;
    }
    for (size_t i = 0; i < 45; i++)
        assert_int_equal(
            vault_open(op, KEY_CONSUMER, "person|5|consumer", sealed, i, &plain, &plain_n),
            ERR_CORRUPT);
    assert_int_equal(vault_seal(op, KEY_TEXT, "text|1|1", "", 0, &sealed, &n), ERR_OK);
    assert_int_equal(vault_open(op, KEY_TEXT, "text|1|1", sealed, n, &plain, &plain_n), ERR_OK);
    assert_int_equal(plain_n, 0);
    assert_int_equal(vault_seal(op, KEY_TEXT, NULL, "x", 1, &sealed, &n), ERR_INTERNAL);
}

static void blind_indexes_are_keyed_and_apart(void **state)
{
    OP(op, &fx);
    unsigned char a[BLIND_BYTES], b[BLIND_BYTES];

    (void)state;
    vault_blind(op, KEY_CONSUMER, "phone", "13800002046", a);
    vault_blind(op, KEY_CONSUMER, "phone", "13800002046", b);
    assert_memory_equal(a, b, BLIND_BYTES);
    vault_blind(op, KEY_REPORTER, "phone", "13800002046", b);
    assert_memory_not_equal(a, b, BLIND_BYTES);
    vault_blind(op, KEY_CONSUMER, "id", "13800002046", b);
    assert_memory_not_equal(a, b, BLIND_BYTES);
}

static void pins_are_the_same_on_replay(void **state)
{
    OP(op, &fx);
    char first[PIN_TEXT], again[PIN_TEXT], next[PIN_TEXT];
    unsigned char number_key[32];

    (void)state;
    vault_pin(op, 77, 1, first);
    vault_pin(op, 77, 2, next);
    assert_int_equal(strlen(first), 8);
    assert_int_equal(strspn(first, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 8);
    assert_string_not_equal(first, next);
    memcpy(number_key, vault_number_key(fx.store), sizeof number_key);
    assert_int_equal(key_rotate(op, NULL), ERR_OK);
    vault_pin(op, 77, 1, again);
    assert_string_equal(first, again);
    fixture_reopen(&fx);
    op->store = fx.store;
    vault_pin(op, 77, 1, again);
    assert_string_equal(first, again);
    assert_memory_equal(number_key, vault_number_key(fx.store), sizeof number_key);
}

/* Leaves only the first @p n bytes of a sealed file, or all but one with @p n 0. */
static void cut_file(const char *name, long n)
{
    char path[600], sql[300];
    struct stat st;

    if (on_postgres()) {
        snprintf(sql, sizeof sql,
                 "UPDATE blob_part SET bytes = substr(bytes, 1, %s%ld) WHERE name = '%s'",
                 n == 0 ? "length(bytes) - 1 + " : "", n, name);
        database_run(fx.database, sql);
        return;
    }
    snprintf(path, sizeof path, "%s/files/%.2s/%s", fx.dir, name, name);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, n == 0 ? st.st_size - 1 : n), 0);
}

static void files_come_back_whole_or_not_at_all(void **state)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 200000};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        OP(op, &fx);
        unsigned char *bytes = arena_alloc(op->arena, sizes[i] + 1), *got;
        struct blob blob;
        size_t n;

        for (size_t k = 0; k < sizes[i]; k++)
            bytes[k] = (unsigned char)(k * 31);
        assert_int_equal(blob_put(op, bytes, sizes[i], &blob), ERR_OK);
        assert_int_equal(blob.size, sizes[i]);
        assert_int_equal(blob_get(op, blob.name, &got, &n), ERR_OK);
        assert_int_equal(n, sizes[i]);
        assert_memory_equal(got, bytes, n);
        cut_file(blob.name, 0);
        assert_int_equal(blob_get(op, blob.name, &got, &n), ERR_CORRUPT);
        if (sizes[i] > 65536) { /* cut between two chunks */
            cut_file(blob.name, 29 + 65536 + 17);
            assert_int_equal(blob_get(op, blob.name, &got, &n), ERR_CORRUPT);
        }
    }
    {
        OP(op, &fx);
        unsigned char *got;
        size_t n;

        assert_int_equal(blob_get(op, "../../keys/master.key", &got, &n), ERR_NOT_FOUND);
        assert_int_equal(blob_get(op, "00112233445566778899aabbccddeeff", &got, &n), ERR_NOT_FOUND);
    }
}

/* Each folder once. */
static int swept_in_all(struct op *op)
{
    int all = 0, swept = -1;

    for (int i = 0; i < BLOB_FOLDERS; i++) {
        assert_int_equal(blob_sweep(op, &swept), ERR_OK);
        all += swept;
    }
    return all;
}

static void orphans_are_swept(void **state)
{
    struct blob kept[40], orphans[40];
    OP(op, &fx);
    unsigned char *bytes;
    size_t n;

    (void)state;
    for (int i = 0; i < 40; i++) {
        struct filing f = {.facts = "x", .name = "y", .phone = "1", .blob = &kept[i]};

        assert_int_equal(blob_put(op, "kept", 4, &kept[i]), ERR_OK);
        assert_int_equal(blob_put(op, "orphan", 6, &orphans[i]), ERR_OK);
        f.id = store_next_id(fx.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_BULK), ERR_OK);
    }
    op->now_ms = instant_now_ms();
    assert_int_equal(swept_in_all(op), 0); /* too young */
    op->now_ms += 7200000;
    assert_int_equal(swept_in_all(op), 40);
    assert_int_equal(swept_in_all(op), 0);
    for (int i = 0; i < 40; i++) {
        assert_int_equal(blob_get(op, kept[i].name, &bytes, &n), ERR_OK);
        assert_int_equal(blob_get(op, orphans[i].name, &bytes, &n), ERR_NOT_FOUND);
    }
}

static void file_some(int n, struct blob *blob)
{
    for (int i = 0; i < n; i++) {
        OP(op, &fx);
        struct filing f = {
            .facts = "事实", .name = "王", .phone = "13800002046", .report = i % 3 == 0};

        if (i == 0) {
            assert_int_equal(blob_put(op, "photo", 5, blob), ERR_OK);
            f.blob = blob;
        }
        f.id = store_next_id(fx.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
    }
}

static void a_new_epoch_takes_over(void **state)
{
    OP(op, &fx);
    struct key_report report;
    struct blob blob;
    unsigned char *bytes;
    int64_t left = -1;
    size_t n;
    int rounds = 0;

    (void)state;
    file_some(150, &blob);
    assert_int_equal(key_check(op, &report), ERR_OK);
    assert_int_equal(report.unreadable, 0);
    assert_int_equal(report.older[KEY_TEXT], 0);
    assert_int_equal(key_rotate(op, NULL), ERR_OK);
    assert_int_equal(key_check(op, &report), ERR_OK);
    assert_int_equal(report.epoch[KEY_TEXT], 2);
    assert_int_equal(report.older[KEY_CONSUMER], 100);
    assert_int_equal(report.older[KEY_REPORTER], 50);
    assert_int_equal(report.older[KEY_TEXT], 100);
    assert_int_equal(report.older[KEY_REPORT], 50);
    assert_int_equal(report.older[KEY_FILE], 1);
    op->now_ms += 3600000;
    do {
        assert_int_equal(key_reseal(op, 70, &left), ERR_OK);
        assert_true(++rounds < 20);
    } while (left > 0 || number_of(op, "SELECT count(*) FROM key_epoch") > 6);
    assert_int_equal(key_check(op, &report), ERR_OK);
    for (int c = 0; c < KEY_CLASS_COUNT; c++)
        assert_int_equal(report.older[c], 0);
    assert_int_equal(report.unreadable, 0);
    assert_int_equal(blob_get(op, blob.name, &bytes, &n), ERR_OK);
    assert_memory_equal(bytes, "photo", 5);
    assert_clean(op);
    fixture_reopen(&fx);
    op->store = fx.store;
    assert_int_equal(key_check(op, &report), ERR_OK);
    assert_int_equal(report.unreadable, 0);
    assert_int_equal(report.epoch[KEY_TEXT], 2);
}

static void reseal_all(struct op *op)
{
    int64_t left = -1;

    op->now_ms += 3600000;
    for (int i = 0; i < 20 && left != 0; i++)
        assert_int_equal(key_reseal(op, 500, &left), ERR_OK);
    assert_int_equal(left, 0);
}

/* How many rows begin with the mark of that cipher. */
static int64_t sealed_by_sm4(struct op *op, const char *table)
{
    char sql[160];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE substr(sealed, 1, 1) = %s", table,
             on_postgres() ? "'\\x03'::bytea" : "x'03'");
    return number_of(op, sql);
}

static void another_cipher_takes_over(void **state)
{
    OP(op, &fx);
    struct key_report report;
    struct blob blob;
    unsigned char *bytes;
    size_t n;

    (void)state;
    file_some(20, &blob);
    assert_int_equal(key_check(op, &report), ERR_OK);
    assert_string_equal(report.cipher[KEY_TEXT], "sm4"); /* what the store was made with */
    assert_int_equal(sealed_by_sm4(op, "text"), number_of(op, "SELECT count(*) FROM text"));
    assert_int_equal(key_rotate(op, "rot13"), ERR_INVALID);
    assert_int_equal(key_rotate(op, "xchacha20"), ERR_OK);
    reseal_all(op);
    assert_int_equal(key_check(op, &report), ERR_OK);
    assert_string_equal(report.cipher[KEY_FILE], "xchacha20");
    assert_int_equal(report.unreadable, 0);
    assert_int_equal(sealed_by_sm4(op, "person"), 0);
    assert_int_equal(key_rotate(op, "sm4"), ERR_OK);
    assert_int_equal(key_rotate(op, NULL), ERR_OK); /* stays with sm4 */
    fixture_reopen(&fx);
    op->store = fx.store;
    reseal_all(op);
    assert_int_equal(key_check(op, &report), ERR_OK);
    assert_string_equal(report.cipher[KEY_FILE], "sm4");
    assert_int_equal(report.older[KEY_FILE], 0);
    assert_int_equal(report.unreadable, 0);
    assert_int_equal(blob_get(op, blob.name, &bytes, &n), ERR_OK);
    assert_memory_equal(bytes, "photo", 5);
    assert_clean(op);
}

static int begin_sm4(void **state)
{
    (void)state;
    fx = (struct fixture){.cipher = "sm4"};
    fixture_folder(&fx);
    fixture_reopen(&fx);
    return 0;
}

static void old_keys_stay_while_acts_may_use_them(void **state)
{
    OP(op, &fx);
    int64_t left;

    (void)state;
    assert_int_equal(key_rotate(op, NULL), ERR_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(key_reseal(op, 100, &left), ERR_OK);
    assert_int_equal(left, 0);
    assert_int_equal(number_of(op, "SELECT count(*) FROM key_epoch"), 11);
}

static void without_its_key_it_does_not_open(void **state)
{
    char key[512], aside[512];
    struct err err = {.code = ERR_OK};
    struct store *other = NULL;
    struct store_options o = {.dir = fx.dir,
                              .database = on_postgres() ? fx.database : NULL,
                              .sql = embedded_sql,
                              .create = true,
                              .migrate = true};
    struct stat st;

    (void)state;
    path_of("keys/master.key", key);
    path_of("keys/aside", aside);
    assert_int_equal(stat(key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    fixture_close(&fx);
    assert_int_equal(rename(key, aside), 0);
    assert_int_equal(store_open(&o, &other, &err), ERR_FORBIDDEN);
    assert_non_null(strstr(err.why, "master key"));
    { /* another one */
        FILE *file = fopen(key, "w");

        fprintf(file, "fangxin-master-key-1 %064d\n", 7);
        fclose(file);
        chmod(key, 0600);
    }
    assert_int_equal(store_open(&o, &other, &err), ERR_FORBIDDEN);
    assert_int_equal(rename(aside, key), 0);
    assert_int_equal(chmod(key, 0640), 0);
    assert_int_equal(store_open(&o, &other, &err), ERR_FORBIDDEN);
    assert_int_equal(chmod(key, 0600), 0);
    o.key_file = aside;
    assert_int_equal(rename(key, aside), 0);
    assert_int_equal(store_open(&o, &other, &err), ERR_OK); /* --key-file */
    store_close(other);
    assert_int_equal(rename(aside, key), 0);
    fixture_reopen(&fx);
}

static void the_exported_key_opens_by_its_passphrase(void **state)
{
    char exported[512], elsewhere[512], key[600];
    struct err err = {.code = ERR_OK};
    unsigned char *text = NULL, *original = NULL;
    size_t n, original_n;

    (void)state;
    path_of("exported.txt", exported);
    path_of("elsewhere", elsewhere);
    assert_int_equal(key_export(fx.store, "short", exported, &err), ERR_INVALID);
    assert_int_equal(key_export(fx.store, "一句很长的口令", exported, &err), ERR_OK);
    assert_int_equal(key_export(fx.store, "一句很长的口令", exported, &err), ERR_CONFLICT);
    assert_int_equal(mkdir(elsewhere, 0700), 0);
    assert_int_equal(key_import(elsewhere, NULL, exported, "另一句口令", &err), ERR_FORBIDDEN);
    assert_int_equal(key_import(elsewhere, NULL, exported, "一句很长的口令", &err), ERR_OK);
    assert_int_equal(key_import(elsewhere, NULL, exported, "一句很长的口令", &err), ERR_OK);
    snprintf(key, sizeof key, "%s/keys/master.key", elsewhere);
    assert_int_equal(file_read(key, 1000, &text, &n, &err), ERR_OK);
    path_of("keys/master.key", key);
    assert_int_equal(file_read(key, 1000, &original, &original_n, &err), ERR_OK);
    assert_int_equal(n, original_n);
    assert_memory_equal(text, original, n);
    free(text);
    free(original);
    assert_int_equal(key_import(elsewhere, NULL, key, "一句很长的口令", &err), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_only_what_and_where_it_was_sealed, begin, end),
        cmocka_unit_test_setup_teardown(blind_indexes_are_keyed_and_apart, begin, end),
        cmocka_unit_test_setup_teardown(pins_are_the_same_on_replay, begin, end),
        cmocka_unit_test_setup_teardown(files_come_back_whole_or_not_at_all, begin, end),
        cmocka_unit_test_setup_teardown(orphans_are_swept, begin, end),
        cmocka_unit_test_setup_teardown(a_new_epoch_takes_over, begin, end),
        cmocka_unit_test_setup_teardown(another_cipher_takes_over, begin_sm4, end),
        cmocka_unit_test_setup_teardown(old_keys_stay_while_acts_may_use_them, begin, end),
        cmocka_unit_test_setup_teardown(without_its_key_it_does_not_open, begin, end),
        cmocka_unit_test_setup_teardown(the_exported_key_opens_by_its_passphrase, begin, end),
    };

    return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
