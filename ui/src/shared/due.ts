/* Words and shape of one clock, from what the server says about it. */
import { addDays, date, span, today } from './format'
import { say, tx } from './i18n'
import type { Deadline } from './types'

export type DueShape = 'late' | 'today' | 'soon' | 'later' | 'paused' | 'done' | 'provisional'

export function dueShape(d: Deadline): DueShape {
  if (d.state === 'met' || d.state === 'cancelled' || d.level === 'done') return 'done'
  if (d.state === 'paused' || d.level === 'paused') return 'paused'
  if (d.level === 'late' || d.state === 'missed') return 'late'
  if (d.level === 'warn') return d.left.days === 0 ? 'today' : 'soon'
  return d.provisional ? 'provisional' : 'later'
}

/** 超期 1 个工作日, 今天到期, 还有 4 个工作日, 计时暂停, 已完成. */
export function dueWords(d: Deadline): string {
  const left = Math.abs(d.left?.days ?? 0)
  switch (dueShape(d)) {
    case 'done':
      return say(d.state === 'cancelled' ? 'due.cancelled' : 'due.done')
    case 'paused':
      return say('due.paused')
    case 'late':
      return d.met_at ? say('due.missed') : say('due.late', { span: span(left, d.left.unit) })
    case 'today':
      return say('due.today')
    case 'provisional':
      return say('due.about', { date: date(d.due) })
    default:
      return d.due === addDays(today(), 1) ? say('due.tomorrow') : say('due.left', { span: span(left, d.left.unit) })
  }
}

/** 受理告知 10月12日 */
export function dueLine(d: Deadline): string {
  return say('due.line', { clock: tx(d.label), date: date(d.due) })
}
/** The reason, as the server worded it: 第7个工作日，跳过国庆7天 */
export function dueReason(d: Deadline): string {
  return tx(d.sentence)
}
