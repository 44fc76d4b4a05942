#!/usr/bin/env python3
"""test_away.py FANGXIN: the database goes away and comes back under a server that stays. Nothing that is there is
called missing, nobody is signed out, nothing acknowledged is lost; what could not be done says so and may be sent
again. Starts a PostgreSQL of its own."""
import os
import shutil
import signal
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'http')]
sys.dont_write_bytecode = True
from client import Scenario  # noqa: E402
from filings import act, complaint, key, matter, version  # noqa: E402
from run import PASSWORD, Place  # noqa: E402
from server import Server  # noqa: E402

CRASHES = 4
AWAY = {'status': 503, 'code': 'busy'}


def told(s, label, who, method, target, body=None, headers=None):
    """Says in both languages that it is away for now, and when to ask again."""
    a = s.step(label, who, method, target, body, headers=headers, **AWAY)
    s.expect(f'{label}: when to ask again', a.headers['Retry-After'].isdigit() and a['title'] and a['title_zh'] and
             a['errors'] == [], a.raw)


def works(person, target):
    """Waits until it is answered again."""
    until = time.monotonic() + 30
    while person.send('GET', target).status != 200:
        if time.monotonic() > until:
            raise AssertionError(f'{target} is not answered 30 s after the database came back')
        time.sleep(0.1)


def away_and_back(place, s, database):
    filed = [s.step('filed', place.public(), 'POST', '/api/v1/matters', complaint(), status=201) for _ in range(3)]
    number, pin = filed[0]['number'], filed[0]['pin']
    officer, intake, body = place.officer('supervisor'), place.officer('intake'), complaint()
    moved = {'body': '420202'}
    s.step('read while it is there', place.holder(pin), 'GET', matter(number), status=200)
    database.halt()
    told(s, 'its consumer', place.holder(pin), 'GET', matter(number))
    told(s, 'a wrong PIN: nobody knows', place.holder('AAAAAAAA'), 'GET', matter(number))
    for target in (matter(number), matter(number) + '/events', '/api/v1/matters', '/api/v1/matters?q=%E9%87%91%E9%A5%B0',
                   '/api/v1/matters/count', '/api/v1/changes?after=0', '/api/v1/session'):
        told(s, 'an officer', officer, 'GET', target)
    told(s, 'filing', place.public(), 'POST', '/api/v1/matters', body, key('away'))
    told(s, 'an act', intake, 'POST', act(number, 'assign'), moved, version(1))
    told(s, 'a supplement', place.holder(pin), 'POST', act(number, 'supplement'), {'text': '补充：有发票照片'})
    told(s, 'signing in', place.public(), 'POST', '/api/v1/session', {'name': 'intake', 'password': PASSWORD})
    database.run()
    works(officer, '/api/v1/matters')
    again = s.step('filed under the same key', place.public(), 'POST', '/api/v1/matters', body, status=201, headers=key('away'))
    once = s.step('once', place.public(), 'POST', '/api/v1/matters', body, status=201, headers=key('away'))
    s.expect('the same matter', once['number'] == again['number'])
    s.step('the act, by the session there was', intake, 'POST', act(number, 'assign'), moved, status=200, headers=version(1))
    for f in filed + [again]:
        s.step('none is lost', place.holder(f['pin']), 'GET', matter(f['number']), status=200)
    s.expect('and none is there twice', officer.send('GET', '/api/v1/matters')['total'] == 4)


def crashes(place, s, database):
    """Readers and people who file go on while all its processes are killed."""
    f = s.step('filed', place.public(), 'POST', '/api/v1/matters', complaint(), status=201)
    stop, answers, kept = threading.Event(), {}, []
    officer = place.officer('supervisor')

    def look(person, target):
        while not stop.is_set():
            a = person.send('GET', target, check=False)
            answers.setdefault((target, a.status), a.raw)

    def file():
        person = place.public()
        while not stop.is_set():
            body, n = complaint(), len(kept)
            while not stop.is_set():
                a = person.send('POST', '/api/v1/matters', body, key(f'crash-{n}'), check=False)
                answers.setdefault(('filing', a.status), a.raw)
                if a.status == 201:
                    kept.append(a.json)
                    break

    fresh = place.public()
    fresh.cookie, fresh.csrf = officer.cookie, officer.csrf
    people = [threading.Thread(target=look, args=a) for a in (
        (place.holder(f['pin']), matter(f['number'])), (officer, matter(f['number'])), (fresh, '/api/v1/matters?limit=5'))]
    people.append(threading.Thread(target=file))
    for person in people:
        person.start()
    try:
        for _ in range(CRASHES):
            time.sleep(0.3)
            before = len(kept)
            os.killpg(database.process.pid, signal.SIGKILL)
            database.process.wait()
            database.run()
            until = time.monotonic() + 30
            while len(kept) < before + 2 and time.monotonic() < until:
                time.sleep(0.05)
            s.expect('filing goes on', len(kept) >= before + 2, str(sorted(k[1] for k in answers)))
    finally:
        stop.set()
        for person in people:
            person.join(60)
    bad = {k: v[:300] for k, v in answers.items() if k[1] not in (200, 201, 503)}
    s.expect('nothing but answers and 503', not bad, str(bad))
    s.expect('it was away', any(status == 503 for _, status in answers), str(sorted(answers)))
    for one in kept:
        a = place.holder(one['pin']).send('GET', matter(one['number']), check=False)
        s.expect('what was acknowledged is there', a.status == 200, one['number'])


def main():
    database = Server()
    place = None
    try:
        database.start()
        os.environ['FANGXIN_TEST_DATABASE'] = database.url
        place = Place(os.path.abspath(sys.argv[1]))
        place.install('intake', 'supervisor')
        place.start('--rate-limit', 'off')
        for check in (away_and_back, crashes):
            try:
                check(place, Scenario(place, check.__name__), database)
            except AssertionError as e:
                place.fail(f'{check.__name__}: {e}')
                if database.process.poll() is not None:
                    database.run()
        place.stop()
        said = place.command('verify', '--rebuild', ok=False)
        if ' 0 findings' not in said:
            place.fail(said)
    finally:
        if place is not None:
            if place.server is not None:
                place.server.kill()
            if place.failed:
                print(place.server_log())
            shutil.rmtree(place.folder, ignore_errors=True)
        database.stop()
    print(f'{place.passed} passed, {place.failed} failed')
    sys.exit(1 if place.failed else 0)


if __name__ == '__main__':
    main()
