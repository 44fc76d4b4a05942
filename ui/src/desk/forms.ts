/* The values of an act's form, generated from the pack's field list, and how they go to the server.
   What is typed stays in memory until the act is done, so closing a form loses nothing. */
import { Problem } from '@/shared/api'
import { parseMoney } from '@/shared/format'
import { say, tx } from '@/shared/i18n'
import { faultOf, toAmendment, type AmendRow } from './amend'
import type { ActField } from './reference'

export interface RemedyRow {
  kind: string
  amount: string
  paid_by: string
  payer: string
}
export interface Quantity {
  value: string
  unit: string
}
export interface Person {
  name: string
  phone: string
  id_number: string
}
export interface Place {
  text: string
  /** Degrees, with six digits at most; empty where nobody said. */
  lat: string
  lon: string
}
/** Another record: what is sent, and how it reads. */
export interface Linked {
  id: string
  text: string
}
export type Scores = Record<string, { score: string; note: string }>
export type Value = string | boolean | string[] | RemedyRow[] | AmendRow[] | Quantity | Person | Place | Linked | Scores | Values[]
export interface Values {
  [name: string]: Value
}
const LINKS = ['entry', 'matter', 'case', 'business']

const kept = new Map<string, Values>()
export const emptyRemedy = (): RemedyRow => ({ kind: '', amount: '', paid_by: '', payer: '' })

export function blankRow(columns: ActField[]): Values {
  return Object.fromEntries(columns.map((c) => [c.name, blank(c)]))
}
export function blank(field: ActField): Value {
  if (field.kind === 'bool') return field.answer ? '' : false
  if (field.kind === 'choices') return []
  if (field.kind === 'remedies') return [emptyRemedy()]
  if (field.kind === 'amendment') return [{ path: '', value: '' }]
  if (field.kind === 'quantity') return { value: '', unit: oneUnit(field) }
  if (field.kind === 'person') return { name: '', phone: '', id_number: '' }
  if (field.kind === 'place') return { text: '', lat: '', lon: '' }
  if (field.kind === 'checklist') return Object.fromEntries((field.items ?? []).map((i) => [i.id, { score: '', note: '' }]))
  if (field.kind === 'table') return [blankRow(field.columns ?? [])]
  if (LINKS.includes(field.kind)) return { id: '', text: '' }
  if (field.kind === 'choice' && field.required && field.choices?.length === 1) return field.choices[0]?.code ?? ''
  return ''
}
/** The unit where only one is allowed. */
export function oneUnit(field: ActField): string {
  const only = field.units?.length === 1 ? field.units[0] : undefined
  return typeof only === 'object' ? only.code : (only ?? '')
}
export function formFor(number: string, act: string, fields: ActField[]): Values {
  const key = `${number} ${act}`
  const values = kept.get(key) ?? {}
  for (const field of fields) if (!(field.name in values)) values[field.name] = blank(field)
  kept.set(key, values)
  return values
}
export function forgetForm(number: string, act: string): void {
  kept.delete(`${number} ${act}`)
}

/** "2026-10-13 09:44" as the server wants it, in the installation's zone, which an instant of the matter shows. */
export function toInstant(local: string, sample: string): string {
  const zone = /(Z|[+-]\d{2}:\d{2})$/.exec(sample)?.[1] ?? '+08:00'
  return `${local.replace(' ', 'T')}:00${zone}`
}
export function isEmpty(field: ActField, value: Value | undefined): boolean {
  if (value === '' || value === undefined || value === null) return true
  switch (field.kind) {
    case 'remedies':
      return (value as RemedyRow[]).every((r) => !r.kind && !r.amount && !r.paid_by && !r.payer)
    case 'amendment':
      return (value as AmendRow[]).every((r) => !r.path)
    case 'quantity':
      return !(value as Quantity).value.trim()
    case 'person':
      return Object.values(value as Person).every((v) => !String(v).trim())
    case 'place':
      return !(value as Place).text.trim() && !(value as Place).lat
    case 'checklist':
      return Object.values(value as Scores).every((s) => s.score === '')
    case 'table':
      return filledRows(field, value as Values[]).length === 0
    case 'entry':
    case 'matter':
    case 'case':
    case 'business':
      return !(value as Linked).id && !(value as Linked).text.trim()
    default:
      return Array.isArray(value) ? value.length === 0 : typeof value === 'string' && !value.trim()
  }
}
/** Rows in which something stands; of rows that are given all. */
function filledRows(field: ActField, rows: Values[]): Values[] {
  if (field.given) return rows
  return rows.filter((row) => (field.columns ?? []).some((c) => !isEmpty(c, row[c.name])))
}

export interface Fault {
  field: string
  key: string
}
/** Fields that are asked now: some only when another has a certain value. */
export function askedFields(fields: ActField[], values: Values): ActField[] {
  return fields.filter((f) => !f.when_field || String(values[f.when_field] ?? '') === f.when_value)
}
// Checked on sending, never while typing. The server has the last word.
const DECIMAL = /^-?\d{1,12}(\.\d{1,4})?$/
/** A number as people write it: full-width digits and thousands commas pass. */
export function plainNumber(text: string): string {
  return text.replace(/[０-９．－]/g, (c) => (c === '－' ? '-' : String.fromCharCode(c.charCodeAt(0) - 0xfee0))).replace(/[\s,，]/g, '')
}
const CHOSEN = ['choice', 'bool', 'body', 'officer', 'entry', 'matter', 'case', 'business']
/** What is wrong with one field, as keys of words; a table names its cells. */
function faultsOf(field: ActField, value: Value | undefined): Fault[] {
  const one = (key: string, at = field.name): Fault[] => [{ field: at, key }]
  if (isEmpty(field, value)) return field.required ? one(CHOSEN.includes(field.kind) ? 'act.choose' : 'act.fill') : []
  switch (field.kind) {
    case 'bool':
      return field.required && !field.answer && value !== true ? one('act.tick') : []
    case 'money':
      return parseMoney(String(value)) === null ? one('act.money') : []
    case 'int':
      return /^-?\d{1,9}$/.test(plainNumber(String(value))) ? [] : one('act.number')
    case 'decimal':
      return DECIMAL.test(plainNumber(String(value))) ? [] : one('act.decimal')
    case 'quantity':
      if (!DECIMAL.test(plainNumber((value as Quantity).value))) return one('act.decimal')
      return (value as Quantity).unit ? [] : one('act.unit')
    case 'person':
      return (value as Person).name.trim() ? [] : one('act.person')
    case 'entry':
    case 'matter':
    case 'case':
    case 'business':
      return (value as Linked).id ? [] : one('act.not_found')
    case 'amendment':
      return (value as AmendRow[]).map(faultOf).filter(Boolean).slice(0, 1).flatMap((key) => one(key))
    case 'remedies':
      return (value as RemedyRow[]).flatMap((r) => (!r.kind && (r.amount || r.paid_by || r.payer) ? one('act.remedy_kind') : r.amount && parseMoney(r.amount) === null ? one('act.money') : []))
    case 'table':
      return filledRows(field, value as Values[]).flatMap((row) => {
        const at = (value as Values[]).indexOf(row)
        return (field.columns ?? []).flatMap((c) => faultsOf(c, row[c.name]).map((f) => ({ field: `${field.name}.${at}.${c.name}`, key: f.key })))
      })
    default:
      return []
  }
}
export function check(all: ActField[], values: Values): Fault[] {
  return askedFields(all, values).flatMap((field) => faultsOf(field, values[field.name]))
}
/** The field that a path names: "goods" or "rows.0.amount"; a path of the server begins with "fields." where the form is an entry. */
export function fieldAtPath(all: ActField[], path: string): ActField | undefined {
  const [name, , column] = path.split('.')
  const field = all.find((f) => f.name === name)
  return column ? (field?.columns?.find((c) => c.name === column) ?? field) : field
}
/** Takes rows without anything out of tables, so that the rows sent are numbered as those on the page. */
export function dropBlankRows(all: ActField[], values: Values): void {
  for (const field of all) {
    if (field.kind !== 'table') continue
    const rows = filledRows(field, values[field.name] as Values[])
    values[field.name] = rows.length ? rows : [blankRow(field.columns ?? [])]
  }
}
/** Words of what is wrong, by path, found here before anything is sent. */
export function checkWords(all: ActField[], values: Values): Record<string, string> {
  const words: Record<string, string> = {}
  for (const f of check(all, values)) words[f.field] ??= say(f.key, { what: tx(fieldAtPath(all, f.field)?.label) })
  return words
}
/** Words of a refusal, by path; a path that is no field of the form keeps its own name. */
export function refusalWords(all: ActField[], problem: unknown): Record<string, string> {
  const words: Record<string, string> = {}
  if (!(problem instanceof Problem)) return words
  for (const e of problem.errors) {
    const path = e.field.replace(/^(body|fields|input)\.(?=.)/, '').replace(/\[(\d+)\]/g, '.$1')
    const field = all.find((f) => f.name === path.split('.')[0])
    words[!field ? path : field.kind === 'table' ? path : field.name] ??= tx(e)
  }
  return words
}
function plainValue(field: ActField, value: Value, sample: string): unknown {
  const text = typeof value === 'string' ? value.trim() : ''
  switch (field.kind) {
    case 'int':
    case 'officer':
    case 'group':
      return Number(plainNumber(text))
    case 'money':
      return parseMoney(text)
    case 'decimal':
      return plainNumber(text)
    case 'instant':
      return toInstant(text, sample)
    case 'quantity':
      return { value: plainNumber((value as Quantity).value), unit: (value as Quantity).unit }
    case 'person':
      return Object.fromEntries(Object.entries(value as Person).map(([k, v]) => [k, String(v).trim()]).filter(([, v]) => v))
    case 'place': {
      const { text: words, lat, lon } = value as Place
      return { text: words.trim(), ...(lat && lon ? { lat, lon } : {}) }
    }
    case 'case':
    case 'business':
      return Number((value as Linked).id)
    case 'entry':
    case 'matter':
      return (value as Linked).id
    case 'checklist':
      return { items: Object.fromEntries(Object.entries(value as Scores).filter(([, s]) => s.score !== '').map(([id, s]) => [id, { score: Number(s.score), ...(s.note.trim() ? { note: s.note.trim() } : {}) }])) }
    case 'table':
      return filledRows(field, value as Values[]).map((row) => toBody(field.columns ?? [], row, sample))
    case 'remedies':
      return (value as RemedyRow[]).filter((r) => r.kind).map((r) => ({ kind: r.kind, amount_fen: r.amount ? parseMoney(r.amount) : null, paid_by: r.paid_by || null, payer: r.payer || null }))
    case 'amendment':
      return toAmendment(value as AmendRow[])
    case 'report':
      return { facts: text }
    case 'bool':
      return value === true || value === 'true'
    case 'choices':
      return value
    default:
      return text
  }
}
export function toBody(all: ActField[], values: Values, sample: string): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of askedFields(all, values)) {
    const value = values[field.name]
    if (value !== undefined && !isEmpty(field, value)) body[field.name] = plainValue(field, value, sample)
  }
  return body
}
/** A value of a record as a form holds it: to begin an amendment from what stands there. */
export function fromBody(field: ActField, value: unknown, text: string): Value {
  if (value === null || value === undefined) return blank(field)
  switch (field.kind) {
    case 'money':
      return String(Number(value) / 100)
    case 'instant':
      return String(value).slice(0, 16).replace('T', ' ')
    case 'bool':
      return field.answer ? String(value) : value === true
    case 'choices':
      return (value as unknown[]).map(String)
    case 'entry':
    case 'matter':
    case 'case':
    case 'business':
      return { id: String(value), text }
    case 'checklist': {
      const items = (value as { items?: Record<string, { score: number; note?: string }> }).items ?? {}
      return { ...(blank(field) as Scores), ...Object.fromEntries(Object.entries(items).map(([id, s]) => [id, { score: String(s.score), note: s.note ?? '' }])) }
    }
    case 'table':
      return (value as Record<string, unknown>[]).map((row) => Object.fromEntries((field.columns ?? []).map((c) => [c.name, fromBody(c, row[c.name], '')])))
    case 'quantity':
    case 'place':
    case 'person':
      return { ...(blank(field) as object), ...(value as object) } as Value
    default:
      return String(value)
  }
}
