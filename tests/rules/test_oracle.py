#!/usr/bin/env python3
"""test_oracle.py FANGXIN: due dates of every pack and rule against two computations that are not the program's:
the npm package chinese-days, which has its holidays from elsewhere, and a plain walk over the days here.

The vectors are drawn with a fixed seed: starts of 2007 to 2026, the days around every holiday, pauses across
holidays, extensions; and starts whose count reaches years without a notice, which only the walk here judges."""
import datetime
import hashlib
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PACKS = os.path.join(HERE, '..', '..', 'packs')
DAY = datetime.timedelta(1)
DRAWN = 24          # starts a rule, besides those around holidays
LAST_NOTICE = 2026  # asserted below

# RULES of the field, counted by hand from the notices: pack, rule, start, pauses, extensions → raw, due.
BY_HAND = [
    ('market-2026', 'D1', '2026-04-30', [], 0, '2026-05-13', '2026-05-13'),
    ('market-2026', 'D1', '2026-04-18', [], 0, '2026-04-28', '2026-04-28'),
    ('market-2026', 'D1', '2026-02-13', [], 0, '2026-03-02', '2026-03-02'),
    ('market-2026', 'D1', '2026-02-14', [], 0, '2026-03-03', '2026-03-03'),
    ('market-2026', 'D1', '2026-09-18', [], 0, '2026-09-29', '2026-09-29'),
    ('market-2026', 'D1', '2026-09-29', [], 0, '2026-10-14', '2026-10-14'),
    ('market-2026', 'D1', '2026-09-30', [], 0, '2026-10-15', '2026-10-15'),
    ('market-2026', 'D1', '2025-12-31', [], 0, '2026-01-12', '2026-01-12'),
    ('market-2026', 'D1', '2025-01-20', [], 0, '2025-02-05', '2025-02-05'),
    ('market-2026', 'D4', '2026-09-21', [], 0, '2026-10-19', '2026-10-19'),
    ('market-2026', 'D4', '2026-09-21', [], 1, '2026-11-09', '2026-11-09'),
    ('market-2026', 'D4', '2026-09-21', [['2026-10-09', '2026-10-20']], 0, '2026-10-30', '2026-10-30'),
    ('market-2026', 'D2', '2026-03-02', [], 0, '2026-05-01', '2026-05-06'),
    ('market-2026', 'D2', '2026-08-05', [], 0, '2026-10-04', '2026-10-08'),
    ('market-2026', 'D2', '2026-04-20', [], 0, '2026-06-19', '2026-06-22'),
    ('market-2026', 'D2', '2026-07-01', [], 0, '2026-08-30', '2026-08-31'),
    ('market-2026', 'D2', '2026-06-01', [['2026-06-20', '2026-07-09']], 0, '2026-08-20', '2026-08-20'),
    ('market-2026', 'D2', '2026-09-28', [], 0, '2026-11-27', '2026-11-27'),
    ('market-2026', 'D12', '2023-04-20', [], 0, '2026-04-20', '2026-04-20'),
    ('market-2026', 'D12', '2023-05-01', [], 0, '2026-05-01', '2026-05-06'),
    ('market-2026', 'D12', '2020-02-29', [], 0, '2023-02-28', '2023-02-28'),
    ('market-2020', 'D12', '2022-10-03', [], 0, '2025-10-03', '2025-10-09'),
    ('market-2026', 'D12', '2021-05-23', [], 0, '2024-05-23', '2024-05-23'),
    ('market-2026', 'D7', '2026-05-15', [], 0, '2026-08-13', '2026-08-13'),
    ('market-2026', 'D7', '2026-05-15', [], 1, '2026-09-12', '2026-09-14'),
]


def date(text):
    return datetime.date.fromisoformat(text)


# ---- packs and calendar, read by themselves ----

def read(*path):
    with open(os.path.join(PACKS, *path), encoding='utf-8') as f:
        return json.load(f)


def rules_of(pack):
    """The deadlines of a pack; one that is based on another says only what differs, and which articles stand for
    those of the other; one that takes acts and kinds of another takes none of its law."""
    whole = 'based_on' in pack and 'takes' not in pack
    base = {d['id']: d for d in rules_of(read('rules', pack['based_on'] + '.json'))} if whole else {}
    instead = pack.get('instead', {'from': None})
    for d in base.values():
        if d['basis']['instrument'] == instead['from']:
            article = instead['articles'][d['basis']['article']]
            d['basis'] = article and {'instrument': instead['to'], 'article': article}
    for d in pack.get('deadlines', []):
        if d.get('gone'):
            del base[d['id']]
            continue
        base[d['id']] = {k: v for k, v in {**base.get(d['id'], {}), **d}.items() if v is not None}
    return list(base.values())


def packs():
    for name in sorted(os.listdir(os.path.join(PACKS, 'rules'))):
        pack = read('rules', name)
        if 'earlier_rule' in pack or 'based_on' in pack:
            yield pack['id'], rules_of(pack)


class Calendar:
    def __init__(self, pack):
        self.off, self.work, self.years = set(), set(), {y['year'] for y in pack['years']}
        self.fixed = {f['day'] for f in pack['fixed']}
        for year in pack['years']:
            for h in year['holidays']:
                self.off |= set(self.days(h.get('off', []))) | set(self.days(h.get('statutory', [])))
                self.work |= set(self.days(h.get('work', [])))
        self.off -= self.work

    @staticmethod
    def days(entries):
        for e in entries:
            first, last = (e, e) if isinstance(e, str) else e
            d = date(first)
            while d <= date(last):
                yield d
                d += DAY

    def holiday(self, d):
        return d in self.off or (d.year not in self.years and d not in self.work and f'{d:%m-%d}' in self.fixed)

    def works(self, d):
        return d in self.work or (d.weekday() < 5 and not self.holiday(d))

    def open(self, d):
        """In no notice."""
        return d.year not in self.years and d not in self.off and d not in self.work


def walk(cal, rule, start, pauses, extensions):
    left = rule['length'] + extensions * rule.get('extension', 0)
    d, provisional = date(start), False
    if rule['unit'] == 'Y':  # the same day of a later year, 28 February for the 29th
        left = (d.replace(year=d.year + left) if (d.month, d.day) != (2, 29) or (d.year + left) % 4 == 0 else datetime.date(d.year + left, 2, 28)) - d
        left = left.days
    while left > 0:
        d += DAY
        provisional |= cal.open(d)
        if any(date(a) <= d <= date(b) for a, b in pauses):
            continue
        left -= rule['unit'] != 'WD' or cal.works(d)
    raw = d
    while (rule['roll'] == 'ANY_OFFDAY' and not cal.works(d)) or (rule['roll'] == 'STATUTORY' and cal.holiday(d)):
        d += DAY
        provisional |= cal.open(d)
    return {'due_raw': raw.isoformat(), 'due': d.isoformat(), 'provisional': provisional}


# ---- vectors ----

def draw_pauses(dice, rule, start, holidays):
    """None, one or two that do not overlap; half of them lie across a holiday."""
    if not rule.get('pauses_excluded') or dice.random() < 0.3:
        return []
    near = [h for h in holidays if date(start) < h < date(start) + 90 * DAY]
    at = dice.choice(near) - dice.randint(0, 4) * DAY if near and dice.random() < 0.6 else date(start) + dice.randint(0, 20) * DAY
    at = max(at, date(start))
    end = at + dice.randint(0, 25) * DAY
    got = [[at.isoformat(), end.isoformat()]]
    if dice.random() < 0.4:
        at = end + dice.randint(1, 9) * DAY
        got.append([at.isoformat(), (at + dice.randint(0, 9) * DAY).isoformat()])
    return got


def vectors(cal):
    dice = random.Random(20260415)
    holidays = sorted(cal.off)
    span = (datetime.date(2026, 12, 31) - datetime.date(2007, 1, 1)).days
    for pack, rules in packs():
        for rule in rules:
            starts = [datetime.date(2007, 1, 1) + dice.randint(0, span) * DAY for _ in range(DRAWN)]
            starts += [dice.choice(holidays) - dice.randint(0, rule['length']) * DAY for _ in range(DRAWN)]
            starts += [datetime.date(2026, 12, 31) - dice.randint(0, 40) * DAY for _ in range(4)]
            for at in starts:
                start = max(at, datetime.date(2007, 1, 1)).isoformat()
                yield pack, rule, start, draw_pauses(dice, rule, start, holidays), dice.randint(0, rule.get('extensions_max', 0))


# ---- the three ----

def lines(command, asked):
    text = ''.join(json.dumps(a) + '\n' for a in asked)
    p = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(l) for l in p.stdout.splitlines()]


def fetch_package():
    with open(os.path.join(HERE, 'package.json'), 'rb') as a, open(os.path.join(HERE, 'package-lock.json'), 'rb') as b:
        wanted = hashlib.sha256(a.read() + b.read()).hexdigest()
    mark = os.path.join(HERE, 'node_modules', '.fangxin-packages')
    try:
        with open(mark, encoding='ascii') as f:
            if f.read() == wanted:
                return
    except FileNotFoundError:
        pass
    subprocess.run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], cwd=HERE, check=True)
    with open(mark, 'w', encoding='ascii') as f:
        f.write(wanted)


class Failures(list):
    def expect(self, what, right, seen=''):
        if not right:
            self.append(f'{what}: {seen}')


def compare(program, cal, bad):
    by_id = {(p, r['id']): r for p, rules in packs() for r in rules}
    cases = [(p, by_id[p, r], s, pauses, n, {'due_raw': raw, 'due': due}) for p, r, s, pauses, n, raw, due in BY_HAND]
    cases += [(*v, None) for v in vectors(cal)]
    asked = [{'pack': p, 'rule': r['id'], 'from': s, 'pauses': [f'{a}..{b}' for a, b in pauses], 'extensions': n}
             for p, r, s, pauses, n, _ in cases]
    got = lines([program, 'deadline', '--json', '--lines', '-'], asked)
    other = lines(['node', os.path.join(HERE, 'oracle.mjs')], [
        {'start': s, 'length': r['length'] + n * r.get('extension', 0), 'unit': r['unit'], 'roll': r['roll'], 'pauses': pauses}
        for p, r, s, pauses, n, _ in cases])
    bad.expect('an answer each', len(got) == len(other) == len(cases), f'{len(got)} {len(other)} {len(cases)}')
    noticed = provisional = crossing = 0
    for case, question, ours, node in zip(cases, asked, got, other):
        pack, rule, start, pauses, n, hand = case
        here = walk(cal, rule, start, pauses, n)
        bad.expect(f'{question} here', {k: ours.get(k) for k in here} == here, f'{ours} want {here}')
        bad.expect(f'{question} basis', ours.get('basis', {}).get('article') == rule['basis']['article'], ours)
        if hand:
            bad.expect(f'{question} by hand', all(ours.get(k) == v for k, v in hand.items()), f'{ours} want {hand}')
        crossing += any(h for a, b in pauses for h in cal.off if a <= h.isoformat() <= b)
        provisional += here['provisional']
        if not here['provisional']:
            noticed += 1
            bad.expect(f'{question} chinese-days', {k: ours.get(k) for k in node} == node, f'{ours} want {node}')
    print(f'{len(cases)} vectors over {len(by_id)} rules of {len({p for p, _ in by_id})} packs: {noticed} judged by both, '
          f'{provisional} provisional, {crossing} with a pause across a holiday')
    bad.expect('enough of each', noticed >= 300 and provisional >= 30 and crossing >= 30)


def refuse(program, bad):
    """What cannot be counted is refused by field, in both languages."""
    def one(*words):
        p = subprocess.run([program, 'deadline', '--json', *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        errors = json.loads(p.stdout)['errors'] if p.stdout else []
        return p.returncode, [(e['field'], e['code']) for e in errors], errors, p.stderr

    for words, status, want in [
        (['--pack', 'market-1999', '--rule', 'D1', '--from', '2026-01-05'], 2, [('pack', 'unknown_name')]),
        (['--pack', 'market-2026', '--rule', 'D99', '--from', '2026-01-05'], 2, [('rule', 'unknown_name')]),
        (['--rule', 'D1', '--from', '2006-12-31'], 1, [('from', 'outside_calendar')]),
        (['--rule', 'D1', '--from', '2070-01-01'], 1, [('from', 'outside_calendar')]),
        (['--rule', 'D1', '--from', '2069-12-30'], 1, [('from', 'outside_calendar')]),
        (['--rule', 'D4', '--from', '2026-03-02', '--pause', '2026-03-01..2026-03-05'], 1, [('pauses.0', 'before_start')]),
        (['--rule', 'D4', '--from', '2026-03-02', '--pause', '2026-03-09..2026-03-05'], 1, [('pauses.0', 'range')]),
        (['--rule', 'D4', '--from', '2026-03-02', '--pause', '2026-03-03..2026-03-05', '--pause', '2026-03-05..2026-03-09'], 1,
         [('pauses.1', 'overlap')]),
        (['--rule', 'D1', '--from', '2026-03-02', '--pause', '2026-03-03..2026-03-05'], 1, [('pauses', 'not_excluded')]),
        (['--rule', 'D1', '--from', '2026-03-02', '--extend'], 1, [('extensions', 'not_extendable')]),
        (['--rule', 'D4', '--from', '2026-03-02', '--extend', '--extend'], 1, [('extensions', 'too_many')]),
    ]:
        code, seen, errors, text = one(*words)
        bad.expect(' '.join(words), code == status and seen == want, f'{code} {seen} {text}')
        bad.expect(' '.join(words) + ': both languages', all(e['zh'] and e['en'] and e['zh'] in text for e in errors), errors)
    for words in (['--rule', 'D1'], ['--rule', 'D1', '--from', '2026-02-30'], ['--rule', 'D4', '--from', '2026-03-02', '--pause', '5'],
                  ['--rule', 'D1', '--from', '2026-03-02', '--what']):
        code, seen, errors, text = one(*words)
        bad.expect(' '.join(words) + ' is usage', code == 2 and text.startswith('fangxin: '), f'{code} {text}')


def explain(program, bad):
    out = subprocess.run([program, 'deadline', '--json', '--pack', 'market-2026', '--rule', 'D4', '--from', '2026-09-21', '--pause',
                          '2026-10-09..2026-10-20', '--extend'], stdout=subprocess.PIPE, text=True, check=True).stdout
    a = json.loads(out)
    steps = a['steps']
    bad.expect('the promised members', list(a)[:6] == ['rule', 'start', 'due_raw', 'due', 'provisional', 'basis'], list(a))
    bad.expect('from the start to the due day', steps[0]['date'] == a['start'] and steps[-1]['date'] == a['due'])
    bad.expect('no day left out', len(steps) == (date(a['due']) - date(a['start'])).days + 1)
    bad.expect('counted once each', [s['number'] for s in steps if s['number']] == list(range(1, a['length'] + 1)) and a['length'] == 30)
    bad.expect('reasons in both languages', all(s['reason']['zh'] and s['reason']['en'] for s in steps))
    bad.expect('article of the extension', a['extension_basis']['article'] == '18', a)


def main():
    fetch_package()
    bad = Failures()
    pack = read('calendars', 'cn.json')
    cal = Calendar(pack)
    bad.expect('years with a notice', max(cal.years) == LAST_NOTICE and min(cal.years) == 2007, sorted(cal.years))
    compare(sys.argv[1], cal, bad)
    refuse(sys.argv[1], bad)
    explain(sys.argv[1], bad)
    for line in bad[:40]:
        print(line)
    print(f'{len(bad)} wrong')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
