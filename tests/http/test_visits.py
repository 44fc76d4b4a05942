#!/usr/bin/env python3
"""test_visits.py FANGXIN: the sample of closed matters, results through the matter's act, opinions that
stay open until they are answered, rates as fractions, and who may do which of it. Days, gaps and the
order of the draw: tests/store/test_visits.c."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine  # noqa: E402
from county import BODIES, ROLES, day, instant, run  # noqa: E402
from filings import complaint, matter, report  # noqa: E402

OFFICERS = ['a.' + r for r in ROLES] + ['a.handler2', 'root.supervisor', 'root.intake', 'a1.handler', 'b.handler', 'b.supervisor', 'b.auditor']
WORKER = {'a': 'a.handler', 'a1': 'a1.handler', 'b': 'b.handler'}

# Who lists visits and sees one of branch a, records a result, answers an opinion that is another's,
# reads the rates of branch a.
MATRIX = """
role              list   record  answer  rates
a.intake          yes    yes     no      yes
a.handler         yes    yes     mine    yes
a.handler2        yes    yes     no      yes
a.supervisor      yes    yes     yes     yes
a.leader          yes    no      no      yes
a.auditor         yes    no      no      yes
a.admin           no     no      no      no
a.security        no     no      no      no
a1.handler        none   no      no      no
b.handler         none   no      no      no
b.supervisor      none   no      no      no
root.supervisor   yes    yes     yes     yes
"""


def close(s, body, ago):
    """A complaint of the body that ended and was told so many days ago."""
    def at(n):
        return instant(ago * 86400 - n * 60)
    n = s.file(complaint(channel='visit', received_at=at(0), late_reason='补登'), 'root.intake')['number']
    s.does('root.supervisor', n, 'assign', {'body': BODIES[body], 'officer': s.place.ids[WORKER[body]], 'at': at(1)})
    s.does(WORKER[body], n, 'accept', {'at': at(2)})
    s.does(WORKER[body], n, 'terminate', {'ground': 'T1', 'at': at(3)})
    s.does(WORKER[body], n, 'tell', {'party': 'both', 'channel': 'phone', 'at': at(4)})
    return n


def withdrawn(s, ago):
    n = s.file(complaint(channel='visit', received_at=instant(ago * 86400), late_reason='补登'), 'root.intake')['number']
    s.does('root.supervisor', n, 'assign', {'body': BODIES['b'], 'officer': s.place.ids['b.handler'], 'at': instant(ago * 86400 - 60)})
    s.does('b.handler', n, 'withdraw', {'at': instant(ago * 86400 - 120)})
    s.does('b.handler', n, 'archive', {'at': instant(ago * 86400 - 180)})
    return n


def visits(s, who, more=''):
    return s.step(f'{who} lists', s.place.officer(who), 'GET', '/api/v1/visits?' + more, status=200).json


def do(s, who, v, name, body=None, status=200, **expect):
    return s.step(f'{who} does {name}', s.place.officer(who), 'POST', f'/api/v1/visits/{v["id"]}/acts/{name}', body, status=status,
                  headers={'If-Match': str(v['version'])}, **expect)


def draw(place, ago):
    done = subprocess.run([place.program, 'visits', 'draw', '--day', day(ago), '--data', place.data], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def sample(place, s):
    """Five of many, all of few; nothing that ended that day or long before, no report; a day once."""
    made = {'a': [close(s, 'a', 6 + i % 4) for i in range(9)], 'b': [close(s, 'b', 7) for _ in range(3)], 'a1': [close(s, 'a1', 8) for _ in range(2)]}
    old = close(s, 'b', 60)
    s.does('b.handler', made['b'][0], 'archive')  # filed away at once: it is closed all the same
    called = close(s, 'b', 7)
    s.does('b.handler', called, 'follow_up', {'result': 'reached'})
    s.does('b.handler', called, 'archive')
    taken_back = withdrawn(s, 7)
    r = s.file(report(channel='visit', received_at=instant(7 * 86400), late_reason='补登'), 'root.intake')['number']
    s.does('root.supervisor', r, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler'], 'at': instant(7 * 86400 - 60)})
    s.does('a.handler', r, 'verify', {'at': instant(7 * 86400 - 120)})
    s.does('a.handler', r, 'file', {'at': instant(7 * 86400 - 180)})
    code, said = draw(place, -1)
    s.expect('not a day that lies ahead', code == 1 and 'working days' in said, said)
    ago = 0
    while True:
        code, said = draw(place, ago)
        if code == 0:
            break
        s.expect('days off and days drawn are refused', code == 1 and ago < 5, said)
        ago += 1
    place.day = day(ago)
    s.expect('as many as drawn', said.startswith('10 '), said)
    code, said = draw(place, ago)
    s.expect('a day is drawn once', code == 1, said)
    items = visits(s, 'root.supervisor')['items']
    by_body = {b: {v['matter']['number'] for v in items if v['body'] == BODIES[b]} for b in made}
    s.expect('five of nine', len(by_body['a']) == 5 and by_body['a'] < set(made['a']), str(by_body))
    s.expect('all of few', by_body['b'] == set(made['b']) and by_body['a1'] == set(made['a1']), str(by_body))
    s.expect('nothing else: too long ago, a report, called and filed away, withdrawn and filed away',
             not any(n in str(items) for n in (old, r, called, taken_back)) and len(items) == 10)
    place.filed_away = made['b'][0]
    s.expect('of that day', {v['day'] for v in items} == {place.day} and {v['status'] for v in items} == {'waiting'})
    before = [d for d in range(ago + 1, ago + 4) if draw(place, d)[0] == 0]
    if before:
        again = [v['matter']['number'] for v in visits(s, 'root.supervisor')['items']]
        s.expect('never the same twice', len(again) == len(set(again)) > 10, str(again))


def results(place, s):
    """A result is the matter's own act; no answer is tried three times; an opinion waits for its handler."""
    waiting = [v for v in visits(s, 'a.handler', f'body={BODIES["a"]}&status=waiting')['items'] if v['body'] == BODIES['a']]
    one, two, three, four, five = waiting[:5]
    p = place.officer('a.handler')
    do(s, 'a.intake', one, 'result', {'result': 'no_answer', 'satisfaction': 5}, status=422, field='satisfaction')
    do(s, 'a.intake', one, 'result', {'result': 'refused', 'opinion': 'x'}, status=422, field='opinion')
    do(s, 'a.intake', one, 'result', {'result': 'later'}, status=422, field='result')
    do(s, 'a.intake', one, 'result', {'result': 'reached', 'satisfaction': 6}, status=422, field='satisfaction')
    done = do(s, 'a.intake', one, 'result', {'result': 'reached', 'satisfaction': 5, 'remark': '谢谢'}, has={'status': 'reached', 'satisfaction': 5})
    m = s.read('a.handler', one['matter']['number']).json
    s.expect('the matter was followed up', m['status'] == 'followed_up', m['status'])
    events = p.send('GET', matter(one['matter']['number']) + '/events').json['items']
    s.expect('by its own act', events[0]['act'] == 'follow_up', str(events[0]))
    do(s, 'a.intake', one, 'result', {'result': 'reached'}, status=409)
    do(s, 'a.intake', done.json, 'result', {'result': 'reached'}, status=409)
    for n in (1, 2, 3):
        v = do(s, 'a.intake', two, 'result', {'result': 'no_answer'}, has={'attempts': n, 'status': 'waiting' if n < 3 else 'no_answer'})
        two = v.json
    do(s, 'a.supervisor', three, 'result', {'result': 'refused'}, has={'status': 'refused'})
    v = do(s, 'a.intake', four, 'result', {'result': 'reached', 'satisfaction': 2, 'opinion': '等了太久，没人回电话'}, has={'status': 'opinion', 'opinion': '等了太久，没人回电话'}).json
    place.opinion = v
    s.expect('it is due', v['opinion_due'] is not None and v['opinion_due'] > place.day)
    mine = visits(s, 'a.handler', 'mine=true')
    s.expect('the handler finds it', [x['id'] for x in mine['items']] == [v['id']] and mine['opinions'] == 1 and mine['items'][0]['may_answer'], str(mine))
    s.expect('another does not', visits(s, 'a.handler2', 'mine=true')['opinions'] == 0)
    s.expect('sealed on disk', '没人回电话'.encode() not in engine.held(place))
    do(s, 'a.handler2', v, 'answer', {'text': 'x'}, status=403)
    do(s, 'a.handler', v, 'answer', {'text': ' '}, status=422, field='text')
    a = do(s, 'a.handler', v, 'answer', {'text': '已回电说明，改了值班安排'}, has={'status': 'answered', 'answer': '已回电说明，改了值班安排', 'may_answer': False}).json
    do(s, 'a.handler', a, 'answer', {'text': '再答'}, status=409)
    s.expect('nothing waits', visits(s, 'a.handler', 'mine=true')['opinions'] == 0)
    do(s, 'a.intake', two, 'drop', status=409)
    do(s, 'a.intake', five, 'drop', status=409)
    s.does('root.supervisor', five['matter']['number'], 'reopen', {'reason': '消费者提供了新证据'})
    do(s, 'a.intake', five, 'result', {'result': 'reached'}, status=409)
    do(s, 'a.intake', five, 'drop', has={'status': 'dropped', 'may_record': False})
    filed_away(place, s)
    rates = s.step('rates', p, 'GET', f'/api/v1/visits/rates?period={place.day[:4]}', status=200).json
    row = next(x for x in rates['items'] if x['body'] == BODIES['a'])
    got = {k: (row[k]['num'], row[k]['den']) for k in ('reached', 'satisfied', 'answered')}
    s.expect('rates', got == {'reached': (2, 4), 'satisfied': (1, 2), 'answered': (1, 1)} and row['visited']['num'] == 4, str(row))
    s.expect('and others', (row['no_answer'], row['refused'], row['dropped']) == (1, 1, 1), str(row))
    s.expect('the total adds up', rates['total']['visited']['num'] == sum(x['visited']['num'] for x in rates['items']))


def filed_away(place, s):
    """A matter that is filed away takes the result like others and stays filed; satisfaction is its rating and counts as such."""
    number = place.filed_away
    v = next(x for x in visits(s, 'b.handler', 'status=waiting')['items'] if x['matter']['number'] == number)
    s.expect('it can be visited, not dropped', v['may_record'] and not v['may_drop'], str(v))
    asked = f'/api/v1/figures?body={BODIES["b"]}&period={place.day[:4]}&indicator=satisfaction'
    before = s.step('satisfaction', place.officer('root.supervisor'), 'GET', asked, status=200)['items'][0]
    v = do(s, 'b.handler', v, 'result', {'result': 'no_answer', 'remark': '占线'}, has={'attempts': 1, 'status': 'waiting'}).json
    v = do(s, 'b.handler', v, 'result', {'result': 'reached', 'satisfaction': 3, 'opinion': '结果来得太晚'}, has={'status': 'opinion', 'opinion': '结果来得太晚'}).json
    m = s.read('b.handler', number)
    s.expect('the matter says the same', m['status'] == 'archived' and m['rating']['score'] == 3, str(m['rating']))
    events = place.officer('b.handler').send('GET', matter(number) + '/events').json['items']
    s.expect('each call is its own act', [e['act'] for e in events[:2]] == ['follow_up', 'follow_up'], str(events[:2]))
    after = s.step('satisfaction now', place.officer('root.supervisor'), 'GET', asked, status=200)['items'][0]
    s.expect('one more is rated in its body', (after['den'], after['num']) == ((before['den'] or 0) + 1, before['num']), str((before, after)))
    do(s, 'b.handler', v, 'answer', {'text': '以后先电话告知'}, has={'status': 'answered'})
    row = next(x for x in s.step('rates', place.officer('root.supervisor'), 'GET', f'/api/v1/visits/rates?period={place.day[:4]}', status=200)['items'] if x['body'] == BODIES['b'])
    s.expect('it counts', (row['reached']['num'], row['satisfied']['num'], row['satisfied']['den'], row['answered']['num']) == (1, 0, 1, 1), str(row))


def matrix(place, s):
    """Reviewed as text. "none": the list is empty, a visit of the branch is 404."""
    target = next(v for v in visits(s, 'root.supervisor', 'status=waiting')['items'] if v['body'] == BODIES['a'])
    lines = [line.split() for line in MATRIX.strip().splitlines()[1:]]

    def row_of(who, id_):
        return next((v for v in visits(s, who, f'body={BODIES["a"]}')['items'] if v['id'] == id_), None)

    for who, lists, record, _, rates in lines:
        p = place.officer(who)
        s.step(f'{who} lists', p, 'GET', f'/api/v1/visits?body={BODIES["a"]}', status=403 if lists == 'no' else 200)
        if lists != 'no':
            row = row_of(who, target['id'])
            s.expect(f'{who}: sees it', (row is not None) == (lists == 'yes'))
            s.expect(f'{who}: may record', lists != 'yes' or row['may_record'] == (record == 'yes'))
        if record == 'no':
            do(s, who, target, 'result', {'result': 'reached'}, status=403 if lists == 'yes' else 404)
            do(s, who, target, 'drop', status=403 if lists == 'yes' else 404)
        s.step(f'{who}: rates', p, 'GET', f'/api/v1/visits/rates?body={BODIES["a"]}', status=200 if rates == 'yes' else 403)
    v = do(s, 'a.intake', target, 'result', {'result': 'reached', 'opinion': '希望快些'}).json
    for who, lists, _, answer, _ in lines:
        if answer == 'no':
            do(s, who, v, 'answer', {'text': 'x'}, status=403 if lists == 'yes' else 404)
        if lists == 'yes':
            s.expect(f'{who}: may answer', row_of(who, v['id'])['may_answer'] == (answer != 'no'))
    do(s, 'root.supervisor', v, 'answer', {'text': '已经督办'}, has={'status': 'answered'})
    s.step('the public', place.public(), 'GET', '/api/v1/visits', status=401)
    s.step('a wrong cursor', place.officer('a.handler'), 'GET', '/api/v1/visits?cursor=x', status=422, field='cursor')
    s.step('no such visit', place.officer('a.handler'), 'POST', '/api/v1/visits/1/acts/result', {'result': 'reached'}, status=404, headers={'If-Match': '1'})


def verified(place, s):
    said = place.command('verify', '--rebuild')
    s.expect('verify --rebuild finds nothing', ' 0 findings' in said, said)


run([sample, results, matrix, verified], OFFICERS)
