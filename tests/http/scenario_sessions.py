"""Signing in, staying in, getting out."""
import json
import os
import re
import subprocess

from filings import complaint
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


def scenario_list_of_officers(place, s):
    """Many in one file: what is wrong is named with its row before anybody is added."""
    path = os.path.join(place.folder, 'list.csv')

    def said(*lines):
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join(lines) + '\n')
        p = subprocess.run([place.program, 'user', 'import', path, '--data', place.data], capture_output=True, text=True, timeout=60, check=False)
        return p.returncode, p.stdout + p.stderr

    head = 'name,display,body,roles,password'
    good = f'listed,名单,420202,"handler,supervisor",{PASSWORD}'
    for words, rows, wanted in (('a missing column', ('name,display,body', 'x,y,420202'), ('row 1', 'roles')),
                                ('an unknown role', (head, good, f'other,他,420202,king,{PASSWORD}'), ('row 3', 'roles')),
                                ('an unknown body', (head, good, 'other,他,999,handler,'), ('row 3', 'body')),
                                ('a short password', (head, good, 'other,他,420202,handler,short'), ('row 3', 'password')),
                                ('a name twice', (head, good, good), ('row 3', 'name')),
                                ('a name that is taken', (head, good, 'leader,他,420202,handler,'), ('row 3', 'name')),
                                ('an open quote', (head, good, '"other,他'), ('row 3',)),
                                ('nothing', (), ('row 1', 'name'))):
        code, text = said(*rows)
        s.expect(f'{words} is named', code != 0 and all(w in text for w in wanted), text)
    s.step('nobody was added', place.public(), 'POST', '/api/v1/session', {'name': 'listed', 'password': PASSWORD}, status=401)
    code, text = said(head, good, '', 'unsigned,无,420202,intake,')
    s.expect('both are added', code == 0 and text.count('added') == 2, text)
    me = place.officer('listed').send('GET', '/api/v1/session').json
    s.expect('with both roles', set(me['officer']['roles']) == {'handler', 'supervisor'} and me['officer']['name'] == 'listed', str(me))
    s.step('nobody signs in without a password', place.public(), 'POST', '/api/v1/session', {'name': 'unsigned', 'password': PASSWORD}, status=401)


def scenario_posts_end(place, s):
    """Who leaves is signed out at once and takes nothing new; a body that ends takes nothing new and names one that goes on."""
    def command(*words):
        p = subprocess.run([place.program, *words, '--data', place.data], capture_output=True, text=True, timeout=60, check=False, env=place.env)
        return p.returncode, p.stdout + p.stderr

    def assign(number, **to):
        v = root.send('GET', '/api/v1/matters/' + number)['version']
        return root.send('POST', f'/api/v1/matters/{number}/acts/assign', {'body': '420202', **to}, headers={'If-Match': f'"{v}"'})

    root = place.officer('supervisor')
    place.command('user', 'add', 'leaver', '--display', '走', '--body', '420202', '--roles', 'handler', '--password', PASSWORD)
    leaver = place.officer('leaver')
    who = leaver.send('GET', '/api/v1/session')['officer']['id']
    filed = [s.step('file', place.public(), 'POST', '/api/v1/matters', complaint(), status=201)['number'] for _ in range(2)]
    s.expect('given to him', assign(filed[0], officer=who).status == 200)
    code, text = command('user', 'disable', 'leaver', '--successor', 'nobody-at-all')
    s.expect('an unknown successor is refused', code != 0, text)
    s.step('and he still works', leaver, 'GET', '/api/v1/session', status=200)
    code, text = command('user', 'disable', 'leaver', '--successor', 'handler')
    s.expect('he leaves', code == 0, text)
    s.step('signed out at once', leaver, 'GET', '/api/v1/session', status=401)
    s.step('and not in again', place.public(), 'POST', '/api/v1/session', {'name': 'leaver', 'password': PASSWORD}, status=401)
    a = assign(filed[1], officer=who)
    s.expect('takes nothing new', a.status == 422 and a['errors'][0]['field'] == 'officer', a.raw)
    v = root.send('GET', '/api/v1/matters/' + filed[0])['version']
    s.step('what he had goes to another', root, 'POST', f'/api/v1/matters/{filed[0]}/acts/reassign',
           {'officer': place.officer('handler').send('GET', '/api/v1/session')['officer']['id'], 'reason': '离岗'}, headers={'If-Match': f'"{v}"'}, status=200)
    for body in ('42020298', '42020299'):
        place.command('body', 'add', body, '--parent', '420202', '--name', '所' + body, '--kind', 'branch')
    for successor in ('999999', '42020299'):
        code, text = command('body', 'end', '42020299', '--successor', successor)
        s.expect(f'{successor} does not go on for it', code != 0 and 'successor' in text, text)
    s.expect('an unknown body', command('body', 'end', '999999')[0] != 0)
    code, text = command('body', 'end', '42020299', '--successor', '42020298')
    s.expect('it ends', code == 0 and '(ended)' in command('body', 'list')[1], text)
    s.expect('once', command('body', 'end', '42020299')[0] != 0)
    a = assign(filed[1], body='42020299')
    s.expect('takes nothing new', a.status == 422 and a['errors'][0]['field'] == 'body', a.raw)
    s.expect('nor goes on for another', command('body', 'end', '42020298', '--successor', '42020299')[0] != 0)
    s.expect('the other does', assign(filed[1], body='42020298').status == 200)


def scenario_check_id(place, s):
    """The command alone, without an installation: status and words."""
    for kind, value, right, want in (('uscc', '91350100m000100y43', True, '91350100M000100Y43'), ('uscc', '91350100M000100Y44', False, 'check'), ('uscc', '91350100M000100I43', False, ''),
                                     ('citizen', '110105491231002', True, '11010519491231002X'), ('citizen', '110101190002290011', False, ''), ('phone', '+86 138 0000 0001', True, '13800000001')):
        p = subprocess.run([place.program, 'check-id', kind, value, '--json'], capture_output=True, text=True, timeout=60, check=False)
        s.expect(f'{kind} {value}', p.returncode == (0 if right else 1) and json.loads(p.stdout)['valid'] == right and want in p.stdout, f'{p.returncode} {p.stdout}{p.stderr}')
    p = subprocess.run([place.program, 'check-id', 'colour', 'red'], capture_output=True, text=True, timeout=60, check=False)
    s.expect('another kind is usage', p.returncode == 2, p.stderr)


MANUAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'fangxin.1')


def scenario_help(place, s):
    """Each command says how it is used, and the manual has each with every option."""
    def said(*words):
        p = subprocess.run([os.environ.get('FANGXIN_SHIPPED') or place.program, *words], capture_output=True, text=True, timeout=60, check=False)
        return p.returncode, p.stdout

    with open(MANUAL, encoding='utf-8') as f:
        plain = re.sub(r'\\f[BIR]', '', f.read().replace('\\-', '-'))
    paragraphs = {p.split('\n')[0].split()[1]: p for p in plain.split('\n.TP\n')[1:]}
    code, text = said('help')
    commands = re.findall(r'^  ([a-z-]+) ', text, re.M)
    s.expect('a list', code == 0 and len(commands) > 20, text)
    s.expect('the manual has the same in the same order', [*commands, 'help'] == list(paragraphs), str(list(paragraphs)))
    for name in commands:
        code, text = said('help', name)
        usage, _, more = text.partition('\n\n')
        s.expect(f'help {name}', code == 0 and usage.startswith(f'usage: fangxin {name}') and len(more.split()) > 5, text)
        lacking = set(re.findall(r'--[a-z-]+', usage)) - {'--data', '--database', '--json'} - set(re.findall(r'--[a-z-]+', paragraphs[name]))
        s.expect(f'the manual of {name} has every option', not lacking, str(lacking))
    s.expect('an unknown command is usage', said('help', 'nonsense')[0] == 2)


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
