/* Orders of 12345: what the server says of them, and acts on many at once. */
import { reactive } from 'vue'
import { get, newKey, request, type Query } from '@/shared/api'
import type { FieldError, Text } from '@/shared/types'
import type { ActSpec } from './reference'

export interface OrderRow {
  id: number
  version: number
  system: string
  number: string
  status: string
  status_label: Text
  part: 'in_progress' | 'done' | 'returned'
  waiting_for: string
  due: string | null
  level: 'late' | 'today' | 'soon' | 'later' | 'done'
  received_at: string
  kind: string | null
  secret: boolean
  body: string
  body_name: Text | null
  officer: { id: number; display: string } | null
  title: string | null
  respondent: string | null
  consumer: string | null
  reason: string | null
  reason_label: Text | null
  matters_n: number
  matters_open: number
  row: number | null
  can: string[]
}
export interface Order extends OrderRow {
  facts: string | null
  business: string | null
  demand_text: string | null
  respondent_address: string | null
  has_caller: boolean
  caller: { name: string | null; phone: string | null; address: string | null } | null
  reply: { text: string | null; at: string } | null
  return: { asked_by: { display: string } | null; asked_at: string; returned_at: string | null } | null
  matters: { number: string; kind: string; status: string; status_label: Text | null; open: boolean; title: string | null }[]
  matters_hidden: number
  import: number | null
  allowed_acts: { act: string; label: Text; key: string | null; class: string; effect: Text | null }[]
  blocked_acts: { act: string; label: Text; why: Text }[]
  events: { version: number; act: string; label: Text; officer: { display: string } | null; at: string; text: Text | null }[]
}
export interface OrderCounts {
  received: number
  in_progress: number
  done: number
  returned: number
  late: number
  today: number
  soon: number
  states: Record<string, number>
}
export interface Flow {
  system: string
  instrument: Text
  states: { id: string; label: Text; part: string; final: boolean }[]
  acts: Record<string, ActSpec>
}
export interface OrderPage {
  items: OrderRow[]
  next: string | null
}
interface Result {
  id: number
  ok: boolean
  version?: number
  status?: string
  errors?: FieldError[]
}

export const flow = reactive<{ value: Flow | null }>({ value: null })
export async function loadFlow(): Promise<Flow> {
  flow.value ??= await get<Flow>('/orders/flow')
  return flow.value
}

const AT_ONCE = 50
export interface Failure {
  order: OrderRow
  errors: FieldError[]
}
export interface ManyDone {
  done: number
  failures: Failure[]
}
/** Each order is done or refused by itself; the parts have keys of their own, so a repeat does nothing twice. */
export async function actOnMany(act: string, orders: OrderRow[], input: object, told: (done: number, failed: number) => void): Promise<ManyDone> {
  const failures: Failure[] = []
  let done = 0
  for (let i = 0; i < orders.length; i += AT_ONCE) {
    const part = orders.slice(i, i + AT_ONCE)
    const body = { orders: part.map((o) => ({ id: o.id, version: o.version })), input }
    const answer = await request<{ items: Result[] }>('POST', `/orders/acts/${act}`, { body, key: newKey(), retries: 2, timeoutMs: 120_000 })
    for (const r of answer.data.items) {
      const order = part.find((o) => o.id === r.id)
      if (r.ok) done += 1
      else if (order) failures.push({ order, errors: r.errors ?? [] })
    }
    told(done, failures.length)
  }
  return { done, failures }
}

export function exportHref(query: Query, format: 'csv' | 'xlsx'): string {
  const params = new URLSearchParams({ format })
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') params.set(name, String(value))
  return `/api/v1/orders/export?${params.toString()}`
}
