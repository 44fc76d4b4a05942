#!/usr/bin/env python3
"""test_register_definitions.py FANGXIN [REGISTER…]: every definition that is shipped, with its own demo rows: they pass;
each required field that is missing is refused by name; each state is entered, each of its acts is done and refused to other roles; each
measure equals a count in Python (register_expr.py), and so does who is behind; each check and each guard is broken; clocks run to the
days counted here; the sheet that goes out comes in again; the sentences hold the
counts. One server; definitions of other profiles stand in the installation's own folder without their profiles."""
import csv
import datetime
import glob
import io
import itertools
import os
import re
import sys
from decimal import ROUND_HALF_UP, Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, run  # noqa: E402
from filings import version  # noqa: E402
from practice_rules import rules_listed  # noqa: E402
from register_acts import each_act_done  # noqa: E402
from register_checks import choices, each_check_broken  # noqa: E402
from register_clocks import working  # noqa: E402
from register_expr import Over  # noqa: E402
from register_guards import behind_counted, each_guard_broken  # noqa: E402
from register_telling import ALWAYS, DEFS, OFFICERS, PACKS, TODAY, Telling, entries, install, not_twice  # noqa: E402
from register_uses import covered_by_stations, listed_on_paper, looked_at_from_above, printed, taken_from_stock  # noqa: E402
from scenario_gateway import logged_in, sent_by_gateway  # noqa: E402

# ---- counted again ----

def plain(value, f):
    kind = f.get('kind')
    if value is None:
        return None
    if kind in ('int', 'money') or isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if kind == 'decimal':
        return Decimal(value)
    if kind == 'date':
        return datetime.date.fromisoformat(value)
    if kind == 'instant':
        return datetime.datetime.fromisoformat(value.replace('Z', '+00:00')).astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    if kind == 'choices':
        return tuple(value)
    return value


class Counting:
    def __init__(self, t):
        self.t = t
        self.by_number = {(r, e['number']): e for r, rows in t.rows.items() for e in rows}

    def over(self, d, e):
        fields = {f['name']: f for f in d['fields']}
        computed = {c['name']: c for c in d.get('computed', [])}

        def look(name):
            head, _, member = name.partition('.')
            if member:
                v = e['fields'].get(head, {}).get('value')
                if v is None:
                    return None
                if fields[head]['kind'] == 'checklist':
                    items = {x['id']: x for x in fields[head]['items']}
                    if member == 'score':
                        return Decimal(sum(x['score'] for x in v['items'].values()))
                    return Decimal(sum(items[k]['max'] for k in v['items']))
                return Decimal(v['value']) if member == 'value' else v['unit']
            if head in fields:
                value = e['fields'].get(head, {}).get('value')
                if fields[head]['kind'] in ('person', 'place', 'table', 'quantity', 'checklist'):
                    return value
                return plain(value, fields[head])
            if head in computed:
                return self.computed(d, e, computed[head], look)
            return {'status': e['status'], 'body': e['body'], 'number': e['number'], 'day': datetime.date.fromisoformat(e['day']), 'today': TODAY,
                    'register_day': TODAY}.get(head)

        def rows(table):
            columns = {c['name']: c for c in fields[table]['columns']}

            def of(row):
                def cell(name):
                    head, _, member = name.partition('.')
                    if head == table:
                        head, _, member = member.partition('.')
                        v = row.get(head)
                        if member and v is not None:
                            return Decimal(v['value']) if member == 'value' else v['unit']
                        return plain(v, columns[head])
                    return look(name)
                return cell
            return [of(r) for r in e['fields'].get(table, {}).get('value') or []]

        def link(field, name):
            other = self.by_number.get((fields[field]['register'], e['fields'].get(field, {}).get('value')))
            return None if other is None else self.over(DEFS[fields[field]['register']], other).look(name)
        return Over(look, rows, link, working, lambda name: choices(fields[name]))

    def computed(self, d, e, c, look):
        over = self.over(d, e)
        if 'formula' in c:
            value = over.value(c['formula'])
            return value if value is None or c.get('kind') != 'decimal' else value.quantize(Decimal(1).scaleb(-c.get('decimals', 0)), ROUND_HALF_UP)
        of, total = over.value(c['of']), over.value(c['over'])
        if of is None or not total:
            return None
        return (of * 100 / total).quantize(Decimal(1).scaleb(-c.get('decimals', 0)), ROUND_HALF_UP)

    def measure(self, d, m):
        """The value, and {dimension: {value: value}}."""
        total, by = Decimal(0), {}
        for e in self.t.rows.get(d['id'], []):
            over = self.over(d, e)
            if not over.holds(m.get('where')):
                continue
            add = Decimal(1) if 'sum' not in m else over.value(m['sum'])
            if add is None:
                continue
            total += add
            for dim in m.get('by', []):
                v = over.look(dim)
                for x in v if isinstance(v, tuple) else [v]:
                    if x is not None:
                        key = {True: 'true', False: 'false'}.get(x, x)
                        by.setdefault(dim, {})[key] = by.get(dim, {}).get(key, Decimal(0)) + add
        return total, by


def tell_all(place, s):
    place.telling = Telling(place, s)
    wanted = ONLY or DEFS
    for name in wanted:
        try:
            place.telling.tell(name)
        except AssertionError:
            pass  # said already
        except Exception as e:  # noqa: BLE001
            place.fail(f'{name}: {e!r}')
    for name in wanted:
        by_gateway = {DEFS[name]['sends']['state']} if 'sends' in DEFS[name] else set()  # sent_by_gateway
        missing = {x['id'] for x in DEFS[name]['states']} - place.telling.reached.get(name, set()) - by_gateway
        if missing:
            place.fail(f'{name}: no demo row enters {", ".join(sorted(missing))}')


def told_in_words(place, s):
    """What is computed as a text, and each value by which a measure is broken down, is told in words and not by its code."""
    for name, rows in place.telling.rows.items():
        d = DEFS[name]
        texts = [c['name'] for c in d.get('computed', []) if c['kind'] == 'text']
        codes = [e['computed'][c]['text'] for e in rows for c in texts if re.fullmatch('[a-z_]+', e['computed'][c]['text'] or '')]
        s.expect(f'{name}: computed texts', not codes, str(codes))
        if any('status' in m.get('by', []) or set(texts) & set(m.get('by', [])) for m in d['measures']):
            a = s.step(f'{name}: figures', place.officer('a.leader'), 'GET', f'/api/v1/registers/{name}/figures?body={BODIES["a"]}&period={TODAY.year}', status=200)
            codes = [c['label'] for m in a['measures'] for cells in m['by'].values() for c in cells if re.fullmatch('[a-z_]+', c['label']['zh'])]
            s.expect(f'{name}: what it is broken down by', a['measures'] and not codes, str(codes))


def count_again(place, s):
    counting = Counting(place.telling)
    s.said = set()
    years = sorted({e['day'][:4] for rows in place.telling.rows.values() for e in rows})
    for name in place.telling.rows:
        d = DEFS[name]
        got = {}
        for year in years:
            a = s.step(f'{name} {year}', place.officer('a.supervisor' if 'supervisor' in d.get('read', ALWAYS) else 'a.leader'), 'GET',
                       f'/api/v1/registers/{name}/figures?body={BODIES["a"]}&period={year}', status=200)
            for m in a['measures']:
                stands = next(x for x in d['measures'] if x['id'] == m['id']).get('standing')
                value, by = (Decimal(0), {}) if stands else got.get(m['id'], (Decimal(0), {}))
                for dim, cells in m['by'].items():
                    for c in cells:
                        by.setdefault(dim, {})[c['value']] = by.get(dim, {}).get(c['value'], Decimal(0)) + Decimal(c['n'])
                got[m['id']] = (value + Decimal(m['value']), by)
            place.figures = a
            for x in a['rates']:
                want = None if Decimal(x['den']) == 0 else Decimal(x['num']) / Decimal(x['den'])
                s.expect(f'{name} rate {x["id"]}', (x['value'] is None) == (want is None), str(x))
            sentences(s, name, d, a)
        for m in d.get('measures', []):
            want = counting.measure(d, m)
            if tidy(got[m['id']]) != tidy(want):
                place.fail(f'{name} measure {m["id"]}: {got[m["id"]]} is not {want}')
            else:
                place.passed += 1
        unsaid = {x['id'] for x in d.get('sentences', [])} - {i for n, i in s.said if n == name}
        if unsaid:
            place.fail(f'{name}: its demo rows never say {", ".join(sorted(unsaid))}')


def tidy(figure):
    """Without values that add nothing."""
    return figure[0], {d: {k: v for k, v in by.items() if v} for d, by in figure[1].items() if any(by.values())}


NUMBER = r'(-?[\d,]+(?:\.\d+)?)'


def cell(measure, dimension, value):
    return next((Decimal(c['n']) for c in measure['by'].get(dimension, []) if c['value'] == value), Decimal(0))


class Slots:
    """What the figures of a register say of a slot of its sentences, as a number."""

    def __init__(self, s, d, a):
        self.s, self.d, self.a = s, d, a

    def measure(self, name):
        register, _, own = name.rpartition('.')
        if not register:
            return next(m for m in self.a['measures'] if m['id'] == own), next(m for m in self.d['measures'] if m['id'] == own)
        a = self.s.step('the other register', self.s.place.officer('a.leader'), 'GET', f'/api/v1/registers/{register}/figures?body={BODIES["a"]}&period={self.a["period"]}', status=200)
        return next(m for m in a['measures'] if m['id'] == own), next(m for m in DEFS[register]['measures'] if m['id'] == own)

    def says(self, slot):
        rate = next((x for x in self.a['rates'] if x['id'] == slot), None)
        if rate is not None:
            return Decimal(rate['value'])
        slot, wan = (slot[:-4], 10000) if slot.endswith('_wan') else (slot, 1)
        name, _, value = slot.partition(':')
        name, _, dimension = name.partition('@')
        got, form = self.measure(name)
        n = Decimal(got['value']) if not value else cell(got, dimension or form['by'][0], value)
        n = n / (100 if got['money'] else 1) / wan
        return n.quantize(Decimal('0.01'), ROUND_HALF_UP) if wan > 1 else n


def sentences(s, name, d, a):
    """Read back against its form, each slot of a sentence holds what the figures say, in Chinese and in English."""
    slots = Slots(s, d, a)
    for said in a['sentences']:
        s.said.add((name, said['id']))
        form = next(x for x in d['sentences'] if x['id'] == said['id'])
        for language in ('zh', 'en'):
            parts = re.split(r'\{([^}]+)\}', form[language])
            pattern = ''.join(re.escape(p) if i % 2 == 0 else '(.*?)' if p in ('when', 'body') else NUMBER for i, p in enumerate(parts))
            m = re.fullmatch(pattern, said[language])
            s.expect(f'{name}: {said["id"]} reads as its form', m is not None, said[language])
            for slot, got in zip(parts[1::2], m.groups()):
                if slot not in ('when', 'body'):
                    s.expect(f'{name}: {slot}', Decimal(got.replace(',', '')) == slots.says(slot), f'{got} {slots.says(slot)} in {said[language]}')


FRESH = itertools.count(1)


def told_again(d, f, value):
    """What a sheet does not tell: a name, a sealed text."""
    if f.get('mark'):
        return f'1390000{next(FRESH):04}'
    return value if not (f['kind'] == 'person' or f.get('sealed')) else '' if not f.get('required') else '李四' if f['kind'] == 'person' else '按原件重新录入'


def sheets_again(place, s):
    """What goes out as a sheet comes in again and is equal, in every definition."""
    for name, rows in place.telling.rows.items():
        d = DEFS[name]
        who = next(f'a.{r}' for r in ('supervisor', 'handler', 'leader', 'intake') if r in d['register'] and r in d.get('read', ALWAYS))
        reader = who if who != 'a.handler' and who != 'a.intake' else 'a.leader'
        a = s.step(f'{name} as a sheet', place.officer(reader), 'GET', entries(name) + '.csv', status=200)
        lines = list(csv.reader(io.StringIO(a.raw.decode('utf-8-sig'))))
        kept = {r[0]: dict(zip(lines[1], r)) for r in lines[2:]}
        s.expect(f'{name}: all rows', len(kept) == len(rows), f'{len(kept)} {len(rows)}')
        kinds = {f['name']: f for f in d['fields'] if f['kind'] not in ('matter', 'case', 'file') and not f.get('later')}
        sent = [not_twice(d, {k: told_again(d, f, r[k]) for k, f in kinds.items()}) for r in kept.values()]
        # what the text form has lost (an apostrophe before a formula) is put back by who edits it
        got = s.step(f'{name} brought in', place.officer(who), 'POST', f'/api/v1/registers/{name}/import', {'rows': sent}, status=200)
        allowed = {'unique', 'balance', 'check', 'required'}
        for item, row in zip(got['items'], sent):
            if item['number'] is None:
                s.expect(f'{name}: refused only by its own rules', {e['code'] for e in item['errors']} <= allowed, f'{item} {row}')
        taken = [x for x in got['items'] if x['number'] is not None]
        s.expect(f'{name}: some came in', taken or not rows, str(got['items'][:2])[:600])
        lines = list(csv.reader(io.StringIO(s.step(f'{name} again', place.officer(reader), 'GET', entries(name) + '.csv', status=200).raw.decode('utf-8-sig'))))
        now = {r[0]: dict(zip(lines[1], r)) for r in lines[2:]}
        for item, row in zip(got['items'], sent):
            if item['number'] is not None:
                s.expect(f'{name}: the same values', all(now[item['number']][k] == v for k, v in row.items() if kinds[k]['kind'] != 'person' and not kinds[k].get('sealed') and not kinds[k].get('mark')), f'{row} {now[item["number"]]}')


def self_checks(place, s):
    """What anybody works out says the same as an entry with these values; nothing is written."""
    for name, rows in place.telling.rows.items():
        asked = DEFS[name].get('self_check')
        if not asked:
            continue
        before = len(rows)
        path = f'/api/v1/public/registers/{name}/check'
        form = s.step(f'{name}: what is asked', place.public(), 'GET', path, status=200)
        s.expect(f'{name}: the fields', [f['name'] for f in form['fields']] == asked['fields'], str(form['fields']))
        for e in rows:
            given = {k: e['fields'][k]['value'] for k in asked['fields']}
            got = s.step(f'{name}: worked out', place.public(), 'POST', path, {'fields': given}, status=200)
            s.expect(f'{name}: as an entry says', {x['name']: (x['value'], x['zh']) for x in got['shows']} == {k: (e['computed'][k]['value'], e['computed'][k]['text']) for k in asked['shows']}, str(got['shows']))
            for k in asked['fields']:
                s.step(f'{name}: without {k}', place.public(), 'POST', path, {'fields': {**given, k: None}}, status=422, field='fields.' + k)
        s.step(f'{name}: more', place.public(), 'POST', path, {'fields': {**given, 'told': True}}, status=422, field='fields.told')
        a = s.step(f'{name}: nothing was written', place.officer('a.supervisor'), 'GET', entries(name) + '/count', status=200)
        s.expect(f'{name}: as many as before', a['all'] == before, f'{a["all"]} {before}')
    s.step('another has none', place.public(), 'GET', '/api/v1/public/registers/sampling/check', status=404)


def ranked_again(place, s):
    """Insurers stand in the order of their totals within the period, the most first, whoever was published when."""
    for name, measure, by in (('service_indexes', 'total', 'period'), ('insurer_indexes', 'per_yi', 'quarter')):
        rows = [e for e in place.telling.rows.get(name, [])]
        if not rows:
            continue
        given = {k: v['value'] for k, v in rows[0]['fields'].items() if k not in ('rank', 'improve', 'improved_on', 'letter_no', 'pressed_on', 'plan', 'answerable')}
        made = []
        for i, company in enumerate('甲乙丙丁'):
            fields = {**given, 'company': company + '公司', by: '2031' if by == 'period' else '2031Q1'}
            if by == 'period':
                fields['scores'] = [{**x, 'score': (70, 90, 80, 90)[i]} for x in given['scores']]
            else:
                fields |= {'complaints': (50, 90, 70, 90)[i], 'reasons': None, 'overdue': 0, 'repeated': 0, 'premium': 10000000000}
            made.append(s.step(f'{name} {company}', place.officer('a.handler'), 'POST', entries(name), {'fields': {k: v for k, v in fields.items() if v is not None}}, status=201)['number'])

        def act(number, what):
            v = place.officer('a.supervisor').send('GET', entries(name, number))['version']
            return s.step(f'{name} {what}', place.officer('a.supervisor'), 'POST', entries(name, number, what), {}, headers=version(v), status=200)['fields']['rank']['value']
        s.expect(f'{name}: in the order of the period alone', [act(n, 'publish') for n in made] == [4, 1, 3, 1])
        sent = {'fields': {'scores': [{**x, 'score': 99} for x in given['scores']]} if by == 'period' else {'complaints': 99}, 'reason': '复核'}
        v = place.officer('a.supervisor').send('GET', entries(name, made[0]))['version']
        s.step(f'{name}: corrected', place.officer('a.supervisor'), 'POST', entries(name, made[0], 'amend'), sent, headers=version(v), status=200)
        s.expect(f'{name}: and again', [act(n, 'rerank') for n in made] == [1, 2, 4, 2])


def systems_listed(place, s):
    """docs/systems.md has a row for each system; each register that says it carries one stands in its row, and each name in a row is there."""
    with open(os.path.join(PACKS, '..', 'docs', 'systems.md'), encoding='utf-8') as f:
        rows = {m[1]: (m[2], m[3]) for m in re.finditer(r'^\| (S\d+) \| .*? \| (.*?) \| (.*?) \|$', f.read(), re.M)}
    s.expect('S01 to S130', sorted(rows) == sorted(f'S{n:02}' for n in range(1, 131)), str(len(rows)))
    claimed = [(d['id'], x) for d in DEFS.values() for x in d.get('systems', []) if f'`{d["id"]}`' not in rows.get(x, ('', ''))[0]]
    s.expect('each register in the rows of its systems', not claimed, str(claimed))
    named = [(x, name) for x, (by, _) in rows.items() for name in re.findall(r'`([a-z_]+)`', by) if name not in DEFS]
    s.expect('each register that a row names', not named, str(named))
    files = [(x, name) for x, row in rows.items() for name in re.findall(r'[a-z_]\w*\.(?:py|c|mjs)\b', ' '.join(row))
             if not glob.glob(os.path.join(PACKS, '..', 'tests', '*', name))]
    s.expect('each test that a row names', not files, str(files))


def checks_broken(place, s):
    each_check_broken(Counting(place.telling), s, ONLY)


def guards_broken(place, s):
    each_guard_broken(Counting(place.telling), s, ONLY)


def behind_again(place, s):
    behind_counted(place, s, Counting(place.telling))


def verified(place, s):
    place.stop()
    said = place.command('verify', '--rebuild', ok=False)
    s.expect('verify --rebuild finds nothing', 'differs' not in said and 'missing' not in said, said[-2000:])
    place.start('--rate-limit', 'off')


if __name__ == '__main__':
    ONLY = [x for x in sys.argv[2:] if x in DEFS]
    sys.argv[2:] = []
    run([install, systems_listed, rules_listed, tell_all, told_in_words, count_again, behind_again, self_checks, sheets_again, sent_by_gateway, logged_in, printed, listed_on_paper, taken_from_stock, covered_by_stations, looked_at_from_above, ranked_again, each_act_done, checks_broken, guards_broken, verified], OFFICERS)
