#!/usr/bin/env python3
"""test_enterprise.py FANGXIN: an installation inside an enterprise: first answer, cause, what becomes of
the goods, targets of its own."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, instant, run  # noqa: E402
from filings import complaint, report  # noqa: E402
from scenario_terms import returned_goods  # noqa: E402
from test_bank import desk  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'root.leader', 'a.handler']
TOLD = {'party': 'consumer', 'channel': 'phone'}
DONE = {'result': 'partly', 'goods': 'reworked', 'text': '返工后换货', 'remedies': [{'kind': 'replace', 'amount_fen': 0}]}


def life(place, s):
    s = desk(place, s)
    s.step('no reports', place.public(), 'POST', '/api/v1/matters', report(), status=422, field='kind')
    f = s.begin(complaint())
    s.expect('two targets', sorted(d['rule'] for d in f['deadlines']) == ['L1', 'L2'])
    s.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, status='assigned')
    s.no('a.handler', 'resolve', DONE)
    s.go('a.handler', 'accept', status='handling')
    a = s.go('a.handler', 'tell', TOLD, status='handling')
    s.expect('the first answer', s.clock(a, 'L1')['state'] == 'met' and s.clock(a, 'L2')['state'] == 'running')
    s.no('a.handler', 'trace', {'text': '包装破损'}, status=422, field='stage')
    s.go('a.handler', 'trace', {'batch': 'A20261103', 'stage': 'storage', 'text': '运输挤压'})
    s.no('a.handler', 'supplier_answered', {'admits': 'yes', 'text': 'x'})
    s.no('a.handler', 'ask_supplier', {'supplier': '安澜纸箱厂', 'text': '查封口胶'}, status=422, field='until')
    asked = {'supplier': '安澜纸箱厂', 'until': instant(-5 * 86400)[:10], 'text': '查封口胶'}
    a = s.go('a.handler', 'ask_supplier', asked, status='at_supplier')
    s.expect('the supplier has five working days, the customer\'s target runs on', s.clock(a, 'L3')['length'] == 5
             and s.clock(a, 'L2')['state'] == 'running', str(a['deadlines']))
    s.no('a.handler', 'ask_supplier', asked)
    a = s.go('a.handler', 'supplier_answered', {'admits': 'partly', 'text': '换胶'}, status='handling')
    s.expect('its clock ends', s.clock(a, 'L3')['state'] == 'met')
    s.go('a.handler', 'ask_supplier', asked, status='at_supplier')
    a = s.go('a.handler', 'resolve', DONE, status='resolved', outcome='resolved')
    s.expect('resolved without it', s.clock(a, 'L3')['state'] == 'met' and s.clock(a, 'L3', True)['state'] == 'met')
    s.no('a.handler', 'close')
    a = s.go('a.handler', 'tell', TOLD, status='told')
    s.expect('done in time', s.clock(a, 'L2')['state'] == 'met')
    s.no('a.handler', 'reopen', {'reason': '又坏了'}, status=403)
    a = s.go('root.supervisor', 'reopen', {'reason': '又坏了'}, status='handling', outcome=None)
    s.expect('counted anew', s.clock(a, 'L2')['due'] == instant(-15 * 86400)[:10])
    s.go('a.handler', 'resolve', DONE, status='resolved')
    s.go('a.handler', 'tell', TOLD, status='told')
    s.go('a.handler', 'close', status='closed')


if __name__ == '__main__':
    run([life, returned_goods], OFFICERS, name='安澜食品有限公司', profile='enterprise')
