/* Checking number and PIN. */
#include "work/pin.h"

#include <sodium.h>
#include <string.h>

#include "work/backoff.h"
#include "work/filing.h"

static enum err_code wrong(struct op *op, const char *subject)
{
    backoff_wrong(op, subject);
    return err_field(&op->err, ERR_NOT_FOUND, "pin", "no_match",
                     "编号和查询码对不上。再核对一次，还不对就给我们打电话。",
                     "Number and PIN do not match. Check them, or call us.");
}

enum err_code pin_enter(struct op *op, const char *number, const char *pin, int64_t *ret_id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    const char *subject;
    char right[PIN_TEXT], given[PIN_TEXT] = "";
    enum err_code rc;
    int64_t id;

    rc = matter_id_of(op, number, &id);
    if (rc == ERR_NOT_FOUND)
        return wrong(op, "number");
    TRY(rc);
    subject = arena_printf(op->arena, "pin:%lld", (long long)id);
    if (subject == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "pin");
    TRY(backoff_check(op, subject));
    TRY(snapshot_open(op, &snap));
    rc = matter_load(op, snap, id, &m);
    if (rc == ERR_NOT_FOUND)
        return wrong(op, subject);
    TRY(rc);
    matter_pin(op, &m, right);
    snprintf(given, sizeof given, "%s", pin);
    if (strlen(pin) != PIN_TEXT - 1 || sodium_memcmp(right, given, PIN_TEXT) != 0)
        return wrong(op, subject);
    backoff_right(op, subject);
    op->actor = (struct actor){
        .kind = ACTOR_PARTY, .body_path = "", .party_matter = id, .roles = ROLE_PARTY};
    err_clear(&op->err);
    *ret_id = id;
    return ERR_OK;
}
