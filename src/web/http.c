/* The HTTP server: its options, its start, its stop. What passes over a connection is in
 * http_exchange.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "web/http_internal.h"

#define STOP_SEND_MS 3000 /* a client that does not read holds the stop up no longer */
#define LONG_MS 5         /* work that takes longer is not counted among the places any more */

int64_t http_now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static size_t keep_escapes(void *cls, struct MHD_Connection *conn, char *text)
{
    (void)cls;
    (void)conn;
    return strlen(text); /* we decode the raw target ourselves */
}

__attribute__((format(printf, 2, 0))) static void on_library_log(void *cls, const char *fmt,
                                                                 va_list ap)
{
    char text[300];

    (void)cls;
    vsnprintf(text, sizeof text, fmt, ap);
    log_line(LOG_DEBUG, "http library", "what=\"%s\"", text);
}

void http_options_init(struct http_options *options)
{
    *options = (struct http_options){
        .address = "127.0.0.1",
        .port = 8315,
        .executors = 32,
        .queue_max = 512,
        .arena_bytes = (size_t)8 * 1024 * 1024,
        .connections_max = 2048,
        .per_address_max = 512,
        .head_bytes = (size_t)32 * 1024,
        .bodies_bytes = (size_t)160 * 1024 * 1024,
        .idle_s = 30,
        .head_s = 15,
        .body_s = 60,
        .upload_s = 900,
        .send_s = 300,
        .deadline_ms = 10000,
    };
}

static enum err_code parse_address(const struct http_options *o, struct sockaddr_storage *ret,
                                   struct err *err)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(o->port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(o->port)};

    *ret = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, o->address, &in.sin_addr) == 1)
        memcpy(ret, &in, sizeof in);
    else if (inet_pton(AF_INET6, o->address, &in6.sin6_addr) == 1)
        memcpy(ret, &in6, sizeof in6);
    else
        return err_set(err, ERR_INVALID, "listen: %s is not an IP address", o->address);
    return ERR_OK;
}

static enum err_code start_daemon(struct http *h, struct err *err)
{
    const struct http_options *o = &h->options;
    long cores = o->workers > 0 ? (long)o->workers : sysconf(_SC_NPROCESSORS_ONLN);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct sockaddr_storage address;
    const union MHD_DaemonInfo *info;
    struct MHD_OptionItem pool[] = {
        {cores > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, cores, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    TRY(parse_address(o, &address, err));
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    h->daemon = MHD_start_daemon(
        flags, o->port, NULL, NULL, exchange_on_access, h, MHD_OPTION_EXTERNAL_LOGGER,
        on_library_log, NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_CONNECTION_LIMIT, o->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        o->per_address_max, MHD_OPTION_CONNECTION_TIMEOUT, o->idle_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->head_bytes, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target, h,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_on_completed, h, MHD_OPTION_NOTIFY_CONNECTION, exchange_on_connection, h,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_ARRAY, pool, MHD_OPTION_END);
    if (h->daemon == NULL && errno == EADDRINUSE)
        return err_set(err, ERR_IO, "listen: another program has %s port %u", o->address, o->port);
    if (h->daemon == NULL)
        return err_set(err, ERR_IO, "listen: %s port %u: error %d", o->address, o->port, errno);
    info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    h->port = info == NULL ? o->port : info->port;
    return ERR_OK;
}

enum err_code http_start(const struct http_options *options, const struct http_calls *calls,
                         struct http **ret, struct err *err)
{
    struct executor_options eo = {.threads = options->executors,
                                  .places = options->places,
                                  .long_ms = LONG_MS,
                                  .queue_max = options->queue_max,
                                  .arena_bytes = options->arena_bytes,
                                  .run = exchange_run};
    struct http *h = calloc(1, sizeof *h);
    unsigned seed = 0;
    enum err_code rc;

    if (h == NULL)
        return err_set(err, ERR_NO_MEMORY, "http");
    h->options = *options;
    h->calls = *calls;
    h->bodies.max_bytes = options->bodies_bytes;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        seed = (unsigned)http_now_us();
    snprintf(h->id_prefix, sizeof h->id_prefix, "%08x", seed);
    rc = executor_new(&eo, &h->executor, err);
    if (rc == ERR_OK)
        rc = watch_new(&h->watch, err);
    if (rc == ERR_OK) {
        *ret = h;
        rc = start_daemon(h, err);
    }
    if (rc != ERR_OK) {
        http_stop(h);
        *ret = NULL;
    }
    return rc;
}

/* What was done is also said: the loop gets time to send the answers of the work that was begun. */
static void send_what_is_owed(struct http *http)
{
    int64_t until = monotonic_ms() + STOP_SEND_MS;

    while (atomic_load(&http->owed) > 0 && monotonic_ms() < until)
        usleep(2000);
}

void http_stop(struct http *http)
{
    MHD_socket listening = MHD_INVALID_SOCKET;

    if (http == NULL)
        return;
    if (http->daemon != NULL)
        listening = MHD_quiesce_daemon(http->daemon);
    if (http->executor != NULL)
        executor_stop(http->executor); /* all parked connections are resumed after this */
    if (http->daemon != NULL)
        send_what_is_owed(http);
    if (http->daemon != NULL)
        MHD_stop_daemon(http->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
    executor_free(http->executor);
    watch_free(http->watch);
    free(http);
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

struct http_state http_state(struct http *http)
{
    return (struct http_state){
        .connections = watch_count(http->watch),
        .bodies_bytes = atomic_load(&http->bodies.used_bytes),
        .executor = executor_state(http->executor),
    };
}
