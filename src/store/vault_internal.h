/* The vault's inside: keys in memory. Private to the store. */
#ifndef FANGXIN_STORE_VAULT_INTERNAL_H
#define FANGXIN_STORE_VAULT_INTERNAL_H

#include <pthread.h>

#include "store/cipher.h"
#include "store/store_internal.h"

#define KEY_BYTES CIPHER_KEY
#define EPOCHS_MAX 64
#define SEAL_HEAD (1 + 4)

struct data_key {
    uint32_t epoch;
    int64_t created_at;
    enum cipher cipher;
    unsigned char bytes[KEY_BYTES];
};

struct vault {
    pthread_rwlock_t lock;                             /* of keys and n_keys */
    struct data_key keys[KEY_CLASS_COUNT][EPOCHS_MAX]; /* ascending by epoch */
    size_t n_keys[KEY_CLASS_COUNT];
    unsigned char master[KEY_BYTES];
    /* These do not rotate: derived from the root "fixed". */
    unsigned char blind_consumer[KEY_BYTES], blind_reporter[KEY_BYTES];
    unsigned char pin[KEY_BYTES], number[KEY_BYTES], mac[KEY_BYTES];

    pthread_mutex_t reseal_lock;
    struct reseal_at { /* where the re-sealing job stands; begins anew with each process */
        int table;
        int64_t id;
        char column[64];
        int64_t left; /* -1: not counted */
    } reseal;
};

extern const char *const key_class_names[KEY_CLASS_COUNT];

/* ---- master.c ---- */

/* DIR/keys/master.key, or the file given. */
enum err_code master_path(const char *dir, const char *key_file, char *ret, size_t size,
                          struct err *err) MUST_CHECK;
/* @return ERR_NOT_FOUND when there is no file, ERR_FORBIDDEN when others may read it. */
enum err_code master_read(const char *path, unsigned char ret[KEY_BYTES],
                          struct err *err) MUST_CHECK;
/* Writes the file 0600 and syncs it and its folder. */
enum err_code master_write(const char *path, const unsigned char key[KEY_BYTES],
                           struct err *err) MUST_CHECK;

/* ---- vault.c ---- */

/* Reads or, in a store that is new, makes the keys. @return ERR_FORBIDDEN when the master key is
 * missing or another one. @p cipher of the first keys, NULL for the usual one. */
enum err_code vault_start(struct store *store, bool create, const char *cipher,
                          struct err *err) MUST_CHECK;
void vault_stop(struct vault *vault);
/* A copy of the data key of that epoch, 0: the newest. False when there is none. */
bool vault_key(struct vault *vault, enum key_class cls, uint32_t epoch, struct data_key *ret);
uint32_t vault_newest(struct vault *vault, enum key_class cls);
void key_epoch_add(struct changes *ch, const struct vault *vault, const char *cls,
                   const struct data_key *key);
/* Unwraps key->bytes by the master key; epoch and created_at must be filled. */
bool key_epoch_opens(const struct vault *vault, const char *cls, struct data_key *key,
                     const unsigned char *wrapped, size_t n);
enum key_class text_class(const char *column); /* of table text: "text" or "report" */

/* ---- blob.c ---- */

enum err_code blob_reseal(struct op *op, const char *name, bool *ret_done) MUST_CHECK;
enum err_code blob_epoch(struct op *op, const char *name, uint32_t *ret) MUST_CHECK;

#endif
