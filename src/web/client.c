/* Addresses of clients and proxies. */
#include "web/client.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const unsigned char mapped_v4[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool parse_address(const char *text, unsigned char ret[16], bool *ret_v4)
{
    memcpy(ret, mapped_v4, sizeof mapped_v4);
    *ret_v4 = inet_pton(AF_INET, text, ret + 12) == 1;
    return *ret_v4 || inet_pton(AF_INET6, text, ret) == 1;
}

static enum err_code parse_proxy(const char *text, size_t n, struct proxy *ret, struct err *err)
{
    char address[ADDRESS_TEXT + 8], *slash;
    int64_t bits = 0;
    bool v4;

    if (n < sizeof address) {
        memcpy(address, text, n);
        address[n] = '\0';
        slash = strchr(address, '/');
        if (slash != NULL)
            *slash++ = '\0';
        if (parse_address(address, ret->net, &v4)) {
            int64_t most = v4 ? 32 : 128;

            if (slash == NULL)
                bits = most;
            if (slash == NULL || (text_int64(slash, &bits) && bits >= 0 && bits <= most)) {
                ret->bits = (unsigned)(bits + (v4 ? 96 : 0));
                return ERR_OK;
            }
        }
    }
    return err_set(err, ERR_INVALID, "trusted proxy: \"%.*s\" is no address", (int)n, text);
}

enum err_code proxies_parse(const char *text, struct proxies *ret, struct err *err)
{
    ret->n = 0;
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, ",");

        if (ret->n == PROXIES_MAX)
            return err_set(err, ERR_INVALID, "trusted proxy: more than %d", PROXIES_MAX);
        TRY(parse_proxy(text, n, &ret->items[ret->n], err));
        ret->n++;
        text += n + (text[n] == ',');
    }
    return ERR_OK;
}

static bool within(const unsigned char address[16], const struct proxy *p)
{
    unsigned whole = p->bits / 8, rest = p->bits % 8;

    if (memcmp(address, p->net, whole) != 0)
        return false;
    return rest == 0 || ((address[whole] ^ p->net[whole]) >> (8 - rest)) == 0;
}

bool proxies_trust(const struct proxies *proxies, const char *text)
{
    unsigned char address[16];
    bool v4;

    if (!parse_address(text, address, &v4))
        return false;
    for (size_t i = 0; i < proxies->n; i++)
        if (within(address, &proxies->items[i]))
            return true;
    return false;
}

/* The rightmost untrusted address of one header line; false when all in it are trusted or broken,
 * *ret_broken then says which. */
static bool from_right(const char *line, const struct proxies *proxies, char ret[ADDRESS_TEXT],
                       bool *ret_broken)
{
    const char *end = line + strlen(line);

    *ret_broken = false;
    while (end > line) {
        const char *start = end, *p;
        unsigned char address[16];
        char text[ADDRESS_TEXT];
        size_t n;
        bool v4;

        while (start > line && start[-1] != ',')
            start--;
        p = start + strspn(start, " \t");
        n = end > p ? (size_t)(end - p) : 0;
        while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
            n--;
        if (n == 0 || n >= sizeof text) {
            *ret_broken = true;
            return false;
        }
        memcpy(text, p, n);
        text[n] = '\0';
        if (!parse_address(text, address, &v4)) {
            *ret_broken = true;
            return false;
        }
        if (!proxies_trust(proxies, text)) {
            memcpy(ret, text, n + 1);
            return true;
        }
        end = start > line ? start - 1 : line;
    }
    return false;
}

void client_find(struct request *req, const struct proxies *proxies)
{
    if (proxies->n == 0 || !proxies_trust(proxies, req->peer))
        return;
    for (size_t i = req->n_headers; i > 0; i--) {
        bool broken;

        if (strcasecmp(req->headers[i - 1].name, "X-Forwarded-For") != 0)
            continue;
        if (from_right(req->headers[i - 1].value, proxies, req->client, &broken) || broken)
            return;
    }
}

bool client_key(const char *address, unsigned char ret[16])
{
    bool v4;

    if (!parse_address(address, ret, &v4))
        return false;
    if (!v4 && memcmp(ret, mapped_v4, sizeof mapped_v4) != 0)
        memset(ret + 8, 0, 8);
    return true;
}
