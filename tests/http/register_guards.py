"""Each guard of each definition broken by a value that is sent, and who is behind a frequency, counted again. For test_register_definitions.py."""
import datetime

from county import BODIES
from filings import version
from register_acts import asked, fresh, states_after
from register_checks import changes, done, with_values
from register_telling import DEFS, TODAY, entries

# Guards that no value sent can break: who asks for the same before them, or where what they look at is asserted.
ELSEWHERE = {'licences.archived': 'asked for by its act', 'alerts.channel': 'asked for in its state', 'contract_reviews.some': 'asked for in its state',
             'surveys.linked': 'scenario_walks.py', 'surveys.improved': 'scenario_walks.py', 'quizzes.ready': 'scenario_slips.py',
             'quiz_answers.won': 'scenario_slips.py', 'vote_nominees.counted': 'scenario_slips.py'}
TRIES = 60  # values that are sent for one guard


def given_at(d, row, told, name, act):
    """Where a field can be told another value on the way to an act: -1 in registering, the place of an act, None nowhere."""
    if act in told and name in {f['name'] for x in d['acts'] if x['id'] == act for f in x['fields']}:
        return len(told) - 1
    for i in reversed(range(len(told) - 1)):
        if name in row['acts'][i]['fields']:
            return i
    later = next((f.get('later') for f in d['fields'] if f['name'] == name), True)
    return None if later else -1


def broken(counting, d, guard, e):
    try:
        return counting.over(d, e).value(guard['holds']) is not True
    except (TypeError, KeyError, ArithmeticError, AttributeError, ValueError):
        return False


def walked(t, d, row, before, steps, n):
    """An entry registered and led through acts with the fields told; None where something else refuses it."""
    a = t.place.officer(t.who(d['register'])[0]).send('POST', entries(d['id']), {'fields': fresh(d, dict(before), n)})
    for told, fields in steps:
        if a.status not in (200, 201):
            return None
        a = done(t, d, a, told['act'], fresh(d, dict(fields), n))
    return a if a.status in (200, 201) else None


def tries(counting, d, guard, step):
    """(row, acts before, fields of registering, of these acts, of the act) that break a guard, one after the other."""
    t = counting.t
    for row in d['demo']:
        base = TODAY - datetime.timedelta(row.get('days_ago', 0))
        for before, state in states_after(d, row):
            if state not in step['from']:
                continue
            own = next((x for x in row.get('acts', [])[len(before):][:1] if x['act'] == step['act']), None)
            presets = {f['name']: f['default'] for f in d['fields'] if not str(f.get('default', '@')).startswith('@')}
            first = presets | {k: v for k, v in t.fields(d, row['fields'], base).items() if v is not None}
            parts = [t.fields(d, x['fields'], base, x['act']) for x in before]
            standing = dict(first)
            for p in parts:
                standing |= {k: v for k, v in p.items() if any(f['name'] == k for f in d['fields'])}
            e = {'fields': {k: {'value': v} for k, v in standing.items()}, 'status': state, 'body': BODIES['a'], 'number': '', 'day': TODAY.isoformat()}
            try:
                last = t.fields(d, own['fields'], base, own['act']) if own else asked(t, d, e, step['act'])
            except IndexError:
                continue  # it asks for what no value is known of
            after = standing | {k: v for k, v in last.items() if any(f['name'] == k for f in d['fields'])}
            told = [x['act'] for x in before] + [step['act']]
            e = with_values(e, after)
            if broken(counting, d, guard, e):
                yield row, before, first, parts, last
            for new in changes(d, {'holds': guard['holds'], 'field': ''}, after, t):
                places = {name: given_at(d, {'acts': [*before, {'act': step['act'], 'fields': last}]}, told, name, step['act']) for name in new}
                if None in places.values() or not broken(counting, d, guard, with_values(e, new)):
                    continue
                sent = [dict(first), *map(dict, parts), dict(last)]
                for name, value in new.items():
                    sent[places[name] + 1][name] = value
                sent = [{k: v for k, v in x.items() if v is not None} for x in sent]
                yield row, before, sent[0], sent[1:-1], sent[-1]


def each_guard_broken(counting, s, only):
    t, tried, missed, n = counting.t, 0, [], 500
    for d in (DEFS[x] for x in only or DEFS):
        guards = {x['id']: x for x in d.get('predicates', [])}
        for step in d['transitions']:
            for guard in (guards[x] for x in step.get('guards', []) if f'{d["id"]}.{x}' not in ELSEWHERE):
                seen = None
                for i, (row, before, first, parts, last) in enumerate(tries(counting, d, guard, step)):
                    n += 1
                    a = walked(t, d, row, first, zip(before, parts), n) if i <= TRIES else None
                    if a is not None:
                        a = done(t, d, a, step['act'], fresh(d, dict(last), n))
                        seen = (a.status, last, a.raw[:300].decode('utf-8', 'replace'))
                        if a.status < 300 or a.status == 409:
                            break
                    if i > TRIES:
                        break
                name = f'{d["id"]}.{guard["id"]}'
                if seen is None or seen[0] not in (200, 409):
                    missed.append(name)
                    continue
                tried += 1
                s.expect(f'{name} broken', seen[0] == 409 and any(x['zh'] == guard['message']['zh'] for x in a['errors']), f'{step["act"]} {seen}')
    print(f'{tried} guards broken and refused; not by a value: {", ".join(missed)}')
    s.expect('each guard is tried', not missed, str(missed))


def behind_counted(place, s, counting):
    """Each place of a frequency with what was done there in the year, counted from the entries; not those that have done enough in a month
    or a week."""
    t = counting.t
    for name, rows in t.rows.items():
        d = DEFS[name]
        for f in d.get('frequencies', []):
            if 'register' in f['places'] and f['places']['register'] not in t.rows:
                continue
            days = 366 if TODAY.year % 4 == 0 else 365
            monday = TODAY - datetime.timedelta(TODAY.weekday() + 14)
            week = f'{monday}..{monday + datetime.timedelta(6)}'
            for period, times in ((str(TODAY.year), {'week': days // 7, 'month': 12, 'quarter': 4, 'half': 2, 'year': 1}), (TODAY.isoformat()[:7], {'month': 1}), (week, {'week': 1})):
                if f['every'] not in times:
                    continue
                needed = f['at_least'] * times[f['every']]
                first, last = period.split('..') if '..' in period else (period, period + '-99')
                got = {x['place']['number']: (x['done'], x['needed']) for x in s.step(f'{name}: behind {f["id"]}', place.officer('root.supervisor'), 'GET',
                       f'/api/v1/registers/{name}/behind?body={BODIES["root"]}&frequency={f["id"]}&period={period}', status=200)['items']}
                where = [b for b in BODIES.values()] if 'register' not in f['places'] else [e['number'] for e in t.rows[f['places']['register']] if e['status'] in f['places']['states']]
                count = {w: 0 for w in where}
                for e in rows:
                    at = e['fields'].get(f['place'], {}).get('value') if 'place' in f else e['body']
                    if at in count and first <= e['day'] <= last and counting.over(d, e).holds(f['count']):
                        count[at] += 1
                want = {w: (n, needed) for w, n in count.items() if n < needed}
                s.expect(f'{name}: behind {f["id"]} in {period}', {k: v for k, v in got.items() if k in count} == want and set(got) <= set(count), f'{got} {want}')
