"""The part `bulletin` of bench/run: a monthly bulletin made and saved with the matters behind each figure, read again with what is
other now, and written as a Word document; a year's summary likewise. Of each, the figure with the most matters is opened: those
printed against those of now, and the first page of them."""
import http.client
import json
import time
import urllib.parse

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


def biggest(bench, server, desk, name, key, summary):
    """The most members that a request about this summary has to hold."""
    f = max((x for x in summary['figures'] if x['traced']), key=lambda x: max(x['den'] or 0, x['num'] if x['unit'] == '件' else 0))
    part, n = ('den', f['den']) if (f['den'] or 0) >= f['num'] else ('num', f['num'])
    path = f"/summaries/{key}/figures/{urllib.parse.quote(f['id'], safe='')}"
    before = server.anonymous_mib()
    took, _, raw = desk.send('GET', f'{path}?part={part}')
    assert json.loads(raw)['members'] == n, raw[:300]
    page, _, raw = desk.send('GET', f'{path}/records?part={part}')
    assert json.loads(raw)['total'] == n, raw[:300]
    bench.note(name + '_members_s', took, f'{took:.2f} s to hold the {n:,} matters printed behind one figure against those of now, {page:.2f} s for a page of them; '
               f'{server.anonymous_mib():.0f} MiB afterwards, {before:.0f} before')


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
    biggest(bench, server, desk, name, made['key'], whole)
    received = next(f for f in whole['figures'] if f['id'].startswith(f'received:420202:{period}@'))
    bench.note(name + '_s', middle(saves), f"{middle(saves):.2f} s ({middle(work):.2f} s of processor time) to make and keep {whole['n_figures']} figures with their matters ({received['num']:,} received in {period}); "
               f"{middle(reads):.2f} s to read it with what is other now; {middle(papers):.2f} s as DOCX; median of {times}")


def bulletin(bench, server, password):
    matters = bench.size(MANY, FEW)
    data = bench.made or bench.county('bulletin', matters)[0]
    with server(bench, data) as s:
        s.settle()
        desk = Desk(s.port, password)
        last = time.strftime('%Y-%m', time.localtime(time.time() - 32 * 86400))
        measure(bench, s, desk, 'bulletin', 'month', last, TIMES)
        measure(bench, s, desk, 'annual_summary', 'annual', last[:4], 1)
