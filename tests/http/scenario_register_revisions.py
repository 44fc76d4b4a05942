"""A definition that changes: entries stay under the revision they were written under. For test_registers.py, with
trial_visits in the installation's own folder."""
import json
import os
import subprocess
import time
import urllib.parse

from county import BODIES, day
from filings import version

ROOT = '/api/v1/registers'


def path_of(place):
    return os.path.join(place.data, 'packs', 'registers', 'trial_visits.json')


def change(place, **more):
    with open(path_of(place), encoding='utf-8') as f:
        d = json.load(f)
    d.update(more)
    with open(path_of(place), 'w', encoding='utf-8') as f:
        json.dump(d, f, ensure_ascii=False)
    return d


def refused(place, s, *parts):
    done = subprocess.run([place.program, 'serve', '--data', place.data, '--listen', '127.0.0.1:0'], capture_output=True, text=True, timeout=60, env=place.env)
    s.expect('not started', done.returncode != 0 and done.stdout == '', done.stdout)
    for part in parts:
        s.expect(f'it says {part}', part in done.stderr, done.stderr)


def entry(number, act=None):
    return f'{ROOT}/trial_visits/entries/{urllib.parse.quote(number)}' + ('' if act is None else '/acts/' + act)


def see(s, number):
    return s.step('see', s.place.officer('a.handler'), 'GET', entry(number), status=200)


def make(s, shop, status=201, **fields):
    return s.step('visit', s.place.officer('a.handler'), 'POST', f'{ROOT}/trial_visits/entries', {'fields': {'shop': shop, 'visited_on': day(), **fields}}, status=status)


def figures(s):
    a = s.step('figures', s.place.officer('root.supervisor'), 'GET', f'{ROOT}/trial_visits/figures?body={BODIES["a"]}&period={day()[:4]}', status=200)
    return {m['id']: m['value'] for m in a['measures']}


def counted(s):
    """The figures, once a job has counted the older entries as the register says now."""
    for _ in range(600):
        a = s.step('figures', s.place.officer('root.supervisor'), 'GET', f'{ROOT}/trial_visits/figures?body={BODIES["a"]}&period={day()[:4]}', status=200)
        if a['recounting'] == 0:
            return figures(s)
        time.sleep(0.1)
    s.expect('counted in the end', False, str(a['recounting']))


def sampled_of(s):
    """What was sampled by all visits of the body, entry by entry."""
    where, rows, cursor = f'{ROOT}/trial_visits/entries?limit=200&body={BODIES["a"]}&from={day()[:4]}-01-01&to={day()[:4]}-12-31', [], ''
    while cursor is not None:
        a = s.step('list', s.place.officer('root.supervisor'), 'GET', where + (f'&cursor={urllib.parse.quote(cursor)}' if cursor else ''), status=200)
        rows, cursor = rows + a['items'], a['next']
    got = [s.step('one', s.place.officer('root.supervisor'), 'GET', entry(x['number']), status=200)['fields'].get('sampled', {}).get('value') for x in rows]
    return sum(x or 0 for x in got)


def revisions(place, s):
    shop = s.step('shop', place.officer('a.handler'), 'POST', f'{ROOT}/trial_shops/entries', {'fields': {'name': '改版店', 'trade': 'food'}}, status=201)['number']
    old = [make(s, shop, sampled=4, weight='2.50')['number'] for _ in range(2)]
    before = figures(s)
    place.stop()
    with open(path_of(place), encoding='utf-8') as f:
        first = json.load(f)
    # a change without another revision, and one that goes back
    change(place, about={'zh': '改了一句', 'en': 'Changed'})
    refused(place, s, 'registers.trial_visits.revision', '版本号也要加')
    fields = [x for x in first['fields'] if x['name'] != 'weight'] + [
        {'name': 'mood', 'kind': 'choice', 'label': {'zh': '态度', 'en': 'Mood'}, 'choices': [{'code': 'good', 'label': {'zh': '配合', 'en': 'Helpful'}}]}]
    measures = [m for m in first['measures'] if m['id'] != 'weight'] + [
        {'id': 'moods', 'label': {'zh': '配合的', 'en': 'Helpful'}, 'unit': {'zh': '次', 'en': 'visits'}, 'where': 'mood = "good"'},
        {'id': 'sampled_all', 'label': {'zh': '抽样', 'en': 'Sampled'}, 'unit': {'zh': '件', 'en': 'pieces'}, 'sum': 'sampled'}]
    change(place, revision='2', fields=fields, measures=measures)
    place.start('--rate-limit', 'off')
    a = see(s, old[0])
    s.expect('the old one as it was', a['revision'] == '1' and a['fields']['weight']['value'] == '2.50', str(a['fields']))
    d = s.step('its definition', place.officer('a.handler'), 'GET', f'{ROOT}/trial_visits?revision=1', status=200)
    s.expect('is kept', d['revision'] == '1' and any(f['name'] == 'weight' for f in d['fields']) and 'demo' not in d.json)
    s.step('another one is not', place.officer('a.handler'), 'GET', f'{ROOT}/trial_visits?revision=7', status=404)
    make(s, shop, 422, sampled=1, weight='1.00')
    new = make(s, shop, sampled=3, mood='good')
    s.expect('a new one by the new', new['revision'] == '2' and new['fields']['mood']['text'] == '配合', str(new['fields']))
    got = counted(s)
    s.expect('figures of both count on', int(got['visits']) == int(before['visits']) + 1 and got['moods'] == '1' and 'weight' not in got, str(got))
    all_sampled = sampled_of(s)
    s.expect('a new measure counts the older entries too', all_sampled > 3 + 4 + 4 - 1 and got['sampled_all'] == str(all_sampled), f'{all_sampled} {got}')
    a = see(s, old[0])
    s.expect('which stay under their own revision', a['revision'] == '1' and a['events'][-1]['act'] == 'recount' and a['fields']['weight']['value'] == '2.50', str(a['events'][-1]))
    looks = s.step('behind the figure', place.officer('root.supervisor'), 'GET', f'{ROOT}/trial_visits/figures/sampled_all/entries?body={BODIES["a"]}&period={day()[:4]}&limit=200', status=200)
    s.expect('and stand behind it', old[0] in [x['number'] for x in looks['items']], str(looks['items'][:2]))
    # acts by the own revision; a correction takes it over
    a = s.step('result', place.officer('a.handler'), 'POST', entry(old[1], 'result'), {'fields': {'passed': 4, 'failed': 0, 'opinion': '合格'}},
               headers=version(see(s, old[1])['version']), status=200)
    s.expect('still the first', a['revision'] == '1' and a['fields']['weight']['value'] == '2.50')
    v = see(s, old[0])['version']
    s.step('what it knew once it knows no more', place.officer('a.handler'), 'POST', entry(old[0], 'amend'), {'fields': {'weight': '9.00'}, 'reason': 'x'}, headers=version(v),
           status=422, field='fields.weight')
    a = s.step('corrected', place.officer('a.handler'), 'POST', entry(old[0], 'amend'), {'fields': {'mood': 'good', 'sampled': 5}, 'reason': '补记'}, headers=version(v), status=200)
    s.expect('taken over', a['revision'] == '2' and a['fields']['mood']['value'] == 'good' and 'weight' not in a['fields'], str(a['fields']))
    got = figures(s)
    s.expect('and counted anew', got['moods'] == '2' and got['sampled_all'] == str(all_sampled + 1) and int(got['visits']) == int(before['visits']) + 1, str(got))
    rows = s.step('list', place.officer('a.handler'), 'GET', f'{ROOT}/trial_visits/entries?limit=200', status=200)['items']
    s.expect('one head for both', len({tuple(sorted(x['columns'])) for x in rows}) == 1)
    place.stop()
    second = change(place)
    change(place, **first)
    refused(place, s, 'registers.trial_visits.revision', '版本只能往上加')
    change(place, **second)
    place.start('--rate-limit', 'off')


ALL = [revisions]
