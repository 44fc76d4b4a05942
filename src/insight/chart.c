/* Charts: bars for parts, columns for time. Every bar starts at zero and is labelled in place. */
#include "insight/chart_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BAR_PX 28.0
#define HEAD_PX 34.0
#define COLUMNS_PX 200.0
#define LABEL_BYTES 512 /* what fits across the picture, and more */

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

double chart_sign_width(uint32_t code_point)
{
    return code_point < 0x2e80 ? CHART_LETTER / 2 : CHART_LETTER;
}

/* @return how many bytes of @p text fit into @p most; *ret_width is how wide those are. */
static size_t fitting(const char *text, double most, double *ret_width)
{
    size_t n = strlen(text), i = 0, len;

    *ret_width = 0;
    while (i < n) {
        double w = chart_sign_width(utf8_at(text + i, n - i, &len));

        if (*ret_width + w > most)
            break;
        *ret_width += w;
        i += len;
    }
    return i;
}

static double text_width(const char *text)
{
    double width;

    fitting(text, 1e9, &width);
    return width;
}

/* A label that is too long ends in …; values and titles are never shortened. */
static void short_label(struct chart_pen *pen, double x, double y, enum chart_anchor anchor,
                        const char *text, double most)
{
    char cut[LABEL_BYTES];
    double width;
    size_t n = fitting(text, most, &width);

    if (text[n] == '\0') {
        pen->label(pen, x, y, anchor, text);
        return;
    }
    n = fitting(text, most - CHART_LETTER, &width);
    snprintf(cut, sizeof cut, "%.*s…", (int)n, text);
    pen->label(pen, x, y, anchor, cut);
}

static double largest(const struct document_chart *c)
{
    double max = 0;

    for (size_t i = 0; i < c->n; i++)
        max = larger(max, strtod(c->values[i], NULL));
    return max > 0 ? max : 1;
}

static void bars(const struct document_chart *c, struct chart_pen *pen)
{
    double left = 0, right = 0, max = largest(c), room;

    for (size_t i = 0; i < c->n; i++) {
        left = larger(left, text_width(c->labels[i]));
        right = larger(right, text_width(c->values[i]));
    }
    left = smaller(left, CHART_WIDTH / 2) + 10;
    room = CHART_WIDTH - left - right - 12;
    for (size_t i = 0; i < c->n; i++) {
        double y = HEAD_PX + BAR_PX * (double)i;
        double w = larger(room * strtod(c->values[i], NULL) / max, 0);

        short_label(pen, left - 8, y + 19, ANCHOR_END, c->labels[i], left - 8);
        pen->bar(pen, left, y + 5, w, 18);
        pen->label(pen, left + w + 6, y + 19, ANCHOR_START, c->values[i]);
    }
}

static void columns(const struct document_chart *c, struct chart_pen *pen)
{
    double max = largest(c), step = CHART_WIDTH / (double)(c->n > 0 ? c->n : 1);
    double foot = HEAD_PX + COLUMNS_PX;

    for (size_t i = 0; i < c->n; i++) {
        double h = larger((COLUMNS_PX - 24) * strtod(c->values[i], NULL) / max, 0);
        double x = step * (double)i;

        pen->bar(pen, x + step * 0.2, foot - h, step * 0.6, h);
        pen->label(pen, x + step / 2, foot - h - 6, ANCHOR_MIDDLE, c->values[i]);
        short_label(pen, x + step / 2, foot + 18, ANCHOR_MIDDLE, c->labels[i], step);
    }
    pen->rule(pen, foot);
}

void chart_words(const struct document_chart *c, struct buf *out)
{
    buf_addf(out, "%s（%s）", c->title, c->unit);
    for (size_t i = 0; i < c->n; i++)
        buf_addf(out, "%s%s %s", i == 0 ? "：" : "；", c->labels[i], c->values[i]);
}

double chart_height(const struct document_chart *c)
{
    return HEAD_PX + (c->form == CHART_BARS ? BAR_PX * (double)c->n + 6 : COLUMNS_PX + 28);
}

void chart_draw(const struct document_chart *c, struct chart_pen *pen)
{
    char title[400];

    snprintf(title, sizeof title, "%s（%s）", c->title, c->unit);
    pen->label(pen, 0, 18, ANCHOR_START, title);
    if (c->form == CHART_BARS)
        bars(c, pen);
    else
        columns(c, pen);
}
