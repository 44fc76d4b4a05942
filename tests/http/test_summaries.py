#!/usr/bin/env python3
"""test_summaries.py FANGXIN: bulletins that never change. A month of matters is printed and issued; then
matters change, and the paper, its figures and the matters behind each stay while the page says what differs.
The text is read back by the grammar of such papers, the files by other libraries."""
import datetime
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import grammar  # noqa: E402
from county import BODIES, ROLES, day, run  # noqa: E402
from filings import complaint, enquiry, report, version  # noqa: E402

PATH = '/api/v1/summaries'
MONTH = time.strftime('%Y-%m', time.gmtime(time.time() + 8 * 3600))
OFFICERS = (['a.' + r for r in ROLES] + ['root.supervisor', 'root.leader', 'root.handler', 'root.intake', 'root.auditor', 'a1.supervisor', 'a1.handler',
            'b.supervisor', 'b.leader', 'b.handler', 'a.handler2'])

# A bulletin made by the supervisor of where it lies, looked at by officers of branch a. m makes one there, r makes one with
# figures of reports, d reads the draft, i issues it, p reads the issued paper, P reads it when it has figures of reports.
TABLE = """
role         own      child    parent   sibling
intake       p        p        p        -
handler      p        p        p        -
supervisor   mrdipP   mrdipP   p        -
leader       mdipP    mdipP    p        -
auditor      p        p        p        -
admin        -        -        -        -
security     -        -        -        -
"""
AT = {'own': 'a', 'child': 'a1', 'parent': 'root', 'sibling': 'b'}
NO_BODY = {'99'}


def q(text):
    return urllib.parse.quote(text, safe='')


def other_python(*args):
    done = subprocess.run(['/usr/bin/python3', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'read_documents.py'), *args],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def save(place, s, who, status=201, **more):
    more.setdefault('body', BODIES[who.split('.')[0]])
    return s.step(f'{who} saves a bulletin', place.officer(who), 'POST', PATH, dict({'form': 'month', 'period': MONTH}, **more), status=status)


def acts(place, s, who, key, name, v, status=200):
    return s.step(f'{who}: {name}', place.officer(who), 'POST', f'{PATH}/{key}/acts/{name}', {}, status=status, headers=version(v))


def page(place, s, who, key, status=200):
    return s.step('the bulletin', place.officer(who), 'GET', f'{PATH}/{key}', status=status)


def figure(summary, start, form='value'):
    found = [f for f in summary['figures'] if f['id'].startswith(start + '@') and f['form'] == form]
    assert len(found) == 1, f'{start}: {[f["id"] for f in found]}'
    return found[0]


def trace(place, fid):
    return json.loads(place.repeat('trace', fid, '--json'))


def files(place, s, who, key):
    got = {}
    for form in ('md', 'docx', 'xlsx'):
        a = s.step(f'as {form}', place.officer(who), 'GET', f'{PATH}/{key}/document?format={form}', status=200)
        s.expect('a download with a name', 'filename*=UTF-8' in a.headers['Content-Disposition'], a.headers['Content-Disposition'])
        got[form] = a.raw
    return got


def the_month(place, s):
    """What the bulletin counts: complaints in two branches, settled and told, reports, enquiries."""
    place.filed = []
    for i in range(6):
        shop = {'name': '瑞缘金行', 'address': ('花湖街道6号', '安澜县东门路1号')[i % 2], 'division': '420203' if i == 5 else '420202'}
        f = s.file(complaint(category='goods.food' if i % 2 else 'service.catering', problem='quality', respondent=shop))
        body, officer = ('a', 'a.handler') if i < 4 else ('b', 'b.handler')
        s.does('root.supervisor', f['number'], 'assign', {'body': BODIES[body], 'officer': place.ids[officer]})
        s.does(officer, f['number'], 'accept')
        s.does(officer, f['number'], 'tell', {'party': 'consumer', 'channel': 'phone'})
        if i < 3:
            s.does(officer, f['number'], 'settle', {'form': 'record', 'terms': '退款', 'remedies': [{'kind': 'refund', 'amount_fen': 123450}]})
        if i == 1:  # below the threshold of satisfaction
            s.does(place.holder(f['pin']), f['number'], 'rate', {'score': 2})
        place.filed.append(f)
    place.reports = [s.file(report()) for _ in range(2)]
    place.enquiry = s.file(enquiry(answer='可以退', channel='phone'), 'root.intake')


def saved_and_changed(place, s):
    a = save(place, s, 'root.supervisor')
    key = a['key']
    s.expect('its key', key == f'month-420202-{MONTH}-1', key)
    drafted = page(place, s, 'root.supervisor', key).json
    received = figure(drafted, f'received:420202:{MONTH}')
    s.expect('nine received', received['value'] == '9' and received['id'].endswith('@' + key), str(received))
    s.expect('the parts of branches add up', sum(f['num'] for f in drafted['figures'] if f['id'].startswith(f'received:420202:{MONTH}:branch=') and f['form'] == 'value') == 9)
    acts(place, s, 'root.leader', key, 'issue', a['version'] + 1, status=409)
    issued = acts(place, s, 'root.leader', key, 'issue', a['version'])
    s.expect('issued', issued['status'] == 'issued' and issued['issued_by'] == '官rootleader', str(issued.json))
    for act in ('issue', 'refresh', 'discard'):
        acts(place, s, 'root.supervisor', key, act, issued['version'], status=409)
    before = page(place, s, 'root.supervisor', key).json
    s.expect('nothing differs yet', before['changed'] == [], str(before['changed']))
    papers = files(place, s, 'root.supervisor', key)
    traced = [f['id'] for f in before['figures'] if f['traced']]
    numbers = {fid: trace(place, fid) for fid in traced if ':branch=' not in fid or '42020201' in fid}
    for fid, t in numbers.items():
        f = next(x for x in before['figures'] if x['id'] == fid)
        if f['unit'] in ('件', '%'):
            s.expect(f'{fid}: its matters are as many', len(t['numerator']) == f['num'] and len(t['denominator']) == (f['den'] or 0), str(t))
        if 'parts' in t:
            s.expect(f'{fid}: its parts are the sum', sum(x['sum'] for x in t['parts']) == f['num'] and [x['number'] for x in t['parts']] == t['numerator'], str(t))
    s.expect('sums list their parts', len(numbers[f'recovered_wan:420202:{MONTH}@{key}']['parts']) == 3, str([i for i in numbers if 'parts' in numbers[i]]))
    told = numbers[f'told_in_time:420202:{MONTH}:branch=42020201@{key}']
    s.expect('a fraction of the branch', sorted(told['denominator']) == sorted(f['number'] for f in place.filed[:4]), str(told))

    # a late entry, a new category, a settlement, and a matter that moves to the other branch
    late = s.step('a late entry', place.officer('root.intake'), 'POST', '/api/v1/matters',
                  complaint(channel='visit', received_at=day() + 'T00:00:01+08:00', late_reason='夜班纸单补录', category='goods.food'), status=201)['number']
    s.does('a.handler', place.filed[0]['number'], 'classify', {'category': 'goods.food'})
    s.does('a.handler', place.filed[3]['number'], 'settle', {'form': 'record', 'terms': '换货'})
    s.does('a.supervisor', place.filed[0]['number'], 'reopen', {'reason': '没有履行'})

    after = page(place, s, 'root.supervisor', key).json
    s.expect('the paper says what it said', after['figures'] == before['figures'] and after['blocks'] == before['blocks'])
    again = files(place, s, 'root.supervisor', key)
    for form, raw in papers.items():
        s.expect(f'{form}: the same bytes', again[form] == raw)
    for fid, t in numbers.items():
        s.expect(f'{fid}: the same matters', trace(place, fid) == t)
    now = {after['figures'][c['figure']]['id']: c for c in after['changed']}
    s.expect('printed 9, now 10', now[received['id']]['num'] == 10, str(now.get(received['id'])))
    one = s.step('the figure', place.officer('root.supervisor'), 'GET', f'{PATH}/{key}/figures/{q(received["id"])}', status=200).json
    s.expect('both numbers', (one['printed']['num'], one['now']['num'], one['members'], one['members_now']) == (9, 10, 9, 10), str(one)[:400])
    s.expect('the matter that came', [r['row']['number'] for r in one['added']['items']] == [late] and one['gone']['total'] == 0, str(one['added']))
    s.expect('and why', one['added']['items'][0]['since'][0]['act'] == 'register', str(one['added']['items'][0]['since']))
    settled = figure(before, f'settled_of_received:420202:{MONTH}')
    one = s.step('a figure with both', place.officer('root.supervisor'), 'GET', f'{PATH}/{key}/figures/{q(settled["id"])}', status=200).json
    s.expect('one came, one went', [r['row']['number'] for r in one['added']['items']] == [place.filed[3]['number']]
             and [r['row']['number'] for r in one['gone']['items']] == [place.filed[0]['number']], str(one)[:600])
    rows = s.step('its matters', place.officer('root.supervisor'), 'GET', f'{PATH}/{key}/figures/{q(settled["id"])}/records?limit=2', status=200).json
    more = s.step('the rest', place.officer('root.supervisor'), 'GET', f'{PATH}/{key}/figures/{q(settled["id"])}/records?limit=2&cursor={rows["next"]}', status=200).json
    s.expect('page by page', sorted(r['row']['number'] for r in rows['records']['items'] + more['records']['items']) == sorted(f['number'] for f in place.filed[:3])
             and more['next'] is None and rows['total'] == 3, str(rows)[:300])
    s.step('no such figure', place.officer('root.supervisor'), 'GET', f'{PATH}/{key}/figures/nothing:1:2026', status=404)
    correction = save(place, s, 'root.supervisor', corrects=key)
    s.expect('a correction is another paper', correction['key'].endswith('-2') and correction['corrects'] == key, str(correction.json))
    s.expect('with the new number', figure(page(place, s, 'root.supervisor', correction['key']).json, f'received:420202:{MONTH}')['num'] == 10)
    s.expect('verify', ' 0 findings' in place.command('verify', '--rebuild'))
    place.key, place.before, place.papers = key, before, papers


def set_on_paper(s, what, d):
    """A4 throughout with numbered pages, the text upright, each wide table on pages that lie and as wide as the text, and no figure that
    breaks across lines."""
    for p in d['pages']:
        s.expect(f'{what}: A4, numbered', p['mm'] == ([297, 210] if p['landscape'] else [210, 297]) and p['numbered'], str(p))
        s.expect(f'{what}: pages lie for wide tables', p['landscape'] == any(t['columns'] > 10 for t in p['tables']), str(d['pages']))
        s.expect(f'{what}: tables as wide as the text', all(abs(t['mm'] - p['text']) <= 1 for t in p['tables']), str(p))
    s.expect(f'{what}: no cell is narrower than its number', d['narrow'] == [], str(d['narrow']))


def charts_are_pictures(place, s, d):
    """Each chart is a picture that shows its labels and values, a bar as long as each value says, and is told in words as well."""
    charts = [b['chart'] for b in place.before['blocks'] if 'chart' in b]
    s.expect('a picture for each chart', len(charts) >= 1 and len(d['pictures']) == len(charts), str(d['pictures']))
    for chart, p in zip(charts, d['pictures'], strict=True):
        values = [place.before['figures'][f]['value'] for f in chart['figures']]
        title = f'{chart["title"]}（{chart["unit"]}）'
        s.expect(f'{title} in words', p['alt'] == title + '：' + '；'.join(f'{label} {v}' for label, v in zip(chart['labels'], values, strict=True)), p['alt'])
        s.expect(f'{title}: its letters', sorted(p['texts']) == sorted([title, *chart['labels'], *values]), str(p['texts']))
        bars = [b for b in p['boxes'] if b[0] == '17508f']
        lengths = [b[3] - b[1] if chart['form'] == 'bars' else b[4] - b[2] for b in bars]
        most = max(float(v) for v in values)
        s.expect(f'{title}: a bar as long as each value', most > 0 and max(lengths) > 2000 and len(bars) == len(values) and
                 all(abs(n - max(lengths) * float(v) / most) <= 5 for n, v in zip(lengths, values, strict=True)), f'{values} {lengths}')
        s.expect(f'{title}: no wider than the text, not squeezed', p['mm'][0] <= d['pages'][0]['text'] and
                 all(abs(a - b) < 0.1 for a, b in zip(p['mm'], p['placed_mm'], strict=True)), f'{p["mm"]} {p["placed_mm"]}')


def reads_back(place, s):
    """The text by the grammar, the files by other libraries: the same values as the figures."""
    runs = [r for b in place.before['blocks'] if 'runs' in b for r in b['runs']]
    named = [place.before['figures'][r['figure']] for r in runs if 'figure' in r]
    md = re.sub(r'!\[[^]]*]\([^)]*\)', '', place.papers['md'].decode())
    said = re.findall(r'([\d.]+)<!-- (\S+) -->', ''.join(line for line in md.splitlines(True) if not line.startswith('|')))
    by_id = {f['id']: f for f in place.before['figures']}
    for value, fid in said:
        f = by_id[fid]
        s.expect(f'{fid} in the text', value in (f['value'].lstrip('-'), str(f['num']), str(f['den'])), f'{value} {f}')
    s.expect('every number of a figure carries its id', len(said) == sum(1 for r in runs if 'figure' in r and re.match(r'[\d.]+$', r['text'])), f'{len(said)} of {len(named)}')
    clean = '\n'.join(line for line in re.sub(r'<!--.*?-->', '', md).splitlines() if line and not line.startswith(('|', '#', '**')))
    values = [f['value'].lstrip('-') for f in named]
    for value, unit in grammar.figures(clean):
        s.expect(f'{value}{unit} of the text is a figure', value in values or any(value in (str(f['num']), str(f['den'])) for f in named), clean[:300])
    block = grammar.intake(clean)
    s.expect('the intake block is read', block is not None, clean[:400])
    grammar.rates_hold(block)
    s.expect('and says the figures', (block['all'], block['complaints'], block['settled'], block['reports'], block['enquiries']) == ('9', '6', '3', '2', '1'), str(block))
    s.expect('0.37 万元', block['money'] == figure(place.before, f'recovered_wan:420202:{MONTH}')['value'] == '0.37', str(block))

    paths = {}
    for form in ('docx', 'xlsx'):
        paths[form] = os.path.join(place.folder, 'paper.' + form)
        with open(paths[form], 'wb') as f:
            f.write(place.papers[form])
    d = other_python(paths['docx'])
    s.expect('title, headings', d['title'] == place.before['title'] and ['Heading 1', '一、总体情况'] in d['paragraphs']
             and d['paragraphs'][0][0] == 'Title', str(d['paragraphs'][:4]))
    set_on_paper(s, 'month', d)
    s.expect('one wide table between upright pages', [p['landscape'] for p in d['pages']] == [False, True, False], str(d['pages']))
    s.expect('heads repeat on every page', d['heads_repeat'] and all(d['heads_repeat']))
    s.expect('no clock in the package', d['times'] == [[1980, 1, 1, 0, 0, 0]], str(d['times']))
    charts_are_pictures(place, s, d)
    text = '\n'.join(t for style, t in d['paragraphs'] if style == 'Body Text')
    s.expect('the same sentences as in Markdown', grammar.intake(text) == block, text[:300])
    marks = {f['bookmark']: f for f in d['figures'] if 'bookmark' in f}
    s.expect('names that Word takes', all(len(n) <= 40 and re.match(r'[A-Za-z_]\w*$', n, re.A) for n, _ in d['marks']) and len({n for n, _ in d['marks']}) == len(d['marks']))
    for name, printed in d['marks']:
        f = marks.get(name) or marks[re.sub(r'_\d+$', '', name)]
        number = re.sub(r'[+%]', '', printed)
        s.expect(f'bookmark {name}', re.match(r'[-—持基]', printed) or number in (f.get('value', '').lstrip('-'), f['numerator'], f.get('denominator'))
                 or number == f'{f["numerator"]}/{f.get("denominator")}', f'{printed} {f}')
    tables = [b['table'] for b in place.before['blocks'] if 'table' in b]
    for t, read in zip(tables, d['tables'], strict=True):
        s.expect(f'table {t["caption"]}', [c.split('\n')[0] for r in read[1:] for c in r] == [c.get('text') or '' for r in t['rows'] for c in r['cells']])
    branches = {r['cells'][0]['text']: r for r in tables[0]['rows']}
    warned = [c for c in branches['单位a']['cells'] if c.get('warning')]
    s.expect('what is below a threshold is marked', [(c['text'], c['warning']) for c in warned] == [('0.0%', '低于80%')] and
             not any(c.get('warning') for c in branches['单位b']['cells']), str(branches['单位a']))
    districts = next(t for t in tables if t['caption'] == '诉求较多的区域')
    s.expect('districts: streets of the county, its own, another county', {r['cells'][0]['text']: r['cells'][1]['text'] for r in districts['rows']} ==
             {'花湖街道': '3', '黄石港区': '2', '420203号区划': '1', '全部': '9'}, str(districts['rows']))
    s.expect('and in words', '从区域看,受理较多的是花湖街道3件' in grammar.plain(text), text)
    behind = trace(place, next(f['id'] for f in place.before['figures'] if f['id'].startswith(f'received:420202:{MONTH}:district=420202070@')))
    s.expect('a district leads to its matters', sorted(behind['numerator']) == sorted(f['number'] for f in place.filed[:6:2]), str(behind))
    s.expect('in Word as well', any('低于80%' in c for r in d['tables'][0] for c in r if r[0] == '单位a'), str(d['tables'][0]))
    s.expect('zero rows and a total', {'单位a', '单位b', '合计'} <= set(branches) and tables[0]['rows'][-1]['total'], str(list(branches)))
    x = other_python(paths['xlsx'])
    s.expect('no line is cut off in print', x['cut_off'] == [], str(x['cut_off']))
    s.expect('A4, one page wide, numbered', all(p == [9, True, 0, '— &P —'] for p in x['print'].values()), str(x['print']))
    s.expect('no formulas, a chart', x['formulas'] == [] and x['charts'] >= 1)
    sheet = x['sheets']['各单位']
    for t, line in zip(tables[0]['rows'], sheet[1:], strict=True):
        for c, value in zip(t['cells'], line, strict=False):
            if 'number' in c:
                s.expect(f'{c["text"]} as a number', abs(value - float(c['number'])) < 1e-9, str(value))
    told = {r['cells'][0]['text']: '；'.join(h['label'] + c['warning'] for h, c in zip(tables[0]['columns'], r['cells'], strict=True) if 'warning' in c)
            for r in tables[0]['rows']}
    s.expect('every threshold missed is told', {r[0]: r[-1] or '' for r in sheet[1:]} == told and sheet[0][-1] == '提示', str(sheet))
    listed = {r[0]: r for r in x['sheets']['数字'][1:]}
    for f in place.before['figures']:
        r = listed[f['id']]
        s.expect(f'{f["id"]} on its sheet', (r[2] is None) == (f['value'] is None) and (f['value'] is None or abs(r[2] - float(f['value'])) < 1e-9) and r[4] == f['num'], str(r))


def command(place, s):
    """The command prints the same, and every form of packs/summaries can be made."""
    for form in ('md', 'docx', 'xlsx'):
        out = os.path.join(place.folder, 'command.' + form)
        place.command('summary', '--saved', place.key, '--format', form, '-o', out)
        with open(out, 'rb') as f:
            s.expect(f'{form} by the command', f.read() == place.papers[form])
    year = MONTH[:4]
    half, quarter = f'{year}H{(int(MONTH[5:]) + 5) // 6}', f'{year}Q{(int(MONTH[5:]) + 2) // 3}'
    for kind, period in (('month', MONTH), ('quarter', quarter), ('half', half), ('annual', year), ('campaign', f'{MONTH}-01..{MONTH}-20'),
                         ('council', half), ('bank_quarter', quarter)):
        d = json.loads(place.command('summary', '--body', '420202', '--period', period, '--kind', kind, '--format', 'json'))
        out = os.path.join(place.folder, kind + '.docx')
        place.command('summary', '--body', '420202', '--period', period, '--kind', kind, '--format', 'docx', '-o', out)
        set_on_paper(s, kind, other_python(out))
        s.expect(f'{kind} has figures and text', len(d['figures']) > 10 and any('runs' in b for b in d['blocks']), str(d)[:200])
        text = ''.join(r['text'] for b in d['blocks'] if 'runs' in b for r in b['runs'])
        s.expect(f'{kind}: no slot is left open', '{' not in text and '}' not in text, text)
        block = grammar.intake(text)
        if block is not None:
            grammar.rates_hold(block)
    done = subprocess.run([place.program, 'summary', '--body', '420202', '--period', year, '--kind', 'month', '--data', place.data],
                          capture_output=True, text=True, timeout=60, env=place.env)
    s.expect('a period that is not of the form', done.returncode != 0 and 'period' in done.stderr, done.stdout + done.stderr)


def forms(place, s):
    p = place.officer('root.supervisor')
    items = s.step('forms', p, 'GET', '/api/v1/summary-forms', status=200)['items']
    s.expect('seven', {i['id'] for i in items} == {'month', 'quarter', 'half', 'annual', 'campaign', 'council', 'bank_quarter'}, str(items))
    save(place, s, 'root.supervisor', status=422, form='nothing')
    s.step('a period of another kind', p, 'POST', PATH, {'form': 'month', 'period': MONTH[:4]}, status=422, field='period')
    s.step('no such body', p, 'POST', PATH, {'form': 'month', 'period': MONTH, 'body': '99'}, status=404)
    s.step('nothing to correct', p, 'POST', PATH, {'form': 'month', 'period': MONTH, 'corrects': 'month-420202-2020-01-1'}, status=422, field='corrects')
    s.step('format', p, 'GET', f'{PATH}/{place.key}/document?format=exe', status=422, field='format')
    s.step('no format', p, 'GET', f'{PATH}/{place.key}/document', status=422, field='format')
    s.step('nobody', place.public(), 'GET', PATH, status=401)
    key = {'Idempotency-Key': 'bulletin-0123456789abcdef'}
    one = s.step('with a key', p, 'POST', PATH, {'form': 'month', 'period': MONTH}, status=201, headers=key)
    two = s.step('sent again', p, 'POST', PATH, {'form': 'month', 'period': MONTH}, status=201, headers=key)
    s.expect('made once', one['key'] == two['key'])
    d = acts(place, s, 'root.supervisor', one['key'], 'refresh', one['version'])
    acts(place, s, 'root.supervisor', one['key'], 'discard', d['version'])
    page(place, s, 'root.supervisor', one['key'], status=404)
    listed = s.step('list', p, 'GET', PATH + '?limit=1', status=200).json
    rest = s.step('the next page', p, 'GET', PATH + f'?limit=50&cursor={listed["next"]}', status=200).json
    keys = [i['key'] for i in listed['items'] + rest['items']]
    s.expect('each once, without the discarded', len(set(keys)) == len(keys) and place.key in keys and one['key'] not in keys and rest['next'] is None, str(keys))
    s.step('cursor', p, 'GET', PATH + '?cursor=x', status=422, field='cursor')


def month_before(n):
    at = int(MONTH[:4]) * 12 + int(MONTH[5:]) - 1 - n
    return f'{at // 12}-{at % 12 + 1:02}'


def missing(place, s):
    """对消费者申诉举报办理情况实行月通报制 (R30): each whole month without an issued bulletin is named with the day it was due, from the first that a body issued;
    of one that never did, the last month."""
    def says(who, body=None):
        a = s.step(f'{who}: what is missing', place.officer(who), 'GET', '/api/v1/summaries-missing' + ('' if body is None else f'?body={BODIES[body]}'), status=200)
        s.expect('only the monthly one is asked of a market regulator', {i['form'] for i in a['items']} <= {'month'}, str(a['items']))
        return a['items']

    def issued(n, **more):
        a = save(place, s, 'b.supervisor', period=month_before(n), **more)
        return acts(place, s, 'b.supervisor', a['key'], 'issue', a['version'])
    last = says('b.supervisor')
    s.expect('the last month', [(i['body'], i['period'], i['draft']) for i in last] == [(BODIES['b'], month_before(1), None)], str(last))
    first = datetime.date.fromisoformat(month_before(0) + '-01')
    due = first + datetime.timedelta(9)
    s.expect('due on the tenth', (last[0]['due'], last[0]['late']) == (due.isoformat(), due.isoformat() < day()), str(last))
    issued(4)
    s.expect('three since', [i['period'] for i in says('b.supervisor')] == [month_before(n) for n in (1, 2, 3)])
    issued(2)
    draft = save(place, s, 'b.supervisor', period=month_before(3))['key']
    s.expect('a gap stays; a draft fills none', [(i['period'], i['draft']) for i in says('b.supervisor')] == [(month_before(1), None), (month_before(3), draft)])
    s.expect('who reads neither the draft nor, with figures of reports, the issued ones', [(i['period'], i['draft']) for i in says('b.handler')] == [(month_before(1), None), (month_before(3), None)])
    above = [(i['body'], i['period']) for i in says('root.supervisor') if i['body'] != BODIES['root']]
    s.expect('seen from above, of those that print one', {x for x in above if x[0] == BODIES['b']} == {(BODIES['b'], month_before(1)), (BODIES['b'], month_before(3))}
             and BODIES['a1'] not in {x[0] for x in above}, str(above))
    s.expect('and by its name', [i['period'] for i in says('root.leader', 'b')] == [month_before(1), month_before(3)])
    for n in (1, 3):
        issued(n)
    s.expect('none is missing', says('b.supervisor') == [])
    s.step('not of the neighbour', place.officer('b.handler'), 'GET', f'/api/v1/summaries-missing?body={BODIES["a"]}', status=403)
    s.step('not for who keeps the accounts', place.officer('a.admin'), 'GET', '/api/v1/summaries-missing', status=403)
    s.step('no such body', place.officer('b.handler'), 'GET', '/api/v1/summaries-missing?body=99', status=404, field='body')


def permissions(place, s):
    lines = [line.split() for line in TABLE.strip().splitlines()]
    papers = {}
    for column, body in AT.items():
        maker = body + '.supervisor'
        for reports in (False, True):
            a = save(place, s, maker, reports=reports)
            draft = save(place, s, maker, reports=reports)
            acts(place, s, maker, a['key'], 'issue', a['version'])
            papers[column, reports] = (a['key'], draft['key'])
    for role, *marks in lines[1:]:
        p = place.officer('a.' + role)
        listed = {i['key'] for i in s.step('list', p, 'GET', PATH + '?limit=200', status=200)['items']}
        for column, mark in zip(lines[0][1:], marks, strict=True):
            body = BODIES[AT[column]]
            a = p.send('POST', PATH, {'form': 'month', 'period': MONTH, 'body': body, 'reports': False})
            s.expect(f'{role} {column}: makes one', (a.status == 201) == ('m' in mark) and a.status in (201, 403, 404), str(a.status))
            a = p.send('POST', PATH, {'form': 'month', 'period': MONTH, 'body': body, 'reports': True})
            s.expect(f'{role} {column}: with reports', (a.status == 201) == ('r' in mark) and a.status in (201, 403, 404), str(a.status))
            for reports, letter in ((False, 'p'), (True, 'P')):
                issued, draft = papers[column, reports]
                reads_draft = 'd' in mark
                for key, yes in ((issued, letter in mark), (draft, reads_draft)):
                    s.expect(f'{role} {column}: {key} in the list', (key in listed) == yes, f'{reports}')
                    for path in ('', '/document?format=md', f'/figures/{q("received:" + body + ":" + MONTH)}', f'/figures/{q("received:" + body + ":" + MONTH)}/records'):
                        a = p.send('GET', f'{PATH}/{key}{path}')
                        s.expect(f'{role} {column}: {key}{path}', a.status == (200 if yes else 404), f'{a.status} {mark} {reports}')
                a = p.send('POST', f'{PATH}/{draft}/acts/issue', {}, version(99))
                want = 409 if 'i' in mark else 404
                s.expect(f'{role} {column}: issues', a.status == want, f'{a.status} for {want}')


def secrets(place, s):
    """A leader may read a bulletin that counts reports; the numbers of the reports he may not see stay away. A paper without
    reports has none, whoever made it."""
    for r in place.reports:
        s.does('root.supervisor', r['number'], 'assign', {'body': BODIES['a'], 'officer': place.ids['a.handler']})
    key = place.key
    hidden = {r['number'] for r in place.reports}
    for who, sees in (('root.supervisor', True), ('root.leader', False)):
        p = place.officer(who)
        for f in place.before['figures']:
            if not f['traced'] or not f['id'].startswith(('received', 'reports')):
                continue
            for path in ('', '/records?limit=200'):
                raw = p.send('GET', f'{PATH}/{key}/figures/{q(f["id"])}{path}').raw.decode()
                s.expect(f'{who}: {f["id"]}{path}', sees or not any(n in raw for n in hidden), raw[:200])
        raw = p.send('GET', f'{PATH}/{key}/figures/{q(figure(place.before, "received_reports:420202:" + MONTH)["id"])}/records').raw.decode()
        s.expect(f'{who} sees reports', sees == all(n in raw for n in hidden), raw[:300])
    without = save(place, s, 'root.supervisor', reports=False)['key']
    whole = page(place, s, 'root.supervisor', without).raw.decode()
    s.expect('no word of reports', '"indicator":"received_reports"' not in whole and '举报1' not in whole and '举报2' not in whole)
    f = figure(json.loads(whole), f'received:420202:{MONTH}')
    s.expect('nor among its members', not hidden & set(trace(place, f['id'])['numerator']) and f['num'] == 8, str(f))


run([the_month, saved_and_changed, reads_back, command, forms, missing, permissions, secrets], OFFICERS)
