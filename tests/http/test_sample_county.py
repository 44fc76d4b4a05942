#!/usr/bin/env python3
"""test_sample_county.py FANGXIN: what goes on around the matters of the sample county: orders in every part, a group from
its members to the decision, a roster without gaps and pages of the diary, return visits with what was said; and all of
it can be made again from its events."""
import datetime
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import engine  # noqa: E402
from client import Scenario  # noqa: E402
from run import PASSWORD, Place  # noqa: E402

BUREAU = '420202'


def orders(place, s):
    c = s.step('orders', place.officer('supervisor'), 'GET', '/api/v1/orders/count', status=200)
    s.expect('one sheet a day, 165 in all', c['received'] == 165, str(c.json))
    s.expect('received = returned + done + in progress', c['received'] == c['returned'] + c['done'] + c['in_progress'], str(c.json))
    s.expect('each part has some', min(c['returned'], c['done'], c['in_progress']) > 5, str(c.json))
    s.expect('each state has some', all(c['states'].get(x) for x in ('received', 'signed', 'handling', 'return_requested', 'replied', 'closed', 'returned')), str(c.json))


def group(place, s):
    p = place.officer('supervisor')
    items = s.step('groups', p, 'GET', '/api/v1/groups?status=decided', status=200)['items']
    s.expect('one was decided', len(items) == 1, str(len(items)))
    g = s.step('the group', p, 'GET', f"/api/v1/groups/{items[0]['id']}", status=200, has={'sums.members': 14, 'sums.settled': 14})
    s.expect('money came back', 0 < g['sums']['recovered_fen'] < g['sums']['amount_fen'], str(g['sums']))
    s.expect('two represent it, they met', len(g['representatives']) == 2 and g['meeting'] and g['decision']['act'] == 'settle')


def duty(place, s, today):
    p = place.officer('supervisor')
    before = (today.replace(day=1) - datetime.timedelta(days=1)).isoformat()[:7]
    s.step('last month has no gap', p, 'GET', f'/api/v1/duty?month={before}', status=200, has={'gaps': 0})
    m = s.step('pages of last month', p, 'GET', f'/api/v1/diary?month={before}', status=200)
    old = [d for d in m['days'] if d['date'] < (today - datetime.timedelta(days=2)).isoformat()]  # the newest are still written
    s.expect('one per day, closed, counted', len(old) > 20 and all(d['status'] == 'closed' and d['counted'] for d in old), str(m['days'][-3:]))
    s.expect('something was written', sum(d['entries'] for d in m['days']) > 8)


def visits(place, s, today):
    p = place.officer('leader')
    rates = s.step('rates', p, 'GET', f"/api/v1/visits/rates?period={(today - datetime.timedelta(days=31)).isoformat()}..{today.isoformat()}", status=200)
    total = rates['total']
    s.expect('samples were drawn and called', total['visited']['den'] > 20 and total['visited']['num'] > 15, str(total))
    s.expect('opinions were given', total['answered']['den'] > 0, str(total))
    items = s.step('visits', p, 'GET', '/api/v1/visits', status=200)['items']
    s.expect('done ones and waiting ones', {'reached'} < {v['status'] for v in items}, str({v['status'] for v in items}))
    numbers = [v['matter']['number'] for v in items]
    s.expect('never the same twice', len(set(numbers)) == len(numbers))


def main():
    place = Place(os.path.abspath(sys.argv[1]))
    try:
        place.command('demo', '--matters', '2000', '--password', PASSWORD)
        said = place.command('verify', '--rebuild')
        s = Scenario(place, 'sample county')
        before = engine.rows(place, 'SELECT max(id), count(*) FROM event')
        again = place.command('demo', '--password', 'another-one-2026')  # as script/server does on each start
        s.expect('made once', 'nothing was changed' in again and engine.rows(place, 'SELECT max(id), count(*) FROM event') == before, again)
        place.start('--rate-limit', 'off')
        today = (datetime.datetime.utcnow() + datetime.timedelta(hours=8)).date()
        s.expect('verify --rebuild finds nothing', ' 0 findings' in said, said)
        orders(place, s)
        group(place, s)
        duty(place, s, today)
        visits(place, s, today)
        place.stop()
    finally:
        if place.server is not None:
            place.server.kill()
            place.server.wait()
        shutil.rmtree(place.folder, ignore_errors=True)
    print(f'{place.passed} passed, {place.failed} failed')
    sys.exit(1 if place.failed else 0)


main()
