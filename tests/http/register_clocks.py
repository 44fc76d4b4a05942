"""The clocks that acts on entries start and stop, each due day counted here. For register_telling.py."""
import datetime
import json
import os

TODAY = (datetime.datetime.utcnow() + datetime.timedelta(hours=8)).date()
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'packs', 'calendars', 'cn.json'), encoding='utf-8') as file:
    CALENDAR = json.load(file)


def working(d):
    """By the notices; weekends else."""
    year = next((y for y in CALENDAR.get('years', []) if y.get('year') == d.year), {})
    iso = d.isoformat()
    for key in ('holidays', 'off'):
        for x in year.get(key, []):
            days = x.get('days', []) if isinstance(x, dict) else [x]
            if iso in days:
                return False
    if iso in year.get('work', []) or iso in year.get('makeup', []):
        return True
    return d.weekday() < 5


def clocks_as_told(s, d, step, a):
    """What an act starts runs to the day that is counted here; what it stops stands still."""
    clocks = {x['id']: x for x in d.get('deadlines', [])}
    starts = {c['start'] for c in step.get('clocks', []) if 'start' in c}
    for c in step.get('clocks', []):
        now = [x for x in a['clocks'] if x['rule'] == c.get('start', c.get('stop'))]
        if 'stop' in c and c['stop'] not in starts:
            s.expect(f'{d["id"]}: {step["act"]} stops {c["stop"]}', not any(x['running'] for x in now), str(now))
        if 'start' not in c or clocks[c['start']]['roll'] != 'NONE':
            continue
        rule = clocks[c['start']]
        if 'from' in c and c['from'] not in a['fields']:
            s.expect(f'{d["id"]}: no {c["from"]}, no {c["start"]}', not any(x['running'] for x in now), str(now))
            continue
        start = datetime.date.fromisoformat(a['fields'][c['from']]['value']) if 'from' in c else TODAY
        due, left = start, rule['length']
        while left:
            due += datetime.timedelta(1)
            left -= 1 if rule['unit'] == 'ND' or working(due) else 0
        s.expect(f'{d["id"]}: {step["act"]} starts {c["start"]}', [(x['start'], x['due']) for x in now if x['running']] == [(start.isoformat(), due.isoformat())], f'{start} {due} {now}')
