/* The text of one registration while it is being written: kept in this tab only (sessionStorage), gone on sending. */
import { parseMoney } from '@/shared/format'
import type { Kind } from '@/shared/types'
import { toInstant } from './forms'

export interface Draft {
  kind: Kind
  channel: string
  received: string
  late_reason: string
  phone: string
  name: string
  address: string
  id_number: string
  gender: string
  anonymous: boolean
  /** Themes for which it goes before others. */
  first: string[]
  elderly: boolean
  injury: boolean
  minor: boolean
  disabled: boolean
  safety: boolean
  mass: boolean
  business: string
  /** The record confirmed for it; empty while it is only a name. */
  business_id: string
  /** What the clerk decided about a like matter: link with a number, or new. */
  duplicate: string
  duplicate_number: string
  /** The group it joins, and how it is called. */
  duplicate_group: string
  duplicate_name: string
  business_address: string
  division: string
  uscc: string
  business_phone: string
  bought: string
  online: '' | 'shop' | 'online'
  platform: string
  order_no: string
  product: string
  brand: string
  model: string
  quantity: string
  unit_price: string
  imported: boolean
  amount: string
  facts: string
  demands: string[]
  demand_text: string
  category: string
  problem: string
  violation: string
  body: string
  answer: string
  external_system: string
  external_number: string
  heads: string
  disclosure: boolean
  entrusted: boolean
  proxy_name: string
  proxy_phone: string
  proxy_relation: string
  also: boolean
  also_facts: string
  also_violation: string
  also_anonymous: boolean
}
const STORE = 'fangxin.intake'

export function emptyDraft(kind: Kind = 'complaint'): Draft {
  return {
    kind, channel: 'phone', received: '', late_reason: '', phone: '', name: '', address: '', id_number: '', gender: '', anonymous: false,
    first: [], elderly: false, injury: false, minor: false, disabled: false, safety: false, mass: false, business: '', business_id: '', duplicate: '', duplicate_number: '', duplicate_group: '', duplicate_name: '', business_address: '', division: '', uscc: '', business_phone: '', bought: '', online: '',
    platform: '', order_no: '', product: '', brand: '', model: '', quantity: '', unit_price: '', imported: false, amount: '', facts: '', demands: [], demand_text: '', category: '', problem: '',
    violation: '', body: '', answer: '', external_system: '', external_number: '', heads: '', disclosure: false, entrusted: false, proxy_name: '', proxy_phone: '',
    proxy_relation: '', also: false, also_facts: '', also_violation: '', also_anonymous: false,
  }
}
export function readDraft(): Draft {
  try {
    return { ...emptyDraft(), ...(JSON.parse(sessionStorage.getItem(STORE) ?? '{}') as Partial<Draft>) }
  } catch {
    return emptyDraft()
  }
}
export function keepDraft(draft: Draft): boolean {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(draft))
    return true
  } catch {
    return false
  }
}
export function dropDraft(): void {
  try {
    sessionStorage.removeItem(STORE)
  } catch {
    /* nothing was kept */
  }
}
export function isBlank(draft: Draft): boolean {
  return JSON.stringify({ ...draft, kind: 'complaint', channel: 'phone' }) === JSON.stringify(emptyDraft())
}

/** What is still to be asked, in the order people talk. The server decides what it will not do without. */
export function missing(draft: Draft): (keyof Draft)[] {
  const out: (keyof Draft)[] = []
  const want = (field: keyof Draft) => {
    const value = draft[field]
    if (Array.isArray(value) ? !value.length : !String(value).trim()) out.push(field)
  }
  if (draft.kind === 'complaint') {
    for (const f of ['phone', 'name', 'address', 'business', 'facts', 'demands'] as const) want(f)
  } else if (draft.kind === 'report') {
    if (!draft.anonymous) want('phone')
    want('business')
    want('facts')
  } else {
    want('facts')
  }
  return out
}

const some = (o: Record<string, unknown>) => Object.values(o).some((v) => v !== undefined && v !== '' && v !== false)
const text = (v: string) => v.trim() || undefined

/** What the clerk decided about the hint; only a complaint joins a group. */
function duplicateOf(d: Draft): Record<string, unknown> | undefined {
  if (d.duplicate === 'link') return { choice: 'link', number: d.duplicate_number, relation: 'repeat' }
  if (d.duplicate === 'join') return d.kind === 'complaint' ? { choice: 'join', group: Number(d.duplicate_group) } : undefined
  return d.duplicate ? { choice: d.duplicate } : undefined
}

export function toFiling(d: Draft, sample: string): Record<string, unknown> {
  const amount = d.amount.trim() ? (parseMoney(d.amount) ?? d.amount) : undefined
  const person = { name: text(d.name), phone: text(d.phone.replace(/[\s-]/g, '')), address: text(d.address), id_number: text(d.id_number), gender: text(d.gender) }
  const business = { name: text(d.business), address: text(d.business_address), division: text(d.division), uscc: text(d.uscc), phone: text(d.business_phone) }
  const product = {
    name: text(d.product), brand: text(d.brand), model: text(d.model), quantity: /^\d+$/.test(d.quantity.trim()) ? Number(d.quantity) : text(d.quantity),
    unit_price_fen: d.unit_price.trim() ? (parseMoney(d.unit_price) ?? d.unit_price) : undefined, imported: d.imported || undefined,
  }
  const purchase = { date: text(d.bought), online: d.online ? d.online === 'online' : undefined, platform: text(d.platform), order_no: text(d.order_no) }
  const external = { system: text(d.external_system), number: text(d.external_number) }
  const proxy = { name: text(d.proxy_name), phone: text(d.proxy_phone), relation: text(d.proxy_relation) }
  const flags = {
    injury: d.injury || undefined, elderly: d.elderly || undefined, minor: d.minor || undefined, disabled: d.disabled || undefined,
    safety: d.safety || undefined, mass: d.mass || undefined,
  }
  const consents = { disclosure: d.disclosure || undefined, entrusted: d.entrusted || undefined }
  const enquiry = d.kind === 'enquiry'
  return {
    kind: d.kind,
    channel: d.channel,
    received_at: d.received ? toInstant(d.received, sample) : undefined,
    late_reason: text(d.late_reason),
    anonymous: d.kind === 'report' && d.anonymous ? true : undefined,
    consumer: (d.kind === 'report' && d.anonymous) || !some(person) ? undefined : person,
    proxy: some(proxy) ? proxy : undefined,
    respondent: some(business) ? business : undefined,
    category: text(d.category),
    problem: text(d.problem),
    violation: d.kind === 'report' ? text(d.violation) : undefined,
    amount_fen: amount,
    facts: text(d.facts),
    demands: d.kind === 'complaint' && d.demands.length ? d.demands : undefined,
    demand_text: d.kind === 'complaint' ? text(d.demand_text) : undefined,
    truthful: true,
    product: some(product) ? product : undefined,
    purchase: some(purchase) ? purchase : undefined,
    external: some(external) ? external : undefined,
    consents: some(consents) ? consents : undefined,
    themes: d.first.length ? d.first : undefined,
    flags: some(flags) ? flags : undefined,
    heads: /^\d+$/.test(d.heads.trim()) ? Number(d.heads) : undefined,
    also_report: d.kind === 'complaint' && d.also ? { facts: text(d.also_facts), violation: text(d.also_violation), anonymous: d.also_anonymous || undefined } : undefined,
    answer: enquiry ? text(d.answer) : undefined,
    body: text(d.body),
    business: d.business_id ? Number(d.business_id) : undefined,
    duplicate: duplicateOf(d),
  }
}
/** The form's field for a field of the API's refusal. */
export function fieldOf(name: string): keyof Draft | '' {
  const known: Record<string, keyof Draft> = {
    'consumer.phone': 'phone', 'consumer.name': 'name', 'consumer.address': 'address', 'consumer.id_number': 'id_number', 'respondent.name': 'business', 'respondent.address': 'business_address', 'respondent.division': 'division',
    'respondent.uscc': 'uscc', 'respondent.phone': 'business_phone', amount_fen: 'amount', received_at: 'received', 'purchase.date': 'bought',
    'product.quantity': 'quantity', 'product.unit_price_fen': 'unit_price',
    'also_report.facts': 'also_facts', 'proxy.name': 'proxy_name', 'proxy.phone': 'proxy_phone', consumer: 'phone', respondent: 'business',
  }
  const plain = name.replace(/\[\d*\]$/, '')
  return known[plain] ?? (plain in emptyDraft() ? (plain as keyof Draft) : '')
}
