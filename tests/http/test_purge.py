#!/usr/bin/env python3
"""test_purge.py FANGXIN: what the end of the term of keeping takes away around a matter. The server's clock is moved
(tests/faults/shim.c), so that acts of today are over in the end: nothing of a caller is left in an order, and no order goes
that somebody still needs."""
import glob
import os
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'faults')]
import engine  # noqa: E402
from county import BODIES, PASSWORD, day, run  # noqa: E402
from filings import key, matter  # noqa: E402
from shim import Shim  # noqa: E402
from test_orders import HEAD, csv, one, orders, take  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'root.handler', 'root.leader']
CALLER, PHONE, FACTS, REPLY = '欧阳静姝', '13977112244', '摊主把孔雀翎当成鸵鸟毛来卖', '已责令摊主改标签'
DAY = 86400


def later(place, days, without_index=False):
    """The same installation, that many days after its making."""
    if place.server is not None:
        place.stop()
    for path in glob.glob(os.path.join(place.data, 'index.db*')) if without_index else []:
        os.remove(path)
    place.shim['clock_ms'] = days * DAY * 1000
    place.start('--rate-limit', 'off')


def row(name, kind='投诉', caller=CALLER, phone=PHONE):
    return [name, f'{day(1)} 09:00:00', day(-6), kind, caller, phone, '飞羽摊', f'{caller}说{FACTS}，电话{phone}', caller, '', '', '']


def order(place, name):
    return next(o for o in orders(place.officer('root.supervisor')) if o['number'] == name)


def page(place, s, name):
    return s.step(f'page of {name}', place.officer('root.supervisor'), 'GET', f'/api/v1/orders/{order(place, name)["id"]}', status=200)


def accepted(place, s, name, kind='complaint'):
    """A matter made for the order; its number."""
    before = {m['number'] for m in page(place, s, name)['matters']}
    a = one(s, 'root.supervisor', 'accept', order(place, name), {'kind': kind})
    return next(m['number'] for m in a['matters'] if m['number'] not in before)


def ended(place, s, number, kind='complaint'):
    s.does('root.supervisor', number, 'assign', {'body': BODIES['root'], 'officer': place.ids['root.handler']})
    if kind == 'report':
        s.does('root.handler', number, 'verify')
        s.does('root.handler', number, 'not_file', {'reason': f'{CALLER}说的查不到'})
        s.does('root.handler', number, 'tell', {'party': 'reporter', 'channel': 'phone'})
        s.does('root.handler', number, 'close')
        return
    s.does('root.handler', number, 'accept')
    s.does('root.handler', number, 'terminate', {'ground': 'T3', 'reason': f'{CALLER}和摊主谈不成'})
    s.does('root.handler', number, 'tell', {'party': 'both', 'channel': 'phone'})
    s.does('root.handler', number, 'archive')


def replied(place, s, name):
    return one(s, 'root.supervisor', 'reply', order(place, name), {'text': f'{CALLER}：{REPLY}'})


def left(place, name):
    """Rows of persons and texts kept with the order."""
    i = order(place, name)['id']
    return [engine.rows(place, q)[0][0] for q in (f'SELECT count(*) FROM person WHERE record = {i}', f'SELECT count(*) FROM reporter WHERE matter_id = {i}',
                                                  f'SELECT count(*) FROM text WHERE record = {i}')]


def texts(place, kind):
    """How many texts are kept with records of a kind."""
    return engine.rows(place, f"SELECT count(*) FROM text t JOIN record r ON r.id = t.record WHERE r.kind = '{kind}'")[0][0]


def found(place, s):
    return [i['number'] for i in s.step('searched', place.officer('root.supervisor'), 'GET', '/api/v1/matters?q=' + urllib.parse.quote('鸵鸟毛'), status=200)['items']]


def until(what):
    for _ in range(200):
        if what():
            return True
        time.sleep(0.1)
    return False


def purges(place, name):
    return engine.rows(place, f"SELECT count(*) FROM event WHERE kind = 'order' AND act = 'purge' AND record = {order(place, name)['id']}")[0][0]


def whole(place, s):
    for args in (('verify',), ('verify', '--rebuild')):
        said = place.command(*args, ok=False)
        s.expect(' '.join(args), ' 0 findings' in said, said[-600:])


def today(place, s):
    """Orders of one caller: replied, with a second matter open, on hold, never replied, a report, and replied without a matter."""
    program = os.path.abspath(sys.argv[1])
    library = os.path.join(os.environ.get('FANGXIN_BUILD') or os.path.dirname(program), 'tests', 'faults', 'faults-shim.so')
    place.shim = Shim(library, program, place.data, os.path.join(place.folder, 'shim'))
    place.env.update(place.shim.env)
    later(place, 0)
    a = take(s, place.officer('root.intake'), csv([row(n) for n in ('DONE', 'TWO', 'HELD', 'OPEN', 'AGAIN', 'ALONE')] + [row('SECRET', '举报')]))
    s.expect('seven taken', a['added'] == 7, str(a.json))
    place.n = {n: accepted(place, s, n) for n in ('DONE', 'TWO', 'HELD', 'OPEN', 'AGAIN')}
    place.second = accepted(place, s, 'TWO', 'enquiry')
    place.n['SECRET'] = accepted(place, s, 'SECRET', 'report')
    for n, number in place.n.items():
        ended(place, s, number, 'report' if n == 'SECRET' else 'complaint')
        if n != 'OPEN':
            replied(place, s, n)
    replied(place, s, 'ALONE')
    s.step('on hold', place.officer('root.supervisor'), 'POST', '/api/v1/holds', {'number': place.n['HELD'], 'reason': '涉诉'}, headers=key('hold'), status=201)
    slipped(place, s)
    place.command('setting', 'put', 'retention.years', 'market-2026=1')
    a = s.step('what goes in 400 days', place.officer('root.supervisor'), 'GET', f'/api/v1/retention?on={day(-400)}', status=200)
    goes = {i['number']: i['orders'] for i in a['items']}
    s.expect('orders that go with their matters', goes == {v: 1 if k in ('DONE', 'AGAIN', 'SECRET', 'HELD') else 0 for k, v in place.n.items()}, a.raw)
    s.expect('words of it are found, and lie there in clear', until(lambda: len(found(place, s)) == 7 and FACTS.encode() in engine.held(place)), str(found(place, s)))
    s.expect('the caller does not', not any(x.encode() in engine.held(place) for x in (CALLER, PHONE)))
    rotated(place, s)
    s.expect('the caller is kept until then', [left(place, n) for n in ('DONE', 'SECRET')] == [[1, 0, 2], [0, 1, 2]], f'{left(place, "DONE")} {left(place, "SECRET")}')


def slipped(place, s):
    """A sheet whose columns slipped by one: its report says the caller's name, and so does its file's."""
    clerk = place.officer('root.intake')
    up = s.step('upload', clerk, 'POST', '/api/v1/uploads?name=' + urllib.parse.quote(CALLER + '.csv'), csv([row('SLIP', kind=CALLER)]), status=201, headers={'Content-Type': 'text/csv'})
    a = s.step('import', clerk, 'POST', '/api/v1/imports', {'upload': up['id'], 'map': {'columns': up['suggested_map'], 'target': 'orders'}}, status=202)
    place.slipped = '/api/v1/imports/' + a['id']
    s.expect('it ends', until(lambda: clerk.send('GET', place.slipped)['state'] == 'done'))
    s.expect('the report names what no table knows', imported(place, s)['unmatched'] == [{'column': '工单类型', 'value': CALLER, 'n': 1}], imported(place, s).raw)


def imported(place, s):
    return s.step('the import', place.officer('root.intake'), 'GET', place.slipped, status=200)


def visited(place, s):
    """Ten days later the complaints were drawn; one caller says what he thinks, and is answered."""
    later(place, 10)
    s.expect('of the old keys none is left', until(lambda: [e for _, e in epochs(place)] == [2] * 5), str(epochs(place)))
    said = place.command('key', 'check')
    s.expect('and nothing that they sealed', said.count('epoch 2') == said.count(' 0 values of older') == 5 and said.endswith('\n0 values do not open\n'), said)
    s.step('what was sealed before is read', place.officer('root.supervisor'), 'POST', matter(place.n['HELD']) + '/reveal', {'party': 'consumer', 'reason': 'call_back'}, status=200, has={'name': CALLER})
    items = lambda: s.step('visits', place.officer('root.supervisor'), 'GET', '/api/v1/visits', status=200)['items']  # noqa: E731
    mine = lambda: [v for v in items() if v['matter']['number'] == place.n['DONE']]  # noqa: E731
    s.expect('drawn', until(lambda: len(mine()) == 1), str(items()))
    for name, body in (('result', {'result': 'reached', 'satisfaction': 2, 'opinion': f'{CALLER}说等了太久'}), ('answer', {'text': f'已向{CALLER}道歉'})):
        v = mine()[0]
        v = s.step(name, place.officer('root.supervisor'), 'POST', f'/api/v1/visits/{v["id"]}/acts/{name}', body, status=200, headers={'If-Match': str(v['version'])}).json
    s.expect('answered', (v['status'], v['opinion'], v['answer']) == ('answered', f'{CALLER}说等了太久', f'已向{CALLER}道歉'), str(v))
    place.visit = v['id']


MINUTE = 60 * 1000


def signed_out(place, s):
    """A session ends after half an hour in which its officer did nothing, and twelve hours after signing in whatever he does;
    each wrong password makes the next try wait longer, with the right one too."""
    began = place.shim['clock_ms']

    def at(minutes, who, status, label):
        place.shim['clock_ms'] = began + int(minutes * MINUTE)
        s.step(f'{label} after {minutes} minutes', who, 'GET', '/api/v1/session', status=status, code=None if status == 200 else 'unauthenticated')

    busy, idle = place.public(), place.public()
    for p in (busy, idle):
        s.expect('signed in', p.sign_in('root.handler', PASSWORD).status == 200)
    at(29, idle, 200, 'idle')
    at(58, idle, 200, 'idle since then')
    for minutes in range(29, 720, 29):
        at(minutes, busy, 200, 'busy')
        if minutes == 87:
            at(89, idle, 401, 'idle for longer')
            s.step('nor does he act', idle, 'POST', '/api/v1/acts/note', {'items': [{'number': place.second, 'version': 1}], 'input': {'text': 'x'}}, status=401)
    at(719, busy, 200, 'busy')
    at(721, busy, 401, 'busy all the time')
    p, waits = place.public(), [0]
    while waits[-1] < 60 and len(waits) < 30:
        a = p.send('POST', '/api/v1/session', {'name': 'root.handler', 'password': f'wrong{len(waits)}'})
        if a.status == 429:
            waits.append(int(a.headers['Retry-After']))
            place.shim['clock_ms'] += (waits[-1] + 1) * 1000 if waits[-1] < 60 else 0
    s.expect('longer each time', waits[1:] == sorted(waits[1:]) and waits[-1] >= 60, str(waits))
    right = lambda: p.send('POST', '/api/v1/session', {'name': 'root.handler', 'password': PASSWORD}).status  # noqa: E731
    s.expect('the right one waits too', right() == 429)
    place.shim['clock_ms'] += (waits[-1] + 1) * 1000
    s.expect('and is taken then', right() == 200)
    for _ in range(3):
        a = p.send('POST', '/api/v1/session', {'name': 'root.handler', 'password': 'wrong'})
    s.expect('what was wrong before is forgotten', a.status == 401, str(a.status))


def epochs(place):
    return sorted(engine.rows(place, "SELECT class, epoch FROM key_epoch WHERE class <> 'fixed'"))


def rotated(place, s):
    """`key rotate` while the server runs: what was sealed still opens; what comes is sealed with the new keys, and the rest before long."""
    old = epochs(place)
    s.expect('one key of each class', len(old) == 5 and {e for _, e in old} == {1}, str(old))
    s.expect('begun', 'a new epoch' in place.command('key', 'rotate'))
    s.expect('beside the old ones', epochs(place) == sorted(old + [(c, 2) for c, _ in old]), str(epochs(place)))
    said = place.command('key', 'check')
    s.expect('all opens, some by the older keys', said.count('epoch 2') == 5 and said.count(' 0 values of older') < 4 and said.endswith('\n0 values do not open\n'), said)


def nothing_left(place, s, name):
    o = page(place, s, name)
    s.expect(f'{name}: nothing is kept of it', left(place, name) == [0, 0, 0], str(left(place, name)))
    s.expect('its page', o['facts'] is None and o['caller'] is None and not o['has_caller'] and o['title'] is None and o['reply']['text'] is None and
             o['consumer'] is None and o['respondent'] is None, o.raw)
    s.expect('says what happened and when', [(e['act'], e['label']['zh']) for e in o['events']][-1] == ('purge', '保存期满，清除来电人和文字'), str(o['events']))
    s.expect('number, days and state stay', o['number'] == name and o['part'] == 'done' and o['received_at'][:10] == day(1) and o['reply']['at'] is not None, o.raw)
    s.step('nobody is revealed', place.officer('root.supervisor'), 'POST', f'/api/v1/orders/{o["id"]}/reveal', {'reason': 'call_back'}, status=404)
    s.expect('once', purges(place, name) == 1)


def a_year_on(place, s):
    """Taken with the matter: DONE, AGAIN, SECRET. Kept: one more matter is open, on hold, not replied, without a matter."""
    later(place, 400)
    s.expect('three go', until(lambda: all(left(place, n) == [0, 0, 0] for n in ('DONE', 'AGAIN', 'SECRET'))), str([left(place, n) for n in ('DONE', 'AGAIN', 'SECRET')]))
    nothing_left(place, s, 'DONE')
    nothing_left(place, s, 'SECRET')
    s.expect('what imports could not take', until(lambda: texts(place, 'import') == 0), str(texts(place, 'import')))
    a = imported(place, s)
    s.expect('how many rows it took stays', (a['state'], a['rows'], a['added'], a['unmatched']) == ('done', 1, 1, []) and CALLER not in a.raw.decode(), a.raw)
    s.expect('what was said in the visit is kept with the texts', texts(place, 'visit') == 2, str(texts(place, 'visit')))
    s.expect('four stay', [left(place, n) for n in ('TWO', 'HELD', 'OPEN', 'ALONE')] == [[1, 0, 2], [1, 0, 2], [1, 0, 1], [1, 0, 2]], str([left(place, n) for n in ('TWO', 'HELD', 'OPEN', 'ALONE')]))
    s.expect('their matters are purged all the same', s.read('root.supervisor', place.n['TWO'])['consumer'] is None and s.read('root.supervisor', place.n['OPEN'])['consumer'] is None)
    s.expect('and not looked at again', [i['number'] for i in s.step('left', place.officer('root.supervisor'), 'GET', '/api/v1/retention', status=200)['items']] == [place.n['HELD']])
    whole(place, s)
    sheet = s.step('as a sheet', place.officer('root.intake'), 'GET', '/api/v1/orders/export?format=csv', status=200).raw.decode('utf-8-sig')
    lines = {line.split(',')[1]: line for line in sheet.splitlines()[1:]}
    s.expect('the sheet says their number and state alone', all(x not in lines['DONE'] for x in (CALLER, PHONE, FACTS, REPLY)) and '已回复' in lines['DONE'] and REPLY in lines['TWO'], sheet)
    a = take(s, place.officer('root.intake'), csv([row('DONE')], HEAD))
    s.expect('the same sheet again brings nothing back', (a['added'], a['skipped']) == (0, 1) and left(place, 'DONE') == [0, 0, 0], str(a.json))
    a = one(s, 'root.supervisor', 'reopen', order(place, 'AGAIN'), {'text': f'{CALLER}又来电'})
    s.expect('sent again: what is asked now is read', [e for e in a['events'] if e['act'] == 'reopen'][0]['text']['zh'] == f'{CALLER}又来电', a.raw)
    one(s, 'root.supervisor', 'accept', a, status=422, field='facts')
    replied(place, s, 'AGAIN')
    replied(place, s, 'OPEN')
    s.does('root.supervisor', place.second, 'assign', {'body': BODIES['root'], 'officer': place.ids['root.handler']})
    s.does('root.handler', place.second, 'answer', {'text': f'{CALLER}可以退'})
    hold = s.step('holds', place.officer('root.supervisor'), 'GET', '/api/v1/holds', status=200)['items'][0]
    s.step('lifted', place.officer('root.supervisor'), 'POST', f'/api/v1/holds/{hold["id"]}/acts/lift', {'reason': '判决生效'}, headers={'If-Match': '1'}, status=200)


def rested(place, s):
    """What was acted on later goes a year after that, not with the matter that went before."""
    later(place, 401)
    s.expect('the one that was on hold', until(lambda: left(place, 'HELD') == [0, 0, 0]), str(left(place, 'HELD')))
    s.expect('the others wait for their own year', [left(place, n) for n in ('TWO', 'OPEN', 'AGAIN', 'ALONE')] == [[1, 0, 2], [1, 0, 2], [0, 0, 2], [1, 0, 2]], str([left(place, n) for n in ('TWO', 'OPEN', 'AGAIN', 'ALONE')]))
    s.does('root.handler', place.second, 'close')
    later(place, 790)
    s.expect('in the end all that had a matter', until(lambda: all(left(place, n) == [0, 0, 0] for n in ('TWO', 'OPEN', 'AGAIN'))), str([left(place, n) for n in ('TWO', 'OPEN', 'AGAIN')]))
    for n in ('TWO', 'OPEN', 'HELD'):
        nothing_left(place, s, n)
    s.expect('no word of it is found', until(lambda: found(place, s) == []), str(found(place, s)))
    s.expect('twice, for it was sent again', purges(place, 'AGAIN') == 2)
    s.expect('each matter once, and once more for an order that stayed behind', sorted(engine.rows(place, "SELECT m.number, count(*) FROM event e JOIN matter m ON m.id = e.record WHERE e.act = 'purge' AND e.kind = 'matter' GROUP BY m.number")) ==
             sorted([(place.second, 1)] + [(n, 2 if k in ('TWO', 'OPEN', 'AGAIN') else 1) for k, n in place.n.items()]))
    s.expect('what no matter was made of stays', left(place, 'ALONE') == [1, 0, 2])
    s.expect('and nothing is looked at in vain', s.step('left', place.officer('root.supervisor'), 'GET', '/api/v1/retention', status=200)['items'] == [])
    whole(place, s)


def papers(place, s):
    """With the second term go the texts of the matter and of its visit; result and score stay."""
    rates = lambda: s.step('rates', place.officer('root.supervisor'), 'GET', f'/api/v1/visits/rates?period={day(-10)[:4]}', status=200)['total']  # noqa: E731
    before = rates()
    place.command('setting', 'put', 'retention.years', 'market-2026=1/2')
    a = s.step('what goes', place.officer('root.supervisor'), 'GET', '/api/v1/retention', status=200)
    s.expect('one visit', {i['number']: i['visits'] for i in a['items']} == {n: int(k == 'DONE') for k, n in place.n.items()}, a.raw)
    later(place, 1150, without_index=True) # the second matter of TWO, closed on day 401, is over too
    s.expect('gone', until(lambda: texts(place, 'visit') == 0), str(texts(place, 'visit')))
    v = next(v for v in s.step('visits', place.officer('root.supervisor'), 'GET', '/api/v1/visits', status=200)['items'] if v['id'] == place.visit)
    s.expect('its texts', (v['opinion'], v['answer'], v['status'], v['satisfaction']) == (None, None, 'answered', 2), str(v))
    s.expect('the index made again says nothing of it either', found(place, s) == [])
    s.expect('and no byte of it lies in the files once the log is copied back', until(lambda: FACTS.encode() not in engine.held(place)))
    s.expect('rates are those of before', rates() == before, str(rates()))
    s.expect('and nothing is looked at in vain', until(lambda: s.step('left', place.officer('root.supervisor'), 'GET', '/api/v1/retention', status=200)['items'] == []))
    whole(place, s)


if __name__ == '__main__':
    run([today, visited, signed_out, a_year_on, rested, papers], OFFICERS, start=False)
