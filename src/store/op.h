/* One unit of work: an HTTP request, a command, or one run of a job. */
#ifndef FANGXIN_STORE_OP_H
#define FANGXIN_STORE_OP_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "rules/may.h"

struct store;
struct snapshot;
struct setup;       /* work/setup.h: packs, calendar, codes, bodies; immutable while an op runs */
struct request_key; /* work/idempotency.h */
struct access_log;  /* work/access.h */
struct backoff;     /* work/backoff.h */
struct media;       /* work/media.h */
struct press;       /* insight/letter_pdf.h */
struct copy_plan;   /* store/copies.h */

struct op {
    struct arena *arena; /* what a call taking op returns lives as long as op */
    struct store *store;
    const struct setup *setup;
    struct actor actor;             /* on whose authority; ACTOR_SYSTEM in jobs */
    int64_t now_ms;                 /* UTC, ms since 1970; read once at the start, never again */
    int zone_min;                   /* store_zone_min(store) */
    const struct request_key *key;  /* of a request that may be sent again, or NULL */
    struct access_log *access;      /* where looks are noted; NULL in commands that only count */
    struct backoff *backoff;        /* wrong passwords and PINs; NULL in commands */
    struct media *media;            /* looks at evidence; NULL in commands and jobs */
    struct press *press;            /* makes letters; NULL in commands */
    const struct copy_plan *copies; /* in jobs: copies to be made by and by; NULL: none */
    char request_id[24];            /* for the log and the answer */
    char address[64];               /* of the client, "" for commands and jobs */
    struct snapshot *snapshot;      /* the one open now; the store keeps it */
    bool keeps_view;                /* snapshot_keep was called */
    struct err err;                 /* why the last call failed */
};

#endif
