/* What must be put right before the next step. Asked on 下一步, never while typing. The server checks all of it again. */
import { parseMoney, today } from '../shared/format'
import { say } from '../shared/i18n'
import type { FieldError, Kind } from '../shared/types'
import { tx } from '../shared/i18n'
import type { Values } from './draft'
import type { Fault } from './parts/ErrorSummary.vue'

export const FACTS_MAX = 2000
const FACTS_MIN = 4
const FIRST_DAY = '2000-01-01'

/** Code points, as the server counts them. */
export const length = (text: string) => Array.from(text).length

type Check = (v: Values) => Fault[]

function need(field: keyof Values, text: string, words: string): Fault[] {
  return text.trim() ? [] : [{ field, words }]
}
function checkPhone(field: keyof Values, text: string, required: boolean): Fault[] {
  const digits = text.replace(/\D/g, '').replace(/^86(?=1\d{10}$)/, '')
  if (!text.trim()) return required ? [{ field, words: say(field === 'phone' ? 'check.phone' : 'check.proxy_phone') }] : []
  if (/^0/.test(digits) && digits.length >= 10) return [] // a landline
  if (!digits.startsWith('1')) return [{ field, words: say('check.phone_start') }]
  return digits.length === 11 ? [] : [{ field, words: say('check.phone_length', { n: String(digits.length) }) }]
}
function checkFacts(v: Values, missing: string): Fault[] {
  const n = length(v.facts.trim())
  if (n === 0) return [{ field: 'facts', words: say(missing) }]
  if (n < FACTS_MIN) return [{ field: 'facts', words: say('check.facts_short') }]
  return n > FACTS_MAX ? [{ field: 'facts', words: say('check.facts_long', { max: String(FACTS_MAX), n: String(n) }) }] : []
}
function checkPurchase(v: Values): Fault[] {
  const faults: Fault[] = []
  if (!v.where) faults.push({ field: 'where', words: say('check.where') })
  if (v.where === 'online') faults.push(...need('platform', v.platform, say('check.platform')))
  if (!v.bought) faults.push({ field: 'bought', words: say('check.bought') })
  else if (v.bought > today()) faults.push({ field: 'bought', words: say('check.bought_future') })
  else if (v.bought < FIRST_DAY) faults.push({ field: 'bought', words: say('check.bought_old') })
  if (parseMoney(v.paid) === null) faults.push({ field: 'paid', words: say('check.paid') })
  return faults
}
function checkDemands(v: Values): Fault[] {
  const faults: Fault[] = []
  if (!v.demands.length) faults.push({ field: 'demands', words: say('check.demands') })
  if (v.demands.includes('other')) faults.push(...need('demandText', v.demandText, say('check.demand_text')))
  const wanted = v.wanted.trim() ? parseMoney(v.wanted) : 0
  const paid = parseMoney(v.paid)
  if (wanted === null) faults.push({ field: 'wanted', words: say('check.wanted') })
  else if (paid !== null && wanted > paid && !v.demands.includes('compensation')) faults.push({ field: 'wanted', words: say('check.wanted_more') })
  return faults
}
function checkPerson(v: Values): Fault[] {
  const faults = [
    ...need('name', v.name, say('check.name')),
    ...checkPhone('phone', v.phone, true),
    ...need('address', v.address, say('check.address')),
  ]
  if (v.proxy) {
    faults.push(...need('proxyName', v.proxyName, say('check.proxy_name')), ...checkPhone('proxyPhone', v.proxyPhone, true))
    faults.push(...need('proxyRelation', v.proxyRelation, say('check.proxy_relation')))
  }
  return faults
}
const truthful: Check = (v) => (v.truthful ? [] : [{ field: 'truthful', words: say('check.truthful') }])

const checks: Record<Kind, [Check, Check, Check]> = {
  complaint: [
    (v) => [...need('businessName', v.businessName, say('check.business')), ...need('businessAddress', v.businessAddress, say('check.business_address'))],
    (v) => [...checkPurchase(v), ...checkFacts(v, 'check.facts'), ...checkDemands(v), ...(v.also ? need('alsoFacts', v.alsoFacts, say('check.also_facts')) : [])],
    (v) => [...checkPerson(v), ...truthful(v)],
  ],
  report: [
    (v) => (v.businessName.trim() || v.businessAddress.trim() ? [] : [{ field: 'businessName', words: say('check.business_or_address') }]),
    (v) => checkFacts(v, 'check.facts'),
    (v) => {
      if (!v.anonymous) return [{ field: 'anonymous', words: say('check.anonymous') }, ...truthful(v)]
      if (v.anonymous === 'anonymous') return truthful(v)
      return [...need('name', v.name, say('check.name')), ...checkPhone('phone', v.phone, true), ...truthful(v)]
    },
  ],
  enquiry: [(v) => checkFacts(v, 'check.facts_enquiry'), () => [], (v) => checkPhone('phone', v.phone, false)],
}

export function checkStep(kind: Kind, step: number, values: Values): Fault[] {
  return (checks[kind][step - 1] ?? (() => []))(values)
}

const fields: Record<string, keyof Values> = {
  'respondent.name': 'businessName',
  respondent: 'businessName',
  'respondent.address': 'businessAddress',
  'respondent.division': 'businessAddress',
  'purchase.online': 'where',
  'purchase.platform': 'platform',
  'purchase.order_no': 'orderNo',
  'purchase.date': 'bought',
  'product.name': 'product',
  amount_fen: 'paid',
  facts: 'facts',
  demands: 'demands',
  demand_text: 'demandText',
  'also_report.facts': 'alsoFacts',
  also_report: 'alsoFacts',
  anonymous: 'anonymous',
  'consumer.name': 'name',
  'reporter.name': 'name',
  consumer: 'name',
  'consumer.phone': 'phone',
  'reporter.phone': 'phone',
  'consumer.address': 'address',
  'proxy.name': 'proxyName',
  'proxy.phone': 'proxyPhone',
  'proxy.relation': 'proxyRelation',
  proxy: 'proxyName',
  truthful: 'truthful',
}
const steps: Record<Kind, (keyof Values)[][]> = {
  complaint: [
    ['businessName', 'businessAddress'],
    ['where', 'platform', 'orderNo', 'product', 'bought', 'paid', 'facts', 'injury', 'demands', 'demandText', 'wanted', 'also', 'alsoFacts'],
    ['name', 'phone', 'address', 'proxy', 'proxyName', 'proxyPhone', 'proxyRelation', 'disclosure', 'truthful'],
  ],
  report: [['businessName', 'businessAddress'], ['facts'], ['anonymous', 'name', 'phone', 'address', 'truthful']],
  enquiry: [['facts'], ['businessName', 'businessAddress'], ['name', 'phone', 'truthful']],
}
export function stepOf(kind: Kind, field: string): number {
  const found = steps[kind].findIndex((names) => names.includes(field as keyof Values))
  return found < 0 ? 0 : found + 1
}
/** The server's faults, each at its field and step where there is one. */
export function serverFaults(kind: Kind, errors: FieldError[]): { step: number; faults: Fault[] } {
  const faults = errors.map((e): Fault => {
    const field = fields[e.field] ?? ''
    return { field: field && stepOf(kind, field) ? field : '', words: tx(e) }
  })
  const reached = faults.map((f) => stepOf(kind, f.field)).filter((n) => n > 0)
  return { step: reached.length ? Math.min(...reached) : 3, faults }
}
