/* The control socket, both ends. */
#include "main/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"

#define REQUEST_MAX ((size_t)1 << 20)
#define ARENA_BYTES ((size_t)256 * 1024 * 1024)

struct control {
    struct control_options options;
    char path[108];
    int listener, wake[2];
    pthread_t thread;
};

static bool socket_address(const char *dir, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    return snprintf(ret->sun_path, sizeof ret->sun_path, "%s/control.sock", dir) <
           (int)sizeof ret->sun_path;
}

static bool read_all(int fd, void *bytes, size_t n)
{
    char *p = bytes;

    while (n > 0) {
        ssize_t r = recv(fd, p, n, 0);

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return false;
        p += r;
        n -= (size_t)r;
    }
    return true;
}

static bool send_frame(int fd, char kind, const char *bytes, size_t n)
{
    unsigned char head[5] = {(unsigned char)kind, (unsigned char)(n >> 24),
                             (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};

    return fd_send_all(fd, head, sizeof head) && fd_send_all(fd, bytes, n);
}

/* ---- streams that become frames ---- */

struct frame_stream {
    int fd;
    char kind;
};

static ssize_t frame_write(void *cookie, const char *bytes, size_t n)
{
    const struct frame_stream *s = cookie;

    return send_frame(s->fd, s->kind, bytes, n) ? (ssize_t)n : 0;
}

static FILE *frame_open(struct frame_stream *s)
{
    FILE *f = fopencookie(s, "w", (cookie_io_functions_t){.write = frame_write});

    if (f != NULL)
        setvbuf(f, NULL, _IOLBF, 8192);
    return f;
}

/* ---- the server's end ---- */

static int run_here(struct control *c, int argc, const char **argv, const char *cwd, FILE *out,
                    FILE *err)
{
    const struct command *command = argc > 0 ? command_find(argv[0]) : NULL;
    struct op op = {.store = c->options.store, .access = c->options.access};
    struct command_run run = {.argc = argc - 1,
                              .argv = argv + 1,
                              .out = out,
                              .err = err,
                              .cwd = cwd,
                              .dir = c->options.dir,
                              .op = &op,
                              .setups = c->options.setups,
                              .indicators = c->options.indicators,
                              .summaries = c->options.summaries};
    int status;

    if (command == NULL || command->need != NEED_STORE) {
        fprintf(err, "fangxin: this command does not go through a running server\n");
        return EXIT_USAGE;
    }
    op.arena = arena_new(ARENA_BYTES);
    if (op.arena == NULL)
        return EXIT_FOUND;
    op.setup = setup_hold(c->options.setups);
    op.zone_min = op.setup->zone_min;
    op.now_ms = instant_now_ms();
    op.actor.kind = ACTOR_SYSTEM;
    op.actor.body_path = "";
    run.json = take_flag(&run, "--json");
    (void)take_option(&run, "--data");
    (void)take_option(&run, "--database");
    status = command->run(&run);
    setup_letgo(c->options.setups, op.setup); /* a command may have taken a newer one */
    arena_free(op.arena);
    return status;
}

static void answer(struct control *c, int fd, const char *line, size_t n)
{
    CLEANUP(json_decrefp) json_t *request = NULL;
    struct frame_stream out_stream = {fd, 'o'}, err_stream = {fd, 'e'};
    const json_t *list;
    const char **argv;
    FILE *out, *err;
    char status = EXIT_USAGE;
    int argc;

    if (json_parse(line, n, &request, NULL) != ERR_OK)
        return;
    list = json_object_get(request, "argv");
    argc = (int)json_array_size(list);
    argv = calloc((size_t)argc + 1, sizeof *argv);
    out = frame_open(&out_stream);
    err = frame_open(&err_stream);
    for (int i = 0; argv != NULL && i < argc; i++)
        argv[i] = json_string_value(json_array_get(list, (size_t)i));
    if (argv != NULL && out != NULL && err != NULL)
        status = (char)run_here(c, argc, argv, json_string_value(json_object_get(request, "cwd")),
                                out, err);
    if (out != NULL)
        fclose(out);
    if (err != NULL)
        fclose(err);
    (void)send_frame(fd, 'x', &status, 1);
    free(argv);
}

static void serve_one(struct control *c, int fd)
{
    char *line = malloc(REQUEST_MAX);
    size_t n = 0;

    while (line != NULL && n < REQUEST_MAX) {
        ssize_t r = recv(fd, line + n, REQUEST_MAX - n, 0);

        if (r <= 0)
            break;
        n += (size_t)r;
        if (line[n - 1] == '\n') {
            answer(c, fd, line, n - 1);
            break;
        }
    }
    free(line);
    close(fd);
}

static void *listen_on(void *arg)
{
    struct control *c = arg;
    struct pollfd fds[2] = {{.fd = c->listener, .events = POLLIN},
                            {.fd = c->wake[0], .events = POLLIN}};

    for (;;) {
        int fd;

        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (fds[1].revents != 0)
            return NULL;
        if (fds[0].revents == 0)
            continue;
        fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve_one(c, fd); /* one command at a time */
    }
}

static enum err_code open_listener(struct control *c, struct err *err)
{
    struct sockaddr_un address;
    mode_t mask;
    int rc;

    if (!socket_address(c->options.dir, &address))
        return err_set(err, ERR_INVALID, "the folder's path is too long for control.sock");
    snprintf(c->path, sizeof c->path, "%s", address.sun_path);
    unlink(c->path); /* the lock says that no other server lives here */
    c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mask = umask(0177);
    rc = c->listener < 0 ? -1 : bind(c->listener, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (rc != 0 || listen(c->listener, 8) != 0 || pipe(c->wake) != 0)
        return err_set(err, ERR_IO, "control.sock: %s", strerror(errno));
    return ERR_OK;
}

enum err_code control_start(const struct control_options *options, struct control **ret,
                            struct err *err)
{
    struct control *c = calloc(1, sizeof *c);

    if (c == NULL)
        return err_set(err, ERR_NO_MEMORY, "control");
    c->options = *options;
    c->listener = -1;
    if (open_listener(c, err) != ERR_OK || pthread_create(&c->thread, NULL, listen_on, c) != 0) {
        if (c->listener >= 0)
            close(c->listener);
        free(c);
        return err->code == ERR_OK ? err_set(err, ERR_IO, "control: no thread") : err->code;
    }
    *ret = c;
    return ERR_OK;
}

void control_stop(struct control *control)
{
    if (control == NULL)
        return;
    if (write(control->wake[1], "x", 1) == 1)
        pthread_join(control->thread, NULL);
    unlink(control->path);
    close(control->listener);
    close(control->wake[0]);
    close(control->wake[1]);
    free(control);
}

/* ---- the client's end ---- */

static bool copy_frames(int fd, int *ret_status)
{
    unsigned char head[5];

    while (read_all(fd, head, sizeof head)) {
        size_t n = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
        char *bytes = malloc(n + 1);
        bool ok = bytes != NULL && read_all(fd, bytes, n);

        if (ok && head[0] == 'x') {
            *ret_status = bytes[0];
            free(bytes);
            return true;
        }
        if (ok)
            fwrite(bytes, 1, n, head[0] == 'e' ? stderr : stdout);
        free(bytes);
        if (!ok)
            return false;
    }
    return false;
}

enum err_code control_send(const char *dir, int argc, const char **argv, int *ret_status,
                           struct err *err)
{
    struct sockaddr_un address;
    char cwd[4096];
    json_t *list = json_array();
    CLEANUP(json_decrefp) json_t *request = NULL;
    char *line;
    int fd;
    bool ok;

    for (int i = 0; i < argc; i++)
        json_array_append_new(list, json_string(argv[i]));
    request =
        json_pack("{s:s, s:o}", "cwd", getcwd(cwd, sizeof cwd) == NULL ? "/" : cwd, "argv", list);
    line = request == NULL ? NULL : json_dumps(request, JSON_COMPACT);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line == NULL || fd < 0 || !socket_address(dir, &address) ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        free(line);
        if (fd >= 0)
            close(fd);
        return err_set(err, ERR_NOT_FOUND, "another process holds %s and does not listen", dir);
    }
    ok = fd_send_all(fd, line, strlen(line)) && fd_send_all(fd, "\n", 1) &&
         copy_frames(fd, ret_status);
    free(line);
    close(fd);
    return ok ? ERR_OK : err_set(err, ERR_UNCERTAIN, "the server went away");
}
