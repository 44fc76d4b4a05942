/* The values of an act's form, generated from the pack's field list, and how they go to the server.
   What is typed stays in memory until the act is done, so closing a form loses nothing. */
import { parseMoney } from '@/shared/format'
import { faultOf, toAmendment, type AmendRow } from './amend'
import type { ActField } from './reference'

export interface RemedyRow {
  kind: string
  amount: string
  paid_by: string
  payer: string
}
export type Value = string | boolean | string[] | RemedyRow[] | AmendRow[]
export type Values = Record<string, Value>

const kept = new Map<string, Values>()
export const emptyRemedy = (): RemedyRow => ({ kind: '', amount: '', paid_by: '', payer: '' })

function blank(field: ActField): Value {
  if (field.kind === 'bool') return false
  if (field.kind === 'choices') return []
  if (field.kind === 'remedies') return [emptyRemedy()]
  if (field.kind === 'amendment') return [{ path: '', value: '' }]
  if (field.kind === 'choice' && field.required && field.choices?.length === 1) return field.choices[0]?.code ?? ''
  return ''
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
function isEmpty(value: Value | undefined): boolean {
  if (Array.isArray(value)) {
    return (value as (string | RemedyRow | AmendRow)[]).every((r) => typeof r === 'object' && ('path' in r ? !r.path : !r.kind && !r.amount && !r.paid_by && !r.payer))
  }
  return value === '' || value === undefined
}

export interface Fault {
  field: string
  key: string
}
/** Checked on sending, never while typing. The server has the last word. */
/** Fields that are asked now: some only when another has a certain value. */
export function askedFields(fields: ActField[], values: Values): ActField[] {
  return fields.filter((f) => !f.when_field || String(values[f.when_field] ?? '') === f.when_value)
}
export function check(all: ActField[], values: Values): Fault[] {
  const faults: Fault[] = []
  for (const field of askedFields(all, values)) {
    const value = values[field.name]
    if (isEmpty(value)) {
      if (field.required) faults.push({ field: field.name, key: field.kind === 'choice' || field.kind === 'body' || field.kind === 'officer' ? 'act.choose' : 'act.fill' })
    } else if (field.kind === 'bool' && field.required && value !== true) {
      faults.push({ field: field.name, key: 'act.tick' })
    } else if (field.kind === 'money' && parseMoney(String(value)) === null) {
      faults.push({ field: field.name, key: 'act.money' })
    } else if (field.kind === 'int' && !/^-?\d{1,9}$/.test(String(value).trim())) {
      faults.push({ field: field.name, key: 'act.number' })
    } else if (field.kind === 'amendment') {
      const wrong = (value as AmendRow[]).map(faultOf).find(Boolean)
      if (wrong) faults.push({ field: field.name, key: wrong })
    } else if (field.kind === 'remedies') {
      for (const r of value as RemedyRow[]) {
        if (!r.kind && (r.amount || r.paid_by || r.payer)) faults.push({ field: field.name, key: 'act.remedy_kind' })
        else if (r.amount && parseMoney(r.amount) === null) faults.push({ field: field.name, key: 'act.money' })
      }
    }
  }
  return faults
}
export function toBody(all: ActField[], values: Values, sample: string): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of askedFields(all, values)) {
    const value = values[field.name]
    if (isEmpty(value)) continue
    const text = typeof value === 'string' ? value.trim() : ''
    switch (field.kind) {
      case 'int':
      case 'officer':
      case 'business':
      case 'group':
        body[field.name] = Number(text)
        break
      case 'money':
        body[field.name] = parseMoney(text)
        break
      case 'instant':
        body[field.name] = toInstant(text, sample)
        break
      case 'remedies':
        body[field.name] = (value as RemedyRow[]).filter((r) => r.kind).map((r) => ({ kind: r.kind, amount_fen: r.amount ? parseMoney(r.amount) : null, paid_by: r.paid_by || null, payer: r.payer || null }))
        break
      case 'amendment':
        body[field.name] = toAmendment(value as AmendRow[])
        break
      case 'report':
        body[field.name] = { facts: text }
        break
      case 'bool':
      case 'choices':
        body[field.name] = value
        break
      default:
        body[field.name] = text
    }
  }
  return body
}
