/* Code tables, workflow, bodies and officers: fetched once per sign-in, then answered from memory. */
import { reactive } from 'vue'
import { get } from '@/shared/api'
import { tx } from '@/shared/i18n'
import type { Code, Officer, Text } from '@/shared/types'

export type FieldKind = 'text' | 'int' | 'money' | 'date' | 'instant' | 'choice' | 'choices' | 'body' | 'officer' | 'bool' | 'number' | 'group' | 'remedies' | 'amendment' | 'business' | 'report'
  | 'decimal' | 'quantity' | 'period' | 'person' | 'matter' | 'case' | 'entry' | 'place' | 'checklist' | 'table' | 'file'
/** One line of a checklist: scored 0 … max; `illegal` names the class of breach that a score means. */
export interface CheckItem {
  id: string
  label: Text
  max: number
  illegal?: string | null
}
export interface ActField {
  name: string
  kind: FieldKind
  required: boolean
  max_bytes?: number | null
  /** What a form begins with: a value, or "@today", "@me", "@body". */
  default?: unknown
  min?: number
  max?: number
  /** The time of the act itself; left empty it is now. */
  act_time?: boolean
  /** Asked only when another field has this value. */
  when_field?: string | null
  when_value?: string | null
  /** The code table that `choices` came from. */
  codes?: string | null
  label: Text
  hint?: Text | null
  choices?: (Code & { kinds?: string[] })[] | null
  /** Text of many lines. */
  long?: boolean
  sealed?: boolean
  /** Only a mark of it is kept that nobody can turn back. */
  mark?: boolean
  /** Digits after the point of a decimal or a quantity. */
  decimals?: number
  /** Units a quantity may have. */
  units?: (Code | string)[] | null
  /** The register whose entries may be named. */
  register?: string | null
  items?: CheckItem[] | null
  /** Of a table. */
  columns?: ActField[] | null
  rows_max?: number
  section?: string | null
  /** Of a bool: answered with yes or no, so that no is not the same as unanswered. */
  answer?: boolean
  /** Filled in by acts, not when the entry is registered. */
  later?: boolean
  /** States that an entry enters only with this filled. */
  required_in?: string[] | null
  /** Of a table: whence its rows are filled. */
  given_by?: { link?: string; table?: string } | null
  /** What stands in each of its rows already, read from there: as many rows as these, none more. */
  given?: GivenCell[][]
}
export interface GivenCell {
  label: string
  text: string
}
export interface ActSpec {
  label: Text
  key?: string | null
  class?: string
  effect?: Text | null
  fields: ActField[]
}
interface Ground extends Code {
  basis?: Text | null
  hint?: Text | null
  needs?: Text | null
}
export interface KindSpec {
  label: Text
  first_clock: { rule: string; label: Text; length: number; unit: 'WD' | 'ND'; basis: Text } | null
  required: string[]
  not_asked: { path: string; why: Text }[]
}
export interface Workflow {
  pack: { id: string; revision: number | string; instrument?: Text }
  acts: Record<string, ActSpec>
  /** The kinds it governs, and what their forms have to know. */
  kinds: Record<string, KindSpec>
  states: Record<string, { id: string; label: Text; final: boolean }[]>
  grounds: Record<string, Ground[]>
}
export interface Body {
  code: string
  name: Text
  kind: string
  parent: string | null
  depth: number
}
export type Codes = Record<string, Code[]>

export const tables = reactive({
  codes: {} as Codes,
  workflow: null as Workflow | null,
  bodies: [] as Body[],
})
let asked: Promise<void> | null = null

/** Resolves when the tables are here; a failure is asked again next time. */
export function loadReference(): Promise<void> {
  asked ??= Promise.all([
    get<Codes>('/codes', undefined, { retries: 2 }),
    get<Workflow>('/workflow', undefined, { retries: 2 }),
    get<{ items: Body[] }>('/bodies', undefined, { retries: 2 }),
  ]).then(
    ([codes, workflow, bodies]) => {
      tables.codes = codes
      tables.workflow = workflow
      tables.bodies = bodies.items
    },
    (failure: unknown) => {
      asked = null
      throw failure
    },
  )
  return asked
}
// Forms of the other rule packs: a matter received before keeps the rules of its day.
const packs = reactive(new Map<string, Workflow>())
const packsAsked = new Set<string>()

/** The workflow of a matter's own pack; the newest one until that has come. */
export function workflowOf(pack: string | null | undefined): Workflow | null {
  const newest = tables.workflow
  if (!pack || !newest || newest.pack.id === pack) return newest
  if (!packsAsked.has(pack)) {
    packsAsked.add(pack)
    get<Workflow>('/workflow', { pack }, { retries: 2 }).then(
      (workflow) => packs.set(pack, workflow),
      () => packsAsked.delete(pack),
    )
  }
  return packs.get(pack) ?? newest
}
export function forgetReference(): void {
  asked = null
}

const officersOf = new Map<string, Promise<Officer[]>>()
export function officers(body: string): Promise<Officer[]> {
  let known = officersOf.get(body)
  if (!known) {
    known = get<{ items: Officer[] }>('/officers', { body }).then((list) => list.items)
    known.catch(() => officersOf.delete(body))
    officersOf.set(body, known)
  }
  return known
}

export function codeList(table: string): Code[] {
  return tables.codes[table] ?? []
}
export function codeLabel(table: string, code: string | null | undefined): string {
  if (!code) return ''
  const found = codeList(table).find((c) => c.code === code)
  return found ? tx(found) : code
}
/** 服务 › 健身服务: a code with its parents, for choosing from one flat list. */
export function codePath(table: string, code: Code): string {
  const list = codeList(table)
  const names = [tx(code)]
  for (let at = code; at.parent && names.length < 4; ) {
    const parent = list.find((c) => c.code === at.parent)
    if (!parent) break
    names.unshift(tx(parent))
    at = parent
  }
  return names.join(' › ')
}
export function bodyName(code: string | null | undefined): string {
  if (!code) return ''
  const found = tables.bodies.find((b) => b.code === code)
  return found ? tx(found.name) : code
}
