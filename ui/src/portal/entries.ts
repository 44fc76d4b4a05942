/* What the public may see of registers. */
import type { Day, Text } from '../shared/types'

export interface PublicRegister {
  id: string
  label: Text
  title: Text
  about: Text | null
  n: number
}
export interface PublicList {
  id: string
  title: Text
  items: PublicEntry[]
  next: string | null
}
export interface PublicEntry {
  code: string
  register: string
  /** Of the list. */
  title: Text
  number: string
  name: string
  status: string
  status_label: Text | null
  body_name: Text | null
  day: Day | null
  fields: { name: string; label: Text; value: unknown; text: string }[]
  /** On its own page: whether people are asked something here, and what is public of what links to it. */
  asks?: boolean
  linked?: { register: string; title: Text; items: PublicEntry[] }[]
}

/** What is asked of who holds a one-time code. */
export interface AskedField {
  name: string
  kind: string
  required: boolean
  max_bytes: number
  min: number
  max: number
  label: Text
  hint: Text | null
  choices: { code: string; zh: string; en: string }[] | null
}
export interface Asked {
  code: string
  name: string
  title: Text
  hint: Text | null
  from: Day | null
  to: Day | null
  when: 'open' | 'before' | 'after' | 'closed'
  fields: AskedField[]
  /** A table with one line for each of these. */
  rows: { field: string; given: string[]; fields: AskedField[]; rows: Record<string, unknown>[] } | null
}
