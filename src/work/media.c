/* Running fangxin-media: two pipes, an empty environment, a deadline. Its answer is read as that of
 * a stranger: it may have been taken over by what it looked at. */
#include "work/media.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/text.h"

#define RUNNING_MAX 2
#define WAITING_MAX 4
#define DEADLINE_MS 20000
#define ANSWER_MAX ((size_t)6 << 20)
#define NO_SANDBOX 3 /* how the child ends when it could not shut itself in */
#define LINE_MAX 160

struct media {
    char *program;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    unsigned running, waiting;
};

static char *beside_this(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash, *ret;

    if (n <= 0)
        return strdup("fangxin-media");
    path[n] = '\0';
    slash = strrchr(path, '/');
    if (slash == NULL || asprintf(&ret, "%.*s/fangxin-media", (int)(slash - path), path) < 0)
        return NULL;
    return ret;
}

struct media *media_new(const char *program)
{
    struct media *m = calloc(1, sizeof *m);

    if (m == NULL)
        return NULL;
    m->program = program == NULL ? beside_this() : strdup(program);
    if (m->program == NULL) {
        free(m);
        return NULL;
    }
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->freed, NULL);
    return m;
}

void media_free(struct media *media)
{
    if (media == NULL)
        return;
    pthread_mutex_destroy(&media->lock);
    pthread_cond_destroy(&media->freed);
    free(media->program);
    free(media);
}

/* Those who upload may never hold all threads that answer requests. */
static bool begin(struct media *m)
{
    bool mine = true;

    pthread_mutex_lock(&m->lock);
    if (m->running >= RUNNING_MAX && m->waiting >= WAITING_MAX) {
        mine = false;
    } else {
        m->waiting++;
        while (m->running >= RUNNING_MAX)
            pthread_cond_wait(&m->freed, &m->lock);
        m->waiting--;
        m->running++;
    }
    pthread_mutex_unlock(&m->lock);
    return mine;
}

static void end(struct media *m)
{
    pthread_mutex_lock(&m->lock);
    m->running--;
    pthread_cond_signal(&m->freed);
    pthread_mutex_unlock(&m->lock);
}

/* ---- the child ---- */

struct child {
    pid_t pid;
    int in, out; /* its input and output; -1 when closed */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int spawn_with(const char *program, char *const argv[], int in, int out, pid_t *ret)
{
    char *const nothing[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t set;
    int rc;

    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attr, &set);
    sigaddset(&set, SIGPIPE);
    posix_spawnattr_setsigdefault(&attr, &set);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    rc = posix_spawn(ret, program, &files, &attr, argv, nothing);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return rc;
}

static enum err_code start(const struct media *m, const struct evidence_rules *rules,
                           struct child *ret, struct err *err)
{
    char numbers[4][24];
    char *argv[] = {m->program, numbers[0], numbers[1], numbers[2], numbers[3], NULL};
    int in[2] = {-1, -1}, out[2] = {-1, -1}, rc;

    snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)rules->max_bytes);
    snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)rules->max_pixels);
    snprintf(numbers[2], sizeof numbers[2], "%lld", (long long)rules->large_edge);
    snprintf(numbers[3], sizeof numbers[3], "%lld", (long long)rules->thumb_edge);
    rc = pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ? errno : 0;
    if (rc == 0)
        rc = spawn_with(m->program, argv, in[0], out[1], &ret->pid);
    close_fd(&in[0]);
    close_fd(&out[1]);
    if (rc != 0) {
        close_fd(&in[1]);
        close_fd(&out[0]);
        return err_set(err, ERR_IO, "%s cannot be run: error %d", m->program, rc);
    }
    ret->in = in[1];
    ret->out = out[0];
    (void)fcntl(ret->in, F_SETFL, O_NONBLOCK);
    (void)fcntl(ret->out, F_SETFL, O_NONBLOCK);
    return ERR_OK;
}

/* Writes what the pipe takes; closes it behind the last byte or when nobody reads on. */
static void feed(struct child *c, const unsigned char *bytes, size_t n, size_t *at)
{
    ssize_t k = *at < n ? write(c->in, bytes + *at, n - *at) : 0;

    if (k > 0)
        *at += (size_t)k;
    if (*at == n || (k < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&c->in);
}

/* False at the end of the answer. */
static bool take(struct child *c, struct buf *answer)
{
    char part[65536];
    ssize_t k = read(c->out, part, sizeof part);

    if (k > 0)
        buf_add(answer, part, (size_t)k);
    return !answer->failed && (k > 0 || (k < 0 && (errno == EAGAIN || errno == EINTR)));
}

/* Both ways at once until the child has said all it says, or the deadline. */
static bool converse(struct child *c, const unsigned char *bytes, size_t n, struct buf *answer)
{
    int64_t until = monotonic_ms() + DEADLINE_MS;
    size_t at = 0;

    for (;;) {
        struct pollfd fds[2] = {{.fd = c->out, .events = POLLIN}, {.fd = c->in, .events = POLLOUT}};
        int64_t left = until - monotonic_ms();

        if (left <= 0 || (poll(fds, c->in < 0 ? 1 : 2, (int)left) < 0 && errno != EINTR))
            return false;
        if (c->in >= 0 && fds[1].revents != 0)
            feed(c, bytes, n, &at);
        if (fds[0].revents != 0 && !take(c, answer))
            return !answer->failed;
    }
}

/* Its time is over, whether it answered or not. How it ended; -1 for a signal. */
static int finish(struct child *c, bool said)
{
    int status = 0;

    close_fd(&c->in);
    close_fd(&c->out);
    for (int i = 0; said && i < 50; i++) {
        if (waitpid(c->pid, &status, WNOHANG) == c->pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        usleep(2000);
    }
    kill(c->pid, SIGKILL);
    waitpid(c->pid, &status, 0);
    return -1;
}

/* ---- the answer ---- */

/* The line at *at without its end; false when there is none. */
static bool next_line(const struct buf *answer, size_t *at, char ret[LINE_MAX])
{
    const char *from = buf_text(answer) + *at;
    const char *end = memchr(from, '\n', answer->len - *at);
    size_t n = end == NULL ? 0 : (size_t)(end - from);

    if (end == NULL || n >= LINE_MAX)
        return false;
    memcpy(ret, from, n);
    ret[n] = '\0';
    *at += n + 1;
    return strspn(ret, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ./+-_") == n;
}

static bool is_jpeg(const unsigned char *bytes, size_t n)
{
    return n > 4 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

static bool read_numbers(char *text, int64_t ret[4])
{
    char *save = NULL, *word = strtok_r(text, " ", &save);

    for (int i = 0; i < 4; i++, word = strtok_r(NULL, " ", &save))
        if (word == NULL || !text_int64(word, &ret[i]) || ret[i] <= 0)
            return false;
    return word == NULL;
}

static bool read_picture(const struct buf *answer, size_t at, char *line, struct arena *arena,
                         struct media_answer *ret)
{
    int64_t n[4];
    unsigned char *bytes;
    size_t left = answer->len - at;

    if (!read_numbers(line, n) || n[0] > INT32_MAX || n[1] > INT32_MAX || (size_t)n[2] > left ||
        (size_t)n[3] != left - (size_t)n[2])
        return false;
    bytes = arena_alloc(arena, left);
    if (bytes == NULL)
        return false;
    memcpy(bytes, buf_text(answer) + at, left);
    ret->found = MEDIA_PICTURE;
    ret->width = n[0];
    ret->height = n[1];
    ret->large = bytes;
    ret->large_bytes = (size_t)n[2];
    ret->thumb = bytes + n[2];
    ret->thumb_bytes = (size_t)n[3];
    return is_jpeg(ret->large, ret->large_bytes) && is_jpeg(ret->thumb, ret->thumb_bytes);
}

static void refused(struct media_answer *ret, const char *why)
{
    ret->found = MEDIA_REFUSED;
    snprintf(ret->why, sizeof ret->why, "%.*s", (int)sizeof ret->why - 1, why);
}

static void read_answer(const struct buf *answer, struct arena *arena, struct media_answer *ret)
{
    char line[LINE_MAX];
    size_t at = 0;
    bool more = next_line(answer, &at, line);

    if (more && text_starts(line, "type ")) {
        snprintf(ret->type, sizeof ret->type, "%.*s", (int)sizeof ret->type - 1, line + 5);
        more = next_line(answer, &at, line);
    }
    if (more && text_starts(line, "refused "))
        refused(ret, line + 8);
    else if (more && strcmp(line, "document") == 0 && at == answer->len)
        ret->found = MEDIA_DOCUMENT;
    else if (!more || !text_starts(line, "picture ") ||
             !read_picture(answer, at, line + 8, arena, ret))
        refused(ret, "unreadable");
}

enum err_code media_look(struct media *media, struct arena *arena, const void *bytes, size_t n,
                         const struct evidence_rules *rules, struct media_answer *ret,
                         struct err *err)
{
    CLEANUP(buf_release) struct buf answer = BUF_UP_TO(ANSWER_MAX);
    struct child child = {.in = -1, .out = -1};
    enum err_code rc;

    *ret = (struct media_answer){0};
    if (!begin(media))
        return err_set(err, ERR_BUSY, "too many files are being looked at");
    rc = start(media, rules, &child, err);
    if (rc == ERR_OK) {
        bool said = converse(&child, bytes, n, &answer);
        int ended = finish(&child, said);

        if (ended == NO_SANDBOX)
            rc = err_set(err, ERR_IO, "%s cannot shut itself in", media->program);
        else if (ended == 0 && said)
            read_answer(&answer, arena, ret);
        else
            refused(ret, "unreadable");
    }
    end(media);
    return rc;
}
