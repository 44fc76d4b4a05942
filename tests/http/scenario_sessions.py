"""Signing in, staying in, getting out."""
from run import PASSWORD


def scenario_session(place, s):
    wrong = s.step('unknown name', place.public(), 'POST', '/api/v1/session',
                   {'name': 'nobody', 'password': 'x'}, status=401, code='unauthenticated')
    again = s.step('wrong password', place.public(), 'POST', '/api/v1/session',
                   {'name': 'auditor', 'password': 'x'}, status=401)
    s.expect('both in the same words', wrong['errors'] == again['errors'] and wrong['title'] == again['title'])
    p = place.public()
    a = s.step('sign in', p, 'POST', '/api/v1/session', {'name': 'handler', 'password': PASSWORD}, status=200,
               has={'officer.name': 'handler', 'officer.body': '420202', 'officer.roles': ['handler']})
    cookie = a.headers['Set-Cookie']
    s.expect('the cookie is closed to scripts', 'HttpOnly' in cookie and 'SameSite=Strict' in cookie and 'Path=/' in cookie)
    p.cookie, p.csrf = cookie.split(';')[0], a['csrf']
    s.step('who am I', p, 'GET', '/api/v1/session', status=200, has={'csrf': p.csrf})
    s.step('a write without the CSRF word', p, 'DELETE', '/api/v1/session', status=403,
           headers={'Fangxin-Csrf': None}, code='forbidden')
    s.step('a write with a wrong one', p, 'DELETE', '/api/v1/session', status=403,
           headers={'Fangxin-Csrf': 'wrong'}, code='forbidden')
    s.step('a write from another site', p, 'DELETE', '/api/v1/session', status=403,
           headers={'Sec-Fetch-Site': 'cross-site'}, code='forbidden')
    s.step('sign out', p, 'DELETE', '/api/v1/session', status=204)
    s.step('the old cookie is dead', p, 'GET', '/api/v1/session', status=401, code='unauthenticated')
    p.cookie = 'fangxin_session=' + 'A' * 43
    s.step('a forged cookie', p, 'GET', '/api/v1/session', status=401)
    p.cookie = 'fangxin_session=' + 'A' * 5000
    s.step('an endless cookie', p, 'GET', '/api/v1/session', status=401)


def scenario_password(place, s):
    place.command('user', 'add', 'changer', '--display', '改', '--body', '420202', '--roles', 'handler',
                  '--password', PASSWORD)
    p = place.officer('changer')
    s.step('wrong old one', p, 'POST', '/api/v1/session/password', {'old': 'nope', 'new': 'Another-Horse-8'}, status=422)
    s.step('too short', p, 'POST', '/api/v1/session/password', {'old': PASSWORD, 'new': 'short'}, status=422,
           field='new')
    s.step('changed', p, 'POST', '/api/v1/session/password', {'old': PASSWORD, 'new': 'Another-Horse-8'}, status=204)
    s.step('the old one is out', place.public(), 'POST', '/api/v1/session',
           {'name': 'changer', 'password': PASSWORD}, status=401)
    s.step('the new one is in', place.public(), 'POST', '/api/v1/session',
           {'name': 'changer', 'password': 'Another-Horse-8'}, status=200)


def scenario_locked(place, s):
    place.command('user', 'add', 'locked', '--display', '锁', '--body', '420202', '--roles', 'handler',
                  '--password', PASSWORD)
    for i in range(12):
        a = place.public().send('POST', '/api/v1/session', {'name': 'locked', 'password': f'wrong{i}'})
        if a.status == 429:
            break
    s.expect('wrong passwords slow down', a.status == 429 and int(a.headers['Retry-After']) > 0)
    s.step('others are not slowed', place.public(), 'POST', '/api/v1/session',
           {'name': 'leader', 'password': PASSWORD}, status=200)
