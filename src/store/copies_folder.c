/* What lies in a folder of copies. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/date.h"
#include "store/copies_internal.h"
#include "store/files.h"

void copy_stamp(int64_t ms, char ret[COPY_STAMP + 1])
{
    char text[INSTANT_TEXT];
    size_t n = 0;

    instant_format(ms, 0, text);
    for (const char *c = text; n < COPY_STAMP - 1 && *c != '\0'; c++)
        if (*c != '-' && *c != ':')
            ret[n++] = *c;
    ret[n++] = 'Z';
    ret[n] = '\0';
}

static bool is_copy(const char *name, bool *ret_full)
{
    const char *end = strlen(name) > COPY_STAMP ? name + COPY_STAMP : "";

    *ret_full = strcmp(end, ".full.tar") == 0;
    return (*ret_full || strcmp(end, ".step.tar") == 0) &&
           strspn(name, "0123456789TZ") == COPY_STAMP;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct copy_entry *)a)->name, ((const struct copy_entry *)b)->name);
}

static enum err_code add_entry(const char *folder, const char *name, struct copy_entry **all,
                               size_t *n, size_t *cap, struct err *err)
{
    char path[PATH_BYTES];
    struct stat st;
    bool full;

    if (!is_copy(name, &full))
        return ERR_OK;
    TRY(path_join(folder, name, path, err));
    if (stat(path, &st) != 0)
        return ERR_OK; /* it went meanwhile */
    if (*n == *cap) {
        size_t more = *cap == 0 ? 64 : *cap * 2;
        struct copy_entry *grown = realloc(*all, more * sizeof *grown);

        if (grown == NULL)
            return err_set(err, ERR_NO_MEMORY, "no memory to list copies");
        *all = grown;
        *cap = more;
    }
    (*all)[*n] = (struct copy_entry){.full = full, .bytes = st.st_size};
    snprintf((*all)[*n].name, COPY_NAME, "%s", name);
    ++*n;
    return ERR_OK;
}

enum err_code copies_list(const char *folder, struct copy_entry **ret, size_t *ret_n,
                          struct err *err)
{
    DIR *d = opendir(folder);
    const struct dirent *entry;
    struct copy_entry *all = NULL;
    enum err_code rc = ERR_OK;
    size_t n = 0, cap = 0;

    if (d == NULL)
        return errno == ENOENT ? err_set(err, ERR_NOT_FOUND, "no folder %s", folder)
                               : io_error(err, "open", folder, errno);
    while (rc == ERR_OK && (entry = readdir(d)) != NULL)
        rc = add_entry(folder, entry->d_name, &all, &n, &cap, err);
    closedir(d);
    if (rc != ERR_OK) {
        free(all);
        return rc;
    }
    if (n > 0)
        qsort(all, n, sizeof *all, by_name);
    *ret = all;
    *ret_n = n;
    return ERR_OK;
}
