"""The part `registers` of bench/run: entries written one by one and by sheets, lists of a large register, start-up with
all definitions. Beyond what is brought in by sheets the register is filled with copies of those rows in the tables that lists read."""
import http.client
import json
import os
import random
import sqlite3
import threading
import time
import urllib.parse

MANY, FEW = 1_000_000, 20_000
BROUGHT_IN = 20_000
CLIENTS = 8
ROWS = 500
REGISTER = 'unlicensed'
TRADES = ['F52', 'H62', 'O80', 'O81']
SOURCES = ['patrol', 'campaign', 'complaint', 'transfer']
STREETS = '东门 西门 北桥 河湾 文庙 车站 人民 滨河 科苑 解放'.split()


class Writer:
    """One signed-in supervisor who writes."""

    def __init__(self, port, password):
        self.link = http.client.HTTPConnection('127.0.0.1', port, timeout=300)
        answer, found = self.send('POST', '/session', {'name': 'supervisor', 'password': password}, {})
        self.headers = {'Cookie': answer.getheader('Set-Cookie').split(';')[0], 'Fangxin-Csrf': found['csrf']}

    def send(self, method, path, body=None, headers=None):
        sent = dict(self.headers if headers is None else headers)
        if body is not None:
            sent['Content-Type'] = 'application/json'
        self.link.request(method, '/api/v1' + path, None if body is None else json.dumps(body), sent)
        answer = self.link.getresponse()
        found = json.loads(answer.read())
        assert answer.status in (200, 201), found
        return answer, found


def fields(draw, i):
    when = time.strftime('%Y-%m-%d', time.gmtime(time.time() - draw.randint(0, 700) * 86400))
    return {'name': f'{draw.choice(STREETS)}路第{i}摊', 'trade': draw.choice(TRADES), 'place': f'{draw.choice(STREETS)}路{i % 900}号',
            'found_on': when, 'source': draw.choice(SOURCES)}


def percentile(times, p):
    return sorted(times)[min(len(times) - 1, int(len(times) * p / 100))]


def together(n, work):
    """@p work(i, times) in n threads; all times, and the seconds it took."""
    times = [[] for _ in range(n)]
    threads = [threading.Thread(target=work, args=(i, times[i])) for i in range(n)]
    began = time.monotonic()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return [t for one in times for t in one], time.monotonic() - began


def written(bench, server, password, clients, seconds):
    def work(i, times):
        writer, draw = Writer(server.port, password), random.Random(i)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            f = fields(draw, len(times) * clients + i)
            began = time.perf_counter()
            writer.send('POST', f'/registers/{REGISTER}/entries', {'fields': {**f, 'place': {'text': f['place']}}})
            times.append((time.perf_counter() - began) * 1000)
    before = server.cpu()
    times, took = together(clients, work)
    bench.note(f'entries_written_{clients}', len(times) / took, f'{len(times) / took:.0f} entries/s, {clients} client(s) in Python, one register; '
               f'p50 {percentile(times, 50):.1f} p95 {percentile(times, 95):.1f} ms; {(server.cpu() - before) * 1e6 / len(times):.0f} us of processor time in the server each')
    return len(times)


def brought_in(bench, server, password, n):
    """Sheets of 500 rows, one after the other: two at a time would only wait for each other's numbers."""
    writer, draw = Writer(server.port, password), random.Random(3)
    began = time.monotonic()
    for i in range(0, n, ROWS):
        rows = [fields(draw, i + k) for k in range(min(ROWS, n - i))]
        _, found = writer.send('POST', f'/registers/{REGISTER}/import', {'rows': rows})
        assert found['failed'] == 0, found['items'][0]
    took = time.monotonic() - began
    bench.note('entries_imported', n / took, f'{n / took:.0f} entries/s by sheets of {ROWS} rows, one client ({n:,} rows)')


def multiply(data, wanted):
    """Copies of all entries of the register, behind the last of them, until there are as many."""
    db = sqlite3.connect(os.path.join(data, 'fangxin.db'))
    have, first, last = db.execute('SELECT count(*), min(id), max(id) FROM entry WHERE register = ?', (REGISTER,)).fetchone()
    other = {'id': 'id + ?1 * ?2', 'n': 'n + ?1 * ?2', 'number': "number || '-' || ?2", 'key': "key || '-' || ?2", 'code': "code || '-' || ?2"}
    of_register = 'register = ?3 AND id <= ?4'
    rows = {'entry': of_register, 'entry_value': of_register, 'record': f'id IN (SELECT id FROM entry WHERE {of_register})'}
    with db:
        for table, which in rows.items():
            columns = [row[1] for row in db.execute(f'PRAGMA table_info({table})')]
            chosen = ', '.join(other.get(c, c) for c in columns)
            for k in range(1, -(-wanted // have)):
                db.execute(f'INSERT INTO {table} ({", ".join(columns)}) SELECT {chosen} FROM {table} WHERE {which}', (last - first + 1, k, REGISTER, last))
    db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()


def lists(bench, server, password, seconds):
    street = urllib.parse.quote('文庙路')
    year = time.strftime('%Y')
    asked = {'newest': '', 'open': '&open=1', 'state': '&status=found', 'filter': '&source=complaint', 'filters': '&source=transfer&status=found', 'body': '&body=42020201',
             'days': f'&from={year}-02-01&to={year}-02-28', 'due': '&sort=due', 'words': f'&q={street}'}

    def work(i, times):
        desk, draw = Writer(server.port, password), random.Random(50 + i)
        names = list(asked)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            name = draw.choice(names)
            began = time.perf_counter()
            desk.send('GET', f'/registers/{REGISTER}/entries?limit=50{asked[name]}')
            times.append((name, (time.perf_counter() - began) * 1000))
    before = server.cpu()
    times, _ = together(1, work)
    parts = ', '.join(f'{name} {percentile([t for n, t in times if n == name], 95):.1f}' for name in asked if any(n == name for n, _ in times))
    plain = [t for _, t in times]
    bench.note('entries_list_p95_ms_1', percentile(plain, 95), f'p50 {percentile(plain, 50):.1f} p95 {percentile(plain, 95):.1f} ms, 50 rows, 1 client '
               f'in Python; {(server.cpu() - before) * 1e6 / len(times):.0f} us of processor time in the server each; p95 by what is asked: {parts}')
    got = bench.load(server, 'entries', CLIENTS, seconds, 'supervisor', password)
    bench.note('entries_list_p95_ms_8', got['p95_ms'], f"p50 {got['p50_ms']} p95 {got['p95_ms']} p99 {got['p99_ms']} ms, {got['per_s']:.0f}/s, {CLIENTS} clients, 50 rows, "
               f"{got['failed']} failed; {got['cpu_us']:.0f} us of the server's processor time each")


def registers(bench, make_server, password):
    n = bench.size(MANY, FEW)
    data, _ = bench.county('registers', 100)
    starts = []
    for _ in range(5):
        with make_server(bench, data) as server:
            starts.append(server.start_ms)
            _, found = Writer(server.port, password).send('GET', '/registers')
    bench.note('registers_start_ms', min(starts), f'{min(starts):.0f} ms from exec to ready, the best of five, with {len(found["items"])} registers of the profile in use')
    with make_server(bench, data) as server:
        done = sum(written(bench, server, password, clients, 4 if bench.quick else 15) for clients in (1, CLIENTS))
        brought_in(bench, server, password, max(ROWS, min(n, BROUGHT_IN) - done))
    multiply(data, n)
    with make_server(bench, data) as server:
        time.sleep(1)
        there = int(server.value(f"SELECT count(*) FROM entry WHERE register = '{REGISTER}'"))
        bench.note('entries', there, f'{there:,} entries in the register that is listed')
        lists(bench, server, password, 5 if bench.quick else 20)
