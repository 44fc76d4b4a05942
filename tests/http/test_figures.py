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
from datetime import date, datetime, timedelta, timezone

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, PARENT, run  # noqa: E402
from filings import act, matter, version  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'a.handler', 'a.supervisor']
MATTERS, ACTS = 420, 160
SEED = random.randrange(10**6)
ZONE = timezone(timedelta(hours=8))
FIRST, LAST = date(2025, 9, 1), date(2026, 10, 31)
CATEGORIES = ['goods.food', 'goods.clothing', 'service.catering', 'goods', 'service', '']
PROBLEMS = ['quality', 'price', 'contract', '']
THEMES = ['online', 'prepaid', 'elderly']
CHANNELS = ['phone', 'web', 'visit', 'hotline_12345']
ENDS = {'complaint': ['settled', 'settled', 'settled', 'terminated', 'refused', 'withdrawn', ''],
        'report': ['filed', 'not_filed', 'no_power', ''], 'enquiry': ['answered', 'answered', 'withdrawn', '']}
PAYERS = ['business', 'platform', 'market', 'fund', None]
WEIGHTS = {'assign': 5, 'reassign': 1, 'accept': 9, 'settle': 9, 'terminate': 1, 'withdraw': 1, 'reopen': 3, 'classify': 2, 'follow_up': 4,
           'tell': 5, 'answer': 2, 'verify': 3, 'file': 3, 'not_file': 1, 'offer': 9, 'accept_offer': 30, 'refuse': 1, 'mediate': 1, 'archive': 1}
REMEDIES = ['refund', 'compensation', 'punitive']
CLASS = {code: 'bureau' if name == 'root' else 'branch' if len(name) == 1 else 'station' for name, code in BODIES.items()}
ABOVE = {BODIES[k]: BODIES[v] for k, v in PARENT.items()}


# ---- making them ----

def make(rng, path):
    """The file to import; what of it the API does not say again at a cut-off is remembered."""
    first = {}
    with open(path, 'w', encoding='utf-8', newline='') as f:
        out = csv.writer(f)
        out.writerow(['key', 'kind', 'channel', 'received_at', 'facts', 'consumer.name', 'consumer.phone', 'respondent.name',
                      'category', 'problem', 'themes', 'amount_fen', 'heads', 'body', 'outcome', 'ended_at', 'recovered_fen',
                      'rating', 'answer'])
        for i in range(MATTERS):
            kind = rng.choice(['complaint'] * 6 + ['report'] * 2 + ['enquiry'] * 2)
            day = FIRST + timedelta(rng.randrange((LAST - FIRST).days))
            end = rng.choice(ENDS[kind])
            ended = min(day + timedelta(rng.randrange(60)), date(2026, 11, 15))
            themes = rng.sample(THEMES, rng.choice([0, 0, 1, 2]))
            row = {'category': rng.choice(CATEGORIES), 'problem': rng.choice(PROBLEMS), 'themes': themes}
            first[i] = row
            rated = end in ('settled', 'terminated', 'refused') and rng.random() < .5
            out.writerow([i, kind, rng.choice(CHANNELS), f'{day} {rng.randrange(9, 18):02d}:15', f'编号{i}。请处理。',
                          '' if kind == 'report' else '刘婷', '' if kind == 'report' else f'138{i:08d}', f'商户{rng.randrange(9)}',
                          row['category'], row['problem'], ';'.join(themes), rng.randrange(100000), rng.choice(['', 2, 5]),
                          rng.choice(list(BODIES.values())), end, f'{ended} 18:30' if end else '',
                          rng.randrange(50000) if end == 'settled' else '', rng.randrange(1, 6) if rated else '',
                          '已答复' if end == 'answered' else ''])
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
            'refuse': {'ground': 'NA7', 'reason': '不受理'}, 'note': {'text': '备注'},
        }.get(name, {})
        a = p.send('POST', act(n, name), {**body, 'at': stamp(day)} if name != 'mediate' else body, version(m['version']))
        s.expect(f'{name} of {n}', a.status in (200, 409, 422), a.raw.decode()[:300])
        done[name] = done.get(name, 0) + (a.status == 200)
    print('acts:', dict(sorted(done.items())))
    s.expect('most kinds of acts were done', sum(done.values()) > ACTS // 3 and done.get('settle', 0) > 0 and done.get('reopen', 0) > 0, f'{done}')


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


# ---- reading them back ----

def instant(text):
    return datetime.fromisoformat(text)


def day_of(text):
    return instant(text).astimezone(ZONE).date() if text else None


class Matter:
    """What the API says: as it is, and from its events as it was."""

    def __init__(self, m, events, first):
        self.m = m
        self.events = sorted(events, key=lambda e: e['version'])
        self.first = first
        self.number, self.kind = m['number'], m['kind']
        self.received = day_of(m['received_at'])
        self.split = any(x['relation'] == 'split_from' for x in m['links'])
        self.kept = {}

    def now(self):
        if 'now' not in self.kept:
            self.kept['now'] = self.read_now()
        return self.kept['now']

    def at(self, until):
        """Folded again from the events that happened by then (None: all)."""
        if until not in self.kept:
            self.kept[until] = self.fold(until)
        return self.kept[until]

    def read_now(self):
        m = self.m
        at = self.at(None)  # what the page does not say: when it was told and accepted
        settled = m['outcome'] is not None and m['outcome']['outcome'] == 'settled'
        remedies = [(r['kind'], r['payer'], r['amount_fen']) for r in m['settlement']['remedies']] if m['settlement'] else []
        return dict(kind=self.kind, split=self.split, received=self.received, channel=m['channel'], amount=m['amount_fen'] or 0, heads=m['heads'] or 1,
                    body=m['body'], status=m['status'], outcome=m['outcome']['outcome'] if m['outcome'] else None,
                    ground=m['outcome']['ground'] if m['outcome'] else None, ended=day_of(m['closed_at']),
                    category=m['category'] or '', problem=m['problem'] or '', themes=m['themes'] or [],
                    recovered=m['recovered_fen'] or 0, remedies=remedies, rating=m['rating']['score'] if m['rating'] else 0,
                    officer=m['officer']['id'] if m['officer'] else None, told=at['told'], told_on=at['told_on'], accepted=at['accepted'],
                    parties=settled and m['offer'] is not None and m['offer']['state'] == 'accepted', business=self.business())

    def business(self):
        return None if self.kind == 'report' else self.m['respondent']['name']

    def fold(self, until):
        m = self.m
        f = dict(kind=self.kind, split=self.split, received=self.received, channel=m['channel'], amount=m['amount_fen'] or 0, heads=m['heads'] or 1,
                 body=BODIES['root'], outcome=None, ground=None, ended=None, recovered=0, remedies=[], rating=0, told=None,
                 told_on=None, accepted=None, offer=None, business=self.business(), **{**self.first, 'themes': list(self.first['themes'])})
        d1 = [d for d in m['deadlines'] if d['rule'] == 'D1']
        for e in self.events:
            if until is not None and instant(e['at']) > until:
                continue
            d, name, day = e['data'], e['act'], day_of(e['at'])
            if name in ('assign', 'reassign') and 'body' in d:
                f['body'] = d['body']
            elif name == 'classify':
                f.update({k: d[k] for k in ('category', 'problem', 'themes') if k in d})
            elif name == 'accept':
                f['accepted'] = day
            elif name == 'offer':
                f['offer'] = 'open'
            elif name in ('accept_offer', 'decline_offer'):
                f['offer'] = name
            elif name == 'rate':
                f['rating'] = d['score']
            elif name == 'follow_up':
                f['rating'] = f['rating'] or d.get('satisfaction', 0)
            elif name == 'tell' and self.kind == 'complaint' and d.get('party') in ('consumer', 'both') and not f['told'] and m['pack']:
                f['told_on'] = day
                f['told'] = 'late' if d1 and d1[-1]['state'] != 'cancelled' and str(day) > d1[-1]['due'] else 'on_time'
            elif name == 'reopen':
                f.update(outcome=None, ground=None, ended=None, recovered=0, remedies=[], rating=0, offer=None)
            outcome = {'settle': 'settled', 'terminate': 'terminated', 'refuse': 'refused', 'answer': 'answered', 'file': 'filed',
                       'not_file': 'not_filed', 'no_power': 'no_power',
                       'withdraw': 'terminated' if f['accepted'] and name == 'withdraw' else 'withdrawn'}.get(name)
            if outcome:
                f.update(outcome=outcome, ended=f['ended'] or day, ground=d.get('ground', 'T1' if outcome == 'terminated' else None))
            if name == 'settle':
                f['remedies'] = [(r['kind'], r.get('payer'), r.get('amount_fen') or 0) for r in d.get('remedies', [])]
                f['recovered'] = sum(r[2] for r in f['remedies'])
        f['parties'] = f['outcome'] == 'settled' and f['offer'] == 'accept_offer'
        return f


# ---- what the indicators say, in words of our own ----

ADVANCE = ('platform', 'market', 'fund')


def is_complaint(f):
    return f['kind'] == 'complaint'


def mediated(f):
    return is_complaint(f) and f['outcome'] == 'settled'


def days(a, b):
    return (b - a).days if a and b else None


# name: (cohort, numerator, denominator, sum or None, cut-off at the end of the period)
INDICATORS = {
    'received': ('received', lambda f: True, None, None, False),
    'received_complaints': ('received', is_complaint, None, None, False),
    'received_reports': ('received', lambda f: f['kind'] == 'report', None, None, False),
    'received_enquiries': ('received', lambda f: f['kind'] == 'enquiry', None, None, False),
    'ended': ('ended', lambda f: True, None, None, False),
    'mediated': ('ended', mediated, None, None, False),
    'mediation_success': ('ended', mediated, lambda f: is_complaint(f) and f['outcome'] in ('settled', 'terminated'), None, False),
    'told_in_time': ('received', lambda f: is_complaint(f) and f['told'] == 'on_time', lambda f: is_complaint(f) and bool(f['told']), None, False),
    'recovered': ('ended', mediated, None, lambda f: f['recovered'], False),
    'satisfaction': ('ended', lambda f: f['rating'] >= 4, lambda f: f['rating'] >= 1, None, False),
    'rating_mean': ('ended', lambda f: f['rating'] >= 1, 'mean', lambda f: f['rating'], False),
    'filed': ('ended', lambda f: f['outcome'] == 'filed', None, None, False),
    'complaints_to_reports': ('received', lambda f: f['split'], None, None, False),
    'complaints_to_cases': ('ended', lambda f: f['split'] and f['outcome'] == 'filed', None, None, False),
    'complaints_to_cases_rate': ('ended', lambda f: f['split'] and f['outcome'] == 'filed', lambda f: f['split'], None, False),
    'disputed': ('received', is_complaint, None, lambda f: f['amount'], False),
    'heads': ('received', lambda f: True, None, lambda f: f['heads'], False),
    'paid_in_advance': ('ended', lambda f: mediated(f) and any(r[1] in ADVANCE for r in f['remedies']), None,
                        lambda f: sum(r[2] for r in f['remedies'] if r[1] in ADVANCE), False),
    'days_to_accept': ('received', lambda f: is_complaint(f) and f['accepted'], 'mean', lambda f: days(f['received'], f['accepted']), False),
    'days_to_tell': ('received', lambda f: is_complaint(f) and f['told_on'], 'mean', lambda f: days(f['received'], f['told_on']), False),
    'days_in_hand': ('ended', lambda f: is_complaint(f) and f['accepted'], 'mean', lambda f: days(f['accepted'], f['ended']), False),
    'days_to_end': ('ended', lambda f: True, 'mean', lambda f: days(f['received'], f['ended']), False),
    'block_recovered': ('received', mediated, None, lambda f: f['recovered'], True),
    'block_mediated': ('received', mediated, None, None, True),
    'block_mediation_rate': ('received', mediated, is_complaint, None, True),
    'block_reports_ended': ('received', lambda f: f['kind'] == 'report' and f['outcome'], None, None, True),
    'block_reports_rate': ('received', lambda f: f['kind'] == 'report' and f['outcome'], lambda f: f['kind'] == 'report', None, True),
    'block_answered': ('received', lambda f: f['outcome'] == 'answered', None, None, True),
    'ended_rate': ('received', lambda f: f['outcome'] is not None, lambda f: True, None, True),
    'recovered_wan': ('ended', mediated, None, lambda f: f['recovered'], False),
    'complaints_done_rate': ('received', lambda f: is_complaint(f) and f['outcome'], is_complaint, None, False),
    'settled_of_received': ('received', mediated, None, None, False),
    'settled_rate': ('received', mediated, is_complaint, None, False),
    'reports_done': ('received', lambda f: f['kind'] == 'report' and f['outcome'], None, None, False),
    'reports_done_rate': ('received', lambda f: f['kind'] == 'report' and f['outcome'], lambda f: f['kind'] == 'report', None, False),
    'enquiries_answered': ('received', lambda f: f['kind'] == 'enquiry' and f['outcome'] == 'answered', None, None, False),
    'enquiries_answered_rate': ('received', lambda f: f['kind'] == 'enquiry' and f['outcome'] == 'answered',
                                lambda f: f['kind'] == 'enquiry', None, False),
}


def branch(code, top):
    while code != top and ABOVE.get(code) not in (top, None):
        code = ABOVE[code]
    return code


def within(code, top, own):
    while code is not None:
        if code == top:
            return True
        code = None if own else ABOVE.get(code)
    return False


def level(f):
    if f['outcome'] != 'settled':
        return ''
    return 'parties' if f['parties'] else CLASS[f['body']]


def keys(f, by, cohort, top, name):
    """[(key, what a sum adds there or None for all of it)]"""
    day = f['received'] if cohort == 'received' else f['ended']
    money = name in ('recovered', 'recovered_wan', 'block_recovered', 'paid_in_advance')
    if by in ('remedy', 'payer'):
        taken = [r for r in f['remedies'] if name != 'paid_in_advance' or r[1] in ADVANCE]
        place = 0 if by == 'remedy' else 1
        named = sorted({r[place] or '' for r in taken})
        return [(k, sum(r[2] for r in taken if (r[place] or '') == k) if money else None) for k in named] or [('', None)]
    if by == 'theme':
        return [(t, None) for t in sorted(set(f['themes']))] or [('', None)]
    one = {'month': str(day)[:7], 'day': str(day), 'body': f['body'], 'branch': branch(f['body'], top), 'body_class': CLASS[f['body']],
           'kind': f['kind'], 'channel': f['channel'], 'sector': f['category'].split('.')[0], 'category': f['category'],
           'problem': f['problem'], 'outcome': f['outcome'] or '', 'ground': f['ground'] or '', 'status': f.get('status', ''),
           'told': f['told'] or '', 'settled_at': level(f), 'business': 'told:' + f['business'] if f['business'] else '',
           'officer': str(f['officer']) if f.get('officer') else '', 'rating': str(f['rating']) if f['rating'] else ''}
    return [(one[by], None)]


UNSEEN_THEN = ('status', 'officer')  # events do not show them; their parts must add up all the same
DIMENSIONS = ['month', 'day', 'body', 'branch', 'body_class', 'kind', 'channel', 'sector', 'category', 'problem', 'outcome', 'ground',
              'status', 'told', 'theme', 'settled_at', 'remedy', 'payer', 'business', 'officer', 'rating']


def count(matters, name, top, own, first, last, by=None, until=None):
    """numerator, denominator, {key: [n, sum, den]}"""
    cohort, takes, den, total, cut = INDICATORS[name]
    end = until or (datetime.combine(last + timedelta(1), datetime.min.time(), ZONE) - timedelta(milliseconds=1) if cut else None)
    n = sums = dens = 0
    cells = {}
    for one in matters:
        f = one.now() if end is None else one.at(end)
        day = f['received'] if cohort == 'received' else f['ended'] if f['outcome'] else None
        if day is None or not first <= day <= last or not within(f['body'], top, own):
            continue
        hit, below = bool(takes(f)), callable(den) and den(f)
        worth = total(f) if hit and total else 0
        n, sums, dens = n + hit, sums + worth, dens + bool(below)
        for key, part in keys(f, by, cohort, top, name) if by else []:
            c = cells.setdefault(key, [0, 0, 0])
            c[0] += hit
            c[1] += (part if part is not None else worth) if hit else 0
            c[2] += bool(below)
    return n, sums, dens, cells


def expected(name, n, sums, dens):
    _, _, den, total, _ = INDICATORS[name]
    return (sums if total else n), (n if den == 'mean' else dens if den else None)


def plain(key):
    """Folded names part letters from digits."""
    return key.replace(' ', '')


def half_up(num, den, decimals):
    q = (abs(num) * 10**decimals * 2 + den) // (den * 2)
    text = f'{q // 10**decimals}' + (f'.{q % 10**decimals:0{decimals}d}' if decimals else '')
    return text


PER = {'recovered': 100, 'disputed': 100, 'paid_in_advance': 100, 'block_recovered': 1000000, 'recovered_wan': 1000000}


def value(name, num, den, decimals):
    if den == 0:
        return None
    if INDICATORS[name][2] == 'mean':
        return half_up(num, den, decimals)
    return half_up(num * 100, den, decimals) if den is not None else half_up(num, PER.get(name, 1), decimals)


def period_days(text):
    year = int(text[:4])
    if '..' in text:
        return date.fromisoformat(text[:10]), date.fromisoformat(text[12:])
    if len(text) == 4:
        return date(year, 1, 1), date(year, 12, 31)
    if 'Q' in text or 'H' in text:
        n = 3 if 'Q' in text else 6
        first = date(year, (int(text[5]) - 1) * n + 1, 1)
    else:
        n, first = 1, date(year, int(text[5:7]), 1)
    months = first.month - 1 + n
    return first, date(first.year + months // 12, months % 12 + 1, 1) - timedelta(1)


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
            matters.append(Matter(m, e, first[i]))
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
    place.matters = read_all(place, s, place.first)
    for one in place.matters:  # the two readings of one matter agree before anything is counted
        now, folded = one.now(), one.at(None)
        differs = {k: (now[k], folded[k]) for k in ('body', 'outcome', 'ended', 'recovered', 'rating', 'category', 'ground') if now[k] != folded[k]}
        s.expect(f'{one.number} folds', not differs, f'{differs} {[(e["act"], e["data"]) for e in one.events]}')
    for by in DIMENSIONS:
        compare(place, s, place.matters, BODIES['root'], False, '2026', by)
        compare(place, s, place.matters, BODIES['a'], False, rng.choice(['2026Q2', '2026H1', '2025']), by)
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
                 f'{was} {now}')


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
    for by, name in (('theme', 'received'), ('payer', 'recovered'), ('business', 'block_mediation_rate'), ('settled_at', 'mediated')):
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
    """Forms that print every indicator, whole and by every dimension that gives a matter one key; three dimensions each."""
    single = [d for d in DIMENSIONS if d not in ('theme', 'remedy', 'payer')]
    made = {}
    for i in range(0, len(single), 3):
        lists = [{'id': f'l{n}x{k}', 'by': by, 'figure': name, 'top': 30, 'item': '{name}{value}'}
                 for n, name in enumerate(sorted(INDICATORS)) for k, by in enumerate(single[i:i + 3])]
        slots = [f'{{{name}}}' for name in sorted(INDICATORS)] + [f'{{list:{one["id"]}}}' for one in lists]
        form = {'id': f'every{i // 3}', 'label': {'zh': '全部', 'en': 'Everything'}, 'periods': ['year', 'half', 'quarter', 'month', 'days'],
                'title': '{body}{period}全部数字', 'lists': lists, 'blocks': [{'text': [{'text': slot, 'else': '没有', 'reports': 'reports' in slot}]} for slot in slots]}
        with open(os.path.join(folder, form['id'] + '.json'), 'w', encoding='utf-8') as f:
            json.dump(form, f, ensure_ascii=False)
        made[form['id']] = single[i:i + 3]
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
