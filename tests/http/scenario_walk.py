"""Every operation of the document: refused to the public unless it is public, and seen in this run."""
import re

# Walked by suites of their own (test_asking, test_businesses, test_groups, test_letters, test_orders, test_summaries, test_batches, test_calendars, test_cases, test_registers).
OWN_SUITES = ('/api/v1/views', '/api/v1/visits', '/api/v1/business', '/api/v1/groups', '/api/v1/orders', '/api/v1/summar', '/api/v1/batches', '/api/v1/cases',
              '/api/v1/calendars', '/api/v1/retention', '/api/v1/holds', '/api/v1/registers', '/api/v1/public/', '/api/v1/letters', '/api/v1/verify', '/api/v1/matters/{number}/letters')
# Single operations that other suites answer: test_figures, test_businesses, test_orders (imports).
ELSEWHERE = {('get', '/api/v1/figures/{id}'), ('get', '/api/v1/matters/{number}/related'), ('delete', '/api/v1/imports/{id}'),
             ('get', '/api/v1/imports/{id}'), ('get', '/api/v1/imports'), ('post', '/api/v1/imports/{id}/acts/{act}')}


def scenario_walk(place, s):
    for path, item in place.document.doc['paths'].items():
        for method, operation in item.items():
            target = re.sub(r'\{number\}', '2611-44211-8', path)
            target = re.sub(r'\{[a-z_]+\}', 'x', target)
            open_to_all = {} in operation['security']
            a = place.public().send(method.upper(), target, {} if 'requestBody' in operation else None)
            if open_to_all:
                s.expect(f'{method} {path} is public', a.status not in (401, 403, 404, 405) or path.startswith(('/api/v1/session', '/api/v1/verify', '/api/v1/public/')), str(a.status))
            else:
                s.expect(f'{method} {path} is refused', a.status == 401, str(a.status))
    exchanges = {(m, p) for m, p, status in place.document.seen if status < 400}
    missing = [f'{method} {path}' for path, item in place.document.doc['paths'].items() for method in item
               if (method.upper(), path) not in exchanges and not path.startswith(OWN_SUITES) and (method, path) not in ELSEWHERE]
    s.expect('every other operation was answered well at least once', not missing, ', '.join(missing))
