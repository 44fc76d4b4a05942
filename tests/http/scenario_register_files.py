"""Files of entries: sent by who may act, shown to who may see, taken away with a reason; defaults of fields. For
test_registers.py, with trial_shops (photos, at most two) and trial_tips (secret, a file before it may end)."""
import time
import urllib.parse

from county import BODIES, day
from filings import key, version
from scenario_evidence import files_of

ROOT = '/api/v1/registers'


def entry(reg, number, more=''):
    return f'{ROOT}/{reg}/entries/{urllib.parse.quote(number)}{more}'


def put(s, who, reg, number, into, data, status=201, name=None, headers=None, **more):
    sent = {'Content-Type': 'application/octet-stream', **(headers or {})}
    if name is not None:
        sent['Fangxin-File-Name'] = urllib.parse.quote(name)
    return s.step(f'{who} sends a file', s.place.officer(who), 'POST', entry(reg, number, f'/fields/{into}/files'), data, status=status, headers=sent, **more)


def get(s, who, target, status=200, **more):
    return s.step(f'{who} gets', s.place.officer(who), 'GET', target, status=status, **more)


def detach(s, who, reg, number, sent, status=200, **more):
    v = get(s, 'root.supervisor', entry(reg, number))['version']
    return s.step(f'{who} takes a file away', s.place.officer(who), 'POST', entry(reg, number, '/acts/detach'), sent, headers=version(v), status=status, **more)


def register(s, who, reg, fields, status=201, **more):
    return s.step(f'{who} registers', s.place.officer(who), 'POST', f'{ROOT}/{reg}/entries', {'fields': fields}, status=status, **more)


def photos(place, s):
    pictures = files_of(place)
    n = register(s, 'a.handler', 'trial_shops', {'name': '照相馆', 'trade': 'food'})['number']
    register(s, 'a.handler', 'trial_shops', {'name': '照相馆', 'trade': 'food', 'photos': [1]}, status=422, field='fields.photos')
    a = put(s, 'a.handler', 'trial_shops', n, 'photos', pictures['photo.jpg'], name='王记门面.jpg', headers=key('shop-photo'))
    shown = a['fields']['photos']
    first = shown['value'][0]['id']
    s.expect('one file', shown['text'] == '1 份' and {k: shown['value'][0][k] for k in ('type', 'shown', 'width', 'height', 'state', 'open')} ==
             {'type': 'image/jpeg', 'shown': 'picture', 'width': 1200, 'height': 800, 'state': 'unscanned', 'open': True}, str(shown))
    s.expect('nothing of where it lies', not {'blob', 'large', 'thumb'} & set(shown['value'][0]))
    s.expect('its address', a.headers['Location'] == entry('trial_shops', n, f'/files/{first}'), a.headers['Location'])
    s.expect('its name is in the event, to who may act', a['events'][-1]['act'] == 'attach' and a['events'][-1]['texts'] == {'name': '王记门面.jpg'}, str(a['events'][-1]))
    a = put(s, 'a.handler', 'trial_shops', n, 'photos', pictures['photo.jpg'], name='王记门面.jpg', headers=key('shop-photo'))
    s.expect('sent again it is the same one', len(a['fields']['photos']['value']) == 1)
    where = entry('trial_shops', n, f'/files/{first}')
    a = get(s, 'a.auditor', where)
    s.expect('a picture made anew', a.raw[:3] == b'\xff\xd8\xff' and b'Exif' not in a.raw and a.headers['Content-Disposition'].startswith('inline;'))
    s.expect('which runs nothing', any('sandbox' in p for p in a.headers.get_all('Content-Security-Policy')))
    s.expect('and a small one', len(get(s, 'a.auditor', where + '?size=thumb').raw) < len(a.raw))
    get(s, 'a.handler', where + '?size=huge', 422, field='size')
    get(s, 'a.handler', where + '/original', 422, field='reason')
    a = get(s, 'a.handler', where + '/original?reason=identity')
    s.expect('the original as it came, under its name', a.raw == pictures['photo.jpg'] and urllib.parse.quote('王记门面.jpg') in a.headers['Content-Disposition'])
    get(s, 'a.auditor', where + '/original?reason=identity', 403)
    looked(s, n, first)
    for who in ('b.handler', 'a.admin', 'a.security'):
        get(s, who, where, 404)
        put(s, who, 'trial_shops', n, 'photos', pictures['photo.jpg'], status=404)
    put(s, 'a.auditor', 'trial_shops', n, 'photos', pictures['photo.jpg'], status=403)
    s.step('the public', place.public(), 'GET', where, status=401)
    code = get(s, 'a.handler', entry('trial_shops', n))['code']
    p = s.step('the public page', place.public(), 'GET', f'/api/v1/public/entries/{code}', status=200)
    s.expect('has no file', 'photos' not in p.raw.decode())
    for name, fault in (('page.html', 'file_type'), ('empty.jpg', 'file_empty'), ('truncated.jpg', 'file_broken')):
        a = put(s, 'a.handler', 'trial_shops', n, 'photos', pictures[name], status=422, field='file')
        s.expect(f'{name} is {fault}', a['errors'][0]['code'] == fault, a.raw.decode())
    put(s, 'a.handler', 'trial_shops', n, 'name', pictures['photo.jpg'], status=404)
    put(s, 'a.handler', 'trial_shops', n, 'photos', pictures['picture.heic'])
    a = put(s, 'a.handler', 'trial_shops', n, 'photos', pictures['photo.jpg'], status=422, field='file')
    s.expect('two at most', a['errors'][0]['code'] == 'file_count' and '2' in a['errors'][0]['zh'], a.raw.decode())
    # taken away
    detach(s, 'a.handler', 'trial_shops', n, {'fields': {'file': first}}, 422, field='reason')
    detach(s, 'a.handler', 'trial_shops', n, {'fields': {'file': 999}, 'reason': 'x'}, 422, field='fields.file')
    detach(s, 'a.auditor', 'trial_shops', n, {'fields': {'file': first}, 'reason': 'x'}, 403)
    a = detach(s, 'a.handler', 'trial_shops', n, {'fields': {'file': first}, 'reason': '拍错了'})
    s.expect('one is left', a['fields']['photos']['text'] == '1 份' and a['events'][-1]['texts'] == {'reason': '拍错了'}, str(a['fields']['photos']))
    get(s, 'a.handler', where, 404)
    v = a['version']
    s.step('closed', place.officer('a.supervisor'), 'POST', entry('trial_shops', n, '/acts/close'), {'fields': {}}, headers=version(v), status=200)
    put(s, 'a.handler', 'trial_shops', n, 'photos', pictures['photo.jpg'], status=409)
    s.expect('and it says so', get(s, 'a.handler', entry('trial_shops', n))['may_attach'] is False)
    t = get(s, 'a.handler', f'{ROOT}/trial_shops/template.csv')
    s.expect('no column in sheets', 'photos' not in t.raw.decode())


def looked(s, n, file):
    """Looks at files of entries stand in the list of looks, as those at evidence do."""
    of = f'/api/v1/access?register=trial_shops&number={urllib.parse.quote(n)}'
    for _ in range(50):  # written in batches
        items = get(s, 'a.auditor', of)['items']
        if any(x['what'] == f'file:{file}' for x in items):
            break
        time.sleep(0.1)
    what = {(x['what'], x['officer'], x['reason']) for x in items}
    s.expect('who looked at it', {(f'file:{file}', '官aauditor', None), (f'original:{file}', '官ahandler', 'identity')} <= what, str(what))
    s.expect('and of what', {(x['register'], x['number']) for x in items} == {('trial_shops', n)}, str(items[:2]))
    reads = lambda: sum((x['what'], x['officer']) == ('read', '官asupervisor') for x in get(s, 'a.auditor', of)['items'])  # noqa: E731
    before = reads()
    s.step('a stale act shows the entry', s.place.officer('a.supervisor'), 'POST', entry('trial_shops', n, '/acts/close'), {'fields': {}}, headers=version(1), status=409,
           has={'current.number': n})
    for _ in range(50):
        if reads() > before:
            break
        time.sleep(0.1)
    s.expect('which is a look', reads() == before + 1, str(before))
    get(s, 'a.auditor', '/api/v1/access?register=trial_shops&number=NONE', 404)
    s.expect('not for another branch', all(x['number'] != n for x in get(s, 'b.auditor', '/api/v1/access')['items']))


def secret_files(place, s):
    """Of a register whose parties are secret; and what must be there before it may end."""
    pictures = files_of(place)
    n = register(s, 'a.intake', 'trial_tips', {'about': '有人卖假烟', 'who': {'name': '何举'}, 'officer': place.ids['a.handler2']})['number']
    v = get(s, 'a.handler2', entry('trial_tips', n))['version']
    s.step('not without proof', place.officer('a.handler2'), 'POST', entry('trial_tips', n, '/acts/finish'), {'fields': {}}, headers=version(v), status=422, field='fields.proof')
    a = put(s, 'a.handler2', 'trial_tips', n, 'proof', pictures['photo.jpg'])
    where = entry('trial_tips', n, f'/files/{a["fields"]["proof"]["value"][0]["id"]}')
    for who, status in (('a.handler2', 200), ('a.supervisor', 200), ('a.handler', 404), ('a.auditor', 404), ('root.handler', 404)):
        get(s, who, where, status)
    s.step('with it', place.officer('a.handler2'), 'POST', entry('trial_tips', n, '/acts/finish'), {'fields': {}}, headers=version(v + 1), status=200)


def defaults(place, s):
    """What is not sent is taken from the definition; what is sent as null is left empty."""
    a = register(s, 'a.handler', 'trial_stock', {'item': '默认', 'movement': 'in', 'quantity': 3})
    f = a['fields']
    s.expect('today, by me, in my body, one sheet', (f['moved_on']['value'], f['keeper']['value'], f['unit']['value'], f['sheets']['value']) ==
             (day(), place.ids['a.handler'], BODIES['a'], 1), str(f))
    a = register(s, 'a.handler', 'trial_stock', {'item': '默认', 'movement': 'in', 'quantity': 3, 'moved_on': day(2), 'sheets': None})
    s.expect('what is sent counts', a['fields']['moved_on']['value'] == day(2) and 'sheets' not in a['fields'], str(a['fields']))
    d = get(s, 'a.handler', f'{ROOT}/trial_stock')
    s.expect('forms know', {x['name']: x.get('default') for x in d['fields'] if 'default' in x} == {'moved_on': '@today', 'keeper': '@me', 'unit': '@body', 'sheets': 1})


ALL = [photos, secret_files, defaults]
