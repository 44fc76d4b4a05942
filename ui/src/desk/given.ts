/* Rows of a table that stand in another entry: the questions of a quiz, beside which its answers are written. The program fills them in
   when the entry is registered; who writes sees them before that. */
import { get } from '@/shared/api'
import { tx } from '@/shared/i18n'
import type { Linked, Values } from './forms'
import type { ActField, GivenCell } from './reference'
import { entryPath, type RegisterDef, type Shown } from './registers'

interface Given {
  field: string
  /** The field that names the other entry, and its table there. */
  link: ActField
  table: string
  columns: ActField[]
}
export function givenTables(def: RegisterDef): Given[] {
  const out: Given[] = []
  const add = (field: string, link: string | undefined, table: string, shows?: string[]) => {
    const own = def.fields.find((f) => f.name === field)
    const to = def.fields.find((f) => f.name === link && f.kind === 'entry')
    if (own && to) out.push({ field, link: to, table, columns: (own.columns ?? []).filter((c) => (shows ? shows.includes(c.name) : c.later)) })
  }
  const rows = def.slips?.rows
  if (rows) add(rows.field, def.slips?.of, rows.of, rows.shows)
  for (const f of def.fields) if (f.given_by?.link && f.given_by.table) add(f.name, f.given_by.link, f.given_by.table)
  return out
}
/** What each row of the table is given, by what is chosen now; null where nothing is chosen. */
export async function givenRows(given: Given, values: Values): Promise<GivenCell[][] | null> {
  const number = (values[given.link.name] as Linked | undefined)?.id
  if (!number) return null
  const other = await get<{ fields: Record<string, Shown> }>(entryPath(given.link.register ?? '', number), undefined, { retries: 1 })
  const rows = other.fields[given.table]?.value
  return Array.isArray(rows) ? (rows as Record<string, unknown>[]).map((row) => given.columns.map((c) => ({ label: tx(c.label), text: String(row[c.name] ?? '') })).filter((c) => c.text)) : null
}
