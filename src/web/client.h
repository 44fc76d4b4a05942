/* Who asks: the peer of the connection, or what a trusted proxy says about it. */
#ifndef FANGXIN_WEB_CLIENT_H
#define FANGXIN_WEB_CLIENT_H

#include "web/request.h"

#define PROXIES_MAX 16

struct proxy {
    unsigned char net[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;         /* of 128 that must agree */
};

struct proxies {
    size_t n;
    struct proxy items[PROXIES_MAX];
};

/* "127.0.0.1,10.0.0.0/8,::1"; NULL or "" = none. ERR_INVALID names what is no address. */
enum err_code proxies_parse(const char *text, struct proxies *ret, struct err *err) MUST_CHECK;

bool proxies_trust(const struct proxies *proxies, const char *address);

/**
 * Sets req->client. X-Forwarded-For counts only when the peer is a trusted proxy; then it is the
 * rightmost address in it that is not one (what stands further left, anybody may have written).
 */
void client_find(struct request *req, const struct proxies *proxies);

/* 16 bytes of an address for counting: an IPv6 one by its /64, which is one customer. False when
 * the text is no address. */
bool client_key(const char *address, unsigned char ret[16]);

#endif
