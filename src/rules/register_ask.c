/* What is asked of the registers of an installation, and of one of them. */
#include <string.h>

#include "base/text.h"
#include "rules/register_internal.h"

size_t registers_count(const struct registers *registers)
{
    return registers->n;
}

const struct register_def *registers_at(const struct registers *registers, size_t i)
{
    return i < registers->n ? &registers->items[i]->def : NULL;
}

const struct register_def *registers_find(const struct registers *registers, const char *id)
{
    for (size_t i = 0; registers != NULL && id != NULL && i < registers->n; i++) {
        const char *its = registers->items[i]->def.flow.id;

        if (its != NULL && strcmp(its, id) == 0)
            return &registers->items[i]->def;
    }
    return NULL;
}

bool register_in_profile(const struct register_def *def, const char *profile)
{
    bool found = def->n_profiles == 0;

    for (size_t i = 0; i < def->n_profiles; i++)
        found |= strcmp(def->profiles[i], profile) == 0;
    return found;
}

const struct act_field *register_field(const struct register_def *def, const char *name)
{
    return name == NULL ? NULL : act_field(&def->registering, name);
}

const struct register_computed *register_computed(const struct register_def *def, const char *name)
{
    for (size_t i = 0; name != NULL && i < def->n_computed; i++)
        if (strcmp(def->computed[i].name, name) == 0)
            return &def->computed[i];
    return NULL;
}

const struct register_measure *register_measure(const struct register_def *def, const char *id)
{
    for (size_t i = 0; id != NULL && i < def->n_measures; i++)
        if (strcmp(def->measures[i].id, id) == 0)
            return &def->measures[i];
    return NULL;
}

const struct register_rate *register_rate(const struct register_def *def, const char *id)
{
    for (size_t i = 0; id != NULL && i < def->n_rates; i++)
        if (strcmp(def->rates[i].id, id) == 0)
            return &def->rates[i];
    return NULL;
}

const struct label *register_label(const struct register_def *def, const char *name)
{
    static const struct {
        const char *name;
        struct label label;
    } plain[] = {{"number", {"编号", "Number"}},
                 {"status", {"状态", "State"}},
                 {"body", {"单位", "Body"}},
                 {"day", {"日期", "Day"}}};
    const struct act_field *f = register_field(def, name);
    const struct register_computed *c = register_computed(def, name);

    if (f != NULL)
        return &f->label;
    if (c != NULL)
        return &c->label;
    for (size_t i = 0; name != NULL && i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(plain[i].name, name) == 0)
            return &plain[i].label;
    return NULL;
}

const char *register_number(struct arena *arena, const struct register_def *def, date_t day,
                            int64_t running)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(200);
    int y, m, d;

    date_to_ymd(day, &y, &m, &d);
    for (const char *at = def->number; *at != '\0';) {
        size_t ns = *at == '{' ? strspn(at + 1, "n") : 0;

        if (text_starts(at, "{yyyy}")) {
            buf_addf(&b, "%04d", y);
            at += 6;
        } else if (text_starts(at, "{mm}")) {
            buf_addf(&b, "%02d", m);
            at += 4;
        } else if (ns > 0) {
            buf_addf(&b, "%0*lld", (int)ns, (long long)running);
            at += ns + 2;
        } else {
            buf_addc(&b, *at++);
        }
    }
    return buf_dup(&b, arena);
}
