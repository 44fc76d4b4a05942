"""Broadcasts on their way by the mail relay of the settings (sink.py): what is counted, and what a login wants. For
test_register_definitions.py, on its server."""
import datetime
import os
import subprocess
import time
from urllib.parse import quote

from filings import version
from sink import Sink

TODAY = (datetime.datetime.utcnow() + datetime.timedelta(hours=8)).date()
WHO, FROM = 'a.handler', 'notice@12315.example.gov.cn'
TITLE = '春节消费提示：预付卡、年货礼盒和直播间下单时要看清的几件事'


def entries(number=None, act=None):
    out = '/api/v1/registers/broadcasts/entries' + ('' if number is None else '/' + quote(number, safe=''))
    return out if act is None else f'{out}/acts/{act}'


def read(place, number):
    return place.officer(WHO).send('GET', entries(number))


def counted(a):
    return a['status'], a['fields']['sent']['value'], a['fields']['failed']['value']


def ready(place, s, channel, to, quota=100):
    a = s.step('a broadcast', place.officer(WHO), 'POST', entries(), {'fields': {
        'title': TITLE, 'channel': channel, 'audience': '网格员', 'text': '办卡不超三个月消费额。\n.留好合同。\n' + '字' * 900, 'quota': quota, 'recipients': to}}, status=201)
    return s.step('approved', place.officer('a.supervisor'), 'POST', entries(a['number'], 'approve'), {}, headers=version(a['version']), status=200)


def dispatch(place, s, a, status=200, why=None, **fields):
    more = {} if why is None else {'has': {'errors.0.code': why}}
    return s.step('sent', place.officer(WHO), 'POST', entries(a['number'], 'dispatch'), {'fields': fields}, headers=version(a['version']), status=status, **more)


def stop(place, s, number):
    return s.step('stopped', place.officer(WHO), 'POST', entries(number, 'stop'), {}, headers=version(read(place, number)['version']), status=200)


def until(what):
    """Asks until it is so, half a minute at most."""
    for _ in range(300):
        if what():
            return True
        time.sleep(0.1)
    return False


def until_sent(place, s, number, n, failed):
    until(lambda: read(place, number)['status'] == 'sent')
    a = read(place, number)
    f = {k: v['value'] for k, v in a['fields'].items()}
    s.expect(f'{number} is sent and counted', (a['status'], f['recipients_n'], f['sent'], f['failed'], f['sent_on']) == ('sent', n, n, failed, TODAY.isoformat()), f'{a["status"]} {f}')
    return a


def sent_by_gateway(place, s):
    """A text message and a letter by e-mail go out to each on the list, those refused are counted, and a relay that hangs up costs none of the others."""
    if 'broadcasts' not in place.telling.rows:
        return
    sink = Sink(refuse=('13900000003', 'gone'))
    sms = ready(place, s, 'sms', '\n'.join(['13900000001', ' 139 0000 0002 '.replace(' 0', '0'), '', '13900000003', '13900000004']))
    dispatch(place, s, sms, 409, 'no_gateway')
    for name, value in (('relay', sink.address), ('relay.from', FROM), ('relay.sms', 'sms.example.gov.cn')):
        place.command('setting', 'put', name, value)
    dispatch(place, s, sms, 422, recipients='13900000001\n1390000')
    dispatch(place, s, sms, 422, 'twice', recipients='13900000001\n13900000001')
    dispatch(place, s, ready(place, s, 'wechat', '13900000001'), 409, 'channel')
    dispatch(place, s, ready(place, s, 'sms', '13900000001\n13900000002', quota=1), 422, 'check')
    a = dispatch(place, s, sms)
    s.expect('on its way', a['status'] in ('sending', 'sent') and '13900000001' not in str([e['in'] for e in a['events']]))
    until_sent(place, s, sms['number'], 4, 1)
    s.expect('by text message', [x[0] for x in sink.taken] == [f'1390000000{n}@sms.example.gov.cn' for n in (1, 2, 4)] and {x[1] for x in sink.taken} == {None}, str(sink.taken))
    s.expect('what was written', {x[2].replace('\r\n', '\n').strip() for x in sink.taken} == {'办卡不超三个月消费额。\n.留好合同。\n' + '字' * 900})
    hung_up(place, s, sink)
    closed_to(place, s, sink)
    sink.close()


def hung_up(place, s, sink):
    fifty = '\n'.join(f'u{n}@example.org' for n in range(50)) + '\ngone@example.org'
    sink.taken.clear()
    sink.close_after = 25
    mail = ready(place, s, 'email', fifty)
    dispatch(place, s, mail)
    until(lambda: read(place, mail['number'])['fields']['sent']['value'] == 25)
    half = read(place, mail['number'])
    s.expect('the relay hung up: what was tried is counted, the rest waits', counted(half)[:2] == ('sending', 25), str(counted(half)))
    a = stop(place, s, mail['number'])
    s.expect('what did not go out stays', a['status'] == 'sent' and a['fields']['recipients_n']['value'] == 51 and len(sink.taken) == 25, f'{a["status"]} {len(sink.taken)}')
    s.expect('subject and ids', {x[1] for x in sink.taken} == {TITLE} and len({x[3] for x in sink.taken}) == 25, str(sink.taken[:1]))
    sink.taken.clear()
    whole = ready(place, s, 'email', fifty)
    dispatch(place, s, whole)
    until_sent(place, s, whole['number'], 51, 1)
    s.expect('each one once', sorted(x[0] for x in sink.taken) == sorted(f'u{n}@example.org' for n in range(50)), str(len(sink.taken)))
    s.expect('its sender', sink.sender == {FROM}, str(sink.sender))


def costs_nothing(place, s, what, tried):
    """A message that the relay does not even hear is neither sent nor failed."""
    before = errors(place)
    kept = ready(place, s, 'email', 'u1@example.org')
    dispatch(place, s, kept)
    s.expect(f'{what}: it was tried', until(lambda: errors(place) > before) and tried(), log(place)[-400:])
    a = read(place, kept['number'])
    s.expect(f'{what} costs no recipient', counted(a) == ('sending', 0, 0), str(counted(a)))
    stop(place, s, kept['number'])


def log(place):
    with open(os.path.join(place.folder, 'server.log'), encoding='utf-8', errors='replace') as f:
        return f.read()


def errors(place):
    return log(place).count('relay')


def closed_to(place, s, sink):
    sink.barred = (FROM,)
    sink.sender.clear()
    costs_nothing(place, s, 'a relay that does not take the sender', lambda: bool(sink.sender))
    sink.barred, sink.greeting = (), '554 not today'
    costs_nothing(place, s, 'a relay that does not greet', lambda: True)


def certificate(place):
    """A key and a certificate of its own for 127.0.0.1."""
    path = os.path.join(place.folder, 'relay.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', path, '-out', path + '.crt', '-days', '2', '-subj', '/CN=relay',
                    '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, capture_output=True)
    with open(path, 'a', encoding='ascii') as f, open(path + '.crt', encoding='ascii') as crt:
        f.write(crt.read())
    return path


def logged_in(place, s):
    """User and password come from a file and go over TLS alone; a relay that cannot prove who it is, or wants another password, hears nothing and costs nothing."""
    if 'broadcasts' not in place.telling.rows:
        return
    pem, file = certificate(place), os.path.join(place.folder, 'relay.login')
    login = ('notice', '口令: 4 words & a sign')

    def put(name, value, ok=True):
        return place.command('setting', 'put', name, value, ok=ok)

    def write(password, mode=0o600):
        with open(file, 'w', encoding='utf-8') as f:
            f.write(f'{login[0]}\n{password}\n')
        os.chmod(file, mode)

    write(login[1])
    s.expect('no login without TLS', 'is set' not in put('relay.login', file, ok=False))
    for starttls in (False, True):
        sink = Sink(certificate=pem, starttls=starttls, login=login)
        put('relay', sink.address)
        put('relay.login', file)
        s.expect('no way back to a line without TLS', 'is set' not in put('relay', sink.place, ok=False))
        costs_nothing(place, s, 'a certificate that nobody vouches for', lambda: sink.failed_handshakes > 0 or not sink.logins)
        s.expect('it heard neither login nor sender', not sink.logins and not sink.sender)
        put('relay.ca', pem + '.crt')
        mail = ready(place, s, 'email', 'u1@example.org\nu2@example.org')
        dispatch(place, s, mail)
        until_sent(place, s, mail['number'], 2, 0)
        s.expect('logged in, once for both, sealed', sink.logins == [(*login, True)], str(sink.logins))
        s.expect('both taken', len(sink.taken) == 2)
        write('Other-9')
        costs_nothing(place, s, 'another password', lambda: sink.logins[-1] == (login[0], 'Other-9', True))
        write(login[1], 0o644)
        n = len(sink.logins)
        costs_nothing(place, s, 'a file that others can read', lambda: len(sink.logins) == n)
        write(login[1])
        s.expect('the password stands in no log', login[1] not in log(place) and 'Other-9' not in log(place))
        put('relay.ca', '')
        sink.close()
    bare = Sink(login=login)
    put('relay.login', '')
    put('relay', bare.address)
    costs_nothing(place, s, 'a relay that wants a login and gets none', lambda: bool(bare.sender) and not bare.logins)
    bare.close()
