/* The cells of a clock's explanation: which words each day carries. The days themselves come from the server. */
import { addDays, weekday } from './format'
import { isEnglish, say, tx } from './i18n'
import type { Day, DeadlineDay, DeadlineExplained } from './types'

export interface Cell {
  date: Day
  dayOfMonth: number
  month: number
  kind: DeadlineDay['kind'] | 'outside'
  number: number | null
  /** 休, 六, 日, 班, 检测 … */
  label: string
  /** Why it is counted or not: 中秋节放假，不计. */
  why: string
  work: boolean
  weekend: boolean
  late: boolean
  /** The first day is that of receipt; other clocks begin with an act or on a day that somebody gave. */
  received: boolean
}

function cell(d: DeadlineDay, late: boolean): Cell {
  // The server's mark is one sign (休, 六, 检测); other languages say it with the words below.
  const label = isEnglish() ? '' : tx(d.label)
  const w = weekday(d.date)
  return {
    date: d.date,
    dayOfMonth: Number(d.date.slice(8, 10)),
    month: Number(d.date.slice(5, 7)),
    kind: d.kind,
    number: d.number,
    label,
    why: tx(d.why),
    work: d.label?.zh === '班',
    weekend: w === 0 || w === 6,
    late: late && d.kind === 'last',
    received: d.label?.zh === '收',
  }
}
function outside(date: Day): Cell {
  return {
    date, dayOfMonth: Number(date.slice(8, 10)), month: Number(date.slice(5, 7)), kind: 'outside', number: null, label: '', why: '',
    work: false, weekend: false, late: false, received: false,
  }
}

export function stripCells(d: DeadlineExplained): Cell[] {
  return d.days.map((day) => cell(day, d.level === 'late'))
}

/** Whole weeks, Monday first, so that every row has seven cells. */
export function weekCells(d: DeadlineExplained): Cell[][] {
  const cells = stripCells(d)
  const first = cells[0]
  const last = cells[cells.length - 1]
  if (!first || !last) return []
  for (let n = (weekday(first.date) + 6) % 7, day = first.date; n > 0; n -= 1) {
    day = addDays(day, -1)
    cells.unshift(outside(day))
  }
  for (let n = (7 - weekday(last.date)) % 7, day = last.date; n > 0; n -= 1) {
    day = addDays(day, 1)
    cells.push(outside(day))
  }
  const weeks: Cell[][] = []
  for (let i = 0; i < cells.length; i += 7) weeks.push(cells.slice(i, i + 7))
  return weeks
}

/** What stands under the number in a week grid: 提交, 第1天, 周末, 休, 到期. */
export function cellWord(c: Cell): string {
  switch (c.kind) {
    case 'start':
      return say(c.received ? 'due.filed' : 'due.starts')
    case 'counted':
      return c.number === null ? '' : say('due.day_n', { n: String(c.number) })
    case 'last':
      return say('due.last')
    case 'rolled':
      return say('due.rolled')
    case 'paused':
      return c.label || say('due.paused_cell')
    case 'skipped':
      if (c.label === '六' || c.label === '日') return say('due.weekend')
      return c.label || say(c.weekend ? 'due.weekend' : 'due.rest')
    default:
      return ''
  }
}
/** What stands in a cell of the strip: 收, 1, 休. */
export function stripWord(c: Cell): string {
  if (c.kind === 'start') return say(c.received ? 'due.received' : 'due.starts_mark')
  if (c.number !== null) return String(c.number)
  if (c.kind === 'last') return say('due.last')
  return c.label || say(c.kind === 'paused' ? 'due.paused_cell' : 'due.rest')
}
