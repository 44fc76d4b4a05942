/* The matter whose number and PIN the reader gave. Kept for this tab only; leaving forgets it. */
import { reactive } from 'vue'
import { matterPath, plainPin, request } from '../shared/api'
import type { List, Matter, MatterEvent } from '../shared/types'

const STORE = 'fangxin.opened'

interface Opened {
  number: string
  pin: string
  matter: Matter | null
  events: MatterEvent[] | null
  eventsFailed: boolean
  readAt: string
  /** One sentence about the act just done, shown once. */
  done: string
  left: boolean
}

export const opened = reactive<Opened>({ number: '', pin: '', matter: null, events: null, eventsFailed: false, readAt: '', done: '', left: false })

function keep(): void {
  try {
    sessionStorage.setItem(STORE, JSON.stringify({ number: opened.number, pin: opened.pin }))
  } catch {
    /* lasts as long as the page */
  }
}
/** After a reload of the same tab. */
export function restoreOpened(): boolean {
  if (opened.number) return true
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? 'null') as { number: string; pin: string } | null
    if (!kept?.number) return false
    opened.number = kept.number
    opened.pin = kept.pin
    return true
  } catch {
    return false
  }
}

export function setOpened(number: string, pin: string): void {
  opened.number = number.trim().toUpperCase()
  opened.pin = plainPin(pin)
  opened.matter = null
  opened.events = null
  opened.left = false
  keep()
}
function clock(): string {
  const now = new Date()
  return `${String(now.getHours()).padStart(2, '0')}:${String(now.getMinutes()).padStart(2, '0')}`
}

async function readEvents(): Promise<void> {
  try {
    const answer = await request<List<MatterEvent>>('GET', `${matterPath(opened.number)}/events`, { pin: opened.pin, retries: 1 })
    opened.events = answer.data.items
    opened.eventsFailed = false
  } catch {
    opened.eventsFailed = true
  }
}
/** Reads matter and events; what was shown before stays until the answer is there. */
export async function readOpened(): Promise<void> {
  const answer = await request<Matter>('GET', matterPath(opened.number), { pin: opened.pin, retries: 1 })
  opened.matter = answer.data
  opened.readAt = clock()
  if (answer.data.kind !== 'report') await readEvents()
}
/** Number and PIN as typed; throws what the server says when they do not match. */
export async function openMatter(number: string, pin: string): Promise<void> {
  const answer = await request<Matter>('GET', matterPath(number.trim().toUpperCase()), { pin })
  setOpened(number, pin)
  opened.matter = answer.data
  opened.readAt = clock()
  if (answer.data.kind !== 'report') await readEvents()
}
export function forget(): void {
  Object.assign(opened, { number: '', pin: '', matter: null, events: null, eventsFailed: false, done: '', left: true })
  try {
    sessionStorage.removeItem(STORE)
  } catch {
    /* nothing was kept */
  }
}
/** Has the party this act now? */
export function may(act: string): boolean {
  return Boolean(opened.matter?.allowed_acts?.some((a) => a.act === act))
}
