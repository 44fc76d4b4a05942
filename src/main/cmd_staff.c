/* body, user: who works here, and where. */
#include <string.h>

#include "main/command.h"
#include "work/staff.h"

#define STREETS_MAX 64

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
    static const struct verb verbs[] = {{"add", user_add},
                                        {"passwd", user_passwd},
                                        {"disable", user_disable},
                                        {"list", user_list},
                                        {NULL, NULL}};

    return run_verb(run, verbs, "user wants add, passwd, disable or list");
}
