"""Lists, search, counts, figures and the feed agree with what was filed."""
import time

from county import instant
from filings import act, complaint, version


def scenario_many(place, s):
    """One act on many; tests/http/test_batches.py looks closer."""
    p, numbers = place.officer('supervisor'), []
    for _ in range(3):
        numbers.append(s.step('file', place.public(), 'POST', '/api/v1/matters', complaint(), status=201)['number'])
    a = s.step('what can be done on them', p, 'POST', '/api/v1/acts', {'numbers': numbers}, status=200)
    s.expect('noted on all', any(c['act'] == 'note' and sorted(c['can']) == sorted(numbers) for c in a['acts']), str(a.json)[:300])
    a = s.step('a note on all', p, 'POST', '/api/v1/acts/note', {'items': [{'number': n, 'version': 1} for n in numbers], 'input': {'text': '一起看'}},
               headers={'Idempotency-Key': 'many-in-one-request'}, status=200, has={'done': 3, 'failed': 0})
    s.step('looked at again', p, 'GET', f'/api/v1/batches/{a["id"]}', status=200, has={'done': 3})


def scenario_look_up(place, s):
    """Businesses by their names; tests/http/test_businesses.py looks closer."""
    s.step('nobody of that name', place.officer('intake'), 'GET', '/api/v1/businesses?q=%E6%9F%90', status=200)


def scenario_views(place, s):
    """Saved views; tests/http/test_asking.py looks closer."""
    s.step('none yet, or some', place.officer('intake'), 'GET', '/api/v1/views', status=200)


def scenario_pages(place, s):
    p = place.officer('supervisor')
    for _ in range(7):
        s.step('file', place.public(), 'POST', '/api/v1/matters', complaint(), status=201)
    seen, cursor = [], ''
    while cursor is not None:
        a = s.step('a page', p, 'GET', '/api/v1/matters?kind=complaint&sort=-received&limit=5' + (f'&cursor={cursor}' if cursor else ''),
                   status=200)
        seen += [r['number'] for r in a['items']]
        cursor = a['next']
        s.expect('total stays', a['total'] >= len(a['items']))
    s.expect('each once', len(seen) == len(set(seen)))
    s.expect('as many as counted', len(seen) == p.send('GET', '/api/v1/matters/count?kind=complaint')['total'])
    a = s.step('by level', p, 'GET', '/api/v1/matters/count?by=level', status=200)
    s.expect('five levels', [c['key'] for c in a['cells']] == ['late', 'today', 'soon', 'later', 'paused'])
    for by in ('status', 'kind', 'waiting_for', 'body', 'category', 'month', 'channel', 'outcome'):
        a = s.step('by ' + by, p, 'GET', '/api/v1/matters/count?by=' + by, status=200)
        s.expect('cells add up', sum(c['n'] for c in a['cells']) == a['total'], by)
    for sort in ('due', '-due', 'received', '-received'):
        s.step('sorted ' + sort, p, 'GET', '/api/v1/matters?sort=' + sort, status=200)


def scenario_first(place, s):
    """快速反应,快速处理 around 15 March (R09): a matter of a theme that goes first says so in its row; lists by the theme keep the order of due days."""
    p, numbers = place.officer('supervisor'), []
    for days in (2, 0, 4):
        body = complaint(themes=['day_315', 'online'], channel='phone', received_at=instant(days * 86400), late_reason='活动现场登记')
        numbers.append(s.step('at the stand', place.officer('intake'), 'POST', '/api/v1/matters', body, status=201)['number'])
    plain = s.step('another', place.officer('intake'), 'POST', '/api/v1/matters', complaint(themes=['online'], channel='phone'), status=201)['number']
    a = s.step('those that go first', p, 'GET', '/api/v1/matters?themes=day_315&due=open&sort=due&limit=200', status=200)
    rows = [r for r in a['items'] if r['number'] in numbers]
    due = [r['next_deadline']['due'] for r in rows]  # days of rest in front of two of them can make their due days one
    s.expect('the oldest is due first', {r['number'] for r in rows} == set(numbers) and due == sorted(due), str([(r['number'], r['next_deadline']) for r in rows]))
    s.expect('the newest is due last', due[-1] == {r['number']: r['next_deadline']['due'] for r in rows}[numbers[1]], str(due))
    s.expect('each says why', all(r['first'] == {'zh': '3·15', 'en': '15 March'} for r in a['items']), str(a['items'])[:400])
    a = s.step('all', p, 'GET', '/api/v1/matters?due=open&sort=due&limit=200', status=200)
    dues = [r['next_deadline']['due'] for r in a['items'] if r['next_deadline']]
    s.expect('the whole list keeps its order', dues == sorted(dues))
    s.expect('an ordinary one does not go first', [r['first'] for r in a['items'] if r['number'] == plain] == [None])
    a = s.step('by level', p, 'GET', '/api/v1/matters/count?by=level&themes=day_315&due=open', status=200)
    s.expect('counted by the same filter', a['total'] >= 3, str(a.json))
    v = p.send('GET', '/api/v1/matters/' + numbers[1])['version']
    s.step('taken off', p, 'POST', f'/api/v1/matters/{numbers[1]}/acts/classify', {'themes': ['online']}, headers=version(v), status=200)
    a = s.step('again', p, 'GET', '/api/v1/matters?due=open&sort=due&limit=200', status=200)
    s.expect('it no longer goes first', [r['first'] for r in a['items'] if r['number'] == numbers[1]] == [None])


def scenario_search(place, s):
    p = place.officer('supervisor')
    f = s.step('file', place.public(), 'POST', '/api/v1/matters', complaint(facts='电动车蓄电池鼓包漏液，要求更换'), status=201)
    for _ in range(40):
        a = p.send('GET', '/api/v1/matters?q=%E9%BC%93%E5%8C%85')  # 鼓包
        if a['items']:
            break
        time.sleep(0.1)
    s.expect('found within 4 s', [r['number'] for r in a['items']] == [f['number']], str(a['items']))
    row = a['items'][0]
    text = row['title'] if row['title_marks'] else row['snippet']['text']
    marks = row['title_marks'] or row['snippet']['marks']
    s.expect('marked', any(text[b:e] == '鼓包' for b, e in marks), f'{text} {marks}')
    a = s.step('by number', p, 'GET', '/api/v1/matters?q=' + f['number'], status=200)
    s.expect('found', [r['number'] for r in a['items']] == [f['number']])


def scenario_changes(place, s):
    p = place.officer('supervisor')
    start = s.step('from now', p, 'GET', '/api/v1/changes', status=200)['position']
    f = s.step('file', place.public(), 'POST', '/api/v1/matters', complaint(), status=201)
    a = s.step('what changed', p, 'GET', f'/api/v1/changes?after={start}', status=200)
    s.expect('the new one', f['number'] in [i['number'] for i in a['items']], str(a.json))
    b = s.step('nothing since', p, 'GET', f'/api/v1/changes?after={a["position"]}', status=200)
    s.expect('nothing', b['items'] == [])
    s.step('the same', p, 'GET', f'/api/v1/changes?after={a["position"]}', status=304, headers={'If-None-Match': b.headers['ETag']})


def scenario_figures(place, s):
    p = place.officer('supervisor')
    year = time.strftime('%Y')
    a = s.step('all of the year', p, 'GET', f'/api/v1/figures?period={year}&against=prev', status=200)
    received = next(f for f in a['items'] if f['indicator'] == 'received_complaints')
    s.expect('as many as counted', received['num'] == p.send('GET', '/api/v1/matters/count?kind=complaint')['total'], str(received))
    b = s.step('the matters behind it', p, 'GET', f'/api/v1/figures/{received["id"]}/records?limit=200', status=200)
    s.expect('as many', b['total'] == received['num'])
    a = s.step('by kind', p, 'GET', f'/api/v1/figures?period={year}&indicator=received_complaints&by=category&scope=own', status=200)
    s.expect('cells add up', sum(c['n'] for c in a['items'][0]['breakdown']) == a['items'][0]['num'])
    s.step('dashboard', p, 'GET', f'/api/v1/dashboard?period={year}', status=200)
    s.step('dashboard of this month', p, 'GET', '/api/v1/dashboard', status=200)
    s.step('auditors read no figures of others', place.public(), 'GET', '/api/v1/dashboard', status=401)


def scenario_beside_intake(place, s):
    p = place.officer('intake')
    body = complaint(consumer={'name': '常客', 'phone': '13766667777', 'address': '安澜县文昌路5号'},
                     respondent={'name': '常客超市', 'address': '安澜县东门路2号'})
    for _ in range(3):
        body['facts'] += '，又一次'
        s.step('file', place.public(), 'POST', '/api/v1/matters', body, status=201)
    a = s.step('hints', p, 'POST', '/api/v1/hints', {'phone': '13766667777', 'respondent': '常客超市', 'facts': body['facts']}, status=200)
    s.expect('same person', len(a['same_person']) == 3, str(len(a['same_person'])))
    s.expect('same business', len(a['same_business']) == 3, str(len(a['same_business'])))
    s.step('nothing typed yet', p, 'POST', '/api/v1/hints', {}, status=200)
    s.step('not for the public', place.public(), 'POST', '/api/v1/hints', {}, status=401)


def scenario_reference(place, s):
    p = place.officer('intake')
    s.step('bodies', p, 'GET', '/api/v1/bodies', status=200, has={'items.0.code': '420202'})
    a = s.step('officers', p, 'GET', '/api/v1/officers', status=200)
    s.expect('all', {'intake', 'handler'} <= {o['name'] for o in a['items']})
    s.step('of nowhere', p, 'GET', '/api/v1/officers?body=1', status=404)
