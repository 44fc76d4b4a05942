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
}
