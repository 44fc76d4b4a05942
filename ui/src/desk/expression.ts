/* The expressions of definitions, for showing computed fields while a form is filled in. Only a preview: the server computes with exact
   numbers and has the last word. What this does not know, or cannot know yet, is null: nothing is shown then. */
type Known = number | string | boolean | null
export interface Around {
  /** A name of the form: a field, `NAME.score`, `NAME.value`. */
  value: (name: string) => Known
  /** Cells of a column of a table; null when there is no such column. */
  column: (table: string, column: string) => Known[] | null
  rows: (table: string) => number | null
}
type Token = { kind: 'number' | 'text' | 'name' | 'sign'; text: string }

function tokens(source: string): Token[] | null {
  const found: Token[] = []
  const pattern = /\s*(?:(\d+(?:\.\d+)?)|"([^"]*)"|([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)|(!=|<=|>=|[-+*/=<>(),[\]]))/giy
  while (pattern.lastIndex < source.length) {
    if (!source.slice(pattern.lastIndex).trim()) break
    const m = pattern.exec(source)
    if (!m) return null
    if (m[1] !== undefined) found.push({ kind: 'number', text: m[1] })
    else if (m[2] !== undefined) found.push({ kind: 'text', text: m[2] })
    else if (m[3] !== undefined) found.push({ kind: 'name', text: m[3] })
    else found.push({ kind: 'sign', text: m[4] ?? '' })
  }
  return found
}
class Unknown extends Error {}

class Reading {
  private at = 0
  constructor(private readonly list: Token[], private readonly around: Around) {}
  private peek(text: string): boolean {
    return this.list[this.at]?.text === text && this.list[this.at]?.kind !== 'text'
  }
  private take(text: string): boolean {
    if (!this.peek(text)) return false
    this.at += 1
    return true
  }
  private need(text: string): void {
    if (!this.take(text)) throw new Unknown()
  }
  whole(): Known {
    const value = this.or()
    if (this.at < this.list.length) throw new Unknown()
    return value
  }
  private or(): Known {
    let left = this.and()
    while (this.take('or')) {
      const right = this.and()
      left = left === true || right === true ? true : left === null || right === null ? null : false
    }
    return left
  }
  private and(): Known {
    let left = this.not()
    while (this.take('and')) {
      const right = this.not()
      left = left === false || right === false ? false : left === null || right === null ? null : true
    }
    return left
  }
  private not(): Known {
    if (!this.take('not')) return this.compare()
    const value = this.not()
    return value === null ? null : value !== true
  }
  private compare(): Known {
    const left = this.add()
    for (const sign of ['=', '!=', '<=', '>=', '<', '>'] as const) {
      if (!this.take(sign)) continue
      const right = this.add()
      if (left === null || right === null) return null
      if (sign === '=') return left === right
      if (sign === '!=') return left !== right
      return sign === '<' ? left < right : sign === '<=' ? left <= right : sign === '>' ? left > right : left >= right
    }
    if (!this.take('in')) return left
    this.need('[')
    const list: Known[] = []
    while (!this.take(']')) {
      list.push(this.add())
      this.take(',')
    }
    return left === null ? null : list.includes(left)
  }
  private add(): Known {
    let left = this.times()
    for (;;) {
      if (this.take('+')) left = calc(left, this.times(), (a, b) => a + b)
      else if (this.take('-')) left = calc(left, this.times(), (a, b) => a - b)
      else return left
    }
  }
  private times(): Known {
    let left = this.one()
    for (;;) {
      if (this.take('*')) left = calc(left, this.one(), (a, b) => a * b)
      else if (this.take('/')) left = calc(left, this.one(), (a, b) => (b === 0 ? null : a / b))
      else return left
    }
  }
  private one(): Known {
    if (this.take('-')) return calc(0, this.one(), (a, b) => a - b)
    if (this.take('(')) {
      const value = this.or()
      this.need(')')
      return value
    }
    const t = this.list[this.at]
    if (!t || t.kind === 'sign') throw new Unknown()
    this.at += 1
    if (t.kind === 'number') return Number(t.text)
    if (t.kind === 'text') return t.text
    if (t.text === 'true' || t.text === 'false') return t.text === 'true'
    return this.take('(') ? this.call(t.text) : this.around.value(t.text)
  }
  private call(name: string): Known {
    if (name === 'sum' || name === 'count') return this.ofTable(name)
    const args: Known[] = []
    while (!this.take(')')) {
      args.push(this.or())
      this.take(',')
    }
    const [a = null, b = null, c = null] = args
    switch (name) {
      case 'if':
        return a === null ? null : a === true ? b : c
      case 'empty':
        return a === null
      case 'min':
      case 'max':
        return args.some((x) => typeof x !== 'number') ? null : Math[name](...(args as number[]))
      case 'abs':
        return typeof a === 'number' ? Math.abs(a) : null
      case 'round':
        return typeof a === 'number' && typeof b === 'number' ? Math.round(a * 10 ** b) / 10 ** b : null
      default:
        throw new Unknown()
    }
  }
  private ofTable(name: string): Known {
    const t = this.list[this.at]
    this.at += 1
    if (t?.kind !== 'name' || !this.take(')')) throw new Unknown()
    const [table = '', column] = t.text.split('.')
    if (!column) return name === 'count' ? this.around.rows(table) : null
    const cells = this.around.column(table, column)
    if (!cells || name === 'count') throw new Unknown()
    return cells.reduce<number>((s, v) => s + (typeof v === 'number' ? v : 0), 0)
  }
}
function calc(a: Known, b: Known, act: (a: number, b: number) => number | null): Known {
  return typeof a === 'number' && typeof b === 'number' ? act(a, b) : null
}
export function evaluate(source: string, around: Around): Known {
  const list = tokens(source)
  if (!list) return null
  try {
    return new Reading(list, around).whole()
  } catch (fault) {
    if (fault instanceof Unknown) return null
    throw fault
  }
}
