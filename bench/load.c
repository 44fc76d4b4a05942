/* The load client of bench/run: many connections from one thread (epoll), each sending its next
 * request when the answer to the last one is there.
 *
 *     load PORT MODE CONNECTIONS SECONDS [NAME PASSWORD [FILE]]
 *
 * Modes: filings (POST by the public), lifecycle (a supervisor files and assigns, accepts, settles,
 * searches a term), lists, search (two characters), entries (lists of a register), paths (GET of a
 * line of FILE, in any order). Prints one JSON object. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define IN_MAX ((size_t)1 << 20)
#define OUT_MAX 8192

struct connection {
    int fd;
    char out[OUT_MAX], *in;
    size_t out_n, out_at, in_n;
    int step;
    uint64_t began_ns, random;
    char number[40];
};

struct load {
    int port, epoll;
    const char *mode;
    char **paths;
    size_t n_paths;
    char cookie[256], csrf[128];
    struct connection connections[CONNECTIONS_MAX];
    size_t n;
    uint32_t *took_us;
    size_t n_took, cap_took;
    uint64_t requests, failed, cycles;
    char first_failure[400];
    uint64_t end_ns;
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t next_random(struct connection *c)
{
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    return c->random ^= c->random << 17;
}

/* ---- what is sent ---- */

static const char *const things[] = {"空调",   "手机",   "沙发", "羽绒服", "年卡", "套餐",
                                     "电动车", "热水器", "眼镜", "奶粉",   "瓷砖", "课程",
                                     "金项链", "洗衣机", "平板", "床垫"};
static const char *const faults[] = {"安装后漏水",   "用了三天就坏", "收到的和描述不一样",
                                     "商家不肯退款", "多收了费用",   "送货一拖再拖",
                                     "有明显的异味", "检测说是次品"};
static const char *const shops[] = {"晴川家电城", "绿畦生鲜超市", "瑞缘金行", "云栈数码",
                                    "拾味小馆",   "雅渡美容",     "禾跃健身", "百惠百货店"};
static const char *const words[] = {"退款", "漏水", "空调", "手机", "定金", "商家", "检测", "送货",
                                    "年卡", "调解", "客服", "热水", "沙发", "赔偿", "质量", "会员"};
#define PICK(c, list) (list)[next_random(c) % (sizeof(list) / sizeof(list)[0])]

static size_t body_of_filing(struct connection *c, char *out, size_t room, const char *more)
{
    const char *thing = PICK(c, things), *fault = PICK(c, faults), *shop = PICK(c, shops);
    unsigned yuan = (unsigned)(next_random(c) % 5000) + 20;

    return (size_t)snprintf(
        out, room,
        "{\"kind\":\"complaint\",%s\"consumer\":{\"name\":\"王%06u\",\"phone\":\"138%08u\","
        "\"address\":\"安澜县人民路%u号\"},\"respondent\":{\"name\":\"%s%u\",\"address\":\"人民路"
        "%u号\",\"division\":\"420202\"},\"category\":\"goods.appliance\",\"problem\":\"quality\","
        "\"amount_fen\":%u,\"facts\":\"我在%s买了%s，花了%u元，%s。找过商家%u次，没有结果，"
        "保留了付款记录和聊天截图，希望帮忙协调处理。\",\"demands\":[\"refund\"],\"truthful\":"
        "true}",
        more, (unsigned)(next_random(c) % 1000000), (unsigned)(next_random(c) % 100000000),
        (unsigned)(next_random(c) % 400) + 1, shop, (unsigned)(next_random(c) % 40),
        (unsigned)(next_random(c) % 300) + 1, yuan * 100, shop, thing, yuan, fault,
        (unsigned)(next_random(c) % 9) + 1);
}

static void put_request(struct load *l, struct connection *c, const char *method, const char *path,
                        const char *version, const char *body, size_t n)
{
    int at = snprintf(c->out, OUT_MAX, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path);

    if (l->cookie[0] != '\0')
        at += snprintf(c->out + at, OUT_MAX - (size_t)at, "Cookie: %s\r\nFangxin-Csrf: %s\r\n",
                       l->cookie, l->csrf);
    if (version != NULL)
        at += snprintf(c->out + at, OUT_MAX - (size_t)at, "If-Match: %s\r\n", version);
    if (body != NULL)
        at += snprintf(c->out + at, OUT_MAX - (size_t)at,
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n", n);
    at += snprintf(c->out + at, OUT_MAX - (size_t)at, "\r\n");
    if (body != NULL) {
        if ((size_t)at + n > OUT_MAX)
            give_up("request too long");
        memcpy(c->out + at, body, n);
        at += (int)n;
    }
    c->out_n = (size_t)at;
    c->out_at = 0;
}

static void path_of_word(char *path, size_t room, const char *prefix, const char *word)
{
    int at = snprintf(path, room, "/api/v1/matters?%sq=", prefix);

    for (; *word != '\0'; word++)
        at += snprintf(path + at, room - (size_t)at, "%%%02X", (unsigned char)*word);
}

static void next_list(struct load *l, struct connection *c)
{
    static const char *const paths[] = {
        "/api/v1/matters?limit=50&sort=due",
        "/api/v1/matters?limit=50&due=late",
        "/api/v1/matters?limit=50&due=soon&kind=complaint",
        "/api/v1/matters?limit=50&sort=-received",
        "/api/v1/matters?limit=50&body=42020201&due=open",
        "/api/v1/matters?limit=50&status=mediating&sort=due",
        "/api/v1/matters?limit=50&category=goods.appliance&sort=-received",
        "/api/v1/matters?limit=50&channel=phone&sort=-received",
    };

    put_request(l, c, "GET", PICK(c, paths), NULL, NULL, 0);
}

static void next_entries(struct load *l, struct connection *c)
{
    static const char *const filters[] = {
        "",
        "&open=1",
        "&status=found",
        "&source=complaint",
        "&source=transfer&status=found",
        "&body=42020201",
        "&sort=due",
        "&q=%E6%96%87%E5%BA%99%E8%B7%AF",
    };
    char path[160];

    snprintf(path, sizeof path, "/api/v1/registers/unlicensed/entries?limit=50%s",
             PICK(c, filters));
    put_request(l, c, "GET", path, NULL, NULL, 0);
}

static void next_search(struct load *l, struct connection *c)
{
    static const char *const prefixes[] = {"limit=50&", "limit=50&kind=complaint&",
                                           "limit=50&body=42020201&", "limit=50&status=archived&"};
    char path[256];

    path_of_word(path, sizeof path, PICK(c, prefixes), PICK(c, words));
    put_request(l, c, "GET", path, NULL, NULL, 0);
}

static void read_paths(struct load *l, const char *name)
{
    FILE *f = fopen(name, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    if (f == NULL)
        give_up(name);
    while ((n = getline(&line, &room, f)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        l->paths = realloc(l->paths, (l->n_paths + 1) * sizeof *l->paths);
        if (l->paths == NULL)
            give_up("memory");
        l->paths[l->n_paths++] = strdup(line);
    }
    free(line);
    fclose(f);
    if (l->n_paths == 0)
        give_up("no paths");
}

static void next_path(struct load *l, struct connection *c)
{
    put_request(l, c, "GET", l->paths[next_random(c) % l->n_paths], NULL, NULL, 0);
}

static void next_step(struct load *l, struct connection *c)
{
    static const char settle[] =
        "{\"form\":\"record\",\"terms\":\"退货退款\",\"remedies\":[{\"kind\":\"refund\","
        "\"amount_fen\":20000}]}";
    char body[4096], path[256];

    switch (c->step) {
    case 0:
        put_request(
            l, c, "POST", "/api/v1/matters", NULL, body,
            body_of_filing(c, body, sizeof body, "\"channel\":\"phone\",\"body\":\"42020201\","));
        break;
    case 1:
        snprintf(path, sizeof path, "/api/v1/matters/%s/acts/accept", c->number);
        put_request(l, c, "POST", path, "2", "{}", 2);
        break;
    case 2:
        snprintf(path, sizeof path, "/api/v1/matters/%s/acts/settle", c->number);
        put_request(l, c, "POST", path, "3", settle, sizeof settle - 1);
        break;
    default:
        path_of_word(path, sizeof path, "limit=10&", PICK(c, words));
        put_request(l, c, "GET", path, NULL, NULL, 0);
        break;
    }
}

static void next_request(struct load *l, struct connection *c)
{
    char body[4096];

    if (strcmp(l->mode, "filings") == 0)
        put_request(l, c, "POST", "/api/v1/matters", NULL, body,
                    body_of_filing(c, body, sizeof body, ""));
    else if (strcmp(l->mode, "lifecycle") == 0)
        next_step(l, c);
    else if (strcmp(l->mode, "lists") == 0)
        next_list(l, c);
    else if (strcmp(l->mode, "entries") == 0)
        next_entries(l, c);
    else if (strcmp(l->mode, "paths") == 0)
        next_path(l, c);
    else
        next_search(l, c);
    c->in_n = 0;
    c->began_ns = now_ns();
}

/* ---- answers ---- */

static void note_time(struct load *l, uint64_t ns)
{
    if (l->n_took == l->cap_took) {
        l->cap_took = l->cap_took == 0 ? 1 << 16 : l->cap_took * 2;
        l->took_us = realloc(l->took_us, l->cap_took * sizeof l->took_us[0]);
        if (l->took_us == NULL)
            give_up("memory");
    }
    l->took_us[l->n_took++] = (uint32_t)(ns / 1000);
}

static void answered(struct load *l, struct connection *c, int status, const char *body)
{
    const char *number = strstr(body, "\"number\":\"");

    note_time(l, now_ns() - c->began_ns);
    l->requests++;
    if (status < 200 || status > 299) {
        if (l->failed++ == 0)
            snprintf(l->first_failure, sizeof l->first_failure, "step %d: %d %.300s", c->step,
                     status, body);
        c->step = 0;
        return;
    }
    if (c->step == 0 && number != NULL)
        snprintf(c->number, sizeof c->number, "%.*s", (int)strcspn(number + 10, "\""), number + 10);
    c->step = (c->step + 1) % 4;
    l->cycles += c->step == 0;
}

/* The whole answer when it is there: its status and where its body begins. */
static bool complete(struct connection *c, int *ret_status, const char **ret_body)
{
    char *end, *length;

    c->in[c->in_n] = '\0';
    end = strstr(c->in, "\r\n\r\n");
    if (end == NULL)
        return false;
    length = strcasestr(c->in, "\r\nContent-Length:");
    if (length == NULL || length > end)
        return false;
    if (c->in_n < (size_t)(end - c->in) + 4 + strtoul(length + 17, NULL, 10))
        return false;
    *ret_status = (int)strtol(c->in + 9, NULL, 10);
    *ret_body = end + 4;
    return true;
}

/* ---- connections ---- */

static int connect_to(int port, bool block)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        give_up("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!block)
        fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void send_more(struct load *l, struct connection *c)
{
    struct epoll_event ev = {.data.ptr = c};

    while (c->out_at < c->out_n) {
        ssize_t n = send(c->fd, c->out + c->out_at, c->out_n - c->out_at, MSG_NOSIGNAL);

        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0)
            give_up("send");
        c->out_at += (size_t)n;
    }
    ev.events = EPOLLIN | (c->out_at < c->out_n ? (unsigned)EPOLLOUT : 0u);
    epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &ev);
}

static void receive(struct load *l, struct connection *c)
{
    const char *body;
    int status;
    ssize_t n = recv(c->fd, c->in + c->in_n, IN_MAX - c->in_n - 1, 0);

    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        give_up("the server closed a connection");
    c->in_n += (size_t)n;
    if (!complete(c, &status, &body))
        return;
    answered(l, c, status, body);
    if (now_ns() >= l->end_ns)
        return;
    next_request(l, c);
    send_more(l, c);
}

static void run(struct load *l, double seconds)
{
    struct epoll_event events[128];

    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->end_ns = now_ns() + (uint64_t)(seconds * 1e9);
    for (size_t i = 0; i < l->n; i++) {
        struct connection *c = &l->connections[i];
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};

        c->fd = connect_to(l->port, false);
        c->in = malloc(IN_MAX);
        c->random = 88172645463325252u + i * 7919 + (uint64_t)getpid() * 104729;
        epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev);
        next_request(l, c);
        send_more(l, c);
    }
    while (now_ns() < l->end_ns) {
        int n = epoll_wait(l->epoll, events, 128, 100);

        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;

            if (events[i].events & EPOLLOUT)
                send_more(l, c);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                receive(l, c);
        }
    }
}

/* ---- signing in ---- */

static void copy_until(char *to, size_t room, const char *from, const char *stop)
{
    snprintf(to, room, "%.*s", (int)strcspn(from, stop), from);
}

static void sign_in(struct load *l, const char *name, const char *password)
{
    char body[256], request[1024], answer[16384];
    int n = snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
    int m = snprintf(request, sizeof request,
                     "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                     "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                     n, body);
    int fd = connect_to(l->port, true);
    size_t got = 0;
    ssize_t k;
    char *cookie, *csrf;

    if (send(fd, request, (size_t)m, MSG_NOSIGNAL) != m)
        give_up("send");
    while (got < sizeof answer - 1 && (k = recv(fd, answer + got, sizeof answer - 1 - got, 0)) > 0)
        got += (size_t)k;
    answer[got] = '\0';
    close(fd);
    cookie = strcasestr(answer, "\r\nSet-Cookie: ");
    csrf = strstr(answer, "\"csrf\":\"");
    if (cookie == NULL || csrf == NULL) {
        fprintf(stderr, "load: no session: %.300s\n", answer);
        exit(1);
    }
    copy_until(l->cookie, sizeof l->cookie, cookie + 14, ";\r");
    copy_until(l->csrf, sizeof l->csrf, csrf + 8, "\"");
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double at_share(const struct load *l, double share)
{
    return l->n_took == 0 ? 0 : l->took_us[(size_t)((double)(l->n_took - 1) * share)] / 1000.0;
}

int main(int argc, char **argv)
{
    static struct load l;
    double seconds;

    if (argc < 5)
        return 2;
    l.port = (int)strtol(argv[1], NULL, 10);
    l.mode = argv[2];
    l.n = strtoul(argv[3], NULL, 10);
    seconds = strtod(argv[4], NULL);
    if (l.n == 0 || l.n > CONNECTIONS_MAX || seconds <= 0)
        return 2;
    if (argc >= 7)
        sign_in(&l, argv[5], argv[6]);
    if (strcmp(l.mode, "paths") == 0)
        read_paths(&l, argc >= 8 ? argv[7] : "");
    run(&l, seconds);
    qsort(l.took_us, l.n_took, sizeof l.took_us[0], by_size);
    printf(
        "{\"mode\":\"%s\",\"connections\":%zu,\"seconds\":%.1f,\"requests\":%llu,\"failed\":%llu,"
        "\"per_s\":%.1f,\"cycles_per_s\":%.1f,\"p50_ms\":%.2f,\"p95_ms\":%.2f,\"p99_ms\":%.2f,"
        "\"max_ms\":%.2f}\n",
        l.mode, l.n, seconds, (unsigned long long)l.requests, (unsigned long long)l.failed,
        (double)l.requests / seconds, (double)l.cycles / seconds, at_share(&l, 0.5),
        at_share(&l, 0.95), at_share(&l, 0.99), at_share(&l, 1));
    if (l.failed > 0)
        fprintf(stderr, "load: first failure: %s\n", l.first_failure);
    return l.failed * 100 > l.requests;
}
