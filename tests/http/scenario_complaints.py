"""The main job: file, assign, accept, tell, mediate, settle, rate; refusals, replays, stale versions."""
import time
from concurrent.futures import ThreadPoolExecutor

from filings import act, complaint, key, matter, version


def filed(place, s, **more):
    return s.step('file', place.public(), 'POST', '/api/v1/matters', complaint(**more), status=201,
                  has={'status': 'registered', 'deadlines.0.rule': 'D1'})


def does(place, s, who, number, name, v, body=None, **expect):
    """One act; returns the new version."""
    a = s.step(name, place.officer(who), 'POST', act(number, name), body or {}, status=200, headers=version(v), **expect)
    return a['version']


def assigned(place, s, number, v=1):
    handler = place.officer('handler').send('GET', '/api/v1/session')['officer']['id']
    return does(place, s, 'intake', number, 'assign', v, {'body': '420202', 'officer': handler})


def scenario_filing(place, s):
    body = complaint()
    p = place.public()
    first = s.step('file', p, 'POST', '/api/v1/matters', body, status=201, headers=key('filing'))
    again = s.step('the same again', p, 'POST', '/api/v1/matters', body, status=201, headers=key('filing'))
    s.expect('the same answer', first.json == again.json)
    s.expect('it says so', again.headers['Idempotent-Replayed'] == 'true' and 'Idempotent-Replayed' not in first.headers)
    s.step('the same key with another body', p, 'POST', '/api/v1/matters', complaint(), status=422,
           headers=key('filing'), code='replayed')
    s.step('a short key', p, 'POST', '/api/v1/matters', complaint(), status=422, headers={'Idempotency-Key': 'short'},
           field='Idempotency-Key')
    other = s.step('without a key', p, 'POST', '/api/v1/matters', body, status=201)
    s.expect('is another matter', other['number'] != first['number'])
    s.step('at once', place.holder(first['pin']), 'GET', first.headers['Location'], status=200,
           has={'number': first['number'], 'status': 'registered'})


def scenario_pin(place, s):
    f = filed(place, s)
    number, pin = f['number'], f['pin']
    s.step('with the PIN', place.holder(pin), 'GET', matter(number), status=200, has={'number': number, 'consumer.name': '刘*'})
    s.step('written another way', place.holder(pin[:4].lower() + '-' + pin[4:]), 'GET', matter(number.lower()), status=200)
    s.step('without it', place.public(), 'GET', matter(number), status=401, code='unauthenticated')
    wrong = s.step('wrong PIN', place.holder('AAAAAAAA'), 'GET', matter(number), status=404, code='not_found')
    nowhere = s.step('wrong number', place.holder('AAAAAAAA'), 'GET', matter('2611-00000-A'), status=404)
    s.expect('both in the same words', wrong['errors'] == nowhere['errors'])
    s.step('half a PIN', place.holder('AAAA'), 'GET', matter(number), status=422, field='Fangxin-Pin')
    s.step('the timeline', place.holder(pin), 'GET', matter(number) + '/events', status=200, has={'items.0.act': 'register'})
    s.step('why that day', place.holder(pin), 'GET', matter(number) + '/deadlines/D1', status=200, has={'days.0.kind': 'start'})
    s.step('no such clock', place.holder(pin), 'GET', matter(number) + '/deadlines/D99', status=404)
    s.step('an act of staff', place.holder(pin), 'POST', act(number, 'note'), {'text': 'x'}, status=403, code='forbidden')
    s.step('more facts', place.holder(pin), 'POST', act(number, 'supplement'), {'text': '补充：有发票照片'}, status=200,
           has={'version': 2})
    a = place.holder(pin).send('GET', matter(number))
    s.expect('no staff fields', 'links' not in a.json and 'suggested_body' not in a.json)


def scenario_new_pin(place, s):
    """A clerk who has checked who asks issues another; the old one ends at once, and the act is on record without either."""
    f = filed(place, s)
    number, old = f['number'], f['pin']
    s.step('the handler does not', place.officer('handler'), 'POST', act(number, 'issue_pin'), {}, status=403, headers=version(1))
    a = s.step('another PIN', place.officer('intake'), 'POST', act(number, 'issue_pin'), {}, status=200, headers=version(1))
    s.expect('of the same form', len(a['pin']) == len(old) and a['pin'] != old, a['pin'])
    s.step('opens it', place.holder(a['pin']), 'GET', matter(number), status=200)
    s.step('the old one is nobody\'s', place.holder(old), 'GET', matter(number), status=404, code='not_found')
    e = s.step('the timeline', place.officer('intake'), 'GET', matter(number) + '/events', status=200, has={'items.0.act': 'issue_pin'})
    s.expect('has neither', a['pin'] not in e.raw.decode() and old not in e.raw.decode())


def scenario_to_settlement(place, s):
    f = filed(place, s)
    number, pin = f['number'], f['pin']
    party = place.holder(pin)
    s.step('the clerk sees it', place.officer('intake'), 'GET', matter(number), status=200, has={'secret': False})
    v = assigned(place, s, number)
    v = does(place, s, 'handler', number, 'accept', v, has={'status': 'accepted'})
    v = does(place, s, 'handler', number, 'tell', v, {'party': 'consumer', 'channel': 'phone'})
    a = place.officer('handler').send('GET', matter(number))
    d1 = next(d for d in a['deadlines'] if d['rule'] == 'D1')
    s.expect('telling stops D1', d1['state'] == 'met' and d1['met_at'] is not None, str(d1))
    v = does(place, s, 'handler', number, 'consent', v, {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'})
    v = does(place, s, 'handler', number, 'mediate', v, {'place': '调解室'}, has={'status': 'mediating'})
    v = does(place, s, 'handler', number, 'offer', v, {'party': 'business', 'terms': '退 2000 元', 'amount_fen': 200000},
             has={'offer.state': 'open', 'offer.amount_fen': 200000})
    a = s.step('the consumer accepts', party, 'POST', act(number, 'accept_offer'), {}, status=200, has={'offer.state': 'accepted'})
    v = a['version']
    v = does(place, s, 'handler', number, 'settle', v,
             {'form': 'record', 'terms': '退 2000 元', 'remedies': [{'kind': 'refund', 'amount_fen': 200000, 'paid_by': '2026-12-01'}]},
             has={'settlement.remedies.0.amount_fen': 200000})
    a = place.officer('handler').send('GET', matter(number))
    s.expect('settled', a['outcome']['outcome'] == 'settled' and a['recovered_fen'] == 200000)
    a = s.step('the consumer rates', party, 'POST', act(number, 'rate'), {'score': 5}, status=200, has={'rating.score': 5})
    a = s.step('the timeline', place.officer('handler'), 'GET', matter(number) + '/events', status=200)
    s.expect('newest first', [e['act'] for e in a['items']][-1] == 'register' and a['items'][0]['act'] == 'rate')


def scenario_versions(place, s):
    number = filed(place, s)['number']
    handler = place.officer('handler')
    intake = place.officer('intake')
    s.step('no version', intake, 'POST', act(number, 'assign'), {'body': '420202'}, status=422, field='If-Match')
    s.step('nonsense', intake, 'POST', act(number, 'assign'), {'body': '420202'}, status=422, headers={'If-Match': '*'},
           field='If-Match')
    s.step('an old one', intake, 'POST', act(number, 'assign'), {'body': '420202'}, status=409, headers=version(9),
           code='conflict', has={'current.version': 1})
    auditor = place.officer('auditor').send('GET', '/api/v1/session')['officer']['id']
    s.step('to somebody who handles nothing', intake, 'POST', act(number, 'assign'), {'body': '420202', 'officer': auditor}, status=422,
           headers={'If-Match': '1'}, field='officer')
    s.step('bare', intake, 'POST', act(number, 'assign'), {'body': '420202'}, status=200, headers={'If-Match': '1'})
    s.step('too early', handler, 'POST', act(number, 'settle'), {'form': 'record'}, status=409, headers=version(2),
           code='not_allowed', has={'current.version': 2})
    s.step('unknown act', handler, 'POST', act(number, 'explode'), {}, status=404, headers=version(2))
    s.step('unknown field', handler, 'POST', act(number, 'accept'), {'x': 1}, status=422, headers=version(2), field='x')
    s.step('missing field', handler, 'POST', act(number, 'refuse'), {}, status=422, headers=version(2), field='ground')
    s.step('in the future', handler, 'POST', act(number, 'accept'), {'at': '2099-01-01T00:00:00+08:00'}, status=422,
           headers=version(2), field='at')
    s.step('before receipt', handler, 'POST', act(number, 'accept'), {'at': '2020-01-01T00:00:00+08:00'}, status=422,
           headers=version(2), field='at')


def scenario_replayed_act(place, s):
    number = filed(place, s)['number']
    v = assigned(place, s, number)
    h = {**version(v), **key('accept-' + number)}
    first = s.step('accept', place.officer('handler'), 'POST', act(number, 'accept'), {}, status=200, headers=h)
    again = s.step('accept again', place.officer('handler'), 'POST', act(number, 'accept'), {}, status=200, headers=h)
    s.expect('done once', again['version'] == first['version'])


def scenario_refused_and_told(place, s):
    number = filed(place, s)['number']
    v = assigned(place, s, number)
    s.step('a forged ground', place.officer('handler'), 'POST', act(number, 'refuse'), {'ground': 'NA99', 'reason': 'x'},
           status=422, headers=version(v), field='ground')
    v = does(place, s, 'handler', number, 'refuse', v, {'ground': 'NA1', 'reason': '归住建局管'}, has={'status': 'refused'})
    v = does(place, s, 'handler', number, 'tell', v, {'party': 'consumer', 'channel': 'sms'})


def scenario_one_winner(place, s):
    number = filed(place, s)['number']
    names = ['intake', 'supervisor'] * 4
    for n in set(names):
        place.officer(n)
    with ThreadPoolExecutor(8) as pool:
        from client import Person

        def go(name):
            p = Person(place)
            p.cookie, p.csrf = place.officer(name).cookie, place.officer(name).csrf
            return p.send('POST', act(number, 'assign'), {'body': '420202'}, version(1)).status

        answers = sorted(pool.map(go, names))
    s.expect('one of eight wins, the rest are told', answers.count(200) == 1 and set(answers) <= {200, 403, 409}, str(answers))


def scenario_many_at_once(place, s):
    bodies = [complaint() for _ in range(40)]

    def go(i):
        # each filing is sent three times under its key
        return place.public().send('POST', '/api/v1/matters', bodies[i % 40], key(f'many{i % 40:04d}')).json['number']

    with ThreadPoolExecutor(24) as pool:
        numbers = list(pool.map(go, range(120)))
    s.expect('forty matters, each once', len(set(numbers)) == 40)


def scenario_reveal(place, s):
    number = filed(place, s)['number']
    assigned(place, s, number)
    p = place.officer('handler')
    s.step('masked', p, 'GET', matter(number), status=200, has={'consumer.name': '刘*'})
    s.step('without a reason', p, 'POST', matter(number) + '/reveal', {'party': 'consumer'}, status=422, field='reason')
    s.step('with a forged one', p, 'POST', matter(number) + '/reveal', {'party': 'consumer', 'reason': 'curious'}, status=422)
    s.step('in clear', p, 'POST', matter(number) + '/reveal', {'party': 'consumer', 'reason': 'call_back'}, status=200,
           has={'name': '刘婷'})
    s.step('nobody there', p, 'POST', matter(number) + '/reveal', {'party': 'proxy', 'reason': 'call_back'}, status=404)
    a = s.step('it was recorded', place.officer('auditor'), 'GET', f'/api/v1/access?number={number}', status=200)
    s.expect('who and why', any(r['reason'] == 'call_back' for r in a['items']), str(a['items'][:3]))
    s.step('handlers do not read the log', p, 'GET', '/api/v1/access', status=403)


def scenario_looks_are_recorded(place, s):
    """Whatever shows a matter: its page and its parts, the answer of a refused act, that of an act sent again."""
    number = filed(place, s)['number']
    clerk, looks = place.officer('intake'), []

    def looked(label, what):
        looks.insert(0, what)
        for _ in range(30):
            a = place.officer('auditor').send('GET', f'/api/v1/access?number={number}')
            if len(a['items']) >= len(looks):
                break
            time.sleep(0.1)
        s.expect(f'{label} is in the log within 3 s', [r['what'] for r in a['items']] == looks, str(a.json))

    s.step('the clerk reads it', clerk, 'GET', matter(number), status=200)
    looked('the page', 'read')
    for part, what in (('/events', 'timeline'), ('/deadlines/D1', 'deadline'), ('/related', 'related'), ('/files', 'files'), ('/letters', 'letters')):
        s.step(what, clerk, 'GET', matter(number) + part, status=200)
        looked(what, what)
    s.step('a stale act shows the page', clerk, 'POST', act(number, 'note'), {'text': 'x'}, headers=version(9), status=409, has={'current.number': number})
    looked('what a refused act shows', 'read')
    once = {**version(1), **key('looks-' + number)}
    s.step('an act', clerk, 'POST', act(number, 'note'), {'text': '一次'}, headers=once, status=200)
    s.step('sent again', clerk, 'POST', act(number, 'note'), {'text': '一次'}, headers=once, status=200)
    looked('what its answer shows the second time', 'read')
