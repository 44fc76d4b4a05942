/* The commands: a table of names, each a function of arguments and an open installation.
 *
 * A command that needs the store takes the installation's lock. Where a server holds it, main sends
 * the arguments through DIR/control.sock and the server runs the same function (control.h). */
#ifndef FANGXIN_MAIN_COMMAND_H
#define FANGXIN_MAIN_COMMAND_H

#include <stdio.h>

#include "base/buf.h"
#include "insight/figures.h"
#include "insight/summary_form.h"
#include "work/setup.h"

enum { EXIT_OK = 0, EXIT_FOUND = 1, EXIT_USAGE = 2 };

struct command_run {
    int argc; /* arguments behind the command's name, options taken out as they are read */
    const char **argv;
    FILE *out, *err;
    const char *cwd;      /* relative paths are the caller's, not the server's */
    const char *dir;      /* the installation */
    const char *database; /* URL of its PostgreSQL database; NULL: SQLite in the folder */
    bool json;
    bool usage_shown;
    /* for commands that need the store */
    struct op *op;
    struct setups *setups;
    struct indicators *indicators;
    struct summary_forms *summaries;
};

enum command_need {
    NEED_NOTHING, /* packs alone */
    NEED_STORE,   /* an installation, here or through the server */
    NEED_ALONE,   /* opens the installation itself; no server may run */
};

struct command {
    const char *name, *arguments, *summary, *help;
    enum command_need need;
    int (*run)(struct command_run *run);
};

extern const struct command commands[]; /* ends with a NULL name */
const struct command *command_find(const char *name);

/* Takes `--name VALUE` (or --name=VALUE) out of the arguments; NULL when absent. */
const char *take_option(struct command_run *run, const char *name);
bool take_flag(struct command_run *run, const char *name);
/* The next plain argument; NULL when there is none. */
const char *take_argument(struct command_run *run);
/* Says what is wrong with the arguments; returns EXIT_USAGE. */
int usage_error(struct command_run *run, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* True when arguments are left over, after saying so. */
bool left_over(struct command_run *run);
/* Prints a failure in both languages; returns EXIT_FOUND. */
int command_failed(struct command_run *run, const struct err *err);
/* Makes a path absolute by the caller's folder. */
const char *command_path(struct command_run *run, const char *path);
/* All of a file into an initialised @p ret, whose limit is the file's. */
enum err_code command_read(struct command_run *run, const char *path, struct buf *ret,
                           struct err *err) MUST_CHECK;

/* ---- the commands ---- */
int cmd_serve(struct command_run *run);
int cmd_init(struct command_run *run);
int cmd_demo(struct command_run *run);
int cmd_migrate(struct command_run *run);
int cmd_body(struct command_run *run);
int cmd_user(struct command_run *run);
int cmd_import(struct command_run *run);
int cmd_export(struct command_run *run);
int cmd_calendar(struct command_run *run);
int cmd_deadline(struct command_run *run);
int cmd_check_id(struct command_run *run);
int cmd_figures(struct command_run *run);
int cmd_trace(struct command_run *run);
int cmd_summary(struct command_run *run);
/* trace of a figure of a saved summary, "FIGURE@KEY"; @p part "num", "den" or NULL. */
int trace_saved(struct command_run *run, const char *id, const char *part);
bool figure_is_saved(const char *id);
int cmd_verify(struct command_run *run);
int cmd_backup(struct command_run *run);
int cmd_copy(struct command_run *run);
int cmd_restore(struct command_run *run);
int cmd_key(struct command_run *run);
int cmd_pack(struct command_run *run);
int cmd_routes(struct command_run *run);
int cmd_visits(struct command_run *run);
int cmd_setting(struct command_run *run);

#endif
