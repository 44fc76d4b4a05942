#include "work/relay.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "work/peer.h"

#define ADDRESS_MAX 254
#define MESSAGE_MAX ((size_t)256 << 10)
#define LINE_BYTES 57 /* 76 signs of base64 */
#define WORD_BYTES 42 /* an encoded word of a header has 75 signs at most */
#define CLOSING 421

/* ---- the conversation ---- */

static enum err_code failed(struct relay *relay, const char *said, struct err *err)
{
    return peer_failed(err, relay->address, "mail relay", said);
}

/* A line without its end; the rest waits. */
static enum err_code get_line(struct relay *relay, char ret[sizeof relay->in], struct err *err)
{
    for (;;) {
        char *end = memchr(relay->in, '\n', relay->n_in);
        ssize_t k;

        if (end != NULL) {
            size_t n = (size_t)(end - relay->in);

            memcpy(ret, relay->in, n);
            ret[n > 0 && ret[n - 1] == '\r' ? n - 1 : n] = '\0';
            relay->n_in -= n + 1;
            memmove(relay->in, end + 1, relay->n_in);
            return ERR_OK;
        }
        if (relay->n_in == sizeof relay->in)
            return failed(relay, "answers in too long a line", err);
        k = recv(relay->fd, relay->in + relay->n_in, sizeof relay->in - relay->n_in, 0);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return failed(relay, "does not answer", err);
        relay->n_in += (size_t)k;
    }
}

/* "250-…", "250 …": the number of the last line. */
static enum err_code get_reply(struct relay *relay, int *ret, struct err *err)
{
    char line[sizeof relay->in];

    do {
        TRY(get_line(relay, line, err));
        if (!isdigit((unsigned char)line[0]) || !isdigit((unsigned char)line[1]) ||
            !isdigit((unsigned char)line[2]))
            return failed(relay, "answers without a number", err);
        *ret = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    } while (line[3] == '-');
    return *ret == CLOSING ? failed(relay, "closes", err) : ERR_OK;
}

/* @p line with its end: in one piece, else the second waits for the first to be confirmed. */
static enum err_code say(struct relay *relay, const char *line, int *ret, struct err *err)
{
    if (!peer_put(relay->fd, line, strlen(line)))
        return failed(relay, "does not listen", err);
    return get_reply(relay, ret, err);
}

enum err_code relay_open(const char *address, const char *from, struct relay *ret, struct err *err)
{
    char line[ADDRESS_MAX + 16];
    int code;

    *ret = (struct relay){.address = address, .from = from, .fd = -1};
    TRY(peer_reach(address, "mail relay", &ret->fd, err));
    TRY(get_reply(ret, &code, err));
    if (code == 220) {
        snprintf(line, sizeof line, "EHLO %s\r\n", strrchr(from, '@') + 1);
        TRY(say(ret, line, &code, err));
    }
    return code / 100 == 2 ? ERR_OK : failed(ret, "does not greet", err);
}

void relay_closep(struct relay *relay)
{
    bool sent = relay->fd >= 0 && peer_put(relay->fd, "QUIT\r\n", 6);

    (void)sent; /* it is closed either way */
    peer_closep(&relay->fd);
    relay->fd = -1;
}

/* ---- addresses ---- */

bool relay_address_good(const char *text)
{
    const char *at = strchr(text, '@');

    if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        strlen(text) > ADDRESS_MAX)
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("@.-_+", *p) == NULL)
            return false;
    return true;
}

/* ---- a message ---- */

static void base64(struct buf *b, const char *bytes, size_t n)
{
    char out[sodium_base64_ENCODED_LEN(LINE_BYTES, sodium_base64_VARIANT_ORIGINAL)];

    sodium_bin2base64(out, sizeof out, (const unsigned char *)bytes, n,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_adds(b, out);
}

/* RFC 2047, each word of whole signs. */
static void add_subject(struct buf *b, const char *text)
{
    const char *sep = "Subject: ";

    while (*text != '\0') {
        size_t n = strnlen(text, WORD_BYTES);

        while (n < strlen(text) && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
        buf_addf(b, "%s=?UTF-8?B?", sep);
        base64(b, text, n);
        buf_adds(b, "?=");
        sep = "\r\n ";
        text += n;
    }
    buf_adds(b, "\r\n");
}

static void add_date(struct buf *b, int64_t at_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t at = (time_t)(at_ms / 1000);
    struct tm t;

    gmtime_r(&at, &t);
    buf_addf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday,
             months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* In base64 no line begins with a dot, and none is too long. */
static void add_message(struct buf *b, const struct relay *relay, const struct relay_message *m)
{
    size_t n = strlen(m->text);

    buf_addf(b, "From: <%s>\r\nTo: <%s>\r\n", relay->from, m->to);
    if (m->subject != NULL && m->subject[0] != '\0')
        add_subject(b, m->subject);
    add_date(b, m->at_ms);
    buf_addf(b, "Message-ID: <%s%s>\r\n", m->id, strrchr(relay->from, '@'));
    buf_adds(b, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    for (size_t i = 0; i < n; i += LINE_BYTES) {
        base64(b, m->text + i, n - i < LINE_BYTES ? n - i : LINE_BYTES);
        buf_adds(b, "\r\n");
    }
    buf_adds(b, ".\r\n");
}

enum err_code relay_send(struct relay *relay, struct arena *arena, const struct relay_message *m,
                         bool *ret_taken, struct err *err)
{
    CLEANUP(buf_release) struct buf b;
    char line[ADDRESS_MAX + 16];
    const char *whole;
    int code;

    *ret_taken = false;
    buf_init(&b, MESSAGE_MAX);
    add_message(&b, relay, m);
    whole = buf_dup(&b, arena);
    if (whole == NULL)
        return err_set(err, ERR_NO_MEMORY, "a message");
    snprintf(line, sizeof line, "MAIL FROM:<%s>\r\n", relay->from);
    TRY(say(relay, line, &code, err));
    if (code / 100 != 2) /* a relay that does not take the sender takes nothing */
        return failed(relay, "does not take the sender", err);
    snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", m->to);
    TRY(say(relay, line, &code, err));
    if (code / 100 == 2)
        TRY(say(relay, "DATA\r\n", &code, err));
    if (code / 100 == 3) {
        TRY(say(relay, whole, &code, err));
        *ret_taken = code / 100 == 2;
    }
    return *ret_taken ? ERR_OK : say(relay, "RSET\r\n", &code, err);
}
