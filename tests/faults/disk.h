/* A disk that loses power. Every write, truncation, new name and sync of the store passes here,
 * from the SQLite VFS "cut" (vfs.c) and from wrapped calls of the C library (wrap.c). The real
 * files always hold what was written; beside them the model keeps what a disk must still have after
 * the power went: the bytes as of the last sync of each file, and what was written since, in order.
 *
 * disk_cut_apply rewrites the real files as a disk might leave them: of what was not synced some
 * writes are lost, some are there, some are torn at sectors, in any combination, so that later ones
 * may be there without earlier ones; names that were not synced into their folder may be gone. */
#ifndef FANGXIN_TESTS_FAULTS_DISK_H
#define FANGXIN_TESTS_FAULTS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_fault {
    DISK_WELL,
    DISK_FAILS, /* I/O error */
    DISK_FULL,  /* no room; syncs succeed */
};

/* Forgets everything and watches what is below @p folder; NULL: watches nothing. */
void disk_watch(const char *folder, uint64_t seed);
/* The power goes at the @p nth operation from now (1: the next). 0: never. */
void disk_cut_at(uint64_t nth);
bool disk_is_cut(void);
/* After the store was closed: leaves the files as the disk would, and watches no more. */
void disk_cut_apply(void);

/* The @p nth operation from now fails once (@p lasting: and all after it). */
void disk_fail_at(uint64_t nth, enum disk_fault how, bool lasting);
uint64_t disk_operations(void); /* since disk_watch */
/* A random number below @p n, from the seed. */
uint64_t disk_random(uint64_t n);

/* ---- for vfs.c and wrap.c ---- */

bool disk_watches(const char *path);
/* May an operation happen now? Counts it. */
enum disk_fault disk_operation(bool is_sync);
void disk_created(const char *path, bool is_folder, bool truncated);
void disk_wrote(const char *path, const void *bytes, size_t n, int64_t offset);
void disk_truncated(const char *path, int64_t size);
/* False when the power went before: then the caller must report a failed sync. */
bool disk_synced(const char *path);
bool disk_folder_synced(const char *path);
bool disk_folder_of_synced(const char *path);
void disk_removed(const char *path);
void disk_renamed(const char *from, const char *to);

/* Registers the VFS "cut" (once). */
void disk_vfs_register(void);

#endif
