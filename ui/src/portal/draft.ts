/* What someone is writing, kept until sent, for 7 days, or until cleared. A report is kept in the tab only. */
import { newKey } from '../shared/api'
import type { Kind } from '../shared/types'

export interface Values {
  businessName: string
  businessAddress: string
  where: '' | 'store' | 'online'
  platform: string
  orderNo: string
  product: string
  bought: string
  paid: string
  facts: string
  injury: boolean
  demands: string[]
  demandText: string
  wanted: string
  also: boolean
  alsoFacts: string
  anonymous: '' | 'named' | 'anonymous'
  name: string
  phone: string
  address: string
  proxy: boolean
  proxyName: string
  proxyPhone: string
  proxyRelation: string
  disclosure: boolean
  truthful: boolean
}
export interface Draft {
  /** When last saved, ms since 1970; 0 when never. */
  at: number
  /** Idempotency key of this filing: the same for each try, new with each draft. */
  key: string
  step: number
  values: Values
}

const KEEP_MS = 7 * 86_400_000

export function emptyValues(): Values {
  return {
    businessName: '', businessAddress: '', where: '', platform: '', orderNo: '', product: '', bought: '', paid: '', facts: '', injury: false,
    demands: [], demandText: '', wanted: '', also: false, alsoFacts: '', anonymous: '', name: '', phone: '', address: '', proxy: false,
    proxyName: '', proxyPhone: '', proxyRelation: '', disclosure: false, truthful: false,
  }
}
export function newDraft(): Draft {
  return { at: 0, key: newKey(), step: 1, values: emptyValues() }
}
export function isEmpty(values: Values): boolean {
  return JSON.stringify(values) === JSON.stringify(emptyValues())
}

function place(kind: Kind): Storage {
  return kind === 'report' ? sessionStorage : localStorage
}
const name = (kind: Kind) => `fangxin.draft.${kind}`

export function loadDraft(kind: Kind): Draft | null {
  try {
    const raw = place(kind).getItem(name(kind))
    if (!raw) return null
    const kept = JSON.parse(raw) as Draft
    if (!kept.at || Date.now() - kept.at > KEEP_MS) {
      place(kind).removeItem(name(kind))
      return null
    }
    return { ...kept, key: kept.key || newKey(), step: Math.min(Math.max(kept.step || 1, 1), 3), values: { ...emptyValues(), ...kept.values } }
  } catch {
    return null
  }
}
/** Drafts of any kind past their 7 days, or of days when the page was not opened. */
export function dropOldDrafts(): void {
  for (const kind of ['complaint', 'enquiry'] as Kind[]) loadDraft(kind)
}
/** False when the browser keeps nothing. */
export function saveDraft(kind: Kind, draft: Draft): boolean {
  try {
    draft.at = Date.now()
    place(kind).setItem(name(kind), JSON.stringify(draft))
    return true
  } catch {
    return false
  }
}
export function removeDraft(kind: Kind): void {
  try {
    place(kind).removeItem(name(kind))
  } catch {
    /* nothing was kept */
  }
}
