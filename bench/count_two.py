"""The part `count_two` of bench/run: lists counted by two columns, at a million matters. The county is copied in
its table of matters alone, which is all that counting reads; words find what was there before."""
import os
import shutil
import sqlite3
import urllib.parse

MANY, FEW = 1_000_000, 100_000
NEXT = 10_000_000  # beyond every sequence of a month


def multiply(data, wanted):
    """Rows of matter until there are as many; ids stay in their month."""
    db = sqlite3.connect(os.path.join(data, 'fangxin.db'))
    columns = [row[1] for row in db.execute('PRAGMA table_info(matter)')]
    have = db.execute('SELECT count(*) FROM matter').fetchone()[0]
    chosen = ', '.join(f'id + {NEXT} * ?' if c == 'id' else "number || '-' || ?" if c == 'number' else c for c in columns)
    with db:
        for k in range(1, -(-wanted // have)):
            db.execute(f'INSERT INTO matter ({", ".join(columns)}) SELECT {chosen} FROM matter WHERE id % 268435456 < {NEXT}', (k, k))
    n = db.execute('SELECT count(*) FROM matter').fetchone()[0]
    db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    return n


def count_two(bench, server_of, desk_of):
    data = os.path.join(bench.data, 'counted')
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(bench.big_county(), data)
    n = multiply(data, bench.size(MANY, FEW))
    word = urllib.parse.quote('手机')
    asked = [
        ('words', f'q={word}&from=2026-03-01&by=branch,waiting_for'),
        ('station', 'body=4202020101&by=status,category'),
        ('open', 'due=open&by=officer,due'),
        ('week', 'from=2026-03-09&to=2026-03-15&by=body,channel'),
        ('status', 'status=told&by=branch,outcome'),
        ('branch', 'body=42020201&by=category,outcome'),
        ('year', 'by=month,kind'),
        ('all', 'by=branch,status'),
        ('themes', 'by=themes,category'),
    ]
    with server_of(bench, data) as server:
        server.catch_up()
        desk = desk_of(server.port)
        for name, query in asked:
            path = '/api/v1/matters/count?' + query
            times = 5 if name in ('year', 'all', 'themes', 'branch') else 40
            desk.get(path)
            took = sorted(desk.timed(path) for _ in range(times))
            p95 = took[min(len(took) - 1, int(len(took) * 0.95))]
            bench.note('count_two_' + name + '_p95_ms', p95, f'p50 {took[len(took) // 2]:.1f} p95 {p95:.1f} ms of {n} matters, one client: {urllib.parse.unquote(query)}')
    shutil.rmtree(data, ignore_errors=True)
