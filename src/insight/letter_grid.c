/* Tables of rows under headings: how wide the columns are, and the frame around the cells. */
#include "insight/letter_grid.h"

#include <stdlib.h>

#define POINTS 10.5
#define PITCH 16.0
#define PAD 4.0
#define NATURAL_MOST 0.6 /* of the width: what one column asks for at most */

struct grid {
    size_t n_columns, n_rows; /* rows with that of the headings */
    double *width;            /* of each column, with its padding */
    struct lines *cell;
};

/* ---- how wide ---- */

/* How wide the lines are when they may be as long as @p width. */
static double width_of(PangoContext *context, const char *text, double width)
{
    struct lines l = lines_of(context, text, POINTS, PITCH, width, 0);
    double most = 0;

    for (int i = 0; i < l.n; i++)
        most = lines_width(&l, i) > most ? lines_width(&l, i) : most;
    lines_release(&l);
    return most + 2 * PAD;
}

/* What a column wants so that nothing breaks, and needs so that what stays whole fits. */
static void ask(PangoContext *context, const struct letter_grid *grid, size_t column, double width,
                double *ret_wants, double *ret_needs)
{
    *ret_wants = *ret_needs = 0;
    for (size_t row = 0; row <= grid->n_rows; row++) {
        const char *text = grid->cells[row * grid->n_columns + column];
        double wants = width_of(context, text, 0), needs = width_of(context, text, 1);

        *ret_wants = wants > *ret_wants ? wants : *ret_wants;
        *ret_needs = needs > *ret_needs ? needs : *ret_needs;
    }
    if (*ret_wants > width * NATURAL_MOST)
        *ret_wants = width * NATURAL_MOST;
    if (*ret_wants < *ret_needs)
        *ret_wants = *ret_needs;
}

static double sum(const double *v, size_t n)
{
    double all = 0;

    for (size_t i = 0; i < n; i++)
        all += v[i];
    return all;
}

/* The most that no column need go beyond so that all fit: those that want less get what they want.
 * Found by halving. */
static double bound(const double *wants, const double *needs, size_t n, double width)
{
    double low = 0, high = width;

    for (int step = 0; step < 40; step++) {
        double middle = (low + high) / 2, all = 0;

        for (size_t i = 0; i < n; i++) {
            double one = wants[i] < middle ? wants[i] : middle;

            all += one > needs[i] ? one : needs[i];
        }
        *(all > width ? &high : &low) = middle;
    }
    return low;
}

static void share(double *width_of_each, const double *needs, size_t n, double width)
{
    double all = sum(width_of_each, n), most;

    if (all > width) {
        most = bound(width_of_each, needs, n, width);
        for (size_t i = 0; i < n; i++) {
            double one = width_of_each[i] < most ? width_of_each[i] : most;

            width_of_each[i] = one > needs[i] ? one : needs[i];
        }
        all = sum(width_of_each, n);
    }
    for (size_t i = 0; i < n; i++) /* fills the width; what needs more than there is, shrinks */
        width_of_each[i] *= width / all;
}

/* ---- laid out ---- */

struct grid *grid_new(PangoContext *context, const struct letter_grid *grid, double width)
{
    struct grid *g = calloc(1, sizeof *g);
    double *needs = calloc(grid->n_columns + 1, sizeof *needs);

    if (g != NULL) {
        g->n_columns = grid->n_columns;
        g->n_rows = grid->n_rows + 1;
        g->width = calloc(g->n_columns + 1, sizeof *g->width);
        g->cell = calloc(g->n_rows * g->n_columns + 1, sizeof *g->cell);
    }
    if (g == NULL || needs == NULL || g->width == NULL || g->cell == NULL) {
        free(needs);
        grid_free(g);
        return NULL;
    }
    for (size_t i = 0; i < g->n_columns; i++)
        ask(context, grid, i, width, &g->width[i], &needs[i]);
    share(g->width, needs, g->n_columns, width);
    for (size_t i = 0; i < g->n_rows * g->n_columns; i++) {
        g->cell[i] = lines_of(context, grid->cells[i], POINTS, PITCH,
                              g->width[i % g->n_columns] - 2 * PAD + 0.5, 0);
        g->cell[i].bold = i < g->n_columns;
    }
    free(needs);
    return g;
}

void grid_free(struct grid *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; g->cell != NULL && i < g->n_rows * g->n_columns; i++)
        lines_release(&g->cell[i]);
    free(g->cell);
    free(g->width);
    free(g);
}

int grid_lines(const struct grid *g, size_t row)
{
    int most = 1;

    for (size_t i = 0; i < g->n_columns; i++)
        if (g->cell[row * g->n_columns + i].n > most)
            most = g->cell[row * g->n_columns + i].n;
    return most;
}

double grid_height(int lines)
{
    return lines * PITCH + 2 * PAD;
}

int grid_lines_in(double height)
{
    return height < 2 * PAD ? 0 : (int)((height - 2 * PAD) / PITCH);
}

/* ---- drawn ---- */

void grid_draw(cairo_t *cr, const struct grid *g, size_t row, int first, int n, double x, double y)
{
    double h = grid_height(n);

    cairo_set_line_width(cr, 0.6);
    for (size_t i = 0; i < g->n_columns; i++) {
        const struct lines *l = &g->cell[row * g->n_columns + i];
        int left = l->n - first;

        cairo_rectangle(cr, x, y, g->width[i], h);
        if (row == 0) {
            cairo_set_source_rgb(cr, 0.94, 0.94, 0.94);
            cairo_fill_preserve(cr);
            cairo_set_source_rgb(cr, 0, 0, 0);
        }
        cairo_stroke(cr);
        if (left > 0)
            lines_draw(cr, l, first, left < n ? left : n, x + PAD, y + PAD);
        x += g->width[i];
    }
}
