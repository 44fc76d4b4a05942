#!/usr/bin/env python3
"""test_matrix.py FANGXIN: who may do what, as a table written by hand and walked whole over HTTP.

The actor sits in branch a. Columns say where the matter lies: own = a, child = its station, sibling =
the other branch, parent = the bureau, other = the station of the sibling. A cell names what is his:
  S  it shows: list, search, count, changes, figure records, hints, links
  R  its page, its timeline, the explanation of its clocks
  V  reveal the consumer (complaint) or the business (report)
  W  reveal the reporter
  F  look at the evidence
  O  have it as it came
  A  acts (a note, which every acting role has)
  L  issue a letter, or see how it would be
  D  open one as it went out
"-" is nothing: 404, the same answer as for a number that was never given; "." cannot come about.
"""
import json
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, ROLES, day, run  # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'media'))
from pictures import png  # noqa: E402
from role_walk import routes  # noqa: E402
from filings import act, complaint, enquiry, key, matter, report, version  # noqa: E402

TABLE = """
matter                       role       own       child     sibling   parent    other
complaint                    intake     SRVAFOLD  SRVAFOLD  -         -         -
complaint                    handler    SRVAFOLD  SRVAFOLD  -         -         -
complaint                    supervisor SRVAFOLD  SRVAFOLD  -         -         -
complaint                    leader     SRAF      SRAF      -         -         -
complaint                    auditor    SRF       SRF       -         -         -
complaint                    admin      -         -         -         -         -
complaint                    security   -         -         -         -         -
complaint_he_wrote_down      intake     .         .         SRVFD     .         .
complaint_he_wrote_down      handler    .         .         SRVFD     .         .
complaint_he_wrote_down      supervisor .         .         SRVFD     .         .
complaint_given_to_him       handler    .         .         .         SRVAFOLD  .
complaint_given_to_him       supervisor .         .         .         SRVAFOLD  .
report_given_out             intake     -         -         -         -         -
report_given_out             handler    -         -         -         -         -
report_given_out             supervisor SRVWAFOLD SRVWAFOLD -         -         -
report_given_out             leader     -         -         -         -         -
report_given_out             auditor    -         -         -         -         -
report_given_out             admin      -         -         -         -         -
report_given_out             security   -         -         -         -         -
report_waiting               intake     SRA       -         -         -         -
report_waiting               handler    -         -         -         -         -
report_waiting               supervisor SRVWAFOLD SRVWAFOLD -         -         -
report_waiting               leader     -         -         -         -         -
report_waiting               auditor    -         -         -         -         -
report_waiting               admin      -         -         -         -         -
report_waiting               security   -         -         -         -         -
report_for_leader            intake     -         -         -         -         -
report_for_leader            handler    -         -         -         -         -
report_for_leader            supervisor SRVWAFOLD SRVWAFOLD -         -         -
report_for_leader            leader     SRA       SRA       -         -         -
report_for_leader            auditor    -         -         -         -         -
report_for_leader            admin      -         -         -         -         -
report_for_leader            security   -         -         -         -         -
report_he_wrote_down         intake     SRWAFLD   .         SRWF      .         .
report_he_wrote_down         handler    SRWF      .         SRWF      .         .
report_he_wrote_down         supervisor SRVWAFOLD .         SRWF      .         .
report_given_to_him          handler    SRVWAFOLD .         .         SRVWAFOLD .
report_given_to_him          supervisor SRVWAFOLD .         .         SRVWAFOLD .
"""

# A complaint of his body moved on to a body: who may.
MOVES = """
role         own    child  sibling  parent  other
intake       yes    yes    no       no      no
handler      no     no     no       no      no
supervisor   yes    yes    no       no      no
leader       no     no     no       no      no
auditor      no     no     no       no      no
"""

# An act, a state in which it is possible, and the roles of the matter's own body that may do it. The
# report is given to the handler who asks.
COMPLAINT_ACTS = """
assign         registered  intake supervisor
accept         assigned    handler supervisor
refuse         assigned    handler supervisor
ask_identity   assigned    handler supervisor
record_proxy   proxied     intake handler supervisor
dispute_power  assigned    handler supervisor
agree_power    disputed    handler supervisor
refer_power    disputed    handler supervisor
designate      disputed    supervisor
record_identity assigned   handler supervisor
hand_over      food        handler supervisor
police         assigned    handler supervisor
choose_rule    assigned    supervisor
send_back      proposed    handler supervisor leader
confirm_refusal proposed   supervisor leader
decide_recusal recusal     supervisor leader
leave_group    grouped     intake handler supervisor
return         assigned    handler supervisor
reassign       assigned    intake supervisor
withdraw       assigned    party intake handler supervisor
contact        assigned    intake handler supervisor
amend          assigned    intake handler supervisor
classify       assigned    intake handler supervisor
spawn_report   assigned    intake handler supervisor
link           assigned    intake handler supervisor
join_group     assigned    intake handler supervisor leader
identify       assigned    intake handler supervisor
duplicate      assigned    intake handler supervisor
supplement     assigned    party intake handler supervisor
attach         assigned    party intake handler supervisor
detach         evidence    party intake handler supervisor
note           assigned    intake handler supervisor leader
urge           assigned    intake supervisor leader
issue_pin      assigned    intake supervisor
tell           accepted    handler supervisor
consent        accepted    handler supervisor
mediate        agreed      handler supervisor
entrust        named       handler supervisor
take_back      entrusted   handler supervisor
offer          accepted    handler supervisor
pause          accepted    handler supervisor
settle         accepted    handler supervisor
terminate      accepted    handler supervisor
accept_offer   offered     party handler
decline_offer  offered     party handler
resume         paused      handler supervisor
rate           told        party
follow_up      told        intake handler supervisor
archive        told        intake handler supervisor
reopen         told        supervisor
disclose       agreeable   supervisor leader
exempt         told        handler supervisor leader
stop_disclosure disclosed  supervisor leader
revoke_refusal refused     supervisor leader
"""
REPORT_ACTS = """
assign         registered  intake supervisor
verify         assigned    handler supervisor
dispute_power  assigned    handler supervisor
agree_power    disputed    handler supervisor
refer_power    disputed    handler supervisor
designate      disputed    supervisor
return         assigned    handler supervisor
no_power       assigned    handler supervisor
reassign       assigned    supervisor
contact        assigned    handler supervisor
amend          assigned    handler supervisor
classify       assigned    handler supervisor
link           assigned    handler supervisor
identify       assigned    handler supervisor
duplicate      assigned    handler supervisor
supplement     assigned    party handler supervisor
attach         assigned    party handler supervisor
detach         evidence    party handler supervisor
note           assigned    handler supervisor
urge           assigned    supervisor
issue_pin      assigned    supervisor
file           verifying   handler supervisor
not_file       verifying   handler supervisor
propose_filing verifying   handler supervisor
file           proposed    leader handler supervisor
not_file       proposed    leader handler supervisor
verify_more    proposed    leader
note           proposed    leader handler supervisor
not_again      verifying   handler supervisor
merge_report   verifying   handler supervisor
hand_over      food        handler supervisor
propose_reward punished    handler supervisor
approve_reward rewarded    leader
refuse_reward  rewarded    leader
police         verifying   handler supervisor
choose_rule    verifying   supervisor
pause          verifying   handler supervisor
refuse_extension asked     leader
extend         asked       leader handler supervisor
note           asked       leader handler supervisor
tell           filed       handler supervisor
resume         standing    handler supervisor
tell_reward    approved    handler supervisor
pay_reward     reward_told handler supervisor
close          told        handler supervisor
"""
ENQUIRY_ACTS = """
assign         registered  intake supervisor
return         given       handler supervisor
answer         given       intake handler supervisor
pass_on        given       intake handler supervisor
withdraw       given       party intake handler supervisor
contact        given       intake handler supervisor
supplement     given       party intake handler supervisor
attach         given       party intake handler supervisor
detach         evidence    party intake handler supervisor
note           given       intake handler supervisor leader
urge           given       intake supervisor leader
amend          given       intake handler supervisor
classify       given       intake handler supervisor
spawn_report   given       intake handler supervisor
link           given       intake handler supervisor
identify       given       intake handler supervisor
duplicate      given       intake handler supervisor
issue_pin      given       intake supervisor
close          passed_on   intake handler supervisor
rate           passed_on   party
answer         answered    intake handler supervisor
close          answered    intake handler supervisor
rate           answered    party
"""
TABLES = (('complaint', COMPLAINT_ACTS), ('report', REPORT_ACTS), ('enquiry', ENQUIRY_ACTS))
HIS_OWN = {('confirm_refusal', 'handler'), ('decide_recusal', 'handler')}  # his role may, but not on what he asked for himself
NO_LINE = {'lapse_reward'}  # not before the time to claim it is over: test_cases `rewards`
INPUT = {
    'assign': {'body': BODIES['a']}, 'refuse': {'ground': 'NA1', 'reason': 'x'}, 'return': {'reason': 'x'},
    'reassign': {'body': BODIES['a'], 'reason': 'x'}, 'tell': {'party': 'consumer', 'channel': 'phone'},
    'contact': {'party': 'business', 'channel': 'phone', 'result': 'reached'}, 'amend': {'fields': {'amount_fen': 1}, 'reason': 'x'},
    'classify': {'themes': []}, 'duplicate': {'choice': 'new'}, 'spawn_report': {'facts': 'x'}, 'supplement': {'text': 'x'}, 'note': {'text': 'x'},
    'urge': {'text': 'x'}, 'offer': {'party': 'business', 'terms': 'x'}, 'pause': {'reason': 'appraisal'},
    'settle': {'form': 'record'}, 'terminate': {'ground': 'T1'}, 'rate': {'score': 5}, 'disclose': {'checked': ['privacy', 'secret', 'facts'], 'remark': 'x'}, 'exempt': {'cause': 'no_consent'}, 'stop_disclosure': {'cause': 'disputed', 'reason': 'x'}, 'revoke_refusal': {'by': 'own', 'reason': 'x'},
    'follow_up': {'result': 'reached'},
    'reopen': {'reason': 'x'}, 'no_power': {'told': 'x'}, 'not_file': {'reason': 'x'}, 'propose_filing': {'proposal': 'file', 'reason': 'x'}, 'verify_more': {'reason': 'x'}, 'extend': {'reason': 'x'},
    'join_group': {'group': 7}, 'detach': {'file': 3, 'reason': 'x'},
    'ask_identity': {'papers': 'identity', 'until': day(-1)}, 'record_identity': {'result': 'shown'}, 'police': {'to': 'x', 'reason': 'x'},
    'choose_rule': {'pack': 'market-2020', 'reason': 'x'}, 'send_back': {'reason': 'x'}, 'refuse_extension': {'reason': 'x'},
    'consent': {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'}, 'entrust': {'scope': 'x'},
    'take_back': {'result': 'not_agreed'}, 'not_again': {'number': '2611-00000-0', 'reason': 'x'},
    'merge_report': {'number': '2611-00000-0', 'reason': 'x'}, 'hand_over': {'to': 'x', 'notice': 'x'},
    'dispute_power': {'with': 'x', 'reason': 'x'}, 'refer_power': {'to': 'x'}, 'designate': {'body': BODIES['a'], 'reason': 'x'},
    'record_proxy': {'result': 'missing'}, 'refuse_reward': {'reason': 'x'},
    'confirm_refusal': {'remark': 'x'}, 'decide_recusal': {'decision': 'rejected', 'officer': 1, 'reason': 'x'}, 'leave_group': {'reason': 'x'},
    'pass_on': {'to': 'x'}, 'answer': {'text': 'x'}, 'tell_reward': {'channel': 'phone'}, 'pay_reward': {'paid_on': day(), 'how': 'cash'},
    'propose_reward': {'level': '3', 'major': 'large_fine', 'excluded': 'none', 'reason': 'x'},
}
NAMED = {'party': 'both', 'answer': 'agrees', 'about': 'entrusting', 'mediator': '安澜县消费者协会', 'channel': 'phone'}
CLOSED = ['accept', 'terminate', ('tell', {'party': 'both', 'channel': 'phone'})]
STEPS = {  # of a complaint that is given out
    'assigned': [], 'proxied': [], 'food': [], 'disputed': ['dispute_power'], 'evidence': [], 'accepted': ['accept'], 'offered': ['accept', 'offer'], 'paused': ['accept', 'pause'],
    'told': CLOSED, 'agreeable': CLOSED, 'disclosed': CLOSED, 'agreed': ['accept', 'consent'],
    'recusal': ['accept', ('pause', {'reason': 'recusal', 'remark': 'x'})], 'grouped': [],
    'refused': ['refuse'], 'proposed': [('refuse', {'ground': 'NA3', 'reason': 'x'})], 'named': ['accept', ('consent', NAMED)],
    'entrusted': ['accept', ('consent', NAMED), 'entrust'],
}
AT = {'own': 'a', 'child': 'a1', 'sibling': 'b', 'parent': 'root', 'other': 'b1'}
WORKERS = {'a': 'a.handler2', 'a1': 'a1.handler', 'b': 'b.handler', 'root': 'root.handler', 'b1': 'b1.handler'}
CLERKS = {'a': 'a.intake2', 'a1': 'a1.intake', 'b': 'b.intake', 'root': 'root.intake', 'b1': 'b1.intake'}
OFFICERS = (['a.' + r for r in ROLES] + list(WORKERS.values()) + list(CLERKS.values()) + ['root.supervisor', 'b.auditor'])
STAFF = ('intake', 'handler', 'supervisor')


def read_table():
    cells = {}
    lines = TABLE.strip().splitlines()
    columns = lines[0].split()[2:]
    for line in lines[1:]:
        kind, role, *marks = line.split()
        for column, mark in zip(columns, marks, strict=True):
            cells[kind, role, column] = mark
    return cells


CELLS = read_table()


class Thing:
    """A matter of the table. @p mine: {role: row} for the officers to whom another row applies."""

    def __init__(self, filed, row, column, mine=None):
        self.number, self.pin, self.row, self.column = filed['number'], filed['pin'], row, column
        self.mine = mine or {}
        self.report = row.startswith('report')

    def cell(self, role):
        mark = CELLS.get((self.mine.get(role, self.row), role, self.column))
        assert mark not in (None, '.'), f'the table has no cell for {self.mine.get(role, self.row)} {role} {self.column}'
        return set() if mark == '-' else set(mark)

    def __str__(self):
        return f'{self.row} {self.column}'


def words(i):
    """A business, a word of the facts and a phone that no other matter has."""
    return f'独号{chr(0x4e00 + i * 7)}店', f'罕词{chr(0x5000 + i * 11)}{chr(0x6000 + i * 13)}', f'1370000{i:04d}'


def new_complaint(i, **more):
    shop, word, phone = words(i)
    return complaint(respondent={'name': shop, 'address': '东门路1号'}, facts=f'买的东西有{word}问题',
                     consumer={'name': '刘婷', 'phone': phone, 'address': '文昌路5号'}, **more)


def new_report(i, **more):
    shop, word, phone = words(i)
    return report(respondent={'name': shop, 'address': '北山路9号'}, facts=f'后院{word}加工', consumer={'name': '何举', 'phone': phone}, **more)


def send_file(place, s, f):
    a = s.step('send evidence', place.holder(f['pin']), 'POST', matter(f['number']) + '/files', png(40, 30), status=201,
               headers={'Content-Type': 'application/octet-stream', 'Fangxin-File-Name': 'beweis.png'})
    return a['file']['id']


def make(place, s):
    """All matters of the table."""
    made, ids = [], place.ids
    n = iter(range(1, 500))

    def give(f, body, officer, mover='root.supervisor', name='assign'):
        more = {} if name == 'assign' else {'reason': '改派'}
        s.does(mover, f['number'], name, dict({'body': BODIES[body], 'officer': ids[officer]}, **more))
        return f

    def add(i, f, *rest):
        t = Thing(f, *rest)
        t.shop, t.word, t.phone = words(i)
        t.file = send_file(place, s, f)
        made.append(t)
        return t

    for column, body in AT.items():
        i = next(n)
        add(i, give(s.file(new_complaint(i)), body, WORKERS[body]), 'complaint', column)
        i = next(n)
        add(i, give(s.file(new_report(i)), body, WORKERS[body]), 'report_given_out', column)
        i = next(n)
        add(i, s.file(new_report(i, channel='visit'), CLERKS[body]), 'report_waiting', column)
        i = next(n)
        f = give(s.file(new_report(i)), body, WORKERS[body])
        s.does(WORKERS[body], f['number'], 'verify')
        s.does(WORKERS[body], f['number'], 'extend', {'reason': '案情复杂'})
        add(i, f, 'report_for_leader', column)
    for role in STAFF:
        me = 'a.' + role
        i = next(n)
        f = give(s.file(new_complaint(i, channel='visit'), me), 'b', 'b.handler')
        add(i, f, 'complaint', 'sibling', {role: 'complaint_he_wrote_down'})
        i = next(n)
        add(i, s.file(new_report(i, channel='visit'), me), 'report_waiting', 'own', {role: 'report_he_wrote_down'})
        i = next(n)
        f = give(s.file(new_report(i, channel='visit'), me), 'b', 'b.handler')
        add(i, f, 'report_given_out', 'sibling', {role: 'report_he_wrote_down'})
    for role in ('handler', 'supervisor'):
        me = 'a.' + role
        i = next(n)
        add(i, give(s.file(new_complaint(i)), 'root', me), 'complaint', 'parent', {role: 'complaint_given_to_him'})
        i = next(n)
        add(i, give(s.file(new_report(i)), 'root', me), 'report_given_out', 'parent', {role: 'report_given_to_him'})
        i = next(n)
        add(i, give(s.file(new_report(i)), 'a', me), 'report_given_out', 'own', {role: 'report_given_to_him'})
    for t in made:
        form = 'report_register' if t.report else 'complaint_register'
        a = s.step('a letter', place.officer('root.supervisor'), 'POST', matter(t.number) + '/letters', {'form': form, 'asks': {}},
                   headers=dict(version(s.version_of(t.number)), **key('matrix-' + t.number)), status=201)
        t.letter = a['id']
    # a complaint of his own body that is linked with everything
    hub = give(s.file(new_complaint(next(n))), 'a', 'a.handler2')['number']
    for t in made:
        s.does('root.supervisor', hub, 'link', {'number': t.number})
    place.hub = hub
    return made


def pages(s, p, query):
    numbers, cursor, path = [], None, query
    while True:
        a = s.step('list', p, 'GET', path + (f'&cursor={cursor}' if cursor else ''), status=200)
        numbers += [r['number'] for r in a['items']]
        cursor = a['next']
        if cursor is None:
            return numbers, a


def shown(place, s, p, role, made):
    """What shows anywhere, against the table."""
    want = {t.number for t in made if 'S' in t.cell(role)}
    plus = {place.hub} if CELLS['complaint', role, 'own'] != '-' else set()
    got = set(pages(s, p, '/api/v1/matters?limit=200')[0])
    s.expect(f'{role}: list', got == want | plus, names(made, got ^ (want | plus)))
    for kind in ('complaint', 'report'):
        expected = {t.number for t in made if t.number in want and t.report == (kind == 'report')} | (plus if kind == 'complaint' else set())
        got, last = pages(s, p, f'/api/v1/matters?limit=200&kind={kind}&sort=-received')
        s.expect(f'{role}: list of {kind}s', set(got) == expected and last['total'] == len(expected), names(made, set(got) ^ expected))
        a = s.step('count', p, 'GET', f'/api/v1/matters/count?kind={kind}&by=body', status=200)
        s.expect(f'{role}: count of {kind}s', a['total'] == len(expected) and sum(c['n'] for c in a['cells']) == len(expected),
                 f"{a['total']} for {len(expected)}")
    total = s.step('count', p, 'GET', '/api/v1/matters/count?by=kind', status=200)['total']
    s.expect(f'{role}: count', total == len(want | plus), f'{total} for {len(want | plus)}')
    seen, after = set(), 0
    while True:
        a = s.step('changes', p, 'GET', f'/api/v1/changes?after={after}', status=200)
        seen |= {i['number'] for i in a['items']}
        after = a['position']
        if not a['more']:
            break
    s.expect(f'{role}: changes', seen == want | plus, names(made, seen ^ (want | plus)))
    for t in made:
        yes = t.number in want
        for q, finds in ((t.number, yes), (t.word, yes and not t.report), (t.shop, yes and not t.report)):
            a = s.step('search', p, 'GET', '/api/v1/matters?q=' + urllib.parse.quote(q), status=200)
            found = t.number in [r['number'] for r in a['items']]
            s.expect(f'{role}: search for {q} of {t}', found == finds or (yes and t.report), f'{found}, expected {finds}')
            if not finds and not (yes and t.report):
                s.expect(f'{role}: search total for {t}', a['total'] == 0, str(a['total']))
        if role in STAFF:
            a = s.step('hints', p, 'POST', '/api/v1/hints', {'phone': t.phone, 'respondent': t.shop, 'facts': f'买的东西有{t.word}问题，后院{t.word}加工'}, status=200)
            there = yes and not t.report
            s.expect(f'{role}: hints of {t}', (t.number in [r['number'] for r in a['same_person']]) == there
                     and (t.number in [r['number'] for r in a['same_business']]) == there
                     and a['same_person_counts']['total'] == a['same_business_counts']['total'] == int(there)
                     and (there or not a['alike']), str(a.json)[:300])
    if plus:
        links = {x['number'] for x in s.read(p_name(role), place.hub)['links']}
        s.expect(f'{role}: links', links == want, names(made, links ^ want))


def p_name(role):
    return 'a.' + role


def names(made, numbers):
    return ', '.join(str(t) for t in made if t.number in numbers) or str(numbers)


def figures(place, s, p, role, made):
    """Figures and the matters behind them: only of his bodies, only what he may count."""
    year = time.strftime('%Y')
    if CELLS['complaint', role, 'own'] == '-':
        for path in ('/api/v1/dashboard', f'/api/v1/figures?period={year}'):
            a = p.send('GET', path)
            s.expect(f'{role}: no figures', a.status in (403, 404), f'{path} {a.status}')
        return
    below = {t.number for t in made if t.column in ('own', 'child')}
    want = {t.number for t in made if t.number in below and 'S' in t.cell(role)} | {place.hub}
    a = s.step('figures', p, 'GET', f'/api/v1/figures?period={year}', status=200)
    got = set()
    for f in a['items']:
        if not f['indicator'].startswith('received'):
            continue
        numbers, last = pages(s, p, f"/api/v1/figures/{f['id']}/records?limit=200")
        s.expect(f'{role}: {f["indicator"]} as many as shown', f['num'] == last['total'] == len(numbers), f"{f['num']} {last['total']} {len(numbers)}")
        got |= set(numbers)
    s.expect(f'{role}: figure records', got <= want, names(made, got - want))
    for by in ('business', 'officer', 'channel'):
        parts = s.step(f'by {by}', p, 'GET', f'/api/v1/figures?period={year}&indicator=received&by={by}', status=200)['items'][0]
        s.expect(f'{role}: parts by {by}', sum(c['n'] for c in parts['breakdown']) == parts['num'], str(parts)[:300])
        for cell in parts['breakdown']:
            fid = urllib.parse.quote(cell['id'], safe='')
            one = s.step('a part by its id', p, 'GET', f'/api/v1/figures/{fid}', status=200)
            numbers, last = pages(s, p, f'/api/v1/figures/{fid}/records?limit=200')
            s.expect(f'{role}: {cell["id"]}', one['num'] == cell['n'] == last['total'] == len(numbers) and set(numbers) <= want, f'{cell} {numbers}')
    complaints = {n for n in want if n == place.hub or not next(t for t in made if t.number == n).report}
    s.expect(f'{role}: all complaints are counted', complaints <= got, names(made, complaints - got))
    secret = any(t.report and t.number in want for t in made) and role == 'supervisor'
    s.expect(f'{role}: reports only for who counts them', secret == any(n in got for n in want - complaints), str(secret))
    d = s.step('dashboard', p, 'GET', f'/api/v1/dashboard?period={year}', status=200)
    n = sum(b['open'] for b in d['by_body'])
    mine = len(want)
    s.expect(f'{role}: open matters of the dashboard', n == mine, f'{n} for {mine}')
    received = sum(m['received'] for m in d['by_month'])
    s.expect(f'{role}: received of the dashboard', received == len(got), f'{received} for {len(got)}')
    for column in ('sibling', 'parent', 'other'):
        code = BODIES[AT[column]]
        for path in (f'/api/v1/dashboard?body={code}', f'/api/v1/figures?body={code}&period={year}'):
            a = p.send('GET', path)
            s.expect(f'{role}: not of the {column} body', a.status in (403, 404), f'{path} {a.status}')
        theirs = s.step('a figure of the bureau', place.officer('root.supervisor'), 'GET', f'/api/v1/figures?body={code}&period={year}', status=200)
        fid = theirs['items'][0]['id']
        a = p.send('GET', f'/api/v1/figures/{fid}/records')
        s.expect(f'{role}: nor the records of its figures', a.status in (403, 404), f'{a.status}')
        a = p.send('GET', f'/api/v1/figures/{fid}')
        s.expect(f'{role}: nor one figure', a.status in (403, 404), f'{a.status}')
        a = s.step('list of a body', p, 'GET', f'/api/v1/matters?body={code}&limit=200', status=200)
        theirs = {t.number for t in made if 'S' in t.cell(role)} | {place.hub}
        s.expect(f'{role}: body filter widens nothing', {r['number'] for r in a['items']} <= theirs)
        a = p.send('GET', f'/api/v1/officers?body={code}')
        s.expect(f'{role}: no workload of others', a.status != 200 or all(o['open'] == 0 for o in a['items'] if o['body'] == code), a.raw.decode()[:300])


def contents(place, s, p, role, t):
    cell = t.cell(role)
    clock = 'D4' if t.report else 'D1'
    for path in ('', '/events', '/deadlines/' + clock):
        a = p.send('GET', matter(t.number) + path)
        s.expect(f'{role}: {path or "page"} of {t}', a.status == (200 if 'R' in cell else 404), f'{a.status} for {"".join(cell)}')
        if 'R' not in cell:
            nothing = p.send('GET', matter('2611-00000-0') + path)
            s.expect(f'{role}: the answer for {t} is the one for nothing', same(a, nothing), f'{a.raw} {nothing.raw}')
    path = f'{matter(t.number)}/files'
    for letter, target in (('R', path), ('F', f'{path}/{t.file}'), ('F', f'{path}/{t.file}?size=thumb'), ('O', f'{path}/{t.file}/original?reason=letter')):
        a = p.send('GET', target)
        want = 200 if letter in cell else 403 if 'S' in cell else 404
        s.expect(f'{role}: {target[len(path):] or "evidence"} of {t}', a.status == want, f'{a.status}, expected {want}')
        if t.report and 'R' in cell and target == path:
            s.expect(f'{role}: no name of the evidence of {t}', 'beweis' not in a.raw.decode() and a['items'][0]['open'] == ('F' in cell))
        if 'S' not in cell:
            s.expect(f'{role}: evidence of {t} as of nothing', same(a, p.send('GET', matter('2611-00000-0') + target[len(matter(t.number)):])), a.raw.decode())
    a = p.send('GET', matter(t.number) + '/letters')
    s.expect(f'{role}: that letters of {t} exist', a.status == (200 if 'R' in cell else 404), str(a.status))
    impossible = {'form': 'report_result' if t.report else 'termination', 'asks': {}}  # not in this state: who may issue learns just that
    a = p.send('POST', matter(t.number) + '/letters/preview', impossible)
    s.expect(f'{role}: issues letters of {t}', a.status == (409 if 'L' in cell else 403 if 'S' in cell else 404), f'{a.status} for {"".join(cell)}')
    a = p.send('GET', f'/api/v1/letters/{t.letter}/document')
    s.expect(f'{role}: opens the letter of {t}', a.status == (200 if 'D' in cell else 403 if 'S' in cell else 404), f'{a.status} for {"".join(cell)}')
    if 'S' not in cell:
        s.expect(f'{role}: the letter of {t} as none', same(a, p.send('GET', '/api/v1/letters/9999999/document')), a.raw.decode()[:200])
    for letter, party in (('V', 'respondent' if t.report else 'consumer'), ('W', 'reporter')):
        if letter == 'W' and not t.report:
            continue
        a = p.send('POST', matter(t.number) + '/reveal', {'party': party, 'reason': 'call_back'})
        want = 200 if letter in cell else 403 if 'S' in cell else 404
        s.expect(f'{role}: reveal {party} of {t}', a.status == want, f'{a.status}, expected {want}: {a.raw[:200]}')
        if letter == 'W' and a.status == 200:
            s.expect('in clear', a['name'] == '何举' and a['phone'] == t.phone, a.raw.decode())
        if a.status != 200:
            s.expect('nothing said', t.phone not in a.raw.decode() and '何举' not in a.raw.decode())


def same(a, b):
    x, y = a.json, b.json
    return a.status == b.status and all(x.get(k) == y.get(k) for k in ('title', 'title_zh', 'status', 'code', 'errors'))


def table(place, s):
    made = make(place, s)
    time.sleep(2.5)  # the index is at most two seconds behind
    for t in made:
        for _ in range(240):
            if s.step('made', place.officer('root.supervisor'), 'GET', f'/api/v1/letters/{t.letter}', status=200)['status'] != 'issuing':
                break
            time.sleep(0.25)
    place.made = made
    for role in ROLES:
        p = place.officer('a.' + role)
        shown(place, s, p, role, made)
        figures(place, s, p, role, made)
        for t in made:
            contents(place, s, p, role, t)
    for role in ROLES:
        p = place.officer('a.' + role)
        for t in made:
            cell = t.cell(role)
            want = 200 if 'A' in cell else 403 if 'S' in cell else 404
            v = s.version_of(t.number)
            s.step(f'{role}: note on {t} ({"".join(sorted(cell))})', p, 'POST', act(t.number, 'note'), {'text': '看过'}, status=want, headers=version(v))
            if want != 200:
                a = p.send('POST', act(t.number, 'note'), {'text': '看过'}, version(v + 7))
                s.expect(f'{role}: a wrong version of {t} tells nothing', a.status in ((404,) if 'S' not in cell else (403, 409)), str(a.status))


def exports(place, s):
    """The command writes complaints with persons masked, and no report."""
    out = place.command('export', 'matters', '--format', 'jsonl') + place.command('export', 'matters')
    for t in place.made:
        s.expect(f'{t} in the export', (t.number in out) == (not t.report))
        s.expect('no person', t.phone not in out)
        s.expect('no word of a report', not t.report or (t.word not in out and t.shop not in out))


def moves(place, s):
    lines = [line.split() for line in MOVES.strip().splitlines()]
    for role, *marks in lines[1:]:
        for column, mark in zip(lines[0][1:], marks, strict=True):
            f = s.file(complaint())
            s.does('root.intake', f['number'], 'assign', {'body': BODIES['a']})
            s.step(f'{role} moves from own to {column}', place.officer('a.' + role), 'POST', act(f['number'], 'reassign'),
                   {'body': BODIES[AT[column]], 'reason': '改派'}, status=200 if mark == 'yes' else 403, headers=version(2))
    f = s.file(complaint())
    s.does('root.intake', f['number'], 'assign', {'body': BODIES['a']})
    s.does('a.supervisor', f['number'], 'reassign', {'body': BODIES['a'], 'officer': place.ids['b.handler'], 'reason': 'x'}, status=422, field='officer')


def prepared(place, s, kind, state):
    """A matter of branch a in the state, given to a.handler."""
    more = {'proxied': {'proxy': {'name': '赵代理', 'phone': '13700007777'}},
            'agreeable': {'consents': {'disclosure': True}}, 'disclosed': {'consents': {'disclosure': True}},
            'food': {'violation': 'food_safety'} if kind == 'report' else {'category': 'goods.food'}}.get(state, {})
    f = s.file({'complaint': complaint, 'report': report, 'enquiry': enquiry}[kind](channel='visit', **more), 'a.intake2')
    n = f['number']
    if state == 'registered':
        return f
    s.does('a.intake2', n, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    if kind == 'report':
        steps = {'assigned': [], 'verifying': ['verify'], 'food': ['verify'], 'disputed': ['dispute_power'], 'evidence': [], 'asked': ['verify', 'extend'], 'proposed': ['verify', 'propose_filing'], 'filed': ['verify', 'file'],
                 'punished': ['verify', 'file'], 'rewarded': ['verify', 'file'], 'approved': ['verify', 'file'], 'reward_told': ['verify', 'file'],
                 'standing': ['verify', 'pause'], 'told': ['verify', 'not_file', ('tell', {'party': 'reporter', 'channel': 'phone'})]}[state]
    elif kind == 'enquiry':
        steps = {'given': [], 'evidence': [], 'answered': ['answer'], 'passed_on': ['pass_on']}[state]
    else:
        steps = STEPS[state]
    for step in steps:
        name, body = step if isinstance(step, tuple) else (step, INPUT.get(step, {}))
        s.does('a.handler', n, name, body)
    if state == 'disclosed':
        s.does('a.supervisor', n, 'disclose', INPUT['disclose'])
    if state == 'evidence':
        send_file(place, s, f)
    if state == 'grouped':
        group_of(place, s, n)
    if state in ('punished', 'rewarded', 'approved', 'reward_told'):
        punish(place, s, n)
    if state in ('approved', 'reward_told'):
        s.does('a.handler', n, 'tell', {'party': 'reporter', 'channel': 'phone'})
    if state in ('rewarded', 'approved', 'reward_told'):
        s.does('a.handler', n, 'propose_reward', INPUT['propose_reward'])
    if state in ('approved', 'reward_told'):
        s.does('a.leader', n, 'approve_reward', {})
    if state == 'reward_told':
        s.does('a.handler', n, 'tell_reward', INPUT['tell_reward'])
    return f


def group_of(place, s, number):
    """A group with another of the branch."""
    other = s.file(complaint(channel='visit'), 'a.intake2')['number']
    s.does('a.intake2', other, 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    members = [{'number': n, 'version': s.version_of(n)} for n in (number, other)]
    s.step('a group', place.officer('a.handler'), 'POST', '/api/v1/groups', {'title': 'x', 'members': members}, headers=key('matrix-group'), status=201)


def every_act_has_a_line(s):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs', 'rules', 'market-2026.json'), encoding='utf-8') as f:
        kinds = json.load(f)['kinds']
    for kind, text in TABLES:
        lines = {line.split()[0] for line in text.strip().splitlines()}
        acts_of = {t['act'] for t in kinds[kind]['transitions']} - NO_LINE
        s.expect(f'every act of a {kind} has a line', acts_of <= lines, str(acts_of - lines))


def punish(place, s, number):
    """The case of the report, from its filing to its closing."""
    c = s.step('its case', place.officer('a.handler'), 'POST', '/api/v1/cases', {'source': 'report', 'report': number, 'business': 'x', 'facts': 'x'},
               headers={'Idempotency-Key': f'matrix-case-of-{number}'}, status=201)
    two = {'first': place.ids['a.handler'], 'second': place.ids['a.handler2']}
    for who, name, body in (('a.supervisor', 'assign', two), ('a.handler', 'start', {}), ('a.handler', 'submit', {'text': 'x'}), ('a.leader', 'notice', {'served_on': day(), 'text': 'x'}),
                            ('a.handler', 'statement', {'choice': 'none', 'text': 'x'}), ('a.leader', 'decide', {'fine_fen': 100, 'discretion': 'usual', 'text': 'x'}),
                            ('a.handler', 'serve', {'served_on': day(), 'how': 'direct'}), ('a.leader', 'end_execution', {'reason': 'court', 'text': 'x'}), ('a.supervisor', 'close', {})):
        c = s.step(name, place.officer(who), 'POST', f'/api/v1/cases/{c["id"]}/acts/{name}', body, headers=version(c['version']), status=200)


def acts(place, s):
    every_act_has_a_line(s)
    for kind, text in TABLES:
        at = {}
        for line in text.strip().splitlines():
            name, state, *roles = line.split()
            if state not in at:
                at[state] = prepared(place, s, kind, state)
            f = at[state]
            v = s.version_of(f['number'])
            for role in ROLES + ['party']:
                p = place.holder(f['pin']) if role == 'party' else place.officer('a.' + role)
                page = p.send('GET', matter(f['number']))
                allowed = page.status == 200 and name in [x['act'] for x in page['allowed_acts']]
                s.expect(f'{kind} {state}: {role} {"may" if role in roles else "may not"} {name}', allowed == (role in roles), f'{page.status}')
                if role in roles:
                    continue
                body = dict(INPUT.get(name, {}))
                if name == 'link':
                    body = {'number': place.hub}
                if kind == 'report' and name in ('tell', 'contact'):
                    body['party'] = 'reporter'
                a = p.send('POST', act(f['number'], name), body, version(v))
                want = (404,) if page.status != 200 else (409,) if (name, role) in HIS_OWN else (403,)
                s.expect(f'{kind} {state}: {role} does {name}', a.status in want, f'{a.status}, expected {want} {a.raw[:200]}')
            s.expect('nothing changed', s.version_of(f['number']) == v)


def access_log(place, s):
    """Auditors and security read who looked, of their body and below."""
    t = next(x for x in place.made if x.row == 'complaint' and x.column == 'own')
    far = next(x for x in place.made if x.row == 'report_given_out' and x.column == 'sibling')
    for role in ROLES:
        p = place.officer('a.' + role)
        want = 200 if role in ('auditor', 'security') else 403
        s.step(f'{role} reads the log', p, 'GET', '/api/v1/access', status=want)
        a = s.step(f'{role} reads the log of a matter', p, 'GET', '/api/v1/access?number=' + t.number, status=want)
        if want == 200:
            s.expect('looks are there', any(x['number'] == t.number for x in a['items']))
            b = p.send('GET', '/api/v1/access?number=' + far.number)
            s.expect(f'{role}: nothing of the sibling', b.status == 404 or b['items'] == [], b.raw.decode()[:200])
            numbers = {x['number'] for x in p.send('GET', '/api/v1/access').json['items']}
            reach = {x.number for x in place.made if x.column in ('own', 'child')} | {place.hub}
            s.expect(f'{role}: only of his bodies', all(n in reach for n in numbers if n in {x.number for x in place.made}), str(numbers - reach))
    s.step('the public does not', place.public(), 'GET', '/api/v1/access', status=401)


run([table, exports, access_log, moves, acts, routes], OFFICERS)
