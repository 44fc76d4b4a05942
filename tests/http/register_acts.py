"""Each act of each definition that no demo row does: done from each of its states that a demo row comes to, by those who may, and refused
to the others. For test_register_definitions.py."""
import datetime

from filings import version
from register_checks import done, values
from register_telling import DEFS, ROLES, TODAY, entries, field_of

ELSEWHERE = {('surveys', 'pick'), ('surveys', 'pick_businesses'), ('surveys', 'pick_people'), ('surveys', 'collect'), ('broadcasts', 'dispatch'), ('broadcasts', 'stop')}  # scenario_slips.py, scenario_gateway.py


def states_after(d, row):
    """(acts done, the state then) along a demo row, its first state included."""
    state, told = d['initial'], []
    yield list(told), state
    for one in row.get('acts', []):
        step = next(t for t in d['transitions'] if t['act'] == one['act'] and state in t['from'])
        state = state if step['to'] == 'same' else step['to']
        told.append(one)
        yield list(told), state


def ways(d):
    """The acts that no demo row does, each with the shortest way to one of the states it starts from: (act, row, acts before)."""
    tried = {a['act'] for row in d['demo'] for a in row.get('acts', [])}
    for act in (a['id'] for a in d['acts']):
        if act in tried or (d['id'], act) in ELSEWHERE:
            continue
        starts = {x for t in d['transitions'] if t['act'] == act for x in t['from']}
        found = [(len(before), row, before) for row in d['demo'] for before, state in states_after(d, row) if state in starts]
        yield (act, *min(found, key=lambda f: f[0])[1:]) if found else (act, None, None)


def fresh(d, row, n):
    """What may be there only once is another one each time."""
    kinds, changed = {f['name']: f['kind'] for f in d['fields']}, set()
    for u in d.get('unique', []):
        name = next((x for kind in ('text', 'period', 'int') for x in u['fields'] if kinds.get(x) == kind and row.get(x)), None)
        if name is None or name in changed:
            continue
        changed.add(name)
        was = row[name]
        row[name] = f'{was}丙{n}' if kinds[name] == 'text' else was + 100 * n if kinds[name] == 'int' else str(int(was[:4]) - 20 - n) + was[4:]
    return row


def asked(t, d, e, act):
    """What an act asks for: what the entry has, else a value of the field's kind."""
    out = {}
    for own in next(a for a in d['acts'] if a['id'] == act)['fields']:
        f = field_of(d, own['name'], act)
        has = e['fields'].get(f['name'], {}).get('value')
        if f['kind'] == 'person' or f.get('sealed'):
            has = {'name': '李四'} if f['kind'] == 'person' else '按原件'
        if not own.get('required') and has is None:
            continue
        given = [has] if has is not None else [t.case()] if f['kind'] == 'case' else [TODAY.isoformat()] if f['kind'] == 'date' else values(f)
        out[f['name']] = given[0]
    return out


def each_act_done(place, s):
    t, n = place.telling, 0
    for name in t.rows:
        d = DEFS[name]
        for act, row, before in ways(d):
            s.expect(f'{name}: a demo row comes to where {act} starts', row is not None)
            base = TODAY - datetime.timedelta(row.get('days_ago', 0))
            e = s.step(f'{name}: for {act}', place.officer(t.who(d['register'])[0]), 'POST', entries(name), {'fields': fresh(d, t.fields(d, row['fields'], base), n + 1)}, status=201)
            for told in before:
                e = done(t, d, e, told['act'], fresh(d, t.fields(d, told['fields'], base, told['act']), n + 1))
                s.expect(f'{name}: {told["act"]} on the way to {act}', e.status == 200, e.raw.decode('utf-8', 'replace')[:400])
            step = next(x for x in d['transitions'] if x['act'] == act and e['status'] in x['from'])
            sent, was = asked(t, d, e, act), e['status']
            for role in ROLES:
                if role not in step['roles']:
                    a = place.officer('a.' + role).send('POST', entries(name, e['number'], act), {'fields': sent}, version(e['version']))
                    s.expect(f'{name}: {act} is not for {role}', a.status in (403, 404), f'{a.status} {a.raw[:200]}')
            a = done(t, d, e, act, sent)
            s.expect(f'{name}: {act}', a.status == 200 and a['status'] == (was if step['to'] == 'same' else step['to']), f'{a.status} {sent} {a.raw.decode("utf-8", "replace")[:400]}')
            n += 1
    print(f'{n} acts done that no demo row does')
