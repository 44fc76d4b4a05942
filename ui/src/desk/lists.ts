/* One list of matters with its filters, page and place, kept while the reader looks at a matter and comes back.
   Kept in memory only: a search may hold a phone number, so it never reaches the address bar or the disk. */
import { computed, reactive, shallowReactive, shallowRef } from 'vue'
import { Problem, get, request, type Query } from '@/shared/api'
import { time } from '@/shared/format'
import type { Count, Instant, List, Row } from '@/shared/types'
import { problemWords } from '@/shared/problem'

export interface Filters {
  q: string
  due: string
  officer: string
  kind: string
  status: string
  waiting_for: string
  category: string
  channel: string
  themes: string
  body: string
  from: string
  to: string
}
const NONE: Filters = { q: '', due: '', officer: '', kind: '', status: '', waiting_for: '', category: '', channel: '', themes: '', body: '', from: '', to: '' }
const PAGE = 50
const SLOW_MS = 300

export interface Levels {
  total: number
  late: number
  today: number
  soon: number
  later: number
  paused: number
}

export function makeList(name: string, fixed: Query, start: Partial<Filters> = {}) {
  const filters = reactive<Filters>({ ...NONE, ...start })
  const state = reactive({
    loading: false,
    /** Loading has lasted long enough to say so. */
    slow: false,
    loaded: false,
    failure: '',
    more: false,
    total: 0,
    capped: false,
    asOf: '' as Instant,
    next: null as string | null,
    position: 0 as number | string,
    current: '',
    scroll: 0,
    /** Numbers changed since the list was read. */
    changed: [] as string[],
    levels: null as Levels | null,
  })
  const rows = shallowRef<Row[]>([])
  let running: AbortController | null = null

  function query(): Query {
    const q: Query = { ...fixed }
    for (const [key, value] of Object.entries(filters)) if (value) q[key] = value
    return q
  }
  async function load(keep = false): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    state.loading = true
    const timer = setTimeout(() => (state.slow = true), SLOW_MS)
    try {
      const limit = keep ? Math.min(200, Math.max(PAGE, rows.value.length)) : PAGE
      const [page] = await Promise.all([
        request<List<Row>>('GET', '/matters', { query: { ...query(), limit }, signal: mine.signal, retries: 1 }),
        countLevels(mine.signal),
      ])
      const at = rows.value.findIndex((r) => r.number === state.current)
      rows.value = page.data.items
      state.next = page.data.next
      state.total = page.data.total ?? page.data.items.length
      state.capped = Boolean((page.data as { total_capped?: boolean }).total_capped)
      state.asOf = page.data.as_of ?? ''
      state.position = page.data.position ?? state.position
      state.changed = []
      state.loaded = true
      state.failure = ''
      if (!rows.value.some((r) => r.number === state.current)) {
        state.current = keep && at >= 0 ? (rows.value[Math.min(at, rows.value.length - 1)]?.number ?? '') : ''
      }
    } catch (failure) {
      if (!mine.signal.aborted) state.failure = problemWords(failure)
    } finally {
      clearTimeout(timer)
      if (running === mine) {
        state.loading = false
        state.slow = false
      }
    }
  }
  async function countLevels(signal: AbortSignal): Promise<void> {
    if (fixed.due === undefined && !filters.due) return
    const all = { ...query(), ...fixed, by: 'level', due: 'open', sort: undefined }
    const answer = await get<Count>('/matters/count', all, { signal, retries: 1 })
    const n = (key: string) => answer.cells.find((c) => c.key === key)?.n ?? 0
    state.levels = { total: answer.total, late: n('late'), today: n('today'), soon: n('soon'), later: n('later'), paused: n('paused') }
  }
  async function more(): Promise<void> {
    if (!state.next || state.more) return
    state.more = true
    try {
      const page = await get<List<Row>>('/matters', { ...query(), limit: PAGE, cursor: state.next })
      const have = new Set(rows.value.map((r) => r.number))
      rows.value = rows.value.concat(page.items.filter((r) => !have.has(r.number)))
      state.next = page.next
      state.failure = ''
    } catch (failure) {
      state.failure = problemWords(failure)
    } finally {
      state.more = false
    }
  }
  function move(step: number): void {
    const list = rows.value
    if (!list.length) return
    const at = list.findIndex((r) => r.number === state.current)
    const to = at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step))
    state.current = list[to]?.number ?? ''
    if (to >= list.length - 5) void more()
  }
  const stamp = computed(() => time(state.asOf))
  return { name, filters, state, rows, load, more, move, query, stamp }
}
export type MatterList = ReturnType<typeof makeList>

export const queue = makeList('queue', { due: 'open', sort: 'due' })
export const allMatters = makeList('matters', { sort: '-received' })
/** The list from which a matter was opened, for "next" and "previous". */
export const trail = shallowReactive({ list: null as MatterList | null })

interface Changes {
  position: number | string
  items: { number: string; version: number }[]
  counts?: { late: number; today: number }
}
const POLL_MS = 5000
export const poll = reactive({ at: '', failed: false, late: -1, today: -1 })

/** Asks for changes every 5 s while the page is in view; changed rows are named, never moved. Returns a stop. */
export function watchChanges(list: MatterList): () => void {
  let after: number | string = list.state.position
  let seen: number | string = after
  let etag: string | null = null
  const tick = async () => {
    if (document.hidden || !list.state.loaded) return
    if (seen !== list.state.position) {
      after = list.state.position
      seen = after
      etag = null
    }
    try {
      const answer = await request<Changes | null>('GET', '/changes', { query: { after }, etag })
      poll.failed = false
      poll.at = new Date().toISOString()
      etag = answer.etag
      if (!answer.data || seen !== list.state.position) return
      after = answer.data.position
      const fresh = answer.data.items.map((i) => i.number).filter((n) => !list.state.changed.includes(n))
      if (fresh.length) list.state.changed = [...list.state.changed, ...fresh]
      if (answer.data.counts) {
        poll.late = answer.data.counts.late
        poll.today = answer.data.counts.today
      }
    } catch (failure) {
      poll.failed = !(failure instanceof Problem && failure.status === 401)
    }
  }
  const timer = setInterval(() => void tick(), POLL_MS)
  return () => clearInterval(timer)
}
