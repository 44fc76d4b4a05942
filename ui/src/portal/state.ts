/* The state of a matter as one sentence, and what may be done about it. */
import { dateWeekday } from '../shared/format'
import { isEnglish, say, tx } from '../shared/i18n'
import type { Deadline, Matter } from '../shared/types'

const known: Record<string, string[]> = {
  complaint: ['registered', 'returned', 'assigned', 'accepted', 'mediating', 'paused', 'settled', 'terminated', 'refused', 'withdrawn', 'told', 'followed_up', 'disclosed', 'exempt', 'archived'],
  enquiry: ['registered', 'assigned', 'answered', 'closed'],
}

export function openOffer(m: Matter) {
  return m.offer?.state === 'open' ? m.offer : null
}
export function running(m: Matter): Deadline[] {
  return m.deadlines.filter((d) => !d.superseded && (d.state === 'running' || d.state === 'paused'))
}
function dueOf(m: Matter, rule: string): string {
  const found = running(m).find((d) => d.rule === rule && d.state === 'running')
  return found ? dateWeekday(found.due) : ''
}

export function stateWords(m: Matter): string {
  if (m.kind === 'report') return say('state.report.any')
  if (m.kind === 'complaint') {
    if (openOffer(m)) return say('state.complaint.offer')
    const first = dueOf(m, 'D1')
    if ((m.status === 'assigned' || m.status === 'registered') && first) return say('state.complaint.assigned_due', { date: first })
    const last = dueOf(m, 'D2')
    if (m.status === 'mediating' && last) return say('state.complaint.mediating_due', { date: last })
  }
  if (m.status_sentence) return tx(m.status_sentence)
  return known[m.kind]?.includes(m.status) ? say(`state.${m.kind}.${m.status}`) : tx(m.status_label)
}

/** 投诉; complaint: inside a sentence. */
export function kindWord(m: Matter): string {
  return isEnglish() ? say(`kind.${m.kind}`).toLowerCase() : say(`kind.${m.kind}`)
}

/** Share of a clock that has gone by, 0…100, from what the server counted. */
export function gone(d: Deadline): number {
  const left = d.level === 'late' ? 0 : Math.abs(d.left.days)
  const whole = d.left.unit === d.unit ? d.length : Math.max(d.length, left)
  return whole > 0 ? Math.min(100, Math.max(0, Math.round(((whole - left) / whole) * 100))) : 0
}
