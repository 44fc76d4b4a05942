"""People who file all the time, whatever happens to the server, and what it acknowledged to them.

Each filing has an idempotency key of its own. One that was not acknowledged is sent again with the same key until it
is; so at the end every key stands for exactly one matter, and what the store holds beyond them is double."""
import http.client
import json
import random
import threading
import time

TOLD_TO_WAIT = (429, 500, 503, 507)  # nothing was promised: the same key again later


class Filing:
    __slots__ = ('key', 'body', 'number', 'pin', 'version', 'due')

    def __init__(self, n, run):
        self.key = f'{run}-{n:012d}-0123456789'
        self.body = json.dumps({
            'kind': 'complaint', 'consumer': {'name': '刘婷', 'phone': f'13{n:09d}', 'address': '安澜县文昌街道文昌路5号'},
            'respondent': {'name': '瑞缘金行', 'address': '安澜县东门路1号', 'division': '420202'},
            'category': 'goods.jewellery', 'amount_fen': 368000, 'facts': f'第{n}次购买金饰，重量与标签不符，商家拒绝退换',
            'demands': ['refund'], 'truthful': True, 'purchase': {'online': False}}, ensure_ascii=False).encode()
        self.number = self.pin = self.due = None
        self.version = 0


class Filer(threading.Thread):
    """Files until it is told to stop. What is open is tried again before anything new begins."""

    def __init__(self, load, number):
        super().__init__(daemon=True)
        self.load, self.random = load, random.Random(number)
        self.connection = None
        self.open, self.done = [], []
        self.unexpected = []

    def send(self, method, target, body=None, headers=None):
        """None when there was no answer."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection('127.0.0.1', self.load.port, timeout=self.load.patience)
            self.connection.request(method, target, body, headers or {})
            r = self.connection.getresponse()
            raw = r.read()
            if r.will_close:
                self.connection = None
            self.load.statuses[r.status] = self.load.statuses.get(r.status, 0) + 1
            return r.status, raw
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return None

    def file(self, filing):
        answer = self.send('POST', '/api/v1/matters', filing.body,
                           {'Content-Type': 'application/json', 'Idempotency-Key': filing.key})
        if answer is None or answer[0] in TOLD_TO_WAIT:
            return False
        if answer[0] != 201:
            self.unexpected.append(f'{answer[0]} {answer[1][:300]!r}')
            return False
        said = json.loads(answer[1])
        filing.number, filing.pin, filing.version = said['number'], said['pin'], 1
        filing.due = (said['received_at'], [(d['rule'], d['due']) for d in said['deadlines']])
        return True

    def supplement(self, filing):
        """An act; what is not acknowledged is left, since nobody knows whether it was done."""
        answer = self.send('POST', f'/api/v1/matters/{filing.number}/acts/supplement', '{"text": "补充：有发票照片"}'.encode(),
                           {'Content-Type': 'application/json', 'Fangxin-Pin': filing.pin})
        if answer is not None and answer[0] == 200:
            filing.version = json.loads(answer[1])['version']

    def once(self):
        filing = self.open.pop(0) if self.open else self.load.new()
        if not self.file(filing):
            self.open.append(filing)
            return False
        self.done.append(filing)
        self.load.acknowledged()
        if self.random.random() < 0.3:
            self.supplement(filing)
        return True

    def run(self):
        while not self.load.stop.is_set():
            if self.once():
                time.sleep(self.load.pause)
            else:
                time.sleep(0.01)


class Load:
    def __init__(self, port, filers=4, run='faults', pause=0.0, patience=30):
        self.port, self.run_name, self.pause, self.patience = port, run, pause, patience
        self.lock = threading.Lock()
        self.count = self.acks = 0
        self.statuses = {}
        self.stop = threading.Event()
        self.filers = [Filer(self, i) for i in range(filers)]

    def new(self):
        with self.lock:
            self.count += 1
            return Filing(self.count, self.run_name)

    def acknowledged(self):
        with self.lock:
            self.acks += 1

    def take(self, still_open, done):
        """Filings that others sent: theirs are now the first filer's."""
        self.filers[0].open += still_open
        self.filers[0].done += done

    def start(self):
        for filer in self.filers:
            filer.start()

    def wait_acks(self, more, seconds):
        """True when so many more were acknowledged in time."""
        wanted, until = self.acks + more, time.monotonic() + seconds
        while self.acks < wanted:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def finish(self, seconds=300):
        """Ends the load; what is still open is sent again until it is acknowledged."""
        self.stop.set()
        until = time.monotonic() + seconds
        for filer in self.filers:
            filer.join(seconds)
            while filer.open and time.monotonic() < until:
                if not filer.once():
                    time.sleep(0.05)

    def filings(self):
        return [f for filer in self.filers for f in filer.done]

    def unfinished(self):
        return sum(len(filer.open) for filer in self.filers)

    def faults(self):
        return [u for filer in self.filers for u in filer.unexpected]


class Count:
    """acknowledged, found, lost, duplicated: filings, and acts on them."""

    def __init__(self, load, total):
        """@p total: how many matters the store holds that the load may have made."""
        filings = load.filings()
        parts = [filings[i::4] for i in range(4)]
        found = [0] * 4
        readers = [threading.Thread(target=self.look, args=(load, parts[i], found, i)) for i in range(4)]
        for t in readers:
            t.start()
        for t in readers:
            t.join()
        self.filings = len(filings)
        self.acknowledged = sum(f.version for f in filings)
        self.found = sum(found)
        self.lost = self.acknowledged - self.found
        self.duplicated = max(total, len(filings)) - len({f.number for f in filings})

    @staticmethod
    def look(load, filings, found, i):
        """A filing is version 1, the act on it version 2."""
        reader = Filer(load, i)
        for f in filings:
            for _ in range(5):
                answer = reader.send('GET', f'/api/v1/matters/{f.number}', headers={'Fangxin-Pin': f.pin})
                if answer is not None and answer[0] not in TOLD_TO_WAIT:
                    break
                time.sleep(0.1)
            if answer is not None and answer[0] == 200:
                found[i] += min(json.loads(answer[1])['version'], f.version)
