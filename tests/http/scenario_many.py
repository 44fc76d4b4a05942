"""Many at once and a group of them, in short; test_batches.py and test_groups.py have the rest."""
import time

from filings import complaint, key, version


def scenario_many(place, s):
    p = place.officer('supervisor')
    filed = [s.step('file', place.public(), 'POST', '/api/v1/matters', complaint(), status=201) for _ in range(34)]
    items = [{'number': f['number'], 'version': 1} for f in filed]
    a = s.step('what can be done', p, 'POST', '/api/v1/acts', {'numbers': [f['number'] for f in filed]}, status=200, has={'seen': 34})
    s.expect('a note on all', any(x['act'] == 'note' and len(x['can']) == 34 for x in a['acts']))
    body = {'items': items[:3], 'input': {'text': '三件一起'}}
    s.step('three at once', p, 'POST', '/api/v1/acts/note', body, headers=key('many-three'), status=200, has={'done': 3})
    a = s.step('all at once, three of them stale', p, 'POST', '/api/v1/acts/note', {'items': items, 'input': {'text': '都来'}}, headers=key('many-all'), status=202)
    for _ in range(200):
        b = s.step('progress', p, 'GET', '/api/v1/batches/' + a['id'], status=200)
        if b['state'] != 'running':
            break
        time.sleep(0.05)
    s.expect('each by itself', b['done'] == 31 and b['failed'] == 3, str(b.json)[:300])
    s.step('nothing left to stop', p, 'DELETE', '/api/v1/batches/' + a['id'], status=204)
    a = s.step('a group', p, 'POST', '/api/v1/groups', {'members': [{'number': f['number'], 'version': 2} for f in filed[3:6]]}, headers=key('many-group'), status=201,
               has={'group.sums.members': 3, 'batch.done': 3})
    gid = a['group']['id']
    s.step('in the list', p, 'GET', '/api/v1/groups', status=200, has={'items.0.id': gid})
    g = s.step('its page', p, 'GET', f'/api/v1/groups/{gid}', status=200, has={'status': 'open'})
    s.step('a note on it', p, 'POST', f'/api/v1/groups/{gid}/acts/note', {'text': '看过'}, headers=version(g['version']), status=200)
    s.step('its members', p, 'GET', f'/api/v1/matters?group={gid}', status=200, has={'total': 3})
