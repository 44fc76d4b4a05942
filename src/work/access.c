/* The access log and reveals. */
#include "work/access.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/filing.h"

#define NOTES_MAX 4096

struct note {
    int64_t at, officer, matter, part; /* part 0: the whole */
    const char *what;                  /* literals only */
};

struct access_log {
    pthread_mutex_t lock;
    size_t n;
    struct note notes[NOTES_MAX];
};

struct access_log *access_log_new(void)
{
    struct access_log *log = calloc(1, sizeof *log);

    if (log != NULL)
        pthread_mutex_init(&log->lock, NULL);
    return log;
}

void access_log_free(struct access_log *log)
{
    if (log == NULL)
        return;
    pthread_mutex_destroy(&log->lock);
    free(log);
}

void access_add(struct op *op, struct changes *ch, int64_t matter_id, const char *what,
                const char *reason)
{
    changes_row(ch, SQL_access_insert, 1, ERR_CONFLICT);
    changes_int(ch, op->now_ms);
    changes_int(ch, op->actor.officer_id);
    changes_int(ch, matter_id);
    changes_text(ch, what);
    changes_text(ch, reason);
    changes_mac(op, ch, "access");
}

static const char *what_of(struct op *op, const char *what, int64_t part)
{
    return part == 0 ? what : arena_printf(op->arena, "%s:%lld", what, (long long)part);
}

void access_note(struct op *op, int64_t matter_id, const char *what)
{
    access_note_part(op, matter_id, what, 0);
}

void access_note_part(struct op *op, int64_t matter_id, const char *what, int64_t part)
{
    struct access_log *log = op->access;
    bool full;

    if (op->actor.kind != ACTOR_OFFICER || log == NULL)
        return;
    pthread_mutex_lock(&log->lock);
    full = log->n == NOTES_MAX;
    if (!full)
        log->notes[log->n++] =
            (struct note){op->now_ms, op->actor.officer_id, matter_id, part, what};
    pthread_mutex_unlock(&log->lock);
    if (full) { /* the job fell behind: write this one now rather than lose it */
        struct changes *ch = changes_new(op);

        access_add(op, ch, matter_id, what_of(op, what, part), NULL);
        if (store_apply(op, ch, QUEUE_BULK) != ERR_OK)
            err_overlook(&op->err);
    }
}

enum err_code access_look(struct op *op, int64_t id, bool secret, const char *what)
{
    struct changes *ch;

    if (op->actor.kind != ACTOR_OFFICER)
        return ERR_OK;
    if (!secret) {
        access_note(op, id, what);
        return ERR_OK;
    }
    ch = changes_new(op);
    access_add(op, ch, id, what, NULL);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code access_flush(struct op *op, struct access_log *log)
{
    struct changes *ch = changes_new(op);
    struct note *notes;
    struct op writer = op_apart(op, op->arena);
    size_t n;

    pthread_mutex_lock(&log->lock);
    n = log->n;
    notes = n == 0 ? NULL : ARENA_ARRAY(op->arena, struct note, n);
    if (notes != NULL) {
        memcpy(notes, log->notes, n * sizeof *notes);
        log->n = 0;
    }
    pthread_mutex_unlock(&log->lock);
    if (notes == NULL)
        return n == 0 ? ERR_OK : err_set(&op->err, ERR_NO_MEMORY, "access notes");
    for (size_t i = 0; i < n; i++) {
        writer.now_ms = notes[i].at;
        writer.actor.officer_id = notes[i].officer;
        access_add(&writer, ch, notes[i].matter, what_of(op, notes[i].what, notes[i].part), NULL);
    }
    if (store_apply(op, ch, QUEUE_BULK) == ERR_OK)
        return ERR_OK;
    pthread_mutex_lock(&log->lock); /* kept for the next flush, as far as there is room */
    for (size_t i = 0; i < n && log->n < NOTES_MAX; i++)
        log->notes[log->n++] = notes[i];
    pthread_mutex_unlock(&log->lock);
    return op->err.code;
}

/* ---- reveals ---- */

static enum err_code load_person(struct op *op, struct snapshot *snap, const struct matter *m,
                                 const char *party, json_t **ret)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;

    if (strcmp(party, "respondent") != 0)
        return person_open(op, snap, m, party, ret);
    TRY(filing_open(op, snap, m, &filing));
    *ret = json_incref(json_object_get(filing, "respondent"));
    return ERR_OK;
}

enum err_code matter_reveal(struct op *op, int64_t id, const char *party, const char *reason,
                            json_t **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    const struct code_table *reasons = codes_table(op->setup->codes, "reveal_reasons");
    bool reporter = strcmp(party, "reporter") == 0;
    struct changes *ch = changes_new(op);
    struct record_facts facts;
    enum err_code rc;

    *ret = NULL;
    if (!reporter && strcmp(party, "consumer") != 0 && strcmp(party, "proxy") != 0 &&
        strcmp(party, "respondent") != 0)
        return err_field(&op->err, ERR_INVALID, "party", "unknown_choice", "选当事人",
                         "Choose consumer, proxy, respondent or reporter.");
    if (reasons == NULL || code_find(reasons, reason) == NULL)
        return err_field(&op->err, ERR_INVALID, "reason", "unknown_code", "选查看的理由",
                         "Choose a reason from the list.");
    TRY(snapshot_open(op, &snap));
    TRY(matter_for(op, snap, id, MAY_SEE, &m));
    facts = matter_facts(op, &m);
    TRY(may_check(&op->actor, reporter ? MAY_REVEAL_REPORTER : MAY_REVEAL_PERSON, &facts,
                  &op->err));
    access_add(op, ch, id, arena_printf(op->arena, "reveal:%s", party), reason);
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE)); /* recorded before it is shown */
    rc = load_person(op, snap, &m, party, ret);
    if (rc == ERR_OK && *ret == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no %s", party);
    return rc;
}

/* ---- reading the log ---- */

enum err_code access_list(struct op *op, int64_t matter_id, int64_t before, size_t max,
                          struct access_row *ret, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};
    bool row;

    *ret_n = 0;
    TRY(may_check(&op->actor, MAY_READ_ACCESS_LOG, &facts, &op->err));
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, matter_id == 0 ? SQL_access_newest : SQL_access_of_matter, &s));
    TRY(stmt_bind_int64(op, s, 1, before == 0 ? INT64_MAX : before));
    TRY(stmt_bind_int64(op, s, 2, (int64_t)max));
    TRY(stmt_bind_text(op, s, 3, facts.body_path));
    TRY(stmt_bind_text(op, s, 4, body_path_end(op->arena, facts.body_path)));
    if (matter_id != 0)
        TRY(stmt_bind_int64(op, s, 5, matter_id));
    while (*ret_n < max) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        ret[(*ret_n)++] = (struct access_row){
            .id = stmt_int64(s, 0),
            .at = stmt_int64(s, 1),
            .officer_id = stmt_int64(s, 2),
            .matter_id = stmt_int64(s, 3),
            .what = stmt_text_dup(op, s, 4),
            .reason = stmt_is_null(s, 5) ? NULL : stmt_text_dup(op, s, 5),
            .officer = stmt_is_null(s, 6) ? NULL : stmt_text_dup(op, s, 6),
            .number = stmt_is_null(s, 7) ? NULL : stmt_text_dup(op, s, 7),
            .of_register = stmt_is_null(s, 8) ? NULL : stmt_text_dup(op, s, 8),
        };
    }
    return ERR_OK;
}
