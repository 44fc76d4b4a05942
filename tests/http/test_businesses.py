#!/usr/bin/env python3
"""test_businesses.py FANGXIN: businesses as records: register, look up, confirm, merge; what their page counts
for whom; the clerk's choice about a duplicate."""
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine  # noqa: E402
from county import BODIES, run  # noqa: E402
from filings import act, complaint, key, matter, report, version  # noqa: E402

ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
OFFICERS = ['root.intake', 'root.handler', 'root.supervisor', 'root.leader', 'root.auditor', 'root.admin', 'root.security',
            'a.handler', 'a.supervisor', 'b.handler', 'b.supervisor', 'b.leader', 'a1.handler']


def uscc(n):
    """A code whose check character fits (GB 32100)."""
    body = f'91420202MA{n:07d}'
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def businesses(q='', **more):
    return '/api/v1/businesses?' + urllib.parse.urlencode(dict({'q': q}, **more))


def business(i, *rest):
    return '/'.join([f'/api/v1/businesses/{i}', *rest])


def register(s, who, status=201, **more):
    body = dict({'name': '瑞缘金行'}, **more)
    return s.step('register a business', who, 'POST', '/api/v1/businesses', body, status=status)


def found(s, who, q):
    return [r['id'] for r in s.step(f'look up {q}', who, 'GET', businesses(q, limit=50), status=200)['items']]


def soon(s, who, q, wanted):
    """Names are found by words within the lag of the index."""
    for _ in range(60):
        got = [r['id'] for r in who.send('GET', businesses(q, limit=50)).json['items']]
        if wanted(got):
            return got
        time.sleep(0.1)
    s.expect(f'{q} is found within 6 s', False, str(got))


def records(place, s):
    clerk, handler = place.officer('root.intake'), place.officer('b.handler')
    a = register(s, clerk, name='  宏泰汽车销售有限公司 ', aliases=['宏泰4S店', '宏泰4S店', ' 宏泰汽车 '], uscc=uscc(1).lower(),
                 address='安澜县东门路1号', division='420202005', industry='F52', contact={'name': '李建国', 'phone': '13712345678'})
    s.expect('names are trimmed and come once', a['name'] == '宏泰汽车销售有限公司' and a['aliases'] == ['宏泰4S店', '宏泰汽车'], a['name'])
    s.expect('the code is normal', a['uscc'] == uscc(1))
    s.expect('the industry has its name', a['industry_label']['zh'] == '零售业')
    s.expect('the contact is masked', a['contact'] == {'name': '李**', 'phone': '137****5678'} or a['contact']['phone'] == '137****5678', str(a['contact']))
    s.expect('it says that nothing is published', a['disclosure']['published'] is False and a['disclosure']['disclosed'] == 0 and '还没有公示' in a['disclosure']['state']['zh'])
    i = a['id']
    again = {'name': '重复提交的店'}
    first = s.step('with a key', clerk, 'POST', '/api/v1/businesses', again, status=201, headers=key('business-one'))
    same = s.step('the same again', clerk, 'POST', '/api/v1/businesses', again, status=201, headers=key('business-one'))
    s.expect('it is the same', first['id'] == same['id'] and same.headers['Idempotent-Replayed'] == 'true')
    for label, body, field in (('no name', {'aliases': ['x']}, 'name'), ('an empty name', {'name': '  '}, 'name'),
                               ('a wrong code', {'name': 'x', 'uscc': uscc(1)[:-1] + '#'}, 'uscc'),
                               ('a code that is taken', {'name': 'x', 'uscc': uscc(1)}, 'uscc'),
                               ('a division of five digits', {'name': 'x', 'division': '42020'}, 'division'),
                               ('an industry that does not exist', {'name': 'x', 'industry': 'F99'}, 'industry'),
                               ('a standing that comes by a merge alone', {'name': 'x', 'status': 'merged'}, 'status'),
                               ('a phone of ten digits', {'name': 'x', 'contact': {'phone': '1371234567'}}, 'contact.phone')):
        s.step(label, clerk, 'POST', '/api/v1/businesses', body, status=422, field=field)
    s.step('without a version', clerk, 'POST', business(i, 'acts', 'amend'), {'address': 'x'}, status=422, field='If-Match')
    s.step('amend', handler, 'POST', business(i, 'acts', 'amend'), {'address': '西门路2号', 'industry': None}, status=200,
           headers=version(1), has={'address': '西门路2号', 'industry': None, 'version': 2, 'uscc': uscc(1)})
    s.step('a stale version', handler, 'POST', business(i, 'acts', 'amend'), {'address': 'x'}, status=409, headers=version(1), code='conflict')
    s.step('mark', handler, 'POST', business(i, 'acts', 'mark'), {'status': 'unreachable', 'reason': '电话停机'}, status=200,
           headers=version(2), has={'status': 'unreachable', 'status_label.zh': '联系不上'})
    e = s.step('its history', handler, 'GET', business(i, 'events'), status=200)['events']
    s.expect('three acts', [x['act'] for x in e] == ['register', 'amend', 'mark'], str([x['act'] for x in e]))
    s.expect('the reason is kept', e[2]['texts'] == {'reason': '电话停机'}, str(e[2]))
    s.expect('the contact stands nowhere in clear', '13712345678' not in str(e) and '李建国' not in str(e))
    s.step('in clear with a reason', handler, 'POST', business(i, 'reveal'), {'reason': 'call_back'}, status=200,
           has={'name': '李建国', 'phone': '13712345678'})
    s.step('not without', handler, 'POST', business(i, 'reveal'), {'reason': 'because'}, status=422, field='reason')
    s.step('a business that is not there', clerk, 'GET', business(12345), status=404)
    s.step('nor is that', clerk, 'GET', business('x'), status=404)


def look_up(place, s):
    clerk = place.officer('root.intake')
    ids = {}
    for n, (name, aliases) in enumerate([('老城根牛肉面馆', ['老城根']), ('老城根牛肉面馆（东门店）', []), ('安澜县老城根餐饮管理有限公司', []),
                                          ('ＡＢＣ數碼城', []), ('麦田蛋糕', ['Wheat Field'])]):
        ids[n] = register(s, clerk, name=name, aliases=aliases, uscc=uscc(100 + n))['id']
    s.expect('by the beginning, the shortest first', found(s, clerk, '老城根牛')[:2] == [ids[0], ids[1]])
    s.expect('traditional and wide signs', found(s, clerk, 'abc数码') == [ids[3]])
    s.expect('by an alias', ids[4] in found(s, clerk, 'wheat'))
    s.expect('by the code', found(s, clerk, uscc(102)[:17].lower()) == [ids[2]])
    got = soon(s, clerk, '根餐饮', lambda got: ids[2] in got)
    s.expect('inside the name, by Han pairs', got == [ids[2]], str(got))
    got = soon(s, clerk, '牛肉面', lambda got: len(got) == 2)
    s.expect('both shops', set(got) == {ids[0], ids[1]}, str(got))
    s.expect('nothing', found(s, clerk, '没有这样的店') == [])
    s.expect('signs alone find nothing', found(s, clerk, '（）') == [])
    v = s.step('rename', clerk, 'POST', business(ids[4], 'acts', 'amend'), {'name': '谷雨蛋糕', 'aliases': []}, status=200, headers=version(1))
    soon(s, clerk, '麦田', lambda got: got == [])
    soon(s, clerk, 'wheat', lambda got: got == [])
    s.expect('by the new one', found(s, clerk, '谷雨') == [ids[4]] and v['version'] == 2)


def confirming(place, s):
    clerk, handler = place.officer('root.intake'), place.officer('a.handler')
    shop = register(s, clerk, name='远大轮胎行', uscc=uscc(200))['id']
    f = s.file(complaint(channel='visit', respondent={'name': '远大轮胎', 'address': '东门路2号'}, business=shop), 'root.intake')
    s.step('the name as told stays', clerk, 'GET', matter(f['number']), status=200,
           has={'respondent.name': '远大轮胎', 'business.id': shop, 'business.name': '远大轮胎行'})
    s.step('the public confirm nothing', place.public(), 'POST', '/api/v1/matters', complaint(business=shop), status=422, field='business')
    s.step('no such business', clerk, 'POST', '/api/v1/matters', complaint(channel='visit', business=99), status=422, field='business')
    g = s.file(complaint(respondent={'name': '远大轮胎行', 'address': '东门路2号'}, consents={'disclosure': True}))
    page = s.step('told under its name', clerk, 'GET', business(shop), status=200)
    s.expect('one confirmed, one only told so', page['facts']['total'] == 1 and page['facts']['same_name'] == 1, str(page['facts']))
    s.does('root.supervisor', g['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', g['number'], 'identify', {'business': 4711}, status=422, field='business')
    s.does('a.handler', g['number'], 'identify', {'business': shop}, has={'business.id': shop})
    e = s.step('the timeline', handler, 'GET', matter(g['number']) + '/events', status=200)['items'][0]
    s.expect('says who', e['act'] == 'identify' and '远大轮胎行' in e['text']['zh'], str(e['text']))
    s.expect('two now', s.step('list', clerk, 'GET', f'/api/v1/matters?business={shop}&sort=-received', status=200)['total'] == 2)
    s.expect('counted', s.step('count', clerk, 'GET', f'/api/v1/matters/count?business={shop}', status=200)['total'] == 2)
    disclosed_of(place, s, shop, g['number'])
    s.does('a.handler', g['number'], 'identify', {}, has={'business': None})
    s.does('a.handler', g['number'], 'identify', {}, status=422, field='business')
    s.expect('one again', s.step('list', clerk, 'GET', f'/api/v1/matters?business={shop}', status=200)['total'] == 1)
    place_of(s, clerk)
    s.step('bad filter', clerk, 'GET', '/api/v1/matters?business=x', status=422, field='business')


def place_of(s, clerk):
    """The place a matter counts in: as told; where the confirmed business knows it more exactly, that, for as long as it is confirmed."""
    here = register(s, clerk, name='花湖轮胎行', address='花湖街道8号')['id']  # by its address alone
    there = register(s, clerk, name='江北轮胎行', division='420202400')['id']
    told = {'name': '轮胎行', 'address': '东门路2号'}
    f = s.file(complaint(channel='visit', respondent=told), 'root.intake')
    g = s.file(complaint(channel='visit', respondent={**told, 'division': '420202'}, business=here), 'root.intake')
    h = s.file(complaint(channel='visit', respondent={**told, 'address': '胜阳港街道2号'}, business=here), 'root.intake')
    streets = {c['code']: c for c in s.step('divisions', clerk, 'GET', '/api/v1/codes', status=200)['divisions']}
    s.expect('streets lie in the county', streets['420202070'] == {'code': '420202070', 'zh': '花湖街道', 'en': 'Huahu', 'parent': '420202', 'group': None} and streets['420202']['parent'] is None, str(streets))

    def stands(number, code):
        m = s.read('root.supervisor', number)
        s.expect(f'{number} in {code}', m['division'] == code and m['division_label'] == (code and {k: streets[code][k] for k in ('zh', 'en')}), f'{m["division"]} {m["division_label"]}')

    for one, code in ((f, None), (g, '420202070'), (h, '420202007')):
        stands(one['number'], code)
    for number, shop, code in ((f, here, '420202070'), (f, there, '420202400'), (g, there, '420202400'), (h, there, '420202007')):
        s.does('root.supervisor', number['number'], 'identify', {'business': shop})
        stands(number['number'], code)
    s.does('root.supervisor', g['number'], 'amend', {'fields': {'respondent': {'name': '轮胎行', 'division': '420203'}}, 'reason': '在邻区'})
    s.expect('another county than the business lies in', s.read('root.supervisor', g['number'])['division'] == '420203')
    s.does('root.supervisor', f['number'], 'amend', {'fields': {'respondent': {'name': '轮胎行二店'}}, 'reason': '店名'})
    stands(f['number'], '420202400')
    s.does('root.supervisor', f['number'], 'identify', {})
    stands(f['number'], None)


def disclosed_of(place, s, shop, number):
    """What a reviewer let through counts on the page of the business, once archived too, and no longer when it is reopened."""
    def page(who='root.intake'):
        d = s.step('page', place.officer(who), 'GET', business(shop), status=200)['disclosure']
        return d['published'], d['disclosed'], d['exempt'], d['consented']

    s.does('a.handler', number, 'accept')
    s.does('a.handler', number, 'terminate', {'ground': 'T3', 'reason': '谈不成'})
    s.does('a.handler', number, 'tell', {'party': 'both', 'channel': 'letter'})
    s.expect('agreed to, not yet reviewed', page() == (False, 0, 0, 1), str(page()))
    s.does('a.supervisor', number, 'disclose', {'checked': ['privacy', 'secret', 'facts'], 'remark': '核对无误'})
    s.expect('it counts', page() == (True, 1, 0, 1), str(page()))
    s.expect('for those who see it', page('b.handler')[:3] == (False, 0, 0), str(page('b.handler')))
    s.does('a.supervisor', number, 'stop_disclosure', {'cause': 'disputed', 'reason': '事实有误'})
    s.expect('stopped', page()[:3] == (False, 0, 1), str(page()))
    s.does('a.supervisor', number, 'reopen', {'reason': '再谈'})
    s.expect('reopened: neither', page() == (False, 0, 0, 0), str(page()))


def merging(place, s):
    clerk, boss = place.officer('root.intake'), place.officer('root.supervisor')
    keep = register(s, clerk, name='安康大药房', address='东门路3号')['id']
    gone = register(s, clerk, name='安康药店', aliases=['安康老店'], uscc=uscc(300), industry='F52')['id']
    numbers = [s.file(complaint(channel='visit', business=gone, respondent={'name': '安康药店', 'address': '东门路3号'}), 'root.intake')['number'] for _ in range(5)]
    secret = s.file(report(channel='visit', business=gone), 'root.intake')
    s.does('root.supervisor', secret['number'], 'assign', {'body': BODIES['b'], 'officer': place.ids['b.handler']})
    s.step('handlers do not merge', place.officer('a.handler'), 'POST', business(gone, 'acts', 'merge'), {'into': keep}, status=403, headers=version(1))
    s.step('not into itself', boss, 'POST', business(gone, 'acts', 'merge'), {'into': gone}, status=422, headers=version(1), field='into')
    s.step('not into nothing', boss, 'POST', business(gone, 'acts', 'merge'), {'into': 5}, status=422, headers=version(1), field='into')
    s.step('not at a stale version', boss, 'POST', business(gone, 'acts', 'merge'), {'into': keep}, status=409, headers=version(7))
    a = s.step('merge', boss, 'POST', business(gone, 'acts', 'merge'), {'into': keep, 'reason': '同一家'}, status=200, headers=version(1),
               has={'id': keep, 'name': '安康大药房', 'uscc': uscc(300), 'address': '东门路3号', 'industry': 'F52'})
    s.expect('the names went over', a['aliases'] == ['安康药店', '安康老店'], str(a['aliases']))
    s.expect('it names what it took in', a['merged'] == [{'id': gone, 'name': '安康药店'}])
    s.step('the merged record points on', boss, 'GET', business(gone), status=200, has={'status': 'merged', 'into.id': keep, 'uscc': uscc(300)})
    s.expect('its names lead to the survivor', found(s, clerk, '安康药') == [keep] and found(s, clerk, '安康老') == [keep])
    s.expect('so does its code', found(s, clerk, uscc(300)) == [keep])
    for n in numbers:
        s.step('its matters went along', clerk, 'GET', matter(n), status=200, has={'business.id': keep, 'respondent.name': '安康药店'})
    s.step('a report as well', place.officer('b.handler'), 'GET', matter(secret['number']), status=200, has={'business.id': keep})
    e = s.step('by an event', clerk, 'GET', matter(numbers[0]) + '/events', status=200)['items'][0]
    s.expect('with both ids', e['act'] == 'identify' and e['data'] == {'business': keep, 'merged': gone}, str(e['data']))
    s.step('it takes no acts', boss, 'POST', business(gone, 'acts', 'amend'), {'address': 'x'}, status=409, headers=version(2), code='not_allowed')
    s.step('nor a second merge', boss, 'POST', business(gone, 'acts', 'merge'), {'into': keep}, status=409, headers=version(2))
    f = s.file(complaint(channel='visit', business=gone), 'root.intake')
    s.step('who still names it means the survivor', clerk, 'GET', matter(f['number']), status=200, has={'business.id': keep})
    third = register(s, clerk, name='康宁药业')['id']
    s.step('on to a third', boss, 'POST', business(keep, 'acts', 'merge'), {'into': third}, status=200, headers=version(a['version']))
    s.expect('all names lead there', found(s, clerk, '安康药') == [third])
    s.expect('all matters too', s.step('list', clerk, 'GET', f'/api/v1/matters?business={third}&kind=complaint', status=200)['total'] == 6)


def many(place, s):
    """More matters than one merge moves at once: the rest follow by the job."""
    clerk, boss = place.officer('root.intake'), place.officer('root.supervisor')
    keep, gone = register(s, clerk, name='大商场')['id'], register(s, clerk, name='大商场二店')['id']
    for _ in range(75):
        a = clerk.send('POST', '/api/v1/matters', complaint(channel='visit', business=gone), check=False)
        assert a.status == 201, a.raw
    s.step('merge', boss, 'POST', business(gone, 'acts', 'merge'), {'into': keep}, status=200, headers=version(1))
    for _ in range(80):
        n = clerk.send('GET', f'/api/v1/matters/count?business={keep}')['total']
        if n == 75:
            break
        time.sleep(0.1)
    s.expect('all went along', n == 75, str(n))


# Who may look a business up, write, merge; and what of its matters is counted for him.
ROLES = """
officer            read  write  merge  counts
root.intake        yes   yes    yes    ab
root.handler       yes   yes    no     ab
root.supervisor    yes   yes    yes    abr
root.leader        yes   no     no     ab
root.auditor       yes   no     no     ab
root.admin         yes   no     no     -
root.security      no    no     no     -
a.handler          yes   yes    no     a
a.supervisor       yes   yes    yes    a
b.handler          yes   yes    no     br
b.supervisor       yes   yes    yes    br
b.leader           yes   no     no     b
a1.handler         yes   yes    no     -
"""


def matrix(place, s):
    """A complaint in branch a, one in branch b, and a report with the handler of branch b."""
    boss = place.officer('root.supervisor')
    shop = register(s, boss, name='众人商行', uscc=uscc(400))['id']
    where = {}
    for body in 'ab':
        f = s.file(complaint(respondent={'name': '众人商行', 'address': '东门路4号'}))
        s.does('root.supervisor', f['number'], 'identify', {'business': shop})
        s.does('root.supervisor', f['number'], 'assign', {'body': BODIES[body], 'officer': place.ids[body + '.handler']})
        where[body] = f['number']
    f = s.file(report(respondent={'name': '众人商行', 'address': '东门路4号'}))
    s.does('root.supervisor', f['number'], 'identify', {'business': shop})
    s.does('root.supervisor', f['number'], 'assign', {'body': BODIES['b'], 'officer': place.ids['b.handler']})
    where['r'] = f['number']
    for line in ROLES.strip().splitlines()[1:]:
        name, read, write, merge, counts = line.split()
        p, counts = place.officer(name), counts.strip('-')
        status = 200 if read == 'yes' else 403
        s.step(f'{name} looks up', p, 'GET', businesses('众人'), status=status)
        page = s.step(f'{name} reads', p, 'GET', business(shop), status=status)
        s.step(f'{name} reads its acts', p, 'GET', business(shop, 'events'), status=status)
        s.step(f'{name} registers', p, 'POST', '/api/v1/businesses', {'name': '新店' + name}, status=201 if write == 'yes' else 403)
        version_now = boss.send('GET', business(shop))['version']
        s.step(f'{name} amends', p, 'POST', business(shop, 'acts', 'amend'), {'address': name}, status=200 if write == 'yes' else 403, headers=version(version_now))
        other = register(s, boss, name='要并的店')['id']
        s.step(f'{name} merges', p, 'POST', business(other, 'acts', 'merge'), {'into': shop}, status=200 if merge == 'yes' else 403, headers=version(1))
        if status != 200:
            continue
        total = page['facts']['total']
        s.expect(f'{name} counts', total == len(counts), f'{total} for {counts}')
        kinds = {c['key']: c['n'] for c in page['facts']['by_kind']}
        s.expect(f'{name}: reports', kinds.get('report', 0) == counts.count('r'), str(kinds))
        row = s.step(f'{name} in the list', p, 'GET', businesses('众人'), status=200)['items'][0]
        s.expect(f'{name}: the number beside the name', row['matters'] == len(counts), str(row['matters']))
        a = s.step(f'{name} lists', p, 'GET', f'/api/v1/matters?business={shop}&sort=-received', status=200)
        s.expect(f'{name}: the list', {r['number'] for r in a['items']} == {where[c] for c in counts}, str(a['items'])[:200])
    facts_of_one(place, s, shop, where)
    public = place.public()
    for method, path in (('GET', businesses('众')), ('GET', business(shop)), ('GET', business(shop, 'events')), ('POST', '/api/v1/businesses')):
        s.step('nobody', public, method, path, {'name': 'x'} if method == 'POST' else None, status=401)


def facts_of_one(place, s, shop, where):
    """Outcomes, amounts and on-time answers of its matters, for who sees them; what is performed."""
    for body, act_, more in (('a', 'settle', {'form': 'record', 'terms': '退款', 'remedies': [{'kind': 'refund', 'amount_fen': 4321}]}), ('b', 'terminate', {'ground': 'T1'})):
        s.does(body + '.handler', where[body], 'accept')
        s.does(body + '.handler', where[body], act_, more)
        s.does(body + '.handler', where[body], 'tell', {'party': 'both', 'channel': 'phone'})
    for who, outcomes, recovered, told in (('root.supervisor', {'settled': 1, 'terminated': 1}, 4321, (2, 2)), ('a.handler', {'settled': 1}, 4321, (1, 1)),
                                           ('b.leader', {'terminated': 1}, 0, (1, 1)), ('a1.handler', {}, 0, (0, 0))):
        f = s.step(f'{who}: its page', place.officer(who), 'GET', business(shop), status=200)['facts']
        got = {c['key']: c['n'] for c in f['by_outcome'] if c['key']}  # the report of who sees it has none yet
        s.expect(f'{who}: outcomes, amounts, answers in time', (got, f['recovered_fen'], (f['told']['num'], f['told']['den'])) == (outcomes, recovered, told), str(f))
        s.expect(f'{who}: none performed yet', f['performed'] == {'num': 0, 'den': outcomes.get('settled', 0)}, str(f['performed']))


def duplicates(place, s):
    clerk = place.officer('root.intake')
    one = s.file(complaint(channel='visit', respondent={'name': '鲜丰水果', 'address': '东门路5号'}), 'root.intake')
    two = s.file(complaint(channel='visit', respondent={'name': '鲜丰水果', 'address': '东门路5号'}, duplicate={'choice': 'link', 'number': one['number'], 'relation': 'repeat'}), 'root.intake')
    a = s.read('root.intake', two['number'])
    s.expect('linked at intake', [(x['number'], x['relation']) for x in a['links']] == [(one['number'], 'repeat')], str(a['links']))
    s.expect('and back', [x['number'] for x in s.read('root.intake', one['number'])['links']] == [two['number']])
    acts = [e['act'] for e in s.step('timeline', clerk, 'GET', matter(two['number']) + '/events', status=200)['items']]
    s.expect('the choice is an event', acts == ['duplicate', 'register'], str(acts))
    three = s.file(complaint(channel='visit', duplicate={'choice': 'new'}), 'root.intake')
    acts = [e['act'] for e in s.step('timeline', clerk, 'GET', matter(three['number']) + '/events', status=200)['items']]
    s.expect('so is "new"', acts == ['duplicate', 'register'], str(acts))
    s.does('root.intake', three['number'], 'duplicate', {'choice': 'link'}, status=422, field='number')
    s.does('root.intake', three['number'], 'duplicate', {'choice': 'perhaps'}, status=422, field='choice')
    s.does('root.intake', three['number'], 'duplicate', {'choice': 'link', 'number': one['number']})
    s.step('the public choose nothing', place.public(), 'POST', '/api/v1/matters', complaint(duplicate={'choice': 'new'}), status=422, field='duplicate')
    hidden = s.file(report(channel='visit'), 'root.intake')
    s.does('root.supervisor', hidden['number'], 'assign', {'body': BODIES['b'], 'officer': place.ids['b.handler']})
    f = s.file(complaint())
    s.does('root.supervisor', f['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', f['number'], 'duplicate', {'choice': 'link', 'number': hidden['number']}, status=422, field='number')
    s.does('root.supervisor', f['number'], 'duplicate', {'choice': 'link', 'number': hidden['number']})
    a = s.step('a link to a report does not show', place.officer('a.handler'), 'GET', matter(f['number']), status=200)
    s.expect('not as a link', a['links'] == [])
    acts = [e['act'] for e in s.step('timeline', place.officer('a.handler'), 'GET', matter(f['number']) + '/events', status=200)['items']]
    s.expect('not in the timeline', 'duplicate' not in acts, str(acts))


def sheet(n):
    rows = ['名称,曾用名,统一社会信用代码,住所,行业,登记状态,联系人,联系电话']
    for i in range(n):
        rows.append(f'导入商行{i}号,老导入{i}；旧店{i},{uscc(9000 + i)},安澜县东门路{i}号,零售业,营业,王{i},1360000{i:04d}')
    rows[4] = rows[4].replace(uscc(9003), uscc(9003)[:-1] + 'I')
    rows[6] = rows[6].replace('零售业', '没有这一行')
    rows[8] = rows[8].replace('导入商行7号', '')
    rows.append(f'重号商行,,{uscc(9001)},别处,,,,')
    return '\n'.join(rows) + '\n'


def importing(place, s):
    boss = place.officer('root.supervisor')
    text = sheet(30)

    def take(label):
        up = s.step(label, boss, 'POST', '/api/v1/uploads', text, status=201, headers={'Content-Type': 'text/csv'}, has={'map_name': 'businesses'})
        run_id = s.step('start', boss, 'POST', '/api/v1/imports', {'upload': up['id'], 'map': {'columns': up['suggested_map'], 'target': up['target']}}, status=202)['id']
        for _ in range(200):
            a = boss.send('GET', '/api/v1/imports/' + run_id)
            if a['state'] != 'running':
                return a
            time.sleep(0.1)
        s.expect('the import ends', False)

    a = take('upload a register')
    s.expect('27 are new, the same code is taken once', (a['state'], a['added'], a['skipped'], a['failed']) == ('done', 27, 1, 3), a.raw.decode()[:600])
    faults = {(e['row'], e['field']) for e in a['errors']}
    s.expect('each bad row with its field', faults == {(5, 'uscc'), (7, 'industry'), (9, 'name')}, str(faults))
    a = take('the same again')
    s.expect('nothing twice', (a['added'], a['skipped'], a['failed']) == (0, 28, 3), a.raw.decode()[:400])
    i = found(s, boss, uscc(9002))
    page = s.step('one of them', boss, 'GET', business(i[0]), status=200,
                  has={'name': '导入商行2号', 'aliases': ['老导入2', '旧店2'], 'industry': 'F52', 'contact.phone': '136****0002'})
    s.expect('by an act', [x['act'] for x in s.step('acts', boss, 'GET', business(page['id'], 'events'), status=200)['events']] == ['register'])
    s.step('handlers import nothing', place.officer('root.handler'), 'POST', '/api/v1/uploads', text, status=403, headers={'Content-Type': 'text/csv'})


def related(place, s):
    """Facts beside a matter: counted, without a label; reports count for nobody who may not see them."""
    clerk = place.officer('root.intake')
    shops = [register(s, clerk, name=f'常投店{i}')['id'] for i in range(3)]
    person = {'name': '常来', 'phone': '13511112222', 'address': '安澜县文昌路5号'}
    facts = '在店里买的电饭煲用了两天就不通电，店家说过了退货期不肯退'
    numbers = []
    for i in range(30):
        f = s.file(complaint(channel='visit', consumer=person, business=shops[i % 3] if i < 24 else None,
                             respondent={'name': f'常投店{i % 3}', 'address': '东门路6号'}, facts=facts + str(i)), 'root.intake')
        numbers.append(f['number'])
    f = s.file(report(channel='visit', consumer=person, business=shops[0]), 'root.intake')
    s.does('root.supervisor', f['number'], 'assign', {'body': BODIES['b'], 'officer': place.ids['b.handler']})
    a = s.step('beside it', clerk, 'GET', matter(numbers[0]) + '/related', status=200, has={'person.total': 30, 'confirmed': True, 'business.total': 8 + 1, 'duplicate': None})
    s.expect('by kind', [(c['key'], c['n']) for c in a['person']['by_kind']] == [('complaint', 30)], str(a['person']['by_kind']))
    s.expect('against whom', sorted(c['n'] for c in a['person']['by_business']) == [2, 2, 2, 8, 8, 8], str(a['person']['by_business'])[:300])
    s.expect('by month', sum(m['n'] for m in a['person']['by_month']) == 30)
    s.expect('five rows, not itself', len(a['person']['items']) == 5 and numbers[0] not in [r['number'] for r in a['person']['items']])
    s.expect('alike, the likest first', len(a['alike']) == 5 and a['alike'][0]['likeness'] >= a['alike'][4]['likeness'] > 700, str(a['alike'])[:200])
    s.expect('no label anywhere', '职业' not in a.raw.decode())
    who = place.officer('root.leader')
    s.step('not the report', who, 'GET', matter(numbers[0]) + '/related', status=200, has={'person.total': 30, 'business.total': 8})
    s.step('who reported is nobody', place.officer('b.handler'), 'GET', matter(f['number']) + '/related', status=200, has={'person': None, 'alike': []})
    s.step('not of a matter one cannot see', place.officer('a1.handler'), 'GET', matter(numbers[0]) + '/related', status=404)
    s.step('nobody', place.public(), 'GET', matter(numbers[0]) + '/related', status=401)
    a = s.step('a name alone', clerk, 'GET', matter(numbers[29]) + '/related', status=200, has={'confirmed': False})
    s.expect('which it may be', [x['id'] for x in a['suggestions']] == [shops[2]], str(a['suggestions'])[:200])
    s.does('root.intake', numbers[1], 'duplicate', {'choice': 'link', 'number': numbers[0]})
    s.step('decided', clerk, 'GET', matter(numbers[1]) + '/related', status=200, has={'duplicate.choice': 'link', 'duplicate.number': numbers[0]})
    a = s.step('hints', clerk, 'POST', '/api/v1/hints', {'phone': person['phone'], 'business': shops[1], 'facts': facts}, status=200,
               has={'person.total': 30, 'same_business_counts.total': 8})
    s.expect('alike', len(a['alike']) > 3)


def with_code(place, code):
    """Somebody of the business, by its login code."""
    p = place.public()
    plain = p.send
    p.send = lambda method, target, body=None, headers=None, check=True: plain(method, target, body, {'Fangxin-Business': code, **(headers or {})}, check)
    return p


def sent_to(s, shop, status=200, **expect):
    return s.step('what was sent to it', shop, 'GET', '/api/v1/business/matters', status=status, **expect)


def login_given(s, clerk, i, name='issue_login'):
    v = clerk.send('GET', business(i))['version']
    return s.step(name, clerk, 'POST', business(i, 'acts', name), {}, status=200, headers=version(v))


def negotiated(s, clerk, i, **more):
    """A complaint sent to business @p i."""
    f = s.file(complaint(channel='odr', **more), 'root.intake')
    if i is not None:
        s.does(clerk, f['number'], 'identify', {'business': i})
    return f


# Routes with the login code of a business, asked of what was sent to it. "." is open, "-" there is nothing, "n" refused, "u" not signed in.
ITS_ROUTES = """
GET  {number}                    .
GET  {number}/events             .
GET  {number}/deadlines/D13      .
POST {number}/acts/respond       .
POST {number}/acts/offer         .
POST {number}/acts/give_back     .
POST {number}/acts/accept_offer  n
POST {number}/acts/decline_offer n
POST {number}/acts/settle        n
POST {number}/acts/supplement    n
POST {number}/acts/withdraw      n
POST {number}/acts/to_authority  n
POST {number}/acts/identify      n
POST {number}/acts/assign        n
POST {number}/acts/note          n
POST {number}/acts/amend         n
POST {number}/acts/issue_pin     n
GET  {number}/files              n
POST {number}/files              n
POST {number}/reveal             u
GET  {number}/letters            u
GET  {number}/related            u
"""
ITS_INPUT = {'respond': {'text': 'x'}, 'offer': {'party': 'business', 'terms': 'x'}, 'give_back': {'reason': 'x'}, 'settle': {'form': 'record'},
             'supplement': {'text': 'x'}, 'assign': {'body': BODIES['a']}, 'note': {'text': 'x'}, 'amend': {'fields': {'amount_fen': 1}, 'reason': 'x'},
             'reveal': {'party': 'consumer', 'reason': 'call_back'}}


def settles_itself(place, s):
    """S07: a clerk gives the business a code; it reads, answers and offers; the consumer accepts; the matter is settled."""
    clerk, public = place.officer('root.intake'), place.public()
    i = register(s, clerk, name='快速通道商场')['id']
    s.expect('no login yet', clerk.send('GET', business(i))['login'] is False)
    a = login_given(s, clerk, i)
    code = a['login_code']
    s.expect('a code of its own', code.startswith(f'{i}-') and len(code.replace('-', '')) == len(str(i)) + 16 and a['login'] is True, code)
    s.expect('it is shown once', 'login_code' not in clerk.send('GET', business(i)).json)
    e = s.step('who gave it is on record', clerk, 'GET', business(i, 'events'), status=200)['events'][-1]
    s.expect('without the code', e['act'] == 'issue_login' and e['actor']['kind'] == 'officer' and code[-19:] not in str(e) and code[-19:].replace('-', '') not in str(e), str(e))
    facts = '我是刘婷，电话13812340007，住安澜县文昌街道文昌路5号，买的手镯断了'
    f = negotiated(s, clerk, i, facts=facts, consumer={'name': '刘婷', 'phone': '13812340007', 'address': '安澜县文昌街道文昌路5号'})
    shop, number = with_code(place, code), f['number']
    other = negotiated(s, clerk, register(s, clerk, name='另一家商场')['id'])
    unsent = negotiated(s, clerk, None)
    ordinary = s.file(complaint())
    s.does(clerk, ordinary['number'], 'identify', {'business': i})
    a = sent_to(s, shop, has={'business.name': '快速通道商场', 'counts.sent': 1, 'counts.open': 1, 'items.0.number': number, 'items.0.consumer': '刘*'})
    s.expect('its own alone', len(a['items']) == 1 and a['items'][0]['due'] is not None, str(a.json))
    for n in (other['number'], unsent['number'], ordinary['number'], '2611-00000-0'):
        for rest in ('', '/events', '/deadlines/D13'):
            s.step('not another', shop, 'GET', matter(n) + rest, status=404)
        s.step('nor acts on it', shop, 'POST', act(n, 'respond'), {'text': 'x'}, status=404)
    m = s.step('it reads what was sent', shop, 'GET', matter(number), status=200, has={'consumer.name': '刘*', 'consumer.phone': None, 'consumer.address': None, 'status': 'negotiating', 'files': []})
    said = m.raw.decode() + s.step('and its course', shop, 'GET', matter(number) + '/events', status=200).raw.decode()
    s.expect('without who it is', not any(x in said for x in ('刘婷', '13812340007', '文昌路5号')) and '手镯断了' in m['facts'], m['facts'])
    s.expect('and none of what the office keeps', not {'business', 'links', 'group', 'procedure', 'order', 'suggested_body', 'jurisdiction'} & set(m.json), str(set(m.json)))
    s.expect('what it may do', sorted(x['act'] for x in m['allowed_acts']) == ['give_back', 'offer', 'respond'] and m['blocked_acts'] == [], str(m['allowed_acts']))
    walk = {}
    for line in ITS_ROUTES.strip().splitlines():
        method, path, want = line.split()
        g = negotiated(s, clerk, i) if 'acts/' in path and want == '.' else f
        name = path.rsplit('/', 1)[-1]
        got = shop.send(method, matter(path.replace('{number}', g['number'])), ITS_INPUT.get(name, {}) if method == 'POST' else None, key('login' + name) if method == 'POST' else None, check='files' not in path)
        walk[path] = ({200: '.', 403: 'n', 404: '-', 401: 'u'}.get(got.status, got.status), want, got.raw[:200])
    s.expect('each route as the table says', all(got == want for got, want, _ in walk.values()), str({p: w for p, w in walk.items() if w[0] != w[1]}))
    s.step('a session does not widen it', with_code(place, code), 'GET', '/api/v1/matters', status=401)
    s.does(shop, number, 'respond', {'text': '请刘婷女士带小票来店，电话13812340007'}, has={'waiting_for.who': 'consumer'})
    s.step('the other side\'s offer is not its own', shop, 'POST', act(number, 'offer'), {'party': 'consumer', 'terms': 'x'}, status=422, field='party')
    s.does(shop, number, 'offer', {'party': 'business', 'terms': '退一赔一', 'amount_fen': 200000, 'remedy': 'refund'})
    s.step('it cannot take its own offer', shop, 'POST', act(number, 'accept_offer'), {}, status=403)
    party = place.holder(f['pin'])
    e = s.step('the consumer reads', party, 'GET', matter(number) + '/events', status=200)['items']
    s.expect('the answer and the offer, by the business', [(x['act'], x['actor']['kind'], x['actor']['display']) for x in e[:2]] == [('offer', 'business', '经营者'), ('respond', 'business', '经营者')], str(e[:2]))
    a = s.step('and accepts', party, 'POST', act(number, 'accept_offer'), {}, status=200,
               has={'status': 'settled', 'outcome.outcome': 'settled', 'settlement.terms': '退一赔一', 'settlement.remedies.0.kind': 'refund', 'settlement.remedies.0.amount_fen': 200000, 'recovered_fen': 200000})
    s.expect('the clock is met', [(d['rule'], d['state']) for d in a['deadlines']] == [('D13', 'met')], str(a['deadlines']))
    sent_to(s, shop, has={'counts.settled': 1})
    s.does(clerk, number, 'close', {})
    e = s.step('the officer reads who did what', place.officer('root.supervisor'), 'GET', matter(number) + '/events', status=200)['items']
    s.expect('it is the business, by its record', [x['data'].get('by_business') for x in e if x['act'] in ('respond', 'offer')] == [i, i], str(e))
    # an offer that an officer wrote down for the business still waits for him
    g = negotiated(s, clerk, i)
    s.does(clerk, g['number'], 'assign', {'body': BODIES['root'], 'officer': place.ids['root.handler']})
    s.does('root.handler', g['number'], 'offer', {'party': 'business', 'terms': '换一只'})
    s.step('taken', place.holder(g['pin']), 'POST', act(g['number'], 'accept_offer'), {}, status=200, has={'status': 'negotiating', 'waiting_for.who': 'officer'})
    # it becomes a complaint: the business reads it no more
    g = negotiated(s, clerk, i)
    s.does(shop, g['number'], 'give_back', {'reason': '要求太高'}, has={'status': 'failed'})
    s.step('the consumer goes on', place.holder(g['pin']), 'POST', act(g['number'], 'to_authority'), {}, status=200, has={'pack.id': 'market-2026'})
    s.step('it is the authority\'s', shop, 'GET', matter(g['number']), status=404)
    codes(place, s, clerk, i, code)


def codes(place, s, clerk, i, code):
    """A wrong code, an old one, one that was closed, and of a business that is gone."""
    for wrong in (code[:-1] + ('0' if code[-1] != '0' else '1'), code[:-1], code + 'A', '7', f'{i}', '999999-' + code.split('-', 1)[1], 'x-' + code, '-' + code):
        s.step('a wrong code', with_code(place, wrong), 'GET', '/api/v1/business/matters', status=401, field='Fangxin-Business')
        if wrong == code + 'A':
            sent_to(s, with_code(place, code.lower().replace('-', ' ').replace(' ', '-', 1)))  # as it may be typed; and what was wrong is forgotten
    s.step('none at all', place.public(), 'GET', '/api/v1/business/matters', status=401, field='Fangxin-Business')
    s.step('nor by a session', place.officer('root.supervisor'), 'GET', '/api/v1/business/matters', status=401)
    new = login_given(s, clerk, i)['login_code']
    s.step('the old one opens no more', with_code(place, code), 'GET', '/api/v1/business/matters', status=401)
    sent_to(s, with_code(place, new))
    s.expect('closed', login_given(s, clerk, i, 'close_login')['login'] is False)
    s.step('it opens no more', with_code(place, new), 'GET', '/api/v1/business/matters', status=401)
    v = clerk.send('GET', business(i))['version']
    s.step('nothing is left to close', clerk, 'POST', business(i, 'acts', 'close_login'), {}, status=409, code='not_allowed', headers=version(v))
    again = login_given(s, clerk, i)['login_code']
    s.expect('each is another', len({code, new, again}) == 3)
    s.step('not every officer gives one', place.officer('root.leader'), 'POST', business(i, 'acts', 'issue_login'), {}, status=403, headers=version(v + 1))
    v = clerk.send('GET', business(i))['version']
    s.step('it shuts its doors', clerk, 'POST', business(i, 'acts', 'mark'), {'status': 'closed'}, status=200, headers=version(v), has={'login': False})
    s.step('and its login', with_code(place, again), 'GET', '/api/v1/business/matters', status=401)
    s.step('none is given to it', clerk, 'POST', business(i, 'acts', 'issue_login'), {}, status=409, code='not_allowed', headers=version(v + 1))
    for n in range(8):  # guessing is slowed down
        a = with_code(place, f'{i}-0000-0000-0000-000{n}').send('GET', '/api/v1/business/matters')
    s.expect('who guesses waits', a.status == 429 and int(a.headers['Retry-After']) >= 1, str(a.status))


def stored(place, s):
    """Names of contacts are sealed; verify makes the names again from the events."""
    place.stop()
    held = engine.held(place)
    s.expect('the database holds no contact', '李建国'.encode() not in held and b'13712345678' not in held)
    place.command('verify', '--rebuild')
    engine.alter(place, "UPDATE business_name SET name = '别的名字' WHERE seq = 0 AND business = (SELECT min(business) FROM business_name)")
    said = place.command('verify', '--rebuild', ok=False)
    s.expect('verify names the row', 'business_name' in said, said)


FUNCTIONS = [records, look_up, confirming, merging, many, matrix, duplicates, importing, related, settles_itself, stored]

if __name__ == '__main__':
    run(FUNCTIONS, OFFICERS)
