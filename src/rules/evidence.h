/* What may be handed in as evidence: packs/rules/evidence.json. */
#ifndef FANGXIN_RULES_EVIDENCE_H
#define FANGXIN_RULES_EVIDENCE_H

#include <stdint.h>

#include "base/err.h"
#include "rules/label.h"

enum file_shown { SHOWN_PICTURE, SHOWN_DOCUMENT };

struct file_type {
    const char *type; /* MIME, as libmagic names the bytes */
    struct label label;
    const char *extension;
    enum file_shown shown; /* as a picture made anew, or only to be taken away */
};

struct evidence_rules {
    int64_t max_files;   /* of one matter, removed ones not counted */
    int64_t max_removed; /* of one matter, so that removing does not make room without end */
    int64_t max_bytes;   /* of one file */
    int64_t max_pixels;  /* width times height */
    int64_t large_edge, thumb_edge; /* longest edge in pixels of the pictures shown */
    int64_t rescan_days; /* how long a file is looked at again when the virus signatures change */
    const struct file_type *types;
    size_t n_types;
};

struct evidence_pack;
enum err_code evidence_load(const char *bytes, size_t n, struct evidence_pack **ret,
                            struct err *err) MUST_CHECK;
void evidence_free(struct evidence_pack *pack);
void evidence_freep(struct evidence_pack **pack);
const struct evidence_rules *evidence_rules(const struct evidence_pack *pack);
/* NULL when files of this type are not taken. */
const struct file_type *evidence_type(const struct evidence_rules *rules, const char *type);

#endif
