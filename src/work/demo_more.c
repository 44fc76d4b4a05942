/* What stands in a matter beside the steps of its life where much is told of each: parties called
 * and told, notes, what a consumer adds, files. Told behind each step, by a chance of its own, so
 * that the steps are those that are told without it. */
#include <string.h>

#include "base/buf.h"
#include "work/demo_story.h"
#include "work/evidence_file.h"

#define FILES_MAX 5
#define PDF_MAX ((size_t)4096)
#define DOCUMENT "application/pdf"

/* ---- a file ---- */

/* One empty page that names the matter; its table of contents counts bytes, so it is put together
 * here. */
static void document_of(const struct story *st, int64_t n, struct buf *out)
{
    static const char *const parts[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    };
    size_t at[3], table;

    buf_addf(out, "%%PDF-1.4\n%%%s-%lld\n", st->m.number, (long long)n);
    for (size_t i = 0; i < 3; i++) {
        at[i] = out->len;
        buf_addf(out, "%zu 0 obj%s endobj\n", i + 1, parts[i]);
    }
    table = out->len;
    buf_adds(out, "xref\n0 4\n0000000000 65535 f \n");
    for (size_t i = 0; i < 3; i++)
        buf_addf(out, "%010zu 00000 n \n", at[i]);
    buf_addf(out, "trailer<</Size 4/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", table);
}

static enum err_code attach(struct story *st)
{
    CLEANUP(buf_release) struct buf bytes = BUF_UP_TO(PDF_MAX);
    struct evidence_kept kept = {.type = evidence_type(st->op->setup->evidence, DOCUMENT),
                                 .answer.found = MEDIA_DOCUMENT};
    struct op *op = st->op;

    if (kept.type == NULL)
        return err_set(&op->err, ERR_INTERNAL, "the pack takes no " DOCUMENT);
    document_of(st, st->m.version, &bytes);
    if (bytes.failed)
        return err_set(&op->err, ERR_NO_MEMORY, "a file");
    TRY(blob_put(op, bytes.data, bytes.len, &kept.original));
    op->actor = st->m.officer == MATTER_NONE ? st->clerk->actor : st->handler->actor;
    op->now_ms = st->now;
    TRY(evidence_attach_into(op, st->changes, &st->m, story_text(st, "files"), &kept));
    st->acts++;
    return ERR_OK;
}

/* ---- one of them ---- */

struct shares {
    int64_t least, most; /* behind one step */
    int files, contacts, notes, supplements;
};

/* Per thousand; the number behind a step is the greater the fewer the steps. */
static const struct shares shares[] = {
    [KIND_ENQUIRY] = {4, 6, 0, 500, 300, 200},
    [KIND_COMPLAINT] = {0, 3, 290, 200, 310, 200},
    [KIND_REPORT] = {1, 3, 380, 250, 220, 150},
};

static bool goes_on(const struct story *st)
{
    const struct pack_state *state = setup_state(st->op->setup, st->plan->kind, st->m.status);

    return !st->over && state != NULL && !state->final;
}

static enum err_code tell_more(struct story *st, const struct shares *s)
{
    const struct demo_officer *by =
        st->plan->kind == KIND_ENQUIRY || st->m.officer == MATTER_NONE ? st->clerk : st->handler;
    struct actor party = story_party_of(st);
    int64_t at = chance_below(&st->chance, 1000);
    const char *whom = st->plan->kind == KIND_COMPLAINT && chance_hits(&st->chance, 500)
                           ? "business"
                       : st->plan->kind == KIND_REPORT ? "reporter"
                                                       : "consumer";

    story_soon(st);
    if (st->now > st->end_ms)
        return ERR_OK;
    if (at < s->files && json_array_size(json_object_get(st->m.detail, "files")) < FILES_MAX)
        return attach(st);
    at -= s->files;
    if (at < s->contacts && !st->anonymous)
        return story_act(st, by, "contact",
                         json_pack("{s:s, s:s, s:s, s:s}", "party", whom, "channel", "sms",
                                   "result", "reached", "text", story_text(st, "contact")));
    at -= s->contacts;
    if (at >= s->notes && !st->anonymous)
        return story_act_as(st, &party, "supplement", story_text_input(st, "text", "supplement"));
    return story_act(st, by, "note", story_text_input(st, "text", "note"));
}

enum err_code story_more(struct story *st)
{
    const struct shares *s = &shares[st->plan->kind];
    struct chance kept = st->chance;
    enum err_code rc = ERR_OK;
    int64_t n;

    if (st->county->detail != DEMO_LONG || st->more || st->plan->second)
        return ERR_OK;
    st->more = true;
    st->chance = chance_of(st->county->seed, 0x40e + (uint64_t)st->m.version, st->plan->which);
    n = chance_between(&st->chance, s->least, s->most);
    while (rc == ERR_OK && n-- > 0 && goes_on(st))
        rc = tell_more(st, s);
    st->chance = kept;
    st->more = false;
    return rc;
}
