#!/usr/bin/env python3
"""test_table.py: docs/rules.md says of every rule of the packs its term, its articles, its packs and its test, and says true.

Every id of law_table.py has rows that name it, the pack, the term and each article; no row names an id that no pack has; each test named is there,
and the place named in it (the function, else the file) speaks of the rule: by its id or by an act or guard that the row names."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from law_table import CALLED, rules  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
FILE = re.compile(r'(?:tests/)?(?:[\w-]+/)*[\w-]+\.(?:py|c|mjs)\b')
bad = []


def word(text):
    return re.compile(r'(?<![\w-])' + re.escape(text) + r'(?![\w-])')


def source(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def tables(text):
    """Rows of the tables whose last column is the test: (whether it is the table of ids, cells)."""
    of_ids = None
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip('|').split('|')] if line.startswith('|') else None
        if cells is None:
            of_ids = None
        elif cells[-1] == 'test':
            of_ids = cells == ['rule', 'article', 'pack', 'test']
        elif of_ids is not None and not set(line) <= set('|-'):
            yield of_ids, cells


def ids_of(cell):
    """'R1, R2 of claims: …' names R1 and R2; 'D1 accept …' D1."""
    names = [cell.split(' ')[0].strip(',')]
    rest = cell.split(' ')
    while rest[0].endswith(','):
        rest = rest[1:]
        names.append(rest[0].strip(','))
    return names


# ---- the tests that a row names ----

def place_of(name):
    for path in (name, 'tests/' + name, 'tests/http/' + name):
        if os.path.isfile(os.path.join(ROOT, path)):
            return os.path.join(ROOT, path)
    return None


def body_of(text, function, path):
    """The lines of a function of a test; None where there is none of that name."""
    if path.endswith('.py'):
        m = re.search(rf'^def {function}\(.*?(?=^\S|\Z)', text, re.M | re.S)
    else:
        m = re.search(rf'^static void {function}\(.*?^}}', text, re.M | re.S)
    if m is None or not path.endswith('.py'):
        return m and m.group(0)
    # with the tables of the file that it walks
    tables_used = {name for name in re.findall(r'\b[A-Z][A-Z_0-9]+\b', m.group(0))}
    return m.group(0) + ''.join(t for name in sorted(tables_used) for t in re.findall(rf'^{name} = .*?(?=^\S|\Z)', text, re.M | re.S))


def tests_of(cell):
    """(file, function or None) of a cell such as 'steps.py `power`, `factors`; tests/unit/test_packs.c'. A sentence may follow a colon."""
    found, last = [], None
    for m in re.finditer(FILE.pattern + r'|`(\w+)`', cell):
        if m.group(1) is None:
            last = m.group(0)
            found.append((last, None))
        elif last is None:
            bad.append(f'{cell}: {m.group(1)} is in no file')
        else:
            found = [f for f in found if f != (last, None)] + [(last, m.group(1))]
    return found


def check_tests(cells, speaks_of):
    tests = tests_of(cells[-1])
    if not tests and cells[-1] != '–':
        bad.append(f'{cells[0]}: names no test')
    for name, function in tests:
        path = place_of(name)
        if path is None:
            bad.append(f'{cells[0]}: there is no {name}')
            continue
        text = source(path)
        part = text if function is None else body_of(text, function, path)
        if part is None:
            bad.append(f'{cells[0]}: {name} has no {function}')
        elif speaks_of and not any(word(w).search(part) for w in speaks_of):
            bad.append(f'{cells[0]}: {name} {function or ""} does not speak of {" or ".join(speaks_of)}')


# ---- rules and rows ----

def says_article(cell, basis):
    called = CALLED.get(basis['instrument'])
    if called is None:
        bad.append(f'{basis}: law_table.py does not know the instrument')
        return True
    # up to the next instrument: "; " or the end
    parts = [p for p in cell.split(';') if called in p]
    if 'art' not in ''.join(parts):
        return False
    numbers = set(re.findall(r'\d+(?:\(\d+\))?', ' '.join(p.split(called, 1)[1] for p in parts)))
    # "arts 23–25" holds 23
    return set(basis['article'].split(',')) <= numbers


def check_rule(x, rows):
    mine = [c for c in rows if x['id'] in ids_of(c[0]) and word(x['pack']).search(c[2])]
    if not mine:
        bad.append(f"{x['id']} of {x['pack']} has no row in docs/rules.md")
    for c in mine:
        if x['term'] and not word(x['term']).search(c[0]):
            bad.append(f"{x['id']} of {x['pack']}: {x['term']} in the pack, and the row says: {c[0]}")
        for basis in x['basis']:
            if not says_article(c[1], basis):
                bad.append(f"{x['id']} of {x['pack']}: {basis['instrument']} {basis['article']} in the pack, and the row says: {c[1]}")
        if x['said'] and x['said'] not in c[1] and x['said'].replace('SAMR ', '').replace(',', '') not in c[1]:
            bad.append(f"{x['id']} of {x['pack']}: {x['said']} in the pack, and the row says: {c[1]}")


def same_everywhere(known):
    """A term that several packs keep is one: for the command, for cases, for registers."""
    for name in {x['id'] for x in known if x['id'][0] in 'DF' and x['term']}:
        terms = {x['term'] for x in known if x['id'] == name and x['pack'] != 'market-2020'}
        if len(terms) > 1:
            bad.append(f'{name} is {" and ".join(sorted(terms))}')


def main():
    known = list(rules())
    rows = list(tables(source(os.path.join(ROOT, 'docs', 'rules.md'))))
    of_ids = [c for ids, c in rows if ids]
    for x in known:
        check_rule(x, of_ids)
    for c in of_ids:
        for name in ids_of(c[0]):
            packs = [x['pack'] for x in known if x['id'] == name]
            if not any(word(p).search(c[2]) for p in packs):
                bad.append(f'{name} stands in the table, and no pack that the row names has it: {c[2]}')
        check_tests(c, [*ids_of(c[0]), *re.findall(r'`([a-z_]+)`', c[2])])
    for ids, c in rows:
        if not ids:
            check_tests(c, [])
    same_everywhere(known)
    for line in bad:
        print(line)
    print(f'{len({x["id"] for x in known})} ids of {len({x["pack"] for x in known})} packs, {len(of_ids)} rows of rules, {len(rows) - len(of_ids)} of what they ask; {len(bad)} wrong')
    return 1 if bad or not known or not of_ids else 0


if __name__ == '__main__':
    sys.exit(main())
