"""What single definitions do beside the common suite (test_register_definitions.py): prints, stock kept by another register, who is behind."""
import json
import re

from county import BODIES
from filings import version
from qr_read import codes_of
from register_telling import ALWAYS, DEFS, SITE, TODAY, entries, field_of, not_twice
from test_letters import text_of


def of_list(p):
    return any(isinstance(x, dict) and 'entries' in x for x in p['lines'])


def column(d, table, name):
    return next(c for c in field_of(d, table)['columns'] if c['name'] == name)


def carried(place, s, name, e, pdf):
    """The code on the paper, read as a telephone reads it, is the address of the public page, and that page is there."""
    s.expect(f'{name}: the code', codes_of(pdf) == [f'{SITE}/entries/{e["code"]}'], f'{codes_of(pdf)} {e["code"]}')
    page = s.step('what it leads to', place.public(), 'GET', f'/api/v1/public/entries/{e["code"]}', status=200)
    s.expect('names what was awarded', e['fields']['name']['text'] in page.raw.decode() and e['fields']['promise']['text'] in page.raw.decode(), page.raw.decode()[:400])


def printed(place, s):
    """Each print of each definition, of an entry in one of its states: the words of its fields, no slot left open, and refused elsewhere."""
    for name, rows in place.telling.rows.items():
        d = DEFS[name]
        reader = place.officer('a.supervisor' if 'supervisor' in d.get('read', ALWAYS) else 'a.leader')
        for p in d.get('prints', []):
            if of_list(p):
                continue
            fit = next((e for e in rows if e['status'] in p.get('states', [x['id'] for x in d['states']])), None)
            s.expect(f'{name}: a demo row is in a state of {p["id"]}', fit is not None)
            e = s.step(f'{name}: listed', reader, 'GET', entries(name, fit['number']), status=200)
            s.expect(f'{name}: {p["id"]} is offered', p['id'] in [x['id'] for x in e['prints']], str(e['prints']))
            a = s.step(f'{name}: {p["id"]}', reader, 'GET', entries(name, fit['number']) + '/prints/' + p['id'], status=200)
            text, pages, _ = text_of(a.raw)
            slots = set(re.findall(r'\{\{(\w+)\}\}', json.dumps(p, ensure_ascii=False)))
            told = {k: e['fields'][k]['text'] for k in slots if e['fields'].get(k, {}).get('text')}
            told |= {f'{t["table"]} {i} {c}': cell for t in p['lines'] if isinstance(t, dict) for i, row in enumerate(e['fields'][t['table']]['value'] or [])
                     for c in t['columns'] if isinstance(cell := row.get(c), str) and 'choices' not in (f := column(d, t['table'], c)) and 'codes' not in f}
            told = {k: '{}年{}月{}日'.format(*map(int, v.split('-'))) if ' ' not in k and field_of(d, k).get('kind') == 'date' else v for k, v in told.items()}
            s.expect(f'{name}: {p["id"]} holds what it names', pages == 1 and told and all(re.sub(r'\s', '', v) in text for v in told.values()) and '{{' not in text, f'{told} {text}')
            if p.get('code'):
                carried(place, s, name, e, a.raw)
            other = next((x for x in rows if x['status'] not in p.get('states', [x['status']])), None)
            if other is not None:
                s.step(f'{name}: {p["id"]} in another state', reader, 'GET', entries(name, other['number']) + '/prints/' + p['id'], status=409, field='print')
    s.step('no such print', place.officer('a.supervisor'), 'GET', entries('talks', place.telling.rows['talks'][0]['number']) + '/prints/x', status=404)


def listed_on_paper(place, s):
    """Each print of a list: a row for each entry in its states for which its condition holds today, and for no other; headings, and their words."""
    for name, rows in place.telling.rows.items():
        d = DEFS[name]
        reader = place.officer('a.supervisor' if 'supervisor' in d.get('read', ALWAYS) else 'a.leader')
        for p in (x for x in d.get('prints', []) if of_list(x)):
            path = f'/api/v1/registers/{name}/prints/{p["id"]}'
            columns = next(x['entries'] for x in p['lines'] if isinstance(x, dict))
            now = [reader.send('GET', entries(name, r['number'])).json for r in reader.send('GET', entries(name) + '?limit=200').json['items']]
            fit = [e for e in now if e['status'] in p['states']]
            hold = [e for e in fit if p.get('where') != 'expired' or (e['fields']['years']['value'] != 'permanent' and e['computed']['keep_to']['value'] < TODAY.isoformat())]
            s.expect(f'{name}: {p["id"]} has rows, and entries that are none', hold and len(hold) < len(now), f'{len(hold)} of {len(now)}')
            text, pages, _ = text_of(s.step(f'{name}: {p["id"]}', reader, 'GET', path, status=200).raw)
            told = [re.sub(r'\s', '', (e['fields'] | e['computed']).get(c, {}).get('text') or '') for e in hold for c in columns]
            # What a narrow column breaks over lines stands in pieces: its first two signs are told, whole numbers all.
            s.expect(f'{name}: {p["id"]} holds its rows', all(t[:2] in text for t in told) and all(e['fields']['archive_no']['text'] in text for e in hold), f'{told} {text}')
            s.expect(f'{name}: {p["id"]} holds no other', not any(re.search(e['fields']['archive_no']['text'] + '(?!乙)', text) for e in now if e not in hold), text)
            s.expect(f'{name}: {p["id"]} counts them', f'{len(hold)}卷' in text and pages == 1 and '{{' not in text, text)
            one = hold[0]['fields']['archive_no']['text']
            text, _, _ = text_of(s.step('narrowed like the list', reader, 'GET', path + f'?q={hold[0]["number"]}', status=200).raw)
            s.expect('holds that one alone', one in text and '1卷' in text and not any(e['fields']['archive_no']['text'] in text for e in hold[1:] if e['fields']['archive_no']['text'] not in one), text)
            for what in (f'?status={next(x["id"] for x in d["states"] if x["id"] not in p["states"])}', '?from=2040-01-01'):
                text, _, _ = text_of(s.step(f'none with {what}', reader, 'GET', path + what, status=200).raw)
                s.expect('an empty table', '0卷' in text and not any(e['fields']['archive_no']['text'] in text for e in now), text)
            s.step('not by who may not take out lists', place.officer('a.intake'), 'GET', path, status=403)
            s.step('no print of one entry', reader, 'GET', entries(name, hold[0]['number']) + '/prints/' + p['id'], status=404)
    s.step('no list of a print of one entry', place.officer('a.supervisor'), 'GET', '/api/v1/registers/talks/prints/advice', status=404)


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


def covered_by_stations(place, s):
    """What a plan of coverage has reached is the number of open stations that name it: not those to be accepted, not those of another kind of place."""
    if not {'coverage_plans', 'stations'} <= set(place.telling.rows):
        return
    d, who, chief = DEFS['stations'], place.officer('a.handler'), place.officer('a.supervisor')
    day = TODAY.isoformat()
    plan = s.step('a plan for banks', who, 'POST', entries('coverage_plans'), {'fields': {'year': str(TODAY.year), 'kind': 'bank', 'made_on': day, 'places_n': 4, 'planned': 3}}, status=201)['number']
    act = lambda register, number, what, fields, by=chief: s.step(f'{what} {number}', by, 'POST', entries(register, number, what), {'fields': fields}, headers=version(by.send('GET', entries(register, number))['version']), status=200)
    act('coverage_plans', plan, 'approve', {'approved_on': day})
    s.expect('none yet', act('coverage_plans', plan, 'count', {})['fields']['covered']['value'] == 0)
    fields = place.telling.fields(d, d['demo'][0]['fields'], TODAY) | {'network': 'entry', 'class': 'bank', 'level': 'county', 'plan': plan, 'books': ['record']}
    s.step('of another kind', who, 'POST', entries('stations'), {'fields': fields | {'name': '网点零', 'class': 'mall'}}, status=422, field='fields.plan')
    made = [s.step(f'a station in bank {i}', who, 'POST', entries('stations'), {'fields': fields | {'name': f'网点{i}'}}, status=201)['number'] for i in range(3)]
    for i in (0, 1):
        act('stations', made[i], 'accept', {'plaque_no': f'YH-{i}', 'opened_on': day})
    e = act('coverage_plans', plan, 'count', {})
    s.expect('the two that are open', (e['fields']['covered']['value'], e['computed']['coverage']['text'], e['computed']['done']['text'], e['computed']['left']['value']) == (2, '50.0%', '66.7%', 1), str(e.json)[:600])
    act('stations', made[0], 'suspend', {'reason': '整改'})
    s.expect('one is suspended', act('coverage_plans', plan, 'close', {'note': '转入下一年度'})['fields']['covered']['value'] == 1)


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
