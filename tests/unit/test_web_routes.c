/* The table of routes against openapi.json: each route, parameter and form field stands in both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "web/api.h"
#include "web/web_internal.h"

static json_t *document(void)
{
    json_t *doc = NULL;
    struct err err;

    err_clear(&err);
    assert_int_equal(
        json_parse((const char *)embedded_openapi[0].data, embedded_openapi[0].size, &doc, &err),
        ERR_OK);
    return doc;
}

static const json_t *operation(const json_t *doc, const struct route *r)
{
    char method[10];

    for (size_t i = 0; i <= strlen(http_method_name(r->method)); i++)
        method[i] = (char)(http_method_name(r->method)[i] | 0x20);
    method[strlen(http_method_name(r->method))] = '\0';
    return json_object_get(json_object_get(json_object_get(doc, "paths"), r->pattern), method);
}

static const json_t *resolve(const json_t *doc, const json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    const json_t *any = json_object_get(schema, "anyOf");

    if (any != NULL)
        return resolve(doc, json_array_get(any, 0));
    if (ref == NULL)
        return schema;
    return json_object_get(json_object_get(json_object_get(doc, "components"), "schemas"),
                           strrchr(ref, '/') + 1);
}

static void every_route_is_in_the_document(void **state)
{
    json_t *doc = document();
    size_t described = 0;
    const char *path, *method;
    json_t *item, *op;

    (void)state;
    for (size_t i = 0; i < n_api_routes; i++)
        if (operation(doc, &api_routes[i]) == NULL)
            fail_msg("%s %s is not described", http_method_name(api_routes[i].method),
                     api_routes[i].pattern);
    json_object_foreach(json_object_get(doc, "paths"), path, item)
        json_object_foreach(item, method, op) described++;
    assert_int_equal(described, n_api_routes);
    json_decref(doc);
}

static bool has_query(const json_t *op, const char *name, size_t *ret_n)
{
    size_t i;
    json_t *p;
    bool found = false;

    *ret_n = 0;
    json_array_foreach(json_object_get(op, "parameters"), i, p)
    {
        const char *in = json_string_value(json_object_get(p, "in"));

        if (in == NULL || strcmp(in, "query") != 0)
            continue;
        (*ret_n)++;
        found = found || strcmp(json_string_value(json_object_get(p, "name")), name) == 0;
    }
    return found;
}

static void parameters_agree(void **state)
{
    json_t *doc = document();

    (void)state;
    for (size_t i = 0; i < n_api_routes; i++) {
        const struct route *r = &api_routes[i];
        size_t n = 0, described;

        for (; r->query != NULL && r->query[n] != NULL; n++)
            if (!has_query(operation(doc, r), r->query[n], &described))
                fail_msg("%s takes %s, not described", r->pattern, r->query[n]);
        (void)has_query(operation(doc, r), "", &described);
        if (described != n)
            fail_msg("%s: %zu parameters described, %zu taken", r->pattern, described, n);
    }
    json_decref(doc);
}

static bool is_required(const json_t *schema, const char *name)
{
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(schema, "required"), i,
                       item) if (strcmp(json_string_value(item), name) == 0) return true;
    return false;
}

static void form_agrees(const json_t *doc, const char *where, const struct form *form,
                        const json_t *schema)
{
    const json_t *properties = json_object_get(schema, "properties");

    if (json_object_size(properties) != form->n)
        fail_msg("%s: %zu fields described, %zu in the form", where, json_object_size(properties),
                 form->n);
    for (size_t i = 0; i < form->n; i++) {
        const struct form_field *f = &form->fields[i];
        const json_t *p = json_object_get(properties, f->name);
        const json_t *length;
        char path[200];

        snprintf(path, sizeof path, "%s.%s", where, f->name);
        if (p == NULL)
            fail_msg("%s is not described", path);
        if (is_required(schema, f->name) != f->required)
            fail_msg("%s: required?", path);
        length = json_object_get(p, "maxLength");
        if (f->kind == INPUT_TEXT &&
            json_integer_value(length) !=
                (json_int_t)(f->max_chars > 0 ? f->max_chars : f->max_bytes))
            fail_msg("%s: maxLength", path);
        if (f->kind == INPUT_OBJECT && f->sub != NULL)
            form_agrees(doc, path, f->sub, resolve(doc, p));
    }
}

static void forms_agree(void **state)
{
    json_t *doc = document();

    (void)state;
    for (size_t i = 0; i < n_api_routes; i++) {
        const struct route *r = &api_routes[i];
        const json_t *content =
            json_object_get(json_object_get(operation(doc, r), "requestBody"), "content");

        if ((r->body_max > 0) != (content != NULL))
            fail_msg("%s: takes a body?", r->pattern);
        if (r->form != NULL)
            form_agrees(doc, r->pattern, r->form,
                        resolve(doc, json_object_get(json_object_get(content, "application/json"),
                                                     "schema")));
    }
    json_decref(doc);
}

static void who_may_is_told(void **state)
{
    json_t *doc = document();

    (void)state;
    for (size_t i = 0; i < n_api_routes; i++) {
        const struct route *r = &api_routes[i];
        const json_t *security = json_object_get(operation(doc, r), "security");
        size_t k;
        json_t *item;
        bool open = false, pin = false, business = false;

        json_array_foreach(security, k, item)
        {
            open = open || json_object_size(item) == 0;
            pin = pin || json_object_get(item, "pin") != NULL;
            business = business || json_object_get(item, "business") != NULL;
        }
        assert_true(json_array_size(security) > 0);
        if (open != (r->access == ACCESS_PUBLIC || r->access == ACCESS_LOGIN) ||
            pin != (r->access == ACCESS_PARTY) ||
            (business && !pin) != (r->access == ACCESS_BUSINESS))
            fail_msg("%s: security", r->pattern);
    }
    json_decref(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_in_the_document),
        cmocka_unit_test(parameters_agree),
        cmocka_unit_test(forms_agree),
        cmocka_unit_test(who_may_is_told),
    };

    return cmocka_run_group_tests_name("web/routes", tests, NULL, NULL);
}
