#!/usr/bin/env python3
"""test_secrecy.py FANGXIN: what a report says, who made it and its evidence reach nobody else, by no
way: hints, look-ups, links, neighbours' numbers, search, counts, changes, figures, exports, the
complaint it came from, words of errors, logs, metrics."""
import json
import os
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, run  # noqa: E402
from filings import act, complaint, matter, report, version  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'root.leader', 'root.auditor', 'root.admin', 'root.security', 'a.intake', 'a.handler',
            'a.handler2', 'a.supervisor', 'a.leader', 'a.auditor', 'b.intake', 'b.handler', 'b.supervisor', 'b.leader']
OTHERS = ['a.intake', 'a.handler2', 'a.leader', 'a.auditor', 'b.intake', 'b.handler', 'b.supervisor', 'b.leader', 'root.leader',
          'root.auditor', 'root.admin', 'root.security']
# What nobody else may read anywhere: of the report, its reporter and its evidence.
NAME, PHONE, ADDRESS = '欧阳举报', '13912340987', '北门巷七号二单元'
FACTS, EVIDENCE, SHOP, CLUE, NOTE = '腌渍池用工业盐', '夜间视频显示卸货', '隐秘调味作坊', '后厨冰柜有死猪肉', '线人说老板姓贾'
SECRETS = [NAME, PHONE, ADDRESS, FACTS, EVIDENCE, CLUE, NOTE]


def ways(place):
    """Every way of reading there is for one who is signed in."""
    yield from ['/api/v1/matters?limit=200', '/api/v1/matters?limit=200&sort=-received', '/api/v1/matters?kind=report', '/api/v1/matters/count',
                '/api/v1/changes?after=0', '/api/v1/dashboard', f'/api/v1/figures?period={time.strftime("%Y")}', '/api/v1/officers', '/api/v1/access',
                '/api/v1/session', '/api/v1/site', '/metrics']
    for by in ('kind', 'status', 'body', 'category', 'channel', 'outcome', 'month', 'waiting_for', 'level'):
        yield '/api/v1/matters/count?by=' + by
    for q in [*SECRETS, SHOP, '工业盐', '视频', '死猪肉', '举报', '调味', '卸货 视频']:
        yield '/api/v1/matters?q=' + urllib.parse.quote(q)


def setup(place, s):
    """A complaint that is also a report, a report, one split off by the officer; the handler has all."""
    if hasattr(place, 'both'):
        return
    who = {'name': NAME, 'phone': PHONE, 'address': ADDRESS}
    place.both = s.file(complaint(consumer=who, respondent={'name': SHOP, 'address': '东门路1号'}, facts='酱菜有异味', also_report={'facts': FACTS}))
    place.alone = s.file(report(consumer=who, respondent={'name': SHOP, 'address': '东门路1号'}, facts=FACTS))
    place.nameless = s.file(report(anonymous=True, consumer=None, respondent={'name': SHOP}, facts=FACTS))
    place.open = place.both['number']
    place.secret = [place.both['also']['number'], place.alone['number'], place.nameless['number']]
    given = {'body': BODIES['a'], 'officer': place.ids['a.handler']}
    for number in [place.open, *place.secret]:
        s.does('root.intake', number, 'assign', given)
    spawned = s.does('a.handler', place.open, 'spawn_report', {'facts': CLUE})
    links = [x['number'] for x in spawned['links'] if x['kind'] == 'report']
    s.expect('the complaint has two reports', len(links) == 2 and place.secret[0] in links, str(links))
    place.secret += [n for n in links if n not in place.secret]
    s.does('a.supervisor', place.secret[-1], 'assign', given)
    holder = place.holder(place.alone['pin'])
    s.step('the reporter adds', holder, 'POST', act(place.alone['number'], 'supplement'), {'text': EVIDENCE}, status=200)
    for number in place.secret:
        s.does('a.handler', number, 'note', {'text': NOTE})
        s.does('a.handler', number, 'verify')
    s.does('a.handler', place.secret[1], 'link', {'number': place.open})
    time.sleep(2.5)  # the index is at most two seconds behind


def nothing_in(place, s, who, label, raw):
    text = raw.decode('utf-8', 'replace')
    for secret in SECRETS:
        s.expect(f'{who}: {secret} in {label}', secret not in text, text[:400])
    for number in place.secret:
        s.expect(f'{who}: {number} in {label}', number not in text, text[:400])


def others_see_nothing(place, s):
    setup(place, s)
    for who in OTHERS:
        p = place.officer(who)
        for target in ways(place):
            a = p.send('GET', target)
            raw = a.raw
            if target == '/api/v1/access' and a.status == 200:
                raw = json.dumps([x for x in a['items'] if x['number'] not in place.secret], ensure_ascii=False).encode()
            nothing_in(place, s, who, target, raw)
            nothing_in(place, s, who, 'headers of ' + target, str(a.headers).encode())
        for q in (SHOP, '工业盐'):
            a = p.send('GET', '/api/v1/matters?kind=report&q=' + urllib.parse.quote(q))
            s.expect(f'{who}: no report found', a['items'] == [] and a['total'] == 0)
        for body in ({'phone': PHONE}, {'respondent': SHOP}, {'name': NAME}, {'address': ADDRESS}, {'facts': FACTS + '，' + FACTS + CLUE},
                     {'phone': PHONE, 'respondent': SHOP, 'facts': EVIDENCE + CLUE + FACTS}):
            a = p.send('POST', '/api/v1/hints', body)
            nothing_in(place, s, who, 'hints', a.raw)
            if a.status == 200:
                s.expect(f'{who}: no report among the hints', a['same_person_counts']['by_kind']['report'] == 0 and not [x for x in a['same_business'] if x['kind'] == 'report'])


def pages_and_acts(place, s):
    """By its number: 404 in the words for a number that was never given, whatever is asked."""
    setup(place, s)
    for who in OTHERS:
        p = place.officer(who)
        for number in place.secret:
            asks = [('GET', '', None, {}), ('GET', '/events', None, {}), ('GET', '/deadlines/D4', None, {}),
                    ('POST', '/reveal', {'party': 'reporter', 'reason': 'call_back'}, {}), ('POST', '/reveal', {'party': 'respondent', 'reason': 'other'}, {}),
                    ('POST', '/acts/note', {'text': 'x'}, version(1)), ('POST', '/acts/note', {'text': 'x'}, version(4)),
                    ('POST', '/acts/withdraw', {}, version(1)), ('POST', '/acts/file', {}, version(5)), ('POST', '/acts/issue_pin', {}, version(5)),
                    ('POST', '/acts/assign', {'body': BODIES['b']}, version(5))]
            for method, path, body, headers in asks:
                a = p.send(method, matter(number) + path, body, headers)
                b = p.send(method, matter('2611-00000-0') + path, body, headers)
                s.expect(f'{who}: {method} {path} of a report', a.status == b.status == 404 and a['errors'] == b['errors'] and a['title'] == b['title'],
                         f'{a.raw} {b.raw}')
        f = s.file(complaint())
        s.does('root.supervisor', f['number'], 'assign', {'body': BODIES['a']})
        for number in (place.secret[0], '2611-00000-0'):
            a = p.send('POST', act(f['number'], 'link'), {'number': number}, version(2))
            s.expect(f'{who}: linking with a report says nothing', a.status in (403, 404, 422), str(a.status))
            if a.status == 422:
                s.expect('the same words', a['errors'][0]['code'] == 'unknown_number', a.raw.decode())


def the_complaint_tells_nothing(place, s):
    """Who handles or reads the complaint does not learn from it that there is a report."""
    setup(place, s)
    for who in ['a.intake', 'a.handler2', 'a.leader', 'a.auditor', 'root.leader', 'root.auditor', 'root.intake']:
        p = place.officer(who)
        a = s.step(who, p, 'GET', matter(place.open), status=200)
        s.expect(f'{who}: no link', a['links'] == [], str(a['links']))
        e = s.step(who, p, 'GET', matter(place.open) + '/events', status=200)
        s.expect(f'{who}: no act that made it', not [x for x in e['items'] if x['act'] in ('spawn_report', 'link')])
        nothing_in(place, s, who, 'the page', a.raw.replace(NAME.encode(), b''))
        nothing_in(place, s, who, 'the timeline', e.raw)
    holder = place.holder(place.both['pin'])
    for path in ('', '/events'):
        a = s.step('the consumer', holder, 'GET', matter(place.open) + path, status=200)
        s.expect('no clue of the officer', CLUE not in a.raw.decode() and place.secret[-1] not in a.raw.decode())
    a = s.step('its handler sees the links', place.officer('a.handler'), 'GET', matter(place.open), status=200)
    s.expect('three', len(a['links']) == 3, str(a['links']))
    s.expect('without words', all(x['title'] is None for x in a['links']))


def neighbours(place, s):
    """Numbers before and after, and PINs of others, open nothing."""
    setup(place, s)
    f = s.file(report(facts='邻号'))
    g = s.file(complaint())
    s.expect('no PIN is in another', f['pin'] != g['pin'])
    s.step('the PIN of the complaint at the report', place.holder(g['pin']), 'GET', matter(f['number']), status=404)
    s.step('the PIN of the report at the complaint', place.holder(f['pin']), 'GET', matter(g['number']), status=404)
    p = place.holder(place.both['pin'])
    s.step('the PIN of the complaint at its own report', p, 'GET', matter(place.secret[0]), status=404)


def by_pin(place, s):
    """The holder of a report's PIN has its receipt, and can add; nothing else, named or nameless."""
    setup(place, s)
    for f in (place.alone, place.nameless, place.both['also']):
        p = place.holder(f['pin'])
        a = s.step('the receipt', p, 'GET', matter(f['number']), status=200, has={'status': 'registered', 'deadlines': []})
        s.expect('only these', set(a.json) <= {'number', 'kind', 'status', 'version', 'secret', 'received_at', 'registered_at', 'deadlines',
                                               'allowed_acts', 'blocked_acts', 'files'}, str(sorted(a.json)))
        s.expect('only to add', [x['act'] for x in a['allowed_acts']] == ['supplement', 'attach'], str(a['allowed_acts']))
        text = a.raw.decode()
        s.expect('no words', not any(x in text for x in [*SECRETS, SHOP]))
        a = s.step('no timeline', p, 'GET', matter(f['number']) + '/events', status=200)
        s.expect('empty', a['items'] == [])
        s.step('no clocks', p, 'GET', matter(f['number']) + '/deadlines/D4', status=404)
        for body in ({'party': 'reporter', 'reason': 'call_back'}, {'party': 'respondent', 'reason': 'other'}):
            a = p.send('POST', matter(f['number']) + '/reveal', body)
            s.expect('no reveal', a.status in (401, 403, 404), str(a.status))
        for name, body in (('withdraw', {}), ('note', {'text': 'x'}), ('file', {}), ('rate', {'score': 1}), ('issue_pin', {})):
            a = p.send('POST', act(f['number'], name), body)
            s.expect(f'no {name}', a.status in (403, 409), str(a.status))
            s.expect('without words', not any(x in a.raw.decode() for x in [*SECRETS, SHOP]), a.raw.decode()[:400])
    p = place.holder(place.nameless['pin'])
    a = s.step('the nameless adds facts', p, 'POST', act(place.nameless['number'], 'supplement'), {'text': '补充照片三张'}, status=200)
    s.expect('and gets the receipt again', '补充照片' not in a.raw.decode() and 'facts' not in a.json)
    e = s.step('the handler has them', place.officer('a.handler'), 'GET', matter(place.nameless['number']) + '/events', status=200)
    s.expect('in the timeline', '补充照片三张' in e.raw.decode())


def looks_are_recorded(place, s):
    """The look at a reporter is in the log before it is shown, though the client hangs up."""
    setup(place, s)
    number = place.alone['number']
    p = place.officer('a.handler')

    def looks():
        a = place.officer('root.security').send('GET', '/api/v1/access?number=' + number)
        return [x for x in a['items'] if x['what'] == 'reveal:reporter']

    before = len(looks())
    a = s.step('the reporter', p, 'POST', matter(number) + '/reveal', {'party': 'reporter', 'reason': 'identity'}, status=200,
               has={'name': NAME, 'phone': PHONE})
    s.expect('at once in the log', len(looks()) == before + 1 and looks()[0]['reason'] == 'identity', str(looks()))
    body = b'{"party":"reporter","reason":"call_back"}'
    with socket.create_connection(('127.0.0.1', place.port)) as c:
        c.sendall((f'POST /api/v1/matters/{number}/reveal HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nCookie: {p.cookie}\r\n'
                   f'Fangxin-Csrf: {p.csrf}\r\nContent-Length: {len(body)}\r\n\r\n').encode() + body)
    for _ in range(40):  # nobody waits for the answer
        if len(looks()) == before + 2:
            break
        time.sleep(0.1)
    s.expect('recorded though nobody listened', len(looks()) == before + 2)
    s.step('who may not is not shown', place.officer('a.handler2'), 'POST', matter(number) + '/reveal', {'party': 'reporter', 'reason': 'identity'}, status=404)
    s.step('no reason, no look', p, 'POST', matter(number) + '/reveal', {'party': 'reporter'}, status=422, field='reason')
    s.expect('neither is recorded as a look', len(looks()) == before + 2)
    n = place.secret[1]
    a = p.send('POST', act(n, 'file'), {}, version(1))
    s.expect('a stale act shows it', a.status == 409 and a['current']['number'] == n, a.raw)
    newest = lambda: [(x['what'], x['officer']) for x in place.officer('root.security').send('GET', '/api/v1/access?number=' + n)['items']][0]  # noqa: E731
    s.expect('and that is in the log at once too', newest() == ('read', '官ahandler'), str(newest()))
    for part, what in (('', 'read'), ('/letters', 'letters'), ('/events', 'timeline'), ('/files', 'files'), ('/related', 'related'), ('/deadlines/D4', 'deadline')):
        s.step(what, p, 'GET', matter(n) + part, status=200)
        s.expect(f'{what} is in the log at once', newest() == (what, '官ahandler'), str(newest()))
    s.step('a nameless one is nobody', p, 'POST', matter(place.nameless['number']) + '/reveal', {'party': 'reporter', 'reason': 'identity'}, status=404)
    a = s.step('the page does not say who', p, 'GET', matter(number), status=200)
    s.expect('nobody', a['consumer'] is None and NAME not in a.raw.decode() and PHONE not in a.raw.decode())


def outside(place, s):
    """Exports, figures by command, metrics and the log of the server."""
    setup(place, s)
    year = time.strftime('%Y')
    for args in (('export', 'matters'), ('export', 'matters', '--format', 'jsonl')):
        nothing_in(place, s, 'the operator', ' '.join(args), place.command(*args).encode())
    out = place.command('figures', '--body', BODIES['root'], '--period', year)
    nothing_in(place, s, 'the operator', 'figures', out.encode())
    a = s.step('metrics', place.public(), 'GET', '/metrics', status=200)
    nothing_in(place, s, 'a monitor', 'metrics', a.raw)
    with open(os.path.join(place.folder, 'server.log'), 'rb') as f:
        text = f.read()
    for secret in SECRETS:
        s.expect(f'{secret} in the log', secret.encode() not in text)


def refused_reports(place, s):
    """What was wrong with a filing is said without repeating it."""
    setup(place, s)
    a = s.step('a broken report', place.public(), 'POST', '/api/v1/matters',
               report(consumer={'name': NAME, 'phone': '1391234098'}, facts=FACTS, respondent={'name': SHOP, 'uscc': '91420202MA0000000X'}), status=422)
    s.expect('not repeated', not any(x in a.raw.decode() for x in (NAME, '1391234098', FACTS, SHOP)), a.raw.decode())
    p = place.officer('a.handler')
    n = place.secret[1]
    a = p.send('POST', act(n, 'file'), {}, version(1))
    s.expect('a stale version shows its handler the present', a.status == 409 and a['current']['number'] == n)
    s.expect('without the reporter', NAME not in a.raw.decode() and PHONE not in a.raw.decode())


def recused_and_moved(place, s):
    """Who had a report and has it no more sees it no more."""
    f = s.file(report(facts='转走的线索'))
    n = f['number']
    s.does('root.intake', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.step('the clerk who assigned it', place.officer('root.intake'), 'GET', matter(n), status=404)
    s.step('the handler', place.officer('a.handler'), 'GET', matter(n), status=200)
    position = place.officer('a.handler').send('GET', '/api/v1/changes')['position']
    s.does('a.supervisor', n, 'reassign', {'officer': place.ids['a.handler2'], 'reason': '回避'})
    s.step('the handler before', place.officer('a.handler'), 'GET', matter(n), status=404)
    a = s.step('nor its changes', place.officer('a.handler'), 'GET', f'/api/v1/changes?after={position}', status=200)
    s.expect('nothing', n not in [x['number'] for x in a['items']])
    s.step('the one after', place.officer('a.handler2'), 'GET', matter(n), status=200)
    s.does('root.supervisor', n, 'reassign', {'body': BODIES['b'], 'officer': place.ids['b.handler'], 'reason': '地址在东'})
    for who, want in (('a.handler2', 404), ('a.supervisor', 404), ('b.handler', 200), ('b.supervisor', 200)):
        s.step(who, place.officer(who), 'GET', matter(n), status=want)
    key = {'Idempotency-Key': 'kept-answer-0123456789', **version(4)}
    g = s.file(report(facts='重放'))['number']
    s.does('root.intake', g, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.step('an act with a key', place.officer('a.handler'), 'POST', act(g, 'note'), {'text': 'x'}, status=200, headers={**key, **version(2)})
    s.does('a.supervisor', g, 'reassign', {'officer': place.ids['a.handler2'], 'reason': '回避'})
    s.step('the key does not open it later', place.officer('a.handler'), 'POST', act(g, 'note'), {'text': 'x'}, status=404, headers={**key, **version(2)})


run([others_see_nothing, pages_and_acts, the_complaint_tells_nothing, neighbours, by_pin, looks_are_recorded, outside, refused_reports,
     recused_and_moved], OFFICERS)
