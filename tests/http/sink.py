"""A mail relay that keeps what it takes: Sink(refuse) with .address for `setting put relay` and .taken, (to, subject, text, id) each.
Recipients with a name in refuse are refused; .close_after closes the line in the middle of a conversation, once. .barred senders are refused."""
import email
import email.policy
import socketserver
import threading


class Sink:
    def __init__(self, refuse=()):
        self.refuse, self.taken, self.close_after, self.sender, self.barred = refuse, [], None, set(), ()
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b'\r\n')

            def handle(self):
                self.say('220 sink')
                for raw in self.rfile:
                    line = raw.decode('ascii').rstrip('\r\n')
                    verb = line.split(':')[0].upper()
                    if verb.startswith('EHLO'):
                        self.wfile.write(b'250-sink\r\n250 8BITMIME\r\n')
                    elif verb == 'MAIL FROM':
                        sink.sender.add(line[11:-1])
                        self.say('550 not you' if line[11:-1] in sink.barred else '250 ok')
                    elif verb == 'RCPT TO':
                        self.to = line[9:-1]
                        self.say('550 no such one' if any(x in self.to for x in sink.refuse) else '250 ok')
                    elif verb == 'DATA':
                        if sink.close_after is not None and len(sink.taken) >= sink.close_after:
                            sink.close_after = None
                            return
                        self.say('354 go on')
                        self.take()
                        self.say('250 taken')
                    elif verb == 'QUIT':
                        self.say('221 bye')
                        return
                    else:
                        self.say('250 ok' if verb == 'RSET' else '502 what')

            def take(self):
                lines = []
                for raw in self.rfile:
                    if raw == b'.\r\n':
                        break
                    lines.append(raw[1:] if raw.startswith(b'..') else raw)
                    assert len(raw) <= 998
                m = email.message_from_bytes(b''.join(lines), policy=email.policy.default)
                sink.taken.append((self.to, m['Subject'], m.get_content(), m['Message-ID']))

        self.server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Talk)
        self.server.daemon_threads = True
        self.address = '127.0.0.1:%d' % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
