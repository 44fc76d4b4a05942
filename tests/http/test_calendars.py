#!/usr/bin/env python3
"""test_calendars.py FANGXIN: a notice is imported while matters are open. Due dates that reach into the year
without one are provisional everywhere; the import moves them, lists what moved, and the rebuild agrees. The
notice of the year after the last is made up here."""
import datetime
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine  # noqa: E402
from county import BODIES, ROLES, instant, run  # noqa: E402
from filings import complaint, matter, report  # noqa: E402

OFFICERS = ['a.' + r for r in ROLES] + ['root.intake', 'root.supervisor', 'root.handler', 'b.supervisor', 'root.admin']
PACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs')
TODAY = datetime.date.fromisoformat(instant()[:10])
DAY = datetime.timedelta(1)


def last_noticed():
    with open(os.path.join(PACKS, 'calendars', 'cn.json'), encoding='utf-8') as f:
        return max(y['year'] for y in json.load(f)['years'])


def notice(year, off=(), work=()):
    return {'year': year, 'papers': [f'https://example.org/{year}'], 'holidays': [
        {'name': {'zh': '试放假', 'en': 'Trial holiday'}, 'off': list(off), 'work': list(work)}]}


def weekdays(first, n):
    while n > 0:
        if first.weekday() < 5:
            yield first.isoformat()
            n -= 1
        first += DAY


def until_done(s, who='a.supervisor'):
    for _ in range(300):
        c = s.place.officer(who).send('GET', '/api/v1/calendars').json['items'][0]
        if c['run'] and c['run']['state'] == 'done':
            return c
        time.sleep(0.2)
    raise AssertionError(f'the recount does not end: {c["run"]}')


def clocks(s, number, who='root.supervisor'):
    return {d['rule']: d for d in s.read(who, number)['deadlines'] if not d['superseded']}


def file_all(s):
    """Complaints whose mediation runs over the turn of the year where the test is run late in one, a report,
    and one that is told and met."""
    numbers = []
    for _ in range(3):
        n = s.file(complaint(channel='visit'), 'root.intake')['number']
        s.does('root.supervisor', n, 'assign', {'body': BODIES['root'], 'officer': s.place.ids['root.handler']})
        s.does('root.handler', n, 'accept')
        numbers.append(n)
    s.does('root.handler', numbers[2], 'tell', {'party': 'consumer', 'channel': 'phone'})
    secret = s.file(report())['number']
    return numbers, secret


def year_of_due(s, numbers):
    return int(clocks(s, numbers[0])['D2']['due'][:4])


def whole(place, s):
    year = last_noticed() + 1
    numbers, secret = file_all(s)
    place.numbers, place.secret = numbers, secret
    before = {n: clocks(s, n) for n in numbers}
    first = until_done(s)
    s.expect('no import yet', first['version'] == 0 and not any(y['imported'] for y in first['years']))
    s.expect('the next year is provisional', next(y for y in first['years'] if y['year'] == year)['provisional'])
    s.expect('one with a notice is not', not next(y for y in first['years'] if y['year'] == year - 1)['provisional'])

    # Ten days off from the day on which the first decision is due, of whatever year it lies in.
    due = datetime.date.fromisoformat(before[numbers[0]]['D1']['due'])
    asked = notice(due.year, off=list(weekdays(due, 10)))
    path = f'/api/v1/calendars/cn/years/{due.year}'
    p = s.step('preview', place.officer('a.admin'), 'POST', path + '/preview', asked, status=200).json
    s.expect('preview counts clocks', p['moved'] > 0 and sum(x['n'] for x in p['shifts']) == p['moved'] and any(x['rule'] == 'D1' and x['days'] > 0 for x in p['shifts']), p)
    s.expect('preview moves nothing', {n: clocks(s, n) for n in numbers} == before)

    r = s.step('import', place.officer('a.admin'), 'PUT', path, asked, status=202, has={'total': p['clocks']}, headers={'If-Match': '0'}).json
    late = [s.file(complaint(channel='visit'), 'root.intake')['number'] for _ in range(3)]
    done = until_done(s)
    s.expect('as many as the preview said', done['run']['id'] == r['id'] and done['run']['moved'] == p['moved'] and done['run']['done'] == done['run']['total'], done['run'])
    s.expect('the year is imported', next(y for y in done['years'] if y['year'] == due.year)['imported'] and done['version'] == 1)
    after = {n: clocks(s, n) for n in numbers}
    s.expect('D1 moved', all(after[n]['D1']['due'] > before[n]['D1']['due'] for n in numbers[:2]), f'{before} {after}')
    s.expect('what is filed while they are counted has the new dates', all(clocks(s, n)['D1']['due'] == after[numbers[0]]['D1']['due'] for n in late), after[numbers[0]]['D1'])
    s.expect('a clock that was met stays', after[numbers[2]]['D1'] == before[numbers[2]]['D1'], after[numbers[2]])
    s.expect('no event of a matter', all(s.read('root.supervisor', n)['version'] == v for n, v in zip(numbers, (3, 3, 4))))
    x = s.step('explained', place.officer('root.handler'), 'GET', f'{matter(numbers[0])}/deadlines/D1', status=200).json
    s.expect('the explanation ends on the new day', x['days'][-1]['date'] == after[numbers[0]]['D1']['due'] and x['calendar']['revision'] == done['revision'], x['calendar'])
    then = s.step('explained as it was', place.officer('root.handler'), 'GET', f'{matter(numbers[2])}/deadlines/D1', status=200).json
    s.expect('a clock that was met is explained by the calendar of then', then['days'][-1]['date'] == then['due'] and then['calendar']['revision'] == first['revision'] and not any('试放假' in d['why']['zh'] for d in then['days']), then['calendar'])
    s.expect('and names the holiday', any('试放假' in d['why']['zh'] for d in x['days']))
    row = next(r for r in s.step('list', place.officer('root.supervisor'), 'GET', '/api/v1/matters?kind=complaint', status=200).json['items'] if r['number'] == numbers[0])
    s.expect('lists know', row['next_deadline']['due'] == after[numbers[0]]['D1']['due'], row['next_deadline'])

    moved = s.step('moved', place.officer('root.supervisor'), 'GET', '/api/v1/calendars/cn/moved?limit=200', status=200).json
    mine = {(m['number'], m['rule']): (m['old_due'], m['new_due']) for m in moved['items']}
    s.expect('each with both dates', mine[(numbers[0], 'D1')] == (before[numbers[0]]['D1']['due'], after[numbers[0]]['D1']['due']), mine)
    s.expect('all of them', len(moved['items']) + moved['hidden'] == p['moved'] and moved['next'] is None, moved)
    one = s.step('by pages', place.officer('root.supervisor'), 'GET', '/api/v1/calendars/cn/moved?limit=1', status=200).json
    two = s.step('the next', place.officer('root.supervisor'), 'GET', f'/api/v1/calendars/cn/moved?limit=200&after={one["next"]}', status=200).json
    s.expect('pages join', one['items'] + two['items'] == moved['items'])
    for who in ('a.admin', 'b.supervisor', 'a.handler'):
        seen = s.step(f'{who} sees no other matter', place.officer(who), 'GET', '/api/v1/calendars/cn/moved?limit=200', status=200).json
        s.expect(f'{who}: counted, not named', seen['items'] == [] and seen['hidden'] == p['moved'], seen)
    names = [m['number'] for m in moved['items']]
    s.expect('the report is not named to everybody', all(secret not in str(place.officer(w).send('GET', '/api/v1/calendars/cn/moved?limit=200').raw) for w in ('root.handler', 'a.intake', 'a.auditor')), names)


def over_the_year(place, s):
    """A made-up notice of the year without one: provisional dates move and lose their mark."""
    year = last_noticed() + 1
    touched = engine.rows(place, "SELECT count(*) FROM deadline WHERE provisional = 1 AND state = 'running'")[0][0]
    d2 = clocks(s, place.numbers[0])['D2']
    s.expect('provisional when its count reaches that year', d2['provisional'] == (datetime.date.fromisoformat(d2['due']).year >= year), d2)
    first = datetime.date.fromisoformat(d2['due'])
    asked = notice(year, off=list(weekdays(max(first, datetime.date(year, 1, 1)), 4)))
    file = os.path.join(place.folder, 'notice.json')
    with open(file, 'w', encoding='utf-8') as f:
        json.dump(asked, f)
    said = place.command('calendar', 'import', file)
    s.expect('the command counts and lists', re.search(r'clocks counted, \d+ moved', said) and place.secret not in said, said)
    until_done(s)
    now = clocks(s, place.numbers[0])['D2']
    s.expect('the mark is gone', not now['provisional'], now)
    if d2['provisional']:
        s.expect('it moved behind the days off', now['due'] > d2['due'] and f'{place.numbers[0]} D2 {d2["due"]} -> {now["due"]}' in said, f'{d2} {now} {said}')
        s.expect('and so did all that were provisional', touched > 0)
    p = subprocess.run([place.program, 'calendar', 'import', file, '--data', place.data], capture_output=True, text=True, timeout=60, check=False)
    s.expect('the same again changes nothing', p.returncode == 1 and '没有要改的' in p.stderr, p.stderr)
    table = os.path.join(place.folder, 'notice.csv')
    with open(table, 'w', encoding='utf-8') as f:
        f.write(f'year,date,name,is_off_day,paper\n{year},{year}-01-01,元旦,1,https://example.org/csv\n')
    said = place.command('calendar', 'import', table)
    until_done(s)
    listed = place.command('calendar', 'list')
    s.expect('a table of days does as well', f'{year}' in listed and 'https://example.org/csv' in listed, said + listed)


def refusals(place, s):
    year = last_noticed() + 1
    admin, path = place.officer('a.admin'), f'/api/v1/calendars/cn/years/{year}'
    good = notice(year, off=[f'{year}-05-03'])
    for who in ('a.intake', 'a.handler', 'a.supervisor', 'a.leader', 'a.auditor', 'a.security', 'root.supervisor'):
        s.step(f'{who} may not', place.officer(who), 'PUT', path, good, status=403)
        s.step(f'{who} nor look ahead', place.officer(who), 'POST', path + '/preview', good, status=403)
    s.step('the public', place.public(), 'GET', '/api/v1/calendars', status=401)
    s.step('the public, moved', place.public(), 'GET', '/api/v1/calendars/cn/moved', status=401)
    for who in ('a.intake', 'a.auditor', 'a.admin'):
        s.step(f'{who} sees the years', place.officer(who), 'GET', '/api/v1/calendars', status=200)
    before = s.step('as it is', admin, 'GET', '/api/v1/calendars', status=200).json
    for label, body, field in [
        ('another year', notice(year + 1), 'year'),
        ('no paper', {'year': year, 'papers': [], 'holidays': []}, 'years.0.papers'),
        ('not a date', notice(year, off=[f'{year}-02-30']), 'years.0.holidays.0.off.0'),
        ('outside the year', notice(year, off=[f'{year + 1}-03-03']), 'years.0.holidays.0.off.0'),
        ('worked on a weekday', notice(year, work=[next(weekdays(datetime.date(year, 3, 1), 1))]), 'years.0.holidays.0.work.0'),
        ('an unknown member', dict(good, extra=1), 'years.0.extra'),
    ]:
        s.step(label, admin, 'PUT', path, body, status=422, field=field)
        s.step(label + ', preview', admin, 'POST', path + '/preview', body, status=422, field=field)
    s.step('another calendar', admin, 'PUT', f'/api/v1/calendars/us/years/{year}', good, status=404)
    s.step('a stale version', admin, 'PUT', path, good, status=409, headers={'If-Match': '77'})
    s.step('a wrong mark', admin, 'GET', '/api/v1/calendars/cn/moved?after=x', status=422, field='after')
    s.expect('nothing changed', s.step('still', admin, 'GET', '/api/v1/calendars', status=200).json == before)


def kept_for_a_time(place, s):
    """What the term of keeping will take is listed for the leader before it goes; without a term nothing is."""
    n, secret = s.file(complaint())['number'], s.file(report())['number']
    s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', n, 'withdraw', {'reason': '自己和解了'})
    path = f'/api/v1/retention?on={TODAY.year + 11}-12-31'
    for who in ('a.intake', 'a.handler', 'a.admin', 'a.security'):
        s.step(f'{who} may not', place.officer(who), 'GET', path, status=403)
    s.step('the public', place.public(), 'GET', path, status=401)
    a = s.step('no term', place.officer('a.leader'), 'GET', path, status=200)
    s.expect('kept for ever', a['terms'] == [] and a['items'] == [] and a['hidden'] == 0, a.raw)
    for bad in ('market-2026', 'market-2026=0', 'market-2026=101', 'none=5', 'pboc-2020=2'):
        place.command('setting', 'put', 'retention.years', bad, ok=False)
    place.command('setting', 'put', 'retention.hold', 'X', ok=False)
    place.command('setting', 'put', 'retention.years', 'market-2026=10')
    a = s.step('the leader', place.officer('a.leader'), 'GET', path, status=200)
    mine = [x for x in a['items'] if x['number'] == n]
    s.expect('it is listed, with its last day', len(mine) == 1 and mine[0]['kept_until'] == f'{TODAY.year + 10}{mine[0]["ended_on"][4:]}' and mine[0]['persons'] == 1
             and mine[0]['files'] == 0 and not mine[0]['held'], a.raw)
    s.expect('what is open is not', secret not in str(a.raw) and all(x not in str(a.raw) for x in place.numbers[:2]))
    s.expect('of another branch it is counted', s.step('b', place.officer('b.supervisor'), 'GET', path, status=200)['hidden'] == len(a['items']) + a['hidden'])
    s.expect('not yet', s.step('today', place.officer('a.leader'), 'GET', '/api/v1/retention', status=200)['items'] == [])
    s.step('not a day', place.officer('a.leader'), 'GET', '/api/v1/retention?on=soon', status=422, field='on')
    s.step('a wrong mark', place.officer('a.leader'), 'GET', path + '&after=x', status=422, field='after')
    one = s.step('by pages', place.officer('a.leader'), 'GET', path + '&limit=1', status=200)
    two = s.step('the rest', place.officer('a.leader'), 'GET', f'{path}&after={one["next"]}', status=200)
    s.expect('pages join', one['items'] + two['items'] == a['items'])
    place.command('setting', 'put', 'retention.hold', n)
    s.expect('on hold', [x['held'] for x in s.step('again', place.officer('a.leader'), 'GET', path, status=200)['items'] if x['number'] == n] == [True])


def restarted(place, s):
    place.stop()
    place.start('--rate-limit', 'off')
    c = until_done(s)
    s.expect('imports outlive a restart', c['version'] >= 3 and any(y['imported'] for y in c['years']), c)
    said = place.command('verify', '--rebuild')
    s.expect('verify --rebuild finds nothing', ' 0 findings' in said, said)
    kept = engine.rows(place, 'SELECT kind, name, revision FROM revision ORDER BY kind, name, revision')
    s.expect('every calendar that was used is kept', len([k for k in kept if k[0] == 'calendar' and k[1] == 'cn']) >= 4, kept)
    s.expect('and the packs', {k[1] for k in kept if k[0] == 'pack'} >= {'market-2026', 'market-2020'}, kept)


run([whole, over_the_year, refusals, kept_for_a_time, restarted], OFFICERS)
