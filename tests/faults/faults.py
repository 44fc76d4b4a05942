#!/usr/bin/env python3
"""faults.py FANGXIN SHIM [--long] [--postgres] [--seed N] RUN…: a real server under load, and what can go wrong around it.

Each run prints how much was acknowledged, found, lost and duplicated, and fails unless the last two are 0, the records
agree with themselves (`verify --rebuild`) and the server is well afterwards. Without --long each takes seconds.

  kill      kill -9 of the server at random moments; on PostgreSQL in turn of the database
  calls     the nth system call that alters a file fails: ENOSPC, EIO, half a write
  memory    the nth allocation fails
  clock     the wall clock jumps, by days and months, both ways
  slow      a disk whose syncs take long
  storm     2,000 connections at once
  drip      clients that send and take byte by byte, and some that are silent
  half      peers that vanish without a word
  log       a reader that stays while the log grows
  restart   SIGTERM under load, and on
  soak      mixed work; memory stays flat
  short     one after the other on one server, without those that need time

With --postgres the records lie in a PostgreSQL of its own, and only kill, restart and soak run."""
import argparse
import datetime
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for part in ('.', '../http', '../postgres'):
    sys.path.insert(0, os.path.join(HERE, part))
sys.dont_write_bytecode = True
import engine  # noqa: E402
from client import Person  # noqa: E402
from clients import Crowd, Silent, vanish  # noqa: E402
from load import Count, Filer, Load  # noqa: E402
from run import PASSWORD, Place  # noqa: E402
from server import Server  # noqa: E402
from shim import Shim, sanitizers  # noqa: E402


class Faulty(Exception):
    pass


class House:
    """An installation, its server on one port for good, and the shim around it."""

    def __init__(self, program, shim=None):
        self.place = Place(program)
        self.shim = None if shim is None else Shim(shim, program, self.place.folder, os.path.join(self.place.folder, 'control'))
        self.place.command('init', '--name', '安澜县市场监督管理局', '--code', '420202')
        self.place.command('user', 'add', 'intake', '--display', '周敏', '--body', '420202', '--roles', 'intake,auditor',
                           '--password', PASSWORD)
        self.copies = os.path.join(self.place.folder, 'copies')
        self.options = [] if engine.on_postgres() else ['--copies', self.copies, '--copies-every', '1']
        self.port, self.server = 0, None
        try:
            self.start()
        except Faulty:
            self.remove()
            raise

    def start(self):
        env = dict(self.place.env, **(self.shim.env if self.shim else {}))
        self.log = open(os.path.join(self.place.folder, 'server.log'), 'ab')
        for _ in range(40):  # the port of the one before may still be held
            self.server = subprocess.Popen(
                [self.place.program, 'serve', '--data', self.place.data, '--listen', f'127.0.0.1:{self.port}',
                 '--rate-limit', 'off', '--trusted-proxy', '127.0.0.1', *self.options],
                stdout=subprocess.PIPE, stderr=self.log, text=True, env=env)
            said = re.search(r'127\.0\.0\.1:(\d+)', self.server.stdout.readline())
            if said:
                self.port = self.place.port = int(said.group(1))
                return
            self.server.wait()
            time.sleep(0.25)
        self.ended()
        raise Faulty('the server does not start: ' + self.place.server_log())

    def kill(self):
        self.server.kill()
        self.server.wait()
        self.ended()

    def ended(self):
        self.server.stdout.close()
        self.log.close()
        self.server = None

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        try:
            code = self.server.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Faulty('the server did not stop within 60 s') from None
        self.ended()
        if code != 0:
            raise Faulty(f'the server ended with {code}: {self.place.server_log()}')

    def alive(self):
        if self.server.poll() is not None:
            raise Faulty(f'the server ended with {self.server.returncode}: {self.place.server_log()}')

    def metric(self, name):
        status, raw = Filer(Load(self.port), 0).send('GET', '/metrics') or (0, b'')
        found = re.search(rf'^{name} (\S+)$', raw.decode(), re.M)
        if status != 200 or not found:
            raise Faulty(f'no metric {name}: {status}')
        return float(found.group(1))

    def memory(self):
        """KiB that are the process's own."""
        with open(f'/proc/{self.server.pid}/status', encoding='ascii') as f:
            return int(re.search(r'RssAnon:\s+(\d+)', f.read()).group(1))

    def logged(self, pattern):
        with open(self.log.name, encoding='utf-8', errors='replace') as f:
            return [line.rstrip() for line in f if re.search(pattern, line)]

    def total(self):
        return engine.rows(self.place, 'SELECT count(*) AS n FROM matter')[0][0]

    def copy_comes_back(self):
        """What is wrong with the copies that the server made meanwhile: the newest is restored and verified."""
        secret, key, there = (os.path.join(self.place.folder, name) for name in ('secret', 'key', 'restored'))
        with open(secret, 'w', encoding='utf-8') as f:
            f.write('long-enough-1234\n')
        self.place.command('key', 'export', key, '--passphrase-file', secret)
        said = ''
        for command in (['restore', self.copies, '--key', key, '--passphrase-file', secret], ['verify', '--rebuild']):
            done = subprocess.run([self.place.program, *command, '--data', there], capture_output=True, text=True, check=False)
            said += '' if done.returncode == 0 else f'{command[0]} of a copy: {done.stdout}{done.stderr} '
        return said

    def close(self, load, long):
        """Counts, stops, verifies; prints the line. The load has been told nothing yet."""
        load.finish()
        self.alive()
        count = Count(load, self.total())
        self.stop()
        said = self.place.command('verify', '--rebuild', ok=False)
        wrong = []
        if count.lost or count.duplicated:
            wrong.append('lost or duplicated')
        if load.unfinished():
            wrong.append(f'{load.unfinished()} filings were never acknowledged')
        if load.faults():
            wrong.append(f'{len(load.faults())} unexpected answers, the first {load.faults()[0]}')
        if ' 0 findings' not in said:
            wrong.append('verify: ' + said[-1500:])
        made = os.listdir(self.copies) if os.path.isdir(self.copies) else []
        if self.options and not any(name.endswith('.full.tar') for name in made):
            wrong.append('no copy was made')
        elif self.options and long:
            wrong += [w for w in [self.copy_comes_back()] if w]
        line = (f'acknowledged {count.acknowledged}, found {count.found}, lost {count.lost}, duplicated {count.duplicated}; '
                f'answers {" ".join(f"{k}×{v}" for k, v in sorted(load.statuses.items()))}')
        if wrong:
            raise Faulty(line + ': ' + '; '.join(wrong) + '\n' + self.place.server_log()[-3000:])
        return line

    def remove(self):
        if self.server is not None:
            self.server.kill()
            self.server.wait()
        shutil.rmtree(self.place.folder, ignore_errors=True)


# ---- the runs: each goes on beside a load on a house, and says what it did ----


class Bench:
    def __init__(self, house, load, long, rng, database):
        self.house, self.load, self.long, self.random, self.database = house, load, long, rng, database

    def of(self, short, long):
        return long if self.long else short

    def works_again(self, seconds=60):
        self.house.alive()
        if not self.load.wait_acks(2, seconds):
            self.house.alive()
            raise Faulty(f'nothing is acknowledged {seconds} s after the fault; answers {self.load.statuses} '
                         f'{self.load.faults()[:1]}: {self.house.place.server_log()[-3000:]}')

    def settle(self, met, wanted):
        """Waits until a fault was met, and a moment for the others that are wanted; then there are none any more. How many
        were met."""
        before, began = self.house.shim[met], time.monotonic()
        while self.house.shim[met] < before + wanted:
            waited = time.monotonic() - began
            if waited > 20 or (waited > self.of(0.1, 0.4) and self.house.shim[met] > before):
                break
            time.sleep(0.002)
        self.house.shim.well()
        return self.house.shim[met] - before


def kill(b):
    n = b.of(1, int(os.environ.get('KILLS', 100 if b.database else 500)))
    bases = 0
    for i in range(n):
        time.sleep(b.random.random() * 0.4)
        if b.database is not None and i % 2 == 1:
            b.database.crash()
            bases += 1
        else:
            b.house.kill()
            b.house.start()
        b.works_again()
    return f'{n} kills' + (f', {bases} of them of the database' if bases else '')


def calls(b):
    met = rounds = 0
    for how in ('ENOSPC', 'EIO', 'short'):
        for count in (1, 40):
            for nth in range(1, b.of(4, 60)):
                b.house.shim.fail_call(nth, how, count)
                met += b.settle('failed', count)
                rounds += 1
                b.works_again()
    if met < rounds:
        raise Faulty(f'only {met} calls failed in {rounds} rounds')
    return f'{met} calls failed in {rounds} rounds'


def memory(b):
    if sanitizers(b.house.place.program):
        raise Faulty('a sanitizer has the allocator: build without one')
    stop = threading.Event()
    person = Filer(Load(b.house.port), 99)
    reader = threading.Thread(target=reads, args=(person, b.load.filings()[0], stop), daemon=True)
    reader.start()
    met = rounds = 0
    for count in (1, 20):
        for nth in range(1, b.of(20, int(os.environ.get('ALLOCS', 1000)))):
            b.house.shim.fail_alloc(nth, count)
            met += b.settle('alloc_failed', count)
            rounds += 1
            b.works_again()
    stop.set()
    reader.join(30)
    refused = person.load.statuses
    if b.load.statuses.get(500) or refused.get(500):
        raise Faulty(f'want of memory was called a fault of ours: answers {b.load.statuses}, to the reader {refused}\n'
                     + '\n'.join(b.house.logged('request refused.* code=(io|internal) ')[:20]))
    return f'{met} allocations failed in {rounds} rounds'


def reads(person, filing, stop):
    """Someone looks while others file; no answer and a refusal to be tried again are all right."""
    while not stop.is_set():
        for target in ('/readyz', f'/api/v1/matters/{filing.number}', f'/api/v1/matters/{filing.number}/events', '/metrics'):
            person.send('GET', target, headers={'Fangxin-Pin': filing.pin})
        time.sleep(0.01)


def clock(b):
    day = 86400000
    jumps = [0, day, -day, 40 * day, -40 * day, 400 * day, -400 * day, 3600000, -3600000] * 4
    if not b.long:
        jumps = [40 * day, -40 * day]
    for ms in jumps + [0]:
        b.house.shim['clock_ms'] = ms
        time.sleep(b.of(0.1, 0.5))
        b.works_again()
        newest = max((f for filer in b.load.filers for f in filer.done[-1:]), key=lambda f: f.key)
        near(newest.due[0], time.time() * 1000 + ms)
        dated(b.house, newest)
        indexed(b, ms)
    return f'{len(jumps)} jumps of the clock, due dates counted from the day it showed'


def near(received_at, now_ms):
    at = datetime.datetime.fromisoformat(received_at.replace('Z', '+00:00')).timestamp() * 1000
    if abs(at - now_ms) > 60000:
        raise Faulty(f'received at {received_at}, {at - now_ms:.0f} ms from the clock')


def dated(house, filing):
    """D1 is counted from the date of receipt, as the command counts it."""
    due = dict(filing.due[1])['D1']
    said = subprocess.run([house.place.program, 'deadline', '--json', '--pack', 'market-2026', '--rule', 'D1', '--from',
                           filing.due[0][:10]], capture_output=True, text=True, check=False, env=house.place.env)
    if said.returncode != 0 or json.loads(said.stdout)['due'] != due:
        raise Faulty(f'D1 of {filing.due[0]} is {due}; the command: {said.stdout}{said.stderr}')


def indexed(b, ms):
    """Jobs go on whatever the clock did: what waits for the index now is gone in a while."""
    waits = engine.rows(b.house.place, "SELECT coalesce(max(id), 0) AS n FROM queue WHERE job = 'index'")[0][0]
    until = time.monotonic() + 60
    while engine.rows(b.house.place, f"SELECT count(*) AS n FROM queue WHERE job = 'index' AND id <= {waits}")[0][0] > 0:
        if time.monotonic() > until:
            raise Faulty(f'jobs stand still after a jump of {ms} ms')
        time.sleep(0.05)


def slow(b):
    reader = Filer(b.load, 50)
    worst, seen = 0.0, b.load.filings()[0]
    for us in b.of((100000,), (20000, 100000, 500000, 2000000)):
        b.house.shim['sync_us'] = us
        until = time.monotonic() + b.of(0.5, 20)
        while time.monotonic() < until:
            began = time.monotonic()
            answer = reader.send('GET', f'/api/v1/matters/{seen.number}', headers={'Fangxin-Pin': seen.pin})
            worst = max(worst, time.monotonic() - began)
            if answer is None or answer[0] != 200:
                raise Faulty(f'reading fails beside a slow disk: {answer}')
            time.sleep(0.05)
    b.house.shim['sync_us'] = 0
    b.works_again()
    return f'syncs of up to {us / 1e6:g} s, slowest read beside them {worst * 1000:.0f} ms'


def storm(b):
    n, rounds = b.of(100, 2000), b.of(1, int(os.environ.get('STORMS', 5)))
    answered = 0
    for _ in range(rounds):
        crowd = Crowd(b.house.port, [b.load.new() for _ in range(n)])
        answered += crowd.run(60)
        b.load.take([f for f in crowd.filings if f.number is None], [f for f in crowd.filings if f.number is not None])
        b.works_again()
    return f'{rounds} storms of {n} connections, {answered} answered with 201, {rounds * n - answered} later by the same key'


def drip(b):
    b.load.pause = 0.05
    slow_ones = Silent(b.house.port, b.of(20, 400), b.of(10, 100))
    for _ in range(b.of(3, 900)):
        slow_ones.drip()
        time.sleep(0.1)
    b.works_again()
    left = slow_ones.left()
    if b.long and left:
        raise Faulty(f'{left} clients that drip are still served after 90 s')
    slow_ones.close()
    return f'{slow_ones.n} slow clients' + (', those that drip all ended within 90 s' if b.long else '')


def half(b):
    b.load.pause = 0.05
    n = b.of(50, 1000)
    vanish(b.house.port, n)
    b.works_again()
    until = time.monotonic() + 90
    while b.long and b.house.metric('fangxin_http_connections') > 10:
        if time.monotonic() > until:
            raise Faulty(f'{b.house.metric("fangxin_http_connections"):.0f} connections are held 90 s after their peers vanished')
        time.sleep(1)
    return f'{n} peers vanished' + (', all their places free within 90 s' if b.long else '')


def log(b):
    """Backups one after the other hold snapshots all the time."""
    most, n = 0, 0
    until = time.monotonic() + b.of(1, 120)
    while time.monotonic() < until:
        path = os.path.join(b.house.place.folder, f'backup-{n}.tar')
        b.house.place.command('backup', path)
        os.unlink(path)
        n += 1
        most = max(most, b.house.metric('fangxin_store_wal_bytes'))
    b.works_again()
    if most > LOG_MOST:
        raise Faulty(f'the log grew to {most / 1e6:.0f} MB beside long readers')
    return f'{n} backups one after the other, the log grew to {most / 1e6:.1f} MB'


def restart(b):
    n = b.of(1, 100)
    for _ in range(n):
        time.sleep(b.random.random() * 0.3)
        b.house.stop()  # fails when it does not drain in time or ends with an error
        b.house.start()
        b.works_again()
    return f'{n} restarts'


def soak(b):
    stop = threading.Event()
    officer = threading.Thread(target=mixed, args=(b.house, stop), daemon=True)
    officer.start()
    seconds = b.of(1, int(os.environ.get('SOAK_S', 600)))
    b.load.pause = 0.02
    samples = []
    for _ in range(60):
        time.sleep(seconds / 60)
        samples.append(b.house.memory())
    stop.set()
    officer.join(60)
    middle, last = sorted(samples[20:40])[10], sorted(samples[40:])[10]
    if b.long and last > middle * 1.08 + 8192:
        raise Faulty(f'memory grows: {middle} KiB in the middle third, {last} in the last; {samples}')
    tenths = ' '.join(f'{sorted(samples[i:i + 6])[3] / 1024:.0f}' for i in range(0, 60, 6))
    return f'{seconds} s, own memory {middle / 1024:.0f} MiB in the middle third, {last / 1024:.0f} in the last; by tenths {tenths}'


def mixed(house, stop):
    """An officer who looks at everything, again and again."""
    person = Person(house.place)
    a = person.send('POST', '/api/v1/session', {'name': 'intake', 'password': PASSWORD}, check=False)
    person.cookie = a.headers['Set-Cookie'].split(';')[0]
    looks = ['/api/v1/matters?limit=50', '/api/v1/matters?q=%E9%87%91%E9%A5%B0', '/api/v1/matters/count', '/api/v1/changes?after=0',
             '/metrics', '/', '/desk/']
    while not stop.is_set():
        for target in looks:
            if person.send('GET', target, check=False).status != 200:
                print(f'soak: {target} is refused', flush=True)
            time.sleep(0.02)


RUNS = {f.__name__: f for f in (kill, calls, memory, clock, slow, storm, drip, half, log, restart, soak)}
SHORT = (calls, clock, slow, storm, drip, half, restart, kill)
ON_POSTGRES = ('kill', 'restart', 'soak')
LOG_MOST = 160 << 20  # bytes


class Database(Server):
    """A PostgreSQL that loses all its processes at once, and comes back."""

    def crash(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(self.process.args, cwd='/', start_new_session=True, stdout=log, stderr=log)


def one(o, runs, database):
    """Runs on one house and load; the line they end with."""
    house = House(os.path.abspath(o.program), None if database else o.shim)
    try:
        load = Load(house.port, filers=4, run=f'f{o.seed:08d}', pause=0 if o.long else 0.02)
        load.start()
        bench = Bench(house, load, o.long, random.Random(o.seed), database)
        bench.works_again()
        said = [run(bench) for run in runs]
        return f'{"; ".join(said)}: {house.close(load, o.long)}'
    finally:
        house.remove()


def run_all(o, database):
    passed = failed = 0
    for name in o.runs:
        if database is not None and name not in ON_POSTGRES:
            continue
        began = time.monotonic()
        try:
            said = one(o, SHORT if name == 'short' else [RUNS[name]], database)
            print(f'{name}: {said} ({time.monotonic() - began:.0f} s)', flush=True)
            passed += 1
        except Exception as e:  # noqa: BLE001
            print(f'FAIL {name}: {type(e).__name__}: {e}', flush=True)
            failed += 1
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('program')
    parser.add_argument('shim')
    parser.add_argument('runs', nargs='+', choices=[*RUNS, 'short'])
    parser.add_argument('--long', action='store_true')
    parser.add_argument('--postgres', action='store_true')
    parser.add_argument('--seed', type=int, default=20261128)
    o = parser.parse_args()
    database = Database() if o.postgres else None
    try:
        if database is not None:
            database.start()
            os.environ['FANGXIN_TEST_DATABASE'] = database.url
        return run_all(o, database)
    finally:
        if database is not None:
            database.stop()


if __name__ == '__main__':
    sys.exit(main())
