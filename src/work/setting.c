/* Writing settings. */
#include "work/setting.h"

#include <string.h>

#include "sql_queries.h"
#include "work/house_target.h"
#include "work/relay.h"
#include "work/retention.h"

#define VALUE_MAX 400
#define TEXT_MAX 1000          /* as much as the field of the letter takes */
#define HOUSE_TARGETS_MAX 8000 /* a target for each office of a district */

const struct setting_known settings_known[] = {
    {"site.phone", "phone shown on the portal"},
    {"site.address", "address of the counter"},
    {"site.hours_zh", "opening hours in Chinese"},
    {"site.hours_en", "opening hours in English"},
    {"site.url", "address of the portal as the public reaches it: https://12315.example.gov.cn"},
    {"deadlines.targets",
     "targets of single offices beside the terms of the law: 420202:D1=4 42020201:D2=45 …"},
    {"letters.words", "word of each body in the numbers of letters: 420202=安市监 420203=…"},
    {"letters.review", "what refusals say of review and suit, where the officer writes nothing "
                       "else: 不服本决定的，可以…"},
    {"retention.years",
     "how many years matters under each rule pack are kept after they ended, persons and evidence, "
     "and texts and letters; empty: for ever: market-2026=10/30 pboc-2020=5 …"},
    {"scanner", "virus scanner for evidence: path of clamd's socket, or HOST:PORT; empty: none"},
    {"relay", "mail relay that takes messages: path of a socket, HOST:PORT, or with TLS "
              "smtps://HOST:PORT and starttls://HOST:PORT; empty: none"},
    {"relay.from", "sender of what the relay takes: notice@12315.example.gov.cn"},
    {"relay.sms", "domain of the SMS gateway: a message to 13800138000 goes to 13800138000@DOMAIN"},
    {"relay.login", "file with user and password for the relay, a line each; only with TLS; empty: "
                    "no login"},
    {"relay.ca", "file of certificates (PEM) that vouch for the relay; empty: those that the "
                 "machine trusts"},
    {NULL, NULL},
};

static void add_row(struct op *op, struct changes *ch, const char *name, const char *value)
{
    changes_row(ch, SQL_setting_put, 1, ERR_CONFLICT);
    changes_text(ch, name);
    changes_text(ch, value);
    changes_mac(op, ch, "setting");
}

static enum err_code address_check(struct op *op, const char *value)
{
    if (value[0] == '\0' || relay_address_good(value))
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "value", "address", "这不是邮箱地址",
                     "This is no address.");
}

static enum err_code path_check(struct op *op, const char *value)
{
    if (value[0] == '\0' || value[0] == '/')
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "value", "path", "要写完整路径，以 / 开头",
                     "A whole path is wanted, beginning with /.");
}

/* A password never goes over a line that others can read. */
static enum err_code sealed_check(struct op *op, const char *address, const char *login)
{
    if (login == NULL || login[0] == '\0' || (address != NULL && relay_address_sealed(address)))
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "value", "tls",
                     "登录要加密：先把 relay 设为 smtps://HOST:PORT 或 starttls://HOST:PORT",
                     "A login wants TLS: relay has to be smtps://HOST:PORT or "
                     "starttls://HOST:PORT.");
}

static enum err_code relay_check(struct op *op, const char *value)
{
    return value[0] == '\0' ? ERR_OK : sealed_check(op, value, op->setup->relay.login);
}

static enum err_code login_check(struct op *op, const char *value)
{
    TRY(path_check(op, value));
    return sealed_check(op, op->setup->relay.address, value);
}

static const struct {
    const char *name;
    size_t most; /* bytes */
    enum err_code (*check)(struct op *op, const char *value);
} checks[] = {
    {"deadlines.targets", HOUSE_TARGETS_MAX, house_targets_check},
    {"letters.review", TEXT_MAX, NULL},
    {"retention.years", VALUE_MAX, retention_years_check},
    {"relay", VALUE_MAX, relay_check},
    {"relay.from", VALUE_MAX, address_check},
    {"relay.login", VALUE_MAX, login_check},
    {"relay.ca", VALUE_MAX, path_check},
};

static enum err_code check_value(struct op *op, const char *name, const char *value)
{
    enum err_code (*check)(struct op *, const char *) = NULL;
    size_t most = VALUE_MAX;

    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (strcmp(checks[i].name, name) == 0) {
            most = checks[i].most;
            check = checks[i].check;
        }
    if (strlen(value) > most)
        return err_field(&op->err, ERR_INVALID, "value", "length",
                         arena_printf(op->arena, "最多 %zu 字节", most),
                         arena_printf(op->arena, "At most %zu bytes.", most));
    return check == NULL ? ERR_OK : check(op, value);
}

enum err_code setting_put(struct op *op, const char *name, const char *value)
{
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};
    struct changes *ch = changes_new(op);
    bool known = false;

    TRY(may_check(&op->actor, MAY_ADMIN_RULES, &facts, &op->err));
    for (const struct setting_known *s = settings_known; s->name != NULL; s++)
        known |= strcmp(s->name, name) == 0;
    if (!known)
        return err_field(&op->err, ERR_INVALID, "name", "unknown_setting", "没有这项设置",
                         "There is no such setting.");
    TRY(check_value(op, name, value));
    add_row(op, ch, name, value);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code setting_profile(struct op *op, const char *profile)
{
    struct changes *ch = changes_new(op);

    add_row(op, ch, "profile", profile);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code setting_mark_demo(struct op *op)
{
    struct changes *ch = changes_new(op);

    add_row(op, ch, "demo", "1");
    add_row(op, ch, "site.phone", "12315");
    add_row(op, ch, "site.address", "安澜县人民路 1 号，一楼 12315 窗口");
    add_row(op, ch, "site.hours_zh", "工作日 8:30–12:00，14:30–17:30；电话全天");
    add_row(op, ch, "site.hours_en", "Working days 8:30–12:00 and 14:30–17:30; phone all day");
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}
