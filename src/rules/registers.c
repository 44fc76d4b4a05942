/* The registers of an installation: reads all files in passes, so that they may refer to each
 * other. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/register_internal.h"

#define REGISTER_BYTES ((size_t)4 << 20)
#define FILE_BYTES ((size_t)4 << 20)
#define FOLDER "registers/"

static void free_loaded(struct loaded_register *loaded)
{
    if (loaded == NULL)
        return;
    arena_free(loaded->def.flow.arena);
    json_decref(loaded->root);
    free(loaded);
}

void registers_free(struct registers *registers)
{
    if (registers == NULL)
        return;
    for (size_t i = 0; i < registers->n; i++) {
        free_loaded(registers->items[i]);
        free(registers->paths[i]);
    }
    for (size_t i = 0; i < registers->n_old; i++)
        free_loaded(registers->old[i]);
    free(registers->old);
    free(registers);
}

void registers_freep(struct registers **registers)
{
    registers_free(*registers);
    *registers = NULL;
}

/* ---- reading ---- */

static void look_at(struct registers *all, const char *path)
{
    snprintf(all->wrong, sizeof all->wrong, "%s", path);
}

/* The reason for the log begins with the file. */
static enum err_code in_file(enum err_code rc, const char *path, struct err *err)
{
    char why[sizeof err->why];

    if (rc == ERR_OK || err == NULL)
        return rc;
    snprintf(why, sizeof why, "%s: %.*s", path, (int)(sizeof why - 160), err->why);
    snprintf(err->why, sizeof err->why, "%s", why);
    return rc;
}

/* Takes the file in: its JSON replaces the register of the same id, or is added. */
static enum err_code take_file(struct registers *all, const char *path, const char *bytes, size_t n,
                               struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct loaded_register *loaded;
    const char *id;
    size_t at = 0;
    char *copy;

    look_at(all, path);
    TRY(in_file(json_parse(bytes, n, &root, err), path, err));
    id = json_string_value(json_object_get(root, "id"));
    while (at < all->n) {
        const char *other = json_string_value(json_object_get(all->items[at]->root, "id"));

        if (id != NULL && other != NULL && strcmp(id, other) == 0)
            break;
        at++;
    }
    if (at == REGISTERS_MAX)
        return err_set(err, ERR_INVALID, "more than %d registers", REGISTERS_MAX);
    loaded = calloc(1, sizeof *loaded);
    copy = strdup(path);
    if (loaded == NULL || copy == NULL ||
        (loaded->def.flow.arena = arena_new(REGISTER_BYTES)) == NULL) {
        free(loaded);
        free(copy);
        return err_set(err, ERR_NO_MEMORY, "registers");
    }
    loaded->root = root;
    root = NULL;
    if (at < all->n) {
        free_loaded(all->items[at]);
        free(all->paths[at]);
    } else {
        all->n++;
    }
    all->items[at] = loaded;
    all->paths[at] = copy;
    return ERR_OK;
}

static enum err_code take_embedded(struct registers *all, const struct embedded_file *files,
                                   struct err *err)
{
    for (const struct embedded_file *f = files; f != NULL && f->path != NULL; f++)
        if (strncmp(f->path, FOLDER, strlen(FOLDER)) == 0)
            TRY(take_file(all, f->path, (const char *)f->data, f->size, err));
    return ERR_OK;
}

static enum err_code take_path(struct registers *all, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(FILE_BYTES);
    char part[8192];
    FILE *f = fopen(path, "re");
    size_t n;
    bool failed;

    if (f == NULL)
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(&text, part, n);
    failed = ferror(f) != 0;
    fclose(f);
    if (failed || text.failed)
        return err_set(err, ERR_IO, "%s: cannot be read, or is larger than %zu bytes", path,
                       FILE_BYTES);
    return take_file(all, path, buf_text(&text), text.len, err);
}

static int json_file(const struct dirent *e)
{
    return e->d_name[0] != '.' && text_ends(e->d_name, ".json");
}

/* The files of a folder in the order of their names; a folder that is not there holds none. */
static enum err_code take_folder(struct registers *all, const char *dir, struct err *err)
{
    struct dirent **names = NULL;
    int n = scandir(dir, &names, json_file, alphasort);
    enum err_code rc = ERR_OK;

    if (n < 0)
        return errno == ENOENT ? ERR_OK : err_set(err, ERR_IO, "%s: %s", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        if (rc == ERR_OK)
            rc = take_path(all, path, err);
        free(names[i]);
    }
    free(names);
    return rc;
}

/* ---- checking ---- */

static const struct expr_name *linked(void *arg, const char *field, const char *name)
{
    struct register_reader *rr = arg;
    const struct act_field *f = register_field(rr->def, field);
    const struct register_def *other = f == NULL || f->kind != FIELD_ENTRY || f->of_register == NULL
                                           ? NULL
                                           : registers_find(rr->all, f->of_register);

    return other == NULL ? NULL : register_name(other, name);
}

typedef void pass_fn(struct register_reader *rr);

static void second_pass(struct register_reader *rr)
{
    register_read_rules(rr);
    if (!rr->p.r.failed && !rr->p.r.no_memory)
        register_read_measures(rr);
}

static enum err_code run_pass(struct registers *all, struct loaded_register *loaded,
                              const char *path, const struct codes *codes, pass_fn *pass,
                              struct err *err)
{
    struct register_reader rr = {
        .def = &loaded->def, .root = loaded->root, .codes = codes, .all = all};

    err_clear(err);
    reader_init(&rr.p.r, loaded->def.flow.arena, err);
    rr.p.of_register = true;
    if (loaded->def.names != NULL)
        rr.scope = (struct expr_scope){.names = loaded->def.names->names,
                                       .n_names = loaded->def.names->n,
                                       .linked = linked,
                                       .arg = &rr};
    pass(&rr);
    look_at(all, path);
    return in_file(reader_result(&rr.p.r), path, err);
}

static pass_fn *const passes[] = {register_read, second_pass, register_read_figures,
                                  register_read_slips};
#define PASSES (sizeof passes / sizeof passes[0])

/* The pattern with all runs of n alike: two registers whose numbers could be mistaken share it. */
static void shape_of(const char *pattern, char ret[64])
{
    size_t n = 0;

    for (const char *at = pattern; *at != '\0' && n < 60; at++)
        if (*at != 'n' || at[-1] != 'n')
            ret[n++] = *at;
    ret[n] = '\0';
}

static enum err_code check_numbers(struct registers *all, struct err *err)
{
    char a[64], b[64];

    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < i; k++) {
            shape_of(all->items[i]->def.number, a);
            shape_of(all->items[k]->def.number, b);
            if (strcmp(a, b) == 0) {
                look_at(all, all->paths[i]);
                (void)err_field(err, ERR_INVALID, "number", "twice", "编号和另一本台账一样。",
                                "Another register numbers its entries the same way.");
                return err_set(err, ERR_INVALID, "%s: number: as in %s", all->paths[i],
                               all->paths[k]);
            }
        }
    return ERR_OK;
}

/* Order of groups, then of ids. */
static int before(const void *a, const void *b)
{
    const struct loaded_register *const *x = a, *const *y = b;

    if ((*x)->def.group != (*y)->def.group)
        return (*x)->def.group < (*y)->def.group ? -1 : 1;
    return strcmp((*x)->def.flow.id, (*y)->def.flow.id);
}

static enum err_code check_all(struct registers *all, const struct codes *codes, struct err *err)
{
    struct err own = {.code = ERR_OK};

    err = err == NULL ? &own : err;
    for (size_t p = 0; p < PASSES; p++)
        for (size_t i = 0; i < all->n; i++)
            TRY(run_pass(all, all->items[i], all->paths[i], codes, passes[p], err));
    TRY(check_numbers(all, err));
    qsort(all->items, all->n, sizeof all->items[0], before);
    return ERR_OK;
}

/* Whoever starts the program has many files before him: the one at fault stands first. */
static void name_file(const struct registers *all, struct err *err)
{
    const char *name = strrchr(all->wrong, '/');
    struct err_item *first = &err->items[0];

    if (err->n_items == ERR_ITEMS_MAX)
        err->n_items--;
    memmove(first + 1, first, err->n_items * sizeof *first);
    err->n_items++;
    *first = (struct err_item){.code = "file"};
    snprintf(first->field, sizeof first->field, "%.60s", name == NULL ? all->wrong : name + 1);
    snprintf(first->zh, sizeof first->zh, "这份台账定义有错：%.160s", all->wrong);
    snprintf(first->en, sizeof first->en, "This register is wrong: %.160s", all->wrong);
}

static enum err_code load_all(struct registers *all, const struct embedded_file *files,
                              const char *dir, const struct codes *codes, struct err *err)
{
    TRY(take_embedded(all, files, err));
    if (dir != NULL)
        TRY(take_folder(all, dir, err));
    return check_all(all, codes, err);
}

enum err_code registers_load(const struct embedded_file *files, const char *dir,
                             const struct codes *codes, struct registers **ret, struct err *err)
{
    CLEANUP(registers_freep) struct registers *all = calloc(1, sizeof *all);
    enum err_code rc;

    if (all == NULL)
        return err_set(err, ERR_NO_MEMORY, "registers");
    rc = load_all(all, files, dir, codes, err);
    if ((rc == ERR_INVALID || rc == ERR_MALFORMED) && err != NULL && all->wrong[0] != '\0')
        name_file(all, err);
    TRY(rc);
    *ret = all;
    all = NULL;
    return ERR_OK;
}

/* A slip in another file is not this one's: it is left out, and what names it is a fault here. */
static void take_others(struct registers *all, const char *const *paths, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct err ignored = {0};

        (void)!take_path(all, paths[i], &ignored);
    }
}

/* The file under check goes first through each pass, so that its faults are the ones named. */
static void bring_first(struct registers *all, const char *id)
{
    for (size_t i = 1; id != NULL && i < all->n; i++) {
        const char *its = json_string_value(json_object_get(all->items[i]->root, "id"));
        struct loaded_register *item = all->items[i];
        char *path = all->paths[i];

        if (its == NULL || strcmp(its, id) != 0)
            continue;
        all->items[i] = all->items[0];
        all->paths[i] = all->paths[0];
        all->items[0] = item;
        all->paths[0] = path;
    }
}

enum err_code registers_check(const struct embedded_file *files, const char *const *paths,
                              size_t n_paths, const char *bytes, size_t n,
                              const struct codes *codes, struct registers **ret,
                              const struct register_def **ret_def, struct err *err)
{
    CLEANUP(registers_freep) struct registers *all = calloc(1, sizeof *all);
    CLEANUP(json_decrefp) json_t *root = NULL;
    const char *id;

    if (all == NULL)
        return err_set(err, ERR_NO_MEMORY, "registers");
    TRY(json_parse(bytes, n, &root, err));
    TRY(take_embedded(all, files, err));
    take_others(all, paths, n_paths);
    TRY(take_file(all, REGISTER_CHECKED, bytes, n, err));
    id = json_string_value(json_object_get(root, "id"));
    bring_first(all, id);
    TRY(check_all(all, codes, err));
    *ret_def = registers_find(all, id);
    *ret = all;
    all = NULL;
    return ERR_OK;
}

/* ---- older revisions ---- */

static enum err_code load_old(struct registers *all, const char *content, const struct codes *codes,
                              struct loaded_register *loaded, struct err *err)
{
    loaded->def.flow.arena = arena_new(REGISTER_BYTES);
    if (loaded->def.flow.arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "registers");
    TRY(json_parse(content, strlen(content), &loaded->root, err));
    for (size_t p = 0; p < PASSES; p++)
        TRY(run_pass(all, loaded, "an older revision", codes, passes[p], err));
    return ERR_OK;
}

enum err_code registers_keep(struct registers *registers, const char *content,
                             const struct codes *codes, struct err *err)
{
    struct loaded_register **more = realloc(registers->old, (registers->n_old + 1) * sizeof *more);
    struct loaded_register *loaded = calloc(1, sizeof *loaded);
    enum err_code rc;

    if (more != NULL)
        registers->old = more;
    if (more == NULL || loaded == NULL) {
        free(loaded);
        return err_set(err, ERR_NO_MEMORY, "registers");
    }
    rc = load_old(registers, content, codes, loaded, err);
    if (rc != ERR_OK) {
        free_loaded(loaded);
        return rc;
    }
    registers->old[registers->n_old++] = loaded;
    return ERR_OK;
}

static bool is_revision(const struct register_def *def, const char *id, const char *revision)
{
    return strcmp(def->flow.id, id) == 0 && strcmp(def->flow.revision, revision) == 0;
}

const struct register_def *registers_at_revision(const struct registers *registers, const char *id,
                                                 const char *revision)
{
    const struct register_def *now = registers_find(registers, id);

    if (now == NULL || revision == NULL || is_revision(now, id, revision))
        return now;
    for (size_t i = 0; i < registers->n_old; i++)
        if (is_revision(&registers->old[i]->def, id, revision))
            return &registers->old[i]->def;
    return now;
}

int64_t register_revision(const struct register_def *def)
{
    int64_t revision = 0;

    (void)text_int64(def->flow.revision, &revision);
    return revision;
}

/* What an entry is counted and found by. */
static bool count_alike(const struct loaded_register *a, const struct loaded_register *b)
{
    static const char *const keys[] = {"computed", "measures", "filters", "frequencies"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *x = json_object_get(a->root, keys[i]), *y = json_object_get(b->root, keys[i]);

        if (x != y && !json_equal(x, y))
            return false;
    }
    return true;
}

bool registers_count_otherwise(const struct registers *registers, const struct register_def *now)
{
    for (size_t i = 0; i < registers->n_old; i++)
        if (strcmp(registers->old[i]->def.flow.id, now->flow.id) == 0 &&
            !count_alike(registers->old[i], (const struct loaded_register *)now))
            return true;
    return false;
}

json_t *register_json(const struct register_def *def)
{
    json_t *root = json_copy(((const struct loaded_register *)def)->root), *copy;

    json_object_del(root, "demo");
    copy = json_deep_copy(root);
    json_decref(root);
    return copy;
}

const char *register_content(struct arena *arena, const struct register_def *def)
{
    CLEANUP(json_decrefp) json_t *root = json_copy(((const struct loaded_register *)def)->root);

    json_object_del(root, "demo");
    return root == NULL ? NULL : json_compact(arena, root);
}

bool register_file(const json_t *root)
{
    return json_is_object(root) && json_object_get(root, "entry") != NULL &&
           json_object_get(root, "fields") != NULL;
}
