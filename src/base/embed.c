/* Look-up in a table of embedded files. */
#include "base/embed.h"

#include <string.h>

const struct embedded_file *embedded_find(const struct embedded_file *files, const char *path)
{
    for (; files->path != NULL; files++)
        if (strcmp(files->path, path) == 0)
            return files;
    return NULL;
}
