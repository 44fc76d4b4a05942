#!/usr/bin/env python3
"""test_bad_input.py FANGXIN: bad input gets a clear answer, in both languages, naming the field; it
loses nothing and leaves nothing behind; the server lives. The cases of one field each stand in
scenario_bad_input.py; here: acts, staff, bytes on the wire, keys, guesses, exports."""
import csv
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import Person  # noqa: E402
from county import BODIES, instant, run  # noqa: E402
from filings import act, complaint, enquiry, key, matter, version  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'a.handler', 'a.supervisor', 'b.handler']
M = '/api/v1/matters'
JSON = {'Content-Type': 'application/json'}


def at_hand(place, s):
    """A complaint in mediation and one just received, that all bad input is thrown at."""
    if not hasattr(place, 'number'):
        f = s.file(complaint())
        place.number, place.pin = f['number'], f['pin']
        s.does('root.intake', place.number, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
        s.does('a.handler', place.number, 'accept')
        s.does('a.handler', place.number, 'consent', {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'})
        s.does('a.handler', place.number, 'mediate')
        place.other = s.file(complaint())['number']


def picture(place, s):
    """What may not be lost or added by something refused."""
    p = place.officer('root.supervisor')
    page = s.read('root.supervisor', place.number)
    return (page.json, p.send('GET', M + '/count')['total'], len(p.send('GET', matter(place.number) + '/events')['items']),
            s.read('root.supervisor', place.other).json)


def explained(s, label, a):
    s.expect(label + ': explained in both languages', a['title'] and a['title_zh'] and all(e['zh'] and e['en'] for e in a['errors']), a.raw.decode()[:300])


def acts(place, s):
    at_hand(place, s)
    before = picture(place, s)
    remedies = lambda **r: {'form': 'record', 'remedies': [dict({'kind': 'refund', 'amount_fen': 1}, **r)]}  # noqa: E731
    cases = [
        ('a forged ground', 'terminate', {'ground': 'T99'}, 'ground'), ('a ground of refusal', 'terminate', {'ground': 'NA1'}, 'ground'),
        ('a ground as number', 'terminate', {'ground': 3}, 'ground'), ('no ground', 'terminate', {}, 'ground'),
        ('a forged body', 'reassign', {'body': '99999999', 'reason': 'x'}, 'body'), ('a body as list', 'reassign', {'body': ['a'], 'reason': 'x'}, 'body'),
        ('a forged officer', 'reassign', {'officer': 99999, 'reason': 'x'}, 'officer'), ('a negative officer', 'reassign', {'officer': -1, 'reason': 'x'}, 'officer'),
        ('an officer elsewhere', 'reassign', {'officer': place.ids['b.handler'], 'reason': 'x'}, 'officer'),
        ('an officer as text', 'reassign', {'officer': 'me', 'reason': 'x'}, 'officer'), ('no reason', 'reassign', {'officer': place.ids['a.handler']}, 'reason'),
        ('a blank reason', 'reassign', {'officer': place.ids['a.handler'], 'reason': ''}, 'reason'),
        ('a forged party', 'tell', {'party': 'reporter', 'channel': 'phone'}, 'party'), ('a forged channel', 'tell', {'party': 'consumer', 'channel': 'pigeon'}, 'channel'),
        ('told ahead', 'tell', {'party': 'consumer', 'channel': 'phone', 'at': instant(-3600)}, 'at'),
        ('told before receipt', 'tell', {'party': 'consumer', 'channel': 'phone', 'at': instant(86400)}, 'at'),
        ('told in 1999', 'tell', {'party': 'consumer', 'channel': 'phone', 'at': '1999-12-31T00:00:00+08:00'}, 'at'),
        ('no time', 'tell', {'party': 'consumer', 'channel': 'phone', 'at': 'yesterday'}, 'at'), ('a time as number', 'tell', {'party': 'consumer', 'channel': 'phone', 'at': 7}, 'at'),
        ('no such day', 'tell', {'party': 'consumer', 'channel': 'phone', 'at': '2026-02-30T10:00:00+08:00'}, 'at'),
        ('negative money', 'offer', {'party': 'business', 'terms': 'x', 'amount_fen': -1}, 'amount_fen'),
        ('endless money', 'offer', {'party': 'business', 'terms': 'x', 'amount_fen': 10**17}, 'amount_fen'),
        ('money as text', 'offer', {'party': 'business', 'terms': 'x', 'amount_fen': '5'}, 'amount_fen'),
        ('negative remedy', 'settle', remedies(amount_fen=-5), 'remedies'), ('forged remedy', 'settle', remedies(kind='revenge'), 'remedies'),
        ('a remedy as text', 'settle', {'form': 'record', 'remedies': ['refund']}, 'remedies'), ('endless remedy', 'settle', remedies(amount_fen=10**17), 'remedies'),
        ('unknown in a remedy', 'settle', remedies(colour='red'), 'remedies'), ('21 remedies', 'settle', {'form': 'record', 'remedies': [{'kind': 'refund', 'amount_fen': 1}] * 21}, 'remedies'),
        ('forged form', 'settle', {'form': 'handshake'}, 'form'), ('unknown field', 'settle', {'form': 'record', 'colour': 'red'}, 'colour'),
        ('long text', 'note', {'text': '长' * 7000}, 'text'), ('control characters', 'note', {'text': 'a\x1bb'}, 'text'), ('null text', 'note', {'text': None}, 'text'),
        ('forged category', 'classify', {'category': 'goods.ufo'}, 'category'), ('themes as text', 'classify', {'themes': 'x'}, 'themes'),
        ('forged theme', 'classify', {'themes': ['ufo']}, 'themes'), ('nothing to amend', 'amend', {'fields': {}, 'reason': 'x'}, 'fields'),
        ('amending what cannot be', 'amend', {'fields': {'kind': 'report'}, 'reason': 'x'}, 'fields'), ('amending to a wrong phone', 'amend', {'fields': {'consumer': {'phone': '12'}}, 'reason': 'x'}, 'phone'),
        ('amending to negative money', 'amend', {'fields': {'amount_fen': -1}, 'reason': 'x'}, 'amount_fen'), ('amending the number', 'amend', {'fields': {'number': '1'}, 'reason': 'x'}, 'fields'),
        ('a forged number', 'link', {'number': '2611-00000-0'}, 'number'), ('itself', 'link', {'number': place.number}, 'number'), ('a number as list', 'link', {'number': []}, 'number'),
        ('a forged relation', 'link', {'number': place.other, 'relation': 'enemy'}, 'relation'),
        ('satisfied six times', 'follow_up', {'result': 'reached', 'satisfaction': 6}, 'satisfaction'), ('a list for an object', 'contact', {'party': {}, 'channel': 'phone', 'result': 'reached'}, 'party'),
    ]
    p = place.officer('a.supervisor')
    v = before[0]['version']
    for label, name, body, field in cases:
        a = s.step(label, p, 'POST', act(place.number, name), body, status=422, headers=version(v), code='invalid')
        s.expect(f'{label}: names {field}', any(field == part for e in a['errors'] for part in e['field'].replace('[', '.').split('.')), str(a['errors']))
        explained(s, label, a)
    holder = place.holder(place.pin)
    for label, name, body, field in (('a score of six', 'rate', {'score': 6}, 'score'), ('of zero', 'rate', {'score': 0}, 'score'), ('as text', 'rate', {'score': '5'}, 'score'),
                                     ('nothing added', 'supplement', {}, 'text'), ('too much added', 'supplement', {'text': '长' * 7000}, 'text')):
        s.step(label, holder, 'POST', act(place.number, name), body, status=422, field=field)
    for label, name, status in (('an unknown act', 'explode', 404), ('an act with dots', '..', 404), ('a long act', 'x' * 300, 404), ('an act in capitals', 'NOTE', 404)):
        a = p.send('POST', act(place.number, name), {}, version(v), check=False)
        s.expect(label, a.status in (status, 400, 405), str(a.status))
    s.expect('nothing changed', picture(place, s) == before)


def versions_and_keys(place, s):
    at_hand(place, s)
    before = picture(place, s)
    p, v = place.officer('a.handler'), before[0]['version']
    for stale in (1, v - 1, v + 1, 10**12):
        a = s.step(f'version {stale}', p, 'POST', act(place.number, 'note'), {'text': 'x'}, status=409, headers=version(stale), code='conflict',
                   has={'current.version': v, 'current.number': place.number, 'current.status': 'mediating'})
        explained(s, 'stale', a)
    for bad in ('"x"', 'W/"1"', '-1', '1.5', '', '"' + '9' * 40 + '"', '*'):
        a = p.send('POST', act(place.number, 'note'), {'text': 'x'}, {'If-Match': bad})
        s.expect(f'If-Match {bad}', a.status in (400, 422), str(a.status))
    for bad in ('short', 'x' * 300, 'with space in the key', '"quoted-0123456789abc'):
        a = p.send('POST', act(place.number, 'note'), {'text': 'x'}, {**version(v), 'Idempotency-Key': bad})
        s.expect(f'key {bad[:20]}', a.status in (400, 422) or bad.startswith('"'), str(a.status))
        v = s.version_of(place.number)
    before = picture(place, s)
    v = before[0]['version']
    k = {**key('bad-input-note'), **version(v)}
    first = s.step('a note', p, 'POST', act(place.number, 'note'), {'text': '一次'}, status=200, headers=k)
    again = s.step('the same again', p, 'POST', act(place.number, 'note'), {'text': '一次'}, status=200, headers=k)
    s.expect('the same answer', first.json == again.json)
    a = s.step('another text under the key', p, 'POST', act(place.number, 'note'), {'text': '两次'}, status=422, headers=k, code='replayed')
    explained(s, 'replayed', a)
    a = p.send('POST', act(place.other, 'note'), {'text': '一次'}, k)
    s.expect('the key does not answer for another matter', a.status != 200 or a['number'] == place.other, a.raw.decode()[:200])
    b = Person(place)
    b.cookie, b.csrf = place.officer('a.supervisor').cookie, place.officer('a.supervisor').csrf
    a = s.step('nor for another officer', b, 'POST', act(place.number, 'note'), {'text': '一次'}, status=409, headers=k)
    events = place.officer('root.supervisor').send('GET', matter(place.number) + '/events')['items']
    s.expect('one note', len(events) == before[2] + 1)
    body = complaint()
    one = s.step('filed', place.public(), 'POST', M, body, status=201, headers=key('bad-input-file'))
    s.step('filed again', place.public(), 'POST', M, body, status=201, headers=key('bad-input-file'), has={'number': one['number'], 'pin': one['pin']})
    s.step('with another amount', place.public(), 'POST', M, dict(body, amount_fen=1), status=422, headers=key('bad-input-file'), code='replayed')


def bytes_of_all_kinds(place, s):
    """Bodies that are no JSON, for each way in that takes one."""
    at_hand(place, s)
    before = picture(place, s)
    intake, handler = place.officer('root.intake'), place.officer('a.handler')
    ways = [(place.public(), M, {}), (intake, M, {}), (handler, act(place.number, 'note'), version(before[0]['version'])),
            (place.holder(place.pin), act(place.number, 'supplement'), {}), (handler, matter(place.number) + '/reveal', {}), (intake, '/api/v1/hints', {}),
            (place.public(), '/api/v1/session', {}), (handler, '/api/v1/session/password', {})]
    bodies = [b'', b'{', b'null', b'[]', b'"x"', b'7', b'{"a":1}{"b":2}', b'{"text":"x","text":"y"}', b'{"text":"\xff\xfe"}', b'{"text":"\xed\xa0\x80"}', b'{"text":"\xc0\x80"}',
              b'{"text":"a\x00b"}', b'{"text":"a\\u0000b"}', b'{"text":"\\ud800x"}', b'{"text":' + b'[' * 100000, b'{"a":' * 3000 + b'1' + b'}' * 3000, b'{"text":NaN}', b'{"text":1e999}',
              b'{"text":' + b'9' * 5000 + b'}', b"{'text':'x'}", b'{"text":"x",}', b'\xef\xbb\xbf{"text":"x"}', b'\x1f\x8b\x08\x00', '{"text":"x"}'.encode('utf-16')]
    for p, target, headers in ways:
        for body in bodies:
            a = p.send('POST', target, body, {**JSON, **headers})
            if target.endswith('/hints') and body == b'':
                continue  # nothing typed yet
            s.expect(f'{target} {body[:20]!r}', a.status in (400, 401, 413, 422), f'{a.status} {a.raw[:200]}')
            explained(s, target, a)
        for n in (300_000, 10_000_000):
            a = p.send('POST', target, b'{"text":"' + b'x' * n + b'"}', {**JSON, **headers})
            s.expect(f'{target} {n} bytes', a.status == 413 and a['code'] == 'too_large', f'{a.status}')
        for kind in ('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', None):
            a = p.send('POST', target, b'text=x&facts=y', {**headers, 'Content-Type': kind}, check=False)
            s.expect(f'{target} as {kind}', 400 <= a.status < 500, str(a.status))
        for site in ({'Sec-Fetch-Site': 'cross-site', 'Origin': 'http://elsewhere.example'},):
            a = p.send('POST', target, b'{"text":"x"}', {**JSON, **headers, **site}, check=False)
            s.expect(f'{target} from {site}', a.status in (401, 403), f'{a.status}')
    s.expect('nothing changed', picture(place, s) == before)


def raw(place, text, seconds=1.5):
    """Bytes on the wire; the status lines that come back until the server closes, or the time is over."""
    with socket.create_connection(('127.0.0.1', place.port), timeout=seconds) as c:
        out = b''
        try:
            c.sendall(text)
            while True:
                got = c.recv(65536)
                if not got:
                    break
                out += got
        except OSError:
            pass
    return [line for line in out.split(b'\r\n') if line.startswith(b'HTTP/1.')]


def smuggling(place, s):
    at_hand(place, s)
    before = picture(place, s)
    body = json.dumps(enquiry(facts='走私请求')).encode()
    start = b'POST /api/v1/matters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    n = str(len(body)).encode()
    chunked = hex(len(body))[2:].encode() + b'\r\n' + body + b'\r\n0\r\n\r\n'
    cases = [
        ('two lengths', start + b'Content-Length: ' + n + b'\r\nContent-Length: 5\r\n\r\n' + body),
        ('length and chunks', start + b'Content-Length: ' + n + b'\r\nTransfer-Encoding: chunked\r\n\r\n' + chunked),
        ('chunks and length', start + b'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n' + chunked),
        ('a negative length', start + b'Content-Length: -5\r\n\r\n' + body), ('a length with a sign', start + b'Content-Length: +' + n + b'\r\n\r\n' + body),
        ('a length in words', start + b'Content-Length: ten\r\n\r\n' + body), ('an endless length', start + b'Content-Length: ' + b'9' * 30 + b'\r\n\r\n' + body),
        ('chunks of another coding', start + b'Transfer-Encoding: xchunked\r\n\r\n' + chunked), ('a space before the colon', start + b'Content-Length : ' + n + b'\r\n\r\n' + body),
        ('chunk size with a sign', start + b'Transfer-Encoding: chunked\r\n\r\n-5\r\n' + body + b'\r\n0\r\n\r\n'),
        ('a folded header', start + b'X-A: 1\r\n Content-Length: 5\r\nContent-Length: ' + n + b'\r\n\r\n' + body),
        ('no host', start.replace(b'Host: x\r\n', b'') + b'Content-Length: ' + n + b'\r\n\r\n' + body),
        ('two hosts', start + b'Host: y\r\nContent-Length: ' + n + b'\r\n\r\n' + body), ('a long header', start + b'X-A: ' + b'a' * 200_000 + b'\r\nContent-Length: ' + n + b'\r\n\r\n' + body),
        ('many headers', start + b'X-A: a\r\n' * 5000 + b'Content-Length: ' + n + b'\r\n\r\n' + body), ('a long target', b'GET /' + b'a' * 100_000 + b' HTTP/1.1\r\nHost: x\r\n\r\n'),
        ('no HTTP', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + b'\x00' * 200), ('another HTTP', b'GET / HTTP/9.9\r\nHost: x\r\n\r\n'), ('a method of its own', b'DANCE / HTTP/1.1\r\nHost: x\r\n\r\n'),
        ('CONNECT', b'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n'), ('TRACE', b'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n'), ('half a request', start + b'Content-Length: 500\r\n\r\n' + body[:10]),
        ('upwards', b'GET /assets/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n'), ('upwards, coded', b'GET /assets/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n'),
        ('NUL in the target', b'GET /api/v1/matters/%00 HTTP/1.1\r\nHost: x\r\n\r\n'), ('broken coding', b'GET /api/v1/matters/%zz HTTP/1.1\r\nHost: x\r\n\r\n'),
    ]
    for label, text in cases:
        lines = raw(place, text)
        good = [line for line in lines if line.split()[1][:1] in b'123']
        # libmicrohttpd tells its own refusals twice, then closes
        s.expect(f'{label} is refused', not good and len(set(lines)) <= 1, str(lines))
        s.step('alive after ' + label, place.public(), 'GET', '/healthz', status=200)
        now = picture(place, s)
        s.expect(f'nothing came in by {label}', now == before, f'{now[1]} matters, {before[1]} before; {lines}')
    s.expect('nothing came in', picture(place, s) == before)
    p = place.officer('a.handler')
    for name in ('Fangxin-Pin', 'Idempotency-Key', 'If-Match'):
        for value in ('a' * 5000, '\x7f', 'ä'):
            try:
                a = p.send('GET', matter(place.number), None, {name: value}, check=False)
                s.expect(f'{name} of {value[:5]!r}', a.status < 500, str(a.status))
            except (ValueError, UnicodeError):
                pass


def staff_filings(place, s):
    at_hand(place, s)
    before = picture(place, s)
    p = place.officer('root.intake')
    cases = [('ahead', {'received_at': instant(-7200)}, 'received_at'), ('in 1999', {'received_at': '1999-12-31T23:59:59+08:00'}, 'received_at'), ('as a date', {'received_at': '2026-11-20'}, 'received_at'),
             ('as a number', {'received_at': 20261120}, 'received_at'), ('without a reason', {'received_at': instant(20 * 86400)}, 'late_reason'), ('a forged channel', {'channel': 'pigeon'}, 'channel'),
             ('a forged body', {'body': '777'}, 'body'), ('a citizen id', {'consumer': {'name': '刘婷', 'phone': '13800000001', 'id_type': 'citizen', 'id_number': '110105194912310021'}}, 'consumer.id_number'),
             ('the phone of a proxy', {'proxy': {'name': '刘二', 'phone': '1380'}}, 'proxy.phone'), ('a division', {'respondent': {'name': 'x', 'division': '42'}}, 'respondent.division'),
             ('an answer to a complaint', {'answer': '可以'}, 'answer'), ('a report without facts', {'also_report': {}}, 'also_report'), ('a forged violation', {'also_report': {'facts': 'x', 'violation': 'ufo'}}, 'violation'),
             ('a date of purchase', {'purchase': {'date': '1999-01-01'}}, 'purchase.date'), ('flags', {'flags': {'injury': 'yes'}}, 'flags.injury'), ('a unit price', {'product': {'unit_price_fen': -1}}, 'product.unit_price_fen'),
             ('imported goods', {'product': {'imported': 'yes'}}, 'product.imported'), ('a mass of people', {'flags': {'mass': 3}}, 'flags.mass'), ('heads', {'heads': -3}, 'heads')]
    for label, more, field in cases:
        a = s.step(label, p, 'POST', M, complaint(**dict({'channel': 'phone'}, **more)), status=422, code='invalid')
        s.expect(f'{label}: names {field}', any(e['field'].endswith(field) or e['field'].startswith(field) for e in a['errors']), str(a['errors']))
        explained(s, label, a)
    s.expect('nothing was filed', picture(place, s) == before)
    for number in ("' OR 1=1 --", '%27%3B', '2611-00001', '../../x', '2611-99999-Z', '١٢٣'):
        a = place.officer('a.handler').send('GET', '/api/v1/matters/' + urllib.parse.quote(number, safe=''), check=False)
        s.expect(f'number {number}', a.status in (400, 404), str(a.status))  # 400: an encoded slash has no place in a path


FORMULAS = ['=1+1', '+1', '-1+2', '@SUM(A1)', '\t=1', '=HYPERLINK("http://x","y")', '＝1+1', '=cmd|\' /C calc\'!A0']


def formulas(place, s):
    """Cells that a spreadsheet would run are written as text."""
    numbers = []
    for text in FORMULAS:
        shop = text.replace('\t', '')
        a = place.public().send('POST', M, complaint(facts=f'{shop} 换货', respondent={'name': shop, 'address': 'x'}))
        if a.status == 201:
            numbers.append(a['number'])
    s.expect('most were taken', len(numbers) >= 6)
    out = place.command('export', 'matters')
    rows = list(csv.reader(io.StringIO(out)))
    s.expect('all columns in each row', all(len(r) == len(rows[0]) for r in rows if r))
    for row in rows[1:]:
        for cell in row:
            number = cell.lstrip('-').isdigit()
            s.expect(f'harmless: {cell[:30]}', number or cell[:1] not in ('=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'), cell)


def guesses(place, s):
    """Wrong PINs slow down this address and this number, nobody else."""
    f, g = s.file(complaint()), s.file(complaint())
    wrong = place.holder('AAAAAAAA')
    statuses = []
    for i in range(8):
        # what a client says of its address counts for nothing where no proxy is declared
        a = wrong.send('GET', matter(f['number']), None, {'X-Forwarded-For': f'203.0.113.{i}'})
        statuses.append(a.status)
        if a.status == 429:
            s.expect('says when to come back', int(a.headers['Retry-After']) >= 1)
            explained(s, 'too many', a)
    s.expect('the first few are only wrong, then it slows down', statuses[:4] == [404] * 4 and 429 in statuses, str(statuses))
    a = place.holder(f['pin']).send('GET', matter(f['number']))
    s.expect('the right one from there must wait too', a.status == 429, str(a.status))
    s.step('another number from there does not', place.holder(g['pin']), 'GET', matter(g['number']), status=200)
    s.step('officers are not slowed down', place.officer('root.supervisor'), 'GET', matter(f['number']), status=200)
    deadline = time.time() + 20
    while time.time() < deadline and place.holder(f['pin']).send('GET', matter(f['number'])).status == 429:
        time.sleep(0.5)
    s.step('it passes', place.holder(f['pin']), 'GET', matter(f['number']), status=200)


PACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs')
# One file of each kind, what is spoilt in it, and the place that must be named.
SPOILT = [
    ('rules/market-2026.json', ['deadlines', 0, 'unit'], 'weeks', 'deadlines.0.unit'), ('rules/market-2020.json', ['valid_to'], '2026-04-20', ''),
    ('rules/case-2018.json', ['states', 0, 'label'], 7, 'states.0.label'), ('orders/12345.json', ['states', 0, 'part'], 'nowhere', 'states.0.part'),
    ('rules/compensation.json', ['damages', 0, 'price_times'], 0, 'damages.0.price_times'), ('rules/disclosure.json', ['kinds', 0], 'rumour', 'kinds'),
    ('rules/duty.json', ['shifts', 0, 'from'], 'dawn', 'shifts.0'), ('rules/evidence.json', ['types', 1, 'shown'], 'aloud', 'types.1.shown'),
    ('rules/retention.json', ['least', 0, 'years'], 0, 'least.0.years'), ('visits/market.json', ['least'], -1, 'least'),
    ('watches/groups.json', ['representatives', 'max'], 0, 'representatives.max'), ('watches/groups-finance.json', ['proposal', 'members'], 0, 'proposal.members'),
    ('watches/factors.json', ['factors', 0, 'counts'], 'stars', 'factors.0.counts'), ('watches/subjects.json', ['rules', 0, 'use'], 'sing', 'rules.0.use'),
    ('calendars/cn.json', ['years', 0, 'papers'], [], 'years.0.papers'), ('codes/categories.json', ['codes', 0, 'label'], None, 'codes.0.label'),
    ('codes/bank/categories.json', ['codes', 1, 'parent'], 'nobody', 'codes.1.parent'), ('profiles/bank.json', ['families', 0, 'kinds', 0], 'song', 'families.0'),
    ('letters/refusal.json', ['blocks', 0, 'text'], '{{nothing.here}}', 'blocks.0'), ('imports/heimao_complaints.json', ['zone'], 'noon', 'zone'),
    ('indicators/market.json', ['indicators', 0, 'label'], 7, 'indicators.0.label'), ('indicators/measures.json', ['measures', 0, 'label'], 7, 'measures.0.label'),
    ('summaries/month.json', ['periods', 0], 'fortnight', 'periods'), ('documents/words.json', ['up'], 7, 'up'),
    ('registers/fairs.json', ['label'], 7, 'label'), ('regions/420202.json', ['streets', 0, 'code'], '420203005', 'streets.0.code'),
]


def files_of_packs(place, s):
    """`pack check` knows each kind of file: the shipped one is right, a spoilt one is refused with file, place and reason."""
    def check(path):
        p = subprocess.run([place.program, 'pack', 'check', path], capture_output=True, text=True, timeout=120, check=False)
        return p.returncode, p.stdout + p.stderr

    for name, where, value, at in SPOILT:
        code, said = check(os.path.join(PACKS, name))
        s.expect(f'{name} is right', code == 0 and 'nothing wrong' in said, said[:600])
        with open(os.path.join(PACKS, name), encoding='utf-8') as f:
            spoilt = json.load(f)
        inner = spoilt
        for step in where[:-1]:
            inner = inner[step]
        if value is None:
            del inner[where[-1]]
        else:
            inner[where[-1]] = value
        path = os.path.join(place.folder, 'packs', name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            json.dump(spoilt, f, ensure_ascii=False)
        code, said = check(path)
        s.expect(f'{name}: the fault is named', code == 1 and os.path.basename(name) in said and at in said and ' / ' in said, f'{code} {said[:600]}')
    folders = {os.path.relpath(d, PACKS) for d, _, files in os.walk(PACKS) if any(f.endswith('.json') for f in files)}
    s.expect('no folder is left out', folders - {'demo'} <= {os.path.dirname(n) for n, *_ in SPOILT} | {'codes/insurer'}, str(folders))
    path = os.path.join(place.folder, 'broken.json')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('{"id": ')
    code, said = check(path)
    s.expect('no JSON', code == 1 and 'line 1' in said, said)


def restart(place, s):
    """A stranger behind the proxy guesses; the holder behind it, from elsewhere, is not slowed down. Everything is still there."""
    at_hand(place, s)
    before = picture(place, s)
    place.stop()
    place.start('--rate-limit', 'off', '--trusted-proxy', '127.0.0.1')
    s.expect('all is there after a restart', picture(place, s) == before)
    f = s.file(complaint())

    def ask(pin, address):
        return place.holder(pin).send('GET', matter(f['number']), None, {'X-Forwarded-For': address}).status

    for _ in range(8):
        last = ask('AAAAAAAA', '203.0.113.9')
    s.expect('the guesser waits', last == 429, str(last))
    s.expect('the holder from elsewhere does not', ask(f['pin'], '198.51.100.7') == 200)
    s.expect('the guesser still', ask(f['pin'], '203.0.113.9') == 429)
    out = place.command('verify', '--rebuild')
    s.expect('verify finds nothing', '0 findings' in out, out)


def all_at_once(place, s):
    """Bad and good input from many sides: the good is kept, each once."""
    before = place.officer('root.supervisor').send('GET', M + '/count')['total']
    kept, faults = [], []

    def bad(n):
        p = Person(place)
        for i in range(15):
            a = p.send('POST', M, [b'{', b'{"kind":7}', b'[' * 20000, b'{"kind":"enquiry","facts":"\xff"}'][(n + i) % 4], JSON, check=False)
            if a.status not in (400, 422):
                faults.append(a.status)

    def good(n):
        p = Person(place)
        for i in range(10):
            a = p.send('POST', M, enquiry(facts=f'第{n}-{i}问'), check=False)
            if a.status == 201:
                kept.append(a['number'])
            else:
                faults.append(a.status)

    threads = [threading.Thread(target=f, args=(i,)) for i in range(4) for f in (bad, good)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    s.expect('each got its answer', not faults and len(set(kept)) == 40, f'{faults[:5]} {len(set(kept))}')
    after = place.officer('root.supervisor').send('GET', M + '/count')['total']
    s.expect('forty more', after == before + 40, f'{before} {after}')


run([acts, files_of_packs, versions_and_keys, bytes_of_all_kinds, smuggling, staff_filings, formulas, guesses, all_at_once, restart], OFFICERS)
