/* Messages of a register on their way: what the act promises is checked here, and the job keeps it.
 * An entry's fields say how far it is – tried, not taken – so nothing else is kept. */
#include "work/entry_send.h"

#include <string.h>

#include "base/date.h"
#include "rules/identifiers.h"
#include "rules/register_sends.h"
#include "store/changes.h"
#include "store/jobs.h"
#include "work/relay.h"

#define JOB "send"
#define SLICE 20 /* messages between two countings */
#define TRIES 20 /* of counting while others act on the entry */
#define RETRY_MS 60000
#define SENDING "sending" /* member of the state: version of the list that is being sent */

struct recipients {
    const char **list;
    size_t n;
};

/* ---- who gets it ---- */

static const char *text_field(const struct record *r, const struct act_field *f)
{
    return json_string_value(json_object_get(json_object_get(r->state, "fields"), f->name));
}

static bool by_sms(const struct register_sends *s, const json_t *fields)
{
    const char *channel = json_string_value(json_object_get(fields, s->channel->name));

    return channel != NULL && strcmp(channel, SENDS_SMS) == 0;
}

static enum err_code wrong(struct op *op, const struct register_sends *s, const char *item,
                           size_t line, const char *zh, const char *en)
{
    return err_field(&op->err, ERR_INVALID, arena_printf(op->arena, "fields.%s", s->to->name), item,
                     arena_printf(op->arena, "第 %zu 行%s", line, zh),
                     arena_printf(op->arena, "Line %zu %s", line, en));
}

/* As it is sent: digits of a mobile number, or the address. NULL: neither. */
static const char *normal(struct op *op, const char *line, bool sms)
{
    struct phone phone;

    if (!sms)
        return relay_address_good(line) ? line : NULL;
    phone = phone_check(line);
    return phone.fault == ID_OK && phone.kind == PHONE_MOBILE
               ? arena_strdup(op->arena, phone.normal)
               : NULL;
}

static enum err_code split(struct op *op, const struct register_sends *s, const char *text,
                           bool sms, struct recipients *ret)
{
    size_t lines = 1, at = 0;
    char *rest = arena_strdup(op->arena, text), *line;

    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    *ret = (struct recipients){.list = ARENA_ARRAY(op->arena, const char *, lines)};
    if (rest == NULL || ret->list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "recipients");
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *to;

        at++;
        line += strspn(line, " \t\r");
        line[strcspn(line, " \t\r")] = '\0';
        if (*line == '\0')
            continue;
        to = normal(op, line, sms);
        if (to == NULL)
            return wrong(op, s, "recipient", at, sms ? "不是手机号" : "不是邮箱地址",
                         sms ? "is no mobile number." : "is no address.");
        for (size_t i = 0; i < ret->n; i++)
            if (strcmp(ret->list[i], to) == 0)
                return wrong(op, s, "twice", at, "和前面的重复", "is there already.");
        ret->list[ret->n++] = to;
    }
    return ERR_OK;
}

static enum err_code list_of(struct op *op, struct snapshot *snap, const struct record *r,
                             const struct register_sends *s, int64_t version,
                             struct recipients *ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const char *text;

    TRY(record_texts(op, snap, r, version, &texts));
    text = json_string_value(json_object_get(texts, s->to->name));
    return split(op, s, text == NULL ? "" : text, by_sms(s, json_object_get(r->state, "fields")),
                 ret);
}

/* ---- the act ---- */

static enum err_code check_gateway(struct entry_run *run, const struct register_sends *s)
{
    const struct setup *setup = run->op->setup;
    const json_t *fields = entry_run_fields_of(run->state);
    const char *channel = json_string_value(json_object_get(fields, s->channel->name));
    bool sms = by_sms(s, fields);

    if (!sms && (channel == NULL || strcmp(channel, SENDS_EMAIL) != 0))
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "channel",
                                "这个渠道不经网关发送，发出后登记条数",
                                "No gateway serves this channel; note how many were sent.");
    if (setup->relay.address == NULL || setup->relay.from == NULL ||
        (sms && setup->relay_sms == NULL))
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "no_gateway",
                                "还没有设置发送网关，请联系系统管理员",
                                "No gateway is set up; ask the administrator.");
    return ERR_OK;
}

static void put_number(struct entry_run *run, const struct act_field *f, size_t n)
{
    json_object_set_new(entry_run_fields_of(run->state), f->name, json_integer((json_int_t)n));
    json_object_set_new(run->values, f->name, json_integer((json_int_t)n));
}

enum err_code entry_send_begin(struct entry_run *run)
{
    struct op *op = run->op;
    const struct register_sends *s = run->def->sends;
    const json_t *sealed = json_object_get(run->state, "sealed");
    int64_t version = json_integer_value(json_object_get(sealed, s->to->name));
    const char *given = json_string_value(json_object_get(run->clear, s->to->name));
    struct recipients to = {0};

    TRY(check_gateway(run, s));
    if (given != NULL)
        TRY(split(op, s, given, by_sms(s, entry_run_fields_of(run->state)), &to));
    else if (version > 0)
        TRY(list_of(op, run->snap, run->r, s, version, &to));
    if (to.n == 0)
        return entry_run_refuse(run, ERR_INVALID, arena_printf(op->arena, "fields.%s", s->to->name),
                                "required", arena_printf(op->arena, "%s要填", s->to->label.zh),
                                arena_printf(op->arena, "%s is needed.", s->to->label.en));
    put_number(run, s->count, to.n);
    put_number(run, s->sent, 0);
    put_number(run, s->failed, 0);
    entry_run_put(run, SENDING, json_integer(version));
    changes_queue(run->ch, JOB, run->r->id, 0);
    return ERR_OK;
}

/* ---- the job ---- */

struct sending {
    struct op *op;
    const struct register_def *def;
    int64_t id;
    struct record r; /* as it stands */
    struct recipients to;
    size_t done, failed; /* as it says */
};

static int64_t number_field(const struct record *r, const struct act_field *f)
{
    return json_integer_value(json_object_get(json_object_get(r->state, "fields"), f->name));
}

/* The entry as it stands. *ret_go: it still is being sent. */
static enum err_code look(struct sending *k, bool *ret_go)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct register_sends *s;
    int64_t version;

    record_release(&k->r);
    k->r = (struct record){0};
    TRY(snapshot_open(k->op, &snap));
    TRY(record_load(k->op, snap, ENTRY, k->id, &k->r));
    k->def = entry_def(k->op, &k->r);
    s = k->def == NULL ? NULL : k->def->sends;
    *ret_go = s != NULL && strcmp(record_member(&k->r, "status"), s->state->id) == 0;
    if (!*ret_go)
        return ERR_OK;
    version = json_integer_value(json_object_get(k->r.state, SENDING));
    if (k->to.list == NULL)
        TRY(list_of(k->op, snap, &k->r, s, version, &k->to));
    k->done = (size_t)number_field(&k->r, s->sent);
    k->failed = (size_t)number_field(&k->r, s->failed);
    return ERR_OK;
}

/* Counts what was tried, whoever acts on the entry meanwhile; at the end it is done. */
static enum err_code count_once(struct sending *k, size_t tried, size_t refused)
{
    CLEANUP(entry_run_release) struct entry_run run = {.op = k->op, .def = k->def, .r = &k->r};
    const struct register_sends *s = k->def->sends;
    char today[DATE_TEXT];

    TRY(snapshot_open(k->op, &run.snap));
    TRY(entry_run_begin(&run, "sent"));
    put_number(&run, s->sent, k->done + tried);
    put_number(&run, s->failed, k->failed + refused);
    if (k->done + tried >= k->to.n) {
        date_format(run.today, today);
        json_object_set_new(entry_run_fields_of(run.state), s->day->name, json_string(today));
        json_object_set_new(run.values, s->day->name, json_string(today));
        entry_run_put(&run, "status", json_string(s->done->id));
        entry_run_put(&run, SENDING, json_null());
    }
    TRY(entry_run_follow(&run));
    TRY(entry_run_settle(&run));
    return entry_run_save(&run);
}

static enum err_code count(struct sending *k, size_t tried, size_t refused, bool *ret_go)
{
    enum err_code rc = ERR_CONFLICT;

    *ret_go = true;
    for (int i = 0; rc == ERR_CONFLICT && *ret_go && i < TRIES; i++) {
        err_clear(&k->op->err);
        rc = count_once(k, tried, refused);
        if (rc == ERR_CONFLICT)
            TRY(look(k, ret_go));
    }
    TRY(rc == ERR_CONFLICT && !*ret_go ? ERR_OK : rc);
    return look(k, ret_go);
}

static enum err_code send_one(struct sending *k, struct relay *relay, size_t at, bool *ret_taken)
{
    struct op *op = k->op;
    const struct register_sends *s = k->def->sends;
    bool sms = by_sms(s, json_object_get(k->r.state, "fields"));
    struct relay_message m = {
        .id = arena_printf(op->arena, "%s.%lld.%zu", k->def->flow.id, (long long)k->id, at + 1),
        .to = sms ? arena_printf(op->arena, "%s@%s", k->to.list[at], op->setup->relay_sms)
                  : k->to.list[at],
        .subject = sms ? NULL : text_field(&k->r, s->subject),
        .text = text_field(&k->r, s->text),
        .at_ms = op->now_ms};

    if (m.id == NULL || m.to == NULL || m.text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a message");
    return relay_send(relay, &m, ret_taken, &op->err);
}

/* A slice: what was tried is counted even where the relay closes in its middle. */
static enum err_code send_slice(struct sending *k, struct relay *relay, size_t *ret, bool *ret_go)
{
    size_t refused = 0;
    enum err_code rc = ERR_OK, counted;
    struct err why;
    bool taken;

    for (*ret = 0; *ret < SLICE && k->done + *ret < k->to.n; ++*ret) {
        rc = send_one(k, relay, k->done + *ret, &taken);
        if (rc != ERR_OK)
            break;
        refused += !taken;
    }
    if (*ret == 0 && rc != ERR_OK)
        return rc;
    why = k->op->err;
    err_clear(&k->op->err);
    counted = count(k, *ret, refused, ret_go);
    if (counted == ERR_OK && rc != ERR_OK)
        k->op->err = why;
    return counted == ERR_OK ? rc : counted;
}

static enum err_code send_entry(struct sending *k, int64_t until, int64_t *ret_sent, bool *ret_go)
{
    const struct setup *setup = k->op->setup;
    CLEANUP(relay_freep) struct relay *relay = NULL;
    size_t n;

    TRY(look(k, ret_go));
    if (!*ret_go)
        return ERR_OK;
    if (setup->relay.address == NULL || setup->relay.from == NULL)
        return err_set(&k->op->err, ERR_IO, "no mail relay is set up any more");
    TRY(relay_new(&setup->relay, &relay, &k->op->err));
    while (*ret_go && monotonic_ms() < until) {
        TRY(send_slice(k, relay, &n, ret_go));
        *ret_sent += (int64_t)n;
    }
    return ERR_OK;
}

enum err_code entries_send(struct op *op, int64_t budget_ms, int64_t *ret_sent)
{
    struct job_row row;
    struct sending k = {.op = op};
    size_t n;
    bool go = false;
    enum err_code rc;

    *ret_sent = 0;
    TRY(job_take(op, JOB, &row, 1, &n));
    if (n == 0)
        return ERR_OK;
    k.id = row.record;
    rc = send_entry(&k, monotonic_ms() + budget_ms, ret_sent, &go);
    record_release(&k.r);
    if (rc == ERR_OK && !go)
        return job_done(op, &row, 1);
    if (rc == ERR_OK)
        return job_retry(op, &row, 1, op->now_ms);
    TRY(job_retry(op, &row, 1, op->now_ms + RETRY_MS));
    return rc;
}
