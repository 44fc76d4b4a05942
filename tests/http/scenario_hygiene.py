"""Addresses, methods and headers; the adapter itself is tested by unit/test_web_http.c."""


def scenario_headers(place, s):
    p = place.public()
    for path in ('/healthz', '/api/v1/site', '/api/v1/nowhere', '/api/v1/session'):
        a = p.send('GET', path)
        for name in ('Content-Security-Policy', 'X-Content-Type-Options', 'Referrer-Policy', 'X-Frame-Options',
                     'X-Request-Id'):
            s.expect(f'{path} has {name}', name in a.headers)
        s.expect(f'{path} is not kept', a.headers['Cache-Control'] == 'no-store')
    ids = {p.send('GET', '/healthz').headers['X-Request-Id'] for _ in range(20)}
    s.expect('request ids differ', len(ids) == 20)


def scenario_addresses(place, s):
    p = place.public()
    s.step('nothing there', p, 'GET', '/api/v1/nothing', status=404, code='not_found')
    a = s.step('wrong method', p, 'DELETE', '/api/v1/matters', status=405, code='method')
    s.expect('what is allowed', a.headers['Allow'] == 'POST, GET, HEAD')
    s.step('TRACE', p, 'TRACE', '/healthz', status=405)
    for path in ('/api/v1/../etc/passwd', '/%2e%2e/x', '/a%00b', '//x', '/a%2fb'):
        a = p.send('GET', path, check=False)
        s.expect(path, a.status == 400 and a['code'] == 'malformed', str(a.status))
    a = s.step('HEAD', p, 'HEAD', '/api/v1/site', status=200)
    s.expect('HEAD has no body', a.raw == b'' and int(a.headers['Content-Length']) > 2)
    s.step('unknown parameter', p, 'GET', '/api/v1/codes?x=1', status=422, field='x')


def scenario_operations(place, s):
    p = place.public()
    s.step('alive', p, 'GET', '/healthz', status=200, has={'ok': True})
    s.step('ready', p, 'GET', '/readyz', status=200, has={'ok': True, 'writable': True})
    a = s.step('metrics', p, 'GET', '/metrics', status=200)
    text = a.raw.decode()
    for name in ('fangxin_http_requests_total', 'fangxin_http_request_seconds_bucket', 'fangxin_index_lag_milliseconds',
                 'fangxin_executor_waiting', 'fangxin_store_commits_total', 'fangxin_store_pages_read_total', 'fangxin_store_cache_bytes', 'process_resident_memory_bytes'):
        s.expect(name, f'\n{name}' in text)
    for line in text.splitlines():
        s.expect('each line is help, type or a value', line.startswith('#') or len(line.rsplit(' ', 1)) == 2, line)
    s.step('the document', p, 'GET', '/api/v1/openapi.json', status=200, has={'openapi': '3.1.0'})
    s.step('codes', p, 'GET', '/api/v1/codes', status=200)
    a = s.step('workflow', p, 'GET', '/api/v1/workflow', status=200)
    s.step('workflow has not changed', p, 'GET', '/api/v1/workflow', status=304,
           headers={'If-None-Match': a.headers['ETag']})
    s.step('site', p, 'GET', '/api/v1/site', status=200, has={'phone': '12315'})
