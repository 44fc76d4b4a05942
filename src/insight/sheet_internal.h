/* What writers of XLSX share. For sheet.c and document_xlsx.c alone. */
#ifndef FANGXIN_INSIGHT_SHEET_INTERNAL_H
#define FANGXIN_INSIGHT_SHEET_INTERNAL_H

#include <xlsxwriter.h>

#include "base/text.h"
#include "insight/sheet.h"

/* @p lxw is an lxw_error; the answer says why in err. */
enum err_code xlsx_error(struct err *err, int lxw) MUST_CHECK;
/* A name that the format allows, "title" or "title 2" for further pages; room of 160 bytes. */
void xlsx_sheet_name(const char *title, unsigned page, char *ret, size_t size);
/* Title and the instant it was made, in place of the clock: equal input gives equal bytes. */
void xlsx_properties(lxw_workbook *book, const char *title, int64_t made_ms);

#endif
