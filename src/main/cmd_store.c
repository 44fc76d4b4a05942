/* init, migrate, verify, backup, restore, key: commands about the installation itself. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "main/command.h"
#include "rules/number.h"
#include "sql_queries.h"
#include "store/copies.h"
#include "store/vault.h"
#include "work/staff.h"
#include "work/setting.h"
#include "work/verify.h"

#define ARENA_BYTES ((size_t)256 * 1024 * 1024)

/* ---- init ---- */

/* Twelve characters that read well on a console. */
static void one_time_password(char ret[13])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

    for (int i = 0; i < 12; i++)
        ret[i] = letters[randombytes_uniform(sizeof letters - 1)];
    ret[12] = '\0';
}

static enum err_code first_records(struct op *op, struct setups *setups, const char *name,
                                   const char *code, const char *password)
{
    struct body_draft body = {.code = code,
                              .kind = "bureau",
                              .name_zh = name,
                              .name_en = name,
                              .division = code,
                              .valid_from = op->now_ms};
    struct officer_draft admin = {.name = "admin",
                                  .display = "管理员",
                                  .body = code,
                                  .roles = ROLE_ADMIN,
                                  .password = password};
    int64_t id;

    TRY(body_add(op, &body));
    TRY(setups_reload(setups, &op->err));
    op->setup = setup_hold(setups);
    {
        enum err_code rc = officer_add(op, &admin, &id);

        setup_letgo(setups, op->setup);
        return rc;
    }
}

static bool setup_begun(struct setups *setups)
{
    const struct setup *setup = setup_hold(setups);
    bool begun = setup->n_bodies > 0;

    setup_letgo(setups, setup);
    return begun;
}

/* Before the office's own packs are loaded, which depend on it. */
static enum err_code store_profile(struct store *store, const char *profile, struct err *err)
{
    struct op op = {.store = store, .now_ms = instant_now_ms()};
    enum err_code rc;

    op.arena = arena_new((size_t)1 << 20);
    op.actor.kind = ACTOR_SYSTEM;
    op.actor.body_path = "";
    if (op.arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "init");
    rc = setting_profile(&op, profile);
    if (rc != ERR_OK)
        *err = op.err;
    arena_free(op.arena);
    return rc;
}

static enum err_code initialise(struct command_run *run, const char *name, const char *code,
                                const char *profile, const char *cipher, const char *password,
                                struct err *err)
{
    struct store_options options = {.dir = run->dir,
                                    .database = run->database,
                                    .sql = embedded_sql,
                                    .create = true,
                                    .migrate = true,
                                    .readers = 2,
                                    .cipher = cipher};
    struct store *store = NULL;
    struct setups *setups = NULL;
    struct op op = {.now_ms = instant_now_ms()};
    enum err_code rc = store_open(&options, &store, err);

    if (rc == ERR_OK)
        rc = setups_new(store, embedded_packs, &setups, err);
    if (rc == ERR_OK && setup_begun(setups))
        rc = err_set(err, ERR_CONFLICT, "%s is already an installation", run->dir);
    if (rc == ERR_OK && profile != NULL) {
        setups_free(setups);
        setups = NULL;
        rc = store_profile(store, profile, err);
        if (rc == ERR_OK)
            rc = setups_new(store, embedded_packs, &setups, err);
    }
    if (rc == ERR_OK) {
        op.arena = arena_new(ARENA_BYTES);
        op.store = store;
        op.actor.kind = ACTOR_SYSTEM;
        op.actor.body_path = "";
        rc = first_records(&op, setups, name, code, password);
        if (rc != ERR_OK)
            *err = op.err;
        arena_free(op.arena);
    }
    setups_free(setups);
    store_close(store);
    return rc;
}

/* Says which there are when it is none of them. */
static bool profile_known(struct command_run *run, const char *name)
{
    struct profiles *profiles = NULL;
    struct err err = {0};
    bool known;

    if (profiles_load(embedded_packs, &profiles, &err) != ERR_OK)
        return command_failed(run, &err) == EXIT_OK;
    known = profile_find(profiles, name) != NULL;
    if (!known) {
        fprintf(run->err, "fangxin: there is no profile '%s'; there are", name);
        for (size_t i = 0; i < profiles_count(profiles); i++)
            fprintf(run->err, " %s", profiles_at(profiles, i)->id);
        fprintf(run->err, "\n");
    }
    profiles_free(profiles);
    return known;
}

int cmd_init(struct command_run *run)
{
    const char *name = take_option(run, "--name"), *code = take_option(run, "--code");
    const char *profile = take_option(run, "--profile"), *cipher = take_option(run, "--cipher");
    struct err err = {0};
    char password[13];

    if (profile != NULL && !profile_known(run, profile))
        return EXIT_USAGE;
    if (name == NULL || code == NULL)
        return usage_error(run, "init wants --name and --code (the division's six digits)");
    if (left_over(run))
        return EXIT_USAGE;
    one_time_password(password);
    if (initialise(run, name, code, profile, cipher, password, &err) != ERR_OK)
        return command_failed(run, &err);
    fprintf(run->out, "made %s\nfirst administrator: admin\none-time password:   %s\n", run->dir,
            password);
    return EXIT_OK;
}

int cmd_migrate(struct command_run *run)
{
    struct store_options options = {.dir = run->dir,
                                    .database = run->database,
                                    .sql = embedded_sql,
                                    .migrate = true,
                                    .readers = 1};
    struct store *store = NULL;
    struct err err = {0};
    enum err_code rc;

    if (left_over(run))
        return EXIT_USAGE;
    rc = store_open(&options, &store, &err);
    store_close(store);
    if (rc != ERR_OK)
        return command_failed(run, &err);
    fprintf(run->out, "the schema of %s is up to date\n", run->dir);
    return EXIT_OK;
}

/* ---- verify ---- */

static bool print_finding(void *arg, const char *table, int64_t record, const char *what)
{
    struct command_run *run = arg;
    char number[NUMBER_TEXT];
    const char *name = "";

    if (record > INT64_C(1) << NUMBER_SEQUENCE_BITS &&
        number_format(record, run->op->setup->number_key, number, &run->op->err) == ERR_OK)
        name = number;
    fprintf(run->out, "%s %lld %s%s%s\n", table, (long long)record, name, *name ? ": " : "", what);
    return true;
}

int cmd_verify(struct command_run *run)
{
    bool again = take_flag(run, "--rebuild");
    struct verify_counts n = {0};

    if (left_over(run))
        return EXIT_USAGE;
    if (store_settle(run->op) != ERR_OK || store_verify(run->op, print_finding, run, &n) != ERR_OK)
        return command_failed(run, &run->op->err);
    if (again && verify_rebuild(run->op, print_finding, run, &n) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "%lld events, %lld records, %lld rows, %lld sealed values: %lld findings\n",
            (long long)n.events, (long long)n.records, (long long)n.rows, (long long)n.sealed,
            (long long)n.findings);
    return n.findings == 0 ? EXIT_OK : EXIT_FOUND;
}

/* ---- backup and restore ---- */

static bool print_progress(void *arg, int64_t done, int64_t total)
{
    struct command_run *run = arg;

    fprintf(run->err, "\r%lld %%", (long long)(total == 0 ? 100 : done * 100 / total));
    if (done == total)
        fprintf(run->err, "\n");
    fflush(run->err);
    return true;
}

int cmd_backup(struct command_run *run)
{
    const char *path = command_path(run, take_argument(run));

    if (path == NULL)
        return usage_error(run, "backup wants a FILE");
    if (left_over(run))
        return EXIT_USAGE;
    if (store_backup(run->op, path, print_progress, run) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "wrote %s; keys are not in it, keep `fangxin key export` beside it\n", path);
    return EXIT_OK;
}

int cmd_copy(struct command_run *run)
{
    const char *keep = take_option(run, "--keep");
    bool full = take_flag(run, "--full");
    struct copy_plan plan = {.folder = command_path(run, take_argument(run)),
                             .full_days = COPY_FULL_DAYS,
                             .progress = print_progress,
                             .arg = run};
    struct copy_made made;
    int64_t days = 0;

    if (plan.folder == NULL)
        return usage_error(run, "copy wants a FOLDER");
    if (keep != NULL && (!text_int64(keep, &days) || days < 1 || days > 36500))
        return usage_error(run, "--keep wants days, 1 to 36500");
    if (left_over(run))
        return EXIT_USAGE;
    plan.keep_days = (int)days;
    if (copies_make(run->op, &plan, full, &made) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "made %s: %lld pages, %lld files, %lld bytes; %d older copies went\n",
            made.name, (long long)made.pages, (long long)made.files, (long long)made.bytes,
            made.removed);
    return EXIT_OK;
}

static int list_copies(struct command_run *run, const char *folder)
{
    struct copy_entry *all = NULL;
    struct err err = {0};
    size_t n = 0;

    if (copies_list(folder, &all, &n, &err) != ERR_OK)
        return command_failed(run, &err);
    for (size_t i = 0; i < n; i++)
        fprintf(run->out, "%s %12lld bytes\n", all[i].name, (long long)all[i].bytes);
    free(all);
    return EXIT_OK;
}

/* A backup's file, or a folder of copies and the moment wanted. */
static enum err_code unpack(struct command_run *run, const char *path, int64_t at_ms,
                            struct err *err)
{
    char name[COPY_NAME];
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return store_restore(path, run->dir, run->database != NULL, err);
    TRY(copies_restore(path, at_ms, run->dir, name, err));
    fprintf(run->out, "unpacked %s\n", name);
    return ERR_OK;
}

/* The first line of a file; NULL after saying why not. */
static char *read_passphrase(struct command_run *run, const char *path)
{
    static const char *const no_file = "--passphrase-file names the file that holds the passphrase";
    char line[1024], *end;
    FILE *f;

    if (path == NULL) {
        (void)usage_error(run, "%s", no_file);
        return NULL;
    }
    f = fopen(path, "re");
    if (f == NULL || fgets(line, sizeof line, f) == NULL) {
        (void)usage_error(run, "%s: %s", path, strerror(errno));
        if (f != NULL)
            fclose(f);
        return NULL;
    }
    fclose(f);
    end = strpbrk(line, "\r\n");
    if (end != NULL)
        *end = '\0';
    return strdup(line);
}

/* Whether the key is the one of these records. All else, an older schema too, is for the command
 * that opens them next. */
static enum err_code try_key(const char *dir, struct err *err)
{
    const struct store_options options = {.dir = dir, .sql = embedded_sql, .read_only = true};
    struct store *store = NULL;

    if (store_open(&options, &store, err) == ERR_FORBIDDEN)
        return ERR_FORBIDDEN;
    store_close(store);
    err_clear(err);
    return ERR_OK;
}

int cmd_restore(struct command_run *run)
{
    const char *path = take_argument(run), *key = take_option(run, "--key");
    const char *phrase_path = take_option(run, "--passphrase-file");
    const char *at = take_option(run, "--at");
    bool list = take_flag(run, "--list");
    int64_t at_ms = INT64_MAX;
    struct store_options options = {
        .dir = run->dir, .database = run->database, .sql = embedded_sql};
    struct err err = {0};
    char *phrase;
    bool unpacked;
    enum err_code rc;

    if (path == NULL)
        return usage_error(run, "restore wants a FILE or FOLDER and --data DIR");
    if (at != NULL && !instant_parse(at, 0, &at_ms))
        return usage_error(run, "--at wants an instant like 2026-11-28T13:15:00+08:00");
    if (left_over(run))
        return EXIT_USAGE;
    if (list)
        return list_copies(run, path);
    if (key == NULL)
        return usage_error(run,
                           "restore wants --key FILE, the file that `key export` wrote: without it "
                           "nothing sealed can be read");
    phrase = read_passphrase(run, phrase_path);
    if (phrase == NULL)
        return EXIT_USAGE;
    rc = unpack(run, path, at_ms, &err);
    unpacked = rc == ERR_OK;
    if (rc == ERR_OK)
        rc = key_import(run->dir, NULL, key, phrase, &err);
    free(phrase);
    if (rc == ERR_OK)
        rc = try_key(run->dir, &err);
    if (rc == ERR_OK && run->database != NULL)
        rc = store_load(&options, print_progress, run, &err);
    if (rc != ERR_OK && unpacked)
        store_restore_undo(run->dir);
    if (rc != ERR_OK)
        return command_failed(run, &err);
    fprintf(run->out, "restored %s; run `fangxin verify --data %s`\n", run->dir, run->dir);
    return EXIT_OK;
}

/* ---- keys ---- */

static int key_export_command(struct command_run *run)
{
    const char *path = command_path(run, take_argument(run));
    char *phrase = read_passphrase(run, command_path(run, take_option(run, "--passphrase-file")));
    enum err_code rc;

    if (phrase == NULL)
        return EXIT_USAGE;
    if (path == NULL) {
        free(phrase);
        return usage_error(run, "key export wants a FILE");
    }
    rc = key_export(run->op->store, phrase, path, &run->op->err);
    free(phrase);
    if (rc != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "wrote %s; keep it apart from the backups\n", path);
    return EXIT_OK;
}

static int key_check_command(struct command_run *run)
{
    static const char *const classes[] = {"consumer", "reporter", "text", "report", "file"};
    struct key_report report;

    if (key_check(run->op, &report) != ERR_OK)
        return command_failed(run, &run->op->err);
    for (int i = 0; i < KEY_CLASS_COUNT; i++)
        fprintf(run->out, "%-9s epoch %u (%s), %lld values of older epochs\n", classes[i],
                report.epoch[i], report.cipher[i], (long long)report.older[i]);
    fprintf(run->out, "%lld values do not open\n", (long long)report.unreadable);
    return report.unreadable == 0 ? EXIT_OK : EXIT_FOUND;
}

int cmd_key(struct command_run *run)
{
    const char *what = take_argument(run), *cipher;

    if (what != NULL && strcmp(what, "export") == 0)
        return key_export_command(run);
    if (what != NULL && strcmp(what, "check") == 0 && !left_over(run))
        return key_check_command(run);
    cipher = take_option(run, "--cipher");
    if (what == NULL || strcmp(what, "rotate") != 0 || left_over(run))
        return usage_error(run, "key wants export, rotate or check");
    if (key_rotate(run->op, cipher) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "a new epoch has begun; sealed values are sealed anew in the background\n");
    return EXIT_OK;
}

/* ---- settings ---- */

static int setting_list(struct command_run *run)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    if (snapshot_open(run->op, &snap) != ERR_OK ||
        snapshot_prepare(run->op, snap, SQL_setting_all, &s) != ERR_OK)
        return command_failed(run, &run->op->err);
    while (row) {
        if (stmt_step(run->op, s, &row) != ERR_OK)
            return command_failed(run, &run->op->err);
        if (row)
            fprintf(run->out, "%-16s %s\n", stmt_text(s, 0), stmt_text(s, 1));
    }
    return EXIT_OK;
}

int cmd_setting(struct command_run *run)
{
    const char *verb = take_argument(run), *name, *value;

    if (verb != NULL && strcmp(verb, "list") == 0)
        return left_over(run) ? EXIT_USAGE : setting_list(run);
    name = take_argument(run);
    value = take_argument(run);
    if (verb == NULL || strcmp(verb, "put") != 0 || value == NULL || left_over(run))
        return usage_error(run, "setting wants put NAME VALUE or list");
    if (setting_put(run->op, name, value) != ERR_OK ||
        setups_reload(run->setups, &run->op->err) != ERR_OK)
        return command_failed(run, &run->op->err);
    fprintf(run->out, "%s is set\n", name);
    return EXIT_OK;
}
