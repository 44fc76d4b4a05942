"""Duty and diary: who is on duty without gaps, and a page for every day."""
import calendar
import datetime

import engine
from filings import complaint, report

ROOT = '420202'


def ids(place, s):
    a = s.step('officers', place.officer('supervisor'), 'GET', '/api/v1/officers?body=' + ROOT, status=200)
    return {o['name']: o['id'] for o in a['items']}


def plan(s, who, day, shift, officers, leader=None, *, status=200, **more):
    return s.step(f'plan {day} {shift}', who, 'POST', '/api/v1/duty', {'body': ROOT, 'day': day, 'shift': shift, 'officers': officers, 'leader': leader}, status=status, **more)


def day_of(month, day):
    return next(d for d in month['days'] if d['date'] == day)


def scenario_roster(place, s):
    """March 2026: every shift staffed, a leader on call, 14 and 15 March and holidays double."""
    sup, who = place.officer('supervisor'), ids(place, s)
    path = f'/api/v1/duty?body={ROOT}&month=2026-03'
    a = s.step('an empty month', sup, 'GET', path, status=200, has={'may_plan': True})
    s.expect('is all gaps', a['gaps'] == 2 * 2 * 31 and len(a['days']) == 31, str(a['gaps']))
    s.expect('15 March is double', day_of(a.json, '2026-03-15')['least'] == 2 and '3·15' in day_of(a.json, '2026-03-15')['why']['zh'])
    s.expect('16 March is not', day_of(a.json, '2026-03-16')['least'] == 1 and day_of(a.json, '2026-03-16')['why'] is None)
    for day in range(1, 32):
        for shift, one, other in (('day', 'intake', 'handler2'), ('night', 'handler', 'handler2')):
            plan(s, sup, f'2026-03-{day:02d}', shift, [who[one]], who['leader'])
    a = s.step('one for each', sup, 'GET', path, status=200)
    s.expect('leaves the doubled days', a['gaps'] == 4, str(a['gaps']))
    lacking = [(d['date'], x['shift'], g['code']) for d in a['days'] for x in d['shifts'] for g in x['gaps']]
    s.expect('by name', lacking == [(f'2026-03-{d}', x, 'few') for d in (14, 15) for x in ('day', 'night')], str(lacking))
    for day in (14, 15):
        plan(s, sup, f'2026-03-{day}', 'day', [who['intake'], who['handler2']], who['leader'])
        plan(s, sup, f'2026-03-{day}', 'night', [who['handler'], who['handler2']], who['leader'])
    s.step('now it has none', sup, 'GET', path, status=200, has={'gaps': 0})
    a = s.step('the national holiday', sup, 'GET', f'/api/v1/duty?body={ROOT}&month=2026-10', status=200)
    s.expect('is double', all(day_of(a.json, f'2026-10-0{d}')['least'] == 2 for d in range(1, 8)) and day_of(a.json, '2026-10-08')['least'] == 1)
    s.expect('a make-up Saturday is not', day_of(a.json, '2026-10-10')['kind'] == 'adjusted_work' and day_of(a.json, '2026-10-10')['least'] == 1)


def scenario_changing_duty(place, s):
    sup, who = place.officer('supervisor'), ids(place, s)
    one = plan(s, sup, '2026-05-11', 'day', [who['intake']], who['leader'])
    two = plan(s, sup, '2026-05-12', 'day', [who['handler']], who['leader'])
    path = f'/api/v1/duty/{one["id"]}/acts/'
    s.step('a swap needs a reason', sup, 'POST', path + 'swap', {'officer': who['intake'], 'with': two['id'], 'for': who['handler']}, status=422, field='reason')
    swap = {'officer': who['intake'], 'with': two['id'], 'for': who['handler'], 'reason': '家里有事'}
    a = s.step('a swap', sup, 'POST', path + 'swap', swap, status=200, headers={'If-Match': str(one['version'])})
    s.expect('is one change of both', [o['id'] for o in a['officers']] == [who['handler']])
    m = s.step('month', sup, 'GET', f'/api/v1/duty?body={ROOT}&month=2026-05', status=200)
    s.expect('the other has him', [o['id'] for o in day_of(m.json, '2026-05-12')['shifts'][0]['officers']] == [who['intake']])
    back = {'officer': who['handler'], 'with': two['id'], 'for': who['intake'], 'reason': 'x'}
    for change, field in (({'officer': who['handler2']}, 'officer'), ({'for': who['handler2']}, 'for'), ({'for': None}, 'for'), ({'with': one['id']}, 'with'), ({'with': None}, 'with')):
        s.step(f'no swap with {change}', sup, 'POST', path + 'swap', {**back, **change}, status=422, field=field)
    m = s.step('neither shift moved', sup, 'GET', f'/api/v1/duty?body={ROOT}&month=2026-05', status=200)
    s.expect('both as they were', [[o['id'] for o in day_of(m.json, d)['shifts'][0]['officers']] for d in ('2026-05-11', '2026-05-12')] == [[who['handler']], [who['intake']]])
    s.step('with an old version', sup, 'POST', path + 'swap', swap, status=409, headers={'If-Match': '1'})
    s.step('a cover', sup, 'POST', path + 'cover', {'officer': who['handler'], 'by': who['handler2'], 'reason': '生病'}, status=200, has={'officers.0.id': who['handler2']})
    s.step('of one who is not on it', sup, 'POST', path + 'cover', {'officer': who['handler'], 'by': who['intake'], 'reason': 'x'}, status=422, field='officer')
    s.step('handing over', place.officer('handler2'), 'POST', path + 'hand_over', {'text': '两件待回电'}, status=200, has={'handed_over': True})
    s.step('unknown', sup, 'POST', path + 'dance', {}, status=404)
    plan(s, sup, '2026-05-13', 'noon', [who['intake']], status=422, field='shift')
    plan(s, sup, '2026-05-13', 'day', [99999], status=422, field='officers')
    for nobody in ([], None, 'x', {}):
        a = plan(s, sup, '2026-05-13', 'day', nobody, who['leader'], status=422, field='officers')
        s.expect('says what is wanted', a['errors'][0]['code'] == 'required' and '至少一个人' in a['errors'][0]['zh'] and 'one at least' in a['errors'][0]['en'], str(a.json))
    a = plan(s, sup, '2026-05-11', 'day', [], who['leader'], status=422, field='officers')
    m = s.step('nothing was planned', sup, 'GET', f'/api/v1/duty?body={ROOT}&month=2026-05', status=200)
    s.expect('and nobody is gone', day_of(m.json, '2026-05-13')['shifts'][0]['id'] is None and len(day_of(m.json, '2026-05-11')['shifts'][0]['officers']) == 1)
    plan(s, sup, '2026-05-13', 'day', [who['intake'], who['intake']], status=422, field='officers')
    plan(s, sup, '2026-05-13', 'day', [who['intake']], who['handler'], status=422, field='leader')
    plan(s, sup, '2026-02-30', 'day', [who['intake']], status=422, field='day')
    plan(s, sup, '2026-05-14', 'day', [who['intake']])
    m = s.step('without a leader', sup, 'GET', f'/api/v1/duty?body={ROOT}&month=2026-05', status=200)
    s.expect('the gap is named', [g['code'] for g in day_of(m.json, '2026-05-14')['shifts'][0]['gaps']] == ['no_leader'], str(day_of(m.json, '2026-05-14')))
    s.step('no such body', sup, 'GET', '/api/v1/duty?body=999999', status=422, field='body')
    s.step('no such month', sup, 'GET', '/api/v1/duty?month=2026-13', status=422, field='month')
    for name, read, write in (('intake', 200, 403), ('handler', 200, 403), ('leader', 200, 200), ('auditor', 200, 403), ('security', 403, 403)):
        s.step(f'{name} reads', place.officer(name), 'GET', f'/api/v1/duty?body={ROOT}&month=2026-05', status=read)
        plan(s, place.officer(name), '2026-05-20', 'day', [who['intake']], who['leader'], status=write)
    s.step('nobody', place.public(), 'GET', '/api/v1/duty', status=401)


def scenario_diary(place, s):
    """A page for yesterday, made by the job; entries, closing, later notes; reports only for who may count them."""
    sup, clerk, auditor = place.officer('supervisor'), place.officer('intake'), place.officer('auditor')
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    yesterday = today - datetime.timedelta(days=1)
    s.step('a complaint', place.public(), 'POST', '/api/v1/matters', complaint(), status=201)
    s.step('a report', place.public(), 'POST', '/api/v1/matters', report(), status=201)
    path = f'/api/v1/diary/{yesterday}'
    a = s.step('yesterday', sup, 'GET', path, status=200, has={'status': 'open', 'counted': True, 'body': ROOT})
    s.expect('a day with nothing has its page', a['received_total'] == 0 and a['received'] == [] and len(a['duty']) == 2)
    a = s.step('today is not counted yet', sup, 'GET', f'/api/v1/diary/{today}', status=200, has={'status': 'none', 'counted': False})
    s.step('written on already', clerk, 'POST', f'/api/v1/diary/{today}/entries', {'text': '热线中断十分钟'}, status=200, has={'status': 'begun', 'entries.0.text': '热线中断十分钟'})
    s.step('not closed before it is over', sup, 'POST', f'/api/v1/diary/{today}/close', {}, status=409)
    s.step('not for days to come', clerk, 'POST', f'/api/v1/diary/{today + datetime.timedelta(days=1)}/entries', {'text': 'x'}, status=422, field='date')
    s.step('nothing written', clerk, 'POST', path + '/entries', {}, status=422, field='text')
    s.step('an entry', clerk, 'POST', path + '/entries', {'text': '领导来电询问预付卡'}, status=200, has={'entries.0.later': False})
    s.step('closed', sup, 'POST', path + '/close', {}, status=200, has={'status': 'closed'})
    s.step('once', sup, 'POST', path + '/close', {}, status=409)
    a = s.step('a later note', clerk, 'POST', path + '/entries', {'text': '补记：已回电'}, status=200, has={'status': 'closed', 'entries.1.later': True, 'entries.1.text': '补记：已回电'})
    s.expect('the entry stands as it was', a['entries'][0]['text'] == '领导来电询问预付卡')
    s.step('an auditor reads', auditor, 'GET', path, status=200, has={'may_write': False})
    s.step('and writes nothing', auditor, 'POST', path + '/entries', {'text': 'x'}, status=403)
    s.step('security does not read', place.officer('security'), 'GET', path, status=403)
    a = s.step('the month', sup, 'GET', f'/api/v1/diary?month={yesterday:%Y-%m}', status=200)
    s.expect('every day of it', len(a['days']) == calendar.monthrange(yesterday.year, yesterday.month)[1])
    s.expect('with its page', day_of(a.json, str(yesterday))['status'] == 'closed' and day_of(a.json, str(yesterday))['entries'] == 2)
    s.step('no such day', sup, 'GET', '/api/v1/diary/2026-02-30', status=404)
    raw = engine.held(place)
    s.expect('what was written is sealed', '领导来电询问'.encode() not in raw and '热线中断'.encode() not in raw)
