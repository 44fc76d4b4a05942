#!/usr/bin/env python3
"""test_council.py FANGXIN: an installation of a consumer council: targets of its own, mediation, and
what it does not take."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, run  # noqa: E402
from filings import complaint, report  # noqa: E402
from test_bank import desk  # noqa: E402

OFFICERS = ['root.intake', 'root.supervisor', 'root.leader', 'a.handler']
BOTH = {'party': 'both', 'channel': 'letter'}


def taken(s, place):
    s.begin(complaint())
    s.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, status='assigned')
    return s.go('a.handler', 'accept', status='accepted')


def settled(place, s):
    s = desk(place, s)
    s.step('no reports', place.public(), 'POST', '/api/v1/matters', report(), status=422, field='kind')
    a = taken(s, place)
    s.expect('the target is met', s.clock(a, 'L1')['state'] == 'met' and s.clock(a, 'L2')['state'] == 'running')
    s.go('a.handler', 'investigate', {'text': '商家承认重量不符'})
    s.go('a.handler', 'mediate', {'mode': 'phone'}, status='mediating')
    s.go('a.handler', 'offer', {'party': 'business', 'terms': '退一赔一', 'amount_fen': 100}, **{'waiting_for.who': 'consumer'})
    s.go('party', 'accept_offer')
    s.go('a.handler', 'settle', {'form': 'record', 'remedies': [{'kind': 'refund', 'amount_fen': 100}]},
         status='settled', recovered_fen=100)
    s.no('a.handler', 'close')
    s.go('a.handler', 'tell', {'party': 'consumer', 'channel': 'phone'}, status='told')
    s.go('a.handler', 'close', status='closed')


def ended(place, s):
    s = desk(place, s)
    taken(s, place)
    s.no('a.handler', 'terminate', {'ground': 'T2'}, status=422, field='ground')
    s.go('a.handler', 'refer', {'to': '市场监督管理局', 'text': '涉嫌短斤少两'})
    s.go('a.handler', 'terminate', {'ground': 'CT2'}, status='terminated')
    s.go('a.handler', 'tell', {'party': 'consumer', 'channel': 'phone'}, status='terminated')
    s.go('a.handler', 'tell', BOTH, status='told')
    s.go('a.handler', 'tell_court', {'text': '提供检测报告'})
    s.begin(complaint())
    s.go('party', 'withdraw', status='withdrawn')


def every_ground(place, s):
    """CN1–CN3 and CT1–CT3: each ends a complaint, by the article on the ways to settle a dispute."""
    s = desk(place, s)
    law = s.step('the forms', place.public(), 'GET', '/api/v1/workflow?pack=council', status=200)
    for use, act, want in (('refuse', 'refuse', ['CN1', 'CN2', 'CN3']), ('terminate', 'terminate', ['CT1', 'CT2', 'CT3'])):
        grounds = {g['code']: g['basis']['zh'] for g in law['grounds'][use]}
        s.expect(f'{use}: each by article 39', sorted(grounds) == want and all(b.endswith('第三十九条') for b in grounds.values()), str(grounds))
        for code in want:
            if act == 'terminate':
                taken(s, place)
            else:
                s.begin(complaint())
                s.go('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']}, status='assigned')
            a = s.go('a.handler', act, {'ground': code, 'reason': f'按{code}办结'})
            s.expect(f'{code}: ended by it', a['outcome']['ground'] == code and a['outcome']['remedies']['zh'], str(a['outcome']))


if __name__ == '__main__':
    run([settled, ended, every_ground], OFFICERS, name='安澜县消费者协会', profile='council')
