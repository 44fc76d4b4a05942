/* Lock-free counters and their exposition. */
#include "web/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define N_BUCKETS 12

static const int64_t bucket_us[N_BUCKETS] = {500,   1000,   2500,   5000,   10000,   25000,
                                             50000, 100000, 250000, 500000, 1000000, 5000000};

struct route_counters {
    _Atomic uint64_t status[6]; /* by hundreds; 0 unused */
    _Atomic uint64_t buckets[N_BUCKETS + 1];
    _Atomic uint64_t sum_us;
};

struct metrics {
    size_t n_routes;
    const char *const *names;
    _Atomic int64_t gauges[METRIC_COUNT];
    struct route_counters routes[];
};

static const struct {
    const char *name, *help;
} gauge_names[] = {
#define X(id, text, help) {text, help},
    METRIC_TABLE(X)
#undef X
};

struct metrics *metrics_new(const char *const *routes, size_t n_routes)
{
    struct metrics *m = calloc(1, sizeof *m + (n_routes + 1) * sizeof m->routes[0]);

    if (m != NULL) {
        m->n_routes = n_routes;
        m->names = routes;
    }
    return m;
}

void metrics_free(struct metrics *m)
{
    free(m);
}

void metrics_request(struct metrics *m, size_t route, int status, int64_t took_us)
{
    struct route_counters *r = &m->routes[route < m->n_routes ? route : m->n_routes];
    size_t b = 0;

    while (b < N_BUCKETS && took_us > bucket_us[b])
        b++;
    atomic_fetch_add_explicit(&r->buckets[b], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&r->sum_us, (uint64_t)took_us, memory_order_relaxed);
    if (status >= 100 && status < 600)
        atomic_fetch_add_explicit(&r->status[status / 100], 1, memory_order_relaxed);
}

void metrics_set(struct metrics *m, enum metric metric, int64_t value)
{
    atomic_store_explicit(&m->gauges[metric], value, memory_order_relaxed);
}

void metrics_value(struct buf *out, const char *name, const char *type, const char *help,
                   int64_t value)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name,
             (long long)value);
}

/* "GET /api/v1/x" → method="GET",route="/api/v1/x" */
static void add_labels(struct buf *out, const char *route)
{
    size_t n = 0;

    while (route[n] != '\0' && route[n] != ' ')
        n++;
    buf_addf(out, "method=\"%.*s\",route=\"%s\"", (int)n, route,
             route[n] == ' ' ? route + n + 1 : "");
}

static void add_requests(struct metrics *m, struct buf *out)
{
    buf_adds(out, "# HELP fangxin_http_requests_total Answers by route and status class\n"
                  "# TYPE fangxin_http_requests_total counter\n");
    for (size_t i = 0; i <= m->n_routes; i++)
        for (int s = 1; s < 6; s++) {
            uint64_t n = atomic_load_explicit(&m->routes[i].status[s], memory_order_relaxed);

            if (n == 0)
                continue;
            buf_adds(out, "fangxin_http_requests_total{");
            add_labels(out, i < m->n_routes ? m->names[i] : "ANY other");
            buf_addf(out, ",status=\"%dxx\"} %llu\n", s, (unsigned long long)n);
        }
}

static void add_times(struct metrics *m, struct buf *out)
{
    buf_adds(out, "# HELP fangxin_http_request_seconds From the head of a request to its answer\n"
                  "# TYPE fangxin_http_request_seconds histogram\n");
    for (size_t i = 0; i <= m->n_routes; i++) {
        const char *name = i < m->n_routes ? m->names[i] : "ANY other";
        uint64_t n = 0;
        uint64_t sum = atomic_load_explicit(&m->routes[i].sum_us, memory_order_relaxed);

        if (sum == 0)
            continue;
        for (size_t b = 0; b <= N_BUCKETS; b++) {
            n += atomic_load_explicit(&m->routes[i].buckets[b], memory_order_relaxed);
            buf_adds(out, "fangxin_http_request_seconds_bucket{");
            add_labels(out, name);
            if (b < N_BUCKETS)
                buf_addf(out, ",le=\"%g\"} %llu\n", (double)bucket_us[b] / 1e6,
                         (unsigned long long)n);
            else
                buf_addf(out, ",le=\"+Inf\"} %llu\n", (unsigned long long)n);
        }
        buf_adds(out, "fangxin_http_request_seconds_sum{");
        add_labels(out, name);
        buf_addf(out, "} %.6f\nfangxin_http_request_seconds_count{", (double)sum / 1e6);
        add_labels(out, name);
        buf_addf(out, "} %llu\n", (unsigned long long)n);
    }
}

static int64_t resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    long total = 0, resident = 0;

    if (f == NULL)
        return 0;
    if (fscanf(f, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    fclose(f);
    return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

void metrics_write(struct metrics *m, struct buf *out)
{
    add_requests(m, out);
    add_times(m, out);
    for (int g = 0; g < METRIC_COUNT; g++)
        metrics_value(out, gauge_names[g].name, "gauge", gauge_names[g].help,
                      atomic_load_explicit(&m->gauges[g], memory_order_relaxed));
    metrics_value(out, "process_resident_memory_bytes", "gauge", "Resident memory",
                  resident_bytes());
}
