/* Pictures of strangers made harmless: decoded, turned upright, made smaller, written anew as JPEG
 * without any of the metadata that came with them. */
#ifndef FANGXIN_MEDIA_PICTURE_H
#define FANGXIN_MEDIA_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

struct picture_limits {
    double max_pixels; /* width times height, from the head, before anything is decoded */
    int large_edge;    /* longest edge of the picture shown */
    int thumb_edge;    /* and of the small one */
};

struct picture {
    int width, height; /* upright, as sent */
    unsigned char *large, *thumb;
    size_t large_bytes, thumb_bytes;
};

/* Readies the library; before the sandbox, since it reads files. */
bool picture_init(const char *program);

/**
 * @param type  as the bytes say: image/jpeg, image/png, image/webp, image/heic or image/heif; each
 * has one decoder, nothing else is tried
 * @return NULL, or why not: "type" "unreadable" "truncated" "too_many_pixels"
 */
const char *picture_make(const char *type, const void *bytes, size_t n,
                         const struct picture_limits *limits, struct picture *ret);

#endif
