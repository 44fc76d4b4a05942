#!/usr/bin/env python3
"""test_asking.py FANGXIN: lists counted by two columns, saved, kept as views. Every number opens a list
as long as it says, for all pairs of columns and for several actors, those who must not count reports
among them."""
import csv
import io
import itertools
import os
import sys
import time
import urllib.parse

try:
    import openpyxl
except ImportError:  # another python3 comes before Debian's
    sys.path.append('/usr/lib/python3/dist-packages')
    import openpyxl

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, day, instant, run  # noqa: E402
from filings import complaint, enquiry, report  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'a.intake', 'a.handler', 'a.handler2', 'a.supervisor', 'a.leader', 'a.auditor',
            'b.handler', 'b.supervisor', 'a1.handler', 'a.admin', 'b1.handler']
COLUMNS = ['body', 'branch', 'officer', 'status', 'waiting_for', 'kind', 'channel', 'sector', 'category', 'problem', 'themes',
           'outcome', 'business', 'month', 'day', 'due']
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


def followed(place, s):
    """What is kept in memory knows the acts since: new matters, moved ones, other themes, an answered and a withdrawn one; for who sees less too."""
    p, handler = place.officer('root.supervisor'), place.officer('a.handler')
    before = checked(place, s, p, 'root.supervisor', {}, 'status', 'branch')['total']
    f = [s.file(complaint(category='service.beauty', facts='烫坏了头发')) for _ in range(3)]
    late = s.step('late', place.officer('root.intake'), 'POST', '/api/v1/matters', complaint(channel='visit', received_at=instant(40 * 86400), late_reason='补登'), status=201)['number']
    q = s.file(enquiry(answer='可以', channel='phone'), 'root.intake')['number']
    s.does('root.supervisor', f[0]['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('root.supervisor', f[1]['number'], 'classify', {'category': 'goods.food', 'themes': ['prepaid', 'elderly']})
    s.does('root.supervisor', f[2]['number'], 'withdraw')
    s.does('a.handler', f[0]['number'], 'accept')
    s.file(report(channel='visit'), 'root.intake')
    place.known = {}
    for by, and_ in (('status', 'branch'), ('category', 'themes'), ('officer', 'outcome'), ('month', 'kind'), ('due', 'body')):
        after = checked(place, s, p, 'root.supervisor', {}, by, and_)['total']
        s.expect(f'six more by {by}', after == before + 6, f'{before} {after} {late} {q}')
        checked(place, s, handler, 'a.handler', {}, by, and_)
        checked(place, s, place.officer('root.intake'), 'root.intake', {'from': day(60), 'to': day(1)}, by, and_)


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


XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


def sheet(raw):
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return [['' if c is None else c for c in row] for row in book.active.iter_rows(values_only=True)]


def table(raw):
    return list(csv.reader(io.StringIO(raw.decode('utf-8-sig'))))


def saving(place, s):
    """Lists and counts as CSV and XLSX: everything, without formulas, for whom may export, with a trace."""
    p = place.officer('root.supervisor')
    evil = s.file(complaint(respondent={'name': '=cmd|calc!A1', 'address': '东门路1号'}, facts='+1 轮胎打滑', channel='visit'), 'root.intake')
    for _ in range(100):  # until the index has it: it is counted below by its words too
        if any(m['number'] == evil['number'] for m in p.send('GET', '/api/v1/matters?limit=10&sort=-received&' + query({'q': '轮胎打滑'}))['items']):
            break
        time.sleep(0.1)
    n = p.send('GET', '/api/v1/matters?limit=1')['total']
    a = s.step('the list as CSV', p, 'GET', '/api/v1/matters?format=csv', status=200)
    rows = table(a.raw)
    s.expect('all rows', len(rows) == n + 1 and a.headers['Content-Type'].startswith('text/csv'), f'{len(rows)} for {n}')
    s.expect('as a file', 'attachment' in a.headers['Content-Disposition'])
    row = next(r for r in rows if r[0] == evil['number'])
    s.expect('a formula is text', row[12] == "'=cmd|calc!A1", str(row))
    s.expect('persons are masked', '刘婷' not in a.raw.decode() and row[13] == '刘*', str(row))
    b = s.step('the list as XLSX', p, 'GET', '/api/v1/matters?format=xlsx&kind=complaint', status=200)
    rows = sheet(b.raw)
    s.expect('all complaints', len(rows) - 1 == p.send('GET', '/api/v1/matters?limit=1&kind=complaint')['total'] and b.headers['Content-Type'] == XLSX)
    cells = [c for r in openpyxl.load_workbook(io.BytesIO(b.raw)).active.iter_rows() for c in r]
    s.expect('no formula', all(c.data_type != 'f' for c in cells) and any(c.value == '=cmd|calc!A1' for c in cells))
    for filters in ({'q': '轮胎', 'from': day(40)}, {'themes': 'online'}, {'body': BODIES['a']}):
        asked = query(filters)
        t = p.send('GET', f'/api/v1/matters/count?by=branch,waiting_for&{asked}').json
        for kind, read in (('csv', table), ('xlsx', sheet)):
            c = s.step(f'a count as {kind}', p, 'GET', f'/api/v1/matters/count?by=branch,waiting_for&{asked}&format={kind}', status=200)
            got = [[str(v) for v in r] for r in read(c.raw)]
            s.expect('rows, labels and totals', len(got) == len(t['rows']) + 2 and got[0][0] == t['by_label']['zh'] and got[-1][-1] == str(t['total'])
                     and [r[0] for r in got[1:-1]] == [r['label']['zh'] for r in t['rows']] and got[0][1:-1] == [x['label']['zh'] for x in t['columns']], str(got))
            s.expect('cells', all(got[x['row'] + 1][x['column'] + 1] == str(x['n']) for x in t['cells']))
            s.expect('the rest is 0', sum(int(v) for r in got[1:-1] for v in r[1:-1]) == sum(x['n'] for x in t['cells']))
        s.expect('as many rows as counted', len(table(p.send('GET', f'/api/v1/matters?format=csv&{asked}').raw)) - 1 == t['total'], asked)
    s.step('no such format', p, 'GET', '/api/v1/matters?format=pdf', status=422, field='format')
    for who, status in (('root.intake', 403), ('a.handler', 403), ('a.auditor', 403), ('a.admin', 403), ('a.leader', 200), ('a.supervisor', 200)):
        for path in ('/api/v1/matters?format=csv', '/api/v1/matters/count?by=body&format=xlsx'):
            a = s.step(f'{who} saves', place.officer(who), 'GET', path, status=status)
            if status == 200 and path.endswith('csv'):
                kinds = {r[1] for r in table(a.raw)[1:]}
                bodies = {r[3] for r in table(a.raw)[1:]}
                s.expect(f'{who} takes out what is below him', bodies <= {'单位a', '单位a1'}, str(bodies))
                s.expect(f'{who}: reports only for who may', ('举报' in kinds) == (who == 'a.supervisor'), str(kinds))
    log = s.step('the log', place.officer('a.auditor'), 'GET', '/api/v1/access', status=200).json
    kept = [x for x in log['items'] if x['what'] == 'export']
    s.expect('exports of the branch stand in the log', len(kept) == 4 and {x['officer'] for x in kept} == {'官aleader', '官asupervisor'}, str(kept))
    s.expect('with how many', any(x['reason'].startswith('matters.csv ') for x in kept), str(kept))


def views(place, s):
    """A view is its owner's, or shared in a body; it is changed by the owner or a supervisor there."""
    me, boss = place.officer('a.handler'), place.officer('a.supervisor')
    asked = {'name': '轮胎', 'filter': {'q': '轮胎', 'from': day(60)}, 'by': 'branch', 'and': 'waiting_for'}
    k = {'Idempotency-Key': 'view-0123456789abcdef'}
    v = s.step('save', me, 'POST', '/api/v1/views', asked, status=201, headers=k, has={'mine': True, 'shared': False, 'may_change': True})
    s.step('the same again', me, 'POST', '/api/v1/views', asked, status=201, headers=k, has={'id': v['id']})
    s.step('another with the key', me, 'POST', '/api/v1/views', dict(asked, name='别的'), status=422, headers=k)

    def seen(who):
        return {x['id'] for x in s.step(f'{who} lists', place.officer(who), 'GET', '/api/v1/views', status=200)['items']}

    s.expect('his alone', [w for w in OFFICERS if w != 'a.admin' and v['id'] in seen(w)] == ['a.handler'])
    at = f'/api/v1/views/{v["id"]}'
    s.step('not the supervisor while it is private', boss, 'PUT', at, asked, status=404, headers={'If-Match': '1'})
    s.step('without a version', me, 'PUT', at, asked, status=422, field='If-Match')
    v2 = s.step('share', me, 'PUT', at, dict(asked, shared=True), status=200, headers={'If-Match': '1'}, has={'version': 2, 'shared': True})
    s.step('a stale change', me, 'PUT', at, asked, status=409, headers={'If-Match': '1'})
    s.expect('the body and below, and supervisors above', {w for w in OFFICERS if w != 'a.admin' and v['id'] in seen(w)} ==
             {'a.intake', 'a.handler', 'a.handler2', 'a.supervisor', 'a.leader', 'a.auditor', 'a1.handler'})
    mine = next(x for x in s.step('as saved', place.officer('a1.handler'), 'GET', '/api/v1/views', status=200)['items'] if x['id'] == v['id'])
    s.expect('what was asked', mine['filter'] == asked['filter'] and (mine['by'], mine['and']) == ('branch', 'waiting_for') and not mine['may_change'])
    wide = s.step('a station asks it', place.officer('a1.handler'), 'GET', f'/api/v1/matters/count?by=branch,waiting_for&{query(mine["filter"])}', status=200)['total']
    own = s.step('as it may', place.officer('a1.handler'), 'GET', f'/api/v1/matters?limit=1&{query(mine["filter"])}', status=200)['total']
    all_ = s.step('the bureau', place.officer('root.supervisor'), 'GET', f'/api/v1/matters?limit=1&{query(mine["filter"])}', status=200)['total']
    s.expect('a view widens nothing', wide == own < all_, f'{wide} {own} {all_}')
    for who, status in (('a1.handler', 403), ('a.leader', 403), ('b.supervisor', 404), ('b.handler', 404), ('a.admin', 404)):
        s.step(f'{who} changes it', place.officer(who), 'PUT', at, asked, status=status, headers={'If-Match': '2'})
        s.step(f'{who} removes it', place.officer(who), 'DELETE', at, status=status, headers={'If-Match': '2'})
    s.step('the supervisor of the body may', boss, 'PUT', at, dict(asked, name='轮胎投诉', shared=True), status=200, headers={'If-Match': '2'}, has={'name': '轮胎投诉', 'mine': False})
    s.step('remove', boss, 'DELETE', at, status=204, headers={'If-Match': '3'})
    s.step('gone', me, 'PUT', at, asked, status=404, headers={'If-Match': '4'})
    s.expect('from the list too', v['id'] not in seen('a.handler'))
    for wrong, field in (({'filter': {'colour': 'red'}}, 'filter'), ({'by': 'colour'}, 'by'), ({'by': 'body', 'and': 'body'}, 'and'), ({'name': ' '}, 'name'),
                         ({'filter': {'q': 7}}, 'filter.q'), ({'name': '长' * 41}, 'name')):
        s.step(f'wrong {field}', me, 'POST', '/api/v1/views', dict(asked, **wrong), status=422, field=field)
    s.step('an administrator keeps none', place.officer('a.admin'), 'POST', '/api/v1/views', asked, status=403)
    s.step('nor the public', place.public(), 'GET', '/api/v1/views', status=401)


run([pairs, filters, followed, secrets, saving, views], OFFICERS)
