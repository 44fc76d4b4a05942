"""A matter on its way through its states, for tests: who does what, and what must come of it."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, Case, instant  # noqa: E402
from filings import complaint, report  # noqa: E402

TOLD = {'party': 'consumer', 'channel': 'phone'}
BOTH = {'party': 'both', 'channel': 'letter'}
AGREES = {'party': 'both', 'answer': 'agrees', 'about': 'mediation', 'channel': 'phone'}
entered = {'complaint': set(), 'report': set(), 'enquiry': set()}


def late(days, **more):
    """What a clerk sends for something received some days ago."""
    return dict({'channel': 'phone', 'received_at': instant(days * 86400), 'late_reason': '纸质登记补录'}, **more)


class Walk(Case):
    """One matter on its way; notes each state it enters and whom it waits for."""

    def begin(self, body, who=None):
        f = self.file(body, who)
        self.number, self.pin, self.kind = f['number'], f['pin'], f['kind']
        self.party = self.place.holder(self.pin)
        entered[self.kind].add(f['status'])
        return f

    def go(self, who, name, body=None, status=None, waits=None, has=None):
        has = dict(has or {})
        if status:
            has['status'] = status
        if waits:
            has['waiting_for.who'] = waits
        a = self.does(self.party if who == 'party' else who, self.number, name, body, has=has)
        entered[self.kind].add(a['status'])
        return a

    def refused(self, who, name, body=None, status=409, **expect):
        return self.does(self.party if who == 'party' else who, self.number, name, body, status=status, **expect)

    def now(self):
        return self.read('root.supervisor', self.number)

    def to_accepted(self, body=None, who=None):
        self.begin(body or complaint(), who)
        self.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': self.place.ids['a.handler']}, 'assigned', 'officer')
        return self.go('a.handler', 'accept', {}, 'accepted', 'officer')

    def report_with(self, body=None, who=None):
        self.begin(body or report(), who)
        a = self.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': self.place.ids['a.handler']}, 'assigned', 'officer')
        return a
