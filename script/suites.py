#!/usr/bin/env python3
"""Runs the meson tests of a build folder and counts them: `suites.py BUILD [meson test arguments]`."""
import json
import os
import shutil
import subprocess
import sys

SHM, SHM_ROOM = '/dev/shm', 6 << 30  # what the suites keep at once is well below


def folders():
    """Where suites make their folders: in memory where there is room, since they wait for the disk most of their
    time. What must survive a power cut is shown by tests/faults, which drop and tear writes themselves."""
    roomy = os.path.isdir(SHM) and os.access(SHM, os.W_OK) and shutil.disk_usage(SHM).free > SHM_ROOM
    return {} if 'TMPDIR' in os.environ or not roomy else {'TMPDIR': SHM}


def main():
    build = sys.argv[1]
    log = os.path.join(build, 'meson-logs', 'testlog.json')
    if os.path.exists(log):
        os.remove(log)
    # What AddressSanitizer does beside its checks is kept small, a fifth of the processor time: memory once freed is
    # not handed back to the system, a thread collects 4 MiB before it takes a lock, the head alone is filled. Undefined
    # behaviour ends in a trap (script/test), and the trap in a report that names the line.
    env = dict(os.environ, ASAN_OPTIONS='detect_leaks=1:abort_on_error=1:allocator_release_to_os_interval_ms=-1:'
               'thread_local_quarantine_size_kb=4096:max_malloc_fill_size=32:handle_sigill=1', **folders())
    subprocess.run(['meson', 'test', '-C', build, '--no-rebuild', '--num-processes', '4',
                    '--print-errorlogs'] + sys.argv[2:], env=env, check=False)
    passed = failed = 0
    with open(log, encoding='utf-8') as lines:
        for line in lines:
            result = json.loads(line)
            if result['result'] in ('OK', 'EXPECTEDFAIL', 'SKIP'):
                passed += 1
            else:
                failed += 1
            for said in (result.get('stdout') or '').splitlines():
                if 'skipped' in said.lower() and '[  SKIPPED ]' not in said:
                    print(f"{result['name']}: {said.strip()}")
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


sys.exit(main())
