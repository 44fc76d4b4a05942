"""The part `scale` of bench/run: the budgets of counties of several sizes, each in a folder of its own, and how they grow from one
size to the next. A county made before is taken as it is: DATA/county-SIZE (with --data and --keep it stays), or the folder of
FANGXIN_BENCH_COUNTY, in which {} stands for the size. Up to a few million the matters are those that `demo --detail long` makes
(seventeen events, notices, files), beyond that of `--detail short`. Of each request that one client sends again and again the
pages of 4 KiB that SQLite asked for are counted (on PostgreSQL blocks of 8 KiB), so that other work on the machine does not
matter."""
import json
import os
import sqlite3
import subprocess
import time
import urllib.parse

from bulletin import bulletin

LONG_BELOW = 2_000_001
GROWTH = 1.2  # of pages from the smallest to the largest
MANY_TIMES, FEW_TIMES = 60, 8
FOR_LONG, FOR_QUICK = 20, 6  # seconds of load
KEPT_S = 3  # a job reads states of matters, and on PostgreSQL words, into memory within so long of the searches that ask for them


def label(n):
    return f'{n // 1_000_000}m' if n % 1_000_000 == 0 else f'{n // 1000}k' if n % 1000 == 0 else str(n)


def percentile(values, p):
    return sorted(values)[min(len(values) - 1, int(len(values) * p / 100))]


def word(text):
    return urllib.parse.quote(text)


def asked(number, first):
    """name: (path, times). @p first  the first month that the county has whole."""
    year, month = first.split('-')
    matters = '/matters?limit=50'
    return {
        'list_due': (matters + '&sort=due', MANY_TIMES),
        'list_late': (matters + '&due=late', MANY_TIMES),
        'list_soon': (matters + '&due=soon&kind=complaint', MANY_TIMES),
        'list_newest': (matters + '&sort=-received', MANY_TIMES),
        'list_branch_open': (matters + '&body=42020201&due=open', MANY_TIMES),
        'list_state': (matters + '&status=mediating&sort=due', MANY_TIMES),
        'list_category': (matters + '&category=goods.appliance&sort=-received', MANY_TIMES),
        'list_channel': (matters + '&channel=phone&sort=-received', MANY_TIMES),
        'list_branch_rare': (matters + '&body=42020201&channel=visit&sort=-received', MANY_TIMES),
        'search_word': (matters + '&q=' + word('漏水'), MANY_TIMES),
        'search_kind': (matters + '&kind=complaint&q=' + word('退款'), MANY_TIMES),
        'search_branch': (matters + '&body=42020201&q=' + word('手机'), MANY_TIMES),
        'search_state': (matters + '&status=archived&q=' + word('定金'), MANY_TIMES),
        'search_rare': (matters + '&status=mediating&q=' + word('检测'), MANY_TIMES),
        'matter': (f'/matters/{number}', MANY_TIMES),
        'events': (f'/matters/{number}/events', MANY_TIMES),
        'changes': ('/changes?after=1', MANY_TIMES),
        'dashboard_month': (f'/dashboard?period={first}', MANY_TIMES),
        'dashboard_quarter': (f'/dashboard?period={year}Q{(int(month) + 2) // 3}', MANY_TIMES),
        'dashboard_year': (f'/dashboard?period={year}', MANY_TIMES),
        'dashboard_branch': (f'/dashboard?period={year}&body=42020201', MANY_TIMES),
        'count_status': ('/matters/count?by=status', FEW_TIMES),
    }


class Own:
    """The bench as other parts see it: on the folder of one size, and what they note stands under it."""

    def __init__(self, county):
        self.made, self.note, self.bench = county.data, county.note, county.bench

    def __getattr__(self, name):
        return getattr(self.bench, name)


class County:
    """One size."""

    def __init__(self, bench, matters):
        self.bench, self.matters, self.label, self.found = bench, matters, label(matters), {}
        self.detail = 'long' if matters < LONG_BELOW else 'short'
        name = 'county_' + self.label  # a database's name too
        self.data = bench.made.replace('{}', self.label) if bench.made else os.path.join(bench.data, name)
        self.name = name

    def note(self, name, value, text):
        self.found[name] = value
        self.bench.note(f'{self.label}_{name}', value, text)

    def there(self):
        return self.bench.made is not None or (self.bench.postgres is None and os.path.exists(os.path.join(self.data, 'made')))

    def make(self):
        if self.there():  # by an earlier program perhaps
            command = [self.bench.binary, 'migrate', '--data', self.data]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, **self.bench.environment(self.data)))
            return
        _, took = self.bench.county(self.name, self.matters, self.detail)
        with open(os.path.join(self.data, 'made'), 'w', encoding='utf-8'):
            pass
        self.note('demo_per_s', self.matters / took, f'{self.matters / took:.0f} matters/s, detail {self.detail}, {took:.0f} s')

    def measure(self, server_of, desk_of, password):
        with server_of(self.bench, self.data) as server:
            began = time.monotonic()
            server.settle()
            self.note('settled_s', time.monotonic() - began, f'{time.monotonic() - began:.0f} s until the index and all that follows had caught up')
        self.size()
        with server_of(self.bench, self.data) as server:
            self.note('start_ms', server.start_ms, f'{server.start_ms:.0f} ms from exec to ready')
            server.settle()
            self.note('idle_mib', server.anonymous_mib(), f'{server.anonymous_mib():.0f} MiB without mapped files, idle')
            self.one_by_one(server, desk_of(server.port))
            self.loaded(server, password)
            self.note('loaded_mib', server.anonymous_mib(), f'{server.anonymous_mib():.0f} MiB without mapped files, behind the load')
        self.papers(server_of, password)

    def size(self):
        bench, n = self.bench, self.matters
        if bench.postgres is not None:
            kib = int(bench.psql(self.data, 'SELECT pg_database_size(current_database())')) / 1024
            self.note('kib_per_matter', kib / n, f'{kib / n:.2f} KiB of database a matter, index and all')
            return
        db = sqlite3.connect(f'file:{self.data}/fangxin.db?mode=ro', uri=True)
        last = db.execute("SELECT max(id) FROM event").fetchone()[0]
        db.close()
        kib, index = (os.path.getsize(os.path.join(self.data, f)) / 1024 for f in ('fangxin.db', 'index.db'))
        self.note('kib_per_matter', kib / n, f'{kib / n:.2f} KiB a matter of {last / n:.1f} events of all kinds (fangxin.db), {index / n:.2f} in index.db')

    def pages(self, server):
        if self.bench.postgres is not None:
            return self.bench.database_blocks(self.data)
        return int(server.metric('fangxin_store_pages_read_total'))

    def one_by_one(self, server, desk):
        page = json.loads(desk.read('/api/v1/matters?limit=1&kind=complaint&status=archived&sort=-received'))
        number = page['items'][0]['number']
        first = time.strftime('%Y-%m', time.localtime(time.time() - 32 * 86400))
        requests = asked(number, first)
        desk.get('/api/v1' + requests['search_state'][0])
        time.sleep(KEPT_S)
        for name, (path, times) in requests.items():
            desk.get('/api/v1' + path)
            before, cpu = self.pages(server), server.cpu()
            took = [desk.timed('/api/v1' + path) for _ in range(times)]
            cpu, pages = (server.cpu() - cpu) * 1e6 / times, (self.pages(server) - before) / times
            self.found[name + '_pages'] = pages
            self.note(name + '_ms', percentile(took, 95), f'p50 {percentile(took, 50):.1f} p95 {percentile(took, 95):.1f} p99 {percentile(took, 99):.1f} ms, one client; '
                      f'{pages:.0f} pages; {cpu:.0f} us of processor time')

    def loaded(self, server, password):
        bench = self.bench
        seconds = FOR_QUICK if bench.quick else FOR_LONG
        bench.warm(server, self.matters)
        for mode, clients in (('lists', 8), ('search', 8), ('filings', 64), ('lifecycle', 32)):
            before = self.pages(server)
            got = bench.load(server, mode, clients, seconds, *(() if mode == 'filings' else ('supervisor', password)))
            rate = got['cycles_per_s'] if mode == 'lifecycle' else got['per_s']
            pages = (self.pages(server) - before) / max(1, got['requests'])
            behind = f'; index {server.catch_up():.1f} s behind' if mode in ('filings', 'lifecycle') else f'; {pages:.0f} pages each'
            self.found[mode + '_per_s'], self.found[mode + '_each_pages'] = rate, pages
            self.note(mode + '_p95_ms', got['p95_ms'], f"p50 {got['p50_ms']} p95 {got['p95_ms']} p99 {got['p99_ms']} ms, {rate:.0f}/s, {clients} clients, "
                      f"{got['failed']} failed; {got['cpu_us']:.0f} us of the server's processor time a request{behind}{got['withheld']}")

    def papers(self, server_of, password):
        """Month and year as documents; their notes go under this size."""
        bulletin(Own(self), server_of, password)


def grown(counties):
    """The table of ratios, one column for each step and one from the smallest to the largest."""
    pairs = list(zip(counties, counties[1:]))
    if len(counties) > 2:
        pairs.append((counties[0], counties[-1]))
    for name in counties[-1].found:
        if any(name not in c.found for c in counties):
            continue
        ratios = [(a, b, b.found[name] / a.found[name]) for a, b in pairs if a.found[name]]
        if not ratios:
            continue
        text = ', '.join(f'{b.label}/{a.label} {r:.2f}' for a, b, r in ratios)
        values = ' → '.join(f'{c.found[name]:.4g}' for c in counties)
        over = name.endswith('_pages') and ratios[-1][2] > GROWTH
        counties[0].bench.note('growth_' + name, ratios[-1][2], f'{text} ({values}){f", more than {GROWTH}" if over else ""}')


def scale(bench, server_of, desk_of, password):
    counties = [County(bench, n) for n in bench.scales]
    for c in counties:
        c.make()
        c.measure(server_of, desk_of, password)
    if len(counties) > 1:
        grown(counties)
