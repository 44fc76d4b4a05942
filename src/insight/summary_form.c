/* Reading the forms of summaries. */
#include "insight/summary_form_internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <sodium.h>

#include "base/text.h"

#define FOLDER "summaries/"
#define FORMS_MAX 40
#define ARENA_BYTES ((size_t)8 << 20)
#define FILE_BYTES_MAX ((size_t)256 << 10)

struct summary_forms {
    struct arena *arena;
    const struct indicators *indicators;
    struct summary_form *forms[FORMS_MAX];
    size_t n;
    struct summary_words words;
};

static void read_periods(struct form_reader *f, const json_t *root)
{
    static const char *const names[] = {"year", "half", "quarter", "month", "days", NULL};
    const json_t *array = read_array(&f->r, root, "periods", true);

    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        unsigned k = 0;

        while (names[k] != NULL && (name == NULL || strcmp(names[k], name) != 0))
            k++;
        if (names[k] == NULL)
            reader_fault(&f->r, "periods", "period", "是 year、half、quarter、month 或 days",
                         "year, half, quarter, month or days");
        else
            f->form->periods |= 1u << k;
    }
}

static void read_due(struct form_reader *f, const json_t *root)
{
    static const char *const keys[] = {"every", "days", "profiles", NULL};
    static const char *const names[] = {"year", "half", "quarter", "month", NULL};
    const json_t *due = read_member(&f->r, root, "due", false);
    struct summary_due *ret = &f->form->due;
    struct read_walk w;
    const char **profiles;
    size_t mark;

    ret->every = PERIOD_DAYS;
    if (due == NULL)
        return;
    mark = reader_key(&f->r, "due");
    if (read_object(&f->r, due, keys)) {
        ret->every = (enum period_kind)read_name(&f->r, due, "every", names, PERIOD_MONTH, true);
        ret->days = (int)read_int(&f->r, due, "days", 0, 0, 366);
        w = read_begin(&f->r, due, "profiles", sizeof *profiles, false);
        for (profiles = w.room; read_next(&w); ret->n_profiles = w.i + 1)
            if (!json_is_string(w.v) ||
                (profiles[w.i] = arena_strdup(f->r.arena, json_string_value(w.v))) == NULL)
                reader_fault(&f->r, NULL, "type", "这里要文字", "A text is expected here.");
        ret->profiles = profiles;
        if ((f->form->periods >> ret->every & 1) == 0)
            reader_fault(&f->r, "every", "period", "要是 periods 里的一种", "One of its periods.");
    }
    reader_up(&f->r, mark);
}

static void read_form(struct form_reader *f, const json_t *root)
{
    static const char *const keys[] = {"id",    "label", "periods", "half_width", "due",
                                       "title", "lists", "blocks",  NULL};
    struct summary_form *form = f->form;

    if (!read_object(&f->r, root, keys))
        return;
    form->id = read_text(&f->r, root, "id", true);
    if (form->id != NULL &&
        (strlen(form->id) > SUMMARY_ID_MAX ||
         strspn(form->id, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(form->id)))
        reader_fault(&f->r, "id", "id", "编号用小写字母、数字和下划线，不超过24个",
                     "An id is made of at most 24 lower-case letters, digits and underscores");
    form->label = read_label(&f->r, root, "label", true);
    form->half_width = read_bool(&f->r, root, "half_width", false);
    form->title = read_text(&f->r, root, "title", true);
    form_check_slots(f, "title", form->title, true);
    read_periods(f, root);
    read_due(f, root);
    form_read_lists(f, root);
    form_read_blocks(f, root);
}

/* ---- files ---- */

static enum err_code keep(struct summary_forms *all, struct summary_form *form, struct err *err)
{
    size_t i = 0;

    while (i < all->n && strcmp(all->forms[i]->id, form->id) != 0)
        i++;
    if (i == FORMS_MAX)
        return err_set(err, ERR_INVALID, "too many forms of summaries");
    all->forms[i] = form;
    all->n += i == all->n;
    return ERR_OK;
}

static enum err_code load_bytes(struct summary_forms *all, const char *name, const char *bytes,
                                size_t n, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct form_reader f = {.indicators = all->indicators,
                            .form = ARENA_NEW(all->arena, struct summary_form)};
    unsigned char hash[crypto_generichash_BYTES];

    if (f.form == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for forms");
    if (json_parse(bytes, n, &root, err) != ERR_OK)
        return err_field(err, ERR_MALFORMED, name, "json", "这个文件不是 JSON",
                         "This file is not JSON");
    reader_init(&f.r, all->arena, err);
    (void)reader_key(&f.r, name);
    read_form(&f, root);
    TRY(reader_result(&f.r));
    crypto_generichash(hash, sizeof hash, (const unsigned char *)bytes, n, NULL, 0);
    hex_encode(hash, sizeof hash, f.form->hash);
    return keep(all, f.form, err);
}

static enum err_code load_path(struct summary_forms *all, const char *folder, const char *name,
                               struct err *err)
{
    char *path = arena_printf(all->arena, "%s/%s", folder, name), *bytes;
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    enum err_code rc;
    size_t n;

    if (file == NULL)
        return err_set(err, ERR_IO, "%s/%s: %s", folder, name, strerror(errno));
    bytes = arena_alloc(all->arena, FILE_BYTES_MAX);
    n = bytes == NULL ? 0 : fread(bytes, 1, FILE_BYTES_MAX, file);
    rc = bytes == NULL         ? err_set(err, ERR_NO_MEMORY, "no memory for forms")
         : ferror(file)        ? err_set(err, ERR_IO, "%s: cannot be read", path)
         : n == FILE_BYTES_MAX ? err_set(err, ERR_TOO_LARGE, "%s: too large", path)
                               : load_bytes(all, name, bytes, n, err);
    fclose(file);
    return rc;
}

static int json_files(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && text_ends(entry->d_name, ".json");
}

static enum err_code load_folder(struct summary_forms *all, const char *folder, struct err *err)
{
    struct dirent **names = NULL;
    int n = folder == NULL ? 0 : scandir(folder, &names, json_files, alphasort);
    enum err_code rc = ERR_OK;

    for (int i = 0; i < n; i++) {
        if (rc == ERR_OK)
            rc = load_path(all, folder, names[i]->d_name, err);
        free(names[i]);
    }
    free(names);
    return rc;
}

static enum err_code load_words(struct summary_forms *all, const struct embedded_file *files,
                                struct err *err)
{
    const struct embedded_file *file = embedded_find(files, "documents/words.json");
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct summary_words *w = &all->words;
    const struct {
        const char *name, **to;
    } words[] = {
        {"up", &w->up},
        {"down", &w->down},
        {"same", &w->same},
        {"nearly", &w->nearly},
        {"more", &w->more},
        {"less", &w->less},
        {"higher", &w->higher},
        {"lower", &w->lower},
        {"points", &w->points},
        {"below", &w->below},
        {"own", &w->own},
        {"nothing", &w->nothing},
        {"first_half", &w->first_half},
        {"second_half", &w->second_half},
        {"quarter_1", &w->quarters[0]},
        {"quarter_2", &w->quarters[1]},
        {"quarter_3", &w->quarters[2]},
        {"quarter_4", &w->quarters[3]},
    };
    struct reader r;

    if (file == NULL)
        return err_set(err, ERR_INVALID, "documents/words.json is missing");
    TRY(json_parse((const char *)file->data, file->size, &root, err));
    reader_init(&r, all->arena, err);
    (void)reader_key(&r, file->path);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        *words[i].to = read_text(&r, root, words[i].name, true);
    return reader_result(&r);
}

const struct summary_words *summary_words(const struct summary_forms *forms)
{
    return &forms->words;
}

enum err_code summary_forms_load(const struct embedded_file *files, const char *dir,
                                 const struct indicators *indicators, struct summary_forms **ret,
                                 struct err *err)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_BYTES);
    struct summary_forms *all = arena == NULL ? NULL : ARENA_NEW(arena, struct summary_forms);

    if (all == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for forms");
    all->arena = arena;
    all->indicators = indicators;
    TRY(load_words(all, files, err));
    for (; files->path != NULL; files++)
        if (text_starts(files->path, FOLDER))
            TRY(load_bytes(all, files->path, (const char *)files->data, files->size, err));
    if (dir != NULL)
        TRY(load_folder(all, arena_printf(arena, "%s/packs/summaries", dir), err));
    arena = NULL;
    *ret = all;
    return ERR_OK;
}

void summary_forms_free(struct summary_forms *forms)
{
    if (forms != NULL)
        arena_free(forms->arena);
}

void summary_forms_freep(struct summary_forms **forms)
{
    summary_forms_free(*forms);
}

size_t summary_forms_count(const struct summary_forms *forms)
{
    return forms->n;
}

const struct summary_form *summary_forms_at(const struct summary_forms *forms, size_t i)
{
    return forms->forms[i];
}

const struct summary_form *summary_forms_find(const struct summary_forms *forms, const char *id)
{
    for (size_t i = 0; i < forms->n; i++)
        if (strcmp(forms->forms[i]->id, id) == 0)
            return forms->forms[i];
    return NULL;
}
