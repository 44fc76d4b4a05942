"""The part `business_lookup` of bench/run: a register is imported, then looked up as people type: by one client here, and by eight
of bench/load.c, which leave the processor to the server."""
import csv
import http.client
import json
import os
import random
import sqlite3
import subprocess
import time
import urllib.parse

MANY, FEW = 1_000_000, 50_000
CLIENTS = 8
PLACES = '武汉 黄石 宜昌 襄阳 荆州 十堰 孝感 黄冈 咸宁 恩施 随州 鄂州 荆门 仙桃 潜江 天门 安澜 大冶 阳新 枝江'.split()
FIRST = '鑫宏华恒顺金瑞福盛泰丰达祥和兴隆康安永正元美嘉佳天博众诚信利源富昌裕通海江山河云星月明春秋'
TRADES = '商贸 餐饮管理 健身服务 汽车销售 建材 教育咨询 物业管理 电子科技 食品 服饰 家居 装饰工程 美容 医药连锁 酒店管理 物流 农业开发 网络科技 文化传媒 百货'.split()
FORMS = '有限公司 有限责任公司 经营部 店 中心 连锁店 分公司 个体工商户 合作社 工作室'.split()
SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'


def code(n):
    body = f'91420202MA{n:07d}'
    return body + SIGNS[(31 - sum(SIGNS.index(c) * pow(3, i, 31) for i, c in enumerate(body)) % 31) % 31]


def names(n):
    draw = random.Random(11)
    for _ in range(n):
        own = ''.join(draw.choice(FIRST) for _ in range(draw.choice((2, 2, 3, 4))))
        yield draw.choice(PLACES) + own + draw.choice(TRADES) + draw.choice(FORMS)


def write_register(path, n):
    with open(path, 'w', encoding='utf-8', newline='') as f:
        out = csv.writer(f)
        out.writerow(['名称', '统一社会信用代码', '地址', '行业'])
        for i, name in enumerate(names(n)):
            out.writerow([name, code(i), f'安澜县东门路{i % 900}号', '零售业'])


class Desk:
    def __init__(self, port, password):
        self.link = http.client.HTTPConnection('127.0.0.1', port, timeout=120)
        body = json.dumps({'name': 'intake', 'password': password})
        self.link.request('POST', '/api/v1/session', body, {'Content-Type': 'application/json'})
        answer = self.link.getresponse()
        answer.read()
        self.cookie = answer.headers['Set-Cookie'].split(';')[0]

    def ask(self, typed):
        began = time.perf_counter()
        self.link.request('GET', '/api/v1/businesses?limit=8&q=' + urllib.parse.quote(typed), headers={'Cookie': self.cookie})
        answer = self.link.getresponse()
        found = json.loads(answer.read())
        assert answer.status == 200, found
        return (time.perf_counter() - began) * 1000, len(found['items'])


def typed(draw, known):
    """What somebody has typed so far: a name's beginning, something inside it, two words of it, or a code."""
    name, i = draw.choice(known)
    kind = draw.choice(('begins', 'begins', 'inside', 'two', 'code'))
    if kind == 'begins':
        return kind, name[:draw.randint(1, len(name))]
    if kind == 'inside':
        at = draw.randint(1, len(name) - 2)
        return kind, name[at:at + draw.randint(2, 6)]
    if kind == 'two':
        return kind, f'{name[2:5]} {name[-4:]}'
    return kind, code(i)[:draw.randint(6, 18)]


def percentile(times, p):
    return sorted(times)[min(len(times) - 1, int(len(times) * p / 100))]


def client(port, password, known, seed, seconds, found):
    desk, draw = Desk(port, password), random.Random(seed)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        kind, text = typed(draw, known)
        found.setdefault(kind, []).append(desk.ask(text)[0])


def one_client(bench, server, password, known, n, seconds):
    kinds, before = {}, server.cpu()
    client(server.port, password, known, 100, seconds, kinds)
    work = server.cpu() - before
    times = [t for one in kinds.values() for t in one]
    parts = ', '.join(f'{k} {percentile(v, 95):.1f}' for k, v in sorted(kinds.items()))
    bench.note('business_lookup_p95_ms_1', percentile(times, 95), f'p50 {percentile(times, 50):.1f} p95 {percentile(times, 95):.1f} p99 {percentile(times, 99):.1f} ms over HTTP at {n:,} businesses, '
               f'one client; {work * 1e6 / len(times):.0f} us of processor time in the server each; p95 by what is typed: {parts}')


def many_clients(bench, server, password, known, n, seconds):
    draw, path = random.Random(101), os.path.join(bench.data, 'typed.txt')
    with open(path, 'w', encoding='utf-8') as f:
        for _ in range(20000):
            f.write('/api/v1/businesses?limit=8&q=' + urllib.parse.quote(typed(draw, known)[1]) + '\n')
    got = bench.load(server, 'paths', CLIENTS, seconds, 'intake', password, path)
    bench.note(f'business_lookup_p95_ms_{CLIENTS}', got['p95_ms'], f'p50 {got["p50_ms"]} p95 {got["p95_ms"]} p99 {got["p99_ms"]} ms over HTTP at {n:,} businesses, {CLIENTS} clients, {got["per_s"]:.0f}/s; '
               f'{got["cpu_us"]:.0f} us of processor time in the server each')


def business_lookup(bench, make_server, password):
    n = bench.size(MANY, FEW)
    data, _ = bench.county('businesses', 2000)
    path = os.path.join(bench.data, 'register.csv')
    write_register(path, n)
    began = time.monotonic()
    subprocess.run([bench.binary, 'import', 'businesses', path, '--data', data], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = time.monotonic() - began
    bench.note('business_import', n / took, f'{n / took:.0f} businesses/s ({n} rows)')
    known = [(name, i) for i, name in enumerate(names(n))][:: max(1, n // 20000)]
    with make_server(bench, data) as server:
        began = time.monotonic()
        db = sqlite3.connect(f'file:{data}/fangxin.db?mode=ro', uri=True)
        while db.execute("SELECT count(*) FROM queue WHERE job = 'names'").fetchone()[0] > 0:
            time.sleep(0.2)
        bench.note('business_index_s', time.monotonic() - began, f'{time.monotonic() - began:.0f} s until all names are found by words')
        one_client(bench, server, password, known, n, 5 if bench.quick else 20)
        many_clients(bench, server, password, known, n, 5 if bench.quick else 20)
