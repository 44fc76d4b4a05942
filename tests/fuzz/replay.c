/* Runs one fuzz target over kept inputs: every file of the folders named, in any order. What once
 * broke stays there and is tried again on each run, without libFuzzer. */
#include <dirent.h>
#include <errno.h>

#include "tests/fuzz/target.h"

static bool replay(const char *folder, const char *name)
{
    char path[4096];
    FILE *file;
    long size;
    uint8_t *bytes;
    bool whole;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    rewind(file);
    bytes = malloc(size > 0 ? (size_t)size : 1); /* exactly: the sanitizer sees one byte beyond */
    whole = bytes != NULL && fread(bytes, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    if (whole) {
        fprintf(stderr, "%s\n", name);
        LLVMFuzzerTestOneInput(bytes, (size_t)size);
    }
    free(bytes);
    return whole;
}

int main(int argc, char **argv)
{
    size_t n = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);

        if (folder == NULL) {
            fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
            return 1;
        }
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            if (entry->d_name[0] == '.')
                continue;
            if (!replay(argv[i], entry->d_name))
                return 1;
            n++;
        }
        closedir(folder);
    }
    fprintf(stderr, "%zu inputs\n", n);
    return n > 0 ? 0 : 1;
}
