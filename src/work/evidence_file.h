/* One file under seal, whoever it belongs to: a matter's evidence (work/evidence.h), a file of an
 * entry (work/entry_files.h). The bytes are looked at by fangxin-media, pictures made anew, and all
 * of it lies sealed on the disk before the event that names it. */
#ifndef FANGXIN_WORK_EVIDENCE_FILE_H
#define FANGXIN_WORK_EVIDENCE_FILE_H

#include "store/vault.h"
#include "work/evidence.h"
#include "work/media.h"

struct evidence_kept {
    const struct file_type *type;
    struct media_answer answer;
    struct blob original, large, thumb; /* the latter two of pictures */
};

/* Looks at the bytes and seals them. ERR_INVALID with an item for "file", ERR_BUSY, ERR_IO. */
enum err_code evidence_keep(struct op *op, const struct evidence_upload *upload,
                            struct evidence_kept *ret) MUST_CHECK;
/* The sender's name for it: the last part of a path, no control characters, well-formed, not too
 * long. NULL when nothing is left. */
const char *evidence_name(struct op *op, const char *name);
/* What the owner's state keeps of it (work/evidence.h); new reference. @p by 0: the party. */
json_t *evidence_state(const struct evidence_kept *kept, int64_t id, int64_t at, int64_t by);
struct evidence_file evidence_file_of(const json_t *file);
/* {"type", "size", "sha256"} for the event's "in"; new reference. */
json_t *evidence_event(const struct evidence_kept *kept);
/* The rows of its blobs, and one for the scanner. @p owner  id of the matter or record */
void evidence_add_rows(struct op *op, struct changes *ch, int64_t owner,
                       const struct evidence_kept *kept);

/* The act `attach` with a file that lies sealed, into a change set: for records made by the program
 * itself. @p m  the state, which becomes the new one */
enum err_code evidence_attach_into(struct op *op, struct changes *ch, struct matter *m,
                                   const char *name, const struct evidence_kept *kept) MUST_CHECK;

/* What the scanner said of it; "ready" "unscanned" "waiting" "infected" "purged". */
enum err_code evidence_scanned(struct op *op, struct snapshot *snap, const struct evidence_file *f,
                               enum evidence_state *ret) MUST_CHECK;
const char *evidence_state_name(enum evidence_state state);
/* ERR_NOT_ALLOWED while it waits for the scanner or is infected. */
enum err_code evidence_may_open(struct op *op, struct snapshot *snap,
                                const struct evidence_file *f) MUST_CHECK;
/* Whether that is a code of reveal_reasons: ERR_INVALID field "reason". */
enum err_code evidence_reason(struct op *op, const char *reason) MUST_CHECK;
/* The bytes of one part. ret->name may hold the sender's name for an original; else it is made of
 * @p owner, a printed number. ERR_NOT_FOUND: a document has no picture. */
enum err_code evidence_bytes(struct op *op, const struct evidence_file *f, enum evidence_part part,
                             const char *owner, struct buf *out,
                             struct evidence_shown *ret) MUST_CHECK;

#endif
