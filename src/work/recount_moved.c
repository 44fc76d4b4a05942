/* What a recount moved: the rows, and the list of those that the reader may see. */
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/case.h"
#include "work/clock.h"
#include "work/entry_internal.h"
#include "work/recount_internal.h"

void calendar_moved_put(struct op *op, struct changes *ch, int64_t run, const struct moved *m)
{
    changes_row(ch, SQL_calendar_moved_put, ANY_ROWS, ERR_OK);
    changes_int(ch, run);
    changes_int(ch, m->id);
    changes_text(ch, m->rule);
    changes_int(ch, m->seq);
    changes_int(ch, m->old_raw);
    changes_int(ch, m->old_due);
    changes_int(ch, m->new_raw);
    changes_int(ch, m->new_due);
    changes_mac(op, ch, "calendar_moved");
}

/* "matter.rule.seq"; false when it is none. */
static bool read_mark(struct op *op, const char *mark, int64_t *ret_matter, const char **ret_rule,
                      int64_t *ret_seq)
{
    const char *a = strchr(mark, '.'), *b = a == NULL ? NULL : strrchr(a + 1, '.');

    *ret_matter = *ret_seq = 0;
    *ret_rule = "";
    if (*mark == '\0')
        return true;
    if (b == NULL || !text_int64(b + 1, ret_seq))
        return false;
    *ret_rule = arena_strndup(op->arena, a + 1, (size_t)(b - a - 1));
    return *ret_rule != NULL &&
           text_int64(arena_strndup(op->arena, mark, (size_t)(a - mark)), ret_matter);
}

/* Whether the actor may see it: on the console no report is named (export does the same). */
static bool may_name(struct op *op, const struct matter *m)
{
    struct record_facts facts = matter_facts(op, m);

    return op->actor.kind == ACTOR_SYSTEM ? !m->secret : may(&op->actor, MAY_READ, &facts).yes;
}

static void write_day(struct json_writer *w, const char *key, int64_t day)
{
    char text[DATE_TEXT];

    date_format((date_t)day, text);
    json_text(w, key, text);
}

/* How the list names one that has moved. */
struct named {
    const char *number;
    int64_t case_id;       /* 0: not a case */
    const char *register_; /* NULL: not an entry */
    int64_t entry_id;
};

static enum err_code name_matter(struct op *op, struct snapshot *snap, int64_t id,
                                 struct named *ret, bool *ret_seen)
{
    CLEANUP(matter_release) struct matter m = {0};

    TRY(matter_load(op, snap, id, &m));
    *ret_seen = may_name(op, &m);
    ret->number = m.number;
    return ERR_OK;
}

static enum err_code name_case(struct op *op, struct snapshot *snap, int64_t id, struct named *ret,
                               bool *ret_seen)
{
    CLEANUP(record_release) struct record r = {0};
    struct record_facts facts;
    const char *number;

    TRY(record_load(op, snap, CASE, id, &r));
    facts = case_facts(op, &r);
    number = record_member(&r, "number");
    *ret_seen = op->actor.kind == ACTOR_SYSTEM || may(&op->actor, MAY_READ_CASE, &facts).yes;
    ret->number = number == NULL ? arena_printf(op->arena, "%lld", (long long)id)
                                 : arena_strdup(op->arena, number);
    ret->case_id = id;
    return ERR_OK;
}

static enum err_code name_entry(struct op *op, struct snapshot *snap, int64_t id, struct named *ret,
                                bool *ret_seen)
{
    CLEANUP(record_release) struct record r = {0}, seen = {0};
    const struct register_def *def;

    TRY(record_load(op, snap, ENTRY, id, &r));
    def = entry_def(op, &r);
    *ret_seen = false;
    if (def == NULL)
        return ERR_OK;
    if (op->actor.kind == ACTOR_SYSTEM) {
        *ret_seen = !def->secret;
    } else {
        *ret_seen = entry_for(op, snap, def, id, MAY_READ_ENTRY, &seen) == ERR_OK;
        err_clear(&op->err);
    }
    ret->number = arena_strdup(op->arena, record_member(&r, "number"));
    ret->register_ = def->flow.id;
    ret->entry_id = id;
    return ERR_OK;
}

static enum err_code name_of(struct op *op, struct snapshot *snap, int64_t id, struct named *ret,
                             bool *ret_seen)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool found;

    *ret = (struct named){0};
    TRY(snapshot_prepare(op, snap, SQL_record_kind_of, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_step(op, s, &found));
    if (!found)
        return name_matter(op, snap, id, ret, ret_seen);
    return strcmp(stmt_text(s, 0), CASE) == 0 ? name_case(op, snap, id, ret, ret_seen)
                                              : name_entry(op, snap, id, ret, ret_seen);
}

static enum err_code write_one(struct op *op, struct snapshot *snap, struct stmt *s,
                               struct json_writer *w, int64_t *hidden)
{
    struct named named;
    bool seen;

    TRY(name_of(op, snap, stmt_int64(s, 0), &named, &seen));
    if (!seen) {
        ++*hidden;
        return ERR_OK;
    }
    json_object_begin(w);
    json_text(w, "number", named.number);
    if (named.case_id != 0)
        json_int(w, "case", named.case_id);
    if (named.register_ != NULL) {
        json_text(w, "register", named.register_);
        json_int(w, "entry", named.entry_id);
    }
    json_text(w, "rule", stmt_text(s, 1));
    write_day(w, "old_due", stmt_int64(s, 4));
    write_day(w, "new_due", stmt_int64(s, 6));
    json_object_end(w);
    return ERR_OK;
}

enum err_code calendar_write_moved(struct op *op, struct snapshot *snap,
                                   const struct calendar_run *run, const char *after, size_t max,
                                   struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t matter, seq, hidden = 0;
    const char *rule, *next = NULL;
    size_t n = 0;
    bool row;

    if (!read_mark(op, after, &matter, &rule, &seq))
        return err_field(&op->err, ERR_INVALID, "after", "cursor", "翻页的位置不对，请从第一页看起",
                         "This page mark does not fit the list; begin with the first page");
    TRY(snapshot_prepare(op, snap, SQL_calendar_moved_of, &s));
    TRY(stmt_bind_int64(op, s, 1, run->id));
    TRY(stmt_bind_int64(op, s, 2, matter));
    TRY(stmt_bind_text(op, s, 3, rule));
    TRY(stmt_bind_int64(op, s, 4, seq));
    TRY(stmt_bind_int64(op, s, 5, (int64_t)max));
    json_object_begin(w);
    json_open_array(w, "items");
    for (;; n++) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        TRY(write_one(op, snap, s, w, &hidden));
        next = arena_printf(op->arena, "%lld.%s.%lld", (long long)stmt_int64(s, 0), stmt_text(s, 1),
                            (long long)stmt_int64(s, 2));
    }
    json_array_end(w);
    json_int(w, "hidden", hidden);
    json_text(w, "next", n == max ? next : NULL);
    json_object_end(w);
    return ERR_OK;
}
