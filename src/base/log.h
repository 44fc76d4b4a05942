/* One log line per event, key=value, to standard error. Only web, jobs and main log. */
#ifndef FANGXIN_BASE_LOG_H
#define FANGXIN_BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level least);
/* @p fields: key=value pairs, already in logfmt; nothing a person typed goes in here. */
void log_line(enum log_level level, const char *msg, const char *fields, ...) PRINTF_LIKE(3, 4);

#endif
