/* The HTTP server: sockets and framing by libmicrohttpd, everything else elsewhere.
 *
 * One event loop per core. A request's head is judged on the loop (`head`, which must not block);
 * the work is parked and run by an executor thread (`run`), and the connection wakes up with the
 * answer. Only http.c and http_exchange.c include the library's header. */
#ifndef FANGXIN_WEB_HTTP_H
#define FANGXIN_WEB_HTTP_H

#include "web/executor.h"
#include "web/response.h"

struct http;

enum http_plan_kind {
    HTTP_ANSWER, /* resp is the answer */
    HTTP_RUN,    /* read the body, then run */
};

struct http_plan {
    enum http_plan_kind kind;
    size_t body_max; /* 0 = this route takes no body */
    bool upload;     /* a large body: held in lazily mapped memory */
};

struct http_calls {
    void *self;
    /* On the event loop, with the head only. Fills plan, and resp when it answers by itself. */
    void (*head)(void *self, struct request *req, struct response *resp, struct http_plan *plan);
    /* On an executor thread, with body and arena. */
    void (*run)(void *self, struct request *req, struct response *resp);
    /* When the answer is ready; any thread. */
    void (*done)(void *self, const struct request *req, int status, int64_t took_us);
};

struct http_options {
    const char *address; /* "127.0.0.1", "::1" */
    uint16_t port;       /* 0 = any free one */
    unsigned workers;    /* event loops; 0 = one per core */
    unsigned executors, queue_max;
    unsigned places; /* as many of them work at one time (web/executor.h); 0 = all */
    size_t arena_bytes;
    unsigned connections_max;
    unsigned per_address_max;   /* 0 = no limit, for a server behind a proxy */
    size_t head_bytes;          /* memory of a connection: head and read buffer */
    size_t bodies_bytes;        /* all bodies held at one time */
    unsigned idle_s;            /* no byte for that long closes the connection */
    unsigned head_s;            /* a head must be complete in idle_s + head_s */
    unsigned body_s, upload_s;  /* a body must be complete in */
    unsigned send_s;            /* an answer must be taken in */
    int64_t deadline_ms;        /* from the last byte of the request to the end of the work */
    const struct pair *headers; /* added to each answer; ends with a NULL name */
};

/* What a county office needs on two cores. */
void http_options_init(struct http_options *options);

/**
 * Binds, listens and starts the threads.
 * @param calls  copied; self must outlive the server
 * @param[out] ret  there before the first request is; NULL after a failure
 * @return ERR_IO when the address cannot be bound
 */
enum err_code http_start(const struct http_options *options, const struct http_calls *calls,
                         struct http **ret, struct err *err) MUST_CHECK;

/* Stops accepting, finishes what is parked, closes everything. NULL is fine. */
void http_stop(struct http *http);

uint16_t http_port(const struct http *http);

struct http_state {
    unsigned connections;
    size_t bodies_bytes;
    struct executor_state executor;
};
struct http_state http_state(struct http *http);

/* Monotonic microseconds, for measuring. */
int64_t http_now_us(void);

#endif
