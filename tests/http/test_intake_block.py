#!/usr/bin/env python3
"""test_intake_block.py FANGXIN: a year of 24,339 matters over twelve months and eight bodies, with
late entries, carry-overs, withdrawals, reopenings, new categories and split papers, must state
24,339 = 3,725 + 404 + 20,210, 98 %, 97 %, 340 万元, whatever happened after its end."""
import collections
import csv
import io
import json
import os
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import intake_block as year  # noqa: E402
from county import BODIES, run  # noqa: E402
from filings import act, complaint, enquiry, matter, version  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor']
MORE = {'42020203': ('420202', 'branch'), '4202020102': ('42020201', 'station'), '4202020202': ('42020202', 'station')}
WANTED = {'received': '24339', 'received_complaints': '3725', 'received_reports': '404', 'received_enquiries': '20210',
          'block_mediated': '3647', 'block_mediation_rate': '98', 'block_reports_ended': '390', 'block_reports_rate': '97',
          'block_recovered': '340', 'block_answered': '20210'}


def at(day):
    return f'{day}T10:30:00+08:00'


def records(fid):
    return f'/api/v1/figures/{urllib.parse.quote(fid, safe="")}/records'


def figures(s, query=''):
    a = s.step('figures', s.place.officer('root.supervisor'), 'GET', f'/api/v1/figures?period={year.YEAR}{query}', status=200)
    return {f['indicator']: f for f in a['items']}


def load(place, s):
    for code, (parent, kind) in MORE.items():
        place.command('body', 'add', code, '--parent', parent, '--name', '单位' + code, '--kind', kind)
    path = os.path.join(place.folder, 'year.csv')
    with open(path, 'w', encoding='utf-8') as f:
        f.write(year.rows())
    done = subprocess.run([place.program, 'import', 'matters', path, '--data', place.data], capture_output=True, text=True,
                          timeout=400)
    s.expect('all rows taken', ' 0 refused' in done.stdout and done.returncode == 0, done.stdout + done.stderr[-2000:])


def file_by_hand(place, s):
    """Written down long after the receipt, and papers that hold a report."""
    for i in range(year.LATE + year.SPLIT):
        split = i >= year.LATE
        day = year.day_of(i * 5)
        more = {'also_report': {'facts': '后院加工点使用过期原料'}} if split else {}
        f = s.file(complaint(channel='phone', received_at=at(day), late_reason='补登', **more), 'root.intake')
        s.does('root.supervisor', f['number'], 'assign', {'body': year.BODIES[i % 8], 'at': at(day)})
        s.does('root.supervisor', f['number'], 'accept', {'at': at(day)})
        s.does('root.supervisor', f['number'], 'settle', {'form': 'record', 'at': at(f'{year.YEAR}-12-30'),
                                                          'remedies': [{'kind': 'refund', 'amount_fen': 1000}]})
        if split:
            n = f['also']['number']
            s.does('root.supervisor', n, 'assign', {'body': year.BODIES[i % 8], 'at': at(day)})
            s.does('root.supervisor', n, 'verify', {'at': at(day)})
            s.does('root.supervisor', n, 'file', {'at': at(f'{year.YEAR}-12-30')})
    for i in range(year.LATE):
        f = s.file(enquiry(channel='phone', received_at=at(year.day_of(i)), late_reason='补登'), 'root.intake')
        s.does('root.supervisor', f['number'], 'answer', {'text': '可以', 'at': at(f'{year.YEAR}-12-31')})


def numbers_of(s, name):
    """The complaints against a business, through the cell of the breakdown that counts them."""
    f = figures(s, '&indicator=received_complaints&by=business')['received_complaints']
    cell = [c for c in f['breakdown'] if c['label']['zh'] == name]
    s.expect(f'one cell of {name}', len(cell) == 1, f'{[c["label"]["zh"] for c in f["breakdown"]][:9]}')
    a = s.step('records of a cell', s.place.officer('root.supervisor'), 'GET', records(cell[0]['id']), status=200)
    s.expect('as many as the cell says', len(a['items']) == a['total'] == cell[0]['n'], a.raw.decode()[:300])
    return [r['number'] for r in a['items']]


def change_by_hand(place, s):
    again, undone, after = numbers_of(s, '再开再结'), numbers_of(s, '再开未结'), numbers_of(s, '次年再开')
    s.expect('found', (len(again), len(undone), len(after)) == (year.AGAIN, year.UNDONE, year.AFTERWARDS), f'{again} {undone} {after}')
    for number in again + undone:
        s.does('root.supervisor', number, 'reopen', {'reason': '没有履行', 'at': at(f'{year.YEAR}-12-22')})
    for number in again:
        s.does('root.supervisor', number, 'settle', {'form': 'record', 'at': at(f'{year.YEAR}-12-28'),
                                                     'remedies': [{'kind': 'refund', 'amount_fen': 1000}]})
    for number in undone:
        s.does('root.supervisor', number, 'settle', {'form': 'record', 'at': at(f'{year.YEAR + 1}-01-10'),
                                                     'remedies': [{'kind': 'refund', 'amount_fen': 5000000}]})
    for number in after:
        s.does('root.supervisor', number, 'reopen', {'reason': '没有履行', 'at': at(f'{year.YEAR + 1}-02-01')})
    for number in numbers_of(s, '商户3')[:year.RECLASSIFIED]:
        a = place.officer('root.supervisor').send('GET', matter(number))
        if a['status'] != 'archived':
            s.does('root.supervisor', number, 'classify', {'category': 'goods.jewellery'})


def states(s):
    found = figures(s)
    for name, value in WANTED.items():
        s.expect(name, found[name]['value'] == value, f'{found[name]}')
    s.expect('the money', found['block_recovered']['num'] == year.RECOVERED_FEN, f'{found["block_recovered"]}')
    n = {k: found[k]['num'] for k in WANTED}
    s.expect('24,339 = 3,725 + 404 + 20,210', n['received'] == n['received_complaints'] + n['received_reports'] + n['received_enquiries'])
    s.expect('of 3,725 and of 404', (found['block_mediation_rate']['den'], found['block_reports_rate']['den']) == (3725, 404))
    return found


def adds_up(s, found):
    for by in ('month', 'body', 'branch', 'kind', 'category', 'district', 'business'):
        for name, f in figures(s, f'&by={by}').items():
            parts = sum(c['num'] for c in f['breakdown'])
            s.expect(f'{name} by {by}', f['num'] == found[name]['num'] and parts - f['overlap'] == f['num'],
                     f'{parts} {f["overlap"]} {f["num"]} {found[name]["num"]}')
            if f['den'] is None and name != 'rating_mean':
                s.expect(f'no overlap of {name} by {by}', f['overlap'] == 0, f'{f["overlap"]}')
    cells = figures(s, '&by=body&indicator=received')['received']['breakdown']
    s.expect('eight bodies', len(cells) == 8, f'{cells}')
    told = collections.Counter()
    for row in csv.DictReader(io.StringIO(year.rows())):
        if row['received_at'].startswith(str(year.YEAR)):
            told[('420202005', '420202070', '420202005', '420203', '')[int(row['key']) % 5]] += 1
    by_hand = {c['key']: c['num'] - told[c['key']] for c in figures(s, '&by=district&indicator=received')['received']['breakdown'] if c['num'] != told[c['key']]}
    s.expect('districts as in the rows, and what was filed by hand in one of them', by_hand == {'420202': year.LATE + 2 * year.SPLIT, '': year.LATE} and year.LATE * 2 + 2 * year.SPLIT + sum(told.values()) == 24339, f'{by_hand} {told}')
    own = 0
    for code in year.BODIES:
        own += figures(s, f'&body={code}&scope=own&indicator=received')['received']['num']
    s.expect('each body alone', own == 24339, f'{own}')


def by_command(place, s):
    said = json.loads(place.command('figures', '--body', BODIES['root'], '--period', str(year.YEAR), '--json'))
    by_name = {f['id'].split(':')[0]: f for f in said}
    for name, value in WANTED.items():
        f = by_name[name]
        s.expect(f'{name} by command', f['value'] == value and set(f['label']) == {'zh', 'en'} and f['position'] > 0, f'{f}')
    for name in ('block_mediation_rate', 'block_reports_rate', 'block_reports_ended', 'block_recovered'):
        f = by_name[name]
        t = json.loads(place.repeat('trace', f['id'], '--json'))
        s.expect(f'{name} traced', t['id'].split('@')[0] == f['id'].split('@')[0])
        s.expect(f'{name}: denominator', len(t['denominator']) == (f['denominator'] or 0), f'{len(t["denominator"])}')
        if name == 'block_recovered':
            s.expect('the parts add up', sum(p['sum'] for p in t['parts']) == f['numerator'] == year.RECOVERED_FEN)
            s.expect('a part for each', [p['number'] for p in t['parts']] == t['numerator'])
        else:
            s.expect(f'{name}: numerator', len(set(t['numerator'])) == len(t['numerator']) == f['numerator'], f'{len(t["numerator"])}')


def cut_off(s, found):
    """The end of the year is what the indicators of the block say; other days differ as they should."""
    later = figures(s, f'&as_of={year.YEAR + 1}-01-31&indicator=block_mediated')['block_mediated']
    s.expect('a month later', later['num'] == year.MEDIATED + year.NEXT_YEAR + year.UNDONE, f'{later}')
    spring = figures(s, f'&as_of={year.YEAR + 1}-02-01&indicator=block_mediated')['block_mediated']
    s.expect('after the reopenings', spring['num'] == later['num'] - year.AFTERWARDS, f'{spring}')
    s.expect('its records', numbers_behind(s, spring['id']) == spring['num'])
    early = figures(s, f'&as_of={year.YEAR}-06-30&indicator=received')['received']
    months = figures(s, '&by=month&indicator=received')['received']['breakdown']
    s.expect('half a year', early['num'] == sum(c['n'] for c in months[:6]), f'{early} {months}')


def numbers_behind(s, fid):
    numbers, cursor = [], ''
    while cursor is not None:
        a = s.step('records', s.place.officer('root.supervisor'), 'GET', f'{records(fid)}?limit=200{cursor}', status=200)
        numbers += [r['number'] for r in a['items']]
        cursor = a['next'] and '&cursor=' + a['next']
    assert len(set(numbers)) == len(numbers) == a['total'], (len(numbers), a['total'])
    return len(numbers)


def intake_block(place, s):
    load(place, s)
    file_by_hand(place, s)
    change_by_hand(place, s)
    found = states(s)
    adds_up(s, found)
    cut_off(s, found)
    by_command(place, s)


if __name__ == '__main__':
    run([intake_block], OFFICERS)
