/* Sealed rows and numbers that are gone. */
#include "work/verify_gone.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/number.h"
#include "sql_queries.h"

static const char *const persons[] = {"consumer", "proxy", "reporter", "caller", "contact"};
#define PERSONS (sizeof persons / sizeof persons[0])

/* "person:…" are those of entries, by the name of the field. */
static bool is_person(const char *key)
{
    for (size_t i = 0; i < PERSONS; i++)
        if (strcmp(persons[i], key) == 0)
            return true;
    return text_starts(key, "person:");
}

/* What the term of keeping took away: persons of a matter, its texts, those of its letters. */
static void note_purged(json_t *sealed, const json_t *event_body)
{
    const json_t *purged = json_object_get(json_object_get(event_body, "detail"), "purged"), *roles;

    if (purged == NULL)
        purged = json_object_get(json_object_get(event_body, "set"), "purged");
    roles = json_object_get(purged, "persons");
    for (size_t i = 0; i < json_array_size(roles); i++)
        json_object_del(sealed, json_string_value(json_array_get(roles, i)));
    if (json_object_get(purged, "texts") != NULL)
        json_object_del(sealed, "text");
}

void gone_note(json_t *sealed, int64_t version, const json_t *event_body)
{
    json_t *texts, *value;
    bool text = false;
    const char *key;

    note_purged(sealed, event_body);
    texts = json_object_get(sealed, "text");
    json_object_foreach(json_object_get(event_body, "commit"), key, value)
    {
        bool person = is_person(key);

        if (person)
            json_object_set_new(sealed, key, json_true());
        text = text || !person;
    }
    if (!text)
        return;
    if (texts == NULL) {
        texts = json_array();
        json_object_set_new(sealed, "text", texts);
    }
    json_array_append_new(texts, json_integer(version));
}

static enum err_code there(struct op *op, struct snapshot *snap, int sql, int64_t id,
                           const char *role, int64_t version, bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, sql, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    if (role != NULL)
        TRY(stmt_bind_text(op, s, 2, role));
    if (version != 0)
        TRY(stmt_bind_int64(op, s, 2, version));
    return stmt_step(op, s, ret);
}

enum err_code gone_sealed(struct op *op, struct snapshot *snap, int64_t id, const json_t *sealed,
                          const char **ret_table)
{
    const json_t *texts = json_object_get(sealed, "text");
    const char *role;
    json_t *value;
    bool is = true;

    *ret_table = NULL;
    json_object_foreach((json_t *)(uintptr_t)sealed, role, value)
    {
        bool reporter = strcmp(role, "reporter") == 0;

        if (!is || !is_person(role))
            continue;
        TRY(there(op, snap, reporter ? SQL_reporter_get : SQL_person_get, id,
                  reporter ? NULL : role, 0, &is));
        if (!is)
            *ret_table = reporter ? "reporter" : "person";
    }
    for (size_t i = 0; i < json_array_size(texts) && is; i++) {
        TRY(there(op, snap, SQL_text_get, id, NULL, json_integer_value(json_array_get(texts, i)),
                  &is));
        if (!is)
            *ret_table = "text";
    }
    return ERR_OK;
}

size_t gone_between(int64_t last, int64_t id, int64_t ret[GONE_NUMBERS])
{
    int64_t first = matter_id_make(matter_id_month(id), 1);
    size_t n = 0;

    for (int64_t at = last >= first ? last + 1 : first; at < id && n < GONE_NUMBERS; at++)
        ret[n++] = at;
    return n;
}
