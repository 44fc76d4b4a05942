/* The calendar of working days: what the server says of it, and notices read from a file. */
import { get, post, put } from '@/shared/api'

export interface Year {
  year: number
  provisional: boolean
  paper: string | null
  working_days: number
  imported: boolean
}
export interface Run {
  id: number
  revision: string
  state: 'running' | 'done'
  total: number
  done: number
  moved: number
  started_at: string
  finished_at: string | null
}
export interface Calendar {
  id: string
  revision: string
  version: number
  source: string
  years: Year[]
  run: Run | null
}
export interface Preview {
  clocks: number
  moved: number
  shifts: { rule: string; days: number; n: number }[]
  more: boolean
}
export interface Moved {
  items: { number: string; case?: number; register?: string; entry?: number; rule: string; old_due: string; new_due: string }[]
  hidden: number
  next: string | null
}
interface Holiday {
  name: { zh: string; en: string }
  off?: (string | [string, string])[]
  statutory?: (string | [string, string])[]
  work?: (string | [string, string])[]
}
export interface Notice {
  year: number
  papers: string[]
  holidays: Holiday[]
}

export const calendar = async (): Promise<Calendar | null> => (await get<{ items: Calendar[] }>('/calendars', undefined, { retries: 1 })).items[0] ?? null
export const moved = (id: string, after: string | null): Promise<Moved> => get<Moved>(`/calendars/${id}/moved`, { after, limit: 50 })
export const preview = (id: string, n: Notice): Promise<Preview> => post<Preview>(`/calendars/${id}/years/${n.year}/preview`, n, { timeoutMs: 120_000 })
export const take = (c: Calendar, n: Notice): Promise<Run> => put<Run>(`/calendars/${c.id}/years/${n.year}`, n, { version: c.version })

/** A table year, date, name, is_off_day, paper; names in English are the server's matter, so both are the same here. */
function fromTable(text: string): Notice[] {
  const lines = text.split(/\r?\n/).filter((l) => l.trim())
  const columns = (lines.shift() ?? '').split(',').map((c) => c.trim())
  const at = (name: string) => columns.indexOf(name)
  const years = new Map<number, Notice>()
  if (['year', 'date', 'name', 'is_off_day', 'paper'].some((c) => at(c) < 0)) return []
  for (const line of lines) {
    const cells = line.split(',').map((c) => c.trim().replace(/^"(.*)"$/, '$1'))
    const year = Number(cells[at('year')])
    const name = cells[at('name')] ?? ''
    const notice = years.get(year) ?? { year, papers: [cells[at('paper')] ?? ''], holidays: [] }
    let holiday = notice.holidays.find((h) => h.name.zh === name)
    if (!holiday) notice.holidays.push((holiday = { name: { zh: name, en: name }, off: [], work: [] }))
    ;(cells[at('is_off_day')] === '1' ? holiday.off : holiday.work)?.push(cells[at('date')] ?? '')
    years.set(year, notice)
  }
  return [...years.values()]
}
function isNotice(value: unknown): value is Notice {
  return typeof value === 'object' && value !== null && typeof (value as Notice).year === 'number' && Array.isArray((value as Notice).holidays)
}
/** The years of a file; none when it is neither a notice nor a table of days. */
export function readNotice(text: string): Notice[] {
  const plain = text.replace(/^\uFEFF/, '')
  if (!/^\s*[[{]/.test(plain)) return fromTable(plain)
  let value: unknown
  try {
    value = JSON.parse(plain)
  } catch {
    return []
  }
  const list = isNotice(value) ? [value] : (value as { years?: unknown } | null)?.years
  return Array.isArray(list) ? list.filter(isNotice) : []
}
const dayMs = 86_400_000
function length(entry: string | [string, string]): number {
  return typeof entry === 'string' ? 1 : Math.round((Date.parse(entry[1]) - Date.parse(entry[0])) / dayMs) + 1
}
export function daysOff(n: Notice): number {
  return n.holidays.reduce((sum, h) => sum + (h.off ?? []).reduce((s, e) => s + length(e), 0), 0)
}
export function daysWorked(n: Notice): number {
  return n.holidays.reduce((sum, h) => sum + (h.work ?? []).reduce((s, e) => s + length(e), 0), 0)
}
