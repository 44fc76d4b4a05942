/* The server and its connections: what http.c and http_exchange.c share. Nothing else includes the
 * library's header. */
#ifndef FANGXIN_WEB_HTTP_INTERNAL_H
#define FANGXIN_WEB_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "web/http.h"
#include "web/inbody.h"
#include "web/watch.h"

struct http {
    struct http_options options;
    struct http_calls calls;
    struct MHD_Daemon *daemon;
    struct executor *executor;
    uint16_t port;
    char id_prefix[9];
    _Atomic uint64_t next_id;
    struct inbody_budget bodies;
    struct watch *watch;
    atomic_uint owed; /* exchanges whose work was begun and whose answer is not yet sent */
};

/* What the library calls, on the loop. A connection's socket context and its requests' con_cls are
 * its exchange; cls is the struct http of the server. */
void exchange_on_connection(void *cls, struct MHD_Connection *conn, void **socket_context,
                            enum MHD_ConnectionNotificationCode what);
/* The raw request target, before the library decodes or cuts it. @return what becomes con_cls */
void *exchange_on_target(void *cls, const char *uri, struct MHD_Connection *conn);
enum MHD_Result exchange_on_access(void *cls, struct MHD_Connection *conn, const char *url,
                                   const char *method, const char *version, const char *upload_data,
                                   size_t *upload_size, void **con_cls);
void exchange_on_completed(void *cls, struct MHD_Connection *conn, void **con_cls,
                           enum MHD_RequestTerminationCode why);

/* The work of a parked exchange, on an executor thread; hands it back to the loop. */
void exchange_run(void *exchange, struct arena *arena);

#endif
