/* Threads that file. */
#include "workload.h"

#include <sodium.h>
#include <unistd.h>

struct workload *workload_new(struct fixture *fx, size_t each)
{
    struct workload *w = calloc(1, sizeof *w);

    if (w == NULL)
        abort();
    w->fx = fx;
    w->each = each < FILINGS_MAX ? each : FILINGS_MAX;
    w->notify = -1;
    return w;
}

void workload_free(struct workload *w)
{
    free(w);
}

/* One filing, perhaps with a file, and sometimes an act on it. False when the store refused. */
static bool file_one(struct filer *f, size_t i)
{
    OP(op, f->work->fx);
    struct workload *w = f->work;
    struct acknowledged *ack = &f->done[f->n];
    struct filing filing = {.facts = "买的车有问题，多次维修未果",
                            .name = "王小明",
                            .phone = "13800002046",
                            .report = i % 7 == 3};
    unsigned char head[HASH_BYTES] = {0};
    char bytes[3000];
    bool blob = w->blobs != 0 && i % w->blobs == 0;

    memset(ack, 0, sizeof *ack);
    filing.id = store_next_id(w->fx->store, TEST_MONTH);
    if (blob) {
        memset(bytes, (int)(i % 251), sizeof bytes);
        if (blob_put(op, bytes, sizeof bytes, &ack->blob) != ERR_OK)
            return false;
        filing.blob = &ack->blob;
    }
    if (store_apply(op, filing_changes(op, &filing), i % 3 == 0 ? QUEUE_BULK : QUEUE_INTERACTIVE) !=
        ERR_OK)
        return false;
    ack->id = filing.id;
    ack->version = 1;
    f->n++;
    if (w->notify >= 0 && write(w->notify, &filing.id, sizeof filing.id) != sizeof filing.id)
        return false;
    memcpy(head, filing.head, HASH_BYTES);
    if (i % 2 == 0) {
        if (store_apply(op, act_changes(op, filing.id, 1, head), QUEUE_INTERACTIVE) != ERR_OK)
            return false;
        ack->version = 2;
    }
    return w->settles == 0 || i % w->settles != 0 || store_settle(op) == ERR_OK;
}

static void *filer_main(void *arg)
{
    struct filer *f = arg;

    for (size_t i = f->number; i < f->work->each + f->number && !atomic_load(&f->work->stop); i++)
        if (!file_one(f, i))
            break;
    return NULL;
}

void workload_start(struct workload *w)
{
    for (unsigned i = 0; i < FILERS; i++) {
        w->filers[i].work = w;
        w->filers[i].number = i;
        if (pthread_create(&w->filers[i].thread, NULL, filer_main, &w->filers[i]) != 0)
            abort();
    }
}

void workload_join(struct workload *w)
{
    for (unsigned i = 0; i < FILERS; i++)
        pthread_join(w->filers[i].thread, NULL);
}

size_t workload_acknowledged(const struct workload *w)
{
    size_t n = 0;

    for (unsigned i = 0; i < FILERS; i++)
        n += w->filers[i].n;
    return n;
}

static bool is_there(struct op *op, const struct acknowledged *ack)
{
    unsigned char sha[HASH_BYTES], *bytes;
    char sql[128];
    size_t n;

    snprintf(sql, sizeof sql, "SELECT version FROM matter WHERE id = %lld", (long long)ack->id);
    if (number_of(op, sql) < ack->version)
        return false;
    if (ack->blob.name[0] == '\0')
        return true;
    if (blob_get(op, ack->blob.name, &bytes, &n) != ERR_OK)
        return false;
    crypto_hash_sha256(sha, bytes, n);
    return memcmp(sha, ack->blob.sha256, HASH_BYTES) == 0;
}

size_t workload_lost(struct workload *w)
{
    OP(op, w->fx);
    size_t lost = 0;

    for (unsigned i = 0; i < FILERS; i++)
        for (size_t k = 0; k < w->filers[i].n; k++)
            lost += !is_there(op, &w->filers[i].done[k]);
    return lost;
}
