/* Registers: what the server says of definitions and entries, and one list of entries kept while the reader comes and goes. */
import { reactive, shallowRef } from 'vue'
import { get, request, type Query } from '@/shared/api'
import { count, date, money } from '@/shared/format'
import { tx } from '@/shared/i18n'
import { problemWords } from '@/shared/problem'
import type { Code, Day, Instant, Text } from '@/shared/types'
import type { CaseClock } from './cases'
import type { ActField, ActSpec } from './reference'

/** In the order in which the groups stand on the page. */
export const GROUPS = ['enforcement', 'network', 'honours', 'publicity', 'institutions', 'office'] as const

export interface RegisterBrief {
  id: string
  label: Text
  entry: Text
  about: Text | null
  group: string
  may_register: boolean
  open: number
  total: number
}
export interface Computed {
  name: string
  label: Text
  kind: string
  of?: string
  over?: string
  formula?: string
  decimals?: number
  choices?: { code: string; label: Text }[]
}
export interface Measure {
  id: string
  label: Text
  unit?: Text | null
  by?: string[]
}
export interface Frequency {
  id: string
  label: Text
  every: 'week' | 'month' | 'quarter' | 'half' | 'year' | string
  at_least: number
}
export interface RegisterDef extends Omit<RegisterBrief, 'open' | 'total'> {
  revision: string
  bases?: Text[] | null
  title?: string[]
  day?: string | null
  sections?: { id: string; label: Text }[] | null
  fields: ActField[]
  computed?: Computed[] | null
  states: { id: string; label: Text; open?: boolean; final?: boolean }[]
  acts: Record<string, ActSpec>
  columns?: string[] | null
  filters?: string[] | null
  frequencies?: Frequency[] | null
  measures?: Measure[] | null
  rates?: { id: string; label: Text; num: string; den: string; decimals?: number }[] | null
  sentences?: { id: string; zh: string; en: string }[] | null
  public?: { states: string[]; title?: Text | null } | null
  transitions?: { gather?: { field: string }[] }[]
  slips?: { of: string; mark?: string; rows?: { field: string; of: string; shows?: string[] } | null } | null
  prints?: { id: string; label: Text; lines: (string | { entries?: string[] })[] }[] | null
}
/** What an entry holds, and how the server says it. */
export interface Shown {
  value: unknown
  text: string | null
}
/** One file of a field, as the reader may see it. */
export interface EntryFile {
  id: number
  type: string
  shown: 'picture' | 'document'
  size: number
  width: number | null
  height: number | null
  at: Instant
  state: 'ready' | 'unscanned' | 'waiting' | 'infected' | 'purged'
  open: boolean
}
export interface EntryRow {
  number: string
  id: number
  title: string
  status: string
  status_label: Text
  open: boolean
  body: string
  body_name: Text | null
  day: Day
  due: Day | null
  due_label: Text | null
  level: '' | 'late' | 'today' | 'soon' | 'later'
  version: number
  columns: Record<string, Shown>
}
export interface EntryPage {
  items: EntryRow[]
  next: string | null
}
export interface EntryCounts {
  all: number
  open: number
  late: number
  states: Record<string, number>
}
export interface EntryLink {
  kind: string
  field?: string | null
  label?: Text | null
  register?: string | null
  number: string | null
  id?: number | null
  title?: string | null
  status_label?: Text | null
  visible?: boolean
}
export interface EntryEvent {
  version: number
  act: string
  actor: { display: string; kind?: string }
  at: Instant
  in: Record<string, unknown>
  texts: Record<string, string>
}
/** An entry that knows the goods of a filing or of another entry. */
export interface Recognised {
  register: string
  register_label: Text
  number: string
  title: string
  status_label: Text | null
  day: string | null
  may_read: boolean
  shows: { label: Text; text: string }[]
}
export interface Entry extends Omit<EntryRow, 'columns' | 'due' | 'due_label' | 'level'> {
  /** Whether files may be added and taken away. */
  may_attach?: boolean
  prints: { id: string; label: Text }[]
  /** One-time codes drawn for it; null where none can be. */
  slips?: { register: string; title: Text; drawn: number; answers: number; may_take: boolean } | null
  /** Of the definition it was written under. */
  revision?: string | null
  register: string
  code?: string | null
  fields: Record<string, Shown>
  computed: Record<string, Shown>
  clocks: CaseClock[]
  allowed_acts: ({ act: string; key?: string | null; class?: string } & ActSpec)[]
  not_allowed: { act: string; label?: Text | null; why: Text }[]
  links: { out: EntryLink[]; in: EntryLink[] }
  events: EntryEvent[]
  /** What other registers know of its goods. */
  recognised: Recognised[]
}

export const registerPath = (id: string) => `/registers/${encodeURIComponent(id)}`
export const entryPath = (id: string, number: string) => `${registerPath(id)}/entries/${encodeURIComponent(number)}`
function asked(path: string, query: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') params.set(name, String(value))
  const words = params.toString()
  return `/api/v1${path}${words ? `?${words}` : ''}`
}
export const exportHref = (id: string, query: Query, format: 'csv' | 'xlsx') => asked(`${registerPath(id)}/entries.${format}`, query)
/** What the register prints of a whole list. */
export const listPrints = (def: RegisterDef) => (def.prints ?? []).filter((p) => p.lines.some((l) => typeof l === 'object' && l.entries))
export const listPrintHref = (id: string, print: string, query: Query) => asked(`${registerPath(id)}/prints/${encodeURIComponent(print)}`, query)

/** A definition as the server has it: choices with their labels apart, acts in a list. */
type Raw = Record<string, unknown>
function readChoice(c: unknown): Code {
  if (typeof c === 'string') return { code: c, zh: c, en: c }
  const { code, label, ...rest } = c as { code: string; label?: Text } & Partial<Text>
  return { code, zh: label?.zh ?? rest.zh ?? code, en: label?.en ?? rest.en ?? code }
}
function readField(raw: Raw): ActField {
  const when = raw.when as { field: string; value: string } | undefined
  const units = (raw.unit_choices as unknown[] | undefined)?.map(readChoice) ?? []
  const allowed = raw.units as string[] | undefined
  return {
    ...(raw as unknown as ActField),
    required: raw.required === true,
    answer: raw.kind === 'bool',
    choices: (raw.choices as unknown[] | undefined)?.map(readChoice) ?? null,
    units: allowed?.length ? allowed.map((code) => units.find((u) => u.code === code) ?? readChoice(code)) : units,
    columns: (raw.columns as Raw[] | undefined)?.map(readField) ?? null,
    when_field: when?.field ?? null,
    when_value: when?.value ?? null,
  }
}
function readDefinition(raw: Raw): RegisterDef {
  const own = raw.fields as Raw[]
  // An act that only names one of the entry's fields asks for it as the entry has it.
  const asked = (f: Raw) => readField({ ...(f.kind === undefined ? own.find((o) => o.name === f.name) : undefined), section: undefined, when: undefined, required: false, ...f })
  const acts = (raw.acts as Raw[] | undefined) ?? []
  return {
    ...(raw as unknown as RegisterDef),
    fields: own.map(readField),
    acts: Object.fromEntries(acts.map((a) => [String(a.id), { ...(a as unknown as ActSpec), fields: ((a.fields as Raw[] | undefined) ?? []).map(asked) }])),
  }
}
const known = new Map<string, Promise<RegisterDef>>()
/** A definition, read once per sign-in; a failure is asked again next time. */
export function loadRegister(id: string, revision = ''): Promise<RegisterDef> {
  const place = `${id}@${revision}`
  let asked = known.get(place)
  if (!asked) {
    asked = get<Raw>(registerPath(id), revision ? { revision } : undefined, { retries: 2 }).then(readDefinition)
    asked.catch(() => known.delete(place))
    known.set(place, asked)
  }
  return asked
}
/** Told when the signed-in officer changes: what he may do with a register is part of its definition. */
export const forgetRegisters = (): void => known.clear()

export const shownText = (s: Shown | undefined): string => s?.text ?? ''
/** What the server says, with money and days as people write them and choices in the reader's language. */
export function shownWords(def: RegisterDef, name: string, s: Shown | undefined): string {
  const field = fieldOf(def, name)
  const made = def.computed?.find((c) => c.name === name)
  const kind = field?.kind ?? made?.kind
  if (s?.value === null || s?.value === undefined) return shownText(s)
  if (kind === 'money') return money(Number(s.value))
  if (kind === 'date') return date(String(s.value))
  if (kind === 'percent' && s.text) return s.text.endsWith('%') ? s.text : `${s.text}%`
  if (made?.choices) return tx(made.choices.find((c) => c.code === s.value)?.label) || shownText(s)
  return field && (kind === 'choice' || kind === 'choices') ? valueWords(field, s.value) || shownText(s) : shownText(s)
}
export const fieldOf = (def: RegisterDef, name: string): ActField | undefined => def.fields.find((f) => f.name === name)
const NUMBERS = ['int', 'decimal', 'money', 'quantity', 'percent']
export function isNumber(def: RegisterDef, name: string): boolean {
  const kind = fieldOf(def, name)?.kind ?? def.computed?.find((c) => c.name === name)?.kind ?? ''
  return NUMBERS.includes(kind)
}
export function columnLabel(def: RegisterDef, name: string): string {
  return tx(fieldOf(def, name)?.label ?? def.computed?.find((c) => c.name === name)?.label) || name
}
/** Codes as the server resolved them; a bare code is its own word. */
export function codes(list: (Code | string)[] | null | undefined): Code[] {
  return (list ?? []).map((c) => (typeof c === 'string' ? { code: c, zh: c, en: c } : c))
}
/** One cell of a table or an act, in words. */
export function valueWords(field: ActField, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  const word = (code: unknown) => tx(codes(field.choices).find((c) => c.code === code)) || String(code)
  if (field.kind === 'money') return money(Number(value))
  if (field.kind === 'int') return count(Number(value))
  if (field.kind === 'date') return date(String(value))
  if (Array.isArray(value)) return value.map((v) => (typeof v === 'object' ? '' : word(v))).filter(Boolean).join('、')
  if (field.kind === 'bool') return value === true ? '✓' : '—'
  if (typeof value === 'object') {
    const o = value as Record<string, unknown>
    const unit = codes(field.units).find((c) => c.code === o.unit)
    return [o.name ?? o.text ?? o.value, o.unit ? tx(unit) || o.unit : o.phone].filter(Boolean).join(' ')
  }
  return word(value)
}

export interface EntryFilters {
  q: string
  status: string
  open: string
  body: string
  from: string
  to: string
  sort: string
}
const PAGE = 50
const NONE: EntryFilters = { q: '', status: '', open: '', body: '', from: '', to: '', sort: '' }

export function makeEntryList(register: string) {
  const filters = reactive<EntryFilters>({ ...NONE })
  /** By the definition's own fields. */
  const own = reactive<Record<string, string>>({})
  const state = reactive({ loading: false, loaded: false, failure: '', next: null as string | null, current: '', counts: null as EntryCounts | null })
  const rows = shallowRef<EntryRow[]>([])
  let running: AbortController | null = null

  /** What is asked for, without what the tabs choose. */
  function narrowed(): Query {
    return { q: filters.q.trim(), body: filters.body, from: filters.from, to: filters.to, ...own }
  }
  function query(): Query {
    return { ...narrowed(), ...(filters.open === 'late' ? { due: 'late' } : { open: filters.open }), status: filters.status, sort: filters.sort }
  }
  async function load(): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    state.loading = true
    try {
      const [page, counts] = await Promise.all([
        request<EntryPage>('GET', `${registerPath(register)}/entries`, { query: { ...query(), limit: PAGE }, signal: mine.signal, retries: 1 }),
        get<EntryCounts>(`${registerPath(register)}/entries/count`, narrowed(), { signal: mine.signal, retries: 1 }),
      ])
      rows.value = page.data.items
      state.next = page.data.next
      state.counts = counts
      state.loaded = true
      state.failure = ''
      if (!rows.value.some((r) => r.number === state.current)) state.current = ''
    } catch (failure) {
      if (!mine.signal.aborted) state.failure = problemWords(failure)
    } finally {
      if (running === mine) state.loading = false
    }
  }
  async function more(): Promise<void> {
    if (!state.next || state.loading) return
    state.loading = true
    try {
      const page = await get<EntryPage>(`${registerPath(register)}/entries`, { ...query(), limit: PAGE, cursor: state.next })
      const have = new Set(rows.value.map((r) => r.number))
      rows.value = rows.value.concat(page.items.filter((r) => !have.has(r.number)))
      state.next = page.next
      state.failure = ''
    } catch (failure) {
      state.failure = problemWords(failure)
    } finally {
      state.loading = false
    }
  }
  function move(step: number): void {
    state.current = moved(rows.value, state.current, step)
    if (rows.value.findIndex((r) => r.number === state.current) >= rows.value.length - 5) void more()
  }
  function clear(): void {
    Object.assign(filters, NONE)
    for (const name of Object.keys(own)) delete own[name]
  }
  return { register, filters, own, state, rows, load, more, move, query, clear }
}
export type EntryList = ReturnType<typeof makeEntryList>
/** The row one step on from the current one, within the list. */
export function moved(rows: EntryRow[], current: string, step: number): string {
  const at = rows.findIndex((r) => r.number === current)
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))
  return rows[to]?.number ?? ''
}

const lists = new Map<string, EntryList>()
/** Kept in memory only: a search may hold a name, so it reaches neither the address bar nor the disk. */
export function entryList(register: string): EntryList {
  let list = lists.get(register)
  if (!list) {
    list = makeEntryList(register)
    lists.set(register, list)
  }
  return list
}
