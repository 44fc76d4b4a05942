/* Groups as the API gives them. */
import { get, newKey, post } from '@/shared/api'
import type { Day, Fen, Instant, Row, Text } from '@/shared/types'
import type { Batch } from './batches'

export interface GroupSums {
  members: number
  open: number
  late: number
  settled: number
  persons: number
  amount_fen: Fen
  recovered_fen: Fen
  next_due: Day | null
}
export interface GroupBrief {
  id: number
  version: number
  status: 'proposed' | 'open' | 'decided' | 'closed' | 'dismissed'
  title: string | null
  business: string | null
  category_label: Text | null
  body: string
  body_name: Text | null
  made: Day
  officer: { id: number; display: string } | null
  sums: GroupSums
  proposal: { from: Day; to: Day; likeness: number; least: number; days: number } | null
  major: { members: number; at: Instant } | null
  meeting: { at: Instant; mode: string | null; place: string | null } | null
  decision: { act: string; label: Text | null; at: Instant; terms: string | null } | null
  allowed: string[]
}
export interface GroupEvent {
  version: number
  act: string
  actor: { display: string; kind: string }
  at: Instant
  in: { number?: string; n?: number }
  texts: { reason?: string; text?: string; title?: string }
}
export interface Group extends GroupBrief {
  representatives: string[]
  mandate: { paper: string | null; signed_on: Day; by: { display: string } | null; at: Instant } | null
  candidates: Row[]
  suggested: Row[]
  rules: { representatives: number; representatives_basis: Text | null; decisions: string[]; consent: string[]; decision_basis: Text | null }
  events: GroupEvent[]
}
export interface Groups {
  items: GroupBrief[]
  next: string | null
  sums: { groups: number; members: number; persons: number; amount_fen: Fen; recovered_fen: Fen }
  by_status: Record<string, number>
}
export interface GroupAnswer {
  group: Group
  batch: Batch | null
}
export const groupPath = (id: number | string) => `/groups/${encodeURIComponent(String(id))}`
export const groupAct = (g: Group, act: string, body: Record<string, unknown>) => post<GroupAnswer>(`${groupPath(g.id)}/acts/${act}`, body, { version: g.version, key: newKey() })
export const makeGroup = (rows: { number: string; version: number }[]) =>
  post<GroupAnswer>('/groups', { members: rows.map((r) => ({ number: r.number, version: r.version })) }, { key: newKey() })
export const proposals = () => get<Groups>('/groups', { status: 'proposed', limit: 5 })
/** Open ones with as many members as make them major. */
export const majors = () => get<Groups>('/groups', { status: 'open', limit: 100 }).then((page) => page.items.filter((g) => g.major))
/** All members, however many pages. */
export async function membersOf(id: number | string): Promise<Row[]> {
  const rows: Row[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: Row[]; next: string | null } = await get('/matters', { group: id, sort: 'received', limit: 200, cursor })
    rows.push(...page.items)
    cursor = page.next
  }
  return rows
}
