/* A table of rows under headings, as letters hold it. For letter_pdf.c alone. Lengths are points of
 * 1/72 inch. */
#ifndef FANGXIN_INSIGHT_LETTER_GRID_H
#define FANGXIN_INSIGHT_LETTER_GRID_H

#include "insight/letter_lines.h"
#include "insight/letter_pdf.h"

/* Every cell broken into lines, in columns as wide as their words want and @p width allows. */
struct grid;
struct grid *grid_new(PangoContext *context, const struct letter_grid *grid,
                      double width); /* NULL without memory */
void grid_free(struct grid *g);      /* NULL is fine */

/* How many lines a row has; row 0 is that of the headings. */
int grid_lines(const struct grid *g, size_t row);
/* How tall a slice of so many lines is, and how many fit into a height; at least 0. */
double grid_height(int lines);
int grid_lines_in(double height);
/* Lines first … first + n - 1 of a row with their frame, from (x, y) down. */
void grid_draw(cairo_t *cr, const struct grid *g, size_t row, int first, int n, double x, double y);

#endif
