#!/usr/bin/env python3
"""test_bank.py FANGXIN: an installation of a bank. Decisions in 15, 30 and 60 natural days, who may
not handle a complaint, pauses, repeats, new facts, re-checks, and what a bank does not take."""
import datetime
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, Case, day, instant, run  # noqa: E402
from filings import enquiry, report, version  # noqa: E402
from scenario_terms import leak, self_assessment  # noqa: E402
from scenario_walks import called_after_sale, cared_for, credit_objection, credit_query  # noqa: E402
from test_letters import LONG, minimum, named_representatives, text_of  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'root.leader', 'a.intake', 'a.handler', 'a.handler2', 'a.supervisor',
            'a.leader', 'b.handler', 'root.handler']
TOLD = {'party': 'consumer', 'channel': 'phone'}
NONE = {'interest': 'none'}
DECISION = {'result': 'partly', 'findings': '核对流水，确有重复扣费一笔', 'reasons': '收费公示第三条'}
count = iter(range(1, 1000))


def filing(**more):
    n = next(count)
    body = {'kind': 'complaint', 'consumer': {'name': '刘婷', 'phone': f'137{n:08d}'}, 'category': 'card.credit',
            'problem': 'price', 'facts': f'第{n}次：信用卡年费重复扣了两次', 'demands': ['refund'], 'amount_fen': 20000}
    body.update(more)
    return body


def received(days_ago):
    return dict(channel='phone', received_at=instant(days_ago * 86400), late_reason='补登')


class Desk(Case):
    def begin(self, body=None, who=None):
        f = self.file(body or filing(), who)
        self.number, self.party = f['number'], self.place.holder(f['pin'])
        return f

    def go(self, who, act, body=None, **has):
        if has.get('outcome') is not None:
            has['outcome.outcome'] = has.pop('outcome')
        return self.does(self.party if who == 'party' else who, self.number, act, body, has=has)

    def no(self, who, act, body=None, status=409, **more):
        return self.does(self.party if who == 'party' else who, self.number, act, body, status=status, **more)

    def now(self):
        return self.read('root.supervisor', self.number)

    def verifying(self, body=None, who=None):
        self.begin(body, who)
        self.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': self.place.ids['a.handler']}, status='assigned')
        return self.go('a.handler', 'verify', NONE, status='verifying')

    def decided(self, **more):
        self.verifying(**more)
        return self.go('a.handler', 'decide', DECISION, status='decided')


def desk(place, s):
    return Desk(place, s.name)


def words_of_a_bank(place, s):
    s = desk(place, s)
    a = s.step('workflow', place.public(), 'GET', '/api/v1/workflow', status=200, has={'pack.id': 'finance-2020'})
    s.expect('nothing of 12315 in it', '12315' not in a.raw.decode() and '市场监' not in a.raw.decode())
    s.expect('reports have no states', a['states']['report'] == [])
    a = s.step('codes', place.public(), 'GET', '/api/v1/codes', status=200)
    s.expect('businesses of a bank', 'card.debit' in [c['code'] for c in a['categories']])
    s.expect('its own channels', 'pboc' in [c['code'] for c in a['channels']]
             and 'platform_12315' not in [c['code'] for c in a['channels']])
    s.expect('no official codes are made up', '"official"' not in a.raw.decode())
    a = s.step('site', place.public(), 'GET', '/api/v1/site', status=200)
    s.expect('no 12315', a['phone'] is None and '12315' not in a.raw.decode() and '银行业保险业' in a['law']['zh'], str(a['law']))
    a = s.step('a wrong PIN', place.public(), 'POST', '/api/v1/session/pin', {'number': '2611-00000-0', 'pin': 'ABCDEFGH'}, status=404)
    s.expect('names no 12315 either', '12315' not in a.raw.decode())


def what_is_taken(place, s):
    s = desk(place, s)
    s.step('a report', place.public(), 'POST', '/api/v1/matters', report(), status=422, field='kind')
    s.step('a report in the same paper', place.public(), 'POST', '/api/v1/matters',
           filing(also_report={'facts': '还违法'}), status=422, field='also_report')
    s.step('a goods category', place.public(), 'POST', '/api/v1/matters', filing(category='goods.food'), status=422,
           field='category')
    s.step('no name', place.public(), 'POST', '/api/v1/matters', filing(consumer={'phone': '13712345678'}), status=422,
           field='consumer.name')
    s.step('neither business nor address is asked for', place.public(), 'POST', '/api/v1/matters', filing(), status=201,
           has={'deadlines.0.rule': 'F1'})
    s.step('an enquiry', place.public(), 'POST', '/api/v1/matters', enquiry(), status=201, has={'deadlines': []})


def by_right(place, s, filing=filing):
    """Complaints by the eight rights of financial consumers (S108): given at filing or by classifying, counted, one that touches two in both."""
    s = desk(place, s)
    rights = [c['code'] for c in s.step('codes', place.public(), 'GET', '/api/v1/codes', status=200)['themes']]
    s.expect('eight rights', rights == ['property', 'informed', 'choice', 'fair', 'redress', 'education', 'respect', 'data'], str(rights))
    s.step('a theme of the market', place.officer('root.intake'), 'POST', '/api/v1/matters', dict(filing(channel='phone'), themes=['prepaid']), status=422, field='themes')
    s.begin(filing(themes=['informed', 'fair'], channel='phone'), 'root.intake')
    s.begin(filing(channel='phone'), 'root.intake')
    s.go('root.intake', 'classify', {'themes': ['informed']})
    a = s.step('asked', place.officer('root.supervisor'), 'GET', '/api/v1/matters/count?by=themes', status=200)
    n = {r['key']: r['n'] for r in a['rows']}
    s.expect('each right, and the overlap said', (n.get('informed'), n.get('fair'), a['overlap']) == (2, 1, True), str(n))


def not_above_the_customer(place, s):
    """S99: a product above the customer's grade is not sold, the refusal says why, and is on record with its explanation."""
    path = '/api/v1/registers/suitability/entries'
    who = place.officer('a.handler')
    fields = {'customer': {'name': '周平'}, 'elderly': False, 'reads_little': False, 'assessed_on': day(), 'score': 40, 'grade': 2, 'valid_to': day(-300), 'product': '股票型基金', 'product_grade': 4}
    a = s.step('assessed', who, 'POST', path, {'fields': fields}, status=201)
    one = f'{path}/{a["number"]}'
    sold = {'fields': {'sold_on': day(), 'amount': 10000000, 'recorded': True}}
    got = s.step('not sold', who, 'POST', one + '/acts/sell', sold, status=409, headers=version(a['version']))
    s.expect('because of the grade', '产品等级高于客户等级，不能卖' in [e['zh'] for e in got['errors']], got.raw.decode())
    s.step('refused, but why', who, 'POST', one + '/acts/refuse', {}, status=422, headers=version(a['version']), field='fields.refusal')
    s.step('refused', who, 'POST', one + '/acts/refuse', {'fields': {'refusal': '产品风险四级，您的等级是二级，不能买'}}, status=200, headers=version(a['version']), has={'status': 'refused'})
    fit = s.step('another', who, 'POST', path, {'fields': {**fields, 'grade': 4}}, status=201)
    s.step('not without its record', who, 'POST', f'{path}/{fit["number"]}/acts/sell', {'fields': {**sold['fields'], 'recorded': False}}, status=409, headers=version(fit['version']))
    s.step('sold', who, 'POST', f'{path}/{fit["number"]}/acts/sell', sold, status=200, headers=version(fit['version']), has={'status': 'sold'})


def quarter_without_analysis(place, s):
    """按季对全行客户投诉情况进行分析 (R32): the last quarter without an issued analysis is named, until it is issued; nobody asks a bank for monthly bulletins."""
    who, path = place.officer('root.supervisor'), '/api/v1/summaries'
    today = datetime.date.fromisoformat(day())
    at = today.year * 4 + (today.month - 1) // 3 - 1
    quarter = f'{at // 4}Q{at % 4 + 1}'
    asked = lambda: [(i['form'], i['period'], i['draft']) for i in s.step('missing', who, 'GET', '/api/v1/summaries-missing', status=200)['items']]  # noqa: E731
    s.expect('the last quarter', asked() == [('bank_quarter', quarter, None)], str(asked()))
    a = s.step('drafted', who, 'POST', path, {'form': 'bank_quarter', 'period': quarter, 'reports': False}, status=201)
    s.expect('a draft is none', asked() == [('bank_quarter', quarter, a['key'])], str(asked()))
    s.step('issued', who, 'POST', f'{path}/{a["key"]}/acts/issue', {}, status=200, headers=version(a['version']))
    s.expect('none is missing', asked() == [], str(asked()))


def plain(place, s):
    s = desk(place, s)
    s.begin(filing(**received(3)), 'root.intake')
    clock = s.clock(s.now(), 'F1')
    s.expect('15 natural days', clock['due'] == instant(-12 * 86400)[:10], clock['due'])
    s.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, status='assigned')
    s.no('a.handler', 'decide', DECISION)
    s.no('a.handler', 'verify', {}, status=422, field='interest')
    s.no('a.handler', 'verify', {'interest': 'mine'})
    s.go('a.handler', 'verify', NONE, status='verifying')
    s.no('a.handler', 'tell', TOLD)
    s.no('a.handler', 'decide', {'result': 'partly'}, status=422, field='findings')
    s.go('a.handler', 'decide', dict(DECISION, remedies=[{'kind': 'refund', 'amount_fen': 20000}]), status='decided',
         outcome='decided', recovered_fen=20000)
    s.no('party', 'apply_recheck', {'reason': '不服'})
    a = s.go('a.handler', 'tell', TOLD, status='told')
    s.expect('told in time', s.clock(a, 'F1')['state'] == 'met')
    s.no('party', 'withdraw')
    s.go('party', 'rate', {'score': 4})
    s.go('a.handler', 'close', status='closed', open=False)


def late(place, s):
    s = desk(place, s)
    s.verifying(filing(**received(20)), 'root.intake')
    s.expect('it is late', s.clock(s.now(), 'F1')['level'] == 'late')
    s.go('a.handler', 'decide', DECISION)
    s.expect('and was missed', s.clock(s.go('a.handler', 'tell', TOLD), 'F1')['state'] == 'missed')


def longer(place, s):
    s = desk(place, s)
    s.verifying(filing(**received(10)), 'root.intake')
    s.no('a.handler', 'mark_major', {'cause': 'people', 'people': 19, 'text': 'x'}, status=422, field='people')
    s.go('a.handler', 'mark_major', {'cause': 'people', 'people': 20, 'reported_to': '监管分局', 'text': '启动预案'})
    s.no('a.handler', 'ask_extension', {'reason': '特别复杂'})
    a = s.go('a.handler', 'extend_complex', {'reason': '要调阅纸质凭证'}, status='verifying')
    s.expect('30 days in all', s.clock(a, 'F2')['due'] == instant(-20 * 86400)[:10])
    s.expect('the first term is over', s.clock(a, 'F1')['state'] == 'cancelled')
    s.no('a.handler', 'extend_complex', {'reason': '再来一次'})
    s.no('a.handler', 'tell_extension', {'channel': 'phone'})
    s.no('root.leader', 'approve_extension')
    s.go('a.handler', 'ask_extension', {'reason': '涉及境外'}, **{'waiting_for.who': 'leader'})
    s.no('a.handler', 'approve_extension', status=403)
    s.no('a.leader', 'approve_extension')
    s.go('root.leader', 'decline_extension', {'reason': '理由不足'}, **{'waiting_for.who': 'officer'})
    s.no('a.handler', 'tell_extension', {'channel': 'phone'})
    s.go('a.handler', 'ask_extension', {'reason': '涉及境外，附函'})
    a = s.go('root.leader', 'approve_extension', {'reason': '同意'})
    s.expect('nothing is longer before it is told', s.clock(a, 'F3') is None and s.clock(a, 'F2')['state'] == 'running')
    a = s.go('a.handler', 'tell_extension', {'channel': 'sms'})
    kept = a['procedure']['extensions']
    s.expect('who asked and why, who answered, by which article, when he was told',
             [(x['reason'], x['answer'], x['remark'], x['told_at'] is not None) for x in kept]
             == [(None, 'granted', '要调阅纸质凭证', False), ('涉及境外', 'refused', '理由不足', False), ('涉及境外，附函', 'granted', '同意', True)]
             and all('第十八条' in x['basis']['zh'] for x in kept) and kept[2]['by']['id'] == place.ids['root.leader'], str(kept))
    s.expect('60 days in all, not rolled', s.clock(a, 'F3')['due'] == instant(-50 * 86400)[:10])
    s.no('a.handler', 'ask_extension', {'reason': '再延'})


def pauses(place, s):
    s = desk(place, s)
    s.verifying()
    s.go('a.handler', 'pause', {'reason': 'mediation'}, status='in_mediation')
    s.expect('it stands still', s.clock(s.now(), 'F1')['due'] is None)
    s.no('a.handler', 'decide', DECISION)
    s.go('a.handler', 'resume', status='verifying')
    s.go('a.handler', 'pause', {'reason': 'appraisal'}, status='paused')
    s.go('a.handler', 'resume', status='verifying')


def conflicts(place, s):
    s = desk(place, s)
    s.begin()
    s.no('root.intake', 'against', {}, status=422, field='body')
    s.go('root.intake', 'against', {'body': BODIES['a'], 'officer': place.ids['b.handler']})
    s.no('root.intake', 'assign', {'body': BODIES['a']})
    s.no('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.no('root.intake', 'assign', {'body': BODIES['b'], 'officer': place.ids['b.handler']})
    s.go('root.intake', 'assign', {'body': BODIES['root'], 'officer': place.ids['root.handler']}, status='assigned')
    s.go('root.handler', 'verify', NONE, status='verifying')
    s.no('root.intake', 'reassign', {'body': BODIES['a'], 'officer': place.ids['a.handler2'], 'reason': '回避'})
    s.verifying()
    s.go('a.handler', 'against', {'officer': place.ids['a.handler']})
    s.no('a.handler', 'decide', DECISION)
    s.go('root.intake', 'reassign', {'body': BODIES['a'], 'officer': place.ids['a.handler2'], 'reason': '回避'})
    s.go('a.handler2', 'decide', DECISION, status='decided')


def new_facts(place, s):
    s = desk(place, s)
    s.verifying(filing(**received(12)), 'root.intake')
    s.go('a.handler', 'extend_complex', {'reason': '复杂'})
    a = s.go('a.handler', 'restart', {'text': '又交来一份合同', 'at': instant(2 * 86400)})
    s.expect('the count began anew', s.clock(a, 'F1')['due'] == instant(-13 * 86400)[:10], s.clock(a, 'F1'))
    s.expect('the longer one is off', s.clock(a, 'F2')['state'] == 'cancelled')
    a = s.go('a.handler', 'extend_complex', {'reason': '还是复杂'})
    s.expect('and 30 days count from there', s.clock(a, 'F2')['due'] == instant(-28 * 86400)[:10], s.clock(a, 'F2'))


def repeats(place, s):
    s = desk(place, s)
    s.verifying()
    first = s.number
    s.begin()
    s.no('root.intake', 'merge', {'number': s.number}, status=422, field='number')
    s.no('root.intake', 'merge', {'number': '2611-00000-A'}, status=422, field='number')
    a = s.go('root.intake', 'merge', {'number': first}, status='merged', outcome='merged', open=False)
    s.expect('its clock is off', s.clock(a, 'F1')['state'] == 'cancelled')
    s.number, merged = first, s.number
    s.expect('the other knows', merged in [x['number'] for x in s.now()['links']])
    s.go('a.handler', 'decide', DECISION)
    s.begin()
    s.no('root.intake', 'merge', {'number': first}, status=422, field='number')


def refused_and_withdrawn(place, s):
    s = desk(place, s)
    s.verifying()
    s.no('a.handler', 'refuse', {'ground': 'NA1', 'reason': '不归我们管'}, status=422, field='ground')
    s.go('a.handler', 'refuse', {'ground': 'FN1', 'reason': '既不是本人也没有委托'}, status='refused', outcome='refused')
    s.go('a.handler', 'tell', TOLD, status='told')
    s.no('party', 'apply_recheck', {'reason': '不服'})
    s.verifying()
    a = s.go('party', 'withdraw', status='withdrawn', open=False)
    s.expect('the same day', s.clock(a, 'F1')['state'] == 'cancelled')


def rechecks(place, s):
    s = desk(place, s)
    s.decided()
    s.go('a.handler', 'tell', TOLD, status='told')
    s.go('party', 'apply_recheck', {'reason': '少退了一笔'}, status='rechecking')
    s.expect('30 days for it', s.clock(s.now(), 'F5')['due'] == instant(-30 * 86400)[:10])
    again = {'result': 'changed', 'findings': '确实少退一笔'}
    s.no('a.handler', 'decide_recheck', again)
    s.go('root.intake', 'reassign', {'body': BODIES['root'], 'officer': place.ids['root.handler'], 'reason': '上级核查'})
    s.go('root.handler', 'decide_recheck', again, status='rechecked', outcome='rechecked')
    a = s.go('root.handler', 'tell', TOLD, status='recheck_told')
    s.expect('in time', s.clock(a, 'F5')['state'] == 'met')
    s.no('party', 'apply_recheck', {'reason': '还是不服'})
    s.go('root.handler', 'close', status='closed')
    s.decided(body=filing(**received(60)), who='root.intake')
    s.go('a.handler', 'tell', dict(TOLD, at=instant(31 * 86400)), status='told')
    s.no('party', 'apply_recheck', {'reason': '晚了'})


def from_the_central_bank(place, s):
    s = desk(place, s)
    body = filing(channel='pboc', external={'system': '12363', 'number': f'PB{next(count)}'})
    s.step('without its number', place.officer('root.intake'), 'POST', '/api/v1/matters', filing(channel='pboc'), status=422,
           field='external')
    f = s.begin(body, 'root.intake')
    s.expect('its own term', f['deadlines'][0]['rule'] == 'F8')
    s.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.go('a.handler', 'verify', NONE)
    s.go('a.handler', 'ask_extension', {'reason': '要调阅监控'})
    s.go('a.supervisor', 'approve_extension')
    a = s.go('a.handler', 'tell_extension', {'channel': 'phone'})
    s.expect('60 days in all', s.clock(a, 'F8E')['due'] == instant(-60 * 86400)[:10])
    s.go('a.handler', 'decide', DECISION, status='decided')
    s.begin(filing(channel='pboc', external={'system': '12363', 'number': f'PB{next(count)}'}), 'root.intake')
    s.no('root.supervisor', 'refuse', {'ground': 'FN1', 'reason': 'x'}, status=422, field='ground')
    s.go('root.supervisor', 'refuse', {'ground': 'PB5', 'reason': '和解并已退款'}, status='refused')


def what_may_not_be_asked(place, s):
    s = desk(place, s)
    s.begin()
    ask = {'papers': 'facts', 'held': 'no', 'text': '请补扣费那天的短信'}
    s.no('root.intake', 'ask_papers', dict(ask, papers='income'), status=422, field='papers')
    s.no('root.intake', 'ask_papers', dict(ask, held=None), status=422, field='held')
    s.no('root.intake', 'ask_papers', dict(ask, papers='identity', held='yes'), field='held')
    a = s.go('root.intake', 'ask_papers', ask, status='registered')
    s.expect('it stops no clock', s.clock(a, 'F1')['state'] == 'running' and s.clock(a, 'F1')['due'] is not None)
    s.no('party', 'ask_papers', ask, status=403)


def agreed_telling(place, s):
    """An agreed way and day of telling are on record for whoever tells; the term of the order stays as it is."""
    s = desk(place, s)
    s.verifying()
    due = s.clock(s.now(), 'F1')['due']
    agreed = {'channel': 'letter', 'until': instant(-20 * 86400)[:10], 'text': '要书面答复，寄到单位'}
    s.no('a.handler', 'agree_telling', {'text': 'x'}, status=422, field='channel')
    s.no('party', 'agree_telling', agreed, status=403)
    a = s.go('a.handler', 'agree_telling', agreed, status='verifying')
    s.expect('it lengthens nothing', s.clock(a, 'F1')['due'] == due and s.clock(a, 'F1')['state'] == 'running')
    s.go('a.handler', 'decide', DECISION, status='decided')
    e = s.step('the timeline', place.officer('a.handler'), 'GET', f'/api/v1/matters/{s.number}/events', status=200)['items']
    said = next(x for x in e if x['act'] == 'agree_telling')['text']['zh']
    s.expect('whoever tells reads it', '邮寄' in said and '寄到单位' in said, said)
    s.go('a.handler', 'tell', dict(TOLD, channel='letter'), status='told')
    s.no('a.handler', 'agree_telling', agreed)


def major_by_number(place, s):
    """As many people as the pack says make each of the group major: marked by itself, and the group says so."""
    s = desk(place, s)
    boss = place.officer('root.supervisor')
    numbers = [s.file(filing(consumer={'name': f'储户{i}', 'phone': f'1351000{i:04d}'}))['number'] for i in range(20)]
    members = [{'number': n, 'version': 1} for n in numbers[:19]]
    g = s.step('nineteen in a group', boss, 'POST', '/api/v1/groups', {'title': '年费', 'members': members}, headers={'Idempotency-Key': 'a-group-of-nineteen'}, status=201)
    gid = g['group']['id']
    see = lambda: s.step('group', boss, 'GET', f'/api/v1/groups/{gid}', status=200)  # noqa: E731
    for _ in range(100):
        if see()['sums']['members'] == 19:
            break
        time.sleep(0.1)
    s.expect('nineteen, and nothing is decided for all of them', see()['sums']['members'] == 19 and 'decide' not in see()['allowed'], str(see()['allowed']))
    time.sleep(4)
    s.expect('not major yet', see()['major'] is None and s.read('root.supervisor', numbers[0])['procedure']['major'] is None)
    s.does('root.supervisor', numbers[19], 'join_group', {'group': gid})
    for _ in range(150):
        if see()['major']:
            break
        time.sleep(0.1)
    a = see()
    s.expect('twenty are', a['major'] is not None and a['major']['members'] == 20 and any(e['act'] == 'major' and e['in']['n'] == 20 for e in a['events']), str(a['major']))
    for n in (numbers[0], numbers[19]):
        m = s.read('root.supervisor', n)
        s.expect('each is marked', m['procedure']['major'] is not None and m['procedure']['major']['people'] == 20 and m['procedure']['major']['cause'] == 'people', str(m['procedure']['major']))
        e = s.step('events', boss, 'GET', f'/api/v1/matters/{n}/events', status=200)['items']
        s.expect('by an event of its own', [x['actor']['kind'] for x in e if x['act'] == 'mark_major'] == ['system'], str(e)[:300])
        s.expect('its clock goes on', s.clock(m, 'F1')['state'] == 'running')
    v = s.version_of(numbers[0])
    time.sleep(4)
    s.expect('once', s.version_of(numbers[0]) == v)


def the_letter_of_a_decision(place, s):
    """Findings, reasons, basis, and each way that is left: re-check, mediation, arbitration, court."""
    s = desk(place, s)
    s.decided()
    a = s.step('preview', place.officer('a.handler'), 'POST', f'/api/v1/matters/{s.number}/letters/preview', {'form': 'finance_decision', 'asks': {'basis': '《服务收费公示》第三条'}}, status=200)
    text, _, _ = text_of(a.raw)
    for item in minimum('finance_decision') + ['未编号']:
        s.expect(f'the letter has {item}', item in text, text[:1500])
    for item in ('刘婷', DECISION['findings'], DECISION['reasons'], '《服务收费公示》第三条', '30日内', '申请核查', '申请调解', '申请仲裁', '提起诉讼', '您的投诉（编号'):
        s.expect(f'the letter says {item}', item in text, text[:1500])


def the_letter_whoever_filed(place, s):
    """The same form through a proxy, for two representatives, and with 3,000 characters that run over the page."""
    proxy = {'name': '赵代理', 'phone': '13700007777', 'relation': '女儿'}
    facts = LONG + '终'
    drawn = {}
    for variant in ('proxy', 'representatives', 'long'):
        d = desk(place, s)
        d.verifying(filing(proxy=proxy) if variant == 'proxy' else filing(facts=facts) if variant == 'long' else filing())
        if variant == 'representatives':
            other = desk(place, s)
            other.verifying(filing(consumer={'name': '周敏', 'phone': '13700008888'}))
            named_representatives(s, [d.number, other.number], 'finance')
        d.go('a.handler', 'decide', dict(DECISION, findings=facts) if variant == 'long' else DECISION, status='decided')
        a = s.step(f'{variant}: preview', place.officer('a.handler'), 'POST', f'/api/v1/matters/{d.number}/letters/preview',
                   {'form': 'finance_decision', 'asks': {'basis': '《服务收费公示》第三条'}}, status=200)
        drawn[variant], pages, _ = text_of(a.raw)
        for item in minimum('finance_decision') + ['未编号', d.number, DECISION['reasons']]:
            s.expect(f'{variant}: the letter has {item}', item in drawn[variant], drawn[variant][:1500])
        s.expect(f'{variant}: pages', (pages >= 2) == (variant == 'long'), str(pages))
    s.expect('it names the proxy', '代理人：赵代理' in drawn['proxy'], drawn['proxy'][:600])
    s.expect('it names both representatives', all(n in drawn['representatives'].split('推选代表：')[1][:40] for n in ('刘婷', '周敏')), drawn['representatives'][:600])
    s.expect('not one character is lost', drawn['long'].count(LONG[:30]) == LONG.count(LONG[:30]) and '终' in drawn['long'], str(len(drawn['long'])))


def taken_to_the_regulator(place, s):
    """Register regulator_forwards: F6 for the one regulator, F7 for the other; a correction takes the clock along."""
    at = '/api/v1/registers/regulator_forwards/entries'
    h = place.officer('a.handler')

    def made(n, **more):
        fields = {'regulator': 'nfra', 'office': '安澜监管支局', 'customer': {'name': '赵明', 'phone': '13800003001'}, 'filed_on': instant(86400)[:10], 'subject': '年费争议', **more}
        return s.step('registered', h, 'POST', at, {'fields': fields}, status=201, headers={'Idempotency-Key': f'regulator-forwards-{n}'})

    a = made(1)
    s.expect('F6 alone', [(c['rule'], c['running'], c['start']) for c in a['clocks']] == [('F6', True, instant(86400)[:10])], str(a['clocks']))
    number = a['number']
    w = s.step('why that day', h, 'GET', f'{at}/{number}/deadlines/F6', status=200)
    s.expect('seven working days by art. 33', [d['number'] for d in w['days'] if d['number']] == list(range(1, 8)) and '第三十三条' in w['basis']['zh'] and w['due'] == a['clocks'][0]['due'], str(w['basis']))
    a = s.step('it was the other', place.officer('a.supervisor'), 'POST', f'{at}/{number}/acts/amend', {'fields': {'regulator': 'pboc'}, 'reason': '记错'}, headers={'If-Match': '"1"'}, status=200)
    s.expect('F6 is off, F7 runs', [(c['rule'], c['running'], c['cancelled']) for c in a['clocks']] == [('F6', False, True), ('F7', True, False)], str(a['clocks']))
    a = s.step('forwarded', h, 'POST', f'{at}/{number}/acts/forward', {'fields': {'forwarded_on': instant()[:10]}}, headers={'If-Match': '"2"'}, status=200)
    s.expect('met', a['status'] == 'forwarded' and not any(c['running'] for c in a['clocks']) and a['clocks'][1]['stopped'] == instant()[:10], str(a['clocks']))
    s.expect('F7 alone from the start', [c['rule'] for c in made(2, regulator='pboc')['clocks']] == ['F7'])


def every_ground(place, s):
    """What the packs refuse by, word for word as many as the orders have: FN1, FN2 of a complaint made here, PB1–PB7 of one that the central bank forwarded."""
    for pack, article, channel, want in (('finance-2020', '第二条', {}, ['FN1', 'FN2']), ('pboc-2020', '第四十三条', {'channel': 'pboc'}, ['PB1', 'PB2', 'PB3', 'PB4', 'PB5', 'PB6', 'PB7'])):
        law = s.step('the forms', place.public(), 'GET', '/api/v1/workflow?pack=' + pack, status=200)
        grounds = {g['code']: g['basis']['zh'] for g in law['grounds']['refuse']}
        s.expect(f'{pack}: each by its article', sorted(grounds) == want and all(b.endswith(article) for b in grounds.values()), str(grounds))
        for code in want:
            d = desk(place, s)
            d.begin(filing(**({**channel, 'external': {'system': '12363', 'number': f'PB{next(count)}'}} if channel else {})), 'root.intake' if channel else None)
            d.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
            d.go('a.handler', 'verify', NONE)
            d.no('a.handler', 'refuse', {'ground': code}, status=422, field='reason')
            a = d.go('a.handler', 'refuse', {'ground': code, 'reason': f'按{code}不办理'}, status='refused', outcome='refused')
            d.expect(f'{code}: refused by it, with what is left to him', a['outcome']['ground'] == code and '法院' in a['outcome']['remedies']['zh'], str(a['outcome']))


def the_command(place, s):
    for rule, due in (('F1', '2026-12-06'), ('F2', '2026-12-21'), ('F3', '2027-01-20')):
        said = place.command('deadline', '--pack', 'finance-2020', '--rule', rule, '--from', '2026-11-21', '--json')
        s.expect(rule, f'"due":"{due}"' in said.replace(' ', ''), said[:200])
    s.expect('verifies', ': 0 findings' in place.command('verify', '--rebuild'))


if __name__ == '__main__':
    run([words_of_a_bank, what_is_taken, by_right, not_above_the_customer, plain, late, longer, pauses, conflicts, new_facts, repeats,
         refused_and_withdrawn, rechecks, from_the_central_bank, what_may_not_be_asked, agreed_telling, major_by_number, the_letter_of_a_decision, the_letter_whoever_filed, taken_to_the_regulator, credit_objection, credit_query, called_after_sale, cared_for, quarter_without_analysis, self_assessment, leak, every_ground, the_command], OFFICERS,
        name='安澜农村商业银行', profile='bank')
