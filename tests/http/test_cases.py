#!/usr/bin/env python3
"""test_cases.py FANGXIN: enforcement cases from a filed report to the end, their clocks, guards and sums, who may,
and that nobody learns of the report; `verify --rebuild` agrees at the end."""
import datetime
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine  # noqa: E402
from county import BODIES, day, instant, run  # noqa: E402
from filings import act, complaint, key, matter, report, version  # noqa: E402

OFFICERS = ['a.intake', 'a.handler', 'a.handler2', 'a.supervisor', 'a.leader', 'a.auditor', 'a.admin', 'a.security',
            'a1.handler', 'b.handler', 'b.supervisor', 'root.handler', 'root.supervisor', 'root.leader']


def make(s, who, status=201, label='file a case', **more):
    body = {'source': 'inspection', 'business': '北山食品加工点', 'violation': 'food_safety',
            'facts': '现场检查发现使用过期原料加工食品', **more}
    return s.step(label, s.place.officer(who), 'POST', '/api/v1/cases', body, status=status,
                  headers=key(f'{label}-{more.get("number", "")}'.replace(' ', '-').encode('ascii', 'replace').decode()))


def see(s, who, cid, status=200):
    return s.step('case', s.place.officer(who), 'GET', f'/api/v1/cases/{cid}', status=status)


def does(s, who, cid, name, body=None, status=200, why=None, **more):
    """@p why: the guard that stands in the way, or "state"."""
    v = see(s, 'root.supervisor', cid)['version']
    if why is not None:
        more['has'] = {'code': 'not_allowed', 'errors.0.code': why, 'current.id': cid}
    return s.step(f'{who} does {name}', s.place.officer(who), 'POST', f'/api/v1/cases/{cid}/acts/{name}', body or {},
                  headers=version(v), status=status, **more)


def clock(a, rule, no=0):
    found = [c for c in a['clocks'] if c['rule'] == rule and (no == 0 or c['no'] == no)]
    return found[-1] if found else None


def two(place, **more):
    return dict({'first': place.ids['a.handler'], 'second': place.ids['a.handler2']}, **more)


def investigated(place, s, **more):
    """A case of branch a under investigation by two officers."""
    cid = make(s, 'a.handler', **more)['id']
    does(s, 'a.supervisor', cid, 'assign', two(place))
    does(s, 'a.handler', cid, 'start')
    return cid


def noticed(place, s, **more):
    cid = investigated(place, s, **more)
    does(s, 'a.handler', cid, 'submit', {'text': '事实清楚，建议罚款'})
    does(s, 'a.leader', cid, 'notice', {'served_on': day(), 'text': '拟罚款'})
    return cid


def filed_report(place, s, **more):
    r = s.file(report(violation='food_safety', channel='visit', **more), 'a.intake')
    n = r['number']
    s.does('a.intake', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', n, 'verify', {})
    return n


def explained(s, who, cid, rule, status=200, **more):
    query = '?no=%d' % more['no'] if 'no' in more else ''
    return s.step(f'why {rule}', s.place.officer(who), 'GET', f'/api/v1/cases/{cid}/deadlines/{rule}{query}', status=status)


def adds_up(s, a, length):
    """The days of an explanation are all there, one by one, and the counted ones are as many as the term."""
    days = [d['date'] for d in a['days']]
    first = datetime.date.fromisoformat(a['start'])
    s.expect(f'{a["rule"]}: no day left out', days == [(first + datetime.timedelta(i)).isoformat() for i in range(len(days))] and days[-1] == a['due'], str(days[-3:]))
    counted = [d['number'] for d in a['days'] if d['number']]
    s.expect(f'{a["rule"]}: {length} counted', counted == list(range(1, length + 1)) == list(range(1, sum(p['counted'] for p in a['spans']) + 1)), str(counted[-3:]))
    s.expect(f'{a["rule"]}: each with its reason', all(d['why']['zh'] and d['why']['en'] for d in a['days']) and a['explanation']['zh'] and a['explanation']['en'] and a['question']['en'])


def explanations(place, s):
    """Why each date of a case: what set it going, each day, pauses with what they were for, extensions, article."""
    cid = investigated(place, s, number='释', label='to be explained', filed_on=day(40))
    a = explained(s, 'a.handler', cid, 'D7')
    adds_up(s, a, 90)
    s.expect('filed', a['started_by']['zh'] == '立案' and a['days'][0]['kind'] == 'start' and a['start'] == day(40), str(a['started_by']))
    s.expect('by its article', '第六十四条' in a['basis']['zh'] and a['extension_basis'] is None, str(a['basis']))
    does(s, 'a.handler', cid, 'pause', {'reason': 'public_notice'})
    a = explained(s, 'a.handler', cid, 'D7')
    s.expect('while it stands', a['state'] == 'paused' and a['due'] is None and '还剩 51 天' in a['explanation']['zh'], a['explanation']['zh'])
    does(s, 'a.handler', cid, 'resume', {})
    a = does(s, 'a.handler', cid, 'assist', {'to': '海关', 'text': '查'})
    does(s, 'a.handler', cid, 'assist', {'to': '商务局', 'text': '查'})
    does(s, 'a.handler', cid, 'assist_answer', {'assist': 1, 'text': '无'})
    one, two_, any_ = (explained(s, 'a.handler', cid, 'D11', **no) for no in ({'no': 1}, {'no': 2}, {}))
    adds_up(s, two_, 15)
    s.expect('which of several', (one['state'], two_['state'], any_['state']) == ('met', 'running', 'running') and two_['started_by']['zh'] == '请求协查')
    explained(s, 'a.handler', cid, 'D11', status=404, no=3)
    does(s, 'a.leader', cid, 'extend', {'reason': '复杂'})
    does(s, 'a.leader', cid, 'extend_again', {'days': 20, 'reason': '集体讨论'})
    a = explained(s, 'a.leader', cid, 'D7')
    adds_up(s, a, 140)
    s.expect('lengthened', a['extensions'] == 1 and '第六十四条' in a['extension_basis']['zh'])
    s.expect('the page has the same date', a['due'] == clock(see(s, 'a.leader', cid), 'D7')['due'])
    does(s, 'a.handler', cid, 'submit', {'text': '建议罚款'})
    does(s, 'a.leader', cid, 'notice', {'served_on': day(), 'text': '拟罚款'})
    adds_up(s, explained(s, 'a.auditor', cid, 'D9'), 5)
    does(s, 'a.supervisor', cid, 'send_back', {'text': '补证'})
    s.expect('one that is counted no more', explained(s, 'a.handler', cid, 'D9')['state'] == 'cancelled')
    explained(s, 'a.handler', cid, 'D8', status=404)
    explained(s, 'a.handler', cid, 'D1', status=404)
    old = investigated(place, s, number='停', label='paused for a while', filed_on=day(10))
    does(s, 'a.handler', old, 'pause', {'reason': 'hearing'})
    shown = explained(s, 'a.handler', old, 'D7')
    s.expect('up to the pause', shown['days'][-1]['date'] == day(1) and shown['days'][-1]['number'] == 9, str(shown['days'][-1]))
    for who, status in (('a.intake', 403), ('a.admin', 403), ('b.supervisor', 404), ('a1.handler', 404)):
        a = s.place.officer(who).send('GET', f'/api/v1/cases/{cid}/deadlines/D7')
        s.expect(f'{who} is told nothing', a.status in (403, 404), str(a.status))
    s.step('the public', place.public(), 'GET', f'/api/v1/cases/{cid}/deadlines/D7', status=401)


def from_a_report_to_the_end(place, s):
    n = filed_report(place, s)
    make(s, 'a.handler', 422, 'not filed yet', source='report', report=n, number='早')
    s.does('a.handler', n, 'file', {})
    make(s, 'a.handler2', 422, 'somebody else names it', source='report', report=n, number='别人')
    a = make(s, 'a.handler', source='report', report=n, label='of the report', number='安市监罚立〔2026〕1号')
    cid = a['id']
    s.expect('it names the report', a['report'] == n and a['source'] == 'report' and a['status'] == 'filed')
    s.expect('the report names it', s.read('a.handler', n)['case']['id'] == cid)
    make(s, 'a.handler', 422, 'once only', source='report', report=n, number='又')
    make(s, 'a.handler', 422, 'number taken', number='安市监罚立〔2026〕1号')
    # D7: 90 natural days, the day of filing not counted
    d7 = clock(a, 'D7')
    raw = datetime.date.fromisoformat(day()) + datetime.timedelta(days=90)
    s.expect('90 natural days', d7['due_raw'] == raw.isoformat() and d7['due'] >= d7['due_raw'] and d7['running'], str(d7))
    # two officers
    does(s, 'a.supervisor', cid, 'start', status=409, why='two_officers')
    does(s, 'a.supervisor', cid, 'assign', {'first': place.ids['a.handler'], 'second': place.ids['a.handler']}, status=422)
    does(s, 'a.supervisor', cid, 'assign', {'first': place.ids['a.handler'], 'second': place.ids['b.handler']}, status=422)
    does(s, 'a.supervisor', cid, 'assign', two(place))
    does(s, 'a.handler', cid, 'start')
    does(s, 'a.handler', cid, 'investigate', two(place, measure='inspection', text='过期面粉十二袋', second=place.ids['root.handler']), status=409, why='two_present')
    does(s, 'a.handler', cid, 'investigate', two(place, measure='inspection', text='过期面粉十二袋'))
    # assistance: entries with clocks of their own
    does(s, 'a.handler', cid, 'assist', {'to': '邻县市场监督管理局', 'text': '查供货商'})
    a = does(s, 'a.handler2', cid, 'assist', {'to': '海关', 'text': '查报关单'})
    s.expect('two clocks', clock(a, 'D11', 1)['running'] and clock(a, 'D11', 2)['running'])
    a = does(s, 'a.handler', cid, 'assist_answer', {'assist': 1, 'text': '无异常'})
    s.expect('one answered', not clock(a, 'D11', 1)['running'] and clock(a, 'D11', 2)['running'] and a['assists'][0]['answered'] == day())
    does(s, 'a.handler', cid, 'assist_answer', {'assist': 1, 'text': '又一次'}, status=422)
    # goods
    does(s, 'a.handler', cid, 'goods', {'name': '面粉', 'quantity': '12,5', 'unit': '千克', 'value_fen': 100}, status=422)
    does(s, 'a.handler', cid, 'goods', {'name': '面粉', 'quantity': '579.5', 'unit': '千克', 'value_fen': 231800})
    does(s, 'a.handler', cid, 'goods', {'name': '饮料', 'quantity': '31', 'unit': '瓶', 'value_fen': 9300})
    a = does(s, 'a.handler', cid, 'goods', {'name': '写错的', 'quantity': '1', 'unit': '箱', 'value_fen': 1})
    a = does(s, 'a.handler', cid, 'drop_goods', {'item': 3, 'text': '写错'})
    s.expect('two lines', [(g['name'], g['quantity'], g['unit']) for g in a['goods']] == [('面粉', '579.5', '千克'), ('饮料', '31', '瓶')], str(a['goods']))
    # a test pauses the clock
    a = does(s, 'a.handler', cid, 'pause', {'reason': 'test'})
    s.expect('paused', clock(a, 'D7')['paused'] and clock(a, 'D7')['due'] is None)
    does(s, 'a.handler', cid, 'submit', {'text': 'x'}, status=409, why='not_paused')
    a = does(s, 'a.handler', cid, 'resume', {})
    s.expect('goes on', clock(a, 'D7')['due_raw'] == raw.isoformat())
    # extensions: 30 days by a leader once, more only collectively and with a term
    does(s, 'a.leader', cid, 'extend_again', {'days': 20, 'reason': '集体讨论'}, status=409, why='extended')
    does(s, 'a.supervisor', cid, 'extend', {'reason': '复杂'}, status=403)
    a = does(s, 'a.leader', cid, 'extend', {'reason': '案情复杂'})
    s.expect('120 days', clock(a, 'D7')['due_raw'] == (raw + datetime.timedelta(days=30)).isoformat())
    does(s, 'a.leader', cid, 'extend', {'reason': '再来'}, status=409, why='extended_not')
    a = does(s, 'a.leader', cid, 'extend_again', {'days': 20, 'reason': '集体讨论'})
    s.expect('140 days', clock(a, 'D7')['due_raw'] == (raw + datetime.timedelta(days=50)).isoformat())
    # suspended and back
    a = does(s, 'a.supervisor', cid, 'suspend', {'text': '等司法鉴定'})
    s.expect('stands still', a['status'] == 'suspended' and clock(a, 'D7')['paused'])
    a = does(s, 'a.handler', cid, 'continue', {'text': '鉴定出来了'})
    s.expect('where it was', a['status'] == 'investigating' and not clock(a, 'D7')['paused'])
    # notice, window, decision
    does(s, 'a.handler', cid, 'submit', {'text': '建议罚款并没收'})
    does(s, 'a.leader', cid, 'decide', {'fine_fen': 1, 'discretion': 'usual', 'text': 'x'}, status=409, why='state')
    a = does(s, 'a.leader', cid, 'notice', {'served_on': day(), 'text': '拟罚款五万元'})
    s.expect('five working days', clock(a, 'D9')['running'] and clock(a, 'D9')['length'] == 5)
    does(s, 'a.leader', cid, 'decide', {'fine_fen': 1, 'discretion': 'usual', 'text': 'x'}, status=409, why='window_over')
    does(s, 'a.handler', cid, 'statement', {'choice': 'statement', 'text': '请求从轻；采纳'})
    does(s, 'a.handler', cid, 'decide', {'fine_fen': 1, 'discretion': 'usual', 'text': 'x'}, status=403)
    does(s, 'a.leader', cid, 'decide', {'fine_fen': 5000000, 'discretion': 'lighter', 'text': 'x'}, status=422, has={'errors.0.field': 'ground'})
    a = does(s, 'a.leader', cid, 'decide', {'fine_fen': 5000000, 'income_fen': 123456, 'correct': True, 'discretion': 'lighter',
                                            'ground': 'voluntary', 'document': '安市监处罚〔2026〕1号', 'text': '罚款五万元'})
    s.expect('D7 stopped, D10 runs', not clock(a, 'D7')['running'] and clock(a, 'D10')['running'] and a['outcome'] == 'penalised')
    p = a['penalty']
    s.expect('items', (p['fine_fen'], p['income_fen'], p['goods_fen'], p['correct'], p['discretion'], p['ground']) == (5000000, 123456, 241100, True, 'lighter', 'voluntary'), str(p))
    a = does(s, 'a.handler', cid, 'serve', {'served_on': day(), 'how': 'direct'})
    s.expect('served', a['status'] == 'served' and a['served'] == day() and not clock(a, 'D10')['running'])
    # execution
    does(s, 'a.handler', cid, 'execute', {}, status=409, why='paid_up')
    does(s, 'a.leader', cid, 'instalments', {'until': day(-90), 'text': '分两次'})
    does(s, 'a.handler', cid, 'pay', {'amount_fen': 3000000, 'paid_on': day()})
    does(s, 'a.handler', cid, 'pay', {'amount_fen': 3000000, 'paid_on': day()}, status=422)
    a = does(s, 'a.handler', cid, 'late_fine', {'amount_fen': 1000, 'text': '逾期一天'})
    s.expect('owed = paid + open', a['execution']['owed_fen'] == 5124456 and a['execution']['paid_fen'] + a['execution']['open_fen'] == 5124456, str(a['execution']))
    does(s, 'a.handler', cid, 'dispose', {'item': 1, 'quantity': '600', 'how': 'destroyed', 'on': day()}, status=422)
    a = does(s, 'a.handler', cid, 'dispose', {'item': 1, 'quantity': '79.5', 'how': 'destroyed', 'on': day(), 'text': '县垃圾厂，两人见证'})
    s.expect('part destroyed', a['goods'][0]['disposed'] == '79.5')
    does(s, 'a.handler', cid, 'pay', {'amount_fen': 2124456, 'paid_on': day()})
    a = does(s, 'a.handler', cid, 'execute', {})
    s.expect('D8 runs', clock(a, 'D8')['running'] and clock(a, 'D8')['length'] == 15 and a['part'] == 'decided')
    does(s, 'a.handler', cid, 'close', {}, status=403)
    a = does(s, 'a.supervisor', cid, 'close', {})
    s.expect('closed, nothing runs', a['status'] == 'closed' and a['closed'] == day() and not any(c['running'] for c in a['clocks']) and a['due'] is None)
    does(s, 'a.supervisor', cid, 'note', {'text': '归档'})
    # what the page holds of the report, for whom
    for who, sees in [('a.handler', True), ('a.supervisor', True), ('a.handler2', False), ('a.leader', False), ('a.auditor', False)]:
        a = see(s, who, cid)
        s.expect(f'{who}: the link', (a['report'] == n, a['source'] == 'report') == (sees, sees), str(a['report']))
        s.expect(f'{who}: never the reporter', '何举' not in a.raw.decode() and '13900001111' not in a.raw.decode())
        s.expect(f'{who}: no number elsewhere', sees or n not in a.raw.decode())


def punished(place, s, number, fine_fen, closed=True, number_of=None, **more):
    """A report (one under verification where it is named) and the case it led to, decided with that fine; returns the report's number and the case."""
    n = number_of or filed_report(place, s, **more)
    s.does('a.handler', n, 'file', {})
    cid = noticed(place, s, source='report', report=n, number=number, label=f'punished {number.encode().hex()}')
    does(s, 'a.handler', cid, 'statement', {'choice': 'none', 'text': '书面放弃'})
    does(s, 'a.leader', cid, 'decide', {'fine_fen': fine_fen, 'discretion': 'usual', 'text': '罚款'})
    does(s, 'a.handler', cid, 'serve', {'served_on': day(), 'how': 'direct'})
    does(s, 'a.leader', cid, 'end_execution', {'reason': 'court', 'text': '裁定终结'})
    if closed:
        does(s, 'a.supervisor', cid, 'close', {})
    return n, cid


REWARD = {'level': '1', 'major': 'large_fine', 'excluded': 'none', 'reason': '线索清楚，结论相符'}


def rewards(place, s):
    """RULES 2.8: proposed by the handler, decided by a leader, told, paid; the vectors; who may not."""
    n, cid = punished(place, s, '奖一', 8000000, closed=False)
    a = s.read('a.handler', n)
    s.expect('nothing before the case is closed', a['procedure']['reward'] is None)
    s.does('a.handler', n, 'propose_reward', REWARD, status=409)
    does(s, 'a.supervisor', cid, 'close', {})
    a = s.read('a.handler', n)
    s.expect('what each level would give', [(o['level'], o['amount_fen'], o['floor']) for o in a['procedure']['reward']['options']]
             == [(1, 500000, True), (2, 300000, True), (3, 100000, True)], str(a['procedure']['reward']))
    s.does('a.handler', n, 'propose_reward', dict(REWARD, excluded='on_duty'), status=422, field='excluded')
    s.does('a.handler', n, 'propose_reward', dict(REWARD, level='9'), status=422, field='level')
    s.does('a.handler', n, 'propose_reward', dict(REWARD, amount_fen=100000001, finance='财函1号'), status=422, field='amount_fen')
    s.does('a.handler', n, 'propose_reward', dict(REWARD, amount_fen=50000000), status=422, field='finance')
    s.step('a leader sees no report that waits for nothing', place.officer('a.leader'), 'GET', f'/api/v1/matters/{n}', status=404)
    a = s.does('a.handler', n, 'propose_reward', REWARD)
    r = a['procedure']['reward']
    s.expect('level 1 of 80,000: the floor', (r['state'], r['base_fen'], r['amount_fen'], r['imposed_fen']) == ('proposed', 500000, 500000, 8000000), str(r))
    s.expect('it waits for a leader', a['waiting_for']['who'] == 'leader' and a['status'] == 'told', str(a['waiting_for']))
    s.does('a.handler', n, 'approve_reward', {}, status=403)
    s.does('a.handler', n, 'close', {}, status=409)
    s.does('a.leader', n, 'refuse_reward', {'reason': '等级偏高'})
    a = s.does('a.handler', n, 'propose_reward', dict(REWARD, level='2', amount_fen=310000))
    s.expect('officers may set another amount', (a['procedure']['reward']['base_fen'], a['procedure']['reward']['amount_fen']) == (300000, 310000))
    s.does('a.handler', n, 'tell_reward', {'channel': 'phone'}, status=409)
    s.does('a.leader', n, 'approve_reward', {'reason': '同意'})
    s.step('decided, it is out of his sight', place.officer('a.leader'), 'GET', f'/api/v1/matters/{n}', status=404)
    a = s.does('a.handler', n, 'tell_reward', {'channel': 'phone'})
    r = a['procedure']['reward']
    s.expect('sixty working days to claim it', r['state'] == 'told' and r['told'] == day() and day(-78) < r['until'] < day(-120), str(r))
    s.does('a.handler', n, 'lapse_reward', {}, status=409)
    s.does('a.handler', n, 'pay_reward', {'paid_on': day(-2), 'how': 'transfer'}, status=422, field='paid_on')
    a = s.does('a.handler', n, 'pay_reward', {'paid_on': day(), 'how': 'transfer', 'receipt': '回单 0001'})
    s.expect('paid', a['procedure']['reward']['state'] == 'paid' and a['procedure']['reward']['paid_on'] == day())
    s.does('a.handler', n, 'propose_reward', REWARD, status=409)
    s.does('a.handler', n, 'close', {})
    for who in ('a.handler2', 'a.leader', 'a.auditor'):
        s.expect(f'{who} reads of no reward on the case', 'reward' not in see(s, who, cid).raw.decode() and n not in see(s, who, cid).raw.decode())
    for number, fine, level, amount, finance in (('奖二', 300000000, 2, 9000000, False), ('奖三', 3000000000, 1, 100000000, True)):
        n, _ = punished(place, s, number, fine)
        options = {o['level']: o for o in s.read('a.handler', n)['procedure']['reward']['options']}
        s.expect(f'{number}: {amount}', (options[level]['amount_fen'], options[level]['finance']) == (amount, finance), str(options))
        if finance:
            s.expect('the cap', options[1]['cap'] and not options[2]['cap'])
            s.does('a.handler', n, 'propose_reward', REWARD, status=422, field='finance')
            s.does('a.handler', n, 'propose_reward', dict(REWARD, finance='财函〔2026〕3号'))
    # closed before anybody thought of it; nothing is too late while it is on file
    n, _ = punished(place, s, '奖四', 100000)
    s.does('a.handler', n, 'tell', {'party': 'reporter', 'channel': 'phone'})
    s.does('a.handler', n, 'close', {})
    a = s.does('a.handler', n, 'propose_reward', dict(REWARD, level='3'))
    s.expect('it is taken up again', a['status'] == 'told' and a['procedure']['reward']['amount_fen'] == 100000)
    # an anonymous reporter: his PIN stands for his name, and an insider may be given more than the level gives
    r = s.file(report(violation='food_safety', anonymous=True, consumer=None))
    n = r['number']
    s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', n, 'verify', {})
    n, _ = punished(place, s, '奖六', 100000, number_of=n)
    a = s.does('a.handler', n, 'propose_reward', dict(REWARD, insider=True, amount_fen=900000))
    s.expect('an insider, with more', a['procedure']['reward']['insider'] and a['procedure']['reward']['amount_fen'] == 900000 > a['procedure']['reward']['base_fen'], str(a['procedure']['reward']))
    s.does('a.leader', n, 'approve_reward', {})
    s.does('a.handler', n, 'tell_reward', {'channel': 'asked'}, status=422, field='code')
    s.does('a.handler', n, 'tell_reward', {'channel': 'asked', 'code': 'AAAAAAAA'}, status=422, field='code')
    s.does('a.handler', n, 'tell_reward', {'channel': 'asked', 'code': r['pin'].lower()})
    s.does('a.handler', n, 'pay_reward', {'paid_on': day(), 'how': 'cash', 'code': r['pin'][::-1]}, status=422, field='code')
    a = s.does('a.handler', n, 'pay_reward', {'paid_on': day(), 'how': 'cash', 'code': r['pin'][:4] + '-' + r['pin'][4:]})
    kept = s.step('events', place.officer('a.handler'), 'GET', matter(n) + '/events', status=200)
    s.expect('paid; the PIN is kept nowhere', a['procedure']['reward']['state'] == 'paid' and r['pin'] not in kept.raw.decode())
    # not claimed in time
    n, _ = punished(place, s, '奖五', 100000, received_at=instant(150 * 86400), late_reason='停机期间手工登记')
    s.does('a.handler', n, 'propose_reward', dict(REWARD, level='3'))
    s.does('a.leader', n, 'approve_reward', {})
    a = s.does('a.handler', n, 'tell_reward', {'channel': 'phone', 'at': instant(120 * 86400)})
    s.expect('the time for it is over', a['procedure']['reward']['until'] < day(), str(a['procedure']['reward']))
    a = s.does('a.handler', n, 'lapse_reward', {})
    s.expect('it lapsed', a['procedure']['reward']['state'] == 'lapsed')
    s.does('a.handler', n, 'close', {})


def other_ends(place, s):
    cid = noticed(place, s, number='不罚', label='to be let off')
    a = does(s, 'a.leader', cid, 'not_penalise', {'ground': 'minor_corrected', 'text': '轻微并改正'})
    s.expect('not penalised', a['outcome'] == 'not_penalised' and clock(a, 'D8')['running'] and clock(a, 'D9')['cancelled'] and a['penalty'] is None)
    a = does(s, 'a.handler', cid, 'serve', {'served_on': day(), 'how': 'post'})
    does(s, 'a.handler', cid, 'serve', {'served_on': day(), 'how': 'post'}, status=409, why='unserved')
    does(s, 'a.leader', cid, 'close', {})
    cid = investigated(place, s, number='移送', label='to the police', source='handover')
    does(s, 'a.supervisor', cid, 'transfer', {'to_kind': 'police', 'to': '县公安局', 'text': '涉嫌犯罪'}, status=403)
    a = does(s, 'a.leader', cid, 'transfer', {'to_kind': 'police', 'to': '县公安局', 'text': '涉嫌犯罪'})
    s.expect('transferred', a['outcome'] == 'transferred' and not clock(a, 'D7')['running'])
    cid = investigated(place, s, number='撤案', label='to be dismissed')
    does(s, 'a.leader', cid, 'pay', {'amount_fen': 1, 'paid_on': day()}, status=409, why='state')
    a = does(s, 'a.leader', cid, 'dismiss', {'text': '事实不成立'})
    s.expect('dismissed', a['outcome'] == 'dismissed')
    cid = noticed(place, s, number='法院', label='to the court')
    does(s, 'a.handler', cid, 'statement', {'choice': 'none', 'text': '书面放弃'})
    does(s, 'a.leader', cid, 'decide', {'discretion': 'usual', 'text': '什么都没罚'}, status=422)
    does(s, 'a.leader', cid, 'decide', {'fine_fen': 100000, 'discretion': 'usual', 'text': '罚款一千元'})
    does(s, 'a.handler', cid, 'serve', {'served_on': day(), 'how': 'left'})
    a = does(s, 'a.leader', cid, 'court', {'text': '县法院'})
    s.expect('executing', a['status'] == 'executing')
    a = does(s, 'a.leader', cid, 'end_execution', {'reason': 'court', 'text': '裁定终结'})
    s.expect('may be closed unpaid', a['status'] == 'executed' and a['execution']['open_fen'] == 100000)
    # by public notice: thirty days from the day it was put up, unless the party was reached another way meanwhile
    cid = noticed(place, s, number='公告', label='to nobody at home')
    does(s, 'a.handler', cid, 'statement', {'choice': 'none', 'text': '联系不上，期满'})
    does(s, 'a.leader', cid, 'decide', {'fine_fen': 5000, 'discretion': 'usual', 'text': '罚款五十元'})
    posted = {'posted_on': day(), 'place': '公告栏和本机关网站', 'text': '邮寄退回，上门两次无人'}
    does(s, 'a.handler', cid, 'serve', {'served_on': day(), 'how': 'public_notice'}, status=409, why='notice_over')
    does(s, 'a.handler', cid, 'post_notice', dict(posted, posted_on=day(1)), status=422)
    does(s, 'a.leader', cid, 'post_notice', posted, status=403)
    a = does(s, 'a.handler', cid, 'post_notice', posted)
    s.expect('the term to serve is met, the notice runs', a['status'] == 'decided' and clock(a, 'D10')['stopped'] == day() and clock(a, 'D10P')['running'], str(a['clocks']))
    w = explained(s, 'a.handler', cid, 'D10P')
    s.expect('thirty days, article 82', [d['number'] for d in w['days'] if d['number']] == list(range(1, 31)) and '第八十二条' in w['basis']['zh'] and w['started_by']['zh'] == '公告送达', str(w['basis']))
    does(s, 'a.handler', cid, 'post_notice', posted, status=409, why='unposted')
    does(s, 'a.handler', cid, 'serve', {'served_on': w['due'], 'how': 'public_notice'}, status=409, why='notice_over')
    a = does(s, 'a.handler', cid, 'serve', {'served_on': day(), 'how': 'direct'})
    s.expect('reached in the end', a['status'] == 'served' and clock(a, 'D10P')['stopped'] == day(), str(a['clocks']))
    does(s, 'a.leader', cid, 'end_execution', {'reason': 'other', 'text': '金额太小'})
    # back from notice: the window is gone
    cid = noticed(place, s, number='退回', label='sent back')
    a = does(s, 'a.supervisor', cid, 'send_back', {'text': '补证'})
    s.expect('window cancelled', a['status'] == 'investigating' and clock(a, 'D9')['cancelled'])


def bad_input(place, s):
    make(s, 'a.handler', 422, 'no such source', source='rumour')
    make(s, 'a.handler', 422, 'ahead', filed_on=day(-3))
    make(s, 'a.handler', 422, 'no such violation', violation='magic')
    make(s, 'a.handler', 422, 'no such report', source='report', report='2611-44211-8')
    make(s, 'a.handler', 422, 'a complaint is no report', source='report', report=s.file(complaint(channel='visit'), 'a.intake')['number'])
    make(s, 'a.handler', 422, 'an inspection has no report', report='2611-44211-8')
    make(s, 'a.handler', 403, 'for another body', body=BODIES['b'])
    make(s, 'a.intake', 403, 'by the counter')
    cid = investigated(place, s, number='误', label='bad acts')
    h = s.place.officer('a.handler')
    s.step('no version', h, 'POST', f'/api/v1/cases/{cid}/acts/note', {'text': 'x'}, status=422)
    s.step('stale', h, 'POST', f'/api/v1/cases/{cid}/acts/note', {'text': 'x'}, headers=version(1), status=409, has={'current.id': cid})
    s.step('no such act', h, 'POST', f'/api/v1/cases/{cid}/acts/burn', {}, headers=version(1), status=404)
    does(s, 'a.handler', cid, 'submit', {'text': 'x'})
    does(s, 'a.leader', cid, 'notice', {'served_on': day(-1), 'text': 'x'}, status=422)
    does(s, 'a.leader', cid, 'notice', {'served_on': day(40), 'text': 'x'}, status=422)
    old = make(s, 'a.handler', number='旧', filed_on=day(120), label='late one')
    s.expect('late', clock(old, 'D7')['level'] == 'late' and old['due'] < day())
    for query in ('status=x', 'part=x', 'due=x', 'outcome=x', 'cursor=x', 'from=x', 'mine=2'):
        s.step(query, h, 'GET', '/api/v1/cases?' + query, status=422)


def lists_and_counts(place, s):
    h = s.place.officer('root.supervisor')
    count = s.step('count', h, 'GET', '/api/v1/cases/count', status=200).json
    s.expect('parts add up', count['in_hand'] + count['decided'] + count['closed'] == count['all'] == sum(count['states'].values()), str(count))
    rows, cursor = [], ''
    while cursor is not None:
        a = s.step('page', h, 'GET', f'/api/v1/cases?limit=3&cursor={cursor}', status=200)
        rows += a['items']
        cursor = a['next']
    s.expect('all, once each', len(rows) == count['all'] == len({r['id'] for r in rows}), f'{len(rows)} {count["all"]}')
    s.expect('by due day', [r['due'] or '9' for r in rows] == sorted(r['due'] or '9' for r in rows))
    for name in ('fine_fen', 'income_fen', 'goods_fen'):
        s.expect(f'{name} adds up', sum(r[name] for r in rows) == count[name], str(count[name]))
    s.expect('fines', count['fine_fen'] == 5105000 and count['goods_fen'] == 241100 and count['paid_fen'] == 5124456, str(count))
    late = s.step('late', h, 'GET', '/api/v1/cases?due=late', status=200)['items']
    s.expect('one is late', len(late) == count['late'] == 1 and late[0]['number'] == '旧')
    mine = s.step('mine', s.place.officer('a.handler2'), 'GET', '/api/v1/cases?mine=1', status=200)['items']
    s.expect('his', mine and all(place.ids['a.handler2'] in [o['id'] for o in r['officers']] for r in mine))
    for r in [r for r in rows if r['status'] == 'closed'][:1]:
        got = s.step('closed ones', h, 'GET', '/api/v1/cases?part=closed', status=200)['items']
        s.expect('filter', r['id'] in [x['id'] for x in got] and all(x['part'] == 'closed' for x in got))
    flow = s.step('flow', h, 'GET', '/api/v1/cases/flow', status=200)
    s.expect('states', {x['id'] for x in flow['states']} >= set(count['states']))


def announced(place, cid):
    return engine.rows(place, f"SELECT act, count(*) FROM event WHERE kind = 'late' AND record = {cid} GROUP BY act")


def late_and_recounted(place, s):
    """Cases are watched like matters: late ones announced once, also when nothing ran; a notice moves their dates."""
    old = make(s, 'a.handler', number='旧二', filed_on=day(130), label='late while off')
    s.expect('the pack it was filed under', (old['pack'], old['revision']) == ('case-2018', s.step('flow', place.officer('a.handler'), 'GET', '/api/v1/cases/flow', status=200)['revision']))
    n = old['next_deadline']
    s.expect('late by so many days', n['level'] == 'late' and n['left'] < 0 and n['label']['zh'] == '案件处理决定期限', str(n))
    cid = investigated(place, s, number='移', label='to be moved')
    a = does(s, 'a.handler', cid, 'assist', {'to': '海关', 'text': '查'})
    before = clock(a, 'D11')['due']
    s.expect('first of all its clocks', a['due'] == before and a['due_rule'] == 'D11' and a['next_deadline']['level'] in ('ok', 'warn'))
    asked = noticed(place, s, number='申', label='a window that the notice moves')
    window = clock(see(s, 'a.handler', asked), 'D9')['due']
    met = does(s, 'a.handler', cid, 'assist', {'to': '商务局', 'text': '查'})
    met = clock(does(s, 'a.handler', cid, 'assist_answer', {'assist': 2, 'text': '无'}), 'D11', 2)
    place.stop()
    place.start('--rate-limit', 'off')
    for _ in range(100):
        if announced(place, old['id']):
            break
        time.sleep(0.1)
    s.expect('announced when the server is back', announced(place, old['id']) == [('D7', 1)], str(announced(place, old['id'])))
    s.expect('not what is in time', announced(place, cid) == [])
    # ten working days off from the day on which the answer is due
    due = datetime.date.fromisoformat(before)
    off, d = [], due
    while len(off) < 10 and d.year == due.year:
        off += [d.isoformat()] if d.weekday() < 5 else []
        d += datetime.timedelta(1)
    notice = {'year': due.year, 'papers': ['https://example.org/notice'], 'holidays': [{'name': {'zh': '试放假', 'en': 'Trial holiday'}, 'off': off}]}
    path = f'/api/v1/calendars/cn/years/{due.year}'
    p = s.step('preview', place.officer('a.admin'), 'POST', path + '/preview', notice, status=200).json
    s.expect('it counts the case', any(x['rule'] == 'D11' and x['days'] > 0 for x in p['shifts']), str(p))
    run_ = s.step('import', place.officer('a.admin'), 'PUT', path, notice, status=202, headers={'If-Match': '0'}).json
    s.expect('as many as the preview counted', run_['total'] == p['clocks'], f'{run_} {p}')
    for _ in range(300):
        c = place.officer('a.admin').send('GET', '/api/v1/calendars').json['items'][0]
        if c['run'] and c['run']['id'] == run_['id'] and c['run']['state'] == 'done':
            break
        time.sleep(0.1)
    s.expect('done, as many moved as the preview said', c['run']['state'] == 'done' and c['run']['moved'] == p['moved'], str(c['run']))
    a = see(s, 'a.handler', cid)
    s.expect('its clock moved without an act', clock(a, 'D11', 1)['due'] > before and a['due'] == clock(a, 'D11', 1)['due'] and a['version'] == met_version(a), str(a['due']))
    s.expect('one that was met keeps its date', clock(a, 'D11', 2)['due'] == met['due'], f'{clock(a, "D11", 2)} {met}')
    s.expect('a window that is not over by the new calendar', window not in off or clock(see(s, 'a.handler', asked), 'D9')['due'] > window)
    row = next(r for r in s.step('list', place.officer('a.handler'), 'GET', '/api/v1/cases?limit=200', status=200)['items'] if r['id'] == cid)
    s.expect('the list knows', row['due'] == a['due'])
    moved = s.step('moved', place.officer('root.supervisor'), 'GET', '/api/v1/calendars/cn/moved?limit=200', status=200).json
    mine = [m for m in moved['items'] if m.get('case') == cid]
    s.expect('named among what moved', len(mine) == 1 and (mine[0]['number'], mine[0]['rule'], mine[0]['old_due'], mine[0]['new_due']) == ('移', 'D11', before, a['due']), str(mine))
    seen = s.step('moved, for who sees no case', place.officer('a.intake'), 'GET', '/api/v1/calendars/cn/moved?limit=200', status=200).json
    s.expect('counted, not named', not any('case' in m for m in seen['items']) and seen['hidden'] >= len(mine), str(seen))
    place.stop()
    place.start('--rate-limit', 'off')
    time.sleep(1.5)
    s.expect('and once only', announced(place, old['id']) == [('D7', 1)], str(announced(place, old['id'])))


def met_version(a):
    return max(e['version'] for e in a['events'])


# role: what a case of his body, of the station below, of the sibling, of the bureau is to him
WHO = {'a.intake': '----', 'a.handler': 'rr--', 'a.supervisor': 'ww--', 'a.leader': 'ww--', 'a.auditor': 'rr--', 'a.admin': '----',
       'a.security': '----', 'a1.handler': '-r--', 'b.supervisor': '--w-', 'root.supervisor': 'wwww', 'root.leader': 'wwww'}


def who_may(place, s):
    ids = [make(s, 'root.supervisor', number=f'谁{b}', label=f'who {b}', body=BODIES[b])['id'] for b in ('a', 'a1', 'b', 'root')]
    for who, cells in WHO.items():
        p = s.place.officer(who)
        a = p.send('GET', '/api/v1/cases?limit=200')
        listed = {r['id'] for r in a['items']} if a.status == 200 else set()
        for cid, cell in zip(ids, cells):
            a = p.send('GET', f'/api/v1/cases/{cid}')
            s.expect(f'{who} {cell}: page', a.status == (404 if cell == '-' else 200), str(a.status))
            s.expect(f'{who} {cell}: list', (cid in listed) == (cell != '-'))
            if cell == '-':
                b = p.send('GET', '/api/v1/cases/4000000000000000')
                s.expect(f'{who}: like nothing', a.status == b.status and a.json['errors'] == b.json['errors'])
            else:
                s.expect(f'{who} {cell}: what is offered', bool(a['allowed_acts']) == (cell == 'w'), str(a['allowed_acts'])[:200])
            v = see(s, 'root.supervisor', cid)['version']
            a = p.send('POST', f'/api/v1/cases/{cid}/acts/note', {'text': '看过'}, version(v))
            s.expect(f'{who} {cell}: note', a.status == {'-': 404, 'r': 403, 'w': 200}[cell], f'{a.status} {a.raw[:200]}')
    for method, target in [('GET', '/api/v1/cases'), ('GET', '/api/v1/cases/count'), ('GET', f'/api/v1/cases/{ids[0]}')]:
        s.step('the public', place.public(), method, target, status=401)
    for who in ('a.intake', 'a.admin'):
        s.step(f'{who}: no list', s.place.officer(who), 'GET', '/api/v1/cases', status=403)


def folded_again(place, s):
    place.stop()
    out = place.command('verify', '--rebuild')
    s.expect('no findings', '0 findings' in out, out[-500:])
    place.start('--rate-limit', 'off')


run([explanations, from_a_report_to_the_end, other_ends, bad_input, lists_and_counts, rewards, late_and_recounted, who_may, folded_again], OFFICERS)
