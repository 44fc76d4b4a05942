"""Registers walked as offices use them, with the wording of old summaries: a survey of some eight hundred, targets broken down to bodies and
officers, an objection to a credit report. For test_registers.py, the last for test_bank.py."""
import datetime

from county import BODIES, day
from scenario_registers import ROOT, YEAR, figures, says
from scenario_slips import does, make, see


def survey_of_eight_hundred(place, s):
    """收集服务满意度调研问卷800余份: each share stands over its own number, and what is weak is not done before it is mended."""
    n = make(s, 'b.handler', 'surveys', {'name': '服务满意度调研', 'target': 'handling', 'method': ['phone', 'paper'], 'sample': 1000, 'population': 3725,
                                         'opened_on': day(30), 'due_on': day()})['number']
    result = {'collected': 820, 'valid': 806, 'satisfied': 751, 'closed_on': day(), 'aspects': [{'aspect': '处理速度', 'score': '78.5'}, {'aspect': '接待态度', 'score': '94.0'}]}
    does(s, 'b.handler', 'surveys', n, 'collect', {'closed_on': day()}, status=409, why='linked')
    for field, more in (('collected', {'collected': 1001}), ('valid', {'valid': 821}), ('satisfied', {'satisfied': 807})):
        does(s, 'b.handler', 'surveys', n, 'close', {**result, **more}, status=422, field='fields.' + field)
    a = does(s, 'b.handler', 'surveys', n, 'close', result)
    s.expect('751 of 806, 820 of 1000', (a['computed']['share']['text'], a['computed']['answered']['text'], a['computed']['weak']['value']) == ('93.2%', '82.0%', 1), str(a['computed']))
    does(s, 'b.supervisor', 'surveys', n, 'improve', status=409, why='improved')
    does(s, 'b.handler', 'surveys', n, 'improve', status=403)
    a = does(s, 'b.supervisor', 'surveys', n, 'improve', {'aspects': [{'aspect': '处理速度', 'score': '78.5', 'action': '催办提前一天'}, {'aspect': '接待态度', 'score': '94.0'}]})
    s.expect('mended', a['status'] == 'done' and not any(c['running'] for c in a['clocks']), str(a['clocks']))
    _, rates, said = figures(s, 'surveys', 'b')
    s.expect('satisfied', rates['satisfaction'] == '93.2', str(rates))
    says(s, said['surveys'], '开展满意度测评1次', '回收问卷820份', '满意率93.2%', '短板1项')


def targets_broken_down(place, s):
    """明确目标任务,细化分解职责: 500 batches for a bureau, broken down to two offices and of these one to an officer, added up again; who is behind is warned."""
    ends = f'{int(YEAR) + 1}-12-31'

    def target(who, name, unit, n, upper=None, status=201, **more):
        fields = {'name': name, 'year': YEAR, 'unit': BODIES[unit], 'set_on': day(300), 'due_on': ends, 'target': n, 'measure': '按抽检台账批次计', **({'upper': upper} if upper else {}), **more}
        a = make(s, who, 'targets', fields, status=status, **({'field': 'fields.target'} if status == 422 else {}))
        return a['number'] if status == 201 else None

    whole = target('b.leader', '流通领域商品质量抽检', 'b', 500)
    target('b.leader', '比上级还多', 'b', 501, whole, status=422)
    parts = [target('b.leader', '一队抽检', 'b', 300, whole), target('b.leader', '二队抽检', 'b', 150, whole, officer=place.ids['b.handler'])]
    does(s, 'b.leader', 'targets', parts[0], 'sign', status=403)
    for n in (whole, *parts):
        does(s, 'b.supervisor', 'targets', n, 'sign')
    # the one is ahead, the other behind: only that one can be warned, and not without saying how it catches up
    for n, done, late in ((parts[0], 100, True), (parts[0], 380, False), (parts[1], 20, True)):
        a = does(s, 'b.handler', 'targets', n, 'count', {'done': done, 'done_on': day()})
        s.expect(f'{done} is behind its time: {late}', a['computed']['late']['value'] == late, str(a['computed']))
    _, _, said = figures(s, 'targets', 'b')
    says(s, said['targets'], '落后于进度1项', '落后预警0项')
    does(s, 'b.supervisor', 'targets', parts[0], 'warn', {'done': 380, 'done_on': day(), 'plan': 'x'}, status=409, why='behind')
    does(s, 'b.supervisor', 'targets', parts[1], 'warn', {'done': 20, 'done_on': day()}, status=422, field='fields.plan')
    a = does(s, 'b.supervisor', 'targets', parts[1], 'warn', {'done': 20, 'done_on': day(), 'plan': '本月补二十批次'})
    s.expect('behind', a['status'] == 'behind' and float(a['computed']['expected']['value']) > 20, str(a['computed']))
    a = does(s, 'b.handler', 'targets', whole, 'collect', {'done_on': day()})
    got = {k: v['value'] for k, v in a['fields'].items()}
    s.expect('added up', (got['parts_target'], got['parts_done'], got['done'], a['computed']['unassigned']['value'], a['computed']['rate']['text']) == (450, 400, 400, 50, '80.0%'), str((got, a['computed'])))
    does(s, 'b.supervisor', 'targets', whole, 'close', {'done': 400}, status=409, why='reached')
    does(s, 'b.handler', 'targets', parts[1], 'count', {'done': 244, 'done_on': day()})
    a = does(s, 'b.handler', 'targets', whole, 'collect', {'done_on': day()})
    s.expect('124.8 %', a['fields']['done']['value'] == 624 and a['computed']['rate']['text'] == '124.8%', str(a['computed']))
    does(s, 'b.supervisor', 'targets', whole, 'close', {'done': 624})
    _, rates, said = figures(s, 'targets', 'b')
    says(s, said['targets'], '下达目标任务3项', '已完成1项', '完成率33.3%', '落后预警0项')
    s.expect('one of three', rates['reached_rate'] == '33.3', str(rates))


def not_to_be_passed(place, s):
    """全县没有出现一起食品安全事故: a target of nought is kept by what does not happen, and passed by the first that does."""
    fields = {'year': YEAR, 'unit': BODIES['a'], 'set_on': day(300), 'due_on': day(-60), 'target': 0}
    kept, passed = (make(s, 'a.supervisor', 'targets', {**fields, 'name': name, 'ceiling': True})['number'] for name in ('食品安全事故', '重大旅游投诉'))
    reached = make(s, 'a.supervisor', 'targets', {**fields, 'name': '抽检', 'target': 1})['number']
    for n, done, late in ((kept, 0, False), (passed, 1, True), (reached, 0, True)):
        does(s, 'a.handler', 'targets', n, 'sign')
        a = does(s, 'a.handler', 'targets', n, 'count', {'done': done, 'done_on': day()})
        s.expect(f'{done}: late {late}', a['computed']['late']['value'] == late, str(a['computed']))
    does(s, 'a.supervisor', 'targets', kept, 'warn', {'done': 0, 'done_on': day(), 'plan': 'x'}, status=409, why='behind')
    does(s, 'a.supervisor', 'targets', passed, 'warn', {'done': 1, 'done_on': day(), 'plan': '逐户排查'})
    does(s, 'a.supervisor', 'targets', passed, 'close', {'done': 1}, status=409, why='reached')
    a = does(s, 'a.supervisor', 'targets', kept, 'close', {'done': 0})
    s.expect('kept', a['status'] == 'done', a['status'])


def signed_level_by_level(place, s):
    """采取由局长与分局长、分局长与各站长签订: nothing below an unsigned letter, and a letter is whole once all under it are signed."""
    def letter(level, signer, upper=None, status=201, kind='responsibility', **more):
        return make(s, 'b.handler', 'pledges', {'kind': kind, 'level': level, 'year': YEAR, 'signer': signer, 'sent_on': day(20), 'due_on': day(-5), 'promise': '辖区责任到人',
                                                **({'upper': upper} if upper else {})}, status=status, **more)
    sign = lambda n: does(s, 'b.handler', 'pledges', n, 'sign', {'signed_on': day(1)})  # noqa: E731

    def below(n):
        a = does(s, 'b.handler', 'pledges', n, 'look_below')
        return [a['fields'][x]['value'] for x in ('lower_due', 'lower_signed')] + [a['computed'][x]['value'] for x in ('lower_left', 'whole')]
    top = letter('bureau', '北山分局')['number']
    letter('branch', '一站', top, status=422, field='fields.upper')
    sign(top)
    letter('branch', '一站', status=422, field='fields.upper')
    letter('trader', '某超市', status=422, field='fields.upper')
    letter('trader', '某超市', kind='quality')
    s.expect('nothing is under it yet', below(top) == [0, 0, 0, False])
    stations = [letter('branch', f'{i}站', top)['number'] for i in '一二三']
    for n in stations[:2]:
        sign(n)
    s.expect('two of three', below(top) == [3, 2, 1, False])
    _, _, said = figures(s, 'pledges', 'b')
    says(s, said['letters'], '逐级签齐0份、没签齐1份')
    does(s, 'b.supervisor', 'pledges', stations[2], 'withdraw', {'ended': '站点已撤'})
    sign(letter('trader', '某超市', stations[0])['number'])
    s.expect('all of two', below(top) == [2, 2, 0, True] and below(stations[0]) == [1, 1, 0, True])
    does(s, 'b.supervisor', 'pledges', stations[1], 'withdraw', {'ended': '站点已撤'})
    _, rates, said = figures(s, 'pledges', 'b')
    says(s, said['letters'], '逐级签齐2份、没签齐0份')
    s.expect('what was signed and withdrawn is not signed: 3 of 4', rates['signed_rate'] == '75.0', str(rates))


def credit_objection(place, s):
    """在收到异议之日起的20日内进行核查和处理: twenty natural days from receipt, a wrong record is put right before it is answered, the answer by another officer."""
    made = make(s, 'a.handler', 'credit_objections', {'person': {'name': '商鹤', 'phone': '13800138027'}, 'via': 'own', 'received_on': day(19), 'item': '已结清贷款仍显示逾期', 'facts': '2024 年已结清'})
    n = made['number']
    due = (datetime.date.fromisoformat(day(19)) + datetime.timedelta(20)).isoformat()
    s.expect('due on the twentieth day', [(c['rule'], c['due']) for c in made['clocks']] == [('R1', due)] == [('R1', day(-1))], str(made['clocks']))
    why = s.step('why', place.officer('a.handler'), 'GET', f'{ROOT}/credit_objections/entries/{n}/deadlines/R1', status=200)
    s.expect('its article', '征信业管理条例' in why['basis']['zh'] and why['due'] == due and len(why['days']) == 21, str(why['basis']))
    s.step('who neither took nor handles it', place.officer('a.handler2'), 'GET', f'{ROOT}/credit_objections/entries/{n}', status=404)
    late = make(s, 'a.handler', 'credit_objections', {'person': {'name': '商鹤'}, 'via': 'bureau', 'received_on': day(25), 'item': '查询记录非本人', 'facts': '没有申请过'})['number']
    s.expect('the other is over', see(s, 'a.handler', 'credit_objections', late)['clocks'][0]['due'] == day(5))
    does(s, 'a.handler', 'credit_objections', n, 'verify', {'checked_on': day(3)}, status=422, field='fields.finding')
    does(s, 'a.supervisor', 'credit_objections', n, 'answer', {'answered_on': day(), 'answer': '已更正'}, status=409, why='state')
    does(s, 'a.supervisor', 'credit_objections', n, 'verify', {'checked_on': day(3), 'finding': 'wrong'})
    does(s, 'a.supervisor', 'credit_objections', n, 'answer', {'corrected_on': day(1), 'answered_on': day(), 'answer': '已更正'}, status=409, why='four_eyes')
    does(s, 'a.leader', 'credit_objections', n, 'answer', {'answered_on': day(), 'answer': '已更正'}, status=422, field='fields.corrected_on')
    a = does(s, 'a.leader', 'credit_objections', n, 'answer', {'corrected_on': day(1), 'answered_on': day(), 'answer': '已更正'})
    s.expect('answered', a['status'] == 'done' and a['clocks'][0]['stopped'] == day(), str(a['clocks']))
    does(s, 'a.handler', 'credit_objections', late, 'verify', {'checked_on': day(), 'finding': 'right'})
    does(s, 'a.supervisor', 'credit_objections', late, 'answer', {'answered_on': day(), 'answer': '记录无误'})
    _, rates, said = figures(s, 'credit_objections', 'a')
    says(s, said['objections'], '受理征信异议2件', '更正1件', '答复2件', '按时率50.0%')
    s.expect('one in time', rates['in_time_rate'] == '50.0', str(rates))


ALL = [survey_of_eight_hundred, targets_broken_down, not_to_be_passed, signed_level_by_level]
