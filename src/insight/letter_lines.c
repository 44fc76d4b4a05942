/* Texts broken into lines: what stays whole, which lines are drawn out to the margin, how they are
 * drawn. */
#include "insight/letter_lines.h"

#include <string.h>

#include "insight/letter_font.h"

/* One font for all, for each one embedded costs time. Headings get their weight from a stroke
 * around the letters. */
#define BOLD_STROKE 0.6
#define EVEN_MIN 76.0 /* columns up to this width, those of labels, keep their ragged edge */

/* A blank to be filled in by hand, and the number of a matter, stay on one line. */
static bool stays_whole(const char *at, size_t *ret_n)
{
    static const char low_line[] = "＿";
    size_t n = 0, hyphens = 0;

    while (strncmp(at + n, low_line, sizeof low_line - 1) == 0)
        n += sizeof low_line - 1;
    if (n == 0) {
        for (; g_ascii_isalnum(at[n]) || (n > 0 && at[n] == '-'); n++)
            hyphens += at[n] == '-';
        *ret_n = n;
        return hyphens > 0;
    }
    *ret_n = n;
    return true;
}

static void keep_whole(PangoLayout *layout, const char *text)
{
    PangoAttrList *list = pango_attr_list_new();
    size_t n;

    for (const char *at = text; *at != '\0'; at += n > 0 ? n : 1) {
        PangoAttribute *whole;

        if (!stays_whole(at, &n))
            continue;
        whole = pango_attr_allow_breaks_new(FALSE);
        whole->start_index = (guint)(at - text);
        whole->end_index = (guint)(at - text + (ptrdiff_t)n);
        pango_attr_list_insert(list, whole);
    }
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

double lines_width(const struct lines *l, int i)
{
    PangoRectangle r;

    pango_layout_line_get_extents(pango_layout_get_line_readonly(l->layout, i), NULL, &r);
    return (double)r.width / PANGO_SCALE;
}

static double indent_of(const struct lines *l, int i)
{
    const PangoLayoutLine *line = pango_layout_get_line_readonly(l->layout, i);
    double indent = (double)pango_layout_get_indent(l->layout) / PANGO_SCALE;

    return line != NULL && line->is_paragraph_start ? indent : 0;
}

/* The line as it is drawn. */
static PangoLayoutLine *line_of(const struct lines *l, int i)
{
    double slack;

    if (l->even == NULL || i + 1 >= l->n)
        return pango_layout_get_line_readonly(l->layout, i);
    slack = l->width - lines_width(l, i) - indent_of(l, i);
    return pango_layout_get_line_readonly(slack <= l->most ? l->even : l->layout, i);
}

/* Lines that nearly reach the margin are drawn out to it; what a long number left short is not. */
static void justify(struct lines *l, double width, double most)
{
    bool any = false;

    for (int i = 0; i + 1 < l->n; i++) {
        double slack = width - lines_width(l, i) - indent_of(l, i);

        if (slack > 0.3 && slack <= most)
            any = true;
    }
    if (!any)
        return;
    l->even = pango_layout_copy(l->layout);
    pango_layout_set_justify(l->even, TRUE);
    l->width = width;
    l->most = most;
}

struct lines lines_of(PangoContext *context, const char *text, double points, double pitch,
                      double width, double indent)
{
    PangoFontDescription *font = pango_font_description_new();
    struct lines l = {.layout = pango_layout_new(context), .pitch = pitch};

    pango_font_description_set_family_static(font, letter_font_families());
    pango_font_description_set_size(font, (int)(points * PANGO_SCALE));
    pango_layout_set_font_description(l.layout, font);
    pango_font_description_free(font);
    if (width > 0) {
        pango_layout_set_width(l.layout, (int)(width * PANGO_SCALE));
        pango_layout_set_wrap(l.layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_indent(l.layout, (int)(indent * PANGO_SCALE));
    }
    pango_layout_set_text(l.layout, text == NULL ? "" : text, -1);
    if (width > 0 && text != NULL)
        keep_whole(l.layout, text);
    l.n = pango_layout_get_line_count(l.layout);
    if (width > EVEN_MIN)
        justify(&l, width, 2 * points);
    return l;
}

void lines_release(struct lines *l)
{
    if (l->layout != NULL)
        g_object_unref(l->layout);
    if (l->even != NULL)
        g_object_unref(l->even);
    l->layout = l->even = NULL;
}

/* Its first baseline lies so that the line stands in the middle of the pitch. */
static double baseline_of(const struct lines *l, int i)
{
    PangoRectangle r;

    pango_layout_line_get_extents(pango_layout_get_line_readonly(l->layout, i), NULL, &r);
    return (l->pitch - (double)r.height / PANGO_SCALE) / 2 - (double)r.y / PANGO_SCALE;
}

void lines_draw(cairo_t *cr, const struct lines *l, int first, int n, double x, double y)
{
    for (int i = 0; i < n; i++) {
        PangoLayoutLine *line = line_of(l, first + i);
        double base = y + i * l->pitch + baseline_of(l, first + i), left;

        if (line == NULL)
            return;
        left = x + indent_of(l, first + i);
        cairo_move_to(cr, left, base);
        pango_cairo_show_layout_line(cr, line);
        if (l->bold) {
            cairo_move_to(cr, left, base);
            pango_cairo_layout_line_path(cr, line);
            cairo_set_line_width(cr, BOLD_STROKE);
            cairo_stroke(cr);
        }
    }
}
