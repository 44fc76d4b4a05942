/* The login of a business: giving its code, checking it, and the list behind it. */
#include "work/business_login.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "rules/roles.h"
#include "sql_queries.h"
#include "store/vault.h"
#include "work/acts.h"
#include "work/backoff.h"
#include "work/view_internal.h"

bool business_login_open(const struct record *r)
{
    return record_number(r, "login") > 0 && strcmp(record_member(r, "status"), "open") == 0;
}

bool business_login_act(const char *act)
{
    return strcmp(act, "issue_login") == 0 || strcmp(act, "close_login") == 0;
}

bool business_login_allows(const struct record *r, const char *act)
{
    return strcmp(act, "issue_login") == 0 ? strcmp(record_member(r, "status"), "open") == 0
                                           : record_number(r, "login") > 0;
}

enum err_code business_login_put(struct record_draft *d, const char *act)
{
    int64_t given = record_number(d->r, "logins") + 1;
    bool allowed = business_login_allows(d->r, act);

    if (strcmp(act, "close_login") == 0) {
        if (!allowed)
            return err_field(&d->op->err, ERR_NOT_ALLOWED, "act", "no_login", "没有在用的登录码",
                             "No login code is in use.");
        record_in(d, "login", json_null());
        record_set(d, "login", json_null());
        return ERR_OK;
    }
    if (!allowed)
        return err_field(&d->op->err, ERR_NOT_ALLOWED, "act", "not_open",
                         "只给营业的经营者发登录码",
                         "Codes are given to businesses that are open.");
    record_in(d, "login", json_integer(given));
    record_set(d, "login", json_integer(given));
    record_set(d, "logins", json_integer(given));
    return ERR_OK;
}

void business_login_text(struct op *op, const struct record *r, char ret[BUSINESS_LOGIN_TEXT])
{
    char code[LOGIN_CODE_TEXT];

    vault_login_code(op, r->id, record_number(r, "logins"), code);
    snprintf(ret, BUSINESS_LOGIN_TEXT, "%lld-%.4s-%.4s-%.4s-%.4s", (long long)r->id, code, code + 4,
             code + 8, code + 12);
    sodium_memzero(code, sizeof code);
}

/* ---- entering ---- */

static enum err_code wrong(struct op *op, const char *subject)
{
    backoff_wrong(op, subject);
    return err_field(&op->err, ERR_UNAUTHENTICATED, "Fangxin-Business", "no_match",
                     "登录码不对，或者已经换了新的。再核对一次，还不对就请市场监管部门重新发一个。",
                     "The login code is wrong or was replaced. Check it, or ask for a new one.");
}

/* Which business it names, and its sixteen signs; false where it cannot be one. */
static bool split(const char *login, int64_t *ret_id, char ret_code[LOGIN_CODE_TEXT])
{
    char digits[20];
    size_t n = strspn(login, "0123456789"), k = 0;

    if (n == 0 || n >= sizeof digits || login[n] != '-')
        return false;
    memcpy(digits, login, n);
    digits[n] = '\0';
    for (const char *p = login + n; *p != '\0'; p++) {
        if (*p == '-' || *p == ' ')
            continue;
        if (k == LOGIN_CODE_TEXT - 1)
            return false;
        ret_code[k++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    }
    ret_code[k] = '\0';
    return k == LOGIN_CODE_TEXT - 1 && text_int64(digits, ret_id) && *ret_id > 0;
}

enum err_code business_enter(struct op *op, const char *login)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    char given[LOGIN_CODE_TEXT], right[LOGIN_CODE_TEXT];
    const char *subject;
    enum err_code rc;
    bool same;
    int64_t id;

    if (!split(login, &id, given))
        return wrong(op, "business");
    subject = arena_printf(op->arena, "business:%lld", (long long)id);
    if (subject == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "business");
    TRY(backoff_check(op, subject));
    TRY(snapshot_open(op, &snap));
    rc = record_load(op, snap, "business", id, &r);
    if (rc == ERR_NOT_FOUND)
        return wrong(op, subject);
    TRY(rc);
    vault_login_code(op, id, record_number(&r, "logins"), right);
    same = sodium_memcmp(right, given, sizeof right) == 0;
    sodium_memzero(right, sizeof right);
    if (!same || !business_login_open(&r))
        return wrong(op, subject);
    backoff_right(op, subject);
    op->actor = (struct actor){
        .kind = ACTOR_BUSINESS, .body_path = "", .business = id, .roles = ROLE_BUSINESS};
    err_clear(&op->err);
    return ERR_OK;
}

/* ---- what was sent to it ---- */

struct counts {
    int64_t sent, open, settled;
};

static enum err_code view_sent(struct op *op, struct snapshot *snap, int64_t id,
                               struct json_writer *w)
{
    CLEANUP(matter_release) struct matter m = {0};
    const struct pack_state *state;

    enum err_code rc = matter_for(op, snap, id, MAY_READ, &m);

    if (rc == ERR_NOT_FOUND) { /* of a kind that the pack does not send */
        err_clear(&op->err);
        return ERR_OK;
    }
    TRY(rc);
    state = pack_state(matter_pack(op, &m), matter_kind_of(&m), m.status);
    json_object_begin(w);
    json_text(w, "number", m.number);
    json_text(w, "status", m.status);
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_bool(w, "open", m.open != 0);
    json_text(w, "title", m.title);
    json_text(w, "consumer", m.consumer);
    json_int(w, "amount_fen", m.amount_fen);
    view_instant(w, "received_at", m.received_at, op->zone_min);
    json_open_object(w, "waiting_for");
    json_text(w, "who", m.waiting_for);
    view_label(w, "label", waiting_for_label(waiting_for_find(m.waiting_for)));
    json_object_end(w);
    view_date(w, "due", m.next_due == MATTER_NONE ? DATE_NONE : (date_t)m.next_due);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_of_pack(struct op *op, struct snapshot *snap, const char *pack,
                                  struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_business_sent, &s));
    TRY(stmt_bind_int64(op, s, 1, op->actor.business));
    TRY(stmt_bind_text(op, s, 2, pack));
    TRY(stmt_bind_int64(op, s, 3, BUSINESS_SENT_MAX));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(view_sent(op, snap, stmt_int64(s, 0), w));
    }
}

static enum err_code count_of_pack(struct op *op, struct snapshot *snap, const char *pack,
                                   struct counts *counts)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_business_sent_count, &s));
    TRY(stmt_bind_int64(op, s, 1, op->actor.business));
    TRY(stmt_bind_text(op, s, 2, pack));
    TRY(stmt_one_row(op, s));
    counts->sent += stmt_int64(s, 0);
    counts->open += stmt_int64(s, 1);
    counts->settled += stmt_int64(s, 2);
    return ERR_OK;
}

static bool asks_business(const struct pack *pack)
{
    for (int k = 0; k < KIND_COUNT; k++)
        if (pack_asks(pack, (enum matter_kind)k, ROLE_BUSINESS))
            return true;
    return false;
}

enum err_code view_business_sent(struct op *op, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct counts counts = {0};

    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, "business", op->actor.business, &r));
    json_object_begin(w);
    json_open_object(w, "business");
    json_int(w, "id", r.id);
    json_text(w, "name", record_member(&r, "name"));
    json_object_end(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < op->setup->n_packs; i++) {
        const struct pack *pack = op->setup->packs[i];

        if (!asks_business(pack))
            continue;
        TRY(view_of_pack(op, snap, pack->id, w));
        TRY(count_of_pack(op, snap, pack->id, &counts));
    }
    json_array_end(w);
    json_open_object(w, "counts");
    json_int(w, "sent", counts.sent);
    json_int(w, "open", counts.open);
    json_int(w, "settled", counts.settled);
    json_object_end(w);
    json_object_end(w);
    return ERR_OK;
}
