/* From what is told of a respondent to the division it trades in. */
#include "work/place.h"

#include <string.h>

#include "rules/regions.h"
#include "rules/routing.h"
#include "work/filing_check.h"
#include "work/record.h"
#include "work/setup.h"

/* The finer of two where one lies in the other, else the first. */
static const char *finer(const char *first, const char *second)
{
    if (first == NULL)
        return second;
    return second != NULL && division_within(second, first) ? second : first;
}

/* A place that is known to belong to a body with a single street. */
static const char *street_of_alias(struct op *op, const char *address)
{
    struct routing_query query = {.address = address};
    struct routing_suggestion s = routing_suggest(op->setup->routing, op->arena, &query);

    return s.source == ROUTED_ADDRESS ? routing_only_street(op->setup->routing, s.body) : NULL;
}

static const char *place_of_address(struct op *op, const char *address)
{
    const struct region *named = regions_in(op->setup->regions, address);

    if (address == NULL || (named != NULL && strlen(named->code) == 9))
        return named == NULL ? NULL : named->code;
    return finer(named == NULL ? NULL : named->code, street_of_alias(op, address));
}

const char *place_as_told(struct op *op, const json_t *filing)
{
    return finer(filing_text(filing, "respondent.division"),
                 place_of_address(op, filing_text(filing, "respondent.address")));
}

static const char *place_of_business(struct op *op, const struct record *business)
{
    return business == NULL ? NULL
                            : finer(record_member(business, "division"),
                                    place_of_address(op, record_member(business, "address")));
}

const char *place_told(const struct matter *m)
{
    const json_t *told = json_object_get(m->detail, "place_told");

    if (told == NULL)
        return m->division;
    return json_string_length(told) == 0 ? NULL : json_string_value(told);
}

/* What was told is kept beside it where the business says more: it may turn out to be another. */
void place_put(struct draft *d, const char *told, const struct record *business)
{
    const char *place = finer(told, place_of_business(d->op, business));
    bool more = place != NULL && (told == NULL || strcmp(place, told) != 0);

    draft_set(d, "division", place == NULL ? json_null() : json_string(place));
    if (more)
        draft_detail(d, "place_told", json_string(told == NULL ? "" : told));
    else if (json_object_get(d->m->detail, "place_told") != NULL)
        draft_detail(d, "place_told", json_null());
}

struct label place_label(struct op *op, const char *code)
{
    const struct region *found = regions_find(op->setup->regions, code);
    struct label made;

    if (found != NULL)
        return found->label;
    if (code == NULL)
        return (struct label){NULL, NULL};
    made = (struct label){arena_printf(op->arena, "%s号区划", code),
                          arena_printf(op->arena, "Division %s", code)};
    return made.zh == NULL || made.en == NULL ? (struct label){code, code} : made;
}
