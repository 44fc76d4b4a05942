/* What an amendment may replace, and how each field is entered. Only what is chosen here is sent; the rest stays as filed. */
import { parseMoney } from '@/shared/format'
import type { Matter } from '@/shared/types'

export type AmendKind = 'text' | 'long' | 'money' | 'date' | 'int' | 'code' | 'codes' | 'bool'
export interface AmendField {
  path: string
  kind: AmendKind
  /** Words of the field: a key under intake. */
  words: string
  table?: string
}
export const AMENDABLE: AmendField[] = [
  { path: 'facts', kind: 'long', words: 'facts' },
  { path: 'demands', kind: 'codes', words: 'demands', table: 'demands' },
  { path: 'demand_text', kind: 'long', words: 'demand_text' },
  { path: 'amount_fen', kind: 'money', words: 'amount' },
  { path: 'respondent.name', kind: 'text', words: 'business' },
  { path: 'respondent.address', kind: 'text', words: 'business_address' },
  { path: 'respondent.division', kind: 'code', words: 'division', table: 'divisions' },
  { path: 'respondent.phone', kind: 'text', words: 'business_phone' },
  { path: 'respondent.uscc', kind: 'text', words: 'uscc' },
  { path: 'consumer.name', kind: 'text', words: 'name' },
  { path: 'consumer.phone', kind: 'text', words: 'phone' },
  { path: 'consumer.address', kind: 'text', words: 'address' },
  { path: 'consumer.id_number', kind: 'text', words: 'id_number' },
  { path: 'category', kind: 'code', words: 'category', table: 'categories' },
  { path: 'problem', kind: 'code', words: 'problem', table: 'problems' },
  { path: 'violation', kind: 'code', words: 'violation', table: 'violations' },
  { path: 'themes', kind: 'codes', words: 'themes', table: 'themes' },
  { path: 'product.name', kind: 'text', words: 'product' },
  { path: 'product.brand', kind: 'text', words: 'brand' },
  { path: 'product.model', kind: 'text', words: 'model' },
  { path: 'product.quantity', kind: 'int', words: 'quantity' },
  { path: 'product.unit_price_fen', kind: 'money', words: 'unit_price' },
  { path: 'product.imported', kind: 'bool', words: 'imported' },
  { path: 'purchase.date', kind: 'date', words: 'bought' },
  { path: 'purchase.platform', kind: 'text', words: 'platform' },
  { path: 'purchase.order_no', kind: 'text', words: 'order_no' },
  { path: 'external.system', kind: 'text', words: 'external_system' },
  { path: 'external.number', kind: 'text', words: 'external_number' },
  { path: 'heads', kind: 'int', words: 'heads' },
  { path: 'flags.elderly', kind: 'bool', words: 'flag_elderly' },
  { path: 'flags.injury', kind: 'bool', words: 'flag_injury' },
  { path: 'flags.minor', kind: 'bool', words: 'flag_minor' },
  { path: 'flags.disabled', kind: 'bool', words: 'flag_disabled' },
  { path: 'flags.safety', kind: 'bool', words: 'flag_safety' },
  { path: 'flags.mass', kind: 'bool', words: 'flag_mass' },
  { path: 'consents.disclosure', kind: 'bool', words: 'disclosure' },
  { path: 'consents.entrusted', kind: 'bool', words: 'entrusted' },
]
export interface AmendRow {
  path: string
  value: string | string[] | boolean
}
export const fieldAt = (path: string): AmendField | undefined => AMENDABLE.find((f) => f.path === path)

/** What stands there now, to begin from; masked values are never offered as a beginning. */
export function nowAt(matter: Matter, path: string): AmendRow['value'] {
  const field = fieldAt(path)
  let at: unknown = matter
  for (const key of path.split('.')) at = at && typeof at === 'object' ? (at as Record<string, unknown>)[key] : undefined
  if (field?.kind === 'bool') return at === true
  if (field?.kind === 'codes') return Array.isArray(at) ? at.map(String) : []
  if (field?.kind === 'money') return typeof at === 'number' ? String(at / 100) : ''
  const text = at === null || at === undefined ? '' : String(at)
  return text.includes('*') ? '' : text
}
/** The key of what is wrong with a row, or ''. */
export function faultOf(row: AmendRow): string {
  const field = fieldAt(row.path)
  if (!field) return 'act.amend_which'
  if (field.kind === 'money' && parseMoney(String(row.value)) === null) return 'act.money'
  if (field.kind === 'int' && !/^\d{1,6}$/.test(String(row.value).trim())) return 'act.number'
  if (field.kind !== 'bool' && field.kind !== 'codes' && !String(row.value).trim()) return 'act.amend_empty'
  return ''
}
export function toAmendment(rows: AmendRow[]): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const row of rows) {
    const field = fieldAt(row.path)
    if (!field) continue
    const value = field.kind === 'money' ? parseMoney(String(row.value)) : field.kind === 'int' ? Number(row.value) : typeof row.value === 'string' ? row.value.trim() : row.value
    const [top = '', sub] = row.path.split('.')
    if (!sub) out[top] = value
    else out[top] = { ...(out[top] as Record<string, unknown> | undefined), [sub]: value }
  }
  return out
}
