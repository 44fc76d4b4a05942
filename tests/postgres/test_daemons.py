#!/usr/bin/env python3
"""test_daemons.py FANGXIN: two daemons on one PostgreSQL database, each with a folder of its own and the
same key. Run it by server.py."""
import datetime
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'http'))
sys.dont_write_bytecode = True
from client import Scenario  # noqa: E402
from engine import rows  # noqa: E402
from filings import act, complaint, key, matter, version  # noqa: E402
from run import PASSWORD, Place  # noqa: E402
from scenario_evidence import files_of, put  # noqa: E402


def joined(first):
    """A second folder beside the first, on its database."""
    second = Place(first.program)
    second.env = dict(first.env)
    os.makedirs(second.data)
    shutil.copytree(os.path.join(first.data, 'keys'), os.path.join(second.data, 'keys'))
    return second


def within(seconds, holds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.2)
    return False


def both(a, b, s, t):
    filed = []
    for i in range(12):
        one = s if i % 2 == 0 else t
        filed.append(one.step(f'filing {i}', one.place.public(), 'POST', '/api/v1/matters', complaint(), status=201))
    numbers = [f['number'] for f in filed]
    s.expect('no number twice', len(set(numbers)) == 12, numbers)
    s.step('filed at one, read at the other', a.holder(filed[-1]['pin']), 'GET', matter(numbers[-1]), status=200)
    body = complaint()
    first = s.step('a key at one', a.public(), 'POST', '/api/v1/matters', body, status=201, headers=key('daemons'))
    again = t.step('and at the other', b.public(), 'POST', '/api/v1/matters', body, status=201, headers=key('daemons'))
    s.expect('is one filing', first['number'] == again['number'])
    handler = a.officer('handler').send('GET', '/api/v1/session')['officer']['id']
    move = {'body': '420202', 'officer': handler}
    s.step('an act at one', a.officer('intake'), 'POST', act(numbers[0], 'assign'), move, headers=version(1), status=200)
    t.step('is stale at the other', b.officer('intake'), 'POST', act(numbers[0], 'assign'), move, headers=version(1), status=409)
    looking = [a.officer('supervisor'), b.officer('supervisor')]
    s.expect('all in the changes of both', within(10, lambda: all(
        set(numbers) <= {m['number'] for m in p.send('GET', '/api/v1/changes?after=0')['items']} for p in looking)))
    s.expect('both find them by their words', within(20, lambda: all(
        p.send('GET', '/api/v1/matters?q=' + urllib.parse.quote('金饰'))['total'] == 13 for p in looking)))
    shown = [p.send('GET', '/api/v1/dashboard?period=' + time.strftime('%Y')) for p in looking]
    s.expect('both count them', all(sum(m['received'] for m in d['by_month']) == 13 for d in shown) and shown[0]['figures'] == shown[1]['figures'],
             [d['by_month'] for d in shown])


def changes_are_followed(a, b, s, t):
    def knows(place):
        return b'42020299' in place.officer('supervisor').send('GET', '/api/v1/bodies').raw

    t.expect('not there yet', not knows(b))
    a.command('body', 'add', '42020299', '--parent', '420202', '--name', '城东所', '--kind', 'branch')
    s.expect('there', knows(a))
    t.expect('the other follows', within(10, lambda: knows(b)))
    a.command('user', 'add', 'east', '--display', '方圆', '--body', '42020299', '--roles', 'handler', '--password', PASSWORD)
    b.officer('east')


def a_calendar_is_followed(a, b, s, t):
    """A day off that is imported at one moves what was filed at the other, and counts for what is filed there next."""
    def filed():
        return t.step('filed at the other', b.public(), 'POST', '/api/v1/matters', complaint(), status=201)['number']

    def due(number):
        return min(d['due'] for d in b.officer('supervisor').send('GET', matter(number))['deadlines'] if not d['superseded'])

    number = filed()
    before = due(number)
    notice = os.path.join(a.folder, 'notice.json')
    with open(notice, 'w', encoding='utf-8') as f:
        json.dump({'year': datetime.date.fromisoformat(before).year, 'papers': ['https://example.org/notice'], 'holidays': [
            {'name': {'zh': '试放假', 'en': 'Trial holiday'}, 'off': [before], 'work': []}]}, f)
    a.command('calendar', 'import', notice)
    t.expect('it moves', within(20, lambda: due(number) > before), before)
    meanwhile = []

    def the_next_follows():
        meanwhile.append(filed())
        return due(meanwhile[-1]) == due(number)

    t.expect('the next follows', within(10, the_next_follows), due(number))
    t.expect('those filed in between are counted again', within(30, lambda: {due(n) for n in meanwhile} == {due(number)}),
             [due(n) for n in meanwhile])
    t.expect('and the run ends', within(30, lambda: b.officer('supervisor').send('GET', '/api/v1/calendars')['items'][0]['run']['state'] == 'done'))


def files_are_shared(a, b, s, t):
    f = s.step('filed at one', a.public(), 'POST', '/api/v1/matters', complaint(), status=201)
    here, there = a.holder(f['pin']), b.holder(f['pin'])
    sent = put(s, 'with a photograph', here, f['number'], files_of(a)['photo.jpg'], status=201, has={'file.state': 'unscanned'})
    path = matter(f['number']) + '/files'
    shown = t.step('shown at the other', there, 'GET', f'{path}/{sent["file"]["id"]}', status=200)
    t.expect('as a picture', shown.raw[:3] == b'\xff\xd8\xff')
    put(t, 'a second one at the other', there, f['number'], files_of(a)['picture.heic'], status=201)
    kept = s.step('both at one', here, 'GET', path, status=200).json['items']
    s.expect('two files', len(kept) == 2, kept)
    s.step('and shown', here, 'GET', f'{path}/{kept[1]["id"]}', status=200)
    a.command('setting', 'put', 'scanner', '127.0.0.1:9')
    t.expect('a setting put at one counts at the other', within(10, lambda: there.send('GET', path)['items'][0]['state'] == 'waiting'))
    a.command('setting', 'put', 'scanner', '')
    t.expect('and is taken back', within(10, lambda: there.send('GET', path)['items'][0]['state'] == 'unscanned'))


def a_bulletin_beside_a_long_act(a, b, s, t):
    """An older transaction is under way all the time: what was filed since is seen, but lies beyond the position."""
    long = subprocess.Popen(['psql', '-qAt', '-c', 'BEGIN; SELECT pg_current_xact_id(); SELECT pg_sleep(60)', a.env['FANGXIN_DATABASE']],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        s.expect('it is under way', within(20, lambda: rows(a, "SELECT count(*) AS n FROM pg_stat_activity WHERE backend_xid IS NOT NULL "
                                                              "AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()")[0][0] == 1))
        p, today = a.officer('supervisor'), time.strftime('%Y-%m-%d', time.gmtime(time.time() + 28800))  # in China
        month = today[:7]
        figures = lambda label, query='': s.step(label, p, 'GET', f'/api/v1/figures?period={query or month}&by=channel', status=200)  # noqa: E731
        before = figures('before')
        for _ in range(3):
            s.step('filed meanwhile', a.public(), 'POST', '/api/v1/matters', complaint(), status=201)
        for query in (month, f'{datetime.date.fromisoformat(today) - datetime.timedelta(40)}..{today}'):
            now = figures('beside it', query)
            then = figures('as of its position', f'{query}&as_of=@{now["position"]}')
            parts = lambda all_: [(f['indicator'], f['num'], f['den'], [(c['key'], c['num'], c['den']) for c in f['breakdown']]) for f in all_['items']]  # noqa: E731
            s.expect(f'figures are of the position they state, {query}', parts(now) == parts(then), f'{parts(now)} {parts(then)}')
        received = next(f for f in now['items'] if f['indicator'] == 'received')
        listed = s.step('its records', p, 'GET', f'/api/v1/figures/{urllib.parse.quote(received["id"], safe="")}/records?limit=200', status=200)
        s.expect('as many records', listed['total'] == received['num'] == next(f for f in before['items'] if f['indicator'] == 'received')['num'],
                 f'{listed["total"]} {received["num"]}')
        made = s.step('a bulletin', a.officer('supervisor'), 'POST', '/api/v1/summaries',
                      {'form': 'month', 'period': month}, status=201)
        s.step('reads', a.officer('supervisor'), 'GET', f'/api/v1/summaries/{made["key"]}', status=200)
    finally:
        long.kill()
        long.wait()
        rows(a, "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()")


def main():
    a = Place(os.path.abspath(sys.argv[1]))
    a.install('intake', 'handler', 'supervisor')
    b = joined(a)
    try:
        a.start('--rate-limit', 'off')
        b.start('--rate-limit', 'off')
        for check in (both, changes_are_followed, a_calendar_is_followed, files_are_shared, a_bulletin_beside_a_long_act):
            try:
                check(a, b, Scenario(a, check.__name__), Scenario(b, check.__name__))
            except AssertionError as e:
                a.fail(f'{check.__name__}: {e}')
        b.stop()
        a.stop()
        said = b.command('verify', '--rebuild', ok=False)
        if ' 0 findings' not in said:
            a.fail(said)
    finally:
        for place in (a, b):
            if place.server is not None:
                place.server.kill()
            if a.failed:
                print(place.server_log())
            shutil.rmtree(place.folder, ignore_errors=True)
    print(f'{a.passed + b.passed} passed, {a.failed + b.failed} failed')
    sys.exit(1 if a.failed or b.failed else 0)


if __name__ == '__main__':
    main()
