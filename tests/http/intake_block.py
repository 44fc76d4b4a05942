"""The year whose figures the sentence states (24,339 matters), as rows of an import, and the acts that
follow on it by hand. Names and phones are invented."""
import csv
import io

YEAR = 2025
COMPLAINTS, REPORTS, ENQUIRIES = 3725, 404, 20210
MEDIATED, REPORTS_ENDED = 3647, 390
RECOVERED_FEN = 340012345  # 340 万元 to the nearest 万元
# What officers file and do over HTTP, out of these totals.
SPLIT = 8         # complaints that hold a report
LATE = 6          # complaints written down long after the receipt; as many enquiries
AGAIN = 5         # settled, reopened and settled again within the year: counted once
UNDONE = 5        # settled, then reopened in the year and open at its end
AFTERWARDS = 6    # reopened in the year that follows: settled at the end of the year all the same
RECLASSIFIED = 7
WITHDRAWN, TERMINATED, NEXT_YEAR = 18, 25, 30  # not mediated by the end of the year, with UNDONE
REPORTS_NEXT_YEAR, REPORTS_OPEN = 8, 6
CARRIED_OVER = 60  # received the year before, ended in this one
BODIES = ['420202', '42020201', '42020202', '4202020101', '4202020102', '4202020201', '4202020202', '42020203']
CATEGORIES = ['goods.food', 'goods.clothing', 'service.catering', 'service.beauty', '']
CHANNELS = ['phone', 'web', 'hotline_12345', 'visit']
COLUMNS = ['key', 'kind', 'channel', 'received_at', 'facts', 'consumer.name', 'consumer.phone', 'respondent.name',
           'category', 'amount_fen', 'body', 'outcome', 'ended_at', 'recovered_fen', 'answer', 'heads', 'respondent.division', 'respondent.address']
PLACES = [('420202005', ''), ('420202', '花湖街道1号'), ('', '沈家营街道2号'), ('420203', ''), ('', '')]  # the fifth kind says nothing


def day_of(i, year=YEAR):
    """All months, all days to the 28th."""
    return f'{year}-{i % 12 + 1:02d}-{i // 12 % 28 + 1:02d}'


class Rows:
    def __init__(self):
        self.n = 0
        self.out = io.StringIO()
        self.csv = csv.writer(self.out)
        self.csv.writerow(COLUMNS)

    def add(self, kind, received, outcome='', ended='', recovered='', business='', category=None):
        i = self.n
        self.n += 1
        complaint = kind == 'complaint'
        self.csv.writerow([
            i, kind, CHANNELS[i % 4], received + ' 09:00', f'第{i}件，请处理', '' if kind == 'report' else '刘婷',
            '' if kind == 'report' else '13800001111', business or f'商户{i % 97}', (category or CATEGORIES[i % 5]) if complaint else '',
            i % 500 * 100 if complaint else '', BODIES[i % 8], outcome, ended and ended + ' 15:00', recovered,
            '已答复' if outcome == 'answered' else '', 3 if i % 50 == 0 else '', *PLACES[i % 5]])


def rows():
    """The CSV, and what of RECOVERED_FEN is left for the complaints that are settled by hand."""
    r = Rows()
    settled = MEDIATED - SPLIT - LATE - AGAIN - AFTERWARDS
    left = RECOVERED_FEN - (SPLIT + LATE + AGAIN + AFTERWARDS) * 1000
    for i in range(settled):
        share = left // (settled - i)
        left -= share
        r.add('complaint', day_of(i), 'settled', f'{YEAR}-12-31' if i % 12 == 11 else day_of(i + 1)[:7] + '-28', share)
    for i in range(AGAIN):
        r.add('complaint', day_of(i), 'settled', f'{YEAR}-12-20', 777, business='再开再结')
    for i in range(UNDONE):
        r.add('complaint', day_of(i), 'settled', f'{YEAR}-12-20', 888, business='再开未结')
    for i in range(AFTERWARDS):
        r.add('complaint', day_of(i), 'settled', f'{YEAR}-12-20', 1000, business='次年再开')
    for i in range(WITHDRAWN):
        r.add('complaint', day_of(i), 'withdrawn', day_of(i))
    for i in range(TERMINATED):
        r.add('complaint', day_of(i), 'terminated', f'{YEAR}-12-30')
    for i in range(NEXT_YEAR):
        r.add('complaint', f'{YEAR}-12-{i % 28 + 1:02d}', 'settled', f'{YEAR + 1}-01-15', 999999)
    for i in range(REPORTS_ENDED - SPLIT):
        r.add('report', day_of(i), 'filed' if i % 3 else 'not_filed', f'{YEAR}-12-29')
    for i in range(REPORTS_NEXT_YEAR):
        r.add('report', f'{YEAR}-12-{i + 1:02d}', 'filed', f'{YEAR + 1}-01-20')
    for i in range(REPORTS_OPEN):
        r.add('report', day_of(i))
    for i in range(ENQUIRIES - LATE):
        r.add('enquiry', day_of(i), 'answered', day_of(i))
    for i in range(CARRIED_OVER):
        r.add('complaint', f'{YEAR - 1}-12-{i % 28 + 1:02d}', 'settled', f'{YEAR}-01-10', 500000)
    return r.out.getvalue()


if __name__ == '__main__':
    print(rows(), end='')
