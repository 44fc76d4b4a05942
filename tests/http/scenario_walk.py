"""Every operation of the document: refused to the public unless it is public, and seen in this run."""
import re

# Walked by suites of their own (test_asking, test_businesses, test_groups, test_letters, test_orders, test_summaries, test_batches, test_calendars, test_cases, test_registers).
OWN_SUITES = ('/api/v1/views', '/api/v1/visits', '/api/v1/business', '/api/v1/groups', '/api/v1/orders', '/api/v1/summar', '/api/v1/batches', '/api/v1/cases',
              '/api/v1/calendars', '/api/v1/retention', '/api/v1/holds', '/api/v1/registers', '/api/v1/public/', '/api/v1/letters', '/api/v1/verify', '/api/v1/matters/{number}/letters')
# Single operations that other suites answer: test_figures, test_businesses, test_orders (imports).
ELSEWHERE = {('get', '/api/v1/figures/{id}'), ('get', '/api/v1/matters/{number}/related'), ('delete', '/api/v1/imports/{id}'),
             ('get', '/api/v1/imports/{id}'), ('get', '/api/v1/imports'), ('post', '/api/v1/imports/{id}/acts/{act}')}


# What packs, registers and files say of themselves, and the document of documents: any members, any value.
FREE = {'ActInput', 'BatchItem/input', 'BatchRequest/input', 'Event/data', 'GroupEvent/in', 'GroupEvent/texts', 'RecordEvent/in', 'RecordEvent/texts', 'LetterRequest/asks', 'OrdersAct/input', 'EntryRequest/fields', 'EntryActRequest/fields',
        'EntryImportRequest/rows', 'PublicAnswerRequest/fields', 'SelfCheckRequest/fields', 'PublicAnswer/rows/rows', 'Upload/remembered/map', 'Upload/suggested_map',
        'ImportRequest/map/columns', 'post /api/v1/cases/{id}/acts/{act}', 'post /api/v1/orders/{id}/acts/{act}', 'get /api/v1/openapi.json'}


def lacks(schema, at, into):
    """Objects that do not say which members they have, lists without a schema of their items, schemas that say nothing."""
    if at in FREE:
        return
    if schema == {} and at.split('/')[-1] != 'value':
        into.append(f'{at} says nothing')
    kind = schema.get('type', '')
    if 'object' in kind and 'additionalProperties' not in schema:
        into.append(f'{at} does not say whether there are other members')
    if 'object' in kind and not schema.get('properties') and schema.get('additionalProperties') is True:
        into.append(f'{at} names no member')
    if 'array' in kind and not schema.get('items'):
        into.append(f'{at} says nothing of its items')
    for name, inner in schema.get('properties', {}).items():
        lacks(inner, f'{at}/{name}', into)
    for name in ('items', 'additionalProperties'):
        if isinstance(schema.get(name), dict):
            lacks(schema[name], at, into)
    for name in ('anyOf', 'oneOf', 'allOf'):
        for inner in schema.get(name, []):
            lacks(inner, at, into)


def scenario_schemas(place, s):
    """Every request and every answer is described to its last member."""
    faults = []
    for path, item in place.document.doc['paths'].items():
        for method, operation in item.items():
            for content in operation.get('requestBody', {}).get('content', {}).values():
                lacks(content.get('schema', {}), f'{method} {path}', faults)
            for status, answer in operation['responses'].items():
                contents = answer.get('content', {})
                if status[0] == '2' and status != '204' and not contents:
                    faults.append(f'{method} {path} {status} has no content')
                for content in contents.values():
                    lacks(content.get('schema', {}), f'{method} {path}', faults)
    for name, schema in place.document.doc['components']['schemas'].items():
        lacks(schema, name, faults)
    s.expect('described whole', not faults, '; '.join(faults))


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
