/* check-id: identifiers alone, without an installation. */
#include <string.h>

#include "base/json.h"
#include "main/command.h"
#include "rules/identifiers.h"

/* ---- check-id ---- */

static int say(struct command_run *run, const char *normal, const char *fault,
               const struct label *why)
{
    bool right = strcmp(fault, "ok") == 0;

    if (run->json) {
        CLEANUP(buf_release) struct buf out = BUF_UP_TO(4096);
        struct json_writer w;

        json_begin(&w, &out);
        json_object_begin(&w);
        json_bool(&w, "valid", right);
        json_text(&w, "normal", normal);
        json_text(&w, "fault", fault);
        json_object_end(&w);
        fprintf(run->out, "%s\n", buf_text(&out));
    } else if (right) {
        fprintf(run->out, "%s ok\n", normal);
    } else {
        fprintf(run->out, "%s / %s\n", why->zh, why->en);
    }
    return right ? EXIT_OK : EXIT_FOUND;
}

int cmd_check_id(struct command_run *run)
{
    const char *kind = take_argument(run), *value = take_argument(run);

    if (kind == NULL || value == NULL || left_over(run))
        return usage_error(run, "check-id wants uscc, citizen or phone and a value");
    if (strcmp(kind, "uscc") == 0) {
        struct uscc r = uscc_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    if (strcmp(kind, "citizen") == 0) {
        struct citizen_id r = citizen_id_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    if (strcmp(kind, "phone") == 0) {
        struct phone r = phone_check(value);

        return say(run, r.normal, id_fault_name(r.fault), &r.why);
    }
    return usage_error(run, "check-id knows uscc, citizen and phone, not '%s'", kind);
}
