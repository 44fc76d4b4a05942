/* Threads that file concurrently, and what the store acknowledged to them. */
#ifndef FANGXIN_TESTS_FAULTS_WORKLOAD_H
#define FANGXIN_TESTS_FAULTS_WORKLOAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "../store/fixture.h"

#define FILERS 4
#define FILINGS_MAX 4000

struct acknowledged {
    int64_t id, version;
    struct blob blob; /* name "" when there is none */
};

struct filer {
    struct workload *work;
    unsigned number;
    pthread_t thread;
    size_t n;
    struct acknowledged done[FILINGS_MAX];
};

struct workload {
    struct fixture *fx;
    size_t each;      /* filings per thread at most */
    unsigned blobs;   /* one filing in so many has a file; 0: none */
    unsigned settles; /* one in so many is followed by a checkpoint; 0: none */
    int notify;       /* descriptor that each acknowledged id is written to; -1: none */
    atomic_bool stop;
    struct filer filers[FILERS];
};

struct workload *workload_new(struct fixture *fx, size_t each);
void workload_free(struct workload *w);
void workload_start(struct workload *w);
void workload_join(struct workload *w);
size_t workload_acknowledged(const struct workload *w);
/* How many of the acknowledged things the store does not hold. */
size_t workload_lost(struct workload *w);

#endif
