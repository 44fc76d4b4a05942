"""The expressions of register definitions in Python, written from docs/registers.md and not from the C code: what the
tests count measures by. None is empty; numbers are Decimal, dates datetime.date, lists of choices tuples."""
import datetime
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

TOKEN = re.compile(r'\s*(?:(\d+(?:\.\d+)?)|"([^"]*)"|([A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_0-9]+)*)|(!=|<=|>=|[-+*/=<>(),\[\]]))')


def tokens(text):
    at, out = 0, []
    while at < len(text.rstrip()):
        m = TOKEN.match(text, at)
        assert m, f'{text!r} at {at}'
        number, quoted, name, sign = m.groups()
        out.append(('number', Decimal(number)) if number is not None else ('text', quoted) if quoted is not None else
                   ('name', name) if name is not None else ('sign', sign))
        at = m.end()
    return out + [('end', None)]


class Expression:
    def __init__(self, text):
        self.list, self.at = tokens(text), 0
        self.tree = self.parse_or()
        assert self.list[self.at][0] == 'end', text

    def peek(self, *values):
        kind, value = self.list[self.at]
        return kind in ('sign', 'name') and value in values

    def take(self, *values):
        if self.peek(*values):
            self.at += 1
            return self.list[self.at - 1][1]
        return None

    def need(self, value):
        assert self.take(value), f'{value} wanted at {self.list[self.at:]}'

    def parse_or(self):
        left = self.parse_and()
        while self.take('or'):
            left = ('or', left, self.parse_and())
        return left

    def parse_and(self):
        left = self.parse_not()
        while self.take('and'):
            left = ('and', left, self.parse_not())
        return left

    def parse_not(self):
        return ('not', self.parse_not()) if self.take('not') else self.parse_compare()

    def parse_compare(self):
        left = self.parse_sum()
        sign = self.take('=', '!=', '<', '<=', '>', '>=')
        if sign:
            return ('compare', sign, left, self.parse_sum())
        if self.take('in'):
            self.need('[')
            items = [self.parse_sum()]
            while self.take(','):
                items.append(self.parse_sum())
            self.need(']')
            return ('in', left, items)
        return left

    def parse_sum(self):
        left = self.parse_product()
        while self.peek('+', '-'):
            left = ('math', self.take('+', '-'), left, self.parse_product())
        return left

    def parse_product(self):
        left = self.parse_one()
        while self.peek('*', '/'):
            left = ('math', self.take('*', '/'), left, self.parse_one())
        return left

    def parse_one(self):
        if self.take('('):
            inner = self.parse_or()
            self.need(')')
            return inner
        if self.take('-'):
            return ('math', '-', ('value', Decimal(0)), self.parse_one())
        kind, value = self.list[self.at]
        self.at += 1
        if kind in ('number', 'text'):
            return ('value', value)
        assert kind == 'name', f'{kind} {value}'
        if value in ('true', 'false'):
            return ('value', value == 'true')
        if not self.take('('):
            return ('name', value)
        args = []
        if not self.peek(')'):
            args.append(self.parse_or())
            while self.take(','):
                args.append(self.parse_or())
        self.need(')')
        return ('call', value, args)


def exact(n):
    return None if n is None else n.quantize(Decimal('0.0001'), ROUND_HALF_UP)


def compare(sign, a, b):
    if a is None or b is None:
        return None
    return {'=': a == b, '!=': a != b, '<': sign == '<' and a < b, '<=': sign == '<=' and a <= b, '>': sign == '>' and a > b,
            '>=': sign == '>=' and a >= b}[sign]


class Over:
    """Evaluation over one entry. @p look(name) gives fields, computed ones, NAME.member and status, day, today …;
    @p rows(table) its rows, each a look; @p link(field, name); @p working(date): whether it is a working day; @p codes(name): the codes of a
    choice in their order."""

    def __init__(self, look, rows, link, working, codes):
        self.look, self.rows, self.link, self.working, self.codes = look, rows, link, working, codes

    def value(self, text):
        return self.eval(Expression(text).tree)

    def holds(self, text):
        return text is None or self.value(text) is True

    def eval(self, t):
        kind = t[0]
        if kind == 'value':
            return t[1]
        if kind == 'name':
            return self.look(t[1])
        if kind == 'not':
            v = self.eval(t[1])
            return None if v is None else not v
        if kind in ('and', 'or'):
            a, b = self.eval(t[1]), self.eval(t[2])
            decides = kind == 'or'
            return decides if a is decides or b is decides else None if a is None or b is None else not decides
        if kind == 'compare':
            return compare(t[1], self.eval(t[2]), self.eval(t[3]))
        if kind == 'in':
            v = self.eval(t[1])
            return None if v is None else v in [self.eval(x) for x in t[2]]
        if kind == 'math':
            return self.math(t[1], self.eval(t[2]), self.eval(t[3]))
        return getattr(self, 'do_' + t[1].rstrip('_'))(t[2])

    @staticmethod
    def math(sign, a, b):
        if a is None or b is None or (sign == '/' and b == 0):
            return None
        return exact({'+': lambda: a + b, '-': lambda: a - b, '*': lambda: a * b, '/': lambda: a / b}[sign]())

    def do_if(self, args):
        c = self.eval(args[0])
        return None if c is None else self.eval(args[1] if c else args[2])

    def do_default(self, args):
        v = self.eval(args[0])
        return self.eval(args[1]) if v is None else v

    def do_empty(self, args):
        v = self.eval(args[0])
        return v is None or v == () or v == []

    def do_has(self, args):
        v = self.eval(args[0])
        return None if v is None else self.eval(args[1]) in v

    def do_rank(self, args):
        v = self.eval(args[0])
        return None if v is None else Decimal(self.codes(args[0][1]).index(v) + 1)

    def do_link(self, args):
        return self.link(args[0][1], args[1][1])

    def table(self, args):
        """The rows for which the condition holds, and the column of the first argument."""
        name, _, column = args[0][1].partition('.') if args[0][0] == 'name' else self.first_name(args[0]).partition('.')
        return [Over(look, self.rows, self.link, self.working, self.codes) for look in self.rows(name)], column

    def first_name(self, t):
        if t[0] == 'name':
            return t[1]
        for part in t[1:]:
            for x in part if isinstance(part, list) else [part]:
                if isinstance(x, tuple):
                    found = self.first_name(x)
                    if found:
                        return found
        return ''

    def do_sum(self, args):
        rows, _ = self.table(args)
        got = [r.eval(args[0]) for r in rows if len(args) == 1 or r.eval(args[1]) is True]
        got = [v for v in got if v is not None]
        return None if not rows else sum(got, Decimal(0))

    def do_count(self, args):
        if args[0][0] == 'name' and '.' not in args[0][1]:
            return Decimal(len(self.look(args[0][1]) or ()))
        rows, column = self.table(args)
        if not column and args[0][0] == 'name':
            return Decimal(len(rows))
        return Decimal(sum(1 for r in rows if r.eval(args[0]) is True))

    def do_same_text(self, args):
        a, b = (v if v is None else re.sub(r'\s', '', unicodedata.normalize('NFKC', v)).upper() for v in map(self.eval, args))
        return None if a is None or b is None else a == b

    def do_same_quantities(self, args):
        sums = [{}, {}]
        for into, (_, name) in zip(sums, args):
            table, _, column = name.partition('.')
            for look in self.rows(table):
                value, unit = look(f'{name}.value'), look(f'{name}.unit')
                if value is not None:
                    into[unit] = into.get(unit, 0) + value
        return {u: n for u, n in sums[0].items() if n} == {u: n for u, n in sums[1].items() if n}

    def several(self, args, pick):
        got = [self.eval(a) for a in args]
        return None if None in got else pick(got)

    def do_min(self, args):
        return self.several(args, min)

    def do_max(self, args):
        return self.several(args, max)

    def do_abs(self, args):
        v = self.eval(args[0])
        return None if v is None else abs(v)

    def do_round(self, args):
        v, n = self.eval(args[0]), self.eval(args[1]) if len(args) > 1 else Decimal(0)
        return None if v is None or n is None else v.quantize(Decimal(1).scaleb(-int(n)), ROUND_HALF_UP)

    def do_days(self, args):
        a, b = self.eval(args[0]), self.eval(args[1])
        a, b = (v.date() if isinstance(v, datetime.datetime) else v for v in (a, b))
        return None if a is None or b is None else Decimal((b - a).days)

    def do_hours(self, args):
        a, b = self.eval(args[0]), self.eval(args[1])
        return None if a is None or b is None else Decimal(int((b - a).total_seconds())) / 3600

    def do_workdays(self, args):
        a, b = self.eval(args[0]), self.eval(args[1])
        if a is None or b is None:
            return None
        one = datetime.timedelta(1 if b >= a else -1)
        n, d = 0, a
        while d != b:
            d += one
            n += 1 if self.working(d if one.days > 0 else d - one) else 0
        return Decimal(n * one.days)

    def do_add_days(self, args):
        d, n = self.eval(args[0]), self.eval(args[1])
        return None if d is None or n is None else d + datetime.timedelta(int(n))

    def do_add_months(self, args):
        d, n = self.eval(args[0]), self.eval(args[1])
        if d is None or n is None:
            return None
        month = d.month - 1 + int(n)
        year, month = d.year + month // 12, month % 12 + 1
        last = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        return datetime.date(year, month, min(d.day, last))

    def do_year(self, args):
        d = self.eval(args[0])
        return None if d is None else Decimal(d.year)

    def do_month(self, args):
        d = self.eval(args[0])
        return None if d is None else Decimal(d.month)
