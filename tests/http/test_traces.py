#!/usr/bin/env python3
"""test_traces.py FANGXIN: persons leave no trace outside the vault, and nothing is altered or taken
away behind the program's back without `verify` naming it."""
import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, run  # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'media'))
from pictures import png  # noqa: E402
from filings import act, complaint, enquiry, matter, report  # noqa: E402
from run import PASSWORD  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'root.auditor', 'a.handler', 'a.supervisor']
# Names with signs so rare that one of them alone would be a trace.
NAME, PHONE, ADDRESS, ID = '欧阳龘靐', '13912340987', '麤韊巷七号二单元三零一', '11010519491231002X'
PROXY, PROXY_PHONE = '司徒爨癵', '13756781234'
REPORTER, REPORTER_PHONE, REPORTER_ADDRESS = '夏侯虪讟', '13698765432', '鱻灪胡同九号'
SIGNS = ['龘靐', '爨癵', '虪讟', '麤韊', '鱻灪', '龘', '靐', '爨', '癵', '虪', '讟', '麤', '韊', '鱻', '灪']
PLAIN = [NAME, PHONE, ADDRESS, ID, PROXY, PROXY_PHONE, REPORTER, REPORTER_PHONE, REPORTER_ADDRESS, *SIGNS, PHONE[3:], PROXY_PHONE[3:],
         REPORTER_PHONE[3:], '139 1234 0987', '1391234', '12340987']
SECRET_FACTS = '地窖里藏着工业明胶'


def everywhere(text):
    """The person in every place where people write."""
    return f'{text}，我是{NAME}，电话{PHONE}，住{ADDRESS}，代理{PROXY}{PROXY_PHONE}，身份证{ID}'


def fill(place, s):
    who = {'name': NAME, 'phone': PHONE, 'address': ADDRESS, 'id_type': 'citizen', 'id_number': ID}
    proxy = {'name': PROXY, 'phone': PROXY_PHONE, 'relation': '女儿', 'authority': '委托书'}
    f = s.file(complaint(consumer=who, proxy=proxy, facts=everywhere('手表走不准'), demand_text=everywhere('要求退款')))
    place.filed = f
    n = f['number']
    party = place.holder(f['pin'])
    s.step('supplement', party, 'POST', act(n, 'supplement'), {'text': everywhere('补充发票')}, status=200)
    s.does('root.intake', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', n, 'record_proxy', {'result': 'shown', 'scope': 'special', 'until': '2036-12-31', 'matters': everywhere('全部事项')})
    s.does('a.handler', n, 'accept')
    s.does('a.handler', n, 'note', {'text': everywhere('已核对')})
    s.does('a.handler', n, 'tell', {'party': 'consumer', 'channel': 'phone', 'proof': everywhere('通话三分钟')})
    s.does('a.handler', n, 'contact', {'party': 'business', 'channel': 'phone', 'result': 'reached', 'text': everywhere('商家说')})
    s.does('a.handler', n, 'offer', {'party': 'business', 'terms': everywhere('退一半'), 'amount_fen': 100})
    s.step('decline', party, 'POST', act(n, 'decline_offer'), {'reason': everywhere('太少')}, status=200)
    s.does('a.handler', n, 'amend', {'fields': {'consumer': {'address': ADDRESS + '后门'}}, 'reason': everywhere('地址有误')})
    s.does('a.handler', n, 'pause', {'reason': 'appraisal', 'remark': everywhere('送检')})
    s.does('a.handler', n, 'resume', {'remark': everywhere('检测合格')})
    s.does('a.handler', n, 'settle', {'form': 'record', 'terms': everywhere('协议'), 'remedies': [{'kind': 'refund', 'amount_fen': 100}]})
    s.does('a.handler', n, 'tell', {'party': 'consumer', 'channel': 'phone'})
    s.does('a.handler', n, 'follow_up', {'result': 'reached', 'satisfaction': 5, 'remark': everywhere('满意')})
    r = s.file(report(consumer={'name': REPORTER, 'phone': REPORTER_PHONE, 'address': REPORTER_ADDRESS}, facts=f'{SECRET_FACTS}，{REPORTER}举报'))
    place.reported = r
    s.step('evidence', place.holder(r['pin']), 'POST', act(r['number'], 'supplement'), {'text': everywhere('视频')}, status=200)
    s.does('root.intake', r['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    s.does('a.handler', r['number'], 'verify')
    s.does('a.handler', r['number'], 'link', {'number': n})
    for f in (f, r):
        s.step('a picture', place.holder(f['pin']), 'POST', matter(f['number']) + '/files', png(60, 40), status=201,
               headers={'Content-Type': 'image/png', 'Fangxin-File-Name': urllib.parse.quote(f'{NAME}{REPORTER}.png')})
    key = {'Idempotency-Key': f'{PHONE}-as-a-key'}
    q = s.step('an enquiry', place.public(), 'POST', '/api/v1/matters', enquiry(facts=f'请问我{NAME}（{PHONE}，{ADDRESS}）的卡可以退吗', consumer=who), status=201, headers=key)
    place.asked = q.json
    entries(place, s)
    # looked for, looked up, revealed, refused
    p = place.officer('root.intake')
    s.step('hints', p, 'POST', '/api/v1/hints', {'phone': PHONE, 'name': NAME, 'address': ADDRESS, 'facts': everywhere('手表')}, status=200,
           has={'same_person_counts.total': 2})
    for word in PLAIN:
        a = s.step('search', p, 'GET', '/api/v1/matters?q=' + urllib.parse.quote(word), status=200)
        b = s.step('a number that is none', place.public(), 'GET', '/api/v1/matters/' + urllib.parse.quote(word), status=401)
        s.expect('not repeated', word not in b.raw.decode())
    s.step('reveal', place.officer('a.handler'), 'POST', matter(n) + '/reveal', {'party': 'consumer', 'reason': 'call_back', 'text': NAME}, status=200)
    s.step('refused', place.public(), 'POST', '/api/v1/matters', complaint(consumer={'name': NAME, 'phone': PHONE[:9]}, facts=everywhere('x')), status=422)
    a = place.public().send('POST', '/api/v1/session', {'name': NAME, 'password': PHONE})
    s.expect('no such officer', a.status == 401)


def entries(place, s):
    """One of a register with a stock, one with what may be there once only."""
    clerk, other, base = place.officer('root.intake'), place.officer('root.supervisor'), '/api/v1/registers/'

    def entry(register, fields):
        return s.step(register, clerk, 'POST', f'{base}{register}/entries', {'fields': fields}, status=201).json

    leaflet = entry('leaflets', {'title': '预付卡消费提醒', 'kind': 'leaflet', 'unit': 'copy', 'edition': '一版', 'price': 60, 'text': '办卡前问三件事'})
    s.step('approve', other, 'POST', f"{base}leaflets/entries/{urllib.parse.quote(leaflet['number'])}/acts/approve", {'fields': {'checked_on': leaflet['day']}},
           status=200, headers={'If-Match': str(leaflet['version'])})
    entry('leaflet_moves', {'item': leaflet['number'], 'kind': 'leaflet', 'movement': 'printed', 'quantity': 22000, 'moved_on': leaflet['day'],
                            'cost': 1320000, 'officer': place.ids['root.intake']})
    entry('documents', {'title': '消费维权工作要点', 'document_no': '安市监发〔2026〕2号', 'kind': 'scheme', 'way': 'issued', 'issuer': '安澜县市场监管局'})


def look_into(label, raw, s, words):
    for word in words:
        for coding in ('utf-8', 'utf-16-le', 'gb18030') if len(word) > 2 else ('utf-8',):  # two bytes may be chance
            s.expect(f'{word} in {label}', word.encode(coding) not in raw, coding)


def look_into_files(place, s, when):
    for folder, _, names in os.walk(place.data):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, 'rb') as f:
                    raw = f.read()
                short = os.path.relpath(path, place.data) + ' ' + when
                look_into(short, raw, s, PLAIN)
                look_into(short, raw, s, [SECRET_FACTS, '工业明胶'])
                s.expect(f'PIN in {short}', place.filed['pin'].encode() not in raw)


def bodies(place):
    """What the events say, unpacked by another program (src/store/event_body.h)."""
    db = sqlite3.connect(f"file:{os.path.join(place.data, 'fangxin.db')}?mode=ro", uri=True)
    held = [row[0] for row in db.execute('SELECT body FROM event')]
    db.close()
    dictionary = os.path.join(os.path.dirname(__file__), '../../src/store/event.dict')
    frames = b''.join(b'\x28\xb5\x2f\xfd' + body[1:] for body in held if body[0] == 1)
    return b''.join(body for body in held if body[0] != 1) + subprocess.run(
        ['zstd', '-d', '-c', '-D', dictionary], input=frames, stdout=subprocess.PIPE, check=True).stdout


def no_trace(place, s):
    fill(place, s)
    time.sleep(2.5)  # the index is at most two seconds behind
    p = place.officer('root.supervisor')
    for word in SIGNS + [NAME[2:], PHONE[3:], ADDRESS[:3]]:
        a = s.step('search', p, 'GET', '/api/v1/matters?q=' + urllib.parse.quote(word), status=200)
        s.expect(f'{word} finds nothing', a['items'] == [], a.raw.decode()[:300])
    a = s.step('what is masked is found', p, 'GET', '/api/v1/matters?q=' + urllib.parse.quote('手表走不准'), status=200)
    s.expect('masked', len(a['items']) == 1)
    look_into('a list', a.raw, s, PLAIN)
    a = s.step('metrics', place.public(), 'GET', '/metrics', status=200)
    look_into('metrics', a.raw, s, PLAIN + [SECRET_FACTS])
    look_into_files(place, s, 'while serving')
    said = bodies(place)
    s.expect('events are read', said.count(b'"commit"') > 5 and said.count(b'{') == said.count(b'}'), f"{said.count(b'commit')} {said.count(b'{')} {said.count(b'}')}")
    look_into('the events', said, s, PLAIN + [SECRET_FACTS, place.filed['pin']])
    for args in (('export', 'matters'), ('export', 'matters', '--format', 'jsonl')):
        look_into('the export', place.command(*args).encode(), s, PLAIN + [SECRET_FACTS])
    path = os.path.join(place.folder, 'backup')
    place.command('backup', path)
    with open(path, 'rb') as f:
        raw = f.read()
    if raw[:2] == b'\x1f\x8b':
        raw = gzip.decompress(raw)
    look_into('the backup', raw, s, PLAIN + [SECRET_FACTS, place.filed['pin']])
    look_into('the backup', raw, s, [PASSWORD])
    with open(os.path.join(place.data, 'keys', 'master.key'), 'rb') as f:
        master = f.read()
    s.expect('the master key is not in the backup', master not in raw and master.hex().encode() not in raw)
    s.expect('nor its content', all(line not in raw for line in master.split(b'\n') if len(line) >= 16))


def stopped(place, s):
    """The server ends; what it leaves, and what `verify` says of it."""
    if not hasattr(place, 'filed'):
        fill(place, s)
    s.step('in time for the log of looks', place.officer('a.handler'), 'GET', matter(place.filed['number']), status=200)
    place.stop()
    look_into_files(place, s, 'when stopped')
    with open(os.path.join(place.folder, 'server.log'), 'rb') as f:
        look_into('the log', f.read(), s, PLAIN + [SECRET_FACTS, place.filed['pin'], PASSWORD])
    out, status = verify(place, place.data, place.program)
    s.expect('clean', status == 0, out)


def verify(place, data, program=None):
    """By the program that people run, where there is one: each altered copy is verified, and the sanitizers have seen the first."""
    done = subprocess.run([program or os.environ.get('FANGXIN_SHIPPED') or place.program, 'verify', '--rebuild', '--data', data], capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr, done.returncode


def altered(place, s, change):
    """Copies the stopped installation, changes the copy's database, and verifies it."""
    data = os.path.join(place.folder, 'copy')
    shutil.copytree(place.data, data)
    try:
        db = sqlite3.connect(os.path.join(data, 'fangxin.db'))
        change(db)
        db.commit()
        db.close()
        return verify(place, data)
    finally:
        shutil.rmtree(data)


def one_byte(value):
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, bytes):
        at = len(value) // 2
        return value[:at] + bytes([value[at] ^ 1]) + value[at + 1:]
    at = max((i for i, c in enumerate(value) if c.isalnum() and c.isascii()), default=len(value) - 1)
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1:]


OF_MATTER = {'matter': 'id', 'deadline': 'matter_id', 'remedy': 'matter_id', 'link': 'matter_id', 'text': 'record', 'person': 'record',
             'reporter': 'matter_id', 'event': 'record'}


def tables_of(place):
    db = sqlite3.connect(os.path.join(place.data, 'fangxin.db'))
    names = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    found = {}
    for name in names:
        columns = [r[1] for r in db.execute(f'PRAGMA table_info("{name}")')]
        keys = [r[1] for r in sorted(db.execute(f'PRAGMA table_info("{name}")'), key=lambda r: r[5]) if r[5]]
        rows = db.execute(f'SELECT {", ".join(columns)} FROM "{name}"').fetchall()
        found[name] = (columns, keys or columns, rows)
    numbers = dict(db.execute('SELECT id, number FROM matter').fetchall())
    db.close()
    return found, numbers


def to_alter(found):
    """(table, column, row, keys, columns) of one row for two columns of each table and those that say most. Rows are compared
    as a whole; the store's suite alters every column that the store answers for."""
    for table, (columns, keys, rows) in found.items():
        for i, column in enumerate(columns):
            if i not in (1, len(columns) - 1) and column not in ('version', 'head', 'status', 'detail'):
                continue
            filled = [r for r in rows if r[i] is not None and r[i] != '' and r[i] != b'']
            if table == 'event':
                filled = [r for r in filled if r[columns.index('kind')] == 'matter']
            if table == 'tally':
                filled = [r for r in filled if r[columns.index('n')] > 0]  # a row of nothing says nothing
            if filled:
                yield table, column, filled[len(filled) // 2], keys, columns


STOPS = {'schema_migration': 'migration', 'key_epoch': 'key_epoch', 'setting': 'setting', 'body': 'body'}  # `verify` says so and goes no further

ENTRIES = {'record', 'entry', 'entry_balance', 'entry_link', 'entry_unique', 'entry_value'}  # of one entry the first finding is told


def rounds(wanted):
    """Shares the alterations out to as few copies as can be: each copy has one of each table, and one of the tables whose
    findings are known by their matter alone. With FANGXIN_TEST_LONG=1 each has a copy of its own."""
    shared, single = [], []
    for one in wanted:
        signs = {one[0], 'matter' if one[0] in OF_MATTER else one[0]} | (ENTRIES if one[0] in ENTRIES else set())
        alone = one[0] in STOPS or os.environ.get('FANGXIN_TEST_LONG')
        room = next((r for r in shared if not r[0] & signs), None)
        if alone:
            single.append([one])
        elif room is None:
            shared.append((signs, [one]))
        else:
            room[0].update(signs)
            room[1].append(one)
    return single + [members for _, members in shared]


def tampering(place, s):
    if place.server is not None:
        stopped(place, s)
    found, numbers = tables_of(place)
    empty = [t for t, (_, _, rows) in found.items() if not rows]
    s.expect('tables with nothing to alter', set(empty) <= {'business_name', 'calendar_moved', 'group_candidate', 'letter', 'work_order', 'enforcement_case', 'alias', 'imported', 'record', 'revision', 'queue', 'setting', 'index_put_off'}, str(empty))
    for members in rounds(to_alter(found)):
        done = []

        def change(db, members=members, done=done):
            for table, column, row, keys, columns in members:
                where = ' AND '.join(f'{k} IS ?' for k in keys)
                values = [one_byte(row[columns.index(column)])] + [row[columns.index(k)] for k in keys]
                try:
                    n = db.execute(f'UPDATE "{table}" SET {column} = ? WHERE {where}', values).rowcount
                except sqlite3.IntegrityError:
                    continue
                assert n == 1, f'{n} rows'
                done.append((table, column, row, columns))

        out, status = altered(place, s, change)
        s_expect(s, f'verify finds {[d[:2] for d in done]}', status != 0 or not done, out)
        for table, column, row, columns in done:
            named(s, table, column, row, columns, numbers, out)


def named(s, table, column, row, columns, numbers, out):
    """A line of `verify` is `table record number: what`."""
    lines = [line.split(' ', 2) for line in out.splitlines()]
    known = any(line[0] == table for line in lines) or STOPS.get(table, '?') in out
    if table in OF_MATTER:
        record = row[columns.index(OF_MATTER[table])]
        known = any(str(record) in ' '.join(line) or numbers.get(record, '?') in ' '.join(line) for line in lines)
    s_expect(s, f'verify names {table}.{column}', known, f'{row}: {out[:900]}')


def s_expect(s, label, holds, detail):
    """Goes on after a fault, so that one run tells all."""
    try:
        s.expect(label, holds, detail)
    except AssertionError:
        pass


def taken_away(place, s):
    if place.server is not None:
        stopped(place, s)
    found, numbers = tables_of(place)
    for number in (place.filed['number'], place.reported['number'], place.asked['number']):
        record = next(k for k, v in numbers.items() if v == number)

        def last_event(db, record=record):
            n = db.execute("DELETE FROM event WHERE kind = 'matter' AND record = ? AND version = "
                           "(SELECT max(version) FROM event WHERE kind = 'matter' AND record = ?)", [record, record]).rowcount
            assert n == 1

        def whole(db, record=record):
            db.execute('DELETE FROM matter WHERE id = ?', [record])
            db.execute("DELETE FROM event WHERE kind IN ('matter', 'late') AND record = ?", [record])
            for table in ('deadline', 'remedy', 'text', 'person', 'reporter', 'access', 'blob', 'scan'):
                db.execute(f'DELETE FROM {table} WHERE {OF_MATTER.get(table, "matter_id")} = ?', [record])
            db.execute('DELETE FROM link WHERE matter_id = ? OR other_id = ?', [record, record])
            db.execute('DELETE FROM queue WHERE record = ?', [record])

        def but_events(db, record=record):
            db.execute('DELETE FROM matter WHERE id = ?', [record])

        for label, change in (('its last event', last_event), ('the whole matter', whole), ('its row', but_events)):
            out, status = altered(place, s, change)
            s_expect(s, f'verify finds that {label} is gone', status != 0, out)
            s_expect(s, f'verify names {number} when {label} is gone', number in out or str(record) in out, out[:900])
    for table in ('matter', 'event', 'deadline', 'remedy', 'link', 'text', 'person', 'reporter', 'tally', 'body', 'officer', 'blob', 'scan'):

        def empty(db, table=table):
            n = db.execute(f'DELETE FROM "{table}"').rowcount
            assert n > 0

        out, status = altered(place, s, empty)
        s_expect(s, f'verify finds that {table} is empty', status != 0, out)


run([no_trace, stopped, tampering, taken_away], OFFICERS)
