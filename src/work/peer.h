/* A connection to a service of the house beside the program: virus scanner, mail relay. */
#ifndef FANGXIN_WORK_PEER_H
#define FANGXIN_WORK_PEER_H

#include <stddef.h>

#include "base/err.h"

#define PEER_TIMEOUT_S 30

/* @param address  path of a local socket, or HOST:PORT with a numeric host
 * @param what     its name in errors: "virus scanner"
 * @return ERR_IO when it cannot be reached; each later send and receive waits 30 s at most */
enum err_code peer_reach(const char *address, const char *what, int *ret,
                         struct err *err) MUST_CHECK;
/* ERR_IO: "virus scanner ADDRESS: @p said (error N)" */
enum err_code peer_failed(struct err *err, const char *address, const char *what, const char *said);
bool peer_put(int fd, const void *bytes, size_t n) MUST_CHECK;
void peer_closep(int *fd); /* for CLEANUP; -1 is fine */

#endif
