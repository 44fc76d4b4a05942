/* The master key's file, and its sealed copy for safekeeping. */
#include "store/vault_internal.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "store/files.h"

#define MASTER_HEAD "fangxin-master-key-1 "
#define EXPORT_HEAD "fangxin-key-export-1"
#define EXPORT_OPS 3
#define EXPORT_MEMORY ((size_t)64 << 20)
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define TEXT_MAX 4096

enum err_code master_path(const char *dir, const char *key_file, char *ret, size_t size,
                          struct err *err)
{
    int n = key_file != NULL ? snprintf(ret, size, "%s", key_file)
                             : snprintf(ret, size, "%s/keys/master.key", dir);

    return n < 0 || (size_t)n >= size ? err_set(err, ERR_INVALID, "path too long") : ERR_OK;
}

enum err_code master_read(const char *path, unsigned char ret[KEY_BYTES], struct err *err)
{
    CLEANUP(free_bytesp) unsigned char *text = NULL;
    const char *hex;
    struct stat st;
    size_t n = 0;
    bool good;

    if (stat(path, &st) != 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "no master key %s", path);
    TRY(file_read(path, TEXT_MAX, &text, &n, err));
    if (stat(path, &st) != 0 || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        sodium_memzero(text, n);
        return err_set(err, ERR_FORBIDDEN, "others may read the master key: chmod 600 %s", path);
    }
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        text[--n] = '\0';
    hex = (const char *)text + strlen(MASTER_HEAD);
    good = n >= strlen(MASTER_HEAD) + KEY_BYTES * 2 &&
           text_starts((const char *)text, MASTER_HEAD) && hex_decode(hex, ret, KEY_BYTES);
    sodium_memzero(text, n);
    return good ? ERR_OK : err_set(err, ERR_FORBIDDEN, "%s is not a master key", path);
}

/* The folder that holds the file; "." when the path names none. */
static void folder_of(const char *path, char ret[PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);

    if (slash == NULL)
        snprintf(ret, PATH_BYTES, ".");
    else
        snprintf(ret, PATH_BYTES, "%.*s", (int)(n == 0 ? 1 : n), path);
}

static enum err_code write_synced(const char *path, const char *text, size_t n, struct err *err)
{
    char folder[PATH_BYTES];

    TRY(file_write_new(path, S_IRUSR | S_IWUSR, true, text, n, err));
    folder_of(path, folder);
    return folder_sync(folder, err);
}

enum err_code master_write(const char *path, const unsigned char key[KEY_BYTES], struct err *err)
{
    char hex[KEY_BYTES * 2 + 1], text[TEXT_MAX];
    enum err_code rc;
    int n;

    hex_encode(key, KEY_BYTES, hex);
    n = snprintf(text, sizeof text, "%s%s\n", MASTER_HEAD, hex);
    rc = write_synced(path, text, (size_t)n, err);
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(text, sizeof text);
    return rc;
}

/* ---- the sealed copy ---- */

struct sealed_key {
    int64_t ops, memory;
    unsigned char salt[crypto_pwhash_SALTBYTES];
    unsigned char nonce[NONCE_BYTES];
    unsigned char sealed[KEY_BYTES + TAG_BYTES];
};

static enum err_code derive(const struct sealed_key *k, const char *passphrase,
                            unsigned char ret[KEY_BYTES], struct err *err)
{
    if (crypto_pwhash(ret, KEY_BYTES, passphrase, strlen(passphrase), k->salt,
                      (unsigned long long)k->ops, (size_t)k->memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, ERR_NO_MEMORY, "no memory to work the passphrase");
    return ERR_OK;
}

static enum err_code write_sealed(const struct sealed_key *k, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(TEXT_MAX);
    char hex[(KEY_BYTES + TAG_BYTES) * 2 + 1];

    buf_addf(&out, EXPORT_HEAD "\nkdf argon2id\nops %lld\nmemory %lld\n", (long long)k->ops,
             (long long)k->memory);
    hex_encode(k->salt, sizeof k->salt, hex);
    buf_addf(&out, "salt %s\n", hex);
    hex_encode(k->nonce, sizeof k->nonce, hex);
    buf_addf(&out, "nonce %s\n", hex);
    hex_encode(k->sealed, sizeof k->sealed, hex);
    buf_addf(&out, "key %s\n", hex);
    if (out.failed)
        return err_set(err, ERR_NO_MEMORY, "no memory for the key's text");
    return write_synced(path, out.data, out.len, err);
}

enum err_code key_export(struct store *store, const char *passphrase, const char *path,
                         struct err *err)
{
    struct sealed_key k = {.ops = EXPORT_OPS, .memory = (int64_t)EXPORT_MEMORY};
    unsigned char key[KEY_BYTES];
    enum err_code rc;

    if (strlen(passphrase) < 8)
        return err_set(err, ERR_INVALID, "the passphrase needs at least 8 characters");
    randombytes_buf(k.salt, sizeof k.salt);
    randombytes_buf(k.nonce, sizeof k.nonce);
    TRY(derive(&k, passphrase, key, err));
    crypto_aead_xchacha20poly1305_ietf_encrypt(k.sealed, NULL, store->vault->master, KEY_BYTES,
                                               (const unsigned char *)EXPORT_HEAD,
                                               strlen(EXPORT_HEAD), NULL, k.nonce, key);
    rc = write_sealed(&k, path, err);
    sodium_memzero(key, sizeof key);
    return rc;
}

/* "name value" of the line that begins with name; NULL when there is none. */
static const char *line_of(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = text; p != NULL && *p != '\0'; p = strchr(p, '\n'), p += p != NULL)
        if (strncmp(p, name, n) == 0 && p[n] == ' ')
            return p + n + 1;
    return NULL;
}

static bool number_line(const char *text, const char *name, int64_t most, int64_t *ret)
{
    const char *p = line_of(text, name);
    char digits[20];
    size_t n = p == NULL ? 0 : strcspn(p, "\r\n");

    if (n == 0 || n >= sizeof digits)
        return false;
    memcpy(digits, p, n);
    digits[n] = '\0';
    return text_int64(digits, ret) && *ret > 0 && *ret <= most;
}

static bool hex_line(const char *text, const char *name, unsigned char *ret, size_t n)
{
    const char *p = line_of(text, name);
    char hex[(KEY_BYTES + TAG_BYTES) * 2 + 1];

    if (p == NULL || strcspn(p, "\r\n") != n * 2 || n * 2 >= sizeof hex)
        return false;
    memcpy(hex, p, n * 2);
    hex[n * 2] = '\0';
    return hex_decode(hex, ret, n);
}

static enum err_code read_sealed(const char *path, struct sealed_key *ret, struct err *err)
{
    CLEANUP(free_bytesp) unsigned char *bytes = NULL;
    const char *text;
    size_t n;

    TRY(file_read(path, TEXT_MAX, &bytes, &n, err));
    text = (const char *)bytes;
    if (!text_starts(text, EXPORT_HEAD) || !number_line(text, "ops", 100, &ret->ops) ||
        !number_line(text, "memory", INT64_C(4) << 30, &ret->memory) ||
        !hex_line(text, "salt", ret->salt, sizeof ret->salt) ||
        !hex_line(text, "nonce", ret->nonce, sizeof ret->nonce) ||
        !hex_line(text, "key", ret->sealed, sizeof ret->sealed))
        return err_set(err, ERR_INVALID, "%s is not an exported key", path);
    return ERR_OK;
}

/* Puts the key where it belongs; the same one may be there already. */
static enum err_code put_master(const char *dir, const char *key_file,
                                const unsigned char key[KEY_BYTES], struct err *err)
{
    char path[PATH_BYTES], keys[PATH_BYTES];
    unsigned char there[KEY_BYTES];
    bool same;

    TRY(master_path(dir, key_file, path, sizeof path, err));
    if (key_file == NULL) {
        TRY(path_join(dir, "keys", keys, err));
        TRY(folder_make(keys, S_IRWXU, err));
        TRY(folder_sync(dir, err));
    }
    if (!file_exists(path))
        return master_write(path, key, err);
    TRY(master_read(path, there, err));
    same = sodium_memcmp(there, key, KEY_BYTES) == 0;
    sodium_memzero(there, sizeof there);
    return same ? ERR_OK : err_set(err, ERR_CONFLICT, "another master key is in %s", path);
}

enum err_code key_import(const char *dir, const char *key_file, const char *exported_path,
                         const char *passphrase, struct err *err)
{
    struct sealed_key k = {.ops = 0};
    unsigned char key[KEY_BYTES], master[KEY_BYTES];
    enum err_code rc;
    int opened;

    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "libsodium does not start");
    TRY(read_sealed(exported_path, &k, err));
    TRY(derive(&k, passphrase, key, err));
    opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        master, NULL, NULL, k.sealed, sizeof k.sealed, (const unsigned char *)EXPORT_HEAD,
        strlen(EXPORT_HEAD), k.nonce, key);
    sodium_memzero(key, sizeof key);
    if (opened != 0)
        return err_set(err, ERR_FORBIDDEN, "the passphrase does not open %s", exported_path);
    rc = put_master(dir, key_file, master, err);
    sodium_memzero(master, sizeof master);
    return rc;
}
