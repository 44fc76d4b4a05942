/* Bodies, officers and their sessions. Changes are events like those of matters. */
#ifndef FANGXIN_WORK_STAFF_H
#define FANGXIN_WORK_STAFF_H

#include "store/changes.h"
#include "work/setup.h"

struct body_draft {
    const char *code, *parent;                                         /* parent NULL: the root */
    const char *kind, *name_zh, *name_en, *division, *address, *phone; /* optional ones NULL */
    const char *const *streets;                                        /* nine-digit codes */
    size_t n_streets;
    int64_t valid_from; /* ms */
};
/* ERR_INVALID: code taken or not [0-9A-Za-z-]{1,31}, parent unknown, kind. The caller reloads
 * setups. */
enum err_code body_add(struct op *op, const struct body_draft *body) MUST_CHECK;
/* ERR_INVALID: it has ended, or @p successor (NULL: none) is no other body that goes on. The caller
 * reloads setups. */
enum err_code body_end(struct op *op, const char *code, const char *successor) MUST_CHECK;

struct officer {
    int64_t id;
    const char *name, *display, *body;
    unsigned roles;
    bool active;
    int64_t open; /* matters on his desk; only in officer_list */
};
struct officer_draft {
    const char *name, *display, *body;
    unsigned roles;
    const char *password; /* at least 8 code points; NULL: set later */
};
/* What officer_add would refuse. */
enum err_code officer_check(struct op *op, const struct officer_draft *officer) MUST_CHECK;
enum err_code officer_add(struct op *op, const struct officer_draft *officer,
                          int64_t *ret_id) MUST_CHECK;
enum err_code officer_disable(struct op *op, const char *name, const char *successor) MUST_CHECK;
enum err_code officer_set_password(struct op *op, int64_t id, const char *password) MUST_CHECK;
/* By the officer himself: the old password is checked. */
enum err_code officer_change_password(struct op *op, const char *old,
                                      const char *password) MUST_CHECK;
enum err_code officer_by_id(struct op *op, int64_t id, struct officer *ret) MUST_CHECK;
enum err_code officer_by_name(struct op *op, const char *name, struct officer *ret) MUST_CHECK;
/* Officers of a body and below, with how many open matters each has, of those op->actor may count.
 */
enum err_code officer_list(struct op *op, const char *body, struct officer **ret,
                           size_t *ret_n) MUST_CHECK;

/* Puts the actor of an officer into the op: body path and roles. */
enum err_code actor_set_officer(struct op *op, const struct officer *officer) MUST_CHECK;

#define SESSION_TOKEN_TEXT 44 /* 32 random bytes in base64url and NUL */
struct session {
    char token[SESSION_TOKEN_TEXT]; /* for the cookie; only its hash is stored */
    char csrf[SESSION_TOKEN_TEXT];
    struct officer officer;
    int64_t expires_at;
};
/**
 * Signs in; argon2id runs here, so never call it on an event loop.
 * @return ERR_UNAUTHENTICATED for a wrong name or password, the same for both and as slow;
 *         ERR_RATE after five wrong ones in a row for this name and address, for a growing time
 */
enum err_code session_open(struct op *op, const char *name, const char *password,
                           struct session *ret) MUST_CHECK;
/**
 * Finds the session of a cookie and puts its officer into op->actor.
 * @param csrf  what the request sent back; NULL: not asked for (reads)
 * @param[out] ret  token and csrf are filled in (csrf is derived, so it can be told again)
 * @return ERR_UNAUTHENTICATED none, idle over 30 minutes or older than 12 hours, or officer gone;
 *         ERR_FORBIDDEN for a wrong csrf
 */
enum err_code session_find(struct op *op, const char *token, const char *csrf,
                           struct session *ret) MUST_CHECK;
enum err_code session_end(struct op *op, const char *token) MUST_CHECK;

#endif
