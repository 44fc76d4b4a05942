/* body, user: who works here, and where. */
#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "main/command.h"
#include "work/staff.h"

#define STREETS_MAX 64
#define LIST_BYTES ((size_t)4 << 20)

struct verb {
    const char *name;
    int (*run)(struct command_run *run);
};

static int run_verb(struct command_run *run, const struct verb *verbs, const char *wanted)
{
    const char *verb = take_argument(run);

    for (; verb != NULL && verbs->name != NULL; verbs++)
        if (strcmp(verbs->name, verb) == 0)
            return verbs->run(run);
    return usage_error(run, "%s", wanted);
}

/* ---- body ---- */

/* "420202001,420202002" as a list; false when there are too many. */
static bool read_streets(struct command_run *run, const char *text, const char **ret, size_t *ret_n)
{
    *ret_n = 0;
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, ",");

        if (*ret_n == STREETS_MAX)
            return false;
        ret[(*ret_n)++] = arena_strndup(run->op->arena, text, n);
        text += text[n] == ',' ? n + 1 : n;
    }
    return true;
}

static int body_add_verb(struct command_run *run)
{
    const char *streets[STREETS_MAX], *name_en = take_option(run, "--name-en");
    struct body_draft body = {
        .parent = take_option(run, "--parent"),
        .kind = take_option(run, "--kind"),
        .name_zh = take_option(run, "--name"),
        .division = take_option(run, "--division"),
        .address = take_option(run, "--address"),
        .phone = take_option(run, "--phone"),
        .streets = streets,
        .valid_from = run->op->now_ms,
    };
    bool few = read_streets(run, take_option(run, "--streets"), streets, &body.n_streets);

    body.code = take_argument(run);
    body.name_en = name_en == NULL ? body.name_zh : name_en;
    if (body.code == NULL || body.parent == NULL || body.name_zh == NULL || !few)
        return usage_error(run, "body add wants CODE --parent CODE --name NAME");
    if (body.kind == NULL)
        body.kind = "branch";
    if (left_over(run))
        return EXIT_USAGE;
    if (body_add(run->op, &body) != ERR_OK || setups_reload(run->setups, &run->op->err) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "added %s below %s\n", body.code, body.parent);
    return EXIT_OK;
}

static int body_end_verb(struct command_run *run)
{
    const char *code = take_argument(run), *successor = take_option(run, "--successor");

    if (code == NULL || left_over(run))
        return usage_error(run, "body end wants CODE");
    if (body_end(run->op, code, successor) != ERR_OK ||
        setups_reload(run->setups, &run->op->err) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "ended %s\n", code);
    return EXIT_OK;
}

static int body_list_verb(struct command_run *run)
{
    const struct setup *setup = run->op->setup;

    if (left_over(run))
        return EXIT_USAGE;
    for (size_t i = 0; i < setup->n_bodies; i++) {
        const struct body *b = &setup->bodies[i];

        fprintf(run->out, "%*s%-*s %-8s %s%s\n", 2 * b->depth, "", 20 - 2 * b->depth, b->code,
                b->kind, b->name.zh, b->current ? "" : "  (ended)");
    }
    return EXIT_OK;
}

int cmd_body(struct command_run *run)
{
    static const struct verb verbs[] = {
        {"add", body_add_verb}, {"end", body_end_verb}, {"list", body_list_verb}, {NULL, NULL}};

    return run_verb(run, verbs, "body wants add, end or list");
}

/* ---- user ---- */

/* Bits of "handler,supervisor"; 0 for an unknown name. */
static unsigned parse_roles(const char *text)
{
    unsigned roles = 0;

    while (text != NULL && *text != '\0') {
        char name[32];
        size_t n = strcspn(text, ",");
        unsigned role;

        if (n >= sizeof name)
            return 0;
        snprintf(name, sizeof name, "%.*s", (int)n, text);
        role = role_find(name);
        if ((role & ROLES_OFFICER) == 0)
            return 0;
        roles |= role;
        text += text[n] == ',' ? n + 1 : n;
    }
    return roles;
}

static int user_add(struct command_run *run)
{
    const char *name = take_argument(run), *roles = take_option(run, "--roles");
    struct officer_draft officer = {.name = name,
                                    .display = take_option(run, "--display"),
                                    .body = take_option(run, "--body"),
                                    .password = take_option(run, "--password"),
                                    .roles = parse_roles(roles)};
    int64_t id;

    if (name == NULL || officer.display == NULL || officer.body == NULL || roles == NULL)
        return usage_error(run, "user add wants NAME --display TEXT --body CODE --roles LIST");
    if (left_over(run))
        return EXIT_USAGE;
    if (officer_add(run->op, &officer, &id) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "added %s as officer %lld\n", name, (long long)id);
    return EXIT_OK;
}

/* ---- many at once ---- */

enum { U_NAME, U_DISPLAY, U_BODY, U_ROLES, U_PASSWORD, U_COUNT };
static const char *const user_columns[U_COUNT] = {"name", "display", "body", "roles", "password"};

/* Where each column stands; the password's may be missing (r->n then). */
static enum err_code user_head(struct op *op, const struct csv_record *r, size_t ret[U_COUNT])
{
    for (size_t c = 0; c < U_COUNT; c++) {
        ret[c] = r->n;
        for (size_t i = 0; i < r->n; i++)
            if (strcmp(r->cells[i], user_columns[c]) == 0)
                ret[c] = i;
        if (ret[c] == r->n && c != U_PASSWORD)
            return err_field(
                &op->err, ERR_INVALID, user_columns[c], "missing_column",
                "表头要有 name、display、body、roles，可以有 password。",
                "The columns are name, display, body, roles and, if wanted, password.");
    }
    return ERR_OK;
}

static enum err_code user_row(struct op *op, const struct csv_record *r, const size_t at[U_COUNT],
                              struct officer_draft *ret)
{
    const char *cell[U_COUNT];

    for (size_t c = 0; c < U_COUNT; c++)
        cell[c] = at[c] < r->n && r->cells[at[c]][0] != '\0' ? r->cells[at[c]] : NULL;
    *ret = (struct officer_draft){
        .name = cell[U_NAME] == NULL ? "" : cell[U_NAME],
        .display = cell[U_DISPLAY] == NULL ? "" : cell[U_DISPLAY],
        .body = cell[U_BODY] == NULL ? "" : cell[U_BODY],
        .password = cell[U_PASSWORD],
        .roles = parse_roles(cell[U_ROLES]),
    };
    return officer_check(op, ret);
}

/* One walk over the list: only looked at, or added. @p ret_row: where it stopped. */
static enum err_code user_rows(struct command_run *run, const struct buf *text, bool add,
                               size_t *ret_row)
{
    CLEANUP(json_decrefp) json_t *names = json_object();
    struct op *op = run->op;
    struct csv_reader reader;
    size_t at[U_COUNT];
    bool more;

    csv_open(&reader, buf_text(text), text->len);
    for (;;) {
        struct csv_record r = {.n = 0};
        struct officer_draft officer;
        int64_t id;

        *ret_row = reader.row + 1;
        TRY(csv_next(&reader, op->arena, &r, &more, &op->err));
        if (!more && *ret_row > 1)
            return ERR_OK;
        if (*ret_row == 1) {
            TRY(user_head(op, &r, at));
            continue;
        }
        if (r.n == 1 && r.cells[0][0] == '\0')
            continue;
        TRY(user_row(op, &r, at, &officer));
        if (json_object_get(names, officer.name) != NULL)
            return err_field(&op->err, ERR_INVALID, "name", "twice", "这个登录名在表里有两行。",
                             "This name stands in two rows.");
        if (json_object_set_new(names, officer.name, json_true()) != 0)
            return err_set(&op->err, ERR_NO_MEMORY, "user import");
        if (!add)
            continue;
        TRY(officer_add(op, &officer, &id));
        fprintf(run->out, "added %s as officer %lld\n", officer.name, (long long)id);
    }
}

/* All rows are looked at before the first is added. */
static int user_import(struct command_run *run)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(LIST_BYTES);
    const char *path = take_argument(run);
    size_t row = 0;

    if (path == NULL || left_over(run))
        return usage_error(run, "user import wants FILE.csv");
    if (command_read(run, path, &text, &run->op->err) == ERR_OK &&
        user_rows(run, &text, false, &row) == ERR_OK && user_rows(run, &text, true, &row) == ERR_OK)
        return EXIT_OK;
    if (row > 0)
        fprintf(run->err, "fangxin: 第 %zu 行 / row %zu\n", row, row);
    return command_failed(run, &run->op->err);
}

static int user_passwd(struct command_run *run)
{
    const char *name = take_argument(run), *password = take_option(run, "--password");
    struct officer officer;

    if (name == NULL || password == NULL || left_over(run))
        return usage_error(run, "user passwd wants NAME --password P");
    if (officer_by_name(run->op, name, &officer) != ERR_OK ||
        officer_set_password(run->op, officer.id, password) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "changed the password of %s; his sessions have ended\n", name);
    return EXIT_OK;
}

static int user_disable(struct command_run *run)
{
    const char *name = take_argument(run), *successor = take_option(run, "--successor");

    if (name == NULL || left_over(run))
        return usage_error(run, "user disable wants NAME");
    if (officer_disable(run->op, name, successor) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "disabled %s\n", name);
    return EXIT_OK;
}

static int user_list(struct command_run *run)
{
    struct officer *list;
    size_t n;

    if (left_over(run))
        return EXIT_USAGE;
    if (run->op->setup->intake == NULL ||
        officer_list(run->op, run->op->setup->intake->code, &list, &n) != ERR_OK)
        return command_failed(run, &run->op->err);
    for (size_t i = 0; i < n; i++) {
        fprintf(run->out, "%-6lld %-16s %-12s %s", (long long)list[i].id, list[i].name,
                list[i].body, list[i].display);
        for (unsigned bit = 1; bit <= ROLES_OFFICER; bit <<= 1)
            if (list[i].roles & bit)
                fprintf(run->out, " %s", role_name(bit));
        fprintf(run->out, "\n");
    }
    return EXIT_OK;
}

int cmd_user(struct command_run *run)
{
    static const struct verb verbs[] = {{"add", user_add},       {"import", user_import},
                                        {"passwd", user_passwd}, {"disable", user_disable},
                                        {"list", user_list},     {NULL, NULL}};

    return run_verb(run, verbs, "user wants add, import, passwd, disable or list");
}
