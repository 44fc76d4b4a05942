"""Checks values against the part of JSON Schema that openapi.json uses, and requests and answers
against its operations. Stricter than the standard in one point: a property that the schema does not
name is a fault, so the document cannot fall behind. Nearly every value is good, so each schema is made into one
function that says yes or no (`fits`), five times as fast as looking for faults, which are looked for when it says no."""
import json
import random
import re
import urllib.parse

DATE = re.compile(r'^\d{4}-\d{2}-\d{2}$')
INSTANT = re.compile(r'^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$')
TYPES = {
    'object': lambda v: isinstance(v, dict),
    'array': lambda v: isinstance(v, list),
    'string': lambda v: isinstance(v, str),
    'integer': lambda v: isinstance(v, int) and not isinstance(v, bool),
    'number': lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    'boolean': lambda v: isinstance(v, bool),
    'null': lambda v: v is None,
}
CLASSES = {'object': [dict], 'array': [list], 'string': [str], 'integer': [int], 'number': [int, float], 'boolean': [bool],
           'null': [type(None)]}
ANYTHING, UNBOUNDED = {}, float('inf')


def variants(value, depth=2):
    """Values near this one, most of them faulty: each part missing, of another kind, or out of range; one too many."""
    if depth and isinstance(value, dict):
        yield {**value, 'not described': 1}
        for name, item in list(value.items())[:40]:
            yield {k: v for k, v in value.items() if k != name}
            for other in variants(item, depth - 1):
                yield {**value, name: other}
    elif depth and isinstance(value, list):
        yield value[:1] * 300
        for other in variants(value[0], depth - 1) if value else ():
            yield [other]
    yield from (None, True, -1, 1.5, '', 'x' * 100000, '2026-02-30', [], {})


def cut(value):
    """The value with one item of each list."""
    if isinstance(value, dict):
        return {name: cut(item) for name, item in value.items()}
    return [cut(item) for item in value[:1]] if isinstance(value, list) else value


class Document:
    def __init__(self, doc):
        self.doc = doc
        self.seen = set()  # (method, path, status) that were checked
        self.made = {}  # schema by identity → its function
        self.compared = set()  # schemas whose first value, and faulty ones made of it, were looked at in both ways
        self.templates = []
        for path, item in doc['paths'].items():
            pattern = re.compile('^' + re.sub(r'\{[a-z_]+\}', '[^/]+', path) + '$')
            # fixed segments before {…} ones: /matters/count is not /matters/{number}
            self.templates.append((path.count('{'), path, pattern, item))
        self.templates.sort(key=lambda t: t[0])

    def resolve(self, node):
        while '$ref' in node:
            at = self.doc
            for part in node['$ref'].lstrip('#/').split('/'):
                at = at[part]
            node = at
        return node

    def fits(self, schema):
        """The function that says whether a value fits the schema."""
        at = id(schema)
        if at not in self.made:
            self.made[at] = lambda value: self.made[at](value)  # a schema that holds itself asks for itself meanwhile
            self.made[at] = self.make(self.resolve(schema))
        return self.made[at]

    def make(self, schema):
        if 'anyOf' in schema:
            tries = [self.fits(s) for s in schema['anyOf']]
            return lambda value: any(t(value) for t in tries)
        types = schema.get('type', list(TYPES))
        types = types if isinstance(types, list) else [types]
        by_type = {}
        for kind, classes in CLASSES.items():
            if kind in types:
                by_type.update({c: self.make_kind(kind, schema) for c in classes})
        by_type = {c: fits for c, fits in by_type.items() if fits}
        if 'enum' not in schema:
            return lambda value: (fits := by_type.get(value.__class__)) is not None and fits(value)
        allowed = schema['enum']
        return lambda value: (fits := by_type.get(value.__class__)) is not None and value in allowed and fits(value)

    def make_kind(self, kind, schema):
        if kind == 'object':
            return self.make_object(schema)
        if kind == 'array':
            item, least, most = self.fits(schema.get('items', ANYTHING)), schema.get('minItems', 0), schema.get('maxItems', UNBOUNDED)
            return lambda value: least <= len(value) <= most and all(map(item, value))
        if kind == 'string':
            least, most = schema.get('minLength', 0), schema.get('maxLength', UNBOUNDED)
            form = {'date': DATE, 'date-time': INSTANT}.get(schema.get('format'))
            if form is None:
                return lambda value: least <= len(value) <= most
            return lambda value: least <= len(value) <= most and form.match(value) is not None
        if kind in ('integer', 'number'):
            least, most = schema.get('minimum', -UNBOUNDED), schema.get('maximum', UNBOUNDED)
            return lambda value: value.__class__ is float or least <= value <= most
        return lambda value: True

    def make_object(self, schema):
        required, properties = schema.get('required', ()), schema.get('properties', {})
        more = schema.get('additionalProperties', False if properties else True)
        fits = {name: self.fits(s) for name, s in properties.items()}
        others = self.fits(more) if isinstance(more, dict) else (lambda value: False) if more is False else (lambda value: True)

        def object_fits(value):
            for name in required:
                if name not in value:
                    return False
            for name, item in value.items():
                if not fits.get(name, others)(item):
                    return False
            return True
        return object_fits

    def faults(self, schema, value, where='$'):
        fits = self.fits(schema)
        if id(schema) not in self.compared:
            self.compared.add(id(schema))
            near = list(variants(cut(value)))
            for other in [cut(value), *random.Random(where).sample(near, min(len(near), 12))]:
                if fits(other) != (not self.look_for_faults(schema, other, where)):
                    return [f'{where}: the two ways of checking differ at {other!r:.200}']
        return [] if fits(value) else self.look_for_faults(schema, value, where)

    def look_for_faults(self, schema, value, where='$'):
        schema = self.resolve(schema)
        if 'anyOf' in schema:
            tries = [self.look_for_faults(s, value, where) for s in schema['anyOf']]
            return [] if any(not t for t in tries) else min(tries, key=len)
        types = schema.get('type')
        if types is not None:
            types = types if isinstance(types, list) else [types]
            if not any(TYPES[t](value) for t in types):
                return [f'{where}: {value!r:.60} is not {"/".join(types)}']
        if 'enum' in schema and value not in schema['enum']:
            return [f'{where}: {value!r:.60} is none of {schema["enum"]}']
        if isinstance(value, str):
            return self.text_faults(schema, value, where)
        if isinstance(value, bool) or value is None:
            return []
        if isinstance(value, int):
            if value < schema.get('minimum', value) or value > schema.get('maximum', value):
                return [f'{where}: {value} is out of range']
        if isinstance(value, list):
            out = []
            if not schema.get('minItems', 0) <= len(value) <= schema.get('maxItems', len(value)):
                out.append(f'{where}: {len(value)} items')
            for i, item in enumerate(value):
                out += self.look_for_faults(schema.get('items', ANYTHING), item, f'{where}[{i}]')
            return out
        if isinstance(value, dict):
            return self.object_faults(schema, value, where)
        return []

    def text_faults(self, schema, value, where):
        if not schema.get('minLength', 0) <= len(value) <= schema.get('maxLength', len(value)):
            return [f'{where}: {len(value)} characters']
        form = schema.get('format')
        if form == 'date' and not DATE.match(value) or form == 'date-time' and not INSTANT.match(value):
            return [f'{where}: {value!r} is no {form}']
        return []

    def object_faults(self, schema, value, where):
        out = [f'{where}: {name} is missing' for name in schema.get('required', []) if name not in value]
        properties = schema.get('properties', {})
        more = schema.get('additionalProperties', False if properties else True)
        for name, item in value.items():
            if name in properties:
                out += self.look_for_faults(properties[name], item, f'{where}.{name}')
            elif more is False:
                out.append(f'{where}: {name} is not described')
            elif isinstance(more, dict):
                out += self.look_for_faults(more, item, f'{where}.{name}')
        return out

    def find(self, path):
        for _, template, pattern, item in self.templates:
            if pattern.match(path):
                return template, item
        return None, None

    def check(self, method, target, headers, body, status, answer_headers, answer):
        """Faults of one exchange. Requests are checked only where the answer says they were good."""
        path, _, query = target.partition('?')
        template, item = self.find(path)
        if template is None:
            return []  # pages and addresses that do not exist
        operation = item.get('get' if method == 'HEAD' else method.lower())
        if operation is None:
            return [] if status == 405 else [f'{method} {template} is not described']
        out = []
        described = operation['responses'].get(str(status))
        if described is None:
            return [f'{method} {template}: status {status} is not described']
        self.seen.add((method, template, status))
        described = self.resolve(described)
        if status < 400:
            out += self.request_faults(operation, query, headers, body, f'{method} {template}')
        if method != 'HEAD':
            out += self.answer_faults(described, answer_headers, answer, f'{method} {template} {status}')
        return out

    def request_faults(self, operation, query, headers, body, where):
        named = {self.resolve(p)['name']: self.resolve(p) for p in operation.get('parameters', [])
                 if self.resolve(p)['in'] == 'query'}
        open_to_names = any(p.get('explode') and p['schema'].get('type') == 'object' for p in named.values())
        out = [f'{where}: parameter {k} is not described'
               for k in urllib.parse.parse_qs(query, keep_blank_values=True) if k not in named and not open_to_names]
        content = operation.get('requestBody', {}).get('content', {}).get('application/json')
        kind = next((v for k, v in headers.items() if k.lower() == 'content-type'), 'application/json')
        if body and content and kind == 'application/json':
            out += self.faults(content['schema'], json.loads(body), where + ' request')
            schema = self.resolve(content['schema'])
            if schema.get('description', '').startswith('The fields of the act'):
                out = [f for f in out if 'is not described' not in f]
        return out

    def answer_faults(self, described, headers, answer, where):
        content = described.get('content')
        kind = headers.get('Content-Type', '').split(';')[0]
        if 'X-Request-Id' not in headers:
            return [f'{where}: no X-Request-Id']
        if content is None:
            return [f'{where}: a body where none is described'] if answer else []
        if kind not in content:
            return [f'{where}: {kind} is not one of {list(content)}']
        if 'json' not in kind:
            return []
        try:
            value = json.loads(answer)
        except ValueError as e:
            return [f'{where}: {e}']
        return self.faults(content[kind]['schema'], value, where)
