/* The mail relay of the house (SMTP), which takes messages for e-mail and, by addresses under a
 * domain of its own, for the SMS gateway. Spoken by libcurl, written by GMime. */
#ifndef FANGXIN_WORK_RELAY_H
#define FANGXIN_WORK_RELAY_H

#include "base/err.h"

struct relay; /* a connection, used again for each message */

struct relay_message {
    const char *id;      /* the same when it is sent again: left side of its Message-ID */
    const char *to;      /* relay_address_good */
    const char *subject; /* NULL: none */
    const char *text;
    int64_t at_ms;
};

/* One @ with something on both sides, signs of ASCII that need no quoting, 254 at most. */
bool relay_address_good(const char *text);
/**
 * Nothing is said before the first message.
 * @param address  path of a local socket, HOST:PORT, or smtps://HOST:PORT, which proves who it is
 *                 by a certificate that the machine trusts
 * @param from     sender's address
 * @return ERR_NO_MEMORY
 */
enum err_code relay_new(const char *address, const char *from, struct relay **ret,
                        struct err *err) MUST_CHECK;
/**
 * @param[out] ret_taken  false: the relay refuses this recipient or message
 * @return ERR_IO when the relay cannot be reached, does not take the sender, is gone or closes:
 *         whether the message was taken is not known then
 */
enum err_code relay_send(struct relay *relay, const struct relay_message *message, bool *ret_taken,
                         struct err *err) MUST_CHECK;
void relay_freep(struct relay **relay); /* says QUIT */

#endif
