/* Acts: the only way a matter changes after it was received. */
#ifndef FANGXIN_WORK_ACTS_H
#define FANGXIN_WORK_ACTS_H

#include "work/matter.h"

#define ANY_VERSION (-1)

/**
 * One act on one matter.
 * @param input  object with the act's fields (rules/pack.h act_field) plus optional "at", checked
 * for shape by web/forms.h; codes, bodies and officers are checked here
 * @param version  of the state the actor saw (If-Match), or ANY_VERSION
 * @param[in,out] m  empty, or the matter as matter_for gave it in this op; then the new state, to
 * be given back with matter_release
 * @return ERR_CONFLICT for another version, ERR_NOT_ALLOWED, ERR_FORBIDDEN, ERR_NOT_FOUND (also for
 *         what the actor may not see), ERR_INVALID
 */
enum err_code matter_act(struct op *op, int64_t id, const char *act, const json_t *input,
                         int64_t version, struct matter *m) MUST_CHECK;
/* The same into a change set, on a state already loaded, which becomes the new one. The caller
 * saves it with matter_save. */
enum err_code matter_act_into(struct op *op, struct changes *ch, struct matter *m, const char *act,
                              const json_t *input) MUST_CHECK;

/* Loads a matter the actor may see; everybody else gets ERR_NOT_FOUND. Who shows it notes the look
 * (access.h). */
enum err_code matter_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                         struct matter *ret) MUST_CHECK;

#endif
