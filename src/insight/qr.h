/* Codes to be scanned: libqrencode behind one file. */
#ifndef FANGXIN_INSIGHT_QR_H
#define FANGXIN_INSIGHT_QR_H

#include <stdbool.h>

#include "base/buf.h"

struct qr;
/* Of a text of at most some 200 bytes, such as an address; a quarter of it may be lost. NULL when
 * it cannot be made. */
struct qr *qr_new(const char *text);
void qr_free(struct qr *qr); /* NULL is fine */
int qr_width(const struct qr *qr);
bool qr_dark(const struct qr *qr, int x, int y);

/* As a picture with its quiet border, black on white. False when it cannot be made. */
bool qr_svg(const char *text, struct buf *out);

#endif
