#!/usr/bin/env python3
"""test_recovery.py FANGXIN: a drill of recovery to a point in time, as docs/operations.md has it: pgBackRest with
deploy/cluster/pgbackrest.conf keeps a backup and the write-ahead log of a PostgreSQL server; something goes
wrong; the database is brought back to the moment before, with every record, file and chain. Half a minute."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ('http', 'postgres'):
    sys.path.insert(0, os.path.join(HERE, '..', folder))
sys.dont_write_bytecode = True
from filings import complaint  # noqa: E402
from run import Place  # noqa: E402
from server import Server  # noqa: E402

CONFIG = os.path.join(HERE, '..', '..', 'deploy', 'cluster', 'pgbackrest.conf')


class Archived(Server):
    """A server whose log pgBackRest keeps."""

    def prepare(self):
        self.data = os.path.join(self.folder, 'data')
        for name in ('repository', 'spool', 'lock', 'log'):
            os.makedirs(os.path.join(self.folder, name))
        with open(CONFIG, encoding='utf-8') as f:
            text = f.read()
        text = (text.replace('/var/lib/pgbackrest', os.path.join(self.folder, 'repository'))
                .replace('/var/spool/pgbackrest', os.path.join(self.folder, 'spool'))
                .replace('/var/lib/postgresql/15/fangxin', self.data).replace('/var/run/postgresql', self.folder)
                .replace('pg1-user=postgres', 'pg1-user=fangxin'))
        text = text.replace('[global]\n', f'[global]\nlock-path={self.folder}/lock\nlog-path={self.folder}/log\n')
        self.config = os.path.join(self.folder, 'pgbackrest.conf')
        with open(self.config, 'w', encoding='utf-8') as f:
            f.write(text)
        if self.front:
            subprocess.run(['chown', '-R', 'postgres:postgres', self.folder], check=True)
        self.settings = {'archive_mode': 'on',
                         'archive_command': f'pgbackrest --config={self.config} --stanza=fangxin archive-push %p',
                         'wal_level': 'replica', 'max_wal_senders': '3'}

    def pgbackrest(self, *words):
        done = subprocess.run(self.front + ['pgbackrest', f'--config={self.config}', '--stanza=fangxin', *words], cwd='/',
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f'pgbackrest {words}: {done.stdout}{done.stderr}')
        return done.stdout

    def psql(self, database, statement):
        return subprocess.run(['psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-c', statement, self.url.replace('{}', database)],
                              check=True, capture_output=True, text=True).stdout.strip()


def file_some(place, n):
    numbers = []
    for _ in range(n):
        a = place.public().send('POST', '/api/v1/matters', complaint(), check=False)
        if a.status != 201:
            raise RuntimeError(f'{a.status} {a.raw}')
        numbers.append(json.loads(a.raw)['number'])
    return numbers


def numbers_there(server, database):
    return set(server.psql(database, 'SELECT number FROM matter').split())


def drill(server, program, expect):
    server.start()
    server.pgbackrest('stanza-create')
    os.environ['FANGXIN_TEST_DATABASE'] = server.url
    place = Place(program)
    database = re.search(r'///(\w+)', place.env['FANGXIN_DATABASE']).group(1)
    try:
        place.install_all()
        place.start('--rate-limit', 'off')
        before = file_some(place, 10)
        server.pgbackrest('--type=full', 'backup')
        kept = file_some(place, 15)
        time.sleep(1.1)
        moment = server.psql('postgres', 'SELECT now()')
        time.sleep(1.1)
        lost = file_some(place, 5)
        server.psql(database, 'DROP TABLE deadline; DELETE FROM matter')  # what nobody should have done
        server.psql('postgres', 'SELECT pg_switch_wal()')
        place.stop()
        server.halt()
        began = time.monotonic()
        shutil.rmtree(server.data)
        server.pgbackrest('--type=time', f'--target={moment}', '--target-action=promote', 'restore')
        server.run()
        until = time.monotonic() + 60
        while server.psql('postgres', 'SELECT pg_is_in_recovery()') == 't' and time.monotonic() < until:
            time.sleep(0.2)
        took = time.monotonic() - began
        there = numbers_there(server, database)
        expect('all that was filed before the moment is there', set(before + kept) == there, f'{len(there)} matters')
        expect('and nothing of what came after', not there & set(lost))
        said = place.command('verify', '--rebuild', ok=False)
        expect('records, chains and sealed values agree', ' 0 findings' in said, said[-400:])
        place.start('--rate-limit', 'off')
        more = file_some(place, 5)
        expect('new filings go on there', len(numbers_there(server, database)) == 30 and not set(more) & there)
        place.stop()
        said = place.command('verify', '--rebuild', ok=False)
        expect('which agree too', ' 0 findings' in said, said[-400:])
        print(f'back at {moment} after {took:.1f} s')
    finally:
        if place.server is not None:
            place.server.kill()
        shutil.rmtree(place.folder, ignore_errors=True)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if shutil.which('pgbackrest') is None:
        print('skipped: pgbackrest is not installed')
        return 0
    counts = {True: 0, False: 0}

    def expect(what, holds, why=''):
        counts[bool(holds)] += 1
        if not holds:
            print('FAIL', what, why)

    server = Archived()
    try:
        server.prepare()
        drill(server, os.path.abspath(sys.argv[1]), expect)
    except BaseException:
        print(server.said(), file=sys.stderr)
        raise
    finally:
        server.stop()
    print(f'{counts[True]} passed, {counts[False]} failed')
    return 1 if counts[False] else 0


if __name__ == '__main__':
    sys.exit(main())
