/* Two ciphers behind one call: XChaCha20-Poly1305 (libsodium) and, for installations that must use
 * the national algorithms, SM4-GCM with keys made by HMAC-SM3 (libgcrypt; GB/T 32907, GB/T 32905,
 * RFC 8998). Both take a key of 32 bytes, a random nonce of 24 and a tag of 16, so a sealed value
 * has the same layout and size. SM4 takes its 16-byte key from HMAC-SM3(key, nonce): no nonce of
 * twelve bytes is ever used twice under one key, however many values there are.
 *
 * The first byte of a sealed value names the cipher; each data key belongs to one. */
#ifndef FANGXIN_STORE_CIPHER_H
#define FANGXIN_STORE_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CIPHER_KEY 32
#define CIPHER_NONCE 24
#define CIPHER_TAG 16
#define STREAM_HEAD 24  /* in front of a sealed file's chunks */
#define STREAM_EXTRA 17 /* what a chunk grows by */
#define STREAM_CHUNK ((size_t)64 << 10)

enum cipher { CIPHER_NONE = 0, CIPHER_XCHACHA20 = 1, CIPHER_SM4 = 3 };

/* "xchacha20", "sm4"; CIPHER_NONE for another name. NULL gives the usual one, XChaCha20. */
enum cipher cipher_find(const char *name);
const char *cipher_name(enum cipher cipher);
/* The cipher of a first byte of a value, and of a file; CIPHER_NONE when it is neither's. */
enum cipher cipher_of_value(unsigned char algorithm);
enum cipher cipher_of_file(unsigned char algorithm);
unsigned char cipher_file_byte(enum cipher cipher);

/* Once per process, before the rest; also checks that the library is not older than its header. */
enum err_code cipher_start(struct err *err) MUST_CHECK;

/* @p out has room for n + CIPHER_TAG. @p ad is authenticated and not kept. */
void cipher_seal(enum cipher cipher, const unsigned char key[CIPHER_KEY],
                 const unsigned char nonce[CIPHER_NONCE], const void *ad, size_t ad_n,
                 const void *plain, size_t n, unsigned char *out);
/* @p n of sealed bytes, tag included. False when a byte is wrong; @p out is then zero. */
bool cipher_open(enum cipher cipher, const unsigned char key[CIPHER_KEY],
                 const unsigned char nonce[CIPHER_NONCE], const void *ad, size_t ad_n,
                 const unsigned char *sealed, size_t n, unsigned char *out);

/* A file: STREAM_HEAD bytes, then chunks of STREAM_CHUNK plain bytes, each bound to its place, the
 * first also to @p name, the last one marked: a file that was cut does not open. */
size_t stream_size(size_t plain); /* head and chunks */
void stream_seal(enum cipher cipher, const unsigned char key[CIPHER_KEY], const char *name,
                 size_t name_n, const unsigned char *plain, size_t n, unsigned char *out);
/* @p out has room for n - STREAM_HEAD bytes. */
bool stream_open(enum cipher cipher, const unsigned char key[CIPHER_KEY], const char *name,
                 size_t name_n, const unsigned char *in, size_t n, unsigned char *out,
                 size_t *ret_n);

/* ---- the national algorithms, for the tests of their vectors ---- */

#define SM3_BYTES 32
void sm3(const void *bytes, size_t n, unsigned char ret[SM3_BYTES]);
void sm3_hmac(const void *key, size_t key_n, const void *bytes, size_t n,
              unsigned char ret[SM3_BYTES]);
/* @p iv 12 bytes. @return false without memory, or when opening meets a wrong byte. */
bool sm4_gcm(bool sealing, const unsigned char key[16], const unsigned char iv[12], const void *ad,
             size_t ad_n, const unsigned char *in, size_t n, unsigned char *out,
             unsigned char tag[CIPHER_TAG]);

#endif
