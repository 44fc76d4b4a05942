"""Figures counted a second time: a matter from what the API says of it and of its events, as it is and
as it was at an instant, and every indicator in words of our own. Beside test_figures.py."""
from datetime import date, datetime, timedelta, timezone

from county import BODIES, PARENT

ZONE = timezone(timedelta(hours=8))
CLASS = {code: 'bureau' if name == 'root' else 'branch' if len(name) == 1 else 'station' for name, code in BODIES.items()}
ABOVE = {BODIES[k]: BODIES[v] for k, v in PARENT.items()}


# ---- a matter ----

def instant(text):
    return datetime.fromisoformat(text)


def day_of(text):
    return instant(text).astimezone(ZONE).date() if text else None


class Matter:
    """What the API says: as it is, and from its events as it was."""

    def __init__(self, m, events, first, moved=None):
        self.m = m
        self.moved = moved  # what an amendment said of the place
        self.events = sorted(events, key=lambda e: e['version'])
        self.first = first
        self.number, self.kind = m['number'], m['kind']
        self.received = day_of(m['received_at'])
        self.agreed = bool((m.get('consents') or {}).get('disclosure'))
        self.split = any(x['relation'] == 'split_from' for x in m['links'])
        self.kept = {}

    def now(self):
        if 'now' not in self.kept:
            self.kept['now'] = self.read_now()
        return self.kept['now']

    def at(self, until):
        """Folded again from the events that happened by then (None: all)."""
        if until not in self.kept:
            self.kept[until] = self.fold(until)
        return self.kept[until]

    def read_now(self):
        m = self.m
        at = self.at(None)  # what the page does not say: when it was told and accepted
        settled = m['outcome'] is not None and m['outcome']['outcome'] == 'settled'
        remedies = [(r['kind'], r['payer'], r['amount_fen']) for r in m['settlement']['remedies']] if m['settlement'] else []
        return dict(kind=self.kind, split=self.split, received=self.received, channel=m['channel'], amount=m['amount_fen'] or 0, heads=m['heads'] or 1,
                    body=m['body'], status=m['status'], outcome=m['outcome']['outcome'] if m['outcome'] else None,
                    ground=m['outcome']['ground'] if m['outcome'] else None, ended=day_of(m['closed_at']),
                    category=m['category'] or '', problem=m['problem'] or '', themes=m['themes'] or [], division=m['division'] or '',
                    recovered=m['recovered_fen'] or 0, remedies=remedies, rating=m['rating']['score'] if m['rating'] else 0,
                    officer=m['officer']['id'] if m['officer'] else None, told=at['told'], told_on=at['told_on'], accepted=at['accepted'], assigned=at['assigned'],
                    mediated_in=self.ended_in('D2', None), verified_in=self.ended_in('D4', None),
                    mark=((m['procedure'] or {}).get('disclosure') or {}).get('state'), agreed=self.agreed,
                    parties=settled and m['offer'] is not None and m['offer']['state'] == 'accepted', business=self.business())

    def ended_in(self, rule, until):
        """How the last run of a term that had begun by then ended: in time, late, or not yet (None)."""
        last = None if until is None else until.astimezone(ZONE).date()
        runs = [d for d in self.m['deadlines'] if d['rule'] == rule and (last is None or date.fromisoformat(d['start']) <= last)]
        if not runs or runs[-1]['state'] == 'cancelled' or not runs[-1]['met_at']:
            return None
        ended = day_of(runs[-1]['met_at'])
        if last is not None and ended > last:
            return None
        return 'in time' if runs[-1]['due'] is None or str(ended) <= runs[-1]['due'] else 'late'

    def business(self):
        return None if self.kind == 'report' else self.m['respondent']['name']

    def fold(self, until):
        m = self.m
        f = dict(kind=self.kind, split=self.split, received=self.received, channel=m['channel'], amount=m['amount_fen'] or 0, heads=m['heads'] or 1,
                 body=BODIES['root'], outcome=None, ground=None, ended=None, recovered=0, remedies=[], rating=0, told=None,
                 told_on=None, accepted=None, assigned=None, offer=None, business=self.business(), mark=None, agreed=self.agreed,
                 mediated_in=self.ended_in('D2', until), verified_in=self.ended_in('D4', until), **{**self.first, 'themes': list(self.first['themes'])})
        d1 = [d for d in m['deadlines'] if d['rule'] == 'D1']
        for e in self.events:
            if until is not None and instant(e['at']) > until:
                continue
            d, name, day = e['data'], e['act'], day_of(e['at'])
            if name in ('assign', 'reassign') and 'body' in d:
                f['body'] = d['body']
                f['assigned'] = f['assigned'] or day
            elif name == 'amend':
                f['division'] = self.moved
            elif name == 'classify':
                f.update({k: d[k] for k in ('category', 'problem', 'themes') if k in d})
            elif name == 'accept':
                f['accepted'] = day
                f['assigned'] = f['assigned'] or day
            elif name == 'offer':
                f['offer'] = 'open'
            elif name in ('accept_offer', 'decline_offer'):
                f['offer'] = name
            elif name == 'rate':
                f['rating'] = d['score']
            elif name == 'follow_up':
                f['rating'] = f['rating'] or d.get('satisfaction', 0)
            elif name == 'tell' and self.kind == 'complaint' and d.get('party') in ('consumer', 'both') and not f['told'] and m['pack']:
                f['told_on'] = day
                f['told'] = 'late' if d1 and d1[-1]['state'] != 'cancelled' and str(day) > d1[-1]['due'] else 'on_time'
            elif name in ('disclose', 'exempt', 'stop_disclosure'):
                f['mark'] = 'disclosed' if name == 'disclose' else 'exempt'
            elif name == 'reopen':
                f.update(mark=None, outcome=None, ground=None, ended=None, recovered=0, remedies=[], rating=0, offer=None)
            outcome = {'settle': 'settled', 'terminate': 'terminated', 'refuse': 'refused', 'answer': 'answered', 'file': 'filed',
                       'not_file': 'not_filed', 'no_power': 'no_power',
                       'withdraw': 'terminated' if f['accepted'] and name == 'withdraw' else 'withdrawn'}.get(name)
            if outcome:
                f.update(outcome=outcome, ended=f['ended'] or day, ground=d.get('ground', 'T1' if outcome == 'terminated' else None))
            if name == 'settle':
                f['remedies'] = [(r['kind'], r.get('payer'), r.get('amount_fen') or 0) for r in d.get('remedies', [])]
                f['recovered'] = sum(r[2] for r in f['remedies'])
        f['parties'] = f['outcome'] == 'settled' and f['offer'] == 'accept_offer'
        return f


# ---- what the indicators say, in words of our own ----

ADVANCE = ('platform', 'market', 'fund')


def is_complaint(f):
    return f['kind'] == 'complaint'


def disputes(f):
    return f['kind'] in ('complaint', 'report')


def mediated(f):
    return is_complaint(f) and f['outcome'] == 'settled'


def disclosable(f):
    return is_complaint(f) and f['outcome'] in ('settled', 'terminated') and f['ground'] != 'T6' and (f['agreed'] or f['mark'] == 'disclosed')


def days(a, b):
    return (b - a).days if a and b else None


# name: (cohort, numerator, denominator, sum or None, cut-off at the end of the period)
INDICATORS = {
    'received': ('received', lambda f: True, None, None, False),
    'received_complaints': ('received', is_complaint, None, None, False),
    'received_reports': ('received', lambda f: f['kind'] == 'report', None, None, False),
    'received_enquiries': ('received', lambda f: f['kind'] == 'enquiry', None, None, False),
    'ended': ('ended', lambda f: True, None, None, False),
    'mediated': ('ended', mediated, None, None, False),
    'mediation_success': ('ended', mediated, lambda f: is_complaint(f) and f['outcome'] in ('settled', 'terminated'), None, False),
    'told_in_time': ('received', lambda f: is_complaint(f) and f['told'] == 'on_time', lambda f: is_complaint(f) and bool(f['told']), None, False),
    'recovered': ('ended', mediated, None, lambda f: f['recovered'], False),
    'satisfaction': ('ended', lambda f: f['rating'] >= 4, lambda f: f['rating'] >= 1, None, False),
    'rating_mean': ('ended', lambda f: f['rating'] >= 1, 'mean', lambda f: f['rating'], False),
    'filed': ('ended', lambda f: f['outcome'] == 'filed', None, None, False),
    'complaints_to_reports': ('received', lambda f: f['split'], None, None, False),
    'complaints_to_cases': ('ended', lambda f: f['split'] and f['outcome'] == 'filed', None, None, False),
    'complaints_to_cases_rate': ('ended', lambda f: f['split'] and f['outcome'] == 'filed', lambda f: f['split'], None, False),
    'closed_in_time': ('ended', lambda f: is_complaint(f) and f['mediated_in'] == 'in time', lambda f: is_complaint(f) and f['mediated_in'], None, False),
    'verified_in_time': ('ended', lambda f: f['kind'] == 'report' and f['verified_in'] == 'in time', lambda f: f['kind'] == 'report' and f['verified_in'], None, False),
    'disclosure_rate': ('ended', lambda f: disclosable(f) and f['mark'] == 'disclosed', disclosable, None, False),
    'disputed': ('received', is_complaint, None, lambda f: f['amount'], False),
    'heads': ('received', lambda f: True, None, lambda f: f['heads'], False),
    'paid_in_advance': ('ended', lambda f: mediated(f) and any(r[1] in ADVANCE for r in f['remedies']), None,
                        lambda f: sum(r[2] for r in f['remedies'] if r[1] in ADVANCE), False),
    'assigned_same_day': ('received', lambda f: disputes(f) and f['assigned'] == f['received'], lambda f: disputes(f) and f['assigned'], None, False),
    'assigned_late': ('received', lambda f: disputes(f) and f['assigned'] and f['assigned'] > f['received'], None, None, False),
    'days_to_assign': ('received', lambda f: disputes(f) and f['assigned'], 'mean', lambda f: days(f['received'], f['assigned']), False),
    'days_to_accept': ('received', lambda f: is_complaint(f) and f['accepted'], 'mean', lambda f: days(f['received'], f['accepted']), False),
    'days_to_tell': ('received', lambda f: is_complaint(f) and f['told_on'], 'mean', lambda f: days(f['received'], f['told_on']), False),
    'days_in_hand': ('ended', lambda f: is_complaint(f) and f['accepted'], 'mean', lambda f: days(f['accepted'], f['ended']), False),
    'days_to_end': ('ended', lambda f: True, 'mean', lambda f: days(f['received'], f['ended']), False),
    'block_recovered': ('received', mediated, None, lambda f: f['recovered'], True),
    'block_mediated': ('received', mediated, None, None, True),
    'block_mediation_rate': ('received', mediated, is_complaint, None, True),
    'block_reports_ended': ('received', lambda f: f['kind'] == 'report' and f['outcome'], None, None, True),
    'block_reports_rate': ('received', lambda f: f['kind'] == 'report' and f['outcome'], lambda f: f['kind'] == 'report', None, True),
    'block_answered': ('received', lambda f: f['outcome'] == 'answered', None, None, True),
    'ended_rate': ('received', lambda f: f['outcome'] is not None, lambda f: True, None, True),
    'recovered_wan': ('ended', mediated, None, lambda f: f['recovered'], False),
    'complaints_done_rate': ('received', lambda f: is_complaint(f) and f['outcome'], is_complaint, None, False),
    'settled_of_received': ('received', mediated, None, None, False),
    'settled_rate': ('received', mediated, is_complaint, None, False),
    'reports_done': ('received', lambda f: f['kind'] == 'report' and f['outcome'], None, None, False),
    'reports_done_rate': ('received', lambda f: f['kind'] == 'report' and f['outcome'], lambda f: f['kind'] == 'report', None, False),
    'enquiries_answered': ('received', lambda f: f['kind'] == 'enquiry' and f['outcome'] == 'answered', None, None, False),
    'enquiries_answered_rate': ('received', lambda f: f['kind'] == 'enquiry' and f['outcome'] == 'answered',
                                lambda f: f['kind'] == 'enquiry', None, False),
}


def branch(code, top):
    while code != top and ABOVE.get(code) not in (top, None):
        code = ABOVE[code]
    return code


def within(code, top, own):
    while code is not None:
        if code == top:
            return True
        code = None if own else ABOVE.get(code)
    return False


def district(division):
    """All bodies here lie in one county: its streets, and of others the county."""
    return division if division.startswith(BODIES['root']) else division[:6]


def level(f):
    if f['outcome'] != 'settled':
        return ''
    return 'parties' if f['parties'] else CLASS[f['body']]


def keys(f, by, cohort, top, name):
    """[(key, what a sum adds there or None for all of it)]"""
    day = f['received'] if cohort == 'received' else f['ended']
    money = name in ('recovered', 'recovered_wan', 'block_recovered', 'paid_in_advance')
    if by in ('remedy', 'payer'):
        taken = [r for r in f['remedies'] if name != 'paid_in_advance' or r[1] in ADVANCE]
        place = 0 if by == 'remedy' else 1
        named = sorted({r[place] or '' for r in taken})
        return [(k, sum(r[2] for r in taken if (r[place] or '') == k) if money else None) for k in named] or [('', None)]
    if by == 'theme':
        return [(t, None) for t in sorted(set(f['themes']))] or [('', None)]
    one = {'month': str(day)[:7], 'day': str(day), 'body': f['body'], 'branch': branch(f['body'], top), 'body_class': CLASS[f['body']],
           'kind': f['kind'], 'channel': f['channel'], 'sector': f['category'].split('.')[0], 'category': f['category'],
           'problem': f['problem'], 'district': district(f['division']), 'outcome': f['outcome'] or '', 'ground': f['ground'] or '', 'status': f.get('status', ''),
           'told': f['told'] or '', 'settled_at': level(f), 'business': 'told:' + f['business'] if f['business'] else '',
           'officer': str(f['officer']) if f.get('officer') else '', 'rating': str(f['rating']) if f['rating'] else ''}
    return [(one[by], None)]


UNSEEN_THEN = ('status', 'officer')  # events do not show them; their parts must add up all the same
DIMENSIONS = ['month', 'day', 'body', 'branch', 'body_class', 'kind', 'channel', 'sector', 'category', 'problem', 'district', 'outcome', 'ground',
              'status', 'told', 'theme', 'settled_at', 'remedy', 'payer', 'business', 'officer', 'rating']


def count(matters, name, top, own, first, last, by=None, until=None):
    """numerator, denominator, {key: [n, sum, den]}"""
    cohort, takes, den, total, cut = INDICATORS[name]
    end = until or (datetime.combine(last + timedelta(1), datetime.min.time(), ZONE) - timedelta(milliseconds=1) if cut else None)
    n = sums = dens = 0
    cells = {}
    for one in matters:
        f = one.now() if end is None else one.at(end)
        day = f['received'] if cohort == 'received' else f['ended'] if f['outcome'] else None
        if day is None or not first <= day <= last or not within(f['body'], top, own):
            continue
        hit, below = bool(takes(f)), callable(den) and den(f)
        worth = total(f) if hit and total else 0
        n, sums, dens = n + hit, sums + worth, dens + bool(below)
        for key, part in keys(f, by, cohort, top, name) if by else []:
            c = cells.setdefault(key, [0, 0, 0])
            c[0] += hit
            c[1] += (part if part is not None else worth) if hit else 0
            c[2] += bool(below)
    return n, sums, dens, cells


def expected(name, n, sums, dens):
    _, _, den, total, _ = INDICATORS[name]
    return (sums if total else n), (n if den == 'mean' else dens if den else None)


def plain(key):
    """Folded names part letters from digits."""
    return key.replace(' ', '')


def half_up(num, den, decimals):
    q = (abs(num) * 10**decimals * 2 + den) // (den * 2)
    text = f'{q // 10**decimals}' + (f'.{q % 10**decimals:0{decimals}d}' if decimals else '')
    return text


PER = {'recovered': 100, 'disputed': 100, 'paid_in_advance': 100, 'block_recovered': 1000000, 'recovered_wan': 1000000}


def value(name, num, den, decimals):
    if den == 0:
        return None
    if INDICATORS[name][2] == 'mean':
        return half_up(num, den, decimals)
    return half_up(num * 100, den, decimals) if den is not None else half_up(num, PER.get(name, 1), decimals)


def period_days(text):
    year = int(text[:4])
    if '..' in text:
        return date.fromisoformat(text[:10]), date.fromisoformat(text[12:])
    if len(text) == 4:
        return date(year, 1, 1), date(year, 12, 31)
    if 'Q' in text or 'H' in text:
        n = 3 if 'Q' in text else 6
        first = date(year, (int(text[5]) - 1) * n + 1, 1)
    else:
        n, first = 1, date(year, int(text[5:7]), 1)
    months = first.month - 1 + n
    return first, date(first.year + months // 12, months % 12 + 1, 1) - timedelta(1)
