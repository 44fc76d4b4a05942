#!/usr/bin/env python3
"""test_changes.py FANGXIN: what the desk polls. Positions, ETag and 304, only what may be seen; and a
matter that went late while the server was off is listed late and announced once."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine  # noqa: E402
from county import BODIES, instant, run  # noqa: E402
from filings import complaint, report  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'a.handler', 'a.supervisor', 'b.handler', 'b.supervisor', 'root.admin']
C = '/api/v1/changes'


def numbers(a):
    return [x['number'] for x in a['items']]


def fed(s, what, p, after, done):
    """The feed behind a position, asked again for five seconds until it says what is expected: on PostgreSQL an event
    shows once no writer that began before it is still at work."""
    for _ in range(100):
        a = s.step(what, p, 'GET', f'{C}?after={after}', status=200)
        if done(a):
            break
        time.sleep(0.05)
    return a


def positions(place, s):
    p = place.officer('root.supervisor')
    start = s.step('now', p, 'GET', C, status=200, has={'items': [], 'more': False})
    f, g = s.file(complaint()), s.file(complaint())
    a = fed(s, 'two more', p, start['position'], lambda a: len(numbers(a)) == 2)
    s.expect('in order', numbers(a) == [f['number'], g['number']] and a['position'] > start['position'], str(a.json))
    s.does('root.intake', f['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    b = fed(s, 'one changed', p, a['position'], lambda a: len(numbers(a)) == 1)
    s.expect('with its version', [(x['number'], x['version']) for x in b['items']] == [(f['number'], 2)])
    c = s.step('from the beginning each once', p, 'GET', f"{C}?after={start['position']}", status=200)
    s.expect('the newest last', numbers(c) == [g['number'], f['number']], str(numbers(c)))
    d = s.step('nothing since', p, 'GET', f"{C}?after={b['position']}", status=200, has={'items': [], 'position': b['position']})
    s.step('not modified', p, 'GET', f"{C}?after={b['position']}", status=304, headers={'If-None-Match': d.headers['ETag']})
    s.step('with others', p, 'GET', f"{C}?after={b['position']}", status=304, headers={'If-None-Match': f"\"x\", {d.headers['ETag']}"})
    s.step('a later position than there is', p, 'GET', f"{C}?after={b['position'] + 1000}", status=200, has={'items': []})
    for bad in ('-5', 'x', '1.5', '9' * 30):
        s.step(f'after={bad}', p, 'GET', f'{C}?after={bad}', status=422, field='after')
    s.step('the public', place.public(), 'GET', C, status=401)
    many = [s.file(complaint())['number'] for _ in range(30)]
    seen, after = [], b['position']
    while len(seen) < 30:
        a = fed(s, 'in parts', p, after, numbers)
        if not numbers(a):
            break
        seen += numbers(a)
        after = a['position']
    s.expect('no more of them', not a['more'], str(a.json))
    s.expect('all of thirty', seen == many, f'{len(seen)}')


def only_visible(place, s):
    start = {who: place.officer(who).send('GET', C)['position'] for who in OFFICERS}
    f, r = s.file(complaint()), s.file(report())
    for x in (f, r):
        s.does('root.intake', x['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', r['number'], 'verify')
    want = {'root.intake': {f['number']}, 'root.supervisor': {f['number'], r['number']}, 'a.handler': {f['number'], r['number']},
            'a.supervisor': {f['number'], r['number']}, 'b.handler': set(), 'b.supervisor': set(), 'root.admin': set()}
    for who, mine in want.items():
        a = fed(s, who, place.officer(who), start[who], lambda a: set(numbers(a)) == mine)  # noqa: B023
        s.expect(f'{who} sees his', set(numbers(a)) == mine, str(numbers(a)))
        n = place.officer(who).send('GET', '/api/v1/matters/count?by=level')
        late = next((c['n'] for c in n['cells'] if c['key'] == 'late'), 0)
        s.expect(f'{who}: counts of the feed are those of the list', a['counts']['late'] == late, f"{a['counts']} {late}")


def announced(place, number):
    return engine.rows(place, "SELECT act, count(*) FROM event WHERE kind = 'late' AND record = "
                              f"(SELECT id FROM matter WHERE number = '{number}') GROUP BY act")


def late(place, s):
    """Received long ago and written down only now: late at once; announced by the watch, once."""
    p = place.officer('a.supervisor')
    before = p.send('GET', C)
    f = s.file(complaint(channel='phone', received_at=instant(40 * 86400), late_reason='停机期间手工登记'), 'root.intake')
    s.does('root.intake', f['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    on_time = s.file(complaint())
    a = s.step('listed late at once', p, 'GET', '/api/v1/matters?due=late', status=200)
    s.expect('it alone', numbers(a) == [f['number']], str(numbers(a)))
    s.expect('level late', a['items'][0]['next_deadline']['level'] == 'late', str(a['items'][0]['next_deadline']))
    a = fed(s, 'counted', p, before['position'], lambda a: f['number'] in numbers(a))
    s.expect('late', a['counts']['late'] == before['counts']['late'] + 1 and f['number'] in numbers(a), str(a.json))
    place.stop()
    place.start('--rate-limit', 'off')
    for _ in range(100):
        if announced(place, f['number']):
            break
        time.sleep(0.1)
    s.expect('announced when the server is back', announced(place, f['number']) == [('D1', 1)], str(announced(place, f['number'])))
    for _ in range(100):
        told = [line for line in place.public().send('GET', '/metrics').raw.decode().split('\n') if line.startswith('fangxin_late_matters ')]
        if told != ['fangxin_late_matters 0']:
            break
        time.sleep(0.1)
    a = s.step('a late one is in the metrics', place.officer('root.supervisor'), 'GET', '/api/v1/matters/count?by=level', status=200)
    n = next(c['n'] for c in a['cells'] if c['key'] == 'late')
    s.expect('as many as the list has', told == [f'fangxin_late_matters {n}'], f'{told} {n}')
    place.stop()
    place.start('--rate-limit', 'off')
    time.sleep(2)
    s.expect('and once only', announced(place, f['number']) == [('D1', 1)], str(announced(place, f['number'])))
    s.expect('not what is in time', announced(place, on_time['number']) == [])
    p = place.officer('a.supervisor')
    a = s.step('the position goes on over restarts', p, 'GET', f"{C}?after={before['position']}", status=200)
    s.expect('it is there', f['number'] in numbers(a))
    a = s.read('a.handler', f['number'])
    s.expect('its version is its own', a['version'] == 2)
    s.does('a.handler', f['number'], 'refuse', {'ground': 'NA1', 'reason': '归别处'})
    s.does('a.handler', f['number'], 'tell', {'party': 'consumer', 'channel': 'phone'})
    a = s.step('told, it is late no more', p, 'GET', '/api/v1/matters?due=late', status=200)
    s.expect('gone', f['number'] not in numbers(a))
    out = place.command('verify', '--rebuild')
    s.expect('verify is clean', ' 0 findings' in out, out)


run([positions, only_visible, late], OFFICERS)
