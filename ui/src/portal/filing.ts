/* From what was typed to what the API takes; and what stays of a filing after it was sent. */
import { get } from '../shared/api'
import { amount, parseMoney } from '../shared/format'
import { say } from '../shared/i18n'
import type { Code, Filed, Kind } from '../shared/types'
import type { Values } from './draft'

export const plainDemands = ['refund', 'replace', 'repair', 'compensation', 'apology', 'other']

/** The usual six in everyday words; those the rule pack does not know are left out. */
export async function readDemands(): Promise<Code[]> {
  const usual = plainDemands.map((code) => ({ code, zh: say(`demand.${code}`), en: say(`demand.${code}`) }))
  try {
    const codes = await get<{ demands?: Code[] }>('/codes')
    const known = codes.demands?.map((d) => d.code) ?? []
    return known.length ? usual.filter((d) => known.includes(d.code)) : usual
  } catch {
    return usual
  }
}

const trimmed = (text: string) => text.trim() || undefined
const digits = (text: string) => (text.trim() ? text.replace(/[^\d+]/g, '').replace(/^\+?86(?=1\d{10}$)/, '') : undefined)

/** The sum in dispute is what is asked back; where that is less than what was paid, both are said in the demand. */
function money(v: Values): { amount_fen?: number; demand_text?: string } {
  const paid = parseMoney(v.paid)
  const wanted = v.wanted.trim() ? parseMoney(v.wanted) : null
  const said = v.demands.includes('other') ? trimmed(v.demandText) : undefined
  const both = paid !== null && wanted !== null && wanted !== paid ? `花了 ${amount(paid)} 元，希望退 ${amount(wanted)} 元` : undefined
  return { amount_fen: wanted ?? paid ?? undefined, demand_text: [said, both].filter(Boolean).join('；') || undefined }
}

export function filingBody(kind: Kind, v: Values): object {
  const business = trimmed(v.businessName) || trimmed(v.businessAddress)
  const respondent = business ? { name: trimmed(v.businessName) ?? '', address: trimmed(v.businessAddress) } : undefined
  const person = { name: trimmed(v.name), phone: digits(v.phone), address: trimmed(v.address) }
  if (kind === 'enquiry') {
    const known = person.name || person.phone
    return { kind, respondent, facts: v.facts.trim(), consumer: known ? { name: person.name, phone: person.phone } : undefined }
  }
  if (kind === 'report') {
    const anonymous = v.anonymous === 'anonymous'
    return { kind, respondent, facts: v.facts.trim(), truthful: v.truthful, ...(anonymous ? { anonymous: true } : { consumer: person }) }
  }
  return {
    kind,
    consumer: person,
    proxy: v.proxy ? { name: v.proxyName.trim(), phone: digits(v.proxyPhone), relation: v.proxyRelation.trim() } : undefined,
    respondent,
    facts: v.facts.trim(),
    demands: v.demands,
    ...money(v),
    product: v.product.trim() ? { name: v.product.trim() } : undefined,
    purchase: { date: v.bought, online: v.where === 'online', platform: v.where === 'online' ? trimmed(v.platform) : undefined, order_no: v.where === 'online' ? trimmed(v.orderNo) : undefined },
    consents: { disclosure: v.disclosure },
    flags: v.injury ? { injury: true } : undefined,
    also_report: v.also ? { facts: v.alsoFacts.trim() } : undefined,
    truthful: v.truthful,
  }
}

/** The receipt as the tab keeps it until it is closed. */
export interface Receipt {
  filed: Filed
  business: string
  demands: string[]
  amountFen: number | null
  anonymous: boolean
}
const STORE = 'fangxin.receipt'

export function keepReceipt(receipt: Receipt): void {
  held = receipt
  try {
    sessionStorage.setItem(STORE, JSON.stringify(receipt))
  } catch {
    /* shown once, until the page is left */
  }
}
let held: Receipt | null = null
export function heldReceipt(): Receipt | null {
  if (held) return held
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? 'null') as Receipt | null
  } catch {
    return null
  }
}
/** 退款、换货: in the reader's words at the time of filing. */
export function receiptOf(kind: Kind, v: Values, filed: Filed, demandWords: string[]): Receipt {
  return {
    filed,
    business: v.businessName.trim() || v.businessAddress.trim(),
    demands: kind === 'complaint' ? demandWords : [],
    amountFen: kind === 'complaint' && v.demands.includes('refund') ? (parseMoney(v.wanted) ?? parseMoney(v.paid)) : null,
    anonymous: kind === 'report' && v.anonymous === 'anonymous',
  }
}
