/* What is being written for a register, until the server has it. A draft survives a reload; what was sent while the line was down
   waits here with its idempotency key and goes out once when the line is back.
   On a phone, which is one officer's own, this outlives the browser; on a shared desk it lives in the tab. What names a person is
   kept in the tab everywhere. Each officer sees his own. */
import { reactive } from 'vue'
import { newKey, post, Problem, Unreachable } from '@/shared/api'
import { deliverPhotos, movePhotos, outPlace, photosFor } from './photos'
import { blank, isEmpty, type Scores, type Values } from './forms'
import { view } from './prefs'
import type { ActField } from './reference'
import { registerPath, type Entry } from './registers'
import { session } from './session'

const DAY_MS = 86_400_000
const KEEP_DAYS = 7
const AGAIN_MS = 15_000
interface Draft {
  values: Values
  at: number
}
/** An entry on its way. */
export interface Sent {
  id: string
  register: string
  /** What the reader calls it: the register's word for an entry. */
  label: string
  key: string
  body: Record<string, unknown>
  values: Values
  at: number
  secret: boolean
  state: 'waiting' | 'sending' | 'refused' | 'done'
  number: string
  problem: Problem | null
}
type Stored = Omit<Sent, 'state' | 'number' | 'problem'> & { refused?: boolean }

const prefix = (what: 'draft' | 'out') => `fangxin.entry.${what}.${session.officer?.id ?? 0}.`
/** Storage may be refused (private mode, a full disk): then it lasts as long as the page. */
function storage(secret: boolean): Storage | null {
  try {
    return secret || !view.phone ? window.sessionStorage : window.localStorage
  } catch {
    return null
  }
}
function put(name: string, value: object, secret: boolean): boolean {
  drop(name)
  try {
    storage(secret)?.setItem(name, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}
function drop(name: string): void {
  for (const place of [storage(true), storage(false)]) place?.removeItem(name)
}
function read<T extends { at: number }>(name: string): T | null {
  for (const place of [storage(true), storage(false)]) {
    const raw = place?.getItem(name)
    if (!raw) continue
    try {
      const found = JSON.parse(raw) as T
      if (Date.now() - found.at < KEEP_DAYS * DAY_MS) return found
    } catch {
      /* not ours any more */
    }
    place?.removeItem(name)
  }
  return null
}
const holdsPersons = (fields: ActField[], values: Values): boolean =>
  fields.some((f) => (f.kind === 'person' || f.sealed || f.mark || f.columns?.some((c) => c.kind === 'person' || c.sealed)) && !isEmpty(f, values[f.name]))

/** The values to begin with: what was kept, else what the form starts from. A field that came later starts blank. */
export function openDraft(place: string, fields: ActField[], start: Values = {}): { values: Values; kept: boolean } {
  const found = read<Draft>(prefix('draft') + place)
  const values: Values = {}
  for (const f of fields) {
    const old = found?.values[f.name] ?? start[f.name]
    values[f.name] = old === undefined ? blank(f) : f.kind === 'checklist' ? { ...(blank(f) as Scores), ...(old as Scores) } : old
  }
  return { values, kept: found !== null }
}
/** False when nothing could be kept. */
export function keepDraft(place: string, fields: ActField[], values: Values): boolean {
  return put(prefix('draft') + place, { values, at: Date.now() } satisfies Draft, holdsPersons(fields, values))
}
export const forgetDraft = (place: string): void => drop(prefix('draft') + place)

export const outbox = reactive<{ items: Sent[] }>({ items: [] })
const stored = ({ id, register, label, key, body, values, at, secret, state }: Sent): Stored => ({ id, register, label, key, body, values, at, secret, refused: state === 'refused' })
const outName = (id: string) => prefix('out') + id

/** Takes an entry over: from here on it is sent once, now or when the line is back. `photos` is where those picked for it lie. */
export async function sendEntry(register: string, label: string, fields: ActField[], values: Values, body: Record<string, unknown>, photos = ''): Promise<Sent> {
  const item: Sent = reactive({ id: newKey(), register, label, key: newKey(), body, values: JSON.parse(JSON.stringify(values)) as Values, at: Date.now(), secret: holdsPersons(fields, values), state: 'waiting', number: '', problem: null })
  outbox.items.push(item)
  put(outName(item.id), stored(item), item.secret)
  if (photos) await movePhotos(photos, outPlace(item.id))
  await deliver(item)
  return item
}
async function deliver(item: Sent): Promise<void> {
  if (item.state !== 'waiting') return
  item.state = 'sending'
  try {
    const made = await post<Entry>(`${registerPath(item.register)}/entries`, item.body, { key: item.key })
    item.number = made.number
    item.state = 'done'
    drop(outName(item.id))
    await photosFor(outPlace(item.id), item.number)
  } catch (problem) {
    const later = problem instanceof Unreachable || (problem instanceof Problem && (problem.status >= 500 || problem.status === 429 || problem.status === 401))
    if (later || !(problem instanceof Problem)) item.state = 'waiting'
    else {
      item.problem = problem
      item.state = 'refused'
      put(outName(item.id), stored(item), item.secret)
    }
  }
}
/** Takes it back out of the way, to be written again or dropped. */
export function takeBack(item: Sent): void {
  outbox.items = outbox.items.filter((i) => i.id !== item.id)
  drop(outName(item.id))
}
export const waitingFor = (register: string): Sent[] => outbox.items.filter((i) => i.register === register && i.state !== 'done')
export async function deliverAll(): Promise<void> {
  for (const item of outbox.items) if (item.state === 'waiting') await deliver(item)
  await deliverPhotos()
}
/** Reads what waited in this browser and watches the line. Called when an officer has signed in; returns a stop. */
export function watchOutbox(): () => void {
  const found: Sent[] = []
  for (const place of new Set([storage(true), storage(false)])) {
    for (let i = 0; place && i < place.length; i += 1) {
      const name = place.key(i) ?? ''
      const item = name.startsWith(prefix('out')) ? read<Stored>(name) : null
      if (item && !found.some((f) => f.id === item.id)) found.push({ ...item, state: item.refused ? 'refused' : 'waiting', number: '', problem: null })
    }
  }
  outbox.items = found.sort((a, b) => a.at - b.at)
  const again = () => void deliverAll()
  window.addEventListener('online', again)
  const timer = setInterval(again, AGAIN_MS)
  again()
  return () => {
    window.removeEventListener('online', again)
    clearInterval(timer)
    outbox.items = []
  }
}
