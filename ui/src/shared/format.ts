/* Dates, times and money as people say them. Days and times are read off the server's text, in its zone; nothing here computes a deadline. */
import { isEnglish, say } from './i18n'
import type { Day, Fen, Instant } from './types'

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const ZH_WEEKDAYS = '日一二三四五六'
/** The installation's zone, China Standard Time: no summer time since 1991. */
const ZONE_MS = 8 * 3600_000

interface Parts {
  y: number
  m: number
  d: number
}

function parts(day: Day | Instant): Parts | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(day)
  return found ? { y: Number(found[1]), m: Number(found[2]), d: Number(found[3]) } : null
}
/** As the server writes instants: in the office's zone. */
export function instantNow(): Instant {
  return new Date(Date.now() + ZONE_MS).toISOString().slice(0, 19) + '+08:00'
}
export function today(): Day {
  return instantNow().slice(0, 10)
}
/** 0 Sunday … 6 Saturday. */
export function weekday(day: Day): number {
  const p = parts(day)
  return p ? new Date(Date.UTC(p.y, p.m - 1, p.d)).getUTCDay() : 0
}
export function addDays(day: Day, n: number): Day {
  const p = parts(day)
  if (!p) return day
  return new Date(Date.UTC(p.y, p.m - 1, p.d + n)).toISOString().slice(0, 10)
}

/** 10月13日; with the year when it is not this one. */
export function date(day: Day | Instant | null | undefined): string {
  const p = day ? parts(day) : null
  if (!p) return ''
  const other = p.y !== Number(today().slice(0, 4))
  if (isEnglish()) return `${p.d} ${MONTHS[p.m - 1]}${other ? ` ${p.y}` : ''}`
  return `${other ? `${p.y}年` : ''}${p.m}月${p.d}日`
}
/** 2026年10月13日, always with the year: documents, receipts. */
export function fullDate(day: Day | Instant | null | undefined): string {
  const p = day ? parts(day) : null
  if (!p) return ''
  return isEnglish() ? `${p.d} ${MONTHS[p.m - 1]} ${p.y}` : `${p.y}年${p.m}月${p.d}日`
}
/** 周二 */
export function weekdayName(day: Day): string {
  return isEnglish() ? (WEEKDAYS[weekday(day)] ?? '') : `周${ZH_WEEKDAYS[weekday(day)] ?? ''}`
}
/** 10月13日（周二）: where someone must act. */
export function dateWeekday(day: Day | Instant | null | undefined): string {
  if (!day || !parts(day)) return ''
  const plain = day.slice(0, 10)
  return isEnglish() ? `${weekdayName(plain)} ${date(plain)}` : `${date(plain)}（${weekdayName(plain)}）`
}
/** 09:42 */
export function time(instant: Instant | null | undefined): string {
  return instant ? (/T(\d{2}:\d{2})/.exec(instant)?.[1] ?? '') : ''
}
/** 2026年10月13日 09:42, for what stays: on paper today is another day tomorrow. */
export function fullDateTime(instant: Instant | null | undefined): string {
  return instant ? `${fullDate(instant)} ${time(instant)}` : ''
}
/** 今天 09:42, 10月12日 15:20 */
export function dateTime(instant: Instant | null | undefined): string {
  if (!instant) return ''
  const day = instant.slice(0, 10) === today() ? say('common.today') : date(instant)
  return `${day} ${time(instant)}`.trim()
}

function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
/** 12,345 */
export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? say('common.none') : (n < 0 ? '-' : '') + grouped(Math.abs(Math.trunc(n)))
}
/** Fen as digits: 2,760 or 9.90. */
export function amount(fen: Fen): string {
  const whole = Math.trunc(Math.abs(fen) / 100)
  const rest = Math.abs(fen) % 100
  return (fen < 0 ? '-' : '') + grouped(whole) + (rest ? `.${String(rest).padStart(2, '0')}` : '')
}
/** 2,760 元; 41.29 万元 where that is exact. The space does not break. */
export function money(fen: Fen | null | undefined): string {
  if (fen === null || fen === undefined) return ''
  if (!isEnglish() && Math.abs(fen) >= 10_000_000 && fen % 10_000 === 0) return `${fen / 1_000_000}\u00a0${say('common.wan')}`
  return `${amount(fen)}\u00a0${say('common.yuan')}`
}
/** For dashboards: 41.29 万元, rounded. */
export function moneyRound(fen: Fen | null | undefined): string {
  if (fen === null || fen === undefined) return ''
  if (!isEnglish() && Math.abs(fen) >= 1_000_000) return `${grouped2(Math.round(fen / 10_000) / 100)} ${say('common.wan')}`
  return `${amount(Math.round(fen / 100) * 100)} ${say('common.yuan')}`
}
function grouped2(n: number): string {
  const [whole = '0', rest] = String(n).split('.')
  return grouped(Number(whole)) + (rest ? `.${rest}` : '')
}

const WIDE_DIGITS = /[０-９．，]/g
/** What a person wrote as money, in fen; null when it is not a number. "3,680" "３６８０" "3680元" "9.9" pass. */
export function parseMoney(text: string): Fen | null {
  const plain = text
    .replace(WIDE_DIGITS, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\s,，¥￥]/g, '')
    .replace(/(元|块|yuan)$/i, '')
  const found = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(plain)
  if (!found) return null
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0') || 0)
}
/** 7 个工作日, 41 天 */
export function span(days: number, unit: 'WD' | 'ND'): string {
  return say(unit === 'WD' ? 'common.days_wd' : 'common.days_nd', { n: days })
}
/** 7F3K 9QTM */
export function spacedPin(pin: string): string {
  return pin.length === 8 ? `${pin.slice(0, 4)} ${pin.slice(4)}` : pin
}
export function bytes(n: number): string {
  return n < 1_048_576 ? `${Math.max(1, Math.round(n / 1024))} KB` : `${(n / 1_048_576).toFixed(1)} MB`
}
