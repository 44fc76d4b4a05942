/* The mail relay of the house (SMTP, RFC 5321), which takes messages for e-mail and, by addresses
 * under a domain of its own, for the SMS gateway. */
#ifndef FANGXIN_WORK_RELAY_H
#define FANGXIN_WORK_RELAY_H

#include "base/arena.h"
#include "base/err.h"

struct relay {
    const char *address; /* of the relay: path of a local socket, or HOST:PORT */
    const char *from;    /* sender's address */
    int fd;
    char in[1024]; /* what came and was not read yet */
    size_t n_in;
};
struct relay_message {
    const char *id;      /* the same when it is sent again: left side of its Message-ID */
    const char *to;      /* relay_address_good */
    const char *subject; /* NULL: none */
    const char *text;
    int64_t at_ms;
};

/* One @ with something on both sides, signs of ASCII that need no quoting, 254 at most. */
bool relay_address_good(const char *text);
/* The relay greets. ERR_IO; @p ret is given back with relay_closep all the same. */
enum err_code relay_open(const char *address, const char *from, struct relay *ret,
                         struct err *err) MUST_CHECK;
/**
 * @param[out] ret_taken  false: the relay refuses this recipient or message
 * @return ERR_IO when the relay is gone or closes: whether it was taken is not known
 */
enum err_code relay_send(struct relay *relay, struct arena *arena,
                         const struct relay_message *message, bool *ret_taken,
                         struct err *err) MUST_CHECK;
void relay_closep(struct relay *relay); /* says QUIT */

#endif
