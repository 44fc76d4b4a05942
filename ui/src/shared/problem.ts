/* One refusal in words for the reader: what happened, and what to do now. */
import { Problem, Unreachable } from './api'
import { say, tx } from './i18n'

export function problemWords(failure: unknown): string {
  if (failure instanceof Unreachable) return say(failure.timedOut ? 'problem.timeout' : 'problem.offline')
  if (failure instanceof Problem) {
    const n = String(failure.retryAfter ?? 5)
    if (failure.code === 'rate') return say('problem.rate', { n })
    if (failure.code === 'busy') return say('problem.busy', { n })
    if (failure.code === 'store_full') return say('problem.store_full')
    if (failure.status >= 500) return say('problem.internal')
    return tx(failure.words)
  }
  return say('problem.internal')
}
/** What is wrong field by field, for a form that has one place to say it; otherwise what happened. */
export function faultWords(failure: unknown): string {
  return failure instanceof Problem && failure.errors.length ? failure.errors.map((e) => tx(e)).join(' ') : problemWords(failure)
}
/** The id by which support finds the request, if there is one. */
export function problemReference(failure: unknown): string {
  return failure instanceof Problem && failure.requestId ? say('problem.reference', { id: failure.requestId }) : ''
}
