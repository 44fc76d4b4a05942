/* Charts as SVG. */
#include "insight/chart_internal.h"

struct svg {
    struct chart_pen pen; /* first */
    struct buf *out;
};

static struct buf *out_of(struct chart_pen *pen)
{
    return ((struct svg *)pen)->out;
}

static void xml_text(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '<')
            buf_adds(out, "&lt;");
        else if (*text == '>')
            buf_adds(out, "&gt;");
        else if (*text == '&')
            buf_adds(out, "&amp;");
        else
            buf_addc(out, *text);
}

static void svg_bar(struct chart_pen *pen, double x, double y, double width, double height)
{
    buf_addf(out_of(pen), "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", x, y,
             width, height);
}

static void svg_rule(struct chart_pen *pen, double y)
{
    buf_addf(out_of(pen), "<path d=\"M0 %.1fH%.1f\" stroke=\"#%06X\"/>\n", y, CHART_WIDTH,
             CHART_RULE);
}

static void svg_label(struct chart_pen *pen, double x, double y, enum chart_anchor anchor,
                      const char *text)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    struct buf *out = out_of(pen);

    buf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchors[anchor]);
    xml_text(out, text);
    buf_adds(out, "</text>\n");
}

void chart_svg(const struct document_chart *c, struct buf *out)
{
    CLEANUP(buf_release) struct buf words = BUF_UP_TO((size_t)1 << 16);
    struct svg svg = {{svg_bar, svg_rule, svg_label}, out};

    buf_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
             "font-family=\"'Microsoft YaHei','Noto Sans CJK SC',sans-serif\" font-size=\"%.0f\" "
             "fill=\"#%06X\">\n<title>",
             CHART_WIDTH, chart_height(c), CHART_LETTER, CHART_BAR);
    chart_words(c, &words);
    xml_text(out, buf_text(&words));
    buf_addf(out, "</title>\n<style>text{fill:#%06X}</style>\n", CHART_INK);
    chart_draw(c, &svg.pen);
    buf_adds(out, "</svg>\n");
}
