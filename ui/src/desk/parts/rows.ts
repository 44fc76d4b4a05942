/* The words of one row in a list, and the groups that a queue falls into. */
import { addDays, date, span, today, weekdayName } from '@/shared/format'
import { say, tx } from '@/shared/i18n'
import type { Day, Deadline, Row } from '@/shared/types'
import type { Levels } from '../lists'

export type GroupKey = 'late' | 'today' | 'soon' | 'later' | 'paused' | 'none'
export interface Group {
  key: GroupKey
  rows: Row[]
  n: number
  note: string
}
/** The counts a queue is read by, and a clock for the shape of each; only shape and colour are read from them. */
export const LEVELS = ['late', 'today', 'soon', 'later', 'paused'] as const
const none = { zh: '', en: '' }
const shape = (level: Deadline['level'], days: number, state: Deadline['state'] = 'running'): Deadline => ({
  rule: '', label: none, state, start: '', due: '', level, left: { days, unit: 'WD' }, unit: 'WD', length: 0, paused_days: 0, met_at: null, provisional: false, basis: none, sentence: none,
})
export const SHAPES: Record<(typeof LEVELS)[number], Deadline> = {
  late: shape('late', -1), today: shape('warn', 0), soon: shape('warn', 1), later: shape('ok', 5), paused: shape('paused', 0, 'paused'),
}
const ORDER: GroupKey[] = ['late', 'today', 'soon', 'later', 'paused', 'none']

export function groupOf(row: Row): GroupKey {
  if (row.level && (ORDER as string[]).includes(row.level)) return row.level as GroupKey
  const d = row.next_deadline
  if (!d || d.level === 'done') return 'none'
  if (d.state === 'paused' || d.level === 'paused') return 'paused'
  if (d.level === 'late') return 'late'
  if (d.level === 'warn') return d.left.days === 0 ? 'today' : 'soon'
  return 'later'
}
function noteOf(key: GroupKey, rows: Row[]): string {
  if (key === 'late') return say('list.late_first')
  if (key === 'today') return `${date(today())} ${weekdayName(today())}`
  if (key !== 'soon') return ''
  const days = Array.from(new Set(rows.map((r) => r.next_deadline?.due ?? ''))).filter(Boolean).sort()
  return days.slice(0, 3).map((d: Day) => date(d)).join(say('common.list_comma'))
}
export function groupRows(rows: Row[], levels: Levels | null): Group[] {
  const found = new Map<GroupKey, Row[]>()
  for (const row of rows) {
    const key = groupOf(row)
    const list = found.get(key)
    if (list) list.push(row)
    else found.set(key, [row])
  }
  return ORDER.filter((key) => found.has(key)).map((key) => {
    const list = found.get(key) ?? []
    const counted = levels && key !== 'none' ? levels[key] : 0
    return { key, rows: list, n: Math.max(counted, list.length), note: noteOf(key, list) }
  })
}

/** 等商家答复 4 天: who is waited for and since when. Natural days; the clocks themselves come from the server. */
export function waitingWords(row: { waiting_for?: Row['waiting_for'] }): string {
  const w = row.waiting_for
  if (!w || w.who === 'nobody') return ''
  const label = tx(w.label)
  const words = /^(等|还)/.test(label) ? label : say('list.waiting', { who: label })
  const since = w.since?.slice(0, 10)
  if (!since || since >= today()) return words
  let days = 0
  for (let d = since; d < today() && days < 999; d = addDays(d, 1)) days += 1
  return `${words} ${span(days, 'ND')}`
}
export function metaWords(row: Row): string {
  const bits = [row.number, row.secret ? '' : tx(row.category_label), row.secret ? '' : tx(row.problem_label), row.consumer ?? '']
  return bits.filter(Boolean).join(' • ')
}
