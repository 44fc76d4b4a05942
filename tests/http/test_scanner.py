#!/usr/bin/env python3
"""test_scanner.py FANGXIN: with a virus scanner set up, evidence is held back until it is clean. The
scanner is a small server that speaks clamd's INSTREAM; where clamd is installed it is asked too."""
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'media'))
from county import run  # noqa: E402
from filings import complaint, matter  # noqa: E402
from pictures import pdf, png  # noqa: E402

SIGN = b'A-SIGN-THAT-ONLY-THIS-TEST-KNOWS'


class Scanner(threading.Thread):
    """clamd as far as it is asked: zVERSION and zINSTREAM."""

    def __init__(self, path, engine, bad):
        super().__init__(daemon=True)
        self.engine, self.bad, self.asked, self.stopping = engine, bad, 0, False
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(path)
        self.listening.listen(8)

    def run(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                try:
                    self.talk(connection)
                except OSError:
                    pass

    def stop(self):
        self.listening.close()

    @staticmethod
    def exactly(connection, n):
        out = b''
        while len(out) < n:
            part = connection.recv(n - len(out))
            if not part:
                raise OSError('gone')
            out += part
        return out

    def talk(self, connection):
        command = b''
        while not command.endswith(b'\0'):
            command += self.exactly(connection, 1)
        if command == b'zVERSION\0':
            connection.sendall(self.engine.encode() + b'\0')
            return
        assert command == b'zINSTREAM\0', command
        data = b''
        while True:
            n = struct.unpack('>I', self.exactly(connection, 4))[0]
            if n == 0:
                break
            data += self.exactly(connection, n)
        self.asked += 1
        connection.sendall(b'stream: Test.Sign FOUND\0' if self.bad in data else b'stream: OK\0')


def send(place, s, f, data, state):
    a = s.step('send', place.holder(f['pin']), 'POST', matter(f['number']) + '/files', data, status=201,
               headers={'Content-Type': 'application/octet-stream'}, has={'file.state': state, 'file.open': state == 'unscanned'})
    return a['file']['id']


def until(place, s, f, fid, state, seconds=8):
    for _ in range(seconds * 10):
        files = place.holder(f['pin']).send('GET', matter(f['number']) + '/files')['items']
        now = next(x for x in files if x['id'] == fid)
        if now['state'] == state:
            return now
        time.sleep(0.1)
    s.expect(f'the file becomes {state}', False, str(now))
    return None


def address(place):
    return os.path.join(place.folder, 'scanner.sock')


def held_back(place, s):
    f = s.file(complaint())
    before = send(place, s, f, png(50, 40), 'unscanned')
    path = f'{matter(f["number"])}/files/'
    s.step('without a scanner it is shown', place.holder(f['pin']), 'GET', path + str(before), status=200)
    place.command('setting', 'put', 'scanner', address(place))
    first = send(place, s, f, png(60, 40), 'waiting')
    for fid in (before, first):
        for tail in ('', '?size=thumb', '/original'):
            a = s.step('the scanner is away: nothing is shown', place.holder(f['pin']), 'GET', f'{path}{fid}{tail}', status=409, code='not_allowed')
            s.expect('and why', a['errors'][0]['code'] == 'file_waiting')
    time.sleep(1.5)
    scanner = Scanner(address(place), 'Test 1', SIGN)
    scanner.start()
    until(place, s, f, before, 'ready')
    until(place, s, f, first, 'ready')
    s.step('clean ones are shown', place.holder(f['pin']), 'GET', path + str(first), status=200)
    bad = send(place, s, f, png(70, 40) + SIGN, 'waiting')
    paper = send(place, s, f, pdf() + SIGN, 'waiting')
    for fid in (bad, paper):
        s.expect('is not open', until(place, s, f, fid, 'infected')['open'] is False)
    for who in (place.holder(f['pin']), place.officer('root.supervisor')):
        for target in (f'{bad}', f'{bad}?size=thumb', f'{bad}/original?reason=identity', f'{paper}/original'):
            a = s.step('nobody gets it', who, 'GET', path + target, status=409)
            s.expect('and why', a['errors'][0]['code'] == 'file_infected')
    s.expect('each file was looked at once', scanner.asked == 4, str(scanner.asked))
    place.filed, place.bad, place.first = f, bad, first
    scanner.stop()
    os.unlink(address(place))


def looked_at_again(place, s):
    """Newer signatures: what was clean may be found, what was held back may be let go."""
    f = place.filed
    place.stop()
    scanner = Scanner(address(place), 'Test 2', b'IHDR' + struct.pack('>II', 60, 40))
    scanner.start()
    place.start('--rate-limit', 'off')
    until(place, s, f, place.first, 'infected')
    until(place, s, f, place.bad, 'ready')
    s.step('the one let go is shown', place.holder(f['pin']), 'GET', f'{matter(f["number"])}/files/{place.bad}', status=200)
    scanner.stop()
    os.unlink(address(place))


def the_real_one(place, s):
    """clamd itself, with one signature of our own."""
    clamd = shutil.which('clamd') or '/usr/sbin/clamd'
    if not os.path.exists(clamd):
        print('clamd is not installed: its protocol was tried with a small server alone')
        return
    folder = os.path.join(place.folder, 'clam')
    os.makedirs(os.path.join(folder, 'db'))
    with open(os.path.join(folder, 'db', 'own.ndb'), 'w', encoding='ascii') as out:
        out.write(f'Own.Sign:0:*:{SIGN.hex()}\n')
    sock = os.path.join(folder, 'clamd.sock')
    with open(os.path.join(folder, 'clamd.conf'), 'w', encoding='ascii') as out:
        out.write(f'LocalSocket {sock}\nDatabaseDirectory {folder}/db\nForeground yes\nLogFile {folder}/log\n')
    daemon = subprocess.Popen([clamd, '-c', os.path.join(folder, 'clamd.conf')], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            if os.path.exists(sock):
                break
            time.sleep(0.1)
        place.command('setting', 'put', 'scanner', sock)
        f = s.file(complaint())
        good, bad = send(place, s, f, png(80, 40), 'waiting'), send(place, s, f, png(90, 40) + SIGN, 'waiting')
        until(place, s, f, good, 'ready', 20)
        until(place, s, f, bad, 'infected', 20)
    finally:
        daemon.terminate()
        daemon.wait(20)


run([held_back, looked_at_again, the_real_one], ['root.supervisor'])
