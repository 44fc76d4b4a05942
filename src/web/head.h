/* Hygiene of a request's head, before anything acts on it. Pure; allocates nothing.
 *
 * The HTTP library in use (0.9.75) serves requests that RFC 9112 section 6.3 tells to refuse and
 * that let an attacker hide a second request from a proxy in front: Content-Length beside
 * Transfer-Encoding, two lengths, an unknown coding. It also cuts a path at %00. */
#ifndef FANGXIN_WEB_HEAD_H
#define FANGXIN_WEB_HEAD_H

#include "web/request.h"

struct head_length {
    bool has_body;         /* a length above zero, or chunked */
    bool chunked;          /* the length is not known in advance */
    bool expects_continue; /* the client waits for a word before it sends the body */
    uint64_t bytes;        /* when not chunked */
};

/**
 * Checks header names, the one Host, and how the body is framed.
 * @return ERR_MALFORMED: answer 400 and close, for what follows on the connection is not trusted
 */
enum err_code head_check(const struct request *req, struct head_length *ret,
                         struct err *err) MUST_CHECK;

/**
 * Splits and decodes a request target in place: path, then query into req->path and req->query.
 * Refuses what has no one meaning: NUL and control characters, encoded slashes, empty, "." and
 * ".." segments, backslashes, broken percent signs, broken UTF-8.
 * @param target  a writable copy of the raw target; req keeps pointers into it
 */
enum err_code head_target(struct request *req, char *target, struct err *err) MUST_CHECK;

/* Decodes percent signs in place; false for a broken one, a control character or broken UTF-8. */
bool head_decode(char *s, bool plus_is_space) MUST_CHECK;

#endif
