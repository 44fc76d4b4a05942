/* Reads in what else the entries of a register are recognised. */
#include "rules/register_recognise.h"

#include <string.h>

#include "rules/register_internal.h"

/* An open text of a register; NULL where it is absent, or a fault. */
static const struct act_field *text_of(struct register_reader *rr, const json_t *v, const char *key,
                                       const struct register_def *of, bool required)
{
    const char *name = read_text(&rr->p.r, v, key, required);
    const struct act_field *f = of == NULL ? NULL : register_field(of, name);

    if (f != NULL && f->kind == FIELD_TEXT && !f->sealed)
        return f;
    if (name != NULL)
        register_unknown(rr, key, name);
    return NULL;
}

static void read_in(struct register_reader *rr, const json_t *v, struct register_recognise_in *in)
{
    static const char *const keys[] = {"register", "name", "brand", "text", NULL};
    struct reader *r = &rr->p.r;
    const char *id;

    if (!read_object(r, v, keys))
        return;
    id = read_text(r, v, "register", true);
    in->of = registers_find(rr->all, id);
    if (id != NULL && in->of == NULL) {
        register_unknown(rr, "register", id);
        return;
    }
    in->text = text_of(rr, v, "text", in->of, false);
    in->name = text_of(rr, v, "name", in->of, json_object_get(v, "text") == NULL);
    in->brand = text_of(rr, v, "brand", in->of, false);
}

static void read_ins(struct register_reader *rr, const json_t *v, struct register_recognise *rec)
{
    struct reader *r = &rr->p.r;
    const json_t *list = read_array(r, v, "in", false);
    size_t at = reader_key(r, "in");

    if (json_array_size(list) > RECOGNISE_IN_MAX)
        reader_fault(r, NULL, "too_many", "最多 8 项。", "At most %d.", RECOGNISE_IN_MAX);
    for (size_t i = 0; i < json_array_size(list) && i < RECOGNISE_IN_MAX; i++) {
        size_t mark = reader_index(r, i);

        read_in(rr, json_array_get(list, i), &rec->in[i]);
        rec->n_in = i + 1;
        reader_up(r, mark);
    }
    reader_up(r, at);
}

/* Entries are found by the words of their title. */
static bool in_title(const struct register_def *def, const struct act_field *f)
{
    for (size_t i = 0; i < def->n_title; i++)
        if (def->title[i] != NULL && strcmp(def->title[i], f->name) == 0)
            return true;
    return false;
}

static void read_recognise(struct register_reader *rr, const json_t *v,
                           struct register_recognise *rec)
{
    static const char *const keys[] = {"states", "name", "brand", "phrases", "shows", "in", NULL};
    struct reader *r = &rr->p.r;
    const char *const *shows;
    size_t n = 0;

    if (!read_object(r, v, keys))
        return;
    rec->states = register_read_states(rr, v, "states", 0);
    if (rec->states == 0)
        reader_fault(r, "states", "missing", "要写哪些状态的记录认得出来。", "States are missing.");
    rec->phrases = text_of(rr, v, "phrases", rr->def, false);
    rec->name = text_of(rr, v, "name", rr->def, json_object_get(v, "phrases") == NULL);
    if (rec->name != NULL && !in_title(rr->def, rec->name))
        register_unknown(rr, "name", rec->name->name);
    rec->brand = text_of(rr, v, "brand", rr->def, false);
    shows = register_read_texts(r, v, "shows", false, RECOGNISE_SHOWS_MAX, &n);
    for (size_t i = 0; shows != NULL && i < n; i++) {
        const struct act_field *f = register_field(rr->def, shows[i]);

        if (f == NULL || f->sealed || f->kind == FIELD_FILE || f->kind == FIELD_PERSON)
            register_unknown(rr, "shows", shows[i]);
        else
            rec->shows[rec->n_shows++] = f;
    }
    read_ins(rr, v, rec);
}

void register_read_recognise(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    const json_t *v = read_member(r, rr->root, "recognise", false);
    struct register_recognise *rec = v == NULL ? NULL : read_room(r, 1, sizeof *rec);
    size_t at = reader_key(r, "recognise");

    if (rec != NULL)
        read_recognise(rr, v, rec);
    reader_up(r, at);
    rr->def->recognise = rec;
}
