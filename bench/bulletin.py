"""The part `bulletin` of bench/run: a monthly bulletin made and saved with the matters behind each figure, read again with what is
other now, and written as a Word document; a year's summary likewise."""
import http.client
import json
import os
import time

MANY, FEW = 1_000_000, 20_000
TIMES = 5


class Desk:
    def __init__(self, port, password):
        self.link = http.client.HTTPConnection('127.0.0.1', port, timeout=300)
        answer = self.send('POST', '/session', {'name': 'supervisor', 'password': password})
        self.headers = {'Cookie': answer[1]['Set-Cookie'].split(';')[0], 'Fangxin-Csrf': json.loads(answer[2])['csrf']}

    headers = {}

    def send(self, method, path, body=None):
        began = time.perf_counter()
        self.link.request(method, '/api/v1' + path, None if body is None else json.dumps(body), {'Content-Type': 'application/json', **self.headers})
        answer = self.link.getresponse()
        raw = answer.read()
        assert answer.status < 300, raw[:400]
        return time.perf_counter() - began, answer.headers, raw


def middle(values):
    return sorted(values)[len(values) // 2]


def measure(bench, server, desk, name, form, period, times):
    saves, reads, papers, work = [], [], [], []
    for _ in range(times):
        before = server.cpu()
        took, _, raw = desk.send('POST', '/summaries', {'form': form, 'period': period})
        made = json.loads(raw)
        saves.append(took)
        work.append(server.cpu() - before)
        took, _, raw = desk.send('GET', f"/summaries/{made['key']}")
        reads.append(took)
        papers.append(desk.send('GET', f"/summaries/{made['key']}/document?format=docx")[0])
    whole = json.loads(raw)
    received = next(f for f in whole['figures'] if f['id'].startswith(f'received:420202:{period}@'))
    bench.note(name + '_s', middle(saves), f"{middle(saves):.2f} s ({middle(work):.2f} s of processor time) to make and keep {whole['n_figures']} figures with their matters ({received['num']:,} received in {period}); "
               f"{middle(reads):.2f} s to read it with what is other now; {middle(papers):.2f} s as DOCX; median of {times}")


def bulletin(bench, server, password):
    matters = bench.size(MANY, FEW)
    data = os.environ.get('FANGXIN_BENCH_COUNTY')  # one made before
    if data is None:
        data, _ = bench.county('bulletin', matters)
    with server(bench, data) as s:
        s.settle()
        desk = Desk(s.port, password)
        last = time.strftime('%Y-%m', time.localtime(time.time() - 32 * 86400))
        measure(bench, s, desk, 'bulletin', 'month', last, TIMES)
        measure(bench, s, desk, 'annual_summary', 'annual', last[:4], 1)
