"""A client that remembers who it is, and a list of labelled steps."""
import http.client
import json


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw

    @property
    def json(self):
        return json.loads(self.raw)

    def __getitem__(self, key):
        return self.json[key]


class Person:
    """The public, an officer after sign_in, or the holder of a PIN."""

    def __init__(self, place, pin=None):
        self.place, self.pin = place, pin
        self.cookie = self.csrf = None
        self.connection = None

    def sign_in(self, name, password):
        a = self.send('POST', '/api/v1/session', {'name': name, 'password': password})
        if a.status == 200:
            self.cookie = a.headers['Set-Cookie'].split(';')[0]
            self.csrf = a['csrf']
        return a

    def send(self, method, target, body=None, headers=None, check=True):
        sent = {}
        if self.cookie:
            sent['Cookie'] = self.cookie
            if method not in ('GET', 'HEAD') and self.csrf:
                sent['Fangxin-Csrf'] = self.csrf
        if self.pin:
            sent['Fangxin-Pin'] = self.pin
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False).encode()
            sent['Content-Type'] = 'application/json'
        if isinstance(body, str):
            body = body.encode()
        sent.update(headers or {})
        sent = {k: v for k, v in sent.items() if v is not None}
        a = self.exchange(method, target, body, sent)
        if check:
            faults = self.place.document.check(method, target, sent, body, a.status, a.headers, a.raw)
            self.place.checked += 1
            if faults:
                raise AssertionError('against openapi.json: ' + '; '.join(faults[:5]))
        return a

    def exchange(self, method, target, body, headers):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection('127.0.0.1', self.place.port, timeout=30)
            try:
                self.connection.request(method, target, body, headers)
                r = self.connection.getresponse()
                a = Answer(r.status, r.headers, r.read())
                if r.will_close:
                    self.connection = None
                return a
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection = None  # an idle connection that was closed meanwhile
                if attempt == 2:
                    raise


class Scenario:
    """Steps in order; each has a label, and its faults are told with it."""

    def __init__(self, place, name):
        self.place, self.name = place, name

    def step(self, label, who, method, target, body=None, *, status, headers=None, has=None, code=None,
             field=None):
        """@p has: {path: value} of the answer, path like "deadlines.0.rule"; @p code of a problem;
        @p field that one of its errors names."""
        try:
            a = who.send(method, target, body, headers)
            assert a.status == status, f'status {a.status}, expected {status}: {a.raw[:400].decode("utf-8", "replace")}'
            for path, want in (has or {}).items():
                got = look(a.json, path)
                assert got == want, f'{path} is {got!r}, expected {want!r}'
            if code is not None:
                assert a['code'] == code, f'code {a["code"]}, expected {code}'
            if field is not None:
                named = [e['field'] for e in a['errors']]
                assert field in named, f'errors name {named}, not {field}'
            self.place.passed += 1
            return a
        except AssertionError as e:
            self.place.fail(f'{self.name}: {label}: {method} {target[:80]}: {e}')
            raise

    def expect(self, label, holds, detail=''):
        if holds:
            self.place.passed += 1
        else:
            self.place.fail(f'{self.name}: {label} {detail}')
            raise AssertionError(label)


def look(value, path):
    for part in path.split('.'):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value
