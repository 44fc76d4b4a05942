/* SM4-GCM and SM3 by libgcrypt.
 *
 * A value: key = HMAC-SM3(data key, nonce) cut to 16 bytes, initial vector zero.
 * A file: key likewise from the file's head; chunk i is its end mark (one byte, open), the
 * ciphertext and the tag; its initial vector holds i and the mark, so chunks cannot change places
 * and the last one cannot be left off. */
#include "store/cipher_internal.h"

#include <gcrypt.h>
#include <sodium.h>
#include <string.h>

#define SM4_KEY 16
#define GCM_IV 12

enum err_code sm_start(struct err *err)
{
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return ERR_OK;
    if (gcry_check_version(GCRYPT_VERSION) == NULL)
        return err_set(err, ERR_INTERNAL, "libgcrypt is older than %s", GCRYPT_VERSION);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    if (gcry_cipher_test_algo(GCRY_CIPHER_SM4) != 0 || gcry_md_test_algo(GCRY_MD_SM3) != 0)
        return err_set(err, ERR_INTERNAL, "libgcrypt was built without SM3 or SM4");
    return ERR_OK;
}

void sm3(const void *bytes, size_t n, unsigned char ret[SM3_BYTES])
{
    gcry_md_hash_buffer(GCRY_MD_SM3, ret, bytes, n);
}

void sm3_hmac(const void *key, size_t key_n, const void *bytes, size_t n,
              unsigned char ret[SM3_BYTES])
{
    const gcry_buffer_t parts[2] = {
        {.len = key_n, .data = (void *)(uintptr_t)key},
        {.len = n, .data = (void *)(uintptr_t)bytes},
    };

    if (gcry_md_hash_buffers(GCRY_MD_SM3, GCRY_MD_FLAG_HMAC, ret, parts, 2) != 0)
        memset(ret, 0, SM3_BYTES); /* only for a NULL buffer, which no caller gives */
}

bool sm4_gcm(bool sealing, const unsigned char key[16], const unsigned char iv[12], const void *ad,
             size_t ad_n, const unsigned char *in, size_t n, unsigned char *out,
             unsigned char tag[CIPHER_TAG])
{
    gcry_cipher_hd_t h;
    bool good;

    if (gcry_cipher_open(&h, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0) != 0)
        return false;
    good = gcry_cipher_setkey(h, key, SM4_KEY) == 0 && gcry_cipher_setiv(h, iv, GCM_IV) == 0 &&
           (ad_n == 0 || gcry_cipher_authenticate(h, ad, ad_n) == 0) && gcry_cipher_final(h) == 0;
    if (sealing)
        good = good && gcry_cipher_encrypt(h, out, n, in, n) == 0 &&
               gcry_cipher_gettag(h, tag, CIPHER_TAG) == 0;
    else
        good = good && gcry_cipher_decrypt(h, out, n, in, n) == 0 &&
               gcry_cipher_checktag(h, tag, CIPHER_TAG) == 0;
    gcry_cipher_close(h);
    return good;
}

static void value_key(const unsigned char key[CIPHER_KEY], const unsigned char nonce[CIPHER_NONCE],
                      unsigned char ret[SM3_BYTES])
{
    sm3_hmac(key, CIPHER_KEY, nonce, CIPHER_NONCE, ret);
}

void sm_seal(const unsigned char key[CIPHER_KEY], const unsigned char nonce[CIPHER_NONCE],
             const void *ad, size_t ad_n, const void *plain, size_t n, unsigned char *out)
{
    static const unsigned char iv[GCM_IV];
    unsigned char own[SM3_BYTES];

    value_key(key, nonce, own);
    if (!sm4_gcm(true, own, iv, ad, ad_n, plain, n, out, out + n))
        memset(out, 0, n + CIPHER_TAG); /* without memory: never open text, and it will not open */
    sodium_memzero(own, sizeof own);
}

bool sm_open(const unsigned char key[CIPHER_KEY], const unsigned char nonce[CIPHER_NONCE],
             const void *ad, size_t ad_n, const unsigned char *sealed, size_t n, unsigned char *out)
{
    static const unsigned char iv[GCM_IV];
    unsigned char own[SM3_BYTES], tag[CIPHER_TAG];
    bool good;

    n -= CIPHER_TAG;
    memcpy(tag, sealed + n, sizeof tag);
    value_key(key, nonce, own);
    good = sm4_gcm(false, own, iv, ad, ad_n, sealed, n, out, tag);
    sodium_memzero(own, sizeof own);
    if (!good)
        sodium_memzero(out, n);
    return good;
}

/* ---- files ---- */

static void chunk_iv(uint32_t i, unsigned char last, unsigned char ret[GCM_IV])
{
    memset(ret, 0, GCM_IV);
    for (int b = 0; b < 4; b++)
        ret[b] = (unsigned char)(i >> (8 * b));
    ret[GCM_IV - 1] = last;
}

void sm_stream_seal(const unsigned char key[CIPHER_KEY], const char *name, size_t name_n,
                    const unsigned char *plain, size_t n, unsigned char *out)
{
    unsigned char own[SM3_BYTES], iv[GCM_IV];
    uint32_t i = 0;
    size_t at = 0;

    randombytes_buf(out, STREAM_HEAD);
    value_key(key, out, own);
    out += STREAM_HEAD;
    do {
        size_t part = n - at < STREAM_CHUNK ? n - at : STREAM_CHUNK;

        out[0] = at + part == n;
        chunk_iv(i, out[0], iv);
        if (!sm4_gcm(true, own, iv, i == 0 ? name : NULL, i == 0 ? name_n : 0, plain + at, part,
                     out + 1, out + 1 + part))
            memset(out, 0, part + STREAM_EXTRA);
        out += part + STREAM_EXTRA;
        at += part;
        i++;
    } while (at < n);
    sodium_memzero(own, sizeof own);
}

bool sm_stream_open(const unsigned char key[CIPHER_KEY], const char *name, size_t name_n,
                    const unsigned char *in, size_t n, unsigned char *out, size_t *ret_n)
{
    unsigned char own[SM3_BYTES], iv[GCM_IV], tag[CIPHER_TAG];
    size_t at = STREAM_HEAD, got = 0;
    bool good = true, last = false;

    value_key(key, in, own);
    for (uint32_t i = 0; good && at < n && !last; i++) {
        size_t most = STREAM_CHUNK + STREAM_EXTRA, part = n - at < most ? n - at : most, size;

        good = part >= STREAM_EXTRA && in[at] <= 1;
        if (!good)
            break;
        size = part - STREAM_EXTRA;
        last = in[at] == 1;
        chunk_iv(i, in[at], iv);
        memcpy(tag, in + at + 1 + size, sizeof tag);
        good = sm4_gcm(false, own, iv, i == 0 ? name : NULL, i == 0 ? name_n : 0, in + at + 1, size,
                       out + got, tag);
        got += size;
        at += part;
    }
    sodium_memzero(own, sizeof own);
    *ret_n = got;
    return good && last && at == n;
}
