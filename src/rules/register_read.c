/* Reads the head of a register, its fields and its life. */
#include <string.h>

#include "base/text.h"
#include "rules/register_internal.h"
#include "rules/register_values.h"
#include "rules/roles.h"

#define PREDICATES_MAX 40
#define TEXTS_MAX 60

static const char *const group_names[] = {"enforcement",  "network", "honours", "publicity",
                                          "institutions", "office",  NULL};
static const char *const computed_names[] = {"int",  "decimal", "money", "percent",
                                             "date", "text",    "bool",  NULL};

const char *register_group_name(enum register_group group)
{
    return group_names[group];
}

const char *computed_kind_name(enum computed_kind kind)
{
    return computed_names[kind];
}

/* ---- lists ---- */

const char *const *register_read_texts(struct reader *r, const json_t *v, const char *key,
                                       bool required, size_t most, size_t *ret_n)
{
    const json_t *list = read_array(r, v, key, required);
    size_t n = json_array_size(list);
    const char **texts = read_room(r, n, sizeof *texts);

    *ret_n = 0;
    if (n > most)
        reader_fault(r, key, "too_many", "太多。", "At most %zu.", most);
    for (size_t i = 0; texts != NULL && i < n && i < most; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text == NULL || *text == '\0') {
            reader_fault(r, key, "type", "这里要文字。", "A text is expected here.");
            text = "";
        }
        texts[i] = arena_strdup(r->arena, text);
        r->no_memory |= texts[i] == NULL;
        *ret_n = i + 1;
    }
    return r->no_memory ? NULL : texts;
}

size_t register_each(struct register_reader *rr, const char *key, size_t most, register_one_fn *one)
{
    struct reader *r = &rr->p.r;
    const json_t *list = read_array(r, rr->root, key, false);
    size_t at = reader_key(r, key), n = json_array_size(list);

    if (n > most) {
        reader_fault(r, NULL, "too_many", "太多。", "At most %zu.", most);
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        size_t mark = reader_index(r, i);

        one(rr, json_array_get(list, i), i);
        reader_up(r, mark);
    }
    reader_up(r, at);
    return n;
}

uint64_t register_state_bit(const struct register_def *def, const char *state)
{
    const struct flow_state *s = flow_state(&def->flow, state);

    return s == NULL ? 0 : (uint64_t)1 << (s - def->flow.states);
}

uint64_t register_read_states(struct register_reader *rr, const json_t *v, const char *key,
                              uint64_t absent)
{
    struct reader *r = &rr->p.r;
    size_t n;
    const char *const *names = register_read_texts(r, v, key, false, STATES_MAX, &n);
    uint64_t bits = 0;

    if (json_object_get(v, key) == NULL)
        return absent;
    for (size_t i = 0; names != NULL && i < n; i++) {
        uint64_t bit = register_state_bit(rr->def, names[i]);

        if (bit == 0)
            reader_fault(r, key, "unknown_name", "没有这个状态。", "There is no state %s.",
                         names[i]);
        bits |= bit;
    }
    return bits;
}

unsigned register_read_roles(struct reader *r, const json_t *v, const char *key, unsigned absent)
{
    size_t n;
    const char *const *names = register_read_texts(r, v, key, false, ROLES_COUNT, &n);
    unsigned bits = 0;

    if (json_object_get(v, key) == NULL)
        return absent;
    for (size_t i = 0; names != NULL && i < n; i++) {
        unsigned role = role_find(names[i]) & ROLES_OFFICER;

        if (role == 0)
            reader_fault(r, key, "unknown_name", "没有这个岗位。", "There is no role %s.",
                         names[i]);
        bits |= role;
    }
    return bits;
}

/* ---- sections and fields, before the acts ---- */

static void read_section(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id", "label", NULL};
    struct register_section *s = (struct register_section *)rr->def->sections + i;

    if (read_object(&rr->p.r, v, keys)) {
        s->id = read_text(&rr->p.r, v, "id", true);
        s->label = read_label(&rr->p.r, v, "label", true);
    }
    if (s->id == NULL)
        s->id = "";
    rr->def->n_sections = i + 1;
}

static bool has_section(const struct register_def *def, const char *id)
{
    for (size_t i = 0; i < def->n_sections; i++)
        if (strcmp(def->sections[i].id, id) == 0)
            return true;
    return false;
}

static bool word_of_language(const char *name)
{
    static const char *const words[] = {"and", "or", "not", "in", "true", "false", NULL};

    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

/* Lower case, digits and _, no word of the expressions, none of the names that are always there. */
static void check_name(struct reader *r, const char *name)
{
    if (name == NULL)
        return;
    if (name[0] < 'a' || name[0] > 'z' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name) || strlen(name) > 40)
        reader_fault(r, "name", "name", "名称用小写字母、数字和下划线，字母开头，最长 40。",
                     "A name is small letters, digits and _, begins with a letter, at most 40.");
    for (size_t i = 0; plain_names[i] != NULL; i++)
        if (strcmp(plain_names[i], name) == 0)
            reader_fault(r, "name", "reserved", "这个名称有别的用处。", "The name %s is reserved.",
                         name);
    if (word_of_language(name))
        reader_fault(r, "name", "reserved", "这个名称有别的用处。", "The name %s is reserved.",
                     name);
}

static void check_codes(struct register_reader *rr, const struct act_field *f)
{
    struct reader *r = &rr->p.r;
    const struct code_table *units;

    if (rr->codes == NULL)
        return;
    if (f->codes != NULL && codes_table(rr->codes, f->codes) == NULL)
        reader_fault(r, "codes", "unknown_name", "没有这张代码表。", "There is no code table %s.",
                     f->codes);
    units = codes_table(rr->codes, "units");
    for (size_t i = 0; i < f->n_units; i++)
        if (code_find(units, f->units[i]) == NULL)
            reader_fault(r, "units", "unknown_name", "单位表里没有这个单位。",
                         "There is no unit %s.", f->units[i]);
    for (size_t i = 0; i < f->n_columns; i++) {
        size_t at = reader_key(r, "columns"), mark = reader_index(r, i);

        check_codes(rr, &f->columns[i]);
        check_name(r, f->columns[i].name);
        reader_up(r, mark);
        reader_up(r, at);
    }
}

/* A default is a value of the field's kind, or one of the words for what is known when it is taken.
 */
static void check_preset(struct register_reader *rr, const struct act_field *f)
{
    const char *text = json_string_value(f->preset);
    CLEANUP(json_decrefp) json_t *given = NULL;
    struct err own = {0};
    bool good;

    if (f->preset == NULL || f->name == NULL)
        return;
    if (text != NULL && text[0] == '@') {
        good = strcmp(text, "@today") == 0  ? f->kind == FIELD_DATE
               : strcmp(text, "@me") == 0   ? f->kind == FIELD_OFFICER
               : strcmp(text, "@body") == 0 ? f->kind == FIELD_BODY
                                            : false;
    } else {
        const struct register_world world = {.codes = rr->codes};

        given = json_pack("{s:O}", f->name, f->preset);
        good = f->kind != FIELD_FILE && f->kind != FIELD_PERSON && !f->later &&
               register_fields_check(f, 1, given, "", false, 0, &world, &own) == ERR_OK;
    }
    if (!good)
        reader_fault(&rr->p.r, "default", "type", "默认值和字段的种类不合。",
                     "The default is no value of this field.");
}

static void complete_fields(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    struct register_def *def = rr->def;
    const json_t *list = json_object_get(rr->root, "fields");
    size_t at = reader_key(r, "fields");

    for (size_t i = 0; i < def->registering.n_fields; i++) {
        struct act_field *f = (struct act_field *)&def->registering.fields[i];
        size_t mark = reader_index(r, i);

        check_name(r, f->name);
        check_codes(rr, f);
        check_preset(rr, f);
        f->required_in = register_read_states(rr, json_array_get(list, i), "required_in", 0);
        if (f->section != NULL && !has_section(def, f->section))
            reader_fault(r, "section", "unknown_name", "没有这一节。", "There is no section %s.",
                         f->section);
        reader_up(r, mark);
    }
    reader_up(r, at);
}

static void before_acts(struct pack_reader *p, const json_t *root, struct flow *flow)
{
    struct register_reader *rr = (struct register_reader *)p;
    struct register_def *def = rr->def;
    size_t n = json_array_size(json_object_get(root, "sections"));

    (void)flow;
    def->sections = read_room(&p->r, n, sizeof *def->sections);
    if (def->sections != NULL)
        register_each(rr, "sections", 30, read_section);
    def->registering =
        (struct pack_act){.id = "register", .label = {"登记", "Register"}, .act_class = ACT_LIKELY};
    if (read_array(&p->r, root, "fields", true) != NULL)
        read_fields(p, root, "fields", &def->registering);
    if (!p->r.failed && !p->r.no_memory)
        complete_fields(rr);
    p->entry_fields = &def->registering;
}

/* ---- guards ---- */

/* The predicates by name, so that transitions find them; what they say is read when names are
 * known. */
static void prepare_guards(struct register_reader *rr)
{
    struct loaded_register *loaded = (struct loaded_register *)rr->def;
    struct reader *r = &rr->p.r;
    const json_t *list = read_array(r, rr->root, "predicates", false);
    size_t n = json_array_size(list), at = reader_key(r, "predicates");
    struct flow_guard *guards;
    struct label *why;
    struct register_predicate *predicates;

    if (n > PREDICATES_MAX) {
        reader_fault(r, NULL, "too_many", "条件太多。", "At most %d.", PREDICATES_MAX);
        n = 0;
    }
    guards = read_room(r, n + 1, sizeof *guards);
    why = read_room(r, n + 1, sizeof *why);
    predicates = read_room(r, n + 1, sizeof *predicates);
    for (size_t i = 0; predicates != NULL && i < n; i++) {
        static const char *const keys[] = {"id", "holds", "message", NULL};
        const json_t *v = json_array_get(list, i);
        size_t mark = reader_index(r, i);

        if (read_object(r, v, keys)) {
            predicates[i].id = read_text(r, v, "id", true);
            predicates[i].message = read_label(r, v, "message", true);
        }
        if (predicates[i].id == NULL)
            predicates[i].id = "?";
        for (size_t k = 0; k < i; k++)
            if (strcmp(predicates[k].id, predicates[i].id) == 0)
                reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
        guards[i].name = predicates[i].id;
        why[i] = predicates[i].message;
        reader_up(r, mark);
    }
    reader_up(r, at);
    loaded->kind.guards = guards;
    rr->def->flow.why_guard = why;
    rr->def->predicates = predicates;
    rr->def->n_predicates = predicates == NULL ? 0 : n;
}

/* ---- head ---- */

static void read_number(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    const char *pattern = read_text(r, rr->root, "number", false), *at;
    int running = 0, years = 0;

    if (pattern == NULL) {
        char *made = arena_printf(r->arena, "%s-{yyyy}-{nnnn}",
                                  rr->def->flow.id == NULL ? "" : rr->def->flow.id);

        for (char *c = made; c != NULL && *c != '{'; c++)
            *c = *c == '_' ? '-' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        rr->def->number = made;
        r->no_memory |= made == NULL;
        return;
    }
    for (at = pattern; *at != '\0';) {
        size_t ns = *at == '{' ? strspn(at + 1, "n") : 0;

        if (text_starts(at, "{yyyy}")) {
            years++;
            at += 6;
        } else if (text_starts(at, "{mm}")) {
            at += 4;
        } else if (ns >= 1 && ns <= 8 && at[ns + 1] == '}') {
            running++;
            at += ns + 2;
        } else if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", *at) != NULL) {
            at++;
        } else {
            break;
        }
    }
    if (*at != '\0' || running != 1 || years != 1 || at - pattern > 40)
        reader_fault(r, "number", "number",
                     "编号写成大写字母、数字、-，加一个 {yyyy} 和一个 {nnnn}。",
                     "Capital letters, digits and -, one {yyyy} and one {nnnn}, perhaps {mm}.");
    rr->def->number = pattern;
}

static void read_bases(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"zh", "en", NULL};
    struct label *label = (struct label *)rr->def->bases + i;

    if (read_object(&rr->p.r, v, keys)) {
        label->zh = read_text(&rr->p.r, v, "zh", true);
        label->en = read_text(&rr->p.r, v, "en", true);
    }
    rr->def->n_bases = i + 1;
}

static void read_head(struct register_reader *rr)
{
    static const char *const parties[] = {"open", "secret", NULL};
    struct reader *r = &rr->p.r;
    struct register_def *def = rr->def;
    int64_t revision;
    unsigned all = ROLE_INTAKE | ROLE_HANDLER | ROLE_SUPERVISOR | ROLE_LEADER | ROLE_AUDITOR;
    size_t n = json_array_size(json_object_get(rr->root, "bases"));
    const char *const *title;

    if (def->flow.id != NULL &&
        strspn(def->flow.id, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(def->flow.id))
        reader_fault(r, "id", "name", "编号用小写字母、数字和下划线。",
                     "An id is small letters, digits and _.");
    if (def->flow.revision != NULL && (!text_int64(def->flow.revision, &revision) || revision < 1))
        reader_fault(r, "revision", "number", "版本写成数字，改一次加一。",
                     "A revision is a number that grows with each change.");
    def->systems = register_read_texts(r, rr->root, "systems", false, 20, &def->n_systems);
    def->group =
        (enum register_group)read_name(r, rr->root, "group", group_names, GROUP_OFFICE, true);
    def->profiles = register_read_texts(r, rr->root, "profiles", false, 10, &def->n_profiles);
    def->entry = read_label(r, rr->root, "entry", true);
    def->about = read_label(r, rr->root, "about", false);
    def->bases = read_room(r, n, sizeof *def->bases);
    if (def->bases != NULL)
        register_each(rr, "bases", 20, read_bases);
    read_number(rr);
    title = register_read_texts(r, rr->root, "title", true, 4, &def->n_title);
    for (size_t i = 0; title != NULL && i < def->n_title; i++)
        def->title[i] = title[i];
    def->day = read_text(r, rr->root, "day", false);
    def->secret = read_name(r, rr->root, "parties", parties, 0, false) == 1;
    def->read = register_read_roles(r, rr->root, "read", all);
    def->may_register =
        register_read_roles(r, rr->root, "register", ROLE_HANDLER | ROLE_SUPERVISOR);
    def->columns = register_read_texts(r, rr->root, "columns", true, 20, &def->n_columns);
    def->demo = read_array(r, rr->root, "demo", false);
}

/* ---- computed: names and kinds ---- */

static void read_computed(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"name", "label",    "kind",    "formula", "of",
                                       "over", "decimals", "choices", NULL};
    struct reader *r = &rr->p.r;
    struct register_computed *c = (struct register_computed *)rr->def->computed + i;
    bool has_decimals;

    if (!read_object(r, v, keys))
        return;
    c->name = read_text(r, v, "name", true);
    c->label = read_label(r, v, "label", true);
    c->kind = (enum computed_kind)read_name(r, v, "kind", computed_names, COMPUTED_INT, true);
    has_decimals = c->kind == COMPUTED_DECIMAL || c->kind == COMPUTED_PERCENT;
    c->decimals = (int)read_int(r, v, "decimals", has_decimals ? 1 : 0, 0, has_decimals ? 4 : 0);
    c->n_choices = pack_read_choices(&rr->p, v, &c->choices);
    if (c->n_choices > 0 && c->kind != COMPUTED_TEXT)
        reader_fault(r, "choices", "unknown_key", "只有文字写选项。", "choices go with text.");
    check_name(r, c->name);
    if (c->name == NULL)
        c->name = "?";
    if (act_field(&rr->def->registering, c->name) != NULL ||
        register_computed(rr->def, c->name) != NULL)
        reader_fault(r, "name", "twice", "名称重复。", "This name is given twice.");
    rr->def->n_computed = i + 1;
}

/* ---- the first pass ---- */

static void check_reserved_acts(struct register_reader *rr)
{
    static const char *const reserved[] = {"register", "amend", "note", "attach", "detach", "draw"};
    const struct pack *acts = &rr->def->flow.acts;

    for (size_t i = 0; i < acts->n_acts; i++)
        for (size_t k = 0; k < sizeof reserved / sizeof reserved[0]; k++)
            if (strcmp(acts->acts[i].id, reserved[k]) == 0)
                reader_fault(&rr->p.r, "acts", "reserved",
                             "登记、更正、备注、加减文件、抽码本来就有。",
                             "The act %s is always there.", acts->acts[i].id);
}

static const char *const file_keys[] = {
    "systems",     "group",     "profiles", "entry",      "about",     "bases",    "number",
    "title",       "day",       "parties",  "read",       "register",  "sections", "fields",
    "computed",    "checks",    "unique",   "predicates", "balances",  "columns",  "filters",
    "frequencies", "public",    "measures", "rates",      "sentences", "demo",     "slips",
    "self_check",  "recognise", "sends",    "prints",     NULL};

void register_read(struct register_reader *rr)
{
    static const char *const parts[] = {"open", "done", NULL};
    struct loaded_register *loaded = (struct loaded_register *)rr->def;
    struct register_def *def = rr->def;
    size_t n = json_array_size(json_object_get(rr->root, "computed"));

    if (!json_is_object(rr->root)) {
        reader_fault(&rr->p.r, NULL, "type", "这里要一个对象。", "An object is expected here.");
        return;
    }
    loaded->kind = (struct flow_kind){
        .parts = parts, .keys = file_keys, .judge = register_judge, .of_register = true};
    def->flow.kind = &loaded->kind;
    rr->p.of_register = true;
    rr->p.pack = &def->flow.acts;
    prepare_guards(rr);
    if (rr->p.r.no_memory)
        return;
    flow_read(&rr->p, rr->root, before_acts, NULL, &def->flow);
    read_head(rr);
    check_reserved_acts(rr);
    def->computed = read_room(&rr->p.r, n, sizeof *def->computed);
    if (def->computed != NULL)
        register_each(rr, "computed", 60, read_computed);
    if (!rr->p.r.failed && !rr->p.r.no_memory)
        register_read_names(rr);
}
