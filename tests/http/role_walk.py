"""Every operation of the document, asked by an officer of each role of branch a, with an empty body, about a complaint that lies there and
about records that are not there. Where roles are told apart the table says how, by hand; elsewhere all get the same, so a new route that
tells them apart wants its line. No answer is a fault of the server. What decides about single records has tables of its own, in
test_matrix and the suites of each area.

n  refused to the role (403)    h  hidden from it (404)    .  let through to the form or the record
"""
import re

from county import BODIES, ROLES
from filings import complaint

#        intake handler supervisor leader auditor admin security
TABLE = """
GET    /api/v1/businesses                          ......n
GET    /api/v1/businesses/{id}                     hhhhhhn
GET    /api/v1/businesses/{id}/events              hhhhhhn
POST   /api/v1/businesses/{id}/acts/{act}          ......n
GET    /api/v1/matters/{number}/related            .....hh
PUT    /api/v1/calendars/{id}/years/{year}         nnnnn.n
POST   /api/v1/calendars/{id}/years/{year}/preview nnnnn.n
GET    /api/v1/cases                               n....nn
GET    /api/v1/cases/count                         n....nn
GET    /api/v1/duty                                .....nn
GET    /api/v1/diary                               .....nn
GET    /api/v1/matters/{number}/letters            .....hh
GET    /api/v1/figures                             .....nn
GET    /api/v1/dashboard                           .....nn
POST   /api/v1/matters/{number}/files              ...nnhh
GET    /api/v1/matters/{number}/files              .....hh
GET    /api/v1/groups                              .....nn
POST   /api/v1/uploads                             .n.nn.n
POST   /api/v1/imports                             .n.nn.n
GET    /api/v1/matters/{number}                    .....hh
GET    /api/v1/matters/{number}/events             .....hh
POST   /api/v1/hints                               ...nnnn
GET    /api/v1/access                              nnnn.n.
GET    /api/v1/orders/export                       .n.nnnn
GET    /api/v1/retention                           nn.....
GET    /api/v1/holds                               nn.....
GET    /api/v1/summaries-missing                   .....nn
GET    /api/v1/visits                              .....nn
GET    /api/v1/visits/rates                        .....nn
"""
ENDS_THE_SESSION = {('delete', '/api/v1/session')}


def asked(place, s, role, number):
    """{(method, path): letter}"""
    p, found = place.officer('a.' + role), {}
    for path, item in place.document.doc['paths'].items():
        for method, operation in item.items():
            if (method, path) in ENDS_THE_SESSION:
                continue
            target = re.sub(r'\{[a-z_]+\}', '1', path.replace('{number}', number if path.startswith('/api/v1/matters/') else '1'))
            a = p.send(method.upper(), target, {} if 'requestBody' in operation else None, check=False)
            s.expect(f'{role}: {method} {path}', a.status < 500, f'{a.status} {a.raw[:200]}')
            found[method, path] = {403: 'n', 404: 'h'}.get(a.status, '.')
    return found


def routes(place, s):
    f = s.file(complaint())
    s.does('root.supervisor', f['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    answers = {role: asked(place, s, role, f['number']) for role in ROLES}
    table = {}
    for line in TABLE.strip().splitlines():
        method, path, row = line.split()
        table[method.lower(), path] = row
    for op in answers[ROLES[0]]:
        row = ''.join(answers[role][op] for role in ROLES)
        want = table.pop(op, row if len(set(row)) == 1 else 'the same for all')
        if row == want:
            place.passed += 1
        else:
            place.fail(f'routes: {op[0].upper()} {op[1]}: {row}, expected {want}')
    s.expect('no line without a route', table == {}, str(table))
