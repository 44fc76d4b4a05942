/* One change set, one transaction: BEGIN and its statements go out in one pipeline, their results
 * are compared with what the set expects, and only then COMMIT follows. A set whose connection
 * broke before COMMIT was sent runs again on a new one; afterwards nobody knows (ERR_UNCERTAIN),
 * and the idempotency key decides. */
#include "store/pg_engine.h"

/* The server's answers to so many statements fit the socket's buffer: neither side waits for the
 * other to read (a blocking pipeline would stand still). */
#define PIECE_STATEMENTS 64
#define TRIES 3

enum fate {
    FATE_DONE,
    FATE_REFUSED,   /* rolled back; err says why */
    FATE_AGAIN,     /* nothing happened: a lost connection or a deadlock */
    FATE_UNCERTAIN, /* COMMIT was sent and no answer came */
};

/* A set under way on a connection. */
struct run {
    struct pg_engine *e;
    struct pg_conn *conn;
    struct changes *ch;
    struct err *err;
    enum fate fate;
    struct tally_delta *cells; /* merged, in key order */
    size_t n_cells;
    struct pg_plan plan;
    struct pg_sending *sending;
    bool failed; /* a statement was refused: the transaction will be rolled back */
};

struct sent {                    /* what a pipeline's next result belongs to */
    const struct change *change; /* the first of its rows; NULL: of the engine's own, any rows */
    size_t n;
};

static void lost(struct run *r)
{
    if (!r->failed) {
        err_set(r->err, ERR_BUSY, "connection lost: %.200s", PQerrorMessage(r->conn->raw));
        r->fate = FATE_AGAIN;
    }
    r->failed = true;
}

static void refuse(struct run *r, enum err_code code, const char *why)
{
    if (r->failed)
        return;
    err_set(r->err, code, "%.300s", why);
    r->fate = FATE_REFUSED;
    r->failed = true;
}

/* ---- receiving ---- */

/* A deadlock, a connection or server that ends: before COMMIT was sent nothing happened. */
static bool passes(const char *state)
{
    return state == NULL || strncmp(state, "40", 2) == 0 || strncmp(state, "08", 2) == 0 ||
           strncmp(state, "57P", 3) == 0;
}

static void check_result(struct run *r, const struct sent *sent, const PGresult *result)
{
    const struct change *c = sent->change;
    ExecStatusType status = PQresultStatus(result);
    const char *state;
    int64_t rows = 0;

    if (r->failed || status == PGRES_PIPELINE_ABORTED)
        return;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        pg_error(r->err, r->conn, result, "write");
        r->fate = passes(state) ? FATE_AGAIN : FATE_REFUSED;
        if (c != NULL && state != NULL && strcmp(state, PG_UNIQUE_VIOLATION) == 0)
            err_set(r->err, c->otherwise, "same key: %.200s", PQresultErrorMessage(result));
        r->failed = true;
        return;
    }
    if (c == NULL)
        return;
    if (c->event && PQntuples(result) > 0)
        r->ch->last_event = pg_result_int64(result, PQntuples(result) - 1, 0);
    rows = strtoll(PQcmdTuples((PGresult *)(uintptr_t)result), NULL, 10);
    if (c->rows != ANY_ROWS && rows != c->rows * (int64_t)sent->n) {
        err_set(r->err, c->otherwise, "%d rows instead of %d: %.200s", (int)rows,
                c->rows * (int)sent->n, c->sql >= 0 ? sql_names[c->sql] : c->text);
        r->fate = FATE_REFUSED;
        r->failed = true;
    }
}

/* The results of what was sent since the last call. */
static void receive(struct run *r, const struct sent *sent, size_t n)
{
    if (PQsendFlushRequest(r->conn->raw) != 1 || PQflush(r->conn->raw) != 0) {
        lost(r);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        CLEANUP(pg_clearp) PGresult *result = PQgetResult(r->conn->raw);

        if (result == NULL || PQstatus(r->conn->raw) != CONNECTION_OK) {
            lost(r);
            return;
        }
        check_result(r, &sent[i], result);
        PQclear(PQgetResult(r->conn->raw)); /* the end of that statement's results */
    }
}

/* ---- one transaction ---- */

static int compare_cells(const void *a, const void *b)
{
    return tally_key_compare(&((const struct tally_delta *)a)->key,
                             &((const struct tally_delta *)b)->key);
}

/* Equal cells of the set as one. */
static bool merge_cells(struct run *r)
{
    struct changes *ch = r->ch;
    size_t kept = 0;

    if (ch->n_tallies == 0)
        return true;
    r->cells = malloc(ch->n_tallies * sizeof *r->cells);
    if (r->cells == NULL)
        return false;
    memcpy(r->cells, ch->tallies, ch->n_tallies * sizeof *r->cells);
    qsort(r->cells, ch->n_tallies, sizeof *r->cells, compare_cells);
    for (size_t i = 0; i < ch->n_tallies; i++) {
        if (kept > 0 && compare_cells(&r->cells[kept - 1], &r->cells[i]) == 0) {
            r->cells[kept - 1].n += r->cells[i].n;
            r->cells[kept - 1].sum += r->cells[i].sum;
        } else {
            r->cells[kept++] = r->cells[i];
        }
    }
    r->n_cells = kept;
    return true;
}

/* Out of the pipeline, which takes no COPY, when all that was sent in it is answered; and into it
 * again behind the COPY. */
static void copy_piece(struct run *r, size_t i)
{
    CLEANUP(pg_clearp) PGresult *sync = NULL;
    const struct pg_piece *piece = &r->plan.pieces[i];
    PGconn *raw = r->conn->raw;
    struct err why = {.code = ERR_OK};

    if (PQpipelineSync(raw) == 1)
        sync = PQgetResult(raw);
    if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(raw) != 1) {
        lost(r);
        return;
    }
    if (pg_send_copy(r->sending, r->conn, &r->plan, i, &why) != ERR_OK) {
        if (PQstatus(raw) != CONNECTION_OK)
            lost(r);
        else if (piece->kind == PIECE_CHANGES &&
                 strstr(why.why, "(" PG_UNIQUE_VIOLATION ")") != NULL)
            refuse(r, r->plan.order[piece->at]->otherwise, why.why);
        else
            refuse(r, why.code, why.why);
    }
    if (PQenterPipelineMode(raw) != 1)
        lost(r);
}

static void send_all(struct run *r)
{
    struct sent sent[PIECE_STATEMENTS + 1];
    size_t n = 0, total = r->plan.n_pieces;

    if (PQsendQueryParams(r->conn->raw, "BEGIN ISOLATION LEVEL READ COMMITTED", 0, NULL, NULL, NULL,
                          NULL, 1) != 1)
        lost(r);
    sent[n++] = (struct sent){NULL, 0};
    for (size_t i = 0; i < total && !r->failed; i++) {
        const struct pg_piece *piece = &r->plan.pieces[i];

        if (piece->copied) {
            if (n > 0)
                receive(r, sent, n);
            n = 0;
            if (!r->failed)
                copy_piece(r, i);
            continue;
        }
        sent[n++] =
            (struct sent){piece->kind == PIECE_CHANGES ? r->plan.order[piece->at] : NULL, piece->n};
        if (!pg_send(r->sending, r->conn, &r->plan, i))
            lost(r);
        else if (n > PIECE_STATEMENTS || i + 1 == total) {
            receive(r, sent, n);
            n = 0;
        }
    }
    if (n > 0 && !r->failed)
        receive(r, sent, n);
}

/* Reads up to and with the Sync; the first result is COMMIT's. */
static void finish_commit(struct run *r)
{
    CLEANUP(pg_clearp) PGresult *result = NULL, *sync = NULL;
    const char *state;

    r->conn->doubtful = false;
    if (PQsendQueryParams(r->conn->raw, "COMMIT", 0, NULL, NULL, NULL, NULL, 1) != 1) {
        lost(r);
        return;
    }
    r->fate = FATE_UNCERTAIN;
    if (PQpipelineSync(r->conn->raw) == 1)
        result = PQgetResult(r->conn->raw);
    if (PQresultStatus(result) == PGRES_COMMAND_OK) {
        if (strcmp(PQcmdStatus(result), "COMMIT") == 0 && !r->conn->doubtful) {
            r->fate = FATE_DONE;
        } else if (r->conn->doubtful) {
            err_set(r->err, ERR_UNCERTAIN, "the commit may not have reached the standby");
        } else {
            refuse(r, ERR_INTERNAL, "the transaction was rolled back");
        }
    } else {
        state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
        pg_error(r->err, r->conn, result, "commit");
        if (state != NULL && (strncmp(state, "40", 2) == 0 || strncmp(state, "23", 2) == 0))
            r->fate = FATE_AGAIN;
    }
    if (result == NULL)
        return;
    PQclear(PQgetResult(r->conn->raw));
    sync = PQgetResult(r->conn->raw);
}

/* Out of the pipeline, whatever state it is in; then the transaction is undone. */
static void roll_back(struct run *r)
{
    PGconn *raw = r->conn->raw;
    bool synced = PQpipelineSync(raw) == 1;

    while (synced && PQstatus(raw) == CONNECTION_OK) {
        CLEANUP(pg_clearp) PGresult *result = PQgetResult(raw);

        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
            break;
    }
    if (PQexitPipelineMode(raw) == 1)
        (void)!pg_exec(r->conn, "ROLLBACK", NULL, NULL);
}

static enum fate transact(struct run *r)
{
    if (!merge_cells(r)) {
        refuse(r, ERR_NO_MEMORY, "no memory for tallies");
        return r->fate;
    }
    if (pg_plan_make(r->ch, r->n_cells, atomic_load(&r->e->filling), &r->plan, r->err) != ERR_OK)
        return FATE_REFUSED;
    /* In the pipeline nothing can be prepared without knowing whether it worked. */
    if (pg_plan_prepare(r->conn, &r->plan, r->err) != ERR_OK)
        return PQstatus(r->conn->raw) == CONNECTION_OK ? FATE_REFUSED : FATE_AGAIN;
    r->sending = pg_sending_new(r->e, r->ch, r->cells);
    if (r->sending == NULL) {
        refuse(r, ERR_NO_MEMORY, "no memory for a statement");
        return r->fate;
    }
    if (PQenterPipelineMode(r->conn->raw) != 1) {
        lost(r);
        return r->fate;
    }
    send_all(r);
    if (!r->failed)
        finish_commit(r);
    else if (PQstatus(r->conn->raw) == CONNECTION_OK)
        roll_back(r);
    if (PQpipelineStatus(r->conn->raw) != PQ_PIPELINE_OFF)
        PQexitPipelineMode(r->conn->raw); /* where that fails, pg_give closes the connection */
    return r->fate;
}

static enum fate try_once(struct pg_engine *e, struct changes *ch, struct err *err)
{
    struct run r = {.e = e, .ch = ch, .err = err};
    enum fate fate;
    bool broken;

    if (pg_take(e, &e->writers, &r.conn, err) != ERR_OK)
        return FATE_REFUSED;
    fate = transact(&r);
    broken = PQstatus(r.conn->raw) != CONNECTION_OK;
    pg_give(&e->writers, r.conn);
    if (broken)
        pg_pool_drop_idle(&e->writers);
    pg_plan_release(&r.plan);
    free(r.sending);
    free(r.cells);
    return fate;
}

static enum err_code run_set(struct pg_engine *e, struct changes *ch, struct err *err)
{
    struct err why = {.code = ERR_OK};
    enum fate fate = FATE_AGAIN;

    if (ch->n_events > PG_EVENTS_MAX)
        return err_set(err, ERR_TOO_LARGE, "%lld events in one set", (long long)ch->n_events);
    for (int i = 0; i < TRIES && fate == FATE_AGAIN; i++)
        fate = try_once(e, ch, &why);
    atomic_fetch_add(fate == FATE_DONE ? &e->changes : &e->refused, 1);
    if (fate == FATE_DONE) {
        atomic_fetch_add(&e->commits, 1);
        return ERR_OK;
    }
    return err_set(err, fate == FATE_UNCERTAIN ? ERR_UNCERTAIN : why.code, "%s", why.why);
}

enum err_code pg_apply(struct engine *engine, struct changes *ch, enum store_queue queue,
                       struct err *err)
{
    struct pg_engine *e = (struct pg_engine *)engine;
    enum err_code rc;

    if (e->read_only)
        return err_set(err, ERR_STORE_FULL, "opened for reading only");
    if (queue == QUEUE_INTERACTIVE)
        return run_set(e, ch, err);
    atomic_fetch_add(&e->bulk_waiting, 1);
    pthread_mutex_lock(&e->bulk_lock);
    atomic_fetch_sub(&e->bulk_waiting, 1);
    rc = run_set(e, ch, err);
    if (ch->n_tallies > 0)
        atomic_store(&e->bulk_cells, true);
    pthread_mutex_unlock(&e->bulk_lock);
    return rc;
}

/* ---- small transactions with an answer ---- */

/* One statement, its own transaction. */
static enum err_code ask(struct pg_engine *e, int sql, const char *text, const char *const *values,
                         int n, PGresult **ret, struct err *err)
{
    struct pg_conn *conn;
    PGresult *result = NULL;
    char name[16];
    enum err_code rc;
    int want;

    TRY(pg_take(e, &e->writers, &conn, err));
    rc = sql >= 0 ? pg_prepare(conn, sql, name, &want, err)
                  : pg_prepare_text(conn, text, name, &want, err);
    if (rc == ERR_OK) {
        INVARIANT(want == n);
        result = PQexecPrepared(conn->raw, name, n, values, NULL, NULL, 1);
        if (PQresultStatus(result) != PGRES_TUPLES_OK)
            rc = pg_error(err, conn, result, "ask");
    }
    pg_give(&e->writers, conn);
    if (rc != ERR_OK)
        PQclear(result);
    else
        *ret = result;
    return rc;
}

enum err_code pg_job_take(struct op *op, const char *job, struct job_row *ret, size_t max,
                          size_t *ret_n)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    char now[24], limit[24];
    const char *values[] = {job, now, limit};

    *ret_n = 0;
    snprintf(now, sizeof now, "%lld", (long long)op->now_ms);
    snprintf(limit, sizeof limit, "%zu", max);
    TRY(ask(pg_of(op), SQL_queue_take, NULL, values, 3, &result, &op->err));
    for (int i = 0; i < PQntuples(result); i++)
        ret[i] = (struct job_row){.id = pg_result_int64(result, i, 0),
                                  .record = pg_result_int64(result, i, 1),
                                  .queued_at = pg_result_int64(result, i, 2)};
    *ret_n = (size_t)PQntuples(result);
    return ERR_OK;
}

enum err_code pg_reserve_ids(struct engine *engine, int month, int64_t least, int n,
                             int64_t *ret_first, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    char texts[3][24];
    const char *values[] = {texts[0], texts[1], texts[2]};

    snprintf(texts[0], sizeof texts[0], "%d", month);
    snprintf(texts[1], sizeof texts[1], "%lld", (long long)least);
    snprintf(texts[2], sizeof texts[2], "%d", n);
    TRY(ask((struct pg_engine *)engine, -1,
            "INSERT INTO id_block (month, next) VALUES ($1, $2::bigint + $3::bigint) "
            "ON CONFLICT (month) DO UPDATE SET next = greatest(id_block.next, $2::bigint) + "
            "$3::bigint RETURNING next - $3::bigint",
            values, 3, &result, err));
    *ret_first = pg_result_int64(result, 0, 0);
    return ERR_OK;
}
