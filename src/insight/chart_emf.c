/* Charts as EMF, the picture of lines and letters that Word, WPS and LibreOffice draw at any size.
 *
 * A file is a list of records of 32-bit words, the least byte first ([MS-EMF] 2.3). The unit is a
 * tenth of a px, and the reference device has one dot to the unit, so that no mapping is needed. */
#include "insight/chart_internal.h"

#include <string.h>
#include <uchar.h>

#include "base/text.h"

#define UNITS_PER_PX 10
#define DEVICE_SIDE (2 * (int)CHART_WIDTH * UNITS_PER_PX) /* the reference device, dots */
#define DEVICE_MM (2 * CHART_EMF_WIDTH_MM)
#define HEADER_BYTES 108u
#define RECORDS_MAX ((size_t)1 << 20)

enum record {
    EMR_HEADER = 1,
    EMR_EOF = 14,
    EMR_SETBKMODE = 18,
    EMR_SETTEXTALIGN = 22,
    EMR_SETTEXTCOLOR = 24,
    EMR_SELECTOBJECT = 37,
    EMR_CREATEBRUSHINDIRECT = 39,
    EMR_RECTANGLE = 43,
    EMR_EXTCREATEFONTINDIRECTW = 82,
    EMR_EXTTEXTOUTW = 84,
};
enum object { FONT = 1, BAR_BRUSH, RULE_BRUSH, OBJECTS };
#define STOCK_NULL_PEN 0x80000008u
#define TRANSPARENT 1
#define CHARSET_GB2312 134u

struct emf {
    struct chart_pen pen; /* first */
    struct buf records;
    unsigned n;
};

static void word(struct buf *out, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        buf_addc(out, (char)(value >> shift));
}

static void half(struct buf *out, uint32_t value)
{
    buf_addc(out, (char)value);
    buf_addc(out, (char)(value >> 8));
}

static void zeros(struct buf *out, size_t n)
{
    while (n-- > 0)
        buf_addc(out, '\0');
}

static uint32_t nearest(double value)
{
    return (uint32_t)(int32_t)(value < 0 ? value - 0.5 : value + 0.5);
}

static uint32_t units(double px)
{
    return nearest(px * UNITS_PER_PX);
}

/* 0xBBGGRR */
static uint32_t colour(uint32_t rgb)
{
    return (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >> 16;
}

static struct buf *begin(struct emf *e, enum record kind, size_t bytes)
{
    e->n++;
    word(&e->records, kind);
    word(&e->records, (uint32_t)bytes);
    return &e->records;
}

/* A record of one word. */
static void set(struct emf *e, enum record kind, uint32_t value)
{
    word(begin(e, kind, 12), value);
}

static void brush(struct emf *e, enum object object, uint32_t rgb)
{
    struct buf *out = begin(e, EMR_CREATEBRUSHINDIRECT, 24);

    word(out, object);
    word(out, 0); /* solid */
    word(out, colour(rgb));
    word(out, 0);
}

static void font(struct emf *e)
{
    static const char16_t face[] = u"宋体";
    struct buf *out = begin(e, EMR_EXTCREATEFONTINDIRECTW, 332);

    word(out, FONT);
    word(out, units(-CHART_LETTER)); /* below zero: of the letters, not of the line */
    zeros(out, 12);
    word(out, 400);
    word(out, CHARSET_GB2312 << 24);
    zeros(out, 4);
    for (size_t i = 0; i < 32; i++)
        half(out, i < sizeof face / sizeof face[0] ? face[i] : 0);
    zeros(out, 228); /* names for people, version, shape */
}

static void rectangle(struct emf *e, enum object object, double x, double y, double w, double h)
{
    struct buf *out;

    set(e, EMR_SELECTOBJECT, object);
    out = begin(e, EMR_RECTANGLE, 24);
    word(out, units(x));
    word(out, units(y));
    word(out, units(x + w));
    word(out, units(y + h));
}

static void emf_bar(struct chart_pen *pen, double x, double y, double width, double height)
{
    rectangle((struct emf *)pen, BAR_BRUSH, x, y, width, height);
}

static void emf_rule(struct chart_pen *pen, double y)
{
    rectangle((struct emf *)pen, RULE_BRUSH, 0, y, CHART_WIDTH, 1);
}

/* Adds what a text is in UTF-16, and how far each unit leads. */
static void utf16(const char *text, struct buf *ret_units, struct buf *ret_steps)
{
    size_t n = strlen(text), len;

    for (size_t i = 0; i < n; i += len) {
        uint32_t c = utf8_at(text + i, n - i, &len);

        word(ret_steps, units(chart_sign_width(c)));
        if (c < 0x10000) {
            half(ret_units, c);
            continue;
        }
        half(ret_units, 0xd800 + ((c - 0x10000) >> 10));
        half(ret_units, 0xdc00 + ((c - 0x10000) & 0x3ff));
        word(ret_steps, 0);
    }
}

static void emf_label(struct chart_pen *pen, double x, double y, enum chart_anchor anchor,
                      const char *text)
{
    static const uint32_t aligned[] = {24, 24 | 6, 24 | 2}; /* base line; middle, right */
    CLEANUP(buf_release) struct buf signs = BUF_UP_TO((size_t)1 << 16);
    CLEANUP(buf_release) struct buf steps = BUF_UP_TO((size_t)1 << 16);
    struct emf *e = (struct emf *)pen;
    struct buf *out;
    size_t n, padded;

    utf16(text, &signs, &steps);
    n = signs.len / 2;
    padded = (signs.len + 3) / 4 * 4;
    set(e, EMR_SETTEXTALIGN, aligned[anchor]);
    out = begin(e, EMR_EXTTEXTOUTW, 76 + padded + steps.len);
    zeros(out, 8); /* bounds: unknown */
    word(out, UINT32_MAX);
    word(out, UINT32_MAX);
    word(out, 2); /* the units are those of the page */
    zeros(out, 8);
    word(out, units(x));
    word(out, units(y));
    word(out, (uint32_t)n);
    word(out, 76);
    zeros(out, 20);
    word(out, (uint32_t)(76 + padded));
    buf_add(out, buf_text(&signs), signs.len);
    zeros(out, padded - signs.len);
    buf_add(out, buf_text(&steps), steps.len);
    if (signs.failed || steps.failed)
        out->failed = true;
}

static void header(const struct document_chart *c, const struct emf *e, struct buf *out)
{
    double height = chart_height(c);

    word(out, EMR_HEADER);
    word(out, HEADER_BYTES);
    zeros(out, 8);
    word(out, units(CHART_WIDTH) - 1);
    word(out, units(height) - 1);
    zeros(out, 8); /* the frame, in hundredths of a millimetre */
    word(out, CHART_EMF_WIDTH_MM * 100);
    word(out, nearest(CHART_EMF_WIDTH_MM * 100 * height / CHART_WIDTH));
    buf_add(out, " EMF", 4);
    word(out, 0x10000);
    word(out, (uint32_t)(HEADER_BYTES + e->records.len));
    word(out, e->n + 1);
    half(out, OBJECTS);
    zeros(out, 14);
    word(out, DEVICE_SIDE);
    word(out, DEVICE_SIDE);
    word(out, DEVICE_MM);
    word(out, DEVICE_MM);
    zeros(out, 12);
    word(out, DEVICE_MM * 1000);
    word(out, DEVICE_MM * 1000);
}

void chart_emf(const struct document_chart *c, struct buf *out)
{
    struct emf e = {{emf_bar, emf_rule, emf_label}, BUF_UP_TO(RECORDS_MAX), 0};
    struct buf *end;

    brush(&e, BAR_BRUSH, CHART_BAR);
    brush(&e, RULE_BRUSH, CHART_RULE);
    font(&e);
    set(&e, EMR_SETBKMODE, TRANSPARENT);
    set(&e, EMR_SETTEXTCOLOR, colour(CHART_INK));
    set(&e, EMR_SELECTOBJECT, STOCK_NULL_PEN);
    set(&e, EMR_SELECTOBJECT, FONT);
    chart_draw(c, &e.pen);
    end = begin(&e, EMR_EOF, 20);
    zeros(end, 4);
    word(end, 16);
    word(end, 20);
    header(c, &e, out);
    buf_add(out, buf_text(&e.records), e.records.len);
    if (e.records.failed)
        out->failed = true;
    buf_release(&e.records);
}
