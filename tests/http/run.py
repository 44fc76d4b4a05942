#!/usr/bin/env python3
"""run.py FANGXIN [SCENARIO…]: does the product work over HTTP? Starts a real server on a free port
with a fresh installation, runs the scenarios, and checks every request and answer against the
OpenAPI document. Prints each fault and a last line `N passed, N failed`."""
import csv
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import engine  # noqa: E402
from client import Person, Scenario  # noqa: E402
from schema import Document  # noqa: E402

PASSWORD = 'Correct-Horse-7'
OFFICERS = ['intake', 'handler', 'supervisor', 'leader', 'auditor', 'security']
MODULES = ['sessions', 'many', 'hygiene', 'complaints', 'reports', 'enquiries', 'bad_input', 'lists', 'imports',
           'limits', 'evidence', 'duty', 'walk']


class Place:
    """One installation with a server on it."""

    def __init__(self, program):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix='fangxin-http-')
        self.data = os.path.join(self.folder, 'data')
        self.env = engine.environment()
        self.passed, self.failed, self.checked = 0, 0, 0
        self.faults = []
        self.document = None
        self.server = self.port = None
        self.people = {}
        self.repeated = set()

    def prepare(self, *args):
        """A command that makes the installation, by the optimised binary where script/test has built one: with
        sanitizers, which other commands and the server have, the making took a third of all suites' time."""
        return self.command(*args, program=os.environ.get('FANGXIN_SHIPPED'))

    def repeat(self, *args):
        """A command asked dozens of times: with sanitizers at first, then by the optimised binary, since they spend
        their time on beginning and ending a process."""
        first = args[0] not in self.repeated
        self.repeated.add(args[0])
        return self.command(*args) if first else self.prepare(*args)

    def command(self, *args, ok=True, program=None):
        done = subprocess.run([program or self.program, *args, '--data', self.data], capture_output=True, text=True,
                              timeout=120, env=self.env)
        if ok and done.returncode != 0:
            raise RuntimeError(f'fangxin {" ".join(args)}: {done.stdout}{done.stderr}')
        return done.stdout

    def install(self, *officers):
        """A county of one body and these officers, each named after his role."""
        self.prepare('init', '--name', '安澜县市场监督管理局', '--code', '420202')
        self.add_officers([(name, '周敏', '420202', name) for name in officers])

    def install_all(self):
        self.install(*OFFICERS)
        self.add_officers([('handler2', '陆一鸣', '420202', 'handler')])

    def add_officers(self, rows):
        """Rows of name, display, body, roles; what the command said of each."""
        path = os.path.join(self.folder, 'officers.csv')
        with open(path, 'w', encoding='utf-8', newline='') as f:
            csv.writer(f).writerows([('name', 'display', 'body', 'roles', 'password')] + [(*row, PASSWORD) for row in rows])
        return self.prepare('user', 'import', path).splitlines()

    def start(self, *options):
        self.log = open(os.path.join(self.folder, 'server.log'), 'ab')
        self.server = subprocess.Popen(
            [self.program, 'serve', '--data', self.data, '--listen', '127.0.0.1:0', *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.env)
        line = self.server.stdout.readline()
        found = re.search(r'127\.0\.0\.1:(\d+)', line)
        if not found:
            raise RuntimeError(f'the server did not start: {line}{self.server_log()}')
        self.port = int(found.group(1))
        if self.document is None:
            self.document = Document({'paths': {}})
            a = Person(self).send('GET', '/api/v1/openapi.json', check=False)
            self.document = Document(a.json)

    def stop(self):
        if self.server is None:
            return
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(30)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.fail('the server did not stop within 30 s')
        if self.server.returncode != 0:
            self.fail(f'the server ended with {self.server.returncode}: {self.server_log()}')
        self.server.stdout.close()
        self.log.close()
        self.server = None
        self.people = {}

    def server_log(self):
        with open(os.path.join(self.folder, 'server.log'), encoding='utf-8', errors='replace') as f:
            return f.read()[-8000:]

    def fail(self, text):
        self.failed += 1
        self.faults.append(text)
        print('FAIL', text, flush=True)

    def public(self):
        return Person(self)

    def holder(self, pin):
        return Person(self, pin)

    def officer(self, name):
        if name not in self.people:
            person = Person(self)
            a = person.sign_in(name, PASSWORD)
            assert a.status == 200, f'{name} cannot sign in: {a.raw}'
            self.people[name] = person
        return self.people[name]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    place = Place(os.path.abspath(sys.argv[1]))
    wanted = sys.argv[2:] or MODULES
    try:
        place.install_all()
        place.start('--rate-limit', 'off')
        for name in wanted:
            module = importlib.import_module('scenario_' + name)
            for function in [getattr(module, f) for f in dir(module) if f.startswith('scenario_')]:
                scenario = Scenario(place, function.__name__[9:])
                try:
                    function(place, scenario)
                except AssertionError:
                    if not place.faults or scenario.name not in place.faults[-1]:
                        place.fail(f'{scenario.name}: {traceback.format_exc(limit=-2)}')
                except Exception:  # noqa: BLE001
                    place.fail(f'{scenario.name}: {traceback.format_exc()}')
        place.stop()
    finally:
        if place.server is not None:
            place.server.kill()
        if place.failed:
            print(place.server_log())
        shutil.rmtree(place.folder, ignore_errors=True)
    print(f'{place.checked} exchanges checked against openapi.json')
    print(f'{place.passed} passed, {place.failed} failed')
    sys.exit(1 if place.failed else 0)


if __name__ == '__main__':
    main()
