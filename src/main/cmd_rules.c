/* check-id and pack: the rules alone, without an installation. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "main/command.h"
#include "rules/identifiers.h"
#include "rules/letter_forms.h"
#include "rules/pack.h"
#include "rules/register.h"

/* ---- check-id ---- */

static int say(struct command_run *run, const char *normal, const char *fault,
               const struct label *why)
{
    bool right = strcmp(fault, "ok") == 0;

    if (run->json) {
        CLEANUP(buf_release) struct buf out = BUF_UP_TO(4096);
        struct json_writer w;

        json_begin(&w, &out);
        json_object_begin(&w);
        json_bool(&w, "valid", right);
        json_text(&w, "normal", normal);
        json_text(&w, "fault", fault);
        json_object_end(&w);
        fprintf(run->out, "%s\n", buf_text(&out));
    } else if (right) {
        fprintf(run->out, "%s ok\n", normal);
    } else {
        fprintf(run->out, "%s / %s\n", why->zh, why->en);
    }
    return right ? EXIT_OK : EXIT_FOUND;
}

int cmd_check_id(struct command_run *run)
{
    const char *kind = take_argument(run), *value = take_argument(run);

    if (kind == NULL || value == NULL || left_over(run))
        return usage_error(run, "check-id wants uscc, citizen or phone and a value");
    if (strcmp(kind, "uscc") == 0) {
        struct uscc r = uscc_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    if (strcmp(kind, "citizen") == 0) {
        struct citizen_id r = citizen_id_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    if (strcmp(kind, "phone") == 0) {
        struct phone r = phone_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    return usage_error(run, "check-id knows uscc, citizen and phone, not '%s'", kind);
}

/* ---- pack ---- */

/* Against the packs that come with the program. */
static enum err_code check_apart(const struct pack *pack, struct err *err)
{
    for (const struct embedded_file *f = embedded_packs; f->path != NULL; f++) {
        CLEANUP(pack_freep) struct pack *other = NULL;

        if (!pack_file(f))
            continue;
        TRY(pack_load(embedded_packs, (const char *)f->data, f->size, &other, err));
        TRY(pack_apart(pack, other, err));
    }
    return ERR_OK;
}

/* File, place, reason, one fault a line. */
static int pack_faults(struct command_run *run, const char *path, const struct err *err)
{
    if (err->n_items == 0)
        fprintf(run->err, "%s: %s\n", path, err->why);
    for (size_t i = 0; i < err->n_items; i++)
        fprintf(run->err, "%s: %s: %s / %s\n", path, err->items[i].field, err->items[i].zh,
                err->items[i].en);
    return EXIT_FOUND;
}

/* Every rule pack shipped, for what names their states. */
#define SHIPPED_MAX 16

static void free_packs(struct pack **packs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pack_free(packs[i]);
}

/* Files of rules/ that are no matter packs do not load as such and are passed over. */
static size_t shipped_packs(struct pack *packs[SHIPPED_MAX])
{
    size_t n = 0;

    for (const struct embedded_file *f = embedded_packs; f->path != NULL && n < SHIPPED_MAX; f++) {
        struct err err = {0};

        if (strncmp(f->path, "rules/", 6) == 0 &&
            pack_load(embedded_packs, (const char *)f->data, f->size, &packs[n], &err) == ERR_OK)
            n++;
    }
    return n;
}

enum file_kind { FILE_PACK, FILE_LETTER, FILE_REGISTER };

/* A form of letters has blocks, a register entries; a rule pack has neither. */
static enum file_kind kind_of_file(const char *bytes, size_t n)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct err err = {0};

    if (json_parse(bytes, n, &root, &err) != ERR_OK)
        return FILE_PACK;
    return register_file(root)                       ? FILE_REGISTER
           : json_object_get(root, "blocks") != NULL ? FILE_LETTER
                                                     : FILE_PACK;
}

static int check_letter(struct command_run *run, const char *path, const struct buf *text)
{
    struct pack *packs[SHIPPED_MAX] = {NULL};
    size_t n = shipped_packs(packs);
    struct err err = {0};
    enum err_code rc =
        letter_form_check(buf_text(text), text->len, (const struct pack *const *)packs, n, &err);

    free_packs(packs, n);
    if (rc != ERR_OK)
        return pack_faults(run, path, &err);
    fprintf(run->out, "%s: a form of letters, nothing wrong\n", path);
    return EXIT_OK;
}

/* ---- registers: looked at together, as they name each other ---- */

static int say_register(struct command_run *run, const char *path, const struct register_def *def)
{
    fprintf(run->out,
            "%s: register %s revision %s: %zu fields, %zu states, %zu acts, %zu measures, "
            "nothing wrong\n",
            path, def->flow.id, def->flow.revision, def->registering.n_fields, def->flow.n_states,
            def->flow.acts.n_acts, def->n_measures);
    return EXIT_OK;
}

/* What is wrong with another file is said of that one. */
static int register_faults(struct command_run *run, const char *path, const struct err *err)
{
    if (strncmp(err->why, REGISTER_CHECKED, strlen(REGISTER_CHECKED)) == 0 || err->n_items == 0)
        return pack_faults(run, path, err);
    fprintf(run->err, "%s\n", err->why);
    return EXIT_FOUND;
}

/* @p more: the other files named on the command line. */
static int check_register(struct command_run *run, const char *path, const struct buf *text,
                          const char *const *more, size_t n_more)
{
    CLEANUP(registers_freep) struct registers *all = NULL;
    CLEANUP(codes_freep) struct codes *codes = NULL;
    const struct register_def *def = NULL;
    struct err err = {0};

    if (codes_load(embedded_packs, NULL, &codes, &err) != ERR_OK ||
        registers_check(embedded_packs, more, n_more, buf_text(text), text->len, codes, &all, &def,
                        &err) != ERR_OK)
        return register_faults(run, path, &err);
    return say_register(run, path, def);
}

/* Each of the files with all of them at hand. */
static int check_registers(struct command_run *run, const char *const *paths, size_t n)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO((size_t)16 << 20);
    struct err err = {0};
    int worst = EXIT_OK;

    for (size_t i = 0; i < n; i++) {
        int rc;

        if (command_read(run, paths[i], &text, &err) != ERR_OK)
            return command_failed(run, &err);
        rc = check_register(run, paths[i], &text, paths, n);
        worst = rc != EXIT_OK ? rc : worst;
    }
    return worst;
}

/* ---- any file ---- */

#define PATHS_MAX 400

int cmd_pack(struct command_run *run)
{
    const char *what = take_argument(run), *path = take_argument(run), *paths[PATHS_MAX];
    CLEANUP(buf_release) struct buf text = BUF_UP_TO((size_t)16 << 20);
    CLEANUP(pack_freep) struct pack *pack = NULL;
    struct err err = {0};
    enum file_kind kind;
    size_t n = 0;

    for (const char *next = path; next != NULL && n < PATHS_MAX; next = take_argument(run))
        paths[n++] = next;
    if (what == NULL || strcmp(what, "check") != 0 || path == NULL || left_over(run))
        return usage_error(run, "pack wants check FILE");
    if (command_read(run, path, &text, &err) != ERR_OK)
        return command_failed(run, &err);
    kind = kind_of_file(buf_text(&text), text.len);
    if (kind == FILE_REGISTER)
        return check_registers(run, paths, n);
    if (n > 1)
        return usage_error(run, "several files are checked together only when they are registers");
    if (kind == FILE_LETTER)
        return check_letter(run, path, &text);
    if (pack_load(embedded_packs, buf_text(&text), text.len, &pack, &err) != ERR_OK ||
        check_apart(pack, &err) != ERR_OK)
        return pack_faults(run, path, &err);
    fprintf(run->out, "%s revision %s: %zu acts, %zu deadlines, nothing wrong\n", pack->id,
            pack->revision, pack->n_acts, pack->n_deadlines);
    return EXIT_OK;
}
