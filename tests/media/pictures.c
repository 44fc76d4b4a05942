/* pictures FOLDER: makes the pictures that the tests of evidence send. A top edge that is red and a
 * left edge that is blue tell whether a picture stands upright.
 * pictures --corners < JPEG: the colours of its top and its left edge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#define WIDTH 1200
#define HEIGHT 800
#define EDGE 80

static void check(int failed)
{
    if (failed != 0) {
        fprintf(stderr, "%s\n", vips_error_buffer());
        exit(1);
    }
}

static VipsImage *canvas(int width, int height)
{
    VipsImage *black, *grey, *tagged, *ret;

    check(vips_black(&black, width, height, "bands", 3, NULL));
    check(vips_linear1(black, &grey, 1.0, 200.0, "uchar", TRUE, NULL));
    check(vips_copy(grey, &tagged, "interpretation", VIPS_INTERPRETATION_sRGB, NULL));
    ret = vips_image_copy_memory(tagged);
    g_object_unref(black);
    g_object_unref(grey);
    g_object_unref(tagged);
    check(ret == NULL);
    return ret;
}

static void edges(VipsImage *image)
{
    double red[] = {220, 20, 20}, blue[] = {20, 20, 220};

    check(
        vips_draw_rect(image, red, 3, 0, 0, vips_image_get_width(image), EDGE, "fill", TRUE, NULL));
    check(vips_draw_rect(image, blue, 3, 0, EDGE, EDGE, vips_image_get_height(image) - EDGE, "fill",
                         TRUE, NULL));
}

static void save(VipsImage *image, const char *folder, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    check(vips_image_write_to_file(image, path, NULL));
}

/* As a telephone writes it: lying on its side, with a note to turn it, where, and with what. */
static void save_photo(VipsImage *upright, const char *folder)
{
    VipsImage *lying, *photo;

    check(vips_rot(upright, &lying, VIPS_ANGLE_D270, NULL));
    check(vips_copy(lying, &photo, NULL));
    vips_image_set_int(photo, "orientation", 6);
    vips_image_set_string(photo, "exif-ifd0-Make", "GeheimWerk");
    vips_image_set_string(photo, "exif-ifd0-Model", "Verraeter 9");
    vips_image_set_string(photo, "exif-ifd3-GPSLatitudeRef", "N");
    vips_image_set_string(photo, "exif-ifd3-GPSLatitude", "30/1 41/1 1234/100");
    vips_image_set_string(photo, "exif-ifd3-GPSLongitudeRef", "E");
    vips_image_set_string(photo, "exif-ifd3-GPSLongitude", "111/1 17/1 4321/100");
    save(photo, folder, "photo.jpg");
    g_object_unref(photo);
    g_object_unref(lying);
}

static const char *colour_at(VipsImage *image, int x, int y)
{
    double *v;
    int n;

    check(vips_getpoint(image, &v, &n, x, y, NULL));
    return v[0] > 150 && v[2] < 100 ? "red" : v[2] > 150 && v[0] < 100 ? "blue" : "neither";
}

static int corners(void)
{
    static char bytes[4 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, stdin);
    VipsImage *image;

    check(vips_jpegload_buffer(bytes, n, &image, NULL));
    printf("%s %s\n", colour_at(image, vips_image_get_width(image) / 2, EDGE / 4),
           colour_at(image, EDGE / 4, vips_image_get_height(image) / 2));
    g_object_unref(image);
    return 0;
}

int main(int argc, char **argv)
{
    VipsImage *image, *large;

    if (argc != 2 || VIPS_INIT(argv[0]) != 0)
        return 2;
    if (strcmp(argv[1], "--corners") == 0)
        return corners();
    image = canvas(WIDTH, HEIGHT);
    edges(image);
    save_photo(image, argv[1]);
    save(image, argv[1], "picture.png");
    save(image, argv[1], "picture.webp");
    save(image, argv[1], "picture.heic");
    save(image, argv[1], "picture.gif");
    save(image, argv[1], "picture.tif");
    large = canvas(4000, 3000);
    edges(large);
    save(large, argv[1], "large.jpg");
    g_object_unref(large);
    g_object_unref(image);
    vips_shutdown();
    return 0;
}
