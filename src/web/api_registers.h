/* What the handlers of registers share. */
#ifndef FANGXIN_WEB_API_REGISTERS_H
#define FANGXIN_WEB_API_REGISTERS_H

#include "web/call.h"
#include "work/entry.h"

/* The register of the path's {id}; ERR_NOT_FOUND where the officer may read nothing of it. */
enum err_code call_register(struct call *call, const struct register_def **ret) MUST_CHECK;
/* The filter that the query asks for; its texts are the request's. */
enum err_code call_entry_filter(struct call *call, const struct register_def *def,
                                struct entry_filter *ret) MUST_CHECK;

#endif
