/* Profiles, read from the embedded packs. */
#include "rules/profile.h"

#include <stdlib.h>
#include <string.h>

#include "rules/pack_internal.h"

#define PROFILES_MAX 12
#define PROFILES_BYTES ((size_t)256 << 10)
#define FOLDER "profiles/"

struct profiles {
    struct arena *arena;
    size_t n;
    struct profile items[PROFILES_MAX];
};

/* A list of texts; how many. */
static size_t read_texts(struct reader *r, const json_t *v, const char *key, const char **ret,
                         size_t max, bool required)
{
    const json_t *list = read_array(r, v, key, required);
    size_t n = 0;

    if (json_array_size(list) > max)
        reader_fault(r, key, "too_many", "太多。", "At most %zu.", max);
    for (size_t i = 0; i < json_array_size(list) && n < max; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        ret[n] = text == NULL ? NULL : arena_strdup(r->arena, text);
        if (ret[n] == NULL)
            reader_fault(r, key, "text", "要写文字。", "Texts are expected.");
        else
            n++;
    }
    if (required && list != NULL && n == 0)
        reader_fault(r, key, "missing", "至少写一项。", "At least one is needed.");
    return n;
}

static void read_family(struct reader *r, const json_t *v, struct profile_family *ret)
{
    static const char *const keys[] = {"kinds", "channels", "packs", NULL};
    const json_t *kinds;

    if (!read_object(r, v, keys))
        return;
    kinds = read_array(r, v, "kinds", true);
    for (size_t i = 0; i < json_array_size(kinds); i++) {
        const char *name = json_string_value(json_array_get(kinds, i));
        enum matter_kind kind = name == NULL ? KIND_COUNT : matter_kind_find(name);

        if (kind == KIND_COUNT)
            reader_fault(r, "kinds", "unknown_name", "没有这一类。", "There is no such kind.");
        else
            ret->kinds |= 1u << kind;
    }
    ret->n_channels = read_texts(r, v, "channels", ret->channels, PROFILE_CHANNELS_MAX, false);
    ret->n_packs = read_texts(r, v, "packs", ret->packs, PROFILE_PACKS_MAX, true);
}

static void read_profile(struct reader *r, const json_t *root, struct profile *ret)
{
    static const char *const keys[] = {"id", "label", "codes", "groups", "phone", "families", NULL};
    const json_t *list;
    size_t at;

    if (!read_object(r, root, keys))
        return;
    ret->id = read_text(r, root, "id", true);
    ret->label = read_label(r, root, "label", true);
    ret->codes = read_text(r, root, "codes", false);
    ret->groups = read_text(r, root, "groups", false);
    ret->phone = read_text(r, root, "phone", false);
    list = read_array(r, root, "families", true);
    at = reader_key(r, "families");
    if (json_array_size(list) > PROFILE_FAMILIES_MAX)
        reader_fault(r, NULL, "too_many", "太多。", "At most %d.", PROFILE_FAMILIES_MAX);
    for (size_t i = 0; i < json_array_size(list) && i < PROFILE_FAMILIES_MAX; i++) {
        size_t mark = reader_index(r, i);

        read_family(r, json_array_get(list, i), &ret->families[i]);
        ret->n_families = i + 1;
        reader_up(r, mark);
    }
    if (profile_family(ret, KIND_COMPLAINT, NULL) == NULL)
        reader_fault(r, NULL, "complaint", "没有写投诉适用哪个规则包。",
                     "No family governs complaints.");
    reader_up(r, at);
}

static enum err_code load_file(struct profiles *all, const struct embedded_file *file,
                               struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct reader r;

    if (all->n == PROFILES_MAX)
        return err_set(err, ERR_INVALID, "more than %d profiles", PROFILES_MAX);
    TRY(json_parse((const char *)file->data, file->size, &root, err));
    reader_init(&r, all->arena, err);
    (void)reader_key(&r, file->path);
    read_profile(&r, root, &all->items[all->n]);
    if (profile_find(all, all->items[all->n].id) != NULL)
        reader_fault(&r, "id", "twice", "编号重复。", "This id is given twice.");
    TRY(reader_result(&r));
    all->n++;
    return ERR_OK;
}

enum err_code profiles_load(const struct embedded_file *files, struct profiles **ret,
                            struct err *err)
{
    struct profiles *all = calloc(1, sizeof *all);
    enum err_code rc = ERR_OK;

    if (all == NULL || (all->arena = arena_new(PROFILES_BYTES)) == NULL) {
        free(all);
        return err_set(err, ERR_NO_MEMORY, "profiles");
    }
    for (; files->path != NULL && rc == ERR_OK; files++)
        if (strncmp(files->path, FOLDER, strlen(FOLDER)) == 0)
            rc = load_file(all, files, err);
    if (rc != ERR_OK) {
        profiles_free(all);
        return rc;
    }
    *ret = all;
    return ERR_OK;
}

void profiles_free(struct profiles *profiles)
{
    if (profiles == NULL)
        return;
    arena_free(profiles->arena);
    free(profiles);
}

size_t profiles_count(const struct profiles *profiles)
{
    return profiles->n;
}

const struct profile *profiles_at(const struct profiles *profiles, size_t i)
{
    return i < profiles->n ? &profiles->items[i] : NULL;
}

const struct profile *profile_find(const struct profiles *profiles, const char *id)
{
    for (size_t i = 0; id != NULL && i < profiles->n; i++)
        if (strcmp(profiles->items[i].id, id) == 0)
            return &profiles->items[i];
    return NULL;
}

static bool comes_by(const struct profile_family *f, const char *channel)
{
    if (f->n_channels == 0)
        return true;
    for (size_t i = 0; channel != NULL && i < f->n_channels; i++)
        if (strcmp(f->channels[i], channel) == 0)
            return true;
    return false;
}

const struct profile_family *profile_family(const struct profile *profile, enum matter_kind kind,
                                            const char *channel)
{
    for (size_t i = 0; i < profile->n_families; i++) {
        const struct profile_family *f = &profile->families[i];

        if ((f->kinds >> kind & 1) != 0 && comes_by(f, channel))
            return f;
    }
    return NULL;
}
