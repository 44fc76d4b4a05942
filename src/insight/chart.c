/* Charts as SVG: bars for parts, columns for time. Widths of texts are estimated, a Han character
 * as wide as it is high, others half of that. */
#include "insight/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define CHART_WIDTH 640.0
#define TEXT_PX 14.0
#define BAR_PX 28.0
#define HEAD_PX 34.0
#define COLUMNS_PX 200.0

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double text_width(const char *text)
{
    double width = 0;
    size_t n = strlen(text), len;

    for (size_t i = 0; i < n; i += len)
        width += utf8_at(text + i, n - i, &len) < 0x2e80 ? TEXT_PX / 2 : TEXT_PX;
    return width;
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

static void label(struct buf *out, double x, double y, const char *anchor, const char *text)
{
    buf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    xml_text(out, text);
    buf_adds(out, "</text>\n");
}

static double largest(const struct document_chart *c)
{
    double max = 0;

    for (size_t i = 0; i < c->n; i++)
        max = larger(max, strtod(c->values[i], NULL));
    return max > 0 ? max : 1;
}

static void bars(const struct document_chart *c, struct buf *out)
{
    double left = 0, right = 0, max = largest(c), room;

    for (size_t i = 0; i < c->n; i++) {
        left = larger(left, text_width(c->labels[i]));
        right = larger(right, text_width(c->values[i]));
    }
    left = smaller(left, CHART_WIDTH / 2) + 10;
    room = CHART_WIDTH - left - right - 12;
    for (size_t i = 0; i < c->n; i++) {
        double y = HEAD_PX + BAR_PX * (double)i, w = room * strtod(c->values[i], NULL) / max;

        label(out, left - 8, y + 19, "end", c->labels[i]);
        buf_addf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\"/>\n", left, y + 5,
                 larger(w, 0));
        label(out, left + larger(w, 0) + 6, y + 19, "start", c->values[i]);
    }
}

static void columns(const struct document_chart *c, struct buf *out)
{
    double max = largest(c), step = CHART_WIDTH / (double)(c->n > 0 ? c->n : 1);
    double foot = HEAD_PX + COLUMNS_PX;

    for (size_t i = 0; i < c->n; i++) {
        double h = (COLUMNS_PX - 24) * strtod(c->values[i], NULL) / max, x = step * (double)i;

        buf_addf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
                 x + step * 0.2, foot - larger(h, 0), step * 0.6, larger(h, 0));
        label(out, x + step / 2, foot - larger(h, 0) - 6, "middle", c->values[i]);
        label(out, x + step / 2, foot + 18, "middle", c->labels[i]);
    }
    buf_addf(out, "<path d=\"M0 %.1fH%.1f\" stroke=\"#5B687A\"/>\n", foot, CHART_WIDTH);
}

void chart_svg(const struct document_chart *c, struct buf *out)
{
    double height = HEAD_PX + (c->form == CHART_BARS ? BAR_PX * (double)c->n + 6 : COLUMNS_PX + 28);
    char title[400];

    snprintf(title, sizeof title, "%s（%s）", c->title, c->unit);
    buf_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
             "font-family=\"'Microsoft YaHei','Noto Sans CJK SC',sans-serif\" font-size=\"14\" "
             "fill=\"#17508F\">\n<title>",
             CHART_WIDTH, height);
    xml_text(out, title);
    buf_adds(out, "</title>\n<style>text{fill:#16202C}</style>\n");
    label(out, 0, 18, "start", title);
    if (c->form == CHART_BARS)
        bars(c, out);
    else
        columns(c, out);
    buf_adds(out, "</svg>\n");
}
