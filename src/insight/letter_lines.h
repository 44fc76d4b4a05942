/* A text of a letter, broken into lines. Lengths are points of 1/72 inch. */
#ifndef FANGXIN_INSIGHT_LETTER_LINES_H
#define FANGXIN_INSIGHT_LETTER_LINES_H

#include <pango/pangocairo.h>
#include <stdbool.h>

struct lines {
    PangoLayout *layout;
    PangoLayout *even; /* the same lines drawn out to the width; NULL where none is to be */
    int n;
    bool bold;          /* as it is drawn; lines_of leaves it false */
    double pitch;       /* from line to line */
    double width, most; /* of even: only lines that end at most so far from the margin */
};

/* @p width 0: as long as it is. Numbers with hyphens and blanks to be filled in by hand are not
 * broken. @p indent of the first line of each paragraph. Give it back with lines_release. */
struct lines lines_of(PangoContext *context, const char *text, double points, double pitch,
                      double width, double indent);
void lines_release(struct lines *l);
/* Of line @p i, without its indent. */
double lines_width(const struct lines *l, int i);
/* Lines first … first + n - 1 from (x, y) down. */
void lines_draw(cairo_t *cr, const struct lines *l, int first, int n, double x, double y);

#endif
