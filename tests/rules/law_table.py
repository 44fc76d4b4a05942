"""The rules that the packs hold, as docs/rules.md is to list them: one row an id, with its term, its articles, its packs."""
import json
import os

PACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs')
# How docs/rules.md calls the instruments that packs cite.
CALLED = {'O121': 'Order 121', 'O20': 'Order 20', 'APR': 'Order 2 (2018)', 'CPL': 'Consumer Protection Law', 'FSL': 'Food Safety Law', 'CPR': 'Order 778',
          'FIN': 'Order 2020-3', 'PBC': 'Order 2020-5', 'INS': 'Insurance Law', 'CRR': 'Regulations on credit reporting', 'ALL': 'Administrative Licensing Law',
          'PQL': 'Product Quality Law'}
UNITS = {'WD': 'WD', 'ND': 'ND', 'Y': 'years'}


def read(*path):
    with open(os.path.join(PACKS, *path), encoding='utf-8') as f:
        return json.load(f)


def files(folder):
    return [read(folder, name) for name in sorted(os.listdir(os.path.join(PACKS, folder))) if name.endswith('.json')]


def merged(base, own, key, instead):
    """A list of a pack on that of the pack it is based on, each article put where the other law has it."""
    rows = {x[key]: dict(x) for x in base}
    for x in rows.values():
        if x.get('basis', {}).get('instrument') == instead.get('from'):
            article = instead['articles'][x['basis']['article']]
            x['basis'] = article and {'instrument': instead['to'], 'article': article}
    for x in own:
        if x.get('gone'):
            rows.pop(x[key], None)
        else:
            rows[x[key]] = {**rows.get(x[key], {}), **x}
    return list(rows.values())


def lists_of(pack):
    """(deadlines, grounds, lines of jurisdiction) of a rule pack; of one that takes only acts and kinds of another, its own."""
    kinds = pack.get('kinds') if isinstance(pack.get('kinds'), dict) else {}
    own = (pack.get('deadlines', []), {k: v.get('grounds', []) for k, v in kinds.items()}, {k: v.get('jurisdiction', []) for k, v in kinds.items()})
    if 'based_on' not in pack or 'takes' in pack:
        return own
    base, instead = lists_of(read('rules', pack['based_on'] + '.json')), pack.get('instead', {})
    return (merged(base[0], own[0], 'id', instead),
            *({k: merged(b[k], o.get(k, []), key, instead) for k in b} for b, o, key in ((base[1], own[1], 'code'), (base[2], own[2], 'id'))))


def rule(pack, name, basis=None, term=None, said=None):
    """One that must stand in the table. basis: [{instrument, article}]; said: a citation in words; term: '7 WD'."""
    return {'pack': pack, 'id': name, 'basis': basis or [], 'term': term, 'said': said}


def deadlines_of(name, deadlines):
    for d in deadlines:
        bases = [b for b in (d.get('basis'), d.get('extension_basis')) if b]
        # a term of no length is a date that somebody gives
        yield rule(name, d['id'], bases, f"{d['length']} {UNITS[d['unit']]}" if d['length'] else None)


def rules():
    for pack in files('rules'):
        deadlines, grounds, jurisdiction = lists_of(pack)
        yield from deadlines_of(pack['id'], deadlines)
        for of_kind, key in ((grounds, 'code'), (jurisdiction, 'id')):
            for entries in of_kind.values():
                for x in entries:
                    yield rule(pack['id'], x[key], [x['basis']] if x.get('basis') else [])
    compensation = read('rules', 'compensation.json')
    for x in compensation['damages'] + compensation['rewards']:
        yield rule('compensation', x['id'], [{'instrument': x['instrument_id'], 'article': x['article']}] if 'article' in x else [])
    for name, key in (('factors', 'factors'), ('subjects', 'rules')):
        for x in read('watches', name + '.json')[key]:
            yield rule(name, x['id'], said=x['basis']['en'])
    for x in read('rules', 'retention.json')['least']:
        yield rule('retention', x['pack'], term=f"{x['years']} years")
    yield rule('disclosure', read('rules', 'disclosure.json')['id'])
    for register in files('registers'):  # terms of the law alone: R1, R2 … without an article are the house's own
        yield from deadlines_of(register['id'], [d for d in register.get('deadlines', []) if d.get('basis') or not d['id'].startswith('R')])
