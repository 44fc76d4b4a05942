/* Does the pack say what the law says, and is every slip in a pack found and named? */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

static struct pack *pack;

static int load(void **state)
{
    (void)state;
    pack = shipped_pack();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    pack_free(pack);
    return 0;
}

/* ---- the pack's tables ---- */

static void deadlines_are_those_of_the_law(void **state)
{
    static const struct {
        const char *id;
        int length;
        enum deadline_unit unit;
        int extension;
        bool pauses;
        const char *basis;
    } rows[] = {
        {"D1", 7, UNIT_WD, 0, false, "《市场监督管理投诉举报处理办法》第十五条"},
        {"D2", 60, UNIT_ND, 0, true,
         "《市场监督管理投诉举报处理办法》第二十二条、第二十三条第五项"},
        {"D3", 7, UNIT_WD, 0, false, "《市场监督管理投诉举报处理办法》第二十三条"},
        {"D4", 15, UNIT_WD, 15, true, "《市场监督管理行政处罚程序规定》第十八条"},
        {"D7", 90, UNIT_ND, 30, true, "《市场监督管理行政处罚程序规定》第六十四条"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct deadline_rule *d = pack_deadline(pack, rows[i].id);
        assert_non_null(d);
        assert_int_equal(d->length, rows[i].length);
        assert_int_equal(d->unit, rows[i].unit);
        assert_int_equal(d->extension, rows[i].extension);
        assert_int_equal(d->pauses_excluded, rows[i].pauses);
        assert_int_equal(d->roll, ROLL_ANY_OFFDAY);
        assert_string_equal(d->basis.text.zh, rows[i].basis);
    }
}

static void grounds_and_fields(void **state)
{
    const struct act_field *ground = act_field(pack_act(pack, "refuse"), "ground");
    const struct act_field *party = act_field(pack_act(pack, "tell"), "party");
    const struct act_field *at = act_field(pack_act(pack, "mediate"), "at");

    (void)state;
    assert_int_equal(pack->kinds[KIND_COMPLAINT].n_grounds, 15);
    assert_int_equal(ground->n_choices, 7);
    assert_non_null(field_choice(ground, KIND_COMPLAINT, "NA7"));
    assert_null(field_choice(ground, KIND_COMPLAINT, "T1"));
    assert_null(field_choice(ground, KIND_REPORT, "NA1"));
    assert_int_equal(act_field(pack_act(pack, "terminate"), "ground")->n_choices, 8);
    assert_non_null(field_choice(party, KIND_COMPLAINT, "both"));
    assert_null(field_choice(party, KIND_REPORT, "business"));
    assert_true(at->future && !at->act_time);
    assert_true(act_field(pack_act(pack, "tell"), "at")->act_time);
    assert_null(act_field(pack_act(pack, "accept"), "ground"));
    for (size_t i = 0; i < pack->kinds[KIND_COMPLAINT].n_grounds; i++) {
        const struct pack_ground *g = &pack->kinds[KIND_COMPLAINT].grounds[i];
        assert_non_null(strstr(g->remedies.zh, "诉讼"));
        assert_non_null(strstr(g->basis.text.zh, "项"));
    }
}

/* ---- faults ---- */

static json_t *at_path(json_t *root, const char *path)
{
    char part[64];

    while (root != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        snprintf(part, sizeof part, "%.*s", (int)n, path);
        root = json_is_array(root) ? json_array_get(root, (size_t)strtoul(part, NULL, 10))
                                   : json_object_get(root, part);
        path += n + (path[n] == '.');
    }
    return root;
}

static void faults_are_named(void **state)
{
    static const struct {
        const char *path, *key, *value; /* object at path: key set to this JSON, NULL = removed */
        const char *code;
    } rows[] = {
        {"", "colour", "1", "unknown_key"},
        {"", "valid_from", "\"April\"", "date"},
        {"deadlines.0", "length", NULL, "missing"},
        {"deadlines.0", "length", "0", "range"},
        {"deadlines.0", "basis", NULL, "missing"},
        {"deadlines.0.basis", "article", "\"fifteen\"", "article"},
        {"deadlines.0.basis", "instrument", "\"O999\"", "unknown_name"},
        {"deadlines.0", "unit", "\"weeks\"", "unknown_name"},
        {"deadlines.1", "id", "\"D1\"", "twice"},
        {"deadlines.3", "extensions_max", NULL, "range"},
        {"acts.0", "label", "{\"zh\":\"分办\"}", "missing"},
        {"acts.0", "id", "\"accept\"", "twice"},
        {"acts.0", "key", "\"gg\"", "key"},
        {"acts.0.fields.0", "kind", "\"colour\"", "unknown_name"},
        {"acts.2.fields.1", "max_bytes", NULL, "missing"},
        {"kinds.complaint", "initial", "\"nowhere\"", "unknown_name"},
        {"kinds.complaint.states.0", "waiting_for", "\"godot\"", "unknown_name"},
        {"kinds.complaint.states.0.label", "en", "\"\"", "empty"},
        {"kinds.complaint.transitions.0", "act", "\"marry\"", "unknown_name"},
        {"kinds.complaint.transitions.0", "to", "\"heaven\"", "unknown_name"},
        {"kinds.complaint.transitions.0", "roles", "[\"king\"]", "unknown_name"},
        {"kinds.complaint.transitions.3", "clocks", "[{\"start\":\"D99\"}]", "unknown_name"},
        {"kinds.complaint.transitions.3", "clocks", "[{\"start\":\"D2\",\"stop\":\"D1\"}]",
         "effect"},
        {"kinds.complaint.transitions.3", "guards", "[\"luck\"]", "unknown_name"},
        {"kinds.complaint.transitions.3", "guards",
         "[\"paused\",\"paused\",\"paused\",\"paused\",\"paused\"]", "too_many"},
        {"kinds.complaint.transitions.3", "waiting",
         "[{\"for\":\"unit\"},{\"for\":\"unit\"},{\"for\":\"unit\"},{\"for\":\"unit\"},{\"for\":"
         "\"unit\"}]",
         "too_many"},
        {"kinds.complaint.states.0", "likely",
         "[{\"act\":\"accept\"},{\"act\":\"accept\"},{\"act\":\"accept\"},{\"act\":\"accept\"},"
         "{\"act\":\"accept\"}]",
         "too_many"},
        {"kinds.complaint.transitions.3", "to", "[{\"state\":\"accepted\",\"when\":\"paused\"}]",
         "condition"},
        {"kinds.complaint.transitions.4", "act", "\"accept\"", "twice"},
        {"kinds.complaint.transitions.4", "outcome", "\"luck\"", "unknown_name"},
        {"kinds.complaint.transitions.25", "clocks", "[]", NULL},
        {"kinds.enquiry.transitions.4", "to", "\"same\"", "never_left"},
        {"kinds.complaint.grounds.1", "code", "\"NA1\"", "twice"},
        {"kinds.complaint.required.0", "channels", "[]", "missing"},
        {"kinds", "report", NULL, "unused"},
    };
    const struct embedded_file *file = shipped("rules/market-2026.json");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *root = json_loadb((const char *)file->data, file->size, 0, NULL);
        json_t *object = at_path(root, rows[i].path);
        struct pack *broken = NULL;
        struct err err = {0};
        char *text;
        enum err_code rc;

        assert_non_null(object);
        if (rows[i].value == NULL)
            json_object_del(object, rows[i].key);
        else
            json_object_set_new(object, rows[i].key,
                                json_loads(rows[i].value, JSON_DECODE_ANY, NULL));
        text = json_dumps(root, 0);
        rc = pack_load(embedded_packs, text, strlen(text), &broken, &err);
        if (rows[i].code == NULL) { /* still whole: the check is not too strict */
            if (rc != ERR_OK)
                fail_msg("%zu: %s", i, err.why);
            pack_free(broken);
        } else if (rc != ERR_INVALID || err.n_items == 0 ||
                   strcmp(err.items[0].code, rows[i].code) != 0) {
            fail_msg("%zu %s.%s: %s %s %s", i, rows[i].path, rows[i].key, err_info(rc)->name,
                     err.items[0].code, err.items[0].field);
        } else {
            assert_null(broken);
            assert_true(err.items[0].field[0] != '\0');
        }
        free(text);
        json_decref(root);
    }
}

static void dead_ends_are_found(void **state)
{
    const struct embedded_file *file = shipped("rules/market-2026.json");

    (void)state;
    for (int round = 0; round < 3; round++) {
        json_t *root = json_loadb((const char *)file->data, file->size, 0, NULL);
        json_t *list = at_path(root, "kinds.enquiry.transitions");
        struct pack *broken = NULL;
        struct err err = {0};
        const char *want[] = {"never_left", "never_entered", "never_stopped"};
        bool found = false;
        char *text;
        size_t i;
        json_t *t;

        if (round == 0) { /* the only way to closed from answered */
            json_array_foreach(list, i, t)
            {
                if (strcmp(json_string_value(json_object_get(t, "act")), "close") == 0)
                    json_object_set_new(t, "to", json_string("same"));
            }
        } else if (round == 1) {
            json_array_foreach(list, i, t)
            {
                if (strcmp(json_string_value(json_object_get(t, "act")), "answer") == 0)
                    json_object_set_new(t, "to", json_string("same"));
            }
        } else {
            list = at_path(root, "kinds.report.transitions");
            json_array_foreach(list, i, t)
            {
                const char *act = json_string_value(json_object_get(t, "act"));
                if (strcmp(act, "file") == 0 || strcmp(act, "not_file") == 0 ||
                    strcmp(act, "no_power") == 0 || strcmp(act, "hand_over") == 0)
                    json_object_del(t, "clocks");
            }
        }
        text = json_dumps(root, 0);
        assert_int_equal(pack_load(embedded_packs, text, strlen(text), &broken, &err), ERR_INVALID);
        for (size_t n = 0; n < err.n_items; n++)
            found |= strcmp(err.items[n].code, want[round]) == 0;
        if (!found)
            fail_msg("round %d: %s %s", round, err.items[0].code, err.items[0].field);
        free(text);
        json_decref(root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines_are_those_of_the_law),
        cmocka_unit_test(grounds_and_fields),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(dead_ends_are_found),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
