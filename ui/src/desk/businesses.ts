/* Businesses as the API shows them, and looking one up as one types. */
import { get, newKey, post, request } from '@/shared/api'
import type { EntryLink, Recognised } from './registers'
import type { Day, Fen, Instant, Row, Text } from '@/shared/types'

export interface BusinessRow {
  id: number
  name: string
  aliases: string[]
  uscc: string | null
  address: string | null
  division: string | null
  industry: string | null
  industry_label: Text | null
  status: 'open' | 'closed' | 'unreachable' | 'merged'
  status_label: Text | null
  matters: number
  matters_capped: boolean
  found: { what: 'name' | 'uscc' | 'alias' | 'words'; name: string | null } | null
}
export interface Cell {
  key: string
  label: Text | null
  n: number
}
export interface MonthCell {
  month: string
  n: number
}
export interface Fraction {
  num: number
  den: number
}
export interface BusinessPage extends Omit<BusinessRow, 'matters' | 'matters_capped' | 'found'> {
  version: number
  registered_on: Day
  into: BusinessRef | null
  merged: { id: number; name: string }[]
  entries: EntryLink[]
  contact: { name: string | null; phone: string | null } | null
  facts: {
    total: number
    open: number
    same_name: number
    by_kind: Cell[]
    by_outcome: Cell[]
    by_month: MonthCell[]
    claimed_fen: Fen
    recovered_fen: Fen
    told: Fraction
    performed: Fraction
    contacts: { reached: number; no_answer: number; refused: number; of_matters: number }
  }
  disclosure: { published: boolean; disclosed: number; exempt: number; state: Text; instrument: Text; shows: Text; never: Text; counted: number; consented: number }
  login: boolean
  /** Right after it was issued, once. */
  login_code?: string
  allowed_acts: string[]
}
export interface BusinessRef {
  id: number
  name: string
  uscc: string | null
  status: string
  status_label: Text | null
}
export interface Kin {
  total: number
  open: number
  by_kind: Cell[]
  by_outcome: Cell[]
  by_month: MonthCell[]
  by_business?: { business: BusinessRef | null; name: string | null; n: number }[]
  of_others?: number
  items: Row[]
}
/** What an officer may consider: a sentence, its number, the matters behind it. */
export interface Factor {
  id: string
  text: Text
  n: number
  basis: Text
  numbers: string[]
}
export interface Related {
  factors: Factor[] | null
  person: Kin | null
  confirmed: boolean
  business: Kin | null
  suggestions: BusinessRow[]
  alike: { number: string; title: string | null; respondent: string | null; received_at: Instant; likeness: number }[]
  recognised: Recognised[]
  duplicate: { choice: string; label: Text | null; number: string | null; at: Instant; by: { id: number; display: string } | null } | null
}
export interface RecordEvent {
  version: number
  act: string
  actor: { display: string; kind: string }
  at: Instant
  recorded_at: Instant
  in: Record<string, unknown>
  texts: Record<string, string>
}
export interface Draft {
  name: string
  aliases: string
  uscc: string
  address: string
  division: string
  industry: string
  status: string
  contact_name: string
  contact_phone: string
}

export const businessPath = (id: number | string) => `/businesses/${encodeURIComponent(String(id))}`
export const lookUp = (q: string, limit = 8, signal?: AbortSignal) => get<{ items: BusinessRow[] }>('/businesses', { q, limit }, { signal }).then((a) => a.items)

export function emptyBusiness(name = ''): Draft {
  return { name, aliases: '', uscc: '', address: '', division: '', industry: '', status: 'open', contact_name: '', contact_phone: '' }
}
export function draftOf(b: BusinessPage): Draft {
  return { ...emptyBusiness(b.name), aliases: b.aliases.join('\n'), uscc: b.uscc ?? '', address: b.address ?? '', division: b.division ?? '', industry: b.industry ?? '', status: b.status }
}
const lines = (text: string) => text.split(/[\n；;]/).map((l) => l.trim()).filter(Boolean)
/** What was written, for registering: empty members are left out. */
function written(d: Draft): Record<string, unknown> {
  const contact = { name: d.contact_name.trim() || undefined, phone: d.contact_phone.trim() || undefined }
  return {
    name: d.name.trim(), aliases: lines(d.aliases), uscc: d.uscc.trim() || undefined, address: d.address.trim() || undefined, division: d.division.trim() || undefined,
    industry: d.industry || undefined, contact: contact.name || contact.phone ? contact : undefined,
  }
}
/** What differs from the record as shown; null takes a member away. */
export function changes(d: Draft, b: BusinessPage): Record<string, unknown> {
  const now = written(d)
  const was = written(draftOf(b))
  const out: Record<string, unknown> = {}
  for (const key of ['name', 'aliases', 'uscc', 'address', 'division', 'industry', 'contact']) {
    if (JSON.stringify(now[key]) !== JSON.stringify(was[key])) out[key] = now[key] ?? null
  }
  return out
}
export const register = (d: Draft, key: string) => post<BusinessPage>('/businesses', { ...written(d), status: d.status }, { key })
export const actOn = async (b: { id: number; version: number }, act: string, body: Record<string, unknown>) =>
  (await request<BusinessPage>('POST', `${businessPath(b.id)}/acts/${act}`, { body, version: b.version, key: newKey() })).data
