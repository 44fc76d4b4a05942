/* What happens next, as the receipt says it: everyday words for the clocks of the rules, the server's own for any other. */
import { dateWeekday } from '../shared/format'
import { isEnglish, say, tx } from '../shared/i18n'
import type { Day, Filed, Step } from '../shared/types'
import { bureau, phone } from './site'

export interface Point {
  when: string
  what: string
  how: string
  basis: string
  due: Day | null
  rule: string | null
}

/** The articles of the complaints order are named once under the list. */
export function shortBasis(basis: string): string {
  return basis.replace(/《市场监督管理投诉举报处理办法》/g, '').replace(/SAMR Order 121, /g, '').replace(/,(?=\d)/g, ', ')
}
const worded = ['D1', 'D2', 'D3', 'D4']

/** "之后 60 天内" and "within 60 days after it" as the length alone. */
function span(when: string): string {
  return isEnglish() ? (/\d+ \D*?days?/.exec(when)?.[0] ?? when) : (/\d+ ?(个工作日|天)/.exec(when)?.[0] ?? when)
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

function pointOf(step: Step): Point {
  const rule = step.rule ?? ''
  const when = capital(tx(step.when)) || (step.due ? say('receipt.by', { date: dateWeekday(step.due) }) : '')
  const plain: Point = { when, what: tx(step.what), how: tx(step.who), basis: shortBasis(tx(step.basis)), due: step.due, rule: step.rule }
  // The name of a clock (受理告知期限) is an office's word; anything else the server says stands.
  if (!worded.includes(rule) || !step.what.zh.endsWith('期限')) return plain
  const named = `receipt.rules.${rule}`
  const body = bureau.value || phone.value
  if (rule === 'D2') plain.when = isEnglish() ? when.replace(/ after it$/, ' of acceptance') : when.replace(/^之后/, '受理后')
  if (rule === 'D3') plain.when = say(`${named}.when`)
  return { ...plain, what: say(`${named}.what`, { span: span(when) }), how: say(`${named}.how`, { body }) }
}

/** Where the clocks have everyday words, one that has none runs between offices (a dispute over who is competent): it is not on the way of who filed. */
function onTheWay(next: Step[]): Step[] {
  const ours = next.some((s) => worded.includes(s.rule ?? ''))
  return next.filter((s) => !ours || s.due !== null || !s.rule || worded.includes(s.rule))
}

export function pointsOf(filed: Filed): Point[] {
  const points = onTheWay(filed.next).map(pointOf)
  const end = points.findIndex((p) => p.rule === 'D3')
  if (filed.kind === 'complaint' && end > 0) {
    const named = 'receipt.rules.agreed'
    points.splice(end, 0, { when: say(`${named}.when`), what: say(`${named}.what`), how: say(`${named}.how`), basis: say(`${named}.basis`), due: null, rule: null })
  }
  return points
}
