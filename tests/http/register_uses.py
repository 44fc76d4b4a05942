"""What single definitions do beside the common suite (test_register_definitions.py): prints, stock kept by another register, who is behind."""
import json
import re

from county import BODIES
from filings import version
from register_telling import ALWAYS, DEFS, TODAY, entries, field_of, not_twice
from test_letters import text_of


def printed(place, s):
    """Each print of each definition, of an entry in one of its states: the words of its fields, no slot left open, and refused elsewhere."""
    for name, rows in place.telling.rows.items():
        d = DEFS[name]
        reader = place.officer('a.supervisor' if 'supervisor' in d.get('read', ALWAYS) else 'a.leader')
        for p in d.get('prints', []):
            fit = next((e for e in rows if e['status'] in p.get('states', [x['id'] for x in d['states']])), None)
            s.expect(f'{name}: a demo row is in a state of {p["id"]}', fit is not None)
            e = s.step(f'{name}: listed', reader, 'GET', entries(name, fit['number']), status=200)
            s.expect(f'{name}: {p["id"]} is offered', p['id'] in [x['id'] for x in e['prints']], str(e['prints']))
            a = s.step(f'{name}: {p["id"]}', reader, 'GET', entries(name, fit['number']) + '/prints/' + p['id'], status=200)
            text, pages, _ = text_of(a.raw)
            slots = set(re.findall(r'\{\{(\w+)\}\}', json.dumps(p, ensure_ascii=False)))
            told = {k: e['fields'][k]['text'] for k in slots if e['fields'].get(k, {}).get('text')}
            told = {k: '{}年{}月{}日'.format(*map(int, v.split('-'))) if field_of(d, k).get('kind') == 'date' else v for k, v in told.items()}
            s.expect(f'{name}: {p["id"]} holds what it names', pages == 1 and told and all(re.sub(r'\s', '', v) in text for v in told.values()) and '{{' not in text, f'{told} {text}')
            other = next((x for x in rows if x['status'] not in p.get('states', [x['status']])), None)
            if other is not None:
                s.step(f'{name}: {p["id"]} in another state', reader, 'GET', entries(name, other['number']) + '/prints/' + p['id'], status=409, field='print')
    s.step('no such print', place.officer('a.supervisor'), 'GET', entries('talks', place.telling.rows['talks'][0]['number']) + '/prints/x', status=404)


def taken_from_stock(place, s):
    """A rapid test takes its reagents from the lot that another register keeps: never more than there are, and none where no lot is named."""
    if 'rapid_tests' not in place.telling.rows:
        return
    d, who = DEFS['rapid_tests'], place.officer('a.handler')

    def left():
        a = s.step('what is left', place.officer('a.supervisor'), 'GET', f'/api/v1/registers/reagents/figures?body={BODIES["a"]}', status=200)
        return next(int(b['n']) for b in a['balances'] if b['keys'][0]['value'] == 'KJ2604')
    had = left()
    fields = place.telling.fields(d, d['demo'][0]['fields'], TODAY)
    for more, status in (({'tests': 1, 'used': had + 1}, 422), ({'tests': 1, 'used': had}, 201), ({'tests': 1, 'used': 1}, 422)):
        a = s.step(f'takes {more["used"]} of {had}', who, 'POST', entries('rapid_tests'), {'fields': {**fields, **more}}, status=status)
        s.expect('and says why', status == 201 or [e['code'] for e in a['errors']] == ['balance'], a.raw.decode())
    s.expect('nothing is left', left() == 0)
    s.step('of another lot', who, 'POST', entries('rapid_tests'), {'fields': {**fields, 'reagent': 'KJ9999'}}, status=422, field='fields.lot')
    s.step('bought on the spot', who, 'POST', entries('rapid_tests'), {'fields': {k: v for k, v in fields.items() if k != 'lot'}}, status=201)


def looked_at_from_above(place, s):
    """Whoever writes it down, what counts for a body is what its field says: a tour of the bureau through a branch is the branch's."""
    body_of = {'tours': 'b', 'assessments': 'b', 'branch_notices': 'b1', 'self_inspections': 'b1'}
    for name, unit in body_of.items():
        d = DEFS[name]
        if name not in place.telling.rows:
            continue
        path = f'/api/v1/registers/{name}/behind?body={BODIES["root"]}&period={TODAY.year}'
        behind = lambda: {x['place']['number']: (x['done'], x['needed']) for x in s.step(f'{name}: behind', place.officer('root.supervisor'), 'GET', path, status=200)['items']}
        before = behind()
        day = TODAY.isoformat()
        fields = not_twice(d, {**place.telling.fields(d, d['demo'][0]['fields'], TODAY), 'unit': BODIES[unit], d['day']: day})
        kept = {k: v for k, v in fields.items() if not next((f for f in d['fields'] if f['name'] == k), {}).get('later')}
        a = s.step(f'{name} of {unit} by the bureau', place.officer('root.supervisor'), 'POST', entries(name), {'fields': kept, 'body': BODIES['root']}, status=201)
        if name == 'branch_notices':
            s.step('posted', place.officer('root.supervisor'), 'POST', entries(name, a['number'], 'post'), {'fields': {'posted_on': day}}, headers=version(a['version']), status=200)
        now = behind()
        done = before[BODIES[unit]][0] + 1
        s.expect(f'{name}: it counts for {unit}', now.get(BODIES[unit], (done, 0))[0] == done, f'{before} {now}')
        s.expect(f'{name}: and not for the bureau', now[BODIES['root']] == before[BODIES['root']], f'{before} {now}')
