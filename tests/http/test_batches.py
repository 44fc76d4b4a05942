#!/usr/bin/env python3
"""test_batches.py FANGXIN: one act on many matters in one request. Each is decided by itself, one bad one stops no
other, the same key gives the same results, and a server that is killed in the middle leaves nothing half done."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from county import BODIES, run  # noqa: E402
from filings import act, complaint, key, matter, report, version  # noqa: E402

OFFICERS = ['a.intake', 'a.handler', 'a.supervisor', 'a.leader', 'a.auditor', 'a.admin', 'b.handler', 'root.supervisor']
MANY = 505


def many(name):
    return f'/api/v1/acts/{name}'


def items(filed, v=1):
    return [{'number': f['number'], 'version': v} for f in filed]


def given(place, s, n, body='a', officer='a.handler'):
    """Complaints given to an officer, at version 2; by the act on many itself."""
    filed = [s.file(complaint()) for _ in range(n)]
    a = s.step('assign many', place.officer('root.supervisor'), 'POST', many('assign'),
               {'items': items(filed), 'input': {'body': BODIES[body], 'officer': place.ids[officer]}},
               headers=key(f'give-{filed[0]["number"]}'), status=202 if n > 32 else 200)
    a = settled(place, s, 'root.supervisor', a)
    s.expect('all given', a['state'] == 'done' and a['done'] == n and a['failed'] == 0, str(a.json)[:500])
    return filed


def settled(place, s, who, a):
    """Asks until the batch has ended."""
    for _ in range(600):
        if a['state'] != 'running':
            return a
        time.sleep(0.05)
        a = s.step('progress', place.officer(who), 'GET', '/api/v1/batches/' + a['id'], status=200)
        s.expect('counts fit', a['done'] + a['failed'] + states(a).count('waiting') == len(a['items']) <= a['total'], str(a.json)[:200])
    raise AssertionError('the batch does not end')


def states(a):
    return [i['state'] for i in a['items']]


def one_bad_stops_no_other(place, s):
    good = given(place, s, 3)
    elsewhere = given(place, s, 1, 'b', 'b.handler')
    hidden = s.file(report())
    s.does('a.handler', good[1]['number'], 'accept')
    p = place.officer('a.handler')
    asked = items(good, 2) + items(elsewhere, 2) + items([hidden]) + [{'number': '2611-00000-0', 'version': 1}]
    a = s.step('accept six', p, 'POST', many('accept'), {'items': asked}, headers=key('six'), status=200,
               has={'state': 'done', 'total': 6, 'done': 2, 'failed': 4})
    s.expect('in the order asked for', [i['number'] for i in a['items']] == [i['number'] for i in asked])
    s.expect('which', states(a) == ['done', 'failed', 'done', 'failed', 'failed', 'failed'], str(states(a)))
    s.expect('stale: told which version it is now', a['items'][1]['problem']['code'] == 'conflict' and a['items'][1]['version'] == 3)
    s.expect('the new version', a['items'][0]['version'] == 3)
    unseen = [i['problem'] for i in a['items'][3:]]
    s.expect('what he may not see is like what is not there', unseen[0] == unseen[1] == unseen[2] and unseen[0]['code'] == 'not_found', str(unseen))
    s.expect('nothing of them', all(i['version'] is None for i in a['items'][3:]))
    for f, status in zip(good, ('accepted', 'accepted', 'accepted')):
        s.expect('as alone', s.read('a.handler', f['number'])['status'] == status)
    s.expect('one event each', s.read('a.handler', good[0]['number'])['version'] == 3)
    s.expect('the others untouched', s.version_of(elsewhere[0]['number']) == 2)
    a = s.step('once more, seen as they are', p, 'POST', many('accept'), {'items': items(good, 3)}, headers=key('again'), status=200, has={'done': 0, 'failed': 3})
    why = a['items'][0]['problem']
    s.expect('why not, in both languages', why['code'] == 'not_allowed' and why['errors'][0]['zh'] and why['errors'][0]['en'], str(why))
    s.expect('and nothing changed', s.version_of(good[0]['number']) == 3)


def what_is_sent(place, s):
    filed = given(place, s, 3)
    p = place.officer('a.handler')
    good = {'items': items(filed, 2), 'input': {'text': '一起看过'}}
    s.step('without a key', p, 'POST', many('note'), good, status=422, field='Idempotency-Key')
    s.step('no such act', p, 'POST', many('dance'), good, headers=key('dance'), status=404)
    s.step('nothing selected', p, 'POST', many('note'), {'items': []}, headers=key('none'), status=422, field='items')
    s.step('one too many', p, 'POST', many('note'), {'items': items(filed[:1], 2) * 1001, 'input': {'text': 'x'}}, headers=key('too-many'), status=422, field='items')
    s.step('one twice', p, 'POST', many('note'), {'items': items(filed[:1], 2) * 2, 'input': {'text': 'x'}}, headers=key('twice'), status=422, field='items.1.number')
    s.step('no version', p, 'POST', many('note'), {'items': [{'number': filed[0]['number']}], 'input': {'text': 'x'}}, headers=key('nover'), status=422, field='items.0.version', )
    s.step('the act wants a text', p, 'POST', many('note'), {'items': items(filed, 2)}, headers=key('empty'), status=422, field='input.text')
    s.step('and no other field', p, 'POST', many('note'), {'items': items(filed, 2), 'input': {'text': 'x', 'sum': 1}}, headers=key('more'), status=422, field='input.sum')
    s.step('PINs one at a time', place.officer('a.supervisor'), 'POST', many('issue_pin'), {'items': items(filed, 2)}, headers=key('pins'), status=409, code='not_allowed')
    s.expect('nothing happened', all(s.version_of(f['number']) == 2 for f in filed))
    own = [dict(i) for i in items(filed, 2)]
    own[0]['input'] = {'text': '这件另说'}
    own[1]['input'] = {'text': 7}
    a = s.step('inputs of their own', p, 'POST', many('note'), {'items': own, 'input': {'text': '都一样'}}, headers=key('own'), status=200, has={'done': 2, 'failed': 1})
    s.expect('the fault is one matter\'s', a['items'][1]['problem']['code'] == 'invalid' and a['items'][1]['problem']['errors'][0]['field'] == 'text', str(a['items'][1]))
    texts = [s.step('timeline', p, 'GET', matter(f['number']) + '/events', status=200)['items'][0]['data'].get('text') for f in filed]
    s.expect('each its own words', texts[0] == '这件另说' and texts[2] == '都一样', str(texts))


def the_same_key(place, s):
    filed = given(place, s, 4)
    p = place.officer('a.handler')
    body = {'items': items(filed, 2) + [{'number': '2611-00000-0', 'version': 1}], 'input': {'text': '第一次'}}
    a = s.step('first', p, 'POST', many('note'), body, headers=key('same'), status=200)
    s.does('a.handler', filed[0]['number'], 'note', {'text': '后来'})
    b = s.step('sent again', p, 'POST', many('note'), body, headers=key('same'), status=200)
    s.expect('the same results', a.json == b.json and b.headers['Idempotent-Replayed'] == 'true')
    s.expect('done once', s.version_of(filed[1]['number']) == 3 and s.version_of(filed[0]['number']) == 4)
    s.step('another body', p, 'POST', many('note'), dict(body, input={'text': '第二次'}), headers=key('same'), status=422, code='replayed')
    s.step('another act', p, 'POST', many('accept'), {'items': items(filed[1:], 3)}, headers=key('same'), status=200, has={'done': 3})
    s.step('the results by their id', p, 'GET', '/api/v1/batches/' + a['id'], status=200, has={'done': 4, 'failed': 1})
    s.step('not for others', place.officer('a.supervisor'), 'GET', '/api/v1/batches/' + a['id'], status=404)
    s.step('nor made up', p, 'GET', '/api/v1/batches/0123456789abcdef01234567', status=404)


def roles(place, s):
    """As alone: who may, whichever way."""
    for who, status in (('a.intake', 'failed'), ('a.handler', 'done'), ('a.supervisor', 'done'), ('a.leader', 'failed'),
                        ('a.auditor', 'failed'), ('a.admin', 'failed'), ('b.handler', 'failed')):
        f = given(place, s, 1)
        a = s.step(f'{who} accepts', place.officer(who), 'POST', many('accept'), {'items': items(f, 2)}, headers=key('role-' + who), status=200)
        alone = place.officer(who).send('POST', act(f[0]['number'], 'accept'), {}, version(2)) if status == 'failed' else None
        s.expect(f'{who} {status}', states(a) == [status], str(a.json))
        if alone is not None:
            s.expect(f'{who}: the same refusal as alone', a['items'][0]['problem']['code'] == alone['code'] and a['items'][0]['problem']['status'] == alone.status, f'{a.raw} {alone.raw}')
    s.step('the public', place.public(), 'POST', many('accept'), {'items': items(f, 2)}, headers=key('public-1'), status=401)
    s.step('nor asks', place.public(), 'POST', '/api/v1/acts', {'numbers': [f[0]['number']]}, status=401)
    s.step('a PIN is for one', place.holder(f[0]['pin']), 'POST', many('withdraw'), {'items': items(f, 2)}, headers=key('pin-1'), status=401)


def choices(place, s):
    filed = given(place, s, 3)
    s.does('a.handler', filed[0]['number'], 'accept')
    far = given(place, s, 1, 'b', 'b.handler')
    numbers = [f['number'] for f in filed + far] + ['2611-00000-0']
    a = s.step('what can be done', place.officer('a.handler'), 'POST', '/api/v1/acts', {'numbers': numbers}, status=200, has={'seen': 3})
    acts = {x['act']: x for x in a['acts']}
    s.expect('accept: two', acts['accept']['can'] == numbers[1:3], str(acts['accept']))
    s.expect('and why not the third', acts['accept']['cannot'][0]['numbers'] == numbers[:1] and acts['accept']['cannot'][0]['why']['zh'], str(acts['accept']))
    s.expect('settle: one', acts['settle']['can'] == numbers[:1])
    s.expect('a note on all', acts['note']['can'] == numbers[:3] and acts['note']['cannot'] == [])
    s.expect('nothing that none can take', 'reopen' not in acts and all(x['can'] for x in a['acts']))
    s.expect('no act of other roles', 'assign' not in acts)


def at_once(place, s):
    """Two officers, the same matters: each matter is changed by one of them."""
    filed = given(place, s, 40)
    answers = {}

    def go(who):
        answers[who] = place.officer(who).send('POST', many('classify'), {'items': items(filed, 2), 'input': {'themes': []}}, key('race-' + who))
    for who in ('a.handler', 'a.supervisor'):
        place.officer(who)
    threads = [threading.Thread(target=go, args=(w,)) for w in ('a.handler', 'a.supervisor')]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    done = {w: settled(place, s, w, a) for w, a in answers.items()}
    for i, f in enumerate(filed):
        got = sorted(d['items'][i]['state'] for d in done.values())
        s.expect('one of them', got == ['done', 'failed'], str(got))
        s.expect('once', s.version_of(f['number']) == 3)


def a_great_many(place, s):
    filed = given(place, s, MANY)
    p = place.officer('a.handler')
    body = {'items': items(filed, 2), 'input': {'text': '一起看过'}}
    body['items'][100]['version'] = 9
    began = time.monotonic()
    a = s.step(f'{MANY} notes', p, 'POST', many('note'), body, headers=key('great'), status=202)
    s.expect('answered before the end', len(a['items']) < MANY or time.monotonic() - began < 5)
    b = s.step('sent again meanwhile', p, 'POST', many('note'), body, headers=key('great'), status=202)
    s.expect('the same batch', a['id'] == b['id'])
    a = settled(place, s, 'a.handler', a)
    s.expect('all but one', a['done'] == MANY - 1 and a['failed'] == 1 and a['items'][100]['state'] == 'failed', str(a.json)[:200])
    place.stop()
    place.start('--rate-limit', 'off')
    p = place.officer('a.handler')
    b = s.step('after a restart', p, 'POST', many('note'), body, headers=key('great'), status=200)
    s.expect('the same results', b.json == dict(a.json, seconds_left=None))
    killed_in_the_middle(place, s, [f for i, f in enumerate(filed) if i != 100])


def killed_in_the_middle(place, s, filed):
    p = place.officer('a.handler')
    body = {'items': items(filed, 3), 'input': {'text': '断电之前'}}
    s.step('many more', p, 'POST', many('note'), body, headers=key('killed'), status=202)
    time.sleep(0.05)
    place.server.kill()
    place.server.wait()
    place.server.stdout.close()
    place.log.close()
    place.server, place.people = None, {}
    place.start('--rate-limit', 'off')
    p = place.officer('a.handler')
    before = sum(s.version_of(f['number']) == 4 for f in filed[::5]) * 5
    a = settled(place, s, 'a.handler', s.step('sent again', p, 'POST', many('note'), body, headers=key('killed'), status=202))
    s.expect('goes on where it stopped', a['done'] == len(filed) and a['failed'] == 0, str(a.json)[:300])
    s.expect('each once', all(s.version_of(f['number']) == 4 for f in filed[::5]))
    print(f'killed after about {before} of {len(filed)}')
    stopping(place, s, filed)


def stopping(place, s, filed):
    p = place.officer('a.handler')
    a = s.step('many', p, 'POST', many('note'), {'items': items(filed, 4), 'input': {'text': '停'}}, headers=key('stop'), status=202)
    s.step('stop', p, 'DELETE', '/api/v1/batches/' + a['id'], status=204)
    a = settled(place, s, 'a.handler', a)
    waiting = states(a).count('waiting')
    s.expect('the rest waits', a['state'] == ('stopped' if waiting else 'done') and a['done'] + waiting == len(filed), str(a.json)[:300])
    s.expect('as it was', all(s.version_of(i['number']) == (4 if i['state'] == 'waiting' else 5) for i in a['items'][::7] + a['items'][-3:]))
    print(f'stopped after {a["done"]} of {len(filed)}')
    s.step('not of others', place.officer('a.supervisor'), 'DELETE', '/api/v1/batches/' + a['id'], status=404)


run([one_bad_stops_no_other, what_is_sent, the_same_key, roles, choices, at_once, a_great_many], OFFICERS)
