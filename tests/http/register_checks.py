"""Each check of each definition with a value that breaks it, found by the expressions in Python (register_expr.py): refused at
its field with its own words, in registering, in a correction or in the act that leads where it is judged. For test_register_definitions.py."""
import copy
import datetime
import itertools
import json
import os
import re

from filings import version
from register_telling import BODIES, DEFS, FINE, PACKS, TODAY, entries, field_of, not_twice

DAYS = ['2000-01-01', (TODAY - datetime.timedelta(1)).isoformat(), (TODAY + datetime.timedelta(1)).isoformat(), '2098-12-31']
LEAST = 200  # checks that a value can be found for; fewer: the search is broken


PAIRS = 4000  # of changes that are tried together
TRIES = 12  # values that are sent for one check


def around(text):
    """Numbers in an expression, and those beside them."""
    return [n + step for n in map(int, re.findall(r'(?<![\w.])\d+(?![\w.])', text)) for step in (0, -1, 1)]


def choices(f):
    if 'codes' not in f:
        return [c['code'] for c in f.get('choices', [])]
    with open(os.path.join(PACKS, 'codes', f['codes'] + '.json'), encoding='utf-8') as file:
        return [c['code'] for c in json.load(file)['codes'][:3]]


def values(f, text='', like=()):
    """Values of a field: its limits, those beside the numbers of an expression, and what fields of the kind hold (@p like)."""
    kind, low, high = f.get('kind'), f.get('min', 0), f.get('max', 10 ** 9)
    if kind in ('int', 'money'):
        return [n for n in (high, low, 1, 2, 1000, 10 ** 7, *around(text), *like) if low <= n <= high]
    if kind == 'decimal':
        return [f'{n:.{f.get("decimals", 2)}f}' for n in (high, low, 1, 1000, *around(text)) if low <= n <= high]
    if kind == 'date':
        return [*DAYS, *like]
    if kind == 'instant':
        return [f'{day}T09:00:00+08:00' for day in DAYS[:2]]
    if kind == 'choice':
        return choices(f)
    if kind == 'choices':
        codes = choices(f)
        return [[c] for c in codes] + [codes]
    if kind == 'quantity':
        return [{'value': str(n), 'unit': u} for u in f.get('units', ['kg']) for n in (high if high < 10 ** 6 else 1000, 1, 0)]
    if kind == 'text':
        return ['甲', *like]
    if kind == 'period':
        return ['1990', '2098', *like]
    return [True, False] if kind == 'bool' else [*like] if kind in ('officer', 'body', 'entry', 'business') else []


def named(d, text):
    """Fields that an expression needs, through computed ones too."""
    words, formulas = set(), {c['name']: ' '.join(c.get(k, '') for k in ('formula', 'of', 'over')) for c in d.get('computed', [])}
    ahead = [text]
    while ahead:
        for w in re.findall(r'[a-z_][a-z_0-9]*', ahead.pop()):
            if w not in words:
                words.add(w)
                ahead.append(formulas.get(w, ''))
    return [f for f in d['fields'] if f['name'] in words], words


def row_of(f, text, case):
    """A row of a table in which nothing that must stand is missing; None: no value is known for one of its columns. Of a case (@p case makes
    one) the program fills in what was decided on it."""
    of_case = any(c['kind'] == 'case' for c in f['columns'])
    value = lambda c: case() if c['kind'] == 'case' else FINE if of_case and c.get('later') else next(iter(values(c, text)), None)  # noqa: E731
    out = {c['name']: value(c) for c in f['columns'] if c.get('required') or re.search(rf'\b{c["name"]}\b', text)}
    return None if None in out.values() else out


def alone(d, check, fields, t):
    """(field, its value) one after the other, each other than what stands there. @p t: entries of a register for links, a case."""
    text = check['holds'] + ' ' + check.get('when', '')
    wanted, words = named(d, text)
    for f in sorted(wanted, key=lambda f: f['name'] != check['field']):
        if f.get('kind') == 'table' and fields.get(f['name']):
            rows = fields[f['name']]
            for c in f['columns']:
                like = [r[o['name']] for r in rows for o in f['columns'] if o.get('kind') == c.get('kind') and o is not c and r.get(o['name'])]
                for v in values(c, text, like) if c['name'] in words or not c.get('required') else []:
                    yield f['name'], [{**rows[0], c['name']: v}] + rows[1:]
            yield f['name'], rows * 2
            if not f.get('required'):
                yield f['name'], []
            if len(rows) > 1:
                yield f['name'], rows[:1]
        elif f.get('kind') == 'table':
            row = row_of(f, text, t.case)
            yield from ((f['name'], [row] * n) for n in (1, 2) if row is not None)
        elif f.get('kind') == 'checklist' and fields.get(f['name']):
            items = fields[f['name']]['items']
            yield from ((f['name'], {'items': {**items, k: {'score': 0, 'note': '缺'}}}) for k in list(items)[:2])
            yield f['name'], {'items': {k: {'score': 0, 'note': '缺'} for k in items}}
            yield f['name'], {'items': dict(list(items.items())[:1])}
        elif not f.get('sealed'):
            like = [fields[o['name']] for o in d['fields'] if o is not f and o.get('kind') == f.get('kind') and fields.get(o['name']) is not None]
            if f.get('kind') == 'entry':
                like += [e['number'] for e in t.rows.get(f['register'], [])]
            for v in values(f, text, like) + ([] if f.get('required') else [None]):
                if v != fields.get(f['name']):
                    yield f['name'], v


def changes(d, check, fields, t):
    """{field: value}: one field otherwise, then two at a time."""
    single = list(alone(d, check, fields, t))
    yield from ({name: value} for name, value in single)
    yield from itertools.islice(({a: x, b: y} for (a, x), (b, y) in itertools.combinations(single, 2) if a != b), PAIRS)


def breaks(counting, d, check, e):
    try:
        over = counting.over(d, e)
        return over.holds(check.get('when')) and over.value(check['holds']) is False
    except (TypeError, KeyError, ArithmeticError, AttributeError, ValueError):
        return False  # not a value that the expression can be worked out over


def with_values(e, new):
    out = copy.copy(e)
    out['fields'] = {**e['fields'], **{name: {'value': value} for name, value in new.items()}}
    return out


def said(answer, check):
    return answer.status == 422 and any(x['code'] == 'check' and x['field'] == 'fields.' + check['field'] and x['zh'] == check['message']['zh'] for x in answer['errors'])


def refused_new(counting, s, d, check):
    t = counting.t
    later = {f['name'] for f in d['fields'] if f.get('later')}
    for row in d.get('demo', []):
        given = t.fields(d, row['fields'], TODAY - datetime.timedelta(row.get('days_ago', 0)))
        e = {'fields': {k: {'value': v} for k, v in given.items()}, 'status': d['initial'], 'body': BODIES['a'], 'number': '', 'day': TODAY.isoformat()}
        for new in changes(d, check, given, t):
            if not later & set(new) and breaks(counting, d, check, with_values(e, new)):
                yield s.place.officer(t.who(d['register'])[0]).send('POST', entries(d['id']), {'fields': {k: v for k, v in {**given, **new}.items() if v is not None}}), new


def refused_correction(counting, s, d, check):
    final = {x['id'] for x in d['states'] if x.get('final')}
    for e in counting.t.rows.get(d['id'], []):
        if e['status'] in final:
            continue
        standing = {k: v['value'] for k, v in e['fields'].items()}
        for new in changes(d, check, standing, counting.t):
            if breaks(counting, d, check, with_values(e, new)):
                who = s.place.officer(counting.t.who(d['register'])[0])
                now = who.send('GET', entries(d['id'], e['number']))
                a = who.send('POST', entries(d['id'], e['number'], 'amend'), {'fields': new, 'reason': '试'}, version(now['version']))
                yield a, new


def done(t, d, a, act, fields):
    """The act by the first who may; the entry after it, or the answer of who was refused for what he sent."""
    step = next(x for x in d['transitions'] if x['act'] == act and a['status'] in x['from'])
    for who in t.who(step['roles']):
        got = t.place.officer(who).send('POST', entries(d['id'], a['number'], act), {'fields': fields}, version(a['version']))
        if got.status not in (403, 404) and (got.status != 409 or got['errors'][0]['code'] != 'four_eyes'):
            break
    return got


def refused_act(counting, s, d, check):
    t = counting.t
    for row in d.get('demo', []):
        base = TODAY - datetime.timedelta(row.get('days_ago', 0))
        a = s.place.officer(t.who(d['register'])[0]).send('POST', entries(d['id']), {'fields': not_twice(d, t.fields(d, row['fields'], base))})
        for told in row.get('acts', []) if a.status == 201 else []:
            given, act = t.fields(d, told['fields'], base, told['act']), told['act']
            step = next(x for x in d['transitions'] if x['act'] == act and a['status'] in x['from'])
            after = {k: v['value'] for k, v in a['fields'].items()} | {k: v for k, v in given.items() if any(f['name'] == k for f in d['fields'])}
            e = with_values(a.json, after)
            e['status'] = a['status'] if step['to'] == 'same' else step['to']
            asked = {f['name'] for x in d['acts'] if x['id'] == act for f in x['fields'] if 'kind' in field_of(d, f['name'])}
            for new in changes(d, check, after, t):
                if set(new) <= asked and breaks(counting, d, check, with_values(e, new)):
                    yield done(t, d, a, act, {k: v for k, v in {**given, **new}.items() if v is not None}), new
            a = done(t, d, a, act, given)
            if a.status != 200:
                break


def each_check_broken(counting, s, only):
    tried, missed = 0, []
    for d in (DEFS[n] for n in only or DEFS):
        for check in d.get('checks', []):
            last = None
            for way in (refused_new, refused_correction, refused_act):
                for n, (a, new) in enumerate(way(counting, s, d, check)):
                    last = (a.status, new, a.raw[:300].decode('utf-8', 'replace'))
                    if said(a, check):
                        break
                    if a.status < 300 or n > TRIES:  # taken, or refused for something else each time
                        break
                else:
                    continue
                break
            if last is None:
                missed.append(f'{d["id"]}.{check["id"]}')
                continue
            tried += 1
            s.expect(f'{d["id"]}: {check["id"]} broken', said(a, check), str(last))
    print(f'{tried} checks broken and refused; no value found for {len(missed)}: {", ".join(missed)}')
    s.expect('each check is tried', not missed, str(missed))
    s.expect('and there are checks', only or tried >= LEAST)
