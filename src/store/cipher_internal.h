/* The SM half of the ciphers; see cipher.h for what each does. */
#ifndef FANGXIN_STORE_CIPHER_INTERNAL_H
#define FANGXIN_STORE_CIPHER_INTERNAL_H

#include "store/cipher.h"

enum err_code sm_start(struct err *err) MUST_CHECK;
void sm_seal(const unsigned char key[CIPHER_KEY], const unsigned char nonce[CIPHER_NONCE],
             const void *ad, size_t ad_n, const void *plain, size_t n, unsigned char *out);
bool sm_open(const unsigned char key[CIPHER_KEY], const unsigned char nonce[CIPHER_NONCE],
             const void *ad, size_t ad_n, const unsigned char *sealed, size_t n,
             unsigned char *out);
void sm_stream_seal(const unsigned char key[CIPHER_KEY], const char *name, size_t name_n,
                    const unsigned char *plain, size_t n, unsigned char *out);
bool sm_stream_open(const unsigned char key[CIPHER_KEY], const char *name, size_t name_n,
                    const unsigned char *in, size_t n, unsigned char *out, size_t *ret_n);

#endif
