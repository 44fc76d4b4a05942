"""Each check of each definition with a value that breaks it, found by the expressions in Python (register_expr.py): refused at
its field with its own words, in registering or, where it is about what acts fill in, in a correction. For test_register_definitions.py."""
import copy
import datetime
import re

from filings import version
from register_telling import BODIES, DEFS, TODAY, entries

DAYS = ['2000-01-01', (TODAY - datetime.timedelta(1)).isoformat(), (TODAY + datetime.timedelta(1)).isoformat(), '2098-12-31']
LEAST = 150  # checks that a value can be found for; fewer: the search is broken


def values(f):
    kind, low, high = f.get('kind'), f.get('min', 0), f.get('max', 10 ** 9)
    if kind in ('int', 'money'):
        return [n for n in (high, low, 1, 2, 1000, 10 ** 7) if low <= n <= high]
    if kind == 'decimal':
        return [f'{n:.{f.get("decimals", 2)}f}' for n in (high, low, 1, 1000) if low <= n <= high]
    if kind == 'date':
        return DAYS
    if kind == 'choice':
        return [c['code'] for c in f.get('choices', [])]
    if kind == 'choices':
        return [[c['code']] for c in f.get('choices', [])]
    return [True, False] if kind == 'bool' else []


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


def changes(d, check, fields):
    """(field, its value) one after the other, each other than what stands there."""
    wanted, words = named(d, check['holds'])
    for f in sorted(wanted, key=lambda f: f['name'] != check['field']):
        if f.get('kind') == 'table' and fields.get(f['name']):
            for c in f['columns']:
                for v in values(c) if c['name'] in words or not c.get('required') else []:
                    yield f['name'], [{**fields[f['name']][0], c['name']: v}] + fields[f['name']][1:]
            yield f['name'], fields[f['name']] * 2
        elif not f.get('sealed'):
            for v in values(f) + (['甲'] if f.get('kind') == 'text' else []) + ([] if f.get('required') else [None]):
                if v != fields.get(f['name']):
                    yield f['name'], v


def breaks(counting, d, check, e):
    try:
        over = counting.over(d, e)
        return over.holds(check.get('when')) and over.value(check['holds']) is False
    except (TypeError, KeyError, ArithmeticError, AttributeError, ValueError):
        return False  # not a value that the expression can be worked out over


def with_value(e, name, value):
    out = copy.copy(e)
    out['fields'] = {**e['fields'], name: {'value': value}}
    return out


def said(answer, check):
    return answer.status == 422 and any(x['code'] == 'check' and x['field'] == 'fields.' + check['field'] and x['zh'] == check['message']['zh'] for x in answer['errors'])


def refused_new(counting, s, d, check):
    t = counting.t
    later = {f['name'] for f in d['fields'] if f.get('later')}
    for row in d.get('demo', []):
        given = t.fields(d, row['fields'], TODAY - datetime.timedelta(row.get('days_ago', 0)))
        e = {'fields': {k: {'value': v} for k, v in given.items()}, 'status': d['initial'], 'body': BODIES['a'], 'number': '', 'day': TODAY.isoformat()}
        for name, value in changes(d, check, given):
            if name not in later and breaks(counting, d, check, with_value(e, name, value)):
                a = s.place.officer(t.who(d['register'])[0]).send('POST', entries(d['id']), {'fields': {k: v for k, v in {**given, name: value}.items() if v is not None}})
                yield a, name, value


def refused_correction(counting, s, d, check):
    final = {x['id'] for x in d['states'] if x.get('final')}
    for e in counting.t.rows.get(d['id'], []):
        if e['status'] in final:
            continue
        standing = {k: v['value'] for k, v in e['fields'].items()}
        for name, value in changes(d, check, standing):
            if breaks(counting, d, check, with_value(e, name, value)):
                who = s.place.officer(counting.t.who(d['register'])[0])
                now = who.send('GET', entries(d['id'], e['number']))
                a = who.send('POST', entries(d['id'], e['number'], 'amend'), {'fields': {name: value}, 'reason': '试'}, version(now['version']))
                yield a, name, value


def each_check_broken(counting, s, only):
    tried, missed = 0, []
    for d in (DEFS[n] for n in only or DEFS):
        for check in d.get('checks', []):
            last = None
            for way in (refused_new, refused_correction):
                for n, (a, name, value) in enumerate(way(counting, s, d, check)):
                    last = (a.status, name, value, a.raw[:300].decode('utf-8', 'replace'))
                    if said(a, check):
                        break
                    if a.status < 300 or n > 6:  # taken, or refused for something else each time
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
    s.expect('most checks are tried', only or tried >= LEAST)
