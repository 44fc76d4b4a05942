/* One-time codes: the page that asks, and what is sent with a code. */
#include <sodium.h>
#include <string.h>

#include "rules/identifiers.h"
#include "sql_queries.h"
#include "work/backoff.h"
#include "work/entry_slips_internal.h"
#include "work/idempotency.h"
#include "work/view_internal.h"

#define CHOICES_MAX 500
#define SLIP_COLUMNS_MAX 20

/* What is asked: the register, and the entry that the codes are drawn for. */
struct asked {
    const struct register_def *of;
    const struct register_slips *slips;
    struct record r;
};

static void asked_release(struct asked *a)
{
    record_release(&a->r);
}

static enum err_code find(struct op *op, struct snapshot *snap, const char *code, struct asked *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_entry_by_code, &s));
    TRY(stmt_bind_text(op, s, 1, code));
    TRY(stmt_one_row(op, s));
    TRY(record_load(op, snap, ENTRY, stmt_int64(s, 0), &ret->r));
    ret->of = entry_slips_of(op, entry_def(op, &ret->r));
    if (ret->of == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "nothing is asked for this entry");
    ret->slips = ret->of->slips;
    return ERR_OK;
}

/* ---- when ---- */

static date_t day_of(const struct asked *a, const struct act_field *f)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(a->r.state, "fields"), f->name));

    return text == NULL ? DATE_NONE : date_parse(text);
}

enum when { WHEN_OPEN, WHEN_BEFORE, WHEN_AFTER, WHEN_CLOSED };
static const char *const when_names[] = {"open", "before", "after", "closed"};

static enum when when_of(struct op *op, const struct asked *a)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min), from = day_of(a, a->slips->from),
           to = day_of(a, a->slips->to);

    if (to != DATE_NONE && today > to)
        return WHEN_AFTER;
    if (from != DATE_NONE && today < from)
        return WHEN_BEFORE;
    return slips_in_state(a->slips, &a->r) ? WHEN_OPEN : WHEN_CLOSED;
}

static enum err_code check_when(struct op *op, const struct asked *a)
{
    static const struct label why[] = {
        [WHEN_BEFORE] = {"还没有开始，请在开始之后再来", "It has not begun yet."},
        [WHEN_AFTER] = {"已经截止，不再接收", "It is over; nothing is taken any more."},
        [WHEN_CLOSED] = {"现在不接收，没有开放或者已经结束",
                         "Nothing is taken now: it is not open, or it has ended."}};
    enum when when = when_of(op, a);

    if (when == WHEN_OPEN)
        return ERR_OK;
    return err_field(&op->err, ERR_NOT_ALLOWED, "slip", when_names[when], why[when].zh,
                     why[when].en);
}

/* ---- what is asked ---- */

/* The link by which what can be chosen hangs on the same entry. */
static const struct act_field *link_between(const struct register_def *from,
                                            const struct register_def *to)
{
    for (size_t i = 0; i < from->registering.n_fields; i++) {
        const struct act_field *f = &from->registering.fields[i];

        if (f->kind == FIELD_ENTRY && strcmp(f->of_register, to->flow.id) == 0)
            return f;
    }
    return NULL;
}

/* Entries that may be chosen, as choices: number and title. */
static enum err_code choices_of(struct op *op, struct snapshot *snap, const struct asked *a,
                                const struct register_slip_field *f, struct choice *ret,
                                size_t *ret_n)
{
    const struct register_def *of = registers_find(op->setup->registers, f->field->of_register);
    const struct act_field *link = of == NULL ? NULL : link_between(of, a->slips->other);
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    if (link == NULL)
        return ERR_OK;
    TRY(snapshot_prepare(op, snap, SQL_entry_links_open, &s));
    TRY(stmt_bind_int64(op, s, 1, a->r.id));
    TRY(stmt_bind_text(op, s, 2, link->name));
    TRY(stmt_bind_text(op, s, 3, of->flow.id));
    TRY(stmt_bind_int64(op, s, 4, CHOICES_MAX));
    for (;;) {
        CLEANUP(record_release) struct record r = {0};
        struct entry_eval e;
        const char *title;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (f->states != 0 && (register_state_bit(of, stmt_text(s, 1)) & f->states) == 0)
            continue;
        TRY(record_load(op, snap, ENTRY, stmt_int64(s, 0), &r));
        TRY(entry_eval(op, of, r.state, &e));
        title = register_title(op->arena, &e.env, op->setup->codes);
        ret[(*ret_n)++] = (struct choice){
            .code = arena_strdup(op->arena, record_member(&r, "number")), .label = {title, title}};
    }
}

/* The fields as forms know them: what links becomes a choice. */
static enum err_code asked_fields(struct op *op, struct snapshot *snap, const struct asked *a,
                                  struct act_field *ret)
{
    for (size_t i = 0; i < a->slips->n_fields; i++) {
        const struct register_slip_field *f = &a->slips->fields[i];

        ret[i] = *f->field;
        ret[i].required = f->required;
        ret[i].later = false;
        if (f->field->kind == FIELD_ENTRY) {
            struct choice *choices = ARENA_ARRAY(op->arena, struct choice, CHOICES_MAX);

            if (choices == NULL)
                return err_set(&op->err, ERR_NO_MEMORY, "choices");
            ret[i].kind = FIELD_CHOICE;
            ret[i].choices = choices;
            TRY(choices_of(op, snap, a, f, choices, &ret[i].n_choices));
        }
    }
    return ERR_OK;
}

/* ---- rows that the other gives ---- */

static bool is_given(const struct asked *a, const char *column)
{
    for (size_t i = 0; i < a->slips->rows_of->n_columns; i++)
        if (strcmp(a->slips->rows_of->columns[i].name, column) == 0)
            return true;
    return false;
}

/* Of what is given only what the definition shows: a key to the questions stays here. New
 * reference; NULL: no rows are asked. */
static json_t *rows_shown(const struct asked *a)
{
    const json_t *rows =
        a->slips->rows_of == NULL
            ? NULL
            : json_object_get(json_object_get(a->r.state, "fields"), a->slips->rows_of->name);
    json_t *shown = rows == NULL ? NULL : json_array();

    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_object();

        for (size_t k = 0; k < a->slips->n_shows; k++) {
            json_t *cell = json_object_get(json_array_get(rows, i), a->slips->shows[k]);

            if (cell != NULL)
                json_object_set(row, a->slips->shows[k], cell);
        }
        json_array_append_new(shown, row);
    }
    return shown;
}

/* ---- the page ---- */

static void write_rows(struct op *op, const struct asked *a, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *rows = rows_shown(a);
    const struct act_field *table = a->slips->rows;
    struct act_field asked[SLIP_COLUMNS_MAX];
    struct pack_act act = {.fields = asked};

    json_key(w, "rows");
    if (rows == NULL) {
        json_put_null(w);
        return;
    }
    json_object_begin(w);
    json_text(w, "field", a->slips->rows->name);
    json_open_array(w, "given");
    for (size_t i = 0; i < a->slips->n_shows; i++)
        json_put_text(w, a->slips->shows[i]);
    json_array_end(w);
    for (size_t i = 0; i < table->n_columns; i++)
        if (!is_given(a, table->columns[i].name) && act.n_fields < SLIP_COLUMNS_MAX)
            asked[act.n_fields++] = table->columns[i];
    view_fields(op, &act, w);
    json_key(w, "rows");
    json_put_tree(w, rows);
    json_object_end(w);
}

enum err_code entry_slips_form(struct op *op, const char *code, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(asked_release) struct asked a = {0};
    struct act_field fields[SLIP_FIELDS_MAX];
    struct pack_act act = {.id = "answer", .fields = fields};
    const char *title;
    enum when when;

    TRY(snapshot_open(op, &snap));
    TRY(find(op, snap, code, &a));
    TRY(entry_title(op, snap, a.slips->other, &a.r, &title));
    TRY(asked_fields(op, snap, &a, fields));
    act.n_fields = a.slips->n_fields;
    when = when_of(op, &a);
    json_object_begin(w);
    json_text(w, "code", code);
    json_text(w, "name", title);
    view_label(w, "title", &a.slips->title);
    view_label(w, "hint", a.slips->hint.zh == NULL ? NULL : &a.slips->hint);
    view_date(w, "from", day_of(&a, a.slips->from));
    view_date(w, "to", day_of(&a, a.slips->to));
    json_text(w, "when", when_names[when]);
    view_fields(op, &act, w);
    write_rows(op, &a, w);
    json_object_end(w);
    return ERR_OK;
}

/* ---- the code ---- */

static enum err_code wrong(struct op *op, const char *subject)
{
    backoff_wrong(op, subject);
    return err_field(&op->err, ERR_INVALID, "slip", "no_match",
                     "这个一次性码不对，照着拿到的码或链接再核对一次",
                     "This code is not right. Check it against the slip or link.");
}

/* The code as drawn; a code once used is told by its mark, later. */
static enum err_code check_slip(struct op *op, const struct asked *a, const char *text,
                                char ret[SLIP_TEXT])
{
    static const char signs[] = SLIP_SIGNS;
    const char *subject = arena_printf(op->arena, "slip:%lld", (long long)a->r.id);
    char given[13] = "";
    int64_t n = 0;
    size_t got = 0;

    if (subject == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a code");
    TRY(backoff_check(op, subject));
    for (; text != NULL && *text != '\0'; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;

        if (c == '-' || c == ' ')
            continue;
        if (strchr(signs, c) == NULL || got == 12)
            return wrong(op, subject);
        given[got++] = c;
        if (got <= 4)
            n = n * 32 + (strchr(signs, c) - signs);
    }
    if (got != 12 || n < 1 || n > slips_drawn(a->r.state))
        return wrong(op, subject);
    slip_text(op, a->r.id, n, ret);
    if (sodium_memcmp(ret, given, 4) != 0 || sodium_memcmp(ret + 5, given + 4, 4) != 0 ||
        sodium_memcmp(ret + 10, given + 8, 4) != 0)
        return wrong(op, subject);
    backoff_right(op, subject);
    return ERR_OK;
}

/* ---- what is sent ---- */

/* "LABEL要填", "LABEL: it is needed." */
static void refuse(struct op *op, const struct act_field *f, const char *code, const char *zh,
                   const char *en)
{
    (void)err_field(&op->err, ERR_INVALID, arena_printf(op->arena, "fields.%s", f->name), code,
                    arena_printf(op->arena, "%s%s", f->label.zh, zh),
                    arena_printf(op->arena, "%s: %s", f->label.en, en));
}

static bool is_choice(const struct act_field *f, const char *code)
{
    for (size_t i = 0; code != NULL && i < f->n_choices; i++)
        if (strcmp(f->choices[i].code, code) == 0)
            return true;
    return false;
}

/* What the definition cannot say of a field by itself: what is asked here, and what may be chosen.
 */
static void check_field(struct op *op, const struct register_slip_field *f,
                        const struct act_field *as, const json_t *value)
{
    const char *text = json_string_value(value);

    if (entry_blank(value)) {
        if (f->required)
            refuse(op, as, "required", "要填", "it is needed.");
        return;
    }
    if (f->field->kind == FIELD_ENTRY && !is_choice(as, text))
        refuse(op, as, "choice", "要在列出的里面选", "choose one of those listed.");
    if (f->mobile && (text == NULL || phone_check(text).kind != PHONE_MOBILE ||
                      phone_check(text).fault != ID_OK))
        refuse(op, as, "phone", "要填 11 位的手机号，1 开头",
               "a mobile number has 11 digits and begins with 1.");
}

static enum err_code check_given(struct op *op, struct snapshot *snap, const struct asked *a,
                                 const json_t *given)
{
    struct act_field fields[SLIP_FIELDS_MAX];
    const char *name;
    json_t *value;

    TRY(asked_fields(op, snap, a, fields));
    for (size_t i = 0; i < a->slips->n_fields; i++)
        check_field(op, &a->slips->fields[i], &fields[i], json_object_get(given, fields[i].name));
    json_object_foreach((json_t *)(uintptr_t)given, name, value)
    {
        bool known = false;

        for (size_t i = 0; i < a->slips->n_fields; i++)
            known |= strcmp(fields[i].name, name) == 0;
        if (!known)
            (void)err_field(&op->err, ERR_INVALID, arena_printf(op->arena, "fields.%s", name),
                            "unknown", "这里不问这一项", "That is not asked here.");
    }
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

static void put_sets(struct op *op, const struct asked *a, json_t *fields)
{
    char today[DATE_TEXT];
    const char *name;
    json_t *value;

    date_format(date_of_instant(op->now_ms, op->zone_min), today);
    json_object_foreach((json_t *)(uintptr_t)a->slips->set, name, value)
    {
        const char *text = json_string_value(value);

        if (text != NULL && strcmp(text, "@today") == 0)
            json_object_set_new(fields, name, json_string(today));
        else
            json_object_set(fields, name, value);
    }
}

static enum err_code take(struct op *op, struct snapshot *snap, const struct asked *a,
                          const json_t *input, struct record *ret)
{
    const json_t *given = json_object_get(input, "fields");
    CLEANUP(json_decrefp) json_t *fields = json_deep_copy(given), *whole = NULL;
    char slip[SLIP_TEXT];

    TRY(check_slip(op, a, json_string_value(json_object_get(input, "slip")), slip));
    TRY(check_given(op, snap, a, given));
    put_sets(op, a, fields);
    json_object_set_new(fields, a->slips->of->name, json_string(record_member(&a->r, "number")));
    json_object_set_new(fields, a->slips->mark->name, json_string(slip));
    whole = json_pack("{s:s, s:O}", "body", record_member(&a->r, "body"), "fields", fields);
    return entry_answer(op, a->of, a->slips->enters, whole, ret);
}

/* The code itself is called "slip" by who holds it, whatever the register calls its mark. */
static void name_slip(struct op *op, const struct asked *a)
{
    char own[80];

    snprintf(own, sizeof own, "fields.%.60s", a->slips->mark->name);
    for (size_t i = 0; i < op->err.n_items; i++)
        if (strcmp(op->err.items[i].field, own) == 0)
            snprintf(op->err.items[i].field, sizeof op->err.items[i].field, "slip");
}

enum err_code entry_slips_answer(struct op *op, const char *code, const json_t *input,
                                 struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(asked_release) struct asked a = {0};
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    enum err_code rc = ERR_OK;

    op->actor = (struct actor){.kind = ACTOR_PUBLIC, .body_path = ""}; /* whoever is signed in */
    TRY(snapshot_open(op, &snap));
    TRY(find(op, snap, code, &a));
    TRY(idempotency_find(op, op->key, &earlier));
    if (earlier == NULL) {
        TRY(check_when(op, &a));
        rc = take(op, snap, &a, input, &r);
        if (rc == ERR_REPLAYED) {
            err_clear(&op->err);
            rc = idempotency_find(op, op->key, &earlier);
        }
        name_slip(op, &a);
        TRY(rc);
    }
    json_object_begin(w);
    view_label(w, "thanks", &a.slips->thanks);
    json_object_end(w);
    return ERR_OK;
}
