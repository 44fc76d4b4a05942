/* A client of clamd. A command is "z", its name and NUL; after zINSTREAM\0 come pieces, each behind
 * its length in four bytes, most significant first, and an empty one at the end. The answer ends in
 * NUL: "stream: OK", "stream: NAME FOUND" or "… ERROR". */
#include "work/scanner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "work/peer.h"

#define PIECE_BYTES ((size_t)64 << 10)
#define ANSWER_BYTES 1024

static enum err_code failed(struct err *err, const char *address, const char *what)
{
    return peer_failed(err, address, "virus scanner", what);
}

static bool put_piece(int fd, const void *bytes, size_t n)
{
    uint32_t size = htonl((uint32_t)n);

    return peer_put(fd, &size, sizeof size) && peer_put(fd, bytes, n);
}

static enum err_code get_answer(int fd, const char *address, char ret[ANSWER_BYTES],
                                struct err *err)
{
    size_t n = 0;

    while (n + 1 < ANSWER_BYTES) {
        ssize_t k = recv(fd, ret + n, ANSWER_BYTES - 1 - n, 0);

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return failed(err, address, "does not answer");
        if (k == 0)
            break;
        n += (size_t)k;
        if (ret[n - 1] == '\0')
            break;
    }
    ret[n] = '\0';
    ret[strcspn(ret, "\n")] = '\0';
    return n == 0 ? failed(err, address, "gave no answer") : ERR_OK;
}

enum err_code scanner_version(const char *address, char ret[SCANNER_TEXT], struct err *err)
{
    CLEANUP(peer_closep) int fd = -1;
    char answer[ANSWER_BYTES];

    TRY(peer_reach(address, "virus scanner", &fd, err));
    if (!peer_put(fd, "zVERSION", sizeof "zVERSION"))
        return failed(err, address, "does not listen");
    TRY(get_answer(fd, address, answer, err));
    snprintf(ret, SCANNER_TEXT, "%.*s", SCANNER_TEXT - 1, answer);
    return ERR_OK;
}

/* "stream: NAME FOUND" */
static bool read_found(const char *answer, char ret[SCANNER_TEXT])
{
    size_t n = strlen(answer);

    if (!text_starts(answer, "stream: ") || n < 6 || strcmp(answer + n - 6, " FOUND") != 0)
        return false;
    snprintf(ret, SCANNER_TEXT, "%.*s", (int)(n - 6 - 8), answer + 8);
    return true;
}

enum err_code scanner_scan(const char *address, const void *bytes, size_t n,
                           struct scanner_answer *ret, struct err *err)
{
    CLEANUP(peer_closep) int fd = -1;
    const char *p = bytes;
    char answer[ANSWER_BYTES];
    bool sent;

    *ret = (struct scanner_answer){0};
    TRY(peer_reach(address, "virus scanner", &fd, err));
    sent = peer_put(fd, "zINSTREAM", sizeof "zINSTREAM");
    for (size_t at = 0; sent && at < n; at += PIECE_BYTES)
        sent = put_piece(fd, p + at, n - at < PIECE_BYTES ? n - at : PIECE_BYTES);
    if (sent)
        sent = put_piece(fd, "", 0);
    if (!sent)
        return failed(err, address, "does not take the file");
    TRY(get_answer(fd, address, answer, err));
    ret->infected = read_found(answer, ret->found);
    if (!ret->infected && strcmp(answer, "stream: OK") != 0)
        return err_set(err, ERR_IO, "virus scanner %s: %.80s", address, answer);
    return ERR_OK;
}
