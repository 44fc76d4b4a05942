/* Computed fields of a form while it is filled in. */
import { count, money, parseMoney } from '@/shared/format'
import { evaluate, type Around } from './expression'
import { plainNumber, type Quantity, type Scores, type Value, type Values } from './forms'
import type { ActField } from './reference'
import type { Computed } from './registers'

function known(field: ActField | undefined, value: Value | undefined): number | string | boolean | null {
  if (!field || value === undefined || value === '') return null
  const number = (text: string) => (text.trim() && Number.isFinite(Number(plainNumber(text))) ? Number(plainNumber(text)) : null)
  switch (field.kind) {
    case 'int':
    case 'decimal':
      return number(String(value))
    case 'money':
      return parseMoney(String(value))
    case 'quantity':
      return number((value as Quantity).value)
    case 'bool':
      return value === true || value === 'true'
    default:
      return typeof value === 'string' ? value : null
  }
}
function score(field: ActField, scores: Scores): number | null {
  const given = (field.items ?? []).map((i) => scores[i.id]?.score ?? '').filter((s) => s !== '')
  return given.length ? given.reduce((sum, s) => sum + Number(s), 0) : null
}
/** What can be told of each computed field by now, in words; those that cannot are left out. */
export function previews(computed: Computed[], fields: ActField[], values: Values): { name: string; label: Computed['label']; words: string }[] {
  const results = new Map<string, number | string | boolean | null>()
  const around: Around = {
    value(name) {
      const [own = '', part] = name.split('.')
      if (results.has(own)) return results.get(own) ?? null
      const field = fields.find((f) => f.name === own)
      const value = values[own]
      if (!part || !field || value === undefined) return part ? null : known(field, value)
      if (part === 'score') return score(field, value as Scores)
      if (part === 'max') return (field.items ?? []).reduce((sum, i) => sum + i.max, 0)
      if (part === 'unit') return (value as Quantity).unit || null
      return part === 'value' ? known(field, value) : null
    },
    column(table, column) {
      const field = fields.find((f) => f.name === table)
      const cell = field?.columns?.find((c) => c.name === column)
      // what the program fills in later is not known yet
      return cell && !cell.later && Array.isArray(values[table]) ? (values[table] as Values[]).map((row) => known(cell, row[column])) : null
    },
    rows: (table) => (Array.isArray(values[table]) ? (values[table] as Values[]).length : null),
  }
  const shown: { name: string; label: Computed['label']; words: string }[] = []
  for (const c of computed) {
    const parts = c.kind === 'percent' && c.of && c.over ? [evaluate(c.of, around), evaluate(c.over, around)] : null
    const value = parts ? (typeof parts[0] === 'number' && typeof parts[1] === 'number' && parts[1] !== 0 ? (parts[0] * 100) / parts[1] : null) : evaluate(c.formula ?? '', around)
    results.set(c.name, value)
    if (typeof value !== 'number') continue
    const digits = value.toFixed(c.decimals ?? (c.kind === 'percent' ? 1 : 2))
    const words = parts ? `${digits}%（${String(parts[0])}/${String(parts[1])}）` : c.kind === 'money' ? money(Math.round(value)) : c.kind === 'int' ? count(value) : digits.replace(/\.?0+$/, '')
    shown.push({ name: c.name, label: c.label, words })
  }
  return shown
}
