/* Charts: where their parts lie, and the pens that draw them. For chart*.c and docx_chart.c alone.
 * Lengths are px, from the upper left corner. */
#ifndef FANGXIN_INSIGHT_CHART_INTERNAL_H
#define FANGXIN_INSIGHT_CHART_INTERNAL_H

#include "insight/document.h"

#define CHART_WIDTH 640.0
#define CHART_LETTER 14.0 /* height of letters */
/* Colours, 0xRRGGBB. */
#define CHART_INK 0x16202cu
#define CHART_BAR 0x17508fu
#define CHART_RULE 0x5b687au

enum chart_anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct chart_pen {
    void (*bar)(struct chart_pen *pen, double x, double y, double width, double height);
    /* A lying line across the whole picture. */
    void (*rule)(struct chart_pen *pen, double y);
    /* @p x is the text's start, middle or end, @p y its base line. */
    void (*label)(struct chart_pen *pen, double x, double y, enum chart_anchor anchor,
                  const char *text);
};

double chart_height(const struct document_chart *c);
void chart_draw(const struct document_chart *c, struct chart_pen *pen);
/* How wide one sign is taken to be: a Han character as wide as high, others half of that. */
double chart_sign_width(uint32_t code_point);

#endif
