"""Scenarios of the procedure itself: two officers for some refusals, identity, consent, entrusted
mediation, recusal. Run by test_states.py, which also checks that every state was entered."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, day, instant  # noqa: E402
from filings import complaint, report  # noqa: E402
from walk import AGREES, TOLD, Walk, late  # noqa: E402

NA3 = {'ground': 'NA3', 'reason': '一周内买了四十件，不像自己用'}


def assigned(place, name, **filing):
    w = Walk(place, name)
    w.begin(complaint(**filing), 'root.intake' if filing else None)
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned')
    return w


def events(w, who):
    return w.step('events', place_of(w, who), 'GET', f'/api/v1/matters/{w.number}/events', status=200)['items']


def place_of(w, who):
    return w.party if who == 'party' else w.place.officer(who)


def second_officer(place, case):
    w = assigned(place, 'a refusal that two officers make')
    a = w.go('a.handler', 'refuse', NA3, 'refusal_proposed', 'second')
    p = a['procedure']['proposal']
    w.expect('proposed, not decided', a['outcome'] is None and a['closed_at'] is None and p['ground'] == 'NA3' and p['own']
             and p['reason'] == NA3['reason'] and p['by']['id'] == place.ids['a.handler'], str(p))
    w.expect('the clock goes on', w.clock(a, 'D1')['state'] == 'running')
    w.refused('a.handler', 'confirm_refusal', {'remark': '我同意我自己'}, code='not_allowed')
    w.refused('a.handler', 'tell', TOLD, code='not_allowed')
    w.refused('party', 'confirm_refusal', {'remark': 'x'}, status=403)
    w.refused('b.handler', 'confirm_refusal', {'remark': 'x'}, status=404)
    w.refused('a.handler2', 'confirm_refusal', {}, status=422, field='remark')
    w.expect('the filer reads of no decision', 'refuse' not in [e['act'] for e in events(w, 'party')])
    w.go('a.handler2', 'send_back', {'reason': '先问清楚用途'}, 'assigned', 'officer')
    a = w.now()
    w.expect('nothing is left of it', a['procedure']['proposal'] is None and a['outcome'] is None)
    w.go('a.handler', 'refuse', NA3, 'refusal_proposed', 'second')
    a = w.go('a.handler2', 'confirm_refusal', {'remark': '订单和历次投诉都看过'}, 'refused', 'officer', has={'outcome.ground': 'NA3'})
    c = a['procedure']['confirmed']
    w.expect('both stand on record', c['by']['id'] == place.ids['a.handler2'] and c['proposed_by']['id'] == place.ids['a.handler'], str(c))
    w.expect('who has it stays', a['officer']['id'] == place.ids['a.handler'])
    mine = [e for e in events(w, 'party') if e['act'] == 'refuse']
    w.expect('the filer reads the decision and its reasons once', len(mine) == 1 and NA3['reason'] in mine[0]['text']['zh']
             and '订单' not in str(mine), str(mine))
    a = w.go('a.handler', 'tell', TOLD, 'told')
    w.expect('told in time', w.clock(a, 'D1')['state'] == 'met')
    w = assigned(place, 'another ground needs one officer')
    w.go('a.handler', 'refuse', {'ground': 'NA4', 'reason': '四年前的事'}, 'refused', 'officer')
    w = assigned(place, 'withdrawn while proposed')
    w.go('a.handler', 'refuse', NA3, 'refusal_proposed')
    a = w.go('party', 'withdraw', {}, 'withdrawn')
    w.expect('the proposal is gone', w.now()['procedure']['proposal'] is None)


def identity(place, case):
    w = assigned(place, 'asked for papers')
    due = w.clock(w.now(), 'D1')['due']
    w.refused('a.handler', 'ask_identity', {'papers': 'identity', 'until': day(1)}, status=422, field='until')
    w.refused('a.handler', 'ask_identity', {'papers': 'identity', 'until': day(-40)}, status=422, field='until')
    w.refused('a.handler', 'refuse', {'ground': 'NA6', 'reason': '没有核验'}, code='not_allowed')
    a = w.go('a.handler', 'ask_identity', {'papers': 'identity', 'until': due, 'text': '请带身份证'}, 'assigned', 'consumer')
    w.expect('the day lies inside', a['procedure']['identity']['until'] == due and a['procedure']['identity']['result'] is None, str(a['procedure']))
    w.expect('asking does not stop the clock', w.clock(a, 'D1')['state'] == 'running' and w.clock(a, 'D1')['due'] == due)
    w.refused('a.handler', 'refuse', {'ground': 'NA6', 'reason': '还没到期'}, code='not_allowed')
    w.go('a.handler', 'record_identity', {'result': 'shown'}, 'assigned', 'officer')
    w.refused('a.handler', 'refuse', {'ground': 'NA6', 'reason': '已经核验'}, code='not_allowed')
    w.go('a.handler', 'record_identity', {'result': 'impersonated', 'remark': '本人说没有投诉过'}, 'assigned', 'officer')
    w.go('a.handler', 'refuse', {'ground': 'NA6', 'reason': '冒用他人名义'}, 'refusal_proposed', 'second')
    w.go('a.supervisor', 'confirm_refusal', {'remark': '电话问过本人'}, 'refused', has={'outcome.ground': 'NA6'})
    w = assigned(place, 'nothing came in time', **late(6))
    w.go('a.handler', 'ask_identity', {'papers': 'identity', 'until': day(3), 'at': instant(5 * 86400)}, 'assigned')
    w.go('a.handler', 'refuse', {'ground': 'NA6', 'reason': '到期没有提供'}, 'refusal_proposed')


def entrusted(place, case):
    w = Walk(place, 'entrusted mediation')
    w.to_accepted()
    to = {'about': 'entrusting', 'mediator': '安澜县消费者协会', 'answer': 'agrees', 'channel': 'phone'}
    w.refused('a.handler', 'entrust', {'scope': '退款争议'}, code='not_allowed')
    w.refused('a.handler', 'consent', dict(to, party='both', mediator=None), status=422, field='mediator')
    w.go('a.handler', 'consent', dict(to, party='consumer'), 'accepted')
    w.go('a.handler', 'consent', dict(to, party='business', mediator='某行业调解委员会'), 'accepted')
    w.refused('a.handler', 'entrust', {'scope': '退款争议'}, code='not_allowed')
    w.go('a.handler', 'consent', dict(to, party='both'), 'accepted')
    a = w.go('a.handler', 'entrust', {'scope': '退款争议'}, 'entrusted', 'mediator')
    w.expect('to whom', a['procedure']['entrusted']['mediator'] == to['mediator'], str(a['procedure']))
    w.expect('the clock goes on', w.clock(a, 'D2')['state'] == 'running')
    w.refused('a.handler', 'entrust', {'scope': '再转'}, code='not_allowed')
    w.refused('a.handler', 'mediate', {}, code='not_allowed')
    a = w.go('a.handler', 'take_back', {'result': 'not_agreed'}, 'mediating', 'officer')
    w.expect('it is ours again', a['procedure']['entrusted'] is None)


def unwilling(place, case):
    w = Walk(place, 'a side that does not agree')
    w.to_accepted()
    w.go('a.handler', 'consent', {'party': 'business', 'answer': 'refuses', 'about': 'mediation', 'channel': 'phone'}, 'accepted')
    w.refused('a.handler', 'mediate', {}, code='not_allowed')
    w.go('a.handler', 'offer', {'party': 'business', 'terms': '退一半'}, 'accepted', 'consumer')
    w.go('party', 'decline_offer', {}, 'accepted', 'officer')
    w.go('a.handler', 'terminate', {'ground': 'T2', 'reason': '明确拒绝调解'}, 'terminated')


def recusal(place, case):
    w = Walk(place, 'recusal')
    w.to_accepted()
    w.go('a.handler', 'pause', {'reason': 'recusal', 'remark': '是商家的亲戚'}, 'paused', 'leader')
    w.refused('a.handler', 'resume', {}, code='not_allowed')
    no = {'decision': 'rejected', 'reason': '没有关系'}
    w.refused('a.handler', 'decide_recusal', no, code='not_allowed')
    w.refused('a.leader', 'decide_recusal', {'decision': 'granted', 'reason': '亲戚'}, status=422, field='officer')
    yes = {'decision': 'granted', 'reason': '是亲戚', 'officer': place.ids['a.handler']}
    w.refused('a.leader', 'decide_recusal', yes, status=422, field='officer')
    a = w.go('a.leader', 'decide_recusal', dict(yes, officer=place.ids['a.handler2']), 'mediating', 'officer')
    w.expect('another has it', a['officer']['id'] == place.ids['a.handler2'] and a['first_officer']['id'] == place.ids['a.handler'])
    w.expect('who stands aside is named', a['procedure']['recused'][0]['officer']['id'] == place.ids['a.handler'], str(a['procedure']['recused']))
    w.expect('a pause that no clock takes out', [(p['reason'], p['to'], p['excluded']) for p in a['procedure']['pauses']] == [('recusal', day(), False)], str(a['procedure']['pauses']))
    w.expect('the time counts', w.clock(a, 'D2')['paused_days'] == 0 and w.clock(a, 'D2')['state'] == 'running')
    w.refused('a.handler', 'note', {'text': '看一眼'}, status=403)
    w.step('and reads nothing', place.officer('a.handler'), 'GET', f'/api/v1/matters/{w.number}', status=403)


def tester(place, case):
    w = Walk(place, 'who tests it')
    w.to_accepted()
    w.go('a.handler', 'pause', {'reason': 'appraisal', 'tester': '安澜县质检所', 'tester_by': 'authority'}, 'paused', 'tester')
    e = events(w, 'a.handler')[0]
    w.expect('stands in the timeline', '安澜县质检所' in e['text']['zh'] and '指定' in e['text']['zh'], str(e['text']))
    w.refused('a.supervisor', 'decide_recusal', {'decision': 'rejected', 'reason': 'x'}, code='not_allowed')
    a = w.go('a.handler', 'resume', {'remark': '合格'}, 'mediating')
    w.expect('the pause stays on the page', [(p['reason'], p['from'], p['to'], p['excluded'], p['days']) for p in a['procedure']['pauses']] == [('appraisal', day(), day(), True, 0)], str(a['procedure']['pauses']))
    w = Walk(place, 'the sides did not name one under order 20')
    w.to_accepted(complaint(channel='letter', received_at='2026-04-14T23:59:59+08:00', late_reason='历史补录'), 'root.intake')
    w.refused('a.handler', 'pause', {'reason': 'appraisal', 'tester_by': 'authority'}, status=422, field='tester_by')
    w.refused('a.handler', 'ask_identity', {'papers': 'identity', 'until': day()}, status=404)


def verifying(place, name, **filing):
    w = Walk(place, name)
    w.report_with(report(**filing), 'root.intake' if 'received_at' in filing else None)
    w.go('a.handler', 'verify', {}, 'verifying')
    return w


def led_to(w, who='root.supervisor'):
    a = w.step('figures', w.place.officer(who), 'GET', f'/api/v1/figures?period={day()[:4]}', status=200)
    return {f['indicator']: f for f in a['items'] if f['indicator'].startswith('complaints_to_')}


def clue_in_mediation(place, case):
    w = Walk(place, 'a clue found in mediation')
    w.begin(complaint(**late(12)), 'root.intake')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler'], 'at': instant(11 * 86400)}, 'assigned')
    w.go('a.handler', 'accept', {'at': instant(10 * 86400)}, 'accepted')
    w.go('a.handler', 'spawn_report', {'facts': '调解时发现仓库里有三无产品', 'found_at': instant(5 * 86400)}, 'accepted')
    link = [x for x in w.read('root.supervisor', w.number)['links'] if x['kind'] == 'report']
    w.expect('linked, for those who may see it', len(link) == 1 and link[0]['relation'] == 'split_to', str(link))
    r = w.read('root.supervisor', link[0]['number'])
    d4 = w.clock(r, 'D4')
    w.expect('fifteen working days from the day it was found', d4['start'] == day(5) and d4['length'] == 15, str(d4))
    w.expect('and back', [x['number'] for x in r['links']] == [w.number], str(r['links']))
    before = led_to(w)
    c, w.number = w.number, link[0]['number']
    w.go('root.supervisor', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned')
    w.go('a.handler', 'verify', {}, 'verifying')
    w.go('a.handler', 'file', {}, 'filed')
    after = led_to(w)
    w.expect('one more complaint that led to a case', after['complaints_to_cases']['num'] == before['complaints_to_cases']['num'] + 1
             and after['complaints_to_reports']['num'] == before['complaints_to_reports']['num'], f'{before} {after}')
    f = after['complaints_to_cases']['id'].replace('@', '%40')
    rows = w.step('the report behind it', place.officer('root.supervisor'), 'GET', f'/api/v1/figures/{f}/records?limit=200', status=200)
    w.expect('the report is listed, the complaint is not', link[0]['number'] in rows.raw.decode() and c not in rows.raw.decode())
    w.expect('who may not count reports has no such figure', 'complaints_to_cases' not in led_to(w, 'root.intake'))


def repeated_report(place, case):
    first = verifying(place, 'the first report')
    before = first.clock(first.now(), 'D4')
    w = verifying(place, 'the same fact again')
    w.refused('a.handler', 'not_again', {'number': w.number, 'reason': 'x'}, status=422, field='number')
    w.refused('a.handler', 'not_again', {'number': '2611-00000-0', 'reason': 'x'}, status=422, field='number')
    c = Walk(place, 'a complaint')
    c.to_accepted()
    w.refused('a.handler', 'not_again', {'number': c.number, 'reason': 'x'}, status=422, field='number')
    a = w.go('a.handler', 'not_again', {'number': first.number, 'reason': '同一人、同一家、同一批牛奶'}, 'not_handled',
             has={'outcome.outcome': 'repeated'})
    w.expect('its clock ends', w.clock(a, 'D4')['state'] == 'cancelled')
    w.expect('the first is named', [x['number'] for x in w.now()['links']] == [first.number])
    w.expect('the first one goes on as it was', first.clock(first.now(), 'D4')['due'] == before['due'])
    seen = w.step('the reporter reads no more than his receipt', w.party, 'GET', f'/api/v1/matters/{w.number}', status=200).json
    w.expect('nothing of the first', 'links' not in seen and first.number not in str(seen))
    w.go('a.handler', 'close', {}, 'closed')
    w = verifying(place, 'the same fact, told by another person', consumer={'name': '另一人', 'phone': '13900002222'})
    for name in ('not_again', 'merge_report'):
        a = w.refused('a.handler', name, {'number': first.number, 'reason': '同一批牛奶'}, status=422, field='number')
        w.expect('another\'s report is one of its own', [e['code'] for e in a['errors']] == ['another_reporter'] and '第三十五条' not in a.raw.decode() and '何举' not in a.raw.decode(), a.raw)
    w.expect('and is verified', w.now()['status'] == 'verifying' and w.clock(w.now(), 'D4')['state'] == 'running')
    w = verifying(place, 'the same person from another phone', consumer={'name': '何举', 'phone': '13900003333'})
    w.go('a.handler', 'not_again', {'number': first.number, 'reason': '同一人换了号码'}, 'not_handled')
    w = verifying(place, 'without a name nobody can say', anonymous=True, consumer=None)
    w.go('a.handler', 'not_again', {'number': first.number, 'reason': '同一录音、同一批牛奶'}, 'not_handled')
    w = verifying(place, 'another fact')
    w.go('a.handler', 'file', {}, 'filed')
    w.refused('a.handler', 'not_again', {'number': first.number, 'reason': 'x'}, code='not_allowed')


def new_facts(place, case):
    first = verifying(place, 'the first of two', **late(9))
    old = first.clock(first.now(), 'D4')
    w = verifying(place, 'with new facts', **late(2))
    a = w.go('a.handler', 'merge_report', {'number': first.number, 'reason': '又拍到一批'}, 'merged', has={'outcome.outcome': 'merged'})
    w.expect('its own clock ends', w.clock(a, 'D4')['state'] == 'cancelled')
    a = first.now()
    kept, now = first.clock(a, 'D4', True), first.clock(a, 'D4')
    w.expect('the first begins anew on the day the last came', now['state'] == 'running' and now['start'] == day(2), str(now))
    w.expect('and the old one is kept', kept['state'] == 'cancelled' and kept['start'] == old['start'] and kept['due'] == old['due'], str(kept))
    w.expect('it is verified as before', a['status'] == 'verifying')
    first.go('a.handler', 'not_file', {'reason': '没有违法事实'}, 'not_filed')
    w = verifying(place, 'too late to merge')
    w.refused('a.handler', 'merge_report', {'number': first.number, 'reason': 'x'}, status=422, field='number')


def handed_over(place, case):
    w = verifying(place, 'not about food', violation='advertising')
    w.refused('a.handler', 'hand_over', {'to': '安澜县农业农村局', 'notice': '安市监移〔2026〕7号'}, code='not_allowed')
    w = verifying(place, 'food that is another department\'s', violation='food_safety')
    w.refused('a.handler', 'hand_over', {'notice': '安市监移〔2026〕7号'}, status=422, field='to')
    a = w.go('a.handler', 'hand_over', {'to': '安澜县农业农村局', 'notice': '安市监移〔2026〕7号'}, 'handed_over', has={'outcome.outcome': 'handed_over'})
    w.expect('its clock ends', w.clock(a, 'D4')['state'] == 'met')
    w.expect('to whom, under which number', a['procedure']['hand_over']['notice'] == '安市监移〔2026〕7号', str(a['procedure']['hand_over']))
    w.refused('a.handler', 'tell', {'party': 'reporter', 'channel': 'phone'}, code='not_allowed', field='channel')
    w.go('a.handler', 'tell', {'party': 'reporter', 'channel': 'letter'}, 'told')
    w.go('a.handler', 'close', {}, 'closed')


def handed_over_complaint(place, case):
    """Food Safety Law art. 115: a complaint on food that is another's goes over, and the consumer is told in writing."""
    w = assigned(place, 'a complaint on other goods')
    w.refused('a.handler', 'hand_over', {'to': '安澜县农业农村局'}, code='not_allowed')
    w = assigned(place, 'a complaint on food that is another department\'s', category='goods.food', channel='visit')
    w.refused('a.handler', 'hand_over', {}, status=422, field='to')
    w.refused('party', 'hand_over', {'to': '安澜县农业农村局'}, status=403)
    a = w.go('a.handler', 'hand_over', {'to': '安澜县农业农村局', 'reason': '种植环节归农业农村部门'}, 'handed_over', 'officer', has={'outcome.outcome': 'handed_over'})
    w.expect('handing over does not stop D1: telling does', w.clock(a, 'D1')['state'] == 'running')
    w.refused('a.handler', 'accept', {}, code='not_allowed')
    w.refused('a.handler', 'tell', TOLD, code='not_allowed', field='channel')
    w.refused('a.handler', 'archive', {}, code='not_allowed')
    forms = w.step('the notice can be issued', place_of(w, 'a.handler'), 'GET', f'/api/v1/matters/{w.number}/letters', status=200)['forms']
    w.expect('its form is offered', 'hand_over_notice' in [f['form'] for f in forms], str([f['form'] for f in forms]))
    a = w.go('a.handler', 'tell', {'party': 'consumer', 'channel': 'letter'}, 'told')
    w.expect('told in time', w.clock(a, 'D1')['state'] == 'met' and a['procedure']['hand_over']['to'] == '安澜县农业农村局')
    w.go('a.handler', 'archive', {}, 'archived')
    w = assigned(place, 'handed over by mistake', category='goods.food', channel='visit')
    w.go('a.handler', 'hand_over', {'to': '安澜县农业农村局'}, 'handed_over')
    w.refused('a.supervisor', 'reopen', {'reason': 'x'}, code='not_allowed')


def fraud(place, case):
    police = {'to': '安澜县公安局', 'reason': '自己放进异物再索赔'}
    w = Walk(place, 'fraud found after acceptance')
    w.to_accepted()
    w.refused('a.handler', 'police', {'to': '安澜县公安局'}, status=422, field='reason')
    a = w.go('a.handler', 'police', police, 'terminated', has={'outcome.ground': 'T6'})
    w.expect('both sides are told within seven days', w.clock(a, 'D2')['state'] == 'met' and w.clock(a, 'D3')['state'] == 'running')
    w.expect('to whom', a['procedure']['police']['to'] == '安澜县公安局')
    w = assigned(place, 'fraud found before the decision')
    w.go('a.handler', 'police', police, 'assigned')
    w = verifying(place, 'fraud of a reporter does not end the verification')
    a = w.go('a.handler', 'police', police, 'verifying')
    w.expect('the clock goes on', w.clock(a, 'D4')['state'] == 'running')


def no_onward_transfer(place, case):
    w = assigned(place, 'a unit without power')
    w.refused('a.handler', 'assign', {'body': BODIES['b']}, code='not_allowed')
    w.refused('a.supervisor', 'reassign', {'body': BODIES['b'], 'reason': '不归我们'}, status=403)
    w.go('a.handler', 'return', {'reason': '不归我们'}, 'returned', 'unit')


def proxy(place, case):
    w = assigned(place, 'nobody acts for him')
    w.expect('null', w.now()['procedure']['proxy'] is None)
    w.refused('a.handler', 'record_proxy', {'result': 'missing'}, code='not_allowed')
    w = Walk(place, 'somebody acts for him')
    w.begin(complaint(proxy={'name': '赵代理', 'phone': '13700007777', 'relation': '女儿'}))
    a = w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned')
    a = w.read('a.handler', w.number)
    w.expect('his papers are looked at first', [x['act'] for x in a['allowed_acts'] if x['class'] == 'likely'] == ['record_proxy']
             and a['procedure']['proxy']['result'] is None, str(a['procedure']['proxy']))
    shown = {'result': 'shown', 'scope': 'general', 'until': day(-30), 'matters': '退货退款'}
    w.refused('a.handler', 'record_proxy', {'result': 'shown', 'until': day(-30)}, status=422, field='scope')
    w.refused('a.handler', 'record_proxy', {'result': 'shown', 'scope': 'general'}, status=422, field='until')
    w.refused('a.handler', 'record_proxy', dict(shown, until=day(1)), status=422, field='until')
    w.refused('a.handler', 'accept', {}, code='not_allowed', field='proxy')
    w.expect('the page says what is missing', any(b['act'] == 'accept' and '委托书原件' in b['why']['zh'] for b in a['blocked_acts']), str(a['blocked_acts'])[:300])
    w.go('a.handler', 'record_proxy', {'result': 'missing'}, 'assigned')
    w.refused('a.handler', 'accept', {}, code='not_allowed', field='proxy')
    a = w.go('a.handler', 'record_proxy', shown, 'assigned')
    p = a['procedure']['proxy']
    w.expect('scope and end stand there', p['scope'] == 'general' and p['until'] == day(-30) and not p['over']
             and p['by']['id'] == place.ids['a.handler'] and '一般授权' in p['scope_label']['zh'], str(p))
    w.go('a.handler', 'accept', {}, 'accepted')
    w.refused('a.handler', 'settle', {'form': 'record', 'terms': '退款'}, code='not_allowed')
    w.go('a.handler', 'record_proxy', dict(shown, scope='special'), 'accepted')
    w.go('a.handler', 'settle', {'form': 'record', 'terms': '退款'}, 'settled')


def online_negotiation(place, case):
    def sent(name, days=3):
        w = Walk(place, name)
        f = w.begin(complaint(**late(days, channel='odr')), 'root.intake')
        w.expect('ten working days from the receipt', [(d['rule'], d['length'], d['unit'], d['start']) for d in f['deadlines']]
                 == [('D13', 10, 'WD', day(days))], str(f['deadlines']))
        return w
    w = sent('negotiated and settled')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'negotiating', 'business')
    w.refused('a.handler', 'accept', {}, status=404)
    w.go('a.handler', 'offer', {'party': 'business', 'terms': '退一半', 'amount_fen': 100000}, 'negotiating', 'consumer')
    w.go('party', 'accept_offer', {}, 'negotiating', 'officer')
    a = w.go('a.handler', 'settle', {'form': 'record', 'remedies': [{'kind': 'refund', 'amount_fen': 100000}]}, 'settled', has={'recovered_fen': 100000})
    w.expect('in time', w.clock(a, 'D13')['state'] == 'met')
    w.refused('a.handler', 'to_authority', {}, code='not_allowed')
    w.go('a.handler', 'close', {}, 'closed')
    w = sent('no agreement')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'negotiating')
    w.refused('a.handler', 'fail', {}, status=422, field='cause')
    w.go('a.handler', 'fail', {'cause': 'silent'}, 'failed', 'consumer')
    a = w.go('party', 'to_authority', {}, 'registered', 'unit')
    a = w.now()
    d1, d13 = w.clock(a, 'D1'), w.clock(a, 'D13')
    w.expect('one click, and the authority has its own seven days from today', a['pack']['id'] == 'market-2026' and a['number'] == w.number
             and (d1['start'], d1['length'], d1['state']) == (day(), 7, 'running') and '第十五条' in d1['basis']['zh'], str(d1))
    w.expect('the negotiation stands beside it under its own rule', d13['state'] == 'met' and '第六条' in d13['basis']['zh'], str(d13))
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned', 'officer')
    w.go('a.handler', 'accept', {}, 'accepted')
    a = w.go('a.handler', 'tell', TOLD)
    w.expect('and goes on as any complaint', w.clock(a, 'D2')['start'] == day() and w.clock(a, 'D1')['state'] == 'met')
    w = sent('straight on, after the ten days', 30)
    a = w.go('root.intake', 'to_authority', {}, 'registered')
    w.expect('the negotiation was missed, the authority is in time', w.clock(a, 'D13')['state'] == 'missed' and w.clock(a, 'D1')['level'] == 'ok', str(a['deadlines']))
    w.go('party', 'withdraw', {}, 'withdrawn')
    a = w.go('root.supervisor', 'reopen', {'reason': '商家反悔'}, 'assigned')
    w.expect('reopening counts from its own day', w.clock(a, 'D1')['start'] == day())


def another_authority(place, case):
    place.command('body', 'add', '420203', '--parent', BODIES['root'], '--name', '邻县市场监督管理局', '--kind', 'bureau')
    w = Walk(place, 'distributed to another authority')
    f = w.begin(complaint(**late(3)), 'root.intake')
    a = w.go('root.intake', 'assign', {'body': '420203'}, 'assigned', 'unit')
    kept, now = w.clock(a, 'D1', True), w.clock(a, 'D1')
    w.expect('it has seven working days of its own', (now['start'], now['state']) == (day(), 'running'), str(now))
    w.expect('and the first clock is kept', (kept['start'], kept['state'], kept['due']) == (day(3), 'cancelled', f['deadlines'][0]['due']), str(kept))


def power(place, case):
    with_b = {'with': '邻县市场监督管理局', 'reason': '经营地在县界上'}
    w = assigned(place, 'a dispute of power that is agreed')
    d1 = w.clock(w.now(), 'D1')
    w.refused('root.intake', 'dispute_power', with_b, status=403)
    w.refused('a.handler', 'dispute_power', {'reason': 'x'}, status=422, field='with')
    w.refused('a.handler', 'designate', {'body': BODIES['b'], 'reason': 'x'}, status=409)
    a = w.go('a.handler', 'dispute_power', with_b, 'disputed', 'officer')
    d5 = w.clock(a, 'D5')
    w.expect('seven working days to agree', (d5['length'], d5['unit'], d5['start'], d5['state']) == (7, 'WD', day(), 'running')
             and '第三十三条' in d5['basis']['zh'], str(d5))
    w.expect('the time for the decision runs on', w.clock(a, 'D1')['due'] == d1['due'] and w.clock(a, 'D1')['state'] == 'running')
    w.refused('a.handler', 'accept', {}, code='not_allowed')
    a = w.go('a.handler', 'agree_power', {'remark': '电话谈的'}, 'assigned', 'officer')
    w.expect('its clock ends', w.clock(a, 'D5')['state'] == 'met')
    w.go('a.handler', 'accept', {}, 'accepted')
    w.refused('a.handler', 'dispute_power', with_b, code='not_allowed')
    w = assigned(place, 'the other side has it')
    w.go('a.handler', 'dispute_power', with_b, 'disputed')
    a = w.go('a.handler', 'return', {'reason': '归邻县'}, 'returned', 'unit')
    a = w.now()
    w.expect('both clocks as they are', w.clock(a, 'D5')['state'] == 'met' and w.clock(a, 'D1')['state'] == 'running')
    w = assigned(place, 'the common superior designates')
    w.go('a.handler', 'dispute_power', with_b, 'disputed')
    a = w.go('a.handler', 'refer_power', {'to': '市市场监督管理局', 'reason': '各执一词'}, 'referred', 'unit')
    w.expect('no term of law for a complaint', w.clock(a, 'D5')['state'] == 'met' and w.clock(a, 'D6') is None, str(a['deadlines']))
    w.refused('a.handler', 'designate', {'body': BODIES['b'], 'reason': 'x'}, status=403)
    w.refused('a.supervisor', 'designate', {'body': BODIES['b'], 'reason': 'x'}, status=403)
    w.go('root.supervisor', 'designate', {'body': BODIES['b'], 'notice': '安市监指〔2026〕1号', 'reason': '经营地在该所'}, 'assigned', 'unit')
    a = w.now()
    p = a['procedure']['power']
    w.expect('who decided, under which number', a['body'] == BODIES['b'] and p['by']['id'] == place.ids['root.supervisor']
             and p['notice'] == '安市监指〔2026〕1号' and p['to'] == '市市场监督管理局', str(p))
    w.expect('a body of the same authority begins no new term', w.clock(a, 'D1')['due'] == d1['due'], str(a['deadlines']))
    w = assigned(place, 'withdrawn while disputed')
    w.go('a.handler', 'dispute_power', with_b, 'disputed')
    w.go('party', 'withdraw', {}, 'withdrawn')
    w.expect('nothing runs', all(d['state'] == 'cancelled' for d in w.now()['deadlines']))
    w = verifying(place, 'a report in dispute')
    a = w.go('a.handler', 'dispute_power', with_b, 'disputed')
    w.expect('the verification runs on', w.clock(a, 'D4')['state'] == 'running' and w.clock(a, 'D5')['state'] == 'running')
    a = w.go('a.handler', 'refer_power', {'to': '市市场监督管理局'}, 'referred')
    w.expect('and the superior has seven working days', (w.clock(a, 'D6')['length'], w.clock(a, 'D6')['unit']) == (7, 'WD')
             and '第十六条' in w.clock(a, 'D6')['basis']['zh'], str(w.clock(a, 'D6')))
    w.go('root.supervisor', 'designate', {'body': BODIES['a'], 'officer': place.ids['a.handler'], 'reason': '违法行为地在该所'}, 'assigned', 'officer')
    a = w.now()
    w.expect('both end', w.clock(a, 'D5')['state'] == 'met' and w.clock(a, 'D6')['state'] == 'met')
    w.go('a.handler', 'verify', {}, 'verifying')


def factors(place, case):
    def related(w, who='a.handler'):
        return w.step('beside it', place.officer(who), 'GET', f'/api/v1/matters/{w.number}/related', status=200).json

    def one(name, i, **more):
        # one phone, three names, one shop
        return complaint(consumer={'name': name, 'phone': '13907251188', 'address': '安澜县河滨路 9 号'},
                         respondent={'name': '安澜县青果商行', 'address': '安澜县中山路 8 号'}, problem='quality',
                         facts=f'第 {i} 次买到发霉的果干。', **more)
    last = None
    for i, name in enumerate(['赵一', '赵一', '钱二']):
        last = Walk(place, f'one of several {i}')
        last.begin(one(name, i))
        last.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned')
    last = Walk(place, 'bought in bulk')
    last.begin(one('孙三', 9, product={'name': '果干', 'quantity': 40}))
    last.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned')
    got = {f['id']: f for f in related(last)['factors']}
    last.expect('the quantity', got['quantity']['n'] == 40 and '40' in got['quantity']['text']['zh'], str(got.keys()))
    last.expect('the same issue', got['same_issue']['n'] == 4 and last.number in got['same_issue']['numbers'], str(got.get('same_issue')))
    last.expect('names on one phone', got['shared_phone']['n'] == 3 and got['shared_address']['n'] == 3, str(got.get('shared_phone')))
    last.expect('nothing to show for it', 'no_proof' in got)
    last.expect('not reached, not shown', 'frequency' not in got and 'many_alike' not in got, str(got.keys()))
    last.expect('article by article', '第十七条第四项' in got['shared_phone']['basis']['zh'])
    said = str(got).replace("'id'", '')
    last.expect('no label, no name, no sum', not any(x in said for x in ('恶意', '职业', '孙三', '13907251188', 'score')), said)
    fifth = Walk(place, 'the fifth from one phone')
    fifth.begin(one('赵一', 10))
    fifth.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned')
    got = {f['id']: f for f in related(fifth)['factors']}
    fifth.expect('how often', got['frequency']['n'] == 5 and '第十七条第一项' in got['frequency']['basis']['zh'] and 'many_alike' not in got, str(got.keys()))
    for i in range(5):
        tenth = Walk(place, f'one of ten against the shop {i}')
        tenth.begin(dict(one('路人', 20 + i), consumer={'name': f'路人{i}', 'phone': f'1390725200{i}', 'address': f'安澜县河滨路 {20 + i} 号'}))
        tenth.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, 'assigned')
    got = {f['id']: f for f in related(tenth)['factors']}
    tenth.expect('many alike, none of his own', got['many_alike']['n'] == 10 and '第十七条第二项' in got['many_alike']['basis']['zh'] and 'frequency' not in got
                 and 'shared_phone' not in got, str({k: v['n'] for k, v in got.items()}))
    last.go('a.handler', 'refuse', {'ground': 'NA4', 'reason': '四年前的事'}, 'refused')
    last.expect('not once it is decided', related(last)['factors'] is None)
    w = Walk(place, 'a report is counted for nothing')
    w.report_with(report(respondent={'name': '安澜县青果商行', 'address': '安澜县中山路 8 号'}))
    w.expect('null', related(w)['factors'] is None)
    offered = {a['act'] for a in w.now()['allowed_acts'] + w.now()['blocked_acts']}
    w.expect('and never refused for its motive', not offered & {'refuse', 'confirm_refusal', 'ask_identity'}, str(offered))


def chosen_rule(place, case):
    w = Walk(place, 'the rule that a supervisor chose')
    w.begin(complaint(channel='letter', received_at='2026-04-14T10:00:00+08:00', late_reason='历史补录'), 'root.intake')
    w.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    w.go('a.handler', 'accept')
    a = w.go('a.handler', 'tell', TOLD)
    old = w.clock(a, 'D2')
    rules = {r['id']: r for r in a['procedure']['rules']}
    w.expect('side by side', rules['market-2020']['governs'] and rules['market-2020']['by_date'] and not rules['market-2026']['governs'], str(rules))
    one, two = rules['market-2020']['deadlines'][0], rules['market-2026']['deadlines'][0]
    w.expect('each with its term and article', (one['length'], one['unit'], two['length'], two['unit']) == (45, 'WD', 60, 'ND')
             and one['due'] == old['due'] and '第二十一条' in one['basis']['zh'] and '第二十二条' in two['basis']['zh'], f'{one} {two}')
    w.refused('a.handler', 'choose_rule', {'pack': 'market-2026', 'reason': 'x'}, status=403)
    w.refused('a.supervisor', 'choose_rule', {'pack': 'market-2026'}, status=422, field='reason')
    w.refused('a.supervisor', 'choose_rule', {'pack': 'market-1949', 'reason': 'x'}, status=422, field='pack')
    w.refused('a.supervisor', 'choose_rule', {'pack': 'market-2020', 'reason': 'x'}, status=422, field='pack')
    a = w.go('a.supervisor', 'choose_rule', {'pack': 'market-2026', 'reason': '有权机关4月16日才收到'}, 'accepted')
    kept, now = w.clock(a, 'D2', True), w.clock(a, 'D2')
    w.expect('counted anew from the same day', (now['length'], now['unit'], now['start']) == (60, 'ND', old['start']) and now['due'] == two['due'], str(now))
    w.expect('the old one as it was', (kept['state'], kept['length'], kept['unit'], kept['due']) == ('cancelled', 45, 'WD', old['due']), str(kept))
    w.expect('what has ended stays', w.clock(a, 'D1')['state'] in ('met', 'missed') and '暂行办法' in w.clock(a, 'D1')['basis']['zh'], str(w.clock(a, 'D1')))
    c = a['procedure']['rule_chosen']
    w.expect('by whom', c['by']['id'] == place.ids['a.supervisor'] and c['from'] == 'market-2020' and a['pack']['id'] == 'market-2026', str(c))
    w.go('a.supervisor', 'choose_rule', {'pack': 'market-2020', 'reason': '查明是4月14日收到'}, 'accepted')
    a = w.now()
    w.expect('and back, with every clock kept', [d['length'] for d in a['deadlines'] if d['rule'] == 'D2'] == [45, 60, 45], str(a['deadlines']))
    w.go('a.handler', 'terminate', {'ground': 'T3'}, 'terminated')
    w.refused('a.supervisor', 'choose_rule', {'pack': 'market-2026', 'reason': 'x'}, code='not_allowed')


def competent(place, case):
    def row(filing, who='root.supervisor'):
        w = Walk(place, 'who is competent')
        w.begin(filing, None if 'received_at' not in filing else 'root.intake')
        j = w.read(who, w.number)['jurisdiction']
        return j['id'], j['basis']['zh']
    shop = {'name': '某网店'}
    for filing, want in [
            (complaint(), ('ordinary', '第十三条、第十四条')),
            (complaint(purchase={'online': True}), ('own_site', '第十三条')),
            (complaint(respondent=dict(shop, address='外省某路 1 号'), purchase={'online': True, 'platform': '某平台'}), ('on_platform', '第十三条、第十四条')),
            (complaint(respondent=shop, purchase={'online': True, 'platform': '某平台'}), ('no_address', '第十三条')),
            (complaint(respondent={'name': '某平台'}, purchase={'online': True, 'platform': '某平台'}), ('is_platform', '第十三条')),
            (report(), ('ordinary', '第二十九条')),
            (report(violation='advertising'), ('advert', '第三十二条')),
            (report(violation='advertising', purchase={'online': True}), ('internet_advert', '第三十二条')),
            (complaint(respondent=shop, purchase={'online': True, 'platform': '某平台'}, channel='letter',
                       received_at='2026-04-14T10:00:00+08:00', late_reason='历史补录'), ('on_platform', '第十二条、第十三条'))]:
        got = row(filing)
        case.expect(f'{want[0]} by its article', got[0] == want[0] and got[1].endswith(want[1]), str(got))


def targets(place, case):
    """An office sets targets of its own beside the pack's; the nearest body upwards counts."""
    w = assigned(place, 'targets of one office')

    def length():
        target = w.clock(w.read('a.handler', w.number), 'D1')['target']
        return target and target['length']

    def put(value):
        p = subprocess.run([place.program, 'setting', 'put', 'deadlines.targets', value, '--data', place.data], capture_output=True, text=True, timeout=60, check=False, env=place.env)
        return p.returncode, p.stderr

    w.expect('the pack\'s', length() == 5, str(length()))
    w.expect('taken', put(f'{BODIES["root"]}:D1=4')[0] == 0)
    w.expect('of the body above', length() == 4, str(length()))
    w.expect('taken', put(f'{BODIES["root"]}:D1=4 {BODIES["a"]}:D1=3')[0] == 0)
    w.expect('its own', length() == 3, str(length()))
    w.expect('taken', put(f'{BODIES["root"]}:D1=4, {BODIES["a"]}:D1=0')[0] == 0)
    w.expect('none', length() is None, str(length()))
    for value, said in ((f'{BODIES["a"]}:D1=7', '短于'), (f'{BODIES["a"]}:D99=1', '没有这个期限'), ('999999:D1=3', '没有这个单位'), (f'{BODIES["a"]} D1=3', '写成')):
        code, err = put(value)
        w.expect(f'{value} is refused', code != 0 and said in err, err)
    w.expect('and changes nothing', length() is None, str(length()))
    w.expect('taken', put('')[0] == 0)
    w.expect('the pack\'s again', length() == 5, str(length()))


ALL = [competent, targets, chosen_rule, factors, clue_in_mediation, repeated_report, new_facts, handed_over, handed_over_complaint, fraud, no_onward_transfer, power,
       proxy, online_negotiation, another_authority,
       second_officer, identity, entrusted, unwilling, recusal, tester]
