/* A sheet's cells as CSV for the server. Pure: the same cells give the same text.
   Numbers come as the file wrote them, so that a telephone or an 18-digit number keeps each digit; dates come as days the
   cell's format says; a formula comes as the value last saved with it and is never computed. */

/** A number as the file wrote it; a date at midnight UTC of its day plus the time; texts as they are. */
export class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type Cell = string | boolean | Date | Digits | null | undefined

/** A cell whose last digits the spreadsheet has thrown away: it keeps 15 of them. Left empty, and said. */
export interface Rounded {
  row: number
  column: string
}
export interface SheetText {
  csv: string
  /** Rows above the header: titles, notes. Row numbers count from the top of the sheet. */
  above: number
  rows: number
  columns: number
  rounded: Rounded[]
}

const DAY_MS = 86_400_000
const two = (n: number) => String(n).padStart(2, '0')

/** 2026-10-13, with the time where there is one; 09:42:00 for a time without a day. Serials carry rounding errors below a second. */
export function dateText(value: Date): string {
  const at = new Date(Math.round(value.getTime() / 1000) * 1000)
  if (Number.isNaN(at.getTime())) return ''
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  if (at.getUTCFullYear() < 1901) return time
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  return at.getTime() % DAY_MS === 0 ? day : `${day} ${time}`
}

/** Whole numbers keep their digits; others lose the noise of binary fractions. null: digits are lost already. */
export function numberText(text: string): string | null {
  if (/^[+-]?\d+$/.test(text)) return text.replace(/^\+/, '')
  const n = Number(text)
  if (!Number.isFinite(n)) return text
  if (Math.abs(n) >= 1e15) return null
  const plain = String(Number(n.toPrecision(15)))
  return plain.includes('e') ? n.toFixed(20).replace(/\.?0+$/, '') : plain
}

const quoted = (text: string) => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replace(/"/g, '""')}"` : text)
const filled = (cell: Cell) => cell !== null && cell !== undefined && cell !== ''

/** The header: the first row that fills at least half of the widest one with texts, each different. */
export function headerRow(rows: Cell[][]): number {
  const looked = rows.slice(0, 30)
  const widest = Math.max(0, ...looked.map((r) => r.filter(filled).length))
  const found = looked.findIndex((r) => {
    const texts = r.filter((c): c is string => typeof c === 'string' && c !== '')
    return texts.length * 2 >= widest && texts.length === r.filter(filled).length && new Set(texts).size === texts.length
  })
  return found < 0 ? looked.findIndex((r) => r.some(filled)) : found
}

export function sheetText(rows: Cell[][]): SheetText | null {
  const above = headerRow(rows)
  const header = rows[above]
  if (above < 0 || !header) return null
  let columns = header.length
  while (columns > 0 && !filled(header[columns - 1]) && !rows.slice(above).some((r) => filled(r[columns - 1]))) columns--
  let last = rows.length
  while (last > above + 1 && !(rows[last - 1] ?? []).some(filled)) last--
  const rounded: Rounded[] = []
  const name = (c: number) => String(header[c] ?? '').trim()
  const one = (cell: Cell, r: number, c: number): string => {
    if (cell === null || cell === undefined) return ''
    if (cell instanceof Date) return dateText(cell)
    if (!(cell instanceof Digits)) return quoted(String(cell))
    const text = numberText(cell.text)
    if (text === null) rounded.push({ row: r + 1, column: name(c) })
    return text ?? ''
  }
  const lines: string[] = []
  for (let r = above; r < last; r++) {
    const row = rows[r] ?? []
    const cells: string[] = []
    for (let c = 0; c < columns; c++) cells.push(one(row[c], r, c))
    // a row without anything stays a line, so that numbers of rows are those of the sheet
    lines.push(cells.join(','))
  }
  return { csv: `${lines.join('\r\n')}\r\n`, above, rows: last - above - 1, columns, rounded }
}
