"""Clients that behave badly, many at a time, on plain sockets."""
import json
import select
import socket
import time

TCP_REPAIR = 19


class Crowd:
    """All connect at once, and each sends one filing."""

    def __init__(self, port, filings):
        self.port, self.filings = port, filings

    def run(self, seconds):
        """How many were answered with 201; numbers and PINs go into the filings."""
        poll = select.epoll()
        waiting = {}
        for f in self.filings:
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(('127.0.0.1', self.port))
            head = (f'POST /api/v1/matters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                    f'Idempotency-Key: {f.key}\r\nContent-Length: {len(f.body)}\r\nConnection: close\r\n\r\n').encode()
            waiting[s.fileno()] = [s, f, head + f.body, b'']
            poll.register(s.fileno(), select.EPOLLIN | select.EPOLLOUT)
        until, got = time.monotonic() + seconds, 0
        while waiting and time.monotonic() < until:
            for fd, event in poll.poll(0.5):
                one = waiting[fd]
                try:
                    ended = self.move(one, event, poll)
                except OSError:
                    ended = True
                if ended:
                    got += self.read(one)
                    one[0].close()
                    del waiting[fd]
        for s, *_ in waiting.values():
            s.close()
        poll.close()
        return got

    @staticmethod
    def move(one, event, poll):
        if event & select.EPOLLOUT and one[2]:
            one[2] = one[2][one[0].send(one[2]):]
            if not one[2]:
                poll.modify(one[0].fileno(), select.EPOLLIN)
        if event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            part = one[0].recv(65536)
            one[3] += part
            return not part
        return False

    @staticmethod
    def read(one):
        head, _, body = one[3].partition(b'\r\n\r\n')
        if not head.startswith(b'HTTP/1.1 201'):
            return 0
        said, filing = json.loads(body), one[1]
        filing.number, filing.pin, filing.version = said['number'], said['pin'], 1
        return 1


class Silent:
    """@p n clients that send a head or a body byte by byte, and @p takers that ask for much and take little."""

    def __init__(self, port, n, takers):
        self.senders, self.takers = [], []
        for i in range(n):
            s = socket.create_connection(('127.0.0.1', port))
            s.setblocking(False)
            text = (b'GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\nX-Slow: ' if i % 2 else
                    b'POST /api/v1/matters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                    b'Content-Length: 100000\r\n\r\n{')
            s.send(text)
            self.senders.append(s)
        for _ in range(takers):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            s.connect(('127.0.0.1', port))
            s.setblocking(False)
            s.send(b'GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n')
            self.takers.append(s)
        self.n = n + takers

    def drip(self):
        for s in list(self.senders):
            try:
                s.send(b'x')
                if s.recv(4096) == b'':
                    raise ConnectionResetError
            except BlockingIOError:
                pass
            except OSError:
                s.close()
                self.senders.remove(s)

    def left(self):
        """Those that still drip."""
        return len(self.senders)

    def close(self):
        for s in self.senders + self.takers:
            s.close()


def vanish(port, n):
    """Peers that are gone without a word: half of a request was sent, no FIN and no RST follow. Returns how many."""
    for i in range(n):
        s = socket.create_connection(('127.0.0.1', port))
        s.send(b'POST /api/v1/matters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
               + (b'Content-Length: 500\r\n\r\n{"kind":' if i % 2 else b''))
        try:
            s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)  # closing says nothing now; needs CAP_NET_ADMIN
        except PermissionError:
            kept.append(s)  # else a silent one
            continue
        s.close()
    return n


kept = []
