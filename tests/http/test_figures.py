#!/usr/bin/env python3
"""test_figures.py FANGXIN [SEED]: a year of random matters, acts among them, is counted a second time
here, from what the API says of each matter and its events: every indicator × breakdown must agree,
also at cut-offs; a further rate comes by a file alone; a figure as of an event never changes."""
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import urllib.parse
from datetime import date, datetime, timedelta

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, run  # noqa: E402
from figure_count import DIMENSIONS, INDICATORS, UNSEEN_THEN, ZONE, Matter, count, expected, is_complaint, keys, period_days, plain, value  # noqa: E402
from filings import act, matter, version  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'a.handler', 'a.supervisor']
MATTERS, ACTS = 420, 160
SEED = random.randrange(10**6)
FIRST, LAST = date(2025, 9, 1), date(2026, 10, 31)
CATEGORIES = ['goods.food', 'goods.clothing', 'service.catering', 'goods', 'service', '']
PROBLEMS = ['quality', 'price', 'contract', '']
# What is said of the place, and the division that follows: the code, made finer by the name of a street in it, else by the address alone.
PLACES = [('420202005', '东门路1号', '420202005'), ('420202', '安澜县沈家营街道东门路1号', '420202005'), ('', '黄石港区花湖街道3号', '420202070'),
          ('420202', '中山路9号', '420202'), ('420203', '胜阳港街道1号', '420203'), ('420203001', '', '420203001'), ('', '黄石港区某路', '420202'),
          ('', '沈家营街道和花湖街道之间', ''), ('', '中山路', ''), ('', '', '')]
THEMES = ['online', 'prepaid', 'elderly']
CHANNELS = ['phone', 'web', 'visit', 'hotline_12345']
ENDS = {'complaint': ['settled', 'settled', 'settled', 'terminated', 'refused', 'withdrawn', ''],
        'report': ['filed', 'not_filed', 'no_power', ''], 'enquiry': ['answered', 'answered', 'withdrawn', '']}
PAYERS = ['business', 'platform', 'market', 'fund', None]
WEIGHTS = {'assign': 5, 'reassign': 1, 'accept': 9, 'settle': 9, 'terminate': 1, 'withdraw': 1, 'reopen': 3, 'classify': 2, 'follow_up': 4,
           'tell': 5, 'answer': 2, 'verify': 3, 'file': 3, 'not_file': 1, 'offer': 9, 'accept_offer': 30, 'refuse': 1, 'mediate': 1, 'archive': 1,
           'disclose': 9, 'exempt': 3, 'stop_disclosure': 3}
REMEDIES = ['refund', 'compensation', 'punitive']


# ---- making them ----

def make(rng, path):
    """The file to import; what of it the API does not say again at a cut-off is remembered."""
    first = {}
    with open(path, 'w', encoding='utf-8', newline='') as f:
        out = csv.writer(f)
        out.writerow(['key', 'kind', 'channel', 'received_at', 'facts', 'consumer.name', 'consumer.phone', 'respondent.name',
                      'category', 'problem', 'themes', 'amount_fen', 'heads', 'body', 'outcome', 'ended_at', 'recovered_fen',
                      'rating', 'answer', 'consents.disclosure', 'respondent.division', 'respondent.address'])
        for i in range(MATTERS):
            kind = rng.choice(['complaint'] * 6 + ['report'] * 2 + ['enquiry'] * 2)
            day = FIRST + timedelta(rng.randrange((LAST - FIRST).days))
            end = rng.choice(ENDS[kind])
            ended = min(day + timedelta(rng.randrange(90)), date(2026, 11, 15))
            themes = rng.sample(THEMES, rng.choice([0, 0, 1, 2]))
            code, address, division = rng.choice(PLACES)
            row = {'category': rng.choice(CATEGORIES), 'problem': rng.choice(PROBLEMS), 'themes': themes, 'division': division}
            first[i] = row
            rated = end in ('settled', 'terminated', 'refused') and rng.random() < .5
            out.writerow([i, kind, rng.choice(CHANNELS), f'{day} {rng.randrange(9, 18):02d}:15', f'编号{i}。请处理。',
                          '' if kind == 'report' else '刘婷', '' if kind == 'report' else f'138{i:08d}', f'商户{rng.randrange(9)}',
                          row['category'], row['problem'], ';'.join(themes), rng.randrange(100000), rng.choice(['', 2, 5]),
                          rng.choice(list(BODIES.values())), end, f'{ended} 18:30' if end else '',
                          rng.randrange(50000) if end == 'settled' else '', rng.randrange(1, 6) if rated else '',
                          '已答复' if end == 'answered' else '', '是' if kind == 'complaint' and rng.random() < .7 else '', code, address])
    return first


def stamp(day):
    return f'{day}T19:00:00+08:00'


def act_by_hand(place, s, rng, numbers):
    """Whatever of these the matter allows, on a day between its last act and yesterday."""
    p = place.officer('root.supervisor')
    done, some = {}, rng.sample(numbers, 50)
    for _ in range(ACTS):
        n = rng.choice(some)
        m = p.send('GET', matter(n)).json
        allowed = {a['act'] for a in m['allowed_acts']}
        possible = sorted(allowed & set(WEIGHTS)) or ['note']
        name = rng.choices(possible, [WEIGHTS.get(a, 1) for a in possible])[0]
        last = max(e['at'] for e in p.send('GET', f'{matter(n)}/events')['items'])
        day = date.fromisoformat(last[:10]) + timedelta(rng.randrange(1, 25))
        if day > date(2026, 11, 18):
            continue
        party = 'reporter' if m['kind'] == 'report' else rng.choice(['consumer', 'both'])
        body = {
            'assign': {'body': rng.choice(list(BODIES.values()))}, 'reassign': {'body': rng.choice(list(BODIES.values())), 'reason': '改派'},
            'settle': {'form': 'record', 'remedies': [
                {'kind': rng.choice(REMEDIES), 'amount_fen': rng.randrange(9000), **({'payer': who} if (who := rng.choice(PAYERS)) else {})}
                for _ in range(rng.randrange(4))]},
            'terminate': {'ground': 'T8', 'reason': '其他'}, 'withdraw': {'reason': '算了'}, 'reopen': {'reason': '没有履行'},
            'classify': {'category': rng.choice(CATEGORIES[:3]), 'problem': rng.choice(PROBLEMS[:3]), 'themes': rng.sample(THEMES, rng.randrange(1, 3))},
            'follow_up': {'result': 'reached', 'satisfaction': rng.randrange(1, 6)}, 'tell': {'party': party, 'channel': 'phone'},
            'answer': {'text': '可以'}, 'not_file': {'reason': '不属实'}, 'offer': {'party': 'business', 'terms': '退一半', 'amount_fen': 100},
            'disclose': {'checked': ['privacy', 'secret', 'facts'], 'remark': '同意'}, 'exempt': {'cause': 'privacy'},
            'stop_disclosure': {'cause': 'disputed', 'reason': '异议成立'},
            'refuse': {'ground': 'NA7', 'reason': '不受理'}, 'note': {'text': '备注'},
        }.get(name, {})
        a = p.send('POST', act(n, name), {**body, 'at': stamp(day)} if name != 'mediate' else body, version(m['version']))
        s.expect(f'{name} of {n}', a.status in (200, 409, 422), a.raw.decode()[:300])
        done[name] = done.get(name, 0) + (a.status == 200)
    print('acts:', dict(sorted(done.items())))
    s.expect('most kinds of acts were done', sum(done.values()) > ACTS // 3 and len(done) > 8, f'{done}')  # settle_anew settles and opens again whatever was drawn


def settle_anew(place, s, numbers):
    """A settlement that pays in advance, opened again and settled for nothing: what the former gave counts no more."""
    p = place.officer('root.supervisor')
    for n in numbers:
        m = p.send('GET', matter(n)).json
        day = date.fromisoformat(max(e['at'] for e in p.send('GET', f'{matter(n)}/events')['items'])[:10])
        if m['kind'] == 'complaint' and (m['outcome'] or {}).get('outcome') == 'settled' and 'reopen' in {a['act'] for a in m['allowed_acts']} \
                and date(2026, 1, 1) <= day < date(2026, 10, 31):
            break
    for i, (name, body) in enumerate((
            ('reopen', {'reason': '没有履行'}), ('settle', {'form': 'record', 'remedies': [{'kind': 'refund', 'amount_fen': 700, 'payer': 'platform'}]}),
            ('reopen', {'reason': '没有履行'}), ('settle', {'form': 'record', 'remedies': []}))):
        m = p.send('GET', matter(n)).json
        s.step(f'{name} {n} anew', p, 'POST', act(n, name), {**body, 'at': stamp(day + timedelta(i + 1))},
               headers=version(m['version']), status=200)


def move_some(place, s, rng, numbers):
    """The place of some is amended: from that day on they count in another district."""
    p, place.moved = place.officer('root.supervisor'), {}
    for n in numbers:
        m = p.send('GET', matter(n)).json
        last = date.fromisoformat(max(e['at'] for e in p.send('GET', f'{matter(n)}/events')['items'])[:10])
        if 'amend' not in {a['act'] for a in m['allowed_acts']} or last >= date(2026, 10, 20) or m['division'] == '420202007':
            continue
        s.step('the place amended', p, 'POST', act(n, 'amend'), {'fields': {'respondent': {'division': '420202', 'address': '胜阳港街道2号'}}, 'reason': '地址写错了',
               'at': stamp(last + timedelta(rng.randrange(1, 20)))}, headers=version(m['version']), status=200)
        place.moved[n] = '420202007'
        if len(place.moved) == 15:
            return
    s.expect('some are moved', len(place.moved) > 8, str(place.moved))


def disclose_some(place, s):
    """Of what was settled and archived: some are disclosed, and of one that is stopped again."""
    p = place.officer('root.supervisor')
    rows = s.step('archived', p, 'GET', '/api/v1/matters?kind=complaint&status=archived&limit=200', status=200)['items']
    agreed = [m for m in (p.send('GET', matter(r['number'])).json for r in rows)
              if (m['consents'] or {}).get('disclosure') and m['outcome']['outcome'] in ('settled', 'terminated') and m['outcome']['ground'] != 'T6' and m['procedure']['disclosure'] is None and m['closed_at'] < '2026-10-20']
    s.expect('there are such', len(agreed) > 20, f'{len(agreed)} of {len(rows)}')
    for i, m in enumerate(agreed[:9]):
        end = date.fromisoformat(m['closed_at'][:10])
        a = s.step('disclosed', p, 'POST', act(m['number'], 'disclose'),
                   {'checked': ['privacy', 'secret', 'facts'], 'remark': '同意', 'at': stamp(end + timedelta(3))}, headers=version(m['version']), status=200)
        if i < 3:
            s.step('stopped', p, 'POST', act(m['number'], 'stop_disclosure'), {'cause': 'disputed', 'reason': '异议成立', 'at': stamp(end + timedelta(9))},
                   headers=version(a['version']), status=200)


# ---- the answers against the count ----

def compare(place, s, matters, body, own, period, by, as_of=''):
    """One answer of the API against the count here."""
    first, last = period_days(period)
    until = datetime.combine(date.fromisoformat(as_of) + timedelta(1), datetime.min.time(), ZONE) - timedelta(milliseconds=1) if as_of else None
    a = s.step(f'{body} {period} by {by}', place.officer('root.supervisor'), 'GET',
               f'/api/v1/figures?body={body}&period={period}&scope={"own" if own else "subtree"}&by={by}' + (f'&as_of={as_of}' if as_of else ''), status=200)
    seen = {f['indicator']: f for f in a['items']}
    s.expect('all indicators are counted here', set(seen) == set(INDICATORS), f'{set(seen) ^ set(INDICATORS)}')
    for name, f in seen.items():
        n, sums, dens, cells = count(matters, name, body, own, first, last, by, until)
        num, den = expected(name, n, sums, dens)
        label = f'{f["id"]} by {by}'
        s.expect(label, (f['num'], f['den'], f['value']) == (num, den, value(name, num, den, f['decimals'])),
                 f'{f["num"]}/{f["den"]} = {f["value"]}, here {num}/{den}')
        parts = sum(c['num'] for c in f['breakdown'])
        s.expect(f'{label}: parts', parts == num + f['overlap'], f'{parts} {num} {f["overlap"]}')
        if (INDICATORS[name][4] or as_of) and by in UNSEEN_THEN:
            continue
        got = {plain(c['key']): (c['num'], c['den']) for c in f['breakdown']}
        want = {k: expected(name, *c) for k, c in cells.items() if c != [0, 0, 0]}
        s.expect(f'{label}: cells', got == want, f'{got} here {want}')


def read_all(place, s, first):
    p = place.officer('root.supervisor')
    matters, cursor = [], ''
    while cursor is not None:
        a = s.step('all matters', p, 'GET', f'/api/v1/matters?sort=received&limit=200{cursor}', status=200)
        for row in a['items']:
            m = p.send('GET', matter(row['number']), check=False).json
            e = p.send('GET', matter(row['number']) + '/events', check=False)['items']
            i = int(m['facts'].split('。')[0].replace('编号', ''))
            matters.append(Matter(m, e, first[i], place.moved.get(m['number'])))
        cursor = a['next'] and '&cursor=' + urllib.parse.quote(a['next'])
    s.expect('as many as were made', len(matters) == MATTERS, f'{len(matters)}')
    return matters


# ---- the tests ----

def counted_twice(place, s):
    seed = int(os.environ.get('FIGURES_SEED', SEED))
    print(f'FIGURES_SEED={seed}')
    rng = random.Random(seed)
    path = os.path.join(place.folder, 'random.csv')
    place.first = make(rng, path)
    map_path = os.path.join(place.folder, 'map.json')
    with open(map_path, 'w', encoding='utf-8') as f:
        json.dump({'label': {'zh': '随机', 'en': 'Random'}, 'source': 'random', 'columns': {
            c: {'field': c, 'split': ';'} if c == 'themes' else c for c in open(path, encoding='utf-8').readline().strip().split(',')}}, f)
    said = place.command('import', 'matters', path, '--map', map_path)
    s.expect('all rows taken', f'{MATTERS} new' in said and ' 0 refused' in said, said)
    p = place.officer('root.supervisor')
    before = s.step('before the acts', p, 'GET', '/api/v1/figures?period=2026&by=branch', status=200)
    numbers = [r['number'] for r in s.step('some', p, 'GET', '/api/v1/matters?limit=200', status=200)['items']]
    act_by_hand(place, s, rng, numbers)
    settle_anew(place, s, numbers)
    disclose_some(place, s)
    move_some(place, s, rng, numbers)
    place.matters = read_all(place, s, place.first)
    for one in place.matters:  # the two readings of one matter agree before anything is counted
        now, folded = one.now(), one.at(None)
        differs = {k: (now[k], folded[k]) for k in ('body', 'outcome', 'ended', 'recovered', 'rating', 'category', 'division', 'ground') if now[k] != folded[k]}
        s.expect(f'{one.number} folds', not differs, f'{differs} {[(e["act"], e["data"]) for e in one.events]}')
    for name, worth in (('closed_in_time', 5), ('verified_in_time', 5), ('disclosure_rate', 3)):  # else the comparison says little
        n, _, dens, _ = count(place.matters, name, BODIES['root'], False, *period_days('2025-09-01..2026-11-30'))
        s.expect(f'{name}: some of both', n >= worth and dens - n >= worth, f'{n} of {dens}')
    for by in DIMENSIONS:
        compare(place, s, place.matters, BODIES['root'], False, '2026', by)
        compare(place, s, place.matters, BODIES['a'], False, rng.choice(['2026Q2', '2026H1', '2025']), by)
    compare(place, s, place.matters, BODIES['root'], False, '2026Q3', 'district', as_of='2026-10-10')
    for by in rng.sample(DIMENSIONS, 5):
        compare(place, s, place.matters, BODIES['root'], True, '2026-05-10..2026-08-20', by)
        compare(place, s, place.matters, BODIES['root'], False, '2026-06', by, as_of='2026-07-15')
        compare(place, s, place.matters, BODIES['b1'], False, '2026-07', by)
    then = s.step('as of before', p, 'GET', f'/api/v1/figures?period=2026&by=branch&as_of=@{before["position"]}', status=200)
    for was, now in zip(before['items'], then['items']):
        if INDICATORS[was['indicator']][4]:
            continue  # these are told an end of their own, which the event replaces
        s.expect(f'{was["indicator"]} as of the event', all(was[k] == now[k] for k in ('num', 'den', 'value')) and
                 [(c['key'], c['num'], c['den']) for c in was['breakdown']] == [(c['key'], c['num'], c['den']) for c in now['breakdown']],
                 f'{was} {now} {differing(p, was, now)}')


def differing(p, was, now):
    """The matters in one of two figures alone, with what their events say of clocks: what a failure needs to be understood."""
    def members(figure, part):
        got, cursor = [], ''
        while cursor is not None:
            a = p.send('GET', f"/api/v1/figures/{urllib.parse.quote(figure['id'], safe='')}/records?part={part}&limit=200{cursor}", check=False).json
            got += [r['number'] for r in a.get('items', [])]
            cursor = '&cursor=' + urllib.parse.quote(a['next']) if a.get('next') else None
        return set(got)
    said = []
    for part in ('num', 'den') if (was['num'], was['den']) != (now['num'], now['den']) else ():
        for number in sorted(members(was, part) ^ members(now, part))[:5]:
            events = p.send('GET', matter(number) + '/events', check=False).json.get('items', [])
            said.append((part, number, [(e.get('id'), e['act'], e['at'], e['data'].get('clocks')) for e in events]))
    return said


def against(place, s):
    """Each comparison is the figure of that period."""
    p = place.officer('root.supervisor')
    for kind, period, other in (('prev', '2026Q2', '2026Q1'), ('lastyear', '2026-10', '2025-10'), ('prev', '2026-05-11..2026-05-20', '2026-05-01..2026-05-10')):
        a = s.step(kind, p, 'GET', f'/api/v1/figures?period={period}&against={kind}&by=kind', status=200)
        b = {f['indicator']: f for f in s.step(other, p, 'GET', f'/api/v1/figures?period={other}&by=kind', status=200)['items']}
        for f in a['items']:
            then = b[f['indicator']]
            s.expect(f'{f["id"]} against {other}', f['against'] == {'period': other, **{k: then[k] for k in ('value', 'num', 'den')}}, f'{f["against"]} {then}')
            cells = {c['key']: c for c in then['breakdown']}
            for c in f['breakdown']:
                if c['key'] in cells:
                    s.expect(f'{f["id"]} {c["key"]}', c['against']['num'] == cells[c['key']]['num'], f'{c} {cells}')


def by_command(place, s):
    """Half years, quarters and days, by the command, in JSON and in words: every figure and what it is compared with, counted here."""
    for body, own, period, kind, other in (('root', False, '2026H1', 'prev', '2025H2'), ('root', False, '2026H1', 'lastyear', '2025H1'), ('a', False, '2026Q3', 'prev', '2026Q2'),
                                           ('a', True, '2026Q3', 'lastyear', '2025Q3'), ('root', False, '2026-05-11..2026-06-20', 'prev', '2026-03-31..2026-05-10'),
                                           ('root', True, '2026-05-11..2026-06-20', 'lastyear', '2025-05-11..2025-06-20'), ('root', False, '2026', 'prev', '2025')):
        asked = ['figures', '--body', BODIES[body], '--period', period, '--scope', 'own' if own else 'subtree', '--against', kind]
        said = {f['indicator']: f for f in json.loads(place.command(*asked, '--json'))}
        s.expect('every indicator', set(said) == set(INDICATORS))
        for name, f in said.items():
            for what, of in ((f, period), (f['against'], other)):
                n, sums, dens, _ = count(place.matters, name, BODIES[body], own, *period_days(of))
                want = expected(name, n, sums, dens)
                s.expect(f'{f["id"]} in {of}', (what['numerator'], what['denominator']) == want, f'{what}, here {want}')
                s.expect(f'{f["id"]}: the value in {of}', (what['value'] is None) == (want[1] == 0), str(what))
            s.expect('named', f['against']['period'] == other and set(f['label']) == set(f['unit']) == {'zh', 'en'} and f['position'] > 0, str(f))
    words = place.command(*asked, '--indicator', 'received')
    s.expect('in words too', words.count('\n') == 1 and f'(2025: {said["received"]["against"]["value"]})' in words, words)
    plainly = json.loads(place.command('figures', '--body', BODIES['root'], '--period', '2026Q3', '--json'))
    s.expect('nothing is compared unasked', all('against' not in f for f in plainly))
    for more in (['--against', 'next'], ['--period', '2026Q5'], ['--period', '2026H3'], ['--period', '2026-05-11..2026-05-10']):
        done = subprocess.run([place.program, 'figures', '--body', BODIES['root'], *(['--period', '2026'] if more[0] != '--period' else []), *more, '--data', place.data], capture_output=True, text=True)
        s.expect(f'{more} is refused', done.returncode in (1, 2) and done.stderr, done.stdout)


def behind(place, s):
    """The matters behind figures and cells are those counted here."""
    p = place.officer('root.supervisor')
    first, last = period_days('2026Q2')
    for by, name in (('theme', 'received'), ('district', 'received'), ('district', 'settled_rate'), ('payer', 'recovered'), ('business', 'block_mediation_rate'), ('settled_at', 'mediated')):
        f = s.step(by, p, 'GET', f'/api/v1/figures?period=2026Q2&by={by}&indicator={name}', status=200)['items'][0]
        for c in f['breakdown'][:4]:
            quoted = urllib.parse.quote(c['id'], safe='')
            again = s.step('the cell by its id', p, 'GET', f'/api/v1/figures/{quoted}', status=200)
            s.expect(c['id'], (again['num'], again['den'], again['value']) == (c['num'], c['den'], c['value']), f'{again.json} {c}')
            t = json.loads(place.repeat('trace', c['id'], '--json'))
            cohort, takes, den, total, cut = INDICATORS[name]
            end = datetime.combine(last + timedelta(1), datetime.min.time(), ZONE) - timedelta(milliseconds=1) if cut else None
            want = set()
            for one in place.matters:
                m = one.now() if end is None else one.at(end)
                day = m['received'] if cohort == 'received' else m['ended']
                if day and first <= day <= last and takes(m) and plain(c['key']) in [k for k, _ in keys(m, by, cohort, BODIES['root'], name)]:
                    want.add(one.number)
            s.expect(f'{c["id"]} traced', set(t['numerator']) == want and len(t['numerator']) == len(want), f'{t} {want}')
            s.expect(f'{c["id"]} below', len(t['denominator']) == (c['den'] or 0), f'{t} {c}')
            if 'parts' in t:
                s.expect(f'{c["id"]} adds up', sum(x['sum'] for x in t['parts']) == c['num'], f'{t} {c}')


def further_rate(place, s):
    """A file in the installation is a rate; a broken one is named and stops nobody's data."""
    folder = os.path.join(place.data, 'packs', 'indicators')
    os.makedirs(folder)
    rate = {'id': 'food_share', 'label': {'zh': '食品占比', 'en': 'Share of food'}, 'unit': {'zh': '%', 'en': '%'},
            'definition': {'zh': '分子：期间内收到的食品投诉。分母：期间内收到的投诉。', 'en': 'Complaints about food of all complaints received.'},
            'form': 'rate', 'cohort': 'received', 'cutoff': {'days_after': 30}, 'decimals': 2,
            'num': {'where': {'kind': ['complaint'], 'category': ['goods.food'], 'theme': ['online', 'prepaid']}}, 'den': {'where': {'kind': ['complaint']}}}
    with open(os.path.join(folder, 'food.json'), 'w', encoding='utf-8') as f:
        json.dump({'indicators': [rate, {**rate, 'id': 'filed', 'decimals': 1}]}, f)
    place.stop()
    place.start('--rate-limit', 'off')
    INDICATORS['food_share'] = ('received', lambda f: is_complaint(f) and f['category'] == 'goods.food' and bool({'online', 'prepaid'} & set(f['themes'])),
                                is_complaint, None, False)
    first, last = period_days('2026Q3')
    until = datetime.combine(last + timedelta(31), datetime.min.time(), ZONE) - timedelta(milliseconds=1)
    f = s.step('the further rate', place.officer('root.supervisor'), 'GET', '/api/v1/figures?period=2026Q3&indicator=food_share&by=theme', status=200)['items'][0]
    n, sums, dens, cells = count(place.matters, 'food_share', BODIES['root'], False, first, last, 'theme', until)
    s.expect('counted here', (f['num'], f['den'], f['value']) == (n, dens, value('food_share', n, dens, 2)), f'{f} {n}/{dens}')
    s.expect('its parts', {c['key']: (c['num'], c['den']) for c in f['breakdown']} == {k: (c[0], c[2]) for k, c in cells.items()}, f'{f} {cells}')
    a = s.step('a shipped one replaced', place.officer('root.supervisor'), 'GET', '/api/v1/figures?period=2026Q3&indicator=filed', status=200)['items'][0]
    s.expect('by that of the file', a['label']['zh'] == '食品占比' and a['den'] == dens, f'{a}')
    place.stop()
    with open(os.path.join(folder, 'worse.json'), 'w', encoding='utf-8') as f:
        json.dump({'indicators': [{**rate, 'id': 'worse', 'decimals': 9, 'num': {'where': {'colour': ['red']}}}]}, f)
    done = subprocess.run([place.program, 'figures', '--body', BODIES['root'], '--period', '2026', '--data', place.data], capture_output=True, text=True)
    for word in ('worse.json', 'decimals', 'colour'):
        s.expect(f'{word} is named', done.returncode == 1 and word in done.stderr, done.stdout + done.stderr)
    shutil.rmtree(folder)
    place.start('--rate-limit', 'off')
    del INDICATORS['food_share']


def forms_of_everything(folder):
    """Forms that print every indicator, whole and by every dimension that gives a matter one key; two dimensions each."""
    single = [d for d in DIMENSIONS if d not in ('theme', 'remedy', 'payer')]
    made = {}
    for i in range(0, len(single), 2):
        lists = [{'id': f'l{n}x{k}', 'by': by, 'figure': name, 'top': 30, 'item': '{name}{value}'}
                 for n, name in enumerate(sorted(INDICATORS)) for k, by in enumerate(single[i:i + 2])]
        slots = [f'{{{name}}}' for name in sorted(INDICATORS)] + [f'{{list:{one["id"]}}}' for one in lists]
        form = {'id': f'every{i // 2}', 'label': {'zh': '全部', 'en': 'Everything'}, 'periods': ['year', 'half', 'quarter', 'month', 'days'],
                'title': '{body}{period}全部数字', 'lists': lists, 'blocks': [{'text': [{'text': slot, 'else': '没有', 'reports': 'reports' in slot}]} for slot in slots]}
        with open(os.path.join(folder, form['id'] + '.json'), 'w', encoding='utf-8') as f:
            json.dump(form, f, ensure_ascii=False)
        made[form['id']] = single[i:i + 2]
    return made


def documents(place, s):
    """A saved summary reads its matters another way than a figure asked for alone (figure_columns.c against the walks): both agree in
    every number, and in the matters behind it."""
    folder = os.path.join(place.data, 'packs', 'summaries')
    os.makedirs(folder)
    forms = forms_of_everything(folder)
    place.stop()
    place.start('--rate-limit', 'off')
    p = place.officer('root.supervisor')
    draw = random.Random(int(os.environ.get('FIGURES_SEED', SEED)))
    for form, dims in forms.items():
        for body, period in ((BODIES['root'], '2026'), (BODIES['a'], draw.choice(['2026Q2', '2026-07', '2025-11-10..2026-02-20']))):
            key = s.step(f'{form} of {body} {period}', p, 'POST', '/api/v1/summaries', {'form': form, 'body': body, 'period': period, 'reports': True}, status=201).json['key']
            printed = {f['id'].split('@')[0]: f for f in s.step('the summary', p, 'GET', f'/api/v1/summaries/{key}', status=200).json['figures'] if f['form'] == 'value'}
            alone = {}
            for by in dims:
                for f in s.step(f'figures by {by}', p, 'GET', f'/api/v1/figures?body={body}&period={period}&by={by}', status=200)['items']:
                    for one in (f, *f['breakdown']):
                        alone[one['id'].split('@')[0]] = one
            s.expect(f'{key} prints them', len(printed) > 60 and set(printed) <= set(alone), f'{len(printed)} {sorted(set(printed) - set(alone))[:5]}')
            for fid, f in printed.items():
                one = alone[fid]
                s.expect(f'{fid} in {key}', (f['num'], f['den'], f['value']) == (one['num'], one['den'], one['value']), f'{f} alone {one}')
            for fid in draw.sample(sorted(printed), 12):
                one = s.step(f'behind {fid}', p, 'GET', f'/api/v1/summaries/{key}/figures/{urllib.parse.quote(fid, safe="")}', status=200).json
                s.expect(f'the matters behind {fid}', one['added']['total'] == 0 and one['gone']['total'] == 0, f'{one}')


def refusals(place, s):
    p = place.officer('root.supervisor')
    for query, field in (('as_of=someday', 'as_of'), ('as_of=@x', 'as_of'), ('by=colour', 'by'), ('against=never', 'against'), ('scope=all', 'scope')):
        s.step(query, p, 'GET', f'/api/v1/figures?period=2026&{query}', status=422, field=field)
    for fid in ('received:420202:2026:channel@1', 'received:420202:2026:channel=a:kind=b@1', 'received:420202:2026:until=x@1', 'x:420202:2026@1'):
        s.step(fid, p, 'GET', '/api/v1/figures/' + urllib.parse.quote(fid, safe=''), status=422)
    report = 'received_reports:420202:2026@1'
    for who, status in (('root.intake', 404), ('a.handler', 403), ('a.supervisor', 403)):
        s.step(f'{who} and reports', place.officer(who), 'GET', '/api/v1/figures/' + report, status=status)
    s.step('nobody', place.public(), 'GET', '/api/v1/figures/' + report, status=401)
    for by in ('kind', 'theme', 'business'):
        a = s.step('without reports', place.officer('root.intake'), 'GET', f'/api/v1/figures?period=2026&by={by}', status=200)
        for f in a['items']:
            s.expect(f'{f["indicator"]} says so', f['without_reports'] and not f['indicator'].startswith('received_reports'))
            s.expect(f'{f["indicator"]} by {by}', 'report' not in [c['key'] for c in f['breakdown']], f'{f}')
    place.command('verify', '--rebuild')


if __name__ == '__main__':
    run([counted_twice, against, by_command, behind, documents, further_rate, refusals], OFFICERS)
