/* The files of the web interface, as built into the binary: looked up in a table made at start,
 * never by a path on disk. */
#ifndef FANGXIN_WEB_STATIC_H
#define FANGXIN_WEB_STATIC_H

#include "base/embed.h"
#include "web/response.h"

struct statics;

/* @p files: embedded_ui. ETags are made here, once. */
enum err_code statics_new(const struct embedded_file *files, struct statics **ret,
                          struct err *err) MUST_CHECK;
void statics_free(struct statics *s);

/**
 * Answers GET and HEAD for a file, or for a page of one of the two entries: a path below /desk/
 * that is no file gets the desk's index, any other path without a file extension the portal's.
 * Everything below /assets/ carries a hash in its name and may be kept for ever.
 * @return false when there is nothing: resp is untouched
 */
bool statics_answer(const struct statics *s, const struct request *req, struct response *resp);

#endif
