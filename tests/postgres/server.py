#!/usr/bin/env python3
"""server.py COMMAND…: runs a command beside a PostgreSQL server of its own and ends with its status.
The server is made in a temporary folder, listens on a socket there and is gone afterwards. The
command finds it by FANGXIN_TEST_DATABASE, a URL with {} where a database's name belongs; each test
makes databases of its own on it. A word @PROGRAM of the command is $FANGXIN_SHIPPED, or PROGRAM where that is not set. PostgreSQL does not run as root: root hands it to `postgres`."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

OLDEST = 15
SETTINGS = {'listen_addresses': '', 'max_connections': '300', 'shared_buffers': '48MB', 'max_wal_size': '256MB',
            'autovacuum_naptime': '10s', 'log_min_messages': 'warning', 'log_min_error_statement': 'panic'}


def programs():
    """The folder of initdb and postgres; Debian keeps them out of PATH."""
    found = [(int(os.path.basename(os.path.dirname(p))), p) for p in glob.glob('/usr/lib/postgresql/*/bin')
             if os.path.exists(os.path.join(p, 'initdb'))]
    if found and max(found)[0] >= OLDEST:
        return max(found)[1]
    there = shutil.which('initdb')
    if there is None:
        sys.exit(f'PostgreSQL {OLDEST} or later is not installed (script/bootstrap does it)')
    return os.path.dirname(there)


def as_user():
    """What goes in front of a command, and the user's numbers; nothing for those who are not root."""
    if os.getuid() != 0:
        return [], None
    for name in ('postgres', 'nobody'):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ['setpriv', f'--reuid={user.pw_uid}', f'--regid={user.pw_gid}', '--clear-groups'], user
    sys.exit('no unprivileged user to run PostgreSQL')


class Server:
    def __init__(self, base=None):
        """@p base: where the folder is made; in memory where that is left open."""
        if base is None and os.access('/dev/shm', os.W_OK):
            base = '/dev/shm'
        self.folder = tempfile.mkdtemp(prefix='fangxin-pg-', dir=base)
        self.front, user = as_user()
        self.bin = programs()
        self.process, self.log, self.settings = None, None, {}
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        os.chmod(self.folder, 0o755)
        self.url = f'postgresql:///{{}}?host={self.folder}&user=fangxin'

    def start(self):
        done = subprocess.run(self.front + [os.path.join(self.bin, 'initdb'), '-D', os.path.join(self.folder, 'data'), '-U', 'fangxin',
                                            '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
                              capture_output=True, text=True, check=False, cwd='/')
        if done.returncode != 0:
            sys.exit(f'initdb: {done.stdout}{done.stderr}')
        self.run()

    def run(self):
        """Starts the server on its folder and waits until it answers."""
        command = [os.path.join(self.bin, 'postgres'), '-D', os.path.join(self.folder, 'data'), '-k', self.folder]
        for name, value in dict(SETTINGS, **self.settings).items():
            command += ['-c', f'{name}={value}']
        self.log = os.path.join(self.folder, 'server.log')
        for _ in range(600):
            if self.process is None or self.process.poll() is not None:
                with open(self.log, 'ab') as log:
                    self.process = subprocess.Popen(self.front + command, cwd='/', start_new_session=True, stdout=log, stderr=log)
            ready = subprocess.run([os.path.join(self.bin, 'pg_isready'), '-q', '-h', self.folder, '-U', 'fangxin',
                                    '-d', 'postgres'], check=False)
            if ready.returncode == 0:
                return
            # Its processes outlive a killed server by a moment, and a new one refuses to start beside them.
            if self.process.poll() is not None and 'still in use' not in self.said():
                break
            time.sleep(0.05)
        sys.exit(f'PostgreSQL did not start: {self.said()}')

    def halt(self):
        """As it is stopped for good: what was committed is in the log and the archive."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)

    def said(self):
        if self.log is None:
            return ''
        with open(self.log, encoding='utf-8', errors='replace') as f:
            return f.read()[-4000:]

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    server = Server()
    try:
        server.start()
        command = [os.environ.get('FANGXIN_SHIPPED') or word[1:] if word.startswith('@') else word for word in sys.argv[1:]]
        return subprocess.run(command, env=dict(os.environ, FANGXIN_TEST_DATABASE=server.url), check=False).returncode
    finally:
        server.stop()


if __name__ == '__main__':
    sys.exit(main())
