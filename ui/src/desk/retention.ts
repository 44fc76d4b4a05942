/* What the term of keeping takes away next, and what is kept all the same. */
import { get, newKey, post } from '@/shared/api'
import type { Text } from '@/shared/types'

export interface Term {
  pack: string
  name: Text | null
  years: number
  papers: number | null
  over: number
  more: boolean
}
export interface Over {
  number: string
  kind: string
  pack: string
  ended_on: string
  kept_until: string
  papers_until: string | null
  held: boolean
  may_hold: boolean
  persons: number
  files: number
  texts: number
  letters: number
  orders: number
  visits: number
}
export interface Retention {
  on: string
  terms: Term[]
  items: Over[]
  hidden: number
  next: string | null
}
interface By {
  id: number
  display: string
}
export interface Hold {
  id: number
  version: number
  number: string
  kind: string
  reason: string | null
  by: By | null
  at: string
  lifted: { reason: string | null; by: By | null; at: string } | null
  may_lift: boolean
}
export interface Holds {
  items: Hold[]
  hidden: number
  next: string | null
}
export type HoldStatus = 'on' | 'lifted'

export const retention = (on: string, after: string | null): Promise<Retention> => get<Retention>('/retention', { on, after, limit: 50 }, { retries: 1 })
export const holds = (status: HoldStatus, after: string | null): Promise<Holds> => get<Holds>('/holds', { status, after, limit: 50 }, { retries: 1 })
export const putHold = (number: string, reason: string): Promise<Hold> => post<Hold>('/holds', { number, reason }, { key: newKey() })
export const liftHold = (h: Hold, reason: string): Promise<Hold> => post<Hold>(`/holds/${h.id}/acts/lift`, { reason }, { version: h.version })
