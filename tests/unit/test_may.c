/* Who may do what: the matrix below was written by hand from the duties of each role and is meant
 * to be read. It is not made from the table in may.c; both must say the same. */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/may.h"

/* Bodies: the county bureau, a branch with a station, its sister branch, another county.
 *     /420202/  ──  /420202/A/  ──  /420202/A/1/
 *                └─ /420202/B/
 *     /420203/
 * The officer of each row belongs to branch A; the columns say where the record lies.
 *
 * Letters: S see  R read  P reveal person  I reveal reporter  A act  C count  E export
 *          F evidence as shown  O its originals  D originals of what was removed
 *          G assign to a body of one's own (the record's own body as target where it is in reach)
 * A dot means nothing at all. Relations of the officer to the record:
 *     none        has nothing to do with it        handles     it is assigned to him
 *     registered  he wrote it down                 recused     he is kept out of it
 *     fresh       nobody has it yet                approval    it waits for a leader            */
static const char *const matrix[] = {
    /* kind     relation   role       own         child       sibling  parent   other */
    "complaint none       intake     SRPAGCFO    SRPAGCFO    .        .        .",
    "complaint none       handler    SRPACFO     SRPACFO     .        .        .",
    "complaint none       supervisor SRPAGCEFOD  SRPAGCEFOD  .        .        .",
    "complaint none       leader     SRACEF      SRACEF      .        .        .",
    "complaint none       auditor    SRCF        SRCF        .        .        .",
    "complaint none       admin      .           .           .        .        .",
    "complaint none       security   .           .           .        .        .",
    "complaint registered intake     SRPAGCFO    SRPAGCFO    SRPCF    SRPCF    SRPCF",
    "complaint registered handler    SRPACFO     SRPACFO     SRPCF    SRPCF    SRPCF",
    "complaint registered auditor    SRCF        SRCF        .        .        .",
    "complaint registered admin      .           .           .        .        .",
    "complaint handles    handler    SRPACFO     SRPACFO     SRPACFO  SRPACFO  SRPACFO",
    "complaint handles    supervisor SRPAGCEFOD  SRPAGCEFOD  SRPACFO  SRPACFO  SRPACFO",
    "complaint handles    intake     SRPAGCFO    SRPAGCFO    .        .        .",
    "complaint recused    handler    S           S           S        S        S",
    "complaint recused    supervisor S           S           S        S        S",
    "complaint approval   leader     SRACEF      SRACEF      .        .        .",
    "enquiry   none       handler    SRPACFO     SRPACFO     .        .        .",
    "enquiry   none       intake     SRPAGCFO    SRPAGCFO    .        .        .",

    "report    none       intake     .           .           .        .        .",
    "report    none       handler    .           .           .        .        .",
    "report    none       supervisor SRPIAGCEFOD SRPIAGCEFOD .        .        .",
    "report    none       leader     .           .           .        .        .",
    "report    none       auditor    .           .           .        .        .",
    "report    none       admin      .           .           .        .        .",
    "report    none       security   .           .           .        .        .",
    "report    handles    handler    SRPIACFO    SRPIACFO    SRPIACFO SRPIACFO SRPIACFO",
    "report    handles    supervisor SRPIAGCEFOD SRPIAGCEFOD SRPIACFO SRPIACFO SRPIACFO",
    "report    handles    intake     .           .           .        .        .",
    "report    handles    leader     .           .           .        .        .",
    "report    registered intake     SRICF       SRICF       SRICF    SRICF    SRICF",
    "report    registered handler    SRICF       SRICF       SRICF    SRICF    SRICF",
    "report    registered auditor    .           .           .        .        .",
    "report    fresh      intake     SRAGC       .           .        .        .",
    "report    fresh      handler    .           .           .        .        .",
    "report    fresh      supervisor SRPIAGCEFOD SRPIAGCEFOD .        .        .",
    "report    fresh      leader     .           .           .        .        .",
    "report    approval   leader     SRAC        SRAC        .        .        .",
    "report    approval   handler    .           .           .        .        .",
    "report    recused    supervisor .           .           .        .        .",
    "report    recused    handler    .           .           .        .        .",
};

#define OFFICER 7
static const char *const places[] = {"/420202/A/", "/420202/A/1/", "/420202/B/", "/420202/",
                                     "/420203/"};
#define PLACES (sizeof places / sizeof places[0])

static const struct {
    char letter;
    enum may_act act;
} letters[] = {
    {'S', MAY_SEE},           {'R', MAY_READ},
    {'P', MAY_REVEAL_PERSON}, {'I', MAY_REVEAL_REPORTER},
    {'A', MAY_ACT},           {'G', MAY_ASSIGN},
    {'C', MAY_COUNT},         {'E', MAY_EXPORT},
    {'F', MAY_READ_FILE},     {'O', MAY_READ_ORIGINAL},
    {'D', MAY_READ_REMOVED},
};
#define LETTERS (sizeof letters / sizeof letters[0])

static struct actor officer(unsigned roles)
{
    return (struct actor){.kind = ACTOR_OFFICER,
                          .officer_id = OFFICER,
                          .body = "A",
                          .body_path = "/420202/A/",
                          .roles = roles};
}

struct row {
    char kind[16], relation[16], role[16], cells[PLACES][16];
};

static void read_row(const char *text, struct row *ret)
{
    assert_int_equal(sscanf(text, "%15s %15s %15s %15s %15s %15s %15s %15s", ret->kind,
                            ret->relation, ret->role, ret->cells[0], ret->cells[1], ret->cells[2],
                            ret->cells[3], ret->cells[4]),
                     8);
}

static struct record_facts record(const struct row *row, const char *place)
{
    static const int64_t recused[] = {3, OFFICER};
    struct record_facts f = {
        .matter_id = 99,
        .kind = matter_kind_find(row->kind),
        .secret = strcmp(row->kind, "report") == 0,
        .body_path = place,
        .target_path = place,
        .assigned = true,
        .officer_id = 11,
        .registered_by = 12,
    };

    if (strcmp(row->relation, "handles") == 0)
        f.officer_id = OFFICER;
    if (strcmp(row->relation, "registered") == 0)
        f.registered_by = OFFICER;
    if (strcmp(row->relation, "approval") == 0)
        f.waits_for_leader = true;
    if (strcmp(row->relation, "fresh") == 0) {
        f.assigned = false;
        f.officer_id = 0;
        f.registered_by = 0;
    }
    if (strcmp(row->relation, "recused") == 0) {
        f.recused = recused;
        f.n_recused = 2;
        f.officer_id = OFFICER;
    }
    return f;
}

static bool scope_shows(const struct may_scope *s, const struct actor *a,
                        const struct record_facts *f)
{
    bool reach = body_path_within(f->body_path, a->body_path);
    bool mine = f->officer_id == a->officer_id, wrote = f->registered_by == a->officer_id;

    if (!f->secret)
        return (s->open_subtree && reach) || (s->open_registered && wrote) ||
               (s->open_assigned && mine) || s->open_all;
    return (s->secret_subtree && reach) || (s->secret_registered && wrote) ||
           (s->secret_assigned && mine) || s->secret_all ||
           (s->secret_unassigned && !f->assigned && strcmp(f->body_path, a->body_path) == 0) ||
           (s->secret_for_leader && f->waits_for_leader && reach);
}

static void the_matrix_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matrix / sizeof matrix[0]; i++) {
        struct row row;
        struct actor actor;
        read_row(matrix[i], &row);
        actor = officer(role_find(row.role));
        assert_int_not_equal(actor.roles, 0);
        for (size_t p = 0; p < PLACES; p++) {
            struct record_facts facts = record(&row, places[p]);
            for (size_t l = 0; l < LETTERS; l++) {
                bool want = strchr(row.cells[p], letters[l].letter) != NULL;
                struct may_answer got = may(&actor, letters[l].act, &facts);
                struct may_scope scope = may_scope(&actor, letters[l].act);
                bool listed = strchr("SRCE", letters[l].letter) != NULL;
                if (got.yes != want)
                    fail_msg("%s %s %s on %s: %s is %s", row.kind, row.relation, row.role,
                             places[p], may_act_name(letters[l].act), got.yes ? "yes" : got.code);
                if (!got.yes)
                    assert_true(got.why.zh[0] != '\0' && got.why.en[0] != '\0');
                /* the condition of lists shows the same rows (recusal is looked at per record) */
                if (listed && strcmp(row.relation, "recused") != 0 &&
                    scope_shows(&scope, &actor, &facts) != want)
                    fail_msg("scope: %s %s %s on %s: %s", row.kind, row.relation, row.role,
                             places[p], may_act_name(letters[l].act));
            }
        }
    }
}

/* Orders of 12345: one that holds a report is a report here. R read  A act  E take out */
static const char *const order_matrix[] = {
    /* kind     relation   role       own child sibling parent other */
    "complaint none       intake     RAE RAE   .       .      .",
    "complaint none       handler    RA  RA    .       .      .",
    "complaint none       supervisor RAE RAE   .       .      .",
    "complaint none       leader     R   R     .       .      .",
    "complaint none       auditor    R   R     .       .      .",
    "complaint none       admin      .   .     .       .      .",
    "complaint none       security   .   .     .       .      .",
    "complaint registered intake     RAE RAE   R       R      R",
    "report    none       intake     .   .     .       .      .",
    "report    none       handler    .   .     .       .      .",
    "report    none       supervisor RAE RAE   .       .      .",
    "report    none       leader     .   .     .       .      .",
    "report    none       auditor    .   .     .       .      .",
    "report    none       admin      .   .     .       .      .",
    "report    handles    handler    RA  RA    RA      RA     RA",
    "report    registered intake     R   R     R       R      R",
    "report    fresh      intake     RA  .     .       .      .",
    "report    fresh      handler    .   .     .       .      .",
};

static void orders_follow_their_matrix(void **state)
{
    static const struct {
        char letter;
        enum may_act act;
    } does[] = {{'R', MAY_READ_ORDER}, {'A', MAY_ACT_ORDER}, {'E', MAY_EXPORT_ORDERS}};

    (void)state;
    for (size_t i = 0; i < sizeof order_matrix / sizeof order_matrix[0]; i++) {
        struct row row;
        struct actor actor;

        read_row(order_matrix[i], &row);
        actor = officer(role_find(row.role));
        for (size_t p = 0; p < PLACES; p++)
            for (size_t l = 0; l < sizeof does / sizeof does[0]; l++) {
                struct record_facts facts = record(&row, places[p]);
                struct may_scope scope = may_scope(&actor, MAY_READ_ORDER);
                bool want = strchr(row.cells[p], does[l].letter) != NULL;

                if (may(&actor, does[l].act, &facts).yes != want)
                    fail_msg("%s %s %s on %s: %s", row.kind, row.relation, row.role, places[p],
                             may_act_name(does[l].act));
                if (l == 0 && scope_shows(&scope, &actor, &facts) != want)
                    fail_msg("scope: %s %s %s on %s", row.kind, row.relation, row.role, places[p]);
            }
    }
}

/* Several roles add up, none takes away; no role and an unknown bit give nothing. */
static void roles_add_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matrix / sizeof matrix[0]; i++) {
        struct row row;
        struct actor nobody = officer(0), strange = officer(1u << 20), all = officer(ROLES_OFFICER);
        read_row(matrix[i], &row);
        for (size_t p = 0; p < PLACES; p++)
            for (size_t l = 0; l < LETTERS; l++) {
                struct record_facts facts = record(&row, places[p]);
                assert_false(may(&nobody, letters[l].act, &facts).yes);
                assert_false(may(&strange, letters[l].act, &facts).yes);
                if (strchr(row.cells[p], letters[l].letter) != NULL)
                    assert_true(may(&all, letters[l].act, &facts).yes);
            }
    }
}

static void parties_and_public(void **state)
{
    struct actor nobody = {.kind = ACTOR_PUBLIC, .body_path = ""};
    struct actor party = {.kind = ACTOR_PARTY, .body_path = "", .party_matter = 99};
    struct actor other = {.kind = ACTOR_PARTY, .body_path = "", .party_matter = 98};
    struct actor job = {.kind = ACTOR_SYSTEM, .body_path = ""};
    struct record_facts complaint = {.matter_id = 99, .kind = KIND_COMPLAINT, .body_path = "/x/"};
    struct record_facts report = {
        .matter_id = 99, .kind = KIND_REPORT, .secret = true, .body_path = "/x/"};
    struct actor shop = {.kind = ACTOR_BUSINESS, .body_path = "", .business = 7};
    struct actor no_shop = {.kind = ACTOR_BUSINESS, .body_path = ""};
    struct record_facts sent = {.matter_id = 99,
                                .kind = KIND_COMPLAINT,
                                .body_path = "/x/",
                                .business = 7,
                                .sent_to_business = true};
    struct record_facts not_sent = sent, of_another = sent, of_nobody = sent, told = sent;
    struct may_scope scope = may_scope(&party, MAY_SEE);

    (void)state;
    not_sent.sent_to_business = false;
    of_another.business = 8;
    of_nobody.business = 0;
    told.kind = KIND_REPORT;
    told.secret = true; /* who is reported never reads of it */
    assert_true(may(&nobody, MAY_CREATE, NULL).yes);
    for (int act = 0; act < MAY_COUNT_OF_ACTS; act++) {
        assert_int_equal(may(&nobody, (enum may_act)act, &complaint).yes, act == MAY_CREATE);
        assert_int_equal(may(&party, (enum may_act)act, &complaint).yes,
                         act == MAY_SEE || act == MAY_READ || act == MAY_ACT ||
                             act == MAY_READ_FILE || act == MAY_READ_ORIGINAL);
        /* the PIN of a report shows that it came in and what was sent, and takes more facts */
        assert_int_equal(may(&party, (enum may_act)act, &report).yes,
                         act == MAY_SEE || act == MAY_ACT || act == MAY_READ_FILE);
        assert_false(may(&other, (enum may_act)act, &complaint).yes);
        assert_false(may(&other, (enum may_act)act, &report).yes);
        /* the login code of a business: what was sent to it, and of that no person and no file */
        assert_int_equal(may(&shop, (enum may_act)act, &sent).yes,
                         act == MAY_SEE || act == MAY_READ || act == MAY_ACT);
        assert_false(may(&shop, (enum may_act)act, &not_sent).yes);
        assert_false(may(&shop, (enum may_act)act, &of_another).yes);
        assert_false(may(&shop, (enum may_act)act, &of_nobody).yes);
        assert_false(may(&no_shop, (enum may_act)act, &of_nobody).yes);
        assert_false(may(&shop, (enum may_act)act, &told).yes);
        if (act == MAY_REVEAL_PERSON || act == MAY_REVEAL_REPORTER)
            assert_false(may(&job, (enum may_act)act, &report).yes);
    }
    assert_int_equal(may_roles(&party, &complaint), ROLE_PARTY);
    assert_int_equal(may_roles(&other, &complaint), 0);
    assert_int_equal(may_roles(&shop, &sent), ROLE_BUSINESS);
    assert_int_equal(may_roles(&shop, &not_sent), 0);
    assert_false(may_scope(&shop, MAY_SEE).open_all || may_scope(&shop, MAY_SEE).open_subtree);
    assert_int_equal(may_roles(&job, &report), ROLE_SYSTEM);
    assert_false(scope.open_all || scope.open_subtree || scope.secret_all);
}

static void roles_towards_a_record(void **state)
{
    struct actor both = officer(ROLE_INTAKE | ROLE_HANDLER | ROLE_LEADER | ROLE_ADMIN);
    struct record_facts f = {.kind = KIND_COMPLAINT, .body_path = "/420202/A/", .assigned = true};

    (void)state;
    assert_int_equal(may_roles(&both, &f), ROLE_INTAKE | ROLE_HANDLER | ROLE_LEADER);
    f.body_path = "/420202/B/";
    assert_int_equal(may_roles(&both, &f), 0);
    f.officer_id = OFFICER; /* handed to him across bodies: as handler only */
    assert_int_equal(may_roles(&both, &f), ROLE_HANDLER);
    f.kind = KIND_REPORT;
    f.secret = true;
    f.body_path = "/420202/A/";
    assert_int_equal(may_roles(&both, &f), ROLE_HANDLER);
    f.waits_for_leader = true;
    assert_int_equal(may_roles(&both, &f), ROLE_HANDLER | ROLE_LEADER);
}

static void assigning_stays_in_the_subtree(void **state)
{
    static const struct {
        unsigned role;
        const char *from, *to;
        bool yes;
    } rows[] = {
        {ROLE_INTAKE, "/420202/A/", "/420202/A/1/", true},
        {ROLE_INTAKE, "/420202/A/", "/420202/A/", true},
        {ROLE_INTAKE, "/420202/A/", "/420202/B/", false},
        {ROLE_INTAKE, "/420202/A/", "/420202/", false},
        {ROLE_SUPERVISOR, "/420202/A/1/", "/420202/A/", true},
        {ROLE_SUPERVISOR, "/420202/B/", "/420202/A/", false},
        {ROLE_HANDLER, "/420202/A/", "/420202/A/1/", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct actor actor = officer(rows[i].role);
        struct record_facts f = {.kind = KIND_COMPLAINT,
                                 .body_path = rows[i].from,
                                 .target_path = rows[i].to,
                                 .assigned = true};
        if (may(&actor, MAY_ASSIGN, &f).yes != rows[i].yes)
            fail_msg("row %zu", i);
    }
}

/* Role, then what it may do for its own body, a child and its parent. */
static const struct {
    unsigned role;
    enum may_act act;
    bool own, child, parent;
} administered[] = {
    {ROLE_INTAKE, MAY_CREATE_STAFF, true, true, true},
    {ROLE_AUDITOR, MAY_CREATE_STAFF, false, false, false},
    {ROLE_ADMIN, MAY_CREATE, false, false, false},
    {ROLE_SUPERVISOR, MAY_IMPORT, true, true, true},
    {ROLE_HANDLER, MAY_IMPORT, false, false, false},
    {ROLE_INTAKE, MAY_IMPORT_ORDERS, true, true, true},
    {ROLE_ADMIN, MAY_IMPORT_ORDERS, false, false, false},
    {ROLE_HANDLER, MAY_IMPORT_ORDERS, false, false, false},
    {ROLE_HANDLER, MAY_READ_FIGURES, true, true, false},
    {ROLE_AUDITOR, MAY_READ_FIGURES, true, true, false},
    {ROLE_ADMIN, MAY_READ_FIGURES, false, false, false},
    {ROLE_LEADER, MAY_READ_RETENTION, true, true, false},
    {ROLE_SUPERVISOR, MAY_READ_RETENTION, true, true, false},
    {ROLE_AUDITOR, MAY_READ_RETENTION, true, true, false},
    {ROLE_HANDLER, MAY_READ_RETENTION, false, false, false},
    {ROLE_INTAKE, MAY_READ_RETENTION, false, false, false},
    {ROLE_ADMIN, MAY_READ_RETENTION, true, true, false},
    {ROLE_SECURITY, MAY_READ_RETENTION, true, true, false},
    {ROLE_LEADER, MAY_HOLD, true, true, false},
    {ROLE_SUPERVISOR, MAY_HOLD, true, true, false},
    {ROLE_HANDLER, MAY_HOLD, false, false, false},
    {ROLE_AUDITOR, MAY_HOLD, false, false, false},
    {ROLE_ADMIN, MAY_HOLD, false, false, false},
    {ROLE_SECURITY, MAY_HOLD, false, false, false},
    {ROLE_HANDLER, MAY_READ_DUTY, true, true, false},
    {ROLE_AUDITOR, MAY_READ_DUTY, true, true, false},
    {ROLE_ADMIN, MAY_READ_DUTY, false, false, false},
    {ROLE_SUPERVISOR, MAY_PLAN_DUTY, true, true, false},
    {ROLE_LEADER, MAY_PLAN_DUTY, true, true, false},
    {ROLE_INTAKE, MAY_PLAN_DUTY, false, false, false},
    {ROLE_INTAKE, MAY_WRITE_DIARY, true, true, false},
    {ROLE_AUDITOR, MAY_WRITE_DIARY, false, false, false},
    {ROLE_HANDLER, MAY_READ_SUMMARY, true, true, false},
    {ROLE_ADMIN, MAY_READ_SUMMARY, false, false, false},
    {ROLE_HANDLER, MAY_READ_ISSUED, true, false, true},
    {ROLE_SECURITY, MAY_READ_ISSUED, false, false, false},
    {ROLE_LEADER, MAY_WRITE_SUMMARY, true, true, false},
    {ROLE_HANDLER, MAY_WRITE_SUMMARY, false, false, false},
    {ROLE_LEADER, MAY_ISSUE_SUMMARY, true, true, false},
    {ROLE_AUDITOR, MAY_ISSUE_SUMMARY, false, false, false},
    {ROLE_AUDITOR, MAY_READ_ACCESS_LOG, true, true, false},
    {ROLE_SECURITY, MAY_READ_ACCESS_LOG, true, true, false},
    {ROLE_SUPERVISOR, MAY_READ_ACCESS_LOG, false, false, false},
    {ROLE_ADMIN, MAY_ADMIN_USER, true, true, false},
    {ROLE_SECURITY, MAY_ADMIN_USER, false, false, false},
    {ROLE_LEADER, MAY_ADMIN_USER, false, false, false},
    {ROLE_ADMIN, MAY_ADMIN_RULES, true, true, true},
    {ROLE_SECURITY, MAY_ADMIN_KEYS, true, true, true},
    {ROLE_ADMIN, MAY_ADMIN_KEYS, false, false, false},
    {ROLE_HANDLER, MAY_READ_BUSINESS, true, true, true},
    {ROLE_AUDITOR, MAY_READ_BUSINESS, true, true, true},
    {ROLE_ADMIN, MAY_READ_BUSINESS, true, true, true},
    {ROLE_SECURITY, MAY_READ_BUSINESS, false, false, false},
    {ROLE_HANDLER, MAY_WRITE_BUSINESS, true, true, true},
    {ROLE_LEADER, MAY_WRITE_BUSINESS, false, false, false},
    {ROLE_ADMIN, MAY_WRITE_BUSINESS, false, false, false},
    {ROLE_INTAKE, MAY_MERGE_BUSINESS, true, true, true},
    {ROLE_SUPERVISOR, MAY_MERGE_BUSINESS, true, true, true},
    {ROLE_HANDLER, MAY_MERGE_BUSINESS, false, false, false},
    {ROLE_INTAKE, MAY_SEE_GROUP, true, true, false},
    {ROLE_LEADER, MAY_SEE_GROUP, true, true, false},
    {ROLE_AUDITOR, MAY_SEE_GROUP, true, true, false},
    {ROLE_ADMIN, MAY_SEE_GROUP, false, false, false},
    {ROLE_SECURITY, MAY_SEE_GROUP, false, false, false},
    {ROLE_HANDLER, MAY_WORK_GROUP, true, true, false},
    {ROLE_LEADER, MAY_WORK_GROUP, false, false, false},
    {ROLE_AUDITOR, MAY_WORK_GROUP, false, false, false},
    {ROLE_SUPERVISOR, MAY_JUDGE_GROUP, true, true, false},
    {ROLE_LEADER, MAY_JUDGE_GROUP, true, true, false},
    {ROLE_HANDLER, MAY_JUDGE_GROUP, false, false, false},
    {ROLE_INTAKE, MAY_JUDGE_GROUP, false, false, false},
    {ROLE_HANDLER, MAY_READ_CASE, true, true, false},
    {ROLE_AUDITOR, MAY_READ_CASE, true, true, false},
    {ROLE_INTAKE, MAY_READ_CASE, false, false, false},
    {ROLE_ADMIN, MAY_READ_CASE, false, false, false},
    {ROLE_SECURITY, MAY_READ_CASE, false, false, false},
    {ROLE_HANDLER, MAY_MAKE_CASE, true, true, false},
    {ROLE_SUPERVISOR, MAY_MAKE_CASE, true, true, false},
    {ROLE_LEADER, MAY_MAKE_CASE, false, false, false},
    {ROLE_INTAKE, MAY_MAKE_CASE, false, false, false},
    {ROLE_HANDLER, MAY_ACT_CASE, false, false, false},
    {ROLE_SUPERVISOR, MAY_ACT_CASE, true, true, false},
    {ROLE_LEADER, MAY_ACT_CASE, true, true, false},
    {ROLE_AUDITOR, MAY_ACT_CASE, false, false, false},
    {ROLE_INTAKE, MAY_READ_ENTRY, true, true, false},
    {ROLE_HANDLER, MAY_READ_ENTRY, true, true, false},
    {ROLE_LEADER, MAY_READ_ENTRY, true, true, false},
    {ROLE_AUDITOR, MAY_READ_ENTRY, true, true, false},
    {ROLE_ADMIN, MAY_READ_ENTRY, false, false, false},
    {ROLE_SECURITY, MAY_READ_ENTRY, false, false, false},
    {ROLE_INTAKE, MAY_MAKE_ENTRY, true, true, false},
    {ROLE_LEADER, MAY_MAKE_ENTRY, true, true, false},
    {ROLE_AUDITOR, MAY_MAKE_ENTRY, false, false, false},
    {ROLE_ADMIN, MAY_MAKE_ENTRY, false, false, false},
    {ROLE_HANDLER, MAY_ACT_ENTRY, true, true, false},
    {ROLE_AUDITOR, MAY_ACT_ENTRY, false, false, false},
    {ROLE_SECURITY, MAY_ACT_ENTRY, false, false, false},
    {ROLE_INTAKE, MAY_READ_LETTER, true, true, false},
    {ROLE_LEADER, MAY_READ_LETTER, false, false, false},
    {ROLE_AUDITOR, MAY_READ_LETTER, false, false, false},
    {ROLE_HANDLER, MAY_ISSUE_LETTER, true, true, false},
    {ROLE_SUPERVISOR, MAY_ISSUE_LETTER, true, true, false},
    {ROLE_LEADER, MAY_ISSUE_LETTER, false, false, false},
    {ROLE_ADMIN, MAY_ISSUE_LETTER, false, false, false},
};

static void administration(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof administered / sizeof administered[0]; i++) {
        struct actor actor = officer(administered[i].role);
        struct record_facts f = {.body_path = "/420202/A/"};
        if (may(&actor, administered[i].act, &f).yes != administered[i].own)
            fail_msg("row %zu own", i);
        f.body_path = "/420202/A/1/";
        if (may(&actor, administered[i].act, &f).yes != administered[i].child)
            fail_msg("row %zu child", i);
        f.body_path = "/420202/";
        if (may(&actor, administered[i].act, &f).yes != administered[i].parent)
            fail_msg("row %zu parent", i);
    }
}

static void refusals_tell_nothing(void **state)
{
    struct actor handler = officer(ROLE_HANDLER), nobody = {.kind = ACTOR_PUBLIC, .body_path = ""};
    struct record_facts secret = {.kind = KIND_REPORT,
                                  .secret = true,
                                  .body_path = "/420202/A/",
                                  .assigned = true,
                                  .officer_id = 11};
    struct record_facts absent = {.kind = KIND_COMPLAINT, .body_path = "/420203/"};
    struct err a = {0}, b = {0};

    (void)state;
    /* a report one may not see answers like a number that does not exist */
    assert_int_equal(may_check(&handler, MAY_READ, &secret, &a), ERR_NOT_FOUND);
    assert_int_equal(may_check(&handler, MAY_READ, &absent, &b), ERR_NOT_FOUND);
    assert_string_equal(a.items[0].zh, b.items[0].zh);
    assert_int_equal(may_check(&handler, MAY_REVEAL_REPORTER, &secret, NULL), ERR_NOT_FOUND);
    assert_int_equal(may_check(&nobody, MAY_READ, &secret, NULL), ERR_UNAUTHENTICATED);
    absent.body_path = "/420202/A/";
    assert_int_equal(may_check(&handler, MAY_EXPORT, &absent, NULL), ERR_FORBIDDEN);
    assert_int_equal(may_check(&handler, MAY_READ, &absent, NULL), ERR_OK);
    assert_false(body_path_within("/4202020/", "/420202"));
    assert_false(body_path_within("/420202/", ""));
    assert_false(body_path_within(NULL, "/"));
    assert_true(body_path_within("/420202/A/", "/420202/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matrix_holds),       cmocka_unit_test(orders_follow_their_matrix),
        cmocka_unit_test(roles_add_up),           cmocka_unit_test(parties_and_public),
        cmocka_unit_test(roles_towards_a_record), cmocka_unit_test(assigning_stays_in_the_subtree),
        cmocka_unit_test(administration),         cmocka_unit_test(refusals_tell_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
