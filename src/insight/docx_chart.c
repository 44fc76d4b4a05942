/* DOCX: charts as pictures. */
#include "insight/chart_internal.h"
#include "insight/docx_internal.h"

#define EMU_PER_PX (CHART_EMF_WIDTH_MM * 36000 / CHART_WIDTH)

static void extent(struct part *p, const char *element, const struct document_chart *c)
{
    part_open(p, element);
    part_attrf(p, "cx", "%.0f", CHART_WIDTH * EMU_PER_PX);
    part_attrf(p, "cy", "%.0f", chart_height(c) * EMU_PER_PX);
    part_close(p);
}

/* Name and alternative text. */
static void named(struct part *p, const char *element, unsigned n, const char *words)
{
    part_open(p, element);
    part_attrf(p, "id", "%u", n);
    part_attrf(p, "name", "chart%u", n);
    part_attr(p, "descr", words);
    part_close(p);
}

static void picture(const struct document_chart *c, unsigned n, const char *words, struct part *p)
{
    part_open(p, "pic:pic");
    part_open(p, "pic:nvPicPr");
    named(p, "pic:cNvPr", n, words);
    part_leaf(p, "pic:cNvPicPr", NULL, NULL);
    part_close(p);
    part_open(p, "pic:blipFill");
    part_open(p, "a:blip");
    part_attrf(p, "r:embed", "chart%u", n);
    part_close(p);
    part_open(p, "a:stretch");
    part_leaf(p, "a:fillRect", NULL, NULL);
    part_close(p);
    part_close(p);
    part_open(p, "pic:spPr");
    part_open(p, "a:xfrm");
    part_open(p, "a:off");
    part_attr(p, "x", "0");
    part_attr(p, "y", "0");
    part_close(p);
    extent(p, "a:ext", c);
    part_close(p);
    part_open(p, "a:prstGeom");
    part_attr(p, "prst", "rect");
    part_leaf(p, "a:avLst", NULL, NULL);
    for (int i = 0; i < 3; i++)
        part_close(p);
}

void docx_chart(const struct document_chart *c, unsigned n, struct part *p)
{
    static const char *const sides[] = {"distT", "distB", "distL", "distR"};
    CLEANUP(buf_release) struct buf words = BUF_UP_TO((size_t)1 << 16);

    chart_words(c, &words);
    docx_paragraph(p, "Picture");
    part_open(p, "w:r");
    part_open(p, "w:drawing");
    part_open(p, "wp:inline");
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        part_attr(p, sides[i], "0"); /* left out, some keep 3 mm free */
    extent(p, "wp:extent", c);
    named(p, "wp:docPr", n, buf_text(&words));
    part_open(p, "a:graphic");
    part_open(p, "a:graphicData");
    part_attr(p, "uri", NS_PIC);
    picture(c, n, buf_text(&words), p);
    for (int i = 0; i < 6; i++)
        part_close(p);
}
