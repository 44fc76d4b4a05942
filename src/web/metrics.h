/* Counters for /metrics, in the text format of Prometheus. Names, never values of records. */
#ifndef FANGXIN_WEB_METRICS_H
#define FANGXIN_WEB_METRICS_H

#include <stdint.h>

#include "base/buf.h"

struct metrics;

/* name, help; set from outside (jobs, main), in the unit of the name */
#define METRIC_TABLE(X)                                                                            \
    X(INDEX_LAG_MS, "fangxin_index_lag_milliseconds", "Age of the oldest matter not yet indexed")  \
    X(INDEX_WAITING, "fangxin_index_waiting", "Matters waiting to be indexed")                     \
    X(LATE_MATTERS, "fangxin_late_matters", "Open matters past their due day")

enum metric {
#define X(name, text, help) METRIC_##name,
    METRIC_TABLE(X)
#undef X
        METRIC_COUNT
};

/* @p routes are labels ("GET /api/v1/matters/{number}") that live as long as the metrics. */
struct metrics *metrics_new(const char *const *routes, size_t n_routes);
void metrics_free(struct metrics *m);

/* @p route  index, or n_routes for requests that matched none */
void metrics_request(struct metrics *m, size_t route, int status, int64_t took_us);
void metrics_set(struct metrics *m, enum metric metric, int64_t value);

/* Requests, times, gauges, and the memory of the process. */
void metrics_write(struct metrics *m, struct buf *out);
/* One gauge or counter with its help, for values known elsewhere. */
void metrics_value(struct buf *out, const char *name, const char *type, const char *help,
                   int64_t value);

#endif
