/* Codes to be scanned. */
#include "insight/qr.h"

#include <qrencode.h>

#define QUIET 4 /* dots of white around it, as the standard asks */

struct qr *qr_new(const char *text)
{
    return (struct qr *)(void *)QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
}

static QRcode *code_of(const struct qr *qr)
{
    return (QRcode *)(uintptr_t)qr;
}

void qr_free(struct qr *qr)
{
    if (qr != NULL)
        QRcode_free(code_of(qr));
}

int qr_width(const struct qr *qr)
{
    return code_of(qr)->width;
}

bool qr_dark(const struct qr *qr, int x, int y)
{
    return (code_of(qr)->data[y * code_of(qr)->width + x] & 1) != 0;
}

bool qr_svg(const char *text, struct buf *out)
{
    struct qr *qr = qr_new(text);
    int size;

    if (qr == NULL)
        return false;
    size = qr_width(qr) + 2 * QUIET;
    buf_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
             "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
             size, size, size, size);
    for (int y = 0; y < qr_width(qr); y++)
        for (int x = 0; x < qr_width(qr); x++)
            if (qr_dark(qr, x, y))
                buf_addf(out, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
    buf_adds(out, "\"/></svg>");
    qr_free(qr);
    return !out->failed;
}
