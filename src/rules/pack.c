/* Look-ups in a loaded pack and the names of its enumerations. Loading is in pack_read.c. */
#include "rules/pack.h"

#include <stdlib.h>
#include <string.h>

#include "rules/pack_internal.h"

const char *const pack_kind_names[] = {"enquiry", "complaint", "report", NULL};
const char *const pack_waiting_names[] = {"unit",   "officer", "consumer", "business", "tester",
                                          "leader", "second",  "mediator", "nobody",   NULL};
const char *const pack_field_names[] = {
    "text",     "int",    "money",   "bool",      "date",   "instant",  "choice",
    "choices",  "body",   "officer", "number",    "group",  "remedies", "amendment",
    "business", "report", "decimal", "quantity",  "period", "person",   "matter",
    "case",     "entry",  "place",   "checklist", "table",  "file",     NULL};
const char *const pack_class_names[] = {"likely", "other", "ending", "rare", NULL};

static const struct label waiting_labels[] = {
    {"等分办", "the unit"},
    {"等承办人", "the officer"},
    {"等消费者", "the consumer"},
    {"等经营者", "the business"},
    {"等检测", "the tester"},
    {"等负责人", "the leader"},
    {"等复核人", "the second officer"},
    {"等受托组织", "the body entrusted"},
    {"不用等", "nobody"},
};

void pack_free(struct pack *pack)
{
    if (pack == NULL)
        return;
    arena_free(((struct loaded_pack *)pack)->arena);
    free(pack);
}

void pack_freep(struct pack **pack)
{
    pack_free(*pack);
    *pack = NULL;
}

bool pack_file(const struct embedded_file *file)
{
    return strncmp(file->path, "rules/", 6) == 0 &&
           (strstr((const char *)file->data, "\"earlier_rule\"") != NULL ||
            strstr((const char *)file->data, "\"based_on\"") != NULL);
}

bool pack_covers(const struct pack *pack, date_t received)
{
    return received >= pack->valid_from &&
           (pack->valid_to == DATE_NONE || received <= pack->valid_to);
}

const struct pack_act *pack_act(const struct pack *pack, const char *id)
{
    for (size_t i = 0; id != NULL && i < pack->n_acts; i++) {
        if (strcmp(pack->acts[i].id, id) == 0)
            return &pack->acts[i];
    }
    return NULL;
}

int pack_state_index(const struct pack *pack, enum matter_kind kind, const char *id)
{
    const struct pack_kind *k = &pack->kinds[kind];

    for (size_t i = 0; id != NULL && i < k->n_states; i++) {
        if (strcmp(k->states[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

const struct pack_state *pack_state(const struct pack *pack, enum matter_kind kind, const char *id)
{
    int i = pack_state_index(pack, kind, id);

    return i < 0 ? NULL : &pack->kinds[kind].states[i];
}

const struct deadline_rule *pack_deadline(const struct pack *pack, const char *id)
{
    for (size_t i = 0; id != NULL && i < pack->n_deadlines; i++) {
        if (strcmp(pack->deadlines[i].id, id) == 0)
            return &pack->deadlines[i];
    }
    return NULL;
}

const struct pack_ground *pack_ground(const struct pack *pack, enum matter_kind kind,
                                      const char *code)
{
    const struct pack_kind *k = &pack->kinds[kind];

    for (size_t i = 0; code != NULL && i < k->n_grounds; i++) {
        if (strcmp(k->grounds[i].code, code) == 0)
            return &k->grounds[i];
    }
    return NULL;
}

bool pack_asks(const struct pack *pack, enum matter_kind kind, unsigned role)
{
    const struct pack_kind *k = &pack->kinds[kind];

    for (size_t i = 0; i < k->n_transitions; i++)
        if ((k->transitions[i].roles & role) != 0)
            return true;
    return false;
}

const struct pack_outcome *pack_outcome(const struct pack *pack, enum matter_kind kind,
                                        const char *id)
{
    const struct pack_kind *k = &pack->kinds[kind];

    for (size_t i = 0; id != NULL && i < k->n_outcomes; i++) {
        if (strcmp(k->outcomes[i].id, id) == 0)
            return &k->outcomes[i];
    }
    return NULL;
}

const struct act_field *act_field(const struct pack_act *act, const char *name)
{
    for (size_t i = 0; name != NULL && i < act->n_fields; i++) {
        if (strcmp(act->fields[i].name, name) == 0)
            return &act->fields[i];
    }
    return NULL;
}

const struct choice *field_choice(const struct act_field *field, enum matter_kind kind,
                                  const char *code)
{
    for (size_t i = 0; code != NULL && i < field->n_choices; i++) {
        if ((field->choices[i].kinds >> kind & 1) != 0 && strcmp(field->choices[i].code, code) == 0)
            return &field->choices[i];
    }
    return NULL;
}

const char *matter_kind_name(enum matter_kind kind)
{
    return kind < KIND_COUNT ? pack_kind_names[kind] : NULL;
}

enum matter_kind matter_kind_find(const char *name)
{
    unsigned kind = 0;

    while (kind < KIND_COUNT && (name == NULL || strcmp(pack_kind_names[kind], name) != 0))
        kind++;
    return (enum matter_kind)kind;
}

const char *waiting_for_name(enum waiting_for waiting)
{
    return waiting == WAIT_KEEP ? NULL : pack_waiting_names[waiting];
}

enum waiting_for waiting_for_find(const char *name)
{
    for (int i = 0; name != NULL && pack_waiting_names[i] != NULL; i++) {
        if (strcmp(pack_waiting_names[i], name) == 0)
            return (enum waiting_for)i;
    }
    return WAIT_KEEP;
}

const struct label *waiting_for_label(enum waiting_for waiting)
{
    return waiting == WAIT_KEEP ? NULL : &waiting_labels[waiting];
}

bool field_is_simple(enum field_kind kind)
{
    return kind != FIELD_TABLE && kind != FIELD_CHECKLIST && kind != FIELD_PERSON &&
           kind != FIELD_FILE && kind != FIELD_REMEDIES && kind != FIELD_AMENDMENT &&
           kind != FIELD_REPORT;
}

const char *field_kind_name(enum field_kind kind)
{
    return pack_field_names[kind];
}

const char *act_class_name(enum act_class act_class)
{
    return pack_class_names[act_class];
}
