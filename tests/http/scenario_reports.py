"""Reports are secret: who may not know gets the same answer as for nothing."""
import time

from filings import complaint, matter, report


def scenario_secrecy(place, s):
    f = s.step('report', place.public(), 'POST', '/api/v1/matters', report(), status=201, has={'kind': 'report'})
    number, pin = f['number'], f['pin']
    a = s.step('the holder of the PIN sees little', place.holder(pin), 'GET', matter(number), status=200,
               has={'number': number, 'kind': 'report', 'secret': True})
    s.expect('no facts, no names', '过期' not in a.raw.decode() and '秘密作坊' not in a.raw.decode() and '何举' not in a.raw.decode())
    s.step('may add facts', place.holder(pin), 'POST', matter(number) + '/acts/supplement', {'text': '夜里生产'}, status=200)
    p = place.officer('handler2')
    hidden = s.step('another handler', p, 'GET', matter(number), status=404, code='not_found')
    nothing = s.step('a number that is nobody\'s', p, 'GET', matter('2611-00000-0'), status=404)
    s.expect('is told the same', hidden['errors'] == nothing['errors'] and hidden['title'] == nothing['title'])
    for path in ('/events', '/deadlines/R1'):
        s.step('nor its ' + path, p, 'GET', matter(number) + path, status=404)
    s.step('nor reveal', p, 'POST', matter(number) + '/reveal', {'party': 'reporter', 'reason': 'call_back'}, status=404)
    s.step('nor act', p, 'POST', matter(number) + '/acts/verify', {}, status=404, headers={'If-Match': '2'})
    time.sleep(2.5)  # the index is at most two seconds behind
    for q in ('kind=report', 'q=' + number, 'q=%E7%A7%98%E5%AF%86%E4%BD%9C%E5%9D%8A', 'q=13900001111'):
        a = s.step('nor find it by ' + q, p, 'GET', '/api/v1/matters?' + q, status=200)
        s.expect('nothing', all(r['number'] != number for r in a['items']), str(a['items']))
    a = s.step('nor count it', p, 'GET', '/api/v1/matters/count?by=kind', status=200)
    s.expect('nothing', all(c['key'] != 'report' or c['n'] == 0 for c in a['cells']), str(a['cells']))


def scenario_looks_at_reports(place, s):
    f = s.step('report', place.public(), 'POST', '/api/v1/matters', report(), status=201)
    path = f'/api/v1/access?number={f["number"]}'
    s.step('the clerk of the body reads it', place.officer('intake'), 'GET', matter(f['number']), status=200, has={'secret': True})
    a = s.step('the look is on record before the answer', place.officer('auditor'), 'GET', path, status=200)
    s.expect('one', [r['what'] for r in a['items']] == ['read'], str(a.json))


def scenario_also_report(place, s):
    f = s.step('a complaint that is also a report', place.public(), 'POST', '/api/v1/matters',
               complaint(also_report={'facts': '无证经营'}), status=201)
    s.expect('two numbers', f['also']['number'] != f['number'] and f['also']['kind'] == 'report')
    a = s.step('the handler of nothing sees no link', place.officer('handler2'), 'GET', matter(f['number']), status=200) \
        if place.officer('handler2').send('GET', matter(f['number'])).status == 200 else None
    if a is not None:
        s.expect('no link', a['links'] == [], str(a['links']))


def scenario_anonymous(place, s):
    s.step('without a name', place.public(), 'POST', '/api/v1/matters', report(anonymous=True, consumer=None), status=201)
