"""Registers as practice reports them: the numbers that yearly reports state, brought in by sheets – entries, then one act on
each – and the sentences that must come of them. Functions for test_registers.py, each in a body of its own."""
import re
import time
from urllib.parse import quote

from county import BODIES, day
from filings import complaint, key, version

ROOT = '/api/v1/registers'
YEAR = day()[:4]
BATCHES = {  # class: batches, failed, pending
    'children': (21, 9, 0), 'clothing': (202, 69, 80), 'appliance': (140, 47, 0), 'building': (64, 30, 0), 'vehicle': (55, 53, 0), 'fuel': (104, 7, 0)}
GOODS = {'children': '儿童及老年人用品', 'clothing': '服装鞋帽', 'appliance': '家用电子电器', 'building': '建材', 'vehicle': '交通工具', 'fuel': '成品油'}


def sheet(s, who, reg, rows, act=None, failed=0, dry=False):
    """Rows of texts in parts of 500; the numbers of the entries."""
    numbers = []
    for i in range(0, len(rows), 500):
        sent = {'rows': rows[i:i + 500], 'dry_run': dry}
        if act is not None:
            sent['act'] = act
        a = s.step(f'{who} brings in {act or "entries"}', s.place.officer(who), 'POST', f'{ROOT}/{reg}/import', sent, status=200)
        s.expect(f'{reg} {act or "entries"}: each row', a['failed'] == failed, str([x for x in a['items'] if x['errors']][:2]))
        numbers += [x['number'] for x in a['items']]
    return numbers


def acts(s, reg, numbers, *told):
    """Each (officer, act, fields as texts) on each of the entries, fields given by index where they are a function."""
    for who, act, fields in told:
        sheet(s, who, reg, [{'number': n, **(fields(i) if callable(fields) else fields)} for i, n in enumerate(numbers)], act)


def figures(s, reg, body, period=YEAR):
    a = s.step('figures', s.place.officer('root.supervisor'), 'GET', f'{ROOT}/{reg}/figures?body={BODIES[body]}&period={period}', status=200)
    return a, {x['id']: x['value'] for x in a['rates']}, {x['id']: x['zh'] for x in a['sentences']}


def says(s, said, *parts):
    for part in parts:
        s.expect(f'it says {part}', part in said, said)


def plan(s, who, leader, target):
    a = s.step('plan', s.place.officer(who), 'POST', f'{ROOT}/sampling_plans/entries',
               {'fields': {'name': '流通领域商品质量抽检', 'year': YEAR, 'made_on': day(), 'categories': ['children'], 'target': target}}, status=201)
    acts(s, 'sampling_plans', [a['number']], (who, 'submit', {}), (leader, 'approve', {'approved_on': day()}))


def sampled(s, handler, ids, counts):
    """A class of goods an entry, from drawing to result."""
    rows = [{'origin': '靶向', 'category': GOODS[c], 'goods': GOODS[c], 'sampled': str(n), 'seller_name': '各商家', 'sampled_on': day(),
             'officer': f'甲#{ids[0]}', 'officer2': f'乙#{ids[1]}'} for c, (n, _, _) in counts.items()]
    numbers = sheet(s, handler, 'sampling', rows)
    counts = list(counts.values())
    acts(s, 'sampling', numbers, (handler, 'send', {'sent_on': day(), 'lab': '州质检所'}),
         (handler, 'result', lambda i: {'reported_on': day(), 'report_no': f'ZJ-{i}', 'passed': str(counts[i][0] - counts[i][1] - counts[i][2]),
                                        'failed': str(counts[i][1]), 'pending': str(counts[i][2]), 'failed_items': '标识'}))
    return numbers


def sampling_target(place, s):
    """624 batches against a target of 500, 236 of them failed."""
    ids = (place.ids['b.handler'], place.ids['b.supervisor'])
    plan(s, 'b.supervisor', 'b.leader', 500)
    sampled(s, 'b.handler', ids, {'appliance': (240, 101, 0), 'children': (95, 33, 0), 'building': (180, 72, 0), 'clothing': (109, 30, 0)})
    _, rates, said = figures(s, 'sampling', 'b')
    s.expect('both rates', (rates['done_rate'], rates['fail_rate']) == ('124.8', '37.8'), str(rates))
    says(s, said['target'], '抽检共624个批次', '完成目标500个批次的124.8%', '不合格236个批次', '不合格率为37.8%')


def sampling_pending(place, s):
    """586 batches of six classes, 80 of which have no result yet: the share failed is stated over both."""
    ids = (place.ids['a1.handler'], place.ids['a.handler'])
    s.expect('586 by its classes', sum(n for n, _, _ in BATCHES.values()) == 586)
    numbers = sampled(s, 'a1.handler', ids, BATCHES)
    a, rates, said = figures(s, 'sampling', 'a1')
    s.expect('both rates', (rates['fail_rate'], rates['fail_rate_tested']) == ('36.7', '42.5'), str(rates))
    says(s, said['classes'], '重点商品抽检586个批次', *[f'{GOODS[c]}{n}个批次,{k}个批次不合格' for c, (n, k, _) in BATCHES.items()])
    says(s, said['rates'], '已出结果506个批次', '还有80个批次未出结果', '按抽检批次计为36.7%', '按已出结果计为42.5%')
    # what does not add up is refused row by row, and an act out of its turn as well
    last = {'reported_on': day(), 'report_no': 'x', 'passed': '1', 'failed': '0', 'pending': '0'}
    for dry in (True, False):
        a = s.step('wrong rows', place.officer('a1.handler'), 'POST', f'{ROOT}/sampling/import',
                   {'act': 'result', 'dry_run': dry, 'rows': [{'number': numbers[0], **last}, {'number': 'CJ2000-0001', **last}, last, {'number': numbers[0], 'passed': 'x'}]}, status=200)
        named = [{(e['field'], e['code']) for e in x['errors']} for x in a['items']]
        s.expect('each by its own fault', ('fields.passed', 'check') in named[0] and named[1] == {('number', 'not_found')} and named[2] == {('number', 'required')}
                 and {('fields.passed', 'type'), ('fields.failed', 'required')} <= named[3] and (a['done'], a['failed']) == (0, 4), str(named))
    a = s.step('close', place.officer('a1.handler'), 'POST', f'{ROOT}/sampling/import', {'act': 'close', 'dry_run': True, 'rows': [{'number': n} for n in numbers]}, status=200)
    s.expect('only tried, and none: sellers are not told', a['done'] == 0 and {e['code'] for x in a['items'] for e in x['errors']} <= {'complete', 'seller_told'}, str(a.json)[:400])
    s.step('no such act', place.officer('a1.handler'), 'POST', f'{ROOT}/sampling/import', {'act': 'fly', 'rows': [{'number': numbers[0]}]}, status=422, field='act')
    a = s.step('the sheet of an act', place.officer('a1.handler'), 'GET', f'{ROOT}/sampling/template.csv?act=send', status=200)
    s.expect('its columns', a.raw.decode('utf-8-sig').splitlines()[1] == 'number,sent_on,lab,label_check', a.raw.decode())
    s.step('of no act', place.officer('a1.handler'), 'GET', f'{ROOT}/sampling/template.csv?act=fly', status=422, field='act')


def stations_by_class(place, s):
    """135 stations of the five entries, and 113 of one association and two stations, each by its class."""
    entry = {'企业': 18, '商场': 1, '超市': 4, '景区': 4, '学校': 79, '宗教场所': 29}
    one_two = {'消协分会': 3, '社区': 2, '村部': 108}
    rows = [{'name': f'{label}{i}站', 'network': network, 'class': label, 'level': '县级', 'address': f'{label}路{i}号', 'founded_on': day(), 'phone': '12315',
             'head': '站长', 'books': '投诉举报记录本'} for network, classes in (('五进站点', entry), ('一会两站', one_two)) for label, n in classes.items() for i in range(n)]
    numbers = sheet(s, 'b.handler', 'stations', rows)
    acts(s, 'stations', numbers, ('b.supervisor', 'accept', lambda i: {'plaque_no': f'WQ-{i:04}', 'opened_on': day()}))
    a, _, said = figures(s, 'stations', 'b')
    by = {m['id']: m for m in a['measures']}
    s.expect('135 and 113', (by['entry']['value'], by['one_two']['value']) == ('135', '113'), str((by['entry']['value'], by['one_two']['value'])))
    says(s, said['entry'], '“五进”维权站点共设立135个(其中企业18个、商场1个、超市4个、景区4个、学校79个、宗教场所29个)')
    says(s, said['one_two'], '“一会两站”113个(其中:3个分会、2个社区、108个村部)')
    again = rows[0] | {'name': '另一站'}
    n = sheet(s, 'b.handler', 'stations', [again])
    sheet(s, 'b.supervisor', 'stations', [{'number': n[0], 'plaque_no': 'WQ-0000', 'opened_on': day()}], 'accept', failed=1)  # a plaque twice


def honours(place, s):
    """12 streets, 519 shops and 39 stations, 3, 38 and 11 of them provincial; no step can be left out."""
    kinds = {'示范街区': (12, 3), '示范商户': (519, 38), '示范维权服务站': (39, 11)}
    self_check = '\n'.join(f'{x}=1' for x in ('证照齐全', '明码标价', '无不合格商品', '索证索票', '投诉及时化解', '实行无理由退货', '保护个人信息', '一年内无行政处罚'))
    visit = '制度健全=18\n服务规范=18\n商品质量=19\n投诉处理=17\n标识公示=9\n信用记录=9'
    rows = [{'name': f'{kind}{i}', 'kind': kind, 'way': '商家申报', 'applied_on': day(), 'address': f'人民路{i}号', 'promise': '七日无理由退货', 'self_check': self_check}
            for kind, (n, _) in kinds.items() for i in range(n)]
    numbers = sheet(s, 'b.handler', 'worry_free', rows)
    award = {'level': '市级', 'awarded_on': day(), 'valid_to': day(-1000), 'signed_on': day()}
    sheet(s, 'b.leader', 'worry_free', [{'number': numbers[0], **award, 'plaque_no': 'FX-0'}], 'award', failed=1)  # not without its reviews
    acts(s, 'worry_free', numbers, ('b.handler', 'first_review', {'reviewed_on': day(), 'review': '材料齐全'}), ('b.supervisor', 're_review', {'rereviewed_on': day()}))
    sheet(s, 'b.leader', 'worry_free', [{'number': numbers[0], **award, 'plaque_no': 'FX-0'}], 'award', failed=1)  # nor without the visit
    acts(s, 'worry_free', numbers, ('b.handler', 'visit', {'visited_on': day(), 'visitors': '消保股', 'visit': visit}),
         ('b.handler', 'consult', {'opinions': f'县商务局|同意|{day()}\n街道办|同意|{day()}'}),
         ('b.leader', 'award', lambda i: {**award, 'plaque_no': f'FX-{i}'}))
    first, provincial = 0, []
    for n, k in kinds.values():
        provincial += numbers[first:first + k]
        first += n
    acts(s, 'worry_free', provincial, ('b.supervisor', 'raise', lambda i: {'level': '省级', 'provincial_no': f'省{i}'}))
    _, rates, said = figures(s, 'worry_free', 'b')
    says(s, said['awarded'], '示范街区12条、示范商户519个、示范维权服务站39个', '其中有3条示范街区,11个维权服务站和38家示范商户被评为省级放心消费示范点')
    s.expect('52 of 570', rates['provincial_rate'] == '9.1', str(rates))


def goods_recognised(place, s):
    """Goods on the list of branch b are told beside filings, matters and batches wherever they are written down, until they are off it."""
    n = s.step('on the list', place.officer('b.handler'), 'POST', f'{ROOT}/blacklist/entries', {'fields': {
        'goods': '水晶泥', 'brand': '泡泡怪', 'category': 'children', 'source': 'notice', 'listed_on': day(), 'danger': '硼含量超标'}}, status=201)['number']

    def told(who, **goods):
        a = s.step('hints', place.officer(who), 'POST', '/api/v1/hints', goods, status=200)
        return [(x['number'], x['may_read']) for x in a['recognised']]

    a = s.step('hints', place.officer('a.intake'), 'POST', '/api/v1/hints', {'product': '彩色 水晶泥 玩具', 'brand': '泡泡怪'}, status=200)['recognised']
    s.expect('goods of another branch are a fact without its page', [(x['number'], x['title'], x['may_read'], [y['text'] for y in x['shows']]) for x in a] == [(n, '水晶泥 泡泡怪', False, ['硼含量超标'])], str(a))
    s.expect('who may read it can open it', told('root.intake', product='水晶泥') == [(n, True)])
    s.expect('two signs are not the goods', told('a.intake', product='水晶') == [])
    s.expect('another brand', told('a.intake', product='水晶泥', brand='小象') == [])
    s.expect('other goods', told('a.intake', product='泥塑') == [] and told('a.intake', facts='孩子玩水晶泥手起疹子') == [])
    m = s.file(complaint(channel='visit', product={'name': '水晶泥', 'brand': '泡泡怪'}), 'root.intake')['number']
    a = s.step('beside the matter', place.officer('root.supervisor'), 'GET', f'/api/v1/matters/{m}/related', status=200)['recognised']
    s.expect('on the matter', [x['number'] for x in a] == [n], str(a))
    batch = sheet(s, 'a.handler', 'sampling', [{'origin': '靶向', 'category': '儿童及老年人用品', 'goods': '水晶泥', 'sampled': '1', 'seller_name': '文具店', 'sampled_on': day(),
                                                'officer': f'甲#{place.ids["a.handler"]}', 'officer2': f'乙#{place.ids["a.handler2"]}'}])[0]
    see = lambda: [x['number'] for x in s.step('the batch', place.officer('a.handler'), 'GET', f'{ROOT}/sampling/entries/{batch}', status=200)['recognised']]  # noqa: E731
    s.expect('on the batch', see() == [n])
    acts(s, 'blacklist', [n], ('b.leader', 'remove', {'removed_on': day(), 'why': '已召回'}))
    s.expect('off the list', told('root.intake', product='水晶泥') == [] and see() == [])


def scams_recognised(place, s):
    """Phrases of a listed scam are known again in the facts of a filing and in messages that are asked about, however they are split by blanks; those of a notice too."""
    make = lambda reg, fields: s.step(f'{reg}', place.officer('b.handler'), 'POST', f'{ROOT}/{reg}/entries', {'fields': fields}, status=201)['number']  # noqa: E731
    n = make('scam_patterns', {'name': '征信洗白', 'class': 'credit', 'words': '交钱就能洗白', 'phrases': '铲掉逾期、洗白征信，包过', 'signs': '先收费', 'advice': '征信异议免费', 'listed_on': day()})

    def told(who, **filing):
        a = s.step('hints', place.officer(who), 'POST', '/api/v1/hints', filing, status=200)
        return [(x['register'], x['number'], [y['text'] for y in x['shows']]) for x in a['recognised']]
    facts = '对方说三天洗白 征信，包过，先交三千'
    s.expect('a draft says nothing', told('a.intake', facts=facts) == [])
    acts(s, 'scam_patterns', [n], ('b.supervisor', 'list', {}))
    s.expect('what was said, and what to do; two signs are no phrase', told('a.intake', facts=facts) == [('scam_patterns', n, ['洗白征信', '征信异议免费'])], str(told('a.intake', facts=facts)))
    s.expect('other facts', told('a.intake', facts='征信查询被拒，柜台要我先排队') == [] and told('a.intake', product='洗白征信') == [])
    m = s.file(complaint(channel='visit', facts=facts), 'root.intake')['number']
    a = s.step('beside the matter', place.officer('root.supervisor'), 'GET', f'/api/v1/matters/{m}/related', status=200)['recognised']
    s.expect('on the matter', [x['number'] for x in a] == [n], str(a))
    message = make('scam_reports', {'received_on': day(), 'channel': 'sms', 'sample': '专业铲掉逾期，洗白征信'})
    see = lambda: [(x['number'], x['shows'][0]['text']) for x in s.step('the message', place.officer('b.handler'), 'GET', f'{ROOT}/scam_reports/entries/{message}', status=200)['recognised']]  # noqa: E731
    s.expect('on the message, both phrases', see() == [(n, '铲掉逾期、洗白征信')], str(see()))
    notice = make('alerts', {'series': 'risk', 'year': YEAR, 'issue': 77, 'title': '健身房关门', 'text': '先问清退费', 'phrases': '卷钱关门', 'source': 'complaints'})
    s.expect('not before it is out', told('a.intake', facts='老板卷钱关门了') == [])
    acts(s, 'alerts', [notice], ('b.supervisor', 'check', {}), ('b.handler', 'publish', {'published_on': day(), 'channels': f'网站|1|{day()}'}))
    s.expect('a notice', [x[:2] for x in told('a.intake', facts='老板卷钱关门了')] == [('alerts', notice)])
    acts(s, 'scam_patterns', [n], ('b.supervisor', 'end', {'reason': '并入'}))
    s.expect('ended', told('a.intake', facts=facts) == [] and see() == [])


def seized(place, s):
    """What leaves the store for an event is what its list destroys, unit by unit, and never more than is in the store."""
    event = sheet(s, 'b.handler', 'destructions', [{'name': '春季销毁', 'planned_on': day(), 'place': '垃圾场', 'method': '深埋', 'classes': '1', 'goods': '食品|糕点|10 公斤\n化妆品|面霜|2 瓶\n化妆品|面霜|1 瓶',
                                                    'officer': f'甲#{place.ids["b.handler"]}'}])
    acts(s, 'destructions', event, ('b.leader', 'approve', {}))
    moved = {'moved_on': day(), 'kind': '食品', 'name': '糕点', 'hander': f'甲#{place.ids["b.handler"]}'}
    out = {**moved, 'movement': '出库', 'way_out': '销毁', 'event': event[0], 'receiver': '垃圾场'}

    def book(row, failed=0):
        n = sheet(s, 'b.handler', 'seized_goods', [row])
        sheet(s, 'b.supervisor', 'seized_goods', [{'number': n[0]}], 'confirm', failed=failed)

    def destroy(failed=0):
        sheet(s, 'b.handler', 'destructions', [{'number': event[0], 'held_on': day(), 'witnesses': '白树声|公证处\n柳青|电视台', 'recorded': '照片'}], 'destroy', failed=failed)

    book({**moved, 'movement': '入库', 'way_in': '没收', 'goods': '30 公斤'})
    book({**out, 'goods': '8 公斤'})
    destroy(failed=1)  # eight are not ten
    book({**out, 'goods': '23 公斤'}, failed=1)  # that much is not in the store
    book({**out, 'goods': '2 公斤'})
    destroy(failed=1)  # and no bottle left it
    cream = {'kind': '化妆品', 'name': '面霜'}
    book({**moved, **cream, 'movement': '入库', 'way_in': '没收', 'goods': '3 瓶'})
    book({**out, **cream, 'goods': '3 瓶'})
    destroy()
    e = s.step('destroyed', place.officer('b.handler'), 'GET', f'{ROOT}/destructions/entries/{event[0]}', status=200)
    gone = [(x['name'], x['goods']['value'], x['goods']['unit']) for x in e['fields']['store']['value']]
    s.expect('what left the store is on its page', gone == [('糕点', '8', 'kg'), ('糕点', '2', 'kg'), ('面霜', '3', 'bottle')], str(gone))
    a, _, _ = figures(s, 'seized_goods', 'b')
    s.expect('twenty kilograms are left, no bottle', sorted(float(b['n']) for b in a['balances']) == [0, 20], str(a['balances']))


def campaign_effort(place, s):
    """2,767 officers, 432 vehicles and 6,673 households, over three campaigns."""
    told = [(1200, 200, 3000, 10, '300'), (900, 132, 2673, 12, '179'), (667, 100, 1000, 8, '100')]
    numbers = sheet(s, 'b.handler', 'campaigns', [{'name': f'专项{i}', 'area': '食品', 'from_on': day(), 'to_on': day(), 'focus': '校园周边', 'lead': f'甲#{place.ids["b.handler"]}'} for i in range(3)])
    acts(s, 'campaigns', numbers, ('b.handler', 'report', lambda i: {'people': str(told[i][0]), 'vehicles': str(told[i][1]), 'visits': str(told[i][2]), 'cases': str(told[i][3]),
                                                                      'goods': f'食品|过期食品|{told[i][4]} 公斤', 'result': '已整治'}))
    _, _, said = figures(s, 'campaigns', 'b')
    says(s, said['effort'], '共出动执法人员2767人次,出动执法车辆432台次,检查经营主体6673户次,没收食品579公斤,查处案件30件')


def campaign_rolled_up(place, s):
    """Lots in the store, batches and traders that link to a campaign are added up in it; its cases are counted from their list, their fines read from the decisions."""
    who = 'a.handler'
    n = sheet(s, who, 'campaigns', [{'name': '汇总专项', 'area': '食品', 'from_on': day(), 'to_on': day(), 'focus': '校园周边', 'lead': f'甲#{place.ids[who]}'}])[0]
    lot = {'movement': '入库', 'moved_on': day(), 'kind': '食品', 'name': '糕点', 'way_in': '没收', 'hander': f'甲#{place.ids[who]}', 'campaign': n}
    lots = sheet(s, who, 'seized_goods', [{**lot, 'goods': '12.5 公斤', 'value': '300'}, {**lot, 'goods': '7 公斤', 'value': '100.50'}, {**lot, 'goods': '9 箱'}])
    sheet(s, 'a.supervisor', 'seized_goods', [{'number': x} for x in lots[:2]], 'confirm')  # the third is not booked yet
    sheet(s, who, 'sampling', [{'origin': '专项行动', 'campaign': n, 'category': '儿童及老年人用品', 'goods': '糕点', 'sampled': '6', 'seller_name': '小店', 'sampled_on': day(),
                                'officer': f'甲#{place.ids[who]}', 'officer2': f'乙#{place.ids["a.handler2"]}'}])
    sheet(s, who, 'unlicensed', [{'name': f'摊{i}', 'trade': '零售业', 'place': '东门', 'found_on': day(), 'source': '专项行动', 'campaign': n} for i in range(3)])
    a = s.step('the entry', place.officer(who), 'GET', f'{ROOT}/campaigns/entries/{n}', status=200)
    s.expect('linked here', len([x for x in a['links']['in']]) == 7, str(a['links']['in']))
    cases = [s.step('a case', place.officer(who), 'POST', '/api/v1/cases', {'source': 'inspection', 'business': f'北山食品加工点{i}', 'violation': 'food_safety', 'facts': '专项行动中发现使用过期原料'},
                    status=201, headers=key(f'campaign-case-{i}'))['id'] for i in range(2)]
    decided(place, s, cases[0], {'fine_fen': 400000, 'income_fen': 100050, 'discretion': 'usual', 'text': '处罚'})
    a = s.step('reported', place.officer(who), 'POST', f'{ROOT}/campaigns/entries/{n}/acts/report', {'fields': {
        'people': 20, 'visits': 40, 'result': '已整治', 'goods': [{'kind': 'food', 'name': '糕点', 'quantity': {'value': '30', 'unit': 'kg'}}],
        'case_list': [{'case': cases[0]}, {'case': cases[1], 'fine': 700000}]}}, headers=version(a['version']), status=200)
    got = {k: v['value'] for k, v in a['fields'].items()}
    s.expect('added up', (got['store_lots'], got['store_food_kg'], got['store_value'], got['batches'], got['traders']) == (2, '19.500', 40050, 6, 3), str(got))
    s.expect('none failed yet', got.get('batches_failed', 0) == 0)
    s.expect('what is missing in the store', a['computed']['store_gap']['value'] in ('10.500', 10.5), str(a['computed']))
    s.expect('its cases, and what was decided on them, not what was typed', (got.get('cases'), got.get('fines'), [x.get('fine') for x in got['case_list']]) == (2, 500050, [500050, None]), str(got))
    linked = lambda who: [(x['register'], x['number']) for x in s.step('the case', place.officer(who), 'GET', f'/api/v1/cases/{cases[0]}', status=200)['entries']]  # noqa: E731
    s.expect('it stands on the page of the case', linked('a.supervisor') == [('campaigns', n)], str(linked('a.supervisor')))
    s.step('a case is not for intake', place.officer('a.intake'), 'GET', f'/api/v1/cases/{cases[0]}', status=404)
    for who, seen in (('a.intake', [None, None]), ('a.supervisor', cases)):
        shown = s.step(f'{who} reads', place.officer(who), 'GET', f'{ROOT}/campaigns/entries/{n}', status=200)
        s.expect(f'{who} sees of the list of cases', [x.get('case') for x in shown['fields']['case_list']['value']] == seen, str(shown['fields']['case_list']))
        s.expect(f'{who}: and not beside it', who != 'a.intake' or not any('case_list' in e['in'] for e in shown['events']), str([e['in'] for e in shown['events']])[:600])
    decided(place, s, cases[1], {'fine_fen': 30000, 'discretion': 'usual', 'text': '处罚'})
    sent = {'fields': {'people': 20, 'visits': 40, 'result': '已整治', 'fines': 530050}}
    s.step('not while it says less than its cases', place.officer(who), 'POST', f'{ROOT}/campaigns/entries/{n}/acts/collect', {'fields': {}}, headers=version(a['version']), status=422, field='fields.fines')
    a = s.step('reported again', place.officer(who), 'POST', f'{ROOT}/campaigns/entries/{n}/acts/report', sent, headers=version(a['version']), status=200)
    s.expect('both decisions', [x['fine'] for x in a['fields']['case_list']['value']] == [500050, 30000] and a['computed']['fines_listed']['value'] == 530050, str(a['computed']))


def decided(place, s, case, decision):
    """A case from filing to its decision."""
    for who, act, sent in (('a.supervisor', 'assign', {'first': place.ids['a.handler'], 'second': place.ids['a.handler2']}), ('a.handler', 'start', {}),
                           ('a.handler', 'submit', {'text': '事实清楚'}), ('a.leader', 'notice', {'served_on': day(), 'text': '拟罚款'}),
                           ('a.handler', 'statement', {'choice': 'none', 'text': '书面放弃'}), ('a.leader', 'decide', decision)):
        v = place.officer('a.supervisor').send('GET', f'/api/v1/cases/{case}')['version']
        s.step(f'a case: {act}', place.officer(who), 'POST', f'/api/v1/cases/{case}/acts/{act}', sent, headers=version(v), status=200)


def event_sheet(place, s):
    """32 units, 38 banners, 20,000 leaflets and what else a day on the square shows."""
    n = sheet(s, 'b.handler', 'activities', [{'name': '3·15 活动', 'kind': '3·15 活动', 'planned_on': day(), 'place': '文庙广场', 'tasks': '布展|消保股'}])
    acts(s, 'activities', n, ('b.supervisor', 'approve', {}), ('b.handler', 'hold', {
        'held_on': day(), 'units': '32', 'banners': '38', 'screens': '19', 'boards': '56', 'riddles': '1400', 'fakes': '21', 'leaflets': '20000', 'enquiries': '185'}))
    _, _, said = figures(s, 'activities', 'b')
    says(s, said['sheet'], '共参与单位32家,悬挂横幅38条,电子显示屏19个,展板56块,悬挂谜语1400条,展示假冒伪劣商品21种,发放宣传资料20000份,接受咨询185人次')


def advance_fund(place, s):
    """A fund of three million yuan, 95 payments of 300,000 yuan together, all of those that were eligible."""
    station = sheet(s, 'b.handler', 'stations', [{'name': '省级站', 'network': '五进站点', 'class': '商场', 'level': '省级', 'address': '广场', 'founded_on': day(), 'phone': '12315',
                                                  'head': '站长', 'books': '投诉举报记录本', 'first_asked': '是', 'advance': '是'}])[0]
    conditions = '\n'.join(f'{x}=1' for x in ('事实清楚', '有消费凭证', '责任在商家', '商家无力或拒不赔付', '在赔付限额内'))
    pay = [{'kind': '先行赔付', 'station': station, 'asked_on': day(), 'amount': '3160' if i < 94 else '2960', 'consumer': f'消费者{i}', 'liable': '某商家', 'conditions': conditions} for i in range(95)]
    through = [('b.handler', 'assess', {'eligible': '是'}), ('b.leader', 'approve', {'decided_on': day()})]
    early = sheet(s, 'b.handler', 'compensation_fund', pay[:1])
    acts(s, 'compensation_fund', early, *through)
    book = [{'number': early[0], 'booked_on': day(), 'voucher': '记-1'}]
    sheet(s, 'b.handler', 'compensation_fund', book, 'book', failed=1)  # nothing is in the fund yet
    deposit = sheet(s, 'b.handler', 'compensation_fund', [{'kind': '存入', 'station': station, 'asked_on': day(), 'amount': '3000000', 'keeper': '消协'}])
    acts(s, 'compensation_fund', deposit, *through, ('b.handler', 'book', {'booked_on': day(), 'voucher': '记-0'}))
    sheet(s, 'b.handler', 'compensation_fund', book, 'book')
    rest = sheet(s, 'b.handler', 'compensation_fund', pay[1:])
    acts(s, 'compensation_fund', rest, *through, ('b.handler', 'book', lambda i: {'booked_on': day(), 'voucher': f'记-{i + 2}'}))
    a, rates, said = figures(s, 'compensation_fund', 'b')
    says(s, said['fund'], '共启动专项资金300万元', '先行赔付95起,赔付金额30万元,先行赔付率100.0%')
    s.expect('the balance', [b['n'] for b in a['balances']] in (['270000000'], ['2700000'], ['2700000.00']), str(a['balances']))
    s.expect('nothing recovered', rates['recovery_rate'] == '0.0' or rates['recovery_rate'] is None, str(rates))


def in_the_summary(place, s):
    """The year of branch b as its summary states it: each register's sentences, each number a figure; an entry more shows beside what was printed."""
    made = s.step('annual summary', place.officer('b.supervisor'), 'POST', '/api/v1/summaries', {'form': 'annual', 'period': YEAR}, status=201)['key']
    target = f'/api/v1/summaries/{made}'
    read = lambda: s.step('as it stands', place.officer('b.supervisor'), 'GET', target, status=200)  # noqa: E731
    a = read()
    texts = [''.join(r['text'] for r in b['runs']) for b in a['blocks'] if 'runs' in b]
    for reg in ('sampling', 'stations', 'worry_free', 'campaigns', 'activities', 'compensation_fund', 'seized_goods'):
        said = ''.join(x for x in figures(s, reg, 'b')[2].values() if re.search('[1-9]', x.replace(YEAR, '')))  # nothing but noughts is not told
        s.expect(f'{reg} stands in it', said in texts, said)
    of = [f for f in a['figures'] if f['register'] is not None]
    s.expect('numbers are figures', {f['register'] for f in of} >= {'sampling', 'stations', 'worry_free', 'campaigns'} and not any(f['traced'] for f in of), str(of[:2]))
    for b in a['blocks']:
        for r in b.get('runs', []):
            f = a['figures'][r['figure']] if 'figure' in r else {'register': None}
            if f['register'] and '万' not in ''.join(x['text'] for x in b['runs']) and f['unit'] != '公斤':
                s.expect('the number printed', r['text'] == f['value'], f'{r} {f}')
    batches = next(f for f in of if f['id'].startswith('register:sampling.batches:') and f['id'].count('=') == 0)
    s.expect('624 batches', (batches['value'], batches['num'], batches['den']) == ('624', 624, None), str(batches))
    rate = next(f for f in of if f['id'].startswith('register:sampling.fail_rate:'))
    s.expect('37.8 of its fraction', (rate['value'], rate['num'], rate['den']) == ('37.8', 236, 624), str(rate))
    sampled(s, 'b.handler', (place.ids['b.handler'], place.ids['b.supervisor']), {'fuel': (6, 0, 0)})
    again = read()
    s.expect('what was printed stays', [b for b in again['blocks']] == a['blocks'])
    now = {a['figures'][c['figure']]['id'].split('@')[0]: c['value'] for c in again['changed']}
    s.expect('and what it is now', now.get(batches['id'].split('@')[0]) == '630', str(now))
    one = s.step('the figure', place.officer('b.supervisor'), 'GET', f'{target}/figures/' + quote(batches['id'], safe=''), status=200)
    s.expect('printed and now', (one['printed']['value'], one['now']['value']) == ('624', '630'), str(one.json)[:400])
    for form in ('md', 'docx', 'xlsx'):
        s.step(form, place.officer('b.supervisor'), 'GET', f'{target}/document?format={form}', status=200)
    days = f'{YEAR}-01-01..{time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))}'
    made = s.step('campaign bulletin', place.officer('b.supervisor'), 'POST', '/api/v1/summaries', {'form': 'campaign', 'period': days}, status=201)['key']
    wide = s.step('as it stands', place.officer('b.supervisor'), 'GET', f'/api/v1/summaries/{made}', status=200)
    said = [''.join(r['text'] for r in b['runs']) for b in wide['blocks'] if 'runs' in b and any(wide['figures'][r['figure']]['register'] for r in b['runs'] if 'figure' in r)]
    s.expect('registers speak with the marks of the form', len(said) > 3 and any('，' in x for x in said) and not any(re.search('[,:;()]', x) for x in said), str(said))


ALL = [sampling_target, sampling_pending, stations_by_class, honours, goods_recognised, scams_recognised, seized, campaign_effort, campaign_rolled_up, event_sheet, advance_fund, in_the_summary]
