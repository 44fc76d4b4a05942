/* The slots of texts: {name}, {name:when}, {name+when}, {name%when}, {list:name}. */
#include <string.h>

#include "base/text.h"
#include "insight/summary_form.h"

static bool when_find(const char *name, enum summary_when *ret)
{
    if (strcmp(name, "prev") == 0)
        *ret = WHEN_PREVIOUS;
    else if (strcmp(name, "lastyear") == 0)
        *ret = WHEN_LAST_YEAR;
    else
        return false;
    return true;
}

static bool is_word(const char *name)
{
    static const char *const words[] = {"period",    "when",     "body", "previous",
                                        "last_year", "last_day", "day",  NULL};

    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

static bool read_slot(const char *text, size_t n, struct summary_slot *ret)
{
    char name[sizeof ret->name], *mark;

    if (n == 0 || n >= sizeof name)
        return false;
    memcpy(name, text, n);
    name[n] = '\0';
    *ret = (struct summary_slot){.kind = SLOT_VALUE, .when = WHEN_NOW};
    if (text_starts(name, "list:")) {
        ret->kind = SLOT_LIST;
        memmove(name, name + 5, n - 4);
    } else if (is_word(name)) {
        ret->kind = SLOT_WORD;
    } else if ((mark = strpbrk(name, ":+%")) != NULL) {
        ret->kind = *mark == ':' ? SLOT_VALUE : *mark == '+' ? SLOT_CHANGE : SLOT_GROWTH;
        if (!when_find(mark + 1, &ret->when))
            return false;
        *mark = '\0';
    }
    snprintf(ret->name, sizeof ret->name, "%s", name);
    return ret->name[0] != '\0';
}

bool summary_next_slot(const char **at, const char **ret_plain, size_t *ret_plain_n,
                       struct summary_slot *ret, bool *ret_slot)
{
    const char *open = strchr(*at, '{'), *close;

    *ret_plain = *at;
    *ret_plain_n = open == NULL ? strlen(*at) : (size_t)(open - *at);
    *ret_slot = open != NULL;
    if (open == NULL) {
        *at += *ret_plain_n;
        return true;
    }
    close = strchr(open, '}');
    if (close == NULL || !read_slot(open + 1, (size_t)(close - open - 1), ret))
        return false;
    *at = close + 1;
    return true;
}
