/* Enforcement cases: what the server says of them. */
import { reactive } from 'vue'
import { get } from '@/shared/api'
import type { Deadline, Fen, Text } from '@/shared/types'
import type { ActSpec } from './reference'
import type { EntryLink } from './registers'

export interface CaseRow {
  id: number
  version: number
  number: string | null
  status: string
  status_label: Text
  part: 'in_hand' | 'decided' | 'closed'
  waiting_for: string
  body: string
  body_name: Text | null
  business: string
  violation: string | null
  violation_label: Text | null
  outcome: string | null
  filed: string
  decided: string | null
  closed: string | null
  due: string | null
  due_rule: string | null
  next_deadline: { label: Text; level: 'ok' | 'warn' | 'late'; left: number; unit: 'WD' | 'ND'; provisional: boolean } | null
  officers: { id: number; display: string }[]
  fine_fen: Fen
  income_fen: Fen
  goods_fen: Fen
}
export interface CaseClock {
  rule: string
  no: number
  label: Text
  due: string | null
  running: boolean
  level: 'ok' | 'warn' | 'late' | 'paused'
  left: number
  unit: 'WD' | 'ND'
  paused: boolean
  stopped: string | null
  cancelled: boolean
  basis: Text | null
}
export interface CaseFile extends Omit<CaseRow, 'fine_fen' | 'income_fen' | 'goods_fen'> {
  revision: string
  source: string | null
  report: string | null
  facts: string | null
  business_id: number | null
  served: string | null
  clocks: CaseClock[]
  penalty: { fine_fen: Fen; income_fen: Fen; goods_fen: Fen; warning: boolean; correct: boolean; licence: string | null; discretion: string | null; ground_label: Text | null; document: string | null } | null
  goods: { item: number; name: string; quantity: string; unit: string; value_fen: Fen; disposed: string }[]
  execution: { owed_fen: Fen; late_fine_fen: Fen; paid_fen: Fen; open_fen: Fen; deferred_until: string | null }
  entries: EntryLink[]
  assists: { no: number; to: string; asked: string; answered: string | null }[]
  allowed_acts: { act: string; label: Text; key: string | null; class: string; effect: Text | null; basis: Text | null }[]
  blocked_acts: { act: string; label: Text; why: Text }[]
  events: { version: number; act: string; actor: { display: string }; at: string; in: Record<string, unknown>; texts: Record<string, string> }[]
}
export interface CasePage {
  items: CaseRow[]
  next: string | null
}
export interface CaseCounts {
  all: number
  in_hand: number
  decided: number
  closed: number
  late: number
  today: number
  soon: number
  fine_fen: Fen
  income_fen: Fen
  goods_fen: Fen
  paid_fen: Fen
  states: Record<string, number>
}
export interface CaseFlow {
  revision: string
  instrument: Text
  states: { id: string; label: Text; part: string; final: boolean }[]
  acts: Record<string, ActSpec>
}

/** The life that the case on the page goes by. */
export const caseFlow = reactive<{ value: CaseFlow | null }>({ value: null })
export async function loadCaseFlow(revision: string): Promise<CaseFlow> {
  if (caseFlow.value?.revision !== revision) caseFlow.value = await get<CaseFlow>('/cases/flow', { revision })
  return caseFlow.value as CaseFlow
}
export const casePath = (id: number | string) => `/cases/${encodeURIComponent(String(id))}`

/** The clock that ends first, for marks and chips. */
export function nextDeadline(c: CaseRow): Deadline | null {
  const n = c.next_deadline
  if (!n || !c.due) return null
  const none = { zh: '', en: '' }
  return { rule: c.due_rule ?? '', label: n.label, state: 'running', start: '', due: c.due, level: n.level, left: { days: n.left, unit: n.unit }, unit: n.unit, length: 0, paused_days: 0, met_at: null, provisional: n.provisional, basis: none, sentence: none }
}
