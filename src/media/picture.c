/* Pictures through libvips 8.14. Loaders are called by name: its own search would hand a PDF to
 * poppler however much is blocked. Of its modules only the one for HEIC is loaded. */
#include "media/picture.h"

#include <gmodule.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#define QUALITY 82

bool picture_init(const char *program)
{
    GModule *heif;

    /* Where it looks for its modules: nowhere. The one wanted is opened by name. */
    setenv("VIPSHOME", "/nonexistent", 1);
    setenv("VIPS_BLOCK_UNTRUSTED", "1", 1);
    setenv("VIPS_WARNING", "0", 1);
    setenv("VIPS_NOVECTOR", "1", 1); /* else it would write machine code */
    if (VIPS_INIT(program) != 0)
        return false;
    heif = g_module_open(VIPS_MODULES "/vips-heif.so", G_MODULE_BIND_LOCAL);
    if (heif != NULL)
        g_module_make_resident(heif);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    return true;
}

typedef int load_fn(const void *bytes, size_t n, int shrink, VipsImage **ret);

static int load_jpeg(const void *bytes, size_t n, int shrink, VipsImage **ret)
{
    return vips_jpegload_buffer((void *)(uintptr_t)bytes, n, ret, "access", VIPS_ACCESS_SEQUENTIAL,
                                "fail_on", VIPS_FAIL_ON_TRUNCATED, "shrink", shrink, NULL);
}

static int load_png(const void *bytes, size_t n, int shrink, VipsImage **ret)
{
    (void)shrink;
    return vips_pngload_buffer((void *)(uintptr_t)bytes, n, ret, "access", VIPS_ACCESS_SEQUENTIAL,
                               "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

static int load_webp(const void *bytes, size_t n, int shrink, VipsImage **ret)
{
    (void)shrink;
    return vips_webpload_buffer((void *)(uintptr_t)bytes, n, ret, "access", VIPS_ACCESS_SEQUENTIAL,
                                "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

static int load_heic(const void *bytes, size_t n, int shrink, VipsImage **ret)
{
    (void)shrink;
    return vips_heifload_buffer((void *)(uintptr_t)bytes, n, ret, "access", VIPS_ACCESS_SEQUENTIAL,
                                "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

static const struct {
    const char *type;
    load_fn *load;
    bool shrinks; /* the decoder can leave out pixels by 2, 4, 8 */
} loaders[] = {
    {"image/jpeg", load_jpeg, true},  {"image/png", load_png, false},
    {"image/webp", load_webp, false}, {"image/heic", load_heic, false},
    {"image/heif", load_heic, false},
};

/* How much the decoder may leave out and still give twice the edge wanted. */
static int shrink_for(int longest, int edge)
{
    int shrink = 8;

    while (shrink > 1 && longest / shrink < edge * 2)
        shrink /= 2;
    return shrink;
}

static bool truncated(void)
{
    const char *why = vips_error_buffer();

    return strcasestr(why, "premature") != NULL || strcasestr(why, "truncat") != NULL ||
           strcasestr(why, "end of") != NULL || strcasestr(why, "eof") != NULL;
}

static const char *failed(void)
{
    const char *why = truncated() ? "truncated" : "unreadable";

    vips_error_clear();
    return why;
}

/* Upright, within @p edge, in sRGB without alpha, in memory. */
static VipsImage *reduce(VipsImage *in, int edge)
{
    VipsImage *small = NULL, *flat = NULL, *kept = NULL;
    VipsArrayDouble *white = vips_array_double_newv(3, 255.0, 255.0, 255.0);

    if (vips_thumbnail_image(in, &small, edge, "height", edge, "size", VIPS_SIZE_DOWN,
                             "export_profile", "srgb", NULL) == 0) {
        if (!vips_image_hasalpha(small))
            flat = g_object_ref(small);
        else if (vips_flatten(small, &flat, "background", white, NULL) != 0)
            flat = NULL;
        kept = flat == NULL ? NULL : vips_image_copy_memory(flat);
    }
    vips_area_unref(VIPS_AREA(white));
    g_clear_object(&flat);
    g_clear_object(&small);
    return kept;
}

static bool write_jpeg(VipsImage *in, unsigned char **ret, size_t *ret_n)
{
    void *bytes = NULL;

    if (vips_jpegsave_buffer(in, &bytes, ret_n, "Q", QUALITY, "strip", TRUE, "optimize_coding",
                             TRUE, NULL) != 0)
        return false;
    *ret = bytes;
    return true;
}

static const char *make(VipsImage *in, const struct picture_limits *limits, struct picture *ret)
{
    VipsImage *large = reduce(in, limits->large_edge);
    VipsImage *thumb = large == NULL ? NULL : reduce(large, limits->thumb_edge);
    bool good = thumb != NULL && write_jpeg(large, &ret->large, &ret->large_bytes) &&
                write_jpeg(thumb, &ret->thumb, &ret->thumb_bytes);

    g_clear_object(&thumb);
    g_clear_object(&large);
    return good ? NULL : failed();
}

const char *picture_make(const char *type, const void *bytes, size_t n,
                         const struct picture_limits *limits, struct picture *ret)
{
    VipsImage *in = NULL;
    const char *why;
    int longest;
    size_t i = 0;

    while (i < sizeof loaders / sizeof loaders[0] && strcmp(loaders[i].type, type) != 0)
        i++;
    if (i == sizeof loaders / sizeof loaders[0])
        return "type";
    *ret = (struct picture){0};
    if (loaders[i].load(bytes, n, 1, &in) != 0)
        return failed();
    ret->width = vips_image_get_width(in);
    ret->height = vips_image_get_height(in);
    longest = ret->width > ret->height ? ret->width : ret->height;
    if ((double)ret->width * ret->height > limits->max_pixels) {
        g_object_unref(in);
        return "too_many_pixels";
    }
    if (vips_image_get_orientation_swap(in)) {
        int side = ret->width;

        ret->width = ret->height;
        ret->height = side;
    }
    if (loaders[i].shrinks && shrink_for(longest, limits->large_edge) > 1) {
        g_clear_object(&in);
        if (loaders[i].load(bytes, n, shrink_for(longest, limits->large_edge), &in) != 0)
            return failed();
    }
    why = make(in, limits, ret);
    g_object_unref(in);
    return why;
}
