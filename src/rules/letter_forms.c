/* Reading and checking packs/letters. */
#include "rules/letter_forms_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/pack_internal.h"

#define LETTERS_BYTES ((size_t)2 << 20)
#define FORMS_MAX 64
#define SHARED_FILE "letters/letters.json"

const char *const letter_to_names[] = {"file", "consumer", "business", "reporter", "body", NULL};

struct letter_pack {
    struct arena *arena;
    struct letter_forms forms;
    struct letter_form list[FORMS_MAX];
};

/* What a slot may be called. A family ends in a dot and is checked further. */
static const char *const slots[] = {"letter.number",
                                    "letter.date",
                                    "body.name",
                                    "unit.name",
                                    "unit.phone",
                                    "unit.address",
                                    "officer.name",
                                    "matter.number",
                                    "matter.kind",
                                    "matter.received",
                                    "matter.channel",
                                    "matter.registrar",
                                    "matter.facts",
                                    "matter.demands",
                                    "matter.amount",
                                    "matter.category",
                                    "matter.problem",
                                    "matter.violation",
                                    "matter.purchase",
                                    "matter.truthful",
                                    "matter.anonymous",
                                    "matter.outcome",
                                    "matter.target_body",
                                    "matter.assigned",
                                    "matter.consent_disclosure",
                                    "matter.consent_entrusted",
                                    "consumer.name",
                                    "consumer.phone",
                                    "consumer.address",
                                    "consumer.id_number",
                                    "proxy.name",
                                    "proxy.phone",
                                    "proxy.address",
                                    "proxy.relation",
                                    "reporter.name",
                                    "reporter.phone",
                                    "reporter.address",
                                    "reporter.id_number",
                                    "representatives.names",
                                    "respondent.name",
                                    "respondent.address",
                                    "respondent.phone",
                                    "respondent.uscc",
                                    "ground.text",
                                    "ground.law",
                                    "ground.remedies",
                                    "settlement.remedies",
                                    "act.",
                                    "deadline.",
                                    "law.",
                                    NULL};

/* Fields that show, or may show, who made a report. */
static bool shows_reporter(const char *field)
{
    static const char *const names[] = {"matter.facts", "matter.channel", "matter.registrar",
                                        "officer.name", NULL};

    for (const char *const *n = names; *n != NULL; n++)
        if (strcmp(field, *n) == 0)
            return true;
    return text_starts(field, "reporter.") || text_starts(field, "consumer.") ||
           text_starts(field, "proxy.") || text_starts(field, "representatives.");
}

static bool known_slot(const char *name)
{
    for (const char *const *s = slots; *s != NULL; s++)
        if (text_ends(*s, ".") ? text_starts(name, *s) : strcmp(name, *s) == 0)
            return true;
    return false;
}

/* ---- lists of texts ---- */

static const char *const *read_texts(struct reader *r, const json_t *object, const char *key,
                                     bool required)
{
    const json_t *list = read_array(r, object, key, required);
    size_t n = json_array_size(list), at;
    const char **ret = read_room(r, n + 1, sizeof *ret);

    if (ret == NULL)
        return NULL;
    if (required && n == 0 && list != NULL)
        reader_fault(r, key, "empty", "至少一项。", "At least one is needed.");
    at = reader_key(r, key);
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        size_t mark = reader_index(r, i);

        if (text == NULL)
            reader_fault(r, NULL, "type", "应当是文字。", "A text is needed.");
        ret[i] = arena_strdup(r->arena, text == NULL ? "" : text);
        if (ret[i] == NULL)
            r->no_memory = true;
        reader_up(r, mark);
    }
    reader_up(r, at);
    return ret;
}

static unsigned read_bits(struct reader *r, const json_t *object, const char *key,
                          const char *const *names, bool required)
{
    const char *const *list = read_texts(r, object, key, required);
    unsigned bits = 0;

    for (; list != NULL && *list != NULL; list++) {
        unsigned bit = 0;

        for (unsigned i = 0; names[i] != NULL; i++)
            if (strcmp(names[i], *list) == 0)
                bit = 1u << i;
        if (bit == 0)
            reader_fault(r, key, "unknown_name", "没有这个名称。", "There is no %s.", *list);
        bits |= bit;
    }
    return bits;
}

static bool in_list(const char *const *list, const char *text)
{
    for (; list != NULL && *list != NULL; list++)
        if (strcmp(*list, text) == 0)
            return true;
    return false;
}

/* ---- a form ---- */

static void check_fields(struct reader *r, const struct letter_form *form)
{
    bool of_report = (form->kinds & (1u << KIND_REPORT)) != 0;

    for (const char *const *f = form->fields; f != NULL && *f != NULL; f++) {
        if (!known_slot(*f))
            reader_fault(r, "fields", "unknown_name", "没有这个字段。", "There is no field %s.",
                         *f);
        if (of_report && (form->to & LETTER_TO_BUSINESS) && shows_reporter(*f))
            reader_fault(r, "fields", "secret", "给被举报人的文书不能有这个字段。",
                         "A letter to the party reported may not hold %s.", *f);
    }
}

static bool is_state(const struct letter_form *form, const struct pack *pack, const char *state)
{
    for (int k = 0; k < KIND_COUNT; k++)
        if ((form->kinds & (1u << k)) && pack_state(pack, (enum matter_kind)k, state) != NULL)
            return true;
    return false;
}

/* Each is a state of one of the form's kinds in one of its packs: a rule newer than another has
 * states that the older one never knew. */
static void check_states(struct reader *r, const char *key, const char *const *states,
                         const struct letter_form *form, const struct pack *const *packs,
                         size_t n_packs)
{
    for (; states != NULL && *states != NULL; states++) {
        const struct pack *without = NULL;
        bool found = false;

        for (size_t i = 0; i < n_packs && !found; i++) {
            if (!in_list(form->packs, packs[i]->id))
                continue;
            found = is_state(form, packs[i], *states);
            without = packs[i];
        }
        if (!found && without != NULL)
            reader_fault(r, key, "unknown_name", "规则包里没有这个状态。",
                         "Pack %s has no state %s.", without->id, *states);
    }
}

/* States must be those of a pack named that is installed, outcomes those of every such pack. */
static void check_packs(struct reader *r, const struct letter_form *form,
                        const struct pack *const *packs, size_t n_packs)
{
    check_states(r, "states", form->states, form, packs, n_packs);
    check_states(r, "tells_in", form->tells_in, form, packs, n_packs);
    for (size_t i = 0; i < n_packs; i++)
        for (int k = 0; k < KIND_COUNT && in_list(form->packs, packs[i]->id); k++) {
            if (!(form->kinds & (1u << k)))
                continue;
            for (const char *const *o = form->outcomes; o != NULL && *o != NULL; o++)
                if (pack_outcome(packs[i], (enum matter_kind)k, *o) == NULL)
                    reader_fault(r, "outcomes", "unknown_name", "规则包里没有这个结果。",
                                 "Pack %s has no outcome %s.", packs[i]->id, *o);
        }
}

static void read_form(struct reader *r, const json_t *root, const struct pack *const *packs,
                      size_t n_packs, struct letter_form *form)
{
    static const char *const keys[] = {
        "id",    "revision", "style",    "label",  "series", "packs",  "kinds",    "states", "to",
        "tells", "sign",     "outcomes", "fields", "asks",   "blocks", "tells_in", NULL};

    if (!read_object(r, root, keys))
        return;
    form->id = read_text(r, root, "id", true);
    form->revision = read_text(r, root, "revision", true);
    form->style = read_text(r, root, "style", true);
    form->label = read_label(r, root, "label", true);
    form->series = read_text(r, root, "series", true);
    form->packs = read_texts(r, root, "packs", true);
    form->states = read_texts(r, root, "states", true);
    form->outcomes = read_texts(r, root, "outcomes", false);
    form->fields = read_texts(r, root, "fields", true);
    form->kinds = read_bits(r, root, "kinds", pack_kind_names, true);
    form->to = read_bits(r, root, "to", letter_to_names, true);
    form->tells = read_bits(r, root, "tells", letter_to_names, false);
    form->tells_in = read_texts(r, root, "tells_in", form->tells != 0);
    if (form->tells & ~form->to)
        reader_fault(r, "tells", "not_listed", "只能告知收件人。",
                     "Only who receives it is told by it.");
    form->sign = read_bool(r, root, "sign", true);
    form->asks.id = form->id;
    form->asks.label = form->label;
    read_act_fields(r, root, "asks", &form->asks);
    if (r->failed)
        return; /* slots are looked up in what was read */
    check_fields(r, form);
    check_packs(r, form, packs, n_packs);
    letter_form_read_blocks(r, root, form);
}

bool letter_form_takes(const struct letter_form *form, const char *field)
{
    if (text_starts(field, "ask."))
        return act_field(&form->asks, field + 4) != NULL;
    return in_list(form->fields, field);
}

bool letter_form_fits(const struct letter_form *form, const char *pack, enum matter_kind kind,
                      const char *state, const char *outcome)
{
    return (form->kinds & (1u << kind)) != 0 && in_list(form->packs, pack) &&
           in_list(form->states, state) &&
           (form->outcomes == NULL || form->outcomes[0] == NULL ||
            (outcome != NULL && in_list(form->outcomes, outcome)));
}

bool letter_form_tells(const struct letter_form *form, const char *party, const char *state)
{
    for (unsigned i = 0; letter_to_names[i] != NULL; i++)
        if (strcmp(letter_to_names[i], party) == 0)
            return (form->tells & (1u << i)) != 0 && in_list(form->tells_in, state);
    return false;
}

const struct letter_form *letter_form_find(const struct letter_forms *forms, const char *id)
{
    for (size_t i = 0; id != NULL && i < forms->n; i++)
        if (strcmp(forms->forms[i].id, id) == 0)
            return &forms->forms[i];
    return NULL;
}

const char *letter_abbreviation(const struct letter_forms *forms, struct arena *arena,
                                const char *name)
{
    for (size_t i = 0; i < forms->n_abbreviations; i++) {
        const struct letter_abbreviation *a = &forms->abbreviations[i];

        if (text_ends(name, a->ends) && strlen(name) > strlen(a->ends))
            return arena_printf(arena, "%.*s%s", (int)(strlen(name) - strlen(a->ends)), name,
                                a->as);
    }
    return NULL;
}

/* ---- the shared file ---- */

static void read_abbreviation(struct reader *r, const json_t *v, void *one)
{
    static const char *const keys[] = {"ends", "as", NULL};
    struct letter_abbreviation *ret = one;

    if (!read_object(r, v, keys))
        return;
    ret->ends = read_text(r, v, "ends", true);
    ret->as = read_text(r, v, "as", true);
}

static void read_shared(struct reader *r, const json_t *root, struct letter_forms *ret)
{
    static const char *const keys[] = {
        "id", "revision", "issuer_kinds", "number", "verify", "abbreviations", NULL};

    if (!read_object(r, root, keys))
        return;
    (void)read_text(r, root, "id", true);
    (void)read_text(r, root, "revision", true);
    ret->issuer_kinds = read_texts(r, root, "issuer_kinds", true);
    ret->number = read_text(r, root, "number", true);
    ret->verify = read_text(r, root, "verify", true);
    ret->abbreviations = read_each(r, root, "abbreviations", sizeof *ret->abbreviations,
                                   read_abbreviation, &ret->n_abbreviations);
}

/* ---- life cycle ---- */

static int by_style(const void *a, const void *b)
{
    return strcmp(((const struct letter_form *)a)->style, ((const struct letter_form *)b)->style);
}

/* Two forms of one id, or one series, would share numbers. */
static void check_unique(struct reader *r, const struct letter_pack *p)
{
    for (size_t i = 0; i < p->forms.n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(p->list[i].id, p->list[k].id) == 0 ||
                strcmp(p->list[i].series, p->list[k].series) == 0)
                reader_fault(r, p->list[i].id, "twice", "编号或者文号字重复。",
                             "This id or series is given twice.");
}

static enum err_code load_file(struct letter_pack *p, struct reader *r,
                               const struct embedded_file *file, const struct pack *const *packs,
                               size_t n_packs, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    size_t mark;

    TRY(json_parse((const char *)file->data, file->size, &root, err));
    mark = reader_key(r, file->path);
    if (strcmp(file->path, SHARED_FILE) == 0)
        read_shared(r, root, &p->forms);
    else if (p->forms.n < FORMS_MAX)
        read_form(r, root, packs, n_packs, &p->list[p->forms.n++]);
    else
        reader_fault(r, NULL, "too_many", "文书样式太多。", "Too many forms.");
    reader_up(r, mark);
    return ERR_OK;
}

static enum err_code letter_pack_new(struct letter_pack **ret, struct err *err)
{
    struct letter_pack *p = calloc(1, sizeof *p);

    if (p != NULL && (p->arena = arena_new(LETTERS_BYTES)) != NULL) {
        p->forms.forms = p->list;
        *ret = p;
        return ERR_OK;
    }
    free(p);
    return err_set(err, ERR_NO_MEMORY, "letters");
}

enum err_code letters_load(const struct embedded_file *files, const struct pack *const *packs,
                           size_t n_packs, struct letter_pack **ret, struct err *err)
{
    struct letter_pack *p;
    struct reader r;
    enum err_code rc = ERR_OK;

    TRY(letter_pack_new(&p, err));
    reader_init(&r, p->arena, err);
    for (; rc == ERR_OK && files->path != NULL; files++)
        if (text_starts(files->path, "letters/"))
            rc = load_file(p, &r, files, packs, n_packs, err);
    if (rc == ERR_OK && p->forms.number == NULL && !r.failed)
        rc = err_set(err, ERR_NOT_FOUND, SHARED_FILE " is missing");
    if (rc == ERR_OK && !r.failed)
        check_unique(&r, p);
    if (rc == ERR_OK)
        rc = reader_result(&r);
    if (rc != ERR_OK) {
        letters_free(p);
        return rc;
    }
    qsort(p->list, p->forms.n, sizeof p->list[0], by_style);
    *ret = p;
    return ERR_OK;
}

enum err_code letter_form_check(const char *bytes, size_t n, const struct pack *const *packs,
                                size_t n_packs, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct letter_pack *p;
    struct reader r;
    enum err_code rc;

    TRY(json_parse(bytes, n, &root, err));
    TRY(letter_pack_new(&p, err));
    reader_init(&r, p->arena, err);
    read_form(&r, root, packs, n_packs, &p->list[0]);
    rc = reader_result(&r);
    letters_free(p);
    return rc;
}

void letters_free(struct letter_pack *pack)
{
    if (pack == NULL)
        return;
    arena_free(pack->arena);
    free(pack);
}

const struct letter_forms *letter_forms(const struct letter_pack *pack)
{
    return &pack->forms;
}
