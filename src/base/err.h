/* Failures: a closed list, carried up in struct err, shown once by web or main.
 *
 * A function that can fail returns enum err_code and is marked MUST_CHECK. Lower layers fill a
 * struct err and never log; `why` is for the log, the items are for the person who sent the input.
 */
#ifndef FANGXIN_BASE_ERR_H
#define FANGXIN_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* name, HTTP status, may the same request be sent again unchanged, words for the public */
#define ERR_TABLE(X)                                                                               \
    X(OK, 200, false, "", "")                                                                      \
    X(INVALID, 422, false, "有几处要改，改好就能继续。", "Some answers need correcting.")          \
    X(MALFORMED, 400, false, "发来的内容读不懂。", "The request cannot be read.")                  \
    X(TOO_LARGE, 413, false, "内容太大。", "The request is too large.")                            \
    X(UNAUTHENTICATED, 401, false, "先登录，再办这件事。", "Sign in first.")                       \
    X(FORBIDDEN, 403, false, "您没有办这件事的权限。", "You do not have permission to do this.")   \
    X(NOT_FOUND, 404, false, "没有找到。", "Nothing is here under this name or number.")           \
    X(METHOD, 405, false, "这个地址不支持这种操作。", "This address does not take this method.")   \
    X(CONFLICT, 409, false, "这件刚有变动，看过再办。",                                            \
      "The matter changed while you were working on it.")                                          \
    X(NOT_ALLOWED, 409, false, "现在不能办这一步。", "This act is not allowed in this state.")     \
    X(REPLAYED, 422, false, "同一个请求编号已用于别的内容。",                                      \
      "This idempotency key was used with another body.")                                          \
    X(RATE, 429, true, "操作太快，稍后再试。", "Too many requests. Please wait.")                  \
    X(BUSY, 503, true, "现在很忙，稍后再试。", "The service is busy. Please try again.")           \
    X(STORE_FULL, 503, true, "暂时只能看，不能改。", "The service is read-only for now.")          \
    X(UNCERTAIN, 503, false, "先查这件办成没有，再决定要不要重发。",                               \
      "Check the matter before you send this again.")                                              \
    X(IO, 500, false, "这里出了问题，已记下。", "Something failed here; it has been recorded.")    \
    X(NO_MEMORY, 503, true, "现在很忙，稍后再试。", "The service is busy. Please try again.")      \
    X(CORRUPT, 500, false, "记录对不上，已停下。", "The records do not agree with themselves.")    \
    X(INTERNAL, 500, false, "这里出了问题，已记下。",                                              \
      "Something failed here; it has been recorded.")

enum err_code {
#define X(name, http, retry, zh, en) ERR_##name,
    ERR_TABLE(X)
#undef X
};

struct err_info {
    const char *name; /* "INVALID" */
    int http;
    bool retry;
    const char *zh, *en;
};

const struct err_info *err_info(enum err_code code);

#define ERR_ITEMS_MAX 24

/* One thing wrong with the input: which field, a stable code, and plain words. */
struct err_item {
    char field[64]; /* JSON path with dots, "" when it is not about one field */
    char code[48];
    char zh[200];
    char en[200];
};

struct err {
    enum err_code code;
    enum err_code fault; /* the first failure of the store or for want of memory, whatever became of
                            it: a search that met one does not know that nothing is there */
    char why[320];       /* for the log; never shown to the public */
    size_t n_items;
    struct err_item items[ERR_ITEMS_MAX];
};

/* What failed was looked at and is of no account; a fault stays on record. */
void err_clear(struct err *err);
/* The same of a fault: what was done goes on well without it, or was done again. */
void err_overlook(struct err *err);
/* What it is now, for err_back: cheaper than an assignment. */
void err_keep(const struct err *err, struct err *ret_kept);
/* As it was @p earlier, but for a fault met since. */
void err_back(struct err *err, const struct err *earlier);
/* What a refusal truly is: where a fault was met, "not there" and "not allowed" may only mean that
 * it could not be read; where memory was lacking, "does not fit" only that a part was missing. */
enum err_code err_truly(const struct err *err, enum err_code refusal);

/* Sets the code and the reason for the log. @p err may be NULL. */
void err_note(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Adds one item (dropped beyond ERR_ITEMS_MAX) and sets the code. */
void err_add_item(struct err *err, enum err_code code, const char *field, const char *item,
                  const char *zh, const char *en);

static inline enum err_code err_code_itself(enum err_code code)
{
    return code;
}

/* The same as expressions whose value is the code, so that the compiler sees a failure returned. */
#define err_set(err, code, ...) (err_note((err), (code), __VA_ARGS__), err_code_itself(code))
#define err_field(err, code, field, item, zh, en)                                                  \
    (err_add_item((err), (code), (field), (item), (zh), (en)), err_code_itself(code))

#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum err_code try_rc_ = (call);                                                            \
        if (try_rc_ != ERR_OK)                                                                     \
            return try_rc_;                                                                        \
    } while (0)

/* Broken invariants are bugs: they end the process in every build. Bad input never gets here. */
_Noreturn void invariant_failed(const char *what, const char *file, int line);
#define INVARIANT(cond)                                                                            \
    do {                                                                                           \
        if (!(cond))                                                                               \
            invariant_failed(#cond, __FILE__, __LINE__);                                           \
    } while (0)

#endif
