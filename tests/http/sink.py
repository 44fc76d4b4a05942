"""A mail relay that keeps what it takes: Sink(refuse) with .address for `setting put relay` and .taken, (to, subject, text, id) each.
Recipients with a name in refuse are refused; .close_after closes the line in the middle of a conversation, once. .barred senders are refused;
.greeting is how it greets. With certificate (a file of key and certificate) it speaks TLS, from the start or after STARTTLS; with login, (user, password), it
takes nobody else: .logins are those that came, sealed or not."""
import base64
import email
import email.policy
import socketserver
import ssl
import sys
import threading


class Sink:
    def __init__(self, refuse=(), certificate=None, starttls=False, login=None):
        self.refuse, self.taken, self.close_after, self.sender, self.barred = refuse, [], None, set(), ()
        self.greeting, self.login, self.logins, self.failed_handshakes = '220 sink', login, [], 0
        sink, context = self, None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)

        class Talk(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b'\r\n')

            def seal(self):
                try:
                    self.connection = self.request = context.wrap_socket(self.request, server_side=True)
                except (ssl.SSLError, OSError):
                    sink.failed_handshakes += 1
                    return False
                self.sealed = True
                self.rfile, self.wfile = self.connection.makefile('rb'), self.connection.makefile('wb', buffering=0)
                return True

            def handle(self):
                self.sealed, self.known = False, sink.login is None
                if context is not None and not starttls and not self.seal():
                    return
                self.say(sink.greeting)
                for raw in iter(lambda: self.rfile.readline(), b''):
                    line = raw.decode('ascii').rstrip('\r\n')
                    if not self.answer(line, line.split(':')[0].split(' ')[0].upper()):
                        return

            def answer(self, line, verb):
                if verb == 'EHLO':
                    offers = ['sink', '8BITMIME'] + ['STARTTLS'] * (starttls and not self.sealed) + ['AUTH PLAIN'] * (sink.login is not None)
                    for offer in offers[:-1]:
                        self.say('250-' + offer)
                    self.say('250 ' + offers[-1])
                elif verb == 'STARTTLS':
                    self.say('220 go on')
                    return self.seal()
                elif verb == 'AUTH':
                    self.say('334 ')
                    told = base64.b64decode(self.rfile.readline()).decode().split('\0')[1:]
                    sink.logins.append((*told, self.sealed))
                    self.known = tuple(told) == sink.login
                    self.say('235 welcome' if self.known else '535 not you')
                elif verb == 'MAIL':
                    sink.sender.add(line[11:-1])
                    self.say('530 who are you' if not self.known else '550 not you' if line[11:-1] in sink.barred else '250 ok')
                elif verb == 'RCPT':
                    self.to = line[9:-1]
                    self.say('550 no such one' if any(x in self.to for x in sink.refuse) else '250 ok')
                elif verb == 'DATA':
                    if sink.close_after is not None and len(sink.taken) >= sink.close_after:
                        sink.close_after = None
                        return False
                    self.say('354 go on')
                    self.take()
                    self.say('250 taken')
                else:
                    self.say({'QUIT': '221 bye', 'RSET': '250 ok'}.get(verb, '502 what'))
                    return verb != 'QUIT'
                return True

            def take(self):
                lines = []
                for raw in iter(lambda: self.rfile.readline(), b''):
                    if raw == b'.\r\n':
                        break
                    lines.append(raw[1:] if raw.startswith(b'..') else raw)
                    assert len(raw) <= 998
                m = email.message_from_bytes(b''.join(lines), policy=email.policy.default)
                sink.taken.append((self.to, m['Subject'], m.get_content(), m['Message-ID']))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request, address):
                if not isinstance(sys.exc_info()[1], OSError):  # those who go in the middle of a word are no fault of the sink
                    super().handle_error(request, address)

        self.server = Server(('127.0.0.1', 0), Talk)
        self.place = '127.0.0.1:%d' % self.server.server_address[1]
        self.address = ('' if certificate is None else 'starttls://' if starttls else 'smtps://') + self.place
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
