"""One-time codes: a ballot and a survey answered by people who sign in nowhere. For test_registers.py."""
import csv
import hashlib
import io
import urllib.parse

from county import BODIES, day, instant
from filings import act as matter_act, complaint, key, version
from walk import late

ROOT = '/api/v1/registers'


def at(reg, number=None, act=None):
    out = f'{ROOT}/{reg}/entries' + ('' if number is None else '/' + urllib.parse.quote(number))
    return out if act is None else f'{out}/acts/{act}'


def make(s, who, reg, fields, status=201, **more):
    return s.step(f'{who} registers in {reg}', s.place.officer(who), 'POST', at(reg), {'fields': fields}, status=status, **more)


def see(s, who, reg, number):
    return s.step(f'{who} reads', s.place.officer(who), 'GET', at(reg, number), status=200)


def does(s, who, reg, number, act, fields=None, status=200, why=None, **more):
    v = see(s, who, reg, number)['version']
    if why is not None:
        more['has'] = {'errors.0.code': why}
    return s.step(f'{who} does {act}', s.place.officer(who), 'POST', at(reg, number, act), {'fields': fields or {}, **more.pop('also', {})}, headers=version(v), status=status, **more)


def slips(s, who, reg, number):
    a = s.step('the codes', s.place.officer(who), 'GET', at(reg, number) + '/slips.csv', status=200)
    rows = list(csv.reader(io.StringIO(a.raw.decode('utf-8-sig'))))
    s.expect('a sheet of codes', rows[0] == ['序号', '名单第几位', '一次性码', '链接', '截止'], str(rows[0]))
    return rows[1:]


def answer(s, code, slip, fields, status=201, why=None, headers=None, **more):
    if why is not None:
        more['has'] = {'errors.0.code': why}
    return s.step('an answer', s.place.public(), 'POST', f'/api/v1/public/entries/{code}/answer', {'slip': slip, 'fields': fields}, status=status, headers=headers or {}, **more)


def form(s, code, status=200):
    return s.step('what is asked', s.place.public(), 'GET', f'/api/v1/public/entries/{code}/answer', status=status)


def ballot(place, s):
    n = make(s, 'a.supervisor', 'vote_rounds', {'name': '评诚信', 'nominate_to': day(5), 'vote_from': day(4), 'vote_to': day(-10), 'weight': 40, 'rules': '一人一票'})
    number, code = n['number'], n['code']
    who = [make(s, 'a.handler', 'vote_nominees', {'round': number, 'name': name, 'industry': 'H62', 'department': '商务局', 'nominated_on': day(6)})['number']
           for name in ('听松茶楼', '万家超市', '满城香')]
    other = make(s, 'a.supervisor', 'vote_rounds', {'name': '别的一轮', 'nominate_to': day(5), 'vote_from': day(4), 'vote_to': day(-10), 'weight': 40, 'rules': '一人一票'})['number']
    alien = make(s, 'a.handler', 'vote_nominees', {'round': other, 'name': '外人', 'industry': 'H62', 'department': '商务局', 'nominated_on': day(6)})['number']
    # before it is open nothing is public, nothing is drawn
    form(s, code, 404)
    does(s, 'a.supervisor', 'vote_rounds', number, 'draw', {'n': 5}, status=409, why='state')
    does(s, 'a.supervisor', 'vote_rounds', number, 'open')
    # drawing
    does(s, 'a.supervisor', 'vote_rounds', number, 'draw', {'n': 0}, status=422, field='fields.n')
    does(s, 'a.supervisor', 'vote_rounds', number, 'draw', {}, status=422, field='fields.n')
    does(s, 'a.handler', 'vote_rounds', number, 'draw', {'n': 5}, status=403)
    does(s, 'a.handler', 'vote_nominees', who[0], 'draw', {'n': 5}, status=404)
    a = does(s, 'a.supervisor', 'vote_rounds', number, 'draw', {'n': 6})
    s.expect('six drawn', a['slips'] == {'register': 'votes', 'title': {'zh': '投票', 'en': 'Vote'}, 'drawn': 6, 'answers': 0, 'may_take': True}, str(a['slips']))
    s.expect('no code in what happened', 'seed' not in str(a['events']))
    s.step('not for a handler', place.officer('a.handler'), 'GET', at('vote_rounds', number) + '/slips.csv', status=403)
    s.step('not for the public', place.public(), 'GET', at('vote_rounds', number) + '/slips.csv', status=401)
    rows = slips(s, 'a.supervisor', 'vote_rounds', number)
    codes = [r[2] for r in rows]
    s.expect('six codes', len(set(codes)) == 6 and all(len(c) == 14 for c in codes) and rows[0][3].endswith(f'/answer/{code}#{codes[0]}') and rows[0][1] == '', str(rows))
    s.expect('the same again', slips(s, 'a.supervisor', 'vote_rounds', number) == rows)
    looks = s.step('looks', place.officer('a.auditor'), 'GET', '/api/v1/access', status=200)
    s.expect('who took the codes is known', any(x['what'] == 'slips' for x in looks['items']), str(looks['items'][:3]))
    # the page
    f = form(s, code)
    s.expect('open, in its days', f['when'] == 'open' and f['from'] == day(4) and f['to'] == day(-10) and f['name'] == '评诚信', str(f.json))
    s.expect('nominees of this round', [c['code'] for c in f['fields'][0]['choices']] == who and f['fields'][0]['kind'] == 'choice', str(f['fields'][0]))
    s.expect('the phone', f['fields'][1]['name'] == 'voter' and f['fields'][1]['required'] and len(f['fields']) == 2)
    # voting
    vote = {'nominee': who[0], 'voter': '13900008801'}
    answer(s, code, 'ABCD-EFGH-JKLM', vote, 422, why='no_match')
    answer(s, code, codes[0][:-1] + ('2' if codes[0][-1] != '2' else '3'), vote, 422, why='no_match')
    answer(s, code, codes[0], {'nominee': who[0]}, 422, field='fields.voter')
    answer(s, code, codes[0], {'nominee': who[0], 'voter': '0714-6512345'}, 422, why='phone')
    answer(s, code, codes[0], {'nominee': alien, 'voter': '13900008801'}, 422, why='choice')
    answer(s, code, codes[0], {**vote, 'cast_on': '2020-01-01'}, 422, field='fields.cast_on')
    answer(s, code, codes[0], {**vote, 'channel': 'paper'}, 422, field='fields.channel')
    k = key('ballot')
    a = answer(s, code, codes[0].lower().replace('-', ' '), vote, headers=k)
    s.expect('thanked', '投票成功' in a['thanks']['zh'], a.raw.decode())
    s.expect('nothing of the vote in the answer', set(a.json) == {'thanks'})
    answer(s, code, codes[0].lower().replace('-', ' '), vote, headers=k)  # the same request once more
    a = answer(s, code, codes[0], {**vote, 'voter': '13900008802'}, 422, field='slip', why='unique')
    s.expect('said plainly', '一个码只投一次' in a['errors'][0]['zh'], str(a['errors']))
    a = answer(s, code, codes[1], {'nominee': who[1], 'voter': '139 0000 8801'}, 422, field='fields.voter', why='unique')
    s.expect('a second vote is refused', '已投过票' in a['errors'][0]['zh'], str(a['errors']))
    answer(s, code, codes[1], {'nominee': who[0], 'voter': '13900008802'})
    answer(s, code, codes[2], {'nominee': who[1], 'voter': '13900008803'})
    # what is kept
    rows = s.step('votes', place.officer('a.supervisor'), 'GET', at('votes') + f'?limit=50', status=200)['items']
    mine = [x for x in rows if x['columns']['round']['value'] == number]
    s.expect('three votes, valid', len(mine) == 3 and all(x['status'] == 'valid' for x in mine), str(mine))
    v = see(s, 'a.supervisor', 'votes', mine[-1]['number'])
    s.expect('who voted is not kept', '13900008801' not in v.raw.decode() and v['fields']['voter'] == {'value': None, 'text': '****'}, str(v['fields']))
    s.expect('nor the code', not any(c in v.raw.decode() or c.replace('-', '') in v.raw.decode() for c in codes))
    s.expect('by the public', v['events'][0]['actor'] == {'display': '', 'kind': 'public'}, str(v['events'][0]['actor']))
    # on paper by an officer: the same person, another channel; the same channel is refused however the number is written
    make(s, 'a.intake', 'votes', {'round': number, 'channel': 'paper', 'voter': '13900008801', 'cast_on': day(), 'nominee': who[0]})
    make(s, 'a.intake', 'votes', {'round': number, 'channel': 'paper', 'voter': '+86 139-0000-8801', 'cast_on': day(), 'nominee': who[1]}, 422, field='fields.voter')
    p = make(s, 'a.intake', 'votes', {'round': number, 'channel': 'paper', 'voter': '13900008804', 'cast_on': day(), 'nominee': who[1]})['number']
    a = does(s, 'a.supervisor', 'votes', p, 'amend', {'channel': 'site'}, status=422, also={'reason': '写错了'}, field='fields.voter')
    s.expect('its mark needs the number again', '重新填' in a['errors'][0]['zh'], str(a['errors']))
    for one in s.step('cast', place.officer('a.supervisor'), 'GET', at('votes') + '?status=cast&limit=50', status=200)['items']:
        if one['columns']['round']['value'] == number:
            does(s, 'a.supervisor', 'votes', one['number'], 'accept')
    does(s, 'a.supervisor', 'vote_nominees', who[0], 'tally', status=409, why='counted')
    # counting: 3 for the first, 2 for the second, none for the third, 100 and 10 counted elsewhere
    does(s, 'a.supervisor', 'vote_rounds', number, 'amend', {'vote_to': day(1)}, also={'reason': '提前截止'})
    a = answer(s, code, codes[3], {'nominee': who[0], 'voter': '13900008809'}, 409, why='after')
    s.expect('the page says so', form(s, code)['when'] == 'after')
    a = does(s, 'a.supervisor', 'vote_rounds', number, 'count', {'outside_votes': 110})
    s.expect('counted from the votes', a['fields']['online_votes']['value'] == 5 and a['fields']['valid_votes']['value'] == 115, str(a['fields']))
    form(s, code)
    for i, outside in enumerate((100, 10, None)):
        does(s, 'a.supervisor', 'vote_nominees', who[i], 'tally', {} if outside is None else {'outside': outside})
    for i, jury in enumerate(('80.00', '100.00', '90.00')):
        a = does(s, 'a.supervisor', 'vote_nominees', who[i], 'rank', {'jury_score': jury})
    s.expect('no vote, no score', a['fields']['votes']['value'] == 0 and a['fields']['vote_score']['value'] in ('0.00', '0') and a['computed']['total']['text'] == '36.00', str((a['fields'], a['computed'])))
    ranks = []
    for i in range(3):
        a = does(s, 'a.leader', 'vote_nominees', who[i], 'list', {'list': 'top10', 'listed_on': day(), 'why': '得票'})
        ranks.append((a['fields']['rank']['value'], a['fields']['votes']['value'], a['computed']['total']['text']))
    # 103 votes: 100·60 % + 80·40 % = 92; 12 votes: 11.65·60 % + 100·40 % = 46.99; 36
    s.expect('ranked by votes and deliberation', ranks == [(1, 103, '92.00'), (2, 12, '46.99'), (3, 0, '36.00')], str(ranks))
    does(s, 'a.leader', 'vote_rounds', number, 'publish', {'published_on': day()})
    a = s.step('published', place.public(), 'GET', f'/api/v1/public/entries/{code}', status=200)
    s.expect('the list in its order', a['asks'] and [x['name'] for x in a['linked'][0]['items']] == ['听松茶楼', '万家超市', '满城香'], str(a.json))
    s.expect('no votes in public', all(x['register'] == 'vote_nominees' for x in a['linked']), str([x['register'] for x in a['linked']]))
    s.step('wrong codes slow one down', place.public(), 'GET', '/api/v1/public/entries/NOSUCHCODE/answer', status=404)


def survey(place, s):
    q = {'name': '投诉处理满意度', 'target': 'handling', 'method': ['link'], 'sample': 4, 'population': 50, 'opened_on': day(1), 'due_on': day(-5)}
    bare = make(s, 'a.handler', 'surveys', q)
    a = does(s, 'a.handler', 'surveys', bare['number'], 'draw', {'n': 4}, status=409, why='empty')
    s.expect('says what to fill in', '测评项目' in a['errors'][0]['zh'], str(a['errors']))
    n = make(s, 'a.handler', 'surveys', {**q, 'questions': [{'aspect': '处理速度'}, {'aspect': '接待态度'}]})
    number, code = n['number'], n['code']
    does(s, 'a.handler', 'surveys', number, 'draw', {'n': 60, 'population': 50}, status=422, field='fields.n')
    does(s, 'a.handler', 'surveys', number, 'draw', {'n': 4, 'population': 50})
    does(s, 'a.handler', 'surveys', number, 'draw', {'n': 2, 'population': 50}, status=422, field='fields.population')
    rows = slips(s, 'a.handler', 'surveys', number)
    places = [int(r[1]) for r in rows]
    s.expect('a random sample of the list', len(set(places)) == 4 and places == sorted(places) and 1 <= places[0] and places[-1] <= 50, str(places))
    s.expect('the same again', slips(s, 'a.handler', 'surveys', number) == rows)
    f = form(s, code)
    s.expect('asked line by line', f['rows']['field'] == 'scores' and f['rows']['given'] == ['aspect'] and [x['name'] for x in f['rows']['fields']] == ['score']
             and f['rows']['rows'] == [{'aspect': '处理速度'}, {'aspect': '接待态度'}], str(f['rows']))
    codes = [r[2] for r in rows]
    answer(s, code, codes[0], {'overall': 5, 'scores': [{'score': 5}]}, 422, why='rows')
    answer(s, code, codes[0], {'overall': 6, 'scores': [{'score': 5}, {'score': 5}]}, 422, field='fields.overall')
    answer(s, code, codes[0], {'overall': 5, 'scores': [{'score': 9}, {'score': 5}]}, 422, field='fields.scores.0.score')
    answer(s, code, codes[0], {'overall': 5, 'scores': [{'score': 3, 'aspect': '别的'}, {'score': 5}], 'remark': '张三很好'})
    answer(s, code, codes[0], {'overall': 1, 'scores': [{'score': 1}, {'score': 1}]}, 422, field='slip', why='unique')
    answer(s, code, codes[1], {'overall': 3, 'scores': [{'score': 4}, {'score': 5}]})
    answer(s, code, codes[2], {'overall': 4, 'scores': [{'score': 3}, {'score': 4}]})
    does(s, 'a.handler', 'surveys', number, 'close', {'collected': 3, 'valid': 3, 'satisfied': 2, 'aspects': [{'aspect': 'x', 'score': '90.0'}], 'closed_on': day()}, status=409, why='typed')
    a = does(s, 'a.handler', 'surveys', number, 'collect', {'closed_on': day()})
    got = a['fields']
    s.expect('added up', [got[x]['value'] for x in ('collected', 'valid', 'satisfied')] == [3, 3, 2], str(got))
    # (3 + 4 + 3) / 3 · 20 = 66.7; (5 + 5 + 4) / 3 · 20 = 93.3
    s.expect('by aspect', got['aspects']['value'] == [{'aspect': '处理速度', 'score': '66.7'}, {'aspect': '接待态度', 'score': '93.3'}] and a['computed']['weak']['value'] == 1
             and a['computed']['share']['text'] == '66.7%', str((got['aspects'], a['computed'])))
    does(s, 'a.supervisor', 'surveys', number, 'improve', status=409, why='improved')
    answer(s, code, codes[3], {'overall': 4, 'scores': [{'score': 3}, {'score': 4}]}, 404)
    answers = s.step('answers', place.officer('a.handler'), 'GET', at('survey_answers'), status=200)
    e = see(s, 'a.handler', 'survey_answers', answers['items'][-1]['number'])
    s.expect('what was written is sealed', '张三' not in str([x['in'] for x in e['events']]), str(e['events']))


def shut(place, s, days_ago, **more):
    """A complaint closed so many days ago, its number."""
    f = s.step('filed', place.officer('root.intake'), 'POST', '/api/v1/matters', complaint(**{**late(40), **more}), status=201)
    n = f['number']
    for who, name, sent in (('root.intake', 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler'], 'at': instant(39 * 86400)}),
                            ('a.handler', 'withdraw', {'at': instant(days_ago * 86400)})):
        f = s.step(name, place.officer(who), 'POST', matter_act(n, name), sent, headers=version(f['version']), status=200)
    return n


def sample(place, s):
    """Who is asked is drawn by the program: the lowest of SHA-256 over the seed and the number, whoever draws it again."""
    closed = [shut(place, s, 3 if i < 6 else 9) for i in range(8)]
    q = {'name': '投诉处理满意度', 'target': 'handling', 'method': ['phone'], 'sample': 4, 'opened_on': day(1), 'due_on': day(-5)}
    number = make(s, 'a.handler', 'surveys', q)['number']
    days = {'ended_from': day(5), 'ended_to': day(2)}
    does(s, 'a.leader', 'surveys', number, 'pick', days, status=403)
    does(s, 'a.handler', 'surveys', number, 'pick', {'ended_from': day(5)}, status=422, field='fields.ended_to')
    does(s, 'a.handler', 'surveys', number, 'pick', {**days, 'ended_to': day()}, status=422, field='fields.ended_to')
    does(s, 'a.handler', 'surveys', number, 'pick', {**days, 'ended_from': day(1)}, status=422, field='fields.ended_to')
    a = does(s, 'a.handler', 'surveys', number, 'pick', {'ended_from': day(30), 'ended_to': day(20)}, status=409, why='empty')
    s.expect('says how many there are', '只有 0 件' in a['errors'][0]['zh'] and '4' in a['errors'][0]['zh'], str(a['errors']))
    a = does(s, 'a.handler', 'surveys', number, 'pick', days)
    seed, first = a['fields']['seed']['value'], [x['matter'] for x in a['fields']['drawn']['value']]
    order = sorted(closed[:6], key=lambda n: hashlib.sha256(f'{seed}|{n}'.encode()).hexdigest())
    s.expect('drawn by the seed, of those closed in these days', first == order[:4], f'{first} of {order}')
    s.expect('of how many', a['fields']['population']['value'] == 6, str(a['fields']['population']))
    s.expect('they are linked', len([x for x in a['links']['out'] if x['field'] == 'drawn']) == 4, str(a['links']))
    does(s, 'a.handler', 'surveys', number, 'pick', days, status=409, why='twice')
    does(s, 'a.supervisor', 'surveys', number, 'amend', {'sample': 5}, also={'reason': '一户没有接'})
    a = does(s, 'a.supervisor', 'surveys', number, 'pick', days)
    s.expect('the next of the same draw, nobody twice', [x['matter'] for x in a['fields']['drawn']['value']] == order[:5] and a['fields']['seed']['value'] == seed, str(a['fields']['drawn']))
    other = make(s, 'a.handler', 'surveys', {**q, 'target': 'market'})['number']
    does(s, 'a.handler', 'surveys', other, 'pick', days, status=409, why='of_matters')


def sample_of_people(place, s):
    """Who filed several matters that closed in these days is drawn once, by the last of them, and stands there by its number alone."""
    phones = ['13900010001', '13900010001', '13900010002', '13900010003', '13900010001', '13900010002']
    filed = [shut(place, s, 20, channel='visit', consumer={'name': '孟人', 'phone': p, 'address': '安澜县文昌街道文昌路5号'}) for p in phones]
    last = [filed[3], filed[4], filed[5]]
    days = {'ended_from': day(21), 'ended_to': day(19)}
    number = make(s, 'a.handler', 'surveys', {'name': '诉求人满意度', 'target': 'handling', 'method': ['phone'], 'sample': 4, 'opened_on': day(1), 'due_on': day(-5)})['number']
    a = does(s, 'a.handler', 'surveys', number, 'pick_people', days, status=409, why='empty')
    s.expect('says how many there are', '只来自 3 人' in a['errors'][0]['zh'] and '3 persons' in a['errors'][0]['en'], str(a['errors']))
    does(s, 'a.supervisor', 'surveys', number, 'amend', {'sample': 2}, also={'reason': '少抽几人'})
    a = does(s, 'a.handler', 'surveys', number, 'pick_people', days)
    seed = a['fields']['seed']['value']
    order = sorted(last, key=lambda n: hashlib.sha256(f'{seed}|{n}'.encode()).hexdigest())
    s.expect('each of three once, drawn by the seed', [x['matter'] for x in a['fields']['drawn_people']['value']] == order[:2] and a['fields']['population']['value'] == 3, str(a['fields']))
    does(s, 'a.handler', 'surveys', number, 'pick_people', days, status=409, why='twice')
    s.expect('no name and no phone with it', '孟人' not in a.raw.decode() and '1390001' not in a.raw.decode())


def sample_of_businesses(place, s):
    """The businesses that matters closed in these days are about: each once, by the same draw."""
    shops = [s.step('a business', place.officer('root.supervisor'), 'POST', '/api/v1/businesses', {'name': f'安澜县抽样商行{i}'}, status=201)['id'] for i in range(5)]
    for i in (0, 0, 1, 2, 3):
        shut(place, s, 14, channel='visit', business=shops[i])
    shut(place, s, 25, channel='visit', business=shops[4])
    q = {'name': '消费环境测评', 'target': 'market', 'method': ['visit'], 'sample': 5, 'opened_on': day(1), 'due_on': day(-5)}
    number, days = make(s, 'a.handler', 'surveys', q)['number'], {'ended_from': day(16), 'ended_to': day(12)}
    a = does(s, 'a.handler', 'surveys', number, 'pick_businesses', days, status=409, why='empty')
    s.expect('says how many there are', '只涉及 4 家' in a['errors'][0]['zh'] and '5' in a['errors'][0]['zh'], str(a['errors']))
    does(s, 'a.supervisor', 'surveys', number, 'amend', {'sample': 2}, also={'reason': '少抽几家'})
    a = does(s, 'a.handler', 'surveys', number, 'pick_businesses', days)
    seed = a['fields']['seed']['value']
    order = sorted(shops[:4], key=lambda n: hashlib.sha256(f'{seed}|{n}'.encode()).hexdigest())
    s.expect('drawn by the seed', [x['business'] for x in a['fields']['drawn_businesses']['value']] == order[:2], f'{a["fields"]["drawn_businesses"]} of {order}')
    s.expect('of how many', a['fields']['population']['value'] == 4, str(a['fields']['population']))
    s.expect('they are linked', sorted(x['kind'] for x in a['links']['out'] if x['field'] == 'drawn_businesses') == ['business', 'business'], str(a['links']))
    for who, seen in (('a.handler', [('surveys', number)]), ('b.handler', [])):
        shown = s.step('the business', place.officer(who), 'GET', f'/api/v1/businesses/{order[0]}', status=200)['entries']
        s.expect(f'on its page {who} sees', [(x['register'], x['number']) for x in shown] == seen, str(shown))
    does(s, 'a.handler', 'surveys', number, 'pick_businesses', days, status=409, why='twice')
    does(s, 'a.supervisor', 'surveys', number, 'amend', {'sample': 3}, also={'reason': '一家没有开门'})
    a = does(s, 'a.supervisor', 'surveys', number, 'pick_businesses', days)
    s.expect('the next of the same draw', [x['business'] for x in a['fields']['drawn_businesses']['value']] == order[:3], str(a['fields']['drawn_businesses']))
    does(s, 'a.handler', 'surveys', number, 'pick', days, status=409, why='of_matters')


def quiz(place, s):
    """Questions drawn from the bank, answered with a code or entered by an officer, marked by the bank's key; prizes by score, never more than there are."""
    asked = {'七日无理由从哪天算': ('A', 10, '签收次日 / 下单日'), '余额过期归商家': ('错', 5, None), '举报电话': ('12315', 5, None)}
    for question, (key_, points, options) in asked.items():
        fields = {'question': question, 'kind': 'single' if options else 'judge', 'topic': 'online' if options else 'prepaid', 'answer': key_, 'points': points, 'made_on': day()}
        n = make(s, 'a.handler', 'quiz_questions', fields | ({'options': options} if options else {}))['number']
        if question != '举报电话':
            does(s, 'a.supervisor', 'quiz_questions', n, 'check', {'answer': key_})
    unchecked = n
    q = {'name': '有奖问答', 'mode': 'online', 'planned_on': day(), 'opens_on': day(), 'closes_on': day(-3), 'questions_n': 3, 'first_from': 15, 'second_from': 10}
    n = make(s, 'a.handler', 'quizzes', q)
    number, code = n['number'], n['code']
    a = does(s, 'a.handler', 'quizzes', number, 'pick', status=409, why='empty')  # one of the three was not checked
    s.expect('it says how many there are', '只有 2 条' in a['errors'][0]['zh'], str(a['errors']))
    does(s, 'a.handler', 'quizzes', number, 'open', status=409, why='ready')
    does(s, 'a.handler', 'quizzes', number, 'choose', {'questions': [{'bank': unchecked}]}, status=422, field='fields.questions.0.bank')
    does(s, 'a.handler', 'quizzes', number, 'amend', {'questions_n': 2}, also={'reason': '题库不够'})
    a = does(s, 'a.handler', 'quizzes', number, 'pick')
    rows, seed = a['fields']['questions']['value'], a['fields']['seed']['value']
    s.expect('what the bank says of each', {r['question']: (r['answer'], r['points'], r.get('options')) for r in rows} == {k: v for k, v in asked.items() if k != '举报电话'}, str(rows))
    s.expect('in the order of the draw', [r['bank'] for r in rows] == sorted((r['bank'] for r in rows), key=lambda b: hashlib.sha256(f'{seed}|{b}'.encode()).hexdigest()), str(rows))
    right = [r['answer'] for r in rows]
    a = does(s, 'a.handler', 'quizzes', number, 'amend', {'questions': [{**r, 'answer': '随便', 'points': 99} for r in rows]}, also={'reason': '改答案'})
    s.expect('the key is the bank\'s alone', [(r['answer'], r['points']) for r in a['fields']['questions']['value']] == [(r['answer'], r['points']) for r in rows], str(a['fields']['questions']))
    make(s, 'a.intake', 'quiz_answers', {'quiz': number, 'answered_on': day(), 'channel': 'site', 'team': '早到队', 'answers': [{'said': 'A'}] * 2}, 422, field='fields.quiz')
    does(s, 'a.handler', 'quizzes', number, 'open')
    does(s, 'a.handler', 'quizzes', number, 'draw', {'n': 3})
    codes = [r[2] for r in slips(s, 'a.handler', 'quizzes', number)]
    # the page shows the questions, not what is right
    f = form(s, code)
    s.expect('questions without their key', f['rows']['given'] == ['question', 'options'] and [c['name'] for c in f['rows']['fields']] == ['said'] and
             [r['question'] for r in f['rows']['rows']] == [r['question'] for r in rows] and all(set(r) <= {'question', 'options'} for r in f['rows']['rows']), str(f['rows']))
    s.expect('nor anywhere else', '12315' not in f.raw.decode() and '"answer"' not in f.raw.decode() and 'points' not in f.raw.decode())
    me = {'who': '林小川', 'contact': '13900008821'}
    answer(s, code, codes[0], {**me, 'answers': [{'said': 'A'}]}, 422, field='fields.answers', why='rows')
    answer(s, code, codes[0], {'who': '林小川', 'answers': [{'said': x} for x in right]}, 422, field='fields.contact')
    answer(s, code, codes[0], {**me, 'answers': [{'said': f' {x.lower()}', 'answer': 'B', 'points': 100} for x in right]})
    answer(s, code, codes[0], {**me, 'answers': [{'said': x} for x in right]}, 422, field='slip', why='unique')
    answer(s, code, codes[1], {**me, 'answers': [{'said': '１２'}, {'said': '-'}]})
    team = make(s, 'a.intake', 'quiz_answers', {'quiz': number, 'answered_on': day(), 'channel': 'site', 'team': '实验小学队', 'answers': [{'said': 'A' if x == 'A' else '对'} for x in right]})
    s.expect('marked when it is entered', (team['computed']['right']['value'], team['computed']['score']['value'], team['computed']['full']['value'], team['computed']['tier']['text']) == (1, 10, 15, '二等奖'), str(team['computed']))
    make(s, 'a.intake', 'quiz_answers', {'quiz': number, 'answered_on': day(), 'channel': 'paper', 'team': '缺题队', 'answers': [{'said': 'A'}]}, 422, field='fields.answers')
    make(s, 'a.intake', 'quiz_answers', {'quiz': number, 'answered_on': day(), 'channel': 'paper', 'answers': [{'said': 'A'}] * 2}, 422, field='fields.who')
    mine = [x for x in s.step('answers', place.officer('a.supervisor'), 'GET', at('quiz_answers') + '?limit=50', status=200)['items'] if x['columns']['quiz']['value'] == number]
    scores = {x['columns']['channel']['value'] + str(x['columns']['score']['value']): (x['number'], x['columns']['tier']['text']) for x in mine}
    s.expect('marked by the key', {k: v[1] for k, v in scores.items()} == {'online15': '一等奖', 'online0': '没有得奖', 'site10': '二等奖'}, str(scores))
    first = scores['online15'][0]
    # prizes: none are given that are not there
    prize = {'quiz': number, 'tier': 'first', 'movement': 'in', 'name': '图书', 'pieces': 1, 'price': 6000, 'moved_on': day()}
    lot = make(s, 'a.handler', 'quiz_prizes', prize)['number']
    cup = make(s, 'a.handler', 'quiz_prizes', {**prize, 'tier': 'second', 'name': '水杯', 'price': 1500})['number']
    make(s, 'a.handler', 'quiz_prizes', {**prize, 'movement': 'back', 'pieces': 2}, 422, has={'errors.0.code': 'balance'})
    does(s, 'a.intake', 'quiz_answers', scores['online0'][0], 'award', {'prize': lot, 'awarded_on': day()}, status=409, why='won')
    does(s, 'a.intake', 'quiz_answers', first, 'award', {'prize': cup, 'awarded_on': day()}, status=422, field='fields.prize')
    does(s, 'a.intake', 'quiz_answers', first, 'award', {'prize': lot, 'awarded_on': day()})
    again = make(s, 'a.intake', 'quiz_answers', {'quiz': number, 'answered_on': day(), 'channel': 'site', 'team': '全对队', 'answers': [{'said': x} for x in right]})['number']
    a = does(s, 'a.intake', 'quiz_answers', again, 'award', {'prize': lot, 'awarded_on': day()}, status=422, why='balance')
    s.expect('said plainly', '发完了' in a['errors'][0]['zh'], str(a['errors']))
    does(s, 'a.supervisor', 'quiz_prizes', lot, 'cancel', {'reason': '登记错'}, status=422, why='balance')  # one of them is given
    a = does(s, 'a.handler', 'quizzes', number, 'hold', {'held_on': day(), 'schools': 1, 'participants': 70000})
    s.expect('added up', (a['fields']['sheets']['value'], a['fields']['points_sum']['value'], a['computed']['average']['text']) == (4, 40, '10.0'), str((a['fields'], a['computed'])))
    answer(s, code, codes[2], {**me, 'answers': [{'said': x} for x in right]}, 404)
    a = does(s, 'a.supervisor', 'quizzes', number, 'publish', {'published': True})
    s.expect('winners and what they cost', ([(x['entry_number'], x['score'], x['tier']) for x in a['fields']['winners']['value']], a['fields']['prizes_cost']['value']) == ([(first, 15, 'first')], 7500), str(a['fields']))
    a = s.step('published', place.public(), 'GET', f'/api/v1/public/entries/{code}', status=200)
    s.expect('what the public sees', '10.0' in a.raw.decode() and '林小川' not in a.raw.decode() and '13900008821' not in a.raw.decode(), a.raw.decode()[:600])


ALL = [quiz, ballot, survey, sample, sample_of_people, sample_of_businesses]
