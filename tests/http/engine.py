"""On which engine a suite runs: SQLite, or PostgreSQL where FANGXIN_TEST_DATABASE names a server
(tests/postgres/server.py). There each installation has a database of its own."""
import os
import subprocess

made = 0


def on_postgres():
    return '{}' in os.environ.get('FANGXIN_TEST_DATABASE', '')


def environment():
    """Variables for the programs of one more installation; also set here, for those started by hand."""
    global made
    if not on_postgres():
        return dict(os.environ)
    url = os.environ['FANGXIN_TEST_DATABASE']
    made += 1
    name = f'h_{os.getpid()}_{made}'
    subprocess.run(['psql', '-qAt', '-c', f'CREATE DATABASE {name}', url.replace('{}', 'postgres')], check=True)
    os.environ['FANGXIN_DATABASE'] = url.replace('{}', name)
    return dict(os.environ)
