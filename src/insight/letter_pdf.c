/* Letters by pango and cairo; their headers are included here and in letter_lines.h alone.
 *
 * A letter is laid out twice by the same code, first to count its pages, then to draw them: a page
 * number stands only where there is more than one page. Lines come from pango once and are kept. */
#include "insight/letter_pdf.h"

#include <cairo/cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "insight/letter_font.h"
#include "insight/letter_grid.h"
#include "insight/letter_lines.h"
#include "insight/qr.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAKS_ARE_LOOKED_FOR
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define LEAKS_ARE_LOOKED_FOR
#endif
#ifdef LEAKS_ARE_LOOKED_FOR
#include <sanitizer/lsan_interface.h>
#endif

#define MM (72.0 / 25.4)
#define SHORT_SIDE (210 * MM)
#define LONG_SIDE (297 * MM)
#define LEFT (28 * MM)
#define TOP (30 * MM)
#define BODY_PT 14.0
#define BODY_LINE 26.0
#define CELL_PT 12.0
#define CELL_LINE 19.0
#define PAD 5.0
#define LABEL_W 76.0
#define SIGN_H 96.0
#define QR_SIZE (22 * MM)

struct press {
    pthread_mutex_t lock;
    PangoFontMap *fonts;
    PangoContext *context;
};

struct cells {
    struct lines cell[LETTER_CELLS];
    size_t n;
};

struct laid {
    const struct letter_block *block;
    struct lines text;
    struct cells *rows;
    struct grid *grid;
};

struct setter {
    PangoContext *context;
    cairo_t *cr;
    const struct letter_page *page;
    struct laid *blocks;
    double page_w, page_h, right, bottom; /* edges of the paper and of what is written */
    double y;
    int at_page, pages; /* pages: 0 while counting */
    bool drawing;
};

/* ---- the press ---- */

struct press *press_new(void)
{
    struct press *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    pthread_mutex_init(&p->lock, NULL);
    return p; /* fonts are looked for with the first letter: a server that writes none stays small
               */
}

void press_free(struct press *p)
{
    if (p == NULL)
        return;
    if (p->context != NULL)
        g_object_unref(p->context);
    if (p->fonts != NULL)
        g_object_unref(p->fonts);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void press_end(void)
{
    FcFini();
}

static enum err_code make_ready(struct press *p, struct err *err)
{
    if (p->context != NULL)
        return ERR_OK;
    letter_font_families(); /* before pango looks at what fonts there are */
    p->fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    if (p->fonts == NULL)
        return err_set(err, ERR_IO, "letters: no fonts");
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(p->fonts), 72);
    p->context = pango_font_map_create_context(p->fonts);
    pango_context_set_language(p->context, pango_language_from_string("zh-cn"));
    return ERR_OK;
}

/* ---- texts ---- */

static void draw_lines(struct setter *s, const struct lines *l, int first, int n, double x,
                       double y)
{
    if (s->drawing)
        lines_draw(s->cr, l, first, n, x, y);
}

/* One text, @p align of its width left of x. */
static void draw_at(struct setter *s, const char *text, double points, double x, double y,
                    double align)
{
    struct lines l = lines_of(s->context, text, points, points * 1.4, 0, 0);

    for (int i = 0; i < l.n; i++)
        draw_lines(s, &l, i, 1, x - lines_width(&l, i) * align, y + i * l.pitch);
    lines_release(&l);
}

static void draw_heading(struct setter *s, const char *text, double points, double y)
{
    struct lines l = lines_of(s->context, text, points, points * 1.4, 0, 0);

    l.bold = true;
    draw_lines(s, &l, 0, 1, (LEFT + s->right - lines_width(&l, 0)) / 2, y);
    lines_release(&l);
}

/* ---- pages ---- */

static void draw_mark(struct setter *s)
{
    struct lines l;

    if (s->page->mark == NULL)
        return;
    l = lines_of(s->context, s->page->mark, 120, 168, 0, 0);
    cairo_save(s->cr);
    cairo_set_source_rgba(s->cr, 0.5, 0.5, 0.5, 0.2);
    cairo_translate(s->cr, s->page_w / 2, s->page_h / 2);
    cairo_rotate(s->cr, -0.6);
    cairo_move_to(s->cr, -lines_width(&l, 0) / 2, 0);
    pango_cairo_layout_line_path(s->cr, pango_layout_get_line_readonly(l.layout, 0));
    cairo_fill(s->cr); /* a picture and no text: it cannot be in the way of selecting */
    cairo_restore(s->cr);
    lines_release(&l);
}

static void finish_page(struct setter *s)
{
    char text[32];

    if (!s->drawing)
        return;
    if (s->pages > 1) {
        snprintf(text, sizeof text, "— %d / %d —", s->at_page, s->pages);
        draw_at(s, text, 10.5, (LEFT + s->right) / 2, s->page_h - 20 * MM, 0.5);
        if (s->page->number != NULL)
            draw_at(s, s->page->number, 9, s->right, s->page_h - 20 * MM, 1);
    }
    cairo_show_page(s->cr);
}

static void begin_page(struct setter *s)
{
    s->at_page++;
    s->y = TOP;
    if (s->drawing)
        draw_mark(s);
}

static void next_page(struct setter *s)
{
    finish_page(s);
    begin_page(s);
}

/* ---- blocks ---- */

static void set_title(struct setter *s)
{
    static const char unnumbered[] = "（未编号）";
    const struct letter_page *p = s->page;

    if (s->drawing) {
        draw_heading(s, p->issuer, 20, s->y - 6);
        draw_heading(s, p->title, 22, s->y + 28);
        draw_at(s, p->number == NULL ? unnumbered : p->number, 12, s->right, s->y + 72, 1);
        cairo_set_line_width(s->cr, 1);
        cairo_move_to(s->cr, LEFT, s->y + 94);
        cairo_line_to(s->cr, s->right, s->y + 94);
        cairo_stroke(s->cr);
    }
    s->y += 106;
}

/* Whether line i goes to the next page: there is no room, or one line of a paragraph would stay
 * behind alone, or go on alone. */
static bool breaks_before(const struct setter *s, const struct lines *l, int i)
{
    int fit = (int)((s->bottom - s->y) / l->pitch), left = l->n - i;

    if (fit >= left || s->y <= TOP)
        return fit < 1;
    return fit < 1 || (fit == 1 && (i == 0 || left == 2)) || (i == 0 && fit == 2 && left == 3);
}

static void set_text(struct setter *s, const struct lines *l)
{
    for (int i = 0; i < l->n; i++) {
        if (breaks_before(s, l, i))
            next_page(s);
        draw_lines(s, l, i, 1, LEFT, s->y);
        s->y += l->pitch;
    }
}

/* Where cell i of a row begins; n is its number of cells, i = n the right edge. */
static double cell_x(const struct setter *s, size_t n, size_t i)
{
    double half = (s->right - LEFT) / 2;

    if (i == n)
        return s->right;
    return n == 2 ? LEFT + (i == 1 ? LABEL_W : 0)
                  : LEFT + (double)(i / 2) * half + (i % 2 == 1 ? LABEL_W : 0);
}

static void box(struct setter *s, double x, double y, double w, double h)
{
    if (!s->drawing)
        return;
    cairo_set_line_width(s->cr, 0.6);
    cairo_rectangle(s->cr, x, y, w, h);
    cairo_stroke(s->cr);
}

/* The label of a row: in the middle of one that is whole, at the head of each slice of another. */
static void draw_label(struct setter *s, const struct lines *l, double x, double h, bool sliced,
                       bool again)
{
    struct lines more = {0};
    char text[200];

    if (!sliced) {
        draw_lines(s, l, 0, l->n, x + PAD, s->y + (h - l->n * CELL_LINE) / 2);
        return;
    }
    if (!again) {
        draw_lines(s, l, 0, l->n, x + PAD, s->y + PAD);
        return;
    }
    snprintf(text, sizeof text, "%s（续）", pango_layout_get_text(l->layout));
    more = lines_of(s->context, text, CELL_PT, CELL_LINE, LABEL_W - 2 * PAD, 0);
    for (int i = 0; i < more.n && (i + 1) * CELL_LINE + 2 * PAD <= h; i++)
        draw_lines(s, &more, i, 1, x + PAD, s->y + PAD + i * CELL_LINE);
    lines_release(&more);
}

/* One row, in as many slices as pages need. */
static void set_row(struct setter *s, const struct cells *row)
{
    int done = 0, most = 1;

    for (size_t i = 0; i < row->n; i++)
        most = row->cell[i].n > most ? row->cell[i].n : most;
    while (done < most) {
        int fit = (int)((s->bottom - s->y - 2 * PAD) / CELL_LINE), n;
        double h;

        if (fit < 1 || (fit < most && fit < 3 && s->y > TOP)) {
            next_page(s);
            continue;
        }
        n = most - done < fit ? most - done : fit;
        h = n * CELL_LINE + 2 * PAD;
        for (size_t i = 0; i < row->n; i++) {
            const struct lines *l = &row->cell[i];
            double x = cell_x(s, row->n, i), w = cell_x(s, row->n, i + 1) - x;
            int left = l->n - done;
            bool label = i % 2 == 0, sliced = n < most;

            box(s, x, s->y, w, h);
            if (label)
                draw_label(s, l, x, h, sliced, done > 0);
            else if (left > 0)
                draw_lines(s, l, done, left < n ? left : n, x + PAD, s->y + PAD);
        }
        s->y += h;
        done += n;
    }
}

/* One row, or a slice of it as far as the page holds it. */
static void set_grid_row(struct setter *s, const struct grid *g, size_t row)
{
    int done = 0, most = grid_lines(g, row);

    while (done < most) {
        int fit = grid_lines_in(s->bottom - s->y), n;

        if (fit < 1 ||
            (fit < most - done && fit < 3 && s->y > TOP + grid_height(grid_lines(g, 0)))) {
            next_page(s);
            if (row > 0)
                set_grid_row(s, g, 0);
            continue;
        }
        n = most - done < fit ? most - done : fit;
        if (s->drawing)
            grid_draw(s->cr, g, row, done, n, LEFT, s->y);
        s->y += grid_height(n);
        done += n;
    }
}

/* Headings never stand alone at the foot of a page, nor seal and date on the next: the last row
 * goes along. */
static void set_grid(struct setter *s, const struct grid *g, size_t n_rows, bool before_sign)
{
    double first = grid_height(grid_lines(g, 0)) + grid_height(n_rows == 0 ? 0 : grid_lines(g, 1));

    s->y += 6;
    if (s->y + first > s->bottom && TOP + first < s->bottom)
        next_page(s);
    set_grid_row(s, g, 0);
    for (size_t i = 1; i <= n_rows; i++) {
        double with_sign = grid_height(grid_lines(g, i)) + 8 + SIGN_H;

        if (i == n_rows && i > 1 && before_sign && s->y + with_sign > s->bottom + 8 * MM &&
            TOP + with_sign + grid_height(grid_lines(g, 0)) < s->bottom) {
            next_page(s);
            set_grid_row(s, g, 0);
        }
        set_grid_row(s, g, i);
    }
    s->y += 8;
}

static void set_block(struct setter *s, const struct laid *b)
{
    if (b->grid != NULL) {
        set_grid(s, b->grid, b->block->grid->n_rows, b + 1 == s->blocks + s->page->n_blocks);
        return;
    }
    if (b->block->kind == LETTER_TABLE) {
        s->y += 6;
        for (size_t i = 0; i < b->block->n_rows; i++)
            set_row(s, &b->rows[i]);
        s->y += 8;
        return;
    }
    if (b->block->kind == LETTER_HEAD && s->y + 3 * BODY_LINE > s->bottom)
        next_page(s); /* no heading alone at the foot of a page */
    set_text(s, &b->text);
}

static void draw_qr(struct setter *s, double x, double y)
{
    struct qr *qr = s->drawing ? qr_new(s->page->verify) : NULL;
    double dot;

    if (qr == NULL)
        return;
    dot = QR_SIZE / qr_width(qr);
    for (int row = 0; row < qr_width(qr); row++)
        for (int column = 0; column < qr_width(qr); column++)
            if (qr_dark(qr, column, row))
                cairo_rectangle(s->cr, x + column * dot, y + row * dot, dot, dot);
    cairo_fill(s->cr);
    qr_free(qr);
}

/* Seal and date at the right, the code to check it by at the left; never parted. */
static void set_sign(struct setter *s)
{
    const struct letter_page *p = s->page;

    if (p->signer == NULL && p->verify == NULL)
        return;
    if (s->y + SIGN_H > s->bottom + 8 * MM)
        next_page(s);
    s->y += 16;
    if (!s->drawing)
        return;
    if (p->signer != NULL) {
        draw_at(s, p->signer, BODY_PT, s->right - 75, s->y + 6, 0.5);
        draw_at(s, "（印章）", 10.5, s->right - 75, s->y + 27, 0.5);
        draw_at(s, p->date, BODY_PT, s->right - 75, s->y + 46, 0.5);
    }
    if (p->verify != NULL) {
        draw_qr(s, LEFT, s->y);
        draw_at(s, p->verify_hint, 8, LEFT + QR_SIZE + 8, s->y + 4, 0);
    }
}

static double table_height(const struct laid *b)
{
    double h = 14; /* the room before and behind it */

    for (size_t i = 0; i < b->block->n_rows; i++) {
        int most = 1;

        for (size_t k = 0; k < b->rows[i].n; k++)
            most = b->rows[i].cell[k].n > most ? b->rows[i].cell[k].n : most;
        h += most * CELL_LINE + 2 * PAD;
    }
    return h;
}

/* Seal and date never stand alone on a page: a table before them goes along. */
static void keep_together(struct setter *s, const struct laid *last)
{
    double h = last->block->kind == LETTER_TABLE ? table_height(last) : 0;

    if (h > 0 && s->y + h + SIGN_H > s->bottom + 8 * MM && TOP + h + SIGN_H < s->bottom)
        next_page(s);
}

static void set_all(struct setter *s)
{
    s->at_page = 0;
    begin_page(s);
    set_title(s);
    for (size_t i = 0; i < s->page->n_blocks; i++) {
        if (i + 1 == s->page->n_blocks)
            keep_together(s, &s->blocks[i]);
        set_block(s, &s->blocks[i]);
    }
    set_sign(s);
    finish_page(s);
    s->pages = s->at_page;
}

/* ---- laying out ---- */

static void lay_row(const struct setter *s, const struct letter_row *row, struct cells *ret)
{
    size_t n = 0;

    while (n < LETTER_CELLS && row->cells[n] != NULL)
        n++;
    ret->n = n;
    for (size_t i = 0; i < n; i++) {
        double w = cell_x(s, n, i + 1) - cell_x(s, n, i) - 2 * PAD;

        ret->cell[i] = lines_of(s->context, row->cells[i], CELL_PT, CELL_LINE, w, 0);
    }
}

static bool lay_out(struct setter *s)
{
    for (size_t i = 0; i < s->page->n_blocks; i++) {
        const struct letter_block *b = &s->page->blocks[i];
        struct laid *l = &s->blocks[i];

        l->block = b;
        if (b->kind == LETTER_GRID) {
            l->grid = grid_new(s->context, b->grid, s->right - LEFT);
            if (l->grid == NULL)
                return false;
            continue;
        }
        if (b->kind != LETTER_TABLE) {
            l->text =
                lines_of(s->context, b->text, BODY_PT,
                         b->kind == LETTER_SIGN ? BODY_LINE * 1.3 : BODY_LINE, s->right - LEFT,
                         b->kind == LETTER_TEXT || b->kind == LETTER_SIGN ? 2 * BODY_PT : 0);
            l->text.bold = b->kind == LETTER_HEAD;
            continue;
        }
        l->rows = calloc(b->n_rows, sizeof *l->rows);
        if (l->rows == NULL)
            return false;
        for (size_t k = 0; k < b->n_rows; k++)
            lay_row(s, &b->rows[k], &l->rows[k]);
    }
    return true;
}

static void free_layout(struct setter *s)
{
    for (size_t i = 0; s->blocks != NULL && i < s->page->n_blocks; i++) {
        struct laid *l = &s->blocks[i];

        lines_release(&l->text);
        grid_free(l->grid);
        for (size_t k = 0; l->rows != NULL && k < l->block->n_rows; k++)
            for (size_t c = 0; c < l->rows[k].n; c++)
                lines_release(&l->rows[k].cell[c]);
        free(l->rows);
    }
    free(s->blocks);
}

static cairo_status_t take_bytes(void *closure, const unsigned char *bytes, unsigned int n)
{
    struct buf *out = closure;

    buf_add(out, bytes, n);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* cairo 1.16 forgets the list of font dictionaries of every CID font that it embeds
 * (cairo_cff_font_read_cid_fontdict: cff_index_fini only when it fails; mended in later versions),
 * 768 bytes a letter. There is no way around it while the font is Noto CJK. What this one call
 * allocates is not looked at for leaks; surface, context and layouts, made before it, are. */
static void finish_surface(cairo_surface_t *surface)
{
#ifdef LEAKS_ARE_LOOKED_FOR
    __lsan_disable();
#endif
    cairo_surface_finish(surface);
#ifdef LEAKS_ARE_LOOKED_FOR
    __lsan_enable();
#endif
}

static enum err_code draw(struct setter *s, struct buf *out, struct err *err)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(take_bytes, out, s->page_w, s->page_h);
    cairo_status_t status;

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, s->page->title);
    s->cr = cairo_create(surface);
    s->drawing = true;
    set_all(s);
    finish_surface(surface);
    status = cairo_surface_status(surface);
    cairo_destroy(s->cr);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return ERR_OK;
    return err_set(err, out->failed ? ERR_TOO_LARGE : ERR_NO_MEMORY, "letter: %s",
                   cairo_status_to_string(status));
}

enum err_code letter_pdf(struct press *press, const struct letter_page *page, struct buf *out,
                         int *ret_pages, struct err *err)
{
    struct setter s = {.page = page,
                       .page_w = page->wide ? LONG_SIDE : SHORT_SIDE,
                       .page_h = page->wide ? SHORT_SIDE : LONG_SIDE};
    enum err_code rc;

    s.right = s.page_w - 26 * MM;
    s.bottom = s.page_h - 30 * MM;
    s.blocks = calloc(page->n_blocks + 1, sizeof *s.blocks);
    if (s.blocks == NULL)
        return err_set(err, ERR_NO_MEMORY, "letter");
    pthread_mutex_lock(&press->lock);
    rc = make_ready(press, err);
    if (rc == ERR_OK) {
        s.context = press->context;
        if (!lay_out(&s))
            rc = err_set(err, ERR_NO_MEMORY, "letter");
    }
    if (rc == ERR_OK) {
        set_all(&s);
        rc = draw(&s, out, err);
    }
    *ret_pages = s.pages;
    free_layout(&s);
    pthread_mutex_unlock(&press->lock);
    return rc;
}
