"""A bureau with two branches, each with a station, and officers of every role in each body; and the
frame in which a test of its own runs: county.run(function) starts, runs, stops, counts."""
import os
import shutil
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from client import Scenario  # noqa: E402
from filings import act, matter, version  # noqa: E402
from run import PASSWORD, Place  # noqa: E402

BODIES = {'root': '420202', 'a': '42020201', 'b': '42020202', 'a1': '4202020101', 'b1': '4202020201'}
PARENT = {'a': 'root', 'b': 'root', 'a1': 'a', 'b1': 'b'}
ROLES = ['intake', 'handler', 'supervisor', 'leader', 'auditor', 'admin', 'security']


class County(Place):
    name, profile = '安澜县市场监督管理局', 'market'

    def install(self, officers=()):
        """@p officers: "a.handler" is the handler of branch a, "a.handler2" another one."""
        self.prepare('init', '--name', self.name, '--code', BODIES['root'], '--profile', self.profile)
        for body, parent in PARENT.items():
            self.prepare('body', 'add', BODIES[body], '--parent', BODIES[parent], '--name', '单位' + body,
                         '--kind', 'branch' if len(body) == 1 else 'station')
        rows = []
        for name in officers:
            body, role = name.split('.')
            rows.append((name, '官' + name.replace('.', ''), BODIES[body], role.rstrip('0123456789')))
        self.ids = {row[0]: int(said.split()[-1]) for row, said in zip(rows, self.add_officers(rows))}


class Case(Scenario):
    """Scenario with the words that these tests use again and again."""

    def does(self, who, number, name, body=None, status=200, **expect):
        """The officer (or person) does an act on the matter as it now is."""
        person = who if not isinstance(who, str) else self.place.officer(who)
        headers = {} if person.pin else version(self.version_of(number))
        return self.step(f'{who if isinstance(who, str) else "the party"} does {name}', person, 'POST', act(number, name),
                         body or {}, status=status, headers=headers, **expect)

    def version_of(self, number):
        for name in self.see_all:
            a = self.place.officer(name).send('GET', matter(number))
            if a.status == 200:
                return a['version']
        raise AssertionError(f'nobody of {self.see_all} may read {number}')

    see_all = ['root.supervisor']

    def read(self, who, number):
        person = who if not isinstance(who, str) else self.place.officer(who)
        return self.step('read', person, 'GET', matter(number), status=200)

    def file(self, body, who=None):
        person = self.place.public() if who is None else self.place.officer(who)
        return self.step('file', person, 'POST', '/api/v1/matters', body, status=201).json

    def clock(self, a, rule, superseded=False):
        found = [d for d in a['deadlines'] if d['rule'] == rule and d['superseded'] == superseded]
        assert len(found) <= 1 or superseded, f'{rule} twice: {found}'
        return found[-1] if found else None


def instant(seconds_ago=0):
    return time.strftime('%Y-%m-%dT%H:%M:%S+08:00', time.gmtime(time.time() + 8 * 3600 - seconds_ago))


def day(days_ago=0):
    return instant(days_ago * 86400)[:10]


def run(functions, officers, options=('--rate-limit', 'off'), start=True, name=None, profile=None):
    """Runs each function(place, case); the last line says how many steps passed and failed."""
    if len(sys.argv) < 2:
        sys.exit('usage: test_….py FANGXIN [FUNCTION…]')
    place = County(os.path.abspath(sys.argv[1]))
    place.name, place.profile = name or place.name, profile or place.profile
    try:
        place.install(officers)
        if start:
            place.start(*options)
        for function in functions:
            if sys.argv[2:] and function.__name__ not in sys.argv[2:]:
                continue
            before = place.failed
            try:
                function(place, Case(place, function.__name__))
            except AssertionError:
                if place.failed == before:
                    place.fail(f'{function.__name__}: {traceback.format_exc(limit=-3)}')
            except Exception:  # noqa: BLE001
                place.fail(f'{function.__name__}: {traceback.format_exc()}')
        place.stop()
    finally:
        if place.server is not None:
            place.server.kill()
            place.server.wait()
        if place.failed:
            print(place.server_log())
        shutil.rmtree(place.folder, ignore_errors=True)
    print(f'{place.checked} exchanges checked against openapi.json')
    print(f'{place.passed} passed, {place.failed} failed')
    sys.exit(1 if place.failed else 0)
