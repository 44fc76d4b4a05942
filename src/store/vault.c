/* Sealing and keyed hashes. */
#include "store/vault_internal.h"

#include <sodium.h>

#include "base/buf.h"
#include "base/text.h"
#include "sql/sql_queries.h"
#include "store/files.h"

#define NONCE_BYTES CIPHER_NONCE
#define TAG_BYTES CIPHER_TAG
#define WRAPPED_BYTES (1 + NONCE_BYTES + KEY_BYTES + TAG_BYTES)
#define PLACE_MAX 512
#define FIXED "fixed"

const char *const key_class_names[KEY_CLASS_COUNT] = {
    [KEY_CONSUMER] = "consumer", [KEY_REPORTER] = "reporter", [KEY_TEXT] = "text",
    [KEY_REPORT] = "report",     [KEY_FILE] = "file",
};

enum key_class text_class(const char *column)
{
    return column != NULL && strcmp(column, "report") == 0 ? KEY_REPORT : KEY_TEXT;
}

/* ---- key epochs in the database ---- */

static int wrap_place(char ret[PLACE_MAX], const char *cls, const struct data_key *key)
{
    return snprintf(ret, PLACE_MAX, "key|%s|%u|%lld", cls, key->epoch, (long long)key->created_at);
}

void key_epoch_add(struct changes *ch, const struct vault *vault, const char *cls,
                   const struct data_key *key)
{
    unsigned char wrapped[WRAPPED_BYTES] = {(unsigned char)key->cipher};
    char place[PLACE_MAX];
    int n = wrap_place(place, cls, key);

    randombytes_buf(wrapped + 1, NONCE_BYTES);
    cipher_seal(key->cipher, vault->master, wrapped + 1, place, (size_t)n, key->bytes, KEY_BYTES,
                wrapped + 1 + NONCE_BYTES);
    changes_row(ch, SQL_key_epoch_insert, 1, ERR_CONFLICT);
    changes_text(ch, cls);
    changes_int(ch, key->epoch);
    changes_int(ch, key->created_at);
    changes_blob(ch, wrapped, sizeof wrapped);
}

bool key_epoch_opens(const struct vault *vault, const char *cls, struct data_key *key,
                     const unsigned char *wrapped, size_t n)
{
    char place[PLACE_MAX];
    int length = wrap_place(place, cls, key);

    if (wrapped == NULL || n != WRAPPED_BYTES)
        return false;
    key->cipher = cipher_of_value(wrapped[0]);
    return key->cipher != CIPHER_NONE &&
           cipher_open(key->cipher, vault->master, wrapped + 1, place, (size_t)length,
                       wrapped + 1 + NONCE_BYTES, KEY_BYTES + TAG_BYTES, key->bytes);
}

static void subkey(const unsigned char root[KEY_BYTES], const char *name,
                   unsigned char ret[KEY_BYTES])
{
    crypto_generichash(ret, KEY_BYTES, (const unsigned char *)name, strlen(name), root, KEY_BYTES);
}

static void derive_fixed(struct vault *v, const unsigned char root[KEY_BYTES])
{
    subkey(root, "blind consumer", v->blind_consumer);
    subkey(root, "blind reporter", v->blind_reporter);
    subkey(root, "pin", v->pin);
    subkey(root, "number", v->number);
    subkey(root, "row checksum", v->mac);
}

static enum err_code put_key(struct vault *v, const char *cls, const struct data_key *key,
                             bool *ret_fixed, struct err *err)
{
    if (strcmp(cls, FIXED) == 0) {
        derive_fixed(v, key->bytes);
        *ret_fixed = true;
        return ERR_OK;
    }
    for (int c = 0; c < KEY_CLASS_COUNT; c++) {
        if (strcmp(cls, key_class_names[c]) != 0)
            continue;
        if (v->n_keys[c] == EPOCHS_MAX)
            return err_set(err, ERR_CORRUPT, "too many key epochs of class %s", cls);
        v->keys[c][v->n_keys[c]++] = *key;
        return ERR_OK;
    }
    return err_set(err, ERR_CORRUPT, "key class %.40s is not known", cls);
}

static enum err_code load_rows(struct op *op, struct vault *v)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row, fixed = false;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_key_epoch_all, &s));
    for (;;) {
        struct data_key key = {.epoch = 0};
        const unsigned char *wrapped;
        const char *cls;
        size_t n;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        cls = stmt_text(s, 0) == NULL ? "" : stmt_text(s, 0);
        key.epoch = (uint32_t)stmt_int64(s, 1);
        key.created_at = stmt_int64(s, 2);
        wrapped = stmt_blob(s, 3, &n);
        if (!key_epoch_opens(v, cls, &key, wrapped, n))
            return err_set(&op->err, ERR_FORBIDDEN,
                           "the master key is another one, or key_epoch (%.20s, %u) was altered",
                           cls, key.epoch);
        TRY(put_key(v, cls, &key, &fixed, &op->err));
        sodium_memzero(&key, sizeof key);
    }
    for (int c = 0; c < KEY_CLASS_COUNT; c++)
        fixed = fixed && v->n_keys[c] > 0;
    return fixed ? ERR_OK : err_set(&op->err, ERR_CORRUPT, "key_epoch misses a class");
}

/* A store that is new: random keys, and the empty ledger, in one change set. */
static enum err_code make_keys(struct op *op, struct vault *v, enum cipher cipher)
{
    static const unsigned char zero[HASH_BYTES];
    unsigned char mac[BLIND_BYTES];
    struct data_key key = {.epoch = 1, .created_at = op->now_ms, .cipher = cipher};
    struct changes *ch = changes_new(op);

    randombytes_buf(key.bytes, KEY_BYTES);
    derive_fixed(v, key.bytes);
    key_epoch_add(ch, v, FIXED, &key);
    for (int c = 0; c < KEY_CLASS_COUNT; c++) {
        randombytes_buf(key.bytes, KEY_BYTES);
        key_epoch_add(ch, v, key_class_names[c], &key);
        v->keys[c][0] = key;
        v->n_keys[c] = 1;
    }
    sodium_memzero(&key, sizeof key);
    ledger_mac(op->store, 0, 0, zero, mac);
    changes_row(ch, SQL_ledger_insert, 1, ERR_CONFLICT);
    changes_int(ch, 1);
    changes_int(ch, 0);
    changes_int(ch, 0);
    changes_blob(ch, zero, HASH_BYTES);
    changes_blob(ch, mac, sizeof mac);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code start_with(struct op *op, struct vault *v, bool create, enum cipher cipher)
{
    struct store *store = op->store;
    bool fresh = engine_is_new(store->engine);
    char path[PATH_BYTES];
    enum err_code rc;

    if (fresh && !create)
        return err_set(&op->err, ERR_NOT_FOUND, "%s was never set up to its end", store->dir);
    TRY(master_path(store->dir, store->key_file, path, sizeof path, &op->err));
    rc = master_read(path, v->master, &op->err);
    if (rc == ERR_NOT_FOUND && fresh) {
        randombytes_buf(v->master, KEY_BYTES);
        rc = master_write(path, v->master, &op->err);
    } else if (rc == ERR_NOT_FOUND) {
        rc = err_set(&op->err, ERR_FORBIDDEN,
                     "the master key %s is missing; bring it back by key import", path);
    }
    TRY(rc);
    return fresh ? make_keys(op, v, cipher) : load_rows(op, v);
}

enum err_code vault_start(struct store *store, bool create, const char *cipher, struct err *err)
{
    struct op op = {.store = store, .now_ms = instant_now_ms()};
    struct vault *v = calloc(1, sizeof *v);
    enum err_code rc = ERR_OK;

    if (cipher_find(cipher) == CIPHER_NONE)
        rc = err_set(err, ERR_INVALID, "there is no cipher %s: xchacha20 or sm4", cipher);
    if (rc != ERR_OK) {
        free(v);
        return rc;
    }
    op.arena = arena_new((size_t)1 << 20);
    if (v == NULL || op.arena == NULL) {
        free(v);
        arena_free(op.arena);
        return err_set(err, ERR_NO_MEMORY, "no memory for the vault");
    }
    sodium_mlock(v, sizeof *v); /* best effort: keys stay out of swap */
    pthread_rwlock_init(&v->lock, NULL);
    pthread_mutex_init(&v->reseal_lock, NULL);
    v->reseal.left = -1;
    store->vault = v;
    rc = start_with(&op, v, create, cipher_find(cipher));
    if (rc != ERR_OK && err != NULL)
        *err = op.err;
    arena_free(op.arena);
    return rc;
}

void vault_stop(struct vault *v)
{
    if (v == NULL)
        return;
    pthread_rwlock_destroy(&v->lock);
    pthread_mutex_destroy(&v->reseal_lock);
    sodium_munlock(v, sizeof *v); /* zeroes it too */
    free(v);
}

bool vault_key(struct vault *v, enum key_class cls, uint32_t epoch, struct data_key *ret)
{
    bool found = false;

    pthread_rwlock_rdlock(&v->lock);
    for (size_t i = v->n_keys[cls]; i-- > 0 && !found;) {
        found = epoch == 0 || v->keys[cls][i].epoch == epoch;
        if (found)
            *ret = v->keys[cls][i];
    }
    pthread_rwlock_unlock(&v->lock);
    return found;
}

uint32_t vault_newest(struct vault *v, enum key_class cls)
{
    uint32_t epoch;

    pthread_rwlock_rdlock(&v->lock);
    epoch = v->keys[cls][v->n_keys[cls] - 1].epoch;
    pthread_rwlock_unlock(&v->lock);
    return epoch;
}

/* ---- sealing ---- */

char *vault_place(struct op *op, const char *table, int64_t id, const char *column)
{
    return arena_printf(op->arena, "%s|%lld|%s", table, (long long)id, column);
}

static enum err_code bound_to(struct op *op, enum key_class cls, const char *place,
                              char ret[PLACE_MAX], size_t *ret_n)
{
    int n = place == NULL ? -1 : snprintf(ret, PLACE_MAX, "%s|%s", key_class_names[cls], place);

    if (n < 0 || n >= PLACE_MAX)
        return err_set(&op->err, ERR_INTERNAL, "no place, or one too long, to seal for");
    *ret_n = (size_t)n;
    return ERR_OK;
}

enum err_code vault_seal(struct op *op, enum key_class cls, const char *place, const void *plain,
                         size_t n, unsigned char **ret, size_t *ret_size)
{
    size_t size = SEAL_HEAD + NONCE_BYTES + n + TAG_BYTES, ad_n;
    char ad[PLACE_MAX];
    struct data_key key;
    unsigned char *out;

    TRY(bound_to(op, cls, place, ad, &ad_n));
    out = arena_alloc(op->arena, size);
    if (out == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory to seal %zu bytes", n);
    if (!vault_key(op->store->vault, cls, 0, &key))
        return err_set(&op->err, ERR_INTERNAL, "no key of class %s", key_class_names[cls]);
    out[0] = (unsigned char)key.cipher;
    for (int i = 0; i < 4; i++)
        out[1 + i] = (unsigned char)(key.epoch >> (8 * i));
    randombytes_buf(out + SEAL_HEAD, NONCE_BYTES);
    cipher_seal(key.cipher, key.bytes, out + SEAL_HEAD, ad, ad_n, plain, n,
                out + SEAL_HEAD + NONCE_BYTES);
    sodium_memzero(&key, sizeof key);
    *ret = out;
    *ret_size = size;
    return ERR_OK;
}

uint32_t vault_epoch_of(const void *sealed, size_t n)
{
    const unsigned char *p = sealed;
    uint32_t epoch = 0;

    if (p == NULL || n < SEAL_HEAD || cipher_of_value(p[0]) == CIPHER_NONE)
        return 0;
    for (int i = 0; i < 4; i++)
        epoch |= (uint32_t)p[1 + i] << (8 * i);
    return epoch;
}

enum err_code vault_open(struct op *op, enum key_class cls, const char *place, const void *sealed,
                         size_t n, char **ret, size_t *ret_size)
{
    const unsigned char *p = sealed;
    uint32_t epoch = vault_epoch_of(sealed, n);
    char ad[PLACE_MAX], *out;
    struct data_key key;
    size_t ad_n = 0;
    bool opened;

    TRY(bound_to(op, cls, place, ad, &ad_n));
    if (epoch == 0 || n < SEAL_HEAD + NONCE_BYTES + TAG_BYTES ||
        !vault_key(op->store->vault, cls, epoch, &key) || key.cipher != cipher_of_value(p[0]))
        return err_set(&op->err, ERR_CORRUPT, "%s: not sealed by a key that is here", place);
    n -= SEAL_HEAD + NONCE_BYTES + TAG_BYTES;
    out = arena_alloc(op->arena, n + 1);
    if (out == NULL) {
        sodium_memzero(&key, sizeof key);
        return err_set(&op->err, ERR_NO_MEMORY, "no memory to open %zu bytes", n);
    }
    opened = cipher_open(key.cipher, key.bytes, p + SEAL_HEAD, ad, ad_n,
                         p + SEAL_HEAD + NONCE_BYTES, n + TAG_BYTES, (unsigned char *)out);
    sodium_memzero(&key, sizeof key);
    if (!opened)
        return err_set(&op->err, ERR_CORRUPT, "%s: the sealed value does not open", place);
    *ret = out;
    *ret_size = n;
    return ERR_OK;
}

/* ---- keyed hashes ---- */

void vault_blind(struct op *op, enum key_class cls, const char *what, const char *value,
                 unsigned char ret[BLIND_BYTES])
{
    const struct vault *v = op->store->vault;
    crypto_generichash_state st;

    crypto_generichash_init(&st, cls == KEY_REPORTER ? v->blind_reporter : v->blind_consumer,
                            KEY_BYTES, BLIND_BYTES);
    crypto_generichash_update(&st, (const unsigned char *)what, strlen(what) + 1);
    crypto_generichash_update(&st, (const unsigned char *)value, strlen(value));
    crypto_generichash_final(&st, ret, BLIND_BYTES);
}

void vault_salt(unsigned char ret[SALT_BYTES])
{
    randombytes_buf(ret, SALT_BYTES);
}

void vault_commitment(const unsigned char salt[SALT_BYTES], const void *content, size_t n,
                      unsigned char ret[HASH_BYTES])
{
    crypto_generichash_state st;

    crypto_generichash_init(&st, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&st, salt, SALT_BYTES);
    crypto_generichash_update(&st, content, n);
    crypto_generichash_final(&st, ret, HASH_BYTES);
}

/* Base32 of the first bits of a hash: no I, L, O, U. */
static void base32(const unsigned char *bytes, int n_bytes, char *ret)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    for (int at = 0; at < n_bytes; at += 5) {
        uint64_t bits = 0;

        for (int i = 0; i < 5; i++)
            bits = bits << 8 | bytes[at + i];
        for (int i = 0; i < 8; i++)
            *ret++ = alphabet[(bits >> (5 * (7 - i))) & 31];
    }
    *ret = '\0';
}

/* @p whose  0 for matters, whose PINs are as they always were */
static void code_hash(struct op *op, unsigned char whose, int64_t id, int64_t generation,
                      unsigned char ret[16])
{
    unsigned char input[17];

    for (int i = 0; i < 8; i++) {
        input[i] = (unsigned char)((uint64_t)id >> (8 * i));
        input[8 + i] = (unsigned char)((uint64_t)generation >> (8 * i));
    }
    input[16] = whose;
    crypto_generichash(ret, 16, input, whose == 0 ? 16 : 17, op->store->vault->pin, KEY_BYTES);
}

void vault_pin(struct op *op, int64_t matter_id, int64_t generation, char ret[PIN_TEXT])
{
    unsigned char hash[16];

    code_hash(op, 0, matter_id, generation, hash);
    base32(hash, 5, ret);
}

void vault_login_code(struct op *op, int64_t business_id, int64_t generation,
                      char ret[LOGIN_CODE_TEXT])
{
    unsigned char hash[16];

    code_hash(op, 'b', business_id, generation, hash);
    base32(hash, 10, ret);
}

const unsigned char *vault_number_key(const struct store *store)
{
    return store->vault->number;
}

void vault_mac(struct op *op, const char *table, const void *bytes, size_t n,
               unsigned char ret[BLIND_BYTES])
{
    crypto_generichash_state st;

    crypto_generichash_init(&st, op->store->vault->mac, KEY_BYTES, BLIND_BYTES);
    crypto_generichash_update(&st, (const unsigned char *)table, strlen(table) + 1);
    crypto_generichash_update(&st, bytes, n);
    crypto_generichash_final(&st, ret, BLIND_BYTES);
}

void ledger_mac(const struct store *store, int64_t events, int64_t last,
                const unsigned char digest[HASH_BYTES], unsigned char ret[BLIND_BYTES])
{
    struct op op = {.store = (struct store *)(uintptr_t)store};
    unsigned char input[16 + HASH_BYTES];

    for (int i = 0; i < 8; i++) {
        input[i] = (unsigned char)((uint64_t)events >> (8 * i));
        input[8 + i] = (unsigned char)((uint64_t)last >> (8 * i));
    }
    memcpy(input + 16, digest, HASH_BYTES);
    vault_mac(&op, "ledger", input, sizeof input, ret);
}
