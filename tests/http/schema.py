"""Checks values against the part of JSON Schema that openapi.json uses, and requests and answers
against its operations. Stricter than the standard in one point: a property that the schema does not
name is a fault, so the document cannot fall behind."""
import json
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


class Document:
    def __init__(self, doc):
        self.doc = doc
        self.seen = set()  # (method, path, status) that were checked
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

    def faults(self, schema, value, where='$'):
        schema = self.resolve(schema)
        if 'anyOf' in schema:
            tries = [self.faults(s, value, where) for s in schema['anyOf']]
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
                out += self.faults(schema.get('items', {}), item, f'{where}[{i}]')
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
                out += self.faults(properties[name], item, f'{where}.{name}')
            elif more is False:
                out.append(f'{where}: {name} is not described')
            elif isinstance(more, dict):
                out += self.faults(more, item, f'{where}.{name}')
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
