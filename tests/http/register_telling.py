"""The definitions that are shipped, and their demo rows told to a server as entries: each refusal on the way is looked at too."""
import datetime
import glob
import json
import os
import urllib.parse

from county import BODIES
from filings import key, version
from register_clocks import TODAY, clocks_as_told
from scenario_registers import decided

HERE = os.path.dirname(os.path.abspath(__file__))
PACKS = os.path.join(HERE, '..', '..', 'packs')
ROLES = ['handler', 'supervisor', 'intake', 'leader']
OFFICERS = ['a.handler', 'a.handler2', 'a.supervisor', 'a.supervisor2', 'a.intake', 'a.leader', 'a.leader2', 'a.auditor', 'root.supervisor']
ALWAYS = ['intake', 'handler', 'supervisor', 'leader', 'auditor']
SITE = 'https://12315.example.cn'
FINE = 400000  # fen that were decided on the case of the tests


def load():
    out = {}
    for path in sorted(glob.glob(os.path.join(PACKS, 'registers', '*.json'))):
        with open(path, encoding='utf-8') as f:
            d = json.load(f)
        out[d['id']] = d
    return out


DEFS = load()


def install(place, s):
    place.stop()
    folder = os.path.join(place.data, 'packs', 'registers')
    os.makedirs(folder)
    for d in DEFS.values():
        if 'profiles' in d and 'market' not in d['profiles']:
            with open(os.path.join(folder, d['id'] + '.json'), 'w', encoding='utf-8') as f:
                json.dump({k: v for k, v in d.items() if k != 'profiles'}, f, ensure_ascii=False)
    place.command('setting', 'put', 'site.url', SITE)
    place.start('--rate-limit', 'off')
    s.expect('there are definitions', len(DEFS) > 0)


def entries(reg, number=None, act=None):
    out = f'/api/v1/registers/{reg}/entries' + ('' if number is None else '/' + urllib.parse.quote(number, safe=''))
    return out if act is None else f'{out}/acts/{act}'


def field_of(d, name, act=None):
    """The act's own field, or the register's; an act's reference takes the rest from it."""
    own = next((f for a in d.get('acts', []) if act and a['id'] == act for f in a['fields'] if f['name'] == name), {})
    base = next((f for f in d['fields'] if f['name'] == name), {})
    return {**base, **own}


class Telling:
    """The demo rows of all definitions as entries of one body."""

    def __init__(self, place, s):
        self.place, self.s = place, s
        self.numbers, self.rows = {}, {}
        self.reached, self.unfilled = {}, set()

    def filled(self, f, value, base):
        if isinstance(value, list) and f.get('kind') == 'table':
            columns = {c['name']: c for c in f['columns']}
            return [{k: self.filled(columns.get(k, {}), v, base) for k, v in row.items()} for row in value]
        if not isinstance(value, str) or value[:1] not in '@#':
            return value
        if value in ('@officer', '@officer2'):
            return self.place.ids['a.handler' if value == '@officer' else 'a.handler2']
        if value == '@body':
            return BODIES['a']
        if value[0] == '@':
            when = (base + datetime.timedelta(int(value[1:]))).isoformat()
            return when + 'T09:00:00+08:00' if f.get('kind') == 'instant' else when
        if f.get('kind') == 'business':
            return self.business(int(value[1:]))
        return self.numbers[f['register']][int(value[1:]) - 1]

    def business(self, n):
        known = self.numbers.setdefault('=business', {})
        if n not in known:
            a = self.place.officer('root.supervisor').send('POST', '/api/v1/businesses', {'name': f'安澜县第{n}商行'})
            assert a.status == 201, a.raw
            known[n] = a['id']
        return known[n]

    def case(self):
        """An enforcement case with a decision, made when it is first asked for."""
        if '=case' not in self.numbers:
            a = self.place.officer('a.handler').send('POST', '/api/v1/cases', {'source': 'inspection', 'business': '北山食品加工点', 'violation': 'food_safety', 'facts': '使用过期原料'}, key('decided-case'))
            assert a.status == 201, a.raw
            decided(self.place, self.s, a['id'], {'fine_fen': FINE, 'discretion': 'usual', 'text': '处罚'})
            self.numbers['=case'] = [a['id']]
        return self.numbers['=case'][0]

    def fields(self, d, given, base, act=None):
        return {k: self.filled(field_of(d, k, act), v, base) for k, v in given.items()}

    def linked(self, d):
        kinds = [f for f in d['fields']] + [f for a in d.get('acts', []) for f in a['fields']]
        kinds += [c for f in kinds for c in f.get('columns', [])]
        return {f['register'] for f in kinds if f.get('kind') == 'entry'}

    def who(self, roles, without=()):
        """Officers of these roles, a second one of each for four eyes."""
        return [f'a.{r}{n}' for r in ROLES if r in roles and r not in without for n in ('', '2') if f'a.{r}{n}' in OFFICERS]

    def tell(self, name):
        if name in self.numbers:
            return
        d = DEFS[name]
        self.numbers[name] = []
        for other in sorted(self.linked(d)):
            self.tell(other)
        for i, row in enumerate(d.get('demo', [])):
            self.tell_row(d, row, i)

    def tell_row(self, d, row, i):
        s, name = self.s, d['id']
        base = TODAY - datetime.timedelta(row.get('days_ago', 0))
        fields = self.fields(d, row['fields'], base)
        who = self.who(d['register'])[0]
        if i == 0:
            self.refuse_incomplete(d, who, fields)
            self.refuse_others(d, fields)
        a = s.step(f'{name} row {i + 1}', self.place.officer(who), 'POST', entries(name), {'fields': fields}, status=201)
        self.numbers[name].append(a['number'])
        self.enter(name, a)
        if i == 0:
            self.refuse_twice(d, who, fields)
        for told in row.get('acts', []):
            a = self.act(d, a, told, base, i)
        self.rows.setdefault(name, []).append(a.json)

    def enter(self, name, a):
        self.reached.setdefault(name, set()).add(a['status'])

    def refuse_incomplete(self, d, who, fields):
        for f in d['fields']:
            if f.get('required') and 'when' not in f and f['name'] in fields:
                self.s.step(f'{d["id"]} without {f["name"]}', self.place.officer(who), 'POST', entries(d['id']),
                            {'fields': {k: v for k, v in fields.items() if k != f['name']} | ({f['name']: None} if 'default' in f else {})}, status=422, field='fields.' + f['name'])
        self.s.step(f'{d["id"]} with more', self.place.officer(who), 'POST', entries(d['id']),
                    {'fields': {**fields, 'not_a_field': 1}}, status=422, field='fields.not_a_field')

    def refuse_twice(self, d, who, fields):
        """The same once more: each rule of uniqueness that it breaks is said in its words."""
        broken = [u['message']['zh'] for u in d.get('unique', []) if 'when' not in u and all(n == 'body' or n in fields for n in u['fields'])]
        if broken:
            a = self.s.step(f'{d["id"]} twice', self.place.officer(who), 'POST', entries(d['id']), {'fields': fields}, status=422)
            said = {e['zh'] for e in a['errors'] if e['code'] == 'unique'}
            self.s.expect(f'{d["id"]}: each rule says so', set(broken) <= said, f'{broken} {said}')

    def refuse_unfilled(self, d, step, act, target, fields, a):
        """What the act, or the state it leads to, asks for is refused by name where it is missing."""
        if (d['id'], act) in self.unfilled:
            return
        self.unfilled.add((d['id'], act))
        for name in fields:
            f = field_of(d, name, act)
            own = next(x for x in next(y for y in d['acts'] if y['id'] == act)['fields'] if x['name'] == name)
            asked = own.get('required') or (step['to'] in f.get('required_in', []) and name not in a['fields'])
            if not asked or 'when' in f:
                continue
            sent = {'fields': {k: v for k, v in fields.items() if k != name}}
            answers = [self.place.officer(who).send('POST', target, sent, version(a['version'])) for who in self.who(step['roles'])]
            named = [e['field'] for got in answers if got.status == 422 for e in got['errors']]
            self.s.expect(f'{d["id"]}: {act} without {name}', 'fields.' + name in named, str([(got.status, got.raw[:200]) for got in answers]))

    def refuse_others(self, d, fields):
        for role in ALWAYS:
            if role not in d['register'] and role != 'auditor':
                a = self.place.officer('a.' + role).send('POST', entries(d['id']), {'fields': fields})
                self.s.expect(f'{d["id"]} is not for {role}', a.status in (403, 404), f'{a.status} {a.raw[:200]}')

    def act(self, d, a, told, base, i):
        s, act, name = self.s, told['act'], d['id']
        step = next((t for t in d['transitions'] if t['act'] == act and a['status'] in t['from']), None)
        s.expect(f'{name} row {i + 1}: {act} fits {a["status"]}', step is not None)
        fields = self.fields(d, told['fields'], base, act)
        target, sent = entries(name, a['number'], act), {'fields': fields}
        for role in ROLES:
            if role not in step['roles']:
                refused = self.place.officer('a.' + role).send('POST', target, sent, version(a['version']))
                s.expect(f'{name}: {act} is not for {role}', refused.status in (403, 404), f'{refused.status} {refused.raw[:300]}')
        self.refuse_unfilled(d, step, act, target, fields, a)
        for who in self.who(step['roles']):
            seen = self.place.officer(who).send('GET', entries(name, a['number']))
            got = self.place.officer(who).send('POST', target, sent, version(a['version']))
            if got.status not in (403, 404) and (got.status != 409 or got['errors'][0]['code'] != 'four_eyes'):
                break
        s.expect(f'{name} row {i + 1}: {who} does {act}', got.status == 200, f'{got.status} {got.raw[:500].decode("utf-8", "replace")}')
        # what can be done is offered on the page, also where a guard looks at what the act itself asks for
        s.expect(f'{name} row {i + 1}: {act} is offered', act in {x['act'] for x in seen['allowed_acts']}, str(seen['not_allowed']))
        self.enter(name, got)
        clocks_as_told(s, d, step, got)
        return got


def not_twice(d, row):
    """What may be there only once gets another value, so that a row that came out can come in beside itself."""
    kinds = {f['name']: f for f in d['fields']}
    for u in d.get('unique', []):
        named = [n for n in u['fields'] if n in row and not kinds[n].get('sealed') and not kinds[n].get('mark')]
        change = next((n for n in named if kinds[n]['kind'] == 'text'), None) or next((n for n in named if kinds[n]['kind'] in ('period', 'date', 'int')), None)
        if change is None or not row[change] or row[change].endswith('乙'):
            continue
        kind, was = kinds[change]['kind'], row[change]
        row[change] = was + '乙' if kind == 'text' else str(int(was) + 7) if kind == 'int' else str(int(was[:4]) - 9) + was[4:]
    return row
