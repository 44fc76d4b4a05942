/* A pack based on another: only what differs is written down, and every source is named anew.
 *
 * Objects are merged member by member; null takes a member away. Lists whose elements have a name
 * (id, code, path, act or name) are merged by it: an element of that name is changed, "gone": true
 * takes away all of that name, another name is added. Other lists are replaced. Citations of the
 * base's own instrument are translated by the table "instead"; one that the table does not know is
 * a fault, so that no article of the newer law is shown under the older one. */
#include <string.h>

#include "rules/pack_internal.h"

/* Keys by which list elements are known, the first that all elements of the base have. */
static const char *name_key(const json_t *base)
{
    static const char *const keys[] = {"id", "code", "path", "act", "name"};

    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        size_t n = json_array_size(base), have = 0;

        for (size_t i = 0; i < n; i++)
            have += json_is_string(json_object_get(json_array_get(base, i), keys[k]));
        if (n > 0 && have == n)
            return keys[k];
    }
    return NULL;
}

/* Position of the only element of that name; -1 none, -2 several. */
static int position(const json_t *list, const char *key, const char *name)
{
    int found = -1;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *its = json_string_value(json_object_get(json_array_get(list, i), key));

        if (its != NULL && strcmp(its, name) == 0)
            found = found == -1 ? (int)i : -2;
    }
    return found;
}

static void remove_named(json_t *list, const char *key, const char *name)
{
    for (size_t i = json_array_size(list); i-- > 0;) {
        const char *its = json_string_value(json_object_get(json_array_get(list, i), key));

        if (its != NULL && strcmp(its, name) == 0)
            json_array_remove(list, i);
    }
}

static void merge(struct reader *r, json_t *base, const json_t *over);

static void merge_list(struct reader *r, json_t *base, const char *key, const json_t *over)
{
    for (size_t i = 0; i < json_array_size(over); i++) {
        json_t *change = json_array_get(over, i);
        const char *name = json_string_value(json_object_get(change, key));
        int at = name == NULL ? -2 : position(base, key, name);
        size_t mark = reader_index(r, i);

        if (name != NULL && at != -1 && json_is_true(json_object_get(change, "gone")))
            remove_named(base, key, name);
        else if (at == -2)
            reader_fault(r, key, "name", "要写出改的是哪一条，而且只能对上一条",
                         "name the one entry that is changed");
        else if (json_object_get(change, "gone") != NULL)
            reader_fault(r, "gone", "name", "没有这一条可以去掉", "there is no such entry");
        else if (at < 0 && json_array_append_new(base, json_deep_copy(change)) != 0)
            r->no_memory = true;
        else if (at >= 0)
            merge(r, json_array_get(base, (size_t)at), change);
        reader_up(r, mark);
    }
}

static void merge(struct reader *r, json_t *base, const json_t *over)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)over, key, value)
    {
        json_t *old = json_object_get(base, key);
        size_t mark = reader_key(r, key);

        if (json_is_null(value))
            json_object_del(base, key);
        else if (json_is_object(old) && json_is_object(value))
            merge(r, old, value);
        else if (json_is_array(old) && json_is_array(value) && name_key(old) != NULL)
            merge_list(r, old, name_key(old), value);
        else if (json_object_set_new(base, key, json_deep_copy(value)) != 0)
            r->no_memory = true;
        reader_up(r, mark);
    }
}

/* ---- states that are gone ---- */

static void drop_text(json_t *list, const char *text)
{
    for (size_t i = json_array_size(list); i-- > 0;) {
        const char *its = json_string_value(json_array_get(list, i));

        if (its != NULL && strcmp(its, text) == 0)
            json_array_remove(list, i);
    }
}

/* Entries of @p key that name states: one that is gone is named no more, and an entry of none left
 * goes with it. */
static void forget_state(json_t *kind, const char *key, const char *states, const char *gone)
{
    json_t *list = json_object_get(kind, key);

    for (size_t i = json_array_size(list); i-- > 0;) {
        json_t *named = json_object_get(json_array_get(list, i), states);

        drop_text(named, gone);
        if (json_is_array(named) && json_array_size(named) == 0)
            json_array_remove(list, i);
    }
}

static void forget_gone_states(json_t *whole, const json_t *over)
{
    const json_t *kinds = json_object_get(over, "kinds");
    const char *name;
    json_t *changed;

    json_object_foreach((json_t *)(uintptr_t)kinds, name, changed)
    {
        json_t *kind = json_object_get(json_object_get(whole, "kinds"), name);
        json_t *states = json_object_get(changed, "states");

        for (size_t i = 0; i < json_array_size(states); i++) {
            const json_t *state = json_array_get(states, i);
            const char *id = json_string_value(json_object_get(state, "id"));

            if (id == NULL || !json_is_true(json_object_get(state, "gone")))
                continue;
            forget_state(kind, "transitions", "from", id);
            forget_state(kind, "why_not", "states", id);
        }
    }
}

/* ---- citations ---- */

struct translation {
    const char *from; /* instrument of the base */
    const char *to;
    json_t *articles; /* {"15": "14", …}; null: the older law has none */
};

/* @p holder has the member "article"; @p own where it stands beside an instrument. */
static void translate_article(struct reader *r, json_t *holder, const struct translation *t)
{
    const char *article = json_string_value(json_object_get(holder, "article"));
    json_t *is = article == NULL ? NULL : json_object_get(t->articles, article);

    if (article == NULL)
        return;
    if (json_is_string(is))
        json_object_set(holder, "article", is);
    else if (json_is_null(is))
        json_object_del(holder, "article");
    else
        reader_fault(r, "article", "instead", "表 instead 里没有这一条的对应条文",
                     "the table \"instead\" does not say what stands for article %s", article);
}

static void translate(struct reader *r, json_t *value, const struct translation *t);

static void translate_object(struct reader *r, json_t *object, const struct translation *t)
{
    const char *key;
    json_t *member;
    void *next;

    json_object_foreach_safe(object, next, key, member)
    {
        const char *instrument = json_string_value(json_object_get(member, "instrument"));
        size_t mark = reader_key(r, key);

        if (instrument == NULL) {
            translate(r, member, t);
        } else if (strcmp(instrument, t->from) == 0) {
            translate_article(r, member, t);
            if (json_object_get(member, "article") == NULL)
                json_object_del(object, key);
            else
                json_object_set_new(member, "instrument", json_string(t->to));
        }
        reader_up(r, mark);
    }
    if (json_object_get(object, "instrument") == NULL)
        translate_article(r, object, t);
}

static void translate(struct reader *r, json_t *value, const struct translation *t)
{
    if (json_is_object(value))
        translate_object(r, value, t);
    for (size_t i = 0; i < json_array_size(value); i++) {
        size_t mark = reader_index(r, i);

        translate(r, json_array_get(value, i), t);
        reader_up(r, mark);
    }
}

static bool read_translation(struct reader *r, const json_t *over, struct translation *ret)
{
    static const char *const keys[] = {"from", "to", "articles", NULL};
    const json_t *instead = read_member(r, over, "instead", true);
    size_t mark = reader_key(r, "instead");

    if (instead != NULL && read_object(r, instead, keys)) {
        ret->from = read_text(r, instead, "from", true);
        ret->to = read_text(r, instead, "to", true);
        ret->articles = (json_t *)(uintptr_t)read_member(r, instead, "articles", true);
    }
    reader_up(r, mark);
    return ret->from != NULL && ret->to != NULL && ret->articles != NULL;
}

/* ---- parts ---- */

static bool names(const json_t *list, const char *name)
{
    for (size_t i = 0; name != NULL && i < json_array_size(list); i++) {
        const char *its = json_string_value(json_array_get(list, i));

        if (its != NULL && strcmp(its, name) == 0)
            return true;
    }
    return false;
}

static void take_acts(struct reader *r, const json_t *wanted, json_t *whole)
{
    json_t *acts = json_object_get(whole, "acts");

    for (size_t i = 0; i < json_array_size(wanted); i++) {
        const char *name = json_string_value(json_array_get(wanted, i));

        if (name == NULL || position(acts, "id", name) < 0)
            reader_fault(r, "acts", "unknown_name", "依据的规则包里没有这个步骤。",
                         "The pack it is based on has no act %s.", name == NULL ? "" : name);
    }
    for (size_t i = json_array_size(acts); i-- > 0;)
        if (!names(wanted, json_string_value(json_object_get(json_array_get(acts, i), "id"))))
            json_array_remove(acts, i);
}

/* Lines of a kind about acts that this pack neither takes nor has itself. */
static void drop_lines(json_t *kind, const char *key, const json_t *wanted, const json_t *own)
{
    json_t *list = json_object_get(kind, key);

    for (size_t i = json_array_size(list); i-- > 0;) {
        const char *act = json_string_value(json_object_get(json_array_get(list, i), "act"));

        if (!names(wanted, act) && position(own, "id", act) == -1)
            json_array_remove(list, i);
    }
}

/* "takes": only these acts and kinds of the base, and nothing else of it: another law's pack, which
 * shares no more than how such things are written down. Nothing is translated; what is taken must
 * cite nothing that this pack's instruments do not know. */
static void take_parts(struct reader *r, json_t *whole, const json_t *over)
{
    static const char *const keys[] = {"acts", "kinds", NULL};
    const json_t *takes = json_object_get(over, "takes");
    json_t *kinds = json_object_get(whole, "kinds"), *member;
    size_t mark = reader_key(r, "takes");
    const char *key;
    void *next;

    if (read_object(r, takes, keys)) {
        const json_t *wanted = read_array(r, takes, "kinds", true);
        const json_t *acts = read_array(r, takes, "acts", true);

        take_acts(r, acts, whole);
        json_object_foreach_safe(kinds, next, key, member)
        {
            if (!names(wanted, key)) {
                json_object_del(kinds, key);
                continue;
            }
            drop_lines(member, "transitions", acts, json_object_get(over, "acts"));
            drop_lines(member, "why_not", acts, json_object_get(over, "acts"));
        }
        json_object_foreach_safe(whole, next, key, member)
        {
            if (strcmp(key, "acts") != 0 && strcmp(key, "kinds") != 0)
                json_object_del(whole, key);
        }
    }
    reader_up(r, mark);
}

json_t *pack_overlay(struct reader *r, const json_t *base, const json_t *over)
{
    CLEANUP(json_decrefp) json_t *changes = json_copy((json_t *)(uintptr_t)over);
    struct translation t = {0};
    json_t *whole = json_deep_copy(base);

    if (changes == NULL || whole == NULL) {
        r->no_memory = true;
        json_decref(whole);
        return NULL;
    }
    json_object_del(changes, "based_on");
    json_object_del(changes, "instead");
    json_object_del(changes, "takes");
    /* What is written down cites the older law itself; only what is taken over is translated. */
    json_object_del(whole, "instruments");
    if (json_object_get(over, "takes") != NULL)
        take_parts(r, whole, over);
    else if (read_translation(r, over, &t))
        translate(r, whole, &t);
    merge(r, whole, changes);
    forget_gone_states(whole, changes);
    return whole;
}
