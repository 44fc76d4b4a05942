/* The past of a matter, kept small: what each of its events changed of the facts that figures look
 * at. From it a matter's facts as of any moment are made without reading an event.
 *
 * index.db keeps one row per matter (idx.past), filled by a job behind the events up to one that
 * it remembers; whoever reads goes on from there with the events themselves. So it may always be
 * thrown away, and is never behind. A past is a row of entries in the order of the matter's
 * versions:
 *   event id, instant (signed), bytes that follow, and per fact changed its number and value.
 * Numbers are varints (base/varint.h), texts a length and bytes. Pasts of another PAST_FORMAT than
 * this one's are as if they were of other events, and are made anew. */
#ifndef FANGXIN_INSIGHT_PAST_H
#define FANGXIN_INSIGHT_PAST_H

#include <jansson.h>

#include "base/buf.h"
#include "insight/figures.h"
#include "store/index.h"

#define PAST_FORMAT 4
#define PAST_THEMES_MAX 32
#define PAST_CLOCKS_MAX 24
#define PAST_REMEDIES_MAX 64
#define PAST_NONE INT64_MIN

enum past_text_fact {
    PAST_KIND,
    PAST_STATUS,
    PAST_BODY,
    PAST_CHANNEL,
    PAST_OUTCOME,
    PAST_GROUND,
    PAST_TOLD,
    PAST_CATEGORY,
    PAST_PROBLEM,
    PAST_DIVISION,
    PAST_TOLD_BUSINESS,
    PAST_DISCLOSURE, /* of a state: disclosed, exempt; of a row (from here on): disclosure_word */
    PAST_CLOCKS,     /* of a row alone: figure_facts.clocks */
    PAST_TEXTS
};
enum past_number_fact {
    PAST_BUSINESS,
    PAST_OFFICER,
    PAST_RATING,
    PAST_AMOUNT_FEN,
    PAST_RECOVERED_FEN,
    PAST_RECEIVED_AT,
    PAST_ENDED_AT,
    PAST_HEADS,
    PAST_ASSIGNED_AT,
    PAST_ACCEPTED_AT,
    PAST_TOLD_AT,
    PAST_BY_PARTIES, /* 1: an offer was taken */
    PAST_SETTLED,    /* 1: a settlement stands */
    PAST_FROM_COMPLAINT,
    PAST_AGREED_DISCLOSURE, /* 1: the consumer agreed */
    PAST_POLICE,            /* 1: handed to the police */
    PAST_NUMBERS
};

struct past_text {
    const char *at; /* in the bytes read; not ended by NUL */
    size_t n;       /* 0: none */
};
struct past_remedy {
    struct past_text kind, payer;
    int64_t amount_fen;
};
struct past_clock {
    struct past_text rule, state; /* of its last run: met, missed, or none while it is open */
};
/* A matter's facts at a moment. */
struct past_state {
    struct past_text texts[PAST_TEXTS];
    int64_t numbers[PAST_NUMBERS]; /* PAST_NONE: none */
    size_t n_themes, n_remedies, n_clocks;
    struct past_text themes[PAST_THEMES_MAX];
    struct past_remedy remedies[PAST_REMEDIES_MAX];
    struct past_clock clocks[PAST_CLOCKS_MAX];
};

/* Adds the entry of an event of a matter; nothing when it changes no fact. A failed buffer says
 * so. */
void past_entry(struct buf *out, int64_t event, int64_t at, const json_t *body);

/* One entry. */
struct past_change {
    int64_t event, at;
    const unsigned char *facts, *end;
};
/* Takes entries apart: false behind the last, and with *ret_bad where they do not read. */
bool past_next(const unsigned char **at, const unsigned char *end, struct past_change *ret,
               bool *ret_bad);
/* Whether it belongs to what had happened, or was known, by then. */
bool past_counts(const struct past_change *change, struct figure_as_of as_of);
void past_state_init(struct past_state *state);
/* False where the entry does not read. */
bool past_apply(const struct past_change *change, struct past_state *state);

/* ---- the job: events into index.db ---- */

#define PAST_EVENTS_A_ROUND 2000
/* The last event that idx.past knows, as seen by @p snap; 0 when it was filled from other events.
 * What it holds beyond the snapshot is to be left out. */
enum err_code past_position(struct op *op, struct snapshot *snap,
                            struct index_past_mark *ret) MUST_CHECK;
/* Goes on from where it came to; *ret_more: there are further events. Starts anew when the last
 * event that was taken is not there any more. */
enum err_code past_fill(struct op *op, bool *ret_more) MUST_CHECK;

#endif
