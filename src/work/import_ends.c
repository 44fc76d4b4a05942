/* From an outcome to the acts that lead there. */
#include "work/import_ends.h"

#include <string.h>

#include "work/acts.h"

#define STEPS_MAX 6

enum when { AT_RECEIPT, AT_END, AT_ANSWER };

struct step {
    const char *act;
    enum when when;
};

static const struct way {
    enum matter_kind kind;
    const char *outcome;
    struct step steps[STEPS_MAX]; /* ends with act NULL */
} ways[] = {
    {KIND_COMPLAINT,
     "settled",
     {{"assign", AT_RECEIPT},
      {"accept", AT_RECEIPT},
      {"settle", AT_END},
      {"tell", AT_END},
      {"archive", AT_END}}},
    {KIND_COMPLAINT,
     "terminated",
     {{"assign", AT_RECEIPT},
      {"accept", AT_RECEIPT},
      {"terminate", AT_END},
      {"tell", AT_END},
      {"archive", AT_END}}},
    {KIND_COMPLAINT,
     "refused",
     {{"assign", AT_RECEIPT}, {"refuse", AT_END}, {"tell", AT_END}, {"archive", AT_END}}},
    {KIND_COMPLAINT, "withdrawn", {{"withdraw", AT_END}, {"archive", AT_END}}},
    {KIND_ENQUIRY, "answered", {{"answer", AT_ANSWER}, {"close", AT_END}}},
    {KIND_ENQUIRY, "withdrawn", {{"withdraw", AT_END}}},
    {KIND_REPORT,
     "filed",
     {{"assign", AT_RECEIPT},
      {"verify", AT_RECEIPT},
      {"file", AT_END},
      {"tell", AT_END},
      {"close", AT_END}}},
    {KIND_REPORT,
     "not_filed",
     {{"assign", AT_RECEIPT},
      {"verify", AT_RECEIPT},
      {"not_file", AT_END},
      {"tell", AT_END},
      {"close", AT_END}}},
    {KIND_REPORT,
     "no_power",
     {{"assign", AT_RECEIPT}, {"no_power", AT_END}, {"tell", AT_END}, {"close", AT_END}}},
};

static const char by_record[] = "按来源记录登记";

static void put(json_t *input, const char *name, const char *text)
{
    json_object_set_new(input, name, json_string(text));
}

static void put_settlement(json_t *input, const struct import_made *made)
{
    put(input, "form", "record");
    put(input, "terms", by_record);
    if (made->recovered_fen > 0)
        json_object_set_new(input, "remedies",
                            json_pack("[{s:s, s:I}]", "kind", "refund", "amount_fen",
                                      (json_int_t)made->recovered_fen));
}

/* What the act's form asks for, as far as an old record can say it. */
static void put_fields(json_t *input, const char *act, const struct matter *m,
                       const struct import_made *made)
{
    const char *party = strcmp(m->kind, "report") == 0                                ? "reporter"
                        : m->outcome != NULL && strcmp(m->outcome, "terminated") == 0 ? "both"
                                                                                      : "consumer";

    if (strcmp(act, "assign") == 0) {
        put(input, "body", made->body == NULL ? m->body : made->body);
    } else if (strcmp(act, "settle") == 0) {
        put_settlement(input, made);
    } else if (strcmp(act, "terminate") == 0 || strcmp(act, "refuse") == 0) {
        put(input, "ground",
            made->ground != NULL            ? made->ground
            : strcmp(act, "terminate") == 0 ? "T8"
                                            : "NA7");
        put(input, "reason", by_record);
    } else if (strcmp(act, "not_file") == 0 || strcmp(act, "withdraw") == 0) {
        put(input, "reason", by_record);
    } else if (strcmp(act, "no_power") == 0) {
        put(input, "told", by_record);
    } else if (strcmp(act, "tell") == 0) {
        put(input, "party", party);
        put(input, "channel", "web");
        put(input, "proof", by_record);
    } else if (strcmp(act, "answer") == 0) {
        put(input, "text", made->answer == NULL ? by_record : made->answer);
    }
}

static enum err_code do_step(struct op *op, struct changes *ch, struct matter *m, const char *act,
                             int64_t at, const struct import_made *made)
{
    CLEANUP(json_decrefp) json_t *input = json_object();
    char text[INSTANT_TEXT];

    instant_format(at, op->zone_min, text);
    put(input, "at", text);
    put_fields(input, act, m, made);
    return matter_act_into(op, ch, m, act, input);
}

static enum err_code note_answer(struct op *op, struct changes *ch, struct matter *m, int64_t at,
                                 const struct import_made *made)
{
    CLEANUP(json_decrefp) json_t *input = json_pack("{s:s}", "text", made->answer);
    char text[INSTANT_TEXT];

    instant_format(at, op->zone_min, text);
    put(input, "at", text);
    return matter_act_into(op, ch, m, "note", input);
}

static enum err_code rate(struct op *op, struct changes *ch, struct matter *m, int64_t at,
                          const struct import_made *made)
{
    CLEANUP(json_decrefp) json_t *input = json_pack("{s:I}", "score", (json_int_t)made->rating);
    char text[INSTANT_TEXT];

    instant_format(at, op->zone_min, text);
    put(input, "at", text);
    return matter_act_into(op, ch, m, "rate", input);
}

static const struct way *find_way(const struct matter *m, const char *outcome)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (ways[i].kind == matter_kind_of(m) && strcmp(ways[i].outcome, outcome) == 0)
            return &ways[i];
    return NULL;
}

enum err_code import_ends(struct op *op, struct changes *ch, struct matter *m,
                          const struct import_made *made)
{
    int64_t end = made->ended_at != INT64_MIN      ? made->ended_at
                  : made->answered_at != INT64_MIN ? made->answered_at
                                                   : m->received_at;
    int64_t answer = made->answered_at != INT64_MIN ? made->answered_at : end;
    bool enquiry = matter_kind_of(m) == KIND_ENQUIRY;
    const char *outcome =
        made->outcome == NULL && enquiry && made->answer != NULL ? "answered" : made->outcome;
    const struct way *way;

    if (made->answer != NULL && !enquiry)
        TRY(note_answer(op, ch, m, answer, made));
    if (outcome == NULL)
        return made->body == NULL ? ERR_OK : do_step(op, ch, m, "assign", m->received_at, made);
    way = find_way(m, outcome);
    if (way == NULL)
        return err_field(&op->err, ERR_INVALID, "outcome", "outcome", "这一类诉求没有这种结果",
                         "This kind of matter cannot end so.");
    for (size_t i = 0; i < STEPS_MAX && way->steps[i].act != NULL; i++) {
        const struct step *s = &way->steps[i];
        int64_t at = s->when == AT_RECEIPT ? m->received_at : s->when == AT_ANSWER ? answer : end;

        if (strcmp(s->act, "tell") == 0 && json_is_true(json_object_get(m->detail, "anonymous")))
            continue; /* nobody to tell */
        TRY(do_step(op, ch, m, s->act, at, made));
        if (strcmp(s->act, "tell") == 0 && made->rating > 0)
            TRY(rate(op, ch, m, at, made));
    }
    return ERR_OK;
}
