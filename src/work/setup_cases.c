/* The life of cases in the database: a case goes on under the revision that it was filed under. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/case_flow.h"
#include "sql_queries.h"
#include "work/setup_internal.h"

#define FLOW "flow" /* kind of their revisions */

const struct flow *setup_case_flow(const struct setup *setup, const char *revision)
{
    for (size_t i = 0; revision != NULL && i < setup->n_cases_kept; i++)
        if (strcmp(setup->cases_kept[i]->revision, revision) == 0)
            return setup->cases_kept[i];
    return setup->cases;
}

static int64_t revision_of(const struct flow *flow)
{
    int64_t revision = 0;

    (void)text_int64(flow->revision, &revision);
    return revision;
}

static enum err_code add_kept(struct op *op, const char *content, struct kept_flows *ret)
{
    struct flow **more = realloc(ret->flows, (ret->n + 1) * sizeof *more);

    if (more == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "kept flows");
    ret->flows = more;
    TRY(case_flow_load(content, strlen(content), &more[ret->n], &op->err));
    ret->n++;
    return ERR_OK;
}

static enum err_code read_kept(struct op *op, const struct flow *current, bool *ret_there,
                               struct kept_flows *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_there = false;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_revisions_of, &s));
    TRY(stmt_bind_text(op, s, 1, FLOW));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (strcmp(current->id, stmt_text(s, 0)) != 0)
            continue;
        if (revision_of(current) != stmt_int64(s, 1))
            TRY(add_kept(op, stmt_text(s, 2), ret));
        else if (strcmp(current->text, stmt_text(s, 2)) != 0)
            return revision_changed_silently(op, current->id, stmt_int64(s, 1));
        else
            *ret_there = true;
    }
}

enum err_code kept_case_flows_load(struct op *op, const struct flow *current,
                                   struct kept_flows *ret)
{
    struct changes *ch = changes_new(op);
    enum err_code rc;
    bool there;

    TRY(read_kept(op, current, &there, ret));
    if (there)
        return ERR_OK;
    revision_keep(op, ch, FLOW, current->id, revision_of(current), current->text);
    rc = store_apply(op, ch, QUEUE_INTERACTIVE);
    if (rc == ERR_STORE_FULL) { /* it is kept with the next start */
        err_clear(&op->err);
        rc = ERR_OK;
    }
    return rc;
}

void kept_flows_release(struct kept_flows *kept)
{
    for (size_t i = 0; i < kept->n; i++)
        case_flow_free(kept->flows[i]);
    free(kept->flows);
    *kept = (struct kept_flows){0};
}
