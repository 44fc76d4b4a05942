#!/usr/bin/env python3
"""test_registers.py FANGXIN: entries of registers made up for the test (tests/http/registers, given by --packs):
registering, fields, checks, acts, four eyes, stocks, who may, lists, figures, sheets, public pages; then shipped ones with
the numbers of yearly reports (scenario_registers.py). `verify --rebuild` agrees at the end."""
import csv
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
from decimal import ROUND_HALF_UP, Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import Person  # noqa: E402
from county import BODIES, day, run  # noqa: E402
import engine  # noqa: E402
import scenario_register_files  # noqa: E402
import scenario_register_revisions  # noqa: E402
import scenario_registers  # noqa: E402
import scenario_slips  # noqa: E402
import scenario_terms  # noqa: E402
import scenario_walks  # noqa: E402
from filings import complaint, key, report, version  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
OFFICERS = ['a.intake', 'a.handler', 'a.handler2', 'a.supervisor', 'a.leader', 'a.auditor', 'a.admin', 'a.security',
            'a1.handler', 'b.handler', 'b.supervisor', 'b.leader', 'b.auditor', 'root.intake', 'root.handler', 'root.supervisor', 'root.leader']
ROOT = '/api/v1/registers'


def own_packs(place):
    """The registers of the test lie in the installation's own folder: verify knows them as well."""
    shutil.copytree(os.path.join(HERE, 'registers'), os.path.join(place.data, 'packs', 'registers'))


def quote(text):
    return urllib.parse.quote(text)


def at(reg, number=None, act=None):
    out = f'{ROOT}/{reg}/entries' + ('' if number is None else '/' + quote(number))
    return out if act is None else f'{out}/acts/{act}'


def make(s, who, reg, fields, status=201, body=None, **more):
    sent = {'fields': fields} if body is None else {'fields': fields, 'body': BODIES[body]}
    return s.step(f'{who} registers in {reg}', s.place.officer(who), 'POST', at(reg), sent, status=status, **more)


def see(s, who, reg, number, status=200):
    return s.step(f'{who} reads', s.place.officer(who), 'GET', at(reg, number), status=status)


def does(s, who, reg, number, name, fields=None, status=200, v=None, why=None, body=None, **more):
    if v is None:
        v = see(s, 'root.supervisor', reg, number)['version']
    if why is not None:
        more['has'] = {'errors.0.code': why}
    return s.step(f'{who} does {name}', s.place.officer(who), 'POST', at(reg, number, name),
                  body if body is not None else {'fields': fields or {}}, headers=version(v), status=status, **more)


def get(s, who, target, status=200, **more):
    return s.step(f'{who} gets', s.place.officer(who), 'GET', target, status=status, **more)


def shop(s, name='王记小卖部', who='a.handler', **more):
    return make(s, who, 'trial_shops', {'name': name, 'trade': 'food', **more})['number']


def visit(s, to, who='a.handler', **more):
    return make(s, who, 'trial_visits', {'shop': to, 'visited_on': day(), 'sampled': 5, **more})


def definitions(place, s):
    a = get(s, 'a.handler', ROOT)
    ids = [x['id'] for x in a['items'] if x['id'].startswith('trial_')]
    s.expect('added by files alone', ids == ['trial_visits', 'trial_shops', 'trial_stock', 'trial_tips'], str(ids))
    one = next(x for x in a['items'] if x['id'] == 'trial_visits')
    s.expect('what it is', one['group'] == 'enforcement' and one['may_register'] and one['entry']['zh'] == '检查' and one['total'] == 0, str(one))
    a = get(s, 'a.handler', f'{ROOT}/trial_visits')
    s.expect('the definition', [f['name'] for f in a['fields']][:2] == ['shop', 'visited_on'] and 'demo' not in a.json, str(a.json.keys()))
    s.expect('columns and filters', a['columns'][0] == 'number' and a['filters'] == ['findings', 'officer'])
    get(s, 'a.intake', f'{ROOT}/trial_visits', 404)  # its readers are others
    get(s, 'a.handler', f'{ROOT}/no_such', 404)
    s.expect('not for intake', 'trial_visits' not in [x['id'] for x in get(s, 'a.intake', ROOT)['items']])
    for who in ('a.admin', 'a.security'):
        s.expect(f'{who} sees none', get(s, who, ROOT)['items'] == [])


def from_visit_to_end(place, s):
    n = shop(s, keeper={'name': '王小明', 'phone': '13800002046'}, promise='七日无理由退货', valid_to=day(-3))
    s.expect('numbered', n == f'TRJ{day()[:4]}-0001', n)
    a = see(s, 'a.handler', 'trial_shops', n)
    s.expect('the keeper in clear for who acts', a['fields']['keeper']['value'] == {'name': '王小明', 'phone': '13800002046'}, str(a['fields']))
    s.expect('masked for who does not', see(s, 'a.auditor', 'trial_shops', n)['fields']['keeper'] == {'value': {'name': '王**'}, 'text': '王**'})
    s.expect('no name in events', '王小明' not in str([e['in'] for e in a['events']]) and '王小明' not in a.raw.decode().split('"events"')[1])
    c = a['clocks'][0]
    s.expect('a clock from a day of the entry', c['rule'] == 'R1' and c['start'] == day(-3) and c['running'] and a['level'] == 'later', str(a['clocks']))
    w = s.step('why that day', place.officer('a.auditor'), 'GET', f'{ROOT}/trial_shops/entries/{n}/deadlines/R1', status=200)
    s.expect('explained', w['due'] == c['due'] and w['days'][-1]['date'] == w['due'] and w['days'][0]['date'] == day(-3) and w['started_by']['zh'] and w['explanation']['en'], w.raw.decode()[:300])
    s.step('no such rule', place.officer('a.auditor'), 'GET', f'{ROOT}/trial_shops/entries/{n}/deadlines/R9', status=404)
    s.step('like nothing for who reads no register', place.officer('a.admin'), 'GET', f'{ROOT}/trial_shops/entries/{n}/deadlines/R1', status=404)
    v = visit(s, n, said='他说不知道', goods=[{'what': '面包', 'count': 2}, {'what': '牛奶', 'count': 3}],
              list={'items': {'licence': {'score': 5}, 'clean': {'score': 2, 'note': '地面脏'}}}, findings=['label', 'stale'])
    number = v['number']
    s.expect('as registered', v['number'] == f'TRIAL-VISITS-{day()[:4]}-0001' and v['status'] == 'visited' and v['open'] and v['version'] == 1, str(v.json))
    s.expect('computed', v['computed']['pieces'] == {'value': 5, 'text': '5'} and v['computed']['fail_rate']['value'] is None, str(v['computed']))
    s.expect('sealed', v['fields']['said']['value'] == '他说不知道' and '他说' not in str([e['in'] for e in v['events']]))
    s.expect('linked', v['links']['out'][0]['number'] == n and v['links']['out'][0]['title'] == '王记小卖部', str(v['links']))
    s.expect('and back', [x['number'] for x in see(s, 'a.handler', 'trial_shops', n)['links']['in']] == [number])
    s.expect('acts', {x['act'] for x in v['allowed_acts']} >= {'result', 'amend', 'note'} and [x['act'] for x in v['not_allowed']] == ['submit'], str((v['allowed_acts'], v['not_allowed'])))
    # guards, checks, required
    does(s, 'a.handler', 'trial_visits', number, 'submit', status=409, why='has_result')
    does(s, 'a.handler', 'trial_visits', number, 'confirm', status=409, why='state')
    does(s, 'a.handler', 'trial_visits', number, 'result', {'passed': 3, 'failed': 1}, status=422, field='fields.opinion')
    does(s, 'a.handler', 'trial_visits', number, 'result', {'passed': 3, 'failed': 1, 'opinion': 'x'}, status=422, field='fields.sampled', why='check')
    does(s, 'a.handler', 'trial_visits', number, 'result', {'passed': 3, 'failed': 1, 'opinion': 'x', 'more': 1}, status=422, field='fields.more')
    does(s, 'a.handler', 'trial_visits', number, 'fly', status=404)
    a = does(s, 'a.handler', 'trial_visits', number, 'result', {'passed': 4, 'failed': 1, 'opinion': '一批过期'})
    s.expect('kept', a['fields']['passed']['value'] == 4 and a['computed']['fail_rate'] == {'value': '20.0', 'text': '20.0%'} or a['computed']['fail_rate']['value'] in ('20.0', 20), str(a['computed']))
    does(s, 'a.handler', 'trial_visits', number, 'submit')
    # versions
    a = does(s, 'a.handler', 'trial_visits', number, 'confirm', status=409, why='four_eyes')
    s.expect('as it stands', a['current']['number'] == number and a['current']['status'] == 'review')
    a = does(s, 'a.handler2', 'trial_visits', number, 'confirm', status=409, v=1)
    s.expect('another version', a['code'] == 'conflict' and a['current']['version'] == 3, a.raw[:200].decode())
    s.step('no version', place.officer('a.handler2'), 'POST', at('trial_visits', number, 'confirm'), {}, status=422, field='If-Match')
    a = does(s, 'a.handler2', 'trial_visits', number, 'confirm')
    s.expect('done, and the day set by itself', a['status'] == 'done' and not a['open'] and a['fields']['decided_on']['value'] == day() and a['level'] == '', str(a['fields']))
    does(s, 'a.handler', 'trial_visits', number, 'amend', body={'fields': {'sampled': 6}, 'reason': '数错'}, status=409, why='state')
    a = does(s, 'a.handler', 'trial_visits', number, 'note', body={'text': '归档'})
    s.expect('the note in clear', a['events'][-1]['texts'] == {'text': '归档'} and a['events'][-1]['in'] == {}, str(a['events'][-1]))
    does(s, 'a.handler', 'trial_visits', number, 'note', body={'text': ' '}, status=422, field='text')


def amending(place, s):
    n = shop(s, '李记面馆', valid_to=day(-1))
    due = see(s, 'a.handler', 'trial_shops', n)['clocks'][0]['due']
    does(s, 'a.handler', 'trial_shops', n, 'amend', body={'fields': {'trade': 'other'}}, status=422, field='reason')
    does(s, 'a.handler', 'trial_shops', n, 'amend', body={'fields': {}, 'reason': 'x'}, status=422, field='fields')
    does(s, 'a.handler', 'trial_shops', n, 'amend', body={'fields': {'name': None}, 'reason': 'x'}, status=422, field='fields.name')
    does(s, 'a.leader', 'trial_shops', n, 'amend', body={'fields': {'trade': 'other'}, 'reason': 'x'}, status=403)
    a = does(s, 'a.handler', 'trial_shops', n, 'amend', body={'fields': {'trade': 'other', 'valid_to': day(-10)}, 'reason': '换证'})
    clocks = a['clocks']
    s.expect('counted anew from the other day', clocks[0]['cancelled'] and clocks[1]['running'] and clocks[1]['start'] == day(-10) and clocks[1]['due'] > due, str(clocks))
    a = does(s, 'a.supervisor', 'trial_shops', n, 'amend', body={'fields': {'valid_to': None}, 'reason': '长期'})
    s.expect('no clock any more', a['due'] is None and 'valid_to' not in a['fields'] and not any(c['running'] for c in a['clocks']), str(a['clocks']))
    does(s, 'a.supervisor', 'trial_shops', n, 'close')
    visit_of = {'shop': n, 'visited_on': day(), 'sampled': 1}
    make(s, 'a.handler', 'trial_visits', visit_of, 422, field='fields.shop', has={'errors.0.code': 'check'})


def bad_input(place, s):
    n = shop(s, '赵记')
    good = {'shop': n, 'visited_on': day(), 'sampled': 2}
    for name, wrong in [('shop', 'TRJ2026-9999'), ('shop', 5), ('visited_on', '2026-13-01'), ('visited_on', '昨天'), ('sampled', -1), ('sampled', '二'),
                        ('sampled', 10001), ('sampled', True), ('fee', 1.5), ('fee', -1), ('weight', '1.234'), ('weight', 'heavy'), ('findings', ['fire']),
                        ('findings', 'label'), ('officer', 999999), ('matter', '2611-44211-8'), ('list', {'items': {'licence': {'score': 6}}}),
                        ('list', {'items': {'roof': {'score': 1}}}), ('said', 'x' * 2001), ('unknown', 1)]:
        a = make(s, 'a.handler', 'trial_visits', {**good, name: wrong}, 422)
        s.expect(f'{name}={wrong!r:.20} is named', any(e['field'].startswith('fields.' + name) for e in a['errors']), a.raw.decode())
    a = make(s, 'a.handler', 'trial_visits', {'fee': -1, 'goods': [{'what': '面包'}, {'what': '', 'count': 0}]}, 422)
    named = {e['field'] for e in a['errors']}
    s.expect('all in one answer', named >= {'fields.shop', 'fields.visited_on', 'fields.sampled', 'fields.fee', 'fields.goods.0.count', 'fields.goods.1.what', 'fields.goods.1.count'}, str(named))
    s.expect('both languages', all(e['zh'] and e['en'] for e in a['errors']))
    s.step('no fields', place.officer('a.handler'), 'POST', at('trial_visits'), {}, status=422, field='fields')
    make(s, 'a.handler', 'trial_visits', good, 403, body='b')
    s.step('no such body', place.officer('a.handler'), 'POST', at('trial_visits'), {'fields': good, 'body': 'nowhere'}, status=422, field='body')
    # replays
    one = s.step('first', place.officer('a.handler'), 'POST', at('trial_visits'), {'fields': good}, status=201, headers=key('registers-once'))
    two = s.step('again', place.officer('a.handler'), 'POST', at('trial_visits'), {'fields': good}, status=201, headers=key('registers-once'))
    s.expect('the same', one['number'] == two['number'])
    s.step('another body', place.officer('a.handler'), 'POST', at('trial_visits'), {'fields': {**good, 'sampled': 9}}, status=422, headers=key('registers-once'))


def move(s, item, movement, n, status=201, who='a.handler', **more):
    return make(s, who, 'trial_stock', {'item': item, 'movement': movement, 'quantity': n, 'moved_on': day(), **more}, status)


def balance(s, item, who='a.supervisor'):
    a = get(s, who, f'{ROOT}/trial_stock/figures?period={day()[:4]}&body={BODIES["a"]}')
    found = [b for b in a['balances'] if b['keys'][0]['text'] == item]
    return Decimal(found[0]['n']) if found else None


def stocks(place, s):
    a = move(s, '手册', 'out', 1, 422)
    s.expect('not below zero', a['errors'][0]['zh'] == '库存不够' and a['errors'][0]['code'] == 'balance', a.raw.decode())
    first = move(s, '手册', 'in', 10, voucher='甲1')['number']
    a = move(s, '手册', 'in', 1, 422, voucher='甲1')
    s.expect('once only', a['errors'][0] == {'field': 'fields.voucher', 'code': 'unique', 'zh': '这个单号已经登记过', 'en': 'This voucher is registered already'}, a.raw.decode())
    out = move(s, '手册', 'out', 4)['number']
    s.expect('six left', balance(s, '手册') == 6)
    move(s, '手册', 'out', 7, 422)
    does(s, 'a.handler', 'trial_stock', first, 'amend', body={'fields': {'quantity': 3}, 'reason': '数错'}, status=422)
    does(s, 'a.handler', 'trial_stock', first, 'amend', body={'fields': {'item': '折页'}, 'reason': '写错'}, status=422)
    does(s, 'a.supervisor', 'trial_stock', first, 'withdraw', status=422)
    s.expect('still six', balance(s, '手册') == 6)
    does(s, 'a.supervisor', 'trial_stock', out, 'withdraw')
    s.expect('taken back', balance(s, '手册') == 10)
    does(s, 'a.supervisor', 'trial_stock', first, 'amend', body={'fields': {'item': '折页'}, 'reason': '写错'})
    s.expect('moved to the other key', balance(s, '手册') == 0 and balance(s, '折页') == 10)
    does(s, 'a.supervisor', 'trial_stock', first, 'withdraw')
    second = move(s, '手册', 'in', 5, voucher='甲1')['number']
    s.expect('free again', second != first)
    move(s, '手册', 'out', 5)
    make(s, 'b.handler', 'trial_stock', {'item': '手册', 'movement': 'out', 'quantity': 1, 'moved_on': day()}, 422)


def at_once(place, s):
    """32 want one each of ten, and each gets a number of its own without gaps."""
    move(s, '横幅', 'in', 10)
    before = get(s, 'a.handler', f'{ROOT}/trial_stock/entries/count')['all']
    got, lock = [], threading.Lock()

    def take():
        person = Person(place)
        person.cookie, person.csrf = place.officer('a.handler').cookie, place.officer('a.handler').csrf
        a = person.send('POST', at('trial_stock'), {'fields': {'item': '横幅', 'movement': 'out', 'quantity': 1, 'moved_on': day()}})
        with lock:
            got.append((a.status, a['number'] if a.status == 201 else a['errors'][0]['code']))
    threads = [threading.Thread(target=take) for _ in range(32)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    done = sorted(n for status, n in got if status == 201)
    s.expect('ten of 32', len(done) == 10 and sorted(set(n for status, n in got if status != 201)) == ['balance'], str(got))
    s.expect('nothing left, nothing owed', balance(s, '横幅') == 0)
    numbers = [int(n.split('-')[1]) for n in done]
    s.expect('without gaps', numbers == list(range(before + 1, before + 11)), str(numbers))


def refused_changes(place):
    found = re.search(r'^fangxin_store_refused_total (\d+)', place.public().send('GET', '/metrics').raw.decode(), re.M)
    return int(found[1])


def many_at_once(place, s):
    """Eight write into one register at the same time: each gets the next number. Where one thread writes, hardly anyone has to begin again."""
    refused = refused_changes(place)
    got, lock = [], threading.Lock()

    def write(i):
        person = Person(place)
        person.cookie, person.csrf = place.officer('a.handler').cookie, place.officer('a.handler').csrf
        for k in range(12):
            a = person.send('POST', at('trial_shops'), {'fields': {'name': f'同时登记{i}-{k}', 'trade': 'food'}})
            with lock:
                got.append(a['number'] if a.status == 201 else a.raw[:200])
    threads = [threading.Thread(target=write, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    numbers = sorted(int(n.split('-')[1]) for n in got)
    s.expect('96 numbers without a gap', numbers == list(range(numbers[0], numbers[0] + 96)), str(numbers))
    again = refused_changes(place) - refused
    print(f'{again} change sets began again')
    s.expect('few began again', again < 96 or engine.on_postgres(), str(again))


def lists(place, s):
    shops = [shop(s, f'第{i}店', valid_to=day(5 - i) if i % 2 else None) for i in range(7)]
    for i, n in enumerate(shops):
        for k in range(3):
            visit(s, n, visited_on=day(i * 3 + k), sampled=k, findings=['label'] if k == 1 else ['none'] if k == 2 else [],
                  officer=place.ids['a.handler' if i % 2 else 'a.handler2'])
    base = at('trial_visits') + '?'
    a = get(s, 'a.handler', base + 'limit=200')
    everything = a['items']
    days = [x['day'] for x in everything]
    s.expect('newest first', days == sorted(days, reverse=True) and a['next'] is None, str(days))
    got, cursor = [], ''
    while True:
        a = get(s, 'a.handler', base + 'limit=4' + cursor)
        got += a['items']
        if a['next'] is None:
            break
        s.expect('whole pages', len(a['items']) == 4)
        cursor = '&cursor=' + a['next']
    s.expect('page by page the same', [x['id'] for x in got] == [x['id'] for x in everything])
    up = get(s, 'a.handler', base + 'limit=200&sort=day')['items']
    s.expect('and the other way', [x['id'] for x in up] == [x['id'] for x in everything][::-1])

    def same(query, want):
        items, nxt = [], ''
        while nxt is not None:
            a = get(s, 'a.handler', base + query + '&limit=5' + nxt)
            items += a['items']
            nxt = None if a['next'] is None else '&cursor=' + a['next']
        want = [x['id'] for x in everything if want(x)]
        s.expect(query, [x['id'] for x in items] == want, f'{len(items)} {len(want)}')
        s.expect(query + ' counted', get(s, 'a.handler', at('trial_visits') + '/count?' + query)['all'] == len(want))
    same('status=visited', lambda x: x['status'] == 'visited')
    same('status=done', lambda x: x['status'] == 'done')
    same('open=1', lambda x: x['open'])
    same('open=0', lambda x: not x['open'])
    same(f'from={day(9)}&to={day(4)}', lambda x: day(9) <= x['day'] <= day(4))
    same(f'body={BODIES["a"]}', lambda x: True)
    same(f'body={BODIES["b"]}', lambda x: False)
    full = {x['id']: see(s, 'a.handler', 'trial_visits', x['number'])['fields'] for x in everything}
    same('findings=label', lambda x: 'label' in full[x['id']].get('findings', {'value': []})['value'])
    same('findings=label&open=1', lambda x: x['open'] and 'label' in full[x['id']].get('findings', {'value': []})['value'])
    same(f'officer={place.ids["a.handler"]}', lambda x: full[x['id']].get('officer', {'value': 0})['value'] == place.ids['a.handler'])
    same(f'officer={place.ids["a.handler"]}&findings=none&from={day(9)}', lambda x: x['day'] >= day(9) and 'none' in full[x['id']].get('findings', {'value': []})['value']
         and full[x['id']].get('officer', {'value': 0})['value'] == place.ids['a.handler'])
    one = everything[3]
    same('q=' + one['number'], lambda x: x['number'] == one['number'])
    found = get(s, 'a.handler', at('trial_shops') + '?q=' + quote('第3店'))['items']
    s.expect('by words', [x['title'] for x in found] == ['第3店'], str(found))
    s.expect('by one sign', len(get(s, 'a.handler', at('trial_shops') + '?q=' + quote('店'))['items']) == 7)
    due = get(s, 'a.handler', at('trial_shops') + '?sort=due&limit=200')['items']
    with_due = [x['due'] for x in due if x['due']]
    s.expect('due first, those without last', with_due == sorted(with_due) and [x['due'] for x in due][:len(with_due)] == with_due, str(with_due))
    s.expect('and what is due', all((x['due'] is None) == (x['due_label'] is None) for x in due) and any(x['due_label'] for x in due), str(due[0]))
    for level in ('late', 'today', 'soon', 'later'):
        items = get(s, 'a.handler', at('trial_shops') + f'?due={level}&limit=200')['items']
        s.expect(f'{level} alone', [x['id'] for x in items] == [x['id'] for x in get(s, 'a.handler', at('trial_shops') + '?limit=200')['items'] if x['level'] == level])
    get(s, 'a.handler', base + 'colour=red', 422, field='colour')
    get(s, 'a.handler', base + 'status=nowhere', 422, field='status')
    get(s, 'a.handler', base + 'cursor=x', 422, field='cursor')
    get(s, 'a.handler', base + 'sort=name', 422, field='sort')
    c = get(s, 'a.handler', at('trial_visits') + '/count')
    s.expect('parts add up', sum(c['states'].values()) == c['all'] == len(everything) and c['open'] == sum(x['open'] for x in everything), str(c.json))
    one = next(x for x in get(s, 'a.handler', ROOT)['items'] if x['id'] == 'trial_visits')
    s.expect('the same in the list of registers', (one['total'], one['open']) == (c['all'], c['open']))
    row = get(s, 'a.handler', base + 'limit=1')['items'][0]
    s.expect('columns', set(row['columns']) == {'number', 'shop', 'sampled', 'fail_rate', 'status', 'body', 'day'} and '第' in row['columns']['shop']['text'], str(row['columns']))


def who_may(place, s):
    n = shop(s, '权限店')
    number = visit(s, n)['number']
    tip = make(s, 'a.intake', 'trial_tips', {'about': '有人卖假酒', 'who': {'name': '何举', 'phone': '13900001111'}, 'officer': place.ids['a.handler2']})
    s.expect('the writer reads', tip['fields']['who']['value']['name'] == '何举')
    secret = tip['number']
    table = {  # reads a visit, acts on it, reads the tip, acts on the tip
        'a.intake': (404, 404, 200, 403), 'a.handler': (200, 200, 404, 404), 'a.handler2': (200, 200, 200, 200), 'a.supervisor': (200, 200, 200, 200),
        'a.leader': (200, 403, 200, 403), 'a.auditor': (404, 404, 404, 404), 'a.admin': (404, 404, 404, 404), 'a.security': (404, 404, 404, 404),
        'a1.handler': (404, 404, 404, 404), 'b.handler': (404, 404, 404, 404), 'b.supervisor': (404, 404, 404, 404),
        'root.handler': (200, 200, 404, 404), 'root.supervisor': (200, 200, 200, 200), 'root.leader': (200, 403, 200, 403)}
    for who, (reads, acts, reads_tip, acts_tip) in table.items():
        see(s, who, 'trial_visits', number, reads)
        see(s, who, 'trial_tips', secret, reads_tip)
        v = see(s, 'root.supervisor', 'trial_visits', number)['version']
        does(s, who, 'trial_visits', number, 'result', {'opinion': '看过'}, acts, v=v)
        if reads_tip == 200:
            shown = get(s, who, at('trial_tips') + '?limit=200')['items']
            s.expect(f'{who} finds the tip', [x['number'] for x in shown] == [secret], str(shown))
            s.expect('masked in lists', shown[0]['columns']['who']['text'] == '何**')
        elif get(s, who, f'{ROOT}/trial_tips', 404 if who in ('a.admin', 'a.security') else 200).status == 200:
            a = get(s, who, at('trial_tips') + '?limit=200')
            s.expect(f'{who} finds nothing of it', a['items'] == [] and '何举' not in a.raw.decode())
            s.expect('nor counts it', get(s, who, at('trial_tips') + '/count')['all'] == 0)
            s.expect('nor in the list', [x['total'] for x in get(s, who, ROOT)['items'] if x['id'] == 'trial_tips'] == [0])
        if acts_tip == 403:
            does(s, who, 'trial_tips', secret, 'finish', status=403)
    scenario_register_files.put(s, 'a.handler2', 'trial_tips', secret, 'proof', scenario_register_files.files_of(place)['photo.jpg'])
    does(s, 'a.handler2', 'trial_tips', secret, 'finish')
    a = get(s, 'b.handler', at('trial_visits') + '?limit=200')
    s.expect('another branch sees nothing', a['items'] == [] and get(s, 'b.handler', at('trial_visits') + '/count')['all'] == 0)
    s.step('the public', place.public(), 'GET', at('trial_visits', number), status=401)
    make(s, 'a.leader', 'trial_visits', {'shop': n, 'visited_on': day(), 'sampled': 1}, 403)


def figures(place, s):
    for who in ('a.handler', 'a1.handler'):
        n = shop(s, '数字店', who=who)
        for i in range(4):
            visit(s, n, who=who, visited_on=day(i * 20), sampled=10 + i, passed=10, failed=i, fee=12345 + i, weight=f'{i}.25', findings=['label', 'stale'][:i % 3])
    for body in ('a', 'a1', 'root'):
        for period, first, last in [(day()[:4], day()[:4] + '-01-01', day()[:4] + '-12-31'), (day()[:7], day()[:7] + '-01', day()),
                                    (f'{day(25)}..{day(3)}', day(25), day(3))]:
            who = 'root.supervisor'
            items, nxt = [], ''
            while nxt is not None:
                a = get(s, who, at('trial_visits') + f'?body={BODIES[body]}&from={first}&to={last}&limit=200' + nxt)
                items += a['items']
                nxt = None if a['next'] is None else '&cursor=' + a['next']
            items = [see(s, who, 'trial_visits', x['number'])['fields'] for x in items]
            a = get(s, who, f'{ROOT}/trial_visits/figures?body={BODIES[body]}&period={period}')
            got = {m['id']: m for m in a['measures']}

            def total(name):
                return sum(Decimal(x[name]['value']) for x in items if name in x)
            want = {'visits': len(items), 'passed': total('passed'), 'failed': total('failed'), 'fees': total('fee'), 'weight': total('weight'),
                    'tested': sum(Decimal(x['passed']['value'] + x['failed']['value']) for x in items if 'passed' in x)}
            for name, value in want.items():
                s.expect(f'{body} {period} {name}', Decimal(got[name]['value']) == value, f'{got[name]} {value}')
            by = {}
            for x in items:
                for f in x.get('findings', {'value': []})['value']:
                    by[f] = by.get(f, 0) + 1
            s.expect(f'{body} {period} by finding', {c['value']: int(c['n']) for c in got['visits']['by']['findings']} == by, f'{got["visits"]["by"]} {by}')
            rate = a['rates'][0]
            share = None if want['tested'] == 0 else str((want['failed'] * 100 / want['tested']).quantize(Decimal('0.1'), ROUND_HALF_UP))
            s.expect('rate', rate['value'] == share and Decimal(rate['num']) == want['failed'], f'{rate} {share}')
            if share is not None:
                s.expect('sentence', f'检查{want["visits"]}次' in a['sentences'][0]['zh'] and f'不合格率{share}%' in a['sentences'][0]['zh'], str(a['sentences']))
            behind, nxt = [], ''
            while nxt is not None:
                b = get(s, who, f'{ROOT}/trial_visits/figures/visits/entries?body={BODIES[body]}&period={period}&limit=3' + nxt)
                behind += b['items']
                nxt = None if b['next'] is None else '&cursor=' + b['next']
            s.expect('as many behind it', len(behind) == want['visits'], f'{len(behind)}')
            b = get(s, who, f'{ROOT}/trial_visits/figures/visits/entries?body={BODIES[body]}&period={period}&limit=200&dimension=findings&value=label')
            s.expect('and behind one value', len(b['items']) == by.get('label', 0))
    s.expect('fees are fen', got['fees']['money'])
    get(s, 'a.handler', f'{ROOT}/trial_visits/figures/none/entries', 404, field='measure')
    get(s, 'a.handler', f'{ROOT}/trial_visits/figures/visits/entries?dimension=weather', 422, field='dimension')
    get(s, 'a.handler', f'{ROOT}/trial_visits/figures?period=never', 422, field='period')
    get(s, 'a.handler', f'{ROOT}/trial_visits/figures?body={BODIES["b"]}', 403)


def behind(place, s):
    n, m = shop(s, '常去的店'), shop(s, '少去的店')
    for number, times in ((n, 2), (m, 1)):
        for _ in range(times):
            visit(s, number)
    a = get(s, 'a.handler', f'{ROOT}/trial_visits/behind?frequency=twice&period={day()[:7]}')
    found = {x['place']['title']: (x['done'], x['needed']) for x in a['items']}
    s.expect('who is behind', found.get('少去的店') == (1, 2) and '常去的店' not in found, str(found))
    number = visit(s, m, passed=5, failed=0)['number']
    does(s, 'a.handler', 'trial_visits', number, 'submit')
    a = get(s, 'a.handler', f'{ROOT}/trial_visits/behind?period={day()[:7]}')
    s.expect('in review it does not count', '少去的店' in {x['place']['title'] for x in a['items']})
    does(s, 'a.handler2', 'trial_visits', number, 'confirm')
    a = get(s, 'a.handler', f'{ROOT}/trial_visits/behind?period={day()[:7]}')
    s.expect('done it does', '少去的店' not in {x['place']['title'] for x in a['items']})
    get(s, 'a.handler', f'{ROOT}/trial_visits/behind?frequency=daily', 422, field='frequency')
    get(s, 'a.handler', f'{ROOT}/trial_shops/behind', 422, field='frequency')


def rows_of(raw):
    rows = list(csv.reader(io.StringIO(raw.decode('utf-8-sig'))))
    return rows[0], rows[1], [dict(zip(rows[1], r)) for r in rows[2:]]


def sheets(place, s):
    n = shop(s, '=1+1店', promise='=HYPERLINK("x")')
    visit(s, n, fee=12345, weight='2.50', findings=['label', 'stale'], said='不能外传', goods=[{'what': '面|包', 'count': 2}, {'what': '奶', 'count': 7}],
          list={'items': {'licence': {'score': 4, 'note': '快到期'}}}, officer=place.ids['a.handler'])
    get(s, 'a.handler', at('trial_visits') + '.csv', 403)
    a = get(s, 'a.supervisor', at('trial_shops') + '.csv?q=1')
    s.expect('no formula runs', b',=' not in a.raw and b"'=1+1" in a.raw and b'\n=' not in a.raw, a.raw[-200:].decode())
    a = get(s, 'a.supervisor', at('trial_visits') + '.csv')
    labels, names, rows = rows_of(a.raw)
    s.expect('two header rows', names[:4] == ['number', 'body', 'shop', 'visited_on'] and labels[0] == '编号', str(names))
    s.expect('all of them', len(rows) == get(s, 'a.supervisor', at('trial_visits') + '/count')['all'])
    s.expect('sealed stays sealed', '不能外传' not in a.raw.decode() and any(r['said'] == '****' for r in rows))
    x = get(s, 'a.supervisor', at('trial_visits') + '.xlsx?status=visited')
    s.expect('a workbook', x.raw[:2] == b'PK')
    t = get(s, 'a.handler', f'{ROOT}/trial_visits/template.csv')
    s.expect('the template', rows_of(t.raw)[1][0] == 'body' and 'shop' in rows_of(t.raw)[1] and rows_of(t.raw)[2] == [])
    # brought in again: the same values
    mine = [{k: v for k, v in r.items() if k in rows_of(t.raw)[1] and k not in ('said', 'decided_on')} for r in rows if r['status'] == '已检查'][:6]
    before = get(s, 'a.supervisor', at('trial_visits') + '/count')['all']
    a = s.step('checked alone', place.officer('a.handler'), 'POST', f'{ROOT}/trial_visits/import', {'rows': mine + [{'shop': 'x'}], 'dry_run': True}, status=200)
    s.expect('nothing written', a['done'] == len(mine) and a['failed'] == 1 and get(s, 'a.supervisor', at('trial_visits') + '/count')['all'] == before, a.raw.decode()[:600])
    a = s.step('brought in', place.officer('a.handler'), 'POST', f'{ROOT}/trial_visits/import', {'rows': mine + [{'shop': 'x'}]}, status=200)
    s.expect('row by row', a['done'] == len(mine) and a['failed'] == 1 and a['items'][-1]['number'] is None and
             {'fields.shop', 'fields.visited_on'} <= {e['field'] for e in a['items'][-1]['errors']}, str(a['items'][-1]))
    _, _, again = rows_of(get(s, 'a.supervisor', at('trial_visits') + '.csv').raw)
    again = {r['number']: r for r in again}
    for sent, item in zip(mine, a['items']):
        kept = again[item['number']]
        s.expect('equal', all(kept[k] == v for k, v in sent.items()), f'{sent} {kept}')
    first = see(s, 'a.handler', 'trial_visits', a['items'][0]['number'])['fields']
    s.expect('in its own kinds', isinstance(first['sampled']['value'], int) and isinstance(first['shop']['value'], str), str(first))
    s.step('too many', place.officer('a.handler'), 'POST', f'{ROOT}/trial_visits/import', {'rows': [{'shop': 'x'}] * 501}, status=422, field='rows')


def public_pages(place, s):
    n = shop(s, '公示店', keeper={'name': '钱七'}, promise='无理由退货')
    a = see(s, 'a.handler', 'trial_shops', n)
    code = a['code']
    who = place.public()
    p = s.step('by the code', who, 'GET', f'/api/v1/public/entries/{code}', status=200)
    s.expect('public fields alone', {f['name'] for f in p['fields']} == {'name', 'promise'} and '钱七' not in p.raw.decode() and p['name'] == '公示店', p.raw.decode())
    s.step('no such code', who, 'GET', '/api/v1/public/entries/AAAAAAAAAA', status=404)
    lst = s.step('registers', who, 'GET', '/api/v1/public/registers', status=200)
    s.expect('only public ones', [x['id'] for x in lst['items'] if x['id'].startswith('trial_')] == ['trial_shops'], str(lst['items']))
    got, nxt = [], ''
    while nxt is not None:
        b = s.step('list', who, 'GET', '/api/v1/public/registers/trial_shops?limit=3' + nxt, status=200)
        got += b['items']
        nxt = None if b['next'] is None else '&cursor=' + b['next']
    c = get(s, 'root.supervisor', at('trial_shops') + '/count')
    s.expect('those in a public state', len(got) == c['states']['open'] and code in [x['code'] for x in got], f'{len(got)} {c.json}')
    s.step('none of the others', who, 'GET', '/api/v1/public/registers/trial_visits', status=404)
    does(s, 'a.supervisor', 'trial_shops', n, 'close')
    s.step('gone with its state', who, 'GET', f'/api/v1/public/entries/{code}', status=404)
    s.expect('a visit has no code', visit(s, shop(s, '另一店'))['code'] is None)


def with_matters(place, s):
    m = s.file(complaint(channel='visit'), 'root.intake')['number']
    s.does('root.intake', m, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    n = shop(s, '被投诉的店')
    number = visit(s, n, matter=m)['number']
    a = s.read('a.handler', m)
    s.expect('on the matter', [(x['register'], x['number']) for x in a['entries']] == [('trial_visits', number)], str(a['entries']))
    s.expect('not for intake, whose register it is not', s.read('a.intake', m)['entries'] == [])
    make(s, 'b.handler', 'trial_visits', {'shop': n, 'visited_on': day(), 'sampled': 1}, 422, field='fields.shop')
    r = s.file(report(channel='visit'), 'a.intake')['number']
    s.does('a.intake', r, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    make(s, 'a.handler2', 'trial_visits', {'shop': n, 'visited_on': day(), 'sampled': 1, 'matter': r}, 422, field='fields.matter')
    number = visit(s, n, matter=r)['number']
    s.expect('who has the report sees it', see(s, 'a.handler', 'trial_visits', number)['fields']['matter']['value'] == r)
    for who in ('a.handler2', 'a.leader'):
        a = see(s, who, 'trial_visits', number)
        s.expect(f'{who} learns nothing of a report', r not in a.raw.decode() and a['fields']['matter'] == {'value': None, 'text': ''}
                 and [x['kind'] for x in a['links']['out']] == ['entry'], a.raw.decode()[:300])
        s.expect('nor in lists', r not in get(s, who, at('trial_visits') + '?limit=200').raw.decode())
    s.expect('nor in sheets', r not in get(s, 'a.leader', at('trial_visits') + '.csv').raw.decode())


def verified(place, s):
    place.stop()
    said = place.command('verify', '--rebuild', ok=False)
    s.expect('verify --rebuild finds nothing', ' 0 ' in said or 'ok' in said.lower(), said)
    place.start('--rate-limit', 'off')


def refused_at_start(place, s, text, *parts):
    """A slip in a file of one's own: the program does not start, and says which file and what is wrong."""
    folder = os.path.join(place.data, 'packs', 'registers')
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, 'trial_slip.json')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    done = subprocess.run([place.program, 'serve', '--data', place.data, '--listen', '127.0.0.1:0'], capture_output=True, text=True, timeout=60, env=place.env)
    os.remove(path)
    s.expect('not started', done.returncode != 0 and done.stdout == '', done.stdout)
    for part in ('trial_slip.json', *parts):
        s.expect(f'it says {part}', part in done.stderr, done.stderr)


def first(place, s):
    place.stop()
    with open(os.path.join(HERE, 'registers', 'trial_tips.json'), encoding='utf-8') as f:
        refused_at_start(place, s, f.read().replace('"kind": "text"', '"kind": "tekst"', 1), 'fields.0.kind')
    refused_at_start(place, s, '{"id": "trial_slip", ')
    shutil.rmtree(os.path.join(place.data, 'packs'))
    own_packs(place)
    place.start('--rate-limit', 'off')
    s.expect('started with its own registers', True)


if __name__ == '__main__':
    functions = [definitions, from_visit_to_end, amending, bad_input, stocks, at_once, many_at_once, lists, who_may, figures, behind, sheets, public_pages,
                 with_matters, *scenario_register_files.ALL, *scenario_registers.ALL, *scenario_slips.ALL, *scenario_walks.ALL, *scenario_terms.ALL, *scenario_register_revisions.ALL, verified]
    wanted = sys.argv[2:]
    sys.argv[2:] = []
    run([first] + [f for f in functions if not wanted or f.__name__ in wanted], OFFICERS)
