/* Which month, quarter … has no issued summary where the form asks for one of each. */
#include <string.h>

#include "work/summary_internal.h"
#include "work/view_internal.h"

#define PAGE 100
/* Issued ones that are looked at: a year of periods, and the one before. */
#define DAYS_BACK 800

static const int months_of[] = {
    [PERIOD_YEAR] = 12, [PERIOD_HALF] = 6, [PERIOD_QUARTER] = 3, [PERIOD_MONTH] = 1};

/* What was issued or lies as a draft. */
struct made {
    const char *form, *body, *period, *key;
    bool issued;
    struct made *next;
};

static enum err_code keep(struct op *op, const struct record *r, struct made **all)
{
    struct made *m = ARENA_NEW(op->arena, struct made);

    if (m == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a list");
    m->form = arena_strdup(op->arena, record_member(r, "form"));
    m->body = arena_strdup(op->arena, record_member(r, "body"));
    m->period = arena_strdup(op->arena, record_member(r, "period"));
    m->key = arena_strdup(op->arena, record_member(r, "key"));
    m->issued = strcmp(record_member(r, "status"), "issued") == 0;
    m->next = *all;
    *all = m;
    return m->form == NULL || m->body == NULL || m->period == NULL || m->key == NULL
               ? err_set(&op->err, ERR_NO_MEMORY, "no memory for a list")
               : ERR_OK;
}

/* That one was issued is no secret, also where its figures are. */
static bool counts(struct op *op, const struct record *r)
{
    return strcmp(record_member(r, "status"), "issued") == 0 || summary_may_read(op, r);
}

static enum err_code read_all(struct op *op, const struct body *body, struct made **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_filter f = {.kind = SUMMARY,
                              .body_path = body->path,
                              .from = date_of_instant(op->now_ms, op->zone_min) - DAYS_BACK,
                              .to = DATE_NONE,
                              .max = PAGE};
    struct record *page = ARENA_ARRAY(op->arena, struct record, PAGE);
    size_t n = PAGE;

    *ret = NULL;
    if (page == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a list");
    TRY(snapshot_open(op, &snap));
    while (n == PAGE) {
        enum err_code rc = ERR_OK;

        TRY(records_list(op, snap, &f, page, &n));
        for (size_t i = 0; i < n; i++) {
            f.after_day = (date_t)record_number(&page[i], "day");
            f.after_id = page[i].id;
            if (rc == ERR_OK && counts(op, &page[i]))
                rc = keep(op, &page[i], ret);
            record_release(&page[i]);
        }
        TRY(rc);
    }
    return ERR_OK;
}

/* Of that form, body and period; any period where it is NULL. */
static const struct made *find(const struct made *all, const char *form, const char *body,
                               const char *period, bool issued)
{
    for (; all != NULL; all = all->next)
        if (all->issued == issued && strcmp(all->form, form) == 0 && strcmp(all->body, body) == 0 &&
            (period == NULL || strcmp(all->period, period) == 0))
            return all;
    return NULL;
}

static bool asked_of(const struct op *op, const struct summary_form *form)
{
    for (size_t i = 0; i < form->due.n_profiles; i++)
        if (strcmp(form->due.profiles[i], op->setup->profile->id) == 0)
            return true;
    return form->due.n_profiles == 0;
}

/* The @p back-th whole period before the one of today; 1: the last. */
static struct period period_before(const struct summary_form *form, date_t today, int back)
{
    int months = months_of[form->due.every];
    int first = (date_month_index(today) / months - back) * months;

    return (struct period){.kind = form->due.every,
                           .first = date_month_start(first),
                           .last = date_month_start(first + months) - 1};
}

static void write_one(struct op *op, struct json_writer *w, const struct summary_form *form,
                      const struct body *body, const struct period *p, const char *draft)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min), due = p->last + form->due.days;
    char period[PERIOD_TEXT], day[DATE_TEXT];

    period_format(p, period);
    date_format(due, day);
    json_object_begin(w);
    json_text(w, "form", form->id);
    view_label(w, "form_label", &form->label);
    json_text(w, "body", body->code);
    view_label(w, "body_name", &body->name);
    json_text(w, "period", period);
    json_text(w, "due", day);
    json_bool(w, "late", due < today);
    json_text(w, "draft", draft);
    json_object_end(w);
}

static void write_body(struct op *op, struct json_writer *w, const struct made *all,
                       const struct summary_form *form, const struct body *body)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    int steps = 12 / months_of[form->due.every], oldest = 1;
    char period[PERIOD_TEXT];

    for (int back = 1; back <= steps + 1; back++) {
        struct period p = period_before(form, today, back);

        period_format(&p, period);
        if (find(all, form->id, body->code, period, true) != NULL)
            oldest = back;
    }
    for (int back = 1; back <= oldest && back <= steps; back++) {
        struct period p = period_before(form, today, back);
        const struct made *draft;

        period_format(&p, period);
        if (find(all, form->id, body->code, period, true) != NULL)
            continue;
        draft = find(all, form->id, body->code, period, false);
        write_one(op, w, form, body, &p, draft == NULL ? NULL : draft->key);
    }
}

enum err_code summaries_missing_view(struct op *op, const struct summary_forms *forms,
                                     const char *body, struct json_writer *w)
{
    const struct body *asked = setup_body(op->setup, body);
    struct record_facts facts = {.kind = KIND_COMPLAINT};
    struct made *all;

    if (asked == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "body", "unknown", "没有这个单位",
                         "There is no such body");
    facts.body_path = asked->path;
    TRY(may_check(&op->actor, MAY_READ_SUMMARY, &facts, &op->err));
    TRY(read_all(op, asked, &all));
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < summary_forms_count(forms); i++) {
        const struct summary_form *form = summary_forms_at(forms, i);

        if (form->due.every == PERIOD_DAYS || !asked_of(op, form))
            continue;
        for (size_t k = 0; k < op->setup->n_bodies; k++) {
            const struct body *b = &op->setup->bodies[k];

            if (b->current && body_path_within(b->path, asked->path) &&
                (strcmp(b->code, asked->code) == 0 ||
                 find(all, form->id, b->code, NULL, true) != NULL))
                write_body(op, w, all, form, b);
        }
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}
