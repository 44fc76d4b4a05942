/* Shutting a process in: after sandbox_enter it computes on what it holds and speaks through the
 * descriptors it has, nothing else. */
#ifndef FANGXIN_MEDIA_SANDBOX_H
#define FANGXIN_MEDIA_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sandbox_limits {
    size_t address_bytes; /* RLIMIT_AS */
    unsigned cpu_s;       /* RLIMIT_CPU */
};

/**
 * For the only thread of a process: no new privileges, limits of memory, processor time, files and
 * cores; Landlock where the kernel has it (no path may be opened, no TCP port used); a list of
 * system calls that leaves no way to files, processes or the network. It cannot be undone.
 * @param[out] ret_landlock  the kernel's Landlock version, 0 where it has none
 * @return false when the list of system calls could not be set: then nothing foreign may be read
 */
bool sandbox_enter(const struct sandbox_limits *limits, int *ret_landlock);

#endif
