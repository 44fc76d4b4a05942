/* The import: one thread reads records and makes change sets of several rows each; a second one
 * hands them to the store, so that sealing and writing go on side by side. A set in which one row
 * turns out impossible is made again row by row. */
#include "work/import.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/text.h"
#include "sql_queries.h"
#include "work/import_keys.h"
#include "work/import_target.h"

#define LANES 3
#define LANE_ARENA ((size_t)256 << 20)
#define ROWS_PER_SET 24 /* about 10 ms of the writer */
#define BUSY_TRIES 200
#define PROGRESS_MS 100

/* ---- a run ---- */

enum lane_state { LANE_FREE, LANE_SENT, LANE_DONE };

struct lane_row {
    size_t number;
    struct import_made made;
    unsigned char key[BLIND_BYTES];
};

struct lane {
    struct op op;
    struct changes *changes;
    struct lane_row rows[ROWS_PER_SET];
    size_t n;
    struct import_settled filled; /* when its last row was read; `added` is not used */
    enum lane_state state;        /* under run.lock */
    enum err_code rc;
};

struct run {
    struct op *op;
    const struct import_options *options;
    struct import_report *report;
    const char *source;
    const struct import_target *target;
    struct import_map *map;
    struct import_file file;
    struct import_keys known;
    FILE *reject;
    int64_t told_ms;
    pthread_mutex_t lock;
    pthread_cond_t turned;
    struct lane lanes[LANES];
    unsigned next_send; /* the committer's place */
    bool ending;
};

/* ---- faults ---- */

static enum err_code reject_line(struct run *run, size_t row, const struct err_item *item)
{
    CLEANUP(buf_release) struct buf line = BUF_UP_TO(4096);

    if (run->options->reject_path == NULL)
        return ERR_OK;
    if (run->reject == NULL) {
        run->reject = fopen(run->options->reject_path, run->options->from.row == 0 ? "we" : "ae");
        if (run->reject == NULL)
            return err_set(&run->op->err, ERR_IO, "%s: %s", run->options->reject_path,
                           strerror(errno));
        if (run->options->from.row == 0)
            buf_adds(&line, "row,field,reason,reason_en\n");
    }
    buf_addf(&line, "%zu", row);
    csv_cell(&line, item->field, false);
    csv_cell(&line, item->zh, false);
    csv_cell(&line, item->en, false);
    csv_row_end(&line);
    if (fwrite(buf_text(&line), 1, line.len, run->reject) != line.len)
        return err_set(&run->op->err, ERR_IO, "writing the reject file");
    return ERR_OK;
}

/* @param again  it was counted before a restart: only the list of faults is made anew */
static enum err_code fault(struct run *run, size_t row, const struct err *why, bool again)
{
    struct import_report *r = run->report;
    struct err_item other = {.zh = "这一行读不了", .en = "This row cannot be read."};
    const struct err_item *items = why->n_items > 0 ? why->items : &other;
    size_t n = why->n_items > 0 ? why->n_items : 1;

    if (why->n_items == 0 && why->why[0] != '\0')
        snprintf(other.en, sizeof other.en, "%.199s", why->why);
    r->failed += !again;
    for (size_t i = 0; i < n; i++) {
        if (r->n_faults < IMPORT_FAULTS_KEPT)
            r->faults[r->n_faults++] =
                (struct import_fault){row, arena_strdup(run->op->arena, items[i].field),
                                      arena_strdup(run->op->arena, items[i].zh),
                                      arena_strdup(run->op->arena, items[i].en)};
        if (!again)
            TRY(reject_line(run, row, &items[i]));
    }
    return ERR_OK;
}

/* What is about the row and not about the store. */
static bool is_fault_of_row(enum err_code rc)
{
    return rc == ERR_INVALID || rc == ERR_NOT_ALLOWED || rc == ERR_FORBIDDEN ||
           rc == ERR_NOT_FOUND || rc == ERR_TOO_LARGE || rc == ERR_MALFORMED;
}

/* ---- one row ---- */

static enum err_code make_record(struct run *run, struct lane *lane, struct changes *ch,
                                 struct lane_row *row)
{
    struct op *op = &lane->op;
    char key[IMPORT_KEY_TEXT];
    int64_t id;

    TRY(run->target->take(op, ch, run->options, &row->made, row->number, &id));
    hex_encode(row->key, sizeof row->key, key);
    changes_row(ch, SQL_imported_insert, 1, ERR_CONFLICT);
    changes_text(ch, run->source);
    changes_text(ch, key);
    changes_int(ch, id);
    changes_mac(op, ch, "imported");
    return ERR_OK;
}

/* The row as it came, one text or null per column. */
static json_t *cells_of(const struct import_row *row)
{
    json_t *cells = json_array();

    for (size_t i = 0; i < row->n; i++)
        json_array_append_new(cells, row->cells[i] == NULL || *row->cells[i] == '\0'
                                         ? json_null()
                                         : json_string(row->cells[i]));
    return cells;
}

static enum err_code read_row(struct run *run, struct lane *lane, struct lane_row *ret,
                              bool *ret_more)
{
    struct op *op = &lane->op;
    struct import_row row;
    enum err_code rc;

    rc = import_file_next(op, &run->file, &row, ret_more);
    if (!*ret_more && rc == ERR_OK)
        return ERR_OK;
    *ret = (struct lane_row){.number = row.number + run->options->above};
    if (rc == ERR_OK)
        rc = import_map_row(op, run->map, &run->file, &row, &run->report->unmatched, &ret->made);
    if (rc == ERR_OK && run->target->cells)
        ret->made.cells = cells_of(&row);
    import_row_release(&row);
    return rc;
}

/* By what the row is known: the target's own key, or what the map found. */
static void blind_row(struct run *run, struct op *op, struct lane_row *row)
{
    const char *own = run->target->key == NULL ? NULL : run->target->key(op, &row->made);

    vault_blind(op, KEY_CONSUMER, "import", own == NULL ? row->made.key : own, row->key);
}

/* Reads one record into the lane; ERR_OK also for rows that fail or were taken before. */
static enum err_code take_row(struct run *run, struct lane *lane, bool *ret_more)
{
    struct op *op = &lane->op;
    struct lane_row *made = &lane->rows[lane->n];
    struct changes *mark;
    enum err_code rc;
    bool no_memory, again;

    err_clear(&op->err);
    rc = read_row(run, lane, made, ret_more);
    if (!*ret_more && rc == ERR_OK)
        return ERR_OK;
    again = made->number <= run->options->from.row;
    run->report->done += !again;
    if (rc == ERR_OK) {
        blind_row(run, op, made);
        if (!import_keys_add(&run->known, made->key, &no_memory)) {
            run->report->skipped += !no_memory && !again;
            import_made_release(&made->made);
            return no_memory ? err_set(&op->err, ERR_NO_MEMORY, "keys") : ERR_OK;
        }
        mark = changes_mark(lane->changes);
        rc = make_record(run, lane, lane->changes, made);
        if (rc == ERR_OK) {
            lane->n++;
            return ERR_OK;
        }
        changes_back(lane->changes, mark);
    }
    import_made_release(&made->made);
    if (!is_fault_of_row(rc))
        return rc;
    return fault(run, made->number, &op->err, again);
}

/* ---- lanes ---- */

static enum err_code apply(struct op *op, struct changes *ch)
{
    enum err_code rc = ERR_BUSY;
    struct timespec wait = {.tv_nsec = 20000000};

    for (int i = 0; i < BUSY_TRIES && rc == ERR_BUSY; i++) {
        if (i > 0)
            nanosleep(&wait, NULL);
        rc = store_apply(op, ch, QUEUE_BULK);
    }
    return rc;
}

static void *committer(void *arg)
{
    struct run *run = arg;

    for (;;) {
        struct lane *lane = &run->lanes[run->next_send];

        pthread_mutex_lock(&run->lock);
        while (lane->state != LANE_SENT && !run->ending)
            pthread_cond_wait(&run->turned, &run->lock);
        if (lane->state != LANE_SENT) {
            pthread_mutex_unlock(&run->lock);
            return NULL;
        }
        pthread_mutex_unlock(&run->lock);
        lane->rc = lane->n == 0 ? ERR_OK : apply(&lane->op, lane->changes);
        pthread_mutex_lock(&run->lock);
        lane->state = LANE_DONE;
        run->next_send = (run->next_send + 1) % LANES;
        pthread_cond_broadcast(&run->turned);
        pthread_mutex_unlock(&run->lock);
    }
}

/* Each row of a set that was refused, in a set of its own. */
static enum err_code redo_singly(struct run *run, struct lane *lane)
{
    for (size_t i = 0; i < lane->n; i++) {
        struct changes *ch = changes_new(&lane->op);
        enum err_code rc;

        err_clear(&lane->op.err);
        rc = make_record(run, lane, ch, &lane->rows[i]);
        if (rc == ERR_OK)
            rc = apply(&lane->op, ch);
        if (rc == ERR_OK)
            run->report->added++;
        else if (rc == ERR_CONFLICT)
            run->report->skipped++; /* another run took it meanwhile */
        else if (is_fault_of_row(rc))
            TRY(fault(run, lane->rows[i].number, &lane->op.err, false));
        else
            return rc;
    }
    return ERR_OK;
}

static enum err_code lane_finish(struct run *run, struct lane *lane)
{
    enum err_code rc = lane->rc;

    if (rc == ERR_OK)
        run->report->added += lane->n;
    else if (rc == ERR_CONFLICT || is_fault_of_row(rc))
        rc = redo_singly(run, lane);
    for (size_t i = 0; i < lane->n; i++)
        import_made_release(&lane->rows[i].made);
    lane->n = 0;
    if (rc == ERR_OK && lane->filled.row > run->report->settled.row) {
        run->report->settled = lane->filled;
        run->report->settled.added = run->report->added;
    }
    if (rc != ERR_OK)
        run->op->err = lane->op.err;
    return rc;
}

/* Waits until the lane is free and empties it for the next rows. */
static enum err_code lane_get(struct run *run, struct lane *lane)
{
    enum lane_state state;
    enum err_code rc = ERR_OK;

    pthread_mutex_lock(&run->lock);
    while (lane->state == LANE_SENT)
        pthread_cond_wait(&run->turned, &run->lock);
    state = lane->state;
    lane->state = LANE_FREE;
    pthread_mutex_unlock(&run->lock);
    if (state == LANE_DONE)
        rc = lane_finish(run, lane);
    arena_reset(lane->op.arena);
    lane->changes = changes_new(&lane->op);
    return lane->changes == NULL ? ERR_NO_MEMORY : rc;
}

static void lane_send(struct run *run, struct lane *lane)
{
    pthread_mutex_lock(&run->lock);
    lane->state = LANE_SENT;
    pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->lock);
}

static bool cancelled(const struct run *run)
{
    return run->options->cancel != NULL && atomic_load(run->options->cancel);
}

static void tell(struct run *run, bool always)
{
    int64_t now = monotonic_ms();

    if (run->options->progress == NULL || (!always && now < run->told_ms + PROGRESS_MS))
        return;
    run->told_ms = now;
    run->options->progress(run->options->arg, run->report);
}

static enum err_code fill_lanes(struct run *run)
{
    bool more = true;

    for (unsigned i = 0; more && !cancelled(run); i = (i + 1) % LANES) {
        struct lane *lane = &run->lanes[i];
        enum err_code rc;

        TRY(lane_get(run, lane));
        while (lane->n < ROWS_PER_SET && more) {
            rc = take_row(run, lane, &more);
            if (rc != ERR_OK) {
                run->op->err = lane->op.err;
                return rc;
            }
        }
        lane->filled = (struct import_settled){.row = run->file.row + run->options->above,
                                               .done = run->report->done,
                                               .skipped = run->report->skipped,
                                               .failed = run->report->failed};
        lane_send(run, lane);
        tell(run, false);
    }
    run->report->cancelled = more;
    return ERR_OK;
}

/* The lanes still under way, and rows that never were sent. */
static enum err_code end_lanes(struct run *run, pthread_t thread, enum err_code rc)
{
    for (unsigned i = 0; i < LANES; i++) {
        struct lane *lane = &run->lanes[i];
        enum err_code last = lane_get(run, lane);

        for (size_t k = 0; k < lane->n; k++)
            import_made_release(&lane->rows[k].made);
        if (rc == ERR_OK)
            rc = last;
    }
    pthread_mutex_lock(&run->lock);
    run->ending = true;
    pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->lock);
    pthread_join(thread, NULL);
    return rc;
}

static enum err_code make_lanes(struct run *run)
{
    for (unsigned i = 0; i < LANES; i++) {
        struct op *op = &run->lanes[i].op;

        *op = op_apart(run->op, arena_new(LANE_ARENA));
        op->key = NULL;
        op->access = NULL;
        op->actor = (struct actor){
            .kind = ACTOR_SYSTEM, .officer_id = run->op->actor.officer_id, .body_path = "/"};
        memcpy(op->actor.body, run->op->actor.body, sizeof op->actor.body);
        if (op->arena == NULL)
            return err_set(&run->op->err, ERR_NO_MEMORY, "import");
    }
    return ERR_OK;
}

static enum err_code run_rows(struct run *run)
{
    pthread_t thread;
    enum err_code rc;

    TRY(make_lanes(run));
    TRY(import_keys_load(run->op, run->source, &run->known));
    if (pthread_create(&thread, NULL, committer, run) != 0)
        return err_set(&run->op->err, ERR_NO_MEMORY, "import: no thread");
    rc = fill_lanes(run);
    return end_lanes(run, thread, rc);
}

static enum err_code close_reject(struct run *run, enum err_code rc)
{
    bool bad;

    if (run->reject == NULL)
        return rc;
    bad = fflush(run->reject) != 0 || fsync(fileno(run->reject)) != 0;
    bad |= fclose(run->reject) != 0;
    run->reject = NULL;
    return rc == ERR_OK && bad ? err_set(&run->op->err, ERR_IO, "the reject file") : rc;
}

static enum err_code find_target(struct run *run)
{
    struct record_facts facts = {.body_path = run->op->actor.body_path};

    run->target = import_target_find(import_map_target(run->map));
    if (run->target == NULL)
        return err_field(&run->op->err, ERR_INVALID, "target", "unknown_target", "没有这种导入",
                         "There is nothing of that name to import.");
    return may_check(&run->op->actor, run->target->need, &facts, &run->op->err);
}

static enum err_code import_bytes(struct run *run, const char *bytes, size_t n)
{
    struct import_report *report = run->report;
    enum err_code rc;

    TRY(import_map_load(run->op, run->options->map, run->options->map_size, &run->map));
    TRY(find_target(run));
    TRY(import_file_open(run->op, bytes, n, &run->file));
    memcpy(report->encoding, run->file.encoding, sizeof report->encoding);
    report->rows = run->file.rows;
    run->source = run->target->source != NULL           ? run->target->source
                  : run->options->source != NULL        ? run->options->source
                  : import_map_source(run->map) != NULL ? import_map_source(run->map)
                                                        : "import";
    if (!run->file.jsonl)
        TRY(import_map_columns(run->op, run->map, &run->file, report));
    rc = run_rows(run);
    if (rc == ERR_OK && run->file.jsonl)
        rc = import_map_columns(run->op, run->map, &run->file, report);
    return rc;
}

static enum err_code import_mapped(struct run *run)
{
    const struct import_options *o = run->options;
    struct stat st;
    void *bytes;
    enum err_code rc;
    int fd;

    if (o->path == NULL)
        return import_bytes(run, o->bytes, o->size);
    fd = open(o->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        return err_field(&run->op->err, ERR_NOT_FOUND, "file", "file", "没有这个文件",
                         "There is no such file.");
    }
    if (st.st_size == 0) {
        close(fd);
        return import_bytes(run, "", 0);
    }
    bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED)
        return err_set(&run->op->err, ERR_IO, "%s: %s", o->path, strerror(errno));
    rc = import_bytes(run, bytes, (size_t)st.st_size);
    munmap(bytes, (size_t)st.st_size);
    return rc;
}

enum err_code import_matters(struct op *op, const struct import_options *options,
                             struct import_report *ret)
{
    struct run *run = arena_alloc(op->arena, sizeof *run);
    enum err_code rc;

    *ret = (struct import_report){.unmatched = {.arena = op->arena},
                                  .done = options->from.done,
                                  .added = options->from.added,
                                  .skipped = options->from.skipped,
                                  .failed = options->from.failed,
                                  .settled = options->from};
    if (run == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import");
    run->op = op;
    run->options = options;
    run->report = ret;
    pthread_mutex_init(&run->lock, NULL);
    pthread_cond_init(&run->turned, NULL);
    rc = import_mapped(run);
    rc = close_reject(run, rc);
    tell(run, true);
    for (unsigned i = 0; i < LANES; i++)
        arena_free(run->lanes[i].op.arena);
    import_file_close(&run->file);
    import_map_release(run->map);
    import_keys_release(&run->known);
    pthread_cond_destroy(&run->turned);
    pthread_mutex_destroy(&run->lock);
    return rc;
}
