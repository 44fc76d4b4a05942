/* Bulletins as the server gives them, and how a number of one is said. */
import type { Row, Text } from '@/shared/types'

export interface Head {
  key: string
  version: number
  status: 'draft' | 'issued'
  form: string
  form_label: Text
  title: string
  body: string
  body_name: Text
  period: string
  reports: boolean
  position: number
  n_figures: number
  made_by: string | null
  made_at: string | null
  issued_by: string | null
  issued_at: string | null
  corrects: string | null
  may_issue: boolean
  may_write: boolean
  may_correct: boolean
}
export interface Value {
  value: string | null
  num: number
  den: number | null
}
export interface BulletinFigure extends Value {
  id: string
  form: 'value' | 'change' | 'growth' | 'rank'
  label: string
  unit: string
  decimals: number
  meaning: string | null
  of: number[] | null
  register: string | null
  measure: string | null
  traced: boolean
}
export interface Cell {
  text?: string | null
  figure?: number
  number?: string
  suffix?: string
  sign?: boolean
  warning?: string
}
export interface BulletinTable {
  caption: string
  columns: { label: string; number: boolean; width: number }[]
  rows: { total: boolean; key: string; cells: Cell[] }[]
}
export interface BulletinChart {
  title: string
  unit: string
  form: 'bars' | 'columns'
  labels: string[]
  figures: number[]
}
/** Text of a sentence, or one of its numbers. */
export interface Run {
  text: string
  figure?: number
}
export interface Block {
  heading?: string
  level?: number
  note?: string
  runs?: Run[]
  table?: BulletinTable
  chart?: BulletinChart
}
export interface Whole extends Head {
  figures: BulletinFigure[]
  blocks: Block[]
  changed: ({ figure: number } & Value)[]
  as_of: string
}
interface Rows {
  total: number
  withheld: number
  items: { row: Row; since?: { act: string; label: Text; by: string | null; at: string; recorded_at: string }[] }[]
}
export interface FigureNow {
  printed: BulletinFigure
  now: Value | null
  members: number
  members_now: number
  added: Rows
  gone: Rows
}
export interface FormKind {
  id: string
  label: Text
  periods: string[]
}
/** A period that should have its paper and has none. */
export interface Missing {
  form: string
  form_label: Text
  body: string
  body_name: Text
  period: string
  due: string
  late: boolean
  draft: string | null
}
export type Mode = 'printed' | 'now' | 'both'

/** 1013 → 1,013; what is not a whole number of four digits or more stays. */
export function commas(text: string): string {
  return text.replace(/\d{4,}/g, (n) => n.replace(/\B(?=(\d{3})+$)/g, ','))
}
/** The number of now in the shape of what was printed: a fraction, a change with its sign, a rate. */
export function nowText(value: Value, cell: Cell, figure: BulletinFigure | undefined): string {
  if (cell.text?.includes('/')) return `${commas(String(value.num))}/${commas(String(value.den ?? 0))}`
  if (value.value === null) return '—'
  const plus = cell.sign && Number(value.value) > 0 ? '+' : ''
  const plain = figure && (figure.form === 'change' || figure.form === 'growth') && !cell.sign ? value.value.replace('-', '') : value.value
  return plus + commas(plain) + (cell.suffix ?? '')
}
/** 一、（一）1. */
export function ordinals(blocks: Block[]): string[] {
  const han = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二', '十三', '十四', '十五']
  const at = [0, 0, 0, 0]
  return blocks.map((b) => {
    if (b.heading === undefined) return ''
    const level = b.level ?? 1
    at[level] = (at[level] ?? 0) + 1
    for (let i = level + 1; i < 4; i++) at[i] = 0
    const n = at[level] ?? 0
    return level === 1 ? `${han[n] ?? n}、` : level === 2 ? `（${han[n] ?? n}）` : `${n}.`
  })
}
