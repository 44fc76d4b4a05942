/* The county itself: bodies, officers, roads, businesses, people. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/roles.h"
#include "sql_queries.h"
#include "work/alias.h"
#include "work/demo_internal.h"
#include "work/staff_internal.h"

#define ALIAS_CSV_MAX ((size_t)1 << 20)

/* ---- chance ---- */

/* splitmix64 */
uint64_t chance_next(struct chance *c)
{
    uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct chance chance_of(uint64_t seed, uint64_t what, uint64_t which)
{
    struct chance c = {seed * UINT64_C(0x100000001b3) ^ what};

    c.state = chance_next(&c) ^ which;
    c.state = chance_next(&c);
    return c;
}

int64_t chance_below(struct chance *c, int64_t n)
{
    return n < 1 ? 0 : (int64_t)(chance_next(c) % (uint64_t)n);
}

int64_t chance_between(struct chance *c, int64_t low, int64_t high)
{
    return low + chance_below(c, high - low + 1);
}

bool chance_hits(struct chance *c, int per_thousand)
{
    return chance_below(c, 1000) < per_thousand;
}

const json_t *pick(struct chance *c, const json_t *list)
{
    return json_array_get(list, (size_t)chance_below(c, (int64_t)json_array_size(list)));
}

const json_t *pick_weighted(struct chance *c, const json_t *list)
{
    int64_t total = 0, at;

    for (size_t i = 0; i < json_array_size(list); i++)
        total += json_integer_value(json_object_get(json_array_get(list, i), "weight"));
    at = chance_below(c, total);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);

        at -= json_integer_value(json_object_get(item, "weight"));
        if (at < 0)
            return item;
    }
    return json_array_get(list, 0);
}

enum err_code county_apply(struct op *op, struct changes *ch)
{
    enum err_code rc;

    do
        rc = store_apply(op, ch, QUEUE_BULK);
    while (rc == ERR_BUSY);
    return rc;
}

const char *county_text(const struct county *c, struct chance *chance, const char *list)
{
    const json_t *around = json_object_get(c->stories, "around");
    const char *text = json_string_value(pick(chance, json_object_get(around, list)));

    return text == NULL ? "" : text;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

json_t *county_pack(const struct embedded_file *packs, const char *path, struct err *err)
{
    const struct embedded_file *f = embedded_find(packs, path);
    json_t *value = NULL;

    if (f == NULL) {
        err_set(err, ERR_NOT_FOUND, "no pack %s", path);
        return NULL;
    }
    return json_parse((const char *)f->data, f->size, &value, err) == ERR_OK ? value : NULL;
}

/* ---- founding ---- */

static enum err_code add_body(struct op *op, const json_t *b, int64_t since)
{
    const char *streets[16];
    const json_t *list = json_object_get(b, "streets");
    struct body_draft draft = {
        .code = text_of(b, "code"),
        .parent = text_of(b, "parent"),
        .kind = text_of(b, "kind"),
        .name_zh = text_of(b, "zh"),
        .name_en = text_of(b, "en"),
        .division = text_of(b, "division"),
        .address = text_of(b, "address"),
        .phone = text_of(b, "phone"),
        .streets = streets,
        .valid_from = since,
    };

    for (size_t i = 0; i < json_array_size(list) && i < 16; i++)
        streets[draft.n_streets++] = json_string_value(json_array_get(list, i));
    return body_add(op, &draft);
}

/* Roads and well-known places lead to their branch. */
static enum err_code add_aliases(struct op *op, const json_t *pack)
{
    static const char *const lists[] = {"roads", "places"};
    const json_t *bodies = json_object_get(pack, "bodies"), *body, *name;
    CLEANUP(buf_release) struct buf csv = BUF_UP_TO(ALIAS_CSV_MAX);
    struct alias_report report;
    size_t i, k;

    buf_adds(&csv, "alias,office_code,office_name,confidence,support\n");
    json_array_foreach(bodies, i, body)
    {
        for (size_t l = 0; l < 2; l++)
            json_array_foreach(json_object_get(body, lists[l]), k, name)
                buf_addf(&csv, "%s,%s,%s,1.0,manual\n", json_string_value(name),
                         text_of(body, "code"), text_of(body, "zh"));
        if (strcmp(text_of(body, "kind"), "station") == 0)
            buf_addf(&csv, "%s,%s,%s,1.0,manual\n", text_of(body, "zh"), text_of(body, "parent"),
                     text_of(body, "zh"));
    }
    return alias_import(op, buf_text(&csv), csv.len, &report);
}

static enum err_code add_settings(struct op *op, const json_t *pack)
{
    struct changes *ch = changes_new(op);
    const char *name;
    json_t *value;

    json_object_foreach(json_object_get(pack, "settings"), name, value)
    {
        changes_row(ch, SQL_setting_put, 1, ERR_CONFLICT);
        changes_text(ch, name);
        changes_text(ch, json_string_value(value));
        changes_mac(op, ch, "setting");
    }
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static unsigned roles_of(const json_t *officer)
{
    const json_t *list = json_object_get(officer, "roles");
    unsigned roles = 0;

    for (size_t i = 0; i < json_array_size(list); i++)
        roles |= role_find(json_string_value(json_array_get(list, i)));
    return roles;
}

static enum err_code add_officers(struct op *op, const json_t *pack, const char *password,
                                  struct demo_report *report)
{
    const json_t *list = json_object_get(pack, "officers"), *o;
    struct demo_account *accounts =
        ARENA_ARRAY(op->arena, struct demo_account, json_array_size(list));
    size_t i;
    int64_t id;

    if (accounts == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "accounts");
    json_array_foreach(list, i, o)
    {
        struct officer_draft draft = {
            .name = text_of(o, "name"),
            .display = text_of(o, "display"),
            .body = text_of(o, "body"),
            .roles = roles_of(o),
            .password = password,
        };
        const struct body *body = setup_body(op->setup, draft.body);

        TRY(officer_add(op, &draft, &id));
        accounts[i] = (struct demo_account){
            arena_strdup(op->arena, draft.name), arena_strdup(op->arena, draft.display),
            body == NULL ? "" : arena_strdup(op->arena, body->name.zh), draft.roles};
    }
    report->accounts = accounts;
    report->n_accounts = json_array_size(list);
    return ERR_OK;
}

enum err_code county_found(struct op *op, struct setups *setups, const json_t *pack,
                           const struct demo_options *options, struct demo_report *report)
{
    const json_t *bodies = json_object_get(pack, "bodies"), *body;
    int64_t since = instant_of_date(options->until - 3650, op->zone_min);
    enum err_code rc;
    size_t i;

    json_array_foreach(bodies, i, body) TRY(add_body(op, body, since));
    report->bodies = json_array_size(bodies);
    TRY(setups_reload(setups, &op->err)); /* officers and aliases need the bodies */
    op->setup = setup_hold(setups);
    rc = add_officers(op, pack, options->password, report);
    if (rc == ERR_OK)
        rc = add_aliases(op, pack);
    if (rc == ERR_OK)
        rc = add_settings(op, pack);
    setup_letgo(setups, op->setup);
    op->setup = NULL;
    return rc == ERR_OK ? setups_reload(setups, &op->err) : rc;
}

/* ---- loading ---- */

static struct demo_branch *branch_of(struct county *c, const struct op *op, const char *code)
{
    const struct body *body = setup_body(op->setup, code);

    for (size_t i = 0; body != NULL && i < c->n_branches; i++)
        if (strcmp(c->branches[i].code, body->code) == 0 ||
            (body->parent != NULL && strcmp(c->branches[i].code, body->parent) == 0))
            return &c->branches[i];
    return NULL;
}

static void place_officer(struct county *c, const struct op *op, const struct demo_officer *o)
{
    struct demo_branch *b = branch_of(c, op, o->actor.body);
    unsigned roles = o->actor.roles;

    if (b == NULL) {
        if (roles & ROLE_INTAKE)
            c->intake[c->intake[0] == NULL ? 0 : 1] = o;
        if (roles & ROLE_LEADER)
            c->leader = o;
        if (roles & ROLE_SUPERVISOR)
            c->supervisor = o;
    } else if (strcmp(b->code, o->actor.body) != 0) {
        b->keeper = o;
        b->station = o->actor.body;
    } else if (roles & ROLE_SUPERVISOR) {
        b->supervisor = o;
    } else if (b->n_handlers < HANDLERS_MAX) {
        b->handlers[b->n_handlers++] = o;
    }
}

static enum err_code load_officers(struct op *op, struct county *c)
{
    struct officer *list;
    size_t n;

    TRY(officer_list(op, op->setup->intake->code, &list, &n));
    for (size_t i = 0; i < n && c->n_officers < OFFICERS_MAX; i++) {
        struct demo_officer *o = &c->officers[c->n_officers++];

        TRY(actor_set_officer(op, &list[i]));
        *o = (struct demo_officer){op->actor, list[i].name, list[i].display};
    }
    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    for (size_t i = 0; i < c->n_officers; i++)
        place_officer(c, op, &c->officers[i]);
    for (size_t i = 0; i < c->n_branches; i++)
        if (c->branches[i].n_handlers == 0 || c->branches[i].supervisor == NULL)
            return err_set(&op->err, ERR_INVALID, "demo: branch %s has nobody",
                           c->branches[i].code);
    return c->intake[1] == NULL || c->leader == NULL || c->supervisor == NULL
               ? err_set(&op->err, ERR_INVALID, "demo: the bureau lacks officers")
               : ERR_OK;
}

static void load_branches(struct county *c)
{
    const json_t *bodies = json_object_get(c->county, "bodies"), *body;
    size_t i;

    json_array_foreach(bodies, i, body)
    {
        if (strcmp(text_of(body, "kind"), "branch") != 0 || c->n_branches == BRANCHES_MAX)
            continue;
        c->branches[c->n_branches] = (struct demo_branch){
            .code = text_of(body, "code"),
            .name = text_of(body, "zh"),
            .roads = json_object_get(body, "roads"),
            .weight = (int)json_integer_value(json_object_get(body, "weight")),
        };
        c->branch_weight += c->branches[c->n_branches++].weight;
    }
}

static size_t some_branch(const struct county *c, struct chance *chance)
{
    int64_t at = chance_below(chance, c->branch_weight);
    size_t i = 0;

    while (i + 1 < c->n_branches && (at -= c->branches[i].weight) >= 0)
        i++;
    return i;
}

static struct business make_business(struct op *op, const struct county *c, size_t category,
                                     size_t rank)
{
    struct chance chance = chance_of(c->seed, 0xb5 + category, rank);
    const json_t *cat = json_array_get(json_object_get(c->stories, "categories"), category);
    const json_t *names = json_object_get(c->county, "shop_names");
    struct business b = {.branch = some_branch(c, &chance), .category = category};
    const char *name =
        json_string_value(json_array_get(names, (category * 7 + rank) % json_array_size(names)));
    const char *shop = json_string_value(pick(&chance, json_object_get(cat, "shops")));

    b.road = json_string_value(pick(&chance, c->branches[b.branch].roads));
    b.name = chance_hits(&chance, 300) ? arena_printf(op->arena, "%s%s（%s店）", name, shop, b.road)
                                       : arena_printf(op->arena, "%s%s", name, shop);
    b.address = arena_printf(op->arena, "%s %d 号", b.road, (int)chance_between(&chance, 2, 320));
    return b;
}

/* A business that many complain of, named in the county's pack. */
static struct business special_business(const struct county *c, const char *which)
{
    const json_t *cats = json_object_get(c->stories, "categories"),
                 *named = json_object_get(c->county, which);
    struct business b = {.name = text_of(named, "name"), .address = text_of(named, "address")};

    for (size_t i = 0; i < c->n_categories; i++)
        if (strcmp(text_of(json_array_get(cats, i), "code"), text_of(named, "category")) == 0)
            b.category = i;
    for (size_t i = 0; i < c->n_branches; i++)
        if (strcmp(c->branches[i].code, text_of(named, "branch")) == 0)
            b.branch = i;
    b.road = json_string_value(json_array_get(c->branches[b.branch].roads, 0));
    return b;
}

static enum err_code make_businesses(struct op *op, struct county *c)
{
    const json_t *cats = json_object_get(c->stories, "categories");
    size_t n = 0;

    c->n_categories = json_array_size(cats);
    c->first_of_category = ARENA_ARRAY(op->arena, size_t, c->n_categories + 1);
    for (size_t i = 0; i < c->n_categories; i++)
        n += 6 + 2 * (size_t)json_integer_value(json_object_get(json_array_get(cats, i), "weight"));
    c->businesses = ARENA_ARRAY(op->arena, struct business, n);
    if (c->first_of_category == NULL || c->businesses == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "businesses");
    for (size_t i = 0; i < c->n_categories; i++) {
        size_t many =
            6 + 2 * (size_t)json_integer_value(json_object_get(json_array_get(cats, i), "weight"));

        c->first_of_category[i] = c->n_businesses;
        for (size_t k = 0; k < many; k++) {
            c->businesses[c->n_businesses] = make_business(op, c, i, k);
            if (c->businesses[c->n_businesses].name == NULL)
                return err_set(&op->err, ERR_NO_MEMORY, "businesses");
            c->n_businesses++;
        }
    }
    c->first_of_category[c->n_categories] = c->n_businesses;
    c->gym = special_business(c, "gym");
    c->school = special_business(c, "school");
    return ERR_OK;
}

enum err_code county_load(struct op *op, struct county *c)
{
    load_branches(c);
    TRY(load_officers(op, c));
    return make_businesses(op, c);
}

/* ---- people ---- */

json_t *county_person(const struct county *c, uint64_t person)
{
    static const char *const beginnings[] = {"133", "135", "136", "137", "138", "139", "150", "151",
                                             "158", "159", "177", "180", "186", "187", "189"};
    struct chance chance = chance_of(c->seed, 0x9e0, person);
    const char *surnames = text_of(c->county, "surnames");
    size_t n = utf8_count(surnames, strlen(surnames));
    /* the common surnames stand first: the smaller of two draws */
    int64_t a = chance_below(&chance, (int64_t)n), b = chance_below(&chance, (int64_t)n);
    size_t from = utf8_prefix(surnames, strlen(surnames), (size_t)(a < b ? a : b));
    const char *given = json_string_value(pick(&chance, json_object_get(c->county, "given")));
    const struct demo_branch *home = &c->branches[some_branch(c, &chance)];
    char name[32], phone[16], address[128];

    snprintf(name, sizeof name, "%.3s%s", surnames + from, given);
    snprintf(phone, sizeof phone, "%s%08u", beginnings[chance_below(&chance, 15)],
             (unsigned)(chance_next(&chance) % 100000000u));
    snprintf(address, sizeof address, "安澜县%s %d 号 %d 栋 %d 室",
             json_string_value(pick(&chance, home->roads)), (int)chance_between(&chance, 1, 400),
             (int)chance_between(&chance, 1, 18),
             (int)(100 * chance_between(&chance, 1, 17) + chance_between(&chance, 1, 4)));
    return json_pack("{s:s, s:s, s:s}", "name", name, "phone", phone, "address", address);
}
