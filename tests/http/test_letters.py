#!/usr/bin/env python3
"""test_letters.py FANGXIN: letters from preview to service. Every form with a proxy and facts over two pages holds
what the law asks for; who may; reports keep their secrets; numbers without gaps under 64 at a time and kills."""
import concurrent.futures
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import Person  # noqa: E402
from county import BODIES, ROLES, instant, run  # noqa: E402
from filings import act, complaint, key, matter, report, version  # noqa: E402
from run import PASSWORD  # noqa: E402

OFFICERS = ['a.' + r for r in ROLES] + ['b.handler', 'root.supervisor', 'root.intake']
FACTS = '2026年10月3日在该店购买金项链一条，标签写明12.60克，复称只有11.98克，找店家交涉三次，店家拒绝退换。'
LONG = (FACTS * 70)[:3000]
CONTACT = ['官ahandler', '联系电话', '送达方式', '送达凭证', '签收人', '（印章）']


def text_of(pdf):
    """The text of a PDF without blanks, and how many pages."""
    with tempfile.NamedTemporaryFile(suffix='.pdf') as f:
        f.write(pdf)
        f.flush()
        out = subprocess.run(['pdftotext', '-layout', f.name, '-'], capture_output=True, text=True, check=True).stdout
        fonts = subprocess.run(['pdffonts', f.name], capture_output=True, text=True, check=True).stdout
    pages = out.count('\f')
    out = re.sub(r'—\d+/\d+—\S*', '', re.sub(r'[ \u3000]', '', out))
    return re.sub(r'\s', '', out), pages, fonts


def letters(number):
    return matter(number) + '/letters'


def forms(s, who, number):
    return s.step('letters', s.place.officer(who), 'GET', letters(number), status=200).json


def preview(s, who, number, form, asks=None, status=200, **more):
    return s.step(f'preview {form}', s.place.officer(who), 'POST', letters(number) + '/preview', {'form': form, 'asks': asks or {}}, status=status, **more)


def issue(s, who, number, form, asks=None, status=201, label='issue', v=None, **more):
    v = s.version_of(number) if v is None else v
    return s.step(f'{label} {form}', s.place.officer(who), 'POST', letters(number), {'form': form, 'asks': asks or {}},
                  headers=dict(version(v), **key(f'{label}-{form}-{number}')), status=status, **more)


def made(s, who, lid):
    for _ in range(240):
        a = s.step('letter', s.place.officer(who), 'GET', f'/api/v1/letters/{lid}', status=200).json
        if a['status'] != 'issuing':
            return a
        time.sleep(0.25)
    raise AssertionError('the letter is not made')


def document(s, who, lid, status=200):
    return s.step('document', s.place.officer(who), 'GET', f'/api/v1/letters/{lid}/document', status=status)


def deal(s, name, number, body=None):
    return s.does('a.handler', number, name, body)


def complaint_of_a(s, **more):
    f = s.file(complaint(facts=LONG, proxy={'name': '赵代理', 'phone': '13700007777', 'relation': '女儿'}, demand_text='退还货款3680元', **more))
    s.does('root.supervisor', f['number'], 'assign', {'body': BODIES['a'], 'officer': s.place.ids['a.handler']})
    deal(s, 'record_proxy', f['number'], {'result': 'shown', 'scope': 'special', 'until': '2036-12-31'})
    return f['number']


TODAY = '%d年%d月%d日' % tuple(int(x) for x in instant()[:10].split('-'))
CIVIL = ['与经营者协商和解', '请求消费者协会或者依法成立的其他调解组织调解', '仲裁协议提请仲裁机构仲裁', '向人民法院提起诉讼']
# What the field's rules want in every letter, and in each form: the minimum content. Looked for in each letter that this file issues or
# previews, whoever filed it and however long the facts are. A number is taken at issue, so a preview has none.
ALL_LETTERS = ['（印章）', TODAY, '送达方式', '送达日期', '送达凭证', '签收人']
MINIMUM = {
    'acceptance': ['您投诉', '本机关于', '收到', '投诉请求', '投诉事项', '联系人：官', '联系电话：'],
    'refusal': ['一、理由和依据', '依据：', '根据《消费者权益保护法》第三十九条', '向有关行政部门投诉', *CIVIL],
    'mediation_notice': ['调解时间', '调解地点', '调解人员', '需带材料', '一、申请回避', '前向本机关申请回避', '二、不参加的后果', '没有正当理由不参加调解', '终止调解'],
    'termination': ['一、理由和依据', '依据：', '根据《消费者权益保护法》第三十九条', *CIVIL],
    'deed': ['投诉人', '被投诉人', '孙经理', '投诉请求：', '二、协议内容', '给付：', '签名或者盖章并加盖本机关印章后生效', '一方不履行的', '申请仲裁', '向人民法院提起诉讼', '一式三份', '调解人员'],
    'finance_decision': ['一、核实情况', '二、处理意见和理由', '三、依据', '申请核查', '申请调解', '申请仲裁', '向人民法院提起诉讼'],
}

PARTIES = ['刘婷', '赵代理', '瑞缘金行']
# Form: what is done before, what is asked, what must stand in it (RULES: minimum content).
CASES = {
    'complaint_register': ([], {}, PARTIES + ['安澜县文昌街道文昌路5号', '安澜县东门路1号', FACTS[:30], '退还货款', '真实性', '网页', '同意公示', '投诉人（签名或者盖章）']),
    'distribution': ([], {'papers': '投诉材料三份'}, ['单位a', '瑞缘金行', '不得自行转送', '第十五条', '投诉材料三份', '前作出受理或者不予受理的决定']),
    'identity_request': ([], {'materials': '本人身份证件正反面', 'until': '2030-01-05'}, ['刘婷', '赵代理', '本人身份证件正反面', '2030年1月5日', '不予受理', '授权委托书']),
    'acceptance': ([('accept', {})], {}, PARTIES + ['收到', '予以受理', '第十五条', '60日', '第二十二条', FACTS[:30]]),
    'mediation_notice': ([], {'at': '2030-01-08T09:30:00+08:00', 'place': '城关所二楼调解室', 'mediators': '陆一鸣、周敏', 'bring': '购物小票', 'recusal_until': '2030-01-07'},
                         PARTIES + ['2030年1月8日（星期二）9时30分', '城关所二楼调解室', '陆一鸣、周敏', '购物小票', '申请回避', '2030年1月7日', '终止调解']),
    'termination': ([('terminate', {'ground': 'T3', 'reason': '双方对克重说法不一，都说谈不成'})], {},
                    PARTIES + ['终止调解', '双方对克重说法不一', '第二十三条第三项', '向人民法院提起诉讼', '仲裁', '消费者权益保护法》第三十九条']),
}


def minimum(form):
    return ALL_LETTERS + MINIMUM.get(form, [])


def check_text(s, form, pdf, number, want, pages):
    text, n, fonts = text_of(pdf)
    for item in want + minimum(form) + [number]:
        s.expect(f'{form} says {item}', re.sub(r'\s', '', item) in text, text[:1500])
    s.expect(f'{form}: {n} pages', n >= pages, str(n))
    s.expect(f'{form}: every font is embedded as a subset', all(row.split()[-5:-2] == ['yes', 'yes', 'yes'] for row in fonts.splitlines()[2:]), fonts)
    folder = os.environ.get('FANGXIN_LETTERS')  # to look at
    if folder:
        with open(os.path.join(folder, form + '.pdf'), 'wb') as f:
            f.write(pdf)


def issued(s, number, form, asks, want, pages=1, who='a.handler'):
    a = issue(s, who, number, form, asks)
    s.expect('it is numbered at once', re.fullmatch(r'安澜市监\S+〔20\d\d〕第\d+号', a['number']) is not None, a['number'])
    done = made(s, who, a['id'])
    s.expect('issued', done['status'] == 'issued' and done['pages'] >= pages and len(done['sha256']) == 64, str(done))
    d = document(s, who, a['id'])
    check_text(s, form, d.raw, done['number'], want, pages)
    return done


MEETING = {'at': '2030-01-08T09:30:00+08:00', 'place': '城关所二楼调解室', 'mediators': '陆一鸣、周敏', 'bring': '购物小票', 'recusal_until': '2030-01-07'}
DEED = {'mediators': '陆一鸣', 'business_agent': '孙经理'}
AGREES = {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'}
SETTLED = {'form': 'deed', 'terms': '退货并退款', 'remedies': [{'kind': 'refund', 'amount_fen': 368000, 'paid_by': '2030-02-01'}]}
# Ways to the forms of a complaint: what is done, the form that is possible then, what it asks.
WAYS = [
    [(None, None, 'complaint_register', {}), (None, None, 'distribution', {}), (None, None, 'identity_request', CASES['identity_request'][1]),
     ('accept', {}, 'acceptance', {}), (None, None, 'mediation_notice', MEETING), ('terminate', {'ground': 'T3', 'reason': '谈不成'}, 'termination', {})],
    [('refuse', {'ground': 'NA4', 'reason': '四年前的事'}, 'refusal', {})],
    [('accept', {}, None, None), ('consent', AGREES, None, None), ('mediate', {}, None, None), ('settle', SETTLED, 'deed', DEED)],
    [('hand_over', {'to': '安澜县农业农村局', 'notice': '安市监移〔2026〕3号', 'reason': '种植环节归农业农村部门'}, 'hand_over_notice', {'handed_to': '安澜县农业农村局'})],
]


def who_filed(s, variant):
    """One complaint of branch a: of somebody for himself, through a proxy, of a group with two representatives, with 3,000 characters."""
    more = {'facts': LONG} if variant == 'long' else {'proxy': {'name': '赵代理', 'phone': '13700007777', 'relation': '女儿'}} if variant == 'proxy' else {}
    n = s.file(complaint(category='goods.food', **more))['number']
    s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': s.place.ids['a.handler']})
    if variant == 'proxy':
        deal(s, 'record_proxy', n, {'result': 'shown', 'scope': 'special', 'until': '2036-12-31'})
    return n


def named_representatives(s, numbers, label):
    members = [{'number': n, 'version': s.version_of(n)} for n in numbers]
    g = s.step('a group', s.place.officer('a.handler'), 'POST', '/api/v1/groups', {'title': '同一家店', 'members': members}, headers=key('group-' + label), status=201)
    gid = g['group']['id'] if 'group' in g.json else g['id']
    v = s.step('group', s.place.officer('a.handler'), 'GET', f'/api/v1/groups/{gid}', status=200)['version']
    s.step('represent', s.place.officer('a.handler'), 'POST', f'/api/v1/groups/{gid}/acts/represent', {'numbers': numbers[:2], 'paper': '推选书', 'signed_on': instant()[:10]},
           headers=dict(version(v), **key('represent-' + label)), status=200)


def minimum_of_every_form(place, s):
    """Each form of a complaint × who filed it: previews, which hold all but the number. What is issued elsewhere in this file is held to the same lists."""
    seen = set()
    for variant in ('plain', 'proxy', 'representatives', 'long'):
        filed = [who_filed(s, variant) for _ in WAYS]
        if variant == 'representatives':
            named_representatives(s, filed, 'minimum')
        for n, way in zip(filed, WAYS):
            for name, body, form, asks in way:
                if name:
                    deal(s, name, n, body)
                if not form:
                    continue
                text, pages, _ = text_of(preview(s, 'a.handler', n, form, asks).raw)
                for item in minimum(form) + ['未编号'] + ([] if form == 'deed' else [n]):
                    s.expect(f'{variant}: {form} says {item}', item in text, text[:1500])
                if variant == 'proxy' and form != 'distribution':
                    s.expect(f'{form} names the proxy', '赵代理' in text, text[:600])
                if variant == 'long':
                    s.expect(f'{form}: facts over pages', pages >= 2 or '投诉事项' not in text and '争议事实' not in text, str(pages))
                seen.add((variant, form))
    forms_of_complaints = {f for f in os.listdir(LETTERS) if 'complaint' in json.load(open(os.path.join(LETTERS, f), encoding='utf-8')).get('kinds', [])}
    s.expect('no form is left out', {f + '.json' for _, f in seen} | {'finance_decision.json'} == forms_of_complaints, str(forms_of_complaints))


def every_form_of_a_complaint(place, s):
    number = complaint_of_a(s)
    for form, (acts, asks, want) in CASES.items():
        for name, body in acts:
            deal(s, name, number, body)
        text, n, _ = text_of(preview(s, 'a.handler', number, form, asks).raw)
        s.expect('a preview has no number', '未编号' in text and '第1号' not in text, text[:200])
        issued(s, number, form, asks, want + CONTACT[:2] if form not in ('complaint_register',) else want,
               2 if form in ('complaint_register', 'acceptance') else 1)
    s.expect('six are listed', len(forms(s, 'a.handler', number)['items']) == 6)


def refusal_and_deed(place, s):
    number = complaint_of_a(s)
    deal(s, 'refuse', number, {'ground': 'NA3', 'reason': '同一天在五家店各买二十条，不像生活消费'})
    issue(s, 'a.handler', number, 'refusal', status=409, label='only-proposed', field='form')
    issued(s, number, 'complaint_register', {}, PARTIES, 2)
    s.does('a.supervisor', number, 'confirm_refusal', {'remark': '订单和历次投诉都看过'})
    issued(s, number, 'refusal', {'review': '不服本决定，可以申请行政复议'},
           ['刘婷', '赵代理', '不予受理', '同一天在五家店', '第十六条第三项', '消费者权益保护法》第三十九条', '向人民法院提起诉讼', '行政复议'] + CONTACT)
    number = complaint_of_a(s)
    deal(s, 'accept', number)
    deal(s, 'consent', number, {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'})
    deal(s, 'mediate', number, {'place': '城关所二楼调解室'})
    deal(s, 'settle', number, {'form': 'deed', 'terms': '瑞缘金行退货并退款', 'remedies': [{'kind': 'refund', 'amount_fen': 368000, 'paid_by': '2030-02-01'}]})
    issued(s, number, 'deed', DEED, PARTIES + [FACTS[:30], '瑞缘金行退货并退款', '3680元', '2030年2月1日前付清', '签名或者盖章', '生效', '不履行',
           '一式三份', '调解人员：陆一鸣'], 2)


LETTERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs', 'letters')
PACK = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs', 'rules', 'market-2026.json'), encoding='utf-8'))
GROUNDS = {g['code']: g for g in PACK['kinds']['complaint']['grounds']}
ORDINAL = '一二三四五六七八'
OLD = dict(channel='phone', received_at=instant(75 * 86400), late_reason='纸质登记补录')
# Ground of termination: what is filed, what happens after acceptance, and the act that ends it. None: terminate by the ground itself.
ENDS = {
    'T1': ({}, [], ('party', 'withdraw', {'reason': '自己和解了'})),
    'T2': ({}, [('contact', {'party': 'business', 'channel': 'phone', 'result': 'no_answer'}), ('contact', {'party': 'business', 'channel': 'in_person', 'result': 'refused'})], None),
    'T3': ({}, [], None),
    'T4': ({}, [], None),
    'T5': (OLD, [], None),
    'T6': ({}, [], None),
    'T7': ({}, [], None),
    'T8': ({}, [], None),
}
# Ground of refusal: what is recorded before it may be used.
REFUSALS = {'NA1': [], 'NA2': [], 'NA3': [], 'NA4': [], 'NA5': [], 'NA6': [('record_identity', {'result': 'impersonated', 'remark': '本人说没有投诉过'})], 'NA7': []}


def plain_complaint(s, **more):
    f = s.file(complaint(**more), 'root.intake' if more else None)
    s.does('root.supervisor', f['number'], 'assign', {'body': BODIES['a'], 'officer': s.place.ids['a.handler']})
    return f


def every_ground_of_termination(place, s):
    """T1–T8, each from acceptance to `terminated`, to the letter that says it, to both being told."""
    s.expect('all of them', sorted(ENDS) == sorted(c for c, g in GROUNDS.items() if g['use'] == 'termination'))
    for code, (filing, before, end) in ENDS.items():
        f = plain_complaint(s, **filing)
        n, reason = f['number'], f'终止的具体情形写在{code}这一件里'
        deal(s, 'accept', n, {'at': instant(70 * 86400)} if code == 'T5' else {})
        if code == 'T2':
            s.does('a.handler', n, 'terminate', {'ground': 'T2'}, status=409, code='not_allowed')
        for act_, body in before:
            a = deal(s, act_, n, body)
        if code == 'T2':
            s.expect('the attempts behind it', [(c['party'], c['result']) for c in a['procedure']['contacts']] == [('business', 'refused'), ('business', 'no_answer')], str(a['procedure']['contacts']))
        if end:
            s.does(place.holder(f['pin']) if end[0] == 'party' else end[0], n, end[1], end[2])
        else:
            deal(s, 'terminate', n, {'ground': code, 'reason': reason})
        a = s.read('a.handler', n)
        s.expect(f'{code}: terminated, by this ground', (a['status'], a['outcome']['outcome'], a['outcome']['ground']) == ('terminated', 'terminated', code), str(a['outcome']))
        s.expect(f'{code}: D2 ends, D3 runs', s.clock(a, 'D2')['state'] in ('met', 'missed') and s.clock(a, 'D3')['state'] == 'running', str(a['deadlines']))
        if code == 'T2':
            s.expect('and they are still shown', len(a['procedure']['contacts']) == 2)
        issued(s, n, 'termination', {}, ['终止调解', f'第二十三条第{ORDINAL[int(code[1]) - 1]}项', GROUNDS[code]['text']['zh'][:12], '向人民法院提起诉讼'] + ([] if end else [reason]))
        a = deal(s, 'tell', n, {'party': 'both', 'channel': 'letter'})
        s.expect(f'{code}: both are told', a['status'] == 'told' and s.clock(a, 'D3')['state'] == 'met')


def every_ground_of_refusal(place, s):
    """NA1–NA7, each to `refused` and to the letter; NA3 and NA6 by two officers, whose letter waits for the second."""
    s.expect('all of them', sorted(REFUSALS) == sorted(c for c, g in GROUNDS.items() if g['use'] == 'refusal'))
    for code, before in REFUSALS.items():
        n = plain_complaint(s)['number']
        reason = f'不予受理的具体情形写在{code}这一件里'
        if before:
            s.does('a.handler', n, 'refuse', {'ground': code, 'reason': reason}, status=409, code='not_allowed')
        for act_, body in before:
            deal(s, act_, n, body)
        a = deal(s, 'refuse', n, {'ground': code, 'reason': reason})
        s.expect(f'{code}: {"proposed" if GROUNDS[code].get("second") else "decided"}', a['status'] == ('refusal_proposed' if code in ('NA3', 'NA6') else 'refused'), a['status'])
        if code in ('NA3', 'NA6'):
            issue(s, 'a.handler', n, 'refusal', status=409, label='only-proposed', field='form')
            s.does('a.handler', n, 'confirm_refusal', {'remark': '自己同意自己'}, status=409, code='not_allowed')
            a = s.does('a.supervisor', n, 'confirm_refusal', {'remark': '材料看过，同意'})
        s.expect(f'{code}: refused, by this ground', (a['status'], a['outcome']['outcome'], a['outcome']['ground']) == ('refused', 'refused', code), str(a['outcome']))
        s.expect(f'{code}: D1 runs until it is told', s.clock(a, 'D1')['state'] == 'running' and all(d['rule'] != 'D2' for d in a['deadlines']))
        issued(s, n, 'refusal', {}, ['不予受理', f'第十六条第{ORDINAL[int(code[2]) - 1]}项', GROUNDS[code]['text']['zh'][:12], reason, '消费者权益保护法》第三十九条'])
        a = deal(s, 'tell', n, {'party': 'consumer', 'channel': 'letter'})
        s.expect(f'{code}: told', a['status'] == 'told' and s.clock(a, 'D1')['state'] == 'met')


def limitation(place, s):
    """D12 behind NA4: where the officer gives the day, three years must have been over at the receipt."""
    n, today = plain_complaint(s)['number'], instant()[:10]
    year, rest = int(today[:4]), today[4:] if today[5:] != '02-29' else '-02-28'
    refused = s.does('a.handler', n, 'refuse', {'ground': 'NA4', 'reason': '去年的事', 'known_on': f'{year - 1}{rest}'}, status=422, field='known_on')
    s.expect('and it is said until when', f'{year + 2}-' in refused.raw.decode(), refused.raw)
    s.does('a.handler', n, 'refuse', {'ground': 'NA4', 'reason': '刚好三年', 'known_on': f'{year - 3}{rest}'}, status=422, field='known_on')
    s.does('a.handler', n, 'refuse', {'ground': 'NA4', 'reason': '不是日子', 'known_on': 'long ago'}, status=422, field='known_on')
    a = deal(s, 'refuse', n, {'ground': 'NA4', 'reason': '四年前的事', 'known_on': f'{year - 4}{rest}'})
    s.expect('four years are over', a['status'] == 'refused' and a['outcome']['ground'] == 'NA4', str(a['outcome']))


def review_as_the_house_says(place, s):
    """What refusals say of review and suit is a setting; what the officer writes goes before it."""
    n = plain_complaint(s)['number']
    deal(s, 'refuse', n, {'ground': 'NA4', 'reason': '四年前的事'})
    text, _, _ = text_of(preview(s, 'a.handler', n, 'refusal').raw)
    s.expect('nothing is made up', '复议' not in text, text[-300:])
    place.command('setting', 'put', 'letters.review', '不服本决定的，可以在六十日内申请行政复议。')
    text, _, _ = text_of(preview(s, 'a.handler', n, 'refusal').raw)
    s.expect('the setting', '可以在六十日内申请行政复议' in text, text[-300:])
    text, _, _ = text_of(preview(s, 'a.handler', n, 'refusal', {'review': '另行告知复议机关'}).raw)
    s.expect('his own words', '另行告知复议机关' in text and '六十日内申请' not in text, text[-300:])
    place.command('setting', 'put', 'letters.review', '长' * 334, ok=False)
    place.command('setting', 'put', 'letters.review', '')


def representatives_of_a_group(place, s):
    """Every form of a complaint where two represent the others, with facts over two pages."""
    filed = [s.file(complaint(facts=LONG, respondent={'name': '同心健身', 'address': '人民路9号'}, consumer={'name': n, 'phone': p, 'address': '安澜县人民路1号'}))['number']
             for n, p in (('代表甲', '13600000001'), ('代表乙', '13600000002'), ('众人丙', '13600000003'), ('众人丁', '13600000004'), ('众人戊', '13600000005'))]
    for n in filed:
        s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    named_representatives(s, filed, 'letters')
    both = '代表甲、代表乙'
    deal(s, 'accept', filed[2])
    issued(s, filed[2], 'complaint_register', {}, ['众人丙', both, FACTS[:30]], 2)
    issued(s, filed[2], 'acceptance', {}, ['众人丙', '推选代表：' + both, FACTS[:30]], 2)
    issued(s, filed[2], 'mediation_notice', CASES['mediation_notice'][1], ['众人丙', both])
    deal(s, 'terminate', filed[2], {'ground': 'T3'})
    issued(s, filed[2], 'termination', {}, ['众人丙', both])
    issued(s, filed[3], 'identity_request', CASES['identity_request'][1], ['众人丁'])
    issued(s, filed[3], 'distribution', {}, ['同心健身'])
    deal(s, 'refuse', filed[3], {'ground': 'NA4', 'reason': '四年前的事'})
    issued(s, filed[3], 'refusal', {}, ['众人丁', both, '四年前的事'])
    deal(s, 'accept', filed[4])
    deal(s, 'consent', filed[4], {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'})
    deal(s, 'mediate', filed[4], {})
    deal(s, 'settle', filed[4], {'form': 'deed', 'terms': '退还剩余课时费', 'remedies': [{'kind': 'refund', 'amount_fen': 88000, 'paid_by': '2030-02-01'}]})
    issued(s, filed[4], 'deed', DEED, ['众人戊', both, '退还剩余课时费', FACTS[:30]], 2)


def reports_keep_their_secret(place, s):
    f = s.file(report(facts=LONG))
    number = f['number']
    s.does('root.supervisor', number, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    issued(s, number, 'report_register', {}, ['何举', '13900001111', '秘密作坊', FACTS[:30], '不得透露'], 2)
    deal(s, 'verify', number)
    issued(s, number, 'distribution', {}, ['秘密作坊', '第十八条'])
    deal(s, 'not_file', number, {'reason': '初次违法并及时改正'})
    done = issued(s, number, 'report_result', {'duty': '《食品安全法》第一百一十五条'}, ['何举', '秘密作坊', '不予立案', '初次违法并及时改正', '第一百一十五条', '保密'])
    for d in forms(s, 'a.handler', number)['items']:
        if d['form'] == 'distribution':
            text, _, _ = text_of(document(s, 'a.handler', d['id']).raw)
            s.expect('a notice to another unit holds no reporter', '何举' not in text and '13900001111' not in text)
    for who in ('a.intake', 'a.leader', 'a.auditor', 'b.handler'):
        s.step(f'{who} sees nothing', place.officer(who), 'GET', letters(number), status=404)
        s.step(f'{who} reads nothing', place.officer(who), 'GET', f'/api/v1/letters/{done["id"]}', status=404)
        document(s, who, done['id'], status=404)
        preview(s, who, number, 'report_register', status=404)


def reports_that_are_not_verified(place, s):
    for name, body, asks, want in (
            ('hand_over', {'to': '安澜县农业农村局', 'notice': '安市监移〔2026〕3号', 'reason': '种植环节归农业农村部门'}, {'handed_to': '安澜县农业农村局'},
             ['移送', '安澜县农业农村局', '种植环节归农业农村部门', '本机关已经处理']),
            ('not_again', {'number': None, 'reason': '同一批原料，前一件正在核查'}, {}, ['重复举报', '同一批原料', '本机关已经处理'])):
        first, number = s.file(report())['number'], s.file(report())['number']
        for n in (first, number):
            s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
        deal(s, name, number, dict(body, number=first) if 'number' in body else body)
        issued(s, number, 'report_register', {}, ['何举', '秘密作坊'])
        issued(s, number, 'report_result', asks, ['何举', '秘密作坊'] + want)


def what_the_subject_asks(place, s):
    """What other laws ask for by the subject of a report: on its page for officers, with the day; in the letter that tells the reporter."""
    want = {'advertising': [('advertising_told', 'tell', True)], 'monopoly': [('monopoly', 'other_rules', False)],
            'unfair_competition': [('unfair_competition_told', 'tell', False)], 'food_safety': [('food_rewarded', 'reward', False), ('food_handed_over', 'hand_over', False)],
            'cosmetics': [('registration_of_medicines', 'other_rules', False)], 'price': []}
    for violation, rules in want.items():
        f = s.file(report(violation=violation))
        n = f['number']
        s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
        a = s.read('a.handler', n)
        s.expect(f'{violation}: {rules}', [(r['id'], r['use'], r['due'] is not None) for r in a['subject_rules']] == rules, str(a['subject_rules']))
        s.expect('the filer reads none of it', 'subject_rules' not in s.step('by PIN', place.holder(f['pin']), 'GET', matter(n), status=200).json)
        if violation not in ('advertising', 'price'):
            continue
        deal(s, 'verify', n)
        deal(s, 'not_file', n, {'reason': '初次违法并及时改正'})
        text, _, _ = text_of(preview(s, 'a.handler', n, 'report_result').raw)
        s.expect(f'{violation}: the provision stands in the letter', ('《广告法》第五十三条' in text) == (violation == 'advertising'), text[:600])
        text, _, _ = text_of(preview(s, 'a.handler', n, 'report_result', {'duty': '地方条例第九条'}).raw)
        s.expect('or the one he writes', '地方条例第九条' in text and '《广告法》' not in text)
    n = s.file(report(violation='unfair_competition', anonymous=True, consumer={}))['number']
    s.does('root.supervisor', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.expect('without a name nobody is told', s.read('a.handler', n)['subject_rules'] == [])
    n = plain_complaint(s)['number']
    s.expect('complaints have none', s.read('a.handler', n)['subject_rules'] == [])


def who_may(place, s):
    number = complaint_of_a(s)
    deal(s, 'accept', number)
    lid = issued(s, number, 'acceptance', {}, ['刘婷'], 2)['id']
    for role, reads, works in (('intake', 200, True), ('handler', 200, True), ('supervisor', 200, True), ('leader', 403, False), ('auditor', 403, False)):
        who = 'a.' + role
        a = forms(s, who, number)
        s.expect(f'{role} is offered forms', (len(a['forms']) > 0) == works)
        ours = next(d for d in a['items'] if d['id'] == lid)  # others may not be made yet
        s.expect(f'{role} opens', ours['may_open'] == (reads == 200) and ours['may_serve'] == works, str(ours))
        document(s, who, lid, status=reads)
        preview(s, who, number, 'acceptance', status=200 if works else 403)
        issue(s, who, number, 'acceptance', status=201 if works else 403, label='again-' + role)
    for who in ('a.admin', 'a.security', 'b.handler'):
        s.step('hidden', place.officer(who), 'GET', letters(number), status=404)
        document(s, who, lid, status=404)
        s.step('hidden service', place.officer(who), 'POST', f'/api/v1/letters/{lid}/acts/serve', {'party': 'consumer', 'channel': 'phone'}, headers=version(2), status=404)
        s.step('hidden void', place.officer(who), 'POST', f'/api/v1/letters/{lid}/acts/void', {'reason': 'x'}, headers=version(2), status=404)
    log = s.step('looks are on record', place.officer('root.supervisor'), 'GET', matter(number), status=200)
    s.expect('still accepted', log['status'] == 'accepted')


def bad_input(place, s):
    number = complaint_of_a(s)
    h = place.officer('a.handler')
    preview(s, 'a.handler', number, 'nothing', status=422, field='form')
    preview(s, 'a.handler', number, 'acceptance', status=409, field='form')
    preview(s, 'a.handler', number, 'identity_request', {}, status=422, field='materials')
    issue(s, 'a.handler', number, 'identity_request', {'materials': 'x', 'until': 'soon'}, status=422, field='until')
    issue(s, 'a.handler', number, 'complaint_register', status=409, v=1)
    s.step('no version', h, 'POST', letters(number), {'form': 'complaint_register'}, status=422, field='If-Match')
    one = issue(s, 'a.handler', number, 'complaint_register')
    again = issue(s, 'a.handler', number, 'complaint_register')
    s.expect('the same key gives the same letter', one['id'] == again['id'] and one['number'] == again['number'])


def served_and_told(place, s):
    number = complaint_of_a(s)
    deal(s, 'accept', number)
    done = issued(s, number, 'acceptance', {'channel': 'letter'}, ['邮寄送达'], 2)
    path = f'/api/v1/letters/{done["id"]}/acts/'
    h = place.officer('a.handler')
    s.step('to nobody it is for', h, 'POST', path + 'serve', {'party': 'reporter', 'channel': 'phone'}, headers=version(done['version']), status=422, field='party')
    s.step('no such way', h, 'POST', path + 'serve', {'party': 'consumer', 'channel': 'pigeon'}, headers=version(done['version']), status=422, field='channel')
    s.expect('D1 runs', s.clock(s.read('a.handler', number), 'D1')['state'] in ('running', 'open'), str(s.clock(s.read('a.handler', number), 'D1')))
    a = s.step('served', h, 'POST', path + 'serve', {'party': 'consumer', 'channel': 'letter', 'recipient': '刘婷本人', 'proof': 'EMS 1234567890123'},
               headers=version(done['version']), status=200, has={'services.0.told': True, 'services.0.recipient': '刘婷本人', 'services.0.proof': 'EMS 1234567890123'})
    m = s.read('a.handler', number)
    s.expect('D1 is met by it', s.clock(m, 'D1')['state'] == 'met' and 'consumer' in m['told'], str(s.clock(m, 'D1')))
    events = s.step('timeline', h, 'GET', matter(number) + '/events', status=200)['items']
    s.expect('the timeline names the letter', any(e['act'] == 'tell' and done['number'] in str(e['text']) for e in events))
    s.step('stale', h, 'POST', path + 'serve', {'party': 'business', 'channel': 'letter'}, headers=version(done['version']), status=409)
    s.step('served on the other', h, 'POST', path + 'serve', {'party': 'business', 'channel': 'in_person', 'at': instant(0)}, headers=version(a['version']), status=200,
           has={'services.1.told': False})
    s.step('a served one stays', h, 'POST', path + 'void', {'reason': '写错'}, headers=version(a['version'] + 1), status=409)
    two = made(s, 'a.handler', issue(s, 'a.handler', number, 'acceptance', label='second')['id'])
    s.step('a reason', h, 'POST', f'/api/v1/letters/{two["id"]}/acts/void', {'reason': ''}, headers=version(two['version']), status=422, field='reason')
    s.step('void', h, 'POST', f'/api/v1/letters/{two["id"]}/acts/void', {'reason': '地址写错'}, headers=version(two['version']), status=200,
           has={'status': 'voided', 'voided.reason': '地址写错'})
    for code, status in ((done['code'], 'issued'), (two['code'].lower().replace('-', ''), 'voided')):
        v = s.step('public check', place.public(), 'GET', '/api/v1/verify/' + code, status=200, has={'status': status})
        s.expect('nothing personal', '刘婷' not in v.raw.decode() and number not in v.raw.decode() and len(v['sha256']) == 64)
    s.step('another code', place.public(), 'GET', '/api/v1/verify/AAAA-BBBB-CCCC-DDDD', status=404)


def termination_tells_both(place, s):
    number = complaint_of_a(s)
    deal(s, 'accept', number)
    deal(s, 'terminate', number, {'ground': 'T3'})
    done = issued(s, number, 'termination', {}, ['终止调解'])
    h = place.officer('a.handler')
    a = s.step('consumer', h, 'POST', f'/api/v1/letters/{done["id"]}/acts/serve', {'party': 'consumer', 'channel': 'in_person'}, headers=version(done['version']), status=200, has={'services.0.told': True})
    s.expect('D3 runs on', s.clock(s.read('a.handler', number), 'D3')['state'] != 'met')
    s.step('business', h, 'POST', f'/api/v1/letters/{done["id"]}/acts/serve', {'party': 'business', 'channel': 'letter'}, headers=version(a['version']), status=200, has={'services.1.told': True})
    m = s.read('a.handler', number)
    s.expect('both told: D3 is met', s.clock(m, 'D3')['state'] == 'met' and m['status'] == 'told', m['status'])


def sixty_four_at_a_time(place, s):
    """64 issue at once, the server is killed twice in between; every number is there once and becomes a file."""
    number = complaint_of_a(s)
    v = s.version_of(number)
    before = [d['number'] for d in forms(s, 'a.handler', number)['items']]
    s.expect('none yet', before == [])
    session = place.officer('a.handler')

    def one(i):
        who = Person(place)
        who.cookie, who.csrf = session.cookie, session.csrf
        for _ in range(400):
            try:
                a = who.send('POST', letters(number), {'form': 'complaint_register'},
                             headers=dict(version(v), **key(f'sixty-four-{i:03d}')), check=False)
                if a.status == 201:
                    return a['number']
                if a.status not in (503, 429):
                    return f'{a.status} {a.raw[:200]}'
            except (OSError, http.client.HTTPException):
                who.connection = None
            time.sleep(0.1)
        return 'gave up'

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        waiting = [pool.submit(one, i) for i in range(64)]
        for _ in range(2):
            time.sleep(1.0)
            place.server.kill()
            place.server.wait()
            place.start('--rate-limit', 'off')
        got = [w.result() for w in waiting]
    numbers = sorted(int(m.group(1)) for m in (re.search(r'投登〔\d+〕第(\d+)号$', g) for g in got) if m)
    s.expect('64 answers with a number', len(numbers) == 64, str([g for g in got if '第' not in g][:5]))
    items = {}
    for _ in range(600):
        items = {int(re.search(r'第(\d+)号', d['number']).group(1)): d['status'] for d in forms(s, 'a.handler', number)['items']}
        if all(x == 'issued' for x in items.values()):
            break
        time.sleep(0.5)
    s.expect('each number once, no gap', sorted(items) == list(range(min(items), min(items) + len(items))) and set(numbers) <= set(items), str(sorted(items)))
    s.expect('no more than asked for', len(items) == 64, str(len(items)))
    s.expect('each is issued', set(items.values()) == {'issued'}, str(items))


def verify_agrees(place, s):
    place.stop()
    said = place.command('verify', '--rebuild', ok=False)
    s.expect('verify --rebuild finds nothing', 'differ' not in said and 'missing' not in said, said[-800:])


if __name__ == '__main__':
    run([minimum_of_every_form, every_form_of_a_complaint, refusal_and_deed, every_ground_of_termination, every_ground_of_refusal, limitation, review_as_the_house_says, representatives_of_a_group, reports_keep_their_secret,
         reports_that_are_not_verified, what_the_subject_asks, who_may,
         bad_input, served_and_told, termination_tells_both, sixty_four_at_a_time, verify_agrees], OFFICERS)
