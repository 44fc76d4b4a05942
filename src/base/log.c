/* The log writer: one write per line, so lines of threads do not mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/date.h"

static atomic_int least_level = LOG_INFO; /* set once at start */

void log_set_level(enum log_level least)
{
    atomic_store(&least_level, (int)least);
}

void log_line(enum log_level level, const char *msg, const char *fields, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char line[1400], when[INSTANT_TEXT];
    va_list ap;
    int n, m;

    if ((int)level < atomic_load(&least_level))
        return;
    instant_format(instant_now_ms(), 0, when);
    n = snprintf(line, sizeof line - 1, "time=%s level=%s msg=\"%s\" ", when, names[level], msg);
    va_start(ap, fields);
    m = vsnprintf(line + n, sizeof line - 1 - (size_t)n, fields, ap);
    va_end(ap);
    n += m < 0 ? 0 : m;
    if ((size_t)n > sizeof line - 2)
        n = (int)sizeof line - 2;
    for (int i = 0; i < n; i++)
        if (line[i] == '\n' || line[i] == '\r')
            line[i] = ' ';
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nowhere left to say so */
}
