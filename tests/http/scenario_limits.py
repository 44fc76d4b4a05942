"""Rates per address, counted behind a trusted proxy, and a server that is told to be strict."""
from filings import enquiry


def scenario_rates(place, s):
    place.stop()
    place.start('--rate-limit', 'file=3/60,read=5/60,staff=30/60', '--trusted-proxy', '127.0.0.1')
    p = place.public()
    for i in range(3):
        s.step('file', p, 'POST', '/api/v1/matters', enquiry(), status=201)
    a = s.step('one too many', p, 'POST', '/api/v1/matters', enquiry(), status=429, code='rate')
    s.expect('when to come back', 1 <= int(a.headers['Retry-After']) <= 60)
    s.step('another address behind the proxy', p, 'POST', '/api/v1/matters', enquiry(), status=201,
           headers={'X-Forwarded-For': '198.51.100.7'})
    for i in range(2):
        s.step('what stands further left changes nothing', p, 'POST', '/api/v1/matters', enquiry(), status=201,
               headers={'X-Forwarded-For': f'203.0.113.{i}, 198.51.100.7'})
    s.step('it is the same address', p, 'POST', '/api/v1/matters', enquiry(), status=429,
           headers={'X-Forwarded-For': '203.0.113.9, 198.51.100.7'})
    h = place.officer('handler')
    for i in range(12):
        s.step('staff have their own', h, 'GET', '/api/v1/session', status=200)
    statuses = [h.send('GET', '/api/v1/session').status for _ in range(30)]
    s.expect('and an end of it', 429 in statuses and set(statuses) == {200, 429}, str(statuses))
    other = place.officer('supervisor')
    s.step('each for himself', other, 'GET', '/api/v1/session', status=200)
    place.stop()
    place.start('--rate-limit', 'off')
