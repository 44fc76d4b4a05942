/* What is over, and taking it away. */
#include "work/retention.h"

#include <string.h>

#include "base/text.h"
#include "rules/number.h"
#include "rules/retention.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/draft.h"
#include "work/evidence_file.h"
#include "work/hold.h"
#include "work/letter.h"
#include "work/retention_internal.h"
#include "work/setup.h"

#define BETWEEN " ,"
#define AT_ONCE 20 /* matters in one change set */

bool matter_purged(const struct matter *m)
{
    return json_object_get(m->detail, "purged") != NULL;
}

/* ---- the settings ---- */

/* The next word of a setting, in the arena; NULL at its end. */
static const char *next_word(struct op *op, const char **at)
{
    size_t n;
    const char *word;

    *at += strspn(*at, BETWEEN);
    n = strcspn(*at, BETWEEN);
    word = n == 0 ? NULL : arena_strndup(op->arena, *at, n);
    *at += n;
    return word;
}

static bool read_years(const char *text, int *ret)
{
    int64_t years;

    if (text == NULL || !text_int64(text, &years) || years < 1 || years > RETENTION_YEARS_MAX)
        return false;
    *ret = (int)years;
    return true;
}

/* "pack=years" or "pack=years/years of papers"; false when it is neither. */
static bool read_term(struct op *op, const char *word, struct term *ret)
{
    const char *equals = strchr(word, '='), *slash;

    *ret = (struct term){0};
    if (equals == NULL)
        return false;
    ret->pack = arena_strndup(op->arena, word, (size_t)(equals - word));
    slash = strchr(++equals, '/');
    if (slash != NULL && !read_years(slash + 1, &ret->papers))
        return false;
    return ret->pack != NULL &&
           read_years(slash == NULL ? equals
                                    : arena_strndup(op->arena, equals, (size_t)(slash - equals)),
                      &ret->years);
}

static enum err_code refuse(struct op *op, const char *word, const char *code, const char *zh,
                            const char *en)
{
    return err_field(&op->err, ERR_INVALID, "value", code,
                     arena_printf(op->arena, "“%s”：%s", word, zh),
                     arena_printf(op->arena, "\"%s\": %s", word, en));
}

static enum err_code check_term(struct op *op, const char *word)
{
    const struct retention_least *least;
    struct term t;

    if (!read_term(op, word, &t))
        return refuse(op, word, "format",
                      "写成 market-2026=10 或者 market-2026=10/30（规则包=个人信息和证据的年数/"
                      "文字和文书的年数，1 到 100）",
                      "Write market-2026=10 or market-2026=10/30 (rule pack=years for persons and "
                      "evidence/years for texts and letters, 1 to 100).");
    if (setup_pack(op->setup, t.pack) == NULL)
        return refuse(op, word, "unknown_pack", "没有这个规则包", "There is no such rule pack.");
    if (t.papers != 0 && t.papers < t.years)
        return refuse(op, word, "range", "文字和文书不能比个人信息和证据先清除",
                      "Texts and letters cannot go before persons and evidence.");
    least = retention_least_of(op->setup->retention, t.pack);
    if (least == NULL || t.years >= least->years)
        return ERR_OK;
    return refuse(
        op, word, "range",
        arena_printf(op->arena, "至少 %d 年（%s）", least->years, least->source.zh),
        arena_printf(op->arena, "At least %d years (%s).", least->years, least->source.en));
}

enum err_code retention_years_check(struct op *op, const char *value)
{
    size_t n = 0;

    for (const char *word; (word = next_word(op, &value)) != NULL; n++) {
        if (n == TERMS_MAX)
            return refuse(op, word, "too_many", "最多 32 个", "At most 32.");
        TRY(check_term(op, word));
    }
    return ERR_OK;
}

size_t retention_terms(struct op *op, struct term ret[TERMS_MAX])
{
    const char *at = op->setup->retention_years;
    size_t n = 0;

    for (const char *word; at != NULL && n < TERMS_MAX && (word = next_word(op, &at)) != NULL;)
        n += read_term(op, word, &ret[n]);
    return n;
}

/* ---- what is over ---- */

int64_t retention_cut_ms(const struct op *op, date_t on, int years)
{
    return years == 0 ? 0 : instant_of_date(retention_cut(on, years) + 1, op->zone_min);
}

/* The matters of a term that are over behind a mark, at most so many. */
static enum err_code over_rows(struct op *op, struct snapshot *snap, const struct term *t,
                               date_t on, const struct mark *behind, int64_t max, struct stmt **ret)
{
    TRY(snapshot_prepare(op, snap, SQL_retention_over, ret));
    TRY(stmt_bind_text(op, *ret, 1, t->pack));
    TRY(stmt_bind_int64(op, *ret, 2, retention_cut_ms(op, on, t->years)));
    TRY(stmt_bind_int64(op, *ret, 3, behind->ended_at));
    TRY(stmt_bind_int64(op, *ret, 4, behind->id));
    TRY(stmt_bind_int64(op, *ret, 5, max));
    return stmt_bind_int64(op, *ret, 6, retention_cut_ms(op, on, t->papers));
}

static enum err_code over_of(struct op *op, struct snapshot *snap, const struct term *terms,
                             date_t on, struct mark *mark, struct over *ret, size_t max,
                             size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const struct term *t = &terms[mark->term];
    int64_t cut = retention_cut_ms(op, on, t->years), papers = retention_cut_ms(op, on, t->papers);
    bool row;

    TRY(over_rows(op, snap, t, on, mark, (int64_t)(max - *ret_n), &s));
    for (;;) {
        int64_t ended, rested;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ended = stmt_int64(s, 1);
        rested = stmt_int64(s, 2);
        *mark = (struct mark){mark->term, ended, stmt_int64(s, 0)};
        ret[(*ret_n)++] = (struct over){
            mark->id, t, date_of_instant(ended > rested ? ended : rested, op->zone_min), cut,
            ended < papers && rested < papers};
    }
}

enum err_code retention_count(struct op *op, struct snapshot *snap, const struct term *t, date_t on,
                              int64_t max, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = 0;
    TRY(over_rows(op, snap, t, on, &(struct mark){0}, max, &s));
    for (;; ++*ret) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
    }
}

enum err_code retention_page(struct op *op, struct snapshot *snap, const struct term *terms,
                             size_t n_terms, date_t on, struct mark *mark, struct over *ret,
                             size_t max, size_t *ret_n)
{
    *ret_n = 0;
    while (mark->term < n_terms) {
        TRY(over_of(op, snap, terms, on, mark, ret, max, ret_n));
        if (*ret_n == max)
            return ERR_OK;
        *mark = (struct mark){mark->term + 1, 0, 0};
    }
    return ERR_OK;
}

enum err_code retention_roles(struct op *op, struct snapshot *snap, int64_t record,
                              struct roles *ret)
{
    static const int sql[] = {SQL_person_indexes, SQL_reporter_index};
    bool row;

    *ret = (struct roles){0};
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;

        TRY(snapshot_prepare(op, snap, sql[i], &s));
        TRY(stmt_bind_int64(op, s, 1, record));
        while (ret->n < PERSONS_MAX) {
            TRY(stmt_step(op, s, &row));
            if (!row)
                break;
            ret->names[ret->n++] = stmt_text_dup(op, s, 0);
        }
    }
    return ERR_OK;
}

static int64_t files_left(const struct matter *m)
{
    struct evidence_file files[EVIDENCE_MAX];
    size_t n = evidence_files(m, files);
    int64_t left = 0;

    for (size_t i = 0; i < n; i++)
        left += !files[i].purged;
    return left;
}

/* Letters whose text is still there, newest first. */
static enum err_code letters_of(struct op *op, struct snapshot *snap, int64_t id, struct left *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_retention_letters, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    while (ret->n_letters < LETTERS_MAX) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret->letters[ret->n_letters++] = stmt_int64(s, 0);
    }
    return ERR_OK;
}

enum err_code retention_left(struct op *op, struct snapshot *snap, const struct matter *m,
                             const struct over *o, struct left *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    *ret = (struct left){.files = files_left(m)};
    TRY(retention_roles(op, snap, m->id, &ret->persons));
    TRY(retention_order_of(op, snap, m, o, &ret->order));
    if (!o->papers)
        return ERR_OK;
    TRY(snapshot_prepare(op, snap, SQL_text_count, &s));
    TRY(stmt_bind_int64(op, s, 1, m->id));
    TRY(stmt_one_number(op, s, &ret->texts));
    TRY(retention_visit_of(op, snap, m, &ret->visit));
    return letters_of(op, snap, m->id, ret);
}

/* ---- taking away ---- */

static void forget_row(struct changes *ch, int sql, const char *name)
{
    if (name == NULL)
        return;
    changes_row(ch, sql, 1, ERR_CONFLICT);
    changes_text(ch, name);
}

/* The sealed files are swept once no row names them (blob_sweep). */
static void forget_files(struct changes *ch, struct draft *d)
{
    json_t *list = json_deep_copy(json_object_get(d->m->detail, "files"));

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *file = json_array_get(list, i);
        struct evidence_file f = evidence_file_of(file);

        if (f.purged)
            continue;
        forget_row(ch, SQL_blob_forget, f.blob);
        forget_row(ch, SQL_blob_forget, f.large);
        forget_row(ch, SQL_blob_forget, f.thumb);
        forget_row(ch, SQL_scan_forget, f.blob);
        json_object_set_new(file, "purged", json_true());
    }
    if (list != NULL)
        draft_detail(d, "files", list);
}

void retention_forget_persons(struct changes *ch, int64_t record)
{
    static const int sql[] = {SQL_person_forget, SQL_reporter_forget};

    for (size_t i = 0; i < 2; i++) {
        changes_row(ch, sql[i], ANY_ROWS, ERR_OK);
        changes_int(ch, record);
    }
}

void retention_forget_texts(struct changes *ch, int64_t record)
{
    changes_row(ch, SQL_text_forget, ANY_ROWS, ERR_OK);
    changes_int(ch, record);
}

/* Its text, its file and what was noted of its service; number, day, code and SHA-256 stay. One
 * that was never finished is void. */
static enum err_code forget_letter(struct op *op, struct snapshot *snap, struct changes *ch,
                                   int64_t id)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};

    TRY(record_load(op, snap, LETTER, id, &r));
    record_draft_begin(op, &d, &r, "purge", op->now_ms);
    forget_row(ch, SQL_blob_forget, record_member(&r, "blob"));
    retention_forget_texts(ch, id);
    if (strcmp(record_member(&r, "status"), "issuing") == 0) {
        record_set(&d, "status", json_string("voided"));
        record_set(&d, "voided",
                   json_pack("{s:I, s:i, s:I}", "version", (json_int_t)r.version + 1, "by", 0, "at",
                             (json_int_t)op->now_ms));
    }
    record_set(&d, "blob", json_null());
    record_set(&d, "purged", json_pack("{s:I, s:b}", "at", (json_int_t)op->now_ms, "texts", 1));
    return record_write(&d, ch);
}

static enum err_code forget_papers(struct op *op, struct snapshot *snap, struct changes *ch,
                                   int64_t id, const struct left *left)
{
    for (size_t i = 0; i < left->n_letters; i++)
        TRY(forget_letter(op, snap, ch, left->letters[i]));
    if (left->visit != 0)
        TRY(retention_forget_visit(op, snap, ch, left->visit));
    retention_forget_texts(ch, id);
    return ERR_OK;
}

json_t *retention_roles_json(const struct roles *roles)
{
    json_t *list = json_array();

    for (size_t i = 0; i < roles->n; i++)
        json_array_append_new(list, json_string(roles->names[i]));
    return list;
}

static json_t *what_went(struct op *op, const struct over *o, const struct left *left)
{
    json_t *went = json_pack("{s:I, s:i, s:o, s:I}", "at", (json_int_t)op->now_ms, "years",
                             o->term->years, "persons", retention_roles_json(&left->persons),
                             "files", (json_int_t)left->files);

    if (left->order != 0 && went != NULL)
        json_object_set_new(went, "orders", json_integer(1));
    if (o->papers && went != NULL) {
        json_object_set_new(went, "papers", json_integer(o->term->papers));
        json_object_set_new(went, "texts", json_integer(left->texts));
        json_object_set_new(went, "letters", json_integer((json_int_t)left->n_letters));
        json_object_set_new(went, "visits", json_integer(left->visit != 0));
    }
    return went;
}

/* What was over on the page may be on hold or done meanwhile, by the same run too: the snapshot is
 * of now. */
static enum err_code load(struct op *op, struct snapshot *snap, const struct over *o,
                          struct matter *ret, struct left *ret_left, bool *ret_goes)
{
    bool held;

    TRY(matter_load(op, snap, o->id, ret));
    TRY(hold_is_on(op, snap, ret->number, &held));
    TRY(retention_left(op, snap, ret, o, ret_left));
    *ret_goes = !held && (ret_left->persons.n > 0 || ret_left->files > 0 || ret_left->texts > 0 ||
                          ret_left->n_letters > 0 || ret_left->order != 0 || ret_left->visit != 0);
    return ERR_OK;
}

/* What was over a moment ago may have been acted on since: its version decides. Nor does anything
 * go that somebody put on hold in this moment. */
static enum err_code purge_one(struct op *op, const struct over *o, int64_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0};
    struct changes *ch = changes_new(op);
    enum err_code rc;
    struct left left;
    bool goes;

    TRY(snapshot_open(op, &snap));
    TRY(load(op, snap, o, &m, &left, &goes));
    if (!goes)
        return ERR_OK;
    matter_copy(&m, &before);
    hold_guard(ch, m.id, m.number);
    draft_begin(op, &d, &m, "purge", op->now_ms);
    draft_detail(&d, "purged", what_went(op, o, &left));
    forget_files(ch, &d);
    retention_forget_persons(ch, o->id);
    if (left.order != 0)
        TRY(retention_forget_order(op, snap, ch, &m, o, left.order));
    if (o->papers)
        TRY(forget_papers(op, snap, ch, o->id, &left));
    TRY(draft_record(&d, ch));
    if (m.consumer != NULL)
        m.consumer = "";
    if (o->papers && m.title != NULL)
        m.title = "";
    matter_save(op, ch, &before, &m);
    snapshot_closep(&snap);
    rc = store_apply(op, ch, QUEUE_BULK);
    if (rc == ERR_CONFLICT) { /* the next run looks again */
        err_clear(&op->err);
        return ERR_OK;
    }
    *ret_n += rc == ERR_OK;
    return rc;
}

static enum err_code next_page(struct op *op, const struct term *terms, size_t n_terms,
                               struct mark *mark, struct over page[AT_ONCE], size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    date_t today = date_of_instant(op->now_ms, op->zone_min);

    TRY(snapshot_open(op, &snap));
    return retention_page(op, snap, terms, n_terms, today, mark, page, AT_ONCE, ret_n);
}

enum err_code retention_purge(struct op *op, size_t max, int64_t *ret_n)
{
    struct term terms[TERMS_MAX];
    size_t n_terms = retention_terms(op, terms), n = AT_ONCE;
    struct over page[AT_ONCE];
    struct mark mark = {0};

    *ret_n = 0;
    while (n == AT_ONCE && (size_t)*ret_n < max) {
        TRY(next_page(op, terms, n_terms, &mark, page, &n));
        for (size_t i = 0; i < n; i++)
            TRY(purge_one(op, &page[i], ret_n));
    }
    return retention_purge_imports(op, terms, n_terms, ret_n);
}
