"""The parts `deadlines`, `letters` and `calendar` of bench/run: due dates by the pure function, letters as PDF, and counting all open clocks
again after a notice. For the second the county's newest clocks are opened again, which is all that counting reads."""
import json
import os
import shutil
import sqlite3
import subprocess
import time

OPEN, OPEN_QUICK = 100_000, 10_000


def said_by(bench, tool):
    return json.loads(subprocess.run([bench.tool(tool), '2' if bench.quick else '10'], check=True, stdout=subprocess.PIPE, text=True).stdout)


def letters(bench):
    said = said_by(bench, 'bench-letters')
    rate = said['letters'] / said['cpu']
    bench.note('letters_per_s', rate, f"{rate:.0f} letters/s of processor time on one core ({said['letters']} in {said['cpu']:.1f} s, {said['bytes']} bytes each)")


def deadlines(bench):
    said = said_by(bench, 'bench-deadlines')
    rate = said['dates'] / said['seconds']
    bench.note('deadlines_per_s', rate, f"{rate:.0f} due dates/s on one core ({said['dates']} in {said['seconds']:.1f} s)")


def open_again(data, wanted):
    """Clocks of the newest matters run again; nothing else of a matter matters to the count."""
    db = sqlite3.connect(os.path.join(data, 'fangxin.db'))
    with db:
        db.execute("UPDATE deadline SET state = 'running', met_at = NULL WHERE state IN ('met', 'missed') AND (matter_id, rule, seq) IN "
                   "(SELECT matter_id, rule, seq FROM deadline ORDER BY matter_id DESC LIMIT ?)", (wanted,))
    n = db.execute("SELECT count(*) FROM deadline WHERE state IN ('running', 'paused')").fetchone()[0]
    last = db.execute("SELECT max(due) FROM deadline").fetchone()[0]
    db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    return n, last


def notice(year):
    """A made-up year with a week off in every month, so that most open clocks move."""
    return {'year': year, 'papers': ['https://example.org/bench'], 'holidays': [
        {'name': {'zh': '放假', 'en': 'Holiday'}, 'off': [[f'{year}-{m:02d}-03', f'{year}-{m:02d}-09'] for m in range(1, 13)]}]}


def calendar(bench, program):
    data = os.path.join(bench.data, 'calendar')
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(bench.big_county(), data)
    n, last = open_again(data, OPEN_QUICK if bench.quick else OPEN)
    year = time.gmtime(last * 86400).tm_year
    for k, y in enumerate((year, year - 1)):
        path = os.path.join(bench.data, 'notice.json')
        with open(path, 'w', encoding='utf-8') as f:
            json.dump(notice(y), f)
        began = time.monotonic()
        said = subprocess.run([program, 'calendar', 'import', path, '--json', '--data', data], check=True, stdout=subprocess.PIPE, text=True).stdout
        took = time.monotonic() - began
        end = json.loads(said.strip().split('\n')[-1])
        bench.note(f'calendar_{k + 1}_s', took, f"{end['clocks']} open clocks counted again in {took:.1f} s, {end['moved']} moved ({y}, import, listing and all)")
        bench.note(f'calendar_{k + 1}_per_10_s', end['clocks'] / took * 10, f"{end['clocks'] / took * 10:.0f} clocks in ten seconds")
    shutil.rmtree(data, ignore_errors=True)
