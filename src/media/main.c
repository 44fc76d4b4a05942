/* fangxin-media: looks at bytes of strangers so that fangxin need not.
 *
 *     fangxin-media MAX_BYTES MAX_PIXELS LARGE_EDGE THUMB_EDGE < file
 *
 * A process of its own for each file, without keys and without any descriptor but its pipes. It
 * readies its libraries, shuts itself in (sandbox.h), and only then reads. What it writes:
 *
 *     type MIME                               what the bytes are; names and senders are not asked
 *     picture WIDTH HEIGHT LARGE THUMB        followed by the bytes of two JPEGs of these lengths
 *     document                                a PDF: known by its type, not opened
 *     refused WHY                             empty, too_large, type, unreadable, truncated,
 *                                             too_many_pixels
 *
 * one line of "type" (not for empty and too_large) and one of the other three. It ends with 0 when
 * it answered, 2 for wrong arguments, 3 when it could not shut itself in.
 *
 *     fangxin-media --check                   shuts itself in and says what it can still reach
 */
#include <errno.h>
#include <fcntl.h>
#include <magic.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "media/picture.h"
#include "media/sandbox.h"

#define ADDRESS_BYTES ((size_t)1400 << 20)
#define CPU_S 20

enum { DONE = 0, USAGE = 2, NO_SANDBOX = 3 };

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
    char line[256];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n > 0)
        (void)fd_write_all(STDOUT_FILENO, line,
                           (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

/* All of the input up to @p max bytes; *ret_n may be one more than that. NULL: no memory. */
static unsigned char *read_all(size_t max, size_t *ret_n)
{
    unsigned char *bytes =
        mmap(NULL, max + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t n = 0;

    if (bytes == MAP_FAILED)
        return NULL;
    while (n <= max) {
        ssize_t k = read(STDIN_FILENO, bytes + n, max + 1 - n);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            break;
        n += (size_t)k;
    }
    *ret_n = n;
    return bytes;
}

/* ---- what the bytes are ---- */

static magic_t magic_ready(void)
{
    magic_t m = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                           MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_JSON |
                           MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_TOKENS);

    if (m != NULL && magic_load(m, NULL) != 0) {
        magic_close(m);
        return NULL;
    }
    return m;
}

static void answer(magic_t magic, const unsigned char *bytes, size_t n,
                   const struct picture_limits *limits)
{
    struct picture p;
    const char *type = magic_buffer(magic, bytes, n), *why;

    if (type == NULL)
        type = "application/octet-stream";
    say("type %.80s\n", type);
    if (strcmp(type, "application/pdf") == 0) {
        say("document\n");
        return;
    }
    why = picture_make(type, bytes, n, limits, &p);
    if (why != NULL) {
        say("refused %s\n", why);
        return;
    }
    say("picture %d %d %zu %zu\n", p.width, p.height, p.large_bytes, p.thumb_bytes);
    if (fd_write_all(STDOUT_FILENO, p.large, p.large_bytes))
        (void)fd_write_all(STDOUT_FILENO, p.thumb, p.thumb_bytes);
}

/* ---- what can still be reached ---- */

static const char *reached(bool yes)
{
    return yes ? "open" : errno == EPERM || errno == EACCES ? "shut" : "failed";
}

static int check(int landlock)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(9)};
    char *const nothing[] = {NULL};

    say("landlock %d\n", landlock);
    say("read-file %s\n", reached(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0));
    say("write-file %s\n",
        reached(open("/tmp/fangxin-media-was-here", O_WRONLY | O_CREAT, 0600) >= 0));
    say("delete-file %s\n", reached(unlink("/tmp/fangxin-media-was-here") == 0));
    say("socket %s\n", reached(socket(AF_INET, SOCK_STREAM, 0) >= 0));
    say("local-socket %s\n", reached(socket(AF_UNIX, SOCK_STREAM, 0) >= 0));
    say("connect %s\n", reached(connect(STDIN_FILENO, (struct sockaddr *)&in, sizeof in) == 0));
    say("process %s\n", reached(fork() >= 0));
    say("program %s\n", reached(execve("/bin/true", nothing, nothing) == 0));
    say("machine-code %s\n", reached(mmap(NULL, 4096, PROT_READ | PROT_EXEC,
                                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED));
    say("signal %s\n", reached(kill(getppid(), 0) == 0));
    say("done\n");
    return DONE;
}

/* A whole number from 1 on; 0 for anything else. */
static long number(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    return *end == '\0' && n > 0 ? n : 0;
}

int main(int argc, char **argv)
{
    const struct sandbox_limits walls = {ADDRESS_BYTES, CPU_S};
    bool checking = argc == 2 && strcmp(argv[1], "--check") == 0;
    struct picture_limits limits = {0};
    unsigned char *bytes;
    magic_t magic;
    size_t max = 0, n;
    int landlock;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!checking && argc != 5)
        return USAGE;
    if (!checking) {
        max = (size_t)number(argv[1]);
        limits = (struct picture_limits){(double)number(argv[2]), (int)number(argv[3]),
                                         (int)number(argv[4])};
        if (max == 0 || limits.max_pixels < 1 || limits.large_edge == 0 || limits.thumb_edge == 0)
            return USAGE;
    }
    magic = magic_ready();
    if (magic == NULL || !picture_init(argv[0]) || !sandbox_enter(&walls, &landlock))
        return NO_SANDBOX;
    if (checking)
        return check(landlock);
    bytes = read_all(max, &n);
    if (bytes == NULL || n > max)
        say("refused too_large\n");
    else if (n == 0)
        say("refused empty\n");
    else
        answer(magic, bytes, n, &limits);
    _exit(DONE); /* the libraries' own tidying is not needed */
}
