/* What is asked: a filter and up to two columns. Kept in memory only: words may hold a name or a phone. */
import { reactive, ref } from 'vue'
import { del, get, newKey, post, put, request, type Query } from '@/shared/api'
import { problemWords } from '@/shared/problem'
import type { Instant, Text } from '@/shared/types'
import { makeList } from './lists'

export const FILTERS = ['q', 'kind', 'status', 'body', 'officer', 'waiting_for', 'category', 'problem', 'channel', 'themes', 'outcome', 'due', 'from', 'to', 'scope', 'business'] as const
export type FilterName = (typeof FILTERS)[number]
export type Asked = Record<FilterName, string>
export const COLUMNS = ['branch', 'body', 'officer', 'status', 'waiting_for', 'kind', 'channel', 'sector', 'category', 'problem', 'themes', 'outcome', 'business', 'month', 'day', 'due'] as const

export interface Key {
  key: string
  label: Text
  n: number
  filter: Record<string, string>
}
export interface Cell {
  row: number
  column: number
  n: number
  filter: Record<string, string>
}
export interface Table {
  total: number
  by: string
  by_label: Text
  and: string | null
  and_label: Text | null
  overlap: boolean
  rows: Key[]
  columns: Key[]
  cells: Cell[]
  as_of: Instant
}
export interface View {
  id: number
  version: number
  name: string
  shared: boolean
  owner: string | null
  mine: boolean
  may_change: boolean
  filter: Record<string, string>
  by: string | null
  and: string | null
}

const none = (): Asked => Object.fromEntries(FILTERS.map((f) => [f, ''])) as Asked
export const asked = reactive({
  filter: none(),
  by: 'branch',
  and: 'waiting_for',
  table: null as Table | null,
  loading: false,
  failure: '',
  /** The view that was opened last. */
  view: 0,
})

export function given(filter: Record<string, string>): Query {
  const q: Query = {}
  for (const [name, value] of Object.entries(filter)) if (value) q[name] = value
  return q
}
export function askedQuery(): Query {
  return { ...given(asked.filter), by: asked.by, and: asked.and, whole: 'true' }
}
let running: AbortController | null = null
export async function ask(): Promise<void> {
  running?.abort()
  const mine = new AbortController()
  running = mine
  asked.loading = true
  try {
    const answer = await request<Table>('GET', '/matters/count', { query: askedQuery(), signal: mine.signal, retries: 1 })
    asked.table = answer.data
    asked.failure = ''
  } catch (failure) {
    if (!mine.signal.aborted) asked.failure = problemWords(failure)
  } finally {
    if (running === mine) asked.loading = false
  }
}
export function clearAsked(): void {
  Object.assign(asked.filter, none())
}

/** The list behind a number. */
const listFilter: Query = { sort: '-received' }
export const askedList = makeList('asked', listFilter)
export const opened = reactive({ words: '', n: 0 })
export function openNumber(filter: Record<string, string>, words: string, n: number): void {
  for (const name of Object.keys(listFilter)) delete listFilter[name]
  Object.assign(listFilter, { sort: '-received' }, given({ ...asked.filter, ...filter }))
  opened.words = words
  opened.n = n
  askedList.state.loaded = false
  askedList.state.current = ''
  askedList.state.scroll = 0
  askedList.rows.value = []
}

/** Fetches a file and hands it to the browser; the words asked for never become a link. */
export async function saveFile(path: string, query: Query, name: string): Promise<void> {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  const answer = await fetch(`/api/v1${path}?${params.toString()}`, { credentials: 'same-origin' })
  if (!answer.ok) throw new Error(String(answer.status))
  const url = URL.createObjectURL(await answer.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export const views = ref<View[]>([])
export async function loadViews(): Promise<void> {
  views.value = (await get<{ items: View[] }>('/views')).items
}
function body(name: string, shared: boolean) {
  return { name, shared, filter: given(asked.filter), by: asked.by, and: asked.and || undefined }
}
export async function saveView(name: string, shared: boolean, over?: View): Promise<void> {
  const saved = over
    ? await put<View>(`/views/${over.id}`, body(name, shared), { version: over.version })
    : await post<View>('/views', body(name, shared), { key: newKey() })
  asked.view = saved.id
  await loadViews()
}
export async function removeView(view: View): Promise<void> {
  await del(`/views/${view.id}`, { version: view.version })
  if (asked.view === view.id) asked.view = 0
  await loadViews()
}
export function openView(view: View): void {
  clearAsked()
  for (const f of FILTERS) asked.filter[f] = String(view.filter[f] ?? '')
  asked.by = view.by ?? 'branch'
  asked.and = view.and ?? ''
  asked.view = view.id
}
