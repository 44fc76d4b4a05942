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
/* Where messages go; what is pointed to outlives the relay. */
struct relay_place {
    const char *address; /* path of a local socket, HOST:PORT, or with TLS smtps://HOST:PORT and
                          * starttls://HOST:PORT */
    const char *from;    /* sender's address */
    const char *login;   /* file with user and password, a line each; NULL: no login */
    const char *ca;      /* file of certificates (PEM), one of which must vouch for the relay;
                          * NULL: those that the machine trusts */
};

/* Is what is said to this address sealed (TLS)? Nothing else gets a login. */
bool relay_address_sealed(const char *address);
/**
 * Nothing is said before the first message. The login is read here, so that a new password needs
 * no new start.
 * @return ERR_NO_MEMORY; ERR_IO: the file of the login cannot be read, others may read it, or it is
 *         not two lines; a login for an address that is not sealed
 */
enum err_code relay_new(const struct relay_place *place, struct relay **ret,
                        struct err *err) MUST_CHECK;
/**
 * @param[out] ret_taken  false: the relay refuses this recipient or message
 * @return ERR_IO when the relay cannot be reached, cannot prove who it is, does not take login or
 *         sender, is gone or closes: whether the message was taken is not known then
 */
enum err_code relay_send(struct relay *relay, const struct relay_message *message, bool *ret_taken,
                         struct err *err) MUST_CHECK;
void relay_freep(struct relay **relay); /* says QUIT */

#endif
