/* The files that law and practice are read from: those that come with the program, and in their
 * place or beside them those of the installation, so that a new law is a new file. */
#ifndef FANGXIN_WORK_OWN_PACKS_H
#define FANGXIN_WORK_OWN_PACKS_H

#include "base/arena.h"
#include "base/embed.h"
#include "base/err.h"

#define OWN_PACKS_BYTES ((size_t)64 << 20) /* of the arena that takes them, at most */

/**
 * @param shipped  ascending by path
 * @param dir      holds codes letters orders profiles regions rules visits watches; need not be
 * there. What else it holds has readers of its own (registers, indicators, summaries).
 * @param[out] ret ascending by path, ended like @p shipped; lives as long as @p arena and shipped
 * @return ERR_IO or ERR_TOO_LARGE, with the path; ERR_NO_MEMORY
 */
enum err_code own_packs_over(struct arena *arena, const struct embedded_file *shipped,
                             const char *dir, const struct embedded_file **ret,
                             struct err *err) MUST_CHECK;

/* Names the file in front of the place of each fault in @p err, when there are any. @return @p rc
 */
enum err_code pack_in_file(enum err_code rc, const char *path, struct err *err) MUST_CHECK;

#endif
