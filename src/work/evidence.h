/* Evidence: pictures and documents that belong to a matter.
 *
 * A file is added by the act `attach` and taken away by `detach`, so it is part of the matter's
 * events and state: detail "files" is an array of
 *   {"id": version of the attaching event, "type", "size", "blob", "large", "thumb", "width",
 *    "height", "at", "by": officer id, 0 for the party, "removed": version of the removing event,
 *    "removed_by_party": true when the party took it away,
 *    "purged": true once the term of keeping took the bytes}
 * The event's "in" has type, size and SHA-256; the name the file came with is sealed beside the
 * event. The original lies sealed under a random name (store/vault.h) until the term of keeping is
 * over; what people see is the picture made anew (work/media.h). Table `scan` keeps what the virus
 * scanner said. */
#ifndef FANGXIN_WORK_EVIDENCE_H
#define FANGXIN_WORK_EVIDENCE_H

#include "base/buf.h"
#include "work/matter.h"

#define EVIDENCE_MAX 200 /* above what a pack allows, removed ones included */
#define EVIDENCE_NAME_MAX 120

struct evidence_file {
    int64_t id, size, width, height, at, by, removed; /* removed 0: it is there */
    const char *type, *blob, *large, *thumb;          /* large, thumb NULL for documents */
    bool removed_by_party;
    bool purged; /* its bytes went at the end of the term of keeping (work/retention.h) */
};

/* Whether the actor may take this file of the state away as far as the file goes: it is there, and
 * a party sent it itself. The rule pack says who may at all, and when. */
bool evidence_removable(const struct op *op, const json_t *file);

/* Files of a matter, oldest first; texts live as long as the matter. */
size_t evidence_files(const struct matter *m, struct evidence_file ret[EVIDENCE_MAX]);

struct evidence_upload {
    const void *bytes;
    size_t n;
    const char
        *name; /* as the sender calls it; NULL or "" none. Its first EVIDENCE_NAME_MAX characters */
};

/**
 * Adds a file to a matter the actor may act on. The bytes decide the type. Blobs are on the disk
 * before the event.
 * @param[out] ret      the new state; give it back with matter_release
 * @param[out] ret_id   of the file
 * @return ERR_INVALID with an item for field "file" ("file_empty" "file_size" "file_type"
 *         "file_broken" "file_pixels" "file_count"); ERR_BUSY when too many are being looked at;
 *         ERR_NOT_ALLOWED, ERR_FORBIDDEN, ERR_NOT_FOUND as for acts; ERR_IO without fangxin-media
 */
enum err_code evidence_attach(struct op *op, int64_t matter_id,
                              const struct evidence_upload *upload, struct matter *ret,
                              int64_t *ret_id) MUST_CHECK;

/* ---- what is shown ---- */

enum evidence_part { EVIDENCE_THUMB, EVIDENCE_LARGE, EVIDENCE_ORIGINAL };

/* What stands between a file and who may see it. */
enum evidence_state {
    EVIDENCE_READY,     /* scanned and clean */
    EVIDENCE_UNSCANNED, /* no scanner is set up: shown, and said so */
    EVIDENCE_WAITING,   /* a scanner is set up and has not looked at it yet */
    EVIDENCE_INFECTED,
    EVIDENCE_PURGED, /* the term of keeping took it */
};

struct evidence_shown {
    const char *type; /* of the bytes given; lives as long as the program's packs */
    const char
        *name; /* to save it under, in the arena; the sender's own where the actor may know */
};

/**
 * One part of one file for an actor who may see it, into @p out. For the party only what it sent.
 * A look is not noted here. An original with camera data wants @p reason, a code of reveal_reasons,
 * from officers.
 * @return ERR_NOT_FOUND also for documents asked for as pictures; ERR_NOT_ALLOWED with an item
 *         "file_waiting", "file_infected", "file_removed" or "file_purged"; ERR_INVALID without a
 * reason
 */
enum err_code evidence_read(struct op *op, struct snapshot *snap, const struct matter *m,
                            int64_t file_id, enum evidence_part part, const char *reason,
                            struct buf *out, struct evidence_shown *ret) MUST_CHECK;

/* ---- virus scan ---- */

/* Scans what waits, up to @p max files, with the scanner of the settings; nothing without one.
 * @p again: also those that were scanned with older signatures, as long as the pack wants.
 * @return ERR_IO when the scanner cannot be reached */
enum err_code evidence_scan(struct op *op, size_t max, bool again, int64_t *ret_scanned) MUST_CHECK;

#endif
