/* The model of the disk. */
#include "disk.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../store/fixture.h"

#define FILES_MAX 4096
#define SECTOR 512
#define PAGE 4096

struct pending {
    struct pending *next;
    bool truncate;
    int64_t offset; /* or the size, of a truncation */
    size_t n;
    unsigned char bytes[];
};

struct disk_file {
    uint64_t hash; /* of the path */
    char path[300];
    bool is_folder;
    bool named;   /* its name is durable */
    bool removed; /* unlinked, not yet durable when named */
    unsigned char *synced;
    size_t synced_n, room;
    struct pending *first, **last;
};

static struct disk {
    pthread_mutex_t lock;
    char folder[256];
    struct disk_file files[FILES_MAX];
    size_t n_files;
    uint64_t operations, cut_at, fail_at, random;
    enum disk_fault how;
    bool cut, lasting;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- chance ---- */

static uint64_t next_random(void) /* splitmix64 */
{
    uint64_t z = disk.random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t disk_random(uint64_t n)
{
    uint64_t r;

    pthread_mutex_lock(&disk.lock);
    r = next_random() % n;
    pthread_mutex_unlock(&disk.lock);
    return r;
}

/* ---- files ---- */

static void forget_pending(struct disk_file *f)
{
    while (f->first != NULL) {
        struct pending *next = f->first->next;

        free(f->first);
        f->first = next;
    }
    f->last = &f->first;
}

static void forget(struct disk_file *f)
{
    forget_pending(f);
    free(f->synced);
    memset(f, 0, sizeof *f);
    f->last = &f->first;
}

static uint64_t hash_of(const char *path)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (; *path != '\0'; path++)
        h = (h ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
    return h;
}

static struct disk_file *find(const char *path)
{
    uint64_t hash = hash_of(path);

    for (size_t i = 0; i < disk.n_files; i++)
        if (disk.files[i].hash == hash && strcmp(disk.files[i].path, path) == 0)
            return &disk.files[i];
    return NULL;
}

static struct disk_file *find_or_add(const char *path)
{
    struct disk_file *f = find(path);

    if (f != NULL)
        return f;
    if (disk.n_files == FILES_MAX || strlen(path) >= sizeof f->path)
        abort();
    f = &disk.files[disk.n_files++];
    memset(f, 0, sizeof *f);
    snprintf(f->path, sizeof f->path, "%s", path);
    f->hash = hash_of(path);
    f->last = &f->first;
    return f;
}

static void put(struct disk_file *f, const struct pending *p, size_t from, size_t n)
{
    size_t end = (size_t)p->offset + from + n;

    if (end > f->room) {
        f->room = end * 2;
        f->synced = realloc(f->synced, f->room);
        if (f->synced == NULL)
            abort();
    }
    if (end > f->synced_n) {
        memset(f->synced + f->synced_n, 0, end - f->synced_n);
        f->synced_n = end;
    }
    memcpy(f->synced + p->offset + from, p->bytes + from, n);
}

static void apply_whole(struct disk_file *f, const struct pending *p)
{
    if (!p->truncate)
        put(f, p, 0, p->n);
    else if ((size_t)p->offset < f->synced_n)
        f->synced_n = (size_t)p->offset;
}

/* Some of the sectors that the write touches. */
static void apply_torn(struct disk_file *f, const struct pending *p)
{
    for (size_t from = 0; from < p->n;) {
        size_t n = SECTOR - ((size_t)p->offset + from) % SECTOR;

        n = n < p->n - from ? n : p->n - from;
        if (next_random() % 2 == 0)
            put(f, p, from, n);
        from += n;
    }
}

/* ---- watching ---- */

void disk_watch(const char *folder, uint64_t seed)
{
    pthread_mutex_lock(&disk.lock);
    for (size_t i = 0; i < disk.n_files; i++)
        forget(&disk.files[i]);
    disk.n_files = 0;
    snprintf(disk.folder, sizeof disk.folder, "%s", folder == NULL ? "" : folder);
    disk.operations = disk.cut_at = disk.fail_at = 0;
    disk.how = DISK_WELL;
    disk.cut = disk.lasting = false;
    disk.random = seed;
    pthread_mutex_unlock(&disk.lock);
}

bool disk_watches(const char *path)
{
    size_t n = strlen(disk.folder);

    return n > 0 && path != NULL && strncmp(path, disk.folder, n) == 0 && path[n] == '/';
}

void disk_cut_at(uint64_t nth)
{
    pthread_mutex_lock(&disk.lock);
    disk.cut_at = nth == 0 ? 0 : disk.operations + nth;
    pthread_mutex_unlock(&disk.lock);
}

void disk_fail_at(uint64_t nth, enum disk_fault how, bool lasting)
{
    pthread_mutex_lock(&disk.lock);
    disk.fail_at = nth == 0 ? 0 : disk.operations + nth;
    disk.how = how;
    disk.lasting = lasting;
    pthread_mutex_unlock(&disk.lock);
}

bool disk_is_cut(void)
{
    bool cut;

    pthread_mutex_lock(&disk.lock);
    cut = disk.cut;
    pthread_mutex_unlock(&disk.lock);
    return cut;
}

uint64_t disk_operations(void)
{
    uint64_t n;

    pthread_mutex_lock(&disk.lock);
    n = disk.operations;
    pthread_mutex_unlock(&disk.lock);
    return n;
}

enum disk_fault disk_operation(bool is_sync)
{
    enum disk_fault fault = DISK_WELL;

    pthread_mutex_lock(&disk.lock);
    disk.operations++;
    if (disk.cut_at != 0 && disk.operations >= disk.cut_at)
        disk.cut = true;
    if (disk.cut)
        fault = DISK_FAILS;
    else if (disk.fail_at != 0 &&
             (disk.lasting ? disk.operations >= disk.fail_at : disk.operations == disk.fail_at))
        fault = disk.how == DISK_FULL && is_sync ? DISK_WELL : disk.how;
    pthread_mutex_unlock(&disk.lock);
    return fault;
}

/* ---- what happened ---- */

void disk_created(const char *path, bool is_folder, bool truncated)
{
    struct disk_file *f;

    pthread_mutex_lock(&disk.lock);
    f = find(path);
    if (f == NULL || f->removed) {
        if (f != NULL && !f->named)
            forget(f);
        f = find_or_add(path);
        f->is_folder = is_folder;
        f->removed = false;
    }
    if (truncated)
        f->synced_n = 0;
    pthread_mutex_unlock(&disk.lock);
}

static void add_pending(const char *path, bool truncate, const void *bytes, size_t n,
                        int64_t offset)
{
    struct disk_file *f;
    struct pending *p = malloc(sizeof *p + n);

    if (p == NULL)
        abort();
    p->next = NULL;
    p->truncate = truncate;
    p->offset = offset;
    p->n = n;
    if (n > 0)
        memcpy(p->bytes, bytes, n);
    pthread_mutex_lock(&disk.lock);
    f = find_or_add(path);
    if (disk.cut) {
        free(p);
    } else {
        *f->last = p;
        f->last = &p->next;
    }
    pthread_mutex_unlock(&disk.lock);
}

/* A large write reaches the disk page by page, each for itself. */
void disk_wrote(const char *path, const void *bytes, size_t n, int64_t offset)
{
    for (size_t from = 0; from < n;) {
        size_t part = PAGE - (size_t)(offset + (int64_t)from) % PAGE;

        part = part < n - from ? part : n - from;
        add_pending(path, false, (const char *)bytes + from, part, offset + (int64_t)from);
        from += part;
    }
}

void disk_truncated(const char *path, int64_t size)
{
    add_pending(path, true, NULL, 0, size);
}

bool disk_synced(const char *path)
{
    struct disk_file *f;
    bool done;

    pthread_mutex_lock(&disk.lock);
    f = find(path);
    done = !disk.cut;
    if (f != NULL && done) {
        for (const struct pending *p = f->first; p != NULL; p = p->next)
            apply_whole(f, p);
        forget_pending(f);
    }
    pthread_mutex_unlock(&disk.lock);
    return done;
}

static bool lies_in(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return strncmp(path, folder, n) == 0 && path[n] == '/' && strchr(path + n + 1, '/') == NULL;
}

bool disk_folder_synced(const char *path)
{
    bool done;

    pthread_mutex_lock(&disk.lock);
    done = !disk.cut;
    for (size_t i = 0; i < disk.n_files && !disk.cut; i++) {
        struct disk_file *f = &disk.files[i];

        if (!lies_in(f->path, path))
            continue;
        if (f->removed) {
            forget(f);
            f->removed = true; /* an empty place: no path matches "" */
        } else {
            f->named = true;
        }
    }
    pthread_mutex_unlock(&disk.lock);
    return done;
}

bool disk_folder_of_synced(const char *path)
{
    char folder[300];
    char *slash;

    snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    return disk_folder_synced(folder);
}

void disk_removed(const char *path)
{
    struct disk_file *f;

    pthread_mutex_lock(&disk.lock);
    f = find(path);
    if (f != NULL && !disk.cut)
        f->removed = true;
    pthread_mutex_unlock(&disk.lock);
}

/* The old name may come back and the new one may hold either file; here the new name is taken as
 * durable together with its content, which is stricter on the one who syncs before renaming. */
void disk_renamed(const char *from, const char *to)
{
    struct disk_file *f, *over;

    pthread_mutex_lock(&disk.lock);
    f = find(from);
    over = find(to);
    if (f != NULL && !disk.cut) {
        if (over != NULL)
            forget(over);
        snprintf(f->path, sizeof f->path, "%s", to);
        f->hash = hash_of(to);
    }
    pthread_mutex_unlock(&disk.lock);
}

/* ---- the cut ---- */

enum manner { LOSE_ALL, LOSE_LATER, LOSE_SOME, TEAR_SOME, MANNERS };

/* What the disk may hold of the file. */
static void settle(struct disk_file *f, enum manner manner)
{
    uint64_t total = 0, kept, i = 0;

    for (const struct pending *p = f->first; p != NULL; p = p->next)
        total++;
    kept = next_random() % (total + 1);
    for (const struct pending *p = f->first; p != NULL; p = p->next, i++) {
        switch (manner) {
        case LOSE_LATER:
            if (i < kept)
                apply_whole(f, p);
            else if (i == kept && !p->truncate)
                apply_torn(f, p);
            break;
        case LOSE_SOME:
            if (next_random() % 2 == 0)
                apply_whole(f, p);
            break;
        case TEAR_SOME:
            if (next_random() % 4 != 0 && !p->truncate)
                apply_torn(f, p);
            else if (next_random() % 2 == 0)
                apply_whole(f, p);
            break;
        case LOSE_ALL:
        case MANNERS:
            break;
        }
    }
}

static void leave(const struct disk_file *f)
{
    FILE *file;

    if (f->path[0] == '\0')
        return;
    if ((!f->named && next_random() % 2 == 0) || (f->removed && next_random() % 2 == 0)) {
        remove_folder(f->path); /* a file too */
        return;
    }
    if (f->is_folder)
        return;
    file = fopen(f->path, "w");
    if (file == NULL)
        return; /* its folder is gone */
    if (f->synced_n > 0 && fwrite(f->synced, f->synced_n, 1, file) != 1)
        abort();
    fclose(file);
}

void disk_cut_apply(void)
{
    enum manner manner = (enum manner)disk_random(MANNERS);
    char folder[256];

    pthread_mutex_lock(&disk.lock);
    snprintf(folder, sizeof folder, "%s", disk.folder);
    disk.folder[0] = '\0';
    for (size_t i = 0; i < disk.n_files; i++)
        settle(&disk.files[i], manner);
    for (size_t i = 0; i < disk.n_files; i++)
        leave(&disk.files[i]);
    pthread_mutex_unlock(&disk.lock);
    for (int i = 0; i < 2; i++) { /* shared memory does not outlive the power */
        char path[300];

        snprintf(path, sizeof path, "%s/%s", folder, i == 0 ? "fangxin.db-shm" : "index.db-shm");
        unlink(path);
    }
    disk_watch(NULL, 0);
}
