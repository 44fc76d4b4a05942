/* Revisions of registers in the database. */
#include "work/setup_registers.h"

#include <stdio.h>
#include <string.h>

#include "sql_queries.h"
#include "work/setup_internal.h"

void register_keep(struct op *op, struct changes *ch, const struct register_def *def)
{
    const char *content = register_content(op->arena, def);

    if (content == NULL)
        changes_fail(ch);
    else
        revision_keep(op, ch, "register", def->flow.id, register_revision(def), content);
}

static enum err_code refuse(struct op *op, const struct register_def *def, const char *code,
                            const char *zh, const char *en)
{
    char whole_zh[200], whole_en[200];

    snprintf(whole_zh, sizeof whole_zh, "台账 %.40s 第 %.20s 版%s", def->flow.id,
             def->flow.revision, zh);
    snprintf(whole_en, sizeof whole_en, "Register %.40s revision %.20s %s", def->flow.id,
             def->flow.revision, en);
    return err_field(&op->err, ERR_INVALID,
                     arena_printf(op->arena, "registers.%s.revision", def->flow.id), code, whole_zh,
                     whole_en);
}

/* One kept revision beside the register of today; *ret_same: it is the one of today. */
static enum err_code compare(struct op *op, struct registers *registers, const struct codes *codes,
                             const struct register_def *def, int64_t revision, const char *content,
                             bool *ret_same)
{
    int64_t now = register_revision(def);
    const char *own;

    *ret_same = revision == now;
    if (revision > now)
        return refuse(op, def, "older_revision", "比库里用过的旧：版本只能往上加。",
                      "is older than one in use here: a revision only grows.");
    if (revision < now) {
        if (registers_keep(registers, content, codes, &op->err) != ERR_OK)
            err_clear(&op->err);
        return ERR_OK;
    }
    own = register_content(op->arena, def);
    if (own == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a register");
    if (strcmp(own, content) != 0)
        return refuse(op, def, "same_revision", "和库里保存的不一样：内容改了，版本号也要加。",
                      "differs from the one kept here: a changed register needs another revision.");
    return ERR_OK;
}

/* Adds those of today of which only older ones are kept; returns how many. */
static size_t keep_new(struct op *op, struct changes *ch, const struct registers *registers,
                       const bool *used, const bool *kept)
{
    size_t n = 0;

    for (size_t i = 0; i < registers_count(registers); i++)
        if (used[i] && !kept[i]) {
            register_keep(op, ch, registers_at(registers, i));
            n++;
        }
    return n;
}

static size_t index_of(const struct registers *registers, const char *id)
{
    size_t i = 0;

    while (i < registers_count(registers) && strcmp(registers_at(registers, i)->flow.id, id) != 0)
        i++;
    return i;
}

static enum err_code read_kept(struct op *op, struct registers *registers,
                               const struct codes *codes, bool *used, bool *kept)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row, same;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_revisions_of, &s));
    TRY(stmt_bind_text(op, s, 1, "register"));
    for (;;) {
        size_t i;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        i = index_of(registers, stmt_text(s, 0));
        if (i == registers_count(registers))
            continue; /* a register that is gone */
        TRY(compare(op, registers, codes, registers_at(registers, i), stmt_int64(s, 1),
                    stmt_text(s, 2), &same));
        used[i] = true;
        kept[i] = kept[i] || same;
    }
}

enum err_code kept_registers_load(struct op *op, struct registers *registers,
                                  const struct codes *codes)
{
    size_t n = registers_count(registers);
    bool *used = ARENA_ARRAY(op->arena, bool, n + 1), *kept = ARENA_ARRAY(op->arena, bool, n + 1);
    struct changes *ch = changes_new(op);
    enum err_code rc;

    if (used == NULL || kept == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "kept registers");
    memset(used, 0, (n + 1) * sizeof *used);
    memset(kept, 0, (n + 1) * sizeof *kept);
    TRY(read_kept(op, registers, codes, used, kept));
    if (keep_new(op, ch, registers, used, kept) == 0)
        return ERR_OK;
    rc = store_apply(op, ch, QUEUE_INTERACTIVE);
    if (rc == ERR_STORE_FULL) { /* they are kept with the next start */
        err_clear(&op->err);
        rc = ERR_OK;
    }
    return rc;
}
