/* The vault: what may not lie open. Persons, texts and files are sealed with data keys; data keys
 * (one per class and epoch) are random, wrapped by the master key, and kept in the database; the
 * master key lives outside database and backup (DIR/keys/master.key, 0600, or --key-file).
 *
 * A sealed value: algorithm (1 byte), epoch (4 bytes, little endian), nonce (24), ciphertext and
 * tag of XChaCha20-Poly1305 or SM4-GCM (cipher.h). Associated data is "class|place", the place
 * being table, logical id and column, so that a value moved elsewhere does not open.
 *
 * Places that verify and re-sealing know (vault_place makes them):
 *   text      "text|<matter id>|<version>"    KEY_REPORT when the row's class is "report", else
 *                                             KEY_TEXT
 *   person    "person|<matter id>|<role>"     KEY_CONSUMER
 *   reporter  "reporter|<matter id>|reporter" KEY_REPORTER
 * The event (kind "matter", that matter and version) holds the row's commitment as lower-case
 * hexadecimal somewhere in its body; verify looks for it there.
 *
 * Keys that do not rotate: those of blind indexes, PINs, numbers and row checksums come from one
 * random root, kept wrapped in key_epoch as class "fixed", so that they never change. */
#ifndef FANGXIN_STORE_VAULT_H
#define FANGXIN_STORE_VAULT_H

#include "base/buf.h"
#include "store/changes.h"

enum key_class {
    KEY_CONSUMER, /* consumers and proxies of complaints and enquiries */
    KEY_REPORTER, /* reporters; nothing else opens with it */
    KEY_TEXT,     /* facts, demands, reasons, notes of complaints and enquiries */
    KEY_REPORT,   /* the same of reports */
    KEY_FILE,
    KEY_CLASS_COUNT
};

/* "table|id|column" in op->arena; @p column may be a number's text. NULL when out of memory, which
 * vault_seal and vault_open report. */
char *vault_place(struct op *op, const char *table, int64_t id, const char *column);

/* @p place e.g. "person|86704128001|consumer". Result in op->arena. */
enum err_code vault_seal(struct op *op, enum key_class cls, const char *place, const void *plain,
                         size_t n, unsigned char **ret, size_t *ret_size) MUST_CHECK;
/* @return ERR_CORRUPT when it does not open; the plain text ends in NUL for convenience. */
enum err_code vault_open(struct op *op, enum key_class cls, const char *place, const void *sealed,
                         size_t n, char **ret, size_t *ret_size) MUST_CHECK;
uint32_t vault_epoch_of(const void *sealed, size_t n);

/* Keyed index for exact look-up of a phone or identity number; KEY_CONSUMER and KEY_REPORTER have
 * keys of their own, so the two never meet. @p what: "phone", "id", "name". */
#define BLIND_BYTES 16
void vault_blind(struct op *op, enum key_class cls, const char *what, const char *value,
                 unsigned char ret[BLIND_BYTES]);

/* Salted commitment that an event keeps of erasable content: BLAKE2b-256(salt, content). */
#define SALT_BYTES 16
void vault_salt(unsigned char ret[SALT_BYTES]);
void vault_commitment(const unsigned char salt[SALT_BYTES], const void *content, size_t n,
                      unsigned char ret[HASH_BYTES]);

/* The PIN of a matter: eight base32 characters of a keyed hash; never stored. */
#define PIN_TEXT 9
void vault_pin(struct op *op, int64_t matter_id, int64_t generation, char ret[PIN_TEXT]);
/* The login code of a business: sixteen characters of the same kind, for it opens more. */
#define LOGIN_CODE_TEXT 17
void vault_login_code(struct op *op, int64_t business_id, int64_t generation,
                      char ret[LOGIN_CODE_TEXT]);
/* Key for printed numbers (rules/number.h). */
const unsigned char *vault_number_key(const struct store *store); /* 32 bytes */
/* Keyed checksum for rows that are neither sealed nor folded from events. */
void vault_mac(struct op *op, const char *table, const void *bytes, size_t n,
               unsigned char ret[BLIND_BYTES]);

/* ---- keys ---- */

/* Writes the master key sealed under a passphrase (argon2id + XChaCha20-Poly1305, text form). */
enum err_code key_export(struct store *store, const char *passphrase, const char *path,
                         struct err *err) MUST_CHECK;
/* Puts an exported key into DIR/keys/master.key (or @p key_file) of a restored folder. */
enum err_code key_import(const char *dir, const char *key_file, const char *exported_path,
                         const char *passphrase, struct err *err) MUST_CHECK;
/* Begins a new epoch for every class; rows are re-sealed by the job below. @p cipher "xchacha20",
 * "sm4", or NULL to stay with the newest keys' own; ERR_INVALID for another name. */
enum err_code key_rotate(struct op *op, const char *cipher) MUST_CHECK;
/* Re-seals up to @p limit rows of older epochs; *ret_left counts what remains. When none remains
 * of an epoch its wrapped key is deleted. */
enum err_code key_reseal(struct op *op, int limit, int64_t *ret_left) MUST_CHECK;

struct key_report {
    uint32_t epoch[KEY_CLASS_COUNT];     /* the newest */
    int64_t older[KEY_CLASS_COUNT];      /* sealed values of older epochs */
    int64_t unreadable;                  /* values that do not open */
    const char *cipher[KEY_CLASS_COUNT]; /* of the newest key */
};
enum err_code key_check(struct op *op, struct key_report *ret) MUST_CHECK;

/* ---- files ---- */

struct blob {
    char name[33];                    /* random, hexadecimal */
    int64_t size;                     /* plain bytes */
    unsigned char sha256[HASH_BYTES]; /* of the plain bytes; goes into the event only */
};
/* Seals the bytes (secretstream) under a random name, syncs file and folder. The caller adds the
 * row that makes it known (SQL_blob_insert) to its change set; a file without a row is swept. */
enum err_code blob_put(struct op *op, const void *bytes, size_t n, struct blob *ret) MUST_CHECK;
enum err_code blob_get(struct op *op, const char *name, unsigned char **ret,
                       size_t *ret_size) MUST_CHECK;
/* The same behind what a buffer holds. ERR_TOO_LARGE beyond its maximum. */
enum err_code blob_read(struct op *op, const char *name, struct buf *out) MUST_CHECK;
/* Deletes files that no row names and that are older than an hour: of the next of the folders that
 * sealed files lie in, with the first those in the database. */
#define BLOB_FOLDERS 256
enum err_code blob_sweep(struct op *op, int *ret_swept) MUST_CHECK;

#endif
