/* Figures as the server gives them, in words: value, unit, fraction, comparison. */
import { count, date } from '@/shared/format'
import { say, tx } from '@/shared/i18n'
import type { Text } from '@/shared/types'

export interface Figure {
  id: string
  indicator: string
  label: Text
  value: string | null
  unit: Text | string | null
  definition?: Text | null
  num: number | null
  den: number | null
  decimals: number
  against: { value: string | null; num: number | null; den: number | null; period: string } | null
  hash: string
  without_reports: boolean
  breakdown: FigureCell[] | null
  overlap: number | null
}
/** One part of a figure; it opens like the figure itself. */
export interface FigureCell {
  id: string
  key: string
  label: Text
  value: string | null
  num: number
  den: number | null
  n: number
  sum: number
  against: { value: string | null; num: number; den: number | null } | null
}
export type Scope = 'subtree' | 'own'
export type Against = 'prev' | 'lastyear'
/** The breakdowns, in the order they are offered. */
export const DIMENSIONS = ['branch', 'body', 'body_class', 'officer', 'kind', 'channel', 'sector', 'category', 'problem', 'district', 'theme', 'business', 'outcome', 'ground', 'told', 'settled_at', 'remedy', 'payer', 'rating', 'status', 'month', 'day'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** A part, to be shown as a figure of its own. */
export function cellFigure(f: Figure, c: FigureCell): Figure {
  return { ...f, id: c.id, value: c.value, num: c.num, den: c.den, against: c.against && f.against ? { ...c.against, period: f.against.period } : null, breakdown: null, overlap: null }
}
export interface Dashboard {
  now: { late: number; today: number; soon: number; waiting_leader?: number; unassigned?: number }
  figures: Figure[]
  by_month: { month: string; received: number; ended: number }[]
  by_day: { date: string; received: number; ended: number; off: boolean }[]
  by_category: { key: string; label: Text; n: number; before: number }[]
  other_categories: { categories: number; n: number; before: number }
  no_category: { n: number; before: number }
  by_body: { code: string; name: Text; received: number; ended: number; late: number; today: number; soon: number; paused: number; open: number }[]
  position: number | string
}

/** Money from ten thousand yuan up is said in 万元, as people do. */
const inWan = (f: Figure) => typeof f.unit === 'object' && f.unit?.zh === '元' && Math.abs(Number(f.value)) >= 10_000
function numberWords(value: string): string {
  const [whole = '', rest] = value.split('.')
  return /^-?\d+$/.test(whole) ? count(Number(whole)) + (rest ? `.${rest}` : '') : value
}
const shown = (f: Figure, value: string) => numberWords(inWan(f) ? (Number(value) / 10_000).toFixed(2) : value)
export function valueWords(f: Figure): string {
  return f.value === null || f.den === 0 ? say('common.none') : shown(f, f.value)
}
export function unitWords(f: Figure): string {
  if (f.value === null || f.den === 0) return ''
  return inWan(f) ? say('common.wan') : tx(f.unit)
}
const isRate = (f: Figure) => typeof f.unit === 'object' && f.unit?.zh === '%'
/** 352 件中 343 件; 791 件共 3,150 分; or the parts it is made of. */
export function fractionWords(f: Figure): string {
  if (f.den !== null && f.den !== undefined && f.num !== null && !isRate(f)) return say('fig.mean_of', { den: count(f.den), num: count(f.num), unit: tx(f.unit) })
  if (f.den !== null && f.den !== undefined && f.num !== null) return say('fig.of', { den: count(f.den), num: count(f.num) })
  if (f.breakdown?.length) return f.breakdown.slice(0, 4).map((b) => `${tx(b.label)} ${count(b.n)}`).join('，')
  return ''
}
/** 8月 332，多 29 */
export function againstWords(f: Figure): string {
  const a = f.against
  if (!a || a.value === null || f.value === null) return ''
  const value = Number(f.value) - Number(a.value)
  if (!Number.isFinite(value)) return ''
  const size = shown(f, Math.abs(value).toFixed(f.decimals))
  const unit = isRate(f) ? say('fig.points') : ''
  const change = value === 0 ? say('fig.same') : say(value > 0 ? 'fig.more' : 'fig.fewer', { n: size }) + unit
  return say('fig.against', { period: periodWords(a.period), value: shown(f, a.value), change })
}
export function periodWords(period: string): string {
  const month = /^(\d{4})-(\d{2})$/.exec(period)
  if (month) return say('fig.month', { y: month[1], m: Number(month[2]) })
  const quarter = /^(\d{4})Q([1-4])$/.exec(period)
  if (quarter) return say('fig.quarter', { y: quarter[1], q: quarter[2] })
  const half = /^(\d{4})H([12])$/.exec(period)
  if (half) return say(half[2] === '1' ? 'fig.half1' : 'fig.half2', { y: half[1] })
  if (/^\d{4}$/.test(period)) return say('fig.year', { y: period })
  return period.split('..').map((day) => date(day)).join('–')
}
/** The usual periods up to today: months, quarters, this year and last. */
export function usualPeriods(today: string): string[] {
  const y = Number(today.slice(0, 4))
  const m = Number(today.slice(5, 7))
  const months = Array.from({ length: 12 }, (_, i) => {
    const at = y * 12 + (m - 1) - i
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
  })
  const q = Math.ceil(m / 3)
  const quarters = Array.from({ length: 4 }, (_, i) => {
    const at = y * 4 + (q - 1) - i
    return `${Math.floor(at / 4)}Q${(at % 4) + 1}`
  })
  return [...months, ...quarters, `${y}H1`, ...(m > 6 ? [`${y}H2`] : []), String(y), String(y - 1)]
}
/** The week of today and those before it, Monday to Sunday. */
export function weeks(today: string, n: number): string[] {
  const at = new Date(`${today}T00:00:00Z`)
  const monday = at.getTime() - ((at.getUTCDay() + 6) % 7) * 86_400_000
  const day = (t: number) => new Date(t).toISOString().slice(0, 10)
  return Array.from({ length: n }, (_, i) => `${day(monday - i * 7 * 86_400_000)}..${day(monday + (6 - i * 7) * 86_400_000)}`)
}
export function dayRange(period: string): { from: string; to: string } {
  const last = (y: number, m: number) => `${y}-${String(m).padStart(2, '0')}-${String(new Date(Date.UTC(y, m, 0)).getUTCDate()).padStart(2, '0')}`
  const first = (y: number, m: number) => `${y}-${String(m).padStart(2, '0')}-01`
  const y = Number(period.slice(0, 4))
  if (/^\d{4}-\d{2}$/.test(period)) return { from: `${period}-01`, to: last(y, Number(period.slice(5))) }
  const part = Number(period.slice(5))
  if (/^\d{4}Q/.test(period)) return { from: first(y, part * 3 - 2), to: last(y, part * 3) }
  if (/^\d{4}H/.test(period)) return { from: first(y, part * 6 - 5), to: last(y, part * 6) }
  const range = /^(.+)\.\.(.+)$/.exec(period)
  if (range) return { from: range[1] ?? '', to: range[2] ?? '' }
  return { from: `${y}-01-01`, to: `${y}-12-31` }
}
