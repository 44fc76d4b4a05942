/* Foreign bytes, looked at in a process of its own: fangxin-media (src/media), which stands beside
 * fangxin, shuts itself in, says what the bytes are and gives back a picture made anew. Nothing
 * here decodes anything. */
#ifndef FANGXIN_WORK_MEDIA_H
#define FANGXIN_WORK_MEDIA_H

#include "base/arena.h"
#include "rules/evidence.h"

struct media;

/* @p program NULL: fangxin-media beside the running program. Whether it can be run is only known
 * when it is asked. NULL when out of memory. */
struct media *media_new(const char *program);
void media_free(struct media *media);

enum media_found { MEDIA_PICTURE, MEDIA_DOCUMENT, MEDIA_REFUSED };

struct media_answer {
    enum media_found found;
    char type[81];         /* as libmagic names the bytes; "" when they were not looked at */
    char why[24];          /* MEDIA_REFUSED: "empty" "too_large" "type" "unreadable" "truncated"
                              "too_many_pixels" */
    int64_t width, height; /* MEDIA_PICTURE: upright, as sent */
    const unsigned char *large, *thumb; /* two JPEGs, in the arena */
    size_t large_bytes, thumb_bytes;
};

/**
 * Looks at one file. A few run at a time and a few wait; with more, ERR_BUSY. Takes up to 20 s.
 * @return ERR_OK also for a refusal: a child that crashes, hangs or talks nonsense refuses
 *         ("unreadable"); ERR_IO when it cannot be run; ERR_NO_MEMORY
 */
enum err_code media_look(struct media *media, struct arena *arena, const void *bytes, size_t n,
                         const struct evidence_rules *rules, struct media_answer *ret,
                         struct err *err) MUST_CHECK;

#endif
