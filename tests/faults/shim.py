"""The other end of shim.c: switches faults on and off in a running server."""
import mmap
import os
import re
import struct
import subprocess

FIELDS = ['calls', 'fail_from', 'fail_count', 'how', 'failed', 'allocs', 'alloc_from', 'alloc_count', 'alloc_failed', 'clock_ms',
          'sync_us']
HOWS = {'ENOSPC': 1, 'EIO': 2, 'short': 3}


def sanitizers(program):
    """The sanitizers' libraries that a program is linked with; they must come before any shim."""
    said = subprocess.run(['ldd', program], capture_output=True, text=True, check=True).stdout
    return re.findall(r'=> (\S*lib[at]san\S*)', said)


class Shim:
    def __init__(self, library, program, folder, path):
        with open(path, 'wb') as f:
            f.write(bytes(8 * len(FIELDS)))
        self.file = open(path, 'r+b')
        self.map = mmap.mmap(self.file.fileno(), 8 * len(FIELDS))
        self.env = {'LD_PRELOAD': ':'.join(sanitizers(program) + [os.path.abspath(library)]),
                    'FAULTS_CONTROL': path, 'FAULTS_FOLDER': os.path.realpath(folder)}

    def __getitem__(self, name):
        return struct.unpack_from('<q', self.map, 8 * FIELDS.index(name))[0]

    def __setitem__(self, name, value):
        struct.pack_into('<q', self.map, 8 * FIELDS.index(name), value)

    def fail_call(self, nth, how, count=1):
        """The nth call from now, and count - 1 behind it."""
        self['how'], self['fail_count'] = HOWS[how], count
        self['fail_from'] = self['calls'] + nth

    def fail_alloc(self, nth, count=1):
        self['alloc_count'] = count
        self['alloc_from'] = self['allocs'] + nth

    def well(self):
        self['fail_from'] = self['alloc_from'] = 0
