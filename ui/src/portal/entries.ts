/* What the public may see of registers. */
import type { Day, Text } from '../shared/types'

export interface PublicRegister {
  id: string
  label: Text
  title: Text | null
  about: Text | null
  total: number
}
export interface PublicRow {
  code: string
  number: string
  title: string
  day: Day
  body_name: Text | null
  status_label: Text | null
}
export interface PublicList extends Omit<PublicRegister, 'total'> {
  items: PublicRow[]
  next: string | null
}
export interface PublicEntry {
  register: string
  label: Text
  title: Text | null
  number: string
  name: string
  status: string
  status_label: Text
  body_name: Text | null
  day: Day
  fields: { name: string; label: Text; kind: string; value: unknown; text: string | null }[]
}
