/* Two walls, one behind the other. Landlock (kernel 5.13 and later, version 2 on Debian 12's 6.1)
 * closes the file system by path; the list of system calls closes the rest: it allows what
 * computing in threads needs and answers EPERM to everything else, so that a library that probes
 * for a file goes on without it. */
#include "media/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Names of newer kernels than the headers here; the running kernel says what it knows. */
#define NET_RIGHTS UINT64_C(3)   /* bind and connect of TCP, version 4 */
#define SCOPE_RIGHTS UINT64_C(3) /* abstract sockets and signals, version 6 */

struct ruleset {
    uint64_t files, net, scoped;
};

/* Rights over files that each version of Landlock knows: 13, then refer, truncate, ioctl. */
static uint64_t file_rights(int version)
{
    unsigned bits = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;

    return (UINT64_C(1) << bits) - 1;
}

static int landlock_enter(void)
{
    struct ruleset rules;
    size_t size = sizeof rules.files;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    int fd;

    if (version < 1)
        return 0;
    rules = (struct ruleset){.files = file_rights((int)version)};
    if (version >= 4) {
        rules.net = NET_RIGHTS;
        size = sizeof rules.files + sizeof rules.net;
    }
    if (version >= 6) {
        rules.scoped = SCOPE_RIGHTS;
        size = sizeof rules;
    }
    fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (fd < 0)
        return 0;
    if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
        version = 0;
    close(fd);
    return (int)version;
}

static void limit(int what, rlim_t most)
{
    struct rlimit r = {most, most};

    (void)setrlimit(what, &r); /* lowering one's own limit does not fail */
}

static const int allowed[] = {
    /* what the process has: memory, time, its descriptors */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    SCMP_SYS(poll),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(sysinfo),
    /* threads and how they end */
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(tgkill),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* Calls that depend on what they are asked for: memory that is never code, and threads only. A
 * clone3 cannot be looked into; told that there is none, the C library takes clone. */
static int add_conditional(scmp_filter_ctx ctx)
{
    int rc = 0;

    rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                           SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                           SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    rc |= seccomp_rule_add(
        ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM));
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                           SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
    return rc;
}

static bool syscalls_enter(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = 0;

    if (ctx == NULL)
        return false;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
    rc |= add_conditional(ctx);
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc == 0;
}

bool sandbox_enter(const struct sandbox_limits *limits, int *ret_landlock)
{
    limit(RLIMIT_AS, limits->address_bytes);
    limit(RLIMIT_CPU, limits->cpu_s);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 8);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return false;
    *ret_landlock = landlock_enter();
    return syscalls_enter();
}
