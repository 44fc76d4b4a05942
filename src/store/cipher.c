/* XChaCha20-Poly1305, and which of the two ciphers is meant. SM4 is in cipher_sm.c. */
#include "store/cipher_internal.h"

#include <sodium.h>
#include <string.h>

static const struct {
    enum cipher cipher;
    const char *name;
    unsigned char file; /* first byte of a sealed file */
} ciphers[] = {{CIPHER_XCHACHA20, "xchacha20", 2}, {CIPHER_SM4, "sm4", 4}};
#define CIPHERS (sizeof ciphers / sizeof ciphers[0])

enum cipher cipher_find(const char *name)
{
    for (size_t i = 0; i < CIPHERS && name != NULL; i++)
        if (strcmp(ciphers[i].name, name) == 0)
            return ciphers[i].cipher;
    return name == NULL ? CIPHER_XCHACHA20 : CIPHER_NONE;
}

const char *cipher_name(enum cipher cipher)
{
    for (size_t i = 0; i < CIPHERS; i++)
        if (ciphers[i].cipher == cipher)
            return ciphers[i].name;
    return "none";
}

enum cipher cipher_of_value(unsigned char algorithm)
{
    for (size_t i = 0; i < CIPHERS; i++)
        if ((unsigned char)ciphers[i].cipher == algorithm)
            return ciphers[i].cipher;
    return CIPHER_NONE;
}

enum cipher cipher_of_file(unsigned char algorithm)
{
    for (size_t i = 0; i < CIPHERS; i++)
        if (ciphers[i].file == algorithm)
            return ciphers[i].cipher;
    return CIPHER_NONE;
}

unsigned char cipher_file_byte(enum cipher cipher)
{
    return cipher == CIPHER_SM4 ? ciphers[1].file : ciphers[0].file;
}

enum err_code cipher_start(struct err *err)
{
    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "libsodium does not start");
    return sm_start(err);
}

void cipher_seal(enum cipher cipher, const unsigned char key[CIPHER_KEY],
                 const unsigned char nonce[CIPHER_NONCE], const void *ad, size_t ad_n,
                 const void *plain, size_t n, unsigned char *out)
{
    if (cipher == CIPHER_SM4)
        sm_seal(key, nonce, ad, ad_n, plain, n, out);
    else
        crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain, n, ad, ad_n, NULL, nonce, key);
}

bool cipher_open(enum cipher cipher, const unsigned char key[CIPHER_KEY],
                 const unsigned char nonce[CIPHER_NONCE], const void *ad, size_t ad_n,
                 const unsigned char *sealed, size_t n, unsigned char *out)
{
    if (n < CIPHER_TAG)
        return false;
    if (cipher == CIPHER_SM4)
        return sm_open(key, nonce, ad, ad_n, sealed, n, out);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed, n, ad, ad_n, nonce,
                                                      key) == 0;
}

/* ---- files ---- */

_Static_assert(STREAM_HEAD == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "head");
_Static_assert(STREAM_EXTRA == crypto_secretstream_xchacha20poly1305_ABYTES, "chunk");

size_t stream_size(size_t plain)
{
    size_t chunks = plain == 0 ? 1 : (plain + STREAM_CHUNK - 1) / STREAM_CHUNK;

    return STREAM_HEAD + plain + chunks * STREAM_EXTRA;
}

static void xchacha_stream_seal(const unsigned char key[CIPHER_KEY], const char *name,
                                size_t name_n, const unsigned char *plain, size_t n,
                                unsigned char *out)
{
    crypto_secretstream_xchacha20poly1305_state st;
    size_t at = 0;

    crypto_secretstream_xchacha20poly1305_init_push(&st, out, key);
    out += STREAM_HEAD;
    do {
        size_t part = n - at < STREAM_CHUNK ? n - at : STREAM_CHUNK;
        bool last = at + part == n;

        crypto_secretstream_xchacha20poly1305_push(
            &st, out, NULL, plain + at, part, at == 0 ? (const unsigned char *)name : NULL,
            at == 0 ? name_n : 0,
            last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                 : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
        out += part + STREAM_EXTRA;
        at += part;
    } while (at < n);
    sodium_memzero(&st, sizeof st);
}

static bool xchacha_stream_open(const unsigned char key[CIPHER_KEY], const char *name,
                                size_t name_n, const unsigned char *in, size_t n,
                                unsigned char *out, size_t *ret_n)
{
    crypto_secretstream_xchacha20poly1305_state st;
    size_t at = STREAM_HEAD, got = 0;
    unsigned char tag = 0;

    if (crypto_secretstream_xchacha20poly1305_init_pull(&st, in, key) != 0)
        return false;
    while (at < n && tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        size_t most = STREAM_CHUNK + STREAM_EXTRA;
        size_t part = n - at < most ? n - at : most;
        unsigned long long opened = 0;
        bool first = at == STREAM_HEAD;

        if (part < STREAM_EXTRA ||
            crypto_secretstream_xchacha20poly1305_pull(&st, out + got, &opened, &tag, in + at, part,
                                                       first ? (const unsigned char *)name : NULL,
                                                       first ? name_n : 0) != 0)
            return false;
        got += (size_t)opened;
        at += part;
    }
    sodium_memzero(&st, sizeof st);
    *ret_n = got;
    return at == n && tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
}

void stream_seal(enum cipher cipher, const unsigned char key[CIPHER_KEY], const char *name,
                 size_t name_n, const unsigned char *plain, size_t n, unsigned char *out)
{
    if (cipher == CIPHER_SM4)
        sm_stream_seal(key, name, name_n, plain, n, out);
    else
        xchacha_stream_seal(key, name, name_n, plain, n, out);
}

bool stream_open(enum cipher cipher, const unsigned char key[CIPHER_KEY], const char *name,
                 size_t name_n, const unsigned char *in, size_t n, unsigned char *out,
                 size_t *ret_n)
{
    if (n < STREAM_HEAD + STREAM_EXTRA)
        return false;
    if (cipher == CIPHER_SM4)
        return sm_stream_open(key, name, name_n, in, n, out, ret_n);
    return xchacha_stream_open(key, name, name_n, in, n, out, ret_n);
}
