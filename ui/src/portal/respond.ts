/* The business whose login code the reader gave. Kept for this tab only; leaving forgets it. */
import { reactive } from 'vue'
import { act, get, matterPath, newKey, Problem } from '../shared/api'
import type { Day, Fen, Instant, List, Matter, MatterEvent, Text, WaitingFor } from '../shared/types'

const STORE = 'fangxin.business'

export interface SentRow {
  number: string
  status: string
  status_label: Text | null
  open: boolean
  title: string | null
  consumer: string | null
  amount_fen: Fen
  received_at: Instant
  waiting_for: WaitingFor
  due: Day | null
}
export interface Sent {
  business: { id: number; name: string }
  items: SentRow[]
  counts: { sent: number; open: number; settled: number }
}
export const login = reactive({ code: '', left: false, done: '' })

export function keepLogin(code: string): void {
  login.code = code.trim()
  login.left = false
  try {
    sessionStorage.setItem(STORE, login.code)
  } catch {
    /* lasts as long as the page */
  }
}
/** After a reload of the same tab. */
export function restoreLogin(): boolean {
  try {
    login.code ||= sessionStorage.getItem(STORE) ?? ''
  } catch {
    /* nothing was kept */
  }
  return login.code !== ''
}
export function forgetLogin(left: boolean): void {
  Object.assign(login, { code: '', left, done: '' })
  try {
    sessionStorage.removeItem(STORE)
  } catch {
    /* nothing was kept */
  }
}
export const unknownCode = (failure: unknown): boolean => failure instanceof Problem && failure.status === 401
export const readSent = (code = login.code) => get<Sent>('/business/matters', undefined, { login: code, retries: 1 })
export const readMatter = (number: string) => get<Matter>(matterPath(number), undefined, { login: login.code, retries: 1 })
export const readCourse = async (number: string) => (await get<List<MatterEvent>>(`${matterPath(number)}/events`, undefined, { login: login.code, retries: 1 })).items
export const actOn = (m: Matter, name: string, body: object, key = newKey()) => act(m.number, name, body, { login: login.code, version: m.version, key, retries: 2 })
