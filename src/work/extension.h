/* Extensions of terms: who asked and why, who answered, when the filer was told.
 *
 * matter.detail "extensions": [{"act", "asked_by"?, "asked_at"?, "asked"?, "answer"?, "by"?, "at"?,
 * "answered"?, "told_at"?, "channel"?}], oldest first, the newest EXTENSIONS_KEPT. "act" is the one
 * that asked, or that extended at once; "asked" and "answered" are the versions whose sealed reason
 * belongs to it; "answer" is "granted" or "refused", absent while it waits. */
#ifndef FANGXIN_WORK_EXTENSION_H
#define FANGXIN_WORK_EXTENSION_H

#include "base/json.h"
#include "work/act_effects.h"

#define EXTENSIONS_KEPT 20

/* Asked for; granted or refused, whether or not somebody asked; the filer is told of it. */
void extension_asked(struct act_run *run);
void extension_answered(struct act_run *run, bool granted);
void extension_told(struct act_run *run);

/* Member "extensions": each with its reasons in clear and the article that allows it. */
enum err_code view_extensions(struct op *op, struct snapshot *snap, const struct matter *m,
                              struct json_writer *w) MUST_CHECK;

#endif
