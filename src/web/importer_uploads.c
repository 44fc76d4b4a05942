/* Files that were looked at and may be taken in. */
#include "web/importer_internal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define UPLOADS_BYTES ((size_t)128 * 1024 * 1024)
#define UPLOAD_KEPT_MS (60 * 60 * 1000)

static void new_id(char ret[IMPORT_ID_TEXT])
{
    unsigned char bytes[(IMPORT_ID_TEXT - 1) / 2];

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(ret, IMPORT_ID_TEXT, bytes, sizeof bytes);
}

void importer_upload_clear(struct upload *u)
{
    free(u->bytes);
    json_decref(u->plan);
    json_decref(u->columns);
    *u = (struct upload){0};
}

struct upload *importer_upload(struct importer *im, int64_t officer, const char *id)
{
    for (int i = 0; i < UPLOADS_MAX; i++)
        if (im->uploads[i].bytes != NULL && im->uploads[i].officer == officer &&
            strcmp(im->uploads[i].id, id) == 0)
            return &im->uploads[i];
    return NULL;
}

/* A free place for @p n bytes; old files give way, an officer's own earlier one as well. */
static struct upload *make_place(struct importer *im, int64_t officer, size_t n, int64_t now_ms)
{
    struct upload *place = NULL;
    size_t held = 0;

    for (int i = 0; i < UPLOADS_MAX; i++) {
        struct upload *u = &im->uploads[i];

        if (u->bytes != NULL && (now_ms - u->kept_ms > UPLOAD_KEPT_MS || u->officer == officer))
            importer_upload_clear(u);
        if (u->bytes == NULL)
            place = u;
        else
            held += u->n;
    }
    return held + n <= UPLOADS_BYTES ? place : NULL;
}

enum err_code importer_keep(struct importer *im, struct op *op, const struct importer_file *file,
                            char ret_id[IMPORT_ID_TEXT])
{
    char *copy = malloc(file->n + 1);
    struct upload *u;

    if (copy == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "upload of %zu bytes", file->n);
    memcpy(copy, file->bytes, file->n);
    copy[file->n] = '\0';
    pthread_mutex_lock(&im->lock);
    u = make_place(im, op->actor.officer_id, file->n, monotonic_ms());
    if (u != NULL) {
        *u = (struct upload){.officer = op->actor.officer_id,
                             .kept_ms = monotonic_ms(),
                             .bytes = copy,
                             .n = file->n,
                             .above = file->above,
                             .rows = file->rows,
                             .plan = json_incref((json_t *)(uintptr_t)file->plan),
                             .columns = json_incref((json_t *)(uintptr_t)file->columns)};
        snprintf(u->map_name, sizeof u->map_name, "%s",
                 file->map_name == NULL ? "" : file->map_name);
        snprintf(u->name, sizeof u->name, "%s", file->name == NULL ? "" : file->name);
        new_id(u->id);
        memcpy(ret_id, u->id, IMPORT_ID_TEXT);
    }
    pthread_mutex_unlock(&im->lock);
    if (u == NULL) {
        free(copy);
        return err_set(&op->err, ERR_BUSY, "uploads: no place for %zu bytes", file->n);
    }
    return ERR_OK;
}
