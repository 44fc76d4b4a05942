/* A part of the Chinese font, cut out by harfbuzz under a name of its own. */
#include "insight/letter_font.h"

#include <fontconfig/fontconfig.h>
#include <hb-subset.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unicode/ucnv.h>
#include <unicode/uset.h>
#include <unistd.h>

#include "base/buf.h"

#define WHOLE "Noto Serif CJK SC"
#define PART "Fangxin Letters"
#define PART_MAX ((size_t)32 << 20)
#define TABLES_MAX 64

static const uint16_t name_ids[] = {1, 2, 4, 6};
static const char *const name_texts[] = {PART, "Regular", PART, "FangxinLetters"};
#define NAMES (sizeof name_ids / sizeof name_ids[0])

/* ---- which signs ---- */

static void add_gb2312(hb_set_t *set)
{
    UErrorCode rc = U_ZERO_ERROR;
    UConverter *gb = ucnv_open("GB2312", &rc);
    USet *signs = uset_openEmpty();
    int32_t n;

    if (U_SUCCESS(rc))
        ucnv_getUnicodeSet(gb, signs, UCNV_ROUNDTRIP_SET, &rc);
    n = U_SUCCESS(rc) ? uset_getItemCount(signs) : 0;
    for (int32_t i = 0; i < n; i++) {
        UErrorCode ignored = U_ZERO_ERROR;
        UChar32 from, to;

        if (uset_getItem(signs, i, &from, &to, NULL, 0, &ignored) == 0)
            hb_set_add_range(set, (hb_codepoint_t)from, (hb_codepoint_t)to);
    }
    uset_close(signs);
    ucnv_close(gb);
}

/* What pango does to horizontal Chinese text unasked; each further feature keeps glyphs of its own.
 */
static const hb_tag_t features[] = {HB_TAG('c', 'c', 'm', 'p'), HB_TAG('l', 'o', 'c', 'l'),
                                    HB_TAG('k', 'e', 'r', 'n')};

static hb_face_t *cut(hb_face_t *whole)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    hb_set_t *kept;
    hb_face_t *part;

    if (input == NULL)
        return NULL;
    add_gb2312(hb_subset_input_unicode_set(input));
    hb_set_add_range(hb_subset_input_unicode_set(input), 0x20, 0x7e);
    hb_set_add_range(hb_subset_input_unicode_set(input), 0xa0, 0xff);
    hb_set_add_range(hb_subset_input_unicode_set(input), 0x2010, 0x2027); /* dashes, quotes */
    hb_set_add_range(hb_subset_input_unicode_set(input), 0x3000, 0x301f);
    hb_set_add_range(hb_subset_input_unicode_set(input), 0xff01, 0xff5e);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
    kept = hb_subset_input_set(input, HB_SUBSET_SETS_LAYOUT_FEATURE_TAG);
    hb_set_clear(kept);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        hb_set_add(kept, features[i]);
    part = hb_subset_or_fail(whole, input);
    hb_subset_input_destroy(input);
    return part;
}

/* ---- under which name ---- */

static void add_16(struct buf *b, unsigned n)
{
    buf_addc(b, (char)(n >> 8));
    buf_addc(b, (char)(n & 0xff));
}

/* The table `name`, format 0: Windows, Unicode, English. The texts are ASCII. */
static hb_blob_t *names(void)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(4096);
    unsigned at = 0;

    add_16(&b, 0);
    add_16(&b, NAMES);
    add_16(&b, 6 + 12 * NAMES);
    for (size_t i = 0; i < NAMES; i++) {
        unsigned n = (unsigned)strlen(name_texts[i]) * 2;

        add_16(&b, 3);
        add_16(&b, 1);
        add_16(&b, 0x409);
        add_16(&b, name_ids[i]);
        add_16(&b, n);
        add_16(&b, at);
        at += n;
    }
    for (size_t i = 0; i < NAMES; i++)
        for (const char *p = name_texts[i]; *p != '\0'; p++)
            add_16(&b, (unsigned char)*p);
    return hb_blob_create_or_fail(b.data, (unsigned)b.len, HB_MEMORY_MODE_DUPLICATE, NULL, NULL);
}

static hb_blob_t *renamed(hb_face_t *part)
{
    hb_blob_t *old = hb_face_reference_blob(part), *name = names(), *file;
    hb_face_t *from = hb_face_create(old, 0), *to = hb_face_builder_create();
    hb_tag_t tags[TABLES_MAX];
    unsigned n = TABLES_MAX;

    hb_face_get_table_tags(from, 0, &n, tags);
    for (unsigned i = 0; i < n; i++) {
        bool is_name = tags[i] == HB_TAG('n', 'a', 'm', 'e') && name != NULL;
        hb_blob_t *table = hb_face_reference_table(from, tags[i]);

        hb_face_builder_add_table(to, tags[i], is_name ? name : table);
        hb_blob_destroy(table);
    }
    file = hb_face_reference_blob(to);
    hb_face_destroy(to);
    hb_face_destroy(from);
    hb_blob_destroy(name);
    hb_blob_destroy(old);
    return file;
}

/* ---- making it known ---- */

static hb_face_t *open_whole(void)
{
    FcPattern *wanted = FcPatternCreate(), *found;
    FcResult result;
    FcChar8 *path, *family;
    hb_face_t *face = NULL;
    int index = 0;

    FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)WHOLE);
    FcConfigSubstitute(NULL, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    found = FcFontMatch(NULL, wanted, &result);
    if (found != NULL && FcPatternGetString(found, FC_FAMILY, 0, &family) == FcResultMatch &&
        strcmp((const char *)family, WHOLE) == 0 &&
        FcPatternGetString(found, FC_FILE, 0, &path) == FcResultMatch &&
        FcPatternGetInteger(found, FC_INDEX, 0, &index) == FcResultMatch) {
        hb_blob_t *blob = hb_blob_create_from_file_or_fail((const char *)path);

        if (blob != NULL)
            face = hb_face_create(blob, (unsigned)index & 0xffff);
        hb_blob_destroy(blob);
    }
    if (found != NULL)
        FcPatternDestroy(found);
    FcPatternDestroy(wanted);
    return face;
}

/* fontconfig and FreeType read fonts by path; this file has one only as long as the process. */
static bool tell(hb_blob_t *file)
{
    unsigned n = 0;
    const char *bytes = hb_blob_get_data(file, &n);
    int fd = n == 0 || n > PART_MAX ? -1 : memfd_create("fangxin-letters.otf", MFD_CLOEXEC);
    char path[64];

    if (fd < 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (write(fd, bytes, n) == (ssize_t)n && FcConfigAppFontAddFile(NULL, (const FcChar8 *)path))
        return true; /* the file stays open */
    close(fd);
    return false;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool made;

static void make(void)
{
    hb_face_t *whole = open_whole(), *part = whole == NULL ? NULL : cut(whole);
    hb_blob_t *file = part == NULL ? NULL : renamed(part);

    made = file != NULL && tell(file);
    hb_blob_destroy(file);
    hb_face_destroy(part);
    hb_face_destroy(whole);
}

const char *letter_font_families(void)
{
    pthread_once(&once, make);
    return made ? PART "," WHOLE : WHOLE;
}
