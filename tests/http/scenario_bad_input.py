"""Bad input gets a clear answer, names the field, and leaves nothing behind."""
from filings import complaint, enquiry

M = '/api/v1/matters'


def without(body, *path):
    at = body
    for p in path[:-1]:
        at = at[p]
    del at[path[-1]]
    return body


def scenario_fields(place, s):
    p = place.public()
    cases = [
        ('no kind', without(complaint(), 'kind'), 'kind'),
        ('unknown kind', complaint(kind='rant'), 'kind'),
        ('kind as number', complaint(kind=7), 'kind'),
        ('unknown field', complaint(hobby='x'), 'hobby'),
        ('unknown field inside', complaint(respondent={'name': 'x', 'boss': 'y'}), 'respondent.boss'),
        ('no name of the business', complaint(respondent={'address': 'x'}), 'respondent.name'),
        ('no facts', without(complaint(), 'facts'), 'facts'),
        ('blank facts', complaint(facts=''), 'facts'),
        ('facts too long', complaint(facts='长' * 8001), 'facts'),
        ('facts as list', complaint(facts=['a']), 'facts'),
        ('control characters', complaint(facts='a\x07b'), 'facts'),
        ('negative money', complaint(amount_fen=-1), 'amount_fen'),
        ('money as text', complaint(amount_fen='100'), 'amount_fen'),
        ('broken money', complaint(amount_fen=1.5), 'amount_fen'),
        ('endless money', complaint(amount_fen=10**18), 'amount_fen'),
        ('phone too short', complaint(consumer={'name': '刘婷', 'phone': '1381234204', 'address': '文昌路5号'}), 'consumer.phone'),
        ('forged category', complaint(category='goods.ufo'), 'category'),
        ('forged demand', complaint(demands=['refund', 'revenge']), 'demands'),
        ('demand as text', complaint(demands='refund'), 'demands'),
        ('bought before 2000', complaint(purchase={'date': '1999-12-31'}), 'purchase.date'),
        ('bought tomorrow', complaint(purchase={'date': '2199-01-01'}), 'purchase.date'),
        ('no such day', complaint(purchase={'date': '2026-02-30'}), 'purchase.date'),
        ('not promised', complaint(truthful=False), 'truthful'),
        ('received_at by the public', complaint(received_at='2026-11-20T09:00:00+08:00'), 'received_at'),
        ('body by the public', complaint(body='420202'), 'body'),
        ('heads', complaint(heads=0), 'heads'),
        ('uscc', complaint(respondent={'name': 'x', 'address': 'y', 'uscc': '91420202MA0000000X'}), 'respondent.uscc'),
    ]
    for label, body, field in cases:
        a = s.step(label, p, 'POST', M, body, status=422, code='invalid')
        named = [e['field'] for e in a['errors']]
        s.expect(label, any(n == field or n.startswith(field + '.') for n in named), f'names {named}')
        s.expect(label + ' in both languages', all(e['zh'] and e['en'] for e in a['errors']))
    a = s.step('all at once', p, 'POST', M, {'kind': 'complaint', 'facts': 5, 'amount_fen': -3, 'x': 1}, status=422)
    s.expect('every fault is named', {'facts', 'amount_fen', 'x'} <= {e['field'] for e in a['errors']})


def scenario_staff_times(place, s):
    p = place.officer('intake')
    s.step('received tomorrow', p, 'POST', M, enquiry(channel='phone', received_at='2099-01-01T00:00:00+08:00'), status=422,
           field='received_at')
    s.step('received in 1999', p, 'POST', M, enquiry(channel='phone', received_at='1999-01-01T00:00:00+08:00'), status=422,
           field='received_at')
    s.step('long ago without a reason', p, 'POST', M, enquiry(channel='phone', received_at='2026-10-12T09:00:00+08:00'),
           status=422, field='late_reason')
    s.step('long ago with one', p, 'POST', M,
           enquiry(channel='phone', received_at='2026-10-12T09:00:00+08:00', late_reason='停电补登'), status=201)
    s.step('without a channel', p, 'POST', M, enquiry(), status=422, field='channel')


def scenario_bodies(place, s):
    p = place.public()
    json_type = {'Content-Type': 'application/json'}
    cases = [
        ('not JSON', b'{'), ('something behind', b'{}x'), ('a list', b'[]'), ('a text', b'"x"'),
        ('a key twice', b'{"kind":"enquiry","kind":"report"}'), ('broken UTF-8', b'{"kind":"\xff\xfe"}'),
        ('NUL', b'{"kind":"a\x00b"}'), ('escaped NUL', b'{"kind":"a\\u0000b"}'),
        ('deep', b'{"a":' + b'[' * 5000 + b']' * 5000 + b'}'), ('NaN', b'{"amount_fen":NaN}'),
        ('endless number', b'{"amount_fen":' + b'9' * 400 + b'}'), ('half a surrogate', b'{"facts":"\\ud800"}'),
    ]
    for label, body in cases:
        a = s.step(label, p, 'POST', M, body, status=400, headers=json_type, code='malformed')
        s.expect(label + ' is explained', len(a['errors']) == 1 and a['errors'][0]['zh'])
    s.step('10 MB', p, 'POST', M, b'{"facts":"' + b'x' * 10_000_000 + b'"}', status=413, headers=json_type, code='too_large')
    s.step('300 KB', p, 'POST', M, b'{"facts":"' + b'x' * 300_000 + b'"}', status=413, headers=json_type, code='too_large')
    s.step('still there', p, 'GET', '/readyz', status=200)


def scenario_queries(place, s):
    p = place.officer('supervisor')
    for q, field in [('due=never', 'due'), ('kind=rant', 'kind'), ('sort=random', 'sort'), ('limit=0', 'limit'), ('limit=x', 'limit'),
                     ('from=2026-13-01', 'from'), ('to=1999-01-01', 'to'), ('cursor=%21%21', 'cursor'), ('officer=x', 'officer'),
                     ('waiting_for=godot', 'waiting_for'), ('colour=red', 'colour')]:
        s.step(q, p, 'GET', '/api/v1/matters?' + q, status=422, field=field)
    s.step('by nothing known', p, 'GET', '/api/v1/matters/count?by=mood', status=422, field='by')
    s.step('period', p, 'GET', '/api/v1/figures?period=2026Q9', status=422, field='period')
    s.step('scope', p, 'GET', '/api/v1/figures?scope=galaxy', status=422, field='scope')
    s.step('indicator', p, 'GET', '/api/v1/figures?indicator=luck', status=404)
    s.step('body', p, 'GET', '/api/v1/figures?body=999999', status=404)
    s.step('not a figure', p, 'GET', '/api/v1/figures/nonsense/records', status=422)
    for q in ('q=%22', 'q=*', 'q=a%20OR%20b', 'q=%E8%B4%A8%22%20NEAR', 'q=%27%3B--', 'q=' + '%E8%B4%A8' * 200):
        s.step('odd words ' + q[:20], p, 'GET', '/api/v1/matters?' + q, status=200)
    s.step('hints with a wrong type', p, 'POST', '/api/v1/hints', {'phone': 7}, status=422, field='phone')
