/* DOCX: charts that Word draws itself, so that their letters are text and sharp on paper. */
#include "insight/docx_internal.h"

#define EMU_PER_MM 36000
#define CHART_WIDTH_MM 155
#define BAR_MM 8
#define COLUMNS_MM 54
#define HEAD_MM 16

static int height_mm(const struct document_chart *c)
{
    return HEAD_MM + (c->form == CHART_BARS ? BAR_MM * (int)c->n : COLUMNS_MM);
}

void docx_chart_place(const struct document_chart *c, unsigned n, struct part *p)
{
    part_open(p, "w:p");
    part_open(p, "w:pPr");
    part_leaf(p, "w:pStyle", "w:val", "Picture");
    part_close(p);
    part_open(p, "w:r");
    part_open(p, "w:drawing");
    part_open(p, "wp:inline");
    part_open(p, "wp:extent");
    part_attrf(p, "cx", "%d", CHART_WIDTH_MM * EMU_PER_MM);
    part_attrf(p, "cy", "%d", height_mm(c) * EMU_PER_MM);
    part_close(p);
    part_open(p, "wp:docPr");
    part_attrf(p, "id", "%u", n);
    part_attrf(p, "name", "chart%u", n);
    part_attr(p, "descr", c->title);
    part_close(p);
    part_open(p, "a:graphic");
    part_open(p, "a:graphicData");
    part_attr(p, "uri", "http://schemas.openxmlformats.org/drawingml/2006/chart");
    part_open(p, "c:chart");
    part_attrf(p, "r:id", "chart%u", n);
    for (int i = 0; i < 7; i++)
        part_close(p);
}

static void value_leaf(struct part *p, const char *element, const char *value)
{
    part_leaf(p, element, "val", value);
}

/* Letters of the chart: 9 points, black. */
static void letters(struct part *p, const char *size)
{
    part_open(p, "a:bodyPr");
    part_close(p);
    part_open(p, "a:p");
    part_open(p, "a:pPr");
    part_open(p, "a:defRPr");
    part_attr(p, "sz", size);
    part_attr(p, "b", "0");
    part_open(p, "a:ea");
    part_attr(p, "typeface", "宋体");
    part_close(p);
    part_close(p);
    part_close(p);
    part_leaf(p, "a:endParaRPr", "lang", "zh-CN");
    part_close(p);
}

static void title(struct part *p, const struct document_chart *c)
{
    part_open(p, "c:title");
    part_open(p, "c:tx");
    part_open(p, "c:rich");
    part_open(p, "a:bodyPr");
    part_close(p);
    part_open(p, "a:p");
    part_open(p, "a:r");
    part_open(p, "a:rPr");
    part_attr(p, "lang", "zh-CN");
    part_attr(p, "sz", "1050");
    part_attr(p, "b", "0");
    part_open(p, "a:ea");
    part_attr(p, "typeface", "黑体");
    part_close(p);
    part_close(p);
    part_open(p, "a:t");
    part_text(p, c->title);
    part_text(p, "（");
    part_text(p, c->unit);
    part_text(p, "）");
    part_close(p);
    for (int i = 0; i < 4; i++)
        part_close(p);
    value_leaf(p, "c:overlay", "0");
    part_close(p);
}

static void points(struct part *p, const char *const *values, size_t n)
{
    char count[24];

    snprintf(count, sizeof count, "%zu", n);
    value_leaf(p, "c:ptCount", count);
    for (size_t i = 0; i < n; i++) {
        part_open(p, "c:pt");
        part_attrf(p, "idx", "%zu", i);
        part_open(p, "c:v");
        part_text(p, values[i]);
        part_close(p);
        part_close(p);
    }
}

static void series(struct part *p, const struct document_chart *c)
{
    part_open(p, "c:ser");
    value_leaf(p, "c:idx", "0");
    value_leaf(p, "c:order", "0");
    part_open(p, "c:spPr");
    part_open(p, "a:solidFill");
    value_leaf(p, "a:srgbClr", "17508F");
    part_close(p);
    part_close(p);
    value_leaf(p, "c:invertIfNegative", "0");
    part_open(p, "c:dLbls");
    part_open(p, "c:txPr");
    letters(p, "900");
    part_close(p);
    value_leaf(p, "c:showLegendKey", "0");
    value_leaf(p, "c:showVal", "1");
    value_leaf(p, "c:showCatName", "0");
    value_leaf(p, "c:showSerName", "0");
    value_leaf(p, "c:showPercent", "0");
    value_leaf(p, "c:showBubbleSize", "0");
    part_close(p);
    part_open(p, "c:cat");
    part_open(p, "c:strLit");
    points(p, c->labels, c->n);
    part_close(p);
    part_close(p);
    part_open(p, "c:val");
    part_open(p, "c:numLit");
    part_open(p, "c:formatCode");
    part_text(p, "General");
    part_close(p);
    points(p, c->values, c->n);
    part_close(p);
    part_close(p);
    part_close(p);
}

static void axis_begin(struct part *p, const char *element, const char *id, const char *order,
                       bool hidden, const char *position)
{
    part_open(p, element);
    value_leaf(p, "c:axId", id);
    part_open(p, "c:scaling");
    value_leaf(p, "c:orientation", order);
    if (hidden)
        value_leaf(p, "c:min", "0");
    part_close(p);
    value_leaf(p, "c:delete", hidden ? "1" : "0");
    value_leaf(p, "c:axPos", position);
}

static void axes(struct part *p, bool bars)
{
    axis_begin(p, "c:catAx", "1", bars ? "maxMin" : "minMax", false, bars ? "l" : "b");
    value_leaf(p, "c:majorTickMark", "none");
    value_leaf(p, "c:minorTickMark", "none");
    value_leaf(p, "c:tickLblPos", "low");
    part_open(p, "c:txPr");
    letters(p, "900");
    part_close(p);
    value_leaf(p, "c:crossAx", "2");
    value_leaf(p, "c:crosses", "autoZero");
    part_close(p);
    axis_begin(p, "c:valAx", "2", "minMax", true, bars ? "t" : "l");
    value_leaf(p, "c:crossAx", "1");
    value_leaf(p, "c:crosses", "autoZero");
    part_close(p);
}

void docx_chart(const struct document_chart *c, struct part *p)
{
    bool bars = c->form == CHART_BARS;

    part_open(p, "c:chartSpace");
    part_attr(p, "xmlns:c", "http://schemas.openxmlformats.org/drawingml/2006/chart");
    part_attr(p, "xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main");
    part_attr(p, "xmlns:r", NS_R);
    value_leaf(p, "c:roundedCorners", "0");
    part_open(p, "c:chart");
    title(p, c);
    value_leaf(p, "c:autoTitleDeleted", "0");
    part_open(p, "c:plotArea");
    part_open(p, "c:layout");
    part_close(p);
    part_open(p, "c:barChart");
    value_leaf(p, "c:barDir", bars ? "bar" : "col");
    value_leaf(p, "c:grouping", "clustered");
    value_leaf(p, "c:varyColors", "0");
    series(p, c);
    value_leaf(p, "c:gapWidth", bars ? "60" : "120");
    value_leaf(p, "c:axId", "1");
    value_leaf(p, "c:axId", "2");
    part_close(p);
    axes(p, bars);
    part_close(p);
    value_leaf(p, "c:plotVisOnly", "1");
    part_close(p);
    part_open(p, "c:spPr");
    part_open(p, "a:ln");
    part_leaf(p, "a:noFill", NULL, NULL);
    part_close(p);
    part_close(p);
    part_close(p);
}
