/* The virus scanner: clamd's protocol (INSTREAM) over its socket. */
#ifndef FANGXIN_WORK_SCANNER_H
#define FANGXIN_WORK_SCANNER_H

#include <stddef.h>

#include "base/err.h"

#define SCANNER_TEXT 128

struct scanner_answer {
    bool infected;
    char found[SCANNER_TEXT]; /* the signature's name; "" when clean */
};

/* Name and signatures of the scanner, one line.
 * @param address  path of a local socket, or HOST:PORT with a numeric host
 * @return ERR_IO when it cannot be reached or does not answer within 30 s */
enum err_code scanner_version(const char *address, char ret[SCANNER_TEXT],
                              struct err *err) MUST_CHECK;
/* Looks at the bytes. ERR_IO also when it says that it could not. */
enum err_code scanner_scan(const char *address, const void *bytes, size_t n,
                           struct scanner_answer *ret, struct err *err) MUST_CHECK;

#endif
