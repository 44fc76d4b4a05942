/* Letters as the JSON of the API. */
#include <ctype.h>
#include <string.h>

#include "sql_queries.h"
#include "work/letter_internal.h"
#include "work/view_internal.h"

static const struct label statuses[] = {
    {"制作中", "Being made"}, {"已发出", "Issued"}, {"已作废", "Void"}};

static struct label status_label(const char *status)
{
    return statuses[strcmp(status, "issuing") == 0 ? 0 : strcmp(status, "issued") == 0 ? 1 : 2];
}

static const struct label parties[] = {{"存档", "The file"},
                                       {"投诉人", "The consumer"},
                                       {"经营者", "The business"},
                                       {"举报人", "The reporter"},
                                       {"其他单位", "Another body"}};

static void view_parties(struct json_writer *w, const char *key, unsigned bits)
{
    json_open_array(w, key);
    for (unsigned i = 0; letter_to_names[i] != NULL; i++)
        if (bits & (1u << i)) {
            json_object_begin(w);
            json_text(w, "code", letter_to_names[i]);
            json_text(w, "zh", parties[i].zh);
            json_text(w, "en", parties[i].en);
            json_object_end(w);
        }
    json_array_end(w);
}

static struct label party_label(const char *code)
{
    for (unsigned i = 0; code != NULL && letter_to_names[i] != NULL; i++)
        if (strcmp(letter_to_names[i], code) == 0)
            return parties[i];
    return (struct label){code, code};
}

/* ---- one ---- */

static enum err_code view_service(struct op *op, struct snapshot *snap, const struct record *r,
                                  const struct matter *m, const json_t *s, bool clear,
                                  struct json_writer *w)
{
    const char *party = json_string_value(json_object_get(s, "party"));
    const char *channel = json_string_value(json_object_get(s, "channel"));
    const struct pack_act *tell = pack_act(matter_pack(op, m), "tell");
    const struct choice *choice =
        tell == NULL ? NULL : field_choice(act_field(tell, "channel"), matter_kind_of(m), channel);
    struct label label = party_label(party);
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (clear)
        TRY(record_texts(op, snap, r, json_integer_value(json_object_get(s, "version")), &texts));
    json_object_begin(w);
    json_text(w, "party", party);
    view_label(w, "party_label", &label);
    json_text(w, "channel", channel);
    view_label(w, "channel_label", choice == NULL ? NULL : &choice->label);
    view_instant(w, "at", json_integer_value(json_object_get(s, "at")), op->zone_min);
    view_officer(op, w, "by", json_integer_value(json_object_get(s, "by")));
    json_bool(w, "told", json_is_true(json_object_get(s, "told")));
    json_text(w, "recipient", json_string_value(json_object_get(texts, "recipient")));
    json_text(w, "proof", json_string_value(json_object_get(texts, "proof")));
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_voided(struct op *op, struct snapshot *snap, const struct record *r,
                                 bool clear, struct json_writer *w)
{
    const json_t *v = json_object_get(r->state, "voided");
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (v == NULL) {
        json_none(w, "voided");
        return ERR_OK;
    }
    if (clear)
        TRY(record_texts(op, snap, r, json_integer_value(json_object_get(v, "version")), &texts));
    json_open_object(w, "voided");
    view_instant(w, "at", json_integer_value(json_object_get(v, "at")), op->zone_min);
    view_officer(op, w, "by", json_integer_value(json_object_get(v, "by")));
    json_text(w, "reason", json_string_value(json_object_get(texts, "reason")));
    json_object_end(w);
    return ERR_OK;
}

static void view_rights(struct op *op, const struct record *r, const struct matter *m,
                        struct json_writer *w)
{
    struct record_facts facts = matter_facts(op, m);
    bool issue = may(&op->actor, MAY_ISSUE_LETTER, &facts).yes;
    bool issued = strcmp(record_member(r, "status"), "issued") == 0;
    bool voided = strcmp(record_member(r, "status"), "voided") == 0;
    bool served = json_array_size(json_object_get(r->state, "services")) > 0;

    json_bool(w, "may_open",
              record_member(r, "blob") != NULL && may(&op->actor, MAY_READ_LETTER, &facts).yes);
    json_bool(w, "may_serve", issue && issued);
    json_bool(w, "may_void", issue && !voided && !served);
}

enum err_code letter_view(struct op *op, struct snapshot *snap, const struct record *r,
                          const struct matter *m, struct json_writer *w)
{
    const struct letter_form *form = letter_form_find(op->setup->letters, record_member(r, "form"));
    struct record_facts facts = matter_facts(op, m);
    bool clear = may(&op->actor, MAY_READ_LETTER, &facts).yes;
    struct label status = status_label(record_member(r, "status"));
    const char *code = record_member(r, "code");
    size_t i;
    json_t *s;

    json_object_begin(w);
    json_int(w, "id", r->id);
    json_int(w, "version", r->version);
    json_text(w, "matter", m->number);
    json_text(w, "form", record_member(r, "form"));
    view_label(w, "label", form == NULL ? NULL : &form->label);
    json_text(w, "number", record_member(r, "number"));
    json_text(w, "status", record_member(r, "status"));
    view_label(w, "status_label", &status);
    view_date(w, "date", (date_t)record_number(r, "day"));
    view_officer(op, w, "by", record_number(r, "by"));
    json_int(w, "pages", record_number(r, "pages"));
    json_int(w, "size", record_number(r, "size"));
    json_text(w, "sha256", record_member(r, "sha256"));
    json_text(w, "code", clear ? letter_code_shown(op->arena, code) : NULL);
    view_parties(w, "to", form == NULL ? 0 : form->to);
    json_open_array(w, "services");
    json_array_foreach(json_object_get(r->state, "services"), i, s)
        TRY(view_service(op, snap, r, m, s, clear, w));
    json_array_end(w);
    TRY(view_voided(op, snap, r, clear, w));
    json_bool(w, "purged", json_object_get(r->state, "purged") != NULL);
    view_rights(op, r, m, w);
    json_object_end(w);
    return ERR_OK;
}

/* ---- of a matter ---- */

static void view_forms(struct op *op, const struct matter *m, struct json_writer *w)
{
    const struct letter_forms *forms = op->setup->letters;
    struct record_facts facts = matter_facts(op, m);
    bool issue = may(&op->actor, MAY_ISSUE_LETTER, &facts).yes;

    json_open_array(w, "forms");
    for (size_t i = 0; i < forms->n && issue; i++) {
        const struct letter_form *f = &forms->forms[i];

        if (!letter_form_fits(f, matter_pack(op, m)->id, matter_kind_of(m), m->status, m->outcome))
            continue;
        json_object_begin(w);
        json_text(w, "form", f->id);
        json_text(w, "style", f->style);
        view_label(w, "label", &f->label);
        view_parties(w, "to", f->to);
        view_fields(op, &f->asks, w);
        json_object_end(w);
    }
    json_array_end(w);
}

enum err_code letters_view(struct op *op, struct snapshot *snap, const struct matter *m,
                           struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    json_object_begin(w);
    view_forms(op, m, w);
    json_open_array(w, "items");
    TRY(snapshot_prepare(op, snap, SQL_letters_of_matter, &s));
    TRY(stmt_bind_int64(op, s, 1, m->id));
    for (;;) {
        CLEANUP(record_release) struct record r = {0};

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        TRY(record_load(op, snap, LETTER, stmt_int64(s, 0), &r));
        TRY(letter_view(op, snap, &r, m, w));
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

/* ---- for the public ---- */

static bool clean_code(const char *text, char ret[LETTER_CODE])
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        if (*text == '-')
            continue;
        if (n == LETTER_CODE - 1 || !isalnum((unsigned char)*text))
            return false;
        ret[n++] = (char)toupper((unsigned char)*text);
    }
    ret[n] = '\0';
    return n == LETTER_CODE - 1;
}

enum err_code letter_verify(struct op *op, const char *text, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(record_release) struct record r = {0};
    const struct letter_form *form;
    const struct body *body;
    struct label status;
    char code[LETTER_CODE];

    if (!clean_code(text, code))
        return err_set(&op->err, ERR_NOT_FOUND, "no such letter");
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_letter_by_code, &s));
    TRY(stmt_bind_text(op, s, 1, code));
    TRY(stmt_one_row(op, s));
    TRY(record_load(op, snap, LETTER, stmt_int64(s, 0), &r));
    form = letter_form_find(op->setup->letters, record_member(&r, "form"));
    body = setup_body(op->setup, record_member(&r, "body"));
    status = status_label(record_member(&r, "status"));
    json_object_begin(w);
    json_text(w, "number", record_member(&r, "number"));
    view_date(w, "date", (date_t)record_number(&r, "day"));
    view_label(w, "form", form == NULL ? NULL : &form->label);
    view_label(w, "body", body == NULL ? NULL : &body->name);
    json_text(w, "status", record_member(&r, "status"));
    view_label(w, "status_label", &status);
    json_text(w, "sha256", record_member(&r, "sha256"));
    json_int(w, "pages", record_number(&r, "pages"));
    json_object_end(w);
    return ERR_OK;
}
