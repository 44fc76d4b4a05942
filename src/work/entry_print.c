/* Fills what a register prints with the words of one entry, and draws it. */
#include "work/entry_print.h"

#include <string.h>

#include "insight/letter_pdf.h"
#include "rules/letter_forms.h"
#include "rules/register_prints.h"
#include "work/entry_internal.h"
#include "work/letter_internal.h"
#include "work/view.h"

#define BLANK "＿＿＿＿"

static void put(json_t *values, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        json_object_set_new(values, name, json_string(text));
}

/* 2026-11-09 as letters write it. */
static const char *paper_day(struct op *op, const char *text)
{
    date_t day = date_parse(text);

    return day == DATE_NONE ? text : letter_date(op->arena, day);
}

static enum err_code put_fields(struct entry_secrets *s, const struct register_def *def,
                                json_t *values)
{
    for (size_t i = 0; i < def->registering.n_fields; i++) {
        const struct act_field *f = &def->registering.fields[i];
        CLEANUP(json_decrefp) json_t *value = NULL;
        const char *text;

        if (f->sealed || f->kind == FIELD_PERSON)
            continue;
        TRY(entry_shown(s, f, &value, &text));
        put(values, f->name, f->kind == FIELD_DATE ? paper_day(s->op, text) : text);
    }
    return ERR_OK;
}

/* Everything that a print may name. */
static enum err_code values_of(struct op *op, struct snapshot *snap, const struct record *r,
                               const struct register_def *def, json_t *values)
{
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};
    const struct flow_state *state = flow_state(&def->flow, record_member(r, "status"));
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    struct entry_eval e;

    TRY(put_fields(&s, def, values));
    TRY(entry_eval(op, def, r->state, &e));
    e.env.today = date_of_instant(op->now_ms, op->zone_min);
    if (!register_compute(op->arena, &e.env))
        return err_set(&op->err, ERR_NO_MEMORY, "computed fields");
    for (size_t i = 0; i < def->n_computed; i++) {
        const struct register_computed *c = &def->computed[i];
        const char *text = register_computed_text(op->arena, c, &e.env.computed[i]).zh;

        put(values, c->name, c->kind == COMPUTED_DATE ? paper_day(op, text) : text);
    }
    put(values, "number", record_member(r, "number"));
    put(values, "day", letter_date(op->arena, (date_t)record_number(r, "day")));
    put(values, "today", letter_date(op->arena, e.env.today));
    put(values, "body", body == NULL ? NULL : body->name.zh);
    put(values, "status", state == NULL ? NULL : state->label.zh);
    return ERR_OK;
}

static enum err_code blocks_of(struct op *op, const struct register_print *p, const json_t *values,
                               struct letter_page *page)
{
    struct letter_block *blocks = ARENA_ARRAY(op->arena, struct letter_block, p->n_lines + 1);

    if (blocks == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "printing an entry");
    if (p->address != NULL)
        blocks[page->n_blocks++] = (struct letter_block){
            .kind = LETTER_ADDRESS, .text = letter_put(op->arena, p->address, values, BLANK)};
    for (size_t i = 0; i < p->n_lines; i++)
        blocks[page->n_blocks++] = (struct letter_block){
            .kind = LETTER_TEXT, .text = letter_put(op->arena, p->lines[i], values, BLANK)};
    page->blocks = blocks;
    return ERR_OK;
}

static void put_code(struct op *op, const struct record *r, struct letter_page *page)
{
    const char *code = record_member(r, "code");

    if (code == NULL || op->setup->site_url == NULL)
        return;
    page->verify = arena_printf(op->arena, "%s/entries/%s", op->setup->site_url, code);
    page->verify_hint = "扫码看公示";
}

enum err_code entry_print(struct op *op, const struct record *r, const char *print, struct buf *out)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *values = json_object();
    const struct register_def *def = entry_def(op, r);
    const struct register_print *p = def == NULL ? NULL : register_print(def, print);
    struct press *own = NULL;
    struct letter_page page = {0};
    enum err_code rc;
    int pages;

    if (p == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "print", "unknown_choice", "没有这种打印件",
                         "There is no such print.");
    if (!register_print_fits(def, p, record_member(r, "status")))
        return err_field(&op->err, ERR_NOT_ALLOWED, "print", "state", "现在的状态不印这一份",
                         "It is not printed in the present state.");
    TRY(snapshot_open(op, &snap));
    TRY(values_of(op, snap, r, def, values));
    page.issuer = json_string_value(json_object_get(values, "body"));
    page.title = letter_put(op->arena, p->title, values, BLANK);
    page.number = p->number == NULL ? NULL : letter_put(op->arena, p->number, values, BLANK);
    page.date = json_string_value(json_object_get(values, "today"));
    page.signer = p->sign ? page.issuer : NULL;
    TRY(blocks_of(op, p, values, &page));
    if (p->code)
        put_code(op, r, &page);
    own = op->press == NULL ? press_new() : NULL;
    if (op->press == NULL && own == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "printing an entry");
    rc = letter_pdf(own == NULL ? op->press : own, &page, out, &pages, &op->err);
    press_free(own);
    return rc;
}

void entry_prints_view(struct op *op, const struct record *r, struct json_writer *w)
{
    const struct register_def *def = entry_def(op, r);

    json_open_array(w, "prints");
    for (size_t i = 0; def != NULL && i < def->n_prints; i++) {
        if (!register_print_fits(def, &def->prints[i], record_member(r, "status")))
            continue;
        json_object_begin(w);
        json_text(w, "id", def->prints[i].id);
        view_label(w, "label", &def->prints[i].label);
        json_object_end(w);
    }
    json_array_end(w);
}
