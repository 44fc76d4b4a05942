#!/usr/bin/env python3
"""test_calendars.py FANGXIN: a notice is imported while matters are open. Due dates that reach into the year
without one are provisional everywhere; the import moves them, lists what moved, and the rebuild agrees. The
notice of the year after the last is made up here."""
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine  # noqa: E402
from county import BODIES, ROLES, instant, run  # noqa: E402
from filings import complaint, key, matter, report, version  # noqa: E402
from test_letters import text_of  # noqa: E402

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


def provisional_on_paper(place, s):
    """Whether the letter of acceptance, and the row of an exported list, mark the day on which mediation ends."""
    told = place.numbers[2]  # of it the mediation is due next
    pdf = s.step('the letter', place.officer('root.handler'), 'POST', f'{matter(told)}/letters/preview', {'form': 'acceptance', 'asks': {}}, status=200).raw
    sheet = s.step('the list', place.officer('root.supervisor'), 'GET', '/api/v1/matters?format=csv', status=200).raw.decode('utf-8-sig')
    return '暂定' in text_of(pdf)[0], '暂定' in next(line for line in sheet.splitlines() if told in line)


def over_the_year(place, s):
    """A made-up notice of the year without one: provisional dates move and lose their mark."""
    year = last_noticed() + 1
    touched = engine.rows(place, "SELECT count(*) FROM deadline WHERE provisional = 1 AND state = 'running'")[0][0]
    d2 = clocks(s, place.numbers[0])['D2']
    s.expect('provisional when its count reaches that year', d2['provisional'] == (datetime.date.fromisoformat(d2['due']).year >= year), d2)
    marked = provisional_on_paper(place, s)
    s.expect('a letter and an exported list say so', marked == (d2['provisional'], d2['provisional']), f'{marked} {d2}')
    first = datetime.date.fromisoformat(d2['due'])
    asked = notice(year, off=list(weekdays(max(first, datetime.date(year, 1, 1)), 4)))
    file = os.path.join(place.folder, 'notice.json')
    with open(file, 'w', encoding='utf-8') as f:
        json.dump(asked, f)
    said = place.command('calendar', 'import', file)
    s.expect('the command counts and lists', re.search(r'clocks counted, \d+ moved', said) and place.secret not in said, said)
    until_done(s)
    now = clocks(s, place.numbers[0])['D2']
    s.expect('the mark is gone', not now['provisional'] and provisional_on_paper(place, s) == (False, False), now)
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
    for who in ('a.intake', 'a.handler'):
        s.step(f'{who} may not', place.officer(who), 'GET', path, status=403)
        s.step(f'{who} nor holds', place.officer(who), 'GET', '/api/v1/holds', status=403)
    s.step('the public', place.public(), 'GET', path, status=401)
    s.step('the public, holds', place.public(), 'GET', '/api/v1/holds', status=401)
    a = s.step('no term', place.officer('a.leader'), 'GET', path, status=200)
    s.expect('kept for ever', a['terms'] == [] and a['items'] == [] and a['hidden'] == 0, a.raw)
    for bad in ('market-2026', 'market-2026=0', 'market-2026=101', 'none=5', 'pboc-2020=2', 'market-2026=10/', 'market-2026=10/9', 'market-2026=10/101', 'retention'):
        place.command('setting', 'put', 'retention.years', bad, ok=False)
    place.command('setting', 'put', 'retention.years', 'market-2026=10')
    a = s.step('the leader', place.officer('a.leader'), 'GET', path, status=200)
    mine = [x for x in a['items'] if x['number'] == n]
    s.expect('it is listed, with its last day', len(mine) == 1 and mine[0]['kept_until'] == f'{TODAY.year + 10}{mine[0]["ended_on"][4:]}' and mine[0]['persons'] == 1
             and mine[0]['papers_until'] is None and mine[0]['files'] == mine[0]['texts'] == mine[0]['letters'] == 0 and not mine[0]['held'] and mine[0]['may_hold'], a.raw)
    s.expect('and counted with those one may not read', [{k: t[k] for k in t.keys() - {'name'}} for t in a['terms']] == [{'pack': 'market-2026', 'years': 10, 'papers': None, 'over': len(a['items']) + a['hidden'], 'more': False}], a.raw)
    for who in ('a.admin', 'a.security'):
        b = s.step(f'{who} is told how many, not which', place.officer(who), 'GET', path, status=200)
        s.expect('none by number', b['terms'] == a['terms'] and b['items'] == [] and b['hidden'] == a['terms'][0]['over'], b.raw)
    s.expect('what is open is not', secret not in str(a.raw) and all(x not in str(a.raw) for x in place.numbers[:2]))
    s.expect('of another branch it is counted', s.step('b', place.officer('b.supervisor'), 'GET', path, status=200)['hidden'] == len(a['items']) + a['hidden'])
    s.expect('not yet', s.step('today', place.officer('a.leader'), 'GET', '/api/v1/retention', status=200)['items'] == [])
    s.step('not a day', place.officer('a.leader'), 'GET', '/api/v1/retention?on=soon', status=422, field='on')
    s.step('a wrong mark', place.officer('a.leader'), 'GET', path + '&after=x', status=422, field='after')
    one = s.step('by pages', place.officer('a.leader'), 'GET', path + '&limit=1', status=200)
    two = s.step('the rest', place.officer('a.leader'), 'GET', f'{path}&after={one["next"]}', status=200)
    s.expect('pages join', one['items'] + two['items'] == a['items'])
    place.command('setting', 'put', 'retention.years', 'market-2026=10/12')
    b = next(x for x in s.step('papers later', place.officer('a.leader'), 'GET', path, status=200)['items'] if x['number'] == n)
    s.expect('two last days', b['papers_until'] == f'{TODAY.year + 12}{b["ended_on"][4:]}' and b['texts'] == 0, b)
    b = next(x for x in s.step('both over', place.officer('a.leader'), 'GET', f'/api/v1/retention?on={TODAY.year + 13}-12-31', status=200)['items'] if x['number'] == n)
    s.expect('what was written goes then', b['texts'] == 2 and b['letters'] == 0, b)
    place.command('setting', 'put', 'retention.years', '')


def hold(s, who, number, reason='涉诉，等判决', status=201, **more):
    return s.step(f'{who} holds', s.place.officer(who), 'POST', '/api/v1/holds', {'number': number, 'reason': reason}, headers=key(f'{who}-{number}-{status}-{len(reason)}'), status=status, **more)


def holds(place, s):
    """A hold has a reason, who put it on and who lifted it; the matter of which one may not know is not there."""
    n, secret = s.file(complaint())['number'], s.file(report())['number']
    for x in (n, secret):
        s.does('root.supervisor', x, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    for who, number, status, field in (('a.handler', n, 403, None), ('a.intake', n, 403, None), ('a.auditor', n, 403, None), ('b.supervisor', n, 422, 'number'), ('a.admin', n, 422, 'number'),
                                       ('a.security', n, 422, 'number'), ('a.leader', secret, 422, 'number'), ('a.leader', '2611-00000-A', 422, 'number'), ('a.leader', 'x', 422, 'number')):
        a = hold(s, who, number, status=status)
        s.expect(f'{who}: {field}', field is None or [i['field'] for i in a['errors']] == [field], a.raw)
    s.step('with a reason', place.officer('a.leader'), 'POST', '/api/v1/holds', {'number': n, 'reason': ' '}, status=422, field='reason')
    s.step('the public', place.public(), 'POST', '/api/v1/holds', {'number': n, 'reason': 'x'}, status=401)
    a = hold(s, 'a.leader', n, has={'number': n, 'kind': 'complaint', 'reason': '涉诉，等判决', 'by.display': '官aleader', 'lifted': None, 'may_lift': True})
    on = s.step('its page says so', place.officer('a.handler'), 'GET', matter(n), status=200, has={'hold.reason': '涉诉，等判决', 'hold.by.display': '官aleader'})
    s.expect('and when', on['hold']['at'] == a['at'], str(on['hold']))
    s.expect('the same request again', hold(s, 'a.leader', n)['id'] == a['id'])
    hold(s, 'a.supervisor', n, status=409)
    b = hold(s, 'a.supervisor', secret)
    lists = {who: s.step(f'{who} lists', place.officer(who), 'GET', '/api/v1/holds', status=200) for who in ('a.supervisor', 'a.leader', 'a.auditor', 'b.supervisor', 'a.security', 'a.admin')}
    for who, seen in (('a.supervisor', [secret, n]), ('a.leader', [n]), ('a.auditor', [n]), ('b.supervisor', []), ('a.security', []), ('a.admin', [])):
        s.expect(f'{who} sees {seen}', [i['number'] for i in lists[who]['items']] == seen and lists[who]['hidden'] == 2 - len(seen), lists[who].raw)
    s.expect('who may end it', [i['may_lift'] for who in ('a.leader', 'a.auditor') for i in lists[who]['items']] == [True, False])
    one = s.step('by pages', place.officer('a.supervisor'), 'GET', '/api/v1/holds?limit=1', status=200)
    two = s.step('the rest', place.officer('a.supervisor'), 'GET', f'/api/v1/holds?limit=2&after={one["next"]}', status=200)
    s.expect('pages join', one['items'] + two['items'] == lists['a.supervisor']['items'] and two['next'] is None)
    s.step('a wrong mark', place.officer('a.leader'), 'GET', '/api/v1/holds?after=7', status=422, field='after')
    s.step('a wrong state', place.officer('a.leader'), 'GET', '/api/v1/holds?status=gone', status=422, field='status')
    lift = f'/api/v1/holds/{a["id"]}/acts/lift'
    for who, path, v, status in (('a.auditor', lift, 1, 403), ('b.supervisor', lift, 1, 404), ('a.security', lift, 1, 404), ('a.leader', f'/api/v1/holds/{b["id"]}/acts/lift', 1, 404),
                                 ('a.leader', '/api/v1/holds/1/acts/lift', 1, 404), ('a.leader', lift, 7, 409)):
        s.step(f'{who} does not lift', place.officer(who), 'POST', path, {'reason': 'x'}, headers=version(v), status=status)
    s.step('lifted', place.officer('a.leader'), 'POST', lift, {'reason': '判决生效'}, headers=version(1), status=200, has={'lifted.reason': '判决生效', 'lifted.by.display': '官aleader', 'may_lift': False, 'reason': '涉诉，等判决'})
    s.expect('nor does its page any more', s.step('its page', place.officer('a.handler'), 'GET', matter(n), status=200)['hold'] is None)
    s.step('once', place.officer('a.leader'), 'POST', lift, {'reason': '判决生效'}, headers=version(2), status=409)
    s.expect('both are kept', [i['number'] for i in s.step('lifted ones', place.officer('a.leader'), 'GET', '/api/v1/holds?status=lifted', status=200)['items']] == [n])
    s.expect('again', hold(s, 'a.leader', n, '再审')['id'] != a['id'])


def ended_long_ago(place, s, days, name, word):
    """A complaint of years ago, written down from paper: evidence, a letter, and its end on that day."""
    f = s.file(complaint(channel='phone', received_at=instant((days + 40) * 86400), late_reason='纸质登记补录', facts=f'{name}买的{word}短重，店家不退',
                         consumer={'name': name, 'phone': '13711112222', 'address': '安澜县文昌路5号'}), 'root.intake')
    n = f['number']
    s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler'], 'at': instant((days + 39) * 86400)})
    s.step('evidence', place.officer('a.handler'), 'POST', matter(n) + '/files', b'%PDF-1.4\n%%EOF\n', status=201,
           headers={'Content-Type': 'application/octet-stream', 'Fangxin-File-Name': urllib.parse.quote(name + '的小票.pdf')})
    s.does('a.handler', n, 'accept', {'at': instant((days + 38) * 86400)})
    letter = s.step('letter', place.officer('a.handler'), 'POST', matter(n) + '/letters', {'form': 'acceptance', 'asks': {}}, headers=dict(version(s.version_of(n)), **key('l' + n)), status=201)
    for _ in range(200):
        letter = s.step('made', place.officer('a.handler'), 'GET', f'/api/v1/letters/{letter["id"]}', status=200)
        if letter['status'] == 'issued':
            break
        time.sleep(0.1)
    s.does('a.handler', n, 'terminate', {'ground': 'T3', 'reason': f'{name}和店家谈不成', 'at': instant((days + 2) * 86400)})
    s.does('a.handler', n, 'tell', {'party': 'both', 'channel': 'phone', 'at': instant((days + 1) * 86400)})
    s.does('a.handler', n, 'archive', {'at': instant(days * 86400)})
    return {'number': n, 'name': name, 'word': word, 'letter': letter}


def figures_of(place, s, years):
    """What is counted, without the position at which it was read."""
    return [{k: v for k, v in i.items() if k != 'id'} for y in years
            for i in s.step(f'figures of {y}', place.officer('root.supervisor'), 'GET', f'/api/v1/figures?body=420202&period={y}', status=200)['items']]


def found(place, s, words):
    return [i['number'] for i in s.step(f'looked for {words}', place.officer('root.supervisor'), 'GET', '/api/v1/matters?q=' + urllib.parse.quote(words), status=200)['items']]


def long_over(place, s):
    """One whose both terms are over, one whose first is, one on hold, one of which nothing is over."""
    place.old = {w: ended_long_ago(place, s, days, name, word) for w, days, name, word in
                 (('both', 800, '欧阳全到期', '蝴蝶坠'), ('first', 400, '司马半到期', '云纹镯'), ('held', 800, '诸葛在保留', '如意锁'), ('young', 100, '上官没到期', '麒麟佩'))}
    hold(s, 'a.supervisor', place.old['held']['number'])
    for _ in range(100):
        if all(found(place, s, o['word']) == [o['number']] for o in place.old.values()):
            break
        time.sleep(0.1)
    s.expect('all are found by a word', all(found(place, s, o['word']) == [o['number']] for o in place.old.values()))
    place.before = {'figures': None, 'blobs': engine.rows(place, 'SELECT count(*) FROM blob')[0][0]}
    place.years = range(int(instant(840 * 86400)[:4]), TODAY.year + 1)
    place.before['figures'] = figures_of(place, s, place.years)
    place.command('setting', 'put', 'retention.years', 'market-2020=1/2 market-2026=1/2')
    a = s.step('what goes', place.officer('a.supervisor'), 'GET', '/api/v1/retention', status=200)
    place.due = {i['number']: i for i in a['items']}
    s.expect('three of them', set(place.due) == {place.old[w]['number'] for w in ('both', 'first', 'held')}, a.raw)
    s.expect('of one all', [place.due[place.old['both']['number']][k] for k in ('persons', 'files', 'letters', 'held')] == [1, 1, 1, False] and place.due[place.old['both']['number']]['texts'] >= 3, a.raw)
    s.expect('of one persons and files', [place.due[place.old['first']['number']][k] for k in ('persons', 'files', 'texts', 'letters')] == [1, 1, 0, 0], a.raw)


def page(place, s, o):
    n = o['number']
    return (s.step('page', place.officer('a.supervisor'), 'GET', matter(n), status=200), s.step('timeline', place.officer('a.supervisor'), 'GET', matter(n) + '/events', status=200),
            s.step('files', place.officer('a.supervisor'), 'GET', matter(n) + '/files', status=200)['items'], s.step('letters', place.officer('a.supervisor'), 'GET', matter(n) + '/letters', status=200)['items'])


def purged(place, s):
    """After the job has run: what is gone from page, timeline, files, letters and search; what stays."""
    for _ in range(200):
        left = s.step('what is left to go', place.officer('a.supervisor'), 'GET', '/api/v1/retention', status=200)['items']
        if [i['number'] for i in left] == [place.old['held']['number']]:
            break
        time.sleep(0.1)
    s.expect('only the one on hold', [(i['number'], i['held']) for i in left] == [(place.old['held']['number'], True)], s.step('again', place.officer('a.supervisor'), 'GET', '/api/v1/retention', status=200).raw)
    for which, persons, papers in (('both', False, False), ('first', False, True), ('held', True, True), ('young', True, True)):
        o = place.old[which]
        a, events, files, letters = page(place, s, o)
        s.expect(f'{which}: who filed it', (a['consumer'] is not None) == persons, a.raw)
        s.expect(f'{which}: what was written', (a['facts'] is not None) == papers, a.raw)
        if not papers:
            s.expect('his name stands nowhere', all(o['name'] not in str(x) for x in (a.raw.decode(), events.raw.decode(), files, letters)))
        acts = [e['act'] for e in events['items']]
        s.expect(f'{which}: the event', acts.count('purge') == (0 if persons else 1) and set(acts) >= {'register', 'accept', 'terminate', 'tell', 'archive'}, str(acts))
        s.expect(f'{which}: its evidence', files[0]['state'] == ('unscanned' if persons else 'purged') and files[0]['open'] == persons, str(files))
        s.step(f'{which}: the file', place.officer('a.supervisor'), 'GET', f'{matter(o["number"])}/files/{files[0]["id"]}/original?reason=other', status=200 if persons else 409)
        s.expect(f'{which}: its letter', letters[0]['purged'] != papers and letters[0]['may_open'] == papers and letters[0]['sha256'] == o['letter']['sha256'] and letters[0]['number'] == o['letter']['number'], str(letters))
        s.step(f'{which}: its document', place.officer('a.supervisor'), 'GET', f'/api/v1/letters/{o["letter"]["id"]}/document', status=200 if papers else 404)
        s.step(f'{which}: whoever holds the letter can check it', place.public(), 'GET', '/api/v1/verify/' + o['letter']['code'], status=200, has={'number': o['letter']['number'], 'sha256': o['letter']['sha256']})
        want = [o['number']] if persons else []
        for _ in range(100):
            if found(place, s, o['word']) == want:
                break
            time.sleep(0.1)
        s.expect(f'{which}: search', found(place, s, o['word']) == want)
    s.expect('its outcome and days are still those', page(place, s, place.old['both'])[0]['outcome']['ground'] == 'T3')
    s.expect('figures are unchanged', figures_of(place, s, place.years) == place.before['figures'])
    s.expect('files are forgotten', engine.rows(place, 'SELECT count(*) FROM blob')[0][0] == place.before['blobs'] - 3)
    s.expect('once, and no more', engine.rows(place, "SELECT count(*) FROM event WHERE act = 'purge'")[0][0] == 3)


def restarted(place, s):
    place.stop()
    place.start('--rate-limit', 'off')
    c = until_done(s)
    s.expect('imports outlive a restart', c['version'] >= 3 and any(y['imported'] for y in c['years']), c)
    purged(place, s)
    said = place.command('verify')
    s.expect('verify finds nothing', ' 0 findings' in said or 'ok' in said.lower(), said)
    said = place.command('verify', '--rebuild')
    s.expect('verify --rebuild finds nothing', ' 0 findings' in said, said)
    kept = engine.rows(place, 'SELECT kind, name, revision FROM revision ORDER BY kind, name, revision')
    s.expect('every calendar that was used is kept', len([k for k in kept if k[0] == 'calendar' and k[1] == 'cn']) >= 4, kept)
    s.expect('and the packs', {k[1] for k in kept if k[0] == 'pack'} >= {'market-2026', 'market-2020'}, kept)


MARKET = os.path.join(PACKS, 'rules', 'market-2026.json')


def own(place, name, content):
    """A file of law in the installation."""
    path = os.path.join(place.data, 'packs', name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(content, f, ensure_ascii=False)


def new_law(place, s):
    """A new law is a file in the installation: it governs from its day on, what came before stays under the old one, a faulty one stops the start
    with file, place and reason, and what was received under it stays so when the file is gone."""
    before = s.file(complaint(channel='visit'), 'root.intake')['number']
    with open(MARKET, encoding='utf-8') as f:
        law = json.load(f)
    with open(os.path.join(PACKS, 'profiles', 'market.json'), encoding='utf-8') as f:
        profile = json.load(f)
    revision, since = law['revision'], TODAY - 2 * DAY
    old = {**law, 'revision': str(int(revision) + 1), 'valid_to': str(since - DAY)}
    with open(os.path.join(PACKS, 'rules', 'market-2020.json'), encoding='utf-8') as f:
        articles = {a: a for a in json.load(f)['instead']['articles']}
    named = {'id': 'O27', 'name': {'zh': '《新投诉举报办法》', 'en': 'The new order'}}
    new = {'id': 'market-2027', 'revision': '1', 'based_on': 'market-2026', 'valid_from': str(since), 'valid_to': None,
           'name': {'zh': '市场监管投诉举报（2027）', 'en': 'Market regulation 2027'}, 'instruments': [named] + [i for i in law['instruments'] if i['id'] != 'O121'],
           'instead': {'from': 'O121', 'to': 'O27', 'articles': articles}, 'deadlines': [{'id': 'D1', 'length': 5, 'target': 3}],
           'acts': [{'id': 'choose_rule', 'fields': [{'name': 'pack', 'choices': [{'code': 'market-2027', 'label': {'zh': '2027 的规定', 'en': 'The rule of 2027'}}]}]}]}
    profile['families'][1]['packs'].insert(0, 'market-2027')
    place.stop()
    own(place, 'rules/market-2026.json', old)
    own(place, 'profiles/market.json', profile)
    with open(os.path.join(PACKS, 'letters', 'acceptance.json'), encoding='utf-8') as f:
        form = json.load(f)
    own(place, 'letters/acceptance.json', {**form, 'revision': str(int(form['revision']) + 1), 'packs': [*form['packs'], 'market-2027']})

    def refused(label, content, at, why, file='rules/market-2027.json'):
        own(place, 'rules/market-2027.json', content)
        done = subprocess.run([place.program, 'serve', '--data', place.data, '--listen', '127.0.0.1:0'], capture_output=True, text=True, timeout=60, env=place.env)
        s.expect(f'{label} stops the start', done.returncode == 1 and f'{file}: {at}' in done.stderr and why in done.stderr, done.stderr[-600:])

    states = {'complaint': {'states': [{'id': 'limbo', 'label': {'zh': '悬着', 'en': 'Limbo'}, 'to_filer': {'zh': '悬着', 'en': 'Limbo'}, 'waiting_for': 'officer'}]}}
    refused('a state that nothing leads to', {**new, 'kinds': states}, 'kinds.complaint.limbo', 'No act leads to state limbo')
    refused('a term without a source', {**new, 'deadlines': [{'id': 'D1', 'basis': None}]}, 'deadlines.0.basis', 'missing')
    refused('a day on which two are in force', {**new, 'valid_from': str(since - 9 * DAY)}, 'valid_from', 'overlaps', 'rules/market-2026.json')
    refused('an unknown act', {**new, 'kinds': {'complaint': {'transitions': [{'from': ['assigned'], 'act': 'marry', 'to': 'accepted', 'roles': ['handler']}]}}},
            'kinds.complaint.transitions', 'There is no act marry')
    own(place, 'rules/market-2027.json', new)
    place.start('--rate-limit', 'off')

    def governed(number, length, pack):
        m = s.read('root.supervisor', number)
        d1 = next(d for d in m['deadlines'] if d['rule'] == 'D1' and not d['superseded'])
        s.expect(f'{number} under {pack}', (m['pack']['id'], d1['length']) == (pack, length), f'{m["pack"]} {d1}')
        return d1

    today = s.file(complaint(channel='visit'), 'root.intake')['number']
    d1 = governed(today, 5, 'market-2027')
    s.expect('its own term, by its own article', d1['basis']['zh'] == '《新投诉举报办法》第十五条', str(d1))
    s.does('root.supervisor', today, 'assign', {'body': BODIES['root'], 'officer': place.ids['root.handler']})
    s.does('root.handler', today, 'accept')
    s.step('its letter', place.officer('root.handler'), 'POST', f'{matter(today)}/letters/preview', {'form': 'acceptance', 'asks': {}}, status=200)
    said = json.loads(place.command('deadline', '--packs', os.path.join(place.data, 'packs'), '--pack', 'market-2027', '--rule', 'D1', '--from', str(TODAY), '--json'))
    s.expect('the command counts by it', (said['due'], said['length']) == (d1['due'], 5), str(said)[:300])
    governed(s.file(complaint(channel='visit', received_at=instant(3 * 86400), late_reason='补登'), 'root.intake')['number'], 7, 'market-2026')
    governed(before, 7, 'market-2026')
    s.expect('side by side on the page', {r['id'] for r in s.read('root.supervisor', today)['procedure']['rules']} >= {'market-2027', 'market-2026'})
    place.stop()
    shutil.rmtree(os.path.join(place.data, 'packs'))
    place.start('--rate-limit', 'off')
    s.expect('the file is gone, its matters keep their law', governed(today, 5, 'market-2027') == d1)
    s.expect('nothing differs', ' 0 findings' in place.command('verify', '--rebuild'))


run([whole, over_the_year, refusals, kept_for_a_time, holds, long_over, restarted, new_law], OFFICERS)
