#!/usr/bin/env python3
"""test_cluster.py FANGXIN [--seconds N]: filings through the portal of a whole cluster (cluster.py), while the leader is
killed by SIGKILL, a node is cut off from the others, and a daemon is killed. Counts what was acknowledged, what
is found, lost and there twice, and says how long nothing could be written. Runs some four minutes."""
import argparse
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, '..', 'http'))
sys.dont_write_bytecode = True
from cluster import Cluster, missing, within  # noqa: E402
from filings import complaint  # noqa: E402

CLIENTS = 8
CODE = '420202'


class Daemon:
    def __init__(self, cluster, program, number):
        self.cluster, self.program, self.number = cluster, program, number
        self.address = f'{cluster.net}.{number}'
        self.data = os.path.join(cluster.folder, f'app{number}')
        passwords = os.path.join(cluster.folder, 'pgpass')
        if not os.path.exists(passwords):
            with open(passwords, 'w', encoding='utf-8') as f:
                f.write(f'127.0.0.1:{cluster.port}:fangxin:fangxin:of-the-daemons\n')
            os.chmod(passwords, 0o600)
        self.env = dict(os.environ, FANGXIN_DATABASE=cluster.database_url(), PGPASSFILE=passwords)
        self.process = None

    def command(self, *words, ok=True):
        done = subprocess.run([self.program, *words, '--data', self.data], env=self.env, capture_output=True, text=True, check=False)
        if ok and done.returncode != 0:
            raise RuntimeError(f'{words}: {done.stdout}{done.stderr}')
        return done.stdout

    def start(self):
        with open(self.data + '.log', 'ab') as log:
            self.process = subprocess.Popen(
                [self.program, 'serve', '--data', self.data, '--listen', f'{self.address}:8315', '--trusted-proxy',
                 f'{self.cluster.net}.1,{self.cluster.net}.2', '--rate-limit', 'off'], env=self.env, stdout=log, stderr=log)
        within(60, self.ready, f'daemon {self.number}')

    def ready(self):
        if self.process.poll() is not None:
            with open(self.data + '.log', encoding='utf-8', errors='replace') as f:
                raise RuntimeError('a daemon ended: ' + f.read()[-2000:])
        try:
            with urllib.request.urlopen(f'http://{self.address}:8315/readyz', timeout=2) as a:
                return a.status == 200
        except OSError:
            return False

    def end(self, how):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)


class Load:
    """Clients that file one after the other, each again under its key until it is answered."""

    def __init__(self, port):
        self.port, self.lock, self.stopping = port, threading.Lock(), False
        self.acknowledged, self.again, self.times, self.odd = {}, 0, [], []
        self.threads = [threading.Thread(target=self.run, args=(i,), daemon=True) for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def send(self, link, key, body):
        link.request('POST', '/api/v1/matters', body, {'Content-Type': 'application/json', 'Idempotency-Key': key})
        answer = link.getresponse()
        return answer.status, answer.read()

    def run(self, me):
        context = ssl._create_unverified_context()
        link, n = None, 0
        while not self.stopping:
            n += 1
            key, body = f'cluster-{me:04}-{n:08}', json.dumps(complaint()).encode()
            while True:
                try:
                    link = link or http.client.HTTPSConnection('127.0.0.1', self.port, timeout=20, context=context)
                    status, raw = self.send(link, key, body)
                    if status == 201:
                        break
                    if status not in (502, 503, 504):
                        with self.lock:
                            self.odd.append(f'{status} {raw[:300]}')
                        return
                except (OSError, http.client.HTTPException):
                    link = None
                with self.lock:
                    self.again += 1
                time.sleep(0.2)
            with self.lock:
                self.acknowledged[key] = json.loads(raw)['number']
                self.times.append(time.monotonic())

    def gap_after(self, moment, patience=120):
        """Seconds from then until filings were acknowledged by all clients again, a moment of them at least."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with self.lock:
                later = [t for t in self.times if t > moment]
            pauses = [b - a for a, b in zip([moment] + later, later)]
            if len(later) > 20 and time.monotonic() - later[-1] < 1 and later[-1] - moment > 30:
                return max(pauses)
            time.sleep(0.5)
        raise RuntimeError(f'no filings within {patience} s')

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(120)
        alive = sum(t.is_alive() for t in self.threads)
        if alive or self.odd:
            raise RuntimeError(f'{alive} clients never got an answer; {self.odd[:3]}')


def set_up(cluster, program):
    cluster.psql("CREATE ROLE fangxin LOGIN PASSWORD 'of-the-daemons'")
    cluster.psql("CREATE DATABASE fangxin OWNER fangxin ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0")
    cluster.psql('CREATE TABLE probe (n int)')
    first, second = Daemon(cluster, program, 1), Daemon(cluster, program, 2)
    first.command('init', '--name', '安澜县市场监督管理局', '--code', CODE)
    os.makedirs(second.data)
    shutil.copytree(os.path.join(first.data, 'keys'), os.path.join(second.data, 'keys'))
    return first, second


def acknowledges_alone(node):
    """Whether a leader that is cut off says yes to anything, in five seconds."""
    done = subprocess.run(['timeout', '5', *node.inside('psql', '-X', '-h', os.path.join(node.folder, 'run'), '-U', 'postgres', '-d', 'postgres',
                                                        '-c', 'INSERT INTO probe VALUES (1)')], capture_output=True, text=True, check=False)
    return 'INSERT 0 1' in done.stdout


def faults(cluster, load, daemons, found):
    time.sleep(10)
    leader = cluster.leader()
    moment = time.monotonic()
    leader.kill()
    found['killed leader: seconds without writing'] = round(load.gap_after(moment), 1)
    leader.start()
    within(180, lambda: cluster.streaming() == 2, f'{leader.name} as a standby again')

    leader = cluster.leader()
    moment = time.monotonic()
    leader.cut_off()
    found['a leader cut off acknowledged alone'] = int(acknowledges_alone(leader))
    found['cut-off leader: seconds without writing'] = round(load.gap_after(moment), 1)
    leader.join_again()
    within(180, lambda: cluster.streaming() == 2, f'{leader.name} back among the others')

    standby = next(n for n in cluster.nodes if n is not cluster.leader())
    moment = time.monotonic()
    standby.kill()
    found['killed standby: seconds without writing'] = round(load.gap_after(moment), 1)
    standby.start()
    within(180, lambda: cluster.streaming() == 2, f'{standby.name} again')

    moment = time.monotonic()
    daemons[0].end(signal.SIGKILL)
    found['killed daemon: seconds without writing'] = round(load.gap_after(moment), 1)
    daemons[0].start()
    time.sleep(5)


def count(cluster, load, daemons, found):
    wanted = sorted(load.acknowledged.values())
    there = cluster.psql('SELECT number FROM matter', 'fangxin').split()
    found.update({'acknowledged': len(wanted), 'asked again': load.again, 'found': len(set(wanted) & set(there)),
                  'lost': len(set(wanted) - set(there)),
                  'duplicated': len(there) - len(set(there)) + len(wanted) - len(set(wanted)) + len(set(there) - set(wanted))})
    for i, daemon in enumerate(daemons):
        said = daemon.command('verify', *(['--rebuild'] if i == 0 else []), ok=False)
        found[f'findings of verify at daemon {i + 1}'] = int(said.strip().split('\n')[-1].split(' findings')[0].split()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('program')
    args = parser.parse_args()
    if missing():
        print('skipped: ' + '; '.join(missing()))
        return 0
    found, load = {}, None
    with Cluster() as cluster:
        daemons = set_up(cluster, os.path.abspath(args.program))
        try:
            for daemon in daemons:
                daemon.start()
            within(60, lambda: cluster.synchronous() >= 1, 'a synchronous standby')
            load = Load(cluster.portal)
            faults(cluster, load, daemons, found)
            load.stop()
            for daemon in daemons:
                daemon.end(signal.SIGTERM)
            count(cluster, load, daemons, found)
        except BaseException:
            print(cluster.said(), file=sys.stderr)
            raise
        finally:
            for daemon in daemons:
                daemon.end(signal.SIGKILL)
    wrong = [k for k, v in found.items() if v and (k in ('lost', 'duplicated') or 'findings' in k or 'alone' in k)]
    for name, value in found.items():
        print(f'{name:45} {value}')
    print(f'{len(found) - len(wrong)} passed, {len(wrong)} failed')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
