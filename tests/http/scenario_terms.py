"""Terms of the law that registers watch: each from its day to its due day, counted by hand, with the article that says so.
For test_registers.py (market), test_enterprise.py (returned_goods), test_bank.py (self_assessment, leak)."""
from county import day
from scenario_registers import ROOT
from scenario_slips import does, make


def clock(a, rule):
    return next((c for c in a['clocks'] if c['rule'] == rule), None)


def why(s, who, register, number, rule):
    return s.step(f'why {rule}', s.place.officer(who), 'GET', f'{ROOT}/{register}/entries/{number}/deadlines/{rule}', status=200)


def returned_goods(place, s):
    """D14, D15: seven natural days from the receipt, and from the day the goods are back; neither waits for the holiday to end."""
    asked = {'order_no': 'DD260928', 'goods': '电水壶', 'price': 12900, 'buyer': {'name': '李红', 'phone': '13800003011'}, 'received_on': '2026-09-28', 'asked_on': '2026-10-02'}
    a = make(s, 'a.handler', 'returns', asked)
    n = a['number']
    s.expect('seven days from 28 September', (clock(a, 'D14')['start'], clock(a, 'D14')['due']) == ('2026-09-28', '2026-10-05'), str(a['clocks']))
    w = why(s, 'a.handler', 'returns', n, 'D14')
    s.expect('day by day, by article 25', [d['number'] for d in w['days'] if d['number']] == list(range(1, 8)) and '第二十五条' in w['basis']['zh'] and '消费者权益保护法' in w['basis']['zh'], str(w['basis']))
    does(s, 'a.handler', 'returns', n, 'refuse', {'ground': 'late'}, status=422, field='fields.ground')
    does(s, 'a.handler', 'returns', n, 'agree')
    a = does(s, 'a.handler', 'returns', n, 'take_back', {'back_on': '2026-10-03'})
    s.expect('seven more from the day they are back', (clock(a, 'D15')['start'], clock(a, 'D15')['due']) == ('2026-10-03', '2026-10-10'), str(a['clocks']))
    s.expect('by the same article', '第二十五条' in why(s, 'a.handler', 'returns', n, 'D15')['basis']['zh'])
    a = does(s, 'a.handler', 'returns', n, 'refund', {'refunded_on': '2026-10-08', 'refunded': 12900})
    s.expect('nothing runs any more', a['status'] == 'refunded' and not any(c['running'] for c in a['clocks']), str(a['clocks']))


def leaving_untold(place, s):
    """D16: told thirty days before; the day to tell by is counted back and cannot be another."""
    gym = {'name': '健美人生健身房', 'kind': 'close', 'prepaid': True, 'seen_on': '2026-09-20', 'leaves_on': '2026-10-31', 'tell_by': '2026-10-02'}
    make(s, 'b.handler', 'closures', gym, status=422, field='fields.tell_by')
    a = make(s, 'b.handler', 'closures', dict(gym, tell_by='2026-10-01'))
    s.expect('thirty days before 31 October', (clock(a, 'D16')['due'], clock(a, 'D16')['running']) == ('2026-10-01', True), str(a['clocks']))
    s.expect('by article 21', '实施条例' in why(s, 'b.handler', 'closures', a['number'], 'D16')['basis']['zh'] and '第二十一条' in why(s, 'b.handler', 'closures', a['number'], 'D16')['basis']['zh'])
    a = does(s, 'b.handler', 'closures', a['number'], 'hand', {'ended': '没有告知就关门，立案'})
    s.expect('handed to enforcement', a['status'] == 'handed' and not clock(a, 'D16')['running'], str(a['clocks']))


def licence(place, s):
    """Twenty working days to decide, by the Administrative Licensing Law."""
    a = make(s, 'b.handler', 'licences', {'applicant': '聚香源食杂店', 'kind': 'food_sale', 'applied_on': day(), 'scope': '预包装食品零售', 'address': {'text': '人民路 88 号'}, 'owner': {'name': '简素云'},
                                          'papers': {'items': {k: {'score': 1} for k in ('form', 'identity', 'layout', 'rules', 'staff')}}})
    w = why(s, 'b.handler', 'licences', a['number'], 'R1')
    s.expect('twenty are counted, and off days are not', [d['number'] for d in w['days'] if d['number']] == list(range(1, 21)) and len(w['days']) > 25, str(len(w['days'])))
    s.expect('by article 42', '行政许可法' in w['basis']['zh'] and '第四十二条' in w['basis']['zh'], str(w['basis']))


def retest(place, s):
    """Fifteen natural days to ask for another test, from the day on which the seller was told."""
    officers = {'officer': place.ids['b.handler'], 'officer2': place.ids['b.supervisor']}
    a = make(s, 'b.handler', 'sampling', {'origin': 'random', 'category': 'clothing', 'goods': '儿童羽绒服', 'sampled': 1, 'seller_name': '城关童乐服装店', 'sampled_on': '2026-09-01', **officers})
    n = a['number']
    does(s, 'b.handler', 'sampling', n, 'send', {'sent_on': '2026-09-02', 'lab': '州产品质量检验所', 'label_check': {'items': {x: {'score': 1} for x in ('name', 'address', 'chinese', 'warning', 'certificate')}}})
    does(s, 'b.handler', 'sampling', n, 'result', {'reported_on': '2026-09-18', 'report_no': 'ZJ-26-0412', 'passed': 0, 'failed': 1, 'pending': 0, 'failed_items': '绳带'})
    a = does(s, 'b.handler', 'sampling', n, 'tell', {'told_on': '2026-09-20'})
    w = why(s, 'b.handler', 'sampling', n, 'R1')
    s.expect('fifteen days, by article 15', [d['number'] for d in w['days'] if d['number']] == list(range(1, 16)) and '产品质量法' in w['basis']['zh'] and '第十五条' in w['basis']['zh'], str(w['basis']))


def self_assessment(place, s):
    """F9: by 31 January of the next year."""
    make(s, 'a.handler', 'self_assessments', {'year': '2025', 'year_end': '2025-12-30'}, status=422, field='fields.year_end')
    a = make(s, 'a.handler', 'self_assessments', {'year': '2025', 'year_end': '2025-12-31'})
    s.expect('the last day of January', (clock(a, 'F9')['start'], clock(a, 'F9')['due'], clock(a, 'F9')['running']) == ('2025-12-31', '2026-01-31', True), str(a['clocks']))


def leak(place, s):
    """F10: 72 hours; the clock is one of days, the hours are counted from the two instants."""
    found = {'kind': 'misuse', 'found_on': '2026-09-30', 'found_at': '2026-09-30T16:00:00+08:00', 'data': ['contact'], 'people': 31, 'what': '柜员查询后外传'}
    a = make(s, 'a.handler', 'data_leaks', found)
    s.expect('the third day, holidays or not', (clock(a, 'F10')['start'], clock(a, 'F10')['due']) == ('2026-09-30', '2026-10-03'), str(a['clocks']))
    a = does(s, 'a.supervisor', 'data_leaks', a['number'], 'tell', {'told_at': '2026-10-03T17:00:00+08:00', 'branch': '人民银行安澜县支行'})
    s.expect('seventy-three hours', any(c['value'] == 73 for c in a['computed'].values()), str(a['computed']))


ALL = [leaving_untold, licence, retest]
