"""A file is looked at, mapped, taken in with progress, and taken only once."""
import time

CSV = 'text/csv'


def sheet(n, bad=()):
    lines = ['编号,标题,内容,姓名,电话,商家,商家地址,收到时间,奇怪的列']
    for i in range(n):
        when = 'never' if i in bad else f'2026-10-{i % 28 + 1:02d} 09:00:00'
        lines.append(f'I{i},买到坏的{i},第{i}件商品坏了，商家不管,王{i},1371000{i:04d},城东商店,安澜县东门路{i}号,{when},=1+{i}')
    return '\n'.join(lines) + '\n'


def wait(s, p, run):
    for _ in range(200):
        a = p.send('GET', '/api/v1/imports/' + run)
        if a['state'] != 'running':
            return a
        time.sleep(0.1)
    s.expect('the import ends within 20 s', False)


def scenario_import(place, s):
    p = place.officer('supervisor')
    if not p.send('GET', '/api/v1/session')['permissions'].count('import'):
        place.command('user', 'add', 'importer', '--display', '导', '--body', '420202', '--roles', 'admin,supervisor,leader',
                      '--password', 'Correct-Horse-7')
        p = place.officer('importer')
    up = s.step('upload', p, 'POST', '/api/v1/uploads', sheet(60, bad=[3]), status=201, headers={'Content-Type': CSV},
                has={'rows_estimate': 60, 'encoding': 'UTF-8', 'columns.0': '编号'})
    s.expect('five rows shown', len(up['sample']) == 5)
    plan = dict(up['suggested_map'])
    run = s.step('start', p, 'POST', '/api/v1/imports', {'upload': up['id'], 'map': {'columns': plan, 'kind': 'complaint'}},
                 status=202)['id']
    a = wait(s, p, run)
    s.expect('done', a['state'] == 'done' and a['rows'] == 60, str(a.json))
    s.expect('all taken but the bad row', a['added'] + a['failed'] == 60 and a['added'] >= 50, str(a.json)[:600])
    up = s.step('the same again', p, 'POST', '/api/v1/uploads', sheet(60, bad=[3]), status=201, headers={'Content-Type': CSV})
    run = s.step('start', p, 'POST', '/api/v1/imports', {'upload': up['id'], 'map': {'columns': plan, 'kind': 'complaint'}},
                 status=202)['id']
    b = wait(s, p, run)
    s.expect('nothing twice', b['added'] == 0 and b['skipped'] == a['added'], str(b.json)[:600])
    s.step('not another\'s', place.officer('intake'), 'GET', '/api/v1/imports/' + run, status=404)


def scenario_import_refused(place, s):
    p = place.officer('supervisor')
    if 'import' not in p.send('GET', '/api/v1/session')['permissions']:
        p = place.officer('importer')
    s.step('empty', p, 'POST', '/api/v1/uploads', b'', status=422, headers={'Content-Type': CSV})
    s.step('no such file', p, 'POST', '/api/v1/imports', {'upload': 'x' * 16, 'map': {'columns': {}}}, status=404)
    s.step('no map', p, 'POST', '/api/v1/imports', {'upload': 'x' * 16}, status=422, field='map')
    s.step('no such map', p, 'POST', '/api/v1/imports?map=nowhere', sheet(1), status=422, headers={'Content-Type': CSV}, field='map')
    s.step('no such import', p, 'GET', '/api/v1/imports/0123456789abcdef', status=404)
    s.step('cancel nothing', p, 'DELETE', '/api/v1/imports/0123456789abcdef', status=404)
    s.step('handlers import nothing', place.officer('handler'), 'POST', '/api/v1/uploads', sheet(1), status=403,
           headers={'Content-Type': CSV})
