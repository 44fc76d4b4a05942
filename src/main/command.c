/* Arguments of commands, and how their failures read. */
#include "main/command.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static void drop(struct command_run *run, int at, int n)
{
    for (int i = at; i + n < run->argc; i++)
        run->argv[i] = run->argv[i + n];
    run->argc -= n;
}

const char *take_option(struct command_run *run, const char *name)
{
    size_t n = strlen(name);

    for (int i = 0; i < run->argc; i++) {
        const char *arg = run->argv[i], *value;

        if (strncmp(arg, name, n) != 0)
            continue;
        if (arg[n] == '=') {
            drop(run, i, 1);
            return arg + n + 1;
        }
        if (arg[n] != '\0')
            continue;
        if (i + 1 >= run->argc) {
            (void)usage_error(run, "%s wants a value", name);
            drop(run, i, 1);
            return NULL;
        }
        value = run->argv[i + 1];
        drop(run, i, 2);
        return value;
    }
    return NULL;
}

bool take_flag(struct command_run *run, const char *name)
{
    for (int i = 0; i < run->argc; i++)
        if (strcmp(run->argv[i], name) == 0) {
            drop(run, i, 1);
            return true;
        }
    return false;
}

const char *take_argument(struct command_run *run)
{
    for (int i = 0; i < run->argc; i++)
        if (run->argv[i][0] != '-' || run->argv[i][1] == '\0') {
            const char *value = run->argv[i];

            drop(run, i, 1);
            return value;
        }
    return NULL;
}

int usage_error(struct command_run *run, const char *fmt, ...)
{
    va_list ap;

    run->usage_shown = true;
    fprintf(run->err, "fangxin: ");
    va_start(ap, fmt);
    vfprintf(run->err, fmt, ap);
    va_end(ap);
    fprintf(run->err, "\n");
    return EXIT_USAGE;
}

bool left_over(struct command_run *run)
{
    if (run->usage_shown)
        return true;
    if (run->argc == 0)
        return false;
    (void)usage_error(run, "unknown argument '%s'", run->argv[0]);
    return true;
}

int command_failed(struct command_run *run, const struct err *err)
{
    const struct err_info *info = err_info(err->code);

    if (err->n_items == 0)
        fprintf(run->err, "fangxin: %s %s%s%s%s\n", info->zh, info->en, err->why[0] ? " (" : "",
                err->why, err->why[0] ? ")" : "");
    for (size_t i = 0; i < err->n_items; i++)
        fprintf(run->err, "fangxin: %s%s%s / %s\n", err->items[i].field,
                err->items[i].field[0] ? ": " : "", err->items[i].zh, err->items[i].en);
    return EXIT_FOUND;
}

const char *command_path(struct command_run *run, const char *path)
{
    if (path == NULL || path[0] == '/' || run->op == NULL)
        return path;
    return arena_printf(run->op->arena, "%s/%s", run->cwd, path);
}

enum err_code command_read(struct command_run *run, const char *path, struct buf *ret,
                           struct err *err)
{
    FILE *f = fopen(command_path(run, path), "re");
    char part[65536], why[200];
    size_t n;

    buf_reset(ret);
    if (f == NULL) {
        snprintf(why, sizeof why, "%s cannot be opened: %s.", path, strerror(errno));
        return err_field(err, ERR_NOT_FOUND, "file", "cannot_open", "打不开文件。", why);
    }
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(ret, part, n);
    fclose(f);
    if (ret->failed)
        return err_field(err, ERR_TOO_LARGE, "file", "size", "文件太大。",
                         "The file is too large.");
    return ERR_OK;
}
