/* DIR/control.sock: commands for an installation that a server holds.
 *
 * The client sends one line of JSON {"cwd", "argv"}; the server runs the command and sends back
 * frames: 'o' or 'e', four bytes of length (big endian), the bytes for standard output or error; at
 * the end 'x' and one byte, the exit status. The socket is 0600: who may read the data may command.
 */
#ifndef FANGXIN_MAIN_CONTROL_H
#define FANGXIN_MAIN_CONTROL_H

#include "main/command.h"

struct control;

struct control_options {
    const char *dir;
    struct store *store;
    struct setups *setups;
    struct indicators *indicators;
    struct summary_forms *summaries;
    struct access_log *access;
};

enum err_code control_start(const struct control_options *options, struct control **ret,
                            struct err *err) MUST_CHECK;
void control_stop(struct control *control);

/* Sends the command to the server of @p dir and copies its output; ERR_NOT_FOUND: none listens. */
enum err_code control_send(const char *dir, int argc, const char **argv, int *ret_status,
                           struct err *err) MUST_CHECK;

#endif
