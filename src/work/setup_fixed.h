/* The part of a setup that is read once, at the start. For setup.c alone. */
#ifndef FANGXIN_WORK_SETUP_FIXED_H
#define FANGXIN_WORK_SETUP_FIXED_H

#include "work/setup.h"
#include "work/setup_internal.h"

#define PACKS_MAX 16
/* Every pointer is owned. kept and cases_kept are not loaded here: they need the rest of the setup.
 */
struct fixed {
    struct arena *own; /* files of the installation's own packs */
    struct profiles *profiles;
    const struct profile *profile;
    struct pack *packs[PACKS_MAX]; /* those of the profile, each once, in its order */
    size_t n_packs;
    struct order_flow *orders;
    struct kept_packs kept;
    struct flow *cases;
    struct kept_flows cases_kept;
    struct registers *registers;
    struct calendar *calendar;
    json_t *calendar_base;
    struct codes *codes;
    struct regions *regions;
    struct measures *measures;
    struct disclosure *disclosure;
    struct evidence_pack *evidence;
    struct retention_pack *retention;
    struct duty_pack *duty;
    struct compensation *compensation;
    struct group_rules *groups;
    struct factor_rules *factors;
    struct subject_rules *subjects;
    struct letter_pack *letters;
    struct folder *folder;
    struct visits *visits;
};

/* All but registers. A failure leaves what was loaded so far: fixed_release is due in any case.
 * @param dir  the installation's own files; need not be there (own_packs.h)
 * @return ERR_NOT_FOUND a pack, or the profile that the store names; ERR_INVALID with items, each
 *         with file and place */
enum err_code fixed_load(struct store *store, const struct embedded_file *shipped, const char *dir,
                         struct fixed *ret, struct err *err) MUST_CHECK;
/* Those of the program, and the installation's own of @p dir/registers. Needs the codes.
 * @param named  somebody named the folder: then it must be there */
enum err_code fixed_load_registers(const struct embedded_file *packs, const char *dir, bool named,
                                   struct fixed *ret, struct err *err) MUST_CHECK;
void fixed_release(struct fixed *fixed);

#endif
