/* Reads a rule pack: head, deadlines, acts and their fields. docs/rule-packs.md describes the file.
 */
#include "rules/pack_internal.h"

#include <stdlib.h>
#include <string.h>

#define PACK_BYTES ((size_t)8 << 20)

/* ---- articles ---- */

/* 1 … 999 in Han: 15 → 十五, 23 → 二十三, 105 → 一百零五. */
static void han_number(struct buf *out, int n)
{
    static const char *const digits[] = {"零", "一", "二", "三", "四",
                                         "五", "六", "七", "八", "九"};

    if (n >= 100) {
        buf_addf(out, "%s百", digits[n / 100 % 10]);
        if (n % 100 > 0 && n % 100 < 10)
            buf_adds(out, "零");
    }
    if (n % 100 >= 10) {
        if (n >= 20)
            buf_adds(out, digits[n / 10 % 10]);
        buf_adds(out, "十");
    }
    if (n % 10 > 0 || n == 0)
        buf_adds(out, digits[n % 10]);
}

static int take_number(const char **at)
{
    int n = 0;

    while (**at >= '0' && **at <= '9' && n < 1000)
        n = n * 10 + (*(*at)++ - '0');
    return n;
}

/* "15" → 第十五条, "23(5)" → 第二十三条第五项, "22,23" → 第二十二条、第二十三条. False when it is
 * written otherwise. */
static bool spell_article(struct buf *zh, const char *article)
{
    const char *at = article;

    for (;;) {
        int n = take_number(&at);
        if (n == 0 || n >= 1000)
            return false;
        buf_adds(zh, "第");
        han_number(zh, n);
        buf_adds(zh, "条");
        if (*at == '(') {
            at++;
            n = take_number(&at);
            if (n == 0 || n >= 1000 || *at++ != ')')
                return false;
            buf_adds(zh, "第");
            han_number(zh, n);
            buf_adds(zh, "项");
        }
        if (*at == '\0')
            return true;
        if (*at++ != ',')
            return false;
        buf_adds(zh, "、");
    }
}

struct basis read_basis(struct pack_reader *p, const json_t *object, const char *key, bool required)
{
    static const char *const keys[] = {"instrument", "article", NULL};
    const json_t *v = read_member(&p->r, object, key, required);
    struct basis basis = {0};
    struct buf zh;
    size_t mark;

    if (v == NULL)
        return basis;
    mark = reader_key(&p->r, key);
    if (read_object(&p->r, v, keys)) {
        basis.instrument = read_text(&p->r, v, "instrument", true);
        basis.article = read_text(&p->r, v, "article", true);
    }
    for (size_t i = 0; basis.instrument != NULL && i < p->instruments.n; i++) {
        const struct label name = p->instruments.items[i].name;
        if (strcmp(p->instruments.items[i].id, basis.instrument) != 0 || basis.article == NULL ||
            name.zh == NULL)
            continue;
        buf_init(&zh, 400);
        buf_adds(&zh, name.zh);
        if (spell_article(&zh, basis.article)) {
            basis.text.zh = buf_dup(&zh, p->r.arena);
            basis.text.en = arena_printf(p->r.arena, "%s, art. %s", name.en, basis.article);
        } else {
            reader_fault(&p->r, "article", "article", "条款写成 15、23(5) 或 22,23。",
                         "An article is written 15, 23(5) or 22,23.");
        }
        buf_release(&zh);
    }
    if (!p->r.failed && basis.text.zh == NULL)
        reader_fault(&p->r, "instrument", "unknown_name", "没有这个文件。",
                     "This instrument is not in the list.");
    reader_up(&p->r, mark);
    return basis;
}

/* ---- names ---- */

const struct guard *read_guard(struct pack_reader *p, const json_t *object, const char *key)
{
    const char *name = read_text(&p->r, object, key, false);
    const struct guard *guard = guard_find(name);

    if (name != NULL && guard == NULL)
        reader_fault(&p->r, key, "unknown_name", "没有这个条件。", "There is no predicate %s.",
                     name);
    return guard;
}

int read_act_name(struct pack_reader *p, const json_t *object, const char *key)
{
    const char *name = read_text(&p->r, object, key, true);
    const struct pack_act *act = pack_act(p->pack, name);

    if (act == NULL) {
        if (name != NULL)
            reader_fault(&p->r, key, "unknown_name", "没有这个办理步骤。", "There is no act %s.",
                         name);
        return -1;
    }
    return (int)(act - p->pack->acts);
}

const struct deadline_rule *read_rule_name(struct pack_reader *p, const char *key, const char *name)
{
    const struct deadline_rule *rule = pack_deadline(p->pack, name);

    if (rule == NULL)
        reader_fault(&p->r, key, "unknown_name", "没有这个期限。", "There is no such deadline.");
    return rule;
}

/* ---- deadlines ---- */

static void read_deadline(struct pack_reader *p, const json_t *v, struct deadline_rule *ret)
{
    static const char *const keys[] = {"id",
                                       "label",
                                       "length",
                                       "unit",
                                       "roll",
                                       "from",
                                       "pauses_excluded",
                                       "extension",
                                       "extensions_max",
                                       "warn_days",
                                       "effect",
                                       "basis",
                                       "extension_basis",
                                       "on_miss",
                                       "of_filer",
                                       "target",
                                       NULL};
    static const char *const units[] = {"WD", "ND", "Y", NULL};
    static const char *const rolls[] = {"NONE", "STATUTORY", "ANY_OFFDAY", NULL};
    static const char *const froms[] = {"receipt", "act", NULL};
    struct reader *r = &p->r;
    struct deadline_rule d = {0};

    if (!read_object(r, v, keys))
        return;
    d.id = read_text(r, v, "id", true);
    d.label = read_label(r, v, "label", true);
    d.length = (int)read_int(r, v, "length", -1, p->of_register ? 0 : 1, 3660);
    if (d.length < 0)
        reader_fault(r, "length", "missing", "缺期限长度。", "The length is missing.");
    d.unit = (enum deadline_unit)read_name(r, v, "unit", units, UNIT_WD, true);
    d.roll = (enum deadline_roll)read_name(r, v, "roll", rolls, ROLL_NONE, true);
    d.from = (enum deadline_from)read_name(r, v, "from", froms, FROM_ACT, true);
    d.pauses_excluded = read_bool(r, v, "pauses_excluded", false);
    d.of_filer = read_bool(r, v, "of_filer", false);
    d.extension = (int)read_int(r, v, "extension", 0, 1, 3660);
    d.extensions_max = (int)read_int(r, v, "extensions_max", 0, 1, 10);
    d.warn_days = (int)read_int(r, v, "warn_days", 2, 0, 100);
    d.target = (int)read_int(r, v, "target", 0, 1, 3660);
    d.on_miss = read_label(r, v, "on_miss", false);
    d.effect = read_label(r, v, "effect", false);
    d.basis = read_basis(p, v, "basis", !p->of_register);
    d.extension_basis = read_basis(p, v, "extension_basis", d.extension > 0);
    if (d.unit == UNIT_YEARS &&
        (p->of_register || d.pauses_excluded || d.extension > 0 || d.target > 0))
        reader_fault(
            r, "unit", "range", "按年算的期限没有暂停、延长和内部目标，台账里也不用。",
            "A term in years has no pauses, extensions or target, and no register has one.");
    if ((d.extension > 0) != (d.extensions_max > 0))
        reader_fault(r, "extensions_max", "range", "延长的长度和次数要一起写。",
                     "extension and extensions_max go together.");
    if (d.target > 0 && d.target >= d.length)
        reader_fault(r, "target", "range", "内部目标要短于期限。",
                     "A target is shorter than the term.");
    if (d.id != NULL && pack_deadline(p->pack, d.id) != NULL)
        reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
    *ret = d;
    if (d.id != NULL)
        p->pack->n_deadlines++;
}

void read_deadlines(struct pack_reader *p, const json_t *root)
{
    struct read_walk w = read_begin(&p->r, root, "deadlines", sizeof(struct deadline_rule), true);
    struct deadline_rule *rules = w.room;

    p->pack->deadlines = rules;
    while (read_next(&w))
        read_deadline(p, w.v, &rules[p->pack->n_deadlines]);
}

/* ---- acts ---- */

/* The name of a field of the act; NULL where none is named. */
static const char *read_field_name(struct reader *r, const json_t *v, const char *key,
                                   const struct pack_act *act)
{
    const char *name = read_text(r, v, key, false);

    if (name != NULL && act_field(act, name) == NULL)
        reader_fault(r, key, "unknown_field", "这个动作没有这一项。", "The act has no such field.");
    return name;
}

static void read_watch(struct reader *r, const json_t *v, struct pack_act *act)
{
    static const char *const keys[] = {"members", "input", "count", "words", "says", NULL};
    struct act_watch *w = &act->watch;
    size_t at;

    if (v == NULL)
        return;
    at = reader_key(r, "watch");
    if (read_object(r, v, keys)) {
        w->members = read_int(r, v, "members", 0, 2, 1000000);
        w->input = json_compact(r->arena, json_object_get(v, "input"));
        w->count_field = read_field_name(r, v, "count", act);
        w->words_field = read_field_name(r, v, "words", act);
        w->says = read_label(r, v, "says", true);
        if (w->members == 0)
            reader_fault(r, "members", "missing", "写明多少人。", "The number is missing.");
        if (!json_is_object(json_object_get(v, "input")) || w->input == NULL)
            reader_fault(r, "input", "type", "写明这个动作的内容。", "The act's input is missing.");
    }
    reader_up(r, at);
}

static void read_act(struct pack_reader *p, const json_t *v, struct pack_act *ret)
{
    static const char *const keys[] = {"id",    "label",  "effect", "key",
                                       "class", "fields", "watch",  NULL};
    struct reader *r = &p->r;
    struct pack_act act = {0};
    const char *key;

    if (!read_object(r, v, keys))
        return;
    act.id = read_text(r, v, "id", true);
    act.label = read_label(r, v, "label", true);
    act.effect = read_label(r, v, "effect", false);
    act.act_class = (enum act_class)read_name(r, v, "class", pack_class_names, ACT_OTHER, true);
    key = read_text(r, v, "key", false);
    if (key != NULL && (key[0] < 'A' || key[0] > 'Z' || key[1] != '\0'))
        reader_fault(r, "key", "key", "快捷键是一个大写字母。", "A key is one capital letter.");
    else if (key != NULL)
        act.key = key[0];
    read_fields(p, v, "fields", &act);
    read_watch(r, json_object_get(v, "watch"), &act);
    if (act.id == NULL)
        return;
    if (pack_act(p->pack, act.id) != NULL)
        reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
    *ret = act;
    p->pack->n_acts++;
}

void read_acts(struct pack_reader *p, const json_t *root)
{
    struct read_walk w = read_begin(&p->r, root, "acts", sizeof(struct pack_act), !p->of_register);
    struct pack_act *acts = w.room;

    p->pack->acts = acts;
    while (read_next(&w))
        read_act(p, w.v, &acts[p->pack->n_acts]);
}

/* ---- the whole ---- */

static date_t read_date(struct pack_reader *p, const json_t *root, const char *key, bool required)
{
    const char *text = read_text(&p->r, root, key, required);
    date_t date = text != NULL ? date_parse(text) : DATE_NONE;

    if (text != NULL && date == DATE_NONE)
        reader_fault(&p->r, key, "date", "日期要写成 2026-04-15。", "YYYY-MM-DD is expected.");
    return date;
}

void read_instruments(struct pack_reader *p, const json_t *root)
{
    static const char *const keys[] = {"id", "name", NULL};
    struct read_walk w = read_begin(&p->r, root, "instruments", 0, true);

    read_at_most(&w, sizeof p->instruments.items / sizeof p->instruments.items[0]);
    while (read_next(&w)) {
        const char *id;

        if (!read_object(&p->r, w.v, keys))
            continue;
        id = read_text(&p->r, w.v, "id", true);
        p->instruments.items[p->instruments.n].id = id != NULL ? id : "";
        p->instruments.items[p->instruments.n].name = read_label(&p->r, w.v, "name", true);
        p->instruments.n++;
    }
}

static void read_pack(struct pack_reader *p, const json_t *root)
{
    static const char *const keys[] = {"id",        "revision",     "valid_from", "valid_to",
                                       "name",      "earlier_rule", "calendar",   "instruments",
                                       "deadlines", "acts",         "kinds",      NULL};
    struct pack *pack = p->pack;

    if (!read_object(&p->r, root, keys))
        return;
    pack->text = json_compact(p->r.arena, root);
    if (pack->text == NULL)
        p->r.no_memory = true;
    pack->id = read_text(&p->r, root, "id", true);
    pack->revision = read_text(&p->r, root, "revision", true);
    pack->valid_from = read_date(p, root, "valid_from", true);
    pack->valid_to = read_date(p, root, "valid_to", false);
    pack->name = read_label(&p->r, root, "name", true);
    pack->earlier_rule = read_label(&p->r, root, "earlier_rule", true);
    pack->calendar = read_text(&p->r, root, "calendar", true);
    read_instruments(p, root);
    pack->instrument = p->instruments.items[0].name; /* the first is the pack's own */
    read_deadlines(p, root);
    read_acts(p, root);
    if (p->r.failed || p->r.no_memory)
        return;
    read_kinds(p, root);
    if (p->r.failed || p->r.no_memory)
        return;
    resolve_ground_fields(p);
    check_pack(p);
}

/* The pack that @p over is based on; NULL after a fault. */
static json_t *base_of(struct pack_reader *p, const struct embedded_file *files, const char *id)
{
    char path[128];
    const struct embedded_file *file;
    json_t *base = NULL;

    snprintf(path, sizeof path, "rules/%s.json", id);
    file = files == NULL ? NULL : embedded_find(files, path);
    if (file == NULL ||
        json_parse((const char *)file->data, file->size, &base, p->r.err) != ERR_OK ||
        json_object_get(base, "based_on") != NULL) {
        reader_fault(&p->r, "based_on", "unknown_name", "没有这个规则包可依据",
                     "there is no such pack to be based on");
        json_decref(base);
        return NULL;
    }
    return base;
}

static void read_whole(struct pack_reader *p, const struct embedded_file *files, const json_t *root)
{
    const char *based_on = json_string_value(json_object_get(root, "based_on"));
    CLEANUP(json_decrefp) json_t *base = NULL, *whole = NULL;

    if (based_on == NULL) {
        read_pack(p, root);
        return;
    }
    base = base_of(p, files, based_on);
    whole = base == NULL ? NULL : pack_overlay(&p->r, base, root);
    if (whole != NULL && !p->r.failed && !p->r.no_memory)
        read_pack(p, whole);
}

enum err_code pack_load(const struct embedded_file *files, const char *bytes, size_t n,
                        struct pack **ret, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct loaded_pack *loaded;
    struct pack_reader p = {0};
    enum err_code rc;

    TRY(json_parse(bytes, n, &root, err));
    loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL)
        return err_set(err, ERR_NO_MEMORY, "pack");
    loaded->arena = arena_new(PACK_BYTES);
    p.pack = &loaded->pack;
    reader_init(&p.r, loaded->arena, err);
    if (loaded->arena == NULL)
        p.r.no_memory = true;
    else
        read_whole(&p, files, root);
    rc = reader_result(&p.r);
    if (rc != ERR_OK) {
        pack_free(&loaded->pack);
        return rc;
    }
    *ret = &loaded->pack;
    return ERR_OK;
}
