"""Evidence: sent by the party and by officers, shown as pictures made anew, taken away by an act."""
import datetime
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

import engine
from filings import act, complaint, key, matter, report, version

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'media'))
from pictures import make, png  # noqa: E402

NAME = '刘婷家的戒指.jpg'


def files_of(place):
    if not hasattr(place, 'pictures'):
        build = os.environ.get('FANGXIN_BUILD') or os.path.dirname(place.program)
        place.pictures = make(os.path.join(build, 'tests', 'media', 'pictures'))
    return place.pictures


def put(s, label, who, number, data, *, status, name=None, headers=None, **more):
    sent = {'Content-Type': 'application/octet-stream', **(headers or {})}
    if name is not None:
        sent['Fangxin-File-Name'] = urllib.parse.quote(name)
    return s.step(label, who, 'POST', matter(number) + '/files', data, status=status, headers=sent, **more)


def filed(place, s, body=None):
    f = s.step('file', place.public(), 'POST', '/api/v1/matters', body or complaint(), status=201)
    return f['number'], place.holder(f['pin'])


def scenario_two_photos(place, s):
    """The consumer sends two, the handler sees them, takes one away with a reason."""
    files = files_of(place)
    number, holder = filed(place, s)
    a = put(s, 'the first', holder, number, files['photo.jpg'], name=NAME, status=201,
            has={'file.type': 'image/jpeg', 'file.name': NAME, 'file.shown': 'picture', 'file.width': 1200, 'file.height': 800,
                 'file.state': 'unscanned', 'file.open': True, 'file.from_party': True, 'file.officer': None, 'file.removed': None})
    first = a['file']['id']
    s.expect('its address', a.headers['Location'] == f'/api/v1/matters/{number}/files/{first}')
    s.expect('its size', a['file']['size'] == len(files['photo.jpg']))
    a = put(s, 'the second, as a telephone keeps it', holder, number, files['picture.heic'], status=201, has={'file.type': 'image/heic', 'file.name': None})
    second = a['file']['id']
    path = f'{matter(number)}/files'
    s.step('the party sees both', holder, 'GET', path, status=200, has={'items.0.id': first, 'items.1.id': second})
    a = s.step('and what they show', holder, 'GET', f'{path}/{first}', status=200)
    s.expect('a JPEG', a.raw[:3] == b'\xff\xd8\xff' and a.headers['Content-Type'] == 'image/jpeg')
    s.expect('without where and with what it was taken', b'GeheimWerk' not in a.raw and b'Exif' not in a.raw)
    policies = a.headers.get_all('Content-Security-Policy')
    s.expect('headers that let nothing run', any('sandbox' in p for p in policies) and a.headers['X-Content-Type-Options'] == 'nosniff' and
             a.headers['Cache-Control'] == 'no-store' and a.headers['Content-Disposition'].startswith('inline;') and
             a.headers['Cross-Origin-Resource-Policy'] == 'same-origin', str(a.headers))
    big = len(a.raw)
    a = s.step('the small one', holder, 'GET', f'{path}/{first}?size=thumb', status=200)
    s.expect('is smaller', len(a.raw) < big)
    s.step('no such size', holder, 'GET', f'{path}/{first}?size=huge', status=422, field='size')
    s.step('no such file', holder, 'GET', f'{path}/999', status=404)
    s.step('not a number', holder, 'GET', f'{path}/x', status=404)
    clerk, handler = place.officer('intake'), place.officer('handler')
    s.step('assign', clerk, 'POST', act(number, 'assign'), {'body': '420202'}, headers=version(s_version(s, clerk, number)), status=200)
    a = s.step('the handler has them on the page', handler, 'GET', matter(number), status=200)
    s.expect('both', [f['id'] for f in a['files']] == [first, second] and a['files'][0]['name'] == NAME)
    s.expect('and may take one away', any(x['act'] == 'detach' for x in a['allowed_acts']))
    s.step('looks', handler, 'GET', f'{path}/{first}', status=200)
    s.step('the original wants a reason', handler, 'GET', f'{path}/{first}/original', status=422, field='reason')
    s.step('one of the list', handler, 'GET', f'{path}/{first}/original?reason=curious', status=422, field='reason')
    o = s.step('with one', handler, 'GET', f'{path}/{first}/original?reason=identity', status=200)
    s.expect('byte for byte', o.raw == files['photo.jpg'] and o.headers['Content-Type'] == 'image/jpeg')
    s.expect('to be saved, under its name', o.headers['Content-Disposition'] == "attachment; filename*=UTF-8''" + urllib.parse.quote(NAME), o.headers['Content-Disposition'])
    v = version(a['version'])
    s.step('no reason, no removal', handler, 'POST', act(number, 'detach'), {'file': second}, headers=v, status=422, field='reason')
    s.step('a file that is not there', handler, 'POST', act(number, 'detach'), {'file': 999, 'reason': 'x'}, headers=v, status=422, field='file')
    a = s.step('taken away', handler, 'POST', act(number, 'detach'), {'file': second, 'reason': '与本件无关'}, headers=v, status=200,
               has={'files.1.removed.reason': '与本件无关', 'files.1.open': False})
    s.step('it cannot be looked at', handler, 'GET', f'{path}/{second}', status=409, code='not_allowed')
    s.step('nor twice', handler, 'POST', act(number, 'detach'), {'file': second, 'reason': 'x'}, headers=version(a['version']), status=422)
    s.step('a supervisor may still have the original', place.officer('supervisor'), 'GET', f'{path}/{second}/original?reason=other', status=200)
    s.step('the handler not', handler, 'GET', f'{path}/{second}/original?reason=other', status=403)
    a = s.step('the party no longer has it', holder, 'GET', path, status=200)
    s.expect('one is left', [f['id'] for f in a['items']] == [first])
    s.step('nor its picture', holder, 'GET', f'{path}/{second}', status=404)
    a = s.step('the timeline tells', handler, 'GET', matter(number) + '/events', status=200)
    told = {e['act']: e for e in a['items']}
    s.expect('who sent what', told['attach']['data']['sha256'] and NAME in told['attach']['text']['zh'] and '与本件无关' in told['detach']['text']['zh'])
    a = s.step('the looks', place.officer('auditor'), 'GET', f'/api/v1/access?number={number}', status=200)
    looks = [(x['what'], x['reason']) for x in a['items']]
    s.expect('are on record', (f'original:{first}', 'identity') in looks, str(looks))


def s_version(s, who, number):
    return s.step('read', who, 'GET', matter(number), status=200)['version']


def scenario_refused_files(place, s):
    """What is not taken gets an answer that says what is; the matter stays as it was."""
    files = files_of(place)
    number, holder = filed(place, s)
    cases = [('truncated.jpg', 'file_broken'), ('broken.jpg', 'file_broken'), ('drawing.svg', 'file_type'), ('page.html', 'file_type'),
             ('picture.gif', 'file_type'), ('program.exe', 'file_type'), ('pdf-in-jpeg.jpg', 'file_broken'), ('bomb.png', 'file_pixels'),
             ('empty.jpg', 'file_empty')]
    for name, code in cases:
        a = put(s, name, holder, number, files[name], name='好照片.jpg', headers={'Content-Type': 'image/jpeg'}, status=422, field='file')
        s.expect(f'{name} is {code}', a['errors'][0]['code'] == code and a['errors'][0]['zh'] and a['errors'][0]['en'], a.raw.decode())
    a = put(s, 'over 20 MB', holder, number, files['photo.jpg'] + b'\0' * (20 << 20), status=422, field='file')
    s.expect('says how much', a['errors'][0]['code'] == 'file_size' and '20 MB' in a['errors'][0]['zh'])
    a = put(s, 'a name that cannot be read', holder, number, files['photo.jpg'], headers={'Fangxin-File-Name': '%ff%00'}, status=422, field='Fangxin-File-Name')
    s.step('nothing was kept', holder, 'GET', matter(number) + '/files', status=200, has={'items': []})
    s.step('an act without a file', holder, 'POST', act(number, 'attach'), {}, status=422, field='act')
    s.step('nor a forged one', holder, 'POST', act(number, 'attach'), {'blob': '0' * 32}, status=422)
    put(s, 'nobody', place.public(), number, files['photo.jpg'], status=401)
    put(s, 'a wrong PIN', place.holder('AAAAAAAA'), number, files['photo.jpg'], status=404)
    put(s, 'a PDF called a photograph', holder, number, files['document.pdf'], name='照片.jpg', headers={'Content-Type': 'image/jpeg'}, status=201,
        has={'file.type': 'application/pdf', 'file.shown': 'document', 'file.width': None})


def scenario_documents(place, s):
    files = files_of(place)
    number, holder = filed(place, s)
    put(s, 'a WebP', holder, number, files['picture.webp'], status=201, has={'file.type': 'image/webp', 'file.shown': 'picture'})
    a = put(s, 'a PDF', holder, number, files['document.pdf'], name='../../etc/收据 "1".pdf', status=201, has={'file.name': '收据 "1".pdf'})
    path = f'{matter(number)}/files/{a["file"]["id"]}'
    s.step('has no picture', holder, 'GET', path, status=404)
    for who in (holder, place.officer('supervisor')):
        o = s.step('it is for saving', who, 'GET', path + '/original', status=200)
        s.expect('as it came, never shown', o.raw == files['document.pdf'] and o.headers['Content-Disposition'].startswith('attachment; ') and
                 '"' not in o.headers['Content-Disposition'] and o.headers['X-Content-Type-Options'] == 'nosniff' and
                 any('sandbox' in p for p in o.headers.get_all('Content-Security-Policy')), str(o.headers))


def scenario_ten_files(place, s):
    number, holder = filed(place, s)
    small = png(40, 30)
    for i in range(10):
        a = put(s, f'number {i + 1}', holder, number, small, headers=key(f'ten-{number}-{i}'), status=201)
    again = put(s, 'sent again with its key', holder, number, small, headers=key(f'ten-{number}-9'), status=201)
    s.expect('is the same one', again['file']['id'] == a['file']['id'])
    put(s, 'the key with another file', holder, number, png(41, 30), headers=key(f'ten-{number}-9'), status=422, code='replayed')
    a = put(s, 'an eleventh', holder, number, small, status=422, field='file')
    s.expect('says how many', a['errors'][0]['code'] == 'file_count' and '10' in a['errors'][0]['zh'])
    sup = place.officer('supervisor')
    page = s.step('page', sup, 'GET', matter(number), status=200)
    s.step('one is taken away', sup, 'POST', act(number, 'detach'), {'file': page['files'][0]['id'], 'reason': '重复'}, headers=version(page['version']), status=200)
    put(s, 'there is room again', holder, number, small, status=201)


def scenario_staff_files(place, s):
    """What officers add is not the party's; what the party sends counts as hers."""
    files = files_of(place)
    number, holder = filed(place, s)
    clerk = place.officer('intake')
    a = put(s, 'the clerk adds a paper that came by post', clerk, number, files['picture.png'], name='来信.png', status=201,
            has={'file.from_party': False, 'file.officer.display': '周敏'})
    s.step('the party does not see it', holder, 'GET', matter(number) + '/files', status=200, has={'items': []})
    s.step('nor its picture', holder, 'GET', f'{matter(number)}/files/{a["file"]["id"]}', status=404)
    s.step('nor the original', holder, 'GET', f'{matter(number)}/files/{a["file"]["id"]}/original', status=404)
    e = s.step('nor the event', holder, 'GET', matter(number) + '/events', status=200)
    s.expect('nothing of it', all(x['act'] != 'attach' for x in e['items']))
    m = s.step('the party has nothing to take away', holder, 'GET', matter(number), status=200)
    s.expect('and is not asked', all(x['act'] != 'detach' for x in m['allowed_acts']))
    s.step('nor can it', holder, 'POST', act(number, 'detach'), {'file': a['file']['id'], 'reason': 'x'}, status=409, code='not_allowed')
    own = put(s, 'it sends one itself', holder, number, files['photo.jpg'], status=201)['file']['id']
    s.step("still not the clerk's", holder, 'POST', act(number, 'detach'), {'file': a['file']['id'], 'reason': 'x'}, status=422, field='file')
    s.step('without a reason not its own', holder, 'POST', act(number, 'detach'), {'file': own}, status=422, field='reason')
    b = put(s, 'and another', holder, number, files['picture.png'], name=NAME, status=201)['file']['id']
    m = s.step('its own it may', holder, 'POST', act(number, 'detach'), {'file': b, 'reason': '拍到了家人'}, status=200)
    s.expect('it is gone for the party', [f['id'] for f in m['files']] == [own], str(m['files']))
    s.step('picture and all', holder, 'GET', f'{matter(number)}/files/{b}', status=404)
    s.step('and original', holder, 'GET', f'{matter(number)}/files/{b}/original', status=404)
    e = s.step('it sees what it did', holder, 'GET', matter(number) + '/events', status=200)
    s.expect('with its reason', [x['data'].get('reason') for x in e['items'] if x['act'] == 'detach'] == ['拍到了家人'], str(e['items']))
    sup = place.officer('supervisor')
    m = s.step('at the desk', sup, 'GET', matter(number), status=200,
               has={'files.2.removed.reason': '拍到了家人', 'files.2.removed.from_party': True, 'files.2.open': False})
    o = s.step('the original stays sealed', sup, 'GET', f'{matter(number)}/files/{b}/original?reason=other', status=200)
    s.expect('byte for byte', o.raw == files['picture.png'])
    s.step('an officer takes another', sup, 'POST', act(number, 'detach'), {'file': own, 'reason': '重复'}, headers=version(m['version']), status=200,
           has={'files.1.removed.from_party': False})
    e = s.step('which the party does not read', holder, 'GET', matter(number) + '/events', status=200)
    s.expect('one removal, its own', sum(x['act'] == 'detach' for x in e['items']) == 1)
    put(s, 'an auditor adds nothing', place.officer('auditor'), number, files['picture.png'], status=403)
    s.step('but sees', place.officer('auditor'), 'GET', f'{matter(number)}/files/{a["file"]["id"]}', status=200)
    s.step('no originals', place.officer('auditor'), 'GET', f'{matter(number)}/files/{a["file"]["id"]}/original?reason=other', status=403)


def scenario_report_files(place, s):
    """Evidence of a report: for its holder with the name, for those on it without, for others not at all."""
    files = files_of(place)
    number, holder = filed(place, s, report())
    a = put(s, 'the reporter sends', holder, number, files['photo.jpg'], name=NAME, status=201, has={'file.name': NAME})
    fid = a['file']['id']
    path = f'{matter(number)}/files/{fid}'
    s.step('sees her own', holder, 'GET', matter(number), status=200, has={'files.0.name': NAME, 'files.0.open': True})
    s.step('and the picture', holder, 'GET', path, status=200)
    s.step('not the original', holder, 'GET', path + '/original', status=403)
    for who in ('handler', 'handler2', 'leader', 'auditor', 'security'):
        nothing = place.officer(who).send('GET', matter('2611-00000-0') + '/files/2')
        for tail in ('', '/original?reason=identity'):
            a = s.step(f'{who} learns nothing', place.officer(who), 'GET', path + tail, status=404)
            s.expect('in the same words', a['errors'] == nothing['errors'] and a['title'] == nothing['title'])
        s.step(f'{who}: no list', place.officer(who), 'GET', matter(number) + '/files', status=404)
        put(s, f'{who} adds nothing', place.officer(who), number, files['picture.png'], status=404)
    sup = place.officer('supervisor')
    a = s.step('the supervisor', sup, 'GET', matter(number), status=200, has={'files.0.name': None, 'files.0.open': True})
    a = s.step('looks', sup, 'GET', path, status=200)
    s.expect('no name in the header', urllib.parse.quote(NAME) not in str(a.headers))
    o = s.step('and at the original', sup, 'GET', path + '/original?reason=identity', status=200)
    s.expect('without its name', urllib.parse.quote(NAME) not in str(o.headers) and f'{number}-{fid}.jpg' in o.headers['Content-Disposition'])
    e = s.step('the timeline', sup, 'GET', matter(number) + '/events', status=200)
    s.expect('has no name either', NAME not in e.raw.decode() and any(x['act'] == 'attach' for x in e['items']))
    looks = s.step('each look was on record before', place.officer('security'), 'GET', f'/api/v1/access?number={number}', status=200)
    what = [x['what'] for x in looks['items']]
    s.expect('both', f'file:{fid}' in what and f'original:{fid}' in what, str(what))
    clerk = place.officer('intake')
    s.step('a clerk who may pass it on', clerk, 'GET', matter(number), status=200, has={'files.0.open': False})
    s.step('does not look at the evidence', clerk, 'GET', path, status=403)


def scenario_nothing_leaks(place, s):
    """Neither names nor pictures lie open: database, log, metrics; backup and restore keep them."""
    files = files_of(place)
    number, holder = filed(place, s)
    put(s, 'send', holder, number, files['photo.jpg'], name=NAME, status=201)
    metrics = s.step('metrics', place.public(), 'GET', '/metrics', status=200)
    names = [NAME.encode(), urllib.parse.quote(NAME).encode(), '戒指'.encode()]
    s.expect('no name', not any(n in metrics.raw for n in names))
    parts = [b'GeheimWerk', files['photo.jpg'][3000:3040], b'\xff\xd8\xff\xe0']
    for folder, _, inside in os.walk(place.data):
        for name in inside:
            if name == 'control.sock':
                continue
            with open(os.path.join(folder, name), 'rb') as f:
                data = f.read()
            s.expect(f'no name in {name}', not any(n in data for n in names))
            s.expect(f'no picture in {name}', not any(p in data for p in parts[:2]) and not data.startswith(parts[2]))
    with open(os.path.join(place.folder, 'server.log'), 'rb') as f:
        log = f.read()
    s.expect('nor in the log', not any(n in log for n in names))
    s.expect('nor in the database', not any(n in engine.held(place) for n in names))
    copy, there = os.path.join(place.folder, 'copy.fangxin'), os.path.join(place.folder, 'restored')
    secret, exported = os.path.join(place.folder, 'secret'), os.path.join(place.folder, 'key')
    with open(secret, 'w', encoding='utf-8') as f:
        f.write('lang-genug-1234\n')
    place.command('key', 'export', exported, '--passphrase-file', secret)
    s.expect('new data keys', 'a new epoch' in place.command('key', 'rotate'))
    filed(place, s)
    place.command('backup', copy)
    restored = engine.elsewhere(there)
    foreign = foreign_key(place, secret)

    def run(*words):
        return subprocess.run([place.program, *words, '--data', there], env=restored.env, capture_output=True, text=True, check=False)

    done = run('restore', copy, '--key', exported, '--passphrase-file', copy)
    s.expect('not by another passphrase', done.returncode == 1, done.stdout + done.stderr)
    s.expect('of which nothing stays behind', not os.path.exists(there) or os.listdir(there) == [], there)
    done = run('restore', copy, '--key', foreign, '--passphrase-file', secret)
    s.expect('not by the key of another installation', done.returncode == 1 and 'master key is another one' in done.stderr, done.stdout + done.stderr)
    s.expect('of which nothing stays behind either', not os.path.exists(there) or os.listdir(there) == [], there)
    done = run('restore', copy, '--key', exported, '--passphrase-file', secret)
    s.expect('restored, by the key from before the new epoch', done.returncode == 0, done.stdout + done.stderr)
    s.expect('all of both epochs opens', re.findall(r'epoch (\d)', run('key', 'check').stdout) == ['2'] * 5)
    done = run('verify')
    s.expect('every file opens there', done.returncode == 0, done.stdout + done.stderr)
    kept, live = engine.sealed_files(restored), engine.sealed_files(place)
    s.expect('all files are in the backup', kept <= live and len(kept) >= 3, f'{len(kept)} {len(live)}')
    done = run('restore', copy, '--key', exported, '--passphrase-file', secret)
    s.expect('not over another installation', done.returncode == 1, done.stdout + done.stderr)
    s.expect('which stays as it was', run('verify').returncode == 0)
    shutil.rmtree(there)
    os.unlink(copy)
    if not engine.on_postgres():  # copies are of SQLite; PostgreSQL has pgBackRest
        copies_drill(place, s, secret, exported, there)


def foreign_key(place, secret):
    """The exported key of an installation that has nothing to do with this one."""
    data, exported = os.path.join(place.folder, 'foreign'), os.path.join(place.folder, 'foreign.key')
    env = {k: v for k, v in place.env.items() if k != 'FANGXIN_DATABASE'}
    for words in (['init', '--name', '邻县市场监督管理局', '--code', '420203'], ['key', 'export', exported, '--passphrase-file', secret]):
        subprocess.run([os.environ.get('FANGXIN_SHIPPED') or place.program, *words, '--data', data], env=env, capture_output=True, check=True)
    return exported


def copies_drill(place, s, secret, exported, there):
    """Two copies and something filed between them; the later and the earlier moment come back."""
    copies = os.path.join(place.folder, 'copies')
    s.expect('the first copy is a whole one', '.full.tar' in place.command('copy', copies))
    before = datetime.datetime.now(datetime.timezone.utc)
    time.sleep(1.1)
    filed = s.step('filed behind it', place.public(), 'POST', '/api/v1/matters', complaint(), status=201)
    s.expect('the next holds what changed', '.step.tar' in place.command('copy', copies))
    listed = subprocess.run([place.program, 'restore', copies, '--list'], capture_output=True, text=True, check=False)
    s.expect('both are listed', len(listed.stdout.splitlines()) == 2, listed.stdout + listed.stderr)
    at = ['--at', before.isoformat(timespec='seconds')]
    for moment, count in ((at, 0), ([], 1)):
        args = [place.program, 'restore', copies, *moment, '--data', there]
        done = subprocess.run(args, capture_output=True, text=True, check=False)
        s.expect('not without the key', done.returncode == 2 and '--key' in done.stderr, done.stdout + done.stderr)
        done = subprocess.run([*args, '--key', exported, '--passphrase-file', secret], capture_output=True, text=True, check=False)
        s.expect('restored', done.returncode == 0, done.stdout + done.stderr)
        said = subprocess.run([place.program, 'export', 'matters', '--data', there], capture_output=True, text=True, check=False)
        s.expect('as it was at that moment', said.stdout.count(filed['number']) == count, said.stderr)
        if not moment:
            said = subprocess.run([place.program, 'verify', '--data', there], capture_output=True, text=True, check=False)
            s.expect('the copy agrees with itself', said.returncode == 0, said.stdout + said.stderr)
        shutil.rmtree(there)
