#!/usr/bin/env python3
"""test_asking.py FANGXIN: lists counted by two columns, saved, kept as views. Every number opens a list
as long as it says, for all pairs of columns and for several actors, those who must not count reports
among them."""
import itertools
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, day, instant, run  # noqa: E402
from filings import complaint, enquiry, report  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'a.intake', 'a.handler', 'a.handler2', 'a.supervisor', 'a.leader', 'a.auditor',
            'b.handler', 'b.supervisor', 'a1.handler', 'a.admin', 'b1.handler']
COLUMNS = ['body', 'branch', 'officer', 'status', 'waiting_for', 'kind', 'channel', 'sector', 'category', 'problem', 'themes',
           'outcome', 'month', 'day', 'due']
CATEGORIES = ['goods.vehicle', 'goods', 'goods.food', 'service.leisure', 'service.fitness', None]
THEMES = [[], ['online'], ['prepaid', 'online'], ['elderly', 'online', 'prepaid'], []]


def query(filters):
    return '&'.join(f'{k}={urllib.parse.quote(str(v))}' for k, v in filters.items() if v not in (None, ''))


def make(place, s):
    """Sixty matters of all kinds, at all bodies, in several states, received over some weeks."""
    targets = ['root', 'a', 'b', 'a1', 'b1']
    for i in range(60):
        kind = 'enquiry' if i % 11 == 5 else 'report' if i % 5 == 3 else 'complaint'
        more = {'category': CATEGORIES[i % 6], 'problem': ['quality', 'price', None][i % 3], 'themes': THEMES[i % 5],
                'channel': ['visit', 'phone', 'letter'][i % 3], 'received_at': instant(i * 86400), 'late_reason': '补登'}
        body = {'enquiry': enquiry, 'report': report, 'complaint': complaint}[kind](**{k: v for k, v in more.items() if v is not None})
        if kind == 'complaint':
            body['facts'] = ('轮胎鼓包，' if i % 2 else '刹车异响，') + body['facts']
            if more['category'] is None:
                body.pop('category')
        f = s.file(body, ['root.intake', 'a.intake'][i % 2] if kind != 'enquiry' else 'root.intake')
        if i % 7 == 6 or kind == 'enquiry':
            continue
        to = targets[i % 5]
        officer = {'a': ['a.handler', 'a.handler2'][i % 2], 'a1': 'a1.handler', 'b': 'b.handler', 'b1': 'b1.handler'}.get(to)
        s.does('root.supervisor', f['number'], 'assign', {'body': BODIES[to], **({'officer': place.ids[officer]} if officer and i % 4 else {})})
        if kind == 'complaint' and i % 3 == 0:
            s.does('root.supervisor', f['number'], 'withdraw')
        elif kind == 'complaint' and i % 3 == 1:
            s.does('root.supervisor', f['number'], 'accept')
    time.sleep(2.2)  # the index is at most two seconds behind


def total(place, p, filters):
    """How long the list is, by its own pages' total."""
    key = (id(p), tuple(sorted(filters.items())))
    if key not in place.known:
        a = p.send('GET', '/api/v1/matters?limit=1&' + query(filters), check=len(place.known) % 50 == 0)
        assert a.status == 200, f'{filters}: {a.raw[:300]}'
        place.known[key] = a['total']
    return place.known[key]


def checked(place, s, p, who, filters, by, and_):
    a = s.step(f'{who}: by {by} and {and_}', p, 'GET', f'/api/v1/matters/count?by={by}&and={and_}&' + query(filters), status=200).json
    wrong = []
    for row in a['rows']:
        if total(place, p, {**filters, **row['filter']}) != row['n']:
            wrong.append(('row', row, total(place, p, {**filters, **row['filter']})))
    for column in a['columns']:
        if total(place, p, {**filters, **column['filter']}) != column['n']:
            wrong.append(('column', column))
    for cell in a['cells']:
        if total(place, p, {**filters, **cell['filter']}) != cell['n']:
            wrong.append((a['rows'][cell['row']]['key'], a['columns'][cell['column']]['key'], cell, total(place, p, {**filters, **cell['filter']})))
    s.expect(f'{who}: by {by} and {and_}: every number is as long as its list', not wrong, str(wrong[:3]))
    s.expect(f'{who}: total of {by} and {and_}', a['total'] == total(place, p, filters), f"{a['total']}")
    s.expect('overlap is told', a['overlap'] == ('themes' in (by, and_)))
    for i, row in enumerate(a['rows']):
        in_row = sum(c['n'] for c in a['cells'] if c['row'] == i)
        s.expect('rows add up', in_row == row['n'] if and_ != 'themes' else in_row >= row['n'], f'{by} {and_} {row}')
    for axis, column in (('rows', by), ('columns', and_)):
        together = sum(r['n'] for r in a[axis])
        s.expect(f'{axis} add up', together >= a['total'] if column == 'themes' else together == a['total'], f'{by} {and_}')
    return a


def pairs(place, s):
    make(place, s)
    place.known = {}
    for who, filters in (('root.supervisor', {}), ('a.handler', {}), ('a.leader', {'themes': 'online'}), ('root.intake', {'q': '轮胎'})):
        p = place.officer(who)
        for by, and_ in itertools.combinations(COLUMNS, 2):
            if (COLUMNS.index(by) + COLUMNS.index(and_)) % 2:
                by, and_ = and_, by
            checked(place, s, p, who, filters, by, and_)


def filters(place, s):
    """A filter that is narrower than a key stays; both ways of naming two columns are the same."""
    p = place.officer('root.supervisor')
    some = [{'category': 'goods'}, {'category': 'goods.none'}, {'category': 'none'}, {'category': 'goods.food'}, {'problem': 'none'},
            {'officer': 'none'}, {'officer': 'nobody'}, {'due': 'open'}, {'due': 'ended'}, {'body': BODIES['a']},
            {'body': BODIES['a'], 'scope': 'own'}, {'outcome': 'none'}, {'themes': 'online,prepaid'}, {'themes': 'none'},
            {'from': day(30), 'to': day(5)}, {'q': '刹车', 'body': BODIES['b']}, {'q': '13'}]
    for f in some:
        for by, and_ in (('sector', 'category'), ('category', 'sector'), ('body', 'branch'), ('branch', 'officer'), ('month', 'day'),
                         ('day', 'month'), ('due', 'themes'), ('problem', 'outcome')):
            checked(place, s, p, 'root.supervisor', f, by, and_)
    a = s.step('parted by a comma', p, 'GET', '/api/v1/matters/count?by=body,waiting_for', status=200).json
    b = s.step('by two names', p, 'GET', '/api/v1/matters/count?by=body&and=waiting_for', status=200).json
    s.expect('the same', a['cells'] == b['cells'] and a['rows'] == b['rows'])
    one = s.step('one column, whole', p, 'GET', '/api/v1/matters/count?by=officer', status=200).json
    s.expect('rows alone', one['cells'] == [] and one['columns'] == [] and sum(r['n'] for r in one['rows']) == one['total'])
    s.step('one column as before', p, 'GET', '/api/v1/matters/count?by=body', status=200, has={'total_capped': False})
    s.step('no such column', p, 'GET', '/api/v1/matters/count?by=body,colour', status=422, field='and')
    s.step('no such first column', p, 'GET', '/api/v1/matters/count?by=colour&and=body', status=422, field='by')
    s.step('the same twice', p, 'GET', '/api/v1/matters/count?by=body,body', status=422, field='and')
    s.step('no such scope', p, 'GET', '/api/v1/matters/count?by=body&scope=all', status=422, field='scope')
    s.step('not for the public', place.public(), 'GET', '/api/v1/matters/count?by=body,kind', status=401)


def secrets(place, s):
    """Reports count only for those who may see them, and nothing for who may see nothing."""
    seen = {}
    for who in ('root.supervisor', 'a.leader', 'a.auditor', 'a.handler', 'a.admin', 'b.supervisor'):
        a = s.step(who, place.officer(who), 'GET', '/api/v1/matters/count?by=kind,body', status=200).json
        seen[who] = {r['key']: r['n'] for r in a['rows']}
    s.expect('all kinds', set(seen['root.supervisor']) == {'complaint', 'report', 'enquiry'}, str(seen))
    s.expect('a leader counts no report', 'report' not in seen['a.leader'] and seen['a.leader']['complaint'] > 0, str(seen))
    s.expect('nor an auditor', 'report' not in seen['a.auditor'], str(seen))
    s.expect('an administrator counts nothing', seen['a.admin'] == {}, str(seen))
    s.expect('another branch counts its own', 0 < seen['b.supervisor'].get('complaint', 0) < seen['root.supervisor']['complaint'], str(seen))


run([pairs, filters, secrets], OFFICERS)
