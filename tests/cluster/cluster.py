"""A cluster on one machine: three nodes with etcd, Patroni and PostgreSQL, each in a network namespace of its
own, HAProxy and two daemons outside. Everything is configured by the files of deploy/cluster, in which only
words, folders and ports are filled in. Needs root, and the packages that script/bootstrap --long installs."""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, '..', '..', 'deploy', 'cluster')
NODES = ['db1', 'db2', 'db3']
PASSWORDS = {'SUPERUSER': 'owner-of-all', 'REPLICATION': 'copies-it', 'REWIND': 'turns-back'}
NEEDED = ['etcd', 'patroni', 'haproxy', 'openssl', 'ip', 'setpriv', 'psql']


def missing():
    """What stands in the way of a cluster here; empty: nothing."""
    there = [os.environ['PATH'], '/usr/sbin', '/sbin', '/usr/local/sbin']
    found = [f'{n} is not installed' for n in NEEDED if shutil.which(n, path=os.pathsep.join(there)) is None]
    return (['root is needed for network namespaces'] if os.getuid() != 0 else []) + found


def sh(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def within(seconds, holds, what):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return
        time.sleep(0.25)
    raise RuntimeError(f'{what}: not within {seconds} s')


class Node:
    """A machine of the database."""

    def __init__(self, cluster, name, number):
        self.cluster, self.name = cluster, name
        self.address = f'{cluster.net}.{10 + number}'
        self.folder = os.path.join(cluster.folder, name)
        self.space = f'fangxin-{cluster.tag}-{name}'
        self.cable = f'fx{cluster.tag}{number}'
        for sub in ('', 'run', 'etcd'):
            os.makedirs(os.path.join(self.folder, sub))
        postgres = pwd.getpwnam('postgres')
        sh('chown', '-R', f'{postgres.pw_uid}:{postgres.pw_gid}', self.folder)
        sh('ip', 'netns', 'add', self.space)
        sh('ip', 'link', 'add', self.cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', self.space)
        sh('ip', 'link', 'set', self.cable, 'master', cluster.bridge, 'up')
        for words in (('addr', 'add', self.address + '/24', 'dev', 'eth0'), ('link', 'set', 'eth0', 'up'),
                      ('link', 'set', 'lo', 'up')):
            sh('ip', '-n', self.space, *words)
        self.started = []

    def inside(self, *words):
        return ['ip', 'netns', 'exec', self.space, 'setpriv', '--reuid=postgres', '--regid=postgres',
                '--init-groups', *words]

    def run(self, name, words, env):
        with open(os.path.join(self.folder, name + '.log'), 'ab') as log:
            self.started.append(subprocess.Popen(self.inside(*words), env=env, cwd=self.folder, stdout=log,
                                                 stderr=log, start_new_session=True))

    def start(self):
        env = dict(os.environ, HOME=self.folder)
        settings = self.cluster.filled('etcd.env', self)
        settings = dict(re.findall(r'^(ETCD_\w+)=(.*)$', settings, re.M))
        settings['ETCD_DATA_DIR'] = os.path.join(self.folder, 'etcd', 'data')
        if os.path.exists(settings['ETCD_DATA_DIR']):
            settings['ETCD_INITIAL_CLUSTER_STATE'] = 'existing'
        self.run('etcd', ['etcd'], dict(env, **settings))
        config = os.path.join(self.folder, 'config.yml')
        with open(config, 'w', encoding='utf-8') as f:
            f.write(self.cluster.filled('patroni.yml', self)
                    .replace('/var/lib/postgresql/15/fangxin', os.path.join(self.folder, 'data'))
                    .replace('/var/lib/postgresql/.pgpass-patroni', os.path.join(self.folder, '.pgpass'))
                    .replace('/var/run/postgresql', os.path.join(self.folder, 'run')))
        shutil.chown(config, 'postgres')
        self.run('patroni', ['patroni', config], env)

    def kill(self):
        """As when the power goes: everything at once, by SIGKILL."""
        for _ in range(50):
            pids = sh('ip', 'netns', 'pids', self.space).split()
            if not pids:
                break
            for pid in pids:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.05)
        for process in self.started:
            process.wait()
        self.started = []

    def cut_off(self):
        sh('ip', 'link', 'set', self.cable, 'down')

    def join_again(self):
        sh('ip', 'link', 'set', self.cable, 'up')

    def said(self):
        text = ''
        for name in ('etcd', 'patroni'):
            path = os.path.join(self.folder, name + '.log')
            if os.path.exists(path):
                with open(path, encoding='utf-8', errors='replace') as f:
                    text += f'--- {self.name} {name}\n' + f.read()[-3000:]
        return text


class Cluster:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='fangxin-cluster-')
        os.chmod(self.folder, 0o755)
        self.tag = str(os.getpid() % 100000)
        self.net = f'10.213.{os.getpid() % 250}'
        self.bridge = f'fx{self.tag}b'
        self.nodes, self.proxy = [], None
        self.port, self.portal = free_port(), free_port()

    def __enter__(self):
        try:
            sh('ip', 'link', 'add', self.bridge, 'type', 'bridge')
            for n in (1, 2):
                sh('ip', 'addr', 'add', f'{self.net}.{n}/24', 'dev', self.bridge)
            sh('ip', 'link', 'set', self.bridge, 'up')
            for i, name in enumerate(NODES):
                self.nodes.append(Node(self, name, i + 1))
            for node in self.nodes:
                node.start()
            self.start_proxy()
            within(120, lambda: self.leader() is not None, 'a leader')
            within(120, lambda: self.streaming() == 2, 'two standbys')
            return self
        except BaseException:
            print(self.said(), file=sys.stderr)
            self.__exit__()
            raise

    def __exit__(self, *_):
        for node in self.nodes:
            node.kill()
            subprocess.run(['ip', 'netns', 'del', node.space], check=False, capture_output=True)
        if self.proxy is not None:
            self.proxy.terminate()
            self.proxy.wait()
        subprocess.run(['ip', 'link', 'del', self.bridge], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def filled(self, name, node=None):
        words = dict(PASSWORDS, DB1=self.nodes[0].address, DB2=self.nodes[1].address, DB3=self.nodes[2].address,
                     APP1=f'{self.net}.1', APP2=f'{self.net}.2', NETWORK=f'{self.net}.0/24',
                     CERTIFICATE=os.path.join(self.folder, 'portal.pem'))
        if node is not None:
            words.update(NODE=node.name, ADDRESS=node.address)
        with open(os.path.join(FILES, name), encoding='utf-8') as f:
            text = f.read()
        text = re.sub(r'@([A-Z][A-Z0-9]*)@', lambda m: words[m.group(1)], text)
        return text

    def start_proxy(self):
        key, cert, both = (os.path.join(self.folder, n) for n in ('key.pem', 'cert.pem', 'portal.pem'))
        sh('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key,
           '-out', cert)
        with open(both, 'w', encoding='utf-8') as out:
            for name in (cert, key):
                with open(name, encoding='utf-8') as f:
                    out.write(f.read())
        config = os.path.join(self.folder, 'haproxy.cfg')
        with open(config, 'w', encoding='utf-8') as f:
            f.write(self.filled('haproxy.cfg').replace('bind 127.0.0.1:5000', f'bind 127.0.0.1:{self.port}')
                    .replace('bind 127.0.0.1:5001', f'bind 127.0.0.1:{free_port()}')
                    .replace('bind :443', f'bind 127.0.0.1:{self.portal}'))
        with open(os.path.join(self.folder, 'haproxy.log'), 'ab') as log:
            self.proxy = subprocess.Popen([shutil.which('haproxy') or '/usr/sbin/haproxy', '-db', '-f', config],
                                          stdout=log, stderr=log)

    def psql(self, statement, database='postgres', ok=True):
        """As the owner, by the way that daemons go."""
        done = subprocess.run(['psql', '-qAtX', '-v', 'ON_ERROR_STOP=1', '-c', statement,
                               f'postgresql://postgres@127.0.0.1:{self.port}/{database}?connect_timeout=3'],
                              env=dict(os.environ, PGPASSWORD=PASSWORDS['SUPERUSER']), capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode != 0:
            if ok:
                raise RuntimeError(f'{statement}: {done.stderr}')
            return None
        return done.stdout.strip()

    def leader(self):
        """The node through which writes go now."""
        at = self.psql('SELECT host(inet_server_addr())', ok=False)
        return next((n for n in self.nodes if n.address == at), None)

    def streaming(self):
        return int(self.psql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", ok=False) or 0)

    def synchronous(self):
        return int(self.psql("SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')",
                             ok=False) or 0)

    def database_url(self):
        """What fangxin.env says, on this cluster's port."""
        url = re.search(r'^FANGXIN_DATABASE=(.*)$', self.filled('fangxin.env'), re.M).group(1)
        return url.replace(':5000/', f':{self.port}/')

    def said(self):
        return '\n'.join(n.said() for n in self.nodes)
