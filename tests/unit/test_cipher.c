/* The national algorithms against their published vectors, and both ciphers against altered bytes.
 * Vectors: GB/T 32905 (SM3), GB/T 32907 (SM4), GB/T 32918.5 (SM2), RFC 8998 appendix A.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gcrypt.h>

#include "base/text.h"
#include "store/cipher.h"

static int start(void **state)
{
    struct err err = {0};

    (void)state;
    return cipher_start(&err) == ERR_OK ? 0 : -1;
}

static void assert_hex(const void *bytes, size_t n, const char *expected)
{
    char hex[200];

    hex_encode(bytes, n, hex);
    assert_string_equal(hex, expected);
}

static void from_hex(const char *hex, unsigned char *ret)
{
    for (size_t i = 0; hex[2 * i] != '\0'; i++) {
        const char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        ret[i] = (unsigned char)strtoul(two, NULL, 16);
    }
}

static void sm3_vectors(void **state)
{
    static const struct {
        const char *text, *hash;
    } vectors[] = {
        {"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"},
        {"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
        {"abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
         "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
        {"投诉举报", "decb0b4a4c8bcbcf31131e88931635c793d061adcd1b1aca77378059ea3aac61"},
    };
    unsigned char hash[SM3_BYTES], key[20];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        sm3(vectors[i].text, strlen(vectors[i].text), hash);
        assert_hex(hash, sizeof hash, vectors[i].hash);
    }
    memset(key, 0x0b, sizeof key);
    sm3_hmac(key, sizeof key, "Hi There", 8, hash);
    assert_hex(hash, sizeof hash,
               "51b00d1fb49832bfb01c3ce27848e59f871d9ba938dc563b338ca964755cce70");
}

static void sm4_vectors(void **state)
{
    unsigned char key[16], block[16];
    gcry_cipher_hd_t h;

    (void)state;
    from_hex("0123456789abcdeffedcba9876543210", key);
    memcpy(block, key, sizeof block);
    assert_int_equal(gcry_cipher_open(&h, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_ECB, 0), 0);
    assert_int_equal(gcry_cipher_setkey(h, key, sizeof key), 0);
    assert_int_equal(gcry_cipher_encrypt(h, block, sizeof block, NULL, 0), 0);
    assert_hex(block, sizeof block, "681edf34d206965e86b3e94f536e4246");
    for (int i = 1; i < 1000000; i++)
        assert_int_equal(gcry_cipher_encrypt(h, block, sizeof block, NULL, 0), 0);
    assert_hex(block, sizeof block, "595298c7c6fd271f0402f804c33d3f66");
    gcry_cipher_close(h);
}

static void sm4_gcm_vector(void **state)
{
    unsigned char key[16], iv[12], ad[20], plain[64], out[64], back[64], tag[CIPHER_TAG];

    (void)state;
    from_hex("0123456789abcdeffedcba9876543210", key);
    from_hex("00001234567800000000abcd", iv);
    from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2", ad);
    from_hex("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
             "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
             plain);
    assert_true(sm4_gcm(true, key, iv, ad, sizeof ad, plain, sizeof plain, out, tag));
    assert_hex(out, 16, "17f399f08c67d5ee19d0dc9969c4bb7d");
    assert_hex(tag, sizeof tag, "83de3541e4c2b58177e065a9bf7b62ec");
    assert_true(sm4_gcm(false, key, iv, ad, sizeof ad, out, sizeof out, back, tag));
    assert_memory_equal(back, plain, sizeof plain);
    tag[3] ^= 1;
    assert_false(sm4_gcm(false, key, iv, ad, sizeof ad, out, sizeof out, back, tag));
}

#define SM2_CURVE                                                                                  \
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"                             \
    "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"                             \
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"                             \
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
#define SM2_PUBLIC                                                                                 \
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"                             \
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"

static bool sm2_verifies(const unsigned char e[SM3_BYTES], const char *s_hex)
{
    gcry_sexp_t key, data, sig;
    bool good;

    assert_int_equal(
        gcry_sexp_build(&key, NULL, "(public-key (ecc (curve sm2p256v1) (q #04" SM2_PUBLIC "#)))"),
        0);
    assert_int_equal(
        gcry_sexp_build(&data, NULL, "(data (flags raw) (value %b))", SM3_BYTES, (const char *)e),
        0);
    {
        char text[300];

        snprintf(text, sizeof text,
                 "(sig-val (sm2 (r "
                 "#F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3#) (s #%s#)))",
                 s_hex);
        assert_int_equal(gcry_sexp_new(&sig, text, 0, 1), 0);
    }
    good = gcry_pk_verify(sig, data, key) == 0;
    gcry_sexp_release(sig);
    gcry_sexp_release(data);
    gcry_sexp_release(key);
    return good;
}

static void sm2_vector(void **state)
{
    unsigned char input[2 + 16 + 6 * 32], za[SM3_BYTES + 14], e[SM3_BYTES];

    (void)state;
    memcpy(input,
           "\x00\x80"
           "1234567812345678",
           18);
    from_hex(SM2_CURVE SM2_PUBLIC, input + 18);
    sm3(input, sizeof input, za);
    assert_hex(za, SM3_BYTES, "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3");
    memcpy(za + SM3_BYTES, "message digest", 14);
    sm3(za, sizeof za, e);
    assert_true(
        sm2_verifies(e, "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"));
    assert_false(
        sm2_verifies(e, "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AB"));
}

static void values_open_only_whole(void **state)
{
    static const enum cipher ciphers[] = {CIPHER_XCHACHA20, CIPHER_SM4};
    unsigned char key[CIPHER_KEY] = {7}, nonce[CIPHER_NONCE] = {9}, sealed[20 + CIPHER_TAG],
                  other[sizeof sealed], out[20];

    (void)state;
    for (size_t c = 0; c < 2; c++) {
        cipher_seal(ciphers[c], key, nonce, "text|5|1", 8, "投诉举报投诉", 18, sealed);
        assert_true(
            cipher_open(ciphers[c], key, nonce, "text|5|1", 8, sealed, 18 + CIPHER_TAG, out));
        assert_memory_equal(out, "投诉举报投诉", 18);
        assert_false(
            cipher_open(ciphers[c], key, nonce, "text|5|2", 8, sealed, 18 + CIPHER_TAG, out));
        for (size_t i = 0; i < 18 + CIPHER_TAG; i++) {
            memcpy(other, sealed, sizeof other);
            other[i] ^= 0x40;
            assert_false(
                cipher_open(ciphers[c], key, nonce, "text|5|1", 8, other, 18 + CIPHER_TAG, out));
        }
        assert_false(
            cipher_open(ciphers[1 - c], key, nonce, "text|5|1", 8, sealed, 18 + CIPHER_TAG, out));
    }
    assert_int_equal(cipher_find("sm4"), CIPHER_SM4);
    assert_int_equal(cipher_find(NULL), CIPHER_XCHACHA20);
    assert_int_equal(cipher_find("des"), CIPHER_NONE);
}

/* Chunks left off, swapped or cut. */
static void files_open_only_whole(void **state)
{
    static const enum cipher ciphers[] = {CIPHER_XCHACHA20, CIPHER_SM4};
    size_t plain_n = 2 * STREAM_CHUNK + 100, n = stream_size(plain_n), got;
    unsigned char *plain = malloc(plain_n), *sealed = malloc(n), *out = malloc(n),
                  *mixed = malloc(n);
    unsigned char key[CIPHER_KEY] = {3};
    size_t chunk = STREAM_CHUNK + STREAM_EXTRA;

    (void)state;
    for (size_t i = 0; i < plain_n; i++)
        plain[i] = (unsigned char)(i * 13);
    for (size_t c = 0; c < 2; c++) {
        stream_seal(ciphers[c], key, "name", 4, plain, plain_n, sealed);
        assert_true(stream_open(ciphers[c], key, "name", 4, sealed, n, out, &got));
        assert_int_equal(got, plain_n);
        assert_memory_equal(out, plain, plain_n);
        assert_false(stream_open(ciphers[c], key, "mane", 4, sealed, n, out, &got));
        /* the last chunk left off */
        assert_false(
            stream_open(ciphers[c], key, "name", 4, sealed, STREAM_HEAD + 2 * chunk, out, &got));
        /* two chunks that change places */
        memcpy(mixed, sealed, n);
        memcpy(mixed + STREAM_HEAD, sealed + STREAM_HEAD + chunk, chunk);
        memcpy(mixed + STREAM_HEAD + chunk, sealed + STREAM_HEAD, chunk);
        assert_false(stream_open(ciphers[c], key, "name", 4, mixed, n, out, &got));
        /* something behind the end */
        assert_false(stream_open(ciphers[c], key, "name", 4, sealed, n - 1, out, &got));
        stream_seal(ciphers[c], key, "name", 4, plain, 0, sealed);
        assert_true(stream_open(ciphers[c], key, "name", 4, sealed, stream_size(0), out, &got));
        assert_int_equal(got, 0);
    }
    free(plain);
    free(sealed);
    free(out);
    free(mixed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sm3_vectors),
        cmocka_unit_test(sm4_vectors),
        cmocka_unit_test(sm4_gcm_vector),
        cmocka_unit_test(sm2_vector),
        cmocka_unit_test(values_open_only_whole),
        cmocka_unit_test(files_open_only_whole),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
