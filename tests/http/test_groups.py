#!/usr/bin/env python3
"""test_groups.py FANGXIN: sixty against one gym, from the alert to the decision; who sees a group; what is proposed
and what is not; membership in both timelines; `verify --rebuild` agrees at the end."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, ROLES, day, instant, run  # noqa: E402
from filings import act, complaint, key, matter, report, version  # noqa: E402

OFFICERS = ['a.' + r for r in ROLES] + ['a1.handler', 'b.handler', 'b.supervisor', 'root.supervisor', 'root.leader', 'root.intake']
GYM = '禾跃健身'
SAID = ['{d}在禾跃健身人民路店办的年卡，还剩{a}元，去锻炼发现门锁了，贴了张纸说停业，电话没人接。',
        '禾跃健身人民路店突然关门，年卡里还剩{a}元，去锻炼发现贴了张纸说停业，要求退卡。',
        '我的年卡是{d}在禾跃健身人民路店办的，还剩{a}元没用，现在门锁了贴着停业，要求退款。']


def gym(i, **more):
    return complaint(respondent={'name': GYM, 'address': '人民路126号'}, category='service.fitness', amount_fen=100000 + i * 100,
                     facts=SAID[i % 3].format(d=f'{1 + i % 9}月', a=1000 + i), **more)


def groups(s, who, query=''):
    return s.step('groups', s.place.officer(who), 'GET', '/api/v1/groups' + query, status=200)


def group(s, who, gid):
    return s.step('group', s.place.officer(who), 'GET', f'/api/v1/groups/{gid}', status=200)


def proposed(s, who, n, business=GYM):
    """Waits until one of so many is proposed."""
    for _ in range(80):
        found = [g for g in groups(s, who, '?status=proposed').json['items'] if g['business'] == business]
        if found and found[0]['sums']['members'] >= n:
            return found[0]
        time.sleep(0.25)
    return None


def settled(s, who, a):
    batch = a['batch'] if 'batch' in a.json else a.json
    for _ in range(400):
        if batch['state'] != 'running':
            return batch
        time.sleep(0.05)
        batch = s.step('progress', s.place.officer(who), 'GET', '/api/v1/batches/' + batch['id'], status=200).json
    raise AssertionError('the batch does not end')


def does(s, who, gid, name, body, label, v=None, status=200, **more):
    v = group(s, who, gid)['version'] if v is None else v
    return s.step(label, s.place.officer(who), 'POST', f'/api/v1/groups/{gid}/acts/{name}', body,
                  headers=dict(version(v), **key(f'{label}-{gid}'.replace(' ', '-'))), status=status, **more)


def rows(s, who, gid):
    got, cursor = [], ''
    while cursor is not None:
        a = s.step('members', s.place.officer(who), 'GET', f'/api/v1/matters?group={gid}&limit=50' + (f'&cursor={cursor}' if cursor else ''), status=200)
        got += a['items']
        cursor = a['next']
    return got


def picked(items):
    return [{'number': r['number'], 'version': r['version']} for r in items]


def give(s, filed, body, officer):
    a = s.step('assign', s.place.officer('root.supervisor'), 'POST', '/api/v1/acts/assign',
               {'items': [{'number': f['number'], 'version': 1} for f in filed], 'input': {'body': BODIES[body], 'officer': s.place.ids[officer]}},
               headers=key('give-' + filed[0]['number']), status=202 if len(filed) > 32 else 200)
    s.expect('all given', settled(s, 'root.supervisor', a)['failed'] == 0)


def sixty_against_a_gym(place, s):
    filed = [s.file(gym(i)) for i in range(58)]
    give(s, filed, 'a', 'a.handler')
    for i in range(3):
        s.file(report(respondent={'name': GYM, 'address': '人民路126号'}, facts=SAID[0].format(d='3月', a=i)))
    for i in range(4):  # against it as well, of something else
        s.file(complaint(respondent={'name': GYM, 'address': '人民路126号'}, facts=f'第{i}回路过被发传单的人拉住胳膊不让走，受了惊吓'))
    g = proposed(s, 'a.leader', 58)
    s.expect('the leader of the body is told', g is not None and g['sums']['members'] == 58, str(g))
    s.expect('where they lie', g['body'] == BODIES['a'] and g['allowed'] == ['confirm', 'dismiss'])
    s.expect('with the thresholds met', g['proposal']['least'] == 10 and g['proposal']['days'] == 30 and g['proposal']['likeness'] > 0)
    gid = g['id']
    more = [s.file(gym(i)) for i in (58, 59)]
    give(s, more, 'a', 'a.handler')
    g = proposed(s, 'a.leader', 60)
    s.expect('it grows while it waits', g is not None and g['id'] == gid, str(g))
    full = group(s, 'a.leader', gid)
    numbers = {f['number'] for f in filed + more}
    s.expect('these and no others, no report among them', {r['number'] for r in full['candidates']} == numbers and
             all(r['kind'] == 'complaint' for r in full['candidates']))
    s.expect('an event of the system says so', [e['act'] for e in full['events']][:1] == ['propose'] and full['events'][0]['actor']['kind'] == 'system')
    s.step('a handler does not confirm', place.officer('a.handler'), 'POST', f'/api/v1/groups/{gid}/acts/confirm', {}, headers=version(full['version']), status=403)
    s.step('nor another branch', place.officer('b.supervisor'), 'POST', f'/api/v1/groups/{gid}/acts/confirm', {}, headers=version(full['version']), status=404)
    s.step('not without a version', place.officer('a.leader'), 'POST', f'/api/v1/groups/{gid}/acts/confirm', {}, status=422, field='If-Match')
    s.step('nor of another state', place.officer('a.leader'), 'POST', f'/api/v1/groups/{gid}/acts/meet', {'at': instant()}, headers=version(full['version']), status=403)
    body = {'officer': place.ids['a.handler'], 'title': '禾跃健身停业退卡', 'members': picked(full['candidates'])}
    a = does(s, 'a.leader', gid, 'confirm', body, 'confirm', v=full['version'])
    b = settled(s, 'a.leader', a)
    s.expect('all sixty joined', b['done'] == 60 and b['failed'] == 0, str(b)[:400])
    a = does(s, 'a.leader', gid, 'confirm', body, 'confirm', v=full['version'])
    s.expect('sent again: the same', a['batch']['done'] == 60 and a['group']['sums']['members'] == 60 and a.headers['Idempotent-Replayed'] == 'true')
    members_and_clocks(place, s, gid)
    leave_and_join(place, s, gid)
    decision(place, s, gid)


def members_and_clocks(place, s, gid):
    g = group(s, 'a.handler', gid)
    s.expect('its head', g['status'] == 'open' and g['officer']['display'] == '官ahandler' and g['title'] == '禾跃健身停业退卡', str(g.json)[:300])
    s.expect('its sums', g['sums']['members'] == g['sums']['open'] == g['sums']['persons'] == 60 and
             g['sums']['amount_fen'] == sum(100000 + i * 100 for i in range(60)) and g['sums']['next_due'], str(g['sums']))
    got = rows(s, 'a.handler', gid)
    s.expect('sixty rows with own clocks and a chip', len(got) == 60 and all(r['group'] == {'id': gid, 'n': 60} and r['next_deadline']['rule'] == 'D1' for r in got))
    one = got[0]['number']
    e = s.step('both timelines', place.officer('a.handler'), 'GET', matter(one) + '/events', status=200)['items'][0]
    s.expect('the matter says so', e['act'] == 'join_group' and GYM in e['text']['zh'], str(e))
    joins = [x for x in g['events'] if x['act'] == 'join']
    s.expect('and the group', len(joins) == 60 and one in [x['in']['number'] for x in joins])
    a = s.step('counted', place.officer('a.handler'), 'GET', f'/api/v1/matters/count?group={gid}&by=status', status=200)
    s.expect('sixty', a['total'] == 60)
    # one act on all
    a = s.step('accept all', place.officer('a.handler'), 'POST', '/api/v1/acts/accept', {'items': picked(got)}, headers=key(f'accept-{gid}'), status=202)
    s.expect('accepted', settled(s, 'a.handler', a)['done'] == 60)
    two = [r['number'] for r in got[:3]]
    does(s, 'a.handler', gid, 'represent', {'numbers': two}, 'three representatives', status=422, field='numbers')
    does(s, 'a.handler', gid, 'represent', {'numbers': ['2611-00000-0']}, 'a stranger represents', status=422, field='numbers.0')
    does(s, 'a.handler', gid, 'represent', {'numbers': two[:2]}, 'nobody represents without a mandate', status=422, field='paper')
    does(s, 'a.handler', gid, 'represent', {'numbers': two[:2], 'paper': '推选书原件', 'signed_on': day(3)}, 'two representatives')
    g = group(s, 'a.handler', gid)
    s.expect('two, with their paper', g['representatives'] == two[:2] and g['mandate']['paper'] == '推选书原件')
    does(s, 'a.handler', gid, 'represent', {'numbers': two[:2]}, 'the same two again need no other paper')
    s.expect('it is still there', group(s, 'a.handler', gid)['mandate']['paper'] == '推选书原件')
    paper = {'numbers': two[1:], 'paper': '推选书原件，58 人签名', 'signed_on': day(2)}
    does(s, 'a.handler', gid, 'represent', paper, 'others need the consent of all', status=422, field='agreed')
    paper['agreed'] = True
    does(s, 'a.handler', gid, 'represent', dict(paper, signed_on=None), 'a paper has its day', status=422, field='signed_on')
    does(s, 'a.handler', gid, 'represent', dict(paper, signed_on=day(-1)), 'not ahead', status=422, field='signed_on')
    does(s, 'a.handler', gid, 'represent', paper, 'with the mandate')
    g = group(s, 'a.handler', gid)
    s.expect('kept', g['representatives'] == two[1:] and g['mandate']['paper'] == paper['paper'] and g['mandate']['signed_on'] == day(2)
             and g['mandate']['by']['id'] == place.ids['a.handler'], str(g['mandate']))
    meeting = {'at': instant(-3 * 86400), 'place': '文昌路5号二楼', 'mode': 'on_site', 'members': picked(rows(s, 'a.handler', gid))}
    agreed = {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'}
    a = s.step('each has agreed to mediation', place.officer('a.handler'), 'POST', '/api/v1/acts/consent',
               {'items': meeting['members'], 'input': agreed}, headers=key(f'consent-of-all-{gid}'), status=202)
    s.expect('all recorded', settled(s, 'a.handler', a)['failed'] == 0)
    meeting['members'] = picked(rows(s, 'a.handler', gid))
    a = does(s, 'a.handler', gid, 'meet', meeting, 'one meeting')
    s.expect('for all', settled(s, 'a.handler', a)['done'] == 60)
    g = group(s, 'a.handler', gid)
    s.expect('kept', g['meeting']['place'] == '文昌路5号二楼' and g['meeting']['mode'] == 'on_site', str(g['meeting']))
    s.expect('and told to each', all(r['status'] == 'mediating' for r in rows(s, 'a.handler', gid)))


def leave_and_join(place, s, gid):
    got = rows(s, 'a.handler', gid)
    n, v = got[5]['number'], got[5]['version']
    s.step('leave', place.officer('a.handler'), 'POST', act(n, 'leave_group'), {'reason': '他要单独谈'}, headers=version(v), status=200, has={'group': None})
    s.step('not twice', place.officer('a.handler'), 'POST', act(n, 'leave_group'), {'reason': 'x'}, headers=version(v + 1), status=409, code='not_allowed')
    s.expect('59', group(s, 'a.handler', gid)['sums']['members'] == 59)
    s.expect('the group says so', group(s, 'a.handler', gid)['events'][-1]['act'] == 'leave')
    a = s.step('which can it join', place.officer('a.handler'), 'GET', '/api/v1/groups?for=' + n, status=200)
    s.expect('this one', [g['id'] for g in a['items']] == [gid])
    s.step('no such group', place.officer('a.handler'), 'POST', act(n, 'join_group'), {'group': 7}, headers=version(v + 1), status=422, field='group')
    s.step('join', place.officer('a.handler'), 'POST', act(n, 'join_group'), {'group': gid}, headers=version(v + 1), status=200, has={'group.id': gid, 'group.n': 60})
    s.step('not twice', place.officer('a.handler'), 'POST', act(n, 'join_group'), {'group': gid}, headers=version(v + 2), status=409, code='not_allowed')
    r = s.file(report(channel='visit'), 'root.intake')
    a = place.officer('root.intake').send('POST', act(r['number'], 'join_group'), {'group': gid}, version(1))
    s.expect('a report never', a.status in (404, 409), str(a.status))


def decision(place, s, gid):
    p = place.officer('a.handler')
    got = rows(s, 'a.handler', gid)
    stale = got[7]['number']
    members = [{'number': r['number'], 'version': r['version'], 'amount_fen': 50000 + i, 'agreed': i != 3} for i, r in enumerate(got)]
    body = {'act': 'settle', 'form': 'deed', 'terms': '按剩余天数退款', 'remedy': 'refund', 'paid_by': instant(-30 * 86400)[:10], 'members': members}
    does(s, 'a.handler', gid, 'decide', body, 'one has not agreed', status=422, field='members.3.agreed')
    members[3]['agreed'] = True
    does(s, 'a.handler', gid, 'decide', dict(body, act='archive'), 'no such decision', status=422, field='act')
    s.does('a.handler', stale, 'note', {'text': '他刚打来电话'})
    a = does(s, 'a.handler', gid, 'decide', body, 'decide for all')
    b = settled(s, 'a.handler', a)
    failed = [i for i in b['items'] if i['state'] == 'failed']
    s.expect('59 settled, one listed', b['done'] == 59 and [i['number'] for i in failed] == [stale] and failed[0]['problem']['code'] == 'conflict', str(failed))
    at = [m['number'] for m in members].index(stale)
    again = {'items': [{'number': stale, 'version': failed[0]['version'], 'input': {'remedies': [{'kind': 'refund', 'amount_fen': members[at]['amount_fen']}]}}],
             'input': {'form': 'deed', 'terms': '按剩余天数退款'}}
    s.step('the rest again', p, 'POST', '/api/v1/acts/settle', again, headers=key(f'rest-{gid}'), status=200, has={'done': 1, 'failed': 0})
    g = group(s, 'a.handler', gid)
    s.expect('decided', g['status'] == 'decided' and g['decision']['act'] == 'settle' and g['decision']['terms'] == '按剩余天数退款', str(g['decision']))
    s.expect('each its own amount', g['sums']['settled'] == 60 and g['sums']['recovered_fen'] == sum(50000 + i for i in range(60)), str(g['sums']))
    m = s.read('a.handler', members[9]['number'])
    s.expect('on the matter', m['settlement']['remedies'][0]['amount_fen'] == 50009 and m['recovered_fen'] == 50009, str(m['settlement']))
    s.expect('own clocks still', any(d['rule'] == 'D2' and d['state'] == 'met' for d in m['deadlines']), str(m['deadlines']))
    a = groups(s, 'a.leader')
    s.expect('counted as a group', a['sums'] == {'groups': 1, 'members': 60, 'persons': 60, 'amount_fen': sum(100000 + i * 100 for i in range(60)),
                                                 'recovered_fen': sum(50000 + i for i in range(60))}, str(a['sums']))
    does(s, 'a.handler', gid, 'close', {'reason': '都办完了'}, 'close')
    late = s.file(gym(70))
    give(s, [late], 'a', 'a.handler')
    s.step('closed: nobody joins', p, 'POST', act(late['number'], 'join_group'), {'group': gid}, headers=version(2), status=422, field='group')


def dismissed_does_not_come_back(place, s):
    shop = '安平早教'
    filed = [s.file(complaint(respondent={'name': shop, 'address': '东门路8号'}, facts=f'在安平早教东门路店报的课还剩{i}节，老师说停课了一直不退费')) for i in range(10)]
    g = proposed(s, 'root.leader', 10, shop)
    s.expect('proposed', g is not None)
    does(s, 'root.leader', g['id'], 'dismiss', {}, 'no reason', status=422, field='reason')
    does(s, 'root.leader', g['id'], 'dismiss', {'reason': '是同一家人填的'}, 'dismiss')
    s.expect('dismissed', group(s, 'root.leader', g['id'])['status'] == 'dismissed')
    for f in filed[:3]:  # events of its matters bring nothing back
        s.does('root.supervisor', f['number'], 'note', {'text': '再看'})
    for i in range(9):
        s.file(complaint(respondent={'name': shop, 'address': '东门路8号'}, facts=f'在安平早教东门路店报的课还剩{20 + i}节，老师说停课了一直不退费'))
    time.sleep(5)
    s.expect('not for the same set and a few', proposed_now(s, 'root.leader', shop) == [])
    s.file(complaint(respondent={'name': shop, 'address': '东门路8号'}, facts='在安平早教东门路店报的课还剩40节，老师说停课了一直不退费'))
    g2 = proposed(s, 'root.leader', 20, shop)
    s.expect('as many new ones as make a group do', g2 is not None and g2['id'] != g['id'] and g2['sums']['members'] == 20, str(g2))


def proposed_now(s, who, business):
    return [g for g in groups(s, who, '?status=proposed').json['items'] if g['business'] == business]


def too_few_or_far_apart(place, s):
    for i in range(9):
        s.file(complaint(respondent={'name': '九件店', 'address': 'x'}, facts=f'在九件店买的米有虫，第{i}袋，店里不肯换'))
    words = '退修换价量秤货包箱灯门车鞋衣茶药水电油米'
    for i in range(12):
        s.file(complaint(respondent={'name': '杂事店', 'address': 'x'}, facts=f'{words[i]}{words[-i - 1]}的事：' + ''.join(chr(0x4e00 + 97 * i + k * 13) for k in range(30))))
    for i in range(12):
        days = 50 if i < 6 else 0
        s.step('file late', place.officer('root.intake'), 'POST', '/api/v1/matters',
               complaint(respondent={'name': '两回店', 'address': 'x'}, channel='visit', received_at=instant(86400 * days + 60), late_reason='补登',
                         facts=f'在两回店办的卡不能用，还剩{i}次，老板说系统坏了'), status=201)


def none_of_those(place, s):
    """What too_few_or_far_apart filed has long been looked at."""
    for shop in ('九件店', '杂事店', '两回店'):
        s.expect(f'{shop}: no group', proposed_now(s, 'root.leader', shop) == [])


def by_hand(place, s):
    p = place.officer('a.handler')
    filed = [s.file(complaint(respondent={'name': '手拉手超市', 'address': 'x'})) for _ in range(3)]
    give(s, filed, 'a', 'a.handler')
    far = s.file(complaint())
    give(s, [far], 'b', 'b.handler')
    members = [{'number': f['number'], 'version': 2} for f in filed]
    s.step('of nothing', p, 'POST', '/api/v1/groups', {'members': []}, headers=key('hand-none'), status=422, field='members')
    s.step('without a key', p, 'POST', '/api/v1/groups', {'members': members}, status=422, field='Idempotency-Key')
    s.step('of what he does not see', p, 'POST', '/api/v1/groups', {'members': members + [{'number': far['number'], 'version': 2}]}, headers=key('hand-far'), status=422, field='numbers.3')
    s.step('not by a leader', place.officer('a.leader'), 'POST', '/api/v1/groups', {'members': members}, headers=key('hand-leader'), status=403)
    a = s.step('make', p, 'POST', '/api/v1/groups', {'members': members, 'title': '涨价三件'}, headers=key('hand'), status=201,
               has={'group.status': 'open', 'group.business': '手拉手超市', 'group.title': '涨价三件', 'group.sums.members': 3, 'batch.done': 3})
    b = s.step('again', p, 'POST', '/api/v1/groups', {'members': members, 'title': '涨价三件'}, headers=key('hand'), status=201)
    s.expect('once', a['group']['id'] == b['group']['id'] and len([g for g in groups(s, 'a.handler').json['items'] if g['business'] == '手拉手超市']) == 1)
    s.step('in one already', p, 'POST', '/api/v1/groups', {'members': [dict(m, version=3) for m in members]}, headers=key('hand-two'), status=422, field='numbers.0')
    like = s.file(complaint(respondent={'name': '手拉手超市', 'address': 'x'}))
    give(s, [like], 'a', 'a.handler')
    s.does('a.handler', like['number'], 'duplicate', {'choice': 'join'}, status=422, field='group')
    s.does('a.handler', like['number'], 'duplicate', {'choice': 'join', 'group': 1}, status=422, field='group')
    s.does('a.handler', like['number'], 'duplicate', {'choice': 'join', 'group': a['group']['id']})
    said = s.step('what was chosen', p, 'GET', f"/api/v1/matters/{like['number']}/related", status=200, has={'duplicate.choice': 'join', 'duplicate.number': None})
    s.expect('in words', '群体' in said['duplicate']['label']['zh'])
    s.step('it is a member', p, 'GET', f"/api/v1/groups/{a['group']['id']}", status=200, has={'sums.members': 4})
    s.does('a.handler', like['number'], 'duplicate', {'choice': 'join', 'group': a['group']['id']}, status=422, field='choice')
    at_intake(place, s, a['group']['id'])


def at_intake(place, s, gid):
    """The clerk sees the open group beside the form and lets the complaint join it while it is registered."""
    clerk = place.officer('a.intake')
    told = {'name': '手拉手超市', 'address': 'x'}

    def hinted(who, respondent):
        return [g['id'] for g in s.step('hints', place.officer(who), 'POST', '/api/v1/hints', {'respondent': respondent}, status=200)['groups']]
    s.expect('the group stands beside the form', hinted('a.intake', '手拉手超市') == hinted('a.intake', ' 手拉手超市 ') == [gid])
    s.expect('not of another business, nor before a name', hinted('a.intake', '手拉手') == [] and s.step('empty', clerk, 'POST', '/api/v1/hints', {}, status=200)['groups'] == [])
    s.expect('who sees the subtree sees it, who sees another branch does not', hinted('root.supervisor', '手拉手超市') == [gid] and hinted('b.supervisor', '手拉手超市') == [])
    for duplicate, field in (({'choice': 'join'}, 'group'), ({'choice': 'join', 'group': 1}, 'group'), ({'group': gid}, 'duplicate.choice')):
        s.step(f'not with {duplicate}', clerk, 'POST', '/api/v1/matters', complaint(channel='visit', respondent=told, duplicate=duplicate), status=422, field=field)
    before = group(s, 'a.handler', gid)['sums']['members']
    f = s.file(complaint(channel='visit', respondent=told, duplicate={'choice': 'join', 'group': gid}), 'a.intake')
    g = group(s, 'a.supervisor', gid)
    s.expect('it joined', g['sums']['members'] == before + 1 and f['number'] in [r['number'] for r in rows(s, 'root.supervisor', gid)], str(g.json)[:300])
    events = s.step('its timeline', place.officer('root.supervisor'), 'GET', f'/api/v1/matters/{f["number"]}/events', status=200)['items']
    s.expect('the choice is recorded', [e['act'] for e in events] == ['duplicate', 'register'], str(events)[:300])
    s.step('what was chosen', place.officer('root.supervisor'), 'GET', f'/api/v1/matters/{f["number"]}/related', status=200, has={'duplicate.choice': 'join'})
    s.does('root.supervisor', f['number'], 'leave_group', {'reason': '登记错了'})


TABLE = """
role         list   page  note  confirm
a.intake     yes    yes   yes   no
a.handler    yes    yes   yes   no
a.supervisor yes    yes   yes   yes
a.leader     yes    yes   no    yes
a.auditor    yes    yes   no    no
a.admin      no     no    no    no
a.security   no     no    no    no
b.handler    none   no    no    no
b.supervisor none   no    no    no
a1.handler   none   no    no    no
"""


def who_may(place, s):
    """list: shown in the list of his reach; none: an empty list; page 404 where no; note and confirm 403 or 404."""
    open_id = next(g['id'] for g in groups(s, 'a.handler').json['items'] if g['business'] == '手拉手超市')
    for i in range(10):
        f = s.file(complaint(respondent={'name': '谁看店', 'address': 'x'}, facts=f'在谁看店买的鞋第{i}天开胶，店里说穿过了不退'))
        give(s, [f], 'a', 'a.handler')
    waiting = proposed(s, 'a.leader', 10, '谁看店')['id']
    for line in TABLE.strip().splitlines()[1:]:
        who, in_list, page, note, confirm = line.split()
        p = place.officer(who)
        a = p.send('GET', '/api/v1/groups')
        if in_list == 'no':
            s.expect(f'{who}: no list', a.status == 403, str(a.status))
        else:
            shown = {g['id'] for g in a['items']}
            s.expect(f'{who}: list', ({open_id, waiting} <= shown) == (in_list == 'yes') and (in_list != 'none' or not shown), str(shown))
        a = p.send('GET', f'/api/v1/groups/{open_id}')
        s.expect(f'{who}: page', a.status == (200 if page == 'yes' else 404), str(a.status))
        if page == 'no':
            b = p.send('GET', '/api/v1/groups/4000000000000000')
            s.expect(f'{who}: like nothing', a.json['errors'] == b.json['errors'] and a.status == b.status)
        v = group(s, 'a.supervisor', open_id)['version']
        a = p.send('POST', f'/api/v1/groups/{open_id}/acts/note', {'text': '看过'}, version(v))
        s.expect(f'{who}: note', a.status == (200 if note == 'yes' else 403 if page == 'yes' else 404), f'{a.status} {a.raw[:200]}')
        if confirm == 'no':
            v = group(s, 'a.supervisor', waiting)['version']
            a = p.send('POST', f'/api/v1/groups/{waiting}/acts/dismiss', {'reason': 'x'}, version(v))
            s.expect(f'{who}: judge', a.status == (403 if page == 'yes' else 404), f'{a.status} {a.raw[:200]}')
    s.step('the public', place.public(), 'GET', '/api/v1/groups', status=401)
    # a member that lies elsewhere: its handler sees the group, and of its members that one
    f = s.file(complaint(respondent={'name': '手拉手超市', 'address': 'x'}))
    give(s, [f], 'b', 'b.handler')
    s.step('the bureau lets it join', place.officer('root.supervisor'), 'POST', act(f['number'], 'join_group'), {'group': open_id}, headers=version(2), status=200)
    g = group(s, 'b.handler', open_id)
    s.expect('his member alone, no timeline of the others', g['sums']['members'] == 1 and g['events'] == [] and g['allowed'] == [], str(g.json)[:300])
    s.expect('one row', [r['number'] for r in rows(s, 'b.handler', open_id)] == [f['number']])
    s.expect('all for who sees all', group(s, 'root.supervisor', open_id)['sums']['members'] == 5)
    s.step('he does not work on it', place.officer('b.handler'), 'POST', f'/api/v1/groups/{open_id}/acts/note', {'text': 'x'}, headers=version(g['version']), status=403)


def folded_again(place, s):
    place.stop()
    out = place.command('verify', '--rebuild')
    s.expect('no findings', '0 findings' in out, out[-500:])
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs', 'watches', 'groups.json'), encoding='utf-8') as f:
        own = json.load(f)
    own['revision'] = str(int(own['revision']) + 1)
    own['proposal'].update(members=3, days=5, likeness=1000)
    os.makedirs(os.path.join(place.data, 'packs', 'watches'))
    with open(os.path.join(place.data, 'packs', 'watches', 'groups.json'), 'w', encoding='utf-8') as f:
        json.dump(own, f)
    place.start('--rate-limit', 'off')


def thresholds_are_data(place, s):
    """The file of the installation asks for three, within five days, alike to the letter: the leader is told of these, and of none that fall short
    in one of the three."""
    said = '在{}买的{}号券到店里说不能用，也不给退'
    for shop, lines in (('两件店', [('甲', 0)] * 2), ('近似店', [('甲', 0), ('乙', 0), ('丙', 0)]), ('隔周店', [('甲', 0), ('甲', 0), ('甲', 8)]), ('三件店', [('甲', 0), ('甲', 0), ('甲', 3)])):
        for word, days in lines:
            s.step(f'against {shop}', place.officer('root.intake'), 'POST', '/api/v1/matters',
                   complaint(respondent={'name': shop, 'address': 'x'}, channel='visit', received_at=instant(86400 * days + 60), late_reason='补登', facts=said.format(shop, word)), status=201)
    g = proposed(s, 'root.leader', 3, '三件店')
    s.expect('three are enough here', g is not None and (g['sums']['members'], g['proposal']['least'], g['proposal']['days']) == (3, 3, 5), str(g))
    s.expect('not two, not nearly alike, not a week apart', not any(proposed_now(s, 'root.leader', shop) for shop in ('两件店', '近似店', '隔周店')))
    s.file(complaint(respondent={'name': '隔周店', 'address': 'x'}, facts=said.format('隔周店', '甲')))
    g = proposed(s, 'root.leader', 3, '隔周店')
    s.expect('a third of these days', g is not None and g['sums']['members'] == 3, str(g))


run([too_few_or_far_apart, sixty_against_a_gym, dismissed_does_not_come_back, by_hand, who_may, none_of_those, folded_again, thresholds_are_data], OFFICERS)
