"""docs/practice-rules.md against what it names: a row for each rule, members of registers, files and functions of tests. For
test_register_definitions.py."""
import glob
import os
import re

from register_telling import DEFS, PACKS

ROOT = os.path.join(PACKS, '..')
MEMBERS = ('fields', 'computed', 'checks', 'predicates', 'unique', 'deadlines', 'acts', 'frequencies', 'measures', 'rates', 'prints', 'balances')
CHOSEN = {('staff_conduct', 'review')}  # a choice of its field


def members(d):
    return {x.get('id', x.get('name')) for k in MEMBERS for x in d.get(k, [])}


def rules_listed(place, s):
    """R01 to R92, and nothing is named that is not there."""
    with open(os.path.join(ROOT, 'docs', 'practice-rules.md'), encoding='utf-8') as f:
        text = f.read()
    rows = re.findall(r'^\| (R\d\d) \| .+? \| .+? \| .+? \|$', text, re.M)
    s.expect('R01 to R92', rows == [f'R{n:02}' for n in range(1, 93)], str(len(rows)))
    named = [x for x in re.findall(r'`([a-z_]+)\.([A-Za-z_0-9]+)`', text) if x != ('register', 'name')]
    missing = [x for x in named if x[0] not in DEFS or x[1] not in members(DEFS[x[0]]) and x not in CHOSEN]
    s.expect('each member of a register', len(named) > 100 and not missing, str(missing))
    lost, n = [], 0
    for file, functions in re.findall(r'(\w+\.(?:py|c)) ((?:`\w+`(?:, )?)+)', text):
        paths = glob.glob(os.path.join(ROOT, 'tests', '*', file))
        source = open(paths[0], encoding='utf-8').read() if paths else ''
        for function in re.findall(r'`(\w+)`', functions):
            n += 1
            if not re.search(rf'^(?:def|static void) {function}\(', source, re.M):
                lost.append((file, function))
    s.expect('each function of a test', n > 50 and not lost, str(lost))
    files = [x for x in re.findall(r'packs/[a-z_/]+[a-z0-9_-]*\.json', text) if not os.path.exists(os.path.join(ROOT, x))]
    s.expect('each file', not files, str(files))
