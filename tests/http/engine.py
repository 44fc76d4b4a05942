"""On which engine a suite runs: SQLite, or PostgreSQL where FANGXIN_TEST_DATABASE names a server
(tests/postgres/server.py). There each installation has a database of its own. Also: looking into the
database and altering it behind the product's back, the same on both."""
import json
import os
import sqlite3
import subprocess

made = 0


class Elsewhere:
    """Another installation, without a server."""

    def __init__(self, data, env):
        self.data, self.env = data, env



def on_postgres():
    return '{}' in os.environ.get('FANGXIN_TEST_DATABASE', '')


def new_database():
    global made
    url = os.environ['FANGXIN_TEST_DATABASE']
    made += 1
    name = f'h_{os.getpid()}_{made}'
    psql(url.replace('{}', 'postgres'), f'CREATE DATABASE {name}')
    return url.replace('{}', name)


def environment():
    """Variables for the programs of one more installation; also set here, for those started by hand."""
    if on_postgres():
        os.environ['FANGXIN_DATABASE'] = new_database()
    return dict(os.environ)


def elsewhere(data):
    """A folder, and on PostgreSQL an empty database, of one more installation."""
    return Elsewhere(data, dict(os.environ, FANGXIN_DATABASE=new_database()) if on_postgres() else dict(os.environ))


def psql(url, statement):
    return subprocess.run(['psql', '-qAt', '-v', 'ON_ERROR_STOP=1', '-c', statement, url], check=True, capture_output=True,
                          text=True).stdout


def rows(place, query):
    """What a query finds, as a list of tuples."""
    if on_postgres():
        found = psql(place.env['FANGXIN_DATABASE'], f"SELECT coalesce(json_agg(q), '[]') FROM ({query}) q")
        return [tuple(row.values()) for row in json.loads(found)]
    db = sqlite3.connect(f"file:{os.path.join(place.data, 'fangxin.db')}?mode=ro", uri=True)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


def sealed_files(place):
    """The names of all files that an installation keeps."""
    if on_postgres():
        return {name for (name,) in rows(place, 'SELECT DISTINCT name FROM blob_part')}
    return {name for _, _, inside in os.walk(os.path.join(place.data, 'files')) for name in inside}


def alter(place, statement):
    if on_postgres():
        psql(place.env['FANGXIN_DATABASE'], statement)
        return
    db = sqlite3.connect(os.path.join(place.data, 'fangxin.db'))
    db.execute(statement)
    db.commit()
    db.close()


def held(place):
    """All that lies in the database, as bytes in which a text would be found."""
    if on_postgres():
        return subprocess.run(['pg_dump', '--inserts', place.env['FANGXIN_DATABASE']], check=True, capture_output=True).stdout
    found = b''
    for name in ('fangxin.db', 'fangxin.db-wal', 'index.db', 'index.db-wal'):
        path = os.path.join(place.data, name)
        if os.path.exists(path):
            with open(path, 'rb') as f:
                found += f.read()
    return found
