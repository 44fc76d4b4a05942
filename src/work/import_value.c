/* The fields of a map, and cells read as values. */
#include "work/import_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/pack.h"
#include "work/import_map.h"

static const struct import_field fields[] = {
    {"source", VALUE_SOURCE, TO_FILING, NULL},
    {"drop", VALUE_DROP, TO_FILING, NULL},
    {"key", VALUE_TEXT, TO_KEY, NULL},
    {"kind", VALUE_CODE, TO_FILING, NULL},
    {"channel", VALUE_CODE, TO_FILING, "channels"},
    {"received_at", VALUE_INSTANT, TO_FILING, NULL},
    {"title", VALUE_TEXT, TO_TITLE, NULL},
    {"facts", VALUE_TEXT, TO_FILING, NULL},
    {"demand_text", VALUE_TEXT, TO_FILING, NULL},
    {"demands", VALUE_CODES, TO_FILING, "demands"},
    {"category", VALUE_CODE, TO_FILING, "categories"},
    {"problem", VALUE_CODE, TO_FILING, "problems"},
    {"violation", VALUE_CODE, TO_FILING, "violations"},
    {"themes", VALUE_CODES, TO_FILING, "themes"},
    {"amount_fen", VALUE_FEN, TO_FILING, NULL},
    {"amount_yuan", VALUE_YUAN, TO_FILING, NULL},
    {"anonymous", VALUE_BOOL, TO_FILING, NULL},
    {"heads", VALUE_NUMBER, TO_FILING, NULL},
    {"consumer.name", VALUE_TEXT, TO_FILING, NULL},
    {"consumer.phone", VALUE_TEXT, TO_FILING, NULL},
    {"consumer.address", VALUE_TEXT, TO_FILING, NULL},
    {"consumer.id_type", VALUE_TEXT, TO_FILING, NULL},
    {"consumer.id_number", VALUE_TEXT, TO_FILING, NULL},
    {"consumer.gender", VALUE_TEXT, TO_FILING, NULL},
    {"consumer.age_band", VALUE_TEXT, TO_FILING, NULL},
    {"proxy.name", VALUE_TEXT, TO_FILING, NULL},
    {"proxy.phone", VALUE_TEXT, TO_FILING, NULL},
    {"proxy.relation", VALUE_TEXT, TO_FILING, NULL},
    {"proxy.authority", VALUE_TEXT, TO_FILING, NULL},
    {"respondent.name", VALUE_TEXT, TO_FILING, NULL},
    {"respondent.address", VALUE_TEXT, TO_FILING, NULL},
    {"respondent.division", VALUE_TEXT, TO_FILING, NULL},
    {"respondent.uscc", VALUE_TEXT, TO_FILING, NULL},
    {"respondent.phone", VALUE_TEXT, TO_FILING, NULL},
    {"product.name", VALUE_TEXT, TO_FILING, NULL},
    {"product.brand", VALUE_TEXT, TO_FILING, NULL},
    {"product.model", VALUE_TEXT, TO_FILING, NULL},
    {"product.quantity", VALUE_NUMBER, TO_FILING, NULL},
    {"product.unit_price_fen", VALUE_FEN, TO_FILING, NULL},
    {"product.imported", VALUE_BOOL, TO_FILING, NULL},
    {"purchase.date", VALUE_DATE, TO_FILING, NULL},
    {"purchase.online", VALUE_BOOL, TO_FILING, NULL},
    {"purchase.platform", VALUE_TEXT, TO_FILING, NULL},
    {"purchase.order_no", VALUE_TEXT, TO_FILING, NULL},
    {"external.system", VALUE_TEXT, TO_FILING, NULL},
    {"external.number", VALUE_TEXT, TO_FILING, NULL},
    {"external.due", VALUE_DATE, TO_FILING, NULL},
    {"consents.disclosure", VALUE_BOOL, TO_FILING, NULL},
    {"consents.entrusted", VALUE_BOOL, TO_FILING, NULL},
    {"flags.injury", VALUE_BOOL, TO_FILING, NULL},
    {"flags.elderly", VALUE_BOOL, TO_FILING, NULL},
    {"flags.minor", VALUE_BOOL, TO_FILING, NULL},
    {"flags.disabled", VALUE_BOOL, TO_FILING, NULL},
    {"flags.safety", VALUE_BOOL, TO_FILING, NULL},
    {"flags.mass", VALUE_BOOL, TO_FILING, NULL},
    {"body", VALUE_TEXT, TO_BODY, NULL},
    {"outcome", VALUE_OUTCOME, TO_OUTCOME, NULL},
    {"status", VALUE_OUTCOME, TO_OUTCOME, NULL},
    {"ground", VALUE_TEXT, TO_GROUND, NULL},
    {"ended_at", VALUE_INSTANT, TO_ENDED_AT, NULL},
    {"recovered_fen", VALUE_FEN, TO_RECOVERED, NULL},
    {"recovered_yuan", VALUE_YUAN, TO_RECOVERED, NULL},
    {"rating", VALUE_NUMBER, TO_RATING, NULL},
    {"answer", VALUE_TEXT, TO_ANSWER, NULL},
    {"answered_at", VALUE_INSTANT, TO_ANSWERED_AT, NULL},
    {"business.name", VALUE_TEXT, TO_FILING, NULL},
    {"business.aliases", VALUE_TEXT, TO_FILING, NULL},
    {"business.uscc", VALUE_TEXT, TO_FILING, NULL},
    {"business.address", VALUE_TEXT, TO_FILING, NULL},
    {"business.division", VALUE_TEXT, TO_FILING, NULL},
    {"business.industry", VALUE_TEXT, TO_FILING, NULL},
    {"business.status", VALUE_TEXT, TO_FILING, NULL},
    {"business.contact_name", VALUE_TEXT, TO_FILING, NULL},
    {"business.contact_phone", VALUE_TEXT, TO_FILING, NULL},
    {"reply.state", VALUE_REPLY, TO_FILING, NULL},
    {"reply.reason", VALUE_REPLY, TO_FILING, NULL},
    {"reply.text", VALUE_REPLY, TO_FILING, NULL},
    {"reply.at", VALUE_REPLY, TO_FILING, NULL},
    {"reply.body", VALUE_REPLY, TO_FILING, NULL},
    {"reply.matters", VALUE_REPLY, TO_FILING, NULL},
};

const struct import_field *import_field_find(const char *path)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    return NULL;
}

bool import_field_many(const struct import_field *f)
{
    return f->kind == VALUE_CODES;
}

/* ---- money and the like ---- */

static const char *skip_any(const char *p, const char *const *words)
{
    for (; *words != NULL; words++)
        if (text_starts(p, *words))
            return p + strlen(*words);
    return p;
}

/* "￥1,234.5元" → 123450. */
static bool read_yuan(const char *text, int64_t *ret)
{
    static const char *const before[] = {"¥", "￥", "$", "RMB", NULL};
    static const char *const after[] = {"元", "RMB", NULL};
    const char *p = skip_any(text, before);
    int64_t fen = 0;
    int decimals = -1, digits = 0;

    for (;; p++) {
        if (*p >= '0' && *p <= '9') {
            if (decimals >= 0 && ++decimals > 2) {
                if (*p != '0')
                    return false; /* less than a fen */
                continue;
            }
            if (++digits > 15)
                return false;
            fen = fen * 10 + (*p - '0');
        } else if (*p == '.' && decimals < 0) {
            decimals = 0;
        } else if (*p != ',' && *p != ' ') {
            break;
        }
    }
    for (; decimals < 2; decimals++) {
        if (decimals < 0)
            decimals = 0;
        fen *= 10;
    }
    p = skip_any(p, after);
    *ret = fen;
    return digits > 0 && *p == '\0';
}

static bool read_bool(const char *text, int64_t *ret)
{
    static const char *const yes[] = {"1", "true", "yes", "y", "是", "有", NULL};
    static const char *const no[] = {"0", "false", "no", "n", "否", "无", NULL};

    for (size_t i = 0; yes[i] != NULL; i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *ret = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool no_value(struct import_value *ret, const char *code, const char *zh, const char *en)
{
    ret->code = code;
    ret->why = (struct label){zh, en};
    return false;
}

bool import_value_read(enum value_kind kind, const struct value_rule *how, int zone_min,
                       const char *text, struct import_value *ret)
{
    date_t day;

    *ret = (struct import_value){0};
    switch (kind) {
    case VALUE_NUMBER:
        return (text_int64(text, &ret->number) && ret->number >= 0) ||
               no_value(ret, "number", "要写一个整数", "A whole number is needed.");
    case VALUE_FEN:
        return (text_int64(text, &ret->number) && ret->number >= 0) ||
               no_value(ret, "money", "金额要写成分，不能是负数",
                        "An amount in fen, not negative.");
    case VALUE_YUAN:
        return read_yuan(text, &ret->number) ||
               no_value(ret, "money", "金额要写成元，最多两位小数，不能是负数",
                        "An amount in yuan with at most two decimals, not negative.");
    case VALUE_BOOL:
        return read_bool(text, &ret->number) ||
               no_value(ret, "yes_no", "写是或否", "Write yes or no.");
    case VALUE_DATE:
    case VALUE_INSTANT:
        if (!dates_read(text, how->dates, zone_min, &day, &ret->number))
            return no_value(ret, "date", "日期读不懂，或者没有这一天",
                            "The date cannot be read, or there is no such day.");
        date_format(day, ret->date);
        return true;
    case VALUE_TEXT:
    case VALUE_CODE:
    case VALUE_CODES:
    case VALUE_OUTCOME:
    case VALUE_SOURCE:
    case VALUE_REPLY:
    case VALUE_DROP:
        break;
    }
    return true;
}

/* ---- codes ---- */

/* The outcome that a word for a state means: its id or label in any kind; "" for states that are
 * no end. NULL when no state is called so. */
static const char *outcome_of(const struct setup *setup, const char *text)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct pack *pack = setup_pack_of(setup, (enum matter_kind)k);
        const struct pack_kind *kind = pack == NULL ? NULL : &pack->kinds[k];

        for (size_t i = 0; kind != NULL && i < kind->n_states; i++) {
            const struct pack_state *s = &kind->states[i];

            if (strcmp(s->id, text) != 0 && strcmp(s->label.zh, text) != 0 &&
                strcasecmp(s->label.en, text) != 0)
                continue;
            if (!s->ended)
                return "";
            if (pack_outcome(pack, (enum matter_kind)k, s->id) != NULL)
                return s->id;
        }
    }
    return NULL;
}

static const char *kind_of(const struct setup *setup, const char *text)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct label label = setup_kind_label(setup, (enum matter_kind)k);

        if (strcmp(matter_kind_name((enum matter_kind)k), text) == 0 ||
            strcmp(label.zh, text) == 0 || strcasecmp(label.en, text) == 0)
            return matter_kind_name((enum matter_kind)k);
    }
    return NULL;
}

static const char *code_of(struct op *op, const struct import_field *f, const char *text)
{
    const struct code_table *table = codes_table(op->setup->codes, f->table);
    const struct code *code;

    if (f->kind == VALUE_OUTCOME)
        return outcome_of(op->setup, text);
    if (table == NULL)
        return kind_of(op->setup, text);
    code = code_find(table, text);
    if (code == NULL)
        code = code_by_label(table, text);
    return code == NULL ? NULL : code->code;
}

static void add_code(json_t *codes, const char *code)
{
    for (size_t i = 0; i < json_array_size(codes); i++)
        if (strcmp(json_string_value(json_array_get(codes, i)), code) == 0)
            return;
    json_array_append_new(codes, json_string(code));
}

static bool one_code(struct op *op, const struct value_rule *how, const struct import_field *f,
                     const char *column, const char *text, struct import_tally *unmatched,
                     json_t *codes)
{
    const json_t *given = json_object_get(how->values, text);
    const char *code;

    if (json_is_null(given))
        return true;
    if (json_is_string(given)) {
        add_code(codes, json_string_value(given));
        return true;
    }
    for (size_t i = 0; i < json_array_size(given); i++)
        if (json_is_string(json_array_get(given, i)))
            add_code(codes, json_string_value(json_array_get(given, i)));
    if (json_is_array(given))
        return true;
    code = code_of(op, f, text);
    if (code != NULL) {
        add_code(codes, code);
        return true;
    }
    import_tally_add(unmatched, column, text);
    if (how->otherwise != NULL)
        add_code(codes, how->otherwise);
    return false;
}

bool import_codes(struct op *op, const struct value_rule *how, const struct import_field *f,
                  const char *column, const char *text, struct import_tally *unmatched,
                  json_t *codes)
{
    bool all = true;

    if (json_object_get(how->values, text) != NULL || f->kind == VALUE_OUTCOME)
        return one_code(op, how, f, column, text, unmatched, codes);
    while (*text != '\0') {
        size_t n = strcspn(text, how->split);
        char *piece = arena_strndup(op->arena, text, n);
        char *trimmed = piece == NULL ? NULL : text_trim(op->arena, piece);

        if (trimmed != NULL && *trimmed != '\0')
            all &= one_code(op, how, f, column, trimmed, unmatched, codes);
        text += n + (text[n] != '\0');
    }
    return all;
}

/* ---- values without a code ---- */

#define SLOTS 8192 /* power of two, at least twice IMPORT_UNMATCHED_KEPT */

static size_t slot_of(const char *column, const char *value)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (const char *p = column; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    h = (h ^ 0x1f) * UINT64_C(0x100000001b3);
    for (const char *p = value; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    return (size_t)(h & (SLOTS - 1));
}

void import_tally_add(struct import_tally *t, const char *column, const char *value)
{
    size_t at = slot_of(column, value);
    struct import_unmatched *u;

    if (t->slots == NULL) {
        t->slots = ARENA_ARRAY(t->arena, uint16_t, SLOTS);
        t->list = ARENA_ARRAY(t->arena, struct import_unmatched, IMPORT_UNMATCHED_KEPT);
    }
    if (t->slots == NULL || t->list == NULL) {
        t->lost++;
        return;
    }
    for (; t->slots[at] != 0; at = (at + 1) & (SLOTS - 1)) {
        u = &t->list[t->slots[at] - 1];
        if (strcmp(u->column, column) == 0 && strcmp(u->value, value) == 0) {
            u->n++;
            return;
        }
    }
    if (t->n == IMPORT_UNMATCHED_KEPT) {
        t->lost++;
        return;
    }
    u = &t->list[t->n];
    *u =
        (struct import_unmatched){arena_strdup(t->arena, column), arena_strdup(t->arena, value), 1};
    if (u->column == NULL || u->value == NULL) {
        t->lost++;
        return;
    }
    t->slots[at] = (uint16_t)++t->n;
}
