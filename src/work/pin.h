/* Number and PIN: how a person without an account reaches her matter. */
#ifndef FANGXIN_WORK_PIN_H
#define FANGXIN_WORK_PIN_H

#include "store/vault.h"
#include "work/matter.h"

/**
 * Makes op->actor the holder of this matter's PIN.
 * @return ERR_NOT_FOUND for a wrong number and a wrong PIN alike; ERR_RATE after wrong tries from
 *         this address for this number (others are not slowed down)
 */
enum err_code pin_enter(struct op *op, const char *number, const char *pin,
                        int64_t *ret_id) MUST_CHECK;

#endif
