#!/usr/bin/env python3
"""test_orders.py FANGXIN: a sheet of 165 orders of 12345, from the file to the replies. received = returned + done + in
progress after every step, 165 = 95 + 66 + 4 at the end (inventory S05). Who may do what; what holds a report stays
hidden; an import goes on after the server is killed."""
import io
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, day, instant, run  # noqa: E402
from filings import complaint, key, matter, version  # noqa: E402

OFFICERS = ['root.intake', 'root.handler', 'root.supervisor', 'root.leader', 'root.auditor', 'root.admin', 'root.security',
            'a.intake', 'a.handler', 'a.supervisor', 'b.handler', 'b.supervisor']
CSV = {'Content-Type': 'text/csv'}
HEAD = ['工单编号', '来单时间', '办理期限', '工单类型', '来电人', '联系电话', '被诉对象', '工单内容', '=科室', '办理状态', '退回原因', '回复内容']


def phone(i):
    return f'139{10000000 + i}'


def row(i, kind='投诉', number=None):
    return [f'GD2026{i:05d}' if number is None else number, f'{day(1)} 09:{i % 60:02d}:00', day(-6), kind, f'来电{i}', phone(i), f'第{i % 7}商店',
            f'市民反映在第{i % 7}商店买的第{i}件东西坏了，商家不退钱。电话{phone(i)}', '=1+1', '', '', '']


def csv(rows, head=HEAD):
    quoted = lambda c: '"' + c.replace('"', '""') + '"'  # noqa: E731
    return '\r\n'.join(','.join(quoted(c) for c in r) for r in [head] + rows) + '\r\n'


def upload(s, p, text, **expect):
    return s.step('upload', p, 'POST', '/api/v1/uploads?name=sheet.csv', text, status=201, headers=CSV, **expect)


def take(s, p, text, up=None, system=None):
    up = up or upload(s, p, text)
    m = {'columns': up['suggested_map'], 'target': 'orders'}
    if system:
        m['constants'] = {'external.system': system}
    started = s.step('start', p, 'POST', '/api/v1/imports', {'upload': up['id'], 'map': m}, status=202)['id']
    return ended(s, p, started)


def ended(s, p, run_id):
    for _ in range(400):
        a = p.send('GET', '/api/v1/imports/' + run_id)
        if a['state'] != 'running':
            return a
        time.sleep(0.05)
    raise AssertionError('the import does not end')


def counts(s, p, query=''):
    c = s.step('counts', p, 'GET', '/api/v1/orders/count' + query, status=200)
    s.expect('received = returned + done + in progress', c['received'] == c['returned'] + c['done'] + c['in_progress'], str(c.json))
    s.expect('the states add up', sum(c['states'].values()) == c['received'], str(c.json))
    return c


def orders(p, query=''):
    found, cursor = [], ''
    while True:
        a = p.send('GET', f'/api/v1/orders?limit=200&sort=row{query}{cursor}')
        found += a['items']
        if a['next'] is None:
            return found
        cursor = '&cursor=' + a['next']


def act(s, p, name, some, data=None, status=200, k=None):
    body = {'orders': [{'id': o['id'], 'version': o['version']} for o in some], 'input': data or {}}
    return s.step(f'{name} on {len(some)}', p, 'POST', '/api/v1/orders/acts/' + name, body, status=status,
                  headers=key(k) if k else None)


def one(s, who, name, o, data=None, status=200, **expect):
    return s.step(name, s.place.officer(who), 'POST', f'/api/v1/orders/{o["id"]}/acts/{name}', data or {}, status=status,
                  headers=version(o['version']), **expect)


def a_sheet_of_165(place, s):
    clerk, chief = place.officer('root.intake'), place.officer('root.supervisor')
    text = csv([row(i) for i in range(165)] + [row(0, number='')] + [row(900)[:2] + ['not a day'] + row(900)[3:]])
    up = upload(s, clerk, text, has={'target': 'orders', 'map_name': 'hotline_12345', 'rows_estimate': 167, 'remembered': None})
    s.expect('columns are recognised', up['suggested_map']['工单编号'] == 'external.number' and up['suggested_map']['回复内容'] == 'reply.text' and
             up['suggested_map']['=科室'] == 'source', str(up['suggested_map']))
    a = take(s, clerk, text, up)
    s.expect('165 taken, two named with row, field and reason', (a['added'], a['failed'], a['state']) == (165, 2, 'done') and
             [e['row'] for e in a['errors']] == [167, 168] and a['errors'][0]['field'] == 'external.number' and
             a['errors'][1]['field'] == '办理期限', str(a.json)[:600])
    sheet = f'?import={a["id"]}'
    c = counts(s, clerk, sheet)
    s.expect('all in progress', (c['received'], c['in_progress']) == (165, 165), str(c.json))
    b = take(s, clerk, text)
    s.expect('the same file twice adds nothing', (b['added'], b['skipped']) == (0, 165) and counts(s, clerk)['received'] == 165, str(b.json)[:300])
    again = upload(s, clerk, text)
    s.expect('the map is remembered for these columns', again['remembered'] is not None and
             again['remembered']['map']['columns']['回复内容'] == 'reply.text', str(again.json)[-400:])

    rows = orders(clerk, '&import=' + a['id'])
    s.expect('in the order of the sheet, callers masked', [r['row'] for r in rows] == list(range(2, 167)) and
             all(r['consumer'] == '来**' or '*' in r['consumer'] for r in rows) and
             not any(phone(i) in rows[i]['title'] for i in range(165)), str(rows[0]))
    back, keep = rows[:95], rows[95:]
    r = act(s, clerk, 'request_return', back[:60], {'reason': 'not_our_duty', 'text': '归住建局'})
    s.expect('sixty ask', (r['done'], r['failed']) == (60, 0), str(r.json)[:300])
    act(s, clerk, 'request_return', back[60:], {'reason': 'nonsense'}, status=422)
    act(s, clerk, 'request_return', back[60:], {}, status=422)
    act(s, clerk, 'request_return', back[60:], {'reason': 'address_unknown'})
    c = counts(s, clerk, sheet)
    s.expect('nothing is returned before a supervisor says so', (c['returned'], c['states']['return_requested']) == (0, 95), str(c.json))
    asked = orders(chief, f'&import={a["id"]}&status=return_requested')
    r = act(s, clerk, 'approve_return', asked[:2])
    s.expect('the clerk may not approve', r['failed'] == 2 and r['items'][0]['code'] == 'forbidden', str(r.json))
    r = act(s, chief, 'refuse_return', asked[:1], {'text': '就是我们管'})
    refused = orders(chief, f'&import={a["id"]}&status=signed')
    s.expect('refused: back with the body', len(refused) == 1 and refused[0]['reason'] is None, str(r.json))
    act(s, clerk, 'request_return', refused, {'reason': 'repeat'})
    asked = orders(chief, f'&import={a["id"]}&status=return_requested')
    r = act(s, chief, 'approve_return', asked, k='approve-95-orders')
    s.expect('the supervisor approves 95', (r['done'], r['failed']) == (95, 0), str(r.json)[:300])
    r = act(s, chief, 'approve_return', asked, k='approve-95-orders')
    s.expect('sent again: the same, once', (r['done'], r['failed']) == (95, 0), str(r.json)[:300])
    c = counts(s, clerk, sheet)
    s.expect('95 returned', (c['returned'], c['in_progress'], c['done']) == (95, 70, 0), str(c.json))

    r = act(s, clerk, 'accept', keep[:40])
    s.expect('forty accepted: forty matters', (r['done'], r['failed']) == (40, 0), str(r.json)[:500])
    o = s.step('one of them', clerk, 'GET', f'/api/v1/orders/{keep[0]["id"]}', status=200)
    m = s.read('root.supervisor', o['matters'][0]['number'])
    s.expect('the matter keeps system, number and due day', m['external'] == {'system': '12345', 'number': keep[0]['number'], 'due': day(-6)} and
             m['channel'] == 'hotline_12345' and m['received_at'][:10] == day(1), str(m['external']))
    s.expect('and knows its order', m['order'] is not None and m['order']['id'] == keep[0]['id'], str(m['order']))
    one(s, 'root.intake', 'request_return', o, {'reason': 'repeat'}, status=409, code='not_allowed')
    act(s, clerk, 'reply', orders(clerk, f'&import={a["id"]}&status=handling'), {'text': '已受理，正在调解。'})
    r = act(s, clerk, 'reply', keep[40:66], {'text': '已电话答复市民。=不是公式'})
    s.expect('26 answered without a matter', r['done'] == 26, str(r.json)[:300])
    c = counts(s, clerk, sheet)
    s.expect('165 = 95 + 66 + 4', (c['received'], c['returned'], c['done'], c['in_progress']) == (165, 95, 66, 4), str(c.json))
    replies_go_back(place, s, a['id'], text)
    out = place.command('verify', '--rebuild', ok=False)
    s.expect('the records agree with themselves', '0 findings' in out, out[-600:])


def replies_go_back(place, s, imported, text):
    import csv as reader
    clerk = place.officer('root.intake')
    a = s.step('replies as CSV', clerk, 'GET', f'/api/v1/orders/export?import={imported}&format=csv', status=200)
    out = list(reader.reader(io.StringIO(a.raw.decode('utf-8-sig'))))
    sent = list(reader.reader(io.StringIO(text)))
    width = len(HEAD)
    s.expect('the columns as they came, then ours', [c.lstrip("'") for c in out[0][:width]] == HEAD and len(out) == 166, str(out[0]))
    same = all(o[:8] == i[:8] for o, i in zip(out[1:], sent[1:166]))
    s.expect('every row and cell as it came', same, str([p for p in zip(out[1:], sent[1:]) if p[0][:8] != p[1][:8]][:1]))
    by = {r[0]: r for r in out[1:]}
    s.expect('filled in: state, reason, reply', by['GD202600001'][9:12] == ['已退回', '不是本单位职责', ''] and
             by['GD202600150'][9:12] == ['已回复', '', '已电话答复市民。=不是公式'] and by['GD202600100'][11] == '已受理，正在调解。', str(by['GD202600001']))
    s.expect('what a spreadsheet would run is text', by['GD202600001'][8] == "'=1+1", by['GD202600001'][8])
    a = s.step('replies as XLSX', clerk, 'GET', f'/api/v1/orders/export?import={imported}&format=xlsx', status=200)
    try:
        import openpyxl
    except ImportError:
        print('openpyxl is not there: the XLSX is not read back')
        return
    ws = openpyxl.load_workbook(io.BytesIO(a.raw)).active
    rows = [[c.value for c in r] for r in ws.iter_rows()]
    s.expect('the same in XLSX', len(rows) == 166 and rows[0][:width] == HEAD and rows[2][9] == '已退回', str(rows[:3]))
    s.expect('no cell is a formula', all(c.data_type != 'f' for r in ws.iter_rows() for c in r))
    s.expect('numbers with many digits stay text', rows[1][5] == phone(0) and isinstance(rows[1][5], str), repr(rows[1][5]))


def acts_on_one(place, s):
    a = take(s, place.officer('root.intake'), csv([row(i, number=f'ONE{i}') for i in range(6)]))
    o = orders(place.officer('root.intake'), '&import=' + a['id'])
    got = one(s, 'root.intake', 'sign', o[0], has={'status': 'signed', 'officer.id': place.ids['root.intake']})
    one(s, 'root.intake', 'sign', o[0], status=409, code='conflict')
    one(s, 'root.intake', 'sign', got, status=409, code='not_allowed')
    one(s, 'root.intake', 'fly', got, status=404)
    one(s, 'root.leader', 'sign', o[1], status=403)
    filed = s.file(complaint(channel='phone'), 'root.intake')
    one(s, 'root.intake', 'attach', o[1], {'number': '2611-00000-0'}, status=422, field='number')
    got = one(s, 'root.intake', 'attach', o[1], {'number': filed['number']}, has={'status': 'handling', 'matters_n': 1})
    one(s, 'root.intake', 'attach', o[2], {'number': filed['number']}, status=422, field='number')
    got = one(s, 'root.intake', 'accept', got, {'kind': 'enquiry'}, has={'matters_n': 2})
    s.expect('0..n matters', {m['kind'] for m in got['matters']} == {'complaint', 'enquiry'}, str(got['matters']))
    one(s, 'root.intake', 'assign', o[3], {'body': BODIES['a']}, has={'body': BODIES['a']})
    s.step('the branch sees it', place.officer('a.handler'), 'GET', f'/api/v1/orders/{o[3]["id"]}', status=200)
    s.step('another does not', place.officer('b.handler'), 'GET', f'/api/v1/orders/{o[3]["id"]}', status=404)
    a = s.step('who called', place.officer('root.intake'), 'POST', f'/api/v1/orders/{o[0]["id"]}/reveal', {'reason': 'call_back'}, status=200)
    s.expect('in clear, with a reason', a['phone'] == phone(0), str(a.json))
    s.step('no reason', place.officer('root.intake'), 'POST', f'/api/v1/orders/{o[0]["id"]}/reveal', {'reason': 'curious'}, status=422)
    seen = s.step('it stands in the log', place.officer('root.auditor'), 'GET', '/api/v1/access', status=200)
    s.expect('with the number there', any(r['what'] == 'reveal:caller' and r['number'] == '12345 ONE0' for r in seen['items']), str(seen['items'][:2]))
    counts(s, place.officer('root.intake'))


def reports_stay_hidden(place, s):
    a = take(s, place.officer('a.intake'), csv([row(1, '举报', 'R1'), row(2, '投诉', 'R2')]))
    hidden, plain = orders(place.officer('a.supervisor'), '&import=' + a['id'])
    s.expect('a report is secret from the start', hidden['secret'] and hidden['title'] is None and hidden['consumer'] is None, str(hidden))
    for who in ['a.handler', 'root.leader', 'root.auditor', 'b.supervisor', 'root.admin', 'root.security']:
        s.step(f'{who} sees nothing of it', place.officer(who), 'GET', f'/api/v1/orders/{hidden["id"]}', status=404)
    for who in ['a.handler', 'root.leader', 'root.auditor']:
        s.expect(f'nor in lists: {who}', 'R1' not in [o['number'] for o in orders(place.officer(who))])
    n = counts(s, place.officer('root.leader'))['received']
    got = one(s, 'a.supervisor', 'accept', plain, {'kind': 'report'}, has={'secret': True})
    s.expect('an order that became a report is hidden as well', 'R2' not in [o['number'] for o in orders(place.officer('root.leader'))] and
             counts(s, place.officer('root.leader'))['received'] == n - 1)
    s.step('the report is the unit\'s', place.officer('root.leader'), 'GET', matter(got['matters'][0]['number']), status=404)
    a = s.step('the replies without it', place.officer('a.intake'), 'GET', f'/api/v1/orders/export?import={a["id"]}&format=csv', status=200)
    s.expect('left out of what an intake clerk takes out', 'R1' not in a.raw.decode() and 'R2' not in a.raw.decode(), a.raw.decode()[:300])


def who_may(place, s):
    """Route by role, written by hand: in another body than the order's, nothing at all."""
    a = take(s, place.officer('a.intake'), csv([row(7, number='W1')]))
    o = orders(place.officer('a.supervisor'), '&import=' + a['id'])[0]
    path = f'/api/v1/orders/{o["id"]}'
    table = {  # read, reveal, sign (a stale version shows that it got that far), upload, export
        'a.intake': (200, 200, 409, 201, 200), 'a.handler': (200, 200, 409, 403, 403), 'a.supervisor': (200, 200, 409, 201, 200),
        'root.intake': (200, 200, 409, 201, 200), 'root.leader': (200, 403, 403, 403, 403), 'root.auditor': (200, 403, 403, 403, 403),
        'root.admin': (404, 404, 404, 201, 403), 'root.security': (404, 404, 404, 403, 403),
        'b.handler': (404, 404, 404, 403, 403), 'b.supervisor': (404, 404, 404, 201, 200),
    }
    for who, (read, reveal, sign, up, export) in table.items():
        p = place.officer(who)
        s.step(f'{who} reads', p, 'GET', path, status=read)
        s.step(f'{who} reveals', p, 'POST', path + '/reveal', {'reason': 'call_back'}, status=reveal)
        s.step(f'{who} acts', p, 'POST', path + '/acts/sign', {}, status=sign, headers=version(77))
        s.step(f'{who} uploads', p, 'POST', '/api/v1/uploads', csv([row(1)]), status=up, headers=CSV)
        s.step(f'{who} takes out', p, 'GET', '/api/v1/orders/export', status=export)
    for method, target in [('GET', path), ('GET', '/api/v1/orders'), ('GET', '/api/v1/orders/count'), ('GET', '/api/v1/orders/export'),
                           ('GET', '/api/v1/orders/flow')]:
        s.step('the public: nothing', place.public(), method, target, status=401)
    up = upload(s, place.officer('root.admin'), csv([row(1)]))
    s.step('an administrator brings in no orders', place.officer('root.admin'), 'POST', '/api/v1/imports',
           {'upload': up['id'], 'map': {'columns': up['suggested_map'], 'target': 'orders'}}, status=403)
    up = upload(s, place.officer('root.intake'), csv([row(1)]))
    s.step('an intake clerk no old matters', place.officer('root.intake'), 'POST', '/api/v1/imports',
           {'upload': up['id'], 'map': {'columns': up['suggested_map']}}, status=403)


def paused_and_resumed(place, s, run_id, n):
    """An import under way stops, keeps what it took and goes on where it stood; only its officer may. One that is ended goes on no more."""
    clerk, other = place.officer('root.intake'), place.officer('root.supervisor')
    path = '/api/v1/imports/' + run_id
    s.step('resumed while it runs', clerk, 'POST', path + '/acts/resume', {}, status=503)
    s.step("not another's", other, 'POST', path + '/acts/pause', {}, status=404)
    s.step('no such act', clerk, 'POST', path + '/acts/fly', {}, status=404)
    s.step('pause', clerk, 'POST', path + '/acts/pause', {}, status=204)
    a = ended(s, clerk, run_id)
    s.expect('paused, not at its end', a['state'] == 'paused' and 100 <= a['done'] < n and a['added'] + a['skipped'] == a['done'], str(a.json)[:300])
    s.expect('every row that it counts is there', counts(s, clerk, f'?import={run_id}')['received'] == a['added'])
    s.step('again: as it is', clerk, 'POST', path + '/acts/pause', {}, status=204)
    s.expect('it is on the list of what has not ended', [i['id'] for i in s.step('list', clerk, 'GET', '/api/v1/imports', status=200)['items']] == [run_id])
    s.expect('of its officer alone', s.step('list', other, 'GET', '/api/v1/imports', status=200)['items'] == [])
    s.step("nor another's to go on with", other, 'POST', path + '/acts/resume', {}, status=404)
    second = csv([row(i, number=f'P{i}') for i in range(400)])
    up = upload(s, clerk, second)
    m = {'columns': up['suggested_map'], 'target': 'orders'}
    beside = s.step('another may run meanwhile', clerk, 'POST', '/api/v1/imports', {'upload': up['id'], 'map': m}, status=202)['id']
    s.step('and is paused', clerk, 'POST', f'/api/v1/imports/{beside}/acts/pause', {}, status=204)
    b = ended(s, clerk, beside)
    if b['state'] == 'paused':  # else it was quicker
        s.step('then given up', clerk, 'DELETE', f'/api/v1/imports/{beside}', status=204)
        s.expect('it ends as it stands', clerk.send('GET', f'/api/v1/imports/{beside}')['state'] == 'cancelled')
    s.step('it goes on no more', clerk, 'POST', f'/api/v1/imports/{beside}/acts/resume', {}, status=409)
    place.stop()
    place.start('--rate-limit', 'off')
    clerk = place.officer('root.intake')
    b = s.step('after a restart', clerk, 'GET', path, status=200)
    s.expect('it is still paused, as it was', (b['state'], b['done'], b['added']) == ('paused', a['done'], a['added']), str(b.json)[:300])
    s.step('go on', clerk, 'POST', path + '/acts/resume', {}, status=204)
    for _ in range(400):
        b = clerk.send('GET', path)
        if b['done'] > a['done']:
            break
        time.sleep(0.01)
    s.expect('behind where it stood', b['state'] in ('running', 'done') and b['done'] > a['done'], str(b.json)[:200])


def goes_on_after_a_kill(place, s):
    clerk = place.officer('root.intake')
    n = 1500
    text = csv([row(i, number=f'K{i}') for i in range(n)])
    up = upload(s, clerk, text)
    run_id = s.step('start', clerk, 'POST', '/api/v1/imports', {'upload': up['id'], 'map': {'columns': up['suggested_map'], 'target': 'orders'}},
                    status=202)['id']
    for _ in range(400):
        a = clerk.send('GET', '/api/v1/imports/' + run_id)
        if a['added'] >= 100:
            break
        time.sleep(0.01)
    s.expect('under way', a['state'] == 'running' and a['added'] < n, str(a.json)[:200])
    paused_and_resumed(place, s, run_id, n)
    place.server.kill()
    place.server.wait()
    place.people.clear()
    place.start('--rate-limit', 'off')
    clerk = place.officer('root.intake')
    for _ in range(1200):
        a = clerk.send('GET', '/api/v1/imports/' + run_id)
        if a['state'] != 'running':
            break
        time.sleep(0.05)
    s.expect('it went on by itself, nothing twice, nothing lost', a['state'] == 'done' and a['done'] == n and a['added'] + a['skipped'] == n and
             a['failed'] == 0, str(a.json)[:300])
    s.expect('every order once', counts(s, clerk, f'?import={run_id}')['received'] == n)


if __name__ == '__main__':
    run([a_sheet_of_165, acts_on_one, reports_stay_hidden, who_may, goes_on_after_a_kill], OFFICERS)
