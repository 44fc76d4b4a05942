#!/usr/bin/env python3
"""test_insurer.py FANGXIN: an installation of an insurer. Its lines and reasons; the terms of finance-2020 (F1, F2, F3, F4, F5) on
complaints about claims, sales and surrender; the stages of a claim with the terms of the Insurance Law; complaints per premium, policy and
insured person."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_bank  # noqa: E402
from county import BODIES, day, instant, run  # noqa: E402
from test_bank import DECISION, NONE, OFFICERS, TOLD, desk, received  # noqa: E402

count = iter(range(1, 1000))


def filing(**more):
    n = next(count)
    body = {'kind': 'complaint', 'consumer': {'name': '刘婷', 'phone': f'139{n:08d}'}, 'category': 'property.motor', 'problem': 'claims',
            'facts': f'第{n}次：追尾事故定损少了三千元', 'demands': ['pay_claim'], 'amount_fen': 300000}
    body.update(more)
    return body


def words_of_an_insurer(place, s):
    s = desk(place, s)
    s.step('workflow', place.public(), 'GET', '/api/v1/workflow', status=200, has={'pack.id': 'finance-2020'})
    a = s.step('codes', place.public(), 'GET', '/api/v1/codes', status=200)
    s.expect('lines of an insurer', {'property.motor', 'life.illness'} <= {c['code'] for c in a['categories']} and 'card.debit' not in [c['code'] for c in a['categories']])
    s.expect('its reasons', {'claims', 'sales', 'surrender', 'underwriting', 'preservation', 'renewal'} <= {c['code'] for c in a['problems']})
    s.expect('no official codes are made up', '"official"' not in a.raw.decode())
    s.step('a business of a bank', place.public(), 'POST', '/api/v1/matters', filing(category='card.credit'), status=422, field='category')
    names = {x['id'] for x in s.step('registers', place.officer('a.supervisor'), 'GET', '/api/v1/registers', status=200)['items']}
    s.expect('its registers', {'claims', 'insurer_indexes', 'insurance_mediations', 'partners', 'regulator_reports', 'data_leaks', 'regulator_forwards'} <= names and 'self_assessments' not in names, str(sorted(names)))


def by_right(place, s):
    test_bank.by_right(place, s, filing)


def terms_of_each_reason(place, s):
    """F1 to F3 and the re-check F4, F5 over complaints of each kind."""
    s = desk(place, s)
    for category, problem, demand in (('property.motor', 'claims', 'pay_claim'), ('life.participating', 'sales', 'refund'), ('life.annuity', 'surrender', 'cancel')):
        s.begin(filing(category=category, problem=problem, demands=[demand], **received(3)), 'root.intake')
        s.expect(f'{problem}: F1, 15 natural days', s.clock(s.now(), 'F1')['due'] == instant(-12 * 86400)[:10])
        s.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
        s.go('a.handler', 'verify', NONE, status='verifying')
        a = s.go('a.handler', 'extend_complex', {'reason': '要等公估'})
        s.expect(f'{problem}: F2, 30 in all', s.clock(a, 'F2')['due'] == instant(-27 * 86400)[:10] and s.clock(a, 'F1')['state'] == 'cancelled')
        s.go('a.handler', 'ask_extension', {'reason': '公估没回来'})
        s.go('root.leader', 'approve_extension', {'reason': '同意'})
        a = s.go('a.handler', 'tell_extension', {'channel': 'sms'})
        s.expect(f'{problem}: F3, 60 in all', s.clock(a, 'F3')['due'] == instant(-57 * 86400)[:10])
        s.go('a.handler', 'decide', dict(DECISION, remedies=[{'kind': demand, 'amount_fen': 300000}]), status='decided', outcome='decided')
        a = s.go('a.handler', 'tell', TOLD, status='told')
        s.expect(f'{problem}: told in time', s.clock(a, 'F3')['state'] == 'met')
        s.go('party', 'apply_recheck', {'reason': '还是少'}, status='rechecking')
        s.expect(f'{problem}: F5, 30 days for the re-check', s.clock(s.now(), 'F5')['due'] == instant(-30 * 86400)[:10])
        s.go('root.intake', 'reassign', {'body': BODIES['root'], 'officer': place.ids['root.handler'], 'reason': '上级核查'})
        s.go('root.handler', 'decide_recheck', {'result': 'changed', 'findings': '公估结论支持'}, status='rechecked')
        s.expect(f'{problem}: in time', s.clock(s.go('root.handler', 'tell', TOLD, status='recheck_told'), 'F5')['state'] == 'met')


def entry(s, who, register, fields, status=201, key=None, **more):
    return s.step(f'{register}', s.place.officer(who), 'POST', f'/api/v1/registers/{register}/entries', {'fields': fields}, status=status,
                  headers={'Idempotency-Key': f'insurer-{register}-{key or next(count)}'}, **more)


def does(s, who, register, e, act, fields, status=200, **more):
    return s.step(f'{register} {act}', s.place.officer(who), 'POST', f'/api/v1/registers/{register}/entries/{e["number"]}/acts/{act}', {'fields': fields} if fields else {},
                  headers={'If-Match': f'"{e["version"]}"'}, status=status, **more)


def clock(a, rule):
    return next(c for c in a['clocks'] if c['rule'] == rule)


def stages_of_a_claim(place, s):
    """Reported, complete, assessed within 30 days, paid within 10; refused with its reason."""
    a = entry(s, 'a.handler', 'claims', {'claim_no': 'PA-1', 'kind': 'motor', 'holder': {'name': '宫一帆'}, 'reported_on': day(20), 'told': True})
    s.expect('nothing runs before the papers are complete', a['status'] == 'reported' and a['clocks'] == [])
    does(s, 'a.handler', 'claims', a, 'decide', {'decided_on': day(), 'amount': 100, 'agreed_on': day()}, status=409)
    a = does(s, 'a.handler', 'claims', a, 'complete', {'complete_on': day(12)})
    s.expect('30 natural days to assess', clock(a, 'R1')['due'] == day(-18) and clock(a, 'R1')['running'], str(a['clocks']))
    w = s.step('why that day', place.officer('a.handler'), 'GET', f'/api/v1/registers/claims/entries/{a["number"]}/deadlines/R1', status=200)
    s.expect('by the Insurance Law', '第二十三条' in w['basis']['zh'] and [d['number'] for d in w['days'] if d['number']] == list(range(1, 31)))
    a = does(s, 'a.handler', 'claims', a, 'decide', {'decided_on': day(2), 'amount': 860000, 'agreed_on': day(1)})
    s.expect('assessed; ten days to pay', not clock(a, 'R1')['running'] and clock(a, 'R2')['due'] == day(-9), str(a['clocks']))
    does(s, 'a.handler', 'claims', a, 'pay', {'paid_on': day()}, status=403)
    a = does(s, 'a.supervisor', 'claims', a, 'pay', {'paid_on': day()})
    s.expect('paid', a['status'] == 'paid' and not any(c['running'] for c in a['clocks']))
    b = entry(s, 'a.handler', 'claims', {'claim_no': 'PA-2', 'kind': 'life', 'holder': {'name': '韩梅'}, 'reported_on': day(60), 'told': False})
    b = does(s, 'a.handler', 'claims', b, 'complete', {'complete_on': day(40)})
    s.expect('late', clock(b, 'R1')['level'] == 'late')
    does(s, 'a.supervisor', 'claims', b, 'refuse', {'decided_on': day()}, status=422, field='fields.why')
    b = does(s, 'a.supervisor', 'claims', b, 'refuse', {'decided_on': day(), 'why': '等待期内出险'})
    s.expect('refused, ten days late', b['status'] == 'refused' and b['computed']['late']['value'] == 10, str(b['computed']))
    entry(s, 'a.handler', 'claims', {'claim_no': 'PA-1', 'kind': 'motor', 'holder': {'name': '宫一帆'}, 'reported_on': day(), 'told': True}, status=422)


def complaints_per(place, s):
    """Complaints per hundred million yuan of premium, per 10,000 policies, per 10,000 insured."""
    fields = {'company': '安保财险', 'line': 'property', 'quarter': '2026Q3', 'made_on': day(), 'premium': 82000000000, 'policies': 210000, 'insured': 168000,
              'complaints': 46, 'overdue': 3, 'repeated': 5, 'rechecked': 1, 'reasons': [{'reason': 'claims', 'count': 31}, {'reason': 'sales', 'count': 15}]}
    entry(s, 'a.handler', 'insurer_indexes', dict(fields, reasons=[{'reason': 'claims', 'count': 47}]), status=422, field='fields.reasons')
    a = entry(s, 'a.handler', 'insurer_indexes', fields)
    got = {k: a['computed'][k]['value'] for k in ('per_yi', 'per_wan_policies', 'per_wan_insured')}
    s.expect('46 of 8.2 hundred million, 21 and 16.8 ten thousands', got == {'per_yi': '5.61', 'per_wan_policies': '2.19', 'per_wan_insured': '2.74'}, str(got))
    a = entry(s, 'a.handler', 'insurer_indexes', {k: v for k, v in dict(fields, company='民康人寿').items() if k not in ('policies', 'insured')})
    s.expect('what is not known is left out', a['computed']['per_wan_policies']['value'] is None, str(a['computed']))


def verifies(place, s):
    s.expect('verifies', ': 0 findings' in place.command('verify', '--rebuild'))


if __name__ == '__main__':
    test_bank.filing = filing
    run([words_of_an_insurer, by_right, terms_of_each_reason, test_bank.late, test_bank.pauses, test_bank.new_facts, test_bank.rechecks, stages_of_a_claim,
         complaints_per, verifies], OFFICERS, name='安澜人寿保险', profile='insurer')
