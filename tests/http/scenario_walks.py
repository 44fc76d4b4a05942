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


def grade_aimed_at(place, s):
    """以获得监管部门优良评价为目标 (R38): the target is a grade; one below it is behind and can be warned, one as good or better reaches it."""
    fields = {'name': '监管评价', 'year': YEAR, 'unit': BODIES['a'], 'set_on': day(300), 'due_on': day(-60), 'form': 'grade', 'grade': 'good', 'grader': '人民银行州中心支行'}
    for missing in ('grade', 'grader'):
        make(s, 'a.supervisor', 'targets', {k: v for k, v in fields.items() if k != missing}, status=422, field='fields.' + missing)
    n, better, part = (make(s, 'a.supervisor', 'targets', {**fields, 'name': name})['number'] for name in ('监管评价', '群众评价', '行业评价'))
    make(s, 'a.supervisor', 'targets', {**fields, 'upper': n, 'grade': 'fair'}, status=422, field='fields.grade')
    make(s, 'a.supervisor', 'targets', {**fields, 'upper': n, 'grade': 'excellent'})
    make(s, 'a.supervisor', 'targets', {'name': '抽检', 'year': YEAR, 'unit': BODIES['a'], 'set_on': day(300), 'due_on': day(-60), 'target': 1, 'upper': n}, status=422, field='fields.form')
    for x in (n, better, part):
        does(s, 'a.handler', 'targets', x, 'sign')
    does(s, 'a.handler', 'targets', n, 'count', {'done': 1, 'done_on': day()}, status=409, why='by_number')
    does(s, 'a.supervisor', 'targets', n, 'close', status=409, why='reached')
    for got, late in (('fair', True), ('good', False), ('poor', True)):
        a = does(s, 'a.handler', 'targets', n, 'graded', {'got': got, 'done_on': day()})
        s.expect(f'{got}: late {late}', a['computed']['late']['value'] == late, str(a['computed']))
    does(s, 'a.supervisor', 'targets', n, 'warn', {'done_on': day(), 'plan': '对照扣分项整改'})
    does(s, 'a.supervisor', 'targets', n, 'close', status=409, why='reached')
    does(s, 'a.handler', 'targets', better, 'graded', {'got': 'excellent', 'done_on': day()})
    does(s, 'a.supervisor', 'targets', better, 'warn', {'done_on': day(), 'plan': 'x'}, status=409, why='behind')
    a = does(s, 'a.supervisor', 'targets', better, 'close')
    s.expect('better than aimed at', a['status'] == 'done', a['status'])


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


def credit_query(place, s):
    """一般会在第二天获得短信通知 (R74): who asks for a credit report is told by the next day, also that there is none; the two first of a year are free."""
    asked = {'person': {'name': '商鹤', 'phone': '13800138027'}, 'via': 'web', 'times': 1}
    made = make(s, 'a.intake', 'credit_queries', asked)
    s.expect('due tomorrow', [(c['start'], c['due']) for c in made['clocks']] == [(day(), day(-1))], str(made['clocks']))
    n, late, none = made['number'], *(make(s, 'a.intake', 'credit_queries', {**asked, 'asked_on': day(5)})['number'] for _ in range(2))
    s.expect('over since four days', see(s, 'a.intake', 'credit_queries', late)['clocks'][0]['due'] == day(4))
    make(s, 'a.intake', 'credit_queries', {**asked, 'fee': 1000}, status=422, field='fields.fee')
    make(s, 'a.intake', 'credit_queries', {**asked, 'times': 3, 'fee': 1000})
    does(s, 'a.intake', 'credit_queries', n, 'tell', {'told_on': day(), 'told_by': 'sms'}, status=409, why='state')
    for x in (n, late):
        does(s, 'a.intake', 'credit_queries', x, 'verify', {'identity': 'questions'})
    for x, in_time in ((n, True), (late, False)):
        a = does(s, 'a.intake', 'credit_queries', x, 'tell', {'told_on': day(), 'told_by': 'sms'})
        s.expect(f'by the next day: {in_time}', a['computed']['next_day']['value'] == in_time and not a['clocks'][0]['running'], str(a['computed']))
    does(s, 'a.intake', 'credit_queries', none, 'refuse', {'told_on': day(4), 'told_by': 'sms'}, status=422, field='fields.why')
    does(s, 'a.intake', 'credit_queries', none, 'refuse', {'told_on': day(4), 'told_by': 'sms', 'why': '问题验证没有通过'})
    _, rates, said = figures(s, 'credit_queries', 'a')
    says(s, said['queries'], '信用报告查询4件', '已告知3件', '次日内告知2件', '次日告知率66.7%')


def called_after_sale(place, s):
    """切实做好销售回访工作 (R25): each sale is called within its time, six points are asked, who was misled is followed until it is registered and what is kept of
    the customer is put right."""
    sale = {'customer': {'name': '苏禾', 'phone': '13800138032'}, 'product': '福满堂年金', 'channel': 'bank', 'seller': 'A0312', 'sold_on': day(10), 'call_by': day(-5)}
    made = make(s, 'a.handler', 'sale_visits', {**sale, 'policy_no': 'P1'})
    n, quiet = made['number'], make(s, 'a.handler', 'sale_visits', {**sale, 'policy_no': 'P2', 'call_by': day(2)})['number']
    s.expect('to be called by', made['clocks'][0]['due'] == day(-5), str(made['clocks']))
    make(s, 'a.handler', 'sale_visits', {**sale, 'policy_no': 'P1'}, status=422, field='fields.policy_no')
    points = {x: {'score': 1} for x in ('self', 'signed', 'clauses', 'yield', 'fees', 'cooling')}
    call = {'called_on': day(), 'result': 'clear', 'points': {'items': points}, 'info_true': True, 'recording': 'LY-1'}
    does(s, 'a.handler', 'sale_visits', quiet, 'call', {**call, 'points': {'items': {'self': {'score': 1}}}}, status=422, field='fields.points')
    does(s, 'a.handler', 'sale_visits', quiet, 'call', {**call, 'points': {'items': {**points, 'clauses': {'score': 0, 'note': '以为是存款'}}}}, status=422, field='fields.result')
    does(s, 'a.handler', 'sale_visits', quiet, 'call', {**call, 'info_true': False}, status=422, field='fields.info_mended')
    does(s, 'a.handler', 'sale_visits', quiet, 'call', {**call, 'result': 'misled'}, status=409, why='quiet')
    a = does(s, 'a.handler', 'sale_visits', quiet, 'call', call)
    s.expect('called, but late', a['status'] == 'called' and a['computed']['in_time']['value'] is False, str(a['computed']))
    does(s, 'a.handler', 'sale_visits', n, 'miss', {'tried': 3})
    does(s, 'a.handler', 'sale_visits', n, 'follow', {**call, 'result': 'misled', 'info_true': False, 'info_mended': '电话已改成本人的'})
    does(s, 'a.handler', 'sale_visits', n, 'end', {'outcome': '退保'}, status=409, why='followed')
    found = make(s, 'a.handler', 'sales_conduct', {'found_on': day(), 'source': 'visit', 'seller': 'A0312', 'branch': '城关支公司', 'product': '福满堂年金', 'channel': 'bank',
                                                   'conduct': 'deposit', 'evidence': '回访录音', 'recorded': False})['number']
    does(s, 'a.handler', 'sale_visits', n, 'end', {'outcome': '退保', 'conduct': found})
    _, rates, said = figures(s, 'sale_visits', 'a')
    says(s, said['visits'], '销售2笔', '回访率100.0%', '期限内回访1笔', '反映误导1笔', '信息不真实已改正1笔')


def cared_for(place, s):
    """特别做好中老年客户、文化程度较低等人群的服务 (R76): nobody who is old or reads little is sold to without saying what care was taken; it is asked of each."""
    who = {'customer': {'name': '麻月英'}, 'elderly': False, 'reads_little': False, 'assessed_on': day(), 'score': 40, 'grade': 2, 'valid_to': day(-300), 'product': '国债', 'product_grade': 1}
    for missing in ('elderly', 'reads_little'):
        make(s, 'a.handler', 'suitability', {k: v for k, v in who.items() if k != missing}, status=422, field='fields.' + missing)
    sold = {'sold_on': day(), 'amount': 100000, 'recorded': True}
    for more in ({'elderly': True}, {'reads_little': True}):
        n = make(s, 'a.handler', 'suitability', who | more)['number']
        does(s, 'a.handler', 'suitability', n, 'sell', sold, status=409, why='cared')
        does(s, 'a.handler', 'suitability', n, 'sell', {**sold, 'care': ['large_print']})


def label_first(place, s):
    """重点检查标签 (R51): a batch is not sent to the laboratory before each item of its label was looked at; what carries no label, and totals of a class, are."""
    drawn = {'origin': 'random', 'category': 'clothing', 'goods': '羽绒服', 'sampled': 1, 'seller_name': '童乐', 'sampled_on': day(3), 'officer': place.ids['a.handler'], 'officer2': place.ids['a.handler2']}
    sent = {'sent_on': day(1), 'lab': '州检验所'}
    n = make(s, 'a.handler', 'sampling', drawn)['number']
    does(s, 'a.handler', 'sampling', n, 'send', sent, status=409, why='labelled')
    looked = {x: {'score': 1} for x in ('name', 'address', 'chinese', 'warning')}
    does(s, 'a.handler', 'sampling', n, 'send', {**sent, 'label_check': {'items': looked}}, status=409, why='labelled')
    does(s, 'a.handler', 'sampling', n, 'send', {**sent, 'label_check': {'items': {**looked, 'certificate': {'score': 0, 'note': '无合格证'}}}})
    for more in ({'category': 'fuel'}, {'sampled': 12}):
        does(s, 'a.handler', 'sampling', make(s, 'a.handler', 'sampling', drawn | more)['number'], 'send', sent)


def entered_in_time(place, s):
    """指导“快速通道”单位准确及时录入 (R12): of a fast-track unit each return says how many were late and how many wrong, and why; the others need not."""
    station = {'class': 'mall', 'level': 'county', 'address': {'text': '人民路 88 号'}, 'founded_on': day(100), 'phone': '0714-6320031', 'head': {'name': '濮琳'}, 'books': ['record']}
    unit, plain = (make(s, 'a.handler', 'stations', {**station, 'name': x + '录入站', 'network': x})['number'] for x in ('fast', 'industry'))
    row = {'month': f'{YEAR}-01', 'made_on': day(1), 'received': 30, 'settled': 30, 'escalated': 0, 'open_n': 0}
    make(s, 'a.handler', 'station_returns', {**row, 'station': plain})
    for field, more in (('late_entry', {'wrong_entry': 0}), ('wrong_entry', {'late_entry': 0}), ('note', {'late_entry': 2, 'wrong_entry': 0}), ('late_entry', {'late_entry': 31, 'wrong_entry': 0, 'note': 'x'})):
        make(s, 'a.handler', 'station_returns', {**row, 'station': unit, **more}, status=422, field='fields.' + field)
    n = make(s, 'a.handler', 'station_returns', {**row, 'station': unit, 'late_entry': 2, 'wrong_entry': 1, 'note': '周末没人录'})['number']
    does(s, 'a.supervisor', 'station_returns', n, 'accept')
    a = s.step('who is late or wrong', place.officer('a.leader'), 'GET', f'{ROOT}/station_returns/figures/faulty/entries?body={BODIES["a"]}&period={YEAR}', status=200)
    s.expect('is listed', [x['number'] for x in a['items']] == [n], str(a['items'])[:300])


ALL = [survey_of_eight_hundred, targets_broken_down, not_to_be_passed, grade_aimed_at, signed_level_by_level, label_first, entered_in_time]
