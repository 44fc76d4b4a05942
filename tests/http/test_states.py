#!/usr/bin/env python3
"""test_states.py FANGXIN: every state of the rule pack is entered by a named act over HTTP, and time
is kept as it happened: which act stops which clock, pauses, extensions, reopenings, late entries."""
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, day, instant, run  # noqa: E402
from filings import complaint, enquiry, report  # noqa: E402
import steps  # noqa: E402
from walk import AGREES, BOTH, TOLD, Walk, entered, late  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'root.leader', 'a.handler', 'a.handler2', 'a.supervisor', 'a.leader',
            'a.intake', 'b.handler']
PACK = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs', 'rules', 'market-2026.json')
def complaint_to_the_end(place, case):
    w = Walk(place, 'complaint to the end')
    f = w.begin(complaint())
    w.expect('waits for the unit', w.now()['waiting_for']['who'] == 'unit')
    w.expect('D1 runs', [d['rule'] for d in f['deadlines']] == ['D1'])
    target = w.clock(w.now(), 'D1')['target']
    w.expect('a target of the house stands beside it, for officers alone', target['length'] == 5 and day() < target['due'] < w.clock(w.now(), 'D1')['due']
             and not target['over'] and f['deadlines'][0]['target'] is None, str(target))
    w.go('root.intake', 'assign', {'body': BODIES['a']}, 'assigned', 'unit')
    w.go('a.handler', 'return', {'reason': '不在辖区'}, 'returned', 'unit')
    a = w.now()
    w.expect('back at the intake, with nobody', a['body'] == BODIES['root'] and a['officer'] is None, f"{a['body']} {a['officer']}")
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned', 'officer')
    a = w.now()
    w.expect('first asked', a['first_officer'] and a['first_officer']['id'] == place.ids['a.handler'], str(a['first_officer']))
    a = w.go('a.handler', 'accept', {}, 'accepted', 'officer')
    w.expect('acceptance does not stop D1', w.clock(a, 'D1')['state'] == 'running', str(w.clock(a, 'D1')))
    w.expect('acceptance starts D2', w.clock(a, 'D2')['state'] == 'running')
    w.go('a.supervisor', 'reassign', {'officer': place.ids['a.handler2'], 'reason': '休假'}, 'accepted', 'officer')
    a = w.now()
    w.expect('first officer kept', a['officer']['id'] == place.ids['a.handler2'] and a['first_officer']['id'] == place.ids['a.handler'])
    a = w.go('a.handler2', 'tell', {'party': 'business', 'channel': 'phone'}, 'accepted')
    w.expect('telling the business leaves D1', w.clock(a, 'D1')['state'] == 'running')
    a = w.go('a.handler2', 'tell', TOLD, 'accepted')
    w.expect('telling the consumer stops D1', w.clock(a, 'D1')['state'] == 'met' and w.clock(a, 'D1')['met_at'])
    w.go('a.handler2', 'contact', {'party': 'business', 'channel': 'phone', 'result': 'no_answer', 'text': '无人接听'}, 'accepted')
    w.refused('a.handler2', 'mediate', {'place': '一楼调解室'}, code='not_allowed')
    w.go('a.handler2', 'consent', dict(AGREES, party='consumer'), 'accepted')
    w.refused('a.handler2', 'mediate', {'place': '一楼调解室'}, code='not_allowed')
    w.go('a.handler2', 'consent', dict(AGREES, party='business'), 'accepted')
    w.go('a.handler2', 'mediate', {'place': '一楼调解室', 'mode': 'on_site'}, 'mediating', 'officer')
    w.go('a.handler2', 'offer', {'party': 'business', 'terms': '退一半', 'amount_fen': 100000}, 'mediating', 'consumer')
    w.go('party', 'decline_offer', {'reason': '太少'}, 'mediating', has={'offer.state': 'declined'})
    w.expect('back to the officer', w.now()['waiting_for']['who'] == 'officer')
    w.go('a.handler2', 'offer', {'party': 'consumer', 'terms': '全退', 'amount_fen': 368000}, 'mediating', 'business')
    w.go('a.handler2', 'accept_offer', {}, 'mediating', 'officer', has={'offer.state': 'accepted'})
    a = w.go('a.handler2', 'settle', {'form': 'record', 'terms': '全退', 'remedies': [{'kind': 'refund', 'amount_fen': 368000}]}, 'settled',
             'officer', has={'recovered_fen': 368000})
    w.expect('settling stops D2', w.clock(a, 'D2')['state'] == 'met')
    a = w.go('a.handler2', 'tell', {'party': 'business', 'channel': 'phone'}, 'settled')
    w.go('a.handler2', 'tell', TOLD, 'told')
    w.go('a.handler2', 'follow_up', {'result': 'no_answer'}, 'told')
    w.go('root.intake', 'follow_up', {'result': 'reached', 'satisfaction': 5, 'remark': '满意'}, 'followed_up')
    w.refused('party', 'rate', {'score': 4}, code='not_allowed')
    w.go('a.handler2', 'archive', {}, 'archived', 'nobody')


def refused_and_told(place, case):
    w = Walk(place, 'refused and told')
    w.begin(complaint())
    w.go('root.intake', 'assign', {'body': BODIES['a']})
    a = w.go('a.handler', 'refuse', {'ground': 'NA1', 'reason': '不归这里管'}, 'refused', 'officer', has={'outcome.ground': 'NA1'})
    w.expect('whoever takes the first step has it', a['officer']['id'] == place.ids['a.handler'])
    w.expect('other remedies are named', a['outcome']['remedies']['zh'] and a['outcome']['remedies']['en'])
    w.expect('refusal does not stop D1', w.clock(a, 'D1')['state'] == 'running')
    a = w.go('a.handler', 'tell', {'party': 'consumer', 'channel': 'letter', 'at': instant()}, 'told')
    w.expect('telling does', w.clock(a, 'D1')['state'] == 'met')
    w.refused('a.supervisor', 'reopen', {'reason': '再看看'}, code='not_allowed')
    w.go('a.handler', 'archive', {}, 'archived')


def refusal_revoked(place, case):
    """A refusal that a review, a court or the body itself found wrong: looked at anew, seven working days from that day, the first clock kept."""
    w = Walk(place, 'a refusal that was revoked')
    w.begin(complaint(**late(20)), 'root.intake')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    w.refused('a.supervisor', 'revoke_refusal', {'by': 'own', 'reason': 'x'}, code='not_allowed')
    w.go('a.handler', 'refuse', {'ground': 'NA1', 'reason': '不归这里管', 'at': instant(15 * 86400)}, 'refused')
    w.go('a.handler', 'tell', dict(TOLD, at=instant(15 * 86400)), 'told')
    w.go('a.handler', 'archive', {}, 'archived')
    w.refused('a.handler', 'revoke_refusal', {'by': 'review', 'reason': '复议撤销'}, status=403)
    w.refused('party', 'revoke_refusal', {'by': 'review', 'reason': '复议撤销'}, status=403)
    w.refused('a.supervisor', 'revoke_refusal', {'reason': '复议撤销'}, status=422, field='by')
    w.refused('a.supervisor', 'revoke_refusal', {'by': 'review'}, status=422, field='reason')
    a = w.go('a.supervisor', 'revoke_refusal', {'by': 'review', 'paper': '安政复〔2026〕8号', 'reason': '复议机关认为属于本机关职责'}, 'assigned', 'officer')
    old, new = w.clock(a, 'D1', True), w.clock(a, 'D1')
    w.expect('seven working days from today, the first kept', old['state'] == 'met' and old['start'] == day(20) and new['state'] == 'running' and (new['start'], new['length']) == (day(), 7), f'{old} {new}')
    w.expect('no outcome, nothing told', a['outcome'] is None and a['closed_at'] is None and not a['told'], str(a['told']))
    e = w.step('the timeline', w.party, 'GET', f'/api/v1/matters/{w.number}/events', status=200)['items']
    w.expect('the filer reads that it was revoked', 'revoke_refusal' in [x['act'] for x in e] and '属于本机关职责' not in str(e), str(e)[:300])
    w.go('a.handler', 'accept', {}, 'accepted')
    a = w.go('a.handler', 'tell', TOLD, 'accepted')
    w.expect('and goes on as any', w.clock(a, 'D1')['state'] == 'met' and w.clock(a, 'D2')['start'] == day())
    w = Walk(place, 'revoked before anybody was told')
    w.begin(complaint())
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    w.go('a.handler', 'refuse', {'ground': 'NA1', 'reason': '写错了'}, 'refused')
    a = w.go('a.leader', 'revoke_refusal', {'by': 'own', 'reason': '属于本机关职责'}, 'assigned')
    w.expect('one clock runs', [d['state'] for d in a['deadlines'] if d['rule'] == 'D1'] == ['cancelled', 'running'], str(a['deadlines']))
    w = Walk(place, 'what ended otherwise is reopened, not revoked')
    w.to_accepted()
    w.go('a.handler', 'terminate', {'ground': 'T3', 'reason': 'x'}, 'terminated')
    w.go('a.handler', 'tell', BOTH, 'told')
    w.refused('a.supervisor', 'revoke_refusal', {'by': 'own', 'reason': 'x'}, code='not_allowed')


def terminated_and_reopened(place, case):
    w = Walk(place, 'terminated and reopened')
    w.to_accepted()
    w.go('a.handler', 'tell', TOLD)
    w.refused('a.handler', 'terminate', {'ground': 'T5'}, code='not_allowed')
    a = w.go('a.handler', 'terminate', {'ground': 'T3', 'reason': '一方明确拒绝'}, 'terminated', has={'outcome.ground': 'T3'})
    w.expect('D2 ends, D3 begins', w.clock(a, 'D2')['state'] == 'met' and w.clock(a, 'D3')['state'] == 'running')
    a = w.go('a.handler', 'tell', {'party': 'business', 'channel': 'phone'}, 'terminated')
    w.expect('one side told does not stop D3: acceptance was told, the end was not', w.clock(a, 'D3')['state'] == 'running', str(a['told']))
    a = w.go('a.handler', 'tell', TOLD, 'told')
    w.expect('both told stops D3', w.clock(a, 'D3')['state'] == 'met')
    w.expect('who was told, and when', sorted(a['told']) == ['business', 'consumer'] and all(t[:10] == str(day()) for t in a['told'].values()), str(a['told']))
    w.refused('a.handler', 'reopen', {'reason': 'x'}, status=403)
    w.refused('a.supervisor', 'reopen', {}, status=422, field='reason')
    a = w.go('a.supervisor', 'reopen', {'reason': '商家愿意再谈'}, 'mediating', 'officer')
    old, new = w.clock(a, 'D2', True), w.clock(a, 'D2')
    w.expect('a new D2 and the old one kept', old['state'] == 'met' and new['state'] == 'running' and new['start'] == day(), f'{old} {new}')
    w.expect('D1 as it was', w.clock(a, 'D1')['state'] == 'met')
    w.expect('no outcome any more', a['outcome'] is None and a['closed_at'] is None)
    w.refused('a.handler', 'terminate', {'ground': 'T2'}, code='not_allowed')
    a = w.go('a.handler', 'contact', {'party': 'business', 'channel': 'phone', 'result': 'no_answer'}, 'mediating')
    w.expect('the attempt stands behind it', [c['party'] + c['result'] for c in a['procedure']['contacts']] == ['businessno_answer'], str(a['procedure']))
    a = w.go('a.handler', 'terminate', {'ground': 'T2'}, 'terminated')
    w.expect('a new D3 too', w.clock(a, 'D3', True)['state'] == 'met' and w.clock(a, 'D3')['state'] == 'running')
    a = w.go('a.handler', 'tell', BOTH, 'told')
    w.expect('both at once stop it', w.clock(a, 'D3')['state'] == 'met')


def withdrawn_and_reopened(place, case):
    w = Walk(place, 'withdrawn and reopened')
    w.begin(complaint(), None)
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    a = w.go('party', 'withdraw', {'reason': '已和解'}, 'withdrawn')
    a = w.now()
    w.expect('D1 is cancelled', w.clock(a, 'D1')['state'] == 'cancelled' and a['outcome']['outcome'] == 'withdrawn')
    a = w.go('a.supervisor', 'reopen', {'reason': '商家反悔'}, 'assigned')
    w.expect('a new D1, the old one kept', w.clock(a, 'D1', True)['state'] == 'cancelled' and w.clock(a, 'D1')['state'] == 'running')
    w.go('party', 'withdraw', {}, 'withdrawn')
    w.go('a.handler', 'archive', {}, 'archived', 'nobody')
    w = Walk(place, 'withdrawn and told')
    w.begin(complaint())
    w.go('party', 'withdraw', {}, 'withdrawn')
    w = Walk(place, 'withdrawn after acceptance')
    w.to_accepted()
    w.go('party', 'withdraw', {}, 'terminated')
    a = w.now()
    w.expect('is T1', a['outcome']['ground'] == 'T1' and w.clock(a, 'D3')['state'] == 'running', str(a['outcome']))


def settled_and_reopened(place, case):
    w = Walk(place, 'settled, not performed')
    w.to_accepted()
    w.go('a.handler', 'tell', TOLD)
    w.go('a.handler', 'settle', {'form': 'deed', 'terms': '十日内退', 'remedies': [{'kind': 'refund', 'amount_fen': 5}]}, 'settled')
    w.go('a.handler', 'tell', TOLD, 'told')
    a = w.go('a.supervisor', 'reopen', {'reason': '没有履行'}, 'mediating', has={'recovered_fen': 0})
    w.expect('a new D2', w.clock(a, 'D2', True)['state'] == 'met' and w.clock(a, 'D2')['state'] == 'running')
    a = w.go('a.handler', 'settle', {'form': 'performed', 'remedies': [{'kind': 'refund', 'amount_fen': 7}]}, 'settled', has={'recovered_fen': 7})
    w.expect('only what was settled now', [r['amount_fen'] for r in a['settlement']['remedies']] == [7])
    w.go('a.handler', 'tell', TOLD, 'told')
    w.refused('a.supervisor', 'reopen', {'reason': 'x'}, code='not_allowed')
    w = Walk(place, 'settled and performed later')
    w.to_accepted()
    w.go('a.handler', 'settle', {'form': 'record'}, 'settled')
    w.go('a.handler', 'tell', TOLD, 'told')
    w.go('a.handler', 'follow_up', {'result': 'reached', 'performed': True}, 'followed_up')
    w.refused('a.supervisor', 'reopen', {'reason': 'x'}, code='not_allowed')


def days(text):
    return datetime.date.fromisoformat(text)


def disclosed_and_exempt(place, case):
    """Order 121 art. 38: what is disclosed was reviewed by another than its handler, with the consumer's consent; the mark outlives the archiving."""
    reviewed = {'checked': ['privacy', 'secret', 'facts'], 'remark': '核对无误'}

    def told(label, agrees, ground='T3'):
        w = Walk(place, label)
        w.to_accepted(complaint(consents={'disclosure': agrees}))
        w.go('a.handler', 'terminate', {'ground': ground, 'reason': '谈不成'}, 'terminated')
        w.refused('a.supervisor', 'disclose', reviewed, code='not_allowed')
        w.go('a.handler', 'tell', BOTH, 'told')
        return w

    w = told('disclosed', True)
    w.refused('a.handler', 'disclose', reviewed, status=403)
    w.refused('a.handler', 'archive', {}, code='not_allowed')
    w.expect('not filed away undecided, and the page says what to do', any(b['act'] == 'archive' and '公示' in b['why']['zh'] for b in w.read('a.handler', w.number)['blocked_acts']), str(w.now()['blocked_acts'])[:400])
    w.refused('a.supervisor', 'disclose', {'checked': ['privacy'], 'remark': 'x'}, status=422, field='checked')
    w.refused('a.supervisor', 'disclose', {'checked': reviewed['checked']}, status=422, field='remark')
    a = w.go('a.supervisor', 'disclose', reviewed, 'disclosed', 'officer')
    w.expect('who reviewed it', a['procedure']['disclosure']['state'] == 'disclosed' and a['procedure']['disclosure']['by']['id'] == place.ids['a.supervisor'],
             str(a['procedure']['disclosure']))
    w.refused('a.handler', 'exempt', {'cause': 'secret'}, code='not_allowed')
    a = w.go('a.handler', 'archive', {}, 'archived', 'nobody')
    w.expect('still disclosed once archived', a['procedure']['disclosure']['state'] == 'disclosed', str(a['procedure']['disclosure']))
    w.refused('a.supervisor', 'disclose', reviewed, code='not_allowed')
    w.refused('a.supervisor', 'stop_disclosure', {'cause': 'disputed'}, status=422, field='reason')
    w.refused('a.supervisor', 'stop_disclosure', {'reason': 'x'}, status=422, field='cause')
    a = w.go('a.supervisor', 'stop_disclosure', {'cause': 'disputed', 'reason': '商家提出异议，事实有误'}, 'archived')
    w.expect('stopped, and why', a['procedure']['disclosure']['state'] == 'exempt' and a['procedure']['disclosure']['cause'] == 'disputed' and a['procedure']['disclosure']['cause_label']['zh'] == '事实有争议，异议成立', str(a['procedure']['disclosure']))
    w.refused('a.supervisor', 'stop_disclosure', {'cause': 'other', 'reason': 'x'}, code='not_allowed')
    w.go('a.leader', 'disclose', reviewed, 'archived')
    a = w.go('a.supervisor', 'reopen', {'reason': '商家愿意再谈'}, 'mediating')
    w.expect('reopened: no mark any more', a['procedure']['disclosure'] is None, str(a['procedure']['disclosure']))

    told('nobody asked to disclose it', False).go('a.handler', 'archive', {}, 'archived')
    w = told('exempt', False)
    w.refused('a.supervisor', 'disclose', reviewed, code='not_allowed')
    w.refused('a.handler', 'exempt', {'cause': 'other'}, status=422, field='remark')
    a = w.go('a.handler', 'exempt', {'cause': 'no_consent'}, 'exempt', 'officer')
    w.expect('and why', a['procedure']['disclosure']['cause'] == 'no_consent' and a['procedure']['disclosure']['cause_label']['zh'], str(a['procedure']['disclosure']))
    w.go('a.handler', 'archive', {}, 'archived', has={'procedure.disclosure.state': 'exempt'})
    told('found to be none of ours', True, 'T6').refused('a.supervisor', 'disclose', reviewed, code='not_allowed')
    w = told('stopped before it is archived', True)
    w.go('a.handler', 'exempt', {'cause': 'privacy'}, 'exempt')
    w.go('a.supervisor', 'disclose', reviewed, 'disclosed')
    w.go('a.supervisor', 'stop_disclosure', {'cause': 'privacy', 'reason': '复核后不公示'}, 'exempt')


def pauses(place, case):
    for reason, excluded, waits in (('appraisal', True, 'tester'), ('recusal', False, 'leader')):
        w = Walk(place, 'paused for ' + reason)
        w.begin(complaint(**late(40)), 'root.intake')
        w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler'], 'at': instant(39 * 86400)})
        a = w.go('a.handler', 'accept', {'at': instant(38 * 86400)}, 'accepted')
        w.expect('D2 from the day it happened', w.clock(a, 'D2')['start'] == day(38), str(w.clock(a, 'D2')))
        before = w.clock(a, 'D2')
        a = w.go('a.handler', 'pause', {'reason': reason, 'at': instant(30 * 86400)}, 'paused', waits)
        d = w.clock(a, 'D2')
        w.expect('the clock stands' if excluded else 'the clock goes on', d['state'] == ('paused' if excluded else 'running'), str(d))
        w.refused('a.handler', 'pause', {'reason': reason})
        if excluded:
            a = w.go('a.handler', 'resume', {'remark': '完成', 'at': instant(20 * 86400)}, 'mediating', 'officer')
        else:
            a = w.go('a.supervisor', 'decide_recusal', {'decision': 'rejected', 'reason': '没有利害关系', 'at': instant(20 * 86400)}, 'mediating', 'officer')
        d = w.clock(a, 'D2')
        moved = (days(d['due_raw']) - days(before['due_raw'])).days
        w.expect('time excluded' if excluded else 'time not excluded', (8 <= moved <= 11) if excluded else moved == 0,
                 f'moved by {moved}: {d}')
        w.expect('days told', (d['paused_days'] == moved) if excluded else d['paused_days'] == 0, str(d['paused_days']))
        e = w.step('explained', place.officer('a.handler'), 'GET', f'/api/v1/matters/{w.number}/deadlines/D2', status=200)
        kinds = [x['kind'] for x in e['days']]
        w.expect('paused days shown', kinds.count('paused') == moved if excluded else 'paused' not in kinds, str(kinds))
        w.go('a.handler', 'pause', {'reason': reason}, 'paused', waits)
        a = w.go('a.handler', 'settle', {'form': 'record'}, 'settled')
        w.expect('settled while paused', w.clock(a, 'D2')['state'] == 'met', str(w.clock(a, 'D2')))


def reports(place, case):
    for name, body, outcome in (('file', {'decided_by': '分管局长周建，11月2日'}, 'filed'), ('not_file', {'reason': '已经改正', 'cause': 'first', 'decided_by': '分管局长周建，11月2日'}, 'not_filed'), ('no_power', {'told': '向住建局举报'}, 'no_power')):
        w = Walk(place, 'report to ' + outcome)
        f = w.begin(report())
        w.expect('D4 runs', [d['rule'] for d in f['deadlines']] == ['D4'])
        a = w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned', 'officer')
        w.go('a.handler', 'return', {'reason': '不归我们'}, 'registered', 'unit')
        w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned', 'officer')
        w.go('a.handler', 'verify', {}, 'verifying', 'officer')
        if outcome == 'no_power':
            w.refused('a.handler', 'no_power', {}, status=422, field='told')
        a = w.go('a.handler', name, body, outcome)
        w.expect('D4 stops', w.clock(a, 'D4')['state'] == 'met')
        e = str(w.step('the timeline', place.officer('a.handler'), 'GET', f'/api/v1/matters/{w.number}/events', status=200)['items'])
        w.expect('who decided, and why not', ('周建' in e) == (name != 'no_power') and ('初次违法' in e) == (name == 'not_file'), e[:600])
        w.refused('a.handler', 'close', {}, code='not_allowed')
        w.go('a.handler', 'tell', {'party': 'reporter', 'channel': 'phone'}, 'told')
        w.go('a.handler', 'close', {}, 'closed', 'nobody')
    w = Walk(place, 'anonymous report')
    w.report_with(report(anonymous=True, consumer=None))
    w.go('a.handler', 'verify')
    w.go('a.handler', 'file', {}, 'filed')
    w.refused('a.handler', 'tell', {'party': 'reporter', 'channel': 'phone'}, code='not_allowed')
    w.go('a.handler', 'close', {}, 'closed')


def extension(place, case):
    w = Walk(place, 'extension')
    w.report_with(report(**late(10)), 'root.intake')
    w.go('a.handler', 'verify', {'at': instant(9 * 86400)}, 'verifying')
    a = w.now()
    before = w.clock(a, 'D4')
    for name in ('a.leader', 'root.leader'):
        w.step(name + ' does not see it', place.officer(name), 'GET', '/api/v1/matters/' + w.number, status=404)
    w.refused('a.handler', 'refuse_extension', {'reason': 'x'}, status=403)
    w.go('a.handler', 'extend', {'reason': '案情复杂'}, 'verifying', 'leader')
    a = w.go('a.leader', 'refuse_extension', {'reason': '不算复杂，抓紧办'}, 'verifying', 'officer')
    w.expect('a refused extension moves nothing', w.clock(a, 'D4')['due'] == before['due'] and w.clock(a, 'D4')['state'] == 'running')
    w.step('the leader sees it no more', place.officer('a.leader'), 'GET', '/api/v1/matters/' + w.number, status=404)
    a = w.go('a.handler', 'extend', {'reason': '案情复杂'}, 'verifying', 'leader')
    w.expect('asking moves nothing', w.clock(a, 'D4')['due'] == before['due'])
    w.expect('and counts as no extension', any(x['act'] == 'extend' for x in w.read('a.leader', w.number)['allowed_acts']))
    a = w.go('a.leader', 'extend', {'reason': '同意'}, 'verifying', 'officer')
    w.expect('approval moves it', w.clock(a, 'D4')['due'] > before['due'], str(w.clock(a, 'D4')))
    w.step('and the leader sees it no more', place.officer('a.leader'), 'GET', '/api/v1/matters/' + w.number, status=404)
    w.refused('a.handler', 'extend', {'reason': '再延'}, code='not_allowed')
    kept = w.now()['procedure']['extensions']
    w.expect('who asked, why, who answered, by which article', [(x['asked_by']['id'], x['reason'], x['by']['id'], x['answer'], x['remark']) for x in kept]
             == [(place.ids['a.handler'], '案情复杂', place.ids['a.leader'], 'refused', '不算复杂，抓紧办'),
                 (place.ids['a.handler'], '案情复杂', place.ids['a.leader'], 'granted', '同意')]
             and all('第十八条' in x['basis']['zh'] for x in kept), str(kept))
    a = w.go('a.handler', 'pause', {'reason': 'appraisal'}, 'verifying', 'tester')
    w.expect('D4 stands', w.clock(a, 'D4')['state'] == 'paused')
    a = w.go('a.handler', 'resume', {}, 'verifying', 'officer')
    w.expect('D4 runs', w.clock(a, 'D4')['state'] == 'running')
    w.refused('a.handler', 'pause', {'reason': 'recusal'}, status=422, field='reason')
    w.go('a.handler', 'file', {}, 'filed')
    w = Walk(place, 'mediation has no extension')
    w.to_accepted()
    w.refused('a.handler', 'extend', {'reason': 'x'}, code='not_allowed')


def leader_decides(place, case):
    """Order 2 (2018) art. 18: whether to file lies before a leader, who sees the report for that alone and decides, or sends it back."""
    put = {'proposal': 'file', 'reason': '现场查到过期原料，证据齐全'}
    for outcome, name, body in (('filed', 'file', {}), ('not_filed', 'not_file', {'reason': '已经改正，危害轻微', 'cause': 'minor'})):
        w = Walk(place, 'a leader decides: ' + outcome)
        w.report_with(report())
        w.refused('a.handler', 'propose_filing', put, code='not_allowed')
        w.go('a.handler', 'verify', {}, 'verifying')
        due = w.clock(w.now(), 'D4')['due']
        w.refused('a.leader', name, body, status=404)
        w.refused('a.handler', 'propose_filing', {'proposal': 'file'}, status=422, field='reason')
        w.go('a.handler', 'propose_filing', put, 'verifying', 'leader')
        w.refused('a.handler', 'propose_filing', put, code='not_allowed')
        a = w.read('a.leader', w.number)
        offered = {x['act'] for x in a['allowed_acts']}
        w.expect('the leader reads it and may decide; an extension is not what he is asked', {'file', 'not_file', 'verify_more'} <= offered and 'refuse_extension' not in offered
                 and w.clock(a, 'D4')['due'] == due, str(offered))
        w.expect('what is proposed and why', put['reason'] in str(w.step('the timeline', place.officer('a.leader'), 'GET', f'/api/v1/matters/{w.number}/events', status=200)['items']))
        w.refused('a.handler', 'verify_more', {'reason': 'x'}, status=403)
        w.refused('a.leader', 'verify_more', {}, status=422, field='reason')
        w.go('a.leader', 'verify_more', {'reason': '再查进货票据'}, 'verifying', 'officer')
        w.step('he sees it no more', place.officer('a.leader'), 'GET', '/api/v1/matters/' + w.number, status=404)
        w.go('a.handler', 'extend', {'reason': '票据在外地'}, 'verifying', 'leader')
        w.refused('a.leader', 'verify_more', {'reason': 'x'}, code='not_allowed')
        w.go('a.leader', 'refuse_extension', {'reason': '来得及'}, 'verifying', 'officer')
        w.go('a.handler', 'propose_filing', put, 'verifying', 'leader')
        w.go('a.leader', name, body, outcome)
        a = w.now()
        w.expect('decided, its clock ends, the officer goes on with it', a['status'] == outcome and a['officer']['id'] == place.ids['a.handler'] and w.clock(a, 'D4')['state'] == 'met', str(a['status']))
        e = w.step('the timeline', place.officer('a.handler'), 'GET', f'/api/v1/matters/{w.number}/events', status=200)['items']
        w.expect('by the leader', next(x for x in e if x['act'] == name)['actor']['display'] == '官aleader', str(e)[:300])
        w.step('and he sees it no more', place.officer('a.leader'), 'GET', '/api/v1/matters/' + w.number, status=404)


def enquiries(place, case):
    w = Walk(place, 'enquiry')
    f = w.begin(enquiry())
    w.expect('no clocks', f['deadlines'] == [])
    w.go('root.intake', 'answer', {'text': '可以退'}, 'answered')
    w.go('party', 'rate', {'score': 3}, has={'rating.score': 3})
    w.refused('party', 'rate', {'score': 5}, status=409)
    w.go('root.intake', 'close', {}, 'closed', 'nobody')
    w = Walk(place, 'enquiry at once')
    w.begin(enquiry(channel='phone', answer='七日内可退'), 'root.intake')
    w.expect('answered', w.now()['status'] == 'answered')
    w = Walk(place, 'enquiry for somebody else')
    w.begin(enquiry())
    w.refused('root.intake', 'pass_on', {}, status=422, field='to')
    a = w.go('root.intake', 'pass_on', {'to': '安澜县住房和城乡建设局', 'text': '物业收费归住建局'}, 'passed_on', has={'outcome.outcome': 'passed_on'})
    w.refused('root.intake', 'answer', {'text': 'x'}, code='not_allowed')
    w.go('root.intake', 'close', {}, 'closed')
    w = Walk(place, 'enquiry withdrawn')
    w.begin(enquiry())
    w.go('party', 'withdraw', {}, 'closed')


def earliest_without_reason():
    """The first day since which, to this day, only one working day has begun, by the notices; and the day before it."""
    with open(os.path.join(os.path.dirname(PACK), '..', 'calendars', 'cn.json'), encoding='utf-8') as f:
        holidays = [h for y in json.load(f)['years'] for h in y['holidays']]
    off, work = ({d for h in holidays for x in h.get(name, []) for d in days_of(*([x, x] if isinstance(x, str) else x))} for name in ('off', 'work'))
    at, begun = datetime.date.fromisoformat(day()), 0
    while True:
        begun += str(at) in work or (at.weekday() < 5 and str(at) not in off)
        at -= datetime.timedelta(1)
        if begun > 1:
            return str(at + datetime.timedelta(1)), str(at)


def days_of(first, last):
    first, last = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    return [str(first + datetime.timedelta(n)) for n in range((last - first).days + 1)]


def time_as_it_happened(place, case):
    w = Walk(place, 'time')
    p = place.officer('root.intake')
    f = '/api/v1/matters'
    w.step('an hour ago needs no reason', p, 'POST', f, complaint(channel='phone', received_at=instant(3600)), status=201)
    first, one_before = earliest_without_reason()
    w.step('nor does one working day', p, 'POST', f, complaint(channel='phone', received_at=f'{first}T00:00:30+08:00'), status=201)
    early = complaint(channel='phone', received_at=f'{one_before}T23:59:30+08:00')
    w.step('a second one does', p, 'POST', f, early, status=422, field='late_reason')
    w.step('and is taken with one', p, 'POST', f, dict(early, late_reason='停电补登'), status=201)
    old = complaint(channel='phone', received_at=instant(9 * 86400))
    w.step('nine days ago needs one', p, 'POST', f, old, status=422, field='late_reason')
    w.step('ahead', p, 'POST', f, complaint(channel='phone', received_at=instant(-7200)), status=422, field='received_at')
    w.step('not for the public', place.public(), 'POST', f, complaint(received_at=instant(60)), status=422, field='received_at')
    w.begin(complaint(**late(12)), 'root.intake')
    a = w.now()
    w.expect('received then', a['received_at'][:10] == day(12) and a['registered_at'][:10] == day())
    w.expect('D1 counts from the receipt', w.clock(a, 'D1')['start'] == day(12))
    w.expect('the reason stands', a['late_reason'] == '纸质登记补录')
    w.expect('the clerk was asked first', a['first_officer']['id'] == place.ids['root.intake'])
    at = {'body': BODIES['a'], 'officer': place.ids['a.handler']}
    w.refused('root.intake', 'assign', dict(at, at=instant(13 * 86400)), status=422, field='at')
    w.refused('root.intake', 'assign', dict(at, at=instant(-600)), status=422, field='at')
    w.go('root.intake', 'assign', dict(at, at=instant(11 * 86400)), 'assigned')
    w.go('a.handler', 'accept', {'at': instant(10 * 86400)}, 'accepted')
    a = w.go('a.handler', 'tell', dict(TOLD, at=instant(9 * 86400)), 'accepted')
    d = w.clock(a, 'D1')
    w.expect('told then, in time', d['state'] == 'met' and d['met_at'][:10] == day(9), str(d))
    e = w.step('the timeline', place.officer('a.handler'), 'GET', f'{f}/{w.number}/events', status=200)['items']
    tell = next(x for x in e if x['act'] == 'tell')
    w.expect('says when it was and when it was written down', tell['at'][:10] == day(9) and tell['recorded_at'][:10] == day() and tell['late_recorded'])
    w = Walk(place, 'told late')
    w.begin(complaint(**late(30)), 'root.intake')
    w.go('root.intake', 'assign', at)
    w.go('a.handler', 'accept')
    a = w.go('a.handler', 'tell', TOLD)
    w.expect('missed', w.clock(a, 'D1')['state'] == 'missed', str(w.clock(a, 'D1')))
    w.go('a.handler', 'settle', {'form': 'performed'}, 'settled')


def term_over(place, case):
    w = Walk(place, 'sixty days are over')
    w.begin(complaint(**late(100)), 'root.intake')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler'], 'at': instant(99 * 86400)})
    w.go('a.handler', 'accept', {'at': instant(98 * 86400)})
    a = w.go('a.handler', 'terminate', {'ground': 'T5'}, 'terminated')
    w.expect('missed', w.clock(a, 'D2')['state'] == 'missed', str(w.clock(a, 'D2')))


def earlier_rule(place, case):
    w = Walk(place, 'earlier rule')
    f = w.begin(complaint(channel='letter', received_at='2019-12-31T16:00:00+08:00', late_reason='历史补录'), 'root.intake')
    w.expect('no clocks', f['deadlines'] == [])
    a = w.now()
    w.expect('says why', a['pack'] is None and a['earlier_rule']['zh'] and a['earlier_rule']['en'])
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    w.go('a.handler', 'accept')
    w.go('a.handler', 'tell', TOLD)
    a = w.go('a.handler', 'terminate', {'ground': 'T3'}, 'terminated')
    w.expect('nor later', a['deadlines'] == [])
    a = w.go('a.handler', 'tell', BOTH, 'told')
    a = w.go('a.supervisor', 'reopen', {'reason': 'x'}, 'mediating')
    w.expect('nor when reopened', a['deadlines'] == [])
    w = Walk(place, 'the first day')
    f = w.begin(complaint(channel='letter', received_at='2026-04-15T00:00:00+08:00', late_reason='历史补录'), 'root.intake')
    w.expect('has a clock', [d['rule'] for d in f['deadlines']] == ['D1'])
    w.expect('under the new rule', w.now()['pack']['id'] == 'market-2026')
    w = Walk(place, 'report before')
    f = w.begin(report(channel='letter', received_at='2019-12-31T23:59:59+08:00', late_reason='历史补录'), 'root.intake')
    w.expect('no clock either', f['deadlines'] == [])


OLD = {'channel': 'letter', 'received_at': '2026-04-14T23:59:59+08:00', 'late_reason': '历史补录'}


def order_20(place, case):
    """Received on the last day of Order 20: its clocks, grounds and articles to the end."""
    w = Walk(place, 'order 20')
    f = w.begin(complaint(**OLD), 'root.intake')
    w.expect('D1 by its article', f['deadlines'][0]['basis']['zh'] == '《市场监督管理投诉举报处理暂行办法》第十四条', str(f['deadlines']))
    w.expect('says which rule governs', w.now()['pack']['id'] == 'market-2020' and w.now()['pack']['valid_to'] == '2026-04-14')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    w.refused('a.handler', 'refuse', {'ground': 'NA6', 'reason': 'x'}, status=422, field='ground')
    w.go('a.handler', 'accept')
    a = w.go('a.handler', 'tell', TOLD)
    d2 = w.clock(a, 'D2')
    w.expect('45 working days', (d2['length'], d2['unit']) == (45, 'WD') and '第二十一条第五项' in d2['basis']['zh'], str(d2))
    w.refused('a.handler', 'terminate', {'ground': 'T7'}, status=422, field='ground')
    a = w.go('a.handler', 'terminate', {'ground': 'T3'}, 'terminated')
    law = w.step('the forms of the older pack', place.public(), 'GET', '/api/v1/workflow?pack=market-2020', status=200)
    grounds = {g['code']: g['basis']['zh'] for g in law['grounds']['refuse'] + law['grounds']['terminate']}
    w.expect('its grounds', 'NA6' not in grounds and 'T7' not in grounds and '第二十一条第四项' in grounds['T3']
             and '第十五条第六项' in grounds['NA7'], str(grounds))
    w.step('no such pack', place.public(), 'GET', '/api/v1/workflow?pack=market-1949', status=404, field='pack')
    w.go('a.handler', 'tell', BOTH, 'told')
    w = Walk(place, 'named report under order 20')
    w.begin(report(**OLD), 'root.intake')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    w.go('a.handler', 'verify', {}, 'verifying')
    a = w.go('a.handler', 'not_file', {'reason': '没有违法事实'}, 'not_filed')
    told = w.clock(a, 'D4L')
    w.expect('five working days to tell him', (told['length'], told['unit'], told['state']) == (5, 'WD', 'running'), str(told))
    a = w.go('a.handler', 'tell', {'party': 'reporter', 'channel': 'phone', 'at': instant()}, 'told')
    w.expect('told', w.clock(a, 'D4L')['state'] == 'met', str(w.clock(a, 'D4L')))
    w = Walk(place, 'anonymous report under order 20')
    w.begin(report(anonymous=True, consumer=None, **OLD), 'root.intake')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    w.go('a.handler', 'verify', {}, 'verifying')
    a = w.go('a.handler', 'file', {}, 'filed')
    w.expect('nobody to tell in time', all(d['rule'] != 'D4L' for d in a['deadlines']), str(a['deadlines']))


def grounds_of_order_20(place, case):
    """The grounds of both orders, code by code under the item that says so; what Order 20 did not have it does not offer."""
    want = {
        'market-2026': {'NA1': '十六条第一', 'NA2': '十六条第二', 'NA3': '十六条第三', 'NA4': '十六条第四', 'NA5': '十六条第五', 'NA6': '十六条第六', 'NA7': '十六条第七',
                        'T1': '二十三条第一', 'T2': '二十三条第二', 'T3': '二十三条第三', 'T4': '二十三条第四', 'T5': '二十三条第五', 'T6': '二十三条第六', 'T7': '二十三条第七', 'T8': '二十三条第八'},
        'market-2020': {'NA1': '十五条第一', 'NA2': '十五条第二', 'NA3': '十五条第三', 'NA4': '十五条第四', 'NA5': '十五条第五', 'NA7': '十五条第六',
                        'T1': '二十一条第一', 'T2': '二十一条第三', 'T3': '二十一条第四', 'T4': '二十一条第二', 'T5': '二十一条第五', 'T6': '二十一条第六', 'T8': '二十一条第七'}}
    for pack, grounds in want.items():
        law = case.step('the forms', place.public(), 'GET', '/api/v1/workflow?pack=' + pack, status=200)
        got = {g['code']: g['basis']['zh'] for g in law['grounds']['refuse'] + law['grounds']['terminate']}
        case.expect(f'{pack}: each by its item', set(got) == set(grounds) and all(got[c].endswith(f'第{x}项') for c, x in grounds.items()), str(got))


def all_entered(place, case):
    if len(sys.argv) > 2:
        return
    packs = []
    for path in (PACK, PACK.replace('market-2026', 'odr')):
        with open(path, encoding='utf-8') as f:
            packs.append(json.load(f))
    for kind, seen in entered.items():
        states = {s['id'] for pack in packs for s in pack['kinds'].get(kind, {'states': []})['states']}
        case.expect(f'every state of a {kind} was entered', not states - seen, f'missing {states - seen}')


run([*steps.ALL, complaint_to_the_end, refused_and_told, refusal_revoked, terminated_and_reopened, withdrawn_and_reopened, settled_and_reopened, disclosed_and_exempt, pauses,
     reports, leader_decides, extension, enquiries, time_as_it_happened, term_over, earlier_rule, order_20, grounds_of_order_20, all_entered], OFFICERS)
