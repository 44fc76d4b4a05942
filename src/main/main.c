/* fangxin: finds the command, opens what it needs, runs it. */
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "main/control.h"

#define ARENA_BYTES ((size_t)1024 * 1024 * 1024)

const struct command commands[] = {
    {"serve",
     "[--data DIR] [--listen ADDR:PORT] [--trusted-proxy LIST] [--rate-limit SPEC|off]"
     " [--packs DIR]\n"
     "       [--copies FOLDER [--copies-every MINUTES] [--copies-keep DAYS]]",
     "serve the portal, the desk and the API",
     "Serves the installation in DIR (default ./fangxin-data) on ADDR:PORT (default "
     "127.0.0.1:8315)\n"
     "until it gets SIGINT or SIGTERM. Other commands reach it through DIR/control.sock.\n"
     "--packs names a folder of own files (rules/ID.json, registers/ID.json ...) in place of "
     "DIR/packs.\n"
     "--copies makes a copy as `fangxin copy` does every MINUTES (default 60) and keeps those of "
     "the\n"
     "last DAYS (default 35).\n",
     NEED_ALONE, cmd_serve},
    {"init", "--name NAME --code CODE [--profile P] [--cipher sm4] [--data DIR]",
     "make a new installation",
     "Makes the folder, its keys and its first body, and prints the one-time password of the "
     "first\n"
     "administrator. P is market (the default), council, bank, insurer or enterprise: which rules\n"
     "govern, which code tables are used. --cipher sm4 seals by SM4-GCM instead of\n"
     "XChaCha20-Poly1305.\n",
     NEED_ALONE, cmd_init},
    {"demo", "[--data DIR] [--until DATE] [--password P] [--matters N] [--detail short|usual|long]",
     "make the sample county",
     "Fills an empty installation with a county and a year of its records, the same each time for\n"
     "the same DATE (default today). On existing data it changes nothing. N is 12000, or any "
     "number\n"
     "up to ten million. --detail: how much is told of each matter. usual: six events; short: "
     "four\n"
     "and a half; long: seventeen, some four of them notices to the parties, and of complaints\n"
     "and reports three or four files.\n",
     NEED_ALONE, cmd_demo},
    {"migrate", "[--data DIR]", "bring the schema up to date", "Applies outstanding migrations.\n",
     NEED_ALONE, cmd_migrate},
    {"body",
     "add CODE --parent CODE --name NAME [--kind branch|station] [--name-en NAME] [--division D]"
     " [--streets LIST] [--address TEXT] [--phone N] | end CODE [--successor CODE] | list",
     "branches and stations",
     "LIST holds nine-digit street codes with commas; what happens there is suggested to this "
     "body.\n",
     NEED_STORE, cmd_body},
    {"user",
     "add NAME --display TEXT --body CODE --roles LIST [--password P] | import FILE.csv"
     " | passwd NAME --password P | disable NAME [--successor NAME] | list",
     "officers and their passwords",
     "LIST holds roles with commas: intake, handler, supervisor, leader, auditor, admin, "
     "security.\n"
     "FILE.csv adds many: columns name, display, body, roles and, if wanted, password. A row that "
     "is "
     "wrong is\n"
     "named before anybody is added. Delete a file with passwords afterwards.\n",
     NEED_STORE, cmd_user},
    {"import", "matters|businesses FILE.csv|.jsonl [--map MAP] [--source NAME] [--rejects FILE]",
     "take in records from elsewhere",
     "MAP is a file or the name of a map that comes with the program. Rows that cannot be taken go "
     "to\n"
     "the rejects file with row, field and reason; the same file twice adds nothing.\n",
     NEED_STORE, cmd_import},
    {"export", "matters [--from DATE] [--to DATE] [--format csv|jsonl] [-o FILE]",
     "write matters, persons masked", "Reports are not exported.\n", NEED_STORE, cmd_export},
    {"deadline",
     "--pack P --rule R --from DATE [--pause A..B]... [--extend]... [--packs DIR] | --lines FILE|-",
     "compute a due date and explain it",
     "Counts by the calendar that comes with the program, day by day. --packs DIR reads rule packs "
     "of\n"
     "one's own (DIR/rules/ID.json) as well. --json prints {rule, start,\n"
     "due_raw, due, provisional, basis, steps[]}. --lines answers each line of FILE (- standard "
     "input)\n"
     "{\"pack\", \"rule\", \"from\", \"pauses\": [\"A..B\"], \"extensions\", \"steps\"} with one "
     "of its "
     "own.\n"
     "Exit status 1 when a date cannot be counted, 2 for an unknown pack or rule.\n",
     NEED_NOTHING, cmd_deadline},
    {"calendar", "import FILE [--id cn] | list", "notices of working days",
     "FILE is a year as in packs/calendars, {\"years\": [...]} or a CSV with the columns year, "
     "date,\n"
     "name, is_off_day, paper. All open clocks are counted again; what moved is listed.\n",
     NEED_STORE, cmd_calendar},
    {"check-id", "uscc|citizen|phone VALUE", "check an identifier",
     "Exit status 1 when it is wrong.\n", NEED_NOTHING, cmd_check_id},
    {"figures",
     "--body B --period P [--indicator I]... [--scope own|subtree] [--against prev|lastyear]\n"
     "       [--as-of DAY|INSTANT|@EVENT]",
     "figures of a body in a period",
     "P is 2026, 2026Q3, 2026H1, 2026-03 or DATE..DATE. --as-of DAY counts what had happened by "
     "the\n"
     "end of that day, @EVENT what had been recorded; without it each indicator has its own "
     "cut-off.\n",
     NEED_STORE, cmd_figures},
    {"summary",
     "--body B --period P --kind K [--format md|docx|xlsx|json] [-o FILE] [--without-reports]\n"
     "                       [--save [--issue]] | --saved KEY [--format F] [-o FILE]",
     "a bulletin or summary",
     "K is a form of packs/summaries: month, quarter, half, annual, campaign, council, "
     "bank_quarter.\n--save keeps it with the matters behind each figure and prints its key; "
     "--saved "
     "prints one that\nwas kept, always the same bytes.\n",
     NEED_STORE, cmd_summary},
    {"trace", "FIGURE [--part num|den]", "the matters behind a figure",
     "FIGURE is the id that `figures` prints, or FIGURE@KEY of a saved summary. --json prints "
     "numerator and denominator, and of a "
     "sum\n"
     "what each matter adds.\n",
     NEED_STORE, cmd_trace},
    {"visits", "draw [--day DATE]", "draw the sample of return visits of a day",
     "The server draws each working day by itself and catches up the last few; this draws one "
     "that\n"
     "was missed. A day is drawn once.\n",
     NEED_STORE, cmd_visits},
    {"verify", "[--rebuild]", "check that the records agree with themselves",
     "Checks chains, counts, checksums and sealed values; with --rebuild also makes all "
     "projections\n"
     "and tallies again from the events and compares. Exit status 1 when something was found.\n",
     NEED_STORE, cmd_verify},
    {"backup", "FILE", "write a backup while serving",
     "Database and sealed files, without keys and index: export the key as well.\n", NEED_STORE,
     cmd_backup},
    {"copy", "FOLDER [--full] [--keep DAYS]", "make the next copy of a series while serving",
     "The first copy in FOLDER is a whole backup; those behind it hold what changed since. Every "
     "week,\n"
     "or with --full, a whole one begins anew. With --keep series go whose last copy is older than "
     "DAYS.\n"
     "`restore FOLDER --at INSTANT` makes the installation of any copy again. SQLite only.\n",
     NEED_STORE, cmd_copy},
    {"restore",
     "FILE --data DIR --key FILE --passphrase-file FILE\n"
     "       FOLDER [--at INSTANT] --data DIR --key FILE --passphrase-file FILE\n"
     "       FOLDER --list",
     "unpack a backup or a copy",
     "DIR must be empty or missing. The key comes from `key export`. Of a FOLDER of copies the "
     "newest\n"
     "is taken, or the newest made at or before INSTANT. With --database the records go into an "
     "empty\n"
     "PostgreSQL database, also those of a backup of SQLite.\n",
     NEED_ALONE, cmd_restore},
    {"key", "export FILE --passphrase-file FILE | rotate [--cipher sm4|xchacha20] | check",
     "the keys of the vault",
     "rotate begins a new epoch; sealed values are sealed anew in the background.\n", NEED_STORE,
     cmd_key},
    {"pack", "check FILE...", "check a rule pack or any other file of packs/",
     "Names every fault by its path. Registers are looked at together.\n", NEED_NOTHING, cmd_pack},
    {"routes", "import FILE.csv", "import address aliases",
     "Columns alias, office_code, office_name, confidence, support.\n", NEED_STORE, cmd_routes},
    {"setting", "put NAME VALUE | list", "what the portal says of the office",
     "NAME is site.phone, site.address, site.hours_zh, site.hours_en; relay, relay.from, "
     "relay.sms,\n"
     "relay.login (a file with user and password), relay.ca; others in docs/operations.md.\n",
     NEED_STORE, cmd_setting},
    {NULL, NULL, NULL, NULL, NEED_NOTHING, NULL},
};

const struct command *command_find(const char *name)
{
    for (const struct command *c = commands; c->name != NULL; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static int help(FILE *out, const char *name)
{
    const struct command *c = name == NULL ? NULL : command_find(name);

    if (c != NULL) {
        fprintf(out, "usage: fangxin %s %s\n\n%s\n%s", c->name, c->arguments, c->summary, c->help);
        return EXIT_OK;
    }
    if (name != NULL) {
        fprintf(stderr, "fangxin: there is no command '%s'; 'fangxin help' lists them\n", name);
        return EXIT_USAGE;
    }
    fprintf(out, "fangxin %s: consumer complaints and reports, from receipt to figures\n\n",
            FANGXIN_VERSION);
    for (c = commands; c->name != NULL; c++)
        fprintf(out, "  %-10s %s\n", c->name, c->summary);
    fprintf(out,
            "\n'fangxin help COMMAND' says more. Data lies in ./fangxin-data unless --data names\n"
            "another folder; --database postgresql://… (or FANGXIN_DATABASE) keeps records in "
            "PostgreSQL\n"
            "instead of it; --json prints data as JSON.\n");
    return EXIT_OK;
}

/* @p all: the command's name and the arguments, for a server that holds the installation. */
static int run_with_store(const struct command *command, struct command_run *run, const char **all)
{
    struct store_options options = {
        .dir = run->dir, .database = run->database, .sql = embedded_sql, .readers = 2};
    struct store *store = NULL;
    struct err err = {0};
    struct op op = {.zone_min = 0};
    int status = EXIT_FOUND;

    if (store_open(&options, &store, &err) == ERR_BUSY) {
        err_clear(&err);
        if (control_send(run->dir, run->argc + 1, all, &status, &err) == ERR_OK)
            return status;
    }
    if (store == NULL)
        return command_failed(run, &err);
    run->json = take_flag(run, "--json");
    op.arena = arena_new(ARENA_BYTES);
    op.store = store;
    op.now_ms = instant_now_ms();
    op.actor.kind = ACTOR_SYSTEM;
    op.actor.body_path = "";
    if (op.arena == NULL || setups_new(store, embedded_packs, &run->setups, &err) != ERR_OK ||
        indicators_load(embedded_packs, run->dir, &run->indicators, &err) != ERR_OK ||
        summary_forms_load(embedded_packs, run->dir, run->indicators, &run->summaries, &err) !=
            ERR_OK) {
        status = command_failed(run, &err);
    } else {
        op.setup = setup_hold(run->setups);
        op.zone_min = op.setup->zone_min;
        run->op = &op;
        status = command->run(run);
        setup_letgo(run->setups, op.setup);
    }
    summary_forms_free(run->summaries);
    indicators_free(run->indicators);
    setups_free(run->setups);
    arena_free(op.arena);
    store_close(store);
    return status;
}

/* --database, or else the variable of that name, which does not show in lists of processes. */
static bool database_given(struct command_run *run)
{
    const char *url = take_option(run, "--database");

    if (url == NULL && !run->usage_shown)
        url = getenv("FANGXIN_DATABASE");
    if (url == NULL || *url == '\0')
        return !run->usage_shown;
    if (!text_starts(url, "postgresql://") && !text_starts(url, "postgres://"))
        return usage_error(run, "--database wants postgresql://…") == EXIT_OK;
    run->database = url;
    return true;
}

int main(int argc, char **argv)
{
    const struct command *command;
    char cwd[4096];
    struct command_run run = {.out = stdout, .err = stderr, .dir = "fangxin-data"};
    const char **all = (const char **)argv + 1, *dir;
    int n = argc - 1;

    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    if (n == 0 || strcmp(all[0], "help") == 0 || strcmp(all[0], "--help") == 0)
        return help(stdout, n > 1 ? all[1] : NULL);
    if (strcmp(all[0], "--version") == 0 || strcmp(all[0], "version") == 0)
        return printf("fangxin %s\n", FANGXIN_VERSION) < 0;
    command = command_find(all[0]);
    if (command == NULL)
        return help(stderr, all[0]);
    for (int i = 1; i < n; i++)
        if (strcmp(all[i], "--help") == 0)
            return help(stdout, all[0]);
    run.argc = n - 1;
    run.argv = all + 1;
    run.cwd = getcwd(cwd, sizeof cwd) == NULL ? "/" : cwd;
    dir = take_option(&run, "--data");
    if (dir != NULL)
        run.dir = dir;
    if (!database_given(&run))
        return EXIT_USAGE;
    if (command->need == NEED_STORE)
        return run_with_store(command, &run, all);
    run.json = take_flag(&run, "--json");
    return command->run(&run);
}
